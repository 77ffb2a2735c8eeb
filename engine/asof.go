package engine

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sort"
	"sync"

	"github.com/everycall/everycall/dispatch"
	"github.com/everycall/everycall/journal"
	"github.com/everycall/everycall/schema"
	"github.com/everycall/everycall/vault"
)

// Looking into the past is a replay, from the nearest snapshot before. It runs
// beside the writer, never in it, and a room under load must not be slowed by many
// people looking back.
const (
	PastAtOnce = 2 // replays at a time; one more is refused with ErrPastBusy
	PastKept   = 4 // states of past moments kept in memory
)

var (
	// ErrFuture: the moment has not come, or the event is not there yet.
	ErrFuture = errors.New("engine: that has not happened yet")
	// ErrPastBusy: as many replays into the past are under way as may be. Ask again.
	ErrPastBusy = errors.New("engine: too many people are looking into the past: ask again in a moment")
)

// past is what was looked at last.
type past struct {
	slots chan struct{} // holds one for every replay under way

	mu       sync.Mutex
	erasures uint64   // counted when what is kept was made
	kept     []moment // the one used last is the last
}

// moment is the state after an event.
type moment struct {
	seq   uint64
	state *dispatch.State
	until dispatch.Instant // when something in it is sealed or expires; 0: never
}

func newPast() past { return past{slots: make(chan struct{}, PastAtOnce)} }

// StateAt is the state as it was at an instant: after every event stamped at or
// before it, of which seq is the last. Before the first event that is an empty
// state and seq 0. An instant later than now is refused with ErrFuture; one a
// moment ago may still gain events that were under way. See StateAfter.
func (e *Engine) StateAt(ctx context.Context, when dispatch.Instant) (state *dispatch.State, seq uint64, err error) {
	now, err := e.newest(ctx)
	if err != nil {
		return nil, 0, err
	}
	if when > now {
		return nil, 0, fmt.Errorf("%w: asked for %d, it is %d", ErrFuture, when, now)
	}
	if seq, err = e.seqAt(ctx, when); err != nil {
		return nil, 0, err
	}
	state, err = e.stateAfter(ctx, seq, now)
	return state, seq, err
}

// StateAfter is the state as it was after an event; 0 is the empty state before
// the first. ErrFuture for an event that is not released, ErrPastBusy while
// PastAtOnce replays are under way; ctx breaks one off.
//
// Today's seals apply: what was erased since is empty, a claim whose time has come
// since is sealed, and a liaison whose consent has run out since is not there. The
// state is shared with whoever else asks for that moment: it must not be changed.
func (e *Engine) StateAfter(ctx context.Context, seq uint64) (*dispatch.State, error) {
	now, err := e.newest(ctx)
	if err != nil {
		return nil, err
	}
	return e.stateAfter(ctx, seq, now)
}

func (e *Engine) stateAfter(ctx context.Context, seq uint64, now dispatch.Instant) (*dispatch.State, error) {
	switch last := e.Seq(); {
	case seq == 0:
		return dispatch.NewState(), nil
	case seq > last:
		return nil, fmt.Errorf("%w: asked for event %d, the newest is %d", ErrFuture, seq, last)
	}
	if state := e.past.find(seq, e.seals.count.Load(), now); state != nil {
		return state, nil
	}
	select {
	case e.past.slots <- struct{}{}:
		defer func() { <-e.past.slots }()
	default:
		return nil, ErrPastBusy
	}
	for {
		erasures := e.seals.count.Load()
		state, err := e.refold(ctx, seq)
		if err != nil {
			return nil, fmt.Errorf("the state after event %d: %w", seq, err)
		}
		until := applySeals(state, now)
		if e.seals.count.Load() == erasures { // else it may hold what was erased meanwhile
			e.past.keep(moment{seq, state, until}, erasures)
			return state, nil
		}
	}
}

// refold makes the state after an event from the nearest snapshot and the journal.
func (e *Engine) refold(ctx context.Context, seq uint64) (state *dispatch.State, err error) {
	defer e.caught(&err)
	e.Metrics.PastReplays.Add(1)
	state, after := e.pastState(ctx, seq)
	last, err := e.replay(ctx, vault.New(e.opt.Journal, nil), state, nil, after, seq)
	if err == nil && last != seq {
		err = fmt.Errorf("the journal ends at %d", last)
	}
	return state, err
}

// newest is the time now: the clock's, or the newest stamp should the clock have
// been set back since.
func (e *Engine) newest(ctx context.Context) (dispatch.Instant, error) {
	now, seq := e.opt.Clock.Now(), e.Seq()
	if seq == 0 {
		return now, ctx.Err()
	}
	stamp, err := e.stamp(ctx, seq)
	return max(now, stamp), err
}

// seqAt is the last released event stamped at or before an instant; 0: none. Stamps
// never go back, so it takes a look at one event for every doubling of the journal.
func (e *Engine) seqAt(ctx context.Context, when dispatch.Instant) (uint64, error) {
	var failed error
	n := sort.Search(int(e.Seq()), func(n int) bool {
		if failed != nil {
			return true
		}
		var at dispatch.Instant
		at, failed = e.stamp(ctx, uint64(n)+1)
		return at > when
	})
	return uint64(n), failed
}

// stamp reads when an event was recorded.
func (e *Engine) stamp(ctx context.Context, seq uint64) (at dispatch.Instant, err error) {
	err = e.opt.Journal.Read(ctx, seq-1, 1, func(entry journal.Entry) error {
		var r schema.Record
		err := r.Unmarshal(entry.Body)
		at = dispatch.Instant(r.At)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("read the time of event %d: %w", seq, err)
	}
	return at, nil
}

// applySeals takes out of a past state what time has sealed since, and answers when
// more of it will be; 0: never. Sealing and expiry are by time alone, so the events
// that say so need not be looked for.
func applySeals(s *dispatch.State, now dispatch.Instant) (until dispatch.Instant) {
	due := func(at dispatch.Instant) bool {
		if at > now && (until == 0 || at < until) {
			until = at
		}
		return at <= now
	}
	for _, c := range s.Claims {
		// One that is on legal hold now is read in the room as it is, not in the past.
		if at := c.At.Add(dispatch.ClaimSealAfter); !c.Sealed() && due(at) {
			c.Seal(at)
		}
	}
	for id, l := range s.Liaisons {
		if due(l.ExpiresAt) {
			delete(s.Liaisons, id)
		}
	}
	return until
}

// find answers a state that is kept and may still be shown as it is; else nil.
func (p *past) find(seq, erasures uint64, now dispatch.Instant) *dispatch.State {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.forget(erasures)
	at := slices.IndexFunc(p.kept, func(m moment) bool { return m.seq == seq })
	if at < 0 {
		return nil
	}
	m := p.kept[at]
	p.kept = slices.Delete(p.kept, at, at+1)
	if m.until != 0 && m.until <= now {
		return nil
	}
	p.kept = append(p.kept, m)
	return m.state
}

// keep remembers a state, and forgets the one that was not used for longest.
func (p *past) keep(m moment, erasures uint64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.forget(erasures)
	p.kept = slices.DeleteFunc(p.kept, func(o moment) bool { return o.seq == m.seq })
	if len(p.kept) == PastKept {
		p.kept = slices.Delete(p.kept, 0, 1)
	}
	p.kept = append(p.kept, m)
}

// forget drops everything that was made before the newest erasure. The caller
// holds mu.
func (p *past) forget(erasures uint64) {
	if p.erasures != erasures {
		clear(p.kept)
		p.kept, p.erasures = p.kept[:0], erasures
	}
}
