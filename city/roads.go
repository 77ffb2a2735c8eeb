package city

import (
	"errors"

	"github.com/everycall/everycall/geo"
	"github.com/everycall/everycall/road"
)

// lengthUnit is the precision of stored street lengths, in millimetres: that of
// the source.
const lengthUnit = 100

// encodeRoads writes nodes, then edges by their first node; a length is written
// as what it has beyond the straight line.
func encodeRoads(g *road.Graph, order []uint32) []byte {
	var w writer
	w.unsigned(uint64(len(g.Names())))
	for _, name := range g.Names() {
		w.text(name)
	}
	w.unsigned(uint64(g.NodeCount()))
	for n := range g.NodeCount() {
		w.point(g.Point(road.Node(n)))
	}
	w.unsigned(uint64(len(g.Edges())))
	var from, name int64
	for _, e := range g.Edges() {
		w.signed(int64(e.From) - from)
		from = int64(e.From)
		w.signed(int64(e.To) - from)
		w.unsigned(uint64(max(e.Length-straight(g.Point(e.From), g.Point(e.To)), 0) / lengthUnit))
		w.signed(int64(e.Name) - name)
		name = int64(e.Name)
		if e == plainly(e) {
			w.unsigned(uint64(e.Class) << 1)
			continue
		}
		w.unsigned(uint64(e.Class)<<1 | 1)
		for _, v := range []uint64{uint64(e.Forward), uint64(e.Backward), uint64(e.Local), uint64(e.Limit), uint64(e.Travel)} {
			w.unsigned(v)
		}
	}
	w.unsigned(uint64(len(g.Bans())))
	for _, b := range g.Bans() {
		w.unsigned(uint64(b.From))
		w.unsigned(uint64(b.To))
		w.unsigned(uint64(b.Via))
		w.unsigned(uint64(b.For))
	}
	w.unsigned(uint64(len(g.Barriers())))
	for _, b := range g.Barriers() {
		w.unsigned(uint64(b.Node))
		w.unsigned(uint64(b.For))
	}
	w.unsigned(uint64(len(order)))
	for _, link := range order {
		w.unsigned(uint64(link))
	}
	return w.out
}

// plainly is an edge as it is where the source says nothing of who may drive it.
func plainly(e road.Edge) road.Edge {
	return road.Edge{From: e.From, To: e.To, Length: e.Length, Name: e.Name, Class: e.Class, Forward: road.Everybody, Backward: road.Everybody}
}

// straight is the straight line from a to b rounded to a whole lengthUnit;
// road.New lengthens an edge that rounding made too short.
func straight(a, b geo.Point) geo.Millimetres {
	return (geo.Distance(a, b) + lengthUnit/2) / lengthUnit * lengthUnit
}

func decodeRoads(raw []byte) (*road.Graph, []uint32, error) {
	r := &reader{rest: raw}
	names := make([]string, r.countTo(road.NamesMax))
	for i := range names {
		names[i] = r.text()
	}
	points := make([]geo.Point, r.countTo(road.NodesMax))
	for i := range points {
		points[i] = r.point()
	}
	edges := make([]road.Edge, r.countTo(road.EdgesMax))
	var from, name int64
	for i := range edges {
		from += r.signed()
		to := from + r.signed()
		extra := r.unsigned()
		name += r.signed()
		class := r.unsigned()
		if r.bad || from < 0 || to < 0 || from >= int64(len(points)) || to >= int64(len(points)) ||
			name < 0 || name >= int64(len(names)) || extra > uint64(road.EdgeLengthMax) {
			return nil, nil, errors.New(`section "roads" is damaged`)
		}
		edges[i] = plainly(road.Edge{
			From: road.Node(from), To: road.Node(to), Name: uint32(name), Class: road.Class(class >> 1),
			Length: straight(points[from], points[to]) + geo.Millimetres(extra)*lengthUnit,
		})
		if class&1 != 0 {
			e := &edges[i]
			e.Forward, e.Backward, e.Local = road.Vehicles(r.small()), road.Vehicles(r.small()), road.Vehicles(r.small())
			e.Limit, e.Travel = r.small(), r.index()
		}
	}
	bans := make([]road.Ban, r.countTo(road.BansMax))
	for i := range bans {
		bans[i] = road.Ban{From: r.index(), To: r.index(), Via: road.Node(r.index()), For: road.Vehicles(r.small())}
	}
	barriers := make([]road.Barrier, r.countTo(road.BansMax))
	for i := range barriers {
		barriers[i] = road.Barrier{Node: road.Node(r.index()), For: road.Vehicles(r.small())}
	}
	order := make([]uint32, r.count())
	for i := range order {
		order[i] = r.index()
	}
	if err := r.done("roads"); err != nil {
		return nil, nil, err
	}
	g, err := road.New(road.Network{Points: points, Edges: edges, Names: names, Bans: bans, Barriers: barriers})
	return g, order, err
}
