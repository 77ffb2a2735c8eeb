// Package road holds a city's streets as an undirected graph: where the
// junctions are, how long each street piece is, what it is called, and the
// quickest way between two of them.
//
// A Graph is made once by New and never changes, so any number of goroutines may
// read it; a Workspace belongs to one goroutine at a time. Everything is in
// integers: millimetres, milliseconds, 1e-7 degrees.
//
// Islands: a road file usually has pieces that no other road reaches. They stay
// in the graph, so that a map can draw them, but Nearest and NearestEdge never
// answer with them and OnMainland tells them apart.
package road

import (
	"fmt"
	"math"

	"github.com/everycall/everycall/geo"
)

// Limits of one graph. New refuses what lies beyond.
const (
	NodesMax      = 4_000_000
	EdgesMax      = 8_000_000
	NamesMax      = 1 << 16
	EdgeLengthMax = geo.Millimetres(100_000_000) // 100 km
)

// Node is the index of a place where street pieces meet or bend.
type Node uint32

// Class ranks a street. The Seattle data carries none: the pack derives it.
type Class uint8

// The classes, slowest first.
const (
	Street Class = iota
	Arterial
)

// String is the class as the map's tiles spell it.
func (c Class) String() string {
	if c == Arterial {
		return "arterial"
	}
	return "street"
}

// SpeedMax is the highest value of Speed, in millimetres a second.
const SpeedMax = 12_500

// Speed is the travel speed in millimetres a second that the interim router
// assumes for a responding vehicle: 8 m/s (18 mph) on streets, 12.5 m/s (28 mph)
// on arterials, junctions included. Invented values: no source gives them; they
// hold until speeds are fitted to recorded fire times.
func (c Class) Speed() int64 {
	if c == Arterial {
		return SpeedMax
	}
	return 8_000
}

// Edge is one straight street piece, passable both ways.
type Edge struct {
	From, To Node
	Length   geo.Millimetres // never less than the straight line between the ends
	Name     uint16          // index into the graph's names; 0 is "no name known"
	Class    Class
}

// TravelMs is the time to drive the edge, in milliseconds, rounded up.
func (e Edge) TravelMs() int64 {
	speed := e.Class.Speed()
	return (int64(e.Length)*1000 + speed - 1) / speed
}

// arc is an edge seen from one of its ends.
type arc struct {
	to     Node
	edge   uint32
	travel uint32 // ms
}

// Graph is a street network in compressed rows: node n's arcs are
// arcs[first[n]:first[n+1]].
type Graph struct {
	points    []geo.Point
	edges     []Edge
	names     []string
	first     []uint32
	arcs      []arc
	component []uint32 // per node: the island it is on
	mainland  uint32   // the component with the most nodes
	mainNodes int
	grid      grid // edges by cell
}

// New makes a graph. names[0] must be "": the street whose name is not known. An
// edge shorter than the straight line between its ends is lengthened to it. The
// slices belong to the graph from here on.
func New(points []geo.Point, edges []Edge, names []string) (*Graph, error) {
	if len(points) == 0 || len(points) > NodesMax {
		return nil, fmt.Errorf("road graph: %d nodes, want 1 to %d", len(points), NodesMax)
	}
	if len(edges) > EdgesMax {
		return nil, fmt.Errorf("road graph: %d edges, want at most %d", len(edges), EdgesMax)
	}
	if len(names) == 0 || names[0] != "" || len(names) > NamesMax {
		return nil, fmt.Errorf("road graph: %d names, want 1 to %d, the first empty", len(names), NamesMax)
	}
	for i, p := range points {
		if !p.Valid() {
			return nil, fmt.Errorf("road graph: node %d is off the planet", i)
		}
	}
	g := &Graph{points: points, edges: edges, names: names, first: make([]uint32, len(points)+1)}
	for i := range edges {
		e := &edges[i]
		if int(e.From) >= len(points) || int(e.To) >= len(points) {
			return nil, fmt.Errorf("road graph: edge %d joins %d and %d, but there are %d nodes", i, e.From, e.To, len(points))
		}
		if int(e.Name) >= len(names) || e.Class > Arterial {
			return nil, fmt.Errorf("road graph: edge %d has name %d of %d, class %d", i, e.Name, len(names), e.Class)
		}
		e.Length = max(e.Length, geo.Distance(points[e.From], points[e.To]))
		if e.Length > EdgeLengthMax {
			return nil, fmt.Errorf("road graph: edge %d is %d mm long, want at most %d", i, e.Length, EdgeLengthMax)
		}
		g.first[e.From+1]++
		g.first[e.To+1]++
	}
	for n := range points {
		g.first[n+1] += g.first[n]
	}
	g.arcs = make([]arc, 2*len(edges))
	next := make([]uint32, len(points))
	copy(next, g.first)
	for i, e := range edges {
		travel := uint32(e.TravelMs())
		g.arcs[next[e.From]] = arc{to: e.To, edge: uint32(i), travel: travel}
		next[e.From]++
		g.arcs[next[e.To]] = arc{to: e.From, edge: uint32(i), travel: travel}
		next[e.To]++
	}
	g.findIslands()
	g.grid = newGrid(points, edges)
	return g, nil
}

// findIslands numbers the connected components and picks the largest; of two
// equally large ones, the one with the lower first node.
func (g *Graph) findIslands() {
	const unseen = math.MaxUint32
	g.component = make([]uint32, len(g.points))
	for i := range g.component {
		g.component[i] = unseen
	}
	var open []Node
	islands := uint32(0)
	for start := range g.points {
		if g.component[start] != unseen {
			continue
		}
		g.component[start] = islands
		size := 0
		open = append(open[:0], Node(start))
		for len(open) > 0 {
			n := open[len(open)-1]
			open = open[:len(open)-1]
			size++
			for _, a := range g.around(n) {
				if g.component[a.to] == unseen {
					g.component[a.to] = islands
					open = append(open, a.to)
				}
			}
		}
		if size > g.mainNodes {
			g.mainland, g.mainNodes = islands, size
		}
		islands++
	}
}

func (g *Graph) around(n Node) []arc { return g.arcs[g.first[n]:g.first[n+1]] }

// NodeCount is the number of nodes; nodes are 0 … NodeCount−1.
func (g *Graph) NodeCount() int { return len(g.points) }

// MainlandCount is the number of nodes of the largest component.
func (g *Graph) MainlandCount() int { return g.mainNodes }

// Point is where n lies.
func (g *Graph) Point(n Node) geo.Point { return g.points[n] }

// Degree is the number of street pieces at n.
func (g *Graph) Degree(n Node) int { return len(g.around(n)) }

// Edges are all street pieces. The caller must not change them.
func (g *Graph) Edges() []Edge { return g.edges }

// EdgesAt gives the indices of the street pieces at n, in the order of Edges.
func (g *Graph) EdgesAt(n Node) []int {
	out := make([]int, 0, g.Degree(n))
	for _, a := range g.around(n) {
		out = append(out, int(a.edge))
	}
	return out
}

// Names are the street names by index; the caller must not change them.
func (g *Graph) Names() []string { return g.names }

// Name is the street name of edge e, or "".
func (g *Graph) Name(e int) string { return g.names[g.edges[e].Name] }

// OnMainland reports whether n is on the largest component.
func (g *Graph) OnMainland(n Node) bool { return g.component[n] == g.mainland }

// Connected reports whether a way leads from a to b.
func (g *Graph) Connected(a, b Node) bool { return g.component[a] == g.component[b] }
