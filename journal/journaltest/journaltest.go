// Package journaltest is the suite that every implementation of journal.Journal
// must pass. An implementation's own test hands Run a way to open a fresh store,
// to open it again, and to break it; the suite holds it to the promises of package
// journal and to nothing else.
package journaltest

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"testing"

	"github.com/everycall/everycall/journal"
)

// Opener is one store under test, empty at first.
type Opener interface {
	// Open closes the journal opened before, if any, and opens what the store
	// holds. The store is cleaned up with t.
	Open(t testing.TB) journal.Journal
	// FailNext lets the next Append on the open journal answer ErrUnknown; its
	// batch is then durable if kept, and absent if not.
	FailNext(t testing.TB, kept bool)
	// DamageSnapshot flips a bit in the stored snapshot of this Seq.
	DamageSnapshot(t testing.TB, seq uint64)
}

// Run holds an implementation against the whole suite. fresh gives a new, empty
// store each time.
func Run(t *testing.T, fresh func(t testing.TB) Opener) {
	for _, c := range []struct {
		name string
		run  func(t *testing.T, o Opener)
	}{
		{"empty journal", emptyJournal},
		{"entries come back in order", order},
		{"a batch must follow the head", gaps},
		{"a refused batch leaves nothing", refusedBatch},
		{"limits, at each and one past", limits},
		{"total bytes of a batch, at the limit and one past", batchBytes},
		{"only the newest epoch appends", fencing},
		{"epochs outlive a reopening", epochsLast},
		{"an unknown outcome ends the epoch", unknownEndsEpoch},
		{"unknown and kept", func(t *testing.T, o Opener) { unknown(t, o, true) }},
		{"unknown and absent", func(t *testing.T, o Opener) { unknown(t, o, false) }},
		{"reading: limits, starts, errors, contexts", reading},
		{"yield may call the journal", readingNested},
		{"reading while appending", readingWhileAppending},
		{"concurrent appends: one wins", race},
		{"the batch stays the caller's", ownership},
		{"secrets are born with their batch", secrets},
		{"a subject has one key, ever", secretTwice},
		{"erasing", erase},
		{"erasing takes along the snapshots since the birth", eraseSnapshots},
		{"snapshots", snapshots},
		{"snapshots: the newest valid one", snapshotDamage},
		{"snapshots are thinned", snapshotsThinned},
		{"snapshot limits", snapshotLimits},
		{"a closed journal", closed},
		{"an ended context", ended},
	} {
		t.Run(c.name, func(t *testing.T) { c.run(t, fresh(t)) })
	}
}

var bg = context.Background()

// body is the content of entry seq, so that a reader can check what it reads.
func body(seq uint64) []byte {
	b := binary.BigEndian.AppendUint64(nil, seq)
	return append(b, bytes.Repeat([]byte{byte(seq)}, int(seq%37))...)
}

// batch is n entries from first on.
func batch(first uint64, n int) journal.Batch {
	b := journal.Batch{First: first}
	for i := range n {
		b.Bodies = append(b.Bodies, body(first+uint64(i)))
	}
	return b
}

func lead(t testing.TB, j journal.Journal) journal.Epoch {
	t.Helper()
	e, err := j.Lead(bg)
	if err != nil {
		t.Fatalf("Lead: %v", err)
	}
	return e
}

func add(t testing.TB, j journal.Journal, e journal.Epoch, b journal.Batch) {
	t.Helper()
	if err := j.Append(bg, e, b); err != nil {
		t.Fatalf("Append of %d–%d: %v", b.First, b.Last(), err)
	}
}

func refused(t testing.TB, err, want error, doing string) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Fatalf("%s: got %v, want %v", doing, err, want)
	}
	if want != journal.ErrUnknown && errors.Is(err, journal.ErrUnknown) {
		t.Fatalf("%s: a definite error must not be ErrUnknown as well: %v", doing, err)
	}
}

// holds checks that exactly the entries 1 to head are there, each with its body.
func holds(t testing.TB, j journal.Journal, head uint64) {
	t.Helper()
	got, err := j.Head(bg)
	if err != nil || got != head {
		t.Fatalf("Head = %d, %v; want %d", got, err, head)
	}
	if n := read(t, j, 0, 0); n != head {
		t.Fatalf("read %d entries, want %d", n, head)
	}
}

// read reads and checks entries after the given one and says how many came.
func read(t testing.TB, j journal.Journal, after uint64, limit int) uint64 {
	t.Helper()
	n := uint64(0)
	err := j.Read(bg, after, limit, func(e journal.Entry) error {
		n++
		if e.Seq != after+n {
			return fmt.Errorf("entry %d came where %d was due", e.Seq, after+n)
		}
		if !bytes.Equal(e.Body, body(e.Seq)) {
			return fmt.Errorf("entry %d has a wrong body %x", e.Seq, e.Body)
		}
		return nil
	})
	if err != nil {
		t.Fatalf("Read after %d: %v", after, err)
	}
	return n
}

func emptyJournal(t *testing.T, o Opener) {
	j := o.Open(t)
	holds(t, j, 0)
	if n := read(t, j, 5, 0); n != 0 {
		t.Fatalf("%d entries beyond the end of an empty journal", n)
	}
	_, err := j.LoadSnapshot(bg, journal.Newest)
	refused(t, err, journal.ErrNoSnapshot, "LoadSnapshot")
	_, err = j.Secret(bg, "nobody")
	refused(t, err, journal.ErrNoSecret, "Secret")
	if err := j.Erase(bg, "nobody"); err != nil {
		t.Fatalf("Erase of an unknown subject: %v", err)
	}
	refused(t, j.Append(bg, 0, batch(1, 1)), journal.ErrFenced, "Append that nobody leads")
	refused(t, j.Append(bg, 1, batch(1, 1)), journal.ErrFenced, "Append in an epoch that was never given")
	holds(t, j, 0)
}

func order(t *testing.T, o Opener) {
	j := o.Open(t)
	e := lead(t, j)
	head := uint64(0)
	for _, n := range []int{1, 2, 1, 700, 3, 64, 1} {
		add(t, j, e, batch(head+1, n))
		head += uint64(n)
		holds(t, j, head)
	}
	empty := journal.Batch{First: head + 1, Bodies: [][]byte{{}, nil}}
	add(t, j, e, empty)
	err := j.Read(bg, head, 0, func(e journal.Entry) error {
		if len(e.Body) != 0 {
			return fmt.Errorf("an empty body came back as %x", e.Body)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	j = o.Open(t)
	if got, err := j.Head(bg); err != nil || got != head+2 {
		t.Fatalf("after reopening Head = %d, %v; want %d", got, err, head+2)
	}
	if n := read(t, j, 0, int(head)); n != head {
		t.Fatalf("after reopening %d entries, want %d", n, head)
	}
}

func gaps(t *testing.T, o Opener) {
	j := o.Open(t)
	e := lead(t, j)
	for _, first := range []uint64{0, 2, 1 << 62} {
		refused(t, j.Append(bg, e, batch(first, 1)), journal.ErrGap, fmt.Sprintf("Append at %d to an empty journal", first))
	}
	add(t, j, e, batch(1, 3))
	for _, first := range []uint64{0, 1, 2, 3, 5, 6} {
		refused(t, j.Append(bg, e, batch(first, 1)), journal.ErrGap, fmt.Sprintf("Append at %d after 3", first))
	}
	holds(t, j, 3)
	add(t, j, e, batch(4, 1))
	holds(t, j, 4)
}

func refusedBatch(t *testing.T, o Opener) {
	j := o.Open(t)
	e := lead(t, j)
	refused(t, j.Append(bg, e, journal.Batch{First: 1}), journal.ErrEmpty, "Append of nothing")
	key := []byte("k")
	refused(t, j.Append(bg, e, journal.Batch{First: 1, Secrets: []journal.Secret{{Subject: "a", Key: key}}}), journal.ErrEmpty, "Append of secrets alone")
	for _, s := range []journal.Secret{{Subject: "", Key: key}, {Subject: "a"}} {
		b := batch(1, 1)
		b.Secrets = []journal.Secret{s}
		refused(t, j.Append(bg, e, b), journal.ErrEmpty, "Append of half a secret")
	}
	b := batch(2, 1)
	b.Secrets = []journal.Secret{{Subject: "a", Key: key}}
	refused(t, j.Append(bg, e, b), journal.ErrGap, "Append beyond the head")
	_, err := j.Secret(bg, "a")
	refused(t, err, journal.ErrNoSecret, "a refused batch's secret")
	holds(t, j, 0)
	add(t, j, e, batch(1, 1))
}

func limits(t *testing.T, o Opener) {
	j := o.Open(t)
	e := lead(t, j)
	add(t, j, e, batch(1, journal.MaxEntries))
	holds(t, j, journal.MaxEntries)
	head := uint64(journal.MaxEntries)
	refused(t, j.Append(bg, e, batch(head+1, journal.MaxEntries+1)), journal.ErrTooLarge, "one entry too many")

	whole := bytes.Repeat([]byte{0xA5}, journal.MaxBody)
	add(t, j, e, journal.Batch{First: head + 1, Bodies: [][]byte{whole}})
	err := j.Read(bg, head, 0, func(e journal.Entry) error {
		if !bytes.Equal(e.Body, whole) {
			return errors.New("the largest body came back changed")
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	head++
	refused(t, j.Append(bg, e, journal.Batch{First: head + 1, Bodies: [][]byte{append(whole, 1)}}), journal.ErrTooLarge, "a body one byte too long")

	s := journal.Secret{Subject: string(bytes.Repeat([]byte{'s'}, journal.MaxSubject)), Key: bytes.Repeat([]byte{1}, journal.MaxKey)}
	b := batch(head+1, 1)
	b.Secrets = []journal.Secret{s}
	add(t, j, e, b)
	if key, err := j.Secret(bg, s.Subject); err != nil || !bytes.Equal(key, s.Key) {
		t.Fatalf("the largest secret came back as %d bytes, %v", len(key), err)
	}
	b = batch(head+2, 1)
	b.Secrets = []journal.Secret{{Subject: s.Subject + "s", Key: s.Key}}
	refused(t, j.Append(bg, e, b), journal.ErrTooLarge, "a subject one byte too long")
	b.Secrets = []journal.Secret{{Subject: "t", Key: append(s.Key, 1)}}
	refused(t, j.Append(bg, e, b), journal.ErrTooLarge, "a key one byte too long")

	b.Secrets = nil
	for i := range journal.MaxSecrets {
		b.Secrets = append(b.Secrets, journal.Secret{Subject: fmt.Sprint("many", i), Key: s.Key[:32]})
	}
	more := b
	more.Secrets = append(more.Secrets[:journal.MaxSecrets:journal.MaxSecrets], journal.Secret{Subject: "last", Key: s.Key})
	refused(t, j.Append(bg, e, more), journal.ErrTooLarge, "one secret too many")
	add(t, j, e, b)
	if key, err := j.Secret(bg, "many9999"); err != nil || len(key) != 32 {
		t.Fatalf("the last of many secrets: %d bytes, %v", len(key), err)
	}
}

func batchBytes(t *testing.T, o Opener) {
	j := o.Open(t)
	e := lead(t, j)
	part := bytes.Repeat([]byte{0x5A}, journal.MaxBody)
	b := journal.Batch{First: 1}
	for range journal.MaxBatchBytes / journal.MaxBody {
		b.Bodies = append(b.Bodies, part)
	}
	over := b
	over.Bodies = append(over.Bodies[:len(b.Bodies):len(b.Bodies)], []byte{1})
	refused(t, j.Append(bg, e, over), journal.ErrTooLarge, "a batch one byte too large")
	add(t, j, e, b)
	n := 0
	err := j.Read(bg, 0, 0, func(e journal.Entry) error {
		n++
		if !bytes.Equal(e.Body, part) {
			return fmt.Errorf("entry %d came back changed", e.Seq)
		}
		return nil
	})
	if err != nil || n != len(b.Bodies) {
		t.Fatalf("read %d of %d entries: %v", n, len(b.Bodies), err)
	}
}
