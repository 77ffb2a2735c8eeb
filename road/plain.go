package road

import (
	"container/heap"
	"slices"

	"github.com/everycall/everycall/road/cch"
)

// block is what entering a blocked fact weighs when it is asked which to open: more
// than any time.
const block = uint64(1) << 40

// hard is entering, with blocked facts as very long ways instead of none.
func (f *Fact) hard(k Kind) uint64 {
	if w := f.entering(k); w < cch.Inf {
		return uint64(w)
	}
	return block
}

// front is a queue of arcs by what it takes to their ends, and then by number.
type front []reached

type reached struct {
	weight uint64
	arc    arcID
}

func (f front) Len() int { return len(f) }
func (f front) Less(i, j int) bool {
	return f[i].weight < f[j].weight || f[i].weight == f[j].weight && f[i].arc < f[j].arc
}
func (f front) Swap(i, j int) { f[i], f[j] = f[j], f[i] }
func (f *front) Push(x any)   { *f = append(*f, x.(reached)) }
func (f *front) Pop() any {
	last := (*f)[len(*f)-1]
	*f = (*f)[:len(*f)-1]
	return last
}

// blockedBy finds the blocked facts that the way enters which enters the fewest: those
// whose opening would help. It is Dijkstra's algorithm over arcs, for the rare case.
func (a *Asker) blockedBy(v *View, from, to *Stop) []string {
	s, k := v.streets, from.kind
	t := s.turns
	far, before := map[arcID]uint64{}, map[arcID]arcID{}
	var queue front
	reach := func(arc, via arcID, w uint64) {
		if old, seen := far[arc]; !seen || w < old {
			far[arc], before[arc] = w, via
			heap.Push(&queue, reached{w, arc})
		}
	}
	for dir, may := range [2]bool{from.fore, from.back} {
		if arc := arcID(2*from.spot.link) + arcID(dir); may {
			along, _, rest := v.on(from, arc)
			w := uint64(rest)
			v.meets(k, 0, arc, along, beyond, func(f *Fact) { w += f.hard(k) })
			reach(arc, arc, w)
		}
	}
	best, last, goal := uint64(1)<<62, arcID(0), arcID(0)
	for len(queue) > 0 {
		at := heap.Pop(&queue).(reached)
		if at.weight > far[at.arc] {
			continue
		}
		for turn := t.first[at.arc]; turn < t.first[at.arc+1]; turn++ {
			base, next := v.base(k, turn), t.to[turn]
			if base >= cch.Inf {
				continue
			}
			if may := [2]bool{to.fore, to.back}[next&1]; next.link() == to.spot.link && may {
				along, soFar, _ := v.on(to, next)
				w := at.weight + uint64(base-v.pace[k].links[to.spot.link]+soFar)
				v.meets(k, at.arc, next, atEntry, along, func(f *Fact) { w += f.hard(k) })
				if w < best {
					best, last, goal = w, at.arc, next
				}
			}
			w := at.weight + uint64(base)
			v.meets(k, at.arc, next, atEntry, beyond, func(f *Fact) { w += f.hard(k) })
			reach(next, at.arc, w)
		}
	}
	return v.enteredOn(from, to, before, last, goal, best)
}

// enteredOn lists the blocked facts on the way that ends with the arcs last and goal.
func (v *View) enteredOn(from, to *Stop, before map[arcID]arcID, last, goal arcID, weight uint64) []string {
	var out []string
	k := from.kind
	note := func(f *Fact) {
		if f.hard(k) == block {
			out = append(out, f.ID)
		}
	}
	least := uint64(1) << 62
	for dir, may := range [2]bool{from.fore && to.fore, from.back && to.back} { // or along the link
		arc := arcID(2*from.spot.link) + arcID(dir)
		start, _, rest := v.on(from, arc)
		end, _, restThen := v.on(to, arc)
		if from.spot.link != to.spot.link || !may || start > end {
			continue
		}
		w := uint64(rest - restThen)
		v.meets(k, 0, arc, start, end, func(f *Fact) { w += f.hard(k) })
		if w < min(least, weight) {
			least, out = w, nil
			v.meets(k, 0, arc, start, end, note)
		}
	}
	if least > weight && weight < 1<<62 {
		along, _, _ := v.on(to, goal)
		v.meets(k, last, goal, atEntry, along, note)
		for arc := last; ; arc = before[arc] {
			if before[arc] == arc {
				along, _, _ := v.on(from, arc)
				v.meets(k, 0, arc, along, beyond, note)
				break
			}
			v.meets(k, before[arc], arc, atEntry, beyond, note)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
