package bench

import (
	"math/rand/v2"
	"testing"

	"github.com/everycall/everycall/road"
	"github.com/everycall/everycall/road/roadtest"
)

func TestEveryRowIsMeasuredAndNothingIsWrong(t *testing.T) {
	s, err := roadtest.Town(rand.New(rand.NewPCG(3, 1)), 14)
	if err != nil {
		t.Fatal(err)
	}
	r, err := Run(s.Graph, Options{Units: 20, Closures: 5, Seed: 1, Progress: func(string) {}})
	if err != nil {
		t.Fatal(err)
	}
	if r.Wrong != 0 || r.Checked < 1000 {
		t.Errorf("%d of %d are wrong", r.Wrong, r.Checked)
	}
	for name, row := range map[string]Row{"one_to_one": r.OneToOne, "many_to_one_cold": r.ManyToOneCold, "many_to_one_label": r.ManyToOneLabel, "close_20": r.Close20,
		"customize": r.Customize, "one_to_all": r.OneToAll, "label_query": r.LabelQuery.Row, "dijkstra": r.DijkstraBothWays} {
		if row.P50 <= 0 || row.P99 < row.P50 || row.N == 0 || row.Of == "" {
			t.Errorf("%s: %+v", name, row)
		}
	}
	if r.AllocsPerOneToOne > 0.1 {
		t.Errorf("a query makes %.2f pieces of memory", r.AllocsPerOneToOne)
	}
}

// TestTheYardstickIsRight: what the router is compared with must not be slow by being
// wrong. It is held to its own search from one end.
func TestTheYardstickIsRight(t *testing.T) {
	s, err := roadtest.Town(rand.New(rand.NewPCG(5, 1)), 9)
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{streets: s, r: rand.New(rand.NewPCG(1, 1))}
	v := road.NewRouter(s, road.FreeFlow()).View()
	defer v.Release()
	d := newDijkstra(s, v, 0)
	for range 300 {
		from, to := uint32(b.r.IntN(2*s.LinkCount())), uint32(b.r.IntN(2*s.LinkCount()))
		got := d.between(from, to)
		d.all(from)
		want := inf
		if d.mark[0][to] == d.now {
			want = d.far[0][to]
		}
		if got != want {
			t.Fatalf("from %d to %d: %d, want %d", from, to, got, want)
		}
	}
}
