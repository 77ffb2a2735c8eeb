package cch

import (
	"runtime"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// town is a random directed graph with weights and an order.
type town struct {
	graph   Graph
	weights []uint32
	order   []uint32
}

func weight(t *rapid.T) uint32 {
	if rapid.IntRange(0, 7).Draw(t, "closed") == 0 {
		return Inf
	}
	return rapid.Uint32Range(0, 50).Draw(t, "weight")
}

func someTown(t *rapid.T) town {
	n := rapid.IntRange(1, 24).Draw(t, "nodes")
	node := rapid.Uint32Range(0, uint32(n-1))
	w := town{graph: Graph{Nodes: n}}
	for range rapid.IntRange(0, 3*n).Draw(t, "arcs") {
		w.graph.Tails = append(w.graph.Tails, node.Draw(t, "tail"))
		w.graph.Heads = append(w.graph.Heads, node.Draw(t, "head"))
		w.weights = append(w.weights, weight(t))
	}
	for range rapid.IntRange(0, 3).Draw(t, "kin") {
		w.graph.Kin = append(w.graph.Kin, [2]uint32{node.Draw(t, "kin"), node.Draw(t, "kin")})
	}
	for i := range n {
		w.order = append(w.order, uint32(i))
	}
	w.order = rapid.Permutation(w.order).Draw(t, "order")
	return w
}

func (w town) metric(t *rapid.T) *Metric {
	top, err := NewTopology(w.graph, w.order)
	if err != nil {
		t.Fatal(err)
	}
	m, err := top.NewMetric(w.weights)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// far is Bellman and Ford's algorithm: the plainest oracle there is.
func (w town) far(seeds ...Seed) []uint32 {
	far := make([]uint32, w.graph.Nodes)
	for n := range far {
		far[n] = Inf
	}
	for _, s := range seeds {
		far[s.Node] = min(far[s.Node], s.Cost)
	}
	for range w.graph.Nodes {
		for i := range w.graph.Tails {
			far[w.graph.Heads[i]] = min(far[w.graph.Heads[i]], far[w.graph.Tails[i]]+w.weights[i])
		}
	}
	return far
}

func (w town) someSeeds(t *rapid.T) []Seed {
	seeds := []Seed{{Node: rapid.Uint32Range(0, uint32(w.graph.Nodes-1)).Draw(t, "at"), Cost: rapid.Uint32Range(0, 30).Draw(t, "cost")}}
	if len(w.graph.Kin) > 0 && rapid.Bool().Draw(t, "two") {
		k := rapid.SampledFrom(w.graph.Kin).Draw(t, "pair")
		seeds = []Seed{{Node: k[0], Cost: seeds[0].Cost}, {Node: k[1], Cost: rapid.Uint32Range(0, 30).Draw(t, "cost")}}
	}
	return seeds
}

// least is the distance to the nearest of some ends.
func least(far []uint32, to []Seed) uint32 {
	best := Inf
	for _, s := range to {
		best = min(best, far[s.Node]+s.Cost)
	}
	return best
}

func TestEveryQueryIsTheOracles(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := someTown(t)
		m := w.metric(t)
		checkQueries(t, w, m)
	})
}

func checkQueries(t *rapid.T, w town, m *Metric) {
	q := m.t.NewQuery()
	all, to := make([]uint32, w.graph.Nodes), w.someSeeds(t)
	more := append(w.someSeeds(t), to...) // need not be kin
	q.To(m, more...)
	for range 4 {
		from := w.someSeeds(t)
		far := w.far(from...)
		if got, want := q.From(m, from...), least(far, more); got != want {
			t.Fatalf("many to one: %d, want %d", got, want)
		}
		want := least(far, to)
		p := m.t.NewQuery()
		if got := p.Far(m, from, to); got != want {
			t.Fatalf("one to one: %d, want %d", got, want)
		}
		checkWay(t, w, p, m, from, to, want)
		p.All(m, all, from...)
		if !slices.Equal(all, far) {
			t.Fatalf("one to all: %v, want %v", all, far)
		}
		p.AllTo(m, all, to...)
		if got := least(all, from); got != want {
			t.Fatalf("all to one: %d, want %d", got, want)
		}
	}
}

func checkWay(t *rapid.T, w town, q *Query, m *Metric, from, to []Seed, want uint32) {
	way, first, last, ok := q.Way(m, nil)
	if ok != (want < Inf) {
		t.Fatalf("a way: %v, distance %d", ok, want)
	}
	if !ok {
		return
	}
	sum, at := uint32(0), first
	for _, i := range way {
		if w.graph.Tails[i] != at {
			t.Fatalf("the way %v breaks off at %d", way, at)
		}
		at = w.graph.Heads[i]
		sum += w.weights[i]
	}
	if at != last {
		t.Fatalf("the way ends at %d, not %d", at, last)
	}
	cost := func(seeds []Seed, n uint32) uint32 {
		best := Inf
		for _, s := range seeds {
			if s.Node == n {
				best = min(best, s.Cost)
			}
		}
		return best
	}
	if sum += cost(from, first) + cost(to, last); sum != want {
		t.Fatalf("the way %v is %d long, want %d", way, sum, want)
	}
}

func TestPatchedIsCustomized(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := someTown(t)
		m := w.metric(t)
		p := m.t.NewPatcher()
		if len(w.weights) == 0 {
			return
		}
		for range 6 {
			before := slices.Clone(m.weight)
			var changes []Change
			arcs := rapid.SliceOfNDistinct(rapid.Uint32Range(0, uint32(len(w.weights)-1)), 0, 8, rapid.ID).Draw(t, "changed")
			for _, a := range arcs {
				w.weights[a] = weight(t)
				changes = append(changes, Change{a, w.weights[a]})
			}
			changed, err := p.Patch(m, changes)
			if err != nil {
				t.Fatal(err)
			}
			whole, err := m.t.NewMetric(w.weights)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(m.weight, whole.weight) || !slices.Equal(m.input, whole.input) {
				t.Fatalf("patched %v, customized %v", m.weight, whole.weight)
			}
			for a := range before {
				if (before[a] != m.weight[a]) != slices.Contains(changed, uint32(a)) {
					t.Fatalf("arc %d was %d and is %d, said to be changed: %v", a, before[a], m.weight[a], changed)
				}
			}
		}
		checkQueries(t, w, m)
	})
}

func TestPatchRefusesWhatIsNotThere(t *testing.T) {
	top, err := NewTopology(Graph{Nodes: 2, Tails: []uint32{0}, Heads: []uint32{1}}, []uint32{0, 1})
	if err != nil {
		t.Fatal(err)
	}
	m, err := top.NewMetric([]uint32{5})
	if err != nil {
		t.Fatal(err)
	}
	p := top.NewPatcher()
	for name, changes := range map[string][]Change{"beyond": {{1, 5}}, "too long": {{0, Inf + 1}}, "twice": {{0, 6}, {0, 7}}} {
		if _, err := p.Patch(m, changes); err == nil || m.input[0] != 5 {
			t.Errorf("%s: %v, weight %d", name, err, m.input[0])
		}
	}
	if _, err := p.Patch(m, []Change{{0, 6}}); err != nil || m.weight[0] != 6 {
		t.Errorf("after the refusals: %v, weight %d", err, m.weight[0])
	}
	if _, err := top.NewMetric([]uint32{Inf + 1}); err == nil {
		t.Error("a weight beyond Inf was taken")
	}
	if _, err := top.NewMetric(nil); err == nil {
		t.Error("a missing weight was not missed")
	}
}

func TestTopologyRefuses(t *testing.T) {
	one := []uint32{0}
	for name, c := range map[string]struct {
		g     Graph
		order []uint32
	}{
		"short order":  {Graph{Nodes: 2}, one},
		"no order":     {Graph{Nodes: 2}, []uint32{1, 1}},
		"order beyond": {Graph{Nodes: 1}, []uint32{1}},
		"arc beyond":   {Graph{Nodes: 1, Tails: one, Heads: []uint32{1}}, one},
		"heads":        {Graph{Nodes: 1, Tails: one}, one},
		"kin beyond":   {Graph{Nodes: 1, Kin: [][2]uint32{{0, 1}}}, one},
	} {
		if _, err := NewTopology(c.g, c.order); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
	star := Graph{Nodes: DepthMax + 2}
	order := make([]uint32, star.Nodes)
	for n := range order {
		order[n] = uint32(n)
		if n > 0 {
			star.Tails, star.Heads = append(star.Tails, uint32(n-1)), append(star.Heads, uint32(n))
		}
	}
	if _, err := NewTopology(star, order); err == nil {
		t.Error("a tree that is too deep was taken")
	}
}

// grid is a town of streets at right angles with an alley or two.
func grid(t *rapid.T) Links {
	wide, high := rapid.IntRange(1, 12).Draw(t, "wide"), rapid.IntRange(1, 12).Draw(t, "high")
	var l Links
	for y := range high {
		for x := range wide {
			l.Places = append(l.Places, Place{int64(x * 100), int64(y * 100)})
			if n := uint32(y*wide + x); rapid.IntRange(0, 9).Draw(t, "gap") > 0 {
				if x > 0 {
					l.Ends = append(l.Ends, [2]uint32{n - 1, n})
				}
				if y > 0 {
					l.Ends = append(l.Ends, [2]uint32{n - uint32(wide), n})
				}
			}
		}
	}
	any := rapid.Uint32Range(0, uint32(len(l.Places)-1))
	for range rapid.IntRange(0, 4).Draw(t, "alleys") {
		l.Ends = append(l.Ends, [2]uint32{any.Draw(t, "from"), any.Draw(t, "to")}) // may be loops, or there twice
	}
	return l
}

func TestOrderIsAPermutation(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := grid(t)
		order := Order(l)
		seen := slices.Sorted(slices.Values(order))
		for i, link := range seen {
			if int(link) != i {
				t.Fatalf("the order %v is of %d links", order, len(l.Ends))
			}
		}
	})
}

func TestOrderIsTheSameOnOneProcessor(t *testing.T) {
	const side = 120
	var l Links
	for y := range uint32(side) {
		for x := range uint32(side) {
			l.Places = append(l.Places, Place{int64(x), int64(y)})
			if n := y*side + x; n%7 > 0 {
				if x > 0 {
					l.Ends = append(l.Ends, [2]uint32{n - 1, n})
				}
				if y > 0 {
					l.Ends = append(l.Ends, [2]uint32{n - side, n})
				}
			}
		}
	}
	two := Order(l)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	if !slices.Equal(two, Order(l)) {
		t.Error("the order depends on the number of processors")
	}
}
