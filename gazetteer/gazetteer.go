// Package gazetteer finds places for somebody who types under pressure:
// addresses, hundred-blocks, crossings, streets, named places and coordinates,
// misspelt, abbreviated or half typed, without a network.
//
// An Index is made once by New from a Source and never changed afterwards; any
// number of goroutines may search it. The package knows nothing of packs, calls
// or beats: whoever wires the room fills a Source. It keeps no query and starts
// no goroutine.
//
// Every answer is bounded in time whatever is typed: a query is at most
// QueryBytesMax bytes and QueryWordsMax words, a word is looked up among words
// of like length and letters, and the candidates for a phrase are capped. No
// input panics.
//
// An answer never claims more than the source knows: Kind says how the point was
// found and Within how far off it may be.
package gazetteer

import (
	"cmp"
	"slices"
	"strings"

	"github.com/everycall/everycall/geo"
)

// Limits. What is beyond them is cut or refused as each says.
const (
	QueryBytesMax = 256 // a longer query finds nothing
	QueryWordsMax = 24  // words beyond are not read
	ResultsMax    = 20  // a greater limit is this one
	NameWordsMax  = 16  // words of a name beyond are not indexed
)

// ReverseReach is how far Reverse looks for something to name.
const ReverseReach = geo.Millimetres(2_000_000)

// How far off a point may be by the way it was found. For what is estimated
// these are the distances that held for nine rows in ten when rows of Seattle's
// tables were left out and asked for.
const (
	WithinAddress      = geo.Millimetres(25_000)  // the mapped point of the house
	WithinCrossing     = geo.Millimetres(25_000)  // the middle of the crossing
	WithinBlock        = geo.Millimetres(75_000)  // half a long block
	WithinInterpolated = geo.Millimetres(150_000) // known numbers of the street close by
	WithinGuessed      = geo.Millimetres(800_000) // the number lies in a gap of what is known
	WithinPlace        = geo.Millimetres(100_000) // the building or its grounds
)

// Source is what an Index is made of. Streets are known by their index in
// Streets; rows that name none (index out of range, empty name) and points off
// the planet are left out.
type Source struct {
	Streets   []string
	Blocks    []Block
	Crossings []Crossing
	Places    []Place
	Addresses []Address
	// Pieces are the streets' geometry: with them a street without a block is
	// found, and numbers are placed along the true street.
	Pieces []Piece
	// Ignored are words that may trail an address and say nothing: the city,
	// county and state ("Seattle", "King County", "WA").
	Ignored []string
}

// Block is a hundred-block and its middle.
type Block struct {
	Street uint32
	Number int // 1500 is the 1500 block
	Point  geo.Point
}

// Crossing is where two streets meet.
type Crossing struct {
	A, B  uint32
	Point geo.Point
}

// Place is anything else with a name: a park, a station, a hospital.
type Place struct {
	Name    string
	Kind    string // "park", "fire station", …; shown, not searched
	Aliases []string
	Point   geo.Point
}

// Address is a house whose place is known.
type Address struct {
	Street uint32
	Number string // "1519", "1519A", "1622 1/2"
	Point  geo.Point
}

// Piece is a straight part of a street.
type Piece struct {
	Street uint32
	A, B   geo.Point
}

// Kind says how a match was found.
type Kind string

// Kinds of match.
const (
	KindAddress      Kind = "address"      // a house known by the source
	KindInterpolated Kind = "interpolated" // a house number placed between known ones
	KindBlock        Kind = "block"
	KindIntersection Kind = "intersection"
	KindPlace        Kind = "place"
	KindStreet       Kind = "street" // somewhere on it
	KindCoordinates  Kind = "coordinates"
	KindGrid         Kind = "usng" // US National Grid or MGRS
	KindPlusCode     Kind = "plus_code"
)

// Match is one choice.
type Match struct {
	Label   string // as it is read aloud: "1519 12 Av", "1500 block of 12 Av", "12 Av / E Pine St"
	Kind    Kind
	Point   geo.Point
	Streets []string // names of the streets it is on: none, one or two
	Place   string   // Place.Kind where Kind is KindPlace
	// Within is how far from Point the true place may be: a fixed figure by
	// Kind (see the constants), half the length of a street, half the last
	// digit of coordinates.
	Within geo.Millimetres
	// Exact says that nothing had to be guessed of the words: no typing error,
	// no missing direction, no half-typed word. It says nothing of the point.
	Exact bool
	// Distance is from the caller's near (Search) or point (Reverse); −1
	// without one.
	Distance geo.Millimetres

	cost    int  // 0 is best; see search.go
	strange bool // words of the query are not accounted for
}

// span is a range of rows that belong to one street.
type span struct{ from, to uint32 }

// Index answers. It holds some 100 bytes for each street or place, 16 to 40 for
// each block, crossing (twice) and address, and 28 for each piece: 3.2 MiB for
// Seattle, 20 MiB for 60,000 streets on 75,000 junctions (BenchmarkMemory).
type Index struct {
	streets []string
	one     []uint32 // per street: the one that it is another spelling of, or itself
	places  []Place
	names   nameTable

	blocks     []Block // by street, then number
	blocksOf   []span
	houses     []house // by street, then number
	housesOf   []span
	crossings  []Crossing // each twice, the second with A and B exchanged; by A, B
	crossingOf []span
	lines      []line // by street
	linesOf    []span

	extent  geo.Box
	centre  geo.Point
	ignored map[string]bool // read by key only
	spots   spotGrid
}

// house is an address with its number read.
type house struct {
	street uint32
	number int32
	text   string // as it is shown
	point  geo.Point
}

// New makes an index. It reads src once and keeps no reference to its slices.
func New(src Source) *Index {
	x := &Index{streets: slices.Clone(src.Streets), ignored: map[string]bool{}}
	for i := range x.streets {
		x.streets[i] = strings.ToValidUTF8(x.streets[i], "\uFFFD")
	}
	x.sameStreets(src)
	for _, text := range src.Ignored {
		for _, w := range readWords(text) {
			x.ignored[w.text] = true
		}
	}
	for _, p := range src.Places {
		if p.Name != "" && p.Point.Valid() {
			p.Name, p.Aliases = strings.ToValidUTF8(p.Name, "\uFFFD"), slices.Clone(p.Aliases)
			x.places = append(x.places, p)
		}
	}
	x.takeRows(src)
	x.names = newNameTable(x.streets, x.one, x.places)
	x.measure()
	x.layLines(src.Pieces)
	x.number()
	x.spots = newSpotGrid(x)
	return x
}

// sameStreets finds streets that are one, written in two ways ("M L King Jr Wy"
// and "Martin Luther King Jr Wy"). All rows go to the one with the most.
func (x *Index) sameStreets(src Source) {
	rows := make([]int, len(x.streets))
	count := func(street uint32) {
		if int(street) < len(rows) {
			rows[street]++
		}
	}
	for _, b := range src.Blocks {
		count(b.Street)
	}
	for _, a := range src.Addresses {
		count(a.Street)
	}
	for _, c := range src.Crossings {
		count(c.A)
		count(c.B)
	}
	for _, p := range src.Pieces {
		count(p.Street)
	}
	x.one = make([]uint32, len(x.streets))
	most := make(map[string]uint32, len(x.streets))
	keys := make([]string, len(x.streets))
	for i, name := range x.streets {
		var key strings.Builder
		for _, w := range nameWords(name) {
			key.WriteString(w.text)
			key.WriteByte(' ')
		}
		keys[i] = key.String()
		if first, ok := most[keys[i]]; !ok || rows[i] > rows[first] {
			most[keys[i]] = uint32(i)
		}
	}
	for i := range x.streets {
		x.one[i] = most[keys[i]]
	}
}

// street is the street that a row belongs to; false if it has no name.
func (x *Index) street(i uint32) (uint32, bool) {
	if int(i) >= len(x.streets) || x.streets[i] == "" {
		return 0, false
	}
	return x.one[i], true
}

func (x *Index) takeRows(src Source) {
	for _, b := range src.Blocks {
		var named bool
		if b.Street, named = x.street(b.Street); named && b.Number >= 0 && b.Number <= numberMax && b.Point.Valid() {
			x.blocks = append(x.blocks, b)
		}
	}
	slices.SortFunc(x.blocks, func(a, b Block) int {
		return cmp.Or(cmp.Compare(a.Street, b.Street), cmp.Compare(a.Number, b.Number), a.Point.Compare(b.Point))
	})
	x.blocksOf = spans(len(x.streets), x.blocks, func(b Block) uint32 { return b.Street })

	for _, a := range src.Addresses {
		number, ok := houseNumber(a.Number)
		street, named := x.street(a.Street)
		if ok && named && a.Point.Valid() {
			x.houses = append(x.houses, house{street: street, number: int32(number), text: strings.ToValidUTF8(a.Number, "\uFFFD"), point: a.Point})
		}
	}
	slices.SortFunc(x.houses, func(a, b house) int {
		return cmp.Or(cmp.Compare(a.street, b.street), cmp.Compare(a.number, b.number), cmp.Compare(a.text, b.text), a.point.Compare(b.point))
	})
	x.housesOf = spans(len(x.streets), x.houses, func(h house) uint32 { return h.street })

	for _, c := range src.Crossings {
		var oneNamed, twoNamed bool
		c.A, oneNamed = x.street(c.A)
		c.B, twoNamed = x.street(c.B)
		if oneNamed && twoNamed && c.A != c.B && c.Point.Valid() {
			x.crossings = append(x.crossings, c, Crossing{A: c.B, B: c.A, Point: c.Point})
		}
	}
	slices.SortFunc(x.crossings, func(a, b Crossing) int {
		return cmp.Or(cmp.Compare(a.A, b.A), cmp.Compare(a.B, b.B), a.Point.Compare(b.Point))
	})
	x.crossings = slices.Compact(x.crossings)
	x.crossingOf = spans(len(x.streets), x.crossings, func(c Crossing) uint32 { return c.A })
}

// spans says where each street's rows are in a slice sorted by street.
func spans[T any](streets int, rows []T, street func(T) uint32) []span {
	out := make([]span, streets)
	for i := 0; i < len(rows); {
		j, s := i, street(rows[i])
		for j < len(rows) && street(rows[j]) == s {
			j++
		}
		out[s] = span{uint32(i), uint32(j)}
		i = j
	}
	return out
}

// The rows of a street. Their capacity ends with them: an append copies.

func (x *Index) blocksAt(street uint32) []Block {
	s := x.blocksOf[street]
	return x.blocks[s.from:s.to:s.to]
}

func (x *Index) housesAt(street uint32) []house {
	s := x.housesOf[street]
	return x.houses[s.from:s.to:s.to]
}

func (x *Index) crossingsAt(street uint32) []Crossing {
	s := x.crossingOf[street]
	return x.crossings[s.from:s.to:s.to]
}

func (x *Index) linesAt(street uint32) []line {
	s := x.linesOf[street]
	return x.lines[s.from:s.to:s.to]
}
