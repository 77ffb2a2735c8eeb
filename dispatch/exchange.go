package dispatch

import "strconv"

// ExchangeUnits puts one unit in the place of another, in one gesture: two that are on
// the way to two incidents swap them, or a free one takes the other's incident because
// it is nearer. Nobody is on scene yet, and nobody loses what the other brought.
type ExchangeUnits struct {
	Unit   UnitID // has an incident
	With   UnitID // has another one, or is free
	Reason string

	Travel     Millis // of With to the incident of Unit; 0: not known
	WithTravel Millis // of Unit to the incident of With
	Model      string
	Hazards    []HazardID // those at either place that the sender was shown and has read
}

// PreemptUnit takes a unit off a less urgent incident and sends it to a more urgent one,
// in one gesture. The incident that loses it waits again with the age and the promises
// that it has, and its caller is on the list of those to be rung.
type PreemptUnit struct {
	Unit     UnitID
	For      IncidentID
	Reason   string
	Travel   Millis
	Model    string
	Override string // as in DispatchUnit
	Outside  bool
	Hazards  []HazardID
}

// CallPreempted: the unit of an incident was taken for a more urgent one.
type CallPreempted struct {
	Incident IncidentID `json:"incident"`
	Contact  ContactID  `json:"contact"`
	Unit     UnitID     `json:"unit"`
	For      IncidentID `json:"for"`
	Waits    bool       `json:"waits,omitempty"` // nobody else is on it: its caller is to be told
}

func (ExchangeUnits) CommandName() string { return "ExchangeUnits" }
func (PreemptUnit) CommandName() string   { return "PreemptUnit" }
func (*CallPreempted) EventName() string  { return "CallPreempted" }

func (c ExchangeUnits) decide(s *State, m Meta, out []Event) ([]Event, *Rejection) {
	a, no := s.workingUnit(c.Unit)
	if no != nil {
		return nil, no
	}
	b, no := s.workingUnit(c.With)
	if no != nil {
		no.Field = "with"
		return nil, no
	}
	switch {
	case a.ID == b.ID:
		return nil, reject(ValueUnknown, "a unit is not exchanged with itself").at("with")
	case a.Incident == "":
		return nil, reject(UnitNotAssigned, "%s has no incident that %s could take", a.ID, b.ID).at("unit")
	case a.Incident == b.Incident:
		return nil, reject(UnitAssigned, "%s and %s are on the same incident", a.ID, b.ID).at("with")
	case b.Incident == "" && !b.Free():
		return nil, reject(UnitBusy, "%s is %s", b.ID, b.Status).at("with")
	}
	if no := checkLine("reason", c.Reason); no != nil {
		return nil, no
	}
	if no := checkText("model", c.Model, MaxLineBytes, false); no != nil {
		return nil, no
	}
	if c.Travel < 0 || c.Travel > Day || c.WithTravel < 0 || c.WithTravel > Day {
		return nil, reject(TimeInvalid, "a travel time is between 0 and 24 h").at("travel")
	}
	from, to := s.Incidents[a.Incident], s.Incidents[b.Incident]
	if no := s.instead(a, b, from, to == nil, c, m); no != nil {
		return nil, no
	}
	if to != nil {
		if no := s.instead(b, a, to, false, c, m); no != nil {
			return nil, no
		}
	}
	if out, no = s.acknowledge(from, b.ID, c.Hazards, out); no != nil {
		return nil, no
	}
	if to != nil {
		if out, no = s.acknowledge(to, a.ID, c.Hazards, out); no != nil {
			return nil, no
		}
	}
	out = append(out, &UnitUnassigned{Unit: a.ID, Incident: from.ID, Contact: s.lead(from), Private: said("exchanged with " + string(b.ID) + ": " + c.Reason)})
	if to != nil {
		out = append(out, &UnitUnassigned{Unit: b.ID, Incident: to.ID, Contact: s.lead(to), Private: said("exchanged with " + string(a.ID) + ": " + c.Reason)})
		out = s.takesOver(a, to, c.WithTravel, c.Model, m, out)
	} else {
		out = append(out, &UnitStatusChanged{Unit: a.ID, Status: StatusAvailable, At: m.At, Source: SourceSystem})
	}
	out = s.takesOver(b, from, c.Travel, c.Model, m, out)
	if to == nil {
		out = s.nextInStack(a.ID, from.ID, m, out)
	}
	return out, nil
}

// instead refuses to put one unit in the place of another on an incident: who is there
// stays, and what somebody was sent for must come.
func (s *State) instead(leaving, coming *Unit, i *Incident, freed bool, c ExchangeUnits, m Meta) *Rejection {
	switch leaving.Status {
	case StatusOnScene, StatusTransporting, StatusAtHospital:
		return reject(UnitIsThere, "%s is %s for incident %d: who is there is not exchanged", leaving.ID, leaving.Status, i.Number).at("unit")
	}
	for _, n := range s.ResponseTo(i).Needs {
		if leaving.Meets(n) && !coming.Meets(n) {
			return reject(ExchangeLacks, "%s is no %s, which %s was to bring to incident %d", coming.ID, n.What(), leaving.ID, i.Number).at("with")
		}
	}
	if leaving.Service != coming.Service {
		return reject(ExchangeLacks, "%s is of %s and %s of %s: the service stays the same", coming.ID, coming.Service, leaving.ID, leaving.Service).at("with")
	}
	if len(i.Assignments) >= MaxAssignments {
		return reject(LimitReached, "incident %d has %d assignments: at most MaxAssignments", i.Number, len(i.Assignments))
	}
	if freed {
		if no := s.reserveBut(coming, i, leaving); no != nil {
			return no
		}
	} else if no := s.reserve(coming, i); no != nil {
		return no
	}
	return s.entry(coming.Service, i, DispatchUnit{}, m.At)
}

// takesOver sends a unit in the place of another, and moves the arrival that the leading
// contact waits for.
func (s *State) takesOver(u *Unit, i *Incident, travel Millis, model string, m Meta, out []Event) []Event {
	if travel == 0 {
		model = ""
	}
	if contains(u.Stack, i.ID) {
		out = append(out, &UnitUnassigned{Unit: u.ID, Incident: i.ID, Contact: s.lead(i), Private: said("sent now")})
	}
	out = append(out, &UnitDispatched{Unit: u.ID, Incident: i.ID, Travel: travel, Model: model, Contact: s.lead(i), Outside: s.outside(u.Service, i, DispatchUnit{}, m.At)})
	lead := s.Lead(i)
	if lead.Outcome.Kind != OutcomeDispatched || s.somebodyThere(i) {
		return s.onTheWay(i, travel, m, out)
	}
	if travel == 0 {
		travel = 10 * Minute
	}
	o := lead.Outcome
	o.Due = m.At.Add(travel + ArrivalGrace)
	return append(out, outcomeOf(lead, o))
}

func (c PreemptUnit) decide(s *State, m Meta, out []Event) ([]Event, *Rejection) {
	u, no := s.workingUnit(c.Unit)
	if no != nil {
		return nil, no
	}
	to, no := s.openIncident(c.For)
	if no != nil {
		no.Field = "for"
		return nil, no
	}
	if u.Incident == "" {
		return nil, reject(UnitNotAssigned, "%s is on no incident that it could be taken from: send it", u.ID).at("unit")
	}
	if u.Incident == to.ID {
		return nil, reject(UnitAssigned, "%s is on incident %d already", u.ID, to.Number).at("unit")
	}
	if u.Status == StatusTransporting || u.Status == StatusAtHospital {
		return nil, reject(UnitIsThere, "%s is %s: it has somebody with it", u.ID, u.Status).at("unit")
	}
	if no := checkLine("reason", c.Reason); no != nil {
		return nil, no
	}
	from := s.Incidents[u.Incident]
	if no := s.lower(from, to); no != nil {
		return nil, no
	}
	send := DispatchUnit{Unit: u.ID, Incident: to.ID, Travel: c.Travel, Model: c.Model, Override: c.Override, Outside: c.Outside, Hazards: c.Hazards}
	sent, no := send.mayGo(s, u, to, m)
	if no != nil {
		return nil, no
	}
	waits := from.Active() == 1
	words := "taken for call " + strconv.FormatUint(to.Number, 10) + ": " + c.Reason
	out = append(out, &UnitUnassigned{Unit: u.ID, Incident: from.ID, Contact: s.lead(from), Private: said(words)},
		&CallPreempted{Incident: from.ID, Contact: s.lead(from), Unit: u.ID, For: to.ID, Waits: waits})
	if waits {
		lead := s.Lead(from)
		o := s.waiting(from.Service, from.Priority(), m.At)
		o.Next = NextTaken
		if lead.Safe == SafeNo {
			o.Owner, o.Next = s.supervisorOf(o.Owner), NextUnsafe
		}
		o.Reason = string(u.ID) + " was " + words
		out = append(out, outcomeOf(lead, o))
	}
	return append(out, sent...), nil
}

// NextTaken is what is done next about a call whose unit was taken.
const NextTaken = "ring the caller: it takes longer; send somebody again"

// lower refuses to take a unit from an incident that is not less urgent. What nobody has
// triaged counts as life-safety when it waits, and takes nobody's unit.
func (s *State) lower(from, to *Incident) *Rejection {
	if lead := s.Lead(to); to.Type == "" || lead == nil || lead.Person.Place == "" && lead.Person.Point == nil {
		return reject(PreemptUntriaged, "nobody has said what incident %d is, or where: triage it first; until then it takes no unit from another", to.Number).at("for")
	}
	switch {
	case from.LifeSafety && (!to.LifeSafety || to.Priority() >= from.Priority()):
		return reject(PreemptNotLower, "incident %d is life-safety: its unit is taken only for life-safety of a higher priority, and incident %d has priority %d", from.Number, to.Number, to.Priority()).at("for")
	case to.Priority() > from.Priority(), !from.LifeSafety && !to.LifeSafety && to.Priority() == from.Priority():
		return reject(PreemptNotLower, "incident %d has priority %d, incident %d has %d: a unit is taken only from a less urgent one", from.Number, from.Priority(), to.Number, to.Priority()).at("for")
	}
	return nil
}

func (e *CallPreempted) evolve(s *State, st Stamped) {
	if c := s.Contacts[e.Contact]; c != nil && e.Waits {
		c.Preempted = st.At
		s.touched.contact(e.Contact)
	}
	s.touched.incident(e.Incident)
	s.touched.incident(e.For)
}
