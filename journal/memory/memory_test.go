package memory_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"github.com/everycall/everycall/journal"
	"github.com/everycall/everycall/journal/journaltest"
	"github.com/everycall/everycall/journal/memory"
)

type opener struct{ j *memory.Journal }

func (o *opener) Open(testing.TB) journal.Journal {
	if o.j == nil {
		o.j = memory.New()
	} else {
		o.j = o.j.Reopen()
	}
	return o.j
}

func (o *opener) FailNext(_ testing.TB, kept bool) {
	if kept {
		o.j.Crash(memory.FailKept)
	} else {
		o.j.Crash(memory.FailAbsent)
	}
}

func (o *opener) DamageSnapshot(t testing.TB, seq uint64) {
	if !o.j.DamageSnapshot(seq) {
		t.Fatalf("no snapshot at %d to damage", seq)
	}
}

func TestConformance(t *testing.T) {
	journaltest.Run(t, func(testing.TB) journaltest.Opener { return &opener{} })
}

var bg = context.Background()

func one(first uint64) journal.Batch {
	return journal.Batch{
		First:   first,
		Bodies:  [][]byte{[]byte("body"), []byte("body")},
		Secrets: []journal.Secret{{Subject: fmt.Sprint(first), Key: []byte("key")}},
	}
}

func TestCrashes(t *testing.T) {
	for f, want := range map[memory.Fault]uint64{
		memory.None: 4, memory.FailAbsent: 2, memory.FailKept: 4,
		memory.CrashLost: 2, memory.CrashTorn: 2, memory.CrashKept: 4, memory.Lie: 2,
	} {
		t.Run(f.String(), func(t *testing.T) {
			j := memory.New(memory.WithPlan(memory.At(map[uint64]memory.Fault{1: f})))
			e, _ := j.Lead(bg)
			if err := j.Append(bg, e, one(1)); err != nil {
				t.Fatal(err)
			}
			err := j.Append(bg, e, one(3))
			if quiet := f == memory.None || f == memory.Lie; quiet != (err == nil) || !quiet && !errors.Is(err, journal.ErrUnknown) {
				t.Fatalf("Append under %v: %v", f, err)
			}
			if _, err := j.Head(bg); f.Crashes() != errors.Is(err, journal.ErrClosed) {
				t.Fatalf("the handle after %v: %v", f, err)
			}
			old := j
			j = j.Reopen()
			if _, err := old.Head(bg); !errors.Is(err, journal.ErrClosed) {
				t.Fatalf("the old handle lives on: %v", err)
			}
			head, err := j.Head(bg)
			if err != nil || head != want {
				t.Fatalf("after %v the head is %d, %v; want %d", f, head, err, want)
			}
			if _, err := j.Secret(bg, "3"); (err == nil) != (want == 4) {
				t.Fatalf("after %v the batch's secret: %v", f, err)
			}
			// The lost secret can be born again: its batch never was.
			e, _ = j.Lead(bg)
			if err := j.Append(bg, e, one(head+1)); err != nil {
				t.Fatal(err)
			}
		})
	}
}

func TestPlanIsRepeatable(t *testing.T) {
	a, b, met := memory.Seeded(42, 300), memory.Seeded(42, 300), map[memory.Fault]int{}
	for n := range uint64(10_000) {
		if a(n) != b(n) {
			t.Fatalf("append %d meets %v and %v", n, a(n), b(n))
		}
		met[a(n)]++
	}
	if met[memory.Lie] != 0 || met[memory.None] < 6500 || met[memory.None] > 7500 {
		t.Fatalf("faults met: %v", met)
	}
	for f := memory.FailAbsent; f < memory.Lie; f++ {
		if met[f] < 400 {
			t.Fatalf("faults met: %v", met)
		}
	}
}

// follow plays a writer that does what package journal asks of one, and reports
// whether every acknowledged batch is still there and nothing is there twice.
func follow(j *memory.Journal, appends int) (acknowledged uint64, err error) {
	e, err := j.Lead(bg)
	if err != nil {
		return 0, err
	}
	for range appends {
		head, err := j.Head(bg)
		if err != nil {
			return 0, err
		}
		if head < acknowledged {
			return acknowledged, fmt.Errorf("acknowledged up to %d, the head is %d", acknowledged, head)
		}
		err = j.Append(bg, e, one(head+1))
		if err == nil {
			acknowledged = head + 2
			continue
		}
		if !errors.Is(err, journal.ErrUnknown) {
			return acknowledged, err
		}
		if e, err = j.Lead(bg); errors.Is(err, journal.ErrClosed) {
			j = j.Reopen()
			e, err = j.Lead(bg)
		}
		if err != nil {
			return acknowledged, err
		}
	}
	j = j.Reopen()
	if head, err := j.Head(bg); err != nil || head < acknowledged {
		return acknowledged, fmt.Errorf("acknowledged up to %d, the head is %d, %v", acknowledged, head, err)
	}
	return acknowledged, nil
}

func TestNothingAcknowledgedIsLost(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		seed := rapid.Uint64().Draw(t, "seed")
		if _, err := follow(memory.New(memory.WithPlan(memory.Seeded(seed, 300))), 200); err != nil {
			t.Fatal(err)
		}
	})
}

// The control: a suite that does not notice a lying disk notices nothing.
func TestALieIsNoticed(t *testing.T) {
	if _, err := follow(memory.New(memory.WithPlan(memory.At(map[uint64]memory.Fault{7: memory.Lie}))), 20); err == nil {
		t.Fatal("a lying disk went unnoticed")
	}
}

func TestRaces(t *testing.T) {
	j := memory.New(memory.WithPlan(memory.Seeded(1, 100)))
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 300 {
				e, _ := j.Lead(bg)
				head, _ := j.Head(bg)
				_ = j.Append(bg, e, one(head+1))
				_ = j.Read(bg, 0, 10, func(journal.Entry) error { return nil })
				_ = j.SaveSnapshot(bg, journal.Snapshot{Seq: head, Body: []byte("s")})
				_ = j.Erase(bg, fmt.Sprint(head-1))
			}
		})
	}
	wg.Wait()
}

func BenchmarkAppend(b *testing.B) {
	j := memory.New()
	e, _ := j.Lead(bg)
	batch := journal.Batch{First: 1, Bodies: [][]byte{make([]byte, 256)}}
	for b.Loop() {
		if err := j.Append(bg, e, batch); err != nil {
			b.Fatal(err)
		}
		batch.First++
	}
}

func TestIndexConformance(t *testing.T) { journaltest.RunIndex(t, memory.NewIndex()) }
