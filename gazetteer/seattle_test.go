package gazetteer

import (
	"sync"
	"testing"

	"github.com/everycall/everycall/city"
	"github.com/everycall/everycall/geo"
	"github.com/everycall/everycall/road"
)

var seattlePack = sync.OnceValues(city.Seattle)

// seattleSource fills a Source from the embedded pack as the room's wiring does.
func seattleSource(t testing.TB) Source {
	t.Helper()
	pack, err := seattlePack()
	if err != nil {
		t.Fatal(err)
	}
	src := Source{Streets: pack.Roads.Names(), Ignored: []string{"Seattle", "King County", "WA", "Washington"}}
	for _, b := range pack.HundredBlocks {
		src.Blocks = append(src.Blocks, Block{b.Street, b.Block, b.Point})
	}
	for _, c := range pack.Intersections {
		src.Crossings = append(src.Crossings, Crossing{c.StreetA, c.StreetB, c.Point})
	}
	// Crossings that the pack does not list are read off the streets themselves.
	listed, met := map[[2]uint32]bool{}, map[[2]uint32]geo.Point{}
	for _, c := range src.Crossings {
		listed[[2]uint32{min(c.A, c.B), max(c.A, c.B)}] = true
	}
	edges := pack.Roads.Edges()
	for n := range pack.Roads.NodeCount() {
		var here []uint32
		for _, e := range pack.Roads.EdgesAt(road.Node(n)) {
			here = append(here, edges[e].Name)
		}
		at := pack.Roads.Point(road.Node(n))
		for i, a := range here {
			for _, b := range here[:i] {
				key := [2]uint32{min(a, b), max(a, b)}
				last, again := met[key]
				if a == b || a == 0 || b == 0 || listed[key] || again && geo.Distance(last, at) < 100_000 {
					continue
				}
				met[key] = at
				src.Crossings = append(src.Crossings, Crossing{a, b, at})
			}
		}
	}
	for _, s := range pack.Stations {
		src.Places = append(src.Places, Place{Name: s.Name, Kind: s.Service + " station", Aliases: []string{"Station " + s.ID}, Point: s.Point})
	}
	for _, group := range []struct {
		kind  string
		areas []city.Area
	}{{"park", pack.Parks}, {"neighbourhood", pack.Neighbourhoods}, {"beat", pack.Beats}} {
		for _, a := range group.areas {
			if at, ok := a.Shape.InteriorPoint(); ok && a.Name != "" {
				src.Places = append(src.Places, Place{Name: a.Name, Kind: group.kind, Point: at})
			}
		}
	}
	for _, e := range edges {
		if e.Name != 0 {
			src.Pieces = append(src.Pieces, Piece{e.Name, pack.Roads.Point(e.From), pack.Roads.Point(e.To)})
		}
	}
	return src
}

var seattleOnce struct {
	sync.Once
	index *Index
}

// seattleIndex is the pack's index, made once for all tests.
func seattleIndex(t testing.TB) *Index {
	t.Helper()
	seattleOnce.Do(func() { seattleOnce.index = New(seattleSource(t)) })
	return seattleOnce.index
}
