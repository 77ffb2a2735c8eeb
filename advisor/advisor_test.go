package advisor

import (
	"fmt"
	"testing"

	"github.com/everycall/everycall/dispatch"
	"github.com/everycall/everycall/geo"
)

func TestTravelByTheLine(t *testing.T) {
	from, to := geo.Point{Lon: -1223168570, Lat: 476152630}, geo.Point{Lon: -1223168570, Lat: 476242630} // 0.009° of latitude: about a kilometre
	fast := StraightLine{}.Way(nil, from, to, true)
	lights, line := fast.Travel, fast.Line
	ordinary := StraightLine{}.Way(nil, from, to, false).Travel
	if line < 995_000 || line > 1_006_000 {
		t.Fatalf("the line is %d mm", line)
	}
	if lights < 99_000 || lights > 103_000 { // 1.35 km at 13.4 m/s
		t.Fatalf("with lights %d ms", lights)
	}
	if ordinary <= lights {
		t.Fatalf("without lights %d ms, with lights %d ms", ordinary, lights)
	}
	if at := (StraightLine{}).Way(nil, from, from, true).Travel; at != shortestAnswerMs {
		t.Fatalf("on the spot: %d ms", at)
	}
}

func TestResidualIsTheMedianOfThoseThatLastedAsLong(t *testing.T) {
	s := dispatch.NewState()
	const now = dispatch.Instant(10_000_000_000)
	visit := func(id dispatch.IncidentID, unit dispatch.UnitID, began, ended dispatch.Instant) {
		s.Incidents[id] = &dispatch.Incident{ID: id, Assignments: []dispatch.Assignment{{Unit: unit, EndedAt: ended, Milestones: []dispatch.Milestone{{Status: dispatch.StatusOnScene, At: began}}}}}
	}
	for _, u := range []dispatch.UnitID{"old", "short", "long", "away"} {
		s.Units[u] = &dispatch.Unit{ID: u, Service: "police", Status: dispatch.StatusOnScene}
	}
	for n := range 20 { // lasted 1, 2, … 20 minutes
		began := now.Add(-dispatch.Hour)
		visit(dispatch.IncidentID(fmt.Sprint("i", n)), "old", began, began.Add(dispatch.Millis(n+1)*dispatch.Minute))
	}
	for unit, minutes := range map[dispatch.UnitID]dispatch.Millis{"short": 4, "long": 15} {
		visit(dispatch.IncidentID(unit), unit, now.Add(-minutes*dispatch.Minute), 0)
		s.Units[unit].Incident = dispatch.IncidentID(unit)
	}
	s.Units["away"].Status = dispatch.StatusEnRoute
	r := NewResidual(s)
	if got, known := r.Until("short", now); !known || got != 8*dispatch.Minute { // of 4 … 20 the middle one is 12
		t.Errorf("short: %d, %t", got, known)
	}
	for _, unit := range []dispatch.UnitID{"long", "away", "old", "nobody"} { // 15 … 20 are too few
		if got, known := r.Until(unit, now); known {
			t.Errorf("%s: %d is a guess", unit, got)
		}
	}
}
