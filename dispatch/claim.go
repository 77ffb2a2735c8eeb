package dispatch

// Claim is a statement by a source: never an event, and never about to become
// one by itself. The statement is graded, not the person; the source is a role.
type Claim struct {
	ID             ClaimID       `json:"id"`
	Role           string        `json:"role"` // of the source, never a name
	Kind           SourceKind    `json:"kind"`
	Statement      string        `json:"statement"`
	Grade          string        `json:"grade"`      // one of Grades, as it is now
	Grades         []GradeChange `json:"grades"`     // append-only; the first is the initial one
	FirstHand      bool          `json:"first_hand"` // else relayed
	Corroborates   []ClaimID     `json:"corroborates,omitempty"`
	Contradicts    []ClaimID     `json:"contradicts,omitempty"`
	CorroboratedBy []ClaimID     `json:"corroborated_by,omitempty"` // later claims that name this one
	ContradictedBy []ClaimID     `json:"contradicted_by,omitempty"`
	Became         []string      `json:"became,omitempty"` // what somebody made of it in their own name, as "kind:id": "access:x3"
	Hold           *LegalHold    `json:"hold,omitempty"`
	At             Instant       `json:"at"`
	SealedAt       Instant       `json:"sealed_at,omitempty"`
	Invented       bool          `json:"invented,omitempty"`
}

// Grades of a statement, the best first.
var Grades = []string{"confirmed", "likely", "single_source", "anecdotal", "denied"}

// gradeDenied is of a statement that is held to be untrue.
const gradeDenied = "denied"

// SourceKind says from what kind of source a statement came.
type SourceKind string

// SourceKinds are all kinds of source.
var SourceKinds = []SourceKind{"official", "responder", "resident", "business", "spokesperson", "media", "anonymous", "sensor"}

// Sealed reports whether nobody reads the statement any more.
func (c *Claim) Sealed() bool { return c.SealedAt != 0 }

// Disputed reports whether another claim says otherwise, whichever came first.
func (c *Claim) Disputed() bool { return len(c.Contradicts)+len(c.ContradictedBy) > 0 }

// Seal takes out what was said: the statement and all free text about it.
func (c *Claim) Seal(at Instant) {
	c.SealedAt, c.Statement, c.Hold = at, "", nil
	grades := make([]GradeChange, len(c.Grades)) // the old one may have been shown to a reader
	for n, g := range c.Grades {
		g.Why = ""
		grades[n] = g
	}
	c.Grades = grades
}

// RecordClaim writes down what somebody says.
type RecordClaim struct {
	Role         string
	Kind         SourceKind
	Statement    string
	Grade        string
	FirstHand    bool
	Corroborates []ClaimID
	Contradicts  []ClaimID
	Invented     bool
}

// ClaimRecorded: a source says this. The statement is sealed under the claim's own key.
type ClaimRecorded struct {
	ID           ClaimID    `json:"id"`
	Role         string     `json:"role"`
	Kind         SourceKind `json:"kind"`
	Grade        string     `json:"grade"`
	FirstHand    bool       `json:"first_hand,omitempty"`
	Corroborates []ClaimID  `json:"corroborates,omitempty"`
	Contradicts  []ClaimID  `json:"contradicts,omitempty"`
	Invented     bool       `json:"invented,omitempty"`
	Private      Private    `json:"-"` // Text: the statement
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
	if !contains(SourceKinds, c.Kind) {
		return nil, reject(ValueUnknown, "source kind %q: official, responder, resident, business, spokesperson, media, anonymous or sensor", c.Kind).at("kind")
	}
	if no := checkGrade(c.Grade); no != nil {
		return nil, no
	}
	open := 0
	for _, other := range s.Claims { // counts: the order cannot show
		if !other.Sealed() {
			open++
		}
	}
	if open >= MaxClaims {
		return nil, reject(LimitReached, "%d claims are not sealed: at most MaxClaims", open)
	}
	if no := s.checkLinks("corroborates", c.Corroborates, nil); no != nil {
		return nil, no
	}
	if no := s.checkLinks("contradicts", c.Contradicts, c.Corroborates); no != nil {
		return nil, no
	}
	recorded := &ClaimRecorded{ID: ClaimID(numbered("cl", s.Counters.Claim+1)), Role: c.Role, Kind: c.Kind, Grade: c.Grade, FirstHand: c.FirstHand,
		Corroborates: c.Corroborates, Contradicts: c.Contradicts, Invented: c.Invented, Private: Private{Text: c.Statement}}
	out = append(out, recorded)
	alarms := uint64(0)
	for _, id := range c.Contradicts {
		out = s.question(id, "claim "+string(recorded.ID)+" contradicts claim "+string(id), &alarms, out)
	}
	return out, nil
}

func checkGrade(grade string) *Rejection {
	if !contains(Grades, grade) {
		return reject(ValueUnknown, "grade %q: confirmed, likely, single_source, anecdotal or denied", grade).at("grade")
	}
	return nil
}

// checkLinks holds the claims that a new one names: each known, readable, named once,
// and not beside its own opposite.
func (s *State) checkLinks(field string, ids, opposite []ClaimID) *Rejection {
	for n, id := range ids {
		other, no := s.openClaim(id)
		if no != nil {
			return no.at(field)
		}
		if contains(ids[:n], id) || contains(opposite, id) {
			return reject(ValueUnknown, "claim %s is named twice", id).at(field)
		}
		if n >= MaxClaimLinks || len(other.CorroboratedBy)+len(other.ContradictedBy) >= MaxClaimLinks {
			return reject(LimitReached, "a claim names, and is named by, at most MaxClaimLinks others").at(field)
		}
	}
	return nil
}

// openClaim finds a claim that can be read.
func (s *State) openClaim(id ClaimID) (*Claim, *Rejection) {
	c := s.Claims[id]
	if c == nil {
		return nil, reject(ClaimUnknown, "claim %q is not known here", id).at("claim")
	}
	if c.Sealed() {
		return nil, reject(ClaimIsSealed, "claim %s is sealed", id).at("claim")
	}
	return c, nil
}

// claimToCite answers why nothing may rest on a claim; nil where none is named or it
// may. What rests on one says so with claimBecame.
func (s *State) claimToCite(id ClaimID) *Rejection {
	if id == "" {
		return nil
	}
	c, no := s.openClaim(id)
	if no == nil && len(c.Became) >= MaxBecame {
		no = reject(LimitReached, "%d things rest on claim %s: at most MaxBecame", len(c.Became), id).at("claim")
	}
	return no
}

// claimBecame notes on a claim what somebody made of it: "access:x3".
func (s *State) claimBecame(id ClaimID, what string) {
	if c := s.Claims[id]; c != nil {
		c.Became = append(c.Became[:len(c.Became):len(c.Became)], what)
		s.touched.claim(id)
	}
}

func (e *ClaimRecorded) evolve(s *State, st Stamped) {
	s.Counters.Claim++
	c := &Claim{ID: e.ID, Role: e.Role, Kind: e.Kind, Statement: e.Private.Text, Grade: e.Grade, FirstHand: e.FirstHand, Corroborates: e.Corroborates,
		Contradicts: e.Contradicts, At: st.At, Invented: e.Invented, Grades: []GradeChange{{Grade: e.Grade, At: st.At, By: st.By}}}
	s.Claims[e.ID] = c
	for _, id := range e.Corroborates {
		other := s.Claims[id]
		other.CorroboratedBy = append(other.CorroboratedBy[:len(other.CorroboratedBy):len(other.CorroboratedBy)], e.ID)
		s.touched.claim(id)
	}
	for _, id := range e.Contradicts {
		other := s.Claims[id]
		other.ContradictedBy = append(other.ContradictedBy[:len(other.ContradictedBy):len(other.ContradictedBy)], e.ID)
		s.touched.claim(id)
	}
	s.claimMoves(c)
}

func (e *ClaimWasSealed) evolve(s *State, st Stamped) {
	c := s.Claims[e.Claim]
	c.Seal(st.At)
	s.claimMoves(c)
}
