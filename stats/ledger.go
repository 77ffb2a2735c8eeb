package stats

import (
	"math"

	"github.com/everycall/everycall/dispatch"
	"github.com/everycall/everycall/triage"
)

// Missing is the time that was never recorded. It is no instant: zero is one.
const Missing dispatch.Instant = math.MinInt64

// Ledger is what the figures need to know of the events, in compact integer
// records, and indexes over what is still live. A record stays when its incident
// is archived; the indexes over it go.
type Ledger struct {
	seq       uint64
	oldest    dispatch.Instant // the first event's
	newest    dispatch.Instant
	events    uint64
	orphans   uint64
	misplaced uint64

	names    names
	calls    chunks[call]
	contacts chunks[contact]
	history  chunks[change]
	promises chunks[promise]
	postures []posture
	free     map[dispatch.Service]*steps
	services []dispatch.Service // those with a unit, in the order of joining

	live liveThings
}

// liveThings are the indexes over what events can still name.
type liveThings struct {
	calls    map[dispatch.IncidentID]*liveCall
	contacts map[dispatch.ContactID]*liveContact
	promises map[dispatch.PromiseID]int32
	postures map[dispatch.PostureID]int32
	units    map[dispatch.UnitID]*unit
}

// call is one incident. Times are Missing until they are recorded.
type call struct {
	received    dispatch.Instant // of the first of its contacts
	dispatched  dispatch.Instant // the first unit
	enroute     dispatch.Instant // the first unit
	arrived     dispatch.Instant // the first unit on scene
	attended    dispatch.Instant // a unit was transporting or at hospital: it had arrived by then
	sent        dispatch.Instant // when the unit that arrived first was dispatched
	underway    dispatch.Instant // when the unit that arrived first was en route
	closed      dispatch.Instant
	highestAt   dispatch.Instant // when it first had its highest priority
	committed   dispatch.Millis  // unit time of the assignments that ended
	head        int32            // its first change in Ledger.history plus one; 0: none
	number      uint32
	service     sym
	kind        sym // the call type
	beat        sym
	zone        sym
	language    sym
	channel     sym
	posture     sym // the last one that an outcome cited
	initial     triage.Priority
	atDispatch  triage.Priority // 0: never dispatched
	highest     triage.Priority
	final       triage.Priority
	opened      outcome // what it began with
	outcome     outcome
	before      outcome // the one before the current one
	source      source  // of the arrival time
	flags       flags
	units       uint16 // different units dispatched
	freeAtStart int16  // free units of its service when it opened; -1: not known
}

type flags uint8

const (
	flagLifeSafety flags = 1 << iota
	flagInvented
	flagJoined // it was joined into another: not a call any more
	flagRepeat
	flagReopened
)

// contact is one person or alarm reaching in.
type contact struct {
	received dispatch.Instant
	ended    dispatch.Instant // when its outcome became final
	arrived  dispatch.Instant // at an incident that it was on before it joined another
	call     int32            // in Ledger.calls
	kind     sym
	beat     sym
	language sym
	channel  sym
	repeat   uint16
	initial  triage.Priority
	outcome  outcome
	flags    flags
}

// change is one entry of a call's history, in the order of the events.
type change struct {
	at    dispatch.Instant
	next  int32 // the one after it plus one; 0: none
	what  changeKind
	value uint8 // an outcome, or a priority
}

type changeKind uint8

const (
	changedOutcome changeKind = iota
	changedPriority
)

// promise is what a caller was told and what became of it.
type promise struct {
	made, due, settled dispatch.Instant
	contact            int32
	state              promiseState
}

// liveCall is what the fold must know of an incident that is not archived.
type liveCall struct {
	record   int32
	tail     int32 // its last change plus one
	contacts []*liveContact
	units    []dispatch.UnitID // different ones
	first    *unit             // the one whose arrival is the call's
	firstJob uint32            // the assignment of it
}

type liveContact struct {
	id       dispatch.ContactID
	record   int32
	in       *liveCall
	promises []dispatch.PromiseID
}

// unit mirrors what the rules know of a unit, as far as it decides whether it is
// free and whose milestones it reports.
type unit struct {
	service    dispatch.Service
	status     dispatch.Status
	retired    bool
	free       bool
	job        uint32 // counts its assignments
	on         *liveCall
	assignedAt dispatch.Instant
	enroute    dispatch.Instant
	leftAt     dispatch.Instant // when its former assignment ended
}

// New returns the ledger before the first event.
func New() *Ledger {
	return &Ledger{
		oldest: Missing, newest: Missing, names: newNames(), free: map[dispatch.Service]*steps{},
		live: liveThings{
			calls: map[dispatch.IncidentID]*liveCall{}, contacts: map[dispatch.ContactID]*liveContact{},
			promises: map[dispatch.PromiseID]int32{}, postures: map[dispatch.PostureID]int32{}, units: map[dispatch.UnitID]*unit{},
		},
	}
}

// Seq returns the sequence of the newest event folded; 0 before the first.
func (l *Ledger) Seq() uint64 { return l.seq }

// Newest returns the instant as of which the ledger speaks; Missing before the
// first event.
func (l *Ledger) Newest() dispatch.Instant { return l.newest }

// Advance lets time pass without an event. An instant that is past is ignored.
func (l *Ledger) Advance(to dispatch.Instant) { l.newest = max(l.newest, to) }

// Add folds one event. Sequences start at 1 and grow; one that was folded already
// is ignored, so that a stream may be resumed with an overlap. An event about
// something that the ledger never saw begin, as after starting in the middle of a
// journal, is counted as an orphan and changes nothing else.
func (l *Ledger) Add(seq uint64, e dispatch.Stamped) {
	if seq <= l.seq {
		return
	}
	l.seq = seq
	l.events++
	if l.oldest == Missing {
		l.oldest = e.At
	}
	l.newest = max(l.newest, e.At)
	if !l.fold(e) {
		l.orphans++
	}
}

// fold answers false when the event names something unknown. Events that no
// figure rests on are passed over.
func (l *Ledger) fold(e dispatch.Stamped) bool {
	switch ev := e.Event.(type) {
	case *dispatch.ContactReceived:
		return l.contactReceived(ev, e.At)
	case *dispatch.ContactTriaged:
		return l.contactTriaged(ev)
	case *dispatch.ContactLocated:
		return l.contactLocated(ev)
	case *dispatch.ContactJoined:
		return l.contactJoined(ev, e.At)
	case *dispatch.OutcomeChanged:
		return l.outcomeChanged(ev, e.At)
	case *dispatch.IncidentOpened:
		return l.incidentOpened(ev, e.At)
	case *dispatch.IncidentRetyped:
		return l.incidentRetyped(ev)
	case *dispatch.IncidentMoved:
		return l.incidentMoved(ev)
	case *dispatch.IncidentReprioritised:
		return l.incidentReprioritised(ev, e.At)
	case *dispatch.IncidentClosed:
		return l.incidentClosed(ev, e.At)
	case *dispatch.IncidentReopened:
		return l.incidentReopened(ev)
	case *dispatch.IncidentArchived:
		return l.incidentArchived(ev)
	case *dispatch.ZoneDeclared:
		return l.zoneDeclared(ev)
	case *dispatch.UnitAdded:
		return l.unitAdded(ev, e.At)
	case *dispatch.UnitRetired:
		return l.unitRetired(ev, e.At)
	case *dispatch.UnitDispatched:
		return l.unitDispatched(ev, e.At)
	case *dispatch.UnitUnassigned:
		return l.unitUnassigned(ev, e.At)
	case *dispatch.UnitReassigned:
		return l.unitReassigned(ev, e.At)
	case *dispatch.UnitStatusChanged:
		return l.unitStatusChanged(ev, e.At)
	case *dispatch.PromiseMade:
		return l.promiseMade(ev, e.At)
	case *dispatch.PromiseSettled:
		return l.promiseSettled(ev, e.At)
	case *dispatch.PostureDeclared:
		return l.postureDeclared(ev)
	case *dispatch.PostureAmended:
		return l.postureAmended(ev)
	case *dispatch.PostureRenewed:
		return l.postureRenewed(ev, e.At)
	case *dispatch.PostureUnreviewed:
		return l.postureUnreviewed(ev, e.At)
	case *dispatch.PostureEnded:
		return l.postureEnded(ev, e.At)
	}
	return true
}
