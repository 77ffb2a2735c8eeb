package httpapi

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/everycall/everycall/advisor"
	"github.com/everycall/everycall/dispatch"
	"github.com/everycall/everycall/engine"
	"github.com/everycall/everycall/recommend"
)

// Sweep proposes the best use of the units across all waiting calls.
type Sweep struct {
	Seq       uint64           `json:"seq"`
	Lines     []SweepLine      `json:"lines"`
	Short     []SweepShort     `json:"short" doc:"parts of plans that nobody fills"`
	Waiting   []SweepWaiting   `json:"waiting"`
	Displaced []SweepDisplaced `json:"displaced" doc:"calls that lose a unit if its line is accepted, with whom to tell"`
	CallNow   []SweepCall      `json:"call_now"`
	Coverage  []SweepCoverage  `json:"coverage"`
	Model     string           `json:"model"`
}

// SweepLine proposes one unit for one incident.
type SweepLine struct {
	Incident  string `json:"incident"`
	Unit      string `json:"unit"`
	Kind      string `json:"kind" enum:"free,soon_free,pre_empt"`
	Preempts  string `json:"preempts,omitempty" doc:"the incident that the unit is taken from"`
	WaitMs    int64  `json:"wait_ms,omitempty" doc:"until a unit that is soon free is"`
	TravelMs  int64  `json:"travel_ms"`
	Known     bool   `json:"travel_known"`
	First     bool   `json:"first" doc:"the first unit of its call; the others complete its plan"`
	After     string `json:"after,omitempty" doc:"accept the line of this incident first"`
	Why       string `json:"why"`
	Otherwise string `json:"otherwise" doc:"the best alternative"`

	Hazards []string `json:"hazards" doc:"ids of the hazards there to be read before it is accepted; send them with it"`
}

// SweepShort is a need that nobody fills.
type SweepShort struct {
	Incident   string `json:"incident"`
	Capability string `json:"capability"`
	Count      int    `json:"count"`
	Why        string `json:"why"`
}

// SweepWaiting is a call that gets nobody now.
type SweepWaiting struct {
	Incident string `json:"incident"`
	Why      string `json:"why"`
	WaitedMs int64  `json:"waited_ms"`
	Until    string `json:"until,omitempty"`
}

// SweepDisplaced is a call that waits again when its unit is taken.
type SweepDisplaced struct {
	Incident string `json:"incident"`
	Contact  string `json:"contact"`
	Unit     string `json:"unit"`
	For      string `json:"for"`
	Why      string `json:"why"`
}

// SweepCall is a caller who must be rung now.
type SweepCall struct {
	Contact string `json:"contact"`
	Promise string `json:"promise,omitempty"`
	Why     string `json:"why"`
}

// SweepCoverage is what is left of a service.
type SweepCoverage struct {
	Service string   `json:"service"`
	Free    int      `json:"free"`
	Sent    int      `json:"sent"`
	Bare    []string `json:"bare" doc:"beats whose last free unit a line proposes"`
}

type acceptIn struct {
	Body struct {
		Incident string `json:"incident" minLength:"1" maxLength:"40"`
		Unit     string `json:"unit" minLength:"1" maxLength:"40"`
		Kind     string `json:"kind" enum:"free,soon_free,pre_empt"`

		Hazards []string `json:"hazards,omitempty" maxItems:"50" doc:"ids of the line's hazards, which you have read"`
	}
}

var kindOf = map[recommend.Means]string{recommend.Free: "free", recommend.Soon: "soon_free", recommend.Preempt: "pre_empt"}

func (s *Server) sweepRoutes() {
	route(s, http.MethodGet, "/api/v1/sweep", "sweep", "recommendation", "The best use of the units that are free, soon free or may be taken off a less urgent call, across all waiting calls", func(context.Context, *struct{}) (*body[Sweep], error) {
		s.room.mu.RLock()
		defer s.room.mu.RUnlock()
		return &body[Sweep]{s.sweepRows(s.proposal())}, nil
	})
	route(s, http.MethodPost, "/api/v1/sweep/lines", "acceptSweepLine", "recommendation", "Accept one line, if it is still what is best", s.acceptLine)
}

// proposal sweeps. The room's lock is held.
func (s *Server) proposal() recommend.Proposal {
	st, now := s.room.world.State, s.engine.Now()
	residual := advisor.NewResidual(st)
	return recommend.Sweep(st, func(unit dispatch.UnitID, id dispatch.IncidentID) (dispatch.Millis, bool) {
		w, _ := s.way(st, unit, st.Incidents[id])
		return w.Travel, w.Known
	}, recommend.CountOn(func(unit dispatch.UnitID) (dispatch.Millis, bool) { return residual.Until(unit, now) }), recommend.Preempting())
}

func (s *Server) sweepRows(p recommend.Proposal) Sweep {
	out := Sweep{Seq: s.room.world.Seq, Model: s.opt.Estimator.Model(), Lines: []SweepLine{}, Short: []SweepShort{}, Waiting: []SweepWaiting{}, Displaced: []SweepDisplaced{},
		CallNow: []SweepCall{}, Coverage: []SweepCoverage{}}
	for _, l := range p.Lines {
		row := SweepLine{Incident: string(l.Incident), Unit: string(l.Unit), Kind: kindOf[l.Means], WaitMs: int64(l.Wait), TravelMs: int64(l.Travel), Known: l.Known, First: l.First,
			After: string(l.After), Why: l.Why, Otherwise: l.Otherwise, Hazards: texts(l.Hazards)}
		if l.Means == recommend.Preempt {
			row.Preempts = string(l.From)
		}
		out.Lines = append(out.Lines, row)
	}
	for _, n := range p.Short {
		out.Short = append(out.Short, SweepShort{Incident: string(n.Incident), Capability: n.Need.What(), Count: int(n.Need.Count), Why: n.Why})
	}
	for _, w := range p.Waiting {
		out.Waiting = append(out.Waiting, SweepWaiting{Incident: string(w.Incident), Why: w.Why, WaitedMs: int64(w.Waited), Until: stamp(w.Until, s.room.zone)})
	}
	for _, d := range p.Displaced {
		out.Displaced = append(out.Displaced, SweepDisplaced{Incident: string(d.Incident), Contact: string(d.Contact), Unit: string(d.Unit), For: string(d.For), Why: d.Why})
	}
	for _, c := range p.CallNow {
		out.CallNow = append(out.CallNow, SweepCall{Contact: string(c.Contact), Promise: string(c.Promise), Why: c.Why})
	}
	for _, c := range p.Coverage {
		out.Coverage = append(out.Coverage, SweepCoverage{Service: string(c.Service), Free: c.Free, Sent: c.Sent, Bare: texts(c.Bare)})
	}
	return out
}

// acceptLine does what a line proposes, if a sweep of this moment still proposes it.
// A unit that is taken off another call is taken off and sent by two commands; should
// the second be refused, the call that lost it waits, and the answer says so.
func (s *Server) acceptLine(ctx context.Context, in *acceptIn) (*body[Done], error) {
	if done, err := s.acceptedBefore(ctx); done != nil || err != nil {
		return done, err
	}
	var commands []dispatch.Command
	read := hazardIDs(in.Body.Hazards)
	var unread []dispatch.HazardID
	s.room.mu.RLock()
	for _, l := range s.proposal().Lines {
		if string(l.Incident) == in.Body.Incident && string(l.Unit) == in.Body.Unit && kindOf[l.Means] == in.Body.Kind && l.After == "" {
			commands = l.Commands(s.opt.Estimator.Model(), read...)
			unread = slices.DeleteFunc(slices.Clone(l.Hazards), func(id dispatch.HazardID) bool { return slices.Contains(read, id) })
		}
	}
	s.room.mu.RUnlock()
	if commands == nil {
		return nil, problem(http.StatusConflict, "proposal_changed", "this is no longer what is best, or another line comes first: look again", "body.incident")
	}
	if len(unread) > 0 { // before the first of its commands, so that nobody loses a unit for nothing
		return nil, problem(http.StatusConflict, string(dispatch.HazardUnacknowledged), "nobody has read "+strings.Join(texts(unread), ", ")+" there: read them and send their ids with the line", "body.hazards")
	}
	var done *body[Done]
	for n, c := range commands {
		next, err := s.do(stepOf(ctx, n), c)
		if err != nil {
			return nil, err
		}
		done = both(done, next)
	}
	return done, nil
}

// both is one answer for two commands of one request.
func both(done, next *body[Done]) *body[Done] {
	if done == nil {
		return next
	}
	done.Body.Events = append(done.Body.Events, next.Body.Events...)
	done.Body.IDs = append(done.Body.IDs, next.Body.IDs...)
	return done
}

// stepOf names the nth command of one request: the first has its Idempotency-Key,
// the others have names made from it.
func stepOf(ctx context.Context, n int) context.Context {
	r := requestOf(ctx)
	if n == 0 || r.key == "" {
		return ctx
	}
	r.key += " " + numberText(uint64(n))
	return context.WithValue(ctx, requestKey, r)
}

// acceptedBefore answers a request that was sent before, as it was answered then.
func (s *Server) acceptedBefore(ctx context.Context) (done *body[Done], err error) {
	for n := 0; requestOf(ctx).key != ""; n++ {
		r := requestOf(stepOf(ctx, n))
		receipt, err := s.engine.Submit(ctx, engine.Submission{By: By(identity(ctx)), ID: "key:" + r.key, Hash: r.hash, Recall: true})
		if errors.Is(err, engine.ErrNotKnown) {
			return done, nil
		}
		if err != nil {
			return nil, refusal(err)
		}
		done = both(done, &body[Done]{s.done(receipt)})
	}
	return nil, nil
}
