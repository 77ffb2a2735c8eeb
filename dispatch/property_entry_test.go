package dispatch

import (
	"fmt"
	"slices"
	"testing"

	"github.com/everycall/everycall/geo"
	"pgregory.net/rapid"
)

// TestWaysIn plays random zones, gates, clearances, agreements and units against the
// laws of ways in, kept on paper by grantPaper, which knows no State.
func TestWaysIn(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(t)
		for n := range 3 {
			w.run(AddUnit{ID: UnitID(fmt.Sprintf("M%d", n)), Service: "ems", Kind: "medic", Status: StatusAvailable})
		}
		w.run(RecordLiaison{Role: "resident", Channel: "radio", Consent: true, ExpiresAt: w.meta.At.Add(60 * Day)})
		paper, insist := grantPaper{}, map[UnitID]bool{}
		for range rapid.IntRange(1, 40).Draw(t, "commands") {
			paper.step(w, insist)
		}
		w.replay()
	})
}

// grantPaper is when each grant begins and ends at the latest.
type grantPaper map[string][2]Instant

func (p grantPaper) step(w *world, insist map[UnitID]bool) {
	w.meta.At = w.meta.At.Add(rapid.SampledFrom([]Millis{0, 0, Second, Minute, 11 * Minute, 31 * Minute, 2 * Hour, 25 * Hour}).Draw(w.t, "later"))
	c := p.draw(w)
	if _, is := c.(restart); is {
		w.twin = readBackIn(w.t, w.live)
		return
	}
	from := len(w.events)
	if w.run(c) == nil {
		for _, e := range w.events[from:] {
			p.note(e)
			insists(e.Event, insist)
		}
		if _, is := c.(Tick); is {
			p.afterTick(w)
		}
		if d, is := c.(DispatchUnit); is {
			p.afterDispatch(w, d)
		}
	}
	p.grants(w)
	p.neighbours(w)
	p.places(w)
	p.onTheirWay(w, insist)
}

// note keeps what was granted and ended.
func (p grantPaper) note(e Stamped) {
	switch e := e.Event.(type) {
	case *ClearanceGiven:
		p["clearance:"+string(e.Clearance.ID)] = [2]Instant{e.Clearance.GivenAt, e.Clearance.Until}
	case *ClearanceEnded:
		delete(p, "clearance:"+string(e.Clearance))
	case *AgreementRecorded:
		p["agreement:"+string(e.Agreement.ID)] = [2]Instant{e.Agreement.From, e.Agreement.Until}
	case *AgreementEnded:
		delete(p, "agreement:"+string(e.Agreement))
	}
}

// grants: nobody goes in on the strength of what is not in force, at any instant, even
// before a Tick has said that it is over.
func (p grantPaper) grants(w *world) {
	for _, id := range sortedKeys(w.live.Incidents) {
		i := w.live.Incidents[id]
		for _, of := range w.live.Config.Services {
			way, closed := w.live.HowToEnter(of, i, w.meta.At)
			if !closed {
				continue
			}
			if way.Do == "" || !way.In && len(way.Changes) == 0 {
				w.t.Fatalf("%s to %s: nobody is told what to do (%+v)", of, id, way)
			}
			if way.Until == 0 {
				continue
			}
			if span, granted := p[way.Basis]; !granted || w.meta.At < span[0] || w.meta.At >= span[1] {
				w.t.Fatalf("%s goes in to %s by %s at %d, which is not in force: %v", of, id, way.Basis, w.meta.At, span)
			}
		}
	}
}

// afterTick: what is over has ended in the same Tick.
func (p grantPaper) afterTick(w *world) {
	if w.live.Frozen {
		return
	}
	for name, span := range p { // the first one found fails: any will do
		if span[1] <= w.meta.At {
			w.t.Fatalf("%s was over at %d and is not ended at %d", name, span[1], w.meta.At)
		}
	}
}

// insists keeps which units are where they are whatever the rule: sent in all the same,
// or said to be on scene.
func insists(e Event, insist map[UnitID]bool) {
	switch e := e.(type) {
	case *UnitDispatched:
		insist[e.Unit] = e.Private.Text != ""
	case *UnitStatusChanged:
		insist[e.Unit] = insist[e.Unit] || e.Status == StatusOnScene
	}
}

// onTheirWay: nobody is on the way in who may not go in, once a Tick has ended what is
// over, unless somebody insisted.
func (p grantPaper) onTheirWay(w *world, insist map[UnitID]bool) {
	for _, span := range p { // any of them: the order cannot show
		if span[1] <= w.meta.At {
			return // a Tick is still to come
		}
	}
	for _, z := range w.live.Zones { // the same
		if z.EndedAt == 0 && z.Until != 0 && z.Until <= w.meta.At {
			return
		}
	}
	for _, id := range sortedKeys(w.live.Units) {
		u := w.live.Units[id]
		i := w.live.Incidents[u.Incident]
		if i == nil || insist[id] || i.active(id).Outside || u.Status == StatusOnScene || u.Status == StatusTransporting {
			continue
		}
		if way, closed := w.live.HowToEnter(u.Service, i, w.meta.At); closed && !way.In {
			w.t.Fatalf("%s is on the way in to %s, though: %s (%s)", id, i.ID, way.Do, way.Basis)
		}
	}
}

// afterDispatch: who may not go in is sent to the rendezvous, unless somebody says why
// not.
func (p grantPaper) afterDispatch(w *world, d DispatchUnit) {
	i := w.live.Incidents[d.Incident]
	way, closed := w.live.HowToEnter(w.live.Units[d.Unit].Service, i, w.meta.At)
	if got, want := i.active(d.Unit).Outside, closed && !way.In && d.Override == ""; got != want {
		w.t.Fatalf("%s is sent to %s, outside %t: want %t (%+v)", d.Unit, d.Incident, got, want, way)
	}
	if closed && !way.In && !i.LifeSafety && !d.Outside && d.Override == "" && way.Entry != EntryEscort {
		w.t.Fatalf("%s is sent to %s, though %s", d.Unit, d.Incident, way.Do)
	}
}

// neighbours: a plan's gate is one that its zone has, and who shares an incident's gate
// has the same one.
func (p grantPaper) neighbours(w *world) {
	for _, i := range w.live.Incidents { // the first one found fails: any will do
		if !i.Open() || i.Entry == nil || i.Entry.Gate == "" {
			continue
		}
		if z := w.live.Zones[i.Entry.Owner]; z == nil || z.EndedAt != 0 || z.Gate(i.Entry.Gate) == nil {
			w.t.Fatalf("%s goes in by %s, which zone %s does not have, or not in force", i.ID, i.Entry.Gate, i.Entry.Owner)
		}
		if i.Entry.With == "" {
			continue
		}
		root := w.live.Incidents[i.Entry.With]
		if root == nil || !root.Open() || root.Entry == nil || root.Entry.Apart || root.Entry.With != "" {
			w.t.Fatalf("%s goes in as %s does, which has no way in of its own", i.ID, i.Entry.With)
		}
		if i.Entry.Gate != root.Entry.Gate {
			w.t.Fatalf("%s goes in by %s as %s does, but that goes in by %s", i.ID, i.Entry.Gate, root.ID, root.Entry.Gate)
		}
	}
}

// places: an open incident's way in is that of the zones that hold its leading contact.
func (p grantPaper) places(w *world) {
	for _, id := range sortedKeys(w.live.Incidents) {
		i := w.live.Incidents[id]
		at := w.live.Lead(i).placedAt()
		if !i.Open() || at == nil {
			continue
		}
		var zones []ZoneID
		closes := false
		for _, z := range w.live.zonesAt(at) {
			zones, closes = append(zones, z.ID), closes || z.closes()
		}
		if closes != (i.Entry != nil) || closes && !slices.Equal(zones, i.Entry.Zones) || len(zones) > 0 && zones[0] != i.Zone {
			w.t.Fatalf("%s lies in %v (closed: %t), its zone is %q and its way in %+v", id, zones, closes, i.Zone, i.Entry)
		}
	}
}

func (p grantPaper) draw(w *world) Command {
	t, s := w.t, w.live
	at := func(name string) geo.Point {
		n := rapid.IntRange(0, 80).Draw(t, name)
		return geo.Point{Lon: -1223000000 + int32(n%9)*20_000, Lat: 476000000 + int32(n/9)*15_000}
	}
	square := func(half int32) geo.Ring {
		p := at("corner")
		return geo.Ring{{Lon: p.Lon - half, Lat: p.Lat - half}, {Lon: p.Lon + half, Lat: p.Lat - half}, {Lon: p.Lon + half, Lat: p.Lat + half}, {Lon: p.Lon - half, Lat: p.Lat + half}}
	}
	zone := ZoneID(fmt.Sprintf("z%d", rapid.Uint64Range(1, max(1, s.Counters.Zone)).Draw(t, "zone")))
	incident := IncidentID(fmt.Sprintf("i%d", rapid.Uint64Range(1, max(1, s.Counters.Incident)).Draw(t, "incident")))
	unit := UnitID(rapid.SampledFrom([]string{"U0", "U1", "U2", "U3", "M0", "M1", "M2"}).Draw(t, "unit"))
	services := rapid.SampledFrom([][]Service{{"police"}, {"ems"}, {"police", "ems"}}).Draw(t, "services")
	until := w.meta.At.Add(rapid.SampledFrom([]Millis{5 * Minute, 30 * Minute, 3 * Hour}).Draw(t, "until"))
	rules := []ZoneRule{{Service: "police", Entry: rapid.SampledFrom(entries).Draw(t, "police")}, {Service: "ems", Entry: rapid.SampledFrom(entries).Draw(t, "ems")}}
	switch rapid.IntRange(0, 26).Draw(t, "command") {
	case 0, 1, 2:
		point := at("place")
		return ReceiveContact{ID: ContactID(fmt.Sprintf("c%d", s.Counters.Contact+1)), Channel: "phone", Type: rapid.SampledFrom([]string{"THEFT", "SHOTS", "FALL"}).Draw(t, "type"), Person: Private{Place: "100 block of Main St", Point: &point}}
	case 3, 4:
		z := DeclareZone{Name: "zone", Outline: square(rapid.SampledFrom([]int32{15_000, 60_000, 200_000}).Draw(t, "half")), Rules: rules[:rapid.IntRange(0, 2).Draw(t, "rules")], Authority: "a", Reason: "b"}
		switch rapid.IntRange(0, 5).Draw(t, "how") {
		case 0:
			z.Replaces = zone
		case 1:
			z.Within = zone
		case 2:
			z.Parts = []ZonePart{{Heat: rapid.SampledFrom([]Heat{HeatHot, HeatWarm, HeatCold}).Draw(t, "heat"), Outline: square(40_000)}}
		case 3:
			z.Until = until
		}
		for range rapid.IntRange(0, 2).Draw(t, "gates") {
			z.Gates = append(z.Gates, Gate{Name: "gate", Point: at("gate"), Admits: rapid.SampledFrom([][]Service{nil, nil, {"ems"}}).Draw(t, "admits")})
		}
		return z
	case 5:
		z := s.Zones[zone]
		if z == nil {
			return Tick{}
		}
		return AmendZone{Zone: zone, Name: z.Name, Outline: z.Outline, Rules: rules, Gates: z.Gates[:rapid.IntRange(0, len(z.Gates)).Draw(t, "kept")], Until: z.Until, Authority: "c", Reason: "d", Why: "e"}
	case 6:
		return EndZone{Zone: zone, Reason: "over"}
	case 7:
		return AskClearance{Incident: incident, Services: services, RequiredBy: "sergeant"}
	case 8, 9:
		c := GiveClearance{Services: services, GivenBy: "sergeant", Until: until}
		switch rapid.IntRange(0, 2).Draw(t, "for") {
		case 0:
			c.Incident = incident
		case 1:
			c.Zone = zone
		default:
			c.Clearance = ClearanceID(fmt.Sprintf("ec%d", max(1, s.Counters.Clearance)))
		}
		return c
	case 10:
		return WithdrawClearance{Clearance: ClearanceID(fmt.Sprintf("ec%d", max(1, s.Counters.Clearance))), Reason: "over"}
	case 11, 12:
		a := RecordAgreement{Liaison: "l1", Zone: zone, Terms: "one lane", Services: services, From: w.meta.At.Add(rapid.SampledFrom([]Millis{0, 10 * Minute}).Draw(t, "from")), Until: until.Add(10 * Minute), AgreedBy: "a", WitnessedBy: "b"}
		if z := s.Zones[zone]; z != nil && len(z.Gates) > 0 && rapid.Bool().Draw(t, "one gate") {
			a.Gates = []GateID{z.Gates[0].ID}
		}
		return a
	case 13:
		return EndAgreement{Agreement: AgreementID(fmt.Sprintf("ag%d", max(1, s.Counters.Agreement))), Reason: "over"}
	case 14, 15:
		return DispatchUnit{Unit: unit, Incident: incident, Outside: rapid.Bool().Draw(t, "outside"), Override: rapid.SampledFrom([]string{"", "", "asked for"}).Draw(t, "override")}
	case 16:
		return SetUnitStatus{Unit: unit, Status: rapid.SampledFrom([]Status{StatusEnRoute, StatusStaged, StatusOnScene, StatusAvailable}).Draw(t, "status"), Source: SourceRadio}
	case 17:
		if i := s.Incidents[incident]; i != nil && i.Entry != nil {
			if z := s.Zones[i.Entry.Owner]; z != nil && len(z.Gates) > 0 {
				return PlanEntry{Incident: incident, Gate: z.Gates[rapid.IntRange(0, len(z.Gates)-1).Draw(t, "gate")].ID, Why: "nearer", Apart: rapid.Bool().Draw(t, "apart")}
			}
		}
		return CloseIncident{Incident: incident, Disposition: "done", Authority: "a"}
	case 18:
		return restart{}
	case 19:
		return TriageContact{Contact: ContactID(fmt.Sprintf("c%d", max(1, s.Counters.Contact))), Type: rapid.SampledFrom([]string{"THEFT", "SHOTS", "CARDIAC"}).Draw(t, "triaged")}
	case 20:
		return AbandonContact{Contact: ContactID(fmt.Sprintf("c%d", rapid.Uint64Range(1, max(1, s.Counters.Contact)).Draw(t, "leaves"))), Reason: "hung up"}
	case 21:
		point := at("moves to")
		return LocateContact{Contact: ContactID(fmt.Sprintf("c%d", rapid.Uint64Range(1, max(1, s.Counters.Contact)).Draw(t, "moves"))), Place: Private{Place: "200 block of Main St", Point: &point}}
	case 22:
		return ReopenIncident{Incident: incident, Reason: "more to do"}
	case 23:
		return CloseIncident{Incident: incident, Disposition: "done", Authority: "a"}
	case 24:
		return JoinContact{Contact: ContactID(fmt.Sprintf("c%d", max(1, s.Counters.Contact))), Incident: incident}
	}
	return Tick{}
}

// TestRingHolds: an outline holds what lies in it, and nothing that reaches out.
func TestRingHolds(t *testing.T) {
	at := func(pairs ...int32) geo.Ring {
		var r geo.Ring
		for p := range slices.Chunk(pairs, 2) {
			r = append(r, geo.Point{Lon: p[0] * 10_000, Lat: p[1] * 10_000})
		}
		return r
	}
	notched := at(0, 0, 10, 0, 10, 10, 6, 10, 5, 2, 4, 10, 0, 10)
	for name, c := range map[string]struct {
		outer, inner geo.Ring
		want         bool
	}{
		"itself":           {notched, notched, true},
		"well inside":      {at(0, 0, 10, 0, 10, 10, 0, 10), at(2, 2, 3, 2, 3, 3), true},
		"a shared edge":    {at(0, 0, 10, 0, 10, 10, 0, 10), at(0, 0, 10, 0, 5, 5), true},
		"reaches out":      {at(0, 0, 10, 0, 10, 10, 0, 10), at(2, 2, 12, 2, 3, 3), false},
		"apart":            {at(0, 0, 1, 0, 1, 1), at(2, 2, 3, 2, 3, 3), false},
		"across the notch": {notched, at(1, 8, 9, 8, 9, 9, 1, 9), false},
		"around the notch": {notched, at(1, 1, 9, 1, 9, 9, 1, 9), false},
		"below the notch":  {notched, at(1, 0, 9, 0, 9, 1, 1, 1), true},
		"holds the outer":  {at(2, 2, 3, 2, 3, 3), at(0, 0, 10, 0, 10, 10, 0, 10), false},
		"one arm of it":    {notched, at(1, 5, 3, 5, 3, 9, 1, 9), true},
	} {
		if got := ringHolds(c.outer, c.inner); got != c.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}
