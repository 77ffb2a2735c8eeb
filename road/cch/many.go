package cch

// many is the memory of searches between one place and many.
type many struct {
	far   []uint32 // by rank
	mark  []uint32 // by rank: the search that far is of
	start []uint32 // by rank: how far below it the place of the last To is
	goal  []uint32 // by rank: the search that start is of
	now   uint32
	stack []uint32
}

func newMany(ranks int) many {
	return many{far: make([]uint32, ranks), mark: make([]uint32, ranks), start: make([]uint32, ranks), goal: make([]uint32, ranks)}
}

// To prepares for many distances to one place, given by any seeds, which From then
// tells.
func (q *Query) To(m *Metric, seeds ...Seed) {
	k := &q.many
	if k.now++; k.now == 0 {
		clear(k.mark)
		clear(k.goal)
		k.now = 1
	}
	for i := 0; i < len(seeds); {
		n := 1 // kin go together
		if i+1 < len(seeds) && q.t.kin(seeds[i].Node, seeds[i+1].Node) {
			n = 2
		}
		m.Back(q.back, seeds[i:i+n]...)
		for d, r := range q.back.path {
			if k.goal[r] != k.now {
				k.goal[r], k.start[r] = k.now, Inf
			}
			k.start[r] = min(k.start[r], q.back.far[d])
		}
		i += n
	}
}

// kin reports whether one node is an ancestor of the other.
func (t *Topology) kin(a, b uint32) bool {
	x, y := t.rank[a], t.rank[b]
	return t.least[max(x, y)] <= min(x, y)
}

// From is the distance from a place to the one of the last To, with the same metric.
// What one place's search finds on the way up serves all others (lazy RPHAST).
func (q *Query) From(m *Metric, seeds ...Seed) uint32 {
	best := Inf
	for _, s := range seeds {
		if s.Cost < best {
			best = min(best, s.Cost+q.climb(m, q.t.rank[s.Node]))
		}
	}
	return best
}

// climb is how far a rank is from the place of the last To.
func (q *Query) climb(m *Metric, r uint32) uint32 {
	t, k := q.t, &q.many
	k.stack = k.stack[:0]
	for v := r; v != none && k.mark[v] != k.now; v = t.up[v] {
		k.stack = append(k.stack, v)
	}
	for i := len(k.stack) - 1; i >= 0; i-- {
		v := k.stack[i]
		far := Inf
		if k.goal[v] == k.now {
			far = k.start[v]
		}
		highs, weights := t.high[t.first[v]:t.split[v]], m.weight[t.first[v]:t.split[v]]
		weights = weights[:len(highs)]
		for j, h := range highs {
			far = min(far, k.far[h]+weights[j])
		}
		k.far[v], k.mark[v] = far, k.now
	}
	return k.far[r]
}

// All fills far, by node of the graph, with the distances from a place to everywhere
// (PHAST).
func (q *Query) All(m *Metric, far []uint32, seeds ...Seed) {
	m.There(q.there, seeds...)
	q.sweep(m, q.there, far, q.t.split, q.t.first[1:])
}

// AllTo is All for the distances from everywhere to a place.
func (q *Query) AllTo(m *Metric, far []uint32, seeds ...Seed) {
	m.Back(q.back, seeds...)
	q.sweep(m, q.back, far, q.t.first, q.t.split)
}

// sweep carries a label down to all, along the arcs from … to of each rank.
func (q *Query) sweep(m *Metric, l *Label, far, from, to []uint32) {
	t, byRank := q.t, q.many.far
	clear(q.many.mark) // far is used for something else
	clear(q.many.goal)
	q.many.now = 0
	for r := range byRank {
		byRank[r] = Inf
	}
	for d, r := range l.path {
		byRank[r] = l.far[d]
	}
	for z := len(byRank) - 1; z >= 0; z-- {
		best := byRank[z]
		highs, weights := t.high[from[z]:to[z]], m.weight[from[z]:to[z]]
		weights = weights[:len(highs)]
		for i, h := range highs {
			best = min(best, byRank[h]+weights[i])
		}
		byRank[z] = best
		far[t.node[z]] = best
	}
}
