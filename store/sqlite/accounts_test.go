package sqlite

import (
	"errors"
	"testing"

	"github.com/everycall/everycall/auth"
	"github.com/everycall/everycall/auth/authtest"
)

func TestAccounts(t *testing.T) {
	authtest.Run(t, func(t testing.TB) auth.Store { return opened(t, t.TempDir()).Accounts() })
}

func TestAccountsOutliveTheProcess(t *testing.T) {
	dir := t.TempDir()
	s := opened(t, dir)
	if err := s.Accounts().AddPerson(bg, auth.Person{Name: "ann", Roles: []auth.Role{auth.RoleAdmin}}); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Accounts().Person(bg, "ann"); !errors.Is(err, ErrClosed) {
		t.Fatalf("after Close: %v", err)
	}
	if err := s.Accounts().EndSession(bg, auth.Hash{}); !errors.Is(err, ErrClosed) {
		t.Fatalf("after Close: %v", err)
	}
	if p, err := opened(t, dir).Accounts().Person(bg, "ann"); err != nil || p.Name != "ann" {
		t.Fatalf("%+v, %v", p, err)
	}
}
