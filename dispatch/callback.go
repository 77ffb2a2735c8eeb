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
func (c *Contact) lastRung() (CallBack, bool) {
	if len(c.CallBacks) == 0 {
		return CallBack{}, false
	}
	return c.CallBacks[len(c.CallBacks)-1], true
}

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
		again := s.holdLimit(i.Priority())
		if o.Kind != OutcomeHeld {
			again = s.waitLimit(i.Priority())
		}
		if c.Reached == ReachedNo {
			again = min(again, CallBackAgain)
		}
		if o.Kind == OutcomeHeld {
			if rule, p := s.RuleFor(i); p != nil && p.ID == o.Posture && rule.Limit > 0 && c.Reached != ReachedNo {
				again = rule.Limit
			}
		}
		o.Due = m.At.Add(again)
		if o.Kind == OutcomeUnanswered && c.Reached == ReachedYes {
			o = s.waiting(i.Service, i.Priority(), m.At)
			o.Reason = "the caller was reached"
		}
		out = append(out, outcomeOf(contact, o))
	}
	out = s.settleByRinging(contact, c.Reached, out)
	if c.Told == nil {
		return out, nil
	}
	made, no := s.promise(contact, *c.Told, m, 0)
	if no != nil {
		return nil, no
	}
	return append(out, made), nil
}

// settleByRinging keeps the open promises of a caller who was reached, and marks
// those of one who must not be rung.
func (s *State) settleByRinging(c *Contact, reached Reached, out []Event) []Event {
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
	for _, id := range c.Promises {
		if s.Promises[id].State == PromiseOpen {
			out = append(out, &PromiseSettled{Promise: id, Contact: c.ID, State: state, Private: said(how)})
		}
	}
	return out
}

func (e *CallerRung) evolve(s *State, st Stamped) {
	c := s.Contacts[e.Contact]
	c.CallBacks = append(c.CallBacks[:len(c.CallBacks):len(c.CallBacks)], CallBack{At: st.At, By: st.By, Reached: e.Reached, Words: e.Private.Text})
	s.touched.contact(e.Contact)
}

// CallDue is one caller who is to be rung, and why.
type CallDue struct {
	Contact ContactID
	Due     Instant
	Why     string // in plain words, never from a sealed field
	Unsafe  bool   // not to be rung: a supervisor decides
}

// CallsDue is the work queue of call-backs: who is to be rung by then, the earliest
// due first. A call that units are on is in it only for a promise.
func (s *State) CallsDue(by Instant) []CallDue {
	var due []CallDue
	for _, id := range contactsInOrder(s) {
		c := s.Contacts[id]
		if c.Outcome.Kind.Final() {
			continue
		}
		d := CallDue{Contact: id, Unsafe: c.Safe == SafeNo}
		sooner := func(at Instant, why string) {
			if at <= by && (d.Due == 0 || at < d.Due) {
				d.Due, d.Why = at, why
			}
		}
		rung, was := c.lastRung()
		for _, pid := range c.Promises {
			switch p := s.Promises[pid]; {
			case p.State == PromiseOpen:
				sooner(p.Due, "something was promised for then")
			case p.State == PromiseBroken && !(was && rung.At >= p.Due && rung.Reached != ReachedNo) && pid == c.Promises[len(c.Promises)-1]:
				sooner(p.Due, "a promise was broken and nobody has said so")
			}
		}
		switch c.Outcome.Kind {
		case OutcomeHeld:
			sooner(c.Outcome.Due, "held to its limit: triage it again by ringing")
		case OutcomeUnanswered:
			sooner(c.Outcome.Due, "nobody answered")
		}
		if d.Due != 0 {
			due = append(due, d)
		}
	}
	slices.SortStableFunc(due, func(a, b CallDue) int { return cmp.Compare(a.Due, b.Due) })
	return due
}
