package httpapi

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/everycall/everycall/command"
	"github.com/everycall/everycall/dispatch"
)

// LineReading is what a line of the command line means. Nothing has happened.
type LineReading struct {
	Tone     string `json:"tone" enum:"idle,more,wrong,ready" doc:"ready: it can be carried out; more: something is missing, or help; wrong: it means nothing here"`
	Say      string `json:"say" doc:"the meaning spoken back, or what is missing"`
	Does     int    `json:"does" doc:"how many commands it gives; 0: it only shows something"`
	Panel    string `json:"panel,omitempty" doc:"the panel that it opens"`
	Incident string `json:"incident,omitempty" doc:"the incident that it shows"`
	Undo     string `json:"undo,omitempty" doc:"the line that takes it back; {id} in it stands for the first of ids in the answer"`
	Complete string `json:"complete" doc:"the line as Tab would complete it"`
}

type lineIn struct {
	Body struct {
		Line     string   `json:"line" maxLength:"4000" doc:"as in docs/command-line.md: D 3B2 2041"`
		Selected string   `json:"selected,omitempty" maxLength:"40" doc:"the incident in hand, meant where the line names none"`
		Hazards  []string `json:"hazards,omitempty" maxItems:"50" doc:"ids of the hazards that you were shown there and have read"`
		Say      string   `json:"say,omitempty" maxLength:"9000" doc:"the meaning that was spoken back to you: carried out only if it is still that"`
	}
}

func (s *Server) lineRoutes() {
	route(s, http.MethodPost, "/api/v1/command/read", "readLine", "command line", "What a line means; nothing happens", s.readLine)
	route(s, http.MethodPost, "/api/v1/command", "carryOutLine", "command line", "Carry a line out. Several commands are given in order; at the first refusal it stops and says what was done", s.carryOut)
}

// reading reads a line against the board as it is.
func (s *Server) reading(ctx context.Context, in *lineIn) (r command.Reading, complete string) {
	who := identity(ctx)
	zone := s.room.location()
	now := s.engine.Now()
	room := command.Room{Now: now, Selected: dispatch.IncidentID(in.Body.Selected), Read: hazardIDs(in.Body.Hazards), By: who.Name + ", " + string(who.Role),
		Clock: func(hour, minute int) dispatch.Instant {
			local := time.UnixMilli(int64(now)).In(zone)
			at := time.Date(local.Year(), local.Month(), local.Day(), hour, minute, 0, 0, zone)
			if !at.After(local) {
				at = time.Date(local.Year(), local.Month(), local.Day()+1, hour, minute, 0, 0, zone)
			}
			return dispatch.Instant(at.UnixMilli())
		}}
	for _, st := range statusNames {
		room.Statuses = append(room.Statuses, command.Code{Code: st.Short, Name: st.Name})
	}
	for _, d := range dispositions {
		room.Dispositions = append(room.Dispositions, command.Code(d))
	}
	s.room.Look(func(st *dispatch.State) {
		room.State = st
		r, complete = command.Read(in.Body.Line, &room), command.Complete(in.Body.Line, &room)
	})
	return r, complete
}

func (s *Server) readLine(ctx context.Context, in *lineIn) (*body[LineReading], error) {
	r, complete := s.reading(ctx, in)
	return &body[LineReading]{LineReading{Tone: string(r.Tone), Say: r.Say, Does: len(r.Do), Panel: r.Show.Panel, Incident: string(r.Show.Incident), Undo: r.Undo, Complete: complete}}, nil
}

func (s *Server) carryOut(ctx context.Context, in *lineIn) (*body[Done], error) {
	if done, err := s.acceptedBefore(ctx); done != nil || err != nil { // the line may read otherwise by now
		return done, err
	}
	r, _ := s.reading(ctx, in)
	switch {
	case r.Tone != command.Ready:
		return nil, problem(http.StatusUnprocessableEntity, "line_not_ready", orText(r.Say, "the line is empty"), "body.line")
	case in.Body.Say != "" && in.Body.Say != r.Say:
		return nil, problem(http.StatusConflict, "reading_changed", "the board has changed; the line now means: "+r.Say, "body.say")
	}
	done := &body[Done]{Done{Events: []string{}, IDs: []string{}}}
	for n, c := range r.Do {
		s.touchAll(ctx, c)
		next, err := s.do(stepOf(ctx, n), s.withWays(c))
		var no *Problem
		if errors.As(err, &no) && n > 0 {
			no.Detail = strconv.Itoa(n) + " of " + strconv.Itoa(len(r.Do)) + " done; then: " + no.Detail
		}
		if err != nil {
			return nil, err
		}
		if n == 0 {
			done = next
		} else {
			done = both(done, next)
		}
	}
	return done, nil
}

// touchAll tells the simulated responders which units a person has in hand.
func (s *Server) touchAll(ctx context.Context, c dispatch.Command) {
	switch c := c.(type) {
	case dispatch.DispatchUnit:
		s.touch(ctx, string(c.Unit))
	case dispatch.StackUnit:
		s.touch(ctx, string(c.Unit))
	case dispatch.UnassignUnit:
		s.touch(ctx, string(c.Unit))
	case dispatch.SetUnitStatus:
		s.touch(ctx, string(c.Unit))
	case dispatch.PreemptUnit:
		s.touch(ctx, string(c.Unit))
	case dispatch.ExchangeUnits:
		s.touch(ctx, string(c.Unit))
		s.touch(ctx, string(c.With))
	case dispatch.MoveUp:
		s.touch(ctx, string(c.Unit))
	}
}
