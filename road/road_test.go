package road

import (
	"testing"

	"github.com/everycall/everycall/geo"
	"pgregory.net/rapid"
)

// corner is a place in Seattle from which the tests build small towns.
var corner = geo.Point{Lon: -1223200000, Lat: 476100000}

// town draws a connected or unconnected set of streets.
func town(t *rapid.T) *Graph {
	count := rapid.IntRange(1, 30).Draw(t, "nodes")
	points := make([]geo.Point, count)
	for i := range points {
		points[i] = geo.Point{
			Lon: corner.Lon + rapid.Int32Range(0, 300_000).Draw(t, "x"),
			Lat: corner.Lat + rapid.Int32Range(0, 200_000).Draw(t, "y"),
		}
	}
	edges := make([]Edge, rapid.IntRange(0, 60).Draw(t, "edges"))
	for i := range edges {
		edges[i] = Edge{
			From: Node(rapid.IntRange(0, count-1).Draw(t, "from")), To: Node(rapid.IntRange(0, count-1).Draw(t, "to")),
			Length: geo.Millimetres(rapid.Int64Range(0, 3_000_000).Draw(t, "mm")),
			Class:  []Class{Street, Arterial}[rapid.IntRange(0, 1).Draw(t, "class")], Name: uint32(rapid.IntRange(0, 2).Draw(t, "name")),
		}
	}
	g, err := New(Network{Points: points, Edges: edges, Names: []string{"", "12 Av", "E Pine St"}})
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func draw(t *rapid.T, g *Graph, name string) Node {
	return Node(rapid.IntRange(0, g.NodeCount()-1).Draw(t, name))
}

func TestShortestPathIsDijkstra(t *testing.T) {
	var w, w2 Workspace // shared on purpose: a query must not see the one before
	var tree Tree
	rapid.Check(t, func(t *rapid.T) {
		g := town(t)
		from, to := draw(t, g, "a"), draw(t, g, "b")
		p, ok := g.ShortestPath(&w, from, to)
		g.TravelTree(&w2, from, &tree)
		if ok != (tree.Travel[to] >= 0) || ok != g.Connected(from, to) {
			t.Fatalf("a way: %v; Dijkstra %d; connected %v", ok, tree.Travel[to], g.Connected(from, to))
		}
		if !ok {
			return
		}
		if p.TravelMs != tree.Travel[to] {
			t.Fatalf("%d ms, Dijkstra %d ms", p.TravelMs, tree.Travel[to])
		}
		if p.Nodes[0] != from || p.Nodes[len(p.Nodes)-1] != to {
			t.Fatalf("the way %v does not join %d and %d", p.Nodes, from, to)
		}
		if p.Length < geo.Distance(g.Point(from), g.Point(to))*999/1000 {
			t.Fatal("shorter than the straight line")
		}
		for i := 1; i < len(p.Nodes); i++ {
			joined := false
			for _, e := range g.EdgesAt(p.Nodes[i-1]) {
				joined = joined || g.across(uint32(e), p.Nodes[i-1]) == p.Nodes[i]
			}
			if !joined {
				t.Fatalf("no street from %d to %d", p.Nodes[i-1], p.Nodes[i])
			}
		}
		back, ok := g.ShortestPath(&w, to, from)
		if !ok || back.TravelMs != p.TravelMs {
			t.Fatalf("there %d ms, back %d ms", p.TravelMs, back.TravelMs)
		}
	})
}

func TestTriangle(t *testing.T) {
	var w Workspace
	rapid.Check(t, func(t *rapid.T) {
		g := town(t)
		a, b, c := draw(t, g, "a"), draw(t, g, "b"), draw(t, g, "c")
		ab, ok1 := g.ShortestPath(&w, a, b)
		bc, ok2 := g.ShortestPath(&w, b, c)
		ac, ok3 := g.ShortestPath(&w, a, c)
		if ok1 && ok2 && (!ok3 || ac.TravelMs > ab.TravelMs+bc.TravelMs) {
			t.Fatalf("%d→%d takes %d ms, by way of %d %d ms", a, c, ac.TravelMs, b, ab.TravelMs+bc.TravelMs)
		}
	})
}

func TestClosingAStreetNeverShortensAWay(t *testing.T) {
	var w Workspace
	rapid.Check(t, func(t *rapid.T) {
		g := town(t)
		if len(g.edges) == 0 {
			return
		}
		closed := rapid.IntRange(0, len(g.edges)-1).Draw(t, "closed")
		rest := append(append([]Edge{}, g.edges[:closed]...), g.edges[closed+1:]...)
		h, err := New(Network{Points: g.points, Edges: rest, Names: g.names})
		if err != nil {
			t.Fatal(err)
		}
		a, b := draw(t, g, "a"), draw(t, g, "b")
		before, ok := g.ShortestPath(&w, a, b)
		after, still := h.ShortestPath(&w, a, b)
		if still && (!ok || after.TravelMs < before.TravelMs) {
			t.Fatalf("open %d ms, closed %d ms", before.TravelMs, after.TravelMs)
		}
	})
}

func TestNearestEdgeIsNearest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := town(t)
		p := geo.Point{
			Lon: corner.Lon + rapid.Int32Range(-400_000, 700_000).Draw(t, "px"),
			Lat: corner.Lat + rapid.Int32Range(-400_000, 700_000).Draw(t, "py"),
		}
		got, ok := g.NearestEdge(p)
		best := Place{Edge: -1}
		for i, e := range g.edges {
			if d := geo.DistanceToSegment(p, g.points[e.From], g.points[e.To]); g.OnMainland(e.From) && (best.Edge < 0 || d < best.Distance) {
				best = Place{Edge: i, Distance: d}
			}
		}
		if ok != (best.Edge >= 0) {
			t.Fatalf("found %v, want %v", ok, best.Edge >= 0)
		}
		// The ring search compares lengths whose cosine is taken at other
		// latitudes, so near-ties may fall either way.
		if ok && got.Distance > best.Distance+best.Distance/500+5 {
			t.Fatalf("edge %d at %d mm, but edge %d is at %d mm", got.Edge, got.Distance, best.Edge, best.Distance)
		}
		if n, _, found := g.Nearest(p); found && !g.OnMainland(n) {
			t.Fatal("Nearest answered with an island")
		}
	})
}

func TestIslandsAreFlagged(t *testing.T) {
	points := []geo.Point{corner, {Lon: corner.Lon + 1000, Lat: corner.Lat}, {Lon: corner.Lon + 2000, Lat: corner.Lat}, {Lon: corner.Lon + 900_000, Lat: corner.Lat}, {Lon: corner.Lon + 901_000, Lat: corner.Lat}}
	g, err := New(Network{Points: points, Edges: []Edge{{From: 3, To: 4}, {From: 0, To: 1}, {From: 1, To: 2}}, Names: []string{""}})
	if err != nil {
		t.Fatal(err)
	}
	if g.MainlandCount() != 3 || g.OnMainland(3) || !g.OnMainland(2) {
		t.Fatalf("mainland of %d", g.MainlandCount())
	}
	if n, _, ok := g.Nearest(points[3]); !ok || n != 2 {
		t.Fatalf("nearest mainland node is %d, %v", n, ok)
	}
	if _, ok := g.ShortestPath(new(Workspace), 0, 3); ok {
		t.Fatal("drove to an island")
	}
	if p, ok := g.ShortestPath(new(Workspace), 1, 1); !ok || len(p.Nodes) != 1 || p.TravelMs != 0 {
		t.Fatalf("from a node to itself: %+v", p)
	}
}

func TestNewRefuses(t *testing.T) {
	two := []geo.Point{corner, {Lon: corner.Lon + 1000, Lat: corner.Lat}}
	for name, try := range map[string]func() (*Graph, error){
		"no node":       func() (*Graph, error) { return New(Network{Points: nil, Edges: nil, Names: []string{""}}) },
		"no empty name": func() (*Graph, error) { return New(Network{Points: two, Edges: nil, Names: []string{"12 Av"}}) },
		"node beyond": func() (*Graph, error) {
			return New(Network{Points: two, Edges: []Edge{{From: 0, To: 2}}, Names: []string{""}})
		},
		"name beyond": func() (*Graph, error) {
			return New(Network{Points: two, Edges: []Edge{{To: 1, Name: 1}}, Names: []string{""}})
		},
		"class beyond": func() (*Graph, error) {
			return New(Network{Points: two, Edges: []Edge{{To: 1, Class: Class(Classes)}}, Names: []string{""}})
		},
		"too long": func() (*Graph, error) {
			return New(Network{Points: two, Edges: []Edge{{To: 1, Length: EdgeLengthMax + 1}}, Names: []string{""}})
		},
		"travel beyond": func() (*Graph, error) {
			return New(Network{Points: two, Edges: []Edge{{To: 1, Travel: TravelMsMax + 1}}, Names: []string{""}})
		},
		"no such vehicle": func() (*Graph, error) {
			return New(Network{Points: two, Edges: []Edge{{To: 1, Forward: Everybody + 1}}, Names: []string{""}})
		},
		"ban elsewhere": func() (*Graph, error) {
			return New(Network{Points: append(two, two[0]), Edges: []Edge{{To: 1}}, Names: []string{""}, Bans: []Ban{{Via: 2}}})
		},
		"barrier beyond": func() (*Graph, error) {
			return New(Network{Points: two, Names: []string{""}, Barriers: []Barrier{{Node: 2}}})
		},
		"off the planet": func() (*Graph, error) {
			return New(Network{Points: []geo.Point{{Lat: geo.LatMax + 1}}, Edges: nil, Names: []string{""}})
		},
	} {
		if _, err := try(); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	if g, err := New(Network{Points: two, Edges: []Edge{{To: 1, Length: EdgeLengthMax}}, Names: []string{""}}); err != nil || g.Edges()[0].Length != EdgeLengthMax {
		t.Errorf("refused a graph at the limit: %v", err)
	}
}

// lattice is a square town of side×side corners 100 m apart.
func lattice(side int) *Graph {
	var points []geo.Point
	var edges []Edge
	for y := range side {
		for x := range side {
			n := Node(y*side + x)
			points = append(points, geo.Point{Lon: corner.Lon + int32(x)*13_300, Lat: corner.Lat + int32(y)*8_990})
			if x > 0 {
				edges = append(edges, Edge{From: n - 1, To: n})
			}
			if y > 0 {
				edges = append(edges, Edge{From: n - Node(side), To: n, Class: Class(x % 10 / 9)})
			}
		}
	}
	g, err := New(Network{Points: points, Edges: edges, Names: []string{""}})
	if err != nil {
		panic(err)
	}
	return g
}

func TestQueriesAllocateOnlyTheirAnswer(t *testing.T) {
	g := lattice(60)
	var w Workspace
	g.ShortestPath(&w, 0, Node(g.NodeCount()-1))
	if n := testing.AllocsPerRun(20, func() { g.ShortestPath(&w, 0, Node(g.NodeCount()-1)) }); n > 1 {
		t.Errorf("%v allocations a query, want 1 (the nodes)", n)
	}
	if n := testing.AllocsPerRun(20, func() { g.Nearest(corner) }); n > 0 {
		t.Errorf("%v allocations a Nearest, want none", n)
	}
}

func BenchmarkShortestPathLattice(b *testing.B) {
	g := lattice(300)
	var w Workspace
	b.ReportAllocs()
	for b.Loop() {
		g.ShortestPath(&w, 0, Node(g.NodeCount()-1))
	}
}
