package main

import (
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
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

func TestAStartThatFailsEmptiesNothing(t *testing.T) {
	dir, kept := demoFolder(t)
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = taken.Close() }()
	err = demoCmd{Addr: taken.Addr().String(), Data: dir, Fresh: true, Speed: 10, NoBrowser: true}.Run()
	if err == nil || !strings.Contains(err.Error(), "another demo may be running") {
		t.Fatal(err)
	}
	if _, err := os.Stat(kept); err != nil {
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

func TestABadCertificateIsToldBeforeAnythingIsMade(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	bad := filepath.Join(t.TempDir(), "bad.pem")
	if err := os.WriteFile(bad, []byte("no certificate"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := (serveCmd{Data: dir, Addr: "127.0.0.1:0", TLSCert: bad, TLSKey: bad}).Run(); err == nil || !strings.Contains(err.Error(), "--tls-cert") {
		t.Fatal(err)
	}
	if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
		t.Fatal("a data folder was made, and its first password printed")
	}
}
