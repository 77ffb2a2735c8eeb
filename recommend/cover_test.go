package recommend

import (
	"fmt"
	"reflect"
	"testing"

	"github.com/everycall/everycall/dispatch"
	"github.com/everycall/everycall/geo"
	"pgregory.net/rapid"
)

// crow drives straight at 10 m/s.
func crow(_ dispatch.UnitID, from, to geo.Point) (dispatch.Millis, bool) {
	return dispatch.Millis(geo.Distance(from, to)) / 10, true
}

func coverRoom(stations, units int) (*dispatch.State, []Spot, CoverAsk) {
	s := dispatch.NewState()
	var spots []Spot
	for n := range stations {
		p := geo.Point{Lon: int32(n%5) * 400_000, Lat: int32(n/5) * 400_000}
		id := fmt.Sprintf("S%02d", n)
		spots = append(spots, Spot{ID: id, Name: id, Point: p, Station: dispatch.StationID(id)})
	}
	where := map[dispatch.UnitID]geo.Point{}
	for n := range units {
		id := dispatch.UnitID(fmt.Sprintf("E%02d", n))
		s.Units[id] = &dispatch.Unit{ID: id, Service: "fire", Status: dispatch.StatusAvailable}
		where[id] = spots[n%stations].Point
	}
	return s, spots, CoverAsk{Service: "fire", Limit: 6 * dispatch.Minute, Way: crow, Where: func(u dispatch.UnitID) (geo.Point, bool) { p, known := where[u]; return p, known }}
}

func TestNobodyMovesWhereAllIsCovered(t *testing.T) {
	s, spots, q := coverRoom(6, 6)
	for _, c := range Cover(s, spots, q) {
		if c.Bare || c.Travel != 0 {
			t.Errorf("%+v", c)
		}
	}
	if moves := MoveUps(s, spots, q, 3); len(moves) != 0 {
		t.Errorf("%+v", moves)
	}
}

func TestAUnitMovesToWhatIsBare(t *testing.T) {
	s, spots, q := coverRoom(10, 3) // S00 … S02 have an engine each
	bare := Cover(s, spots, q)[0]
	if !bare.Bare || bare.Spot.ID != "S09" {
		t.Errorf("the barest is %+v", bare)
	}
	moves := MoveUps(s, spots, q, 1)
	if len(moves) != 1 || moves[0].Station == "" || moves[0].Why == "" {
		t.Errorf("%+v", moves)
	}
	spots[0].Lost, spots[9].Lost = true, true
	if got := Cover(s, spots, q); !got[0].Spot.Lost || got[0].Spot.ID != "S09" {
		t.Errorf("a lost station that is bare comes first: %+v", got[0])
	}
	for _, m := range MoveUps(s, spots, q, 5) {
		if m.Station == "S00" || m.Station == "S09" {
			t.Errorf("a move to a station that is lost: %+v", m)
		}
	}
}

// TestMovesHelp: moves are one unit each, never leave more places bare than before, and
// the same question gives the same answer.
func TestMovesHelp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, spots, q := coverRoom(rapid.IntRange(1, 15).Draw(t, "stations"), rapid.IntRange(0, 12).Draw(t, "units"))
		where := map[dispatch.UnitID]geo.Point{}
		for _, u := range unitsInOrder(s) {
			where[u.ID] = spots[rapid.IntRange(0, len(spots)-1).Draw(t, "at")].Point
		}
		q.Where = func(u dispatch.UnitID) (geo.Point, bool) { p, known := where[u]; return p, known }
		for n := range spots {
			spots[n].Lost = rapid.IntRange(0, 4).Draw(t, "lost") == 0
		}
		sum, bare := lateOf(Cover(s, spots, q), q)
		moves := MoveUps(s, spots, q, 4)
		if again := MoveUps(s, spots, q, 4); !reflect.DeepEqual(moves, again) {
			t.Fatalf("%+v, and then %+v", moves, again)
		}
		seen := map[dispatch.UnitID]bool{}
		for _, m := range moves {
			if seen[m.Unit] {
				t.Fatalf("%s moves twice", m.Unit)
			}
			seen[m.Unit] = true
			for _, spot := range spots {
				if spot.Station == m.Station {
					if spot.Lost {
						t.Fatalf("%s moves to a station that is lost", m.Unit)
					}
					where[m.Unit] = spot.Point
				}
			}
		}
		if then, left := lateOf(Cover(s, spots, q), q); left > bare || then > sum || len(moves) > 0 && then+dispatch.Minute*dispatch.Millis(len(moves)) > sum {
			t.Fatalf("%d bare and %d ms late, after %d moves %d and %d", bare, sum, len(moves), left, then)
		}
	})
}

func lateOf(all []Covered, q CoverAsk) (dispatch.Millis, int) {
	var times []dispatch.Millis
	for _, c := range all {
		times = append(times, c.Travel)
	}
	return q.late(times)
}

// BenchmarkMoveUps is three moves at an ordinary size and at the limits.
func BenchmarkMoveUps(b *testing.B) {
	for _, size := range [][2]int{{50, 250}, {dispatch.MaxStations, dispatch.MaxUnits}} {
		b.Run(fmt.Sprintf("%d stations %d units", size[0], size[1]), func(b *testing.B) {
			s, spots, q := coverRoom(size[0], size[1])
			where := map[dispatch.UnitID]geo.Point{}
			for n, u := range unitsInOrder(s) { // all in one half
				where[u.ID] = spots[n%(len(spots)/2)].Point
			}
			q.Where = func(u dispatch.UnitID) (geo.Point, bool) { p, known := where[u]; return p, known }
			for b.Loop() {
				if len(MoveUps(s, spots, q, 3)) == 0 {
					b.Fatal("nobody moves")
				}
			}
		})
	}
}
