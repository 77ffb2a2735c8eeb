//go:build linux

package sqlite

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/everycall/everycall/journal"
)

// entryBytes is the size of the entries that the benchmarks write.
const entryBytes = 1024

// group is a tiny group-commit loop: callers hand it one entry each and wait; it
// commits all that are waiting at once.
type group struct {
	in   chan ask
	done sync.WaitGroup
}

type ask struct {
	body []byte
	done chan error
}

func startGroup(commit func(bodies [][]byte) error) *group {
	g := &group{in: make(chan ask, 1024)}
	g.done.Go(func() {
		var asks []ask
		var bodies [][]byte
		for first := range g.in {
			asks, bodies = append(asks[:0], first), append(bodies[:0], first.body)
		more:
			for len(asks) < 1024 {
				select {
				case a, ok := <-g.in:
					if !ok {
						break more
					}
					asks, bodies = append(asks, a), append(bodies, a.body)
				default:
					break more
				}
			}
			err := commit(bodies)
			for _, a := range asks {
				a.done <- err
			}
		}
	})
	return g
}

func (g *group) stop() {
	close(g.in)
	g.done.Wait()
}

type figures struct {
	rate          float64 // entries a second
	p50, p99, max time.Duration
}

func (f figures) String() string {
	return fmt.Sprintf("%.0f/s, p50 %.2f ms, p99 %.2f ms, max %.1f ms", f.rate, ms(f.p50), ms(f.p99), ms(f.max))
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// drive lets callers write total entries one at a time through commit.
func drive(t testing.TB, callers, total int, commit func(bodies [][]byte) error) figures {
	t.Helper()
	g := startGroup(commit)
	defer g.stop()
	took := make([][]time.Duration, callers)
	var left atomic.Int64
	left.Store(int64(total))
	var wg sync.WaitGroup
	start := time.Now()
	for c := range callers {
		wg.Go(func() {
			body, done := make([]byte, entryBytes), make(chan error, 1)
			for left.Add(-1) >= 0 {
				at := time.Now()
				g.in <- ask{body, done}
				if err := <-done; err != nil {
					t.Error(err)
					return
				}
				took[c] = append(took[c], time.Since(at))
			}
		})
	}
	wg.Wait()
	all := slices.Concat(took...)
	f := figures{rate: float64(len(all)) / time.Since(start).Seconds()}
	slices.Sort(all)
	f.p50, f.p99, f.max = all[len(all)/2], all[len(all)*99/100], all[len(all)-1]
	return f
}

// plainFile commits to a growing file with fdatasync: the yardstick.
func plainFile(t testing.TB) func(bodies [][]byte) error {
	f, err := os.Create(filepath.Join(t.TempDir(), "plain"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	var buf []byte
	return func(bodies [][]byte) error {
		buf = buf[:0]
		for _, b := range bodies {
			buf = append(buf, b...)
		}
		if _, err := f.Write(buf); err != nil {
			return err
		}
		return syscall.Fdatasync(int(f.Fd()))
	}
}

// journalled commits to a journal in the store.
func journalled(t testing.TB, s *Store) func(bodies [][]byte) error {
	e, err := s.Journal().Lead(bg)
	if err != nil {
		t.Fatal(err)
	}
	head, err := s.Journal().Head(bg)
	if err != nil {
		t.Fatal(err)
	}
	return func(bodies [][]byte) error {
		b := journal.Batch{First: head + 1, Bodies: bodies}
		head = b.Last()
		return s.Journal().Append(context.Background(), e, b)
	}
}

// BenchmarkGroupCommit writes with 64 callers to a plain file with group-committed
// fdatasync and to the journal, turn about in the same run, and reports the ratio of
// the median turns.
func BenchmarkGroupCommit(b *testing.B) {
	const turns, total = 3, 60_000
	for _, callers := range []int{1, 64} {
		b.Run(fmt.Sprint(callers, " callers"), func(b *testing.B) {
			n := total
			if callers == 1 {
				n = total / 30
			}
			for b.Loop() {
				plain := plainFile(b)
				s := opened(b, b.TempDir())
				sqlite := journalled(b, s)
				var p, q []figures
				for range turns {
					p = append(p, drive(b, callers, n, plain))
					q = append(q, drive(b, callers, n, sqlite))
				}
				byRate := func(x, y figures) int { return int(x.rate - y.rate) }
				slices.SortFunc(p, byRate)
				slices.SortFunc(q, byRate)
				b.Logf("plain file: %v", p[turns/2])
				b.Logf("journal:    %v", q[turns/2])
				b.ReportMetric(q[turns/2].rate/p[turns/2].rate, "ratio")
				b.ReportMetric(q[turns/2].rate, "entries/s")
				b.ReportMetric(ms(q[turns/2].p99), "p99-ms")
				b.ReportMetric(ms(q[turns/2].max), "max-ms")
			}
		})
	}
}

// BenchmarkAppend is one entry a commit: its allocations are the overhead of the
// store, its time is the disk's.
func BenchmarkAppend(b *testing.B) {
	commit := journalled(b, opened(b, b.TempDir()))
	body := [][]byte{make([]byte, entryBytes)}
	b.ReportAllocs()
	for b.Loop() {
		if err := commit(body); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkRead reads a million entries of 1 KiB written in batches of 64.
func BenchmarkRead(b *testing.B) {
	const entries, batch = 1_000_000, 64
	s := opened(b, b.TempDir())
	commit := journalled(b, s)
	bodies := make([][]byte, batch)
	for i := range bodies {
		bodies[i] = make([]byte, entryBytes)
	}
	for range entries / batch {
		if err := commit(bodies); err != nil {
			b.Fatal(err)
		}
	}
	b.SetBytes(entries * entryBytes)
	n := 0
	for b.Loop() {
		n = 0
		if err := s.Journal().Read(bg, 0, 0, func(journal.Entry) error { n++; return nil }); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "entries/s")
}

// BenchmarkSteady sends 400 entries a second, each when it is due and not when the
// last is done, and reports how long they wait: what checkpoints cost a room that
// is busy and not at its limit. The plain file is the control.
func BenchmarkSteady(b *testing.B) {
	b.Run("plain file", func(b *testing.B) {
		for b.Loop() {
			steady(b, plainFile(b))
		}
	})
	b.Run("journal", func(b *testing.B) {
		for b.Loop() {
			steady(b, journalled(b, opened(b, b.TempDir())))
		}
	})
}

func steady(b *testing.B, commit func(bodies [][]byte) error) {
	const rate, total = 400, 3200
	g := startGroup(commit)
	took := make([]time.Duration, total)
	var wg sync.WaitGroup
	start := time.Now()
	for i := range total {
		due := start.Add(time.Duration(i) * time.Second / rate)
		time.Sleep(time.Until(due))
		wg.Go(func() {
			done := make(chan error, 1)
			g.in <- ask{make([]byte, entryBytes), done}
			if err := <-done; err != nil {
				b.Error(err)
			}
			took[i] = time.Since(due)
		})
	}
	wg.Wait()
	g.stop()
	slices.Sort(took)
	b.ReportMetric(ms(took[total/2]), "p50-ms")
	b.ReportMetric(ms(took[total*99/100]), "p99-ms")
	b.ReportMetric(ms(took[total-1]), "max-ms")
}
