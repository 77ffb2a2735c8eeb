package sqlite

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/everycall/everycall/journal"
	"github.com/everycall/everycall/journal/journaltest"
)

func indexOf(t *testing.T, s *Store) *Index {
	t.Helper()
	x, err := s.Index()
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func TestIndexConformance(t *testing.T) { journaltest.RunIndex(t, indexOf(t, opened(t, t.TempDir()))) }

// TestTheIndexIsNotSynced: it must not slow the appends that share its disk.
func TestTheIndexIsNotSynced(t *testing.T) {
	var level int
	if err := indexOf(t, opened(t, t.TempDir())).db.QueryRow("PRAGMA synchronous").Scan(&level); err != nil || level != 1 {
		t.Fatalf("synchronous is %d, %v", level, err)
	}
}

// TestAnIndexIsACache: it outlives a reopening, and one that is missing, damaged or
// of another version is made anew, empty.
func TestAnIndexIsACache(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, indexName)
	for name, c := range map[string]struct {
		spoil func(t *testing.T)
		reach uint64
	}{
		"untouched": {func(*testing.T) {}, 3},
		"missing": {func(t *testing.T) {
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
		}, 0},
		"no database": {func(t *testing.T) {
			if err := os.WriteFile(path, []byte("this is no database at all, and it is longer than a header is: one hundred bytes or more of text, say"), 0o600); err != nil {
				t.Fatal(err)
			}
		}, 0},
		"another version": {func(t *testing.T) {
			s := opened(t, dir)
			if _, err := indexOf(t, s).db.Exec("PRAGMA user_version=99"); err != nil {
				t.Fatal(err)
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
		}, 0},
	} {
		s := opened(t, dir)
		x := indexOf(t, s)
		if err := x.Clear(bg); err != nil {
			t.Fatal(err)
		}
		if err := x.Add(bg, 0, 3, []byte("m"), []journal.Mention{{Name: "a", Seq: 2}}); err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if _, _, err := x.Reach(bg); !errors.Is(err, journal.ErrClosed) {
			t.Errorf("after Close: %v", err)
		}
		c.spoil(t)
		s = opened(t, dir)
		x = indexOf(t, s)
		if again := indexOf(t, s); again != x {
			t.Error("a store has two indexes")
		}
		reach, _, err := x.Reach(bg)
		found, _ := x.Find(bg, "a", 0, 9)
		if err != nil || reach != c.reach || len(found) != int(min(1, c.reach)) {
			t.Errorf("%s: reach %d, %v, %v", name, reach, found, err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
