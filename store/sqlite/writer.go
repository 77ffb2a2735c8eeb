package sqlite

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/everycall/everycall/journal"
)

// writer is the one writing connection and its prepared statements. Store.mu
// guards it. It runs everything without a deadline: breaking off a commit would
// only turn a known outcome into an unknown one.
type writer struct {
	conn *sql.Conn

	begin, commit, rollback   *sql.Stmt
	takeLead, epoch, head     *sql.Stmt
	appendBatch, appendSecret *sql.Stmt
	eraseSecret               *sql.Stmt
	frame                     []byte // the buffer that appends encode into
}

// frameKept is the largest buffer that the writer keeps between appends, in bytes.
const frameKept = 4 << 20

// appendSQL is the fence: the row is written only if the epoch is the newest and
// first follows the head, all in one statement and so in one commit.
const appendSQL = `INSERT INTO batch (first, count, epoch, at, body)
	SELECT ?1, ?2, ?3, ?4, ?5
	WHERE (SELECT epoch FROM lead) = ?3 AND ?3 > 0
	AND coalesce((SELECT first + count FROM batch ORDER BY first DESC LIMIT 1), 1) = ?1`

const headSQL = `SELECT coalesce((SELECT first + count - 1 FROM batch ORDER BY first DESC LIMIT 1), 0)`

func newWriter(ctx context.Context, db *sql.DB) (*writer, error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	w := &writer{conn: conn}
	for to, query := range map[**sql.Stmt]string{
		&w.begin:        `BEGIN IMMEDIATE`,
		&w.commit:       `COMMIT`,
		&w.rollback:     `ROLLBACK`,
		&w.takeLead:     `UPDATE lead SET epoch = epoch + 1`,
		&w.epoch:        `SELECT epoch FROM lead`,
		&w.head:         headSQL,
		&w.appendBatch:  appendSQL,
		&w.appendSecret: `INSERT INTO secret (first, subject, key) VALUES (?, ?, ?)`,
		&w.eraseSecret:  `UPDATE secret SET key = zeroblob(length(key)), erased = 1 WHERE subject = ? AND NOT erased`,
	} {
		if *to, err = conn.PrepareContext(ctx, query); err != nil {
			w.discard()
			return nil, fmt.Errorf("prepare %s: %w", query, err)
		}
	}
	return w, nil
}

// close gives the connection back to its pool.
func (w *writer) close() { _ = w.conn.Close() }

// discard throws the connection away, whatever state it is in.
func (w *writer) discard() {
	_ = w.conn.Raw(func(any) error { return driver.ErrBadConn })
	_ = w.conn.Close()
}

// transact runs f in a transaction. An error from f undoes it and comes back as it
// is. An error from SQLite itself may be in doubt: see certain.
func (w *writer) transact(f func() error) error {
	bg := context.Background()
	if _, err := w.begin.ExecContext(bg); err != nil {
		return err
	}
	err := f()
	if err == nil {
		_, err = w.commit.ExecContext(bg)
	}
	if err == nil {
		return nil
	}
	// SQLite may have rolled back by itself, on a full disk for one; if it did not
	// and this fails too, the connection is in doubt.
	if _, undo := w.rollback.ExecContext(bg); undo != nil {
		return &doubt{err: errors.Join(err, undo)}
	}
	return err
}

// doubt is an error after which the connection's state is not known.
type doubt struct{ err error }

func (d *doubt) Error() string { return d.err.Error() }
func (d *doubt) Unwrap() error { return d.err }

// certain reports whether an error from the writer means that nothing was written
// and the connection is sound. I/O errors, a full disk, and anything not known to
// be harmless are not certain.
func certain(err error) bool {
	var d *doubt
	if errors.As(err, &d) {
		return false
	}
	var e *sqlite.Error
	if !errors.As(err, &e) {
		// From our own code, inside a transaction that was rolled back.
		return isOurs(err)
	}
	switch e.Code() & 0xff {
	case sqlite3.SQLITE_CONSTRAINT, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_TOOBIG:
		return true
	}
	return false
}

// unique reports whether err is the refusal of a second row with the same key.
func unique(err error) bool {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return false
	}
	return e.Code() == sqlite3.SQLITE_CONSTRAINT_UNIQUE || e.Code() == sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY
}

// refusal is an error that our own code raises to have a transaction undone.
type refusal struct{ err error }

func (r *refusal) Error() string { return r.err.Error() }
func (r *refusal) Unwrap() error { return r.err }

func isOurs(err error) bool {
	var r *refusal
	return errors.As(err, &r)
}

// refuse undoes the transaction under way with err, which is certain.
func refuse(err error) error { return &refusal{err: err} }

// append writes a batch. It answers nil, a certain error, or one in doubt.
func (w *writer) append(e journal.Epoch, b journal.Batch, at int64) error {
	w.frame = appendFrame(w.frame[:0], b)
	defer func() {
		if cap(w.frame) > frameKept {
			w.frame = nil
		}
	}()
	if len(b.Secrets) == 0 {
		return w.appendRow(e, b, at)
	}
	return w.transact(func() error {
		if err := w.appendRow(e, b, at); err != nil {
			return err
		}
		for _, s := range b.Secrets {
			_, err := w.appendSecret.ExecContext(context.Background(), int64(b.First), s.Subject, s.Key)
			if unique(err) {
				return refuse(fmt.Errorf("%w: %q", journal.ErrSecretExists, s.Subject))
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}

func (w *writer) appendRow(e journal.Epoch, b journal.Batch, at int64) error {
	done, err := w.appendBatch.ExecContext(context.Background(), int64(b.First), int64(len(b.Bodies)), int64(e), at, w.frame)
	if err != nil {
		return err
	}
	n, err := done.RowsAffected()
	if err != nil {
		return err
	}
	if n == 1 {
		return nil
	}
	return w.whyNot(e, b)
}

// whyNot says why the append statement wrote nothing.
func (w *writer) whyNot(e journal.Epoch, b journal.Batch) error {
	var epoch, head int64
	if err := w.epoch.QueryRowContext(context.Background()).Scan(&epoch); err != nil {
		return err
	}
	if e == 0 || epoch != int64(e) {
		return refuse(fmt.Errorf("%w: epoch %d, the newest is %d", journal.ErrFenced, e, epoch))
	}
	if err := w.head.QueryRowContext(context.Background()).Scan(&head); err != nil {
		return err
	}
	return refuse(fmt.Errorf("%w: first is %d, the head is %d", journal.ErrGap, b.First, head))
}

// lead takes the next epoch: a commit of its own, the barrier.
func (w *writer) lead() (journal.Epoch, error) {
	var epoch int64
	err := w.transact(func() error {
		if _, err := w.takeLead.ExecContext(context.Background()); err != nil {
			return err
		}
		return w.epoch.QueryRowContext(context.Background()).Scan(&epoch)
	})
	return journal.Epoch(epoch), err
}

// write runs f with the writing connection, making a new one if the last was in
// doubt, and discards it if f leaves it in doubt. The caller is inside enter.
func (s *Store) write(f func(w *writer) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.w == nil {
		w, err := newWriter(context.Background(), s.writing)
		if err != nil {
			return err
		}
		s.w = w
	}
	err := f(s.w)
	if err != nil && !certain(err) {
		s.w.discard()
		s.w = nil
	}
	return err
}
