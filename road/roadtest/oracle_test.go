package roadtest

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/everycall/everycall/geo"
	"github.com/everycall/everycall/road"
)

// TestRouterIsTheOracle opens and closes streets of made-up towns at random and asks
// everything in every way.
func TestRouterIsTheOracle(t *testing.T) {
	towns := 300
	if testing.Short() {
		towns = 30
	}
	for seed := range uint64(towns) {
		checkTown(t, seed)
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
}

func checkTown(t *testing.T, seed uint64) {
	r := rand.New(rand.NewPCG(seed, 1))
	side := 2 + r.IntN(7)
	s, err := Town(r, side)
	if err != nil {
		t.Fatal(err)
	}
	router := road.NewRouter(s, road.FreeFlow())
	checkWithin(t, r, router, side)
	var facts []road.Fact
	band := road.FreeFlow()
	for range 6 {
		var add []road.Fact
		var remove []string
		for range r.IntN(4) {
			add = append(add, Fact(r, side, 6))
		}
		for _, f := range facts {
			if r.IntN(3) == 0 {
				remove = append(remove, f.ID)
			}
		}
		facts = slices.DeleteFunc(facts, func(f road.Fact) bool {
			return slices.Contains(remove, f.ID) || slices.ContainsFunc(add, func(g road.Fact) bool { return g.ID == f.ID })
		})
		for i, f := range add {
			if !slices.ContainsFunc(add[i+1:], func(g road.Fact) bool { return g.ID == f.ID }) {
				facts = append(facts, f)
			}
		}
		if _, _, err := router.Update(add, remove); err != nil {
			t.Fatal(err)
		}
		if r.IntN(4) == 0 {
			for c := range band.Percent {
				band.Percent[c] = uint16(100 + r.IntN(100))
			}
			router.SetBand(band)
		}
		o := New(s, band, facts)
		v := router.View()
		checkKinds(t, r, router, v, o, side, facts)
		v.Release()
	}
}

func checkKinds(t *testing.T, r *rand.Rand, router *road.Router, v *road.View, o *Oracle, side int, facts []road.Fact) {
	for k := range road.Kind(road.VehicleKinds) {
		goal, ok := v.Stop(k, Place(r, side), someSnap(r))
		if !ok {
			continue
		}
		field := o.To(&goal)
		var from []*road.Stop
		var stands []*road.Stand
		for n := range 6 {
			stop, ok := v.Stop(k, Place(r, side), someSnap(r))
			if !ok || stop.At == goal.At && stop.Edge != goal.Edge { // a bend: one place on two pieces
				continue
			}
			if n == 0 {
				stop = goal // and back to where it is
			}
			from = append(from, &stop)
			stands = append(stands, v.Stand(stop))
		}
		a := router.NewAsker()
		many, labelled := make([]road.Reach, len(from)), make([]road.Reach, len(from))
		a.Many(v, from, &goal, many)
		var goals [road.VehicleKinds]*road.Stop
		goals[k] = &goal
		a.FromStands(v, stands, &goals, labelled)
		for i, stop := range from {
			want, ok := field.From(stop)
			one, route := a.Reach(v, stop, &goal), a.Route(v, stop, &goal)
			for name, got := range map[string]road.Reach{"goal": a.Between(v, stands[i], v.Goal(goal)), "one": one, "many": many[i], "labels": labelled[i], "route": route.Reach} {
				if got.OK != ok || ok && (got.Ms != want.Ms || int64(got.Reluctant) != want.Reluctant) {
					t.Errorf("%s, %s from %v to %v: %+v, want %+v %v", name, k, *stop, goal, got, want, ok)
				}
			}
			checkRoute(t, v, o, &route, stop, &goal, facts)
		}
	}
}

// checkWithin: a place is in the isochrone when it can be come to in time, and else it
// is not, but for the rounding of a part of an edge.
func checkWithin(t *testing.T, r *rand.Rand, router *road.Router, side int) {
	const rounding = 20 // ms
	v, a := router.View(), router.NewAsker()
	defer v.Release()
	for k := range road.Kind(road.VehicleKinds) {
		from, ok := v.Stop(k, Place(r, side), road.Snap{})
		if !ok {
			continue
		}
		limit := uint32(r.IntN(200_000))
		pieces := a.Within(v, &from, limit)
		for range 8 {
			to, ok := v.Stop(k, Place(r, side), road.Snap{})
			if !ok || to.At == from.At { // where it stands is no way
				continue
			}
			in := slices.ContainsFunc(pieces, func(p road.Reached) bool {
				return p.Edge == to.Edge && p.From <= to.Along && to.Along <= p.To && (p.Back && to.Backward || !p.Back && to.Forward)
			})
			reach := a.Reach(v, &from, &to)
			switch near := reach.OK && reach.Reluctant == 0; {
			case near && reach.Ms+rounding < int64(limit) && !in:
				t.Errorf("%s comes there in %d of %d ms, and it is not within", k, reach.Ms, limit)
			case in && (!near || reach.Ms > int64(limit)+rounding):
				t.Errorf("%s comes there in %+v, and it is within %d ms", k, reach, limit)
			}
		}
	}
}

func someSnap(r *rand.Rand) road.Snap {
	return road.Snap{Heading: r.IntN(360), HasHeading: r.IntN(3) == 0, Kerb: r.IntN(3) == 0}
}

// checkRoute: a route begins and ends where it should, and its line and legs do not go
// beyond it; where none leads, opening what it names gives one.
func checkRoute(t *testing.T, v *road.View, o *Oracle, r *road.Route, from, to *road.Stop, facts []road.Fact) {
	if !r.OK {
		open := slices.DeleteFunc(slices.Clone(facts), func(f road.Fact) bool { return slices.Contains(r.Blocked, f.ID) })
		_, ok := New(v.Streets(), o.band, open).To(to).From(from)
		if ok != (len(r.Blocked) > 0) {
			t.Errorf("blocked by %v, opening them helps: %v", r.Blocked, ok)
		}
		return
	}
	if len(r.Line) == 0 || far(r.Line[0].Lon, from.At.Lon) || far(r.Line[len(r.Line)-1].Lon, to.At.Lon) || far(r.Line[0].Lat, from.At.Lat) || far(r.Line[len(r.Line)-1].Lat, to.At.Lat) {
		t.Errorf("the line %v does not lead from %v to %v", r.Line, from.At, to.At)
	}
	var legs int64
	for _, l := range r.Legs {
		legs += l.Ms
	}
	if legs > r.Ms { // turns and delays are beside the legs
		t.Errorf("legs of %d ms on a way of %d ms", legs, r.Ms)
	}
	if drawn := geo.Length(r.Line); drawn > r.Length+geo.Millimetres(30*len(r.Line)) { // a line that jumps is too long
		t.Errorf("a line of %d mm for a way of %d mm", drawn, r.Length)
	}
	for _, id := range r.Avoids {
		if slices.Contains(r.Relies, id) {
			t.Errorf("%s is relied on and avoided", id)
		}
	}
}

func far(a, b int32) bool { return a-b > 50 || b-a > 50 }
