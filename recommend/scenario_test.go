package recommend

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/everycall/everycall/dispatch"
	"github.com/everycall/everycall/geo"
	"github.com/everycall/everycall/triage"
	diff "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func (r *room) status(u dispatch.UnitID, status dispatch.Status) {
	r.t.Helper()
	r.do(dispatch.SetUnitStatus{Unit: u, Status: status, Source: dispatch.SourceRadio})
}

func (r *room) later(d dispatch.Millis) {
	r.now += dispatch.Instant(d)
	r.do(dispatch.Tick{})
}

// inMinutes makes a table from "unit>incident" and "unit" to minutes.
func inMinutes(minutes map[string]int) table {
	m := table{}
	for k, v := range minutes {
		m[k] = dispatch.Millis(v) * dispatch.Minute
	}
	return m
}

func told(p Proposal) string {
	var b strings.Builder
	for _, l := range p.Lines {
		fmt.Fprintf(&b, "%s %s %s: %s | %s\n", l.Means, l.Unit, l.Incident, l.Why, l.Otherwise)
	}
	for _, s := range p.Short {
		fmt.Fprintf(&b, "short %s %d %s: %s\n", s.Incident, s.Need.Count, s.Need.Capability, s.Why)
	}
	for _, v := range p.Waiting {
		fmt.Fprintf(&b, "waits %s %d min: %s\n", v.Incident, v.Waited/dispatch.Minute, v.Why)
	}
	for _, d := range p.Displaced {
		fmt.Fprintf(&b, "displaced %s for %s, tell %s: %s\n", d.Incident, d.For, d.Contact, d.Why)
	}
	for _, c := range p.CallNow {
		fmt.Fprintf(&b, "call %s: %s\n", c.Contact, c.Why)
	}
	for _, c := range p.Coverage {
		if c.Sent > 0 {
			fmt.Fprintf(&b, "%s: %d sent, %d left, bare %v\n", c.Service, c.Sent, c.Free, c.Bare)
		}
	}
	return b.String()
}

func (r *room) tells(want string, p Proposal) {
	r.t.Helper()
	if differ := diff.Diff(strings.TrimLeft(want, "\n"), told(p)); differ != "" {
		r.t.Error(differ)
	}
}

// accept submits a proposal's lines and returns what each unit then does.
func (r *room) accept(p Proposal) string {
	r.t.Helper()
	for _, l := range p.Lines {
		for _, c := range l.Commands("straight_line") {
			r.do(c)
		}
	}
	var units []string
	for _, u := range unitsInOrder(r.s) {
		units = append(units, fmt.Sprintf("%s:%s%v", u.ID, u.Incident, u.Stack))
	}
	return strings.Join(units, " ")
}

func TestPreemptsForLifeSafety(t *testing.T) {
	r := newRoom(t)
	for _, u := range []string{"P1", "P2", "P3"} {
		r.unit(u, "police")
	}
	r.call("c1", "p3")
	r.do(dispatch.DispatchUnit{Unit: "P1", Incident: "i1"})
	r.status("P1", dispatch.StatusEnRoute)
	r.status("P3", dispatch.StatusOutOfService)
	r.call("c2", "life")
	m := inMinutes(map[string]int{"P1>i2": 2, "P2>i2": 9, "P2>i1": 12})
	p := Sweep(r.s, m.travel, m.wide()...)
	r.tells(`
preempt P1 i2: priority 1, life-safety; P1 is taken off call 1 (priority 3); least time for all together | nobody else fits
free P2 i1: priority 3, loses its unit to call 2; least time for all together | nobody else fits
displaced i1 for i2, tell c1: P1 is taken for a more urgent call: tell the caller that it takes longer
police: 1 sent, 0 left, bare []
`, p)
	want := []dispatch.Command{dispatch.PreemptUnit{Unit: "P1", For: "i2", Reason: "call 2 is more urgent", Travel: 2 * dispatch.Minute, Model: "road"}}
	if differ := diff.Diff(want, p.Lines[0].Commands("road")); differ != "" {
		t.Error(differ)
	}
	if p.Lines[1].After != "i2" {
		t.Errorf("the displaced call waits only once the other line is accepted: %+v", p.Lines[1])
	}
	if got := r.accept(p); got != "P1:i2[] P2:i1[] P3:[]" {
		t.Error(got)
	}
}

// TestPreemptsNobodyItMayNot: what is as urgent, life-safety, arrived, or has
// work behind it stays; and a call that nobody has triaged or placed takes no
// unit from another.
func TestPreemptsNobodyItMayNot(t *testing.T) {
	for _, c := range []struct {
		name  string
		works string // the type of the call that P1 goes to
		room  func(*room)
		want  Means // none: ""
	}{
		{"a lesser call loses its unit", "p2", func(r *room) { r.call("new", "p1") }, Preempt},
		{"an equal one does not", "p1", func(r *room) { r.call("new", "p1") }, ""},
		{"an equal one does to life-safety", "p1", func(r *room) { r.call("new", "life") }, Preempt},
		{"life-safety does not", "life", func(r *room) { r.call("new", "life") }, ""},
		{"priority 2 takes nobody", "p3", func(r *room) { r.call("new", "p2") }, ""},
		{"who has arrived stays", "p3", func(r *room) { r.call("new", "life"); r.status("P1", dispatch.StatusOnScene) }, ""},
		{"who has arrived and left again stays", "p3", func(r *room) {
			r.call("new", "life")
			r.status("P1", dispatch.StatusOnScene)
			r.status("P1", dispatch.StatusEnRoute)
		}, ""},
		{"who has work behind stays", "p3", func(r *room) {
			r.do(dispatch.StackUnit{Unit: "P1", Incident: r.call("next", "p3").ID, Reason: "r"})
			r.call("new", "life")
		}, ""},
		{"an untriaged call takes nobody", "p3", func(r *room) {
			r.call("new", "")
			r.do(dispatch.Reprioritise{Incident: "i2", Priority: 1, Reason: "r"})
		}, ""},
		{"a call without a place takes nobody", "p3", func(r *room) {
			r.do(dispatch.ReceiveContact{ID: "new", Channel: "phone", Type: "life"})
		}, ""},
		{"an untriaged call keeps its unit", "", func(r *room) { r.call("new", "life") }, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newRoom(t)
			r.unit("P1", "police")
			r.do(dispatch.DispatchUnit{Unit: "P1", Incident: r.call("old", c.works).ID})
			c.room(r)
			m := inMinutes(map[string]int{"P1>i2": 1, "P1>i3": 1})
			p := Sweep(r.s, m.travel, Preempting())
			var got Means
			if len(p.Lines) > 0 {
				got = p.Lines[0].Means
			}
			if got != c.want {
				t.Errorf("got %q\n%s", got, told(p))
			}
			if len(Sweep(r.s, m.travel).Lines) != 0 {
				t.Error("nobody is taken off anything unless asked")
			}
		})
	}
}

// TestPreemptMustBeWorthIt at PreemptWorth and one past it.
func TestPreemptMustBeWorthIt(t *testing.T) {
	for saved, want := range map[dispatch.Millis]dispatch.UnitID{PreemptWorth - 1: "P2", PreemptWorth + 1: "P1"} {
		r := newRoom(t)
		r.unit("P1", "police")
		r.unit("P2", "police")
		r.do(dispatch.DispatchUnit{Unit: "P1", Incident: r.call("old", "p3").ID})
		r.call("new", "p1")
		m := table{"P1>i2": 1, "P2>i2": 1 + saved, "P2>i1": 5}
		if p := Sweep(r.s, m.travel, Preempting()); p.Lines[0].Unit != want {
			t.Errorf("%d ms saved:\n%s", saved, told(p))
		}
	}
}

func TestCountsOnUnitsThatAreSoonFree(t *testing.T) {
	r := newRoom(t)
	for _, u := range []string{"P1", "P2", "P3", "P4"} {
		r.unit(u, "police")
	}
	for n, u := range []dispatch.UnitID{"P1", "P2", "P3"} {
		r.do(dispatch.DispatchUnit{Unit: u, Incident: r.call(fmt.Sprint("c", n), "p3").ID})
		r.status(u, dispatch.StatusOnScene)
	}
	r.call("new", "p3")
	m := inMinutes(map[string]int{"P1": 4, "P1>i4": 3, "P2": 21, "P2>i4": 1, "P3>i4": 1, "P4>i4": 15})
	m["P1"] = 0
	if p := Sweep(r.s, m.travel, m.wide()...); !strings.Contains(told(p), "P1 is expected to be free any minute;") {
		t.Error(told(p))
	}
	m["P1"] = 4 * dispatch.Minute
	p := Sweep(r.s, m.travel, m.wide()...)
	r.tells(`
soon_free P1 i4: priority 3; P1 is expected to be free in 4 min; least time for all together | P4, 8 min later
`, p)
	if got := r.accept(p); got != "P1:i1[i4] P2:i2[] P3:i3[] P4:[]" {
		t.Error(got)
	}
	// It is planned for: only a unit that is free is proposed instead.
	m["P4>i4"] = 2 * dispatch.Minute
	p = Sweep(r.s, m.travel, m.wide()...)
	r.tells(`
free P4 i4: priority 3; least time for all together | nobody else fits
police: 1 sent, 0 left, bare []
`, p)
	if got := r.accept(p); got != "P1:i1[] P2:i2[] P3:i3[] P4:i4[]" {
		t.Error(got)
	}
	r.call("another", "p3")
	r.do(dispatch.StackUnit{Unit: "P1", Incident: "i5", Reason: "r"})
	m["P2"], m["P2>i5"] = dispatch.Minute, dispatch.Minute
	r.tells("waits i5 0 min: no unit of police is free; it waits behind P1\n", Sweep(r.s, m.travel, m.wide()...))
}

func TestFillsPlansOfSeveralUnits(t *testing.T) {
	r := newRoom(t)
	r.unit("A1", "ems", "aid")
	r.unit("A2", "ems", "aid")
	r.unit("A3", "ems", "aid")
	r.unit("M1", "ems", "medic", "aid")
	r.call("c1", "crash") // two aid, one medic
	r.call("c2", "crash")
	m := inMinutes(map[string]int{"A1>i1": 1, "A2>i1": 4, "A3>i1": 3, "M1>i1": 9, "A1>i2": 5, "A2>i2": 2, "A3>i2": 6, "M1>i2": 8})
	p := Sweep(r.s, m.travel)
	r.tells(`
free A1 i1: priority 2; A1 has aid; least time for all together | nobody else fits
free A2 i2: priority 2; A2 has aid; least time for all together | nobody else fits
free A3 i1: priority 2; A3 completes the plan: has aid; least time for all together | nobody else fits
free M1 i2: priority 2; M1 completes the plan: has medic; least time for all together | nobody else fits
short i1 1 medic: more urgent or nearer calls take the units that fit
short i2 1 aid: more urgent or nearer calls take the units that fit
ems: 4 sent, 0 left, bare []
`, p)
	if got := r.accept(p); got != "A1:i1[] A2:i2[] A3:i1[] M1:i2[]" {
		t.Error(got)
	}
	// Who is there counts, and so does who was.
	r.status("A1", dispatch.StatusOnScene)
	r.status("A1", dispatch.StatusAvailable)
	m["A1>i1"] = dispatch.Minute
	r.tells(`
free A1 i2: priority 2; A1 completes the plan: has aid; least time for all together | nobody else fits
short i1 1 medic: no unit that is free has medic
ems: 1 sent, 0 left, bare []
`, Sweep(r.s, m.travel))
}

func TestLatenessComesBeforeTravel(t *testing.T) {
	r := newRoom(t)
	r.unit("P1", "police")
	r.call("old", "p3")
	r.later(5 * dispatch.Minute)
	r.call("new", "p3")
	m := inMinutes(map[string]int{"P1>i1": 9, "P1>i2": 1})
	if p := Sweep(r.s, m.travel); p.Lines[0].Incident != "i2" {
		t.Errorf("in one step of lateness the nearer goes first:\n%s", told(p))
	}
	r.later(15 * dispatch.Minute) // the limit is 20 minutes
	r.tells(`
free P1 i1: priority 3, late (waits 20 min); least time for all together | nobody else fits
waits i2 15 min: more urgent or nearer calls take the units that fit
police: 1 sent, 0 left, bare []
`, Sweep(r.s, m.travel))
	r.call("promised", "p3")
	r.do(dispatch.HoldContact{Contact: "promised", Reason: "r", Told: &dispatch.PromiseTold{Told: "t", Channel: "on_call", Within: 2 * dispatch.Minute}})
	m["P1>i3"] = dispatch.Minute
	if p := Sweep(r.s, m.travel); p.Lines[0].Incident != "i3" {
		t.Errorf("a promise that is due is a step of lateness:\n%s", told(p))
	}
}

func TestClassesInOrder(t *testing.T) {
	r := newRoom(t)
	for n, kind := range []string{"p3", "p2", "", "p1", "life"} {
		r.call(fmt.Sprint("c", n), kind)
		r.unit(fmt.Sprint("P", n), "police")
	}
	r.do(dispatch.Reprioritise{Incident: "i5", Priority: 3, Reason: "r"})
	var got []dispatch.IncidentID
	for _, l := range Sweep(r.s, table{}.travel).Lines {
		got = append(got, l.Incident)
	}
	if want := []dispatch.IncidentID{"i5", "i4", "i3", "i2", "i1"}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if why := Sweep(r.s, table{}.travel).Lines[2].Why; !strings.Contains(why, "priority 2, not triaged: counts as life-safety; its position is unknown") &&
		!strings.Contains(why, "position is unknown") {
		t.Error(why)
	}
	// Another caller's danger to life is the incident's.
	r.do(dispatch.ReceiveContact{ID: "joins", Channel: "phone", Type: "life", Join: "i1", Person: dispatch.Private{Place: "x"}})
	if c := classOf(r.s, r.s.Incidents["i1"]); c >= 10 {
		t.Error(c)
	}
	r.do(dispatch.ReceiveContact{ID: "joins2", Channel: "phone", Join: "i2", Person: dispatch.Private{Place: "x"}})
	if c := classOf(r.s, r.s.Incidents["i2"]); c < 10 || !r.s.Incidents["i2"].LifeSafety {
		t.Error(c)
	}
}

func TestWhoCompetes(t *testing.T) {
	r := newRoom(t)
	r.unit("P1", "police")
	r.do(dispatch.DeclarePosture{Service: "police", Area: dispatch.Area{Kind: dispatch.AreaCity}, Title: "Priority calls only", Authority: "a", Reason: "b", Script: "c",
		Rules: []dispatch.PostureRule{{Priority: 3, Action: dispatch.ActionHold, Limit: 10 * dispatch.Minute}}, ReviewBy: r.now + dispatch.Instant(dispatch.Hour), Until: r.now + dispatch.Instant(dispatch.Hour)})
	r.call("c1", "p3")
	r.do(dispatch.HoldContact{Contact: "c1"})
	m := inMinutes(map[string]int{"P1>i1": 1, "P1>i2": 2})
	r.tells("waits i1 0 min: posture post1 (Priority calls only) says hold; it competes again when it is due\n", Sweep(r.s, m.travel))
	r.later(10 * dispatch.Minute)
	r.tells(`
free P1 i1: priority 3, held so far; least time for all together | nobody else fits
call c1: the hold is past its time
police: 1 sent, 0 left, bare []
`, Sweep(r.s, m.travel))
	// A hold of the room's own competes at once; an appointment when it has come.
	r.call("c2", "p2")
	r.do(dispatch.HoldContact{Contact: "c2", Reason: "nobody was free", ReviewIn: dispatch.Hour})
	if p := Sweep(r.s, m.travel); p.Lines[0].Incident != "i2" {
		t.Error(told(p))
	}
	r.do(dispatch.AppointContact{Contact: "c2", At: r.now + dispatch.Instant(5*dispatch.Minute), Desk: "d", Reason: "r", Words: "w"})
	if p := Sweep(r.s, m.travel); p.Lines[0].Incident != "i1" || len(p.Waiting) != 0 {
		t.Error(told(p))
	}
	r.later(5 * dispatch.Minute)
	if p := Sweep(r.s, m.travel); !strings.HasPrefix(told(p), "free P1 i2: priority 2, late (waits 5 min), its appointment has come;") {
		t.Error(told(p))
	}
}

func TestLastOfItsBeat(t *testing.T) {
	r := newRoom(t)
	for unit, beat := range map[dispatch.UnitID]string{"P1": "b1", "P2": "b2", "P3": "b2"} {
		r.do(dispatch.AddUnit{ID: unit, Service: "police", Kind: "k", Beat: beat, Status: dispatch.StatusAvailable})
	}
	r.call("c1", "p2")
	m := table{"P1>i1": 1000, "P2>i1": 1000 + LastWorth - 1}
	r.tells(`
free P2 i1: priority 2; least time for all together | P1, less than a minute sooner, and the last free one of its beat
police: 1 sent, 2 left, bare []
`, Sweep(r.s, m.travel))
	r.do(dispatch.Reprioritise{Incident: "i1", Priority: 1, Reason: "r"})
	if p := Sweep(r.s, m.travel); p.Lines[0].Unit != "P1" || p.Coverage[0].Bare[0] != "b1" {
		t.Errorf("priority 1 takes the nearest:\n%s", told(p))
	}
}

func TestSaysWhyItWaits(t *testing.T) {
	r := newRoom(t)
	r.zone(dispatch.EntryNone)
	r.unit("P1", "police")
	r.call("c1", "p2")
	r.tells("waits i1 0 min: zone \"Z\": none for police: do not go in; stage outside, or hold the call and say so; no gate is named yet: ask for one; or say why it is sent all the same\n", Sweep(r.s, table{}.travel))
	r.call("c2", "transfer")
	r.do(dispatch.EndZone{Zone: "z1", Reason: "r"})
	r.posture(1, 2)
	r.tells(`
waits i1 0 min: the units left are kept in reserve by posture post1 (Thin)
waits i2 0 min: no unit that is free has aid
`, Sweep(r.s, table{}.travel))
}

// TestReserveInBeats: units of the beats are counted for the calls there; others
// may go too, while more are free there than are kept.
func TestReserveInBeats(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		r, m := newRoom(t), table{}
		for n := range rapid.IntRange(1, 7).Draw(rt, "units") {
			r.do(dispatch.AddUnit{ID: dispatch.UnitID(fmt.Sprint("u", n)), Service: "police", Kind: "k", Status: dispatch.StatusAvailable,
				Beat: rapid.SampledFrom([]string{"b1", "b1", "b2"}).Draw(rt, "beat")})
		}
		at := geo.Point{Lon: 5, Lat: 5}
		for n := range rapid.IntRange(1, 7).Draw(rt, "calls") {
			id := dispatch.ContactID(fmt.Sprint("c", n))
			r.do(dispatch.ReceiveContact{ID: id, Channel: "phone", Type: rapid.SampledFrom([]string{"p1", "p3"}).Draw(rt, "type"), Beat: "b1", Person: dispatch.Private{Point: &at}})
			for u := range len(r.s.Units) {
				m[fmt.Sprint("u", u, ">", r.s.Contacts[id].Incident)] = dispatch.Millis(rapid.IntRange(0, 9).Draw(rt, "way"))
			}
		}
		band := rapid.IntRange(0, 2).Draw(rt, "band")
		r.reserveOf(dispatch.Area{Kind: dispatch.AreaBeats, Beats: []string{"b1"}}, "police", rapid.IntRange(1, 3).Draw(rt, "kept"), 2, band)
		p := Sweep(r.s, m.travel)
		p1, p3, home, away := 0, 0, 0, 0
		for _, i := range r.s.Incidents {
			if i.Priority() == 1 {
				p1++
			} else {
				p3++
			}
		}
		for _, u := range r.s.Units {
			if u.Beat == "b1" {
				home++
			} else {
				away++
			}
		}
		served := map[triage.Priority]int{}
		for _, l := range p.Lines {
			served[r.s.Incidents[l.Incident].Priority()]++
			if r.s.Units[l.Unit].Beat == "b1" && r.s.Incidents[l.Incident].Priority() == 1 {
				home--
			} else if r.s.Incidents[l.Incident].Priority() == 1 {
				away--
			}
		}
		left := 0
		for _, i := range r.s.Incidents {
			if i.Priority() == 3 {
				spare, _ := r.s.SpareFor("police", i)
				inBeat := 0
				for _, l := range p.Lines {
					if r.s.Units[l.Unit].Beat == "b1" && r.s.Incidents[l.Incident].Priority() == 1 {
						inBeat++
					}
				}
				if left = spare - inBeat; left > 0 {
					left = min(p3, left+away, home+away)
				}
			}
		}
		if want := max(left, 0); served[3] != want || served[1] != min(p1, len(r.s.Units)) {
			rt.Fatalf("served %v, want %d of priority 3\n%s", served, want, told(p))
		}
		r.accept(p)
	})
}

// TestReservesOverlap: what is kept in some beats is kept in the city, too.
func TestReservesOverlap(t *testing.T) {
	r := newRoom(t)
	for _, u := range []dispatch.UnitID{"P1", "P2", "P3"} {
		r.do(dispatch.AddUnit{ID: u, Service: "police", Kind: "k", Beat: "b1", Status: dispatch.StatusAvailable})
	}
	for n := range 3 {
		r.do(dispatch.ReceiveContact{ID: dispatch.ContactID(fmt.Sprint("c", n)), Channel: "phone", Type: "p3", Beat: "b1", Person: dispatch.Private{Place: "x"}})
	}
	r.reserveOf(dispatch.Area{Kind: dispatch.AreaCity}, "police", 1, 3, 0)
	r.reserveOf(dispatch.Area{Kind: dispatch.AreaBeats, Beats: []string{"b1"}}, "police", 1, 3, 0)
	p := Sweep(r.s, table{}.travel)
	if len(p.Lines) != 2 || len(p.Waiting) != 1 {
		t.Error(told(p))
	}
	r.accept(p)
}

// TestTightestReserveFirst: the zone keeps two units, the rest of the city none;
// served first, the call in the zone takes nothing from the others.
func TestTightestReserveFirst(t *testing.T) {
	r := newRoom(t)
	r.zone(dispatch.EntryFree)
	r.reserveOf(dispatch.Area{Kind: dispatch.AreaZone, Zone: "z1"}, "police", 2, 3, 0)
	outside := geo.Point{Lon: 50, Lat: 50}
	for n := range 2 {
		r.do(dispatch.ReceiveContact{ID: dispatch.ContactID(fmt.Sprint("c", n)), Channel: "phone", Type: "p3", Person: dispatch.Private{Point: &outside}})
	}
	r.call("inside", "p3")
	for _, u := range []string{"P1", "P2", "P3"} {
		r.unit(u, "police")
	}
	p := Sweep(r.s, table{}.travel)
	if len(p.Lines) != 3 || p.Lines[0].Incident != "i3" {
		t.Error(told(p))
	}
	r.accept(p)
}

// TestTakesOneOfTwo: a call that keeps a unit is not displaced; one that loses
// both is, once.
func TestTakesOneOfTwo(t *testing.T) {
	r := newRoom(t)
	for _, u := range []dispatch.UnitID{"P1", "P2"} {
		r.unit(string(u), "police")
	}
	old := r.call("old", "p3")
	for _, u := range []dispatch.UnitID{"P1", "P2"} {
		r.do(dispatch.DispatchUnit{Unit: u, Incident: old.ID})
	}
	r.call("new", "p1")
	m := inMinutes(map[string]int{"P1>i2": 1, "P2>i2": 2, "P1>i3": 1, "P2>i3": 3})
	p := Sweep(r.s, m.travel, Preempting())
	if len(p.Lines) != 1 || len(p.Displaced) != 0 {
		t.Error(told(p))
	}
	r.do(dispatch.ReceiveContact{ID: "newer", Channel: "phone", Type: "p1", Safe: dispatch.SafeNo, Person: dispatch.Private{Place: "x"}})
	p = Sweep(r.s, m.travel, Preempting())
	if len(p.Lines) != 2 || len(p.Displaced) != 1 || len(p.Waiting) != 1 || p.Waiting[0].Incident != "i1" {
		t.Error(told(p))
	}
	r.accept(p)
	if o := r.s.Contacts["old"].Outcome; o.Kind != dispatch.OutcomeWaiting || !strings.HasPrefix(r.s.Incidents["i1"].Assignments[0].EndReason, "taken for call") {
		t.Errorf("%+v", o)
	}
}

// TestDisplacedPlanStartsAnew: of a plan that has begun nothing is left when its
// only unit is taken.
func TestDisplacedPlanStartsAnew(t *testing.T) {
	r := newRoom(t)
	r.unit("A1", "ems", "aid")
	r.do(dispatch.DispatchUnit{Unit: "A1", Incident: r.call("c1", "crash").ID})
	r.call("c2", "medic")
	r.unit("A2", "ems", "aid")
	r.unit("A3", "ems", "aid")
	m := inMinutes(map[string]int{"A1>i2": 1, "A2>i2": 9, "A3>i2": 9, "A2>i1": 1, "A3>i1": 2})
	p := Sweep(r.s, m.travel, Preempting())
	r.tells(`
preempt A1 i2: priority 1, life-safety; A1 has aid; A1 is taken off call 1 (priority 2); least time for all together | nobody else fits
free A2 i1: priority 2, loses its unit to call 2; A2 has aid; least time for all together | nobody else fits
free A3 i1: priority 2, loses its unit to call 2; A3 completes the plan: has aid; least time for all together | nobody else fits
short i2 1 medic: no unit that is free has medic
short i1 1 medic: no unit that is free has medic
displaced i1 for i2, tell c1: A1 is taken for a more urgent call: tell the caller that it takes longer
ems: 2 sent, 0 left, bare []
`, p)
	r.accept(p)
}

// TestSendsWhatIsStackedBehindTheUnitItself needs nothing but the dispatch.
func TestSendsWhatIsStackedBehindTheUnitItself(t *testing.T) {
	r := newRoom(t)
	r.unit("P1", "police")
	r.do(dispatch.DispatchUnit{Unit: "P1", Incident: r.call("c1", "p2").ID})
	r.do(dispatch.StackUnit{Unit: "P1", Incident: r.call("c2", "p3").ID, Reason: "r"})
	r.posture(1, 3)
	r.status("P1", dispatch.StatusAvailable)
	r.do(dispatch.EndPosture{Posture: "post1", Reason: "r"})
	r.do(dispatch.CloseIncident{Incident: "i1", Disposition: "d", Authority: "a"})
	p := Sweep(r.s, table{}.travel)
	want := []dispatch.Command{dispatch.DispatchUnit{Unit: "P1", Incident: "i2"}}
	if differ := diff.Diff(want, p.Lines[0].Commands("road")); differ != "" {
		t.Error(differ)
	}
}

func TestNoMoreUnitsThanAnIncidentMayHave(t *testing.T) {
	r := newRoom(t)
	r.unit("P1", "police")
	i := r.call("c1", "p3")
	for n := range dispatch.MaxAssignments {
		if p := Sweep(r.s, table{}.travel); n == dispatch.MaxAssignments-1 && len(p.Lines) != 1 {
			t.Error("at the limit", told(p))
		}
		r.addQuick(dispatch.DispatchUnit{Unit: "P1", Incident: i.ID})
		r.addQuick(dispatch.UnassignUnit{Unit: "P1", Incident: i.ID, Reason: "r"})
	}
	r.tells("waits i1 0 min: it has had too many units: close it and open a new one\n", Sweep(r.s, table{}.travel))
}

func TestSweepAtItsLimit(t *testing.T) {
	r := newRoom(t)
	for n := range MaxSweepCalls + 1 {
		r.addQuick(dispatch.ReceiveContact{ID: dispatch.ContactID(fmt.Sprint("c", n)), Channel: "phone", Type: "p3", Person: dispatch.Private{Place: "x"}})
	}
	r.addQuick(dispatch.AddUnit{ID: "P1", Service: "police", Kind: "k", Status: dispatch.StatusAvailable})
	p := Sweep(r.s, table{}.travel)
	if len(p.Lines) != 1 || len(p.Waiting) != MaxSweepCalls || p.Waiting[MaxSweepCalls-1].Why != "more calls wait than one sweep weighs, and all of them are more urgent" {
		t.Error(len(p.Lines), len(p.Waiting), p.Waiting[len(p.Waiting)-1])
	}
}
