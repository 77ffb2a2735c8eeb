package road

import "github.com/everycall/everycall/geo"

// Stop is a place where a vehicle of one class stands or is to go: on a street.
type Stop struct {
	Point geo.Point       // as asked
	At    geo.Point       // on the street
	Off   geo.Millimetres // from the one to the other
	Edge  uint32
	Along geo.Millimetres // from the edge's From
	// Forward and Backward say whether it may be left, or come to, as the edge goes and
	// against it.
	Forward, Backward bool

	kind Kind
	spot spot
	fore bool // the same of the link
	back bool
}

// Snap is how a place is taken to a street to a street.
type Snap struct {
	Heading    int  // degrees clockwise from north in which the vehicle drives, when HasHeading
	HasHeading bool // then it does not leave the other way
	Kerb       bool // it is to stop on the right-hand side, where the street is driven both ways
}

// Stop finds the nearest street that the vehicle class may use and from where it can
// go on; false when no street of the network is for it.
func (v *View) Stop(k Kind, p geo.Point, how Snap) (Stop, bool) {
	s := v.streets
	usable := func(i uint32) (fore, back bool) {
		link := s.links.of[i]
		fore, back = v.pace[k].main[2*link], v.pace[k].main[2*link+1]
		if how.HasHeading {
			ahead, behind := s.heads(i, how.Heading)
			if s.links.steps[s.links.at[i]].back() {
				ahead, behind = behind, ahead
			}
			fore, back = fore && ahead, back && behind
		}
		return fore, back
	}
	place, ok := s.nearestWhere(p, func(i uint32) bool {
		fore, back := usable(i)
		return fore || back
	})
	if !ok && how.HasHeading { // no street leads that way
		how.HasHeading = false
		return v.Stop(k, p, how)
	}
	if !ok {
		return Stop{}, false
	}
	edge := uint32(place.Edge)
	stop := Stop{Point: p, At: place.At, Off: place.Distance, Edge: edge, Along: s.alongEdge(edge, p), kind: k}
	stop.spot = s.spotOn(edge, stop.Along)
	stop.fore, stop.back = usable(edge)
	if how.Kerb && stop.fore && stop.back && place.Distance > 1000 {
		right := s.onRight(edge, p)
		if s.links.steps[s.links.at[edge]].back() {
			right = !right
		}
		stop.fore, stop.back = right, !right
	}
	stop.Forward, stop.Backward = stop.fore, stop.back
	if s.links.steps[s.links.at[edge]].back() {
		stop.Forward, stop.Backward = stop.back, stop.fore
	}
	return stop, true
}

// Kind is the vehicle class that it is for.
func (s *Stop) Kind() Kind { return s.kind }

// headingTangent is that of how far a street's direction may differ from a heading, in
// thousandths: of 60°.
const headingTangent = 1732

// heads reports whether an edge leads in a heading from From to To, and from To to
// From.
func (g *Graph) heads(edge uint32, heading int) (ahead, behind bool) {
	e := &g.edges[edge]
	x, y := geo.Offset(g.points[e.From], g.points[e.To])
	hx, hy := compass(heading)
	dot, cross := int64(x)*hx+int64(y)*hy, int64(x)*hy-int64(y)*hx
	near := max(cross, -cross)/1000 <= max(dot, -dot)/1000*headingTangent/1000
	return near && dot >= 0, near && dot <= 0
}

// compass is a heading as a vector, east and north, in thousandths.
func compass(degrees int) (east, north int64) {
	d := ((degrees % 360) + 360) % 360
	sine := func(d int) int64 { // Bhaskara I's approximation, right to 0.2 %
		sign := int64(1)
		if d = d % 360; d >= 180 {
			d, sign = d-180, -1
		}
		p := int64(d * (180 - d))
		return sign * 4000 * p / (40500 - p)
	}
	return sine(d), sine(d + 90)
}

// onRight reports whether p is to the right of an edge as it goes from From to To.
func (g *Graph) onRight(edge uint32, p geo.Point) bool {
	e := &g.edges[edge]
	x, y := geo.Offset(g.points[e.From], g.points[e.To])
	px, py := geo.Offset(g.points[e.From], p)
	return int64(x*py-y*px) < 0
}

// partMs is how long it takes from the beginning of a link to so far along it.
func (v *View) partMs(k Kind, at spot) uint32 {
	s, ms := v.streets, uint32(0)
	rest := at.along
	for _, st := range s.links.stepsOf(at.link) {
		length := s.edges[st.edge()].Length
		if rest >= length {
			ms += v.pace[k].edges[st.edge()]
			rest -= length
			continue
		}
		whole := v.pace[k].edges[st.edge()]
		if st.back() { // rounded the same way whichever way the link goes
			return ms + whole - part(whole, length-rest, length)
		}
		return ms + part(whole, rest, length)
	}
	return ms
}

// part is how long the first so much of an edge takes, from its From.
func part(whole uint32, along, length geo.Millimetres) uint32 {
	return uint32(int64(whole) * int64(along) / int64(length))
}

// on is where a stop is on an arc of its link: how far along it, how long it takes
// there from the arc's beginning, and from there to its end.
func (v *View) on(stop *Stop, a arcID) (along geo.Millimetres, soFar, rest uint32) {
	all := v.pace[stop.kind].links[stop.spot.link]
	part := v.partMs(stop.kind, stop.spot)
	if a&1 == 0 {
		return stop.spot.along, part, all - part
	}
	return v.streets.lengthOf(stop.spot.link) - stop.spot.along, all - part, part
}
