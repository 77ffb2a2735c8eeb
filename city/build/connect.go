package build

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/everycall/everycall/geo"
	"github.com/everycall/everycall/road"
)

// examplesMax bounds the islands that a report shows.
const examplesMax = 5

// Connections says which parts of a road network hang together. Islands stay in a
// pack, for the map, but nobody is routed to or from them.
type Connections struct {
	Nodes       int      `json:"nodes"`
	Mainland    int      `json:"mainland_nodes"`
	Islands     int      `json:"islands"`
	IslandNodes int      `json:"island_nodes"`
	Largest     []Island `json:"largest_islands"`
	// Of the mainland's nodes that a patrol car may drive at: those that it cannot
	// come to from the core, and those that it cannot come back from. The core is
	// the largest part in which it can come from everywhere to everywhere; banned
	// turns are not looked at.
	Drivable int `json:"drivable_nodes"`
	NoWayIn  int `json:"drivable_nodes_without_a_way_in"`
	NoWayOut int `json:"drivable_nodes_without_a_way_out"`
}

// Island is a part that no road joins to the rest.
type Island struct {
	Nodes  int    `json:"nodes"`
	Street string `json:"street"` // a name on it, or ""
	At     string `json:"at"`     // longitude and latitude of a node of it
}

// String is the report for a person.
func (c Connections) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "Connections: the mainland has %d of %d nodes; %d islands have %d\n", c.Mainland, c.Nodes, c.Islands, c.IslandNodes)
	for _, i := range c.Largest {
		fmt.Fprintf(&b, "  an island of %d nodes at %s %s\n", i.Nodes, i.At, i.Street)
	}
	fmt.Fprintf(&b, "  cars: of %d nodes %d have no way in and %d no way out\n", c.Drivable, c.NoWayIn, c.NoWayOut)
	return b.String()
}

// mainlandBox is the box around the mainland.
func mainlandBox(g *road.Graph) geo.MultiPolygon {
	var box geo.Box
	first := true
	for n := range g.NodeCount() {
		switch at := g.Point(road.Node(n)); {
		case !g.OnMainland(road.Node(n)):
		case first:
			box, first = geo.BoxOf(at), false
		default:
			box = box.Extend(at)
		}
	}
	a, b := box.Min, box.Max
	return geo.MultiPolygon{{geo.Ring{a, {Lon: b.Lon, Lat: a.Lat}, b, {Lon: a.Lon, Lat: b.Lat}}}}
}

func connect(g *road.Graph) Connections {
	c := Connections{Nodes: g.NodeCount(), Mainland: g.MainlandCount()}
	c.islands(g)
	c.drive(g)
	return c
}

func (c *Connections) islands(g *road.Graph) {
	seen := make([]bool, g.NodeCount())
	var open []road.Node
	var all []Island
	for start := range g.NodeCount() {
		if seen[start] || g.OnMainland(road.Node(start)) {
			continue
		}
		at := g.Point(road.Node(start))
		island := Island{At: geo.FormatDegrees(at.Lon) + " " + geo.FormatDegrees(at.Lat)}
		seen[start] = true
		open = append(open[:0], road.Node(start))
		for len(open) > 0 {
			n := open[len(open)-1]
			open = open[:len(open)-1]
			island.Nodes++
			for _, e := range g.EdgesAt(n) {
				island.Street = cmp.Or(island.Street, g.Name(e))
				if to := other(&g.Edges()[e], n); !seen[to] {
					seen[to] = true
					open = append(open, to)
				}
			}
		}
		c.Islands++
		c.IslandNodes += island.Nodes
		all = append(all, island)
	}
	slices.SortStableFunc(all, func(a, b Island) int { return cmp.Compare(b.Nodes, a.Nodes) })
	c.Largest = all[:min(len(all), examplesMax)]
}

func other(e *road.Edge, n road.Node) road.Node { return e.From + e.To - n }

// driver walks the mainland as a patrol car may drive it. At a barrier that stops it,
// it arrives and goes no farther.
type driver struct {
	g       *road.Graph
	stopped []bool
}

func (d *driver) next(n road.Node, back bool, visit func(road.Node)) {
	for _, i := range d.g.EdgesAt(n) {
		e := &d.g.Edges()[i]
		may := e.Forward
		if (e.From == n) == back {
			may = e.Backward
		}
		if may&road.Patrol != 0 {
			visit(other(e, n))
		}
	}
}

// reach marks what can be come to from a node, or with back what it can be come to
// from.
func (d *driver) reach(from road.Node, back bool) []bool {
	seen := make([]bool, d.g.NodeCount())
	seen[from] = true
	open := []road.Node{from}
	for len(open) > 0 {
		n := open[len(open)-1]
		open = open[:len(open)-1]
		if d.stopped[n] && n != from {
			continue
		}
		d.next(n, back, func(to road.Node) {
			if !seen[to] {
				seen[to] = true
				open = append(open, to)
			}
		})
	}
	return seen
}

func (c *Connections) drive(g *road.Graph) {
	d := &driver{g: g, stopped: make([]bool, g.NodeCount())}
	for _, b := range g.Barriers() {
		if b.For&road.Patrol != 0 {
			d.stopped[b.Node] = true
		}
	}
	core, ok := d.core()
	if !ok {
		return
	}
	in, out := d.reach(core, false), d.reach(core, true)
	for n := range g.NodeCount() {
		if !g.OnMainland(road.Node(n)) || !slices.ContainsFunc(g.EdgesAt(road.Node(n)), func(i int) bool {
			return (g.Edges()[i].Forward|g.Edges()[i].Backward)&road.Patrol != 0
		}) {
			continue
		}
		c.Drivable++
		if !in[n] {
			c.NoWayIn++
		}
		if !out[n] {
			c.NoWayOut++
		}
	}
}

// core is a node of the largest strongly connected part of the mainland (Kosaraju and
// Sharir: leave every node in turn, then walk back from the last one left).
func (d *driver) core() (road.Node, bool) {
	n := d.g.NodeCount()
	type frame struct {
		node road.Node
		next []road.Node
	}
	var left []road.Node
	var stack []frame
	seen := make([]bool, n)
	enter := func(at road.Node) {
		seen[at] = true
		f := frame{node: at}
		d.next(at, false, func(to road.Node) { f.next = append(f.next, to) })
		stack = append(stack, f)
	}
	for start := range n {
		if seen[start] || d.stopped[start] || !d.g.OnMainland(road.Node(start)) {
			continue
		}
		enter(road.Node(start))
		for len(stack) > 0 {
			f := &stack[len(stack)-1]
			if len(f.next) == 0 {
				left = append(left, f.node)
				stack = stack[:len(stack)-1]
				continue
			}
			to := f.next[0]
			f.next = f.next[1:]
			if !seen[to] && !d.stopped[to] {
				enter(to)
			}
		}
	}
	clear(seen)
	best, bestSize := road.Node(0), 0
	var open []road.Node
	for i := len(left) - 1; i >= 0; i-- {
		if seen[left[i]] {
			continue
		}
		size := 0
		seen[left[i]] = true
		open = append(open[:0], left[i])
		for len(open) > 0 {
			at := open[len(open)-1]
			open = open[:len(open)-1]
			size++
			d.next(at, true, func(to road.Node) {
				if !seen[to] && !d.stopped[to] {
					seen[to] = true
					open = append(open, to)
				}
			})
		}
		if size > bestSize {
			best, bestSize = left[i], size
		}
	}
	return best, bestSize > 0
}
