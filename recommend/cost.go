package recommend

import (
	"math/bits"
	"slices"

	"github.com/everycall/everycall/dispatch"
	"github.com/everycall/everycall/triage"
)

// What a line costs is how long until the unit is there, and something more
// where sending it has a price of its own.
const (
	// TravelUnknown stands for the way of a unit whose position is unknown: longer
	// than any in a city, so that it is sent only when nobody else can be, and never
	// left out when it is the last one.
	TravelUnknown = 3 * dispatch.Hour
	// SoonHorizon is how far ahead a unit that becomes free is counted on.
	SoonHorizon = 20 * dispatch.Minute
	// SoonMargin is added to the time until a unit is free: that is a guess.
	SoonMargin = 2 * dispatch.Minute
	// PreemptWorth is what taking a unit off another call must save at least: its
	// caller was told that somebody is coming.
	PreemptWorth = 3 * dispatch.Minute
	// LastWorth is what the last free unit of a beat is worth to the beat, except
	// against life-safety and priority 1.
	LastWorth = dispatch.Minute
)

// Means is how a unit comes to be sent.
type Means string

// The means.
const (
	Free    Means = "free"
	Soon    Means = "soon_free" // it is stacked, and goes when it is free
	Preempt Means = "preempt"   // it is taken off a less urgent call
)

// able is one unit that a sweep may propose.
type able struct {
	unit  *dispatch.Unit
	of    int // its service, by its place in the configuration
	means Means
	wait  dispatch.Millis    // until it is free, Soon only
	from  *dispatch.Incident // what it works on, unless Free
	last  bool               // no other unit of its service and beat is free
	taken bool
}

// able lists the units that may be proposed, by call sign.
func (w *sweep) able() []able {
	var found []able
	type home struct {
		of   dispatch.Service
		beat string
	}
	inBeat := map[home]int{}
	for _, u := range unitsInOrder(w.s) {
		f := able{unit: u, of: slices.Index(w.s.Config.Services, u.Service)}
		switch u.Status {
		case dispatch.StatusAvailable:
			if !u.Free() {
				continue
			}
			f.means = Free
			inBeat[home{u.Service, u.Beat}]++
		case dispatch.StatusDispatched, dispatch.StatusEnRoute:
			if f.from = w.s.Incidents[u.Incident]; !w.preempting || f.from == nil || !f.from.Open() || f.from.LifeSafety || len(u.Stack) > 0 || hasArrived(f.from, u.ID) {
				continue
			}
			f.means = Preempt
		case dispatch.StatusOnScene, dispatch.StatusTransporting, dispatch.StatusAtHospital:
			if f.from = w.s.Incidents[u.Incident]; w.available == nil || f.from == nil || len(u.Stack) > 0 {
				continue
			}
			wait, known := w.available(u.ID)
			if !known || wait > SoonHorizon {
				continue
			}
			f.means, f.wait = Soon, max(wait, 0)
		default:
			continue
		}
		found = append(found, f)
	}
	for n := range found {
		f := &found[n]
		f.last = f.means == Free && f.unit.Beat != "" && inBeat[home{f.unit.Service, f.unit.Beat}] == 1
	}
	return found
}

// hasArrived reports whether a unit was on scene under its assignment.
func hasArrived(i *dispatch.Incident, unit dispatch.UnitID) bool {
	for n := range i.Assignments {
		a := &i.Assignments[n]
		if a.Unit == unit && a.EndedAt == 0 && !a.Stacked {
			return slices.ContainsFunc(a.Milestones, func(m dispatch.Milestone) bool { return m.Status == dispatch.StatusOnScene })
		}
	}
	return false
}

const (
	notAsked  dispatch.Millis = -2
	noTravel  dispatch.Millis = -1 // no position is known
	cannotFit dispatch.Millis = -1
)

// way is the travel time of a unit of the fleet to a call, or noTravel.
func (w *sweep) way(c *open, n int) dispatch.Millis {
	if c.ways[n] == notAsked {
		ms, known := w.travel(w.fleet[n].unit.ID, c.i.ID)
		c.ways[n] = noTravel
		if known {
			c.ways[n] = min(max(ms, 0), TravelUnknown)
		}
	}
	return c.ways[n]
}

// want is one unit that a call wants: any that brings something it lacks, or,
// once somebody comes, one of its needs.
type want struct {
	call  *open
	need  triage.Need // none: the first unit
	place int         // of the need among what the call needs
}

// suits reports whether a unit brings what is wanted.
func (t want) suits(u *dispatch.Unit) bool {
	if t.need.Count > 0 {
		return u.Meets(t.need)
	}
	_, right := brings(u, t.call.i, t.call.lacks)
	return right
}

// cost is how long until a unit of the fleet helps, with its prices, or cannotFit.
// The reserves are not asked here.
func (w *sweep) cost(t want, n int) dispatch.Millis {
	f, c := &w.fleet[n], t.call
	if f.of < 0 || c.barred[f.of] || !t.suits(f.unit) || f.from == c.i {
		return cannotFit
	}
	switch f.means {
	case Preempt:
		if !c.preempt || f.from.Priority() < c.i.Priority() || (f.from.Priority() == c.i.Priority() && c.class >= 10) {
			return cannotFit
		}
	case Soon:
		if len(c.behind) > 0 { // it waits behind a unit already
			return cannotFit
		}
	}
	ms := w.way(c, n)
	if ms == noTravel {
		if f.means != Free {
			return cannotFit
		}
		ms = TravelUnknown
	}
	switch {
	case f.means == Soon:
		ms += f.wait + SoonMargin
	case f.means == Preempt:
		ms += PreemptWorth
	case f.last && c.class >= 10 && c.i.Priority() > 1:
		ms += LastWorth
	}
	return ms + dispatch.Millis(t.place) // who has several counts for the scarcest
}

// A cell has 24 bits of cost in ms, a draw, and as many bits as the draws of all
// lines need to add up; all lines together stay below unserved, 59 bits. What is
// left for draw and sums is costBits.
const (
	drawBits = 20
	costBits = 59 - 24
)

// cells are the costs of one row: the cost in ms, and below it a fixed draw, so
// that no two plans are equally good and the answer is one. The draws of all rows
// together stay below one millisecond. shift is the bits below the cost.
func (w *sweep) cells(t want, columns []int, gates []gate, rows int) (row []int64, shift int) {
	sum := bits.Len(uint(rows))
	drawn := min(drawBits, costBits-2*sum)
	row = make([]int64, len(columns))
	for n, c := range columns {
		f := &w.fleet[c]
		ms := w.cost(t, c)
		if ms == cannotFit || gates[f.of].shut() {
			row[n] = impossible
			continue
		}
		row[n] = int64(ms)<<(drawn+sum) | draw(f.unit.ID, t.call.i.ID)>>(drawBits-drawn)
	}
	return row, drawn + sum
}

// draw is FNV-1a over both names, folded to drawBits.
func draw(unit dispatch.UnitID, incident dispatch.IncidentID) int64 {
	h := uint64(14695981039346656037)
	for _, text := range [2]string{string(unit), string(incident)} {
		for n := range len(text) {
			h = (h ^ uint64(text[n])) * 1099511628211
		}
		h = (h ^ 0xff) * 1099511628211
	}
	h ^= h >> 40
	h ^= h >> 20
	return int64(h & (1<<drawBits - 1))
}
