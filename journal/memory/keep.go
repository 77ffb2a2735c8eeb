package memory

import (
	"context"
	"fmt"
	"hash/crc32"
	"slices"
	"sort"

	"github.com/everycall/everycall/journal"
)

// Secret implements journal.Journal.
func (j *Journal) Secret(ctx context.Context, subject string) ([]byte, error) {
	if err := j.enter(ctx); err != nil {
		return nil, err
	}
	defer j.d.mu.Unlock()
	i, ok := j.d.subjects[subject]
	if !ok || j.d.secrets[i].key == nil {
		return nil, journal.ErrNoSecret
	}
	return slices.Clone(j.d.secrets[i].key), nil
}

// Secrets implements journal.Journal.
func (j *Journal) Secrets(ctx context.Context, afterSeq uint64, yield func(journal.Secret) error) error {
	if err := j.enter(ctx); err != nil {
		return err
	}
	from := sort.Search(len(j.d.secrets), func(i int) bool { return j.d.secrets[i].first > afterSeq })
	living := make([]journal.Secret, 0, len(j.d.secrets)-from)
	for _, s := range j.d.secrets[from:] {
		if s.key != nil {
			living = append(living, journal.Secret{Subject: s.subject, Key: slices.Clone(s.key)})
		}
	}
	j.d.mu.Unlock()
	for _, s := range living {
		if err := yield(s); err != nil {
			return err
		}
	}
	return nil
}

// Erase implements journal.Journal.
func (j *Journal) Erase(ctx context.Context, subject string) error {
	if err := j.enter(ctx); err != nil {
		return err
	}
	defer j.d.mu.Unlock()
	i, ok := j.d.subjects[subject]
	if !ok {
		return nil
	}
	gone := &j.d.secrets[i]
	clear(gone.key)
	gone.key = nil
	j.d.dropShots(func(seq uint64) bool { return seq >= gone.first })
	return nil
}

// SaveSnapshot implements journal.Journal.
func (j *Journal) SaveSnapshot(ctx context.Context, s journal.Snapshot) error {
	if len(s.Body) > journal.MaxSnapshot {
		return fmt.Errorf("%w: snapshot of %d bytes, the limit is %d", journal.ErrTooLarge, len(s.Body), journal.MaxSnapshot)
	}
	if err := j.enter(ctx); err != nil {
		return err
	}
	d := j.d
	defer d.mu.Unlock()
	if s.Seq == 0 || s.Seq > d.head {
		return fmt.Errorf("%w: snapshot at %d, the head is %d", journal.ErrGap, s.Seq, d.head)
	}
	d.shots = slices.DeleteFunc(d.shots, func(o snapshot) bool { return o.seq == s.Seq })
	d.shots = append(d.shots, snapshot{seq: s.Seq, sum: crc32.Checksum(s.Body, castagnoli), body: slices.Clone(s.Body)})
	slices.SortFunc(d.shots, func(a, b snapshot) int { return int(int64(b.seq) - int64(a.seq)) })
	have := make([]journal.Stored, len(d.shots))
	for i, shot := range d.shots {
		have[i] = journal.Stored{Seq: shot.seq, Bytes: int64(len(shot.body))}
	}
	drop := journal.Thin(have)
	d.dropShots(func(seq uint64) bool { return slices.Contains(drop, seq) })
	return nil
}

// dropShots overwrites and drops the snapshots that are chosen by their seq.
func (d *disk) dropShots(chosen func(seq uint64) bool) {
	d.shots = slices.DeleteFunc(d.shots, func(s snapshot) bool {
		if !chosen(s.seq) {
			return false
		}
		clear(s.body)
		return true
	})
}

// LoadSnapshot implements journal.Journal.
func (j *Journal) LoadSnapshot(ctx context.Context, upTo uint64) (journal.Snapshot, error) {
	if err := j.enter(ctx); err != nil {
		return journal.Snapshot{}, err
	}
	defer j.d.mu.Unlock()
	for _, s := range j.d.shots {
		if s.seq <= min(upTo, j.d.head) && crc32.Checksum(s.body, castagnoli) == s.sum {
			return journal.Snapshot{Seq: s.seq, Body: slices.Clone(s.body)}, nil
		}
	}
	return journal.Snapshot{}, journal.ErrNoSnapshot
}

// DamageSnapshot flips a bit of the stored snapshot at seq, as a bad disk would,
// and reports whether there was one with a bit to flip.
func (j *Journal) DamageSnapshot(seq uint64) bool {
	j.d.mu.Lock()
	defer j.d.mu.Unlock()
	for _, s := range j.d.shots {
		if s.seq == seq && len(s.body) > 0 {
			s.body[len(s.body)/2] ^= 1
			return true
		}
	}
	return false
}
