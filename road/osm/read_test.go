package osm

import (
	"bytes"
	"fmt"
	"go/build"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/everycall/everycall/city"
	"github.com/everycall/everycall/geo"
	"github.com/everycall/everycall/road"
	"github.com/everycall/everycall/road/osm/pbf"
	"github.com/everycall/everycall/road/osm/pbf/pbftest"
)

// node is a node on a grid of 0.001 degree at 10 E 50 N.
func node(id, x, y int64, text string) pbf.Node {
	return pbf.Node{ID: id, Lon: 10_000_000_000 + x*1_000_000, Lat: 50_000_000_000 + y*1_000_000, Tags: tags(text)}
}

func line(id int64, text string, refs ...int64) pbf.Way {
	return pbf.Way{ID: id, Refs: refs, Tags: tags(text)}
}

func turn(id int64, text string, from, via, to int64) pbf.Relation {
	return pbf.Relation{ID: id, Tags: tags("type=restriction " + text), Members: []pbf.Member{{Type: pbf.WayMember, ID: from, Role: "from"}, {Type: pbf.NodeMember, ID: via, Role: "via"}, {Type: pbf.WayMember, ID: to, Role: "to"}}}
}

func write(nodes []pbf.Node, ways []pbf.Way, relations []pbf.Relation) *pbftest.File {
	f := pbftest.New()
	f.Nodes(nodes...)
	f.Ways(ways...)
	f.Relations(relations...)
	return f
}

func read(t testing.TB, data []byte) *Result {
	t.Helper()
	got, err := Read(bytes.NewReader(data), int64(len(data)), nil)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// streets writes down a network, a line for each piece, ban and barrier. Names stand
// for ways and grid places for nodes.
func streets(n road.Network) (out []string) {
	at := func(i road.Node) string {
		return fmt.Sprintf("%d,%d", (n.Points[i].Lon-100_000_000)/10_000, (n.Points[i].Lat-500_000_000)/10_000)
	}
	for _, e := range n.Edges {
		text := fmt.Sprintf("%s %s %s-%s %s %s", n.Names[e.Name], e.Class, at(e.From), at(e.To), letters(e.Forward), letters(e.Backward))
		if e.Local != 0 {
			text += " local " + letters(e.Local)
		}
		if e.Limit != 0 {
			text += fmt.Sprint(" ", e.Limit)
		}
		out = append(out, text)
	}
	for _, b := range n.Bans {
		out = append(out, fmt.Sprintf("ban %s>%s at %s %s", n.Names[n.Edges[b.From].Name], n.Names[n.Edges[b.To].Name], at(b.Via), letters(b.For)))
	}
	for _, b := range n.Barriers {
		out = append(out, fmt.Sprintf("barrier %s %s", at(b.Node), letters(b.For)))
	}
	slices.Sort(out)
	return out
}

func same(t *testing.T, got []string, want ...string) {
	t.Helper()
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("got\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

func counts(list []Count) string {
	var out []string
	for _, c := range list {
		out = append(out, fmt.Sprintf("%d %s", c.Count, c.What))
	}
	return strings.Join(out, "; ")
}

func TestAOneWayIsOneWayHoweverItsNodesAreNumbered(t *testing.T) {
	got := read(t, write(
		[]pbf.Node{node(1, 0, 0, ""), node(2, 1, 0, ""), node(3, 2, 0, ""), node(4, 3, 0, "")},
		[]pbf.Way{
			line(10, "highway=residential name=East oneway=yes maxspeed=30", 1, 2),
			line(11, "highway=residential name=West oneway=yes", 3, 2),
			line(12, "highway=residential name=Back oneway=-1", 3, 4),
		}, nil).Bytes)
	same(t, streets(got.Network),
		"East street 0,0-1,0 PEAFB F 30",
		"West street 1,0-2,0 F PEAFB",
		"Back street 2,0-3,0 F PEAFB")
}

func TestBendsStayAndPrivateAndDestinationAreLocal(t *testing.T) {
	got := read(t, write(
		[]pbf.Node{node(1, 0, 0, ""), node(2, 1, 0, ""), node(3, 1, 1, ""), node(4, 2, 1, "")},
		[]pbf.Way{
			line(10, "highway=service name=Drive access=private", 1, 2, 3),
			line(11, "highway=residential name=Court motor_vehicle=destination", 3, 4),
			line(12, "highway=residential name=Gone access=no", 1, 4),
		}, nil).Bytes)
	same(t, streets(got.Network),
		"Drive service 0,0-1,0 PEA PEA local PEA",
		"Drive service 1,0-1,1 PEA PEA local PEA",
		"Court street 1,1-2,1 PEAFB PEAFB local PEA")
	if r := got.Report; r.Ways != 3 || r.WaysKept != 2 || counts(r.WaysLeftOut) != "1 nobody may use it" {
		t.Errorf("%+v", r)
	}
}

// cross is four streets that meet at node 5, from west, north, east and south; the
// east one leads away only.
func cross(relations ...pbf.Relation) *pbftest.File {
	return write(
		[]pbf.Node{node(1, 0, 1, ""), node(2, 1, 2, ""), node(3, 2, 1, ""), node(4, 1, 0, ""), node(5, 1, 1, "")},
		[]pbf.Way{
			line(10, "highway=residential name=W", 1, 5), line(11, "highway=residential name=N", 5, 2),
			line(12, "highway=residential name=E oneway=yes", 5, 3), line(13, "highway=residential name=S", 4, 5),
			line(14, "highway=footway name=F", 5, 6), line(15, "highway=construction name=C", 5, 1),
			line(16, "highway=residential name=A", 1, 4),
		}, relations)
}

func onlyBans(n road.Network) (out []string) {
	for _, text := range streets(n) {
		if strings.HasPrefix(text, "ban") {
			out = append(out, text)
		}
	}
	return out
}

func TestRestrictions(t *testing.T) {
	for _, c := range []struct {
		name     string
		relation pbf.Relation
		bans     []string
		leftOut  string
	}{
		{"no", turn(1, "restriction=no_left_turn", 10, 5, 11), []string{"ban W>N at 1,1 PEAB"}, ""},
		{"no, a bicycle may", turn(1, "restriction=no_left_turn except=bicycle", 10, 5, 11), []string{"ban W>N at 1,1 PEA"}, ""},
		{"only", turn(1, "restriction=only_straight_on", 10, 5, 12), []string{"ban W>N at 1,1 PEAB", "ban W>S at 1,1 PEAB", "ban W>W at 1,1 PEAB"}, ""},
		{"only, and away from a street that leads away", turn(1, "restriction=only_right_turn", 10, 5, 13), []string{"ban W>N at 1,1 PEAB", "ban W>E at 1,1 PEAB", "ban W>W at 1,1 PEAB"}, ""},
		{"no way back", turn(1, "restriction=no_u_turn", 10, 5, 10), []string{"ban W>W at 1,1 PEAB"}, ""},
		{"from a street that leads away", turn(1, "restriction=no_left_turn", 12, 5, 13), nil, "1 " + banIdle},
		{"to what is not there", turn(1, "restriction=no_left_turn", 10, 5, 99), nil, "1 " + banAbsent},
		{"over what is not there", turn(1, "restriction=no_left_turn", 10, 99, 11), nil, "1 " + banAbsent},
		{"to what is being built", turn(1, "restriction=no_left_turn", 10, 5, 15), nil, "1 " + banLeftOut},
		{"over a node elsewhere", turn(1, "restriction=no_left_turn", 10, 1, 11), nil, "1 " + banApart},
		{"at times", turn(1, "restriction:conditional=no_left_turn", 10, 5, 11), nil, "1 " + banTimes},
		{"no entry", pbf.Relation{Tags: tags("type=restriction restriction=no_entry"), Members: []pbf.Member{
			{Type: pbf.WayMember, ID: 10, Role: "from"}, {Type: pbf.WayMember, ID: 13, Role: "from"}, {Type: pbf.NodeMember, ID: 5, Role: "via"}, {Type: pbf.WayMember, ID: 11, Role: "to"}}},
			[]string{"ban W>N at 1,1 PEAB", "ban S>N at 1,1 PEAB"}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := read(t, cross(c.relation).Bytes)
			same(t, onlyBans(got.Network), c.bans...)
			if text := counts(got.Report.RestrictionsLeftOut); text != c.leftOut {
				t.Errorf("left out: %s, want %s", text, c.leftOut)
			}
			if kept := got.Report.RestrictionsKept; kept != min(len(c.bans), 1) || got.Report.Restrictions != 1 {
				t.Errorf("%d kept", kept)
			}
			if _, err := road.New(got.Network); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestTwoRestrictionsOfOneTurnAreOneBan(t *testing.T) {
	got := read(t, cross(turn(1, "restriction:motorcar=no_left_turn", 10, 5, 11), turn(2, "restriction:bicycle=no_left_turn", 10, 5, 11)).Bytes)
	same(t, onlyBans(got.Network), "ban W>N at 1,1 PEAB")
}

func TestAWayThatIsNotSplit(t *testing.T) {
	data := func(oneway string) []byte {
		return write(
			[]pbf.Node{node(1, 0, 1, ""), node(2, 1, 1, ""), node(3, 2, 1, ""), node(4, 1, 2, "")},
			[]pbf.Way{line(10, "highway=residential name=Long "+oneway, 1, 2, 3), line(11, "highway=residential name=Side", 2, 4)},
			[]pbf.Relation{turn(1, "restriction=no_left_turn", 10, 2, 11), turn(2, "restriction=no_u_turn", 10, 2, 10)}).Bytes
	}
	got := read(t, data("oneway=no")) // which end is meant cannot be known, but for turning back
	same(t, onlyBans(got.Network), "ban Long>Long at 1,1 PEAB", "ban Long>Long at 1,1 PEAB")
	if counts(got.Report.RestrictionsLeftOut) != "1 "+banAmbiguous {
		t.Errorf("%v", got.Report.RestrictionsLeftOut)
	}
	got = read(t, data("oneway=yes")) // only one end leads to the node
	same(t, onlyBans(got.Network), "ban Long>Side at 1,1 PEAB")
}

func TestBarriersOnStreets(t *testing.T) {
	got := read(t, write(
		[]pbf.Node{
			node(1, 0, 0, "barrier=bollard"), node(2, 1, 0, "barrier=bollard"), node(3, 2, 0, "barrier=gate"), node(4, 3, 0, "barrier=gate locked=yes"),
			node(5, 4, 0, "barrier=stile"), node(6, 5, 0, ""), node(9, 9, 9, "barrier=bollard"),
		},
		[]pbf.Way{line(10, "highway=residential name=A", 1, 2, 3, 4), line(11, "highway=footway name=B", 4, 5, 6)}, nil).Bytes)
	// The first is at a dead end, the third lets everybody through, the fifth stops
	// none of those that may come there, and the last is on no street.
	same(t, streets(got.Network),
		"A street 0,0-1,0 PEAFB PEAFB", "A street 1,0-2,0 PEAFB PEAFB", "A street 2,0-3,0 PEAFB PEAFB",
		"B footpath 3,0-4,0 F F", "B footpath 4,0-5,0 F F",
		"barrier 1,0 PEA", "barrier 3,0 PEAFB")
	if r := got.Report; r.Barriers != 5 || r.BarriersKept != 2 {
		t.Errorf("%d of %d", r.BarriersKept, r.Barriers)
	}
}

func TestNodesAtOnePlaceAndNodesThatAreMissing(t *testing.T) {
	twin := node(3, 1, 0, "")
	twin.Lon += 400 // 0.4 of the precision: the same place
	got := read(t, write(
		[]pbf.Node{node(1, 0, 0, ""), node(2, 1, 0, ""), twin, node(4, 2, 0, ""), node(6, 4, 0, ""), node(7, 5, 0, "")},
		[]pbf.Way{
			line(10, "highway=residential name=A", 1, 2, 3, 4),
			line(11, "highway=residential name=B", 4, 5, 6, 7), // 5 is not there
			line(12, "highway=residential name=C", 7, 7),
		}, nil).Bytes)
	same(t, streets(got.Network), "A street 0,0-1,0 PEAFB PEAFB", "A street 1,0-2,0 PEAFB PEAFB", "B street 4,0-5,0 PEAFB PEAFB")
	if r := got.Report; r.NodesJoined != 1 || r.NodesMissing != 1 || r.Nodes != 5 {
		t.Errorf("%+v", r)
	}
	if !slices.ContainsFunc(got.Report.Warnings, func(w string) bool { return strings.Contains(w, "no relations") }) {
		t.Errorf("warnings %v", got.Report.Warnings)
	}
}

func TestTooLongAndOffThePlanet(t *testing.T) {
	got := read(t, write(
		[]pbf.Node{node(1, 0, 0, ""), node(2, 1, 0, ""), node(3, 20_000, 0, ""), node(4, 1_000_000, 0, "")},
		[]pbf.Way{line(10, "highway=residential name=A", 1, 2, 3), line(11, "highway=residential", 2, 4)}, nil).Bytes)
	same(t, streets(got.Network), "A street 0,0-1,0 PEAFB PEAFB")
	if r := got.Report; r.TooLong != 1 || r.OffPlanet != 1 || r.NodesMissing != 1 {
		t.Errorf("%+v", r)
	}
}

func TestNamesPlacesAndAddresses(t *testing.T) {
	got := read(t, write(
		[]pbf.Node{
			node(1, 0, 0, ""), node(2, 10, 0, ""), node(3, 0, 10, "name=Corner%20Shop shop=bakery"), node(4, 4, 4, "addr:housenumber=7 addr:street=Main"),
			node(5, 0, 2, ""), node(6, 2, 4, ""), node(7, 8, 8, "addr:housenumber=9"), node(8, 8, 9, ""), node(9, 10, 11, ""),
		},
		[]pbf.Way{
			line(10, "highway=primary name=Main alt_name=High ref=A1;B2", 1, 2),
			line(11, "highway=motorway ref=I%205;I%2090", 2, 1),
			line(12, "building=school amenity=school name=School addr:housenumber=12;10 addr:street=Unbuilt", 5, 6, 5),
			line(13, "", 8, 9),
			line(14, "building=yes addr:housenumber=1 addr:street=Far", 98, 99),
		},
		[]pbf.Relation{{ID: 1, Tags: tags("type=multipolygon leisure=park name=Park"), Members: []pbf.Member{{Type: pbf.WayMember, ID: 13, Role: "outer"}, {Type: pbf.WayMember, ID: 12, Role: "inner"}}}},
	).Bytes)
	if want := []string{"", "Main", "I 5", "Unbuilt", "Far"}; !slices.Equal(got.Network.Names, want) {
		t.Errorf("names %q", got.Network.Names)
	}
	at := func(x, y int32) geo.Point { return geo.Point{Lon: 100_000_000 + x*10_000, Lat: 500_000_000 + y*10_000} }
	wantPlaces := []city.Place{
		{Name: "Corner Shop", Kind: "bakery", Point: at(0, 10)},
		{Name: "I 5", Kind: city.KindStreet, Aliases: []string{"I 90"}, Point: at(0, 0)},
		{Name: "Main", Kind: city.KindStreet, Aliases: []string{"High", "A1", "B2"}, Point: at(10, 0)},
		{Name: "Park", Kind: "park", Point: at(9, 10)},
		{Name: "School", Kind: "school", Point: at(1, 3)},
	}
	if !reflect.DeepEqual(got.Places, wantPlaces) {
		t.Errorf("places %+v", got.Places)
	}
	wantAddresses := []city.Address{{Street: 1, Number: "7", Point: at(4, 4)}, {Street: 3, Number: "10", Point: at(1, 3)}, {Street: 3, Number: "12", Point: at(1, 3)}}
	if !reflect.DeepEqual(got.Addresses, wantAddresses) {
		t.Errorf("addresses %+v", got.Addresses)
	}
	if text := counts(got.Report.AddressesLeftOut); text != "1 its nodes are not in the file; 1 no addr:street" {
		t.Errorf("left out %s", text)
	}
}

func TestNothingToImport(t *testing.T) {
	for name, f := range map[string]*pbftest.File{
		"no ways":  write([]pbf.Node{node(1, 0, 0, "")}, nil, nil),
		"no nodes": write(nil, []pbf.Way{line(1, "highway=primary", 1, 2)}, nil),
		"no roads": write([]pbf.Node{node(1, 0, 0, ""), node(2, 1, 0, "")}, []pbf.Way{line(1, "building=yes", 1, 2)}, nil),
	} {
		if _, err := Read(bytes.NewReader(f.Bytes), int64(len(f.Bytes)), nil); err == nil || !strings.Contains(err.Error(), "no road") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A file cut anywhere is refused; where it is cut between blocks, which the form does
// not let a reader see, what is missing is an error or a warning.
func TestACutFileIsNoticed(t *testing.T) {
	whole := cross(turn(1, "restriction=no_left_turn", 10, 5, 11))
	for cut := range whole.Bytes {
		got, err := Read(bytes.NewReader(whole.Bytes[:cut]), int64(cut), nil)
		if err == nil && (cut != whole.Ends[2] || len(got.Report.Warnings) == 0) {
			t.Errorf("cut at %d of %d it is read without a word", cut, len(whole.Bytes))
		}
	}
}

func TestTheOrderOfBlocksDoesNotMatter(t *testing.T) {
	relation := turn(1, "restriction=no_left_turn", 10, 3, 11)
	nodes := []pbf.Node{node(1, 0, 0, ""), node(2, 1, 1, ""), node(3, 1, 0, "barrier=bollard")}
	ways := []pbf.Way{line(10, "highway=primary name=A", 1, 3), line(11, "highway=primary name=B", 3, 2)}
	backward := pbftest.New()
	backward.Relations(relation)
	backward.Ways(ways...)
	backward.PlainNodes(nodes[2], nodes[0], nodes[1])
	one, other := read(t, write(nodes, ways, []pbf.Relation{relation}).Bytes), read(t, backward.Bytes)
	if !reflect.DeepEqual(one.Network, other.Network) {
		t.Errorf("%+v\n%+v", one.Network, other.Network)
	}
}

func TestProgressReachesTheEnd(t *testing.T) {
	data := cross().Bytes
	var steps []string
	last := int64(0)
	_, err := Read(bytes.NewReader(data), int64(len(data)), func(step string, done, total int64) {
		if len(steps) == 0 || steps[len(steps)-1] != step {
			steps = append(steps, step)
		}
		last = done
		if done > total || total != int64(len(data)) {
			t.Errorf("%d of %d", done, total)
		}
	})
	if err != nil || last != int64(len(data)) || !slices.Equal(steps, []string{"relations", "ways", "nodes"}) {
		t.Errorf("%v, %v, %d", err, steps, last)
	}
}

// extracts are real files, which a clone need not have: those of the shared data, and
// the one that a known Go module carries for its tests.
func extracts(t testing.TB) []string {
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
	found, _ := filepath.Glob(filepath.Join(dir, "..", "shared", "data", "osm", "*.osm.pbf"))
	cache := os.Getenv("GOMODCACHE")
	if cache == "" {
		cache = filepath.Join(build.Default.GOPATH, "pkg", "mod")
	}
	if delaware := filepath.Join(cache, "github.com", "paulmach", "osm@v0.8.0", "testdata", "delaware-latest.osm.pbf"); exists(delaware) {
		found = append(found, delaware)
	}
	if len(found) == 0 {
		t.Skip("no OpenStreetMap extract is here; the rules are tested on small ones")
	}
	return found
}

func exists(path string) bool { _, err := os.Stat(path); return err == nil }

func TestRealExtracts(t *testing.T) {
	for _, path := range extracts(t) {
		t.Run(filepath.Base(path), func(t *testing.T) {
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			got := read(t, data)
			r := got.Report
			t.Logf("%d nodes, %d edges, %d bans, %d barriers, %d places, %d addresses", r.Nodes, r.Edges, r.Bans, len(got.Network.Barriers), r.Places, r.Addresses)
			if r.Nodes < 20_000 || r.Bans < 15 || r.WaysKept*10 < r.Ways*9 || r.NotUnderstoodTotal*100 > r.Ways || len(r.Warnings) > 0 {
				t.Errorf("%+v", r)
			}
			for _, p := range got.Network.Points {
				if p != city.Quantise(p) {
					t.Fatalf("%v is finer than packs are", p)
				}
			}
			g, err := road.New(got.Network)
			if err != nil {
				t.Fatal(err)
			}
			if g.MainlandCount()*100 < g.NodeCount()*95 {
				t.Errorf("mainland %d of %d", g.MainlandCount(), g.NodeCount())
			}
			if cut, err := Read(bytes.NewReader(data[:len(data)/2]), int64(len(data)/2), nil); err == nil {
				t.Errorf("half of it was read: %v", cut.Report)
			}
		})
	}
}

func BenchmarkRead(b *testing.B) {
	for _, path := range extracts(b) {
		b.Run(filepath.Base(path), func(b *testing.B) {
			data, err := os.ReadFile(path)
			if err != nil {
				b.Fatal(err)
			}
			b.SetBytes(int64(len(data)))
			for b.Loop() {
				if _, err := Read(bytes.NewReader(data), int64(len(data)), nil); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func FuzzRead(f *testing.F) {
	f.Add(cross(turn(1, "restriction=no_left_turn", 10, 5, 11), turn(2, "restriction=only_right_turn", 10, 5, 13)).Bytes)
	plain := pbftest.New() // unpacked nodes, which the fuzzer can change
	plain.PlainNodes(node(1, 0, 0, "barrier=gate locked=yes"), node(2, 1, 0, "addr:housenumber=1 addr:street=A"), node(3, 1, 0, "name=P shop=x"))
	plain.Ways(line(1, "highway=primary name=A ref=B", 1, 2, 3))
	f.Add(plain.Bytes)
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 1<<16 {
			return
		}
		got, err := Read(bytes.NewReader(data), int64(len(data)), nil)
		if err == nil {
			accepted(t, got)
		}
	})
}

// FuzzTags tries the rules with any tags on a way, its node and a relation.
func FuzzTags(f *testing.F) {
	f.Add("highway=primary oneway=-1 maxspeed=25%20mph maxheight=12'6\"", "barrier=gate access=private", "restriction=only_left_turn except=bicycle")
	f.Add("highway=footway emergency=yes width=2,5", "addr:housenumber=1;2 addr:street=A", "restriction:hgv=no_left_turn")
	f.Fuzz(func(t *testing.T, way, at, relation string) {
		if len(way)+len(at)+len(relation) > 1<<12 {
			return
		}
		got, err := readBytes(write(
			[]pbf.Node{node(1, 0, 0, ""), node(2, 1, 0, at), node(3, 2, 0, "")},
			[]pbf.Way{line(1, way, 1, 2), line(2, "highway=primary", 2, 3)},
			[]pbf.Relation{turn(1, relation, 1, 2, 2)}).Bytes)
		if err == nil {
			accepted(t, got)
		}
	})
}

// readBytes is Read of bytes.
func readBytes(data []byte) (*Result, error) {
	return Read(bytes.NewReader(data), int64(len(data)), nil)
}

// accepted checks that what was read makes a graph and a gazetteer.
func accepted(t *testing.T, got *Result) {
	names := uint32(len(got.Network.Names))
	for _, a := range got.Addresses {
		if a.Street == 0 || a.Street >= names || a.Number == "" {
			t.Fatalf("address %+v", a)
		}
	}
	for _, p := range got.Places {
		if p.Name == "" || p.Kind == "" || len(p.Aliases) > city.AliasesMax {
			t.Fatalf("place %+v", p)
		}
	}
	if _, err := road.New(got.Network); err != nil {
		t.Fatal(err)
	}
}
