package httpapi

import (
	"context"
	"slices"
	"sync"

	"github.com/everycall/everycall/dispatch"
	"github.com/everycall/everycall/engine"
	"github.com/everycall/everycall/geo"
)

// What is known of past calls by their place: the calls of the last PastSpan, folded from
// the journal, in memory only. Nothing of it is on disk, so that an erasure reaches it by
// making it anew; a person is no key of it.

const (
	PastSpan  = 90 * dispatch.Day
	PastMax   = 400_000                 // calls; the oldest go first
	pastReach = geo.Millimetres(60_000) // so near is the same place
	pastChunk = 2000                    // events read at a time
	pastSteps = 100                     // chunks that one question waits for; the next one goes on
	daysHere  = int(PastSpan / dispatch.Day)
)

// pastCall is one call, open or not.
type pastCall struct {
	id          dispatch.IncidentID
	number      uint64
	opened      dispatch.Instant
	closed      dispatch.Instant
	kind        string
	beat        string
	disposition string
	lead        dispatch.ContactID
	merged      bool // it is another call
	cases       []string
}

type pastPlace struct {
	text  string
	point *geo.Point
}

// past is what was folded so far.
type past struct {
	mu       sync.Mutex
	begun    bool
	seq      uint64
	erasures uint64
	calls    []*pastCall // by their number
	byID     map[dispatch.IncidentID]*pastCall
	places   map[dispatch.ContactID]pastPlace
}

// catchUp folds what was released since, as far as one question may take; whole says
// that nothing is missing.
func (p *past) catchUp(ctx context.Context, e *engine.Engine) (whole bool, err error) {
	if erased := e.Metrics.Erasures.Load(); !p.begun || erased != p.erasures {
		p.calls, p.byID, p.places = nil, map[dispatch.IncidentID]*pastCall{}, map[dispatch.ContactID]pastPlace{}
		if p.seq, err = firstAfter(ctx, e, e.Now().Add(-PastSpan)); err != nil {
			return false, err
		}
		p.begun, p.erasures = true, erased
	}
	for range pastSteps {
		events, err := e.ReadJournal(ctx, p.seq, pastChunk)
		if err != nil {
			return false, err
		}
		for _, r := range events {
			p.fold(r)
			p.seq = r.Seq
		}
		if len(events) < pastChunk {
			p.forget(e.Now().Add(-PastSpan))
			return true, nil
		}
	}
	return false, nil
}

// firstAfter finds the sequence number before the first event at or after a time.
func firstAfter(ctx context.Context, e *engine.Engine, when dispatch.Instant) (uint64, error) {
	low, high := uint64(0), e.Seq()
	for low < high {
		middle := low + (high-low)/2
		events, err := e.ReadJournal(ctx, middle, 1)
		if err != nil {
			return 0, err
		}
		if len(events) == 1 && events[0].At < when {
			low = middle + 1
		} else {
			high = middle
		}
	}
	return low, nil
}

func (p *past) fold(r engine.Recorded) {
	switch e := r.Event.(type) {
	case *dispatch.ContactReceived:
		p.places[e.ID] = pastPlace{e.Person.Place, e.Person.Point}
	case *dispatch.ContactLocated:
		p.places[e.Contact] = pastPlace{e.Place.Place, e.Place.Point}
	case *dispatch.IncidentOpened:
		c := &pastCall{id: e.ID, number: e.Number, opened: r.At, kind: e.Type, beat: e.Beat, lead: e.Contact}
		p.calls, p.byID[e.ID] = append(p.calls, c), c
	case *dispatch.IncidentRetyped:
		p.change(e.Incident, func(c *pastCall) { c.kind = e.Type })
	case *dispatch.IncidentMoved:
		p.change(e.Incident, func(c *pastCall) { c.beat = e.Beat })
	case *dispatch.IncidentClosed:
		p.change(e.Incident, func(c *pastCall) { c.closed, c.disposition = r.At, e.Disposition })
	case *dispatch.IncidentReopened:
		p.change(e.Incident, func(c *pastCall) { c.closed, c.disposition = 0, "" })
	case *dispatch.IncidentsMerged:
		p.change(e.From, func(c *pastCall) { c.merged = true })
	case *dispatch.CaseNumberGiven:
		p.change(e.Incident, func(c *pastCall) { c.cases = append(c.cases, e.Number) })
	}
}

func (p *past) change(id dispatch.IncidentID, to func(*pastCall)) {
	if c := p.byID[id]; c != nil {
		to(c)
	}
}

// forget drops the calls that are too old, or too many.
func (p *past) forget(before dispatch.Instant) {
	n := max(0, len(p.calls)-PastMax)
	for n < len(p.calls) && p.calls[n].opened < before {
		n++
	}
	for _, c := range p.calls[:n] {
		delete(p.byID, c.id)
		delete(p.places, c.lead)
	}
	p.calls = slices.Clip(p.calls[n:])
}

// same reports whether two places are one: by the point where both have one, else by the
// words.
func (p pastPlace) same(q pastPlace) bool {
	if p.point != nil && q.point != nil {
		return geo.Distance(*p.point, *q.point) <= pastReach
	}
	words := dispatch.SearchWords(p.text)
	return len(words) > 0 && slices.Equal(words, dispatch.SearchWords(q.text))
}
