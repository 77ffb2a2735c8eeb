package main

import (
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/everycall/everycall/cmd/everycall/folder"
)

func TestAStartThatFailsEmptiesNothing(t *testing.T) {
	dir, _, err := folder.Demo(filepath.Join(t.TempDir(), "demo"), false)
	if err != nil {
		t.Fatal(err)
	}
	kept := filepath.Join(dir, "kept")
	if err := os.WriteFile(kept, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
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
