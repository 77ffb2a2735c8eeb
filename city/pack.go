// Package city holds city packs: one file with everything that Everycall knows
// about a place before the first call comes in. Streets, beats, stations,
// apparatus, police units, a gazetteer, one day of demand, and what was
// particular about the place at a time (the overlay).
//
// A Pack is read once and never changed; any number of goroutines may use it.
// Package city/build makes packs from a city's open data; Seattle is embedded.
// This package knows nothing of dispatching: it is plain data, and whoever wires
// the room turns it into configuration and commands.
//
// Two floors hold for every pack that ships and are tested over every string in
// it: no house number, and no call of a crisis, a child or a sexual matter at its
// true block. A pack that an agency imports for itself may hold the addresses of
// its map. What is invented or derived is named in Attribution and, where a value
// stands alone, by a field beside it.
package city

import (
	"github.com/everycall/everycall/geo"
	"github.com/everycall/everycall/road"
)

// Pack is one city.
type Pack struct {
	Name           string // "Seattle"
	Zone           string // IANA time zone, "America/Los_Angeles"
	Roads          *road.Graph
	Order          []uint32 // of the roads' links, as road.Prepare wants it; nil: not ordered yet
	Beats          []Area   // 51 in Seattle
	Precincts      []Area
	Neighbourhoods []Area
	Parks          []Area
	Limits         []Area // the city's outline
	Stations       []Station
	Apparatus      []Apparatus // named fire and ambulance vehicles
	PoliceUnits    []PoliceUnit
	Intersections  []Intersection
	HundredBlocks  []HundredBlock
	Places         []Place    // by name; none in a pack that ships
	Addresses      []Address  // by street; none in a pack that ships
	CallTypes      []CallType // by code
	Calls          []Call     // one day of demand, by offset
	Overlay        Overlay
	Attribution    []Notice

	hash   [32]byte
	byType map[string]int // index into CallTypes; read by key only
}

// Area is a named shape.
type Area struct {
	Name  string
	Shape geo.MultiPolygon

	box geo.Box
}

// Contains reports whether p is in the area or on its boundary.
func (a *Area) Contains(p geo.Point) bool { return a.box.Contains(p) && a.Shape.Contains(p) }

// Services that call types, stations and units belong to.
const (
	Police = "police"
	Fire   = "fire"
	EMS    = "ems"
)

// Station is a house that units leave from.
type Station struct {
	ID      string // "25", "HQ", "police-E"
	Name    string // "Fire Station 25", "East Precinct"
	Service string // Police or Fire
	Point   geo.Point
	// Source says where the point comes from; Approximate, that it is not the
	// building's own.
	Source      string
	Approximate bool
}

// Apparatus is a named vehicle of the fire department.
type Apparatus struct {
	CallSign     string // "E25"; unique in the pack, also against police units
	Station      string // Station.ID
	Service      string // Fire or EMS
	Kind         string // "engine", "ladder", "medic", "aid", "chief", …
	Capabilities []string
	Crew         int    // invented: usual crew by kind
	Staffed      bool   // invented: answers calls at the start; reserve and special units do not
	Note         string // as recorded: "part-time", "Reserve Engine", …
}

// PoliceUnit is a patrol car of one watch on one beat. Which units are on duty
// is invented: one per beat on the evening watch.
type PoliceUnit struct {
	CallSign string // watch and beat: "3E2"
	Watch    int
	Beat     string // Area.Name of a beat
	Precinct string // Area.Name of a precinct
	Station  string // Station.ID
	Start    geo.Point
	Crew     int
}

// Intersection is a gazetteer row: two streets and where they meet. Streets are
// indices into Roads.Names.
type Intersection struct {
	StreetA, StreetB uint32
	Point            geo.Point
}

// HundredBlock is a gazetteer row: "1500 block of 12 Av".
type HundredBlock struct {
	Block  int // 0, 100, 200 …
	Street uint32
	Point  geo.Point
}

// Place is a gazetteer row: anything with a name of its own but a street's pieces.
type Place struct {
	Name    string
	Kind    string   // as its map says it: "hospital", "fire station", "suburb"
	Aliases []string // other names and numbers it goes by
	Point   geo.Point
}

// KindStreet is the Kind of a Place that is there for a street's aliases: its Name is
// the street's, its Point somewhere on it.
const KindStreet = "street"

// Address is a gazetteer row: one house. Street is an index into Roads.Names; not
// every street with houses has a road.
type Address struct {
	Street uint32
	Number string // "1519", "1519A", "12-16": as its map writes it
	Point  geo.Point
}

// CallType is one kind of call. Codes, priorities, life-safety flags,
// capabilities and counts are all invented for the demo: no source gives them.
type CallType struct {
	Code       string
	Name       string
	Service    string
	Priority   int // 1, most urgent, to 4
	LifeSafety bool
	// Capabilities are what must come, one unit each; UnitsWanted is the whole
	// number of units, those beyond len(Capabilities) having the first one.
	Capabilities []string
	UnitsWanted  int
	// Moved says that calls of this type are never at their true block.
	Moved bool
}

// Call is one call for service of the day of demand.
type Call struct {
	OffsetMs int64 // from local midnight; derived, see Attribution
	Type     string
	Service  string
	Point    geo.Point
	Place    string // "1500 block of 12 Av", "10 Av / E Pine St"
	Beat     string
	// Units are the call signs sent as recorded (fire and ambulance only). Some
	// are of vehicles that the pack does not list.
	Units       []string
	UnitsWanted int  // as recorded for fire and ambulance, else the type's
	Moved       bool // at a random block, not its true one
	Approximate bool // the point is of its street or of the first unit's station
}

// Kinds of notice, as the console groups them.
const (
	NoticeReal     = "real"
	NoticePairing  = "pairing"
	NoticeInvented = "invented"
	NoticeLicence  = "licence"
)

// Notice is a sentence about the pack that whoever shows it must also show.
type Notice struct {
	Kind string
	Text string
}

// Hash identifies the pack's content whatever the compression: SHA-256 over the
// uncompressed sections. It is zero for a pack that was neither read nor written.
func (p *Pack) Hash() [32]byte { return p.hash }

// Type finds a call type by its code.
func (p *Pack) Type(code string) (CallType, bool) {
	i, ok := p.byType[code]
	if !ok {
		return CallType{}, false
	}
	return p.CallTypes[i], true
}

// Street is the street name with this index, "" for 0 or beyond the end.
func (p *Pack) Street(index uint32) string {
	if names := p.Roads.Names(); int(index) < len(names) {
		return names[index]
	}
	return ""
}

// Finish makes the look-up tables of a pack whose fields are filled. Read calls
// it; so must whoever fills a Pack by hand, before sharing it.
func (p *Pack) Finish() {
	for _, areas := range [][]Area{p.Beats, p.Precincts, p.Neighbourhoods, p.Parks, p.Limits} {
		for i := range areas {
			areas[i].box = areas[i].Shape.Box()
		}
	}
	p.byType = make(map[string]int, len(p.CallTypes))
	for i, t := range p.CallTypes {
		p.byType[t.Code] = i
	}
}
