package auth

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// How long things last, on the wall clock.
const (
	// SessionIdle ends a session that nobody used: longer than a meal, shorter than
	// the time between two shifts of the same person.
	SessionIdle = 2 * time.Hour
	// SessionAbsolute ends any session: a double shift.
	SessionAbsolute = 16 * time.Hour
	// SeenStep is how stale Session.Seen may be: a request does not always write.
	SeenStep = time.Minute
	// CodeLife is the longest life of a one-use code.
	CodeLife = 24 * time.Hour
	// TokenLife is the longest life of a bearer token.
	TokenLife = 366 * 24 * time.Hour
)

// The limits of what strangers and administrators may type.
const (
	MaxName  = 64  // bytes of a person's name
	MaxLabel = 200 // bytes of a token's label
	secret   = 32  // bytes of randomness in a session, token or code
)

var (
	// ErrRefused: wrong name, password, session, token or code; or the person is
	// disabled. It does not say which.
	ErrRefused = errors.New("auth: refused")
	// ErrName: a name must be 1 to MaxName letters, digits, spaces or . _ - @.
	ErrName = errors.New("auth: name not acceptable")
	// ErrRole: there is no such role, or it cannot be given.
	ErrRole = errors.New("auth: role not acceptable")
	// ErrLife: the expiry is in the past or too far away.
	ErrLife = errors.New("auth: expiry not acceptable")
)

// Principal is whoever a request comes from. The zero Principal may do nothing;
// Public is the one who has not signed in.
type Principal struct {
	Name       string
	Role       Role
	Roles      []Role
	Guest      bool // entered the demo without an account
	MustChange bool // must choose a new password before anything else
	TokenID    string
}

// Public is the principal of a request without credentials.
var Public = Principal{Name: "public", Role: RolePublic, Roles: []Role{RolePublic}}

// untilChanged is all that somebody with a one-time password may do.
var untilChanged = []Action{
	"route:GET /api/v1/session", "route:DELETE /api/v1/session", "route:POST /api/v1/session/password",
	"route:GET /{$}", "route:GET /assets/", "route:GET /healthz",
}

// May reports whether the principal may do it now.
func (p Principal) May(a Action) bool {
	if p.MustChange && !slices.Contains(untilChanged, a) {
		return false
	}
	return Allowed(p.Role, a)
}

// Sight is how much the principal sees.
func (p Principal) Sight() Sight {
	if p.MustChange {
		return SightPublic
	}
	return SightOf(p.Role)
}

// Service is the door. It is safe for concurrent use.
type Service struct {
	store    Store
	now      func() time.Time
	random   io.Reader
	cost     Hashing
	hasher   *hasher
	throttle *throttle
}

// Option changes how New makes a Service.
type Option func(*Service)

// WithClock replaces the wall clock.
func WithClock(now func() time.Time) Option { return func(s *Service) { s.now = now } }

// WithHashing replaces DefaultHashing.
func WithHashing(h Hashing) Option { return func(s *Service) { s.cost = h } }

// WithRandom replaces the system's source of randomness, for tests.
func WithRandom(r io.Reader) Option { return func(s *Service) { s.random = r } }

// New makes a Service on a store.
func New(store Store, options ...Option) *Service {
	s := &Service{store: store, now: time.Now, random: rand.Reader, cost: DefaultHashing, throttle: newThrottle()}
	for _, o := range options {
		o(s)
	}
	s.hasher = newHasher(s.cost, s.random)
	return s
}

// wall is the time now as stores keep it.
func (s *Service) wall() time.Time { return s.now().UTC().Truncate(time.Millisecond) }

// newSecret is a random secret as text, and its hash.
func (s *Service) newSecret(prefix string) (string, Hash, error) {
	b := make([]byte, secret)
	if _, err := io.ReadFull(s.random, b); err != nil {
		return "", Hash{}, fmt.Errorf("draw a secret: %w", err)
	}
	text := prefix + base64.RawURLEncoding.EncodeToString(b)
	return text, hashOf(text), nil
}

func hashOf(text string) Hash { return sha256.Sum256([]byte(text)) }

// same compares what the store found with what was asked for, so that a store
// that matches loosely lets nobody in.
func same(a, b Hash) bool { return subtle.ConstantTimeCompare(a[:], b[:]) == 1 }

// normalName is the name as stored: trimmed, lower case.
func normalName(name string) (string, error) {
	name = strings.ToLower(strings.TrimSpace(name))
	if name == "" || len(name) > MaxName {
		return "", ErrName
	}
	for _, r := range name {
		if !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || strings.ContainsRune(" ._-@", r)) {
			return "", ErrName
		}
	}
	return name, nil
}

func checkRoles(roles []Role) error {
	if len(roles) == 0 {
		return fmt.Errorf("%w: at least one is needed", ErrRole)
	}
	for i, r := range roles {
		if !r.assignable() || slices.Contains(roles[:i], r) {
			return fmt.Errorf("%w: %q", ErrRole, r)
		}
	}
	return nil
}
