package build

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/everycall/everycall/city"
	"github.com/everycall/everycall/geo"
	"github.com/everycall/everycall/road"
	"pgregory.net/rapid"
)

var portland = Place{Name: "Portland", Zone: "America/Los_Angeles"}

func packed(t testing.TB, p *city.Pack) *city.Pack {
	t.Helper()
	var file bytes.Buffer
	if err := city.Write(&file, p); err != nil {
		t.Fatal(err)
	}
	got, err := city.Read(&file)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// The report of a real extract, kept as a golden: -rewrite writes it anew.
func TestPortlandFromOpenStreetMap(t *testing.T) {
	path := filepath.Join(root(t), "..", "shared", "data", "osm", "portland_central.osm.pbf")
	data, err := os.ReadFile(path)
	if err != nil {
		t.Skip("the extract of Portland is not here; package road/osm is tested on small ones")
	}
	pack, report, err := OSM(bytes.NewReader(data), int64(len(data)), portland, nil)
	if err != nil {
		t.Fatal(err)
	}
	golden := filepath.Join("testdata", "portland.txt")
	if *rewrite {
		if err := os.WriteFile(golden, []byte(report.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if got := report.String(); got != string(want) {
		t.Errorf("the report is not the golden one:\n%s", got)
	}
	got := packed(t, pack)
	if got.Name != "Portland" || got.Zone != "America/Los_Angeles" || got.Roads.NodeCount() != report.Nodes || len(got.Roads.Edges()) != report.Edges {
		t.Errorf("%q, %q, %+v", got.Name, got.Zone, got.Statistics())
	}
	if !reflect.DeepEqual(got.Places, pack.Places) || !slices.Equal(got.Addresses, pack.Addresses) || len(got.Places) == 0 ||
		!reflect.DeepEqual(got.Roads.Bans(), pack.Roads.Bans()) || !reflect.DeepEqual(got.Roads.Barriers(), pack.Roads.Barriers()) {
		t.Error("what was read is not what was written")
	}
	for i, e := range got.Roads.Edges() { // lengths are stored to 0.1 m
		w := pack.Roads.Edges()[i]
		if w.Length, e.Length = 0, 0; e != w {
			t.Fatalf("edge %d is %+v, was %+v", i, e, w)
		}
	}
	if len(got.Attribution) != 1 || got.Attribution[0].Kind != city.NoticeLicence || !strings.Contains(got.Attribution[0].Text, "© OpenStreetMap contributors") || !strings.Contains(got.Attribution[0].Text, "ODbL") {
		t.Errorf("attribution %+v", got.Attribution)
	}
	for n := range got.Roads.NodeCount() {
		if got.Roads.OnMainland(road.Node(n)) && !got.Limits[0].Contains(got.Roads.Point(road.Node(n))) {
			t.Fatalf("node %d is outside the limits", n)
		}
	}
	if again, _, err := OSM(bytes.NewReader(data), int64(len(data)), portland, nil); err != nil || packed(t, again).Hash() != got.Hash() {
		t.Error("the same file gives another pack")
	}
}

const (
	fourNodes = "id,lon,lat\na,10.0,50.0\nb,10.001,50.0\nc,10.002,50.0\nd,10.5,50.5\n"
	twoEdges  = "from,to,length_m\na,b,80\nb,c,71.5\n"
)

func tablesOf(nodes, edges string) (*city.Pack, TablesReport, error) {
	return Tables(strings.NewReader(nodes), strings.NewReader(edges), Place{Name: "Town", Zone: "UTC"})
}

func TestTables(t *testing.T) {
	const edges = "\ufeff note , to,class,from,length_m,oneway,name,travel_ms,maxspeed_kmh\n" +
		"x,b,,a,80,,  Main   St ,9000,50\n" +
		"x,a,service,b,90.25,yes,\"Alley, the\",,\n" +
		"x,c,motorway,b,71.5999,-1,Main St,,\n" +
		"x,c,footpath,b,72,1,,,\n" +
		"x,c,footpath,c,1,,,,\n"
	pack, report, err := tablesOf(fourNodes, edges)
	if err != nil {
		t.Fatal(err)
	}
	feet := road.Foot | road.Bicycle
	want := []road.Edge{
		{From: 0, To: 1, Length: 80_000, Name: 1, Travel: 9000, Limit: 50, Class: road.Street, Forward: road.Everybody, Backward: road.Everybody},
		{From: 0, To: 1, Length: 90_250, Name: 2, Class: road.Service, Forward: road.Foot, Backward: road.Everybody},
		{From: 1, To: 2, Length: 71_599, Name: 1, Class: road.Motorway, Backward: road.Motor},
		{From: 1, To: 2, Length: 72_000, Class: road.Footpath, Forward: feet, Backward: road.Foot},
	}
	if got := pack.Roads.Edges(); !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	if names := pack.Roads.Names(); !reflect.DeepEqual(names, []string{"", "Main St", "Alley, the"}) {
		t.Errorf("names %q", names)
	}
	if report.Nodes != 3 || report.NodesUnused != 1 || report.Loops != 1 || report.Names != 2 || report.Metres != 313 || report.Connections.Mainland != 3 {
		t.Errorf("%+v", report)
	}
	if text := report.String(); !strings.Contains(text, "1 nodes on no edge") || !strings.Contains(text, "1 edges from a node to itself") {
		t.Error(text)
	}
	if got := packed(t, pack); len(got.Roads.Edges()) != 4 || got.Name != "Town" || len(got.Places)+len(got.Addresses)+len(got.Calls) != 0 {
		t.Errorf("%+v", got.Statistics())
	}
}

func TestTablesSayWhatIsWrong(t *testing.T) {
	long := strings.Repeat("x", 300)
	for _, c := range []struct{ name, nodes, edges, want string }{
		{"no nodes", "", twoEdges, "nodes: the table is empty"},
		{"no edges", fourNodes, "", "edges: the table is empty"},
		{"no column", "id,lon\n", twoEdges, `nodes: line 1: no column "lat"`},
		{"no column of edges", fourNodes, "from,to\n", `edges: line 1: no column "length_m"`},
		{"two columns", "id,lon,lat,lon\n", twoEdges, `two columns "lon"`},
		{"off the planet", fourNodes + "e,200,10\n", twoEdges, `nodes: line 6: node "e"`},
		{"no number", fourNodes + "e,ten,10\n", twoEdges, `nodes: line 6: node "e"`},
		{"no id", fourNodes + ",10,10\n", twoEdges, "nodes: line 6: a node without an id"},
		{"long id", fourNodes + long + ",10,10\n", twoEdges, "nodes: line 6: an id of 300 bytes"},
		{"twice", fourNodes + "a,10,10\n", twoEdges, `nodes: line 6: node "a" is there twice`},
		{"fields", fourNodes + "e,10\n", twoEdges, "nodes: record on line 6: wrong number of fields"},
		{"unknown node", fourNodes, twoEdges + "b,z,1\n", `edges: line 4: to: node "z" is not in the table of nodes`},
		{"no length", fourNodes, twoEdges + "b,c,\n", "edges: line 4: length_m"},
		{"negative", fourNodes, twoEdges + "b,c,-5\n", "edges: line 4: length_m"},
		{"exponent", fourNodes, twoEdges + "b,c,1e3\n", "edges: line 4: length_m"},
		{"too long", fourNodes, twoEdges + "b,c,100000.001\n", "edges: line 4: 100000 m long"},
		{"far apart", fourNodes, twoEdges + "a,d,1\n", "m long, at most 100000 m"},
		{"travel", fourNodes, "from,to,length_m,travel_ms\na,b,1,86400001\n", "edges: line 2: travel_ms"},
		{"oneway", fourNodes, "from,to,length_m,oneway\na,b,1,maybe\n", `edges: line 2: oneway: "maybe"`},
		{"class", fourNodes, "from,to,length_m,class\na,b,1,boulevard\n", `edges: line 2: class: "boulevard"`},
		{"limit", fourNodes, "from,to,length_m,maxspeed_kmh\na,b,1,201\n", "edges: line 2: maxspeed_kmh"},
		{"name", fourNodes, "from,to,length_m,name\na,b,1," + long + "\n", "edges: line 2: name: 300 bytes"},
		{"quote", fourNodes, twoEdges + "a,b,\"1\n" + strings.Repeat("x,y,z\n", 30_000), "is a quote not closed?"},
		{"nothing", "id,lon,lat\n", "from,to,length_m\n", "0 nodes"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.name == "far apart" { // both ends must be there
				c.nodes = strings.Replace(c.nodes, "10.5,50.5", "19,59", 1)
			}
			if _, _, err := tablesOf(c.nodes, c.edges); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, want %s", err, c.want)
			}
		})
	}
}

func TestALongTableIsReadWhole(t *testing.T) {
	nodes, edges := &strings.Builder{}, &strings.Builder{}
	fmt.Fprintln(nodes, "id,lon,lat")
	fmt.Fprintln(edges, "from,to,length_m,name")
	for i := range 20_000 {
		fmt.Fprintf(nodes, "node-%d,10.%06d,50\n", i, i)
		if i > 0 {
			fmt.Fprintf(edges, "node-%d,node-%d,1,%s\n", i-1, i, strings.Repeat("n", i%200))
		}
	}
	_, report, err := tablesOf(nodes.String(), edges.String())
	if err != nil || report.Nodes != 20_000 || report.Edges != 19_999 {
		t.Errorf("%+v, %v", report, err)
	}
}

func TestSeattleFromTables(t *testing.T) {
	dir := sources(t)
	open := func(name string) io.Reader {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		return bytes.NewReader(data)
	}
	pack, report, err := Tables(open("seattle_roads_nodes.csv"), open("seattle_roads_edges.csv"), Place{Name: "Seattle", Zone: "America/Los_Angeles"})
	if err != nil {
		t.Fatal(err)
	}
	if report.Nodes != 96_142 || report.Edges != 111_570 || report.Connections.Mainland != 95_991 || report.Connections.Islands != 19 || report.Connections.NoWayIn+report.Connections.NoWayOut != 0 {
		t.Errorf("%+v", report)
	}
	embedded, err := city.Seattle()
	if err != nil {
		t.Fatal(err)
	}
	for n := range embedded.Roads.NodeCount() { // the same nodes, under the same numbers
		if embedded.Roads.Point(road.Node(n)) != pack.Roads.Point(road.Node(n)) {
			t.Fatalf("node %d differs", n)
		}
	}
}

// The rows' order never shows, but in the order of what is equal.
func TestTheOrderOfRowsDoesNotMatter(t *testing.T) {
	lines := strings.Split(strings.TrimSpace(fourNodes), "\n")
	edges := []string{"a,b,80", "b,c,71.5", "c,d,99999"}
	first, _, err := tablesOf(fourNodes, "from,to,length_m\n"+strings.Join(edges, "\n"))
	if err != nil {
		t.Fatal(err)
	}
	want := packed(t, first).Hash()
	rapid.Check(t, func(t *rapid.T) {
		n, e := rapid.Permutation(lines[1:]).Draw(t, "nodes"), rapid.Permutation(edges).Draw(t, "edges")
		p, _, err := tablesOf(lines[0]+"\n"+strings.Join(n, "\n"), "from,to,length_m\n"+strings.Join(e, "\n"))
		if err != nil {
			t.Fatal(err)
		}
		var file bytes.Buffer
		if err := city.Write(&file, p); err != nil || p.Hash() != want {
			t.Fatalf("another pack, %v", err)
		}
	})
}

func FuzzNodesTable(f *testing.F) {
	f.Add(fourNodes)
	f.Add("\ufefflat,lon,id\n50,10,a\n50,10.001,b\n50.1,-10,c\n")
	f.Fuzz(func(t *testing.T, nodes string) {
		if len(nodes) < 1<<14 {
			readBack(t, nodes, twoEdges)
		}
	})
}

func FuzzEdgesTable(f *testing.F) {
	f.Add(twoEdges)
	f.Add("name,from,to,length_m,oneway,class,travel_ms,maxspeed_kmh\n\"A \"\"b\"\"\",a,b,1.5,-1,motorway,5,30\nÄ,b,c,,yes,,,\n")
	f.Fuzz(func(t *testing.T, edges string) {
		if len(edges) < 1<<14 {
			readBack(t, fourNodes, edges)
		}
	})
}

// readBack checks that what is taken makes a pack that can be read.
func readBack(t *testing.T, nodes, edges string) {
	if p, _, err := tablesOf(nodes, edges); err == nil {
		packed(t, p)
	}
}

func TestConnections(t *testing.T) {
	// A ring 0-1-2 to drive round; 3 hangs on it one way out, 4 one way in; 5 is
	// behind a bollard, 6 behind a footpath; 7 and 8 are an island.
	points := make([]geo.Point, 9)
	for i := range points {
		points[i] = geo.Point{Lon: int32(i) * 10_000, Lat: int32(i*i) * 1_000}
	}
	both := func(a, b road.Node, who road.Vehicles) road.Edge {
		return road.Edge{From: a, To: b, Class: road.Street, Forward: who, Backward: who}
	}
	one := func(a, b road.Node) road.Edge {
		return road.Edge{From: a, To: b, Class: road.Street, Forward: road.Motor, Name: 1}
	}
	g, err := road.New(road.Network{
		Points: points, Names: []string{"", "One Way"},
		Edges:    []road.Edge{one(0, 1), one(1, 2), one(2, 0), one(0, 3), one(4, 0), both(1, 8, road.Everybody), both(8, 5, road.Everybody), both(2, 6, road.Foot), one(7, 7)},
		Barriers: []road.Barrier{{Node: 8, For: road.Motor}},
	})
	if err != nil {
		t.Fatal(err)
	}
	got := connect(g)
	want := Connections{
		Nodes: 9, Mainland: 8, Islands: 1, IslandNodes: 1, Largest: []Island{{Nodes: 1, Street: "One Way", At: "0.0070000 0.0049000"}},
		Drivable: 7, NoWayIn: 2, NoWayOut: 2, // in: 4 and 5; out: 3 and 5
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}
