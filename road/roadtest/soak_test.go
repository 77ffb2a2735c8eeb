package roadtest

import (
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/everycall/everycall/road"
)

// TestSoak opens and closes streets while several goroutines ask. Every answer must be
// the oracle's for the facts of its epoch.
func TestSoak(t *testing.T) {
	const side, changes, askers = 7, 40, 3
	r := rand.New(rand.NewPCG(11, 1))
	s, err := Town(r, side)
	if err != nil {
		t.Fatal(err)
	}
	router := road.NewRouter(s, road.FreeFlow())
	oracles := sync.Map{} // by epoch
	oracles.Store(uint64(1), New(s, road.FreeFlow(), nil))
	done := make(chan struct{})
	var all sync.WaitGroup
	for n := range uint64(askers) {
		all.Go(func() { askUntil(t, rand.New(rand.NewPCG(n, 2)), router, side, &oracles, done) })
	}
	facts := map[string]road.Fact{}
	for epoch := uint64(2); epoch < changes+2; epoch++ {
		f := Fact(r, side, 8)
		var remove []string
		for id := range facts {
			if id != f.ID && r.IntN(4) == 0 {
				remove = append(remove, id)
				delete(facts, id)
			}
		}
		facts[f.ID] = f
		var known []road.Fact
		for _, f := range facts {
			known = append(known, f)
		}
		oracles.Store(epoch, New(s, road.FreeFlow(), known))
		if got, _, err := router.Update([]road.Fact{f}, remove); err != nil || got != epoch {
			t.Errorf("change %d: epoch %d, %v", epoch, got, err)
		}
	}
	close(done)
	all.Wait()
}

// askUntil asks for random ways, some of them from stands that were made epochs ago.
func askUntil(t *testing.T, r *rand.Rand, router *road.Router, side int, oracles *sync.Map, done chan struct{}) {
	asker := router.NewAsker()
	var old []*road.Stand
	for {
		select {
		case <-done:
			return
		default:
		}
		v := router.View()
		k := road.Kind(r.IntN(road.VehicleKinds))
		goal, ok := v.Stop(k, Place(r, side), road.Snap{})
		start, also := v.Stop(k, Place(r, side), road.Snap{})
		if !ok || !also {
			v.Release()
			continue
		}
		o, _ := oracles.Load(v.Epoch)
		field := o.(*Oracle).To(&goal)
		stands := append(old, v.Stand(start))
		out := make([]road.Reach, len(stands))
		var to [road.VehicleKinds]*road.Stop
		to[k] = &goal
		asker.FromStands(v, stands, &to, out)
		for i, s := range stands {
			from := s.Stop()
			if from.Kind() != k || from.At == goal.At {
				continue
			}
			want, reachable := field.From(&from)
			if got := out[i]; got.OK != reachable || reachable && got.Ms != want.Ms {
				t.Errorf("epoch %d, %s: %+v, want %+v %v", v.Epoch, k, got, want, reachable)
			}
		}
		if old = stands; len(old) > 12 {
			old = old[1:]
		}
		v.Release()
	}
}

// TestABandAndClosuresAtOnce: what closes while the weights of another part of the day
// are made is closed in them too.
func TestABandAndClosuresAtOnce(t *testing.T) {
	const side = 7
	for seed := range uint64(6) {
		r := rand.New(rand.NewPCG(seed, 21))
		s, err := Town(r, side)
		if err != nil {
			t.Fatal(err)
		}
		router := road.NewRouter(s, road.FreeFlow())
		slow := road.FreeFlow()
		for c := range slow.Percent {
			slow.Percent[c] = 170
		}
		var both sync.WaitGroup
		both.Go(func() { router.SetBand(slow) })
		facts := map[string]road.Fact{}
		for range 12 {
			f := Fact(r, side, 5)
			facts[f.ID] = f
			if _, _, err := router.Update([]road.Fact{f}, nil); err != nil {
				t.Fatal(err)
			}
		}
		both.Wait()
		var known []road.Fact
		for _, f := range facts {
			known = append(known, f)
		}
		v := router.View()
		checkKinds(t, r, router, v, New(s, slow, known), side, known)
		v.Release()
	}
}
