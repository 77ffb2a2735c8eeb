// Package advisor estimates how long units take, and says by which model. Until
// a road router is wired in, the model is the straight line, lengthened and
// driven at a plausible speed, and it says so wherever its times are shown.
package advisor

import (
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

// Travel estimates the way between two points. Lights says that the unit drives
// with lights and sirens.
func (StraightLine) Travel(from, to geo.Point, lights bool) (dispatch.Millis, geo.Millimetres) {
	line := geo.Distance(from, to)
	way := line * detourPercent / 100
	speed := geo.Millimetres(ordinarySpeed)
	if lights {
		speed = lightsSpeed
	}
	return max(dispatch.Millis(way*1000/speed), shortestAnswerMs), line
}
