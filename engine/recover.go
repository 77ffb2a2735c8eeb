package engine

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/everycall/everycall/dispatch"
	"github.com/everycall/everycall/journal"
	"github.com/everycall/everycall/vault"
)

// errBeyondRepair: the rules failed on what is durable already.
var errBeyondRepair = errors.New("engine: the rules fail on what is recorded")

// load leads and recovers: snapshot, then tail. A panic of the rules on what the
// journal holds is an error.
func (w *writer) load(ctx context.Context) (err error) {
	defer w.e.caught(&err)
	epoch, err := w.e.opt.Journal.Lead(ctx)
	if err != nil {
		return fmt.Errorf("take the lead of the journal: %w", err)
	}
	w.epoch, w.births, w.sealed = epoch, vault.Born, w.e.seals.count.Load()
	w.vault.Forget()
	var after uint64
	w.state, after, w.memory = w.e.snapshotState(ctx, journal.Newest)
	if w.seq, err = w.e.replay(ctx, w.vault, w.state, &w.memory, after, 0); err != nil {
		return fmt.Errorf("replay the journal: %w", err)
	}
	w.since = int(w.seq - after)
	return nil
}

// caught turns a panic into an error.
func (e *Engine) caught(err *error) {
	if p := recover(); p != nil {
		e.Metrics.Panics.Add(1)
		*err = fmt.Errorf("%w: panic: %v", errBeyondRepair, p)
	}
}

// replay folds the journal from after an event up to and including the one
// numbered to; 0 means all. The memory, if there is one, takes in every command on
// the way.
func (e *Engine) replay(ctx context.Context, v *vault.Vault, state *dispatch.State, m *memory, after, to uint64) (last uint64, err error) {
	limit := 0
	if to > 0 {
		if limit = int(to - after); limit == 0 {
			return after, nil
		}
	}
	stop := v.ReadAhead(func(yield func(journal.Secret) error) error { return e.opt.Journal.Secrets(ctx, after, yield) })
	defer stop()
	last = after
	err = e.opt.Journal.Read(ctx, after, limit, func(entry journal.Entry) error {
		record, recorded, err := open(ctx, v, entry)
		if err != nil {
			return err
		}
		e.fold(state, dispatch.Stamped{At: recorded.At, By: recorded.By, Event: recorded.Event})
		state.ForgetTouched()
		last = entry.Seq
		if m == nil {
			return nil
		}
		if record.Nth == 0 {
			m.add(remember(markOf(command{record.By, record.Command}, record.Hash), last, int(record.Of), recorded.At))
		}
		if (last-after)%SnapshotEvery == 0 {
			m.forget(state.Now)
		}
		return nil
	})
	if m != nil {
		m.forget(state.Now)
	}
	return last, err
}

// recover throws the state away after a failed append, loads it again, and
// answers everybody who waits by what the journal says was recorded. It answers
// false when the writer must stop: reading goes on.
//
// A fenced writer stops. Somebody else leads, and leading again would fence them
// in turn: two writers would fight for as long as both live. After an unknown
// outcome it does lead again, since that alone settles the outcome; should
// somebody else have begun to lead in between, they are fenced by it and stop.
func (w *writer) recover(lost *failure) bool {
	if errors.Is(lost.err, errBeyondRepair) || (errors.Is(lost.err, journal.ErrFenced) && !errors.Is(lost.err, journal.ErrUnknown)) {
		w.e.opt.Log.Error("the writer has stopped: nothing can be recorded; reading goes on", "err", lost.err)
		lost.refuse()
		return false
	}
	if err := w.reload(); err != nil {
		w.e.opt.Log.Error("the writer has stopped: nothing can be recorded; reading goes on", "err", err)
		lost.refuse()
		return false
	}
	var alone []*waiting
	for _, one := range lost.answers {
		r, recorded := w.memory.find(one.w.mark.key, w.state.Now)
		switch {
		case recorded:
			o := w.e.answered(w.again(one.w, r))
			if r.Hash == one.w.mark.hash {
				o.receipt.Repeated = one.recall != nil
			}
			one.w.reply <- o
		case definite(lost.err) && !one.alone:
			alone = append(alone, one.w)
		case definite(lost.err):
			one.w.reply <- outcome{err: fmt.Errorf("%w: %w", ErrNotRecorded, lost.err)}
		default:
			// Whatever it was told else, a refusal too, may rest on what is lost.
			one.w.reply <- outcome{err: ErrNotRecorded}
		}
	}
	for n, one := range alone {
		if !w.decideAlone(one) {
			for _, rest := range alone[n+1:] {
				rest.reply <- outcome{err: ErrNotRecorded}
			}
			return false
		}
	}
	return true
}

// decideAlone decides again a command whose batch the journal has refused, in a
// batch of its own, so that the one at fault does not take the others with it.
func (w *writer) decideAlone(one *waiting) bool {
	b := w.newBatch()
	w.births = vault.BornAgain
	f := w.decideOne(b, one)
	w.births = vault.Born
	b.answers[len(b.answers)-1].alone = true
	if f == nil {
		w.seal(b)
		if _, f = w.line.push(b, nil); f == nil {
			f = w.line.settle()
		} else {
			f.answers = append(f.answers, b.answers...)
		}
	} else {
		f.answers = append(f.answers, b.answers...)
	}
	return f == nil || w.recover(f)
}

// reload loads, several times if need be, and releases what was recorded after all.
func (w *writer) reload() (err error) {
	for attempt := range ReloadAttempts {
		w.e.opt.pause(time.Duration(attempt*attempt) * 50 * time.Millisecond)
		w.e.Metrics.Reloads.Add(1)
		if err = w.load(context.Background()); err == nil {
			err = w.releaseReloaded()
		}
		if err == nil || errors.Is(err, errBeyondRepair) || errors.Is(err, journal.ErrClosed) {
			return err
		}
		w.e.opt.Log.Error("reload the state", "attempt", attempt+1, "err", err)
	}
	return err
}

// releaseReloaded tells the followers of events that were durable although their
// append did not say so. The line is idle meanwhile.
func (w *writer) releaseReloaded() error {
	after := w.e.Seq()
	if w.seq < after {
		return fmt.Errorf("%w: events %d–%d were acknowledged and are not in the journal", errBeyondRepair, w.seq+1, after)
	}
	if w.seq == after {
		return nil
	}
	var missing []Recorded
	err := w.e.opt.Journal.Read(context.Background(), after, int(w.seq-after), func(entry journal.Entry) error {
		_, recorded, err := open(context.Background(), w.vault, entry)
		missing = append(missing, recorded)
		return err
	})
	if err != nil {
		return fmt.Errorf("read what was recorded after all: %w", err)
	}
	w.e.release(missing)
	return nil
}

// rebuild makes the state anew after the rules failed: what the journal holds,
// and the batch's earlier events. It answers a failure if what was under way
// failed, or if the rules fail again.
func (w *writer) rebuild(b *batch) *failure {
	w.e.Metrics.Reloads.Add(1)
	if f := w.line.settle(); f != nil {
		return f
	}
	state, _, err := w.e.durableState(context.Background(), w.vault, b.First-1)
	if err == nil {
		err = w.foldAgain(state, b.recorded)
	}
	if err != nil {
		w.e.opt.Log.Error("rebuild the state", "err", err)
		return &failure{err: fmt.Errorf("%w: %w", errBeyondRepair, err)}
	}
	w.state = state
	return nil
}

// durableState is the state, and the memory, after the event numbered to, which is
// durable.
func (e *Engine) durableState(ctx context.Context, v *vault.Vault, to uint64) (state *dispatch.State, m memory, err error) {
	defer e.caught(&err)
	if to == 0 {
		return dispatch.NewState(), newMemory(nil), nil
	}
	state, after, m := e.snapshotState(ctx, to)
	last, err := e.replay(ctx, v, state, &m, after, to)
	if err == nil && last != to {
		err = fmt.Errorf("the journal ends at %d, not at %d", last, to)
	}
	return state, m, err
}

func (w *writer) foldAgain(state *dispatch.State, events []Recorded) (err error) {
	defer w.e.caught(&err)
	for _, r := range events {
		w.e.fold(state, dispatch.Stamped{At: r.At, By: r.By, Event: r.Event})
		state.ForgetTouched()
	}
	return nil
}
