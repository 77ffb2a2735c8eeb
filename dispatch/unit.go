package dispatch

import "cmp"

// AddUnit brings one unit into the room. One at a time, so that edits commute:
// there is no command that sets all units.
type AddUnit struct {
	ID           UnitID
	Service      Service
	Kind         string
	Station      StationID
	Beat         string
	Capabilities []string
	Crew         uint8
	Skills       []string
	Status       Status
}

// RetireUnit takes a unit out of the room for good.
type RetireUnit struct {
	Unit   UnitID
	Reason string
}

// SignOnCrew says how many are on a unit and what they can do. Who they are is
// an account's business.
type SignOnCrew struct {
	Unit   UnitID
	Crew   uint8
	Skills []string
}

// SetUnitStatus records what a unit is doing. Any status may follow any other;
// a time may lie in the past and then says so by its source; nothing is
// back-filled. A status that ends the work ends the assignment.
type SetUnitStatus struct {
	Unit   UnitID
	Status Status
	At     Instant // 0: now
	Source Source
}

// UnitAdded: the room has this unit.
type UnitAdded struct {
	Unit Unit `json:"unit"`
}

// UnitRetired: the room has it no longer.
type UnitRetired struct {
	Unit   UnitID `json:"unit"`
	Reason string `json:"reason"`
}

// CrewSignedOn: its crew changed.
type CrewSignedOn struct {
	Unit   UnitID   `json:"unit"`
	Crew   uint8    `json:"crew"`
	Skills []string `json:"skills,omitempty"`
}

// UnitStatusChanged: the unit is doing this; Late when something newer was
// known already, so that only the milestone was added.
type UnitStatusChanged struct {
	Unit   UnitID  `json:"unit"`
	Status Status  `json:"status"`
	At     Instant `json:"at"`
	Source Source  `json:"source"`
	Late   bool    `json:"late,omitempty"`
}

func (AddUnit) CommandName() string       { return "AddUnit" }
func (RetireUnit) CommandName() string    { return "RetireUnit" }
func (SignOnCrew) CommandName() string    { return "SignOnCrew" }
func (SetUnitStatus) CommandName() string { return "SetUnitStatus" }

func (*UnitAdded) EventName() string         { return "UnitAdded" }
func (*UnitRetired) EventName() string       { return "UnitRetired" }
func (*CrewSignedOn) EventName() string      { return "CrewSignedOn" }
func (*UnitStatusChanged) EventName() string { return "UnitStatusChanged" }

// workingUnit finds a unit that is in service.
func (s *State) workingUnit(id UnitID) (*Unit, *Rejection) {
	u := s.Units[id]
	if u == nil || u.Retired {
		return nil, reject(UnitUnknown, "unit %q is not known here", id).at("unit")
	}
	if u.Lent != "" {
		return nil, reject(UnitLent, "%s is on loan to %s: ask for it back first", id, s.Aids[u.Lent].Agency).at("unit")
	}
	if u.Status == StatusOutOfService || u.Status == StatusOffDuty {
		return nil, reject(UnitNotInService, "%s is %s", id, u.Status).at("unit")
	}
	return u, nil
}

func (c AddUnit) decide(s *State, m Meta, out []Event) ([]Event, *Rejection) {
	if no := checkLines("id", string(c.ID), "kind", c.Kind); no != nil {
		return nil, no
	}
	if no := checkText("beat", c.Beat, MaxBeatBytes, false); no != nil {
		return nil, no
	}
	if _, taken := s.Units[c.ID]; taken {
		return nil, reject(NameTaken, "call sign %s is taken: call signs are unique in a jurisdiction", c.ID).at("id")
	}
	if len(s.Units) >= MaxUnits {
		return nil, reject(LimitReached, "%d units: at most MaxUnits", len(s.Units))
	}
	if !contains(s.Config.Services, c.Service) {
		return nil, reject(ValueUnknown, "service %q is not the agency's", c.Service).at("service")
	}
	if c.Station != "" && s.Stations[c.Station] == nil {
		return nil, reject(StationUnknown, "station %q is not known here", c.Station).at("station")
	}
	if !c.Status.Valid() {
		return nil, reject(ValueUnknown, "status %q is not known", c.Status).at("status")
	}
	if no := checkWords("capabilities", c.Capabilities); no != nil {
		return nil, no
	}
	if no := checkWords("skills", c.Skills); no != nil {
		return nil, no
	}
	var crewed Instant
	if c.Crew > 0 {
		crewed = m.At
	}
	out = append(out, &UnitAdded{Unit: Unit{CrewSince: crewed, ID: c.ID, Service: c.Service, Kind: c.Kind, Station: c.Station, Beat: c.Beat,
		Capabilities: c.Capabilities, Crew: c.Crew, Skills: c.Skills, Status: c.Status, Since: m.At, Source: SourceSystem}})
	if st := s.Stations[c.Station]; st != nil && st.Lost {
		out = append(out, &UnitRehomed{Unit: c.ID, From: st.ID, To: s.nearestOpen(st), Lost: st.ID, Reason: st.Name + " is " + string(cmp.Or(st.How, StationIsGone))})
	}
	return out, nil
}

func checkWords(field string, words []string) *Rejection {
	if len(words) > 50 {
		return reject(LimitReached, "%s: at most 50", field).at(field)
	}
	for _, w := range words {
		if no := checkLine(field, w); no != nil {
			return no
		}
	}
	return nil
}

func (c RetireUnit) decide(s *State, _ Meta, out []Event) ([]Event, *Rejection) {
	u := s.Units[c.Unit]
	if u == nil || u.Retired {
		return nil, reject(UnitUnknown, "unit %q is not known here", c.Unit).at("unit")
	}
	if u.Lent != "" || u.Aid != "" {
		return nil, reject(UnitLent, "%s is in mutual aid: return that, and it leaves", u.ID).at("unit")
	}
	if u.Incident != "" || len(u.Stack) > 0 {
		return nil, reject(UnitBusy, "%s has work: take it off first", u.ID).at("unit")
	}
	if no := checkLine("reason", c.Reason); no != nil {
		return nil, no
	}
	return append(out, &UnitRetired{Unit: c.Unit, Reason: c.Reason}), nil
}

func (c SignOnCrew) decide(s *State, _ Meta, out []Event) ([]Event, *Rejection) {
	if u := s.Units[c.Unit]; u == nil || u.Retired {
		return nil, reject(UnitUnknown, "unit %q is not known here", c.Unit).at("unit")
	}
	if no := checkWords("skills", c.Skills); no != nil {
		return nil, no
	}
	return append(out, &CrewSignedOn{Unit: c.Unit, Crew: c.Crew, Skills: c.Skills}), nil
}

func (c SetUnitStatus) decide(s *State, m Meta, out []Event) ([]Event, *Rejection) {
	u := s.Units[c.Unit]
	if u == nil || u.Retired {
		return nil, reject(UnitUnknown, "unit %q is not known here", c.Unit).at("unit")
	}
	if !c.Status.Valid() {
		return nil, reject(ValueUnknown, "status %q is not known", c.Status).at("status")
	}
	if !c.Source.Valid() {
		return nil, reject(ValueUnknown, "source %q: radio, device, inferred, entered, system or unknown", c.Source).at("source")
	}
	at := c.At
	if at == 0 {
		at = m.At
	}
	if at.Since(m.At) > OccurredAtAhead || m.At.Since(at) > OccurredAtPastMax {
		return nil, reject(TimeInvalid, "the time lies %d s from now: at most a minute ahead and a week back", int64(at.Since(m.At)/Second)).at("at")
	}
	changed := &UnitStatusChanged{Unit: c.Unit, Status: c.Status, At: at, Source: c.Source, Late: at < u.Since}
	i := s.Incidents[u.Incident]
	if i != nil {
		if a := i.active(u.ID); len(a.Milestones) >= MaxMilestones {
			return nil, reject(LimitReached, "%s has %d milestones on incident %d: at most MaxMilestones; take it off and send it anew", u.ID, len(a.Milestones), i.Number).at("unit")
		}
	}
	if i == nil || changed.Late || c.Status.Committed() {
		out = append(out, changed)
		if i != nil && !changed.Late {
			out = s.wentIn(u, i, c.Status, m, out)
			out = s.progress(i, c.Status, m, out)
		}
		if i == nil && !changed.Late {
			out = s.emptyStack(u, c.Status, out)
		}
		return out, nil
	}
	out = append(out, &UnitUnassigned{Unit: u.ID, Incident: i.ID, Contact: s.lead(i), Private: said("unit said: " + string(c.Status))}, changed)
	if c.Status == StatusAvailable {
		out = s.nextInStack(u.ID, i.ID, m, out)
	}
	out = s.emptyStack(u, c.Status, out)
	return s.leftAlone(i, u.ID, "unit said: "+string(c.Status), m, out), nil
}

// emptyStack takes what waits behind a unit off it when it leaves service.
func (s *State) emptyStack(u *Unit, status Status, out []Event) []Event {
	if status != StatusOutOfService && status != StatusOffDuty {
		return out
	}
	for _, id := range u.Stack {
		out = append(out, &UnitUnassigned{Unit: u.ID, Incident: id, Contact: s.lead(s.Incidents[id]), Private: said("unit said: " + string(status))})
	}
	return out
}

// progress moves the leading contact's due time on when a unit arrives, and
// counts what a caller was promised as kept when somebody comes in time.
func (s *State) progress(i *Incident, status Status, m Meta, out []Event) []Event {
	if status != StatusOnScene {
		return out
	}
	lead := s.Lead(i)
	o := lead.Outcome
	o.Kind, o.Due, o.Next, o.Reason = OutcomeDispatched, m.At.Add(OnSceneReview), "ask after the unit on scene", ""
	out = append(out, outcomeOf(lead, o))
	for _, id := range i.Contacts {
		for _, p := range s.Contacts[id].Promises {
			if s.Promises[p].State == PromiseOpen {
				out = append(out, &PromiseSettled{Promise: p, Contact: id, State: PromiseKept, Private: Private{Text: "a unit arrived"}})
			}
		}
	}
	return out
}

func (e *UnitAdded) evolve(s *State, _ Stamped) {
	u := e.Unit
	s.Units[u.ID] = &u
	s.countFree(&u, false)
	s.touched.unit(u.ID)
}

func (e *UnitRetired) evolve(s *State, _ Stamped) {
	u := s.Units[e.Unit]
	was := u.Free()
	u.Retired = true
	s.countFree(u, was)
	s.touched.unit(e.Unit)
}

func (e *CrewSignedOn) evolve(s *State, st Stamped) {
	u := s.Units[e.Unit]
	u.Crew, u.Skills, u.CrewSince = e.Crew, e.Skills, st.At
	s.touched.unit(e.Unit)
}

func (e *UnitStatusChanged) evolve(s *State, st Stamped) {
	u := s.Units[e.Unit]
	if i := s.Incidents[u.Incident]; i != nil {
		a := i.active(e.Unit)
		a.Milestones = append(a.Milestones, Milestone{Status: e.Status, At: e.At, Entered: st.At, Source: e.Source})
		if e.Status == StatusOnScene && !e.Late {
			a.Outside = false // it says where it is
		}
		s.touched.incident(i.ID)
	}
	if !e.Late {
		was := u.Free()
		if u.Status != e.Status { // said again, a status is confirmed: it has lasted since it began
			u.Since = min(e.At, st.At) // a device's clock that is ahead hides nothing said after
		}
		u.Status, u.Source = e.Status, e.Source
		s.countFree(u, was)
	}
	s.touched.unit(e.Unit)
}
