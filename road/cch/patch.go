package cch

import (
	"fmt"
	"math/bits"
	"slices"
)

// Change is a new weight for an input arc.
type Change struct {
	Arc    uint32
	Weight uint32
}

// Patcher is the memory of one patch after another on one topology. It belongs to one
// goroutine at a time.
type Patcher struct {
	t       *Topology
	was     []uint32 // the weight before the patch, of arcs that changed; none of others
	doubted set      // its weight may have come over an arc that got longer
	nodes   set      // ranks with arcs to look at
	named   set      // input arcs of this patch
	changed []uint32
	outs    []span   // the arcs up from the rank at hand
	moved   []uint32 // those of them that changed
}

// span is an arc's weight before the patch and now.
type span struct{ was, now uint32 }

// NewPatcher makes the memory of patches on a topology.
func (t *Topology) NewPatcher() *Patcher {
	was := make([]uint32, len(t.high)+1) // one more for the arc that is not there
	for a := range was {
		was[a] = none
	}
	return &Patcher{t: t, was: was, doubted: newSet(len(t.high)), nodes: newSet(len(t.rank)), named: newSet(len(t.arc))}
}

// Patch changes the weights of some input arcs and carries them through: afterwards the
// metric is what Customize would make of the new input, bit for bit. No arc is named
// twice. Only arcs whose
// weight may differ are looked at, from the lowest rank upward. It returns those that
// do, until the next patch.
func (p *Patcher) Patch(m *Metric, changes []Change) ([]uint32, error) {
	t := p.t
	if err := p.check(changes); err != nil {
		return nil, err
	}
	p.changed = p.changed[:0]
	for _, c := range changes {
		was := m.input[c.Arc]
		m.input[c.Arc] = c.Weight
		if a := t.arc[c.Arc]; a != none {
			p.offer(m, a, was, c.Weight)
		}
	}
	for z := p.nodes.take(0); z != none; z = p.nodes.take(z) {
		if p.settle(m, z) {
			p.raise(m, z)
		}
	}
	for _, a := range p.changed {
		p.was[a] = none
	}
	return p.changed, nil
}

// check refuses arcs that are not there or there twice.
func (p *Patcher) check(changes []Change) (err error) {
	n := 0
	for _, c := range changes {
		if int(c.Arc) >= len(p.t.arc) || c.Weight > Inf || p.named.has(c.Arc) {
			err = fmt.Errorf("cch: a change of arc %d to %d, of %d arcs, each at most once", c.Arc, c.Weight, len(p.t.arc))
			break
		}
		p.named.add(c.Arc)
		n++
	}
	for _, c := range changes[:n] {
		p.named.drop(c.Arc)
	}
	return err
}

// offer tells an arc that one of its ways was as long as was and is as long as now. An
// arc that was lowered in this patch has a way that is shorter than any it had: what got
// longer does not matter to it.
func (p *Patcher) offer(m *Metric, a, was, now uint32) {
	is := m.weight[a]
	switch {
	case now < is:
		if p.was[a] == none {
			p.was[a] = is
		}
		m.weight[a] = now
	case now > was && was == is && is < Inf && int(a) < len(p.t.high):
		p.doubted.add(a)
	default:
		return
	}
	p.nodes.add(p.t.low[a])
}

// settle finds the final weights of the arcs of a rank, and reports whether any has
// changed. All arcs below are final by now.
func (p *Patcher) settle(m *Metric, z uint32) bool {
	t := p.t
	before := len(p.changed)
	for a := t.first[z]; a < t.first[z+1]; a++ {
		if p.doubted.has(a) {
			p.doubted.drop(a)
			if p.was[a] == none { // else a shorter way was found than any before
				if now := m.recompute(a); now != m.weight[a] {
					p.was[a] = m.weight[a]
					m.weight[a] = now
				}
			}
		}
		if p.was[a] != none {
			p.changed = append(p.changed, a)
		}
	}
	return len(p.changed) > before
}

// raise offers the ways x → z → y of which an arc has changed to the arcs x → y.
func (p *Patcher) raise(m *Metric, z uint32) {
	t := p.t
	first, split, end := t.first[z], t.split[z], t.first[z+1]
	p.outs, p.moved = p.outs[:0], p.moved[:0]
	for a := first; a < split; a++ {
		was, now := p.was[a], m.weight[a]
		if was == none {
			was = now
		} else {
			p.moved = append(p.moved, a-first)
		}
		p.outs = append(p.outs, span{was, now})
	}
	row := t.over[t.overFirst[z]:t.overFirst[z+1]]
	for a := split; a < end; a++ {
		over := row[:len(p.outs)]
		row = row[len(p.outs):]
		was, now := p.was[a], m.weight[a]
		switch {
		case was != none:
			for j, out := range p.outs {
				p.pass(m, over[j], was+out.was, now+out.now)
			}
		case now < Inf:
			for _, j := range p.moved {
				out := p.outs[j]
				p.pass(m, over[j], now+out.was, now+out.now)
			}
		}
	}
}

// pass is offer where it may matter.
func (p *Patcher) pass(m *Metric, a, was, now uint32) {
	if is := m.weight[a]; now < is || was == is && now > was {
		p.offer(m, a, was, now)
	}
}

// recompute is the least weight of an arc's ways; it stops at the present one, since
// no way is shorter.
func (m *Metric) recompute(a uint32) uint32 {
	t, best := m.t, Inf
	for _, i := range t.inputs[t.inputAt[a]:t.inputAt[a+1]] {
		best = min(best, m.input[i])
	}
	if best == m.weight[a] {
		return best
	}
	t.triangles(a, func(xz, zy uint32) bool {
		best = min(best, m.weight[xz]+m.weight[zy])
		return best != m.weight[a]
	})
	return best
}

// triangles visits the ways x → z → y over one lower rank of an arc x → y, by their
// arcs, from the lowest z up, until told to stop.
func (t *Topology) triangles(a uint32, visit func(xz, zy uint32) bool) {
	x, y := t.low[a], t.high[a]
	if a >= t.split[x] {
		x, y = y, x
	}
	least := t.least[t.low[a]]
	i, iEnd := t.fromFirst[x], t.fromFirst[x+1] // x → z, by z
	j, jEnd := t.intoFirst[y], t.intoFirst[y+1] // z → y, by z
	// What is below the lower end is a range of ranks that begins with least.
	if x > y {
		i += firstFrom(t.fromLow[i:iEnd], least)
	} else {
		j += firstFrom(t.intoLow[j:jEnd], least)
	}
	for i < iEnd && j < jEnd {
		switch zx, zy := t.fromLow[i], t.intoLow[j]; {
		case zx < zy:
			i++
		case zx > zy:
			j++
		default:
			if !visit(t.from[i], t.into[j]) {
				return
			}
			i, j = i+1, j+1
		}
	}
}

// firstFrom is the index of the first that is not below least in a sorted list.
func firstFrom(list []uint32, least uint32) uint32 {
	k, _ := slices.BinarySearch(list, least)
	return uint32(k)
}

// set is a set of small numbers that finds its least quickly.
type set struct {
	words, groups []uint64
}

func newSet(n int) set {
	return set{words: make([]uint64, n/64+1), groups: make([]uint64, n/4096+1)}
}

func (s *set) has(i uint32) bool { return s.words[i/64]&(1<<(i%64)) != 0 }
func (s *set) add(i uint32) {
	s.words[i/64] |= 1 << (i % 64)
	s.groups[i/4096] |= 1 << (i / 64 % 64)
}

func (s *set) drop(i uint32) {
	if s.words[i/64] &^= 1 << (i % 64); s.words[i/64] == 0 {
		s.groups[i/4096] &^= 1 << (i / 64 % 64)
	}
}

// take removes the least number, which is not below from, and returns it; none when
// the set is empty.
func (s *set) take(from uint32) uint32 {
	for g := int(from / 4096); g < len(s.groups); g++ {
		if s.groups[g] != 0 {
			w := uint32(g*64 + bits.TrailingZeros64(s.groups[g]))
			i := w*64 + uint32(bits.TrailingZeros64(s.words[w]))
			s.drop(i)
			return i
		}
	}
	return none
}
