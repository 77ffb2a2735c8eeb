package cch

import (
	"cmp"
	"slices"
	"sync"
)

// Place is where a junction lies, in any flat coordinates.
type Place struct{ X, Y int64 }

// Links are undirected street pieces between junctions.
type Links struct {
	Places []Place
	Ends   [][2]uint32
}

// Order ranks links by nested dissection: a small set of links that cuts the city in
// two comes last, and before it, each for itself, come the orders of the two parts.
// It lists the links, the first to be contracted first. The same links give the same
// order on any number of processors.
func Order(links Links) []uint32 {
	d := &dissection{links: links, at: make([]uint32, len(links.Places)+1), spare: make(chan struct{}, 1)}
	for _, e := range links.Ends {
		d.at[e[0]+1]++
		d.at[e[1]+1]++
	}
	for n := range links.Places {
		d.at[n+1] += d.at[n]
	}
	d.around = make([]uint32, 2*len(links.Ends))
	next := slices.Clone(d.at)
	for i, e := range links.Ends {
		for _, n := range e {
			d.around[next[n]] = uint32(i)
			next[n]++
		}
	}
	all := make([]uint32, len(links.Places))
	for n := range all {
		all[n] = uint32(n)
	}
	order := make([]uint32, len(links.Ends))
	d.dissect(all, order, newCell(len(all)))
	return order
}

// dissection is what all cells share and nobody changes.
type dissection struct {
	links  Links
	at     []uint32
	around []uint32      // links by junction, a loop twice
	spare  chan struct{} // takes a value for the one more goroutine that may run
}

// parallelFrom is the size of a part, in junctions, from which it may go to another
// goroutine.
const parallelFrom = 2000

// dissect orders the links that have both ends among junctions into order, which is
// as long as they are many. It uses up junctions.
func (d *dissection) dissect(junctions, order []uint32, c *cell) {
	for len(order) > 0 {
		if len(junctions) == 1 {
			d.loops(junctions[0], order)
			return
		}
		c.load(d, junctions)
		c.bisect(d, junctions)
		near, far, cut := c.divide(d, junctions)
		one, other := order[:near.links], order[near.links:near.links+far.links]
		copy(order[near.links+far.links:], cut)
		if len(near.junctions) < len(far.junctions) {
			near, far, one, other = far, near, other, one
		}
		if len(far.junctions) >= parallelFrom {
			select {
			case d.spare <- struct{}{}:
				var both sync.WaitGroup
				both.Go(func() {
					d.dissect(far.junctions, other, newCell(len(d.links.Places)))
					<-d.spare
				})
				d.dissect(near.junctions, one, c)
				both.Wait()
				return
			default:
			}
		}
		d.dissect(far.junctions, other, c)
		junctions, order = near.junctions, one
	}
}

// loops lists the links that lead from a junction to itself.
func (d *dissection) loops(n uint32, order []uint32) {
	all := d.around[d.at[n]:d.at[n+1]]
	k := 0
	for i, l := range all {
		if e := d.links.Ends[l]; e[0] == e[1] && !slices.Contains(all[:i], l) {
			order[k] = l
			k++
		}
	}
}

// cell is one goroutine's memory: a part of the city with its own numbers.
type cell struct {
	seen  []uint32 // per junction of the city: the part that it was last loaded for
	local []uint32 // its number there
	part  uint32

	at   []uint32 // the part's arcs by junction
	to   []uint32
	link []uint32
	back []uint32 // the arc the other way
	near []bool   // per junction of the part: the side that it is on
	flow flow
}

func newCell(junctions int) *cell {
	return &cell{seen: make([]uint32, junctions), local: make([]uint32, junctions)}
}

// load makes the graph of a part: each link twice, once a direction, without loops.
func (c *cell) load(d *dissection, junctions []uint32) {
	c.part++
	for i, n := range junctions {
		c.seen[n], c.local[n] = c.part, uint32(i)
	}
	c.at, c.to, c.link = append(c.at[:0], 0), c.to[:0], c.link[:0]
	for _, n := range junctions {
		for _, l := range d.around[d.at[n]:d.at[n+1]] {
			e := d.links.Ends[l]
			if m := e[0] + e[1] - n; m != n && c.seen[m] == c.part {
				c.to, c.link = append(c.to, c.local[m]), append(c.link, l)
			}
		}
		c.at = append(c.at, uint32(len(c.to)))
	}
	c.back = slices.Grow(c.back[:0], len(c.to))[:len(c.to)]
	for v := range uint32(len(junctions)) {
		for k := c.at[v]; k < c.at[v+1]; k++ {
			if u := c.to[k]; u > v {
				for j := c.at[u]; j < c.at[u+1]; j++ {
					if c.link[j] == c.link[k] {
						c.back[k], c.back[j] = j, k
						break
					}
				}
			}
		}
	}
	c.near = slices.Grow(c.near[:0], len(junctions))[:len(junctions)]
	clear(c.near)
}

// directions are the lines across the city along which it is tried to be cut.
var directions = [][2]int64{{1, 0}, {0, 1}, {1, 1}, {1, -1}, {2, 1}, {1, 2}, {2, -1}, {1, -2}}

// shares are how many of a hundred junctions are held to each side.
var shares = []int{10, 20, 30, 40}

// bisect finds a small cut that leaves two parts: of what inertial flow offers along
// some directions, the one with the fewest links for its balance. Where the part falls
// apart anyway, nothing is cut.
func (c *cell) bisect(d *dissection, junctions []uint32) {
	n := len(junctions)
	if c.apart() {
		return
	}
	sorted := make([]uint32, n) // local numbers
	best := cut{links: -1}
	for k, dir := range directions {
		if k >= 4 && n < 30 {
			break
		}
		key := make([]int64, n)
		for i, j := range junctions {
			sorted[i] = uint32(i)
			key[i] = d.links.Places[j].X*dir[0] + d.links.Places[j].Y*dir[1]
		}
		slices.SortFunc(sorted, func(a, b uint32) int { return cmp.Or(cmp.Compare(key[a], key[b]), cmp.Compare(a, b)) })
		for _, share := range shares {
			held := max(1, n*share/100)
			for _, found := range c.flow.cuts(c, sorted[:held], sorted[n-held:], best.atMost(n)) {
				if found.better(best, n) {
					best = found
					c.flow.paint(found, c.near)
				}
			}
		}
	}
}

// apart reports whether the part hangs together no longer, and then paints whole
// pieces of it: about half.
func (c *cell) apart() bool {
	n := len(c.near)
	var stack []uint32
	painted := 0
	for start := range uint32(n) {
		if c.near[start] {
			continue
		}
		if painted*2 >= n {
			return true
		}
		before := painted
		stack = append(stack[:0], start)
		c.near[start] = true
		painted++
		for len(stack) > 0 {
			v := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			for _, u := range c.to[c.at[v]:c.at[v+1]] {
				if !c.near[u] {
					c.near[u] = true
					painted++
					stack = append(stack, u)
				}
			}
		}
		if painted == n {
			if before == 0 { // all in one
				clear(c.near)
				return false
			}
			// The last piece goes to the other side.
			c.unpaint(start)
			return true
		}
	}
	return true
}

func (c *cell) unpaint(start uint32) {
	stack := []uint32{start}
	c.near[start] = false
	for len(stack) > 0 {
		v := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		for _, u := range c.to[c.at[v]:c.at[v+1]] {
			if c.near[u] {
				c.near[u] = false
				stack = append(stack, u)
			}
		}
	}
}

// side is one part of what was cut.
type side struct {
	junctions []uint32
	links     int // within it
}

// divide splits a part along near; cut are the links across.
func (c *cell) divide(d *dissection, junctions []uint32) (near, far side, across []uint32) {
	near.junctions = make([]uint32, 0, len(junctions))
	for v, n := range junctions {
		s := &far
		if c.near[v] {
			s = &near
			near.junctions = append(near.junctions, n)
		} else {
			far.junctions = append(far.junctions, n)
		}
		for _, l := range d.around[d.at[n]:d.at[n+1]] {
			e := d.links.Ends[l]
			m := e[0] + e[1] - n
			switch {
			case c.seen[m] != c.part:
			case c.near[c.local[m]] == c.near[v]:
				s.links++
			case c.near[v]:
				across = append(across, l)
			}
		}
	}
	near.links, far.links = near.links/2, far.links/2
	slices.Sort(across)
	return near, far, across
}
