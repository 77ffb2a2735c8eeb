package road

import (
	"slices"

	"github.com/everycall/everycall/geo"
	"github.com/everycall/everycall/road/cch"
)

// Route is a way from one stop to another.
type Route struct {
	Reach
	Epoch    uint64
	From, To Stop
	Length   geo.Millimetres
	Line     []geo.Point // from the one stop to the other, on the street
	Legs     []Leg
	Relies   []string // facts on the way: what is unknown, delayed, restricted, or said to be open
	Avoids   []string // facts for which the way is not the one that it would be without any
	Blocked  []string // when no way leads there: the blocked facts on the way that enters the fewest; none when no opening would help
}

// Leg is a part of a route along one street.
type Leg struct {
	Name   string // "" where none is known
	How    string // how it is turned into: "start", "straight", "right", "left", "sharp", "around"
	Length geo.Millimetres
	Ms     int64
}

var manners = [...]string{"straight", "right", "left", "sharp", "around"}

// piece is an arc of a route, driven from one place on it to another.
type piece struct {
	arc      arcID
	from, to geo.Millimetres
	how      string
}

// Route finds the quickest way, what it relies on, and what it avoids or is blocked by.
func (a *Asker) Route(v *View, from, to *Stop) Route {
	r := a.Drive(v, from, to)
	switch {
	case !r.OK:
		r.Blocked = a.blockedBy(v, from, to)
	case len(v.facts) > 0:
		r.Avoids = a.avoided(v, from, to, &r)
	}
	return r
}

// Drive is Route without what it avoids or is blocked by, which takes longer to find.
func (a *Asker) Drive(v *View, from, to *Stop) Route {
	r := Route{Epoch: v.Epoch, From: *from, To: *to}
	pieces, w := a.way(v, from, to)
	if r.Reach = reachOf(w); r.OK {
		a.tell(v, pieces, &r)
		r.Relies = v.factsOn(pieces, from.kind, func(f *Fact) bool { return f.stateFor(from.kind) != StateBlocked })
	}
	return r
}

// Via is a route with places between that it must pass, the gate of a zone for one.
// The stops are of one vehicle class. When one part has no way, the route is that part.
func (a *Asker) Via(v *View, stops ...*Stop) Route {
	var whole Route
	for i := 1; i < len(stops); i++ {
		r := a.Route(v, stops[i-1], stops[i])
		if !r.OK {
			return r
		}
		if i == 1 {
			whole = r
			continue
		}
		whole.Ms, whole.Reluctant, whole.Length, whole.To = whole.Ms+r.Ms, whole.Reluctant+r.Reluctant, whole.Length+r.Length, r.To
		whole.Line, whole.Legs = append(whole.Line, r.Line...), append(whole.Legs, r.Legs...)
		whole.Relies, whole.Avoids = union(whole.Relies, r.Relies), union(whole.Avoids, r.Avoids)
	}
	return whole
}

func union(a, b []string) []string {
	all := append(slices.Clone(a), b...)
	slices.Sort(all)
	return slices.Compact(all)
}

// way is the way of least weight.
func (a *Asker) way(v *View, from, to *Stop) (pieces []piece, weight uint32) {
	w, by, _ := a.far(v, from, to)
	if w >= cch.Inf {
		return nil, w
	}
	s, m := v.streets, v.metrics[from.kind]
	if by < 0 {
		_, arc := v.along(from, to)
		start, _, _ := v.on(from, arc)
		goal, _, _ := v.on(to, arc)
		return []piece{{arc, start, goal, "start"}}, w
	}
	seeds, n := v.starts(from)
	e := a.ends[by]
	a.q.Far(m, seeds[:n], e.seeds[:e.n])
	turns, first, _, _ := a.q.Way(m, a.turns[:0])
	a.turns = turns
	arc := s.arcs[first]
	start, _, _ := v.on(from, arc)
	pieces = append(pieces, piece{arc, start, s.lengthOf(arc.link()), "start"})
	for _, t := range turns {
		arc = s.turns.to[t]
		pieces = append(pieces, piece{arc, 0, s.lengthOf(arc.link()), manners[s.turns.how[t]]})
	}
	if e.part {
		how := "straight"
		for t := s.turns.first[arc]; t < s.turns.first[arc+1]; t++ {
			if s.turns.to[t] == e.last {
				how = manners[s.turns.how[t]]
			}
		}
		pieces = append(pieces, piece{e.last, 0, 0, how})
	}
	last := &pieces[len(pieces)-1]
	last.to, _, _ = v.on(to, last.arc)
	return pieces, w
}

// tell fills in a route's line and legs.
func (a *Asker) tell(v *View, pieces []piece, r *Route) {
	s, k := v.streets, r.From.kind
	for _, p := range pieces {
		how := p.how
		at := geo.Millimetres(0)
		steps := s.links.stepsOf(p.arc.link())
		for i := range steps {
			st := steps[i]
			if p.arc&1 != 0 {
				st = steps[len(steps)-1-i].reverse()
			}
			e := &s.edges[st.edge()]
			begin, end := max(p.from, at), min(p.to, at+e.Length)
			if begin <= end && (begin < end || p.from == p.to) {
				one, other := s.points[s.start(st)], s.points[s.end(st)]
				r.add(geo.Along(one, other, int64(begin-at), int64(e.Length)))
				r.add(geo.Along(one, other, int64(end-at), int64(e.Length)))
				ms := int64(v.pace[k].edges[st.edge()]) * int64(end-begin) / max(int64(e.Length), 1)
				r.leg(s.names[e.Name], how, end-begin, ms)
				how = "straight"
			}
			at += e.Length
		}
	}
}

func (r *Route) add(p geo.Point) {
	if n := len(r.Line); n == 0 || r.Line[n-1] != p {
		r.Line = append(r.Line, p)
	}
}

func (r *Route) leg(name, how string, length geo.Millimetres, ms int64) {
	r.Length += length
	if n := len(r.Legs); n > 0 && r.Legs[n-1].Name == name && (how == "straight" || how == "start") {
		r.Legs[n-1].Length += length
		r.Legs[n-1].Ms += ms
		return
	}
	r.Legs = append(r.Legs, Leg{name, how, length, ms})
}

// factsOn lists the facts that lie on a way.
func (v *View) factsOn(pieces []piece, k Kind, wanted func(*Fact) bool) []string {
	var out []string
	for _, p := range pieces {
		for i := range v.over[p.arc.link()] {
			st := &v.over[p.arc.link()][i]
			if start, end, ok := st.on(p.arc, k); ok && wanted(st.fact) && start <= p.to && end >= p.from {
				out = append(out, st.fact.ID)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// bare is the view without facts.
func (v *View) bare() *View {
	return &View{Epoch: v.Epoch, streets: v.streets, pace: v.pace, metrics: *v.free, free: v.free}
}

// avoided are the facts on the way that would be the best without any, if that is a
// better one.
func (a *Asker) avoided(v *View, from, to *Stop, r *Route) []string {
	bare := v.bare()
	pieces, w := a.way(bare, from, to)
	if is := reachOf(w); is.Reluctant > r.Reluctant || is.Reluctant == r.Reluctant && is.Ms >= r.Ms {
		return nil
	}
	return v.factsOn(pieces, from.kind, func(f *Fact) bool { return f.entering(from.kind) > 0 && !slices.Contains(r.Relies, f.ID) })
}
