// Package tile cuts a city's shapes into Mapbox Vector Tiles (specification
// version 2.1) for the console's map.
//
// A Set is made once from a Source and never changes but for its cache, so any
// number of goroutines may ask it. It imports geo alone; a city pack is a Source
// because its methods fit.
//
// Layers: "land" (areas: kind "city" or "park", name), "roads" (lines: name,
// class "arterial" or "street"), "beats" (outlines as lines: name) and "places"
// (points: kind, name). Zoom 9 to 15; a client overzooms beyond.
package tile

import (
	"cmp"
	"math"
	"slices"

	"github.com/everycall/everycall/geo"
)

// Zooms that a Set answers, and where details begin.
const (
	ZoomMin     = 9
	ZoomMax     = 15
	zoomStreets = 13 // below it only arterials
	zoomParks   = 10
	zoomBeats   = 10 // outlines; their labels come one later
	zoomPlaces  = 11
	zoomAreas   = 12 // neighbourhood labels
)

// Units of a tile.
const (
	extent = 4096
	buffer = 64 // drawn beyond each edge, so that line caps do not show
)

// Source is whatever has shapes to draw. Each method visits in a fixed order.
type Source interface {
	EachRoad(visit func(name string, arterial bool, from, to geo.Point))
	EachArea(visit func(kind, name string, shape geo.MultiPolygon)) // "city", "park", "beat"
	EachPlace(visit func(kind, name string, at geo.Point))          // "station_fire", "station_police", "beat", "neighbourhood"
}

// world is a place in the Web Mercator square: 0…1 from west to east and from
// north to south.
type world struct{ x, y float64 }

// latMax is where Web Mercator ends.
const latMax = 85.0511287798066

func project(p geo.Point) world {
	lat := min(max(float64(p.Lat)/1e7, -latMax), latMax) * math.Pi / 180
	return world{
		x: float64(p.Lon)/3.6e9 + 0.5,
		y: 0.5 - math.Asinh(math.Tan(lat))/(2*math.Pi),
	}
}

// bounds is a box in world coordinates.
type bounds struct{ minX, minY, maxX, maxY float64 }

func boundsOf(points []world) bounds {
	b := bounds{math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)}
	for _, p := range points {
		b = bounds{min(b.minX, p.x), min(b.minY, p.y), max(b.maxX, p.x), max(b.maxY, p.y)}
	}
	return b
}

func (b bounds) touches(c bounds) bool {
	return b.minX <= c.maxX && c.minX <= b.maxX && b.minY <= c.maxY && c.minY <= b.maxY
}

// line is a stretch of one street or one outline.
type line struct {
	name     string
	arterial bool
	points   []world
	box      bounds
}

// area is one polygon: its outer ring, then its holes.
type area struct {
	kind, name string
	rings      [][]world
	box        bounds
}

type place struct {
	kind, name string
	at         world
}

// Set answers for tiles.
type Set struct {
	roads, beats []line
	areas        []area
	places       []place
	box          bounds // around everything
	cache        *cache
}

// New projects and stitches a source's shapes. It reads the source now and keeps
// nothing of it.
func New(source Source) *Set {
	s := &Set{cache: newCache(cacheTiles, cacheBytes)}
	var pieces []piece
	source.EachRoad(func(name string, arterial bool, from, to geo.Point) {
		if from != to {
			pieces = append(pieces, piece{street{name, arterial}, from, to})
		}
	})
	s.roads = stitch(pieces)
	source.EachArea(func(kind, name string, shape geo.MultiPolygon) {
		for _, polygon := range shape {
			rings := make([][]world, len(polygon))
			for i, ring := range polygon {
				for _, p := range ring {
					rings[i] = append(rings[i], project(p))
				}
				if kind == "beat" && len(ring) > 0 {
					closed := append(slices.Clone(rings[i]), rings[i][0])
					s.beats = append(s.beats, line{name: name, points: closed, box: boundsOf(closed)})
				}
			}
			if kind != "beat" && len(rings) > 0 {
				s.areas = append(s.areas, area{kind, name, rings, boundsOf(rings[0])})
			}
		}
	})
	source.EachPlace(func(kind, name string, at geo.Point) {
		s.places = append(s.places, place{kind, name, project(at)})
	})
	s.box = s.around()
	return s
}

func (s *Set) around() bounds {
	var corners []world
	add := func(b bounds) { corners = append(corners, world{b.minX, b.minY}, world{b.maxX, b.maxY}) }
	for _, l := range s.roads {
		add(l.box)
	}
	for _, l := range s.beats {
		add(l.box)
	}
	for _, a := range s.areas {
		add(a.box)
	}
	for _, p := range s.places {
		corners = append(corners, p.at)
	}
	return boundsOf(corners)
}

// street is what stretches must share to be drawn as one line.
type street struct {
	name     string
	arterial bool
}

type piece struct {
	street   street
	from, to geo.Point
}

// stitch joins street pieces of the same name and class end to end wherever
// exactly two of them meet, so that a street is a few lines, not hundreds.
func stitch(pieces []piece) []line {
	slices.SortStableFunc(pieces, func(a, b piece) int {
		class := func(p piece) int {
			if p.street.arterial {
				return 1
			}
			return 0
		}
		return cmp.Or(cmp.Compare(class(a), class(b)), cmp.Compare(a.street.name, b.street.name))
	})
	var lines []line
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

// joint is a place where a street's pieces meet: how many, the first two of
// them, and where it is on the map.
type joint struct {
	count         int32
	first, second int32
	at            world
}

func stitchStreet(pieces []piece) []line {
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
			ends[i][side] = j
		}
	}
	used := make([]bool, len(pieces))
	var lines []line
	walk := func(i, from int32) {
		points := []world{list[from].at}
		for {
			used[i] = true
			to := ends[i][0] + ends[i][1] - from
			points = append(points, list[to].at)
			if list[to].count != 2 {
				break
			}
			next := list[to].first + list[to].second - i
			if used[next] {
				break
			}
			i, from = next, to
		}
		s := pieces[0].street
		lines = append(lines, line{name: s.name, arterial: s.arterial, points: points, box: boundsOf(points)})
	}
	for i := range pieces { // from open ends and junctions
		for _, end := range ends[i] {
			if !used[i] && list[end].count != 2 {
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

// Tile gives the gzip-compressed tile z/x/y. ok is false if there is no such
// tile or nothing of the city is in it. The bytes are shared: read only.
func (s *Set) Tile(z, x, y int) (gz []byte, ok bool) {
	if z < ZoomMin || z > ZoomMax || x < 0 || y < 0 || x >= 1<<z || y >= 1<<z {
		return nil, false
	}
	f := newFrame(z, x, y)
	if !s.box.touches(f.box) {
		return nil, false
	}
	id := key{z, x, y}
	if gz, ok := s.cache.get(id); ok {
		return gz, len(gz) > 0
	}
	raw := encode(s.layers(f))
	if len(raw) > 0 {
		gz = compress(raw)
	}
	s.cache.put(id, gz)
	return gz, len(gz) > 0
}

// layers collects what is in a frame.
func (s *Set) layers(f frame) []layer {
	land, roads, beats, places := layer{name: "land"}, layer{name: "roads"}, layer{name: "beats"}, layer{name: "places"}
	for _, a := range s.areas {
		if a.kind == "park" && f.zoom < zoomParks || !a.box.touches(f.box) {
			continue
		}
		land.add(feature{kind: polygonFeature, tags: tags("kind", a.kind, "name", a.name), parts: f.polygon(a.rings)})
	}
	// Stretches of one street are one feature; stitch left them side by side.
	for i := 0; i < len(s.roads); {
		first := s.roads[i]
		var parts [][]point
		for ; i < len(s.roads) && s.roads[i].name == first.name && s.roads[i].arterial == first.arterial; i++ {
			if (first.arterial || f.zoom >= zoomStreets) && s.roads[i].box.touches(f.box) {
				parts = f.line(parts, s.roads[i].points)
			}
		}
		class := "street"
		if first.arterial {
			class = "arterial"
		}
		roads.add(feature{kind: lineFeature, tags: tags("name", first.name, "class", class), parts: parts})
	}
	if f.zoom >= zoomBeats {
		for _, l := range s.beats {
			if l.box.touches(f.box) {
				beats.add(feature{kind: lineFeature, tags: tags("name", l.name), parts: f.line(nil, l.points)})
			}
		}
	}
	if f.zoom >= zoomPlaces {
		for _, p := range s.places {
			if p.kind == "neighbourhood" && f.zoom < zoomAreas || !boundsOf([]world{p.at}).touches(f.box) {
				continue
			}
			places.add(feature{kind: pointFeature, tags: tags("kind", p.kind, "name", p.name), parts: [][]point{{f.round(p.at)}}})
		}
	}
	return []layer{land, roads, beats, places}
}

// tags pairs keys with values and leaves out empty values.
func tags(pairs ...string) [][2]string {
	var out [][2]string
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			out = append(out, [2]string{pairs[i], pairs[i+1]})
		}
	}
	return out
}
