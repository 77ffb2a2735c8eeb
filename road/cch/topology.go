package cch

import (
	"fmt"
	"math"
	"runtime"
	"slices"
	"sync"
)

// Limits of a topology.
const (
	NodesMax = 1 << 27
	DepthMax = math.MaxUint16 // of the elimination tree

	TrianglesMax = math.MaxUint32
)

// Topology is a directed graph contracted along an order. Nodes are known by their
// rank, the place in a post-order of the elimination tree, so that the descendants of
// a node are a range that ends at it. An arc joins a lower rank to a higher one, up
// or down; it is kept at its lower end. It never changes.
type Topology struct {
	rank  []uint32 // of a node of the input
	node  []uint32 // of the input, by rank
	depth []uint16 // of a rank: the root of its tree has 0
	up    []uint32 // the parent in the elimination tree; none at a root
	least []uint32 // the lowest rank below it, itself included

	// The arcs of rank z: those up from it are first[z]…split[z], those down to it
	// split[z]…first[z+1], each by the rank of the other end.
	first, split []uint32
	low, high    []uint32 // the ends of an arc, by arc
	highDepth    []uint16

	// The arcs that reach a rank from below, by arc, up to it and down from it, with
	// their lower ends.
	intoFirst, into, intoLow []uint32
	fromFirst, from, fromLow []uint32

	// The arcs that the ways over a rank z lead beside: for the i-th arc down to z from
	// x and the j-th up from it to y, over[overFirst[z]+i·j's+j] is x → y; where x is y
	// it is an arc that is not there, the one after the last.
	overFirst []uint32
	over      []uint32

	arc     []uint32 // of an input arc; none for a loop
	inputs  []uint32 // input arcs by arc: inputs[inputAt[a]…inputAt[a+1]]
	inputAt []uint32
	deepest int
}

// Graph is what a topology is made of: arcs from Tails[i] to Heads[i]. Loops lead
// nowhere and are left out. Of Kin, one is an ancestor of the other in the elimination
// tree even where no arc joins them, so that one label can speak of both.
type Graph struct {
	Nodes        int
	Tails, Heads []uint32
	Kin          [][2]uint32
}

// NewTopology contracts a graph along an order: its nodes from the first to be
// contracted to the last.
func NewTopology(g Graph, order []uint32) (*Topology, error) {
	nodes, tails, heads := g.Nodes, g.Tails, g.Heads
	if nodes > NodesMax || len(tails) != len(heads) || len(order) != nodes {
		return nil, fmt.Errorf("cch: %d nodes, %d tails, %d heads and an order of %d", nodes, len(tails), len(heads), len(order))
	}
	t := &Topology{rank: make([]uint32, nodes)}
	for n := range t.rank {
		t.rank[n] = none
	}
	for r, n := range order {
		if int(n) >= nodes || t.rank[n] != none {
			return nil, fmt.Errorf("cch: the order is no permutation at %d", r)
		}
		t.rank[n] = uint32(r)
	}
	for i := range tails {
		if int(tails[i]) >= nodes || int(heads[i]) >= nodes {
			return nil, fmt.Errorf("cch: arc %d joins %d and %d, but there are %d nodes", i, tails[i], heads[i], nodes)
		}
	}
	for i, k := range g.Kin {
		if int(k[0]) >= nodes || int(k[1]) >= nodes {
			return nil, fmt.Errorf("cch: kin %d are %v, but there are %d nodes", i, k, nodes)
		}
	}
	t.inPostOrder(g)
	if err := t.findDepths(); err != nil {
		return nil, err
	}
	t.contract(tails, heads)
	t.index(tails, heads)
	if err := t.findOver(); err != nil {
		return nil, err
	}
	return t, nil
}

// inPostOrder finds the elimination tree and numbers the ranks anew along it, which
// contracts to the same graph.
func (t *Topology) inPostOrder(g Graph) {
	n := len(t.rank)
	up := g.eliminationTree(t.rank)
	// Children by parent, then a walk: the new rank is the place in post-order.
	childAt := make([]uint32, n+2)
	for _, p := range up {
		if p == none {
			p = uint32(n)
		}
		childAt[p+1]++
	}
	for i := range n + 1 {
		childAt[i+1] += childAt[i]
	}
	child, next := make([]uint32, n), slices.Clone(childAt)
	for v, p := range up {
		if p == none {
			p = uint32(n)
		}
		child[next[p]] = uint32(v)
		next[p]++
	}
	fresh, count := make([]uint32, n), uint32(0)
	copy(next, childAt)
	stack := []uint32{uint32(n)} // stands for what is above all roots
	for len(stack) > 0 {
		v := stack[len(stack)-1]
		if next[v] < childAt[v+1] {
			stack = append(stack, child[next[v]])
			next[v]++
			continue
		}
		if v < uint32(n) {
			fresh[v] = count
			count++
		}
		stack = stack[:len(stack)-1]
	}
	t.up = make([]uint32, n)
	for v, p := range up {
		if p != none {
			p = fresh[p]
		}
		t.up[fresh[v]] = p
	}
	t.node = make([]uint32, n)
	for v, r := range t.rank {
		t.rank[v] = fresh[r]
		t.node[fresh[r]] = uint32(v)
	}
}

// eliminationTree is the parent of every rank: the lowest of its neighbours above once
// all below are contracted (Liu, "The role of elimination trees", 1990).
func (g Graph) eliminationTree(rank []uint32) []uint32 {
	n := g.Nodes
	at := make([]uint32, n+1)
	each := func(visit func(low, high uint32)) {
		for i := range g.Tails {
			if a, b := rank[g.Tails[i]], rank[g.Heads[i]]; a != b {
				visit(min(a, b), max(a, b))
			}
		}
		for _, k := range g.Kin {
			if a, b := rank[k[0]], rank[k[1]]; a != b {
				visit(min(a, b), max(a, b))
			}
		}
	}
	each(func(_, high uint32) { at[high+1]++ })
	for i := range n {
		at[i+1] += at[i]
	}
	below, next := make([]uint32, at[n]), slices.Clone(at)
	each(func(low, high uint32) {
		below[next[high]] = low
		next[high]++
	})
	up, top := make([]uint32, n), make([]uint32, n) // top shortens the walks
	for v := range uint32(n) {
		up[v], top[v] = none, none
		for _, w := range below[at[v]:at[v+1]] {
			for w != v {
				jump := top[w]
				top[w] = v
				if jump == none {
					up[w] = v
					break
				}
				w = jump
			}
		}
	}
	return up
}

func (t *Topology) findDepths() error {
	n := len(t.rank)
	t.depth, t.least = make([]uint16, n), make([]uint32, n)
	for r := n - 1; r >= 0; r-- {
		t.least[r] = uint32(r)
		if p := t.up[r]; p != none {
			if t.depth[p] == DepthMax {
				return fmt.Errorf("cch: the elimination tree is deeper than %d", DepthMax)
			}
			t.depth[r] = t.depth[p] + 1
			t.deepest = max(t.deepest, int(t.depth[r]))
		}
	}
	for r := range n {
		if p := t.up[r]; p != none {
			t.least[p] = min(t.least[p], t.least[r])
		}
	}
	return nil
}

// contract finds the arcs that some metric may need: x → y stands when there is an
// arc, or a way over ranks below both.
func (t *Topology) contract(tails, heads []uint32) {
	n := len(t.rank)
	ups, downs := make([][]uint32, n), make([][]uint32, n) // per lower end, the higher ones
	for i := range tails {
		switch a, b := t.rank[tails[i]], t.rank[heads[i]]; {
		case a < b:
			ups[a] = append(ups[a], b)
		case a > b:
			downs[b] = append(downs[b], a)
		}
	}
	t.first, t.split = make([]uint32, n+1), make([]uint32, n)
	for z := range n {
		out, in := sorted(ups[z]), sorted(downs[z])
		for _, x := range in {
			more := above(out, x)
			ups[x] = append(compact(ups[x], len(more)), more...)
		}
		for _, y := range out {
			more := above(in, y)
			downs[y] = append(compact(downs[y], len(more)), more...)
		}
		t.high = append(append(t.high, out...), in...)
		t.split[z], t.first[z+1] = t.first[z]+uint32(len(out)), uint32(len(t.high))
		ups[z], downs[z] = nil, nil
	}
	t.high = slices.Clip(t.high)
}

// above is the part of a sorted list that is greater than r.
func above(list []uint32, r uint32) []uint32 {
	k, found := slices.BinarySearch(list, r)
	if found {
		k++
	}
	return list[k:]
}

// sorted sorts and takes out what is there twice.
func sorted(list []uint32) []uint32 {
	slices.Sort(list)
	return slices.Compact(list)
}

// compact makes room for more, rather by leaving out what is there twice than by
// growing.
func compact(list []uint32, more int) []uint32 {
	if len(list)+more > cap(list) && len(list) >= 32 {
		list = sorted(list)
	}
	return list
}

func (t *Topology) index(tails, heads []uint32) {
	n, arcs := len(t.rank), len(t.high)
	t.low, t.highDepth = make([]uint32, arcs), make([]uint16, arcs)
	t.intoFirst, t.fromFirst = make([]uint32, n+1), make([]uint32, n+1)
	for z := range n {
		for a := t.first[z]; a < t.first[z+1]; a++ {
			t.low[a] = uint32(z)
			t.highDepth[a] = t.depth[t.high[a]]
			if a < t.split[z] {
				t.intoFirst[t.high[a]+1]++
			} else {
				t.fromFirst[t.high[a]+1]++
			}
		}
	}
	for z := range n {
		t.intoFirst[z+1] += t.intoFirst[z]
		t.fromFirst[z+1] += t.fromFirst[z]
	}
	t.into, t.from = make([]uint32, t.intoFirst[n]), make([]uint32, t.fromFirst[n])
	t.intoLow, t.fromLow = make([]uint32, t.intoFirst[n]), make([]uint32, t.fromFirst[n])
	into, from := slices.Clone(t.intoFirst), slices.Clone(t.fromFirst)
	for a := range uint32(arcs) {
		if h := t.high[a]; a < t.split[t.low[a]] {
			t.into[into[h]], t.intoLow[into[h]] = a, t.low[a]
			into[h]++
		} else {
			t.from[from[h]], t.fromLow[from[h]] = a, t.low[a]
			from[h]++
		}
	}
	t.arc, t.inputAt = make([]uint32, len(tails)), make([]uint32, arcs+1)
	for i := range tails {
		t.arc[i] = none
		if x, y := t.rank[tails[i]], t.rank[heads[i]]; x != y {
			t.arc[i] = t.between(x, y)
			t.inputAt[t.arc[i]+1]++
		}
	}
	for a := range arcs {
		t.inputAt[a+1] += t.inputAt[a]
	}
	t.inputs = make([]uint32, t.inputAt[arcs])
	next := slices.Clone(t.inputAt)
	for i, a := range t.arc {
		if a != none {
			t.inputs[next[a]] = uint32(i)
			next[a]++
		}
	}
}

// findOver tabulates the upper side of every triangle, by its lowest corner.
func (t *Topology) findOver() error {
	n := uint32(len(t.rank))
	t.overFirst = make([]uint32, n+1)
	all := 0
	for z := range n {
		all += int(t.split[z]-t.first[z]) * int(t.first[z+1]-t.split[z])
		if all > TrianglesMax {
			return fmt.Errorf("cch: more than %d triangles", TrianglesMax)
		}
		t.overFirst[z+1] = uint32(all)
	}
	t.over = make([]uint32, all)
	var parts sync.WaitGroup
	workers := uint32(runtime.GOMAXPROCS(0))
	for w := range workers { // each writes its own ranks' rows
		parts.Go(func() {
			for z := w; z < n; z += workers {
				t.fillOver(z)
			}
		})
	}
	parts.Wait()
	return nil
}

// fillOver tabulates the triangles over one rank.
func (t *Topology) fillOver(z uint32) {
	out, in := t.high[t.first[z]:t.split[z]], t.high[t.split[z]:t.first[z+1]]
	over := t.over[t.overFirst[z]:t.overFirst[z+1]]
	for i, x := range in {
		row := over[i*len(out) : (i+1)*len(out)]
		at := t.first[x] // x's arcs up are in the order of out
		for j, y := range out {
			switch {
			case y > x:
				for t.high[at] != y {
					at++
				}
				row[j] = at
			case y == x:
				row[j] = uint32(len(t.high))
			}
		}
	}
	for j, y := range out { // and y's arcs down from above are in the order of in
		at := t.split[y]
		for i, x := range in {
			if x > y {
				for t.high[at] != x {
					at++
				}
				over[i*len(out)+j] = at
			}
		}
	}
}

// between is the arc from one rank to another; none when there is none.
func (t *Topology) between(x, y uint32) uint32 {
	from, to, high := t.split[min(x, y)], t.first[min(x, y)+1], max(x, y) // down
	if x < y {
		from, to = t.first[x], from
	}
	k, found := slices.BinarySearch(t.high[from:to], high)
	if !found {
		return none
	}
	return from + uint32(k)
}

// Nodes and Arcs are how large the contracted graph is.
func (t *Topology) Nodes() int { return len(t.rank) }

// Arcs is the number of arcs, shortcuts included.
func (t *Topology) Arcs() int { return len(t.high) }

// Deepest is the length of the longest way to a root of the elimination tree.
func (t *Topology) Deepest() int { return t.deepest }
