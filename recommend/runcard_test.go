package recommend

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/everycall/everycall/dispatch"
	"github.com/everycall/everycall/geo"
	"github.com/everycall/everycall/triage"
)

// structureFire is a room with a run card of 8 units and 5 capabilities, which asks for a
// second alarm as well, and a call for it.
func structureFire(t testing.TB) (*room, *dispatch.Incident) {
	r := newRoom(t)
	config := r.s.Config
	need := func(n uint8, capability string, crew uint8) triage.Need {
		return triage.Need{Capability: capability, Count: n, Crew: crew}
	}
	config.DutyLimits = []dispatch.DutyLimit{{Service: "fire", Limit: 12 * dispatch.Hour}}
	config.Services = append(slices.Clone(config.Services), "fire")
	config.Types = append(slices.Clone(config.Types), triage.Type{Code: "fire", Name: "Fire", Service: "fire", Priority: 1, LifeSafety: true})
	config.RunCards = []dispatch.RunCard{{ID: "STRUCTURE-FIRE", Title: "Fire in a building", Types: []string{"fire"}, Levels: []dispatch.CardLevel{
		{Note: "attack, water, search", Needs: []triage.Need{need(2, "pump", 3), need(1, "ladder", 0), need(1, "command", 0), need(1, "als", 0)}},
		{Note: "relief and rescue", Needs: []triage.Need{need(2, "pump", 3), need(1, "rescue", 0)}}}}}
	r.addQuick(dispatch.Configure{Config: config})
	r.addQuick(dispatch.ReceiveContact{ID: "fire", Channel: "phone", Type: "fire", Person: dispatch.Private{Place: "x", Point: &geo.Point{Lon: 5, Lat: 5}}})
	return r, r.s.Incidents[r.s.Contacts["fire"].Incident]
}

// TestRunCardSaysWhyNot: in and out, each with its reason.
func TestRunCardSaysWhyNot(t *testing.T) {
	r, fire := structureFire(t)
	add := func(id string, can string, crew uint8) {
		r.addQuick(dispatch.AddUnit{ID: dispatch.UnitID(id), Service: "fire", Kind: "engine", Capabilities: strings.Fields(can), Crew: crew, Status: dispatch.StatusAvailable})
	}
	add("E9", "pump", 4)
	r.now = r.now.Add(13 * dispatch.Hour)
	add("E1", "pump", 3)
	add("E2", "pump", 2)
	add("E3", "pump", 0)
	add("E4", "pump", 4)
	add("U1", "hose", 2)
	add("L1", "ladder", 2)
	r.addQuick(dispatch.AskAid{Direction: dispatch.AidToUs, Agency: "Kent Fire", Needs: []triage.Need{{Count: 1, Capability: "pump"}}, Reason: "x"})
	r.addQuick(dispatch.AcceptAid{Aid: "m1"})
	r.addQuick(dispatch.SendAid{Aid: "m1", ETA: r.now, Until: r.now.Add(dispatch.Hour), Theirs: []dispatch.AidUnit{{ID: "K1", Service: "fire", Kind: "engine", Capabilities: []string{"pump"}, Crew: 3}}})
	r.addQuick(dispatch.ArriveAid{Aid: "m1"})
	r.addQuick(dispatch.ReceiveContact{ID: "other", Channel: "phone", Type: "fire", Person: dispatch.Private{Place: "y", Point: &geo.Point{Lon: 6, Lat: 6}}})
	r.addQuick(dispatch.DispatchUnit{Unit: "E4", Incident: r.s.Contacts["other"].Incident})
	r.addQuick(dispatch.DispatchUnit{Unit: "L1", Incident: fire.ID})
	r.addQuick(dispatch.RaiseAlarm{Incident: fire.ID, Reason: "flames"})
	advice := Rank(r.s, fire, func(id dispatch.UnitID) Way {
		return Way{Known: true, Travel: dispatch.Minute, Note: map[dispatch.UnitID]string{"E1": "needs 12th Ave, last seen open 3 h ago: unknown"}[id]}
	})
	got := map[dispatch.UnitID]string{}
	for _, c := range advice.Units {
		got[c.Unit] = fmt.Sprintf("%t: %s", c.Fits, strings.Join(c.Reasons, "; "))
	}
	for id, want := range map[dispatch.UnitID]string{
		"E1": "true: has pump, crew of 3; needs 12th Ave, last seen open 3 h ago: unknown",
		"E2": "false: crew of 2 is too small: 3 are needed",
		"E3": "false: nobody has signed on: 3 are needed",
		"E4": "false: has pump, crew of 3; busy on call 2 (dispatched)",
		"E9": "false: has pump, crew of 3; crew has been on duty for 13 h: the limit is 12 h",
		"U1": "false: lacks pump, crew of 3",
		"K1": "true: has pump, crew of 3; lent by Kent Fire",
		"L1": "false: works on this call already; has ladder",
	} {
		if got[id] != want {
			t.Errorf("%s is %q, want %q", id, got[id], want)
		}
	}
	if words := advice.Response.Words(); words != "run card STRUCTURE-FIRE level 2: pump, crew of 3 ×4 (have 0), ladder ×1 (have 1), command ×1 (have 0), als ×1 (have 0), rescue ×1 (have 0)" {
		t.Error(words)
	}
	if !slices.Equal(advice.Plan.Chosen, []dispatch.UnitID{"E1", "K1"}) || len(advice.Plan.Missing) != 4 || advice.Plan.Missing[0].Count != 2 {
		t.Errorf("who is there already is not asked for again: %+v", advice.Plan)
	}
	// An idle unit more never worsens the plan.
	add("E5", "pump", 3)
	if more := Rank(r.s, fire, func(dispatch.UnitID) Way { return Way{Known: true, Travel: dispatch.Minute} }).Plan; len(more.Chosen) != 3 {
		t.Errorf("%+v", more)
	}
}

// BenchmarkStructureFire: 8 units of 5 capabilities among 500 units, once the travel
// times are known.
func BenchmarkStructureFire(b *testing.B) {
	r, fire := structureFire(b)
	travel := map[dispatch.UnitID]Way{}
	can := []string{"pump", "pump", "pump", "ladder", "command", "als", "rescue", "hose"}
	for n := range 500 {
		id := dispatch.UnitID(fmt.Sprintf("u%03d", n))
		r.addQuick(dispatch.AddUnit{ID: id, Service: "fire", Kind: "k", Capabilities: []string{can[n%len(can)]}, Crew: uint8(2 + n%3), Status: dispatch.StatusAvailable})
		travel[id] = Way{Known: true, Travel: dispatch.Millis(n*7919%1500) * dispatch.Second}
	}
	r.addQuick(dispatch.RaiseAlarm{Incident: fire.ID, Reason: "flames"})
	b.ReportAllocs()
	chosen := 0
	for b.Loop() {
		chosen = len(Rank(r.s, fire, func(id dispatch.UnitID) Way { return travel[id] }).Plan.Chosen)
	}
	if chosen != 8 {
		b.Fatalf("%d units are chosen", chosen)
	}
}
