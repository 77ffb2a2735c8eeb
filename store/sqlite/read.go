package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sort"

	"github.com/everycall/everycall/journal"
)

// readAhead is how many bytes of rows Read takes from the database before it
// yields them with no read transaction open; a single row may be larger.
const readAhead = 2 << 20

// secretsAhead is how many secrets Secrets takes at a time.
const secretsAhead = 1000

// reads are the statements of the reading connections.
type reads struct {
	head, batches, secret, secrets, birth, newestBirth, firstFrom *sql.Stmt
}

func (r *reads) prepare(ctx context.Context, db *sql.DB) error {
	for to, query := range map[**sql.Stmt]string{
		&r.head: headSQL,
		// From the batch that holds the wanted entry on.
		&r.batches: `SELECT first, count, body FROM batch
			WHERE first >= coalesce((SELECT max(first) FROM batch WHERE first <= ?1), ?1) ORDER BY first`,
		&r.secret:  `SELECT key FROM secret WHERE subject = ? AND NOT erased`,
		&r.secrets: `SELECT birth, subject, key FROM secret WHERE birth > ? AND NOT erased ORDER BY birth LIMIT ?`,

		&r.birth:       `SELECT first FROM secret WHERE subject = ?`,
		&r.newestBirth: `SELECT coalesce(max(birth), 0) FROM secret`,
		&r.firstFrom:   `SELECT first FROM secret WHERE birth >= ? ORDER BY birth LIMIT 1`,
	} {
		var err error
		if *to, err = db.PrepareContext(ctx, query); err != nil {
			return fmt.Errorf("prepare %s: %w", query, err)
		}
	}
	return nil
}

func (r *reads) close() {
	for _, s := range []*sql.Stmt{r.head, r.batches, r.secret, r.secrets, r.birth, r.newestBirth, r.firstFrom} {
		if s != nil {
			_ = s.Close()
		}
	}
}

// Head implements journal.Journal.
func (j *Journal) Head(ctx context.Context) (uint64, error) {
	if err := j.enter(ctx); err != nil {
		return 0, err
	}
	defer j.s.life.RUnlock()
	var head int64
	if err := j.s.reads.head.QueryRowContext(ctx).Scan(&head); err != nil {
		return 0, fmt.Errorf("read the head: %w", err)
	}
	return uint64(head), nil
}

// page is what Read has taken ahead: whole batches, one after the other.
type page struct {
	batches []pagedBatch
	bytes   []byte // the frames, back to back
	last    bool   // the journal ended here
}

type pagedBatch struct {
	first, count uint64
	end          int // of its frame in bytes
}

// Read implements journal.Journal.
func (j *Journal) Read(ctx context.Context, after uint64, limit int, yield func(journal.Entry) error) error {
	var p page
	for {
		if err := j.take(ctx, after, &p, limit); err != nil {
			return err
		}
		start := 0
		for _, b := range p.batches {
			if b.first > after+1 {
				return fmt.Errorf("%w: entry %d is missing", journal.ErrCorrupt, after+1)
			}
			n, err := yieldFrame(b.first, b.count, p.bytes[start:b.end], after, limit, yield)
			if err != nil {
				return err
			}
			if limit > 0 {
				if limit -= n; limit == 0 {
					return nil
				}
			}
			after += uint64(n)
			start = b.end
		}
		if p.last {
			return nil
		}
	}
}

// take fills p with the batches from the one that holds entry after+1 on, until
// readAhead bytes or, if limit is above 0, that many entries are there.
func (j *Journal) take(ctx context.Context, after uint64, p *page, limit int) error {
	if err := j.enter(ctx); err != nil {
		return err
	}
	defer j.s.life.RUnlock()
	p.batches, p.bytes, p.last = p.batches[:0], p.bytes[:0], true
	if after >= 1<<63-1 {
		return nil
	}
	rows, err := j.s.reads.batches.QueryContext(ctx, int64(after+1))
	if err != nil {
		return fmt.Errorf("read after %d: %w", after, err)
	}
	defer rows.Close()
	for rows.Next() {
		var first, count int64
		var frame sql.RawBytes
		if err := rows.Scan(&first, &count, &frame); err != nil {
			return fmt.Errorf("read after %d: %w", after, err)
		}
		if err := checkFrame(uint64(first), uint64(count), frame); err != nil {
			return err
		}
		if uint64(first+count) <= after+1 {
			continue // ends before the wanted entry: after is the head
		}
		p.bytes = append(p.bytes, frame...)
		p.batches = append(p.batches, pagedBatch{first: uint64(first), count: uint64(count), end: len(p.bytes)})
		enough := limit > 0 && uint64(first+count-1)-after >= uint64(limit)
		if len(p.bytes) >= readAhead || enough {
			p.last = false
			return nil
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("read after %d: %w", after, err)
	}
	return nil
}

// Secret implements journal.Journal.
func (j *Journal) Secret(ctx context.Context, subject string) ([]byte, error) {
	if err := j.enter(ctx); err != nil {
		return nil, err
	}
	defer j.s.life.RUnlock()
	var key []byte
	err := j.s.reads.secret.QueryRowContext(ctx, subject).Scan(&key)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fmt.Errorf("%w: %q", journal.ErrNoSecret, subject)
	}
	if err != nil {
		return nil, fmt.Errorf("read the secret of %q: %w", subject, err)
	}
	return key, nil
}

// Secrets implements journal.Journal.
func (j *Journal) Secrets(ctx context.Context, afterSeq uint64, yield func(journal.Secret) error) error {
	if afterSeq >= 1<<63 {
		afterSeq = 1<<63 - 1
	}
	birth, err := j.lastBirthUpTo(ctx, int64(afterSeq))
	if err != nil {
		return fmt.Errorf("read secrets after %d: %w", afterSeq, err)
	}
	for {
		taken, next, err := j.takeSecrets(ctx, birth)
		if err != nil {
			return err
		}
		for _, s := range taken {
			if err := yield(s); err != nil {
				return err
			}
		}
		if len(taken) < secretsAhead {
			return nil
		}
		birth = next
	}
}

// lastBirthUpTo is the newest secret that was born with an event up to seq; 0: none.
func (j *Journal) lastBirthUpTo(ctx context.Context, seq int64) (int64, error) {
	if seq == 0 {
		return 0, nil
	}
	if err := j.enter(ctx); err != nil {
		return 0, err
	}
	defer j.s.life.RUnlock()
	var newest int64
	if err := j.s.reads.newestBirth.QueryRowContext(ctx).Scan(&newest); err != nil {
		return 0, err
	}
	var failed error
	after := sort.Search(int(newest), func(n int) bool { // of births n+1
		if failed != nil {
			return true
		}
		var first int64
		failed = j.s.reads.firstFrom.QueryRowContext(ctx, n+1).Scan(&first)
		return first > seq
	})
	return int64(after), failed
}

func (j *Journal) takeSecrets(ctx context.Context, birth int64) (taken []journal.Secret, next int64, err error) {
	if err := j.enter(ctx); err != nil {
		return nil, 0, err
	}
	defer j.s.life.RUnlock()
	rows, err := j.s.reads.secrets.QueryContext(ctx, birth, secretsAhead)
	if err != nil {
		return nil, 0, fmt.Errorf("read secrets born after %d: %w", birth, err)
	}
	defer rows.Close()
	for rows.Next() {
		var s journal.Secret
		if err := rows.Scan(&next, &s.Subject, &s.Key); err != nil {
			return nil, 0, fmt.Errorf("read secrets born after %d: %w", birth, err)
		}
		taken = append(taken, s)
	}
	if err := rows.Err(); err != nil {
		return nil, 0, fmt.Errorf("read secrets born after %d: %w", birth, err)
	}
	return taken, next, nil
}
