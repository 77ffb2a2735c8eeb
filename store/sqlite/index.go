package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/everycall/everycall/journal"
)

// The index is a database of its own beside the journal's: filling it never makes
// an append wait, it needs no sync, and it may be deleted at any time. A file that
// another version made, or that cannot be read, is thrown away and made anew.

const (
	indexName    = "index.db"
	indexVersion = 1

	indexTables = `CREATE TABLE reach (
		only INTEGER PRIMARY KEY CHECK (only = 1),
		seq  INTEGER NOT NULL,
		mark BLOB NOT NULL
	) STRICT;
	INSERT INTO reach VALUES (1, 0, x'');
	CREATE TABLE mention (
		name TEXT NOT NULL,
		seq  INTEGER NOT NULL,
		PRIMARY KEY (name, seq)
	) STRICT, WITHOUT ROWID;`
)

// Index is the store's index. It implements journal.Index.
type Index struct {
	s  *Store
	db *sql.DB // one connection: its users wait for each other
}

var _ journal.Index = (*Index)(nil)

// Index opens the store's one index, making it when it is not there. Closing the
// store closes it.
func (s *Store) Index() (*Index, error) {
	if err := s.enter(context.Background()); err != nil {
		return nil, err
	}
	defer s.life.RUnlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.index != nil {
		return s.index, nil
	}
	db, err := s.openIndex()
	if err != nil {
		// It is a cache, and this one is of no use.
		if err = s.removeIndex(); err == nil {
			db, err = s.openIndex()
		}
	}
	if err != nil {
		return nil, fmt.Errorf("open the index: %w", err)
	}
	s.index = &Index{s: s, db: db}
	return s.index, nil
}

func (s *Store) openIndex() (*sql.DB, error) {
	if err := prepareFile(filepath.Join(s.dir, indexName)); err != nil {
		return nil, err
	}
	db, err := s.connect(indexName, 1, "synchronous(NORMAL)", "wal_autocheckpoint(1000)")
	if err != nil {
		return nil, err
	}
	if err := prepareIndex(db); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

func prepareIndex(db *sql.DB) error {
	var version, tables int
	if err := db.QueryRow("PRAGMA user_version").Scan(&version); err != nil {
		return err
	}
	if err := db.QueryRow("SELECT count(*) FROM sqlite_schema").Scan(&tables); err != nil {
		return err
	}
	switch {
	case version == indexVersion:
		return nil
	case tables > 0:
		return fmt.Errorf("another version made it (%d)", version)
	}
	_, err := db.Exec(fmt.Sprintf("BEGIN; %s PRAGMA user_version=%d; COMMIT;", indexTables, indexVersion))
	return err
}

func (s *Store) removeIndex() error {
	var errs []error
	for _, suffix := range []string{"", "-wal", "-shm"} {
		if err := os.Remove(filepath.Join(s.dir, indexName+suffix)); !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// enter begins a call; the caller leaves with x.s.life.RUnlock unless it errs.
func (x *Index) enter(ctx context.Context) error {
	err := x.s.enter(ctx)
	if errors.Is(err, ErrClosed) {
		return journal.ErrClosed
	}
	return err
}

// Reach implements journal.Index.
func (x *Index) Reach(ctx context.Context) (seq uint64, mark []byte, err error) {
	if err := x.enter(ctx); err != nil {
		return 0, nil, err
	}
	defer x.s.life.RUnlock()
	if err := x.db.QueryRowContext(ctx, `SELECT seq, mark FROM reach`).Scan(&seq, &mark); err != nil {
		return 0, nil, fmt.Errorf("read the index's reach: %w", err)
	}
	return seq, mark, nil
}

// Add implements journal.Index.
func (x *Index) Add(ctx context.Context, after, to uint64, mark []byte, mentions []journal.Mention) error {
	for _, m := range mentions {
		if len(m.Name) > journal.MaxName {
			return fmt.Errorf("%w: a name of %d bytes, the limit is %d", journal.ErrTooLarge, len(m.Name), journal.MaxName)
		}
	}
	if to <= after {
		return fmt.Errorf("%w: from %d to %d", journal.ErrGap, after, to)
	}
	if err := x.enter(ctx); err != nil {
		return err
	}
	defer x.s.life.RUnlock()
	if err := x.add(ctx, after, to, mark, mentions); err != nil {
		return fmt.Errorf("index entries %d–%d: %w", after+1, to, err)
	}
	return nil
}

func (x *Index) add(ctx context.Context, after, to uint64, mark []byte, mentions []journal.Mention) error {
	tx, err := x.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() // does nothing after Commit
	moved, err := tx.ExecContext(ctx, `UPDATE reach SET seq = ?1, mark = ?2 WHERE seq = ?3`, int64(to), append([]byte{}, mark...), int64(after))
	if err != nil {
		return err
	}
	if n, err := moved.RowsAffected(); err != nil || n != 1 {
		return errors.Join(fmt.Errorf("%w: the reach is another", journal.ErrGap), err)
	}
	insert, err := tx.PrepareContext(ctx, `INSERT OR IGNORE INTO mention (name, seq) VALUES (?, ?)`)
	if err != nil {
		return err
	}
	defer insert.Close()
	for _, m := range mentions {
		if _, err := insert.ExecContext(ctx, m.Name, int64(m.Seq)); err != nil {
			return err
		}
	}
	return tx.Commit()
}

// Find implements journal.Index.
func (x *Index) Find(ctx context.Context, name string, after uint64, limit int) (seqs []uint64, err error) {
	if err := x.enter(ctx); err != nil {
		return nil, err
	}
	defer x.s.life.RUnlock()
	rows, err := x.db.QueryContext(ctx, `SELECT seq FROM mention WHERE name = ? AND seq > ? ORDER BY seq LIMIT ?`, name, int64(after), limit)
	if err != nil {
		return nil, fmt.Errorf("look into the index: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var seq uint64
		if err := rows.Scan(&seq); err != nil {
			return nil, fmt.Errorf("look into the index: %w", err)
		}
		seqs = append(seqs, seq)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("look into the index: %w", err)
	}
	return seqs, nil
}

// Clear implements journal.Index.
func (x *Index) Clear(ctx context.Context) error {
	if err := x.enter(ctx); err != nil {
		return err
	}
	defer x.s.life.RUnlock()
	tx, err := x.db.BeginTx(ctx, nil)
	if err == nil {
		defer tx.Rollback() // does nothing after Commit
		_, err = tx.ExecContext(ctx, `DELETE FROM mention; UPDATE reach SET seq = 0, mark = x''`)
	}
	if err == nil {
		err = tx.Commit()
	}
	if err != nil {
		return fmt.Errorf("clear the index: %w", err)
	}
	return nil
}
