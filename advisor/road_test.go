package advisor

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/everycall/everycall/dispatch"
	"github.com/everycall/everycall/engine"
	"github.com/everycall/everycall/geo"
	"github.com/everycall/everycall/road"
)

// step is a block of the test's town, about 75 m by 110 m.
const step = 10_000

func corner(x, y int32) geo.Point {
	return geo.Point{Lon: -1_223_300_000 + x*step, Lat: 476_100_000 + y*step}
}

// middle is a place halfway along a block to the east.
func middle(x, y int32) geo.Point {
	return geo.Point{Lon: corner(x, y).Lon + step/2, Lat: corner(x, y).Lat}
}

// grid is a town of five by five junctions.
func grid(t *testing.T) *Road {
	t.Helper()
	n := road.Network{Names: []string{""}}
	for y := range int32(5) {
		for x := range int32(5) {
			n.Points = append(n.Points, corner(x, y))
			here := road.Node(len(n.Points) - 1)
			if x > 0 {
				n.Edges = append(n.Edges, road.Edge{From: here - 1, To: here, Class: road.Street, Forward: road.Everybody, Backward: road.Everybody})
			}
			if y > 0 {
				n.Edges = append(n.Edges, road.Edge{From: here - 5, To: here, Class: road.Street, Forward: road.Everybody, Backward: road.Everybody})
			}
		}
	}
	g, err := road.New(n)
	if err != nil {
		t.Fatal(err)
	}
	r, err := NewRoad(g, g.Order(), time.UnixMilli(int64(noon)).UTC())
	if err != nil {
		t.Fatal(err)
	}
	return r
}

var (
	patrol  = &dispatch.Unit{ID: "3E2", Service: "police", Kind: "patrol"}
	engine1 = &dispatch.Unit{ID: "E1", Service: "fire", Kind: "engine"}
)

const noon = dispatch.Instant(1_000_000_000)

func know(t *testing.T, r *Road, s *dispatch.State, now dispatch.Instant) {
	t.Helper()
	if _, err := r.Know(func(see func(*dispatch.State)) { see(s) }, now); err != nil {
		t.Fatal(err)
	}
}

// blocked is a state in which a barricade stands on a block.
func blocked(at geo.Point, classes ...string) *dispatch.State {
	s := dispatch.NewState()
	s.Access["x1"] = &dispatch.AccessFact{ID: "x1", Kind: "point", Geometry: []geo.Point{at}, Direction: "both", State: dispatch.AccessBlocked, Classes: classes, ObservedAt: noon, HalfLife: dispatch.Hour}
	return s
}

func TestClosedStreetsAreObeyedAndOpenAgain(t *testing.T) {
	r := grid(t)
	from, to := corner(0, 2), corner(4, 2)
	open := r.Way(patrol, from, to, true)
	if !open.Known || open.Model != "road" || open.Travel < 30_000 || open.Travel > 60_000 {
		t.Fatalf("open: %+v", open)
	}
	if slow := r.Way(patrol, from, to, false); slow.Travel <= open.Travel {
		t.Errorf("without lights %d, with lights %d", slow.Travel, open.Travel)
	}
	know(t, r, blocked(middle(1, 2)), noon)
	round := r.Way(patrol, from, to, true)
	if !round.Known || round.Travel <= open.Travel {
		t.Errorf("closed: %+v, open %+v", round, open)
	}
	route, near := r.Route(road.KindPatrol, from, to)
	if !near || !route.OK || len(route.Avoids) != 1 || route.Avoids[0] != "x1" {
		t.Errorf("the route avoids %v", route.Avoids)
	}
	// After one half-life nobody knows: the way goes there again, and says so.
	know(t, r, blocked(middle(1, 2)), noon+dispatch.Instant(2*dispatch.Hour))
	if again := r.Way(patrol, from, to, true); again.Travel != open.Travel {
		t.Errorf("stale: %d, open %d", again.Travel, open.Travel)
	}
	if route, _ = r.Route(road.KindPatrol, from, to); len(route.Relies) != 1 || route.Relies[0] != "x1" {
		t.Errorf("the route relies on %v", route.Relies)
	}
	know(t, r, dispatch.NewState(), noon)
	if back := r.Way(patrol, from, to, true); back != open {
		t.Errorf("reopened: %+v, open %+v", back, open)
	}
}

func TestAFactIsForItsClasses(t *testing.T) {
	r := grid(t)
	from, to := corner(0, 2), corner(4, 2)
	open := r.Way(patrol, from, to, true)
	know(t, r, blocked(middle(1, 2), "engine"), noon)
	if way := r.Way(patrol, from, to, true); way != open {
		t.Errorf("a patrol car goes round an engine's closure: %+v", way)
	}
	know(t, r, blocked(middle(1, 2), "zeppelin"), noon)
	if way := r.Way(patrol, from, to, true); way.Travel <= open.Travel {
		t.Error("a class that nobody has heard of closes for nobody")
	}
}

// zone is a walled quarter around the middle of the town, with one gate in the west.
func zone(fire dispatch.Entry) *dispatch.State {
	s := dispatch.NewState()
	s.Config.Services = []dispatch.Service{"police", "fire", "ems"}
	west, south, east, north := middle(0, 0).Lon, corner(0, 0).Lat+step/2, middle(3, 0).Lon, corner(0, 3).Lat+step/2
	s.Zones["z1"] = &dispatch.Zone{ID: "z1", Outline: geo.Ring{{Lon: west, Lat: south}, {Lon: east, Lat: south}, {Lon: east, Lat: north}, {Lon: west, Lat: north}},
		Rules: []dispatch.ZoneRule{{Service: "police", Entry: dispatch.EntryGatesOnly}, {Service: "fire", Entry: fire}}, Gates: []dispatch.Gate{{ID: "g1", Point: middle(0, 2)}}}
	return s
}

// TestAgreementOpensAGateWhileItLasts: not before, and not at its last instant.
func TestAgreementOpensAGateWhileItLasts(t *testing.T) {
	r := grid(t)
	s := zone(dispatch.EntryStageOutside)
	s.Agreements["ag1"] = &dispatch.Agreement{ID: "ag1", Zone: "z1", Services: []dispatch.Service{"fire"}, From: noon, Until: noon.Add(dispatch.Hour)}
	for _, c := range []struct {
		at   dispatch.Instant
		open bool
	}{{noon - 1, false}, {noon, true}, {noon.Add(dispatch.Hour) - 1, true}, {noon.Add(dispatch.Hour), false}} {
		know(t, r, s, c.at)
		if way := r.Way(engine1, corner(4, 2), corner(2, 2), true); way.Known != c.open {
			t.Errorf("at %d: %+v, want a way %t", c.at, way, c.open)
		}
	}
	s.Clearances["ec1"] = &dispatch.Clearance{ID: "ec1", Zone: "z1", Gate: "g1", Services: []dispatch.Service{"fire"}, GivenAt: noon, Until: noon.Add(2 * dispatch.Hour)}
	know(t, r, s, noon.Add(dispatch.Hour))
	if way := r.Way(engine1, corner(4, 2), corner(2, 2), true); !way.Known {
		t.Errorf("a clearance opens the gate: %+v", way)
	}
}

func TestZonesAreEnteredAtTheirGates(t *testing.T) {
	r := grid(t)
	outside, inside := corner(4, 2), corner(2, 2)
	open := r.Way(patrol, outside, inside, true)
	know(t, r, zone(dispatch.EntryNone), noon)
	round := r.Way(patrol, outside, inside, true)
	if !round.Known || round.Travel < 2*open.Travel {
		t.Errorf("to the gate and in: %+v, open %+v", round, open)
	}
	if way := r.Way(engine1, outside, inside, true); way.Known || !strings.Contains(way.Note, "closed") {
		t.Errorf("an engine that may not enter: %+v", way)
	}
	route, _ := r.Route(road.KindEngine, outside, inside)
	if len(route.Blocked) != 1 || route.Blocked[0] != "z1" {
		t.Errorf("blocked by %v", route.Blocked)
	}
	if way := r.Way(engine1, inside, corner(1, 1), true); !way.Known {
		t.Error("who is inside cannot move about in it")
	}
	know(t, r, zone(dispatch.EntryFree), noon)
	if way := r.Way(engine1, outside, inside, true); !way.Known {
		t.Errorf("free for fire: %+v", way)
	}
}

func TestFarFromStreetsIsTheStraightLine(t *testing.T) {
	r := grid(t)
	far := geo.Point{Lon: corner(0, 0).Lon - 2_000_000, Lat: corner(0, 0).Lat}
	if way := r.Way(patrol, far, corner(2, 2), true); !way.Known || way.Model != "straight_line" || way.Note == "" {
		t.Errorf("%+v", way)
	}
	if _, near := r.Route(road.KindPatrol, far, corner(2, 2)); near {
		t.Error("a route from nowhere")
	}
}

func TestMissesAreTold(t *testing.T) {
	r := grid(t)
	s := blocked(geo.Point{Lon: corner(0, 0).Lon - 3_000_000, Lat: corner(0, 0).Lat})
	look := func(see func(*dispatch.State)) { see(s) }
	for _, want := range [][]string{{"x1"}, nil} { // once
		if missed, err := r.Know(look, noon); err != nil || !slices.Equal(missed, want) {
			t.Errorf("missed %v, want %v, %v", missed, want, err)
		}
	}
}

func TestOnlyEventsAboutStreetsWake(t *testing.T) {
	r := grid(t)
	r.Follow([]engine.Recorded{{Event: &dispatch.UnitAdded{}}, {Event: &dispatch.NoteAdded{}}})
	if len(r.wake) != 0 {
		t.Error("a unit's event wakes the streets")
	}
	for range 2 { // the second finds it awake
		r.Follow([]engine.Recorded{{Event: &dispatch.UnitAdded{}}, {Event: &dispatch.AccessRecorded{}}})
	}
	if len(r.wake) != 1 {
		t.Error("a fact about a street does not wake it")
	}
}

func TestRunKeepsLooking(t *testing.T) {
	r := grid(t)
	ctx, stop := context.WithCancel(t.Context())
	looked := make(chan struct{})
	ended := make(chan struct{})
	s := dispatch.NewState()
	go func() {
		defer close(ended)
		r.Run(ctx, func(see func(*dispatch.State)) {
			see(s)
			select {
			case looked <- struct{}{}:
			case <-ctx.Done():
			}
		}, func() dispatch.Instant { return noon }, func(id dispatch.AccessID) { t.Error(id) }, func(err error) { t.Error(err) })
	}()
	<-looked // for facts
	<-looked // and for the zone
	<-looked // and again by itself: facts grow old
	stop()
	<-ended
}

func TestVehicles(t *testing.T) {
	for _, c := range []struct {
		of   dispatch.Service
		kind string
		want road.Kind
	}{{"police", "patrol", road.KindPatrol}, {"fire", "engine", road.KindEngine}, {"fire", "medic", road.KindAmbulance}, {"ems", "anything", road.KindAmbulance},
		{"community", "foot team", road.KindFoot}, {"police", "Bicycle", road.KindBicycle}, {"community", "van", road.KindPatrol}} {
		if got := VehicleOf(c.of, c.kind); got != c.want {
			t.Errorf("%s %s: %s", c.of, c.kind, got)
		}
	}
}

func TestTheHourCounts(t *testing.T) {
	r := grid(t)
	const sundayFive = dispatch.Instant(1_592_179_200_000) // 14 June 2020 17:00 there
	from, to := corner(0, 2), corner(4, 2)
	took := map[string]dispatch.Millis{}
	for name, at := range map[string]dispatch.Instant{"night": sundayFive.Add(8 * dispatch.Hour), "day": sundayFive, "rush": sundayFive.Add(24 * dispatch.Hour)} {
		r.keepBand("America/Los_Angeles", at)
		took[name] = r.Way(patrol, from, to, true).Travel
	}
	if took["night"] >= took["day"] || took["day"] >= took["rush"] {
		t.Errorf("%v", took)
	}
}
