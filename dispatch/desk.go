package dispatch

import (
	"strconv"
	"strings"

	"github.com/everycall/everycall/triage"
)

// DeskRule says what a desk takes on besides sending units. The rules hold it by
// service, type, priority, capacity, and whether it is open.
type DeskRule struct {
	Kind     string          `json:"kind"`               // "community", "crisis", "telephone_report", "online_report", "appointment", …
	Types    []string        `json:"types,omitempty"`    // empty: every type
	From     triage.Priority `json:"from,omitempty"`     // this priority and those less urgent; 0: every one
	Capacity int             `json:"capacity,omitempty"` // calls that it can have at once; 0: no limit
	Hours    []Hours         `json:"hours,omitempty"`    // empty: always; who keeps the clock opens and shuts it
}

// Hours are one opening time a week, in the jurisdiction's own time. An end that is
// not after the start is on the next day.
type Hours struct {
	Days string `json:"days"` // of "0123456": 0 is Sunday
	From int    `json:"from"` // minutes after midnight
	To   int    `json:"to"`
}

func (h Hours) valid() bool {
	return h.From >= 0 && h.From < 24*60 && h.To >= 0 && h.To <= 24*60 && len(h.Days) <= 7 && strings.Trim(h.Days, "0123456") == ""
}

// DeskState is whether a desk takes calls now.
type DeskState struct {
	Shut   bool    `json:"shut,omitempty"`
	Since  Instant `json:"since"`
	By     string  `json:"by"`
	Reason string  `json:"reason,omitempty"`
}

// ShutDesk says that a desk takes nothing more; what it has stays with it.
type ShutDesk struct {
	Desk   DeskID
	Reason string
}

// OpenDesk says that it takes calls again.
type OpenDesk struct {
	Desk   DeskID
	Reason string
}

// RefuseDiverted gives a call back: the desk cannot do it. It waits again, with the
// age that it has.
type RefuseDiverted struct {
	Contact ContactID
	Reason  string
}

// DeskShut: it takes nothing more.
type DeskShut struct {
	Desk   DeskID `json:"desk"`
	Reason string `json:"reason"`
}

// DeskOpened: it takes calls.
type DeskOpened struct {
	Desk   DeskID `json:"desk"`
	Reason string `json:"reason"`
}

func (ShutDesk) CommandName() string       { return "ShutDesk" }
func (OpenDesk) CommandName() string       { return "OpenDesk" }
func (RefuseDiverted) CommandName() string { return "RefuseDiverted" }

func (*DeskShut) EventName() string   { return "DeskShut" }
func (*DeskOpened) EventName() string { return "DeskOpened" }

// DeskIsShut reports whether a desk takes nothing now, and since when and why.
func (s *State) DeskIsShut(id DeskID) (DeskState, bool) {
	if d := s.Desks[id]; d != nil && d.Shut {
		return *d, true
	}
	return DeskState{}, false
}

// DeskLoad counts the open calls that were given to a desk.
func (s *State) DeskLoad(id DeskID) int { return s.load[id] }

// DeskTakes answers why a desk does not take an incident now; nil when it does.
func (s *State) DeskTakes(id DeskID, i *Incident) *Rejection {
	d, known := s.Desk(id)
	if !known {
		return reject(DeskUnknown, "desk %q is not known", id).at("desk")
	}
	if shut, is := s.DeskIsShut(id); is {
		return reject(DeskRefuses, "%s is shut: %s", d.Name, shut.Reason).at("desk")
	}
	if d.Accepts == nil {
		return nil
	}
	a, load := d.Accepts, s.DeskLoad(id)
	if lead := s.Lead(i); lead != nil && lead.desk == id {
		load-- // it has this one already
	}
	switch {
	case len(a.Types) > 0 && !contains(a.Types, i.Type):
		return reject(DeskRefuses, "%s does not take calls of type %q", d.Name, i.Type).at("desk")
	case a.From != 0 && i.Priority() < a.From:
		return reject(DeskRefuses, "%s takes priority %d and below, this call has priority %d", d.Name, a.From, i.Priority()).at("desk")
	case a.Capacity > 0 && load >= a.Capacity:
		return reject(DeskRefuses, "%s has %d calls and can do %d", d.Name, load, a.Capacity).at("desk")
	}
	return nil
}

func (d Desk) check(types triage.Table) *Rejection {
	if d.Accepts == nil {
		return nil
	}
	a := d.Accepts
	if checkLine("desks", a.Kind) != nil {
		return reject(ConfigInvalid, "desk %s: of what kind is it?", d.ID).at("desks")
	}
	if a.From != 0 && !a.From.Valid() || a.Capacity < 0 || len(a.Hours) > 50 {
		return reject(ConfigInvalid, "desk %s: a priority from 1 to 5, a capacity of 0 or more, at most 50 opening times", d.ID).at("desks")
	}
	for _, t := range a.Types {
		if _, known := types.Find(t); !known {
			return reject(ConfigInvalid, "desk %s: call type %q is not listed", d.ID, t).at("desks")
		}
	}
	for _, h := range a.Hours {
		if !h.valid() {
			return reject(ConfigInvalid, "desk %s: opening times are minutes of a day, on days from 0 to 6", d.ID).at("desks")
		}
	}
	return nil
}

func (c ShutDesk) decide(s *State, _ Meta, out []Event) ([]Event, *Rejection) {
	if _, known := s.Desk(c.Desk); !known {
		return nil, reject(DeskUnknown, "desk %q is not known", c.Desk).at("desk")
	}
	if _, is := s.DeskIsShut(c.Desk); is {
		return nil, reject(DeskRefuses, "desk %s is shut already", c.Desk).at("desk")
	}
	if no := checkLine("reason", c.Reason); no != nil {
		return nil, no
	}
	return append(out, &DeskShut{Desk: c.Desk, Reason: c.Reason}), nil
}

func (c OpenDesk) decide(s *State, _ Meta, out []Event) ([]Event, *Rejection) {
	if _, is := s.DeskIsShut(c.Desk); !is {
		return nil, reject(DeskUnknown, "desk %q is not shut", c.Desk).at("desk")
	}
	if no := checkLine("reason", c.Reason); no != nil {
		return nil, no
	}
	return append(out, &DeskOpened{Desk: c.Desk, Reason: c.Reason}), nil
}

func (c RefuseDiverted) decide(s *State, m Meta, out []Event) ([]Event, *Rejection) {
	contact, no := s.openContact(c.Contact)
	if no != nil {
		return nil, no
	}
	if k := contact.Outcome.Kind; k != OutcomeDiverted && k != OutcomeAppointed {
		return nil, reject(OutcomeWrong, "contact %d is %s: only what was given to a desk can be given back", contact.Number, k)
	}
	if no := checkLine("reason", c.Reason); no != nil {
		return nil, no
	}
	i := s.Incidents[contact.Incident]
	o := s.waiting(i.Service, i.Priority(), m.At)
	o.Since = contact.ReceivedAt
	o.Due = min(o.Due, max(contact.ReceivedAt.Add(s.waitLimit(i.Priority())), m.At.Add(Minute)))
	o.Next = "given back after " + strconv.FormatInt(int64(m.At.Since(contact.ReceivedAt)/Minute), 10) + " minutes: send somebody, or tell the caller what now"
	o.Reason, o.Authority = "given back by "+string(contact.Outcome.Desk)+": "+c.Reason, m.By
	return append(out, outcomeOf(contact, o)), nil
}

func (e *DeskShut) evolve(s *State, st Stamped) {
	s.Desks[e.Desk] = &DeskState{Shut: true, Since: st.At, By: st.By, Reason: e.Reason}
	s.touched.config()
}

func (e *DeskOpened) evolve(s *State, st Stamped) {
	s.Desks[e.Desk] = &DeskState{Since: st.At, By: st.By, Reason: e.Reason}
	s.touched.config()
}
