package dispatch

import (
	"cmp"
	"slices"
	"strconv"
)

// endPosture ends it and starts the recovery plan: every call that is held under it
// waits again, also where another posture would hold it, since whoever ends a posture
// wants its calls answered.
func (s *State) endPosture(id PostureID, reason string, m Meta, out []Event) []Event {
	out = append(out, &PostureEnded{Posture: id, Reason: reason})
	held := s.heldUnder(func(c *Contact) bool { return c.Outcome.Posture == id })
	return s.inOrder(held, "ended: "+reason, m, out)
}

// workDown is the recovery plan after a posture of a service was declared, replaced
// or amended: a call that no posture holds any longer waits again, each with its own
// due time; one that another posture holds from now on stays held, under that one.
// after answers the postures that speak of an incident from then on.
func (s *State) workDown(of Service, why string, m Meta, out []Event, after func(*Incident) []*Posture) []Event {
	held := s.heldUnder(func(c *Contact) bool { return s.Incidents[c.Incident].Service == of })
	held = slices.DeleteFunc(held, func(c *Contact) bool {
		i := s.Incidents[c.Incident]
		o, holds := heldBy(c.Outcome, i, after(i), m)
		if holds && o != c.Outcome {
			out = append(out, outcomeOf(c, o))
		}
		return holds
	})
	return s.inOrder(held, why, m, out)
}

// heldUnder lists the calls that are held under a posture, the most urgent and oldest
// first.
func (s *State) heldUnder(which func(*Contact) bool) []*Contact {
	var held []*Contact
	for _, c := range s.Contacts { // sorted below
		if c.Outcome.Kind == OutcomeHeld && c.Outcome.Posture != "" && which(c) {
			held = append(held, c)
		}
	}
	slices.SortFunc(held, func(a, b *Contact) int {
		return cmp.Or(cmp.Compare(s.Incidents[a.Incident].Priority(), s.Incidents[b.Incident].Priority()), cmp.Compare(a.Number, b.Number))
	})
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

// heldBy is the outcome of a call that is held under a posture, where these speak of
// its incident; false when none of them holds it.
func heldBy(o Outcome, i *Incident, among []*Posture, m Meta) (Outcome, bool) {
	rule, p := ruleAmong(among, i)
	if p == nil || rule.Action != ActionHold {
		return o, false
	}
	if p.ID != o.Posture {
		o.Posture, o.PostureVersion, o.Authority = p.ID, p.Version, m.By
	}
	return o, true
}

// replan looks at a leading contact again when its incident becomes another one: with
// a higher priority it is looked at sooner, another service's desk owns it, and what
// the postures in force no longer hold waits again. New facts are answered, or held
// anew by somebody.
func (s *State) replan(i *Incident, as Incident, m Meta, out []Event) []Event {
	lead := s.Lead(i)
	o := lead.Outcome
	if p := as.Priority(); p < i.Priority() {
		switch o.Kind {
		case OutcomeWaiting:
			o.Due = min(o.Due, m.At.Add(s.waitLimit(p)))
		case OutcomeHeld:
			o.Due = min(o.Due, m.At.Add(s.holdLimit(p)))
		}
	}
	if as.Service != i.Service && o.Desk == "" {
		if o.Owner = s.deskFor(as.Service); o.Kind == OutcomeStaged {
			o.Owner = s.supervisorOf(o.Owner)
		}
	}
	if o.Kind == OutcomeHeld && o.Posture != "" {
		var holds bool
		if o, holds = heldBy(o, &as, s.postures(as.Service, &as), m); !holds {
			w := s.waiting(as.Service, as.Priority(), m.At)
			w.Due = max(min(w.Due, o.Due), m.At.Add(Minute))
			w.Posture, w.PostureVersion, w.Authority = o.Posture, o.PostureVersion, m.By
			w.Reason = "the posture does not hold it as it is now"
			o = w
		}
	}
	if o == lead.Outcome {
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
