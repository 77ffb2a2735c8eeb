// Package journal says what a durable, append-only, single-writer log of events
// must do. It holds the interface and the limits; journal/memory and
// store/sqlite implement it, and journal/journaltest is the suite that every
// implementation must pass.
//
// One journal belongs to one jurisdiction and has one writer, the engine. The
// invariants, which the engine leans on without checking them again:
//
//   - The entries are numbered 1, 2, 3 … without a gap, and never change.
//   - A batch is there whole or not at all, its secrets included, after any crash.
//   - An Append that answered nil survives a power cut. Nobody can read a batch
//     that might still vanish, except after an Append that answered ErrUnknown
//     (see there).
//   - Only the newest epoch can append. The check is part of the append itself,
//     not a lease beforehand, so a leader that was paused for an hour is harmless.
//
// # Crash reasoning
//
// There are exactly three outcomes of an Append. Nil: durable. A definite error
// (ErrFenced, ErrGap, ErrEmpty, ErrTooLarge, ErrSecretExists, ErrClosed, an ended
// context): nothing was written and nothing will turn up later. ErrUnknown: the
// batch may be on the disk or not, and may be readable or not until the journal
// is led again. An unknown outcome ends the epoch on this handle: every further
// Append answers ErrFenced until Lead. Lead makes a durable commit of its own
// (the barrier): whatever Read shows after it is durable and final. So the cure
// for ErrUnknown is always the same three steps: throw the state away, Lead,
// reload; then look whether the command had been recorded.
//
// A snapshot is a cache. It is never needed to recover, and one that fails its
// checksum is passed over as if it were not there. Old ones are thinned and not
// dropped (see Thin), so that the state at a past moment is found without
// replaying everything before it.
package journal

import (
	"context"
	"errors"
	"fmt"
)

// The limits of a journal. An append beyond one is refused with ErrTooLarge and
// writes nothing.
const (
	MaxBody       = 1 << 20  // bytes of one entry's body
	MaxEntries    = 32_768   // entries of one batch: the end of a posture that holds every contact a room may have
	MaxBatchBytes = 16 << 20 // bytes of all bodies of one batch together
	MaxSecrets    = 10_000   // secrets of one batch
	MaxSubject    = 256      // bytes of a secret's subject
	MaxKey        = 4096     // bytes of a secret's key
	MaxSnapshot   = 64 << 20 // bytes of a snapshot's body
)

var (
	// ErrUnknown: the append may or may not be durable. The caller must throw its
	// state away, Lead, and reload.
	ErrUnknown = errors.New("journal: outcome of the append is unknown: lead again and reload")
	// ErrFenced: another leader has a higher epoch, or this epoch ended with
	// ErrUnknown. Nothing was written.
	ErrFenced = errors.New("journal: fenced: a newer leader has the journal")
	// ErrNoSnapshot: no valid snapshot is stored.
	ErrNoSnapshot = errors.New("journal: no valid snapshot")
	// ErrNoSecret: the subject never had a key, or it was erased.
	ErrNoSecret = errors.New("journal: no secret for this subject")
	// ErrGap: First was not the head plus one. Nothing was written.
	ErrGap = errors.New("journal: batch does not follow the head")
	// ErrEmpty: the batch had no entries, or a secret without subject or key.
	ErrEmpty = errors.New("journal: empty batch")
	// ErrTooLarge: a limit of this package was passed. Nothing was written.
	ErrTooLarge = errors.New("journal: too large")
	// ErrSecretExists: the subject has a key already, or had one that was erased: a
	// second key could not open what the first one sealed. Nothing was written.
	ErrSecretExists = errors.New("journal: the subject has or had a secret already")
	// ErrCorrupt: what is stored is not what was written. Reading stops before the
	// damaged batch; the cure is a backup or a replica.
	ErrCorrupt = errors.New("journal: stored data is damaged")
	// ErrClosed: the journal was closed.
	ErrClosed = errors.New("journal: closed")
)

// Epoch counts leaders: every Lead gives one that is higher than all before it.
type Epoch uint64

// Entry is one event as stored; Body is opaque to the journal and may be empty.
// Seq starts at 1 and is gap-free per journal.
type Entry struct {
	Seq  uint64
	Body []byte
}

// Secret is a sealing key (opaque bytes) born in the same append as the entries
// that need it. Secrets are kept in a table of their own so that they can be
// erased while the entries stay. A subject has one key, ever: once erased, the
// subject stays without.
type Secret struct {
	Subject string
	Key     []byte
}

// Batch is what one append writes: the entries First, First+1 … with Bodies in
// that order, and the secrets born with them. It stays the caller's: an
// implementation keeps none of its slices after Append returns.
type Batch struct {
	First   uint64
	Bodies  [][]byte
	Secrets []Secret
}

// Last is the sequence number of the batch's last entry; First-1 if it has none.
func (b Batch) Last() uint64 { return b.First + uint64(len(b.Bodies)) - 1 }

// Check holds a batch against the limits of this package. Every implementation
// calls it first. It answers nil, ErrGap (First is zero), ErrEmpty, ErrTooLarge or
// ErrSecretExists (one subject twice in the batch), wrapped with what was found.
func (b Batch) Check() error {
	if b.First == 0 {
		return fmt.Errorf("%w: first is 0, entries start at 1", ErrGap)
	}
	if len(b.Bodies) == 0 {
		return ErrEmpty
	}
	if len(b.Bodies) > MaxEntries {
		return fmt.Errorf("%w: %d entries in a batch, the limit is %d", ErrTooLarge, len(b.Bodies), MaxEntries)
	}
	total := 0
	for i, body := range b.Bodies {
		if len(body) > MaxBody {
			return fmt.Errorf("%w: entry %d has %d bytes, the limit is %d", ErrTooLarge, b.First+uint64(i), len(body), MaxBody)
		}
		total += len(body)
	}
	if total > MaxBatchBytes {
		return fmt.Errorf("%w: %d bytes in a batch, the limit is %d", ErrTooLarge, total, MaxBatchBytes)
	}
	return b.checkSecrets()
}

func (b Batch) checkSecrets() error {
	if len(b.Secrets) == 0 {
		return nil
	}
	if len(b.Secrets) > MaxSecrets {
		return fmt.Errorf("%w: %d secrets in a batch, the limit is %d", ErrTooLarge, len(b.Secrets), MaxSecrets)
	}
	seen := make(map[string]struct{}, len(b.Secrets))
	for _, s := range b.Secrets {
		switch {
		case s.Subject == "" || len(s.Key) == 0:
			return fmt.Errorf("%w: a secret needs a subject and a key", ErrEmpty)
		case len(s.Subject) > MaxSubject:
			return fmt.Errorf("%w: a subject of %d bytes, the limit is %d", ErrTooLarge, len(s.Subject), MaxSubject)
		case len(s.Key) > MaxKey:
			return fmt.Errorf("%w: a key of %d bytes, the limit is %d", ErrTooLarge, len(s.Key), MaxKey)
		}
		if _, twice := seen[s.Subject]; twice {
			return fmt.Errorf("%w: %q twice in one batch", ErrSecretExists, s.Subject)
		}
		seen[s.Subject] = struct{}{}
	}
	return nil
}

// Newest is the sequence number that no entry is after.
const Newest = 1<<64 - 1

// Snapshot is the state after entry Seq, encoded by the engine.
type Snapshot struct {
	Seq  uint64
	Body []byte
}

// Journal is the log of one jurisdiction. All methods may be called from any
// goroutine; appends are serialised inside, and reading never waits for them nor
// they for it. After Close every method answers ErrClosed (Close itself nil).
//
// A context is looked at before work begins and between pages of a read. An
// append that has begun runs to its end, since breaking it off would only turn a
// known outcome into an unknown one.
type Journal interface {
	// Lead takes the lead and fences every earlier epoch, durably. An error may
	// have used up an epoch number; that harms nobody, lead again.
	Lead(ctx context.Context) (Epoch, error)

	// Append writes the batch: all or nothing, durable (synced) when nil. First
	// must be the head plus one, else ErrGap. See the package comment for the three
	// kinds of outcome.
	Append(ctx context.Context, e Epoch, b Batch) error

	// Head is the last sequence number, 0 for an empty journal.
	Head(ctx context.Context) (uint64, error)

	// Read yields the entries after the given one in order, at most limit of them
	// (0 = all that were there when Read was called; perhaps some newer). The Body
	// is valid only during the yield: it may be a window on a buffer that is used
	// again. An error from yield ends the reading and is returned as it is. Yield
	// may call the journal and may take its time: no lock or read transaction is
	// held meanwhile.
	Read(ctx context.Context, after uint64, limit int, yield func(Entry) error) error

	// Secret is the subject's key, the caller's own copy, or ErrNoSecret.
	Secret(ctx context.Context, subject string) ([]byte, error)

	// Secrets yields the living secrets born in batches whose First is after
	// afterSeq, in the order of their birth. The Key is valid only during the yield.
	Secrets(ctx context.Context, afterSeq uint64, yield func(Secret) error) error

	// Erase destroys the subject's key (crypto-shredding): it is overwritten where it
	// is stored and gone for every reader, and no file of the store holds it any more
	// when Erase answers nil. Only the fact that this subject was erased stays.
	// Every stored snapshot that may hold what the key sealed goes with it: those
	// from the First of the batch on in which the key was born. The caller sees to it
	// that none is saved later that was made before. Erasing a subject again does the
	// same and answers nil, so that after an error or a crash it is simply called
	// again; for a subject that never had a key there is nothing to do. It needs no
	// epoch: it is as true under any leader.
	Erase(ctx context.Context, subject string) error

	// SaveSnapshot stores a snapshot; Seq must be between 1 and the head, else
	// ErrGap. Saving one Seq again replaces it. Which of the others stay is for Thin
	// to say.
	SaveSnapshot(ctx context.Context, s Snapshot) error

	// LoadSnapshot is the newest snapshot that passes its checksum, is at or before
	// entry upTo and not ahead of the head, the caller's own copy; else
	// ErrNoSnapshot. Newest asks for the newest of all.
	LoadSnapshot(ctx context.Context, upTo uint64) (Snapshot, error)

	// Close waits for calls under way and releases the journal. It does not end the
	// lead: epochs outlive processes.
	Close() error
}
