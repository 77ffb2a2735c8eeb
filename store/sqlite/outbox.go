package sqlite

import (
	"context"
	"database/sql"
	"errors"

	"github.com/everycall/everycall/notify/outbox"
)

// Outbox is the store as the notifier needs it. Like the accounts it writes between two
// appends, a few rows at a time; nobody waits for the network meanwhile.
type Outbox struct{ s *Store }

var _ outbox.Outbox = Outbox{}

// Outbox are the store's messages that have not arrived yet.
func (s *Store) Outbox() Outbox { return Outbox{s} }

const messageColumns = `id, target, seq, kind, subject, title, text, body, place, at, next, attempts, dead, why`

// change runs f in a transaction of the writing connection.
func (o Outbox) change(ctx context.Context, f func(c *sql.Conn) error) error {
	return Accounts(o).change(ctx, f)
}

func (o Outbox) one(ctx context.Context, query string, args ...any) error {
	return o.change(ctx, func(c *sql.Conn) error {
		done, err := c.ExecContext(context.Background(), query, args...)
		if err != nil {
			return err
		}
		if n, err := done.RowsAffected(); err != nil || n == 0 {
			return errors.Join(err, refuse(outbox.ErrNotThere))
		}
		return nil
	})
}

// Cursor implements outbox.Outbox.
func (o Outbox) Cursor(ctx context.Context) (seq uint64, known bool, err error) {
	if err := o.s.enter(ctx); err != nil {
		return 0, false, err
	}
	defer o.s.life.RUnlock()
	err = o.s.reading.QueryRowContext(ctx, `SELECT seq FROM outbox_cursor`).Scan(&seq)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, false, nil
	}
	return seq, err == nil, err
}

// Keep implements outbox.Outbox.
func (o Outbox) Keep(ctx context.Context, cursor uint64, messages []outbox.Message) error {
	return o.change(ctx, func(c *sql.Conn) error {
		bg := context.Background()
		if len(messages) > 0 {
			var waiting int
			if err := c.QueryRowContext(bg, `SELECT count(*) FROM outbox WHERE NOT dead`).Scan(&waiting); err != nil {
				return err
			}
			if waiting+len(messages) > outbox.MaxPending {
				return refuse(outbox.ErrFull)
			}
		}
		insert, err := c.PrepareContext(bg, `INSERT INTO outbox (target, seq, kind, subject, title, text, body, place, at, next, attempts, dead, why)
			VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, CASE WHEN EXISTS (SELECT 1 FROM secret WHERE subject = ?4 AND erased) THEN '' ELSE ?8 END, ?9, ?10, 0, 0, '')`)
		if err != nil {
			return err
		}
		defer insert.Close()
		for _, m := range messages {
			if _, err := insert.ExecContext(bg, m.Target, int64(m.Seq), m.Kind, m.Subject, m.Title, m.Text, m.Body, m.Place, m.At, m.Next); err != nil {
				return err
			}
		}
		_, err = c.ExecContext(bg, `INSERT INTO outbox_cursor (only, seq) VALUES (1, ?1) ON CONFLICT (only) DO UPDATE SET seq = ?1`, int64(cursor))
		return err
	})
}

// list reads messages.
func (o Outbox) list(ctx context.Context, query string, args ...any) (all []outbox.Message, err error) {
	if err := o.s.enter(ctx); err != nil {
		return nil, err
	}
	defer o.s.life.RUnlock()
	rows, err := o.s.reading.QueryContext(ctx, `SELECT `+messageColumns+` FROM outbox `+query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var m outbox.Message
		if err := rows.Scan(&m.ID, &m.Target, &m.Seq, &m.Kind, &m.Subject, &m.Title, &m.Text, &m.Body, &m.Place, &m.At, &m.Next, &m.Attempts, &m.Dead, &m.Why); err != nil {
			return nil, err
		}
		all = append(all, m)
	}
	return all, rows.Err()
}

// Due implements outbox.Outbox.
func (o Outbox) Due(ctx context.Context, target string, now int64, limit int) ([]outbox.Message, error) {
	return o.list(ctx, `WHERE target = ? AND NOT dead AND next <= ? ORDER BY id LIMIT ?`, target, now, limit)
}

// Dead implements outbox.Outbox.
func (o Outbox) Dead(ctx context.Context, limit int) ([]outbox.Message, error) {
	return o.list(ctx, `WHERE dead ORDER BY id DESC LIMIT ?`, limit)
}

// Sent implements outbox.Outbox.
func (o Outbox) Sent(ctx context.Context, id int64) error {
	return o.one(ctx, `DELETE FROM outbox WHERE id = ?`, id)
}

// Failed implements outbox.Outbox.
func (o Outbox) Failed(ctx context.Context, id int64, attempts int, next int64, why string, dead bool) error {
	return o.one(ctx, `UPDATE outbox SET attempts = ?, next = ?, why = ?, dead = ? WHERE id = ? AND NOT dead`, attempts, next, why, dead, id)
}

// Again implements outbox.Outbox.
func (o Outbox) Again(ctx context.Context, id, now int64) error {
	return o.one(ctx, `UPDATE outbox SET attempts = 0, next = ?, dead = 0 WHERE id = ? AND dead`, now, id)
}

// Drop implements outbox.Outbox.
func (o Outbox) Drop(ctx context.Context, id int64) error {
	return o.one(ctx, `DELETE FROM outbox WHERE id = ? AND dead`, id)
}

// Counts implements outbox.Outbox.
func (o Outbox) Counts(ctx context.Context) (counts []outbox.Count, err error) {
	if err := o.s.enter(ctx); err != nil {
		return nil, err
	}
	defer o.s.life.RUnlock()
	rows, err := o.s.reading.QueryContext(ctx, `SELECT target, sum(NOT dead), sum(dead), coalesce(min(CASE WHEN dead THEN NULL ELSE at END), 0) FROM outbox GROUP BY target ORDER BY target`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var c outbox.Count
		if err := rows.Scan(&c.Target, &c.Pending, &c.Dead, &c.Oldest); err != nil {
			return nil, err
		}
		counts = append(counts, c)
	}
	return counts, rows.Err()
}

// NextDue implements outbox.Outbox.
func (o Outbox) NextDue(ctx context.Context, target string) (next int64, err error) {
	if err := o.s.enter(ctx); err != nil {
		return 0, err
	}
	defer o.s.life.RUnlock()
	err = o.s.reading.QueryRowContext(ctx, `SELECT coalesce(min(next), 0) FROM outbox WHERE target = ? AND NOT dead`, target).Scan(&next)
	return next, err
}
