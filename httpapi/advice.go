package httpapi

import (
	"github.com/everycall/everycall/dispatch"
	"github.com/everycall/everycall/geo"
	"github.com/everycall/everycall/recommend"
	"github.com/everycall/everycall/triage"
)

// Estimator says how long a way takes, and by which model.
type Estimator interface {
	Travel(from, to geo.Point, lights bool) (dispatch.Millis, geo.Millimetres)
	Model() string
	Note() string
}

// lightsUpTo is the lowest priority that is driven to with lights.
const lightsUpTo triage.Priority = 2

// way estimates one unit's way to an incident. The room's lock is held.
func (s *Server) way(st *dispatch.State, unit dispatch.UnitID, i *dispatch.Incident) (travel dispatch.Millis, line geo.Millimetres, age dispatch.Millis, known bool) {
	lead := st.Lead(i)
	at, seen := s.room.Where(unit)
	if !seen || lead == nil || lead.Person.Point == nil {
		return 0, 0, 0, false
	}
	travel, line = s.opt.Estimator.Travel(at.Point, *lead.Person.Point, i.Priority() <= lightsUpTo)
	return travel, line, max(0, s.engine.Now().Since(at.At)), true
}

// recommendation is called with the room's lock held.
func (s *Server) recommendation(st *dispatch.State, i *dispatch.Incident) Recommendation {
	advice := recommend.Rank(st, i, func(unit dispatch.UnitID) (dispatch.Millis, int64, dispatch.Millis, bool) {
		travel, line, age, known := s.way(st, unit, i)
		return travel, int64(line), age, known
	})
	out := Recommendation{Model: s.opt.Estimator.Model(), ModelNote: s.opt.Estimator.Note(), Units: []Recommended{},
		Plan: ResponsePlan{Needs: []PlanNeed{}, Chosen: texts(advice.Plan.Chosen), Missing: []string{}}}
	for _, c := range advice.Units {
		out.Units = append(out.Units, Recommended{Unit: string(c.Unit), Kind: c.Kind, TravelMs: int64(c.Travel), DistanceM: c.DistanceMM / 1000, Rank: c.Rank,
			Fits: c.Fits, Free: c.Free, Known: c.Known, Reasons: c.Reasons, PositionAgeMs: int64(c.PositionAge)})
	}
	for _, n := range advice.Plan.Needs {
		out.Plan.Needs = append(out.Plan.Needs, PlanNeed{Capability: n.Capability, Count: int(n.Count)})
	}
	for _, n := range advice.Plan.Missing {
		out.Plan.Missing = append(out.Plan.Missing, n.Capability)
	}
	return out
}
