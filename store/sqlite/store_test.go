package sqlite

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/everycall/everycall/journal"
	"github.com/everycall/everycall/journal/journaltest"
)

var bg = context.Background()

// childEnv names the role that this test binary plays when a test runs it again;
// children are the roles.
const childEnv = "EVERYCALL_SQLITE_TEST_CHILD"

var children = map[string]func(){}

func TestMain(m *testing.M) {
	if run, ok := children[os.Getenv(childEnv)]; ok {
		run()
		return
	}
	goleak.VerifyTestMain(m)
}

// opened is a store in dir that is closed with t.
func opened(t testing.TB, dir string) *Store {
	t.Helper()
	s, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

type opener struct {
	dir string
	s   *Store
}

func (o *opener) Open(t testing.TB) journal.Journal {
	if o.s != nil {
		if err := o.s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	o.s = opened(t, o.dir)
	return o.s.Journal()
}

var errInjected = errors.New("injected: the disk failed")

func (o *opener) FailNext(_ testing.TB, kept bool) {
	j := o.s.Journal()
	j.fault = func(commit func() error) error {
		j.fault = nil
		if kept {
			if err := commit(); err != nil {
				return err
			}
		}
		return errInjected
	}
}

func (o *opener) DamageSnapshot(t testing.TB, seq uint64) {
	path := o.s.snapshotPath(seq)
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	b[len(b)-1] ^= 1
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestConformance(t *testing.T) {
	journaltest.Run(t, func(t testing.TB) journaltest.Opener { return &opener{dir: t.TempDir()} })
}

func TestOneProcessAFolder(t *testing.T) {
	dir := t.TempDir()
	s := opened(t, dir)
	_, err := Open(dir)
	if !errors.Is(err, ErrInUse) || !strings.Contains(err.Error(), fmt.Sprint("process ", os.Getpid())) || !strings.Contains(err.Error(), "--data") {
		t.Fatalf("opening twice: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	opened(t, dir)
}

func TestModes(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "deep", "data")
	s := opened(t, dir)
	e, err := s.Journal().Lead(bg)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Journal().Append(bg, e, journal.Batch{First: 1, Bodies: [][]byte{{1}}}); err != nil {
		t.Fatal(err)
	}
	if err := s.Journal().SaveSnapshot(bg, journal.Snapshot{Seq: 1, Body: []byte("s")}); err != nil {
		t.Fatal(err)
	}
	files := 0
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		want := fs.FileMode(0o600)
		if d.IsDir() {
			want = 0o700
		} else {
			files++
		}
		if info.Mode().Perm() != want {
			t.Errorf("%s has mode %v, want %v", path, info.Mode().Perm(), want)
		}
		return nil
	})
	if err != nil || files != 5 { // db, wal, shm, lock, one snapshot
		t.Fatalf("%d files, %v", files, err)
	}
}

func TestSomebodyElsesFolder(t *testing.T) {
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "thesis.txt"), []byte("mine"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(dir); err == nil || !strings.Contains(err.Error(), "chmod 700") {
		t.Fatalf("a folder of other things, open to others: %v", err)
	}
	if err := os.Chmod(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	opened(t, dir)
}

// edit changes a closed store's database behind its back.
func edit(t *testing.T, dir, script string) {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(dir, fileName))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(script); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestRefusesWhatIsNotOurs(t *testing.T) {
	for script, want := range map[string]error{
		"PRAGMA user_version=99":  ErrNewer,
		"PRAGMA application_id=1": ErrForeign,
		"PRAGMA application_id=0": ErrForeign,
		"PRAGMA application_id=0; DROP TABLE lead; PRAGMA user_version=0": ErrForeign,
	} {
		dir := t.TempDir()
		if err := opened(t, dir).Close(); err != nil {
			t.Fatal(err)
		}
		edit(t, dir, script)
		if _, err := Open(dir); !errors.Is(err, want) {
			t.Errorf("after %q: %v, want %v", script, err, want)
		}
	}
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, fileName), bytes.Repeat([]byte("not a database "), 1000), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(dir); err == nil {
		t.Error("a text file opened as a database")
	}
	// Whoever was refused has let go of the folder.
	if err := os.Remove(filepath.Join(dir, fileName)); err != nil {
		t.Fatal(err)
	}
	opened(t, dir)
}

func TestOldSQLite(t *testing.T) {
	for version, want := range map[string]bool{
		"3.51.3": true, "3.51.4": true, "3.52.0": true, "3.100.0": true, "4.0.0": true, "3.51.3.1": true,
		"3.51.2": false, "3.51": false, "3.9.9": false, "2.99.99": false, "": false, "nonsense": false, "3.51.x": false,
	} {
		if recent(version, oldestSQLite) != want {
			t.Errorf("%q counts as recent: %v", version, !want)
		}
	}
}

func TestDamagedBatchStopsReading(t *testing.T) {
	for _, script := range []string{
		"UPDATE batch SET body = CAST(substr(body, 1, length(body)-1) || 'X' AS BLOB) WHERE first = 3",
		"UPDATE batch SET body = x'00' WHERE first = 3",
		"UPDATE batch SET count = 3 WHERE first = 3",
		"DELETE FROM batch WHERE first = 3",
	} {
		dir := t.TempDir()
		s := opened(t, dir)
		j := s.Journal()
		e, err := j.Lead(bg)
		if err != nil {
			t.Fatal(err)
		}
		for first := uint64(1); first < 9; first += 2 {
			if err := j.Append(bg, e, journal.Batch{First: first, Bodies: [][]byte{[]byte("one"), []byte("two")}}); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		edit(t, dir, script)
		n := 0
		err = opened(t, dir).Journal().Read(bg, 0, 0, func(journal.Entry) error { n++; return nil })
		// The page with the damage may not be yielded at all, but never more than
		// what comes before it.
		if !errors.Is(err, journal.ErrCorrupt) || n > 2 {
			t.Errorf("after %s: %d entries, %v", script, n, err)
		}
	}
}

func FuzzFrame(f *testing.F) {
	b := journal.Batch{First: 7, Bodies: [][]byte{[]byte("one"), nil, []byte("three")}}
	f.Add(uint64(7), uint64(3), appendFrame(nil, b))
	f.Add(uint64(1), uint64(1), []byte{})
	f.Fuzz(func(t *testing.T, first, count uint64, frame []byte) {
		none := func(journal.Entry) error { return nil }
		if err := checkFrame(first, count, frame); err != nil && !errors.Is(err, journal.ErrCorrupt) {
			t.Fatal(err)
		}
		if len(frame) < sumBytes || first+count < first {
			return
		}
		// Even a frame whose sum happened to fit must not panic or read outside.
		if n, err := yieldFrame(first, count, frame, 0, 0, none); err == nil && first > 0 && uint64(n) != count {
			t.Fatalf("%d of %d entries without an error", n, count)
		}
	})
}

// After an erasure no file of the store may hold the key, whatever else has
// happened to the pages that it was on.
func TestErasedKeysAreInNoFile(t *testing.T) {
	dir := t.TempDir()
	s := opened(t, dir)
	j := s.Journal()
	e, err := j.Lead(bg)
	if err != nil {
		t.Fatal(err)
	}
	dice := rand.New(rand.NewPCG(1, 2))
	const people, batches = 400, 40
	key := func(i int) []byte { return fmt.Appendf(nil, "key-%06d-of-somebody-who-called", i) }
	for b := range batches {
		batch := journal.Batch{First: uint64(b + 1), Bodies: [][]byte{[]byte("event")}}
		for i := range people / batches {
			i += b * people / batches
			batch.Secrets = append(batch.Secrets, journal.Secret{Subject: fmt.Sprint("contact", dice.IntN(1<<30), "-", i), Key: key(i)})
		}
		if err := j.Append(bg, e, batch); err != nil {
			t.Fatal(err)
		}
	}
	var names []string
	if err := j.Secrets(bg, 0, func(s journal.Secret) error { names = append(names, s.Subject); return nil }); err != nil {
		t.Fatal(err)
	}
	if err := j.SaveSnapshot(bg, journal.Snapshot{Seq: 1, Body: key(0)}); err != nil {
		t.Fatal(err)
	}
	in := func(i int) (where string) {
		err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			b, err := os.ReadFile(path)
			if bytes.Contains(b, key(i)) {
				where = path
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return where
	}
	// The control: the search finds living keys, and the snapshot's.
	if in(0) == "" || in(people-1) == "" {
		t.Fatal("the search does not find what is there")
	}
	gone := dice.Perm(people)[:60]
	gone[0] = 0
	for _, i := range gone {
		if err := j.Erase(bg, names[i]); err != nil {
			t.Fatal(err)
		}
	}
	for _, i := range gone {
		if where := in(i); where != "" {
			t.Fatalf("key %d is erased and still in %s", i, where)
		}
		if _, err := j.Secret(bg, names[i]); !errors.Is(err, journal.ErrNoSecret) {
			t.Fatal(err)
		}
	}
	n := 0
	if err := j.Erased(bg, func(string) error { n++; return nil }); err != nil || n < 59 {
		t.Fatalf("%d subjects are listed as erased, %v", n, err)
	}
}

// The WAL must stay short under constant writing and reading.
func TestTheLogIsKeptShort(t *testing.T) {
	if testing.Short() {
		t.Skip("writes 150 MiB")
	}
	dir := t.TempDir()
	s := opened(t, dir)
	j := s.Journal()
	e, err := j.Lead(bg)
	if err != nil {
		t.Fatal(err)
	}
	batch := journal.Batch{First: 1}
	for range 256 {
		batch.Bodies = append(batch.Bodies, make([]byte, 1024))
	}
	longest := int64(0)
	for range 600 {
		if err := j.Append(bg, e, batch); err != nil {
			t.Fatal(err)
		}
		batch.First = batch.Last() + 1
		info, err := os.Stat(filepath.Join(dir, fileName+"-wal"))
		if err != nil {
			t.Fatal(err)
		}
		longest = max(longest, info.Size())
	}
	t.Logf("150 MiB written, the log was at most %d MiB long", longest>>20)
	if longest > 3*walBytes {
		t.Errorf("the log grew to %d MiB", longest>>20)
	}
}
