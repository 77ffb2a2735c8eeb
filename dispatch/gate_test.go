package dispatch

import (
	"fmt"
	"testing"

	"github.com/everycall/everycall/geo"
)

// room is a live state that a test gives commands to, one after the other.
type commanded struct {
	t    *testing.T
	s    *State
	meta Meta
}

func newCommanded(t *testing.T) *commanded {
	r := &commanded{t: t, s: NewState(), meta: Meta{At: scenarioStart, By: "tester"}}
	r.do(Configure{Config: roomAlternate()})
	return r
}

// try gives a command, evolves what it decides and returns why it was refused.
func (r *commanded) try(c Command) *Rejection {
	r.t.Helper()
	events, no := Decide(r.s, r.meta, c, nil)
	for _, e := range events {
		Evolve(r.s, Stamped{At: r.meta.At, By: r.meta.By, Event: e})
	}
	if err := Check(r.s); err != nil {
		r.t.Fatalf("after %s: %s", c.CommandName(), err)
	}
	return no
}

func (r *commanded) do(c Command) {
	r.t.Helper()
	if no := r.try(c); no != nil {
		r.t.Fatalf("%s was refused: %s", c.CommandName(), no)
	}
}

// east is a point so many metres east and north of a corner.
func east(metres, north int32) geo.Point {
	return geo.Point{Lon: -1223000000 + metres*133, Lat: 476000000 + north*90}
}

func block(from, to int32) geo.Ring {
	return geo.Ring{east(from, -2000), east(to, -2000), east(to, 2000), east(from, 2000)}
}

func (r *commanded) call(at geo.Point) IncidentID {
	r.t.Helper()
	n := r.s.Counters.Incident + 1
	r.do(ReceiveContact{ID: ContactID(fmt.Sprintf("c%d", r.s.Counters.Contact+1)), Channel: "phone", Type: "THEFT", Person: Private{Place: "100 block of Main St", Point: &at}})
	return IncidentID(fmt.Sprintf("i%d", n))
}

func (r *commanded) zone(from, to int32, gates ...Gate) {
	r.t.Helper()
	r.do(DeclareZone{Name: fmt.Sprintf("zone %d", r.s.Counters.Zone+1), Outline: block(from, to), Rules: []ZoneRule{{Service: "police", Entry: EntryStageOutside}}, Gates: gates, Authority: "a", Reason: "b"})
}

func (r *commanded) oneGate(ids ...IncidentID) {
	r.t.Helper()
	for _, id := range ids {
		if got, want := r.s.Incidents[id].Entry, r.s.Incidents[ids[0]].Entry; got == nil || got.Gate != want.Gate {
			r.t.Fatalf("two gates for one corner: %s has %+v, %s has %+v", ids[0], want, id, got)
		}
	}
}

var twoGates = []Gate{{Name: "west", Point: east(0, 0)}, {Name: "east", Point: east(4000, 0)}}

// TestOneGateForOneCorner: calls near each other share a gate, whoever came first, and
// whatever becomes of the call that had it first.
func TestOneGateForOneCorner(t *testing.T) {
	t.Run("an older call across the line has a gate that is not this zone's", func(t *testing.T) {
		r := newCommanded(t)
		r.zone(-3000, 1900, Gate{Name: "far", Point: east(-3000, 0)})
		r.zone(1901, 4000, Gate{Name: "south", Point: east(2000, -2000)}, Gate{Name: "north", Point: east(2000, 2000)})
		r.call(east(1850, 0))
		first := r.call(east(2050, -40))
		r.oneGate(first, r.call(east(2050, 40)))
	})
	t.Run("a call near one that shares the gate of one farther off", func(t *testing.T) {
		r := newCommanded(t)
		r.zone(0, 4000, twoGates...)
		first := r.call(east(1800, 0))
		second := r.call(east(2080, 0))
		r.oneGate(first, second, r.call(east(2110, 0)))
	})
	for name, leave := range map[string]func(*commanded, IncidentID){
		"closed": func(r *commanded, id IncidentID) {
			r.do(CloseIncident{Incident: id, Disposition: "done", Authority: "a"})
		},
		"abandoned": func(r *commanded, id IncidentID) { r.do(AbandonContact{Contact: "c1", Reason: "hung up"}) },
		"joined":    func(r *commanded, id IncidentID) { r.do(JoinContact{Contact: "c1", Incident: "i2"}) },
		"goes apart": func(r *commanded, id IncidentID) {
			r.do(PlanEntry{Incident: id, Gate: "g1", Why: "only this one", Apart: true})
		},
		"moves away": func(r *commanded, id IncidentID) {
			p := east(9000, 0)
			r.do(LocateContact{Contact: "c1", Place: Private{Place: "900 block", Point: &p}})
		},
	} {
		t.Run("the call that had it first "+name, func(t *testing.T) {
			r := newCommanded(t)
			r.zone(0, 4000, twoGates...)
			first := r.call(east(1000, 0))
			second, third := r.call(east(1050, 0)), r.call(east(1100, 0))
			r.do(PlanEntry{Incident: second, Gate: "g2", Why: "the west one is watched"})
			r.oneGate(first, second, third)
			leave(r, first)
			fourth := r.call(east(1120, 0))
			r.oneGate(second, third, fourth)
			if got := r.s.Incidents[second].Entry.Gate; got != "g2" {
				t.Fatalf("a person chose g2 for all of them, and now it is %s", got)
			}
			r.do(PlanEntry{Incident: third, Gate: "g1", Why: "it is free again"})
			r.oneGate(third, second, fourth)
		})
	}
}

// TestReopenedOutsideAZone: what the way in was before a call was closed counts no longer.
func TestReopenedOutsideAZone(t *testing.T) {
	r := newCommanded(t)
	r.zone(0, 4000, twoGates...)
	i := r.call(east(3000, 0))
	r.do(CloseIncident{Incident: i, Disposition: "done", Authority: "a"})
	z := r.s.Zones["z1"]
	r.do(AmendZone{Zone: "z1", Name: z.Name, Outline: block(0, 2000), Rules: z.Rules, Gates: z.Gates, Authority: "a", Reason: "b", Why: "smaller"})
	r.do(ReopenIncident{Incident: i, Reason: "more to do"})
	if plan := r.s.Incidents[i].Entry; plan != nil {
		t.Fatalf("it lies in no zone, and its way in is %+v", plan)
	}
}

// TestLeadsFromAnotherPlace: an incident lies where its leading contact does, also when
// another one comes to lead it.
func TestLeadsFromAnotherPlace(t *testing.T) {
	r := newCommanded(t)
	r.zone(0, 4000, twoGates...)
	outside, inside := east(-500, 0), east(500, 0)
	i := r.call(outside)
	r.do(ReceiveContact{ID: "c2", Channel: "phone", Type: "THEFT", Join: i, Person: Private{Place: "200 block of Main St", Point: &inside}})
	r.do(AbandonContact{Contact: "c1", Reason: "hung up"})
	got := r.s.Incidents[i]
	if got.Zone != "z1" || got.Entry == nil {
		t.Fatalf("its leading contact is in z1: zone %q, way in %+v", got.Zone, got.Entry)
	}
	r.do(AddUnit{ID: "U1", Service: "police", Kind: "patrol", Status: StatusAvailable})
	if no := r.try(DispatchUnit{Unit: "U1", Incident: i}); no == nil || no.Code != ZoneClosed {
		t.Fatalf("U1 is sent in where nobody may go: %v", no)
	}
}

// TestGateNamesAreTheRooms: a gate's id is given by the room; one that a client makes up
// takes none away from those to come.
func TestGateNamesAreTheRooms(t *testing.T) {
	r := newCommanded(t)
	if no := r.try(DeclareZone{Name: "one", Outline: block(0, 1000), Gates: []Gate{{ID: "g2", Name: "made up", Point: east(0, 0)}}, Authority: "a", Reason: "b"}); no == nil || no.Code != GateUnknown {
		t.Fatalf("a made-up gate was taken: %v", no)
	}
	r.zone(0, 1000, twoGates[0])
	r.zone(2000, 3000, Gate{ID: "g1", Name: "west", Point: east(0, 0)}, Gate{Name: "another", Point: east(2500, 0)})
	if got := r.s.Zones["z2"].Gates[1].ID; got != "g2" {
		t.Fatalf("the second gate is %s", got)
	}
}

// TestEndedZoneNamesWhoIsInside: an agreement that ends with its zone leaves somebody
// where another zone still lets nobody in, and that is said aloud.
func TestEndedZoneNamesWhoIsInside(t *testing.T) {
	r := newCommanded(t)
	r.zone(0, 4000, twoGates...)
	r.zone(500, 5000)
	r.do(AddUnit{ID: "U1", Service: "police", Kind: "patrol", Status: StatusAvailable})
	r.do(RecordLiaison{Role: "resident", Channel: "radio", Consent: true, ExpiresAt: r.meta.At.Add(Day)})
	r.do(RecordAgreement{Liaison: "l1", Zone: "z1", Terms: "one lane", Services: []Service{"police"}, Until: r.meta.At.Add(Hour), AgreedBy: "a", WitnessedBy: "b"})
	i := r.call(east(1000, 0))
	r.do(DispatchUnit{Unit: "U1", Incident: i})
	r.do(SetUnitStatus{Unit: "U1", Status: StatusOnScene, Source: SourceRadio})
	r.do(EndZone{Zone: "z1", Reason: "over"})
	for _, a := range r.s.Alarms {
		if a.Cause == CauseGrantEnded && a.Level == LevelLifeSafety {
			return
		}
	}
	t.Fatalf("nobody is told that U1 is inside without a right to be: %+v", r.s.Alarms)
}

// TestOutlinesThatHoldSomething: an outline that encloses nothing, crosses itself or
// goes round the planet is refused, before it closes what nobody meant.
func TestOutlinesThatHoldSomething(t *testing.T) {
	at := func(pairs ...int32) geo.Ring {
		var r geo.Ring
		for n := 0; n < len(pairs); n += 2 {
			r = append(r, geo.Point{Lon: pairs[n] * 10_000, Lat: pairs[n+1] * 10_000})
		}
		return r
	}
	for name, c := range map[string]struct {
		outline geo.Ring
		taken   bool
	}{
		"a square":                 {at(0, 0, 9, 0, 9, 9, 0, 9), true},
		"with a corner said twice": {at(0, 0, 9, 0, 9, 0, 9, 9, 0, 9), true},
		"with a point on a side":   {at(0, 0, 4, 0, 9, 0, 9, 9, 0, 9), true},
		"closed as in GeoJSON":     {at(0, 0, 9, 0, 9, 9, 0, 9, 0, 0), true},
		"a point":                  {at(1, 1, 1, 1, 1, 1), false},
		"a line":                   {at(0, 0, 4, 0, 9, 0), false},
		"there and back":           {at(0, 0, 9, 9, 5, 5), false},
		"a bow tie":                {at(0, 0, 9, 9, 9, 0, 0, 9), false},
		"over the date line":       {geo.Ring{{Lon: 1_790_000_000, Lat: 0}, {Lon: -1_790_000_000, Lat: 0}, {Lon: -1_790_000_000, Lat: 10_000_000}, {Lon: 1_790_000_000, Lat: 10_000_000}}, false},
	} {
		r := newCommanded(t)
		for _, command := range []Command{
			DeclareZone{Name: "z", Outline: c.outline, Authority: "a", Reason: "b"},
			DeclareZone{Name: "z", Outline: at(-5, -5, 19, -5, 19, 19, -5, 19), Parts: []ZonePart{{Heat: HeatHot, Outline: c.outline}}, Authority: "a", Reason: "b"},
		} {
			if no := r.try(command); (no == nil) != c.taken || no != nil && no.Code != PlaceInvalid {
				t.Errorf("%s: %v", name, no)
			}
		}
	}
	r := newCommanded(t)
	if no := r.try(DeclareZone{Name: "z", Outline: at(0, 0, 9, 0, 9, 9), Parts: []ZonePart{{Heat: HeatHot, Outline: at(20, 20, 29, 20, 29, 29)}}, Authority: "a", Reason: "b"}); no == nil || no.Code != PlaceInvalid {
		t.Errorf("a hot part that lies wholly outside its zone was taken: %v", no)
	}
}

// TestBulletinNamesAGateThatIsGone: what named a gate when it was issued stays from the
// public after the gate has left the room.
func TestBulletinNamesAGateThatIsGone(t *testing.T) {
	r := newCommanded(t)
	r.zone(0, 1000, Gate{Name: "Harbour steps", Grid: "10TET5059073265", Point: east(0, 0)})
	r.do(IssueBulletin{Text: "Medics meet at Harbour steps."})
	r.do(IssueBulletin{Text: "Medics meet at 10T ET 50590 73265."})
	r.do(EndZone{Zone: "z1", Reason: "over"})
	for range 3 {
		r.meta.At = r.meta.At.Add(Day)
		r.do(Tick{})
	}
	if len(r.s.Zones) != 0 {
		t.Fatal("the zone is to have left the board")
	}
	if public := r.s.PublicBulletins(r.meta.At); len(public) != 0 {
		t.Fatalf("the public reads %q", public[0].Text)
	}
	if no := r.try(ReleaseBulletin{Bulletin: "bu1"}); no == nil || no.Code != BulletinNamesOperations {
		t.Fatalf("it was released: %v", no)
	}
}

// TestInsistedOnlyWhereRefused: a reason that was not needed when a unit was sent does not
// send it in where a later rule stops it.
func TestInsistedOnlyWhereRefused(t *testing.T) {
	r := newCommanded(t)
	r.do(AddUnit{ID: "U1", Service: "police", Kind: "patrol", Status: StatusAvailable})
	i := r.call(east(100, 0))
	r.do(DispatchUnit{Unit: "U1", Incident: i, Override: "sent anyway"})
	r.zone(0, 1000, twoGates[0])
	if a := r.s.Incidents[i].active("U1"); !a.Outside {
		t.Fatal("U1 goes on into a zone that was declared after it was sent")
	}
}

func texts(alarms map[AlarmID]*Alarm) (all []string) {
	for _, id := range sortedKeys(alarms) {
		all = append(all, string(alarms[id].Cause)+" "+alarms[id].Text)
	}
	return all
}

// TestUnansweredClearanceLeavesTheBoard: an alarm about a question goes with it.
func TestUnansweredClearanceLeavesTheBoard(t *testing.T) {
	r := newCommanded(t)
	for n := range 10 { // else a trigger proposes a posture
		r.do(AddUnit{ID: UnitID(fmt.Sprint("V", n)), Service: "police", Kind: "patrol", Status: StatusAvailable})
	}
	r.zone(0, 1000, twoGates[0])
	r.do(AskClearance{Zone: "z1", Services: []Service{"police"}, RequiredBy: "sergeant"})
	for range 3 {
		r.meta.At = r.meta.At.Add(Day)
		r.do(Tick{})
	}
	if len(r.s.Clearances)+len(r.s.Alarms) != 0 {
		t.Fatalf("left for ever: %d clearances, %d alarms: %s", len(r.s.Clearances), len(r.s.Alarms), texts(r.s.Alarms))
	}
}

// BenchmarkDeclareZoneOverManyCalls declares a zone that many open calls lie in.
func BenchmarkDeclareZoneOverManyCalls(b *testing.B) {
	s := NewState()
	meta := Meta{At: scenarioStart, By: "tester"}
	give := func(c Command) {
		events, no := Decide(s, meta, c, nil)
		if no != nil {
			b.Fatal(no)
		}
		for _, e := range events {
			Evolve(s, Stamped{At: meta.At, By: meta.By, Event: e})
		}
	}
	give(Configure{Config: roomAlternate()})
	for n := range 4000 {
		at := east(int32(n%200)*90, int32(n/200)*100)
		give(ReceiveContact{ID: ContactID(fmt.Sprint("c", n)), Channel: "phone", Type: "THEFT", Person: Private{Place: "100 block of Main St", Point: &at}})
	}
	for b.Loop() {
		if _, no := Decide(s, meta, DeclareZone{Name: "zone", Outline: geo.Ring{east(-100, -100), east(30000, -100), east(30000, 9000), east(-100, 9000)},
			Rules: []ZoneRule{{Service: "police", Entry: EntryStageOutside}}, Gates: twoGates, Authority: "a", Reason: "b"}, nil); no != nil {
			b.Fatal(no)
		}
	}
}
