package engine

import (
	"context"
	"errors"
	"fmt"

	"github.com/everycall/everycall/dispatch"
	"github.com/everycall/everycall/journal"
)

// batch is what the writer hands over to be appended.
type batch struct {
	journal.Batch
	bytes    int // of the bodies
	epoch    journal.Epoch
	recorded []Recorded
	answers  []answer
	snapshot *journal.Snapshot
	flush    chan struct{} // if set, closed when everything up to this batch is durable and told
}

// answer is what becomes of one waiting command once its batch is durable.
type answer struct {
	w       *waiting
	receipt Receipt
	recall  *remembered // repeated: its events are read again
	err     error
	alone   bool // it was decided once before, and the journal refused its batch
}

// failure is an append that did not answer nil: why, and who waits for an answer.
type failure struct {
	answers []answer
	err     error
}

// line leads from the writer to the journal. The writer may decide the next batch
// while one is under way in it.
type line interface {
	// push hands a batch over. When an earlier one has failed it answers that
	// failure and has not taken b.
	push(b *batch) *failure
	// settle waits until everything that was pushed is durable and told.
	settle() *failure
}

// appender is the line of a running engine: a goroutine that makes batches
// durable, in order, and tells. At a failure it hands what it could not answer to
// the writer over failed, and goes on with the next batch, which the writer sends
// only after it has recovered. It ends when the writer closes quit.
type appender struct {
	e      *Engine
	in     chan *batch // unbuffered: at most one batch is under way
	failed chan *failure
	quit   chan struct{} // closed when the writer has gone
	done   chan struct{} // closed when the appender has
}

func newAppender(e *Engine) *appender {
	return &appender{e: e, in: make(chan *batch), failed: make(chan *failure), quit: make(chan struct{}), done: make(chan struct{})}
}

func (a *appender) run() {
	defer close(a.done)
	for {
		select {
		case b := <-a.in:
			f := a.e.commit(b)
			if f == nil {
				continue
			}
			select {
			case a.failed <- f:
			case <-a.quit:
				f.refuse()
			}
		case <-a.quit:
			return
		}
	}
}

func (a *appender) push(b *batch) *failure {
	select {
	case a.in <- b:
		return nil
	case f := <-a.failed:
		return f
	}
}

func (a *appender) settle() *failure {
	b := &batch{flush: make(chan struct{})}
	if f := a.push(b); f != nil {
		return f
	}
	<-b.flush // b has nothing to append, so it cannot fail
	return nil
}

// commit makes a batch durable, then tells: followers and readers, then whoever
// waits.
func (e *Engine) commit(b *batch) *failure {
	if len(b.Bodies) > 0 {
		if err := e.opt.Journal.Append(context.Background(), b.epoch, b.Batch); err != nil {
			e.opt.Log.Error("append to the journal", "first", b.First, "events", len(b.Bodies), "err", err)
			return &failure{b.answers, err}
		}
		e.Metrics.Syncs.Add(1)
		e.Metrics.Events.Add(uint64(len(b.Bodies)))
	}
	e.Metrics.Batches.Add(1)
	e.release(b.recorded)
	for _, one := range b.answers {
		one.w.reply <- e.answered(one)
	}
	if b.snapshot != nil {
		e.save(*b.snapshot)
	}
	if b.flush != nil {
		close(b.flush)
	}
	return nil
}

func (e *Engine) save(s journal.Snapshot) {
	if err := e.opt.Journal.SaveSnapshot(context.Background(), s); err != nil {
		e.Metrics.SnapshotFailures.Add(1)
		e.opt.Log.Warn("save snapshot", "seq", s.Seq, "err", err)
		return
	}
	e.Metrics.Snapshots.Add(1)
}

// release tells the followers, then the readers.
func (e *Engine) release(events []Recorded) {
	if len(events) == 0 {
		return
	}
	for _, follow := range e.opt.Followers {
		e.tell(follow, events)
	}
	e.tail.add(events)
}

// tell calls one follower. Its panic must not keep replies from going out: the
// events are durable.
func (e *Engine) tell(follow Follower, events []Recorded) {
	defer func() {
		if p := recover(); p != nil {
			e.Metrics.Panics.Add(1)
			e.opt.Log.Error("panic in a follower", "first", events[0].Seq, "panic", p)
		}
	}()
	follow(events)
}

// answered is the outcome of a command whose batch is durable.
func (e *Engine) answered(one answer) outcome {
	if one.recall == nil {
		return outcome{one.receipt, one.err}
	}
	r := *one.recall
	events, err := e.ReadJournal(context.Background(), r.First-1, r.Count)
	if err != nil {
		return outcome{err: fmt.Errorf("read the first answer to command %s: %w", one.w.ID, err)}
	}
	receipt := Receipt{ID: one.w.ID, Seq: r.First, At: r.At, Events: make([]dispatch.Event, 0, len(events)), Repeated: true}
	for _, event := range events {
		receipt.Events = append(receipt.Events, event.Event)
	}
	return outcome{receipt: receipt}
}

// definite reports whether a failed append is known to have written nothing.
// What package journal does not list as definite is not taken for it.
func definite(err error) bool {
	for _, known := range []error{journal.ErrFenced, journal.ErrGap, journal.ErrEmpty, journal.ErrTooLarge,
		journal.ErrSecretExists, journal.ErrClosed, context.Canceled, context.DeadlineExceeded} {
		if errors.Is(err, known) {
			return !errors.Is(err, journal.ErrUnknown)
		}
	}
	return false
}

// refuse answers everybody who waits, when nothing more can be found out.
func (f *failure) refuse() {
	err := ErrUnknown
	switch {
	case errors.Is(f.err, journal.ErrFenced), errors.Is(f.err, errBeyondRepair):
		err = ErrStopped
	case definite(f.err):
		err = ErrNotRecorded
	}
	for _, one := range f.answers {
		one.w.reply <- outcome{err: err}
	}
}
