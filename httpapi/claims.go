package httpapi

import (
	"context"
	"net/http"

	"github.com/everycall/everycall/auth"
	"github.com/everycall/everycall/dispatch"
)

type claimIn struct {
	Body struct {
		Role         string   `json:"role" minLength:"1" maxLength:"400" doc:"of the source, never a name"`
		Kind         string   `json:"kind" enum:"official,responder,resident,business,spokesperson,media,anonymous,sensor"`
		Statement    string   `json:"statement" minLength:"1" maxLength:"400"`
		Grade        string   `json:"grade" enum:"confirmed,likely,single_source,anecdotal,denied" doc:"of the statement, never of the person"`
		FirstHand    bool     `json:"first_hand,omitempty" doc:"else relayed"`
		Corroborates []string `json:"corroborates,omitempty" maxItems:"50"`
		Contradicts  []string `json:"contradicts,omitempty" maxItems:"50"`
	}
}

type gradeIn struct {
	ID   string `path:"id" maxLength:"40"`
	Body struct {
		Grade string `json:"grade" enum:"confirmed,likely,single_source,anecdotal,denied"`
		Why   string `json:"why" minLength:"1" maxLength:"400"`
	}
}

type claimHoldIn struct {
	ID   string `path:"id" maxLength:"40"`
	Body struct {
		Authority string `json:"authority" minLength:"1" maxLength:"400"`
		Reason    string `json:"reason" minLength:"1" maxLength:"400"`
	}
}

type bulletinIn struct {
	Body struct {
		Text     string       `json:"text" minLength:"1" maxLength:"1000"`
		Claims   []string     `json:"claims,omitempty" maxItems:"20" doc:"what it rests on; none: the room's own word"`
		Service  string       `json:"service,omitempty" maxLength:"40"`
		Beats    []string     `json:"beats,omitempty" maxItems:"50"`
		Override *OverrideRow `json:"override,omitempty" doc:"who answers for it where its claims do not carry it"`
	}
}

// claimIDs reads ids as they were sent.
func claimIDs(in []string) []dispatch.ClaimID {
	var out []dispatch.ClaimID
	for _, id := range in {
		out = append(out, dispatch.ClaimID(id))
	}
	return out
}

func (s *Server) claimRoutes() {
	route(s, http.MethodGet, "/api/v1/claims", "listClaims", "claims", "What sources say, side by side; there is no search for a person", func(ctx context.Context, in *PageIn) (*body[Page[Claim]], error) {
		s.room.mu.RLock()
		defer s.room.mu.RUnlock()
		r := s.rowsOf(identity(ctx))
		return cut(sorted(r.s.Claims), *in, byName[dispatch.ClaimID], itself[dispatch.ClaimID], func(id dispatch.ClaimID) Claim { return r.claim(r.s.Claims[id]) })
	})
	route(s, http.MethodPost, "/api/v1/claims", "recordClaim", "claims", "Write down what a source says; it changes no route and no hazard by itself", func(ctx context.Context, in *claimIn) (*body[Done], error) {
		b := in.Body
		return s.do(ctx, dispatch.RecordClaim{Role: b.Role, Kind: dispatch.SourceKind(b.Kind), Statement: b.Statement, Grade: b.Grade, FirstHand: b.FirstHand,
			Corroborates: claimIDs(b.Corroborates), Contradicts: claimIDs(b.Contradicts)})
	})
	route(s, http.MethodPost, "/api/v1/claims/{id}/grade", "gradeClaim", "claims", "Grade it anew; the former grade stays in its history", func(ctx context.Context, in *gradeIn) (*body[Done], error) {
		return s.do(ctx, dispatch.GradeClaim{Claim: dispatch.ClaimID(in.ID), Grade: in.Body.Grade, Why: in.Body.Why})
	})
	route(s, http.MethodPost, "/api/v1/claims/{id}/hold", "holdClaim", "claims", "Keep it from being sealed: a legal hold", func(ctx context.Context, in *claimHoldIn) (*body[Done], error) {
		return s.do(ctx, dispatch.HoldClaim{Claim: dispatch.ClaimID(in.ID), Authority: in.Body.Authority, Reason: in.Body.Reason})
	})
	route(s, http.MethodPost, "/api/v1/claims/{id}/release", "releaseClaim", "claims", "End the hold; sealed at once if its 30 days are over", func(ctx context.Context, in *reasonIn) (*body[Done], error) {
		return s.do(ctx, dispatch.ReleaseClaim{Claim: dispatch.ClaimID(in.ID), Reason: in.Body.Reason})
	})
	route(s, http.MethodGet, "/api/v1/bulletins", "listBulletins", "bulletins", "What the room tells many people, and what that rests on", func(ctx context.Context, in *PageIn) (*body[Page[Bulletin]], error) {
		s.room.mu.RLock()
		defer s.room.mu.RUnlock()
		r := s.rowsOf(identity(ctx))
		return cut(sorted(r.s.Bulletins), *in, byName[dispatch.BulletinID], itself[dispatch.BulletinID], func(id dispatch.BulletinID) Bulletin { return r.bulletin(r.s.Bulletins[id]) })
	})
	route(s, http.MethodPost, "/api/v1/bulletins", "issueBulletin", "bulletins", "Tell many people; refused without an override where its claims do not carry it", func(ctx context.Context, in *bulletinIn) (*body[Done], error) {
		b := in.Body
		c := dispatch.IssueBulletin{Text: b.Text, Claims: claimIDs(b.Claims), Service: dispatch.Service(b.Service), Beats: b.Beats}
		if b.Override != nil {
			c.Override = &dispatch.Override{By: b.Override.By, Why: b.Override.Why}
		}
		return s.do(ctx, c)
	})
	route(s, http.MethodPost, "/api/v1/bulletins/{id}/release", "releaseBulletin", "bulletins", "Let the public read it at once; refused if it names a gate, rendezvous, unit or reserve", func(ctx context.Context, in *confirmIn) (*body[Done], error) {
		return s.do(ctx, dispatch.ReleaseBulletin{Bulletin: dispatch.BulletinID(in.ID)})
	})
	route(s, http.MethodPost, "/api/v1/bulletins/{id}/withdraw", "withdrawBulletin", "bulletins", "Take it back", func(ctx context.Context, in *reasonIn) (*body[Done], error) {
		return s.do(ctx, dispatch.WithdrawBulletin{Bulletin: dispatch.BulletinID(in.ID), Reason: in.Body.Reason})
	})
	route(s, http.MethodGet, "/api/v1/public/bulletins", "getPublicBulletins", "public", "What the room has told everybody: a day after it was issued, or released by a supervisor", func(context.Context, *struct{}) (*body[Page[PublicBulletin]], error) {
		s.room.mu.RLock()
		defer s.room.mu.RUnlock()
		r := s.rowsFor(auth.SightPublic)
		out := Page[PublicBulletin]{Items: []PublicBulletin{}}
		for _, b := range r.s.PublicBulletins(r.now) {
			out.Items = append(out.Items, r.publicBulletin(b))
		}
		return &body[Page[PublicBulletin]]{out}, nil
	})
}
