package view

import (
	"fmt"

	"github.com/everycall/everycall/dispatch"
)

// Incidents returns the incidents that an event is about, as the state knows
// them now.
func Incidents(s *dispatch.State, event dispatch.Event) []dispatch.IncidentID {
	of := func(id dispatch.ContactID) []dispatch.IncidentID {
		if c := s.Contacts[id]; c != nil && c.Incident != "" {
			return []dispatch.IncidentID{c.Incident}
		}
		return nil
	}
	switch e := event.(type) {
	case *dispatch.ContactReceived:
		return of(e.ID)
	case *dispatch.ContactTriaged:
		return of(e.Contact)
	case *dispatch.ContactLocated:
		return of(e.Contact)
	case *dispatch.ContactJoined:
		return append(of(e.Contact), e.Incident)
	case *dispatch.OutcomeChanged:
		return of(e.Contact)
	case *dispatch.CallerRung:
		return of(e.Contact)
	case *dispatch.PromiseMade:
		return of(e.Contact)
	case *dispatch.PromiseSettled:
		return of(e.Contact)
	case *dispatch.IncidentOpened:
		return []dispatch.IncidentID{e.ID}
	case *dispatch.IncidentRetyped:
		return []dispatch.IncidentID{e.Incident}
	case *dispatch.EntryPlanned:
		return []dispatch.IncidentID{e.Incident}
	case *dispatch.CallerAdvised:
		return of(e.Contact)
	case *dispatch.ClearanceAsked:
		return about(s, e.Clearance.Incident, nil)
	case *dispatch.ClearanceGiven:
		return about(s, e.Clearance.Incident, e.Go)
	case *dispatch.ClearanceEnded:
		incident := dispatch.IncidentID("")
		if c := s.Clearances[e.Clearance]; c != nil {
			incident = c.Incident
		}
		return about(s, incident, e.Back)
	case *dispatch.AgreementRecorded:
		return about(s, "", e.Go)
	case *dispatch.AgreementBegan:
		return about(s, "", e.Go)
	case *dispatch.AgreementEnded:
		return about(s, "", e.Back)
	case *dispatch.IncidentMoved:
		return []dispatch.IncidentID{e.Incident}
	case *dispatch.IncidentReprioritised:
		return []dispatch.IncidentID{e.Incident}
	case *dispatch.IncidentClosed:
		return []dispatch.IncidentID{e.Incident}
	case *dispatch.IncidentReopened:
		return []dispatch.IncidentID{e.Incident}
	case *dispatch.UnitDispatched:
		return []dispatch.IncidentID{e.Incident}
	case *dispatch.UnitStacked:
		return []dispatch.IncidentID{e.Incident}
	case *dispatch.UnitUnassigned:
		return []dispatch.IncidentID{e.Incident}
	case *dispatch.HazardRecorded:
		return e.Inside
	case *dispatch.HazardsFound:
		return []dispatch.IncidentID{e.Incident}
	case *dispatch.HazardsAcknowledged:
		return []dispatch.IncidentID{e.Incident}
	case *dispatch.UnitStatusChanged:
		if u := s.Units[e.Unit]; u != nil && u.Incident != "" {
			return []dispatch.IncidentID{u.Incident}
		}
	case *dispatch.NoteAdded:
		return []dispatch.IncidentID{e.Incident}
	case *dispatch.ContactMadeConfidential:
		return of(e.Contact)
	case *dispatch.ConfidentialRead:
		return of(e.Contact)
	case *dispatch.ReadersChanged:
		return of(e.Contact)
	case *dispatch.NoteWasStruck:
		return []dispatch.IncidentID{e.Incident}
	case *dispatch.AlarmRaised:
		if e.Incident != "" {
			return []dispatch.IncidentID{e.Incident}
		}
		return of(e.Contact)
	}
	return append(sendingIncidents(s, event), aboutIncidents(s, event)...)
}

// Describe says in one plain line what happened. A reason in it may be sealed: it
// is for those who may read the contact.
func Describe(s *dispatch.State, event dispatch.Event) string {
	number := func(id dispatch.IncidentID) uint64 {
		if i := s.Incidents[id]; i != nil {
			return i.Number
		}
		return 0
	}
	contact := func(id dispatch.ContactID) uint64 {
		if c := s.Contacts[id]; c != nil {
			return c.Number
		}
		return 0
	}
	switch e := event.(type) {
	case *dispatch.Configured:
		return "configuration of " + e.Config.Name
	case *dispatch.ContactReceived:
		text := fmt.Sprintf("contact %d by %s, priority %d", e.Number, e.Channel, e.Priority)
		if e.Repeat > 0 {
			text += fmt.Sprintf(", call %d from this number", e.Repeat+1)
		}
		return text
	case *dispatch.ContactTriaged:
		return fmt.Sprintf("contact %d triaged as %s, priority %d", contact(e.Contact), e.Type, e.Priority)
	case *dispatch.ContactLocated:
		return fmt.Sprintf("contact %d located, beat %s", contact(e.Contact), orDash(e.Beat))
	case *dispatch.ContactJoined:
		return fmt.Sprintf("contact %d joined call %d", contact(e.Contact), number(e.Incident))
	case *dispatch.OutcomeChanged:
		return describeOutcome(contact(e.Contact), e)
	case *dispatch.HazardsFound:
		if len(e.Hazards) == 0 {
			return fmt.Sprintf("call %d lies in no hazard", number(e.Incident))
		}
		return fmt.Sprintf("call %d lies in %s", number(e.Incident), joined(e.Hazards))
	case *dispatch.HazardsAcknowledged:
		text := fmt.Sprintf("%s of call %d read (%s)", joined(e.Hazards), number(e.Incident), e.Where)
		if e.Unit != "" {
			text += " for " + string(e.Unit)
		}
		return text
	case *dispatch.IncidentOpened:
		return fmt.Sprintf("call %d opened, priority %d", e.Number, e.Priority)
	case *dispatch.IncidentRetyped:
		return fmt.Sprintf("call %d is %s for %s", number(e.Incident), orDash(e.Type), e.Service)
	case *dispatch.IncidentMoved:
		return fmt.Sprintf("call %d is in beat %s", number(e.Incident), orDash(e.Beat))
	case *dispatch.IncidentReprioritised:
		return fmt.Sprintf("call %d has priority %d: %s", number(e.Incident), e.Priority, e.Private.Text)
	case *dispatch.IncidentClosed:
		return fmt.Sprintf("call %d closed: %s, by authority of %s", number(e.Incident), e.Disposition, e.Authority)
	case *dispatch.IncidentReopened:
		return fmt.Sprintf("call %d reopened: %s", number(e.Incident), e.Private.Text)
	case *dispatch.IncidentArchived:
		return "a closed call went to the archive"
	case *dispatch.NoteAdded:
		return fmt.Sprintf("note %s on call %d", e.ID, number(e.Incident))
	case *dispatch.NoteWasStruck:
		return fmt.Sprintf("note %s on call %d struck", e.Note, number(e.Incident))
	case *dispatch.CallerRung:
		return describeRinging(contact(e.Contact), e)
	case *dispatch.PromiseMade:
		return fmt.Sprintf("the caller of contact %d was promised an answer (%s, by %s)", contact(e.Contact), e.ID, e.Channel)
	case *dispatch.PromiseSettled:
		return fmt.Sprintf("promise %s to contact %d: %s", e.Promise, contact(e.Contact), e.State)
	}
	if text := describeSending(s, event); text != "" {
		return text
	}
	return describeThing(event, number)
}

func describeOutcome(number uint64, e *dispatch.OutcomeChanged) string {
	text := fmt.Sprintf("contact %d: %s", number, e.Outcome.Kind)
	if e.Private.Text != "" {
		text += " (" + e.Private.Text + ")"
	}
	if e.Outcome.Posture != "" {
		text += ", under " + string(e.Outcome.Posture)
	}
	if e.Outcome.Owner != "" {
		text += fmt.Sprintf("; %s: %s", e.Outcome.Owner, e.Outcome.Next)
	}
	return text
}

// describeThing goes on with units, postures, places and alarms.
func describeThing(event dispatch.Event, number func(dispatch.IncidentID) uint64) string {
	switch e := event.(type) {
	case *dispatch.UnitDispatched:
		text := fmt.Sprintf("%s dispatched to call %d", e.Unit, number(e.Incident))
		if e.Private.Text != "" {
			text += ", against the zone's rule: " + e.Private.Text
		}
		return text
	case *dispatch.UnitStacked:
		return fmt.Sprintf("call %d stacked behind %s: %s", number(e.Incident), e.Unit, e.Private.Text)
	case *dispatch.UnitUnassigned:
		return fmt.Sprintf("%s off call %d: %s", e.Unit, number(e.Incident), e.Private.Text)
	case *dispatch.UnitAdded:
		return fmt.Sprintf("unit %s added", e.Unit.ID)
	case *dispatch.UnitRetired:
		return fmt.Sprintf("unit %s retired: %s", e.Unit, e.Reason)
	case *dispatch.CrewSignedOn:
		return fmt.Sprintf("%s has a crew of %d", e.Unit, e.Crew)
	case *dispatch.UnitStatusChanged:
		text := fmt.Sprintf("%s %s (%s)", e.Unit, e.Status, e.Source)
		if e.Late {
			text += ", entered late"
		}
		return text
	case *dispatch.PostureDeclared:
		return fmt.Sprintf("posture %s declared: %s; reason: %s", e.Posture.ID, e.Posture.Title, e.Posture.ReasonShown())
	case *dispatch.PostureAmended:
		return fmt.Sprintf("posture %s amended (version %d) by %s: %s", e.Posture, e.Version, e.Authority, e.Why)
	case *dispatch.PostureRenewed:
		return fmt.Sprintf("posture %s reviewed and renewed: %s", e.Posture, e.Reason)
	case *dispatch.PostureUnreviewed:
		return fmt.Sprintf("posture %s is past its review and stays in force", e.Posture)
	case *dispatch.PostureEnded:
		return fmt.Sprintf("posture %s ended: %s", e.Posture, e.Reason)
	case *dispatch.AccessRecorded:
		return fmt.Sprintf("access %s: %s, seen by %s", e.Fact.ID, e.Fact.State, e.Fact.Source)
	case *dispatch.AccessWithdrawn:
		return fmt.Sprintf("access %s withdrawn: %s", e.Access, e.Reason)
	case *dispatch.AlarmRaised:
		return fmt.Sprintf("alarm to %s: %s", e.Desk, e.Text)
	case *dispatch.AlarmAcked:
		return fmt.Sprintf("alarm %s acknowledged", e.Alarm)
	case *dispatch.ClockJumped:
		return fmt.Sprintf("the clock jumped by %d s", int64(e.By/dispatch.Second))
	case *dispatch.ClockConfirmed:
		return "the clock was confirmed"
	}
	if text := describeEntry(event); text != "" {
		return text
	}
	if text := describeIncidents(event, number); text != event.EventName() {
		return text
	}
	return describeRationing(event)
}

func describeRinging(number uint64, e *dispatch.CallerRung) string {
	text := fmt.Sprintf("the caller of contact %d was rung: ", number)
	switch e.Reached {
	case dispatch.ReachedYes:
		text += "reached"
	case dispatch.ReachedNo:
		text += "nobody picked up"
	default:
		text = fmt.Sprintf("the caller of contact %d is not rung: it is not safe", number)
	}
	if e.Private.Text != "" {
		text += "; what has changed: " + e.Private.Text
	}
	return text
}

// describeRationing goes on with triggers, desks and clearings.
func describeRationing(event dispatch.Event) string {
	switch e := event.(type) {
	case *dispatch.TriggerMet:
		return fmt.Sprintf("trigger %s: its condition holds", e.Trigger)
	case *dispatch.TriggerCleared:
		return fmt.Sprintf("trigger %s: its condition holds no longer", e.Trigger)
	case *dispatch.TriggerFired:
		return fmt.Sprintf("trigger %s: preset %s", e.Trigger, e.Preset)
	case *dispatch.DeskShut:
		return fmt.Sprintf("desk %s shut: %s", e.Desk, e.Reason)
	case *dispatch.DeskOpened:
		return fmt.Sprintf("desk %s opened: %s", e.Desk, e.Reason)
	case *dispatch.ClearingProposed:
		if e.Bulk.Cleared {
			return fmt.Sprintf("%s cleared %d calls alone as %s: %s", e.Bulk.By, len(e.Bulk.Contacts), e.Bulk.Outcome, e.Private.Text)
		}
		return fmt.Sprintf("%s wants %d calls cleared as %s: %s", e.Bulk.By, len(e.Bulk.Contacts), e.Bulk.Outcome, e.Private.Text)
	case *dispatch.ClearingConfirmed:
		return fmt.Sprintf("clearing %s confirmed", e.Bulk)
	case *dispatch.ClearingRejected:
		return fmt.Sprintf("clearing %s rejected: %s", e.Bulk, e.Private.Text)
	case *dispatch.ClearingReminded:
		return fmt.Sprintf("clearing %s still waits for a second person", e.Bulk)
	}
	return describeHazard(event)
}

// describeHazard goes on with hazards, and with what is said again of a way.
func describeHazard(event dispatch.Event) string {
	switch e := event.(type) {
	case *dispatch.HazardRecorded:
		return fmt.Sprintf("hazard %s (%s) at %s: %s", e.ID, e.Level, orDash(e.Private.Place), e.Private.Text)
	case *dispatch.HazardReviewed:
		return fmt.Sprintf("hazard %s reviewed, still so: %s", e.Hazard, e.Private.Text)
	case *dispatch.HazardUnreviewed:
		return fmt.Sprintf("hazard %s is past its review: it stays, unreviewed", e.Hazard)
	case *dispatch.HazardWithdrawn:
		return fmt.Sprintf("hazard %s withdrawn: %s", e.Hazard, e.Private.Text)
	case *dispatch.AccessConfirmed:
		return fmt.Sprintf("access fact %s is %s, %s by %s", e.Access, e.State, e.Confidence, e.Source)
	case *dispatch.AccessNotified:
		return fmt.Sprintf("%s was told of access fact %s", e.Service, e.Access)
	case *dispatch.AccessMissed:
		return fmt.Sprintf("access fact %s matches no street and closes none", e.Access)
	case *dispatch.AccessStale:
		return fmt.Sprintf("access fact %s is old: what it said is unknown", e.Access)
	}
	return describeClaim(event)
}

func joined(ids []dispatch.HazardID) string {
	text := ""
	for n, id := range ids {
		if n > 0 {
			text += ", "
		}
		text += string(id)
	}
	return "hazard " + text
}

func orDash(s string) string {
	if s == "" {
		return "–"
	}
	return s
}
