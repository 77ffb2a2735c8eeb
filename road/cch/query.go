package cch

import "math/bits"

// Seed is where a search begins or ends: a node of the graph, and what it costs to
// come there from the place meant, or from there to it.
type Seed struct {
	Node uint32
	Cost uint32
}

// Label is how far a place is from its ancestors in the elimination tree, either to
// them or from them, over ranks below each: far[d] is about the one of depth d, which
// is path[d]. A label of a place and one to a place give the distance between them.
type Label struct {
	path []uint32
	far  []uint32
}

// NewLabel makes a label with room for any place.
func (t *Topology) NewLabel() *Label {
	return &Label{path: make([]uint32, 0, t.deepest+1), far: make([]uint32, 0, t.deepest+1)}
}

// begin fills a label for the ancestors of some kin, and returns the lowest of them.
func (t *Topology) begin(l *Label, seeds []Seed) uint32 {
	lowest := none
	for _, s := range seeds {
		lowest = min(lowest, t.rank[s.Node])
	}
	l.path, l.far = l.path[:0], l.far[:0]
	if lowest == none {
		return none
	}
	n := int(t.depth[lowest]) + 1
	l.path, l.far = l.path[:n], l.far[:n]
	for r, d := lowest, n-1; d >= 0; r, d = t.up[r], d-1 {
		l.path[d], l.far[d] = r, Inf
	}
	for _, s := range seeds {
		r := t.rank[s.Node]
		if d := int(t.depth[r]); l.path[d] == r {
			l.far[d] = min(l.far[d], s.Cost)
		} else {
			panic("cch: the seeds of a label are no kin")
		}
	}
	return lowest
}

// There fills a label with the ways from a place, given by seeds that are kin (or a
// single one). Without seeds no way leads anywhere.
func (m *Metric) There(l *Label, seeds ...Seed) {
	t := m.t
	if t.begin(l, seeds) != none {
		m.climb(l, t.first, t.split)
	}
}

// Back fills a label with the ways to a place.
func (m *Metric) Back(l *Label, seeds ...Seed) {
	t := m.t
	if t.begin(l, seeds) != none {
		m.climb(l, t.split, t.first[1:])
	}
}

// climb carries a label's seeds up to the root, along the arcs from … to of each rank.
func (m *Metric) climb(l *Label, from, to []uint32) {
	for d := len(l.path) - 1; d >= 0; d-- {
		r, far := l.path[d], l.far[d]
		if far < Inf {
			spread(l.far, far, m.t.highDepth[from[r]:to[r]], m.weight[from[r]:to[r]])
		}
	}
}

func spread(all []uint32, far uint32, depths []uint16, weights []uint32) {
	weights = weights[:len(depths)]
	for i, d := range depths {
		if sum := far + weights[i]; sum < all[d] {
			all[d] = sum
		}
	}
}

// Meet is the distance from the place of one label, made by There, to that of the
// other, made by Back with the same metric; Inf when no way leads there.
func Meet(there, back *Label) uint32 {
	n := shared(there.path, back.path)
	a, b := there.far[:n], back.far[:n]
	best := 2 * Inf
	for len(a) >= 4 && len(b) >= 4 {
		s0, s1, s2, s3 := a[0]+b[0], a[1]+b[1], a[2]+b[2], a[3]+b[3]
		best = min(best, min(min(s0, s1), min(s2, s3)))
		a, b = a[4:], b[4:]
	}
	for i := range min(len(a), len(b)) {
		best = min(best, a[i]+b[i])
	}
	return min(best, Inf)
}

// shared is how many ancestors two paths from the roots have in common.
func shared(a, b []uint32) int {
	from, to := 0, min(len(a), len(b)) // the answer lies in between
	for range bits.Len(uint(to)) {
		if from == to {
			break
		}
		if mid := (from + to) / 2; a[mid] == b[mid] {
			from = mid + 1
		} else {
			to = mid
		}
	}
	return from
}

// Query is the memory of one search after another on one topology. It belongs to one
// goroutine at a time and allocates nothing once it has grown.
type Query struct {
	t           *Topology
	there, back *Label
	ways        []uint32 // arcs to unpack
	many        many
}

// NewQuery makes the memory of searches on a topology.
func (t *Topology) NewQuery() *Query {
	return &Query{t: t, there: t.NewLabel(), back: t.NewLabel(), many: newMany(len(t.rank))}
}

// Far is the distance from one place to another; Inf when no way leads there. Either
// is given by seeds that are kin.
func (q *Query) Far(m *Metric, from, to []Seed) uint32 {
	m.There(q.there, from...)
	m.Back(q.back, to...)
	return Meet(q.there, q.back)
}

// Way appends the input arcs of a shortest way between the places of the last Far,
// with the same metric, and reports the seeds' nodes between which it leads; false
// when there is no way. It has no arcs when both are one node.
func (q *Query) Way(m *Metric, arcs []uint32) (way []uint32, from, to uint32, ok bool) {
	t := q.t
	n, best, at := shared(q.there.path, q.back.path), Inf, 0
	for d := range n {
		if sum := q.there.far[d] + q.back.far[d]; sum < best {
			best, at = sum, d
		}
	}
	if best == Inf {
		return arcs, 0, 0, false
	}
	// Down from the meeting place to the start: the arcs come last to first.
	q.ways = q.ways[:0]
	top := q.there.path[at]
	x := top
	for {
		a, below := q.lower(m, q.there, x, true)
		if a == none {
			break
		}
		q.ways = append(q.ways, a)
		x = below
	}
	from = t.node[x]
	for i, j := 0, len(q.ways)-1; i < j; i, j = i+1, j-1 {
		q.ways[i], q.ways[j] = q.ways[j], q.ways[i]
	}
	y := top
	for {
		a, below := q.lower(m, q.back, y, false)
		if a == none {
			break
		}
		q.ways = append(q.ways, a)
		y = below
	}
	to = t.node[y]
	return q.unpack(m, arcs), from, to, true
}

// lower finds the arc by which a label came to the rank r, and its lower end; none
// where the label began.
func (q *Query) lower(m *Metric, l *Label, r uint32, there bool) (arc, below uint32) {
	t := q.t
	d := int(t.depth[r])
	for k := d + 1; k < len(l.path); k++ {
		x := l.path[k]
		if l.far[k] > l.far[d] {
			continue
		}
		a := none
		if there {
			a = t.between(x, r)
		} else {
			a = t.between(r, x)
		}
		if a != none && l.far[k]+m.weight[a] == l.far[d] && m.weight[a] < Inf {
			return a, x
		}
	}
	return none, r
}

// unpack appends the input arcs of the arcs in ways.
func (q *Query) unpack(m *Metric, out []uint32) []uint32 {
	t := q.t
	for i, j := 0, len(q.ways)-1; i < j; i, j = i+1, j-1 { // a stack: the first on top
		q.ways[i], q.ways[j] = q.ways[j], q.ways[i]
	}
next:
	for len(q.ways) > 0 {
		a := q.ways[len(q.ways)-1]
		q.ways = q.ways[:len(q.ways)-1]
		for _, i := range t.inputs[t.inputAt[a]:t.inputAt[a+1]] {
			if m.input[i] == m.weight[a] {
				out = append(out, i)
				continue next
			}
		}
		first, second := m.middle(a)
		q.ways = append(q.ways, second, first)
	}
	return out
}

// middle finds the two arcs that a shortcut stands for.
func (m *Metric) middle(a uint32) (first, second uint32) {
	t := m.t
	t.triangles(a, func(xz, zy uint32) bool {
		if m.weight[xz]+m.weight[zy] == m.weight[a] {
			first, second = xz, zy
			return false
		}
		return true
	})
	return first, second
}
