package dispatch

import "strconv"

// The decisions about a contact that is not being answered now. None of them
// is open to a life-safety contact except staging, which is open to nothing
// else; and each names an owner, a due time, a next action and a reason.

// HoldContact makes a contact wait on purpose, for a reason, with a review, and
// with what the caller was told. The reason may be left out where a posture in
// force says that such calls are held: it is then the posture's.
type HoldContact struct {
	Contact  ContactID
	Reason   string
	Posture  PostureID    // empty: the posture in force that holds it, if there is one
	ReviewIn Millis       // 0: the posture's limit, else the agency's for the priority
	Told     *PromiseTold // nil: nothing was promised
}

// ResumeContact ends a hold, staging, diversion or appointment: it waits again.
type ResumeContact struct {
	Contact ContactID
	Reason  string
}

// StageContact is for a life-safety contact that cannot be reached: a plan, an
// alarm, and a new decision by a supervisor every StagedReview.
type StageContact struct {
	Contact ContactID
	Plan    string
}

// StageAgain decides again on a contact that is staged: it stays so, with a plan. It
// is a supervisor's, by name.
type StageAgain struct {
	Contact ContactID
	Plan    string
}

// DivertContact gives it to another desk, which owns it from then on.
type DivertContact struct {
	Contact ContactID
	Desk    DeskID
	Reason  string
	Words   string // what the caller was told: which desk, and why
}

// AppointContact agrees on a time.
type AppointContact struct {
	Contact ContactID
	At      Instant
	Desk    DeskID
	Reason  string
	Words   string // what the caller was told
}

// DeclineContact says no, with an authority and the words said to the caller.
type DeclineContact struct {
	Contact   ContactID
	Reason    string
	Authority string
	Words     string
}

// TransferContact hands it to another agency, which said that it took it.
type TransferContact struct {
	Contact ContactID
	To      string
	Reason  string
}

// AbandonContact records that the caller has gone before anybody could help.
type AbandonContact struct {
	Contact ContactID
	Reason  string
}

// MarkUnanswered records that nobody answered; somebody owns ringing back.
type MarkUnanswered struct {
	Contact ContactID
	Reason  string
}

func (HoldContact) CommandName() string     { return "HoldContact" }
func (ResumeContact) CommandName() string   { return "ResumeContact" }
func (StageContact) CommandName() string    { return "StageContact" }
func (StageAgain) CommandName() string      { return "StageAgain" }
func (DivertContact) CommandName() string   { return "DivertContact" }
func (AppointContact) CommandName() string  { return "AppointContact" }
func (DeclineContact) CommandName() string  { return "DeclineContact" }
func (TransferContact) CommandName() string { return "TransferContact" }
func (AbandonContact) CommandName() string  { return "AbandonContact" }
func (MarkUnanswered) CommandName() string  { return "MarkUnanswered" }

// undecided finds an open contact that leads its incident, with no unit on it.
func (s *State) undecided(id ContactID) (*Contact, *Incident, *Rejection) {
	c, no := s.openContact(id)
	if no != nil {
		return nil, nil, no
	}
	i := s.Incidents[c.Incident]
	if c.Outcome.Kind == OutcomeDuplicate {
		return nil, nil, reject(OutcomeWrong, "contact %d follows incident %d: decide on contact %d, which leads it", c.Number, i.Number, s.Contacts[s.lead(i)].Number)
	}
	if i.Active() > 0 {
		return nil, nil, reject(UnitsWorking, "units are working on incident %d: unassign them first", i.Number)
	}
	return c, i, nil
}

// onFloor refuses what the life-safety floor forbids. No posture, cutoff or
// zone rule can lift it.
func onFloor(c *Contact, i *Incident, what string) *Rejection {
	if c.LifeSafety || i.LifeSafety {
		return reject(LifeSafetyFloor, "contact %d is life-safety: it cannot be %s; send somebody, or stage it with a plan", c.Number, what)
	}
	return nil
}

func outcomeOf(c *Contact, o Outcome) *OutcomeChanged {
	reason := o.Reason
	o.Reason = ""
	return &OutcomeChanged{Contact: c.ID, Outcome: o, Private: Private{Text: reason}}
}

func (c HoldContact) decide(s *State, m Meta, out []Event) ([]Event, *Rejection) {
	contact, incident, no := s.undecided(c.Contact)
	if no != nil {
		return nil, no
	}
	if no := onFloor(contact, incident, "held"); no != nil {
		return nil, no
	}
	rule, posture := s.RuleFor(incident)
	if c.Posture != "" {
		named := s.Postures[c.Posture]
		if named == nil || named.EndedAt != 0 {
			return nil, reject(PostureUnknown, "posture %q is not in force", c.Posture).at("posture")
		}
		if posture == nil || posture.ID != c.Posture || rule.Action != ActionHold {
			return nil, reject(PostureNotHolding, "posture %s does not hold this call: give a reason of your own", c.Posture).at("posture")
		}
	}
	o := Outcome{Kind: OutcomeHeld, Since: m.At, Owner: s.deskFor(incident.Service), Next: "call back, triage again, then send or hold", Reason: c.Reason, Authority: m.By}
	limit := s.holdLimit(incident.Priority())
	if posture != nil && rule.Action == ActionHold {
		o.Posture, o.PostureVersion = posture.ID, posture.Version
		if o.Reason == "" {
			o.Reason = posture.ReasonShown()
		}
		if rule.Limit > 0 {
			limit = rule.Limit
		}
	}
	if c.Reason != "" || o.Reason == "" { // the posture's own was checked when it was declared
		if no := checkLine("reason", c.Reason); no != nil {
			return nil, no
		}
	}
	if c.ReviewIn < 0 || c.ReviewIn > Day {
		return nil, reject(TimeInvalid, "the review is between now and 24 h").at("review_in")
	}
	if c.ReviewIn > 0 {
		limit = c.ReviewIn
	}
	o.Due = m.At.Add(limit)
	if contact.Safe == SafeNo {
		o.Owner, o.Next = s.supervisorOf(o.Owner), NextUnsafe
	}
	out = append(out, outcomeOf(contact, o))
	if c.Told == nil {
		return out, nil
	}
	promise, no := s.promise(contact, *c.Told, m, 0)
	if no != nil {
		return nil, no
	}
	return append(out, promise), nil
}

func (c ResumeContact) decide(s *State, m Meta, out []Event) ([]Event, *Rejection) {
	contact, incident, no := s.undecided(c.Contact)
	if no != nil {
		return nil, no
	}
	if no := checkLine("reason", c.Reason); no != nil {
		return nil, no
	}
	if contact.Outcome.Kind == OutcomeWaiting {
		return nil, reject(OutcomeWrong, "contact %d is waiting already", contact.Number)
	}
	o := s.waiting(incident.Service, incident.Priority(), m.At)
	o.Reason = c.Reason
	return append(out, outcomeOf(contact, o)), nil
}

func (c StageContact) decide(s *State, m Meta, out []Event) ([]Event, *Rejection) {
	contact, no := s.openContact(c.Contact)
	if no != nil {
		return nil, no
	}
	if contact.Outcome.Kind == OutcomeStaged {
		return nil, reject(OutcomeWrong, "contact %d is staged already: a supervisor decides again", contact.Number)
	}
	return s.stage(contact, c.Plan, m, out)
}

func (c StageAgain) decide(s *State, m Meta, out []Event) ([]Event, *Rejection) {
	contact, no := s.openContact(c.Contact)
	if no != nil {
		return nil, no
	}
	if contact.Outcome.Kind != OutcomeStaged {
		return nil, reject(OutcomeWrong, "contact %d is not staged: it is %s", contact.Number, contact.Outcome.Kind)
	}
	return s.stage(contact, c.Plan, m, out)
}

func (s *State) stage(contact *Contact, plan string, m Meta, out []Event) ([]Event, *Rejection) {
	incident := s.Incidents[contact.Incident]
	if s.lead(incident) != contact.ID {
		return nil, reject(OutcomeWrong, "contact %d follows incident %d: stage contact %d, which leads it", contact.Number, incident.Number, s.Contacts[s.lead(incident)].Number)
	}
	if !contact.LifeSafety && !incident.LifeSafety {
		return nil, reject(NotLifeSafety, "contact %d is not life-safety: hold it instead", contact.Number)
	}
	if no := checkLine("plan", plan); no != nil {
		return nil, no
	}
	desk := s.supervisorOf(s.deskFor(incident.Service))
	o := Outcome{Kind: OutcomeStaged, Since: m.At, Owner: desk, Due: m.At.Add(StagedReview), Next: "decide again: go in, or stage for five minutes more", Reason: plan, Authority: m.By}
	if contact.Outcome.Kind == OutcomeStaged {
		o.Since = contact.Outcome.Since
	}
	out = append(out, outcomeOf(contact, o))
	return append(out, &AlarmRaised{ID: s.nextAlarm(0), Cause: CauseStaged, Level: LevelLifeSafety, Desk: desk, Contact: contact.ID, Incident: incident.ID,
		Text: "life-safety call " + strconv.FormatUint(incident.Number, 10) + " staged: its plan stands on the call"}), nil
}

func (c DivertContact) decide(s *State, m Meta, out []Event) ([]Event, *Rejection) {
	contact, incident, no := s.undecided(c.Contact)
	if no != nil {
		return nil, no
	}
	if no := onFloor(contact, incident, "diverted"); no != nil {
		return nil, no
	}
	if no := s.DeskTakes(c.Desk, incident); no != nil {
		return nil, no
	}
	o := Outcome{Kind: OutcomeDiverted, Since: m.At, Owner: c.Desk, Desk: c.Desk, Due: m.At.Add(s.holdLimit(incident.Priority())), Next: "take it, or give it back", Authority: m.By}
	reason, words := s.underPosture(&o, incident, ActionDivert, c.Reason, c.Words)
	if no := checkLines("reason", reason, "words", words); no != nil {
		return nil, no
	}
	o.Reason = spoken(reason, words)
	return append(out, outcomeOf(contact, o)), nil
}

func (c AppointContact) decide(s *State, m Meta, out []Event) ([]Event, *Rejection) {
	contact, incident, no := s.undecided(c.Contact)
	if no != nil {
		return nil, no
	}
	if no := onFloor(contact, incident, "given an appointment"); no != nil {
		return nil, no
	}
	if c.At <= m.At || c.At.Since(m.At) > PromiseMax {
		return nil, reject(TimeInvalid, "an appointment is in the future, within a week").at("at")
	}
	desk := c.Desk
	if desk == "" {
		desk = s.deskFor(incident.Service)
	}
	if no := s.DeskTakes(desk, incident); no != nil {
		return nil, no
	}
	o := Outcome{Kind: OutcomeAppointed, Since: m.At, Owner: desk, Desk: desk, Due: c.At, Next: "keep the appointment, or ring before it", Authority: m.By}
	reason, words := s.underPosture(&o, incident, ActionAppoint, c.Reason, c.Words)
	if no := checkLines("reason", reason, "words", words); no != nil {
		return nil, no
	}
	o.Reason = spoken(reason, words)
	return append(out, outcomeOf(contact, o)), nil
}

func (c DeclineContact) decide(s *State, m Meta, out []Event) ([]Event, *Rejection) {
	contact, incident, no := s.undecided(c.Contact)
	if no != nil {
		return nil, no
	}
	if no := onFloor(contact, incident, "declined"); no != nil {
		return nil, no
	}
	o := Outcome{Kind: OutcomeDeclined, Since: m.At, Authority: c.Authority}
	reason, words := s.underPosture(&o, incident, ActionDecline, c.Reason, c.Words)
	if no := checkLines("reason", reason, "authority", c.Authority, "words", words); no != nil {
		return nil, no
	}
	o.Reason = spoken(reason, words)
	return s.planner(m, nil).finish(contact, incident, o, out)
}

func (c TransferContact) decide(s *State, m Meta, out []Event) ([]Event, *Rejection) {
	contact, incident, no := s.undecided(c.Contact)
	if no != nil {
		return nil, no
	}
	if no := checkLines("to", c.To, "reason", c.Reason); no != nil {
		return nil, no
	}
	return s.planner(m, nil).finish(contact, incident, Outcome{Kind: OutcomeTransferred, Since: m.At, Desk: DeskID(c.To), Reason: c.Reason, Authority: m.By}, out)
}

func (c AbandonContact) decide(s *State, m Meta, out []Event) ([]Event, *Rejection) {
	contact, no := s.openContact(c.Contact)
	if no != nil {
		return nil, no
	}
	incident := s.Incidents[contact.Incident]
	if no := checkLine("reason", c.Reason); no != nil {
		return nil, no
	}
	if incident.Active() > 0 && s.openContacts(incident) == 1 {
		return nil, reject(UnitsWorking, "units are working on incident %d: close it instead", incident.Number)
	}
	return s.planner(m, nil).finish(contact, incident, Outcome{Kind: OutcomeAbandoned, Since: m.At, Reason: c.Reason, Authority: m.By}, out)
}

func (c MarkUnanswered) decide(s *State, m Meta, out []Event) ([]Event, *Rejection) {
	contact, incident, no := s.undecided(c.Contact)
	if no != nil {
		return nil, no
	}
	if no := checkLine("reason", c.Reason); no != nil {
		return nil, no
	}
	o := Outcome{Kind: OutcomeUnanswered, Since: m.At, Owner: s.deskFor(incident.Service), Due: m.At.Add(s.waitLimit(incident.Priority())), Next: "ring back", Reason: c.Reason, Authority: m.By}
	return append(out, outcomeOf(contact, o)), nil
}

// underPosture cites the posture in force that says so, and takes its reason and its
// words where none are given.
func (s *State) underPosture(o *Outcome, i *Incident, action Action, reason, words string) (string, string) {
	rule, p := s.RuleFor(i)
	if p == nil || rule.Action != action || (o.Desk != "" && rule.Desk != o.Desk) {
		return reason, words
	}
	o.Posture, o.PostureVersion = p.ID, p.Version
	if reason == "" {
		reason = p.ReasonShown()
	}
	if words == "" {
		words = rule.Words
	}
	if words == "" {
		words = p.Script
	}
	return reason, words
}

// spoken is a reason with what the caller was told.
func spoken(reason, words string) string { return reason + " (said: " + words + ")" }

// finish gives a contact a final outcome. The incident closes with its last
// open contact; else the next contact leads it and takes over its outcome. The
// incident closes first, so that in every prefix of the events a contact that
// is not final still has its owner.
func (p *planner) finish(c *Contact, i *Incident, o Outcome, out []Event) ([]Event, *Rejection) {
	s, m := p.s, p.m
	if s.openContacts(i) == 1 {
		if no := majorStands(i); no != nil {
			return nil, no
		}
		out = s.clearStacks(i, "closed: "+string(o.Kind), out)
		out = append(out, &IncidentClosed{Incident: i.ID, Disposition: string(o.Kind), Authority: o.Authority})
		return p.close(i.ID, append(out, outcomeOf(c, o))), nil
	}
	if s.lead(i) != c.ID {
		return append(out, outcomeOf(c, o)), nil
	}
	out = append(s.promote(i, c.ID, m.At, out), outcomeOf(c, o))
	return p.leads(i, s.nextLead(i, c.ID), out), nil
}

// promote lets the first other open contact lead the incident, with the outcome
// that the leaving one had.
func (s *State) promote(i *Incident, leaving ContactID, at Instant, out []Event) []Event {
	c := s.nextLead(i, leaving)
	if c == nil {
		return out
	}
	return append(out, outcomeOf(c, s.taken(i, at)))
}

// taken is the outcome that the next leading contact takes over from the one before.
func (s *State) taken(i *Incident, at Instant) Outcome {
	o := s.Lead(i).Outcome
	o.Since = at
	return o
}

// nextLead is the contact that leads an incident once its leading one leaves; nil: none.
func (s *State) nextLead(i *Incident, leaving ContactID) *Contact {
	for _, id := range i.Contacts {
		if c := s.Contacts[id]; id != leaving && !c.Outcome.Kind.Final() {
			return c
		}
	}
	return nil
}
