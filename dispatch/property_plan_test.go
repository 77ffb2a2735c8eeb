package dispatch

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestPlansChange plays random steps of plans against their laws: a step is open, done or
// dropped and never comes back, its number is its own, a plan has something to do or was
// done, and a station opens by its plan only when no step is open.
func TestPlansChange(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(t)
		for n := range 2 {
			w.run(AddStation{ID: StationID(fmt.Sprintf("S%d", n)), Name: "station", Service: "police"})
		}
		paper := planPaper{}
		for range rapid.IntRange(1, 40).Draw(t, "commands") {
			w.meta.At = w.meta.At.Add(rapid.SampledFrom([]Millis{0, Second, 31 * Minute, 25 * Hour}).Draw(t, "later"))
			c := paper.draw(w)
			from := len(w.events)
			if w.run(c) == nil {
				for _, e := range w.events[from:] {
					paper.note(w.t, e.Event)
				}
			}
			paper.same(w)
		}
		w.replay()
	})
}

// planPaper is each plan's steps as somebody would tick them off: " " open, "d" done, "x"
// dropped; nil once it is over.
type planPaper map[PlanID][]byte

func (p planPaper) draw(w *world) Command {
	t := w.t
	station := StationID(fmt.Sprintf("S%d", rapid.IntRange(0, 1).Draw(t, "station")))
	plan := PlanID(fmt.Sprintf("pl%d", max(1, int(w.live.Counters.Plan)-rapid.IntRange(0, 1).Draw(t, "back"))))
	step := rapid.IntRange(1, 4).Draw(t, "step")
	due := w.meta.At.Add(rapid.SampledFrom([]Millis{Minute, Hour, Day}).Draw(t, "due"))
	switch rapid.IntRange(0, 9).Draw(t, "command") {
	case 0:
		return LoseStation{Station: station, Authority: "a", Reason: "b"}
	case 1, 2:
		c := MakePlan{For: "station:" + string(station), Title: "back", Authority: "a", ReviewBy: due}
		for range rapid.IntRange(1, 2).Draw(t, "steps") {
			c.Steps = append(c.Steps, PlanStep{Text: "look", Owner: "sup", Due: due})
		}
		return c
	case 3, 4:
		return AddPlanStep{Plan: plan, Text: "look again", Owner: "sup", Due: due}
	case 5, 6:
		return DropPlanStep{Plan: plan, Step: step, Reason: "no need"}
	case 7:
		return DoStep{Plan: plan, Step: step}
	case 8:
		return ReopenStation{Station: station, Reason: "open"}
	}
	return Tick{}
}

func (p planPaper) note(t *rapid.T, e Event) {
	mark := func(plan PlanID, step int, as byte) {
		if p[plan][step-1] != ' ' {
			t.Fatalf("step %d of %s was %q and is marked %q", step, plan, p[plan][step-1], as)
		}
		p[plan][step-1] = as
	}
	switch e := e.(type) {
	case *PlanMade:
		for range e.Plan.Steps {
			p[e.Plan.ID] = append(p[e.Plan.ID], ' ')
		}
	case *PlanStepAdded:
		p[e.Plan] = append(p[e.Plan], ' ')
	case *PlanStepDropped:
		mark(e.Plan, e.Step, 'x')
	case *StepDone:
		mark(e.Plan, e.Step, 'd')
	case *PlanEnded:
		for n, is := range p[e.Plan] {
			if is == ' ' {
				t.Fatalf("%s ended while step %d is open", e.Plan, n+1)
			}
		}
		delete(p, e.Plan)
	}
}

func (p planPaper) same(w *world) {
	for id, steps := range p { // the first difference fails: any will do
		plan, left := w.live.Plans[id], 0
		for n, is := range steps {
			step := &plan.Steps[n]
			got := byte(' ')
			if step.DoneAt != 0 {
				got = 'd'
			} else if step.DroppedAt != 0 {
				got = 'x'
			}
			if got != is || step.Open() != (is == ' ') || step.Open() == (step.Remind == 0) {
				w.t.Fatalf("step %d of %s is %q: want %q (%+v)", n+1, id, got, is, step)
			}
			if is != 'x' {
				left++
			}
		}
		if len(plan.Steps) != len(steps) || left == 0 {
			w.t.Fatalf("%s has %d steps, %d not dropped: want %d", id, len(plan.Steps), left, len(steps))
		}
	}
	for _, a := range w.live.Alarms { // any will do
		if a.Cause != CausePlan {
			continue
		}
		id, nth, _ := strings.Cut(strings.TrimPrefix(a.About, "plan:"), "/")
		plan := PlanID(id)
		step, err := strconv.Atoi(nth)
		if err != nil {
			w.t.Fatalf("an alarm about %q", a.About)
		}
		if step > 0 && (p[plan] == nil || p[plan][step-1] != ' ') {
			w.t.Fatalf("alarm %s stands for %s, which nobody has to do", a.ID, a.About)
		}
	}
}
