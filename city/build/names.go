package build

import (
	"slices"

	"github.com/everycall/everycall/city"
	"github.com/everycall/everycall/geo"
	"github.com/everycall/everycall/road"
)

// Reaches of the naming.
const (
	crossingReach = geo.Millimetres(40_000)    // a junction this near to a named intersection is it
	blockReach    = geo.Millimetres(30_000)    // a street this near to a block's point may be its
	blockClose    = geo.Millimetres(12_000)    // … and this near needs no other evidence
	spreadMax     = geo.Millimetres(2_000_000) // a name runs on straight for so long without new evidence
)

// chain is the street between two junctions: the unit that has one name.
type chain struct {
	nodes  []road.Node
	edges  []int
	length geo.Millimetres
	name   uint32
}

func (c *chain) first() road.Node { return c.nodes[0] }
func (c *chain) last() road.Node  { return c.nodes[len(c.nodes)-1] }

// namer matches streets to names: first by evidence on the street itself (both
// its ends are named intersections of one street, or a hundred-block's point
// lies on it), then along straight continuations.
type namer struct {
	g         *road.Graph
	pack      *city.Pack
	chains    []chain
	chainOf   []int                  // per edge
	chainsAt  map[road.Node][]int    // junction → chains that end there
	streetsAt map[road.Node][]uint32 // junction → streets that meet there by the gazetteer
	direct    []bool                 // per chain: named by evidence
}

func newNamer(g *road.Graph, pack *city.Pack) *namer {
	n := &namer{g: g, pack: pack, chainOf: make([]int, len(g.Edges())), chainsAt: map[road.Node][]int{}, streetsAt: map[road.Node][]uint32{}}
	for i := range n.chainOf {
		n.chainOf[i] = -1
	}
	for at := range g.NodeCount() {
		if g.Degree(road.Node(at)) == 2 {
			continue
		}
		for _, e := range g.EdgesAt(road.Node(at)) {
			if n.chainOf[e] < 0 {
				n.walk(road.Node(at), e)
			}
		}
	}
	for e := range n.chainOf { // rings without a junction
		if n.chainOf[e] < 0 {
			n.walk(g.Edges()[e].From, e)
		}
	}
	n.direct = make([]bool, len(n.chains))
	return n
}

// walk follows a street from a node to the next junction.
func (n *namer) walk(at road.Node, e int) {
	edges := n.g.Edges()
	id := len(n.chains)
	c := chain{nodes: []road.Node{at}}
	for {
		n.chainOf[e] = id
		c.edges = append(c.edges, e)
		c.length += edges[e].Length
		at = edges[e].From + edges[e].To - at
		c.nodes = append(c.nodes, at)
		if n.g.Degree(at) != 2 {
			break
		}
		both := n.g.EdgesAt(at)
		next := both[0]
		if next == e {
			next = both[1]
		}
		if n.chainOf[next] >= 0 {
			break
		}
		e = next
	}
	n.chains = append(n.chains, c)
	n.chainsAt[c.first()] = append(n.chainsAt[c.first()], id)
	if c.last() != c.first() {
		n.chainsAt[c.last()] = append(n.chainsAt[c.last()], id)
	}
}

func (n *namer) run() {
	n.nameJunctions()
	n.nameByEvidence()
	n.spread()
}

// nameJunctions notes which streets meet at which junction.
func (n *namer) nameJunctions() {
	near := cells{}
	for at := range n.g.NodeCount() {
		if n.g.Degree(road.Node(at)) > 2 {
			near.add(n.g.Point(road.Node(at)), at)
		}
	}
	for _, x := range n.pack.Intersections {
		near.around(x.Point, 1, func(at int) {
			if geo.Distance(x.Point, n.g.Point(road.Node(at))) > crossingReach {
				return
			}
			for _, street := range [2]uint32{x.StreetA, x.StreetB} {
				if !slices.Contains(n.streetsAt[road.Node(at)], street) {
					n.streetsAt[road.Node(at)] = append(n.streetsAt[road.Node(at)], street)
				}
			}
		})
	}
}

// vote is evidence for one name of one chain.
type vote struct {
	street uint32
	weight int
}

func (n *namer) nameByEvidence() {
	votes := make([][]vote, len(n.chains))
	give := func(c int, street uint32, weight int) {
		for i := range votes[c] {
			if votes[c][i].street == street {
				votes[c][i].weight += weight
				return
			}
		}
		votes[c] = append(votes[c], vote{street, weight})
	}
	for c := range n.chains {
		ends := n.streetsAt[n.chains[c].last()]
		for _, street := range n.streetsAt[n.chains[c].first()] {
			if slices.Contains(ends, street) {
				give(c, street, 3)
			}
		}
	}
	n.blocksOnChains(give)
	for c := range n.chains {
		best, weight, tied := uint32(0), 1, false
		for _, v := range votes[c] {
			switch {
			case v.weight > weight:
				best, weight, tied = v.street, v.weight, false
			case v.weight == weight:
				tied = true
			}
		}
		if best != 0 && !tied {
			n.chains[c].name, n.direct[c] = best, true
		}
	}
}

// blocksOnChains gives each hundred-block's point to the chain that it lies on.
// The nearest chain of which an end is known to be on the street is preferred to
// a nearer one of which nothing is known.
func (n *namer) blocksOnChains(give func(c int, street uint32, weight int)) {
	near := cells{}
	edges := n.g.Edges()
	for i, e := range edges {
		// Long pieces are entered every 40 m, so that a look one cell around
		// finds every piece within reach.
		a, b := n.g.Point(e.From), n.g.Point(e.To)
		steps := int64(e.Length/40_000) + 1
		for step := int64(0); step <= steps; step++ {
			near.add(geo.Along(a, b, step, steps), i)
		}
	}
	for _, block := range n.pack.HundredBlocks {
		bestChain, bestDistance := -1, blockReach+1
		near.around(block.Point, 1, func(i int) {
			e := edges[i]
			d := geo.DistanceToSegment(block.Point, n.g.Point(e.From), n.g.Point(e.To))
			c := n.chainOf[i]
			known := slices.Contains(n.streetsAt[n.chains[c].first()], block.Street) || slices.Contains(n.streetsAt[n.chains[c].last()], block.Street)
			if !known {
				if d > blockClose {
					return
				}
				d += blockClose
			}
			if d < bestDistance {
				bestChain, bestDistance = c, d
			}
		})
		if bestChain >= 0 {
			give(bestChain, block.Street, 2)
		}
	}
}

// spread lets names run on: at a junction the straightest unnamed continuation
// of a named street takes its name, unless the gazetteer says that the street is
// not among those that meet there.
func (n *namer) spread() {
	type runner struct {
		chain int
		at    road.Node
		left  geo.Millimetres
	}
	var open []runner
	for c := range n.chains {
		if n.chains[c].name != 0 {
			open = append(open, runner{c, n.chains[c].first(), spreadMax}, runner{c, n.chains[c].last(), spreadMax})
		}
	}
	for ; len(open) > 0; open = open[1:] {
		from := open[0]
		name := n.chains[from.chain].name
		if known := n.streetsAt[from.at]; len(known) > 1 && !slices.Contains(known, name) {
			continue
		}
		next, ok := n.straightOn(from.chain, from.at)
		if !ok || n.chains[next].name != 0 || n.chains[next].length > from.left {
			continue
		}
		n.chains[next].name = name
		end := n.chains[next].first()
		if end == from.at {
			end = n.chains[next].last()
		}
		open = append(open, runner{next, end, from.left - n.chains[next].length})
	}
}

// straightOn finds the chain that continues another at a junction with the least
// turn, at most about 30°, if the choice is mutual.
func (n *namer) straightOn(c int, at road.Node) (int, bool) {
	best, ok := n.straightest(c, at)
	if !ok {
		return 0, false
	}
	back, ok := n.straightest(best, at)
	return best, ok && back == c
}

func (n *namer) straightest(c int, at road.Node) (int, bool) {
	ox, oy := n.heading(c, at)
	best, bestCos := -1, int64(-866) // −cos 30°, per mille: the continuation leaves the other way
	for _, other := range n.chainsAt[at] {
		if other == c || n.chains[other].first() == n.chains[other].last() {
			continue
		}
		x, y := n.heading(other, at)
		if cos := (ox*x + oy*y) / 1000; cos < bestCos {
			best, bestCos = other, cos
		}
	}
	return best, best >= 0
}

// heading is the direction in which a chain leaves a junction, as a vector of
// length 1000, taken over its first 20 m or so.
func (n *namer) heading(c int, at road.Node) (x, y int64) {
	nodes := n.chains[c].nodes
	origin := n.g.Point(at)
	target := origin
	for i := 1; i < len(nodes); i++ {
		j := i
		if nodes[0] != at {
			j = len(nodes) - 1 - i
		}
		target = n.g.Point(nodes[j])
		if geo.Distance(origin, target) > 20_000 {
			break
		}
	}
	corner := geo.Point{Lon: target.Lon, Lat: origin.Lat}
	x, y = int64(geo.Distance(origin, corner)), int64(geo.Distance(corner, target))
	if target.Lon < origin.Lon {
		x = -x
	}
	if target.Lat < origin.Lat {
		y = -y
	}
	length := max(int64(geo.Distance(origin, target)), 1)
	return x * 1000 / length, y * 1000 / length
}
