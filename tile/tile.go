// Package tile cuts a city's shapes into Mapbox Vector Tiles (specification
// version 2.1) for the console's map.
//
// A Set is made once from a Source and never changes but for its cache, so any
// number of goroutines may ask it. It imports geo alone; a city pack is a Source
// because its methods fit.
//
// Layers: "land" (areas: kind "city" or "park", name), "roads" (lines: class, and
// where known name, oneway and local, see roads.go), "beats" (outlines as lines:
// name) and "places" (points: kind, name). Zoom 9 to 15; a client overzooms beyond.
package tile

import (
	"math"
	"slices"

	"github.com/everycall/everycall/geo"
)

// Zooms that a Set answers, and where details begin.
const (
	ZoomMin    = 9
	ZoomMax    = 15
	zoomParks  = 10
	zoomBeats  = 10 // outlines; their labels come one later
	zoomPlaces = 11
	zoomAreas  = 12 // neighbourhood labels
)

// Units of a tile.
const (
	extent = 4096
	buffer = 64 // drawn beyond each edge, so that line caps do not show
)

// Source is whatever has shapes to draw. Each method visits in a fixed order.
//
// EachStreet visits every straight street piece: class as in roads.go (what is none
// of the eight is drawn as a street), oneway 1 where a car may go only from → to, -1
// where only to → from, else 0; local where it may only to get to a place on it.
type Source interface {
	EachStreet(visit func(name, class string, oneway int, local bool, from, to geo.Point))
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

// line is one outline.
type line struct {
	name   string
	points []world
	box    bounds
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
	major, roads []stretch // without and with what tells streets apart; both by rank
	beats        []line
	areas        []area
	places       []place
	box          bounds // around everything
	cache        *cache
}

// New projects and stitches a source's shapes. It reads the source now and keeps
// nothing of it.
func New(source Source) *Set {
	s := &Set{cache: newCache(cacheTiles, cacheBytes)}
	pieces := piecesOf(source)
	s.roads = stitch(pieces)
	s.major = stitch(majorOf(pieces))
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
	s.draw(f, &roads)
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

// tags pairs keys with texts and leaves out empty texts.
func tags(pairs ...string) []tag {
	var out []tag
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			out = append(out, tag{key: pairs[i], text: pairs[i+1]})
		}
	}
	return out
}
