package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/everycall/everycall/auth"
)

// Accounts is the store as package auth needs it. Its writes go through the one
// writing connection, between two appends; they are rare and small.
type Accounts struct{ s *Store }

var _ auth.Store = Accounts{}

// Accounts are the store's accounts.
func (s *Store) Accounts() Accounts { return Accounts{s} }

// Times are stored as Unix milliseconds, 0 for the zero time; roles in one column,
// with a space between two.

func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

func instant(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

func joinRoles(roles []auth.Role) string {
	words := make([]string, len(roles))
	for i, r := range roles {
		words[i] = string(r)
	}
	return strings.Join(words, " ")
}

func splitRoles(words string) []auth.Role {
	var roles []auth.Role
	for _, w := range strings.Fields(words) {
		roles = append(roles, auth.Role(w))
	}
	return roles
}

// read runs f inside enter and turns "no rows" into auth's words.
func (a Accounts) read(ctx context.Context, f func(db *sql.DB) error) error {
	if err := a.s.enter(ctx); err != nil {
		return err
	}
	defer a.s.life.RUnlock()
	return notFound(f(a.s.reading))
}

func notFound(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return auth.ErrNotFound
	}
	return err
}

// change runs f in a transaction of the writing connection.
func (a Accounts) change(ctx context.Context, f func(c *sql.Conn) error) error {
	if err := a.s.enter(ctx); err != nil {
		return err
	}
	defer a.s.life.RUnlock()
	err := a.s.write(func(w *writer) error {
		return w.transact(func() error { return f(w.conn) })
	})
	var r *refusal
	if errors.As(err, &r) {
		return r.err
	}
	return err
}

// exec runs one statement in a transaction. If something must be there for it to
// change, the answer without it is ErrNotFound.
func (a Accounts) exec(ctx context.Context, mustChange bool, query string, args ...any) error {
	return a.change(ctx, func(c *sql.Conn) error {
		done, err := c.ExecContext(context.Background(), query, args...)
		if err != nil {
			return err
		}
		n, err := done.RowsAffected()
		if err == nil && n == 0 && mustChange {
			return refuse(auth.ErrNotFound)
		}
		return err
	})
}

const personColumns = `name, roles, hash, must_change, disabled, created, changed`

func scanPerson(scan func(...any) error) (p auth.Person, err error) {
	var roles string
	var created, changed int64
	if err = scan(&p.Name, &roles, &p.PasswordHash, &p.MustChange, &p.Disabled, &created, &changed); err != nil {
		return auth.Person{}, err
	}
	p.Roles, p.Created, p.Changed = splitRoles(roles), instant(created), instant(changed)
	return p, nil
}

// AddPerson implements auth.Store.
func (a Accounts) AddPerson(ctx context.Context, p auth.Person) error {
	err := a.exec(ctx, true, `INSERT INTO person (`+personColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?)`,
		p.Name, joinRoles(p.Roles), p.PasswordHash, p.MustChange, p.Disabled, millis(p.Created), millis(p.Changed))
	if unique(err) {
		return auth.ErrExists
	}
	return err
}

// Person implements auth.Store.
func (a Accounts) Person(ctx context.Context, name string) (p auth.Person, err error) {
	err = a.read(ctx, func(db *sql.DB) error {
		p, err = scanPerson(db.QueryRowContext(ctx, `SELECT `+personColumns+` FROM person WHERE name = ?`, name).Scan)
		return err
	})
	return p, err
}

// People implements auth.Store.
func (a Accounts) People(ctx context.Context) (people []auth.Person, err error) {
	err = a.read(ctx, func(db *sql.DB) error {
		rows, err := db.QueryContext(ctx, `SELECT `+personColumns+` FROM person ORDER BY name`)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			p, err := scanPerson(rows.Scan)
			if err != nil {
				return err
			}
			people = append(people, p)
		}
		return rows.Err()
	})
	return people, err
}

// ChangePerson implements auth.Store.
func (a Accounts) ChangePerson(ctx context.Context, name string, end bool, keep auth.Hash, how func(*auth.Person) error) error {
	bg := context.Background()
	return a.change(ctx, func(c *sql.Conn) error {
		p, err := scanPerson(c.QueryRowContext(bg, `SELECT `+personColumns+` FROM person WHERE name = ?`, name).Scan)
		if errors.Is(err, sql.ErrNoRows) {
			return refuse(auth.ErrNotFound)
		}
		if err != nil {
			return err
		}
		if err := how(&p); err != nil {
			return refuse(err)
		}
		_, err = c.ExecContext(bg, `UPDATE person SET roles = ?, hash = ?, must_change = ?, disabled = ?, changed = ? WHERE name = ?`,
			joinRoles(p.Roles), p.PasswordHash, p.MustChange, p.Disabled, millis(p.Changed), name)
		if err == nil && end {
			_, err = c.ExecContext(bg, `DELETE FROM session WHERE name = ? AND NOT guest AND hash <> ?`, name, keep[:])
		}
		return err
	})
}

// hashFrom puts a stored hash into place.
func hashFrom(to *auth.Hash, stored []byte) error {
	if len(stored) != len(to) {
		return fmt.Errorf("a stored hash has %d bytes", len(stored))
	}
	copy(to[:], stored)
	return nil
}

// AddSession implements auth.Store.
func (a Accounts) AddSession(ctx context.Context, s auth.Session) error {
	return a.exec(ctx, true, `INSERT INTO session (hash, name, role, roles, guest, created, seen) VALUES (?, ?, ?, ?, ?, ?, ?)`,
		s.Hash[:], s.Name, string(s.Role), joinRoles(s.Roles), s.Guest, millis(s.Created), millis(s.Seen))
}

// Session implements auth.Store.
func (a Accounts) Session(ctx context.Context, h auth.Hash) (s auth.Session, err error) {
	err = a.read(ctx, func(db *sql.DB) error {
		var hash []byte
		var roles string
		var created, seen int64
		err := db.QueryRowContext(ctx, `SELECT hash, name, role, roles, guest, created, seen FROM session WHERE hash = ?`, h[:]).
			Scan(&hash, &s.Name, &s.Role, &roles, &s.Guest, &created, &seen)
		if err != nil {
			return err
		}
		s.Roles, s.Created, s.Seen = splitRoles(roles), instant(created), instant(seen)
		return hashFrom(&s.Hash, hash)
	})
	if err != nil {
		return auth.Session{}, err
	}
	return s, nil
}

// TouchSession implements auth.Store.
func (a Accounts) TouchSession(ctx context.Context, h auth.Hash, seen time.Time, role auth.Role) error {
	return a.exec(ctx, true, `UPDATE session SET seen = ?, role = ? WHERE hash = ?`, millis(seen), string(role), h[:])
}

// EndSession implements auth.Store.
func (a Accounts) EndSession(ctx context.Context, h auth.Hash) error {
	return a.exec(ctx, false, `DELETE FROM session WHERE hash = ?`, h[:])
}

// EndSessionsBefore implements auth.Store.
func (a Accounts) EndSessionsBefore(ctx context.Context, created, seen, now time.Time) error {
	return a.change(ctx, func(c *sql.Conn) error {
		bg := context.Background()
		_, err := c.ExecContext(bg, `DELETE FROM session WHERE created < ? OR seen < ?`, millis(created), millis(seen))
		for _, query := range []string{`DELETE FROM code WHERE expires < ?`, `DELETE FROM token WHERE expires < ?`} {
			if err == nil {
				_, err = c.ExecContext(bg, query, millis(now))
			}
		}
		return err
	})
}

const tokenColumns = `id, hash, label, owner, role, created, expires, revoked`

func scanToken(scan func(...any) error) (t auth.Token, err error) {
	var hash []byte
	var created, expires, revoked int64
	if err = scan(&t.ID, &hash, &t.Label, &t.Owner, &t.Role, &created, &expires, &revoked); err != nil {
		return auth.Token{}, err
	}
	t.Created, t.Expires, t.Revoked = instant(created), instant(expires), instant(revoked)
	return t, hashFrom(&t.Hash, hash)
}

// AddToken implements auth.Store.
func (a Accounts) AddToken(ctx context.Context, t auth.Token) error {
	return a.exec(ctx, true, `INSERT INTO token (`+tokenColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
		t.ID, t.Hash[:], t.Label, t.Owner, string(t.Role), millis(t.Created), millis(t.Expires), millis(t.Revoked))
}

// Token implements auth.Store.
func (a Accounts) Token(ctx context.Context, h auth.Hash) (t auth.Token, err error) {
	err = a.read(ctx, func(db *sql.DB) error {
		t, err = scanToken(db.QueryRowContext(ctx, `SELECT `+tokenColumns+` FROM token WHERE hash = ?`, h[:]).Scan)
		return err
	})
	return t, err
}

// Tokens implements auth.Store.
func (a Accounts) Tokens(ctx context.Context) (tokens []auth.Token, err error) {
	err = a.read(ctx, func(db *sql.DB) error {
		rows, err := db.QueryContext(ctx, `SELECT `+tokenColumns+` FROM token ORDER BY id`)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			t, err := scanToken(rows.Scan)
			if err != nil {
				return err
			}
			tokens = append(tokens, t)
		}
		return rows.Err()
	})
	return tokens, err
}

// RevokeToken implements auth.Store.
func (a Accounts) RevokeToken(ctx context.Context, id string, at time.Time) error {
	return a.exec(ctx, true, `UPDATE token SET revoked = CASE revoked WHEN 0 THEN ? ELSE revoked END WHERE id = ?`, millis(at), id)
}

// AddCode implements auth.Store.
func (a Accounts) AddCode(ctx context.Context, c auth.Code) error {
	return a.exec(ctx, true, `INSERT INTO code (hash, name, role, guest, expires) VALUES (?, ?, ?, ?, ?)`,
		c.Hash[:], c.Name, string(c.Role), c.Guest, millis(c.Expires))
}

// TakeCode implements auth.Store.
func (a Accounts) TakeCode(ctx context.Context, h auth.Hash) (c auth.Code, err error) {
	err = a.change(ctx, func(conn *sql.Conn) error {
		bg := context.Background()
		var expires int64
		err := conn.QueryRowContext(bg, `SELECT name, role, guest, expires FROM code WHERE hash = ?`, h[:]).
			Scan(&c.Name, &c.Role, &c.Guest, &expires)
		if errors.Is(err, sql.ErrNoRows) {
			return refuse(auth.ErrNotFound)
		}
		if err != nil {
			return err
		}
		c.Hash, c.Expires = h, instant(expires)
		_, err = conn.ExecContext(bg, `DELETE FROM code WHERE hash = ?`, h[:])
		return err
	})
	if err != nil {
		return auth.Code{}, err
	}
	return c, nil
}
