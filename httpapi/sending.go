package httpapi

import (
	"context"
	"net/http"

	"github.com/everycall/everycall/advisor"
	"github.com/everycall/everycall/auth"
	"github.com/everycall/everycall/dispatch"
	"github.com/everycall/everycall/recommend"
	"github.com/everycall/everycall/triage"
)

// SentNeed asks for so many units.
type SentNeed struct {
	Count      int    `json:"count" minimum:"1" maximum:"255"`
	Capability string `json:"capability,omitempty" maxLength:"400"`
	Kind       string `json:"kind,omitempty" maxLength:"400" doc:"of unit: engine, ladder, patrol"`
	Service    string `json:"service,omitempty" maxLength:"40"`
	Crew       int    `json:"crew,omitempty" minimum:"0" maximum:"255" doc:"at least so many on board"`
}

// NeedState is one need, and how many of the units on the call count for it.
type NeedState struct {
	SentNeed
	What string `json:"what" doc:"in words"`
	Have int    `json:"have"`
}

// Response is what a call is to get, by which run card and level, and has.
type Response struct {
	Card   string      `json:"card,omitempty" doc:"none: what the type of the call needs"`
	Title  string      `json:"title,omitempty"`
	Level  int         `json:"level"`
	Levels int         `json:"levels" doc:"that the card has; 0 without a card"`
	Why    string      `json:"why,omitempty" doc:"by what the card was chosen"`
	Over   []string    `json:"over" doc:"less specific cards that are for it too"`
	Notes  []string    `json:"notes" doc:"why each level asks for what it does"`
	Needs  []NeedState `json:"needs"`
	Words  string      `json:"words" doc:"all of it in one line"`
}

// Share is one service's part of a call that several work on.
type Share struct {
	Service     string     `json:"service"`
	Agency      string     `json:"agency,omitempty" doc:"whose units; none: the jurisdiction's own"`
	Lead        bool       `json:"lead"`
	State       string     `json:"state" doc:"waiting, done, or the furthest status of its units"`
	Needs       []SentNeed `json:"needs"`
	Since       string     `json:"since"`
	Reason      string     `json:"reason,omitempty"`
	Due         string     `json:"due,omitempty" doc:"when somebody is asked why nobody of it was sent"`
	DoneAt      string     `json:"done_at,omitempty"`
	Disposition string     `json:"disposition,omitempty"`
	Authority   string     `json:"authority,omitempty"`
}

// Aid is mutual aid with another agency.
type Aid struct {
	ID        string     `json:"id"`
	Direction string     `json:"direction" enum:"to_us,from_us"`
	Agency    string     `json:"agency"`
	Needs     []SentNeed `json:"needs"`
	Words     string     `json:"words" doc:"the needs in words"`
	Incident  string     `json:"incident,omitempty"`
	Reason    string     `json:"reason"`
	Terms     string     `json:"terms,omitempty" doc:"of cost"`
	State     string     `json:"state" enum:"asked,offered,accepted,refused,sent,arrived,returned,withdrawn"`
	Due       string     `json:"due,omitempty" doc:"when somebody is asked to look again; none once it is over"`
	ETA       string     `json:"eta,omitempty"`
	Until     string     `json:"until,omitempty" doc:"the end of the loan"`
	Units     []string   `json:"units"`
	Steps     []AidStep  `json:"steps"`
}

// AidStep is one entry of its history.
type AidStep struct {
	State string `json:"state"`
	At    string `json:"at"`
	By    string `json:"by"`
	Words string `json:"words,omitempty"`
}

type levelIn struct {
	ID   string `path:"id" maxLength:"40"`
	Body struct {
		Level  int    `json:"level,omitempty" minimum:"0" maximum:"10" doc:"left out: the next one, or the one below"`
		Reason string `json:"reason" minLength:"1" maxLength:"400"`
	}
}

type serviceIn struct {
	ID   string `path:"id" maxLength:"40"`
	Body struct {
		Service string     `json:"service" minLength:"1" maxLength:"40"`
		Agency  string     `json:"agency,omitempty" maxLength:"400"`
		Lead    bool       `json:"lead,omitempty"`
		Needs   []SentNeed `json:"needs,omitempty" maxItems:"30"`
		Reason  string     `json:"reason" minLength:"1" maxLength:"400"`
	}
}

type leadIn struct {
	ID      string `path:"id" maxLength:"40"`
	Service string `path:"service" maxLength:"40"`
	Body    struct {
		Reason string `json:"reason" minLength:"1" maxLength:"400"`
	}
}

type closeServiceIn struct {
	ID      string `path:"id" maxLength:"40"`
	Service string `path:"service" maxLength:"40"`
	Body    struct {
		Disposition string `json:"disposition" minLength:"1" maxLength:"400"`
		Authority   string `json:"authority" minLength:"1" maxLength:"400"`
	}
}

type exchangeIn struct {
	ID   string `path:"id" maxLength:"40" doc:"a unit that has a call"`
	Body struct {
		With    string   `json:"with" minLength:"1" maxLength:"40" doc:"a unit with another call, or a free one"`
		Reason  string   `json:"reason" minLength:"1" maxLength:"400"`
		Hazards []string `json:"hazards,omitempty" maxItems:"50" doc:"ids of the hazards at either place that you were shown and have read"`
	}
}

type preemptIn struct {
	ID   string `path:"id" maxLength:"40" doc:"a unit that has a less urgent call"`
	Body struct {
		For            string   `json:"for" minLength:"1" maxLength:"40" doc:"the more urgent incident"`
		Reason         string   `json:"reason" minLength:"1" maxLength:"400"`
		OverrideReason string   `json:"override_reason,omitempty" maxLength:"400"`
		Hazards        []string `json:"hazards,omitempty" maxItems:"50"`
	}
}

type askAidIn struct {
	Body struct {
		Direction string     `json:"direction,omitempty" enum:"to_us,from_us" default:"to_us" doc:"from_us: another agency asks for ours"`
		Agency    string     `json:"agency" minLength:"1" maxLength:"400"`
		Needs     []SentNeed `json:"needs" minItems:"1" maxItems:"30"`
		Incident  string     `json:"incident,omitempty" maxLength:"40"`
		Reason    string     `json:"reason" minLength:"1" maxLength:"400"`
		Terms     string     `json:"terms,omitempty" maxLength:"400"`
		Minutes   int        `json:"minutes,omitempty" minimum:"0" maximum:"1440" doc:"to answer; 10 when left out"`
	}
}

type aidIn struct {
	ID   string `path:"id" maxLength:"40"`
	Step string `path:"step" enum:"offer,accept,refuse,withdraw,send,arrive,extend,return"`
	Body struct {
		Words string    `json:"words,omitempty" maxLength:"400" doc:"what was said; needed to refuse, withdraw and extend"`
		ETA   string    `json:"eta,omitempty" maxLength:"40" doc:"RFC 3339; to offer and to send"`
		Until string    `json:"until,omitempty" maxLength:"40" doc:"RFC 3339; the end of the loan, to send and to extend"`
		Terms string    `json:"terms,omitempty" maxLength:"400" doc:"to offer"`
		Ours  []string  `json:"ours,omitempty" maxItems:"20" doc:"to send from us: call signs of free units"`
		Units []AidUnit `json:"theirs,omitempty" maxItems:"20" doc:"to send to us: who comes"`
	}
}

// AidUnit is a unit of another agency that comes.
type AidUnit struct {
	ID           string   `json:"id" minLength:"1" maxLength:"40"`
	Service      string   `json:"service" minLength:"1" maxLength:"40"`
	Kind         string   `json:"kind" minLength:"1" maxLength:"40"`
	Capabilities []string `json:"capabilities,omitempty" maxItems:"50"`
	Crew         int      `json:"crew,omitempty" minimum:"0" maximum:"255"`
}

type offerIn struct {
	Body struct {
		Direction string     `json:"direction,omitempty" enum:"to_us,from_us" default:"to_us"`
		Agency    string     `json:"agency" minLength:"1" maxLength:"400"`
		Needs     []SentNeed `json:"needs" minItems:"1" maxItems:"30"`
		ETA       string     `json:"eta,omitempty" maxLength:"40" doc:"RFC 3339"`
		Terms     string     `json:"terms,omitempty" maxLength:"400"`
		Words     string     `json:"words,omitempty" maxLength:"400"`
	}
}

func (s *Server) sendingRoutes() {
	route(s, http.MethodPost, "/api/v1/incidents/{id}/alarm-level", "raiseAlarm", "incidents", "Call for the next levels of its run card", func(ctx context.Context, in *levelIn) (*body[Done], error) {
		return s.do(ctx, dispatch.RaiseAlarm{Incident: dispatch.IncidentID(in.ID), Level: in.Body.Level, Reason: in.Body.Reason})
	})
	route(s, http.MethodPost, "/api/v1/incidents/{id}/alarm-level/lower", "lowerAlarm", "incidents", "Take a level back; who was sent stays", func(ctx context.Context, in *levelIn) (*body[Done], error) {
		return s.do(ctx, dispatch.LowerAlarm{Incident: dispatch.IncidentID(in.ID), Level: in.Body.Level, Reason: in.Body.Reason})
	})
	route(s, http.MethodPost, "/api/v1/incidents/{id}/services", "addService", "incidents", "One more service works on it", func(ctx context.Context, in *serviceIn) (*body[Done], error) {
		return s.do(ctx, dispatch.AddService{Incident: dispatch.IncidentID(in.ID), Service: dispatch.Service(in.Body.Service), Agency: in.Body.Agency, Lead: in.Body.Lead, Needs: needsFrom(in.Body.Needs), Reason: in.Body.Reason})
	})
	route(s, http.MethodPost, "/api/v1/incidents/{id}/services/{service}/lead", "leadService", "incidents", "It leads from now on", func(ctx context.Context, in *leadIn) (*body[Done], error) {
		return s.do(ctx, dispatch.LeadService{Incident: dispatch.IncidentID(in.ID), Service: dispatch.Service(in.Service), Reason: in.Body.Reason})
	})
	route(s, http.MethodPost, "/api/v1/incidents/{id}/services/{service}/close", "closeService", "incidents", "One service has done its part; the incident closes with the last one", func(ctx context.Context, in *closeServiceIn) (*body[Done], error) {
		return s.do(ctx, dispatch.CloseService{Incident: dispatch.IncidentID(in.ID), Service: dispatch.Service(in.Service), Disposition: in.Body.Disposition, Authority: in.Body.Authority})
	})
	route(s, http.MethodPost, "/api/v1/units/{id}/exchange", "exchangeUnits", "units", "Swap the calls of two units, or let a nearer one take a call over", s.exchange)
	route(s, http.MethodPost, "/api/v1/units/{id}/preempt", "preemptUnit", "units", "Take a unit off a less urgent call and send it to a more urgent one", s.preempt)
	route(s, http.MethodGet, "/api/v1/run-cards", "runCards", "configuration", "What is sent to which calls, level by level", func(context.Context, *struct{}) (*body[[]dispatch.RunCard], error) {
		out := []dispatch.RunCard{}
		s.room.Look(func(st *dispatch.State) { out = append(out, st.Config.RunCards...) })
		return &body[[]dispatch.RunCard]{out}, nil
	})
	route(s, http.MethodGet, "/api/v1/aids", "aids", "mutual aid", "Mutual aid, asked, given and received", func(ctx context.Context, _ *struct{}) (*body[Page[Aid]], error) {
		s.room.mu.RLock()
		defer s.room.mu.RUnlock()
		r := s.rowsOf(identity(ctx))
		return &body[Page[Aid]]{Page[Aid]{Items: list(r.s.Aids, r.aid, nil)}}, nil
	})
	route(s, http.MethodPost, "/api/v1/aids", "askAid", "mutual aid", "Ask another agency, or write down that it asks", func(ctx context.Context, in *askAidIn) (*body[Done], error) {
		b := in.Body
		return s.do(ctx, dispatch.AskAid{Direction: dispatch.AidDirection(orText(b.Direction, "to_us")), Agency: b.Agency, Needs: needsFrom(b.Needs), Incident: dispatch.IncidentID(b.Incident), Reason: b.Reason,
			Terms: b.Terms, Within: milliseconds(b.Minutes)})
	})
	route(s, http.MethodPost, "/api/v1/aids/offers", "offerAid", "mutual aid", "Write down an offer that nobody asked for", func(ctx context.Context, in *offerIn) (*body[Done], error) {
		eta, bad := instant("body.eta", in.Body.ETA)
		if bad != nil {
			return nil, bad
		}
		return s.do(ctx, dispatch.OfferAid{Direction: dispatch.AidDirection(orText(in.Body.Direction, "to_us")), Agency: in.Body.Agency, Needs: needsFrom(in.Body.Needs), ETA: eta, Terms: in.Body.Terms, Words: in.Body.Words})
	})
	route(s, http.MethodPost, "/api/v1/aids/{id}/{step}", "moveAid", "mutual aid", "What came of it: offer, accept, refuse, withdraw, send, arrive, extend, return", s.moveAid)
	s.notifierRoutes()
}

func (s *Server) exchange(ctx context.Context, in *exchangeIn) (*body[Done], error) {
	s.touch(ctx, in.ID)
	s.touch(ctx, in.Body.With)
	return s.do(ctx, s.withWays(dispatch.ExchangeUnits{Unit: dispatch.UnitID(in.ID), With: dispatch.UnitID(in.Body.With), Reason: in.Body.Reason, Hazards: hazardIDs(in.Body.Hazards)}))
}

func (s *Server) preempt(ctx context.Context, in *preemptIn) (*body[Done], error) {
	s.touch(ctx, in.ID)
	return s.do(ctx, s.withWays(dispatch.PreemptUnit{Unit: dispatch.UnitID(in.ID), For: dispatch.IncidentID(in.Body.For), Reason: in.Body.Reason, Override: in.Body.OverrideReason, Hazards: hazardIDs(in.Body.Hazards)}))
}

// withWays adds to a command that sends units how long their ways are, where they are known.
func (s *Server) withWays(c dispatch.Command) dispatch.Command {
	s.room.Look(func(st *dispatch.State) { c = s.withTravel(st, c) })
	return c
}

// withTravel is withWays with the room's lock held.
func (s *Server) withTravel(st *dispatch.State, c dispatch.Command) dispatch.Command {
	way := func(u dispatch.UnitID, to dispatch.IncidentID, travel *dispatch.Millis, model *string) {
		if i := st.Incidents[to]; i != nil {
			if w, _ := s.way(st, u, i); w.Known {
				*travel, *model = w.Travel, w.Model
			}
		}
	}
	switch c := c.(type) {
	case dispatch.DispatchUnit:
		way(c.Unit, c.Incident, &c.Travel, &c.Model)
		return c
	case dispatch.PreemptUnit:
		way(c.Unit, c.For, &c.Travel, &c.Model)
		return c
	case dispatch.ExchangeUnits:
		if a, b := st.Units[c.Unit], st.Units[c.With]; a != nil && b != nil {
			way(c.With, a.Incident, &c.Travel, &c.Model)
			way(c.Unit, b.Incident, &c.WithTravel, &c.Model)
		}
		return c
	}
	return c
}

func (s *Server) moveAid(ctx context.Context, in *aidIn) (*body[Done], error) {
	id, b := dispatch.AidID(in.ID), in.Body
	eta, bad := instant("body.eta", b.ETA)
	if bad != nil {
		return nil, bad
	}
	until, bad := instant("body.until", b.Until)
	if bad != nil {
		return nil, bad
	}
	var c dispatch.Command
	switch in.Step {
	case "offer":
		c = dispatch.OfferAid{Aid: id, ETA: eta, Terms: b.Terms, Words: b.Words}
	case "accept":
		c = dispatch.AcceptAid{Aid: id, Words: b.Words}
	case "refuse":
		c = dispatch.RefuseAid{Aid: id, Reason: b.Words}
	case "withdraw":
		c = dispatch.WithdrawAid{Aid: id, Reason: b.Words}
	case "arrive":
		c = dispatch.ArriveAid{Aid: id}
	case "extend":
		c = dispatch.ExtendAid{Aid: id, Until: until, Reason: b.Words}
	case "return":
		c = dispatch.ReturnAid{Aid: id, Words: b.Words}
	default:
		send := dispatch.SendAid{Aid: id, ETA: eta, Until: until, Ours: named[dispatch.UnitID](b.Ours)}
		for _, u := range b.Units {
			send.Theirs = append(send.Theirs, dispatch.AidUnit{ID: dispatch.UnitID(u.ID), Service: dispatch.Service(u.Service), Kind: u.Kind, Capabilities: u.Capabilities, Crew: uint8(u.Crew)})
		}
		c = send
	}
	return s.do(ctx, c)
}

func needsFrom(in []SentNeed) []triage.Need {
	var out []triage.Need
	for _, n := range in {
		out = append(out, triage.Need{Count: uint8(n.Count), Capability: n.Capability, Kind: n.Kind, Service: n.Service, Crew: uint8(n.Crew)})
	}
	return out
}

func needRow(n triage.Need) SentNeed {
	return SentNeed{Count: int(n.Count), Capability: n.Capability, Kind: n.Kind, Service: n.Service, Crew: int(n.Crew)}
}

func needRows(in []triage.Need) []SentNeed {
	out := []SentNeed{}
	for _, n := range in {
		out = append(out, needRow(n))
	}
	return out
}

func responseRow(r dispatch.Response) Response {
	out := Response{Level: r.Level, Why: r.Choice.Why, Over: texts(r.Choice.Over), Notes: texts(r.Notes), Needs: []NeedState{}, Words: r.Words()}
	if c := r.Choice.Card; c != nil {
		out.Card, out.Title, out.Levels = c.ID, c.Title, len(c.Levels)
	}
	for k, n := range r.Needs {
		out.Needs = append(out.Needs, NeedState{SentNeed: needRow(n), What: n.What(), Have: r.Have[k]})
	}
	return out
}

// shares shows the services of an incident; why one was added only to who may read it.
func (r rows) shares(i *dispatch.Incident) []Share {
	out := []Share{}
	for k := range i.Shares {
		sh := &i.Shares[k]
		row := Share{Service: string(sh.Service), Agency: sh.Agency, Lead: sh.Lead, State: r.s.ShareState(i, sh), Needs: needRows(sh.Needs), Since: r.time(sh.Since), Due: r.time(sh.Due),
			DoneAt: r.time(sh.DoneAt), Disposition: sh.Disposition, Authority: sh.Authority}
		if r.sight == auth.SightFull && r.hidden[sh.Contact] == nil {
			row.Reason = sh.Reason
		}
		out = append(out, row)
	}
	return out
}

func (r rows) aid(a *dispatch.Aid) Aid {
	row := Aid{ID: string(a.ID), Direction: string(a.Direction), Agency: a.Agency, Needs: needRows(a.Needs), Incident: string(a.Incident), State: string(a.State), ETA: r.time(a.ETA), Until: r.time(a.Until),
		Units: texts(a.Units), Steps: []AidStep{}}
	for k, n := range a.Needs {
		if k > 0 {
			row.Words += ", "
		}
		row.Words += numberText(uint64(n.Count)) + " " + n.What()
	}
	switch a.State {
	case dispatch.AidRefused, dispatch.AidReturned, dispatch.AidWithdrawn:
	default:
		row.Due = r.time(a.Due)
	}
	full := r.sight == auth.SightFull
	if full {
		row.Reason, row.Terms = a.Reason, a.Terms
	}
	for _, step := range a.Steps {
		line := AidStep{State: string(step.State), At: r.time(step.At), By: step.By}
		if full {
			line.Words = step.Words
		}
		row.Steps = append(row.Steps, line)
	}
	return row
}

// explainWays is how many of the best units are looked at for what their way rests on.
const explainWays = 8

// unknownOnTheWay adds to the best units which unknown streets their way needs, and how
// long ago somebody saw them. The room's lock is held.
func (s *Server) unknownOnTheWay(st *dispatch.State, i *dispatch.Incident, choices []recommend.Choice) {
	lead := st.Lead(i)
	if s.opt.Router == nil || lead == nil || lead.Person.Point == nil || len(st.Access) == 0 {
		return
	}
	now := s.engine.Now()
	for n := range choices[:min(len(choices), explainWays)] {
		c := &choices[n]
		at, seen := s.room.Where(c.Unit)
		u := st.Units[c.Unit]
		if !seen || !c.Known || u == nil {
			continue
		}
		goal, _ := st.Target(u.Service, i, now)
		way, ok := s.opt.Router.Route(advisor.VehicleOf(u.Service, u.Kind), at.Point, *goal)
		if !ok {
			continue
		}
		for _, id := range way.Relies {
			if f := st.Access[dispatch.AccessID(id)]; f != nil && f.Current(now) == dispatch.AccessIsUnknown && len(f.Geometry) > 0 {
				street := orText(s.streetAt(f.Geometry[0]), "way "+id)
				c.Reasons = append(c.Reasons, "its way needs "+street+", last seen "+string(f.State)+" "+ago(now.Since(f.ObservedAt))+" ago: unknown")
			}
		}
	}
}

func ago(d dispatch.Millis) string {
	if d < dispatch.Hour {
		return numberText(uint64(d/dispatch.Minute)) + " min"
	}
	return numberText(uint64(d/dispatch.Hour)) + " h"
}
