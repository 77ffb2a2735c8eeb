package httpapi

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"github.com/everycall/everycall/auth"
	"github.com/everycall/everycall/dispatch"
	"github.com/everycall/everycall/engine"
	"github.com/everycall/everycall/view"
)

// PageMax is the most that a list answers at once.
const PageMax = 1000

// PageIn asks for a part of a list.
type PageIn struct {
	After string `query:"after" doc:"the place after which to go on, as next gave it" maxLength:"200"`
	Limit int    `query:"limit" minimum:"1" maximum:"1000" default:"200"`
}

// Page is a part of a list; Next, if there, asks for the part behind it.
type Page[R any] struct {
	Items []R    `json:"items"`
	Next  string `json:"next,omitempty"`
}

// byName reads a place in a list in the order of ids.
func byName[K ~string](text string) (K, *Problem) { return K(text), nil }

// itself is the place of an id.
func itself[K ~string](id K) K { return id }

// byNumber reads a place in a list in the order of numbers.
func byNumber(text string) (uint64, *Problem) {
	if text == "" {
		return 0, nil
	}
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		return 0, problem(http.StatusUnprocessableEntity, "invalid_field", "after is what next gave: leave it out to begin at the beginning", "query.after")
	}
	return n, nil
}

// cut takes the page behind a place out of a list in the order of its places. A
// place stays one when what stood there has left the list, so that a list which
// changes between two pages loses nothing.
func cut[V, R any, P cmp.Ordered](all []V, p PageIn, read func(string) (P, *Problem), place func(V) P, row func(V) R) (*body[Page[R]], error) {
	after, bad := read(p.After)
	if bad != nil {
		return nil, bad
	}
	from := 0
	if p.After != "" {
		from, _ = slices.BinarySearchFunc(all, after, func(v V, after P) int {
			if place(v) <= after {
				return -1
			}
			return 1
		})
	}
	out := Page[R]{Items: []R{}}
	for n, v := range all[from:] {
		if n == p.Limit {
			out.Next = fmt.Sprint(place(all[from+n-1]))
			break
		}
		out.Items = append(out.Items, row(v))
	}
	return &body[Page[R]]{out}, nil
}

type boardIn struct {
	AsOf string `query:"as_of" maxLength:"40" doc:"the board as it was then (RFC 3339)"`
}

type idIn struct {
	ID string `path:"id" maxLength:"200"`
}

type contactsIn struct {
	PageIn
	Outcome string `query:"outcome" enum:"waiting,dispatched,held,diverted,appointed,staged,declined,transferred,duplicate,abandoned,unanswered,resolved"`
}

type incidentsIn struct {
	PageIn
	State   string `query:"state" enum:"waiting,held,staged,diverted,appointed,unanswered,active,closed"`
	Service string `query:"service" maxLength:"40"`
}

// NoteRow is one note of the narrative.
type NoteRow struct {
	ID       string `json:"id"`
	At       string `json:"at"`
	By       string `json:"by"`
	Text     string `json:"text"`
	StruckAt string `json:"struck_at,omitempty"`
	StruckBy string `json:"struck_by,omitempty"`
	Why      string `json:"why,omitempty"`
}

// TimelineRow is one line of what happened.
type TimelineRow struct {
	Seq    uint64 `json:"seq"`
	At     string `json:"at"`
	By     string `json:"by"`
	Kind   string `json:"kind"`
	Text   string `json:"text"`
	Struck bool   `json:"struck"`
}

// PriorityRow is one entry of the priority history.
type PriorityRow struct {
	Priority int    `json:"priority"`
	At       string `json:"at"`
	By       string `json:"by"`
	Reason   string `json:"reason,omitempty"`
}

// IncidentDetail is an incident with all that is known of it.
type IncidentDetail struct {
	Incident
	Priorities  []PriorityRow `json:"priorities"`
	NotesText   []NoteRow     `json:"notes_text"`
	Timeline    []TimelineRow `json:"timeline"`
	ContactRows []Contact     `json:"contact_rows"`
	PromiseRows []Promise     `json:"promise_rows"`
}

// EventRow is one durable event for machines.
type EventRow struct {
	Seq     uint64          `json:"seq"`
	At      string          `json:"at"`
	Kind    string          `json:"kind"`
	By      string          `json:"by"`
	Command string          `json:"command"`
	Data    json.RawMessage `json:"data"`
}

type eventsIn struct {
	After uint64 `query:"after"`
	Limit int    `query:"limit" minimum:"1" maximum:"1000" default:"200"`
}

type body[T any] struct{ Body T }

func (s *Server) readRoutes() {
	route(s, http.MethodGet, "/api/v1/board", "getBoard", "board", "Everything a console needs, now or at a past instant", func(ctx context.Context, in *boardIn) (*body[Board], error) {
		when, bad := instant("query.as_of", in.AsOf)
		if bad != nil {
			return nil, bad
		}
		if when == 0 {
			return &body[Board]{s.board(ctx)}, nil
		}
		b, err := s.boardAt(ctx, when)
		if err != nil {
			return nil, refusal(err)
		}
		return &body[Board]{b}, nil
	})
	route(s, http.MethodGet, "/api/v1/public/postures", "getPublicPostures", "public", "Is the service rationed now", func(_ context.Context, _ *struct{}) (*body[Page[Posture]], error) {
		out := Page[Posture]{Items: []Posture{}}
		s.room.mu.RLock()
		defer s.room.mu.RUnlock()
		r := s.rowsFor(auth.SightPublic)
		out.Items = list(r.s.Postures, r.posture, func(p *dispatch.Posture) bool { return p.EndedAt == 0 })
		return &body[Page[Posture]]{out}, nil
	})
	route(s, http.MethodGet, "/api/v1/contacts", "listContacts", "contacts", "Contacts, by outcome", func(ctx context.Context, in *contactsIn) (*body[Page[Contact]], error) {
		s.room.mu.RLock()
		defer s.room.mu.RUnlock()
		r := s.rowsOf(identity(ctx))
		all := make([]*dispatch.Contact, 0, len(r.s.Contacts))
		for _, c := range r.s.Contacts {
			if in.Outcome == "" || string(c.Outcome.Kind) == in.Outcome {
				all = append(all, c)
			}
		}
		number := func(c *dispatch.Contact) uint64 { return c.Number }
		slices.SortFunc(all, func(a, b *dispatch.Contact) int { return cmp.Compare(a.Number, b.Number) })
		return cut(all, in.PageIn, byNumber, number, r.contact)
	})
	route(s, http.MethodGet, "/api/v1/contacts/{id}", "getContact", "contacts", "One contact", func(ctx context.Context, in *idIn) (*body[Contact], error) {
		if live := s.liveContact(ctx, dispatch.ContactID(in.ID)); live != nil {
			return &body[Contact]{*live}, nil
		}
		return s.archivedContact(ctx, dispatch.ContactID(in.ID))
	})
	route(s, http.MethodGet, "/api/v1/incidents", "listIncidents", "incidents", "Incidents, by state", func(ctx context.Context, in *incidentsIn) (*body[Page[Incident]], error) {
		s.room.mu.RLock()
		defer s.room.mu.RUnlock()
		r := s.rowsOf(identity(ctx))
		all := make([]*dispatch.Incident, 0, len(r.s.Incidents))
		for _, i := range r.s.Incidents {
			if (in.State == "" || stateOf(r.s, i) == in.State) && (in.Service == "" || string(i.Service) == in.Service) {
				all = append(all, i)
			}
		}
		number := func(i *dispatch.Incident) uint64 { return i.Number }
		slices.SortFunc(all, func(a, b *dispatch.Incident) int { return cmp.Compare(a.Number, b.Number) })
		return cut(all, in.PageIn, byNumber, number, r.incident)
	})
	route(s, http.MethodGet, "/api/v1/incidents/{id}", "getIncident", "incidents", "One incident with its timeline", s.incidentDetail)
	route(s, http.MethodGet, "/api/v1/units", "listUnits", "units", "Units", func(ctx context.Context, in *PageIn) (*body[Page[Unit]], error) {
		s.room.mu.RLock()
		defer s.room.mu.RUnlock()
		r := s.rowsOf(identity(ctx))
		ids := slices.DeleteFunc(sorted(r.s.Units), func(id dispatch.UnitID) bool { return r.s.Units[id].Retired })
		return cut(ids, *in, byName[dispatch.UnitID], itself[dispatch.UnitID], func(id dispatch.UnitID) Unit { return r.unit(r.s.Units[id]) })
	})
	route(s, http.MethodGet, "/api/v1/postures", "listPostures", "postures", "Postures, ended ones included", func(ctx context.Context, in *PageIn) (*body[Page[Posture]], error) {
		s.room.mu.RLock()
		defer s.room.mu.RUnlock()
		r := s.rowsOf(identity(ctx))
		return cut(sorted(r.s.Postures), *in, byName[dispatch.PostureID], itself[dispatch.PostureID], func(id dispatch.PostureID) Posture { return r.posture(r.s.Postures[id]) })
	})
	route(s, http.MethodGet, "/api/v1/events", "listEvents", "events", "Durable events, in order, for machines", s.events)
}

func (s *Server) liveContact(ctx context.Context, id dispatch.ContactID) *Contact {
	s.room.mu.RLock()
	defer s.room.mu.RUnlock()
	r := s.rowsOf(identity(ctx))
	c := r.s.Contacts[id]
	if c == nil {
		return nil
	}
	row := r.contact(c)
	return &row
}

// incidentDetail reads one incident. Lines from before this process began come
// from the journal, once, and are kept.
func (s *Server) incidentDetail(ctx context.Context, in *idIn) (*body[IncidentDetail], error) {
	id := dispatch.IncidentID(in.ID)
	s.room.mu.RLock()
	i := s.room.world.State.Incidents[id]
	var opened dispatch.Instant
	if i != nil {
		opened = i.OpenedAt
	}
	_, whole := s.room.world.Timeline(id)
	upTo := s.room.world.Seq
	s.room.mu.RUnlock()
	if i == nil {
		return s.archived(ctx, id)
	}
	if !whole {
		lines, err := s.readTimeline(ctx, id, opened, upTo)
		if err != nil {
			s.opt.Log.Error("timeline", "incident", id, "err", err)
			return nil, refusal(err)
		}
		s.room.mu.Lock()
		s.room.world.KeepTimeline(id, lines)
		s.room.mu.Unlock()
	}
	s.room.mu.RLock()
	defer s.room.mu.RUnlock()
	r := s.rowsOf(identity(ctx))
	if i = r.s.Incidents[id]; i == nil {
		return nil, problem(http.StatusNotFound, string(dispatch.IncidentUnknown), "it went to the archive just now", "path.id")
	}
	lines, _ := s.room.world.Timeline(id)
	return &body[IncidentDetail]{r.detail(i, lines)}, nil
}

func (r rows) detail(i *dispatch.Incident, lines []view.Line) IncidentDetail {
	out := IncidentDetail{Incident: r.incident(i), Priorities: []PriorityRow{}, NotesText: []NoteRow{}, Timeline: []TimelineRow{}, ContactRows: []Contact{}, PromiseRows: []Promise{}}
	for _, p := range i.Priorities {
		row := PriorityRow{Priority: int(p.Priority), At: r.time(p.At), By: p.By}
		if r.sight == auth.SightFull && r.hidden[p.Contact] == nil {
			row.Reason = p.Reason
		}
		out.Priorities = append(out.Priorities, row)
	}
	for _, id := range i.Contacts {
		c := r.s.Contacts[id]
		out.ContactRows = append(out.ContactRows, r.contact(c))
		for _, p := range c.Promises {
			out.PromiseRows = append(out.PromiseRows, r.promise(r.s.Promises[p]))
		}
	}
	if r.sight != auth.SightFull {
		return out
	}
	notes := map[dispatch.NoteID]dispatch.Note{}
	for _, n := range i.Notes {
		if r.hidden[n.Contact] != nil {
			out.NotesText = append(out.NotesText, NoteRow{ID: string(n.ID), At: r.time(n.At), By: n.By, Text: hiddenText, StruckAt: r.time(n.StruckAt), StruckBy: n.StruckBy})
			continue
		}
		notes[n.ID] = n
		out.NotesText = append(out.NotesText, NoteRow{ID: string(n.ID), At: r.time(n.At), By: n.By, Text: n.Text, StruckAt: r.time(n.StruckAt), StruckBy: n.StruckBy, Why: n.Why})
	}
	for _, line := range lines {
		row := TimelineRow{Seq: line.Seq, At: r.time(line.At), By: line.By, Kind: line.Kind, Text: r.said(line.Subject, line.Text, line.Bare)}
		if n, is := notes[line.Note]; is {
			if line.Kind == "NoteAdded" {
				row.Text, row.Struck = n.Text, n.StruckAt != 0
			} else {
				row.Text = "struck: " + n.Text + " (" + n.Why + ")"
			}
		}
		out.Timeline = append(out.Timeline, row)
	}
	return out
}

// timelineChunk is how many events are read at a time.
const timelineChunk = 2000

// readTimeline reads an incident's lines from the journal: it finds the time of
// its opening by halving, and goes on from there.
func (s *Server) readTimeline(ctx context.Context, id dispatch.IncidentID, opened dispatch.Instant, upTo uint64) ([]view.Line, error) {
	low, high := uint64(0), upTo
	for low < high {
		middle := low + (high-low)/2
		events, err := s.engine.ReadJournal(ctx, middle, 1)
		if err != nil {
			return nil, err
		}
		if len(events) == 1 && events[0].At < opened {
			low = middle + 1
		} else {
			high = middle
		}
	}
	var lines []view.Line
	for after := low; after < upTo; {
		events, err := s.engine.ReadJournal(ctx, after, timelineChunk)
		if err != nil {
			return nil, err
		}
		if len(events) == 0 {
			break
		}
		lines = append(lines, s.linesOf(id, events)...)
		after = events[len(events)-1].Seq
	}
	return lines, nil
}

func (s *Server) linesOf(id dispatch.IncidentID, events []engine.Recorded) []view.Line {
	s.room.mu.RLock()
	defer s.room.mu.RUnlock()
	st := s.room.world.State
	var lines []view.Line
	for _, e := range events {
		if slices.Contains(view.Incidents(st, e.Event), id) {
			lines = append(lines, view.LineOf(st, e.Seq, e.At, e.By, e.Event))
		}
	}
	return lines
}

func (s *Server) events(ctx context.Context, in *eventsIn) (*body[struct {
	Events []EventRow `json:"events"`
	Next   uint64     `json:"next"`
}], error) {
	found, err := s.engine.ReadJournal(ctx, in.After, in.Limit)
	if err != nil {
		s.opt.Log.Error("events", "after", in.After, "err", err)
		return nil, refusal(err)
	}
	out := &body[struct {
		Events []EventRow `json:"events"`
		Next   uint64     `json:"next"`
	}]{}
	out.Body.Events, out.Body.Next = make([]EventRow, 0, len(found)), in.After
	zone := s.room.location()
	full := identity(ctx).Sight() == auth.SightFull
	hidden := make([]bool, len(found))
	s.room.Look(func(st *dispatch.State) {
		for n, e := range found {
			hidden[n] = view.Hidden(st, e.Event)
		}
	})
	for n, e := range found {
		data, err := eventData(e.Event, full && !hidden[n])
		if err != nil {
			return nil, refusal(err)
		}
		out.Body.Events = append(out.Body.Events, EventRow{Seq: e.Seq, At: stamp(e.At, zone), Kind: e.Event.EventName(), By: e.By, Command: e.Command, Data: data})
		out.Body.Next = e.Seq
	}
	return out, nil
}

// eventData renders an event; what is sealed goes in under "private", only for
// those who may read it.
func eventData(event dispatch.Event, full bool) (json.RawMessage, error) {
	clear, err := json.Marshal(event)
	if err != nil {
		return nil, err
	}
	sealed, is := event.(dispatch.Sealed)
	if !is || !full || *sealed.Secret() == (dispatch.Private{}) {
		return clear, nil
	}
	private, err := json.Marshal(sealed.Secret())
	if err != nil {
		return nil, err
	}
	return json.RawMessage(string(clear[:len(clear)-1]) + `,"private":` + string(private) + "}"), nil
}

func milliseconds(n int) dispatch.Millis { return dispatch.Millis(n) * dispatch.Minute }

func numberText(n uint64) string { return strconv.FormatUint(n, 10) }
