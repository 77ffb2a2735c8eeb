package dispatch

// A contact may be a report that somebody must not be known to have made: of
// intimidation, of fees. Its name, number, exact place and words are then shown to
// nobody in ordinary reading. A named reader looks at it by a command of its own, and
// each look is recorded.
//
// What hides it is kept apart from the contact, and outlives it in the state, since
// what was archived, or is read as of an earlier moment, is hidden too.

// Confidential says of a contact who may look at it and who has.
type Confidential struct {
	Contact      ContactID `json:"contact"`
	Readers      []string  `json:"readers"` // principals, as they stand in the journal
	At           Instant   `json:"at"`
	By           string    `json:"by"`
	Reason       string    `json:"reason,omitempty"`
	ReceiptAsked bool      `json:"receipt_asked,omitempty"` // without it nothing is sent by itself
	Looks        []Look    `json:"looks,omitempty"`         // the newest MaxLooks; the journal has all
}

// Look is one time that a reader looked.
type Look struct {
	By     string  `json:"by"`
	At     Instant `json:"at"`
	Reason string  `json:"reason,omitempty"`
}

// MarkConfidential hides a contact from everybody but the readers that it names.
type MarkConfidential struct {
	Contact      ContactID
	Readers      []string
	Reason       string
	ReceiptAsked bool
}

// ReadConfidential is one look by a named reader, for a reason.
type ReadConfidential struct {
	Contact ContactID
	Reason  string
}

// ChangeReaders names other readers. Only who may read may do so.
type ChangeReaders struct {
	Contact ContactID
	Readers []string
	Reason  string
}

// AppointReaders is ChangeReaders by a supervisor, who need not be a reader.
type AppointReaders struct {
	Contact ContactID
	Readers []string
	Reason  string
}

// ContactMadeConfidential: only these may look at it.
type ContactMadeConfidential struct {
	Contact      ContactID `json:"contact"`
	Readers      []string  `json:"readers"`
	ReceiptAsked bool      `json:"receipt_asked,omitempty"`
	Private      Private   `json:"-"` // Text: the reason
}

// ConfidentialRead: somebody looked at it.
type ConfidentialRead struct {
	Contact ContactID `json:"contact"`
	Private Private   `json:"-"` // Text: the reason
}

// ReadersChanged: from now on these may look at it.
type ReadersChanged struct {
	Contact ContactID `json:"contact"`
	Readers []string  `json:"readers"`
	Private Private   `json:"-"` // Text: the reason
}

func (MarkConfidential) CommandName() string { return "MarkConfidential" }
func (ReadConfidential) CommandName() string { return "ReadConfidential" }
func (ChangeReaders) CommandName() string    { return "ChangeReaders" }
func (AppointReaders) CommandName() string   { return "AppointReaders" }

func (*ContactMadeConfidential) EventName() string { return "ContactMadeConfidential" }
func (*ConfidentialRead) EventName() string        { return "ConfidentialRead" }
func (*ReadersChanged) EventName() string          { return "ReadersChanged" }

func (e *ContactMadeConfidential) Subject() string  { return string(e.Contact) }
func (e *ContactMadeConfidential) Secret() *Private { return &e.Private }
func (e *ConfidentialRead) Subject() string         { return string(e.Contact) }
func (e *ConfidentialRead) Secret() *Private        { return &e.Private }
func (e *ReadersChanged) Subject() string           { return string(e.Contact) }
func (e *ReadersChanged) Secret() *Private          { return &e.Private }

// MayRead reports whether a principal is a named reader.
func (c *Confidential) MayRead(who string) bool { return contains(c.Readers, who) }

func checkReaders(readers []string) *Rejection {
	if len(readers) == 0 {
		return reject(FieldMissing, "readers are needed: at least one, by name").at("readers")
	}
	if len(readers) > MaxReaders {
		return reject(LimitReached, "%d readers: at most MaxReaders", len(readers)).at("readers")
	}
	for n, who := range readers {
		if no := checkLine("readers", who); no != nil {
			return no
		}
		if contains(readers[:n], who) {
			return reject(ValueUnknown, "reader %s is named twice", who).at("readers")
		}
	}
	return nil
}

func (s *State) confidential(id ContactID) (*Confidential, *Rejection) {
	if c := s.Confidential[id]; c != nil {
		return c, nil
	}
	if s.Contacts[id] == nil {
		return nil, reject(ContactUnknown, "contact %q is not known here", id).at("contact")
	}
	return nil, reject(ContactNotConfidential, "contact %d is not confidential: it is read as any other", s.Contacts[id].Number).at("contact")
}

func (c MarkConfidential) decide(s *State, _ Meta, out []Event) ([]Event, *Rejection) {
	contact := s.Contacts[c.Contact]
	if contact == nil {
		return nil, reject(ContactUnknown, "contact %q is not known here", c.Contact).at("contact")
	}
	if s.Confidential[c.Contact] != nil {
		return nil, reject(ContactIsConfidential, "contact %d is confidential already: change its readers instead", contact.Number).at("contact")
	}
	if len(s.Confidential) >= MaxConfidential {
		return nil, reject(LimitReached, "%d contacts are confidential: at most MaxConfidential", len(s.Confidential))
	}
	if no := checkReaders(c.Readers); no != nil {
		return nil, no
	}
	if no := checkLine("reason", c.Reason); no != nil {
		return nil, no
	}
	return append(out, &ContactMadeConfidential{Contact: c.Contact, Readers: c.Readers, ReceiptAsked: c.ReceiptAsked, Private: said(c.Reason)}), nil
}

func (c ReadConfidential) decide(s *State, m Meta, out []Event) ([]Event, *Rejection) {
	conf, no := s.confidential(c.Contact)
	if no != nil {
		return nil, no
	}
	if !conf.MayRead(m.By) {
		return nil, reject(NotAReader, "%s is not among its readers: ask one of them, or a supervisor to name you", m.By).at("contact")
	}
	if no := checkLine("reason", c.Reason); no != nil {
		return nil, no
	}
	return append(out, &ConfidentialRead{Contact: c.Contact, Private: said(c.Reason)}), nil
}

func (c ChangeReaders) decide(s *State, m Meta, out []Event) ([]Event, *Rejection) {
	conf, no := s.confidential(c.Contact)
	if no != nil {
		return nil, no
	}
	if !conf.MayRead(m.By) {
		return nil, reject(NotAReader, "%s is not among its readers: one of them, or a supervisor, names others", m.By).at("contact")
	}
	return AppointReaders(c).decide(s, m, out)
}

func (c AppointReaders) decide(s *State, _ Meta, out []Event) ([]Event, *Rejection) {
	if _, no := s.confidential(c.Contact); no != nil {
		return nil, no
	}
	if no := checkReaders(c.Readers); no != nil {
		return nil, no
	}
	if no := checkLine("reason", c.Reason); no != nil {
		return nil, no
	}
	return append(out, &ReadersChanged{Contact: c.Contact, Readers: c.Readers, Private: said(c.Reason)}), nil
}

// spokenChannels are the channels that a person speaks on; the others go out by themselves.
var spokenChannels = []string{"on_call", "phone", "radio", "in_person"}

// ChannelNone is of a promise that the caller is not told by itself.
const ChannelNone = "none"

// toldBy is the channel by which a contact learns of a promise: without a receipt that
// was asked for, nothing goes out by itself about a confidential report.
func (s *State) toldBy(c *Contact, channel string) string {
	if conf := s.Confidential[c.ID]; conf != nil && !conf.ReceiptAsked && !contains(spokenChannels, channel) {
		return ChannelNone
	}
	return channel
}

func (e *ContactMadeConfidential) evolve(s *State, st Stamped) {
	s.Confidential[e.Contact] = &Confidential{Contact: e.Contact, Readers: e.Readers, At: st.At, By: st.By, Reason: e.Private.Text, ReceiptAsked: e.ReceiptAsked}
	s.confidentialMoves(e.Contact)
}

func (e *ConfidentialRead) evolve(s *State, st Stamped) {
	c := s.Confidential[e.Contact]
	looks := append(c.Looks[:len(c.Looks):len(c.Looks)], Look{By: st.By, At: st.At, Reason: e.Private.Text})
	c.Looks = looks[max(0, len(looks)-MaxLooks):]
	s.confidentialMoves(e.Contact)
}

func (e *ReadersChanged) evolve(s *State, _ Stamped) {
	s.Confidential[e.Contact].Readers = e.Readers
	s.confidentialMoves(e.Contact)
}

// confidentialMoves shows a contact, its incident and its promises anew, as they may be
// shown now.
func (s *State) confidentialMoves(id ContactID) {
	c := s.Contacts[id]
	if c == nil { // in the archive
		return
	}
	s.touched.contact(id)
	s.touched.incident(c.Incident)
	for _, p := range c.Promises {
		s.touched.promise(p)
	}
}
