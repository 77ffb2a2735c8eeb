package tile

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"reflect"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/everycall/everycall/city"
	"github.com/everycall/everycall/geo"
	"pgregory.net/rapid"
)

// A small decoder, written from the specification and apart from the encoder.

type field struct {
	number int
	varint uint64
	bytes  []byte
}

func fields(data []byte) ([]field, error) {
	var out []field
	for len(data) > 0 {
		tag, n := binary.Uvarint(data)
		if n <= 0 {
			return nil, errors.New("bad tag")
		}
		data = data[n:]
		v, n := binary.Uvarint(data)
		if n <= 0 {
			return nil, errors.New("bad varint")
		}
		data = data[n:]
		switch tag & 7 {
		case 0:
			out = append(out, field{number: int(tag >> 3), varint: v})
		case 2:
			if v > uint64(len(data)) {
				return nil, errors.New("bad length")
			}
			out = append(out, field{number: int(tag >> 3), bytes: data[:v]})
			data = data[v:]
		default:
			return nil, fmt.Errorf("wire type %d", tag&7)
		}
	}
	return out, nil
}

func numbers(data []byte) ([]uint64, error) {
	var out []uint64
	for len(data) > 0 {
		v, n := binary.Uvarint(data)
		if n <= 0 {
			return nil, errors.New("bad packed number")
		}
		out, data = append(out, v), data[n:]
	}
	return out, nil
}

func decode(data []byte) ([]layer, error) {
	top, err := fields(data)
	if err != nil {
		return nil, err
	}
	var layers []layer
	for _, f := range top {
		if f.number != 3 {
			return nil, fmt.Errorf("field %d in a tile", f.number)
		}
		l, err := decodeLayer(f.bytes)
		if err != nil {
			return nil, err
		}
		layers = append(layers, l)
	}
	return layers, nil
}

func decodeLayer(data []byte) (layer, error) {
	var l layer
	var keys []string
	var values []tag
	var raw [][]byte
	var version, size uint64
	body, err := fields(data)
	if err != nil {
		return l, err
	}
	for _, f := range body {
		switch f.number {
		case 1:
			l.name = string(f.bytes)
		case 2:
			raw = append(raw, f.bytes)
		case 3:
			keys = append(keys, string(f.bytes))
		case 4:
			v, err := fields(f.bytes)
			if err != nil || len(v) != 1 || v[0].number != 1 && v[0].number != 5 {
				return l, fmt.Errorf("value %x", f.bytes)
			}
			values = append(values, tag{text: string(v[0].bytes), number: v[0].varint})
		case 5:
			size = f.varint
		case 15:
			version = f.varint
		}
	}
	if version != 2 || size != 4096 || l.name == "" || len(raw) == 0 {
		return l, fmt.Errorf("layer %q of version %d, extent %d, %d features", l.name, version, size, len(raw))
	}
	for _, data := range raw {
		f, err := decodeFeature(data, keys, values)
		if err != nil {
			return l, err
		}
		l.features = append(l.features, f)
	}
	return l, nil
}

func decodeFeature(data []byte, keys []string, values []tag) (feature, error) {
	var f feature
	body, err := fields(data)
	if err != nil {
		return f, err
	}
	var drawing []uint64
	for _, b := range body {
		switch b.number {
		case 2:
			pairs, err := numbers(b.bytes)
			if err != nil || len(pairs)%2 != 0 {
				return f, errors.New("odd tags")
			}
			for i := 0; i < len(pairs); i += 2 {
				if pairs[i] >= uint64(len(keys)) || pairs[i+1] >= uint64(len(values)) {
					return f, errors.New("tag beyond the tables")
				}
				value := values[pairs[i+1]]
				f.tags = append(f.tags, tag{keys[pairs[i]], value.text, value.number})
			}
		case 3:
			f.kind = featureKind(b.varint)
		case 4:
			if drawing, err = numbers(b.bytes); err != nil {
				return f, err
			}
		}
	}
	x, y := int32(0), int32(0)
	unzig := func(v uint64) int32 { return int32(uint32(v)>>1) ^ -int32(v&1) }
	for i := 0; i < len(drawing); {
		id, count := drawing[i]&7, int(drawing[i]>>3)
		i++
		if id == 7 {
			if f.kind != polygonFeature || count != 1 || len(f.parts) == 0 {
				return f, errors.New("misplaced ClosePath")
			}
			continue
		}
		if id != 1 && id != 2 || count < 1 || i+2*count > len(drawing) || id == 1 && f.kind != pointFeature && count != 1 {
			return f, fmt.Errorf("command %d × %d", id, count)
		}
		for range count {
			x, y = x+unzig(drawing[i]), y+unzig(drawing[i+1])
			i += 2
			if id == 1 {
				f.parts = append(f.parts, nil)
			}
			f.parts[len(f.parts)-1] = append(f.parts[len(f.parts)-1], point{x, y})
		}
	}
	return f, nil
}

// anyLayers draws layers within the rules of the format.
func anyLayers(t *rapid.T) []layer {
	word := rapid.SampledFrom([]string{"name", "class", "kind", "12 Av", "E Pine St", "Volunteer Park", "ü"})
	var layers []layer
	for i := range rapid.IntRange(0, 3).Draw(t, "layers") {
		l := layer{name: fmt.Sprintf("layer %d", i)}
		for range rapid.IntRange(1, 5).Draw(t, "features") {
			f := feature{kind: featureKind(rapid.IntRange(1, 3).Draw(t, "kind"))}
			for range rapid.IntRange(0, 3).Draw(t, "tags") {
				if rapid.Bool().Draw(t, "is a number") {
					f.tags = append(f.tags, tag{key: word.Draw(t, "key"), number: rapid.Uint64().Draw(t, "number")})
					continue
				}
				f.tags = append(f.tags, tag{key: word.Draw(t, "key"), text: word.Draw(t, "value")})
			}
			least := [4]int{1: 1, 2: 2, 3: 3}[f.kind]
			for range rapid.IntRange(1, 3).Draw(t, "parts") {
				most := 8
				if f.kind == pointFeature {
					most = 1
				}
				var part []point
				for range rapid.IntRange(least, most).Draw(t, "points") {
					part = append(part, point{rapid.Int32Range(-5000, 9000).Draw(t, "x"), rapid.Int32Range(-5000, 9000).Draw(t, "y")})
				}
				f.parts = append(f.parts, part)
			}
			l.features = append(l.features, f)
		}
		layers = append(layers, l)
	}
	return layers
}

func TestDecodeGivesWhatWasEncoded(t *testing.T) {
	rapid.Check(t, checkRoundTrip)
}

func FuzzEncode(f *testing.F) { f.Fuzz(rapid.MakeFuzz(checkRoundTrip)) }

func checkRoundTrip(t *rapid.T) {
	want := anyLayers(t)
	got, err := decode(encode(want))
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("encoded %+v\ndecoded %+v", want, got)
	}
}

// TestSpecificationExamples has the worked examples of section 4.3.5.
func TestSpecificationExamples(t *testing.T) {
	for name, c := range map[string]struct {
		f    feature
		want []uint64
	}{
		"point":         {feature{kind: pointFeature, parts: [][]point{{{25, 17}}}}, []uint64{9, 50, 34}},
		"points":        {feature{kind: pointFeature, parts: [][]point{{{5, 7}}, {{3, 2}}}}, []uint64{17, 10, 14, 3, 9}},
		"line":          {feature{kind: lineFeature, parts: [][]point{{{2, 2}, {2, 10}, {10, 10}}}}, []uint64{9, 4, 4, 18, 0, 16, 16, 0}},
		"lines":         {feature{kind: lineFeature, parts: [][]point{{{2, 2}, {2, 10}, {10, 10}}, {{1, 1}, {3, 5}}}}, []uint64{9, 4, 4, 18, 0, 16, 16, 0, 9, 17, 17, 10, 4, 8}},
		"polygon":       {feature{kind: polygonFeature, parts: [][]point{{{3, 6}, {8, 12}, {20, 34}}}}, []uint64{9, 6, 12, 18, 10, 12, 24, 44, 15}},
		"multi polygon": {feature{kind: polygonFeature, parts: [][]point{{{0, 0}, {10, 0}, {10, 10}, {0, 10}}, {{11, 11}, {20, 11}, {20, 20}, {11, 20}}, {{13, 13}, {13, 17}, {17, 17}, {17, 13}}}}, []uint64{9, 0, 0, 26, 20, 0, 0, 20, 19, 0, 15, 9, 22, 2, 26, 18, 0, 0, 18, 17, 0, 15, 9, 4, 13, 26, 0, 8, 8, 0, 0, 7, 15}},
	} {
		if got, err := numbers(c.f.geometry()); err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

var testFrame = newFrame(12, 656, 1430)

func worldPoint(t *rapid.T) world {
	size := 1 / float64(int(1)<<12)
	return world{
		testFrame.origin.x + rapid.Float64Range(-1, 2).Draw(t, "x")*size,
		testFrame.origin.y + rapid.Float64Range(-1, 2).Draw(t, "y")*size,
	}
}

func TestClippingLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var points []world
		for range rapid.IntRange(2, 12).Draw(t, "points") {
			points = append(points, worldPoint(t))
		}
		within := func(part []point) {
			for _, p := range part {
				if p.x < -buffer-1 || p.y < -buffer-1 || p.x > extent+buffer+1 || p.y > extent+buffer+1 {
					t.Fatalf("%v is outside the buffer", p)
				}
			}
		}
		parts := testFrame.line(nil, points)
		for _, part := range parts {
			within(part)
			if len(part) < 2 {
				t.Fatal("a line of one point")
			}
		}
		whole := 0.0
		for i := 1; i < len(points); i++ {
			whole += math.Hypot(points[i].x-points[i-1].x, points[i].y-points[i-1].y) * testFrame.scale
		}
		if length(parts) > whole+float64(4*len(points)) {
			t.Fatal("clipping made the line longer")
		}
		if len(points) < 3 {
			return
		}
		for i, ring := range testFrame.polygon([][]world{points, points}) {
			within(ring)
			if area := doubleArea(ring); area == 0 || (area > 0) != (i == 0) {
				t.Fatalf("ring %d has area %d", i, area)
			}
			if ring[0] == ring[len(ring)-1] || len(ring) < 3 {
				t.Fatal("a ring repeats its first point or is none")
			}
		}
	})
}

func length(parts [][]point) (sum float64) {
	for _, part := range parts {
		for i := 1; i < len(part); i++ {
			sum += math.Hypot(float64(part[i].x-part[i-1].x), float64(part[i].y-part[i-1].y))
		}
	}
	return sum
}

func TestProject(t *testing.T) {
	if w := project(geo.Point{}); w != (world{0.5, 0.5}) {
		t.Errorf("null island is at %v", w)
	}
	w := project(geo.Point{Lon: -1223206000, Lat: 476153000})
	n := float64(int(1) << 15)
	if x, y := int(w.x*n), int(w.y*n); x != 5250 || y != 11442 {
		t.Errorf("47.6153, −122.3206 is in tile 15/%d/%d, want 15/5250/11442", x, y)
	}
	for _, p := range []geo.Point{{Lat: geo.LatMax}, {Lat: -geo.LatMax, Lon: geo.LonMax}} {
		if w := project(p); w.y < -1e-9 || w.y > 1+1e-9 || w.x < 0 || w.x > 1 {
			t.Errorf("%v is at %v", p, w)
		}
	}
}

func unpack(t testing.TB, gz []byte) []layer {
	r, err := gzip.NewReader(bytes.NewReader(gz))
	if err != nil {
		t.Fatal(err)
	}
	raw, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	layers, err := decode(raw)
	if err != nil {
		t.Fatal(err)
	}
	return layers
}

var seattle = sync.OnceValues(city.Seattle)

func seattleSet(t testing.TB) *Set {
	p, err := seattle()
	if err != nil {
		t.Fatal(err)
	}
	return New(p)
}

// tileOf gives the tile at a zoom that holds a place.
func tileOf(z int, p geo.Point) (x, y int) {
	w := project(p)
	n := float64(int(1) << z)
	return int(w.x * n), int(w.y * n)
}

var eastPrecinct = geo.Point{Lon: -1223168570, Lat: 476152630}

func TestSeattleTiles(t *testing.T) {
	start := time.Now()
	s := seattleSet(t)
	t.Logf("set of %d lines made in %v", len(s.roads), time.Since(start))
	for z := ZoomMin; z <= ZoomMax; z++ {
		x, y := tileOf(z, eastPrecinct)
		gz, ok := s.Tile(z, x, y)
		if !ok {
			t.Fatalf("no tile %d/%d/%d", z, x, y)
		}
		layers := unpack(t, gz)
		names := map[string]int{}
		for _, l := range layers {
			names[l.name] = len(l.features)
			for _, f := range l.features {
				checkFeature(t, z, l.name, f)
			}
		}
		t.Logf("%d/%d/%d: %d bytes, features %v", z, x, y, len(gz), names)
		if names["roads"] == 0 || names["land"] == 0 || z >= zoomBeats && names["beats"] == 0 {
			t.Errorf("zoom %d has %v", z, names)
		}
		if len(gz) > 300_000 {
			t.Errorf("zoom %d: %d bytes", z, len(gz))
		}
	}
}

func checkFeature(t *testing.T, z int, name string, f feature) {
	tag := map[string]string{}
	for _, t := range f.tags {
		tag[t.key] = t.text
	}
	want := map[string]featureKind{"land": polygonFeature, "roads": lineFeature, "beats": lineFeature, "places": pointFeature}[name]
	if f.kind != want || len(f.parts) == 0 {
		t.Errorf("zoom %d, %s: kind %d, %d parts", z, name, f.kind, len(f.parts))
	}
	switch name {
	case "roads":
		c := tag["class"]
		if r := ranks[rankOf(c)]; r.class != c || z < r.zoom {
			t.Errorf("zoom %d has a road of class %q", z, c)
		}
		if _, named := tag["name"]; named && z < zoomMajor {
			t.Errorf("zoom %d has a road with a name", z)
		}
	case "land":
		if tag["kind"] != "park" && tag["kind"] != "city" {
			t.Errorf("land %v", tag)
		}
		if doubleArea(f.parts[0]) <= 0 {
			t.Error("an outer ring winds the wrong way")
		}
	case "places":
		if tag["kind"] == "" || tag["name"] == "" {
			t.Errorf("place %v", tag)
		}
	case "beats":
		if tag["name"] == "" {
			t.Error("a beat without a name")
		}
	}
}

func TestNoSuchTile(t *testing.T) {
	s := seattleSet(t)
	x, y := tileOf(12, eastPrecinct)
	for _, c := range [][3]int{{8, 40, 89}, {16, 10500, 22900}, {12, -1, y}, {12, x, -1}, {12, 1 << 12, y}, {12, x, 1 << 12}, {12, 0, 0}, {-1, 0, 0}, {math.MaxInt, 0, 0}} {
		if _, ok := s.Tile(c[0], c[1], c[2]); ok {
			t.Errorf("tile %v exists", c)
		}
	}
	if _, ok := New(empty{}).Tile(12, x, y); ok {
		t.Error("a tile of nothing")
	}
}

type empty struct{}

func (empty) EachStreet(func(name, class string, oneway int, local bool, from, to geo.Point)) {}
func (empty) EachArea(func(string, string, geo.MultiPolygon))                                 {}
func (empty) EachPlace(func(kind, name string, at geo.Point))                                 {}

func TestStitchKeepsEveryPiece(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var pieces []piece
		for range rapid.IntRange(0, 25).Draw(t, "pieces") {
			end := func() geo.Point {
				return geo.Point{Lon: int32(rapid.IntRange(0, 4).Draw(t, "x")) * 1000, Lat: int32(rapid.IntRange(0, 4).Draw(t, "y")) * 1000}
			}
			p := piece{street{name: rapid.SampledFrom([]string{"", "12 Av"}).Draw(t, "name"), oneway: rapid.Bool().Draw(t, "oneway"), local: rapid.Bool().Draw(t, "local")}, end(), end()}
			if p.from != p.to {
				pieces = append(pieces, p)
			}
		}
		drawn := map[drawnPiece]int{}
		for _, l := range stitch(pieces) {
			for i := 1; i < len(l.points); i++ {
				drawn[drawnPiece{l.street, l.points[i-1], l.points[i]}.either()]++
			}
		}
		for _, p := range pieces {
			drawn[drawnPiece{p.street, project(p.from), project(p.to)}.either()]--
		}
		for p, n := range drawn {
			if n != 0 {
				t.Fatalf("%+v is drawn %d times more than it is there", p, n)
			}
		}
	})
}

// drawnPiece is a piece as a line draws it.
type drawnPiece struct {
	street   street
	from, to world
}

// either has the lesser end first where the piece has no direction.
func (p drawnPiece) either() drawnPiece {
	if !p.street.oneway && cmp.Or(cmp.Compare(p.from.x, p.to.x), cmp.Compare(p.from.y, p.to.y)) > 0 {
		p.from, p.to = p.to, p.from
	}
	return p
}

// crossing is a small town: an avenue one-way to the south, whose middle its source
// gives the other way round, across a street; a lane for residents, a path.
type crossing struct{ empty }

func (crossing) EachStreet(visit func(name, class string, oneway int, local bool, from, to geo.Point)) {
	at := func(x, y int32) geo.Point {
		return geo.Point{Lon: eastPrecinct.Lon + x*1000, Lat: eastPrecinct.Lat + y*1000}
	}
	visit("1 Av", "arterial", 1, false, at(0, 30), at(0, 20))
	visit("1 Av", "arterial", -1, false, at(0, 10), at(0, 20))
	visit("1 Av", "arterial", 1, false, at(0, 10), at(0, 0))
	visit("1 Av", "arterial", 0, false, at(0, 0), at(0, -10))
	visit("Pine St", "street", 0, false, at(-20, 10), at(0, 10))
	visit("Pine St", "street", 0, false, at(20, 10), at(0, 10))
	visit("Mews", "service", 0, true, at(20, 10), at(20, 20))
	visit("", "collector", 0, false, at(-20, 10), at(-20, 20))
	visit("", "footpath", 0, false, at(-10, 0), at(10, 0))
	visit("", "motorway", 1, false, at(-20, -5), at(20, -5))
}

// TestWhatRoadsCarry reads the tiles of a small town at the zooms where something
// appears: what each feature carries and of how many lines it is.
func TestWhatRoadsCarry(t *testing.T) {
	s := New(crossing{})
	for z, want := range map[int][]string{
		11: {"arterial: 1", "motorway: 1"},
		12: {"collector: 1", "arterial, name 1 Av: 2", "motorway: 1"},
		13: {"street, name Pine St: 1", "collector: 1", "arterial, name 1 Av: 2", "motorway: 1"},
		14: {"street, name Pine St: 1", "collector: 1", "arterial, name 1 Av: 1", "arterial, name 1 Av, oneway 1: 1", "motorway, oneway 1: 1"},
		15: {"footpath: 1", "service, name Mews, local 1: 1", "street, name Pine St: 1", "collector: 1", "arterial, name 1 Av: 1", "arterial, name 1 Av, oneway 1: 1", "motorway, oneway 1: 1"},
	} {
		x, y := tileOf(z, eastPrecinct)
		gz, _ := s.Tile(z, x, y)
		var got []string
		for _, f := range unpack(t, gz)[0].features {
			words := f.tags[0].text
			for _, tag := range f.tags[1:] {
				if words += ", " + tag.key + " " + tag.text; tag.text == "" {
					words += fmt.Sprint(tag.number)
				}
				if tag.key != "oneway" || f.tags[0].text != "arterial" {
					continue
				}
				for i, p := range f.parts[0][1:] {
					if p.y <= f.parts[0][i].y {
						t.Errorf("zoom %d: the avenue does not run to the south: %v", z, f.parts)
					}
				}
			}
			got = append(got, fmt.Sprintf("%s: %d", words, len(f.parts)))
		}
		if !slices.Equal(got, want) {
			t.Errorf("zoom %d:\n got %q\nwant %q", z, got, want)
		}
	}
}

func TestCacheIsBounded(t *testing.T) {
	c := newCache(3, 100)
	for i := range 5 {
		c.put(key{z: i}, make([]byte, 10))
	}
	if _, ok := c.get(key{z: 1}); ok || c.order.Len() != 3 || c.bytes != 30 {
		t.Errorf("%d tiles, %d bytes", c.order.Len(), c.bytes)
	}
	c.get(key{z: 2}) // now the newest
	c.put(key{z: 9}, make([]byte, 80))
	if _, ok := c.get(key{z: 2}); !ok || c.bytes > 100 || len(c.byKey) != c.order.Len() {
		t.Errorf("the newest went; %d bytes", c.bytes)
	}
	c.put(key{z: 9}, make([]byte, 80))
	if c.bytes > 100 {
		t.Errorf("a tile counted twice: %d bytes", c.bytes)
	}
}

func TestManyAskAtOnce(t *testing.T) {
	s := seattleSet(t)
	x, y := tileOf(14, eastPrecinct)
	want, _ := s.Tile(14, x, y)
	s.cache = newCache(2, cacheBytes)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for dx := range 4 {
				if got, ok := s.Tile(14, x, y); !ok || !bytes.Equal(got, want) {
					t.Error("the same tile differs")
				}
				s.Tile(14, x+dx, y)
			}
		})
	}
	wg.Wait()
}

func BenchmarkNew(b *testing.B) {
	p, err := seattle()
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		New(p)
	}
}

func BenchmarkColdTile(b *testing.B) {
	s := seattleSet(b)
	for _, z := range []int{10, 12, 13, 14, 15} {
		x, y := tileOf(z, eastPrecinct)
		b.Run(fmt.Sprint("zoom", z), func(b *testing.B) {
			for b.Loop() {
				s.cache = newCache(cacheTiles, cacheBytes)
				s.Tile(z, x, y)
			}
		})
	}
}
