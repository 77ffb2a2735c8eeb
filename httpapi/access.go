package httpapi

import (
	"context"
	"net/http"

	"github.com/everycall/everycall/dispatch"
)

type accessIn struct {
	Body struct {
		Kind       string       `json:"kind" enum:"point,line,area"`
		Geometry   [][2]float64 `json:"geometry" minItems:"1" maxItems:"500" doc:"lon, lat"`
		Direction  string       `json:"direction,omitempty" enum:"both,forward,backward" default:"both" doc:"along the geometry"`
		Classes    []string     `json:"classes,omitempty" maxItems:"20" doc:"vehicle classes: patrol, engine, ambulance, foot, bicycle; none: all"`
		State      string       `json:"state" enum:"open,delayed,restricted,blocked,unknown"`
		DelayMs    int64        `json:"delay_ms,omitempty" minimum:"0" maximum:"86400000"`
		Source     string       `json:"source" minLength:"1" maxLength:"400" doc:"who saw it, by role"`
		Confidence string       `json:"confidence" enum:"seen,reported,rumoured"`
		ObservedAt string       `json:"observed_at,omitempty" doc:"RFC 3339; now when left out"`
		HalfLifeMs int64        `json:"half_life_ms" minimum:"60000" doc:"after so long it is unknown"`
		Note       string       `json:"note,omitempty" maxLength:"400"`
		Obstacle   string       `json:"obstacle,omitempty" enum:"checkpoint,barricade,closure" doc:"what stands there; a checkpoint or barricade is announced to every service"`
		Claim      string       `json:"claim,omitempty" maxLength:"40" doc:"the claim that it rests on: whoever records it makes it their own"`
		Admits     []string     `json:"admits,omitempty" maxItems:"20" doc:"services that a checkpoint lets through, after delay_ms; state is for the others"`
	}
}

type confirmAccessIn struct {
	ID   string `path:"id" maxLength:"40"`
	Body struct {
		Source     string `json:"source,omitempty" maxLength:"400" doc:"who saw it, by role; your name when left out"`
		Confidence string `json:"confidence,omitempty" enum:"seen,reported,rumoured" doc:"seen when left out"`
		State      string `json:"state,omitempty" enum:"open,delayed,restricted,blocked,unknown" doc:"what it is now; still so when left out; only who has seen it changes it"`
	}
}

type notifyIn struct {
	ID   string `path:"id" maxLength:"40"`
	Body struct {
		Service string `json:"service" minLength:"1" maxLength:"40" doc:"which was told of the checkpoint or barricade"`
	}
}

type withdrawIn struct {
	ID     string `path:"id"`
	Reason string `query:"reason" required:"true" minLength:"1" maxLength:"400"`
}

func (s *Server) accessRoutes() {
	s.zoneRoutes()
	s.entryRoutes()
	s.stationRoutes()
	route(s, http.MethodGet, "/api/v1/access", "listAccess", "places", "What is known of ways: how old, confirmed how often, contradicted by what, announced to whom", func(ctx context.Context, _ *struct{}) (*body[Page[Access]], error) {
		s.room.mu.RLock()
		defer s.room.mu.RUnlock()
		r := s.rowsOf(identity(ctx))
		return &body[Page[Access]]{Page[Access]{Items: list(r.s.Access, r.access, nil)}}, nil
	})
	route(s, http.MethodPost, "/api/v1/access/{id}/confirm", "confirmAccess", "places", "Seen again: still so, or otherwise", func(ctx context.Context, in *confirmAccessIn) (*body[Done], error) {
		return s.do(ctx, dispatch.ConfirmAccess{Access: dispatch.AccessID(in.ID), Source: orText(in.Body.Source, By(identity(ctx))), Confidence: orText(in.Body.Confidence, "seen"), State: dispatch.AccessState(in.Body.State)})
	})
	route(s, http.MethodPost, "/api/v1/access/{id}/notify", "notifyAccess", "places", "A service was told of a checkpoint or barricade", func(ctx context.Context, in *notifyIn) (*body[Done], error) {
		return s.do(ctx, dispatch.NotifyAccess{Access: dispatch.AccessID(in.ID), Service: dispatch.Service(in.Body.Service)})
	})
	route(s, http.MethodPost, "/api/v1/access", "recordAccess", "places", "Record what somebody saw of a way; routes obey it at once", s.recordAccess)
	route(s, http.MethodDelete, "/api/v1/access/{id}", "withdrawAccess", "places", "Take it back", func(ctx context.Context, in *withdrawIn) (*body[Done], error) {
		return s.do(ctx, dispatch.WithdrawAccess{Access: dispatch.AccessID(in.ID), Reason: in.Reason})
	})
}

func (s *Server) recordAccess(ctx context.Context, in *accessIn) (*body[Done], error) {
	at, bad := instant("body.observed_at", in.Body.ObservedAt)
	if bad != nil {
		return nil, bad
	}
	b := in.Body
	f := dispatch.AccessFact{Kind: b.Kind, Direction: orText(b.Direction, "both"), Classes: b.Classes, State: dispatch.AccessState(b.State), Delay: dispatch.Millis(b.DelayMs),
		Source: b.Source, Confidence: b.Confidence, ObservedAt: at, HalfLife: dispatch.Millis(b.HalfLifeMs), Note: b.Note, PackHash: s.opt.PackHash, Obstacle: dispatch.Obstacle(b.Obstacle), Claim: dispatch.ClaimID(b.Claim)}
	for _, of := range b.Admits {
		f.Admits = append(f.Admits, dispatch.Service(of))
	}
	for _, pair := range b.Geometry {
		p, bad := fixed(pair[0], pair[1])
		if bad != nil {
			return nil, bad
		}
		f.Geometry = append(f.Geometry, p)
	}
	return s.do(ctx, dispatch.RecordAccess{Fact: f})
}
