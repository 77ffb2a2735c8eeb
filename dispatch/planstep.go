package dispatch

import "strconv"

// AddPlanStep adds a step to a plan that is not over: what nobody thought of when it was
// made.
type AddPlanStep struct {
	Plan  PlanID
	Text  string
	Owner DeskID
	Due   Instant
}

// DropPlanStep says that a step is not to be done, and why. It keeps its number, so that
// every other step keeps its own.
type DropPlanStep struct {
	Plan   PlanID
	Step   int // from 1
	Reason string
}

// PlanStepAdded: the plan has one step more, its last.
type PlanStepAdded struct {
	Plan PlanID   `json:"plan"`
	Step PlanStep `json:"step"`
}

// PlanStepDropped: one step is not to be done.
type PlanStepDropped struct {
	Plan   PlanID `json:"plan"`
	Step   int    `json:"step"`
	Reason string `json:"reason"`
}

func (AddPlanStep) CommandName() string  { return "AddPlanStep" }
func (DropPlanStep) CommandName() string { return "DropPlanStep" }

func (*PlanStepAdded) EventName() string   { return "PlanStepAdded" }
func (*PlanStepDropped) EventName() string { return "PlanStepDropped" }

// Open reports whether somebody still has to do it.
func (p *PlanStep) Open() bool { return p.DoneAt == 0 && p.DroppedAt == 0 }

// newStep checks what somebody asks for and makes a step of it.
func (s *State) newStep(text string, owner DeskID, due Instant, m Meta) (PlanStep, *Rejection) {
	if no := checkLine("steps", text); no != nil {
		return PlanStep{}, no
	}
	if _, known := s.Desk(owner); !known {
		return PlanStep{}, reject(DeskUnknown, "desk %q is not known here", owner).at("steps")
	}
	if due <= m.At || due.Since(m.At) > PlanMax {
		return PlanStep{}, reject(TimeInvalid, "a step is due within 90 days").at("steps")
	}
	return PlanStep{Text: text, Owner: owner, Due: due, Remind: due}, nil
}

// openStep is a step of a plan that somebody still has to do.
func (p *Plan) openStep(n int) *Rejection {
	if n < 1 || n > len(p.Steps) {
		return reject(ValueUnknown, "plan %s has steps 1 to %d", p.ID, len(p.Steps)).at("step")
	}
	switch step := &p.Steps[n-1]; {
	case step.DoneAt != 0:
		return reject(StepIsDone, "%s did step %d of plan %s", step.DoneBy, n, p.ID).at("step")
	case step.DroppedAt != 0:
		return reject(StepIsDropped, "%s dropped step %d of plan %s (%s): add it anew if it is to be done", step.DroppedBy, n, p.ID, step.Note).at("step")
	}
	return nil
}

func (c AddPlanStep) decide(s *State, m Meta, out []Event) ([]Event, *Rejection) {
	p, no := s.plan(c.Plan)
	if no != nil {
		return nil, no
	}
	if len(p.Steps) >= MaxPlanSteps {
		return nil, reject(LimitReached, "a plan has 1 to MaxPlanSteps (%d) steps, dropped ones included", MaxPlanSteps).at("steps")
	}
	step, no := s.newStep(c.Text, c.Owner, c.Due, m)
	if no != nil {
		return nil, no
	}
	return append(out, &PlanStepAdded{Plan: c.Plan, Step: step}), nil
}

func (c DropPlanStep) decide(s *State, _ Meta, out []Event) ([]Event, *Rejection) {
	p, no := s.plan(c.Plan)
	if no != nil {
		return nil, no
	}
	if no := p.openStep(c.Step); no != nil {
		return nil, no
	}
	if no := checkLine("reason", c.Reason); no != nil {
		return nil, no
	}
	left := 0
	for k := range p.Steps {
		if p.Steps[k].DroppedAt == 0 {
			left++
		}
	}
	if left == 1 {
		return nil, reject(StepIsLast, "plan %s has no other step: give it up, or add one first", p.ID).at("step")
	}
	return append(out, &PlanStepDropped{Plan: c.Plan, Step: c.Step, Reason: c.Reason}), nil
}

func (e *PlanStepAdded) evolve(s *State, _ Stamped) {
	p := s.changedPlan(e.Plan)
	p.Steps = append(p.Steps, e.Step)
	s.setPlan(p)
}

func (e *PlanStepDropped) evolve(s *State, st Stamped) {
	p := s.changedPlan(e.Plan)
	step := &p.Steps[e.Step-1]
	step.DroppedAt, step.DroppedBy, step.Note, step.Remind = st.At, st.By, e.Reason, 0
	s.setPlan(p)
	s.dropAlarmsAbout(CausePlan, "plan:"+string(p.ID)+"/"+strconv.Itoa(e.Step))
}
