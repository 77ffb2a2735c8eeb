package httpapi

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/everycall/everycall/auth"
	"github.com/everycall/everycall/dispatch"
	"github.com/everycall/everycall/engine"
)

// Past calls are found by their place, their number and their time, and by words in what
// was written. Nobody is searched for: no name and no telephone number is looked at, and
// what is confidential is found by its number and its time alone.

const (
	foundMax        = 200     // calls of one answer
	searchEventsMax = 300_000 // events that one search by words reads
)

// Found is a past call that was asked for.
type Found struct {
	ID          string   `json:"id"`
	Number      uint64   `json:"number"`
	Type        string   `json:"type"`
	Beat        string   `json:"beat,omitempty"`
	Place       string   `json:"place,omitempty"`
	OpenedAt    string   `json:"opened_at"`
	ClosedAt    string   `json:"closed_at,omitempty"`
	Disposition string   `json:"disposition,omitempty"`
	CaseNumbers []string `json:"case_numbers"`
}

// FoundCalls is what was found, the newest first.
type FoundCalls struct {
	Items   []Found `json:"items"`
	More    bool    `json:"more,omitempty" doc:"there are more than these: narrow the time"`
	Partial bool    `json:"partial,omitempty" doc:"the record was not read to its end: ask again, or narrow the time"`
	Since   string  `json:"since" doc:"nothing older was looked at"`
	Search  string  `json:"search,omitempty" doc:"the id under which a search by words is recorded"`
}

// HereBefore is how often there was a call at the place of this one.
type HereBefore struct {
	Count   int     `json:"count"`
	Days    int     `json:"days"`
	Partial bool    `json:"partial,omitempty" doc:"the record is still being read: ask again"`
	Known   bool    `json:"known" doc:"false: it has no place, or its place is not for you"`
	Items   []Found `json:"items" doc:"the newest first, at most 20"`
}

type searchCallsIn struct {
	Number string `query:"number" maxLength:"40" doc:"of a call, or a case number"`
	Place  string `query:"place" maxLength:"400" doc:"words that its place holds"`
	From   string `query:"from" maxLength:"40" doc:"opened at or after (RFC 3339)"`
	Until  string `query:"until" maxLength:"40" doc:"opened before (RFC 3339)"`
}

type searchWordsIn struct {
	Body struct {
		Words string `json:"words" minLength:"1" maxLength:"400" doc:"all of which its notes or what callers said hold; never a name or a telephone number"`
		From  string `json:"from" maxLength:"40" doc:"RFC 3339; a span of at most 31 days"`
		Until string `json:"until" maxLength:"40" doc:"RFC 3339"`
		Why   string `json:"why" minLength:"1" maxLength:"400" doc:"it is recorded with the search"`
	}
}

func (s *Server) searchRoutes() {
	route(s, http.MethodGet, "/api/v1/search", "searchCalls", "search", "Past calls by number, place and time, of the last 90 days; never by person", s.search)
	route(s, http.MethodPost, "/api/v1/search/words", "searchWords", "search", "Past calls by words in what was written; the search is recorded. Names and telephone numbers are left out", s.searchWords)
	route(s, http.MethodGet, "/api/v1/incidents/{id}/before", "hereBefore", "search", "How often there was a call at the same place in 90 days", s.hereBefore)
}

// found makes the row of a call. What is confidential tells no place.
func (s *Server) found(r rows, c *pastCall, at pastPlace) Found {
	row := Found{ID: string(c.id), Number: c.number, Type: c.kind, Beat: c.beat, OpenedAt: r.time(c.opened), ClosedAt: r.time(c.closed), Disposition: c.disposition, CaseNumbers: texts(c.cases)}
	if r.open(c.lead) {
		row.Place = at.text
	}
	return row
}

func (s *Server) search(ctx context.Context, in *searchCallsIn) (*body[FoundCalls], error) {
	from, bad := instant("query.from", in.From)
	if bad != nil {
		return nil, bad
	}
	until, bad := instant("query.until", in.Until)
	if bad != nil {
		return nil, bad
	}
	if dispatch.HoldsNumber(in.Place) {
		return nil, problem(http.StatusUnprocessableEntity, string(dispatch.SearchForPerson), "past calls are not searched for a telephone number: name a place", "query.place")
	}
	wanted, number := dispatch.SearchWords(in.Place), strings.ToLower(strings.TrimSpace(in.Number))
	if len(wanted) == 0 && number == "" && from == 0 && until == 0 {
		return nil, problem(http.StatusUnprocessableEntity, string(dispatch.FieldMissing), "name a number, a place or a time", "query.place")
	}
	s.past.mu.Lock()
	defer s.past.mu.Unlock()
	whole, err := s.past.catchUp(ctx, s.engine)
	if err != nil {
		return nil, refusal(err)
	}
	s.room.mu.RLock()
	defer s.room.mu.RUnlock()
	r := s.rowsOf(identity(ctx))
	out := FoundCalls{Items: []Found{}, Partial: !whole, Since: r.time(r.now.Add(-PastSpan))}
	for n := len(s.past.calls) - 1; n >= 0; n-- {
		c := s.past.calls[n]
		at := s.past.places[c.lead]
		isNumber := number == "" || numberText(c.number) == number || slices.ContainsFunc(c.cases, func(one string) bool { return strings.ToLower(one) == number })
		if !isNumber || c.opened < from || until != 0 && c.opened >= until || len(wanted) > 0 && !(r.open(c.lead) && holds(at.text, wanted)) {
			continue
		}
		if len(out.Items) == foundMax {
			out.More = true
			break
		}
		out.Items = append(out.Items, s.found(r, c, at))
	}
	return &body[FoundCalls]{out}, nil
}

func (s *Server) hereBefore(ctx context.Context, in *idIn) (*body[HereBefore], error) {
	s.past.mu.Lock()
	defer s.past.mu.Unlock()
	whole, err := s.past.catchUp(ctx, s.engine)
	if err != nil {
		return nil, refusal(err)
	}
	s.room.mu.RLock()
	defer s.room.mu.RUnlock()
	r := s.rowsOf(identity(ctx))
	i := r.s.Incidents[dispatch.IncidentID(in.ID)]
	if i == nil {
		return nil, problem(http.StatusNotFound, string(dispatch.IncidentUnknown), "there is no live incident with this id", "path.id")
	}
	out := HereBefore{Days: daysHere, Partial: !whole, Items: []Found{}}
	lead := r.s.Lead(i)
	if lead == nil || !r.open(lead.ID) || lead.Person.Place == "" && lead.Person.Point == nil {
		return &body[HereBefore]{out}, nil
	}
	out.Known = true
	here := pastPlace{lead.Person.Place, lead.Person.Point}
	for n := len(s.past.calls) - 1; n >= 0; n-- {
		c := s.past.calls[n]
		at := s.past.places[c.lead]
		if c.id == i.ID || c.merged || c.opened > i.OpenedAt || !r.open(c.lead) || !here.same(at) {
			continue
		}
		if out.Count++; len(out.Items) < 20 {
			out.Items = append(out.Items, s.found(r, c, at))
		}
	}
	return &body[HereBefore]{out}, nil
}

// searchWords records the search first: what was searched for is known even if nothing is
// found, or the answer never arrives.
func (s *Server) searchWords(ctx context.Context, in *searchWordsIn) (*body[FoundCalls], error) {
	from, bad := instant("body.from", in.Body.From)
	if bad != nil {
		return nil, bad
	}
	until, bad := instant("body.until", in.Body.Until)
	if bad != nil {
		return nil, bad
	}
	receipt, err := s.submit(ctx, dispatch.RecordSearch{Words: in.Body.Words, From: from, Until: until, Why: in.Body.Why})
	if err != nil {
		return nil, err
	}
	t, whole, err := s.written(ctx, from, until)
	if err != nil {
		return nil, refusal(err)
	}
	words := dispatch.SearchWords(in.Body.Words)
	s.room.mu.RLock()
	defer s.room.mu.RUnlock()
	r := s.rowsOf(identity(ctx))
	out := FoundCalls{Items: []Found{}, Partial: !whole, Since: r.time(from)}
	for _, event := range receipt.Events {
		if made, is := event.(*dispatch.SearchMade); is {
			out.Search = made.ID
		}
	}
	for n := len(t.past.calls) - 1; n >= 0; n-- {
		c := t.past.calls[n]
		texts := t.texts(r, c.id)
		if !dispatch.WordsFound(words, texts, nil) || !dispatch.WordsFound(words, texts, t.callers(c.id)) { // names are looked up for few
			continue
		}
		if len(out.Items) == foundMax {
			out.More = true
			break
		}
		out.Items = append(out.Items, s.found(r, c, t.past.places[c.lead]))
	}
	return &body[FoundCalls]{out}, nil
}

// texts about calls that were written in a span of time.
type spanTexts struct {
	past  past
	said  map[dispatch.IncidentID][]saidText
	in    map[dispatch.ContactID]dispatch.IncidentID
	first map[dispatch.ContactID]string // what a caller said, until its call is known
	names map[dispatch.ContactID]string
}

type saidText struct {
	contact dispatch.ContactID
	text    string
}

// texts are those that a reader may read.
func (t *spanTexts) texts(r rows, id dispatch.IncidentID) []string {
	var all []string
	for _, one := range t.said[id] {
		if r.sight == auth.SightFull && r.hidden[one.contact] == nil {
			all = append(all, one.text)
		}
	}
	return all
}

// callers are the names of those who called about it, which are left out.
func (t *spanTexts) callers(id dispatch.IncidentID) []string {
	var names []string
	for contact, name := range t.names { // a set: the order cannot show
		if t.in[contact] == id {
			names = append(names, name)
		}
	}
	return names
}

// written reads what was written about calls between two times.
func (s *Server) written(ctx context.Context, from, until dispatch.Instant) (*spanTexts, bool, error) {
	t := &spanTexts{past: past{byID: map[dispatch.IncidentID]*pastCall{}, places: map[dispatch.ContactID]pastPlace{}}, said: map[dispatch.IncidentID][]saidText{},
		in: map[dispatch.ContactID]dispatch.IncidentID{}, first: map[dispatch.ContactID]string{}, names: map[dispatch.ContactID]string{}}
	after, err := firstAfter(ctx, s.engine, from)
	if err != nil {
		return nil, false, err
	}
	for read := 0; read < searchEventsMax; {
		events, err := s.engine.ReadJournal(ctx, after, pastChunk)
		if err != nil {
			return nil, false, err
		}
		for _, e := range events {
			if e.At > until {
				return t, true, nil
			}
			t.fold(e)
			after = e.Seq
		}
		if read += len(events); len(events) < pastChunk {
			return t, true, nil
		}
	}
	return t, false, nil
}

func (t *spanTexts) fold(r engine.Recorded) {
	t.past.fold(r)
	switch e := r.Event.(type) {
	case *dispatch.ContactReceived:
		if e.Person.Name != "" {
			t.names[e.ID] = e.Person.Name
		}
		t.first[e.ID] = e.Person.Text
	case *dispatch.IncidentOpened:
		t.move(e.Contact, e.ID)
	case *dispatch.ContactJoined:
		t.move(e.Contact, e.Incident)
	case *dispatch.NoteAdded:
		t.said[e.Incident] = append(t.said[e.Incident], saidText{e.Contact, e.Private.Text})
	case *dispatch.IncidentsMerged:
		t.said[e.Into] = append(t.said[e.Into], t.said[e.From]...)
		delete(t.said, e.From)
	}
}

func (t *spanTexts) move(contact dispatch.ContactID, to dispatch.IncidentID) {
	if text := t.first[contact]; text != "" {
		was := t.in[contact]
		t.said[was] = slices.DeleteFunc(t.said[was], func(one saidText) bool { return one.contact == contact && one.text == text })
		t.said[to] = append(t.said[to], saidText{contact, text})
	}
	t.in[contact] = to
}
