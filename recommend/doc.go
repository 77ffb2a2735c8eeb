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

// needsOf returns what the type of an incident asks for: nothing in particular
// where the type is unknown.
func needsOf(s *dispatch.State, i *dispatch.Incident) []triage.Need {
	kind, _ := s.Type(i.Type)
	return kind.Needs
}

// brings returns the needed capability that a unit would bring and true, or,
// where it brings none, the first one that it lacks. Without needs every unit of
// the incident's service will do.
func brings(u *dispatch.Unit, i *dispatch.Incident, needs []triage.Need) (capability string, ok bool) {
	if len(needs) == 0 {
		return string(i.Service), u.Service == i.Service
	}
	for _, n := range needs {
		if slices.Contains(u.Capabilities, n.Capability) {
			return n.Capability, true
		}
	}
	return needs[0].Capability, false
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
