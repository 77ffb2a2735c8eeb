package httpapi

import (
	"context"
	"fmt"
	"net/http"

	"github.com/everycall/everycall/dispatch"
	"github.com/everycall/everycall/gazetteer"
	"github.com/everycall/everycall/geo"
)

// Zone is a place that one cannot simply enter.
type Zone struct {
	ID        string       `json:"id"`
	Name      string       `json:"name"`
	Within    string       `json:"within,omitempty" doc:"the wider zone that it is an exception in"`
	Outline   [][2]float64 `json:"outline"`
	Rules     []ZoneRule   `json:"rules"`
	Parts     []ZonePart   `json:"parts"`
	Gates     []Gate       `json:"gates"`
	From      string       `json:"from"`
	Until     string       `json:"until,omitempty"`
	Authority string       `json:"authority"`
	Reason    string       `json:"reason"`
	By        string       `json:"by,omitempty"`
	Version   int          `json:"version"`
	History   []ZoneChange `json:"history"`
	EndedAt   string       `json:"ended_at,omitempty"`
	EndReason string       `json:"end_reason,omitempty"`
}

// ZoneRule says how one service enters.
type ZoneRule struct {
	Service  string `json:"service" maxLength:"40"`
	Entry    string `json:"entry" enum:"free,gates_only,escort,stage_outside,life_safety_only,none"`
	EscortBy string `json:"escort_by,omitempty" maxLength:"40" doc:"the service that goes along"`
}

// ZonePart is a part of a zone that is more or less dangerous.
type ZonePart struct {
	Heat    string       `json:"heat" enum:"hot,warm,cold"`
	Outline [][2]float64 `json:"outline" minItems:"3" maxItems:"2000" doc:"[lon, lat], …"`
}

// ZoneChange is what a zone was until somebody changed it.
type ZoneChange struct {
	At        string     `json:"at"`
	By        string     `json:"by"`
	Why       string     `json:"why"`
	Authority string     `json:"authority"`
	Reason    string     `json:"reason"`
	Rules     []ZoneRule `json:"rules"`
}

// Gate is a way in, with one name and one wording for all services.
type Gate struct {
	ID     string `json:"id,omitempty" maxLength:"40" doc:"none: it gets one"`
	Name   string `json:"name" minLength:"1" maxLength:"400"`
	Street string `json:"street,omitempty" maxLength:"400"`
	Grid   string `json:"grid,omitempty" maxLength:"400" doc:"USNG; made from the point when left out"`
	LonLat
	Rendezvous *Rendezvous `json:"rendezvous,omitempty" doc:"where to wait; none: at the gate"`
	Admits     []string    `json:"admits,omitempty" maxItems:"20" doc:"services; none: all that the rule lets through gates"`
	Words      string      `json:"words,omitempty" readOnly:"true" doc:"its one wording"`
}

// Rendezvous is where who waits to go in waits.
type Rendezvous struct {
	Name   string  `json:"name" maxLength:"400"`
	Street string  `json:"street,omitempty" maxLength:"400"`
	Grid   string  `json:"grid,omitempty" maxLength:"400"`
	Lon    float64 `json:"lon" minimum:"-180" maximum:"180"`
	Lat    float64 `json:"lat" minimum:"-90" maximum:"90"`
}

// ZoneBody is a zone as somebody says it.
type ZoneBody struct {
	Name      string       `json:"name" minLength:"1" maxLength:"400"`
	Outline   [][2]float64 `json:"outline" minItems:"3" maxItems:"2000" doc:"[lon, lat], …"`
	Rules     []ZoneRule   `json:"rules,omitempty" maxItems:"20"`
	Parts     []ZonePart   `json:"parts,omitempty" maxItems:"50"`
	Gates     []Gate       `json:"gates,omitempty" maxItems:"50"`
	Until     string       `json:"until,omitempty" maxLength:"40" doc:"RFC 3339; none: until somebody ends it"`
	Authority string       `json:"authority" minLength:"1" maxLength:"400"`
	Reason    string       `json:"reason" minLength:"1" maxLength:"400"`
}

type zoneIn struct {
	Body struct {
		ZoneBody
		Within   string `json:"within,omitempty" maxLength:"40" doc:"the zone in force that it is an exception in"`
		Replaces string `json:"replaces,omitempty" maxLength:"40" doc:"the zone in force whose place it takes"`
	}
}

type amendZoneIn struct {
	ID   string `path:"id" maxLength:"40"`
	Body struct {
		ZoneBody
		Version int    `json:"version,omitempty" minimum:"0" doc:"the version that it was read as: refused where somebody changed it meanwhile; none: whatever it is"`
		Why     string `json:"why" minLength:"1" maxLength:"400"`
	}
}

type endZoneIn struct {
	ID          string `path:"id" maxLength:"40"`
	Reason      string `query:"reason" required:"true" minLength:"1" maxLength:"400"`
	WithoutPlan string `query:"without_plan" maxLength:"400" doc:"why its plan is not carried out"`
}

func (s *Server) zoneRoutes() {
	route(s, http.MethodGet, "/api/v1/zones", "listZones", "places", "Zones in force and those that ended within a day", func(ctx context.Context, _ *struct{}) (*body[Page[Zone]], error) {
		s.room.mu.RLock()
		defer s.room.mu.RUnlock()
		r := s.rowsOf(identity(ctx))
		return &body[Page[Zone]]{Page[Zone]{Items: list(r.s.Zones, r.zoneRow, nil)}}, nil
	})
	route(s, http.MethodPost, "/api/v1/zones", "declareZone", "places", "A place that cannot simply be entered", func(ctx context.Context, in *zoneIn) (*body[Done], error) {
		z, bad := s.zoneOf(in.Body.ZoneBody)
		if bad != nil {
			return nil, bad
		}
		z.Within, z.Replaces = dispatch.ZoneID(in.Body.Within), dispatch.ZoneID(in.Body.Replaces)
		return s.do(ctx, z)
	})
	route(s, http.MethodPost, "/api/v1/zones/{id}/amend", "amendZone", "places", "Change it; everything is given as it shall be", func(ctx context.Context, in *amendZoneIn) (*body[Done], error) {
		z, bad := s.zoneOf(in.Body.ZoneBody)
		if bad != nil {
			return nil, bad
		}
		return s.do(ctx, dispatch.AmendZone{Zone: dispatch.ZoneID(in.ID), Version: in.Body.Version, Name: z.Name, Outline: z.Outline, Rules: z.Rules, Parts: z.Parts, Gates: z.Gates, Until: z.Until, Authority: z.Authority, Reason: z.Reason, Why: in.Body.Why})
	})
	route(s, http.MethodDelete, "/api/v1/zones/{id}", "endZone", "places", "It can be entered again", func(ctx context.Context, in *endZoneIn) (*body[Done], error) {
		return s.do(ctx, dispatch.EndZone{Zone: dispatch.ZoneID(in.ID), Reason: in.Reason, WithoutPlan: in.WithoutPlan})
	})
}

func (s *Server) zoneOf(b ZoneBody) (dispatch.DeclareZone, *Problem) {
	z := dispatch.DeclareZone{Name: b.Name, Authority: b.Authority, Reason: b.Reason}
	until, bad := instant("body.until", b.Until)
	if bad != nil {
		return z, bad
	}
	z.Until = until
	if z.Outline, bad = ringOf(b.Outline); bad != nil {
		return z, bad
	}
	for _, r := range b.Rules {
		z.Rules = append(z.Rules, dispatch.ZoneRule{Service: dispatch.Service(r.Service), Entry: dispatch.Entry(r.Entry), EscortBy: dispatch.Service(r.EscortBy)})
	}
	for _, p := range b.Parts {
		outline, bad := ringOf(p.Outline)
		if bad != nil {
			return z, bad
		}
		z.Parts = append(z.Parts, dispatch.ZonePart{Heat: dispatch.Heat(p.Heat), Outline: outline})
	}
	for _, g := range b.Gates {
		at, bad := fixed(g.Lon, g.Lat)
		if bad != nil {
			return z, bad
		}
		gate := dispatch.Gate{ID: dispatch.GateID(g.ID), Name: g.Name, Street: g.Street, Grid: g.Grid, Point: at, Admits: named[dispatch.Service](g.Admits)}
		if gate.Grid == "" {
			gate.Grid = gazetteer.USNG(at)
		}
		if gate.Street == "" {
			gate.Street = s.streetAt(at)
		}
		if m := g.Rendezvous; m != nil {
			meet, bad := fixed(m.Lon, m.Lat)
			if bad != nil {
				return z, bad
			}
			if meet != at || m.Name != g.Name {
				gate.Rendezvous = dispatch.Rendezvous{Name: m.Name, Street: m.Street, Grid: m.Grid, Point: meet}
				if m.Grid == "" {
					gate.Rendezvous.Grid = gazetteer.USNG(meet)
				}
				if m.Street == "" {
					gate.Rendezvous.Street = s.streetAt(meet)
				}
			}
		}
		z.Gates = append(z.Gates, gate)
	}
	return z, nil
}

// streetAt is the street text of a point, where one is known.
func (s *Server) streetAt(p geo.Point) string {
	if s.opt.Places == nil {
		return ""
	}
	m, found := s.opt.Places.Reverse(p)
	if !found {
		return ""
	}
	return m.Label
}

// ringOf reads an outline; one that GeoJSON closes is opened.
func ringOf(pairs [][2]float64) (geo.Ring, *Problem) {
	var ring geo.Ring
	for n, pair := range pairs {
		p, bad := fixed(pair[0], pair[1])
		if bad != nil {
			return nil, problem(http.StatusUnprocessableEntity, "place_invalid", fmt.Sprintf("point %d of the outline is not on the planet: [lon, lat] in degrees", n+1), "body.outline")
		}
		ring = append(ring, p)
	}
	if len(ring) > 3 && ring[0] == ring[len(ring)-1] {
		ring = ring[:len(ring)-1]
	}
	return ring, nil
}

func (r rows) zoneRow(z *dispatch.Zone) Zone {
	row := Zone{ID: string(z.ID), Name: z.Name, Within: string(z.Within), Outline: pairs(z.Outline), From: r.time(z.From), Until: r.time(z.Until), Authority: z.Authority, Reason: z.Reason, By: z.By, Version: z.Version,
		EndedAt: r.time(z.EndedAt), EndReason: z.EndReason, Rules: zoneRules(z.Rules), Parts: []ZonePart{}, Gates: []Gate{}, History: []ZoneChange{}}
	for _, p := range z.Parts {
		row.Parts = append(row.Parts, ZonePart{Heat: string(p.Heat), Outline: pairs(p.Outline)})
	}
	for n := range z.Gates {
		row.Gates = append(row.Gates, gateRow(&z.Gates[n]))
	}
	for _, h := range z.History {
		row.History = append(row.History, ZoneChange{At: r.time(h.At), By: h.By, Why: h.Why, Authority: h.Authority, Reason: h.Reason, Rules: zoneRules(h.Rules)})
	}
	return row
}

func zoneRules(rules []dispatch.ZoneRule) []ZoneRule {
	out := []ZoneRule{}
	for _, r := range rules {
		out = append(out, ZoneRule{Service: string(r.Service), Entry: string(r.Entry), EscortBy: string(r.EscortBy)})
	}
	return out
}
