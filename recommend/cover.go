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

func (q CoverAsk) cover(units []stand, spots []Spot) []Covered {
	out := make([]Covered, len(spots))
	near := make([]int, 0, len(units))
	for n, spot := range spots {
		near = near[:0]
		for k := range units {
			near = append(near, k)
		}
		slices.SortFunc(near, func(a, b int) int {
			return cmp.Or(cmp.Compare(geo.Distance(units[a].at, spot.Point), geo.Distance(units[b].at, spot.Point)), cmp.Compare(a, b))
		})
		c := Covered{Spot: spot, Travel: TravelUnknown}
		for _, k := range near[:min(CoverNear, len(near))] {
			if ms, known := q.Way(units[k].unit.ID, units[k].at, spot.Point); known && ms < c.Travel {
				c.Unit, c.Travel = units[k].unit.ID, ms
			}
		}
		c.Bare = c.Travel > q.Limit
		out[n] = c
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

// late is by how much all spots together are covered too late.
func late(all []Covered, limit dispatch.Millis) (sum dispatch.Millis, bare int) {
	for _, c := range all {
		if c.Bare {
			sum += c.Travel - limit
			bare++
		}
	}
	return sum, bare
}

// MoveUps proposes at most so many moves, one after the other: each is the one that
// makes all spots together least late (a greedy answer to the relocation problem of
// Kolesar and Walker, 1974, "An Algorithm for the Dynamic Relocation of Fire Companies").
// A move that leaves more spots bare than before, or helps by less than a minute, is not
// proposed; where nothing is bare nobody moves.
func MoveUps(s *dispatch.State, spots []Spot, q CoverAsk, most int) []Move {
	units := q.free(s)
	now := q.cover(units, spots)
	var moves []Move
	moved := map[dispatch.UnitID]bool{}
	for len(moves) < most {
		sum, bare := late(now, q.Limit)
		if bare == 0 {
			break
		}
		best := Move{}
		bestSum, bestBare, bestAt := sum-dispatch.Minute, bare, -1
		var bestCover []Covered
		for _, target := range targets(now) {
			for _, k := range q.movable(units, target.Point, moved) {
				was := units[k].at
				way, known := q.Way(units[k].unit.ID, was, target.Point)
				if !known || was == target.Point {
					continue
				}
				units[k].at = target.Point
				then := q.cover(units, spots)
				units[k].at = was
				if s, b := late(then, q.Limit); b <= bestBare && (s < bestSum || b < bestBare && s <= bestSum) {
					bestSum, bestBare, bestAt, bestCover = s, b, k, then
					best = Move{Unit: units[k].unit.ID, Station: target.Station, Travel: way}
				}
			}
		}
		if bestAt < 0 {
			break
		}
		best.Why = "bare places " + strconv.Itoa(bare) + " to " + strconv.Itoa(bestBare) + "; " + strconv.FormatInt(int64((sum-bestSum)/dispatch.Minute), 10) + " minutes less late in all"
		for _, spot := range spots {
			if spot.Station == best.Station {
				units[bestAt].at = spot.Point
			}
		}
		moved[best.Unit] = true
		now = bestCover
		moves = append(moves, best)
	}
	return moves
}

// targetsMost is how many open stations near what is barest are tried.
const targetsMost = 6

// targets are open stations, those nearest to what is barest first.
func targets(now []Covered) []Spot {
	worst := slices.MaxFunc(now, func(a, b Covered) int {
		return cmp.Or(cmp.Compare(a.Travel, b.Travel), cmp.Compare(b.Spot.ID, a.Spot.ID))
	})
	var open []Spot
	for _, c := range now {
		if c.Spot.Station != "" && !c.Spot.Lost {
			open = append(open, c.Spot)
		}
	}
	slices.SortFunc(open, func(a, b Spot) int {
		return cmp.Or(cmp.Compare(geo.Distance(a.Point, worst.Spot.Point), geo.Distance(b.Point, worst.Spot.Point)), cmp.Compare(a.ID, b.ID))
	})
	return open[:min(targetsMost, len(open))]
}

// movable are the free units nearest to a place that have not been moved yet.
func (q CoverAsk) movable(units []stand, to geo.Point, moved map[dispatch.UnitID]bool) []int {
	var near []int
	for k := range units {
		if !moved[units[k].unit.ID] {
			near = append(near, k)
		}
	}
	slices.SortFunc(near, func(a, b int) int {
		return cmp.Or(cmp.Compare(geo.Distance(units[a].at, to), geo.Distance(units[b].at, to)), cmp.Compare(a, b))
	})
	return near[:min(CoverNear, len(near))]
}
