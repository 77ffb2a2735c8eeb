package vault_test

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"github.com/everycall/everycall/journal"
	"github.com/everycall/everycall/vault"
)

var bg = context.Background()

// shelf keeps keys as a journal does.
type shelf struct {
	mu    sync.Mutex
	keys  map[string][]byte
	asked int
}

func (s *shelf) Secret(_ context.Context, subject string) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked++
	key, ok := s.keys[subject]
	if !ok {
		return nil, fmt.Errorf("%w: %q", journal.ErrNoSecret, subject)
	}
	return bytes.Clone(key), nil
}

func (s *shelf) append(v *vault.Vault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, k := range v.TakeFresh() {
		s.keys[k.Subject] = k.Key
	}
}

func dice() *rand.ChaCha8 { return rand.NewChaCha8([32]byte{1}) }

func fresh() (*shelf, *vault.Vault) {
	s := &shelf{keys: map[string][]byte{}}
	return s, vault.New(s, dice())
}

func seal(t testing.TB, v *vault.Vault, subject string, birth vault.Birth, seq uint64, clear, plain string) (sealed, commit []byte) {
	t.Helper()
	sealed, commit, err := v.Seal(bg, subject, birth, seq, []byte(clear), []byte(plain))
	if err != nil {
		t.Fatal(err)
	}
	return sealed, commit
}

func TestSealAndOpen(t *testing.T) {
	keys, v := fresh()
	rapid.Check(t, func(t *rapid.T) {
		subject := rapid.StringMatching(`c[0-9]{1,3}`).Draw(t, "subject")
		seq := rapid.Uint64().Draw(t, "seq")
		plain := rapid.SliceOfN(rapid.Byte(), 1, 200).Draw(t, "plain")
		sealed, commit, err := v.Seal(bg, subject, vault.Born, seq, []byte("clear"), plain)
		if err != nil || len(commit) != 32 || bytes.Contains(sealed, plain) && len(plain) > 3 {
			t.Fatalf("sealed %x, commitment %x, %v", sealed, commit, err)
		}
		keys.append(v)
		for name, reader := range map[string]*vault.Vault{"the same": v, "a new one": vault.New(keys, nil)} {
			if got, err := reader.Open(bg, subject, seq, sealed); err != nil || !bytes.Equal(got, plain) {
				t.Fatalf("%s opens %x, %v", name, got, err)
			}
		}
		if _, err := v.Open(bg, subject, seq+1, sealed); err == nil {
			t.Fatal("opened under another sequence number")
		}
		at := rapid.IntRange(0, len(sealed)-1).Draw(t, "at")
		altered := bytes.Clone(sealed)
		altered[at] ^= 1 << rapid.IntRange(0, 7).Draw(t, "bit")
		if _, err := v.Open(bg, subject, seq, altered); err == nil {
			t.Fatal("an altered one was opened")
		}
		if _, err := v.Open(bg, subject, seq, sealed[:at]); err == nil {
			t.Fatal("one that is cut short was opened")
		}
	})
}

func TestAnotherSubjectsKeyDoesNotOpen(t *testing.T) {
	_, v := fresh()
	sealed, _ := seal(t, v, "a", vault.Born, 1, "", "words")
	seal(t, v, "b", vault.Born, 2, "", "words")
	if _, err := v.Open(bg, "b", 1, sealed); err == nil {
		t.Fatal("opened with another's key")
	}
}

func TestErasure(t *testing.T) {
	keys, v := fresh()
	sealed, commit := seal(t, v, "a", vault.Born, 1, "clear", "words")
	kept, _ := seal(t, v, "b", vault.Born, 2, "clear", "words")
	keys.append(v)
	before := bytes.Clone(commit)
	delete(keys.keys, "a")
	v.Forget()
	for range 2 {
		if _, err := v.Open(bg, "a", 1, sealed); !errors.Is(err, vault.ErrErased) {
			t.Fatalf("erased: %v", err)
		}
	}
	if keys.asked != 1 {
		t.Fatalf("the journal was asked %d times for a key that is gone", keys.asked)
	}
	if _, _, err := v.Seal(bg, "a", vault.Known, 3, nil, []byte("more")); !errors.Is(err, vault.ErrErased) {
		t.Fatalf("a later event about somebody erased: %v", err)
	}
	if _, err := v.Open(bg, "b", 2, kept); err != nil {
		t.Fatalf("somebody else: %v", err)
	}
	if len(v.TakeFresh()) != 0 || !bytes.Equal(commit, before) {
		t.Fatal("an erasure made a key or changed a commitment")
	}
}

// TestCommitments: the same parts at the same place give the same commitment, and
// any other part, place, subject or split another.
func TestCommitments(t *testing.T) {
	_, v := fresh()
	_, want := seal(t, v, "a", vault.Born, 1, "clear", "words")
	if _, got := seal(t, v, "a", vault.Known, 1, "clear", "words"); !bytes.Equal(got, want) {
		t.Fatal("the same gives another commitment")
	}
	seen := map[string]string{string(want): "the first"}
	for name, c := range map[string]struct {
		subject      string
		seq          uint64
		clear, plain string
	}{
		"clear": {"a", 1, "clear!", "words"}, "private": {"a", 1, "clear", "words!"}, "place": {"a", 2, "clear", "words"},
		"subject": {"b", 1, "clear", "words"}, "split": {"a", 1, "clearw", "ords"}, "swapped": {"a", 1, "words", "clear"}, "nobody": {"", 1, "clear", "words"},
	} {
		_, got := seal(t, v, c.subject, vault.Born, c.seq, c.clear, c.plain)
		if other, twice := seen[string(got)]; twice {
			t.Errorf("another %s gives the commitment of %s", name, other)
		}
		seen[string(got)] = name
	}
}

// TestTheCommitmentIsWhatItSays computes it with the standard library.
func TestTheCommitmentIsWhatItSays(t *testing.T) {
	keys, v := fresh()
	mac := func(key []byte, parts ...[]byte) []byte {
		h := hmac.New(sha256.New, key)
		for _, p := range parts {
			h.Write(p)
		}
		return h.Sum(nil)
	}
	for n := range 200 {
		clear, plain := bytes.Repeat([]byte{1}, n), bytes.Repeat([]byte{2}, 2*n%131)
		_, got, err := v.Seal(bg, "a", vault.Born, uint64(n), clear, plain)
		if err != nil {
			t.Fatal(err)
		}
		keys.append(v)
		seq := binary.BigEndian.AppendUint64(nil, uint64(n))
		key := keys.keys["a"]
		want := sha256.Sum256(append(mac(mac(key, []byte("clear"), seq), clear), mac(mac(key, []byte("private"), seq), plain)...))
		if !bytes.Equal(got, want[:]) {
			t.Fatalf("%d bytes: %x, want %x", n, got, want)
		}
	}
}

func TestNothingPrivateNothingSealed(t *testing.T) {
	_, v := fresh()
	sealed, commit := seal(t, v, "", vault.Known, 1, "clear", "")
	if sealed != nil || len(commit) != 32 {
		t.Fatalf("sealed %x, commitment %x", sealed, commit)
	}
	if k := v.TakeFresh(); len(k) != 1 || k[0].Subject != vault.OwnSubject {
		t.Fatalf("born %v", k)
	}
}

func TestUnbear(t *testing.T) {
	keys, v := fresh()
	seal(t, v, "a", vault.Born, 1, "", "words")
	mark := v.Fresh()
	first, _ := seal(t, v, "b", vault.Born, 2, "", "words")
	v.Unbear(mark)
	if v.Fresh() != 1 {
		t.Fatalf("%d keys are left", v.Fresh())
	}
	if _, err := v.Open(bg, "b", 2, first); !errors.Is(err, vault.ErrErased) {
		t.Fatalf("an unborn key still opens: %v", err)
	}
	second, _ := seal(t, v, "b", vault.Born, 2, "", "words")
	keys.append(v)
	if _, err := vault.New(keys, nil).Open(bg, "b", 2, second); err != nil || len(keys.keys) != 2 {
		t.Fatalf("born again: %v", err)
	}
}

// TestTheCacheOverflows: keys that are not durable yet survive any number of
// others; durable ones are read again.
func TestTheCacheOverflows(t *testing.T) {
	keys, v := fresh()
	old, _ := seal(t, v, "old", vault.Born, 1, "", "words")
	keys.append(v)
	waiting, _ := seal(t, v, "waiting", vault.Born, 2, "", "words")
	many := map[string][]byte{}
	for n := range vault.CacheMax * 3 / 2 {
		many[fmt.Sprint("m", n)] = bytes.Repeat([]byte{1}, 32)
	}
	stop := v.ReadAhead(func(yield func(journal.Secret) error) error {
		for n := range len(many) {
			if err := yield(journal.Secret{Subject: fmt.Sprint("m", n), Key: many[fmt.Sprint("m", n)]}); err != nil {
				return err
			}
		}
		return nil
	})
	for n := range len(many) {
		if _, err := v.Open(bg, fmt.Sprint("m", n), 1, make([]byte, 40)); errors.Is(err, vault.ErrErased) {
			t.Fatalf("key %d was not read ahead", n)
		}
	}
	stop()
	if keys.asked != 0 {
		t.Fatalf("the journal was asked %d times", keys.asked)
	}
	if _, err := v.Open(bg, "waiting", 2, waiting); err != nil {
		t.Fatalf("a key that is in no journal yet was dropped: %v", err)
	}
	if _, err := v.Open(bg, "old", 1, old); err != nil || keys.asked != 1 {
		t.Fatalf("a durable key is read again: asked %d times, %v", keys.asked, err)
	}
}

func TestReadAheadThatFails(t *testing.T) {
	_, v := fresh()
	broken := errors.New("broken disk")
	defer v.ReadAhead(func(func(journal.Secret) error) error { return broken })()
	if _, err := v.Open(bg, "a", 1, nil); !errors.Is(err, broken) {
		t.Fatalf("read ahead: %v", err)
	}
}

// TestSeededRandomnessIsExact: a simulation writes the same bytes every time.
func TestSeededRandomnessIsExact(t *testing.T) {
	var first []byte
	for range 2 {
		_, v := fresh()
		var all []byte
		for n := range uint64(20) {
			sealed, commit := seal(t, v, fmt.Sprint("c", n%7), vault.Born, n, "clear", "words")
			all = append(append(all, sealed...), commit...)
		}
		if first != nil && !bytes.Equal(first, all) {
			t.Fatal("the second run differs")
		}
		first = all
	}
}

func TestOpenFromSeveralGoroutines(t *testing.T) {
	keys, v := fresh()
	var sealed [50][]byte
	for n := range sealed {
		sealed[n], _ = seal(t, v, fmt.Sprint("c", n), vault.Born, uint64(n), "", "words")
	}
	keys.append(v)
	v.Forget()
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for n := range sealed {
				if _, err := v.Open(bg, fmt.Sprint("c", n), uint64(n), sealed[n]); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
}

func BenchmarkSeal(b *testing.B) {
	keys, v := fresh()
	clear, plain := make([]byte, 150), make([]byte, 80)
	n := uint64(0)
	b.ReportAllocs()
	for b.Loop() {
		n++
		if _, _, err := v.Seal(bg, "c1", vault.Born, n, clear, plain); err != nil {
			b.Fatal(err)
		}
	}
	keys.append(v)
}

func TestWithoutProofsNothingIsCommittedAndEverythingOpens(t *testing.T) {
	_, v := fresh()
	v.WithoutProofs()
	sealed, commit := seal(t, v, "c1", vault.Born, 1, "clear", "words")
	if commit != nil {
		t.Fatalf("commitment %x", commit)
	}
	if plain, err := v.Open(bg, "c1", 1, sealed); err != nil || string(plain) != "words" {
		t.Fatalf("%q, %v", plain, err)
	}
}
