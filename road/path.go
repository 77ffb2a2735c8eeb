package road

import "github.com/everycall/everycall/geo"

// Path is a way through the graph.
type Path struct {
	Nodes    []Node // from the start to the end, both included
	Length   geo.Millimetres
	TravelMs int64 // driving time in milliseconds
}

// label is what a query knows about a node. It counts only while its epoch is
// the query's, so that a workspace need not be wiped between queries.
type label struct {
	epoch  uint32
	edge   uint32 // the edge by which the node was reached
	travel int64  // ms from the start
}

// waiting is a node in the queue with the key under which it was put there.
type waiting struct {
	key  int64 // travel so far plus the least time still to go, ms
	node Node
}

// Workspace is the memory of one query after another on graphs of any size. It
// belongs to one goroutine at a time. The zero value is ready.
type Workspace struct {
	labels  []label
	epoch   uint32
	queue   []waiting
	Settled int // nodes looked at by the last query
}

func (w *Workspace) begin(nodes int) {
	if len(w.labels) < nodes {
		w.labels, w.epoch = make([]label, nodes), 0
	}
	w.epoch++
	if w.epoch == 0 { // wrapped: old labels would look new
		clear(w.labels)
		w.epoch = 1
	}
	w.queue, w.Settled = w.queue[:0], 0
}

// ShortestPath finds a quickest way from one node to another by A*. The least
// time still to go is the straight line at the highest speed less 0.2 % for the
// error of geo.Distance, so it never exceeds the true rest and the answer is a
// true minimum; a node whose label improves is simply queued again. It reports
// false if no way exists. Only Path.Nodes is allocated once w has grown.
func (g *Graph) ShortestPath(w *Workspace, from, to Node) (Path, bool) {
	if !g.Connected(from, to) {
		return Path{}, false
	}
	w.begin(len(g.points))
	goal := g.points[to]
	rest := func(n Node) int64 { return int64(geo.Distance(g.points[n], goal)) * 998 / SpeedMax }
	w.labels[from] = label{epoch: w.epoch}
	w.push(waiting{key: rest(from), node: from})
	for len(w.queue) > 0 {
		top := w.pop()
		if top.node == to {
			return g.unwind(w, from, to), true
		}
		travel := w.labels[top.node].travel
		if top.key > travel+rest(top.node) {
			continue // queued again since, with less
		}
		w.Settled++
		for _, a := range g.around(top.node) {
			next := &w.labels[a.to]
			if reached := travel + int64(a.travel); next.epoch != w.epoch || reached < next.travel {
				*next = label{epoch: w.epoch, edge: a.edge, travel: reached}
				w.push(waiting{key: reached + rest(a.to), node: a.to})
			}
		}
	}
	return Path{}, false
}

// unwind follows the labels back from the end.
func (g *Graph) unwind(w *Workspace, from, to Node) Path {
	hops := 1
	for n := to; n != from; hops++ {
		n = g.across(w.labels[n].edge, n)
	}
	p := Path{Nodes: make([]Node, hops), TravelMs: w.labels[to].travel}
	n := to
	for i := hops - 1; ; i-- {
		p.Nodes[i] = n
		if i == 0 {
			return p
		}
		edge := w.labels[n].edge
		p.Length += g.edges[edge].Length
		n = g.across(edge, n)
	}
}

// across is the other end of an edge.
func (g *Graph) across(edge uint32, n Node) Node {
	if e := g.edges[edge]; e.From == n {
		return e.To
	}
	return g.edges[edge].From
}

// TravelTree fills tree with the quickest ways from one node to every other by
// Dijkstra's algorithm, without any guess at the rest: the plain rule that
// ShortestPath is tested against.
func (g *Graph) TravelTree(w *Workspace, from Node, tree *Tree) {
	w.begin(len(g.points))
	tree.reset(len(g.points))
	w.labels[from] = label{epoch: w.epoch}
	w.push(waiting{node: from})
	for len(w.queue) > 0 {
		top := w.pop()
		if tree.Travel[top.node] >= 0 {
			continue
		}
		tree.Travel[top.node] = top.key
		tree.Via[top.node] = w.labels[top.node].edge
		tree.Order = append(tree.Order, top.node)
		for _, a := range g.around(top.node) {
			next := &w.labels[a.to]
			if reached := top.key + int64(a.travel); next.epoch != w.epoch || reached < next.travel {
				*next = label{epoch: w.epoch, edge: a.edge, travel: reached}
				w.push(waiting{key: reached, node: a.to})
			}
		}
	}
	w.Settled = len(tree.Order)
}

// Tree is the answer of TravelTree; its memory is reused from call to call.
type Tree struct {
	Travel []int64  // per node, ms; −1: not reachable
	Via    []uint32 // per node: the edge by which it is reached; meaningless for the start and the unreachable
	Order  []Node   // reachable nodes, nearest first
}

func (t *Tree) reset(nodes int) {
	if len(t.Travel) != nodes {
		t.Travel, t.Via = make([]int64, nodes), make([]uint32, nodes)
	}
	for i := range t.Travel {
		t.Travel[i] = -1
	}
	t.Order = t.Order[:0]
}

// push and pop keep queue a binary heap, least key first, ties by node so that
// equal runs take equal ways.
func (w *Workspace) push(v waiting) {
	w.queue = append(w.queue, v)
	at := len(w.queue) - 1
	for at > 0 {
		up := (at - 1) / 2
		if !v.before(w.queue[up]) {
			break
		}
		w.queue[at] = w.queue[up]
		at = up
	}
	w.queue[at] = v
}

func (w *Workspace) pop() waiting {
	top, last := w.queue[0], w.queue[len(w.queue)-1]
	w.queue = w.queue[:len(w.queue)-1]
	if len(w.queue) == 0 {
		return top
	}
	at := 0
	for {
		down := 2*at + 1
		if down >= len(w.queue) {
			break
		}
		if right := down + 1; right < len(w.queue) && w.queue[right].before(w.queue[down]) {
			down = right
		}
		if !w.queue[down].before(last) {
			break
		}
		w.queue[at] = w.queue[down]
		at = down
	}
	w.queue[at] = last
	return top
}

func (v waiting) before(u waiting) bool {
	return v.key < u.key || v.key == u.key && v.node < u.node
}
