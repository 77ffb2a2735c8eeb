package road

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/everycall/everycall/geo"
	"github.com/everycall/everycall/road/cch"
)

// Weights are milliseconds with, above them, how many places one enters on the way
// that one should not: ways with the fewest of these come first, and of them the
// quickest. A way may take up to 37 hours.
const (
	reluctance = 1 << 27
	msMask     = reluctance - 1
)

// Streets are a graph made ready for routing: what a city has once. It never changes.
type Streets struct {
	*Graph
	links *links
	turns *turns
	top   *cch.Topology
	node  []uint32 // of the topology, by arc; none for one that nobody may drive
	arcs  []arcID  // by node of the topology
}

const none = ^uint32(0)

// Order computes the nested-dissection order that a pack keeps: a rank for every link
// of the graph. It takes seconds for a large city.
func (g *Graph) Order() []uint32 {
	l := g.links()
	number := make(map[Node]uint32, len(l.ends))
	in := cch.Links{Ends: make([][2]uint32, len(l.ends))}
	for i, ends := range l.ends {
		for k, n := range ends {
			at, seen := number[n]
			if !seen {
				at = uint32(len(in.Places))
				number[n] = at
				east, north := geo.Offset(g.points[0], g.points[n])
				in.Places = append(in.Places, cch.Place{X: int64(east), Y: int64(north)})
			}
			in.Ends[i][k] = at
		}
	}
	return cch.Order(in)
}

// Prepare makes a graph ready along the order that its Order gave.
func Prepare(g *Graph, order []uint32) (*Streets, error) {
	l := g.links()
	if len(order) != len(l.ends) {
		return nil, fmt.Errorf("road: an order of %d for %d links", len(order), len(l.ends))
	}
	s := &Streets{Graph: g, links: l, turns: g.findTurns(l), node: make([]uint32, 2*len(l.ends))}
	var ranked []uint32
	in := cch.Graph{Tails: make([]uint32, len(s.turns.to)), Heads: make([]uint32, len(s.turns.to))}
	for a := range s.node {
		s.node[a] = none
		if g.allowed(l.firstStep(arcID(a))) != 0 {
			s.node[a] = uint32(len(s.arcs))
			s.arcs = append(s.arcs, arcID(a))
		}
		if a&1 == 1 && s.node[a] != none && s.node[a-1] != none {
			in.Kin = append(in.Kin, [2]uint32{s.node[a-1], s.node[a]})
		}
	}
	seen := make([]bool, len(l.ends))
	for _, link := range order {
		if int(link) >= len(seen) || seen[link] {
			return nil, fmt.Errorf("road: the order is no permutation of the links")
		}
		seen[link] = true
		for _, a := range [2]arcID{arcID(2 * link), arcID(2*link + 1)} {
			if s.node[a] != none {
				ranked = append(ranked, s.node[a])
			}
		}
	}
	in.Nodes = len(s.arcs)
	for i := range s.turns.to {
		in.Tails[i], in.Heads[i] = s.node[s.turns.from[i]], s.node[s.turns.to[i]]
	}
	var err error
	if s.top, err = cch.NewTopology(in, ranked); err != nil {
		return nil, fmt.Errorf("road: %w", err)
	}
	return s, nil
}

// LinkCount is the number of links: what an order ranks.
func (s *Streets) LinkCount() int { return len(s.links.ends) }

// lengthOf is how long a link is.
func (s *Streets) lengthOf(link uint32) geo.Millimetres {
	var sum geo.Millimetres
	for _, st := range s.links.stepsOf(link) {
		sum += s.edges[st.edge()].Length
	}
	return sum
}

// spot is a place on a link: so far along it from its first end.
type spot struct {
	link  uint32
	along geo.Millimetres
}

// spotOn is the place on an edge so far from its From.
func (s *Streets) spotOn(edge uint32, along geo.Millimetres) spot {
	link := s.links.of[edge]
	if s.links.steps[s.links.at[edge]].back() {
		along = s.edges[edge].Length - along
	}
	for _, st := range s.links.steps[s.links.first[link]:s.links.at[edge]] {
		along += s.edges[st.edge()].Length
	}
	return spot{link, along}
}

// Turns visits the ways from one link, driven in one direction, to the next: what a
// search that turns are exact in goes along. Both ends are arcs, numbered from 0 to
// twice LinkCount.
func (s *Streets) Turns(visit func(turn, from, to uint32)) {
	for i := range s.turns.to {
		visit(uint32(i), uint32(s.turns.from[i]), uint32(s.turns.to[i]))
	}
}

// TurnWeight is the weight of a turn and of the link behind it for a vehicle class,
// without the facts that the view knows: ms, a reluctant entry above them, and 2³¹−1
// when it must not.
func (v *View) TurnWeight(k Kind, turn uint32) uint32 { return v.base(k, turn) }

// Size is how large the hierarchy is.
type Size struct{ Nodes, Arcs, Depth int }

// Size tells how large the hierarchy is.
func (s *Streets) Size() Size { return Size{s.top.Nodes(), s.top.Arcs(), s.top.Deepest()} }

// All fills far, by arc, with the milliseconds from a stop to the end of every link in
// each direction; a class that cannot come there has 2³¹−1.
func (a *Asker) All(v *View, from *Stop, far []uint32) {
	seeds, n := v.starts(from)
	for i := range far {
		far[i] = cch.Inf
	}
	a.all = grown(a.all, len(v.streets.arcs))
	a.q.All(v.metrics[from.kind], a.all, seeds[:n]...)
	for node, arc := range v.streets.arcs {
		far[arc] = a.all[node]
	}
}

// Reached is a piece of a street that is come to within some time.
type Reached struct {
	Edge     uint32
	From, To geo.Millimetres // along the edge, from its From
	Back     bool            // driven against it: it is come to at To first
}

// Within lists what a stop can come to within so many milliseconds, by edge: the
// pieces of an isochrone. Of a link that is closed on the way, the part before the
// closure is left out; so is what one must not enter.
func (a *Asker) Within(v *View, from *Stop, ms uint32) []Reached {
	s, k := v.streets, from.kind
	a.arcs = grown(a.arcs, len(s.node))
	a.All(v, from, a.arcs)
	var out []Reached
	add := func(arc arcID, begin geo.Millimetres, left uint32) {
		at, steps := geo.Millimetres(0), s.links.stepsOf(arc.link())
		for i := range steps {
			st := steps[i]
			if arc&1 != 0 {
				st = steps[len(steps)-1-i].reverse()
			}
			length, takes := s.edges[st.edge()].Length, v.pace[k].edges[st.edge()]
			skip := min(max(begin-at, 0), length)
			if at += length; skip == length {
				continue
			}
			rest := uint32(int64(takes) * int64(length-skip) / int64(length))
			to := length
			if left < rest {
				to = skip + geo.Millimetres(int64(length)*int64(left)/int64(takes))
			}
			r := Reached{Edge: st.edge(), From: skip, To: min(to, length), Back: st.back()}
			if r.Back {
				r.From, r.To = length-r.To, length-r.From
			}
			out = append(out, r)
			if left <= rest {
				return
			}
			left -= rest
		}
	}
	for dir, may := range [2]bool{from.fore, from.back} {
		arc := arcID(2*from.spot.link) + arcID(dir)
		along, _, _ := v.on(from, arc)
		if met := v.ahead(k, arc, along, beyond); may && met < reluctance && met <= ms {
			add(arc, along, ms-met)
		}
		// And round the block to the part behind it.
		for _, turn := range s.turns.into[s.turns.intoAt[arc]:s.turns.intoAt[arc+1]] {
			if w := v.weight(k, turn); w < reluctance && a.arcs[s.turns.from[turn]] < reluctance {
				if begins := a.arcs[s.turns.from[turn]] + w - v.pace[k].links[arc.link()]; begins <= ms {
					add(arc, 0, ms-begins)
				}
			}
		}
	}
	for arc, far := range a.arcs {
		whole := v.pace[k].links[arc/2]
		if far >= reluctance || far < whole || far-whole > ms {
			continue
		}
		add(arcID(arc), 0, ms-(far-whole))
	}
	slices.SortFunc(out, func(x, y Reached) int {
		return cmp.Or(cmp.Compare(x.Edge, y.Edge), cmp.Compare(x.From, y.From), cmp.Compare(x.To, y.To))
	})
	return out
}

func grown(s []uint32, n int) []uint32 {
	if cap(s) < n {
		return make([]uint32, n)
	}
	return s[:n]
}

// Customizer makes a vehicle class's weights anew from nothing at every call, on a copy
// that nobody asks: what the work costs.
func (v *View) Customizer(k Kind) func() { return v.metrics[k].Clone().Customize }
