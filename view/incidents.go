package view

import (
	"fmt"
	"strings"

	"github.com/everycall/everycall/dispatch"
)

// bareIncidents goes on with WithoutSecret.
func bareIncidents(event dispatch.Event) dispatch.Event {
	switch e := event.(type) {
	case *dispatch.IncidentsLinked:
		bare := *e
		bare.Private = dispatch.Private{}
		return &bare
	case *dispatch.IncidentsUnlinked:
		bare := *e
		bare.Private = dispatch.Private{}
		return &bare
	case *dispatch.IncidentsMerged:
		bare := *e
		bare.Private = dispatch.Private{}
		return &bare
	case *dispatch.IncidentSplit:
		bare := *e
		bare.Private = dispatch.Private{}
		return &bare
	case *dispatch.MajorDeclared:
		bare := *e
		bare.Private = dispatch.Private{}
		return &bare
	case *dispatch.MajorReviewed:
		bare := *e
		bare.Private = dispatch.Private{}
		return &bare
	case *dispatch.MajorEnded:
		bare := *e
		bare.Private = dispatch.Private{}
		return &bare
	case *dispatch.MajorChildAdded:
		bare := *e
		bare.Private = dispatch.Private{}
		return &bare
	case *dispatch.MajorChildTaken:
		bare := *e
		bare.Private = dispatch.Private{}
		return &bare
	case *dispatch.ObjectiveAdded:
		bare := *e
		bare.Private = dispatch.Private{}
		return &bare
	case *dispatch.ObjectiveMet:
		bare := *e
		bare.Private = dispatch.Private{}
		return &bare
	case *dispatch.BoloIssued:
		bare := *e
		bare.Private = dispatch.Private{}
		return &bare
	case *dispatch.BoloReviewed:
		bare := *e
		bare.Private = dispatch.Private{}
		return &bare
	case *dispatch.BoloCancelled:
		bare := *e
		bare.Private = dispatch.Private{}
		return &bare
	case *dispatch.ProviderCalled:
		bare := *e
		bare.Private = dispatch.Private{}
		return &bare
	case *dispatch.ProviderAnswered:
		bare := *e
		bare.Private = dispatch.Private{}
		return &bare
	case *dispatch.TowWasCancelled:
		bare := *e
		bare.Private = dispatch.Private{}
		return &bare
	case *dispatch.CaseNumberVoided:
		bare := *e
		bare.Private = dispatch.Private{}
		return &bare
	case *dispatch.HandoverOffered:
		bare := *e
		bare.Private = dispatch.Private{}
		return &bare
	case *dispatch.HandoverDeclined:
		bare := *e
		bare.Private = dispatch.Private{}
		return &bare
	case *dispatch.HandoverWithdrawn:
		bare := *e
		bare.Private = dispatch.Private{}
		return &bare
	case *dispatch.SearchMade:
		bare := *e
		bare.Private = dispatch.Private{}
		return &bare
	}
	return event
}

// aboutIncidents goes on with Incidents.
func aboutIncidents(s *dispatch.State, event dispatch.Event) []dispatch.IncidentID {
	ofTow := func(id dispatch.TowID) []dispatch.IncidentID {
		if t := s.Tows[id]; t != nil {
			return []dispatch.IncidentID{t.Incident}
		}
		return nil
	}
	switch e := event.(type) {
	case *dispatch.IncidentsLinked:
		return []dispatch.IncidentID{e.Incident, e.Other}
	case *dispatch.IncidentsUnlinked:
		return []dispatch.IncidentID{e.Incident, e.Other}
	case *dispatch.UnitReassigned:
		return []dispatch.IncidentID{e.From, e.Incident}
	case *dispatch.IncidentsMerged:
		return []dispatch.IncidentID{e.From, e.Into}
	case *dispatch.IncidentSplit:
		return []dispatch.IncidentID{e.Incident, e.Into}
	case *dispatch.MajorDeclared:
		return []dispatch.IncidentID{e.Incident}
	case *dispatch.MajorReviewed:
		return []dispatch.IncidentID{e.Incident}
	case *dispatch.MajorReminded:
		return []dispatch.IncidentID{e.Incident}
	case *dispatch.MajorEnded:
		return []dispatch.IncidentID{e.Incident}
	case *dispatch.MajorChildAdded:
		return []dispatch.IncidentID{e.Incident, e.Major}
	case *dispatch.MajorChildTaken:
		return []dispatch.IncidentID{e.Incident, e.Major}
	case *dispatch.ObjectiveAdded:
		return []dispatch.IncidentID{e.Incident}
	case *dispatch.ObjectiveMet:
		return []dispatch.IncidentID{e.Incident}
	case *dispatch.BoloIssued:
		if e.Incident != "" {
			return []dispatch.IncidentID{e.Incident}
		}
	case *dispatch.ProviderCalled:
		return []dispatch.IncidentID{e.Incident}
	case *dispatch.ProviderAnswered:
		return ofTow(e.Tow)
	case *dispatch.ProviderArrived:
		return ofTow(e.Tow)
	case *dispatch.TowWasCancelled:
		return ofTow(e.Tow)
	case *dispatch.TowOverdue:
		return ofTow(e.Tow)
	case *dispatch.CaseNumberGiven:
		return []dispatch.IncidentID{e.Incident}
	case *dispatch.CaseNumberVoided:
		return []dispatch.IncidentID{e.Incident}
	}
	return nil
}

// nameIncidents goes on with Named.
func nameIncidents(t *dispatch.Touched, event dispatch.Event) {
	switch e := event.(type) {
	case *dispatch.UnitReassigned:
		t.Units = append(t.Units, e.Unit)
	case *dispatch.BoloIssued:
		t.Bolos = append(t.Bolos, e.ID)
	case *dispatch.BoloReviewed:
		t.Bolos = append(t.Bolos, e.Bolo)
	case *dispatch.BoloReminded:
		t.Bolos = append(t.Bolos, e.Bolo)
	case *dispatch.BoloQuestioned:
		t.Bolos = append(t.Bolos, e.Bolo)
	case *dispatch.BoloAcknowledged:
		t.Bolos = append(t.Bolos, e.Bolo)
	case *dispatch.BoloCancelled:
		t.Bolos = append(t.Bolos, e.Bolo)
	case *dispatch.BoloExpired:
		t.Bolos = append(t.Bolos, e.Bolo)
	case *dispatch.BoloArchived:
		t.Bolos = append(t.Bolos, e.Bolo)
	case *dispatch.ProviderCalled:
		t.Tows = append(t.Tows, e.Tow)
	case *dispatch.ProviderAnswered:
		t.Tows = append(t.Tows, e.Tow)
	case *dispatch.ProviderArrived:
		t.Tows = append(t.Tows, e.Tow)
	case *dispatch.TowWasCancelled:
		t.Tows = append(t.Tows, e.Tow)
	case *dispatch.TowOverdue:
		t.Tows = append(t.Tows, e.Tow)
	case *dispatch.ProviderSuspended, *dispatch.ProviderReinstated, *dispatch.HandoverOffered, *dispatch.HandoverAccepted, *dispatch.HandoverDeclined, *dispatch.HandoverWithdrawn:
		t.Config = true
	}
}

// describeIncidents goes on with linked, merged and major incidents, case numbers and tows.
func describeIncidents(event dispatch.Event, number func(dispatch.IncidentID) uint64) string {
	why := func(p dispatch.Private) string {
		if p.Text == "" {
			return ""
		}
		return ": " + p.Text
	}
	switch e := event.(type) {
	case *dispatch.IncidentsLinked:
		return fmt.Sprintf("calls %d and %d linked%s", number(e.Incident), number(e.Other), why(e.Private))
	case *dispatch.IncidentsUnlinked:
		return fmt.Sprintf("calls %d and %d linked no longer%s", number(e.Incident), number(e.Other), why(e.Private))
	case *dispatch.UnitReassigned:
		return fmt.Sprintf("%s, as it stands, is on call %d and not on call %d", e.Unit, number(e.Incident), number(e.From))
	case *dispatch.IncidentsMerged:
		return fmt.Sprintf("call %d merged into call %d%s", number(e.From), number(e.Into), why(e.Private))
	case *dispatch.IncidentSplit:
		return fmt.Sprintf("call %d split from call %d%s", number(e.Into), number(e.Incident), why(e.Private))
	case *dispatch.MajorDeclared:
		return fmt.Sprintf("call %d is a major incident by authority of %s, commanded by %s on %s%s", number(e.Incident), e.Authority, e.Commander, e.Channel, why(e.Private))
	case *dispatch.MajorReviewed:
		return fmt.Sprintf("major incident %d reviewed, commanded by %s on %s%s", number(e.Incident), e.Commander, e.Channel, why(e.Private))
	case *dispatch.MajorReminded:
		return fmt.Sprintf("major incident %d is past its review and stays one", number(e.Incident))
	case *dispatch.MajorEnded:
		return fmt.Sprintf("major incident %d ended by authority of %s%s", number(e.Incident), e.Authority, why(e.Private))
	case *dispatch.MajorChildAdded:
		return fmt.Sprintf("call %d belongs to major incident %d%s", number(e.Incident), number(e.Major), why(e.Private))
	case *dispatch.MajorChildTaken:
		return fmt.Sprintf("call %d belongs to major incident %d no longer%s", number(e.Incident), number(e.Major), why(e.Private))
	case *dispatch.ObjectiveAdded:
		return fmt.Sprintf("objective of major incident %d%s", number(e.Incident), why(e.Private))
	case *dispatch.ObjectiveMet:
		return fmt.Sprintf("objective %d of major incident %d met%s", e.Objective, number(e.Incident), why(e.Private))
	case *dispatch.ProviderCalled:
		text := fmt.Sprintf("%s called for call %d (%s)", e.Name, number(e.Incident), e.List)
		if len(e.Passed) > 0 {
			text += "; suspended: " + strings.Join(e.Passed, ", ")
		}
		if len(e.Skipped) > 0 {
			text += "; skipped " + strings.Join(e.Skipped, ", ") + why(e.Private)
		}
		return text
	case *dispatch.ProviderAnswered:
		return fmt.Sprintf("tow %s: %s%s", e.Tow, e.Answer, why(e.Private))
	case *dispatch.ProviderArrived:
		return fmt.Sprintf("tow %s arrived", e.Tow)
	case *dispatch.TowWasCancelled:
		return fmt.Sprintf("tow %s cancelled%s", e.Tow, why(e.Private))
	case *dispatch.TowOverdue:
		return fmt.Sprintf("tow %s is past its time", e.Tow)
	case *dispatch.ProviderSuspended:
		return fmt.Sprintf("provider %s suspended: %s", e.Provider, e.Reason)
	case *dispatch.ProviderReinstated:
		return fmt.Sprintf("provider %s has its turn again: %s", e.Provider, e.Reason)
	case *dispatch.CaseNumberGiven:
		return fmt.Sprintf("call %d has case number %s", number(e.Incident), e.Number)
	case *dispatch.CaseNumberVoided:
		return fmt.Sprintf("case number %s of call %d voided%s", e.Number, number(e.Incident), why(e.Private))
	}
	return describeBolo(event)
}

// describeBolo goes on with BOLOs, handovers and searches. Their words are nobody's call's:
// they are read where they are shown, and not here.
func describeBolo(event dispatch.Event) string {
	switch e := event.(type) {
	case *dispatch.BoloIssued:
		return fmt.Sprintf("BOLO %d (%s) issued by %s", e.Number, e.Kind, e.Authority)
	case *dispatch.BoloReviewed:
		return fmt.Sprintf("BOLO %s reviewed", e.Bolo)
	case *dispatch.BoloReminded:
		return fmt.Sprintf("BOLO %s is past its review", e.Bolo)
	case *dispatch.BoloQuestioned:
		return fmt.Sprintf("BOLO %s in question: %s", e.Bolo, e.Why)
	case *dispatch.BoloAcknowledged:
		return fmt.Sprintf("%s has BOLO %s", e.Unit, e.Bolo)
	case *dispatch.BoloCancelled:
		return fmt.Sprintf("BOLO %s cancelled", e.Bolo)
	case *dispatch.BoloExpired:
		return fmt.Sprintf("BOLO %s expired", e.Bolo)
	case *dispatch.BoloArchived:
		return fmt.Sprintf("BOLO %s has left the room", e.Bolo)
	case *dispatch.HandoverOffered:
		return fmt.Sprintf("desk %s offered to %s (%s)", e.Desk, e.To, e.ID)
	case *dispatch.HandoverAccepted:
		return fmt.Sprintf("handover %s accepted with %d calls, %d promises and %d alarms", e.Handover, e.Calls, e.Promises, e.Alarms)
	case *dispatch.HandoverDeclined:
		return fmt.Sprintf("handover %s declined", e.Handover)
	case *dispatch.HandoverWithdrawn:
		return fmt.Sprintf("handover %s withdrawn", e.Handover)
	case *dispatch.HandoverReminded:
		return fmt.Sprintf("handover %s waits for an answer", e.Handover)
	case *dispatch.SearchMade:
		return fmt.Sprintf("past calls searched by words (%s)", e.ID)
	}
	return event.EventName()
}
