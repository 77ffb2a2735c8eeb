// Package recommend answers two questions about a snapshot of the room: which
// units for this incident (Rank), and what is the best use of all units across
// everything that waits (Sweep). It proposes and explains; it changes
// nothing. Only what a person accepts becomes a command, and the rules decide
// on that command again.
//
// It is pure: no clock, dice, float, goroutine or I/O, and no answer depends on
// the order of a map. Travel times arrive as a function, so that a straight
// line, a road router and a recorded matrix all give the same kind of answer.
// The state is only read, and nothing of it is kept after a call returns.
package recommend

import (
	"cmp"
	"slices"

	"github.com/everycall/everycall/dispatch"
	"github.com/everycall/everycall/triage"
)

// PositionOld is the age from which a reason says that a unit's position is old.
const PositionOld = 2 * dispatch.Minute

// needsOf returns what an incident's run card asks for at its level, or its type, and
// what each service that shares it needs: nothing in particular where the type is unknown.
func needsOf(s *dispatch.State, i *dispatch.Incident) []triage.Need { return s.ResponseTo(i).Needs }

// brings returns what of the needs a unit is, and true, or, where it is none of
// them, the first one that it is not. Without needs every unit of the incident's
// service will do.
func brings(u *dispatch.Unit, i *dispatch.Incident, needs []triage.Need) (what string, ok bool) {
	if len(needs) == 0 {
		return string(i.Service), u.Service == i.Service
	}
	for _, n := range needs {
		if u.Meets(n) {
			return n.What(), true
		}
	}
	return needs[0].What(), false
}

// unitsInOrder returns the units that are not retired, by call sign.
func unitsInOrder(s *dispatch.State) []*dispatch.Unit {
	units := make([]*dispatch.Unit, 0, len(s.Units))
	for _, u := range s.Units { // sorted below
		if !u.Retired {
			units = append(units, u)
		}
	}
	slices.SortFunc(units, func(a, b *dispatch.Unit) int { return cmp.Compare(a.ID, b.ID) })
	return units
}
