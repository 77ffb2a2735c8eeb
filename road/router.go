package road

import (
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/everycall/everycall/geo"
	"github.com/everycall/everycall/road/cch"
)

// Limits of a router.
const (
	FactsMax    = 20_000
	FactVertMax = 10_000 // points of one fact
)

// Router answers over streets that open and close. Any number of goroutines may ask;
// they never wait for a change, and never see half of one.
type Router struct {
	streets *Streets
	now     atomic.Pointer[View]

	writing  sync.Mutex // one change at a time; it guards what follows
	spare    *View      // the view before now, whose metrics the next one takes over
	behind   [VehicleKinds]lag
	patchers chan *cch.Patcher
}

// lag is what a spare metric has not heard of yet.
type lag struct {
	arcs    []uint32
	changes []cch.Change
}

// View is what is known at one moment: the streets with all facts in force. Release it
// when done with it.
type View struct {
	Epoch uint64 // one more with every change

	streets *Streets
	pace    *[VehicleKinds]pace
	metrics [VehicleKinds]*cch.Metric  // with the facts
	free    *[VehicleKinds]*cch.Metric // without
	facts   map[string]*matched
	over    map[uint32][]stretch // facts by link
	readers atomic.Int64
}

// pace is how long everything takes a vehicle class in one band.
type pace struct {
	edges []uint32 // ms
	links []uint32
	main  []bool // by arc: leads to, and comes from, most others
}

// NewRouter makes a router without facts.
func NewRouter(s *Streets, band Band) *Router {
	r := &Router{streets: s, patchers: make(chan *cch.Patcher, 2)}
	for range cap(r.patchers) {
		r.patchers <- s.top.NewPatcher()
	}
	r.begin(r.fresh(band, map[string]*matched{}, 1))
	return r
}

// begin publishes a fresh view and makes the memory for the one after it.
func (r *Router) begin(v *View) {
	spare := &View{}
	for k := range spare.metrics {
		spare.metrics[k], r.behind[k] = v.metrics[k].Clone(), lag{}
	}
	r.now.Store(v)
	r.spare = spare
}

// fresh makes a view from nothing.
func (r *Router) fresh(band Band, facts map[string]*matched, epoch uint64) *View {
	v := &View{Epoch: epoch, streets: r.streets, pace: new([VehicleKinds]pace), free: new([VehicleKinds]*cch.Metric), facts: facts, over: overlay(facts)}
	atOnce(func(k Kind) {
		v.pace[k] = v.streets.paceOf(k, &band)
		input := make([]uint32, len(v.streets.turns.to))
		for t := range input {
			input[t] = v.base(k, uint32(t))
		}
		v.free[k] = must(v.streets.top.NewMetric(input))
		v.pace[k].main = v.streets.mainPart(k, v.free[k])
		v.metrics[k] = v.free[k].Clone()
		if changes := v.changesOn(k, v.over); len(changes) > 0 {
			p := <-r.patchers
			must(p.Patch(v.metrics[k], changes))
			r.patchers <- p
		}
	})
	return v
}

// atOnce does something for every vehicle class, on as many processors as there are.
func atOnce(do func(Kind)) {
	var all sync.WaitGroup
	var next atomic.Int32
	for range min(VehicleKinds, runtime.GOMAXPROCS(0)) {
		all.Go(func() {
			for k := next.Add(1) - 1; k < VehicleKinds; k = next.Add(1) - 1 {
				do(Kind(k))
			}
		})
	}
	all.Wait()
}

// must is for what only a fault of this package can refuse.
func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func (s *Streets) paceOf(k Kind, b *Band) pace {
	p := pace{edges: make([]uint32, len(s.edges)), links: make([]uint32, len(s.links.ends))}
	for i := range s.edges {
		p.edges[i] = k.EdgeMs(&s.edges[i], b)
		p.links[s.links.of[i]] += p.edges[i]
	}
	return p
}

// mainPart finds the arcs from which one can come to most others and back.
func (s *Streets) mainPart(k Kind, m *cch.Metric) []bool {
	q, best := s.top.NewQuery(), 0
	there, back := make([]uint32, len(s.arcs)), make([]uint32, len(s.arcs))
	part := make([]bool, len(s.node))
	var mine []uint32 // nodes whose arcs it may drive
	for n, a := range s.arcs {
		if s.allowed(s.links.firstStep(a))&k.bit() != 0 {
			mine = append(mine, uint32(n))
		}
	}
	for try := range 8 {
		if len(mine) == 0 || best*2 > len(mine) {
			break
		}
		start := cch.Seed{Node: mine[(2*try+1)*len(mine)/16]}
		q.All(m, there, start)
		q.AllTo(m, back, start)
		size := 0
		for n := range there {
			if there[n] < cch.Inf && back[n] < cch.Inf {
				size++
			}
		}
		if size <= best {
			continue
		}
		best = size
		for n, a := range s.arcs {
			part[a] = there[n] < cch.Inf && back[n] < cch.Inf
		}
	}
	return part
}

// base is the weight of a turn, and of the arc behind it, without facts.
func (v *View) base(k Kind, turn uint32) uint32 {
	t := v.streets.turns
	if t.allow[turn]&k.bit() == 0 {
		return cch.Inf
	}
	from, to := t.from[turn].link(), t.to[turn].link()
	w := k.turnMs(t.how[turn]) + v.pace[k].links[to]
	if v.streets.localOn(to)&k.bit() != 0 && v.streets.localOn(from)&k.bit() == 0 {
		w += reluctance
	}
	return min(w, cch.Inf)
}

// localOn is who may go on a link only to get to it.
func (s *Streets) localOn(link uint32) Vehicles {
	return s.edges[s.links.steps[s.links.first[link]].edge()].Local
}

// overlay sorts the stretches of all facts by link.
func overlay(facts map[string]*matched) map[uint32][]stretch {
	over := map[uint32][]stretch{}
	ids := make([]string, 0, len(facts))
	for id := range facts {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	for _, id := range ids {
		for link, all := range facts[id].stretches { // a link's are in the order of facts
			over[link] = append(over[link], all...)
		}
	}
	return over
}

// entering is what a fact costs a vehicle that comes into it.
func (f *Fact) entering(k Kind) uint32 {
	switch f.stateFor(k) {
	case StateBlocked:
		return cch.Inf
	case StateRestricted:
		return reluctance
	case StateDelayed:
		return min(f.DelayMs, msMask)
	case StateUnknown:
		if f.Wary&k.bit() != 0 {
			return reluctance
		}
	}
	return 0
}

// facing is what the facts on the arc behind a turn cost who drives it from its
// beginning to so far along it; to beyond its length means all of it.
func (v *View) facing(k Kind, from, a arcID, far geo.Millimetres) uint32 {
	return v.paid(k, from, a, atEntry, far)
}

// ahead is what facts cost who starts on an arc and drives it from one place on it to
// another.
func (v *View) ahead(k Kind, a arcID, begin, far geo.Millimetres) uint32 {
	return v.paid(k, 0, a, begin, far)
}

func (v *View) paid(k Kind, from, a arcID, begin, far geo.Millimetres) uint32 {
	if len(v.over[a.link()]) == 0 {
		return 0
	}
	cost := uint32(0)
	v.meets(k, from, a, begin, far, func(f *Fact) { cost = min(cost+f.entering(k), cch.Inf) })
	return cost
}

// atEntry is where on an arc somebody begins who comes along another.
const atEntry = geo.Millimetres(-1)

// meets visits the facts that somebody enters who drives an arc from one place on it to
// another, or from its entry, having come along from. Who is in a fact already does not
// enter it: not who starts in it, and not who comes along an arc that ends in it.
func (v *View) meets(k Kind, from, a arcID, begin, far geo.Millimetres, visit func(*Fact)) {
	for i := range v.over[a.link()] {
		st := &v.over[a.link()][i]
		start, end, ok := st.on(a, k)
		if !ok || start >= far {
			continue
		}
		if start <= begin || begin == atEntry && start == 0 && start < end && v.inside(k, from, st.fact) {
			continue
		}
		visit(st.fact)
	}
}

// inside reports whether a fact reaches the end of an arc.
func (v *View) inside(k Kind, a arcID, f *Fact) bool {
	for i := range v.over[a.link()] {
		st := &v.over[a.link()][i]
		if start, end, ok := st.on(a, k); ok && st.fact == f && start < end && end == st.whole {
			return true
		}
	}
	return false
}

// beyond is longer than any link.
const beyond = geo.Millimetres(1) << 40

// weight is that of a turn with the facts.
func (v *View) weight(k Kind, turn uint32) uint32 {
	w := v.base(k, turn)
	if w < cch.Inf {
		t := v.streets.turns
		w += v.facing(k, t.from[turn], t.to[turn], beyond)
	}
	return min(w, cch.Inf)
}

// changesOn are the weights of the turns onto some links that differ from what the
// metric of the view has.
func (v *View) changesOn(k Kind, links map[uint32][]stretch) []cch.Change {
	var out []cch.Change
	t, m := v.streets.turns, v.metrics[k]
	sorted := make([]uint32, 0, len(links))
	for link := range links {
		sorted = append(sorted, link)
	}
	slices.Sort(sorted)
	for _, link := range sorted {
		for _, turn := range t.into[t.intoAt[2*link]:t.intoAt[2*link+2]] {
			if w := v.weight(k, turn); w != m.Input(turn) {
				out = append(out, cch.Change{Arc: turn, Weight: w})
			}
		}
	}
	return out
}

// View is what is known now. Release it soon: a change that comes two later waits a
// moment for it, and then makes new memory.
func (r *Router) View() *View {
	for {
		v := r.now.Load()
		v.readers.Add(1)
		if r.now.Load() == v {
			return v
		}
		v.readers.Add(-1)
	}
}

// Release gives a view back.
func (v *View) Release() { v.readers.Add(-1) }

// Update adds facts, replaces those with the same ID, and removes others, all at once.
// It returns the epoch from which answers know them and the IDs of added facts that
// match no street; these are kept, and are about nothing.
func (r *Router) Update(add []Fact, remove []string) (epoch uint64, missed []string, err error) {
	r.writing.Lock()
	defer r.writing.Unlock()
	old := r.now.Load()
	facts := make(map[string]*matched, len(old.facts)+len(add))
	for id, m := range old.facts {
		facts[id] = m
	}
	touched := map[uint32][]stretch{}
	touch := func(m *matched) {
		if m != nil {
			for link := range m.stretches {
				touched[link] = nil
			}
		}
	}
	for _, id := range remove {
		touch(facts[id])
		delete(facts, id)
	}
	for i := range add {
		if err := add[i].check(); err != nil {
			return old.Epoch, nil, err
		}
		f := add[i]
		touch(facts[f.ID])
		m := r.streets.match(&f)
		touch(m)
		if facts[f.ID] = m; len(m.stretches) == 0 {
			missed = append(missed, f.ID)
		}
	}
	if len(facts) > FactsMax {
		return old.Epoch, nil, fmt.Errorf("road: %d facts, at most %d", len(facts), FactsMax)
	}
	next := r.follow(old)
	next.Epoch, next.facts, next.over = old.Epoch+1, facts, overlay(facts)
	atOnce(func(k Kind) {
		changes := next.changesOn(k, touched)
		p := <-r.patchers
		changed := must(p.Patch(next.metrics[k], changes))
		r.behind[k] = lag{append(r.behind[k].arcs[:0], changed...), append(r.behind[k].changes[:0], changes...)}
		r.patchers <- p
	})
	r.now.Store(next)
	r.spare = old
	return next.Epoch, missed, nil
}

// patience is how long a change waits for who still reads the view before the last.
const patience = 20 * time.Millisecond

// follow makes a view with the metrics of the spare one, brought up to the present,
// or with copies when somebody still reads those.
func (r *Router) follow(old *View) *View {
	next := &View{streets: old.streets, pace: old.pace, free: old.free}
	spare := r.spare
	for waited := time.Duration(0); spare.readers.Load() > 0 && waited < patience; waited += 50 * time.Microsecond {
		time.Sleep(50 * time.Microsecond)
	}
	if spare.readers.Load() > 0 {
		spare = nil
	}
	atOnce(func(k Kind) {
		if spare == nil {
			next.metrics[k] = old.metrics[k].Clone()
			return
		}
		next.metrics[k] = spare.metrics[k]
		next.metrics[k].Follow(old.metrics[k], r.behind[k].arcs, r.behind[k].changes)
	})
	return next
}

// SetBand changes to another part of the day. Its weights are made beside the ones in
// use: until they are ready, answers are of the band before, and streets close as
// quickly as ever. What has changed meanwhile is patched in.
func (r *Router) SetBand(band Band) uint64 {
	start := r.now.Load()
	v := r.fresh(band, start.facts, 0)
	r.writing.Lock()
	defer r.writing.Unlock()
	if old := r.now.Load(); old.Epoch != start.Epoch {
		touched := v.over
		v.facts, v.over = old.facts, overlay(old.facts)
		for link := range v.over {
			touched[link] = nil
		}
		atOnce(func(k Kind) {
			p := <-r.patchers
			must(p.Patch(v.metrics[k], v.changesOn(k, touched)))
			r.patchers <- p
		})
	}
	v.Epoch = r.now.Load().Epoch + 1
	r.begin(v)
	return v.Epoch
}

func (f *Fact) check() error {
	least := map[Shape]int{ShapePoint: 1, ShapeLine: 2, ShapeArea: 3, ShapeWall: 3}[f.Shape]
	if f.ID == "" || least == 0 || len(f.Geometry) < least || len(f.Geometry) > FactVertMax || f.State > StateBlocked || (f.For|f.Admits|f.Wary)&^Everybody != 0 {
		return fmt.Errorf("road: fact %q has shape %d of %d points, state %d", f.ID, f.Shape, len(f.Geometry), f.State)
	}
	for _, p := range f.Geometry {
		if !p.Valid() {
			return fmt.Errorf("road: fact %q is off the planet", f.ID)
		}
	}
	return nil
}

// Streets are what the view is about.
func (v *View) Streets() *Streets { return v.streets }
