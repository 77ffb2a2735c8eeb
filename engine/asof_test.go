package engine

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/everycall/everycall/dispatch"
	"github.com/everycall/everycall/journal"
	disk "github.com/everycall/everycall/journal/memory"
	"github.com/everycall/everycall/schema"
	"github.com/everycall/everycall/vault"
)

// reader is a journal in which the test may do something at every entry that is
// read, and count them.
type reader struct {
	*disk.Journal
	mu   sync.Mutex
	at   func(seq uint64)
	read int
}

func (r *reader) Read(ctx context.Context, after uint64, limit int, yield func(journal.Entry) error) error {
	return r.Journal.Read(ctx, after, limit, func(e journal.Entry) error {
		r.mu.Lock()
		r.read++
		at := r.at
		r.mu.Unlock()
		if at != nil {
			at(e.Seq)
		}
		return yield(e)
	})
}

func (r *reader) onEntry(at func(uint64)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.at, r.read = at, 0
}

func encoded(t testing.TB, s *dispatch.State) []byte {
	t.Helper()
	body, err := schema.State(s)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// living is the writer's own state; nothing may be recorded while it is looked at.
func living(t testing.TB, e *Engine) (s *dispatch.State) {
	t.Helper()
	if err := e.order(bg, func(w *writer) error { s = w.state; return nil }); err != nil || s == nil {
		t.Fatalf("the writer's state: %v", err)
	}
	return s
}

// TestStateAtEveryMoment plays random lives and holds the state at every instant
// and after every event against a fold of all events up to there.
func TestStateAtEveryMoment(t *testing.T) {
	for seed := uint64(1); seed <= 3; seed++ {
		s := newWorld(t, seed, func(uint64) disk.Fault { return disk.None })
		s.play(40)
		var states [][]byte // after each event
		var stamps []dispatch.Instant
		state, v := dispatch.NewState(), vault.New(s.disk, nil)
		now := max(s.clock.now, s.w.state.Now)
		err := s.disk.Read(bg, 0, 0, func(entry journal.Entry) error {
			_, r, err := open(bg, v, entry)
			if err != nil {
				return err
			}
			dispatch.Evolve(state, dispatch.Stamped{At: r.At, By: r.By, Event: r.Event})
			again, err := copyState(state)
			if err != nil {
				return err
			}
			applySeals(again, now)
			states, stamps = append(states, encoded(t, again)), append(stamps, r.At)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		e := s.w.e
		for n, want := range states {
			got, err := e.StateAfter(bg, uint64(n)+1)
			if err != nil || !bytes.Equal(encoded(t, got), want) {
				t.Fatalf("seed %d: after event %d of %d: %v", seed, n+1, len(states), err)
			}
			for _, when := range []dispatch.Instant{stamps[n] - 1, stamps[n]} {
				seq := 0
				for seq < len(stamps) && stamps[seq] <= when {
					seq++
				}
				got, at, err := e.StateAt(bg, when)
				if err != nil || at != uint64(seq) {
					t.Fatalf("seed %d: at %d: event %d, not %d: %v", seed, when, at, seq, err)
				}
				if want := encoded(t, dispatch.NewState()); seq == 0 && !bytes.Equal(encoded(t, got), want) ||
					seq > 0 && !bytes.Equal(encoded(t, got), states[seq-1]) {
					t.Fatalf("seed %d: the state at %d is not that after event %d", seed, when, seq)
				}
			}
		}
		if _, seq, err := e.StateAt(bg, now); err != nil || seq != e.Seq() {
			t.Fatalf("now: event %d of %d, %v", seq, e.Seq(), err)
		}
		if _, _, err := e.StateAt(bg, now+1); !errors.Is(err, ErrFuture) {
			t.Fatalf("a millisecond too late: %v", err)
		}
		if _, err := e.StateAfter(bg, e.Seq()+1); !errors.Is(err, ErrFuture) {
			t.Fatalf("the next event: %v", err)
		}
	}
}

// TestStateBeforeTheFirstEvent is empty, in a journal without an event too.
func TestStateBeforeTheFirstEvent(t *testing.T) {
	e := start(t, Options{Journal: disk.New()})
	for range 2 {
		state, seq, err := e.StateAt(bg, simStart-1)
		if err != nil || seq != 0 || !bytes.Equal(encoded(t, state), encoded(t, dispatch.NewState())) {
			t.Fatalf("event %d, %v", seq, err)
		}
		must(t, e, "configure", dispatch.Configure{Config: testConfig()})
	}
}

// TestTheNearestSnapshotIsUsed: looking back replays no more than what lies between
// two snapshots, and what was looked at last is not replayed again.
func TestTheNearestSnapshotIsUsed(t *testing.T) {
	j := &reader{Journal: disk.New()}
	e := configured(t, Options{Journal: j, SnapshotEvery: 1 << 40})
	for n := range 500 {
		must(t, e, fmt.Sprint("k", n), addUnit(fmt.Sprint("V", n)))
		if n%50 == 0 {
			e.takeSnapshot(bg, e.Seq())
		}
	}
	for seq := uint64(7); seq < e.Seq(); seq += 61 {
		j.onEntry(nil)
		if _, err := e.StateAfter(bg, seq); err != nil {
			t.Fatal(err)
		}
		if j.read > 60 {
			t.Errorf("the state after %d took %d events", seq, j.read)
		}
		j.onEntry(nil)
		if _, err := e.StateAfter(bg, seq); err != nil || j.read > 1 { // the time now
			t.Errorf("the state after %d, again, took %d events, %v", seq, j.read, err)
		}
	}
	if n := len(e.past.kept); n != PastKept {
		t.Errorf("%d past states are kept", n)
	}
}

func TestLookingBackIsBounded(t *testing.T) {
	j := &reader{Journal: disk.New()}
	e := configured(t, Options{Journal: j})
	if _, err := e.StateAfter(bg, 3); err != nil {
		t.Fatal(err)
	}
	arrived, pass := make(chan struct{}), make(chan struct{})
	j.onEntry(func(seq uint64) {
		if seq == 1 {
			arrived <- struct{}{}
			<-pass
		}
	})
	var all sync.WaitGroup
	for n := range PastAtOnce {
		all.Go(func() {
			if _, err := e.StateAfter(bg, uint64(4+n)); err != nil {
				t.Error(err)
			}
		})
		<-arrived
	}
	if _, err := e.StateAfter(bg, 2); !errors.Is(err, ErrPastBusy) {
		t.Errorf("one too many: %v", err)
	}
	if _, err := e.StateAfter(bg, 3); err != nil {
		t.Errorf("what is in memory: %v", err)
	}
	must(t, e, "meanwhile", addUnit("X"))
	close(pass)
	all.Wait()
	j.onEntry(nil)
	if _, err := e.StateAfter(bg, 2); err != nil {
		t.Errorf("when the others have gone: %v", err)
	}
}

func TestLookingBackCanBeBrokenOff(t *testing.T) {
	j := &reader{Journal: disk.New()}
	e := configured(t, Options{Journal: j})
	for n := range 2000 {
		pending(t, e, fmt.Sprint("k", n), addUnit(fmt.Sprint("V", n)))
	}
	must(t, e, "last", addUnit("last"))
	ended, cancel := context.WithCancel(bg)
	cancel()
	if _, _, err := e.StateAt(ended, simStart); !errors.Is(err, context.Canceled) {
		t.Errorf("an ended context: %v", err)
	}
	ctx, cancel := context.WithCancel(bg)
	defer cancel()
	j.onEntry(func(seq uint64) {
		if seq == 10 {
			cancel()
		}
	})
	if _, err := e.StateAfter(ctx, 1900); !errors.Is(err, context.Canceled) || j.read > 1000 {
		t.Errorf("broken off on the way: %v after %d events", err, j.read)
	}
	j.onEntry(nil)
	if _, err := e.StateAfter(bg, 1900); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

// TestTodaysSealsApply: a claim that is sealed by now is sealed in the past too, and
// a liaison whose consent has run out was never there.
func TestTodaysSealsApply(t *testing.T) {
	clock := &testClock{simStart}
	e := configured(t, Options{Journal: disk.New(), Clock: clock})
	must(t, e, "claim", dispatch.RecordClaim{Role: "neighbour", Kind: "resident", Statement: "heard it said", Grade: "anecdotal"})
	r := must(t, e, "liaison", dispatch.RecordLiaison{Role: "organiser", Channel: "radio", Consent: true, ExpiresAt: simStart.Add(40 * dispatch.Day)})
	look := func() (statement string, liaisons int) {
		s, err := e.StateAfter(bg, r.Seq)
		if err != nil {
			t.Fatal(err)
		}
		return s.Claims["cl1"].Statement, len(s.Liaisons)
	}
	for _, then := range []struct {
		days      int64
		statement string
		liaisons  int
	}{{0, "heard it said", 1}, {29, "heard it said", 1}, {31, "", 1}, {41, "", 0}} {
		clock.now = simStart.Add(dispatch.Millis(then.days) * dispatch.Day)
		for range 2 { // kept in memory the second time
			if statement, liaisons := look(); statement != then.statement || liaisons != then.liaisons {
				t.Errorf("after %d days: %q, %d liaisons", then.days, statement, liaisons)
			}
		}
	}
	must(t, e, "tick", dispatch.Tick{})
	clock.now = simStart // set back: the newest stamp counts
	if statement, liaisons := look(); statement != "" || liaisons != 0 {
		t.Errorf("with the clock set back: %q, %d liaisons", statement, liaisons)
	}
}

// TestErase: nothing shows the words any more, and everything else goes on.
func TestErase(t *testing.T) {
	j := disk.New()
	var told *dispatch.State
	e := configured(t, Options{Journal: j, SnapshotEvery: 20, Renew: func(s *dispatch.State, _ uint64) { told = s }})
	must(t, e, "c1", contact("c1"))
	must(t, e, "note", dispatch.AddNote{Incident: "i1", Text: "about c1"})
	r := must(t, e, "c2", contact("c2"))
	for n := range 100 {
		must(t, e, fmt.Sprint("k", n), addUnit(fmt.Sprint("V", n)))
	}
	e.takeSnapshot(bg, e.Seq())
	if s, err := e.StateAfter(bg, r.Seq); err != nil || s.Contacts["c1"].Person.Name == "" {
		t.Fatalf("before: %v", err)
	}
	if err := e.Erase(bg, "c1", "never was"); err != nil {
		t.Fatal(err)
	}
	must(t, e, "note2", dispatch.AddNote{Incident: "i1", Text: "about c1, later"})
	live := living(t, e)
	past, err := e.StateAfter(bg, r.Seq)
	if err != nil {
		t.Fatal(err)
	}
	for name, s := range map[string]*dispatch.State{"live": live, "past": past, "told": told} {
		if s.Contacts["c1"].Person != (dispatch.Private{}) || s.Incidents["i1"].Notes[0].Text != "" {
			t.Errorf("%s: kept %+v, %+v", name, s.Contacts["c1"].Person, s.Incidents["i1"].Notes)
		}
		if s.Contacts["c2"].Person.Name == "" {
			t.Errorf("%s: lost the words about somebody else", name)
		}
	}
	events, err := e.Read(bg, 0, 1000)
	if err != nil || uint64(len(events)) != e.Seq() {
		t.Fatalf("read %d events of %d: %v", len(events), e.Seq(), err)
	}
	for _, r := range events {
		if sealed, is := r.Event.(dispatch.Sealed); is && sealed.Subject() == "c1" && *sealed.Secret() != (dispatch.Private{}) {
			t.Errorf("event %d still reads %+v", r.Seq, sealed.Secret())
		}
	}
	snapshots := 0
	for upTo := uint64(journal.Newest); ; snapshots++ {
		shot, err := j.LoadSnapshot(bg, upTo)
		if err != nil {
			break
		}
		if strings.Contains(string(shot.Body), "Name of c1") {
			t.Errorf("the snapshot at %d holds the name", shot.Seq)
		}
		upTo = shot.Seq - 1
	}
	if snapshots < 4 {
		t.Errorf("only %d snapshots were made again", snapshots)
	}
	for _, subject := range []string{"", "\x00journal", strings.Repeat("x", journal.MaxSubject+1)} {
		if err := e.Erase(bg, subject); !errors.Is(err, ErrInvalid) {
			t.Errorf("%q: %v", subject, err)
		}
	}
	e.Close()
	sameStates(t, j, live)
}

// TestEraseBesideEverything: an erasure while others record, look back and make
// snapshots leaves the same state as a replay, and no snapshot with the words.
func TestEraseBesideEverything(t *testing.T) {
	const contacts = 40
	j := disk.New()
	e := configured(t, Options{Journal: j, SnapshotEvery: 10})
	for n := range contacts {
		must(t, e, fmt.Sprint("c", n), contact(fmt.Sprint("c", n)))
	}
	seq := e.Seq()
	var all sync.WaitGroup
	for client := range 3 {
		all.Go(func() {
			for n := range 300 {
				must(t, e, fmt.Sprint("note", client, "-", n), dispatch.AddNote{Incident: dispatch.IncidentID(fmt.Sprint("i", 1+n%contacts)), Text: "said"})
			}
		})
	}
	all.Go(func() {
		for range 50 {
			if _, err := e.StateAfter(bg, seq); err != nil {
				t.Error(err)
			}
		}
	})
	for n := range contacts / 2 {
		if err := e.Erase(bg, fmt.Sprint("c", n)); err != nil {
			t.Error(err)
		}
		s, err := e.StateAfter(bg, seq)
		if errors.Is(err, ErrPastBusy) {
			continue
		}
		if err != nil || s.Contacts[dispatch.ContactID(fmt.Sprint("c", n))].Person.Name != "" {
			t.Errorf("c%d: %v", n, err)
		}
	}
	all.Wait()
	live := living(t, e)
	e.Close()
	for upTo := uint64(journal.Newest); ; {
		shot, err := j.LoadSnapshot(bg, upTo)
		if err != nil {
			break
		}
		for n := range contacts / 2 {
			if strings.Contains(string(shot.Body), fmt.Sprintf("Name of c%d\"", n)) || strings.Contains(string(shot.Body), fmt.Sprintf("Name of c%de", n)) {
				t.Errorf("the snapshot at %d holds the name of c%d", shot.Seq, n)
			}
		}
		upTo = shot.Seq - 1
	}
	sameStates(t, j, live)
}

// TestEraseInTheMiddleOfALook: a replay that had opened the words already is made
// again.
func TestEraseInTheMiddleOfALook(t *testing.T) {
	j := &reader{Journal: disk.New()}
	e := configured(t, Options{Journal: j})
	r := must(t, e, "c1", contact("c1"))
	for n := range 20 {
		must(t, e, fmt.Sprint("k", n), addUnit(fmt.Sprint("V", n)))
	}
	var once sync.Once
	j.onEntry(func(seq uint64) {
		if seq == r.Seq+10 {
			once.Do(func() {
				j.onEntry(nil)
				if err := e.Erase(bg, "c1"); err != nil {
					t.Error(err)
				}
			})
		}
	})
	s, err := e.StateAfter(bg, r.Seq+11)
	if err != nil || s.Contacts["c1"].Person != (dispatch.Private{}) {
		t.Errorf("kept %+v, %v", s.Contacts["c1"].Person, err)
	}
}

// TestEraseWithoutAWriter: one that has stopped still reads, so it must forget too.
func TestEraseWithoutAWriter(t *testing.T) {
	j := disk.New()
	var told *dispatch.State
	e := configured(t, Options{Journal: j, Renew: func(s *dispatch.State, _ uint64) { told = s }})
	must(t, e, "c1", contact("c1"))
	e.Close()
	if err := e.Erase(bg, "c1"); err != nil {
		t.Fatal(err)
	}
	if told == nil || told.Contacts["c1"].Person != (dispatch.Private{}) {
		t.Error("whoever follows was not told")
	}
	if s, err := e.StateAfter(bg, e.Seq()); err != nil || s.Contacts["c1"].Person != (dispatch.Private{}) {
		t.Errorf("the newest state: %v", err)
	}
	if shot, err := j.LoadSnapshot(bg, journal.Newest); err == nil && strings.Contains(string(shot.Body), "Name of c1") {
		t.Error("a snapshot holds the name")
	}
}

// TestASnapshotFromBeforeAnErasureIsDropped: one that was under way must not bring
// the words back.
func TestASnapshotFromBeforeAnErasureIsDropped(t *testing.T) {
	j := disk.New()
	e := configured(t, Options{Journal: j})
	must(t, e, "c1", contact("c1"))
	before := e.seals.count.Load()
	state, m, err := e.durableState(bg, vault.New(j, nil), e.Seq())
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Erase(bg, "c1"); err != nil {
		t.Fatal(err)
	}
	e.save(snapshotBody{State: state, Memory: m.all()}, e.Seq(), before)
	shot, err := j.LoadSnapshot(bg, journal.Newest)
	if err != nil || strings.Contains(string(shot.Body), "Name of c1") {
		t.Errorf("the snapshot at %d: %v", shot.Seq, err)
	}
}
