package view

import (
	"fmt"
	"slices"
	"strings"

	"github.com/everycall/everycall/dispatch"
)

// describeEntry goes on with zones and ways in.
func describeEntry(event dispatch.Event) string {
	switch e := event.(type) {
	case *dispatch.ZoneDeclared:
		return fmt.Sprintf("zone %s declared by %s: %s", e.Zone.Name, e.Zone.Authority, e.Zone.Reason)
	case *dispatch.ZoneAmended:
		return fmt.Sprintf("zone %s changed (version %d): %s", e.Zone.Name, e.Zone.Version, e.Why)
	case *dispatch.ZoneWasEnded:
		return fmt.Sprintf("zone %s ended: %s", e.Zone, e.Reason)
	case *dispatch.ZoneArchived:
		return fmt.Sprintf("zone %s left the board", e.Zone)
	case *dispatch.EntryPlanned:
		if e.Plan == nil {
			return "no zone closes the way in any more" + sent(e.Go, "may go in") + sent(e.Back, "stop at the rendezvous")
		}
		text := "the way in is by gate " + orDash(string(e.Plan.Gate))
		if e.Plan.By != "" {
			text += ", chosen: " + e.Plan.Why
		}
		return text + sent(e.Go, "may go in") + sent(e.Back, "stop at the rendezvous")
	case *dispatch.ClearanceAsked:
		return fmt.Sprintf("clearance %s asked for: %s, required by %s", e.Clearance.ID, services(e.Clearance.Services), e.Clearance.RequiredBy)
	case *dispatch.ClearanceGiven:
		return fmt.Sprintf("clearance %s given by %s for %s", e.Clearance.ID, e.Clearance.GivenBy, services(e.Clearance.Services)) + sent(e.Go, "may go in")
	case *dispatch.ClearanceEnded:
		return fmt.Sprintf("clearance %s is over: %s", e.Clearance, e.Reason) + sent(e.Back, "stop at the rendezvous")
	case *dispatch.LiaisonRecorded:
		return fmt.Sprintf("liaison %s: %s", e.Liaison.ID, e.Liaison.Role)
	case *dispatch.LiaisonTried:
		return fmt.Sprintf("liaison %s tried: %s", e.Liaison, strings.ReplaceAll(e.Attempt.Result, "_", " "))
	case *dispatch.LiaisonExpired:
		if e.Reason != "" {
			return fmt.Sprintf("liaison %s ended: %s", e.Liaison, e.Reason)
		}
		return fmt.Sprintf("liaison %s expired", e.Liaison)
	case *dispatch.AgreementRecorded:
		return fmt.Sprintf("agreement %s about zone %s for %s, agreed by %s, witnessed by %s", e.Agreement.ID, e.Agreement.Zone, services(e.Agreement.Services), e.Agreement.AgreedBy, e.Agreement.WitnessedBy) + sent(e.Go, "may go in")
	case *dispatch.AgreementBegan:
		return fmt.Sprintf("agreement %s is in force", e.Agreement) + sent(e.Go, "may go in")
	case *dispatch.AgreementEnded:
		return fmt.Sprintf("agreement %s is over: %s", e.Agreement, e.Reason) + sent(e.Back, "stop at the rendezvous")
	case *dispatch.GrantArchived:
		return fmt.Sprintf("%s%s left the board", e.Clearance, e.Agreement)
	case *dispatch.StationAdded:
		return fmt.Sprintf("station %s added", e.Station.Name)
	case *dispatch.StationLost:
		return fmt.Sprintf("station %s %s, decided by %s: %s", e.Station, e.How, e.Authority, e.Reason)
	case *dispatch.StationReopened:
		return fmt.Sprintf("station %s reopened: %s", e.Station, e.Reason)
	case *dispatch.UnitRehomed:
		return fmt.Sprintf("%s lives at %s now: %s", e.Unit, orDash(string(e.To)), e.Reason)
	case *dispatch.UnitMovedUp:
		if e.Post == "" {
			return fmt.Sprintf("%s goes home: %s", e.Unit, e.Reason)
		}
		return fmt.Sprintf("%s moves up to %s: %s", e.Unit, e.Post, e.Reason)
	case *dispatch.PlanMade:
		return fmt.Sprintf("plan %s for %s: %s", e.Plan.ID, e.Plan.For, e.Plan.Title)
	case *dispatch.StepDone:
		return fmt.Sprintf("plan %s: step %d is done", e.Plan, e.Step)
	case *dispatch.PlanStepAdded:
		return fmt.Sprintf("plan %s: one more step: %s", e.Plan, e.Step.Text)
	case *dispatch.PlanStepDropped:
		return fmt.Sprintf("plan %s: step %d is dropped: %s", e.Plan, e.Step, e.Reason)
	case *dispatch.PlanReviewed:
		return fmt.Sprintf("plan %s reviewed: %s", e.Plan, e.Reason)
	case *dispatch.PlanReminded:
		return fmt.Sprintf("plan %s: step %d is late", e.Plan, e.Step)
	case *dispatch.PlanEnded:
		return fmt.Sprintf("plan %s is over: %s", e.Plan, e.Reason)
	case *dispatch.PlanArchived:
		return fmt.Sprintf("plan %s left the board", e.Plan)
	case *dispatch.CallerAdvised:
		return fmt.Sprintf("the caller was advised by %s (%s, version %s)", e.Advice.Title, e.Advice.Author, e.Advice.Version)
	}
	return ""
}

// sent lists units and what they do; nothing for none.
func sent(units []dispatch.UnitID, what string) string {
	if len(units) == 0 {
		return ""
	}
	names := make([]string, len(units))
	for n, u := range units {
		names[n] = string(u)
	}
	return "; " + strings.Join(names, ", ") + " " + what
}

func services(all []dispatch.Service) string {
	names := make([]string, len(all))
	for n, of := range all {
		names[n] = string(of)
	}
	return strings.Join(names, ", ")
}

// about lists an incident, if any, and those that some units work on, each once.
func about(s *dispatch.State, incident dispatch.IncidentID, units []dispatch.UnitID) []dispatch.IncidentID {
	var all []dispatch.IncidentID
	if incident != "" {
		all = append(all, incident)
	}
	for _, id := range units {
		if u := s.Units[id]; u != nil && u.Incident != "" && !slices.Contains(all, u.Incident) {
			all = append(all, u.Incident)
		}
	}
	return all
}
