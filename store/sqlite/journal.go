package sqlite

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"

	"github.com/everycall/everycall/journal"
)

// Journal is the store's journal. It implements journal.Journal.
type Journal struct {
	s *Store

	closed atomic.Bool
	lost   bool // an append's outcome is unknown: no append until Lead; guarded by s.mu

	// fault stands between an append and its commit in tests: it gets the commit
	// and may answer an error before or after running it. Nil otherwise.
	fault func(commit func() error) error
}

var _ journal.Journal = (*Journal)(nil)

// enter begins a call; the caller leaves with j.s.life.RUnlock unless it errs.
func (j *Journal) enter(ctx context.Context) error {
	err := j.s.enter(ctx)
	if errors.Is(err, ErrClosed) {
		return journal.ErrClosed
	}
	if err != nil {
		return err
	}
	if j.closed.Load() {
		j.s.life.RUnlock()
		return journal.ErrClosed
	}
	return nil
}

// Lead implements journal.Journal.
func (j *Journal) Lead(ctx context.Context) (journal.Epoch, error) {
	if err := j.enter(ctx); err != nil {
		return 0, err
	}
	defer j.s.life.RUnlock()
	var epoch journal.Epoch
	err := j.s.write(func(w *writer) (err error) {
		if epoch, err = w.lead(); err == nil {
			j.lost = false
		}
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("take the lead: %w", err)
	}
	return epoch, nil
}

// Append implements journal.Journal.
func (j *Journal) Append(ctx context.Context, e journal.Epoch, b journal.Batch) error {
	if err := b.Check(); err != nil {
		return err
	}
	if err := j.enter(ctx); err != nil {
		return err
	}
	defer j.s.life.RUnlock()
	err := j.s.write(func(w *writer) error {
		if j.lost {
			return refuse(fmt.Errorf("%w: epoch %d ended with an unknown outcome", journal.ErrFenced, e))
		}
		commit := func() error { return w.append(e, b, j.s.clock().UnixMilli()) }
		var err error
		if j.fault != nil {
			err = j.fault(commit)
		} else {
			err = commit()
		}
		if err != nil && !certain(err) {
			j.lost = true
			return fmt.Errorf("%w: %w", journal.ErrUnknown, err)
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("append events %d–%d: %w", b.First, b.Last(), err)
	}
	j.s.keeper.wrote(b)
	return nil
}

// Close implements journal.Journal. The store stays open.
func (j *Journal) Close() error {
	j.closed.Store(true)
	return nil
}
