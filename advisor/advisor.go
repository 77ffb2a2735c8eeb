// Package advisor estimates how long units take, and says by which model: over the
// city's streets as the room knows them, or, where there are none, along the straight
// line, lengthened and driven at a plausible speed. Each way says which it was.
package advisor

import (
	"slices"

	"github.com/everycall/everycall/dispatch"
	"github.com/everycall/everycall/geo"
)

// StraightLine is the model without streets. Speeds are mm/s as the crow flies
// after the detour: both figures are invented, plausible for an American city.
type StraightLine struct{}

// The invented figures of the model.
const (
	detourPercent    = 135 // ways are longer than the line
	lightsSpeed      = 13_400
	ordinarySpeed    = 9_000
	shortestAnswerMs = 10_000
)

// Model names it in answers and in the journal.
func (StraightLine) Model() string { return "straight_line" }

// Note says in plain words what to make of its times.
func (StraightLine) Note() string {
	return "Straight-line model: distance × 1.35 at 48 km/h with lights, 32 km/h without. It knows no streets, no closures and no traffic."
}

// Way estimates the way between two points, for any unit. Lights says that it drives
// with lights and sirens.
func (StraightLine) Way(_ *dispatch.Unit, from, to geo.Point, lights bool) Way {
	line := geo.Distance(from, to)
	way := line * detourPercent / 100
	speed := geo.Millimetres(ordinarySpeed)
	if lights {
		speed = lightsSpeed
	}
	return Way{Travel: max(dispatch.Millis(way*1000/speed), shortestAnswerMs), Line: line, Model: StraightLine{}.Model(), Known: true}
}

// residualSamples is the fewest earlier calls that a residual may rest on.
const residualSamples = 8

// Residual estimates how much longer units stay where they are, from the calls
// that the room has seen end: of those that lasted as long as this one already, half
// were over within the answer. Make it once for a state, then ask for many units.
type Residual struct {
	s    *dispatch.State
	last map[dispatch.Service][]dispatch.Millis // how long units were on scene, the shortest first
}

// NewResidual looks at the incidents in the live state.
func NewResidual(s *dispatch.State) Residual {
	r := Residual{s: s, last: map[dispatch.Service][]dispatch.Millis{}}
	for _, i := range s.Incidents { // sorted below
		for n := range i.Assignments {
			a := &i.Assignments[n]
			u := s.Units[a.Unit]
			if at := onScene(a); at != 0 && a.EndedAt > at && u != nil {
				r.last[u.Service] = append(r.last[u.Service], a.EndedAt.Since(at))
			}
		}
	}
	for _, lengths := range r.last {
		slices.Sort(lengths)
	}
	return r
}

// onScene is when a unit first arrived; 0 when it has not.
func onScene(a *dispatch.Assignment) dispatch.Instant {
	for _, m := range a.Milestones {
		if m.Status == dispatch.StatusOnScene {
			return m.At
		}
	}
	return 0
}

// Until is how long a unit on scene is likely to stay; unknown for others, and where
// too few calls have lasted as long.
func (r Residual) Until(unit dispatch.UnitID, now dispatch.Instant) (dispatch.Millis, bool) {
	u := r.s.Units[unit]
	if u == nil || u.Status != dispatch.StatusOnScene || u.Incident == "" {
		return 0, false
	}
	i := r.s.Incidents[u.Incident]
	for n := range i.Assignments {
		a := &i.Assignments[n]
		if a.Unit != unit || a.EndedAt != 0 || a.Stacked {
			continue
		}
		at := onScene(a)
		if at == 0 {
			return 0, false
		}
		so := now.Since(at)
		lengths := r.last[u.Service]
		from, _ := slices.BinarySearch(lengths, so)
		longer := lengths[from:]
		if len(longer) < residualSamples {
			return 0, false
		}
		return longer[len(longer)/2] - so, true
	}
	return 0, false
}
