package journal_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/everycall/everycall/journal"
)

// saved keeps what a journal would have after saving snapshots one behind the other.
func saved(have []journal.Stored, s journal.Stored) []journal.Stored {
	have = append(have, s)
	drop := journal.Thin(have)
	return slices.DeleteFunc(have, func(s journal.Stored) bool { return slices.Contains(drop, s.Seq) })
}

func TestThinKeepsItsLimits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var have []journal.Stored
		seq := uint64(0)
		for range rapid.IntRange(1, 80).Draw(t, "snapshots") {
			seq += rapid.Uint64Range(1, 1<<50).Draw(t, "events")
			have = saved(have, journal.Stored{Seq: seq, Bytes: rapid.Int64Range(0, journal.MaxSnapshot).Draw(t, "bytes")})
			if len(have) > journal.SnapshotsKept {
				t.Fatalf("%d are kept", len(have))
			}
			total := int64(0)
			for _, s := range have[:max(0, len(have)-2)] {
				total += s.Bytes
			}
			if total > journal.SnapshotsBytes {
				t.Fatalf("%d bytes are kept", total)
			}
			if have[len(have)-1].Seq != seq {
				t.Fatal("the newest was dropped")
			}
		}
	})
}

// TestThinKeepsTheNewestTwo: the second is what a start needs should the newest be
// damaged.
func TestThinKeepsTheNewestTwo(t *testing.T) {
	var have []journal.Stored
	for n := uint64(1); n <= 200; n++ {
		have = saved(have, journal.Stored{Seq: n * 500, Bytes: journal.MaxSnapshot})
		if n > 1 && have[len(have)-2].Seq != (n-1)*500 {
			t.Fatalf("after %d: %v", n, have)
		}
	}
	if got := len(journal.Thin(nil)) + len(journal.Thin(have)); got != 0 {
		t.Fatal("dropped although there are few enough")
	}
}

// TestThinSpreads: whoever asks for a moment replays a part of its age, at every
// time of a life.
func TestThinSpreads(t *testing.T) {
	for life, most := range map[uint64]float64{200: 1. / 3, 3000: 2. / 3} { // snapshots taken
		var have []journal.Stored
		worst := 0.0
		for n := uint64(1); n <= life; n++ {
			have = saved(have, journal.Stored{Seq: n, Bytes: 1})
			older := uint64(0)
			for _, s := range have {
				if way := s.Seq - older - 1; way > 0 { // to the moment just before s, of age n-s.Seq+1
					worst = max(worst, float64(way)/float64(n-s.Seq+1))
				}
				older = s.Seq
			}
		}
		t.Logf("in a life of %d snapshots at worst %.2f of the age is replayed", life, worst)
		if worst > most {
			t.Errorf("in a life of %d snapshots at worst %.2f of the age is replayed, not %.2f", life, worst, most)
		}
	}
}
