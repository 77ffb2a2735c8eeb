// Package authtest is the suite that every implementation of auth.Store must pass.
package authtest

import (
	"context"
	"errors"
	"reflect"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/everycall/everycall/auth"
)

// Run holds an implementation against the suite. fresh gives an empty store that
// is cleaned up with t.
func Run(t *testing.T, fresh func(t testing.TB) auth.Store) {
	for _, c := range []struct {
		name string
		run  func(t *testing.T, s auth.Store)
	}{
		{"people", people},
		{"changes of one person do not get lost", changes},
		{"a person's sessions end with a change", endings},
		{"sessions", sessions},
		{"tokens", tokens},
		{"codes are taken once", codes},
		{"an ended context", ended},
	} {
		t.Run(c.name, func(t *testing.T) { c.run(t, fresh(t)) })
	}
}

var (
	bg  = context.Background()
	day = time.Date(2026, 3, 1, 12, 0, 0, 123e6, time.UTC)
)

func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func is(t testing.TB, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Fatalf("got %v, want %v", err, want)
	}
}

func same(t testing.TB, got, want any) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("got  %+v\nwant %+v", got, want)
	}
}

func person(name string) auth.Person {
	return auth.Person{
		Name: name, Roles: []auth.Role{auth.RoleDispatcher, auth.RoleSupervisor},
		PasswordHash: "$hash of " + name, MustChange: true, Created: day, Changed: day.Add(time.Hour),
	}
}

func hash(b byte) auth.Hash { return auth.Hash{b, 31: b} }

func people(t *testing.T, s auth.Store) {
	_, err := s.Person(bg, "ann")
	is(t, err, auth.ErrNotFound)
	is(t, s.ChangePerson(bg, "ann", false, auth.Hash{}, func(*auth.Person) error { return nil }), auth.ErrNotFound)
	for _, name := range []string{"cleo", "ann", "bob"} {
		ok(t, s.AddPerson(bg, person(name)))
	}
	is(t, s.AddPerson(bg, person("bob")), auth.ErrExists)
	all, err := s.People(bg)
	ok(t, err)
	same(t, all, []auth.Person{person("ann"), person("bob"), person("cleo")})
	ok(t, s.ChangePerson(bg, "bob", false, auth.Hash{}, func(p *auth.Person) error {
		*p = auth.Person{Name: "bill", Roles: []auth.Role{auth.RoleAuditor}, PasswordHash: "$other", Disabled: true, Changed: day.Add(2 * time.Hour)}
		return nil
	}))
	got, err := s.Person(bg, "bob")
	ok(t, err)
	same(t, got, auth.Person{
		Name: "bob", Roles: []auth.Role{auth.RoleAuditor}, PasswordHash: "$other",
		Disabled: true, Created: day, Changed: day.Add(2 * time.Hour),
	})
	no := errors.New("no")
	is(t, s.ChangePerson(bg, "ann", true, auth.Hash{}, func(p *auth.Person) error { p.Disabled = true; return no }), no)
	got, err = s.Person(bg, "ann")
	ok(t, err)
	same(t, got, person("ann"))
}

func changes(t *testing.T, s auth.Store) {
	p := person("ann")
	p.Roles = nil
	ok(t, s.AddPerson(bg, p))
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			err := s.ChangePerson(bg, "ann", false, auth.Hash{}, func(p *auth.Person) error {
				p.Changed = p.Changed.Add(time.Second)
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	got, err := s.Person(bg, "ann")
	ok(t, err)
	same(t, got.Changed, p.Changed.Add(20*time.Second))
}

func session(b byte, name string) auth.Session {
	return auth.Session{Hash: hash(b), Name: name, Role: auth.RoleDispatcher, Created: day, Seen: day}
}

func endings(t *testing.T, s auth.Store) {
	ok(t, s.AddPerson(bg, person("ann")))
	guest := session(4, "ann") // a guest of that name is somebody else
	guest.Guest, guest.Roles = true, []auth.Role{auth.RoleAnalyst, auth.RoleAuditor}
	for _, one := range []auth.Session{session(1, "ann"), session(2, "ann"), session(3, "bob"), guest} {
		ok(t, s.AddSession(bg, one))
	}
	nothing := func(*auth.Person) error { return nil }
	ok(t, s.ChangePerson(bg, "ann", false, auth.Hash{}, nothing))
	_, err := s.Session(bg, hash(1))
	ok(t, err)
	ok(t, s.ChangePerson(bg, "ann", true, hash(2), nothing))
	_, err = s.Session(bg, hash(1))
	is(t, err, auth.ErrNotFound)
	for _, want := range []auth.Session{session(2, "ann"), session(3, "bob"), guest} {
		got, err := s.Session(bg, want.Hash)
		ok(t, err)
		same(t, got, want)
	}
}

func sessions(t *testing.T, s auth.Store) {
	_, err := s.Session(bg, hash(1))
	is(t, err, auth.ErrNotFound)
	ok(t, s.EndSession(bg, hash(1)))
	is(t, s.TouchSession(bg, hash(1), day, auth.RoleAuditor), auth.ErrNotFound)
	for b := byte(1); b <= 4; b++ {
		one := session(b, "ann")
		one.Created = day.Add(time.Duration(b) * time.Hour)
		one.Seen = one.Created
		ok(t, s.AddSession(bg, one))
	}
	ok(t, s.TouchSession(bg, hash(2), day.Add(9*time.Hour), auth.RoleSupervisor))
	got, err := s.Session(bg, hash(2))
	ok(t, err)
	same(t, got, auth.Session{Hash: hash(2), Name: "ann", Role: auth.RoleSupervisor, Created: day.Add(2 * time.Hour), Seen: day.Add(9 * time.Hour)})
	ok(t, s.EndSession(bg, hash(4)))
	// 1 is too old, 3 was not seen for too long.
	ok(t, s.EndSessionsBefore(bg, day.Add(2*time.Hour), day.Add(8*time.Hour), day))
	for b := byte(1); b <= 4; b++ {
		_, err := s.Session(bg, hash(b))
		if (err == nil) != (b == 2) {
			t.Fatalf("session %d: %v", b, err)
		}
	}
}

func tokens(t *testing.T, s auth.Store) {
	_, err := s.Token(bg, hash(1))
	is(t, err, auth.ErrNotFound)
	is(t, s.RevokeToken(bg, "none", day), auth.ErrNotFound)
	a := auth.Token{ID: "a", Hash: hash(1), Label: "the feed", Owner: "ann", Role: auth.RoleMachine, Created: day, Expires: day.Add(time.Hour)}
	b := auth.Token{ID: "b", Hash: hash(2), Label: "another", Owner: "ann", Role: auth.RoleAnalyst, Created: day, Expires: day.Add(3 * time.Hour)}
	ok(t, s.AddToken(bg, b))
	ok(t, s.AddToken(bg, a))
	got, err := s.Token(bg, hash(1))
	ok(t, err)
	same(t, got, a)
	ok(t, s.RevokeToken(bg, "b", day.Add(time.Minute)))
	ok(t, s.RevokeToken(bg, "b", day.Add(2*time.Minute)))
	b.Revoked = day.Add(time.Minute)
	all, err := s.Tokens(bg)
	ok(t, err)
	same(t, all, []auth.Token{a, b})
	ok(t, s.EndSessionsBefore(bg, day, day, day.Add(2*time.Hour)))
	all, err = s.Tokens(bg)
	ok(t, err)
	same(t, all, []auth.Token{b})
}

func codes(t *testing.T, s auth.Store) {
	_, err := s.TakeCode(bg, hash(1))
	is(t, err, auth.ErrNotFound)
	c := auth.Code{Hash: hash(1), Name: "ann", Role: auth.RoleAdmin, Guest: true, Expires: day}
	ok(t, s.AddCode(bg, c))
	var taken atomic.Int64
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			got, err := s.TakeCode(bg, hash(1))
			if err == nil {
				taken.Add(1)
				if got != c {
					t.Errorf("got %+v, want %+v", got, c)
				}
			} else if !errors.Is(err, auth.ErrNotFound) {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if taken.Load() != 1 {
		t.Fatalf("the code was taken %d times", taken.Load())
	}
	ok(t, s.AddCode(bg, c))
	ok(t, s.EndSessionsBefore(bg, day, day, day.Add(time.Millisecond)))
	_, err = s.TakeCode(bg, hash(1))
	is(t, err, auth.ErrNotFound)
}

func ended(t *testing.T, s auth.Store) {
	ctx, cancel := context.WithCancel(bg)
	cancel()
	is(t, s.AddPerson(ctx, person("ann")), context.Canceled)
	_, err := s.People(ctx)
	is(t, err, context.Canceled)
	_, err = s.Person(bg, "ann")
	is(t, err, auth.ErrNotFound)
}
