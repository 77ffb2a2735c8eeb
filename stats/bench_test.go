package stats

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"testing"

	"github.com/everycall/everycall/dispatch"
	"github.com/everycall/everycall/triage"
)

// Seattle, as published: 429,199 events a year (NICJR, Seattle Calls for Service
// Analysis, June 2021, p. 15); the mix of priorities without traffic stops and
// administrative events (fig. 9); 51 beats; units per call, medians of the dispatch
// delay and shares without any arrival from 1,000 calls of 1–4 January 2024
// (mikeymike206/spd_analysis). Who was declined, diverted or had gone is invented.
const seattleCalls = 429_199

var (
	seattleMix      = [5]float64{0.192, 0.329, 0.419, 0.035, 0.025}
	seattleUnits    = [5]float64{2.9, 1.8, 1.2, 1.0, 1.0}
	seattleDelay    = [5]float64{0.9, 20.6, 49.9, 49.9, 49.9} // minutes, medians
	seattleNever    = [5]float64{0.133, 0.098, 0.185, 0.44, 0.44}
	seattleLanguage = []string{"", "en", "es", "zh", "vi", "so", "am", "ti", "ru", "ko"}
)

// seattleYear makes the events of as many calls spread over a year, call by call:
// each one's events follow each other, so that the fold is what is measured.
func seattleYear(calls int, add func(dispatch.Stamped)) {
	random := rand.New(rand.NewPCG(20200614, 12))
	const units = 120
	start := dispatch.Instant(1_577_836_800_000)
	put := func(at dispatch.Instant, e dispatch.Event) { add(dispatch.Stamped{At: at, By: "bench", Event: e}) }
	names := make([]dispatch.UnitID, units)
	for n := range names {
		names[n] = dispatch.UnitID(fmt.Sprintf("%dU%d", 1+n/40, n))
		put(start, &dispatch.UnitAdded{Unit: dispatch.Unit{ID: names[n], Service: "police", Status: dispatch.StatusAvailable}})
	}
	gap := int64(365*dispatch.Day) / int64(calls)
	next := 0
	for n := range calls {
		at := start.Add(dispatch.Millis(int64(n)*gap + random.Int64N(gap)))
		p := 0
		for roll := random.Float64(); p < 4 && roll >= seattleMix[p]; p++ {
			roll -= seattleMix[p]
		}
		contact, incident := dispatch.ContactID(fmt.Sprintf("c-%08d", n)), dispatch.IncidentID(fmt.Sprintf("i%d", n+1))
		beat := fmt.Sprintf("%c%d", 'A'+random.IntN(17), 1+random.IntN(3))
		priority := triage.Priority(p + 1)
		kind := fmt.Sprintf("TYPE%d", random.IntN(60))
		put(at, &dispatch.ContactReceived{ID: contact, Number: uint64(n + 1), Channel: "phone", Type: kind, Priority: priority, Beat: beat,
			Language: seattleLanguage[random.IntN(len(seattleLanguage))], Outcome: dispatch.Outcome{Kind: dispatch.OutcomeWaiting}})
		put(at, &dispatch.IncidentOpened{ID: incident, Number: uint64(n + 1), Contact: contact, Service: "police", Type: kind, Priority: priority, Beat: beat})
		outcome := func(at dispatch.Instant, k dispatch.OutcomeKind) {
			put(at, &dispatch.OutcomeChanged{Contact: contact, Outcome: dispatch.Outcome{Kind: k}})
		}
		if random.IntN(20) == 0 {
			put(at, &dispatch.PromiseMade{ID: dispatch.PromiseID(fmt.Sprintf("p%d", n)), Contact: contact, Due: at.Add(dispatch.Hour), State: dispatch.PromiseOpen})
			put(at.Add(50*dispatch.Minute), &dispatch.PromiseSettled{Promise: dispatch.PromiseID(fmt.Sprintf("p%d", n)), Contact: contact,
				State: []dispatch.PromiseState{dispatch.PromiseKept, dispatch.PromiseBroken, dispatch.PromiseUpdated}[random.IntN(3)]})
		}
		delay := dispatch.Millis(random.ExpFloat64() * seattleDelay[p] / 0.693 * float64(dispatch.Minute))
		if random.Float64() < seattleNever[p] {
			end := at.Add(delay * 2)
			final := []dispatch.OutcomeKind{dispatch.OutcomeDeclined, dispatch.OutcomeAbandoned, dispatch.OutcomeTransferred, dispatch.OutcomeResolved, dispatch.OutcomeResolved}[random.IntN(5)]
			if random.IntN(4) == 0 {
				outcome(at.Add(delay), dispatch.OutcomeDiverted)
				final = dispatch.OutcomeResolved
			}
			put(end, &dispatch.IncidentClosed{Incident: incident, Disposition: string(final), Authority: "bench"})
			outcome(end, final)
			put(end, &dispatch.IncidentArchived{Incident: incident})
			continue
		}
		sent := at.Add(delay)
		took := 1
		for random.Float64() < 1-1/seattleUnits[p] && took < 6 {
			took++
		}
		end := sent
		for u := range took {
			unit := names[(next+u)%units]
			put(sent, &dispatch.UnitDispatched{Unit: unit, Incident: incident, Contact: contact})
			there := sent.Add(dispatch.Minute + dispatch.Millis(random.ExpFloat64()*6*float64(dispatch.Minute)))
			put(sent.Add(40*dispatch.Second), &dispatch.UnitStatusChanged{Unit: unit, Status: dispatch.StatusEnRoute, At: sent.Add(40 * dispatch.Second), Source: dispatch.SourceDevice})
			put(there, &dispatch.UnitStatusChanged{Unit: unit, Status: dispatch.StatusOnScene, At: there, Source: dispatch.SourceDevice})
			end = max(end, there.Add(dispatch.Millis(random.ExpFloat64()*40*float64(dispatch.Minute))))
		}
		outcome(sent, dispatch.OutcomeDispatched)
		if random.IntN(30) == 0 {
			put(sent, &dispatch.IncidentReprioritised{Incident: incident, Contact: contact, Priority: max(priority-1, 1)})
		}
		for u := range took {
			unit := names[(next+u)%units]
			put(end, &dispatch.UnitUnassigned{Unit: unit, Incident: incident, Contact: contact})
			put(end, &dispatch.UnitStatusChanged{Unit: unit, Status: dispatch.StatusAvailable, At: end, Source: dispatch.SourceSystem})
		}
		next += took
		put(end, &dispatch.IncidentClosed{Incident: incident, Disposition: "report", Authority: "bench"})
		outcome(end, dispatch.OutcomeResolved)
		put(end, &dispatch.IncidentArchived{Incident: incident})
	}
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// yearQuery asks for every figure of the year, by priority (initial and highest),
// by area, by language, and by area and priority at once.
func yearQuery() Query {
	precincts := map[string][]string{}
	for n := range 17 {
		name := fmt.Sprintf("precinct %d", n%5)
		for k := range 3 {
			precincts[name] = append(precincts[name], fmt.Sprintf("%c%d", 'A'+n, k+1))
		}
	}
	return Query{GroupBy: []string{ByPriorityInitial, ByPriorityHighest, ByBeat, ByArea, ByLanguage, ByArea + "*" + ByPriorityHighest}, Neighbourhoods: precincts}
}

// BenchmarkYear measures every figure of a year of Seattle at once: at most 2 s.
func BenchmarkYear(b *testing.B) {
	before := heap()
	l := New()
	seq := uint64(0)
	seattleYear(seattleCalls, func(e dispatch.Stamped) { seq++; l.Add(seq, e) })
	held := heap() - before
	b.ReportAllocs()
	for b.Loop() {
		if r, err := l.Report(yearQuery()); err != nil || r.All.Figures == nil || r.All.Figures.N != seattleCalls {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(held)/1e6, "ledger-MB")
	b.ReportMetric(float64(seq), "events")
	runtime.KeepAlive(l)
}

// BenchmarkContacts is BenchmarkYear with every caller counted by itself.
func BenchmarkContacts(b *testing.B) {
	l := New()
	seq := uint64(0)
	seattleYear(seattleCalls, func(e dispatch.Stamped) { seq++; l.Add(seq, e) })
	q := yearQuery()
	q.Count = CountContacts
	for b.Loop() {
		if _, err := l.Report(q); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkFold measures Add over 50,000 calls.
func BenchmarkFold(b *testing.B) {
	var events []dispatch.Stamped
	seattleYear(50_000, func(e dispatch.Stamped) { events = append(events, e) })
	n := 0
	for b.Loop() {
		l := New()
		for k := range events {
			l.Add(uint64(k+1), events[k])
		}
		n += len(events)
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "events/s")
}
