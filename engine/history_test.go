package engine

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/everycall/everycall/dispatch"
	"github.com/everycall/everycall/journal"
	disk "github.com/everycall/everycall/journal/memory"
	"github.com/everycall/everycall/vault"
)

func seqsOf(events []Recorded) (seqs []uint64) {
	for _, r := range events {
		seqs = append(seqs, r.Seq)
	}
	return seqs
}

// histories works out, from the state at every event, which events belong to which
// incident and contact.
func histories(t *testing.T, j journal.Journal) (incidents map[dispatch.IncidentID][]uint64, contacts map[dispatch.ContactID][]uint64) {
	incidents, contacts = map[dispatch.IncidentID][]uint64{}, map[dispatch.ContactID][]uint64{}
	been := map[dispatch.ContactID][]dispatch.IncidentID{} // in the order of joining
	type said struct {
		seq uint64
		in  dispatch.IncidentID // where the contact was when it was said
	}
	about := map[dispatch.ContactID][]said{}
	state, v := dispatch.NewState(), vault.New(j, nil)
	err := j.Read(bg, 0, 0, func(entry journal.Entry) error {
		_, r, err := open(bg, v, entry)
		if err != nil {
			return err
		}
		before := map[dispatch.ContactID]dispatch.IncidentID{}
		for id, c := range state.Contacts {
			before[id] = c.Incident
		}
		if changed, is := r.Event.(*dispatch.UnitStatusChanged); is {
			if u := state.Units[changed.Unit]; u != nil && u.Incident != "" {
				incidents[u.Incident] = append(incidents[u.Incident], r.Seq)
			}
		}
		for _, name := range eventNames(r.Event) {
			switch name[:2] {
			case "i:":
				incidents[dispatch.IncidentID(name[2:])] = append(incidents[dispatch.IncidentID(name[2:])], r.Seq)
			case "c:":
				id := dispatch.ContactID(name[2:])
				contacts[id] = append(contacts[id], r.Seq)
				about[id] = append(about[id], said{r.Seq, before[id]})
			}
		}
		dispatch.Evolve(state, dispatch.Stamped{At: r.At, By: r.By, Event: r.Event})
		state.ForgetTouched()
		for id, c := range state.Contacts {
			if c.Incident != "" && c.Incident != before[id] {
				been[id] = append(been[id], c.Incident)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for id, all := range about {
		for _, in := range been[id] {
			here := false
			for _, s := range all {
				if here = here || s.in == in; !here || s.in == in || s.in == "" {
					incidents[in] = append(incidents[in], s.seq)
				}
			}
		}
	}
	for id := range incidents {
		slices.Sort(incidents[id])
		incidents[id] = slices.Compact(incidents[id])
	}
	return incidents, contacts
}

// TestHistories plays random lives and holds every history against what the states
// say, with the index whole, behind, and made anew.
func TestHistories(t *testing.T) {
	for seed := uint64(1); seed <= 4; seed++ {
		s := newWorld(t, seed, func(uint64) disk.Fault { return disk.None })
		s.play(60)
		e := s.w.e
		if _, err := e.IncidentHistory(bg, "i1"); !errors.Is(err, ErrNoIndex) {
			t.Fatalf("without an index: %v", err)
		}
		index := disk.NewIndex()
		e.opt.Index = index
		incidents, contacts := histories(t, s.disk)
		if len(incidents) < 5 || len(contacts) < 5 {
			t.Fatalf("seed %d: %d incidents, %d contacts", seed, len(incidents), len(contacts))
		}
		for _, reach := range []uint64{0, e.Seq() / 3, e.Seq()} {
			if err := index.Clear(bg); err != nil {
				t.Fatal(err)
			}
			if reach > 0 {
				fill(t, e, reach)
			}
			for id, want := range incidents {
				got, err := e.IncidentHistory(bg, id)
				if err != nil || !slices.Equal(seqsOf(got), want) {
					t.Fatalf("seed %d, index up to %d of %d: %s has %v, not %v: %v", seed, reach, e.Seq(), id, seqsOf(got), want, err)
				}
			}
			for id, want := range contacts {
				got, err := e.ContactHistory(bg, id)
				if err != nil || !slices.Equal(seqsOf(got), want) {
					t.Fatalf("seed %d, index up to %d: %s has %v, not %v: %v", seed, reach, id, seqsOf(got), want, err)
				}
			}
		}
	}
}

// fill takes events into the index up to one of them.
func fill(t *testing.T, e *Engine, to uint64) {
	t.Helper()
	var mentions []journal.Mention
	var mark []byte
	err := e.opt.Journal.Read(bg, 0, int(to), func(entry journal.Entry) error {
		names, err := entryNames(entry)
		for _, name := range names {
			mentions = append(mentions, journal.Mention{Name: name, Seq: entry.Seq})
		}
		mark = indexMark(entry.Body)
		return err
	})
	if err == nil {
		err = e.opt.Index.Add(bg, 0, to, mark, mentions)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// TestHistoryOfWhatWasArchived: an incident that left the live state a day after it
// was closed can be read whole, by an engine whose index was just made.
func TestHistoryOfWhatWasArchived(t *testing.T) {
	clock := &testClock{simStart}
	j, index := disk.New(), disk.NewIndex()
	e := configured(t, Options{Journal: j, Clock: clock})
	must(t, e, "c1", contact("c1"))
	must(t, e, "send", dispatch.DispatchUnit{Unit: "U0", Incident: "i1", Travel: dispatch.Minute, Model: "straight_line"})
	must(t, e, "there", dispatch.SetUnitStatus{Unit: "U0", Status: dispatch.StatusOnScene, Source: dispatch.SourceRadio})
	must(t, e, "close", dispatch.CloseIncident{Incident: "i1", Disposition: "done", Authority: "sup"})
	clock.now += dispatch.Instant(25 * dispatch.Hour)
	must(t, e, "tick", dispatch.Tick{})
	if living(t, e).Incidents["i1"] != nil {
		t.Fatal("it is still there")
	}
	e.Close()
	e = start(t, Options{Journal: j, Clock: clock, Index: index})
	defer e.Close()
	history, err := e.IncidentHistory(bg, "i1")
	if err != nil {
		t.Fatal(err)
	}
	var kinds []string
	for _, r := range history {
		kinds = append(kinds, r.Event.EventName())
	}
	for _, kind := range []string{"ContactReceived", "IncidentOpened", "UnitDispatched", "UnitStatusChanged", "IncidentClosed", "IncidentArchived"} {
		if !slices.Contains(kinds, kind) {
			t.Errorf("no %s in %v", kind, kinds)
		}
	}
	if history[0].Event.(*dispatch.ContactReceived).Person.Name == "" {
		t.Error("the words are missing")
	}
	if err := e.Erase(bg, "c1"); err != nil {
		t.Fatal(err)
	}
	history, err = e.ContactHistory(bg, "c1")
	if err != nil || history[0].Event.(*dispatch.ContactReceived).Person != (dispatch.Private{}) {
		t.Errorf("after the erasure: %+v, %v", history[0].Event, err)
	}
	for reach := uint64(0); reach < e.Seq(); { // the goroutine gets there by itself
		<-e.More(reach)
		if reach, _, err = index.Reach(bg); err != nil {
			t.Fatal(err)
		}
	}
	if none, err := e.ContactHistory(bg, "nobody"); err != nil || len(none) > 0 {
		t.Errorf("nobody: %v, %v", none, err)
	}
}

// TestAnIndexOfAnotherJournalIsMadeAnew: as when a backup was restored beside it.
func TestAnIndexOfAnotherJournalIsMadeAnew(t *testing.T) {
	other := configured(t, Options{Journal: disk.New()})
	must(t, other, "x", contact("x"))
	index := disk.NewIndex()
	other.opt.Index = index
	fill(t, other, other.Seq())

	j := disk.New()
	e := configured(t, Options{Journal: j})
	must(t, e, "c1", contact("c1"))
	for n := range 50 {
		must(t, e, fmt.Sprint("k", n), addUnit(fmt.Sprint("V", n)))
	}
	e.Close()
	e.opt.Index = index
	if _, err := e.ContactHistory(bg, "c1"); !errors.Is(err, ErrIndexing) {
		t.Errorf("before: %v", err)
	}
	if reach, err := e.indexReach(bg); err != nil || reach != 0 {
		t.Errorf("reach %d, %v", reach, err)
	}
	if got, err := e.ContactHistory(bg, "c1"); err != nil || len(got) == 0 {
		t.Errorf("after: %v, %v", got, err)
	}
	if got, err := index.Find(bg, contactName("x"), 0, 9); err != nil || len(got) > 0 {
		t.Errorf("it still has %v, %v", got, err)
	}
}
