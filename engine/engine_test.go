package engine

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/everycall/everycall/dispatch"
	"github.com/everycall/everycall/journal"
	disk "github.com/everycall/everycall/journal/memory"
	"github.com/everycall/everycall/schema"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func noPause(time.Duration) {}

// gate is a journal whose appends the test can hold up or refuse.
type gate struct {
	*disk.Journal
	arrived chan journal.Batch // if set, told of every append
	pass    chan error         // if set, every append waits for a word; an error refuses it
}

func (g *gate) Append(ctx context.Context, e journal.Epoch, b journal.Batch) error {
	if g.arrived != nil {
		g.arrived <- b
		if err := <-g.pass; err != nil {
			return err
		}
	}
	return g.Journal.Append(ctx, e, b)
}

func newGate() *gate {
	return &gate{Journal: disk.New(), arrived: make(chan journal.Batch), pass: make(chan error)}
}

// open lets every append through from now on.
func (g *gate) open(t *testing.T) {
	quit := make(chan struct{})
	t.Cleanup(func() { close(quit) })
	go func() {
		for {
			select {
			case <-g.arrived:
				g.pass <- nil
			case <-quit:
				return
			}
		}
	}()
}

// start opens an engine; opt needs no more than a journal.
func start(t testing.TB, opt Options) *Engine {
	t.Helper()
	if opt.Clock == nil {
		opt.Clock = &testClock{simStart}
	}
	opt.CheckAll = true
	opt.pause = noPause
	e, err := Open(bg, opt, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.Close)
	return e
}

// configured is an engine that has its agency and units.
func configured(t testing.TB, opt Options) *Engine {
	t.Helper()
	e := start(t, opt)
	for n, c := range setUp() {
		must(t, e, fmt.Sprint("setup", n), c)
	}
	return e
}

func must(t testing.TB, e *Engine, id string, c dispatch.Command) Receipt {
	t.Helper()
	r, err := e.Submit(bg, Submission{By: "desk", ID: id, Hash: []byte(id), Command: c})
	if err != nil {
		t.Fatalf("%s %T: %s", id, c, err)
	}
	return r
}

// addUnit is a command that always succeeds once.
func addUnit(name string) dispatch.Command {
	return dispatch.AddUnit{ID: dispatch.UnitID(name), Service: "ems", Kind: "medic", Status: dispatch.StatusAvailable}
}

func contact(id string) dispatch.Command {
	return dispatch.ReceiveContact{ID: dispatch.ContactID(id), Channel: "phone", Type: "NOISE", Person: dispatch.Private{Name: "Name of " + id, Place: "somewhere"}}
}

// pending submits without waiting.
func pending(t testing.TB, e *Engine, id string, c dispatch.Command) *waiting {
	t.Helper()
	w, err := e.enqueue(Submission{By: "desk", ID: id, Hash: []byte(id), Command: c})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// sameStates holds live = replay = snapshot + tail of an engine that was closed.
func sameStates(t *testing.T, j *disk.Journal, live *dispatch.State) {
	t.Helper()
	want, err := schema.State(live)
	if err != nil {
		t.Fatal(err)
	}
	s := &world{t: t, disk: j, w: &writer{e: &Engine{opt: Options{Journal: j}}}}
	s.w.seq, _ = j.Head(bg)
	for _, snapshot := range []bool{false, true} {
		if got := s.encoded(s.replayed(snapshot)); !bytes.Equal(got, want) {
			t.Fatalf("replayed (snapshot %t) differs from live", snapshot)
		}
	}
}

func TestNothingIsToldBeforeItIsDurable(t *testing.T) {
	g := newGate()
	var told atomic.Int64
	e := start(t, Options{Journal: g, Followers: []Follower{func(events []Recorded) { told.Add(int64(len(events))) }}})
	w := pending(t, e, "one", dispatch.Configure{Config: testConfig()})
	more := e.More(0)
	<-g.arrived
	select {
	case <-w.reply:
		t.Fatal("answered before the append")
	case <-more:
		t.Fatal("readers were told before the append")
	default:
	}
	if told.Load() != 0 || e.Seq() != 0 {
		t.Fatal("followers were told before the append")
	}
	g.pass <- nil
	o := <-w.reply
	if o.err != nil || o.receipt.Seq != 1 || told.Load() != 1 || e.Seq() != 1 {
		t.Fatalf("answered %+v; told %d events, Seq %d", o, told.Load(), e.Seq())
	}
	<-more
	g.open(t)
}

// TestFollowersHearFirst: whoever gets a reply finds it on the board, and whoever
// follows with Read too.
func TestFollowersHearFirst(t *testing.T) {
	g := newGate()
	var w *waiting
	heard := make(chan struct{})
	e := start(t, Options{Journal: g, Followers: []Follower{func(events []Recorded) {
		defer close(heard)
		if len(w.reply) != 0 || len(events) != 1 || events[0].Command != "one" {
			t.Errorf("the reply was out before the follower heard of %+v", events)
		}
	}}})
	w = pending(t, e, "one", dispatch.Configure{Config: testConfig()})
	<-g.arrived
	g.pass <- nil
	<-heard // until then nobody takes the reply, so that the follower would see it
	if o := <-w.reply; o.err != nil {
		t.Fatal(o.err)
	}
	if events, err := e.Read(bg, 0, 10); err != nil || len(events) != 1 {
		t.Fatalf("a reader finds %v, %v", events, err)
	}
	g.open(t)
}

func TestTheSameCommandAgain(t *testing.T) {
	j := disk.New()
	clock := &testClock{simStart}
	e := configured(t, Options{Journal: j, Clock: clock})
	first := must(t, e, "k", contact("c1"))
	same := func(e *Engine, what string) {
		t.Helper()
		again := must(t, e, "k", contact("c1"))
		if !again.Repeated || again.Seq != first.Seq || again.At != first.At || fmt.Sprint(clearOf(t, again)) != fmt.Sprint(clearOf(t, first)) {
			t.Fatalf("%s: %+v, first %+v", what, again, first)
		}
	}
	same(e, "at once")
	if _, err := e.Submit(bg, Submission{By: "desk", ID: "k", Hash: []byte("other"), Command: contact("c2")}); !errors.Is(err, ErrOtherBody) {
		t.Fatalf("another body: %v", err)
	}
	if _, err := e.Submit(bg, Submission{By: "other desk", ID: "k", Command: contact("c2")}); err != nil {
		t.Fatalf("the same id of somebody else: %v", err)
	}
	e.Close()
	e = start(t, Options{Journal: j, Clock: clock})
	same(e, "after a restart")
	clock.now = simStart.Add(dispatch.Day)
	must(t, e, "later", addUnit("X1"))
	same(e, "after 24 h")
	clock.now++
	must(t, e, "just after", addUnit("X2"))
	var no *dispatch.Rejection
	if _, err := e.Submit(bg, Submission{By: "desk", ID: "k", Hash: []byte("k"), Command: contact("c1")}); !errors.As(err, &no) {
		t.Fatalf("after more than 24 h it is decided anew: %v", err)
	}
}

func clearOf(t testing.TB, r Receipt) (all []string) {
	for _, event := range r.Events {
		code, _, clear, err := schema.Clear(event)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, fmt.Sprintf("%d %x", code, clear))
	}
	return all
}

func TestTheSameCommandWhileInFlight(t *testing.T) {
	g := newGate()
	e := start(t, Options{Journal: g})
	one := pending(t, e, "k", dispatch.Configure{Config: testConfig()})
	<-g.arrived // one is under way
	two := pending(t, e, "k", dispatch.Configure{Config: testConfig()})
	g.pass <- nil
	a, b := <-one.reply, <-two.reply
	if a.err != nil || b.err != nil || a.receipt.Seq != b.receipt.Seq || a.receipt.Repeated || !b.receipt.Repeated || len(b.receipt.Events) != 1 {
		t.Fatalf("first %+v, again %+v", a, b)
	}
	if e.Seq() != 1 {
		t.Fatalf("recorded %d times", e.Seq())
	}
	g.open(t)
}

func TestRefusalsAreNotRemembered(t *testing.T) {
	e := configured(t, Options{Journal: disk.New()})
	var no *dispatch.Rejection
	note := dispatch.AddNote{Incident: "i1", Text: "a note"}
	if _, err := e.Submit(bg, Submission{By: "desk", ID: "k", Command: note}); !errors.As(err, &no) || no.Code != dispatch.IncidentUnknown {
		t.Fatalf("a note on nothing: %v", err)
	}
	must(t, e, "c", contact("c1"))
	if r, err := e.Submit(bg, Submission{By: "desk", ID: "k", Command: note}); err != nil || r.Repeated {
		t.Fatalf("sent again when it can be done: %+v, %v", r, err)
	}
}

func TestAFullQueueSaysSo(t *testing.T) {
	g := newGate()
	e := start(t, Options{Journal: g})
	all := []*waiting{pending(t, e, "first", dispatch.Configure{Config: testConfig()})}
	<-g.arrived // the appender is held up, the writer takes one batch more at most
	var busy error
	for n := 0; busy == nil; n++ {
		var w *waiting
		if w, busy = e.enqueue(Submission{By: "desk", ID: fmt.Sprint("k", n), Command: dispatch.Tick{}}); busy == nil {
			all = append(all, w)
		}
		if n > QueueMax+BatchMax+1 {
			t.Fatal("the queue has no end")
		}
	}
	if !errors.Is(busy, ErrBusy) || len(all) < QueueMax || e.Metrics.Busy.Load() != 1 {
		t.Fatalf("%d waited, then: %v", len(all), busy)
	}
	go func() { g.pass <- nil }()
	for _, w := range all {
		if o := <-w.reply; o.err != nil {
			t.Fatal(o.err)
		}
	}
	if n := e.Metrics.Waiting.Load(); n != 0 {
		t.Fatalf("%d still wait", n)
	}
	g.open(t)
}

func TestInvalidSubmissions(t *testing.T) {
	e := start(t, Options{Journal: disk.New()})
	for name, s := range map[string]Submission{
		"no command":     {By: "desk", ID: "k"},
		"id too long":    {By: "desk", ID: strings.Repeat("k", CommandIDMax+1), Command: dispatch.Tick{}},
		"id not UTF-8":   {By: "desk", ID: "\xff", Command: dispatch.Tick{}},
		"id with NUL":    {By: "desk", ID: "a\x00b", Command: dispatch.Tick{}},
		"by too long":    {By: strings.Repeat("b", PrincipalMax+1), ID: "k", Command: dispatch.Tick{}},
		"by with a line": {By: "a\nb", ID: "k", Command: dispatch.Tick{}},
	} {
		if _, err := e.Submit(bg, s); !errors.Is(err, ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := e.Submit(bg, Submission{By: strings.Repeat("b", PrincipalMax), ID: strings.Repeat("k", CommandIDMax), Command: dispatch.Tick{}}); err != nil {
		t.Errorf("at the limits: %v", err)
	}
}

// TestReadersMissNothing: readers that pull from the start, in pages of their
// own, while others write, see every event once and in order.
func TestReadersMissNothing(t *testing.T) {
	j := disk.New()
	configured(t, Options{Journal: j}).Close()
	e := start(t, Options{Journal: j, SnapshotEvery: 100})
	const writers, each = 4, 100
	last := e.Seq() + writers*each
	var wg sync.WaitGroup
	for r := range 3 {
		wg.Go(func() {
			for after := uint64(0); after < last; {
				<-e.More(after)
				events, err := e.Read(bg, after, 7*r+1)
				if err != nil {
					t.Error(err)
					return
				}
				for _, event := range events {
					if after++; event.Seq != after {
						t.Errorf("reader got %d where %d was next", event.Seq, after)
						return
					}
				}
			}
		})
	}
	for n := range writers {
		wg.Go(func() {
			for k := range each {
				must(t, e, fmt.Sprint(n, "-", k), addUnit(fmt.Sprint("V", n, "-", k)))
			}
		})
	}
	wg.Wait()
	all, err := e.ReadJournal(bg, 3, 5)
	if err != nil || len(all) != 5 || all[0].Seq != 4 {
		t.Fatalf("ReadJournal: %d events, %v", len(all), err)
	}
	if all, err := e.ReadJournal(bg, last-1, 50); err != nil || len(all) != 1 {
		t.Fatalf("ReadJournal at the end: %d events, %v", len(all), err)
	}
	for _, limit := range []int{0, -1} {
		if all, err := e.Read(bg, 0, limit); err != nil || len(all) != 0 {
			t.Fatalf("Read with limit %d: %d events, %v", limit, len(all), err)
		}
	}
}

func TestTheTailIsBounded(t *testing.T) {
	e := start(t, Options{Journal: disk.New()})
	for seq := uint64(1); seq <= ReplayMax+TailMax; seq += 1000 {
		var events []Recorded
		for n := range uint64(1000) {
			events = append(events, Recorded{Seq: seq + n})
		}
		e.tail.add(events)
	}
	if n := e.tail.size; n > 2*TailMax || n < TailMax {
		t.Fatalf("the tail holds %d", n)
	}
	oldest := e.tail.batches[0][0].Seq
	if events, err := e.Read(bg, oldest-1, 10); err != nil || len(events) != 10 || events[0].Seq != oldest {
		t.Fatalf("at the tail's end: %v, %v", events, err)
	}
	for _, limit := range []int{1, 999, 1000, 1001, 2 * TailMax} { // over the seams of batches
		from := e.Seq() - 2500
		events, err := e.Read(bg, from, limit)
		if err != nil || len(events) != min(limit, 2500) {
			t.Fatalf("%d of the last 2500: %d, %v", limit, len(events), err)
		}
		for n, event := range events {
			if event.Seq != from+uint64(n)+1 {
				t.Fatalf("event %d where %d belongs", event.Seq, from+uint64(n)+1)
			}
		}
	}
	if _, err := e.Read(bg, e.Seq()-ReplayMax-1, 10); !errors.Is(err, ErrTooFarBehind) {
		t.Fatalf("too far behind: %v", err)
	}
	if _, err := e.Read(bg, e.Seq()-ReplayMax, 10); err != nil {
		t.Fatalf("just near enough: %v", err)
	}
}

// faulty panics in Decide: the command inside it is nil.
type faulty struct{ dispatch.Command }

func TestAPanicInDecideRefusesThatCommand(t *testing.T) {
	e := configured(t, Options{Journal: disk.New()})
	if _, err := e.Submit(bg, Submission{By: "desk", ID: "k", Command: faulty{}}); !errors.Is(err, ErrRulesFailed) {
		t.Fatalf("a panic in Decide: %v", err)
	}
	must(t, e, "next", addUnit("X"))
}

// TestRulesThatFail: a panic in Evolve or a failed Check takes its own command
// away and no other of the batch.
func TestRulesThatFail(t *testing.T) {
	for name, fail := range map[string]func(*dispatch.State){
		"panic": func(*dispatch.State) { panic("on purpose") },
		"check": func(s *dispatch.State) { s.Units["BAD"].Incident = "i999" },
	} {
		t.Run(name, func(t *testing.T) {
			g := newGate()
			var live *dispatch.State
			e := start(t, Options{Journal: g, SnapshotEvery: 3, afterEvolve: func(s *dispatch.State, event dispatch.Event) {
				// The writer is the first to see an event; a snapshot is made after it.
				if received, is := event.(*dispatch.ContactReceived); is && received.ID == "c9" && live == nil {
					live = s
				}
				if added, is := event.(*dispatch.UnitAdded); is && added.Unit.ID == "BAD" {
					fail(s)
				}
			}})
			w := pending(t, e, "setup", dispatch.Configure{Config: testConfig()})
			<-g.arrived
			// The writer holds c0 or so until the append is through; the others join it.
			var all []*waiting
			for n := range 6 {
				all = append(all, pending(t, e, fmt.Sprint("c", n), contact(fmt.Sprint("c", n))))
				if n == 2 {
					all = append(all, pending(t, e, "bad", addUnit("BAD")))
				}
			}
			go func() {
				g.pass <- nil
				for range g.arrived {
					g.pass <- nil
				}
			}()
			if o := <-w.reply; o.err != nil {
				t.Fatal(o.err)
			}
			for _, w := range all {
				o := <-w.reply
				if bad := w.ID == "bad"; bad != errors.Is(o.err, ErrRulesFailed) || !bad && o.err != nil {
					t.Errorf("%s: %v", w.ID, o.err)
				}
			}
			again, err := e.Submit(bg, Submission{By: "desk", ID: "c4", Hash: []byte("c4"), Command: contact("c4")})
			if err != nil || !again.Repeated {
				t.Errorf("what the others did is remembered: %+v, %v", again, err)
			}
			if _, err := e.Submit(bg, Submission{By: "desk", ID: "bad", Hash: []byte("bad"), Command: addUnit("BAD")}); !errors.Is(err, ErrRulesFailed) {
				t.Errorf("the bad one again: %v", err)
			}
			must(t, e, "after", contact("c9"))
			e.Close()
			close(g.arrived)
			sameStates(t, g.Journal, live)
			if head, _ := g.Head(bg); head != 1+7*2 {
				t.Errorf("the journal has %d events", head)
			}
			for n := range 6 { // a rebuild must not lose a key that was born in the batch
				if _, err := g.Secret(bg, fmt.Sprint("c", n)); err != nil {
					t.Errorf("the key of c%d: %v", n, err)
				}
			}
		})
	}
}

// TestARefusedContactHasNoKey: when the rules fail on a contact, its key must not
// be believed to be in the journal.
func TestARefusedContactHasNoKey(t *testing.T) {
	j := disk.New()
	failing := true
	e := configured(t, Options{Journal: j, afterEvolve: func(_ *dispatch.State, event dispatch.Event) {
		if _, is := event.(*dispatch.ContactReceived); is && failing {
			panic("on purpose")
		}
	}})
	if _, err := e.Submit(bg, Submission{By: "desk", ID: "k", Command: contact("c1")}); !errors.Is(err, ErrRulesFailed) {
		t.Fatal(err)
	}
	must(t, e, "between", addUnit("X"))
	if _, err := j.Secret(bg, "c1"); !errors.Is(err, journal.ErrNoSecret) {
		t.Fatalf("a key for nobody: %v", err)
	}
	failing = false
	must(t, e, "k2", contact("c1"))
	if _, err := j.Secret(bg, "c1"); err != nil {
		t.Fatalf("the key is missing: %v", err)
	}
}

func TestRulesBeyondRepairStopTheWriter(t *testing.T) {
	j := disk.New()
	broken := false
	e := configured(t, Options{Journal: j, afterEvolve: func(*dispatch.State, dispatch.Event) {
		if broken {
			panic("on purpose")
		}
	}})
	broken = true
	if _, err := e.Submit(bg, Submission{By: "desk", ID: "k", Command: addUnit("X")}); !errors.Is(err, ErrStopped) {
		t.Fatalf("beyond repair: %v", err)
	}
	<-e.done
	if _, err := e.Submit(bg, Submission{By: "desk", ID: "k", Command: addUnit("X")}); !errors.Is(err, ErrStopped) || !e.Stopped() {
		t.Fatalf("after that: %v", err)
	}
	if events, err := e.Read(bg, 0, 100); err != nil || len(events) != len(setUp()) {
		t.Fatalf("reading must go on: %d events, %v", len(events), err)
	}
	_, err := Open(bg, Options{Journal: j, Clock: &testClock{simStart}, afterEvolve: func(*dispatch.State, dispatch.Event) { panic("on purpose") }}, nil)
	if !errors.Is(err, errBeyondRepair) {
		t.Fatalf("opening what the rules fail on is an error and no crash: %v", err)
	}
}

func TestAFollowerThatPanics(t *testing.T) {
	var heard int
	e := configured(t, Options{Journal: disk.New(), Followers: []Follower{func([]Recorded) { panic("on purpose") }, func(all []Recorded) { heard += len(all) }}})
	if heard != len(setUp()) || e.Metrics.Panics.Load() == 0 {
		t.Fatalf("the other follower heard %d", heard)
	}
}

// TestAppendsThatFail: the answer tells the truth, and the state is what the
// journal says.
func TestAppendsThatFail(t *testing.T) {
	for _, c := range []struct {
		fault disk.Fault
		err   error
	}{{disk.FailAbsent, ErrNotRecorded}, {disk.FailKept, nil}} {
		t.Run(c.fault.String(), func(t *testing.T) {
			j := disk.New()
			var heard []Recorded
			var live *dispatch.State
			e := configured(t, Options{Journal: j, Followers: []Follower{func(all []Recorded) { heard = append(heard, all...) }},
				afterEvolve: func(s *dispatch.State, _ dispatch.Event) { live = s }})
			j.Crash(c.fault)
			r, err := e.Submit(bg, Submission{By: "desk", ID: "k", Command: contact("c1")})
			if !errors.Is(err, c.err) || r.Repeated || err == nil && len(r.Events) != 2 {
				t.Fatalf("answered %+v, %v", r, err)
			}
			if r, err := e.Submit(bg, Submission{By: "desk", ID: "k", Command: contact("c1")}); err != nil || r.Repeated != (c.err == nil) {
				t.Fatalf("sent again: %+v, %v", r, err)
			}
			must(t, e, "other", contact("c2"))
			for i, event := range heard {
				if event.Seq != uint64(i+1) {
					t.Fatalf("the follower heard %d as its %dth", event.Seq, i+1)
				}
			}
			if len(heard) != int(e.Seq()) {
				t.Fatalf("the follower heard %d of %d", len(heard), e.Seq())
			}
			e.Close()
			sameStates(t, j, live)
		})
	}
}

func TestAMachineThatDies(t *testing.T) {
	for _, c := range []struct {
		fault disk.Fault
		kept  bool
	}{{disk.CrashLost, false}, {disk.CrashTorn, false}, {disk.CrashKept, true}} {
		t.Run(c.fault.String(), func(t *testing.T) {
			j := disk.New()
			e := configured(t, Options{Journal: j})
			j.Crash(c.fault)
			if _, err := e.Submit(bg, Submission{By: "desk", ID: "k", Command: contact("c1")}); !errors.Is(err, ErrUnknown) {
				t.Fatalf("answered: %v", err)
			}
			<-e.done
			e = start(t, Options{Journal: j.Reopen()})
			r, err := e.Submit(bg, Submission{By: "desk", ID: "k", Command: contact("c1")})
			if err != nil || r.Repeated != c.kept {
				t.Fatalf("sent again after the restart: %+v, %v", r, err)
			}
		})
	}
}

// TestOneBadCommandDoesNotTakeOthersAlong: the journal refuses a batch because of
// one command; the others are recorded.
func TestOneBadCommandDoesNotTakeOthersAlong(t *testing.T) {
	g := newGate()
	e := start(t, Options{Journal: g})
	one := pending(t, e, "setup", dispatch.Configure{Config: testConfig()})
	<-g.arrived
	var all []*waiting
	for n := range 5 {
		all = append(all, pending(t, e, fmt.Sprint("c", n), contact(fmt.Sprint("c", n))))
	}
	refused := errors.New("disk quota")
	go func() {
		g.pass <- nil
		for b := range g.arrived {
			err := error(nil)
			for _, s := range b.Secrets {
				if s.Subject == "c2" {
					err = fmt.Errorf("%w: %w", journal.ErrTooLarge, refused)
				}
			}
			g.pass <- err
		}
	}()
	<-one.reply
	for n, w := range all {
		o := <-w.reply
		if n == 2 && !(errors.Is(o.err, ErrNotRecorded) && errors.Is(o.err, refused)) || n != 2 && o.err != nil {
			t.Errorf("%s: %v", w.ID, o.err)
		}
	}
	e.Close()
	close(g.arrived)
}

// TestAnIDThatWasUsedBefore: a contact's id comes again after its incident has
// left the live state, once with its key still there and once erased.
func TestAnIDThatWasUsedBefore(t *testing.T) {
	for _, erased := range []bool{false, true} {
		t.Run(fmt.Sprint("erased ", erased), func(t *testing.T) {
			j, clock := disk.New(), &testClock{simStart}
			e := configured(t, Options{Journal: j, Clock: clock})
			must(t, e, "c1", contact("c1"))
			must(t, e, "close", dispatch.CloseIncident{Incident: "i1", Disposition: "done", Authority: "desk"})
			clock.now = simStart.Add(30 * dispatch.Hour)
			must(t, e, "tick", dispatch.Tick{})
			e.Close()
			if erased {
				if err := j.Erase(bg, "c1"); err != nil {
					t.Fatal(err)
				}
			}
			var live *dispatch.State
			e = start(t, Options{Journal: j, Clock: clock, afterEvolve: func(s *dispatch.State, _ dispatch.Event) { live = s }})
			_, err := e.Submit(bg, Submission{By: "desk", ID: "again", Command: contact("c1")})
			if erased && !errors.Is(err, journal.ErrSecretExists) || !erased && err != nil {
				t.Fatalf("the same id again: %v", err)
			}
			must(t, e, "c2", contact("c2"))
			e.Close()
			sameStates(t, j, live)
		})
	}
}

// TestErasedWordsStayErased: with a key gone, the rest of the replay is exact, and
// what is said about that person later is not kept.
func TestErasedWordsStayErased(t *testing.T) {
	j := disk.New()
	e := configured(t, Options{Journal: j})
	must(t, e, "c1", contact("c1"))
	must(t, e, "c2", contact("c2"))
	e.Close()
	if err := j.Erase(bg, "c1"); err != nil {
		t.Fatal(err)
	}
	var live *dispatch.State
	e = start(t, Options{Journal: j, afterEvolve: func(s *dispatch.State, _ dispatch.Event) { live = s }})
	must(t, e, "note", dispatch.AddNote{Incident: "i1", Text: "about somebody erased"})
	must(t, e, "note2", dispatch.AddNote{Incident: "i2", Text: "about somebody else"})
	e.Close()
	if c := live.Contacts["c1"]; c.Person != (dispatch.Private{}) || live.Incidents["i1"].Notes[0].Text != "" {
		t.Fatalf("kept: %+v, %+v", c.Person, live.Incidents["i1"].Notes)
	}
	if c := live.Contacts["c2"]; c.Person.Name == "" || live.Incidents["i2"].Notes[0].Text == "" {
		t.Fatalf("lost: %+v", c.Person)
	}
	sameStates(t, j, live)
}

// TestTheOlderOfTwoWritersStops: both are never believed.
func TestTheOlderOfTwoWritersStops(t *testing.T) {
	j := disk.New()
	older := configured(t, Options{Journal: j})
	newer := start(t, Options{Journal: j})
	if _, err := older.Submit(bg, Submission{By: "desk", ID: "k", Command: addUnit("X")}); !errors.Is(err, ErrStopped) {
		t.Fatalf("the older one: %v", err)
	}
	<-older.done
	must(t, newer, "k", addUnit("X"))
	if events, err := older.Read(bg, 0, 3); err != nil || len(events) != 3 {
		t.Fatalf("the older one still reads: %v, %v", events, err)
	}
}

func TestCloseDrains(t *testing.T) {
	j := disk.New()
	e := configured(t, Options{Journal: j})
	var all []*waiting
	for n := range 2000 {
		all = append(all, pending(t, e, fmt.Sprint("k", n), addUnit(fmt.Sprint("V", n))))
	}
	var late sync.WaitGroup
	for n := range 8 {
		late.Go(func() {
			_, err := e.Submit(bg, Submission{By: "desk", ID: fmt.Sprint("late", n), Command: addUnit(fmt.Sprint("L", n))})
			if err != nil && !errors.Is(err, ErrStopped) {
				t.Error(err)
			}
		})
	}
	e.Close()
	late.Wait()
	for _, w := range all {
		if o := <-w.reply; o.err != nil {
			t.Fatal(o.err)
		}
	}
	shot, err := j.LoadSnapshot(bg, journal.Newest)
	if head, _ := j.Head(bg); err != nil || shot.Seq != head {
		t.Fatalf("the last snapshot is at %d of %d: %v", shot.Seq, head, err)
	}
	if _, err := e.Submit(bg, Submission{By: "desk", ID: "after", Command: dispatch.Tick{}}); !errors.Is(err, ErrStopped) {
		t.Fatalf("after Close: %v", err)
	}
	e.Close()
}

// TestRecall: what a command did can be asked without giving it again.
func TestRecall(t *testing.T) {
	e := configured(t, Options{Journal: disk.New()})
	ask := Submission{By: "desk", ID: "k", Hash: []byte("h"), Recall: true}
	if _, err := e.Submit(bg, ask); !errors.Is(err, ErrNotKnown) {
		t.Fatalf("nobody gave it: %v", err)
	}
	first, err := e.Submit(bg, Submission{By: "desk", ID: "k", Hash: []byte("h"), Command: addUnit("X9")})
	if err != nil {
		t.Fatal(err)
	}
	again, err := e.Submit(bg, ask)
	if err != nil || again.Seq != first.Seq || !again.Repeated {
		t.Fatalf("%+v, %v", again, err)
	}
	ask.Hash = []byte("other")
	if _, err := e.Submit(bg, ask); !errors.Is(err, ErrOtherBody) {
		t.Fatalf("another body: %v", err)
	}
}

func TestACallerWhoGoesAway(t *testing.T) {
	g := newGate()
	e := start(t, Options{Journal: g})
	ctx, cancel := context.WithCancel(bg)
	go func() { <-g.arrived; cancel(); g.pass <- nil }()
	s := Submission{By: "desk", ID: "k", Command: dispatch.Configure{Config: testConfig()}}
	if _, err := e.Submit(ctx, s); err != nil && !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	g.open(t)
	if r, err := e.Submit(bg, s); err != nil || !r.Repeated {
		t.Fatalf("the same command tells what became of it: %+v, %v", r, err)
	}
}

func TestASnapshotOfAnotherShapeIsPassedOver(t *testing.T) {
	j := disk.New()
	e := configured(t, Options{Journal: j})
	e.Close()
	head, _ := j.Head(bg)
	for name, body := range map[string][]byte{"not CBOR": []byte("x"), "another format": mustEncode(t, snapshotBody{Format: []byte("other"), State: dispatch.NewState()}),
		"no state": mustEncode(t, snapshotBody{Format: snapshotFormat})} {
		if err := j.SaveSnapshot(bg, journal.Snapshot{Seq: head, Body: body}); err != nil {
			t.Fatal(err)
		}
		e := start(t, Options{Journal: j})
		if e.Seq() != head {
			t.Errorf("%s: recovered %d of %d", name, e.Seq(), head)
		}
		if _, err := e.Submit(bg, Submission{By: "desk", ID: "k" + name, Command: dispatch.RetireUnit{Unit: "nobody", Reason: "r"}}); err == nil {
			t.Errorf("%s: the state is not the journal's", name)
		}
		must(t, e, "retire"+name, dispatch.SignOnCrew{Unit: "U1", Crew: 3})
		e.Close()
		head, _ = j.Head(bg)
	}
}

func mustEncode(t *testing.T, v any) []byte {
	t.Helper()
	var body bytes.Buffer
	if err := schema.Encode(&body, v); err != nil {
		t.Fatal(err)
	}
	return body.Bytes()
}
