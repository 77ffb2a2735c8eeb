package osm

import (
	"github.com/everycall/everycall/road"
	"github.com/everycall/everycall/road/osm/pbf"
)

// verdict is what tags say of who may use something.
type verdict uint8

// The verdicts, from the least generous: of several the greatest holds.
const (
	unsaid  verdict = iota
	never           // nobody
	private         // those with a right, to get to a place
	local           // everybody, to get to a place
	free
)

// kind is what a highway value means.
type kind struct {
	class               road.Class
	motor, foot, onBike verdict
}

var kinds = map[string]kind{
	"motorway":       {road.Motorway, free, never, never},
	"motorway_link":  {road.Motorway, free, never, never},
	"trunk":          {road.Highway, free, free, free},
	"trunk_link":     {road.Highway, free, free, free},
	"primary":        {road.Arterial, free, free, free},
	"primary_link":   {road.Arterial, free, free, free},
	"secondary":      {road.Arterial, free, free, free},
	"secondary_link": {road.Arterial, free, free, free},
	"tertiary":       {road.Collector, free, free, free},
	"tertiary_link":  {road.Collector, free, free, free},
	"unclassified":   {road.Street, free, free, free},
	"residential":    {road.Street, free, free, free},
	"living_street":  {road.Street, free, free, free},
	"road":           {road.Street, free, free, free},
	"service":        {road.Service, free, free, free},
	"busway":         {road.Service, free, never, never},
	"track":          {road.Track, free, free, free},
	"pedestrian":     {road.Footpath, local, free, never},
	"path":           {road.Footpath, never, free, free},
	"cycleway":       {road.Footpath, never, free, free},
	"footway":        {road.Footpath, never, free, never},
	"steps":          {road.Footpath, never, free, never},
	"bridleway":      {road.Footpath, never, free, never},
}

// Why ways are left out, by their highway value; the report's words.
var leftOut = map[string]string{
	"construction":  "being built",
	"proposed":      "planned",
	"planned":       "planned",
	"abandoned":     "abandoned or razed",
	"razed":         "abandoned or razed",
	"demolished":    "abandoned or razed",
	"disused":       "abandoned or razed",
	"dismantled":    "abandoned or razed",
	"historic":      "abandoned or razed",
	"no":            "abandoned or razed",
	"raceway":       "raceway",
	"bus_guideway":  "guided busway",
	"corridor":      "inside a building",
	"elevator":      "inside a building",
	"platform":      "platform or stop",
	"bus_stop":      "platform or stop",
	"escape":        "escape lane",
	"emergency_bay": "bay or rest area", "layby": "bay or rest area", "rest_area": "bay or rest area", "services": "bay or rest area",
}

// Other reasons for which a way is left out.
const (
	whyArea       = "area"
	whyFerry      = "ferry"
	whyUnknown    = "highway value not known"
	whyNobody     = "nobody may use it"
	whyReversible = "reversible: the direction changes by the clock"
	whyShort      = "fewer than two nodes"
)

// street is what a way's tags come to.
type street struct {
	class                    road.Class
	limit                    uint8
	forward, backward, local road.Vehicles
}

// isRoad reports whether a way is one that is kept or counted.
func isRoad(t pbf.Tags) bool { return t.Get("highway") != "" || t.Get("route") == "ferry" }

// streetOf reads a way's tags; why says why a way is left out, "" if it is not.
func streetOf(t pbf.Tags, notes *notes) (s street, why string) {
	value := t.Get("highway")
	if value == "" {
		return s, whyFerry
	}
	if reason := leftOut[value]; reason != "" {
		return s, reason
	}
	k, known := kinds[value]
	switch {
	case !known:
		notes.unknown("highway", value)
		return s, whyUnknown
	case t.Get("area") == "yes":
		return s, whyArea
	case t.Get("abandoned") == "yes" || t.Get("disused") == "yes" || t.Get("razed") == "yes":
		return s, leftOut["abandoned"]
	}
	s.class = k.class
	s.limit = limitOf(t, notes)
	rights := rightsOf(t, k, notes)
	way := directionOf(t, value, notes)
	for _, mode := range [...]struct {
		who         road.Vehicles
		right       [2]verdict
		there, back bool
	}{
		{road.Motor, rights.motor, way.there, way.back},
		{road.Foot, rights.foot, way.footThere, way.footBack},
		{road.Bicycle, rights.onBike, way.bikeThere, way.bikeBack},
	} {
		there, back := mode.right[0], mode.right[1]
		if !mode.there {
			there = never
		}
		if !mode.back {
			back = never
		}
		least := private // of a service; others have no right
		if mode.who != road.Motor {
			least = local
		}
		if there >= least {
			s.forward |= mode.who
		}
		if back >= least {
			s.backward |= mode.who
		}
		if best := max(there, back); best >= least && best < free {
			s.local |= mode.who
		}
	}
	if tooSmall(t, notes) {
		s.forward, s.backward, s.local = s.forward&^road.Engine, s.backward&^road.Engine, s.local&^road.Engine
	}
	if s.forward|s.backward == 0 {
		if way.reversible {
			return s, whyReversible
		}
		return s, whyNobody
	}
	return s, ""
}
