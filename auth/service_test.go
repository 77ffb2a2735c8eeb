package auth_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/everycall/everycall/auth"
	"github.com/everycall/everycall/store/sqlite"
)

// door is a Service on a fresh store with a clock that the test moves.
type door struct {
	*auth.Service
	t     *testing.T
	mu    sync.Mutex
	now   time.Time
	store auth.Store
}

func newDoor(t *testing.T, options ...auth.Option) *door {
	t.Helper()
	s, err := sqlite.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	d := &door{t: t, now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC), store: s.Accounts()}
	clock := func() time.Time { d.mu.Lock(); defer d.mu.Unlock(); return d.now }
	d.Service = auth.New(d.store, append([]auth.Option{auth.WithHashing(auth.CheapHashing), auth.WithClock(clock)}, options...)...)
	return d
}

func (d *door) pass(t time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.now = d.now.Add(t)
}

var bg = context.Background()

const (
	remote   = "192.0.2.1"
	password = "a long enough password"
)

// add makes a person with the usual password.
func (d *door) add(name string, roles ...auth.Role) {
	d.t.Helper()
	oneTime, err := d.AddPerson(bg, name, roles)
	must(d.t, err)
	cookie, _, err := d.SignIn(bg, name, oneTime, remote)
	must(d.t, err)
	must(d.t, d.ChangePassword(bg, cookie, oneTime, password, remote))
	must(d.t, d.SignOut(bg, cookie))
}

func (d *door) signIn(name string) string {
	d.t.Helper()
	cookie, _, err := d.SignIn(bg, name, password, remote)
	must(d.t, err)
	return cookie
}

func (d *door) refused(cookie, when string) {
	d.t.Helper()
	_, err := d.Resume(bg, cookie)
	is(d.t, err, auth.ErrRefused, when)
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func is(t *testing.T, err, want error, when string) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Fatalf("%s: got %v, want %v", when, err, want)
	}
}

func TestFirstAdministrator(t *testing.T) {
	d := newDoor(t)
	oneTime, err := d.EnsureAdministrator(bg)
	if err != nil || len(oneTime) != 19 {
		t.Fatalf("%q, %v", oneTime, err)
	}
	if again, err := d.EnsureAdministrator(bg); again != "" || err != nil {
		t.Fatalf("a second first administrator: %q, %v", again, err)
	}
	cookie, who, err := d.SignIn(bg, "Admin ", oneTime, remote)
	must(t, err)
	if !who.MustChange || who.May("route:GET /api/v1/people") || !who.May("route:POST /api/v1/session/password") {
		t.Fatalf("with a one-time password: %+v", who)
	}
	is(t, d.ChangePassword(bg, cookie, "wrong", password, remote), auth.ErrRefused, "the wrong old password")
	is(t, d.ChangePassword(bg, cookie, oneTime, oneTime, remote), auth.ErrPassword, "the same password again")
	is(t, d.ChangePassword(bg, cookie, oneTime, strings.Repeat("x", auth.MinPassword-1), remote), auth.ErrPassword, "one too short")
	is(t, d.ChangePassword(bg, cookie, oneTime, strings.Repeat("x", auth.MaxPassword+1), remote), auth.ErrPassword, "one too long")
	must(t, d.ChangePassword(bg, cookie, oneTime, strings.Repeat("x", auth.MaxPassword), remote))
	must(t, d.ChangePassword(bg, cookie, strings.Repeat("x", auth.MaxPassword), strings.Repeat("y", auth.MinPassword), remote))
	who, err = d.Resume(bg, cookie)
	if err != nil || who.MustChange || !who.May("route:GET /api/v1/people") {
		t.Fatalf("after the change: %+v, %v", who, err)
	}
	_, _, err = d.SignIn(bg, "admin", oneTime, remote)
	is(t, err, auth.ErrRefused, "the one-time password once more")
}

func TestSignIn(t *testing.T) {
	d := newDoor(t)
	d.add("Ann", auth.RoleDispatcher, auth.RoleSupervisor)
	for _, c := range [][2]string{
		{"ann", "wrong"}, {"ann", ""}, {"nobody", password}, {"", password}, {"ann\x00", password},
		{strings.Repeat("a", auth.MaxName+1), password}, {"ann", strings.Repeat("p", auth.MaxPassword+1)},
	} {
		_, _, err := d.SignIn(bg, c[0], c[1], "elsewhere")
		is(t, err, auth.ErrRefused, fmt.Sprintf("%q", c))
	}
	cookie, who, err := d.SignIn(bg, "ANN", password, remote)
	must(t, err)
	if who.Name != "ann" || who.Role != auth.RoleDispatcher || !slices.Equal(who.Roles, []auth.Role{auth.RoleDispatcher, auth.RoleSupervisor}) || who.Guest || who.MustChange {
		t.Fatalf("%+v", who)
	}
	if len(cookie) != 43 { // 256 bits
		t.Fatalf("a cookie of %d characters", len(cookie))
	}
	who, err = d.SwitchRole(bg, cookie, auth.RoleSupervisor)
	if err != nil || who.Role != auth.RoleSupervisor {
		t.Fatalf("%+v, %v", who, err)
	}
	if who, err = d.Resume(bg, cookie); err != nil || who.Role != auth.RoleSupervisor {
		t.Fatalf("%+v, %v", who, err)
	}
	_, err = d.SwitchRole(bg, cookie, auth.RoleAdmin)
	is(t, err, auth.ErrRole, "a role that she does not have")
	must(t, d.SignOut(bg, cookie))
	must(t, d.SignOut(bg, cookie))
	d.refused(cookie, "after signing out")
	d.refused("", "an empty cookie")
	_, err = d.SwitchRole(bg, cookie, auth.RoleSupervisor)
	is(t, err, auth.ErrRefused, "switching after signing out")
}

func TestSignInIsThrottled(t *testing.T) {
	d := newDoor(t)
	d.add("ann", auth.RoleDispatcher)
	var throttled *auth.ThrottledError
	for range 20 {
		if _, _, err := d.SignIn(bg, "ann", "wrong", "attacker"); errors.As(err, &throttled) {
			break
		}
	}
	if throttled == nil {
		t.Fatal("any number of guesses")
	}
	if _, _, err := d.SignIn(bg, "ann", password, "attacker"); !errors.As(err, &throttled) {
		t.Fatalf("the right password during the wait: %v", err)
	}
	d.signIn("ann") // from her own console
	d.pass(throttled.Wait)
	_, _, err := d.SignIn(bg, "ann", password, "attacker")
	must(t, err)
}

func TestSessionsExpire(t *testing.T) {
	d := newDoor(t)
	d.add("ann", auth.RoleDispatcher)
	idle := d.signIn("ann")
	d.pass(auth.SessionIdle - time.Millisecond)
	_, err := d.Resume(bg, idle)
	must(t, err)
	d.pass(auth.SessionIdle)
	d.refused(idle, "after the idle time")
	d.refused(idle, "once more")

	busy := d.signIn("ann")
	for spent := time.Duration(0); spent < auth.SessionAbsolute-time.Hour; spent += time.Hour {
		d.pass(time.Hour)
		_, err := d.Resume(bg, busy)
		must(t, err)
	}
	d.pass(time.Hour - time.Millisecond)
	_, err = d.Resume(bg, busy)
	must(t, err)
	d.pass(time.Millisecond)
	d.refused(busy, "after the absolute time")

	left := d.signIn("ann")
	d.pass(auth.SessionIdle + time.Hour)
	must(t, d.Sweep(bg))
	d.refused(left, "after a sweep")
}

func TestRightsEndAtOnce(t *testing.T) {
	d := newDoor(t)
	d.add("ann", auth.RoleDispatcher, auth.RoleSupervisor)
	cookie := d.signIn("ann")
	_, err := d.SwitchRole(bg, cookie, auth.RoleSupervisor)
	must(t, err)
	must(t, d.SetRoles(bg, "ann", []auth.Role{auth.RoleAnalyst}))
	who, err := d.Resume(bg, cookie)
	if err != nil || who.Role != auth.RoleAnalyst {
		t.Fatalf("after losing her roles: %+v, %v", who, err)
	}
	token, _, err := d.IssueToken(bg, "report", "ann", auth.RoleAnalyst, time.Hour)
	must(t, err)
	must(t, d.Disable(bg, "ann"))
	d.refused(cookie, "disabled")
	_, err = d.Bearer(bg, token)
	is(t, err, auth.ErrRefused, "a token of somebody disabled")
	_, _, err = d.SignIn(bg, "ann", password, remote)
	is(t, err, auth.ErrRefused, "signing in while disabled")
	must(t, d.Enable(bg, "ann"))
	d.refused(cookie, "an old session after enabling again")
	a, b := d.signIn("ann"), d.signIn("ann")
	must(t, d.ChangePassword(bg, a, password, "another long password", remote))
	_, err = d.Resume(bg, a)
	must(t, err)
	d.refused(b, "another session after a change of password")
	oneTime, err := d.ResetPassword(bg, "ann")
	must(t, err)
	d.refused(a, "after a reset")
	_, who, err = d.SignIn(bg, "ann", oneTime, remote)
	if err != nil || !who.MustChange {
		t.Fatalf("%+v, %v", who, err)
	}
	is(t, d.SetRoles(bg, "ann", nil), auth.ErrRole, "no roles")
	is(t, d.SetRoles(bg, "ann", []auth.Role{"boss"}), auth.ErrRole, "no such role")
	is(t, d.SetRoles(bg, "ann", []auth.Role{auth.RolePublic}), auth.ErrRole, "public")
	is(t, d.SetRoles(bg, "ann", []auth.Role{auth.RoleAdmin, auth.RoleAdmin}), auth.ErrRole, "a role twice")
	is(t, d.Disable(bg, "nobody"), auth.ErrNotFound, "nobody")
	_, err = d.AddPerson(bg, "ANN", []auth.Role{auth.RoleAdmin})
	is(t, err, auth.ErrExists, "a second ann")
	people, err := d.People(bg)
	if err != nil || len(people) != 1 || people[0].PasswordHash != "" {
		t.Fatalf("%+v, %v", people, err)
	}
}

func TestCodes(t *testing.T) {
	d := newDoor(t)
	d.add("ann", auth.RoleDispatcher)
	code, err := d.IssueCode(bg, "ann", auth.RoleDispatcher, time.Hour)
	must(t, err)
	var wg sync.WaitGroup
	var mu sync.Mutex
	var cookies []string
	for range 8 {
		wg.Go(func() {
			if cookie, _, err := d.RedeemCode(bg, code); err == nil {
				mu.Lock()
				defer mu.Unlock()
				cookies = append(cookies, cookie)
			}
		})
	}
	wg.Wait()
	if len(cookies) != 1 {
		t.Fatalf("a one-use code was used %d times", len(cookies))
	}
	if who, err := d.Resume(bg, cookies[0]); err != nil || who.Name != "ann" || who.Guest {
		t.Fatalf("%+v, %v", who, err)
	}
	late, err := d.IssueCode(bg, "ann", auth.RoleDispatcher, time.Hour)
	must(t, err)
	d.pass(time.Hour)
	_, _, err = d.RedeemCode(bg, late)
	is(t, err, auth.ErrRefused, "a late code")
	_, _, err = d.RedeemCode(bg, "nonsense")
	is(t, err, auth.ErrRefused, "no code")
	_, err = d.IssueCode(bg, "ann", auth.RoleAdmin, time.Hour)
	is(t, err, auth.ErrRole, "a role that she does not have")
	_, err = d.IssueCode(bg, "visitor", auth.RolePublic, time.Hour)
	is(t, err, auth.ErrRole, "a code for the public")
	for life, want := range map[time.Duration]error{0: auth.ErrLife, -1: auth.ErrLife, auth.CodeLife: nil, auth.CodeLife + 1: auth.ErrLife} {
		_, err = d.IssueCode(bg, "ann", auth.RoleDispatcher, life)
		is(t, err, want, life.String())
	}
	gone, err := d.IssueCode(bg, "ann", auth.RoleDispatcher, time.Hour)
	must(t, err)
	must(t, d.Disable(bg, "ann"))
	_, _, err = d.RedeemCode(bg, gone)
	is(t, err, auth.ErrRefused, "a code of somebody disabled")

	visit, err := d.IssueCode(bg, "visitor", auth.RoleSupervisor, time.Hour)
	must(t, err)
	cookie, who, err := d.RedeemCode(bg, visit)
	if err != nil || !who.Guest || who.Role != auth.RoleSupervisor {
		t.Fatalf("%+v, %v", who, err)
	}
	is(t, d.ChangePassword(bg, cookie, "", password, remote), auth.ErrRefused, "a guest's password")
}

func TestEnterAs(t *testing.T) {
	d := newDoor(t)
	cookie, who, err := d.Enter(bg, auth.RoleDispatcher)
	if err != nil || !who.Guest || who.Name != "guest dispatcher" || who.Role != auth.RoleDispatcher {
		t.Fatalf("%+v, %v", who, err)
	}
	if again, err := d.Resume(bg, cookie); err != nil || again.Name != who.Name || !again.Guest {
		t.Fatalf("%+v, %v", again, err)
	}
	for _, r := range []auth.Role{auth.RolePublic, "", "boss"} {
		_, _, err := d.Enter(bg, r)
		is(t, err, auth.ErrRole, string(r))
	}
}

func TestTokens(t *testing.T) {
	d := newDoor(t)
	d.add("ann", auth.RoleAdmin)
	text, token, err := d.IssueToken(bg, "vehicle positions", "Ann", auth.RoleMachine, time.Hour)
	must(t, err)
	if !strings.HasPrefix(text, "everycall_") || strings.Contains(text, token.ID) {
		t.Fatalf("%q, id %q", text, token.ID)
	}
	who, err := d.Bearer(bg, text)
	if err != nil || who.Name != "vehicle positions" || who.Role != auth.RoleMachine || who.TokenID != token.ID {
		t.Fatalf("%+v, %v", who, err)
	}
	for _, wrong := range []string{"", "everycall_", text + "x", text[:len(text)-1], strings.ToUpper(text)} {
		_, err := d.Bearer(bg, wrong)
		is(t, err, auth.ErrRefused, wrong)
	}
	d.refused(text, "a token is no session")
	_, err = d.Bearer(bg, d.signIn("ann"))
	is(t, err, auth.ErrRefused, "a session is no token")

	brief, _, err := d.IssueToken(bg, "brief", "ann", auth.RoleAnalyst, time.Minute)
	must(t, err)
	d.pass(time.Minute)
	_, err = d.Bearer(bg, brief)
	is(t, err, auth.ErrRefused, "an expired token")
	must(t, d.RevokeToken(bg, token.ID))
	_, err = d.Bearer(bg, text)
	is(t, err, auth.ErrRefused, "a revoked token")
	is(t, d.RevokeToken(bg, "none"), auth.ErrNotFound, "no token")
	all, err := d.Tokens(bg)
	if err != nil || len(all) != 2 {
		t.Fatalf("%+v, %v", all, err)
	}

	issue := func(label, owner string, r auth.Role, life time.Duration) error {
		_, _, err := d.IssueToken(bg, label, owner, r, life)
		return err
	}
	is(t, issue("", "ann", auth.RoleMachine, time.Hour), auth.ErrName, "no label")
	is(t, issue(strings.Repeat("l", auth.MaxLabel+1), "ann", auth.RoleMachine, time.Hour), auth.ErrName, "a long label")
	must(t, issue(strings.Repeat("l", auth.MaxLabel), "ann", auth.RoleMachine, auth.TokenLife))
	is(t, issue("l", "nobody", auth.RoleMachine, time.Hour), auth.ErrNotFound, "no owner")
	is(t, issue("l", "ann", auth.RolePublic, time.Hour), auth.ErrRole, "public")
	is(t, issue("l", "ann", auth.RoleMachine, auth.TokenLife+1), auth.ErrLife, "too long a life")
	is(t, issue("l", "ann", auth.RoleMachine, 0), auth.ErrLife, "no life")
}

func TestOldHashesAreRenewed(t *testing.T) {
	d := newDoor(t)
	d.add("ann", auth.RoleDispatcher)
	before, err := d.store.Person(bg, "ann")
	must(t, err)
	dearer := auth.New(d.store, auth.WithHashing(auth.Hashing{MemoryKiB: 128, Passes: 2, Lanes: 1}))
	cookie, _, err := dearer.SignIn(bg, "ann", password, remote)
	must(t, err)
	after, err := d.store.Person(bg, "ann")
	must(t, err)
	if before.PasswordHash == after.PasswordHash || !strings.Contains(after.PasswordHash, "m=128,t=2,p=1") {
		t.Fatalf("%q became %q", before.PasswordHash, after.PasswordHash)
	}
	// The change of a password right after a renewal finds its own hash.
	even := auth.New(d.store, auth.WithHashing(auth.Hashing{MemoryKiB: 64, Passes: 3, Lanes: 1}))
	must(t, even.ChangePassword(bg, cookie, password, "yet another password", remote))
}
