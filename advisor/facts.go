package advisor

import (
	"fmt"
	"slices"

	"github.com/everycall/everycall/dispatch"
	"github.com/everycall/everycall/geo"
	"github.com/everycall/everycall/road"
)

// factsOf are a state's access facts and zones as the router has them. Where facts
// contradict each other all of them count, so that the most careful one wins.
func factsOf(s *dispatch.State, now dispatch.Instant) []road.Fact {
	var out []road.Fact
	var wary road.Vehicles // of what nobody knows to be open
	for _, of := range s.Config.Services {
		if s.Config.AvoidsUnknown(of) {
			wary |= vehiclesOf(of)
		}
	}
	for _, f := range s.Access { // the router sorts by ID
		out = append(out, factOf(f, wary, now))
	}
	for _, z := range s.Zones { // the same
		if z.EndedAt != 0 || len(z.Outline) < 3 {
			continue
		}
		wall := road.Fact{ID: string(z.ID), Shape: road.ShapeWall, Geometry: z.Outline, State: road.StateBlocked}
		for _, rule := range z.Rules {
			if rule.Entry != dispatch.EntryFree {
				wall.For |= vehiclesOf(rule.Service)
			}
		}
		for n := range z.Gates {
			g := road.Gate{Point: z.Gates[n].Point}
			for _, of := range s.Config.Services {
				if s.GateLets(z, &z.Gates[n], of, now) {
					g.For |= vehiclesOf(of)
				}
			}
			wall.Gates = append(wall.Gates, g)
		}
		for n, part := range z.Parts {
			if part.Heat == dispatch.HeatHot { // nobody drives through it who can drive around
				out = append(out, road.Fact{ID: fmt.Sprintf("%s/%s%d", z.ID, part.Heat, n+1), Shape: road.ShapeArea, Geometry: part.Outline, State: road.StateRestricted, For: road.Everybody})
			}
		}
		if wall.For != 0 {
			out = append(out, wall)
		}
	}
	return out
}

// vehiclesOf are the classes that a service drives. Teams that are none of the three
// services drive cars as the police do, and go on foot and by bicycle.
func vehiclesOf(of dispatch.Service) road.Vehicles {
	switch of {
	case "police":
		return road.Patrol
	case "fire":
		return road.Engine
	case "ems":
		return road.Ambulance
	}
	return road.Foot | road.Bicycle
}

var states = map[dispatch.AccessState]road.State{dispatch.AccessOpen: road.StateOpen, dispatch.AccessDelayed: road.StateDelayed, dispatch.AccessRestricted: road.StateRestricted,
	dispatch.AccessBlocked: road.StateBlocked, dispatch.AccessIsUnknown: road.StateUnknown}

func factOf(f *dispatch.AccessFact, wary road.Vehicles, now dispatch.Instant) road.Fact {
	out := road.Fact{ID: string(f.ID), Geometry: f.Geometry, State: states[f.Current(now)], DelayMs: uint32(min(f.Delay, dispatch.Day)), For: road.Everybody, Wary: wary}
	for _, of := range f.Admits {
		out.Admits |= vehiclesOf(of)
	}
	switch f.Kind {
	case "line":
		out.Shape, out.OneWay = road.ShapeLine, f.Direction != "both"
		if f.Direction == "backward" {
			out.Geometry = reversed(f.Geometry)
		}
	case "area":
		out.Shape = road.ShapeArea
	}
	if len(f.Classes) > 0 {
		out.For = 0
		for _, name := range f.Classes {
			if k, known := road.ParseKind(name); known {
				out.For |= 1 << k
			}
		}
		if out.For == 0 { // a class that nobody here has heard of: better too careful
			out.For = road.Everybody
		}
	}
	return out
}

func reversed(line []geo.Point) []geo.Point {
	out := slices.Clone(line)
	slices.Reverse(out)
	return out
}
