package stats

import (
	"math"
	"slices"
	"strings"

	"github.com/everycall/everycall/dispatch"
	"github.com/everycall/everycall/triage"
)

// figures makes the figures of each group of each sheet. One column at a time is
// sorted, once for all sheets.
func (c *cohort) figures(sheets []sheet, m masks) [][]Group {
	z := Z(c.q.Confidence)
	out := make([][]Group, len(sheets))
	for n := range sheets {
		out[n] = c.counted(&sheets[n], n, m, z)
	}
	c.each(sheets, out, c.rank(c.wait), func(n, g int, f *Figures, waits []ending) {
		f.Outcomes = c.outcomes(waits, &sheets[n].groups[g], m.outcome[n][g*int(causes):(g+1)*int(causes)], z)
	})
	c.each(sheets, out, c.rank(c.ratios()), func(n, g int, f *Figures, waits []ending) {
		f.Unserved = unservedOf(waits, &sheets[n].groups[g], m.served[n][g], m.unserved[n][g], z)
	})
	for k := range intervals {
		c.each(sheets, out, c.rank(c.interval[k]), func(n, g int, f *Figures, waits []ending) {
			f.Intervals = append(f.Intervals, c.measured(k, waits, f.N, m.interval[n][g*intervals+k], z))
		})
	}
	return out
}

// each deals sorted waits out to the groups that are shown.
func (c *cohort) each(sheets []sheet, groups [][]Group, all ranked, do func(sheet, group int, f *Figures, waits []ending)) {
	buffer := make([]ending, len(all.row))
	for n := range sheets {
		for g, waits := range sheets[n].split(all, buffer) {
			if f := groups[n][g].Figures; f != nil {
				do(n, g, f, waits)
			}
		}
	}
}

// counted makes the groups of a sheet with the figures that are counts.
func (c *cohort) counted(s *sheet, number int, m masks, z float64) []Group {
	out := make([]Group, len(s.labels))
	for g := range s.labels {
		out[g].Key = s.labels[g]
		if out[g].Withheld = m.group[number][g]; out[g].Withheld {
			continue
		}
		t := &s.groups[g]
		f := &Figures{N: t.n[0], Units: Units{CommittedH: hours(s.committed[g])}}
		if f.N > 0 {
			f.Units.PerCall = rounded(float64(s.units[g])/float64(f.N), 3)
		}
		f.FoundFree = shareOf(t.found[0], t.found[0]+t.found[1], t.found[2], m.found[number][g], z)
		f.Promises = promisesOf(s, g, m.promises[number][g], z)
		out[g].Figures = f
	}
	return out
}

// outcomes estimates the incidences of a group from its sorted waits.
func (c *cohort) outcomes(waits []ending, t *tally, hidden []bool, z float64) Outcomes {
	const several = int(causes) - 1
	a := newAalen(several)
	type at struct {
		waiting            float64
		estimate, variance [several]float64
	}
	var points []at
	take := func() {
		p := at{waiting: a.waiting}
		for k := range several {
			p.estimate[k], p.variance[k] = a.cause[k].estimate, a.variance(k)
		}
		points = append(points, p)
	}
	var reached []ReachedBy
	grid := c.q.CurveAt
	a.run(len(waits), func(n int) (dispatch.Millis, int) { return waits[n].wait(), int(waits[n].cause()) },
		func(now dispatch.Millis) {
			for len(points) < len(grid) && grid[len(points)] < now {
				take()
			}
		},
		func(now dispatch.Millis) {
			for len(reached) < len(c.q.Percentiles) && a.cause[causeArrived-1].estimate >= c.q.Percentiles[len(reached)]/100-1e-12 {
				reached = append(reached, ReachedBy{c.q.Percentiles[len(reached)], pointer(seconds(now))})
			}
		})
	for len(points) < len(grid) && len(waits) > 0 && (grid[len(points)] <= a.last || a.waiting <= 0) {
		take()
	}
	for _, p := range c.q.Percentiles[len(reached):] {
		reached = append(reached, ReachedBy{Percent: p})
	}
	out := Outcomes{AtS: []float64{}, ReachedBy: reached}
	for n := range points {
		out.AtS = append(out.AtS, seconds(grid[n]))
	}
	if hidden[causeArrived] {
		out.ReachedBy = []ReachedBy{}
	}
	if !slices.Contains(hidden, true) {
		for _, p := range points {
			out.Waiting = append(out.Waiting, share(p.waiting))
		}
	}
	if !hidden[causeOpen] {
		out.CensoredN = pointer(t.outcome[causeOpen])
	}
	for k := causeArrived; k < causes; k++ {
		o := Outcome{Name: causeNames[k], Withheld: hidden[k]}
		if !o.Withheld {
			o.N = pointer(t.outcome[k])
			for _, p := range points {
				o.add(p.estimate[k-1], p.variance[k-1], z)
			}
		}
		out.Outcomes = append(out.Outcomes, o)
	}
	return out
}

func (o *Outcome) add(estimate, variance, z float64) {
	o.Estimate = append(o.Estimate, share(estimate))
	o.SE = append(o.SE, share(math.Sqrt(variance)))
	var low, high *float64
	if l, h, ok := LogLog(estimate, variance, z); ok {
		low, high = pointer(share(l)), pointer(share(h))
	}
	o.Low, o.High = append(o.Low, low), append(o.High, high)
}

// unservedOf estimates who was not reached within the limit, from the sorted ratios
// of the waits to their limits.
func unservedOf(ratios []ending, t *tally, hidden, kindsHidden bool, z float64) Unserved {
	if hidden {
		return Unserved{Withheld: true}
	}
	out := Unserved{RequiredN: pointer(len(ratios)), ServedN: pointer(t.served[served]), UnservedN: pointer(t.served[unserved]), UnknownN: pointer(t.served[servedUnknown])}
	if !kindsHidden {
		for k, n := range t.unserved {
			name := causeNames[k]
			if k == unservedLate {
				name = "arrived_late"
			}
			out.By = append(out.By, UnservedBy{name, n})
		}
	}
	if len(ratios) == 0 {
		return out
	}
	a := newAalen(2)
	estimate, variance, past := 0.0, 0.0, false
	take := func(now dispatch.Millis) {
		if !past && now > ratioScale {
			past, estimate, variance = true, a.cause[0].estimate, a.variance(0)
		}
	}
	a.run(len(ratios), func(n int) (dispatch.Millis, int) {
		return ratios[n].wait(), min(int(ratios[n].cause()), 2)
	}, take, nil)
	if a.last < ratioScale && a.waiting > 0 { // nobody was followed to the limit
		return out
	}
	take(ratioScale + 1)
	out.Share = pointer(share(1 - estimate))
	if low, high, ok := LogLog(estimate, variance, z); ok {
		out.Low, out.High = pointer(share(1-high)), pointer(share(1-low))
	}
	return out
}

// measured makes one interval's figures from those that are known, sorted.
func (c *cohort) measured(k int, known []ending, of int, hidden bool, z float64) Interval {
	out := Interval{Name: intervalNames[k], Withheld: hidden}
	if hidden {
		return out
	}
	out.N, out.MissingN = pointer(len(known)), pointer(of-len(known))
	if len(known) == 0 {
		return out
	}
	waits := make([]dispatch.Millis, len(known))
	sum := dispatch.Millis(0)
	for n, e := range known {
		waits[n] = e.wait()
		sum += waits[n]
	}
	out.MeanS = mean(sum, len(waits))
	for _, p := range c.q.Percentiles {
		q, _ := QuantileOf(waits, p/100, c.q.Confidence)
		one := Percentile{Percent: p, AtS: seconds(q.Value)}
		if q.HasLow {
			one.LowS = pointer(seconds(q.Low))
		}
		if q.HasHigh {
			one.HighS = pointer(seconds(q.High))
		}
		out.Percentiles = append(out.Percentiles, one)
	}
	for _, t := range c.q.Targets {
		if t.Interval != out.Name {
			continue
		}
		within, _ := slices.BinarySearch(waits, t.Within+1)
		low, high := Wilson(within, len(waits), z)
		out.Targets = append(out.Targets, Within{Standard: t.Standard, LimitS: seconds(t.Within), TargetPercent: t.Percent,
			Share: share(float64(within) / float64(len(waits))), Low: share(low), High: share(high), ShareOfAll: share(float64(within) / float64(of))})
	}
	return out
}

// mean is in seconds; null of nothing.
func mean(sum dispatch.Millis, of int) *float64 {
	if of == 0 {
		return nil
	}
	return pointer(rounded(seconds(sum)/float64(of), 3))
}

func shareOf(with, of, missing int, hidden bool, z float64) Share {
	if hidden {
		return Share{Withheld: true}
	}
	out := Share{N: pointer(of), MissingN: pointer(missing)}
	if of > 0 {
		low, high := Wilson(with, of, z)
		out.Share, out.Low, out.High = pointer(share(float64(with)/float64(of))), pointer(share(low)), pointer(share(high))
	}
	return out
}

func promisesOf(sheet *sheet, group int, hidden bool, z float64) Promises {
	if hidden {
		return Promises{Withheld: true}
	}
	n := &sheet.groups[group].promises
	made := 0
	for _, k := range n {
		made += k
	}
	out := Promises{MadeN: &made, KeptN: pointer(n[promiseKept]), BrokenN: pointer(n[promiseBroken]), UpdatedN: pointer(n[promiseUpdated]),
		NotToldN: pointer(n[promiseNotTold]), OpenN: pointer(n[promiseOpen] + n[promisePastDue]), PastDueN: pointer(n[promisePastDue])}
	if settled := n[promiseKept] + n[promiseBroken]; settled > 0 {
		s := shareOf(n[promiseKept], settled, 0, false, z)
		out.KeptShare, out.Low, out.High = s.Share, s.Low, s.High
	}
	out.GivenMeanS = mean(sheet.given[group], made)
	out.KeptAfterMeanS = mean(sheet.keptAfter[group], n[promiseKept])
	return out
}

// summary counts how the cohort came about.
func (c *cohort) summary(sheets []sheet, m masks) Cohort {
	var open, reopened, repeat, lifeSafety, invented, citing int
	sources := make([]int, len(sourceWords))
	for n := range c.by {
		s := &c.by[n]
		f := s.flags()
		count(&open, s.call.closed == Missing)
		count(&reopened, f&flagReopened != 0)
		count(&repeat, f&flagRepeat != 0)
		count(&lifeSafety, f&flagLifeSafety != 0)
		count(&invented, f&flagInvented != 0)
		count(&citing, s.call.posture != 0)
		if s.call.arrived != Missing {
			sources[s.call.source]++
		}
	}
	out := Cohort{N: c.shown(len(c.by)), JoinedN: c.shown(c.joined), OnViewN: c.shown(c.onView), ReopenedN: c.shown(reopened), InventedN: c.shown(invented),
		BeforeClockN: c.beforeClock, ArrivalInferredN: c.arrivalInferred, ArrivalSources: []SourceN{}, Priorities: []Priority{}}
	if !slices.Contains(m.outcome[0], true) {
		out.OpenN = c.shown(open)
	}
	if told(sheets, m, ByRepeat) {
		out.RepeatN = c.shown(repeat)
	}
	if told(sheets, m, ByLifeSafety) {
		out.LifeSafetyN = c.shown(lifeSafety)
	}
	if told(sheets, m, ByPosture) {
		out.CitingPostureN = c.shown(citing)
	}
	if !m.interval[0][intervalNumber(IntervalResponse)] {
		out.ArrivalSources = bySource(sources, c.q.WithholdBelow)
	}
	if told(sheets, m, ByPriorityInitial) && told(sheets, m, ByPriorityFinal) && !m.group[0][0] {
		out.Priorities = c.priorityTable()
	}
	return out
}

// bySource counts the arrival times of each source; their sum is shown elsewhere.
func bySource(counts []int, atLeast int) (out []SourceN) {
	mask := make([]bool, len(counts))
	withhold(counts, []balance{{indexes(0, len(counts)), unstated}}, atLeast, mask)
	for n, word := range sourceWords {
		if word == "" {
			continue
		}
		one := SourceN{Source: string(word)}
		if !mask[n] {
			one.N = pointer(counts[n])
		}
		out = append(out, one)
	}
	return out
}

// told reports whether every group of the groupings by a dimension is shown: then
// a sum over it tells nothing new.
func told(sheets []sheet, m masks, dimension string) bool {
	for n := range sheets {
		if slices.Contains(strings.Split(sheets[n].by, "*"), dimension) && slices.Contains(m.group[n], true) {
			return false
		}
	}
	return true
}

// priorityTable counts the calls by their first and their last priority. Its
// margins may be shown elsewhere, so they count as shown.
func (c *cohort) priorityTable() []Priority {
	const side = int(triage.PriorityLowest) + 1
	cells := make([]int, side*side)
	for n := range c.by {
		s := &c.by[n]
		cells[int(min(s.initial(), triage.PriorityLowest))*side+int(min(s.call.final, triage.PriorityLowest))]++
	}
	var balances []balance
	for from := range side {
		column := make([]int, side)
		for to := range column {
			column[to] = to*side + from
		}
		balances = append(balances, balance{indexes(from*side, side), unstated}, balance{column, unstated})
	}
	mask := make([]bool, len(cells))
	withhold(cells, balances, c.q.WithholdBelow, mask)
	out := []Priority{}
	for n, k := range cells {
		if k == 0 && !mask[n] {
			continue
		}
		p := Priority{Initial: n / side, Final: n % side, Withheld: mask[n]}
		if !p.Withheld {
			p.N = pointer(k)
		}
		out = append(out, p)
	}
	return out
}

func count(n *int, is bool) {
	if is {
		*n++
	}
}

// shown is a count that stands alone; null when it is small.
func (c *cohort) shown(n int) *int {
	if n > 0 && n < c.q.WithholdBelow {
		return nil
	}
	return &n
}
