package dispatch

import (
	"fmt"
	"slices"
	"testing"

	"github.com/everycall/everycall/geo"
	"pgregory.net/rapid"
)

// drawHazards makes a command about hazards or ways, of ids from small pools.
func (w *world) drawHazards(incident IncidentID, unit UnitID, reason string) Command {
	t := w.t
	hazard := HazardID(fmt.Sprintf("h%d", max(1, int(w.live.Counters.Hazard)-rapid.IntRange(0, 2).Draw(t, "back"))))
	fact := AccessID(fmt.Sprintf("x%d", max(1, int(w.live.Counters.Access)-rapid.IntRange(0, 2).Draw(t, "back"))))
	state := rapid.SampledFrom([]AccessState{AccessOpen, AccessBlocked, AccessRestricted, AccessIsUnknown}).Draw(t, "state")
	switch rapid.IntRange(0, 12).Draw(t, "hazard") {
	case 0, 1, 2:
		c := RecordHazard{Radius: 2_000_000, Place: "100 block of Main St", Level: HazardLevel(rapid.IntRange(1, 3).Draw(t, "level")), Text: "dog", ReviewBy: w.meta.At.Add(rapid.SampledFrom([]Millis{Minute, Hour, Day}).Draw(t, "review"))}
		if p := w.drawPoint(); p != nil {
			c.Point = *p
		}
		return c
	case 3:
		return ReviewHazard{Hazard: hazard, ReviewBy: w.meta.At.Add(Hour), Reason: reason}
	case 4:
		return WithdrawHazard{Hazard: hazard, Reason: reason}
	case 5, 6, 7:
		c := AcknowledgeHazards{Incident: incident, Hazards: w.drawRead(), Where: rapid.SampledFrom([]AckWhere{AckCall, AckDispatch, AckPhone}).Draw(t, "where")}
		if c.Where != AckCall {
			c.Unit = unit
		}
		return c
	case 8, 9:
		f := AccessFact{Kind: "line", Geometry: []geo.Point{{}, {Lon: int32(rapid.IntRange(-1, 1).Draw(t, "lon")) * 10_000, Lat: 10_000}}, Direction: rapid.SampledFrom([]string{"both", "forward"}).Draw(t, "direction"),
			State: state, Source: "officer", Confidence: "seen", HalfLife: rapid.SampledFrom([]Millis{Minute, Hour}).Draw(t, "half-life"), Obstacle: rapid.SampledFrom([]Obstacle{"", ObstacleCheckpoint}).Draw(t, "obstacle")}
		if f.Obstacle != "" {
			f.Admits = []Service{"police"}
		}
		return RecordAccess{Fact: f}
	case 10:
		return ConfirmAccess{Access: fact, Source: "officer", Confidence: "seen", State: rapid.SampledFrom([]AccessState{"", state}).Draw(t, "now")}
	case 11:
		return NotifyAccess{Access: fact, Service: rapid.SampledFrom([]Service{"police", "fire", "ems", "community"}).Draw(t, "service")}
	}
	return rapid.SampledFrom([]Command{WithdrawAccess{Access: fact, Reason: reason}, ReportAccessMissed{Access: fact, PackHash: "abc"}}).Draw(t, "end")
}

// drawRead draws what somebody was shown and has read.
func (w *world) drawRead() []HazardID {
	if w.live.Counters.Hazard == 0 {
		return nil
	}
	var read []HazardID
	for n := range w.live.Counters.Hazard {
		if rapid.IntRange(0, 3).Draw(w.t, "read") > 0 {
			read = append(read, HazardID(fmt.Sprintf("h%d", n+1)))
		}
	}
	return read
}

// unread says why a unit may not be sent: somebody has not read what is there. It looks
// at the acknowledgements alone, without the rules.
func (w *world) unread(c Command) string {
	d, is := c.(DispatchUnit)
	i := w.live.Incidents[d.Incident]
	if !is || i == nil {
		return ""
	}
	for _, here := range i.Hazards {
		level, known := w.live.Hazards[here.Hazard].Level, contains(d.Hazards, here.Hazard)
		for _, a := range here.Acks {
			since := !slices.ContainsFunc(i.Assignments, func(of Assignment) bool { return of.Unit == d.Unit && !of.Stacked && of.EndedAt > a.At })
			known = known || a.Where == AckDispatch && (level < HazardDanger || a.Unit == d.Unit && since)
		}
		if !known {
			return fmt.Sprintf("nobody has read %s (%s) for %s", here.Hazard, level, d.Unit)
		}
	}
	return ""
}

// TestOldAcknowledgementsMakeRoom: at MaxHazardAcks and one past it the newest are kept.
func TestOldAcknowledgementsMakeRoom(t *testing.T) {
	where := geo.Point{Lon: 1000, Lat: 1000}
	s := stateWith(t, RecordHazard{Point: where, Place: "100 block of Main St", Level: HazardDanger, Text: "dog", ReviewBy: scenarioStart.Add(Day)},
		ReceiveContact{ID: "c", Channel: "phone", Type: "NOISE", Person: Private{Place: "100 block of Main St", Point: &where}})
	must(t, s, AcknowledgeHazards{Incident: "i1", Hazards: slices.Repeat([]HazardID{"h1"}, MaxHazardsTogether), Where: AckCall})
	mustNot(t, s, AcknowledgeHazards{Incident: "i1", Hazards: slices.Repeat([]HazardID{"h1"}, MaxHazardsTogether+1), Where: AckCall}, FieldMissing)
	s.Incidents["i1"].Hazards[0].Acks = nil
	for n := range MaxHazardAcks + 1 {
		if got := len(s.Incidents["i1"].Hazards[0].Acks); got != n {
			t.Fatalf("%d acknowledgements after %d", got, n)
		}
		u := UnitID(fmt.Sprint("U", n))
		must(t, s, AddUnit{ID: u, Service: "police", Kind: "patrol", Status: StatusAvailable})
		must(t, s, AcknowledgeHazards{Incident: "i1", Hazards: []HazardID{"h1"}, Where: AckDispatch, Unit: u})
	}
	acks := s.Incidents["i1"].Hazards[0].Acks
	if len(acks) != MaxHazardAcks || acks[0].Unit != "U1" || acks[MaxHazardAcks-1].Unit != UnitID(fmt.Sprint("U", MaxHazardAcks)) {
		t.Errorf("%d kept, from %s to %s", len(acks), acks[0].Unit, acks[len(acks)-1].Unit)
	}
}

// TestOldSightingsMakeRoom: the same of MaxSightings.
func TestOldSightingsMakeRoom(t *testing.T) {
	s := stateWith(t, RecordAccess{Fact: AccessFact{Kind: "point", Geometry: []geo.Point{{}}, Direction: "both", State: AccessBlocked, Source: "0", Confidence: "seen", HalfLife: Hour}})
	for n := range MaxSightings + 1 {
		must(t, s, ConfirmAccess{Access: "x1", Source: fmt.Sprint(n + 1), Confidence: "seen"})
	}
	f := s.Access["x1"]
	if len(f.Sightings) != MaxSightings || f.Sightings[0].Source != "1" || f.Confirmations != MaxSightings+1 || f.Source != fmt.Sprint(MaxSightings+1) {
		t.Errorf("%d kept from %s, %d in all, newest %s", len(f.Sightings), f.Sightings[0].Source, f.Confirmations, f.Source)
	}
}

func TestUnknownWaysAreConfigured(t *testing.T) {
	s := stateWith(t)
	c := roomStandard()
	c.UnknownWays = []UnknownWays{{"fire", "avoid"}, {"police", "allow"}}
	must(t, s, Configure{Config: c})
	for _, wrong := range [][]UnknownWays{{{"navy", "avoid"}}, {{"fire", "perhaps"}}, {{"fire", "avoid"}, {"fire", "allow"}}} {
		c.UnknownWays = wrong
		mustNot(t, s, Configure{Config: c}, ConfigInvalid)
	}
}

// TestPropertyConflictIsTheSameFromEitherSide: whether two facts are about the same way
// does not depend on which of them is asked.
func TestPropertyConflictIsTheSameFromEitherSide(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		at := func(name string) geo.Point {
			return geo.Point{Lon: rapid.Int32Range(-2000, 2000).Draw(t, name), Lat: rapid.Int32Range(-2000, 2000).Draw(t, name)}
		}
		fact := func(name string) *AccessFact {
			f := &AccessFact{Kind: rapid.SampledFrom([]string{"point", "area"}).Draw(t, name), Direction: "both"}
			for range map[string]int{"point": 1, "area": 3}[f.Kind] {
				f.Geometry = append(f.Geometry, at(name))
			}
			return f
		}
		a, b := fact("a"), fact("b")
		if sameWay(a, b) != sameWay(b, a) {
			t.Fatalf("%+v and %+v", a, b)
		}
	})
}
