package httpapi

import (
	"cmp"
	"context"
	"net/http"

	"github.com/everycall/everycall/auth"
	"github.com/everycall/everycall/dispatch"
)

// Liaison is somebody to talk to, by role.
type Liaison struct {
	ID        string    `json:"id"`
	Role      string    `json:"role"`
	Channel   string    `json:"channel"`
	Zone      string    `json:"zone,omitempty"`
	Note      string    `json:"note,omitempty"`
	ExpiresAt string    `json:"expires_at"`
	Attempts  []Attempt `json:"attempts" doc:"the newest last"`
	Tries     int       `json:"tries" doc:"all of them"`
	Invented  bool      `json:"invented"`
}

// Attempt is one try to reach somebody.
type Attempt struct {
	At      string `json:"at"`
	By      string `json:"by"`
	Channel string `json:"channel"`
	Result  string `json:"result"`
	Note    string `json:"note,omitempty"`
}

// Clearance is a word that some services may go in by a gate.
type Clearance struct {
	ID         string   `json:"id"`
	Zone       string   `json:"zone"`
	Gate       string   `json:"gate,omitempty" doc:"none: any of the zone's"`
	Incident   string   `json:"incident,omitempty" doc:"none: any in the zone"`
	Services   []string `json:"services"`
	State      string   `json:"state" enum:"asked,given,over"`
	RequiredBy string   `json:"required_by,omitempty"`
	AskedAt    string   `json:"asked_at,omitempty"`
	AskedBy    string   `json:"asked_by,omitempty"`
	GivenBy    string   `json:"given_by,omitempty"`
	GivenAt    string   `json:"given_at,omitempty"`
	Until      string   `json:"until,omitempty"`
	EndedAt    string   `json:"ended_at,omitempty"`
	EndReason  string   `json:"end_reason,omitempty"`
}

// Agreement is what was agreed with somebody about a zone.
type Agreement struct {
	ID          string   `json:"id"`
	Liaison     string   `json:"liaison"`
	Zone        string   `json:"zone"`
	Terms       string   `json:"terms,omitempty"`
	Services    []string `json:"services"`
	Gates       []string `json:"gates" doc:"none: all of the zone's"`
	State       string   `json:"state" enum:"ahead,in_force,over"`
	From        string   `json:"from"`
	Until       string   `json:"until"`
	AgreedBy    string   `json:"agreed_by"`
	WitnessedBy string   `json:"witnessed_by"`
	By          string   `json:"by"`
	EndedAt     string   `json:"ended_at,omitempty"`
	EndReason   string   `json:"end_reason,omitempty"`
	Invented    bool     `json:"invented"`
}

// EntryPlan is the short of how one gets in to an incident.
type EntryPlan struct {
	Zones []string `json:"zones" doc:"that hold it, exceptions first"`
	Heat  string   `json:"heat,omitempty" enum:"hot,warm,cold"`
	Gate  string   `json:"gate,omitempty"`
	With  string   `json:"with,omitempty" doc:"the incident whose gate it shares"`
	By    string   `json:"by,omitempty" doc:"who chose the gate; none: the rules, the nearest"`
	Why   string   `json:"why,omitempty"`
}

// EntryWay is how one service gets in at the moment.
type EntryWay struct {
	Service string   `json:"service"`
	Zone    string   `json:"zone"`
	Rule    string   `json:"rule" doc:"as declared"`
	Entry   string   `json:"entry" doc:"as it counts now"`
	Basis   string   `json:"basis" doc:"rule, heat:hot, gate:g1, agreement:ag1 or clearance:ec1"`
	Until   string   `json:"until,omitempty"`
	Escort  string   `json:"escort,omitempty"`
	In      bool     `json:"in" doc:"they may go in now"`
	Do      string   `json:"do" doc:"in plain words"`
	Changes []string `json:"changes" doc:"what would change it"`
	Outside []string `json:"outside" doc:"its units at the rendezvous or on the way there"`
	Inside  []string `json:"inside"`
}

// Entry is how one gets in to an incident: one gate and one rendezvous for all.
type Entry struct {
	Incident   string      `json:"incident"`
	Simply     bool        `json:"simply" doc:"no zone closes anything: one can simply go"`
	Plan       *EntryPlan  `json:"plan,omitempty"`
	Gate       *Gate       `json:"gate,omitempty"`
	Rendezvous *Rendezvous `json:"rendezvous,omitempty"`
	Gates      []Gate      `json:"gates" doc:"that could be chosen instead"`
	Services   []EntryWay  `json:"services"`
	Clearances []Clearance `json:"clearances"`
	Protocols  []Protocol  `json:"protocols" doc:"by which a caller may be advised"`
	Advised    []Advised   `json:"advised"`
}

// Protocol is what one may tell a caller.
type Protocol struct {
	ID       string `json:"id"`
	Title    string `json:"title"`
	Author   string `json:"author"`
	Version  string `json:"version"`
	Movement bool   `json:"movement" doc:"it allows to tell a caller to move"`
	Words    string `json:"words"`
	Invented bool   `json:"invented"`
}

// Advised is what a caller was told.
type Advised struct {
	Contact  string `json:"contact"`
	At       string `json:"at"`
	By       string `json:"by"`
	Protocol string `json:"protocol"`
	Author   string `json:"author"`
	Version  string `json:"version"`
	Movement bool   `json:"movement"`
	Gate     string `json:"gate,omitempty"`
	Words    string `json:"words,omitempty"`
}

func (r rows) liaison(l *dispatch.Liaison) Liaison {
	row := Liaison{ID: string(l.ID), Role: l.Role, Zone: string(l.Zone), ExpiresAt: r.time(l.ExpiresAt), Attempts: []Attempt{}, Tries: l.Tries, Invented: l.Invented}
	if r.sight == auth.SightFull { // sealed in the journal, so not for the others
		row.Channel, row.Note = l.Channel, l.Note
	}
	for _, a := range l.Attempts {
		try := Attempt{At: r.time(a.At), By: a.By, Result: a.Result}
		if r.sight == auth.SightFull {
			try.Channel, try.Note = a.Channel, a.Note
		}
		row.Attempts = append(row.Attempts, try)
	}
	return row
}

func (r rows) clearance(c *dispatch.Clearance) Clearance {
	row := Clearance{ID: string(c.ID), Zone: string(c.Zone), Gate: string(c.Gate), Incident: string(c.Incident), Services: texts(c.Services), State: "over", RequiredBy: c.RequiredBy, AskedAt: r.time(c.AskedAt),
		AskedBy: c.AskedBy, GivenBy: c.GivenBy, GivenAt: r.time(c.GivenAt), Until: r.time(c.Until), EndedAt: r.time(c.EndedAt), EndReason: c.EndReason}
	switch {
	case c.EndedAt == 0 && c.GivenAt == 0:
		row.State = "asked"
	case c.InForce(r.now):
		row.State = "given"
	}
	return row
}

func (r rows) agreement(a *dispatch.Agreement) Agreement {
	row := Agreement{ID: string(a.ID), Liaison: string(a.Liaison), Zone: string(a.Zone), Services: texts(a.Services), Gates: texts(a.Gates), State: "over", From: r.time(a.From), Until: r.time(a.Until),
		AgreedBy: a.AgreedBy, WitnessedBy: a.WitnessedBy, By: a.By, EndedAt: r.time(a.EndedAt), EndReason: a.EndReason, Invented: a.Invented}
	switch {
	case a.InForce(r.now):
		row.State = "in_force"
	case a.EndedAt == 0 && r.now < a.From:
		row.State = "ahead"
	}
	if r.sight == auth.SightFull { // sealed in the journal, so not for the others
		row.Terms = a.Terms
	}
	return row
}

func entryPlan(p *dispatch.EntryPlan) *EntryPlan {
	if p == nil {
		return nil
	}
	return &EntryPlan{Zones: texts(p.Zones), Heat: string(p.Heat), Gate: string(p.Gate), With: string(p.With), By: p.By, Why: p.Why}
}

// entry is how one gets in to an incident now.
func (r rows) entry(i *dispatch.Incident) Entry {
	out := Entry{Incident: string(i.ID), Plan: entryPlan(i.Entry), Gates: []Gate{}, Services: []EntryWay{}, Clearances: []Clearance{}, Protocols: []Protocol{}, Advised: []Advised{}}
	for _, p := range r.s.Protocols(i) {
		out.Protocols = append(out.Protocols, Protocol{ID: p.ID, Title: p.Title, Author: p.Author, Version: p.Version, Movement: p.Movement, Words: p.Words, Invented: p.Invented})
	}
	for _, id := range i.Contacts {
		if c := r.s.Contacts[id]; c != nil {
			for _, a := range c.Advised {
				row := Advised{Contact: string(id), At: r.time(a.At), By: a.By, Protocol: a.Protocol, Author: a.Author, Version: a.Version, Movement: a.Movement, Gate: string(a.Gate)}
				if r.sight == auth.SightFull && r.hidden[id] == nil {
					row.Words = a.Words
				}
				out.Advised = append(out.Advised, row)
			}
		}
	}
	if i.Entry == nil {
		out.Simply = true
		return out
	}
	for _, of := range r.s.Config.Services {
		w, closed := r.s.HowToEnter(of, i, r.now)
		if !closed {
			continue
		}
		if w.Gate != nil {
			gate, meet := gateRow(w.Gate), meetRow(w.Gate.Meet())
			out.Gate, out.Rendezvous = &gate, &meet
		}
		out.Services = append(out.Services, EntryWay{Service: string(of), Zone: string(w.Zone), Rule: string(w.Rule), Entry: string(w.Entry), Basis: w.Basis, Until: r.time(w.Until), Escort: string(w.Escort),
			In: w.In, Do: w.Do, Changes: texts(w.Changes), Outside: texts(w.Staged), Inside: texts(w.Inside)})
	}
	for _, id := range i.Entry.Zones {
		if z := r.s.Zones[id]; z != nil && z.EndedAt == 0 {
			for n := range z.Gates {
				out.Gates = append(out.Gates, gateRow(&z.Gates[n]))
			}
			for _, c := range sorted(r.s.Clearances) {
				if c := r.s.Clearances[c]; c.Zone == id && c.EndedAt == 0 {
					out.Clearances = append(out.Clearances, r.clearance(c))
				}
			}
		}
	}
	return out
}

type planEntryIn struct {
	ID   string `path:"id" maxLength:"40"`
	Body struct {
		Gate  string `json:"gate" minLength:"1" maxLength:"40"`
		Why   string `json:"why" minLength:"1" maxLength:"400"`
		Apart bool   `json:"apart,omitempty" doc:"for this incident only: its neighbours keep theirs"`
	}
}

type askClearanceIn struct {
	Body struct {
		Zone       string   `json:"zone,omitempty" maxLength:"40"`
		Gate       string   `json:"gate,omitempty" maxLength:"40"`
		Incident   string   `json:"incident,omitempty" maxLength:"40"`
		Services   []string `json:"services" minItems:"1" maxItems:"20"`
		RequiredBy string   `json:"required_by" minLength:"1" maxLength:"400" doc:"who wants it, by role"`
	}
}

type giveClearanceIn struct {
	Body struct {
		Clearance string   `json:"clearance,omitempty" maxLength:"40" doc:"one that was asked for; else zone or incident"`
		Zone      string   `json:"zone,omitempty" maxLength:"40"`
		Gate      string   `json:"gate,omitempty" maxLength:"40"`
		Incident  string   `json:"incident,omitempty" maxLength:"40"`
		Services  []string `json:"services,omitempty" maxItems:"20"`
		GivenBy   string   `json:"given_by" minLength:"1" maxLength:"400" doc:"whose word it is, by role"`
		Until     string   `json:"until" maxLength:"40" doc:"RFC 3339, within 12 hours"`
	}
}

type agreementIn struct {
	Body struct {
		Liaison     string   `json:"liaison" minLength:"1" maxLength:"40"`
		Zone        string   `json:"zone" minLength:"1" maxLength:"40"`
		Terms       string   `json:"terms" minLength:"1" maxLength:"400"`
		Services    []string `json:"services" minItems:"1" maxItems:"20"`
		Gates       []string `json:"gates,omitempty" maxItems:"50"`
		From        string   `json:"from,omitempty" maxLength:"40" doc:"RFC 3339; now when left out"`
		Until       string   `json:"until" maxLength:"40"`
		AgreedBy    string   `json:"agreed_by" minLength:"1" maxLength:"400" doc:"for the agency, by role"`
		WitnessedBy string   `json:"witnessed_by" minLength:"1" maxLength:"400" doc:"by role"`
	}
}

type liaisonIn struct {
	Body struct {
		Role      string `json:"role" minLength:"1" maxLength:"400" doc:"a role, never a name"`
		Channel   string `json:"channel" minLength:"1" maxLength:"400"`
		Zone      string `json:"zone,omitempty" maxLength:"40"`
		Note      string `json:"note,omitempty" maxLength:"400"`
		Consent   bool   `json:"consent" doc:"that person agreed to the entry"`
		ExpiresAt string `json:"expires_at" maxLength:"40" doc:"RFC 3339, within 90 days"`
	}
}

type renewLiaisonIn struct {
	ID   string `path:"id" maxLength:"40"`
	Body struct {
		Channel   string `json:"channel,omitempty" maxLength:"400" doc:"as before when left out"`
		Note      string `json:"note,omitempty" maxLength:"400" doc:"as before when left out"`
		Consent   bool   `json:"consent" doc:"that person agreed to it for longer"`
		ExpiresAt string `json:"expires_at" maxLength:"40" doc:"RFC 3339, within 90 days"`
	}
}

type attemptIn struct {
	ID   string `path:"id" maxLength:"40"`
	Body struct {
		Channel string `json:"channel,omitempty" maxLength:"400"`
		Result  string `json:"result" enum:"reached,no_answer,message_left,refused,channel_dead"`
		Note    string `json:"note,omitempty" maxLength:"400"`
	}
}

type adviseIn struct {
	ID   string `path:"id" maxLength:"200"`
	Body struct {
		Protocol string `json:"protocol" minLength:"1" maxLength:"400"`
		Movement bool   `json:"movement,omitempty" doc:"the caller is told to move"`
		Words    string `json:"words" minLength:"1" maxLength:"400" doc:"as said"`
	}
}

func (s *Server) entryRoutes() {
	route(s, http.MethodGet, "/api/v1/incidents/{id}/entry", "howToEnter", "places", "How each service gets in: one gate and one rendezvous for all", s.howToEnter)
	route(s, http.MethodPost, "/api/v1/incidents/{id}/entry", "planEntry", "places", "Choose another gate, for this incident and those near it", func(ctx context.Context, in *planEntryIn) (*body[Done], error) {
		return s.do(ctx, dispatch.PlanEntry{Incident: dispatch.IncidentID(in.ID), Gate: dispatch.GateID(in.Body.Gate), Why: in.Body.Why, Apart: in.Body.Apart})
	})
	route(s, http.MethodPost, "/api/v1/clearances/ask", "askClearance", "places", "Ask for a word that services may go in", func(ctx context.Context, in *askClearanceIn) (*body[Done], error) {
		b := in.Body
		return s.do(ctx, dispatch.AskClearance{Zone: dispatch.ZoneID(b.Zone), Gate: dispatch.GateID(b.Gate), Incident: dispatch.IncidentID(b.Incident), Services: named[dispatch.Service](b.Services), RequiredBy: b.RequiredBy})
	})
	route(s, http.MethodPost, "/api/v1/clearances", "giveClearance", "places", "Write down that they may; all services hear it", func(ctx context.Context, in *giveClearanceIn) (*body[Done], error) {
		b := in.Body
		until, bad := instant("body.until", b.Until)
		if bad != nil {
			return nil, bad
		}
		return s.do(ctx, dispatch.GiveClearance{Clearance: dispatch.ClearanceID(b.Clearance), Zone: dispatch.ZoneID(b.Zone), Gate: dispatch.GateID(b.Gate), Incident: dispatch.IncidentID(b.Incident),
			Services: named[dispatch.Service](b.Services), GivenBy: b.GivenBy, Until: until})
	})
	route(s, http.MethodDelete, "/api/v1/clearances/{id}", "withdrawClearance", "places", "Take it back, or say that it was refused", func(ctx context.Context, in *withdrawIn) (*body[Done], error) {
		return s.do(ctx, dispatch.WithdrawClearance{Clearance: dispatch.ClearanceID(in.ID), Reason: in.Reason})
	})
	route(s, http.MethodPost, "/api/v1/agreements", "recordAgreement", "places", "What was agreed about a zone; it lapses by itself", s.agree)
	route(s, http.MethodDelete, "/api/v1/agreements/{id}", "endAgreement", "places", "End it before its time", func(ctx context.Context, in *withdrawIn) (*body[Done], error) {
		return s.do(ctx, dispatch.EndAgreement{Agreement: dispatch.AgreementID(in.ID), Reason: in.Reason})
	})
	route(s, http.MethodPost, "/api/v1/liaisons", "recordLiaison", "places", "Whom one can talk to, by role, with consent", func(ctx context.Context, in *liaisonIn) (*body[Done], error) {
		b := in.Body
		expires, bad := instant("body.expires_at", b.ExpiresAt)
		if bad != nil {
			return nil, bad
		}
		return s.do(ctx, dispatch.RecordLiaison{Role: b.Role, Channel: b.Channel, Zone: dispatch.ZoneID(b.Zone), Note: b.Note, Consent: b.Consent, ExpiresAt: expires})
	})
	route(s, http.MethodPost, "/api/v1/liaisons/{id}/renew", "renewLiaison", "places", "They agree to it for longer; what was tried stays", func(ctx context.Context, in *renewLiaisonIn) (*body[Done], error) {
		b := in.Body
		expires, bad := instant("body.expires_at", b.ExpiresAt)
		if bad != nil {
			return nil, bad
		}
		return s.do(ctx, dispatch.RecordLiaison{Renews: dispatch.LiaisonID(in.ID), Channel: b.Channel, Note: b.Note, Consent: b.Consent, ExpiresAt: expires})
	})
	route(s, http.MethodPost, "/api/v1/liaisons/{id}/attempts", "tryLiaison", "places", "A try to reach them, and what came of it", func(ctx context.Context, in *attemptIn) (*body[Done], error) {
		return s.do(ctx, dispatch.TryLiaison{Liaison: dispatch.LiaisonID(in.ID), Channel: in.Body.Channel, Result: in.Body.Result, Note: in.Body.Note})
	})
	route(s, http.MethodDelete, "/api/v1/liaisons/{id}", "endLiaison", "places", "They take their consent back", func(ctx context.Context, in *withdrawIn) (*body[Done], error) {
		return s.do(ctx, dispatch.EndLiaison{Liaison: dispatch.LiaisonID(in.ID), Reason: in.Reason})
	})
	route(s, http.MethodPost, "/api/v1/contacts/{id}/advise", "adviseCaller", "contacts", "What the caller was told to do, by which protocol", func(ctx context.Context, in *adviseIn) (*body[Done], error) {
		return s.do(ctx, dispatch.AdviseCaller{Contact: dispatch.ContactID(in.ID), Protocol: in.Body.Protocol, Movement: in.Body.Movement, Words: in.Body.Words})
	})
}

func (s *Server) howToEnter(ctx context.Context, in *idIn) (*body[Entry], error) {
	s.room.mu.RLock()
	defer s.room.mu.RUnlock()
	i := s.room.world.State.Incidents[dispatch.IncidentID(in.ID)]
	if i == nil {
		return nil, problem(http.StatusNotFound, string(dispatch.IncidentUnknown), "there is no live incident with this id", "path.id")
	}
	return &body[Entry]{s.rowsOf(identity(ctx)).entry(i)}, nil
}

func (s *Server) agree(ctx context.Context, in *agreementIn) (*body[Done], error) {
	b := in.Body
	from, bad := instant("body.from", b.From)
	if bad != nil {
		return nil, bad
	}
	until, bad := instant("body.until", b.Until)
	if bad != nil {
		return nil, bad
	}
	return s.do(ctx, dispatch.RecordAgreement{Liaison: dispatch.LiaisonID(b.Liaison), Zone: dispatch.ZoneID(b.Zone), Terms: b.Terms, Services: named[dispatch.Service](b.Services), Gates: named[dispatch.GateID](b.Gates),
		From: from, Until: until, AgreedBy: b.AgreedBy, WitnessedBy: b.WitnessedBy})
}

// named makes typed names of texts.
func named[T ~string](texts []string) []T {
	var out []T
	for _, t := range texts {
		out = append(out, T(t))
	}
	return out
}

// entryChange adds what an event changed about ways in. The room's lock is held.
func (r rows) entryChange(t *dispatch.Touched, out *change, g *gone) {
	out.Clearances = split(t.Clearances, r.s.Clearances, r.clearance, nil, &g.Clearances)
	out.Plans = split(t.Plans, r.s.Plans, r.plan, nil, &g.Plans)
	out.Agreements = split(t.Agreements, r.s.Agreements, r.agreement, nil, &g.Agreements)
}

func meetRow(m dispatch.Rendezvous) Rendezvous {
	at := degrees(m.Point)
	return Rendezvous{Name: m.Name, Street: m.Street, Grid: m.Grid, Lon: at.Lon, Lat: at.Lat}
}

func gateRow(g *dispatch.Gate) Gate {
	meet := meetRow(g.Meet())
	return Gate{ID: string(g.ID), Name: g.Name, Street: g.Street, Grid: g.Grid, LonLat: degrees(g.Point), Rendezvous: &meet, Admits: texts(g.Admits), Words: cmp.Or(g.Words(), string(g.ID))}
}
