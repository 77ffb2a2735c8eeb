package build

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/everycall/everycall/city"
	"github.com/everycall/everycall/geo"
	"github.com/everycall/everycall/road"
)

// Limits of a table of nodes or edges.
const (
	tableBytesMax = 1 << 30
	lineBytesMax  = 1 << 16 // of a row, its quoted line breaks included
	idBytesMax    = 64
	nameBytesMax  = 255
	limitKmhMax   = 200
)

// TablesReport is the report of an import from tables.
type TablesReport struct {
	Nodes       int         `json:"nodes"`        // on an edge: what the pack has
	NodesUnused int         `json:"nodes_unused"` // on none, and left out
	Edges       int         `json:"edges"`
	Loops       int         `json:"loops"` // from a node to itself, and left out
	Lengthened  int         `json:"edges_lengthened"`
	Names       int         `json:"names"`
	Metres      int64       `json:"metres"`
	Connections Connections `json:"connections"`
}

// String is the report for a person.
func (r TablesReport) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "Roads: %d nodes, %d pieces, %d km, %d street names\n", r.Nodes, r.Edges, r.Metres/1000, r.Names)
	for _, c := range []struct {
		count int
		what  string
	}{
		{r.NodesUnused, "nodes on no edge were left out"},
		{r.Loops, "edges from a node to itself were left out"},
		{r.Lengthened, "edges were shorter than the straight line, and are as long now"},
	} {
		if c.count > 0 {
			fmt.Fprintf(&b, "%d %s\n", c.count, c.what)
		}
	}
	return b.String() + r.Connections.String()
}

// Tables makes a pack of two CSV tables with a header each, their columns in any
// order, others being ignored:
//
//	nodes  id, lon, lat
//	edges  from, to, length_m [, travel_ms] [, oneway] [, name] [, class] [, maxspeed_kmh]
//
// Edges go both ways unless oneway is yes, true or 1 (from → to), or -1 or reverse; an
// empty oneway, no, false and 0 mean both ways. class is as road.Class spells it,
// street if it is empty or absent: a footpath is for feet and bicycles, a motorway for
// motor vehicles, the others for everybody. Several edges may join the same nodes. An
// id that is there twice, or not, and whatever cannot be read is an error that names
// the table and the line.
func Tables(nodes, edges io.Reader, place Place) (*city.Pack, TablesReport, error) {
	t := &tables{ids: map[string]uint32{}, names: newStreetTable()}
	if err := t.readNodes(nodes); err != nil {
		return nil, t.report, fmt.Errorf("nodes: %w", err)
	}
	if err := t.readEdges(edges); err != nil {
		return nil, t.report, fmt.Errorf("edges: %w", err)
	}
	t.number()
	pack, connections, err := place.pack(road.Network{Points: t.points, Edges: t.edges, Names: t.names.names})
	if err != nil {
		return nil, t.report, err
	}
	r := &t.report
	r.Nodes, r.Edges, r.Names, r.Connections = len(t.points), len(t.edges), len(t.names.names)-1, connections
	var all geo.Millimetres
	for _, e := range pack.Roads.Edges() {
		all += e.Length
	}
	r.Metres = int64(all / 1000)
	return pack, *r, nil
}

type tables struct {
	ids    map[string]uint32
	points []geo.Point
	edges  []road.Edge
	names  streetTable
	report TablesReport
}

// lineReader refuses a table that is too large, and a row that is: a quote that is
// never closed must not swallow the file.
type lineReader struct {
	in    io.Reader
	bytes int64
	row   int64 // bytes handed out when the last row was done
}

var (
	errTableLarge = fmt.Errorf("more than %d bytes", int64(tableBytesMax))
	errLineLong   = fmt.Errorf("a row of more than %d bytes: is a quote not closed?", lineBytesMax)
)

func (l *lineReader) Read(p []byte) (int, error) {
	n, err := l.in.Read(p[:min(len(p), 4096)])
	l.bytes += int64(n)
	switch {
	case l.bytes > tableBytesMax:
		return 0, errTableLarge
	case l.bytes-l.row > lineBytesMax+8192: // what the readers after this one hold back
		return 0, errLineLong
	}
	return n, err
}

// rows is a table read row by row.
type rows struct {
	csv    *csv.Reader
	lines  *lineReader
	column map[string]int
	row    []string
}

func readRows(in io.Reader, needed ...string) (*rows, error) {
	buffered := bufio.NewReader(in)
	if mark, _ := buffered.Peek(3); bytes.Equal(mark, []byte("\ufeff")) {
		_, _ = buffered.Discard(3) // they were just seen
	}
	r := &rows{lines: &lineReader{in: buffered}, column: map[string]int{}}
	r.csv = csv.NewReader(r.lines)
	r.csv.ReuseRecord = true
	head, err := r.csv.Read()
	if errors.Is(err, io.EOF) {
		return nil, errors.New("the table is empty")
	}
	if err != nil {
		return nil, err
	}
	for i, name := range head {
		name = strings.TrimSpace(name)
		if _, twice := r.column[name]; twice && name != "" {
			return nil, fmt.Errorf("line 1: two columns %q", name)
		}
		r.column[name] = i
	}
	for _, name := range needed {
		if _, ok := r.column[name]; !ok {
			return nil, fmt.Errorf("line 1: no column %q, want %s", name, strings.Join(needed, ", "))
		}
	}
	return r, nil
}

// each visits the rows; an error of visit is given its line.
func (r *rows) each(visit func() error) error {
	for {
		var err error
		r.lines.row = r.lines.bytes
		if r.row, err = r.csv.Read(); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err // it names the line
		}
		if err := visit(); err != nil {
			line, _ := r.csv.FieldPos(0)
			return fmt.Errorf("line %d: %w", line, err)
		}
	}
}

// get is a cell, "" if there is no such column.
func (r *rows) get(column string) string {
	i, ok := r.column[column]
	if !ok {
		return ""
	}
	return strings.TrimSpace(r.row[i])
}

func (t *tables) readNodes(in io.Reader) error {
	r, err := readRows(in, "id", "lon", "lat")
	if err != nil {
		return err
	}
	return r.each(func() error {
		id := r.get("id")
		switch {
		case id == "":
			return errors.New("a node without an id")
		case len(id) > idBytesMax:
			return fmt.Errorf("an id of %d bytes, at most %d", len(id), idBytesMax)
		case len(t.points) == road.NodesMax:
			return fmt.Errorf("more than %d nodes", road.NodesMax)
		}
		if _, twice := t.ids[id]; twice {
			return fmt.Errorf("node %q is there twice", id)
		}
		at, err := geo.ParsePoint(r.get("lon"), r.get("lat"))
		if err != nil {
			return fmt.Errorf("node %q: %w", id, err)
		}
		t.ids[strings.Clone(id)] = uint32(len(t.points))
		t.points = append(t.points, city.Quantise(at))
		return nil
	})
}

func (t *tables) readEdges(in io.Reader) error {
	r, err := readRows(in, "from", "to", "length_m")
	if err != nil {
		return err
	}
	return r.each(func() error {
		if len(t.edges) == road.EdgesMax {
			return fmt.Errorf("more than %d edges", road.EdgesMax)
		}
		e := road.Edge{Class: road.Street}
		for _, end := range [...]struct {
			column string
			node   *road.Node
		}{{"from", &e.From}, {"to", &e.To}} {
			n, known := t.ids[r.get(end.column)]
			if !known {
				return fmt.Errorf("%s: node %q is not in the table of nodes", end.column, shown(r.get(end.column)))
			}
			*end.node = road.Node(n)
		}
		if e.Length, err = metres(r.get("length_m")); err != nil {
			return fmt.Errorf("length_m: %w", err)
		}
		straight := geo.Distance(t.points[e.From], t.points[e.To])
		if max(e.Length, straight) > road.EdgeLengthMax {
			return fmt.Errorf("%d m long, at most %d m", max(e.Length, straight)/1000, road.EdgeLengthMax/1000)
		}
		if err := t.detail(r, &e); err != nil {
			return err
		}
		if e.From == e.To {
			t.report.Loops++
			return nil
		}
		// Below the precision that tables and packs have it means nothing.
		if e.Length+1000 < straight {
			t.report.Lengthened++
		}
		t.edges = append(t.edges, e)
		return nil
	})
}

// detail reads the columns that need not be there.
func (t *tables) detail(r *rows, e *road.Edge) error {
	if text := r.get("travel_ms"); text != "" {
		v, err := strconv.ParseUint(text, 10, 32)
		if err != nil || v > road.TravelMsMax {
			return fmt.Errorf("travel_ms: %q, want 0 to %d", shown(text), road.TravelMsMax)
		}
		e.Travel = uint32(v)
	}
	if text := r.get("class"); text != "" {
		class, ok := road.ParseClass(text)
		if !ok {
			return fmt.Errorf("class: %q is none", shown(text))
		}
		e.Class = class
	}
	who := road.Everybody
	switch e.Class {
	case road.Footpath:
		who = road.Foot | road.Bicycle
	case road.Motorway:
		who = road.Motor
	}
	e.Forward, e.Backward = who, who
	switch text := strings.ToLower(r.get("oneway")); text {
	case "", "no", "false", "0":
	case "yes", "true", "1":
		e.Backward &= road.Foot
	case "-1", "reverse":
		e.Forward &= road.Foot
	default:
		return fmt.Errorf("oneway: %q, want yes, no or -1", shown(text))
	}
	if text := r.get("maxspeed_kmh"); text != "" {
		v, err := strconv.ParseUint(text, 10, 8)
		if err != nil || v > limitKmhMax {
			return fmt.Errorf("maxspeed_kmh: %q, want a whole number up to %d", shown(text), limitKmhMax)
		}
		e.Limit = uint8(v)
	}
	name := strings.ToValidUTF8(r.get("name"), "")
	if len(name) > nameBytesMax {
		return fmt.Errorf("name: %d bytes, at most %d", len(name), nameBytesMax)
	}
	name = strings.Join(strings.Fields(name), " ")
	if _, known := t.names.index[name]; !known {
		if len(t.names.names) == road.NamesMax {
			return fmt.Errorf("more than %d street names", road.NamesMax-1)
		}
		name = strings.Clone(name)
	}
	e.Name = t.names.add(name)
	return nil
}

// shown is as much of a cell as an error shows.
func shown(text string) string { return text[:min(len(text), idBytesMax)] }

// metres reads a length in metres; what is below a millimetre is cut off.
func metres(text string) (geo.Millimetres, error) {
	whole, part, dotted := strings.Cut(text, ".")
	digits := func(s string) bool { return strings.Trim(s, "0123456789") == "" }
	if whole == "" || len(whole) > 12 || !digits(whole) || !digits(part) || dotted && part == "" {
		return 0, fmt.Errorf("%q is no length in metres", shown(text))
	}
	v, err := strconv.ParseInt(whole+(part + "000")[:3], 10, 64)
	return geo.Millimetres(v), err
}

// number leaves out the nodes on no edge and numbers the others along a Z-order curve,
// nodes at one place as they come in their table.
func (t *tables) number() {
	used := make([]bool, len(t.points))
	for _, e := range t.edges {
		used[e.From], used[e.To] = true, true
	}
	var order []road.Node
	for n, is := range used {
		if is {
			order = append(order, road.Node(n))
		}
	}
	t.report.NodesUnused = len(t.points) - len(order)
	slices.SortStableFunc(order, func(a, b road.Node) int {
		return cmp.Compare(city.ZOrder(t.points[a]), city.ZOrder(t.points[b]))
	})
	points, number := make([]geo.Point, len(order)), make([]road.Node, len(t.points))
	for i, n := range order {
		points[i], number[n] = t.points[n], road.Node(i)
	}
	t.points = points
	for i := range t.edges {
		e := &t.edges[i]
		if e.From, e.To = number[e.From], number[e.To]; e.From > e.To {
			e.From, e.To, e.Forward, e.Backward = e.To, e.From, e.Backward, e.Forward
		}
	}
	slices.SortStableFunc(t.edges, func(a, b road.Edge) int {
		return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To), cmp.Compare(a.Length, b.Length))
	})
}
