// Package road holds a city's streets: where the junctions are, how long each
// street piece is, who may drive it in which direction, which turns are banned, and
// what it is called.
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
	NamesMax      = 1 << 20
	BansMax       = 1 << 20
	EdgeLengthMax = geo.Millimetres(100_000_000) // 100 km
	TravelMsMax   = 24 * 3_600_000               // of one edge, as its source gives it
)

// Node is the index of a place where street pieces meet or bend.
type Node uint32

// Class ranks a street.
type Class uint8

// The classes, from the least to the greatest (US functional classes; the OSM tags
// that they come from are listed in road/osm).
const (
	Footpath  Class = iota // for feet and bicycles
	Track                  // unpaved
	Service                // alleys, drives, car parks
	Street                 // local streets
	Collector              // OSM tertiary
	Arterial               // OSM secondary and primary
	Highway                // OSM trunk
	Motorway

	Classes = int(Motorway) + 1
)

var classNames = [Classes]string{"footpath", "track", "service", "street", "collector", "arterial", "highway", "motorway"}

// String is the class as packs, columns and the map's tiles spell it.
func (c Class) String() string { return classNames[c] }

// ParseClass reads what String writes.
func ParseClass(name string) (Class, bool) {
	for c, n := range classNames {
		if n == name {
			return Class(c), true
		}
	}
	return 0, false
}

// Vehicles is a set of vehicle classes.
type Vehicles uint8

// The vehicle classes. The first three are motor vehicles of a service.
const (
	Patrol Vehicles = 1 << iota
	Engine
	Ambulance
	Foot
	Bicycle

	Motor        = Patrol | Engine | Ambulance
	Everybody    = Motor | Foot | Bicycle
	VehicleKinds = 5
)

// Edge is one straight street piece.
type Edge struct {
	From, To          Node
	Length            geo.Millimetres // at least 1 mm and the straight line between the ends
	Name              uint32          // index into the graph's names; 0 is "no name known"
	Travel            uint32          // ms, as the source gives it for a car; 0: from class and limit
	Class             Class
	Limit             uint8    // the posted limit, km/h; 0: not known
	Forward, Backward Vehicles // who may go From → To and To → From
	Local             Vehicles // those of them who may only to get to a place on it
}

// Ban forbids a turn: from one edge over a node, which both have an end at, to another
// edge, or back along the same one.
type Ban struct {
	From, To uint32 // indices into the edges
	Via      Node
	For      Vehicles
}

// Barrier is a bollard or gate: these vehicles may come to the node and turn round,
// but not pass it.
type Barrier struct {
	Node Node
	For  Vehicles
}

// Network is what a Graph is made of.
type Network struct {
	Points   []geo.Point
	Edges    []Edge
	Names    []string // the first is "": the street whose name is not known
	Bans     []Ban
	Barriers []Barrier
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
	bans      []Ban
	barriers  []Barrier
	first     []uint32
	arcs      []arc
	component []uint32 // per node: the island it is on
	mainland  uint32   // the component with the most nodes
	mainNodes int
	grid      grid // edges by cell
}

// New makes a graph. An edge shorter than the straight line between its ends is
// lengthened to it. The slices belong to the graph from here on.
func New(n Network) (*Graph, error) {
	if err := n.check(); err != nil {
		return nil, err
	}
	points, edges := n.Points, n.Edges
	g := &Graph{points: points, edges: edges, names: n.Names, bans: n.Bans, barriers: n.Barriers, first: make([]uint32, len(points)+1)}
	for i := range edges {
		e := &edges[i]
		e.Length = max(e.Length, geo.Distance(points[e.From], points[e.To]), 1)
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

func (n *Network) check() error {
	if len(n.Points) == 0 || len(n.Points) > NodesMax {
		return fmt.Errorf("road graph: %d nodes, want 1 to %d", len(n.Points), NodesMax)
	}
	if len(n.Edges) > EdgesMax {
		return fmt.Errorf("road graph: %d edges, want at most %d", len(n.Edges), EdgesMax)
	}
	if len(n.Names) == 0 || n.Names[0] != "" || len(n.Names) > NamesMax {
		return fmt.Errorf("road graph: %d names, want 1 to %d, the first empty", len(n.Names), NamesMax)
	}
	for i, p := range n.Points {
		if !p.Valid() {
			return fmt.Errorf("road graph: node %d is off the planet", i)
		}
	}
	for i, e := range n.Edges {
		if int(e.From) >= len(n.Points) || int(e.To) >= len(n.Points) {
			return fmt.Errorf("road graph: edge %d joins %d and %d, but there are %d nodes", i, e.From, e.To, len(n.Points))
		}
		if int(e.Name) >= len(n.Names) || int(e.Class) >= Classes || e.Travel > TravelMsMax || (e.Forward|e.Backward|e.Local)&^Everybody != 0 {
			return fmt.Errorf("road graph: edge %d has name %d of %d, class %d, %d ms, vehicles %b, %b and %b", i, e.Name, len(n.Names), e.Class, e.Travel, e.Forward, e.Backward, e.Local)
		}
	}
	if len(n.Bans) > BansMax || len(n.Barriers) > BansMax {
		return fmt.Errorf("road graph: %d turns are banned and %d barriers, want at most %d", len(n.Bans), len(n.Barriers), BansMax)
	}
	for i, b := range n.Bans {
		if int(b.From) >= len(n.Edges) || int(b.To) >= len(n.Edges) || !n.Edges[b.From].ends(b.Via) || !n.Edges[b.To].ends(b.Via) || b.For&^Everybody != 0 {
			return fmt.Errorf("road graph: ban %d is from edge %d over node %d to edge %d", i, b.From, b.Via, b.To)
		}
	}
	for i, b := range n.Barriers {
		if int(b.Node) >= len(n.Points) || b.For&^Everybody != 0 {
			return fmt.Errorf("road graph: barrier %d is at node %d of %d", i, b.Node, len(n.Points))
		}
	}
	return nil
}

func (e *Edge) ends(at Node) bool { return e.From == at || e.To == at }

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

// Bans are the forbidden turns, and Barriers what stands in the way. The caller must
// not change them.
func (g *Graph) Bans() []Ban { return g.bans }

// Barriers are the bollards and gates.
func (g *Graph) Barriers() []Barrier { return g.barriers }

// Names are the street names by index; the caller must not change them.
func (g *Graph) Names() []string { return g.names }

// Name is the street name of edge e, or "".
func (g *Graph) Name(e int) string { return g.names[g.edges[e].Name] }

// OnMainland reports whether n is on the largest component.
func (g *Graph) OnMainland(n Node) bool { return g.component[n] == g.mainland }

// Connected reports whether a way leads from a to b.
func (g *Graph) Connected(a, b Node) bool { return g.component[a] == g.component[b] }
