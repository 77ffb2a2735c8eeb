package httpapi

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/everycall/everycall/auth"
	"github.com/everycall/everycall/dispatch"
	"github.com/everycall/everycall/engine"
	"github.com/everycall/everycall/view"
)

// Limits of a stream. A reader pulls: it has no queue that could fill; one that
// falls further behind than engine.ReplayMax is told to fetch the board.
const (
	StreamsMax       = 2000
	streamChunk      = 500 // changes written in one go
	positionsEvery   = time.Second
	clockEvery       = 5 * time.Second
	streamWriteLimit = 20 * time.Second // a reader that takes nothing for so long is cut off
)

// change is what one event changed: whole rows, to be put in place by id.
type change struct {
	Seq        uint64      `json:"seq"`
	At         string      `json:"at"`
	Kind       string      `json:"kind"`
	Text       string      `json:"text,omitempty"`
	Units      []Unit      `json:"units,omitempty"`
	Incidents  []Incident  `json:"incidents,omitempty"`
	Contacts   []Contact   `json:"contacts,omitempty"`
	Postures   []Posture   `json:"postures,omitempty"`
	Zones      []Zone      `json:"zones,omitempty"`
	Access     []Access    `json:"access,omitempty"`
	Stations   []Station   `json:"stations,omitempty"`
	Claims     []Claim     `json:"claims,omitempty"`
	Bulletins  []Bulletin  `json:"bulletins,omitempty"`
	Bolos      []Bolo      `json:"bolos,omitempty"`
	Tows       []Tow       `json:"tows,omitempty"`
	Liaisons   []Liaison   `json:"liaisons,omitempty"`
	Clearances []Clearance `json:"clearances,omitempty"`
	Agreements []Agreement `json:"agreements,omitempty"`
	Plans      []Plan      `json:"plans,omitempty"`
	Hazards    []Hazard    `json:"hazards,omitempty"`
	Aids       []Aid       `json:"aids,omitempty"`
	Alarms     []Alarm     `json:"alarms,omitempty"`
	Promises   []Promise   `json:"promises,omitempty"`
	Gone       *gone       `json:"gone,omitempty"`
}

// gone lists what is no longer on the board.
type gone struct {
	Incidents  []string `json:"incidents,omitempty"`
	Contacts   []string `json:"contacts,omitempty"`
	Units      []string `json:"units,omitempty"`
	Postures   []string `json:"postures,omitempty"`
	Zones      []string `json:"zones,omitempty"`
	Access     []string `json:"access,omitempty"`
	Liaisons   []string `json:"liaisons,omitempty"`
	Clearances []string `json:"clearances,omitempty"`
	Agreements []string `json:"agreements,omitempty"`
	Plans      []string `json:"plans,omitempty"`
	Hazards    []string `json:"hazards,omitempty"`
	Claims     []string `json:"claims,omitempty"`
	Bulletins  []string `json:"bulletins,omitempty"`
	Aids       []string `json:"aids,omitempty"`
	Bolos      []string `json:"bolos,omitempty"`
	Tows       []string `json:"tows,omitempty"`
	Alarms     []string `json:"alarms,omitempty"`
	Promises   []string `json:"promises,omitempty"`
}

func (g *gone) empty() bool {
	return len(g.Incidents)+len(g.Contacts)+len(g.Units)+len(g.Postures)+len(g.Zones)+len(g.Access)+len(g.Liaisons)+len(g.Hazards)+len(g.Claims)+len(g.Bulletins)+len(g.Bolos)+len(g.Tows)+
		len(g.Clearances)+len(g.Agreements)+len(g.Plans)+len(g.Aids)+len(g.Alarms)+len(g.Promises) == 0
}

// split makes rows of what is there and ids of what is not.
func split[K ~string, V any, R any](ids []K, m map[K]*V, row func(*V) R, show func(*V) bool, missing *[]string) []R {
	var out []R
	for _, id := range ids {
		if v := m[id]; v != nil && (show == nil || show(v)) {
			out = append(out, row(v))
		} else {
			*missing = append(*missing, string(id))
		}
	}
	return out
}

// change renders what an event changed for one reader. The room's lock is held.
func (r rows) change(c view.Change) change {
	out := change{Seq: c.Seq, At: r.time(c.At), Kind: c.Kind}
	var g gone
	inForce := func(p *dispatch.Posture) bool { return p.EndedAt == 0 }
	out.Postures = split(c.Touched.Postures, r.s.Postures, r.posture, inForce, &g.Postures)
	if r.sight == auth.SightPublic {
		out.Kind = "changed"
		if !g.empty() {
			out.Gone = &gone{Postures: g.Postures}
		}
		return out
	}
	if r.sight == auth.SightFull {
		out.Text = r.said(c.Subject, c.Text, c.Bare)
	}
	out.Units = split(c.Touched.Units, r.s.Units, r.unit, func(u *dispatch.Unit) bool { return !u.Retired }, &g.Units)
	out.Incidents = split(c.Touched.Incidents, r.s.Incidents, r.incident, nil, &g.Incidents)
	out.Contacts = split(c.Touched.Contacts, r.s.Contacts, r.contact, nil, &g.Contacts)
	out.Zones = split(c.Touched.Zones, r.s.Zones, r.zoneRow, func(z *dispatch.Zone) bool { return z.EndedAt == 0 }, &g.Zones)
	out.Access = split(c.Touched.Access, r.s.Access, r.access, nil, &g.Access)
	out.Stations = split(c.Touched.Stations, r.s.Stations, r.station, nil, new([]string))
	out.Claims = split(c.Touched.Claims, r.s.Claims, r.claim, nil, &g.Claims)
	out.Bulletins = split(c.Touched.Bulletins, r.s.Bulletins, r.bulletin, nil, &g.Bulletins)
	out.Bolos = split(c.Touched.Bolos, r.s.Bolos, r.bolo, nil, &g.Bolos)
	out.Tows = split(c.Touched.Tows, r.s.Tows, r.tow, nil, &g.Tows)
	out.Liaisons = split(c.Touched.Liaisons, r.s.Liaisons, r.liaison, nil, &g.Liaisons)
	r.entryChange(&c.Touched, &out, &g)
	out.Hazards = split(c.Touched.Hazards, r.s.Hazards, r.hazard, nil, &g.Hazards)
	out.Aids = split(c.Touched.Aids, r.s.Aids, r.aid, nil, &g.Aids)
	out.Alarms = split(c.Touched.Alarms, r.s.Alarms, r.alarm, nil, &g.Alarms)
	out.Promises = split(c.Touched.Promises, r.s.Promises, r.promise, nil, &g.Promises)
	if !g.empty() {
		out.Gone = &g
	}
	return out
}

// changesAfter renders the changes after a sequence number for one reader. What
// memory no longer holds comes from the journal, with the things named by each
// event as they are now.
func (s *Server) changesAfter(ctx context.Context, after uint64) ([]change, error) {
	s.room.mu.RLock()
	found, ok := s.room.world.Changes(after, streamChunk)
	if ok {
		defer s.room.mu.RUnlock()
		r := s.rowsOf(identity(ctx))
		out := make([]change, len(found))
		for n, c := range found {
			out[n] = r.change(c)
		}
		return out, nil
	}
	s.room.mu.RUnlock()
	events, err := s.engine.Read(ctx, after, streamChunk)
	if err != nil {
		return nil, err
	}
	s.room.mu.RLock()
	defer s.room.mu.RUnlock()
	r := s.rowsOf(identity(ctx))
	out := make([]change, len(events))
	for n, e := range events {
		line := view.LineOf(r.s, e.Seq, e.At, e.By, e.Event)
		out[n] = r.change(view.Change{Seq: e.Seq, At: e.At, By: e.By, Kind: line.Kind, Text: line.Text, Subject: line.Subject, Bare: line.Bare, Touched: view.Named(r.s, e.Event)})
	}
	return out, nil
}

// stream is GET /api/v1/stream: server-sent events whose id is the journal's
// sequence number.
func (s *Server) stream(w http.ResponseWriter, req *http.Request) {
	me := identity(req.Context())
	after, err := resumeAt(req, s.engine.Seq())
	if err != nil {
		writeProblem(w, problem(http.StatusUnprocessableEntity, "invalid_field", err.Error(), "after"))
		return
	}
	if req.Method == http.MethodHead { // would wait for an end that never comes
		w.Header().Set("Content-Type", "text/event-stream")
		return
	}
	if s.streams.Add(1) > StreamsMax {
		s.streams.Add(-1)
		w.Header().Set("Retry-After", "5")
		writeProblem(w, problem(http.StatusServiceUnavailable, "too_many_streams", "too many streams are open: close a window", ""))
		return
	}
	defer s.streams.Add(-1)
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Accel-Buffering", "no")
	out := sse{w: w, control: http.NewResponseController(w)}
	if err := out.comment("everycall"); err != nil {
		return
	}
	if now := s.engine.Seq(); after > now { // another journal than the one that the reader knows
		if out.send("", "resync", map[string]string{"reason": "this journal is at an earlier place: fetch the whole board"}) != nil {
			return
		}
		after = now
	}
	positions, clock := time.NewTicker(positionsEvery), time.NewTicker(clockEvery)
	defer positions.Stop()
	defer clock.Stop()
	var moves uint64
	for {
		changes, err := s.changesAfter(req.Context(), after)
		if err == engine.ErrTooFarBehind {
			if out.send("", "resync", map[string]string{"reason": "too far behind: fetch the whole board"}) != nil {
				return
			}
			after = s.engine.Seq()
			continue
		}
		if err != nil {
			s.opt.Log.Error("stream", "after", after, "err", err)
			return
		}
		for _, c := range changes {
			if out.write(strconv.FormatUint(c.Seq, 10), "change", c) != nil {
				return
			}
			after = c.Seq
		}
		if len(changes) > 0 {
			if out.flush() != nil {
				return
			}
			if !s.stillAllowed(req) {
				return
			}
			continue
		}
		select {
		case <-s.engine.More(after):
		case <-positions.C:
			if auth.SightOf(me.Role) == auth.SightPublic {
				continue
			}
			if moves, err = s.sendPositions(&out, moves); err != nil {
				return
			}
		case <-clock.C:
			if !s.stillAllowed(req) || out.send("", "clock", s.clockRow()) != nil {
				return
			}
		case <-req.Context().Done():
			return
		case <-s.closing:
			return
		}
	}
}

// resumeAt is where a stream goes on: Last-Event-ID, which a browser sends by
// itself after a break, else ?after=, else from now on.
func resumeAt(req *http.Request, now uint64) (uint64, error) {
	text := req.Header.Get("Last-Event-ID")
	if text == "" {
		text = req.URL.Query().Get("after")
	}
	if text == "" {
		return now, nil
	}
	after, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("after is a sequence number, as /board gives it in seq")
	}
	return after, nil
}

func (s *Server) sendPositions(out *sse, since uint64) (uint64, error) {
	ids, at, now := s.room.moved(since)
	if len(ids) == 0 {
		return now, nil
	}
	type fix [3]any
	fixes := make([]fix, len(ids))
	for n, id := range ids {
		d := degrees(at[n].Point)
		fixes[n] = fix{string(id), d.Lon, d.Lat}
	}
	return now, out.send("", "positions", map[string]any{"at": stamp(s.engine.Now(), s.room.location()), "units": fixes})
}

func (s *Server) clockRow() map[string]any {
	var frozen bool
	s.room.Look(func(st *dispatch.State) { frozen = st.Frozen })
	return map[string]any{"now": stamp(s.engine.Now(), s.room.location()), "speed": s.opt.Speed, "frozen": frozen, "seq": s.engine.Seq()}
}

func (r *Room) location() *time.Location {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.zone
}

// sse writes server-sent events.
type sse struct {
	w       http.ResponseWriter
	control *http.ResponseController
}

func (o *sse) write(id, event string, data any) error {
	body, err := json.Marshal(data)
	if err != nil {
		return err
	}
	_ = o.control.SetWriteDeadline(time.Now().Add(streamWriteLimit)) // where the writer has none, the server's own limit holds
	if id != "" {
		if _, err := fmt.Fprintf(o.w, "id: %s\n", id); err != nil {
			return err
		}
	}
	_, err = fmt.Fprintf(o.w, "event: %s\ndata: %s\n\n", event, body)
	return err
}

func (o *sse) flush() error { return o.control.Flush() }

func (o *sse) send(id, event string, data any) error {
	if err := o.write(id, event, data); err != nil {
		return err
	}
	return o.flush()
}

func (o *sse) comment(text string) error {
	if _, err := fmt.Fprintf(o.w, ": %s\n\n", text); err != nil {
		return err
	}
	return o.flush()
}
