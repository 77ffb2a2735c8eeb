// Package folder finds, guards and opens the folders in which jurisdictions keep
// their data. A demo's folder carries a marker, and no folder without it is ever
// emptied.
//
// It is a package of its own, imported by the command before nearly all else, for
// a newcomer's sake: the compiler then begins early with SQLite, the longest of all
// libraries, and does the rest beside it (docs/decisions/0006).
package folder

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/everycall/everycall/store/sqlite"
)

// marker is a file by which Demo knows that a folder is a demo's own.
const marker = "everycall-demo"

// Open opens the store in a folder and takes its lock. sqlite.ErrInUse when
// another program has it.
func Open(dir string) (*sqlite.Store, error) { return sqlite.Open(dir) }

// Demo finds and prepares the demo's folder: the given one, else one in the user's
// cache, else a temporary one, which the caller removes. A fresh one is emptied
// first, unless a demo runs in it. An error when the folder holds something else.
func Demo(dir string, fresh bool) (found string, temporary bool, err error) {
	if dir == "" {
		cache, err := os.UserCacheDir()
		if err != nil {
			dir, err = os.MkdirTemp("", "everycall-demo-")
			return dir, true, err
		}
		dir = filepath.Join(cache, "everycall", "demo")
	}
	if fresh {
		if err := forget(dir); err != nil {
			return "", false, err
		}
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", false, fmt.Errorf("make the demo's folder: %w", err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return "", false, fmt.Errorf("read the demo's folder: %w", err)
	}
	if _, err := os.Stat(filepath.Join(dir, marker)); err != nil && len(entries) > 0 {
		return "", false, fmt.Errorf("%s holds something that is no demo: give another --data", dir)
	}
	return dir, false, os.WriteFile(filepath.Join(dir, marker), []byte("This folder belongs to everycall demo.\n"), 0o600)
}

// forget removes a demo's folder; any other, and one in use, it leaves alone.
func forget(dir string) error {
	if _, err := os.Stat(dir); errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if _, err := os.Stat(filepath.Join(dir, marker)); err != nil {
		return fmt.Errorf("--fresh: %s is not a demo's folder, so nothing was removed", dir)
	}
	store, err := Open(dir) // takes the folder's lock: one in use stays
	if errors.Is(err, sqlite.ErrInUse) {
		return fmt.Errorf("--fresh: %w", err)
	}
	if err == nil {
		_ = store.Close() // it goes anyway
	}
	if err := os.RemoveAll(dir); err != nil {
		return fmt.Errorf("--fresh: %w", err)
	}
	return nil
}
