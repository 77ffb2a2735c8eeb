package dispatch

import (
	"fmt"
	"testing"

	"github.com/everycall/everycall/triage"
	"pgregory.net/rapid"
)

// withCards adds run cards for some of the types.
func withCards(c Config) Config {
	patrols := func(n uint8) CardLevel {
		return CardLevel{Note: "more hands", Needs: []triage.Need{{Kind: "patrol", Count: n}}}
	}
	c.RunCards = []RunCard{{ID: "ANY", Title: "Any", Types: []string{"*"}, Levels: []CardLevel{patrols(1)}}, {ID: "THEFT", Title: "Theft", Types: []string{"THEFT", "ASSAULT"}, Levels: []CardLevel{patrols(1), patrols(2)}}}
	return c
}

// drawSending makes a command about levels, shared incidents, exchange and mutual aid.
func (w *world) drawSending(incident IncidentID, unit UnitID, reason string) Command {
	t := w.t
	other := UnitID(rapid.SampledFrom([]string{"U0", "U1", "U2", "U3"}).Draw(t, "other"))
	of := rapid.SampledFrom([]Service{"police", "ems", "fire"}).Draw(t, "service")
	aid := AidID(fmt.Sprintf("m%d", max(1, int(w.live.Counters.Aid)-rapid.IntRange(0, 2).Draw(t, "back"))))
	switch rapid.IntRange(0, 15).Draw(t, "sending") {
	case 0:
		return RaiseAlarm{Incident: incident, Level: rapid.IntRange(0, 3).Draw(t, "level"), Reason: reason}
	case 1:
		return LowerAlarm{Incident: incident, Level: rapid.IntRange(0, 2).Draw(t, "level"), Reason: reason}
	case 2, 3:
		return AddService{Incident: incident, Service: of, Lead: rapid.Bool().Draw(t, "lead"), Reason: reason}
	case 4:
		return LeadService{Incident: incident, Service: of, Reason: reason}
	case 5, 6:
		return CloseService{Incident: incident, Service: of, Disposition: "done", Authority: reason}
	case 7, 8, 9:
		return ExchangeUnits{Unit: unit, With: other, Reason: reason, Travel: Minute, Hazards: w.drawRead()}
	case 10, 11:
		return PreemptUnit{Unit: unit, For: incident, Reason: reason, Hazards: w.drawRead()}
	case 12:
		return AskAid{Direction: rapid.SampledFrom([]AidDirection{AidToUs, AidFromUs}).Draw(t, "direction"), Agency: "Kent", Needs: []triage.Need{{Count: 1, Kind: "patrol"}}, Reason: reason}
	case 13:
		return AcceptAid{Aid: aid}
	case 14:
		c := SendAid{Aid: aid, ETA: w.meta.At.Add(10 * Minute), Until: w.meta.At.Add(3 * Hour)}
		if a := w.live.Aids[aid]; a != nil && a.Direction == AidFromUs {
			c.Ours = []UnitID{other}
		} else {
			c.Theirs = []AidUnit{{ID: UnitID("K" + string(aid)), Service: "fire", Kind: "engine", Crew: 3}}
		}
		return c
	}
	return rapid.SampledFrom([]Command{ReturnAid{Aid: aid}, ArriveAid{Aid: aid}, RefuseAid{Aid: aid, Reason: reason}, OfferAid{Aid: aid}, ReportTarget{Target: "pagers", Failing: reason != "", Words: "slow"}}).Draw(t, "aid")
}

// mustNotSend says why a unit may not be exchanged, taken or sent.
func (m *model) mustNotSend(c Command) string {
	moves := func(id UnitID) string {
		switch u := m.units[id]; {
		case u == nil || u.lent || u.status == StatusOffDuty || u.status == StatusOutOfService:
			return "there is no such unit in service here"
		case u.status == StatusTransporting || u.status == StatusAtHospital:
			return "it has somebody with it"
		}
		return ""
	}
	switch c := c.(type) {
	case DispatchUnit:
		if u := m.units[c.Unit]; u != nil && u.lent {
			return "it is lent"
		}
	case ExchangeUnits:
		if why := moves(c.Unit); why != "" {
			return why
		}
		a, b := m.units[c.Unit], m.units[c.With]
		if c.Reason == "" || c.Unit == c.With || a.incident == "" || a.incident == b.incident || b.lent || a.status == StatusOnScene || b.incident != "" && b.status == StatusOnScene {
			return "there is nothing to exchange"
		}
	case PreemptUnit:
		if why := moves(c.Unit); why != "" {
			return why
		}
		from, to := m.live.Incidents[m.units[c.Unit].incident], m.live.Incidents[c.For]
		switch {
		case c.Reason == "" || from == nil || to == nil || from == to:
			return "there is nothing to take it from or for"
		case to.Type == "":
			return "nobody has said what it is"
		case to.Priority() > from.Priority() || from.LifeSafety && (!to.LifeSafety || to.Priority() == from.Priority()):
			return "it is not more urgent"
		}
	}
	return ""
}

func (m *model) applySending(c Command) {
	switch c := c.(type) {
	case ExchangeUnits:
		a, b := m.units[c.Unit], m.units[c.With]
		from, to := a.incident, b.incident
		m.send(c.With, from)
		if to != "" {
			m.send(c.Unit, to)
		} else {
			m.free(a, c.Unit, StatusAvailable)
		}
	case PreemptUnit:
		from := m.units[c.Unit].incident
		m.send(c.Unit, c.For)
		m.alone(from)
	case CloseService:
		if !m.live.Incidents[c.Incident].Open() {
			m.close(c.Incident)
			return
		}
		went := false
		for _, id := range sortedKeys(m.units) { // all of the model's are police
			u := m.units[id]
			if c.Service != "police" {
				break
			}
			if u.incident == c.Incident {
				went = true
				m.free(u, id, StatusAvailable)
			}
			u.stack = without(u.stack, c.Incident)
		}
		if went {
			m.alone(c.Incident)
		}
	case SendAid:
		for _, id := range c.Ours {
			m.units[id].lent = true
		}
	case ReturnAid:
		if a := m.live.Aids[c.Aid]; a.Direction == AidFromUs {
			for _, id := range a.Units {
				m.units[id].lent = false
			}
		}
	}
}

// TestPropertyMostSpecificCard: whatever order the cards are listed in, the same one
// counts, and it is for the call.
func TestPropertyMostSpecificCard(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := roomSending("")
		order := rapid.Permutation(c.RunCards).Draw(t, "order")
		i := &Incident{Type: rapid.SampledFrom([]string{"FIRE", "FIRE-SHIP", "THEFT", ""}).Draw(t, "type"), Beat: rapid.SampledFrom([]string{"", "C1", "C2", "E1"}).Draw(t, "beat"),
			OpenedAt: scenarioStart.Add(Millis(rapid.IntRange(0, 7*24*60).Draw(t, "minute")) * Minute)}
		one, other := NewState(), NewState()
		one.Config, other.Config = c, c
		other.Config.RunCards = order
		a, b := one.CardFor(i).Card, other.CardFor(i).Card
		if (a == nil) != (b == nil) || a != nil && a.ID != b.ID {
			t.Fatalf("%+v: %v and %v", i, a, b)
		}
		if no := checkRunCards(other.Config); no != nil {
			t.Fatal(no)
		}
	})
}

// TestLocal: the weekday and the minute by the offsets, also before 1970 and around a
// change of the clocks.
func TestLocal(t *testing.T) {
	spring := Instant(1583661600000) // 2020-03-08 10:00 UTC: Seattle's clocks go from 02:00 to 03:00
	c := Config{Offsets: []ZoneOffset{{From: 0, Minutes: -480}, {From: spring, Minutes: -420}}}
	for _, v := range []struct {
		at          Instant
		day, minute int
	}{{spring - 1, 0, 119}, {spring, 0, 180}, {0, 3, 16 * 60}, {-1, 3, 24*60 - 1}, {scenarioStart, 6, 17 * 60}} {
		if day, minute := c.Local(v.at); day != v.day || minute != v.minute {
			t.Errorf("%d: weekday %d minute %d, want %d and %d", v.at, day, minute, v.day, v.minute)
		}
	}
}
