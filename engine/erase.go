package engine

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/everycall/everycall/dispatch"
	"github.com/everycall/everycall/journal"
	"github.com/everycall/everycall/vault"
)

// An erasure destroys a key in the journal; the rest is to make everybody forget
// who has opened something with it: the writer's vault and its state, the tail that
// readers read, the snapshots, the past states that are kept, and the followers.
// The writer goes on deciding meanwhile. What it decides until its vault has
// forgotten is sealed with a key that nobody has any more; what comes later is not
// kept (see vault.Seal). A state without the words is made beside it, as a snapshot
// is, and the writer takes it over between two batches.

// seals is what an erasure shares with those who may hold what it erases.
type seals struct {
	one    sync.Mutex    // one erasure at a time
	count  atomic.Uint64 // goes up before a key is destroyed and again after: who made something between two equal ones knows that it holds nothing erased
	saving sync.RWMutex  // held for reading while a snapshot is saved, for writing while they are removed
}

// order is something for the writer to do between two batches.
type order struct {
	do    func(*writer) error
	reply chan error
}

// nearEnough is how many events may be missing in a state that the writer takes
// over: it folds them itself, in a few milliseconds.
const nearEnough = 1000

// Erase destroys the keys of subjects that were recorded when it was called: a
// contact's id, or claim:, hazard:, bulletin:, liaison:, agreement:, bolo:, handover: or search: and an id. When it answers nil nothing shows their
// words any more: the state, reading, past states, snapshots, and whoever follows,
// if Renew is set. After an error or a crash it is simply called again. It takes as
// long as a replay since the oldest of them came into being; many together take no
// longer than one. Recording goes on meanwhile. That somebody was erased, by whom
// and why, is for the caller to record.
func (e *Engine) Erase(ctx context.Context, subjects ...string) error {
	for _, subject := range subjects {
		if subject == "" || !plain(subject, journal.MaxSubject) {
			return fmt.Errorf("%w: a subject is text of 1 to %d bytes", ErrInvalid, journal.MaxSubject)
		}
	}
	return e.erase(ctx, subjects, e.order)
}

// erase does it; obey has the writer do something between two batches, or does it
// with nil when there is no writer any more.
func (e *Engine) erase(ctx context.Context, subjects []string, obey func(context.Context, func(*writer) error) error) error {
	e.seals.one.Lock()
	defer e.seals.one.Unlock()
	for _, subject := range subjects {
		if err := e.destroy(ctx, subject); err != nil {
			return err
		}
	}
	if err := obey(ctx, e.forget); err != nil {
		return fmt.Errorf("forget what was erased: %w", err)
	}
	erasures := e.seals.count.Load()
	state, seq, err := e.rewrite(ctx, erasures)
	if err != nil {
		return fmt.Errorf("make the state without what was erased: %w", err)
	}
	var told *dispatch.State
	if e.opt.Renew != nil {
		if told, err = copyState(state); err != nil {
			return fmt.Errorf("copy the state without what was erased: %w", err)
		}
	}
	err = obey(ctx, func(w *writer) error { return e.adopt(ctx, w, state, told, seq, erasures) })
	if err != nil {
		return fmt.Errorf("take over the state without what was erased: %w", err)
	}
	return nil
}

// destroy has the journal destroy a key and the snapshots that may hold its words.
func (e *Engine) destroy(ctx context.Context, subject string) error {
	e.seals.saving.Lock()
	defer e.seals.saving.Unlock()
	e.seals.count.Add(1)
	defer e.seals.count.Add(1)
	if err := e.opt.Journal.Erase(ctx, subject); err != nil {
		return err
	}
	e.Metrics.Erasures.Add(1)
	return nil
}

// forget drops the keys and the events that are kept in memory.
func (e *Engine) forget(w *writer) error {
	if w != nil {
		w.vault.Forget() // nothing is under way: every key in it is in the journal
	}
	e.tail.forget()
	return nil
}

// rewrite makes the state of the newest released event, or of one shortly before
// it, out of the journal, and on the way the snapshots that went with the erasure.
func (e *Engine) rewrite(ctx context.Context, erasures uint64) (state *dispatch.State, seq uint64, err error) {
	defer e.caught(&err)
	v := vault.New(e.opt.Journal, nil)
	state, seq, m := e.snapshotState(ctx, journal.Newest)
	for last := e.Seq(); seq < last; {
		to := min(last, seq+uint64(e.opt.SnapshotEvery))
		if seq, err = e.replay(ctx, v, state, &m, seq, to); err != nil {
			return nil, 0, err
		}
		e.save(snapshotBody{State: state, Memory: m.all()}, seq, erasures)
		if newest := e.Seq(); seq == last && newest-seq > nearEnough {
			last = newest
		}
	}
	return state, seq, nil
}

// adopt brings two equal states up to date and gives one to the writer, if there is
// one, and the other to whoever follows, unless it is nil. Nothing is under way
// meanwhile.
func (e *Engine) adopt(ctx context.Context, w *writer, state, told *dispatch.State, seq, erasures uint64) (err error) {
	defer e.caught(&err)
	last, v := e.Seq(), vault.New(e.opt.Journal, nil)
	for _, s := range []*dispatch.State{state, told} {
		if s != nil && seq < last {
			if _, err := e.replay(ctx, v, s, nil, seq, last); err != nil {
				return err
			}
		}
	}
	if w != nil {
		w.state, w.sealed = state, erasures
	}
	if told != nil {
		e.opt.Renew(told, last)
	}
	return nil
}

// order has the writer do something between two batches and waits for it.
func (e *Engine) order(ctx context.Context, do func(*writer) error) error {
	o := &order{do: do, reply: make(chan error, 1)}
	select {
	case e.orders <- o:
		return <-o.reply // the writer answers in any case
	case <-ctx.Done():
		return ctx.Err()
	case <-e.done:
		return do(nil)
	}
}

// obey carries an order out when nothing is under way. It answers false when the
// writer must stop.
func (w *writer) obey(o *order) bool {
	if f := w.line.settle(); f != nil && !w.recover(f) {
		o.reply <- ErrStopped
		return false
	}
	o.reply <- o.do(w)
	return true
}
