package main

import (
	"sync"

	"github.com/everycall/everycall/city"
	"github.com/everycall/everycall/gazetteer"
	"github.com/everycall/everycall/geo"
	"github.com/everycall/everycall/road"
)

// finder is a gazetteer that is made while the room already answers: the first
// question may wait for it.
type finder struct {
	index func() *gazetteer.Index
}

func findIn(pack *city.Pack) finder {
	f := finder{sync.OnceValue(func() *gazetteer.Index { return gazetteer.New(gazetteerOf(pack)) })}
	go f.index() // ends by itself, within a second or two
	return f
}

func (f finder) Search(query string, near *geo.Point, limit int) []gazetteer.Match {
	return f.index().Search(query, near, limit)
}
func (f finder) Reverse(p geo.Point) (gazetteer.Match, bool) { return f.index().Reverse(p) }

// words are the street text and the grid (USNG) of a point.
func (f finder) words(p geo.Point) (street, grid string) {
	m, _ := f.Reverse(p)
	return m.Label, gazetteer.USNG(p)
}

// gazetteerOf is what a pack knows by name.
func gazetteerOf(pack *city.Pack) gazetteer.Source {
	src := gazetteer.Source{Streets: pack.Roads.Names(), Ignored: []string{pack.Name}}
	for _, b := range pack.HundredBlocks {
		src.Blocks = append(src.Blocks, gazetteer.Block{Street: b.Street, Number: b.Block, Point: b.Point})
	}
	for _, c := range pack.Intersections {
		src.Crossings = append(src.Crossings, gazetteer.Crossing{A: c.StreetA, B: c.StreetB, Point: c.Point})
	}
	src.Crossings = append(src.Crossings, crossingsOf(pack.Roads, src.Crossings)...)
	for _, s := range pack.Stations {
		src.Places = append(src.Places, gazetteer.Place{Name: s.Name, Kind: s.Service + " station", Aliases: []string{"Station " + s.ID}, Point: s.Point})
	}
	for _, p := range pack.Places {
		src.Places = append(src.Places, gazetteer.Place{Name: p.Name, Kind: p.Kind, Aliases: p.Aliases, Point: p.Point})
	}
	for _, group := range []struct {
		kind  string
		areas []city.Area
	}{{"park", pack.Parks}, {"neighbourhood", pack.Neighbourhoods}, {"beat", pack.Beats}} {
		for _, a := range group.areas {
			if at, inside := a.Shape.InteriorPoint(); inside && a.Name != "" {
				src.Places = append(src.Places, gazetteer.Place{Name: a.Name, Kind: group.kind, Point: at})
			}
		}
	}
	for _, a := range pack.Addresses {
		src.Addresses = append(src.Addresses, gazetteer.Address{Street: a.Street, Number: a.Number, Point: a.Point})
	}
	for _, e := range pack.Roads.Edges() {
		if e.Name != 0 {
			src.Pieces = append(src.Pieces, gazetteer.Piece{Street: e.Name, A: pack.Roads.Point(e.From), B: pack.Roads.Point(e.To)})
		}
	}
	return src
}

// sameCrossing is how near two junctions of the same two streets are that are one.
const sameCrossing = geo.Millimetres(100_000)

// crossingsOf reads crossings off the streets themselves, but for the listed ones.
func crossingsOf(g *road.Graph, listed []gazetteer.Crossing) []gazetteer.Crossing {
	known, met := map[[2]uint32]bool{}, map[[2]uint32]geo.Point{}
	for _, c := range listed {
		known[[2]uint32{min(c.A, c.B), max(c.A, c.B)}] = true
	}
	var out []gazetteer.Crossing
	for n := range g.NodeCount() {
		at := g.Point(road.Node(n))
		here := g.EdgesAt(road.Node(n))
		for i, e := range here {
			for _, f := range here[:i] {
				a, b := g.Edges()[e].Name, g.Edges()[f].Name
				pair := [2]uint32{min(a, b), max(a, b)}
				last, again := met[pair]
				if a == b || a == 0 || b == 0 || known[pair] || again && geo.Distance(last, at) < sameCrossing {
					continue
				}
				met[pair] = at
				out = append(out, gazetteer.Crossing{A: a, B: b, Point: at})
			}
		}
	}
	return out
}
