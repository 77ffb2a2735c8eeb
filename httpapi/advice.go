package httpapi

import (
	"github.com/everycall/everycall/advisor"
	"github.com/everycall/everycall/dispatch"
	"github.com/everycall/everycall/geo"
	"github.com/everycall/everycall/recommend"
	"github.com/everycall/everycall/triage"
)

// Estimator says how long a way takes, and by which model.
type Estimator interface {
	Way(unit *dispatch.Unit, from, to geo.Point, lights bool) advisor.Way
	Model() string
	Note() string
}

// lightsUpTo is the lowest priority that is driven to with lights.
const lightsUpTo triage.Priority = 2

// way estimates one unit's way to an incident. The room's lock is held.
func (s *Server) way(st *dispatch.State, unit dispatch.UnitID, i *dispatch.Incident) (way advisor.Way, age dispatch.Millis) {
	lead, u := st.Lead(i), st.Units[unit]
	at, seen := s.room.Where(unit)
	if !seen || u == nil || lead == nil || lead.Person.Point == nil {
		return advisor.Way{}, 0
	}
	goal, outside := st.Target(u.Service, i, s.engine.Now())
	way = s.opt.Estimator.Way(u, at.Point, *goal, i.Priority() <= lightsUpTo)
	if outside && way.Note == "" {
		way.Note = "to the rendezvous: it may not go in"
	}
	return way, max(0, s.engine.Now().Since(at.At))
}

// recommendation is called with the room's lock held.
func (s *Server) recommendation(st *dispatch.State, i *dispatch.Incident) Recommendation {
	advice := recommend.Rank(st, i, func(unit dispatch.UnitID) recommend.Way {
		w, age := s.way(st, unit, i)
		return recommend.Way{Travel: w.Travel, DistanceMM: int64(w.Line), PositionAge: age, Known: w.Known, Note: w.Note}
	})
	s.unknownOnTheWay(st, i, advice.Units)
	out := Recommendation{Response: responseRow(advice.Response), Model: s.opt.Estimator.Model(), ModelNote: s.opt.Estimator.Note(), Units: []Recommended{},
		Plan: ResponsePlan{Needs: []PlanNeed{}, Chosen: texts(advice.Plan.Chosen), Missing: []string{}}}
	for _, c := range advice.Units {
		out.Units = append(out.Units, Recommended{Unit: string(c.Unit), Kind: c.Kind, TravelMs: int64(c.Travel), DistanceM: c.DistanceMM / 1000, Rank: c.Rank,
			Fits: c.Fits, Free: c.Free, Known: c.Known, Reasons: c.Reasons, PositionAgeMs: int64(c.PositionAge)})
	}
	for _, n := range advice.Plan.Needs {
		out.Plan.Needs = append(out.Plan.Needs, PlanNeed{Capability: n.What(), Count: int(n.Count)})
	}
	for _, n := range advice.Plan.Missing {
		out.Plan.Missing = append(out.Plan.Missing, n.What())
	}
	return out
}
