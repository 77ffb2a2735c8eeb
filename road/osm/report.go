package osm

import (
	"fmt"
	"strings"

	"github.com/everycall/everycall/geo"
	"github.com/everycall/everycall/road"
)

// reportedMax bounds the lines of a report about what was not understood.
const reportedMax = 20

// Report says what an import found and what it left out, and why.
type Report struct {
	Ways         int     `json:"ways"` // with a highway, and ferries
	WaysKept     int     `json:"ways_kept"`
	WaysLeftOut  []Count `json:"ways_left_out"`
	Nodes        int     `json:"nodes"`
	Edges        int     `json:"edges"`
	NodesMissing int     `json:"nodes_missing"` // that roads name and the file has not: at its edge
	NodesJoined  int     `json:"nodes_joined"`  // at the place of their neighbour
	OffPlanet    int     `json:"nodes_off_the_planet"`
	TooLong      int     `json:"edges_too_long"`
	Metres       int64   `json:"metres"`
	ByClass      []Count `json:"km_by_class"`
	NamedMetres  int64   `json:"named_metres"`
	LimitMetres  int64   `json:"metres_with_a_limit"`
	OneWayEdges  int     `json:"one_way_edges"` // for motor vehicles
	LocalEdges   int     `json:"local_edges"`   // for motor vehicles
	NoEngine     int     `json:"edges_too_small_for_an_engine"`
	Names        int     `json:"names"`
	NamesBeyond  int     `json:"names_beyond_the_limit"`

	Relations           int     `json:"relations"`
	Restrictions        int     `json:"restrictions"`
	RestrictionsKept    int     `json:"restrictions_kept"`
	RestrictionsLeftOut []Count `json:"restrictions_left_out"`
	Bans                int     `json:"bans"`

	Barriers       int     `json:"barriers"` // on roads
	BarriersKept   int     `json:"barriers_kept"`
	BarriersBeyond int     `json:"barriers_beyond_the_limit"`
	BarrierKinds   []Count `json:"barriers_kept_by_kind"`

	Places           int     `json:"places"`
	PlacesBeyond     int     `json:"places_beyond_the_limit"`
	OutlinesBeyond   int     `json:"outlines_beyond_the_limit"`
	Addresses        int     `json:"addresses"`
	AddressesLeftOut []Count `json:"addresses_left_out"`

	NotUnderstood      []Count `json:"not_understood"` // values of tags, the most frequent
	NotUnderstoodTotal int     `json:"not_understood_total"`
	ConditionalWays    int     `json:"ways_with_rules_at_times"` // which are not followed

	Warnings []string `json:"warnings"`
}

func (r *reader) finishReport(out *Result) {
	p := &r.report
	p.WaysKept, p.WaysLeftOut = len(r.ways), r.leftOut.list()
	p.Nodes, p.Edges, p.Names = len(out.Network.Points), len(out.Network.Edges), len(out.Network.Names)-1
	var byClass [road.Classes]geo.Millimetres
	var all, named, limited geo.Millimetres
	for _, e := range out.Network.Edges {
		byClass[e.Class] += e.Length
		all += e.Length
		if e.Name != 0 {
			named += e.Length
		}
		if e.Limit != 0 {
			limited += e.Length
		}
		if (e.Forward^e.Backward)&road.Motor != 0 {
			p.OneWayEdges++
		}
		if e.Local&road.Motor != 0 {
			p.LocalEdges++
		}
		if may := e.Forward | e.Backward; may&road.Patrol != 0 && may&road.Engine == 0 {
			p.NoEngine++
		}
	}
	p.Metres, p.NamedMetres, p.LimitMetres = int64(all/1000), int64(named/1000), int64(limited/1000)
	for c := road.Classes - 1; c >= 0; c-- {
		p.ByClass = append(p.ByClass, Count{road.Class(c).String(), int(byClass[c] / 1_000_000)})
	}
	p.Bans, p.RestrictionsLeftOut = len(out.Network.Bans), r.bansLeftOut.list()
	p.Places, p.Addresses, p.AddressesLeftOut = len(out.Places), len(out.Addresses), r.addressesLeftOut.list()
	values := r.notes.values.list()
	for _, v := range values {
		p.NotUnderstoodTotal += v.Count
	}
	p.NotUnderstood = values[:min(len(values), reportedMax)]
	p.ConditionalWays = r.notes.conditional
	p.Warnings = []string{}
	if p.Relations == 0 {
		p.Warnings = append(p.Warnings, "the file has no relations: it has no turn restrictions, or it is cut short")
	}
	if p.NodesMissing*10 > len(r.refs) {
		p.Warnings = append(p.Warnings, fmt.Sprintf("of the roads' nodes %d of %d are not in the file: it was cut without its ways being completed, or it is cut short", p.NodesMissing, len(r.refs)))
	}
}

// String is the report for a person.
func (r Report) String() string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	list := func(indent string, counts []Count) {
		for _, c := range counts {
			line("%s%8d  %s", indent, c.Count, c.What)
		}
	}
	share := func(part int64) int64 { return part * 100 / max(r.Metres, 1) }
	line("Roads: %d nodes, %d pieces, %d km; %d %% of it with a name, %d %% with a limit", r.Nodes, r.Edges, r.Metres/1000, share(r.NamedMetres), share(r.LimitMetres))
	for _, c := range r.ByClass {
		if c.Count > 0 {
			line("  %8d km %s", c.Count, c.What)
		}
	}
	line("  pieces: %d one-way, %d only to get to a place on them, %d too small for an engine", r.OneWayEdges, r.LocalEdges, r.NoEngine)
	line("Ways: %d of %d kept; left out:", r.WaysKept, r.Ways)
	list("  ", r.WaysLeftOut)
	line("Turn restrictions: %d of %d kept, as %d banned turns; left out:", r.RestrictionsKept, r.Restrictions, r.Bans)
	list("  ", r.RestrictionsLeftOut)
	line("Barriers: %d of %d stop somebody:", r.BarriersKept, r.Barriers)
	list("  ", r.BarrierKinds)
	line("Names: %d streets, %d places, %d addresses; addresses left out:", r.Names, r.Places, r.Addresses)
	list("  ", r.AddressesLeftOut)
	for _, c := range []struct {
		count int
		what  string
	}{
		{r.NodesMissing, "nodes of roads are not in the file (at its edge)"},
		{r.NodesJoined, "nodes lay at the place of the one before"},
		{r.OffPlanet, "nodes were off the planet"},
		{r.TooLong, "pieces were too long"},
		{r.NamesBeyond, "names were beyond the limit"},
		{r.BarriersBeyond, "barriers were beyond the limit"},
		{r.PlacesBeyond, "places were beyond the limit"},
		{r.OutlinesBeyond, "outlines of places and houses were beyond the limit"},
		{r.ConditionalWays, "roads have rules at certain times, which are not followed"},
	} {
		if c.count > 0 {
			line("%d %s", c.count, c.what)
		}
	}
	if r.NotUnderstoodTotal > 0 {
		line("Values not understood: %d, for example:", r.NotUnderstoodTotal)
		list("  ", r.NotUnderstood)
	}
	for _, w := range r.Warnings {
		line("Warning: %s", w)
	}
	return b.String()
}
