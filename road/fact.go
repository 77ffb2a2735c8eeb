package road

import (
	"cmp"
	"slices"

	"github.com/everycall/everycall/geo"
)

// Shape is how an access fact is drawn.
type Shape uint8

// The shapes. A wall is an outline that is crossed only at its gates.
const (
	ShapePoint Shape = iota
	ShapeLine
	ShapeArea
	ShapeWall
)

// State is what an access fact says of the streets that it is about.
type State uint8

// The states. What is open or unknown does not hold anybody up, but an answer says
// that it relies on it; unknown ways are avoided by vehicles that are wary of the fact.
const (
	StateOpen State = iota
	StateUnknown
	StateDelayed
	StateRestricted // only for who must go there
	StateBlocked
)

// Fact is what is known of some streets for the time being.
type Fact struct {
	ID       string
	Shape    Shape
	Geometry []geo.Point
	For      Vehicles
	State    State
	DelayMs  uint32 // of StateDelayed
	OneWay   bool   // of a line along a street: only in the line's direction
	Gates    []Gate // of a wall

	// Admits are the vehicles that a checkpoint lets through: unless nobody knows
	// whether it stands there still, it delays them by DelayMs whatever its state is for
	// the others.
	Admits Vehicles
	// Wary are the vehicles that go where nobody knows whether the street is open only
	// if there is no other way. The others drive there, and the answer says that it
	// relies on it.
	Wary Vehicles
}

// stateFor is what the fact says to a vehicle class.
func (f *Fact) stateFor(k Kind) State {
	if f.Admits&k.bit() != 0 && f.State != StateUnknown && f.State != StateOpen {
		return StateDelayed
	}
	return f.State
}

// Gate is an opening in a wall for some vehicles.
type Gate struct {
	Point geo.Point
	For   Vehicles
}

// Reaches of matching, on the ground.
const (
	pointReach = 30_000 // mm from a point to the street that it stands in
	nodeReach  = 8_000  // and to a junction, all of whose legs it stands in
	lineReach  = 12_000 // from a line to the street that it goes along
	gateReach  = 60_000 // from a gate to the crossing that it opens
)

// stretch is where a fact lies on a link: from … to along it; of no length where one
// can only be before or behind it.
type stretch struct {
	fact       *Fact
	from, to   geo.Millimetres
	fore, back Vehicles        // for whom, as the link goes and against it
	whole      geo.Millimetres // the link's length
}

// on is where the stretch begins and ends for a vehicle on an arc; false when the
// fact is not about that.
func (st *stretch) on(a arcID, k Kind) (start, end geo.Millimetres, ok bool) {
	if a&1 == 0 {
		return st.from, st.to, st.fore&k.bit() != 0
	}
	return st.whole - st.to, st.whole - st.from, st.back&k.bit() != 0
}

// matched is a fact with the stretches that it covers, by link.
type matched struct {
	fact      *Fact
	stretches map[uint32][]stretch
}

// match finds the street pieces that a fact is about. A fact that matches none is
// about no street: its stretches are empty.
func (s *Streets) match(f *Fact) *matched {
	m := &matched{fact: f, stretches: map[uint32][]stretch{}}
	switch f.Shape {
	case ShapePoint:
		s.matchPoint(m)
	case ShapeLine:
		s.matchLine(m)
	case ShapeArea:
		s.matchArea(m)
	case ShapeWall:
		s.matchWall(m)
	}
	for link, all := range m.stretches { // each for itself: the order cannot show
		m.stretches[link] = merged(all)
	}
	return m
}

// Cover is a piece of a street that a fact is about.
type Cover struct {
	Edge       uint32
	From, To   geo.Millimetres // along the edge, from its From; equal where one can only be before or behind it
	Fore, Back Vehicles        // for whom, as the edge goes and against it
}

// Cover lists the street pieces that a fact is about, by edge.
func (s *Streets) Cover(f Fact) []Cover {
	var out []Cover
	for link, all := range s.match(&f).stretches { // sorted below
		for _, st := range all {
			at := geo.Millimetres(0)
			for _, step := range s.links.stepsOf(link) {
				length := s.edges[step.edge()].Length
				from, to := max(st.from-at, 0), min(st.to-at, length)
				if from < to || st.from == st.to && from == to && (to < length || at+length == st.whole) {
					c := Cover{step.edge(), from, to, st.fore, st.back}
					if step.back() {
						c = Cover{step.edge(), length - to, length - from, st.back, st.fore}
					}
					out = append(out, c)
				}
				at += length
			}
		}
	}
	slices.SortFunc(out, func(a, b Cover) int {
		return cmp.Or(cmp.Compare(a.Edge, b.Edge), cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To))
	})
	return out
}

// put adds from … to of an edge, measured from its From.
func (m *matched) put(s *Streets, edge uint32, from, to geo.Millimetres, fore, back Vehicles) {
	one, other := s.spotOn(edge, from), s.spotOn(edge, to)
	if one.along > other.along {
		one, other = other, one
		fore, back = back, fore
	}
	if fore|back != 0 {
		m.stretches[one.link] = append(m.stretches[one.link], stretch{m.fact, one.along, other.along, fore, back, s.lengthOf(one.link)})
	}
}

// merged joins stretches of one fact that touch.
func merged(all []stretch) []stretch {
	slices.SortFunc(all, func(a, b stretch) int {
		return cmp.Or(cmp.Compare(a.fore, b.fore), cmp.Compare(a.back, b.back), cmp.Compare(a.from, b.from), cmp.Compare(a.to, b.to))
	})
	out := all[:1]
	for _, st := range all[1:] {
		last := &out[len(out)-1]
		if st.from <= last.to && st.fore == last.fore && st.back == last.back && (st.from < st.to || st.from == last.to) {
			last.to = max(last.to, st.to)
			continue
		}
		out = append(out, st)
	}
	return out
}

func (s *Streets) matchPoint(m *matched) {
	f := m.fact
	place, ok := s.nearest(f.Geometry[0], func(e Edge) bool { return (e.Forward|e.Backward)&f.For != 0 })
	if !ok || place.Distance > pointReach {
		return
	}
	e := &s.edges[place.Edge]
	for _, n := range [2]Node{e.From, e.To} {
		if s.Degree(n) > 2 && geo.Distance(s.points[n], f.Geometry[0]) <= nodeReach {
			for _, leg := range s.around(n) {
				at := geo.Millimetres(0)
				if s.edges[leg.edge].To == n {
					at = s.edges[leg.edge].Length
				}
				m.put(s, leg.edge, at, at, f.For, f.For)
			}
			return
		}
	}
	at := s.alongEdge(uint32(place.Edge), f.Geometry[0])
	m.put(s, uint32(place.Edge), at, at, f.For, f.For)
}

// alongEdge is how far along an edge a point lies.
func (s *Streets) alongEdge(edge uint32, p geo.Point) geo.Millimetres {
	e := &s.edges[edge]
	num, den, _ := geo.Project(p, s.points[e.From], s.points[e.To])
	return scale(e.Length, num, den)
}

// scale is length·num/den for 0 ≤ num ≤ den, rounded down, whatever den's size.
func scale(length geo.Millimetres, num, den int64) geo.Millimetres {
	for den > 1<<31 {
		num, den = num>>1, den>>1
	}
	return geo.Millimetres(int64(length) * num / max(den, 1))
}

// matchLine covers what a line goes along; where it goes along nothing, it stands
// across the streets that it crosses.
func (s *Streets) matchLine(m *matched) {
	f := m.fact
	for i := 1; i < len(f.Geometry); i++ {
		a, b := f.Geometry[i-1], f.Geometry[i]
		s.eachEdgeNear(geo.BoxOf(a, b), lineReach, func(edge uint32) { s.matchAlong(m, edge, a, b) })
	}
	if len(m.stretches) > 0 {
		return
	}
	for i := 1; i < len(f.Geometry); i++ {
		a, b := f.Geometry[i-1], f.Geometry[i]
		s.eachEdgeNear(geo.BoxOf(a, b), 0, func(edge uint32) {
			e := &s.edges[edge]
			if at, crosses := crossing(s.points[e.From], s.points[e.To], a, b); crosses {
				at := scale(e.Length, at, crossingUnit)
				m.put(s, edge, at, at, f.For, f.For)
			}
		})
	}
}

// matchAlong covers the part of an edge that a piece of a line goes along.
func (s *Streets) matchAlong(m *matched, edge uint32, a, b geo.Point) {
	f, e := m.fact, &s.edges[edge]
	from, to := s.points[e.From], s.points[e.To]
	x0, y0 := geo.Offset(from, to)
	x1, y1 := geo.Offset(a, b)
	dot, cross := int64(x0*x1+y0*y1), int64(x0*y1-y0*x1)
	if max(cross, -cross) > max(dot, -dot)*466/1000 { // more than 25°
		return
	}
	begin, beginDen, _ := geo.Project(a, from, to)
	end, endDen, _ := geo.Project(b, from, to)
	one, other := scale(e.Length, begin, beginDen), scale(e.Length, end, endDen)
	if one > other {
		one, other = other, one
	}
	middle := geo.Along(from, to, int64(one+other), 2*int64(e.Length))
	if other-one < min(2_000, e.Length/2) || geo.DistanceToSegment(middle, a, b) > lineReach {
		return
	}
	fore, back := f.For, f.For
	if f.OneWay {
		if dot > 0 {
			back = 0
		} else {
			fore = 0
		}
	}
	m.put(s, edge, one, other, fore, back)
}

// matchArea covers what lies in an outline.
func (s *Streets) matchArea(m *matched) {
	f := m.fact
	ring := geo.Ring(f.Geometry)
	s.eachEdgeNear(ring.Box(), 0, func(edge uint32) {
		e := &s.edges[edge]
		from, to := s.points[e.From], s.points[e.To]
		cuts := append(crossings(from, to, ring), 0, crossingUnit)
		slices.Sort(cuts)
		for i := 1; i < len(cuts); i++ {
			if cuts[i] > cuts[i-1] && ring.Contains(geo.Along(from, to, cuts[i]+cuts[i-1], 2*crossingUnit)) {
				m.put(s, edge, scale(e.Length, cuts[i-1], crossingUnit), scale(e.Length, cuts[i], crossingUnit), f.For, f.For)
			}
		}
	})
}

// matchWall stands across every street that crosses an outline, except at the gates:
// each opens the crossing nearest to it.
func (s *Streets) matchWall(m *matched) {
	type cross struct {
		edge uint32
		at   geo.Millimetres
		spot geo.Point
		keep Vehicles
	}
	var all []cross
	f := m.fact
	ring := geo.Ring(f.Geometry)
	s.eachEdgeNear(ring.Box(), 0, func(edge uint32) {
		e := &s.edges[edge]
		for _, at := range crossings(s.points[e.From], s.points[e.To], ring) {
			all = append(all, cross{edge, scale(e.Length, at, crossingUnit), geo.Along(s.points[e.From], s.points[e.To], at, crossingUnit), f.For})
		}
	})
	for _, gate := range f.Gates {
		best, near := -1, geo.Millimetres(gateReach)
		for i := range all {
			if d := geo.Distance(gate.Point, all[i].spot); d <= near && (best < 0 || d < near) {
				best, near = i, d
			}
		}
		if best >= 0 {
			all[best].keep &^= gate.For
		}
	}
	for _, c := range all {
		m.put(s, c.edge, c.at, c.at, c.keep, c.keep)
	}
}

// crossingUnit is what crossing and crossings count the way along a segment in.
const crossingUnit = 1 << 20

// crossings are the places at which the way from one point to another crosses a ring.
func crossings(from, to geo.Point, ring geo.Ring) []int64 {
	var all []int64
	for i := range ring {
		if at, ok := crossing(from, to, ring[i], ring[(i+1)%len(ring)]); ok {
			all = append(all, at)
		}
	}
	return all
}

// crossing is where the way from one point to another crosses a–b, in crossingUnits.
// Of two neighbouring segments of a ring only one has their common point.
func crossing(from, to, a, b geo.Point) (int64, bool) {
	x, y := geo.Offset(from, to)
	ax, ay := geo.Offset(from, a)
	bx, by := geo.Offset(from, b)
	sideA, sideB := int64(x*ay-y*ax), int64(x*by-y*bx)
	if (sideA > 0) == (sideB > 0) {
		return 0, false
	}
	// Where a–b meets the line through from and to: a + (b−a)·sideA/(sideA−sideB).
	sideA, whole := sideA>>8, (sideA-sideB)>>8
	if whole == 0 {
		return 0, false
	}
	for max(whole, -whole) > 1<<31 {
		sideA, whole = sideA>>1, whole>>1
	}
	px, py := int64(ax)+int64(bx-ax)*sideA/whole, int64(ay)+int64(by-ay)*sideA/whole
	num, den := px*int64(x)+py*int64(y), int64(x*x+y*y)
	if den == 0 || num < 0 || num > den {
		return 0, false
	}
	for den > 1<<40 {
		num, den = num>>1, den>>1
	}
	return num * crossingUnit / den, true
}
