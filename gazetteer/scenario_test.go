package gazetteer

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"github.com/everycall/everycall/geo"
)

// TestScenarios runs the searches of testdata/*.txt: over Seattle's pack or, in
// a file that begins with a "source" block, over the source written there.
func TestScenarios(t *testing.T) {
	datadriven.Walk(t, "testdata", func(t *testing.T, path string) {
		if info, err := os.Stat(path); err != nil || info.IsDir() || !strings.HasSuffix(path, ".txt") {
			return
		}
		var x *Index
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			if d.Cmd == "source" {
				src := readSource(t, d.Input)
				x = New(src)
				return fmt.Sprintf("%d streets\n", len(src.Streets))
			}
			if x == nil {
				x = seattleIndex(t)
			}
			switch d.Cmd {
			case "search":
				var near *geo.Point
				for _, arg := range d.CmdArgs {
					if arg.Key == "near" {
						p, err := geo.ParsePoint(arg.Vals[1], arg.Vals[0])
						if err != nil {
							t.Fatal(err)
						}
						near = &p
					}
				}
				limit := 4
				d.MaybeScanArgs(t, "limit", &limit)
				return showMatches(x.Search(strings.Trim(d.Input, "\n"), near, limit))
			case "reverse":
				lat, lon, _ := strings.Cut(d.Input, ",")
				p, err := geo.ParsePoint(strings.TrimSpace(lon), strings.TrimSpace(lat))
				if err != nil {
					t.Fatal(err)
				}
				m, ok := x.Reverse(p)
				if !ok {
					return "nothing near\n"
				}
				return fmt.Sprintf("%s [%s], %d m\n", m.Label, m.Kind, m.Distance/1000)
			}
			t.Fatalf("no command %q", d.Cmd)
			return ""
		})
	})
}

func showMatches(list []Match) string {
	if len(list) == 0 {
		return "nothing\n"
	}
	var b strings.Builder
	for _, m := range list {
		kind := string(m.Kind)
		if m.Place != "" {
			kind += ": " + m.Place
		}
		fmt.Fprintf(&b, "%s [%s] %s, within %d m", m.Label, kind, m.Point, m.Within/1000)
		if m.Distance >= 0 {
			fmt.Fprintf(&b, ", %d m away", m.Distance/1000)
		}
		if !m.Exact {
			b.WriteString(", guessed")
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// readSource reads one row a line: "block 1500 | 12 Av | 47.6 -122.3",
// "address 1519A | …", "crossing 12 Av | Pine St | …", "place park | Name |
// alias | …", "piece Pine St | 47.6 -122.3 | 47.6 -122.2", "ignored Seattle".
func readSource(t *testing.T, text string) Source {
	var src Source
	src.Streets = []string{""}
	street := func(name string) uint32 {
		for i, s := range src.Streets {
			if s == name {
				return uint32(i)
			}
		}
		src.Streets = append(src.Streets, name)
		return uint32(len(src.Streets) - 1)
	}
	point := func(text string) geo.Point {
		f := strings.Fields(text)
		p, err := geo.ParsePoint(f[1], f[0])
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	for _, row := range strings.Split(strings.TrimSpace(text), "\n") {
		f := strings.Split(row, "|")
		for i := range f {
			f[i] = strings.TrimSpace(f[i])
		}
		kind, first, _ := strings.Cut(f[0], " ")
		last := f[len(f)-1]
		switch kind {
		case "block":
			n, _ := strconv.Atoi(first)
			src.Blocks = append(src.Blocks, Block{street(f[1]), n, point(last)})
		case "address":
			src.Addresses = append(src.Addresses, Address{street(f[1]), first, point(last)})
		case "crossing":
			src.Crossings = append(src.Crossings, Crossing{street(first), street(f[1]), point(last)})
		case "place":
			src.Places = append(src.Places, Place{Kind: first, Name: f[1], Aliases: f[2 : len(f)-1], Point: point(last)})
		case "piece":
			src.Pieces = append(src.Pieces, Piece{street(first), point(f[1]), point(last)})
		case "ignored":
			src.Ignored = append(src.Ignored, first)
		default:
			t.Fatalf("row %q", row)
		}
	}
	return src
}
