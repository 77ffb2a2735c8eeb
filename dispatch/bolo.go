package dispatch

import (
	"slices"
	"strconv"
	"strings"

	"github.com/everycall/everycall/geo"
)

// Bolo is a bulletin to units: be on the look-out. It ends by itself after BoloMax at the
// latest. There is no search for a person: it is found by its number, its place and its time.
type Bolo struct {
	ID          BoloID       `json:"id"`
	Number      uint64       `json:"number"`
	Kind        BoloKind     `json:"kind"`
	Description string       `json:"description"`     // what to look for, and what to do on seeing it
	Place       string       `json:"place,omitempty"` // last seen
	Point       *geo.Point   `json:"point,omitempty"`
	Services    []Service    `json:"services,omitempty"` // empty: all
	Beats       []string     `json:"beats,omitempty"`    // empty: everywhere
	Incident    IncidentID   `json:"incident,omitempty"`
	Call        uint64       `json:"call,omitempty"` // the incident's number, which outlives it
	Claims      []ClaimID    `json:"claims,omitempty"`
	Authority   string       `json:"authority"` // the role that issues it
	Override    *Override    `json:"override,omitempty"`
	Desk        DeskID       `json:"desk"` // asked to review it
	IssuedAt    Instant      `json:"issued_at"`
	By          string       `json:"by"`
	ReviewBy    Instant      `json:"review_by"`
	Remind      Instant      `json:"remind"`
	ExpiresAt   Instant      `json:"expires_at"`
	Questions   []Question   `json:"questions,omitempty"`
	Acks        []UnitNotice `json:"acks,omitempty"` // units that have it
	EndedAt     Instant      `json:"ended_at,omitempty"`
	EndedBy     string       `json:"ended_by,omitempty"` // empty: it expired
	Reason      string       `json:"reason,omitempty"`   // why it was cancelled
}

// BoloKind says what is looked for.
type BoloKind string

// BoloKinds are all of them.
var BoloKinds = []BoloKind{"vehicle", "person", "missing_person", "property", "danger"}

// UnitNotice says that a unit has it.
type UnitNotice struct {
	Unit UnitID  `json:"unit"`
	At   Instant `json:"at"`
	By   string  `json:"by"`
}

// InForce reports whether it was not cancelled and has not expired.
func (b *Bolo) InForce() bool { return b.EndedAt == 0 }

// ClaimsOnly reports whether it rests on what sources say and on nothing else. Who reads
// it is told.
func (b *Bolo) ClaimsOnly() bool { return len(b.Claims) > 0 && b.Call == 0 }

// For reports whether it is for a unit.
func (b *Bolo) For(u *Unit) bool {
	return !u.Retired && (len(b.Services) == 0 || contains(b.Services, u.Service)) && (len(b.Beats) == 0 || u.Beat == "" || contains(b.Beats, u.Beat))
}

// acked reports whether a unit has it.
func (b *Bolo) acked(id UnitID) bool {
	return slices.ContainsFunc(b.Acks, func(n UnitNotice) bool { return n.Unit == id })
}

// BoloUntold lists the units in service that a BOLO is for and that have not
// acknowledged it.
func (s *State) BoloUntold(b *Bolo) []UnitID {
	var left []UnitID
	for _, id := range sortedKeys(s.Units) {
		u := s.Units[id]
		if b.For(u) && u.Status != StatusOffDuty && u.Status != StatusOutOfService && !b.acked(id) {
			left = append(left, id)
		}
	}
	return left
}

func (b *Bolo) nextDue() Instant {
	if !b.InForce() {
		return b.EndedAt.Add(BoloArchiveAfter)
	}
	return min(b.Remind, b.ExpiresAt)
}

// IssueBolo tells units to look out. One that rests on a single source, or on a claim
// that is denied or contradicted, needs an Override by name, as a bulletin does.
type IssueBolo struct {
	Kind        BoloKind
	Description string
	Place       string
	Point       *geo.Point
	Services    []Service
	Beats       []string
	Incident    IncidentID
	Claims      []ClaimID
	Authority   string
	Override    *Override
	ReviewBy    Instant
	ExpiresAt   Instant
}

// ReviewBolo says that it still holds, and until when.
type ReviewBolo struct {
	Bolo      BoloID
	ReviewBy  Instant
	ExpiresAt Instant
	Reason    string
}

// AcknowledgeBolo says that a unit has it.
type AcknowledgeBolo struct {
	Bolo BoloID
	Unit UnitID
}

// CancelBolo takes it back.
type CancelBolo struct {
	Bolo   BoloID
	Reason string
}

// BoloIssued: units look out. What for is sealed under its own key.
type BoloIssued struct {
	ID        BoloID     `json:"id"`
	Number    uint64     `json:"number"`
	Kind      BoloKind   `json:"kind"`
	Services  []Service  `json:"services,omitempty"`
	Beats     []string   `json:"beats,omitempty"`
	Incident  IncidentID `json:"incident,omitempty"`
	Claims    []ClaimID  `json:"claims,omitempty"`
	Authority string     `json:"authority"`
	Override  *Override  `json:"override,omitempty"`
	Desk      DeskID     `json:"desk"`
	ReviewBy  Instant    `json:"review_by"`
	ExpiresAt Instant    `json:"expires_at"`
	Private   Private    `json:"-"` // Text: what to look for; Place, Point: last seen
}

// BoloReviewed: it still holds.
type BoloReviewed struct {
	Bolo      BoloID  `json:"bolo"`
	ReviewBy  Instant `json:"review_by"`
	ExpiresAt Instant `json:"expires_at"`
	Private   Private `json:"-"` // Text: why
}

// BoloReminded: nobody has reviewed it in time. It stays until it expires.
type BoloReminded struct {
	Bolo BoloID  `json:"bolo"`
	Next Instant `json:"next"`
}

// BoloQuestioned: a claim that it rests on is no longer what it was.
type BoloQuestioned struct {
	Bolo  BoloID  `json:"bolo"`
	Claim ClaimID `json:"claim"`
	Why   string  `json:"why"` // never from a sealed field
}

// BoloAcknowledged: a unit has it.
type BoloAcknowledged struct {
	Bolo BoloID `json:"bolo"`
	Unit UnitID `json:"unit"`
}

// BoloCancelled: units look out for it no longer.
type BoloCancelled struct {
	Bolo    BoloID  `json:"bolo"`
	Private Private `json:"-"` // Text: why
}

// BoloExpired: its time was over.
type BoloExpired struct {
	Bolo BoloID `json:"bolo"`
}

// BoloArchived: it ended BoloArchiveAfter ago and leaves the state.
type BoloArchived struct {
	Bolo BoloID `json:"bolo"`
}

func (IssueBolo) CommandName() string       { return "IssueBolo" }
func (ReviewBolo) CommandName() string      { return "ReviewBolo" }
func (AcknowledgeBolo) CommandName() string { return "AcknowledgeBolo" }
func (CancelBolo) CommandName() string      { return "CancelBolo" }

func (*BoloIssued) EventName() string       { return "BoloIssued" }
func (*BoloReviewed) EventName() string     { return "BoloReviewed" }
func (*BoloReminded) EventName() string     { return "BoloReminded" }
func (*BoloQuestioned) EventName() string   { return "BoloQuestioned" }
func (*BoloAcknowledged) EventName() string { return "BoloAcknowledged" }
func (*BoloCancelled) EventName() string    { return "BoloCancelled" }
func (*BoloExpired) EventName() string      { return "BoloExpired" }
func (*BoloArchived) EventName() string     { return "BoloArchived" }

func (e *BoloIssued) Subject() string     { return "bolo:" + string(e.ID) }
func (e *BoloIssued) Secret() *Private    { return &e.Private }
func (e *BoloReviewed) Subject() string   { return "bolo:" + string(e.Bolo) }
func (e *BoloReviewed) Secret() *Private  { return &e.Private }
func (e *BoloCancelled) Subject() string  { return "bolo:" + string(e.Bolo) }
func (e *BoloCancelled) Secret() *Private { return &e.Private }

func (s *State) boloInForce(id BoloID) (*Bolo, *Rejection) {
	b := s.Bolos[id]
	if b == nil {
		return nil, reject(BoloUnknown, "BOLO %q is not known here", id).at("bolo")
	}
	if !b.InForce() {
		how := "has expired"
		if b.EndedBy != "" {
			how = "was cancelled by " + b.EndedBy
		}
		return nil, reject(BoloIsOver, "BOLO %d %s: issue a new one", b.Number, how).at("bolo")
	}
	return b, nil
}

func checkBoloTimes(review, expires, now Instant) *Rejection {
	if expires <= now || expires.Since(now) > BoloMax {
		return reject(TimeInvalid, "a BOLO expires within 72 hours").at("expires_at")
	}
	if review <= now || review > expires {
		return reject(TimeInvalid, "a BOLO is reviewed before it expires").at("review_by")
	}
	return nil
}

func (c IssueBolo) decide(s *State, m Meta, out []Event) ([]Event, *Rejection) {
	if !contains(BoloKinds, c.Kind) {
		return nil, reject(ValueUnknown, "kind %q: vehicle, person, missing_person, property or danger", c.Kind).at("kind")
	}
	if strings.TrimSpace(c.Description) == "" {
		return nil, reject(FieldMissing, "description is needed: what do units look for?").at("description")
	}
	if no := checkText("description", c.Description, MaxBulletinBytes, true); no != nil {
		return nil, no
	}
	if no := checkText("place", c.Place, MaxLineBytes, false); no != nil {
		return nil, no
	}
	if c.Point != nil && !c.Point.Valid() {
		return nil, reject(PlaceInvalid, "the point is not on the planet").at("location")
	}
	if no := checkLine("authority", c.Authority); no != nil {
		return nil, no
	}
	for n, of := range c.Services {
		if !contains(s.Config.Services, of) || contains(c.Services[:n], of) {
			return nil, reject(ValueUnknown, "service %q is not one of the agency's, or is named twice", of).at("services")
		}
	}
	if no := checkWords("beats", c.Beats); no != nil {
		return nil, no
	}
	if no := checkBoloTimes(c.ReviewBy, c.ExpiresAt, m.At); no != nil {
		return nil, no
	}
	if no := c.checkBasis(s); no != nil {
		return nil, no
	}
	inForce := 0
	for _, b := range s.Bolos { // counts: the order cannot show
		if b.InForce() {
			inForce++
		}
	}
	if inForce >= MaxBolos {
		return nil, reject(LimitReached, "%d BOLOs are in force: at most MaxBolos; cancel what no longer holds", inForce)
	}
	desk := s.deskFor(s.Config.DefaultService)
	if len(c.Services) > 0 {
		desk = s.deskFor(c.Services[0])
	}
	n := s.Counters.Bolo + 1
	return append(out, &BoloIssued{ID: BoloID(numbered("bo", n)), Number: n, Kind: c.Kind, Services: c.Services, Beats: c.Beats, Incident: c.Incident, Claims: c.Claims,
		Authority: c.Authority, Override: c.Override, Desk: desk, ReviewBy: c.ReviewBy, ExpiresAt: c.ExpiresAt, Private: Private{Text: c.Description, Place: c.Place, Point: c.Point}}), nil
}

// checkBasis holds what it rests on: an incident, claims, or both; nothing else is one.
func (c IssueBolo) checkBasis(s *State) *Rejection {
	if c.Incident == "" && len(c.Claims) == 0 {
		return reject(FieldMissing, "a BOLO cites what it rests on: an incident, claims or both").at("incident")
	}
	if c.Incident != "" {
		if _, no := s.onBoard(c.Incident); no != nil {
			return no
		}
	}
	if len(c.Claims) > MaxBulletinClaims {
		return reject(LimitReached, "%d claims: at most MaxBulletinClaims", len(c.Claims)).at("claims")
	}
	for n, id := range c.Claims {
		if _, no := s.openClaim(id); no != nil {
			return no.at("claims")
		}
		if contains(c.Claims[:n], id) {
			return reject(ValueUnknown, "claim %s is cited twice", id).at("claims")
		}
	}
	if c.Override != nil {
		return checkLines("override.by", c.Override.By, "override.why", c.Override.Why)
	}
	return s.carries(c.Claims)
}

func (c ReviewBolo) decide(s *State, m Meta, out []Event) ([]Event, *Rejection) {
	b, no := s.boloInForce(c.Bolo)
	if no != nil {
		return nil, no
	}
	if no := checkLine("reason", c.Reason); no != nil {
		return nil, no
	}
	if no := checkBoloTimes(c.ReviewBy, c.ExpiresAt, m.At); no != nil {
		return nil, no
	}
	return append(out, &BoloReviewed{Bolo: b.ID, ReviewBy: c.ReviewBy, ExpiresAt: c.ExpiresAt, Private: said(c.Reason)}), nil
}

func (c AcknowledgeBolo) decide(s *State, _ Meta, out []Event) ([]Event, *Rejection) {
	b, no := s.boloInForce(c.Bolo)
	if no != nil {
		return nil, no
	}
	u := s.Units[c.Unit]
	if u == nil || u.Retired {
		return nil, reject(UnitUnknown, "unit %q is not known here", c.Unit).at("unit")
	}
	if !b.For(u) {
		return nil, reject(BoloNotForUnit, "BOLO %d is not for %s: it goes to other services or beats", b.Number, u.ID).at("unit")
	}
	if b.acked(u.ID) {
		return nil, reject(BoloNotForUnit, "%s has BOLO %d already", u.ID, b.Number).at("unit")
	}
	return append(out, &BoloAcknowledged{Bolo: b.ID, Unit: u.ID}), nil
}

func (c CancelBolo) decide(s *State, _ Meta, out []Event) ([]Event, *Rejection) {
	b, no := s.boloInForce(c.Bolo)
	if no != nil {
		return nil, no
	}
	if no := checkLine("reason", c.Reason); no != nil {
		return nil, no
	}
	return append(out, &BoloCancelled{Bolo: b.ID, Private: said(c.Reason)}), nil
}

// questionBolos asks the desks of the BOLOs in force that rest on a claim to look again.
func (s *State) questionBolos(id ClaimID, why string, alarms *uint64, out []Event) []Event {
	for _, bid := range sortedKeys(s.Bolos) {
		b := s.Bolos[bid]
		if !b.InForce() || !contains(b.Claims, id) {
			continue
		}
		if len(b.Questions) < MaxQuestions {
			out = append(out, &BoloQuestioned{Bolo: bid, Claim: id, Why: why})
		}
		out = append(out, &AlarmRaised{ID: s.nextAlarm(*alarms), Cause: CauseBolo, Level: LevelWarning, Desk: b.Desk, About: "bolo:" + string(bid),
			Text: "BOLO " + strconv.FormatUint(b.Number, 10) + ": " + why + ": review it or cancel it"})
		*alarms++
	}
	return out
}

func (s *State) boloDue(b *Bolo, m Meta, alarms uint64, out []Event) []Event {
	alarm := &AlarmRaised{ID: s.nextAlarm(alarms), Cause: CauseBolo, Level: LevelNotice, Desk: b.Desk, About: "bolo:" + string(b.ID)}
	name := "BOLO " + strconv.FormatUint(b.Number, 10)
	switch {
	case !b.InForce():
		return append(out, &BoloArchived{Bolo: b.ID})
	case m.At >= b.ExpiresAt:
		alarm.About, alarm.Text = "", name+" has expired: issue it anew if units should still look out"
		return append(out, &BoloExpired{Bolo: b.ID}, alarm)
	}
	alarm.Text = name + " is past its review: it stays until it expires; review it or cancel it"
	return append(out, &BoloReminded{Bolo: b.ID, Next: m.At.Add(PlanRemindEvery)}, alarm)
}

// boloMoves puts a changed BOLO where the old one was: a reader may hold that.
func (s *State) boloMoves(id BoloID, change func(*Bolo)) {
	b := *s.Bolos[id]
	change(&b)
	s.Bolos[id] = &b
	s.due.set(dueRef{dueBolo, string(id)}, b.nextDue())
	s.touched.bolo(id)
}

func (e *BoloIssued) evolve(s *State, st Stamped) {
	s.Counters.Bolo = e.Number
	b := &Bolo{ID: e.ID, Number: e.Number, Kind: e.Kind, Description: e.Private.Text, Place: e.Private.Place, Point: e.Private.Point, Services: e.Services, Beats: e.Beats, Incident: e.Incident,
		Claims: e.Claims, Authority: e.Authority, Override: e.Override, Desk: e.Desk, IssuedAt: st.At, By: st.By, ReviewBy: e.ReviewBy, Remind: e.ReviewBy, ExpiresAt: e.ExpiresAt}
	if i := s.Incidents[e.Incident]; i != nil {
		b.Call = i.Number
	}
	s.Bolos[e.ID] = b
	s.boloMoves(e.ID, func(*Bolo) {})
}

func (e *BoloReviewed) evolve(s *State, _ Stamped) {
	s.boloMoves(e.Bolo, func(b *Bolo) { b.ReviewBy, b.Remind, b.ExpiresAt = e.ReviewBy, e.ReviewBy, e.ExpiresAt })
	s.dropAlarmsAbout(CauseBolo, "bolo:"+string(e.Bolo))
}

func (e *BoloReminded) evolve(s *State, _ Stamped) {
	s.boloMoves(e.Bolo, func(b *Bolo) { b.Remind = e.Next })
}

func (e *BoloQuestioned) evolve(s *State, st Stamped) {
	s.boloMoves(e.Bolo, func(b *Bolo) {
		b.Questions = append(slices.Clone(b.Questions), Question{Claim: e.Claim, Why: e.Why, At: st.At})
	})
}

func (e *BoloAcknowledged) evolve(s *State, st Stamped) {
	s.boloMoves(e.Bolo, func(b *Bolo) {
		b.Acks = append(slices.Clone(b.Acks), UnitNotice{Unit: e.Unit, At: st.At, By: st.By})
	})
}

func (e *BoloCancelled) evolve(s *State, st Stamped) {
	s.boloMoves(e.Bolo, func(b *Bolo) { b.EndedAt, b.EndedBy, b.Reason = st.At, st.By, e.Private.Text })
	s.dropAlarmsAbout(CauseBolo, "bolo:"+string(e.Bolo))
}

func (e *BoloExpired) evolve(s *State, st Stamped) {
	s.boloMoves(e.Bolo, func(b *Bolo) { b.EndedAt = st.At })
	s.dropAlarmsAbout(CauseBolo, "bolo:"+string(e.Bolo))
}

func (e *BoloArchived) evolve(s *State, _ Stamped) {
	delete(s.Bolos, e.Bolo)
	s.due.set(dueRef{dueBolo, string(e.Bolo)}, 0)
	s.touched.bolo(e.Bolo)
}
