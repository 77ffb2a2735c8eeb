// Package roadtest answers the questions of package road in the plainest way there
// is: Dijkstra's algorithm backwards over street pieces, one after the other, with no
// links, no hierarchy and no patches. It is what the router is tested against, and the
// yardstick of its benchmark.
//
// It shares with the router only the figures of the profiles and what a fact covers.
package roadtest

import (
	"container/heap"

	"github.com/everycall/everycall/geo"
	"github.com/everycall/everycall/road"
)

// never is longer than any way.
const never = int64(1) << 60

// Oracle knows streets and facts.
type Oracle struct {
	g      *road.Graph
	band   road.Band
	covers map[uint32][]cover
	banned map[[3]uint32]road.Vehicles // edge, node, edge
	barred map[road.Node]road.Vehicles
	plain  []bool // by node: nothing to decide there
}

type cover struct {
	road.Cover
	fact int
	road.Fact
}

// New makes an oracle of the facts in force.
func New(s *road.Streets, band road.Band, facts []road.Fact) *Oracle {
	o := &Oracle{g: s.Graph, band: band, covers: map[uint32][]cover{}, banned: map[[3]uint32]road.Vehicles{}, barred: map[road.Node]road.Vehicles{}}
	for i, f := range facts {
		for _, c := range s.Cover(f) {
			o.covers[c.Edge] = append(o.covers[c.Edge], cover{c, i, f})
		}
	}
	for _, b := range o.g.Bans() {
		o.banned[[3]uint32{b.From, uint32(b.Via), b.To}] |= b.For
	}
	for _, b := range o.g.Barriers() {
		o.barred[b.Node] |= b.For
	}
	o.findPlain()
	return o
}

// side is a street piece driven in one direction.
type side struct {
	edge uint32
	back bool
}

func (s side) index() int {
	if s.back {
		return 2*int(s.edge) + 1
	}
	return 2 * int(s.edge)
}

func (o *Oracle) allowed(s side) road.Vehicles {
	if e := o.g.Edges()[s.edge]; s.back {
		return e.Backward
	} else {
		return e.Forward
	}
}

func (o *Oracle) ends(s side) (from, to road.Node) {
	e := o.g.Edges()[s.edge]
	if s.back {
		return e.To, e.From
	}
	return e.From, e.To
}

// sides are the street pieces that lead away from a node.
func (o *Oracle) sides(n road.Node) []side {
	var out []side
	seen := map[int]bool{}
	for _, i := range o.g.EdgesAt(n) {
		if seen[i] {
			continue
		}
		seen[i] = true
		if e := o.g.Edges()[i]; e.From == n {
			out = append(out, side{uint32(i), false})
			if e.To == n {
				out = append(out, side{uint32(i), true})
			}
		} else {
			out = append(out, side{uint32(i), true})
		}
	}
	return out
}

// findPlain finds the bends: where just two pieces meet that are alike for everybody,
// and no turn is banned.
func (o *Oracle) findPlain() {
	o.plain = make([]bool, o.g.NodeCount())
	decided := map[road.Node]bool{}
	for _, b := range o.g.Bans() {
		decided[b.Via] = decided[b.Via] || b.For != 0
	}
	for n := range o.plain {
		at := road.Node(n)
		out := o.sides(at)
		if o.g.Degree(at) != 2 || len(out) != 2 || out[0].edge == out[1].edge || decided[at] || o.barred[at] != 0 {
			continue
		}
		in := func(s side) side { return side{s.edge, !s.back} }
		o.plain[n] = o.allowed(in(out[0])) == o.allowed(out[1]) && o.allowed(in(out[1])) == o.allowed(out[0]) &&
			o.g.Edges()[out[0].edge].Local == o.g.Edges()[out[1].edge].Local
	}
	// A ring of bends only has its junction where its first piece begins.
	ring := make([]bool, o.g.NodeCount())
	for i, e := range o.g.Edges() {
		if !o.plain[e.From] || ring[e.From] {
			continue
		}
		first, s := e.From, side{uint32(i), false}
		nodes, closed := []road.Node{first}, false
		for {
			_, at := o.ends(s)
			if at == first {
				closed = true
				break
			}
			if !o.plain[at] {
				break
			}
			nodes = append(nodes, at)
			for _, next := range o.sides(at) {
				if next.edge != s.edge {
					s = next
					break
				}
			}
		}
		if closed {
			for _, n := range nodes {
				ring[n] = true
			}
			o.plain[first] = false
		}
	}
}

// ms is how long a vehicle takes along a whole piece.
func (o *Oracle) ms(k road.Kind, s side) int64 {
	e := o.g.Edges()[s.edge]
	return int64(k.EdgeMs(&e, &o.band))
}

// upTo is how long it takes from the beginning of a piece to a place on it, measured
// from its From.
func (o *Oracle) upTo(k road.Kind, s side, along geo.Millimetres) int64 {
	whole := o.ms(k, s)
	part := whole * int64(along) / max(int64(o.g.Edges()[s.edge].Length), 1)
	if s.back {
		return whole - part
	}
	return part
}

// Weight is ms, with the places entered reluctantly counted above them; -1 when no way
// leads there.
type Weight struct {
	Ms        int64
	Reluctant int64
}

const reluctant = int64(1) << 40

func entering(k road.Kind, f road.Fact) int64 {
	has := func(some road.Vehicles) bool { return some>>k&1 != 0 }
	switch {
	case has(f.Admits) && (f.State == road.StateBlocked || f.State == road.StateRestricted || f.State == road.StateDelayed):
		return int64(f.DelayMs)
	case f.State == road.StateBlocked:
		return never
	case f.State == road.StateRestricted, f.State == road.StateUnknown && has(f.Wary):
		return reluctant
	case f.State == road.StateDelayed:
		return int64(f.DelayMs)
	}
	return 0
}

// facing is what facts cost on a piece from one place to another, as driven. Came is
// the piece before; without one the drive begins on this piece.
func (o *Oracle) facing(k road.Kind, came *side, s side, begin, end geo.Millimetres) int64 {
	cost := int64(0)
	for _, c := range o.covers[s.edge] {
		from, to, ok := o.driven(k, c, s)
		if !ok || from >= end {
			continue
		}
		if came == nil {
			if from <= begin {
				continue
			}
		} else if from == 0 && to > 0 {
			inside := false
			for _, d := range o.covers[came.edge] {
				dFrom, dTo, also := o.driven(k, d, *came)
				inside = inside || also && d.fact == c.fact && dFrom < dTo && dTo == o.g.Edges()[came.edge].Length
			}
			if inside {
				continue
			}
		}
		cost = min(cost+entering(k, c.Fact), never)
	}
	return cost
}

func (o *Oracle) driven(k road.Kind, c cover, s side) (from, to geo.Millimetres, ok bool) {
	bit := road.Vehicles(1) << k
	if s.back {
		length := o.g.Edges()[s.edge].Length
		return length - c.To, length - c.From, c.Back&bit != 0
	}
	return c.From, c.To, c.Fore&bit != 0
}

// turn is what it costs to go on from one piece to another, without the other itself;
// never when one must not.
func (o *Oracle) turn(k road.Kind, from, to side) int64 {
	bit := road.Vehicles(1) << k
	_, at := o.ends(from)
	if o.allowed(from)&bit == 0 || o.allowed(to)&bit == 0 {
		return never
	}
	around := to.edge == from.edge && to.back != from.back
	if o.plain[at] {
		if around {
			return never
		}
		return 0
	}
	if o.banned[[3]uint32{from.edge, uint32(at), to.edge}]&bit != 0 || !around && o.barred[at]&bit != 0 {
		return never
	}
	cost := int64(0)
	if edges := o.g.Edges(); edges[to.edge].Local&bit != 0 && edges[from.edge].Local&bit == 0 {
		cost = reluctant
	}
	a, _ := o.ends(from)
	_, b := o.ends(to)
	return cost + int64(k.TurnMs(o.g.Point(a), o.g.Point(at), o.g.Point(b), around))
}

type item struct {
	far int64
	at  side
}
type front []item

func (f front) Len() int           { return len(f) }
func (f front) Less(i, j int) bool { return f[i].far < f[j].far }
func (f front) Swap(i, j int)      { f[i], f[j] = f[j], f[i] }
func (f *front) Push(x any)        { *f = append(*f, x.(item)) }
func (f *front) Pop() any {
	last := (*f)[len(*f)-1]
	*f = (*f)[:len(*f)-1]
	return last
}

// To is how far every side's end is from a stop: what it costs from there on.
func (o *Oracle) To(stop *road.Stop) *Field {
	k := stop.Kind()
	f := &Field{o: o, far: make([]int64, 2*len(o.g.Edges()))}
	for i := range f.far {
		f.far[i] = never
	}
	var queue front
	reach := func(s side, w int64) {
		if w < f.far[s.index()] {
			f.far[s.index()] = w
			heap.Push(&queue, item{w, s})
		}
	}
	for _, goal := range sidesOf(stop) {
		f.goals = append(f.goals, place{goal, stop.Along})
		if start, _ := o.ends(goal); o.drivenTo(goal, stop.Along) == 0 && o.plain[start] {
			// At a bend the place is as well where the piece before ends.
			before, along := o.beyond(side{goal.edge, !goal.back}, start)
			before.back = !before.back
			f.goals = append(f.goals, place{before, along})
		}
	}
	for _, goal := range f.goals {
		start, _ := o.ends(goal.side)
		for _, out := range o.sides(start) {
			in := side{out.edge, !out.back}
			if w := o.turn(k, in, goal.side); w < never {
				reach(in, min(w+o.upTo(k, goal.side, goal.along)+o.facing(k, &in, goal.side, 0, o.drivenTo(goal.side, goal.along)), never))
			}
		}
	}
	for len(queue) > 0 {
		at := heap.Pop(&queue).(item)
		if at.far > f.far[at.at.index()] {
			continue
		}
		start, _ := o.ends(at.at)
		for _, out := range o.sides(start) {
			in := side{out.edge, !out.back}
			if w := o.turn(k, in, at.at); w < never {
				reach(in, min(at.far+w+o.ms(k, at.at)+o.facing(k, &in, at.at, 0, o.g.Edges()[at.at.edge].Length+1), never))
			}
		}
	}
	return f
}

// drivenTo is how far along a side, as driven, a place is that is so far from From.
func (o *Oracle) drivenTo(s side, along geo.Millimetres) geo.Millimetres {
	if s.back {
		return o.g.Edges()[s.edge].Length - along
	}
	return along
}

// Field is what Oracle.To found.
type Field struct {
	o     *Oracle
	goals []place
	far   []int64 // by side
}

// place is a spot on a side, so far from its edge's From.
type place struct {
	side
	along geo.Millimetres
}

func sidesOf(stop *road.Stop) []side {
	var out []side
	if stop.Forward {
		out = append(out, side{stop.Edge, false})
	}
	if stop.Backward {
		out = append(out, side{stop.Edge, true})
	}
	return out
}

// From is the weight of the best way from another stop; false when there is none.
func (f *Field) From(from *road.Stop) (Weight, bool) {
	o, k, best := f.o, from.Kind(), never
	for _, s := range sidesOf(from) {
		along := from.Along
		best = min(best, f.beside(k, s, along))
		if _, at := o.ends(s); o.drivenTo(s, along) == o.g.Edges()[s.edge].Length && o.plain[at] {
			s, along = o.beyond(s, at) // at a bend the place is as well where the next piece begins
			best = min(best, f.beside(k, s, along))
		}
		if far := f.far[s.index()]; far < never {
			best = min(best, far+o.ms(k, s)-o.upTo(k, s, along)+o.facing(k, nil, s, o.drivenTo(s, along), o.g.Edges()[s.edge].Length+1))
		}
	}
	if best >= never {
		return Weight{}, false
	}
	return Weight{Ms: best % reluctant, Reluctant: best / reluctant}, true
}

// beside is the way along one piece, without leaving it.
func (f *Field) beside(k road.Kind, s side, along geo.Millimetres) int64 {
	o, best := f.o, never
	for _, goal := range f.goals {
		begin, end := o.drivenTo(s, along), o.drivenTo(goal.side, goal.along)
		if goal.side == s && begin <= end {
			best = min(best, o.upTo(k, s, goal.along)-o.upTo(k, s, along)+o.facing(k, nil, s, begin, end))
		}
	}
	return best
}

// beyond is the piece that goes on at a bend, and its beginning, from its From.
func (o *Oracle) beyond(s side, bend road.Node) (side, geo.Millimetres) {
	for _, next := range o.sides(bend) {
		if next.edge != s.edge {
			if next.back {
				return next, o.g.Edges()[next.edge].Length
			}
			return next, 0
		}
	}
	return s, 0
}
