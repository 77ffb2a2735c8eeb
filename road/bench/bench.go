// Package bench measures the router on a city, after it has shown on samples that
// every kind of answer is Dijkstra's.
package bench

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"time"

	"github.com/everycall/everycall/geo"
	"github.com/everycall/everycall/road"
	"github.com/everycall/everycall/road/roadtest"
)

// Options say what to measure.
type Options struct {
	Units, Closures int
	Seed            uint64
	Progress        func(string)
}

// Row is the time that one piece of work took, in microseconds.
type Row struct {
	P50 float64 `json:"p50_us"`
	P99 float64 `json:"p99_us"`
	N   int     `json:"n"`
	Of  string  `json:"of"`
}

// Report is everything measured on one city. Each time is of one core unless it says
// otherwise.
type Report struct {
	Junctions int `json:"junctions"`
	Links     int `json:"links"`
	Nodes     int `json:"hierarchy_nodes"`
	Arcs      int `json:"hierarchy_arcs"`
	Depth     int `json:"hierarchy_depth"`

	OneToOne       Row `json:"one_to_one"`
	ManyToOneCold  Row `json:"many_to_one_cold"`
	ManyToOneLabel Row `json:"many_to_one_label"`
	Close20        Row `json:"close_20"`
	Customize      Row `json:"customize"`
	OneToAll       Row `json:"one_to_all"`
	LabelQuery     struct {
		Row
		PerSecond float64 `json:"per_second"`
	} `json:"label_query"`
	Memory struct {
		MiB float64 `json:"mib"`
		Of  string  `json:"of"`
	} `json:"memory"`
	Build struct {
		Seconds        float64 `json:"seconds"`
		OrderSeconds   float64 `json:"order_seconds"`
		PrepareSeconds float64 `json:"prepare_seconds"`
		WeightsSeconds float64 `json:"weights_seconds"`
	} `json:"build"`
	Route             Row     `json:"route"`
	Snap              Row     `json:"snap"`
	DijkstraBothWays  Row     `json:"dijkstra_both_ways"`
	DijkstraOneToAll  Row     `json:"dijkstra_one_to_all"`
	Faster            float64 `json:"one_to_one_times_faster"`
	AllocsPerOneToOne float64 `json:"allocs_per_one_to_one"`

	Checked int `json:"checked"`
	Wrong   int `json:"wrong"`
}

// bench is a run under way.
type bench struct {
	Options
	r       *rand.Rand
	streets *road.Streets
	router  *road.Router
	asker   *road.Asker
	facts   []road.Fact
	out     Report
}

// Run measures. The graph is ordered and built as part of it.
func Run(g *road.Graph, o Options) (Report, error) {
	b := &bench{Options: o, r: rand.New(rand.NewPCG(o.Seed, 0x726f6164))}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	o.Progress("order")
	start := time.Now()
	order := g.Order()
	b.out.Build.OrderSeconds = time.Since(start).Seconds()
	o.Progress("build")
	at := time.Now()
	var err error
	if b.streets, err = road.Prepare(g, order); err != nil {
		return b.out, err
	}
	b.out.Build.PrepareSeconds = time.Since(at).Seconds()
	at = time.Now()
	b.router = road.NewRouter(b.streets, road.FreeFlow())
	b.out.Build.WeightsSeconds = time.Since(at).Seconds()
	b.out.Build.Seconds = time.Since(start).Seconds()
	b.asker = b.router.NewAsker()
	runtime.GC()
	runtime.ReadMemStats(&after)
	b.out.Memory.MiB = float64(after.HeapAlloc-before.HeapAlloc) / (1 << 20)
	b.out.Memory.Of = "router with turns, five vehicle classes, each twice and once without facts; the graph and its names apart"
	size := b.streets.Size()
	b.out.Nodes, b.out.Arcs, b.out.Depth, b.out.Links = size.Nodes, size.Arcs, size.Depth, b.streets.LinkCount()
	for n := range g.NodeCount() {
		if g.Degree(road.Node(n)) > 2 {
			b.out.Junctions++
		}
	}
	if err := b.verify(); err != nil {
		return b.out, err
	}
	o.Progress("measure")
	b.measure()
	return b.out, nil
}

// anywhere is a place near a street.
func (b *bench) anywhere() geo.Point {
	p := b.streets.Point(road.Node(b.r.IntN(b.streets.NodeCount())))
	return geo.Point{Lon: p.Lon + int32(b.r.IntN(4000)) - 2000, Lat: p.Lat + int32(b.r.IntN(4000)) - 2000}
}

func (b *bench) stop(v *road.View, k road.Kind) *road.Stop {
	for range 100 {
		if s, ok := v.Stop(k, b.anywhere(), road.Snap{}); ok {
			return &s
		}
	}
	return nil
}

// closures are so many street pieces, closed at their middle for everybody.
func (b *bench) closures(n int) []road.Fact {
	var out []road.Fact
	for i := range n {
		e := b.streets.Edges()[b.r.IntN(len(b.streets.Edges()))]
		at := geo.Along(b.streets.Point(e.From), b.streets.Point(e.To), 1, 2)
		out = append(out, road.Fact{ID: fmt.Sprint("closed-", i), Shape: road.ShapePoint, Geometry: []geo.Point{at}, For: road.Everybody, State: road.StateBlocked})
	}
	return out
}

// Samples of the verification.
const (
	goals  = 3 // for each vehicle class and state of the streets
	starts = 25
)

// verify asks everything in every way, with all streets open, with some closed and
// after they opened again.
func (b *bench) verify() error {
	for round, name := range []string{"all open", "closed", "closed more", "reopened"} {
		b.Progress("verify: " + name)
		var add []road.Fact
		var remove []string
		switch round {
		case 1, 2:
			add = b.closures(b.Closures * round)
			add = append(add, b.area(), b.wall())
		case 3:
			for _, f := range b.facts {
				remove = append(remove, f.ID)
			}
		}
		if round > 0 {
			b.facts = add
			if _, _, err := b.router.Update(add, remove); err != nil {
				return err
			}
		}
		b.compare()
	}
	return nil
}

// area and wall are a blocked area and a walled one with a gate, each some blocks wide.
func (b *bench) area() road.Fact {
	return road.Fact{ID: "area", Shape: road.ShapeArea, Geometry: b.box(), For: road.Everybody, State: road.StateBlocked}
}

func (b *bench) wall() road.Fact {
	box := b.box()
	return road.Fact{ID: "wall", Shape: road.ShapeWall, Geometry: box, For: road.Motor, State: road.StateBlocked, Gates: []road.Gate{{Point: box[0], For: road.Ambulance}}}
}

func (b *bench) box() []geo.Point {
	const half = 30_000
	p := b.anywhere()
	return []geo.Point{{Lon: p.Lon - half, Lat: p.Lat - half}, {Lon: p.Lon + half, Lat: p.Lat - half}, {Lon: p.Lon + half, Lat: p.Lat + half}, {Lon: p.Lon - half, Lat: p.Lat + half}}
}

// compare counts the answers that differ from the oracle's.
func (b *bench) compare() {
	v := b.router.View()
	defer v.Release()
	oracle := roadtest.New(b.streets, road.FreeFlow(), b.facts)
	for k := range road.Kind(road.VehicleKinds) {
		for range goals {
			goal := b.stop(v, k)
			if goal == nil {
				continue
			}
			field := oracle.To(goal)
			var from []*road.Stop
			var stands []*road.Stand
			for range starts {
				if s := b.stop(v, k); s != nil && (s.At != goal.At || s.Edge == goal.Edge) {
					from, stands = append(from, s), append(stands, v.Stand(*s))
				}
			}
			many, labels := make([]road.Reach, len(from)), make([]road.Reach, len(from))
			b.asker.Many(v, from, goal, many)
			var to [road.VehicleKinds]*road.Stop
			to[k] = goal
			b.asker.FromStands(v, stands, &to, labels)
			for i, s := range from {
				want, ok := field.From(s)
				for _, got := range []road.Reach{many[i], labels[i], b.asker.Reach(v, s, goal), b.asker.Route(v, s, goal).Reach} {
					b.out.Checked++
					if got.OK != ok || ok && (got.Ms != want.Ms || int64(got.Reluctant) != want.Reluctant) {
						b.out.Wrong++
					}
				}
			}
		}
	}
}

// measure fills in the rows.
func (b *bench) measure() {
	const k = road.KindPatrol
	v := b.router.View()
	var pairs [][2]*road.Stop
	for range 1000 {
		if from, to := b.stop(v, k), b.stop(v, k); from != nil && to != nil {
			pairs = append(pairs, [2]*road.Stop{from, to})
		}
	}
	stops, stands := make([]*road.Stop, b.Units), make([]*road.Stand, b.Units)
	for i := range stops {
		stops[i] = b.stop(v, k)
		stands[i] = v.Stand(*stops[i])
	}
	out := make([]road.Reach, b.Units)
	n := 0
	next := func() [2]*road.Stop { n++; return pairs[n%len(pairs)] }
	goalsOf := func(p [2]*road.Stop) *[road.VehicleKinds]*road.Stop {
		var to [road.VehicleKinds]*road.Stop
		to[k] = p[1]
		return &to
	}
	b.out.OneToOne = timed(2000, "distance between two places", func() { p := next(); b.asker.Reach(v, p[0], p[1]) })
	b.out.AllocsPerOneToOne = allocs(func() { p := next(); b.asker.Reach(v, p[0], p[1]) })
	b.out.ManyToOneCold = timed(500, fmt.Sprint(b.Units, " units to one place, without labels"), func() { b.asker.Many(v, stops, next()[1], out) })
	b.out.ManyToOneLabel = timed(1000, fmt.Sprint(b.Units, " units to one place, with labels"), func() { b.asker.FromStands(v, stands, goalsOf(next()), out) })
	per := b.labels(v, stands, k)
	b.out.LabelQuery.Row, b.out.LabelQuery.PerSecond = per, 1e6/per.P50
	far := make([]uint32, 2*b.streets.LinkCount())
	b.out.OneToAll = timed(200, "distances from one place to every link", func() { b.asker.All(v, next()[0], far) })
	b.out.Route = timed(300, "a route with its line, legs and facts", func() { p := next(); b.asker.Route(v, p[0], p[1]) })
	b.out.Snap = timed(1000, "the street nearest to a place", func() { v.Stop(k, b.anywhere(), road.Snap{}) })
	d := newDijkstra(b.streets, v, k)
	arc := func() uint32 { return uint32(b.r.IntN(2 * b.streets.LinkCount())) }
	b.out.DijkstraBothWays = timed(200, "the same by Dijkstra's algorithm from both ends", func() { d.between(arc(), arc()) })
	b.out.DijkstraOneToAll = timed(30, "the same by Dijkstra's algorithm", func() { d.all(arc()) })
	b.out.Faster = b.out.DijkstraBothWays.P50 / b.out.OneToOne.P50
	var customize [road.VehicleKinds]func()
	for kind := range customize {
		customize[kind] = v.Customizer(road.Kind(kind))
	}
	b.out.Customize = timed(15, "all weights of one vehicle class anew, one core", func() { n++; customize[n%road.VehicleKinds]() })
	v.Release()
	b.closeSome(stands, goalsOf, pairs, out)
}

// closeSome measures from the moment at which streets close, for all vehicle classes,
// to the next right answer for all units; they open again in between.
func (b *bench) closeSome(stands []*road.Stand, goalsOf func([2]*road.Stop) *[road.VehicleKinds]*road.Stop, pairs [][2]*road.Stop, out []road.Reach) {
	facts := b.closures(b.Closures)
	n := 0
	b.out.Close20 = timedAfter(200, fmt.Sprint(b.Closures, " street pieces closed for five vehicle classes on all cores, and ", b.Units, " units to one place"), func() {
		ids := make([]string, len(facts))
		for i, f := range facts {
			ids[i] = f.ID
		}
		if _, _, err := b.router.Update(nil, ids); err != nil {
			panic(err)
		}
		facts = b.closures(b.Closures)
	}, func() {
		if _, _, err := b.router.Update(facts, nil); err != nil {
			panic(err)
		}
		v := b.router.View()
		n++
		b.asker.FromStands(v, stands, goalsOf(pairs[n%len(pairs)]), out)
		v.Release()
	})
}

// labels times what one unit's label and one place's give, many at a time.
func (b *bench) labels(v *road.View, stands []*road.Stand, k road.Kind) Row {
	const batch = 1000
	to := b.stop(v, k)
	goal := v.Goal(*to)
	row := timed(500, "the distance that two labels give", func() {
		for i := range batch {
			b.asker.Between(v, stands[i%len(stands)], goal)
		}
	})
	row.P50, row.P99 = row.P50/batch, row.P99/batch
	return row
}

func timed(n int, of string, do func()) Row { return timedAfter(n, of, func() {}, do) }

func timedAfter(n int, of string, before, do func()) Row {
	took := make([]time.Duration, 0, n)
	for range n {
		before()
		start := time.Now()
		do()
		took = append(took, time.Since(start))
	}
	slices.Sort(took)
	us := func(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1000 }
	return Row{us(took[n/2]), us(took[n*99/100]), n, of}
}

// allocs is how many pieces of memory a call sets aside.
func allocs(do func()) float64 {
	const runs = 200
	var before, after runtime.MemStats
	do()
	runtime.ReadMemStats(&before)
	for range runs {
		do()
	}
	runtime.ReadMemStats(&after)
	return float64(after.Mallocs-before.Mallocs) / runs
}
