package road

// step is an edge driven in one direction: twice the edge's index, and one when it is
// driven from its To to its From.
type step uint32

func stepOf(edge int, from Node, e *Edge) step {
	if e.From == from {
		return step(2 * edge)
	}
	return step(2*edge + 1)
}

func (s step) edge() uint32  { return uint32(s >> 1) }
func (s step) back() bool    { return s&1 != 0 }
func (s step) reverse() step { return s ^ 1 }

// start and end are the nodes of a step.
func (g *Graph) start(s step) Node {
	if e := &g.edges[s.edge()]; s.back() {
		return e.To
	} else {
		return e.From
	}
}

func (g *Graph) end(s step) Node { return g.start(s.reverse()) }

// allowed says who may drive a step.
func (g *Graph) allowed(s step) Vehicles {
	if e := &g.edges[s.edge()]; s.back() {
		return e.Backward
	} else {
		return e.Forward
	}
}

// arcID is a link driven in one direction: twice the link's index, and one against it.
type arcID uint32

func (a arcID) link() uint32 { return uint32(a >> 1) }

// links are a graph's street pieces from junction to junction: chains of edges between
// which there is nothing to decide.
type links struct {
	ends  [][2]Node
	first []uint32 // a link's steps are steps[first[l]:first[l+1]]
	steps []step
	of    []uint32 // per edge: its link
	at    []uint32 // per edge: its place in steps
}

// junctions finds the nodes at which links end: where not just two street pieces meet,
// where a turn is banned or a barrier stands, and where something changes for some
// vehicle.
func (g *Graph) junctions() []bool {
	is := make([]bool, len(g.points))
	for _, b := range g.bans {
		is[b.Via] = is[b.Via] || b.For != 0
	}
	for _, b := range g.barriers {
		is[b.Node] = is[b.Node] || b.For != 0
	}
	for n := range g.points {
		arcs := g.around(Node(n))
		if len(arcs) != 2 || arcs[0].edge == arcs[1].edge {
			is[n] = true
			continue
		}
		one, other := stepOf(int(arcs[0].edge), Node(n), &g.edges[arcs[0].edge]), stepOf(int(arcs[1].edge), Node(n), &g.edges[arcs[1].edge])
		is[n] = is[n] || g.allowed(one.reverse()) != g.allowed(other) || g.allowed(other.reverse()) != g.allowed(one) ||
			g.edges[one.edge()].Local != g.edges[other.edge()].Local
	}
	return is
}

func (g *Graph) links() *links {
	l := &links{of: make([]uint32, len(g.edges)), at: make([]uint32, len(g.edges))}
	is, done := g.junctions(), make([]bool, len(g.edges))
	begin := func(n Node) {
		for _, a := range g.around(n) {
			if !done[a.edge] {
				l.follow(g, stepOf(int(a.edge), n, &g.edges[a.edge]), is, done)
			}
		}
	}
	for n := range g.points {
		if is[n] {
			begin(Node(n))
		}
	}
	for i := range g.edges { // rings without a junction
		if !done[i] {
			is[g.edges[i].From] = true
			begin(g.edges[i].From)
		}
	}
	l.first = append(l.first, uint32(len(l.steps)))
	return l
}

// follow makes the link that begins with a step.
func (l *links) follow(g *Graph, s step, is, done []bool) {
	l.first = append(l.first, uint32(len(l.steps)))
	from := g.start(s)
	for {
		done[s.edge()] = true
		l.of[s.edge()], l.at[s.edge()] = uint32(len(l.ends)), uint32(len(l.steps))
		l.steps = append(l.steps, s)
		at := g.end(s)
		if is[at] {
			l.ends = append(l.ends, [2]Node{from, at})
			return
		}
		for _, a := range g.around(at) {
			if a.edge != s.edge() {
				s = stepOf(int(a.edge), at, &g.edges[a.edge])
				break
			}
		}
	}
}

// stepsOf are the steps of a link as it goes.
func (l *links) stepsOf(link uint32) []step { return l.steps[l.first[link]:l.first[link+1]] }
