package dispatch

import (
	"fmt"
	"maps"
	"strconv"

	"github.com/everycall/everycall/geo"
)

// withIncidents adds the commands about linked, merged and major incidents, BOLOs,
// rotations, case numbers, handovers and searches to those that are timed.
func withIncidents(s *State, commands map[string]timedCommand) map[string]timedCommand {
	fresh := func(n int) ContactID { return ContactID("fresh" + strconv.Itoa(n)) }
	receive := func(n int) Command {
		return ReceiveContact{ID: fresh(n), Channel: "phone", Type: "NOISE", Beat: "B7", Person: Private{Place: "100 block of Main St", Point: &geo.Point{Lon: int32(n % 97), Lat: 15}}}
	}
	other := func(n int) Command { return receive(n + 1_000_000) }
	of := func(n int) IncidentID { return s.Contacts[fresh(n)].Incident }
	also := func(n int) IncidentID { return of(n + 1_000_000) }
	closed := func(n int) Command { return CloseIncident{Incident: of(n), Disposition: "done", Authority: "x"} }
	closedAlso := func(n int) Command { return closed(n + 1_000_000) }
	do := func(all ...func(int) Command) []func(int) Command { return all }
	major := func(n int) Command {
		return DeclareMajor{Incident: of(n), Authority: "x", Reason: "x", Commander: "x", Channel: "x", ReviewBy: s.Now.Add(Hour)}
	}
	endMajor := func(n int) Command { return EndMajor{Incident: of(n), Authority: "x", Reason: "x"} }
	add := func(n int) Command { return AddToMajor{Incident: also(n), Major: of(n), Reason: "x"} }
	objective := func(n int) Command { return AddObjective{Incident: of(n), Text: "x"} }
	bolo := func(n int) Command {
		return IssueBolo{Kind: "vehicle", Description: "a van", Incident: of(n), Authority: "x", ReviewBy: s.Now.Add(Hour), ExpiresAt: s.Now.Add(Hour)}
	}
	boloID := func() BoloID { return BoloID(numbered("bo", s.Counters.Bolo)) }
	cancel := func(int) Command { return CancelBolo{Bolo: boloID(), Reason: "x"} }
	tow := func(n int) Command { return CallProvider{Incident: of(n), List: "lock"} }
	towID := func() TowID { return TowID(numbered("tw", s.Counters.Tow)) }
	cancelTow := func(int) Command { return CancelTow{Tow: towID(), Reason: "x"} }
	arrive := func(int) Command { return ArriveTow{Tow: towID()} }
	suspend := func(int) Command {
		return SuspendProvider{Provider: "baker", Until: s.Now.Add(Hour), Reason: "x"}
	}
	reinstate := func(int) Command { return ReinstateProvider{Provider: "baker", Reason: "x"} }
	number := func(n int) Command {
		return GiveCaseNumber{Incident: of(n), Agency: "police", Year: yearOf(s.Now)}
	}
	offer := func(int) Command { return OfferHandover{Desk: s.Config.Desks[0].ID, To: "room"} }
	offerOther := func(int) Command { return OfferHandover{Desk: s.Config.Desks[1].ID, To: "room"} }
	handoverID := func() HandoverID { return HandoverID(numbered("ho", s.Counters.Handover)) }
	decline := func(int) Command { return DeclineHandover{Handover: handoverID(), Reason: "x"} }
	withdraw := func(int) Command { return WithdrawHandover{Handover: handoverID(), Reason: "x"} }
	link := func(n int) Command { return LinkIncidents{Incident: of(n), Other: also(n), Reason: "x"} }
	maps.Copy(commands, map[string]timedCommand{
		"LinkIncidents":   {before: do(receive, other), timed: link, after: do(closed, closedAlso)},
		"UnlinkIncidents": {before: do(receive, other, link), timed: func(n int) Command { return UnlinkIncidents{Incident: of(n), Other: also(n), Reason: "x"} }, after: do(closed, closedAlso)},
		"MergeIncidents":  {before: do(receive, other), timed: func(n int) Command { return MergeIncidents{From: also(n), Into: of(n), Reason: "x"} }, after: do(closed)},
		"SplitIncident": {before: do(receive, other, func(n int) Command { return JoinContact{Contact: fresh(n + 1_000_000), Incident: of(n)} }), timed: func(n int) Command {
			return SplitIncident{Incident: of(n), Contacts: []ContactID{fresh(n)}, Reason: "x"}
		}, after: do(closed, closedAlso)},
		"DeclareMajor":  {before: do(receive), timed: major, after: do(endMajor, closed)},
		"ReviewMajor":   {before: do(receive, major), timed: func(n int) Command { return ReviewMajor{Incident: of(n), ReviewBy: s.Now.Add(Hour), Reason: "x"} }, after: do(endMajor, closed)},
		"EndMajor":      {before: do(receive, major), timed: endMajor, after: do(closed)},
		"AddToMajor":    {before: do(receive, other, major), timed: add, after: do(endMajor, closed, closedAlso)},
		"TakeFromMajor": {before: do(receive, other, major, add), timed: func(n int) Command { return TakeFromMajor{Incident: also(n), Reason: "x"} }, after: do(endMajor, closed, closedAlso)},
		"AddObjective":  {before: do(receive, major), timed: objective, after: do(endMajor, closed)},
		"MeetObjective": {before: do(receive, major, objective), timed: func(n int) Command { return MeetObjective{Incident: of(n), Objective: 1, How: "x"} }, after: do(endMajor, closed)},
		"IssueBolo":     {before: do(receive), timed: bolo, after: do(cancel, closed)},
		"ReviewBolo": {before: do(receive, bolo), timed: func(int) Command {
			return ReviewBolo{Bolo: boloID(), ReviewBy: s.Now.Add(Hour), ExpiresAt: s.Now.Add(Hour), Reason: "x"}
		}, after: do(cancel, closed)},
		"AcknowledgeBolo":   {before: do(receive, bolo), timed: func(int) Command { return AcknowledgeBolo{Bolo: boloID(), Unit: "U001"} }, after: do(cancel, closed)},
		"CancelBolo":        {before: do(receive, bolo), timed: cancel, after: do(closed)},
		"CallProvider":      {before: do(receive), timed: tow, after: do(cancelTow, closed)},
		"AnswerTow":         {before: do(receive, tow), timed: func(int) Command { return AnswerTow{Tow: towID(), Answer: TowAccepted, ETA: s.Now.Add(Hour)} }, after: do(arrive, closed)},
		"ArriveTow":         {before: do(receive, tow), timed: arrive, after: do(closed)},
		"CancelTow":         {before: do(receive, tow), timed: cancelTow, after: do(closed)},
		"SuspendProvider":   {timed: suspend, after: do(reinstate)},
		"ReinstateProvider": {before: do(suspend), timed: reinstate},
		"GiveCaseNumber":    {before: do(receive), timed: number, after: do(closed)},
		"VoidCaseNumber": {before: do(receive, number), timed: func(n int) Command {
			return VoidCaseNumber{Incident: of(n), Number: fmt.Sprintf("CCP-%d-%06d", yearOf(s.Now), s.Cases["police"].Last), Reason: "x"}
		}, after: do(closed)},
		"OfferHandover":    {timed: offer, after: do(withdraw)},
		"OfferHandoverFor": {timed: func(int) Command { return OfferHandoverFor{Desk: s.Config.Desks[0].ID, To: "room", Reason: "x"} }, after: do(withdraw)},
		"AcceptHandover": {before: do(func(int) Command {
			s.Seats = map[DeskID]*Seat{} // nobody has it
			return offer(0)
		}), timed: func(int) Command { return AcceptHandover{Handover: handoverID()} }},
		"DeclineHandover":  {before: do(offer), timed: decline},
		"WithdrawHandover": {before: do(offerOther), timed: withdraw},
		"RecordSearch": {timed: func(int) Command {
			return RecordSearch{Words: "blue van", From: s.Now.Add(-Day), Until: s.Now, Why: "x"}
		}},
	})
	return commands
}
