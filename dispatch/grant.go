package dispatch

import (
	"maps"
	"slices"
	"strconv"
)

// ClearanceID and AgreementID name what lets a service in where a zone's rule does not.
type (
	ClearanceID string
	AgreementID string
)

// Clearance is one person's word that some services may go in by a gate, until some
// time. It is asked for, given, and over; all services see all of them.
type Clearance struct {
	ID         ClearanceID `json:"id"`
	Zone       ZoneID      `json:"zone"`
	Gate       GateID      `json:"gate,omitempty"`     // "": any of the zone's
	Incident   IncidentID  `json:"incident,omitempty"` // "": any in the zone
	Services   []Service   `json:"services"`
	RequiredBy string      `json:"required_by,omitempty"` // who wants it, by role
	AskedAt    Instant     `json:"asked_at,omitempty"`
	AskedBy    string      `json:"asked_by,omitempty"`
	GivenBy    string      `json:"given_by,omitempty"` // whose word it is, by role
	GivenAt    Instant     `json:"given_at,omitempty"`
	Until      Instant     `json:"until,omitempty"`
	EndedAt    Instant     `json:"ended_at,omitempty"`
	EndReason  string      `json:"end_reason,omitempty"`
}

// InForce reports whether it lets anybody in now.
func (c *Clearance) InForce(now Instant) bool {
	return c.GivenAt != 0 && c.EndedAt == 0 && now < c.Until
}

func (c *Clearance) nextDue() Instant {
	switch {
	case c.EndedAt != 0:
		return c.EndedAt.Add(ArchiveAfter)
	case c.GivenAt == 0:
		return c.AskedAt.Add(ClearanceWait)
	}
	return c.Until
}

// Agreement is what was agreed with somebody about a zone: in force it opens gates for
// some services, and at its end it closes them.
type Agreement struct {
	ID          AgreementID `json:"id"`
	Liaison     LiaisonID   `json:"liaison"`
	Zone        ZoneID      `json:"zone"`
	Terms       string      `json:"terms"`
	Services    []Service   `json:"services"`
	Gates       []GateID    `json:"gates,omitempty"` // none: all of the zone's
	From        Instant     `json:"from"`
	Until       Instant     `json:"until"`
	AgreedBy    string      `json:"agreed_by"`    // for the agency, by role
	WitnessedBy string      `json:"witnessed_by"` // by role
	By          string      `json:"by"`           // who wrote it down
	Began       bool        `json:"began,omitempty"`
	EndedAt     Instant     `json:"ended_at,omitempty"`
	EndReason   string      `json:"end_reason,omitempty"`
	Invented    bool        `json:"invented,omitempty"`
}

// InForce reports whether it opens anything now.
func (a *Agreement) InForce(now Instant) bool {
	return a.EndedAt == 0 && now >= a.From && now < a.Until
}

func (a *Agreement) nextDue() Instant {
	switch {
	case a.EndedAt != 0:
		return a.EndedAt.Add(ArchiveAfter)
	case !a.Began:
		return a.From
	}
	return a.Until
}

func (a *Agreement) opens(of Service, i *Incident, now Instant) bool {
	return a.EndedAt == 0 && contains(i.Entry.Zones, a.Zone) && contains(a.Services, of) && (len(a.Gates) == 0 || contains(a.Gates, i.Entry.Gate))
}

// agreementFor is the agreement in force that lets a service in to an incident: of
// several the one that lasts longest.
func (s *State) agreementFor(of Service, i *Incident, now Instant) *Agreement {
	var best *Agreement
	for _, a := range s.Agreements { // the longest wins: the order cannot show
		if a.InForce(now) && a.opens(of, i, now) && (best == nil || a.Until > best.Until || (a.Until == best.Until && byNumber(a.ID, best.ID) < 0)) {
			best = a
		}
	}
	return best
}

// agreementAhead is the next one that will.
func (s *State) agreementAhead(of Service, i *Incident, now Instant) *Agreement {
	var best *Agreement
	for _, a := range s.Agreements { // the first to begin wins: the order cannot show
		if a.From > now && a.opens(of, i, now) && (best == nil || a.From < best.From || (a.From == best.From && byNumber(a.ID, best.ID) < 0)) {
			best = a
		}
	}
	return best
}

func (c *Clearance) covers(i *Incident) bool {
	return contains(i.Entry.Zones, c.Zone) && (c.Gate == "" || c.Gate == i.Entry.Gate) && (c.Incident == "" || c.Incident == i.ID)
}

// clearanceFor is the clearance in force that lets a service in to an incident.
func (s *State) clearanceFor(of Service, i *Incident, now Instant) *Clearance {
	var best *Clearance
	for _, c := range s.clearancesAt(i, false, now) {
		if contains(c.Services, of) && (best == nil || c.Until > best.Until) {
			best = c
		}
	}
	return best
}

// clearancesAt lists the clearances in force for an incident, of all services; near says
// that those for its neighbours at the same gate count too.
func (s *State) clearancesAt(i *Incident, near bool, now Instant) []*Clearance {
	var found []*Clearance
	for _, c := range s.Clearances { // sorted below
		if c.InForce(now) && (c.covers(i) || near && c.Gate == i.Entry.Gate && contains(i.Entry.Zones, c.Zone)) {
			found = append(found, c)
		}
	}
	slices.SortFunc(found, func(a, b *Clearance) int { return byNumber(a.ID, b.ID) })
	return found
}

// AskClearance asks for a word that some services may go in.
type AskClearance struct {
	Zone       ZoneID // or that of the incident
	Gate       GateID
	Incident   IncidentID
	Services   []Service
	RequiredBy string
}

// GiveClearance writes that word down: for one that was asked for, or at once.
type GiveClearance struct {
	Clearance ClearanceID // asked for; else the next fields
	Zone      ZoneID
	Gate      GateID
	Incident  IncidentID
	Services  []Service // for one that was asked for: more services, if any
	GivenBy   string
	Until     Instant
}

// WithdrawClearance takes it back, or says that it was refused.
type WithdrawClearance struct {
	Clearance ClearanceID
	Reason    string
}

// RecordAgreement writes down what was agreed.
type RecordAgreement struct {
	Liaison     LiaisonID
	Zone        ZoneID
	Terms       string
	Services    []Service
	Gates       []GateID
	From        Instant // 0: now
	Until       Instant
	AgreedBy    string
	WitnessedBy string
	Invented    bool
}

// EndAgreement ends it before its time.
type EndAgreement struct {
	Agreement AgreementID
	Reason    string
}

// ClearanceAsked: somebody waits for a word.
type ClearanceAsked struct {
	Clearance Clearance `json:"clearance"`
}

// ClearanceGiven: they may go in. Go lists the units that wait outside and may go now.
type ClearanceGiven struct {
	Clearance Clearance `json:"clearance"`
	Go        []UnitID  `json:"go,omitempty"`
}

// ClearanceEnded: it is over, taken back or refused. Back lists the units on their way
// in, which stop at the rendezvous.
type ClearanceEnded struct {
	Clearance ClearanceID `json:"clearance"`
	Reason    string      `json:"reason"`
	Back      []UnitID    `json:"back,omitempty"`
}

// AgreementRecorded: this was agreed. The terms are sealed under its own key.
type AgreementRecorded struct {
	Agreement Agreement `json:"agreement"` // without its terms
	Go        []UnitID  `json:"go,omitempty"`
	Private   Private   `json:"-"` // Text: the terms
}

// AgreementBegan: its time has come; it opens its gates. Go lists the units that wait
// outside and may go now.
type AgreementBegan struct {
	Agreement AgreementID `json:"agreement"`
	Go        []UnitID    `json:"go,omitempty"`
}

// AgreementEnded: it opens nothing any more. Back lists the units on their way in,
// which stop at the rendezvous.
type AgreementEnded struct {
	Agreement AgreementID `json:"agreement"`
	Reason    string      `json:"reason"`
	Back      []UnitID    `json:"back,omitempty"`
}

// GrantArchived: a clearance or agreement left the live state, a day after its end.
type GrantArchived struct {
	Clearance ClearanceID `json:"clearance,omitempty"`
	Agreement AgreementID `json:"agreement,omitempty"`
}

func (AskClearance) CommandName() string      { return "AskClearance" }
func (GiveClearance) CommandName() string     { return "GiveClearance" }
func (WithdrawClearance) CommandName() string { return "WithdrawClearance" }
func (RecordAgreement) CommandName() string   { return "RecordAgreement" }
func (EndAgreement) CommandName() string      { return "EndAgreement" }

func (*ClearanceAsked) EventName() string    { return "ClearanceAsked" }
func (*ClearanceGiven) EventName() string    { return "ClearanceGiven" }
func (*ClearanceEnded) EventName() string    { return "ClearanceEnded" }
func (*AgreementRecorded) EventName() string { return "AgreementRecorded" }
func (*AgreementBegan) EventName() string    { return "AgreementBegan" }
func (*AgreementEnded) EventName() string    { return "AgreementEnded" }
func (*GrantArchived) EventName() string     { return "GrantArchived" }

// Subject names the key that the terms are sealed under.
func (e *AgreementRecorded) Subject() string  { return "agreement:" + string(e.Agreement.ID) }
func (e *AgreementRecorded) Secret() *Private { return &e.Private }

// grantPlace verifies where a clearance is for, and fills in what follows.
func (s *State) grantPlace(zone ZoneID, gate GateID, incident IncidentID, services []Service) (ZoneID, GateID, *Rejection) {
	if incident != "" {
		i, no := s.openIncident(incident)
		if no != nil {
			return "", "", no
		}
		if i.Entry == nil {
			return "", "", reject(NoZoneThere, "incident %d lies in no zone that closes anything: one can simply go", i.Number).at("incident")
		}
		if gate == "" {
			gate = i.Entry.Gate
		}
		if zone == "" {
			if zone = i.Entry.Owner; zone == "" {
				zone = i.Entry.Zones[0]
			}
		}
		if !contains(i.Entry.Zones, zone) {
			return "", "", reject(ZoneUnknown, "incident %d does not lie in zone %q", i.Number, zone).at("zone")
		}
	}
	z := s.Zones[zone]
	if z == nil || z.EndedAt != 0 {
		return "", "", reject(ZoneUnknown, "zone %q is not in force", zone).at("zone")
	}
	if gate != "" && z.Gate(gate) == nil {
		return "", "", reject(GateUnknown, "zone %q has no gate %q", z.Name, gate).at("gate")
	}
	return zone, gate, s.checkServices(services)
}

func (s *State) checkServices(services []Service) *Rejection {
	if len(services) == 0 || len(services) > len(s.Config.Services) {
		return reject(FieldMissing, "it names the services that it is for, each once").at("services")
	}
	for n, of := range services {
		if !contains(s.Config.Services, of) || contains(services[:n], of) {
			return reject(ValueUnknown, "service %q: each of the agency's once", of).at("services")
		}
	}
	return nil
}

// openGrants counts what is not over.
func (s *State) openGrants() (clearances, agreements int) {
	for _, c := range s.Clearances { // counts: the order cannot show
		if c.EndedAt == 0 {
			clearances++
		}
	}
	for _, a := range s.Agreements { // counts: the order cannot show
		if a.EndedAt == 0 {
			agreements++
		}
	}
	return clearances, agreements
}

func (c AskClearance) decide(s *State, m Meta, out []Event) ([]Event, *Rejection) {
	zone, gate, no := s.grantPlace(c.Zone, c.Gate, c.Incident, c.Services)
	if no != nil {
		return nil, no
	}
	if no := checkLine("required_by", c.RequiredBy); no != nil {
		return nil, no
	}
	if n, _ := s.openGrants(); n >= MaxClearances {
		return nil, reject(LimitReached, "%d clearances are open: at most MaxClearances", n)
	}
	asked := Clearance{ID: ClearanceID(numbered("ec", s.Counters.Clearance+1)), Zone: zone, Gate: gate, Incident: c.Incident, Services: c.Services, RequiredBy: c.RequiredBy, AskedAt: m.At, AskedBy: m.By}
	out = append(out, &ClearanceAsked{Clearance: asked})
	return append(out, s.clearanceAlarm(&asked, "clearance "+string(asked.ID)+" is asked for: "+joinServices(asked.Services)+" into zone "+s.Zones[zone].Name+", required by "+c.RequiredBy, out)), nil
}

// clearanceAlarm tells the desk of the first service that has one.
func (s *State) clearanceAlarm(c *Clearance, text string, out []Event) Event {
	level := LevelWarning
	if i := s.Incidents[c.Incident]; i != nil && i.LifeSafety {
		level = LevelLifeSafety
	}
	return &AlarmRaised{ID: s.nextAlarm(raised(out)), Cause: CauseClearance, Level: level, Desk: s.supervisorOf(s.deskFor(s.Config.DefaultService)), Incident: c.Incident, About: "clearance:" + string(c.ID), Text: text}
}

func (c GiveClearance) decide(s *State, m Meta, out []Event) ([]Event, *Rejection) {
	var given Clearance
	if c.Clearance != "" {
		asked := s.Clearances[c.Clearance]
		if asked == nil {
			return nil, reject(ClearanceUnknown, "clearance %q is not known here", c.Clearance).at("clearance")
		}
		if asked.EndedAt != 0 {
			return nil, reject(ClearanceIsOver, "clearance %s is over (%s): give a new one", asked.ID, asked.EndReason).at("clearance")
		}
		given = *asked
		for _, of := range c.Services {
			if !contains(given.Services, of) {
				given.Services = append(slices.Clone(given.Services), of)
			}
		}
		if no := s.checkServices(given.Services); no != nil {
			return nil, no
		}
	} else {
		zone, gate, no := s.grantPlace(c.Zone, c.Gate, c.Incident, c.Services)
		if no != nil {
			return nil, no
		}
		if n, _ := s.openGrants(); n >= MaxClearances {
			return nil, reject(LimitReached, "%d clearances are open: at most MaxClearances", n)
		}
		given = Clearance{ID: ClearanceID(numbered("ec", s.Counters.Clearance+1)), Zone: zone, Gate: gate, Incident: c.Incident, Services: c.Services}
	}
	if no := checkLine("given_by", c.GivenBy); no != nil {
		return nil, no
	}
	if c.Until <= m.At || c.Until.Since(m.At) > ClearanceMax {
		return nil, reject(TimeInvalid, "a clearance ends within 12 hours").at("until")
	}
	given.GivenBy, given.GivenAt, given.Until = c.GivenBy, m.At, c.Until
	e := &ClearanceGiven{Clearance: given}
	e.Go = s.released(func(of Service, i *Incident) bool { return contains(given.Services, of) && given.covers(i) })
	out = append(out, e)
	return s.tellServices(given.Zone, given.Services, "clearance "+string(given.ID)+" of "+given.GivenBy, e.Go, out), nil
}

// tellServices tells every service that has units outside a gate, or an incident there,
// that the word is out: those that may go, and those that must ask whether it is for
// them too.
func (s *State) tellServices(zone ZoneID, services []Service, what string, sent []UnitID, out []Event) []Event {
	for _, of := range s.Config.Services {
		var outside, may []UnitID
		var at string
		for _, id := range sortedKeys(s.Units) {
			u := s.Units[id]
			if i := s.Incidents[u.Incident]; u.Service == of && i != nil && i.Entry != nil && contains(i.Entry.Zones, zone) {
				if a := i.active(id); a != nil && a.Outside {
					if outside = append(outside, id); contains(sent, id) {
						may = append(may, id)
						if g := s.Zones[zone].Gate(i.Entry.Gate); g != nil {
							at = " by " + g.Words()
						}
					}
				}
			}
		}
		if len(outside) == 0 {
			continue
		}
		text := what + ": it is for " + joinServices(services) + "; " + strconv.Itoa(len(outside)) + " of " + string(of) + " wait outside: ask whether it is for them too"
		if len(may) > 0 {
			text = what + ": go in" + at + ": " + inList(may)
		} else if contains(services, of) {
			continue // for another gate or incident
		}
		out = append(out, &AlarmRaised{ID: s.nextAlarm(raised(out)), Cause: CauseClearance, Level: LevelNotice, Desk: s.deskFor(of), About: "zone:" + string(zone) + "/" + string(of), Text: text})
	}
	return out
}

func inList(units []UnitID) string {
	text := string(units[0])
	for _, u := range units[1:] {
		text += ", " + string(u)
	}
	return text
}

// released lists the units that wait outside and may go in by what is granted.
func (s *State) released(by func(of Service, i *Incident) bool) []UnitID {
	var units []UnitID
	for id, u := range s.Units { // sorted below
		i := s.Incidents[u.Incident]
		if i == nil || i.Entry == nil || !by(u.Service, i) {
			continue
		}
		if a := i.active(id); a != nil && a.Outside {
			units = append(units, id)
		}
	}
	slices.Sort(units)
	return units
}

// goIn lets units in that waited outside, and stayOut stops some on their way.
func (s *State) goIn(units []UnitID)    { s.setOutside(units, false) }
func (s *State) stayOut(units []UnitID) { s.setOutside(units, true) }

func (s *State) setOutside(units []UnitID, outside bool) {
	for _, id := range units {
		i := s.Incidents[s.Units[id].Incident]
		i.active(id).Outside = outside
		s.touched.incident(i.ID)
	}
}

func (c WithdrawClearance) decide(s *State, m Meta, out []Event) ([]Event, *Rejection) {
	was := s.Clearances[c.Clearance]
	if was == nil {
		return nil, reject(ClearanceUnknown, "clearance %q is not known here", c.Clearance).at("clearance")
	}
	if was.EndedAt != 0 {
		return nil, reject(ClearanceIsOver, "clearance %s is over (%s)", was.ID, was.EndReason).at("clearance")
	}
	if no := checkLine("reason", c.Reason); no != nil {
		return nil, no
	}
	return s.endClearance(was, c.Reason, m, out), nil
}

// endClearance closes what it opened, loudly where somebody went in by it.
func (s *State) endClearance(c *Clearance, reason string, m Meta, out []Event) []Event {
	if c.GivenAt == 0 {
		return append(out, &ClearanceEnded{Clearance: c.ID, Reason: reason})
	}
	without := *s
	without.Clearances = maps.Clone(s.Clearances)
	delete(without.Clearances, c.ID)
	there, back := without.shutOut(c.Zone, c.Services, m.At)
	out = append(out, &ClearanceEnded{Clearance: c.ID, Reason: reason, Back: back})
	return s.closingAlarm(there, back, "clearance:"+string(c.ID), "clearance "+string(c.ID)+" of "+c.GivenBy+" is over: "+reason, out)
}

// shutOut lists the units in a zone, and those on their way that may not go in now.
func (s *State) shutOut(zone ZoneID, services []Service, now Instant) (there, back []UnitID) {
	there, coming := s.insideZone(zone, services)
	for _, id := range coming {
		u := s.Units[id]
		if w, closed := s.HowToEnter(u.Service, s.Incidents[u.Incident], now); closed && !w.In {
			back = append(back, id)
		}
	}
	return there, back
}

// closingAlarm says that what was open is closed, and who is inside.
func (s *State) closingAlarm(there, back []UnitID, about, text string, out []Event) []Event {
	level := LevelNotice
	if len(there)+len(back) > 0 {
		level, text = LevelLifeSafety, text+"; "+inWords(there, back)
	}
	return append(out, &AlarmRaised{ID: s.nextAlarm(raised(out)), Cause: CauseGrantEnded, Level: level, Desk: s.supervisorOf(s.deskFor(s.Config.DefaultService)), About: about, Text: text})
}

func (c RecordAgreement) decide(s *State, m Meta, out []Event) ([]Event, *Rejection) {
	l := s.Liaisons[c.Liaison]
	if l == nil {
		return nil, reject(LiaisonUnknown, "liaison %q is not known here, or the consent has run out", c.Liaison).at("liaison")
	}
	z := s.Zones[c.Zone]
	if z == nil || z.EndedAt != 0 {
		return nil, reject(ZoneUnknown, "zone %q is not in force", c.Zone).at("zone")
	}
	if no := checkLines("terms", c.Terms, "agreed_by", c.AgreedBy, "witnessed_by", c.WitnessedBy); no != nil {
		return nil, no
	}
	if no := s.checkServices(c.Services); no != nil {
		return nil, no
	}
	for _, g := range c.Gates {
		if z.Gate(g) == nil {
			return nil, reject(GateUnknown, "zone %q has no gate %q", z.Name, g).at("gates")
		}
	}
	from := c.From
	if from == 0 {
		from = m.At
	}
	if c.Until <= max(from, m.At) || c.Until.Since(from) > AgreementMax || from.Since(m.At) > AgreementMax || m.At.Since(from) > AgreementMax {
		return nil, reject(TimeInvalid, "an agreement has an end, within 7 days of its beginning, and that within 7 days").at("until")
	}
	if _, n := s.openGrants(); n >= MaxAgreements {
		return nil, reject(LimitReached, "%d agreements are not over: at most MaxAgreements", n)
	}
	a := Agreement{ID: AgreementID(numbered("ag", s.Counters.Agreement+1)), Liaison: c.Liaison, Zone: c.Zone, Services: c.Services, Gates: c.Gates, From: from, Until: c.Until,
		AgreedBy: c.AgreedBy, WitnessedBy: c.WitnessedBy, By: m.By, Began: from <= m.At, Invented: c.Invented}
	e := &AgreementRecorded{Agreement: a, Private: Private{Text: c.Terms}}
	out = append(out, e)
	if a.Began {
		e.Go = s.agreed(&a, m.At)
		out = s.tellServices(a.Zone, a.Services, "agreement "+string(a.ID)+" is in force", e.Go, out)
	}
	return out, nil
}

// agreed lists the units that an agreement lets in which wait outside now. Where the
// place itself is dangerous a clearance is needed all the same.
func (s *State) agreed(a *Agreement, now Instant) []UnitID {
	return s.released(func(of Service, i *Incident) bool {
		return a.opens(of, i, now) && i.Entry.Heat != HeatHot && i.Entry.Heat != HeatWarm
	})
}

func (c EndAgreement) decide(s *State, m Meta, out []Event) ([]Event, *Rejection) {
	a := s.Agreements[c.Agreement]
	if a == nil {
		return nil, reject(AgreementUnknown, "agreement %q is not known here", c.Agreement).at("agreement")
	}
	if a.EndedAt != 0 {
		return nil, reject(AgreementIsOver, "agreement %s is over (%s)", a.ID, a.EndReason).at("agreement")
	}
	if no := checkLine("reason", c.Reason); no != nil {
		return nil, no
	}
	return s.endAgreement(a, c.Reason, m, out), nil
}

func (s *State) endAgreement(a *Agreement, reason string, m Meta, out []Event) []Event {
	if m.At < a.From { // it opened nothing; one whose time has come did, though no Tick has said so yet
		return append(out, &AgreementEnded{Agreement: a.ID, Reason: reason})
	}
	without := *s
	without.Agreements = maps.Clone(s.Agreements)
	delete(without.Agreements, a.ID)
	there, back := without.shutOut(a.Zone, a.Services, m.At)
	out = append(out, &AgreementEnded{Agreement: a.ID, Reason: reason, Back: back})
	return s.closingAlarm(there, back, "agreement:"+string(a.ID), "agreement "+string(a.ID)+" is over: "+reason+"; its gates are closed to "+joinServices(a.Services), out)
}

// endGrants ends what was agreed and cleared for a zone that ends: who must stop then
// follows from the plans that come after it.
func (s *State) endGrants(zone ZoneID, reason string, out []Event) []Event {
	for _, id := range sortedKeys(s.Agreements) {
		if a := s.Agreements[id]; a.Zone == zone && a.EndedAt == 0 {
			out = append(out, &AgreementEnded{Agreement: id, Reason: reason})
		}
	}
	for _, id := range sortedKeys(s.Clearances) {
		if c := s.Clearances[id]; c.Zone == zone && c.EndedAt == 0 {
			out = append(out, &ClearanceEnded{Clearance: id, Reason: reason})
		}
	}
	return out
}

// leftInside says aloud who is inside by a grant that ends with its zone, where another
// zone still lets them not in.
func (p *planner) leftInside(zones []ZoneID, around []IncidentID, out []Event) []Event {
	after := *p.after()
	after.Clearances, after.Agreements = maps.Clone(p.s.Clearances), maps.Clone(p.s.Agreements)
	maps.DeleteFunc(after.Clearances, func(_ ClearanceID, c *Clearance) bool { return contains(zones, c.Zone) })
	maps.DeleteFunc(after.Agreements, func(_ AgreementID, a *Agreement) bool { return contains(zones, a.Zone) })
	var there []UnitID
	for _, id := range around {
		i := *p.s.Incidents[id]
		was := i
		for k := range i.Assignments {
			a := &i.Assignments[k]
			u := p.s.Units[a.Unit]
			if a.EndedAt != 0 || a.Stacked || a.Outside || a.Insisted || u == nil || u.Status != StatusOnScene && u.Status != StatusTransporting {
				continue
			}
			before, _ := p.s.HowToEnter(u.Service, &was, p.m.At)
			i.Entry = p.planOf(id)
			if w, closed := after.HowToEnter(u.Service, &i, p.m.At); before.In && closed && !w.In {
				there = append(there, u.ID)
			}
		}
	}
	if len(there) == 0 {
		return out
	}
	slices.Sort(there)
	return p.s.closingAlarm(there, nil, "zone:"+string(zones[0]), "what let them in ended with zone "+p.s.Zones[zones[0]].Name+", and another zone is closed to them", out)
}

// clearanceDue: what was asked for is still not there, or what was given is over.
func (s *State) clearanceDue(c *Clearance, m Meta, out []Event) []Event {
	switch {
	case c.EndedAt != 0:
		return append(out, &GrantArchived{Clearance: c.ID})
	case c.GivenAt == 0:
		return s.endClearanceUnanswered(c, out)
	}
	return s.endClearance(c, "its time was over", m, out)
}

// endClearanceUnanswered closes a question that nobody answered: it is asked anew, by
// name, or the plan changes.
func (s *State) endClearanceUnanswered(c *Clearance, out []Event) []Event {
	out = append(out, &ClearanceEnded{Clearance: c.ID, Reason: "nobody answered"})
	return append(out, s.clearanceAlarm(c, "clearance "+string(c.ID)+": nobody answered; ask again, or change the plan", out))
}

func (s *State) agreementDue(a *Agreement, m Meta, out []Event) []Event {
	switch {
	case a.EndedAt != 0:
		return append(out, &GrantArchived{Agreement: a.ID})
	case !a.Began && m.At < a.Until:
		e := &AgreementBegan{Agreement: a.ID, Go: s.agreed(a, m.At)}
		out = append(out, e)
		return s.tellServices(a.Zone, a.Services, "agreement "+string(a.ID)+" is in force", e.Go, out)
	}
	return s.endAgreement(a, "its time was over", m, out)
}

func (e *ClearanceAsked) evolve(s *State, _ Stamped) {
	s.Counters.Clearance++
	s.setClearance(e.Clearance)
}

func (e *ClearanceGiven) evolve(s *State, _ Stamped) {
	if s.Clearances[e.Clearance.ID] == nil {
		s.Counters.Clearance++
	}
	s.setClearance(e.Clearance)
	s.dropAlarmsAbout(CauseClearance, "clearance:"+string(e.Clearance.ID))
	s.goIn(e.Go)
}

func (e *ClearanceEnded) evolve(s *State, st Stamped) {
	c := *s.Clearances[e.Clearance]
	c.EndedAt, c.EndReason = st.At, e.Reason
	s.setClearance(c)
	s.dropAlarmsAbout(CauseClearance, "clearance:"+string(c.ID))
	s.unsay(c.Zone, c.Services)
	s.stayOut(e.Back)
}

// unsay takes away the word that services may go in.
func (s *State) unsay(zone ZoneID, services []Service) {
	for _, of := range services {
		s.dropAlarmsAbout(CauseClearance, "zone:"+string(zone)+"/"+string(of))
	}
}

func (s *State) setClearance(c Clearance) {
	s.Clearances[c.ID] = &c
	s.due.set(dueRef{dueClearance, string(c.ID)}, c.nextDue())
	s.touched.clearance(c.ID)
}

func (e *AgreementRecorded) evolve(s *State, _ Stamped) {
	s.Counters.Agreement++
	a := e.Agreement
	a.Terms = e.Private.Text
	s.setAgreement(a)
	s.goIn(e.Go)
}

func (e *AgreementBegan) evolve(s *State, _ Stamped) {
	a := *s.Agreements[e.Agreement]
	a.Began = true
	s.setAgreement(a)
	s.goIn(e.Go)
}

func (e *AgreementEnded) evolve(s *State, st Stamped) {
	a := *s.Agreements[e.Agreement]
	a.EndedAt, a.EndReason = st.At, e.Reason
	s.setAgreement(a)
	s.unsay(a.Zone, a.Services)
	s.stayOut(e.Back)
}

func (s *State) setAgreement(a Agreement) {
	s.Agreements[a.ID] = &a
	s.due.set(dueRef{dueAgreement, string(a.ID)}, a.nextDue())
	s.touched.agreement(a.ID)
}

func (e *GrantArchived) evolve(s *State, _ Stamped) {
	if e.Clearance != "" {
		delete(s.Clearances, e.Clearance)
		s.dropAlarmsAbout(CauseClearance, "clearance:"+string(e.Clearance))
		s.due.set(dueRef{dueClearance, string(e.Clearance)}, 0)
		s.touched.clearance(e.Clearance)
		return
	}
	delete(s.Agreements, e.Agreement)
	s.due.set(dueRef{dueAgreement, string(e.Agreement)}, 0)
	s.touched.agreement(e.Agreement)
}
