package dispatch

// GradeChange is one entry of a claim's grade history.
type GradeChange struct {
	Grade string  `json:"grade"`
	At    Instant `json:"at"`
	By    string  `json:"by"`
	Why   string  `json:"why,omitempty"`
}

// LegalHold keeps a claim from being sealed.
type LegalHold struct {
	Authority string  `json:"authority"`
	Reason    string  `json:"reason"`
	At        Instant `json:"at"`
	By        string  `json:"by"`
}

// GradeClaim grades a statement anew. The former grade stays in its history.
type GradeClaim struct {
	Claim ClaimID
	Grade string
	Why   string
}

// HoldClaim keeps a claim from being sealed for as long as the hold lasts.
type HoldClaim struct {
	Claim     ClaimID
	Authority string
	Reason    string
}

// ReleaseClaim ends the hold. A claim whose time is over is sealed at once.
type ReleaseClaim struct {
	Claim  ClaimID
	Reason string
}

// ClaimGraded: the statement has this grade now.
type ClaimGraded struct {
	Claim   ClaimID `json:"claim"`
	Grade   string  `json:"grade"`
	Private Private `json:"-"` // Text: why
}

// ClaimHeld: it is not sealed while this lasts.
type ClaimHeld struct {
	Claim     ClaimID `json:"claim"`
	Authority string  `json:"authority"`
	Private   Private `json:"-"` // Text: the reason
}

// ClaimReleased: it is sealed when its time comes.
type ClaimReleased struct {
	Claim   ClaimID `json:"claim"`
	Private Private `json:"-"` // Text: the reason
}

// ClaimArchived: it has been sealed for ClaimArchiveAfter and no bulletin in force
// cites it, so it leaves the state. The journal keeps its history.
type ClaimArchived struct {
	Claim ClaimID `json:"claim"`
}

func (GradeClaim) CommandName() string   { return "GradeClaim" }
func (HoldClaim) CommandName() string    { return "HoldClaim" }
func (ReleaseClaim) CommandName() string { return "ReleaseClaim" }

func (*ClaimGraded) EventName() string   { return "ClaimGraded" }
func (*ClaimHeld) EventName() string     { return "ClaimHeld" }
func (*ClaimReleased) EventName() string { return "ClaimReleased" }
func (*ClaimArchived) EventName() string { return "ClaimArchived" }

func (e *ClaimGraded) Subject() string    { return claimKey(e.Claim) }
func (e *ClaimGraded) Secret() *Private   { return &e.Private }
func (e *ClaimHeld) Subject() string      { return claimKey(e.Claim) }
func (e *ClaimHeld) Secret() *Private     { return &e.Private }
func (e *ClaimReleased) Subject() string  { return claimKey(e.Claim) }
func (e *ClaimReleased) Secret() *Private { return &e.Private }

// claimKey names the key that a claim's words are sealed under.
func claimKey(id ClaimID) string { return "claim:" + string(id) }

// claimDue is when something happens to a claim by itself: it is sealed
// ClaimSealAfter it was recorded, unless it is on hold, and leaves the state
// ClaimArchiveAfter that, unless a bulletin in force cites it.
func (s *State) claimDue(c *Claim) Instant {
	switch {
	case c.Hold != nil || (c.Sealed() && s.cited(c)):
		return 0
	case c.Sealed():
		return c.SealedAt.Add(ClaimArchiveAfter)
	}
	return c.At.Add(ClaimSealAfter)
}

// claimMoves keeps a claim's due time after it changed.
func (s *State) claimMoves(c *Claim) {
	s.due.set(dueRef{dueClaim, string(c.ID)}, s.claimDue(c))
	s.touched.claim(c.ID)
}

// claimIsDue seals a claim, or lets one that is sealed leave the state.
func (s *State) claimIsDue(c *Claim, alarms uint64, out []Event) []Event {
	if c.Sealed() {
		return append(out, &ClaimArchived{Claim: c.ID})
	}
	return s.seal(c, alarms, out)
}

func (s *State) seal(c *Claim, alarms uint64, out []Event) []Event {
	return s.question(c.ID, "claim "+string(c.ID)+" is sealed", &alarms, append(out, &ClaimWasSealed{Claim: c.ID}))
}

func (c GradeClaim) decide(s *State, _ Meta, out []Event) ([]Event, *Rejection) {
	claim, no := s.openClaim(c.Claim)
	if no != nil {
		return nil, no
	}
	if no := checkGrade(c.Grade); no != nil {
		return nil, no
	}
	if no := checkLine("why", c.Why); no != nil {
		return nil, no
	}
	if len(claim.Grades) >= MaxGrades {
		return nil, reject(LimitReached, "claim %s was graded %d times: at most MaxGrades", c.Claim, len(claim.Grades))
	}
	out = append(out, &ClaimGraded{Claim: c.Claim, Grade: c.Grade, Private: said(c.Why)})
	if gradeRank(c.Grade) > gradeRank(claim.Grade) {
		alarms := uint64(0)
		why := "claim " + string(c.Claim) + " is " + c.Grade + ", was " + claim.Grade
		out = s.question(c.Claim, why, &alarms, out)
		if c.Grade == gradeDenied { // nor does it speak for others any more
			for _, others := range [][]ClaimID{claim.Corroborates, claim.CorroboratedBy} {
				for _, id := range others {
					out = s.question(id, why+", and spoke for claim "+string(id), &alarms, out)
				}
			}
		}
	}
	return out, nil
}

// gradeRank is a grade's place in Grades: the higher, the worse.
func gradeRank(grade string) int {
	for n, g := range Grades {
		if g == grade {
			return n
		}
	}
	return len(Grades)
}

func (c HoldClaim) decide(s *State, _ Meta, out []Event) ([]Event, *Rejection) {
	claim, no := s.openClaim(c.Claim)
	if no != nil {
		return nil, no
	}
	if no := checkLines("authority", c.Authority, "reason", c.Reason); no != nil {
		return nil, no
	}
	if claim.Hold != nil {
		return nil, reject(ClaimOnHold, "claim %s is on hold already, by %s", c.Claim, claim.Hold.Authority).at("claim")
	}
	return append(out, &ClaimHeld{Claim: c.Claim, Authority: c.Authority, Private: said(c.Reason)}), nil
}

func (c ReleaseClaim) decide(s *State, m Meta, out []Event) ([]Event, *Rejection) {
	claim, no := s.openClaim(c.Claim)
	if no != nil {
		return nil, no
	}
	if claim.Hold == nil {
		return nil, reject(ClaimNotOnHold, "claim %s is not on hold", c.Claim).at("claim")
	}
	if no := checkLine("reason", c.Reason); no != nil {
		return nil, no
	}
	out = append(out, &ClaimReleased{Claim: c.Claim, Private: said(c.Reason)})
	if claim.At.Add(ClaimSealAfter) <= m.At {
		out = s.seal(claim, 0, out)
	}
	return out, nil
}

func (e *ClaimGraded) evolve(s *State, st Stamped) {
	c := s.Claims[e.Claim]
	c.Grade = e.Grade
	c.Grades = append(c.Grades[:len(c.Grades):len(c.Grades)], GradeChange{Grade: e.Grade, At: st.At, By: st.By, Why: e.Private.Text})
	s.touched.claim(e.Claim)
}

func (e *ClaimHeld) evolve(s *State, st Stamped) {
	c := s.Claims[e.Claim]
	c.Hold = &LegalHold{Authority: e.Authority, Reason: e.Private.Text, At: st.At, By: st.By}
	s.claimMoves(c)
}

func (e *ClaimReleased) evolve(s *State, _ Stamped) {
	c := s.Claims[e.Claim]
	c.Hold = nil
	s.claimMoves(c)
}

func (e *ClaimArchived) evolve(s *State, _ Stamped) {
	delete(s.Claims, e.Claim)
	s.due.set(dueRef{dueClaim, string(e.Claim)}, 0)
	s.touched.claim(e.Claim)
}
