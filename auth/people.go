package auth

import (
	"context"
	"encoding/base32"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
)

// FirstAdministrator is the name of the first account of a new store.
const FirstAdministrator = "admin"

// oneTimeBytes of randomness make a one-time password: 80 bits, 16 letters.
const oneTimeBytes = 10

// EnsureAdministrator makes the first account, if there are none at all, with a
// one-time password that must be changed at its first use. It answers the empty
// string if there are people already. Nobody but the caller ever sees the password.
func (s *Service) EnsureAdministrator(ctx context.Context) (oneTime string, err error) {
	people, err := s.store.People(ctx)
	if err != nil {
		return "", fmt.Errorf("make the first administrator: %w", err)
	}
	if len(people) > 0 {
		return "", nil
	}
	return s.AddPerson(ctx, FirstAdministrator, []Role{RoleAdmin})
}

// AddPerson makes an account and answers its one-time password, which must be
// changed at its first use. ErrName, ErrRole, ErrExists.
func (s *Service) AddPerson(ctx context.Context, name string, roles []Role) (oneTime string, err error) {
	name, err = normalName(name)
	if err != nil {
		return "", err
	}
	if err := checkRoles(roles); err != nil {
		return "", err
	}
	oneTime, hash, err := s.oneTimePassword(ctx)
	if err != nil {
		return "", err
	}
	now := s.wall()
	p := Person{Name: name, Roles: roles, PasswordHash: hash, MustChange: true, Created: now, Changed: now}
	if err := s.store.AddPerson(ctx, p); err != nil {
		return "", fmt.Errorf("add %s: %w", name, err)
	}
	return oneTime, nil
}

// oneTimePassword is in groups of four letters and digits, to be read aloud.
func (s *Service) oneTimePassword(ctx context.Context) (text, hash string, err error) {
	b := make([]byte, oneTimeBytes)
	if _, err := io.ReadFull(s.random, b); err != nil {
		return "", "", fmt.Errorf("draw a password: %w", err)
	}
	letters := strings.ToLower(base32.StdEncoding.EncodeToString(b))
	text = strings.Join([]string{letters[0:4], letters[4:8], letters[8:12], letters[12:16]}, "-")
	hash, err = s.hasher.hash(ctx, text)
	return text, hash, err
}

// ResetPassword gives a person a new one-time password and ends all sessions.
func (s *Service) ResetPassword(ctx context.Context, name string) (oneTime string, err error) {
	oneTime, hash, err := s.oneTimePassword(ctx)
	if err != nil {
		return "", err
	}
	return oneTime, s.change(ctx, name, true, func(p *Person) error {
		p.PasswordHash, p.MustChange = hash, true
		return nil
	})
}

// SetRoles replaces a person's roles; open sessions follow at once.
func (s *Service) SetRoles(ctx context.Context, name string, roles []Role) error {
	if err := checkRoles(roles); err != nil {
		return err
	}
	return s.change(ctx, name, false, func(p *Person) error { p.Roles = roles; return nil })
}

// Disable keeps a person out, open sessions included. Accounts are never deleted:
// their names stand in the journal.
func (s *Service) Disable(ctx context.Context, name string) error {
	return s.change(ctx, name, true, func(p *Person) error { p.Disabled = true; return nil })
}

// Enable lets a person in again.
func (s *Service) Enable(ctx context.Context, name string) error {
	return s.change(ctx, name, false, func(p *Person) error { p.Disabled = false; return nil })
}

func (s *Service) change(ctx context.Context, name string, endSessions bool, how func(*Person) error) error {
	name, err := normalName(name)
	if err != nil {
		return err
	}
	err = s.store.ChangePerson(ctx, name, endSessions, Hash{}, func(p *Person) error {
		p.Changed = s.wall()
		return how(p)
	})
	if err != nil {
		return fmt.Errorf("change %s: %w", name, err)
	}
	return nil
}

// ChangePassword replaces the password of a session's person, who must know the
// old one, and ends that person's other sessions. ErrRefused, ErrPassword, a
// *ThrottledError, ErrBusy.
func (s *Service) ChangePassword(ctx context.Context, text, old, chosen, remote string) error {
	session, who, err := s.resume(ctx, text)
	if err != nil {
		return err
	}
	if who.Guest {
		return fmt.Errorf("%w: a guest has no password", ErrRefused)
	}
	if err := checkNewPassword(chosen); err != nil {
		return err
	}
	if chosen == old {
		return fmt.Errorf("%w: it is the old one", ErrPassword)
	}
	if len(old) > MaxPassword {
		return ErrRefused
	}
	p, err := s.authenticate(ctx, who.Name, old, remote)
	if err != nil {
		return err
	}
	hash, err := s.hasher.hash(ctx, chosen)
	if err != nil {
		return fmt.Errorf("change the password: %w", err)
	}
	err = s.store.ChangePerson(ctx, p.Name, true, session.Hash, func(now *Person) error {
		now.MustChange, now.Changed = false, s.wall()
		return replaceHash(p.PasswordHash, hash)(now)
	})
	if err != nil {
		return fmt.Errorf("change the password: %w", err)
	}
	return nil
}

// People are all accounts, by name, without their password hashes.
func (s *Service) People(ctx context.Context) ([]Person, error) {
	people, err := s.store.People(ctx)
	if err != nil {
		return nil, fmt.Errorf("list people: %w", err)
	}
	for i := range people {
		people[i].PasswordHash = ""
	}
	return people, nil
}

// tokenPrefix tells a reader, and a scanner for leaked secrets, what it has found.
const tokenPrefix = "everycall_"

// IssueToken makes a bearer token and answers its secret, once. The owner must be
// a person; the token dies with that account.
func (s *Service) IssueToken(ctx context.Context, label, owner string, role Role, life time.Duration) (string, Token, error) {
	owner, err := normalName(owner)
	if err != nil {
		return "", Token{}, err
	}
	switch {
	case label == "" || len(label) > MaxLabel:
		return "", Token{}, fmt.Errorf("%w: a token's label has 1 to %d characters", ErrName, MaxLabel)
	case !role.assignable():
		return "", Token{}, fmt.Errorf("%w: %q", ErrRole, role)
	case life <= 0 || life > TokenLife:
		return "", Token{}, fmt.Errorf("%w: a token lives at most %v", ErrLife, TokenLife)
	}
	if _, err := s.store.Person(ctx, owner); err != nil {
		return "", Token{}, fmt.Errorf("issue a token of %s: %w", owner, err)
	}
	id, _, err := s.newSecret("")
	if err != nil {
		return "", Token{}, err
	}
	text, hash, err := s.newSecret(tokenPrefix)
	if err != nil {
		return "", Token{}, err
	}
	now := s.wall()
	t := Token{ID: id[:12], Hash: hash, Label: label, Owner: owner, Role: role, Created: now, Expires: now.Add(life)}
	if err := s.store.AddToken(ctx, t); err != nil {
		return "", Token{}, fmt.Errorf("issue a token: %w", err)
	}
	return text, t, nil
}

// Bearer is the principal of a token, or ErrRefused.
func (s *Service) Bearer(ctx context.Context, text string) (Principal, error) {
	hash := hashOf(text)
	t, err := s.store.Token(ctx, hash)
	if errors.Is(err, ErrNotFound) || err == nil && (!same(t.Hash, hash) || !t.Revoked.IsZero() || !s.now().Before(t.Expires)) {
		return Principal{}, ErrRefused
	}
	if err != nil {
		return Principal{}, fmt.Errorf("look a token up: %w", err)
	}
	owner, err := s.store.Person(ctx, t.Owner)
	if errors.Is(err, ErrNotFound) || err == nil && owner.Disabled {
		return Principal{}, ErrRefused
	}
	if err != nil {
		return Principal{}, fmt.Errorf("look a token up: %w", err)
	}
	return Principal{Name: t.Label, Role: t.Role, Roles: []Role{t.Role}, TokenID: t.ID}, nil
}

// Tokens are all tokens, revoked ones too.
func (s *Service) Tokens(ctx context.Context) ([]Token, error) {
	tokens, err := s.store.Tokens(ctx)
	if err != nil {
		return nil, fmt.Errorf("list tokens: %w", err)
	}
	return tokens, nil
}

// RevokeToken ends a token at once. ErrNotFound.
func (s *Service) RevokeToken(ctx context.Context, id string) error {
	if err := s.store.RevokeToken(ctx, id, s.wall()); err != nil {
		return fmt.Errorf("revoke token %s: %w", id, err)
	}
	return nil
}
