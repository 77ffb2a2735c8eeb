package gazetteer

import (
	"encoding/csv"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/everycall/everycall/geo"
)

// The accuracy that DECISIONS asks for ("Gazetteer"), in per cent.
const (
	heldOutFloor = 85 // … of rows held out are found within 150 m
	fireFloor    = 90 // … of located fire incidents within 200 m
	tablesFloor  = 99 // … of the tables' rows find themselves first
)

// rawTable reads a file of the city's open data, which lies beside a checkout of
// the project, not in it.
func rawTable(t *testing.T, name string) []map[string]string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		if dir == filepath.Dir(dir) {
			t.Fatal("no go.mod above the test")
		}
		dir = filepath.Dir(dir)
	}
	file, err := os.Open(filepath.Join(dir, "..", "shared", "data", "seattle", name))
	if err != nil {
		t.Skipf("the city's open data is not beside this checkout: %v", err)
	}
	defer file.Close()
	all, err := csv.NewReader(file).ReadAll()
	if err != nil || len(all) < 2 {
		t.Fatalf("%s: %d rows, %v", name, len(all), err)
	}
	rows := make([]map[string]string, len(all)-1)
	for i, r := range all[1:] {
		rows[i] = map[string]string{}
		for j, column := range all[0] {
			rows[i][column] = r[j]
		}
	}
	return rows
}

func percent(part, whole int) float64 { return 100 * float64(part) / float64(max(whole, 1)) }

// TestHeldOutBlocks leaves a tenth of the hundred-blocks out, where their street
// keeps others, and asks for them by name: once with the pack's street geometry
// and once without any. The pack's streets were named with the help of these
// rows, those without geometry were not: the second figure owes them nothing.
func TestHeldOutBlocks(t *testing.T) {
	full := seattleSource(t)
	for _, c := range []struct {
		name   string
		pieces []Piece
	}{{"with streets", full.Pieces}, {"without streets", nil}} {
		dice := rand.New(rand.NewPCG(2026, 15))
		src := full
		src.Blocks, src.Pieces = nil, c.pieces
		var left []Block
		for _, b := range full.Blocks {
			if dice.IntN(10) == 0 {
				left = append(left, b)
			} else {
				src.Blocks = append(src.Blocks, b)
			}
		}
		x := New(src)
		asked, near, wide, claimed := 0, 0, 0, 0
		for _, b := range left {
			if street, ok := x.street(b.Street); !ok || len(x.blocksAt(street)) == 0 {
				continue
			}
			asked++
			// Nothing but the words is given: not where to look.
			found := x.Search(blockLabel(b.Number, full.Streets[b.Street]), nil, 1)
			if len(found) == 0 {
				continue
			}
			d := geo.Distance(found[0].Point, b.Point)
			if d <= 150_000 {
				near++
			}
			if d <= 300_000 {
				wide++
			}
			if d <= found[0].Within {
				claimed++
			}
		}
		t.Logf("%s: of %d blocks held out %.1f %% are found within 150 m, %.1f %% within 300 m, %.1f %% within what the match says",
			c.name, asked, percent(near, asked), percent(wide, asked), percent(claimed, asked))
		if asked < 1000 || percent(near, asked) < heldOutFloor || percent(claimed, asked) < 90 {
			t.Errorf("%s: below %d %%", c.name, heldOutFloor)
		}
	}
}

// TestTablesFindThemselves asks for every hundred-block and intersection: of the
// pack, as it is shipped, and of the city's tables, as they are written there (an
// index made of the tables themselves, ramps and all).
func TestTablesFindThemselves(t *testing.T) {
	x := seattleIndex(t)
	pack := seattleSource(t)
	t.Run("blocks shipped", func(t *testing.T) {
		findThemselves(t, x, pack.Blocks, func(b Block) (string, geo.Point) {
			return blockLabel(b.Number, pack.Streets[b.Street]), b.Point
		})
	})
	t.Run("crossings shipped", func(t *testing.T) {
		shipped, err := seattlePack()
		if err != nil {
			t.Fatal(err)
		}
		findThemselves(t, x, pack.Crossings[:len(shipped.Intersections)], func(c Crossing) (string, geo.Point) {
			return pack.Streets[c.A] + " / " + pack.Streets[c.B], c.Point
		})
	})
	blocks, crossings := rawTable(t, "seattle_hundred_blocks.csv"), rawTable(t, "seattle_intersections.csv")
	src, at := Source{}, map[string]uint32{}
	street := func(name string) uint32 {
		i, ok := at[name]
		if !ok {
			i = uint32(len(src.Streets))
			at[name] = i
			src.Streets = append(src.Streets, name)
		}
		return i
	}
	rawPoint := func(r map[string]string) geo.Point {
		p, err := geo.ParsePoint(r["lon"], r["lat"])
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	for _, r := range blocks {
		number, err := strconv.Atoi(r["block_from"])
		if err != nil { // "XX BLOCK OF W LEE ST": the first hundred, its street in raw
			number = 0
		}
		src.Blocks = append(src.Blocks, Block{street(strings.TrimPrefix(r["street"], "XX BLOCK OF ")), number, rawPoint(r)})
	}
	for _, r := range crossings {
		src.Crossings = append(src.Crossings, Crossing{street(r["street_a"]), street(r["street_b"]), rawPoint(r)})
	}
	raw := New(src)
	t.Run("blocks as written", func(t *testing.T) {
		findThemselves(t, raw, blocks, func(r map[string]string) (string, geo.Point) { return r["raw"], rawPoint(r) })
	})
	t.Run("crossings as written", func(t *testing.T) {
		findThemselves(t, raw, crossings, func(r map[string]string) (string, geo.Point) {
			return r["street_a"] + " / " + r["street_b"], rawPoint(r)
		})
	})
}

func findThemselves[T any](t *testing.T, x *Index, rows []T, ask func(T) (string, geo.Point)) {
	first := 0
	var missed []string
	for _, r := range rows {
		text, at := ask(r)
		if found := x.Search(text, nil, 1); len(found) > 0 && geo.Distance(found[0].Point, at) <= 30_000 {
			first++
		} else {
			missed = append(missed, text)
		}
	}
	t.Logf("of %d rows %.2f %% find themselves first; not so: %s …", len(rows), percent(first, len(rows)), strings.Join(missed[:min(len(missed), 15)], "; "))
	if percent(first, len(rows)) < tablesFloor {
		t.Errorf("below %d %%", tablesFloor)
	}
}

// TestFireIncidents asks for the places of a month of fire incidents. Those that
// the source located, to 0.001° and mostly from the same tables, must be found
// near there; of the others it is only counted how many are found at all.
func TestFireIncidents(t *testing.T) {
	x := seattleIndex(t)
	located, near, resolved, rest, restResolved := 0, 0, 0, 0, 0
	var missed []string
	for _, r := range rawTable(t, "sfd_incidents_2017_hundred_block.csv") {
		found := x.Search(r["location"], nil, 1)
		// A street alone is no place.
		ok := len(found) > 0 && found[0].Kind != KindStreet
		if r["lon"] == "" || r["lat"] == "" {
			rest++
			if ok {
				restResolved++
			}
			continue
		}
		at, err := geo.ParsePoint(r["lon"], r["lat"])
		if err != nil {
			t.Fatal(err)
		}
		located++
		if !ok {
			continue
		}
		resolved++
		if geo.Distance(found[0].Point, at) <= 200_000 {
			near++
		} else if len(missed) < 12 {
			missed = append(missed, r["location"])
		}
	}
	t.Logf("of %d located incidents %.2f %% resolve, %.2f %% of those within 200 m (%.2f %% of all); of %d not located %.1f %% resolve; far: %s",
		located, percent(resolved, located), percent(near, resolved), percent(near, located), rest, percent(restResolved, rest), strings.Join(missed, "; "))
	if percent(near, located) < fireFloor {
		t.Errorf("below %d %%", fireFloor)
	}
}
