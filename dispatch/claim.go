package dispatch

import "strconv"

// Claim is a statement by a source: never an event, and never about to become
// one by itself. The statement is graded, not the person; the source is a role.
type Claim struct {
	ID          ClaimID   `json:"id"`
	Role        string    `json:"role"` // of the source, never a name
	Statement   string    `json:"statement"`
	Grade       string    `json:"grade"` // "confirmed", "likely", "single_source", "anecdotal", "denied"
	FirstHand   bool      `json:"first_hand,omitempty"`
	Contradicts []ClaimID `json:"contradicts,omitempty"`
	At          Instant   `json:"at"`
	Sealed      bool      `json:"sealed,omitempty"`
	Invented    bool      `json:"invented,omitempty"`
}

// Grades of a statement.
var Grades = []string{"confirmed", "likely", "single_source", "anecdotal", "denied"}

func (c *Claim) nextDue() Instant {
	if c.Sealed {
		return 0
	}
	return c.At.Add(ClaimSealAfter)
}

// RecordClaim writes down what somebody says.
type RecordClaim struct {
	Role        string
	Statement   string
	Grade       string
	FirstHand   bool
	Contradicts []ClaimID
	Invented    bool
}

// ClaimRecorded: a source says this. The statement is sealed under the claim's own key.
type ClaimRecorded struct {
	ID          ClaimID   `json:"id"`
	Role        string    `json:"role"`
	Grade       string    `json:"grade"`
	FirstHand   bool      `json:"first_hand,omitempty"`
	Contradicts []ClaimID `json:"contradicts,omitempty"`
	Invented    bool      `json:"invented,omitempty"`
	Private     Private   `json:"-"` // Text: the statement
}

// ClaimWasSealed: thirty days have passed; nobody reads it without a hold.
type ClaimWasSealed struct {
	Claim ClaimID `json:"claim"`
}

func (RecordClaim) CommandName() string { return "RecordClaim" }

func (*ClaimRecorded) EventName() string  { return "ClaimRecorded" }
func (*ClaimWasSealed) EventName() string { return "ClaimSealed" }

func (e *ClaimRecorded) Subject() string  { return "claim:" + string(e.ID) }
func (e *ClaimRecorded) Secret() *Private { return &e.Private }

func (c RecordClaim) decide(s *State, _ Meta, out []Event) ([]Event, *Rejection) {
	if no := checkLines("role", c.Role, "statement", c.Statement); no != nil {
		return nil, no
	}
	if !contains(Grades, c.Grade) {
		return nil, reject(ValueUnknown, "grade %q: confirmed, likely, single_source, anecdotal or denied", c.Grade).at("grade")
	}
	open := 0
	for _, other := range s.Claims { // counts: the order cannot show
		if !other.Sealed {
			open++
		}
	}
	if open >= MaxClaims {
		return nil, reject(LimitReached, "%d claims are not sealed: at most MaxClaims", open)
	}
	for _, id := range c.Contradicts {
		other := s.Claims[id]
		if other == nil {
			return nil, reject(ClaimUnknown, "claim %q is not known here", id).at("contradicts")
		}
		if other.Sealed {
			return nil, reject(ClaimIsSealed, "claim %s is sealed", id).at("contradicts")
		}
	}
	return append(out, &ClaimRecorded{ID: ClaimID("cl" + strconv.FormatUint(s.Counters.Claim+1, 10)), Role: c.Role, Grade: c.Grade,
		FirstHand: c.FirstHand, Contradicts: c.Contradicts, Invented: c.Invented, Private: Private{Text: c.Statement}}), nil
}

func (e *ClaimRecorded) evolve(s *State, st Stamped) {
	s.Counters.Claim++
	c := &Claim{ID: e.ID, Role: e.Role, Statement: e.Private.Text, Grade: e.Grade, FirstHand: e.FirstHand, Contradicts: e.Contradicts, At: st.At, Invented: e.Invented}
	s.Claims[e.ID] = c
	s.due.set(dueRef{dueClaim, string(e.ID)}, c.nextDue())
	s.touched.claim(e.ID)
}

func (e *ClaimWasSealed) evolve(s *State, _ Stamped) {
	c := s.Claims[e.Claim]
	c.Sealed, c.Statement = true, ""
	s.due.set(dueRef{dueClaim, string(e.Claim)}, 0)
	s.touched.claim(e.Claim)
}
