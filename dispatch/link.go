package dispatch

import "slices"

// IncidentLink says that two incidents have to do with each other. Each of them has it.
type IncidentLink struct {
	Incident IncidentID `json:"incident"` // the other one
	Number   uint64     `json:"number"`   // of the other one, which may have left the board since
	Kind     LinkKind   `json:"kind"`
	Reason   string     `json:"reason,omitempty"`
	Contact  ContactID  `json:"contact"` // whose key seals the reason
	At       Instant    `json:"at"`
	By       string     `json:"by"`
}

// LinkKind says what one incident is to another.
type LinkKind string

// The kinds of link.
const (
	LinkRelated    LinkKind = "related"
	LinkMergedInto LinkKind = "merged_into" // this one was closed: it is the other one
	LinkMergedFrom LinkKind = "merged_from"
	LinkSplitInto  LinkKind = "split_into"
	LinkSplitFrom  LinkKind = "split_from"
)

// LinkIncidents says that two incidents have to do with each other. A closed one can
// be linked too, for as long as it is on the board.
type LinkIncidents struct {
	Incident IncidentID
	Other    IncidentID
	Reason   string
}

// UnlinkIncidents takes that back.
type UnlinkIncidents struct {
	Incident IncidentID
	Other    IncidentID
	Reason   string
}

// IncidentsLinked: these two have to do with each other.
type IncidentsLinked struct {
	Incident IncidentID `json:"incident"`
	Other    IncidentID `json:"other"`
	Contact  ContactID  `json:"contact"`
	Private  Private    `json:"-"` // Text: why
}

// IncidentsUnlinked: they have not.
type IncidentsUnlinked struct {
	Incident IncidentID `json:"incident"`
	Other    IncidentID `json:"other"`
	Contact  ContactID  `json:"contact"`
	Private  Private    `json:"-"` // Text: why
}

func (LinkIncidents) CommandName() string   { return "LinkIncidents" }
func (UnlinkIncidents) CommandName() string { return "UnlinkIncidents" }

func (*IncidentsLinked) EventName() string   { return "IncidentsLinked" }
func (*IncidentsUnlinked) EventName() string { return "IncidentsUnlinked" }

func (e *IncidentsLinked) Subject() string    { return string(e.Contact) }
func (e *IncidentsLinked) Secret() *Private   { return &e.Private }
func (e *IncidentsUnlinked) Subject() string  { return string(e.Contact) }
func (e *IncidentsUnlinked) Secret() *Private { return &e.Private }

// link finds a link of a kind to another incident; nil: there is none.
func (i *Incident) link(kind LinkKind, other IncidentID) *IncidentLink {
	for k := range i.Links {
		if l := &i.Links[k]; l.Kind == kind && l.Incident == other {
			return l
		}
	}
	return nil
}

// MergedInto is the incident that this one was merged into; empty: it was not.
func (i *Incident) MergedInto() IncidentID {
	for k := range i.Links {
		if i.Links[k].Kind == LinkMergedInto {
			return i.Links[k].Incident
		}
	}
	return ""
}

// onBoard finds an incident that is on the board, open or closed.
func (s *State) onBoard(id IncidentID) (*Incident, *Rejection) {
	i := s.Incidents[id]
	if i == nil {
		return nil, reject(IncidentUnknown, "incident %q is not known here", id).at("incident")
	}
	return i, nil
}

func (s *State) pair(a, b IncidentID) (one, other *Incident, no *Rejection) {
	if one, no = s.onBoard(a); no != nil {
		return nil, nil, no
	}
	if other, no = s.onBoard(b); no != nil {
		return nil, nil, no.at("other")
	}
	if one == other {
		return nil, nil, reject(ValueUnknown, "incident %d is named twice: name another one", one.Number).at("other")
	}
	return one, other, nil
}

// voice is the contact under whose key the words about an incident are sealed. One that
// was joined or merged into another has none left: its other one speaks for both. What is
// said of two of which the other is confidential is for the readers of that one.
func (s *State) voice(i, other *Incident) ContactID {
	if id := s.lead(other); s.Confidential[id] != nil {
		return id
	}
	if id := s.lead(i); id != "" {
		return id
	}
	return s.lead(other)
}

func (c LinkIncidents) decide(s *State, _ Meta, out []Event) ([]Event, *Rejection) {
	one, other, no := s.pair(c.Incident, c.Other)
	if no != nil {
		return nil, no
	}
	if no := checkLine("reason", c.Reason); no != nil {
		return nil, no
	}
	if l := one.link(LinkRelated, other.ID); l != nil {
		return nil, reject(IncidentLinked, "incidents %d and %d were linked by %s", one.Number, other.Number, l.By).at("other")
	}
	for _, i := range []*Incident{one, other} {
		if len(i.Links) >= MaxLinks {
			return nil, reject(LimitReached, "incident %d has %d links: at most MaxLinks", i.Number, len(i.Links)).at("other")
		}
	}
	voice := s.voice(one, other)
	if voice == "" {
		return nil, reject(IncidentUnknown, "incidents %d and %d were both joined into others: link those", one.Number, other.Number).at("incident")
	}
	return append(out, &IncidentsLinked{Incident: one.ID, Other: other.ID, Contact: voice, Private: said(c.Reason)}), nil
}

func (c UnlinkIncidents) decide(s *State, _ Meta, out []Event) ([]Event, *Rejection) {
	one, no := s.onBoard(c.Incident)
	if no != nil {
		return nil, no
	}
	if no := checkLine("reason", c.Reason); no != nil {
		return nil, no
	}
	l := one.link(LinkRelated, c.Other)
	if l == nil {
		return nil, reject(LinkUnknown, "incident %d has no link to %q that could be taken back", one.Number, c.Other).at("other")
	}
	voice := s.lead(one)
	if other := s.Incidents[c.Other]; other != nil {
		voice = s.voice(one, other)
	}
	if voice == "" {
		voice = l.Contact
	}
	return append(out, &IncidentsUnlinked{Incident: one.ID, Other: c.Other, Contact: voice, Private: said(c.Reason)}), nil
}

// addLinks links two incidents: one is the first kind to the other, which is the second
// kind to it.
func (s *State) addLinks(one, other *Incident, kind, back LinkKind, contact ContactID, reason string, st Stamped) {
	l := IncidentLink{Kind: kind, Incident: other.ID, Number: other.Number, Reason: reason, Contact: contact, At: st.At, By: st.By}
	one.Links = append(slices.Clone(one.Links), l)
	l.Kind, l.Incident, l.Number = back, one.ID, one.Number
	other.Links = append(slices.Clone(other.Links), l)
	s.touched.incident(one.ID)
	s.touched.incident(other.ID)
}

// reindexIncidents sets the due times of what this file and its neighbours keep.
func (s *State) reindexIncidents() {
	for _, i := range s.Incidents { // the heap's order cannot show
		if i.Major != nil {
			s.due.set(dueRef{dueMajor, string(i.ID)}, i.Major.Remind)
		}
	}
	for _, b := range s.Bolos { // the heap's order cannot show
		s.due.set(dueRef{dueBolo, string(b.ID)}, b.nextDue())
	}
	for _, t := range s.Tows { // the heap's order cannot show
		s.due.set(dueRef{dueTow, string(t.ID)}, t.Remind)
	}
	for _, h := range s.Handovers { // the heap's order cannot show
		s.due.set(dueRef{dueHandover, string(h.ID)}, h.Remind)
	}
}

// incidentsDue goes on with what is due.
func (s *State) incidentsDue(ref dueRef, m Meta, alarms uint64, out []Event) []Event {
	switch ref.kind {
	case dueMajor:
		return s.majorDue(s.Incidents[IncidentID(ref.id)], m, alarms, out)
	case dueBolo:
		return s.boloDue(s.Bolos[BoloID(ref.id)], m, alarms, out)
	case dueHandover:
		return s.handoverDue(s.Handovers[HandoverID(ref.id)], m, alarms, out)
	}
	return out
}

func (e *IncidentsLinked) evolve(s *State, st Stamped) {
	s.addLinks(s.Incidents[e.Incident], s.Incidents[e.Other], LinkRelated, LinkRelated, e.Contact, e.Private.Text, st)
}

func (e *IncidentsUnlinked) evolve(s *State, _ Stamped) {
	for _, ends := range [][2]IncidentID{{e.Incident, e.Other}, {e.Other, e.Incident}} {
		if i := s.Incidents[ends[0]]; i != nil {
			i.Links = slices.DeleteFunc(slices.Clone(i.Links), func(l IncidentLink) bool { return l.Kind == LinkRelated && l.Incident == ends[1] })
			if len(i.Links) == 0 {
				i.Links = nil
			}
			s.touched.incident(i.ID)
		}
	}
}
