package stats

import (
	"cmp"
	"slices"

	"github.com/everycall/everycall/dispatch"
	"github.com/everycall/everycall/triage"
)

// Backlog is how long too many calls of low priority were pending.
type Backlog struct {
	FromPriority int           `json:"from_priority"` // this one and those less urgent
	AtN          int           `json:"at_n"`
	ObservedH    float64       `json:"observed_h"`
	City         BacklogArea   `json:"city"`
	Areas        []BacklogArea `json:"areas"` // those with a call pending at any time
	Spells       []Spell       `json:"spells"`
	SpellsCut    bool          `json:"spells_cut,omitempty"` // more than MaxSpellsShown
}

// BacklogArea sums the spells of one area.
type BacklogArea struct {
	Area     string  `json:"area"`
	SpellsN  int     `json:"spells_n"`
	Hours    float64 `json:"hours_h"`
	LongestH float64 `json:"longest_h"`
	Share    float64 `json:"share_of_time"`
	MeanN    float64 `json:"mean_pending_n"`
	PeakN    *int    `json:"peak_pending_n"` // null when small
}

// Spell is one stretch of time with so many pending.
type Spell struct {
	Area    string  `json:"area"`
	FromMS  int64   `json:"from_ms"`
	ToMS    int64   `json:"to_ms"`
	Hours   float64 `json:"hours_h"`
	PeakN   int     `json:"peak_pending_n"`
	Ongoing bool    `json:"ongoing,omitempty"` // it had not ended with the period
}

// turn is a call that begins or ends to be pending.
type turn struct {
	at   dispatch.Instant
	area int32
	by   int32
}

// backlog finds the spells of the period, in each area and in the whole city.
func (l *Ledger) backlog(q Query) Backlog {
	out := Backlog{FromPriority: int(q.BacklogFrom), AtN: q.BacklogAt, City: BacklogArea{Area: "all"}, Areas: []BacklogArea{}, Spells: []Spell{}}
	from, to := l.observed(q)
	if to <= from {
		return out
	}
	out.ObservedH = hours(to.Since(from))
	of, labels := l.areas(q)
	turns := l.turns(q, of)
	slices.SortFunc(turns, func(a, b turn) int { return cmp.Compare(a.at, b.at) })
	byArea := make([][]turn, len(labels))
	for _, t := range turns {
		byArea[t.area] = append(byArea[t.area], t)
	}
	for n, its := range byArea {
		area := BacklogArea{Area: labels[n]}
		if spells, any := area.sum(its, q, from, to); any {
			out.Areas = append(out.Areas, area)
			out.Spells = append(out.Spells, spells...)
		}
	}
	slices.SortFunc(out.Areas, func(a, b BacklogArea) int { return cmp.Compare(a.Area, b.Area) })
	spells, _ := out.City.sum(turns, q, from, to)
	out.Spells = append(out.Spells, spells...)
	slices.SortFunc(out.Spells, func(a, b Spell) int { return cmp.Or(cmp.Compare(a.FromMS, b.FromMS), cmp.Compare(a.Area, b.Area)) })
	if len(out.Spells) > MaxSpellsShown {
		out.Spells, out.SpellsCut = out.Spells[:MaxSpellsShown:MaxSpellsShown], true
	}
	return out
}

// observed is the part of the period that has been recorded.
func (l *Ledger) observed(q Query) (from, to dispatch.Instant) {
	return max(q.From, l.oldest), l.end(q)
}

// turns lists when each call began and ended to be pending at a low priority.
func (l *Ledger) turns(q Query, area []int32) []turn {
	service, known := l.names.find(string(q.Service))
	if !known {
		return nil
	}
	turns := make([]turn, 0, l.calls.n)
	for n := range l.calls.n {
		r := l.calls.at(int32(n))
		if (q.Service != "" && r.service != service) || (q.To != 0 && r.received >= q.To) {
			continue
		}
		state, priority, was := r.opened, r.initial, false
		put := func(at dispatch.Instant) {
			is := state.pending() && priority >= q.BacklogFrom
			if is == was {
				return
			}
			by := int32(1)
			if was {
				by = -1
			}
			turns = append(turns, turn{at, area[r.beat], by})
			was = is
		}
		put(r.received)
		for h := r.head; h != 0; h = l.history.at(h - 1).next {
			ch := l.history.at(h - 1)
			if ch.what == changedOutcome {
				state = outcome(ch.value)
			} else {
				priority = triage.Priority(ch.value)
			}
			put(ch.at)
		}
	}
	return turns
}

// sum goes through the turns of an area in the order of time and sums its spells.
func (a *BacklogArea) sum(turns []turn, q Query, from, to dispatch.Instant) (spells []Spell, any bool) {
	pending, peak, spellPeak := 0, 0, 0
	began := Missing
	last, weighted, total, longest := from, 0.0, dispatch.Millis(0), dispatch.Millis(0)
	end := func(at dispatch.Instant, ongoing bool) {
		d := at.Since(began)
		total += d
		longest = max(longest, d)
		a.SpellsN++
		spells = append(spells, Spell{a.Area, int64(began), int64(at), hours(d), spellPeak, ongoing})
		began = Missing
	}
	for n := 0; n < len(turns) && turns[n].at < to; {
		at := turns[n].at
		if at > last {
			weighted += float64(pending) * float64(at.Since(last))
			last = at
		}
		if pending > 0 && at > from {
			any, peak = true, max(peak, pending)
		}
		for n < len(turns) && turns[n].at == at {
			pending += int(turns[n].by)
			n++
		}
		switch {
		case pending >= q.BacklogAt && began == Missing:
			began, spellPeak = max(at, from), pending
		case pending >= q.BacklogAt:
			spellPeak = max(spellPeak, pending)
		case began != Missing && at > from:
			end(at, false)
		case began != Missing:
			began = Missing // it was over before the period
		}
	}
	weighted += float64(pending) * float64(to.Since(last))
	if pending > 0 {
		any, peak = true, max(peak, pending)
	}
	if began != Missing {
		end(to, true)
	}
	a.Hours, a.LongestH = hours(total), hours(longest)
	a.Share = share(float64(total) / float64(to.Since(from)))
	a.MeanN = rounded(weighted/float64(to.Since(from)), 3)
	if peak == 0 || peak >= q.WithholdBelow {
		a.PeakN = &peak
	}
	return spells, any
}
