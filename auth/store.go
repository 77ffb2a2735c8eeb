package auth

import (
	"context"
	"crypto/sha256"
	"errors"
	"time"
)

// What a Store answers.
var (
	// ErrNotFound: there is no such person, session, token or code.
	ErrNotFound = errors.New("auth: not found")
	// ErrExists: a person of that name is there already.
	ErrExists = errors.New("auth: the name is taken")
)

// Hash is the SHA-256 of a session's, token's or code's 256 random bits. Secrets
// of that strength need no salt and no slow hash.
type Hash [sha256.Size]byte

// Person is somebody with a password. Times are UTC with millisecond precision.
type Person struct {
	Name         string // as normalised by this package; the key
	Roles        []Role // the first is the one that a new session acts in
	PasswordHash string // argon2id in PHC format
	MustChange   bool   // may do nothing before choosing a new password
	Disabled     bool
	Created      time.Time
	Changed      time.Time
}

// Session is one signed-in browser.
type Session struct {
	Hash    Hash
	Name    string
	Role    Role   // the one it acts in
	Roles   []Role // a guest's roles; a person's are read from the Person
	Guest   bool   // entered the demo without an account
	Created time.Time
	Seen    time.Time // rounded down to about SeenStep
}

// Token is a bearer token for a program.
type Token struct {
	ID      string // shown in lists; says nothing about the secret
	Hash    Hash
	Label   string // what it is for, in words
	Owner   string // who answers for it: a person's name
	Role    Role
	Created time.Time
	Expires time.Time
	Revoked time.Time // zero while it is not
}

// Code is good for one sign-in.
type Code struct {
	Hash    Hash
	Name    string
	Role    Role
	Guest   bool
	Expires time.Time
}

// Store keeps accounts. All methods are durable when they answer nil, whole or not
// at all, and may be called from any goroutine. Slices and strings are the
// caller's. A missing thing is ErrNotFound, wrapped or not.
type Store interface {
	// AddPerson answers ErrExists if the name is taken.
	AddPerson(ctx context.Context, p Person) error
	Person(ctx context.Context, name string) (Person, error)
	// People are all, by name.
	People(ctx context.Context) ([]Person, error)
	// ChangePerson lets how change a person, in one transaction: nobody else's
	// change falls between its reading and its writing. An error from how changes
	// nothing and comes back as it is; how must not call the store. Name and Created
	// stay. If end says so, all of that person's sessions but the one with hash keep
	// end in the same transaction.
	ChangePerson(ctx context.Context, name string, end bool, keep Hash, how func(*Person) error) error

	AddSession(ctx context.Context, s Session) error
	Session(ctx context.Context, h Hash) (Session, error)
	// TouchSession replaces the session's Seen and Role.
	TouchSession(ctx context.Context, h Hash, seen time.Time, role Role) error
	// EndSession answers nil if there is none.
	EndSession(ctx context.Context, h Hash) error
	// EndSessionsBefore ends those created before the one or last seen before the
	// other, and codes and tokens that expired before now.
	EndSessionsBefore(ctx context.Context, created, seen, now time.Time) error

	AddToken(ctx context.Context, t Token) error
	Token(ctx context.Context, h Hash) (Token, error)
	// Tokens are all, by ID, revoked ones too.
	Tokens(ctx context.Context) ([]Token, error)
	// RevokeToken keeps the first time it was revoked.
	RevokeToken(ctx context.Context, id string, at time.Time) error

	AddCode(ctx context.Context, c Code) error
	// TakeCode removes the code and answers it: of many callers one gets it.
	TakeCode(ctx context.Context, h Hash) (Code, error)
}
