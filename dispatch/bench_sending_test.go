package dispatch

import (
	"fmt"
	"strconv"

	"github.com/everycall/everycall/triage"
)

// timedSending names the commands about how units are sent.
func timedSending(s *State, receive, closeFresh []func(n int) Command, fresh func(n int) IncidentID, unit func(n int) UnitID) map[string]timedCommand {
	do := func(all ...func(int) Command) []func(int) Command { return all }
	and := func(all []func(int) Command, more ...func(int) Command) []func(int) Command {
		return append(append([]func(int) Command(nil), all...), more...)
	}
	need := []triage.Need{{Count: 1, Kind: "patrol"}}
	aid := func() AidID { return AidID("m" + strconv.FormatUint(s.Counters.Aid, 10)) }
	raise := func(n int) Command { return RaiseAlarm{Incident: fresh(n), Reason: "x"} }
	add := func(n int) Command { return AddService{Incident: fresh(n), Service: "ems", Reason: "x"} }
	ask := func(int) Command { return AskAid{Direction: AidToUs, Agency: "Kent", Needs: need, Reason: "x"} }
	refuse := func(int) Command { return RefuseAid{Aid: aid(), Reason: "x"} }
	accept := func(int) Command { return AcceptAid{Aid: aid()} }
	send := func(n int) Command {
		return SendAid{Aid: aid(), ETA: s.Now, Until: s.Now.Add(Day), Theirs: []AidUnit{{ID: UnitID(fmt.Sprint("K", n)), Service: "police", Kind: "patrol"}}}
	}
	back := func(int) Command { return ReturnAid{Aid: aid()} }
	sent := func(n int) Command { return DispatchUnit{Unit: unit(n), Incident: fresh(n)} }
	fails := func(n int) Command { return ReportTarget{Target: "t", Failing: true, Dead: n, Words: "slow"} }
	shots := func(n int) Command { return Reprioritise{Incident: fresh(n), Priority: 5, Reason: "x"} }
	urgent := IncidentID("i3") // BURGLARY or more urgent
	for _, id := range sortedKeys(s.Incidents) {
		if i := s.Incidents[id]; i.Open() && i.Active() == 0 && i.Type == "BURGLARY" {
			urgent = id
		}
	}
	return map[string]timedCommand{
		"RaiseAlarm":  {before: receive, timed: raise, after: closeFresh},
		"LowerAlarm":  {before: and(receive, raise), timed: func(n int) Command { return LowerAlarm{Incident: fresh(n), Reason: "x"} }, after: closeFresh},
		"AddService":  {before: receive, timed: add, after: closeFresh},
		"LeadService": {before: and(receive, add), timed: func(n int) Command { return LeadService{Incident: fresh(n), Service: "ems", Reason: "x"} }, after: closeFresh},
		"CloseService": {before: and(receive, add), timed: func(n int) Command {
			return CloseService{Incident: fresh(n), Service: "ems", Disposition: "x", Authority: "y"}
		}, after: closeFresh},
		"ExchangeUnits": {before: and(receive, sent), timed: func(n int) Command { return ExchangeUnits{Unit: unit(n), With: unit(n + 1), Reason: "x"} }, after: closeFresh},
		"PreemptUnit": {before: and(receive, shots, sent), timed: func(n int) Command { return PreemptUnit{Unit: unit(n), For: urgent, Reason: "x"} },
			after: and(closeFresh, func(n int) Command { return UnassignUnit{Unit: unit(n), Incident: urgent, Reason: "x"} })},
		"AskAid":       {timed: ask, after: do(refuse)},
		"OfferAid":     {before: do(ask), timed: func(int) Command { return OfferAid{Aid: aid()} }, after: do(refuse)},
		"AcceptAid":    {before: do(ask), timed: accept, after: do(func(int) Command { return WithdrawAid{Aid: aid(), Reason: "x"} })},
		"RefuseAid":    {before: do(ask), timed: refuse},
		"WithdrawAid":  {before: do(ask), timed: func(int) Command { return WithdrawAid{Aid: aid(), Reason: "x"} }},
		"SendAid":      {before: do(ask, accept), timed: send, after: do(back)},
		"ArriveAid":    {before: do(ask, accept, send), timed: func(int) Command { return ArriveAid{Aid: aid()} }, after: do(back)},
		"ExtendAid":    {before: do(ask, accept, send), timed: func(int) Command { return ExtendAid{Aid: aid(), Until: s.Now.Add(2 * Day), Reason: "x"} }, after: do(back)},
		"ReturnAid":    {before: do(ask, accept, send), timed: back},
		"ReportTarget": {timed: fails, after: do(func(int) Command { return ReportTarget{Target: "t"} })},
	}
}
