package httpapi

import (
	"context"
	"math"
	"net/http"
	"strconv"
	"strings"

	"github.com/everycall/everycall/auth"
	"github.com/everycall/everycall/dispatch"
	"github.com/everycall/everycall/geo"
)

// Hazard is a danger at a place.
type Hazard struct {
	ID         string  `json:"id"`
	Position   *LonLat `json:"position,omitempty"`
	RadiusM    int64   `json:"radius_m"`
	Place      string  `json:"place,omitempty" doc:"in words: a hundred-block, never a person"`
	Level      int     `json:"level" doc:"1 notice, 2 caution, 3 danger"`
	LevelName  string  `json:"level_name" enum:"notice,caution,danger"`
	Text       string  `json:"text,omitempty"`
	By         string  `json:"by"`
	At         string  `json:"at"`
	ReviewBy   string  `json:"review_by"`
	Unreviewed bool    `json:"unreviewed" doc:"nobody said in time whether it is still so: it counts as before"`
	Reviews    int     `json:"reviews"`
	Claim      string  `json:"claim,omitempty" doc:"the claim that it rests on"`
	DistanceM  *int64  `json:"distance_m,omitempty" doc:"from the place asked for"`
}

// IncidentHazard is a hazard that an incident lies in, with who has read it.
type IncidentHazard struct {
	ID         string      `json:"id"`
	Level      int         `json:"level"`
	LevelName  string      `json:"level_name" enum:"notice,caution,danger"`
	Place      string      `json:"place,omitempty"`
	Text       string      `json:"text,omitempty"`
	Unreviewed bool        `json:"unreviewed"`
	Acks       []HazardAck `json:"acks"`
}

// HazardAck says that somebody has read it.
type HazardAck struct {
	By    string `json:"by"`
	At    string `json:"at"`
	Where string `json:"where" enum:"call,dispatch,phone"`
	Unit  string `json:"unit,omitempty"`
}

type hazardsIn struct {
	Near    string `query:"near" maxLength:"60" doc:"lon,lat: what lies within the distance of it, the nearest first" example:"-122.3190,47.6150"`
	WithinM int64  `query:"within_m" minimum:"0" maximum:"50000" default:"0" doc:"with near: beyond the hazard's own radius"`
}

type hazardIn struct {
	Body struct {
		Location Location `json:"location" doc:"text: a hundred-block, never a person; lon and lat are needed"`
		RadiusM  int64    `json:"radius_m,omitempty" minimum:"0" maximum:"2000" doc:"50 when left out"`
		Level    int      `json:"level" minimum:"1" maximum:"3" doc:"1 notice, 2 caution, 3 danger"`
		Text     string   `json:"text" minLength:"1" maxLength:"400"`
		ReviewBy string   `json:"review_by" maxLength:"40" doc:"RFC 3339, within a year"`
		Claim    string   `json:"claim,omitempty" maxLength:"40" doc:"the claim that it rests on"`
	}
}

type reviewHazardIn struct {
	ID   string `path:"id" maxLength:"40"`
	Body struct {
		ReviewBy string `json:"review_by" maxLength:"40" doc:"RFC 3339, within a year"`
		Reason   string `json:"reason" minLength:"1" maxLength:"400" doc:"how one knows that it is still so"`
	}
}

type ackHazardsIn struct {
	ID   string `path:"id" maxLength:"40"`
	Body struct {
		Hazards []string `json:"hazards" minItems:"1" maxItems:"50"`
		Where   string   `json:"where" enum:"call,dispatch,phone"`
		Unit    string   `json:"unit,omitempty" maxLength:"40" doc:"for whom, at dispatch; who, on the phone"`
	}
}

func (s *Server) hazardRoutes() {
	route(s, http.MethodGet, "/api/v1/hazards", "hazards", "hazards", "Hazards, all of them or those near a place: a premise's history", s.hazards)
	route(s, http.MethodPost, "/api/v1/hazards", "recordHazard", "hazards", "Record a danger at a place; nobody is sent there without having it read", s.recordHazard)
	route(s, http.MethodPost, "/api/v1/hazards/{id}/review", "reviewHazard", "hazards", "It is still so", func(ctx context.Context, in *reviewHazardIn) (*body[Done], error) {
		by, bad := instant("body.review_by", in.Body.ReviewBy)
		if bad != nil {
			return nil, bad
		}
		return s.do(ctx, dispatch.ReviewHazard{Hazard: dispatch.HazardID(in.ID), ReviewBy: by, Reason: in.Body.Reason})
	})
	route(s, http.MethodDelete, "/api/v1/hazards/{id}", "withdrawHazard", "hazards", "It is no longer so, or never was", func(ctx context.Context, in *withdrawIn) (*body[Done], error) {
		return s.do(ctx, dispatch.WithdrawHazard{Hazard: dispatch.HazardID(in.ID), Reason: in.Reason})
	})
	route(s, http.MethodPost, "/api/v1/incidents/{id}/hazards/ack", "acknowledgeHazards", "hazards", "The hazards at an incident were read", func(ctx context.Context, in *ackHazardsIn) (*body[Done], error) {
		return s.do(ctx, dispatch.AcknowledgeHazards{Incident: dispatch.IncidentID(in.ID), Hazards: hazardIDs(in.Body.Hazards), Where: dispatch.AckWhere(in.Body.Where), Unit: dispatch.UnitID(in.Body.Unit)})
	})
}

func hazardIDs(texts []string) []dispatch.HazardID {
	ids := make([]dispatch.HazardID, len(texts))
	for i, text := range texts {
		ids[i] = dispatch.HazardID(text)
	}
	return ids
}

func (s *Server) hazards(ctx context.Context, in *hazardsIn) (*body[Page[Hazard]], error) {
	var near *geo.Point
	if in.Near != "" {
		lonText, latText, both := strings.Cut(in.Near, ",")
		lon, err := strconv.ParseFloat(lonText, 64)
		lat, err2 := strconv.ParseFloat(latText, 64)
		if !both || err != nil || err2 != nil || math.Abs(lon) > 180 || math.Abs(lat) > 90 {
			return nil, problem(http.StatusUnprocessableEntity, "invalid_field", "near is lon,lat", "query.near")
		}
		p, bad := fixed(lon, lat)
		if bad != nil {
			return nil, bad
		}
		near = &p
	}
	s.room.mu.RLock()
	defer s.room.mu.RUnlock()
	r := s.rowsOf(identity(ctx))
	out := list(r.s.Hazards, r.hazard, func(h *dispatch.Hazard) bool {
		return near == nil || h.Point != nil && geo.Distance(*h.Point, *near) <= h.Radius+geo.Millimetres(in.WithinM)*1000
	})
	if near != nil {
		for i := range out {
			if h := r.s.Hazards[dispatch.HazardID(out[i].ID)]; r.sight == auth.SightFull {
				d := int64(geo.Distance(*h.Point, *near)) / 1000
				out[i].DistanceM = &d
			}
		}
	}
	return &body[Page[Hazard]]{Page[Hazard]{Items: out}}, nil
}

func (s *Server) recordHazard(ctx context.Context, in *hazardIn) (*body[Done], error) {
	at, bad := in.Body.Location.point()
	if bad != nil {
		return nil, bad
	}
	if at == nil {
		return nil, problem(http.StatusUnprocessableEntity, "field_missing", "a hazard is at a point: lon and lat are needed", "body.location")
	}
	by, bad := instant("body.review_by", in.Body.ReviewBy)
	if bad != nil {
		return nil, bad
	}
	return s.do(ctx, dispatch.RecordHazard{Point: *at, Radius: geo.Millimetres(in.Body.RadiusM) * 1000, Place: in.Body.Location.Text, Level: dispatch.HazardLevel(in.Body.Level),
		Text: in.Body.Text, ReviewBy: by, Claim: dispatch.ClaimID(in.Body.Claim)})
}

// hazard shows its place and words only to who may read what is sealed.
func (r rows) hazard(h *dispatch.Hazard) Hazard {
	row := Hazard{ID: string(h.ID), RadiusM: int64(h.Radius) / 1000, Level: int(h.Level), LevelName: h.Level.String(), By: h.By, At: r.time(h.At), ReviewBy: r.time(h.ReviewBy),
		Unreviewed: h.Unreviewed, Reviews: h.Reviews, Claim: string(h.Claim)}
	if r.sight == auth.SightFull {
		row.Place, row.Text = h.Place, h.Text
		if h.Point != nil {
			at := degrees(*h.Point)
			row.Position = &at
		}
	}
	return row
}

func (r rows) hazardsOf(i *dispatch.Incident) []IncidentHazard {
	out := []IncidentHazard{}
	for _, here := range i.Hazards {
		h := r.s.Hazards[here.Hazard]
		row := IncidentHazard{ID: string(h.ID), Level: int(h.Level), LevelName: h.Level.String(), Unreviewed: h.Unreviewed, Acks: []HazardAck{}}
		if r.sight == auth.SightFull {
			row.Place, row.Text = h.Place, h.Text
		}
		for _, a := range here.Acks {
			row.Acks = append(row.Acks, HazardAck{By: a.By, At: r.time(a.At), Where: string(a.Where), Unit: string(a.Unit)})
		}
		out = append(out, row)
	}
	return out
}
