package httpapi

import (
	"context"
	"net/http"

	"github.com/everycall/everycall/dispatch"
)

// RotationRow is a list of providers who take turns, and whose turn it is.
type RotationRow struct {
	ID        string        `json:"id"`
	Title     string        `json:"title"`
	Class     string        `json:"class"`
	Beats     []string      `json:"beats" doc:"empty: everywhere"`
	Next      string        `json:"next,omitempty" doc:"whose turn it is; none: all are suspended"`
	Providers []ProviderRow `json:"providers" doc:"in the order of their turns"`
	Turns     []TurnRow     `json:"turns" doc:"how that order came: the newest first"`
}

// ProviderRow is a business on a list.
type ProviderRow struct {
	ID             string `json:"id"`
	Name           string `json:"name"`
	Number         string `json:"number"`
	SuspendedUntil string `json:"suspended_until,omitempty"`
	SuspendedWhy   string `json:"suspended_why,omitempty"`
}

// TurnRow is one thing that changed the order, or left it as it is.
type TurnRow struct {
	At       string `json:"at"`
	By       string `json:"by"`
	Provider string `json:"provider"`
	What     string `json:"what" enum:"called,accepted,refused,no_answer,skipped,suspended,cancelled,arrived"`
	Call     uint64 `json:"call,omitempty"`
	Why      string `json:"why,omitempty"`
}

// Tow is one provider called for an incident.
type Tow struct {
	ID        string   `json:"id"`
	Incident  string   `json:"incident"`
	List      string   `json:"list"`
	Class     string   `json:"class"`
	Provider  string   `json:"provider"`
	Name      string   `json:"name"`
	State     string   `json:"state" enum:"called,accepted,arrived,refused,no_answer,cancelled"`
	Skipped   []string `json:"skipped" doc:"whose turn it was, and who were left out for a reason"`
	Suspended []string `json:"suspended" doc:"whose turn it was, and who are suspended"`
	Why       string   `json:"why,omitempty"`
	CalledAt  string   `json:"called_at"`
	By        string   `json:"by"`
	ETA       string   `json:"eta,omitempty"`
	ArrivedAt string   `json:"arrived_at,omitempty"`
}

func (r rows) tow(t *dispatch.Tow) Tow {
	row := Tow{ID: string(t.ID), Incident: string(t.Incident), List: t.List, Class: t.Class, Provider: t.Provider, Name: t.Name, State: string(t.State), Skipped: texts(t.Skipped),
		Suspended: texts(t.Passed), CalledAt: r.time(t.CalledAt), By: t.By, ETA: r.time(t.ETA), ArrivedAt: r.time(t.ArrivedAt)}
	if r.open(t.Contact) {
		row.Why = t.Why
	}
	return row
}

func (r rows) rotation(list dispatch.Rotation) RotationRow {
	row := RotationRow{ID: list.ID, Title: list.Title, Class: list.Class, Beats: texts(list.Beats), Providers: []ProviderRow{}, Turns: []TurnRow{}}
	row.Next, _ = r.s.NextInTurn(list.ID, r.now)
	turns := r.s.Turns[list.ID]
	if turns == nil {
		return row
	}
	for _, id := range turns.Order {
		p := ProviderRow{ID: id}
		for _, known := range list.Providers {
			if known.ID == id {
				p.Name, p.Number = known.Name, known.Number
			}
		}
		if gone := r.s.SuspendedNow(id, r.now); gone != nil {
			p.SuspendedUntil, p.SuspendedWhy = r.time(gone.Until), gone.Reason
		}
		row.Providers = append(row.Providers, p)
	}
	for n := len(turns.Taken) - 1; n >= 0; n-- {
		t := turns.Taken[n]
		one := TurnRow{At: r.time(t.At), By: t.By, Provider: t.Provider, What: t.What, Call: t.Call}
		if r.open(t.Contact) {
			one.Why = t.Why
		}
		row.Turns = append(row.Turns, one)
	}
	return row
}

type rotationsIn struct {
	Beat string `query:"beat" maxLength:"40" doc:"only the lists for this beat"`
}

type towIn struct {
	ID   string `path:"id" maxLength:"40"`
	Body struct {
		List     string `json:"list" minLength:"1" maxLength:"400"`
		Provider string `json:"provider,omitempty" maxLength:"400" doc:"none: the next in turn"`
		Reason   string `json:"reason,omitempty" maxLength:"400" doc:"why those before are skipped; needed where some are"`
	}
}

type towAnswerIn struct {
	ID   string `path:"id" maxLength:"40"`
	Body struct {
		Answer     string `json:"answer" enum:"accepted,refused,no_answer"`
		ETAMinutes int    `json:"eta_minutes,omitempty" minimum:"0" maximum:"720" doc:"of who accepted"`
		Reason     string `json:"reason,omitempty" maxLength:"400" doc:"of who refused"`
	}
}

type suspendIn struct {
	ID   string `path:"id" maxLength:"400"`
	Body struct {
		Hours  int    `json:"hours" minimum:"1" maximum:"8760"`
		Reason string `json:"reason" minLength:"1" maxLength:"400"`
	}
}

type reinstateIn struct {
	ID   string `path:"id" maxLength:"400"`
	Body struct {
		Reason string `json:"reason" minLength:"1" maxLength:"400"`
	}
}

func (s *Server) rotationRoutes() {
	route(s, http.MethodGet, "/api/v1/rotations", "listRotations", "rotations", "Providers who take turns: whose turn it is, and how that came", func(ctx context.Context, in *rotationsIn) (*body[Page[RotationRow]], error) {
		s.room.mu.RLock()
		defer s.room.mu.RUnlock()
		r := s.rowsOf(identity(ctx))
		out := Page[RotationRow]{Items: []RotationRow{}}
		for _, list := range r.s.Config.Rotations {
			if list.Serves(in.Beat) {
				out.Items = append(out.Items, r.rotation(list))
			}
		}
		return &body[Page[RotationRow]]{out}, nil
	})
	route(s, http.MethodPost, "/api/v1/incidents/{id}/tows", "callProvider", "rotations", "Call the next provider in turn; another one only for a reason", func(ctx context.Context, in *towIn) (*body[Done], error) {
		return s.do(ctx, dispatch.CallProvider{Incident: dispatch.IncidentID(in.ID), List: in.Body.List, Provider: in.Body.Provider, Reason: in.Body.Reason})
	})
	route(s, http.MethodPost, "/api/v1/tows/{id}/answer", "answerTow", "rotations", "What the provider said; who refuses or does not answer has had the turn", func(ctx context.Context, in *towAnswerIn) (*body[Done], error) {
		c := dispatch.AnswerTow{Tow: dispatch.TowID(in.ID), Answer: dispatch.TowState(in.Body.Answer), Reason: in.Body.Reason}
		if in.Body.ETAMinutes > 0 {
			c.ETA = s.inMinutes(in.Body.ETAMinutes)
		}
		return s.do(ctx, c)
	})
	route(s, http.MethodPost, "/api/v1/tows/{id}/arrived", "arriveTow", "rotations", "It is there", func(ctx context.Context, in *confirmIn) (*body[Done], error) {
		return s.do(ctx, dispatch.ArriveTow{Tow: dispatch.TowID(in.ID)})
	})
	route(s, http.MethodPost, "/api/v1/tows/{id}/cancel", "cancelTow", "rotations", "It is not needed; the provider has the next turn", func(ctx context.Context, in *reasonIn) (*body[Done], error) {
		return s.do(ctx, dispatch.CancelTow{Tow: dispatch.TowID(in.ID), Reason: in.Body.Reason})
	})
	route(s, http.MethodPost, "/api/v1/providers/{id}/suspend", "suspendProvider", "rotations", "Pass a provider over, on every list, until a time", func(ctx context.Context, in *suspendIn) (*body[Done], error) {
		return s.do(ctx, dispatch.SuspendProvider{Provider: in.ID, Until: s.inMinutes(in.Body.Hours * 60), Reason: in.Body.Reason})
	})
	route(s, http.MethodPost, "/api/v1/providers/{id}/reinstate", "reinstateProvider", "rotations", "End that before its time", func(ctx context.Context, in *reinstateIn) (*body[Done], error) {
		return s.do(ctx, dispatch.ReinstateProvider{Provider: in.ID, Reason: in.Body.Reason})
	})
}
