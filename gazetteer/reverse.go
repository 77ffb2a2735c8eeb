package gazetteer

import (
	"cmp"
	"slices"

	"github.com/everycall/everycall/geo"
)

// atSpot is how near a place is to something to be at it, not near it.
const atSpot = geo.Millimetres(20_000)

// cellHeight is the height and, at the middle of everything, the width of a cell
// of the grid, in 1e-7 degrees of latitude: about 500 m.
const cellHeight = 45_000

// spotGrid finds the nearest crossing, block or place: spots by the cell that
// holds them.
type spotGrid struct {
	cellWidth int32
	cells     []uint64 // sorted; one for each spot
	spots     []spot
}

// spot is one row of the index: an index into crossings, blocks or places.
type spot struct {
	kind uint8
	row  uint32
}

const (
	spotCrossing uint8 = iota
	spotBlock
	spotPlace
)

func newSpotGrid(x *Index) spotGrid {
	f := frameAt(x.centre)
	g := spotGrid{cellWidth: int32(min(cellHeight*northUnit/max(f.east, northUnit/100), 10_000_000))}
	for i, c := range x.crossings {
		if c.A < c.B {
			g.spots = append(g.spots, spot{spotCrossing, uint32(i)})
		}
	}
	for i := range x.blocks {
		g.spots = append(g.spots, spot{spotBlock, uint32(i)})
	}
	for i := range x.places {
		g.spots = append(g.spots, spot{spotPlace, uint32(i)})
	}
	slices.SortFunc(g.spots, func(a, b spot) int {
		return cmp.Or(cmp.Compare(g.cell(x.at(a)), g.cell(x.at(b))), cmp.Compare(a.kind, b.kind), cmp.Compare(a.row, b.row))
	})
	g.spots = slices.Clip(g.spots)
	g.cells = make([]uint64, len(g.spots))
	for i, s := range g.spots {
		g.cells[i] = g.cell(x.at(s))
	}
	return g
}

func (x *Index) at(s spot) geo.Point {
	switch s.kind {
	case spotCrossing:
		return x.crossings[s.row].Point
	case spotBlock:
		return x.blocks[s.row].Point
	}
	return x.places[s.row].Point
}

// column and line of a point's cell, never negative.
func (g *spotGrid) column(p geo.Point) int64 {
	return (int64(p.Lon) + int64(geo.LonMax)) / int64(g.cellWidth)
}
func (g *spotGrid) line(p geo.Point) int64 {
	return (int64(p.Lat) + int64(geo.LatMax)) / cellHeight
}

func (g *spotGrid) cell(p geo.Point) uint64 { return uint64(g.line(p))<<32 | uint64(g.column(p)) }

// Reverse names the crossing, block or place nearest to p, as a person would say
// where p is: "12 Av / E Pine St" within 20 m of it, else "near 12 Av / E Pine St".
// Point is that of what is named, Distance how far p is from there. It is false
// if nothing lies within ReverseReach.
func (x *Index) Reverse(p geo.Point) (Match, bool) {
	if !p.Valid() {
		return Match{}, false
	}
	for _, reach := range [...]int64{1, 5} { // cells each way
		s, d, ok := x.nearestSpot(p, reach)
		// A cell may be lower than 500 m by a hair, and narrower far to the north.
		if ok && (d <= geo.Millimetres(reach)*400_000) && d <= ReverseReach {
			m := x.spotMatch(s)
			m.Distance = d
			if d > atSpot {
				m.Label = "near " + m.Label
			}
			return m, true
		}
	}
	return Match{}, false
}

func (x *Index) nearestSpot(p geo.Point, reach int64) (spot, geo.Millimetres, bool) {
	g := &x.spots
	var best spot
	nearest, found := geo.Millimetres(0), false
	column, line := g.column(p), g.line(p)
	for y := max(line-reach, 0); y <= line+reach; y++ {
		first := uint64(y)<<32 | uint64(max(column-reach, 0))
		last := uint64(y)<<32 | uint64(column+reach)
		i, _ := slices.BinarySearch(g.cells, first)
		for ; i < len(g.cells) && g.cells[i] <= last; i++ {
			d := geo.Distance(p, x.at(g.spots[i]))
			if !found || d < nearest || d == nearest && g.spots[i].kind < best.kind {
				best, nearest, found = g.spots[i], d, true
			}
		}
	}
	return best, nearest, found
}

func (x *Index) spotMatch(s spot) Match {
	m := Match{Point: x.at(s), Exact: true, Distance: -1}
	switch s.kind {
	case spotCrossing:
		c := x.crossings[s.row]
		return x.crossingMatch(m, c.A, c.B)
	case spotBlock:
		b := x.blocks[s.row]
		m.Label, m.Kind, m.Within = blockLabel(b.Number, x.streets[b.Street]), KindBlock, WithinBlock
		m.Streets = []string{x.streets[b.Street]}
		return m
	}
	place := x.places[s.row]
	m.Label, m.Kind, m.Place, m.Within = place.Name, KindPlace, place.Kind, WithinPlace
	return m
}
