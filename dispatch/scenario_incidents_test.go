package dispatch

import (
	"fmt"
	"strconv"
	"strings"
)

// incidentCommand reads the verbs about linked, merged, split and major incidents, BOLOs,
// rotations, case numbers, handovers and searches.
func (r *room) incidentCommand(w *words) Command {
	now, reason := r.meta.At, w.word("reason")
	incident := func(n int) IncidentID { return IncidentID(w.subject(n)) }
	bolo, tow, handover := func() BoloID { return BoloID(w.subject(0)) }, func() TowID { return TowID(w.subject(0)) }, func() HandoverID { return HandoverID(w.subject(0)) }
	switch w.verb {
	case "link":
		return LinkIncidents{Incident: incident(0), Other: incident(1), Reason: reason}
	case "unlink":
		return UnlinkIncidents{Incident: incident(0), Other: incident(1), Reason: reason}
	case "merge":
		return MergeIncidents{From: incident(0), Into: incident(1), Reason: reason, Hazards: hazardIDs(w.list("read"))}
	case "split":
		c := SplitIncident{Incident: incident(0), Reason: reason, Hazards: hazardIDs(w.list("read"))}
		for _, id := range w.list("contacts") {
			c.Contacts = append(c.Contacts, ContactID(id))
		}
		for _, id := range w.list("units") {
			c.Units = append(c.Units, UnitID(id))
		}
		return c
	case "major":
		return DeclareMajor{Incident: incident(0), Authority: w.word("authority"), Reason: reason, Commander: w.word("commander"), Channel: w.word("channel"), ReviewBy: w.until("review", now)}
	case "review-major":
		return ReviewMajor{Incident: incident(0), Commander: w.word("commander"), Channel: w.word("channel"), ReviewBy: w.until("review", now), Reason: reason}
	case "end-major":
		return EndMajor{Incident: incident(0), Authority: w.word("authority"), Reason: reason}
	case "add-to-major":
		return AddToMajor{Incident: incident(0), Major: incident(1), Reason: reason}
	case "take-from-major":
		return TakeFromMajor{Incident: incident(0), Reason: reason}
	case "objective":
		return AddObjective{Incident: incident(0), Text: w.word("text")}
	case "met":
		n, err := strconv.Atoi(w.subject(1))
		w.fail(err)
		return MeetObjective{Incident: incident(0), Objective: n, How: w.word("how")}
	case "bolo":
		c := IssueBolo{Kind: BoloKind(w.subject(0)), Description: w.word("looks"), Place: w.word("place"), Point: w.point("point"), Beats: w.list("beats"), Incident: IncidentID(w.word("incident")),
			Authority: w.word("authority"), ReviewBy: w.until("review", now), ExpiresAt: w.until("expires", now)}
		for _, of := range w.list("services") {
			c.Services = append(c.Services, Service(of))
		}
		for _, id := range w.list("claims") {
			c.Claims = append(c.Claims, ClaimID(id))
		}
		if by := w.word("override-by"); by != "" {
			c.Override = &Override{By: by, Why: w.word("override-why")}
		}
		return c
	case "review-bolo":
		return ReviewBolo{Bolo: bolo(), ReviewBy: w.until("review", now), ExpiresAt: w.until("expires", now), Reason: reason}
	case "ack-bolo":
		return AcknowledgeBolo{Bolo: bolo(), Unit: UnitID(w.subject(1))}
	case "cancel-bolo":
		return CancelBolo{Bolo: bolo(), Reason: reason}
	case "call-provider":
		return CallProvider{Incident: incident(0), List: w.subject(1), Provider: w.word("provider"), Reason: reason}
	case "answer":
		return AnswerTow{Tow: tow(), Answer: TowState(w.subject(1)), ETA: w.until("eta", now), Reason: reason}
	case "arrived":
		return ArriveTow{Tow: tow()}
	case "cancel-tow":
		return CancelTow{Tow: tow(), Reason: reason}
	case "suspend":
		return SuspendProvider{Provider: w.subject(0), Until: w.until("until", now), Reason: reason}
	case "reinstate":
		return ReinstateProvider{Provider: w.subject(0), Reason: reason}
	case "case":
		return GiveCaseNumber{Incident: incident(0), Agency: w.subject(1), Year: w.number("year")}
	case "void-case":
		return VoidCaseNumber{Incident: incident(0), Number: w.subject(1), Reason: reason}
	case "offer":
		if w.yes("absent") {
			return OfferHandoverFor{Desk: DeskID(w.subject(0)), To: w.word("to"), Note: w.word("note"), Reason: reason}
		}
		return OfferHandover{Desk: DeskID(w.subject(0)), To: w.word("to"), Note: w.word("note")}
	case "accept":
		return AcceptHandover{Handover: handover()}
	case "decline-handover":
		return DeclineHandover{Handover: handover(), Reason: reason}
	case "withdraw-handover":
		return WithdrawHandover{Handover: handover(), Reason: reason}
	case "search":
		return RecordSearch{Words: w.subject(0), From: w.until("from", now), Until: w.until("until", now), Why: w.word("why")}
	}
	return nil
}

// roomIncidents is the standard agency with rotations and case numbers.
func roomIncidents(fault string) Config {
	g := roomStandard()
	g.Rotations = []Rotation{
		{ID: "light-east", Title: "Light tow, east", Class: "tow_light", Beats: []string{"E1", "E2"}, Providers: []Provider{{"able", "Able Towing", "555-0150"}, {"baker", "Baker Towing", "555-0151"}, {"charlie", "Charlie Towing", "555-0152"}}},
		{ID: "lock", Title: "Locksmith", Class: "locksmith", Providers: []Provider{{"able", "Able Towing", "555-0150"}}},
	}
	g.CaseNumbers = []CaseSeries{{Agency: "police", Prefix: "CCP", Year: 4, Digits: 6, Separator: "-"}, {Agency: "fire", Prefix: "F", Year: 2, Digits: 4}}
	switch fault {
	case "rotation-twice":
		g.Rotations = append(g.Rotations, g.Rotations[1])
	case "nobody":
		g.Rotations[1].Providers = nil
	case "provider-twice":
		g.Rotations[1].Providers = append(g.Rotations[1].Providers, g.Rotations[1].Providers[0])
	case "two-names":
		g.Rotations[1].Providers = []Provider{{"able", "Able Locks", "555-0150"}}
	case "prefix":
		g.CaseNumbers[1].Prefix = "CCP"
	case "digits":
		g.CaseNumbers[1].Digits = 0
	case "without-able": // no fault: another list
		g.Rotations[0].Providers = append(g.Rotations[0].Providers[1:], Provider{"delta", "Delta Towing", "555-0153"})
	}
	return g
}

// describeIncidents goes on with what this file's verbs do.
func describeIncidents(s *State, e Event) string {
	switch e := e.(type) {
	case *IncidentsLinked:
		return fmt.Sprintf("%s and %s are linked: %s", e.Incident, e.Other, e.Private.Text)
	case *IncidentsUnlinked:
		return fmt.Sprintf("%s and %s are linked no longer: %s", e.Incident, e.Other, e.Private.Text)
	case *UnitReassigned:
		return fmt.Sprintf("%s, as it stands, is on %s and not on %s%s", e.Unit, e.Incident, e.From, ifWord(e.Outside, ", to wait at the rendezvous"))
	case *IncidentsMerged:
		return fmt.Sprintf("%s is %s: %s", e.From, e.Into, e.Private.Text)
	case *IncidentSplit:
		return fmt.Sprintf("%s is split from %s: %s", e.Into, e.Incident, e.Private.Text)
	case *MajorDeclared:
		return fmt.Sprintf("%s is a MAJOR incident by %s, commanded by %s on %s, review by %s: %s", e.Incident, e.Authority, e.Commander, e.Channel, clock(e.ReviewBy), e.Private.Text)
	case *MajorReviewed:
		return fmt.Sprintf("major %s is reviewed: %s, commanded by %s on %s, review by %s", e.Incident, e.Private.Text, e.Commander, e.Channel, clock(e.ReviewBy))
	case *MajorReminded:
		return fmt.Sprintf("major %s is past its review, again at %s", e.Incident, clock(e.Next))
	case *MajorEnded:
		return fmt.Sprintf("major %s ends on the authority of %s: %s", e.Incident, e.Authority, e.Private.Text)
	case *MajorChildAdded:
		return fmt.Sprintf("%s belongs to major %s: %s", e.Incident, e.Major, e.Private.Text)
	case *MajorChildTaken:
		return fmt.Sprintf("%s belongs to major %s no longer: %s", e.Incident, e.Major, e.Private.Text)
	case *ObjectiveAdded:
		return fmt.Sprintf("objective of %s: %s", e.Incident, e.Private.Text)
	case *ObjectiveMet:
		return fmt.Sprintf("objective %d of %s is met: %s", e.Objective, e.Incident, e.Private.Text)
	case *BoloIssued:
		text := fmt.Sprintf("BOLO %d (%s) by %s, for %s, review by %s, expires %s: %s", e.Number, e.Kind, e.Authority, orWord(listOf(e.Services), "all services"), clock(e.ReviewBy), clock(e.ExpiresAt), e.Private.Text)
		if e.Override != nil {
			text += fmt.Sprintf("; %s answers for it: %s", e.Override.By, e.Override.Why)
		}
		return text
	case *BoloReviewed:
		return fmt.Sprintf("%s is reviewed: %s; review by %s, expires %s", e.Bolo, e.Private.Text, clock(e.ReviewBy), clock(e.ExpiresAt))
	case *BoloReminded:
		return fmt.Sprintf("%s is past its review, again at %s", e.Bolo, clock(e.Next))
	case *BoloQuestioned:
		return fmt.Sprintf("%s is in question: %s", e.Bolo, e.Why)
	case *BoloAcknowledged:
		return fmt.Sprintf("%s has %s", e.Unit, e.Bolo)
	case *BoloCancelled:
		return fmt.Sprintf("%s is cancelled: %s", e.Bolo, e.Private.Text)
	case *BoloExpired:
		return fmt.Sprintf("%s has expired", e.Bolo)
	case *BoloArchived:
		return fmt.Sprintf("%s has left the room", e.Bolo)
	case *ProviderCalled:
		return fmt.Sprintf("%s: %s of %s is called for %s%s%s", e.Tow, e.Provider, e.List, e.Incident, ifWord(len(e.Passed) > 0, "; suspended: "+strings.Join(e.Passed, ", ")),
			ifWord(len(e.Skipped) > 0, "; skipped: "+strings.Join(e.Skipped, ", ")+": "+e.Private.Text))
	case *ProviderAnswered:
		return fmt.Sprintf("%s: %s%s%s", e.Tow, e.Answer, ifWord(e.ETA != 0, ", there by "+clock(e.ETA)), ifWord(e.Private.Text != "", ": "+e.Private.Text))
	case *ProviderArrived:
		return fmt.Sprintf("%s has arrived", e.Tow)
	case *TowWasCancelled:
		return fmt.Sprintf("%s is cancelled: %s", e.Tow, e.Private.Text)
	case *TowOverdue:
		return fmt.Sprintf("%s is overdue, again at %s", e.Tow, clock(e.Next))
	case *ProviderSuspended:
		return fmt.Sprintf("%s is suspended until %s: %s", e.Provider, clock(e.Until), e.Reason)
	case *ProviderReinstated:
		return fmt.Sprintf("%s has its turn again: %s", e.Provider, e.Reason)
	case *CaseNumberGiven:
		return fmt.Sprintf("%s is %s", e.Incident, e.Number)
	case *CaseNumberVoided:
		return fmt.Sprintf("%s of %s is void: %s", e.Number, e.Incident, e.Private.Text)
	case *HandoverOffered:
		return fmt.Sprintf("%s: desk %s is offered to %s%s%s", e.ID, e.Desk, e.To, ifWord(e.From != "", " by "+e.From), ifWord(e.Private.Name != "", ", who cannot: "+e.Private.Name))
	case *HandoverAccepted:
		return fmt.Sprintf("%s is accepted: %d calls, %d promises, %d alarms", e.Handover, e.Calls, e.Promises, e.Alarms)
	case *HandoverDeclined:
		return fmt.Sprintf("%s is declined: %s", e.Handover, e.Private.Text)
	case *HandoverWithdrawn:
		return fmt.Sprintf("%s is withdrawn: %s", e.Handover, e.Private.Text)
	case *HandoverReminded:
		return fmt.Sprintf("%s waits for an answer, again at %s", e.Handover, clock(e.Next))
	case *SearchMade:
		return fmt.Sprintf("%s searched for %q from %s until %s: %s", e.ID, e.Private.Text, clock(e.From), clock(e.Until), e.Private.Place)
	}
	return e.EventName()
}

func (r *room) showIncidents(part string) (lines []string) {
	s := r.state
	switch part {
	case "links":
		for _, id := range sortedKeys(s.Incidents) {
			for _, l := range s.Incidents[id].Links {
				lines = append(lines, fmt.Sprintf("%s %s %s: %s", id, l.Kind, l.Incident, l.Reason))
			}
		}
	case "majors":
		for _, id := range sortedKeys(s.Incidents) {
			i := s.Incidents[id]
			if parent := s.MajorOf(i); parent != nil {
				lines = append(lines, fmt.Sprintf("%s belongs to %s", id, parent.ID))
			}
			if i.Major == nil {
				continue
			}
			m := i.Major
			lines = append(lines, fmt.Sprintf("%s by %s, %s on %s%s%s", id, m.Authority, m.Commander, m.Channel, ifWord(len(m.Children) > 0, ", with "+listOf(m.Children)), ifWord(!m.InForce(), ", ended: "+m.EndReason)))
			for n, o := range m.Objectives {
				lines = append(lines, fmt.Sprintf("%s objective %d: %s%s", id, n+1, o.Text, ifWord(o.MetAt != 0, ", met: "+o.How)))
			}
		}
	case "bolos":
		for _, id := range sortedKeys(s.Bolos) {
			b := s.Bolos[id]
			line := fmt.Sprintf("%s %s, rests on %s", id, b.Kind, orWord(ifWord(b.ClaimsOnly(), "claims only: "+listed(b.Claims)), "call "+strconv.FormatUint(b.Call, 10)+ifWord(len(b.Claims) > 0, " and "+listed(b.Claims))))
			for _, q := range b.Questions {
				line += ", in question: " + q.Why
			}
			line += ifWord(!b.InForce(), ", over")
			if b.InForce() {
				line += ", untold: " + orWord(listOf(s.BoloUntold(b)), "nobody")
			}
			lines = append(lines, line+": "+b.Description)
		}
	case "turns":
		for _, id := range sortedKeys(s.Turns) {
			t := s.Turns[id]
			lines = append(lines, id+": "+strings.Join(t.Order, ", "))
			for _, one := range t.Taken {
				lines = append(lines, fmt.Sprintf("  %s %s %s%s", clock(one.At), one.Provider, one.What, ifWord(one.Why != "", ": "+one.Why)))
			}
		}
	case "cases":
		for _, id := range sortedKeys(s.Incidents) {
			for _, n := range s.Incidents[id].Cases {
				lines = append(lines, fmt.Sprintf("%s %s%s", id, n.Number, ifWord(n.VoidedAt != 0, ", void: "+n.Why)))
			}
		}
	case "seats":
		for _, id := range sortedKeys(s.Seats) {
			lines = append(lines, fmt.Sprintf("%s: %s since %s", id, s.Seats[id].By, clock(s.Seats[id].Since)))
		}
		for _, id := range sortedKeys(s.Handovers) {
			lines = append(lines, fmt.Sprintf("%s: %s to %s", id, s.Handovers[id].Desk, s.Handovers[id].To))
		}
	}
	return lines
}
