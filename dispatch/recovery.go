package dispatch

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/everycall/everycall/triage"
)

// endPosture ends it and starts the recovery plan: every call that is held under it
// waits again, also where another posture would hold it, since whoever ends a posture
// wants its calls answered.
func (s *State) endPosture(id PostureID, reason string, m Meta, out []Event) []Event {
	out = append(out, &PostureEnded{Posture: id, Reason: reason})
	held := s.heldUnder(func(c *Contact) bool { return c.Outcome.Posture == id })
	return s.inOrder(held, "ended: "+reason, m, out)
}

// workDown is the recovery plan after a posture was declared, replaced or amended: a
// call that no posture holds any longer waits again, each with its own due time; one
// that another posture holds from now on stays held, under that one. next is the
// posture as it is from then on, inside answers where it applies, and gone is the one
// that is in force until then.
func (s *State) workDown(next *Posture, inside func(*Incident) bool, gone PostureID, why string, m Meta, out []Event) []Event {
	held := s.heldUnder(func(c *Contact) bool {
		if c.Outcome.Posture == gone {
			return true
		}
		i := s.Incidents[c.Incident]
		if i.Service != next.Service {
			return false
		}
		_, says := next.ruleOn(i)
		return says && inside(i)
	})
	held = slices.DeleteFunc(held, func(c *Contact) bool {
		i := s.Incidents[c.Incident]
		rule, by := s.ruleWith(i, next, inside, gone)
		o, holds := heldBy(c.Outcome, rule, by, m)
		if holds && o != c.Outcome {
			out = append(out, outcomeOf(c, o))
		}
		return holds
	})
	return s.inOrder(held, why, m, out)
}

// ruleWith is RuleFor as it will be with one posture more and one less.
func (s *State) ruleWith(i *Incident, next *Posture, inside func(*Incident) bool, gone PostureID) (PostureRule, *Posture) {
	asked := next.Service != i.Service || !inside(i)
	for _, p := range s.inForce[i.Service] {
		if !asked && before(next, p) {
			asked = true
			if r, says := next.ruleOn(i); says {
				return r, next
			}
		}
		if p.ID == gone || !p.covers(i) {
			continue
		}
		if r, says := p.ruleOn(i); says {
			return r, p
		}
	}
	if !asked {
		if r, says := next.ruleOn(i); says {
			return r, next
		}
	}
	return PostureRule{Action: ActionAnswer}, nil
}

// heldUnder lists the calls that are held under a posture, the most urgent and oldest
// first.
func (s *State) heldUnder(which func(*Contact) bool) []*Contact {
	type place struct {
		contact  *Contact
		priority triage.Priority
	}
	var places []place
	for _, c := range s.held { // sorted below
		if which(c) {
			places = append(places, place{c, s.Incidents[c.Incident].Priority()})
		}
	}
	slices.SortFunc(places, func(a, b place) int {
		return cmp.Or(cmp.Compare(a.priority, b.priority), cmp.Compare(a.contact.Number, b.contact.Number))
	})
	held := make([]*Contact, len(places))
	for n := range places {
		held[n] = places[n].contact
	}
	return held
}

// inOrder lets held calls wait again, one after the other.
func (s *State) inOrder(held []*Contact, why string, m Meta, out []Event) []Event {
	for n, c := range held {
		o := Outcome{Kind: OutcomeWaiting, Since: m.At, Owner: c.Outcome.Owner, Due: m.At.Add(Millis(n+1) * RecoverySpacing), Posture: c.Outcome.Posture, PostureVersion: c.Outcome.PostureVersion,
			Next: "recovery, place " + strconv.Itoa(n+1) + " of " + strconv.Itoa(len(held)) + ": send, or call back", Reason: "the posture " + why, Authority: m.By}
		out = append(out, outcomeOf(c, o))
	}
	return out
}

// heldBy is the outcome of a call that is held under a posture, where this rule of
// this posture speaks of it now; false when it does not hold.
func heldBy(o Outcome, rule PostureRule, by *Posture, m Meta) (Outcome, bool) {
	if by == nil || rule.Action != ActionHold {
		return o, false
	}
	if by.ID != o.Posture {
		o.Posture, o.PostureVersion, o.Authority, o.Reason = by.ID, by.Version, m.By, by.ReasonShown()
	}
	return o, true
}

// replan looks at a leading contact again when its incident becomes another one: with
// a higher priority it is looked at sooner, another service's desk owns it, and what
// the postures in force no longer hold waits again. New facts are answered, or held
// anew by somebody.
func (s *State) replan(i *Incident, as Incident, m Meta, out []Event) []Event {
	lead := s.Lead(i)
	return s.replanLead(lead, lead.Outcome, i, as, m, out)
}

// replanLead is replan for a contact that leads it with an outcome from now on.
func (s *State) replanLead(lead *Contact, was Outcome, i *Incident, as Incident, m Meta, out []Event) []Event {
	o := was
	if p := as.Priority(); p < i.Priority() {
		switch o.Kind {
		case OutcomeWaiting:
			o.Due = min(o.Due, m.At.Add(s.waitLimit(p)))
		case OutcomeHeld:
			o.Due = min(o.Due, m.At.Add(s.holdLimit(p)))
		}
	}
	if as.Service != i.Service && o.Desk == "" {
		was := o.Owner
		if o.Owner = s.deskFor(as.Service); was != s.deskFor(i.Service) { // a supervisor had it
			o.Owner = s.supervisorOf(o.Owner)
		}
	}
	if o.Kind == OutcomeHeld && o.Posture != "" {
		rule, by := s.RuleFor(&as)
		var holds bool
		if o, holds = heldBy(o, rule, by, m); !holds {
			w := s.waiting(as.Service, as.Priority(), m.At)
			w.Due = max(min(w.Due, o.Due), m.At.Add(Minute))
			w.Posture, w.PostureVersion, w.Authority = o.Posture, o.PostureVersion, m.By
			w.Reason = "the posture does not hold it as it is now"
			o = w
		}
	}
	if o == was {
		return out
	}
	return append(out, outcomeOf(lead, o))
}

// withPriority is an incident as it will be with another priority.
func (i *Incident) withPriority(p PriorityChange) Incident {
	as := *i
	as.Priorities = []PriorityChange{p}
	return as
}
