package gazetteer

import (
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/everycall/everycall/geo"
)

// hostile are queries that nobody means.
var hostile = []string{
	"", " ", "\x00", "\xff\xfe\xfd", strings.Repeat("a", QueryBytesMax), strings.Repeat("a ", QueryBytesMax/2),
	strings.Repeat("/", QueryBytesMax), strings.Repeat("st ", 80), strings.Repeat("1 ", 120), strings.Repeat("brodwya ", 32),
	strings.Repeat("12 / ", 50), strings.Repeat("é", 120), strings.Repeat("́", 120), "ﷺﷺﷺ", "\u202e11 av / pine\u202c",
	"شارع الملك فهد ٢٣", "東京都千代田区1-1", "🚒🚒 12 🚒", "999999999999999999999999 pine", "0 0 0 0 0", "xx", "xx block of", "block of",
	"# # # #", "apt apt apt", "12", "st", "n", "/ pine", "pine /", "at", "1500 block of", "1 1/2", "1/2/3/4/5/6/7/8/9", "geo:;;;,,,",
	"N N N N", "47°°°° 12''''''", "++++", "2222222222+22222222222222222222222222", "99ZZZ9999", "-- - -1.1.1, 2", "%s%n%x", "' OR 1=1 --",
}

func TestHostileQueries(t *testing.T) {
	for _, x := range []*Index{seattleIndex(t), New(Source{})} {
		for _, q := range hostile {
			start := time.Now()
			list := x.Search(q, nil, ResultsMax+50)
			if spent := time.Since(start); spent > 2*time.Second {
				t.Errorf("%.40q took %v", q, spent)
			}
			lawful(t, x, q, nil, ResultsMax, list)
		}
	}
	x := seattleIndex(t)
	if x.Search(strings.Repeat("a", QueryBytesMax+1), nil, 5) != nil || x.Search("pine st", nil, 0) != nil || x.Search("pine st", nil, -1) != nil {
		t.Error("beyond the limits something was found")
	}
	if list := x.Search("pine st", &geo.Point{Lat: 1_000_000_000}, 3); len(list) == 0 || list[0].Distance != -1 {
		t.Errorf("near a place off the planet: %v", list)
	}
}

// lawful checks what holds for every answer.
func lawful(t interface {
	Helper()
	Fatalf(string, ...any)
}, x *Index, query string, near *geo.Point, limit int, list []Match) {
	t.Helper()
	if len(list) > limit {
		t.Fatalf("%q: %d matches, limit %d", query, len(list), limit)
	}
	seen := map[string]bool{}
	for i, m := range list {
		switch {
		case m.Label == "" || !utf8.ValidString(m.Label) || m.Kind == "":
			t.Fatalf("%q: match %+v has no label", query, m)
		case !m.Point.Valid() || m.Within <= 0:
			t.Fatalf("%q: match %+v is nowhere", query, m)
		case near == nil && m.Distance != -1, near != nil && m.Distance != geo.Distance(*near, m.Point):
			t.Fatalf("%q: match %+v has a wrong distance", query, m)
		case i > 0 && m.cost < list[i-1].cost, i > 0 && m.cost == list[i-1].cost && m.Distance < list[i-1].Distance:
			t.Fatalf("%q: match %d is better than the one before", query, i)
		case seen[m.Label+m.Point.String()]:
			t.Fatalf("%q: %s twice", query, m.Label)
		}
		seen[m.Label+m.Point.String()] = true
	}
}

func TestSearchLaws(t *testing.T) {
	x, src := seattleIndex(t), seattleSource(t)
	queries := hurriedQueries(src, 400)
	rapid.Check(t, func(t *rapid.T) {
		query := rapid.SampledFrom(queries).Draw(t, "query")
		near := &geo.Point{Lon: rapid.Int32Range(-1224500000, -1222000000).Draw(t, "lon"), Lat: rapid.Int32Range(474800000, 477400000).Draw(t, "lat")}
		if rapid.Bool().Draw(t, "nowhere") {
			near = nil
		}
		limit := rapid.IntRange(1, ResultsMax).Draw(t, "limit")
		list := x.Search(query, near, limit)
		lawful(t, x, query, near, limit, list)
		again := x.Search(query, near, limit)
		for i := range list {
			if list[i].Label != again[i].Label || list[i].Point != again[i].Point {
				t.Fatalf("%q: the second answer is another", query)
			}
		}
	})
}

// TestManyReaders is for the race detector.
func TestManyReaders(t *testing.T) {
	x := seattleIndex(t)
	queries := hurriedQueries(seattleSource(t), 100)
	var all sync.WaitGroup
	for range 4 {
		all.Add(1)
		go func() {
			defer all.Done()
			for _, q := range queries {
				x.Search(q, &x.centre, 5)
				x.Reverse(x.centre)
			}
		}()
	}
	all.Wait()
}

// TestReverseIsNearest compares with a look at every row.
func TestReverseIsNearest(t *testing.T) {
	x := seattleIndex(t)
	rapid.Check(t, func(t *rapid.T) {
		p := geo.Point{Lon: rapid.Int32Range(-1224800000, -1221800000).Draw(t, "lon"), Lat: rapid.Int32Range(474600000, 477600000).Draw(t, "lat")}
		nearest := ReverseReach + 1
		for _, s := range x.spots.spots {
			nearest = min(nearest, geo.Distance(p, x.at(s)))
		}
		m, ok := x.Reverse(p)
		if ok != (nearest <= ReverseReach) || ok && (m.Distance != nearest || geo.Distance(p, m.Point) != nearest) {
			t.Fatalf("%v: %+v, %v; the nearest is %d mm away", p, m, ok, nearest)
		}
	})
	if _, ok := x.Reverse(geo.Point{Lat: 2_000_000_000}); ok {
		t.Error("off the planet something is near")
	}
	if _, ok := New(Source{}).Reverse(geo.Point{}); ok {
		t.Error("nothing is near something")
	}
}

// TestBadRows: rows that name no street or place are left out, not believed.
func TestBadRows(t *testing.T) {
	off := geo.Point{Lat: 2_000_000_000}
	here := degrees(47.6, -122.3)
	x := New(Source{
		Streets:   []string{"", "Pine St", "12 Av"},
		Blocks:    []Block{{9, 100, here}, {0, 100, here}, {1, -100, here}, {1, 100, off}, {1, 1 << 30, here}},
		Crossings: []Crossing{{1, 1, here}, {1, 7, here}, {1, 2, off}},
		Places:    []Place{{Name: "", Point: here}, {Name: "Somewhere", Point: off}, {Name: "!!!", Point: here}},
		Addresses: []Address{{1, "", here}, {1, "a", here}, {5, "12", here}, {1, "12345678", here}},
		Pieces:    []Piece{{4, here, here}, {1, off, here}},
	})
	if len(x.blocks)+len(x.crossings)+len(x.houses)+len(x.lines) != 0 || len(x.places) != 1 {
		t.Errorf("kept %v %v %v %v %v", x.blocks, x.crossings, x.houses, x.lines, x.places)
	}
	for _, q := range []string{"pine st", "100 pine", "somewhere", "!!!", "pine/12 av"} {
		if list := x.Search(q, nil, 5); len(list) != 0 {
			t.Errorf("%q: found %v", q, list)
		}
	}
}

// TestDistance compares the banded distance with the plain definition.
func TestDistance(t *testing.T) {
	plain := func(a, b []rune) int {
		d := make([][]int, len(a)+1)
		for i := range d {
			d[i] = make([]int, len(b)+1)
			for j := range d[i] {
				switch {
				case i == 0 || j == 0:
					d[i][j] = i + j
					continue
				case a[i-1] == b[j-1]:
					d[i][j] = d[i-1][j-1]
				default:
					d[i][j] = 1 + min(d[i-1][j-1], d[i-1][j], d[i][j-1])
				}
				if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
					d[i][j] = min(d[i][j], d[i-2][j-2]+1)
				}
			}
		}
		return d[len(a)][len(b)]
	}
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.SliceOfN(rapid.RuneFrom([]rune("abcé")), 0, 10)
		a, b := word.Draw(t, "a"), word.Draw(t, "b")
		if rapid.Bool().Draw(t, "alike") {
			b = append([]rune{}, a...)
			for range rapid.IntRange(0, 3).Draw(t, "edits") {
				if len(b) > 1 {
					i := rapid.IntRange(1, len(b)-1).Draw(t, "at")
					b[i], b[i-1] = b[i-1], b[i]
				}
				b = append(b, 'a')
			}
		}
		for limit := 1; limit <= 2; limit++ {
			want, got := min(plain(a, b), limit+1), distance(a, b, limit)
			if got != want || distance(b, a, limit) != want {
				t.Fatalf("%s and %s are %d apart, at most %d: got %d", string(a), string(b), plain(a, b), limit, got)
			}
		}
	})
}

func FuzzSearch(f *testing.F) {
	for _, q := range hostile {
		f.Add(q, int32(-1223200000), int32(476100000))
	}
	for _, q := range []string{"1519 12th ave #4, Seattle WA 98122", "11th & pine", `47°36'54"N 122°19'05"W`, "10TET5125773853", "84VVJM8J+22", "8J+22"} {
		f.Add(q, int32(0), int32(0))
	}
	src := seattleSource(f)
	src.Addresses = []Address{{1, "15", src.Blocks[0].Point}, {2, "1622 1/2", src.Blocks[1].Point}}
	x := New(src)
	f.Fuzz(func(t *testing.T, query string, lon, lat int32) {
		near := geo.Point{Lon: lon, Lat: lat}
		if !near.Valid() {
			lawful(t, x, query, nil, 10, x.Search(query, &near, 10))
			return
		}
		lawful(t, x, query, &near, 10, x.Search(query, &near, 10))
		if m, ok := x.Reverse(near); ok && (m.Distance < 0 || m.Distance > ReverseReach) {
			t.Fatalf("reverse of %v: %+v", near, m)
		}
	})
}

// FuzzSource makes an index of whatever is given.
func FuzzSource(f *testing.F) {
	f.Add("12 Av", "E Pine St", "Park", 1500, int32(1), int32(2), int32(3), int32(4), "1519A")
	f.Fuzz(func(t *testing.T, one, two, place string, number int, a, b, c, d int32, house string) {
		p, q := geo.Point{Lon: a, Lat: b}, geo.Point{Lon: c, Lat: d}
		x := New(Source{
			Streets: []string{one, two}, Blocks: []Block{{0, number, p}, {0, number + 100, q}, {1, number, q}},
			Crossings: []Crossing{{0, 1, p}, {1, 0, q}}, Places: []Place{{Name: place, Kind: one, Aliases: []string{two}, Point: q}},
			Addresses: []Address{{0, house, p}, {1, house, q}}, Pieces: []Piece{{0, p, q}, {1, q, p}}, Ignored: []string{place},
		})
		for _, query := range []string{one, two, place, one + " / " + two, house + " " + one, "100 block of " + two} {
			lawful(t, x, query, nil, 5, x.Search(query, nil, 5))
		}
		x.Reverse(p)
	})
}
