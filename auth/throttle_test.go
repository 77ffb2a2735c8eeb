package auth

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func waits(err error) time.Duration {
	var e *ThrottledError
	if errors.As(err, &e) {
		return e.Wait
	}
	return 0
}

func TestThrottleDoublesTheWait(t *testing.T) {
	th, now := newThrottle(), noon
	for range freeForName {
		if err := th.begin("ann", "10.0.0.1", now); err != nil {
			t.Fatalf("a free attempt: %v", err)
		}
	}
	want := time.Second
	for range 12 {
		if got := waits(th.begin("ann", "10.0.0.1", now)); got != want {
			t.Fatalf("wait %v, want %v", got, want)
		}
		now = now.Add(want)
		if err := th.begin("ann", "10.0.0.1", now); err != nil {
			t.Fatalf("after the wait: %v", err)
		}
		want = min(2*want, waitLongest)
	}
	// The same person elsewhere, and somebody else here, are not kept out.
	if th.begin("ann", "10.0.0.2", now) != nil || th.begin("bob", "10.0.0.1", now) != nil {
		t.Error("the wait reaches too far")
	}
	if err := th.begin("ann", "10.0.0.1", now.Add(forgetAfter+time.Second)); err != nil {
		t.Errorf("never forgotten: %v", err)
	}
}

func TestThrottleOfAnAddress(t *testing.T) {
	th := newThrottle()
	for i := range freeForRemote {
		if err := th.begin(fmt.Sprint("name", i), "10.0.0.1", noon); err != nil {
			t.Fatalf("attempt %d: %v", i, err)
		}
	}
	if waits(th.begin("another", "10.0.0.1", noon)) == 0 {
		t.Error("an address may try any number of names")
	}
	if err := th.begin("another", "10.0.0.2", noon); err != nil {
		t.Error(err)
	}
}

func TestThrottleSuccessAndUndone(t *testing.T) {
	th := newThrottle()
	for range 3 {
		for range freeForName - 1 {
			if err := th.begin("ann", "r", noon); err != nil {
				t.Fatal(err)
			}
		}
		th.success("ann", "r")
	}
	for range 300 { // no answer either way: nothing counts
		if err := th.begin("ann", "r", noon); err != nil {
			t.Fatal(err)
		}
		th.undone("ann", "r")
	}
	th.success("nobody", "nowhere")
}

func TestThrottleIsBounded(t *testing.T) {
	th := newThrottle()
	for i := range freeForRemote {
		th.begin(fmt.Sprint("victim", i), "attacker", noon)
	}
	for i := range 3 * ThrottleEntries {
		th.begin(fmt.Sprint("n", i), fmt.Sprint("r", i), noon)
		if i%100 == 0 {
			th.begin("x", "attacker", noon) // refused, but remembered
		}
		if len(th.entries) > ThrottleEntries || th.order.Len() != len(th.entries) {
			t.Fatalf("%d entries, %d in order", len(th.entries), th.order.Len())
		}
	}
	if waits(th.begin("y", "attacker", noon)) == 0 {
		t.Error("an attacker pushed its own address out of the table")
	}
}

func TestPHC(t *testing.T) {
	h := newHasher(CheapHashing, zeroes{})
	phc, err := h.hash(t.Context(), "correct horse")
	if err != nil {
		t.Fatal(err)
	}
	for password, want := range map[string]bool{"correct horse": true, "correct horsf": false, "": false} {
		if ok, outdated, err := h.check(t.Context(), password, phc); ok != want || outdated || err != nil {
			t.Errorf("%q: %v, %v, %v", password, ok, outdated, err)
		}
	}
	dearer := newHasher(Hashing{MemoryKiB: 128, Passes: 1, Lanes: 1}, zeroes{})
	if ok, outdated, err := dearer.check(t.Context(), "correct horse", phc); !ok || !outdated || err != nil {
		t.Errorf("at another cost: %v, %v, %v", ok, outdated, err)
	}
	if ok, _, err := h.check(t.Context(), "anything", ""); ok || err != nil {
		t.Errorf("no hash: %v, %v", ok, err)
	}
	for _, bad := range []string{
		"x", "$argon2i$v=19$m=64,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAA", "$argon2id$v=19$m=0,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAA",
		"$argon2id$v=19$m=99999999,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$" + phc[len(phc)-43:],
		"$argon2id$v=19$m=64,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$!!",
	} {
		if _, _, err := h.check(t.Context(), "p", bad); err == nil {
			t.Errorf("%q passes for a hash", bad)
		}
	}
}

func FuzzPHC(f *testing.F) {
	f.Add("$argon2id$v=19$m=64,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAA")
	f.Fuzz(func(t *testing.T, phc string) {
		cost, salt, key, err := parsePHC(phc)
		if err == nil && (cost.MemoryKiB > memoryMax || cost.Passes > passesMax || len(salt) < 8 || len(key) != hashBytes) {
			t.Fatalf("%q gives %+v", phc, cost)
		}
	})
}

type zeroes struct{}

func (zeroes) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func TestHashesQueueUpToALimit(t *testing.T) {
	h := newHasher(CheapHashing, zeroes{})
	h.waiting.Store(WaitingMax - 1)
	if _, err := h.hash(t.Context(), "password"); err != nil {
		t.Errorf("at the limit: %v", err)
	}
	h.waiting.Store(WaitingMax)
	if _, err := h.hash(t.Context(), "password"); !errors.Is(err, ErrBusy) {
		t.Errorf("one past the limit: %v", err)
	}
	if h.waiting.Load() != WaitingMax {
		t.Errorf("%d waiting", h.waiting.Load())
	}
}

func TestNames(t *testing.T) {
	for name, want := range map[string]string{
		"Ann": "ann", "  o-brien.j ": "o-brien.j", "a@b": "a@b", "": "", " ": "", "a\nb": "", "é": "", "a/b": "",
	} {
		if got, err := normalName(name); got != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q, %v", name, got, err)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		name, err := normalName(rapid.String().Draw(t, "name"))
		if err != nil {
			return
		}
		if again, err := normalName(name); again != name || err != nil {
			t.Fatalf("%q becomes %q, %v", name, again, err)
		}
	})
	if _, err := normalName(string(make([]byte, MaxName+1))); err == nil {
		t.Error("a name one byte too long")
	}
}

func BenchmarkDefaultHashing(b *testing.B) {
	h := newHasher(DefaultHashing, zeroes{})
	for b.Loop() {
		if _, err := h.hash(b.Context(), "correct horse"); err != nil {
			b.Fatal(err)
		}
	}
}
