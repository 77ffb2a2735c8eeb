package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// Erase implements journal.Journal. The key is overwritten in its row, the WAL,
// which still has the page as it was, is emptied, the outbox loses its place, and the snapshots from its birth
// on are overwritten and removed. What it cannot reach are the free blocks of the file
// system and the spare cells of a drive: for those, encrypt the disk.
func (j *Journal) Erase(ctx context.Context, subject string) error {
	if err := j.enter(ctx); err != nil {
		return err
	}
	defer j.s.life.RUnlock()
	err := j.s.write(func(w *writer) error {
		if _, err := w.eraseSecret.ExecContext(context.Background(), subject); err != nil {
			return err
		}
		// What is kept after this finds the key erased: see Outbox.Keep.
		_, err := w.conn.ExecContext(context.Background(), `UPDATE outbox SET place = '' WHERE subject = ?`, subject)
		return err
	})
	if err == nil {
		err = j.s.keeper.empty(ctx)
	}
	if err == nil {
		err = j.eraseSnapshotsOf(ctx, subject)
	}
	if err != nil {
		return fmt.Errorf("erase the secret of %q: %w", subject, err)
	}
	return nil
}

// eraseSnapshotsOf removes the snapshots that may hold what the subject's key
// sealed: none from before its birth does.
func (j *Journal) eraseSnapshotsOf(ctx context.Context, subject string) error {
	var first int64
	err := j.s.reads.birth.QueryRowContext(ctx, subject).Scan(&first)
	if errors.Is(err, sql.ErrNoRows) {
		return nil // nothing was ever sealed with it
	}
	if err != nil {
		return err
	}
	return j.s.eraseSnapshots(uint64(first))
}

// Erased yields the subjects whose keys were erased, in the order of their birth:
// the list to erase again in a restored backup.
func (j *Journal) Erased(ctx context.Context, yield func(subject string) error) error {
	if err := j.enter(ctx); err != nil {
		return err
	}
	subjects, err := j.erased(ctx)
	j.s.life.RUnlock()
	if err != nil {
		return fmt.Errorf("read the erased subjects: %w", err)
	}
	for _, subject := range subjects {
		if err := yield(subject); err != nil {
			return err
		}
	}
	return nil
}

func (j *Journal) erased(ctx context.Context) (subjects []string, err error) {
	rows, err := j.s.reading.QueryContext(ctx, `SELECT subject FROM secret WHERE erased ORDER BY birth`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var subject string
		if err := rows.Scan(&subject); err != nil {
			return nil, err
		}
		subjects = append(subjects, subject)
	}
	return subjects, rows.Err()
}
