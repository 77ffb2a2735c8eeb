package dispatch

import (
	"slices"
	"strconv"
	"strings"

	"github.com/everycall/everycall/triage"
)

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
	Version    int           `json:"version"`          // 1 at first, one more with every amendment
	Preset     string        `json:"preset,omitempty"` // the preset that it was declared from
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

	preset string // set by DeclarePreset
}

// AmendPosture changes what a posture in force says; its service, area and times
// stay. What is held under it and no longer would be is worked down.
type AmendPosture struct {
	Posture    PostureID
	Title      string
	Rules      []PostureRule
	Reserve    []Reserve
	Authority  string
	Reason     string
	NoneStated string
	Script     string
	Why        string // why it is amended
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
	Posture Posture      `json:"posture"`
	Inside  []IncidentID `json:"inside,omitempty"` // open incidents in its drawn area
}

// PostureAmended: it says something else from now on.
type PostureAmended struct {
	Posture    PostureID     `json:"posture"`
	Version    int           `json:"version"`
	Title      string        `json:"title"`
	Rules      []PostureRule `json:"rules"`
	Reserve    []Reserve     `json:"reserve,omitempty"`
	Authority  string        `json:"authority"`
	Reason     string        `json:"reason,omitempty"`
	NoneStated string        `json:"none_stated,omitempty"`
	Script     string        `json:"script"`
	Why        string        `json:"why"`
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
func (AmendPosture) CommandName() string   { return "AmendPosture" }
func (RenewPosture) CommandName() string   { return "RenewPosture" }
func (EndPosture) CommandName() string     { return "EndPosture" }

func (*PostureDeclared) EventName() string   { return "PostureDeclared" }
func (*PostureAmended) EventName() string    { return "PostureAmended" }
func (*PostureRenewed) EventName() string    { return "PostureRenewed" }
func (*PostureUnreviewed) EventName() string { return "PostureUnreviewed" }
func (*PostureEnded) EventName() string      { return "PostureEnded" }

// postures returns those in force for a service that cover an incident, the
// most specific area first, the newest first among equals.
func (s *State) postures(of Service, i *Incident) []*Posture {
	var found []*Posture
	for _, p := range s.inForce[of] {
		if p.covers(i) {
			found = append(found, p)
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
	for _, p := range s.inForce[i.Service] {
		if p.covers(i) {
			if r, says := p.ruleOn(i); says {
				return r, p
			}
		}
	}
	return PostureRule{Action: ActionAnswer}, nil
}

// ruleOn is the first rule of a posture that applies to an incident.
func (p *Posture) ruleOn(i *Incident) (PostureRule, bool) {
	for _, r := range p.Rules {
		if r.applies(i.Priority(), i.Type) {
			return r, true
		}
	}
	return PostureRule{}, false
}

func (c DeclarePosture) decide(s *State, m Meta, out []Event) ([]Event, *Rejection) {
	if no := c.checkFields(s, m); no != nil {
		return nil, no
	}
	if no := s.contradicted(c.Service, c.Area, c.Rules, c.Replaces); no != nil {
		return nil, no
	}
	var old *Posture
	if c.Replaces != "" {
		if old = s.Postures[c.Replaces]; old == nil || old.EndedAt != 0 {
			return nil, reject(PostureUnknown, "posture %q is not in force", c.Replaces).at("replaces")
		}
	}
	if n := s.postureCount(); old == nil && n >= MaxPostures {
		return nil, reject(LimitReached, "%d postures are in force: at most MaxPostures", n)
	}
	next := Posture{ID: PostureID("post" + strconv.FormatUint(s.Counters.Posture+1, 10)), Service: c.Service, Area: c.Area,
		Title: c.Title, Rules: c.Rules, Reserve: cutoffsAs(c.Reserve, nil), From: m.At, ReviewBy: c.ReviewBy, Until: c.Until, Authority: c.Authority,
		Reason: c.Reason, NoneStated: c.NoneStated, Script: c.Script, Replaces: c.Replaces, Version: 1, Preset: c.preset, Invented: c.Invented}
	declared := &PostureDeclared{Posture: next, Inside: s.insideDrawn(c.Area)}
	why := "gives way to " + next.Title
	if old != nil {
		out = append(out, &PostureEnded{Posture: c.Replaces, Reason: "replaced by " + string(next.ID)})
		why = "was replaced by " + next.Title
	}
	out = append(out, declared)
	inside := next.covers
	if next.Area.Kind == AreaDrawn { // nobody has written down yet who lies in it
		inside = func(i *Incident) bool { // they are in order
			_, lies := slices.BinarySearch(declared.Inside, i.ID)
			return lies
		}
	}
	return s.workDown(&next, inside, c.Replaces, why, m, out), nil
}

// contradicted refuses rules that say otherwise than a posture in force for the
// same calls of the same area. The one that is replaced, or amended, does not count.
func (s *State) contradicted(of Service, area Area, rules []PostureRule, but PostureID) *Rejection {
	for _, p := range s.inForce[of] {
		if p.ID != but && contradict(p.Rules, rules) && p.Area.overlaps(area) {
			return reject(PostureContradicts, "%s (%q) is in force and says otherwise for the same calls: name it in replaces, or end it first", p.ID, p.Title).at("replaces")
		}
	}
	return nil
}

func (c AmendPosture) decide(s *State, m Meta, out []Event) ([]Event, *Rejection) {
	p, no := s.standing(c.Posture)
	if no != nil {
		return nil, no
	}
	if no := checkLine("why", c.Why); no != nil {
		return nil, no
	}
	if no := checkPostureText(c.Title, c.Authority, c.Script, c.Reason, c.NoneStated); no != nil {
		return nil, no
	}
	if no := s.checkPostureRules(c.Rules, c.Reserve); no != nil {
		return nil, no
	}
	if no := s.contradicted(p.Service, p.Area, c.Rules, p.ID); no != nil {
		return nil, no
	}
	amended := *p
	amended.Rules, amended.Version = c.Rules, p.Version+1
	out = append(out, &PostureAmended{Posture: p.ID, Version: amended.Version, Title: c.Title, Rules: c.Rules, Reserve: cutoffsAs(c.Reserve, p.Reserve), Authority: c.Authority,
		Reason: c.Reason, NoneStated: c.NoneStated, Script: c.Script, Why: c.Why})
	return s.workDown(&amended, amended.covers, p.ID, "was amended: "+c.Why, m, out), nil
}

func (c DeclarePosture) checkFields(s *State, m Meta) *Rejection {
	if !contains(s.Config.Services, c.Service) {
		return reject(ValueUnknown, "service %q is not the agency's", c.Service).at("service")
	}
	if no := checkPostureText(c.Title, c.Authority, c.Script, c.Reason, c.NoneStated); no != nil {
		return no
	}
	if no := c.Area.check(s); no != nil {
		return no
	}
	if no := s.checkPostureRules(c.Rules, c.Reserve); no != nil {
		return no
	}
	for _, f := range c.Invented {
		if no := checkText("invented", f, 40, false); no != nil {
			return no
		}
	}
	return checkTerm(m.At, c.ReviewBy, c.Until)
}

func checkPostureText(title, authority, script, reason, noneStated string) *Rejection {
	if no := checkLines("title", title, "authority", authority, "script", script); no != nil {
		return no
	}
	if strings.TrimSpace(reason) == "" && strings.TrimSpace(noneStated) == "" {
		return reject(FieldMissing, "a posture needs its reason; where none was given, name the source that says so in none_stated").at("reason")
	}
	if no := checkText("reason", reason, MaxLineBytes, false); no != nil {
		return no
	}
	return checkText("none_stated", noneStated, MaxLineBytes, false)
}

func (s *State) checkPostureRules(rules []PostureRule, reserve []Reserve) *Rejection {
	if len(rules) == 0 && len(reserve) == 0 {
		return reject(FieldMissing, "a posture has a rule or a reserve").at("rules")
	}
	if len(rules) > MaxPostureRules || len(reserve) > int(triage.PriorityLowest) {
		return reject(LimitReached, "%d rules: at most MaxPostureRules, and one reserve a priority", len(rules)).at("rules")
	}
	for _, r := range rules {
		if no := r.check(s); no != nil {
			return no.at("rules")
		}
	}
	for _, r := range reserve {
		if no := r.check(); no != nil {
			return no
		}
	}
	return nil
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

func (s *State) standing(id PostureID) (*Posture, *Rejection) {
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
	if _, no := s.standing(c.Posture); no != nil {
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
	if _, no := s.standing(c.Posture); no != nil {
		return nil, no
	}
	if no := checkLine("reason", c.Reason); no != nil {
		return nil, no
	}
	return s.endPosture(c.Posture, c.Reason, m, out), nil
}

func (e *PostureDeclared) evolve(s *State, _ Stamped) {
	s.Counters.Posture++
	p := e.Posture
	s.Postures[p.ID] = &p
	s.enter(&p)
	room := make([]PostureID, 0, 2*len(e.Inside)) // one piece of memory for most of the lists
	for _, id := range e.Inside {
		i := s.Incidents[id]
		from := len(room)
		room = append(s.appendStanding(room, i.Drawn), p.ID)
		i.Drawn = room[from:len(room):len(room)]
		s.touched.incident(id)
	}
	s.moveCutoff(&p)
	s.dropAlarmsOf(func(a *Alarm) bool { return a.Cause == CauseProposed && a.Preset == p.Preset && p.Preset != "" })
	s.due.set(dueRef{duePosture, string(p.ID)}, p.nextDue())
	s.touched.posture(p.ID)
}

// appendStanding appends those that are in force.
func (s *State) appendStanding(to, ids []PostureID) []PostureID {
	for _, id := range ids {
		if p := s.Postures[id]; p != nil && p.EndedAt == 0 {
			to = append(to, id)
		}
	}
	return to
}

func (e *PostureAmended) evolve(s *State, _ Stamped) {
	p := s.Postures[e.Posture]
	p.Version, p.Title, p.Rules, p.Reserve, p.Authority = e.Version, e.Title, e.Rules, e.Reserve, e.Authority
	p.Reason, p.NoneStated, p.Script = e.Reason, e.NoneStated, e.Script
	s.moveCutoff(p)
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
	s.leave(p)
	s.due.set(dueRef{duePosture, string(p.ID)}, 0)
	s.dropAlarmsOf(func(a *Alarm) bool { return a.Posture == p.ID && a.Cause == CauseReview })
	s.touched.posture(p.ID)
}
