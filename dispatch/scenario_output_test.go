package dispatch

import (
	"fmt"
	"strings"
)

// describe writes what must be read from the state before the event.
func describe(s *State, e Event) string {
	switch e := e.(type) {
	case *IncidentArchived:
		return fmt.Sprintf("%s has left the board for the archive", e.Incident)
	case *LiaisonExpired:
		return fmt.Sprintf("liaison %s (%s) has lapsed%s", e.Liaison, s.Liaisons[e.Liaison].Role, ifWord(e.Reason != "", ": "+e.Reason))
	case *IncidentReprioritised:
		return fmt.Sprintf("%s: priority %d, was %d: %s", e.Incident, e.Priority, s.Incidents[e.Incident].Priority(), e.Private.Text)
	case *AlarmAcked:
		return fmt.Sprintf("alarm %s is seen to: %s", e.Alarm, s.Alarms[e.Alarm].Text)
	}
	return ""
}

// describeAfter writes one plain line for an event that has just happened.
func describeAfter(s *State, e Event) string {
	switch e := e.(type) {
	case *Configured:
		return fmt.Sprintf("the room is %s: %d desks, %d call types", e.Config.Name, len(e.Config.Desks), len(e.Config.Types))
	case *ContactReceived:
		text := fmt.Sprintf("%s is contact %d by %s: %s priority %d", e.ID, e.Number, e.Channel, orWord(e.Type, "type unknown"), e.Priority)
		if e.LifeSafety {
			text += ", life-safety"
		}
		if e.Repeat > 0 {
			text += fmt.Sprintf(", call %d from this number", e.Repeat+1)
		}
		return text
	case *ContactTriaged:
		return fmt.Sprintf("%s is %s priority %d%s", e.Contact, e.Type, e.Priority, ifWord(e.LifeSafety, ", life-safety"))
	case *ContactLocated:
		return fmt.Sprintf("%s is at %s", e.Contact, orWord(e.Place.Place, "a point on the map"))
	case *ContactJoined:
		return fmt.Sprintf("%s is about %s too", e.Contact, e.Incident)
	case *OutcomeChanged:
		return outcomeLine(e)
	case *IncidentOpened:
		return fmt.Sprintf("%s opens for %s, service %s, priority %d%s%s", e.ID, e.Contact, e.Service, e.Priority, ifWord(e.LifeSafety, ", life-safety"), ifWord(e.Zone != "", ", in zone "+string(e.Zone)))
	case *IncidentRetyped:
		return fmt.Sprintf("%s is %s, service %s%s", e.Incident, orWord(e.Type, "type unknown"), e.Service, ifWord(e.LifeSafety, ", life-safety"))
	case *IncidentMoved:
		return fmt.Sprintf("%s lies in beat %s, zone %s", e.Incident, orWord(e.Beat, "none"), orWord(string(e.Zone), "none"))
	case *IncidentClosed:
		return fmt.Sprintf("%s closes: %s, on the authority of %s", e.Incident, e.Disposition, e.Authority)
	case *IncidentReopened:
		return fmt.Sprintf("%s is open again: %s", e.Incident, e.Private.Text)
	case *NoteAdded:
		return fmt.Sprintf("note %s on %s: %s", e.ID, e.Incident, e.Private.Text)
	case *NoteWasStruck:
		return fmt.Sprintf("note %s on %s is struck: %s", e.Note, e.Incident, e.Private.Text)
	case *CallerRung:
		return fmt.Sprintf("%s is rung: %s%s", e.Contact, e.Reached, ifWord(e.Private.Text != "", ": "+e.Private.Text))
	case *PromiseMade:
		return fmt.Sprintf("promise %s to %s by %s, due %s: %s", e.ID, e.Contact, e.Channel, clock(e.Due), e.Private.Text)
	case *PromiseSettled:
		return fmt.Sprintf("promise %s to %s is %s%s", e.Promise, e.Contact, e.State, ifWord(e.Private.Text != "", ": "+e.Private.Text))
	case *AlarmRaised:
		return fmt.Sprintf("ALARM %s for %s, %s, %s: %s", alarmID(s, e), e.Desk, e.Level, e.Cause, e.Text)
	case *ClockJumped:
		return fmt.Sprintf("the clock jumped by %d s: due times wait", e.By/Second)
	case *ClockConfirmed:
		return "the clock is confirmed"
	}
	return describePlace(s, e)
}

// describePlace goes on with units, postures, zones and the rest.
func describePlace(s *State, e Event) string {
	switch e := e.(type) {
	case *UnitAdded:
		return fmt.Sprintf("%s joins the room: %s %s, %s%s", e.Unit.ID, e.Unit.Service, e.Unit.Kind, e.Unit.Status, ifWord(e.Unit.Owner != "", ", lent by "+e.Unit.Owner+" until "+clock(e.Unit.LoanEnds)))
	case *UnitRetired:
		return fmt.Sprintf("%s leaves the room: %s", e.Unit, e.Reason)
	case *CrewSignedOn:
		return fmt.Sprintf("%s has a crew of %d%s", e.Unit, e.Crew, ifWord(len(e.Skills) > 0, ": "+strings.Join(e.Skills, ", ")))
	case *UnitStatusChanged:
		return fmt.Sprintf("%s %s at %s by %s%s", e.Unit, e.Status, clock(e.At), e.Source, ifWord(e.Late, ", late: what is newer stays"))
	case *UnitDispatched:
		return fmt.Sprintf("%s is sent to %s%s%s%s%s", e.Unit, e.Incident, ifWord(e.Outside, ", to wait at the rendezvous"), ifWord(e.FromStack, " from its stack"),
			ifWord(e.Travel > 0, fmt.Sprintf(", %d min by %s", e.Travel/Minute, e.Model)), ifWord(e.Private.Text != "", ", all the same: "+e.Private.Text))
	case *UnitStacked:
		return fmt.Sprintf("%s has %s stacked: %s", e.Unit, e.Incident, e.Private.Text)
	case *UnitUnassigned:
		return fmt.Sprintf("%s is off %s: %s", e.Unit, e.Incident, e.Private.Text)
	case *StationAdded:
		return fmt.Sprintf("station %s: %s", e.Station.ID, e.Station.Name)
	case *StationLost:
		return fmt.Sprintf("station %s is %s, on the authority of %s: %s", e.Station, e.How, e.Authority, e.Reason)
	case *StationReopened:
		return fmt.Sprintf("station %s is open again: %s%s", e.Station, e.Reason, ifWord(e.WithoutPlan != "", "; without its plan: "+e.WithoutPlan))
	case *PostureDeclared:
		p := e.Posture
		return fmt.Sprintf("%s is in force: %q, %s, %s; review by %s, until %s; reason: %s%s", p.ID, p.Title, p.Service, areaWord(p.Area), clock(p.ReviewBy), clock(p.Until), p.ReasonShown(), ifWord(p.Incomplete(), " (incomplete)"))
	case *PostureAmended:
		return fmt.Sprintf("%s is amended, version %d: %s", e.Posture, e.Version, e.Why)
	case *TriggerMet:
		return fmt.Sprintf("trigger %s: its condition holds", e.Trigger)
	case *TriggerCleared:
		return fmt.Sprintf("trigger %s: it holds no longer", e.Trigger)
	case *TriggerFired:
		return fmt.Sprintf("trigger %s: it has held for so long: %s", e.Trigger, e.Preset)
	case *DeskShut:
		return fmt.Sprintf("desk %s is shut: %s", e.Desk, e.Reason)
	case *DeskOpened:
		return fmt.Sprintf("desk %s is open: %s", e.Desk, e.Reason)
	case *ClearingProposed:
		return fmt.Sprintf("%s: %s %s %d calls as %s: %s", e.Bulk.ID, e.Bulk.By, orWord(ifWord(e.Bulk.Cleared, "clears alone"), "wants to clear"), len(e.Bulk.Contacts), e.Bulk.Outcome, e.Private.Text)
	case *ClearingConfirmed:
		return fmt.Sprintf("%s is confirmed", e.Bulk)
	case *ClearingRejected:
		return fmt.Sprintf("%s is rejected: %s", e.Bulk, e.Private.Text)
	case *ClearingReminded:
		return fmt.Sprintf("%s still waits for a second person, again at %s", e.Bulk, clock(e.Due))
	case *PostureRenewed:
		return fmt.Sprintf("%s goes on: review by %s, until %s: %s", e.Posture, clock(e.ReviewBy), clock(e.Until), e.Reason)
	case *PostureUnreviewed:
		return fmt.Sprintf("%s is unreviewed and stays in force", e.Posture)
	case *PostureEnded:
		return fmt.Sprintf("%s ends: %s", e.Posture, e.Reason)
	case *ZoneDeclared:
		return fmt.Sprintf("zone %s %q, by %s: %s%s", e.Zone.ID, e.Zone.Name, e.Zone.Authority, e.Zone.Reason, ifWord(len(e.Inside) > 0, fmt.Sprintf("; inside: %v", e.Inside)))
	case *ZoneWasEnded:
		return fmt.Sprintf("zone %s ends: %s", e.Zone, e.Reason)
	case *AccessRecorded:
		return fmt.Sprintf("way %s: %s %s, %s by %s, unknown after %s", e.Fact.ID, e.Fact.Kind, e.Fact.State, e.Fact.Confidence, e.Fact.Source, clock(e.Fact.ObservedAt.Add(e.Fact.HalfLife))) + wayMore(&e.Fact)
	case *AccessWithdrawn:
		return fmt.Sprintf("way %s is withdrawn: %s", e.Access, e.Reason)
	}
	if line := describeEntry(s, e); line != "" {
		return line
	}
	if line := describeSending(s, e); line != "" {
		return line
	}
	return describeHazards(s, e)
}

func outcomeLine(e *OutcomeChanged) string {
	o := e.Outcome
	text := fmt.Sprintf("%s is %s", e.Contact, o.Kind)
	if o.Posture != "" {
		text += " under " + string(o.Posture)
	}
	if e.Private.Text != "" {
		text += ": " + e.Private.Text
	}
	if o.Kind.Final() {
		return text + "; on the authority of " + o.Authority
	}
	return text + fmt.Sprintf("; %s by %s: %s", o.Owner, clock(o.Due), o.Next)
}

// alarmID is the alarm that stands: an overdue one that is raised again keeps its id.
func alarmID(s *State, e *AlarmRaised) string {
	if c := s.Contacts[e.Contact]; c != nil && e.Cause == CauseOverdue && c.alarm != e.ID {
		return fmt.Sprintf("%s (time %d)", c.alarm, s.Alarms[c.alarm].Times)
	}
	if a := s.repeatAlarm(e); a != nil && a.ID != e.ID {
		return fmt.Sprintf("%s (time %d)", a.ID, a.Times)
	}
	return string(e.ID)
}

func orWord(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

func ifWord(is bool, text string) string {
	if is {
		return text
	}
	return ""
}

func areaWord(a Area) string {
	switch a.Kind {
	case AreaBeats:
		return "beats " + strings.Join(a.Beats, ", ")
	case AreaZone:
		return "zone " + string(a.Zone)
	case AreaDrawn:
		return fmt.Sprintf("drawn with %d points", len(a.Outline))
	}
	return "city-wide"
}

// show prints what the room knows: all of it, or the named parts.
func (r *room) show(parts []string) {
	if len(parts) == 0 {
		parts = []string{"calls", "units", "alarms", "promises", "postures", "zones", "stations", "ways", "claims"}
	}
	for n := 0; n < len(parts); n++ {
		part := parts[n]
		var lines []string
		switch part {
		case "why", "calls-due":
			if n++; n == len(parts) {
				r.t.Fatalf("show %s: of which, or until when?", part)
			}
			lines, part = r.showAbout(part, parts[n]), part+" "+parts[n]
		case "calls":
			lines = r.showCalls()
		case "units":
			lines = r.showUnits()
		case "milestones":
			lines = r.showMilestones()
		case "priorities":
			lines = r.showPriorities()
		case "notes":
			lines = r.showNotes()
		case "alarms":
			lines = r.showAlarms()
		case "promises":
			lines = r.showPromises()
		default:
			lines = r.showPlaces(part)
		}
		if len(lines) == 0 && len(parts) == 1 {
			lines = []string{"none"}
		}
		if len(lines) > 0 {
			fmt.Fprintf(&r.out, "%s\n  %s\n", part, strings.Join(lines, "\n  "))
		}
	}
}

func (r *room) showCalls() []string {
	s := r.state
	var lines []string
	open, without := 0, 0
	for _, id := range contactsInOrder(s) {
		c := s.Contacts[id]
		i := s.Incidents[c.Incident]
		line := fmt.Sprintf("%s %s %s P%d%s: %s", id, i.ID, orWord(c.Type, "?"), i.Priority(), ifWord(c.LifeSafety || i.LifeSafety, " life-safety"), c.Outcome.Kind)
		if o := c.Outcome; o.Kind.Final() {
			line += ", " + o.Authority
		} else {
			line += fmt.Sprintf(", %s by %s: %s", o.Owner, clock(o.Due), o.Next)
			open++
			if o.Owner == "" || o.Due == 0 || o.Next == "" {
				without++
			}
		}
		lines = append(lines, line)
	}
	if len(lines) > 0 {
		lines = append(lines, fmt.Sprintf("%d open, %d of them without a next action", open, without))
	}
	return lines
}

func (r *room) showUnits() []string {
	var lines []string
	for _, id := range sortedKeys(r.state.Units) {
		u := r.state.Units[id]
		line := fmt.Sprintf("%s %s %s since %s by %s", id, u.Service, u.Status, clock(u.Since), u.Source)
		if u.Retired {
			line = fmt.Sprintf("%s %s gone", id, u.Service)
		}
		if u.Incident != "" {
			line += " on " + string(u.Incident)
		}
		if len(u.Stack) > 0 {
			line += fmt.Sprintf(", then %v", u.Stack)
		}
		lines = append(lines, line)
	}
	return lines
}

func (r *room) showMilestones() []string {
	var lines []string
	for _, id := range sortedKeys(r.state.Incidents) {
		for _, a := range r.state.Incidents[id].Assignments {
			for _, m := range a.Milestones {
				lines = append(lines, fmt.Sprintf("%s %s %s at %s, entered %s, by %s", id, a.Unit, m.Status, clock(m.At), clock(m.Entered), m.Source))
			}
			if a.EndedAt != 0 {
				lines = append(lines, fmt.Sprintf("%s %s off at %s: %s", id, a.Unit, clock(a.EndedAt), a.EndReason))
			}
		}
	}
	return lines
}

func (r *room) showPriorities() []string {
	var lines []string
	for _, id := range sortedKeys(r.state.Incidents) {
		i := r.state.Incidents[id]
		for _, p := range i.Priorities {
			lines = append(lines, fmt.Sprintf("%s %s priority %d by %s%s", id, clock(p.At), p.Priority, p.By, ifWord(p.Reason != "", ": "+p.Reason)))
		}
		lines = append(lines, fmt.Sprintf("%s initial %d, highest %d, now %d", id, i.Priorities[0].Priority, i.Highest(), i.Priority()))
	}
	return lines
}

func (r *room) showNotes() []string {
	var lines []string
	for _, id := range sortedKeys(r.state.Incidents) {
		for _, n := range r.state.Incidents[id].Notes {
			lines = append(lines, fmt.Sprintf("%s %s %s by %s: %s%s", id, n.ID, clock(n.At), n.By, n.Text, ifWord(n.StruckBy != "", " (struck by "+n.StruckBy+": "+n.Why+")")))
		}
	}
	return lines
}

func (r *room) showAlarms() []string {
	var lines []string
	for _, id := range sortedKeys(r.state.Alarms) {
		a := r.state.Alarms[id]
		lines = append(lines, fmt.Sprintf("%s %s %s for %s since %s%s: %s%s", id, a.Level, a.Cause, a.Desk, clock(a.RaisedAt),
			ifWord(a.Times > 1, fmt.Sprintf(", %d times", a.Times)), a.Text, ifWord(a.AckedBy != "", " ("+a.AckedBy+" is on it)")))
	}
	return lines
}

func (r *room) showPromises() []string {
	var lines []string
	for _, id := range sortedKeys(r.state.Promises) {
		p := r.state.Promises[id]
		lines = append(lines, fmt.Sprintf("%s to %s by %s: %s, due %s: %s%s", id, p.Contact, p.By, p.State, clock(p.Due), p.Told, ifWord(p.How != "", " ("+p.How+")")))
	}
	return lines
}

func (r *room) showPlaces(part string) []string {
	s := r.state
	var lines []string
	switch part {
	case "postures":
		for _, id := range sortedKeys(s.Postures) {
			p := s.Postures[id]
			state := "in force, review by " + clock(p.ReviewBy) + ", until " + clock(p.Until)
			if p.EndedAt != 0 {
				state = "ended at " + clock(p.EndedAt) + ": " + p.EndReason
			}
			lines = append(lines, fmt.Sprintf("%s %q %s %s: %s; reason: %s%s%s", id, p.Title, p.Service, areaWord(p.Area), state, p.ReasonShown(),
				ifWord(p.Incomplete(), " (incomplete)"), ifWord(p.Unreviewed, " (unreviewed)")+ifWord(p.Version > 1, fmt.Sprintf(", version %d", p.Version))))
		}
	case "zones":
		for _, id := range sortedKeys(s.Zones) {
			z := s.Zones[id]
			lines = append(lines, fmt.Sprintf("%s %q %s%s%s", id, z.Name, rulesLine(z.Rules), ifWord(z.Version > 1, fmt.Sprintf(", version %d", z.Version)), ifWord(z.EndedAt != 0, ", ended: "+z.EndReason)))
		}
	case "stations":
		for _, id := range sortedKeys(s.Stations) {
			st := s.Stations[id]
			lines = append(lines, fmt.Sprintf("%s %s: %s", id, st.Name, map[bool]string{true: string(st.How) + " by " + st.Authority + ", " + st.Reason, false: "open"}[st.Lost]))
		}
	case "ways":
		for _, id := range sortedKeys(s.Access) {
			f := s.Access[id]
			lines = append(lines, fmt.Sprintf("%s %s: was %s, now %s (%s)", id, f.Kind, f.State, f.Current(r.meta.At), f.Source))
		}
	case "claims", "bulletins", "public", "confidential":
		lines = r.showClaims(part)
	case "clearances", "agreements", "liaisons", "plans", "homes":
		lines = r.showGrants(part)
	case "levels", "services", "aids", "loans", "targets", "clocks":
		lines = r.showSending(part)
	case "links", "majors", "bolos", "turns", "cases", "seats":
		lines = r.showIncidents(part)
	default:
		if id, is := strings.CutPrefix(part, "response:"); is {
			return r.showResponse(IncidentID(id))
		}
		if id, is := strings.CutPrefix(part, "entry:"); is {
			return r.showEntry(IncidentID(id))
		}
		lines = r.showHazards(part)
	}
	return lines
}
