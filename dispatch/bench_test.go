package dispatch

import (
	"fmt"
	"strconv"
	"testing"

	"github.com/everycall/everycall/geo"
)

// busyRoom has 500 units and 300 open incidents: 200 with a unit on its way, the
// others held.
func busyRoom(b *testing.B) *runner {
	r := &runner{b: b, s: NewState(), meta: Meta{At: scenarioStart, By: "room"}}
	r.do(Configure{Config: roomStandard()})
	for n := range 500 {
		r.do(AddUnit{ID: UnitID(fmt.Sprintf("U%03d", n)), Service: "police", Kind: "patrol", Beat: "B" + strconv.Itoa(n%50), Status: StatusAvailable})
	}
	r.do(DeclarePosture{Service: "police", Area: Area{Kind: AreaCity}, Title: "Priority calls only", Rules: []PostureRule{{Priority: 5, Action: ActionHold, Limit: Hour}},
		Reserve: []Reserve{{Priority: 3, Units: 20}}, ReviewBy: r.meta.At.Add(12 * Hour), Until: r.meta.At.Add(24 * Hour), Authority: "commander", Reason: "few cars", Script: "later"})
	for n := range 300 {
		id := ContactID("open" + strconv.Itoa(n))
		r.do(ReceiveContact{ID: id, Channel: "phone", Type: "NOISE", Person: Private{Place: "100 block of Main St"}})
		incident := r.s.Contacts[id].Incident
		if n < 200 {
			r.do(DispatchUnit{Unit: UnitID(fmt.Sprintf("U%03d", n)), Incident: incident, Travel: Day, Model: "road"})
		} else {
			r.do(HoldContact{Contact: id, Reason: "no car", ReviewIn: Day})
		}
	}
	return r
}

// upkeep decides again on the 300 before they are due, as a room would.
func (r *runner) upkeep() {
	for n := range 300 {
		id := ContactID("open" + strconv.Itoa(n))
		if n < 200 {
			unit, incident := UnitID(fmt.Sprintf("U%03d", n)), r.s.Contacts[id].Incident
			r.do(UnassignUnit{Unit: unit, Incident: incident, Reason: "relieved"})
			r.do(DispatchUnit{Unit: unit, Incident: incident, Travel: Day, Model: "road"})
		} else {
			r.do(HoldContact{Contact: id, Reason: "no car", ReviewIn: Day})
		}
	}
}

// runner drives the rules as the engine does, without a journal.
type runner struct {
	b       *testing.B
	s       *State
	meta    Meta
	buffer  []Event
	checked bool
}

func (r *runner) do(c Command) {
	events, no := Decide(r.s, r.meta, c, r.buffer[:0])
	if no != nil {
		r.b.Fatalf("%s: %s", c.CommandName(), no)
	}
	for _, e := range events {
		Evolve(r.s, Stamped{At: r.meta.At, By: r.meta.By, Event: e})
	}
	if r.checked {
		if err := CheckTouched(r.s); err != nil {
			r.b.Fatal(err)
		}
	}
	r.s.ForgetTouched()
	r.buffer = events
}

// life is one whole call: received, dispatched, en route, on scene, a note, closed.
func (r *runner) life(n int) {
	unit := r.s.Units[UnitID("U"+strconv.Itoa(200+n%300))].ID
	id := ContactID(strconv.Itoa(n))
	r.do(ReceiveContact{ID: id, Channel: "phone", Type: "BURGLARY", Beat: "B7",
		Person: Private{Number: "555-" + strconv.Itoa(n%10_000), Place: "1500 block of 12 Av", Point: &geo.Point{Lon: -1223170000, Lat: 476145000}}})
	incident := r.s.Contacts[id].Incident
	r.do(DispatchUnit{Unit: unit, Incident: incident, Travel: 4 * Minute, Model: "road"})
	r.do(SetUnitStatus{Unit: unit, Status: StatusEnRoute, Source: SourceDevice})
	r.do(SetUnitStatus{Unit: unit, Status: StatusOnScene, Source: SourceDevice})
	r.do(AddNote{Incident: incident, Text: "door forced, nobody inside"})
	r.do(CloseIncident{Incident: incident, Disposition: "report taken", Authority: "dispatcher"})
	r.meta.At = r.meta.At.Add(30 * Second) // 2,880 calls a day
	r.do(Tick{})                           // archives what closed a day ago
	if n%2000 == 0 {
		r.upkeep()
	}
}

func benchmarkCallLife(b *testing.B, checked bool) {
	r := busyRoom(b)
	for n := range 4000 { // more than a day, so that the archive keeps pace with the calls
		r.life(n)
	}
	r.checked = checked
	n, cpu := 4000, cpuSeconds()
	b.ReportAllocs()
	for b.Loop() {
		r.life(n)
		n++
	}
	b.ReportMetric(float64(6*(n-4000))/b.Elapsed().Seconds(), "commands/s")
	if cpu = cpuSeconds() - cpu; cpu > 0 {
		b.ReportMetric(float64(6*(n-4000))/cpu, "commands/cpu-s")
	}
	if err := Check(r.s); err != nil {
		b.Fatal(err)
	}
	if open := len(r.s.Incidents); open > 3500 {
		b.Fatalf("%d incidents are live: the archive does not keep pace", open)
	}
}

// BenchmarkCallLife times whole call lives, six commands each, on one goroutine
// with 500 units, 300 other incidents open and a day's closed ones still live.
// The time of the Tick after each life, of the archiving and of the upkeep of
// the 300 counts; none of them counts as a command.
func BenchmarkCallLife(b *testing.B) { benchmarkCallLife(b, false) }

// BenchmarkCallLifeChecked is BenchmarkCallLife with CheckTouched after each command.
func BenchmarkCallLifeChecked(b *testing.B) { benchmarkCallLife(b, true) }
