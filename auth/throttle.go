package auth

import (
	"container/list"
	"fmt"
	"sync"
	"time"
)

// Login throttling. Two counts run: failures of a name from one remote address,
// and all failures of that address. The first slows down guessing one password
// without locking a dispatcher out of another console; the second slows down
// trying many names, and since every attempt touches it, an attacker who floods
// the table cannot push it out.

const (
	// ThrottleEntries bounds the table; the longest untouched entry goes first.
	ThrottleEntries = 10_000
	// Failures that cost nothing, for a name from an address and for an address
	// (a whole room may share one).
	freeForName   = 5
	freeForRemote = 100
	// After those every failure doubles the wait, from the first to the longest.
	waitFirst   = time.Second
	waitLongest = 5 * time.Minute
	// forgetAfter without a failure the count starts again.
	forgetAfter = 15 * time.Minute
)

// ThrottledError says how long to wait before the next attempt.
type ThrottledError struct{ Wait time.Duration }

func (e *ThrottledError) Error() string {
	return fmt.Sprintf("auth: too many failed sign-ins, wait %v", e.Wait.Round(time.Second))
}

// throttle is safe for concurrent use.
type throttle struct {
	mu      sync.Mutex
	entries map[throttleKey]*list.Element
	order   *list.List // of *attempts, the latest touched in front
}

type throttleKey struct{ name, remote string }

type attempts struct {
	key    throttleKey
	failed int
	last   time.Time
	until  time.Time
}

func newThrottle() *throttle {
	return &throttle{entries: map[throttleKey]*list.Element{}, order: list.New()}
}

// begin counts an attempt as failed until success takes it back, so that many at
// once cannot slip through, or answers how long to wait.
func (t *throttle) begin(name, remote string, now time.Time) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	one, all := t.touch(throttleKey{name, remote}, now), t.touch(throttleKey{"", remote}, now)
	if wait := max(one.until.Sub(now), all.until.Sub(now)); wait > 0 {
		return &ThrottledError{Wait: wait}
	}
	one.fail(now, freeForName)
	all.fail(now, freeForRemote)
	return nil
}

// success forgets the name's failures from this remote, and this attempt's.
func (t *throttle) success(name, remote string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if e, ok := t.entries[throttleKey{name, remote}]; ok {
		t.order.Remove(e)
		delete(t.entries, throttleKey{name, remote})
	}
	t.takeBack(throttleKey{"", remote})
}

// undone takes an attempt back that ended without an answer either way.
func (t *throttle) undone(name, remote string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.takeBack(throttleKey{name, remote})
	t.takeBack(throttleKey{"", remote})
}

// takeBack undoes one fail: an attempt that began was not waiting for anything.
func (t *throttle) takeBack(key throttleKey) {
	if e, ok := t.entries[key]; ok {
		a := e.Value.(*attempts)
		a.failed, a.until = max(0, a.failed-1), time.Time{}
	}
}

func (t *throttle) touch(key throttleKey, now time.Time) *attempts {
	e, ok := t.entries[key]
	if !ok {
		if len(t.entries) >= ThrottleEntries {
			oldest := t.order.Back()
			delete(t.entries, oldest.Value.(*attempts).key)
			t.order.Remove(oldest)
		}
		e = t.order.PushFront(&attempts{key: key, last: now})
		t.entries[key] = e
	}
	t.order.MoveToFront(e)
	a := e.Value.(*attempts)
	if now.Sub(a.last) > forgetAfter {
		a.failed, a.until = 0, time.Time{}
	}
	return a
}

func (a *attempts) fail(now time.Time, free int) {
	a.failed++
	a.last = now
	if over := a.failed - free; over >= 0 {
		wait := waitLongest
		if over < 9 { // 1 s doubled nine times exceeds the longest
			wait = min(waitFirst<<over, waitLongest)
		}
		a.until = now.Add(wait)
	}
}
