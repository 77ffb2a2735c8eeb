package dispatch

// DispatchUnit sends a unit to an incident. The travel time was estimated
// outside and comes with the name of what estimated it; a decision is judged
// later by what it relied on.
type DispatchUnit struct {
	Unit     UnitID
	Incident IncidentID
	Travel   Millis // 0: not known
	Model    string // "straight_line", "road", "" when Travel is 0
	Override string // why it is sent where a zone's rule says no; empty: it is not
	Outside  bool   // it is sent to the rendezvous, and waits there

	Hazards []HazardID // those that the sender was shown and has read
}

// StackUnit puts an incident behind what a unit is doing now.
type StackUnit struct {
	Unit     UnitID
	Incident IncidentID
	Reason   string
	Hazards  []HazardID // those that the sender was shown and has read
}

// UnassignUnit takes a unit off an incident, for a reason.
type UnassignUnit struct {
	Unit     UnitID
	Incident IncidentID
	Reason   string
}

// UnitDispatched: the unit is on its way to be sent.
type UnitDispatched struct {
	Unit      UnitID     `json:"unit"`
	Incident  IncidentID `json:"incident"`
	Contact   ContactID  `json:"contact"` // the leading one: whose key seals the private part
	Travel    Millis     `json:"travel,omitempty"`
	Model     string     `json:"model,omitempty"`
	FromStack bool       `json:"from_stack,omitempty"`
	Outside   bool       `json:"outside,omitempty"`  // to the rendezvous: it may not go in
	Insisted  bool       `json:"insisted,omitempty"` // against the zone's rule, for a reason
	Private   Private    `json:"-"`                  // Text: why against the zone's rule
}

// UnitStacked: the incident waits behind the unit's active one.
type UnitStacked struct {
	Unit     UnitID     `json:"unit"`
	Incident IncidentID `json:"incident"`
	Contact  ContactID  `json:"contact"`
	Private  Private    `json:"-"` // Text: the reason
}

// UnitUnassigned: the unit works on it no longer, or it left the stack.
type UnitUnassigned struct {
	Unit     UnitID     `json:"unit"`
	Incident IncidentID `json:"incident"`
	Contact  ContactID  `json:"contact"`
	Private  Private    `json:"-"` // Text: the reason
}

func (DispatchUnit) CommandName() string { return "DispatchUnit" }
func (StackUnit) CommandName() string    { return "StackUnit" }
func (UnassignUnit) CommandName() string { return "UnassignUnit" }

func (*UnitDispatched) EventName() string { return "UnitDispatched" }
func (*UnitStacked) EventName() string    { return "UnitStacked" }
func (*UnitUnassigned) EventName() string { return "UnitUnassigned" }

func (e *UnitDispatched) Subject() string  { return string(e.Contact) }
func (e *UnitDispatched) Secret() *Private { return &e.Private }
func (e *UnitStacked) Subject() string     { return string(e.Contact) }
func (e *UnitStacked) Secret() *Private    { return &e.Private }
func (e *UnitUnassigned) Subject() string  { return string(e.Contact) }
func (e *UnitUnassigned) Secret() *Private { return &e.Private }

func (c DispatchUnit) decide(s *State, m Meta, out []Event) ([]Event, *Rejection) {
	u, no := s.workingUnit(c.Unit)
	if no != nil {
		return nil, no
	}
	i, no := s.openIncident(c.Incident)
	if no != nil {
		return nil, no
	}
	if u.Incident == c.Incident {
		return nil, reject(UnitAssigned, "%s is on incident %d already", u.ID, i.Number).at("unit")
	}
	if u.Incident != "" {
		return nil, reject(UnitBusy, "%s is on incident %d: stack it, or take it off first", u.ID, s.Incidents[u.Incident].Number).at("unit")
	}
	sent, no := c.mayGo(s, u, i, m)
	if no != nil {
		return nil, no
	}
	return append(out, sent...), nil
}

// mayGo sends a unit that has nothing else to do, or is about to have nothing else, if
// the rules let it.
func (c DispatchUnit) mayGo(s *State, u *Unit, i *Incident, m Meta) (out []Event, no *Rejection) {
	if len(i.Assignments) >= MaxAssignments {
		return nil, reject(LimitReached, "incident %d has %d assignments: at most MaxAssignments", i.Number, len(i.Assignments))
	}
	if c.Travel < 0 || c.Travel > Day {
		return nil, reject(TimeInvalid, "a travel time is between 0 and 24 h").at("travel")
	}
	if no := checkText("model", c.Model, MaxLineBytes, false); no != nil {
		return nil, no
	}
	if no := checkText("override_reason", c.Override, MaxLineBytes, false); no != nil {
		return nil, no
	}
	if no := s.reserve(u, i); no != nil {
		return nil, no
	}
	if no := s.entry(u.Service, i, c, m.At); no != nil {
		return nil, no
	}
	if out, no = s.acknowledge(i, u.ID, c.Hazards, out); no != nil {
		return nil, no
	}
	if contains(u.Stack, c.Incident) {
		out = append(out, &UnitUnassigned{Unit: u.ID, Incident: c.Incident, Contact: s.lead(i), Private: said("sent now")})
	}
	out = append(out, &UnitDispatched{Unit: u.ID, Incident: i.ID, Travel: c.Travel, Model: c.Model, Contact: s.lead(i), Outside: s.outside(u.Service, i, c, m.At), Insisted: c.Override != "" && s.outside(u.Service, i, DispatchUnit{}, m.At), Private: said(c.Override)})
	return s.onTheWay(i, c.Travel, m, out), nil
}

// onTheWay changes the leading contact's outcome when the first unit is sent.
func (s *State) onTheWay(i *Incident, travel Millis, m Meta, out []Event) []Event {
	lead := s.Lead(i)
	if lead.Outcome.Kind == OutcomeDispatched {
		return out
	}
	if travel == 0 {
		travel = 10 * Minute
	}
	o := Outcome{Kind: OutcomeDispatched, Since: m.At, Owner: s.deskFor(i.Service), Due: m.At.Add(travel + ArrivalGrace), Next: "ask where the unit is", Authority: m.By}
	return append(out, outcomeOf(lead, o))
}

// reserve refuses to send one of the last units that a posture keeps for more
// urgent calls (Schaack & Larson 1986: class k is sent only while more than r_k
// units are free). Life-safety is exempt.
func (s *State) reserve(u *Unit, i *Incident) *Rejection { return s.reserveBut(u, i, nil) }

// reserveBut is reserve where another unit becomes free in the same gesture; nil: none.
func (s *State) reserveBut(u *Unit, i *Incident, freed *Unit) *Rejection {
	if i.LifeSafety {
		return nil
	}
	for _, p := range s.postures(u.Service, i) {
		kept := p.reserveFor(i.Priority())
		if kept == 0 {
			continue
		}
		free := s.freeIn(p)
		if !u.Free() && (p.Area.Kind != AreaBeats || contains(p.Area.Beats, u.Beat)) {
			free++ // it is about to be: it is asked what comes next
		}
		if freed != nil && freed.Service == p.Service && (p.Area.Kind != AreaBeats || contains(p.Area.Beats, freed.Beat)) {
			free++
		}
		if free <= kept {
			return reject(ReserveKept, "posture %s sends priority %d only while more than %d units are free: %d are", p.ID, i.Priority(), kept, free)
		}
	}
	return nil
}

// MaySend answers why a unit may not be sent to an incident now, in the words
// that DispatchUnit would use; nil when it may. An unknown unit or incident and
// one that is closed are answered too.
func (s *State) MaySend(unit UnitID, incident IncidentID) *Rejection {
	c := DispatchUnit{Unit: unit, Incident: incident}
	if i := s.Incidents[incident]; i != nil { // whoever sends it is shown them
		c.Hazards = s.ToAcknowledge(i, unit)
	}
	_, no := c.decide(s, Meta{At: s.Now}, nil)
	return no
}

// SpareFor returns how many units of a service may still be sent to an incident
// before a posture's reserve is reached, never less than 0, and the posture that
// keeps the rest. Without such a reserve the posture is nil and all free units
// may go.
func (s *State) SpareFor(of Service, i *Incident) (spare int, by *Posture) {
	spare = s.free[of]
	if i.LifeSafety {
		return spare, nil
	}
	for _, p := range s.postures(of, i) {
		if kept := p.reserveFor(i.Priority()); kept > 0 {
			if left := max(s.freeIn(p)-kept, 0); by == nil || left < spare {
				spare, by = min(left, spare), p
			}
		}
	}
	return spare, by
}

func (c StackUnit) decide(s *State, _ Meta, out []Event) ([]Event, *Rejection) {
	u, no := s.workingUnit(c.Unit)
	if no != nil {
		return nil, no
	}
	i, no := s.openIncident(c.Incident)
	if no != nil {
		return nil, no
	}
	if u.Incident == "" {
		return nil, reject(UnitNotAssigned, "%s is doing nothing that %d could wait behind: send it", u.ID, i.Number).at("unit")
	}
	if u.Incident == c.Incident || contains(u.Stack, c.Incident) {
		return nil, reject(UnitAssigned, "%s has incident %d already", u.ID, i.Number).at("unit")
	}
	if len(u.Stack) >= MaxStacked || len(i.Assignments) >= MaxAssignments {
		return nil, reject(LimitReached, "%s has %d incidents stacked: at most MaxStacked", u.ID, len(u.Stack))
	}
	if no := checkLine("reason", c.Reason); no != nil {
		return nil, no
	}
	if read := s.toRead(i, u.ID, c.Hazards); len(read) > 0 {
		out = append(out, &HazardsAcknowledged{Incident: i.ID, Hazards: read, Where: AckDispatch, Unit: u.ID})
	}
	return append(out, &UnitStacked{Unit: c.Unit, Incident: c.Incident, Contact: s.lead(i), Private: said(c.Reason)}), nil
}

func (c UnassignUnit) decide(s *State, m Meta, out []Event) ([]Event, *Rejection) {
	u := s.Units[c.Unit]
	if u == nil {
		return nil, reject(UnitUnknown, "unit %q is not known here", c.Unit).at("unit")
	}
	i, no := s.openIncident(c.Incident)
	if no != nil {
		return nil, no
	}
	if no := checkLine("reason", c.Reason); no != nil {
		return nil, no
	}
	switch {
	case u.Incident == c.Incident:
		out = append(out, &UnitUnassigned{Unit: u.ID, Incident: i.ID, Contact: s.lead(i), Private: said(c.Reason)})
		out = s.release(u.ID, i.ID, m, out)
		return s.leftAlone(i, u.ID, c.Reason, m, out), nil
	case contains(u.Stack, c.Incident):
		return append(out, &UnitUnassigned{Unit: u.ID, Incident: i.ID, Contact: s.lead(i), Private: said(c.Reason)}), nil
	}
	return nil, reject(UnitNotAssigned, "%s is not on incident %d", u.ID, i.Number).at("unit")
}

// release makes a unit that has just lost its incident available, and sends it
// to the next one in its stack that is still open.
func (s *State) release(id UnitID, leaving IncidentID, m Meta, out []Event) []Event {
	out = append(out, &UnitStatusChanged{Unit: id, Status: StatusAvailable, At: m.At, Source: SourceSystem})
	return s.nextInStack(id, leaving, m, out)
}

func (s *State) nextInStack(id UnitID, leaving IncidentID, m Meta, out []Event) []Event {
	for _, next := range s.Units[id].Stack {
		i := s.Incidents[next]
		if next == leaving || i == nil || !i.Open() || len(i.Assignments) >= MaxAssignments || s.reserve(s.Units[id], i) != nil || s.entry(s.Units[id].Service, i, DispatchUnit{}, m.At) != nil {
			continue
		}
		out = append(out, &UnitUnassigned{Unit: id, Incident: next, Contact: s.lead(i), Private: said("sent now")},
			&UnitDispatched{Unit: id, Incident: next, FromStack: true, Contact: s.lead(i), Outside: s.outside(s.Units[id].Service, i, DispatchUnit{}, m.At)})
		return s.alarmFromStack(i, id, s.onTheWay(i, 0, m, out))
	}
	return out
}

// leftAlone puts the leading contact back to waiting when its last unit goes.
func (s *State) leftAlone(i *Incident, leaving UnitID, reason string, m Meta, out []Event) []Event {
	for k := range i.Assignments {
		if a := &i.Assignments[k]; a.EndedAt == 0 && !a.Stacked && a.Unit != leaving {
			return out
		}
	}
	o := s.waiting(i.Service, i.Priority(), m.At)
	o.Next = "close it, or send somebody again"
	o.Reason = "last unit left: " + reason
	return append(out, outcomeOf(s.Lead(i), o))
}

func (e *UnitDispatched) evolve(s *State, st Stamped) {
	u, i := s.Units[e.Unit], s.Incidents[e.Incident]
	milestones := append(make([]Milestone, 0, 4), Milestone{Status: StatusDispatched, At: st.At, Entered: st.At, Source: SourceSystem}) // most have three or four
	i.Assignments = append(i.Assignments, Assignment{Unit: e.Unit, AssignedAt: st.At, By: st.By, Travel: e.Travel, Model: e.Model, Outside: e.Outside, Insisted: e.Insisted, Milestones: milestones})
	was := u.Free()
	u.Incident, u.Status, u.Since, u.Source, u.Post = e.Incident, StatusDispatched, st.At, SourceSystem, ""
	s.countFree(u, was)
	s.shareDues(i, st.At)
	s.touched.unit(e.Unit)
	s.touched.incident(e.Incident)
}

func (e *UnitStacked) evolve(s *State, st Stamped) {
	u, i := s.Units[e.Unit], s.Incidents[e.Incident]
	u.Stack = append(u.Stack, e.Incident)
	i.Assignments = append(i.Assignments, Assignment{Unit: e.Unit, AssignedAt: st.At, By: st.By, Stacked: true})
	s.touched.unit(e.Unit)
	s.touched.incident(e.Incident)
}

func (e *UnitUnassigned) evolve(s *State, st Stamped) {
	u, i := s.Units[e.Unit], s.Incidents[e.Incident]
	stacked := u.Incident != e.Incident
	for k := range i.Assignments {
		if a := &i.Assignments[k]; a.Unit == e.Unit && a.EndedAt == 0 && a.Stacked == stacked {
			a.EndedAt, a.EndReason = st.At, e.Private.Text
		}
	}
	was := u.Free()
	if stacked {
		u.Stack = without(u.Stack, e.Incident)
	} else {
		u.Incident = ""
	}
	s.countFree(u, was)
	s.shareDues(i, st.At)
	if len(i.Hazards) > 0 {
		s.settleHazards(i)
	}
	s.touched.unit(e.Unit)
	s.touched.incident(e.Incident)
}

// countFree keeps the count of free units right after a unit changed.
func (s *State) countFree(u *Unit, was bool) {
	switch is := u.Free(); {
	case is && !was:
		s.moveCutoffs(u, 1)
	case was && !is:
		s.moveCutoffs(u, -1)
	}
}
