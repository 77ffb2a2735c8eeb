package drive

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/everycall/everycall/city"
	"github.com/everycall/everycall/dispatch"
	"github.com/everycall/everycall/engine"
	"github.com/everycall/everycall/geo"
	"github.com/everycall/everycall/journal"
	"github.com/everycall/everycall/journal/memory"
	"github.com/everycall/everycall/road"
	"github.com/everycall/everycall/schema"
	"github.com/everycall/everycall/store/sqlite"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// standing is a clock moved by hand.
type standing struct {
	mu sync.Mutex
	at dispatch.Instant
}

func (c *standing) Now() dispatch.Instant {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *standing) Set(at dispatch.Instant) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = max(c.at, at)
}

// room is an engine with the state folded from what it released.
type room struct {
	*engine.Engine
	clock   *standing
	mu      sync.Mutex
	state   *dispatch.State
	places  map[dispatch.UnitID]geo.Point
	moves   int
	touched map[dispatch.UnitID]time.Time
	by      map[string]int // events by principal
}

func (r *room) Look(see func(*dispatch.State)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	see(r.state)
}

func (r *room) Move(unit dispatch.UnitID, at geo.Point, _ dispatch.Instant, _ string) {
	r.places[unit] = at
	r.moves++
}

func (r *room) Where(unit dispatch.UnitID) (geo.Point, bool) {
	at, ok := r.places[unit]
	return at, ok
}

func (r *room) LastTouch(unit dispatch.UnitID) time.Time { return r.touched[unit] }

func (r *room) follow(events []engine.Recorded) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, e := range events {
		dispatch.Evolve(r.state, dispatch.Stamped{At: e.At, By: e.By, Event: e.Event})
		r.state.ForgetTouched()
		r.by[e.By]++
	}
}

// openRoom opens a room on a journal; places of units are not kept by it.
func openRoom(t testing.TB, j journal.Journal, clock *standing, checkAll bool) *room {
	t.Helper()
	r := &room{clock: clock, places: map[dispatch.UnitID]geo.Point{}, touched: map[dispatch.UnitID]time.Time{}, by: map[string]int{}}
	var err error
	r.Engine, err = engine.Open(t.Context(), engine.Options{Journal: j, Clock: clock, Followers: []engine.Follower{r.follow}, CheckAll: checkAll,
		Random: rand.New(rand.NewSource(1))}, func(s *dispatch.State, _ uint64) { r.state = s })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	return r
}

// seattle is the embedded pack, read once.
var seattle = sync.OnceValues(city.Seattle)

func pack(t testing.TB) *city.Pack {
	t.Helper()
	p, err := seattle()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// begin sets a room up two hours before the overlay's start, or less.
func begin(t testing.TB, r *room, before dispatch.Millis) (d *Driver, from, to dispatch.Instant) {
	t.Helper()
	to, _, err := Start(pack(t))
	if err != nil {
		t.Fatal(err)
	}
	from = to.Add(-before)
	r.clock.Set(from)
	if err := Setup(t.Context(), r, pack(t), nil); err != nil {
		t.Fatal(err)
	}
	d, err = New(r, pack(t), Options{Seed: Seed})
	if err != nil {
		t.Fatal(err)
	}
	return d, from, to
}

// board counts what is on the board.
type board struct {
	Open, Active, Waiting, Held, HeldPolice, HeldWithPromise, Staged, StagedInZone, Closed int
	PoliceInService, PoliceBusy, OthersBusy                                                int
	PromisesOpen, PromisesKept, PromisesBroken, Alarms                                     int
}

func count(s *dispatch.State) board {
	var b board
	for _, i := range s.Incidents {
		if !i.Open() {
			b.Closed++
			continue
		}
		b.Open++
		if i.Active() > 0 {
			b.Active++
			continue
		}
		lead := s.Lead(i)
		switch lead.Outcome.Kind {
		case dispatch.OutcomeWaiting:
			b.Waiting++
		case dispatch.OutcomeHeld:
			b.Held++
			if i.Service == city.Police {
				b.HeldPolice++
				if n := len(lead.Promises); n > 0 && s.Promises[lead.Promises[n-1]].State == dispatch.PromiseOpen {
					b.HeldWithPromise++
				}
			}
		case dispatch.OutcomeStaged:
			b.Staged++
			if i.Zone != "" {
				b.StagedInZone++
			}
		}
	}
	for _, u := range s.Units {
		switch {
		case u.Service == city.Police && u.Status != dispatch.StatusOutOfService:
			b.PoliceInService++
			if !u.Free() {
				b.PoliceBusy++
			}
		case u.Incident != "":
			b.OthersBusy++
		}
	}
	for _, p := range s.Promises {
		switch p.State {
		case dispatch.PromiseOpen:
			b.PromisesOpen++
		case dispatch.PromiseKept:
			b.PromisesKept++
		case dispatch.PromiseBroken:
			b.PromisesBroken++
		}
	}
	b.Alarms = len(s.Alarms)
	return b
}

// TestTwoHoursMakeABusyBoard plays what the demo plays before it serves.
func TestTwoHoursMakeABusyBoard(t *testing.T) {
	r := openRoom(t, memory.New(), &standing{}, false)
	d, from, to := begin(t, r, 2*dispatch.Hour)
	began := time.Now()
	if err := d.FastForward(t.Context(), r.clock, from, to, FastForwardStep); err != nil {
		t.Fatal(err)
	}
	b := count(r.state)
	t.Logf("two hours in %s, %d events: %+v", time.Since(began).Round(time.Millisecond), r.Seq(), b)
	if err := dispatch.Check(r.state); err != nil {
		t.Error(err)
	}
	if b.Open < 36 || b.HeldWithPromise < 15 || b.StagedInZone < 1 || 2*b.PoliceBusy <= b.PoliceInService {
		t.Errorf("the board is not busy and rationed: %+v", b)
	}
	if len(r.places) != len(homes(pack(t))) {
		t.Errorf("%d units have a place", len(r.places))
	}
	for _, c := range r.state.Contacts {
		if !strings.HasPrefix(string(c.ID), ContactPrefix) || !slices.Contains(c.Invented, "received_at") || !slices.Contains(c.Invented, "priority") {
			t.Fatalf("contact %s does not say what is invented: %v", c.ID, c.Invented)
		}
	}
}

// encoded is the whole board, to the byte.
func encoded(t testing.TB, r *room) []byte {
	t.Helper()
	var body []byte
	var err error
	r.Look(func(s *dispatch.State) { body, err = schema.State(s) })
	if err != nil {
		t.Fatal(err)
	}
	return body
}

func TestEqualStepsGiveEqualBoards(t *testing.T) {
	play := func() ([]byte, map[dispatch.UnitID]geo.Point) {
		r := openRoom(t, memory.New(), &standing{}, true)
		d, from, _ := begin(t, r, 2*dispatch.Hour)
		if err := d.FastForward(t.Context(), r.clock, from, from.Add(20*dispatch.Minute), 5*dispatch.Second); err != nil {
			t.Fatal(err)
		}
		return encoded(t, r), r.places
	}
	first, places := play()
	second, again := play()
	if !bytes.Equal(first, second) {
		t.Error("two boards of the same steps differ")
	}
	if !maps.Equal(places, again) {
		t.Error("units of the same steps stand elsewhere")
	}
}

func TestSetupTwiceChangesNothing(t *testing.T) {
	r := openRoom(t, memory.New(), &standing{}, true)
	_, from, _ := begin(t, r, 2*dispatch.Hour)
	before, seq := encoded(t, r), r.Seq()
	for _, later := range []dispatch.Millis{0, 30 * dispatch.Hour} { // beyond what the engine remembers too
		r.clock.Set(from.Add(later))
		if err := Setup(t.Context(), r, pack(t), nil); err != nil {
			t.Fatal(err)
		}
	}
	if r.Seq() != seq || !bytes.Equal(before, encoded(t, r)) {
		t.Errorf("%d events became %d", seq, r.Seq())
	}
	s := r.state
	if len(s.Zones) != 1 || len(s.Access) != 2 || len(s.Claims) != 2 || len(s.Liaisons) != 1 || len(s.Postures) != 1 || !s.Stations["police-E"].Lost {
		t.Errorf("%d zones, %d access facts, %d claims, %d liaisons, %d postures", len(s.Zones), len(s.Access), len(s.Claims), len(s.Liaisons), len(s.Postures))
	}
	if p := s.Postures["post1"]; !p.Incomplete() || p.NoneStated == "" || len(p.Invented) == 0 {
		t.Errorf("the posture hides that no reason was stated: %+v", p)
	}
	if c := s.Claims["cl2"]; len(c.Contradicts) != 1 {
		t.Errorf("the claims do not contradict each other: %+v", c)
	}
}

func TestGatesAreSaidInWords(t *testing.T) {
	r := openRoom(t, memory.New(), &standing{}, true)
	to, _, err := Start(pack(t))
	if err != nil {
		t.Fatal(err)
	}
	r.clock.Set(to)
	if err := Setup(t.Context(), r, pack(t), func(geo.Point) (street, grid string) { return "11 Av / E Pike St", "10T ET 0 0" }); err != nil {
		t.Fatal(err)
	}
	if got := r.state.Zones["z1"].Gate("g2").Words(); got != "Gate at 11 Av / E Pike St (invented) (10T ET 0 0)" {
		t.Errorf("the gate is called %q", got)
	}
}

// TestRestart: a driver made anew goes on from the state alone, and no call of
// the day is lost or comes twice.
func TestRestart(t *testing.T) {
	j, clock := memory.New(), &standing{}
	r := openRoom(t, j, clock, false)
	d, from, _ := begin(t, r, 2*dispatch.Hour)
	half, end := from.Add(25*dispatch.Minute), from.Add(90*dispatch.Minute)
	if err := d.FastForward(t.Context(), clock, from, half, 5*dispatch.Second); err != nil {
		t.Fatal(err)
	}
	var enroute []dispatch.UnitID
	for id, u := range r.state.Units {
		if u.Status == dispatch.StatusEnRoute {
			enroute = append(enroute, id)
		}
	}
	r.Close()
	if len(enroute) == 0 {
		t.Fatal("nobody is under way")
	}

	r = openRoom(t, j, clock, false)
	seq := r.Seq()
	if err := Setup(t.Context(), r, pack(t), nil); err != nil {
		t.Fatal(err)
	}
	if r.Seq() != seq {
		t.Errorf("setting up again made %d events", r.Seq()-seq)
	}
	d, err := New(r, pack(t), Options{Seed: Seed})
	if err != nil {
		t.Fatal(err)
	}
	if err := d.FastForward(t.Context(), clock, half, end, 5*dispatch.Second); err != nil {
		t.Fatal(err)
	}
	if err := dispatch.Check(r.state); err != nil {
		t.Error(err)
	}
	for _, id := range enroute {
		if u := r.state.Units[id]; u.Since <= half {
			t.Errorf("%s is %s since before the restart", id, u.Status)
		}
	}
	_, midnight, _ := Start(pack(t))
	for row, c := range pack(t).Calls {
		at := midnight.Add(dispatch.Millis(c.OffsetMs))
		id := dispatch.ContactID(fmt.Sprintf("demo-20200614-%04d", row))
		if got := r.state.Contacts[id] != nil; at > from && at <= end && !got {
			t.Errorf("call %s of %s is missing", id, time.UnixMilli(int64(at)).UTC())
		}
	}
}

// person submits a command as somebody at a desk.
func (r *room) person(t testing.TB, c dispatch.Command) {
	t.Helper()
	if _, err := r.Submit(t.Context(), engine.Submission{By: "person:one", Command: c}); err != nil {
		t.Fatal(err)
	}
}

func TestAPersonsCallIsThePersons(t *testing.T) {
	r := openRoom(t, memory.New(), &standing{}, true)
	d, from, _ := begin(t, r, 2*dispatch.Hour)
	forward := func(d *Driver, by dispatch.Millis) {
		t.Helper()
		if err := d.FastForward(t.Context(), r.clock, from, from.Add(by), 10*dispatch.Second); err != nil {
			t.Fatal(err)
		}
		from = from.Add(by)
	}
	at := pack(t).PoliceUnits[0].Start
	r.person(t, dispatch.ReceiveContact{ID: "mine", Channel: "phone", Type: "robbery-now", Person: dispatch.Private{Place: "here", Point: &at}})
	forward(d, 5*dispatch.Minute)
	i := r.state.Incidents[r.state.Contacts["mine"].Incident]
	if len(i.Assignments) > 0 || r.state.Contacts["mine"].Outcome.Kind != dispatch.OutcomeWaiting {
		t.Fatalf("the dispatcher decided about a person's call: %+v", i.Assignments)
	}

	// A unit that the person sends goes, works, and is done; closing is the person's.
	unit := dispatch.UnitID(pack(t).PoliceUnits[0].CallSign)
	if u := r.state.Units[unit]; u.Incident != "" {
		r.person(t, dispatch.UnassignUnit{Unit: unit, Incident: u.Incident, Reason: "needed elsewhere"})
	}
	r.person(t, dispatch.DispatchUnit{Unit: unit, Incident: i.ID})
	r.touched[unit] = time.Now()
	forward(d, 3*dispatch.Hour)
	if !i.Open() || r.state.Units[unit].Incident == i.ID {
		t.Errorf("open %v, unit %+v", i.Open(), r.state.Units[unit])
	}
	var seen []dispatch.Status
	for _, m := range i.Assignments[0].Milestones {
		seen = append(seen, m.Status)
	}
	if want := []dispatch.Status{dispatch.StatusDispatched, dispatch.StatusEnRoute, dispatch.StatusOnScene}; !slices.Equal(seen, want) {
		t.Errorf("milestones %v", seen)
	}
}

func TestATouchedUnitIsLeftAlone(t *testing.T) {
	r := openRoom(t, memory.New(), &standing{}, true)
	d, from, _ := begin(t, r, 2*dispatch.Hour)
	for _, u := range pack(t).PoliceUnits {
		r.touched[dispatch.UnitID(u.CallSign)] = time.Now()
	}
	if err := d.FastForward(t.Context(), r.clock, from, from.Add(20*dispatch.Minute), 10*dispatch.Second); err != nil {
		t.Fatal(err)
	}
	for _, u := range pack(t).PoliceUnits {
		if got := r.state.Units[dispatch.UnitID(u.CallSign)]; got.Incident != "" {
			t.Fatalf("%s was sent", got.ID)
		}
	}

	// Its crew says nothing while a person speaks for it.
	d.wall = func() time.Time { return time.Now().Add(2 * HandsOff) }
	from = from.Add(20 * dispatch.Minute)
	if err := d.FastForward(t.Context(), r.clock, from, from.Add(10*dispatch.Minute), 10*dispatch.Second); err != nil {
		t.Fatal(err)
	}
	d.wall = time.Now
	for _, id := range d.order {
		if u := r.state.Units[id]; u.Status == dispatch.StatusOnScene && u.Service == city.Police {
			r.person(t, dispatch.SetUnitStatus{Unit: id, Status: dispatch.StatusStaged, Source: dispatch.SourceRadio})
			r.touched[id] = time.Now()
			from = from.Add(10 * dispatch.Minute)
			if err := d.FastForward(t.Context(), r.clock, from, from.Add(2*dispatch.Hour), 30*dispatch.Second); err != nil {
				t.Fatal(err)
			}
			if u.Status != dispatch.StatusStaged {
				t.Errorf("the crew of %s spoke: %s", id, u.Status)
			}
			return
		}
	}
	t.Fatal("nobody of police is on scene")
}

func TestTheSupervisorRenewsOnlyTheDemosPosture(t *testing.T) {
	r := openRoom(t, memory.New(), &standing{}, true)
	d, from, _ := begin(t, r, 2*dispatch.Hour)
	r.person(t, dispatch.DeclarePosture{Service: city.Fire, Area: dispatch.Area{Kind: dispatch.AreaCity}, Title: "A person's", Authority: "a", Reason: "b", Script: "c",
		Reserve: []dispatch.Reserve{{Priority: 3, Units: 1}}, ReviewBy: from.Add(postureReview), Until: from.Add(postureUntil)})
	now := from.Add(postureReview - 5*dispatch.Minute)
	r.clock.Set(now)
	if err := d.submit(t.Context(), d.supervise(r.state, now)); err != nil {
		t.Fatal(err)
	}
	if got := r.state.Postures["post1"].ReviewBy; got != now.Add(postureReview) {
		t.Errorf("reviewed by %d", got)
	}
	if got := r.state.Postures["post2"]; got.Reviews != 0 {
		t.Errorf("a person's posture was renewed: %+v", got)
	}
}

func TestPositionsAreReportedOnceASecondAndOnlyWhenMoved(t *testing.T) {
	r := openRoom(t, memory.New(), &standing{}, false)
	d, from, _ := begin(t, r, 2*dispatch.Hour)
	wall := time.Now()
	d.wall = func() time.Time { return wall }
	step := func(virtual dispatch.Millis, real time.Duration) int {
		t.Helper()
		from, wall = from.Add(virtual), wall.Add(real)
		r.clock.Set(from)
		before := r.moves
		if err := d.Step(t.Context(), from); err != nil {
			t.Fatal(err)
		}
		return r.moves - before
	}
	if n := step(5*dispatch.Second, 0); n != len(d.order) {
		t.Errorf("%d of %d units reported at first", n, len(d.order))
	}
	if n := step(5*dispatch.Second, 500*time.Millisecond); n != 0 {
		t.Errorf("%d reported within a second", n)
	}
	patrol := 0
	for range 20 {
		patrol = max(patrol, step(10*dispatch.Second, time.Second))
	}
	if patrol == 0 || patrol > len(pack(t).PoliceUnits)+20 {
		t.Errorf("at most %d units moved at once", patrol)
	}
}

func TestRunEndsWithItsContext(t *testing.T) {
	r := openRoom(t, memory.New(), &standing{}, false)
	d, _, _ := begin(t, r, 2*dispatch.Hour)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- d.Run(ctx) }()
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
	r.Close()
	if err := d.Step(t.Context(), r.Now()+1000); !errors.Is(err, engine.ErrStopped) {
		t.Errorf("a stopped engine: %v", err)
	}
}

func TestWay(t *testing.T) {
	s := streets{graph: pack(t).Roads}
	from, goal := pack(t).PoliceUnits[0].Start, pack(t).PoliceUnits[9].Start
	w := s.to(road.KindPatrol, from, goal, 1000)
	if w.at(0) != from || w.at(w.end()) != goal || w.at(w.end()+99) != goal || w.end() <= 1000 {
		t.Errorf("from %s to %s: %s … %s", from, goal, w.at(0), w.at(w.end()))
	}
	last, gone := from, geo.Millimetres(0)
	for at := w.start; at <= w.end(); at = at.Add(dispatch.Second) {
		here := w.at(at)
		if hop := geo.Distance(last, here); hop > 30_000 {
			t.Fatalf("%d mm in a second", hop)
		} else {
			gone += hop
		}
		last = here
	}
	if whole := geo.Length(w.line); gone > whole || gone < whole*9/10 {
		t.Errorf("%d of %d mm", gone, whole)
	}
	still := streets{}
	if w := still.to(road.KindPatrol, from, from, 5); w.at(5) != from || w.end() != 5 {
		t.Error("a way to where one is takes no time")
	}
	if still.stroll(from, 5, 3, func(int) uint64 { return 0 }) != nil {
		t.Error("nobody strolls without streets")
	}
}

// BenchmarkTwoHours is what starts the demo: setting up and two hours.
func BenchmarkTwoHours(b *testing.B) {
	for _, kind := range []string{"memory", "sqlite"} {
		b.Run(kind, func(b *testing.B) {
			for b.Loop() {
				var j journal.Journal = memory.New()
				var store *sqlite.Store
				if kind == "sqlite" {
					var err error
					if store, err = sqlite.Open(b.TempDir()); err != nil {
						b.Fatal(err)
					}
					j = store.Journal()
				}
				r := openRoom(b, j, &standing{}, false)
				d, from, to := begin(b, r, 2*dispatch.Hour)
				if err := d.FastForward(b.Context(), r.clock, from, to, FastForwardStep); err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(float64(r.Metrics.Syncs.Load()), "syncs")
				r.Close()
				if store != nil {
					if err := store.Close(); err != nil {
						b.Fatal(err)
					}
				}
			}
		})
	}
}
