package advisor

import (
	"context"
	"slices"
	"testing"

	"github.com/everycall/everycall/dispatch"
	"github.com/everycall/everycall/geo"
	"github.com/everycall/everycall/road"
	"pgregory.net/rapid"
)

// diary is a room with streets, and everything that was journalled of it.
type diary struct {
	t       testing.TB
	s       *dispatch.State
	now     dispatch.Instant
	journal []dispatch.Stamped
}

func (d *diary) do(by string, c dispatch.Command) {
	d.t.Helper()
	events, no := dispatch.Decide(d.s, dispatch.Meta{At: d.now, By: by}, c, nil)
	if no != nil {
		d.t.Fatal(no)
	}
	for _, e := range events {
		st := dispatch.Stamped{At: d.now, By: by, Event: e}
		dispatch.Evolve(d.s, st)
		d.journal = append(d.journal, st)
	}
}

func room(unknown ...dispatch.UnknownWays) dispatch.Configure {
	return dispatch.Configure{Config: dispatch.Config{Name: "Town", Zone: "UTC", Services: []dispatch.Service{"police", "fire", "ems"}, DefaultService: "police", UntriagedPriority: 2,
		Desks: []dispatch.Desk{{ID: "desk", Name: "Desk"}}, UnknownWays: unknown}}
}

// TestTheDayALaneReopens: a street is blocked in the morning and reopens one way at
// noon. The replayed journal gives the same routes at the same times.
func TestTheDayALaneReopens(t *testing.T) {
	live := &diary{t: t, s: dispatch.NewState(), now: noon}
	type asked struct {
		after int // events
		at    dispatch.Instant
		route road.Route
	}
	var answers []asked
	west, east := corner(0, 2), corner(4, 2)
	ask := func(r *Road, s *dispatch.State, now dispatch.Instant, from, to geo.Point) road.Route {
		know(t, r, s, now)
		route, near := r.Route(road.KindEngine, from, to)
		if !near {
			t.Fatal("no street is near")
		}
		route.Epoch = 0 // how often somebody looked
		return route
	}
	streets := grid(t)
	look := func() road.Route {
		route := ask(streets, live.s, live.now, west, east)
		answers = append(answers, asked{len(live.journal), live.now, route})
		return route
	}
	live.do("admin", room())
	straight := look()
	live.do("officer", dispatch.RecordAccess{Fact: dispatch.AccessFact{Kind: "line", Geometry: []geo.Point{corner(1, 2), corner(2, 2)}, Direction: "both", State: dispatch.AccessBlocked,
		Source: "officer", Confidence: "seen", HalfLife: 8 * dispatch.Hour, Obstacle: dispatch.ObstacleBarricade}})
	if round := look(); round.Ms <= straight.Ms || !slices.Equal(round.Avoids, []string{"x1"}) {
		t.Errorf("blocked: %d ms, straight %d, avoids %v", round.Ms, straight.Ms, round.Avoids)
	}
	live.now = live.now.Add(4 * dispatch.Hour)
	live.do("officer", dispatch.ConfirmAccess{Access: "x1", Source: "officer", Confidence: "seen", State: dispatch.AccessOpen})
	live.do("officer", dispatch.RecordAccess{Fact: dispatch.AccessFact{Kind: "line", Geometry: []geo.Point{corner(1, 2), corner(2, 2)}, Direction: "backward", State: dispatch.AccessBlocked,
		Source: "officer", Confidence: "seen", HalfLife: 8 * dispatch.Hour, Obstacle: dispatch.ObstacleBarricade}})
	if again := look(); again.Ms != straight.Ms || !slices.Equal(again.Relies, []string{"x1"}) {
		t.Errorf("reopened: %d ms, straight %d, relies on %v", again.Ms, straight.Ms, again.Relies)
	}
	if back := ask(streets, live.s, live.now, east, west); back.Ms <= straight.Ms || !slices.Contains(back.Avoids, "x2") {
		t.Errorf("against the lane: %d ms, avoids %v", back.Ms, back.Avoids)
	}
	live.now = live.now.Add(9 * dispatch.Hour)
	live.do("machine", dispatch.Tick{})
	if old := look(); old.Ms != straight.Ms || !slices.Contains(old.Relies, "x1") {
		t.Errorf("when it is old: %d ms, relies on %v", old.Ms, old.Relies)
	}
	again, fresh := dispatch.NewState(), grid(t)
	replayed := 0
	for _, a := range answers {
		for ; replayed < a.after; replayed++ {
			dispatch.Evolve(again, live.journal[replayed])
		}
		if got := ask(fresh, again, a.at, west, east); got.Ms != a.route.Ms || !slices.Equal(got.Line, a.route.Line) || !slices.Equal(got.Relies, a.route.Relies) || !slices.Equal(got.Avoids, a.route.Avoids) {
			t.Errorf("after %d events: %+v, was %+v", a.after, got, a.route)
		}
	}
}

// TestACheckpointLetsThroughWhomItAdmits: they are delayed, the others go round.
func TestACheckpointLetsThroughWhomItAdmits(t *testing.T) {
	r := grid(t)
	from, to := corner(0, 2), corner(4, 2)
	open, _ := r.Route(road.KindEngine, from, to)
	d := &diary{t: t, s: dispatch.NewState(), now: noon}
	d.do("admin", room())
	d.do("officer", dispatch.RecordAccess{Fact: dispatch.AccessFact{Kind: "point", Geometry: []geo.Point{middle(1, 2)}, Direction: "both", State: dispatch.AccessBlocked, Delay: 5 * dispatch.Second,
		Source: "officer", Confidence: "seen", HalfLife: dispatch.Hour, Obstacle: dispatch.ObstacleCheckpoint, Admits: []dispatch.Service{"fire"}}})
	know(t, r, d.s, noon)
	if through, _ := r.Route(road.KindEngine, from, to); through.Ms != open.Ms+5000 || !slices.Equal(through.Relies, []string{"x1"}) {
		t.Errorf("an engine takes %d ms, without the checkpoint %d, relies on %v", through.Ms, open.Ms, through.Relies)
	}
	if round, _ := r.Route(road.KindPatrol, from, to); !slices.Equal(round.Avoids, []string{"x1"}) {
		t.Errorf("a patrol car avoids %v", round.Avoids)
	}
}

// TestAChangedConfigurationChangesThePolicy: unknown ways are allowed until the room
// says otherwise, for the vehicles of that service.
func TestAChangedConfigurationChangesThePolicy(t *testing.T) {
	r := grid(t)
	from, to := corner(0, 2), corner(4, 2)
	d := &diary{t: t, s: dispatch.NewState(), now: noon}
	d.do("admin", room())
	d.do("officer", dispatch.RecordAccess{Fact: dispatch.AccessFact{Kind: "point", Geometry: []geo.Point{middle(1, 2)}, Direction: "both", State: dispatch.AccessBlocked,
		Source: "officer", Confidence: "seen", HalfLife: dispatch.Hour}})
	d.now = d.now.Add(2 * dispatch.Hour)
	relies := func(k road.Kind) []string {
		know(t, r, d.s, d.now)
		route, _ := r.Route(k, from, to)
		return route.Relies
	}
	if got := relies(road.KindEngine); !slices.Equal(got, []string{"x1"}) {
		t.Errorf("allowed: an engine relies on %v", got)
	}
	d.do("admin", room(dispatch.UnknownWays{Service: "fire", Policy: "avoid"}))
	if got := relies(road.KindEngine); len(got) > 0 {
		t.Errorf("to be avoided: an engine relies on %v", got)
	}
	if got := relies(road.KindPatrol); !slices.Equal(got, []string{"x1"}) {
		t.Errorf("a patrol car relies on %v", got)
	}
	d.do("admin", room())
	if got := relies(road.KindEngine); !slices.Equal(got, []string{"x1"}) {
		t.Errorf("allowed again: an engine relies on %v", got)
	}
}

// TestPropertyNoRouteCrossesWhatIsBlocked: a class's way crosses nothing that is blocked
// for it, says all that it relies on, and where there is none, opening what it names
// gives one. The facts are looked for on the way by hand, from their geometry alone.
func TestPropertyNoRouteCrossesWhatIsBlocked(t *testing.T) {
	r := grid(t)
	services := []dispatch.Service{"police", "fire", "ems"}
	rapid.Check(t, func(t *rapid.T) {
		s := dispatch.NewState()
		s.Config = room().Config
		for _, of := range services {
			if rapid.Bool().Draw(t, "avoids") {
				s.Config.UnknownWays = append(s.Config.UnknownWays, dispatch.UnknownWays{Service: of, Policy: "avoid"})
			}
		}
		type placed struct {
			x, y  int32
			north bool
		}
		at := map[string]placed{}
		for range rapid.IntRange(0, 14).Draw(t, "facts") {
			p := placed{rapid.Int32Range(0, 3).Draw(t, "x"), rapid.Int32Range(0, 3).Draw(t, "y"), rapid.Bool().Draw(t, "north")}
			end := corner(p.x+1, p.y)
			if p.north {
				end = corner(p.x, p.y+1)
			}
			f := &dispatch.AccessFact{ID: dispatch.AccessID("x" + string(rune('a'+len(at)))), Kind: "line", Geometry: []geo.Point{corner(p.x, p.y), end}, HalfLife: dispatch.Hour, ObservedAt: noon,
				Direction: rapid.SampledFrom([]string{"both", "forward", "backward"}).Draw(t, "direction"), State: rapid.SampledFrom([]dispatch.AccessState{dispatch.AccessBlocked, dispatch.AccessBlocked, dispatch.AccessOpen, dispatch.AccessRestricted, dispatch.AccessIsUnknown}).Draw(t, "state")}
			if rapid.Bool().Draw(t, "old") {
				f.ObservedAt = noon.Add(-2 * dispatch.Hour)
			}
			if rapid.IntRange(0, 2).Draw(t, "classes") == 0 {
				f.Classes = []string{rapid.SampledFrom([]string{"patrol", "engine", "ambulance"}).Draw(t, "class")}
			}
			if rapid.IntRange(0, 2).Draw(t, "admits") == 0 {
				f.Obstacle, f.Admits = dispatch.ObstacleCheckpoint, []dispatch.Service{rapid.SampledFrom(services).Draw(t, "admitted")}
			}
			s.Access[f.ID], at[string(f.ID)] = f, p
		}
		if _, err := r.Know(func(see func(*dispatch.State)) { see(s) }, noon); err != nil {
			t.Fatal(err)
		}
		n := rapid.IntRange(0, 2).Draw(t, "service")
		of, k := services[n], []road.Kind{road.KindPatrol, road.KindEngine, road.KindAmbulance}[n]
		place := func(name string) geo.Point {
			return corner(rapid.Int32Range(0, 4).Draw(t, name), rapid.Int32Range(0, 4).Draw(t, name))
		}
		from, to := place("from"), place("to")
		route, near := r.Route(k, from, to)
		if !near {
			t.Fatal("no street is near")
		}
		// what lies on the way, piece by piece, as driven
		for id, p := range at {
			f := s.Access[dispatch.AccessID(id)]
			if len(f.Classes) > 0 && !slices.Contains(f.Classes, k.String()) {
				continue
			}
			driven, against := drives(route.Line, f.Geometry[0], f.Geometry[1])
			meets := driven && f.Direction != "backward" || against && f.Direction != "forward"
			if !meets || !route.OK {
				continue
			}
			state := f.Current(noon)
			inside := geo.DistanceToSegment(from, f.Geometry[0], f.Geometry[1]) < 1_000 // who starts in it may leave it
			if state == dispatch.AccessBlocked && !slices.Contains(f.Admits, of) && !inside {
				t.Fatalf("%s drives along %s (%+v at %+v), which is blocked for it: %v", k, id, *f, p, route.Line)
			}
			if (state != dispatch.AccessBlocked || slices.Contains(f.Admits, of)) && !slices.Contains(route.Relies, id) {
				t.Fatalf("%s drives along %s, which is %s, and relies on %v only", k, id, state, route.Relies)
			}
		}
		if !route.OK {
			for _, id := range route.Blocked {
				delete(s.Access, dispatch.AccessID(id))
			}
			if len(route.Blocked) == 0 {
				t.Fatal("no way, and nothing blocks it, in a town whose streets all meet")
			}
			if _, err := r.Know(func(see func(*dispatch.State)) { see(s) }, noon); err != nil {
				t.Fatal(err)
			}
			if opened, _ := r.Route(k, from, to); !opened.OK {
				t.Fatalf("opening %v gives no way", route.Blocked)
			}
		}
	})
}

// drives reports whether a way goes along a block from one corner towards the other,
// or back.
func drives(line []geo.Point, one, other geo.Point) (with, against bool) {
	x, y := geo.Offset(one, other)
	for i := 1; i < len(line); i++ {
		middle := geo.Along(line[i-1], line[i], 1, 2)
		length := geo.Distance(line[i-1], line[i])
		if length < 5_000 || geo.DistanceToSegment(middle, one, other) > 1_000 || geo.DistanceToSegment(line[i-1], one, other) > 1_000 || geo.DistanceToSegment(line[i], one, other) > 1_000 {
			continue
		}
		dx, dy := geo.Offset(line[i-1], line[i])
		if dx*x+dy*y > 0 {
			with = true
		} else {
			against = true
		}
	}
	return with, against
}

// TestMissesWaitForWhoTells: whoever made a fact known first, it is told once, and at a
// new start again.
func TestMissesWaitForWhoTells(t *testing.T) {
	s := blocked(geo.Point{Lon: corner(0, 0).Lon - 3_000_000, Lat: corner(0, 0).Lat})
	for range 2 { // starts
		r := grid(t)
		know(t, r, s, noon)
		if got := r.untold(); !slices.Equal(got, []string{"x1"}) {
			t.Errorf("missed %v", got)
		}
		know(t, r, s, noon)
		if got := r.untold(); len(got) > 0 {
			t.Errorf("told again: %v", got)
		}
	}
}

// TestRunTellsWhatMatchesNoStreet: once, at the start.
func TestRunTellsWhatMatchesNoStreet(t *testing.T) {
	r := grid(t)
	ctx, stop := context.WithCancel(t.Context())
	s := blocked(geo.Point{Lon: corner(0, 0).Lon - 3_000_000, Lat: corner(0, 0).Lat})
	told := make(chan dispatch.AccessID, 1)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		r.Run(ctx, func(see func(*dispatch.State)) { see(s) }, func() dispatch.Instant { return noon }, func(id dispatch.AccessID) { told <- id }, func(err error) { t.Error(err) })
	}()
	if id := <-told; id != "x1" {
		t.Errorf("told %s", id)
	}
	stop()
	<-ended
}
