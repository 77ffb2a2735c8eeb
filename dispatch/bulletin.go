package dispatch

import "strings"

// Bulletin is what a room tells many people at once. It rests on claims, or, citing
// none, on the room's own word. The public reads it after PublicDelay, or at once
// where a supervisor has released it.
type Bulletin struct {
	ID          BulletinID `json:"id"`
	Text        string     `json:"text"`
	Claims      []ClaimID  `json:"claims,omitempty"` // empty: the room's own word
	Service     Service    `json:"service,omitempty"`
	Beats       []string   `json:"beats,omitempty"` // empty: everywhere
	Desk        DeskID     `json:"desk"`            // its author: asked to correct or withdraw it
	Override    *Override  `json:"override,omitempty"`
	Operational bool       `json:"operational,omitempty"` // it named a gate, a rendezvous, a unit or a reserve when it was issued
	IssuedAt    Instant    `json:"issued_at"`
	By          string     `json:"by"`
	ReleasedAt  Instant    `json:"released_at,omitempty"`
	ReleasedBy  string     `json:"released_by,omitempty"`
	Questions   []Question `json:"questions,omitempty"` // what has happened to its claims since
	WithdrawnAt Instant    `json:"withdrawn_at,omitempty"`
	WithdrawnBy string     `json:"withdrawn_by,omitempty"`
	Reason      string     `json:"reason,omitempty"` // why it was withdrawn
}

// Override is who answers for a bulletin that its claims do not carry, and why.
type Override struct {
	By  string `json:"by"`
	Why string `json:"why"`
}

// Question is one thing that puts a bulletin in question.
type Question struct {
	Claim ClaimID `json:"claim"`
	Why   string  `json:"why"`
	At    Instant `json:"at"`
}

// InForce reports whether it was not withdrawn.
func (b *Bulletin) InForce() bool { return b.WithdrawnAt == 0 }

// PublicAt is when the public may read it, if it names nothing operational; 0: not, since one of its claims came into
// question before that, or it named something operational when it was issued.
func (b *Bulletin) PublicAt() Instant {
	at := b.IssuedAt.Add(PublicDelay)
	if b.ReleasedAt != 0 {
		at = min(at, b.ReleasedAt)
	}
	if b.Operational || len(b.Questions) > 0 && b.Questions[0].At < at {
		return 0
	}
	return at
}

// IssueBulletin tells many people something. One that rests on a single source, or on
// a claim that is denied or contradicted, needs an Override by name.
type IssueBulletin struct {
	Text     string
	Claims   []ClaimID
	Service  Service
	Beats    []string
	Override *Override
}

// ReleaseBulletin lets the public read it at once. It is a supervisor's, by name.
type ReleaseBulletin struct {
	Bulletin BulletinID
}

// WithdrawBulletin takes it back.
type WithdrawBulletin struct {
	Bulletin BulletinID
	Reason   string
}

// BulletinIssued: the room says this. The text is sealed under the bulletin's own key.
type BulletinIssued struct {
	ID          BulletinID `json:"id"`
	Claims      []ClaimID  `json:"claims,omitempty"`
	Service     Service    `json:"service,omitempty"`
	Beats       []string   `json:"beats,omitempty"`
	Desk        DeskID     `json:"desk"`
	Override    *Override  `json:"override,omitempty"`
	Operational bool       `json:"operational,omitempty"` // it names a gate, a rendezvous, a unit or a reserve; decided then, since the gate may be gone later
	Private     Private    `json:"-"`                     // Text: what it says
}

// BulletinQuestioned: a claim that it rests on is no longer what it was.
type BulletinQuestioned struct {
	Bulletin BulletinID `json:"bulletin"`
	Claim    ClaimID    `json:"claim"`
	Why      string     `json:"why"` // never from a sealed field
}

// BulletinReleased: the public may read it from now on.
type BulletinReleased struct {
	Bulletin BulletinID `json:"bulletin"`
}

// BulletinWithdrawn: the room no longer says this.
type BulletinWithdrawn struct {
	Bulletin BulletinID `json:"bulletin"`
	Private  Private    `json:"-"` // Text: why
}

// BulletinArchived: it was withdrawn BulletinArchiveAfter ago and leaves the state.
type BulletinArchived struct {
	Bulletin BulletinID `json:"bulletin"`
}

func (IssueBulletin) CommandName() string    { return "IssueBulletin" }
func (ReleaseBulletin) CommandName() string  { return "ReleaseBulletin" }
func (WithdrawBulletin) CommandName() string { return "WithdrawBulletin" }

func (*BulletinIssued) EventName() string     { return "BulletinIssued" }
func (*BulletinQuestioned) EventName() string { return "BulletinQuestioned" }
func (*BulletinReleased) EventName() string   { return "BulletinReleased" }
func (*BulletinWithdrawn) EventName() string  { return "BulletinWithdrawn" }
func (*BulletinArchived) EventName() string   { return "BulletinArchived" }

func (e *BulletinIssued) Subject() string     { return "bulletin:" + string(e.ID) }
func (e *BulletinIssued) Secret() *Private    { return &e.Private }
func (e *BulletinWithdrawn) Subject() string  { return "bulletin:" + string(e.Bulletin) }
func (e *BulletinWithdrawn) Secret() *Private { return &e.Private }

// cited reports whether a bulletin in force rests on a claim, or on one that it speaks
// for.
func (s *State) cited(c *Claim) bool {
	for _, b := range s.Bulletins { // any: the order cannot show
		for _, id := range b.Claims {
			if b.InForce() && (id == c.ID || contains(c.Corroborates, id) || contains(c.CorroboratedBy, id)) {
				return true
			}
		}
	}
	return false
}

// question asks the authors of the bulletins in force that rest on a claim to correct
// or withdraw them.
func (s *State) question(id ClaimID, why string, alarms *uint64, out []Event) []Event {
	for _, bid := range sortedKeys(s.Bulletins) {
		b := s.Bulletins[bid]
		if !b.InForce() || !contains(b.Claims, id) {
			continue
		}
		if len(b.Questions) < MaxQuestions { // past it the desk is alarmed and the list stays
			out = append(out, &BulletinQuestioned{Bulletin: bid, Claim: id, Why: why})
		}
		out = append(out, &AlarmRaised{ID: s.nextAlarm(*alarms), Cause: CauseBulletin, Level: LevelWarning, Desk: b.Desk, About: "bulletin:" + string(bid),
			Text: "bulletin " + string(bid) + ": " + why + ": correct it or withdraw it"})
		*alarms++
	}
	return s.questionBolos(id, why, alarms, out)
}

func (s *State) bulletinInForce(id BulletinID) (*Bulletin, *Rejection) {
	b := s.Bulletins[id]
	if b == nil {
		return nil, reject(BulletinUnknown, "bulletin %q is not known here", id).at("bulletin")
	}
	if !b.InForce() {
		return nil, reject(BulletinIsWithdrawn, "bulletin %s was withdrawn by %s", id, b.WithdrawnBy).at("bulletin")
	}
	return b, nil
}

func (c IssueBulletin) decide(s *State, _ Meta, out []Event) ([]Event, *Rejection) {
	if strings.TrimSpace(c.Text) == "" {
		return nil, reject(FieldMissing, "text is needed").at("text")
	}
	if no := checkText("text", c.Text, MaxBulletinBytes, true); no != nil {
		return nil, no
	}
	if c.Service != "" && !contains(s.Config.Services, c.Service) {
		return nil, reject(ValueUnknown, "service %q is not one of the agency's", c.Service).at("service")
	}
	if no := checkWords("beats", c.Beats); no != nil {
		return nil, no
	}
	inForce := 0
	for _, b := range s.Bulletins { // counts: the order cannot show
		if b.InForce() {
			inForce++
		}
	}
	if inForce >= MaxBulletins {
		return nil, reject(LimitReached, "%d bulletins are in force: at most MaxBulletins; withdraw what no longer holds", inForce)
	}
	if len(c.Claims) > MaxBulletinClaims {
		return nil, reject(LimitReached, "%d claims: at most MaxBulletinClaims", len(c.Claims)).at("claims")
	}
	for n, id := range c.Claims {
		if _, no := s.openClaim(id); no != nil {
			return nil, no.at("claims")
		}
		if contains(c.Claims[:n], id) {
			return nil, reject(ValueUnknown, "claim %s is cited twice", id).at("claims")
		}
	}
	if c.Override != nil {
		if no := checkLines("override.by", c.Override.By, "override.why", c.Override.Why); no != nil {
			return nil, no
		}
	} else if no := s.carries(c.Claims); no != nil {
		return nil, no
	}
	of := c.Service
	if of == "" {
		of = s.Config.DefaultService
	}
	return append(out, &BulletinIssued{ID: BulletinID(numbered("bu", s.Counters.Bulletin+1)), Claims: c.Claims, Service: c.Service, Beats: c.Beats,
		Desk: s.deskFor(of), Override: c.Override, Operational: s.OperationalNames().In(c.Text) != "", Private: said(c.Text)}), nil
}

// carries answers why claims do not carry a bulletin by themselves; nil where they do,
// or where there are none and it is the room's own word.
func (s *State) carries(claims []ClaimID) *Rejection {
	if len(claims) == 0 {
		return nil
	}
	sources, firm := map[string]bool{}, false
	add := func(id ClaimID) {
		if c := s.Claims[id]; c != nil && c.Grade != gradeDenied {
			sources[string(c.Kind)+" "+strings.ToLower(strings.TrimSpace(c.Role))] = true
		}
	}
	for _, id := range claims {
		c := s.Claims[id]
		if c.Grade == gradeDenied {
			return reject(BulletinContradicted, "claim %s is denied: it cannot be told as a fact; name who answers for it all the same, and why", id).at("claims")
		}
		if c.Disputed() {
			return reject(BulletinContradicted, "claim %s is contradicted (%s): it cannot be told as a fact; name who answers for it all the same, and why", id, listed(c.ContradictedBy, c.Contradicts)).at("claims")
		}
		firm = firm || c.Grade == "confirmed" || c.Grade == "likely"
		add(id)
		for _, other := range c.Corroborates {
			add(other)
		}
		for _, other := range c.CorroboratedBy {
			add(other)
		}
	}
	if !firm && len(sources) < 2 {
		return reject(BulletinSingleSource, "it rests on one source (%s): wait for another, or name who answers for it, and why", listed(claims)).at("claims")
	}
	return nil
}

func listed(lists ...[]ClaimID) string {
	var all []string
	for _, ids := range lists {
		for _, id := range ids {
			all = append(all, string(id))
		}
	}
	return strings.Join(all, ", ")
}

func (c ReleaseBulletin) decide(s *State, _ Meta, out []Event) ([]Event, *Rejection) {
	b, no := s.bulletinInForce(c.Bulletin)
	if no != nil {
		return nil, no
	}
	if b.ReleasedAt != 0 {
		return nil, reject(BulletinIsReleased, "bulletin %s was released by %s", b.ID, b.ReleasedBy).at("bulletin")
	}
	if len(b.Questions) > 0 {
		return nil, reject(BulletinContradicted, "bulletin %s is in question (%s): correct it or withdraw it first", b.ID, b.Questions[0].Why).at("bulletin")
	}
	if name := s.OperationalNames().In(b.Text); name != "" {
		return nil, reject(BulletinNamesOperations, "bulletin %s names %s: no gate, rendezvous, unit or reserve is made public; issue it without", b.ID, name).at("bulletin")
	}
	if b.Operational {
		return nil, reject(BulletinNamesOperations, "bulletin %s named a gate, a rendezvous, a unit or a reserve when it was issued: none is made public; issue it without", b.ID).at("bulletin")
	}
	return append(out, &BulletinReleased{Bulletin: b.ID}), nil
}

func (c WithdrawBulletin) decide(s *State, _ Meta, out []Event) ([]Event, *Rejection) {
	b, no := s.bulletinInForce(c.Bulletin)
	if no != nil {
		return nil, no
	}
	if no := checkLine("reason", c.Reason); no != nil {
		return nil, no
	}
	return append(out, &BulletinWithdrawn{Bulletin: b.ID, Private: said(c.Reason)}), nil
}

func (e *BulletinIssued) evolve(s *State, st Stamped) {
	s.Counters.Bulletin++
	s.Bulletins[e.ID] = &Bulletin{ID: e.ID, Text: e.Private.Text, Claims: e.Claims, Service: e.Service, Beats: e.Beats, Desk: e.Desk, Override: e.Override, Operational: e.Operational, IssuedAt: st.At, By: st.By}
	s.citationMoves(e.ID)
}

// citationMoves keeps the due times of the claims that a bulletin cites, and its own.
func (s *State) citationMoves(id BulletinID) {
	b := s.Bulletins[id]
	for _, claim := range b.Claims {
		c := s.Claims[claim]
		if c == nil {
			continue
		}
		s.claimMoves(c)
		for _, others := range [][]ClaimID{c.Corroborates, c.CorroboratedBy} {
			for _, other := range others {
				if o := s.Claims[other]; o != nil {
					s.claimMoves(o)
				}
			}
		}
	}
	s.due.set(dueRef{dueBulletin, string(id)}, b.nextDue())
	s.touched.bulletin(id)
}

func (b *Bulletin) nextDue() Instant {
	if b.InForce() {
		return 0
	}
	return b.WithdrawnAt.Add(BulletinArchiveAfter)
}

func (e *BulletinQuestioned) evolve(s *State, st Stamped) {
	b := s.Bulletins[e.Bulletin]
	b.Questions = append(b.Questions[:len(b.Questions):len(b.Questions)], Question{Claim: e.Claim, Why: e.Why, At: st.At})
	s.touched.bulletin(e.Bulletin)
}

func (e *BulletinReleased) evolve(s *State, st Stamped) {
	b := s.Bulletins[e.Bulletin]
	b.ReleasedAt, b.ReleasedBy = st.At, st.By
	s.touched.bulletin(e.Bulletin)
}

func (e *BulletinWithdrawn) evolve(s *State, st Stamped) {
	b := s.Bulletins[e.Bulletin]
	b.WithdrawnAt, b.WithdrawnBy, b.Reason = st.At, st.By, e.Private.Text
	s.dropAlarmsAbout(CauseBulletin, "bulletin:"+string(e.Bulletin))
	s.citationMoves(e.Bulletin)
}

func (e *BulletinArchived) evolve(s *State, _ Stamped) {
	delete(s.Bulletins, e.Bulletin)
	s.due.set(dueRef{dueBulletin, string(e.Bulletin)}, 0)
	s.touched.bulletin(e.Bulletin)
}
