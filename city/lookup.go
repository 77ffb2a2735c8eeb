package city

import (
	"fmt"
	"math"

	"github.com/everycall/everycall/geo"
	"github.com/everycall/everycall/road"
)

// Reaches of the look-ups.
const (
	BeatReach   = geo.Millimetres(100_000) // a place this near to a beat counts as in it
	StreetReach = geo.Millimetres(150_000) // beyond this a place is on no street
)

// BeatAt names the beat that holds p. Simplified neighbours may leave a sliver
// between them: a place in none gets the nearest beat within BeatReach, else "".
func (p *Pack) BeatAt(at geo.Point) string { return areaAt(p.Beats, at) }

// PrecinctAt names the precinct that holds p, with the same rule as BeatAt.
func (p *Pack) PrecinctAt(at geo.Point) string { return areaAt(p.Precincts, at) }

func areaAt(areas []Area, at geo.Point) string {
	for i := range areas {
		if areas[i].Contains(at) {
			return areas[i].Name
		}
	}
	name, nearest := "", BeatReach+1
	for i := range areas {
		for _, polygon := range areas[i].Shape {
			for _, ring := range polygon {
				for j := range ring {
					if d := geo.DistanceToSegment(at, ring[j], ring[(j+1)%len(ring)]); d < nearest {
						name, nearest = areas[i].Name, d
					}
				}
			}
		}
	}
	return name
}

// NearestStreet names the nearest street with a known name within StreetReach,
// else "".
func (p *Pack) NearestStreet(at geo.Point) string {
	place, ok := p.Roads.NearestNamed(at)
	if !ok || place.Distance > StreetReach {
		return ""
	}
	return p.Roads.Name(place.Edge)
}

// Label describes a place as a person would: the nearest hundred-block of the
// nearest named street, else the street, else "".
func (p *Pack) Label(at geo.Point) string {
	place, ok := p.Roads.NearestNamed(at)
	if !ok || place.Distance > StreetReach {
		return ""
	}
	street := p.Roads.Edges()[place.Edge].Name
	best, nearest := -1, StreetReach
	for i, b := range p.HundredBlocks {
		if b.Street != street {
			continue
		}
		if d := geo.Distance(at, b.Point); d <= nearest {
			best, nearest = i, d
		}
	}
	if best < 0 {
		return p.Street(street)
	}
	return BlockText(p.HundredBlocks[best].Block, p.Street(street))
}

// BlockText is how the pack writes a hundred-block.
func BlockText(block int, street string) string { return fmt.Sprintf("%d block of %s", block, street) }

// Station finds a station by its id.
func (p *Pack) Station(id string) (Station, bool) {
	for _, s := range p.Stations {
		if s.ID == id {
			return s, true
		}
	}
	return Station{}, false
}

// Statistics are counts that a person may want to see about a pack.
type Statistics struct {
	Nodes, MainlandNodes, Edges         int
	NamedEdges, ArterialEdges           int
	LengthKm, NamedKm, ArterialKm       int
	StreetNames, Beats, Stations        int
	Apparatus, PoliceUnits              int
	Intersections, HundredBlocks        int
	PoliceCalls, FireCalls, EMSCalls    int
	CallTypes, MovedCalls, Approximates int
}

// Statistics counts the pack.
func (p *Pack) Statistics() Statistics {
	s := Statistics{
		Nodes: p.Roads.NodeCount(), MainlandNodes: p.Roads.MainlandCount(), Edges: len(p.Roads.Edges()),
		StreetNames: len(p.Roads.Names()) - 1, Beats: len(p.Beats), Stations: len(p.Stations),
		Apparatus: len(p.Apparatus), PoliceUnits: len(p.PoliceUnits),
		Intersections: len(p.Intersections), HundredBlocks: len(p.HundredBlocks), CallTypes: len(p.CallTypes),
	}
	var all, named, arterial geo.Millimetres
	for _, e := range p.Roads.Edges() {
		all += e.Length
		if e.Name != 0 {
			s.NamedEdges++
			named += e.Length
		}
		if e.Class >= road.Arterial {
			s.ArterialEdges++
			arterial += e.Length
		}
	}
	const km = 1_000_000
	s.LengthKm, s.NamedKm, s.ArterialKm = int(all/km), int(named/km), int(arterial/km)
	for _, c := range p.Calls {
		switch c.Service {
		case Police:
			s.PoliceCalls++
		case Fire:
			s.FireCalls++
		case EMS:
			s.EMSCalls++
		}
		if c.Moved {
			s.MovedCalls++
		}
		if c.Approximate {
			s.Approximates++
		}
	}
	return s
}

// The pack is a source of map tiles (package tile): it hands out its shapes in
// types of geo alone.

// EachStreet visits every street piece with what drivers must know: oneway is 1 where motor vehicles
// may go only from → to, −1 where only to → from; local says that they may only to get
// to a place on it.
func (p *Pack) EachStreet(visit func(name, class string, oneway int, local bool, from, to geo.Point)) {
	for i, e := range p.Roads.Edges() {
		oneway, motor := 0, road.Patrol // what holds for a car is what a map shows
		switch there, back := e.Forward&motor != 0, e.Backward&motor != 0; {
		case there && !back:
			oneway = 1
		case back && !there:
			oneway = -1
		}
		visit(p.Roads.Name(i), e.Class.String(), oneway, e.Local&motor != 0, p.Roads.Point(e.From), p.Roads.Point(e.To))
	}
}

// EachArea visits every shape of the map: kinds "city", "park" and "beat".
func (p *Pack) EachArea(visit func(kind, name string, shape geo.MultiPolygon)) {
	for _, group := range []struct {
		kind  string
		areas []Area
	}{{"city", p.Limits}, {"park", p.Parks}, {"beat", p.Beats}} {
		for _, a := range group.areas {
			visit(group.kind, a.Name, a.Shape)
		}
	}
}

// EachPlace visits every point of the map: kinds "station_fire",
// "station_police", "beat" and "neighbourhood".
func (p *Pack) EachPlace(visit func(kind, name string, at geo.Point)) {
	for _, s := range p.Stations {
		visit("station_"+s.Service, s.Name, s.Point)
	}
	for _, group := range []struct {
		kind  string
		areas []Area
	}{{"beat", p.Beats}, {"neighbourhood", p.Neighbourhoods}} {
		for _, a := range group.areas {
			if at, ok := a.Shape.InteriorPoint(); ok {
				visit(group.kind, a.Name, at)
			}
		}
	}
}

// DemandReader hands out calls in the order of their offsets, however they are
// recorded; false means that there are no more.
type DemandReader interface {
	Next() (Call, bool)
}

// DayMs is one day of demand.
const DayMs = 24 * 60 * 60 * 1000

// LoopedDay plays a pack's day over and over from a time of day on; it ends only
// for a pack without calls. It belongs to one goroutine.
type LoopedDay struct {
	calls []Call
	next  int
	days  int64
}

// NewLoopedDay starts at the first call at or after fromMs, counted from the
// first day's local midnight; it may lie in a later day. Offsets keep growing.
func NewLoopedDay(p *Pack, fromMs int64) *LoopedDay {
	d := &LoopedDay{calls: p.Calls}
	if len(p.Calls) == 0 {
		return d
	}
	fromMs = min(max(fromMs, 0), math.MaxInt64/2)
	d.days = fromMs / DayMs
	for d.next < len(d.calls) && d.calls[d.next].OffsetMs < fromMs%DayMs {
		d.next++
	}
	return d
}

// Next gives the next call; OffsetMs counts from the first day's midnight.
func (d *LoopedDay) Next() (Call, bool) {
	if len(d.calls) == 0 {
		return Call{}, false
	}
	if d.next == len(d.calls) {
		d.next = 0
		d.days++
	}
	c := d.calls[d.next]
	c.OffsetMs += d.days * DayMs
	d.next++
	return c, true
}
