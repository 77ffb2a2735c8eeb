package notify

import (
	"context"
	"errors"
	"hash/fnv"
	"log/slog"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"github.com/everycall/everycall/dispatch"
	"github.com/everycall/everycall/engine"
	"github.com/everycall/everycall/notify/outbox"
)

// Principal is who answers for what the notifier reports.
const Principal = "machine:notifier"

const (
	readAtOnce = 500                    // events made into messages in one step
	sendAtOnce = 20                     // messages that a sender takes at once
	lookAgain  = 5 * time.Second        // where nothing calls: a second look at the outbox
	together   = 200 * time.Millisecond // events that come within this are read together
)

// Room is what the notifier needs of a jurisdiction: to read, and to report.
type Room interface {
	Seq() uint64
	More(after uint64) <-chan struct{}
	ReadUnsealed(ctx context.Context, after uint64, limit int, yield func(engine.Recorded) error) error
	Submit(ctx context.Context, s engine.Submission) (engine.Receipt, error)
	Now() dispatch.Instant
}

// Notifier sends what its rules say.
type Notifier struct {
	config Config
	room   Room
	look   func(see func(*dispatch.State)) // at the durable state
	box    outbox.Outbox
	log    *slog.Logger
	lines  []*line
}

// line is one target with its sender. Its goroutine owns what has no lock.
type line struct {
	n      *Notifier
	t      *Target
	sender Sender
	dice   *rand.Rand
	kick   chan struct{} // holds one: something may be there

	failures int       // in a row
	until    time.Time // no try before then: the circuit is open
	told     dispatch.ReportTarget
	reported bool

	mu    sync.Mutex // guards what Health reads
	state TargetHealth
}

// TargetHealth is how a target stands.
type TargetHealth struct {
	Name     string
	Kind     string
	State    string // "ok", "failing" (the last try failed), "open" (nothing is tried for a while)
	Pending  int
	Dead     int              // messages given up
	Oldest   dispatch.Instant // event of the oldest pending message; 0: none
	LastSent time.Time
	Why      string // what went wrong last; empty once something has arrived
}

// New makes a notifier; Run starts it. look shows the durable state.
func New(c Config, room Room, look func(func(*dispatch.State)), box outbox.Outbox, log *slog.Logger) (*Notifier, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	n := &Notifier{config: c, room: room, look: look, box: box, log: log}
	for k := range n.config.Targets {
		t := &n.config.Targets[k]
		sender, err := senderOf(t)
		if err != nil {
			return nil, err
		}
		h := fnv.New64a()
		_, _ = h.Write([]byte(t.Name)) // never fails
		n.lines = append(n.lines, &line{n: n, t: t, sender: sender, dice: rand.New(rand.NewPCG(c.Seed, h.Sum64())), kick: make(chan struct{}, 1),
			state: TargetHealth{Name: t.Name, Kind: t.Kind, State: "ok"}})
	}
	return n, nil
}

// Run reads and sends until ctx ends, and returns when all its goroutines have.
func (n *Notifier) Run(ctx context.Context) {
	var all sync.WaitGroup
	for _, l := range n.lines {
		all.Go(func() { l.run(ctx) })
	}
	all.Go(func() { n.read(ctx) })
	all.Wait()
}

// read makes messages of the events, in their order, as they become durable.
func (n *Notifier) read(ctx context.Context) {
	for ctx.Err() == nil {
		after, err := n.step(ctx)
		if err != nil && ctx.Err() == nil {
			n.log.Error("events could not be made into messages; it is tried again", "err", err)
			pause(ctx, lookAgain)
			continue
		}
		select {
		case <-n.room.More(after):
			pause(ctx, together)
		case <-ctx.Done():
		}
	}
}

// step keeps the messages of the next events, and says how far it has come. What
// happened before there was an outbox is not told.
func (n *Notifier) step(ctx context.Context) (after uint64, err error) {
	after, known, err := n.box.Cursor(ctx)
	if err != nil {
		return 0, err
	}
	if !known {
		after = n.room.Seq()
		return after, n.box.Keep(ctx, after, nil)
	}
	for ctx.Err() == nil && after < n.room.Seq() {
		var events []engine.Recorded
		if err := n.room.ReadUnsealed(ctx, after, readAtOnce, func(r engine.Recorded) error {
			events = append(events, r)
			return nil
		}); err != nil {
			return after, err
		}
		if len(events) == 0 {
			return after, nil
		}
		var messages []outbox.Message
		now := time.Now().UnixMilli()
		n.look(func(s *dispatch.State) {
			for _, r := range events {
				messages = append(messages, compose(&n.config, s, r, now)...)
			}
		})
		if err := n.box.Keep(ctx, events[len(events)-1].Seq, messages); err != nil {
			return after, err
		}
		after = events[len(events)-1].Seq
		for _, l := range n.lines {
			if slices.ContainsFunc(messages, func(m outbox.Message) bool { return m.Target == l.t.Name }) {
				l.wake()
			}
		}
	}
	return after, ctx.Err()
}

func (l *line) wake() {
	select {
	case l.kick <- struct{}{}:
	default: // it looks anyway
	}
}

// run sends what waits for one target.
func (l *line) run(ctx context.Context) {
	for ctx.Err() == nil {
		next, err := l.pass(ctx)
		if err != nil && ctx.Err() == nil {
			l.n.log.Error("the outbox failed; it is tried again", "target", l.t.Name, "err", err)
		}
		timer := time.NewTimer(next)
		select {
		case <-l.kick:
		case <-timer.C:
		case <-ctx.Done():
		}
		timer.Stop()
	}
}

// pass tries what is due, and says after which time something may be again.
func (l *line) pass(ctx context.Context) (next time.Duration, err error) {
	messages, err := l.n.box.Due(ctx, l.t.Name, time.Now().UnixMilli(), sendAtOnce)
	if err != nil {
		return lookAgain, err
	}
	for _, m := range messages {
		if age := l.n.room.Now().Since(dispatch.Instant(m.At)); age > dispatch.Millis(l.t.StaleMinutes)*dispatch.Minute {
			if err := l.n.box.Failed(ctx, m.ID, m.Attempts, 0, "too old to be sent", true); err != nil {
				return lookAgain, err
			}
			continue
		}
		if time.Now().Before(l.until) {
			break
		}
		if err := l.try(ctx, m); err != nil {
			return lookAgain, err
		}
	}
	if err := l.report(ctx); err != nil {
		return lookAgain, err
	}
	return l.wait(ctx, len(messages) == sendAtOnce)
}

// wait is how long nothing can be due.
func (l *line) wait(ctx context.Context, more bool) (time.Duration, error) {
	if open := time.Until(l.until); open > 0 {
		return min(open, lookAgain), nil
	}
	if more {
		return 0, nil
	}
	due, err := l.n.box.NextDue(ctx, l.t.Name)
	if err != nil || due == 0 {
		return lookAgain, err
	}
	return min(max(time.Until(time.UnixMilli(due)), 0), lookAgain), nil
}

// try sends one message once. When so many have failed in a row, nothing is tried for a
// while; then one, which closes the circuit or opens it again.
func (l *line) try(ctx context.Context, m outbox.Message) error {
	timeout := ms(l.t.TimeoutMs)
	attempt, cancel := context.WithTimeout(ctx, timeout)
	err := l.sender.Send(attempt, m)
	cancel()
	if ctx.Err() != nil {
		return ctx.Err() // stopped, not failed: it is tried again at the next start
	}
	if err == nil {
		l.failures, l.until = 0, time.Time{}
		l.say(func(h *TargetHealth) { h.State, h.Why, h.LastSent = "ok", "", time.Now() })
		return l.n.box.Sent(ctx, m.ID)
	}
	why := wordsOf(err, timeout)
	var refused *refusal
	final := errors.As(err, &refused) // it was reached: the circuit stays closed
	if !final {
		if l.failures++; l.failures >= l.t.BreakAfter {
			l.until = time.Now().Add(ms(l.t.BreakMs))
		}
	}
	l.say(func(h *TargetHealth) {
		h.State, h.Why = "failing", why
		if !l.until.IsZero() {
			h.State = "open"
		}
	})
	dead := final || m.Attempts+1 >= l.t.Attempts
	return l.n.box.Failed(ctx, m.ID, m.Attempts+1, time.Now().Add(l.backoff(m.Attempts)).UnixMilli(), why, dead)
}

// backoff doubles after each failure, up to the limit, and takes a half to the whole of it
// at random, so that targets that failed together are not tried together.
func (l *line) backoff(failures int) time.Duration {
	d := ms(l.t.RetryMaxMs)
	if failures < 20 {
		d = min(d, ms(l.t.RetryMs)<<failures)
	}
	return d/2 + time.Duration(l.dice.Int64N(int64(d/2)+1))
}

func (l *line) say(change func(*TargetHealth)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	change(&l.state)
}

// report tells the room when the target is reached no longer, when more was given up,
// and when all is well again.
func (l *line) report(ctx context.Context) error {
	counts, err := l.n.box.Counts(ctx)
	if err != nil {
		return err
	}
	now := dispatch.ReportTarget{Target: l.t.Name}
	for _, c := range counts {
		if c.Target == l.t.Name {
			now.Dead = c.Dead
		}
	}
	waits := slices.ContainsFunc(counts, func(c outbox.Count) bool { return c.Target == l.t.Name && c.Pending > 0 })
	l.mu.Lock()
	if l.state.State == "open" && !waits && time.Now().After(l.until) {
		l.state.State = "failing" // nothing waits for it: the next message tries it
	}
	now.Failing, now.Words = l.state.State == "open" || now.Dead > 0, l.state.Why
	l.mu.Unlock()
	if now.Failing && now.Words == "" {
		now.Words = "some were given up"
	}
	if !now.Failing {
		now.Words = ""
	}
	if l.reported && now == l.told {
		return nil
	}
	_, err = l.n.room.Submit(ctx, engine.Submission{By: Principal, Command: now})
	var no *dispatch.Rejection
	if err != nil && !errors.As(err, &no) { // as before: nothing to tell
		return err
	}
	l.told, l.reported = now, true
	return nil
}

// Health is how the targets stand, in the order of the configuration.
func (n *Notifier) Health(ctx context.Context) ([]TargetHealth, error) {
	counts, err := n.box.Counts(ctx)
	if err != nil {
		return nil, err
	}
	var all []TargetHealth
	for _, l := range n.lines {
		l.mu.Lock()
		h := l.state
		l.mu.Unlock()
		for _, c := range counts {
			if c.Target == h.Name {
				h.Pending, h.Dead, h.Oldest = c.Pending, c.Dead, dispatch.Instant(c.Oldest)
			}
		}
		all = append(all, h)
	}
	return all, nil
}

// Dead are the messages that were given up, the newest first.
func (n *Notifier) Dead(ctx context.Context, limit int) ([]outbox.Message, error) {
	return n.box.Dead(ctx, limit)
}

// Again has one of them sent once more; Drop forgets it.
func (n *Notifier) Again(ctx context.Context, id int64) error {
	return n.settle(n.box.Again(ctx, id, time.Now().UnixMilli()))
}

// Drop forgets one that was given up.
func (n *Notifier) Drop(ctx context.Context, id int64) error { return n.settle(n.box.Drop(ctx, id)) }

func (n *Notifier) settle(err error) error {
	for _, l := range n.lines {
		l.wake()
	}
	return err
}

// pause waits, or until ctx ends.
func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}
