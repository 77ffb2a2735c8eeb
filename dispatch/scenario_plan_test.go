package dispatch

import "fmt"

// planCommand reads the verbs that change a plan's steps, and the one that renews a
// liaison's consent.
func (r *room) planCommand(w *words, reason string) Command {
	switch w.verb {
	case "add-step":
		return AddPlanStep{Plan: PlanID(w.subject(0)), Text: w.subject(1), Owner: DeskID(w.word("owner")), Due: w.until("due", r.meta.At)}
	case "drop-step":
		return DropPlanStep{Plan: PlanID(w.subject(0)), Step: w.number("step"), Reason: reason}
	}
	return RecordLiaison{Renews: LiaisonID(w.subject(0)), Channel: w.word("channel"), Note: w.word("note"), Consent: w.yes("consent"), ExpiresAt: w.until("expires", r.meta.At)}
}

func describePlanStep(e Event) string {
	switch e := e.(type) {
	case *PlanStepAdded:
		return fmt.Sprintf("plan %s has one more step: %s (%s, by %s)", e.Plan, e.Step.Text, e.Step.Owner, clock(e.Step.Due))
	case *PlanStepDropped:
		return fmt.Sprintf("plan %s: step %d is dropped: %s", e.Plan, e.Step, e.Reason)
	}
	return ""
}

// stepLine is how a step stands.
func stepLine(step *PlanStep) string {
	switch {
	case step.DoneAt != 0:
		return "done by " + step.DoneBy
	case step.DroppedAt != 0:
		return "dropped by " + step.DroppedBy + ": " + step.Note
	}
	return "by " + clock(step.Due)
}

// roomTemplates is the standard room with two lists of steps and, where it is named,
// a fault in the first.
func roomTemplates(fault string) Config {
	c := roomStandard()
	c.PlanTemplates = []PlanTemplate{
		{ID: "station", For: "station", Title: "Back into the station", Steps: []TemplateStep{{Text: "walk through with the fire service", Owner: "fire", After: 2 * Hour}, {Text: "radio and power tested", Owner: "sup", After: 3 * Hour}}},
		{ID: "streets", For: "zone", Title: "Open the streets", Steps: []TemplateStep{{Text: "drive every gate once", Owner: "fire", After: Hour}}},
	}
	first := &c.PlanTemplates[0]
	switch fault {
	case "template-twice":
		first.ID = "streets"
	case "template-for":
		first.For = "moon"
	case "template-empty":
		first.Steps = nil
	case "template-owner":
		first.Steps[1].Owner = "plumber"
	case "template-after":
		first.Steps[1].After = 0
	}
	return c
}
