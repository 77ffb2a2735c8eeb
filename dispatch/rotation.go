package dispatch

import (
	"slices"
	"strconv"
)

// Rotation is a list of providers who take turns: tow trucks by class, board-up,
// locksmiths, for some beats. It is the agency's data.
type Rotation struct {
	ID        string     `json:"id"`
	Title     string     `json:"title"`
	Class     string     `json:"class"`           // "tow_light", "tow_heavy", "tow_bike", "board_up", "locksmith", …
	Beats     []string   `json:"beats,omitempty"` // empty: everywhere
	Providers []Provider `json:"providers"`       // in the order in which they begin
}

// Provider is a business on a list. It may be on several.
type Provider struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Number string `json:"number"` // of its desk
}

// Turns is what has become of a list: whose turn it is, and how that came.
type Turns struct {
	Order []string `json:"order"`           // the next one first
	Taken []Turn   `json:"taken,omitempty"` // the newest last, at most MaxTurns; the journal has all
}

// Turn is one thing that changed the order, or left it as it is.
type Turn struct {
	At       Instant   `json:"at"`
	By       string    `json:"by"`
	Provider string    `json:"provider"`
	What     string    `json:"what"` // called, accepted, refused, no_answer, skipped, suspended, cancelled, arrived
	Tow      TowID     `json:"tow,omitempty"`
	Call     uint64    `json:"call,omitempty"`
	Why      string    `json:"why,omitempty"`
	Contact  ContactID `json:"contact,omitempty"` // whose key seals why
}

// Suspension keeps a provider from being called, on every list.
type Suspension struct {
	Provider string  `json:"provider"`
	Until    Instant `json:"until"`
	Reason   string  `json:"reason"`
	At       Instant `json:"at"`
	By       string  `json:"by"`
}

// TowID names one calling of a provider.
type TowID string

// Tow is one provider called for an incident: a tow truck, a locksmith, board-up.
type Tow struct {
	ID        TowID      `json:"id"`
	List      string     `json:"list"`
	Class     string     `json:"class"`
	Provider  string     `json:"provider"`
	Name      string     `json:"name"` // of the provider
	Incident  IncidentID `json:"incident"`
	State     TowState   `json:"state"`
	Skipped   []string   `json:"skipped,omitempty"` // whose turn it was, and who were left out for a reason
	Passed    []string   `json:"passed,omitempty"`  // whose turn it was, and who are suspended
	Why       string     `json:"why,omitempty"`     // they were skipped, it refused, it was cancelled
	Contact   ContactID  `json:"contact"`           // whose key seals why
	CalledAt  Instant    `json:"called_at"`
	By        string     `json:"by"`
	ETA       Instant    `json:"eta,omitempty"`
	ArrivedAt Instant    `json:"arrived_at,omitempty"`
	Remind    Instant    `json:"remind,omitempty"` // its desk is alarmed then; 0: it is over
}

// TowState is how far it is.
type TowState string

// The states. Called and accepted are under way; the others are over.
const (
	TowCalled    TowState = "called"
	TowAccepted  TowState = "accepted"
	TowArrived   TowState = "arrived"
	TowRefused   TowState = "refused"
	TowNoAnswer  TowState = "no_answer"
	TowCancelled TowState = "cancelled"
)

// Over reports whether nobody is expected any more.
func (t *Tow) Over() bool { return t.State != TowCalled && t.State != TowAccepted }

// CallProvider calls the next in turn; another one only for a reason.
type CallProvider struct {
	Incident IncidentID
	List     string
	Provider string // empty: the next in turn
	Reason   string // why those before are skipped
}

// AnswerTow writes down what the provider said. Who refuses, or does not answer, has had
// the turn.
type AnswerTow struct {
	Tow    TowID
	Answer TowState // accepted, refused or no_answer
	ETA    Instant  // of who accepted
	Reason string   // of who refused
}

// ArriveTow says that it is there.
type ArriveTow struct {
	Tow TowID
}

// CancelTow says that it is not needed any more. The provider has the next turn.
type CancelTow struct {
	Tow    TowID
	Reason string
}

// SuspendProvider keeps a provider from being called until a time.
type SuspendProvider struct {
	Provider string
	Until    Instant
	Reason   string
}

// ReinstateProvider ends that before its time.
type ReinstateProvider struct {
	Provider string
	Reason   string
}

// ProviderCalled: somebody calls a provider. It goes to the end of the order; who was
// skipped or passed over stays where it is.
type ProviderCalled struct {
	Tow      TowID      `json:"tow"`
	Incident IncidentID `json:"incident"`
	List     string     `json:"list"`
	Class    string     `json:"class"`
	Provider string     `json:"provider"`
	Name     string     `json:"name"`
	Skipped  []string   `json:"skipped,omitempty"`
	Passed   []string   `json:"passed,omitempty"`
	Remind   Instant    `json:"remind"`
	Contact  ContactID  `json:"contact"`
	Private  Private    `json:"-"` // Text: why some were skipped
}

// ProviderAnswered: it comes, or the turn passes.
type ProviderAnswered struct {
	Tow     TowID     `json:"tow"`
	Answer  TowState  `json:"answer"`
	ETA     Instant   `json:"eta,omitempty"`
	Remind  Instant   `json:"remind,omitempty"`
	Contact ContactID `json:"contact"`
	Private Private   `json:"-"` // Text: why it refused
}

// ProviderArrived: it is there.
type ProviderArrived struct {
	Tow TowID `json:"tow"`
}

// TowWasCancelled: it is not needed. The provider is the next in turn.
type TowWasCancelled struct {
	Tow     TowID     `json:"tow"`
	Contact ContactID `json:"contact"`
	Private Private   `json:"-"` // Text: why
}

// TowOverdue: it has not answered, or has not come, by its time. Next then.
type TowOverdue struct {
	Tow  TowID   `json:"tow"`
	Next Instant `json:"next"`
}

// ProviderSuspended: it is passed over until then.
type ProviderSuspended struct {
	Provider string  `json:"provider"`
	Until    Instant `json:"until"`
	Reason   string  `json:"reason"`
}

// ProviderReinstated: it has its turn again, where it stood.
type ProviderReinstated struct {
	Provider string `json:"provider"`
	Reason   string `json:"reason"`
}

func (CallProvider) CommandName() string      { return "CallProvider" }
func (AnswerTow) CommandName() string         { return "AnswerTow" }
func (ArriveTow) CommandName() string         { return "ArriveTow" }
func (CancelTow) CommandName() string         { return "CancelTow" }
func (SuspendProvider) CommandName() string   { return "SuspendProvider" }
func (ReinstateProvider) CommandName() string { return "ReinstateProvider" }

func (*ProviderCalled) EventName() string     { return "ProviderCalled" }
func (*ProviderAnswered) EventName() string   { return "ProviderAnswered" }
func (*ProviderArrived) EventName() string    { return "ProviderArrived" }
func (*TowWasCancelled) EventName() string    { return "TowCancelled" }
func (*TowOverdue) EventName() string         { return "TowOverdue" }
func (*ProviderSuspended) EventName() string  { return "ProviderSuspended" }
func (*ProviderReinstated) EventName() string { return "ProviderReinstated" }

func (e *ProviderCalled) Subject() string    { return string(e.Contact) }
func (e *ProviderCalled) Secret() *Private   { return &e.Private }
func (e *ProviderAnswered) Subject() string  { return string(e.Contact) }
func (e *ProviderAnswered) Secret() *Private { return &e.Private }
func (e *TowWasCancelled) Subject() string   { return string(e.Contact) }
func (e *TowWasCancelled) Secret() *Private  { return &e.Private }

func checkRotations(g Config) *Rejection {
	if len(g.Rotations) > MaxRotations {
		return reject(ConfigInvalid, "%d rotations: at most MaxRotations", len(g.Rotations)).at("rotations")
	}
	names := map[string]string{}
	for n, r := range g.Rotations {
		if checkLines("rotations", r.ID, "rotations", r.Title, "rotations", r.Class) != nil || slices.ContainsFunc(g.Rotations[:n], func(o Rotation) bool { return o.ID == r.ID }) {
			return reject(ConfigInvalid, "rotation %q: an id of its own, a title and a class", r.ID).at("rotations")
		}
		if checkWords("rotations", r.Beats) != nil || len(r.Providers) == 0 || len(r.Providers) > MaxProviders {
			return reject(ConfigInvalid, "rotation %s: 1 to %d providers, at most 50 beats", r.ID, MaxProviders).at("rotations")
		}
		for k, p := range r.Providers {
			if checkLines("rotations", p.ID, "rotations", p.Name, "rotations", p.Number) != nil || slices.ContainsFunc(r.Providers[:k], func(o Provider) bool { return o.ID == p.ID }) {
				return reject(ConfigInvalid, "rotation %s: provider %q is listed once, with a name and a number", r.ID, p.ID).at("rotations")
			}
			if name, known := names[p.ID]; known && name != p.Name {
				return reject(ConfigInvalid, "provider %s is %q and %q: one name", p.ID, name, p.Name).at("rotations")
			}
			names[p.ID] = p.Name
		}
	}
	return nil
}

// Rotation returns a list by its id.
func (s *State) Rotation(id string) (Rotation, bool) {
	for _, r := range s.Config.Rotations {
		if r.ID == id {
			return r, true
		}
	}
	return Rotation{}, false
}

// provider finds a provider on a list.
func (r Rotation) provider(id string) (Provider, bool) {
	for _, p := range r.Providers {
		if p.ID == id {
			return p, true
		}
	}
	return Provider{}, false
}

// Serves reports whether a list is for a beat.
func (r Rotation) Serves(beat string) bool {
	return len(r.Beats) == 0 || beat == "" || contains(r.Beats, beat)
}

// SuspendedNow is why a provider is not called now; nil: it is.
func (s *State) SuspendedNow(provider string, now Instant) *Suspension {
	if p := s.Suspended[provider]; p != nil && now < p.Until {
		return p
	}
	return nil
}

// NextInTurn is whose turn it is on a list, and who was passed over since they are
// suspended; empty: nobody can be called.
func (s *State) NextInTurn(list string, now Instant) (next string, passed []string) {
	turns := s.Turns[list]
	if turns == nil {
		return "", nil
	}
	for _, p := range turns.Order {
		if s.SuspendedNow(p, now) == nil {
			return p, passed
		}
		passed = append(passed, p)
	}
	return "", passed
}

func (c CallProvider) decide(s *State, m Meta, out []Event) ([]Event, *Rejection) {
	i, no := s.openIncident(c.Incident)
	if no != nil {
		return nil, no
	}
	list, known := s.Rotation(c.List)
	if !known {
		return nil, reject(RotationUnknown, "there is no rotation %q", c.List).at("list")
	}
	if !list.Serves(i.Beat) {
		return nil, reject(RotationUnknown, "rotation %s is not for beat %s: take the list of that beat", list.ID, i.Beat).at("list")
	}
	if no := checkText("reason", c.Reason, MaxLineBytes, false); no != nil {
		return nil, no
	}
	next, _ := s.NextInTurn(c.List, m.At)
	if c.Provider == "" {
		c.Provider = next
	}
	if c.Provider == "" {
		return nil, reject(ProviderIsSuspended, "every provider of rotation %s is suspended: call the list of another class or area", list.ID).at("list")
	}
	who, known := list.provider(c.Provider)
	if !known {
		return nil, reject(ProviderUnknown, "%q is not on rotation %s", c.Provider, list.ID).at("provider")
	}
	if p := s.SuspendedNow(who.ID, m.At); p != nil {
		return nil, reject(ProviderIsSuspended, "%s is suspended: %s", who.Name, p.Reason).at("provider")
	}
	skipped, passed := s.before(list.ID, who.ID, m.At)
	if len(skipped) > 0 {
		if no := checkLine("reason", c.Reason); no != nil {
			return nil, reject(ProviderNotInTurn, "it is the turn of %s: say why it is skipped, or call it", next).at("reason")
		}
	} else {
		c.Reason = "" // there is nothing to explain
	}
	underWay := 0
	for _, t := range s.Tows { // counts: the order cannot show
		if !t.Over() {
			underWay++
		}
		if !t.Over() && t.Incident == i.ID && t.List == list.ID && t.Provider == who.ID {
			return nil, reject(TowUnderWay, "%s was called for incident %d already (%s)", who.Name, i.Number, t.ID).at("provider")
		}
	}
	if underWay >= MaxTows || s.towsFor(i.ID) >= MaxTowsEach {
		return nil, reject(LimitReached, "%d providers are under way and %d were called for incident %d: at most MaxTows and MaxTowsEach", underWay, s.towsFor(i.ID), i.Number)
	}
	return append(out, &ProviderCalled{Tow: TowID(numbered("tw", s.Counters.Tow+1)), Incident: i.ID, List: list.ID, Class: list.Class, Provider: who.ID, Name: who.Name,
		Skipped: skipped, Passed: passed, Remind: m.At.Add(TowAnswerTerm), Contact: s.lead(i), Private: said(c.Reason)}), nil
}

// before lists who stands before a provider in the order of a list: those who could be
// called, and those who are suspended.
func (s *State) before(list, provider string, now Instant) (skipped, passed []string) {
	for _, p := range s.Turns[list].Order {
		switch {
		case p == provider:
			return skipped, passed
		case s.SuspendedNow(p, now) != nil:
			passed = append(passed, p)
		default:
			skipped = append(skipped, p)
		}
	}
	return skipped, passed
}

func (s *State) towsFor(id IncidentID) int {
	n := 0
	for _, t := range s.Tows { // counts: the order cannot show
		if t.Incident == id {
			n++
		}
	}
	return n
}

func (s *State) towUnderWay(id TowID) (*Tow, *Rejection) {
	t := s.Tows[id]
	if t == nil {
		return nil, reject(TowUnknown, "tow %q is not known here", id).at("tow")
	}
	if t.Over() {
		return nil, reject(TowIsOver, "%s is %s already: call the next in turn", t.Name, t.State).at("tow")
	}
	return t, nil
}

func (c AnswerTow) decide(s *State, m Meta, out []Event) ([]Event, *Rejection) {
	t, no := s.towUnderWay(c.Tow)
	if no != nil {
		return nil, no
	}
	answered := &ProviderAnswered{Tow: t.ID, Answer: c.Answer, Contact: s.lead(s.Incidents[t.Incident]), Private: said(c.Reason)}
	switch c.Answer {
	case TowAccepted:
		if c.ETA <= m.At || c.ETA.Since(m.At) > TowETAMax {
			return nil, reject(TimeInvalid, "who comes says when: within 12 hours").at("eta")
		}
		answered.ETA, answered.Remind, answered.Private = c.ETA, c.ETA.Add(ArrivalGrace), Private{}
	case TowRefused:
		if no := checkLine("reason", c.Reason); no != nil {
			return nil, no
		}
	case TowNoAnswer:
		answered.Private = Private{}
	default:
		return nil, reject(ValueUnknown, "answer %q: accepted, refused or no_answer", c.Answer).at("answer")
	}
	return append(out, answered), nil
}

func (c ArriveTow) decide(s *State, _ Meta, out []Event) ([]Event, *Rejection) {
	t, no := s.towUnderWay(c.Tow)
	if no != nil {
		return nil, no
	}
	return append(out, &ProviderArrived{Tow: t.ID}), nil
}

func (c CancelTow) decide(s *State, _ Meta, out []Event) ([]Event, *Rejection) {
	t, no := s.towUnderWay(c.Tow)
	if no != nil {
		return nil, no
	}
	if no := checkLine("reason", c.Reason); no != nil {
		return nil, no
	}
	return append(out, &TowWasCancelled{Tow: t.ID, Contact: s.lead(s.Incidents[t.Incident]), Private: said(c.Reason)}), nil
}

func (s *State) anyProvider(id string) *Rejection {
	for _, r := range s.Config.Rotations {
		if _, known := r.provider(id); known {
			return nil
		}
	}
	return reject(ProviderUnknown, "%q is on no rotation", id).at("provider")
}

func (c SuspendProvider) decide(s *State, m Meta, out []Event) ([]Event, *Rejection) {
	if no := s.anyProvider(c.Provider); no != nil {
		return nil, no
	}
	if no := checkLine("reason", c.Reason); no != nil {
		return nil, no
	}
	if c.Until <= m.At || c.Until.Since(m.At) > SuspensionMax {
		return nil, reject(TimeInvalid, "a provider is suspended until a time within 365 days").at("until")
	}
	return append(out, &ProviderSuspended{Provider: c.Provider, Until: c.Until, Reason: c.Reason}), nil
}

func (c ReinstateProvider) decide(s *State, m Meta, out []Event) ([]Event, *Rejection) {
	if no := s.anyProvider(c.Provider); no != nil {
		return nil, no
	}
	if s.SuspendedNow(c.Provider, m.At) == nil {
		return nil, reject(ProviderUnknown, "%s is not suspended", c.Provider).at("provider")
	}
	if no := checkLine("reason", c.Reason); no != nil {
		return nil, no
	}
	return append(out, &ProviderReinstated{Provider: c.Provider, Reason: c.Reason}), nil
}

func (s *State) towDue(t *Tow, m Meta, alarms uint64, out []Event) []Event {
	i := s.Incidents[t.Incident]
	what := " has not answered: call it again, or the next in turn"
	if t.State == TowAccepted {
		what = " has not come by its time: ask where it is"
	}
	return append(out, &TowOverdue{Tow: t.ID, Next: m.At.Add(EscalateAfter)},
		&AlarmRaised{ID: s.nextAlarm(alarms), Cause: CauseTow, Level: LevelNotice, Desk: s.deskFor(i.Service), Incident: i.ID, About: "tow:" + string(t.ID),
			Text: t.Name + ", called for call " + strconv.FormatUint(i.Number, 10) + "," + what})
}

// newTurns keeps the order of every list after the agency's data have changed: who is
// listed still stands where it stood, and who is new is last.
func (s *State) newTurns() {
	turns := map[string]*Turns{}
	for _, r := range s.Config.Rotations {
		t := &Turns{}
		if was := s.Turns[r.ID]; was != nil {
			t.Taken = was.Taken
			for _, p := range was.Order {
				if _, listed := r.provider(p); listed {
					t.Order = append(t.Order, p)
				}
			}
		}
		for _, p := range r.Providers {
			if !contains(t.Order, p.ID) {
				t.Order = append(t.Order, p.ID)
			}
		}
		turns[r.ID] = t
	}
	s.Turns = turns
	for id := range s.Suspended { // each by itself: the order cannot show
		if s.anyProvider(id) != nil {
			delete(s.Suspended, id)
		}
	}
}

// turn notes what happened on a list, and puts a provider at the end of the order, or
// at its beginning, or leaves it where it is.
func (s *State) turn(list string, to turnTo, one Turn) {
	was := s.Turns[list]
	if was == nil { // the list is gone since
		return
	}
	t := *was
	if to != turnStays && contains(t.Order, one.Provider) {
		order := without(t.Order, one.Provider)
		if to == turnFirst {
			t.Order = append([]string{one.Provider}, order...)
		} else {
			t.Order = append(order, one.Provider)
		}
	}
	taken := append(slices.Clone(t.Taken), one)
	t.Taken = taken[max(0, len(taken)-MaxTurns):]
	s.Turns[list] = &t
	s.touched.config()
}

// turnTo says where a provider goes in the order.
type turnTo int

const (
	turnStays turnTo = iota
	turnFirst
	turnLast
)

// towMoves puts a changed tow where the old one was, and notes it on its list.
func (s *State) towMoves(id TowID, to turnTo, st Stamped, change func(*Tow)) {
	t := *s.Tows[id]
	change(&t)
	s.Tows[id] = &t
	s.due.set(dueRef{dueTow, string(id)}, t.Remind)
	if t.Over() {
		s.dropAlarmsAbout(CauseTow, "tow:"+string(id))
	}
	call := uint64(0)
	if i := s.Incidents[t.Incident]; i != nil {
		call = i.Number
	}
	s.turn(t.List, to, Turn{At: st.At, By: st.By, Provider: t.Provider, What: string(t.State), Tow: id, Call: call, Why: t.Why, Contact: t.Contact})
	s.touched.tow(id)
	s.touched.incident(t.Incident)
}

func (e *ProviderCalled) evolve(s *State, st Stamped) {
	s.Counters.Tow++
	t := &Tow{ID: e.Tow, List: e.List, Class: e.Class, Provider: e.Provider, Name: e.Name, Incident: e.Incident, State: TowCalled, Skipped: e.Skipped, Passed: e.Passed,
		Why: e.Private.Text, Contact: e.Contact, CalledAt: st.At, By: st.By}
	s.Tows[e.Tow] = t
	call := s.Incidents[e.Incident].Number
	for _, p := range e.Skipped {
		s.turn(e.List, turnStays, Turn{At: st.At, By: st.By, Provider: p, What: "skipped", Tow: e.Tow, Call: call, Why: e.Private.Text, Contact: e.Contact})
	}
	for _, p := range e.Passed {
		s.turn(e.List, turnStays, Turn{At: st.At, By: st.By, Provider: p, What: "suspended", Tow: e.Tow, Call: call})
	}
	s.towMoves(e.Tow, turnLast, st, func(t *Tow) { t.Remind = e.Remind })
}

func (e *ProviderAnswered) evolve(s *State, st Stamped) {
	s.towMoves(e.Tow, turnStays, st, func(t *Tow) {
		t.State, t.ETA, t.Remind = e.Answer, e.ETA, e.Remind
		if e.Answer == TowRefused {
			t.Why, t.Contact = e.Private.Text, e.Contact
		}
	})
	s.dropAlarmsAbout(CauseTow, "tow:"+string(e.Tow))
}

func (e *ProviderArrived) evolve(s *State, st Stamped) {
	s.towMoves(e.Tow, turnStays, st, func(t *Tow) { t.State, t.ArrivedAt, t.Remind = TowArrived, st.At, 0 })
}

func (e *TowWasCancelled) evolve(s *State, st Stamped) {
	s.towMoves(e.Tow, turnFirst, st, func(t *Tow) { t.State, t.Remind, t.Why, t.Contact = TowCancelled, 0, e.Private.Text, e.Contact })
}

func (e *TowOverdue) evolve(s *State, _ Stamped) {
	t := *s.Tows[e.Tow]
	t.Remind = e.Next
	s.Tows[e.Tow] = &t
	s.due.set(dueRef{dueTow, string(e.Tow)}, e.Next)
	s.touched.tow(e.Tow)
}

func (e *ProviderSuspended) evolve(s *State, st Stamped) {
	s.Suspended[e.Provider] = &Suspension{Provider: e.Provider, Until: e.Until, Reason: e.Reason, At: st.At, By: st.By}
	s.touched.config()
}

func (e *ProviderReinstated) evolve(s *State, _ Stamped) {
	delete(s.Suspended, e.Provider)
	s.touched.config()
}

// forgetTows takes the tows of an incident that goes to the archive away.
func (s *State) forgetTows(id IncidentID) {
	for _, tow := range sortedKeys(s.Tows) {
		if s.Tows[tow].Incident != id {
			continue
		}
		s.due.set(dueRef{dueTow, string(tow)}, 0)
		s.dropAlarmsAbout(CauseTow, "tow:"+string(tow))
		delete(s.Tows, tow)
		s.touched.tow(tow)
	}
}

// follows gives the case numbers and tows of an incident of which nothing is left to the
// one that its last contact joined.
func (s *State) follows(from, into *Incident) {
	if len(from.Cases) > 0 {
		into.Cases, from.Cases = append(slices.Clone(into.Cases), from.Cases...), nil
	}
	for _, id := range sortedKeys(s.Tows) {
		if s.Tows[id].Incident == from.ID {
			t := *s.Tows[id]
			t.Incident = into.ID
			s.Tows[id] = &t
			s.touched.tow(id)
		}
	}
}
