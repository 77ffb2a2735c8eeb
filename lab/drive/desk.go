package drive

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/everycall/everycall/advisor"
	"github.com/everycall/everycall/dispatch"
	"github.com/everycall/everycall/recommend"
	"github.com/everycall/everycall/triage"
)

// How the automatic dispatcher works. All invented.
const (
	takingLeast  = 15 * dispatch.Second // from ring to decision
	takingMost   = 45 * dispatch.Second
	callBackLead = 40 * dispatch.Second // before a hold's or a staging's time it is decided again
	resumeAfter  = 20 * dispatch.Minute // held that long, a call may be sent early
	resumeSpare  = 4                    // … while more units than this could be sent
	gonePercent  = 12                   // callers who, called back, want nobody any more
	stagedLeast  = 16 * dispatch.Minute // before the supervisor lets somebody in
	stagedMost   = 40 * dispatch.Minute
	renewLead    = 10 * dispatch.Minute // before its review a posture is renewed
	lightsUpTo   = triage.Priority(2)
)

// dispatcher decides about every incident that nobody works on, the most urgent
// and oldest first, each on a fresh look, so that it sees its own last decision.
func (d *Driver) dispatcher(now dispatch.Instant, submit func([]act) error) error {
	var open []dispatch.IncidentID
	d.room.Look(func(st *dispatch.State) { open = undecided(st, now) })
	for _, id := range open {
		var acts []act
		d.room.Look(func(st *dispatch.State) {
			if i := st.Incidents[id]; i != nil && i.Open() && i.Active() == 0 && own(i) {
				acts = d.decide(st, i, now)
			}
		})
		if err := submit(acts); err != nil {
			return err
		}
	}
	return nil
}

// undecided lists the drive's own incidents that may need a decision now.
func undecided(st *dispatch.State, now dispatch.Instant) []dispatch.IncidentID {
	var open []*dispatch.Incident
	for _, i := range st.Incidents { // sorted below
		if !i.Open() || i.Active() > 0 || !own(i) {
			continue
		}
		switch o := st.Lead(i).Outcome; o.Kind {
		case dispatch.OutcomeWaiting, dispatch.OutcomeUnanswered:
			open = append(open, i)
		case dispatch.OutcomeHeld, dispatch.OutcomeStaged:
			if o.Due.Since(now) <= callBackLead || now.Since(o.Since) >= resumeAfter {
				open = append(open, i)
			}
		}
	}
	slices.SortFunc(open, func(a, b *dispatch.Incident) int {
		return cmp.Or(cmp.Compare(a.Priority(), b.Priority()), cmp.Compare(a.Number, b.Number))
	})
	ids := make([]dispatch.IncidentID, len(open))
	for n, i := range open {
		ids[n] = i.ID
	}
	return ids
}

// decide says what becomes of one incident now; nothing is often right.
func (d *Driver) decide(st *dispatch.State, i *dispatch.Incident, now dispatch.Instant) []act {
	lead := st.Lead(i)
	o := lead.Outcome
	switch o.Kind {
	case dispatch.OutcomeStaged:
		return d.stagedAgain(st, i, lead, now)
	case dispatch.OutcomeHeld:
		if o.Due.Since(now) <= callBackLead {
			return d.callBack(st, i, lead, now)
		}
		if spare, _ := st.SpareFor(i.Service, i); spare > resumeSpare {
			if sent := d.send(st, i, ByDispatcher, now); len(sent) > 0 {
				return append(keep(st, lead, now, "called (simulated): a unit is on its way sooner than was said"), sent...)
			}
		}
		return nil
	}
	if now.Since(lead.ReceivedAt) < d.dice.between(takingLeast, takingMost, "taking", string(lead.ID)) {
		return nil
	}
	if i.LifeSafety && shut(st, i) {
		return []act{d.stage(st, i, lead, now)}
	}
	if rule, posture := st.RuleFor(i); posture != nil && rule.Action == dispatch.ActionHold {
		return []act{d.hold(lead, now, "", rule.Limit)}
	}
	if no := st.EntryRefused(i.Service, i); no != nil {
		return []act{d.hold(lead, now, cut(no.Text), holdLimit(st, i))}
	}
	acts := d.send(st, i, ByDispatcher, now)
	if len(acts) == 0 && !i.LifeSafety && now.Since(o.Since) >= 2*dispatch.Minute {
		return []act{d.hold(lead, now, "no unit is free for a call of this priority", holdLimit(st, i))}
	}
	return acts
}

// shut reports whether an incident lies in a zone that its service cannot simply
// enter.
func shut(st *dispatch.State, i *dispatch.Incident) bool {
	w, closed := st.HowToEnter(i.Service, i, st.Now)
	return closed && (!w.In || w.Entry == dispatch.EntryLifeSafetyOnly)
}

func holdLimit(st *dispatch.State, i *dispatch.Incident) dispatch.Millis {
	return max(st.Config.HoldLimits[i.Priority()], 5*dispatch.Minute)
}

// send dispatches the closest units that meet the type's needs, as many as there
// are; none where a rule or a person's hand is on all of them.
func (d *Driver) send(st *dispatch.State, i *dispatch.Incident, by string, now dispatch.Instant) []act {
	lead := st.Lead(i)
	ways := map[dispatch.UnitID]advisor.Way{}
	estimate := func(u dispatch.UnitID) recommend.Way {
		c := d.units[u]
		if c == nil || lead.Person.Point == nil {
			return recommend.Way{}
		}
		goal, _ := st.Target(st.Units[u].Service, i, now)
		w := d.estimator.Way(st.Units[u], c.at, *goal, i.Priority() <= lightsUpTo)
		ways[u] = w
		return recommend.Way{Travel: w.Travel, DistanceMM: int64(w.Line), Known: w.Known, Note: w.Note}
	}
	choices := recommend.Rank(st, i, estimate).Units
	choices = slices.DeleteFunc(choices, func(c recommend.Choice) bool { return !c.Fits || d.handsOff(c.Unit) })
	var acts []act
	if read := st.UnreadAtCall(i); len(read) > 0 {
		acts = append(acts, act{by: by, id: fmt.Sprintf("read-%s-%d", i.ID, now), ordered: true, command: dispatch.AcknowledgeHazards{Incident: i.ID, Hazards: read, Where: dispatch.AckCall}})
	}
	for _, unit := range recommend.Fill(st, i, choices).Chosen {
		c := dispatch.DispatchUnit{Unit: unit, Incident: i.ID, Hazards: st.ToAcknowledge(i, unit)}
		if w := ways[unit]; w.Known {
			c.Travel, c.Model = w.Travel, w.Model
		}
		acts = append(acts, act{by: by, id: fmt.Sprintf("send-%s-%s-%d", i.ID, unit, now), ordered: true, command: c})
	}
	return acts
}

// hold makes a contact wait, and promises when it is called back. Without a
// reason the posture's holds.
func (d *Driver) hold(c *dispatch.Contact, now dispatch.Instant, reason string, limit dispatch.Millis) act {
	told := &dispatch.PromiseTold{Told: fmt.Sprintf("Nobody can come now. We call you back within %d minutes; if anybody is in danger, call again at once.", limit/dispatch.Minute),
		Channel: "on_call", Within: limit}
	return act{by: ByDispatcher, id: fmt.Sprintf("hold-%s-%d", c.ID, now), ordered: true,
		command: dispatch.HoldContact{Contact: c.ID, Reason: reason, ReviewIn: limit, Told: told}}
}

// callBack keeps what the caller of a held call was promised: it is triaged
// again, then sent, held on with a new promise, or over.
func (d *Driver) callBack(st *dispatch.State, i *dispatch.Incident, c *dispatch.Contact, now dispatch.Instant) []act {
	if d.dice.below(100, "gone", string(c.ID), fmt.Sprint(len(c.Promises))) < gonePercent {
		return append(keep(st, c, now, "called back (simulated): nobody is needed any more"), act{by: ByDispatcher, id: fmt.Sprintf("gone-%s-%d", c.ID, now), ordered: true,
			command: dispatch.AbandonContact{Contact: c.ID, Reason: "the caller, called back, needs nobody any more (simulated)"}})
	}
	if sent := d.send(st, i, ByDispatcher, now); len(sent) > 0 {
		return append(keep(st, c, now, "called back (simulated): a unit is on its way"), sent...)
	}
	limit, reason := holdLimit(st, i), "still nobody to send after the call-back"
	if rule, posture := st.RuleFor(i); posture != nil && rule.Action == dispatch.ActionHold {
		limit, reason = rule.Limit, ""
	}
	return append(keep(st, c, now, "called back at the time promised (simulated): still nobody to send"), d.hold(c, now, reason, limit))
}

// keep records the call-back that a caller was promised.
func keep(st *dispatch.State, c *dispatch.Contact, now dispatch.Instant, how string) []act {
	var acts []act
	for _, id := range c.Promises {
		if p := st.Promises[id]; p != nil && p.State == dispatch.PromiseOpen {
			acts = append(acts, act{by: ByDispatcher, id: fmt.Sprintf("keep-%s-%d", id, now), ordered: true, command: dispatch.KeepPromise{Promise: id, How: how}})
		}
	}
	return acts
}

// stage records the plan for a life-safety call that cannot be reached, as the
// invented supervisor.
func (d *Driver) stage(st *dispatch.State, i *dispatch.Incident, c *dispatch.Contact, now dispatch.Instant) act {
	plan := "invented plan: wait outside until the way in is agreed"
	if w, closed := st.HowToEnter(i.Service, i, now); closed && w.Meet != nil {
		plan = "invented plan: meet at " + w.Meet.Words() + "; ask the liaison for a way in; tell the caller where help waits"
	}
	var stage dispatch.Command = dispatch.StageContact{Contact: c.ID, Plan: cut(plan)}
	if c.Outcome.Kind == dispatch.OutcomeStaged {
		stage = dispatch.StageAgain{Contact: c.ID, Plan: cut(plan)}
	}
	return act{by: BySupervisor, id: fmt.Sprintf("stage-%s-%d", c.ID, now), ordered: true, command: stage}
}

// stagedAgain decides anew within the five minutes: somebody goes in, or it is
// staged once more.
func (d *Driver) stagedAgain(st *dispatch.State, i *dispatch.Incident, c *dispatch.Contact, now dispatch.Instant) []act {
	if c.Outcome.Due.Since(now) > callBackLead && overdue(st, c.ID) == "" {
		return nil
	}
	if !shut(st, i) || now.Since(c.Outcome.Since) >= d.dice.between(stagedLeast, stagedMost, "staged", string(c.ID)) {
		if acts := d.send(st, i, BySupervisor, now); len(acts) > 0 {
			return append(d.clears(st, i.Service, i, now), acts...)
		}
	}
	return []act{d.stage(st, i, c, now)}
}

// overdue finds the alarm that says that a contact's time has passed.
func overdue(st *dispatch.State, id dispatch.ContactID) dispatch.AlarmID {
	for _, a := range st.Alarms { // at most one
		if a.Cause == dispatch.CauseOverdue && a.Contact == id {
			return a.ID
		}
	}
	return ""
}

// supervise renews what the demo declared before its review; what a person
// declared has nothing invented in it and is theirs.
func (d *Driver) supervise(st *dispatch.State, now dispatch.Instant) []act {
	var acts []act
	for _, p := range st.Postures { // sorted below
		if p.EndedAt == 0 && len(p.Invented) > 0 && min(p.ReviewBy, p.Until).Since(now) <= renewLead {
			acts = append(acts, act{by: BySupervisor, id: fmt.Sprintf("renew-%s-%d", p.ID, now), ordered: true,
				command: dispatch.RenewPosture{Posture: p.ID, ReviewBy: now.Add(postureReview), Until: now.Add(postureUntil), Reason: "reviewed by the invented supervisor: it still holds"}})
		}
	}
	slices.SortFunc(acts, func(a, b act) int { return cmp.Compare(a.id, b.id) })
	return acts
}
