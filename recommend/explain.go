package recommend

import (
	"slices"
	"strconv"

	"github.com/everycall/everycall/dispatch"
)

// Commands are what accepting a line submits, in this order, each once the one
// before has been taken: a stacked call leaves the stack, a pre-empted unit leaves
// its call, and then the unit is sent, or the call waits behind it. model names
// what estimated the travel time.
// Read are the hazards there that who accepts it was shown and has read.
func (l Line) Commands(model string, read ...dispatch.HazardID) []dispatch.Command {
	number := strconv.FormatUint(l.Number, 10)
	var commands []dispatch.Command
	for _, unit := range l.Behind {
		commands = append(commands, dispatch.UnassignUnit{Unit: unit, Incident: l.Incident, Reason: string(l.Unit) + " is sent instead"})
	}
	switch l.Means {
	case Soon:
		return append(commands, dispatch.StackUnit{Unit: l.Unit, Incident: l.Incident, Reason: "soon free: next to call " + number, Hazards: read})
	case Preempt:
		take := dispatch.PreemptUnit{Unit: l.Unit, For: l.Incident, Reason: "call " + number + " is more urgent", Hazards: read}
		if l.Known && l.Travel > 0 {
			take.Travel, take.Model = l.Travel, model
		}
		return append(commands, take)
	}
	send := dispatch.DispatchUnit{Unit: l.Unit, Incident: l.Incident, Hazards: read}
	if l.Known && l.Travel > 0 {
		send.Travel, send.Model = l.Travel, model
	}
	return append(commands, send)
}

// explain words the lines once all of them are known.
func (w *sweep) explain() {
	goes := make([]*open, len(w.fleet)) // where each unit goes
	for n := range w.drafts {
		goes[w.drafts[n].unit] = w.drafts[n].call
	}
	for n := range w.drafts {
		d := &w.drafts[n]
		f, c := &w.fleet[d.unit], d.call
		way := w.way(c, d.unit)
		l := Line{Incident: c.i.ID, Number: c.i.Number, Unit: f.unit.ID, Means: f.means, Wait: f.wait, Known: way != noTravel, First: d.first, After: d.after, Hazards: w.s.ToAcknowledge(c.i, f.unit.ID)}
		if l.Known {
			l.Travel = way
		}
		if f.from != nil {
			l.From = f.from.ID
		}
		if f.means != Soon {
			for _, unit := range c.behind {
				if unit != f.unit.ID && d.first {
					l.Behind = append(l.Behind, unit)
				}
			}
		}
		if l.Need = d.fills; d.fills == "" {
			l.Need = string(f.unit.Service)
		}
		l.Why = w.whySent(d, l)
		w.otherwise(d, &l, goes)
		w.out.Lines = append(w.out.Lines, l)
	}
	w.out.Coverage = w.coverage(goes)
}

func (w *sweep) whySent(d *draft, l Line) string {
	f, c := &w.fleet[d.unit], d.call
	why := "priority " + strconv.Itoa(int(c.i.Priority()))
	switch {
	case c.class < 10:
		why += ", life-safety"
	case c.i.LifeSafety:
		why += ", not triaged: counts as life-safety"
	}
	if c.late > 0 {
		why += ", late (waits " + minutes(w.s.Now.Since(c.i.OpenedAt)) + ")"
	}
	switch {
	case l.After != "":
		why += ", loses its unit to call " + w.number(l.After)
	case c.lead.Outcome.Kind == dispatch.OutcomeHeld:
		why += ", held so far"
	case c.lead.Outcome.Kind == dispatch.OutcomeStaged:
		why += ", staged so far: decide on the way in first"
	case c.lead.Outcome.Kind == dispatch.OutcomeAppointed:
		why += ", its appointment has come"
	}
	unit := string(f.unit.ID)
	switch {
	case !d.first:
		why += "; " + unit + " completes the plan: has " + d.fills
	case d.fills != "":
		why += "; " + unit + " has " + d.fills
	}
	switch f.means {
	case Soon:
		why += "; " + unit + " is expected to be free " + expected(f.wait)
	case Preempt:
		why += "; " + unit + " is taken off call " + strconv.FormatUint(f.from.Number, 10) + " (priority " + strconv.Itoa(int(f.from.Priority())) + ")"
	}
	if !l.Known {
		return why + "; its position is unknown"
	}
	return why + "; least time for all together"
}

// otherwise finds the best unit that nobody proposes, and says where a better one
// goes.
func (w *sweep) otherwise(d *draft, l *Line, goes []*open) {
	f := &w.fleet[d.unit]
	own := w.cost(d.want, d.unit)
	best, bestCost := -1, dispatch.Millis(0)
	better, betterCost := -1, own
	for n, c := range d.columns {
		if d.cells[n] >= impossible || c == d.unit {
			continue
		}
		ms := dispatch.Millis(d.cells[n] >> d.shift)
		switch {
		case goes[c] == nil && w.equals(d.call, f, &w.fleet[c]):
			if best < 0 || ms < bestCost {
				best, bestCost = c, ms
			}
		case goes[c] != nil && goes[c] != d.call && ms < betterCost:
			better, betterCost = c, ms
		}
	}
	if better >= 0 {
		l.Why += "; " + string(w.fleet[better].unit.ID) + " would be there " + minutes(own-betterCost) + " sooner but goes to call " + strconv.FormatUint(goes[better].i.Number, 10)
	}
	if best < 0 {
		l.Otherwise = "nobody else fits"
		return
	}
	other := &w.fleet[best]
	s := &Substitute{Unit: other.unit.ID, Means: other.means}
	way := w.way(d.call, best)
	if s.Known = l.Known && way != noTravel; s.Known {
		s.Later = way + other.wait - l.Travel - l.Wait
	}
	l.Substitute, l.Otherwise = s, string(other.unit.ID)+how(other)
	switch {
	case !s.Known:
		l.Otherwise += ", time unknown"
	case s.Later >= 0:
		l.Otherwise += ", " + minutes(s.Later) + " later"
	default:
		l.Otherwise += ", " + minutes(-s.Later) + " sooner" + price(other)
	}
}

// equals reports whether b may go in the place of a under the reserves: both
// count alike.
func (w *sweep) equals(c *open, a, b *able) bool {
	return !slices.ContainsFunc(c.cutoffs, func(cut cutoff) bool {
		return b.means == Free && cut.counts(b.unit) && !(a.means == Free && cut.counts(a.unit))
	})
}

func how(f *able) string {
	switch f.means {
	case Soon:
		return " when it is free (" + expected(f.wait) + ")"
	case Preempt:
		return " off call " + strconv.FormatUint(f.from.Number, 10)
	}
	return ""
}

func expected(wait dispatch.Millis) string {
	if wait < dispatch.Minute {
		return "any minute"
	}
	return within(wait)
}

func price(f *able) string {
	switch {
	case f.means == Preempt:
		return ", not worth taking it off"
	case f.means == Soon:
		return ", not worth counting on it"
	case f.last:
		return ", and the last free one of its beat"
	}
	return ""
}

// coverage counts what is left when all lines are accepted.
func (w *sweep) coverage(goes []*open) []Coverage {
	left := make([]Coverage, len(w.s.Config.Services))
	for n, of := range w.s.Config.Services {
		left[n] = Coverage{Service: of, Free: w.s.FreeUnits(of)}
	}
	type home struct {
		of   int
		beat string
	}
	stays := map[home]bool{}
	for n := range w.fleet {
		if f := &w.fleet[n]; f.means == Free && goes[n] == nil {
			stays[home{f.of, f.unit.Beat}] = true
		}
	}
	for n := range w.fleet {
		f := &w.fleet[n]
		if f.means != Free || goes[n] == nil {
			continue
		}
		c := &left[f.of]
		c.Free--
		c.Sent++
		if f.unit.Beat != "" && !stays[home{f.of, f.unit.Beat}] && !slices.Contains(c.Bare, f.unit.Beat) {
			c.Bare = append(c.Bare, f.unit.Beat)
		}
	}
	return left
}

// whyNot says what keeps a want unmet. gates is what is left now.
func (w *sweep) whyNot(t want, gates []gate) string {
	var kept *dispatch.Posture
	taken := false
	for n := range w.fleet {
		f := &w.fleet[n]
		switch {
		case w.cost(t, n) == cannotFit:
		case !f.taken && gates[f.of].by != nil:
			kept = gates[f.of].by
		default:
			taken = true
		}
	}
	switch {
	case kept != nil:
		return "the units left are kept in reserve by posture " + string(kept.ID) + " (" + kept.Title + ")"
	case taken:
		return "more urgent or nearer calls take the units that fit"
	}
	c := t.call
	if of := slices.Index(w.s.Config.Services, c.i.Service); of >= 0 && c.barred[of] {
		return w.s.EntryRefused(c.i.Service, c.i).Text
	}
	what := "unit that is free has " + t.need.What()
	switch {
	case t.need.Count > 0:
	case len(c.lacks) > 0:
		what = "unit that is free has " + c.lacks[0].What()
	default:
		what = "unit of " + string(c.i.Service) + " is free"
	}
	if len(c.behind) > 0 {
		return "no " + what + "; it waits behind " + string(c.behind[0])
	}
	return "no " + what
}

func (w *sweep) number(id dispatch.IncidentID) string {
	return strconv.FormatUint(w.s.Incidents[id].Number, 10)
}
