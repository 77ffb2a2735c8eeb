package dispatch

import (
	"cmp"
	"slices"
)

// MergeIncidents says that two incidents are one: the contacts of the first, with what
// they were promised, its units as they stand, its notes, case numbers and tows go to the
// other, and it is closed, citing that one.
type MergeIncidents struct {
	From    IncidentID
	Into    IncidentID
	Reason  string
	Hazards []HazardID // those at the other one that the sender was shown and has read
}

// SplitIncident says that some of an incident's contacts are about another thing: they
// open an incident of their own, and units go there with them.
type SplitIncident struct {
	Incident IncidentID
	Contacts []ContactID // the first one leads the new incident
	Units    []UnitID
	Reason   string
	Hazards  []HazardID // those at the new place that the sender was shown and has read
}

// UnitReassigned: the unit's work, with the times that it has, belongs to another
// incident now.
type UnitReassigned struct {
	Unit     UnitID     `json:"unit"`
	From     IncidentID `json:"from"`
	Incident IncidentID `json:"incident"`
	Outside  bool       `json:"outside,omitempty"` // it waits at the rendezvous there: it may not go in
}

// IncidentsMerged: the first is the other one.
type IncidentsMerged struct {
	From    IncidentID `json:"from"`
	Into    IncidentID `json:"into"`
	Contact ContactID  `json:"contact"`
	Private Private    `json:"-"` // Text: why
}

// IncidentSplit: a part of the first is an incident of its own.
type IncidentSplit struct {
	Incident IncidentID `json:"incident"`
	Into     IncidentID `json:"into"`
	Contact  ContactID  `json:"contact"`
	Private  Private    `json:"-"` // Text: why
}

func (MergeIncidents) CommandName() string { return "MergeIncidents" }
func (SplitIncident) CommandName() string  { return "SplitIncident" }

func (*UnitReassigned) EventName() string  { return "UnitReassigned" }
func (*IncidentsMerged) EventName() string { return "IncidentsMerged" }
func (*IncidentSplit) EventName() string   { return "IncidentSplit" }

func (e *IncidentsMerged) Subject() string  { return string(e.Contact) }
func (e *IncidentsMerged) Secret() *Private { return &e.Private }
func (e *IncidentSplit) Subject() string    { return string(e.Contact) }
func (e *IncidentSplit) Secret() *Private   { return &e.Private }

func (c MergeIncidents) decide(s *State, m Meta, out []Event) ([]Event, *Rejection) {
	from, no := s.openIncident(c.From)
	if no != nil {
		return nil, no
	}
	into, no := s.openIncident(c.Into)
	if no != nil {
		return nil, no.at("into")
	}
	if from == into {
		return nil, reject(ValueUnknown, "incident %d is named twice: name another one", from.Number).at("into")
	}
	if no := checkLine("reason", c.Reason); no != nil {
		return nil, no
	}
	for _, no := range []*Rejection{s.mergeFits(from, into), s.sameAnswer(from, into), s.sameAnswer(into, from), sameCases(from, into)} {
		if no != nil {
			return nil, no.at("into")
		}
	}
	voice, at := s.voice(into, from), s.Lead(from).Outcome
	as := *into
	as.LifeSafety = into.LifeSafety || from.LifeSafety
	out = s.liftToFloor(into, from.LifeSafety, from.Priority(), m, out)
	out, active, no := s.reassign(from, &as, s.liveUnits(from), c.Hazards, m, out)
	if no != nil {
		return nil, no
	}
	out = append(out, &IncidentsMerged{From: from.ID, Into: into.ID, Contact: voice, Private: said(c.Reason)},
		&IncidentClosed{Incident: from.ID, Disposition: "merged", Authority: m.By})
	for _, id := range from.Contacts {
		if !s.Contacts[id].Outcome.Kind.Final() {
			out = append(out, &ContactJoined{Contact: id, Incident: into.ID})
		}
	}
	if from.Priority() < into.Priority() {
		out = append(out, &IncidentReprioritised{Incident: into.ID, Priority: from.Priority(), Contact: voice, Private: said("an incident that was merged into it is more urgent")})
	}
	if lead := s.Lead(into); active > 0 && lead.Outcome.Kind != OutcomeDispatched {
		if at.Kind != OutcomeDispatched {
			at = Outcome{Kind: OutcomeDispatched, Since: m.At, Due: m.At.Add(ArrivalGrace), Next: "ask where the unit is", Authority: m.By}
		}
		at.Owner, at.Reason = s.deskFor(into.Service), ""
		out = append(out, outcomeOf(lead, at))
	}
	return s.planner(m, nil).asLifeSafety(into, as.LifeSafety, out), nil
}

// mergeFits answers what of one incident has no room in the other; nil: all has.
func (s *State) mergeFits(from, into *Incident) *Rejection {
	if from.Zone != into.Zone {
		return reject(MergeContradicts, "incident %d lies in %s and incident %d in %s: one of the places is wrong; locate it first", from.Number, zoneOrNone(from.Zone), into.Number, zoneOrNone(into.Zone))
	}
	if from.majorInForce() {
		return reject(MergeContradicts, "incident %d is a major incident: merge the other one into it, or end it first", from.Number)
	}
	if from.Parent != "" && from.Parent != into.ID && from.Parent != into.Parent {
		return reject(MergeContradicts, "incident %d belongs to a major incident and incident %d does not: take it out, or add the other one first", from.Number, into.Number)
	}
	for _, list := range []struct {
		name          string
		is, most, add int
	}{{"MaxContactsJoint", len(into.Contacts), MaxContactsJoint, len(from.Contacts)}, {"MaxNotes", len(into.Notes), MaxNotes, len(from.Notes)},
		{"MaxAssignments", len(into.Assignments), MaxAssignments, len(s.liveUnits(from))}, {"MaxPriorities", len(into.Priorities), MaxPriorities, 1},
		{"MaxLinks", max(len(into.Links), len(from.Links)), MaxLinks, 1}} {
		if list.is+list.add > list.most {
			return reject(LimitReached, "incident %d has %d, and %d more come: at most %s", into.Number, list.is, list.add, list.name)
		}
	}
	return nil
}

func zoneOrNone(z ZoneID) string {
	if z == "" {
		return "no zone"
	}
	return "zone " + string(z)
}

// sameAnswer refuses to make one of two incidents of which the first was put off, where
// the other one is answered, or where what puts it off does not speak of the other one.
// Life-safety on either side is no contradiction: both are answered then.
func (s *State) sameAnswer(off, other *Incident) *Rejection {
	o := s.Lead(off).Outcome
	if !o.Kind.putOff() || off.LifeSafety || other.LifeSafety {
		return nil
	}
	if other.Active() > 0 {
		return reject(MergeContradicts, "incident %d is %s and units work on incident %d: resume it first, or take the units off", off.Number, o.Kind, other.Number)
	}
	if o.Posture == "" || s.Lead(other).Outcome.Posture == o.Posture {
		return nil
	}
	if _, p := s.RuleFor(other); p == nil || p.ID != o.Posture {
		return reject(MergeContradicts, "incident %d is %s under %s, which says nothing of incident %d: resume it first, or put the other one off too", off.Number, o.Kind, o.Posture, other.Number)
	}
	return nil
}

// liveUnits are the units that work on an incident, and those that have it stacked.
func (s *State) liveUnits(i *Incident) []UnitID {
	var units []UnitID
	for k := range i.Assignments {
		if a := &i.Assignments[k]; a.EndedAt == 0 && !contains(units, a.Unit) {
			units = append(units, a.Unit)
		}
	}
	return units
}

// reassign moves units from one incident to another, as it will be. Who is on the way
// must have been told of the hazards there. It answers how many of them are active.
func (s *State) reassign(from, as *Incident, units []UnitID, read []HazardID, m Meta, out []Event) ([]Event, int, *Rejection) {
	active := 0
	for _, id := range units {
		u, a := s.Units[id], from.active(id)
		has := u.Incident == as.ID || contains(u.Stack, as.ID)
		switch {
		case has && a == nil: // only stacked here, and it has the other one anyway
			out = append(out, &UnitUnassigned{Unit: id, Incident: from.ID, Contact: s.lead(from), Private: said("merged into what it has already")})
			continue
		case has: // the other one is stacked behind what turns out to be the same
			out = append(out, &UnitUnassigned{Unit: id, Incident: as.ID, Contact: s.lead(as), Private: said("merged into what it does now")})
		}
		moved := &UnitReassigned{Unit: id, From: from.ID, Incident: as.ID}
		if a != nil {
			active++
			there := u.Status == StatusOnScene || u.Status == StatusTransporting || u.Status == StatusAtHospital
			moved.Outside = a.Outside
			if !there && !a.Insisted {
				moved.Outside = s.outside(u.Service, as, DispatchUnit{}, m.At)
			}
			if !there {
				var no *Rejection
				if out, no = s.acknowledge(as, id, append(slices.Clone(read), from.readFor(id)...), out); no != nil {
					return nil, 0, no
				}
			}
		}
		out = append(out, moved)
	}
	return out, active, nil
}

// readFor lists the hazards of an incident that were read for a unit when it was sent.
func (i *Incident) readFor(unit UnitID) []HazardID {
	var read []HazardID
	for k := range i.Hazards {
		if i.Hazards[k].read(i, AckDispatch, unit) {
			read = append(read, i.Hazards[k].Hazard)
		}
	}
	return read
}

func (c SplitIncident) decide(s *State, m Meta, out []Event) ([]Event, *Rejection) {
	i, no := s.openIncident(c.Incident)
	if no != nil {
		return nil, no
	}
	if no := c.check(s, i); no != nil {
		return nil, no
	}
	stays := s.staying(i, c.Contacts)
	if stays == nil {
		return nil, reject(NothingToSplit, "all open contacts of incident %d are named: it is one incident; triage it anew instead", i.Number).at("contacts")
	}
	first, id := s.Contacts[c.Contacts[0]], IncidentID(numbered("i", s.Counters.Incident+1))
	kind, known := s.types.Find(first.Type)
	opened := &IncidentOpened{ID: id, Number: s.Counters.Incident + 1, Contact: first.ID, Service: i.Service, Type: first.Type, Priority: first.Priority, Beat: first.Beat}
	if known {
		opened.Service = Service(kind.Service)
	}
	for _, contact := range c.Contacts {
		opened.LifeSafety = opened.LifeSafety || s.Contacts[contact].LifeSafety
		opened.Priority = min(opened.Priority, s.Contacts[contact].Priority)
	}
	if p := first.Person.Point; p != nil {
		opened.Zone, opened.Drawn = s.zoneAt(*p), s.drawnAt(p)
	}
	was, left := s.Lead(i), i.Active()
	for _, unit := range c.Units {
		if i.active(unit) != nil {
			left--
		}
	}
	if contains(c.Contacts, was.ID) {
		o := was.Outcome
		o.Since = m.At
		out = append(out, outcomeOf(stays, o))
	}
	out = append(out, opened)
	o := s.waiting(opened.Service, opened.Priority, m.At)
	if i.Active() > left {
		o = Outcome{Kind: OutcomeDispatched, Since: m.At, Owner: s.deskFor(opened.Service), Due: m.At.Add(10*Minute + ArrivalGrace), Next: "ask where the unit is", Authority: m.By}
		if s.arrived(c.Units) {
			o.Due, o.Next = m.At.Add(OnSceneReview), "ask after the unit on scene"
		}
	}
	o.Reason = "split from incident " + numbered("", i.Number)
	out = append(out, outcomeOf(first, o))
	for _, contact := range c.Contacts[1:] {
		out = append(out, &ContactJoined{Contact: contact, Incident: id})
	}
	plan := s.planner(m, nil)
	out = plan.plan(id, nil, first.Person.Point, plan.zonesAt(first.Person.Point), out)
	out = s.arrive(nil, id, opened.Service, first.Person.Point, c.Hazards, 0, out)
	as := &Incident{ID: id, Number: opened.Number, Service: opened.Service, LifeSafety: opened.LifeSafety, Zone: opened.Zone, Entry: plan.planOf(id), Contacts: c.Contacts}
	for _, h := range s.HazardsAt(first.Person.Point) {
		as.Hazards = append(as.Hazards, HazardHere{Hazard: h})
	}
	out, _, no = s.reassign(i, as, c.Units, c.Hazards, m, out)
	if no != nil {
		return nil, no
	}
	out = append(out, &IncidentSplit{Incident: i.ID, Into: id, Contact: stays.ID, Private: said(c.Reason)})
	if left == 0 && was.Outcome.Kind == OutcomeDispatched {
		w := s.waiting(i.Service, i.Priority(), m.At)
		w.Next, w.Reason = "close it, or send somebody again", "its units went to incident "+numbered("", opened.Number)
		out = append(out, outcomeOf(stays, w))
	}
	return out, nil
}

func (c SplitIncident) check(s *State, i *Incident) *Rejection {
	if no := checkLine("reason", c.Reason); no != nil {
		return no
	}
	if len(c.Contacts) == 0 {
		return reject(FieldMissing, "contacts are needed: an incident of its own has at least one").at("contacts")
	}
	if len(i.Links) >= MaxLinks {
		return reject(LimitReached, "incident %d has %d links: at most MaxLinks", i.Number, len(i.Links))
	}
	for n, id := range c.Contacts {
		contact, no := s.openContact(id)
		if no != nil {
			return no.at("contacts")
		}
		if contact.Incident != i.ID || contains(c.Contacts[:n], id) {
			return reject(ContactUnknown, "contact %d is on incident %d once: name contacts of incident %d, each once", contact.Number, s.Incidents[contact.Incident].Number, i.Number).at("contacts")
		}
	}
	for n, id := range c.Units {
		if !contains(s.liveUnits(i), id) || contains(c.Units[:n], id) {
			return reject(UnitNotAssigned, "%s is not on incident %d, or is named twice", id, i.Number).at("units")
		}
	}
	return nil
}

// arrived reports whether one of these units is on scene.
func (s *State) arrived(units []UnitID) bool {
	return slices.ContainsFunc(units, func(id UnitID) bool {
		switch s.Units[id].Status {
		case StatusOnScene, StatusTransporting, StatusAtHospital:
			return true
		}
		return false
	})
}

// staying is the contact that leads an incident when some have left it; nil: none stays.
func (s *State) staying(i *Incident, leaving []ContactID) *Contact {
	for _, id := range i.Contacts {
		if c := s.Contacts[id]; !c.Outcome.Kind.Final() && !contains(leaving, id) {
			return c
		}
	}
	return nil
}

func (e *UnitReassigned) evolve(s *State, _ Stamped) {
	u, from, into := s.Units[e.Unit], s.Incidents[e.From], s.Incidents[e.Incident]
	stacked := u.Incident != e.From
	at := slices.IndexFunc(from.Assignments, func(a Assignment) bool { return a.Unit == e.Unit && a.EndedAt == 0 && a.Stacked == stacked })
	moved := from.Assignments[at]
	moved.Outside = e.Outside
	from.Assignments = slices.Delete(slices.Clone(from.Assignments), at, at+1)
	into.Assignments = append(slices.Clone(into.Assignments), moved)
	if stacked {
		u.Stack = slices.Clone(u.Stack)
		u.Stack[slices.Index(u.Stack, e.From)] = e.Incident
	} else {
		u.Incident = e.Incident
	}
	s.settleHazards(from)
	s.touched.unit(e.Unit)
	s.touched.incident(e.From)
	s.touched.incident(e.Incident)
}

func (e *IncidentsMerged) evolve(s *State, st Stamped) {
	from, into := s.Incidents[e.From], s.Incidents[e.Into]
	notes := slices.Clone(into.Notes)
	for _, n := range from.Notes {
		if n.On == 0 {
			n.On = from.Number
		}
		notes = append(notes, n)
	}
	slices.SortStableFunc(notes, func(a, b Note) int { return cmp.Or(cmp.Compare(a.At, b.At), byNumber(a.ID, b.ID)) })
	into.Notes, from.Notes = notes, nil
	s.follows(from, into)
	s.addLinks(from, into, LinkMergedInto, LinkMergedFrom, e.Contact, e.Private.Text, st)
}

func (e *IncidentSplit) evolve(s *State, st Stamped) {
	s.addLinks(s.Incidents[e.Incident], s.Incidents[e.Into], LinkSplitInto, LinkSplitFrom, e.Contact, e.Private.Text, st)
}
