package recommend

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/everycall/everycall/dispatch"
)

// CallAhead is how long before a promise is due the sweep asks for the call-back.
const CallAhead = 5 * dispatch.Minute

// CallNow is a caller to be called back.
type CallNow struct {
	Contact dispatch.ContactID
	Promise dispatch.PromiseID // empty: a hold is past due and nothing was promised
	Why     string
}

// promiseNow returns the newest promise to a caller and why it needs a call now:
// broken and followed by no other, or due within CallAhead. nil: it does not.
func promiseNow(s *dispatch.State, c *dispatch.Contact) (*dispatch.Promise, string) {
	if c == nil || len(c.Promises) == 0 || c.Outcome.Kind.Final() {
		return nil, ""
	}
	p := s.Promises[c.Promises[len(c.Promises)-1]]
	switch {
	case p == nil:
	case p.State == dispatch.PromiseBroken:
		return p, "a promise was broken " + minutes(s.Now.Since(p.Due)) + " ago and nothing was said since"
	case p.State == dispatch.PromiseOpen && p.Due.Since(s.Now) <= CallAhead:
		return p, "a promise is due " + within(p.Due.Since(s.Now))
	}
	return nil, ""
}

// callsNow lists whom to call back, the most urgent first: promises that are
// broken or soon due, and holds past their due time.
func (w *sweep) callsNow() []CallNow {
	type due struct {
		CallNow
		class  int
		at     dispatch.Instant
		number uint64
	}
	var found []due
	for _, c := range w.s.Contacts { // sorted below
		i := w.s.Incidents[c.Incident]
		if c.Outcome.Kind.Final() || i == nil {
			continue
		}
		d := due{CallNow: CallNow{Contact: c.ID}, number: c.Number}
		if p, why := promiseNow(w.s, c); p != nil {
			d.Promise, d.at, d.Why = p.ID, p.Due, why
		} else if c.Outcome.Kind == dispatch.OutcomeHeld && w.due(c) {
			d.at, d.Why = min(c.Outcome.Due, w.s.Now), "the hold is past its time"
		} else {
			continue
		}
		d.class = classOf(w.s, i)
		d.Why += unsafe(c)
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

// unsafe says what to mind before somebody rings.
func unsafe(c *dispatch.Contact) string {
	if c.Safe == dispatch.SafeNo {
		return "; the number is not safe: the supervisor decides"
	}
	return ""
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
