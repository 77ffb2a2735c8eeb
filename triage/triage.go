// Package triage holds call types as data: what a type of call is named, which
// service answers it, how urgent it is before anybody has asked a question,
// whether it is on the agency's life-safety floor, and what it needs.
//
// It is pure: no clock, dice, I/O or float. A table is made once with NewTable
// and never changed; a change of types is a new table in a new configuration.
package triage

import (
	"fmt"
	"sort"
	"strconv"
)

// Priority is the urgency of a call: 1 is the most urgent, 5 the least. Zero
// means that nobody has said.
type Priority uint8

// The range that a Priority may have once it is set.
const (
	PriorityHighest Priority = 1
	PriorityLowest  Priority = 5
)

// Valid reports whether p is a priority that a call may have.
func (p Priority) Valid() bool { return p >= PriorityHighest && p <= PriorityLowest }

// Need asks for Count units that have Capability, and are of Kind, of Service and have
// a crew of at least Crew where these are given.
type Need struct {
	Capability string `json:"capability,omitempty"`
	Count      uint8  `json:"count"`
	Kind       string `json:"kind,omitempty"`
	Service    string `json:"service,omitempty"`
	Crew       uint8  `json:"crew,omitempty"`
}

// What names what one of the units is, without how many: "engine", "ambulance with als",
// "engine, crew of 4", "unit of ems".
func (n Need) What() string {
	what := n.Capability
	switch {
	case n.Kind != "" && n.Capability != "":
		what = n.Kind + " with " + n.Capability
	case n.Kind != "":
		what = n.Kind
	case n.Capability == "":
		what = "unit"
	}
	if n.Service != "" {
		what += " of " + n.Service
	}
	if n.Crew > 0 {
		what += ", crew of " + strconv.Itoa(int(n.Crew))
	}
	return what
}

// Valid reports whether it asks for something.
func (n Need) Valid() bool {
	return n.Count > 0 && (n.Capability != "" || n.Kind != "" || n.Service != "")
}

// Type is one type of call in an agency's own list.
type Type struct {
	Code       string   `json:"code"`
	Name       string   `json:"name"`
	Service    string   `json:"service"`
	Priority   Priority `json:"priority"`
	LifeSafety bool     `json:"life_safety,omitempty"` // on the floor list: never held, diverted or declined
	Needs      []Need   `json:"needs,omitempty"`
}

// MaxTypes bounds an agency's list.
const MaxTypes = 2000

// Table finds types by their code.
type Table struct {
	byCode map[string]Type
}

// NewTable checks the list and indexes it. It refuses an empty or repeated
// code, an unknown priority, a need for nothing, and more than MaxTypes types.
func NewTable(types []Type) (Table, error) {
	if len(types) > MaxTypes {
		return Table{}, fmt.Errorf("%d call types: at most %d", len(types), MaxTypes)
	}
	t := Table{byCode: make(map[string]Type, len(types))}
	for _, ty := range types {
		if ty.Code == "" || ty.Service == "" {
			return Table{}, fmt.Errorf("call type %q: needs a code and a service", ty.Name)
		}
		if !ty.Priority.Valid() {
			return Table{}, fmt.Errorf("call type %s: priority %d is not between %d and %d", ty.Code, ty.Priority, PriorityHighest, PriorityLowest)
		}
		if _, twice := t.byCode[ty.Code]; twice {
			return Table{}, fmt.Errorf("call type %s is listed twice", ty.Code)
		}
		for _, n := range ty.Needs {
			if !n.Valid() {
				return Table{}, fmt.Errorf("call type %s: a need has a capability, kind or service, and a count of at least 1", ty.Code)
			}
		}
		t.byCode[ty.Code] = ty
	}
	return t, nil
}

// Find returns the type with this code.
func (t Table) Find(code string) (Type, bool) {
	ty, ok := t.byCode[code]
	return ty, ok
}

// All returns the types in the order of their codes.
func (t Table) All() []Type {
	all := make([]Type, 0, len(t.byCode))
	for _, ty := range t.byCode { // sorted below: the map's order never shows
		all = append(all, ty)
	}
	sort.Slice(all, func(i, j int) bool { return all[i].Code < all[j].Code })
	return all
}
