package httpapi

import (
	"context"
	"net/http"

	"github.com/everycall/everycall/dispatch"
)

type postureIn struct {
	Body struct {
		Service    string        `json:"service" minLength:"1" maxLength:"40"`
		Area       Area          `json:"area"`
		Title      string        `json:"title" minLength:"1" maxLength:"400"`
		Rules      []PostureRule `json:"rules,omitempty" maxItems:"60"`
		Reserve    []Reserve     `json:"reserve,omitempty" maxItems:"5"`
		ReviewBy   string        `json:"review_by" maxLength:"40"`
		Until      string        `json:"until" maxLength:"40"`
		Authority  string        `json:"authority" minLength:"1" maxLength:"400"`
		Reason     string        `json:"reason,omitempty" maxLength:"400"`
		NoneStated string        `json:"none_stated,omitempty" maxLength:"400" doc:"the source that says that no reason was given"`
		Script     string        `json:"script" minLength:"1" maxLength:"400"`
		Replaces   string        `json:"replaces,omitempty" maxLength:"40"`
	}
}

type renewIn struct {
	ID   string `path:"id" maxLength:"40"`
	Body struct {
		ReviewBy string `json:"review_by" maxLength:"40"`
		Until    string `json:"until,omitempty" maxLength:"40"`
		Reason   string `json:"reason" minLength:"1" maxLength:"400"`
	}
}

func (s *Server) postureRoutes() {
	route(s, http.MethodPost, "/api/v1/postures", "declarePosture", "postures", "Ration in the open", s.declare)
	route(s, http.MethodPost, "/api/v1/postures/{id}/renew", "renewPosture", "postures", "Reviewed: it goes on", func(ctx context.Context, in *renewIn) (*body[Done], error) {
		review, bad := instant("body.review_by", in.Body.ReviewBy)
		if bad != nil {
			return nil, bad
		}
		until, bad := instant("body.until", in.Body.Until)
		if bad != nil {
			return nil, bad
		}
		if until == 0 {
			s.room.Look(func(st *dispatch.State) {
				if p := st.Postures[dispatch.PostureID(in.ID)]; p != nil {
					until = max(p.Until, review)
				}
			})
		}
		return s.do(ctx, dispatch.RenewPosture{Posture: dispatch.PostureID(in.ID), ReviewBy: review, Until: until, Reason: in.Body.Reason})
	})
	route(s, http.MethodPost, "/api/v1/postures/{id}/end", "endPosture", "postures", "End it; held calls are worked down", func(ctx context.Context, in *reasonIn) (*body[Done], error) {
		return s.do(ctx, dispatch.EndPosture{Posture: dispatch.PostureID(in.ID), Reason: in.Body.Reason})
	})
}

func (s *Server) declare(ctx context.Context, in *postureIn) (*body[Done], error) {
	b := in.Body
	review, bad := instant("body.review_by", b.ReviewBy)
	if bad != nil {
		return nil, bad
	}
	until, bad := instant("body.until", b.Until)
	if bad != nil {
		return nil, bad
	}
	area, bad := b.Area.area()
	if bad != nil {
		return nil, bad
	}
	c := dispatch.DeclarePosture{Service: dispatch.Service(b.Service), Area: area,
		Title: b.Title, ReviewBy: review, Until: until, Authority: b.Authority, Reason: b.Reason, NoneStated: b.NoneStated, Script: b.Script, Replaces: dispatch.PostureID(b.Replaces)}
	c.Rules, c.Reserve = rationing(b.Rules, b.Reserve)
	return s.do(ctx, c)
}
