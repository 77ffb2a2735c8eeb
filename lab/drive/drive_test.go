package drive

import (
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
	if err := Setup(t.Context(), r, pack(t)); err != nil {
		t.Fatal(err)
	}
	d, err = New(r, pack(t), Options{Seed: 2020})
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
	if err := d.FastForward(t.Context(), r.clock, from, to, 10*dispatch.Second); err != nil {
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
