//go:build linux

package sqlite

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/everycall/everycall/journal"
)

const dirEnv = "EVERYCALL_SQLITE_TEST_DIR"

func init() {
	children["append"] = appendUntilKilled
	children["limited"] = appendToFullDisk
}

// child runs this test binary again in a role.
func child(role, dir string) *exec.Cmd {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childEnv+"="+role, dirEnv+"="+dir)
	cmd.Stderr = os.Stderr
	return cmd
}

func die(err error) {
	fmt.Fprintln(os.Stderr, "child:", err)
	os.Exit(3)
}

// numbered is a batch of n bodies that say their own sequence numbers, with one
// secret.
func numbered(first uint64, n int) journal.Batch {
	b := journal.Batch{First: first, Secrets: []journal.Secret{{Subject: fmt.Sprint("s", first), Key: []byte("key")}}}
	for i := range n {
		b.Bodies = append(b.Bodies, append(binary.BigEndian.AppendUint64(nil, first+uint64(i)), make([]byte, 1000)...))
	}
	return b
}

// appendUntilKilled prints the head after every acknowledged batch.
func appendUntilKilled() {
	s, err := Open(os.Getenv(dirEnv))
	if err != nil {
		die(err)
	}
	ctx := context.Background()
	e, err := s.Journal().Lead(ctx)
	if err != nil {
		die(err)
	}
	head, err := s.Journal().Head(ctx)
	if err != nil {
		die(err)
	}
	for i := 0; ; i++ {
		b := numbered(head+1, 1+i%9)
		if err := s.Journal().Append(ctx, e, b); err != nil {
			die(err)
		}
		head = b.Last()
		fmt.Println(head)
	}
}

// verify reads the whole journal and checks every entry and every batch's secret.
func verify(t *testing.T, s *Store) (head uint64) {
	t.Helper()
	err := s.Journal().Read(bg, 0, 0, func(e journal.Entry) error {
		if head++; e.Seq != head || len(e.Body) != 1008 || binary.BigEndian.Uint64(e.Body) != head {
			return fmt.Errorf("entry %d came where %d was due, %d bytes", e.Seq, head, len(e.Body))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	var orphans int
	err = s.reading.QueryRow(`SELECT (SELECT count(*) FROM batch) - (SELECT count(*) FROM secret JOIN batch USING (first))`).Scan(&orphans)
	if err != nil || orphans != 0 {
		t.Fatalf("%d batches without their secret, %v", orphans, err)
	}
	return head
}

// A kill shows that recovery finds every acknowledged batch whole. It does not show
// that syncs happen: only a power cut could.
func TestKill(t *testing.T) {
	dir := t.TempDir()
	acknowledged := uint64(0)
	for round := range 6 {
		cmd := child("append", dir)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		lines, acks := bufio.NewScanner(out), 0
		for lines.Scan() {
			seq, err := strconv.ParseUint(lines.Text(), 10, 64)
			if err != nil {
				break // cut in the middle of a line
			}
			acknowledged = seq
			if acks++; acks == 50+150*round {
				if round == 0 {
					if _, err := Open(dir); !errors.Is(err, ErrInUse) {
						t.Errorf("a second process opened the folder: %v", err)
					}
				}
				if err := cmd.Process.Kill(); err != nil {
					t.Fatal(err)
				}
			}
		}
		if err := cmd.Wait(); err == nil || cmd.ProcessState.ExitCode() == 3 {
			t.Fatalf("the child ended by itself: %v", err)
		}
		s, err := Open(dir)
		if err != nil {
			t.Fatalf("after the kill: %v", err)
		}
		head := verify(t, s)
		if head < acknowledged {
			t.Fatalf("acknowledged up to %d, after the kill there are %d", acknowledged, head)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("6 kills, %d entries acknowledged, all there", acknowledged)
}

// appendToFullDisk writes until the kernel refuses to let a file grow, and reports
// what became of it.
func appendToFullDisk() {
	s, err := Open(os.Getenv(dirEnv))
	if err != nil {
		die(err)
	}
	ctx := context.Background()
	j := s.Journal()
	e, err := j.Lead(ctx)
	if err != nil {
		die(err)
	}
	const most = 3 << 20
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: most, Max: syscall.RLIM_INFINITY & (1<<63 - 1)}); err != nil {
		die(err)
	}
	head := uint64(0)
	for range 10_000 {
		b := numbered(head+1, 100)
		if err = j.Append(ctx, e, b); err != nil {
			break
		}
		head = b.Last()
	}
	again := j.Append(ctx, e, numbered(head+1, 1))
	fmt.Println(head, errors.Is(err, journal.ErrUnknown), errors.Is(again, journal.ErrFenced))
	fmt.Fprintln(os.Stdout, err)
	// The disk has room again: lead, look, go on in the same process.
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: 1 << 30, Max: syscall.RLIM_INFINITY & (1<<63 - 1)}); err != nil {
		die(err)
	}
	if e, err = j.Lead(ctx); err != nil {
		die(err)
	}
	at, err := j.Head(ctx)
	if err != nil || at < head {
		die(fmt.Errorf("acknowledged up to %d, the head is %d, %v", head, at, err))
	}
	if err := j.Append(ctx, e, numbered(at+1, 5)); err != nil {
		die(err)
	}
	fmt.Println(at + 5)
	if err := s.Close(); err != nil {
		die(err)
	}
}

// A write that the kernel refuses in the middle of a commit is an unknown outcome,
// and leading again is the whole cure.
func TestWriteError(t *testing.T) {
	dir := t.TempDir()
	out, err := child("limited", dir).Output()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	first := strings.Fields(lines[0])
	if len(first) != 3 || first[0] == "0" || first[1] != "true" || first[2] != "true" {
		t.Fatalf("acknowledged, ErrUnknown, then ErrFenced = %v: %s", first, out)
	}
	head, _ := strconv.ParseUint(lines[len(lines)-1], 10, 64)
	if got := verify(t, opened(t, dir)); got != head {
		t.Fatalf("%d entries, want %d: %s", got, head, out)
	}
	t.Log(lines[1])
}
