package recommend

import (
	"fmt"
	"math/rand"
	"testing"

	"github.com/everycall/everycall/dispatch"
	"github.com/everycall/everycall/geo"
)

// BenchmarkSweep: 300 waiting calls and 500 units, a city of 10 by 25 km. alike:
// all calls in one rank, the largest assignment. kept: a reserve that leaves 60
// units to the last rank. plans: 100 of the calls want three units each. wide: 100
// of the units are en route to lesser calls and 100 are soon free.
func BenchmarkSweep(b *testing.B) {
	for _, c := range []struct {
		name  string
		kinds []string
		keep  int
		wide  bool
	}{
		{"free", []string{"p1", "p2", "p3"}, 0, false},
		{"alike", []string{"p3"}, 0, false},
		{"kept", []string{"p1", "p2", "p3"}, 240, false},
		{"alike_kept", []string{"p3"}, 300, false},
		{"alike_scarce", []string{"p3"}, 490, false},
		{"plans", []string{"crash", "p2", "p3"}, 0, false},
		{"wide", []string{"life", "p1", "p2", "p3"}, 0, true},
		{"wide_alike", []string{"p1"}, 0, true},
	} {
		b.Run(c.name, func(b *testing.B) {
			r, place := benchRoom(b, c.kinds, c.wide)
			if c.keep > 0 && !r.reserveOf(dispatch.Area{Kind: dispatch.AreaCity}, "police", c.keep, 3, 0) {
				b.Fatal("no reserve")
			}
			travel := func(u dispatch.UnitID, i dispatch.IncidentID) (dispatch.Millis, bool) {
				a, b := place[string(u)], place[string(i)]
				return dispatch.Millis(max(a[0]-b[0], b[0]-a[0])+max(a[1]-b[1], b[1]-a[1])) * 100, true
			}
			var options []Option
			if c.wide {
				soon := func(u dispatch.UnitID) (dispatch.Millis, bool) {
					return dispatch.Millis(place[string(u)][0]%10) * dispatch.Minute, true
				}
				options = []Option{CountOn(soon), Preempting()}
			}
			b.ReportAllocs()
			var p Proposal
			for b.Loop() {
				p = Sweep(r.s, travel, options...)
			}
			means := map[Means]int{}
			for _, l := range p.Lines {
				means[l.Means]++
			}
			b.ReportMetric(float64(means[Free]), "free")
			b.ReportMetric(float64(means[Soon]), "soon")
			b.ReportMetric(float64(means[Preempt]), "preempted")
			b.ReportMetric(float64(len(p.Waiting)), "waiting")
		})
	}
}

// benchRoom makes 500 units, 300 waiting calls and, where wide is true, work for
// 200 of the units: calls that 100 are en route to, and 100 have reached.
func benchRoom(b *testing.B, kinds []string, wide bool) (*room, map[string][2]int) {
	r := newRoom(b)
	dice := rand.New(rand.NewSource(1))
	place := map[string][2]int{}
	somewhere := func() [2]int { return [2]int{dice.Intn(10000), dice.Intn(25000)} }
	call := func(n int, kind string) dispatch.IncidentID {
		id := dispatch.ContactID(fmt.Sprintf("c%03d", n))
		at := geo.Point{Lon: 5, Lat: 5}
		r.addQuick(dispatch.ReceiveContact{ID: id, Channel: "phone", Type: kind, Person: dispatch.Private{Place: "x", Point: &at}})
		i := r.s.Contacts[id].Incident
		place[string(i)] = somewhere()
		return i
	}
	for n := range 500 {
		id := dispatch.UnitID(fmt.Sprintf("u%03d", n))
		add := dispatch.AddUnit{ID: id, Service: "police", Kind: "k", Beat: fmt.Sprint("b", n%51), Status: dispatch.StatusAvailable}
		if n >= 300 {
			add.Capabilities = []string{"aid", "medic"}[:1+n%2]
		}
		r.addQuick(add)
		place[string(id)] = somewhere()
		if wide && n < 200 {
			r.addQuick(dispatch.DispatchUnit{Unit: id, Incident: call(n, "p3")})
			r.addQuick(dispatch.SetUnitStatus{Unit: id, Source: dispatch.SourceRadio, Status: []dispatch.Status{dispatch.StatusEnRoute, dispatch.StatusOnScene}[n%2]})
		}
	}
	for n := range 300 {
		call(1000+n, kinds[n%len(kinds)])
	}
	return r, place
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
