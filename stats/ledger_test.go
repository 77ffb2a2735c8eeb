package stats

import (
	"encoding/json"
	"flag"
	"os"
	"slices"
	"testing"

	"github.com/everycall/everycall/dispatch"
)

var rewrite = flag.Bool("rewrite", false, "write testdata/rationed-hours.json anew; commit only what can be explained")

// rationedHours is a short night with one of everything that may become of a call.
//
//	i1 assault   00:00 sent 00:01, en route 00:02, on scene 00:06, closed 00:30
//	i2 theft     00:10 held under the posture, sent 01:10, on scene 01:30 (30 min after its limit of 60)
//	i3 noise     00:12 declined 00:20
//	i4 theft     00:14 diverted 00:24, closed by that desk 00:54
//	i5 burglary  00:16 the caller has gone 00:21
//	i6 noise     00:18 transferred 00:28
//	i7 report    00:20 closed unattended 00:40 (its plan sends nobody)
//	i8 theft     00:22 waits still
//	i9 theft     00:23 the same as i8, in another language: joined at 00:25
//	i10 cardiac  00:26 sent 00:27, transporting 00:40: its arrival was never said
func rationedHours(t testing.TB) *room {
	r := newRoom(t)
	r.unit("3E1", "police")
	r.unit("M10", "ems")
	at := func(m int) { r.at = midnight.Add(dispatch.Millis(m) * minute); r.ledger.Advance(r.at) }
	r.call("c1", "ASSAULT")
	at(1)
	r.send("3E1", "i1")
	at(2)
	r.status("3E1", dispatch.StatusEnRoute)
	at(6)
	r.status("3E1", dispatch.StatusOnScene)
	at(8)
	r.do(dispatch.DeclarePosture{Service: "police", Area: dispatch.Area{Kind: dispatch.AreaCity}, Title: "Priority calls only", Authority: "watch commander",
		Rules:    []dispatch.PostureRule{{Priority: 3, Action: dispatch.ActionHold, Limit: hour}},
		ReviewBy: r.at.Add(20 * minute), Until: r.at.Add(90 * minute), NoneStated: "the department's announcement", Script: "We will call you back."})
	at(10)
	r.call("c2", "THEFT", func(c *dispatch.ReceiveContact) { c.Beat, c.Language = "C1", "es" })
	r.do(dispatch.HoldContact{Contact: "c2", Told: &dispatch.PromiseTold{Told: "somebody rings back", Channel: "on_call", Within: 30 * minute}})
	at(12)
	r.call("c3", "NOISE")
	at(14)
	r.call("c4", "THEFT")
	at(16)
	r.call("c5", "BURGLARY")
	at(18)
	r.call("c6", "NOISE", func(c *dispatch.ReceiveContact) { c.Beat = "C1" })
	at(20)
	r.do(dispatch.DeclineContact{Contact: "c3", Reason: "no car for noise", Authority: "sergeant", Words: "we cannot come"})
	r.call("c7", "REPORT")
	at(21)
	r.do(dispatch.AbandonContact{Contact: "c5", Reason: "nobody answers any more"})
	at(22)
	r.call("c8", "THEFT", func(c *dispatch.ReceiveContact) { c.Beat = "C1" })
	at(23)
	r.call("c9", "THEFT", func(c *dispatch.ReceiveContact) { c.Beat, c.Language = "C1", "es" })
	at(24)
	r.do(dispatch.DivertContact{Contact: "c4", Desk: "reports", Reason: "a report will do", Words: "somebody will ring you"})
	at(25)
	r.do(dispatch.JoinContact{Contact: "c9", Incident: "i8"})
	at(26)
	r.call("c10", "CARDIAC")
	at(27)
	r.send("M10", "i10")
	at(28)
	r.do(dispatch.TransferContact{Contact: "c6", To: "campus police", Reason: "theirs"})
	r.do(dispatch.Tick{}) // the posture's review is due
	at(30)
	r.close("i1", "report taken")
	at(38)
	r.do(dispatch.RenewPosture{Posture: "post1", ReviewBy: r.at.Add(hour), Until: r.at.Add(2 * hour), Reason: "still no car"})
	at(40)
	r.status("M10", dispatch.StatusTransporting)
	r.close("i7", "report by telephone")
	r.do(dispatch.Tick{}) // the promise to c2 is broken
	at(54)
	r.close("i4", "report taken by telephone")
	at(58)
	r.close("i10", "at hospital")
	at(68)
	r.do(dispatch.EndPosture{Posture: "post1", Reason: "cars are back"})
	at(70)
	r.send("3E1", "i2")
	at(90)
	r.status("3E1", dispatch.StatusOnScene)
	at(120)
	return r
}

func TestRationedHours(t *testing.T) {
	r := rationedHours(t)
	got := r.report(Query{GroupBy: []string{ByArea}, CurveAt: []dispatch.Millis{6 * minute, 30 * minute, hour, 90 * minute}, NoAttendance: []string{"REPORT"},
		Neighbourhoods: map[string][]string{"Capitol Hill": {"C1", "C2"}}})
	got.Recorded = Recorded{} // how many events the rules made of it is their business
	text, err := json.MarshalIndent(got, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	text = append(text, '\n')
	const golden = "testdata/rationed-hours.json"
	if *rewrite {
		if err := os.WriteFile(golden, text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != string(text) {
		t.Errorf("the report differs from %s; run with -rewrite and look at every line", golden)
	}
	f := got.All.Figures
	for _, c := range []struct {
		cause cause
		n     int
	}{{causeArrived, 3}, {causeDiverted, 1}, {causeDeclined, 1}, {causeAbandoned, 1}, {causeTransferred, 1}, {causeUnattended, 1}} {
		if o := f.outcome(c.cause); *o.N != c.n {
			t.Errorf("%s: %d, want %d", o.Name, *o.N, c.n)
		}
	}
	if f.N != 9 || *f.Outcomes.CensoredN != 1 || *got.Cohort.JoinedN != 1 || got.Cohort.ArrivalInferredN != 1 {
		t.Errorf("calls %d, open %d, joined %d, inferred %d", f.N, *f.Outcomes.CensoredN, *got.Cohort.JoinedN, got.Cohort.ArrivalInferredN)
	}
	response := f.interval(IntervalResponse)
	if *response.N != 2 || *response.MissingN != 7 || response.Percentiles[0].AtS != 360 || response.Percentiles[1].AtS != 4800 {
		t.Errorf("response %+v", response)
	}
	if travel := f.interval(IntervalTravel); *travel.N != 1 || *travel.MeanS != 240 {
		t.Errorf("travel %+v", travel)
	}
	if delay := f.interval(IntervalDispatchDelay); *delay.N != 3 || delay.Targets[0].Share != share(2.0/3) || delay.Targets[0].ShareOfAll != share(2.0/9) {
		t.Errorf("dispatch delay %+v", delay)
	}
	u := f.Unserved // of 8: i1 and i10 were served; i2 came late; i8 waits past its limit
	if *u.RequiredN != 8 || *u.ServedN != 2 || *u.UnservedN != 6 || *u.UnknownN != 0 || *u.Share != 0.75 {
		t.Errorf("unserved: required %d, served %d, unserved %d, unknown %d, share %v", *u.RequiredN, *u.ServedN, *u.UnservedN, *u.UnknownN, *u.Share)
	}
	if p := f.Promises; *p.MadeN != 1 || *p.BrokenN != 1 || *p.KeptShare != 0 || *p.GivenMeanS != 1800 || p.KeptAfterMeanS != nil {
		t.Errorf("promises %+v", p)
	}
	if p := got.Postures.Services[0]; p.InForceH != 1 || p.UnreviewedH != rounded(1.0/6, 4) || p.NoReasonH != 1 {
		t.Errorf("posture hours %+v", p)
	}
	if free := got.FreeUnits[1]; free.Service != "police" || free.ObservedH != 2 || free.AtLeast[0].Share != share((1+40)/120.0) || free.NoneN != 2 {
		t.Errorf("free police units %+v", free)
	}
}

// TestContactsHaveTheirOwnClock: the second caller of i8 waits too, since 00:23,
// in the language that was spoken.
func TestContactsHaveTheirOwnClock(t *testing.T) {
	r := rationedHours(t)
	got := r.report(Query{Count: CountContacts, GroupBy: []string{ByLanguage}})
	if got.All.Figures.N != 10 || *got.All.Figures.Outcomes.CensoredN != 2 {
		t.Fatalf("%d contacts, %d open", got.All.Figures.N, *got.All.Figures.Outcomes.CensoredN)
	}
	var keys []string
	for _, g := range got.Groupings[0].Groups {
		keys = append(keys, g.Key[0])
		if g.Key[0] == "es" && (g.Figures.N != 2 || *g.Figures.Outcomes.CensoredN != 1 || *g.Figures.interval(IntervalResponse).N != 1) {
			t.Errorf("in Spanish: %+v", g.Figures)
		}
	}
	if !slices.Equal(keys, []string{"en", "es"}) {
		t.Errorf("languages %v", keys)
	}
}

// TestJoinedAfterOneHasGone: the call goes on as the other one; the caller who had
// gone before still counts as a contact.
func TestJoinedAfterOneHasGone(t *testing.T) {
	r := newRoom(t)
	r.call("c1", "THEFT")
	r.call("c2", "THEFT", func(c *dispatch.ReceiveContact) { c.Join = "i1" })
	r.wait(5 * minute)
	r.call("c3", "THEFT")
	r.do(dispatch.AbandonContact{Contact: "c1", Reason: "gone"})
	r.do(dispatch.JoinContact{Contact: "c2", Incident: "i2", Reason: "the same"})
	r.wait(10 * minute)
	if got := r.report(Query{}); got.All.Figures.N != 1 || *got.Cohort.JoinedN != 1 || *got.All.Figures.Outcomes.CensoredN != 1 {
		t.Errorf("calls: %+v", got.Cohort)
	}
	if f := r.report(Query{Count: CountContacts}).All.Figures; f.N != 3 || *f.outcome(causeAbandoned).N != 1 || *f.Outcomes.CensoredN != 2 {
		t.Errorf("contacts: %d, %+v", f.N, f.Outcomes)
	}
	if c := slices.Collect(r.ledger.Calls()); !c[0].Joined || c[1].Received != midnight { // whoever rang first waits since then
		t.Errorf("%+v", c)
	}
	r.do(dispatch.ReopenIncident{Incident: "i1", Reason: "it was another thing"})
	if got := r.report(Query{}); got.All.Figures.N != 2 {
		t.Errorf("reopened, %d calls", got.All.Figures.N)
	}
}

// TestAsOf: a figure of a past instant is that of the events recorded by then,
// whatever happened later.
func TestAsOf(t *testing.T) {
	r := rationedHours(t)
	then := midnight.Add(45 * minute)
	past := New()
	for n, e := range r.events {
		if e.At <= then {
			past.Add(uint64(n+1), e)
		}
	}
	past.Advance(then)
	f := report(t, past, Query{WithholdBelow: 1}).All.Figures
	if f.N != 9 || *f.Outcomes.CensoredN != 3 || *f.outcome(causeDiverted).N != 0 || *f.outcome(causeArrived).N != 2 { // i2, i4, i8 are open
		t.Errorf("as of 00:45: %d calls, %d open, %d diverted, %d reached", f.N, *f.Outcomes.CensoredN, *f.outcome(causeDiverted).N, *f.outcome(causeArrived).N)
	}
	if got := *f.Unserved.UnknownN; got != 3 {
		t.Errorf("%d are not at their limit yet, want 3", got)
	}
}

func TestPeriod(t *testing.T) {
	r := rationedHours(t)
	got := r.report(Query{From: midnight.Add(10 * minute), To: midnight.Add(20 * minute)})
	if got.All.Figures.N != 5 { // i2 to i6; i7 came at 00:20
		t.Errorf("%d calls were received from 00:10 and before 00:20, want 5", got.All.Figures.N)
	}
	if h := got.Postures.Postures[0].InForceH; h != rounded(1.0/6, 4) {
		t.Errorf("%v h of the posture lie in the period", h)
	}
	if n := *got.All.Figures.outcome(causeArrived).N; n != 1 {
		t.Errorf("followed past the period's end, %d was reached: want 1", n)
	}
}

func TestCallsGiveTheHistory(t *testing.T) {
	r := newRoom(t)
	r.call("c1", "NOISE")
	r.wait(10 * minute)
	r.do(dispatch.Reprioritise{Incident: "i1", Priority: 2, Reason: "glass breaks"})
	r.wait(5 * minute)
	r.do(dispatch.Reprioritise{Incident: "i1", Priority: 3, Reason: "it is over"})
	r.wait(minute)
	calls := slices.Collect(r.ledger.Calls())
	if len(calls) != 1 {
		t.Fatalf("%d calls", len(calls))
	}
	c := calls[0]
	want := []CallPriority{{4, midnight, 10 * minute}, {2, midnight.Add(10 * minute), 5 * minute}, {3, midnight.Add(15 * minute), minute}}
	if !slices.Equal(c.Priorities, want) || c.Highest != 2 || c.AtDispatch != 0 || c.Dispatched != Missing {
		t.Errorf("priorities %v, highest %d", c.Priorities, c.Highest)
	}
}

// TestClosingUndone: a closing that was undone stops no clock.
func TestClosingUndone(t *testing.T) {
	r := newRoom(t)
	r.unit("3E1", "police")
	r.call("c1", "THEFT")
	r.wait(5 * minute)
	r.close("i1", "nobody there")
	r.wait(5 * minute)
	if f := r.report(Query{}).All.Figures; *f.outcome(causeUnattended).N != 1 {
		t.Errorf("closed: %+v", f.Outcomes)
	}
	r.do(dispatch.ReopenIncident{Incident: "i1", Reason: "they rang again"})
	if f := r.report(Query{}).All.Figures; *f.Outcomes.CensoredN != 1 {
		t.Errorf("reopened: %+v", f.Outcomes)
	}
	r.send("3E1", "i1")
	r.wait(10 * minute)
	r.status("3E1", dispatch.StatusOnScene)
	got := r.report(Query{})
	if f := got.All.Figures; *f.outcome(causeArrived).N != 1 || f.interval(IntervalResponse).Percentiles[0].AtS != 1200 || *got.Cohort.ReopenedN != 1 {
		t.Errorf("reached: %+v", f.interval(IntervalResponse))
	}
}

// TestLateTimes: a time for an assignment that has ended is used for nothing.
func TestLateTimes(t *testing.T) {
	r := newRoom(t)
	r.unit("3E1", "police")
	r.call("c1", "THEFT")
	r.send("3E1", "i1")
	r.wait(10 * minute)
	r.status("3E1", dispatch.StatusAvailable)
	r.call("c2", "THEFT")
	r.wait(minute)
	r.send("3E1", "i2")
	r.do(dispatch.SetUnitStatus{Unit: "3E1", Status: dispatch.StatusOnScene, At: midnight.Add(5 * minute), Source: dispatch.SourceEntered})
	got := r.report(Query{})
	if got.Recorded.MisplacedN != 1 || *got.All.Figures.outcome(causeArrived).N != 0 {
		t.Errorf("misplaced %d, arrived %d", got.Recorded.MisplacedN, *got.All.Figures.outcome(causeArrived).N)
	}
}

func TestOnViewIsLeftOut(t *testing.T) {
	r := newRoom(t)
	r.call("c1", "THEFT", func(c *dispatch.ReceiveContact) { c.Channel = "on_view" })
	if got := r.report(Query{}); got.All.Figures.N != 0 || *got.Cohort.OnViewN != 1 {
		t.Errorf("%d calls, %d on view", got.All.Figures.N, *got.Cohort.OnViewN)
	}
	if got := r.report(Query{OnView: true}); got.All.Figures.N != 1 {
		t.Errorf("asked for, %d calls", got.All.Figures.N)
	}
}

func TestEmptyLedger(t *testing.T) {
	got := report(t, New(), Query{GroupBy: []string{ByArea}})
	if got.All.Figures == nil || got.All.Figures.N != 0 || len(got.Groupings[0].Groups) != 0 {
		t.Errorf("%+v", got.All)
	}
}

// TestSeenTwice: an event that was folded already changes nothing.
func TestSeenTwice(t *testing.T) {
	r := rationedHours(t)
	before := encoded(t, r.ledger)
	for n, e := range r.events {
		r.ledger.Add(uint64(n+1), e)
	}
	if encoded(t, r.ledger) != before {
		t.Error("the second fold of the same events changed the figures")
	}
}

// TestFromTheMiddle: a fold that begins in the middle of a journal counts what it
// cannot know, and panics at nothing.
func TestFromTheMiddle(t *testing.T) {
	r := rationedHours(t)
	for from := range r.events {
		l := New()
		for n, e := range r.events[from:] {
			l.Add(uint64(from+n+1), e)
		}
		got := report(t, l, Query{GroupBy: []string{ByArea}})
		if from > len(r.events)/2 && got.Recorded.OrphansN == 0 && from < len(r.events)-3 {
			t.Errorf("from event %d: no orphan", from)
		}
	}
}

// TestSealedPartsAreNotRead: erasing every private part changes no figure.
func TestSealedPartsAreNotRead(t *testing.T) {
	r := rationedHours(t)
	want := encoded(t, r.ledger)
	erased := New()
	for n, e := range r.events {
		if s, sealed := e.Event.(dispatch.Sealed); sealed {
			*s.Secret() = dispatch.Private{}
		}
		erased.Add(uint64(n+1), e)
	}
	erased.Advance(r.at)
	if encoded(t, erased) != want {
		t.Error("the figures differ after an erasure")
	}
}

func encoded(t testing.TB, l *Ledger) string {
	t.Helper()
	text, err := json.Marshal(report(t, l, Query{WithholdBelow: 1, GroupBy: []string{ByPriorityHighest, ByArea, ByLanguage + "*" + ByPriorityInitial}}))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestQueriesThatCannotBe(t *testing.T) {
	for name, q := range map[string]Query{
		"no period":      {From: 5, To: 5},
		"dimension":      {GroupBy: []string{"belief"}},
		"twice the same": {GroupBy: []string{"area*area"}},
		"three":          {GroupBy: []string{"area*beat*type"}},
		"hour":           {GroupBy: []string{ByHour}},
		"count":          {Count: "people"},
		"confidence":     {Confidence: 1},
		"percentile":     {Percentiles: []float64{100}},
		"curve":          {CurveAt: []dispatch.Millis{-1}},
		"curve points":   {CurveAt: make([]dispatch.Millis, MaxCurvePoints+1)},
		"target":         {Targets: []Target{{Interval: "luck", Within: 1}}},
		"targets":        {Targets: make([]Target, MaxTargets+1)},
		"groupings":      {GroupBy: make([]string, MaxGroupings+1)},
		"percentiles":    {Percentiles: make([]float64, MaxPercentiles+1)},
	} {
		if _, err := New().Report(q); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
