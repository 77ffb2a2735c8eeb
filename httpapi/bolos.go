package httpapi

import (
	"context"
	"net/http"

	"github.com/everycall/everycall/auth"
	"github.com/everycall/everycall/dispatch"
	"github.com/everycall/everycall/geo"
)

// Bolo is a bulletin to units: be on the look-out.
type Bolo struct {
	ID          string        `json:"id"`
	Number      uint64        `json:"number"`
	Kind        string        `json:"kind" enum:"vehicle,person,missing_person,property,danger"`
	Description string        `json:"description,omitempty" doc:"what to look for, and what to do on seeing it"`
	Place       string        `json:"place,omitempty" doc:"last seen"`
	Position    *LonLat       `json:"position,omitempty"`
	Services    []string      `json:"services" doc:"empty: all"`
	Beats       []string      `json:"beats" doc:"empty: everywhere"`
	Incident    string        `json:"incident,omitempty"`
	Call        uint64        `json:"call,omitempty" doc:"the incident's number"`
	Claims      []string      `json:"claims"`
	ClaimsOnly  bool          `json:"claims_only" doc:"it rests on what sources say and on nothing else: whoever shows it says so"`
	Override    *OverrideRow  `json:"override,omitempty" doc:"who answers for it where its claims do not carry it"`
	Questions   []QuestionRow `json:"questions" doc:"what has happened to its claims since"`
	Authority   string        `json:"authority" doc:"the role that issued it"`
	Desk        string        `json:"desk"`
	IssuedAt    string        `json:"issued_at"`
	By          string        `json:"by"`
	ReviewBy    string        `json:"review_by"`
	ExpiresAt   string        `json:"expires_at"`
	Acks        []UnitHas     `json:"acks" doc:"units that have it"`
	Untold      []string      `json:"untold" doc:"units in service that it is for and that have not acknowledged it"`
	EndedAt     string        `json:"ended_at,omitempty"`
	EndedBy     string        `json:"ended_by,omitempty" doc:"left out where it expired"`
	Reason      string        `json:"reason,omitempty" doc:"why it was cancelled"`
}

// UnitHas says that a unit has a BOLO.
type UnitHas struct {
	Unit string `json:"unit"`
	At   string `json:"at"`
	By   string `json:"by"`
}

// bolo shows one. The words are sealed in the journal, so they are for those alone who
// see all.
func (r rows) bolo(b *dispatch.Bolo) Bolo {
	row := Bolo{ID: string(b.ID), Number: b.Number, Kind: string(b.Kind), Services: texts(b.Services), Beats: texts(b.Beats), Incident: string(b.Incident), Call: b.Call, Claims: texts(b.Claims),
		ClaimsOnly: b.ClaimsOnly(), Questions: []QuestionRow{}, Authority: b.Authority, Desk: string(b.Desk), IssuedAt: r.time(b.IssuedAt), By: b.By, ReviewBy: r.time(b.ReviewBy),
		ExpiresAt: r.time(b.ExpiresAt), Acks: []UnitHas{}, Untold: []string{}, EndedAt: r.time(b.EndedAt), EndedBy: b.EndedBy}
	if o := b.Override; o != nil {
		row.Override = &OverrideRow{By: o.By, Why: o.Why}
	}
	for _, q := range b.Questions {
		row.Questions = append(row.Questions, QuestionRow{Claim: string(q.Claim), Why: q.Why, At: r.time(q.At)})
	}
	for _, a := range b.Acks {
		row.Acks = append(row.Acks, UnitHas{Unit: string(a.Unit), At: r.time(a.At), By: a.By})
	}
	if b.InForce() {
		row.Untold = texts(r.s.BoloUntold(b))
	}
	if r.sight == auth.SightFull {
		row.Description, row.Place, row.Reason = b.Description, b.Place, b.Reason
		if b.Point != nil {
			at := degrees(*b.Point)
			row.Position = &at
		}
	}
	return row
}

type bolosIn struct {
	PageIn
	Number uint64 `query:"number" doc:"only this one"`
	Place  string `query:"place" maxLength:"400" doc:"whose place holds these words"`
	From   string `query:"from" maxLength:"40" doc:"issued at or after (RFC 3339)"`
}

type boloIn struct {
	Body struct {
		Kind           string       `json:"kind" enum:"vehicle,person,missing_person,property,danger"`
		Description    string       `json:"description" minLength:"1" maxLength:"1000"`
		Place          string       `json:"place,omitempty" maxLength:"400" doc:"last seen"`
		Position       *LonLat      `json:"position,omitempty"`
		Services       []string     `json:"services,omitempty" maxItems:"50" doc:"none: all"`
		Beats          []string     `json:"beats,omitempty" maxItems:"50" doc:"none: everywhere"`
		Incident       string       `json:"incident,omitempty" maxLength:"40"`
		Claims         []string     `json:"claims,omitempty" maxItems:"20"`
		Authority      string       `json:"authority" minLength:"1" maxLength:"400" doc:"a role"`
		Override       *OverrideRow `json:"override,omitempty" doc:"who answers for it where its claims do not carry it"`
		ReviewMinutes  int          `json:"review_minutes" minimum:"1" maximum:"4320"`
		ExpiresMinutes int          `json:"expires_minutes" minimum:"1" maximum:"4320" doc:"at most 72 hours"`
	}
}

type boloReviewIn struct {
	ID   string `path:"id" maxLength:"40"`
	Body struct {
		ReviewMinutes  int    `json:"review_minutes" minimum:"1" maximum:"4320"`
		ExpiresMinutes int    `json:"expires_minutes" minimum:"1" maximum:"4320"`
		Reason         string `json:"reason" minLength:"1" maxLength:"400"`
	}
}

type boloAckIn struct {
	ID   string `path:"id" maxLength:"40"`
	Body struct {
		Unit string `json:"unit" minLength:"1" maxLength:"40"`
	}
}

func (s *Server) boloRoutes() {
	route(s, http.MethodGet, "/api/v1/bolos", "listBolos", "bolos", "BOLOs, by number, place and time; there is no search for a person", s.bolos)
	route(s, http.MethodPost, "/api/v1/bolos", "issueBolo", "bolos", "Tell units to look out; refused without an override where its claims do not carry it", func(ctx context.Context, in *boloIn) (*body[Done], error) {
		b := in.Body
		c := dispatch.IssueBolo{Kind: dispatch.BoloKind(b.Kind), Description: b.Description, Place: b.Place, Beats: b.Beats, Incident: dispatch.IncidentID(b.Incident), Claims: claimIDs(b.Claims),
			Authority: b.Authority, ReviewBy: s.inMinutes(b.ReviewMinutes), ExpiresAt: s.inMinutes(b.ExpiresMinutes)}
		for _, of := range b.Services {
			c.Services = append(c.Services, dispatch.Service(of))
		}
		if b.Override != nil {
			c.Override = &dispatch.Override{By: b.Override.By, Why: b.Override.Why}
		}
		if p := b.Position; p != nil {
			c.Point = &geo.Point{Lon: int32(p.Lon * 1e7), Lat: int32(p.Lat * 1e7)}
		}
		return s.do(ctx, c)
	})
	route(s, http.MethodPost, "/api/v1/bolos/{id}/review", "reviewBolo", "bolos", "Say that it still holds, and until when", func(ctx context.Context, in *boloReviewIn) (*body[Done], error) {
		return s.do(ctx, dispatch.ReviewBolo{Bolo: dispatch.BoloID(in.ID), ReviewBy: s.inMinutes(in.Body.ReviewMinutes), ExpiresAt: s.inMinutes(in.Body.ExpiresMinutes), Reason: in.Body.Reason})
	})
	route(s, http.MethodPost, "/api/v1/bolos/{id}/ack", "acknowledgeBolo", "bolos", "Say that a unit has it", func(ctx context.Context, in *boloAckIn) (*body[Done], error) {
		return s.do(ctx, dispatch.AcknowledgeBolo{Bolo: dispatch.BoloID(in.ID), Unit: dispatch.UnitID(in.Body.Unit)})
	})
	route(s, http.MethodPost, "/api/v1/bolos/{id}/cancel", "cancelBolo", "bolos", "Take it back, with a reason", func(ctx context.Context, in *reasonIn) (*body[Done], error) {
		return s.do(ctx, dispatch.CancelBolo{Bolo: dispatch.BoloID(in.ID), Reason: in.Body.Reason})
	})
}

func (s *Server) bolos(ctx context.Context, in *bolosIn) (*body[Page[Bolo]], error) {
	from, bad := instant("query.from", in.From)
	if bad != nil {
		return nil, bad
	}
	s.room.mu.RLock()
	defer s.room.mu.RUnlock()
	r := s.rowsOf(identity(ctx))
	wanted := dispatch.SearchWords(in.Place)
	var found []dispatch.BoloID
	for _, id := range sorted(r.s.Bolos) {
		b := r.s.Bolos[id]
		if in.Number != 0 && b.Number != in.Number || b.IssuedAt < from || len(wanted) > 0 && (r.sight != auth.SightFull || !holds(b.Place, wanted)) {
			continue
		}
		found = append(found, id)
	}
	return cut(found, in.PageIn, byName[dispatch.BoloID], itself[dispatch.BoloID], func(id dispatch.BoloID) Bolo { return r.bolo(r.s.Bolos[id]) })
}

// holds reports whether a place holds all of some words.
func holds(place string, wanted []string) bool {
	return dispatch.WordsFound(wanted, []string{place}, nil)
}
