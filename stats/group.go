package stats

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/everycall/everycall/triage"
)

// grouping says which group each row of a cohort is in.
type grouping struct {
	by     string
	of     []int32    // by row
	labels [][]string // by group, sorted
	a, b   []int      // by group: its value in each of two dimensions; b is nil for one
}

// notStated is the label of what nobody said.
const notStated = "not_stated"

// everything is the grouping with one group.
func (c *cohort) everything() grouping {
	return grouping{by: "all", of: make([]int32, len(c.by)), labels: [][]string{{}}, a: []int{0}}
}

// group makes a grouping; an error when it has too many groups.
func (c *cohort) group(by string) (grouping, error) {
	dims := strings.Split(by, "*")
	first := c.dimension(dims[0])
	second := &column{value: make([]int32, len(c.by)), labels: []string{""}}
	if len(dims) == 2 {
		second = c.dimension(dims[1])
	}
	g := grouping{by: by, of: make([]int32, len(c.by))}
	number := map[[2]int32]int32{}
	var pairs [][2]int32
	for n := range c.by {
		pair := [2]int32{first.value[n], second.value[n]}
		k, known := number[pair]
		if !known {
			if k = int32(len(pairs)); k == MaxGroups {
				return g, fmt.Errorf("grouping %q has more than MaxGroups (%d) groups", by, MaxGroups)
			}
			number[pair] = k
			pairs = append(pairs, pair)
		}
		g.of[n] = k
	}
	sorted := slices.Clone(pairs)
	slices.SortFunc(sorted, func(p, q [2]int32) int {
		return cmp.Or(cmp.Compare(first.labels[p[0]], first.labels[q[0]]), cmp.Compare(second.labels[p[1]], second.labels[q[1]]))
	})
	place := make([]int32, len(pairs))
	for k, pair := range sorted {
		place[number[pair]] = int32(k)
		label := []string{first.labels[pair[0]]}
		g.a = append(g.a, int(pair[0]))
		if len(dims) == 2 {
			label = append(label, second.labels[pair[1]])
			g.b = append(g.b, int(pair[1]))
		}
		g.labels = append(g.labels, label)
	}
	for n := range g.of {
		g.of[n] = place[g.of[n]]
	}
	return g, nil
}

// column is one dimension: a small number for each row, and its label.
type column struct {
	value  []int32
	labels []string
}

// dimension computes a dimension of every row.
func (c *cohort) dimension(name string) *column {
	switch name {
	case ByPriorityInitial:
		return c.priorities(notStated, func(s *subject) triage.Priority { return s.initial() })
	case ByPriorityAtDispatch:
		return c.priorities("never", func(s *subject) triage.Priority { return s.call.atDispatch })
	case ByPriorityHighest:
		return c.priorities(notStated, func(s *subject) triage.Priority { return s.call.highest })
	case ByPriorityFinal:
		return c.priorities(notStated, func(s *subject) triage.Priority { return s.call.final })
	case ByArea:
		return c.areas()
	case ByBeat:
		return c.words((*subject).beat)
	case ByLanguage:
		return c.words((*subject).language)
	case ByService:
		return c.words(func(s *subject) sym { return s.call.service })
	case ByType:
		return c.words((*subject).kind)
	case ByZone:
		return c.words(func(s *subject) sym { return s.call.zone })
	case ByChannel:
		return c.words((*subject).channel)
	case ByPosture:
		return c.words(func(s *subject) sym { return s.call.posture })
	case ByLifeSafety:
		return c.flagged(flagLifeSafety)
	case ByRepeat:
		return c.flagged(flagRepeat)
	}
	return c.hours()
}

func (c *cohort) fill(value func(*subject) int32, labels []string) *column {
	out := &column{value: make([]int32, len(c.by)), labels: labels}
	for n := range c.by {
		out.value[n] = value(&c.by[n])
	}
	return out
}

func (c *cohort) priorities(zero string, of func(*subject) triage.Priority) *column {
	return c.fill(func(s *subject) int32 { return int32(min(of(s), triage.PriorityLowest)) }, []string{zero, "1", "2", "3", "4", "5"})
}

func (c *cohort) flagged(f flags) *column {
	return c.fill(func(s *subject) int32 {
		if s.flags()&f != 0 {
			return 1
		}
		return 0
	}, []string{"no", "yes"})
}

func (c *cohort) hours() *column {
	labels := make([]string, 24)
	for h := range labels {
		labels[h] = fmt.Sprintf("%02d", h)
	}
	return c.fill(func(s *subject) int32 { return int32(min(max(c.q.HourOf(s.received), 0), 23)) }, labels)
}

func (c *cohort) words(of func(*subject) sym) *column {
	labels := slices.Clone(c.l.names.all)
	labels[0] = notStated
	return c.fill(func(s *subject) int32 { return int32(of(s)) }, labels)
}

// areas are the neighbourhood groups, or the beats without any.
func (c *cohort) areas() *column {
	of, labels := c.l.areas(c.q)
	return c.fill(func(s *subject) int32 { return of[s.beat()] }, labels)
}

// areas gives every word the number of the area that it names as a beat, and the
// names of the areas.
func (l *Ledger) areas(q Query) (of []int32, labels []string) {
	of = make([]int32, len(l.names.all))
	if len(q.Neighbourhoods) == 0 {
		labels = slices.Clone(l.names.all)
		labels[0] = notStated
		for n := range of {
			of[n] = int32(n)
		}
		return of, labels
	}
	labels = []string{"other"}
	var groups []string
	for name := range q.Neighbourhoods { // sorted below
		groups = append(groups, name)
	}
	slices.Sort(groups)
	for _, name := range groups {
		number := int32(0)
		if name != labels[0] {
			number = int32(len(labels))
			labels = append(labels, name)
		}
		for _, beat := range q.Neighbourhoods[name] {
			if s, known := l.names.find(beat); known && s != 0 {
				of[s] = number
			}
		}
	}
	return of, labels
}

// split deals waits out to their groups, in the order in which they come. The
// buffer has room for all of them; the next split overwrites it.
func (g *grouping) split(all ranked, buffer []ending) [][]ending {
	size := make([]int, len(g.labels))
	for _, r := range all.row {
		size[g.of[r]]++
	}
	out := make([][]ending, len(g.labels))
	from := 0
	for k, n := range size {
		out[k] = buffer[from : from : from+n]
		from += n
	}
	for n, r := range all.row {
		k := g.of[r]
		out[k] = append(out[k], all.wait[n])
	}
	return out
}

// dimension returns the name of one dimension of a grouping by two.
func (g *grouping) dimension(n int) string { return strings.Split(g.by, "*")[n] }
