package dispatch

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/everycall/everycall/triage"
)

// AreaKind is how a posture's area is given.
type AreaKind string

// The kinds of area, from the least to the most specific.
const (
	AreaCity  AreaKind = "city"
	AreaBeats AreaKind = "beats"
	AreaZone  AreaKind = "zone"
)

// Area is where a posture applies.
type Area struct {
	Kind  AreaKind `json:"kind"`
	Beats []string `json:"beats,omitempty"`
	Zone  ZoneID   `json:"zone,omitempty"`
}

func (a Area) specificity() int {
	switch a.Kind {
	case AreaZone:
		return 2
	case AreaBeats:
		return 1
	}
	return 0
}

func (a Area) covers(i *Incident) bool {
	switch a.Kind {
	case AreaZone:
		return i.Zone == a.Zone
	case AreaBeats:
		return contains(a.Beats, i.Beat)
	}
	return true
}

func (a Area) overlaps(b Area) bool {
	if a.Kind != b.Kind {
		return false // one is more specific: it wins, nothing contradicts
	}
	switch a.Kind {
	case AreaZone:
		return a.Zone == b.Zone
	case AreaBeats:
		for _, beat := range a.Beats {
			if contains(b.Beats, beat) {
				return true
			}
		}
		return false
	}
	return true
}

// PostureRule says what is done with some calls. It applies to a priority, to
// listed types, or to both together; an empty list means every type and zero
// every priority.
type PostureRule struct {
	Priority triage.Priority `json:"priority,omitempty"`
	Types    []string        `json:"types,omitempty"`
	Action   Action          `json:"action"`
	Limit    Millis          `json:"limit,omitempty"` // of a hold
	Desk     DeskID          `json:"desk,omitempty"`  // of a diversion or appointment
	Words    string          `json:"words,omitempty"` // for the caller
}

func (r PostureRule) applies(p triage.Priority, kind string) bool {
	return (r.Priority == 0 || r.Priority == p) && (len(r.Types) == 0 || contains(r.Types, kind))
}

func (r PostureRule) overlaps(b PostureRule) bool {
	if r.Priority != 0 && b.Priority != 0 && r.Priority != b.Priority {
		return false
	}
	if len(r.Types) == 0 || len(b.Types) == 0 {
		return true
	}
	for _, t := range r.Types {
		if contains(b.Types, t) {
			return true
		}
	}
	return false
}

// Reserve keeps units free: a call of this priority or a lower one is sent only
// while more than Units are free.
type Reserve struct {
	Priority triage.Priority `json:"priority"`
	Units    int             `json:"units"`
}

// Posture is rationing declared: scoped, reasoned, reviewed, ending.
type Posture struct {
	ID         PostureID     `json:"id"`
	Service    Service       `json:"service"`
	Area       Area          `json:"area"`
	Title      string        `json:"title"`
	Rules      []PostureRule `json:"rules"`
	Reserve    []Reserve     `json:"reserve,omitempty"`
	From       Instant       `json:"from"`
	ReviewBy   Instant       `json:"review_by"`
	Until      Instant       `json:"until"`
	Authority  string        `json:"authority"`
	Reason     string        `json:"reason,omitempty"`
	NoneStated string        `json:"none_stated,omitempty"` // the source that says that no reason was given
	Script     string        `json:"script"`                // for the caller
	Replaces   PostureID     `json:"replaces,omitempty"`
	Unreviewed bool          `json:"unreviewed,omitempty"`
	Reviews    int           `json:"reviews,omitempty"`
	EndedAt    Instant       `json:"ended_at,omitempty"`
	EndReason  string        `json:"end_reason,omitempty"`
	Invented   []string      `json:"invented,omitempty"`
}

// Incomplete reports whether the reason is missing; every hold that cites the
// posture shows it.
func (p *Posture) Incomplete() bool { return strings.TrimSpace(p.Reason) == "" }

// ReasonShown is the reason as everybody is to read it.
func (p *Posture) ReasonShown() string {
	if p.Incomplete() {
		return "none stated (" + p.NoneStated + ")"
	}
	return p.Reason
}

func (p *Posture) reserveFor(k triage.Priority) int {
	kept := 0
	for _, r := range p.Reserve {
		if k >= r.Priority {
			kept = max(kept, r.Units)
		}
	}
	return kept
}

func (p *Posture) nextDue() Instant {
	switch {
	case p.EndedAt != 0:
		return 0
	case p.Unreviewed:
		return p.Until
	}
	return min(p.ReviewBy, p.Until)
}

// DeclarePosture rations in the open. A reason is needed; where none was given,
// NoneStated names the source that says so, and it is flagged everywhere.
type DeclarePosture struct {
	Service    Service
	Area       Area
	Title      string
	Rules      []PostureRule
	Reserve    []Reserve
	ReviewBy   Instant // at most ReviewByMax from now
	Until      Instant // at most PostureUntilMax from now
	Authority  string
	Reason     string
	NoneStated string
	Script     string
	Replaces   PostureID // the one that it contradicts and ends
	Invented   []string
}

// RenewPosture records a review: it goes on, until a new time.
type RenewPosture struct {
	Posture  PostureID
	ReviewBy Instant
	Until    Instant
	Reason   string // why it still holds; said at every review
}

// EndPosture ends it; every call held under it is worked down in order.
type EndPosture struct {
	Posture PostureID
	Reason  string
}

// PostureDeclared: it is in force.
type PostureDeclared struct {
	Posture Posture `json:"posture"`
}

// PostureRenewed: somebody reviewed it.
type PostureRenewed struct {
	Posture  PostureID `json:"posture"`
	ReviewBy Instant   `json:"review_by"`
	Until    Instant   `json:"until"`
	Reason   string    `json:"reason"`
}

// PostureUnreviewed: its review time has passed; it stays in force, marked.
type PostureUnreviewed struct {
	Posture PostureID `json:"posture"`
}

// PostureEnded: it is no longer in force.
type PostureEnded struct {
	Posture PostureID `json:"posture"`
	Reason  string    `json:"reason"`
}

func (DeclarePosture) CommandName() string { return "DeclarePosture" }
func (RenewPosture) CommandName() string   { return "RenewPosture" }
func (EndPosture) CommandName() string     { return "EndPosture" }

func (*PostureDeclared) EventName() string   { return "PostureDeclared" }
func (*PostureRenewed) EventName() string    { return "PostureRenewed" }
func (*PostureUnreviewed) EventName() string { return "PostureUnreviewed" }
func (*PostureEnded) EventName() string      { return "PostureEnded" }

// postures returns those in force for a service that cover an incident, the
// most specific area first, the newest first among equals.
func (s *State) postures(of Service, i *Incident) []*Posture {
	var found []*Posture
	for _, p := range s.Postures { // sorted below
		if p.EndedAt == 0 && p.Service == of && p.Area.covers(i) {
			found = append(found, p)
		}
	}
	for a := 1; a < len(found); a++ { // a handful at most: insertion keeps it plain
		for b := a; b > 0 && before(found[b], found[b-1]); b-- {
			found[b], found[b-1] = found[b-1], found[b]
		}
	}
	return found
}

func before(p, q *Posture) bool {
	if p.Area.specificity() != q.Area.specificity() {
		return p.Area.specificity() > q.Area.specificity()
	}
	if p.From != q.From {
		return p.From > q.From
	}
	return len(p.ID) > len(q.ID) || (len(p.ID) == len(q.ID) && p.ID > q.ID)
}

// RuleFor returns the rule that the postures in force have for an incident: the
// most specific area that says anything about it wins. Life-safety is always
// answered. Without a posture the rule is to answer and the posture nil.
func (s *State) RuleFor(i *Incident) (PostureRule, *Posture) {
	if i.LifeSafety {
		return PostureRule{Action: ActionAnswer}, nil
	}
	for _, p := range s.postures(i.Service, i) {
		for _, r := range p.Rules {
			if r.applies(i.Priority(), i.Type) {
				return r, p
			}
		}
	}
	return PostureRule{Action: ActionAnswer}, nil
}

// freeIn counts the free units of a service in an area. In a zone the whole
// service counts: a zone is entered from outside.
func (s *State) freeIn(of Service, a Area) int {
	if a.Kind != AreaBeats {
		return s.free[of]
	}
	n := 0
	for _, u := range s.Units { // counts: the order cannot show
		if u.Service == of && u.Free() && contains(a.Beats, u.Beat) {
			n++
		}
	}
	return n
}

func (c DeclarePosture) decide(s *State, m Meta, out []Event) ([]Event, *Rejection) {
	if no := c.checkFields(s, m); no != nil {
		return nil, no
	}
	inForce := 0
	for _, id := range sortedKeys(s.Postures) {
		p := s.Postures[id]
		if p.EndedAt != 0 || p.ID == c.Replaces {
			continue
		}
		inForce++
		if p.Service == c.Service && p.Area.overlaps(c.Area) && contradict(p.Rules, c.Rules) {
			return nil, reject(PostureContradicts, "%s (%q) is in force and says otherwise for the same calls: name it in replaces, or end it first", p.ID, p.Title).at("replaces")
		}
	}
	if inForce >= MaxPostures {
		return nil, reject(LimitReached, "%d postures are in force: at most MaxPostures", inForce)
	}
	if c.Replaces != "" {
		old := s.Postures[c.Replaces]
		if old == nil || old.EndedAt != 0 {
			return nil, reject(PostureUnknown, "posture %q is not in force", c.Replaces).at("replaces")
		}
		out = append(out, &PostureEnded{Posture: c.Replaces, Reason: "replaced"})
	}
	return append(out, &PostureDeclared{Posture: Posture{ID: PostureID("post" + strconv.FormatUint(s.Counters.Posture+1, 10)), Service: c.Service, Area: c.Area,
		Title: c.Title, Rules: c.Rules, Reserve: c.Reserve, From: m.At, ReviewBy: c.ReviewBy, Until: c.Until, Authority: c.Authority,
		Reason: c.Reason, NoneStated: c.NoneStated, Script: c.Script, Replaces: c.Replaces, Invented: c.Invented}}), nil
}

func (c DeclarePosture) checkFields(s *State, m Meta) *Rejection {
	if !contains(s.Config.Services, c.Service) {
		return reject(ValueUnknown, "service %q is not the agency's", c.Service).at("service")
	}
	if no := checkLines("title", c.Title, "authority", c.Authority, "script", c.Script); no != nil {
		return no
	}
	if strings.TrimSpace(c.Reason) == "" && strings.TrimSpace(c.NoneStated) == "" {
		return reject(FieldMissing, "a posture needs its reason; where none was given, name the source that says so in none_stated").at("reason")
	}
	if no := checkText("reason", c.Reason, MaxLineBytes, false); no != nil {
		return no
	}
	if no := checkText("none_stated", c.NoneStated, MaxLineBytes, false); no != nil {
		return no
	}
	if no := c.Area.check(s); no != nil {
		return no
	}
	if len(c.Rules) == 0 && len(c.Reserve) == 0 {
		return reject(FieldMissing, "a posture has a rule or a reserve").at("rules")
	}
	if len(c.Rules) > MaxPostureRules || len(c.Reserve) > int(triage.PriorityLowest) {
		return reject(LimitReached, "%d rules: at most MaxPostureRules, and one reserve a priority", len(c.Rules)).at("rules")
	}
	for _, r := range c.Rules {
		if no := r.check(s); no != nil {
			return no.at("rules")
		}
	}
	for _, r := range c.Reserve {
		if !r.Priority.Valid() || r.Units < 0 || r.Units > MaxUnits {
			return reject(ValueUnknown, "a reserve has a priority from 1 to 5 and a number of units").at("reserve")
		}
	}
	return checkTerm(m.At, c.ReviewBy, c.Until)
}

func checkTerm(now, reviewBy, until Instant) *Rejection {
	if reviewBy <= now || reviewBy.Since(now) > ReviewByMax {
		return reject(PostureTooLong, "it is reviewed within 12 hours").at("review_by")
	}
	if until <= now || until.Since(now) > PostureUntilMax {
		return reject(PostureTooLong, "it ends within 24 hours; renew it at a review").at("until")
	}
	return nil
}

func (a Area) check(s *State) *Rejection {
	switch a.Kind {
	case AreaCity:
		return nil
	case AreaBeats:
		if len(a.Beats) == 0 || len(a.Beats) > 500 {
			return reject(FieldMissing, "an area of beats lists 1 to 500 of them").at("area")
		}
		return nil
	case AreaZone:
		if z := s.Zones[a.Zone]; z == nil || z.EndedAt != 0 {
			return reject(ZoneUnknown, "zone %q is not in force", a.Zone).at("area")
		}
		return nil
	}
	return reject(ValueUnknown, "an area is city, beats or zone").at("area")
}

func (r PostureRule) check(s *State) *Rejection {
	if r.Priority != 0 && !r.Priority.Valid() {
		return reject(ValueUnknown, "priority %d is not between 1 and 5", r.Priority)
	}
	for _, t := range r.Types {
		if _, ok := s.types.Find(t); !ok {
			return reject(ValueUnknown, "call type %q is not in the agency's list", t)
		}
	}
	switch r.Action {
	case ActionAnswer:
	case ActionHold:
		if r.Limit < Minute || r.Limit > Day {
			return reject(TimeInvalid, "a hold has a limit between one minute and 24 h")
		}
	case ActionDivert, ActionAppoint:
		if _, ok := s.Desk(r.Desk); !ok {
			return reject(DeskUnknown, "desk %q is not known", r.Desk)
		}
	case ActionDecline:
		if no := checkLine("words", r.Words); no != nil {
			return no
		}
	default:
		return reject(ValueUnknown, "action %q: answer, hold, divert, appoint or decline", r.Action)
	}
	return checkText("words", r.Words, MaxLineBytes, false)
}

// contradict reports whether two lists do different things with the same calls.
func contradict(a, b []PostureRule) bool {
	for _, r := range a {
		for _, q := range b {
			if r.overlaps(q) && (r.Action != q.Action || r.Desk != q.Desk) {
				return true
			}
		}
	}
	return false
}

func (s *State) inForce(id PostureID) (*Posture, *Rejection) {
	p := s.Postures[id]
	if p == nil {
		return nil, reject(PostureUnknown, "posture %q is not known here", id).at("posture")
	}
	if p.EndedAt != 0 {
		return nil, reject(PostureIsEnded, "posture %s has ended (%s)", id, p.EndReason).at("posture")
	}
	return p, nil
}

func (c RenewPosture) decide(s *State, m Meta, out []Event) ([]Event, *Rejection) {
	if _, no := s.inForce(c.Posture); no != nil {
		return nil, no
	}
	if no := checkLine("reason", c.Reason); no != nil {
		return nil, no
	}
	if no := checkTerm(m.At, c.ReviewBy, c.Until); no != nil {
		return nil, no
	}
	return append(out, &PostureRenewed{Posture: c.Posture, ReviewBy: c.ReviewBy, Until: c.Until, Reason: c.Reason}), nil
}

func (c EndPosture) decide(s *State, m Meta, out []Event) ([]Event, *Rejection) {
	if _, no := s.inForce(c.Posture); no != nil {
		return nil, no
	}
	if no := checkLine("reason", c.Reason); no != nil {
		return nil, no
	}
	return s.endPosture(c.Posture, c.Reason, m, out), nil
}

// endPosture ends it and starts the recovery plan: every call held under it
// waits again, the most urgent and oldest first, each with its own due time.
func (s *State) endPosture(id PostureID, reason string, m Meta, out []Event) []Event {
	out = append(out, &PostureEnded{Posture: id, Reason: reason})
	var held []*Contact
	for _, cid := range contactsInOrder(s) {
		if c := s.Contacts[cid]; c.Outcome.Posture == id && c.Outcome.Kind == OutcomeHeld {
			held = append(held, c)
		}
	}
	slices.SortStableFunc(held, func(a, b *Contact) int {
		return cmp.Compare(s.Incidents[a.Incident].Priority(), s.Incidents[b.Incident].Priority())
	})
	for n, c := range held {
		o := Outcome{Kind: OutcomeWaiting, Since: m.At, Owner: c.Outcome.Owner, Due: m.At.Add(Millis(n+1) * RecoverySpacing), Posture: id,
			Next: "recovery, place " + strconv.Itoa(n+1) + " of " + strconv.Itoa(len(held)) + ": send, or call back", Reason: "the posture ended: " + reason, Authority: m.By}
		out = append(out, outcomeOf(c, o))
	}
	return out
}

func (e *PostureDeclared) evolve(s *State, _ Stamped) {
	s.Counters.Posture++
	p := e.Posture
	s.Postures[p.ID] = &p
	s.due.set(dueRef{duePosture, string(p.ID)}, p.nextDue())
	s.touched.posture(p.ID)
}

func (e *PostureRenewed) evolve(s *State, _ Stamped) {
	p := s.Postures[e.Posture]
	p.ReviewBy, p.Until, p.Unreviewed = e.ReviewBy, e.Until, false
	p.Reviews++
	s.due.set(dueRef{duePosture, string(p.ID)}, p.nextDue())
	s.dropAlarmsOf(func(a *Alarm) bool { return a.Posture == p.ID && a.Cause == CauseReview })
	s.touched.posture(p.ID)
}

func (e *PostureUnreviewed) evolve(s *State, _ Stamped) {
	p := s.Postures[e.Posture]
	p.Unreviewed = true
	s.due.set(dueRef{duePosture, string(p.ID)}, p.nextDue())
	s.touched.posture(p.ID)
}

func (e *PostureEnded) evolve(s *State, st Stamped) {
	p := s.Postures[e.Posture]
	p.EndedAt, p.EndReason = st.At, e.Reason
	s.due.set(dueRef{duePosture, string(p.ID)}, 0)
	s.dropAlarmsOf(func(a *Alarm) bool { return a.Posture == p.ID && a.Cause == CauseReview })
	s.touched.posture(p.ID)
}
