package httpapi

import (
	"context"
	"net/http"

	"github.com/everycall/everycall/auth"
	"github.com/everycall/everycall/dispatch"
	"github.com/everycall/everycall/triage"
)

// Recommendation is ranked units for an incident, with reasons.
type Recommendation struct {
	Model     string        `json:"model"`
	ModelNote string        `json:"model_note"`
	Units     []Recommended `json:"units"`
	Plan      ResponsePlan  `json:"plan"`
	Response  Response      `json:"response"`
}

// Recommended is one unit, in or out, and why.
type Recommended struct {
	Unit          string   `json:"unit"`
	Kind          string   `json:"kind"`
	TravelMs      int64    `json:"travel_ms"`
	DistanceM     int64    `json:"distance_m"`
	Rank          int      `json:"rank"`
	Fits          bool     `json:"fits"`
	Free          bool     `json:"free"`
	Known         bool     `json:"known" doc:"its position is known and a way, so travel_ms means something"`
	Reasons       []string `json:"reasons"`
	PositionAgeMs int64    `json:"position_age_ms"`
}

// ResponsePlan is what the type of call needs and who would fill it.
type ResponsePlan struct {
	Needs   []PlanNeed `json:"needs"`
	Chosen  []string   `json:"chosen"`
	Missing []string   `json:"missing"`
}

// PlanNeed asks for units with a capability.
type PlanNeed struct {
	Capability string `json:"capability" doc:"what is needed, in words"`
	Count      int    `json:"count"`
}

type assignIn struct {
	ID   string `path:"id" maxLength:"40"`
	Body struct {
		Unit           string `json:"unit" minLength:"1" maxLength:"40"`
		Stacked        bool   `json:"stacked,omitempty"`
		Reason         string `json:"reason,omitempty" maxLength:"400" doc:"why it is stacked"`
		OverrideReason string `json:"override_reason,omitempty" maxLength:"400"`
		Outside        bool   `json:"outside,omitempty" doc:"it is sent to the rendezvous of a closed zone, and waits there"`

		Hazards []string `json:"hazards,omitempty" maxItems:"50" doc:"ids of the hazards there that you were shown and have read: acknowledged in the same gesture"`
	}
}

type unassignIn struct {
	ID     string `path:"id" maxLength:"40"`
	Unit   string `path:"unit" maxLength:"40"`
	Reason string `query:"reason" maxLength:"400" required:"true"`
}

type noteIn struct {
	ID   string `path:"id" maxLength:"40"`
	Body struct {
		Text string `json:"text" minLength:"1" maxLength:"8000"`
	}
}

type strikeIn struct {
	ID   string `path:"id" maxLength:"40"`
	Note string `path:"note" maxLength:"40"`
	Body struct {
		Reason string `json:"reason" minLength:"1" maxLength:"400"`
	}
}

type closeIn struct {
	ID   string `path:"id" maxLength:"40"`
	Body struct {
		Disposition string `json:"disposition" minLength:"1" maxLength:"400"`
		Authority   string `json:"authority" minLength:"1" maxLength:"400"`
	}
}

type reprioritiseIn struct {
	ID   string `path:"id" maxLength:"40"`
	Body struct {
		Priority int    `json:"priority" minimum:"1" maximum:"5"`
		Reason   string `json:"reason" minLength:"1" maxLength:"400"`
	}
}

type reasonIn struct {
	ID   string `path:"id" maxLength:"40"`
	Body struct {
		Reason string `json:"reason" minLength:"1" maxLength:"400"`
	}
}

func (s *Server) incidentRoutes() {
	route(s, http.MethodPost, "/api/v1/incidents/{id}/assignments", "assignUnit", "incidents", "Dispatch or stack a unit", s.assign)
	route(s, http.MethodDelete, "/api/v1/incidents/{id}/assignments/{unit}", "unassignUnit", "incidents", "Take a unit off, with a reason", func(ctx context.Context, in *unassignIn) (*body[Done], error) {
		s.touch(ctx, in.Unit)
		return s.do(ctx, dispatch.UnassignUnit{Unit: dispatch.UnitID(in.Unit), Incident: dispatch.IncidentID(in.ID), Reason: in.Reason})
	})
	route(s, http.MethodPost, "/api/v1/incidents/{id}/notes", "addNote", "incidents", "Add to the narrative", func(ctx context.Context, in *noteIn) (*body[Done], error) {
		return s.do(ctx, dispatch.AddNote{Incident: dispatch.IncidentID(in.ID), Text: in.Body.Text})
	})
	route(s, http.MethodPost, "/api/v1/incidents/{id}/notes/{note}/strike", "strikeNote", "incidents", "Strike a note; it stays readable", func(ctx context.Context, in *strikeIn) (*body[Done], error) {
		return s.do(ctx, dispatch.StrikeNote{Incident: dispatch.IncidentID(in.ID), Note: dispatch.NoteID(in.Note), Reason: in.Body.Reason})
	})
	route(s, http.MethodPost, "/api/v1/incidents/{id}/close", "closeIncident", "incidents", "Close, with a disposition and an authority", func(ctx context.Context, in *closeIn) (*body[Done], error) {
		return s.do(ctx, dispatch.CloseIncident{Incident: dispatch.IncidentID(in.ID), Disposition: in.Body.Disposition, Authority: in.Body.Authority})
	})
	route(s, http.MethodPost, "/api/v1/incidents/{id}/reprioritise", "reprioritise", "incidents", "Change the priority, with a reason", func(ctx context.Context, in *reprioritiseIn) (*body[Done], error) {
		return s.do(ctx, dispatch.Reprioritise{Incident: dispatch.IncidentID(in.ID), Priority: triage.Priority(in.Body.Priority), Reason: in.Body.Reason})
	})
	route(s, http.MethodPost, "/api/v1/incidents/{id}/reopen", "reopenIncident", "incidents", "Open again, with a reason", func(ctx context.Context, in *reasonIn) (*body[Done], error) {
		return s.do(ctx, dispatch.ReopenIncident{Incident: dispatch.IncidentID(in.ID), Reason: in.Body.Reason})
	})
	route(s, http.MethodGet, "/api/v1/incidents/{id}/recommendation", "recommend", "incidents", "Ranked units with travel times and reasons", func(_ context.Context, in *idIn) (*body[Recommendation], error) {
		s.room.mu.RLock()
		defer s.room.mu.RUnlock()
		i := s.room.world.State.Incidents[dispatch.IncidentID(in.ID)]
		if i == nil {
			return nil, problem(http.StatusNotFound, string(dispatch.IncidentUnknown), "there is no live incident with this id", "path.id")
		}
		return &body[Recommendation]{s.recommendation(s.room.world.State, i)}, nil
	})
}

// touch tells the simulated responders that a person has this unit in hand. A
// unit that nobody knows is not remembered.
func (s *Server) touch(ctx context.Context, unit string) {
	known := false
	s.room.Look(func(st *dispatch.State) { known = st.Units[dispatch.UnitID(unit)] != nil })
	if who := identity(ctx); known && who.Role != auth.RoleMachine {
		s.room.Touch(dispatch.UnitID(unit))
	}
}

func (s *Server) assign(ctx context.Context, in *assignIn) (*body[Done], error) {
	unit, incident := dispatch.UnitID(in.Body.Unit), dispatch.IncidentID(in.ID)
	s.touch(ctx, in.Body.Unit)
	if in.Body.Stacked {
		return s.do(ctx, dispatch.StackUnit{Unit: unit, Incident: incident, Reason: orText(in.Body.Reason, "next for this unit"), Hazards: hazardIDs(in.Body.Hazards)})
	}
	return s.do(ctx, s.withWays(dispatch.DispatchUnit{Unit: unit, Incident: incident, Override: in.Body.OverrideReason, Outside: in.Body.Outside, Hazards: hazardIDs(in.Body.Hazards)}))
}
