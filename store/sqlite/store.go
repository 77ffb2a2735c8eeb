// Package sqlite is the embedded store: one folder that holds the journal of one
// jurisdiction, its sealing keys, its snapshots, and the accounts of the people who
// work with it. It uses the pure-Go SQLite of modernc.org/sqlite in WAL mode with
// synchronous=FULL.
//
// # The folder
//
//	everycall.db        the database, with -wal and -shm beside it while open
//	lock                held (flock) by the one process that has the folder open
//	index.db            which events are about what; a cache, never backed up
//	snapshots/          snapshots, the denser the newer, one file each; caches, never backed up
//
// Files have mode 0600, folders 0700. Snapshots are files of their own because
// writing tens of megabytes through the one writing connection would stall appends.
//
// # Who writes
//
// One connection writes; mu guards it. The others read, and in WAL mode neither
// waits for the other. A goroutine, stopped by Close, moves the WAL into the
// database (see checkpoint.go). A second process is kept out by the lock file and,
// if it should get past that, by the epoch that each append checks.
//
// # Crash reasoning
//
// A commit is acknowledged after SQLite has synced the WAL, and only then do other
// connections see it: nobody reads what could still vanish. A commit that fails
// leaves the writing connection in doubt. It is thrown away; the next one begins
// with a commit of its own that overwrites what the failed one may have left in the
// WAL. That commit is the barrier which package journal asks of Lead. After a kill
// or a power cut SQLite recovers the WAL up to its last whole, checksummed commit.
package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	_ "modernc.org/sqlite" // the driver "sqlite"
)

// The oldest SQLite that may touch a journal: before it, resetting the WAL while
// another connection writes could corrupt the database.
const oldestSQLite = "3.51.3"

// readingConnections is how many readers work at once; more wait for one.
const readingConnections = 4

// pageBytes is SQLite's page size. Bodies are stored many to a row, so larger
// pages than the default 4096 save frames and checksums in the WAL.
const pageBytes = 8192

// Names in the folder.
const (
	fileName     = "everycall.db"
	lockName     = "lock"
	snapshotsDir = "snapshots"
)

// Store is an open folder. It is safe for concurrent use.
type Store struct {
	dir     string
	lock    *os.File
	writing *sql.DB // one connection, wrapped by w
	reading *sql.DB
	keeping *sql.DB // one connection, for checkpoints
	reads   reads
	journal *Journal
	keeper  *keeper
	clock   func() time.Time // for the batches' "at", which only people read

	// mu guards the one writing connection and its helpers. Nobody waits for a
	// reader or for the network while holding it.
	mu    sync.Mutex
	w     *writer // nil after a failed commit, until somebody writes again
	index *Index  // nil until somebody asks for it

	// shots guards the snapshot files.
	shots sync.Mutex

	// life is held for reading during every call, never during a yield, so that
	// Close can wait for calls under way.
	life   sync.RWMutex
	closed bool
}

// Open opens the folder, making it if it is not there, and takes the lease on it.
// It refuses, naming the cure, when another process holds the folder, when the
// database was made by a newer Everycall or is not Everycall's, when SQLite is too
// old, and when the file system does not allow WAL mode.
func Open(dir string) (*Store, error) {
	s := &Store{dir: dir, clock: time.Now}
	if err := s.open(context.Background()); err != nil {
		return nil, fmt.Errorf("open store %s: %w", dir, errors.Join(err, s.release()))
	}
	return s, nil
}

func (s *Store) open(ctx context.Context) error {
	if err := prepareFolder(s.dir); err != nil {
		return err
	}
	var err error
	if s.lock, err = lease(filepath.Join(s.dir, lockName)); err != nil {
		return err
	}
	if err := prepareFile(filepath.Join(s.dir, fileName)); err != nil {
		return err
	}
	if s.writing, err = s.connect(fileName, 1); err != nil {
		return err
	}
	if err := s.prepareDatabase(ctx); err != nil {
		return err
	}
	if s.w, err = newWriter(ctx, s.writing); err != nil {
		return err
	}
	if s.reading, err = s.connect(fileName, readingConnections, "query_only(1)"); err != nil {
		return err
	}
	if err := s.reads.prepare(ctx, s.reading); err != nil {
		return err
	}
	if s.keeping, err = s.connect(fileName, 1); err != nil {
		return err
	}
	if err := syncFolder(s.dir); err != nil {
		return err
	}
	s.journal = &Journal{s: s}
	s.keeper = startKeeper(s)
	return nil
}

// connect opens a pool of at most n connections to a file of the folder with the
// pragmas that all need; later ones override.
func (s *Store) connect(name string, n int, pragmas ...string) (*sql.DB, error) {
	path, err := filepath.Abs(filepath.Join(s.dir, name))
	if err != nil {
		return nil, err
	}
	q := url.Values{}
	for _, p := range append([]string{
		"busy_timeout(5000)",
		fmt.Sprintf("page_size(%d)", pageBytes),
		"journal_mode(WAL)",
		"synchronous(FULL)",
		"secure_delete(1)",
		"foreign_keys(1)",
		// The keeper does this, away from the appends.
		"wal_autocheckpoint(0)",
	}, pragmas...) {
		q.Add("_pragma", p)
	}
	dsn := (&url.URL{Scheme: "file", Path: filepath.ToSlash(path), RawQuery: q.Encode()}).String()
	db, err := sql.Open("sqlite", dsn)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(n)
	db.SetMaxIdleConns(n)
	return db, nil
}

// prepareDatabase checks what SQLite says about itself and the file, and brings
// the schema up to this program's.
func (s *Store) prepareDatabase(ctx context.Context) error {
	conn, err := s.writing.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	ask := func(query string) (answer string, err error) {
		if err = conn.QueryRowContext(ctx, query).Scan(&answer); err != nil {
			err = fmt.Errorf("%s: %w", query, err)
		}
		return answer, err
	}
	version, err := ask("SELECT sqlite_version()")
	if err != nil {
		return err
	}
	if !recent(version, oldestSQLite) {
		return fmt.Errorf("SQLite %s can corrupt a WAL database: build with %s or newer", version, oldestSQLite)
	}
	for _, c := range []struct{ pragma, want, cure string }{
		{"journal_mode", "wal", "put the folder on a local file system; network file systems have no shared memory"},
		{"synchronous", "2", "SQLite was built without synchronous=FULL"},
		{"secure_delete", "1", "SQLite was built without secure_delete, so keys could not be erased"},
	} {
		got, err := ask("PRAGMA " + c.pragma)
		if err != nil {
			return err
		}
		if got != c.want {
			return fmt.Errorf("SQLite runs with %s=%s and not %s: %s", c.pragma, got, c.want, c.cure)
		}
	}
	return migrate(ctx, conn)
}

// recent reports whether version is oldest or newer; both are dotted numbers.
func recent(version, oldest string) bool {
	v, o := strings.Split(version, "."), strings.Split(oldest, ".")
	for i := range o {
		if i >= len(v) {
			return false
		}
		a, err := strconv.Atoi(v[i])
		b, _ := strconv.Atoi(o[i])
		if err != nil || a != b {
			return err == nil && a > b
		}
	}
	return true
}

// Journal is the store's one journal. Closing it leaves the store open; closing
// the store closes it.
func (s *Store) Journal() *Journal { return s.journal }

// enter begins a call; the caller leaves with s.life.RUnlock unless it errs.
func (s *Store) enter(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.life.RLock()
	if s.closed {
		s.life.RUnlock()
		return ErrClosed
	}
	return nil
}

// ErrClosed: the store was closed.
var ErrClosed = errors.New("store is closed")

// Close waits for calls under way, moves the WAL into the database, and gives the
// folder up. Calling it again does nothing.
func (s *Store) Close() error {
	s.life.Lock()
	if s.closed {
		s.life.Unlock()
		return nil
	}
	s.closed = true
	s.life.Unlock()
	s.keeper.stop()
	if err := s.release(); err != nil {
		return fmt.Errorf("close store %s: %w", s.dir, err)
	}
	return nil
}

// release closes whatever is open, the lock last: until then nobody else may
// touch the files.
func (s *Store) release() error {
	var errs []error
	s.reads.close()
	for _, db := range []*sql.DB{s.reading, s.keeping} {
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	if s.w != nil {
		s.w.close()
		s.w = nil
	}
	if s.index != nil {
		errs = append(errs, s.index.db.Close())
	}
	if s.writing != nil {
		errs = append(errs, s.writing.Close())
	}
	if s.lock != nil {
		errs = append(errs, s.lock.Close())
	}
	return errors.Join(errs...)
}
