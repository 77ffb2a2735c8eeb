package dispatch

import "strings"

// AddNote adds to an incident's narrative. A closed incident takes notes too.
type AddNote struct {
	Incident IncidentID
	Text     string
}

// StrikeNote marks a note as wrong; it stays readable.
type StrikeNote struct {
	Incident IncidentID
	Note     NoteID
	Reason   string
}

// NoteAdded: somebody wrote this. The text is sealed with the leading contact.
type NoteAdded struct {
	ID       NoteID     `json:"id"`
	Incident IncidentID `json:"incident"`
	Contact  ContactID  `json:"contact"`
	Private  Private    `json:"-"`
}

// NoteWasStruck: somebody said that it is wrong.
type NoteWasStruck struct {
	Incident IncidentID `json:"incident"`
	Note     NoteID     `json:"note"`
	Contact  ContactID  `json:"contact"`
	Private  Private    `json:"-"` // Text: why
}

func (AddNote) CommandName() string    { return "AddNote" }
func (StrikeNote) CommandName() string { return "StrikeNote" }

func (*NoteAdded) EventName() string     { return "NoteAdded" }
func (*NoteWasStruck) EventName() string { return "NoteStruck" }

func (e *NoteAdded) Subject() string      { return string(e.Contact) }
func (e *NoteAdded) Secret() *Private     { return &e.Private }
func (e *NoteWasStruck) Subject() string  { return string(e.Contact) }
func (e *NoteWasStruck) Secret() *Private { return &e.Private }

func (c AddNote) decide(s *State, _ Meta, out []Event) ([]Event, *Rejection) {
	i := s.Incidents[c.Incident]
	if i == nil {
		return nil, reject(IncidentUnknown, "incident %q is not known here", c.Incident).at("incident")
	}
	if len(i.Contacts) == 0 || i.MergedInto() != "" {
		return nil, reject(IncidentUnknown, "incident %d was joined into another: write it there", i.Number).at("incident")
	}
	if len(i.Notes) >= MaxNotes {
		return nil, reject(LimitReached, "incident %d has %d notes: at most MaxNotes", i.Number, len(i.Notes))
	}
	if strings.TrimSpace(c.Text) == "" {
		return nil, reject(FieldMissing, "text is needed").at("text")
	}
	if no := checkText("text", c.Text, MaxTextBytes, true); no != nil {
		return nil, no
	}
	return append(out, &NoteAdded{ID: NoteID(numbered("n", s.Counters.Note+1)), Incident: i.ID, Contact: s.lead(i), Private: Private{Text: c.Text}}), nil
}

func (c StrikeNote) decide(s *State, _ Meta, out []Event) ([]Event, *Rejection) {
	i := s.Incidents[c.Incident]
	if i == nil {
		return nil, reject(IncidentUnknown, "incident %q is not known here", c.Incident).at("incident")
	}
	for k := range i.Notes {
		if i.Notes[k].ID != c.Note {
			continue
		}
		if i.Notes[k].StruckAt != 0 {
			return nil, reject(NoteIsStruck, "note %s was struck by %s", c.Note, i.Notes[k].StruckBy).at("note")
		}
		if no := checkLine("reason", c.Reason); no != nil {
			return nil, no
		}
		return append(out, &NoteWasStruck{Incident: i.ID, Note: c.Note, Contact: s.lead(i), Private: Private{Text: c.Reason}}), nil
	}
	return nil, reject(NoteUnknown, "note %q is not on incident %d", c.Note, i.Number).at("note")
}

func (e *NoteAdded) evolve(s *State, st Stamped) {
	s.Counters.Note++
	i := s.Incidents[e.Incident]
	i.Notes = append(i.Notes, Note{ID: e.ID, At: st.At, By: st.By, Text: e.Private.Text, Contact: e.Contact})
	s.touched.incident(e.Incident)
}

func (e *NoteWasStruck) evolve(s *State, st Stamped) {
	i := s.Incidents[e.Incident]
	for k := range i.Notes {
		if n := &i.Notes[k]; n.ID == e.Note {
			n.StruckAt, n.StruckBy, n.Why = st.At, st.By, e.Private.Text
		}
	}
	s.touched.incident(e.Incident)
}
