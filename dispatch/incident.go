package dispatch

import (
	"slices"

	"github.com/everycall/everycall/triage"
)

// CloseIncident ends an incident with a disposition and an authority. Each open
// contact gets its final outcome by an event of its own.
type CloseIncident struct {
	Incident    IncidentID
	Disposition string
	Authority   string
}

// ReopenIncident undoes a closing; its leading contact waits again.
type ReopenIncident struct {
	Incident IncidentID
	Reason   string
}

// Reprioritise changes the priority, for a reason; the old one stays in the history.
type Reprioritise struct {
	Incident IncidentID
	Priority triage.Priority
	Reason   string
}

// IncidentOpened: something in the world needs an answer.
type IncidentOpened struct {
	ID         IncidentID      `json:"id"`
	Number     uint64          `json:"number"`
	Contact    ContactID       `json:"contact"`
	Service    Service         `json:"service"`
	Type       string          `json:"type,omitempty"`
	Priority   triage.Priority `json:"priority"`
	LifeSafety bool            `json:"life_safety,omitempty"`
	Beat       string          `json:"beat,omitempty"`
	Zone       ZoneID          `json:"zone,omitempty"`
	Drawn      []PostureID     `json:"drawn,omitempty"`
}

// IncidentRetyped: a person said what it is.
type IncidentRetyped struct {
	Incident   IncidentID `json:"incident"`
	Type       string     `json:"type"`
	Service    Service    `json:"service"`
	LifeSafety bool       `json:"life_safety,omitempty"`
}

// IncidentMoved: its place was said; the exact place is its leading contact's.
type IncidentMoved struct {
	Incident IncidentID  `json:"incident"`
	Beat     string      `json:"beat,omitempty"`
	Zone     ZoneID      `json:"zone,omitempty"`
	Drawn    []PostureID `json:"drawn,omitempty"`
}

// IncidentReprioritised: it is more or less urgent than before.
type IncidentReprioritised struct {
	Incident IncidentID      `json:"incident"`
	Contact  ContactID       `json:"contact"`
	Priority triage.Priority `json:"priority"`
	Private  Private         `json:"-"` // Text: the reason
}

// IncidentClosed: nothing is left to do in the world.
type IncidentClosed struct {
	Incident    IncidentID `json:"incident"`
	Disposition string     `json:"disposition"`
	Authority   string     `json:"authority"`
}

// IncidentReopened: there is something left after all.
type IncidentReopened struct {
	Incident IncidentID `json:"incident"`
	Contact  ContactID  `json:"contact"`
	Private  Private    `json:"-"` // Text: the reason
}

// IncidentArchived: it and its contacts left the live state for the archive.
type IncidentArchived struct {
	Incident IncidentID `json:"incident"`
}

func (CloseIncident) CommandName() string  { return "CloseIncident" }
func (ReopenIncident) CommandName() string { return "ReopenIncident" }
func (Reprioritise) CommandName() string   { return "Reprioritise" }

func (*IncidentOpened) EventName() string        { return "IncidentOpened" }
func (*IncidentRetyped) EventName() string       { return "IncidentRetyped" }
func (*IncidentMoved) EventName() string         { return "IncidentMoved" }
func (*IncidentReprioritised) EventName() string { return "IncidentReprioritised" }
func (*IncidentClosed) EventName() string        { return "IncidentClosed" }
func (*IncidentReopened) EventName() string      { return "IncidentReopened" }
func (*IncidentArchived) EventName() string      { return "IncidentArchived" }

func (e *IncidentReprioritised) Subject() string  { return string(e.Contact) }
func (e *IncidentReprioritised) Secret() *Private { return &e.Private }
func (e *IncidentReopened) Subject() string       { return string(e.Contact) }
func (e *IncidentReopened) Secret() *Private      { return &e.Private }

// lead returns the contact that speaks for the incident: the first one whose
// outcome is not final, else the first.
func (s *State) lead(i *Incident) ContactID {
	if c := s.Lead(i); c != nil {
		return c.ID
	}
	if len(i.Contacts) > 0 {
		return i.Contacts[0]
	}
	return ""
}

// Lead returns the contact that speaks for the incident, or nil.
func (s *State) Lead(i *Incident) *Contact {
	for _, id := range i.Contacts {
		if c := s.Contacts[id]; c != nil && !c.Outcome.Kind.Final() {
			return c
		}
	}
	if len(i.Contacts) > 0 {
		return s.Contacts[i.Contacts[0]]
	}
	return nil
}

func (s *State) openContacts(i *Incident) int {
	n := 0
	for _, id := range i.Contacts {
		if !s.Contacts[id].Outcome.Kind.Final() {
			n++
		}
	}
	return n
}

// openIncident finds an incident that is not closed.
func (s *State) openIncident(id IncidentID) (*Incident, *Rejection) {
	i := s.Incidents[id]
	if i == nil {
		return nil, reject(IncidentUnknown, "incident %q is not known here", id).at("incident")
	}
	if !i.Open() {
		return nil, reject(IncidentIsClosed, "incident %d was closed (%s): reopen it first", i.Number, i.Disposition).at("incident")
	}
	return i, nil
}

func (c CloseIncident) decide(s *State, m Meta, out []Event) ([]Event, *Rejection) {
	i, no := s.openIncident(c.Incident)
	if no != nil {
		return nil, no
	}
	if no := checkLines("disposition", c.Disposition, "authority", c.Authority); no != nil {
		return nil, no
	}
	if no := majorStands(i); no != nil {
		return nil, no
	}
	for k := range i.Assignments {
		if a := &i.Assignments[k]; a.EndedAt == 0 && !a.Stacked {
			out = append(out, &UnitUnassigned{Unit: a.Unit, Incident: i.ID, Contact: s.lead(i), Private: said("incident closed")})
			out = s.release(a.Unit, i.ID, m, out)
		}
	}
	out = s.clearStacks(i, "incident closed", out)
	out = append(out, &IncidentClosed{Incident: i.ID, Disposition: c.Disposition, Authority: c.Authority})
	for _, id := range i.Contacts {
		if contact := s.Contacts[id]; !contact.Outcome.Kind.Final() {
			out = append(out, outcomeOf(contact, Outcome{Kind: OutcomeResolved, Since: m.At, Reason: c.Disposition, Authority: c.Authority, Posture: contact.Outcome.Posture, PostureVersion: contact.Outcome.PostureVersion}))
		}
	}
	return s.planner(m, nil).close(i.ID, out), nil
}

// clearStacks takes the incident out of every unit's stack.
func (s *State) clearStacks(i *Incident, reason string, out []Event) []Event {
	for k := range i.Assignments {
		if a := &i.Assignments[k]; a.EndedAt == 0 && a.Stacked {
			out = append(out, &UnitUnassigned{Unit: a.Unit, Incident: i.ID, Contact: s.lead(i), Private: said(reason)})
		}
	}
	return out
}

func (c ReopenIncident) decide(s *State, m Meta, out []Event) ([]Event, *Rejection) {
	i := s.Incidents[c.Incident]
	if i == nil {
		return nil, reject(IncidentUnknown, "incident %q is not known here", c.Incident).at("incident")
	}
	if i.Open() {
		return nil, reject(IncidentIsOpen, "incident %d is open", i.Number).at("incident")
	}
	if len(i.Contacts) == 0 || i.MergedInto() != "" {
		return nil, reject(IncidentUnknown, "incident %d was joined into another: reopen that one", i.Number).at("incident")
	}
	if no := checkLine("reason", c.Reason); no != nil {
		return nil, no
	}
	o := s.waiting(i.Service, i.Priority(), m.At)
	o.Reason = c.Reason
	from := len(out)
	out = append(out, outcomeOf(s.Contacts[i.Contacts[0]], o))
	out = append(out, &IncidentReopened{Incident: i.ID, Contact: i.Contacts[0], Private: said(c.Reason)})
	p := s.Contacts[i.Contacts[0]].Person.Point
	plan := s.planner(m, nil)
	plan.plans[i.ID] = i.Entry // as it was: what has ended since is found out below
	if p == nil {
		return plan.plan(i.ID, i, nil, plan.known(i), out), nil
	}
	if zone, drawn := s.zoneAt(*p), s.drawnAt(p); zone != i.Zone || !slices.Equal(drawn, i.Drawn) { // what was declared while it was closed
		out = append(out, &IncidentMoved{Incident: i.ID, Beat: i.Beat, Zone: zone, Drawn: drawn})
	}
	out = plan.plan(i.ID, i, p, plan.zonesAt(p), out)
	return s.arrive(i, i.ID, i.Service, p, nil, from, out), nil
}

func (c Reprioritise) decide(s *State, m Meta, out []Event) ([]Event, *Rejection) {
	i, no := s.openIncident(c.Incident)
	if no != nil {
		return nil, no
	}
	if !c.Priority.Valid() {
		return nil, reject(ValueUnknown, "priority %d is not between 1 and 5", c.Priority).at("priority")
	}
	if no := checkLine("reason", c.Reason); no != nil {
		return nil, no
	}
	if len(i.Priorities) >= MaxPriorities {
		return nil, reject(LimitReached, "incident %d has had %d priorities: at most MaxPriorities", i.Number, len(i.Priorities)).at("priority")
	}
	out = append(out, &IncidentReprioritised{Incident: i.ID, Priority: c.Priority, Contact: s.lead(i), Private: said(c.Reason)})
	return s.replan(i, i.withPriority(PriorityChange{Priority: c.Priority, At: m.At}), m, out), nil
}

// archiveAt is when a closed incident leaves the live state: ArchiveAfter its
// closing, not before the last promise to one of its callers is settled or broken,
// and not while somebody has still to review that it was cleared alone. No promise is made to a contact whose outcome is final.
func (s *State) archiveAt(i *Incident) Instant {
	if i.Open() {
		return 0
	}
	at := i.ClosedAt.Add(ArchiveAfter)
	for _, id := range i.Contacts {
		for _, p := range s.Contacts[id].Promises {
			at = max(at, s.Promises[p].nextDue().Add(Minute))
		}
	}
	if review := s.inReview(i); review != 0 {
		at = max(at, review.Add(Minute))
	}
	return at
}

func (e *IncidentOpened) evolve(s *State, st Stamped) {
	s.Counters.Incident = e.Number
	i := &Incident{ID: e.ID, Number: e.Number, Service: e.Service, Type: e.Type, LifeSafety: e.LifeSafety, OpenedAt: st.At,
		Beat: e.Beat, Zone: e.Zone, Drawn: e.Drawn, Contacts: []ContactID{e.Contact},
		Priorities: []PriorityChange{{Priority: e.Priority, At: st.At, By: st.By}}}
	s.Incidents[e.ID] = i
	c := s.Contacts[e.Contact]
	if from := s.Incidents[c.Incident]; from != nil { // it was split from that one
		from.Contacts = without(from.Contacts, c.ID)
		s.touched.incident(from.ID)
	}
	c.Incident = e.ID
	s.count(c)
	s.touched.incident(e.ID)
}

func (e *IncidentRetyped) evolve(s *State, st Stamped) {
	i := s.Incidents[e.Incident]
	moved := i.Service != e.Service
	i.Type, i.Service, i.LifeSafety = e.Type, e.Service, e.LifeSafety
	if moved {
		for _, id := range i.Contacts {
			s.count(s.Contacts[id])
		}
		s.shareAgain(i, st.At)
	}
	s.touched.incident(e.Incident)
}

func (e *IncidentMoved) evolve(s *State, _ Stamped) {
	i := s.Incidents[e.Incident]
	i.Beat, i.Zone, i.Drawn = e.Beat, e.Zone, e.Drawn
	s.touched.incident(e.Incident)
}

func (e *IncidentReprioritised) evolve(s *State, st Stamped) {
	i := s.Incidents[e.Incident]
	i.Priorities = append(i.Priorities, PriorityChange{Priority: e.Priority, At: st.At, By: st.By, Reason: e.Private.Text, Contact: e.Contact})
	s.touched.incident(e.Incident)
}

func (e *IncidentClosed) evolve(s *State, st Stamped) {
	i := s.Incidents[e.Incident]
	i.ClosedAt, i.Disposition, i.Authority = st.At, e.Disposition, e.Authority
	s.shareEnd(i, st.At)
	s.due.set(dueRef{dueArchive, string(e.Incident)}, s.archiveAt(i))
	s.settleHazards(i)
	s.touched.incident(e.Incident)
}

func (e *IncidentReopened) evolve(s *State, st Stamped) {
	i := s.Incidents[e.Incident]
	i.ClosedAt, i.Disposition, i.Authority = 0, "", ""
	s.shareAgain(i, st.At)
	i.Reopened++
	s.due.set(dueRef{dueArchive, string(e.Incident)}, 0)
	s.touched.incident(e.Incident)
}

func (e *IncidentArchived) evolve(s *State, _ Stamped) {
	i := s.Incidents[e.Incident]
	for _, id := range i.Contacts {
		c := s.Contacts[id]
		for _, p := range c.Promises {
			s.due.set(dueRef{duePromise, string(p)}, 0)
			delete(s.Promises, p)
			s.touched.promise(p)
		}
		s.forget(c)
		s.countAs(c, "", "", false)
		if c.Outcome.alarmAt() != 0 {
			s.due.set(dueRef{dueContact, string(id)}, 0)
		}
		delete(s.Contacts, id)
		s.touched.contact(id)
	}
	if alarms := s.alarmsOf[e.Incident]; len(alarms) > 0 {
		for _, id := range slices.Sorted(slices.Values(alarms)) {
			s.dropAlarm(id)
		}
	}
	s.due.set(dueRef{dueArchive, string(e.Incident)}, 0)
	s.leaveMajor(i)
	s.forgetTows(i.ID)
	delete(s.Incidents, e.Incident)
	s.touched.incident(e.Incident)
}
