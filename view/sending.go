package view

import (
	"fmt"
	"strings"

	"github.com/everycall/everycall/dispatch"
)

// sendingIncidents goes on with what an event about sending units is about.
func sendingIncidents(s *dispatch.State, event dispatch.Event) []dispatch.IncidentID {
	aid := func(id dispatch.AidID) []dispatch.IncidentID {
		if a := s.Aids[id]; a != nil && a.Incident != "" && s.Incidents[a.Incident] != nil {
			return []dispatch.IncidentID{a.Incident}
		}
		return nil
	}
	switch e := event.(type) {
	case *dispatch.AlarmLevelChanged:
		return []dispatch.IncidentID{e.Incident}
	case *dispatch.ServiceAdded:
		return []dispatch.IncidentID{e.Incident}
	case *dispatch.ServiceLeads:
		return []dispatch.IncidentID{e.Incident}
	case *dispatch.ServiceClosed:
		return []dispatch.IncidentID{e.Incident}
	case *dispatch.ServiceOverdue:
		return []dispatch.IncidentID{e.Incident}
	case *dispatch.CallPreempted:
		return []dispatch.IncidentID{e.Incident, e.For}
	case *dispatch.AidBegan:
		if e.Aid.Incident != "" {
			return []dispatch.IncidentID{e.Aid.Incident}
		}
	case *dispatch.AidMoved:
		return aid(e.Aid)
	case *dispatch.AidReminded:
		return aid(e.Aid)
	}
	return nil
}

// describeSending goes on with alarm levels, shared incidents, mutual aid and the notifier.
func describeSending(s *dispatch.State, event dispatch.Event) string {
	agency := func(id dispatch.AidID) string {
		if a := s.Aids[id]; a != nil {
			return string(id) + " with " + a.Agency
		}
		return string(id)
	}
	switch e := event.(type) {
	case *dispatch.AlarmLevelChanged:
		return withReason(fmt.Sprintf("alarm level %d by run card %s", e.Level, e.Card), e.Private.Text)
	case *dispatch.ServiceAdded:
		text := string(e.Service) + " added"
		if e.Agency != "" {
			text += " (" + e.Agency + ")"
		}
		if e.Lead {
			text += ", it leads"
		}
		return withReason(text, e.Private.Text)
	case *dispatch.ServiceLeads:
		return withReason(string(e.Service)+" leads", e.Private.Text)
	case *dispatch.ServiceClosed:
		return fmt.Sprintf("%s is done: %s, by %s", e.Service, e.Disposition, e.Authority)
	case *dispatch.ServiceOverdue:
		return fmt.Sprintf("nobody of %s was sent in time", e.Service)
	case *dispatch.CallPreempted:
		if e.Waits {
			return fmt.Sprintf("%s was taken for a more urgent call; it waits again, and the caller is to be rung", e.Unit)
		}
		return fmt.Sprintf("%s was taken for a more urgent call; others stay", e.Unit)
	case *dispatch.AidBegan:
		return fmt.Sprintf("mutual aid %s with %s %s: %s", e.Aid.ID, e.Aid.Agency, e.Aid.State, e.Aid.Reason)
	case *dispatch.AidMoved:
		text := fmt.Sprintf("mutual aid %s %s", agency(e.Aid), e.State)
		if len(e.Units) > 0 {
			text += " (" + strings.Trim(fmt.Sprint(e.Units), "[]") + ")"
		}
		return withReason(text, e.Words)
	case *dispatch.AidReminded:
		return fmt.Sprintf("mutual aid %s is past its time", agency(e.Aid))
	case *dispatch.AidArchived:
		return fmt.Sprintf("mutual aid %s has left the room", e.Aid)
	case *dispatch.TargetFailed:
		return fmt.Sprintf("messages to %s do not arrive: %s", e.Target, e.Words)
	case *dispatch.TargetRecovered:
		return fmt.Sprintf("messages to %s arrive again", e.Target)
	}
	return ""
}

func withReason(text, reason string) string {
	if reason == "" {
		return text
	}
	return text + ": " + reason
}

// nameSending goes on with what an event about sending names.
func nameSending(t *dispatch.Touched, event dispatch.Event) {
	switch e := event.(type) {
	case *dispatch.CallPreempted:
		t.Contacts, t.Units = append(t.Contacts, e.Contact), append(t.Units, e.Unit)
	case *dispatch.AidBegan:
		t.Aids = append(t.Aids, e.Aid.ID)
	case *dispatch.AidMoved:
		t.Aids, t.Units = append(t.Aids, e.Aid), append(t.Units, e.Units...)
	case *dispatch.AidReminded:
		t.Aids = append(t.Aids, e.Aid)
	case *dispatch.AidArchived:
		t.Aids = append(t.Aids, e.Aid)
	}
}

// bareSending goes on with events without their private part.
func bareSending(event dispatch.Event) dispatch.Event {
	switch e := event.(type) {
	case *dispatch.AlarmLevelChanged:
		bare := *e
		bare.Private = dispatch.Private{}
		return &bare
	case *dispatch.ServiceAdded:
		bare := *e
		bare.Private = dispatch.Private{}
		return &bare
	case *dispatch.ServiceLeads:
		bare := *e
		bare.Private = dispatch.Private{}
		return &bare
	}
	return event
}
