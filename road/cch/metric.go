package cch

import "fmt"

// Metric is one set of weights on a topology: for every arc the length of the
// shortest way between its ends over ranks below both. Any number of goroutines may
// read it while nobody customizes or patches it.
type Metric struct {
	t      *Topology
	weight []uint32 // by arc, and one more that stands for none
	input  []uint32 // by input arc
}

// NewMetric customizes a topology: input is the weight of every arc that the topology
// was made of, at most Inf. It keeps its own copy.
func (t *Topology) NewMetric(input []uint32) (*Metric, error) {
	if len(input) != len(t.arc) {
		return nil, fmt.Errorf("cch: %d weights for %d arcs", len(input), len(t.arc))
	}
	for i, w := range input {
		if w > Inf {
			return nil, fmt.Errorf("cch: the weight of arc %d is beyond Inf", i)
		}
	}
	m := &Metric{t: t, weight: make([]uint32, len(t.high)+1), input: append([]uint32(nil), input...)}
	m.Customize()
	return m, nil
}

// Input is the weight of an input arc.
func (m *Metric) Input(arc uint32) uint32 { return m.input[arc] }

// Clone is a copy that shares nothing but the topology.
func (m *Metric) Clone() *Metric {
	return &Metric{t: m.t, weight: append([]uint32(nil), m.weight...), input: append([]uint32(nil), m.input...)}
}

// Customize makes all weights from the input anew.
func (m *Metric) Customize() {
	for a := range m.weight {
		m.weight[a] = Inf
	}
	m.weight[len(m.weight)-1] = 0 // nothing is shorter
	for i, a := range m.t.arc {
		if a != none {
			m.weight[a] = min(m.weight[a], m.input[i])
		}
	}
	for z := range uint32(len(m.t.rank)) {
		m.lift(z)
	}
}

// lift offers all ways x → z → y to the arcs x → y.
func (m *Metric) lift(z uint32) {
	t := m.t
	first, split, end := t.first[z], t.split[z], t.first[z+1]
	out, in := m.weight[first:split], m.weight[split:end]
	over := t.over[t.overFirst[z]:t.overFirst[z+1]]
	all := m.weight
	for _, w := range in {
		row := over[:len(out)]
		over = over[len(out):]
		if w == Inf {
			continue
		}
		for j, a := range row {
			if sum := w + out[j]; sum < all[a] {
				all[a] = sum
			}
		}
	}
}

// Follow takes over what another metric of the same topology has: the weights of some
// arcs, as Patch returned them, and of some input arcs.
func (m *Metric) Follow(other *Metric, arcs []uint32, changes []Change) {
	for _, a := range arcs {
		m.weight[a] = other.weight[a]
	}
	for _, c := range changes {
		m.input[c.Arc] = c.Weight
	}
}
