package sqlite

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// prepareFolder makes the folder, for its owner alone. A folder that was there is
// closed to others if it is empty or ours; anything else is not ours to change.
func prepareFolder(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	info, err := os.Stat(dir)
	if err != nil {
		return err
	}
	if info.Mode().Perm()&0o077 != 0 {
		entries, err := os.ReadDir(dir)
		if err != nil {
			return err
		}
		_, err = os.Stat(filepath.Join(dir, fileName))
		if len(entries) > 0 && err != nil {
			return errors.New("the folder is open to other users and holds other things: name a new or empty folder, or chmod 700 this one")
		}
		if err := os.Chmod(dir, 0o700); err != nil {
			return err
		}
	}
	if err := os.Mkdir(filepath.Join(dir, snapshotsDir), 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return syncFolder(filepath.Dir(dir))
}

// prepareFile makes the database file before SQLite can, with our mode; SQLite
// gives the files beside it the same.
func prepareFile(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	if err := f.Chmod(0o600); err != nil {
		return errors.Join(err, f.Close())
	}
	return f.Close()
}

// syncFolder makes a folder's new and removed names durable.
func syncFolder(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return errors.Join(fmt.Errorf("sync folder %s: %w", dir, err), f.Close())
	}
	return f.Close()
}
