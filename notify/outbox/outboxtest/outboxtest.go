// Package outboxtest is what every outbox must pass, and one in memory for tests of
// whoever uses one.
package outboxtest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/everycall/everycall/notify/outbox"
)

// Erasable is an outbox under test, and what erases a subject's words in it.
type Erasable struct {
	outbox.Outbox
	Erase func(ctx context.Context, subject string) error
}

// Run checks an outbox that make opens empty.
func Run(t *testing.T, open func(t *testing.T) Erasable) {
	ctx := context.Background()
	message := func(seq uint64, target string) outbox.Message {
		return outbox.Message{Target: target, Seq: seq, Kind: "unit.dispatched", Subject: "c1", Title: "E10", Text: "E10 to call 1", Body: []byte(`{"a":1}`), Place: "300 block of Pike St", At: int64(seq) * 1000, Next: int64(seq) * 1000}
	}
	must := func(t *testing.T, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	due := func(t *testing.T, o outbox.Outbox, target string, now int64) string {
		t.Helper()
		all, err := o.Due(ctx, target, now, 10)
		must(t, err)
		var text []string
		for _, m := range all {
			text = append(text, fmt.Sprintf("%d:%d:%s", m.Seq, m.Attempts, m.Place))
		}
		return strings.Join(text, " ")
	}
	const place = "300 block of Pike St"
	t.Run("keeps with its cursor", func(t *testing.T) {
		o := open(t)
		if seq, known, err := o.Cursor(ctx); known || seq != 0 || err != nil {
			t.Fatal(seq, known, err)
		}
		must(t, o.Keep(ctx, 7, nil))
		must(t, o.Keep(ctx, 9, []outbox.Message{message(8, "a"), message(9, "a"), message(9, "b")}))
		if seq, known, err := o.Cursor(ctx); !known || seq != 9 || err != nil {
			t.Fatal(seq, known, err)
		}
		if got := due(t, o, "a", 8500); got != "8:0:"+place {
			t.Error(got)
		}
		if next, err := o.NextDue(ctx, "a"); next != 8000 || err != nil {
			t.Error(next, err)
		}
		if next, err := o.NextDue(ctx, "c"); next != 0 || err != nil {
			t.Error(next, err)
		}
		all, err := o.Due(ctx, "b", 9000, 10)
		must(t, err)
		want := message(9, "b")
		want.ID = all[0].ID
		if fmt.Sprint(all[0]) != fmt.Sprint(want) {
			t.Errorf("%+v", all[0])
		}
		must(t, o.Sent(ctx, all[0].ID))
		if got := due(t, o, "b", 9000); got != "" {
			t.Error(got)
		}
	})
	t.Run("tries again and gives up", func(t *testing.T) {
		o := open(t)
		must(t, o.Keep(ctx, 1, []outbox.Message{message(1, "a")}))
		all, err := o.Due(ctx, "a", 1000, 1)
		must(t, err)
		id := all[0].ID
		must(t, o.Failed(ctx, id, 1, 5000, "no answer", false))
		if got := due(t, o, "a", 4999) + due(t, o, "a", 5000); got != "1:1:"+place {
			t.Error(got)
		}
		must(t, o.Failed(ctx, id, 2, 9000, "no answer", true))
		if got := due(t, o, "a", 99999); got != "" {
			t.Error("what was given up is not sent", got)
		}
		dead, err := o.Dead(ctx, 10)
		must(t, err)
		if len(dead) != 1 || dead[0].Why != "no answer" || !dead[0].Dead {
			t.Errorf("%+v", dead)
		}
		counts, err := o.Counts(ctx)
		if len(counts) != 1 || counts[0] != (outbox.Count{Target: "a", Dead: 1}) || err != nil {
			t.Errorf("%+v %v", counts, err)
		}
		must(t, o.Again(ctx, id, 9000))
		if got := due(t, o, "a", 9000); got != "1:0:"+place {
			t.Error(got)
		}
		if err := errors.Join(o.Again(ctx, id, 9000)); !errors.Is(err, outbox.ErrNotThere) {
			t.Error("it waits already", err)
		}
		if err := o.Drop(ctx, id); !errors.Is(err, outbox.ErrNotThere) {
			t.Error("what waits is not dropped", err)
		}
		must(t, o.Failed(ctx, id, 3, 0, "no answer", true))
		must(t, o.Drop(ctx, id))
		if counts, err := o.Counts(ctx); len(counts) != 0 || err != nil {
			t.Error(counts, err)
		}
	})
	t.Run("says when it is full", func(t *testing.T) {
		o := open(t)
		many := make([]outbox.Message, outbox.MaxPending)
		for n := range many {
			many[n] = message(1, "a")
		}
		must(t, o.Keep(ctx, 1, many))
		if err := o.Keep(ctx, 2, []outbox.Message{message(2, "a")}); !errors.Is(err, outbox.ErrFull) {
			t.Fatal(err)
		}
		if seq, _, _ := o.Cursor(ctx); seq != 1 {
			t.Fatal("nothing was kept, and the cursor moved")
		}
	})
	t.Run("erases", func(t *testing.T) {
		o := open(t)
		other := message(2, "a")
		other.Subject = "c2"
		must(t, o.Keep(ctx, 2, []outbox.Message{message(1, "a"), other}))
		must(t, o.Erase(ctx, "c1"))
		must(t, o.Keep(ctx, 3, []outbox.Message{message(3, "a")})) // made before anybody knew
		if got := due(t, o, "a", 9000); got != "1:0: 2:0:"+place+" 3:0:" {
			t.Error(got)
		}
	})
}

// Memory is an outbox that ends with the program.
type Memory struct {
	mu     sync.Mutex
	cursor uint64
	known  bool
	next   int64
	all    []outbox.Message
	erased map[string]bool
}

// New returns an empty one.
func New() *Memory { return &Memory{erased: map[string]bool{}} }

// Erase clears a subject's place, now and in what is kept later.
func (m *Memory) Erase(_ context.Context, subject string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.erased[subject] = true
	for n := range m.all {
		if m.all[n].Subject == subject {
			m.all[n].Place = ""
		}
	}
	return nil
}

// Cursor implements outbox.Outbox.
func (m *Memory) Cursor(context.Context) (uint64, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.cursor, m.known, nil
}

// Keep implements outbox.Outbox.
func (m *Memory) Keep(_ context.Context, cursor uint64, messages []outbox.Message) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	waiting := 0
	for _, one := range m.all {
		if !one.Dead {
			waiting++
		}
	}
	if len(messages) > 0 && waiting+len(messages) > outbox.MaxPending {
		return outbox.ErrFull
	}
	for _, one := range messages {
		m.next++
		one.ID = m.next
		if m.erased[one.Subject] {
			one.Place = ""
		}
		m.all = append(m.all, one)
	}
	m.cursor, m.known = cursor, true
	return nil
}

// Due implements outbox.Outbox.
func (m *Memory) Due(_ context.Context, target string, now int64, limit int) (due []outbox.Message, _ error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, one := range m.all {
		if one.Target == target && !one.Dead && one.Next <= now && len(due) < limit {
			due = append(due, one)
		}
	}
	return due, nil
}

func (m *Memory) find(id int64, dead bool) (*outbox.Message, error) {
	at := slices.IndexFunc(m.all, func(one outbox.Message) bool { return one.ID == id && one.Dead == dead })
	if at < 0 {
		return nil, outbox.ErrNotThere
	}
	return &m.all[at], nil
}

// Sent implements outbox.Outbox.
func (m *Memory) Sent(_ context.Context, id int64) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.all = slices.DeleteFunc(m.all, func(one outbox.Message) bool { return one.ID == id })
	return nil
}

// Failed implements outbox.Outbox.
func (m *Memory) Failed(_ context.Context, id int64, attempts int, next int64, why string, dead bool) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	one, err := m.find(id, false)
	if err == nil {
		one.Attempts, one.Next, one.Why, one.Dead = attempts, next, why, dead
	}
	return err
}

// Dead implements outbox.Outbox.
func (m *Memory) Dead(_ context.Context, limit int) (dead []outbox.Message, _ error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, one := range slices.Backward(m.all) {
		if one.Dead && len(dead) < limit {
			dead = append(dead, one)
		}
	}
	return dead, nil
}

// Again implements outbox.Outbox.
func (m *Memory) Again(_ context.Context, id, now int64) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	one, err := m.find(id, true)
	if err == nil {
		one.Dead, one.Attempts, one.Next = false, 0, now
	}
	return err
}

// Drop implements outbox.Outbox.
func (m *Memory) Drop(_ context.Context, id int64) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, err := m.find(id, true); err != nil {
		return err
	}
	m.all = slices.DeleteFunc(m.all, func(one outbox.Message) bool { return one.ID == id })
	return nil
}

// Counts implements outbox.Outbox.
func (m *Memory) Counts(context.Context) ([]outbox.Count, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	by := map[string]*outbox.Count{}
	var names []string
	for _, one := range m.all {
		c := by[one.Target]
		if c == nil {
			c = &outbox.Count{Target: one.Target}
			by[one.Target] = c
			names = append(names, one.Target)
		}
		switch {
		case one.Dead:
			c.Dead++
		default:
			c.Pending++
			if c.Oldest == 0 || one.At < c.Oldest {
				c.Oldest = one.At
			}
		}
	}
	slices.Sort(names)
	var counts []outbox.Count
	for _, name := range names {
		counts = append(counts, *by[name])
	}
	return counts, nil
}

// NextDue implements outbox.Outbox.
func (m *Memory) NextDue(_ context.Context, target string) (next int64, _ error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, one := range m.all {
		if one.Target == target && !one.Dead && (next == 0 || one.Next < next) {
			next = one.Next
		}
	}
	return next, nil
}
