package httpapi

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/everycall/everycall/auth"
	"github.com/everycall/everycall/dispatch"
)

// LinkRow says what another incident is to this one.
type LinkRow struct {
	Incident string `json:"incident" doc:"the other one"`
	Number   uint64 `json:"number" doc:"of the other one, which may have left the board since"`
	Kind     string `json:"kind" enum:"related,merged_into,merged_from,split_into,split_from"`
	Reason   string `json:"reason,omitempty"`
	At       string `json:"at"`
	By       string `json:"by"`
}

// MajorRow makes an incident a major one.
type MajorRow struct {
	Authority  string         `json:"authority"`
	Reason     string         `json:"reason,omitempty"`
	Commander  string         `json:"commander" doc:"a role, never a name"`
	Channel    string         `json:"channel" doc:"of its own"`
	DeclaredAt string         `json:"declared_at"`
	ReviewBy   string         `json:"review_by"`
	Reviews    int            `json:"reviews"`
	Children   []string       `json:"children" doc:"the incidents that belong to it"`
	Objectives []ObjectiveRow `json:"objectives" doc:"as ICS 201 prints them"`
	EndedAt    string         `json:"ended_at,omitempty"`
	EndedBy    string         `json:"ended_by,omitempty" doc:"on whose authority"`
	EndReason  string         `json:"end_reason,omitempty"`
}

// ObjectiveRow is one thing to be reached.
type ObjectiveRow struct {
	Text  string `json:"text,omitempty"`
	At    string `json:"at"`
	By    string `json:"by"`
	MetAt string `json:"met_at,omitempty"`
	MetBy string `json:"met_by,omitempty"`
	How   string `json:"how,omitempty"`
}

// CaseRow is a number that an agency's files use.
type CaseRow struct {
	Agency   string `json:"agency"`
	Number   string `json:"number"`
	At       string `json:"at"`
	By       string `json:"by"`
	VoidedAt string `json:"voided_at,omitempty"`
	VoidedBy string `json:"voided_by,omitempty"`
	Why      string `json:"why,omitempty" doc:"it was voided"`
}

// Linked is what an incident has to do with others.
type Linked struct {
	Links       []LinkRow `json:"links"`
	CaseNumbers []CaseRow `json:"case_numbers" doc:"voided ones included: a number is never given again"`
	Major       *MajorRow `json:"major,omitempty" doc:"none: it never was a major incident"`
	Parent      string    `json:"parent,omitempty" doc:"the major incident in force that it belongs to"`
}

// open reports whether what is sealed with a contact is for this reader.
func (r rows) open(contact dispatch.ContactID) bool {
	return r.sight == auth.SightFull && r.hidden[contact] == nil
}

func (r rows) linked(i *dispatch.Incident) Linked {
	out := Linked{Links: []LinkRow{}, CaseNumbers: []CaseRow{}}
	for _, l := range i.Links {
		row := LinkRow{Incident: string(l.Incident), Number: l.Number, Kind: string(l.Kind), At: r.time(l.At), By: l.By}
		if r.open(l.Contact) {
			row.Reason = l.Reason
		}
		out.Links = append(out.Links, row)
	}
	for _, c := range i.Cases {
		row := CaseRow{Agency: c.Agency, Number: c.Number, At: r.time(c.At), By: c.By, VoidedAt: r.time(c.VoidedAt), VoidedBy: c.VoidedBy}
		if r.open(c.Contact) {
			row.Why = c.Why
		}
		out.CaseNumbers = append(out.CaseNumbers, row)
	}
	if parent := r.s.MajorOf(i); parent != nil {
		out.Parent = string(parent.ID)
	}
	m := i.Major
	if m == nil {
		return out
	}
	out.Major = &MajorRow{Authority: m.Authority, Commander: m.Commander, Channel: m.Channel, DeclaredAt: r.time(m.DeclaredAt), ReviewBy: r.time(m.ReviewBy), Reviews: m.Reviews,
		Children: texts(m.Children), Objectives: []ObjectiveRow{}, EndedAt: r.time(m.EndedAt), EndedBy: m.EndedBy}
	if r.open(m.Contact) {
		out.Major.Reason, out.Major.EndReason = m.Reason, m.EndReason
	}
	for _, o := range m.Objectives {
		row := ObjectiveRow{At: r.time(o.At), By: o.By, MetAt: r.time(o.MetAt), MetBy: o.MetBy}
		if r.open(o.Contact) {
			row.Text, row.How = o.Text, o.How
		}
		out.Major.Objectives = append(out.Major.Objectives, row)
	}
	return out
}

type linkIn struct {
	ID   string `path:"id" maxLength:"40"`
	Body struct {
		Other  string `json:"other" minLength:"1" maxLength:"40" doc:"the id of the other incident"`
		Reason string `json:"reason" minLength:"1" maxLength:"400"`
	}
}

type unlinkIn struct {
	ID     string `path:"id" maxLength:"40"`
	Other  string `path:"other" maxLength:"40"`
	Reason string `query:"reason" maxLength:"400" required:"true"`
}

type mergeIn struct {
	ID   string `path:"id" maxLength:"40"`
	Body struct {
		Into    string   `json:"into" minLength:"1" maxLength:"40" doc:"the incident that stays open"`
		Reason  string   `json:"reason" minLength:"1" maxLength:"400"`
		Hazards []string `json:"hazards,omitempty" maxItems:"50" doc:"ids of the hazards at the other one that you were shown and have read"`
	}
}

type splitIn struct {
	ID   string `path:"id" maxLength:"40"`
	Body struct {
		Contacts []string `json:"contacts" minItems:"1" maxItems:"2000" doc:"the first one leads the new incident"`
		Units    []string `json:"units,omitempty" maxItems:"200" doc:"that go there, as they stand"`
		Reason   string   `json:"reason" minLength:"1" maxLength:"400"`
		Hazards  []string `json:"hazards,omitempty" maxItems:"50" doc:"ids of the hazards at the new place that you were shown and have read"`
	}
}

type majorIn struct {
	ID   string `path:"id" maxLength:"40"`
	Body struct {
		Authority     string `json:"authority" minLength:"1" maxLength:"400"`
		Reason        string `json:"reason" minLength:"1" maxLength:"400"`
		Commander     string `json:"commander" minLength:"1" maxLength:"400" doc:"a role, never a name"`
		Channel       string `json:"channel" minLength:"1" maxLength:"400"`
		ReviewMinutes int    `json:"review_minutes" minimum:"1" maximum:"720"`
	}
}

type majorReviewIn struct {
	ID   string `path:"id" maxLength:"40"`
	Body struct {
		Commander     string `json:"commander,omitempty" maxLength:"400" doc:"empty: as before"`
		Channel       string `json:"channel,omitempty" maxLength:"400" doc:"empty: as before"`
		ReviewMinutes int    `json:"review_minutes" minimum:"1" maximum:"720"`
		Reason        string `json:"reason" minLength:"1" maxLength:"400"`
	}
}

type majorEndIn struct {
	ID   string `path:"id" maxLength:"40"`
	Body struct {
		Authority string `json:"authority" minLength:"1" maxLength:"400"`
		Reason    string `json:"reason" minLength:"1" maxLength:"400"`
	}
}

type parentIn struct {
	ID   string `path:"id" maxLength:"40"`
	Body struct {
		Major  string `json:"major" minLength:"1" maxLength:"40" doc:"the id of the major incident"`
		Reason string `json:"reason" minLength:"1" maxLength:"400"`
	}
}

type deleteIn struct {
	ID     string `path:"id" maxLength:"40"`
	Reason string `query:"reason" maxLength:"400" required:"true"`
}

type objectiveIn struct {
	ID   string `path:"id" maxLength:"40"`
	Body struct {
		Text string `json:"text" minLength:"1" maxLength:"400"`
	}
}

type metIn struct {
	ID        string `path:"id" maxLength:"40"`
	Objective int    `path:"objective" minimum:"1" maximum:"100" doc:"from 1"`
	Body      struct {
		How string `json:"how" minLength:"1" maxLength:"400"`
	}
}

type caseIn struct {
	ID   string `path:"id" maxLength:"40"`
	Body struct {
		Agency string `json:"agency" minLength:"1" maxLength:"400"`
	}
}

type voidIn struct {
	ID     string `path:"id" maxLength:"40"`
	Number string `path:"number" maxLength:"40"`
	Body   struct {
		Reason string `json:"reason" minLength:"1" maxLength:"400"`
	}
}

func (s *Server) inMinutes(n int) dispatch.Instant { return s.engine.Now().Add(milliseconds(n)) }

func (s *Server) linkedRoutes() {
	id := func(text string) dispatch.IncidentID { return dispatch.IncidentID(text) }
	route(s, http.MethodPost, "/api/v1/incidents/{id}/links", "linkIncidents", "incidents", "Say that two incidents have to do with each other", func(ctx context.Context, in *linkIn) (*body[Done], error) {
		return s.do(ctx, dispatch.LinkIncidents{Incident: id(in.ID), Other: id(in.Body.Other), Reason: in.Body.Reason})
	})
	route(s, http.MethodDelete, "/api/v1/incidents/{id}/links/{other}", "unlinkIncidents", "incidents", "Take that back, with a reason", func(ctx context.Context, in *unlinkIn) (*body[Done], error) {
		return s.do(ctx, dispatch.UnlinkIncidents{Incident: id(in.ID), Other: id(in.Other), Reason: in.Reason})
	})
	route(s, http.MethodPost, "/api/v1/incidents/{id}/merge", "mergeIncidents", "incidents", "Make it one with another incident: contacts, promises, units and notes go there; refused where a zone or a posture would contradict", func(ctx context.Context, in *mergeIn) (*body[Done], error) {
		return s.do(ctx, dispatch.MergeIncidents{From: id(in.ID), Into: id(in.Body.Into), Reason: in.Body.Reason, Hazards: hazardIDs(in.Body.Hazards)})
	})
	route(s, http.MethodPost, "/api/v1/incidents/{id}/split", "splitIncident", "incidents", "Make some of its contacts, and units with them, an incident of their own", func(ctx context.Context, in *splitIn) (*body[Done], error) {
		c := dispatch.SplitIncident{Incident: id(in.ID), Reason: in.Body.Reason, Hazards: hazardIDs(in.Body.Hazards)}
		for _, contact := range in.Body.Contacts {
			c.Contacts = append(c.Contacts, dispatch.ContactID(contact))
		}
		for _, unit := range in.Body.Units {
			c.Units = append(c.Units, dispatch.UnitID(unit))
		}
		return s.do(ctx, c)
	})
	route(s, http.MethodPost, "/api/v1/incidents/{id}/major", "declareMajor", "incidents", "Declare a major incident", func(ctx context.Context, in *majorIn) (*body[Done], error) {
		b := in.Body
		return s.do(ctx, dispatch.DeclareMajor{Incident: id(in.ID), Authority: b.Authority, Reason: b.Reason, Commander: b.Commander, Channel: b.Channel, ReviewBy: s.inMinutes(b.ReviewMinutes)})
	})
	route(s, http.MethodPost, "/api/v1/incidents/{id}/major/review", "reviewMajor", "incidents", "Say that it still is one, and who commands it", func(ctx context.Context, in *majorReviewIn) (*body[Done], error) {
		b := in.Body
		return s.do(ctx, dispatch.ReviewMajor{Incident: id(in.ID), Commander: b.Commander, Channel: b.Channel, ReviewBy: s.inMinutes(b.ReviewMinutes), Reason: b.Reason})
	})
	route(s, http.MethodPost, "/api/v1/incidents/{id}/major/end", "endMajor", "incidents", "End it, with an authority and a reason; the incident stays open", func(ctx context.Context, in *majorEndIn) (*body[Done], error) {
		return s.do(ctx, dispatch.EndMajor{Incident: id(in.ID), Authority: in.Body.Authority, Reason: in.Body.Reason})
	})
	route(s, http.MethodPost, "/api/v1/incidents/{id}/parent", "addToMajor", "incidents", "Make it a child of a major incident", func(ctx context.Context, in *parentIn) (*body[Done], error) {
		return s.do(ctx, dispatch.AddToMajor{Incident: id(in.ID), Major: id(in.Body.Major), Reason: in.Body.Reason})
	})
	route(s, http.MethodDelete, "/api/v1/incidents/{id}/parent", "takeFromMajor", "incidents", "Take it out of its major incident, with a reason", func(ctx context.Context, in *deleteIn) (*body[Done], error) {
		return s.do(ctx, dispatch.TakeFromMajor{Incident: id(in.ID), Reason: in.Reason})
	})
	route(s, http.MethodPost, "/api/v1/incidents/{id}/objectives", "addObjective", "incidents", "Add an objective of a major incident", func(ctx context.Context, in *objectiveIn) (*body[Done], error) {
		return s.do(ctx, dispatch.AddObjective{Incident: id(in.ID), Text: in.Body.Text})
	})
	route(s, http.MethodPost, "/api/v1/incidents/{id}/objectives/{objective}/met", "meetObjective", "incidents", "Say that an objective is reached, and how", func(ctx context.Context, in *metIn) (*body[Done], error) {
		return s.do(ctx, dispatch.MeetObjective{Incident: id(in.ID), Objective: in.Objective, How: in.Body.How})
	})
	route(s, http.MethodPost, "/api/v1/incidents/{id}/case-numbers", "giveCaseNumber", "incidents", "Give it the next case number of an agency", func(ctx context.Context, in *caseIn) (*body[Done], error) {
		year := time.UnixMilli(int64(s.engine.Now())).In(s.room.location()).Year() // as the wall clock of the place shows it
		return s.do(ctx, dispatch.GiveCaseNumber{Incident: id(in.ID), Agency: in.Body.Agency, Year: year})
	})
	route(s, http.MethodPost, "/api/v1/incidents/{id}/case-numbers/{number}/void", "voidCaseNumber", "incidents", "Void a case number, with a reason; it is never given again", func(ctx context.Context, in *voidIn) (*body[Done], error) {
		return s.do(ctx, dispatch.VoidCaseNumber{Incident: id(in.ID), Number: strings.TrimSpace(in.Number), Reason: in.Body.Reason})
	})
}
