package dispatch

import (
	"cmp"
	"strconv"
	"strings"
)

// PlanID names a plan.
type PlanID string

// PlanStep is one thing that somebody does.
type PlanStep struct {
	Text   string  `json:"text"`
	Owner  DeskID  `json:"owner"`
	Due    Instant `json:"due"`
	Remind Instant `json:"remind,omitempty"` // its owner is alarmed then; 0: done or dropped
	DoneAt Instant `json:"done_at,omitempty"`
	DoneBy string  `json:"done_by,omitempty"`
	Note   string  `json:"note,omitempty"` // of who did it, or why it was dropped

	DroppedAt Instant `json:"dropped_at,omitempty"` // it is not to be done
	DroppedBy string  `json:"dropped_by,omitempty"`
}

// Plan is how a station or a zone is reopened: steps, owners and a review.
type Plan struct {
	ID        PlanID     `json:"id"`
	For       string     `json:"for"` // "station:EP" or "zone:z1"
	Title     string     `json:"title"`
	Authority string     `json:"authority"`
	By        string     `json:"by"`
	MadeAt    Instant    `json:"made_at"`
	Steps     []PlanStep `json:"steps"`
	ReviewBy  Instant    `json:"review_by"`
	Remind    Instant    `json:"remind"` // of the review
	Reviews   int        `json:"reviews,omitempty"`
	EndedAt   Instant    `json:"ended_at,omitempty"`
	EndReason string     `json:"end_reason,omitempty"`
}

// Undone counts the steps that somebody still has to do.
func (p *Plan) Undone() int {
	n := 0
	for k := range p.Steps {
		if p.Steps[k].Open() {
			n++
		}
	}
	return n
}

func (p *Plan) nextDue() Instant {
	if p.EndedAt != 0 {
		return p.EndedAt.Add(ArchiveAfter)
	}
	due := p.Remind
	for k := range p.Steps {
		if r := p.Steps[k].Remind; r != 0 {
			due = min(due, r)
		}
	}
	return due
}

// MakePlan makes one; a station or a zone has at most one at a time.
type MakePlan struct {
	For       string
	Title     string
	Authority string
	Steps     []PlanStep // Text, Owner and Due are used
	ReviewBy  Instant
}

// DoStep says that a step is done.
type DoStep struct {
	Plan PlanID
	Step int // from 1
	Note string
}

// ReviewPlan says that it was looked at, and when next.
type ReviewPlan struct {
	Plan     PlanID
	ReviewBy Instant
	Reason   string
}

// AbandonPlan ends it undone.
type AbandonPlan struct {
	Plan   PlanID
	Reason string
}

// PlanMade: this is how.
type PlanMade struct {
	Plan Plan `json:"plan"`
}

// StepDone: one step is done.
type StepDone struct {
	Plan PlanID `json:"plan"`
	Step int    `json:"step"`
	Note string `json:"note,omitempty"`
}

// PlanReviewed: somebody looked at it.
type PlanReviewed struct {
	Plan     PlanID  `json:"plan"`
	ReviewBy Instant `json:"review_by"`
	Reason   string  `json:"reason"`
}

// PlanReminded: a step, or the review (step 0), is past its time; next then.
type PlanReminded struct {
	Plan PlanID  `json:"plan"`
	Step int     `json:"step"`
	Next Instant `json:"next"`
}

// PlanEnded: it was carried out, or given up.
type PlanEnded struct {
	Plan   PlanID `json:"plan"`
	Reason string `json:"reason"`
}

// PlanArchived: it left the live state, a day after its end.
type PlanArchived struct {
	Plan PlanID `json:"plan"`
}

func (MakePlan) CommandName() string    { return "MakePlan" }
func (DoStep) CommandName() string      { return "DoStep" }
func (ReviewPlan) CommandName() string  { return "ReviewPlan" }
func (AbandonPlan) CommandName() string { return "AbandonPlan" }

func (*PlanMade) EventName() string     { return "PlanMade" }
func (*StepDone) EventName() string     { return "StepDone" }
func (*PlanReviewed) EventName() string { return "PlanReviewed" }
func (*PlanReminded) EventName() string { return "PlanReminded" }
func (*PlanEnded) EventName() string    { return "PlanEnded" }
func (*PlanArchived) EventName() string { return "PlanArchived" }

// openPlan is the plan for something, nil when there is none.
func (s *State) openPlan(about string) *Plan {
	for _, p := range s.Plans { // at most one: the order cannot show
		if p.For == about && p.EndedAt == 0 {
			return p
		}
	}
	return nil
}

// planDone refuses to reopen what has a plan whose steps are not done, unless somebody
// says why.
func (s *State) planDone(about, without string) *Rejection {
	p := s.openPlan(about)
	if p == nil || p.Undone() == 0 || without != "" {
		return nil
	}
	var open []string
	for k := range p.Steps {
		if p.Steps[k].Open() {
			open = append(open, strconv.Itoa(k+1)+" "+p.Steps[k].Text)
		}
	}
	return reject(PlanUnfinished, "plan %s has steps that nobody has done: %s; do them, or say why it is reopened without", p.ID, strings.Join(open, "; ")).at("without_plan")
}

// completePlan ends the plan of what is reopened.
func (s *State) completePlan(about, without string, out []Event) []Event {
	p := s.openPlan(about)
	if p == nil {
		return out
	}
	reason := "carried out"
	if p.Undone() > 0 {
		reason = cmp.Or(without, "what it was for ended without it")
	}
	return append(out, &PlanEnded{Plan: p.ID, Reason: reason})
}

func (c MakePlan) decide(s *State, m Meta, out []Event) ([]Event, *Rejection) {
	if no := checkLines("title", c.Title, "authority", c.Authority); no != nil {
		return nil, no
	}
	kind, id, _ := strings.Cut(c.For, ":")
	st, z := s.Stations[StationID(id)], s.Zones[ZoneID(id)]
	if !(kind == "station" && st != nil && st.Lost) && !(kind == "zone" && z != nil && z.EndedAt == 0) {
		return nil, reject(ValueUnknown, "%q is neither a station that is lost nor a zone in force: station:ID or zone:ID", c.For).at("for")
	}
	if p := s.openPlan(c.For); p != nil {
		return nil, reject(NameTaken, "plan %s is for that already: carry it out, or give it up", p.ID).at("for")
	}
	open := 0
	for _, p := range s.Plans { // counts: the order cannot show
		if p.EndedAt == 0 {
			open++
		}
	}
	if open >= MaxPlans {
		return nil, reject(LimitReached, "%d plans are not carried out: at most MaxPlans", open)
	}
	if len(c.Steps) == 0 || len(c.Steps) > MaxPlanSteps {
		return nil, reject(LimitReached, "a plan has 1 to MaxPlanSteps (%d) steps", MaxPlanSteps).at("steps")
	}
	p := Plan{ID: PlanID(numbered("pl", s.Counters.Plan+1)), For: c.For, Title: c.Title, Authority: c.Authority, By: m.By, MadeAt: m.At, ReviewBy: c.ReviewBy, Remind: c.ReviewBy}
	for _, wanted := range c.Steps {
		step, no := s.newStep(wanted.Text, wanted.Owner, wanted.Due, m)
		if no != nil {
			return nil, no
		}
		p.Steps = append(p.Steps, step)
	}
	if no := reviewable(c.ReviewBy, m); no != nil {
		return nil, no
	}
	return append(out, &PlanMade{Plan: p}), nil
}

func reviewable(by Instant, m Meta) *Rejection {
	if by <= m.At || by.Since(m.At) > PlanReviewMax {
		return reject(TimeInvalid, "a plan is reviewed within 7 days").at("review_by")
	}
	return nil
}

func (s *State) plan(id PlanID) (*Plan, *Rejection) {
	p := s.Plans[id]
	if p == nil {
		return nil, reject(PlanUnknown, "plan %q is not known here", id).at("plan")
	}
	if p.EndedAt != 0 {
		return nil, reject(PlanIsOver, "plan %s is over (%s)", id, p.EndReason).at("plan")
	}
	return p, nil
}

func (c DoStep) decide(s *State, _ Meta, out []Event) ([]Event, *Rejection) {
	p, no := s.plan(c.Plan)
	if no != nil {
		return nil, no
	}
	if no := p.openStep(c.Step); no != nil {
		return nil, no
	}
	if no := checkText("note", c.Note, MaxLineBytes, false); no != nil {
		return nil, no
	}
	return append(out, &StepDone{Plan: c.Plan, Step: c.Step, Note: c.Note}), nil
}

func (c ReviewPlan) decide(s *State, m Meta, out []Event) ([]Event, *Rejection) {
	if _, no := s.plan(c.Plan); no != nil {
		return nil, no
	}
	if no := checkLine("reason", c.Reason); no != nil {
		return nil, no
	}
	if no := reviewable(c.ReviewBy, m); no != nil {
		return nil, no
	}
	return append(out, &PlanReviewed{Plan: c.Plan, ReviewBy: c.ReviewBy, Reason: c.Reason}), nil
}

func (c AbandonPlan) decide(s *State, _ Meta, out []Event) ([]Event, *Rejection) {
	if _, no := s.plan(c.Plan); no != nil {
		return nil, no
	}
	if no := checkLine("reason", c.Reason); no != nil {
		return nil, no
	}
	return append(out, &PlanEnded{Plan: c.Plan, Reason: "given up: " + c.Reason}), nil
}

// planDue alarms the owner of a step first, and the supervisor from then on.
func (s *State) planDue(p *Plan, m Meta, out []Event) []Event {
	if p.EndedAt != 0 {
		return append(out, &PlanArchived{Plan: p.ID})
	}
	remind := func(step int, desk DeskID, text string) {
		about := "plan:" + string(p.ID) + "/" + strconv.Itoa(step)
		out = append(out, &PlanReminded{Plan: p.ID, Step: step, Next: m.At.Add(PlanRemindEvery)},
			&AlarmRaised{ID: s.nextAlarm(raised(out)), Cause: CausePlan, Level: LevelWarning, Desk: desk, About: about, Text: text})
	}
	for k := range p.Steps {
		step := &p.Steps[k]
		if step.Remind == 0 || step.Remind > m.At {
			continue
		}
		desk := step.Owner
		if step.Remind != step.Due {
			desk = s.supervisorOf(desk)
		}
		remind(k+1, desk, "step "+strconv.Itoa(k+1)+" of plan "+string(p.ID)+" ("+p.Title+") is past its time: "+step.Text)
	}
	if p.Remind <= m.At {
		remind(0, s.supervisorOf(s.deskFor(s.Config.DefaultService)), "plan "+string(p.ID)+" ("+p.Title+") is past its review")
	}
	return out
}

func (e *PlanMade) evolve(s *State, _ Stamped) {
	s.Counters.Plan++
	s.setPlan(e.Plan)
}

// change makes a copy of a plan to change.
func (s *State) changedPlan(id PlanID) Plan {
	p := *s.Plans[id]
	p.Steps = append([]PlanStep(nil), p.Steps...)
	return p
}

func (e *StepDone) evolve(s *State, st Stamped) {
	p := s.changedPlan(e.Plan)
	step := &p.Steps[e.Step-1]
	step.DoneAt, step.DoneBy, step.Note, step.Remind = st.At, st.By, e.Note, 0
	s.setPlan(p)
	s.dropAlarmsAbout(CausePlan, "plan:"+string(p.ID)+"/"+strconv.Itoa(e.Step))
}

func (e *PlanReviewed) evolve(s *State, _ Stamped) {
	p := s.changedPlan(e.Plan)
	p.ReviewBy, p.Remind = e.ReviewBy, e.ReviewBy
	p.Reviews++
	s.setPlan(p)
	s.dropAlarmsAbout(CausePlan, "plan:"+string(p.ID)+"/0")
}

func (e *PlanReminded) evolve(s *State, _ Stamped) {
	p := s.changedPlan(e.Plan)
	if e.Step == 0 {
		p.Remind = e.Next
	} else {
		p.Steps[e.Step-1].Remind = e.Next
	}
	s.setPlan(p)
}

func (e *PlanEnded) evolve(s *State, st Stamped) {
	p := s.changedPlan(e.Plan)
	p.EndedAt, p.EndReason = st.At, e.Reason
	s.setPlan(p)
	s.dropAlarmsOf(func(a *Alarm) bool {
		return a.Cause == CausePlan && strings.HasPrefix(a.About, "plan:"+string(p.ID)+"/")
	})
}

func (e *PlanArchived) evolve(s *State, _ Stamped) {
	delete(s.Plans, e.Plan)
	s.due.set(dueRef{duePlan, string(e.Plan)}, 0)
	s.touched.plan(e.Plan)
}

func (s *State) setPlan(p Plan) {
	s.Plans[p.ID] = &p
	s.due.set(dueRef{duePlan, string(p.ID)}, p.nextDue())
	s.touched.plan(p.ID)
}
