package recommend

import (
	"cmp"
	"math/bits"
	"slices"
	"strconv"

	"github.com/everycall/everycall/dispatch"
)

// CallAhead is how long before a promise is due the sweep asks for the call-back.
const CallAhead = 5 * dispatch.Minute

// TravelUnknown stands for the way of a unit whose position is unknown: longer
// than any in a city, so that it is sent only when nobody else can be, and never
// left out when it is the last one.
const TravelUnknown = 3 * dispatch.Hour

// PairTravel estimates a unit's way to an incident; known is false where no
// position is.
type PairTravel func(dispatch.UnitID, dispatch.IncidentID) (ms dispatch.Millis, known bool)

// Proposal is what Sweep answers.
type Proposal struct {
	Lines   []Line    // the most urgent first; each may be accepted in this order
	Waiting []Waiting // who stays, the most urgent first
	CallNow []CallNow // who is to be called back, the most urgent first
}

// Line proposes to send one unit to one incident.
type Line struct {
	Incident dispatch.IncidentID
	Unit     dispatch.UnitID
	Travel   dispatch.Millis // meaningless unless Known
	Known    bool
	Why      string
}

// Waiting is an incident for which no unit is proposed.
type Waiting struct {
	Incident dispatch.IncidentID
	Why      string
	Until    dispatch.Instant // when somebody is alarmed
}

// CallNow is a caller to be called back.
type CallNow struct {
	Contact dispatch.ContactID
	Promise dispatch.PromiseID // empty: a hold is past due and nothing was promised
	Why     string
}

// Sweep proposes the best use of all free units across every incident that
// waits, is held or is staged and has nobody on it: one unit each, the first that
// helps.
//
// Classes are served one after the other: by priority, and within a priority
// life-safety first, since no reserve binds it. Within a class as many incidents
// as possible get a unit, and among all ways to do that the proposal has the
// least total travel, exactly (see assign); where several are equally good for
// the class, a fixed draw takes one of them. A reserve of a posture that covers
// only some incidents is taken for those apart, the scarcest first. A unit whose
// service a zone's rule keeps out is not proposed there.
//
// One more idle unit never worsens the result: class by class no fewer incidents
// are served, and no longer total travel where equally many are. (With reserves
// that cover single beats or zones this holds within each such reserve only.)
func Sweep(s *dispatch.State, travel PairTravel) Proposal {
	w := sweep{s: s, travel: travel, sent: map[dispatch.Service]int{}, taken: map[dispatch.UnitID]bool{}}
	for _, u := range unitsInOrder(s) {
		if u.Free() {
			w.free = append(w.free, u)
		}
	}
	calls := w.calls()
	for from := 0; from < len(calls); {
		to := from + 1
		for to < len(calls) && calls[to].class() == calls[from].class() {
			to++
		}
		w.serve(calls[from:to])
		from = to
	}
	w.out.CallNow = callsNow(s)
	return w.out
}

// sweep is one Sweep under way.
type sweep struct {
	s      *dispatch.State
	travel PairTravel
	free   []*dispatch.Unit
	taken  map[dispatch.UnitID]bool
	sent   map[dispatch.Service]int // proposed so far
	out    Proposal
}

// open is one incident that wants a unit.
type open struct {
	i    *dispatch.Incident
	lead *dispatch.Contact
}

// class orders incidents: ten times the priority, one more unless life-safety.
func (c open) class() int {
	if c.i.LifeSafety {
		return 10 * int(c.i.Priority())
	}
	return 10*int(c.i.Priority()) + 1
}

// calls lists the incidents that want a unit, by class, then the longest open.
func (w *sweep) calls() []open {
	var found []open
	for _, i := range w.s.Incidents { // sorted below
		if !i.Open() || i.Active() > 0 {
			continue
		}
		lead := w.s.Lead(i)
		switch lead.Outcome.Kind {
		case dispatch.OutcomeWaiting, dispatch.OutcomeHeld, dispatch.OutcomeStaged, dispatch.OutcomeUnanswered:
			found = append(found, open{i, lead})
		}
	}
	slices.SortFunc(found, func(a, b open) int {
		return cmp.Or(cmp.Compare(a.class(), b.class()), cmp.Compare(a.i.OpenedAt, b.i.OpenedAt), cmp.Compare(a.i.Number, b.i.Number))
	})
	return found
}

// serve proposes for one class: the incidents under the same reserves together.
func (w *sweep) serve(class []open) {
	type group struct {
		calls []open
		spare map[dispatch.Service]int
		key   string
		least int
	}
	var groups []*group
	byKey := map[string]*group{}
	for _, c := range class {
		key, spare, least := "", map[dispatch.Service]int{}, 0
		for n, of := range w.s.Config.Services {
			left, by := w.s.SpareFor(of, c.i)
			spare[of] = left
			if by != nil {
				key += strconv.Itoa(n) + string(by.ID) + " "
			}
			if n == 0 || left < least {
				least = left
			}
		}
		g := byKey[key]
		if g == nil {
			g = &group{spare: spare, key: key, least: least}
			byKey[key] = g
			groups = append(groups, g)
		}
		g.calls = append(g.calls, c)
	}
	slices.SortStableFunc(groups, func(a, b *group) int {
		return cmp.Or(cmp.Compare(a.least, b.least), cmp.Compare(a.key, b.key))
	})
	waiting := len(w.out.Waiting)
	for _, g := range groups {
		w.match(g.calls, g.spare)
	}
	slices.SortStableFunc(w.out.Waiting[waiting:], func(a, b Waiting) int {
		return cmp.Compare(w.s.Incidents[a.Incident].Number, w.s.Incidents[b.Incident].Number)
	})
}

// match finds the best assignment for incidents under the same reserves.
func (w *sweep) match(calls []open, spare map[dispatch.Service]int) {
	var units []*dispatch.Unit
	left := map[dispatch.Service]int{}
	for _, u := range w.free {
		if !w.taken[u.ID] {
			units = append(units, u)
			left[u.Service]++
		}
	}
	m := matrix{columns: len(units)}
	for _, c := range calls {
		m.rows = append(m.rows, w.costs(c.i, units, min(len(calls), len(units))))
	}
	for _, of := range w.s.Config.Services { // what a reserve keeps is taken first, by nobody
		for keep := left[of] - max(spare[of]-w.sent[of], 0); keep > 0; keep-- {
			row := make([]int64, len(units))
			for n, u := range units {
				if u.Service != of {
					row[n] = impossible
				}
			}
			m.kept = append(m.kept, row)
		}
	}
	assigned := m.assign()
	for n, c := range calls {
		if assigned[n] < 0 {
			continue
		}
		u := units[assigned[n]]
		w.taken[u.ID] = true
		w.sent[u.Service]++
		ms, known := w.travel(u.ID, c.i.ID)
		w.out.Lines = append(w.out.Lines, Line{Incident: c.i.ID, Unit: u.ID, Travel: ms, Known: known, Why: w.whySent(c, u, known)})
	}
	for n, c := range calls {
		if assigned[n] < 0 {
			w.out.Waiting = append(w.out.Waiting, Waiting{Incident: c.i.ID, Why: w.whyWaiting(c, units, m.rows[n]), Until: c.lead.Outcome.Due})
		}
	}
}

// costs are the ways of the units to one incident: the travel time, and below it
// a fixed draw, so that no two plans are equally good and the answer is one. The
// draws of all lines together stay below one millisecond: travel comes first.
func (w *sweep) costs(i *dispatch.Incident, units []*dispatch.Unit, lines int) []int64 {
	needs := needsOf(w.s, i)
	barred := map[dispatch.Service]bool{}
	for _, of := range w.s.Config.Services {
		barred[of] = w.s.EntryRefused(of, i) != nil
	}
	shift := bits.Len(uint(lines))
	drawn := min(drawBits, costBits-2*shift)
	row := make([]int64, len(units))
	for n, u := range units {
		if _, right := brings(u, i, needs); !right || barred[u.Service] {
			row[n] = impossible
			continue
		}
		ms, known := w.travel(u.ID, i.ID)
		if !known {
			ms = TravelUnknown
		}
		ms = min(max(ms, 0), TravelUnknown)
		row[n] = int64(ms)<<(drawn+shift) | draw(u.ID, i.ID)>>(drawBits-drawn)
	}
	return row
}

// A cell has 24 bits of travel, a draw, and as many bits as the draws of all
// lines need to add up; all lines together stay below unserved, 59 bits. What is
// left for draw and sums is costBits.
const (
	drawBits = 20
	costBits = 59 - 24
)

// draw is FNV-1a over both names, folded to drawBits.
func draw(unit dispatch.UnitID, incident dispatch.IncidentID) int64 {
	h := uint64(14695981039346656037)
	for _, text := range [2]string{string(unit), string(incident)} {
		for n := range len(text) {
			h = (h ^ uint64(text[n])) * 1099511628211
		}
		h = (h ^ 0xff) * 1099511628211
	}
	h ^= h >> 40
	h ^= h >> 20
	return int64(h & (1<<drawBits - 1))
}

func (w *sweep) whySent(c open, u *dispatch.Unit, known bool) string {
	why := "priority " + strconv.Itoa(int(c.i.Priority()))
	if c.i.LifeSafety {
		why += ", life-safety"
	}
	switch c.lead.Outcome.Kind {
	case dispatch.OutcomeHeld:
		why += ", held so far"
	case dispatch.OutcomeStaged:
		why += ", staged so far: decide on the way in first"
	}
	if what, _ := brings(u, c.i, needsOf(w.s, c.i)); what != string(u.Service) {
		why += "; " + string(u.ID) + " has " + what
	}
	if !known {
		return why + "; its position is unknown"
	}
	return why + "; least travel for all together"
}

// whyWaiting says what keeps an incident without a unit. units and row are those
// that were free when its class was served.
func (w *sweep) whyWaiting(c open, units []*dispatch.Unit, row []int64) string {
	for n, u := range units {
		if row[n] >= impossible {
			continue
		}
		if spare, by := w.s.SpareFor(u.Service, c.i); by != nil && spare <= w.sent[u.Service] {
			return "the units left are kept in reserve by posture " + string(by.ID) + " (" + by.Title + ")"
		}
		return "more urgent or nearer calls take the units that fit"
	}
	if no := w.s.EntryRefused(c.i.Service, c.i); no != nil {
		return no.Text
	}
	if needs := needsOf(w.s, c.i); len(needs) > 0 {
		return "no unit that is free has " + needs[0].Capability
	}
	return "no unit of " + string(c.i.Service) + " is free"
}

// callsNow lists whom to call back: promises that are broken and followed by no
// other, or due within CallAhead, and holds past their due time.
func callsNow(s *dispatch.State) []CallNow {
	type due struct {
		CallNow
		class  int
		at     dispatch.Instant
		number uint64
	}
	var found []due
	for _, c := range s.Contacts { // sorted below
		i := s.Incidents[c.Incident]
		if c.Outcome.Kind.Final() || i == nil {
			continue
		}
		d := due{CallNow: CallNow{Contact: c.ID}, class: open{i: i}.class(), number: c.Number}
		if n := len(c.Promises); n > 0 {
			if p := s.Promises[c.Promises[n-1]]; p != nil {
				switch {
				case p.State == dispatch.PromiseBroken:
					d.Promise, d.at, d.Why = p.ID, p.Due, "a promise was broken "+minutes(s.Now.Since(p.Due))+" ago and nothing was said since"
				case p.State == dispatch.PromiseOpen && p.Due.Since(s.Now) <= CallAhead:
					d.Promise, d.at, d.Why = p.ID, p.Due, "a promise is due "+within(p.Due.Since(s.Now))
				}
			}
		}
		if d.Why == "" && c.Outcome.Kind == dispatch.OutcomeHeld && pastDue(s, c) {
			d.at, d.Why = min(c.Outcome.Due, s.Now), "the hold is past its time"
		}
		if d.Why == "" {
			continue
		}
		if c.Safe == dispatch.SafeNo {
			d.Why += "; the number is not safe: the supervisor decides"
		}
		found = append(found, d)
	}
	slices.SortFunc(found, func(a, b due) int {
		return cmp.Or(cmp.Compare(a.class, b.class), cmp.Compare(a.at, b.at), cmp.Compare(a.number, b.number))
	})
	calls := make([]CallNow, len(found))
	for n := range found {
		calls[n] = found[n].CallNow
	}
	return calls
}

// pastDue reports whether a contact's due time has come. An alarm moves the due
// time on, so one that stands counts too.
func pastDue(s *dispatch.State, c *dispatch.Contact) bool {
	if c.Outcome.Due <= s.Now {
		return true
	}
	for _, a := range s.Alarms { // any one will do
		if a.Cause == dispatch.CauseOverdue && a.Contact == c.ID {
			return true
		}
	}
	return false
}

func within(d dispatch.Millis) string {
	if d <= 0 {
		return "now"
	}
	return "in " + minutes(d)
}

func minutes(d dispatch.Millis) string {
	if d < dispatch.Minute {
		return "less than a minute"
	}
	return strconv.FormatInt(int64(d/dispatch.Minute), 10) + " min"
}
