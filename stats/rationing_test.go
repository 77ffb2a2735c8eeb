package stats

import (
	"fmt"
	"testing"

	"github.com/everycall/everycall/dispatch"
	"github.com/everycall/everycall/triage"
)

// feed folds events that no rule made.
type feed struct {
	l   *Ledger
	seq uint64
}

func newFeed() *feed { return &feed{l: New()} }

func (f *feed) at(minutes int, e dispatch.Event) {
	f.seq++
	f.l.Add(f.seq, dispatch.Stamped{At: midnight.Add(dispatch.Millis(minutes) * minute), By: "test", Event: e})
}

func (f *feed) call(minutes, n int, beat string, p triage.Priority) {
	contact := dispatch.ContactID(fmt.Sprint("c", n))
	f.at(minutes, &dispatch.ContactReceived{ID: contact, Priority: p, Beat: beat, Outcome: dispatch.Outcome{Kind: dispatch.OutcomeWaiting}})
	f.at(minutes, &dispatch.IncidentOpened{ID: dispatch.IncidentID(fmt.Sprint("i", n)), Number: uint64(n), Contact: contact, Service: "police", Priority: p, Beat: beat})
}

func (f *feed) outcome(minutes, n int, k dispatch.OutcomeKind) {
	f.at(minutes, &dispatch.OutcomeChanged{Contact: dispatch.ContactID(fmt.Sprint("c", n)), Outcome: dispatch.Outcome{Kind: k}})
}

// TestBacklogByHand: a spell of two pending from 00:10 to 00:30, one from 00:40 on;
// the urgent call and the one in the other beat do not count.
func TestBacklogByHand(t *testing.T) {
	f := newFeed()
	f.call(0, 1, "A1", 3)
	f.call(5, 2, "A1", 1)
	f.call(6, 3, "B1", 4)
	f.call(10, 4, "A1", 4)
	f.outcome(20, 4, dispatch.OutcomeHeld)       // still pending
	f.outcome(30, 1, dispatch.OutcomeDispatched) // not any more
	f.at(40, &dispatch.IncidentReprioritised{Incident: "i2", Priority: 3})
	f.l.Advance(midnight.Add(60 * minute))
	got := report(t, f.l, Query{BacklogAt: 2, WithholdBelow: 1}).Backlog
	if len(got.Areas) != 2 || got.ObservedH != 1 {
		t.Fatalf("%+v", got)
	}
	a := got.Areas[0]
	if a.Area != "A1" || a.SpellsN != 2 || a.Hours != rounded(40/60.0, 4) || a.LongestH != rounded(20/60.0, 4) || *a.PeakN != 2 || a.MeanN != rounded((10+20*2+10+20*2)/60.0, 3) {
		t.Errorf("%+v peak %d", a, *a.PeakN)
	}
	if b := got.Areas[1]; b.SpellsN != 0 || b.MeanN != 0.9 {
		t.Errorf("%+v", b)
	}
	if c := got.City; c.SpellsN != 1 || c.Hours != 0.9 || *c.PeakN != 3 { // from 00:06
		t.Errorf("%+v", c)
	}
	if len(got.Spells) != 3 || !got.Spells[2].Ongoing || got.Spells[1].Ongoing || got.Spells[1].ToMS != int64(midnight.Add(30*minute)) {
		t.Errorf("%+v", got.Spells)
	}
	part := report(t, f.l, Query{BacklogAt: 2, WithholdBelow: 1, From: midnight.Add(15 * minute), To: midnight.Add(25 * minute)}).Backlog
	if p := part.Areas[0]; p.SpellsN != 1 || p.Share != 1 || !part.Spells[0].Ongoing {
		t.Errorf("of ten minutes: %+v", part)
	}
	if none := report(t, f.l, Query{BacklogAt: 2, From: midnight.Add(31 * minute), To: midnight.Add(39 * minute)}).Backlog; none.Areas[0].SpellsN != 0 {
		t.Errorf("between the spells: %+v", none.Areas[0])
	}
}

// TestBacklogKnowsJoinedCalls: a call that was joined into another is not pending
// twice.
func TestBacklogKnowsJoinedCalls(t *testing.T) {
	f := newFeed()
	f.call(0, 1, "A1", 3)
	f.call(10, 2, "A1", 3)
	f.at(20, &dispatch.IncidentClosed{Incident: "i2", Disposition: "duplicate"})
	f.at(20, &dispatch.ContactJoined{Contact: "c2", Incident: "i1"})
	f.l.Advance(midnight.Add(40 * minute))
	if got := report(t, f.l, Query{BacklogAt: 2}).Backlog.City; got.Hours != rounded(10/60.0, 4) {
		t.Errorf("%+v", got)
	}
}

func TestSpellsAreCut(t *testing.T) {
	f := newFeed()
	for n := range MaxSpellsShown/2 + 1 { // each is a spell of its area and of the city
		f.call(2*n, n, "A1", 3)
		f.outcome(2*n+1, n, dispatch.OutcomeDispatched)
	}
	got := report(t, f.l, Query{BacklogAt: 1}).Backlog
	if len(got.Spells) != MaxSpellsShown || !got.SpellsCut || got.City.SpellsN != MaxSpellsShown/2+1 {
		t.Errorf("%d listed, cut %v, counted %d", len(got.Spells), got.SpellsCut, got.City.SpellsN)
	}
}

// TestFreeUnitsByHand: one of two units leaves at 00:10, the other from 00:20 to
// 00:35.
func TestFreeUnitsByHand(t *testing.T) {
	f := newFeed()
	unit := func(minutes int, id dispatch.UnitID, s dispatch.Status) {
		at := midnight.Add(dispatch.Millis(minutes) * minute)
		f.at(minutes, &dispatch.UnitStatusChanged{Unit: id, Status: s, At: at})
	}
	for _, id := range []dispatch.UnitID{"U1", "U2"} {
		f.at(0, &dispatch.UnitAdded{Unit: dispatch.Unit{ID: id, Service: "police", Status: dispatch.StatusAvailable}})
	}
	f.at(10, &dispatch.UnitRetired{Unit: "U1"})
	unit(20, "U2", dispatch.StatusOutOfService)
	unit(35, "U2", dispatch.StatusAvailable)
	f.l.Advance(midnight.Add(60 * minute))
	got := report(t, f.l, Query{FreeAtLeast: []int{1, 2}}).FreeUnits[0]
	if got.ObservedH != 1 || got.AtLeast[0].Share != 0.75 || got.AtLeast[1].Share != share(10/60.0) || got.NoneN != 1 || got.NoneH != 0.25 || got.LongestH != 0.25 ||
		got.MeanN != rounded((20+10+25)/60.0, 3) {
		t.Errorf("%+v", got)
	}
	part := report(t, f.l, Query{From: midnight.Add(30 * minute), To: midnight.Add(40 * minute)}).FreeUnits[0]
	if part.AtLeast[0].Share != 0.5 || part.ObservedH != rounded(1/6.0, 4) {
		t.Errorf("%+v", part)
	}
	if f.call(62, 1, "A1", 1); *report(t, f.l, Query{WithholdBelow: 1}).All.Figures.FoundFree.Share != 1 {
		t.Error("the call found a unit free")
	}
}

// TestPostureHoursByHand: two that overlap count once in the sum; the hours without
// a review begin when it was due, not when somebody noticed.
func TestPostureHoursByHand(t *testing.T) {
	f := newFeed()
	declare := func(minutes int, id dispatch.PostureID, review int, reason string) {
		f.at(minutes, &dispatch.PostureDeclared{Posture: dispatch.Posture{ID: id, Service: "police", Area: dispatch.Area{Kind: dispatch.AreaCity}, Reason: reason,
			From: midnight.Add(dispatch.Millis(minutes) * minute), ReviewBy: midnight.Add(dispatch.Millis(review) * minute)}})
	}
	declare(0, "post1", 30, "")
	declare(30, "post2", 600, "no cars")
	f.at(40, &dispatch.PostureUnreviewed{Posture: "post1"})
	f.at(60, &dispatch.PostureRenewed{Posture: "post1", ReviewBy: midnight.Add(90 * minute)})
	f.at(70, &dispatch.PostureAmended{Posture: "post1", Version: 2, Reason: "no cars at all"})
	f.at(90, &dispatch.PostureUnreviewed{Posture: "post1"})
	f.at(120, &dispatch.PostureEnded{Posture: "post1"})
	f.l.Advance(midnight.Add(180 * minute))
	got := report(t, f.l, Query{}).Postures
	one, two := got.Postures[0], got.Postures[1]
	if one.InForceH != 2 || one.UnreviewedH != 1 || one.Reviews != 1 || one.Amendments != 1 || !one.ReasonStated || one.EndedMS == nil {
		t.Errorf("%+v", one)
	}
	if two.InForceH != 2.5 || two.UnreviewedH != 0 || two.EndedMS != nil {
		t.Errorf("%+v", two)
	}
	if s := got.Services[0]; s.InForceH != 3 || s.Declared != 2 || s.UnreviewedH != 1 {
		t.Errorf("%+v", s)
	}
	if other := report(t, f.l, Query{Service: "fire"}).Postures; len(other.Postures) != 0 {
		t.Errorf("%+v", other)
	}
}

// TestUnservedByHand: the limit is that of the highest priority; a call that is open
// before its limit is censored, not served.
func TestUnservedByHand(t *testing.T) {
	f := newFeed()
	f.at(0, &dispatch.UnitAdded{Unit: dispatch.Unit{ID: "U1", Service: "police", Status: dispatch.StatusAvailable}})
	for n, p := range []triage.Priority{1, 1, 3, 3} {
		f.call(0, n+1, "A1", p)
	}
	arrive := func(minutes int, i string) {
		f.at(minutes, &dispatch.UnitDispatched{Unit: "U1", Incident: dispatch.IncidentID(i)})
		f.at(minutes, &dispatch.UnitStatusChanged{Unit: "U1", Status: dispatch.StatusOnScene, At: midnight.Add(dispatch.Millis(minutes) * minute)})
		f.at(minutes, &dispatch.UnitUnassigned{Unit: "U1", Incident: dispatch.IncidentID(i)})
	}
	arrive(8, "i1")  // within 10
	arrive(12, "i2") // past 10
	arrive(20, "i3") // within 60
	f.l.Advance(midnight.Add(30 * minute))
	q := Query{WithholdBelow: 1, UnservedAfter: [6]dispatch.Millis{1: 10 * minute, 3: hour}}
	u := report(t, f.l, q).All.Figures.Unserved
	// on the scale of the limits: served at 0.8 and 1/3, open at 0.5, late past 1
	want := 1 - (1.0/4 + 3.0/4*1/2)
	if *u.ServedN != 2 || *u.UnservedN != 1 || *u.UnknownN != 1 || *u.Share != share(want) {
		t.Errorf("served %d, unserved %d, unknown %d, share %v, want %v", *u.ServedN, *u.UnservedN, *u.UnknownN, *u.Share, want)
	}
	f.l.Advance(midnight.Add(hour))
	if u := report(t, f.l, q).All.Figures.Unserved; *u.UnservedN != 2 || *u.UnknownN != 0 || *u.Share != 0.5 {
		t.Errorf("at its limit a call that waits is unserved: %d, %v", *u.UnservedN, *u.Share)
	}
}

// TestGroupsAreTheirOwnReports: the figures of a group are those of a report that
// asks for nothing else.
func TestGroupsAreTheirOwnReports(t *testing.T) {
	r := rationedHours(t)
	hours := func(at dispatch.Instant) int { return int(at.Since(midnight) / hour % 24) }
	got := r.report(Query{GroupBy: []string{ByService, ByHour, ByType, ByZone, ByChannel, ByPosture, ByLifeSafety, ByRepeat, ByPriorityFinal, ByPriorityAtDispatch}, HourOf: hours})
	for _, grouping := range got.Groupings {
		n := 0
		for _, g := range grouping.Groups {
			n += g.Figures.N
			if grouping.By != ByService {
				continue
			}
			alone := r.report(Query{Service: dispatch.Service(g.Key[0])})
			if a, b := text(t, g.Figures), text(t, alone.All.Figures); a != b {
				t.Errorf("%v in a grouping:\n%s\nby itself:\n%s", g.Key, a, b)
			}
		}
		if n != got.All.Figures.N {
			t.Errorf("by %s there are %d calls, of all %d", grouping.By, n, got.All.Figures.N)
		}
	}
}

func TestTooManyGroups(t *testing.T) {
	f := newFeed()
	for n := range MaxGroups + 1 {
		f.call(n, n, fmt.Sprint("B", n), 3)
		if n+1 == MaxGroups {
			if _, err := f.l.Report(Query{GroupBy: []string{ByBeat}}); err != nil {
				t.Errorf("at the limit: %s", err)
			}
		}
	}
	if _, err := f.l.Report(Query{GroupBy: []string{ByBeat}}); err == nil {
		t.Error("one past the limit: no error")
	}
}
