package bench

import "github.com/everycall/everycall/road"

// inf is how package road says that no way leads somewhere.
const inf = uint32(1<<31 - 1)

// dijkstra is the yardstick: Dijkstra's algorithm from both ends over the same turns
// with the same weights, with a heap of its own.
type dijkstra struct {
	first, to, cost [2][]uint32 // by direction: arcs by arc
	far             [2][]uint32
	mark            [2][]uint32
	now             uint32
	heap            [2][]item
}

type item struct{ far, arc uint32 }

func newDijkstra(s *road.Streets, v *road.View, k road.Kind) *dijkstra {
	d := &dijkstra{}
	arcs := 2 * s.LinkCount()
	for way := range 2 {
		first := make([]uint32, arcs+1)
		ends := func(visit func(turn, at, to uint32)) {
			s.Turns(func(turn, from, to uint32) {
				if way == 1 {
					from, to = to, from
				}
				if v.TurnWeight(k, turn) < inf {
					visit(turn, from, to)
				}
			})
		}
		ends(func(_, at, _ uint32) { first[at+1]++ })
		for a := range arcs {
			first[a+1] += first[a]
		}
		next := append([]uint32(nil), first...)
		d.to[way], d.cost[way] = make([]uint32, first[arcs]), make([]uint32, first[arcs])
		ends(func(turn, at, to uint32) {
			d.to[way][next[at]], d.cost[way][next[at]] = to, v.TurnWeight(k, turn)
			next[at]++
		})
		d.first[way], d.far[way], d.mark[way] = first, make([]uint32, arcs), make([]uint32, arcs)
	}
	return d
}

// between is the weight from the end of one arc to the end of another.
func (d *dijkstra) between(from, to uint32) uint32 {
	d.now++
	best := inf
	for way, start := range [2]uint32{from, to} {
		d.heap[way] = d.heap[way][:0]
		d.reach(way, start, 0)
	}
	for len(d.heap[0]) > 0 && len(d.heap[1]) > 0 && d.heap[0][0].far+d.heap[1][0].far < best {
		way := 0
		if d.heap[1][0].far < d.heap[0][0].far {
			way = 1
		}
		at := d.pop(way)
		if at.far > d.far[way][at.arc] {
			continue
		}
		if d.mark[1-way][at.arc] == d.now {
			best = min(best, at.far+d.far[1-way][at.arc])
		}
		for i := d.first[way][at.arc]; i < d.first[way][at.arc+1]; i++ {
			d.reach(way, d.to[way][i], at.far+d.cost[way][i])
		}
	}
	return best
}

// all settles everything from one arc and returns how many arcs there are.
func (d *dijkstra) all(from uint32) int {
	d.now++
	d.heap[0] = d.heap[0][:0]
	d.reach(0, from, 0)
	settled := 0
	for len(d.heap[0]) > 0 {
		at := d.pop(0)
		if at.far > d.far[0][at.arc] {
			continue
		}
		settled++
		for i := d.first[0][at.arc]; i < d.first[0][at.arc+1]; i++ {
			d.reach(0, d.to[0][i], at.far+d.cost[0][i])
		}
	}
	return settled
}

func (d *dijkstra) reach(way int, arc, far uint32) {
	if d.mark[way][arc] == d.now && d.far[way][arc] <= far {
		return
	}
	d.mark[way][arc], d.far[way][arc] = d.now, far
	h := append(d.heap[way], item{far, arc})
	at := len(h) - 1
	for at > 0 && h[(at-1)/4].far > far {
		h[at] = h[(at-1)/4]
		at = (at - 1) / 4
	}
	h[at] = item{far, arc}
	d.heap[way] = h
}

func (d *dijkstra) pop(way int) item {
	h := d.heap[way]
	top, last := h[0], h[len(h)-1]
	h = h[:len(h)-1]
	d.heap[way] = h
	at := 0
	for len(h) > 0 {
		least := at
		for c := 4*at + 1; c <= 4*at+4 && c < len(h); c++ {
			if far := last.far; h[c].far < far && (least == at || h[c].far < h[least].far) {
				least = c
			}
		}
		if least == at {
			h[at] = last
			break
		}
		h[at] = h[least]
		at = least
	}
	return top
}
