package dispatch

import (
	"slices"
	"strconv"

	"github.com/everycall/everycall/triage"
)

// AidDirection says who helps whom.
type AidDirection string

// To us: another agency lends. From us: we lend.
const (
	AidToUs   AidDirection = "to_us"
	AidFromUs AidDirection = "from_us"
)

// AidState is how far mutual aid has come.
type AidState string

// The states, in their order. Refused, withdrawn and returned are the end.
const (
	AidAsked     AidState = "asked"
	AidOffered   AidState = "offered"
	AidAccepted  AidState = "accepted"
	AidRefused   AidState = "refused"
	AidSent      AidState = "sent"
	AidArrived   AidState = "arrived"
	AidReturned  AidState = "returned"
	AidWithdrawn AidState = "withdrawn"
)

func (a AidState) over() bool {
	return a == AidRefused || a == AidReturned || a == AidWithdrawn
}

// Aid is mutual aid with another agency, by name: who asked for what, what came of it,
// and when somebody has to look again.
type Aid struct {
	ID        AidID         `json:"id"`
	Direction AidDirection  `json:"direction"`
	Agency    string        `json:"agency"` // the other one
	Needs     []triage.Need `json:"needs"`
	Incident  IncidentID    `json:"incident,omitempty"` // what it is for; empty: cover
	Reason    string        `json:"reason"`
	Terms     string        `json:"terms,omitempty"` // of cost
	State     AidState      `json:"state"`
	Due       Instant       `json:"due"`           // when somebody is alarmed, or, once it is over, when it leaves the state
	ETA       Instant       `json:"eta,omitempty"` // 0: not said
	Until     Instant       `json:"until,omitempty"`
	Units     []UnitID      `json:"units,omitempty"`
	Steps     []AidStep     `json:"steps"`
}

// AidStep is one entry of its history.
type AidStep struct {
	State AidState `json:"state"`
	At    Instant  `json:"at"`
	By    string   `json:"by"`
	Words string   `json:"words,omitempty"`
}

// AskAid asks another agency for units, or writes down that it asks us.
type AskAid struct {
	Direction AidDirection
	Agency    string
	Needs     []triage.Need
	Incident  IncidentID
	Reason    string
	Terms     string
	Within    Millis // to answer; 0: AidAnswerTerm
}

// OfferAid answers what was asked with an offer, or, without Aid, writes down one that
// nobody asked for.
type OfferAid struct {
	Aid       AidID
	Direction AidDirection  // without Aid
	Agency    string        // without Aid
	Needs     []triage.Need // without Aid
	ETA       Instant
	Terms     string
	Words     string
}

// AcceptAid takes an offer, or says yes to what was asked without one.
type AcceptAid struct {
	Aid   AidID
	Words string
}

// RefuseAid says no: to what was asked, or to an offer.
type RefuseAid struct {
	Aid    AidID
	Reason string
}

// WithdrawAid takes it back before anybody was sent.
type WithdrawAid struct {
	Aid    AidID
	Reason string
}

// SendAid says who is on the way, and for how long. Theirs become units of the room;
// ours leave its pool.
type SendAid struct {
	Aid    AidID
	Theirs []AidUnit
	Ours   []UnitID
	ETA    Instant
	Until  Instant
}

// AidUnit is a unit of another agency.
type AidUnit struct {
	ID           UnitID
	Service      Service
	Kind         string
	Capabilities []string
	Crew         uint8
}

// ArriveAid says that it is there.
type ArriveAid struct {
	Aid AidID
}

// ExtendAid agrees on a longer loan.
type ExtendAid struct {
	Aid    AidID
	Until  Instant
	Reason string
}

// ReturnAid ends the loan: theirs leave the room, ours are in the pool again.
type ReturnAid struct {
	Aid   AidID
	Words string
}

// AidBegan: another agency was asked, has asked, or has offered.
type AidBegan struct {
	Aid Aid `json:"aid"`
}

// AidMoved: it has come to another state, or goes on longer.
type AidMoved struct {
	Aid   AidID    `json:"aid"`
	State AidState `json:"state"`
	Due   Instant  `json:"due"`
	ETA   Instant  `json:"eta,omitempty"`
	Until Instant  `json:"until,omitempty"`
	Terms string   `json:"terms,omitempty"`
	Units []UnitID `json:"units,omitempty"`
	Words string   `json:"words,omitempty"`
}

// AidReminded: a time has passed; somebody is alarmed, and again at Due.
type AidReminded struct {
	Aid AidID   `json:"aid"`
	Due Instant `json:"due"`
}

// AidArchived: it has been over for so long that it leaves the state.
type AidArchived struct {
	Aid AidID `json:"aid"`
}

func (AskAid) CommandName() string      { return "AskAid" }
func (OfferAid) CommandName() string    { return "OfferAid" }
func (AcceptAid) CommandName() string   { return "AcceptAid" }
func (RefuseAid) CommandName() string   { return "RefuseAid" }
func (WithdrawAid) CommandName() string { return "WithdrawAid" }
func (SendAid) CommandName() string     { return "SendAid" }
func (ArriveAid) CommandName() string   { return "ArriveAid" }
func (ExtendAid) CommandName() string   { return "ExtendAid" }
func (ReturnAid) CommandName() string   { return "ReturnAid" }

func (*AidBegan) EventName() string    { return "AidBegan" }
func (*AidMoved) EventName() string    { return "AidMoved" }
func (*AidReminded) EventName() string { return "AidReminded" }
func (*AidArchived) EventName() string { return "AidArchived" }

// aid finds mutual aid that is in one of some states.
func (s *State) aid(id AidID, what string, states ...AidState) (*Aid, *Rejection) {
	a := s.Aids[id]
	if a == nil {
		return nil, reject(AidUnknown, "mutual aid %q is not known here", id).at("aid")
	}
	if !contains(states, a.State) {
		return nil, reject(AidStateWrong, "mutual aid %s with %s is %s: it cannot be %s", a.ID, a.Agency, a.State, what).at("aid")
	}
	if len(a.Steps) >= MaxAidSteps {
		return nil, reject(LimitReached, "mutual aid %s has %d steps: at most MaxAidSteps", a.ID, len(a.Steps)).at("aid")
	}
	return a, nil
}

// begin makes mutual aid that somebody asks for or offers.
func (s *State) begin(a Aid, m Meta, out []Event) ([]Event, *Rejection) {
	if a.Direction != AidToUs && a.Direction != AidFromUs {
		return nil, reject(ValueUnknown, "direction %q: to_us or from_us", a.Direction).at("direction")
	}
	if no := checkLines("agency", a.Agency, "reason", a.Reason); no != nil {
		return nil, no
	}
	if len(a.Needs) == 0 {
		return nil, reject(FieldMissing, "needs are needed: of what, and how many").at("needs")
	}
	if no := checkNeeds(s.Config, a.Needs); no != nil {
		return nil, no
	}
	if no := checkText("terms", a.Terms, MaxLineBytes, false); no != nil {
		return nil, no
	}
	if a.Incident != "" {
		if _, no := s.openIncident(a.Incident); no != nil {
			return nil, no
		}
	}
	open := 0
	for _, other := range s.Aids { // counts: the order cannot show
		if !other.State.over() {
			open++
		}
	}
	if open >= MaxAids {
		return nil, reject(LimitReached, "%d mutual aids are not over: at most MaxAids", open)
	}
	a.ID = AidID(numbered("m", s.Counters.Aid+1))
	a.Steps = []AidStep{{State: a.State, At: m.At, By: m.By, Words: a.Reason}}
	return append(out, &AidBegan{Aid: a}), nil
}

func (c AskAid) decide(s *State, m Meta, out []Event) ([]Event, *Rejection) {
	within := c.Within
	if within == 0 {
		within = AidAnswerTerm
	}
	if within < Minute || within > Day {
		return nil, reject(TimeInvalid, "an answer is asked for in 1 minute to 24 h").at("within")
	}
	return s.begin(Aid{Direction: c.Direction, Agency: c.Agency, Needs: c.Needs, Incident: c.Incident, Reason: c.Reason, Terms: c.Terms, State: AidAsked, Due: m.At.Add(within)}, m, out)
}

func (c OfferAid) decide(s *State, m Meta, out []Event) ([]Event, *Rejection) {
	if c.ETA != 0 && (c.ETA < m.At || c.ETA.Since(m.At) > Day) {
		return nil, reject(TimeInvalid, "it arrives within 24 h from now").at("eta")
	}
	if no := checkText("terms", c.Terms, MaxLineBytes, false); no != nil {
		return nil, no
	}
	if no := checkText("words", c.Words, MaxLineBytes, false); no != nil {
		return nil, no
	}
	if c.Aid == "" {
		reason := c.Words
		if reason == "" {
			reason = "offered without being asked"
		}
		return s.begin(Aid{Direction: c.Direction, Agency: c.Agency, Needs: c.Needs, Reason: reason, Terms: c.Terms, ETA: c.ETA, State: AidOffered, Due: m.At.Add(AidAnswerTerm)}, m, out)
	}
	a, no := s.aid(c.Aid, "offered", AidAsked)
	if no != nil {
		return nil, no
	}
	moved := a.to(AidOffered, m.At.Add(AidAnswerTerm), c.Words)
	moved.ETA = c.ETA
	if c.Terms != "" {
		moved.Terms = c.Terms
	}
	return append(out, moved), nil
}

// to is the event that brings it to another state; what is not said stays.
func (a *Aid) to(state AidState, due Instant, words string) *AidMoved {
	return &AidMoved{Aid: a.ID, State: state, Due: due, ETA: a.ETA, Until: a.Until, Terms: a.Terms, Units: a.Units, Words: words}
}

func (c AcceptAid) decide(s *State, m Meta, out []Event) ([]Event, *Rejection) {
	a, no := s.aid(c.Aid, "accepted", AidAsked, AidOffered)
	if no != nil {
		return nil, no
	}
	if no := checkText("words", c.Words, MaxLineBytes, false); no != nil {
		return nil, no
	}
	return append(out, a.to(AidAccepted, m.At.Add(AidSendTerm), c.Words)), nil
}

func (c RefuseAid) decide(s *State, m Meta, out []Event) ([]Event, *Rejection) {
	a, no := s.aid(c.Aid, "refused", AidAsked, AidOffered)
	if no != nil {
		return nil, no
	}
	if no := checkLine("reason", c.Reason); no != nil {
		return nil, no
	}
	return append(out, a.to(AidRefused, m.At.Add(AidArchiveAfter), c.Reason)), nil
}

func (c WithdrawAid) decide(s *State, m Meta, out []Event) ([]Event, *Rejection) {
	a, no := s.aid(c.Aid, "withdrawn", AidAsked, AidOffered, AidAccepted)
	if no != nil {
		return nil, no
	}
	if no := checkLine("reason", c.Reason); no != nil {
		return nil, no
	}
	return append(out, a.to(AidWithdrawn, m.At.Add(AidArchiveAfter), c.Reason)), nil
}

func (c SendAid) decide(s *State, m Meta, out []Event) ([]Event, *Rejection) {
	a, no := s.aid(c.Aid, "sent", AidAccepted)
	if no != nil {
		return nil, no
	}
	if c.ETA < m.At || c.ETA.Since(m.At) > Day {
		return nil, reject(TimeInvalid, "it arrives within 24 h from now").at("eta")
	}
	if c.Until <= c.ETA || c.Until.Since(m.At) > AidMax {
		return nil, reject(TimeInvalid, "the loan ends after the arrival and within 30 days").at("until")
	}
	moved := a.to(AidSent, c.ETA.Add(ArrivalGrace), "")
	moved.ETA, moved.Until = c.ETA, c.Until
	if a.Direction == AidToUs {
		out, moved.Units, no = s.borrow(a, c, m, out)
	} else {
		moved.Units, no = s.lend(c)
	}
	if no != nil {
		return nil, no
	}
	return append(out, moved), nil
}

// borrow makes the units that another agency sends units of the room, on their way.
func (s *State) borrow(a *Aid, c SendAid, m Meta, out []Event) ([]Event, []UnitID, *Rejection) {
	if len(c.Theirs) == 0 || len(c.Ours) > 0 {
		return nil, nil, reject(FieldMissing, "the units that %s sends are needed, and none of ours", a.Agency).at("theirs")
	}
	if len(c.Theirs) > MaxAidUnits || len(s.Units)+len(c.Theirs) > MaxUnits {
		return nil, nil, reject(LimitReached, "%d units at once: at most MaxAidUnits, and MaxUnits in all", len(c.Theirs)).at("theirs")
	}
	var ids []UnitID
	for _, t := range c.Theirs {
		if no := checkLines("theirs", string(t.ID), "theirs", t.Kind); no != nil {
			return nil, nil, no
		}
		if no := checkWords("theirs", t.Capabilities); no != nil {
			return nil, nil, no
		}
		if !contains(s.Config.Services, t.Service) {
			return nil, nil, reject(ValueUnknown, "service %q is not the agency's: say which of ours %s works for", t.Service, t.ID).at("theirs")
		}
		if was := s.Units[t.ID]; contains(ids, t.ID) || was != nil && (!was.Retired || was.Owner == "") {
			return nil, nil, reject(NameTaken, "call sign %s is taken: give theirs another one while they are here", t.ID).at("theirs")
		}
		ids = append(ids, t.ID)
		var crewed Instant
		if t.Crew > 0 {
			crewed = m.At
		}
		out = append(out, &UnitAdded{Unit: Unit{ID: t.ID, Service: t.Service, Kind: t.Kind, Capabilities: t.Capabilities, Crew: t.Crew, CrewSince: crewed,
			Status: StatusEnRoute, Since: m.At, Source: SourceSystem, Owner: a.Agency, LoanEnds: c.Until, Aid: a.ID}})
	}
	return out, ids, nil
}

// lend checks the units of ours that leave the pool.
func (s *State) lend(c SendAid) ([]UnitID, *Rejection) {
	if len(c.Ours) == 0 || len(c.Theirs) > 0 {
		return nil, reject(FieldMissing, "the units of ours that go are needed, and none of theirs").at("ours")
	}
	if len(c.Ours) > MaxAidUnits {
		return nil, reject(LimitReached, "%d units at once: at most MaxAidUnits", len(c.Ours)).at("ours")
	}
	for n, id := range c.Ours {
		u, no := s.workingUnit(id)
		switch {
		case no != nil:
			no.Field = "ours"
			return nil, no
		case !u.Free() || len(u.Stack) > 0 || contains(c.Ours[:n], id):
			return nil, reject(UnitBusy, "%s is %s: only a free unit is lent, once", id, u.Status).at("ours")
		case u.Aid != "":
			return nil, reject(UnitLent, "%s is lent to us by %s: ask them", id, u.Owner).at("ours")
		}
	}
	return slices.Clone(c.Ours), nil
}

func (c ArriveAid) decide(s *State, m Meta, out []Event) ([]Event, *Rejection) {
	a, no := s.aid(c.Aid, "there", AidSent)
	if no != nil {
		return nil, no
	}
	out = append(out, a.to(AidArrived, a.Until, ""))
	for _, id := range a.Units { // who was sent on to an incident already has said so itself
		if u := s.Units[id]; u.Aid == a.ID && u.Incident == "" && u.Status == StatusEnRoute {
			out = append(out, &UnitStatusChanged{Unit: id, Status: StatusAvailable, At: m.At, Source: SourceSystem})
		}
	}
	return out, nil
}

func (c ExtendAid) decide(s *State, m Meta, out []Event) ([]Event, *Rejection) {
	a, no := s.aid(c.Aid, "extended", AidSent, AidArrived)
	if no != nil {
		return nil, no
	}
	if c.Until <= max(a.Until, m.At) || c.Until.Since(m.At) > AidMax {
		return nil, reject(TimeInvalid, "the loan ends later than now agreed, and within 30 days").at("until")
	}
	if no := checkLine("reason", c.Reason); no != nil {
		return nil, no
	}
	moved := a.to(a.State, a.Due, c.Reason)
	if moved.Until = c.Until; a.State == AidArrived {
		moved.Due = c.Until
	}
	return append(out, moved), nil
}

func (c ReturnAid) decide(s *State, m Meta, out []Event) ([]Event, *Rejection) {
	a, no := s.aid(c.Aid, "returned", AidSent, AidArrived)
	if no != nil {
		return nil, no
	}
	if no := checkText("words", c.Words, MaxLineBytes, false); no != nil {
		return nil, no
	}
	if a.Direction == AidToUs {
		for _, id := range a.Units {
			if u := s.Units[id]; u.Incident != "" || len(u.Stack) > 0 {
				return nil, reject(UnitBusy, "%s still works for us: take it off first", id).at("aid")
			}
		}
		for _, id := range a.Units {
			out = append(out, &UnitRetired{Unit: id, Reason: "back to " + a.Agency})
		}
	}
	return append(out, a.to(AidReturned, m.At.Add(AidArchiveAfter), c.Words)), nil
}

// aidDue alarms whoever has to ask again, or archives what is over.
func (s *State) aidDue(a *Aid, m Meta, alarms uint64, out []Event) []Event {
	if a.State.over() {
		return append(out, &AidArchived{Aid: a.ID})
	}
	them, us := a.Agency+" has", "we have"
	asker, giver := us, them
	if a.Direction == AidFromUs {
		asker, giver = them, us
	}
	text := map[AidState]string{
		AidAsked:    giver + " not answered: ask again, or ask somebody else",
		AidOffered:  asker + " not answered the offer: take it or refuse it",
		AidAccepted: giver + " not said who is on the way",
		AidSent:     "nobody has said that it is there",
		AidArrived:  "the loan is over: return it, or agree on a longer one",
	}[a.State]
	desk := s.deskFor(s.Config.DefaultService)
	if i := s.Incidents[a.Incident]; i != nil {
		desk = s.deskFor(i.Service)
	}
	return append(out, &AidReminded{Aid: a.ID, Due: m.At.Add(AidRemindEvery)},
		&AlarmRaised{ID: s.nextAlarm(alarms), Cause: CauseAid, Level: LevelWarning, Desk: s.supervisorOf(desk), About: "aid:" + string(a.ID),
			Text: "mutual aid " + string(a.ID) + " with " + a.Agency + ", " + wanted(a.Needs) + ": " + text})
}

// wanted says what is asked for in a few words.
func wanted(needs []triage.Need) string {
	text := ""
	for k, n := range needs {
		if k > 0 {
			text += ", "
		}
		text += strconv.Itoa(int(n.Count)) + " " + n.What()
	}
	return text
}

func (e *AidBegan) evolve(s *State, _ Stamped) {
	s.Counters.Aid++
	a := e.Aid
	s.Aids[a.ID] = &a
	s.due.set(dueRef{dueAid, string(a.ID)}, a.Due)
	s.touched.aid(a.ID)
}

func (e *AidMoved) evolve(s *State, st Stamped) {
	a := s.Aids[e.Aid]
	a.State, a.Due, a.ETA, a.Until, a.Terms, a.Units = e.State, e.Due, e.ETA, e.Until, e.Terms, e.Units
	a.Steps = append(slices.Clip(a.Steps), AidStep{State: e.State, At: st.At, By: st.By, Words: e.Words})
	s.due.set(dueRef{dueAid, string(a.ID)}, a.Due)
	s.dropAlarmsAbout(CauseAid, "aid:"+string(a.ID))
	for _, id := range a.Units {
		u := s.Units[id]
		was := u.Free()
		switch {
		case a.Direction == AidToUs:
			if u.Aid == a.ID {
				u.LoanEnds = a.Until
			}
		case a.State.over():
			u.Lent = ""
		default:
			u.Lent = a.ID
		}
		s.countFree(u, was)
		s.touched.unit(id)
	}
	s.touched.aid(a.ID)
}

func (e *AidReminded) evolve(s *State, _ Stamped) {
	a := s.Aids[e.Aid]
	a.Due = e.Due
	s.due.set(dueRef{dueAid, string(a.ID)}, a.Due)
	s.touched.aid(a.ID)
}

func (e *AidArchived) evolve(s *State, _ Stamped) {
	s.due.set(dueRef{dueAid, string(e.Aid)}, 0)
	delete(s.Aids, e.Aid)
	s.touched.aid(e.Aid)
}

// checkAids: each is due, and who is lent knows it.
func (s *State) checkAids() string {
	for _, id := range sortedKeys(s.Aids) {
		a := s.Aids[id]
		if s.due.find(dueRef{dueAid, string(id)}) != a.Due || a.Due == 0 {
			return "mutual aid " + string(id) + " is " + string(a.State) + " and nothing will ask after it"
		}
		for _, unit := range a.Units {
			if u := s.Units[unit]; a.Direction == AidFromUs && (u.Lent == id) == a.State.over() {
				return "mutual aid " + string(id) + " is " + string(a.State) + " and " + string(unit) + " is lent to " + string(u.Lent)
			}
		}
	}
	return ""
}
