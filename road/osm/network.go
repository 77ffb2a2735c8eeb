package osm

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"github.com/everycall/everycall/city"
	"github.com/everycall/everycall/geo"
	"github.com/everycall/everycall/road"
)

// joined finds which nodes are one: those that follow each other on a road at the same
// place.
type joined []uint32

func newJoined(n int) joined {
	j := make(joined, n)
	for i := range j {
		j[i] = uint32(i)
	}
	return j
}

func (j joined) root(i uint32) uint32 {
	for j[i] != i {
		j[i] = j[j[i]]
		i = j[i]
	}
	return i
}

// join keeps the lower number, so that the result does not depend on the order.
func (j joined) join(a, b uint32) bool {
	a, b = j.root(a), j.root(b)
	if a == b {
		return false
	}
	j[max(a, b)] = min(a, b)
	return true
}

// laid is an edge with the way that it is of.
type laid struct {
	road.Edge
	way uint32
}

// network makes edges of the ways, bans of the restrictions and barriers of the posts.
func (r *reader) network() (road.Network, error) {
	positions := make([]int32, len(r.refs)) // −1: not in the file
	for i, ref := range r.refs {
		positions[i] = -1
		if at := r.position(ref); at >= 0 && r.have[at] {
			positions[i] = int32(at)
		} else {
			r.report.NodesMissing++
		}
	}
	same := newJoined(len(r.ids))
	r.eachPiece(positions, func(_ int, a, b uint32) {
		if r.at[a] == r.at[b] && same.join(a, b) {
			r.report.NodesJoined++
		}
	})
	used := make([]bool, len(r.ids))
	edges := 0
	r.eachPiece(positions, func(_ int, a, b uint32) {
		switch length := geo.Distance(r.at[a], r.at[b]); {
		case r.at[a] == r.at[b]:
		case length > road.EdgeLengthMax:
			r.report.TooLong++
		default:
			edges++
			used[same.root(a)], used[same.root(b)] = true, true
		}
	})
	if edges == 0 {
		return road.Network{}, errors.New("no road is in the OpenStreetMap file, or it is cut short")
	}
	if edges > road.EdgesMax {
		return road.Network{}, fmt.Errorf("%d street pieces, at most %d can be taken: take a smaller piece of the map (osmium extract)", edges, road.EdgesMax)
	}
	points, number, err := r.numbered(used)
	if err != nil {
		return road.Network{}, err
	}
	pieces := make([]laid, 0, edges)
	r.eachPiece(positions, func(w int, a, b uint32) {
		if r.at[a] == r.at[b] || geo.Distance(r.at[a], r.at[b]) > road.EdgeLengthMax {
			return
		}
		s := &r.ways[w]
		e := road.Edge{
			From: number[same.root(a)], To: number[same.root(b)], Length: geo.Distance(r.at[a], r.at[b]),
			Name: s.name, Class: s.class, Limit: s.limit, Forward: s.forward, Backward: s.backward, Local: s.local,
		}
		if e.From > e.To {
			e.From, e.To, e.Forward, e.Backward = e.To, e.From, e.Backward, e.Forward
		}
		pieces = append(pieces, laid{e, uint32(w)})
	})
	slices.SortStableFunc(pieces, func(a, b laid) int {
		return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To), cmp.Compare(a.way, b.way))
	})
	s := &spotted{edges: make([]road.Edge, len(pieces)), way: make([]uint32, len(pieces)), at: map[road.Node][]uint32{}}
	for i, p := range pieces {
		s.edges[i], s.way[i] = p.Edge, p.way
	}
	at := func(position int) (road.Node, bool) { // the node where a node of the file is
		if position < 0 || !r.have[position] || !used[same.root(uint32(position))] {
			return 0, false
		}
		return number[same.root(uint32(position))], true
	}
	r.spot(s, at)
	bans := r.bans(s, at)
	barriers := r.barriers(s, at)
	return road.Network{Points: points, Edges: s.edges, Names: r.names, Bans: bans, Barriers: barriers}, nil
}

// eachPiece visits the pieces of all ways whose ends are in the file, by positions.
func (r *reader) eachPiece(positions []int32, visit func(way int, a, b uint32)) {
	for w := range r.ways {
		for i := r.ways[w].first + 1; i < r.ways[w].end; i++ {
			if a, b := positions[i-1], positions[i]; a >= 0 && b >= 0 && a != b {
				visit(w, uint32(a), uint32(b))
			}
		}
	}
}

// numbered numbers the nodes along a Z-order curve, nodes at one place by their ids.
func (r *reader) numbered(used []bool) ([]geo.Point, []road.Node, error) {
	type place struct {
		z        uint64
		position uint32
	}
	var order []place
	for i, is := range used {
		if is {
			order = append(order, place{city.ZOrder(r.at[i]), uint32(i)})
		}
	}
	if len(order) > road.NodesMax {
		return nil, nil, fmt.Errorf("the roads have %d nodes, at most %d can be taken: take a smaller piece of the map (osmium extract)", len(order), road.NodesMax)
	}
	slices.SortFunc(order, func(a, b place) int { return cmp.Or(cmp.Compare(a.z, b.z), cmp.Compare(a.position, b.position)) })
	points, number := make([]geo.Point, len(order)), make([]road.Node, len(used))
	for i, o := range order {
		points[i], number[o.position] = r.at[o.position], road.Node(i)
	}
	return points, number, nil
}

// spot lists the edges at the nodes that restrictions and barriers are at.
func (r *reader) spot(s *spotted, at func(int) (road.Node, bool)) {
	for i := range r.restrictions {
		if n, ok := at(r.position(r.restrictions[i].via)); ok {
			s.at[n] = nil
		}
	}
	for _, p := range r.posts {
		if n, ok := at(p.position); ok {
			s.at[n] = nil
		}
	}
	for i := range s.edges {
		for _, n := range [2]road.Node{s.edges[i].From, s.edges[i].To} {
			if list, wanted := s.at[n]; wanted {
				s.at[n] = append(list, uint32(i))
			}
		}
	}
}

func (r *reader) bans(s *spotted, at func(int) (road.Node, bool)) []road.Ban {
	var all []road.Ban
	for i := range r.restrictions {
		one := &r.restrictions[i]
		via, there := at(r.position(one.via))
		why := ""
		var got []road.Ban
		if !there {
			why = banAbsent
		}
		for _, from := range one.from {
			for _, to := range one.to {
				f, t := r.named[from], r.named[to]
				switch {
				case !there:
				case f == wayAbsent || t == wayAbsent:
					why = cmp.Or(why, banAbsent)
				case f == wayLeftOut || t == wayLeftOut:
					why = cmp.Or(why, banLeftOut)
				default:
					bans, reason := s.bans(one, uint32(f), uint32(t), via)
					got = append(got, bans...)
					why = cmp.Or(why, reason)
				}
			}
		}
		if len(got) == 0 {
			r.bansLeftOut[why]++
			continue
		}
		r.report.RestrictionsKept++
		all = append(all, got...)
	}
	slices.SortFunc(all, func(a, b road.Ban) int {
		return cmp.Or(cmp.Compare(a.Via, b.Via), cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To))
	})
	out := all[:0]
	for _, b := range all { // several restrictions may ban one turn
		if n := len(out); n > 0 && out[n-1].Via == b.Via && out[n-1].From == b.From && out[n-1].To == b.To {
			out[n-1].For |= b.For
			continue
		}
		out = append(out, b)
	}
	if len(out) > road.BansMax {
		r.bansLeftOut[beyond] += len(out) - road.BansMax
		out = out[:road.BansMax]
	}
	return out
}

func (r *reader) barriers(s *spotted, at func(int) (road.Node, bool)) []road.Barrier {
	kept := tally{}
	var all []road.Barrier
	for _, p := range r.posts {
		n, there := at(p.position)
		if !there {
			continue
		}
		r.report.Barriers++
		var passing road.Vehicles
		for _, e := range s.at[n] {
			passing |= s.edges[e].Forward | s.edges[e].Backward
		}
		if p.stops &= passing; p.stops == 0 || len(s.at[n]) < 2 {
			continue
		}
		kept[p.kind]++
		r.report.BarriersKept++
		all = append(all, road.Barrier{Node: n, For: p.stops})
	}
	r.report.BarrierKinds = kept.list()
	slices.SortFunc(all, func(a, b road.Barrier) int { return cmp.Compare(a.Node, b.Node) })
	out := all[:0]
	for _, b := range all {
		if n := len(out); n > 0 && out[n-1].Node == b.Node {
			out[n-1].For |= b.For
			continue
		}
		out = append(out, b)
	}
	return out
}
