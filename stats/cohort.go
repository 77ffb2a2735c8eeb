package stats

import (
	"slices"

	"github.com/everycall/everycall/dispatch"
	"github.com/everycall/everycall/triage"
)

// cohort is the calls, or the contacts, that a query asks about, as columns with
// one row each: what every figure is computed from.
type cohort struct {
	q   Query
	l   *Ledger
	now dispatch.Instant
	by  []subject // the rows
	row []int32   // of each call (or contact) of the ledger; -1: not asked about

	wait     []dispatch.Millis // to the end of the wait, or so far
	cause    []cause
	interval [intervals][]dispatch.Millis // unknownWait: missing

	joined, onView  int // left out
	beforeClock     int // waits whose end was recorded before their start: counted as 0
	arrivalInferred int // a unit was with the patient; when it came is missing
}

const unknownWait dispatch.Millis = -1

// subject is what a row is about.
type subject struct {
	call     *call
	contact  *contact // nil: the call itself is counted
	received dispatch.Instant
	limit    dispatch.Millis // past it, it is unserved; 0: its plan sends nobody
}

func (s *subject) language() sym {
	if s.contact != nil {
		return s.contact.language
	}
	return s.call.language
}

func (s *subject) beat() sym {
	if s.contact != nil && s.contact.beat != 0 {
		return s.contact.beat
	}
	return s.call.beat
}

func (s *subject) kind() sym {
	if s.contact != nil {
		return s.contact.kind
	}
	return s.call.kind
}

func (s *subject) channel() sym {
	if s.contact != nil {
		return s.contact.channel
	}
	return s.call.channel
}

func (s *subject) initial() triage.Priority {
	if s.contact != nil {
		return s.contact.initial
	}
	return s.call.initial
}

func (s *subject) flags() flags {
	if s.contact != nil {
		return s.contact.flags | s.call.flags&flagReopened
	}
	return s.call.flags
}

// gather makes the cohort of a filled query.
func (l *Ledger) gather(q Query) *cohort {
	c := &cohort{q: q, l: l, now: l.newest}
	service, known := l.names.find(string(q.Service))
	onView, _ := l.names.find("on_view")
	noPlan := map[sym]bool{}
	for _, code := range q.NoAttendance {
		if s, known := l.names.find(code); known {
			noPlan[s] = true
		}
	}
	size := l.calls.n
	if q.Count == CountContacts {
		size = l.contacts.n
	}
	c.row = make([]int32, size)
	c.by = make([]subject, 0, size)
	for n := range size {
		c.row[n] = -1
		s := subject{}
		if q.Count == CountContacts {
			s.contact = l.contacts.at(int32(n))
			if s.contact.call < 0 { // its incident is the next event
				continue
			}
			s.call, s.received = l.calls.at(s.contact.call), s.contact.received
		} else {
			s.call = l.calls.at(int32(n))
			s.received = s.call.received
		}
		if !known || (q.Service != "" && s.call.service != service) || s.received < q.From || (q.To != 0 && s.received >= q.To) {
			continue
		}
		if s.contact == nil && s.call.flags&flagJoined != 0 {
			c.joined++
			continue
		}
		if onView != 0 && !q.OnView && s.channel() == onView {
			c.onView++
			continue
		}
		if !noPlan[s.kind()] {
			s.limit = q.UnservedAfter[min(int(s.call.highest), len(q.UnservedAfter)-1)]
		}
		c.row[n] = int32(len(c.by))
		c.by = append(c.by, s)
	}
	c.measure()
	return c
}

// measure fills the columns.
func (c *cohort) measure() {
	n := len(c.by)
	c.wait, c.cause = make([]dispatch.Millis, n), make([]cause, n)
	for k := range c.interval {
		c.interval[k] = make([]dispatch.Millis, n)
	}
	for n := range c.by {
		s := &c.by[n]
		c.wait[n], c.cause[n] = c.end(s)
		arrived, r := c.arrivedAt(s), s.call
		sent := r.dispatched
		if s.contact != nil && s.contact.ended != Missing && sent > s.contact.ended { // gone before anybody was sent
			sent = Missing
		}
		c.interval[0][n] = unknownWait // the journal has no time of ringing
		c.interval[1][n] = c.between(s.received, sent)
		c.interval[2][n] = c.between(r.dispatched, r.enroute)
		c.interval[3][n], c.interval[4][n], c.interval[6][n] = unknownWait, unknownWait, unknownWait
		if arrived != Missing && arrived == r.arrived {
			c.interval[3][n] = c.between(r.underway, arrived)
			c.interval[4][n] = c.between(r.sent, arrived)
		}
		c.interval[5][n] = c.between(s.received, arrived)
		c.interval[6][n] = c.between(max(r.highestAt, s.received), arrived)
	}
}

// between is how long it was from one time to the other; unknown when either is
// missing. An end before its start counts as 0, and is counted.
func (c *cohort) between(from, to dispatch.Instant) dispatch.Millis {
	if from == Missing || to == Missing {
		return unknownWait
	}
	if to < from {
		c.beforeClock++
		return 0
	}
	return to.Since(from)
}

// arrivedAt is when the first unit was on scene, for somebody who still waited then.
func (c *cohort) arrivedAt(s *subject) dispatch.Instant {
	at := s.call.arrived
	if s.contact != nil {
		at = earlier(at, s.contact.arrived)
		if at != Missing && s.contact.ended != Missing && s.contact.ended < at {
			return Missing
		}
	}
	return at
}

// end is how long a wait lasted and how it ended: with the first unit on scene,
// else with the final outcome; else it goes on.
func (c *cohort) end(s *subject) (dispatch.Millis, cause) {
	if at := c.arrivedAt(s); at != Missing {
		return max(at.Since(s.received), 0), causeArrived
	}
	r := s.call
	ended, final := r.closed, r.outcome
	if s.contact != nil {
		ended, final = s.contact.ended, s.contact.outcome
	}
	if r.attended != Missing && (s.contact == nil || ended == Missing || r.attended <= ended) { // somebody was there; since when is not known
		c.arrivalInferred++
		return max(r.attended.Since(s.received), 0), causeArrived
	}
	if ended == Missing || !final.final() {
		return max(c.now.Since(s.received), 0), causeOpen
	}
	wait := max(ended.Since(s.received), 0)
	switch final {
	case outDeclined:
		return wait, causeDeclined
	case outAbandoned:
		return wait, causeAbandoned
	case outTransferred:
		return wait, causeTransferred
	}
	if r.before == outDiverted { // its desk has closed it
		return wait, causeDiverted
	}
	return wait, causeUnattended
}

// ranked is the rows whose wait is known, the shortest wait first: each with its
// wait and how that ended, side by side, since every figure reads them in this order.
type ranked struct {
	row  []int32
	wait []ending
}

// ending is a wait and its cause in one word.
type ending int64

const causeBits = 3

func (e ending) wait() dispatch.Millis { return dispatch.Millis(e >> causeBits) }

func (e ending) cause() cause { return cause(e & (1<<causeBits - 1)) }

// rank sorts the rows by a wait, which fits beside the row in one word.
func (c *cohort) rank(wait []dispatch.Millis) ranked {
	const rowBits = 28 // 268 million rows, waits up to 795 days; a longer wait counts as that
	packed := make([]uint64, 0, len(wait))
	for n, w := range wait {
		if w != unknownWait {
			packed = append(packed, uint64(min(w, 1<<(64-rowBits)-1))<<rowBits|uint64(n))
		}
	}
	slices.Sort(packed)
	out := ranked{make([]int32, len(packed)), make([]ending, len(packed))}
	for n, p := range packed {
		row := int32(p & (1<<rowBits - 1))
		out.row[n], out.wait[n] = row, ending(p>>rowBits)<<causeBits|ending(c.cause[row])
	}
	return out
}
