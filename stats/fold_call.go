package stats

import (
	"math"
	"slices"

	"github.com/everycall/everycall/dispatch"
)

func (l *Ledger) contactReceived(e *dispatch.ContactReceived, at dispatch.Instant) bool {
	c := contact{received: at, ended: Missing, arrived: Missing, call: -1, kind: l.names.sym(e.Type), beat: l.names.sym(e.Beat),
		language: l.names.sym(e.Language), channel: l.names.sym(e.Channel), repeat: uint16(min(e.Repeat, math.MaxUint16)),
		initial: e.Priority, outcome: outcomeNumber(e.Outcome.Kind)}
	if e.LifeSafety {
		c.flags |= flagLifeSafety
	}
	if len(e.Invented) > 0 {
		c.flags |= flagInvented
	}
	if e.Repeat > 0 {
		c.flags |= flagRepeat
	}
	l.live.contacts[e.ID] = &liveContact{id: e.ID, record: int32(l.contacts.n)}
	l.contacts.add(c)
	return true
}

func (l *Ledger) incidentOpened(e *dispatch.IncidentOpened, at dispatch.Instant) bool {
	lead := l.live.contacts[e.Contact]
	if lead == nil {
		return false
	}
	from := l.contacts.at(lead.record)
	c := call{received: from.received, dispatched: Missing, enroute: Missing, arrived: Missing, attended: Missing, sent: Missing,
		underway: Missing, closed: Missing, highestAt: from.received, number: uint32(e.Number),
		service: l.names.sym(string(e.Service)), kind: l.names.sym(e.Type), beat: l.names.sym(e.Beat), zone: l.names.sym(string(e.Zone)),
		language: from.language, channel: from.channel, initial: e.Priority, highest: e.Priority, final: e.Priority,
		opened: from.outcome, outcome: from.outcome, before: from.outcome, flags: from.flags &^ flagLifeSafety, freeAtStart: -1}
	if e.LifeSafety {
		c.flags |= flagLifeSafety
	}
	if s := l.free[e.Service]; s != nil {
		c.freeAtStart = int16(min(s.now, math.MaxInt16))
	}
	record := int32(l.calls.n)
	l.calls.add(c)
	live := &liveCall{record: record, contacts: []*liveContact{lead}}
	l.live.calls[e.ID] = live
	if whole := lead.in; whole != nil { // it was split from that one, which goes on with the others
		whole.contacts = slices.DeleteFunc(whole.contacts, func(other *liveContact) bool { return other == lead })
		l.settle(whole, nil, at)
	}
	lead.in, from.call = live, record
	return true
}

func (l *Ledger) contactTriaged(e *dispatch.ContactTriaged) bool {
	c := l.live.contacts[e.Contact]
	if c == nil {
		return false
	}
	r := l.contacts.at(c.record)
	r.kind = l.names.sym(e.Type)
	r.flags &^= flagLifeSafety
	if e.LifeSafety {
		r.flags |= flagLifeSafety
	}
	return true
}

func (l *Ledger) contactLocated(e *dispatch.ContactLocated) bool {
	c := l.live.contacts[e.Contact]
	if c == nil {
		return false
	}
	l.contacts.at(c.record).beat = l.names.sym(e.Beat)
	return true
}

// contactJoined moves a contact to another incident. The clock of that one starts
// at the earliest of its callers: whoever rang first waits since then.
func (l *Ledger) contactJoined(e *dispatch.ContactJoined, at dispatch.Instant) bool {
	c, into := l.live.contacts[e.Contact], l.live.calls[e.Incident]
	if c == nil || into == nil {
		return false
	}
	r, to := l.contacts.at(c.record), l.calls.at(into.record)
	if from := c.in; from != nil {
		was := l.calls.at(from.record)
		r.arrived = earlier(r.arrived, was.arrived)
		from.contacts = slices.DeleteFunc(from.contacts, func(other *liveContact) bool { return other == c })
		if !l.anyOpen(from) { // whoever is left had an end already: the call goes on as the other one
			was.flags |= flagJoined
			was.before, was.outcome = was.outcome, outDuplicate
			l.record(from, change{at: at, what: changedOutcome, value: uint8(outDuplicate)})
		} else {
			l.settle(from, nil, at)
		}
	}
	c.in, r.call, r.outcome = into, into.record, outDuplicate
	into.contacts = append(into.contacts, c)
	if to.highestAt == to.received && r.received < to.received {
		to.highestAt = r.received
	}
	to.received = min(to.received, r.received)
	to.flags |= r.flags & (flagLifeSafety | flagInvented)
	return true
}

// anyOpen reports whether a contact of the call has an outcome that is not final.
func (l *Ledger) anyOpen(c *liveCall) bool {
	return slices.ContainsFunc(c.contacts, func(one *liveContact) bool { return !l.contacts.at(one.record).outcome.final() })
}

func (l *Ledger) outcomeChanged(e *dispatch.OutcomeChanged, at dispatch.Instant) bool {
	c := l.live.contacts[e.Contact]
	if c == nil || c.in == nil {
		return false
	}
	r := l.contacts.at(c.record)
	r.outcome = outcomeNumber(e.Outcome.Kind)
	r.ended = Missing
	if r.outcome.final() {
		r.ended = at
	}
	if e.Outcome.Posture != "" {
		l.calls.at(c.in.record).posture = l.names.sym(string(e.Outcome.Posture))
	}
	l.settle(c.in, c, at)
	return true
}

// settle gives a call the outcome of the contact that leads it: the first whose
// outcome is not final; when all are, that of the contact that became so last.
func (l *Ledger) settle(c *liveCall, changed *liveContact, at dispatch.Instant) {
	lead := changed
	for _, one := range c.contacts {
		if !l.contacts.at(one.record).outcome.final() {
			lead = one
			break
		}
	}
	if lead == nil {
		return
	}
	now := l.contacts.at(lead.record).outcome
	r := l.calls.at(c.record)
	if now == outDuplicate || now == r.outcome { // a follower that leads for one event says nothing new
		return
	}
	r.before, r.outcome = r.outcome, now
	l.record(c, change{at: at, what: changedOutcome, value: uint8(now)})
}

// record appends to a call's history.
func (l *Ledger) record(c *liveCall, ch change) {
	l.history.add(ch)
	at := int32(l.history.n)
	if c.tail == 0 {
		l.calls.at(c.record).head = at
	} else {
		l.history.at(c.tail - 1).next = at
	}
	c.tail = at
}

func (l *Ledger) incidentRetyped(e *dispatch.IncidentRetyped) bool {
	c := l.live.calls[e.Incident]
	if c == nil {
		return false
	}
	r := l.calls.at(c.record)
	r.kind, r.service = l.names.sym(e.Type), l.names.sym(string(e.Service))
	r.flags &^= flagLifeSafety
	if e.LifeSafety {
		r.flags |= flagLifeSafety
	}
	return true
}

func (l *Ledger) incidentMoved(e *dispatch.IncidentMoved) bool {
	c := l.live.calls[e.Incident]
	if c == nil {
		return false
	}
	r := l.calls.at(c.record)
	r.beat, r.zone = l.names.sym(e.Beat), l.names.sym(string(e.Zone))
	return true
}

func (l *Ledger) zoneDeclared(e *dispatch.ZoneDeclared) bool {
	known := true
	for _, id := range e.Inside {
		if c := l.live.calls[id]; c != nil {
			l.calls.at(c.record).zone = l.names.sym(string(e.Zone.ID))
		} else {
			known = false
		}
	}
	return known
}

func (l *Ledger) incidentReprioritised(e *dispatch.IncidentReprioritised, at dispatch.Instant) bool {
	c := l.live.calls[e.Incident]
	if c == nil {
		return false
	}
	r := l.calls.at(c.record)
	r.final = e.Priority
	if e.Priority < r.highest {
		r.highest, r.highestAt = e.Priority, at
	}
	l.record(c, change{at: at, what: changedPriority, value: uint8(e.Priority)})
	return true
}

func (l *Ledger) incidentClosed(e *dispatch.IncidentClosed, at dispatch.Instant) bool {
	c := l.live.calls[e.Incident]
	if c == nil {
		return false
	}
	l.calls.at(c.record).closed = at
	return true
}

// incidentReopened takes the closing back: a closing that was undone stops no clock.
func (l *Ledger) incidentReopened(e *dispatch.IncidentReopened) bool {
	c := l.live.calls[e.Incident]
	if c == nil {
		return false
	}
	r := l.calls.at(c.record)
	r.closed = Missing
	r.flags = r.flags&^flagJoined | flagReopened
	return true
}

// incidentArchived lets go of the indexes: no later event names what left the
// live state.
func (l *Ledger) incidentArchived(e *dispatch.IncidentArchived) bool {
	c := l.live.calls[e.Incident]
	if c == nil {
		return false
	}
	for _, one := range c.contacts {
		for _, p := range one.promises {
			delete(l.live.promises, p)
		}
		delete(l.live.contacts, one.id)
	}
	delete(l.live.calls, e.Incident)
	return true
}

func (l *Ledger) promiseMade(e *dispatch.PromiseMade, at dispatch.Instant) bool {
	c := l.live.contacts[e.Contact]
	if c == nil {
		return false
	}
	l.live.promises[e.ID] = int32(l.promises.n)
	c.promises = append(c.promises, e.ID)
	l.promises.add(promise{made: at, due: e.Due, settled: Missing, contact: c.record, state: promiseNumber(e.State)})
	return true
}

func (l *Ledger) promiseSettled(e *dispatch.PromiseSettled, at dispatch.Instant) bool {
	n, known := l.live.promises[e.Promise]
	if !known {
		return false
	}
	p := l.promises.at(n)
	p.state, p.settled = promiseNumber(e.State), at
	return true
}

// earlier returns the earlier of two instants, either of which may be missing.
func earlier(a, b dispatch.Instant) dispatch.Instant {
	if a == Missing || (b != Missing && b < a) {
		return b
	}
	return a
}
