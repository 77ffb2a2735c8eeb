package stats

import (
	"math"
	"slices"

	"github.com/everycall/everycall/dispatch"
)

// steps is how many units of one service were free, as a step function.
type steps struct {
	points []step
	now    int
}

// step says that from this instant on so many units were free.
type step struct {
	at   dispatch.Instant
	free int32
}

func (s *steps) add(at dispatch.Instant, by int) {
	s.now += by
	last := len(s.points) - 1
	if last >= 0 && s.points[last].at == at {
		s.points[last].free = int32(s.now)
		return
	}
	s.points = append(s.points, step{at, int32(s.now)})
}

// recount keeps the count of free units right after a unit changed.
func (l *Ledger) recount(u *unit, at dispatch.Instant) {
	is := u.status == dispatch.StatusAvailable && u.on == nil && !u.retired
	switch {
	case is && !u.free:
		l.free[u.service].add(at, 1)
	case u.free && !is:
		l.free[u.service].add(at, -1)
	}
	u.free = is
}

func (l *Ledger) unitAdded(e *dispatch.UnitAdded, at dispatch.Instant) bool {
	u := &unit{service: e.Unit.Service, status: e.Unit.Status, enroute: Missing, leftAt: Missing}
	l.live.units[e.Unit.ID] = u
	if l.free[u.service] == nil {
		l.free[u.service] = &steps{}
		l.free[u.service].add(at, 0)
		l.services = append(l.services, u.service)
	}
	l.recount(u, at)
	return true
}

func (l *Ledger) unitRetired(e *dispatch.UnitRetired, at dispatch.Instant) bool {
	u := l.live.units[e.Unit]
	if u == nil {
		return false
	}
	u.retired = true
	l.recount(u, at)
	return true
}

func (l *Ledger) unitDispatched(e *dispatch.UnitDispatched, at dispatch.Instant) bool {
	u, c := l.live.units[e.Unit], l.live.calls[e.Incident]
	if u == nil || c == nil {
		return false
	}
	r := l.calls.at(c.record)
	if r.dispatched == Missing {
		r.dispatched, r.atDispatch = at, r.final
	}
	if !slices.Contains(c.units, e.Unit) && r.units < math.MaxUint16 {
		c.units = append(c.units, e.Unit)
		r.units++
	}
	u.on, u.assignedAt, u.enroute, u.status = c, at, Missing, dispatch.StatusDispatched
	u.job++
	l.recount(u, at)
	return true
}

func (l *Ledger) unitUnassigned(e *dispatch.UnitUnassigned, at dispatch.Instant) bool {
	u, c := l.live.units[e.Unit], l.live.calls[e.Incident]
	if u == nil || c == nil {
		return false
	}
	if u.on != c { // it was only stacked behind another
		return true
	}
	l.calls.at(c.record).committed += at.Since(u.assignedAt)
	u.on, u.leftAt = nil, at
	l.recount(u, at)
	return true
}

// unitReassigned takes a unit's work to another call, with the times that it has: the two
// were merged, or one was split from the other.
func (l *Ledger) unitReassigned(e *dispatch.UnitReassigned, _ dispatch.Instant) bool {
	u, from, into := l.live.units[e.Unit], l.live.calls[e.From], l.live.calls[e.Incident]
	if u == nil || from == nil || into == nil {
		return false
	}
	if u.on != from { // it was only stacked behind another
		return true
	}
	r, was := l.calls.at(into.record), l.calls.at(from.record)
	if r.dispatched == Missing || u.assignedAt < r.dispatched {
		r.dispatched, r.atDispatch = u.assignedAt, r.final
	}
	if !slices.Contains(into.units, e.Unit) && r.units < math.MaxUint16 {
		into.units = append(into.units, e.Unit)
		r.units++
	}
	r.enroute = earlier(r.enroute, u.enroute)
	if from.first == u && from.firstJob == u.job && (r.arrived == Missing || was.arrived < r.arrived) {
		r.arrived, r.source, r.sent, r.underway = was.arrived, was.source, was.sent, was.underway
		into.first, into.firstJob = u, u.job
	}
	u.on = into
	return true
}

func (l *Ledger) unitStatusChanged(e *dispatch.UnitStatusChanged, at dispatch.Instant) bool {
	u := l.live.units[e.Unit]
	if u == nil {
		return false
	}
	if u.on != nil {
		l.milestone(u, e)
	}
	if !e.Late {
		u.status = e.Status
		l.recount(u, at)
	}
	return true
}

// milestone notes the times of a call. A time before the end of the unit's former
// assignment belongs to that one, which the event does not name: it is counted as
// misplaced and used for nothing.
func (l *Ledger) milestone(u *unit, e *dispatch.UnitStatusChanged) {
	if u.leftAt != Missing && e.At < u.leftAt {
		l.misplaced++
		return
	}
	c := u.on
	r := l.calls.at(c.record)
	switch e.Status {
	case dispatch.StatusEnRoute:
		u.enroute = earlier(u.enroute, e.At)
		r.enroute = earlier(r.enroute, e.At)
		if c.first == u && c.firstJob == u.job {
			r.underway = u.enroute
		}
	case dispatch.StatusOnScene:
		if r.arrived == Missing || e.At < r.arrived {
			r.arrived, r.source = e.At, sourceNumber(e.Source)
			r.sent, r.underway = u.assignedAt, u.enroute
			c.first, c.firstJob = u, u.job
		}
	case dispatch.StatusTransporting, dispatch.StatusAtHospital:
		r.attended = earlier(r.attended, e.At)
	}
}
