package engine

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/everycall/everycall/dispatch"
	"github.com/everycall/everycall/journal"
	"github.com/everycall/everycall/schema"
	"github.com/everycall/everycall/vault"
)

// ReplayMax is how far behind a reader may be before it is sent to the board.
const ReplayMax = 100_000

// tail is the newest released events, kept for readers. Readers pull: there is
// no queue for each of them that could fill or drop.
type tail struct {
	mu      sync.RWMutex
	batches [][]Recorded // as they were released: consecutive, the newest last
	size    int          // events in them
	last    uint64
	more    chan struct{} // closed and replaced at every release
}

func (t *tail) reset(seq uint64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.batches, t.size, t.last = nil, 0, seq
	if t.more == nil {
		t.more = make(chan struct{})
	}
}

// forget drops what is kept: readers get it from the journal from now on.
func (t *tail) forget() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.batches, t.size = nil, 0
}

// add takes a batch over.
func (t *tail) add(events []Recorded) {
	if len(events) == 0 {
		return
	}
	if cap(events) > 2*len(events) {
		events = slices.Clone(events) // it is kept for long
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.size+len(events) > 2*TailMax {
		drop := 0
		for ; drop < len(t.batches) && t.size+len(events)-len(t.batches[drop]) >= TailMax; drop++ {
			t.size -= len(t.batches[drop])
		}
		t.batches = slices.Clone(t.batches[drop:]) // readers may hold the old list
	}
	t.batches = append(t.batches, events)
	t.size += len(events)
	t.last = events[len(events)-1].Seq
	close(t.more)
	t.more = make(chan struct{})
}

// read answers events after a sequence number, at most limit of them, and the
// newest there is; none when the first of them is no longer kept.
func (t *tail) read(after uint64, limit int) (events []Recorded, last uint64) {
	t.mu.RLock()
	batches, last := t.batches, t.last
	t.mu.RUnlock()
	if after >= last || len(batches) == 0 || batches[0][0].Seq > after+1 {
		return nil, last
	}
	n, exact := slices.BinarySearchFunc(batches, after+1, func(b []Recorded, seq uint64) int { return cmp.Compare(b[0].Seq, seq) })
	if !exact {
		n--
	}
	from := batches[n][after+1-batches[n][0].Seq:]
	if len(from) >= limit || n == len(batches)-1 {
		to := min(len(from), limit)
		return from[:to:to], last
	}
	events = make([]Recorded, 0, min(limit, int(last-after)))
	for n++; len(from) > 0 && len(events) < limit; n++ {
		events = append(events, from[:min(len(from), limit-len(events))]...)
		from = nil
		if n < len(batches) {
			from = batches[n]
		}
	}
	return events, last
}

func (t *tail) seq() uint64 {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return t.last
}

// More returns a channel that is closed when something newer than after is there.
func (e *Engine) More(after uint64) <-chan struct{} {
	e.tail.mu.RLock()
	defer e.tail.mu.RUnlock()
	if e.tail.last > after {
		ready := make(chan struct{})
		close(ready)
		return ready
	}
	return e.tail.more
}

// Read returns durable events after a sequence number, at most limit, in order.
// Old ones come from the journal; ErrTooFarBehind for more than ReplayMax.
func (e *Engine) Read(ctx context.Context, after uint64, limit int) ([]Recorded, error) {
	if limit <= 0 {
		return nil, nil
	}
	events, last := e.tail.read(after, limit)
	if len(events) > 0 || after >= last {
		return events, nil
	}
	if last-after > ReplayMax {
		return nil, ErrTooFarBehind
	}
	return e.ReadJournal(ctx, after, min(limit, int(last-after)))
}

// ReadJournal reads from the journal however far back, never past what has been
// released.
func (e *Engine) ReadJournal(ctx context.Context, after uint64, limit int) ([]Recorded, error) {
	last := e.Seq()
	if after >= last || limit <= 0 {
		return nil, nil
	}
	var out []Recorded
	opener := vault.New(e.opt.Journal, nil)
	err := e.opt.Journal.Read(ctx, after, min(limit, int(last-after)), func(entry journal.Entry) error {
		_, recorded, err := open(ctx, opener, entry)
		out = append(out, recorded)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read events after %d: %w", after, err)
	}
	return out, nil
}

// open decodes one entry and opens its sealed part. An erased one stays empty.
func open(ctx context.Context, v *vault.Vault, entry journal.Entry) (schema.Record, Recorded, error) {
	var r schema.Record
	if err := r.Unmarshal(entry.Body); err != nil {
		return r, Recorded{}, fmt.Errorf("event %d: %w", entry.Seq, err)
	}
	event, err := r.Event()
	if err != nil {
		return r, Recorded{}, fmt.Errorf("event %d: %w", entry.Seq, err)
	}
	if sealed, is := event.(dispatch.Sealed); is && len(r.Sealed) > 0 {
		plain, err := v.Open(ctx, r.Subject, entry.Seq, r.Sealed)
		switch {
		case errors.Is(err, vault.ErrErased):
		case err != nil:
			return r, Recorded{}, err
		default:
			if err := schema.OpenPrivate(plain, sealed.Secret()); err != nil {
				return r, Recorded{}, fmt.Errorf("event %d: private part: %w", entry.Seq, err)
			}
		}
	}
	return r, Recorded{Seq: entry.Seq, At: dispatch.Instant(r.At), By: r.By, Command: r.Command, Event: event}, nil
}
