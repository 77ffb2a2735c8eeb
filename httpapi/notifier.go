package httpapi

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/everycall/everycall/dispatch"
	"github.com/everycall/everycall/notify"
	"github.com/everycall/everycall/notify/outbox"
)

// Notifier tells the world outside; nil: nobody is told.
type Notifier interface {
	Health(ctx context.Context) ([]notify.TargetHealth, error)
	Dead(ctx context.Context, limit int) ([]outbox.Message, error)
	Again(ctx context.Context, id int64) error
	Drop(ctx context.Context, id int64) error
}

// deadShown is how many messages that were given up an answer lists.
const deadShown = 200

// NotifierRow is how the notifier stands.
type NotifierRow struct {
	Enabled bool           `json:"enabled" doc:"false: nothing is sent anywhere"`
	Targets []NotifyTarget `json:"targets"`
	Dead    []DeadMessage  `json:"dead" doc:"messages that were given up, the newest first"`
}

// NotifyTarget is one target of it.
type NotifyTarget struct {
	Name     string `json:"name"`
	Kind     string `json:"kind" enum:"webhook,ntfy,smtp"`
	State    string `json:"state" enum:"ok,failing,open" doc:"failing: the last try failed; open: nothing is tried for a while"`
	Pending  int    `json:"pending"`
	Dead     int    `json:"dead"`
	Oldest   string `json:"oldest,omitempty" doc:"when the oldest pending one happened"`
	LastSent string `json:"last_sent,omitempty"`
	Why      string `json:"why,omitempty" doc:"what went wrong last"`
}

// DeadMessage was given up.
type DeadMessage struct {
	ID       int64  `json:"id"`
	Target   string `json:"target"`
	Kind     string `json:"kind"`
	Text     string `json:"text"`
	At       string `json:"at"`
	Attempts int    `json:"attempts"`
	Why      string `json:"why"`
}

type deadIn struct {
	ID   int64     `path:"id" minimum:"1"`
	Body *struct{} `required:"false"`
}

type dropIn struct {
	ID     int64  `path:"id" minimum:"1"`
	Reason string `query:"reason" maxLength:"400" required:"true" doc:"who was told in another way"`
}

// Settled says that it was done; it is no event of the room.
type Settled struct {
	Done bool `json:"done"`
}

func (s *Server) notifierRoutes() {
	route(s, http.MethodGet, "/api/v1/notifier", "notifier", "notifier", "How the targets of messages stand, and what was given up", func(ctx context.Context, _ *struct{}) (*body[NotifierRow], error) {
		return s.notifier(ctx)
	})
	route(s, http.MethodPost, "/api/v1/notifier/dead/{id}/again", "sendAgain", "notifier", "Try a message that was given up once more", func(ctx context.Context, in *deadIn) (*body[Settled], error) {
		return s.settle(func(n Notifier) error { return n.Again(ctx, in.ID) })
	})
	route(s, http.MethodDelete, "/api/v1/notifier/dead/{id}", "dropMessage", "notifier", "They were told in another way", func(ctx context.Context, in *dropIn) (*body[Settled], error) {
		s.opt.Log.Info("a message that was given up is dropped", "id", in.ID, "by", By(identity(ctx)))
		return s.settle(func(n Notifier) error { return n.Drop(ctx, in.ID) })
	})
}

func (s *Server) settle(do func(Notifier) error) (*body[Settled], error) {
	if s.opt.Notifier == nil {
		return nil, problem(http.StatusConflict, "notifier_missing", "this room has no notifier: start it with one", "")
	}
	err := do(s.opt.Notifier)
	if errors.Is(err, outbox.ErrNotThere) {
		return nil, problem(http.StatusNotFound, "message_unknown", "no message that was given up has this id", "path.id")
	}
	if err != nil {
		return nil, refusal(err)
	}
	return &body[Settled]{Settled{Done: true}}, nil
}

func (s *Server) notifier(ctx context.Context) (*body[NotifierRow], error) {
	out := NotifierRow{Targets: []NotifyTarget{}, Dead: []DeadMessage{}}
	if s.opt.Notifier == nil {
		return &body[NotifierRow]{out}, nil
	}
	out.Enabled = true
	zone := s.room.location()
	all, err := s.opt.Notifier.Health(ctx)
	if err != nil {
		return nil, refusal(err)
	}
	for _, h := range all {
		row := NotifyTarget{Name: h.Name, Kind: h.Kind, State: h.State, Pending: h.Pending, Dead: h.Dead, Oldest: stamp(h.Oldest, zone), Why: h.Why}
		if !h.LastSent.IsZero() {
			row.LastSent = h.LastSent.In(zone).Format(time.RFC3339)
		}
		out.Targets = append(out.Targets, row)
	}
	dead, err := s.opt.Notifier.Dead(ctx, deadShown)
	if err != nil {
		return nil, refusal(err)
	}
	for _, m := range dead {
		out.Dead = append(out.Dead, DeadMessage{ID: m.ID, Target: m.Target, Kind: m.Kind, Text: m.Text, At: stamp(dispatch.Instant(m.At), zone), Attempts: m.Attempts, Why: m.Why})
	}
	return &body[NotifierRow]{out}, nil
}
