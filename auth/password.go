package auth

import (
	"context"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"sync/atomic"

	"golang.org/x/crypto/argon2"
)

// Hashing is the cost of a password hash: argon2id, RFC 9106.
type Hashing struct {
	MemoryKiB uint32
	Passes    uint32
	Lanes     uint8
}

// DefaultHashing costs about 75 ms on one core of a 2020s server, and 32 MiB while
// it runs; OWASP's least for argon2id is 19 MiB with two passes.
var DefaultHashing = Hashing{MemoryKiB: 32 << 10, Passes: 3, Lanes: 1}

// CheapHashing is for tests: it protects nothing.
var CheapHashing = Hashing{MemoryKiB: 64, Passes: 1, Lanes: 1}

const (
	saltBytes = 16
	hashBytes = 32

	// The costs that a stored hash may ask for; beyond them it is damaged.
	memoryMax = 1 << 20 // KiB
	passesMax = 16

	// MinPassword and MaxPassword bound a password's length, in bytes.
	MinPassword = 10
	MaxPassword = 1024

	// WaitingMax is how many sign-ins may wait for a password hash; one more is
	// told ErrBusy.
	WaitingMax = 64
)

var (
	// ErrPassword: the new password is too short, too long, or the old one again.
	ErrPassword = errors.New("auth: password not acceptable")
	// ErrBusy: too many sign-ins at once; try again.
	ErrBusy = errors.New("auth: too many sign-ins at once, try again in a moment")
)

// hasher computes password hashes, as many at once as there are slots, so that a
// crowd signing in cannot take the cores and the memory from the dispatchers.
type hasher struct {
	cost    Hashing
	slots   chan struct{}
	waiting atomic.Int64
	random  io.Reader
}

func newHasher(cost Hashing, random io.Reader) *hasher {
	return &hasher{cost: cost, slots: make(chan struct{}, max(1, runtime.NumCPU()/2)), random: random}
}

func (h *hasher) key(ctx context.Context, password string, salt []byte, cost Hashing) ([]byte, error) {
	if h.waiting.Add(1) > WaitingMax {
		h.waiting.Add(-1)
		return nil, ErrBusy
	}
	defer h.waiting.Add(-1)
	select {
	case h.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { <-h.slots }()
	return argon2.IDKey([]byte(password), salt, cost.Passes, cost.MemoryKiB, cost.Lanes, hashBytes), nil
}

// hash is the PHC string of a new password.
func (h *hasher) hash(ctx context.Context, password string) (string, error) {
	salt := make([]byte, saltBytes)
	if _, err := io.ReadFull(h.random, salt); err != nil {
		return "", err
	}
	key, err := h.key(ctx, password, salt, h.cost)
	if err != nil {
		return "", err
	}
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version,
		h.cost.MemoryKiB, h.cost.Passes, h.cost.Lanes, b64.EncodeToString(salt), b64.EncodeToString(key)), nil
}

// check reports whether the password is the hashed one, and whether the hash was
// made at another cost than today's. An empty hash costs the same time and fits
// nothing: so nobody learns from the clock which names exist.
func (h *hasher) check(ctx context.Context, password, phc string) (ok, outdated bool, err error) {
	if phc == "" {
		_, err := h.key(ctx, password, make([]byte, saltBytes), h.cost)
		return false, false, err
	}
	cost, salt, want, err := parsePHC(phc)
	if err != nil {
		return false, false, err
	}
	got, err := h.key(ctx, password, salt, cost)
	if err != nil {
		return false, false, err
	}
	return subtle.ConstantTimeCompare(got, want) == 1, cost != h.cost, nil
}

func parsePHC(phc string) (cost Hashing, salt, key []byte, err error) {
	bad := func() (Hashing, []byte, []byte, error) {
		return Hashing{}, nil, nil, errors.New("auth: a stored password hash is damaged: set a new password for this person")
	}
	parts := strings.Split(phc, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != fmt.Sprint("v=", argon2.Version) {
		return bad()
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &cost.MemoryKiB, &cost.Passes, &cost.Lanes); err != nil {
		return bad()
	}
	if salt, err = base64.RawStdEncoding.DecodeString(parts[4]); err != nil {
		return bad()
	}
	if key, err = base64.RawStdEncoding.DecodeString(parts[5]); err != nil {
		return bad()
	}
	if cost.MemoryKiB == 0 || cost.MemoryKiB > memoryMax || cost.Passes == 0 || cost.Passes > passesMax || cost.Lanes == 0 || len(salt) < 8 || len(key) != hashBytes {
		return bad()
	}
	return cost, salt, key, nil
}

func checkNewPassword(password string) error {
	if len(password) < MinPassword || len(password) > MaxPassword {
		return fmt.Errorf("%w: it needs %d to %d characters", ErrPassword, MinPassword, MaxPassword)
	}
	return nil
}
