package engine

import (
	"context"
	"encoding/binary"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/everycall/everycall/dispatch"
	"github.com/everycall/everycall/geo"
	"github.com/everycall/everycall/journal"
	"github.com/everycall/everycall/store/sqlite"
)

var benchEvents = flag.Int("bench.events", 200_000, "events of the store that BenchmarkStateAt, BenchmarkReplay and BenchmarkOpenFromSnapshot read; 1000000 for the full figure")

// life is one call from the ring to the close, as one client sends it: eight
// commands, of which the first brings a contact with a key of its own.
type life struct {
	client string
	unit   dispatch.UnitID
	n      int
	at     int
	open   dispatch.IncidentID
	ticks  int // counts to tickEvery; below 0 for clients that send no Ticks
}

const lifeCommands = 8

func (l *life) next() Submission {
	if l.ticks >= 0 {
		if l.ticks++; l.ticks > tickEvery {
			l.ticks = 0
			return Submission{By: l.client, Command: dispatch.Tick{}}
		}
	}
	at := l.at
	if l.at++; l.at == lifeCommands {
		l.at = 0
	}
	if at == 0 {
		l.n++
	}
	return Submission{By: l.client, ID: fmt.Sprintf("%s-%d-%d", l.client, l.n, at), Hash: l.hash(at), Command: l.command(at)}
}

// contacts counts them: the ids that the API gives them are in the order of time.
var contacts atomic.Int64

func (l *life) hash(at int) []byte {
	hash := make([]byte, 32) // as long as a SHA-256
	binary.LittleEndian.PutUint64(hash, uint64(l.n*lifeCommands+at))
	return hash
}

func (l *life) command(at int) dispatch.Command {
	switch at {
	case 0:
		return dispatch.ReceiveContact{ID: dispatch.ContactID(fmt.Sprintf("c-%012x-%s", contacts.Add(1), l.client)), Channel: "phone", Type: "NOISE", Beat: "B1",
			Person: dispatch.Private{Name: "A caller", Number: fmt.Sprintf("555-%s-%d", l.client, l.n), Place: "100 block of Main St",
				Text: "loud music since an hour, at the back of the house", Point: &geo.Point{Lon: -1_223_300_000, Lat: 476_000_000}}}
	case 1:
		return dispatch.DispatchUnit{Unit: l.unit, Incident: l.open, Travel: 5 * dispatch.Minute, Model: "straight_line"}
	case 2:
		return dispatch.SetUnitStatus{Unit: l.unit, Status: dispatch.StatusEnRoute, Source: dispatch.SourceRadio}
	case 3:
		return dispatch.AddNote{Incident: l.open, Text: "the caller will wait at the door"}
	case 4:
		return dispatch.SetUnitStatus{Unit: l.unit, Status: dispatch.StatusOnScene, Source: dispatch.SourceRadio}
	case 5:
		return dispatch.AddNote{Incident: l.open, Text: "music is off, nobody hurt, names taken"}
	case 6:
		return dispatch.CloseIncident{Incident: l.open, Disposition: "advised", Authority: l.client}
	}
	return dispatch.SetUnitStatus{Unit: l.unit, Status: dispatch.StatusAvailable, Source: dispatch.SourceRadio}
}

// heard takes from a receipt what the next command needs.
func (l *life) heard(r Receipt) {
	for _, event := range r.Events {
		if opened, is := event.(*dispatch.IncidentOpened); is {
			l.open = opened.ID
		}
	}
}

// callClock goes on by a second with every command: at about 11,000 calls a day
// closed ones leave the state as fast as new ones come.
type callClock struct{ now atomic.Int64 }

func newCallClock() *callClock {
	c := &callClock{}
	c.now.Store(int64(simStart))
	return c
}

func (c *callClock) Now() dispatch.Instant {
	return dispatch.Instant(c.now.Add(int64(dispatch.Second)))
}

// tickEvery is how many commands of the first client go by between two Ticks.
const tickEvery = 16

// city is an engine over a store on disk, with a unit for each client.
func city(b *testing.B, opt Options, clients int) (*Engine, []*life) {
	b.Helper()
	opt.Clock = newCallClock()
	e, err := Open(bg, opt, nil)
	if err != nil {
		b.Fatal(err)
	}
	config := testConfig()
	if e.Seq() == 0 {
		must(b, e, "configure", dispatch.Configure{Config: config})
	}
	lives := make([]*life, clients)
	for n := range lives {
		name := fmt.Sprintf("desk%02d-%d", n, e.Seq())
		lives[n] = &life{client: name, unit: dispatch.UnitID(name), ticks: -min(n, 1)}
		must(b, e, name, dispatch.AddUnit{ID: lives[n].unit, Service: "police", Kind: "patrol", Status: dispatch.StatusAvailable})
	}
	return e, lives
}

func store(b *testing.B, dir string) *sqlite.Store {
	b.Helper()
	s, err := sqlite.Open(dir)
	if err != nil {
		b.Fatal(err)
	}
	return s
}

// crowd lets the clients do things, one each at a time, for as long as do says.
func crowd(clients int, total int64, do func(client int) error) (rate float64, p99 time.Duration, err error) {
	var left atomic.Int64
	left.Store(total)
	var wg sync.WaitGroup
	took := make([][]time.Duration, clients)
	errs := make([]error, clients)
	start := time.Now()
	for c := range clients {
		wg.Go(func() {
			for left.Add(-1) >= 0 {
				at := time.Now()
				if errs[c] = do(c); errs[c] != nil {
					return
				}
				took[c] = append(took[c], time.Since(at))
			}
		})
	}
	wg.Wait()
	rate = float64(total) / time.Since(start).Seconds()
	for _, e := range errs {
		err = cmpErr(err, e)
	}
	all := slices.Concat(took...)
	slices.Sort(all)
	return rate, all[len(all)*99/100], err
}

func cmpErr(a, b error) error {
	if a != nil {
		return a
	}
	return b
}

// plainFile appends what clients hand it and syncs it, all that wait at once: the
// least that anything durable costs.
type plainFile struct {
	f  *os.File
	in chan plainAsk
}

type plainAsk struct {
	body []byte
	done chan error
}

func (p *plainFile) run() {
	var buf []byte
	var asks []plainAsk
	for first := range p.in {
		asks, buf = append(asks[:0], first), append(buf[:0], first.body...)
	more:
		for len(asks) < BatchMax {
			select {
			case a, open := <-p.in:
				if !open {
					break more
				}
				asks, buf = append(asks, a), append(buf, a.body...)
			default:
				break more
			}
		}
		_, err := p.f.Write(buf)
		if err == nil {
			err = syscall.Fdatasync(int(p.f.Fd()))
		}
		for _, a := range asks {
			a.done <- err
		}
	}
}

// BenchmarkDurableCommands: 64 clients that wait for their answers send the
// commands of whole calls through the engine into a store on disk. In turns with
// it, 64 clients write as many bytes a command to a plain file with grouped
// fdatasync; of_plain_file is the ratio of the two rates
// in neighbouring turns; all figures are medians.
// The tree is off in the one and its commitments are made in the other.
func BenchmarkDurableCommands(b *testing.B) {
	b.Run("tree=off", func(b *testing.B) { durableCommands(b, true) })
	b.Run("commitments=on", func(b *testing.B) { durableCommands(b, false) })
}

func durableCommands(b *testing.B, withoutProofs bool) {
	const clients, turns, total = 64, 15, 16_000
	for b.Loop() {
		s := store(b, b.TempDir())
		e, lives := city(b, Options{Journal: s.Journal(), WithoutProofs: withoutProofs}, clients)
		f, err := os.Create(filepath.Join(b.TempDir(), "plain"))
		if err != nil {
			b.Fatal(err)
		}
		p := &plainFile{f: f, in: make(chan plainAsk, QueueMax)}
		var wg sync.WaitGroup
		wg.Go(p.run)
		var bytesEach int64
		var ours, plain, ratios []float64
		var tails []time.Duration
		for range turns {
			rate, p99, err := crowd(clients, total, func(c int) error {
				r, err := e.Submit(bg, lives[c].next())
				lives[c].heard(r)
				return err
			})
			if err != nil {
				b.Fatal(err)
			}
			ours, tails = append(ours, rate), append(tails, p99)
			if bytesEach == 0 {
				if bytesEach, err = bytesOfEach(s, int64(e.Metrics.Commands.Load())); err != nil {
					b.Fatal(err)
				}
			}
			body := make([]byte, bytesEach)
			dones := make([]chan error, clients)
			for c := range dones {
				dones[c] = make(chan error, 1)
			}
			rate, _, err = crowd(clients, total, func(c int) error {
				p.in <- plainAsk{body, dones[c]}
				return <-dones[c]
			})
			if err != nil {
				b.Fatal(err)
			}
			plain, ratios = append(plain, rate), append(ratios, ours[len(ours)-1]/rate)
		}
		close(p.in)
		wg.Wait()
		syncs := e.Metrics.Syncs.Load()
		commands := e.Metrics.Commands.Load()
		e.Close()
		_ = f.Close()
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
		slices.Sort(ours)
		slices.Sort(plain)
		slices.Sort(ratios)
		slices.Sort(tails)
		b.ReportMetric(ours[turns/2], "commands/s")
		b.ReportMetric(plain[turns/2], "plain/s")
		b.ReportMetric(ratios[turns/2], "of_plain_file")
		b.ReportMetric(float64(tails[turns/2].Microseconds())/1000, "p99-ms")
		b.ReportMetric(float64(bytesEach), "B/command")
		b.ReportMetric(float64(commands)/float64(syncs), "commands/sync")
	}
}

// bytesOfEach is what one command writes on average: bodies and keys.
func bytesOfEach(s *sqlite.Store, commands int64) (int64, error) {
	var total int64
	err := s.Journal().Read(bg, 0, 0, func(e journal.Entry) error { total += int64(len(e.Body)); return nil })
	if err != nil {
		return 0, err
	}
	err = s.Journal().Secrets(bg, 0, func(k journal.Secret) error { total += int64(len(k.Key) + len(k.Subject)); return nil })
	return total / commands, err
}

// filled makes a store with so many events of whole calls. It is closed again.
func filled(b *testing.B, dir string, events int, snapshot bool) {
	b.Helper()
	const clients = 256
	s := store(b, dir)
	e, lives := city(b, Options{Journal: s.Journal()}, clients)
	if !snapshot {
		e.opt.SnapshotEvery = 1 << 40 // before anything that could be due
	}
	_, _, err := crowd(clients, int64(events)*lifeCommands/17, func(c int) error {
		r, err := e.Submit(bg, lives[c].next())
		lives[c].heard(r)
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	e.Close()
	if err := s.Close(); err != nil {
		b.Fatal(err)
	}
	if !snapshot {
		if err := os.RemoveAll(filepath.Join(dir, "snapshots")); err != nil {
			b.Fatal(err)
		}
	}
}

// opening measures how long Open takes on a store.
func opening(b *testing.B, snapshot bool) {
	dir := b.TempDir()
	filled(b, dir, *benchEvents, snapshot)
	for b.Loop() {
		s := store(b, dir)
		start := time.Now()
		e, err := newWriter(bg, Options{Journal: s.Journal(), Clock: newCallClock()})
		if err != nil {
			b.Fatal(err)
		}
		took := time.Since(start)
		b.ReportMetric(float64(e.seq), "events")
		b.ReportMetric(took.Seconds(), "s")
		if !snapshot {
			b.ReportMetric(took.Seconds()*1e6/float64(e.seq), "s/million")
		}
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkStateAt makes the state as it was in the middle of a journal: from its
// instant to a sequence number, then from the nearest snapshot on. Nothing is kept
// from one time to the next. The journal has a snapshot at its end only, so that
// half of it is replayed, or eight spread over it.
func BenchmarkStateAt(b *testing.B) {
	for _, snapshots := range []uint64{0, 8} {
		b.Run(fmt.Sprintf("snapshots=%d", snapshots), func(b *testing.B) {
			dir := b.TempDir()
			filled(b, dir, *benchEvents, true)
			s := store(b, dir)
			w, err := newWriter(bg, Options{Journal: s.Journal(), Clock: newCallClock()})
			if err != nil {
				b.Fatal(err)
			}
			e := w.e
			for n := uint64(1); n <= snapshots; n++ {
				e.takeSnapshot(bg, w.seq/(snapshots+1)*n)
			}
			when, err := e.stamp(bg, w.seq/2)
			if err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				e.past = newPast()
				if _, _, err := e.StateAt(bg, when); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(w.seq), "events")
			if err := s.Close(); err != nil {
				b.Fatal(err)
			}
		})
	}
}

// BenchmarkIndex fills the index of a whole journal, as after it was missing, and
// reads the history of one incident with it.
func BenchmarkIndex(b *testing.B) {
	dir := b.TempDir()
	filled(b, dir, *benchEvents, true)
	s := store(b, dir)
	index, err := s.Index()
	if err != nil {
		b.Fatal(err)
	}
	w, err := newWriter(bg, Options{Journal: s.Journal(), Clock: newCallClock(), Index: index})
	if err != nil {
		b.Fatal(err)
	}
	b.Run("fill", func(b *testing.B) {
		for b.Loop() {
			if err := index.Clear(bg); err != nil {
				b.Fatal(err)
			}
			for reach := uint64(0); reach < w.seq; {
				if reach, err = w.e.extendIndex(bg, reach); err != nil {
					b.Fatal(err)
				}
			}
		}
		b.ReportMetric(float64(w.seq)*float64(b.N)/b.Elapsed().Seconds(), "events/s")
		info, err := os.Stat(filepath.Join(dir, "index.db"))
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(info.Size())/float64(w.seq), "B/event")
	})
	b.Run("history", func(b *testing.B) {
		var events []Recorded
		for b.Loop() {
			if events, err = w.e.IncidentHistory(bg, "i17"); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(len(events)), "events")
	})
	if err := s.Close(); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkErase erases one contact after the other, from the first one on, which is
// the worst: everything since is replayed, and a snapshot made. stopped-us is for how
// long the writer stood still at most.
func BenchmarkErase(b *testing.B) {
	dir := b.TempDir()
	filled(b, dir, *benchEvents, true)
	s := store(b, dir)
	e, err := Open(bg, Options{Journal: s.Journal(), Clock: newCallClock(), Renew: func(*dispatch.State, uint64) {}}, nil)
	if err != nil {
		b.Fatal(err)
	}
	var people []string
	err = s.Journal().Secrets(bg, 0, func(k journal.Secret) error { people = append(people, k.Subject); return nil })
	if err != nil {
		b.Fatal(err)
	}
	var stopped time.Duration
	for n := 1; b.Loop(); n++ { // the very first is the journal's own
		err := e.erase(bg, people[n:n+1], func(ctx context.Context, do func(*writer) error) error {
			return e.order(ctx, func(w *writer) error {
				start := time.Now()
				defer func() { stopped = max(stopped, time.Since(start)) }()
				return do(w)
			})
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(stopped.Microseconds()), "stopped-us")
	e.Close()
	if err := s.Close(); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkReplay recovers a store without a snapshot: every event is read,
// opened and folded.
func BenchmarkReplay(b *testing.B) { opening(b, false) }

// BenchmarkOpenFromSnapshot recovers a store with a snapshot at its end.
func BenchmarkOpenFromSnapshot(b *testing.B) { opening(b, true) }
