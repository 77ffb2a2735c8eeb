package engine

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"runtime"
	"testing"

	"github.com/everycall/everycall/dispatch"
	"github.com/everycall/everycall/journal"
	disk "github.com/everycall/everycall/journal/memory"
	"github.com/everycall/everycall/schema"
	"github.com/everycall/everycall/vault"
)

var (
	simSeed  = flag.Uint64("seed", 0, "play this seed of the simulation only")
	simSeeds = flag.Int("sim.seeds", 200, "seeds of the simulation to play")
)

var bg = context.Background()

// stepper is a line without a goroutine: a batch stays under way until the next
// push or settle. It shows the writer every order of events that the appender's
// goroutine could, and the test chooses which.
type stepper struct {
	e     *Engine
	under *batch
	grow  func() bool // whether a batch waits for another command
}

func (s *stepper) settle() *failure {
	b := s.under
	s.under = nil
	if b == nil {
		return nil
	}
	return s.e.commit(b)
}

func (s *stepper) push(b *batch, more <-chan *waiting) (*waiting, *failure) {
	if s.under != nil && s.grow() {
		select {
		case one := <-more:
			return one, nil
		default:
		}
	}
	if f := s.settle(); f != nil {
		return nil, f
	}
	s.under = b
	return nil, nil
}

// sent is one command of a client and what the client knows of it.
type sent struct {
	Submission
	waits   []*waiting
	receipt *Receipt // set once it was acknowledged
	forged  bool     // its id was also sent with another body
}

// world is one seed: clients, an engine, a disk that fails.
type world struct {
	t      testing.TB
	seed   uint64
	dice   *rand.Rand
	player player
	clock  testClock
	disk   *disk.Journal
	random *rand.ChaCha8
	w      *writer // nil while the machine is down
	line   *stepper
	heard  []Recorded // by the follower since the machine came up
	upFrom uint64     // the sequence at which it came up
	all    []*sent
	calm   bool // no faults any more
	lies   bool // the disk lies: the control
}

const (
	simFaults = 60 // of a thousand appends
	simRounds = 70
)

// noticed is a law seen broken where it was broken on purpose.
type noticed string

func newWorld(t testing.TB, seed uint64, plan disk.Plan) *world {
	var key [32]byte
	copy(key[:], fmt.Sprintf("%032d", seed))
	s := &world{t: t, seed: seed, dice: rand.New(rand.NewPCG(seed, 7)), random: rand.NewChaCha8(key), clock: testClock{simStart}}
	s.player = player{dice: s.dice}
	s.disk = disk.New(disk.WithPlan(func(n uint64) disk.Fault {
		if s.calm {
			return disk.None
		}
		return plan(n)
	}))
	s.up()
	return s
}

func (s *world) fatal(format string, args ...any) {
	s.t.Helper()
	text := fmt.Sprintf(format, args...)
	if s.lies {
		panic(noticed(text))
	}
	s.t.Fatalf("%s\nplay it again: go test ./engine -run 'TestSimulation$' -seed=%d", text, s.seed)
}

func (s *world) options() Options {
	return Options{
		Journal: s.disk, Clock: &s.clock, Random: s.random, CheckAll: true, SnapshotEvery: 40,
		Followers: []Follower{func(events []Recorded) { s.heard = append(s.heard, events...) }},
		pause:     noPause,
	}
}

// newLine is a line in which commands come while a batch waits for its turn.
func (s *world) newLine(e *Engine) *stepper {
	return &stepper{e: e, grow: func() bool {
		comes := s.dice.IntN(3) == 0
		if comes {
			s.send(s.chooseCommand())
		}
		return comes
	}}
}

// up starts the machine on what the disk holds.
func (s *world) up() {
	w, err := newWriter(bg, s.options())
	if err != nil {
		s.fatal("start: %s", err)
	}
	s.w, s.line = w, s.newLine(w.e)
	w.line = s.line
	s.heard, s.upFrom = nil, w.seq
}

// down cuts the power; nobody gets an answer any more.
func (s *world) down() {
	for _, c := range s.all {
		s.collect(c)
		c.waits = nil
	}
	s.w, s.line = nil, nil
	s.disk = s.disk.Reopen()
}

// send lets a client submit.
func (s *world) send(c *sent) {
	w, err := s.w.e.enqueue(c.Submission)
	if err != nil {
		s.fatal("enqueue: %s", err)
	}
	c.waits = append(c.waits, w)
}

// round is one thing that happens.
func (s *world) round() {
	s.letTimePass()
	for range 1 + s.dice.IntN(4) {
		s.send(s.chooseCommand())
	}
	s.work()
	switch n := s.dice.IntN(100); {
	case s.calm, s.w == nil:
	case n < 2: // the power goes while a batch is under way
		s.down()
	case n < 4: // it goes after the sync and before the reply
		if b := s.line.under; b != nil && len(b.Bodies) > 0 {
			_ = s.w.e.opt.Journal.Append(bg, b.epoch, b.Batch)
		}
		s.down()
	case n < 5:
		s.erase()
	case n < 6:
		s.takeOver()
	}
	if s.w == nil {
		s.up()
		s.checkLaws()
	}
	for _, c := range s.all {
		s.collect(c)
	}
	if s.dice.IntN(20) == 0 {
		s.settle()
		s.checkLaws()
	}
}

// work lets the writer run until nothing waits.
func (s *world) work() {
	for s.w != nil {
		first := s.w.carry
		if s.w.carry = nil; first == nil {
			first = s.w.e.waits()
		}
		if first == nil {
			break
		}
		if !s.w.step(first) {
			s.w.refuseQueue()
			s.down()
		}
	}
	if s.dice.IntN(2) == 0 {
		s.settle()
	}
}

func (s *world) settle() {
	if s.w == nil {
		return
	}
	if f := s.line.settle(); f != nil && !s.w.recover(f) {
		s.down()
		s.up()
	}
}

func (s *world) letTimePass() {
	switch n := s.dice.IntN(200); {
	case n < 2: // somebody sets the clock back
		s.clock.now -= dispatch.Instant(s.dice.Int64N(int64(dispatch.Hour)))
	case n < 4:
		s.clock.now += dispatch.Instant(s.dice.Int64N(int64(30 * dispatch.Hour)))
	default:
		s.clock.now += dispatch.Instant(s.dice.Int64N(int64(2 * dispatch.Minute)))
	}
}

// chooseCommand is a new command, or one that was sent before: in doubt, late, or
// with another body.
func (s *world) chooseCommand() *sent {
	if n := len(s.all); n > 0 && s.dice.IntN(5) == 0 {
		c := s.all[n-1-s.dice.IntN(min(n, 40))]
		if s.dice.IntN(6) == 0 {
			c.forged = true
			other := &sent{Submission: c.Submission, forged: true}
			other.Hash = []byte("another body")
			return other // nobody waits for its answer; checkJournal sees what it did
		}
		return c
	}
	id := len(s.all)
	c := &sent{Submission: Submission{By: fmt.Sprint("client", s.dice.IntN(4)), ID: fmt.Sprint("k", id), Command: s.player.next(s.w.state, s.clock.now)}}
	c.Hash = fmt.Appendf(nil, "body %d", id)
	s.all = append(s.all, c)
	return c
}

// collect reads the replies that a client has got.
func (s *world) collect(c *sent) {
	still := c.waits[:0]
	for _, w := range c.waits {
		select {
		case o := <-w.reply:
			s.replied(c, o)
		default:
			still = append(still, w)
		}
	}
	c.waits = still
}

func (s *world) replied(c *sent, o outcome) {
	var no *dispatch.Rejection
	switch {
	case o.err == nil:
		s.acknowledged(c, o.receipt)
	case errors.As(o.err, &no), errors.Is(o.err, ErrUnknown), errors.Is(o.err, ErrStopped):
	case errors.Is(o.err, ErrNotRecorded):
		if c.receipt != nil && len(c.receipt.Events) > 0 && s.young(c.receipt.At) {
			s.fatal("command %s was acknowledged at %d and then: %s", c.ID, c.receipt.Seq, o.err)
		}
	case errors.Is(o.err, ErrOtherBody) && c.forged:
	default:
		s.fatal("command %s: %s", c.ID, o.err)
	}
}

// young reports whether a command of that time must still be remembered.
func (s *world) young(at dispatch.Instant) bool {
	return s.w != nil && s.w.state.Now.Since(at) <= RememberFor
}

func (s *world) acknowledged(c *sent, r Receipt) {
	if len(r.Events) > 0 && len(s.heard) > 0 && r.Seq >= s.upFrom {
		if last := s.heard[len(s.heard)-1].Seq; last < r.Seq+uint64(len(r.Events))-1 {
			s.fatal("command %s was answered at %d, the followers had heard %d", c.ID, r.Seq, last)
		}
	}
	if before := c.receipt; before != nil && len(before.Events) > 0 && r.Seq != before.Seq && r.At.Since(before.At) <= RememberFor {
		s.fatal("command %s got two receipts: at %d and at %d", c.ID, before.Seq, r.Seq)
	}
	if len(r.Events) > 0 || c.receipt == nil {
		c.receipt = &r
	}
}

// erase destroys the words about somebody while clients go on, or with the machine
// down, as an erasure is repeated on a restored backup.
func (s *world) erase() {
	s.settle() // nobody knows of what is not durable
	id := one(&s.player, s.w.state.Contacts)
	if id == "" {
		return
	}
	if s.dice.IntN(4) == 0 {
		if err := s.disk.Erase(bg, string(id)); err != nil {
			s.fatal("erase: %s", err)
		}
		s.down()
		return
	}
	fell, w := errors.New("the machine fell"), s.w
	err := s.w.e.erase(bg, []string{string(id)}, func(_ context.Context, do func(*writer) error) error {
		for range s.dice.IntN(4) {
			if s.w == w {
				s.send(s.chooseCommand())
				s.work()
			}
		}
		if s.w != w {
			return fell
		}
		o := &order{do: do, reply: make(chan error, 1)}
		if !s.w.obey(o) {
			s.w.refuseQueue()
			s.down()
		}
		return <-o.reply
	})
	switch {
	case s.w != w: // what the next one loads has nothing of it any more
	case err != nil:
		s.fatal("erase while recording: %s", err)
	default:
		if c := s.w.state.Contacts[id]; c != nil && c.Person != (dispatch.Private{}) {
			s.fatal("contact %s was erased and the state has %+v", id, c.Person)
		}
		s.checkLaws()
	}
}

// takeOver lets a second engine lead. The first must stop and acknowledge nothing.
func (s *world) takeOver() {
	old := s.w
	opt := s.options()
	second, err := newWriter(bg, opt)
	if err != nil {
		s.fatal("take over: %s", err)
	}
	head := second.seq
	c := &sent{Submission: Submission{By: "late", ID: fmt.Sprint("late", head), Command: dispatch.NoticeClockJump{By: 6000}}}
	s.send(c)
	alive := old.step(old.e.waits())
	if alive {
		if f := s.line.settle(); f != nil {
			alive = old.recover(f)
		}
	}
	if o := <-c.waits[0].reply; alive || !errors.Is(o.err, ErrStopped) {
		s.fatal("a fenced writer went on: alive %t, answered %v, %v", alive, o.receipt, o.err)
	}
	old.refuseQueue()
	for _, c := range s.all {
		s.collect(c)
		c.waits = nil
	}
	s.w, s.line = second, s.newLine(second.e)
	second.line = s.line
	s.heard, s.upFrom = nil, head
}

// checkLaws holds everything that must hold between two rounds. Nothing is under way.
func (s *world) checkLaws() {
	if s.line.under != nil {
		s.settle()
	}
	if err := dispatch.Check(s.w.state); err != nil {
		s.fatal("after recovery: %s", err)
	}
	s.checkJournal()
	live := s.encoded(s.w.state)
	whole, tail := s.replayed(false), s.replayed(true)
	if got := s.encoded(whole); !bytes.Equal(got, live) {
		s.fatal("the replay from zero differs from the live state at %d", s.w.seq)
	}
	if got := s.encoded(tail); !bytes.Equal(got, live) {
		s.fatal("snapshot and tail differ from the live state at %d", s.w.seq)
	}
	for _, later := range []dispatch.Millis{0, dispatch.Hour, 26 * dispatch.Hour} { // what no encoding shows: the indexes
		want := s.tickEvents(s.w.state, later)
		if got := s.tickEvents(whole, later); got != want {
			s.fatal("the replay from zero would decide otherwise in %d ms:\n%s\nlive:\n%s", later, got, want)
		}
		if got := s.tickEvents(tail, later); got != want {
			s.fatal("snapshot and tail would decide otherwise in %d ms:\n%s\nlive:\n%s", later, got, want)
		}
	}
	if s.dice.IntN(3) == 0 {
		s.checkPast()
	}
	for i, event := range s.heard {
		if event.Seq != s.upFrom+1+uint64(i) {
			s.fatal("the follower heard %d as its %dth since %d", event.Seq, i+1, s.upFrom)
		}
	}
	if got := s.upFrom + uint64(len(s.heard)); got != s.w.seq {
		s.fatal("the follower has heard up to %d, the newest is %d", got, s.w.seq)
	}
}

// checkPast: the state at a moment is what the journal makes up to there.
func (s *world) checkPast() {
	want := dispatch.NewState()
	if s.w.seq == 0 {
		return
	}
	seq := 1 + s.dice.Uint64N(s.w.seq)
	m := newMemory(nil)
	if _, err := s.w.e.replay(bg, vault.New(s.disk, nil), want, &m, 0, seq); err != nil {
		s.fatal("replay up to %d: %s", seq, err)
	}
	applySeals(want, max(s.clock.now, s.w.state.Now))
	got, err := s.w.e.StateAfter(bg, seq)
	if err != nil || !bytes.Equal(s.encoded(got), s.encoded(want)) {
		s.fatal("the state after %d of %d is not what the journal makes: %v", seq, s.w.seq, err)
	}
}

func (s *world) encoded(state *dispatch.State) []byte {
	body, err := schema.State(state)
	if err != nil {
		s.fatal("encode state: %s", err)
	}
	return body
}

func (s *world) tickEvents(state *dispatch.State, later dispatch.Millis) string {
	events, no := dispatch.Decide(state, dispatch.Meta{At: state.Now.Add(later), By: "test"}, dispatch.Tick{}, nil)
	out := fmt.Sprintln(no)
	for _, event := range events {
		code, _, clear, err := schema.Clear(event)
		out += fmt.Sprintf("%d %x %v\n", code, clear, err)
	}
	return out
}

// replayed reads the journal as a starting program would, without leading.
func (s *world) replayed(snapshot bool) *dispatch.State {
	state, after := dispatch.NewState(), uint64(0)
	if snapshot {
		state, after, _ = s.w.e.snapshotState(bg, journal.Newest)
	}
	m := newMemory(nil)
	last, err := s.w.e.replay(bg, vault.New(s.disk, nil), state, &m, after, 0)
	if err != nil || last != s.w.seq {
		s.fatal("replay reached %d of %d: %v", last, s.w.seq, err)
	}
	return state
}

// checkJournal: every command in it is whole and there once, and every
// acknowledged one is there as it was acknowledged.
func (s *world) checkJournal() {
	type place struct {
		first uint64
		of    int
		at    dispatch.Instant
	}
	found := map[command]place{}
	at := map[uint64]command{}
	var last place
	v := vault.New(s.disk, nil)
	err := s.disk.Read(bg, 0, 0, func(entry journal.Entry) error {
		r, recorded, err := open(bg, v, entry)
		if err != nil {
			return err
		}
		k := command{r.By, r.Command}
		if r.Nth == 0 {
			if last.first > 0 && last.first+uint64(last.of) != entry.Seq {
				return fmt.Errorf("the command before %d is cut short", entry.Seq)
			}
			last = place{entry.Seq, int(r.Of), recorded.At}
			if before, twice := found[k]; twice && recorded.At.Since(before.at) <= RememberFor {
				return fmt.Errorf("command %v is there at %d and at %d", k, before.first, entry.Seq)
			}
			found[k], at[entry.Seq] = last, k
		} else if entry.Seq != last.first+uint64(r.Nth) {
			return fmt.Errorf("event %d is the %dth of a command that begins at %d", entry.Seq, r.Nth, last.first)
		}
		return nil
	})
	if err != nil {
		s.fatal("the journal: %s", err)
	}
	for _, c := range s.all {
		if c.receipt == nil || len(c.receipt.Events) == 0 {
			continue
		}
		k := command{c.By, c.ID}
		if at[c.receipt.Seq] != k {
			s.fatal("command %s was acknowledged at %d, where %v stands", c.ID, c.receipt.Seq, at[c.receipt.Seq])
		}
	}
}

// calmDown ends the faults. From then on the system must make progress.
func (s *world) calmDown() {
	s.calm = true
	s.settle()
	s.checkLaws()
	for _, c := range s.all {
		s.collect(c)
		if c.receipt == nil {
			s.send(c)
		}
	}
	s.work()
	s.settle()
	before := s.w.seq
	fresh := &sent{Submission: Submission{By: "last", ID: "last", Command: dispatch.AddUnit{ID: "LAST", Service: "ems", Kind: "medic", Status: dispatch.StatusAvailable}}}
	s.send(fresh)
	s.work()
	s.settle()
	for _, c := range append(s.all, fresh) {
		s.collect(c)
		if len(c.waits) > 0 {
			s.fatal("command %s never got an answer", c.ID)
		}
	}
	if fresh.receipt == nil || s.w.seq <= before {
		s.fatal("no progress although nothing fails any more")
	}
	s.checkLaws()
}

// play runs a seed and answers a digest of everything that the disk holds then.
func play(t testing.TB, seed uint64, rounds int, plan disk.Plan) [32]byte {
	return newWorld(t, seed, plan).play(rounds)
}

func (s *world) play(rounds int) [32]byte {
	for n, c := range setUp() {
		submission := &sent{Submission: Submission{By: "setup", ID: fmt.Sprint("setup", n), Command: c}}
		s.all = append(s.all, submission)
		for tries := 0; submission.receipt == nil; tries++ { // a client that does not give up soon
			if tries == 50 {
				s.fatal("%T was not taken in %d tries", c, tries)
			}
			s.send(submission)
			s.work()
			s.settle()
			if s.w == nil {
				s.up()
			}
			s.collect(submission)
		}
	}
	for range rounds {
		s.round()
	}
	s.calmDown()
	return s.digest()
}

func (s *world) digest() [32]byte {
	sum := sha256.New()
	_ = s.disk.Read(bg, 0, 0, func(e journal.Entry) error {
		_, err := fmt.Fprintf(sum, "%d %x\n", e.Seq, e.Body)
		return err
	})
	_ = s.disk.Secrets(bg, 0, func(k journal.Secret) error {
		_, err := fmt.Fprintf(sum, "%q %x\n", k.Subject, k.Key)
		return err
	})
	shot, _ := s.disk.LoadSnapshot(bg, journal.Newest)
	fmt.Fprintf(sum, "%d %x\n", shot.Seq, shot.Body)
	return [32]byte(sum.Sum(nil))
}

// TestSimulation plays seeds: clients that repeat themselves, clocks that jump,
// machines that stop anywhere, disks that lose what was not synced or keep what
// they said they had lost. What must hold is in checkLaws.
func TestSimulation(t *testing.T) {
	if *simSeed != 0 {
		play(t, *simSeed, simRounds, disk.Seeded(*simSeed, simFaults))
		return
	}
	for seed := uint64(1); seed <= uint64(*simSeeds); seed++ {
		play(t, seed, simRounds, disk.Seeded(seed, simFaults))
	}
}

// TestSimulationIsExact: a seed always writes the same bytes, however many cores.
func TestSimulationIsExact(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	for seed := uint64(1); seed <= 5; seed++ {
		runtime.GOMAXPROCS(1)
		first := play(t, seed, simRounds, disk.Seeded(seed, simFaults))
		runtime.GOMAXPROCS(2)
		if second := play(t, seed, simRounds, disk.Seeded(seed, simFaults)); first != second {
			t.Fatalf("seed %d wrote other bytes the second time", seed)
		}
	}
}

// TestSimulationNoticesALie is the control: with a disk that says "synced" and is
// not, most seeds must see a law broken. A suite that passes here proves nothing.
func TestSimulationNoticesALie(t *testing.T) {
	const seeds = 20
	seen := 0
	for seed := uint64(1); seed <= seeds; seed++ {
		func() {
			defer func() {
				switch p := recover().(type) {
				case nil:
				case noticed:
					seen++
				default:
					panic(p)
				}
			}()
			honest := disk.Seeded(seed, simFaults)
			s := newWorld(t, seed, func(n uint64) disk.Fault {
				if n%40 == 39 {
					return disk.Lie
				}
				return honest(n)
			})
			s.lies = true
			s.play(simRounds)
		}()
	}
	if seen < seeds/2 {
		t.Fatalf("a lying disk was noticed in %d of %d seeds", seen, seeds)
	}
}
