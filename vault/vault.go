// Package vault seals what the journal says about people. Each subject (a
// contact, a claim) has one key of its own, AES-256-GCM, kept beside the journal
// and never in it; erasing the key erases the words and leaves every commitment
// and every other event standing (crypto-shredding).
//
// A Vault is owned by the goroutine that seals; Open may be called from others.
// Randomness comes from the reader that it was made with, so that a simulation
// is exact.
package vault

import (
	"bytes"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"iter"
	"sync"

	"github.com/everycall/everycall/journal"
)

const (
	keyBytes   = 32
	nonceBytes = 12
	// CacheMax bounds the keys kept in memory; the others are read when needed.
	CacheMax = 50_000
	// readAhead is how many keys ReadAhead takes at a time.
	readAhead = 1000
)

// OwnSubject names the journal's own key: the salt for events about nobody. No
// contact can have it as its id: ids hold no control characters.
const OwnSubject = "\x00journal"

// ErrErased: the key of this subject is gone, and with it what it sealed.
var ErrErased = errors.New("erased")

// Keys is where keys are kept: the journal, as the vault sees it.
type Keys interface {
	Secret(ctx context.Context, subject string) ([]byte, error)
}

// Vault holds the keys in use.
type Vault struct {
	keys   Keys
	random io.Reader
	proofs bool
	// scratch belongs to the goroutine that seals.
	scratch []byte

	// mu guards the rest. The cache has two generations: a key that is used moves
	// into the young one, and when that is full the old one is dropped. So the
	// CacheMax/2 keys used last are always there, among them every key that was
	// born and is not durable yet.
	mu         sync.Mutex
	young, old map[string]*sealer // a nil one: there is no such key in the journal
	fresh      []born
	ahead      func() (journal.Secret, error, bool)
}

// born is a key made since the last TakeFresh, to be appended with the events
// that it seals.
type born struct {
	journal.Secret
	s *sealer
}

type sealer struct {
	key  []byte
	aead cipher.AEAD
}

// New makes a vault over the keys that a journal keeps, which makes a commitment
// with everything that it seals. random may be nil for a vault that only opens.
func New(keys Keys, random io.Reader) *Vault {
	return &Vault{keys: keys, random: random, proofs: true, young: map[string]*sealer{}}
}

// WithoutProofs makes Seal leave the commitments out. What is written so can be
// replayed like anything else, and never be proved.
func (v *Vault) WithoutProofs() { v.proofs = false }

// ReadAhead lets Open take keys from a journal's secrets in the order of their
// births, which is the order in which a replay needs them, and spares it one
// look-up for each. The caller calls stop when the replay is over.
func (v *Vault) ReadAhead(secrets func(yield func(journal.Secret) error) error) (stop func()) {
	next, stopPull := iter.Pull2(func(yield func(journal.Secret, error) bool) {
		err := secrets(func(s journal.Secret) error {
			if !yield(journal.Secret{Subject: s.Subject, Key: bytes.Clone(s.Key)}, nil) {
				return errEnough
			}
			return nil
		})
		if err != nil && err != errEnough {
			yield(journal.Secret{}, err)
		}
	})
	v.mu.Lock()
	v.ahead = next
	v.mu.Unlock()
	return func() {
		v.mu.Lock()
		defer v.mu.Unlock()
		v.ahead = nil
		stopPull()
	}
}

var errEnough = errors.New("enough")

// Forget drops everything from memory: after an append of unknown outcome, and
// after an erasure.
func (v *Vault) Forget() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.young, v.old = map[string]*sealer{}, nil
	v.fresh = nil
}

// TakeFresh returns the keys born since the last call. They belong into the same
// append as the events that they seal.
func (v *Vault) TakeFresh() []journal.Secret {
	v.mu.Lock()
	defer v.mu.Unlock()
	var fresh []journal.Secret
	for _, b := range v.fresh {
		fresh = append(fresh, b.Secret)
	}
	v.fresh = nil
	return fresh
}

// Fresh counts the keys born since the last TakeFresh.
func (v *Vault) Fresh() int {
	v.mu.Lock()
	defer v.mu.Unlock()
	return len(v.fresh)
}

// Unbear forgets the keys born since Fresh answered keep: their events are not
// going to be appended after all.
func (v *Vault) Unbear(keep int) {
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, b := range v.fresh[keep:] {
		delete(v.young, b.Subject)
		delete(v.old, b.Subject)
	}
	v.fresh = v.fresh[:keep]
}

func newSealer(key []byte) (*sealer, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("key: %w", err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, fmt.Errorf("key: %w", err)
	}
	return &sealer{key: key, aead: aead}, nil
}

// keep remembers a key. The caller holds mu.
func (v *Vault) keep(subject string, s *sealer) {
	if len(v.young) >= CacheMax/2 {
		v.old, v.young = v.young, make(map[string]*sealer, CacheMax/2)
		for _, b := range v.fresh { // these are nowhere else
			v.young[b.Subject] = b.s
		}
	}
	v.young[subject] = s
}

// cached looks in both generations, then reads ahead once. The caller holds mu.
func (v *Vault) cached(subject string) (s *sealer, known bool, err error) {
	if s, known = v.young[subject]; known {
		return s, true, nil
	}
	if s, known = v.old[subject]; known {
		v.keep(subject, s)
		return s, true, nil
	}
	for n := 0; v.ahead != nil && n < readAhead; n++ {
		secret, err, more := v.ahead()
		if !more {
			v.ahead = nil
			break
		}
		if err != nil {
			return nil, false, fmt.Errorf("read keys: %w", err)
		}
		made, err := newSealer(secret.Key)
		if err != nil {
			return nil, false, err
		}
		v.keep(secret.Subject, made)
		if secret.Subject == subject {
			s, known = made, true
			break
		}
	}
	return s, known, nil
}

// find returns the subject's key, or nil when it was erased or never was.
func (v *Vault) find(ctx context.Context, subject string) (*sealer, error) {
	v.mu.Lock()
	s, known, err := v.cached(subject)
	v.mu.Unlock()
	if known || err != nil {
		return s, err
	}
	key, err := v.keys.Secret(ctx, subject)
	switch {
	case errors.Is(err, journal.ErrNoSecret):
	case err != nil:
		return nil, fmt.Errorf("read the key of %q: %w", subject, err)
	default:
		if s, err = newSealer(key); err != nil {
			return nil, err
		}
	}
	v.mu.Lock()
	v.keep(subject, s)
	v.mu.Unlock()
	return s, nil
}

// Birth says whether a subject may get a key.
type Birth uint8

const (
	// Known: the subject came into being earlier. Without a key it was erased, and
	// what is said about it from then on is not kept.
	Known Birth = iota
	// Born: the event brings the subject into being, and a key with it, unless one
	// is in memory. The journal is not asked: should it hold one, from an earlier
	// use of the same id, its Append refuses the second.
	Born
	// BornAgain is Born for an event that was refused so: the journal is asked.
	BornAgain
)

// Seal seals plain (which may be empty) for a subject and commits to both parts
// of the event: HMAC-SHA256 under salts derived from the subject's key, the
// sequence number and the part's name. With the key go the salts. ErrErased when
// the subject's key is gone: then nothing is sealed, and nothing was.
func (v *Vault) Seal(ctx context.Context, subject string, birth Birth, seq uint64, clear, plain []byte) (sealed, commit []byte, err error) {
	if subject == "" {
		subject = OwnSubject
	}
	var s *sealer
	if birth == Born {
		v.mu.Lock()
		s, _, err = v.cached(subject)
		v.mu.Unlock()
	} else {
		s, err = v.find(ctx, subject)
	}
	if err != nil {
		return nil, nil, err
	}
	if s == nil {
		if birth == Known && subject != OwnSubject {
			return nil, nil, ErrErased
		}
		if s, err = v.bear(subject); err != nil {
			return nil, nil, err
		}
	}
	if len(plain) > 0 {
		sealed = make([]byte, nonceBytes, nonceBytes+len(plain)+s.aead.Overhead())
		if _, err := io.ReadFull(v.random, sealed); err != nil {
			return nil, nil, fmt.Errorf("nonce: %w", err)
		}
		sealed = s.aead.Seal(sealed, sealed, plain, seqBytes(seq))
	}
	if v.proofs {
		commit = v.commitment(s.key, seq, clear, plain)
	}
	return sealed, commit, nil
}

func (v *Vault) bear(subject string) (*sealer, error) {
	key := make([]byte, keyBytes)
	if _, err := io.ReadFull(v.random, key); err != nil {
		return nil, fmt.Errorf("new key: %w", err)
	}
	s, err := newSealer(key)
	if err != nil {
		return nil, err
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.fresh = append(v.fresh, born{journal.Secret{Subject: subject, Key: key}, s})
	v.keep(subject, s)
	return s, nil
}

// Open opens what Seal sealed. ErrErased when the key is gone.
func (v *Vault) Open(ctx context.Context, subject string, seq uint64, sealed []byte) ([]byte, error) {
	s, err := v.find(ctx, subject)
	if err != nil {
		return nil, err
	}
	if s == nil {
		return nil, ErrErased
	}
	if len(sealed) < nonceBytes {
		return nil, fmt.Errorf("event %d: sealed part is cut short", seq)
	}
	plain, err := s.aead.Open(nil, sealed[:nonceBytes], sealed[nonceBytes:], seqBytes(seq))
	if err != nil {
		return nil, fmt.Errorf("event %d: the sealed part was altered or belongs elsewhere: %w", seq, err)
	}
	return plain, nil
}

func seqBytes(seq uint64) []byte {
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], seq)
	return b[:]
}

// commitment binds the clear and the private part, each under a salt of its
// own, so that either can be opened alone:
//
//	salt(part)   = HMAC-SHA256(key, part ‖ seq)
//	commitment   = SHA-256(HMAC(salt("clear"), clear) ‖ HMAC(salt("private"), plain))
func (v *Vault) commitment(key []byte, seq uint64, clear, plain []byte) []byte {
	var both [2 * sha256.Size]byte
	salt := v.hmac(key, []byte("clear"), seqBytes(seq))
	part := v.hmac(salt[:], clear, nil)
	copy(both[:], part[:])
	salt = v.hmac(key, []byte("private"), seqBytes(seq))
	part = v.hmac(salt[:], plain, nil)
	copy(both[sha256.Size:], part[:])
	sum := sha256.Sum256(both[:])
	return sum[:]
}

// hmac is HMAC-SHA256 (RFC 2104) of a and b under a key no longer than a block. It
// is what crypto/hmac computes, which a test holds, without making three objects
// for each of the four that an event takes.
func (v *Vault) hmac(key, a, b []byte) [sha256.Size]byte {
	const block = sha256.BlockSize
	if need := block + len(a) + len(b); cap(v.scratch) < need {
		v.scratch = make([]byte, 0, 2*need)
	}
	inner := v.scratch[:block]
	for i := range inner {
		inner[i] = 0x36
	}
	var outer [block + sha256.Size]byte
	for i := range block {
		outer[i] = 0x5c
	}
	for i, k := range key {
		inner[i] ^= k
		outer[i] ^= k
	}
	sum := sha256.Sum256(append(append(inner, a...), b...))
	copy(outer[block:], sum[:])
	return sha256.Sum256(outer[:])
}
