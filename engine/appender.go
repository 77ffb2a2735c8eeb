package engine

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"time"

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
	snapshot bool // one is due behind it
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
	// push hands a batch over. While an earlier one is under way it may answer a
	// further command out of more, which may be nil, and when that one has failed its
	// failure; then it has not taken b.
	push(b *batch, more <-chan *waiting) (*waiting, *failure)
	// settle waits until everything that was pushed is durable and told.
	settle() *failure
}

// appender is the line of a running engine: a goroutine that makes batches
// durable, in order, and tells. At most one batch is under way in it; what became
// of it is in finished before the next one is taken. It ends when the writer
// closes quit. The fields busy, want and until
// belong to the writer.
type appender struct {
	e        *Engine
	in       chan *batch
	finished chan finished
	quit     chan struct{} // closed when the writer has gone
	done     chan struct{} // closed when the appender has

	busy  bool      // a batch is under way
	want  int       // commands that the next batch may be worth waiting for
	until time.Time // and until when, unless they still come
	last  time.Time // and until when at most
}

// finished is what became of a batch.
type finished struct {
	answered int
	took     time.Duration
	failed   *failure // nil: it is durable and told
}

// gatherMax bounds how long a batch is held back for commands about to come, and
// gatherStep how long for each after the one before it.
const (
	gatherMax  = 500 * time.Microsecond
	gatherStep = 40 * time.Microsecond
)

func newAppender(e *Engine) *appender {
	return &appender{e: e, in: make(chan *batch, 1), finished: make(chan finished, 1), quit: make(chan struct{}), done: make(chan struct{})}
}

func (a *appender) run() {
	defer close(a.done)
	for {
		select {
		case b := <-a.in:
			start := time.Now()
			f := a.e.commit(b)
			a.finished <- finished{len(b.answers), time.Since(start), f}
		case <-a.quit:
			return
		}
	}
}

// close ends the goroutine, once what is under way has been done.
func (a *appender) close() {
	if a.busy {
		if f := a.note(<-a.finished, 0); f != nil {
			f.refuse()
		}
	}
	close(a.quit)
	<-a.done
}

// note takes what became of a batch; waits is how many commands the next one has.
//
// Whoever was just answered often sends the next command at once. A batch that
// left right now would miss them all, and with many waiting clients every second
// sync would be made for one half of them and the next for the other. So the next
// batch is held back until as many are there as are known to send, for a quarter of
// what a sync takes, and while they still come one behind the other. A lone client
// never waits.
func (a *appender) note(done finished, waits int) *failure {
	a.busy = false
	a.want = done.answered + waits
	now := time.Now()
	a.until, a.last = now.Add(min(done.took/4, gatherMax)), now.Add(gatherMax)
	return done.failed
}

func (a *appender) push(b *batch, more <-chan *waiting) (*waiting, *failure) {
	for a.busy {
		select {
		case done := <-a.finished:
			if f := a.note(done, len(b.answers)); f != nil {
				return nil, f
			}
		case one := <-more:
			a.e.Metrics.Waiting.Add(-1)
			return one, nil
		}
	}
	for more != nil && len(b.answers) < a.want && time.Now().Before(a.until) {
		if one := a.e.waits(); one != nil {
			if next := time.Now().Add(gatherStep); next.After(a.until) && next.Before(a.last) {
				a.until = next
			}
			return one, nil
		}
		runtime.Gosched()
	}
	a.in <- b // never blocks
	a.busy, a.want = true, 0
	return nil, nil
}

func (a *appender) settle() *failure {
	if !a.busy {
		return nil
	}
	return a.note(<-a.finished, 0)
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
	if b.snapshot {
		e.snapshotDue(b.First + uint64(len(b.Bodies)) - 1)
	}
	return nil
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
	events, err := e.ReadJournal(context.Background(), r.First-1, int(r.Count))
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
