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
