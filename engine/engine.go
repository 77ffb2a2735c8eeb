package engine

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/everycall/everycall/dispatch"
	"github.com/everycall/everycall/journal"
	"github.com/everycall/everycall/vault"
)

// The limits of the writer.
const (
	QueueMax       = 8192 // commands waiting; one more is refused with ErrBusy
	BatchMax       = 512  // commands in one append
	RememberFor    = dispatch.Day
	RememberMax    = 250_000 // commands remembered at once; beyond, the oldest go and Metrics says so
	SnapshotEvery  = 500_000 // events between snapshots: replaying as many takes two seconds or so
	TailMax        = 20_000  // released events kept in memory for readers
	CommandIDMax   = 200     // bytes
	PrincipalMax   = 200     // bytes of who is answerable
	ReloadAttempts = 5       // after a failed append
)

// Errors of Submit that are not the rules saying no.
var (
	// ErrBusy: the queue is full. Nothing was done; the same command may be sent again.
	ErrBusy = errors.New("engine: the queue is full: send the same command again")
	// ErrOtherBody: this command id was used for another command.
	ErrOtherBody = errors.New("engine: this command id was used for another command")
	// ErrStopped: the writer has stopped; reading still works.
	ErrStopped = errors.New("engine: the writer has stopped: nothing can be recorded; use the paper kit")
	// ErrNotRecorded: the journal failed and the command is not in it. The same
	// command may be sent again.
	ErrNotRecorded = errors.New("engine: the journal failed and the command was not recorded: send it again")
	// ErrUnknown: the journal failed, and it could not be found out whether the
	// command is in it. The same command sent again, with its id, tells.
	ErrUnknown = errors.New("engine: the journal failed; whether the command was recorded is not known: send the same command again")
	// ErrNotKnown: no command of this id is remembered.
	ErrNotKnown = errors.New("engine: no command of this id is remembered")
	// ErrInvalid: a submission without a command, or a command id or a principal
	// that is too long or no plain text. Nothing was done.
	ErrInvalid = errors.New("engine: invalid submission")
	// ErrRulesFailed: the rules panicked or broke an invariant on this command;
	// nothing of it was recorded.
	ErrRulesFailed = errors.New("engine: the rules failed on this command; nothing of it was recorded")
	// ErrTooFarBehind: the reader asked for more than can be replayed to it.
	ErrTooFarBehind = errors.New("engine: too far behind: fetch the whole board")
)

// Clock tells the jurisdiction's time. It may be scaled (the demo) or simulated.
type Clock interface {
	Now() dispatch.Instant
}

// Submission is one command with who is answerable for it.
type Submission struct {
	By      string
	ID      string // the command id; empty: the engine makes one
	Hash    []byte // of the request body; the same id with another hash is refused
	Command dispatch.Command
	Recall  bool // only ask what the command of this id did; ErrNotKnown when there was none
}

// Receipt says what a command did. The same command sent again gets the same one.
type Receipt struct {
	ID       string
	Seq      uint64 // of the first event; of the newest when there is none
	At       dispatch.Instant
	Events   []dispatch.Event
	Repeated bool
}

// Recorded is one durable event.
type Recorded struct {
	Seq     uint64
	At      dispatch.Instant
	By      string
	Command string
	Event   dispatch.Event
}

// Follower is told of durable events, in order, before any reply goes out. It
// must not block and must not submit.
type Follower func([]Recorded)

// Options are what an engine is made of.
type Options struct {
	Journal   journal.Journal
	Clock     Clock
	Random    io.Reader // nil: crypto/rand
	Log       *slog.Logger
	Followers []Follower
	// Renew is told the whole state again after an erasure, so that whoever follows
	// drops the words too: it replaces what bootstrap and the events up to that one
	// made. It is called where followers are, never beside one, and must not block.
	Renew func(*dispatch.State, uint64)
	// Index, if there is one, is filled beside the writer with what events are about,
	// for IncidentHistory and ContactHistory.
	Index journal.Index
	// CheckAll makes the writer verify the whole state after every command, as
	// tests and simulations want it, and not only what the command touched.
	CheckAll bool
	// WithoutProofs leaves out the commitments on which the verifiable log stands:
	// what is recorded so can never be proved to anybody. It is for measuring what
	// they cost.
	WithoutProofs bool
	// SnapshotEvery overrides the constant of that name; 0 leaves it.
	SnapshotEvery int

	// For tests: afterEvolve runs behind every Evolve, and pause replaces
	// time.Sleep.
	afterEvolve func(*dispatch.State, dispatch.Event)
	pause       func(time.Duration)
}

// Engine is the writer. Make it with Open; Close stops it.
type Engine struct {
	opt   Options
	queue chan *waiting
	stop  chan struct{}
	done  chan struct{} // closed when writer and appender have ended
	once  sync.Once

	orders  chan *order
	shots   snapshots
	index   indexer
	seals   seals
	past    past
	stopped atomic.Bool
	tail    tail
	Metrics Metrics
}

// Metrics count what the writer did. All may be read at any time.
type Metrics struct {
	Commands, Refused, Repeated, Busy, Events, Batches, Syncs, Reloads, Panics, Forgotten atomic.Uint64
	Snapshots, SnapshotFailures, Erasures, PastReplays, Indexed, IndexFailures            atomic.Uint64
	Waiting                                                                               atomic.Int64
}

// waiting is one submission on its way.
type waiting struct {
	Submission
	mark  mark
	reply chan outcome
}

type outcome struct {
	receipt Receipt
	err     error
}

// Open takes the lead of the journal, recovers the state, and starts the writer.
// Followers that need the state first get a copy of it by bootstrap, which may be
// nil, before events arrive.
func Open(ctx context.Context, opt Options, bootstrap func(*dispatch.State, uint64)) (*Engine, error) {
	w, err := newWriter(ctx, opt)
	if err != nil {
		return nil, err
	}
	if bootstrap != nil {
		again, err := copyState(w.state)
		if err != nil {
			return nil, err
		}
		bootstrap(again, w.seq)
	}
	a := newAppender(w.e)
	w.line = a
	w.e.startSnapshots()
	w.e.startIndexing()
	go w.run(a) // Close stops it
	return w.e, nil
}

// newWriter makes an engine whose state is recovered and whose writer does not run.
func newWriter(ctx context.Context, opt Options) (*writer, error) {
	if opt.Random == nil {
		opt.Random = rand.Reader
	}
	if opt.Log == nil {
		opt.Log = slog.New(slog.DiscardHandler)
	}
	if opt.SnapshotEvery == 0 {
		opt.SnapshotEvery = SnapshotEvery
	}
	if opt.pause == nil {
		opt.pause = time.Sleep
	}
	e := &Engine{opt: opt, queue: make(chan *waiting, QueueMax), orders: make(chan *order), stop: make(chan struct{}), done: make(chan struct{}), past: newPast()}
	w := &writer{e: e, vault: vault.New(opt.Journal, opt.Random)}
	if opt.WithoutProofs {
		w.vault.WithoutProofs()
	}
	if err := w.load(ctx); err != nil {
		return nil, err
	}
	e.tail.reset(w.seq)
	return w, nil
}

// Submit records one command and waits until it is durable. The error is a
// *dispatch.Rejection when the rules said no, else one of this package or ctx's.
// When ctx ends first the command may still be recorded: the same id sent again
// tells.
func (e *Engine) Submit(ctx context.Context, s Submission) (Receipt, error) {
	w, err := e.enqueue(s)
	if err != nil {
		return Receipt{}, err
	}
	select {
	case o := <-w.reply:
		return o.receipt, o.err
	case <-ctx.Done():
		return Receipt{}, ctx.Err()
	case <-e.done:
		select {
		case o := <-w.reply:
			return o.receipt, o.err
		default:
			return Receipt{}, ErrStopped
		}
	}
}

// enqueue checks a submission and puts it into the queue.
func (e *Engine) enqueue(s Submission) (*waiting, error) {
	if s.ID == "" {
		s.ID = e.newID()
	}
	switch {
	case s.Command == nil && !s.Recall:
		return nil, fmt.Errorf("%w: no command", ErrInvalid)
	case !plain(s.ID, CommandIDMax):
		return nil, fmt.Errorf("%w: a command id is text of at most %d bytes", ErrInvalid, CommandIDMax)
	case !plain(s.By, PrincipalMax):
		return nil, fmt.Errorf("%w: who is answerable is text of at most %d bytes", ErrInvalid, PrincipalMax)
	case e.stopped.Load():
		return nil, ErrStopped
	}
	w := &waiting{Submission: s, mark: markOf(command{s.By, s.ID}, s.Hash), reply: make(chan outcome, 1)}
	e.Metrics.Waiting.Add(1)
	select {
	case e.queue <- w:
		return w, nil
	default:
		e.Metrics.Waiting.Add(-1)
		e.Metrics.Busy.Add(1)
		return nil, ErrBusy
	}
}

// plain reports whether a name is short, valid UTF-8 and without control characters.
func plain(name string, most int) bool {
	return len(name) <= most && utf8.ValidString(name) && !strings.ContainsFunc(name, unicode.IsControl)
}

// newID names a command that came without an id. It need not be repeatable: it
// never comes a second time.
func (e *Engine) newID() string {
	var b [12]byte
	_, _ = rand.Read(b[:]) // never fails (crypto/rand)
	return "own-" + hex.EncodeToString(b[:])
}

// Stopped reports whether the writer has stopped; reading still works then.
func (e *Engine) Stopped() bool { return e.stopped.Load() }

// Seq is the newest durable event.
func (e *Engine) Seq() uint64 { return e.tail.seq() }

// Now is the jurisdiction's time.
func (e *Engine) Now() dispatch.Instant { return e.opt.Clock.Now() }

// Close lets the commands that wait finish, writes a snapshot, and stops. The
// journal stays the caller's to close.
func (e *Engine) Close() {
	e.once.Do(func() { close(e.stop) })
	<-e.done
}
