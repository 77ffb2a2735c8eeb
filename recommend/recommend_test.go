package recommend

import (
	"cmp"
	"fmt"
	"math/rand"
	"slices"
	"strings"
	"testing"

	"github.com/everycall/everycall/dispatch"
	"github.com/everycall/everycall/geo"
	"github.com/everycall/everycall/triage"
	diff "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// room is a state made by commands alone.
type room struct {
	t   testing.TB
	s   *dispatch.State
	now dispatch.Instant
}

func newRoom(t testing.TB) *room {
	r := &room{t: t, s: dispatch.NewState(), now: 1_000_000}
	limit := [6]dispatch.Millis{0, dispatch.Minute, 5 * dispatch.Minute, 20 * dispatch.Minute, dispatch.Hour, dispatch.Hour}
	kind := func(code, service string, p triage.Priority, floor bool, needs ...triage.Need) triage.Type {
		return triage.Type{Code: code, Name: code, Service: service, Priority: p, LifeSafety: floor, Needs: needs}
	}
	r.do(dispatch.Configure{Config: dispatch.Config{Name: "Test", Zone: "UTC", Services: []dispatch.Service{"police", "ems", "fire"},
		Desks: []dispatch.Desk{{ID: "d", Name: "Desk"}}, DefaultService: "police", UntriagedPriority: 2, WaitLimits: limit, HoldLimits: limit,
		Types: []triage.Type{
			kind("p1", "police", 1, false), kind("p2", "police", 2, false), kind("p3", "police", 3, false), kind("life", "police", 1, true),
			kind("medic", "ems", 1, true, triage.Need{Capability: "medic", Count: 1}, triage.Need{Capability: "aid", Count: 1}),
			kind("transfer", "ems", 4, false, triage.Need{Capability: "aid", Count: 1}),
		}}})
	return r
}

func (r *room) try(c dispatch.Command) ([]dispatch.Event, *dispatch.Rejection) {
	m := dispatch.Meta{At: r.now, By: "t"}
	events, no := dispatch.Decide(r.s, m, c, nil)
	for _, e := range events {
		dispatch.Evolve(r.s, dispatch.Stamped{At: m.At, By: m.By, Event: e})
	}
	if err := dispatch.Check(r.s); err != nil {
		r.t.Fatal(err)
	}
	return events, no
}

func (r *room) do(c dispatch.Command) {
	r.t.Helper()
	if _, no := r.try(c); no != nil {
		r.t.Fatalf("%s: %v", c.CommandName(), no)
	}
}

func (r *room) unit(id, service string, capabilities ...string) {
	r.do(dispatch.AddUnit{ID: dispatch.UnitID(id), Service: dispatch.Service(service), Kind: "k", Capabilities: capabilities, Status: dispatch.StatusAvailable})
}

func (r *room) call(id, kind string) *dispatch.Incident {
	at := geo.Point{Lon: 5, Lat: 5}
	r.do(dispatch.ReceiveContact{ID: dispatch.ContactID(id), Channel: "phone", Type: kind, Person: dispatch.Private{Place: "somewhere", Point: &at}})
	return r.s.Incidents[r.s.Contacts[dispatch.ContactID(id)].Incident]
}

func (r *room) posture(reserve int, p triage.Priority) {
	r.do(dispatch.DeclarePosture{Service: "police", Area: dispatch.Area{Kind: dispatch.AreaCity}, Title: "Thin", Authority: "a", Reason: "b", Script: "c",
		Reserve: []dispatch.Reserve{{Priority: p, Units: reserve}}, ReviewBy: r.now + 1000, Until: r.now + 2000})
}

func (r *room) zone(entry dispatch.Entry) {
	r.do(dispatch.DeclareZone{Name: "Z", Outline: geo.Ring{{Lon: 0, Lat: 0}, {Lon: 10, Lat: 0}, {Lon: 10, Lat: 10}, {Lon: 0, Lat: 10}},
		Rules: []dispatch.ZoneRule{{Service: "police", Entry: entry}}, Authority: "a", Reason: "b"})
}

// waysTo gives each unit a time in minutes; one left out has no position.
func waysTo(minutes map[dispatch.UnitID]int) Travel {
	return func(u dispatch.UnitID) (dispatch.Millis, int64, dispatch.Millis, bool) {
		m, known := minutes[u]
		return dispatch.Millis(m) * dispatch.Minute, int64(m) * 1000, 0, known
	}
}

func shown(a Advice) string {
	var b strings.Builder
	for _, c := range a.Units {
		fmt.Fprintf(&b, "%d %s fits=%v free=%v: %s\n", c.Rank, c.Unit, c.Fits, c.Free, strings.Join(c.Reasons, "; "))
	}
	fmt.Fprintf(&b, "plan %v missing %v\n", a.Plan.Chosen, a.Plan.Missing)
	return b.String()
}

func TestRankSaysWhy(t *testing.T) {
	r := newRoom(t)
	for _, u := range []string{"P1", "P2", "P3", "P4"} {
		r.unit(u, "police")
	}
	r.unit("M1", "ems", "medic", "aid")
	r.unit("A1", "ems", "aid")
	r.unit("A2", "ems")
	other := r.call("c1", "p2")
	r.do(dispatch.DispatchUnit{Unit: "P2", Incident: other.ID})
	r.do(dispatch.SetUnitStatus{Unit: "P3", Status: dispatch.StatusOutOfService, Source: dispatch.SourceRadio})
	police, ems := r.call("c2", "p3"), r.call("c3", "medic")
	ways := waysTo(map[dispatch.UnitID]int{"P1": 9, "P2": 1, "P3": 2, "M1": 5, "A1": 2, "A2": 1})

	want := `1 P1 fits=true free=true: is police
2 P4 fits=true free=true: is police; position unknown
3 P2 fits=false free=false: is police; busy on call 1 (dispatched)
4 P3 fits=false free=false: is police; out of service
5 A2 fits=false free=true: wrong service: is ems, the call is for police
6 A1 fits=false free=true: wrong service: is ems, the call is for police
7 M1 fits=false free=true: wrong service: is ems, the call is for police
plan [P1] missing []
`
	if differ := diff.Diff(want, shown(Rank(r.s, police, ways))); differ != "" {
		t.Error(differ)
	}
	want = `1 A1 fits=true free=true: has aid
2 M1 fits=true free=true: has medic
3 A2 fits=false free=true: lacks medic
4 P1 fits=false free=true: wrong service: is police, the call is for ems
5 P4 fits=false free=true: wrong service: is police, the call is for ems; position unknown
6 P3 fits=false free=false: wrong service: is police, the call is for ems; out of service
7 P2 fits=false free=false: wrong service: is police, the call is for ems; busy on call 1 (dispatched)
plan [M1 A1] missing []
`
	got := shown(Rank(r.s, ems, ways))
	if !strings.HasPrefix(got, want[:strings.Index(want, "4 P1")]) || !strings.HasSuffix(got, "plan [M1 A1] missing []\n") {
		t.Errorf("got\n%s", got)
	}

	r.do(dispatch.DispatchUnit{Unit: "M1", Incident: ems.ID})
	if plan := Rank(r.s, ems, ways).Plan; len(plan.Missing) != 0 || !slices.Equal(plan.Chosen, []dispatch.UnitID{"A1"}) {
		t.Errorf("a unit that is on it counts: %+v", plan)
	}
	r.do(dispatch.UnassignUnit{Unit: "M1", Incident: ems.ID, Reason: "r"})
	r.do(dispatch.SetUnitStatus{Unit: "M1", Status: dispatch.StatusOffDuty, Source: dispatch.SourceRadio})
	if plan := Rank(r.s, ems, ways).Plan; !slices.Equal(plan.Missing, []triage.Need{{Capability: "medic", Count: 1}}) {
		t.Errorf("what is missing is named: %+v", plan)
	}

	r.posture(2, 3) // P1 and P4 are free: both are kept
	if got := shown(Rank(r.s, police, ways)); !strings.Contains(got, "1 P1 fits=false free=true: is police; kept in reserve by posture post1 (Thin)") || !strings.Contains(got, "plan [] missing [{police 1}]") {
		t.Errorf("reserve:\n%s", got)
	}
}

func TestRankObeysZonesAndOldPositions(t *testing.T) {
	r := newRoom(t)
	r.unit("P1", "police")
	r.zone(dispatch.EntryLifeSafetyOnly)
	old := func(dispatch.UnitID) (dispatch.Millis, int64, dispatch.Millis, bool) {
		return 1, 1, 7 * dispatch.Minute, true
	}
	if got := shown(Rank(r.s, r.call("c1", "p2"), old)); !strings.Contains(got, `fits=false free=true: is police; zone "Z": life_safety_only for police`) {
		t.Error(got)
	}
	if got := shown(Rank(r.s, r.call("c2", "life"), old)); !strings.Contains(got, "1 P1 fits=true free=true: is police; position is 7 min old") {
		t.Error(got)
	}
}

func TestRankListsAllThatFitAndTheBestOthers(t *testing.T) {
	r := newRoom(t)
	for n := range 60 {
		r.unit(fmt.Sprintf("P%02d", n), "police")
		r.unit(fmt.Sprintf("A%02d", n), "ems", "aid")
	}
	a := Rank(r.s, r.call("c1", "p3"), waysTo(nil))
	if len(a.Units) != 60+OthersShown || !a.Units[59].Fits || a.Units[60].Fits {
		t.Errorf("%d units", len(a.Units))
	}
}

// table is a travel time for each pair, in ms; nothing stands for unknown.
type table map[string]dispatch.Millis

func (m table) travel(u dispatch.UnitID, i dispatch.IncidentID) (dispatch.Millis, bool) {
	ms, ok := m[string(u)+">"+string(i)]
	return ms, ok
}

// served counts a class's lines and adds up their travel.
type served struct {
	Count  int
	Travel dispatch.Millis
	draws  int64 // what decides between equally good ones
}

func classesOf(s *dispatch.State, p Proposal) map[int]served {
	by := map[int]served{}
	for _, l := range p.Lines {
		k := open{i: s.Incidents[l.Incident]}.class()
		v := by[k]
		v.Count++
		if l.Known {
			v.Travel += l.Travel
		} else {
			v.Travel += TravelUnknown
		}
		v.draws += draw(l.Unit, l.Incident)
		by[k] = v
	}
	return by
}

var classes = []int{10, 11, 20, 21, 30, 31, 40, 41}

// better compares class by class: negative when a is the better result. exact
// looks at the draws too.
func better(a, b map[int]served, exact bool) int {
	for _, k := range classes {
		if a[k].Count != b[k].Count {
			return b[k].Count - a[k].Count
		}
		if by := cmp.Compare(a[k].Travel, b[k].Travel); by != 0 {
			return by
		}
		if by := cmp.Compare(a[k].draws, b[k].draws); exact && by != 0 {
			return by
		}
	}
	return 0
}

// drawRoom makes a small room: units, incidents, perhaps a reserve, a zone that
// police may enter for life-safety only, and random ways.
func drawRoom(t *rapid.T, tb testing.TB, most int) (*room, table) {
	r := newRoom(tb)
	m := table{}
	if rapid.Bool().Draw(t, "zone") {
		r.zone(dispatch.EntryLifeSafetyOnly)
	}
	units := rapid.IntRange(0, most).Draw(t, "units")
	for n := range units {
		switch rapid.IntRange(0, 4).Draw(t, "unit") {
		case 0:
			r.unit(fmt.Sprint("u", n), "ems", "medic", "aid")
		case 1:
			r.unit(fmt.Sprint("u", n), "ems", "aid")
		default:
			r.unit(fmt.Sprint("u", n), "police")
		}
	}
	for n := range rapid.IntRange(0, most).Draw(t, "calls") {
		i := r.call(fmt.Sprint("c", n), rapid.SampledFrom([]string{"p1", "p2", "p3", "life", "medic", "transfer", ""}).Draw(t, "type"))
		for u := range units + 1 {
			if ms := rapid.IntRange(-1, 9).Draw(t, "ms"); ms >= 0 {
				m[fmt.Sprint("u", u, ">", i.ID)] = dispatch.Millis(ms)
			}
		}
	}
	if rapid.Bool().Draw(t, "reserve") {
		r.posture(rapid.IntRange(0, 4).Draw(t, "kept"), triage.Priority(rapid.IntRange(1, 3).Draw(t, "from")))
	}
	return r, m
}

// bruteForce tries every assignment that the rules allow when its lines are
// accepted class by class.
func bruteForce(s *dispatch.State, travel PairTravel) map[int]served {
	w := sweep{s: s}
	calls := w.calls()
	units := unitsInOrder(s)
	var best map[int]served
	used := map[dispatch.UnitID]bool{}
	sent := map[dispatch.Service]int{}
	sofar := map[int]served{}
	var try func(n int)
	try = func(n int) {
		if n == len(calls) {
			if best == nil || better(sofar, best, true) < 0 {
				best = map[int]served{}
				for k, v := range sofar {
					best[k] = v
				}
			}
			return
		}
		c := calls[n]
		for _, u := range units {
			_, right := brings(u, c.i, needsOf(s, c.i))
			spare, _ := s.SpareFor(u.Service, c.i)
			if used[u.ID] || !u.Free() || !right || s.EntryRefused(u.Service, c.i) != nil || sent[u.Service] >= spare {
				continue
			}
			ms, known := travel(u.ID, c.i.ID)
			if !known {
				ms = TravelUnknown
			}
			k, was := c.class(), sofar[c.class()]
			used[u.ID] = true
			sent[u.Service]++
			sofar[k] = served{was.Count + 1, was.Travel + ms, was.draws + draw(u.ID, c.i.ID)}
			try(n + 1)
			used[u.ID] = false
			sent[u.Service]--
			sofar[k] = was
		}
		try(n + 1)
	}
	try(0)
	return best
}

func TestSweepIsAsGoodAsBruteForce(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		r, m := drawRoom(rt, t, 5)
		p := Sweep(r.s, m.travel)
		if diff := better(classesOf(r.s, p), bruteForce(r.s, m.travel), true); diff != 0 {
			rt.Fatalf("%d: sweep %v, brute force %v", diff, classesOf(r.s, p), bruteForce(r.s, m.travel))
		}
	})
}

// TestMatrixIsExact compares the assignment alone, up to 6 × 6, kept rows too.
func TestMatrixIsExact(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		columns := rapid.IntRange(0, 6).Draw(rt, "columns")
		m := matrix{columns: columns}
		row := func() []int64 {
			out := make([]int64, columns)
			for n := range out {
				if out[n] = rapid.Int64Range(-2, 12).Draw(rt, "cost"); out[n] < 0 {
					out[n] = impossible
				}
			}
			return out
		}
		for range rapid.IntRange(0, 6).Draw(rt, "rows") {
			m.rows = append(m.rows, row())
		}
		for range rapid.IntRange(0, columns).Draw(rt, "kept") {
			m.kept = append(m.kept, make([]int64, columns))
		}
		var count int
		var sum int64
		taken := map[int]bool{}
		for n, c := range m.assign() {
			if c < 0 {
				continue
			}
			if taken[c] || m.rows[n][c] >= impossible {
				rt.Fatalf("column %d taken twice or impossible", c)
			}
			taken[c] = true
			count++
			sum += m.rows[n][c]
		}
		bestCount, bestSum := 0, int64(0)
		var try func(n, used, count int, sum int64)
		try = func(n, used, count int, sum int64) {
			if n == len(m.rows) {
				if count > bestCount || (count == bestCount && sum < bestSum) {
					bestCount, bestSum = count, sum
				}
				return
			}
			try(n+1, used, count, sum)
			for c := range columns {
				if used&(1<<c) == 0 && m.rows[n][c] < impossible && count < columns-len(m.kept) {
					try(n+1, used|1<<c, count+1, sum+m.rows[n][c])
				}
			}
		}
		try(0, 0, 0, 0)
		if count != bestCount || sum != bestSum {
			rt.Fatalf("got %d rows for %d, best %d for %d", count, sum, bestCount, bestSum)
		}
	})
}

func TestOneMoreIdleUnitNeverWorsens(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		r, m := drawRoom(rt, t, 8)
		before := classesOf(r.s, Sweep(r.s, m.travel))
		r.unit(fmt.Sprint("u", len(r.s.Units)), rapid.SampledFrom([]string{"police", "ems"}).Draw(rt, "service"), "aid")
		after := classesOf(r.s, Sweep(r.s, m.travel))
		if better(after, before, false) > 0 {
			rt.Fatalf("before %v, after %v", before, after)
		}
	})
}

// TestLinesCanBeAccepted: the rules take the lines one by one as they stand.
func TestLinesCanBeAccepted(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		r, m := drawRoom(rt, t, 10)
		p := Sweep(r.s, m.travel)
		waiting := len(sweepCalls(r.s))
		for _, l := range p.Lines {
			if no := r.s.MaySend(l.Unit, l.Incident); no != nil {
				rt.Fatalf("%s to %s: %v", l.Unit, l.Incident, no)
			}
			r.do(dispatch.DispatchUnit{Unit: l.Unit, Incident: l.Incident, Travel: l.Travel})
		}
		if len(p.Lines)+len(p.Waiting) != waiting {
			rt.Fatalf("%d lines and %d waiting of %d", len(p.Lines), len(p.Waiting), waiting)
		}
	})
}

func sweepCalls(s *dispatch.State) []open { return (&sweep{s: s}).calls() }

func TestSweepIsStable(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		r, m := drawRoom(rt, t, 8)
		first := Sweep(r.s, m.travel)
		if differ := diff.Diff(first, Sweep(r.s, m.travel)); differ != "" {
			rt.Fatal(differ)
		}
	})
}

func TestSweepCallsBack(t *testing.T) {
	r := newRoom(t)
	told := &dispatch.PromiseTold{Told: "within ten minutes", Channel: "on_call", Within: 10 * dispatch.Minute}
	for _, id := range []string{"kept", "broken", "held", "unsafe"} {
		c := dispatch.ReceiveContact{ID: dispatch.ContactID(id), Channel: "phone", Type: "p3", Person: dispatch.Private{Place: "x"}}
		if id == "unsafe" {
			c.Safe = dispatch.SafeNo
		}
		r.do(c)
	}
	r.do(dispatch.HoldContact{Contact: "broken", Reason: "r", Told: told, ReviewIn: dispatch.Hour})
	r.do(dispatch.HoldContact{Contact: "held", Reason: "r", ReviewIn: 11 * dispatch.Minute})
	r.now += dispatch.Instant(8 * dispatch.Minute)
	r.do(dispatch.HoldContact{Contact: "kept", Reason: "r", Told: told, ReviewIn: dispatch.Hour})
	r.do(dispatch.HoldContact{Contact: "unsafe", Reason: "r", Told: &dispatch.PromiseTold{Told: "t", Channel: "on_call", Within: 7 * dispatch.Minute}, ReviewIn: dispatch.Hour})
	r.now += dispatch.Instant(5 * dispatch.Minute)
	r.do(dispatch.Tick{})
	want := []CallNow{
		{"broken", "p1", "a promise was broken 3 min ago and nothing was said since"},
		{"held", "", "the hold is past its time"},
		{"unsafe", "p3", "a promise is due in 2 min; the number is not safe: the supervisor decides"},
		{"kept", "p2", "a promise is due in 5 min"},
	}
	if differ := diff.Diff(want, Sweep(r.s, table{}.travel).CallNow); differ != "" {
		t.Error(differ)
	}
	r.do(dispatch.UpdatePromise{Promise: "p1", PromiseTold: dispatch.PromiseTold{Told: "again", Channel: "phone", Within: dispatch.Hour}})
	if got := Sweep(r.s, table{}.travel).CallNow; len(got) != 3 {
		t.Errorf("a caller who was told anew need not be called: %v", got)
	}
}

func BenchmarkSweep(b *testing.B) {
	r := newRoom(b)
	dice := rand.New(rand.NewSource(1))
	place := map[string][2]int{}
	for n := range 500 {
		id := fmt.Sprintf("u%03d", n)
		r.addQuick(dispatch.AddUnit{ID: dispatch.UnitID(id), Service: "police", Kind: "k", Status: dispatch.StatusAvailable})
		place[id] = [2]int{dice.Intn(10000), dice.Intn(25000)}
	}
	for n := range 300 {
		id := fmt.Sprintf("c%03d", n)
		r.addQuick(dispatch.ReceiveContact{ID: dispatch.ContactID(id), Channel: "phone", Type: []string{"p1", "p2", "p3"}[n%3], Person: dispatch.Private{Place: "x"}})
		place[string(r.s.Contacts[dispatch.ContactID(id)].Incident)] = [2]int{dice.Intn(10000), dice.Intn(25000)}
	}
	travel := func(u dispatch.UnitID, i dispatch.IncidentID) (dispatch.Millis, bool) {
		a, b := place[string(u)], place[string(i)]
		return dispatch.Millis(max(a[0]-b[0], b[0]-a[0])+max(a[1]-b[1], b[1]-a[1])) * 100, true
	}
	b.ReportAllocs()
	for b.Loop() {
		if p := Sweep(r.s, travel); len(p.Lines) != 300 {
			b.Fatal(len(p.Lines))
		}
	}
}

func (r *room) addQuick(c dispatch.Command) {
	m := dispatch.Meta{At: r.now, By: "t"}
	events, no := dispatch.Decide(r.s, m, c, nil)
	if no != nil {
		r.t.Fatal(no)
	}
	for _, e := range events {
		dispatch.Evolve(r.s, dispatch.Stamped{At: m.At, By: m.By, Event: e})
	}
}
