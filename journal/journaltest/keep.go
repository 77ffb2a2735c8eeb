package journaltest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/everycall/everycall/journal"
)

func reading(t *testing.T, o Opener) {
	j := o.Open(t)
	e := lead(t, j)
	head := uint64(0)
	for _, n := range []int{5, 1, 300, 1, 1, 1500} {
		add(t, j, e, batch(head+1, n))
		head += uint64(n)
	}
	for _, after := range []uint64{0, 1, 4, 5, 6, 7, 305, 306, 307, 308, 309, head - 1, head, head + 1, 1 << 62} {
		left := head - min(after, head)
		for _, limit := range []int{0, 1, 2, 299, 300, 301, 5000} {
			want := left
			if limit > 0 {
				want = min(want, uint64(limit))
			}
			if n := read(t, j, after, limit); n != want {
				t.Fatalf("after %d, limit %d: %d entries, want %d", after, limit, n, want)
			}
		}
	}
	stop := errors.New("enough")
	n := 0
	err := j.Read(bg, 0, 0, func(journal.Entry) error {
		if n++; n == 3 {
			return stop
		}
		return nil
	})
	if err != stop || n != 3 {
		t.Fatalf("an error from yield came back as %v after %d entries", err, n)
	}
	ctx, cancel := context.WithCancel(bg)
	n = 0
	err = j.Read(ctx, 0, 0, func(journal.Entry) error {
		n++
		cancel()
		return nil
	})
	if err != nil && !errors.Is(err, context.Canceled) || err == nil && uint64(n) != head {
		t.Fatalf("reading with a context cancelled on the way: %v after %d of %d", err, n, head)
	}
}

func readingNested(t *testing.T, o Opener) {
	j := o.Open(t)
	e := lead(t, j)
	add(t, j, e, batch(1, 20))
	err := j.Read(bg, 0, 20, func(at journal.Entry) error {
		if at.Seq%5 == 0 {
			head, err := j.Head(bg)
			if err != nil {
				return err
			}
			if err := j.Append(bg, e, batch(head+1, 2)); err != nil {
				return err
			}
			if n := read(t, j, at.Seq, 3); n != 3 {
				return fmt.Errorf("nested reading gave %d", n)
			}
		}
		if !bytes.Equal(at.Body, body(at.Seq)) {
			return fmt.Errorf("entry %d changed during its yield", at.Seq)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	holds(t, j, 28)
}

func subjects(t *testing.T, j journal.Journal, after uint64) []string {
	t.Helper()
	var got []string
	err := j.Secrets(bg, after, func(s journal.Secret) error {
		if string(s.Key) != "key of "+s.Subject {
			return fmt.Errorf("%q has the key %q", s.Subject, s.Key)
		}
		got = append(got, s.Subject)
		return nil
	})
	if err != nil {
		t.Fatalf("Secrets after %d: %v", after, err)
	}
	return got
}

func born(first uint64, n int, names ...string) journal.Batch {
	b := batch(first, n)
	for _, name := range names {
		b.Secrets = append(b.Secrets, journal.Secret{Subject: name, Key: []byte("key of " + name)})
	}
	return b
}

func secrets(t *testing.T, o Opener) {
	j := o.Open(t)
	e := lead(t, j)
	add(t, j, e, born(1, 3, "z", "a"))
	add(t, j, e, batch(4, 1))
	add(t, j, e, born(5, 2, "m"))
	add(t, j, e, born(7, 1, "b", "y", "x"))
	check := func(after uint64, want ...string) {
		t.Helper()
		if got := subjects(t, j, after); !slices.Equal(got, want) {
			t.Fatalf("secrets after %d: %q, want %q", after, got, want)
		}
	}
	for range 2 {
		check(0, "z", "a", "m", "b", "y", "x")
		check(1, "m", "b", "y", "x")
		check(4, "m", "b", "y", "x")
		check(5, "b", "y", "x")
		check(6, "b", "y", "x")
		check(7)
		check(1 << 62)
		j = o.Open(t)
	}
	stop := errors.New("enough")
	if err := j.Secrets(bg, 0, func(journal.Secret) error { return stop }); err != stop {
		t.Fatalf("an error from yield came back as %v", err)
	}
}

func secretTwice(t *testing.T, o Opener) {
	j := o.Open(t)
	e := lead(t, j)
	add(t, j, e, born(1, 1, "a"))
	refused(t, j.Append(bg, e, born(2, 1, "b", "a")), journal.ErrSecretExists, "a second key for a subject")
	refused(t, j.Append(bg, e, born(2, 1, "c", "c")), journal.ErrSecretExists, "two keys for a subject in one batch")
	holds(t, j, 1)
	if got := subjects(t, j, 0); !slices.Equal(got, []string{"a"}) {
		t.Fatalf("refused batches left secrets: %q", got)
	}
	// A definite refusal does not end the epoch.
	add(t, j, e, born(2, 1, "b"))
	if err := j.Erase(bg, "a"); err != nil {
		t.Fatal(err)
	}
	refused(t, j.Append(bg, e, born(3, 1, "a")), journal.ErrSecretExists, "a new key for an erased subject")
	holds(t, j, 2)
}

func erase(t *testing.T, o Opener) {
	j := o.Open(t)
	e := lead(t, j)
	add(t, j, e, born(1, 2, "a", "b", "c"))
	for range 2 { // twice: erasing is repeated after a crash
		if err := j.Erase(bg, "b"); err != nil {
			t.Fatalf("Erase: %v", err)
		}
		for range 2 {
			_, err := j.Secret(bg, "b")
			refused(t, err, journal.ErrNoSecret, "an erased secret")
			if got := subjects(t, j, 0); !slices.Equal(got, []string{"a", "c"}) {
				t.Fatalf("living secrets: %q", got)
			}
			holds(t, j, 2)
			j = o.Open(t)
		}
	}
	e = lead(t, j)
	add(t, j, e, born(3, 1, "d"))
	if got := subjects(t, j, 0); !slices.Equal(got, []string{"a", "c", "d"}) {
		t.Fatalf("living secrets: %q", got)
	}
}

func save(t testing.TB, j journal.Journal, seq uint64) {
	t.Helper()
	if err := j.SaveSnapshot(bg, journal.Snapshot{Seq: seq, Body: fmt.Appendf(nil, "state %d", seq)}); err != nil {
		t.Fatalf("SaveSnapshot at %d: %v", seq, err)
	}
}

// newest checks which snapshot is loaded; 0 for none.
func newest(t testing.TB, j journal.Journal, seq uint64) {
	t.Helper()
	upTo(t, j, journal.Newest, seq)
}

// upTo checks which snapshot is loaded at or before an entry; 0 for none.
func upTo(t testing.TB, j journal.Journal, last, seq uint64) {
	t.Helper()
	s, err := j.LoadSnapshot(bg, last)
	if seq == 0 {
		refused(t, err, journal.ErrNoSnapshot, fmt.Sprintf("LoadSnapshot up to %d", last))
		return
	}
	if err != nil || s.Seq != seq || string(s.Body) != fmt.Sprint("state ", seq) {
		t.Fatalf("LoadSnapshot up to %d = %d %q, %v; want %d", last, s.Seq, s.Body, err, seq)
	}
}

func eraseSnapshots(t *testing.T, o Opener) {
	j := o.Open(t)
	e := lead(t, j)
	add(t, j, e, born(1, 9, "a"))
	add(t, j, e, born(10, 5, "b"))
	add(t, j, e, born(15, 5, "c"))
	for _, seq := range []uint64{4, 9, 10, 14, 17} {
		save(t, j, seq)
	}
	for _, erase := range []struct {
		subject string
		left    []uint64 // for those at 4, 9, 10, 14 and 17
	}{
		{"nobody", []uint64{4, 9, 10, 14, 17}},
		{"c", []uint64{4, 9, 10, 14, 14}},
		{"b", []uint64{4, 9, 9, 9, 9}}, // born somewhere from 10 on
		{"b", []uint64{4, 9, 9, 9, 9}},
		{"a", []uint64{0, 0, 0, 0, 0}},
	} {
		if err := j.Erase(bg, erase.subject); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			for i, last := range []uint64{4, 9, 10, 14, 17} {
				upTo(t, j, last, erase.left[i])
			}
			j = o.Open(t)
		}
	}
	save(t, j, 9)
	// Erasing again, as after a crash on the way, takes what was saved since.
	if err := j.Erase(bg, "a"); err != nil {
		t.Fatal(err)
	}
	newest(t, j, 0)
	save(t, j, 9)
	j = o.Open(t)
	newest(t, j, 9)
}

func snapshots(t *testing.T, o Opener) {
	j := o.Open(t)
	e := lead(t, j)
	add(t, j, e, batch(1, 10))
	for _, seq := range []uint64{0, 11, 1 << 62} {
		refused(t, j.SaveSnapshot(bg, journal.Snapshot{Seq: seq, Body: []byte("x")}), journal.ErrGap, fmt.Sprintf("SaveSnapshot at %d", seq))
	}
	newest(t, j, 0)
	save(t, j, 3)
	newest(t, j, 3)
	save(t, j, 7)
	newest(t, j, 7)
	save(t, j, 5) // older than the newest: kept behind it
	newest(t, j, 7)
	save(t, j, 10)
	save(t, j, 10) // again: replaced
	newest(t, j, 10)
	j = o.Open(t)
	newest(t, j, 10)
	for last, want := range []uint64{0, 0, 0, 3, 3, 5, 5, 7, 7, 7, 10, 10} {
		upTo(t, j, uint64(last), want)
	}
	o.DamageSnapshot(t, 10)
	newest(t, j, 7)
	o.DamageSnapshot(t, 5)
	upTo(t, j, 6, 3)
	newest(t, j, 7)
	o.DamageSnapshot(t, 7)
	o.DamageSnapshot(t, 3)
	newest(t, j, 0)
}

// snapshotsThinned: what is kept is what Thin says, whatever the order of saving.
func snapshotsThinned(t *testing.T, o Opener) {
	j := o.Open(t)
	e := lead(t, j)
	const entries = 600
	add(t, j, e, batch(1, entries))
	var kept []journal.Stored
	keep := func(seq uint64) {
		save(t, j, seq)
		kept = append(kept, journal.Stored{Seq: seq, Bytes: int64(len(fmt.Sprint("state ", seq)))})
		drop := journal.Thin(kept)
		kept = slices.DeleteFunc(kept, func(s journal.Stored) bool { return slices.Contains(drop, s.Seq) })
	}
	for seq := uint64(5); seq < entries; seq += 5 {
		keep(seq)
	}
	keep(2) // older than all others
	if len(kept) != journal.SnapshotsKept {
		t.Fatalf("%d are kept", len(kept))
	}
	j = o.Open(t)
	slices.SortFunc(kept, func(a, b journal.Stored) int { return int(b.Seq) - int(a.Seq) })
	last := uint64(journal.Newest)
	for _, s := range kept {
		upTo(t, j, last, s.Seq)
		last = s.Seq - 1
	}
	upTo(t, j, last, 0)
}

func snapshotDamage(t *testing.T, o Opener) {
	j := o.Open(t)
	e := lead(t, j)
	add(t, j, e, batch(1, 10))
	save(t, j, 4)
	save(t, j, 9)
	o.DamageSnapshot(t, 9)
	newest(t, j, 4)
	j = o.Open(t)
	newest(t, j, 4)
	save(t, j, 9) // written anew, it is valid again
	newest(t, j, 9)
	if err := j.SaveSnapshot(bg, journal.Snapshot{Seq: 10}); err != nil {
		t.Fatalf("an empty body is a body: %v", err)
	}
	if s, err := j.LoadSnapshot(bg, journal.Newest); err != nil || s.Seq != 10 || len(s.Body) != 0 {
		t.Fatalf("an empty snapshot came back as %d, %d bytes, %v", s.Seq, len(s.Body), err)
	}
}

func snapshotLimits(t *testing.T, o Opener) {
	if testing.Short() {
		t.Skip("writes 64 MiB")
	}
	j := o.Open(t)
	e := lead(t, j)
	add(t, j, e, batch(1, 1))
	large := make([]byte, journal.MaxSnapshot+1)
	large[journal.MaxSnapshot-1] = 7
	refused(t, j.SaveSnapshot(bg, journal.Snapshot{Seq: 1, Body: large}), journal.ErrTooLarge, "a snapshot one byte too large")
	if err := j.SaveSnapshot(bg, journal.Snapshot{Seq: 1, Body: large[:journal.MaxSnapshot]}); err != nil {
		t.Fatal(err)
	}
	if s, err := j.LoadSnapshot(bg, journal.Newest); err != nil || !bytes.Equal(s.Body, large[:journal.MaxSnapshot]) {
		t.Fatalf("the largest snapshot came back changed: %d bytes, %v", len(s.Body), err)
	}
}

// calls is every method but Close, on ctx.
func calls(j journal.Journal, ctx context.Context, e journal.Epoch) map[string]error {
	got := map[string]error{}
	_, got["Lead"] = j.Lead(ctx)
	got["Append"] = j.Append(ctx, e, batch(2, 1))
	_, got["Head"] = j.Head(ctx)
	got["Read"] = j.Read(ctx, 0, 0, func(journal.Entry) error { return errors.New("yielded") })
	_, got["Secret"] = j.Secret(ctx, "a")
	got["Secrets"] = j.Secrets(ctx, 0, func(journal.Secret) error { return errors.New("yielded") })
	got["Erase"] = j.Erase(ctx, "a")
	got["SaveSnapshot"] = j.SaveSnapshot(ctx, journal.Snapshot{Seq: 1, Body: []byte("later")})
	_, got["LoadSnapshot"] = j.LoadSnapshot(ctx, journal.Newest)
	return got
}

func closed(t *testing.T, o Opener) {
	j := o.Open(t)
	e := lead(t, j)
	add(t, j, e, born(1, 1, "a"))
	for range 2 {
		if err := j.Close(); err != nil {
			t.Fatalf("Close: %v", err)
		}
	}
	for name, err := range calls(j, bg, e) {
		refused(t, err, journal.ErrClosed, name+" after Close")
	}
	j = o.Open(t)
	holds(t, j, 1)
}

func ended(t *testing.T, o Opener) {
	j := o.Open(t)
	e := lead(t, j)
	add(t, j, e, born(1, 1, "a"))
	save(t, j, 1)
	ctx, cancel := context.WithCancel(bg)
	cancel()
	for name, err := range calls(j, ctx, e) {
		refused(t, err, context.Canceled, name+" on an ended context")
	}
	holds(t, j, 1)
	newest(t, j, 1)
	if got := subjects(t, j, 0); !slices.Equal(got, []string{"a"}) {
		t.Fatalf("secrets: %q", got)
	}
	add(t, j, e, batch(2, 1))
}
