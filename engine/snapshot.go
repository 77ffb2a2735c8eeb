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
)

// snapshotBody is what a snapshot holds. It is a cache: one that cannot be read,
// or that a program with another idea of the state wrote, is passed over.
type snapshotBody struct {
	Format []byte          `json:"format"`
	State  *dispatch.State `json:"state"`
	Memory []remembered    `json:"memory"`
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

// snapshotState reads the newest snapshot; a new state when there is none that
// this version can read.
func (w *writer) snapshotState(ctx context.Context) (*dispatch.State, uint64, memory) {
	s, err := w.e.opt.Journal.LoadSnapshot(ctx)
	var body snapshotBody
	if err == nil {
		body, err = openSnapshot(s.Body)
	}
	if err != nil {
		if !errors.Is(err, journal.ErrNoSnapshot) {
			w.e.opt.Log.Warn("snapshot passed over: the whole journal is replayed", "seq", s.Seq, "err", err)
		}
		return dispatch.NewState(), 0, newMemory(nil)
	}
	w.snapshotBytes = len(s.Body)
	return body.State, s.Seq, newMemory(body.Memory)
}

func openSnapshot(encoded []byte) (snapshotBody, error) {
	var body snapshotBody
	if err := schema.Decode(encoded, &body); err != nil {
		return body, fmt.Errorf("decode snapshot: %w", err)
	}
	if string(body.Format) != string(snapshotFormat) || body.State == nil {
		return body, fmt.Errorf("another version wrote it (format %x)", body.Format)
	}
	body.State.Reindex()
	return body, nil
}

// takeSnapshot encodes the state after the newest decided event. Nothing is decided
// meanwhile.
func (w *writer) takeSnapshot() *journal.Snapshot {
	w.since = 0
	var body bytes.Buffer
	body.Grow(w.snapshotBytes + w.snapshotBytes/4)
	err := schema.Encode(&body, snapshotBody{Format: snapshotFormat, State: w.state, Memory: w.memory.entries})
	if err != nil {
		w.e.Metrics.SnapshotFailures.Add(1)
		w.e.opt.Log.Error("encode snapshot", "err", err)
		return nil
	}
	w.snapshotBytes = body.Len()
	return &journal.Snapshot{Seq: w.seq, Body: body.Bytes()}
}

// copyState makes an independent state by the way a snapshot takes.
func copyState(s *dispatch.State) (*dispatch.State, error) {
	body, err := schema.State(s)
	if err != nil {
		return nil, err
	}
	return schema.OpenState(body)
}
