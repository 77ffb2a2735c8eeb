package recommend

import (
	"cmp"
	"slices"
	"strings"

	"github.com/everycall/everycall/dispatch"
	"github.com/everycall/everycall/triage"
)

// MaxSweepCalls is how many calls one sweep weighs, the most urgent; those past
// it are listed as waiting and say so.
const MaxSweepCalls = 2_000

// LatestStep is the highest step of lateness.
const LatestStep = 3

// open is one incident that wants units.
type open struct {
	i       *dispatch.Incident
	lead    *dispatch.Contact
	class   int           // the less the sooner it is served
	late    int           // steps of lateness, 0 to LatestStep
	needs   []triage.Need // what its type asks for, the scarcest first; none: one unit of its service
	lacks   []triage.Need // what nobody on it brings yet
	working bool          // somebody is on it
	preempt bool          // may take a unit off a less urgent call
	behind  []dispatch.UnitID
	barred  []bool // by service: a zone's rule keeps it out
	cutoffs []cutoff
	ways    []dispatch.Millis // by unit of the fleet; see way
}

// classOf orders incidents: life-safety by priority, then the others by priority.
// A call of unknown type or place counts as life-safety against holds and
// cutoffs only: it has the place of its priority, before the others of it.
func classOf(s *dispatch.State, i *dispatch.Incident) int {
	switch {
	case provenLifeSafety(s, i):
		return int(i.Priority())
	case i.LifeSafety:
		return 10 + 2*int(i.Priority())
	}
	return 10 + 2*int(i.Priority()) + 1
}

// understood reports whether a person has said what it is and where.
func understood(s *dispatch.State, i *dispatch.Incident) bool {
	lead := s.Lead(i)
	_, known := s.Type(i.Type)
	return known && lead != nil && (lead.Person.Point != nil || strings.TrimSpace(lead.Person.Place) != "")
}

// provenLifeSafety reports whether it is life-safety by its type, or by that of
// another caller about it, and not only for want of knowing better.
func provenLifeSafety(s *dispatch.State, i *dispatch.Incident) bool {
	if !i.LifeSafety || !understood(s, i) {
		return false
	}
	if kind, _ := s.Type(i.Type); kind.LifeSafety {
		return true
	}
	return slices.ContainsFunc(i.Contacts, func(id dispatch.ContactID) bool {
		c := s.Contacts[id]
		if c == nil || c.Outcome.Kind.Final() {
			return false
		}
		kind, known := s.Type(c.Type)
		return known && kind.LifeSafety
	})
}

// lateness is how often its limit to wait has passed since it was opened, one
// step more where a promise to a caller of it is broken or due within CallAhead.
func lateness(s *dispatch.State, i *dispatch.Incident) int {
	limit := s.Config.WaitLimits[i.Priority()]
	if limit <= 0 {
		limit = 10 * dispatch.Minute // as the rules have it where none is configured
	}
	steps := int(min(max(s.Now.Since(i.OpenedAt), 0)/limit, LatestStep))
	for _, id := range i.Contacts {
		if p, _ := promiseNow(s, s.Contacts[id]); p != nil {
			return min(steps+1, LatestStep)
		}
	}
	return steps
}

// newOpen weighs an incident.
func (w *sweep) newOpen(i *dispatch.Incident) *open {
	c := &open{i: i, lead: w.s.Lead(i), class: classOf(w.s, i), late: lateness(w.s, i), needs: w.scarcestFirst(needsOf(w.s, i)), working: i.Active() > 0, cutoffs: w.cutoffs(i)}
	c.preempt = w.preempting && understood(w.s, i) && (i.Priority() == triage.PriorityHighest || provenLifeSafety(w.s, i))
	c.lacks = w.lacking(i, c.needs, true)
	for n := range i.Assignments {
		if a := &i.Assignments[n]; a.EndedAt == 0 && a.Stacked {
			c.behind = append(c.behind, a.Unit)
		}
	}
	for _, of := range w.s.Config.Services {
		c.barred = append(c.barred, w.s.EntryRefused(of, i) != nil)
	}
	c.ways = make([]dispatch.Millis, len(w.fleet))
	for n := range c.ways {
		c.ways[n] = notAsked
	}
	return c
}

// lacking is what of the needs nobody brings: nobody who was on scene and left,
// and, where working is true, nobody who is on the incident.
func (w *sweep) lacking(i *dispatch.Incident, needs []triage.Need, working bool) []triage.Need {
	lacks := slices.Clone(needs)
	for n := range i.Assignments {
		a := &i.Assignments[n]
		been := slices.ContainsFunc(a.Milestones, func(m dispatch.Milestone) bool { return m.Status == dispatch.StatusOnScene })
		if u := w.s.Units[a.Unit]; u != nil && !a.Stacked && (been || (working && a.EndedAt == 0)) {
			lacks, _ = without(lacks, u)
		}
	}
	return lacks
}

// without takes one from the first need that the unit brings, and names it. It
// changes lacks.
func without(lacks []triage.Need, u *dispatch.Unit) (left []triage.Need, need string) {
	for n := range lacks {
		need := lacks[n].What()
		if !u.Meets(lacks[n]) {
			continue
		}
		if lacks[n].Count--; lacks[n].Count == 0 {
			lacks = slices.Delete(lacks, n, n+1)
		}
		return lacks, need
	}
	return lacks, ""
}

// scarcestFirst orders needs by how few units of the roster meet them, so that a
// unit that meets several counts for the one that is hardest to meet.
func (w *sweep) scarcestFirst(needs []triage.Need) []triage.Need {
	needs = slices.Clone(needs)
	slices.SortStableFunc(needs, func(a, b triage.Need) int { return cmp.Compare(w.count(a), w.count(b)) })
	return needs
}

// count is how many units of the roster meet a need.
func (w *sweep) count(n triage.Need) int {
	key := n.What()
	if found, known := w.scarce[key]; known {
		return found
	}
	found := 0
	for _, u := range w.roster {
		if u.Meets(n) {
			found++
		}
	}
	w.scarce[key] = found
	return found
}

// what names a need; empty for none in particular.
func what(n triage.Need) string {
	if n.Count == 0 {
		return ""
	}
	return n.What()
}

// place is where a need stands among all of the call's.
func (c *open) place(need triage.Need) int {
	return slices.IndexFunc(c.needs, func(n triage.Need) bool { return n.What() == need.What() })
}

// calls finds who competes for the units, the most urgent first. Those that wait
// but do not compete now go to the answer at once.
func (w *sweep) calls() []*open {
	var found []*dispatch.Incident
	for _, i := range w.s.Incidents { // sorted below
		if i.Open() {
			found = append(found, i)
		}
	}
	slices.SortFunc(found, func(a, b *dispatch.Incident) int {
		return cmp.Or(cmp.Compare(classOf(w.s, a), classOf(w.s, b)), cmp.Compare(a.OpenedAt, b.OpenedAt), cmp.Compare(a.Number, b.Number))
	})
	var calls []*open
	for _, i := range found {
		lead := w.s.Lead(i)
		if i.Active() > 0 {
			needs := w.scarcestFirst(needsOf(w.s, i))
			if len(w.lacking(i, needs, true)) > 0 && len(calls) < MaxSweepCalls && len(i.Assignments)+wanted(needs) <= dispatch.MaxAssignments {
				calls = append(calls, w.newOpen(i))
			}
			continue
		}
		switch lead.Outcome.Kind {
		case dispatch.OutcomeWaiting, dispatch.OutcomeHeld, dispatch.OutcomeStaged, dispatch.OutcomeUnanswered:
		case dispatch.OutcomeAppointed:
			if !w.due(lead) {
				continue
			}
		default: // another desk has it, or units are on their way
			continue
		}
		why := ""
		if rule, by := w.s.RuleFor(i); rule.Action != dispatch.ActionAnswer && by != nil && !w.due(lead) {
			why = "posture " + string(by.ID) + " (" + by.Title + ") says " + string(rule.Action) + "; it competes again when it is due"
		} else if len(calls) >= MaxSweepCalls {
			why = "more calls wait than one sweep weighs, and all of them are more urgent"
		} else if len(i.Assignments)+wanted(needsOf(w.s, i)) > dispatch.MaxAssignments {
			why = "it has had too many units: close it and open a new one"
		}
		if why != "" {
			w.out.Waiting = append(w.out.Waiting, w.waiting(i, lead, why))
			continue
		}
		calls = append(calls, w.newOpen(i))
	}
	return calls
}

func wanted(needs []triage.Need) int {
	n := 0
	for k := range needs {
		n += int(needs[k].Count)
	}
	return max(n, 1)
}

// due reports whether a contact's due time has come. An alarm moves the due time
// on, so one that stands counts too.
func (w *sweep) due(c *dispatch.Contact) bool { return c.Outcome.Due <= w.s.Now || w.overdue[c.ID] }

// overdue lists the contacts about whose due time an alarm stands.
func overdue(s *dispatch.State) map[dispatch.ContactID]bool {
	found := map[dispatch.ContactID]bool{}
	for _, a := range s.Alarms { // a set: the order cannot show
		if a.Cause == dispatch.CauseOverdue {
			found[a.Contact] = true
		}
	}
	return found
}
