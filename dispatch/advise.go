package dispatch

import "slices"

// Protocol is what a medical or other protocol lets one tell a caller. Without one that
// allows it nobody is told to move (Seattle, 20 June 2020: bystanders carried a patient
// to places that they had been told, and those differed).
type Protocol struct {
	ID       string   `json:"id"`
	Title    string   `json:"title"`
	Author   string   `json:"author"`
	Version  string   `json:"version"`
	Types    []string `json:"types,omitempty"` // call types that it is for; none: all
	Movement bool     `json:"movement,omitempty"`
	Words    string   `json:"words"` // to read aloud; {gate} and {rendezvous} are put in
	Invented bool     `json:"invented,omitempty"`
}

// Advised is what a caller was told to do, and by which protocol.
type Advised struct {
	At       Instant `json:"at"`
	By       string  `json:"by"`
	Protocol string  `json:"protocol"`
	Title    string  `json:"title"`
	Author   string  `json:"author"`
	Version  string  `json:"version"`
	Movement bool    `json:"movement,omitempty"`
	Gate     GateID  `json:"gate,omitempty"`
	Words    string  `json:"words"` // sealed with the contact
}

// AdviseCaller writes down what a caller was told to do while nobody can come in.
type AdviseCaller struct {
	Contact  ContactID
	Protocol string
	Movement bool   // they are told to move, to the incident's gate
	Words    string // as said
}

// CallerAdvised: a caller was told this.
type CallerAdvised struct {
	Contact ContactID `json:"contact"`
	Advice  Advised   `json:"advice"` // without its words
	Private Private   `json:"-"`      // Text: the words
}

func (AdviseCaller) CommandName() string   { return "AdviseCaller" }
func (*CallerAdvised) EventName() string   { return "CallerAdvised" }
func (e *CallerAdvised) Subject() string   { return string(e.Contact) }
func (e *CallerAdvised) Secret() *Private  { return &e.Private }
func (p *Protocol) isFor(kind string) bool { return len(p.Types) == 0 || contains(p.Types, kind) }

func checkProtocols(g Config) *Rejection {
	if len(g.Protocols) > MaxProtocols {
		return reject(LimitReached, "%d protocols: at most MaxProtocols", len(g.Protocols)).at("protocols")
	}
	for n := range g.Protocols {
		p := &g.Protocols[n]
		if no := checkLines("protocols", p.ID, "protocols", p.Title, "protocols", p.Author, "protocols", p.Version, "protocols", p.Words); no != nil {
			return reject(ConfigInvalid, "protocol %q has an id, a title, an author, a version and words: %s", p.ID, no.Text).at("protocols")
		}
		if slices.ContainsFunc(g.Protocols[:n], func(o Protocol) bool { return o.ID == p.ID }) {
			return reject(ConfigInvalid, "protocol %q is listed twice", p.ID).at("protocols")
		}
	}
	return nil
}

// Protocols lists those that are for an incident's type.
func (s *State) Protocols(i *Incident) []Protocol {
	var found []Protocol
	for _, p := range s.Config.Protocols {
		if p.isFor(i.Type) {
			found = append(found, p)
		}
	}
	return found
}

func (c AdviseCaller) decide(s *State, m Meta, out []Event) ([]Event, *Rejection) {
	contact, no := s.openContact(c.Contact)
	if no != nil {
		return nil, no
	}
	n := slices.IndexFunc(s.Config.Protocols, func(p Protocol) bool { return p.ID == c.Protocol })
	if n < 0 {
		return nil, reject(ProtocolUnknown, "protocol %q is not in the agency's list", c.Protocol).at("protocol")
	}
	p, i := &s.Config.Protocols[n], s.Incidents[contact.Incident]
	if no := checkLine("words", c.Words); no != nil {
		return nil, no
	}
	if c.Movement && (!p.Movement || !p.isFor(i.Type)) {
		return nil, reject(MovementNotAllowed, "protocol %s (%s, version %s) does not allow to tell a caller to move for a call of type %q", p.ID, p.Author, p.Version, i.Type).at("movement")
	}
	if len(contact.Advised) >= MaxAdvice {
		return nil, reject(LimitReached, "contact %d was advised %d times: at most MaxAdvice", contact.Number, len(contact.Advised))
	}
	a := Advised{At: m.At, By: m.By, Protocol: p.ID, Title: p.Title, Author: p.Author, Version: p.Version, Movement: c.Movement}
	if i.Entry != nil {
		a.Gate = i.Entry.Gate
	}
	return append(out, &CallerAdvised{Contact: c.Contact, Advice: a, Private: said(c.Words)}), nil
}

func (e *CallerAdvised) evolve(s *State, _ Stamped) {
	c := s.Contacts[e.Contact]
	a := e.Advice
	a.Words = e.Private.Text
	c.Advised = append(c.Advised, a)
	s.touched.contact(c.ID)
	s.touched.incident(c.Incident)
}
