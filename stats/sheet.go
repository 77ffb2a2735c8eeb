package stats

import "github.com/everycall/everycall/dispatch"

// sheet is one grouping with what was counted in each of its groups. The first
// sheet of a report has one group: everything.
type sheet struct {
	grouping
	groups    []tally
	committed []dispatch.Millis
	units     []int
	given     []dispatch.Millis // to promises: from being told to due
	keptAfter []dispatch.Millis // of those kept: from being told to kept
}

// tally is how many calls of a group are what. Each of its arrays is a row of a
// table whose small cells are withheld.
type tally struct {
	n        [1]int
	outcome  [causes]int
	interval [intervals]int
	served   [servedStates]int
	unserved [unservedKinds]int
	found    [3]int // a unit was free, none was, not known
	promises [promiseColumns]int
}

// The states of a call's attendance.
const (
	served = iota
	unserved
	servedUnknown
	notRequired
	servedStates
)

// What became of the unserved: the causes, and an arrival that was too late.
const (
	unservedLate  = int(causeArrived)
	unservedKinds = int(causes)
)

// A promise that is open past its time has a column of its own.
const (
	promisePastDue = int(promiseStates)
	promiseColumns = int(promiseStates) + 1
)

// ratioScale is how finely wait over limit is measured: a millionth of the limit.
const ratioScale = 1_000_000

// count fills the sheets.
func (c *cohort) count(sheets []sheet) {
	for n := range sheets {
		s := &sheets[n]
		s.groups = make([]tally, len(s.labels))
		s.committed, s.units = make([]dispatch.Millis, len(s.labels)), make([]int, len(s.labels))
		s.given, s.keptAfter = make([]dispatch.Millis, len(s.labels)), make([]dispatch.Millis, len(s.labels))
	}
	for n := range c.by {
		state, kind := c.service(n)
		found := c.found(n)
		for m := range sheets {
			g := sheets[m].of[n]
			t := &sheets[m].groups[g]
			t.n[0]++
			t.outcome[c.cause[n]]++
			t.served[state]++
			t.found[found]++
			if state == unserved {
				t.unserved[kind]++
			}
			for k := range c.interval {
				if c.interval[k][n] != unknownWait {
					t.interval[k]++
				}
			}
			sheets[m].committed[g] += c.by[n].call.committed
			sheets[m].units[g] += int(c.by[n].call.units)
		}
	}
	c.countPromises(sheets)
}

// ratios are the waits as millionths of their limits, of the calls that required
// attendance.
func (c *cohort) ratios() []dispatch.Millis {
	out := make([]dispatch.Millis, len(c.by))
	for n, wait := range c.wait {
		switch limit := c.by[n].limit; {
		case limit == 0:
			out[n] = unknownWait
		case wait > limit: // never at the limit by rounding, nor so large that it overflows
			out[n] = max(min(wait, 1000*limit)*ratioScale/limit, ratioScale+1)
		default:
			out[n] = wait * ratioScale / limit
		}
	}
	return out
}

// service says whether a row was served within its limit, and what else became of it.
func (c *cohort) service(n int) (state, kind int) {
	limit := c.by[n].limit
	switch {
	case limit == 0:
		return notRequired, 0
	case c.cause[n] == causeArrived && c.wait[n] <= limit:
		return served, 0
	case c.cause[n] == causeArrived:
		return unserved, unservedLate
	case c.cause[n] == causeOpen && c.wait[n] < limit:
		return servedUnknown, 0
	}
	return unserved, int(c.cause[n])
}

// found says whether a unit was free when the call opened.
func (c *cohort) found(n int) int {
	switch free := c.by[n].call.freeAtStart; {
	case free < 0:
		return 2
	case free == 0:
		return 1
	}
	return 0
}

func (c *cohort) countPromises(sheets []sheet) {
	for n := range c.l.promises.n {
		p := c.l.promises.at(int32(n))
		row := p.contact
		if c.q.Count == CountCalls {
			row = c.l.contacts.at(p.contact).call
		}
		if row < 0 || c.row[row] < 0 {
			continue
		}
		at := int(p.state)
		if p.state == promiseOpen && p.due < c.now {
			at = promisePastDue
		}
		for m := range sheets {
			s, g := &sheets[m], sheets[m].of[c.row[row]]
			s.groups[g].promises[at]++
			s.given[g] += p.due.Since(p.made)
			if p.state == promiseKept {
				s.keptAfter[g] += p.settled.Since(p.made)
			}
		}
	}
}

// masks say which cells are withheld, by sheet and then by group.
type masks struct {
	group    [][]bool
	outcome  [][]bool // by group and cause
	interval [][]bool // by group and interval
	served   [][]bool // the whole figure
	unserved [][]bool
	found    [][]bool
	promises [][]bool
}

// hide decides what is withheld from a report.
func hide(sheets []sheet, atLeast int) masks {
	var m masks
	m.group = hidden(sheets, atLeast, 1, false, func(t *tally) []int { return t.n[:] }, nil)
	gone := func(s, cell, width int) bool { return m.group[s][cell/width] }
	m.outcome = hidden(sheets, atLeast, int(causes), true, func(t *tally) []int { return t.outcome[:] },
		func(s, cell int) bool { return gone(s, cell, int(causes)) })
	arrived := func(s, group int) bool { return m.outcome[s][group*int(causes)+int(causeArrived)] }
	m.interval = hidden(sheets, atLeast, intervals, false, func(t *tally) []int { return t.interval[:] }, func(s, cell int) bool {
		stopsOnScene := cell%intervals >= intervalNumber(IntervalTravel)
		return gone(s, cell, intervals) || (stopsOnScene && arrived(s, cell/intervals))
	})
	m.served = anyOf(servedStates, hidden(sheets, atLeast, servedStates, true, func(t *tally) []int { return t.served[:] },
		func(s, cell int) bool { return gone(s, cell, servedStates) || arrived(s, cell/servedStates) }))
	m.unserved = anyOf(unservedKinds, hidden(sheets, atLeast, unservedKinds, true, func(t *tally) []int { return t.unserved[:] },
		func(s, cell int) bool { return m.served[s][cell/unservedKinds] }))
	m.found = anyOf(3, hidden(sheets, atLeast, 3, true, func(t *tally) []int { return t.found[:] },
		func(s, cell int) bool { return gone(s, cell, 3) }))
	m.promises = anyOf(promiseColumns, hidden(sheets, atLeast, promiseColumns, true, func(t *tally) []int { return t.promises[:] },
		func(s, cell int) bool { return gone(s, cell, promiseColumns) }))
	return m
}

// anyOf says of each group whether one of its cells is withheld: the figure is
// then withheld as a whole.
func anyOf(width int, cells [][]bool) [][]bool {
	out := make([][]bool, len(cells))
	for s := range cells {
		out[s] = make([]bool, len(cells[s])/width)
		for cell, is := range cells[s] {
			out[s][cell/width] = out[s][cell/width] || is
		}
	}
	return out
}

// hidden marks the cells of one table with a row for each group of each sheet.
// The balances that a reader can make: each column of a sheet adds up to
// everything; in a grouping by two dimensions also to the groups of one of them;
// and, where the sum of a row is shown, each row does. marked says what is withheld
// already.
func hidden(sheets []sheet, atLeast, width int, rowsShown bool, row func(*tally) []int, marked func(s, cell int) bool) [][]bool {
	var counts []int
	from := make([]int, len(sheets)+1)
	for s := range sheets {
		for g := range sheets[s].groups {
			counts = append(counts, row(&sheets[s].groups[g])...)
		}
		from[s+1] = len(counts)
	}
	mask := make([]bool, len(counts))
	if marked != nil {
		for s := range sheets {
			for cell := range from[s+1] - from[s] {
				mask[from[s]+cell] = marked(s, cell)
			}
		}
	}
	var balances []balance
	for s := range sheets {
		for g := range sheets[s].groups {
			if cells := indexes(from[s]+g*width, width); rowsShown && !all(mask, cells) {
				balances = append(balances, balance{cells, unstated})
			}
		}
		if s == 0 {
			continue
		}
		for k := range width {
			column := func(groups []int) (cells []int) {
				for _, g := range groups {
					cells = append(cells, from[s]+g*width+k)
				}
				return cells
			}
			balances = append(balances, balance{column(indexes(0, len(sheets[s].groups))), from[0] + k})
			for _, margin := range margins(sheets, s) {
				total := unstated
				if margin.sheet > 0 {
					total = from[margin.sheet] + margin.group*width + k
				}
				balances = append(balances, balance{column(margin.groups), total})
			}
		}
	}
	withhold(counts, balances, atLeast, mask)
	out := make([][]bool, len(sheets))
	for s := range sheets {
		out[s] = mask[from[s]:from[s+1]]
	}
	return out
}

// margin is the groups of a two-dimensional sheet with one value in one dimension,
// and the group of another sheet that is their sum; sheet 0: none is.
type margin struct {
	groups       []int
	sheet, group int
}

func margins(sheets []sheet, s int) []margin {
	g := &sheets[s].grouping
	if g.b == nil {
		return nil
	}
	var out []margin
	for dim, value := range [][]int{g.a, g.b} {
		place := map[int]int{} // where the margin of a value is in out
		for n, v := range value {
			at, known := place[v]
			if !known {
				at = len(out)
				place[v] = at
				m := margin{}
				m.sheet, m.group = alone(sheets, g, n, dim)
				out = append(out, m)
			}
			out[at].groups = append(out[at].groups, n)
		}
	}
	return out
}

// alone finds the sheet of one dimension of a grouping, and the group in it.
func alone(sheets []sheet, g *grouping, group, dim int) (sheet, found int) {
	for s := 1; s < len(sheets); s++ {
		other := &sheets[s].grouping
		if other.b != nil || other.by != g.dimension(dim) {
			continue
		}
		for n, label := range other.labels {
			if label[0] == g.labels[group][dim] {
				return s, n
			}
		}
	}
	return 0, 0
}

// indexes returns n indexes from a first one on.
func indexes(first, n int) []int {
	out := make([]int, n)
	for k := range out {
		out[k] = first + k
	}
	return out
}

func all(mask []bool, cells []int) bool {
	for _, n := range cells {
		if !mask[n] {
			return false
		}
	}
	return true
}
