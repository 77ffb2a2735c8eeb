// Package memory is a journal in memory that can crash: what tests, the simulator
// and the lab use in place of a disk.
//
// A Journal is one process's handle; behind it is a disk that outlives it. Faults
// are chosen per append, by an explicit plan, by a seed, or one at a time with
// Crash, so that a run can be repeated exactly. Reopen gives a new handle on what
// a real disk would hold after recovery, and the old one is dead from then on.
//
// Invariant: apart from Lie, which exists so that a fault suite can prove that it
// notices, no fault breaks the promises of package journal.
package memory

import (
	"context"
	"fmt"
	"hash/crc32"
	"slices"
	"sort"
	"sync"

	"github.com/everycall/everycall/journal"
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// pageEntries is how many entries Read takes under the lock at a time.
const pageEntries = 512

// disk is what outlives a handle. All fields are owned by mu.
type disk struct {
	mu       sync.Mutex
	holder   *Journal // the only living handle
	epoch    journal.Epoch
	batches  []stored // in order of first, without a gap
	head     uint64
	secrets  []secret // in order of birth; an erased one stays with a nil key
	subjects map[string]int
	shots    []snapshot
	appends  uint64 // appends that reached the disk's door, over all handles
	plan     Plan
}

type stored struct {
	first  uint64
	bodies [][]byte
	// secretsBefore is len(disk.secrets) before this batch, to cut it off whole.
	secretsBefore int
	// torn and lied batches are gone after a reopen, and all that follow them.
	torn, lied bool
}

type secret struct {
	first   uint64
	subject string
	key     []byte
}

type snapshot struct {
	seq  uint64
	sum  uint32
	body []byte
}

// Journal is a handle on a disk in memory. It is safe for concurrent use.
type Journal struct {
	d *disk
	// The rest is owned by d.mu.
	armed  Fault
	lost   bool // an append answered ErrUnknown: no append until Lead
	closed bool
}

var _ journal.Journal = (*Journal)(nil)

// Option changes how New makes a journal.
type Option func(*disk)

// WithPlan lets p choose the fault that each append meets.
func WithPlan(p Plan) Option { return func(d *disk) { d.plan = p } }

// New is a handle on a new, empty disk. Without options nothing ever fails.
func New(options ...Option) *Journal {
	d := &disk{subjects: map[string]int{}}
	for _, o := range options {
		o(d)
	}
	d.holder = &Journal{d: d}
	return d.holder
}

// Crash arms a fault: the next Append on this handle meets f, whatever the plan
// says.
func (j *Journal) Crash(f Fault) {
	j.d.mu.Lock()
	defer j.d.mu.Unlock()
	j.armed = f
}

// Reopen cuts the power, if it is still on, and gives a new handle on what the
// disk holds after recovery: torn batches, and whatever a lying disk had not
// really kept, are gone. The old handle answers ErrClosed from now on.
func (j *Journal) Reopen() *Journal {
	d := j.d
	d.mu.Lock()
	defer d.mu.Unlock()
	d.holder.closed = true
	for i, b := range d.batches {
		if b.torn || b.lied {
			d.cut(i)
			break
		}
	}
	d.shots = slices.DeleteFunc(d.shots, func(s snapshot) bool { return s.seq > d.head })
	d.holder = &Journal{d: d}
	return d.holder
}

// cut takes batch i and all after it off the disk.
func (d *disk) cut(i int) {
	b := d.batches[i]
	for _, s := range d.secrets[b.secretsBefore:] {
		delete(d.subjects, s.subject)
	}
	d.secrets = d.secrets[:b.secretsBefore]
	d.head = b.first - 1
	clear(d.batches[i:])
	d.batches = d.batches[:i]
}

// enter locks the disk for one operation; the caller unlocks unless it errs.
func (j *Journal) enter(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	j.d.mu.Lock()
	if j.closed {
		j.d.mu.Unlock()
		return journal.ErrClosed
	}
	return nil
}

// Lead implements journal.Journal.
func (j *Journal) Lead(ctx context.Context) (journal.Epoch, error) {
	if err := j.enter(ctx); err != nil {
		return 0, err
	}
	defer j.d.mu.Unlock()
	j.d.epoch++
	j.lost = false
	return j.d.epoch, nil
}

// Append implements journal.Journal, and meets the fault that is due.
func (j *Journal) Append(ctx context.Context, e journal.Epoch, b journal.Batch) error {
	if err := b.Check(); err != nil {
		return err
	}
	if err := j.enter(ctx); err != nil {
		return err
	}
	d := j.d
	defer d.mu.Unlock()
	if e == 0 || e != d.epoch || j.lost {
		return journal.ErrFenced
	}
	if b.First != d.head+1 {
		return fmt.Errorf("%w: first is %d, the head is %d", journal.ErrGap, b.First, d.head)
	}
	for _, s := range b.Secrets {
		if _, had := d.subjects[s.Subject]; had {
			return fmt.Errorf("%w: %q", journal.ErrSecretExists, s.Subject)
		}
	}
	return j.write(b, j.due())
}

// due is the fault that this append meets.
func (j *Journal) due() Fault {
	f := j.armed
	j.armed = None
	if f == None && j.d.plan != nil {
		f = j.d.plan(j.d.appends)
	}
	j.d.appends++
	return f
}

func (j *Journal) write(b journal.Batch, f Fault) error {
	switch f {
	case FailAbsent:
		j.lost = true
		return fmt.Errorf("%w: injected: failed and absent", journal.ErrUnknown)
	case CrashLost:
		j.closed = true
		return fmt.Errorf("%w: injected: power lost before the write", journal.ErrUnknown)
	}
	j.d.store(b, f)
	switch f {
	case FailKept:
		j.lost = true
		return fmt.Errorf("%w: injected: kept but reported failed", journal.ErrUnknown)
	case CrashTorn:
		j.closed = true
		return fmt.Errorf("%w: injected: power lost during the write", journal.ErrUnknown)
	case CrashKept:
		j.closed = true
		return fmt.Errorf("%w: injected: power lost after the write", journal.ErrUnknown)
	}
	return nil
}

func (d *disk) store(b journal.Batch, f Fault) {
	size := 0
	for _, body := range b.Bodies {
		size += len(body)
	}
	// One allocation for all bodies of the batch; cap-limited so that no window
	// can be grown into its neighbour.
	flat := make([]byte, 0, size)
	bodies := make([][]byte, len(b.Bodies))
	for i, body := range b.Bodies {
		start := len(flat)
		flat = append(flat, body...)
		bodies[i] = flat[start:len(flat):len(flat)]
	}
	d.batches = append(d.batches, stored{
		first: b.First, bodies: bodies, secretsBefore: len(d.secrets), torn: f == CrashTorn, lied: f == Lie,
	})
	d.head = b.Last()
	for _, s := range b.Secrets {
		d.subjects[s.Subject] = len(d.secrets)
		d.secrets = append(d.secrets, secret{first: b.First, subject: s.Subject, key: slices.Clone(s.Key)})
	}
}

// Head implements journal.Journal.
func (j *Journal) Head(ctx context.Context) (uint64, error) {
	if err := j.enter(ctx); err != nil {
		return 0, err
	}
	defer j.d.mu.Unlock()
	return j.d.head, nil
}

// Read implements journal.Journal. The bodies are windows on the disk's own
// memory: a yield that writes into one breaks its contract.
func (j *Journal) Read(ctx context.Context, after uint64, limit int, yield func(journal.Entry) error) error {
	page := make([]journal.Entry, 0, pageEntries)
	for left := limit; ; {
		var err error
		if page, err = j.page(ctx, after, left, page[:0]); err != nil {
			return err
		}
		for _, e := range page {
			if err := yield(e); err != nil {
				return err
			}
		}
		after += uint64(len(page))
		if limit > 0 {
			if left -= len(page); left == 0 {
				return nil
			}
		}
		if len(page) < pageEntries {
			return nil
		}
	}
}

// page takes up to pageEntries entries after the given one, fewer if that many
// are not left of a limit above 0.
func (j *Journal) page(ctx context.Context, after uint64, left int, page []journal.Entry) ([]journal.Entry, error) {
	if err := j.enter(ctx); err != nil {
		return nil, err
	}
	d := j.d
	defer d.mu.Unlock()
	if after >= d.head {
		return page, nil
	}
	want := pageEntries
	if left > 0 {
		want = min(want, left)
	}
	// The last batch whose first is not beyond after+1 holds entry after+1.
	i := sort.Search(len(d.batches), func(i int) bool { return d.batches[i].first > after+1 }) - 1
	for ; i < len(d.batches); i++ {
		b := d.batches[i]
		for k := after + 1 - b.first; k < uint64(len(b.bodies)); k++ {
			if len(page) == want {
				return page, nil
			}
			after++
			page = append(page, journal.Entry{Seq: after, Body: b.bodies[k]})
		}
	}
	return page, nil
}

// Close implements journal.Journal. The disk stays: Reopen works after it.
func (j *Journal) Close() error {
	j.d.mu.Lock()
	defer j.d.mu.Unlock()
	j.closed = true
	return nil
}
