package stats

import (
	"iter"

	"github.com/everycall/everycall/dispatch"
	"github.com/everycall/everycall/triage"
)

// Call is what the ledger holds of one incident, for a reader. A time that was
// never recorded is Missing.
type Call struct {
	Number     uint32
	Service    dispatch.Service
	Type       string
	Beat       string
	Zone       dispatch.ZoneID
	Language   string // of the contact that opened it
	Channel    string
	Posture    dispatch.PostureID // the last one that an outcome cited
	Received   dispatch.Instant
	Dispatched dispatch.Instant // the first unit
	EnRoute    dispatch.Instant // the first unit
	OnScene    dispatch.Instant // the first unit
	Closed     dispatch.Instant
	Source     dispatch.Source // of OnScene
	Units      int             // different ones dispatched
	LifeSafety bool
	Invented   bool
	Repeat     bool
	Joined     bool // it is part of another call
	AtDispatch triage.Priority
	Highest    triage.Priority
	Outcomes   []CallOutcome  // in order; the last is the current one
	Priorities []CallPriority // in order; the first is the initial one, the last the final one
}

// CallOutcome is an outcome and since when the call had it.
type CallOutcome struct {
	Kind dispatch.OutcomeKind
	At   dispatch.Instant
}

// CallPriority is a priority, since when, and how long the call has had it: until
// the next one, until it closed, or until the ledger's newest instant.
type CallPriority struct {
	Priority triage.Priority
	At       dispatch.Instant
	For      dispatch.Millis
}

// Calls goes through every incident in the order of opening.
func (l *Ledger) Calls() iter.Seq[Call] {
	return func(yield func(Call) bool) {
		for n := range l.calls.n {
			if !yield(l.call(l.calls.at(int32(n)))) {
				return
			}
		}
	}
}

func (l *Ledger) call(r *call) Call {
	c := Call{Number: r.number, Service: dispatch.Service(l.names.word(r.service)), Type: l.names.word(r.kind), Beat: l.names.word(r.beat),
		Zone: dispatch.ZoneID(l.names.word(r.zone)), Language: l.names.word(r.language), Channel: l.names.word(r.channel),
		Posture: dispatch.PostureID(l.names.word(r.posture)), Received: r.received, Dispatched: r.dispatched, EnRoute: r.enroute,
		OnScene: r.arrived, Closed: r.closed, Source: sourceWords[r.source], Units: int(r.units), LifeSafety: r.flags&flagLifeSafety != 0,
		Invented: r.flags&flagInvented != 0, Repeat: r.flags&flagRepeat != 0, Joined: r.flags&flagJoined != 0, AtDispatch: r.atDispatch, Highest: r.highest,
		Outcomes:   []CallOutcome{{outcomeWords[r.opened], r.received}},
		Priorities: []CallPriority{{Priority: r.initial, At: r.received}}}
	for h := r.head; h != 0; h = l.history.at(h - 1).next {
		switch ch := l.history.at(h - 1); ch.what {
		case changedOutcome:
			c.Outcomes = append(c.Outcomes, CallOutcome{outcomeWords[ch.value], ch.at})
		case changedPriority:
			c.Priorities = append(c.Priorities, CallPriority{Priority: triage.Priority(ch.value), At: ch.at})
		}
	}
	end := r.closed
	if end == Missing {
		end = l.newest
	}
	for n := range c.Priorities {
		until := end
		if n+1 < len(c.Priorities) {
			until = c.Priorities[n+1].At
		}
		c.Priorities[n].For = max(until.Since(c.Priorities[n].At), 0)
	}
	return c
}
