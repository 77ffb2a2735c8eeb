package httpapi

import (
	"context"
	"math"
	"net/http"
	"slices"

	"github.com/everycall/everycall/advisor"
	"github.com/everycall/everycall/dispatch"
	"github.com/everycall/everycall/gazetteer"
	"github.com/everycall/everycall/geo"
	"github.com/everycall/everycall/road"
)

// Finder finds places by what somebody calls them, offline.
type Finder interface {
	Search(query string, near *geo.Point, limit int) []gazetteer.Match
	Reverse(geo.Point) (gazetteer.Match, bool)
}

// Router finds ways over streets.
type Router interface {
	Route(k road.Kind, places ...geo.Point) (road.Route, bool)
	Within(k road.Kind, from geo.Point, most dispatch.Millis) ([][2]geo.Point, bool)
}

// PlaceFound is one thing that a search may mean.
type PlaceFound struct {
	Label     string  `json:"label" doc:"as it is read aloud"`
	Kind      string  `json:"kind" enum:"address,interpolated,block,intersection,place,street,coordinates,usng,plus_code"`
	Lon       float64 `json:"lon"`
	Lat       float64 `json:"lat"`
	Beat      string  `json:"beat,omitempty"`
	Within    int64   `json:"within_m" doc:"how far from here the true place may be, in metres"`
	Exact     bool    `json:"exact" doc:"nothing had to be guessed of the words"`
	DistanceM *int64  `json:"distance_m,omitempty" doc:"from lon and lat of the question"`
}

type searchIn struct {
	Q     string  `query:"q" required:"true" minLength:"1" maxLength:"256" doc:"a block, an address, a crossing, a place, coordinates, USNG or a plus code" example:"11th and pine"`
	Lon   float64 `query:"lon" minimum:"-180" maximum:"180" doc:"with lat: what is near here comes first"`
	Lat   float64 `query:"lat" minimum:"-90" maximum:"90"`
	Limit int     `query:"limit" minimum:"1" maximum:"20" default:"8"`
}

type spotIn struct {
	Lon float64 `query:"lon" required:"true" minimum:"-180" maximum:"180"`
	Lat float64 `query:"lat" required:"true" minimum:"-90" maximum:"90"`
}

type routeIn struct {
	FromLon float64 `query:"from_lon" required:"true" minimum:"-180" maximum:"180"`
	FromLat float64 `query:"from_lat" required:"true" minimum:"-90" maximum:"90"`
	ToLon   float64 `query:"to_lon" required:"true" minimum:"-180" maximum:"180"`
	ToLat   float64 `query:"to_lat" required:"true" minimum:"-90" maximum:"90"`
	ViaLon  float64 `query:"via_lon" minimum:"-180" maximum:"180" doc:"with via_lat: a place to pass, a zone's gate for one"`
	ViaLat  float64 `query:"via_lat" minimum:"-90" maximum:"90"`
	Vehicle string  `query:"vehicle" enum:"patrol,engine,ambulance,foot,bicycle" default:"patrol"`
}

type reachIn struct {
	Lon     float64 `query:"lon" required:"true" minimum:"-180" maximum:"180"`
	Lat     float64 `query:"lat" required:"true" minimum:"-90" maximum:"90"`
	Minutes int     `query:"minutes" minimum:"1" maximum:"60" default:"5"`
	Vehicle string  `query:"vehicle" enum:"patrol,engine,ambulance,foot,bicycle" default:"patrol"`
}

// Isochrone is what can be reached in time, over streets as they are known now.
type Isochrone struct {
	Type        string          `json:"type" enum:"MultiLineString"`
	Coordinates [][2][2]float64 `json:"coordinates" doc:"street pieces, lon and lat"`
}

type unitRouteIn struct {
	ID   string `path:"id"`
	Unit string `query:"unit" required:"true" minLength:"1" maxLength:"40"`
}

// Way is a route over streets as they are known now.
type Way struct {
	Reachable  bool         `json:"reachable"`
	Vehicle    string       `json:"vehicle"`
	TravelMs   int64        `json:"travel_ms" doc:"with lights and sirens, for vehicles that have them"`
	LengthM    int64        `json:"length_m"`
	Line       [][2]float64 `json:"line" doc:"lon, lat"`
	Legs       []WayLeg     `json:"legs"`
	Restricted int          `json:"restricted" doc:"how many places it enters that are not for through traffic"`
	ReliesOn   []string     `json:"relies_on" doc:"access facts that it drives over: unknown, delayed, restricted or said to be open"`
	Avoids     []string     `json:"avoids" doc:"access facts and zones without which it would be another"`
	BlockedBy  []string     `json:"blocked_by" doc:"when it is not reachable: the fewest facts and zones whose opening would give a way; none when no opening would"`
	Epoch      uint64       `json:"epoch" doc:"the state of the streets that it is of"`
	FromOffM   int64        `json:"from_off_m" doc:"from the place asked for to the street"`
	ToOffM     int64        `json:"to_off_m"`
}

// WayLeg is a part of it along one street.
type WayLeg struct {
	Street   string `json:"street"`
	Turn     string `json:"turn" enum:"start,straight,right,left,sharp,around"`
	LengthM  int64  `json:"length_m"`
	TravelMs int64  `json:"travel_ms"`
}

func (s *Server) placeRoutes() {
	route(s, http.MethodGet, "/api/v1/places", "findPlaces", "places", "Find a place by what a caller calls it", s.findPlaces)
	route(s, http.MethodGet, "/api/v1/places/nearest", "nearestPlace", "places", "What is at a point, or near it", s.nearestPlace)
	route(s, http.MethodGet, "/api/v1/route", "route", "places", "The quickest way between two places, over streets as they are known now", s.routeBetween)
	route(s, http.MethodGet, "/api/v1/reach", "reach", "places", "The streets that can be reached from a place in some minutes, as a GeoJSON geometry", s.reach)
	route(s, http.MethodGet, "/api/v1/incidents/{id}/route", "unitRoute", "places", "A unit's way to an incident from where it was last seen", s.unitRoute)
}

var noPlaces = "no city pack is loaded: start with --pack"

func (s *Server) findPlaces(_ context.Context, in *searchIn) (*body[Page[PlaceFound]], error) {
	if s.opt.Places == nil {
		return nil, problem(http.StatusNotFound, "no_pack", noPlaces, "")
	}
	var near *geo.Point
	if in.Lon != 0 || in.Lat != 0 {
		p := pointOf(in.Lon, in.Lat)
		near = &p
	}
	out := []PlaceFound{}
	for _, m := range s.opt.Places.Search(in.Q, near, in.Limit) {
		out = append(out, s.placeFound(m))
	}
	return &body[Page[PlaceFound]]{Page[PlaceFound]{Items: out}}, nil
}

func (s *Server) nearestPlace(_ context.Context, in *spotIn) (*body[PlaceFound], error) {
	if s.opt.Places == nil {
		return nil, problem(http.StatusNotFound, "no_pack", noPlaces, "")
	}
	m, found := s.opt.Places.Reverse(pointOf(in.Lon, in.Lat))
	if !found {
		return nil, problem(http.StatusNotFound, "nothing_near", "no street or place that is known is near", "")
	}
	return &body[PlaceFound]{s.placeFound(m)}, nil
}

func (s *Server) placeFound(m gazetteer.Match) PlaceFound {
	at := degrees(m.Point)
	out := PlaceFound{Label: m.Label, Kind: string(m.Kind), Lon: at.Lon, Lat: at.Lat, Beat: s.beatAt(&m.Point), Within: int64(m.Within) / 1000, Exact: m.Exact}
	if m.Distance >= 0 {
		d := int64(m.Distance) / 1000
		out.DistanceM = &d
	}
	return out
}

func (s *Server) routeBetween(_ context.Context, in *routeIn) (*body[Way], error) {
	k, _ := road.ParseKind(in.Vehicle) // the door has held it to the list
	places := []geo.Point{pointOf(in.FromLon, in.FromLat), pointOf(in.ToLon, in.ToLat)}
	if in.ViaLon != 0 || in.ViaLat != 0 {
		places = slices.Insert(places, 1, pointOf(in.ViaLon, in.ViaLat))
	}
	return s.routed(k, places...)
}

func (s *Server) unitRoute(ctx context.Context, in *unitRouteIn) (*body[Way], error) {
	var k road.Kind
	var from, to, gate *geo.Point
	role, hidden := identity(ctx).Role, false
	s.room.Look(func(st *dispatch.State) {
		i, u := st.Incidents[dispatch.IncidentID(in.ID)], st.Units[dispatch.UnitID(in.Unit)]
		if i == nil || u == nil {
			return
		}
		k = advisor.VehicleOf(u.Service, u.Kind)
		if lead := st.Lead(i); lead != nil {
			hidden = !(rows{s: st, hidden: st.Confidential, role: role}).mayPlace(lead)
		}
		if goal, outside := st.Target(u.Service, i, s.engine.Now()); goal != nil {
			p := *goal
			if to = &p; outside {
				return
			}
		}
		if w, closed := st.HowToEnter(u.Service, i, s.engine.Now()); closed && w.Gate != nil && w.Entry != dispatch.EntryFree {
			p := w.Gate.Point
			gate = &p
		}
	})
	if hidden {
		return nil, problem(http.StatusForbidden, "contact_confidential", "the place is confidential: a named reader looks and gives it to the unit", "path.id")
	}
	if at, seen := s.room.Where(dispatch.UnitID(in.Unit)); seen {
		from = &at.Point
	}
	if from == nil || to == nil {
		return nil, problem(http.StatusNotFound, "place_unknown", "the unit's position or the incident's place is not known", "")
	}
	if gate != nil {
		return s.routed(k, *from, *gate, *to)
	}
	return s.routed(k, *from, *to)
}

func (s *Server) reach(_ context.Context, in *reachIn) (*body[Isochrone], error) {
	if s.opt.Router == nil {
		return nil, problem(http.StatusNotFound, "no_pack", noPlaces, "")
	}
	k, _ := road.ParseKind(in.Vehicle) // the door has held it to the list
	lines, near := s.opt.Router.Within(k, pointOf(in.Lon, in.Lat), dispatch.Millis(in.Minutes)*dispatch.Minute)
	if !near {
		return nil, problem(http.StatusUnprocessableEntity, "off_network", "no street for this vehicle is within 500 m of the place", "")
	}
	out := Isochrone{Type: "MultiLineString", Coordinates: make([][2][2]float64, len(lines))}
	for i, l := range lines {
		out.Coordinates[i] = [2][2]float64(pairs(l[:]))
	}
	return &body[Isochrone]{out}, nil
}

func (s *Server) routed(k road.Kind, places ...geo.Point) (*body[Way], error) {
	if s.opt.Router == nil {
		return nil, problem(http.StatusNotFound, "no_pack", noPlaces, "")
	}
	r, near := s.opt.Router.Route(k, places...)
	if !near {
		return nil, problem(http.StatusUnprocessableEntity, "off_network", "no street for this vehicle is within 500 m of one of the places", "")
	}
	w := Way{Reachable: r.OK, Vehicle: k.String(), TravelMs: r.Ms, LengthM: int64(r.Length) / 1000, Line: pairs(r.Line), Legs: []WayLeg{}, Restricted: r.Reluctant,
		ReliesOn: texts(r.Relies), Avoids: texts(r.Avoids), BlockedBy: texts(r.Blocked), Epoch: r.Epoch, FromOffM: int64(r.From.Off) / 1000, ToOffM: int64(r.To.Off) / 1000}
	for _, l := range r.Legs {
		w.Legs = append(w.Legs, WayLeg{Street: l.Name, Turn: l.How, LengthM: int64(l.Length) / 1000, TravelMs: l.Ms})
	}
	return &body[Way]{w}, nil
}

func pointOf(lon, lat float64) geo.Point {
	return geo.Point{Lon: int32(math.Round(lon * 1e7)), Lat: int32(math.Round(lat * 1e7))}
}
