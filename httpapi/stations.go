package httpapi

import (
	"context"
	"net/http"

	"github.com/everycall/everycall/dispatch"
)

// Plan is how a station or a zone is reopened.
type Plan struct {
	ID        string     `json:"id"`
	For       string     `json:"for" doc:"station:ID or zone:ID"`
	Title     string     `json:"title"`
	Authority string     `json:"authority"`
	By        string     `json:"by"`
	MadeAt    string     `json:"made_at"`
	Steps     []PlanStep `json:"steps"`
	ReviewBy  string     `json:"review_by"`
	Reviews   int        `json:"reviews"`
	EndedAt   string     `json:"ended_at,omitempty"`
	EndReason string     `json:"end_reason,omitempty"`
}

// PlanStep is one thing that somebody does.
type PlanStep struct {
	Text   string `json:"text" minLength:"1" maxLength:"400"`
	Owner  string `json:"owner" minLength:"1" maxLength:"40" doc:"a desk"`
	Due    string `json:"due" maxLength:"40" doc:"RFC 3339, within 90 days"`
	DoneAt string `json:"done_at,omitempty" readOnly:"true"`
	DoneBy string `json:"done_by,omitempty" readOnly:"true"`
	Note   string `json:"note,omitempty" readOnly:"true" doc:"of who did it, or why it was dropped"`

	DroppedAt string `json:"dropped_at,omitempty" readOnly:"true" doc:"it is not to be done"`
	DroppedBy string `json:"dropped_by,omitempty" readOnly:"true"`
}

// PlanTemplate is a list of steps that a plan may begin with.
type PlanTemplate struct {
	ID    string         `json:"id"`
	For   string         `json:"for" enum:"station,zone"`
	Title string         `json:"title"`
	Steps []TemplateStep `json:"steps"`
}

// TemplateStep is one of its steps.
type TemplateStep struct {
	Text    string `json:"text"`
	Owner   string `json:"owner" doc:"a desk"`
	AfterMs int64  `json:"after_ms" doc:"due so long after the plan is made"`
}

type loseStationIn struct {
	ID   string `path:"id" maxLength:"400"`
	Body struct {
		How       string `json:"how" enum:"lost,evacuated"`
		Authority string `json:"authority" minLength:"1" maxLength:"400" doc:"who decided, by role"`
		Reason    string `json:"reason" minLength:"1" maxLength:"400"`
	}
}

type reopenStationIn struct {
	ID   string `path:"id" maxLength:"400"`
	Body struct {
		Reason      string `json:"reason" minLength:"1" maxLength:"400"`
		WithoutPlan string `json:"without_plan,omitempty" maxLength:"400" doc:"why there is no plan, or it is not carried out"`
	}
}

type rehomeIn struct {
	ID   string `path:"id" maxLength:"40"`
	Body struct {
		Station string `json:"station" minLength:"1" maxLength:"400"`
		Reason  string `json:"reason" minLength:"1" maxLength:"400"`
	}
}

type moveUpIn struct {
	ID   string `path:"id" maxLength:"40"`
	Body struct {
		Station string `json:"station,omitempty" maxLength:"400" doc:"none: back home"`
		Reason  string `json:"reason" minLength:"1" maxLength:"400"`
	}
}

type planIn struct {
	Body struct {
		For       string     `json:"for" minLength:"1" maxLength:"440" doc:"station:ID of one that is lost, or zone:ID of one in force"`
		Title     string     `json:"title" minLength:"1" maxLength:"400"`
		Authority string     `json:"authority" minLength:"1" maxLength:"400"`
		Steps     []PlanStep `json:"steps" minItems:"1" maxItems:"50"`
		ReviewBy  string     `json:"review_by" maxLength:"40" doc:"RFC 3339, within 7 days"`
	}
}

type stepIn struct {
	ID   string `path:"id" maxLength:"40"`
	Step int    `path:"step" minimum:"1" maximum:"50"`
	Body struct {
		Note string `json:"note,omitempty" maxLength:"400"`
	}
}

type addStepIn struct {
	ID   string `path:"id" maxLength:"40"`
	Body PlanStep
}

type dropStepIn struct {
	ID     string `path:"id" maxLength:"40"`
	Step   int    `path:"step" minimum:"1" maximum:"50"`
	Reason string `query:"reason" required:"true" minLength:"1" maxLength:"400"`
}

type reviewPlanIn struct {
	ID   string `path:"id" maxLength:"40"`
	Body struct {
		ReviewBy string `json:"review_by" maxLength:"40"`
		Reason   string `json:"reason" minLength:"1" maxLength:"400"`
	}
}

func (s *Server) stationRoutes() {
	s.coverRoutes()
	route(s, http.MethodGet, "/api/v1/stations", "listStations", "stations", "Where units live, and which are lost", func(ctx context.Context, _ *struct{}) (*body[Page[Station]], error) {
		s.room.mu.RLock()
		defer s.room.mu.RUnlock()
		r := s.rowsOf(identity(ctx))
		return &body[Page[Station]]{Page[Station]{Items: list(r.s.Stations, r.station, nil)}}, nil
	})
	route(s, http.MethodPost, "/api/v1/stations/{id}/lose", "loseStation", "stations", "It cannot be used; its units live at the next open one", func(ctx context.Context, in *loseStationIn) (*body[Done], error) {
		return s.do(ctx, dispatch.LoseStation{Station: dispatch.StationID(in.ID), How: dispatch.StationLoss(in.Body.How), Authority: in.Body.Authority, Reason: in.Body.Reason})
	})
	route(s, http.MethodPost, "/api/v1/stations/{id}/reopen", "reopenStation", "stations", "It can be used again, its plan carried out", func(ctx context.Context, in *reopenStationIn) (*body[Done], error) {
		return s.do(ctx, dispatch.ReopenStation{Station: dispatch.StationID(in.ID), Reason: in.Body.Reason, WithoutPlan: in.Body.WithoutPlan})
	})
	route(s, http.MethodPost, "/api/v1/units/{id}/rehome", "rehomeUnit", "units", "Another home", func(ctx context.Context, in *rehomeIn) (*body[Done], error) {
		return s.do(ctx, dispatch.RehomeUnit{Unit: dispatch.UnitID(in.ID), Station: dispatch.StationID(in.Body.Station), Reason: in.Body.Reason})
	})
	route(s, http.MethodPost, "/api/v1/units/{id}/move-up", "moveUp", "units", "Stand at a station that is not home, or go back", func(ctx context.Context, in *moveUpIn) (*body[Done], error) {
		return s.do(ctx, dispatch.MoveUp{Unit: dispatch.UnitID(in.ID), Station: dispatch.StationID(in.Body.Station), Reason: in.Body.Reason})
	})
	route(s, http.MethodGet, "/api/v1/plans", "listPlans", "stations", "How stations and zones are reopened", func(ctx context.Context, _ *struct{}) (*body[Page[Plan]], error) {
		s.room.mu.RLock()
		defer s.room.mu.RUnlock()
		r := s.rowsOf(identity(ctx))
		return &body[Page[Plan]]{Page[Plan]{Items: list(r.s.Plans, r.plan, nil)}}, nil
	})
	route(s, http.MethodPost, "/api/v1/plans", "makePlan", "stations", "Steps, owners and a review", s.makePlan)
	route(s, http.MethodPost, "/api/v1/plans/{id}/steps/{step}/done", "doStep", "stations", "A step is done", func(ctx context.Context, in *stepIn) (*body[Done], error) {
		return s.do(ctx, dispatch.DoStep{Plan: dispatch.PlanID(in.ID), Step: in.Step, Note: in.Body.Note})
	})
	route(s, http.MethodPost, "/api/v1/plans/{id}/steps", "addPlanStep", "stations", "One step more", func(ctx context.Context, in *addStepIn) (*body[Done], error) {
		due, bad := instant("body.due", in.Body.Due)
		if bad != nil {
			return nil, bad
		}
		return s.do(ctx, dispatch.AddPlanStep{Plan: dispatch.PlanID(in.ID), Text: in.Body.Text, Owner: dispatch.DeskID(in.Body.Owner), Due: due})
	})
	route(s, http.MethodDelete, "/api/v1/plans/{id}/steps/{step}", "dropPlanStep", "stations", "A step is not to be done, and why; it keeps its number", func(ctx context.Context, in *dropStepIn) (*body[Done], error) {
		return s.do(ctx, dispatch.DropPlanStep{Plan: dispatch.PlanID(in.ID), Step: in.Step, Reason: in.Reason})
	})
	route(s, http.MethodGet, "/api/v1/plans/templates", "listPlanTemplates", "stations", "Lists of steps that a plan may begin with", s.planTemplates)
	route(s, http.MethodPost, "/api/v1/plans/{id}/review", "reviewPlan", "stations", "Looked at; again by then", func(ctx context.Context, in *reviewPlanIn) (*body[Done], error) {
		by, bad := instant("body.review_by", in.Body.ReviewBy)
		if bad != nil {
			return nil, bad
		}
		return s.do(ctx, dispatch.ReviewPlan{Plan: dispatch.PlanID(in.ID), ReviewBy: by, Reason: in.Body.Reason})
	})
	route(s, http.MethodDelete, "/api/v1/plans/{id}", "abandonPlan", "stations", "Give it up", func(ctx context.Context, in *withdrawIn) (*body[Done], error) {
		return s.do(ctx, dispatch.AbandonPlan{Plan: dispatch.PlanID(in.ID), Reason: in.Reason})
	})
}

func (s *Server) makePlan(ctx context.Context, in *planIn) (*body[Done], error) {
	by, bad := instant("body.review_by", in.Body.ReviewBy)
	if bad != nil {
		return nil, bad
	}
	c := dispatch.MakePlan{For: in.Body.For, Title: in.Body.Title, Authority: in.Body.Authority, ReviewBy: by}
	for _, step := range in.Body.Steps {
		due, bad := instant("body.steps", step.Due)
		if bad != nil {
			return nil, bad
		}
		c.Steps = append(c.Steps, dispatch.PlanStep{Text: step.Text, Owner: dispatch.DeskID(step.Owner), Due: due})
	}
	return s.do(ctx, c)
}

func (s *Server) planTemplates(context.Context, *struct{}) (*body[Page[PlanTemplate]], error) {
	out := Page[PlanTemplate]{Items: []PlanTemplate{}}
	s.room.Look(func(st *dispatch.State) {
		for _, t := range st.Config.PlanTemplates {
			row := PlanTemplate{ID: t.ID, For: t.For, Title: t.Title, Steps: []TemplateStep{}}
			for _, step := range t.Steps {
				row.Steps = append(row.Steps, TemplateStep{Text: step.Text, Owner: string(step.Owner), AfterMs: int64(step.After)})
			}
			out.Items = append(out.Items, row)
		}
	})
	return &body[Page[PlanTemplate]]{out}, nil
}

func (r rows) plan(p *dispatch.Plan) Plan {
	row := Plan{ID: string(p.ID), For: p.For, Title: p.Title, Authority: p.Authority, By: p.By, MadeAt: r.time(p.MadeAt), Steps: []PlanStep{}, ReviewBy: r.time(p.ReviewBy), Reviews: p.Reviews,
		EndedAt: r.time(p.EndedAt), EndReason: p.EndReason}
	for _, step := range p.Steps {
		row.Steps = append(row.Steps, PlanStep{Text: step.Text, Owner: string(step.Owner), Due: r.time(step.Due), DoneAt: r.time(step.DoneAt), DoneBy: step.DoneBy, Note: step.Note,
			DroppedAt: r.time(step.DroppedAt), DroppedBy: step.DroppedBy})
	}
	return row
}
