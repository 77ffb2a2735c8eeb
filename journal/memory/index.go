package memory

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/everycall/everycall/journal"
)

// Index is a journal.Index in memory. It is safe for concurrent use.
type Index struct {
	mu    sync.Mutex
	reach uint64
	mark  []byte
	names map[string][]uint64
}

var _ journal.Index = (*Index)(nil)

// NewIndex is an empty index.
func NewIndex() *Index { return &Index{names: map[string][]uint64{}} }

// Reach implements journal.Index.
func (x *Index) Reach(ctx context.Context) (uint64, []byte, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.reach, bytes.Clone(x.mark), ctx.Err()
}

// Add implements journal.Index.
func (x *Index) Add(ctx context.Context, after, to uint64, mark []byte, mentions []journal.Mention) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if after != x.reach || to <= after {
		return fmt.Errorf("%w: from %d to %d, the reach is %d", journal.ErrGap, after, to, x.reach)
	}
	for _, m := range mentions {
		if len(m.Name) > journal.MaxName {
			return fmt.Errorf("%w: a name of %d bytes, the limit is %d", journal.ErrTooLarge, len(m.Name), journal.MaxName)
		}
	}
	for _, m := range mentions {
		seqs := x.names[m.Name]
		if at, known := slices.BinarySearch(seqs, m.Seq); !known {
			x.names[m.Name] = slices.Insert(seqs, at, m.Seq)
		}
	}
	x.reach, x.mark = to, bytes.Clone(mark)
	return nil
}

// Find implements journal.Index.
func (x *Index) Find(ctx context.Context, name string, after uint64, limit int) ([]uint64, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	seqs := x.names[name]
	from, known := slices.BinarySearch(seqs, after)
	if known {
		from++
	}
	seqs = seqs[from:]
	return slices.Clone(seqs[:min(limit, len(seqs))]), ctx.Err()
}

// Clear implements journal.Index.
func (x *Index) Clear(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	x.reach, x.mark, x.names = 0, nil, map[string][]uint64{}
	return nil
}
