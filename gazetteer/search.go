package gazetteer

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/everycall/everycall/geo"
)

// What a match costs beside its words (see names.go).
const (
	costGuessedNumber = 2 // the number lies beyond what is known of the street
	costNoNumbers     = 2 // no number of the street is known: the street stands in
	costNoSuchNumber  = 4 // the street's known numbers are far from it
	costOtherHouse    = 1 // 1519A for 1519

	costTail    = 4  // matches that cost so much more than the best are left out
	streetsMax  = 24 // streets on which a number is sought
	costPassing = 2  // the streets pass without meeting

	passStreet  = 4                     // streets of each side that may pass
	passTests   = 60_000                // pairs of pieces compared for that
	crossStreet = 32                    // streets of each side of a crossing
	sameSpot    = geo.Millimetres(60e3) // crossings of the same streets so near are one
)

// Search finds what a query may mean, best first: at most limit matches and
// ResultsMax, ranked by how well the words fit, then by nearness to near (the
// caller's or the beat's point; without one, in a fixed order).
//
// It reads "1500 block of 11 Av", "1519 12th ave #4, Seattle WA 98122",
// "11th & pine", "pine/11th", "11 av at e pine st", "broadw", "volunteer park",
// "47.615, -122.318", "47°36'54\"N 122°19'05\"W", "geo:47.615,-122.318",
// "10TET5125773853" and "84VVJM8J+22". An empty or too long query finds nothing.
func (x *Index) Search(query string, near *geo.Point, limit int) []Match {
	limit = min(limit, ResultsMax)
	if limit <= 0 || len(query) > QueryBytesMax || strings.TrimSpace(query) == "" {
		return nil
	}
	if near != nil && !near.Valid() {
		near = nil
	}
	found := x.coordinates(query, near)
	if len(found) == 0 {
		found = x.words(query, near)
	}
	for i := range found {
		found[i].Distance = -1
		if near != nil {
			found[i].Distance = geo.Distance(*near, found[i].Point)
		}
	}
	return rank(found, limit)
}

// words reads a query as names and numbers.
func (x *Index) words(query string, near *geo.Point) []Match {
	s := search{Index: x, near: near, about: x.centre, memory: memory{}}
	if near != nil {
		s.about = *near
	}
	readings := x.read(query)
	for _, r := range readings {
		s.try(r)
	}
	if s.best() <= costFound {
		return s.found
	}
	for _, r := range readings {
		if r.second == nil && r.number < 0 {
			for _, unmarked := range readUnmarked(r.first, r.open) {
				unmarked.cost += r.cost
				s.try(unmarked)
			}
			break
		}
	}
	return s.found
}

// search is one search under way.
type search struct {
	*Index
	near   *geo.Point
	about  geo.Point // near or, without it, the middle of everything
	found  []Match
	memory memory
}

func (s *search) best() int {
	best := math.MaxInt
	for i := range s.found {
		best = min(best, s.found[i].cost)
	}
	return best
}

func anyName(bool) bool           { return true }
func onlyStreets(place bool) bool { return !place }

func (s *search) try(r reading) {
	switch {
	case r.second != nil:
		s.crossing(r)
	case r.number >= 0:
		s.numbered(r)
	default:
		s.named(r)
	}
}

// add takes a match of a candidate.
func (s *search) add(m Match, r reading, c candidate) {
	m.cost = r.cost + c.cost
	m.Exact = !r.guessed && !c.guessed
	m.strange = c.strange > 0
	s.found = append(s.found, m)
}

// dearer is a candidate at a further cost, its words guessed.
func (c candidate) dearer(cost int) candidate {
	c.cost, c.guessed = c.cost+cost, true
	return c
}

// with is the pair of two streets, as one candidate.
func (c candidate) with(o candidate) candidate {
	return candidate{cost: c.cost + o.cost, guessed: c.guessed || o.guessed, strange: c.strange + o.strange}
}

func (s *search) named(r reading) {
	for _, c := range s.names.look(s.memory, r.first, r.open, s.about, anyName) {
		if c.place {
			p := s.places[c.ref]
			s.add(Match{Label: p.Name, Kind: KindPlace, Place: p.Kind, Point: p.Point, Within: WithinPlace}, r, c)
			continue
		}
		if m, ok := s.streetMatch(c.ref); ok {
			s.add(m, r, c)
		}
	}
}

func (s *search) streetMatch(street uint32) (Match, bool) {
	p, within, ok := s.onStreet(street, s.near)
	name := s.streets[street]
	return Match{Label: name, Kind: KindStreet, Point: p, Streets: []string{name}, Within: within}, ok
}

func (s *search) crossing(r reading) {
	one := s.names.look(s.memory, r.first, false, s.about, onlyStreets)
	if len(one) == 0 {
		return
	}
	two := s.names.look(s.memory, r.second, r.open, s.about, onlyStreets)
	two = two[:min(len(two), crossStreet)]
	byStreet := slices.Clone(two)
	slices.SortFunc(byStreet, func(a, b candidate) int { return cmp.Compare(a.ref, b.ref) })
	met := false
	for _, a := range one[:min(len(one), crossStreet)] {
		for _, c := range s.crossingsAt(a.ref) {
			i, ok := slices.BinarySearchFunc(byStreet, c.B, func(b candidate, street uint32) int { return cmp.Compare(b.ref, street) })
			if !ok {
				continue
			}
			b := byStreet[i]
			s.add(s.crossingMatch(Match{Point: c.Point}, c.A, c.B), r, a.with(b))
			met = true
		}
	}
	if !met && r.cost == 0 {
		s.passing(r, one[:min(len(one), passStreet)], two[:min(len(two), passStreet)])
	}
}

// passing finds where streets that do not meet pass over each other: "SB I5 at
// NE 45th".
func (s *search) passing(r reading, one, two []candidate) {
	tests := 0
	for _, a := range one {
		for _, b := range two {
			if a.strange+b.strange > 0 || a.ref == b.ref {
				continue
			}
			other := s.linesAt(b.ref)
			box := geo.BoxOf()
			for i := range other {
				box = box.Extend(other[i].a).Extend(other[i].b)
			}
			for i := range s.linesAt(a.ref) {
				l := &s.linesAt(a.ref)[i]
				if !geo.BoxOf(l.a, l.b).Intersects(box) {
					continue
				}
				for j := range other {
					if tests++; tests > passTests {
						return
					}
					o := &other[j]
					if max(l.a.Lat, l.b.Lat) < min(o.a.Lat, o.b.Lat) || max(o.a.Lat, o.b.Lat) < min(l.a.Lat, l.b.Lat) || !geo.Crosses(l.a, l.b, o.a, o.b) {
						continue
					}
					m := s.crossingMatch(Match{Point: geo.Along(o.a, o.b, 1, 2)}, a.ref, b.ref)
					m.Within = max(WithinCrossing, geo.Distance(o.a, o.b)/2)
					s.add(m, r, a.with(b).dearer(costPassing))
				}
			}
		}
	}
}

func (x *Index) crossingMatch(m Match, a, b uint32) Match {
	if x.streets[b] < x.streets[a] { // in either order typed, one label
		a, b = b, a
	}
	m.Label = x.streets[a] + " / " + x.streets[b]
	m.Kind, m.Within = KindIntersection, WithinCrossing
	m.Streets = []string{x.streets[a], x.streets[b]}
	return m
}

func blockLabel(number int, street string) string {
	return fmt.Sprintf("%d block of %s", number, street)
}

// rank sorts, leaves out what is far worse than the best and what is said twice,
// and tells apart what would read the same.
func rank(found []Match, limit int) []Match {
	slices.SortStableFunc(found, func(a, b Match) int {
		return cmp.Or(cmp.Compare(a.cost, b.cost), cmp.Compare(a.Distance, b.Distance), cmp.Compare(kindOrder[a.Kind], kindOrder[b.Kind]),
			cmp.Compare(a.Label, b.Label), a.Point.Compare(b.Point))
	})
	out := make([]Match, 0, min(limit, len(found)))
	for _, m := range found {
		if len(out) == limit || m.cost > found[0].cost+costTail {
			break
		}
		if m.strange && !found[0].strange {
			continue
		}
		if !slices.ContainsFunc(out, func(o Match) bool {
			return o.Label == m.Label && (o.Point == m.Point || o.Kind != KindPlace && geo.Distance(o.Point, m.Point) < sameSpot)
		}) {
			out = append(out, m)
		}
	}
	tellApart(out)
	return out
}

var kindOrder = map[Kind]int{KindAddress: 0, KindBlock: 1, KindInterpolated: 2, KindIntersection: 3, KindStreet: 4, KindPlace: 5}

// tellApart adds to labels that are the same where each lies from the others.
func tellApart(list []Match) {
	plain := make([]string, len(list))
	for i := range list {
		plain[i] = list[i].Label
	}
	for i := range list {
		box, same := geo.BoxOf(), 0
		for j := range list {
			if plain[j] == plain[i] {
				box = box.Extend(list[j].Point)
				same++
			}
		}
		if same < 2 {
			continue
		}
		f := frameAt(box.Center())
		east, north := f.metres(list[i].Point)
		list[i].Label += " (" + compass(east, north) + ")"
	}
}

func compass(east, north float64) string {
	const eighth = math.Pi / 4
	names := [...]string{"east", "north-east", "north", "north-west", "west", "south-west", "south", "south-east"}
	if math.Hypot(east, north) < 1 {
		return "middle"
	}
	return names[(int(math.Round(math.Atan2(north, east)/eighth))+8)%8]
}
