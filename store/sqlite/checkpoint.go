package sqlite

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/everycall/everycall/journal"
)

// SQLite's own checkpoint (wal_autocheckpoint) runs inside the commit that crosses
// its threshold and makes that one caller wait for copying and syncing all of it.
// Here it is off, and the keeper, a goroutine with a connection of its own, does
// the work in two steps. A passive checkpoint runs beside the appends and moves
// nearly everything; while much was appended meanwhile it runs again, and each
// round has less to move. The WAL starts again from its beginning only when all of
// it has been moved, which a passive checkpoint never reaches while appends go on;
// so once the WAL is long, a last one runs with the writer held off, and has only
// the little that is left to move.

const (
	checkpointBytes = 8 << 20  // appended since the last checkpoint: start one
	walBytes        = 32 << 20 // length of the WAL at which the writer is held off
	restBytes       = 1 << 20  // appended during a round: little enough to stop at
	roundsMax       = 5        // rounds beside the appends
)

// eraseWait is how long Erase waits for readers to let go of old copies of a key,
// and eraseStep how long between two tries.
const (
	eraseWait = 10 * time.Second
	eraseStep = 2 * time.Millisecond
)

// ErrTraces: a key is erased for every reader, but a copy may still be in the WAL.
// The cure is to erase it again.
var ErrTraces = errors.New("the key is erased, but a copy is still in the write-ahead log: erase it again")

// keeper moves the WAL into the database. Its goroutine is stopped by stop.
type keeper struct {
	s       *Store
	wake    chan struct{} // holds one wish at most
	quit    chan struct{}
	stopped sync.WaitGroup

	// busy is held during every checkpoint; SQLite runs one at a time anyway, and
	// would answer the second "busy". Lock order: busy, then Store.mu.
	busy sync.Mutex

	mu    sync.Mutex
	bytes int // appended since the last checkpoint began
}

func startKeeper(s *Store) *keeper {
	k := &keeper{s: s, wake: make(chan struct{}, 1), quit: make(chan struct{})}
	k.stopped.Go(k.run)
	return k
}

func (k *keeper) stop() {
	close(k.quit)
	k.stopped.Wait()
}

// wrote counts a batch and wakes the goroutine when there is enough to move.
func (k *keeper) wrote(b journal.Batch) {
	n := pageBytes // the least that a commit writes
	for _, body := range b.Bodies {
		n += len(body)
	}
	k.mu.Lock()
	k.bytes += n
	due := k.bytes >= checkpointBytes
	k.mu.Unlock()
	if due {
		select {
		case k.wake <- struct{}{}:
		default:
		}
	}
}

func (k *keeper) run() {
	for {
		select {
		case <-k.quit:
			return
		case <-k.wake:
		}
		// An error leaves everything in the WAL, where it is safe; the next wake-up
		// tries again, and a disk that is really broken fails the appends too.
		_ = k.checkpoint(context.Background())
	}
}

// progress is a checkpoint's answer, in pages.
type progress struct{ blocked, long, moved int }

func (k *keeper) pragma(ctx context.Context, mode string) (p progress, err error) {
	err = k.s.keeping.QueryRowContext(ctx, "PRAGMA wal_checkpoint("+mode+")").Scan(&p.blocked, &p.long, &p.moved)
	return p, err
}

func (k *keeper) checkpoint(ctx context.Context) error {
	k.busy.Lock()
	defer k.busy.Unlock()
	var p progress
	for range roundsMax {
		k.recount()
		var err error
		if p, err = k.pragma(ctx, "PASSIVE"); err != nil {
			return err
		}
		if k.rest() < restBytes {
			break
		}
	}
	if p.long*pageBytes < walBytes {
		return nil
	}
	k.s.mu.Lock()
	defer k.s.mu.Unlock()
	k.recount()
	_, err := k.pragma(ctx, "PASSIVE")
	return err
}

// recount starts the count of appended bytes again.
func (k *keeper) recount() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.bytes = 0
}

// rest is the count of bytes appended since the last checkpoint began.
func (k *keeper) rest() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.bytes
}

// empty moves the whole WAL into the database and cuts the file to nothing, so
// that no old copy of a page is left in it. Readers that hold an old view are
// waited for, with the writer running in between.
func (k *keeper) empty(ctx context.Context) error {
	k.busy.Lock()
	defer k.busy.Unlock()
	for deadline := time.Now().Add(eraseWait); ; {
		k.s.mu.Lock()
		p, err := k.pragma(ctx, "TRUNCATE")
		k.s.mu.Unlock()
		if err == nil && p.blocked == 0 {
			return nil
		}
		if err == nil && time.Now().After(deadline) {
			err = errors.New("readers hold on to it")
		}
		if err != nil {
			return fmt.Errorf("%w: %w", ErrTraces, err)
		}
		time.Sleep(eraseStep)
	}
}
