package road

import (
	"math"
	"slices"

	"github.com/everycall/everycall/geo"
)

// cellUnits is the height of a grid cell in 1e-7 degrees (about 220 m); cells
// are twice as wide in longitude, which makes them roughly square mid-latitude.
const (
	cellUnits = 20_000
	cellsMax  = 1 << 22
)

// grid lists, per cell, the edges whose box touches the cell, in compressed rows.
type grid struct {
	origin        geo.Point
	wide, high    int // in cells
	cellW, cellH  int64
	first, edgeAt []uint32
}

func newGrid(points []geo.Point, edges []Edge) grid {
	box := geo.BoxOf(points...)
	g := grid{origin: box.Min, cellW: 2 * cellUnits, cellH: cellUnits}
	spanLon, spanLat := int64(box.Max.Lon)-int64(box.Min.Lon), int64(box.Max.Lat)-int64(box.Min.Lat)
	for (spanLon/g.cellW+1)*(spanLat/g.cellH+1) > cellsMax {
		g.cellW, g.cellH = 2*g.cellW, 2*g.cellH
	}
	g.wide, g.high = int(spanLon/g.cellW)+1, int(spanLat/g.cellH)+1
	g.first = make([]uint32, g.wide*g.high+1)
	g.each(points, edges, func(cell int, _ uint32) { g.first[cell+1]++ })
	for c := range g.wide * g.high {
		g.first[c+1] += g.first[c]
	}
	g.edgeAt = make([]uint32, g.first[len(g.first)-1])
	next := make([]uint32, len(g.first))
	copy(next, g.first)
	g.each(points, edges, func(cell int, edge uint32) {
		g.edgeAt[next[cell]] = edge
		next[cell]++
	})
	return g
}

// each visits every (cell, edge) pair where the edge's box touches the cell.
func (g *grid) each(points []geo.Point, edges []Edge, visit func(cell int, edge uint32)) {
	for i, e := range edges {
		a, b := points[e.From], points[e.To]
		c0, r0 := g.cell(geo.Point{Lon: min(a.Lon, b.Lon), Lat: min(a.Lat, b.Lat)})
		c1, r1 := g.cell(geo.Point{Lon: max(a.Lon, b.Lon), Lat: max(a.Lat, b.Lat)})
		for r := r0; r <= r1; r++ {
			for c := c0; c <= c1; c++ {
				visit(r*g.wide+c, uint32(i))
			}
		}
	}
}

// cell gives p's column and row, clamped to the grid.
func (g *grid) cell(p geo.Point) (column, row int) {
	column = int((int64(p.Lon) - int64(g.origin.Lon)) / g.cellW)
	row = int((int64(p.Lat) - int64(g.origin.Lat)) / g.cellH)
	return min(max(column, 0), g.wide-1), min(max(row, 0), g.high-1)
}

// reach is a length that every place outside the square of ring cells around p's
// cell is at least away from p, where the grid still has cells out there.
func (g *grid) reach(p geo.Point, ring int) geo.Millimetres {
	column, row := g.cell(p)
	nearest := geo.Millimetres(math.MaxInt64)
	side := func(inGrid bool, q geo.Point) {
		if inGrid {
			nearest = min(nearest, geo.Distance(p, q))
		}
	}
	lon := func(column int) int32 { return int32(int64(g.origin.Lon) + int64(column)*g.cellW) }
	lat := func(row int) int32 { return int32(int64(g.origin.Lat) + int64(row)*g.cellH) }
	side(column-ring > 0, geo.Point{Lon: min(lon(column-ring), p.Lon), Lat: p.Lat})
	side(row-ring > 0, geo.Point{Lon: p.Lon, Lat: min(lat(row-ring), p.Lat)})
	side(column+ring+1 < g.wide, geo.Point{Lon: max(lon(column+ring+1), p.Lon), Lat: p.Lat})
	side(row+ring+1 < g.high, geo.Point{Lon: p.Lon, Lat: max(lat(row+ring+1), p.Lat)})
	return nearest
}

// Place is a point on a street.
type Place struct {
	Edge     int       // index into Edges
	At       geo.Point // on the edge
	Distance geo.Millimetres
}

// NearestEdge finds the mainland street piece nearest to p; of two equally near,
// the one with the lower index. It reports false only for a graph whose mainland
// has no street.
func (g *Graph) NearestEdge(p geo.Point) (Place, bool) {
	return g.nearest(p, func(Edge) bool { return true })
}

// NearestNamed is NearestEdge among the street pieces with a known name.
func (g *Graph) NearestNamed(p geo.Point) (Place, bool) {
	return g.nearest(p, func(e Edge) bool { return e.Name != 0 })
}

func (g *Graph) nearest(p geo.Point, wanted func(Edge) bool) (Place, bool) {
	return g.nearestWhere(p, func(i uint32) bool { return g.OnMainland(g.edges[i].From) && wanted(g.edges[i]) })
}

func (g *Graph) nearestWhere(p geo.Point, wanted func(edge uint32) bool) (Place, bool) {
	best := Place{Edge: -1, Distance: math.MaxInt64}
	column, row := g.grid.cell(p)
	for ring := 0; ring < max(g.grid.wide, g.grid.high); ring++ {
		for r := max(row-ring, 0); r <= min(row+ring, g.grid.high-1); r++ {
			for c := max(column-ring, 0); c <= min(column+ring, g.grid.wide-1); c++ {
				if max(r-row, row-r, c-column, column-c) != ring {
					continue
				}
				cell := r*g.grid.wide + c
				for _, i := range g.grid.edgeAt[g.grid.first[cell]:g.grid.first[cell+1]] {
					if !wanted(i) {
						continue
					}
					e := &g.edges[i]
					d := geo.DistanceToSegment(p, g.points[e.From], g.points[e.To])
					if d < best.Distance || d == best.Distance && int(i) < best.Edge {
						best.Edge, best.Distance = int(i), d
					}
				}
			}
		}
		if best.Edge >= 0 && best.Distance < g.grid.reach(p, ring) {
			break
		}
	}
	if best.Edge < 0 {
		return Place{}, false
	}
	e := g.edges[best.Edge]
	best.At, _ = geo.NearestOnSegment(p, g.points[e.From], g.points[e.To])
	return best, true
}

// Nearest is the node at which a vehicle at p joins the network: the nearer end
// of the nearest mainland street, and how far that node is from p in a straight
// line. It reports false only for a graph whose mainland has no street.
func (g *Graph) Nearest(p geo.Point) (Node, geo.Millimetres, bool) {
	place, ok := g.NearestEdge(p)
	if !ok {
		return 0, 0, false
	}
	e := g.edges[place.Edge]
	from, to := geo.Distance(p, g.points[e.From]), geo.Distance(p, g.points[e.To])
	if to < from {
		return e.To, to, true
	}
	return e.From, from, true
}

// eachEdgeNear visits the edges that come near a box, each once, in order of index.
func (g *Graph) eachEdgeNear(box geo.Box, reach geo.Millimetres, visit func(edge uint32)) {
	const unitsPerMetre = 90                          // and some, of latitude
	margin := int32(reach/1000+1) * 3 * unitsPerMetre // of longitude too, up to 70°
	box = geo.Box{Min: geo.Point{Lon: box.Min.Lon - margin, Lat: box.Min.Lat - margin}, Max: geo.Point{Lon: box.Max.Lon + margin, Lat: box.Max.Lat + margin}}
	c0, r0 := g.grid.cell(box.Min)
	c1, r1 := g.grid.cell(box.Max)
	var found []uint32
	for r := r0; r <= r1; r++ {
		for c := c0; c <= c1; c++ {
			cell := r*g.grid.wide + c
			for _, i := range g.grid.edgeAt[g.grid.first[cell]:g.grid.first[cell+1]] {
				if e := &g.edges[i]; box.Intersects(geo.BoxOf(g.points[e.From], g.points[e.To])) {
					found = append(found, i)
				}
			}
		}
	}
	slices.Sort(found)
	for _, i := range slices.Compact(found) {
		visit(i)
	}
}
