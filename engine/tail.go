package engine

import (
	"context"
	"errors"
	"fmt"
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
	mu     sync.RWMutex
	events []Recorded // consecutive, the newest last
	last   uint64
	more   chan struct{} // closed and replaced at every release
}

func (t *tail) reset(seq uint64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.events, t.last = nil, seq
	if t.more == nil {
		t.more = make(chan struct{})
	}
}

func (t *tail) add(events []Recorded) {
	if len(events) == 0 {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.events)+len(events) > 2*TailMax {
		t.events = append([]Recorded(nil), t.events[len(t.events)-TailMax:]...)
	}
	t.events = append(t.events, events...)
	t.last = events[len(events)-1].Seq
	close(t.more)
	t.more = make(chan struct{})
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
	e.tail.mu.RLock()
	events, last := e.tail.events, e.tail.last
	e.tail.mu.RUnlock()
	if after >= last || limit <= 0 {
		return nil, nil
	}
	if len(events) > 0 && events[0].Seq <= after+1 {
		from := int(after + 1 - events[0].Seq)
		to := min(len(events), from+limit)
		return events[from:to:to], nil
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
