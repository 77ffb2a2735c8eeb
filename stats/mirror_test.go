package stats

import (
	"fmt"
	"testing"

	"github.com/everycall/everycall/dispatch"
	"github.com/everycall/everycall/triage"
	"pgregory.net/rapid"
)

// TestLedgerMirrorsTheRules plays random commands against the real rules and, after
// each, compares what the ledger holds with the state that the rules hold.
func TestLedgerMirrorsTheRules(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		r := newRoom(t)
		for n := range 3 {
			r.unit(fmt.Sprint("U", n), "police")
		}
		r.unit("M1", "ems")
		for n := range rapid.IntRange(5, 60).Draw(rt, "gestures") {
			r.at = r.at.Add(dispatch.Millis(rapid.Int64Range(0, 8).Draw(rt, "minutes")) * minute)
			r.try(gesture(rt, n))
			r.ledger.Advance(r.state.Now)
			if err := mirrored(r); err != nil {
				rt.Fatal(err)
			}
		}
		report(t, r.ledger, Query{GroupBy: []string{ByPriorityHighest, ByArea + "*" + ByLanguage}})
		report(t, r.ledger, Query{Count: CountContacts, GroupBy: []string{ByLanguage}, WithholdBelow: 1})
	})
}

func gesture(t *rapid.T, n int) dispatch.Command {
	contact := dispatch.ContactID(fmt.Sprint("c", rapid.IntRange(0, n).Draw(t, "contact")))
	incident := dispatch.IncidentID(fmt.Sprint("i", rapid.IntRange(1, n/3+1).Draw(t, "incident")))
	unit := dispatch.UnitID(rapid.SampledFrom([]string{"U0", "U1", "U2", "M1"}).Draw(t, "unit"))
	switch rapid.IntRange(0, 22).Draw(t, "gesture") {
	case 0, 1, 2, 3, 4:
		c := dispatch.ReceiveContact{ID: dispatch.ContactID(fmt.Sprint("c", n)), Channel: "phone", Language: rapid.SampledFrom([]string{"", "en", "es"}).Draw(t, "language"),
			Type: rapid.SampledFrom([]string{"ASSAULT", "BURGLARY", "CARDIAC", "NOISE", "THEFT"}).Draw(t, "type"), Beat: rapid.SampledFrom([]string{"E1", "E2"}).Draw(t, "beat"),
			Person: dispatch.Private{Place: "500 block of Pine St"}}
		if rapid.IntRange(0, 4).Draw(t, "joins") == 0 {
			c.Join = incident
		}
		return c
	case 5, 6, 7, 8:
		return dispatch.DispatchUnit{Unit: unit, Incident: incident}
	case 9, 10, 11, 12:
		return dispatch.SetUnitStatus{Unit: unit, Status: rapid.SampledFrom(dispatch.Statuses).Draw(t, "status"), Source: dispatch.SourceRadio}
	case 13:
		return dispatch.UnassignUnit{Unit: unit, Incident: incident, Reason: "needed elsewhere"}
	case 14:
		return dispatch.StackUnit{Unit: unit, Incident: incident, Reason: "next"}
	case 15:
		return dispatch.JoinContact{Contact: contact, Incident: incident, Reason: "the same"}
	case 16:
		return dispatch.CloseIncident{Incident: incident, Disposition: "report", Authority: "sergeant"}
	case 17:
		return dispatch.ReopenIncident{Incident: incident, Reason: "again"}
	case 18:
		return dispatch.Reprioritise{Incident: incident, Priority: triage.Priority(rapid.IntRange(1, 5).Draw(t, "priority")), Reason: "it changed"}
	case 19:
		return dispatch.DeclineContact{Contact: contact, Reason: "no car", Authority: "sergeant", Words: "no"}
	case 20:
		return dispatch.AbandonContact{Contact: contact, Reason: "gone"}
	case 21:
		return dispatch.HoldContact{Contact: contact, Reason: "no car", Told: &dispatch.PromiseTold{Told: "later", Channel: "on_call", Within: hour}}
	}
	return dispatch.Tick{}
}

// mirrored compares the live part of the ledger with the rules' state.
func mirrored(r *room) error {
	l, s := r.ledger, r.state
	if l.orphans != 0 {
		return fmt.Errorf("%d orphans", l.orphans)
	}
	if len(l.live.calls) != len(s.Incidents) || len(l.live.contacts) != len(s.Contacts) || len(l.live.promises) != len(s.Promises) {
		return fmt.Errorf("%d calls, %d contacts, %d promises live; the rules have %d, %d, %d", len(l.live.calls), len(l.live.contacts), len(l.live.promises), len(s.Incidents), len(s.Contacts), len(s.Promises))
	}
	for _, of := range l.services {
		if l.free[of].now != s.FreeUnits(of) {
			return fmt.Errorf("%d free units of %s, the rules have %d", l.free[of].now, of, s.FreeUnits(of))
		}
	}
	for id, c := range s.Contacts {
		if got := l.contacts.at(l.live.contacts[id].record); outcomeWords[got.outcome] != c.Outcome.Kind || got.received != c.ReceivedAt {
			return fmt.Errorf("contact %s is %s, the rules have %s", id, outcomeWords[got.outcome], c.Outcome.Kind)
		}
	}
	for id, p := range s.Promises {
		if got := l.promises.at(l.live.promises[id]); got.state != promiseNumber(p.State) || got.due != p.Due {
			return fmt.Errorf("promise %s is %d, the rules have %s", id, got.state, p.State)
		}
	}
	for id, i := range s.Incidents {
		if err := mirroredCall(l.calls.at(l.live.calls[id].record), i, s); err != nil {
			return fmt.Errorf("incident %s: %w", id, err)
		}
	}
	return nil
}

func mirroredCall(got *call, i *dispatch.Incident, s *dispatch.State) error {
	if joined := !i.Open() && i.Disposition == "duplicate"; joined || got.flags&flagJoined != 0 {
		if joined != (got.flags&flagJoined != 0) {
			return fmt.Errorf("joined: %v", got.flags)
		}
		return nil
	}
	sent, there := Missing, Missing
	units := map[dispatch.UnitID]bool{}
	for k := range i.Assignments {
		a := &i.Assignments[k]
		if a.Stacked {
			continue
		}
		sent = earlier(sent, a.AssignedAt)
		units[a.Unit] = true
		for _, m := range a.Milestones {
			if m.Status == dispatch.StatusOnScene {
				there = earlier(there, m.At)
			}
		}
	}
	closed := Missing
	if !i.Open() {
		closed = i.ClosedAt
	}
	if got.dispatched != sent || got.arrived != there || got.closed != closed || int(got.units) != len(units) {
		return fmt.Errorf("sent %d, there %d, closed %d, %d units; the rules have %d, %d, %d, %d", got.dispatched, got.arrived, got.closed, got.units, sent, there, closed, len(units))
	}
	if got.final != i.Priority() || got.highest != i.Highest() || got.initial != i.Priorities[0].Priority || (got.flags&flagLifeSafety != 0) != i.LifeSafety {
		return fmt.Errorf("priorities %d, %d, %d; the rules have %v", got.initial, got.highest, got.final, i.Priorities)
	}
	if i.Open() {
		if lead := s.Lead(i); outcomeWords[got.outcome] != lead.Outcome.Kind {
			return fmt.Errorf("it is %s, its lead %s", outcomeWords[got.outcome], lead.Outcome.Kind)
		}
	} else if !got.outcome.final() {
		return fmt.Errorf("closed and %s", outcomeWords[got.outcome])
	}
	return nil
}
