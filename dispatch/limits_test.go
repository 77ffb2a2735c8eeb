package dispatch

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/everycall/everycall/geo"
	"github.com/everycall/everycall/triage"
)

// TestLimits: at each limit the rules say yes, one past it they say no, and the
// no changes nothing. MaxStacked has its scenario.
func TestLimits(t *testing.T) {
	where := geo.Point{Lon: -1223190000, Lat: 476150000}
	noise := func(id string) ReceiveContact {
		return ReceiveContact{ID: ContactID(id), Channel: "phone", Type: "NOISE", Person: Private{Place: "100 block of Main St"}}
	}
	zone := DeclareZone{Name: "zone", Outline: geo.Ring{where, {Lon: where.Lon, Lat: where.Lat - 9000}, {Lon: where.Lon - 9000, Lat: where.Lat}}, Authority: "commander", Reason: "barricades"}
	told := PromiseTold{Told: "soon", Channel: "on_call", Within: Hour}
	for _, limit := range []struct {
		name  string
		at    int
		given []Command
		nth   func(n int) Command
		also  func(n int) Command // played after each nth; nil: nothing
	}{
		{name: "MaxOpenContacts", at: MaxOpenContacts, nth: func(n int) Command { return noise(fmt.Sprint("c", n)) }},
		{name: "MaxUnits", at: MaxUnits, nth: func(n int) Command {
			return AddUnit{ID: UnitID(fmt.Sprint("U", n)), Service: "police", Kind: "patrol", Status: StatusAvailable}
		}},
		{name: "MaxStations", at: MaxStations, nth: func(n int) Command {
			return AddStation{ID: StationID(fmt.Sprint("S", n)), Name: "station", Service: "fire", Point: where}
		}},
		{name: "MaxPostures", at: MaxPostures, nth: func(n int) Command {
			return DeclarePosture{Service: "police", Area: Area{Kind: AreaBeats, Beats: []string{fmt.Sprint("B", n)}}, Title: "Hold", Authority: "commander", Reason: "few cars", Script: "later",
				Rules: []PostureRule{{Priority: 5, Action: ActionHold, Limit: Hour}}, ReviewBy: scenarioStart.Add(Hour), Until: scenarioStart.Add(Hour)}
		}},
		{name: "MaxZones", at: MaxZones, nth: func(int) Command {
			return DeclareZone{Name: "zone", Outline: geo.Ring{where, {Lon: where.Lon, Lat: where.Lat - 9000}, {Lon: where.Lon - 9000, Lat: where.Lat}}, Authority: "commander", Reason: "barricades"}
		}},
		{name: "MaxAccessFacts", at: MaxAccessFacts, nth: func(int) Command {
			return RecordAccess{Fact: AccessFact{Kind: "point", Geometry: []geo.Point{where}, Direction: "both", State: AccessBlocked, Source: "officer", Confidence: "seen", HalfLife: Hour}}
		}},
		{name: "MaxHazards", at: MaxHazards, nth: func(n int) Command {
			return RecordHazard{Point: geo.Point{Lon: int32(n) * 20_000}, Place: "100 block of Main St", Level: HazardNotice, Text: "dog", ReviewBy: scenarioStart.Add(Day)}
		}},
		{name: "MaxHazardsTogether", at: MaxHazardsTogether, nth: func(n int) Command {
			return RecordHazard{Point: geo.Point{Lon: int32(n) * 100}, Place: "100 block of Main St", Level: HazardNotice, Text: "dog", ReviewBy: scenarioStart.Add(Day)}
		}},
		{name: "MaxClaims", at: MaxClaims, nth: func(int) Command {
			return RecordClaim{Role: "resident", Kind: "resident", Statement: "it is quiet", Grade: "single_source"}
		}},
		{name: "MaxClaimLinks", at: MaxClaimLinks, given: []Command{RecordClaim{Role: "resident", Kind: "resident", Statement: "it is quiet", Grade: "single_source"}}, nth: func(int) Command {
			return RecordClaim{Role: "resident", Kind: "resident", Statement: "it is not", Grade: "single_source", Contradicts: []ClaimID{"cl1"}}
		}},
		{name: "MaxGrades", at: MaxGrades - 1, given: []Command{RecordClaim{Role: "resident", Kind: "resident", Statement: "it is quiet", Grade: "single_source"}}, nth: func(n int) Command {
			return GradeClaim{Claim: "cl1", Grade: Grades[n%2], Why: "looked again"}
		}},
		{name: "MaxBecame", at: MaxBecame, given: []Command{RecordClaim{Role: "resident", Kind: "resident", Statement: "it is shut", Grade: "single_source"}}, nth: func(int) Command {
			return RecordAccess{Fact: AccessFact{Kind: "point", Geometry: []geo.Point{where}, Direction: "both", State: AccessBlocked, Source: "officer", Confidence: "seen", HalfLife: Hour, Claim: "cl1"}}
		}},
		{name: "MaxBulletins", at: MaxBulletins, nth: func(int) Command { return IssueBulletin{Text: "the bridge is shut"} }},
		{name: "MaxConfidential", at: MaxConfidential, given: manyContacts(noise), nth: func(n int) Command {
			return MarkConfidential{Contact: ContactID(fmt.Sprint("c", n)), Readers: []string{"detective"}, Reason: "afraid"}
		}},
		{name: "MaxLiaisons", at: MaxLiaisons, nth: func(int) Command {
			return RecordLiaison{Role: "medic", Channel: "radio", Consent: true, ExpiresAt: scenarioStart.Add(Day)}
		}},
		{name: "MaxNotes", at: MaxNotes, given: []Command{noise("c")}, nth: func(int) Command { return AddNote{Incident: "i1", Text: "more"} }},
		{name: "MaxContactsJoint", at: MaxContactsJoint - 1, given: []Command{noise("c")}, nth: func(n int) Command {
			c := noise(fmt.Sprint("c", n))
			c.Join = "i1"
			return c
		}},
		{name: "MaxAssignments", at: MaxAssignments,
			given: []Command{noise("c"), AddUnit{ID: "U", Service: "police", Kind: "patrol", Status: StatusAvailable}},
			nth:   func(int) Command { return DispatchUnit{Unit: "U", Incident: "i1"} },
			also:  func(int) Command { return UnassignUnit{Unit: "U", Incident: "i1", Reason: "wrong car"} }},
		{name: "MaxMilestones", at: MaxMilestones - 1, // the first is the dispatch itself
			given: []Command{noise("c"), AddUnit{ID: "U", Service: "police", Kind: "patrol", Status: StatusAvailable}, DispatchUnit{Unit: "U", Incident: "i1"}},
			nth:   func(int) Command { return SetUnitStatus{Unit: "U", Status: StatusEnRoute, Source: SourceDevice} }},
		{name: "MaxPriorities", at: MaxPriorities - 1, given: []Command{noise("c")}, nth: func(n int) Command {
			return Reprioritise{Incident: "i1", Priority: triage.Priority(1 + n%5), Reason: "again"}
		}},
		{name: "MaxPriorities by triage", at: MaxPriorities - 1, given: []Command{noise("c")}, nth: func(n int) Command {
			return TriageContact{Contact: "c", Type: "NOISE", Priority: triage.Priority(1 + n%2)}
		}},
		{name: "MaxPlanSteps, one by one", at: MaxPlanSteps - 1, given: append(lostStations(1), MakePlan{For: "station:S0", Title: "open", Authority: "commander", ReviewBy: scenarioStart.Add(Day),
			Steps: []PlanStep{{Text: "look", Owner: "sup", Due: scenarioStart.Add(Hour)}}}), nth: func(int) Command {
			return AddPlanStep{Plan: "pl1", Text: "look again", Owner: "sup", Due: scenarioStart.Add(Hour)}
		}},
		{name: "MaxPlans", at: MaxPlans, nth: func(n int) Command {
			return MakePlan{For: fmt.Sprint("station:S", n), Title: "open", Authority: "commander", ReviewBy: scenarioStart.Add(Day), Steps: []PlanStep{{Text: "look", Owner: "sup", Due: scenarioStart.Add(Hour)}}}
		}, given: lostStations(MaxPlans + 1)},
		{name: "MaxClearances", at: MaxClearances, given: []Command{zone}, nth: func(int) Command {
			return AskClearance{Zone: "z1", Services: []Service{"police"}, RequiredBy: "sergeant"}
		}},
		{name: "MaxAgreements", at: MaxAgreements, given: []Command{zone, RecordLiaison{Role: "medic", Channel: "radio", Consent: true, ExpiresAt: scenarioStart.Add(Day)}}, nth: func(int) Command {
			return RecordAgreement{Liaison: "l1", Zone: "z1", Terms: "a lane", Services: []Service{"police"}, Until: scenarioStart.Add(Hour), AgreedBy: "officer", WitnessedBy: "official"}
		}},
		{name: "MaxZoneChanges", at: MaxZoneChanges, given: []Command{zone}, nth: func(int) Command {
			return AmendZone{Zone: "z1", Name: zone.Name, Outline: zone.Outline, Authority: "commander", Reason: "barricades", Why: "again"}
		}},
		{name: "MaxAdvice", at: MaxAdvice, given: []Command{noise("c")}, nth: func(int) Command { return AdviseCaller{Contact: "c", Protocol: "BLEED", Words: "press"} }},
		{name: "MaxCallBacks", at: MaxCallBacks, given: []Command{noise("c")}, nth: func(int) Command { return RingBack{Contact: "c", Reached: ReachedNo} }},
		{name: "MaxBulks", at: MaxBulks, given: []Command{noise("c"), noise("d")}, nth: func(int) Command {
			return ClearTogether{Contacts: []ContactID{"c", "d"}, Outcome: OutcomeResolved, Reason: "over"}
		}},
		{name: "the capacity of a desk", at: 7, given: []Command{deskOf(7)}, nth: func(n int) Command { return noise(fmt.Sprint("c", n)) },
			also: func(n int) Command {
				return DivertContact{Contact: ContactID(fmt.Sprint("c", n)), Desk: "few", Reason: "x", Words: "y"}
			}},
		{name: "MaxPromises", at: MaxPromises, given: []Command{noise("c")}, nth: func(int) Command { return MakePromise{Contact: "c", PromiseTold: told} }},
	} {
		t.Run(limit.name, func(t *testing.T) {
			s := stateWith(t, limit.given...)
			for n := range limit.at {
				must(t, s, limit.nth(n))
				if limit.also != nil {
					must(t, s, limit.also(n))
				}
			}
			if past := limit.nth(limit.at); limit.name == "the capacity of a desk" {
				must(t, s, past)
				mustNot(t, s, limit.also(limit.at), DeskRefuses)
			} else {
				mustNot(t, s, past, LimitReached)
			}
			if err := Check(s); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// manyContacts are as many contacts as may be confidential, and one more.
func manyContacts(noise func(string) ReceiveContact) (all []Command) {
	for n := range MaxConfidential + 1 {
		all = append(all, noise(fmt.Sprint("c", n)))
	}
	return all
}

// TestSizes: what one command may carry, at the limit and one past it.
func TestSizes(t *testing.T) {
	zone := DeclareZone{Name: "zone", Outline: geo.Ring{{Lon: -1223190000, Lat: 476150000}, {Lon: -1223190000, Lat: 476140000}, {Lon: -1223200000, Lat: 476150000}}, Authority: "commander", Reason: "barricades"}
	noise := ReceiveContact{ID: "c", Channel: "phone", Type: "NOISE", Person: Private{Place: "100 block of Main St"}}
	s := stateWith(t, noise, AddUnit{ID: "U", Service: "police", Kind: "patrol", Status: StatusAvailable})
	must(t, s, AddStation{ID: "ZZ", Name: "Station", Service: "fire", Point: geo.Point{Lon: 1, Lat: 1}})
	must(t, s, LoseStation{Station: "ZZ", Authority: "chief", Reason: "water"})
	for n := range MaxBulk + 1 {
		noise.ID = ContactID(fmt.Sprint("bulk", n))
		must(t, s, noise)
	}
	ring := func(n int) geo.Ring {
		all := make(geo.Ring, n)
		for k := range all {
			all[k] = geo.Point{Lon: int32(k), Lat: int32(k * k)}
		}
		return all
	}
	posture := func(rules int) Command {
		p := DeclarePosture{Service: "police", Area: Area{Kind: AreaCity}, Title: "Hold", Authority: "commander", Reason: "few cars", Script: "later", ReviewBy: s.Now.Add(Hour), Until: s.Now.Add(Hour)}
		for range rules {
			p.Rules = append(p.Rules, PostureRule{Priority: 5, Action: ActionHold, Limit: Hour})
		}
		return p
	}
	desks := func(n int) Command {
		c := roomStandard()
		for k := len(c.Desks); k < n; k++ {
			c.Desks = append(c.Desks, Desk{ID: DeskID(fmt.Sprint("d", k)), Name: "desk"})
		}
		return Configure{Config: c}
	}
	for _, size := range []struct {
		name string
		at   int
		of   func(n int) Command
		code Code
	}{
		{"MaxTextBytes of a note", MaxTextBytes, func(n int) Command { return AddNote{Incident: "i1", Text: strings.Repeat("x", n)} }, TextTooLong},
		{"MaxTextBytes of a narrative", MaxTextBytes, func(n int) Command {
			return ReceiveContact{ID: ContactID(fmt.Sprint("n", n)), Channel: "phone", Person: Private{Text: strings.Repeat("x", n)}}
		}, TextTooLong},
		{"MaxLineBytes of a reason", MaxLineBytes, func(n int) Command { return HoldContact{Contact: "c", Reason: strings.Repeat("x", n)} }, TextTooLong},
		{"MaxPostureRules", MaxPostureRules, posture, LimitReached},
		{"MaxDrawnPoints", MaxDrawnPoints, func(n int) Command {
			p := posture(1).(DeclarePosture)
			p.Area = Area{Kind: AreaDrawn, Outline: ring(n)}
			return p
		}, PlaceInvalid},
		{"MaxPlanSteps", MaxPlanSteps, func(n int) Command {
			p := MakePlan{For: "station:ZZ", Title: "open", Authority: "commander", ReviewBy: scenarioStart.Add(Day)}
			for range n {
				p.Steps = append(p.Steps, PlanStep{Text: "look", Owner: "sup", Due: scenarioStart.Add(Hour)})
			}
			return p
		}, LimitReached},
		{"MaxGates", MaxGates, func(n int) Command {
			z := zone
			for k := range n {
				z.Gates = append(z.Gates, Gate{Name: "gate", Point: geo.Point{Lon: int32(k) * 10_000}})
			}
			return z
		}, LimitReached},
		{"MaxZoneParts", MaxZoneParts, func(n int) Command {
			z := zone
			for range n {
				z.Parts = append(z.Parts, ZonePart{Heat: HeatHot, Outline: z.Outline})
			}
			return z
		}, LimitReached},
		{"MaxProtocols", MaxProtocols, func(n int) Command {
			c := roomStandard()
			c.Protocols = nil
			for k := range n {
				c.Protocols = append(c.Protocols, Protocol{ID: fmt.Sprint("p", k), Title: "Wait", Author: "director", Version: "1", Words: "wait"})
			}
			return Configure{Config: c}
		}, LimitReached},
		{"MaxPresets", MaxPresets, func(n int) Command {
			c := roomStandard()
			for k := range n {
				c.Presets = append(c.Presets, Preset{ID: fmt.Sprint("p", k), Title: "Hold", Service: "police", Area: Area{Kind: AreaCity}, Review: Hour, Until: Hour, Script: "later",
					Rules: []PostureRule{{Priority: 5, Action: ActionHold, Limit: Hour}}})
			}
			return Configure{Config: c}
		}, ConfigInvalid},
		{"MaxNamedAreas", MaxNamedAreas, func(n int) Command {
			c := roomStandard()
			for k := range n {
				c.Areas = append(c.Areas, NamedArea{ID: fmt.Sprint("A", k), Name: "East", Beats: []string{"E1"}})
			}
			return Configure{Config: c}
		}, ConfigInvalid},
		{"MaxPlanTemplates", MaxPlanTemplates, func(n int) Command {
			c := roomStandard()
			for k := range n {
				c.PlanTemplates = append(c.PlanTemplates, PlanTemplate{ID: fmt.Sprint("t", k), For: "station", Title: "Back", Steps: []TemplateStep{{Text: "look", Owner: "sup", After: Hour}}})
			}
			return Configure{Config: c}
		}, LimitReached},
		{"MaxTriggers", MaxTriggers, func(n int) Command {
			c := roomAlternate()
			c.Triggers = nil
			for k := range n {
				c.Triggers = append(c.Triggers, Trigger{ID: fmt.Sprint("t", k), Preset: "priority", When: TriggerFree, For: TriggerForMax})
			}
			return Configure{Config: c}
		}, ConfigInvalid},
		{"TriggerForMax", int(TriggerForMax), func(n int) Command {
			c := roomAlternate()
			c.Triggers[0].For = Millis(n)
			return Configure{Config: c}
		}, ConfigInvalid},
		{"MaxBulk", MaxBulk, func(n int) Command {
			c := ClearTogether{Outcome: OutcomeResolved, Reason: "over"}
			for k := range n {
				c.Contacts = append(c.Contacts, ContactID(fmt.Sprint("bulk", k)))
			}
			return c
		}, LimitReached},
		{"MaxBeatBytes of a unit", MaxBeatBytes, func(n int) Command {
			return AddUnit{ID: "B", Service: "police", Kind: "patrol", Beat: strings.Repeat("x", n), Status: StatusAvailable}
		}, TextTooLong},
		{"MaxBeatBytes of a place", MaxBeatBytes, func(n int) Command {
			return LocateContact{Contact: "c", Beat: strings.Repeat("x", n), Place: Private{Place: "100 block of Main St"}}
		}, TextTooLong},
		{"MaxLineBytes of a model", MaxLineBytes, func(n int) Command {
			return DispatchUnit{Unit: "U", Incident: "i1", Travel: Minute, Model: strings.Repeat("x", n)}
		}, TextTooLong},
		{"MaxLineBytes of a pack's hash", MaxLineBytes, func(n int) Command {
			return RecordAccess{Fact: AccessFact{Kind: "point", Geometry: []geo.Point{{}}, Direction: "both", State: AccessBlocked, Source: "officer", Confidence: "seen", HalfLife: Hour, PackHash: strings.Repeat("x", n)}}
		}, TextTooLong},
		{"MaxAccessPoints", MaxAccessPoints, func(n int) Command {
			return RecordAccess{Fact: AccessFact{Kind: "area", Geometry: ring(n), Direction: "both", State: AccessBlocked, Source: "officer", Confidence: "seen", HalfLife: Hour}}
		}, PlaceInvalid},
		{"HazardReviewMax", int(HazardReviewMax), func(n int) Command {
			return RecordHazard{Place: "100 block of Main St", Level: HazardNotice, Text: "dog", ReviewBy: s.Now.Add(Millis(n))}
		}, TimeInvalid},
		{"HazardRadiusMax", int(HazardRadiusMax), func(n int) Command {
			return RecordHazard{Place: "100 block of Main St", Level: HazardNotice, Text: "dog", ReviewBy: s.Now.Add(Day), Radius: geo.Millimetres(n)}
		}, PlaceInvalid},
		{"fifty vehicle classes", 50, func(n int) Command {
			return RecordAccess{Fact: AccessFact{Kind: "point", Geometry: []geo.Point{{}}, Direction: "both", State: AccessBlocked, Source: "officer", Confidence: "seen", HalfLife: Hour, Classes: slices.Repeat([]string{"engine"}, n)}}
		}, LimitReached},
		{"MaxDesks", MaxDesks, desks, ConfigInvalid},
		{"MaxZonePoints", MaxZonePoints, func(n int) Command {
			return DeclareZone{Name: "zone", Outline: ring(n), Authority: "commander", Reason: "barricades"}
		}, PlaceInvalid},
		{"MaxOutlineSpan", MaxOutlineSpan, func(n int) Command {
			return DeclareZone{Name: "zone", Outline: geo.Ring{{}, {Lon: int32(n)}, {Lat: int32(n)}}, Authority: "commander", Reason: "barricades"}
		}, PlaceInvalid},
	} {
		t.Run(size.name, func(t *testing.T) {
			mustNot(t, s, size.of(size.at+1), size.code)
			must(t, s, size.of(size.at))
		})
	}
}

// TestReplacingAtTheLimit: with MaxPostures in force one of them can still be replaced.
func TestReplacingAtTheLimit(t *testing.T) {
	s := stateWith(t)
	declare := DeclarePosture{Service: "police", Title: "Hold", Authority: "commander", Reason: "few cars", Script: "later",
		Rules: []PostureRule{{Priority: 5, Action: ActionHold, Limit: Hour}}, ReviewBy: scenarioStart.Add(Hour), Until: scenarioStart.Add(Hour)}
	for n := range MaxPostures {
		declare.Area = Area{Kind: AreaBeats, Beats: []string{fmt.Sprint("B", n)}}
		must(t, s, declare)
	}
	declare.Replaces = "post1"
	must(t, s, declare)
}

// TestStackAtTheAssignmentLimit: a unit is not sent from its stack to an incident
// that has had all the assignments that it may.
func TestStackAtTheAssignmentLimit(t *testing.T) {
	noise := ReceiveContact{ID: "a", Channel: "phone", Type: "NOISE", Person: Private{Place: "100 block of Main St"}}
	s := stateWith(t, noise, AddUnit{ID: "U", Service: "police", Kind: "patrol", Status: StatusAvailable}, AddUnit{ID: "V", Service: "police", Kind: "patrol", Status: StatusAvailable})
	for range MaxAssignments - 1 {
		must(t, s, DispatchUnit{Unit: "U", Incident: "i1"})
		must(t, s, UnassignUnit{Unit: "U", Incident: "i1", Reason: "wrong car"})
	}
	noise.ID = "b"
	must(t, s, noise)
	must(t, s, DispatchUnit{Unit: "V", Incident: "i2"})
	must(t, s, StackUnit{Unit: "V", Incident: "i1", Reason: "next"})
	must(t, s, SetUnitStatus{Unit: "V", Status: StatusAvailable, Source: SourceRadio})
	if got := len(s.Incidents["i1"].Assignments); got != MaxAssignments {
		t.Fatalf("%d assignments: at most %d", got, MaxAssignments)
	}
}

// TestTickTakesItsTime: more than MaxDuePerTick due things are handled by the
// Ticks that follow, oldest first, and none is lost.
func TestTickTakesItsTime(t *testing.T) {
	s := stateWith(t)
	for n := range MaxDuePerTick + 1 {
		must(t, s, ReceiveContact{ID: ContactID(fmt.Sprint("c", n)), Channel: "phone", Type: "THEFT", Person: Private{Place: "100 block of Main St"}})
	}
	later := Meta{At: s.Now.Add(Hour), By: "engine"}
	for _, want := range []int{MaxDuePerTick, 1, 0} {
		events, no := Decide(s, later, Tick{}, nil)
		if no != nil || len(events) != want {
			t.Fatalf("%d events (%v), want %d", len(events), no, want)
		}
		for _, e := range events {
			Evolve(s, Stamped{At: later.At, By: later.By, Event: e})
		}
	}
}

// TestPostureEndsWithManyHeld: ending a posture over every call that there may
// be takes no longer than a person notices.
func TestPostureEndsWithManyHeld(t *testing.T) {
	s := stateWith(t, DeclarePosture{Service: "police", Area: Area{Kind: AreaCity}, Title: "Hold", Authority: "commander", Reason: "few cars", Script: "later",
		Rules: []PostureRule{{Action: ActionHold, Limit: Hour}}, ReviewBy: scenarioStart.Add(Hour), Until: scenarioStart.Add(Hour)})
	types := []string{"PARKING", "NOISE", "THEFT", "BURGLARY"}
	for n := range 8000 {
		id := ContactID(fmt.Sprint("c", n))
		must(t, s, ReceiveContact{ID: id, Channel: "phone", Type: types[n%4], Person: Private{Place: "100 block of Main St"}})
		must(t, s, HoldContact{Contact: id})
	}
	events, no := Decide(s, Meta{At: s.Now, By: "commander"}, EndPosture{Posture: "post1", Reason: "cars are back"}, nil)
	if no != nil || len(events) != 8001 {
		t.Fatalf("%d events (%v)", len(events), no)
	}
	for n, want := range map[int]ContactID{1: "c3", 2000: "c7999", 2001: "c2", 8000: "c7996"} { // urgent first, then old first
		if got := events[n].(*OutcomeChanged).Contact; got != want {
			t.Errorf("place %d: %s, want %s", n, got, want)
		}
	}
}

// deskOf is a room with a desk that can do so many calls.
func deskOf(capacity int) Command {
	c := roomStandard()
	c.Desks = append(c.Desks, Desk{ID: "few", Name: "Few", Accepts: &DeskRule{Kind: "community", Capacity: capacity}})
	return Configure{Config: c}
}

// TestDrawnListsStayShort: an incident that lies in the area of one drawn posture
// after another lists those that are in force.
func TestDrawnListsStayShort(t *testing.T) {
	s := stateWith(t, ReceiveContact{ID: "c", Channel: "phone", Type: "NOISE", Person: Private{Place: "100 block of Main St", Point: &geo.Point{Lon: 1, Lat: 1}}})
	for n := range 20 {
		must(t, s, DeclarePosture{Service: "police", Area: Area{Kind: AreaDrawn, Outline: geo.Ring{{}, {Lon: 3}, {Lat: 3}}}, Title: "Hold", Authority: "commander", Reason: "few cars", Script: "later",
			Rules: []PostureRule{{Priority: 4, Action: ActionHold, Limit: Hour}}, ReviewBy: s.Now.Add(Hour), Until: s.Now.Add(Hour)})
		if got := s.Incidents["i1"].Drawn; len(got) != 1 {
			t.Fatalf("after %d postures it lies in the area of %v", n+1, got)
		}
		must(t, s, EndPosture{Posture: PostureID(fmt.Sprint("post", n+1)), Reason: "over"})
	}
}

// TestOneTickDeclaresOnePosture: of two triggers that may declare the second waits
// for the next Tick, and sees what the first has declared.
func TestOneTickDeclaresOnePosture(t *testing.T) {
	c := roomAlternate()
	c.Triggers = []Trigger{
		{ID: "a", Preset: "priority", When: TriggerFree, N: 0, Declare: true, Authority: "order 7"},
		{ID: "b", Preset: "priority", When: TriggerPending, N: 0, Declare: true, Authority: "order 7"},
		{ID: "c", Preset: "priority", When: TriggerPending, N: 0},
		{ID: "d", Preset: "thefts", When: TriggerFree, N: 0, Declare: true, Authority: "order 8"},
	}
	s := stateWith(t, Configure{Config: c})
	for n, want := range []int{1, 2, 2} {
		must(t, s, Tick{})
		if len(s.Postures) != want || len(s.Alarms) != 0 {
			t.Fatalf("after %d ticks: %d postures, want %d; alarms %v", n+1, len(s.Postures), want, s.Alarms)
		}
	}
	if s.Triggers["b"].Fired || s.Triggers["c"].Fired || !s.Triggers["d"].Fired {
		t.Fatal("what is in force is not proposed")
	}
}

// TestNobodySaysWhatIsShut: a cutoff's state follows from the units, whatever a
// command says of it.
func TestNobodySaysWhatIsShut(t *testing.T) {
	s := stateWith(t)
	for n := range 5 {
		must(t, s, AddUnit{ID: UnitID(fmt.Sprint("U", n)), Service: "police", Kind: "patrol", Status: StatusAvailable})
	}
	must(t, s, DeclarePosture{Service: "police", Area: Area{Kind: AreaCity}, Title: "Keep", Authority: "commander", Reason: "few cars", Script: "later",
		Reserve: []Reserve{{Priority: 3, Units: 1, Band: 9, Shut: true}}, ReviewBy: s.Now.Add(Hour), Until: s.Now.Add(Hour)})
	if s.Postures["post1"].Reserve[0].Shut {
		t.Fatal("shut with five units free, where one is kept")
	}
}

func stateWith(t *testing.T, given ...Command) *State {
	t.Helper()
	s := NewState()
	must(t, s, Configure{Config: roomStandard()})
	for _, c := range given {
		must(t, s, c)
	}
	return s
}

func must(t *testing.T, s *State, c Command) {
	t.Helper()
	m := Meta{At: max(s.Now, scenarioStart), By: "tester"}
	events, no := Decide(s, m, c, nil)
	if no != nil {
		t.Fatalf("%s: %s", c.CommandName(), no)
	}
	for _, e := range events {
		Evolve(s, Stamped{At: m.At, By: m.By, Event: e})
	}
}

func mustNot(t *testing.T, s *State, c Command, code Code) {
	t.Helper()
	before := encoded(t, s)
	events, no := Decide(s, Meta{At: s.Now, By: "tester"}, c, nil)
	if no == nil || no.Code != code || len(events) > 0 {
		t.Fatalf("%s: %v and %d events, want %s", c.CommandName(), no, len(events), code)
	}
	if after := encoded(t, s); after != before {
		t.Fatal("a refusal changed the state")
	}
}

// TestWhatHasEndedDoesNotCount: zones that have ended and claims that are sealed
// leave room for new ones, however long the room has been running.
func TestWhatHasEndedDoesNotCount(t *testing.T) {
	s := stateWith(t)
	zone := DeclareZone{Name: "zone", Outline: geo.Ring{{Lon: 1}, {Lat: 1}, {}}, Authority: "commander", Reason: "barricades"}
	for n := range MaxZones + 1 {
		must(t, s, zone)
		must(t, s, EndZone{Zone: ZoneID(fmt.Sprint("z", n+1)), Reason: "over"})
	}
	claim := RecordClaim{Role: "resident", Kind: "resident", Statement: "it is quiet", Grade: "single_source"}
	for range MaxClaims {
		must(t, s, claim)
	}
	mustNot(t, s, claim, LimitReached)
	later := Stamped{At: s.Now.Add(ClaimSealAfter), By: "engine", Event: &ClaimWasSealed{Claim: "cl1"}}
	Evolve(s, later)
	must(t, s, claim)
}

// lostStations are stations S0 … that are lost.
func lostStations(n int) []Command {
	var all []Command
	for k := range n {
		id := StationID(fmt.Sprint("S", k))
		all = append(all, AddStation{ID: id, Name: "station", Service: "fire", Point: geo.Point{Lon: int32(k), Lat: 1}}, LoseStation{Station: id, Authority: "chief", Reason: "water"})
	}
	return all
}
