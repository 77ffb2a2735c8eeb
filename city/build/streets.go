package build

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/everycall/everycall/city"
	"github.com/everycall/everycall/geo"
	"github.com/everycall/everycall/road"
)

// streetTable gives every street name an index; 0 is no name.
type streetTable struct {
	names []string
	index map[string]uint32
}

func newStreetTable() streetTable {
	return streetTable{names: []string{""}, index: map[string]uint32{"": 0}}
}

func (t *streetTable) add(name string) uint32 {
	if i, ok := t.index[name]; ok {
		return i
	}
	i := uint32(len(t.names))
	t.names = append(t.names, name)
	t.index[name] = i
	return i
}

// upperWords stay in capitals: directions and numbered roads.
var (
	upperWords = regexp.MustCompile(`^(N|S|E|W|NE|NW|SE|SW|NB|SB|EB|WB|ET|I\d+|SR\d+)$`)
	ordinal    = regexp.MustCompile(`^(\d+)(ST|ND|RD|TH)$`)
	longForms  = map[string]string{
		"AVE": "AV", "AVENUE": "AV", "STREET": "ST", "WAY": "WY", "BLVD": "BV", "PKWY": "PY", "PKY": "PY",
		"PLACE": "PL", "ROAD": "RD", "DRIVE": "DR", "COURT": "CT", "LANE": "LN", "TERRACE": "TR", "TER": "TR",
	}
	// notAName marks what the records put in a street's place but is none: a
	// house number ("1622 1/2 N …" split at its slash), a ramp, an exit.
	notAName = regexp.MustCompile(`^\d+ 1$|^2 .*|\b(RP|EXIT)\b|^(EB|WB|NB|SB)$`)
	realTwo  = regexp.MustCompile(`^2 (AV|PL|ST|CT)\b`)
)

// streetName writes a recorded street as the pack does, "12th Av Ne" and
// "12 AV NE" both as "12 Av NE"; ok is false for what is not a street's name.
func streetName(recorded string) (name string, ok bool) {
	words := strings.Fields(strings.ToUpper(recorded))
	for i, w := range words {
		if m := ordinal.FindStringSubmatch(w); m != nil {
			w = m[1]
		}
		if i > 0 {
			w = cmp.Or(longForms[w], w)
		}
		words[i] = w
	}
	plain := strings.Join(words, " ")
	if plain == "" || notAName.MatchString(plain) && !realTwo.MatchString(plain) {
		return "", false
	}
	for i, w := range words {
		if !upperWords.MatchString(w) {
			words[i] = w[:1] + strings.ToLower(w[1:])
		}
	}
	name = strings.Join(words, " ")
	return name, !city.MentionsHouseNumber(name)
}

var (
	recordedBlock = regexp.MustCompile(`(?i)^(\d*)(?:XX)? BLOCK OF (.+)$`)
	recordedHalf  = regexp.MustCompile(`^(\d+) 1 ?/ ?2 (.+)$`)
)

// spot is a recorded place: a hundred-block of a street, or two streets.
type spot struct {
	block   int // −1: an intersection
	streets []string
}

// readSpot reads "5XX BLOCK OF PINE ST", "XX BLOCK OF …" (block 0), "8100 block
// of 7th Av Sw", "5 AV S / S MICHIGAN ST"; a house number becomes its block.
func readSpot(recorded string) (spot, bool) {
	recorded = strings.TrimSpace(recorded)
	if m := recordedHalf.FindStringSubmatch(recorded); m != nil {
		number, err := strconv.Atoi(m[1])
		name, ok := streetName(m[2])
		return spot{block: number / 100 * 100, streets: []string{name}}, ok && err == nil
	}
	if m := recordedBlock.FindStringSubmatch(recorded); m != nil {
		number := 0
		if m[1] != "" {
			n, err := strconv.Atoi(m[1])
			if err != nil || n > 99_999 {
				return spot{}, false
			}
			number = n
		}
		if strings.Contains(strings.ToUpper(recorded), "XX BLOCK") {
			number *= 100
		}
		name, ok := streetName(m[2])
		return spot{block: number / 100 * 100, streets: []string{name}}, ok
	}
	a, b, ok := strings.Cut(recorded, "/")
	if !ok {
		return spot{}, false
	}
	one, okOne := streetName(a)
	two, okTwo := streetName(b)
	return spot{block: -1, streets: []string{one, two}}, okOne && okTwo && one != two
}

// text is the place as the pack writes it.
func (s spot) text() string {
	if s.block >= 0 {
		return city.BlockText(s.block, s.streets[0])
	}
	return strings.Join(s.streets, " / ")
}

// gazetteer reads both tables of named places and refuses rows without a name.
func (s *seattle) gazetteer() error {
	blocks, err := readTable(s.path("seattle_hundred_blocks.csv"), "raw", "lon", "lat")
	if err != nil {
		return err
	}
	crossings, err := readTable(s.path("seattle_intersections.csv"), "street_a", "street_b", "lon", "lat")
	if err != nil {
		return err
	}
	type row struct {
		spot spot
		at   geo.Point
	}
	var rows []row
	names := map[string]bool{}
	read := func(t table, text func([]string) string) error {
		for _, r := range t.rows {
			at, located, err := t.point(r, "lon", "lat")
			if err != nil {
				return err
			}
			where, ok := readSpot(text(r))
			if !ok || !located {
				s.report.GazetteerRefused++
				continue
			}
			for _, name := range where.streets {
				names[name] = true
			}
			rows = append(rows, row{where, at})
		}
		return nil
	}
	if err := read(blocks, func(r []string) string { return blocks.get(r, "raw") }); err != nil {
		return err
	}
	if err := read(crossings, func(r []string) string {
		return crossings.get(r, "street_a") + " / " + crossings.get(r, "street_b")
	}); err != nil {
		return err
	}
	sorted := make([]string, 0, len(names))
	for name := range names {
		sorted = append(sorted, name)
	}
	slices.Sort(sorted)
	for _, name := range sorted {
		s.streets.add(name)
	}
	for _, r := range rows {
		first := s.streets.index[r.spot.streets[0]]
		if r.spot.block >= 0 {
			s.pack.HundredBlocks = append(s.pack.HundredBlocks, city.HundredBlock{Block: r.spot.block, Street: first, Point: r.at})
			continue
		}
		s.pack.Intersections = append(s.pack.Intersections, city.Intersection{StreetA: first, StreetB: s.streets.index[r.spot.streets[1]], Point: r.at})
	}
	slices.SortFunc(s.pack.HundredBlocks, func(a, b city.HundredBlock) int {
		return cmp.Or(cmp.Compare(a.Street, b.Street), cmp.Compare(a.Block, b.Block), a.Point.Compare(b.Point))
	})
	slices.SortFunc(s.pack.Intersections, func(a, b city.Intersection) int {
		return cmp.Or(cmp.Compare(a.StreetA, b.StreetA), cmp.Compare(a.StreetB, b.StreetB), a.Point.Compare(b.Point))
	})
	return nil
}

// locate finds a recorded place in the gazetteer; near is false if only the
// street was found (its nearest block by number stands in).
func (s *seattle) locate(where spot) (at geo.Point, near, found bool) {
	first, ok := s.streets.index[where.streets[0]]
	if !ok {
		return geo.Point{}, false, false
	}
	if where.block < 0 {
		second := s.streets.index[where.streets[1]]
		for _, x := range s.pack.Intersections {
			if x.StreetA == first && x.StreetB == second || x.StreetA == second && x.StreetB == first {
				return x.Point, true, true
			}
		}
		at, found = s.junction(first, second)
		return at, true, found
	}
	best := -1
	for _, b := range s.pack.HundredBlocks {
		if b.Street != first {
			continue
		}
		if gap := max(b.Block-where.block, where.block-b.Block); best < 0 || gap < best {
			best, at = gap, b.Point
		}
	}
	if best >= 0 {
		return at, best <= 100, true
	}
	for _, x := range s.pack.Intersections {
		if x.StreetA == first || x.StreetB == first {
			return x.Point, false, true
		}
	}
	return geo.Point{}, false, false
}

// junction finds where two streets meet on the named network, once it is built.
func (s *seattle) junction(a, b uint32) (geo.Point, bool) {
	if s.pack.Roads == nil || a == 0 || b == 0 {
		return geo.Point{}, false
	}
	edges := s.pack.Roads.Edges()
	for n := range s.pack.Roads.NodeCount() {
		var hasA, hasB bool
		for _, e := range s.pack.Roads.EdgesAt(road.Node(n)) {
			hasA, hasB = hasA || edges[e].Name == a, hasB || edges[e].Name == b
		}
		if hasA && hasB {
			return s.pack.Roads.Point(road.Node(n)), true
		}
	}
	return geo.Point{}, false
}
