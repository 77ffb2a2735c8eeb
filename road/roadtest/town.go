package roadtest

import (
	"fmt"
	"math/rand/v2"

	"github.com/everycall/everycall/geo"
	"github.com/everycall/everycall/road"
)

// Corner is where made-up towns begin.
var Corner = geo.Point{Lon: -1_223_300_000, Lat: 476_100_000}

// Town makes up a town of so many blocks a side: a grid with gaps and bends, one-way
// streets, streets for some vehicles, banned turns, bollards and local access.
func Town(r *rand.Rand, side int) (*road.Streets, error) {
	n := road.Network{Names: []string{"", "11 Av", "12 Av", "E Pine St"}}
	const step = 10_000 // about 75 m by 110 m
	for y := range side {
		for x := range side {
			n.Points = append(n.Points, geo.Point{Lon: Corner.Lon + int32(x*step) + int32(r.IntN(3000)), Lat: Corner.Lat + int32(y*step) + int32(r.IntN(3000))})
		}
	}
	join := func(a, b int) {
		e := road.Edge{From: road.Node(a), To: road.Node(b), Name: uint32(r.IntN(len(n.Names))), Class: road.Class(r.IntN(road.Classes)), Forward: road.Everybody, Backward: road.Everybody}
		switch r.IntN(8) {
		case 0:
			e.Backward = road.Foot
		case 1:
			e.Forward = road.Foot | road.Bicycle
		case 2:
			e.Forward, e.Backward = road.Vehicles(r.IntN(32)), road.Vehicles(r.IntN(32))
		case 3:
			e.Local = road.Vehicles(r.IntN(32))
		case 4:
			e.Limit = uint8(r.IntN(120))
		case 5:
			e.Travel = uint32(r.IntN(60_000))
		}
		if r.IntN(6) == 0 { // with a bend
			p, q := n.Points[a], n.Points[b]
			bend := len(n.Points)
			n.Points = append(n.Points, geo.Point{Lon: p.Lon/2 + q.Lon/2 + int32(r.IntN(2000)), Lat: p.Lat/2 + q.Lat/2})
			e.To = road.Node(bend)
			n.Edges = append(n.Edges, e)
			e.From, e.To = road.Node(bend), road.Node(b)
		}
		n.Edges = append(n.Edges, e)
	}
	for y := range side {
		for x := range side {
			if at := y*side + x; r.IntN(10) > 0 {
				if x > 0 {
					join(at-1, at)
				}
				if y > 0 {
					join(at-side, at)
				}
			}
		}
	}
	for range r.IntN(3) {
		join(r.IntN(side*side), r.IntN(side*side))
	}
	for range r.IntN(8) {
		e := r.IntN(len(n.Edges) + 1)
		if e == len(n.Edges) {
			continue
		}
		via := n.Edges[e].From
		for f, other := range n.Edges {
			if (other.From == via || other.To == via) && r.IntN(2) == 0 {
				n.Bans = append(n.Bans, road.Ban{From: uint32(e), Via: via, To: uint32(f), For: road.Vehicles(r.IntN(32))})
			}
		}
	}
	for range r.IntN(4) {
		n.Barriers = append(n.Barriers, road.Barrier{Node: road.Node(r.IntN(len(n.Points))), For: road.Vehicles(r.IntN(32))})
	}
	g, err := road.New(n)
	if err != nil {
		return nil, err
	}
	return road.Prepare(g, g.Order())
}

// Place is a point somewhere in a town.
func Place(r *rand.Rand, side int) geo.Point {
	return geo.Point{Lon: Corner.Lon - 3000 + int32(r.IntN(side*10_000)), Lat: Corner.Lat - 3000 + int32(r.IntN(side*10_000))}
}

// Fact makes one up, with one of so many IDs.
func Fact(r *rand.Rand, side, ids int) road.Fact {
	f := road.Fact{ID: fmt.Sprint("f", r.IntN(ids)), Shape: road.Shape(r.IntN(4)), For: road.Everybody, State: road.State(r.IntN(5)), DelayMs: uint32(r.IntN(600_000)), OneWay: r.IntN(3) == 0}
	if r.IntN(3) > 0 {
		f.State = road.StateBlocked
	}
	if r.IntN(3) == 0 {
		f.For = road.Vehicles(r.IntN(32))
	}
	if r.IntN(3) == 0 {
		f.Admits = road.Vehicles(r.IntN(32))
	}
	f.Wary = road.Vehicles(r.IntN(32))
	points := map[road.Shape]int{road.ShapePoint: 1, road.ShapeLine: 2 + r.IntN(2), road.ShapeArea: 3 + r.IntN(4), road.ShapeWall: 3 + r.IntN(4)}[f.Shape]
	at := Place(r, side)
	for range points {
		f.Geometry = append(f.Geometry, geo.Point{Lon: at.Lon + int32(r.IntN(30_000)) - 15_000, Lat: at.Lat + int32(r.IntN(30_000)) - 15_000})
	}
	if f.Shape == road.ShapeLine && r.IntN(2) == 0 { // along a street, mostly
		f.Geometry = []geo.Point{at, {Lon: at.Lon + 20_000, Lat: at.Lat + 500}}
	}
	if f.Shape == road.ShapeWall && r.IntN(2) == 0 {
		f.Gates = []road.Gate{{Point: f.Geometry[0], For: road.Vehicles(r.IntN(32))}}
	}
	return f
}
