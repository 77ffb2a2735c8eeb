package road

import (
	"github.com/everycall/everycall/road/cch"
)

// Asker is the memory of one question after another to views of one router. It
// belongs to one goroutine at a time; questions for times allocate nothing once it has
// grown.
type Asker struct {
	q           *cch.Query
	there, back *cch.Label
	ends        []end
	seeds       []cch.Seed
	turns, all  []uint32
	arcs        []uint32
	beside      *Asker // for a question within another
}

// NewAsker makes the memory of questions.
func (r *Router) NewAsker() *Asker {
	t := r.streets.top
	return &Asker{q: t.NewQuery(), there: t.NewLabel(), back: t.NewLabel()}
}

// Reach is how a place can be come to.
type Reach struct {
	Ms        int64 // travel time
	Reluctant int   // how many places one enters on the way that are not for through traffic, or unknown and to be avoided
	OK        bool  // a way leads there
}

func reachOf(weight uint32) Reach {
	if weight >= cch.Inf {
		return Reach{}
	}
	return Reach{Ms: int64(weight & msMask), Reluctant: int(weight / reluctance), OK: true}
}

// end is a way in which a place is come to: at the end of some arcs that are kin.
type end struct {
	seeds [2]cch.Seed
	n     int
	last  arcID // the arc that is driven in part at the very end, when it is not the seed's
	part  bool
}

// starts are the arcs at whose ends one is after leaving a stop.
func (v *View) starts(stop *Stop) (seeds [2]cch.Seed, n int) {
	for dir, may := range [2]bool{stop.fore, stop.back} {
		a := arcID(2*stop.spot.link) + arcID(dir)
		if !may || v.streets.node[a] == none {
			continue
		}
		along, _, rest := v.on(stop, a)
		if cost := rest + v.ahead(stop.kind, a, along, beyond); cost < cch.Inf {
			seeds[n] = cch.Seed{Node: v.streets.node[a], Cost: cost}
			n++
		}
	}
	return seeds, n
}

// finish fills a.ends with the ways to come to a stop, and returns what is to be taken
// off their distances. Where no fact lies on the link, and nobody starts on it, one is
// there at the end of its arcs, less the rest of them; else what counts is how its
// beginning is come to.
func (a *Asker) finish(v *View, stop *Stop, exact bool) uint32 {
	s, k := v.streets, stop.kind
	a.ends = a.ends[:0]
	if len(v.over[stop.spot.link]) == 0 && !exact {
		all := v.pace[k].links[stop.spot.link]
		var e end
		for dir, may := range [2]bool{stop.fore, stop.back} {
			arc := arcID(2*stop.spot.link) + arcID(dir)
			if may && s.node[arc] != none {
				_, soFar, _ := v.on(stop, arc)
				e.seeds[e.n] = cch.Seed{Node: s.node[arc], Cost: soFar} // all − rest
				e.n++
			}
		}
		if e.n > 0 {
			a.ends = append(a.ends, e)
		}
		return all
	}
	t := s.turns
	for dir, may := range [2]bool{stop.fore, stop.back} {
		arc := arcID(2*stop.spot.link) + arcID(dir)
		if !may {
			continue
		}
		along, soFar, _ := v.on(stop, arc)
		for _, turn := range t.into[t.intoAt[arc]:t.intoAt[arc+1]] {
			w := v.base(k, turn)
			if w >= cch.Inf {
				continue
			}
			w = w - v.pace[k].links[stop.spot.link] + soFar + v.facing(k, t.from[turn], arc, along)
			if w < cch.Inf {
				a.ends = append(a.ends, end{seeds: [2]cch.Seed{{Node: s.node[t.from[turn]], Cost: w}}, n: 1, last: arc, part: true})
			}
		}
	}
	return 0
}

// along is the way from one stop to another on the same link without leaving it.
func (v *View) along(from, to *Stop) (weight uint32, a arcID) {
	best, by := cch.Inf, arcID(0)
	if from.spot.link != to.spot.link {
		return best, by
	}
	for dir, may := range [2]bool{from.fore && to.fore, from.back && to.back} {
		arc := arcID(2*from.spot.link) + arcID(dir)
		start, _, rest := v.on(from, arc)
		goal, _, restThen := v.on(to, arc)
		if may && start <= goal {
			if w := rest - restThen + v.ahead(from.kind, arc, start, goal); w < best {
				best, by = w, arc
			}
		}
	}
	return best, by
}

// Reach is how long it takes from one stop to another of the same vehicle class.
func (a *Asker) Reach(v *View, from, to *Stop) Reach {
	w, _, _ := a.far(v, from, to)
	return reachOf(w)
}

// far finds the least weight, and by which of a.ends: −1 for along the link.
func (a *Asker) far(v *View, from, to *Stop) (weight uint32, by int, less uint32) {
	m := v.metrics[from.kind]
	seeds, n := v.starts(from)
	m.There(a.there, seeds[:n]...)
	less = a.finish(v, to, from.spot.link == to.spot.link)
	best, by := cch.Inf, -1
	for i := range a.ends {
		m.Back(a.back, a.ends[i].seeds[:a.ends[i].n]...)
		if w := cch.Meet(a.there, a.back); w < cch.Inf && w-less < best {
			best, by = w-less, i
		}
	}
	if w, _ := v.along(from, to); w <= best {
		return w, -1, 0
	}
	return best, by, less
}

// Many fills out with how long it takes from each of some stops to one; all are of one
// vehicle class.
func (a *Asker) Many(v *View, from []*Stop, to *Stop, out []Reach) {
	m := v.metrics[to.kind]
	less := a.finish(v, to, false)
	a.prepare(m)
	for i, stop := range from {
		if stop.spot.link == to.spot.link {
			out[i] = a.reachBeside(v, stop, to)
			continue
		}
		seeds, n := v.starts(stop)
		w := a.q.From(m, seeds[:n]...)
		if w < cch.Inf {
			w -= less
		}
		out[i] = reachOf(w)
	}
}
