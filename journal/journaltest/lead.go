package journaltest

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/everycall/everycall/journal"
)

func fencing(t *testing.T, o Opener) {
	j := o.Open(t)
	old := lead(t, j)
	add(t, j, old, batch(1, 2))
	now := lead(t, j)
	if now <= old {
		t.Fatalf("epoch %d does not exceed %d", now, old)
	}
	refused(t, j.Append(bg, old, batch(3, 1)), journal.ErrFenced, "Append in an old epoch")
	refused(t, j.Append(bg, now+1, batch(3, 1)), journal.ErrFenced, "Append in an epoch to come")
	// Fenced outranks the gap: whoever lost the lead must not be told about heads.
	refused(t, j.Append(bg, old, batch(9, 1)), journal.ErrFenced, "Append in an old epoch at a wrong place")
	holds(t, j, 2)
	add(t, j, now, batch(3, 1))
	holds(t, j, 3)
}

func epochsLast(t *testing.T, o Opener) {
	j := o.Open(t)
	first := lead(t, j)
	add(t, j, first, batch(1, 1))
	j = o.Open(t)
	second := lead(t, j)
	if second <= first {
		t.Fatalf("epoch %d after reopening does not exceed %d", second, first)
	}
	refused(t, j.Append(bg, first, batch(2, 1)), journal.ErrFenced, "Append in the epoch before the reopening")
	add(t, j, second, batch(2, 1))
	holds(t, j, 2)
}

func unknownEndsEpoch(t *testing.T, o Opener) {
	j := o.Open(t)
	e := lead(t, j)
	add(t, j, e, batch(1, 1))
	o.FailNext(t, false)
	refused(t, j.Append(bg, e, batch(2, 1)), journal.ErrUnknown, "the failing Append")
	// Neither the same batch nor another may slip in before the barrier.
	for _, first := range []uint64{1, 2, 3} {
		refused(t, j.Append(bg, e, batch(first, 1)), journal.ErrFenced, "Append after an unknown outcome")
	}
	e = lead(t, j)
	add(t, j, e, batch(2, 1))
	holds(t, j, 2)
}

func unknown(t *testing.T, o Opener, kept bool) {
	j := o.Open(t)
	e := lead(t, j)
	add(t, j, e, batch(1, 2))
	b := batch(3, 4)
	b.Secrets = []journal.Secret{{Subject: "caller", Key: []byte("key")}}
	o.FailNext(t, kept)
	refused(t, j.Append(bg, e, b), journal.ErrUnknown, "the failing Append")
	e = lead(t, j)
	head, err := j.Head(bg)
	if err != nil {
		t.Fatal(err)
	}
	if want := map[bool]uint64{true: 6, false: 2}[kept]; head != want {
		t.Fatalf("after the barrier the head is %d, want %d", head, want)
	}
	holds(t, j, head)
	if _, err := j.Secret(bg, "caller"); (err == nil) != kept {
		t.Fatalf("the batch was kept: %v; its secret: %v", kept, err)
	}
	add(t, j, e, batch(head+1, 1))
	j = o.Open(t)
	holds(t, j, head+1)
}

func race(t *testing.T, o Opener) {
	j := o.Open(t)
	e := lead(t, j)
	const writers, rounds = 8, 25
	for round := range uint64(rounds) {
		var wins, losses int
		var mu sync.Mutex
		var wg sync.WaitGroup
		for range writers {
			wg.Go(func() {
				err := j.Append(bg, e, batch(round+1, 1))
				mu.Lock()
				defer mu.Unlock()
				switch {
				case err == nil:
					wins++
				case errors.Is(err, journal.ErrGap):
					losses++
				default:
					t.Errorf("Append: %v", err)
				}
			})
		}
		wg.Wait()
		if wins != 1 || losses != writers-1 {
			t.Fatalf("round %d: %d of %d appends at the same place succeeded", round, wins, writers)
		}
	}
	holds(t, j, rounds)
}

func readingWhileAppending(t *testing.T, o Opener) {
	j := o.Open(t)
	e := lead(t, j)
	const batches, size = 150, 7
	var wg sync.WaitGroup
	done := make(chan struct{})
	for range 3 {
		wg.Go(func() {
			for after := uint64(0); ; {
				select {
				case <-done:
					return
				default:
				}
				head, err := j.Head(bg)
				if err != nil {
					t.Errorf("Head: %v", err)
					return
				}
				if head%size != 0 {
					t.Errorf("head %d is inside a batch", head)
				}
				n := uint64(0)
				err = j.Read(bg, after, 0, func(e journal.Entry) error {
					if n++; e.Seq != after+n || string(e.Body) != string(body(e.Seq)) {
						return fmt.Errorf("entry %d came wrong where %d was due", e.Seq, after+n)
					}
					return nil
				})
				if err != nil {
					t.Errorf("Read: %v", err)
					return
				}
				// What Head showed before must be readable now.
				if after+n < head {
					t.Errorf("the head was %d, then reading ended at %d", head, after+n)
				}
				after += n
			}
		})
	}
	for i := range uint64(batches) {
		add(t, j, e, batch(1+i*size, size))
	}
	close(done)
	wg.Wait()
	holds(t, j, batches*size)
}

func ownership(t *testing.T, o Opener) {
	j := o.Open(t)
	e := lead(t, j)
	b := batch(1, 3)
	b.Secrets = []journal.Secret{{Subject: "s", Key: []byte("secret")}}
	add(t, j, e, b)
	for _, body := range b.Bodies {
		clear(body)
	}
	clear(b.Secrets[0].Key)
	holds(t, j, 3)
	for range 2 {
		key, err := j.Secret(bg, "s")
		if err != nil || string(key) != "secret" {
			t.Fatalf("key = %q, %v", key, err)
		}
		clear(key)
	}
	if err := j.SaveSnapshot(bg, journal.Snapshot{Seq: 3, Body: []byte("state")}); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		s, err := j.LoadSnapshot(bg, journal.Newest)
		if err != nil || string(s.Body) != "state" {
			t.Fatalf("snapshot = %q, %v", s.Body, err)
		}
		clear(s.Body)
	}
}
