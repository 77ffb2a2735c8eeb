package recommend

import (
	"cmp"
	"fmt"
	"slices"
	"testing"

	"github.com/everycall/everycall/dispatch"
	"github.com/everycall/everycall/geo"
	"github.com/everycall/everycall/triage"
	diff "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// table is a travel time for each pair, in ms; nothing stands for unknown.
type table map[string]dispatch.Millis

func (m table) travel(u dispatch.UnitID, i dispatch.IncidentID) (dispatch.Millis, bool) {
	ms, ok := m[string(u)+">"+string(i)]
	return ms, ok
}

// soon tells of a unit when it is free; nothing stands for unknown.
func (m table) soon(u dispatch.UnitID) (dispatch.Millis, bool) {
	ms, ok := m[string(u)]
	return ms, ok
}

func (m table) wide() []Option { return []Option{CountOn(m.soon), Preempting()} }

// reserveOf declares that police keep some units, in an area.
func (r *room) reserveOf(area dispatch.Area, of dispatch.Service, keep int, from triage.Priority, band int) bool {
	_, no := r.try(dispatch.DeclarePosture{Service: of, Area: area, Title: "Thin", Authority: "a", Reason: "b", Script: "c",
		Reserve: []dispatch.Reserve{{Priority: from, Units: keep, Band: band}}, ReviewBy: r.now + dispatch.Instant(dispatch.Hour), Until: r.now + dispatch.Instant(2*dispatch.Hour)})
	return no == nil
}

// drawn says how a room is drawn.
type drawn struct {
	most    int  // units and calls
	city    bool // reserves only city-wide: one group for each rank
	minutes int  // travel times up to so many, in steps that make ties; 0: up to 9 ms
}

// drawRoom makes a small room by commands: units in beats, some at work; calls
// that wait, are held, late or promised something; reserves; a zone that police
// may enter for life-safety only; and random ways.
func drawRoom(t *rapid.T, tb testing.TB, d drawn) (*room, table) {
	r, m := newRoom(tb), table{}
	if rapid.Bool().Draw(t, "zone") {
		r.zone(dispatch.EntryLifeSafetyOnly)
	} else if !d.city {
		r.zone(dispatch.EntryFree)
	}
	beat := rapid.SampledFrom([]string{"", "b1", "b2"})
	way := func(u, i string) {
		n := rapid.IntRange(-1, 9).Draw(t, "way")
		if n >= 0 && d.minutes > 0 {
			m[u+">"+i] = dispatch.Millis(n) * dispatch.Millis(d.minutes) * dispatch.Minute / 9
		} else if n >= 0 {
			m[u+">"+i] = dispatch.Millis(n)
		}
	}
	units := rapid.IntRange(0, d.most).Draw(t, "units")
	for n := range units {
		add := dispatch.AddUnit{ID: dispatch.UnitID(fmt.Sprint("u", n)), Service: "police", Kind: "k", Beat: beat.Draw(t, "beat"), Status: dispatch.StatusAvailable}
		switch rapid.IntRange(0, 5).Draw(t, "unit") {
		case 0:
			add.Service, add.Capabilities = "ems", []string{"medic", "aid"}
		case 1:
			add.Service, add.Capabilities = "ems", []string{"aid"}
		case 2:
			add.Service, add.Capabilities = "fire", []string{"aid"}
		}
		r.do(add)
	}
	told := &dispatch.PromiseTold{Told: "soon", Channel: "on_call", Within: 7 * dispatch.Minute}
	for n := range rapid.IntRange(0, d.most).Draw(t, "calls") {
		id := dispatch.ContactID(fmt.Sprint("c", n))
		at := geo.Point{Lon: 5, Lat: 5}
		if !d.city && rapid.Bool().Draw(t, "outside") {
			at.Lon = 50
		}
		place := dispatch.Private{Place: "somewhere", Point: &at}
		if rapid.IntRange(0, 9).Draw(t, "nowhere") == 0 {
			place = dispatch.Private{}
		}
		r.do(dispatch.ReceiveContact{ID: id, Channel: "phone", Beat: beat.Draw(t, "beat"), Person: place,
			Type: rapid.SampledFrom([]string{"p1", "p2", "p3", "life", "medic", "transfer", "crash", ""}).Draw(t, "type")})
		i := r.s.Contacts[id].Incident
		switch rapid.IntRange(0, 7).Draw(t, "outcome") {
		case 0, 1, 2: // somebody goes there
			for range rapid.IntRange(1, 2).Draw(t, "sent") {
				u := dispatch.UnitID(fmt.Sprint("u", rapid.IntRange(0, d.most).Draw(t, "who")))
				if _, no := r.try(dispatch.DispatchUnit{Unit: u, Incident: i}); no == nil {
					r.do(dispatch.SetUnitStatus{Unit: u, Source: dispatch.SourceRadio, Status: rapid.SampledFrom(
						[]dispatch.Status{dispatch.StatusDispatched, dispatch.StatusEnRoute, dispatch.StatusOnScene, dispatch.StatusAtHospital}).Draw(t, "status")})
				}
			}
		case 3:
			r.try(dispatch.HoldContact{Contact: id, Reason: "r", Told: told, ReviewIn: dispatch.Millis(rapid.IntRange(1, 30).Draw(t, "review")) * dispatch.Minute})
		case 4:
			r.try(dispatch.StackUnit{Unit: dispatch.UnitID(fmt.Sprint("u", rapid.IntRange(0, d.most).Draw(t, "who"))), Incident: i, Reason: "r"})
		}
		for u := range units + 1 {
			way(fmt.Sprint("u", u), string(i))
		}
		r.now += dispatch.Instant(rapid.IntRange(0, 6).Draw(t, "later")) * dispatch.Instant(dispatch.Minute)
	}
	for u := range units {
		if n := rapid.IntRange(-1, 24).Draw(t, "soon"); n >= 0 {
			m[fmt.Sprint("u", u)] = dispatch.Millis(n) * dispatch.Minute
		}
	}
	band := rapid.SampledFrom([]int{0, 0, 2}).Draw(t, "band")
	keep := rapid.IntRange(0, 4)
	from := func() triage.Priority { return triage.Priority(rapid.IntRange(1, 3).Draw(t, "from")) }
	if rapid.Bool().Draw(t, "reserve") {
		r.reserveOf(dispatch.Area{Kind: dispatch.AreaCity}, "police", keep.Draw(t, "kept"), from(), band)
	}
	if rapid.IntRange(0, 3).Draw(t, "ems reserve") == 0 {
		r.reserveOf(dispatch.Area{Kind: dispatch.AreaCity}, "ems", 1, from(), band)
	}
	if !d.city && rapid.Bool().Draw(t, "reserve in beats") {
		r.reserveOf(dispatch.Area{Kind: dispatch.AreaBeats, Beats: []string{"b1"}}, "police", keep.Draw(t, "kept")/2, from(), band)
	}
	if !d.city && rapid.Bool().Draw(t, "reserve in the zone") {
		r.reserveOf(dispatch.Area{Kind: dispatch.AreaZone, Zone: "z1"}, "police", keep.Draw(t, "kept"), from(), band)
	}
	if !d.city && rapid.Bool().Draw(t, "reserve where drawn") {
		r.reserveOf(dispatch.Area{Kind: dispatch.AreaDrawn, Outline: geo.Ring{{Lon: 40, Lat: 0}, {Lon: 60, Lat: 0}, {Lon: 60, Lat: 10}, {Lon: 40, Lat: 10}}}, "police", keep.Draw(t, "kept"), from(), band)
	}
	r.now += dispatch.Instant(dispatch.Minute)
	r.do(dispatch.Tick{})
	return r, m
}

// rank is what is served together.
type rank struct {
	class int
	first bool
	late  int
}

// served counts a rank's lines and adds up what they cost.
type served struct {
	Count int
	Cost  dispatch.Millis
	draws int64 // what decides between equally good ones
}

// priceOf is the written rule, once more.
func priceOf(s *dispatch.State, class int, i *dispatch.Incident, u *dispatch.Unit, means Means, wait, ms dispatch.Millis, known bool) dispatch.Millis {
	if !known {
		ms = TravelUnknown
	}
	switch means {
	case Soon:
		return ms + wait + SoonMargin
	case Preempt:
		return ms + PreemptWorth
	}
	if u.Beat == "" || class < 10 || i.Priority() == 1 {
		return ms
	}
	for _, other := range s.Units {
		if other != u && other.Free() && other.Beat == u.Beat && other.Service == u.Service {
			return ms
		}
	}
	return ms + LastWorth
}

// placeOf is the place of a need among those of a call, the scarcest first.
func placeOf(s *dispatch.State, i *dispatch.Incident, need string) int {
	return newSweep(s, table{}.travel).newOpen(i).place(triage.Need{Capability: need})
}

func ranksOf(s *dispatch.State, p Proposal) map[rank]served {
	by := map[rank]served{}
	for _, l := range p.Lines {
		i := s.Incidents[l.Incident]
		k := rank{classOf(s, i), l.First, lateness(s, i)}
		v := by[k]
		v.Count++
		if !l.First {
			v.Cost += dispatch.Millis(placeOf(s, i, l.Need))
		}
		v.Cost += priceOf(s, k.class, i, s.Units[l.Unit], l.Means, l.Wait, l.Travel, l.Known)
		v.draws += draw(l.Unit, l.Incident)
		by[k] = v
	}
	return by
}

func ranks() []rank {
	var all []rank
	for class := range classes {
		for _, first := range []bool{true, false} {
			for late := LatestStep; late >= 0; late-- {
				all = append(all, rank{class, first, late})
			}
		}
	}
	return all
}

// better compares rank by rank: negative when a is the better result. exact looks
// at the draws too.
func better(a, b map[rank]served, exact bool) int {
	for _, k := range ranks() {
		if by := cmp.Or(cmp.Compare(b[k].Count, a[k].Count), cmp.Compare(a[k].Cost, b[k].Cost)); by != 0 {
			return by
		}
		if by := cmp.Compare(a[k].draws, b[k].draws); exact && by != 0 {
			return by
		}
	}
	return 0
}

// bruteForce serves rank after rank by trying everything that the rules allow.
// It asks dispatch.SpareFor for the reserves, which must be city-wide.
func bruteForce(s *dispatch.State, m table, wide bool) map[rank]served {
	w := newSweep(s, m.travel)
	if wide {
		w = newSweep(s, m.travel, m.wide()...)
	}
	type call struct {
		i       *dispatch.Incident
		lacks   []triage.Need
		working bool
		stacked bool
	}
	by := map[rank][]*call{}
	enter := func(i *dispatch.Incident, lacks []triage.Need, working bool) {
		c := &call{i: i, lacks: slices.Clone(lacks), working: working}
		for _, a := range i.Assignments {
			c.stacked = c.stacked || (a.Stacked && a.EndedAt == 0)
		}
		k := rank{class: classOf(s, i), late: lateness(s, i)}
		by[k] = append(slices.DeleteFunc(by[k], func(o *call) bool { return o.i == i }), c)
	}
	for _, c := range w.calls() {
		enter(c.i, c.lacks, c.working)
	}
	units := unitsInOrder(s)
	used, sent, gone := map[dispatch.UnitID]bool{}, map[dispatch.Service]int{}, map[*dispatch.Incident]int{}
	result := map[rank]served{}
	type row struct {
		c    *call
		what string
	}
	type cell struct {
		u     *dispatch.Unit
		means Means
		cost  dispatch.Millis
	}
	way := func(u *dispatch.Unit, t row) (cell, bool) {
		i := t.c.i
		right := slices.Contains(u.Capabilities, t.what)
		if t.what == "" && len(t.c.lacks) == 0 {
			right = u.Service == i.Service
		} else if t.what == "" {
			right = slices.ContainsFunc(t.c.lacks, func(n triage.Need) bool { return slices.Contains(u.Capabilities, n.Capability) })
		}
		spare, kept := s.SpareFor(u.Service, i)
		if used[u.ID] || !right || s.EntryRefused(u.Service, i) != nil || (kept != nil && spare-sent[u.Service] <= 0) {
			return cell{}, false
		}
		ms, known := m.travel(u.ID, i.ID)
		from, class := s.Incidents[u.Incident], classOf(s, i)
		switch {
		case u.Free():
			return cell{u, Free, priceOf(s, class, i, u, Free, 0, ms, known)}, true
		case !wide || from == nil || from == i || len(u.Stack) > 0 || !known:
		case u.Status == dispatch.StatusDispatched || u.Status == dispatch.StatusEnRoute:
			for _, a := range from.Assignments {
				for _, at := range a.Milestones {
					if a.Unit == u.ID && a.EndedAt == 0 && at.Status == dispatch.StatusOnScene {
						return cell{}, false
					}
				}
			}
			placed := s.Lead(i).Person.Point != nil
			urgent := (class < 10 && from.Priority() >= i.Priority()) || (i.Priority() == 1 && from.Priority() > 1)
			if i.Type != "" && placed && urgent && !from.LifeSafety {
				return cell{u, Preempt, priceOf(s, class, i, u, Preempt, 0, ms, true)}, true
			}
		default:
			wait, told := m.soon(u.ID)
			if told && wait <= SoonHorizon && !t.c.stacked {
				return cell{u, Soon, priceOf(s, class, i, u, Soon, wait, ms, true)}, true
			}
		}
		return cell{}, false
	}
	for _, k := range ranks() {
		var rows []row
		for _, c := range by[rank{class: k.class, late: k.late}] {
			switch {
			case k.first && !c.working:
				rows = append(rows, row{c, ""})
			case !k.first && c.working:
				for _, n := range c.lacks {
					for range n.Count {
						rows = append(rows, row{c, n.Capability})
					}
				}
			}
		}
		var best served
		bestPick, pick := make([]cell, len(rows)), make([]cell, len(rows))
		now, inRank := served{}, map[dispatch.Service]int{}
		var try func(n int)
		try = func(n int) {
			if n == len(rows) {
				if now.Count > best.Count || (now.Count == best.Count && (now.Cost < best.Cost || (now.Cost == best.Cost && now.draws < best.draws))) {
					best = now
					copy(bestPick, pick)
				}
				return
			}
			for _, u := range units {
				c, ok := way(u, rows[n])
				if !ok {
					continue
				}
				if spare, kept := s.SpareFor(u.Service, rows[n].c.i); c.means == Free && kept != nil && sent[u.Service]+inRank[u.Service] >= spare {
					continue
				}
				was := now
				if rows[n].what != "" {
					c.cost += dispatch.Millis(placeOf(s, rows[n].c.i, rows[n].what))
				}
				now = served{now.Count + 1, now.Cost + c.cost, now.draws + draw(u.ID, rows[n].c.i.ID)}
				pick[n], used[u.ID] = c, true
				if c.means == Free {
					inRank[u.Service]++
				}
				try(n + 1)
				if c.means == Free {
					inRank[u.Service]--
				}
				pick[n], used[u.ID] = cell{}, false
				now = was
			}
			try(n + 1)
		}
		try(0)
		if best.Count == 0 {
			continue
		}
		result[k] = best
		for n, c := range bestPick {
			if c.u == nil {
				continue
			}
			used[c.u.ID], rows[n].c.working = true, true
			rows[n].c.lacks, _ = without(rows[n].c.lacks, c.u)
			switch c.means {
			case Free:
				sent[c.u.Service]++
			case Preempt:
				from := s.Incidents[c.u.Incident]
				if gone[from]++; gone[from] == from.Active() {
					enter(from, w.lacking(from, w.scarcestFirst(needsOf(s, from)), false), false)
				}
			}
		}
	}
	return result
}

func TestSweepIsAsGoodAsBruteForce(t *testing.T) {
	for _, wide := range []bool{false, true} {
		t.Run(fmt.Sprintf("wide=%v", wide), func(t *testing.T) {
			rapid.Check(t, func(rt *rapid.T) {
				r, m := drawRoom(rt, t, drawn{most: 5, city: true, minutes: rapid.SampledFrom([]int{0, 30}).Draw(rt, "minutes")})
				var options []Option
				if wide {
					options = m.wide()
				}
				got, want := ranksOf(r.s, Sweep(r.s, m.travel, options...)), bruteForce(r.s, m, wide)
				if better(got, want, true) != 0 {
					rt.Fatalf("sweep %v\nbrute force %v", got, want)
				}
			})
		})
	}
}

// TestOneMoreIdleUnitNeverWorsens holds for all kinds of reserves.
func TestOneMoreIdleUnitNeverWorsens(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		r, m := drawRoom(rt, t, drawn{most: 8, minutes: rapid.SampledFrom([]int{0, 30}).Draw(rt, "minutes")})
		id := dispatch.UnitID(fmt.Sprint("u", len(r.s.Units)))
		r.do(dispatch.AddUnit{ID: id, Kind: "k", Status: dispatch.StatusOffDuty, Capabilities: []string{"aid"},
			Service: rapid.SampledFrom([]dispatch.Service{"police", "ems"}).Draw(rt, "service"), Beat: rapid.SampledFrom([]string{"", "b1"}).Draw(rt, "beat")})
		before := ranksOf(r.s, Sweep(r.s, m.travel, m.wide()...))
		r.status(id, dispatch.StatusAvailable)
		after := ranksOf(r.s, Sweep(r.s, m.travel, m.wide()...))
		if better(after, before, false) > 0 {
			rt.Fatalf("before %v, after %v", before, after)
		}
	})
}

// TestLinesCanBeAccepted: the rules take the lines in order, or any of them in
// order, and no cutoff is breached on the way.
func TestLinesCanBeAccepted(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		r, m := drawRoom(rt, t, drawn{most: 10, minutes: rapid.SampledFrom([]int{0, 30}).Draw(rt, "minutes")})
		p := Sweep(r.s, m.travel, m.wide()...)
		all := rapid.Bool().Draw(rt, "all")
		accepted, used := map[dispatch.IncidentID]bool{}, map[dispatch.UnitID]bool{}
		for _, l := range p.Lines {
			if used[l.Unit] {
				rt.Fatalf("%s twice", l.Unit)
			}
			used[l.Unit] = true
			if !all && rapid.Bool().Draw(rt, "left out") || l.After != "" && !accepted[l.After] {
				continue
			}
			u, i := r.s.Units[l.Unit], r.s.Incidents[l.Incident]
			if spare, kept := r.s.SpareFor(u.Service, i); l.Means != Soon && kept != nil && spare < 1 {
				rt.Fatalf("%s to %s breaches the cutoff of %s", l.Unit, l.Incident, kept.ID)
			}
			if l.Means == Preempt {
				from := r.s.Incidents[l.From]
				if from.LifeSafety || !understood(r.s, i) || (i.Priority() != 1 && !i.LifeSafety) || from.Priority() < i.Priority() || classOf(r.s, from) <= classOf(r.s, i) {
					rt.Fatalf("%s may not be taken off %s for %s", l.Unit, l.From, l.Incident)
				}
			}
			for _, c := range l.Commands("model") {
				if _, no := r.try(c); no != nil {
					rt.Fatalf("%+v: %s: %v", l, c.CommandName(), no)
				}
			}
			accepted[l.Incident] = true
		}
	})
}

// TestNobodyIsLeftOut: whoever competes is proposed something or waits with a
// reason, never both, and loses its unit only if that is said.
func TestNobodyIsLeftOut(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		r, m := drawRoom(rt, t, drawn{most: 10, minutes: 30})
		p := Sweep(r.s, m.travel, m.wide()...)
		said := map[dispatch.IncidentID]int{}
		for _, l := range p.Lines {
			if l.First {
				said[l.Incident]++
			}
			if l.Why == "" || l.Otherwise == "" {
				rt.Fatalf("%+v: no reason", l)
			}
		}
		for _, v := range p.Waiting {
			said[v.Incident]++
			if v.Why == "" || v.Until == 0 {
				rt.Fatalf("%+v: no reason", v)
			}
		}
		for _, i := range r.s.Incidents {
			waits := i.Open() && i.Active() == 0
			displaced := slices.ContainsFunc(p.Displaced, func(d Displaced) bool { return d.Incident == i.ID })
			if (waits || displaced) != (said[i.ID] == 1) {
				rt.Fatalf("%s: waits %v, displaced %v, said %d times", i.ID, waits, displaced, said[i.ID])
			}
		}
		for n, of := range r.s.Config.Services {
			if c := p.Coverage[n]; c.Free+c.Sent != r.s.FreeUnits(of) {
				rt.Fatalf("%+v of %d free", c, r.s.FreeUnits(of))
			}
		}
	})
}

// TestReservesAgreeWithTheRules holds cutoffs and dispatch.SpareFor together.
func TestReservesAgreeWithTheRules(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		r, _ := drawRoom(rt, t, drawn{most: 8})
		w := newSweep(r.s, table{}.travel)
		for _, i := range r.s.Incidents {
			if !i.Open() {
				continue
			}
			gates := w.gates(slices.DeleteFunc(w.cutoffs(i), func(c cutoff) bool { return c.kept == 0 }))
			for n, of := range r.s.Config.Services {
				spare, by := r.s.SpareFor(of, i)
				g := gates[n]
				if (by != nil) != (g.by != nil) || (by != nil && spare != min(max(min(g.left, g.there), 0), r.s.FreeUnits(of))) {
					rt.Fatalf("%s for %s: %d by %v, here %+v", of, i.ID, spare, by, g)
				}
			}
		}
	})
}

// TestTwoReservesInOneRank: where the calls of one rank are bound by different
// reserves, at least half as many are served as could be.
func TestTwoReservesInOneRank(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		r, m := newRoom(t), table{}
		r.zone(dispatch.EntryFree)
		for n := range rapid.IntRange(0, 5).Draw(rt, "units") {
			r.unit(fmt.Sprint("u", n), "police")
		}
		for n := range rapid.IntRange(0, 5).Draw(rt, "calls") {
			at := geo.Point{Lon: int32(rapid.SampledFrom([]int{5, 50}).Draw(rt, "where")), Lat: 5}
			id := dispatch.ContactID(fmt.Sprint("c", n))
			r.do(dispatch.ReceiveContact{ID: id, Channel: "phone", Type: "p3", Person: dispatch.Private{Point: &at}})
			for u := range len(r.s.Units) {
				m[fmt.Sprint("u", u, ">", r.s.Contacts[id].Incident)] = dispatch.Millis(rapid.IntRange(0, 9).Draw(rt, "way"))
			}
		}
		r.reserveOf(dispatch.Area{Kind: dispatch.AreaCity}, "police", rapid.IntRange(0, 3).Draw(rt, "kept"), 3, 0)
		r.reserveOf(dispatch.Area{Kind: dispatch.AreaZone, Zone: "z1"}, "police", rapid.IntRange(0, 4).Draw(rt, "kept"), 3, 0)
		most, free := 0, r.s.FreeUnits("police")
		for set := range 1 << len(r.s.Incidents) { // any order of sending: the tightest first is the best
			count := 0
			var spares []int
			for n := range len(r.s.Incidents) {
				if set&(1<<n) != 0 {
					spare, by := r.s.SpareFor("police", r.s.Incidents[dispatch.IncidentID(fmt.Sprint("i", n+1))])
					if by == nil {
						spare = free
					}
					spares = append(spares, spare)
				}
			}
			slices.Sort(spares)
			for n, spare := range spares {
				if n < spare {
					count++
				}
			}
			if count == len(spares) {
				most = max(most, count)
			}
		}
		if got := len(Sweep(r.s, m.travel).Lines); 2*got < most || got > most {
			rt.Fatalf("%d lines, could be %d", got, most)
		}
	})
}

func TestSweepIsStable(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		r, m := drawRoom(rt, t, drawn{most: 8, minutes: 30})
		first := Sweep(r.s, m.travel, m.wide()...)
		for range 3 {
			if differ := diff.Diff(first, Sweep(r.s, m.travel, m.wide()...)); differ != "" {
				rt.Fatal(differ)
			}
		}
	})
}
