package build

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/everycall/everycall/city"
	"github.com/everycall/everycall/geo"
	"github.com/everycall/everycall/road"
)

// roads reads the network, numbers its nodes along a Z-order curve (so that
// neighbours in the file are neighbours in the city), names its streets and
// derives their class.
func (s *seattle) roads() error {
	nodes, err := readTable(s.path("seattle_roads_nodes.csv"), "id", "lon", "lat")
	if err != nil {
		return err
	}
	type placed struct {
		id string
		at geo.Point
	}
	order := make([]placed, 0, len(nodes.rows))
	for _, row := range nodes.rows {
		at, ok, err := nodes.point(row, "lon", "lat")
		if err != nil {
			return err
		}
		if !ok {
			return fmt.Errorf("%s: node %s has no place", nodes.path, nodes.get(row, "id"))
		}
		order = append(order, placed{nodes.get(row, "id"), at})
	}
	slices.SortStableFunc(order, func(a, b placed) int { return cmp.Compare(city.ZOrder(a.at), city.ZOrder(b.at)) })
	points := make([]geo.Point, len(order))
	number := make(map[string]road.Node, len(order))
	for i, n := range order {
		points[i], number[n.id] = n.at, road.Node(i)
	}
	edges, err := s.edges(number)
	if err != nil {
		return err
	}
	unnamed, err := road.New(road.Network{Points: points, Edges: edges, Names: s.streets.names})
	if err != nil {
		return err
	}
	n := newNamer(unnamed, s.pack)
	n.run()
	classify(unnamed, n)
	var all, named, direct, arterial geo.Millimetres
	for i, e := range edges {
		if !s.inCity(points[e.From]) {
			continue
		}
		all += e.Length
		if e.Name != 0 {
			named += e.Length
		}
		if n.direct[n.chainOf[i]] {
			direct += e.Length
		}
		if e.Class == road.Arterial {
			arterial += e.Length
		}
	}
	s.report.NamedShare, s.report.DirectShare, s.report.ArterialShare = int(named*1000/all), int(direct*1000/all), int(arterial*1000/all)
	s.report.CityKm = int(all / 1_000_000)
	s.pack.Roads, err = road.New(road.Network{Points: points, Edges: edges, Names: s.streets.names})
	return err
}

func (s *seattle) inCity(p geo.Point) bool {
	for i := range s.pack.Limits {
		if s.pack.Limits[i].Contains(p) {
			return true
		}
	}
	return false
}

func (s *seattle) edges(number map[string]road.Node) ([]road.Edge, error) {
	t, err := readTable(s.path("seattle_roads_edges.csv"), "from", "to", "length_m")
	if err != nil {
		return nil, err
	}
	edges := make([]road.Edge, 0, len(t.rows))
	for _, row := range t.rows {
		from, ok := number[t.get(row, "from")]
		to, ok2 := number[t.get(row, "to")]
		if !ok || !ok2 {
			return nil, fmt.Errorf("%s: edge %v joins a node that is not listed", t.path, row)
		}
		length, err := decimetres(t.get(row, "length_m"))
		if err != nil {
			return nil, fmt.Errorf("%s: edge %v: %w", t.path, row, err)
		}
		edges = append(edges, road.Edge{From: min(from, to), To: max(from, to), Length: length, Class: road.Street, Forward: road.Everybody, Backward: road.Everybody})
	}
	slices.SortFunc(edges, func(a, b road.Edge) int {
		return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To), cmp.Compare(a.Length, b.Length))
	})
	return edges, nil
}

// decimetres reads metres with at most one decimal.
func decimetres(text string) (geo.Millimetres, error) {
	whole, tenth, _ := strings.Cut(text, ".")
	if len(tenth) > 1 {
		return 0, fmt.Errorf("length %q has more than one decimal", text)
	}
	v, err := strconv.ParseUint(whole+(tenth + "0")[:1], 10, 31)
	return geo.Millimetres(v) * 100, err
}

// Sampling of classify.
const (
	treeSamples      = 64  // start places of quickest-way trees
	arterialPerMille = 150 // of all street length
	nameMajority     = 600 // per mille of a street's length: all of it follows
	fragmentMin      = geo.Millimetres(600_000)
)

// classify derives which streets are arterials, since the source does not say:
// from treeSamples places evenly spread over the network it drives to every
// other, and the busiest pieces, a fixed share of all length, are arterials; a
// street that is mostly arterial becomes wholly so; short stray pieces do not
// count. The result is a drawing aid and a guess, labelled as derived.
func classify(g *road.Graph, n *namer) {
	edges := g.Edges()
	use := make([]int64, len(n.chains))
	edgeUse := make([]int64, len(edges))
	below := make([]int64, g.NodeCount())
	var w road.Workspace
	var tree road.Tree
	for sample := range treeSamples {
		start := road.Node((2*sample + 1) * g.NodeCount() / (2 * treeSamples))
		if !g.OnMainland(start) {
			continue
		}
		g.TravelTree(&w, start, &tree)
		clear(below)
		for i := len(tree.Order) - 1; i > 0; i-- {
			at := tree.Order[i]
			via := tree.Via[at]
			below[at]++
			edgeUse[via] += below[at]
			e := edges[via]
			below[e.From+e.To-at] += below[at]
		}
	}
	order := make([]int, len(n.chains))
	var all geo.Millimetres
	for c, chain := range n.chains {
		order[c] = c
		all += chain.length
		for _, e := range chain.edges {
			use[c] = max(use[c], edgeUse[e])
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(use[b], use[a]) })
	arterial := make([]bool, len(n.chains))
	var taken geo.Millimetres
	for _, c := range order {
		if taken*1000 > all*arterialPerMille {
			break
		}
		taken += n.chains[c].length
		arterial[c] = true
	}
	whole, busy := make([]geo.Millimetres, len(g.Names())), make([]geo.Millimetres, len(g.Names()))
	for c, chain := range n.chains {
		whole[chain.name] += chain.length
		if arterial[c] {
			busy[chain.name] += chain.length
		}
	}
	for c, chain := range n.chains {
		if chain.name != 0 && busy[chain.name]*1000 >= whole[chain.name]*nameMajority {
			arterial[c] = true
		}
	}
	n.dropFragments(arterial)
	for c, chain := range n.chains {
		for _, e := range chain.edges {
			edges[e].Name = chain.name
			if arterial[c] {
				edges[e].Class = road.Arterial
			}
		}
	}
}

// dropFragments unmarks connected arterial pieces shorter than fragmentMin.
func (n *namer) dropFragments(arterial []bool) {
	seen := make([]bool, len(n.chains))
	for start := range n.chains {
		if !arterial[start] || seen[start] {
			continue
		}
		seen[start] = true
		group := []int{start}
		var length geo.Millimetres
		for i := 0; i < len(group); i++ {
			chain := n.chains[group[i]]
			length += chain.length
			for _, end := range [2]road.Node{chain.first(), chain.last()} {
				for _, next := range n.chainsAt[end] {
					if arterial[next] && !seen[next] {
						seen[next] = true
						group = append(group, next)
					}
				}
			}
		}
		if length < fragmentMin {
			for _, c := range group {
				arterial[c] = false
			}
		}
	}
}

// cells sorts places into squares of about 55 m for look-ups by nearness.
type cells map[[2]int32][]int

const cellSize = 5_000 // 1e-7°

func (c cells) add(at geo.Point, item int) {
	key := [2]int32{at.Lon / cellSize, at.Lat / cellSize}
	c[key] = append(c[key], item)
}

// around visits the items in the cells within reach cells of at, in a fixed order.
func (c cells) around(at geo.Point, reach int32, visit func(item int)) {
	for x := -reach; x <= reach; x++ {
		for y := -reach; y <= reach; y++ {
			for _, item := range c[[2]int32{at.Lon/cellSize + x, at.Lat/cellSize + y}] {
				visit(item)
			}
		}
	}
}
