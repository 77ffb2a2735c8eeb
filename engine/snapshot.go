package engine

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"reflect"

	"github.com/everycall/everycall/dispatch"
	"github.com/everycall/everycall/journal"
	"github.com/everycall/everycall/schema"
	"github.com/everycall/everycall/vault"
)

// snapshotBody is what a snapshot holds. It is a cache: one that cannot be read,
// or that a program with another idea of the state wrote, is passed over.
type snapshotBody struct {
	Format []byte          `json:"format"`
	State  *dispatch.State `json:"state"`
	Memory []remembered    `json:"memory"`
}

// pastBody is what a look into the past reads of a snapshot.
type pastBody struct {
	Format []byte          `json:"format"`
	State  *dispatch.State `json:"state"`
}

// snapshotRevision goes up when Evolve makes another state from the same events.
const snapshotRevision = 1

// snapshotFormat names the shape of what a snapshot holds: every field's name,
// type and encoding, all the way down.
var snapshotFormat = shape(reflect.TypeFor[snapshotBody]())

func shape(of reflect.Type) []byte {
	sum := sha256.New()
	fmt.Fprintln(sum, snapshotRevision)
	describe(sum, of, map[reflect.Type]bool{})
	return sum.Sum(nil)[:16]
}

func describe(to io.Writer, t reflect.Type, seen map[reflect.Type]bool) {
	fmt.Fprintln(to, t.Kind(), t.String())
	if seen[t] {
		return
	}
	seen[t] = true
	switch t.Kind() {
	case reflect.Struct:
		for i := range t.NumField() {
			if f := t.Field(i); f.IsExported() {
				fmt.Fprintln(to, f.Name, f.Tag)
				describe(to, f.Type, seen)
			}
		}
	case reflect.Map:
		describe(to, t.Key(), seen)
		describe(to, t.Elem(), seen)
	case reflect.Pointer, reflect.Slice, reflect.Array:
		describe(to, t.Elem(), seen)
	}
}

// snapshotState reads the newest snapshot at or before an event that this version
// can read; a new state when there is none.
func (e *Engine) snapshotState(ctx context.Context, upTo uint64) (*dispatch.State, uint64, memory) {
	var body snapshotBody
	seq := e.loadSnapshot(ctx, upTo, func(encoded []byte) (err error) {
		body = snapshotBody{}
		if err = schema.Decode(encoded, &body); err == nil {
			err = readable(body.Format, body.State)
		}
		return err
	})
	if seq == 0 {
		return dispatch.NewState(), 0, newMemory(nil)
	}
	body.State.Reindex()
	return body.State, seq, newMemory(body.Memory)
}

// pastState is snapshotState without the memory of commands, which only the
// writer needs.
func (e *Engine) pastState(ctx context.Context, upTo uint64) (*dispatch.State, uint64) {
	var body pastBody
	seq := e.loadSnapshot(ctx, upTo, func(encoded []byte) (err error) {
		body = pastBody{}
		if err = schema.Decode(encoded, &body); err == nil {
			err = readable(body.Format, body.State)
		}
		return err
	})
	if seq == 0 {
		return dispatch.NewState(), 0
	}
	body.State.Reindex()
	return body.State, seq
}

// loadSnapshot offers the snapshots at or before an event, the newest first, until
// one can be read, and answers which it was; 0: none.
func (e *Engine) loadSnapshot(ctx context.Context, upTo uint64, read func(encoded []byte) error) uint64 {
	for upTo > 0 {
		s, err := e.opt.Journal.LoadSnapshot(ctx, upTo)
		if err != nil {
			if !errors.Is(err, journal.ErrNoSnapshot) && ctx.Err() == nil {
				e.opt.Log.Warn("the snapshots cannot be read: the whole journal is replayed", "err", err)
			}
			return 0
		}
		if err = read(s.Body); err == nil {
			return s.Seq
		}
		e.opt.Log.Warn("snapshot passed over: more of the journal is replayed", "seq", s.Seq, "err", err)
		upTo = s.Seq - 1
	}
	return 0
}

func readable(format []byte, state *dispatch.State) error {
	if string(format) != string(snapshotFormat) || state == nil {
		return fmt.Errorf("another version wrote it (format %x)", format)
	}
	return nil
}

// snapshots takes one whenever one is due, until the engine stops. The writer's
// state is not touched, so deciding never waits for it: the newest snapshot and
// what the journal holds behind it make the next. It also shows, while there is
// time to act, that what was written can be read again.
type snapshots struct {
	due  chan uint64 // nil: they are taken on the spot, as a simulation wants it
	stop context.CancelFunc
	done chan struct{}
}

func (e *Engine) startSnapshots() {
	ctx, stop := context.WithCancel(context.Background())
	e.shots = snapshots{due: make(chan uint64, 1), stop: stop, done: make(chan struct{})}
	go func() { // stopSnapshots ends it
		defer close(e.shots.done)
		for {
			select {
			case seq := <-e.shots.due:
				e.takeSnapshot(ctx, seq)
			case <-ctx.Done():
				return
			}
		}
	}()
}

// stopSnapshots breaks off the one under way.
func (e *Engine) stopSnapshots() {
	e.shots.stop()
	<-e.shots.done
}

// snapshotDue has a snapshot taken after a durable event. Should the last one still
// be under way and another wait, this one is left out: the next will do.
func (e *Engine) snapshotDue(seq uint64) {
	if e.shots.due == nil {
		e.takeSnapshot(context.Background(), seq)
		return
	}
	select {
	case e.shots.due <- seq:
	default:
	}
}

func (e *Engine) takeSnapshot(ctx context.Context, seq uint64) {
	erasures := e.seals.count.Load()
	state, memory, err := e.durableState(ctx, vault.New(e.opt.Journal, nil), seq)
	if err == nil {
		e.save(snapshotBody{State: state, Memory: memory.all()}, seq, erasures)
	} else if ctx.Err() == nil {
		e.Metrics.SnapshotFailures.Add(1)
		e.opt.Log.Error("a snapshot could not be made: the journal could not be read again", "seq", seq, "err", err)
	}
}

// save stores what was made when so many erasures had been counted. Should there be
// more by now it may hold what was erased, and is dropped: the next one will do.
func (e *Engine) save(body snapshotBody, seq, erasures uint64) {
	body.Format = snapshotFormat
	var encoded bytes.Buffer
	err := schema.Encode(&encoded, body)
	if err == nil {
		e.seals.saving.RLock()
		defer e.seals.saving.RUnlock()
		if e.seals.count.Load() != erasures {
			return
		}
		err = e.opt.Journal.SaveSnapshot(context.Background(), journal.Snapshot{Seq: seq, Body: encoded.Bytes()})
	}
	if err != nil {
		e.Metrics.SnapshotFailures.Add(1)
		e.opt.Log.Warn("save snapshot", "seq", seq, "err", err)
		return
	}
	e.Metrics.Snapshots.Add(1)
}

// copyState makes an independent state by the way a snapshot takes.
func copyState(s *dispatch.State) (*dispatch.State, error) {
	body, err := schema.State(s)
	if err != nil {
		return nil, err
	}
	return schema.OpenState(body)
}
