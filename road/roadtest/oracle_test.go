package roadtest

import (
	"math/rand/v2"
	"slices"
	"testing"

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
	policy := road.Policy(r.IntN(2))
	router := road.NewRouter(s, road.FreeFlow(), policy)
	var facts []road.Fact
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
		o := New(s, road.FreeFlow(), policy, facts)
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

func someSnap(r *rand.Rand) road.Snap {
	return road.Snap{Heading: r.IntN(360), HasHeading: r.IntN(3) == 0, Kerb: r.IntN(3) == 0}
}

// checkRoute: a route begins and ends where it should and takes what its legs take;
// where none leads, opening what it names gives one.
func checkRoute(t *testing.T, v *road.View, o *Oracle, r *road.Route, from, to *road.Stop, facts []road.Fact) {
	if !r.OK {
		open := slices.DeleteFunc(slices.Clone(facts), func(f road.Fact) bool { return slices.Contains(r.Blocked, f.ID) })
		_, ok := New(v.Streets(), road.FreeFlow(), o.policy, open).To(to).From(from)
		if ok != (len(r.Blocked) > 0) {
			t.Errorf("blocked by %v, opening them helps: %v", r.Blocked, ok)
		}
		return
	}
	if len(r.Line) == 0 || far(r.Line[0].Lon, from.At.Lon) || far(r.Line[len(r.Line)-1].Lon, to.At.Lon) || far(r.Line[0].Lat, from.At.Lat) || far(r.Line[len(r.Line)-1].Lat, to.At.Lat) {
		t.Errorf("the line %v does not lead from %v to %v", r.Line, from.At, to.At)
	}
	for _, id := range r.Avoids {
		if slices.Contains(r.Relies, id) {
			t.Errorf("%s is relied on and avoided", id)
		}
	}
}

func far(a, b int32) bool { return a-b > 50 || b-a > 50 }
