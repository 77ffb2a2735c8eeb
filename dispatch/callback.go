package dispatch

import (
	"cmp"
	"slices"
)

// Reached says what came of ringing a caller back.
type Reached string

// What may come of it.
const (
	ReachedYes    Reached = "reached"
	ReachedNo     Reached = "not_reached"
	ReachedUnsafe Reached = "unsafe" // not rung: somebody else may hold the phone; a supervisor decides
)

// CallBack is one time that a caller was rung, or was not because it is unsafe.
type CallBack struct {
	At      Instant `json:"at"`
	By      string  `json:"by"`
	Reached Reached `json:"reached"`
	Words   string  `json:"words,omitempty"` // what has changed
}

// RingBack records that a caller was rung: what has changed, what was told. A call
// that is held stays held, with a new review; a promise that was open is kept by
// ringing in time. New facts are said by TriageContact.
type RingBack struct {
	Contact ContactID
	Reached Reached
	Words   string       // what has changed; may be empty
	Told    *PromiseTold // what was promised anew; nil: nothing
}

// CallerRung: a caller was rung, or it was decided not to.
type CallerRung struct {
	Contact ContactID `json:"contact"`
	Reached Reached   `json:"reached"`
	Private Private   `json:"-"` // Text: what has changed
}

func (RingBack) CommandName() string   { return "RingBack" }
func (*CallerRung) EventName() string  { return "CallerRung" }
func (e *CallerRung) Subject() string  { return string(e.Contact) }
func (e *CallerRung) Secret() *Private { return &e.Private }

func (c RingBack) decide(s *State, m Meta, out []Event) ([]Event, *Rejection) {
	contact, no := s.openContact(c.Contact)
	if no != nil {
		return nil, no
	}
	if no := checkText("words", c.Words, MaxLineBytes, false); no != nil {
		return nil, no
	}
	switch c.Reached {
	case ReachedYes, ReachedNo:
		if contact.Safe == SafeNo {
			return nil, reject(NumberUnsafe, "the number of contact %d is not safe: do not ring it; a supervisor decides again, and the promise reads not told", contact.Number).at("reached")
		}
	case ReachedUnsafe:
	default:
		return nil, reject(ValueUnknown, "reached %q: reached, not_reached or unsafe", c.Reached).at("reached")
	}
	if c.Told != nil && c.Reached != ReachedYes {
		return nil, reject(ValueUnknown, "who was not reached was told nothing").at("told")
	}
	if len(contact.CallBacks) >= MaxCallBacks {
		return nil, reject(LimitReached, "contact %d was rung %d times: at most MaxCallBacks", contact.Number, len(contact.CallBacks))
	}
	i := s.Incidents[contact.Incident]
	out = append(out, &CallerRung{Contact: c.Contact, Reached: c.Reached, Private: said(c.Words)})
	if o := contact.Outcome; o.Kind == OutcomeHeld || o.Kind == OutcomeUnanswered || o.Kind == OutcomeWaiting {
		out = append(out, outcomeOf(contact, s.afterRinging(o, i, c.Reached, m)))
	}
	out = s.settleByRinging(contact, i, c.Reached, out)
	if c.Told == nil {
		return out, nil
	}
	made, no := s.promise(contact, *c.Told, m, 0)
	if no != nil {
		return nil, no
	}
	return append(out, made), nil
}

// afterRinging is the outcome of a call that nobody is sent to, after its caller was
// rung: who was reached waits a full limit more, who was not is rung again soon, and
// about one who must not be rung a supervisor decides at the limit that there is.
func (s *State) afterRinging(o Outcome, i *Incident, reached Reached, m Meta) Outcome {
	again := s.waitLimit(i.Priority())
	if o.Kind == OutcomeHeld {
		again = s.holdLimit(i.Priority())
		if rule, p := s.RuleFor(i); p != nil && p.ID == o.Posture && rule.Limit > 0 {
			again = rule.Limit
		}
	}
	switch {
	case reached == ReachedUnsafe:
		o.Owner, o.Next, o.Due = s.supervisorOf(s.deskFor(i.Service)), NextUnsafe, max(o.Due, m.At.Add(Minute))
		return o
	case reached == ReachedNo:
		again = min(again, CallBackAgain)
	case o.Kind == OutcomeUnanswered:
		o = s.waiting(i.Service, i.Priority(), m.At)
		o.Reason = "the caller was reached"
	case o.Next == NextTaken:
		o.Next = s.waiting(i.Service, i.Priority(), m.At).Next
	}
	o.Due = m.At.Add(again)
	return o
}

// NextUnsafe is what is done next about a caller who must not be rung.
const NextUnsafe = "do not ring, the number is not safe: a supervisor decides again"

// settleByRinging keeps the open promises of a caller who was reached, also those
// that were made on earlier calls from that number about the incident, and marks
// those of one who must not be rung.
func (s *State) settleByRinging(rung *Contact, i *Incident, reached Reached, out []Event) []Event {
	var state PromiseState
	var how string
	switch reached {
	case ReachedYes:
		state, how = PromiseKept, "the caller was rung"
	case ReachedUnsafe:
		state, how = PromiseNotTold, "the number is not safe"
	default:
		return out
	}
	for _, cid := range i.Contacts {
		c := s.Contacts[cid]
		if cid != rung.ID && (rung.Person.Number == "" || c.Person.Number != rung.Person.Number) {
			continue
		}
		for _, id := range c.Promises {
			if s.Promises[id].State == PromiseOpen {
				out = append(out, &PromiseSettled{Promise: id, Contact: cid, State: state, Private: said(how)})
			}
		}
	}
	return out
}

func (e *CallerRung) evolve(s *State, st Stamped) {
	c := s.Contacts[e.Contact]
	c.CallBacks = append(c.CallBacks[:len(c.CallBacks):len(c.CallBacks)], CallBack{At: st.At, By: st.By, Reached: e.Reached, Words: e.Private.Text})
	if e.Reached == ReachedYes {
		s.callerWasTold(c)
	}
	s.touched.contact(e.Contact)
}

// callerWasTold drops what asks somebody to say that a promise was broken.
func (s *State) callerWasTold(c *Contact) {
	for _, id := range slices.Clone(s.alarmsOf[c.Incident]) {
		if a := s.Alarms[id]; a.Cause == CausePromise && a.Contact == c.ID {
			s.dropAlarm(id)
		}
	}
}

// CallDue is one caller who is to be rung, and why.
type CallDue struct {
	Contact ContactID
	Due     Instant
	Why     string // in plain words, never from a sealed field
	Unsafe  bool   // not to be rung: a supervisor decides

	number uint64
}

// CallsDue is the work queue of call-backs: who is to be rung by then, the earliest
// due first. A call that units are on, or that is over, is in it only for a promise.
func (s *State) CallsDue(by Instant) []CallDue {
	var due []CallDue
	for id, c := range s.Contacts { // sorted below
		if d := s.callDue(c, by); d.Due != 0 {
			d.Contact, d.Unsafe, d.number = id, c.Safe == SafeNo, c.Number
			due = append(due, d)
		}
	}
	slices.SortFunc(due, func(a, b CallDue) int {
		return cmp.Or(cmp.Compare(a.Due, b.Due), cmp.Compare(a.number, b.number))
	})
	return due
}

// callDue is the first reason for which a caller is to be rung by then, if any.
func (s *State) callDue(c *Contact, by Instant) (d CallDue) {
	sooner := func(at Instant, why string) {
		if at <= by && (d.Due == 0 || at < d.Due) {
			d.Due, d.Why = at, why
		}
	}
	for n, id := range c.Promises {
		switch p := s.Promises[id]; p.State {
		case PromiseOpen:
			sooner(p.Due, "something was promised for then")
		case PromiseBroken:
			if n+1 == len(c.Promises) && !c.Outcome.Kind.Final() && !s.rungSince(c, p.Due) {
				sooner(p.Due, "a promise was broken and nobody has said so")
			}
		}
	}
	switch c.Outcome.Kind {
	case OutcomeHeld:
		if c.Safe == SafeNo {
			sooner(c.Outcome.Due, "held to its limit: "+NextUnsafe)
		} else {
			sooner(c.Outcome.Due, "held to its limit: triage it again by ringing")
		}
	case OutcomeUnanswered:
		sooner(c.Outcome.Due, "nobody answered")
	case OutcomeWaiting:
		if c.Preempted != 0 && !s.rungSince(c, c.Preempted) {
			sooner(c.Preempted, "its unit was taken for a more urgent call: say that it takes longer")
		}
	}
	return d
}

// rungSince reports whether a caller was spoken to, or must not be, since then: on
// this call or on another one from that number about the incident.
func (s *State) rungSince(c *Contact, since Instant) bool {
	for _, id := range s.Incidents[c.Incident].Contacts {
		other := s.Contacts[id]
		if id != c.ID && (c.Person.Number == "" || other.Person.Number != c.Person.Number) {
			continue
		}
		for _, b := range other.CallBacks {
			if b.At >= since && b.Reached != ReachedNo {
				return true
			}
		}
	}
	return false
}
