package dispatch

// PlanTemplate is what an agency does each time before a station or a zone opens again:
// a list of steps that a plan may begin with. It makes no plan by itself.
type PlanTemplate struct {
	ID    string         `json:"id"`
	For   string         `json:"for"` // "station" or "zone"
	Title string         `json:"title"`
	Steps []TemplateStep `json:"steps"`
}

// TemplateStep is one of its steps, due so long after the plan is made.
type TemplateStep struct {
	Text  string `json:"text"`
	Owner DeskID `json:"owner"`
	After Millis `json:"after"`
}

// checkPlanTemplates checks a configuration's templates against it: a plan could be made
// of each as it is.
func checkPlanTemplates(g Config) *Rejection {
	if len(g.PlanTemplates) > MaxPlanTemplates {
		return reject(LimitReached, "%d plan templates: at most MaxPlanTemplates", len(g.PlanTemplates)).at("plan_templates")
	}
	s, known := &State{Config: g}, map[string]bool{}
	for _, t := range g.PlanTemplates {
		if known[t.ID] || checkLines("plan_templates", t.ID, "plan_templates", t.Title) != nil {
			return reject(ConfigInvalid, "plan template %q: an id of its own and a title", t.ID).at("plan_templates")
		}
		known[t.ID] = true
		if t.For != "station" && t.For != "zone" {
			return reject(ConfigInvalid, "plan template %s is for %q: station or zone", t.ID, t.For).at("plan_templates")
		}
		if len(t.Steps) == 0 || len(t.Steps) > MaxPlanSteps {
			return reject(ConfigInvalid, "plan template %s has 1 to %d steps", t.ID, MaxPlanSteps).at("plan_templates")
		}
		for _, step := range t.Steps {
			if _, no := s.newStep(step.Text, step.Owner, Instant(1).Add(step.After), Meta{At: 1}); no != nil {
				return reject(ConfigInvalid, "plan template %s: %s", t.ID, no.Text).at("plan_templates")
			}
		}
	}
	return nil
}
