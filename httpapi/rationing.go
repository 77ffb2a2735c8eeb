package httpapi

import (
	"cmp"
	"context"
	"net/http"
	"slices"

	"github.com/everycall/everycall/auth"
	"github.com/everycall/everycall/dispatch"
	"github.com/everycall/everycall/geo"
	"github.com/everycall/everycall/triage"
)

// Desk is an owner of calls, and, where it takes diverted ones, what it takes and
// how much it has.
type Desk struct {
	ID       string   `json:"id"`
	Name     string   `json:"name"`
	Service  string   `json:"service"`
	Kind     string   `json:"kind" doc:"empty: it sends units"`
	Types    []string `json:"types" doc:"that it takes; empty: every type"`
	From     int      `json:"from_priority,omitempty" doc:"it takes this priority and those less urgent"`
	Capacity int      `json:"capacity,omitempty"`
	Load     int      `json:"load"`
	Open     bool     `json:"open"`
	Since    string   `json:"since,omitempty"`
	Reason   string   `json:"reason,omitempty"`
	Queue    []string `json:"queue" doc:"contacts that it was given, the oldest first"`
}

// CallDueRow is one caller who is to be rung, and why.
type CallDueRow struct {
	Contact  string `json:"contact"`
	Incident string `json:"incident"`
	Due      string `json:"due"`
	Overdue  bool   `json:"overdue"`
	Why      string `json:"why"`
	Unsafe   bool   `json:"unsafe" doc:"not to be rung: a supervisor decides again"`
	Owner    string `json:"owner"`
}

// Because is one link of the chain that explains a call's state.
type Because struct {
	Rule    string `json:"rule" enum:"state,floor,posture,cutoff,zone,units,desk,promise,rank,decision"`
	Text    string `json:"text"`
	At      string `json:"at,omitempty"`
	Posture string `json:"posture,omitempty"`
	Version int    `json:"version,omitempty"`
	Counts  bool   `json:"counts" doc:"it decides; the others are shown because they do not"`
}

// WhyRow explains a call's state.
type WhyRow struct {
	Contact string    `json:"contact"`
	Chain   []Because `json:"chain"`
}

// Clearing is a clearing of several calls at once that waits for a second person.
type Clearing struct {
	ID       string   `json:"id"`
	Contacts []string `json:"contacts"`
	Outcome  string   `json:"outcome"`
	Reason   string   `json:"reason"`
	By       string   `json:"by"`
	At       string   `json:"at"`
	Due      string   `json:"due"`
	Cleared  bool     `json:"cleared" doc:"done by one person alone: it is to be reviewed"`
}

// Preset is a posture that waits to be declared.
type Preset struct {
	ID          string        `json:"id"`
	Title       string        `json:"title"`
	Service     string        `json:"service"`
	Area        Area          `json:"area"`
	Rules       []PostureRule `json:"rules"`
	Reserve     []Reserve     `json:"reserve"`
	ReviewHours float64       `json:"review_hours"`
	UntilHours  float64       `json:"until_hours"`
	Script      string        `json:"script"`
	Reason      string        `json:"reason,omitempty"`
	InForce     string        `json:"in_force,omitempty" doc:"the posture that it was declared as"`
}

// Forecaster plays the room on from where it is, under the postures in force.
type Forecaster interface {
	// Forecast plays on so many minutes from a state that others read too: it copies
	// what it changes.
	Forecast(ctx context.Context, s *dispatch.State, minutes int) (Forecast, error)
}

// Forecast is what is likely to become of the calls, or why nobody can say.
type Forecast struct {
	Available bool           `json:"available"`
	Why       string         `json:"why,omitempty" doc:"why there is none"`
	Minutes   int            `json:"minutes,omitempty"`
	Waits     []ForecastWait `json:"waits,omitempty"`
}

// ForecastWait is the waiting of one priority.
type ForecastWait struct {
	Priority int     `json:"priority"`
	MedianS  float64 `json:"median_s"`
	P90S     float64 `json:"p90_s"`
}

type presetIn struct {
	ID   string `path:"id" maxLength:"40"`
	Body struct {
		Authority  string `json:"authority" minLength:"1" maxLength:"400"`
		Reason     string `json:"reason,omitempty" maxLength:"400" doc:"empty: the preset's own"`
		NoneStated string `json:"none_stated,omitempty" maxLength:"400"`
		Replaces   string `json:"replaces,omitempty" maxLength:"40"`
	}
}

type amendIn struct {
	ID   string `path:"id" maxLength:"40"`
	Body struct {
		Title      string        `json:"title" minLength:"1" maxLength:"400"`
		Rules      []PostureRule `json:"rules,omitempty" maxItems:"60"`
		Reserve    []Reserve     `json:"reserve,omitempty" maxItems:"5"`
		Authority  string        `json:"authority" minLength:"1" maxLength:"400"`
		Reason     string        `json:"reason,omitempty" maxLength:"400"`
		NoneStated string        `json:"none_stated,omitempty" maxLength:"400"`
		Script     string        `json:"script" minLength:"1" maxLength:"400"`
		Why        string        `json:"why" minLength:"1" maxLength:"400"`
	}
}

type clearingIn struct {
	Body struct {
		Contacts []string `json:"contacts" minItems:"2" maxItems:"500"`
		Outcome  string   `json:"outcome" enum:"declined,abandoned,resolved"`
		Reason   string   `json:"reason" minLength:"1" maxLength:"400"`
		Words    string   `json:"words,omitempty" maxLength:"400" doc:"said to the callers; needed for declined"`
		Alone    bool     `json:"alone,omitempty" doc:"nobody else is there: it is done now and reviewed within 24 h"`
	}
}

type confirmIn struct {
	ID   string    `path:"id" maxLength:"40"`
	Body *struct{} `required:"false"`
}

type dueIn struct {
	PageIn
	Minutes int `query:"minutes" minimum:"0" maximum:"1440" default:"10" doc:"how far ahead"`
}

func (s *Server) rationingRoutes() {
	route(s, http.MethodPost, "/api/v1/postures/{id}/amend", "amendPosture", "postures", "Change what it says; calls that it no longer holds are worked down", s.amend)
	route(s, http.MethodGet, "/api/v1/postures/presets", "listPresets", "postures", "Postures that wait to be declared", s.presets)
	route(s, http.MethodPost, "/api/v1/presets/{id}", "declarePreset", "postures", "Declare one in one gesture", func(ctx context.Context, in *presetIn) (*body[Done], error) {
		b := in.Body
		return s.do(ctx, dispatch.DeclarePreset{Preset: in.ID, Authority: b.Authority, Reason: b.Reason, NoneStated: b.NoneStated, Replaces: dispatch.PostureID(b.Replaces)})
	})
	route(s, http.MethodGet, "/api/v1/forecast", "readForecast", "postures", "What is likely to become of the calls under the postures in force; never waited for", s.forecast)
	route(s, http.MethodGet, "/api/v1/contacts/{id}/why", "whyContact", "contacts", "Why it is as it is: the chain of rules", s.why)
	route(s, http.MethodGet, "/api/v1/call-backs", "listCallBacks", "promises", "Who is to be rung, the earliest due first", s.callBacks)
	route(s, http.MethodGet, "/api/v1/desks", "listDesks", "desks", "Who owns calls, what desks take, and their queues", func(context.Context, *struct{}) (*body[[]Desk], error) {
		s.room.mu.RLock()
		defer s.room.mu.RUnlock()
		r := s.rowsFor(auth.SightMasked)
		out := []Desk{}
		for _, d := range r.s.Config.Desks {
			out = append(out, r.desk(d))
		}
		return &body[[]Desk]{out}, nil
	})
	route(s, http.MethodPost, "/api/v1/desks/{id}/shut", "shutDesk", "desks", "It takes nothing more", func(ctx context.Context, in *reasonIn) (*body[Done], error) {
		return s.do(ctx, dispatch.ShutDesk{Desk: dispatch.DeskID(in.ID), Reason: in.Body.Reason})
	})
	route(s, http.MethodPost, "/api/v1/desks/{id}/open", "openDesk", "desks", "It takes calls again", func(ctx context.Context, in *reasonIn) (*body[Done], error) {
		return s.do(ctx, dispatch.OpenDesk{Desk: dispatch.DeskID(in.ID), Reason: in.Body.Reason})
	})
	route(s, http.MethodGet, "/api/v1/clearings", "listClearings", "clearings", "Clearings that wait for a second person", s.clearings)
	route(s, http.MethodPost, "/api/v1/clearings", "clearTogether", "clearings", "End several calls at once: with a reason and a second person", func(ctx context.Context, in *clearingIn) (*body[Done], error) {
		b := in.Body
		c := dispatch.ClearTogether{Outcome: dispatch.OutcomeKind(b.Outcome), Reason: b.Reason, Words: b.Words, Alone: b.Alone}
		for _, id := range b.Contacts {
			c.Contacts = append(c.Contacts, dispatch.ContactID(id))
		}
		return s.do(ctx, c)
	})
	route(s, http.MethodPost, "/api/v1/clearings/{id}/confirm", "confirmClearing", "clearings", "A second person agrees", func(ctx context.Context, in *confirmIn) (*body[Done], error) {
		return s.do(ctx, dispatch.ConfirmClearing{Bulk: dispatch.BulkID(in.ID)})
	})
	route(s, http.MethodPost, "/api/v1/clearings/{id}/reject", "rejectClearing", "clearings", "A second person does not agree", func(ctx context.Context, in *reasonIn) (*body[Done], error) {
		return s.do(ctx, dispatch.RejectClearing{Bulk: dispatch.BulkID(in.ID), Reason: in.Body.Reason})
	})
}

// area reads an area as it was sent.
func (a Area) area() (dispatch.Area, *Problem) {
	out := dispatch.Area{Kind: dispatch.AreaKind(a.Kind), Beats: a.Beats, Zone: dispatch.ZoneID(a.Zone)}
	for _, p := range a.Outline {
		at, bad := fixed(p[0], p[1])
		if bad != nil {
			return out, problem(http.StatusUnprocessableEntity, "place_invalid", bad.Detail, "body.area.outline")
		}
		out.Outline = append(out.Outline, at)
	}
	return out, nil
}

func areaRow(a dispatch.Area) Area {
	row := Area{Kind: string(a.Kind), Beats: a.Beats, Zone: string(a.Zone)}
	if len(a.Outline) > 0 {
		row.Outline = pairs([]geo.Point(a.Outline))
	}
	return row
}

func ruleRows(rules []dispatch.PostureRule) []PostureRule {
	var out []PostureRule
	for _, r := range rules {
		out = append(out, PostureRule{Priority: int(r.Priority), Types: r.Types, Action: string(r.Action), LimitMs: int64(r.Limit), Desk: string(r.Desk), Words: r.Words})
	}
	return out
}

func reserveRows(reserve []dispatch.Reserve) []Reserve {
	var out []Reserve
	for _, r := range reserve {
		out = append(out, Reserve{Priority: int(r.Priority), Units: r.Units, Band: r.Band, Shut: r.Shut})
	}
	return out
}

// rationing reads rules and reserves as they were sent.
func rationing(rules []PostureRule, reserve []Reserve) (r []dispatch.PostureRule, kept []dispatch.Reserve) {
	for _, x := range rules {
		r = append(r, dispatch.PostureRule{Priority: triage.Priority(x.Priority), Types: x.Types, Action: dispatch.Action(x.Action), Limit: dispatch.Millis(x.LimitMs), Desk: dispatch.DeskID(x.Desk), Words: x.Words})
	}
	for _, x := range reserve {
		kept = append(kept, dispatch.Reserve{Priority: triage.Priority(x.Priority), Units: x.Units, Band: x.Band})
	}
	return r, kept
}

func (s *Server) amend(ctx context.Context, in *amendIn) (*body[Done], error) {
	b := in.Body
	rules, kept := rationing(b.Rules, b.Reserve)
	return s.do(ctx, dispatch.AmendPosture{Posture: dispatch.PostureID(in.ID), Title: b.Title, Rules: rules, Reserve: kept, Authority: b.Authority,
		Reason: b.Reason, NoneStated: b.NoneStated, Script: b.Script, Why: b.Why})
}

type forecastIn struct {
	Minutes int `query:"minutes" minimum:"10" maximum:"720" default:"120"`
}

func (s *Server) forecast(ctx context.Context, in *forecastIn) (*body[Forecast], error) {
	if s.opt.Forecaster == nil {
		return &body[Forecast]{Forecast{Why: "no laboratory is built in: declare without a forecast"}}, nil
	}
	st, err := s.engine.StateAfter(ctx, s.engine.Seq())
	if err != nil {
		return nil, pastProblem(err)
	}
	f, err := s.opt.Forecaster.Forecast(ctx, st, in.Minutes)
	if err != nil {
		return nil, refusal(err)
	}
	return &body[Forecast]{f}, nil
}

func (s *Server) presets(context.Context, *struct{}) (*body[[]Preset], error) {
	out := []Preset{}
	s.room.Look(func(st *dispatch.State) {
		for _, p := range st.Config.Presets {
			row := Preset{ID: p.ID, Title: p.Title, Service: string(p.Service), Area: areaRow(p.Area), Rules: ruleRows(p.Rules), Reserve: reserveRows(p.Reserve),
				ReviewHours: float64(p.Review) / float64(dispatch.Hour), UntilHours: float64(p.Until) / float64(dispatch.Hour), Script: p.Script, Reason: p.Reason}
			for _, id := range sorted(st.Postures) {
				if q := st.Postures[id]; q.EndedAt == 0 && q.Preset == p.ID {
					row.InForce = string(id)
				}
			}
			out = append(out, row)
		}
	})
	return &body[[]Preset]{out}, nil
}

func (s *Server) why(ctx context.Context, in *idIn) (*body[WhyRow], error) {
	s.room.mu.RLock()
	defer s.room.mu.RUnlock()
	st := s.room.world.State
	c := st.Contacts[dispatch.ContactID(in.ID)]
	if c == nil {
		return nil, problem(http.StatusNotFound, string(dispatch.ContactUnknown), "there is no open contact with this id", "path.id")
	}
	out := &body[WhyRow]{WhyRow{Contact: in.ID, Chain: []Because{}}}
	full := identity(ctx).Sight() == auth.SightFull
	for _, b := range st.Why(c, s.engine.Now()) {
		row := Because{Rule: b.Rule, Text: b.Text, At: stamp(b.At, s.room.zone), Posture: string(b.Posture), Version: b.Version, Counts: b.Counts}
		if (!full || st.Confidential[c.ID] != nil) && (b.Rule == "decision" || b.Rule == "promise") {
			row.Text = "what was said is not for this role"
		}
		out.Body.Chain = append(out.Body.Chain, row)
	}
	return out, nil
}

func (s *Server) callBacks(_ context.Context, in *dueIn) (*body[Page[CallDueRow]], error) {
	s.room.mu.RLock()
	defer s.room.mu.RUnlock()
	st, now := s.room.world.State, s.engine.Now()
	due := st.CallsDue(now.Add(dispatch.Millis(in.Minutes) * dispatch.Minute))
	out := Page[CallDueRow]{Items: []CallDueRow{}}
	// The list is short-lived and in the order of its due times: after is a count.
	from, bad := byNumber(in.After)
	if bad != nil {
		return nil, bad
	}
	for n, d := range due[min(int(min(from, uint64(len(due)))), len(due)):] {
		if n == in.Limit {
			out.Next = numberText(from + uint64(n))
			break
		}
		c := st.Contacts[d.Contact]
		out.Items = append(out.Items, CallDueRow{Contact: string(d.Contact), Incident: string(c.Incident), Due: stamp(d.Due, s.room.zone), Overdue: d.Due < now, Why: d.Why, Unsafe: d.Unsafe, Owner: string(c.Outcome.Owner)})
	}
	return &body[Page[CallDueRow]]{out}, nil
}

func (s *Server) clearings(ctx context.Context, _ *struct{}) (*body[[]Clearing], error) {
	out := []Clearing{}
	full := identity(ctx).Sight() == auth.SightFull
	s.room.mu.RLock()
	defer s.room.mu.RUnlock()
	st := s.room.world.State
	for _, id := range sorted(st.Bulks) {
		b := st.Bulks[id]
		row := Clearing{ID: string(id), Contacts: texts(b.Contacts), Outcome: string(b.Outcome), By: b.By, At: stamp(b.At, s.room.zone), Due: stamp(b.Due, s.room.zone), Cleared: b.Cleared}
		if full && !slices.ContainsFunc(b.Contacts, func(id dispatch.ContactID) bool { return st.Confidential[id] != nil }) {
			row.Reason = b.Reason
		}
		out = append(out, row)
	}
	return &body[[]Clearing]{out}, nil
}

func (r rows) desk(d dispatch.Desk) Desk {
	row := Desk{ID: string(d.ID), Name: d.Name, Service: string(d.Service), Types: []string{}, Open: true, Queue: []string{}}
	if a := d.Accepts; a != nil {
		row.Kind, row.Types, row.From, row.Capacity = a.Kind, texts(a.Types), int(a.From), a.Capacity
	}
	if st := r.s.Desks[d.ID]; st != nil {
		row.Open, row.Since, row.Reason = !st.Shut, r.time(st.Since), st.Reason
	}
	var given []*dispatch.Contact
	for _, c := range r.s.Contacts { // sorted below
		if c.Outcome.Desk == d.ID && (c.Outcome.Kind == dispatch.OutcomeDiverted || c.Outcome.Kind == dispatch.OutcomeAppointed) {
			given = append(given, c)
		}
	}
	slices.SortFunc(given, func(a, b *dispatch.Contact) int { return cmp.Compare(a.Number, b.Number) })
	for _, c := range given {
		row.Queue = append(row.Queue, string(c.ID))
	}
	row.Load = len(given)
	return row
}
