package cch

import "slices"

// cut is a way to divide a part: how many links it takes, and how many junctions the
// side of the sources has.
type cut struct {
	links, size int
	ofSources   bool // what the sources reach, else what cannot reach the sinks
}

// cost compares cuts of a part of n junctions: the fewer links and the more even, the
// less. Below a third, a side counts by its size.
func (c cut) cost(n int) int64 {
	return int64(c.links) << 20 / int64(min(3*min(c.size, n-c.size), n))
}

func (c cut) better(best cut, n int) bool {
	if best.links < 0 {
		return true
	}
	return c.cost(n) < best.cost(n)
}

// atMost is the number of links from which a cut cannot be better, were it even.
func (c cut) atMost(n int) int {
	if c.links < 0 {
		return int(^uint32(0) >> 1)
	}
	return int(c.cost(n)*int64(n)>>20) + 1
}

// flow finds the greatest flow between two sets of junctions of a cell, one unit a
// link in either direction (Dinic's algorithm), and the cuts that it shows.
type flow struct {
	rest  []int8   // per arc: how much more can flow
	level []int32  // per junction: steps from the sources; −1: not reached
	next  []uint32 // per junction: the arc to try next
	ends  []uint8  // per junction: whether it is a source or a sink
	queue []uint32
	path  []uint32 // arcs
	from  []bool   // what the sources reach
	into  []bool   // what reaches the sinks
	found [2]cut
}

const (
	isSource uint8 = 1
	isSink   uint8 = 2
)

// cuts are the two least cuts nearest to the sources and to the sinks; none when they
// take limit links or more.
func (f *flow) cuts(c *cell, sources, sinks []uint32, limit int) []cut {
	n := len(c.near)
	f.rest = slices.Grow(f.rest[:0], len(c.to))[:len(c.to)]
	for k := range f.rest {
		f.rest[k] = 1
	}
	f.level = slices.Grow(f.level[:0], n)[:n]
	f.next = slices.Grow(f.next[:0], n)[:n]
	f.ends = slices.Grow(f.ends[:0], n)[:n]
	f.from = slices.Grow(f.from[:0], n)[:n]
	f.into = slices.Grow(f.into[:0], n)[:n]
	clear(f.ends)
	for _, v := range sources {
		f.ends[v] = isSource
	}
	for _, v := range sinks {
		f.ends[v] = isSink
	}
	links := 0
	for f.levels(c, sources) {
		copy(f.next, c.at)
		for _, v := range sources {
			for f.augment(c, v) {
				if links++; links >= limit {
					return nil
				}
			}
		}
	}
	size := 0
	for v := range f.from {
		if f.from[v] = f.level[v] >= 0; f.from[v] {
			size++
		}
	}
	f.found[0] = cut{links: links, size: size, ofSources: true}
	f.found[1] = cut{links: links, size: n - f.reachSinks(c, sinks)}
	return f.found[:]
}

// levels counts the steps from the sources; false when the sinks are out of reach.
func (f *flow) levels(c *cell, sources []uint32) bool {
	for v := range f.level {
		f.level[v] = -1
	}
	f.queue = append(f.queue[:0], sources...)
	for _, v := range sources {
		f.level[v] = 0
	}
	reached := false
	for i := 0; i < len(f.queue); i++ {
		v := f.queue[i]
		if f.ends[v] == isSink {
			reached = true
			continue
		}
		for k := c.at[v]; k < c.at[v+1]; k++ {
			if u := c.to[k]; f.rest[k] > 0 && f.level[u] < 0 {
				f.level[u] = f.level[v] + 1
				f.queue = append(f.queue, u)
			}
		}
	}
	return reached
}

// augment sends one unit from a source to a sink along the levels.
func (f *flow) augment(c *cell, v uint32) bool {
	f.path = f.path[:0]
	for {
		if f.ends[v] == isSink {
			for _, k := range f.path {
				f.rest[k]--
				f.rest[c.back[k]]++
			}
			return true
		}
		k := f.next[v]
		for ; k < c.at[v+1]; k++ {
			if u := c.to[k]; f.rest[k] > 0 && f.level[u] == f.level[v]+1 {
				break
			}
		}
		f.next[v] = k
		if k < c.at[v+1] {
			f.path = append(f.path, k)
			v = c.to[k]
			continue
		}
		if len(f.path) == 0 {
			return false
		}
		last := f.path[len(f.path)-1]
		f.path = f.path[:len(f.path)-1]
		v = c.to[c.back[last]]
		f.next[v]++
	}
}

// reachSinks finds what can still send to the sinks and counts it.
func (f *flow) reachSinks(c *cell, sinks []uint32) int {
	clear(f.into)
	f.queue = append(f.queue[:0], sinks...)
	for _, v := range sinks {
		f.into[v] = true
	}
	for i := 0; i < len(f.queue); i++ {
		v := f.queue[i]
		for k := c.at[v]; k < c.at[v+1]; k++ {
			if u := c.to[k]; f.rest[c.back[k]] > 0 && !f.into[u] {
				f.into[u] = true
				f.queue = append(f.queue, u)
			}
		}
	}
	return len(f.queue)
}

// paint marks the junctions on the sources' side of a cut.
func (f *flow) paint(found cut, near []bool) {
	for v := range near {
		near[v] = found.ofSources && f.from[v] || !found.ofSources && !f.into[v]
	}
}
