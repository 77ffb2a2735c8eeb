package httpapi

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/everycall/everycall/dispatch"
	"github.com/everycall/everycall/engine"
	"github.com/everycall/everycall/stats"
)

// figuresAtOnce is how many events a request folds itself; with more to fold it is
// told how far the folding is.
const figuresAtOnce = 400_000

// figures keeps the ledger that the figures are made of. It is folded from the
// journal when somebody asks: a room that nobody counts pays nothing.
type figures struct {
	engine *engine.Engine
	mu     sync.Mutex // held while folding and while a report is made
	ledger *stats.Ledger
	past   chan struct{} // one report on an earlier day at a time
}

func newFigures(e *engine.Engine) *figures {
	return &figures{engine: e, ledger: stats.New(), past: make(chan struct{}, 1)}
}

// errFar ends a fold at the moment that was asked for.
var errFar = errors.New("far enough")

// fold takes in what has happened since, as much as one request may.
func (f *figures) fold(ctx context.Context, l *stats.Ledger, limit int, until func(engine.Recorded) bool) error {
	err := f.engine.ReadUnsealed(ctx, l.Seq(), limit, func(r engine.Recorded) error {
		if until != nil && until(r) {
			return errFar
		}
		l.Add(r.Seq, dispatch.Stamped{At: r.At, By: r.By, Event: r.Event})
		return nil
	})
	if errors.Is(err, errFar) {
		return nil
	}
	return err
}

// report makes a report of everything recorded so far.
func (f *figures) report(ctx context.Context, q stats.Query) (stats.Report, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.fold(ctx, f.ledger, figuresAtOnce, nil); err != nil {
		return stats.Report{}, err
	}
	if behind := f.engine.Seq() - f.ledger.Seq(); behind > figuresAtOnce/10 {
		return stats.Report{}, problem(http.StatusServiceUnavailable, "figures_not_ready", "the journal is being counted, "+numberText(behind)+" events are left: ask again", "")
	}
	f.ledger.Advance(f.engine.Now())
	return answerTo(f.ledger, q)
}

// asOf makes a report of what had been recorded by an instant.
func (f *figures) asOf(ctx context.Context, q stats.Query, when dispatch.Instant) (stats.Report, error) {
	select {
	case f.past <- struct{}{}:
		defer func() { <-f.past }()
	default:
		return stats.Report{}, problem(http.StatusServiceUnavailable, "busy", "somebody else is counting an earlier day: ask again in a moment", "")
	}
	l := stats.New()
	if err := f.fold(ctx, l, 0, func(r engine.Recorded) bool { return r.At > when }); err != nil {
		return stats.Report{}, err
	}
	l.Advance(when)
	return answerTo(l, q)
}

// answerTo makes the report; what it cannot make is the asker's fault.
func answerTo(l *stats.Ledger, q stats.Query) (stats.Report, error) {
	r, err := l.Report(q)
	if err != nil {
		return r, problem(http.StatusUnprocessableEntity, "invalid_field", err.Error(), "query")
	}
	return r, nil
}

type figuresIn struct {
	From          string   `query:"from" maxLength:"40" doc:"calls received from then on (RFC 3339)"`
	To            string   `query:"to" maxLength:"40" doc:"and before"`
	AsOf          string   `query:"as_of" maxLength:"40" doc:"as it had been recorded by then"`
	Service       string   `query:"service" maxLength:"40"`
	Count         string   `query:"count" enum:"calls,contacts"`
	By            []string `query:"by,explode" maxItems:"10" doc:"groupings: priority_highest, area, language, posture, area*priority_highest, …"`
	Groups        []string `query:"neighbourhood,explode" maxItems:"200" doc:"groups of beats: Name:B1 B2 B3; the waits of the others are in 'other'"`
	WithholdBelow int      `query:"withhold_below" minimum:"5" maximum:"1000" default:"10" doc:"counts below are withheld"`
	UnservedAfter int      `query:"unserved_after_minutes" minimum:"1" maximum:"1440" default:"60"`
}

func (s *Server) figureRoutes() {
	kept := newFigures(s.engine)
	route(s, http.MethodGet, "/api/v1/figures", "readFigures", "figures", "Figures that count everybody, each naming its standard, clock and what is missing", func(ctx context.Context, in *figuresIn) (*body[stats.Report], error) {
		q, bad := in.query(s.room.location())
		if bad != nil {
			return nil, bad
		}
		when, bad := instant("query.as_of", in.AsOf)
		if bad != nil {
			return nil, bad
		}
		if when > s.engine.Now() {
			return nil, problem(http.StatusUnprocessableEntity, "time_invalid", "that has not happened yet", "query.as_of")
		}
		var r stats.Report
		var err error
		if when == 0 {
			r, err = kept.report(ctx, q)
		} else {
			r, err = kept.asOf(ctx, q, when)
		}
		var asked *Problem
		switch {
		case err == nil:
			return &body[stats.Report]{r}, nil
		case errors.As(err, &asked):
			return nil, asked
		case ctx.Err() != nil:
			return nil, ctx.Err()
		}
		s.opt.Log.Error("figures", "err", err)
		return nil, refusal(err)
	})
}

// query reads what was asked.
func (in *figuresIn) query(zone *time.Location) (q stats.Query, bad *Problem) {
	if q.From, bad = instant("query.from", in.From); bad != nil {
		return q, bad
	}
	if q.To, bad = instant("query.to", in.To); bad != nil {
		return q, bad
	}
	q.Service, q.Count, q.GroupBy, q.WithholdBelow = dispatch.Service(in.Service), in.Count, in.By, in.WithholdBelow
	q.HourOf = func(at dispatch.Instant) int { return time.UnixMilli(int64(at)).In(zone).Hour() }
	for p := range q.UnservedAfter {
		q.UnservedAfter[p] = milliseconds(in.UnservedAfter)
	}
	for _, g := range in.Groups {
		name, beats, named := strings.Cut(g, ":")
		if !named || name == "" {
			return q, problem(http.StatusUnprocessableEntity, "invalid_field", "a neighbourhood is Name:B1 B2 B3", "query.neighbourhood")
		}
		if q.Neighbourhoods == nil {
			q.Neighbourhoods = map[string][]string{}
		}
		q.Neighbourhoods[name] = strings.Fields(beats)
	}
	return q, nil
}
