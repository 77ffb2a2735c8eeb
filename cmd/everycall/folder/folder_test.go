package folder

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/everycall/everycall/store/sqlite"
)

// demoFolder makes a folder that is a demo's own, with a file in it.
func demoFolder(t *testing.T) (dir, kept string) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "demo")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	kept = filepath.Join(dir, "kept")
	for _, name := range []string{filepath.Join(dir, marker), kept} {
		if err := os.WriteFile(name, []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir, kept
}

func TestFreshLeavesADemoThatRunsAlone(t *testing.T) {
	dir, kept := demoFolder(t)
	running, err := sqlite.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := forget(dir); !errors.Is(err, sqlite.ErrInUse) {
		t.Errorf("a folder in use was emptied: %v", err)
	}
	if _, err := os.Stat(kept); err != nil {
		t.Fatal(err)
	}
	if err := running.Close(); err != nil {
		t.Fatal(err)
	}
	if err := forget(dir); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
}

func TestFreshLeavesAForeignFolderAlone(t *testing.T) {
	dir := t.TempDir()
	kept := filepath.Join(dir, "kept")
	if err := os.WriteFile(kept, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := forget(dir); err == nil {
		t.Fatal("emptied")
	}
	if _, err := os.Stat(kept); err != nil {
		t.Fatal(err)
	}
}

func TestADemoFolderIsMadeAndFoundAgain(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "demo")
	for range 2 {
		found, temporary, err := Demo(dir, false)
		if err != nil || found != dir || temporary {
			t.Fatalf("%q, %t, %v", found, temporary, err)
		}
	}
	foreign := t.TempDir()
	if err := os.WriteFile(filepath.Join(foreign, "letters"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, err := Demo(foreign, false); err == nil {
		t.Fatal("a foreign folder was taken")
	}
}
