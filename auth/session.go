package auth

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// SignIn checks a password and opens a session; the text that it answers is the
// cookie. It answers ErrRefused, a *ThrottledError, ErrBusy, or the store's error.
// remote is the caller's address without its port.
func (s *Service) SignIn(ctx context.Context, name, password, remote string) (string, Principal, error) {
	name, err := normalName(name)
	if err != nil || len(password) > MaxPassword {
		return "", Principal{}, ErrRefused // nobody has such a name or password
	}
	p, err := s.authenticate(ctx, name, password, remote)
	if err != nil {
		return "", Principal{}, err
	}
	return s.open(ctx, Session{Name: p.Name, Role: p.Roles[0]}, p)
}

// authenticate is the person if the password is right.
func (s *Service) authenticate(ctx context.Context, name, password, remote string) (Person, error) {
	if err := s.throttle.begin(name, remote, s.now()); err != nil {
		return Person{}, err
	}
	p, err := s.store.Person(ctx, name)
	if err != nil && !errors.Is(err, ErrNotFound) {
		s.throttle.undone(name, remote)
		return Person{}, fmt.Errorf("sign in: %w", err)
	}
	// For a name that is not there p is zero, and its empty hash takes as long.
	ok, outdated, err := s.hasher.check(ctx, password, p.PasswordHash)
	if err != nil {
		s.throttle.undone(name, remote)
		return Person{}, fmt.Errorf("sign in: %w", err)
	}
	if !ok || p.Disabled || len(p.Roles) == 0 {
		return Person{}, ErrRefused
	}
	s.throttle.success(name, remote)
	if outdated {
		// The right time to renew the hash is while the password is at hand. Failing
		// to is no reason to keep somebody out.
		if hash, err := s.hasher.hash(ctx, password); err == nil {
			if s.store.ChangePerson(ctx, name, false, Hash{}, replaceHash(p.PasswordHash, hash)) == nil {
				p.PasswordHash = hash
			}
		}
	}
	return p, nil
}

// replaceHash puts a new hash in the place of the one that was checked, unless
// somebody has set another password meanwhile.
func replaceHash(checked, hash string) func(*Person) error {
	return func(p *Person) error {
		if p.PasswordHash != checked {
			return ErrRefused
		}
		p.PasswordHash = hash
		return nil
	}
}

// Enter opens a guest's session in a role without any password: the demo's "enter
// as…". The caller must have made sure that this is the demo, on loopback.
func (s *Service) Enter(ctx context.Context, role Role) (string, Principal, error) {
	if !role.assignable() {
		return "", Principal{}, fmt.Errorf("%w: %q", ErrRole, role)
	}
	return s.open(ctx, guest("guest "+string(role), role), Person{})
}

func guest(name string, role Role) Session {
	return Session{Name: name, Role: role, Roles: []Role{role}, Guest: true}
}

// open stores a session and answers its secret. p is the person unless a guest.
func (s *Service) open(ctx context.Context, session Session, p Person) (string, Principal, error) {
	text, hash, err := s.newSecret("")
	if err != nil {
		return "", Principal{}, err
	}
	session.Hash, session.Created = hash, s.wall()
	session.Seen = session.Created
	if err := s.store.AddSession(ctx, session); err != nil {
		return "", Principal{}, fmt.Errorf("open a session: %w", err)
	}
	who, ok := principal(session, p)
	if !ok {
		return "", Principal{}, ErrRefused
	}
	return text, who, nil
}

// principal is who a session stands for, unless the person has lost every right
// to it. A role that was taken away meanwhile falls back to the first that is left.
func principal(session Session, p Person) (Principal, bool) {
	if session.Guest {
		return Principal{Name: session.Name, Role: session.Role, Roles: session.Roles, Guest: true}, true
	}
	if p.Disabled || len(p.Roles) == 0 {
		return Principal{}, false
	}
	role := session.Role
	if !slices.Contains(p.Roles, role) {
		role = p.Roles[0]
	}
	return Principal{Name: p.Name, Role: role, Roles: p.Roles, MustChange: p.MustChange}, true
}

// Resume is the principal of a session's secret, or ErrRefused.
func (s *Service) Resume(ctx context.Context, text string) (Principal, error) {
	session, who, err := s.resume(ctx, text)
	if err != nil {
		return Principal{}, err
	}
	if now := s.wall(); now.Sub(session.Seen) >= SeenStep {
		if err := s.store.TouchSession(ctx, session.Hash, now, who.Role); err != nil && !errors.Is(err, ErrNotFound) {
			return Principal{}, fmt.Errorf("resume a session: %w", err)
		}
	}
	return who, nil
}

func (s *Service) resume(ctx context.Context, text string) (Session, Principal, error) {
	hash := hashOf(text)
	session, err := s.store.Session(ctx, hash)
	if errors.Is(err, ErrNotFound) || err == nil && !same(session.Hash, hash) {
		return Session{}, Principal{}, ErrRefused
	}
	if err != nil {
		return Session{}, Principal{}, fmt.Errorf("resume a session: %w", err)
	}
	now := s.wall()
	if now.Sub(session.Created) >= SessionAbsolute || now.Sub(session.Seen) >= SessionIdle {
		return Session{}, Principal{}, errors.Join(ErrRefused, s.store.EndSession(ctx, hash))
	}
	var p Person
	if !session.Guest {
		if p, err = s.store.Person(ctx, session.Name); errors.Is(err, ErrNotFound) {
			return Session{}, Principal{}, ErrRefused
		}
		if err != nil {
			return Session{}, Principal{}, fmt.Errorf("resume a session: %w", err)
		}
	}
	who, ok := principal(session, p)
	if !ok {
		return Session{}, Principal{}, ErrRefused
	}
	return session, who, nil
}

// SwitchRole lets a session act in another of the person's roles.
func (s *Service) SwitchRole(ctx context.Context, text string, role Role) (Principal, error) {
	session, who, err := s.resume(ctx, text)
	if err != nil {
		return Principal{}, err
	}
	if !slices.Contains(who.Roles, role) {
		return Principal{}, fmt.Errorf("%w: %q is not one of yours", ErrRole, role)
	}
	if err := s.store.TouchSession(ctx, session.Hash, s.wall(), role); err != nil {
		return Principal{}, fmt.Errorf("switch roles: %w", err)
	}
	who.Role = role
	return who, nil
}

// SignOut ends a session; one that is not there is no error.
func (s *Service) SignOut(ctx context.Context, text string) error {
	if err := s.store.EndSession(ctx, hashOf(text)); err != nil {
		return fmt.Errorf("sign out: %w", err)
	}
	return nil
}

// Sweep removes sessions, codes and tokens that have expired. They are refused
// without it; it keeps the store small. Call it every hour or so.
func (s *Service) Sweep(ctx context.Context) error {
	now := s.wall()
	if err := s.store.EndSessionsBefore(ctx, now.Add(-SessionAbsolute), now.Add(-SessionIdle), now); err != nil {
		return fmt.Errorf("sweep accounts: %w", err)
	}
	return nil
}

// IssueCode is a one-use code that opens a session in a role, for the person of
// that name or, if nobody has it, for a guest who is called so.
func (s *Service) IssueCode(ctx context.Context, name string, role Role, life time.Duration) (string, error) {
	name, err := normalName(name)
	if err != nil {
		return "", err
	}
	if !role.assignable() {
		return "", fmt.Errorf("%w: %q", ErrRole, role)
	}
	if life <= 0 || life > CodeLife {
		return "", fmt.Errorf("%w: a code lives at most %v", ErrLife, CodeLife)
	}
	p, err := s.store.Person(ctx, name)
	guest := errors.Is(err, ErrNotFound)
	if err != nil && !guest {
		return "", fmt.Errorf("issue a code: %w", err)
	}
	if !guest && !slices.Contains(p.Roles, role) {
		return "", fmt.Errorf("%w: %s does not have the role %q", ErrRole, name, role)
	}
	text, hash, err := s.newSecret("")
	if err != nil {
		return "", err
	}
	if err := s.store.AddCode(ctx, Code{Hash: hash, Name: name, Role: role, Guest: guest, Expires: s.wall().Add(life)}); err != nil {
		return "", fmt.Errorf("issue a code: %w", err)
	}
	return text, nil
}

// RedeemCode opens a session for a one-use code: the first caller gets it, every
// other one, and a late one, ErrRefused. Guessing 256 random bits needs no
// throttle.
func (s *Service) RedeemCode(ctx context.Context, text string) (string, Principal, error) {
	hash := hashOf(text)
	c, err := s.store.TakeCode(ctx, hash)
	if errors.Is(err, ErrNotFound) || err == nil && (!same(c.Hash, hash) || !s.now().Before(c.Expires)) {
		return "", Principal{}, ErrRefused
	}
	if err != nil {
		return "", Principal{}, fmt.Errorf("redeem a code: %w", err)
	}
	if c.Guest {
		return s.open(ctx, guest(c.Name, c.Role), Person{})
	}
	p, err := s.store.Person(ctx, c.Name)
	if errors.Is(err, ErrNotFound) || err == nil && (p.Disabled || !slices.Contains(p.Roles, c.Role)) {
		return "", Principal{}, ErrRefused
	}
	if err != nil {
		return "", Principal{}, fmt.Errorf("redeem a code: %w", err)
	}
	return s.open(ctx, Session{Name: p.Name, Role: c.Role}, p)
}
