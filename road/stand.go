package road

import (
	"sync/atomic"

	"github.com/everycall/everycall/road/cch"
)

// Stand is where a unit stands, with its label: what it takes to each of its ancestors
// in the city's elimination tree. It is made when the unit moves and is for any number
// of readers; after streets opened or closed it answers as well, only slower, until it
// is renewed.
type Stand struct {
	stop  Stop
	label atomic.Pointer[labelled]
}

type labelled struct {
	epoch uint64
	far   *cch.Label
}

// Stand makes the label of a place.
func (v *View) Stand(stop Stop) *Stand {
	s := &Stand{stop: stop}
	s.Renew(v)
	return s
}

// Stop is where the unit stands.
func (s *Stand) Stop() Stop { return s.stop }

// Renew makes the label anew for a later view.
func (s *Stand) Renew(v *View) {
	if l := s.label.Load(); l != nil && l.epoch == v.Epoch {
		return
	}
	l := &labelled{epoch: v.Epoch, far: v.streets.top.NewLabel()}
	seeds, n := v.starts(&s.stop)
	v.metrics[s.stop.kind].There(l.far, seeds[:n]...)
	s.label.Store(l)
}

// FromStands is Many for stands of any vehicle classes. To are the stops that the
// place asked for is for each class; a class without one is not come to.
func (a *Asker) FromStands(v *View, from []*Stand, to *[VehicleKinds]*Stop, out []Reach) {
	for k, stop := range to {
		if stop != nil {
			a.fromStands(v, Kind(k), from, stop, out)
			continue
		}
		for i, s := range from {
			if s.stop.kind == Kind(k) {
				out[i] = Reach{}
			}
		}
	}
}

func (a *Asker) fromStands(v *View, k Kind, from []*Stand, to *Stop, out []Reach) {
	m := v.metrics[k]
	less := a.finish(v, to, false)
	one := len(a.ends) == 1
	if one {
		m.Back(a.back, a.ends[0].seeds[:a.ends[0].n]...)
	}
	prepared := false
	for i, s := range from {
		if s.stop.kind != k {
			continue
		}
		if s.stop.spot.link == to.spot.link {
			out[i] = a.reachBeside(v, &s.stop, to)
			continue
		}
		var w uint32
		if l := s.label.Load(); one && l.epoch == v.Epoch {
			w = cch.Meet(l.far, a.back)
		} else {
			if !prepared {
				a.prepare(m)
				prepared = true
			}
			seeds, n := v.starts(&s.stop)
			w = a.q.From(m, seeds[:n]...)
		}
		if w < cch.Inf {
			w -= less
		}
		out[i] = reachOf(w)
	}
}

// prepare makes the lazy search to a.ends.
func (a *Asker) prepare(m *cch.Metric) {
	a.seeds = a.seeds[:0]
	for i := range a.ends {
		a.seeds = append(a.seeds, a.ends[i].seeds[:a.ends[i].n]...)
	}
	a.q.To(m, a.seeds...)
}

// reachBeside is Reach for a stop on the goal's link, without disturbing the search to
// the goal.
func (a *Asker) reachBeside(v *View, from, to *Stop) Reach {
	if a.beside == nil {
		a.beside = &Asker{q: a.q, there: v.streets.top.NewLabel(), back: v.streets.top.NewLabel()}
	}
	return a.beside.Reach(v, from, to)
}

// Goal is a place to be come to, with its label: what it takes from each of its
// ancestors in the city's elimination tree.
type Goal struct {
	stop  Stop
	epoch uint64
	back  *cch.Label // nil where a fact lies on the link: then it has no single one
	less  uint32
}

// Goal makes the label of a place to be come to, as the view knows the streets.
func (v *View) Goal(stop Stop) *Goal {
	var a Asker
	g := &Goal{stop: stop, epoch: v.Epoch}
	g.less = a.finish(v, &stop, false)
	if len(v.over[stop.spot.link]) == 0 && len(a.ends) == 1 {
		g.back = v.streets.top.NewLabel()
		v.metrics[stop.kind].Back(g.back, a.ends[0].seeds[:a.ends[0].n]...)
	}
	return g
}

// Epoch is the view's that the goal was made of.
func (g *Goal) Epoch() uint64 { return g.epoch }

// Stop is where it is.
func (g *Goal) Stop() Stop { return g.stop }

// Between is how long it takes from a stand to a goal of the same view and vehicle
// class: in some ten nanoseconds where both have labels.
func (a *Asker) Between(v *View, from *Stand, to *Goal) Reach {
	l := from.label.Load()
	if l.epoch != v.Epoch || to.epoch != v.Epoch || to.back == nil || from.stop.spot.link == to.stop.spot.link {
		return a.Reach(v, &from.stop, &to.stop)
	}
	w := cch.Meet(l.far, to.back)
	if w < cch.Inf {
		w -= to.less
	}
	return reachOf(w)
}
