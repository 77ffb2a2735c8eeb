package dispatch

import "cmp"

// Liaison is somebody to talk to, by role, with consent and an expiry.
type Liaison struct {
	ID        LiaisonID `json:"id"`
	Role      string    `json:"role"`
	Channel   string    `json:"channel"`
	Zone      ZoneID    `json:"zone,omitempty"` // that it is about, if any
	Note      string    `json:"note,omitempty"`
	Consent   bool      `json:"consent"`
	ExpiresAt Instant   `json:"expires_at"`
	Attempts  []Attempt `json:"attempts,omitempty"` // to reach them, the newest last
	Tries     int       `json:"tries,omitempty"`    // all of them: the oldest are in the journal only
	Invented  bool      `json:"invented,omitempty"`
}

// Attempt is one try to reach somebody.
type Attempt struct {
	At      Instant `json:"at"`
	By      string  `json:"by"`
	Channel string  `json:"channel"`
	Result  string  `json:"result"` // one of AttemptResults
	Note    string  `json:"note,omitempty"`
}

// AttemptResults are what comes of a try to reach somebody.
var AttemptResults = []string{"reached", "no_answer", "message_left", "refused", "channel_dead"}

// RecordLiaison writes down whom one can talk to; that person agreed to it, or, for one
// that is here already, agrees to it for longer.
type RecordLiaison struct {
	Renews    LiaisonID // "": a new entry; else its role, channel, zone and note stay where they are empty
	Role      string
	Channel   string
	Zone      ZoneID
	Note      string
	Consent   bool
	ExpiresAt Instant
	Invented  bool
}

// TryLiaison writes down a try to reach them, and what came of it.
type TryLiaison struct {
	Liaison LiaisonID
	Channel string // the recorded one when empty
	Result  string
	Note    string
}

// EndLiaison takes the entry away: they take their consent back, or it is of no use.
type EndLiaison struct {
	Liaison LiaisonID
	Reason  string
}

// LiaisonRecorded: one can talk to this role, or for longer than before. How, and what there is to say of it, is
// sealed under its own key.
type LiaisonRecorded struct {
	Liaison Liaison `json:"liaison"` // without its channel and note
	Private Private `json:"-"`       // Number: the channel; Text: the note
}

// LiaisonTried: somebody tried to reach them.
type LiaisonTried struct {
	Liaison LiaisonID `json:"liaison"`
	Attempt Attempt   `json:"attempt"` // without its channel and note
	Private Private   `json:"-"`       // Number: the channel; Text: the note
}

// LiaisonExpired: the consent ran out, or was taken back; the entry is gone.
type LiaisonExpired struct {
	Liaison LiaisonID `json:"liaison"`
	Reason  string    `json:"reason,omitempty"` // "": its time was over
}

func (RecordLiaison) CommandName() string { return "RecordLiaison" }
func (TryLiaison) CommandName() string    { return "TryLiaison" }
func (EndLiaison) CommandName() string    { return "EndLiaison" }

func (*LiaisonRecorded) EventName() string { return "LiaisonRecorded" }
func (*LiaisonTried) EventName() string    { return "LiaisonTried" }
func (*LiaisonExpired) EventName() string  { return "LiaisonExpired" }

// Subject names the key that how to reach them is sealed under.
func (e *LiaisonRecorded) Subject() string  { return "liaison:" + string(e.Liaison.ID) }
func (e *LiaisonRecorded) Secret() *Private { return &e.Private }

// Subject names the key that what was said is sealed under.
func (e *LiaisonTried) Subject() string  { return "liaison:" + string(e.Liaison) }
func (e *LiaisonTried) Secret() *Private { return &e.Private }

func (c RecordLiaison) decide(s *State, m Meta, out []Event) ([]Event, *Rejection) {
	id := LiaisonID(numbered("l", s.Counters.Liaison+1))
	if c.Renews != "" {
		was, no := s.liaison(c.Renews)
		if no != nil {
			return nil, no
		}
		id, c.Invented = was.ID, was.Invented
		c.Role, c.Channel, c.Note = cmp.Or(c.Role, was.Role), cmp.Or(c.Channel, was.Channel), cmp.Or(c.Note, was.Note)
		if z := s.Zones[was.Zone]; c.Zone == "" && z != nil && z.EndedAt == 0 {
			c.Zone = was.Zone
		}
	}
	if no := checkLines("role", c.Role, "channel", c.Channel); no != nil {
		return nil, no
	}
	if no := checkText("note", c.Note, MaxLineBytes, false); no != nil {
		return nil, no
	}
	if !c.Consent {
		return nil, reject(ConsentMissing, "an entry for a liaison needs that person's consent").at("consent")
	}
	if c.ExpiresAt <= m.At || c.ExpiresAt.Since(m.At) > 90*Day {
		return nil, reject(TimeInvalid, "the entry expires within 90 days").at("expires_at")
	}
	if z := s.Zones[c.Zone]; c.Zone != "" && (z == nil || z.EndedAt != 0) {
		return nil, reject(ZoneUnknown, "zone %q is not in force", c.Zone).at("zone")
	}
	if c.Renews == "" && len(s.Liaisons) >= MaxLiaisons {
		return nil, reject(LimitReached, "%d liaisons: at most MaxLiaisons", len(s.Liaisons))
	}
	return append(out, &LiaisonRecorded{Liaison: Liaison{ID: id, Role: c.Role, Zone: c.Zone,
		Consent: true, ExpiresAt: c.ExpiresAt, Invented: c.Invented}, Private: Private{Number: c.Channel, Text: c.Note}}), nil
}

func (s *State) liaison(id LiaisonID) (*Liaison, *Rejection) {
	l := s.Liaisons[id]
	if l == nil {
		return nil, reject(LiaisonUnknown, "liaison %q is not known here, or the consent has run out", id).at("liaison")
	}
	return l, nil
}

func (c TryLiaison) decide(s *State, m Meta, out []Event) ([]Event, *Rejection) {
	l, no := s.liaison(c.Liaison)
	if no != nil {
		return nil, no
	}
	if !contains(AttemptResults, c.Result) {
		return nil, reject(ValueUnknown, "result %q: reached, no_answer, message_left, refused or channel_dead", c.Result).at("result")
	}
	if c.Channel == "" {
		c.Channel = l.Channel
	}
	if no := checkLine("channel", c.Channel); no != nil {
		return nil, no
	}
	if no := checkText("note", c.Note, MaxLineBytes, false); no != nil {
		return nil, no
	}
	return append(out, &LiaisonTried{Liaison: c.Liaison, Attempt: Attempt{At: m.At, By: m.By, Result: c.Result}, Private: Private{Number: c.Channel, Text: c.Note}}), nil
}

func (c EndLiaison) decide(s *State, _ Meta, out []Event) ([]Event, *Rejection) {
	if _, no := s.liaison(c.Liaison); no != nil {
		return nil, no
	}
	if no := checkLine("reason", c.Reason); no != nil {
		return nil, no
	}
	return append(out, &LiaisonExpired{Liaison: c.Liaison, Reason: c.Reason}), nil
}

func (e *LiaisonRecorded) evolve(s *State, _ Stamped) {
	l := e.Liaison
	if was := s.Liaisons[l.ID]; was != nil {
		l.Attempts, l.Tries = was.Attempts, was.Tries
	} else {
		s.Counters.Liaison++
	}
	l.Channel, l.Note = e.Private.Number, e.Private.Text
	s.Liaisons[l.ID] = &l
	s.due.set(dueRef{dueLiaison, string(l.ID)}, l.ExpiresAt)
	s.touched.liaison(l.ID)
}

func (e *LiaisonTried) evolve(s *State, _ Stamped) {
	l := s.Liaisons[e.Liaison]
	a := e.Attempt
	a.Channel, a.Note = e.Private.Number, e.Private.Text
	l.Tries++
	l.Attempts = append(l.Attempts, a)
	if len(l.Attempts) > MaxAttempts {
		l.Attempts = append([]Attempt(nil), l.Attempts[len(l.Attempts)-MaxAttempts:]...)
	}
	s.touched.liaison(l.ID)
}

func (e *LiaisonExpired) evolve(s *State, _ Stamped) {
	delete(s.Liaisons, e.Liaison)
	s.due.set(dueRef{dueLiaison, string(e.Liaison)}, 0)
	s.touched.liaison(e.Liaison)
}
