package recommend

import (
	"cmp"
	"slices"

	"github.com/everycall/everycall/dispatch"
	"github.com/everycall/everycall/triage"
)

// PairTravel estimates a unit's way to an incident; known is false where no
// position is.
type PairTravel func(dispatch.UnitID, dispatch.IncidentID) (ms dispatch.Millis, known bool)

// Availability estimates how long until a unit that is busy on scene, on the way
// to a hospital or at one is free: 0 when it has been there for longer than its
// kind usually is. known is false where nobody can tell.
type Availability func(dispatch.UnitID) (ms dispatch.Millis, known bool)

// Option widens a sweep beyond the units that are free now.
type Option func(*sweep)

// CountOn lets a sweep propose units that are free within SoonHorizon.
func CountOn(a Availability) Option { return func(w *sweep) { w.available = a } }

// Preempting lets a sweep propose to take a unit off a less urgent call.
func Preempting() Option { return func(w *sweep) { w.preempting = true } }

// Proposal is what Sweep answers.
type Proposal struct {
	Lines     []Line      // the most urgent class first; to be accepted in this order, any may be left out
	Short     []Short     // who is proposed fewer units than its type needs
	Waiting   []Waiting   // who stays, the most urgent first
	Displaced []Displaced // who loses the only unit if the lines are accepted
	CallNow   []CallNow   // who is to be called back, the most urgent first
	Coverage  []Coverage  // what is left, by service as configured
}

// Line proposes to send one unit to one incident.
type Line struct {
	Incident   dispatch.IncidentID
	Number     uint64 // the incident's
	Unit       dispatch.UnitID
	Means      Means
	From       dispatch.IncidentID // what the unit works on now, unless Free
	Wait       dispatch.Millis     // until the unit is free, Soon only
	Travel     dispatch.Millis     // from where it is now; meaningless unless Known
	Known      bool
	Need       string              // the capability that it counts for, or the service
	First      bool                // the first unit of its incident; the others complete its plan
	Behind     []dispatch.UnitID   // whose stacks the incident leaves
	After      dispatch.IncidentID // set where the incident waits only once the line that takes its unit for this one is accepted
	Why        string              // in plain words
	Otherwise  string              // the best alternative in plain words
	Hazards    []dispatch.HazardID // to be acknowledged by who accepts it
	Substitute *Substitute         // the same; nil: nobody else fits
}

// Substitute is the best unit that no line proposes and that could go instead.
type Substitute struct {
	Unit  dispatch.UnitID
	Means Means
	Later dispatch.Millis // how much later it helps; below 0: sooner, at another price
	Known bool            // Later means something
}

// Short is a need of an incident for which no unit is proposed, though others are
// proposed or there already.
type Short struct {
	Incident dispatch.IncidentID
	Need     triage.Need
	Why      string
}

// Waiting is an incident for which no unit is proposed.
type Waiting struct {
	Incident dispatch.IncidentID
	Why      string
	Waited   dispatch.Millis  // since it was opened
	Until    dispatch.Instant // when somebody is alarmed
}

// Displaced is an incident that waits again when its unit is taken for another.
type Displaced struct {
	Incident dispatch.IncidentID
	Contact  dispatch.ContactID // to be told
	Unit     dispatch.UnitID
	For      dispatch.IncidentID
	Why      string // what to tell, and what to mind
}

// Coverage is what is left of a service.
type Coverage struct {
	Service dispatch.Service
	Free    int
	Sent    int      // free ones that lines propose
	Bare    []string // beats whose last free unit a line proposes
}

// Sweep proposes the best use of the units across every incident that waits: what
// is waiting, staged or unanswered, an appointment whose time has come, a hold
// unless a posture in force still says so and it is not due, and what has units
// but not all that its type needs. Free units always count, others as the options
// say.
//
// The rule. Incidents are ranked into classes: life-safety by its priority, then
// all others by theirs. Within a class the first units come before those that
// complete a plan, and within these the later ones first, by whole steps of
// lateness. Each such rank is served as if those after it did not exist: as many
// incidents as possible, and among all ways to do that with the least cost in
// all, which is the time until the units are there and the prices in this
// package's constants. A fixed draw decides between equally good ways.
//
// It is exact for each rank (see assign) as long as the rank's incidents are
// bound by the same reserves. Where they are not, those under the tightest
// reserve are served first, and then a rank has at least half as many lines as it
// could have with reserves that count a whole service. Reserves that count several
// sets of beats together for one incident are taken as one, never too widely.
//
// A unit is taken off another call only before it has arrived there, only for
// life-safety or priority 1 whose type and place somebody has said, and only off
// what is less urgent and not life-safety. A call that loses its only unit
// competes again in its own rank.
//
// One more idle unit of those the room has never worsens the result: rank by rank
// no fewer lines, and no greater cost where there are equally many. Every line can
// be accepted in order (see Line.Commands), and so can what is left when some are
// not, except a line whose After line was not.
func Sweep(s *dispatch.State, travel PairTravel, options ...Option) Proposal {
	w := newSweep(s, travel, options...)
	for _, c := range w.calls() {
		w.byClass[c.class] = append(w.byClass[c.class], c)
	}
	for class := range classes {
		w.serve(w.firsts(class), true)
		w.serve(w.rests(class), false)
	}
	w.explain()
	w.out.CallNow = w.callsNow()
	slices.SortStableFunc(w.out.Waiting, func(a, b Waiting) int {
		i, k := s.Incidents[a.Incident], s.Incidents[b.Incident]
		return cmp.Or(cmp.Compare(classOf(s, i), classOf(s, k)), cmp.Compare(i.OpenedAt, k.OpenedAt), cmp.Compare(i.Number, k.Number))
	})
	return w.out
}

// classes is above the greatest of classOf.
const classes = 10 + 2*int(triage.PriorityLowest) + 2

// sweep is one Sweep under way.
type sweep struct {
	s          *dispatch.State
	travel     PairTravel
	available  Availability
	preempting bool
	reserving  []*dispatch.Posture
	overdue    map[dispatch.ContactID]bool
	roster     []*dispatch.Unit // on duty or not
	fleet      []able
	byClass    [classes][]*open
	scarce     map[string]int              // how many of the roster meet a need
	taken      map[dispatch.IncidentID]int // units taken off an incident so far
	drafts     []draft
	out        Proposal
}

// draft is a line with what is needed to explain it.
type draft struct {
	want
	unit    int // by place in the fleet
	first   bool
	fills   string // what it counts for; empty: the type asks for nothing in particular
	after   dispatch.IncidentID
	columns []int // the units that its group could choose from
	cells   []int64
	shift   int
}

func newSweep(s *dispatch.State, travel PairTravel, options ...Option) *sweep {
	w := &sweep{s: s, travel: travel, reserving: reserving(s), overdue: overdue(s), roster: unitsInOrder(s), scarce: map[string]int{}, taken: map[dispatch.IncidentID]int{}}
	for _, option := range options {
		option(w)
	}
	w.fleet = w.able()
	return w
}

// firsts are the first units that the incidents of a class want.
func (w *sweep) firsts(class int) []want {
	var wants []want
	for _, c := range w.byClass[class] {
		if !c.working {
			wants = append(wants, want{call: c})
		}
	}
	return wants
}

// rests are the units that complete the plans of those to whom somebody comes.
func (w *sweep) rests(class int) []want {
	var wants []want
	for _, c := range w.byClass[class] {
		if !c.working {
			continue
		}
		for _, n := range c.lacks {
			for range n.Count {
				one := n
				one.Count = 1
				wants = append(wants, want{call: c, need: one, place: c.place(n)})
			}
		}
	}
	return wants
}

// serve proposes for the ranks among wants: the later ones first, and in a rank
// those under the same reserves together, the tightest first.
func (w *sweep) serve(wants []want, first bool) {
	keys := make(map[*open]string, len(wants))
	for _, t := range wants {
		if keys[t.call] == "" {
			keys[t.call] = groupKey(t.call.cutoffs)
		}
	}
	slices.SortStableFunc(wants, func(a, b want) int {
		return cmp.Or(cmp.Compare(b.call.late, a.call.late), cmp.Compare(keys[a.call], keys[b.call]),
			cmp.Compare(a.call.i.OpenedAt, b.call.i.OpenedAt), cmp.Compare(a.call.i.Number, b.call.i.Number))
	})
	for len(wants) > 0 {
		n := 1
		for n < len(wants) && wants[n].call.late == wants[0].call.late && keys[wants[n].call] == keys[wants[0].call] {
			n++
		}
		w.match(wants[:n], first)
		wants = wants[n:]
	}
}

// match finds the best assignment for wants under the same reserves.
func (w *sweep) match(wants []want, first bool) {
	gates := w.gates(wants[0].call.cutoffs)
	var columns []int
	for n := range w.fleet {
		if !w.fleet[n].taken {
			columns = append(columns, n)
		}
	}
	rows := min(len(wants), MaxSweepCalls)
	m, shift := matrix{columns: len(columns)}, 0
	for _, t := range wants[:rows] {
		row, by := w.cells(t, columns, gates, rows)
		m.rows, shift = append(m.rows, row), by
	}
	m.kept = w.keep(gates, columns, rows)
	assigned := m.assign()
	var matched []draft
	var unmet []want
	for n, t := range wants {
		if n >= rows || assigned[n] < 0 {
			unmet = append(unmet, t)
			continue
		}
		matched = append(matched, draft{want: t, unit: columns[assigned[n]], first: first, after: w.afterOf(t.call), columns: columns, cells: m.rows[n], shift: shift})
	}
	if slices.ContainsFunc(gates, func(g gate) bool { return g.by != nil }) {
		slices.SortStableFunc(matched, func(a, b draft) int { return cmp.Compare(w.lessens(a, gates), w.lessens(b, gates)) })
	}
	for n := range matched {
		w.take(&matched[n])
	}
	w.drafts = append(w.drafts, matched...)
	if len(unmet) > 0 {
		gates = w.gates(wants[0].call.cutoffs) // as they are now
		for _, t := range unmet {
			w.unserved(t, w.whyNot(t, gates))
		}
	}
}

// lessens is how much a line lessens what its own reserves count: nothing, the
// whole service, or the beats too. Under a reserve the first go first, since each
// line needs more units free than are kept.
func (w *sweep) lessens(d draft, gates []gate) int {
	f := &w.fleet[d.unit]
	switch {
	case f.means != Free:
		return 0
	case gates[f.of].homed(f.unit):
		return 2
	}
	return 1
}

// take marks a unit as proposed, and lets the call that it is taken from compete
// again where nobody is left on it.
func (w *sweep) take(d *draft) {
	f, c := &w.fleet[d.unit], d.call
	f.taken, c.working = true, true
	if d.fills = what(d.want.need); d.first {
		c.lacks, d.fills = without(c.lacks, f.unit)
	}
	if f.means != Preempt {
		return
	}
	if w.taken[f.from.ID]++; w.taken[f.from.ID] < f.from.Active() {
		return
	}
	lead := w.s.Lead(f.from)
	w.out.Displaced = append(w.out.Displaced, Displaced{Incident: f.from.ID, Contact: lead.ID, Unit: f.unit.ID, For: c.i.ID,
		Why: string(f.unit.ID) + " is taken for a more urgent call: tell the caller that it takes longer" + unsafe(lead)})
	again := w.newOpen(f.from)
	again.working, again.lacks = false, w.lacking(f.from, again.needs, false)
	class := w.byClass[again.class]
	w.byClass[again.class] = append(slices.DeleteFunc(class, func(c *open) bool { return c.i == f.from }), again)
}

// afterOf names the call for which the only unit of this one is taken, if it is.
func (w *sweep) afterOf(c *open) dispatch.IncidentID {
	for _, d := range w.out.Displaced {
		if d.Incident == c.i.ID {
			return d.For
		}
	}
	return ""
}

// unserved notes a want that nobody meets.
func (w *sweep) unserved(t want, why string) {
	if t.need.Count == 0 {
		w.out.Waiting = append(w.out.Waiting, w.waiting(t.call.i, t.call.lead, why))
		return
	}
	if n := len(w.out.Short); n > 0 && w.out.Short[n-1].Incident == t.call.i.ID && w.out.Short[n-1].Need.What() == t.need.What() {
		w.out.Short[n-1].Need.Count++
		return
	}
	w.out.Short = append(w.out.Short, Short{Incident: t.call.i.ID, Need: t.need, Why: why})
}

func (w *sweep) waiting(i *dispatch.Incident, lead *dispatch.Contact, why string) Waiting {
	return Waiting{Incident: i.ID, Why: why, Waited: max(w.s.Now.Since(i.OpenedAt), 0), Until: lead.Outcome.Due}
}
