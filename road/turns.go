package road

import (
	"github.com/everycall/everycall/geo"
)

// turns are the ways from one arc to the next: the arcs of the graph that ways are
// looked for in, whose nodes are the graph's arcs.
type turns struct {
	first  []uint32 // by arc: the turns from it are first[a]…first[a+1]
	from   []arcID
	to     []arcID
	allow  []Vehicles
	how    []manner
	intoAt []uint32 // by arc: the turns into it are into[intoAt[a]…intoAt[a+1]]
	into   []uint32
}

// arcEnds are the junctions that an arc leads from and to.
func (l *links) arcEnds(a arcID) (from, to Node) {
	e := l.ends[a.link()]
	if a&1 != 0 {
		return e[1], e[0]
	}
	return e[0], e[1]
}

// firstStep and lastStep are where an arc begins and ends.
func (l *links) firstStep(a arcID) step {
	if a&1 != 0 {
		return l.steps[l.first[a.link()+1]-1].reverse()
	}
	return l.steps[l.first[a.link()]]
}

func (l *links) lastStep(a arcID) step { return l.firstStep(a ^ 1).reverse() }

// findTurns lists every turn that some vehicle may take.
func (g *Graph) findTurns(l *links) *turns {
	arcs := 2 * len(l.ends)
	leaving := make(map[Node][]arcID, len(l.ends))
	for a := range arcID(arcs) {
		from, _ := l.arcEnds(a)
		leaving[from] = append(leaving[from], a)
	}
	type over struct {
		from uint32
		via  Node
		to   uint32
	}
	banned := make(map[over]Vehicles, len(g.bans))
	for _, b := range g.bans {
		banned[over{b.From, b.Via, b.To}] |= b.For
	}
	barred := make(map[Node]Vehicles, len(g.barriers))
	for _, b := range g.barriers {
		barred[b.Node] |= b.For
	}
	t := &turns{first: make([]uint32, arcs+1), intoAt: make([]uint32, arcs+1)}
	for a := range arcID(arcs) {
		_, at := l.arcEnds(a)
		last := l.lastStep(a)
		for _, b := range leaving[at] {
			begin := l.firstStep(b)
			allow := g.allowed(last) & g.allowed(begin) &^ banned[over{last.edge(), at, begin.edge()}]
			how := aroundTurn
			if b != a^1 {
				allow &^= barred[at]
				how = g.manner(last, begin)
			}
			if allow != 0 {
				t.from, t.to, t.allow, t.how = append(t.from, a), append(t.to, b), append(t.allow, allow), append(t.how, how)
				t.intoAt[b+1]++
			}
		}
		t.first[a+1] = uint32(len(t.to))
	}
	for a := range arcs {
		t.intoAt[a+1] += t.intoAt[a]
	}
	t.into = make([]uint32, len(t.to))
	next := append([]uint32(nil), t.intoAt...)
	for i, b := range t.to {
		t.into[next[b]] = uint32(i)
		next[b]++
	}
	return t
}

// manner is how one goes on from one step to the next, by the angle between them.
func (g *Graph) manner(from, to step) manner {
	return mannerOf(g.points[g.start(from)], g.points[g.end(from)], g.points[g.end(to)])
}

func mannerOf(a, at, b geo.Point) manner {
	x0, y0 := geo.Offset(a, at)
	x1, y1 := geo.Offset(at, b)
	dot, cross := int64(x0*x1+y0*y1), int64(x0*y1-y0*x1)
	switch side := max(cross, -cross); {
	case dot > 0 && side < dot*577/1000: // less than 30°
		return straightOn
	case dot < 0 && side < -dot*577/1000: // more than 150°
		return sharpTurn
	case cross > 0:
		return leftTurn
	}
	return rightTurn
}
