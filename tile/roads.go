package tile

import (
	"cmp"
	"slices"

	"github.com/everycall/everycall/geo"
)

// The layer "roads" has lines with these tags:
//
//	class   footpath, track, service, street, collector, arterial, highway or motorway
//	name    the street's, where it is known; from zoom 12
//	oneway  1 where a car may go only as the line runs; from zoom 14. A line that
//	        its source gives against the traffic (-1) is turned round, so that an
//	        arrow along a line is always right.
//	local   1 where a car may go only to get to a place on it; from zoom 14
//
// Pieces that have all of these in common are joined end to end, also across
// other streets, so that names and arrows have long lines to lie along.

// Where what tells streets apart begins.
const (
	zoomMajor = 12 // below it the arterials and greater, without names
	zoomRules = 14 // oneway and local
)

// rank is a place in ranks: the greater is drawn over the lesser.
type rank uint8

// ranks are the classes from the least to the greatest, with the zoom from which
// each is drawn.
var ranks = [...]struct {
	class string
	zoom  int
}{
	{"footpath", 15}, {"track", 15}, {"service", 15}, {"street", 13},
	{"collector", 12}, {"arterial", ZoomMin}, {"highway", ZoomMin}, {"motorway", ZoomMin},
}

const (
	rankStreet   rank = 3
	rankArterial rank = 5
)

func rankOf(class string) rank {
	for r, c := range ranks {
		if c.class == class {
			return rank(r)
		}
	}
	return rankStreet
}

// street is what stretches must share to be drawn as one line.
type street struct {
	rank   rank
	name   string
	oneway bool // as its pieces run
	local  bool
}

// tags are the street's in a tile.
func (s street) tags() []tag {
	out := tags("class", ranks[s.rank].class, "name", s.name)
	if s.oneway {
		out = append(out, tag{key: "oneway", number: 1})
	}
	if s.local {
		out = append(out, tag{key: "local", number: 1})
	}
	return out
}

// at is the street as a tile of this zoom tells it apart.
func (s street) at(zoom int) street {
	if zoom < zoomRules {
		s.oneway, s.local = false, false
	}
	return s
}

// piece is a straight piece of a street.
type piece struct {
	street   street
	from, to geo.Point
}

// stretch is a line of a street.
type stretch struct {
	street street
	points []world
	box    bounds
}

func piecesOf(source Source) []piece {
	var pieces []piece
	source.EachStreet(func(name, class string, oneway int, local bool, from, to geo.Point) {
		if from == to {
			return
		}
		if oneway < 0 {
			from, to = to, from
		}
		pieces = append(pieces, piece{street{rankOf(class), name, oneway != 0, local}, from, to})
	})
	return pieces
}

// majorOf keeps the pieces that are seen from afar, with nothing but their rank,
// so that they join to lines as long as can be.
func majorOf(pieces []piece) []piece {
	var out []piece
	for _, p := range pieces {
		if p.street.rank >= rankArterial {
			out = append(out, piece{street{rank: p.street.rank}, p.from, p.to})
		}
	}
	return out
}

// stitch joins pieces of the same street end to end wherever exactly two of them
// meet and, where it is one-way, go on the same way: a street is a few lines, not
// hundreds. The lines come by street, those of the lesser ranks first.
func stitch(pieces []piece) []stretch {
	pieces = slices.Clone(pieces)
	slices.SortStableFunc(pieces, func(a, b piece) int {
		return cmp.Or(cmp.Compare(a.street.rank, b.street.rank), cmp.Compare(a.street.name, b.street.name),
			order(a.street.oneway, b.street.oneway), order(a.street.local, b.street.local))
	})
	var lines []stretch
	for start := 0; start < len(pieces); {
		end := start
		for end < len(pieces) && pieces[end].street == pieces[start].street {
			end++
		}
		lines = append(lines, stitchStreet(pieces[start:end])...)
		start = end
	}
	return lines
}

// order puts false before true.
func order(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// joint is a place where a street's pieces meet: how many, how many of them begin
// there, the first two of them, and where it is on the map.
type joint struct {
	count, begin  int32
	first, second int32
	at            world
}

// through reports whether a line goes on over the joint.
func (j *joint) through(oneway bool) bool { return j.count == 2 && (!oneway || j.begin == 1) }

func stitchStreet(pieces []piece) []stretch {
	joints := make(map[geo.Point]int32, len(pieces)+1)
	list := make([]joint, 0, len(pieces)+1)
	ends := make([][2]int32, len(pieces)) // per piece: its joints
	for i, p := range pieces {
		for side, at := range [2]geo.Point{p.from, p.to} {
			j, ok := joints[at]
			if !ok {
				j = int32(len(list))
				joints[at] = j
				list = append(list, joint{at: project(at)})
			}
			switch list[j].count {
			case 0:
				list[j].first = int32(i)
			case 1:
				list[j].second = int32(i)
			}
			list[j].count++
			if side == 0 {
				list[j].begin++
			}
			ends[i][side] = j
		}
	}
	s := pieces[0].street
	used := make([]bool, len(pieces))
	var lines []stretch
	walk := func(i, from int32) {
		points := []world{list[from].at}
		for {
			used[i] = true
			to := ends[i][0] + ends[i][1] - from
			points = append(points, list[to].at)
			if !list[to].through(s.oneway) {
				break
			}
			next := list[to].first + list[to].second - i
			if used[next] {
				break
			}
			i, from = next, to
		}
		lines = append(lines, stretch{street: s, points: points, box: boundsOf(points)})
	}
	sides := 2 // a one-way line is walked from its beginning only
	if s.oneway {
		sides = 1
	}
	for i := range pieces { // from open ends and junctions
		for _, end := range ends[i][:sides] {
			if !used[i] && !list[end].through(s.oneway) {
				walk(int32(i), end)
			}
		}
	}
	for i := range pieces { // rings
		if !used[i] {
			walk(int32(i), ends[i][0])
		}
	}
	return lines
}

// draw adds what is in the frame to the layer: stretches that the zoom does not
// tell apart are one feature; stitch left them side by side.
func (s *Set) draw(f frame, roads *layer) {
	lines := s.roads
	if f.zoom < zoomMajor {
		lines = s.major
	}
	for i := 0; i < len(lines); {
		first := lines[i].street.at(f.zoom)
		shown := f.zoom >= ranks[first.rank].zoom
		var parts [][]point
		for ; i < len(lines) && lines[i].street.at(f.zoom) == first; i++ {
			if shown && lines[i].box.touches(f.box) {
				parts = f.line(parts, lines[i].points)
			}
		}
		roads.add(feature{kind: lineFeature, tags: first.tags(), parts: parts})
	}
}
