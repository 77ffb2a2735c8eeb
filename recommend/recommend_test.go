package recommend

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/everycall/everycall/dispatch"
	"github.com/everycall/everycall/geo"
	"github.com/everycall/everycall/triage"
	diff "github.com/google/go-cmp/cmp"
)

// room is a state made by commands alone.
type room struct {
	t   testing.TB
	s   *dispatch.State
	now dispatch.Instant
}

func newRoom(t testing.TB) *room {
	r := &room{t: t, s: dispatch.NewState(), now: 1_000_000}
	limit := [6]dispatch.Millis{0, dispatch.Minute, 5 * dispatch.Minute, 20 * dispatch.Minute, dispatch.Hour, dispatch.Hour}
	kind := func(code, service string, p triage.Priority, floor bool, needs ...triage.Need) triage.Type {
		return triage.Type{Code: code, Name: code, Service: service, Priority: p, LifeSafety: floor, Needs: needs}
	}
	r.do(dispatch.Configure{Config: dispatch.Config{Name: "Test", Zone: "UTC", Services: []dispatch.Service{"police", "ems", "fire"},
		Desks: []dispatch.Desk{{ID: "d", Name: "Desk"}}, DefaultService: "police", UntriagedPriority: 2, WaitLimits: limit, HoldLimits: limit,
		Types: []triage.Type{
			kind("p1", "police", 1, false), kind("p2", "police", 2, false), kind("p3", "police", 3, false), kind("life", "police", 1, true),
			kind("medic", "ems", 1, true, triage.Need{Capability: "medic", Count: 1}, triage.Need{Capability: "aid", Count: 1}),
			kind("transfer", "ems", 4, false, triage.Need{Capability: "aid", Count: 1}),
			kind("crash", "ems", 2, false, triage.Need{Capability: "aid", Count: 2}, triage.Need{Capability: "medic", Count: 1}),
		}}})
	return r
}

func (r *room) try(c dispatch.Command) ([]dispatch.Event, *dispatch.Rejection) {
	m := dispatch.Meta{At: r.now, By: "t"}
	events, no := dispatch.Decide(r.s, m, c, nil)
	for _, e := range events {
		dispatch.Evolve(r.s, dispatch.Stamped{At: m.At, By: m.By, Event: e})
	}
	if err := dispatch.Check(r.s); err != nil {
		r.t.Fatal(err)
	}
	return events, no
}

func (r *room) do(c dispatch.Command) {
	r.t.Helper()
	if _, no := r.try(c); no != nil {
		r.t.Fatalf("%s: %v", c.CommandName(), no)
	}
}

func (r *room) unit(id, service string, capabilities ...string) {
	r.do(dispatch.AddUnit{ID: dispatch.UnitID(id), Service: dispatch.Service(service), Kind: "k", Capabilities: capabilities, Status: dispatch.StatusAvailable})
}

func (r *room) call(id, kind string) *dispatch.Incident {
	at := geo.Point{Lon: 5, Lat: 5}
	r.do(dispatch.ReceiveContact{ID: dispatch.ContactID(id), Channel: "phone", Type: kind, Person: dispatch.Private{Place: "somewhere", Point: &at}})
	return r.s.Incidents[r.s.Contacts[dispatch.ContactID(id)].Incident]
}

func (r *room) posture(reserve int, p triage.Priority) {
	r.do(dispatch.DeclarePosture{Service: "police", Area: dispatch.Area{Kind: dispatch.AreaCity}, Title: "Thin", Authority: "a", Reason: "b", Script: "c",
		Reserve: []dispatch.Reserve{{Priority: p, Units: reserve}}, ReviewBy: r.now + 1000, Until: r.now + 2000})
}

func (r *room) zone(entry dispatch.Entry) {
	r.do(dispatch.DeclareZone{Name: "Z", Outline: geo.Ring{{Lon: 0, Lat: 0}, {Lon: 10, Lat: 0}, {Lon: 10, Lat: 10}, {Lon: 0, Lat: 10}},
		Rules: []dispatch.ZoneRule{{Service: "police", Entry: entry}}, Authority: "a", Reason: "b"})
}

// waysTo gives each unit a time in minutes; one left out has no position.
func waysTo(minutes map[dispatch.UnitID]int) Travel {
	return func(u dispatch.UnitID) Way {
		m, known := minutes[u]
		return Way{Travel: dispatch.Millis(m) * dispatch.Minute, DistanceMM: int64(m) * 1000, Known: known}
	}
}

func shown(a Advice) string {
	var b strings.Builder
	for _, c := range a.Units {
		fmt.Fprintf(&b, "%d %s fits=%v free=%v: %s\n", c.Rank, c.Unit, c.Fits, c.Free, strings.Join(c.Reasons, "; "))
	}
	fmt.Fprintf(&b, "plan %v missing %v\n", a.Plan.Chosen, a.Plan.Missing)
	return b.String()
}

func TestRankSaysWhy(t *testing.T) {
	r := newRoom(t)
	for _, u := range []string{"P1", "P2", "P3", "P4"} {
		r.unit(u, "police")
	}
	r.unit("M1", "ems", "medic", "aid")
	r.unit("A1", "ems", "aid")
	r.unit("A2", "ems")
	other := r.call("c1", "p2")
	r.do(dispatch.DispatchUnit{Unit: "P2", Incident: other.ID})
	r.do(dispatch.SetUnitStatus{Unit: "P3", Status: dispatch.StatusOutOfService, Source: dispatch.SourceRadio})
	police, ems := r.call("c2", "p3"), r.call("c3", "medic")
	ways := waysTo(map[dispatch.UnitID]int{"P1": 9, "P2": 1, "P3": 2, "M1": 5, "A1": 2, "A2": 1})

	want := `1 P1 fits=true free=true: is police
2 P4 fits=true free=true: is police; position unknown
3 P2 fits=false free=false: is police; busy on call 1 (dispatched)
4 P3 fits=false free=false: is police; out of service
5 A2 fits=false free=true: wrong service: is ems, the call is for police
6 A1 fits=false free=true: wrong service: is ems, the call is for police
7 M1 fits=false free=true: wrong service: is ems, the call is for police
plan [P1] missing []
`
	if differ := diff.Diff(want, shown(Rank(r.s, police, ways))); differ != "" {
		t.Error(differ)
	}
	want = `1 A1 fits=true free=true: has aid
2 M1 fits=true free=true: has medic
3 A2 fits=false free=true: lacks medic
4 P1 fits=false free=true: wrong service: is police, the call is for ems
5 P4 fits=false free=true: wrong service: is police, the call is for ems; position unknown
6 P3 fits=false free=false: wrong service: is police, the call is for ems; out of service
7 P2 fits=false free=false: wrong service: is police, the call is for ems; busy on call 1 (dispatched)
plan [M1 A1] missing []
`
	got := shown(Rank(r.s, ems, ways))
	if !strings.HasPrefix(got, want[:strings.Index(want, "4 P1")]) || !strings.HasSuffix(got, "plan [M1 A1] missing []\n") {
		t.Errorf("got\n%s", got)
	}

	r.do(dispatch.DispatchUnit{Unit: "M1", Incident: ems.ID})
	if plan := Rank(r.s, ems, ways).Plan; len(plan.Missing) != 0 || !slices.Equal(plan.Chosen, []dispatch.UnitID{"A1"}) {
		t.Errorf("a unit that is on it counts: %+v", plan)
	}
	r.do(dispatch.UnassignUnit{Unit: "M1", Incident: ems.ID, Reason: "r"})
	r.do(dispatch.SetUnitStatus{Unit: "M1", Status: dispatch.StatusOffDuty, Source: dispatch.SourceRadio})
	if plan := Rank(r.s, ems, ways).Plan; !slices.Equal(plan.Missing, []triage.Need{{Capability: "medic", Count: 1}}) {
		t.Errorf("what is missing is named: %+v", plan)
	}

	r.posture(2, 3) // P1 and P4 are free: both are kept
	if got := shown(Rank(r.s, police, ways)); !strings.Contains(got, "1 P1 fits=false free=true: is police; kept in reserve by posture post1 (Thin)") || !strings.Contains(got, "plan [] missing [{ 1  police 0}]") {
		t.Errorf("reserve:\n%s", got)
	}
}

func TestRankObeysZonesAndOldPositions(t *testing.T) {
	r := newRoom(t)
	r.unit("P1", "police")
	r.zone(dispatch.EntryLifeSafetyOnly)
	old := func(dispatch.UnitID) Way {
		return Way{Travel: 1, DistanceMM: 1, PositionAge: 7 * dispatch.Minute, Known: true}
	}
	if got := shown(Rank(r.s, r.call("c1", "p2"), old)); !strings.Contains(got, `fits=false free=true: is police; zone "Z": life_safety_only for police`) {
		t.Error(got)
	}
	if got := shown(Rank(r.s, r.call("c2", "life"), old)); !strings.Contains(got, "1 P1 fits=true free=true: is police; position is 7 min old") {
		t.Error(got)
	}
}

func TestRankListsAllThatFitAndTheBestOthers(t *testing.T) {
	r := newRoom(t)
	for n := range 60 {
		r.unit(fmt.Sprintf("P%02d", n), "police")
		r.unit(fmt.Sprintf("A%02d", n), "ems", "aid")
	}
	a := Rank(r.s, r.call("c1", "p3"), waysTo(nil))
	if len(a.Units) != 60+OthersShown || !a.Units[59].Fits || a.Units[60].Fits {
		t.Errorf("%d units", len(a.Units))
	}
}
