package engine

import (
	"cmp"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"

	"github.com/everycall/everycall/dispatch"
	"github.com/everycall/everycall/geo"
	"github.com/everycall/everycall/triage"
)

// simStart is when every test's clock begins.
const simStart = dispatch.Instant(1_592_179_200_000) // 2020-06-15T00:00:00Z

// testClock is set by the test.
type testClock struct{ now dispatch.Instant }

func (c *testClock) Now() dispatch.Instant { return c.now }

// testConfig is a small composite agency.
func testConfig() dispatch.Config {
	const m = dispatch.Minute
	return dispatch.Config{
		Name: "Composite City", Zone: "America/Los_Angeles",
		Services: []dispatch.Service{"police", "ems"}, DefaultService: "police", UntriagedPriority: 2,
		Desks: []dispatch.Desk{
			{ID: "police", Name: "Police dispatch", Service: "police", Supervisor: "sup"},
			{ID: "ems", Name: "Medical dispatch", Service: "ems", Supervisor: "sup"},
			{ID: "sup", Name: "Supervisor"},
		},
		Types: []triage.Type{
			{Code: "CARDIAC", Name: "Cardiac arrest", Service: "ems", Priority: 1, LifeSafety: true},
			{Code: "FALL", Name: "Fall, no danger", Service: "ems", Priority: 3},
			{Code: "NOISE", Name: "Noise", Service: "police", Priority: 4},
			{Code: "THEFT", Name: "Theft", Service: "police", Priority: 3},
		},
		WaitLimits: [6]dispatch.Millis{0, 3 * m, 10 * m, 20 * m, 60 * m, 120 * m},
		HoldLimits: [6]dispatch.Millis{0, 10 * m, 20 * m, 60 * m, 120 * m, 240 * m},
	}
}

// setUp configures the agency and brings its units in.
func setUp() []dispatch.Command {
	all := []dispatch.Command{dispatch.Configure{Config: testConfig()}}
	for n := range 8 {
		of := dispatch.Service("police")
		if n%2 == 1 {
			of = "ems"
		}
		all = append(all, dispatch.AddUnit{ID: dispatch.UnitID(fmt.Sprint("U", n)), Service: of, Kind: "patrol",
			Beat: fmt.Sprint("B", n%3), Status: dispatch.StatusAvailable, Crew: 2})
	}
	return all
}

// player makes random commands that fit a state, more or less.
type player struct {
	dice *rand.Rand
	made int // contacts so far
}

// one picks from a map in an order that does not depend on the map; zero if empty.
func one[K cmp.Ordered, V any](p *player, m map[K]V) (k K) {
	if len(m) == 0 {
		return k
	}
	keys := slices.Sorted(maps.Keys(m))
	if p.dice.IntN(2) == 0 { // rather the newer ones
		keys = keys[max(0, len(keys)-8):]
	}
	return keys[p.dice.IntN(len(keys))]
}

func among[T any](p *player, all ...T) T { return all[p.dice.IntN(len(all))] }

func (p *player) text(what string) string {
	return fmt.Sprintf("%s %d", what, p.dice.IntN(1000))
}

func (p *player) point() *geo.Point {
	if p.dice.IntN(5) == 0 {
		return nil
	}
	return &geo.Point{Lon: -1_223_000_000 + int32(p.dice.IntN(1_000_000)), Lat: 476_000_000 + int32(p.dice.IntN(1_000_000))}
}

func (p *player) receive(s *dispatch.State) dispatch.Command {
	p.made++
	c := dispatch.ReceiveContact{
		ID: dispatch.ContactID(fmt.Sprint("c", p.made)), Channel: among(p, dispatch.Channels...),
		Person: dispatch.Private{Name: p.text("Name"), Number: fmt.Sprint("555-01", p.dice.IntN(20)), Place: p.text("Place"), Text: p.text("Says"), Point: p.point()},
		Type:   among(p, "", "CARDIAC", "FALL", "NOISE", "THEFT"), Beat: fmt.Sprint("B", p.dice.IntN(3)),
	}
	if p.dice.IntN(6) == 0 {
		c.Join = one(p, s.Incidents)
	}
	if p.dice.IntN(30) == 0 { // an id that was used before
		c.ID = dispatch.ContactID(fmt.Sprint("c", 1+p.dice.IntN(p.made)))
	}
	return c
}

// next makes one command.
func (p *player) next(s *dispatch.State, now dispatch.Instant) dispatch.Command {
	told := dispatch.PromiseTold{Told: p.text("told"), Channel: "on_call", Within: dispatch.Millis(1+p.dice.IntN(90)) * dispatch.Minute}
	contact, incident, unit := one(p, s.Contacts), one(p, s.Incidents), one(p, s.Units)
	switch n := p.dice.IntN(34); n {
	case 0, 1, 2, 3, 4, 5:
		return p.receive(s)
	case 6:
		return dispatch.TriageContact{Contact: contact, Type: among(p, "CARDIAC", "FALL", "NOISE", "THEFT"), Reason: p.text("asked")}
	case 7:
		return dispatch.LocateContact{Contact: contact, Place: dispatch.Private{Place: p.text("Place"), Point: p.point()}, Beat: "B1"}
	case 8:
		return dispatch.JoinContact{Contact: contact, Incident: incident, Reason: p.text("same")}
	case 9, 10:
		return dispatch.HoldContact{Contact: contact, Reason: among(p, "", "nobody free"), Told: among(p, nil, &told)}
	case 11:
		return dispatch.ResumeContact{Contact: contact, Reason: p.text("again")}
	case 12:
		return dispatch.StageContact{Contact: contact, Plan: p.text("plan")}
	case 13:
		return dispatch.DivertContact{Contact: contact, Desk: "sup", Reason: p.text("other desk")}
	case 14:
		return dispatch.DeclineContact{Contact: contact, Reason: p.text("no"), Authority: "sup", Words: p.text("said")}
	case 15:
		return among[dispatch.Command](p, dispatch.AbandonContact{Contact: contact, Reason: "hung up"}, dispatch.MarkUnanswered{Contact: contact, Reason: "no answer"})
	case 16, 17, 18:
		return dispatch.DispatchUnit{Unit: unit, Incident: incident, Travel: dispatch.Millis(p.dice.IntN(900)) * dispatch.Second, Model: "straight_line"}
	case 19:
		return dispatch.StackUnit{Unit: unit, Incident: incident, Reason: p.text("next")}
	case 20:
		return dispatch.UnassignUnit{Unit: unit, Incident: incident, Reason: p.text("off")}
	case 21, 22:
		return dispatch.SetUnitStatus{Unit: unit, Status: among(p, dispatch.Statuses...), Source: dispatch.SourceRadio}
	case 23, 24:
		return dispatch.CloseIncident{Incident: incident, Disposition: "done", Authority: "sup"}
	case 25:
		return dispatch.ReopenIncident{Incident: incident, Reason: p.text("late")}
	case 26:
		return dispatch.Reprioritise{Incident: incident, Priority: triage.Priority(1 + p.dice.IntN(5)), Reason: p.text("worse")}
	case 27:
		return dispatch.AddNote{Incident: incident, Text: p.text("note")}
	case 28:
		return among[dispatch.Command](p, dispatch.MakePromise{Contact: contact, PromiseTold: told}, dispatch.UpdatePromise{Promise: one(p, s.Promises), PromiseTold: told},
			dispatch.KeepPromise{Promise: one(p, s.Promises), How: p.text("rang")})
	case 29:
		if id := one(p, s.Postures); id != "" && p.dice.IntN(2) == 0 {
			return dispatch.EndPosture{Posture: id, Reason: p.text("over")}
		}
		return dispatch.DeclarePosture{Service: "police", Area: dispatch.Area{Kind: dispatch.AreaCity}, Title: "Urgent calls only",
			Rules:    []dispatch.PostureRule{{Priority: 4, Action: dispatch.ActionHold, Limit: dispatch.Hour}},
			ReviewBy: now.Add(dispatch.Hour), Until: now.Add(5 * dispatch.Hour), Authority: "sup", Reason: p.text("why"), Script: "we ring back"}
	case 30:
		return dispatch.RecordClaim{Role: "neighbour", Kind: "resident", Statement: p.text("heard"), Grade: "anecdotal"}
	case 31:
		return among[dispatch.Command](p, dispatch.AckAlarm{Alarm: one(p, s.Alarms)}, dispatch.ConfirmClock{})
	default:
		return dispatch.Tick{}
	}
}
