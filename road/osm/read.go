package osm

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/everycall/everycall/city"
	"github.com/everycall/everycall/geo"
	"github.com/everycall/everycall/road"
	"github.com/everycall/everycall/road/osm/pbf"
)

// Limits of one import, besides those of package road and of packs.
const (
	roadRefsMax     = 4 * road.NodesMax // nodes of all roads, each counted with each road
	areaRefsMax     = 32 << 20          // nodes of the outlines of places and houses
	restrictionsMax = road.BansMax
	namedMax        = 4 << 20 // ways that restrictions name
	rimsMax         = 4 << 20 // ways that outline relations
	postsMax        = road.BansMax
)

// Progress is told how far a step has come, in bytes of the file.
type Progress func(step string, done, total int64)

// Result is what an extract holds for a control room. The streets of Addresses are
// indices into Network.Names.
type Result struct {
	Network   road.Network
	Places    []city.Place
	Addresses []city.Address
	Report    Report
}

// way is a road that is kept; its nodes are refs[first:end].
type way struct {
	street
	name       uint32
	first, end int
}

// outline is a place or house that is an area; its point is the middle of its box.
type outline struct {
	place   city.Place
	isPlace bool
	street  uint32
	numbers []string
	box     geo.Box
	seen    bool // a node of it is in the file
}

// corner is a node of an outline.
type corner struct {
	node    int64
	outline uint32
}

// post is a barrier at a node.
type post struct {
	position int
	stops    road.Vehicles
	kind     string
}

// Of a way that a restriction names: not in the file, and there but left out.
const (
	wayAbsent  = -1
	wayLeftOut = -2
)

// reader gathers what the three goes over the file find.
type reader struct {
	notes  *notes
	report Report

	restrictions []restriction
	bansLeftOut  tally
	named        map[int64]int      // the ways that restrictions name: their index in ways
	rims         map[int64][]uint32 // the ways that outline relations
	rimCount     int
	outlines     []outline
	corners      []corner

	ways     []way
	refs     []int64
	leftOut  tally
	names    []string
	nameOf   map[string]uint32
	aliases  map[string]bool // of streets: name and aliases
	byAlias  []city.Place    // their Points come last
	byMiddle []int64         // their nodes

	ids   []int64 // of all nodes that roads, corners and restrictions need, sorted
	at    []geo.Point
	have  []bool
	posts []post

	places           []city.Place
	addresses        []city.Address
	addressesLeftOut tally
}

// Read reads an extract of so many bytes. progress may be nil.
func Read(in io.ReaderAt, size int64, progress Progress) (*Result, error) {
	file, err := pbf.Open(in, size)
	if err != nil {
		return nil, fmt.Errorf("read the OpenStreetMap file: %w", err)
	}
	r := &reader{
		notes: newNotes(), bansLeftOut: tally{}, named: map[int64]int{}, rims: map[int64][]uint32{}, leftOut: tally{},
		names: []string{""}, nameOf: map[string]uint32{"": 0}, aliases: map[string]bool{}, addressesLeftOut: tally{},
	}
	for _, step := range []struct {
		name  string
		visit func(fail func(error)) pbf.Visitor
	}{
		{"relations", func(func(error)) pbf.Visitor { return pbf.Visitor{Relation: r.relation} }},
		{"ways", func(fail func(error)) pbf.Visitor {
			return pbf.Visitor{Way: func(w *pbf.Way) {
				if err := r.way(w); err != nil {
					fail(err)
				}
			}}
		}},
		{"nodes", func(func(error)) pbf.Visitor {
			r.needNodes()
			return pbf.Visitor{Node: r.newNodeVisitor()}
		}},
	} {
		var failed error
		v := step.visit(func(err error) { failed = errors.Join(failed, err) })
		if progress != nil {
			v.Block = func(done int64) { progress(step.name, done, size) }
		}
		if err := file.Scan(v); err != nil {
			return nil, fmt.Errorf("read the OpenStreetMap file's %s: %w", step.name, err)
		}
		if failed != nil {
			return nil, failed
		}
	}
	return r.result()
}

// name is the index of a street's name.
func (r *reader) name(text string) uint32 {
	if i, known := r.nameOf[text]; known {
		return i
	}
	if len(r.names) >= road.NamesMax {
		r.report.NamesBeyond++
		return 0
	}
	i := uint32(len(r.names))
	r.names = append(r.names, text)
	r.nameOf[text] = i
	return i
}

func (r *reader) relation(rel *pbf.Relation) {
	r.notes.thing()
	r.report.Relations++
	if isRestriction(rel.Tags) {
		r.report.Restrictions++
		got, why := restrictionOf(rel, r.notes)
		if why == "" && (len(r.restrictions) >= restrictionsMax || len(r.named) >= namedMax) {
			why = beyond
		}
		if why != "" {
			r.bansLeftOut[why]++
			return
		}
		r.restrictions = append(r.restrictions, got)
		for _, ids := range [2][]int64{got.from, got.to} {
			for _, id := range ids {
				r.named[id] = wayAbsent
			}
		}
		return
	}
	if t := rel.Tags.Get("type"); t != "multipolygon" && t != "site" && t != "boundary" {
		return
	}
	index, ok := r.outline(rel.Tags)
	if !ok {
		return
	}
	for _, m := range rel.Members {
		if m.Type != pbf.WayMember || m.Role == "inner" {
			continue
		}
		if r.rimCount++; r.rimCount > rimsMax {
			r.report.OutlinesBeyond++
			return
		}
		r.rims[m.ID] = append(r.rims[m.ID], index)
	}
}

// outline begins a place or house that is an area.
func (r *reader) outline(t pbf.Tags) (index uint32, ok bool) {
	var o outline
	o.place, o.isPlace = placeOf(t)
	street, numbers, why, addressed := addressOf(t)
	if addressed && why != "" {
		r.addressesLeftOut[why]++
		addressed = false
	}
	if !o.isPlace && !addressed {
		return 0, false
	}
	if len(r.outlines) >= city.PlacesMax+city.AddressesMax {
		r.addressesLeftOut[beyond]++
		return 0, false
	}
	o.street, o.numbers = r.name(street), numbers
	r.outlines = append(r.outlines, o)
	return uint32(len(r.outlines) - 1), true
}

// corner adds the nodes of an outline.
func (r *reader) corner(refs []int64, of uint32) {
	if len(r.corners)+len(refs) > areaRefsMax {
		r.report.OutlinesBeyond++
		return
	}
	for _, ref := range refs {
		r.corners = append(r.corners, corner{ref, of})
	}
}

func (r *reader) way(w *pbf.Way) error {
	r.notes.thing()
	for _, of := range r.rims[w.ID] {
		r.corner(w.Refs, of)
	}
	if !isRoad(w.Tags) {
		if index, ok := r.outline(w.Tags); ok {
			r.corner(w.Refs, index)
		}
		return nil
	}
	r.report.Ways++
	s, why := streetOf(w.Tags, r.notes)
	if why == "" && len(w.Refs) < 2 {
		why = whyShort
	}
	_, named := r.named[w.ID]
	if why != "" {
		r.leftOut[why]++
		if named {
			r.named[w.ID] = wayLeftOut
		}
		if index, ok := r.outline(w.Tags); ok { // a square may be a place
			r.corner(w.Refs, index)
		}
		return nil
	}
	if len(r.refs)+len(w.Refs) > roadRefsMax {
		return fmt.Errorf("the roads have more than %d nodes: take a smaller piece of the map (osmium extract)", road.NodesMax)
	}
	if named {
		r.named[w.ID] = len(r.ways)
	}
	name := nameOf(w.Tags, "name")
	if name == "" {
		name, _, _ = strings.Cut(nameOf(w.Tags, "ref"), ";") // the others are aliases
	}
	r.ways = append(r.ways, way{street: s, name: r.name(name), first: len(r.refs), end: len(r.refs) + len(w.Refs)})
	r.refs = append(r.refs, w.Refs...)
	r.otherNames(w, name)
	return nil
}

// otherNames keeps a street's aliases as a place on it, once for each set of them.
func (r *reader) otherNames(w *pbf.Way, name string) {
	if name == "" || len(r.byAlias) >= city.PlacesMax {
		return
	}
	aliases := aliasesOf(w.Tags, name)
	if len(aliases) == 0 {
		return
	}
	key := name + "\x00" + strings.Join(aliases, "\x00")
	if r.aliases[key] {
		return
	}
	r.aliases[key] = true
	r.byAlias = append(r.byAlias, city.Place{Name: name, Kind: city.KindStreet, Aliases: aliases})
	r.byMiddle = append(r.byMiddle, w.Refs[len(w.Refs)/2])
}

// needNodes lists the nodes whose places are needed.
func (r *reader) needNodes() {
	r.ids = make([]int64, 0, len(r.refs)+len(r.corners))
	r.ids = append(r.ids, r.refs...)
	for _, c := range r.corners {
		r.ids = append(r.ids, c.node)
	}
	slices.Sort(r.ids)
	r.ids = slices.Clip(slices.Compact(r.ids))
	r.at, r.have = make([]geo.Point, len(r.ids)), make([]bool, len(r.ids))
}

// position is where a node stands in ids, −1 if it is not needed.
func (r *reader) position(id int64) int {
	if i, found := slices.BinarySearch(r.ids, id); found {
		return i
	}
	return -1
}

// newNodeVisitor visits nodes. Extracts have them sorted, so that the next one is
// mostly at hand; if not it is looked for.
func (r *reader) newNodeVisitor() func(pbf.Node) {
	next := 0
	return func(n pbf.Node) {
		if next < len(r.ids) && r.ids[next] < n.ID || next > 0 && r.ids[next-1] >= n.ID {
			next, _ = slices.BinarySearch(r.ids, n.ID)
		}
		position := -1
		if next < len(r.ids) && r.ids[next] == n.ID {
			position = next
			next++
		}
		if position >= 0 || len(n.Tags) > 0 {
			r.node(n, position)
		}
	}
}

func (r *reader) node(n pbf.Node, position int) {
	r.notes.thing()
	p, err := geo.FromDegrees(rounded(n.Lon), rounded(n.Lat))
	if err != nil {
		r.report.OffPlanet++
		return
	}
	p = city.Quantise(p)
	if position >= 0 {
		r.at[position], r.have[position] = p, true
	}
	if len(n.Tags) == 0 {
		return
	}
	switch {
	case position < 0 || n.Tags.Get("barrier") == "":
	case len(r.posts) >= postsMax:
		r.report.BarriersBeyond++
	default:
		r.posts = append(r.posts, post{position: position, stops: stops(n.Tags, r.notes), kind: clean(n.Tags.Get("barrier"))})
	}
	if place, ok := placeOf(n.Tags); ok {
		r.place(place, p)
	}
	if street, numbers, why, ok := addressOf(n.Tags); ok {
		r.address(r.name(street), numbers, why, p)
	}
}

// rounded is 1e-7 degree of 1e-9.
func rounded(nano int64) int64 {
	if nano < 0 {
		return (nano - 50) / 100
	}
	return (nano + 50) / 100
}

func (r *reader) place(place city.Place, at geo.Point) {
	if len(r.places) >= city.PlacesMax {
		r.report.PlacesBeyond++
		return
	}
	place.Point = at
	r.places = append(r.places, place)
}

func (r *reader) address(street uint32, numbers []string, why string, at geo.Point) {
	if why == "" && (len(r.addresses)+len(numbers) > city.AddressesMax || street == 0) {
		why = beyond
	}
	if why != "" {
		r.addressesLeftOut[why]++
		return
	}
	for _, number := range numbers {
		r.addresses = append(r.addresses, city.Address{Street: street, Number: number, Point: at})
	}
}

// finishOutlines gives areas their points.
func (r *reader) finishOutlines() {
	for _, c := range r.corners {
		if i := r.position(c.node); i >= 0 && r.have[i] {
			o := &r.outlines[c.outline]
			if !o.seen {
				o.box, o.seen = geo.BoxOf(r.at[i]), true
			} else {
				o.box = o.box.Extend(r.at[i])
			}
		}
	}
	for i := range r.outlines {
		o := &r.outlines[i]
		if !o.seen {
			if len(o.numbers) > 0 {
				r.addressesLeftOut[addressNowhere]++
			}
			continue
		}
		at := city.Quantise(o.box.Center())
		if o.isPlace {
			r.place(o.place, at)
		}
		if len(o.numbers) > 0 {
			r.address(o.street, o.numbers, "", at)
		}
	}
	for i, place := range r.byAlias {
		if at := r.position(r.byMiddle[i]); at >= 0 && r.have[at] {
			r.place(place, r.at[at])
		}
	}
}

func (r *reader) result() (*Result, error) {
	r.finishOutlines()
	network, err := r.network()
	if err != nil {
		return nil, err
	}
	sortPlaces(r.places)
	out := &Result{Network: network, Places: r.places, Addresses: sortAddresses(r.addresses)}
	r.finishReport(out)
	out.Report = r.report
	return out, nil
}
