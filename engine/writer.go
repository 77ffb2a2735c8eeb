package engine

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/everycall/everycall/dispatch"
	"github.com/everycall/everycall/journal"
	"github.com/everycall/everycall/schema"
	"github.com/everycall/everycall/vault"
)

// batchBytes is where a batch takes no further command.
const batchBytes = 4 << 20

// writer decides. Everything in it is owned by run.
type writer struct {
	e      *Engine
	line   line
	vault  *vault.Vault
	epoch  journal.Epoch
	state  *dispatch.State
	memory memory
	seq    uint64 // of the newest decided event
	since  int    // events since the last snapshot
	sealed uint64 // the erasures that the state is known to heed (seals.count)
	buffer []dispatch.Event
	births vault.Birth // how a contact gets its key
	carry  *waiting    // did not fit into the last batch; begins the next
	usual  int         // events of the last batch: the next has about as many

	clear, private bytes.Buffer // of the event being written down
	bodies         [][]byte     // of the command being written down
	room           []byte       // where the next bodies go: behind its end, within its capacity
}

// run is the writer goroutine. It ends when Close was called and the queue is
// empty, or when the state cannot be recovered; it takes the appender along.
func (w *writer) run(a *appender) {
	defer close(w.e.done)
	go a.run()
	defer func() {
		w.e.stopped.Store(true)
		a.close()
		w.e.stopSnapshots()
		w.e.stopIndexing()
		w.refuseQueue()
	}()
	for {
		first, done, order := w.next(a.finished)
		switch {
		case order != nil:
			if !w.obey(order) {
				return
			}
		case done != nil:
			if f := a.note(*done, 0); f != nil && !w.recover(f) {
				return
			}
		case first == nil:
			w.e.stopSnapshots()
			w.finish()
			return
		default:
			if !w.step(first) {
				return
			}
		}
	}
}

// next waits for a command, for word of what became of a batch, or for an order. It
// answers none of them when the engine is closing and nothing waits any more.
func (w *writer) next(batches <-chan finished) (first *waiting, done *finished, what *order) {
	if first, w.carry = w.carry, nil; first != nil {
		return first, nil, nil
	}
	select {
	case first = <-w.e.queue:
		w.e.Metrics.Waiting.Add(-1)
	case d := <-batches:
		done = &d
	case what = <-w.e.orders:
	case <-w.e.stop:
		w.e.stopped.Store(true)
		first = w.e.waits()
	}
	return first, done, what
}

// waits takes the next command out of the queue; nil when none waits.
func (e *Engine) waits() *waiting {
	select {
	case one := <-e.queue:
		e.Metrics.Waiting.Add(-1)
		return one
	default:
		return nil
	}
}

// step decides a batch that begins with one command, and hands it over as soon as
// the line takes it; until then it grows by what comes. It answers false when the
// writer must stop.
func (w *writer) step(first *waiting) bool {
	b := w.newBatch()
	f := w.fill(b, first)
	for f == nil {
		more := w.e.queue
		if w.full(b) {
			more = nil
		}
		var one *waiting
		if one, f = w.line.push(b, more); f == nil && one == nil {
			return true
		}
		if f == nil {
			f = w.fill(b, one)
		}
	}
	f.answers = append(f.answers, b.answers...)
	return w.recover(f)
}

// finish sees everything done and saves a last snapshot.
func (w *writer) finish() {
	if f := w.line.settle(); f != nil && !w.recover(f) {
		return
	}
	if w.since > 0 {
		w.e.save(snapshotBody{State: w.state, Memory: w.memory.all()}, w.seq, w.sealed)
	}
}

// refuseQueue answers those who still wait when the writer has gone.
func (w *writer) refuseQueue() {
	if w.carry != nil {
		w.carry.reply <- outcome{err: ErrStopped}
	}
	for one := w.e.waits(); one != nil; one = w.e.waits() {
		one.reply <- outcome{err: ErrStopped}
	}
}

func (w *writer) newBatch() *batch {
	return &batch{Batch: journal.Batch{First: w.seq + 1, Bodies: make([][]byte, 0, w.usual)}, epoch: w.epoch,
		recorded: make([]Recorded, 0, w.usual), answers: make([]answer, 0, w.usual)}
}

// full reports whether a batch takes no further command.
func (w *writer) full(b *batch) bool {
	return w.carry != nil || b.snapshot || len(b.answers) >= BatchMax || len(b.Bodies) > journal.MaxEntries/4 || b.bytes > batchBytes
}

// fill decides a command, and others that wait already, into a batch.
func (w *writer) fill(b *batch, one *waiting) *failure {
	for one != nil {
		if f := w.decideOne(b, one); f != nil {
			return f
		}
		if one = nil; !w.full(b) {
			one = w.e.waits()
		}
	}
	w.seal(b)
	return nil
}

// seal makes a batch complete as it is: with its keys, and word that a snapshot is
// due behind it.
func (w *writer) seal(b *batch) {
	w.usual = len(b.Bodies)
	b.Secrets = append(b.Secrets, w.vault.TakeFresh()...)
	w.e.Metrics.Forgotten.Add(w.memory.forget(w.state.Now))
	if w.since >= w.e.opt.SnapshotEvery {
		b.snapshot, w.since = true, 0
	}
}

// decideOne decides one command into the batch. It answers a failure when an
// earlier batch failed or the state is beyond repair. The command's answer is in
// the batch in any case, unless it did not fit and is carried to the next one.
func (w *writer) decideOne(b *batch, one *waiting) *failure {
	w.e.Metrics.Commands.Add(1)
	at := max(w.e.opt.Clock.Now(), w.state.Now)
	if r, known := w.memory.find(one.mark.key, w.state.Now); known {
		w.e.Metrics.Repeated.Add(1)
		b.answers = append(b.answers, w.again(one, r))
		return nil
	}
	if one.Recall {
		b.answers = append(b.answers, answer{w: one, err: ErrNotKnown})
		return nil
	}
	meta := dispatch.Meta{At: at, By: one.By, ID: one.ID}
	events, err := w.decide(meta, one.Command)
	if err != nil {
		w.e.Metrics.Refused.Add(1)
		b.answers = append(b.answers, answer{w: one, err: err})
		return nil
	}
	if len(events) == 0 {
		b.answers = append(b.answers, answer{w: one, receipt: Receipt{ID: one.ID, Seq: w.seq, At: at}})
		return nil
	}
	// Encoding comes before evolving: what cannot be written must not be believed.
	keys := w.vault.Fresh()
	bodies, size, err := w.encode(meta, one, events)
	if err == nil && (len(b.Bodies)+len(bodies) > journal.MaxEntries || b.bytes+size > journal.MaxBatchBytes) {
		if len(b.Bodies) > 0 {
			w.vault.Unbear(keys)
			w.carry = one
			return nil
		}
		err = fmt.Errorf("%w: the command makes %d events of %d bytes together", journal.ErrTooLarge, len(bodies), size)
	}
	if err != nil {
		w.vault.Unbear(keys)
		w.e.opt.Log.Error("encode events", "command", fmt.Sprintf("%T", one.Command), "err", err)
		b.answers = append(b.answers, answer{w: one, err: fmt.Errorf("%w: %w", ErrRulesFailed, err)})
		return nil
	}
	if err := w.evolve(meta, events); err != nil {
		w.vault.Unbear(keys)
		w.e.opt.Log.Error("the rules failed", "command", fmt.Sprintf("%T", one.Command), "err", err)
		b.answers = append(b.answers, answer{w: one, err: ErrRulesFailed})
		return w.rebuild(b)
	}
	w.memory.add(remember(one.mark, w.seq+1, len(events), at))
	for i, event := range events {
		b.recorded = append(b.recorded, Recorded{Seq: w.seq + 1 + uint64(i), At: at, By: one.By, Command: one.ID, Event: event})
	}
	b.Bodies = append(b.Bodies, bodies...)
	b.bytes += size
	b.answers = append(b.answers, answer{w: one, receipt: Receipt{ID: one.ID, Seq: w.seq + 1, At: at, Events: events}})
	w.seq += uint64(len(events))
	w.since += len(events)
	return nil
}

// again answers a command whose id is remembered.
func (w *writer) again(one *waiting, r remembered) answer {
	if r.Hash != one.mark.hash {
		return answer{w: one, err: ErrOtherBody}
	}
	return answer{w: one, recall: &r}
}

// decide asks the rules, catching a panic.
func (w *writer) decide(m dispatch.Meta, c dispatch.Command) (events []dispatch.Event, err error) {
	defer func() {
		if p := recover(); p != nil {
			w.e.Metrics.Panics.Add(1)
			w.e.opt.Log.Error("panic in Decide", "command", fmt.Sprintf("%T", c), "panic", p)
			events, err = nil, ErrRulesFailed
		}
	}()
	found, no := dispatch.Decide(w.state, m, c, w.buffer[:0])
	if no != nil {
		return nil, no
	}
	w.buffer = found
	return append([]dispatch.Event(nil), found...), nil
}

// evolve changes the state and checks what changed, catching a panic.
func (w *writer) evolve(m dispatch.Meta, events []dispatch.Event) (err error) {
	defer func() {
		if p := recover(); p != nil {
			w.e.Metrics.Panics.Add(1)
			err = fmt.Errorf("panic in Evolve: %v", p)
		}
	}()
	w.state.ForgetTouched()
	for _, event := range events {
		w.e.fold(w.state, dispatch.Stamped{At: m.At, By: m.By, Event: event})
	}
	if w.e.opt.CheckAll {
		return dispatch.Check(w.state)
	}
	return dispatch.CheckTouched(w.state)
}

// fold is Evolve, with the tests' hook behind it.
func (e *Engine) fold(s *dispatch.State, st dispatch.Stamped) {
	dispatch.Evolve(s, st)
	if e.opt.afterEvolve != nil {
		e.opt.afterEvolve(s, st.Event)
	}
}

// encode writes the events down and seals what they say about people. It answers
// their bytes together. The list is good until the next one.
func (w *writer) encode(m dispatch.Meta, one *waiting, events []dispatch.Event) (bodies [][]byte, size int, err error) {
	w.bodies = w.bodies[:0]
	for i, event := range events {
		w.clear.Reset()
		w.private.Reset()
		r := schema.Record{Format: schema.Format, At: int64(m.At), By: m.By, Command: m.ID, Nth: uint16(i)}
		if i == 0 {
			r.Of, r.Hash = uint16(len(events)), one.Hash
		}
		if r.Kind, r.Version, r.Clear, err = schema.ClearTo(&w.clear, event); err != nil {
			return nil, 0, err
		}
		if err = w.sealInto(&r, w.seq+1+uint64(i), event); err != nil {
			return nil, 0, err
		}
		body := w.write(&r)
		if len(body) > journal.MaxBody {
			return nil, 0, fmt.Errorf("event %s has %d bytes", event.EventName(), len(body))
		}
		w.bodies = append(w.bodies, body)
		size += len(body)
	}
	return w.bodies, size, nil
}

// roomBytes is how much memory the writer takes at a time for bodies.
const roomBytes = 64 << 10

// write encodes a record behind those before it.
func (w *writer) write(r *schema.Record) []byte {
	most := len(r.By) + len(r.Command) + len(r.Hash) + len(r.Subject) + len(r.Clear) + len(r.Sealed) + len(r.Commit) + 64
	if cap(w.room)-len(w.room) < most {
		w.room = make([]byte, 0, max(roomBytes, most))
	}
	from := len(w.room)
	w.room = r.Append(w.room)
	return w.room[from:len(w.room):len(w.room)]
}

func (w *writer) sealInto(r *schema.Record, seq uint64, event dispatch.Event) (err error) {
	sealed, is := event.(dispatch.Sealed)
	if !is {
		_, r.Commit, err = w.vault.Seal(context.Background(), "", vault.Known, seq, r.Clear, nil)
		return err
	}
	plain, err := schema.PrivateTo(&w.private, sealed.Secret())
	if err != nil {
		return err
	}
	birth := vault.Known
	if dispatch.Begins(event) {
		birth = w.births
	}
	r.Subject = sealed.Subject()
	r.Sealed, r.Commit, err = w.vault.Seal(context.Background(), r.Subject, birth, seq, r.Clear, plain)
	if errors.Is(err, vault.ErrErased) {
		// What is said about somebody erased is not kept, in the state neither.
		*sealed.Secret() = dispatch.Private{}
		return nil
	}
	return err
}
