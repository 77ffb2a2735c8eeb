package recommend

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/everycall/everycall/dispatch"
	"github.com/everycall/everycall/geo"
)

// CoverNear is how many free units, the nearest as the crow flies, are asked for their
// way to a place: who covers it is among them.
const CoverNear = 8

// Spot is a place that a service should be able to come to in time: a station, or the
// middle of a beat.
type Spot struct {
	ID      string
	Name    string
	Point   geo.Point
	Station dispatch.StationID // where a unit could stand; "": nowhere
	Lost    bool               // a station that cannot be used
}

// Covered is how a spot is covered now.
type Covered struct {
	Spot   Spot
	Unit   dispatch.UnitID // the free unit that would be there first; "": none
	Travel dispatch.Millis // TravelUnknown when nobody is free or known
	Bare   bool            // nobody within the limit
}

// CoverAsk is what Cover and MoveUps ask about the world.
type CoverAsk struct {
	Service dispatch.Service
	Limit   dispatch.Millis
	Where   func(dispatch.UnitID) (geo.Point, bool)
	Way     func(unit dispatch.UnitID, from, to geo.Point) (dispatch.Millis, bool)
}

// stand is a free unit and where it is.
type stand struct {
	unit *dispatch.Unit
	at   geo.Point
}

func (q CoverAsk) free(s *dispatch.State) []stand {
	var all []stand
	for _, u := range unitsInOrder(s) {
		if u.Service != q.Service || !u.Free() {
			continue
		}
		if at, known := q.Where(u.ID); known {
			all = append(all, stand{u, at})
		}
	}
	return all
}

// Cover says of each spot which free unit of the service would be there first, the bare
// ones first, lost stations before others, then the farthest.
func Cover(s *dispatch.State, spots []Spot, q CoverAsk) []Covered {
	out := q.cover(q.free(s), spots)
	slices.SortStableFunc(out, func(a, b Covered) int {
		return cmp.Or(first(a.Bare, b.Bare), first(a.Spot.Lost, b.Spot.Lost), cmp.Compare(b.Travel, a.Travel), cmp.Compare(a.Spot.ID, b.Spot.ID))
	})
	return out
}

func first(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	}
	return 1
}

// reach is who would be at a spot first, and how soon somebody else would be: by place
// among the units; −1: nobody.
type reach struct {
	unit         int
	first, other dispatch.Millis
}

// reaches asks the free units nearest to each spot for their ways.
func (q CoverAsk) reaches(units []stand, spots []Spot) []reach {
	out := make([]reach, len(spots))
	for n := range spots {
		r := reach{unit: -1, first: TravelUnknown, other: TravelUnknown}
		for _, k := range nearest(units, spots[n].Point, nil) {
			ms, known := q.Way(units[k].unit.ID, units[k].at, spots[n].Point)
			switch {
			case !known:
			case ms < r.first:
				r = reach{unit: k, first: ms, other: r.first}
			default:
				r.other = min(r.other, ms)
			}
		}
		out[n] = r
	}
	return out
}

// nearest are at most CoverNear units, the nearest to a place as the crow flies; those
// in but are left out.
func nearest(units []stand, to geo.Point, but map[dispatch.UnitID]bool) []int {
	var near [CoverNear]int
	var far [CoverNear]geo.Millimetres
	n := 0
	for k := range units {
		if but[units[k].unit.ID] {
			continue
		}
		d := geo.Distance(units[k].at, to)
		if n == CoverNear && d >= far[n-1] {
			continue
		}
		if n < CoverNear {
			n++
		}
		at := n - 1
		for ; at > 0 && far[at-1] > d; at-- {
			near[at], far[at] = near[at-1], far[at-1]
		}
		near[at], far[at] = k, d
	}
	return append([]int(nil), near[:n]...)
}

func (q CoverAsk) cover(units []stand, spots []Spot) []Covered {
	out := make([]Covered, len(spots))
	for n, r := range q.reaches(units, spots) {
		out[n] = Covered{Spot: spots[n], Travel: r.first, Bare: r.first > q.Limit}
		if r.unit >= 0 {
			out[n].Unit = units[r.unit].unit.ID
		}
	}
	return out
}

// Move is one proposal: a free unit stands at another station.
type Move struct {
	Unit    dispatch.UnitID
	Station dispatch.StationID
	Travel  dispatch.Millis // until it stands there
	Why     string
}

// late is by how much all spots together are covered too late, and how many are.
func (q CoverAsk) late(times []dispatch.Millis) (sum dispatch.Millis, bare int) {
	for _, ms := range times {
		if ms > q.Limit {
			sum += ms - q.Limit
			bare++
		}
	}
	return sum, bare
}

// MoveUps proposes at most so many moves, one after the other: each is the one that
// makes all spots together least late (a greedy answer to the relocation problem of
// Kolesar and Walker, 1974, "An Algorithm for the Dynamic Relocation of Fire Companies").
// A move that leaves more spots bare than before, or helps by less than a minute, is not
// proposed; where nothing is bare nobody moves. It asks for one way a spot and candidate,
// of which there are at most targetsMost·CoverNear a move.
func MoveUps(s *dispatch.State, spots []Spot, q CoverAsk, most int) []Move {
	units := q.free(s)
	var moves []Move
	moved := map[dispatch.UnitID]bool{}
	times := make([]dispatch.Millis, len(spots))
	for len(moves) < most {
		now := q.reaches(units, spots)
		for n := range now {
			times[n] = now[n].first
		}
		sum, bare := q.late(times)
		if bare == 0 {
			break
		}
		best := Move{}
		bestSum, bestBare, bestAt := sum-dispatch.Minute, bare, -1
		var goal geo.Point
		for _, target := range targets(spots, times) {
			for _, k := range nearest(units, target.Point, moved) {
				way, known := q.Way(units[k].unit.ID, units[k].at, target.Point)
				if !known || units[k].at == target.Point {
					continue
				}
				for n, r := range now {
					if times[n] = r.first; r.unit == k {
						times[n] = r.other
					}
					if ms, known := q.Way(units[k].unit.ID, target.Point, spots[n].Point); known {
						times[n] = min(times[n], ms)
					}
				}
				if then, left := q.late(times); left <= bestBare && (then < bestSum || left < bestBare && then <= bestSum) {
					bestSum, bestBare, bestAt, goal = then, left, k, target.Point
					best = Move{Unit: units[k].unit.ID, Station: target.Station, Travel: way}
				}
			}
		}
		if bestAt < 0 {
			break
		}
		best.Why = "bare places " + strconv.Itoa(bare) + " to " + strconv.Itoa(bestBare) + "; " + strconv.FormatInt(int64((sum-bestSum)/dispatch.Minute), 10) + " minutes less late in all"
		units[bestAt].at = goal
		moved[best.Unit] = true
		moves = append(moves, best)
	}
	return moves
}

// targetsMost is how many open stations near what is barest are tried.
const targetsMost = 6

// targets are open stations, those nearest to what is barest first. times has a time for
// every spot.
func targets(spots []Spot, times []dispatch.Millis) []Spot {
	worst := 0
	for n := range spots {
		if times[n] > times[worst] || times[n] == times[worst] && spots[n].ID < spots[worst].ID {
			worst = n
		}
	}
	var open []Spot
	for _, spot := range spots {
		if spot.Station != "" && !spot.Lost {
			open = append(open, spot)
		}
	}
	slices.SortFunc(open, func(a, b Spot) int {
		return cmp.Or(cmp.Compare(geo.Distance(a.Point, spots[worst].Point), geo.Distance(b.Point, spots[worst].Point)), cmp.Compare(a.ID, b.ID))
	})
	return open[:min(targetsMost, len(open))]
}
