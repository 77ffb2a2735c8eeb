package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// ErrInUse: another process has the folder open.
var ErrInUse = errors.New("the folder is in use by another Everycall")

// ErrNewer: the database was made by a newer program.
var ErrNewer = errors.New("the database was made by a newer Everycall")

// ErrForeign: the database belongs to some other program.
var ErrForeign = errors.New("the database is not Everycall's")

// applicationID marks the file as ours ("Ecal").
const applicationID = 0x4563616c

// steps lead from schema version i to i+1. A step, once released, never changes.
var steps = []string{
	// 1. The journal stores a batch as one row: an append is one statement, one
	// page path and one sync, whatever the number of entries. body comes last, so
	// that reading the columns before it never follows the overflow pages. lead has
	// one row. A secret keeps its row when it is erased, with the key overwritten in
	// place by zeroes of the same length: deleting the row could move neighbours to
	// other pages and leave stale copies of their keys behind, and the row is the
	// list of what was erased, to apply again after restoring a backup. So births only
	// go up, and first with them: looking for a first is a binary search, without an
	// index that every append would have to write.
	`CREATE TABLE lead (
		only  INTEGER PRIMARY KEY CHECK (only = 1),
		epoch INTEGER NOT NULL
	) STRICT;
	INSERT INTO lead VALUES (1, 0);
	CREATE TABLE batch (
		first INTEGER PRIMARY KEY CHECK (first > 0),
		count INTEGER NOT NULL CHECK (count > 0),
		epoch INTEGER NOT NULL,
		at    INTEGER NOT NULL,
		body  BLOB NOT NULL
	) STRICT;
	CREATE TABLE secret (
		birth   INTEGER PRIMARY KEY,
		first   INTEGER NOT NULL,
		erased  INTEGER NOT NULL DEFAULT 0,
		subject TEXT NOT NULL UNIQUE,
		key     BLOB NOT NULL
	) STRICT;

	CREATE TABLE person (
		name        TEXT PRIMARY KEY,
		roles       TEXT NOT NULL,
		hash        TEXT NOT NULL,
		must_change INTEGER NOT NULL,
		disabled    INTEGER NOT NULL,
		created     INTEGER NOT NULL,
		changed     INTEGER NOT NULL
	) STRICT, WITHOUT ROWID;
	CREATE TABLE session (
		hash    BLOB PRIMARY KEY,
		name    TEXT NOT NULL,
		role    TEXT NOT NULL,
		roles   TEXT NOT NULL,
		guest   INTEGER NOT NULL,
		created INTEGER NOT NULL,
		seen    INTEGER NOT NULL
	) STRICT, WITHOUT ROWID;
	CREATE INDEX session_name ON session (name);
	CREATE TABLE token (
		id      TEXT PRIMARY KEY,
		hash    BLOB NOT NULL UNIQUE,
		label   TEXT NOT NULL,
		owner   TEXT NOT NULL,
		role    TEXT NOT NULL,
		created INTEGER NOT NULL,
		expires INTEGER NOT NULL,
		revoked INTEGER NOT NULL
	) STRICT, WITHOUT ROWID;
	CREATE TABLE code (
		hash    BLOB PRIMARY KEY,
		name    TEXT NOT NULL,
		role    TEXT NOT NULL,
		guest   INTEGER NOT NULL,
		expires INTEGER NOT NULL
	) STRICT, WITHOUT ROWID;`,

	// 2. What the notifier has still to send. Only place is sealed elsewhere: an erasure
	// clears it.
	`CREATE TABLE outbox (
		id       INTEGER PRIMARY KEY AUTOINCREMENT,
		target   TEXT NOT NULL,
		seq      INTEGER NOT NULL,
		kind     TEXT NOT NULL,
		subject  TEXT NOT NULL,
		title    TEXT NOT NULL,
		text     TEXT NOT NULL,
		body     BLOB NOT NULL,
		place    TEXT NOT NULL,
		at       INTEGER NOT NULL,
		next     INTEGER NOT NULL,
		attempts INTEGER NOT NULL,
		dead     INTEGER NOT NULL,
		why      TEXT NOT NULL
	) STRICT;
	CREATE INDEX outbox_due ON outbox (target, dead, next);
	CREATE INDEX outbox_subject ON outbox (subject);
	CREATE TABLE outbox_cursor (
		only INTEGER PRIMARY KEY CHECK (only = 1),
		seq  INTEGER NOT NULL
	) STRICT;`,
}

// migrate brings an empty or older database to the newest schema, each step whole
// or not at all, and refuses one that is foreign or newer.
func migrate(ctx context.Context, conn *sql.Conn) error {
	var id, version, tables int
	for query, to := range map[string]*int{
		"PRAGMA application_id":              &id,
		"PRAGMA user_version":                &version,
		"SELECT count(*) FROM sqlite_schema": &tables,
	} {
		if err := conn.QueryRowContext(ctx, query).Scan(to); err != nil {
			return fmt.Errorf("%s: %w", query, err)
		}
	}
	if fresh := id == 0 && version == 0 && tables == 0; !fresh && id != applicationID {
		return fmt.Errorf("%w (application id %#x): name another folder", ErrForeign, id)
	}
	if version > len(steps) {
		return fmt.Errorf("%w (schema %d; this one knows up to %d): run that version, or restore a backup made by this one", ErrNewer, version, len(steps))
	}
	for ; version < len(steps); version++ {
		// One script, so that a failure anywhere leaves the step undone.
		script := fmt.Sprintf("BEGIN IMMEDIATE;\n%s\nPRAGMA application_id=%d;\nPRAGMA user_version=%d;\nCOMMIT;",
			steps[version], applicationID, version+1)
		if _, err := conn.ExecContext(ctx, script); err != nil {
			_, undo := conn.ExecContext(ctx, "ROLLBACK")
			return fmt.Errorf("bring the schema from %d to %d: %w", version, version+1, errors.Join(err, undo))
		}
	}
	return nil
}
