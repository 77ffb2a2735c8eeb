package auth

import (
	"slices"
	"strings"
	"testing"
)

// The commands and routes that the house has agreed on; the wiring's own test
// holds the table against those that really exist.
var commands = strings.Fields(`ReceiveContact JoinContact TriageContact HoldContact ResumeContact StageContact StageAgain
	DivertContact AppointContact DeclineContact TransferContact AbandonContact MarkUnanswered MakePromise KeepPromise
	UpdatePromise DispatchUnit StackUnit UnassignUnit SetUnitStatus AddUnit RetireUnit SignOnCrew AddStation LoseStation
	ReopenStation Reprioritise AddNote StrikeNote CloseIncident ReopenIncident DeclarePosture RenewPosture EndPosture
	DeclareZone EndZone RecordAccess WithdrawAccess RecordClaim GradeClaim HoldClaim ReleaseClaim IssueBulletin
	ReleaseBulletin WithdrawBulletin MarkConfidential ReadConfidential ChangeReaders AppointReaders RecordLiaison AckAlarm Configure Tick ConfirmClock`)

func TestTableNamesEveryCommand(t *testing.T) {
	var actions []Action
	for _, c := range commands {
		actions = append(actions, Action("command:"+c))
	}
	if missing := Missing(actions); missing != nil {
		t.Errorf("not in the table: %v", missing)
	}
	if got := Missing([]Action{"command:Tick", "command:SellUnit", "route:GET /", "stream:full"}); !slices.Equal(got, []Action{"command:SellUnit", "route:GET /"}) {
		t.Errorf("missing: %v", got)
	}
}

func TestTableIsWellFormed(t *testing.T) {
	seen := map[Action]bool{}
	for _, r := range Table {
		if seen[r.Action] {
			t.Errorf("%s is there twice", r.Action)
		}
		seen[r.Action] = true
		if len(r.Roles) == 0 {
			t.Errorf("%s is for nobody", r.Action)
		}
		for i, role := range r.Roles {
			if !role.Valid() || slices.Contains(r.Roles[:i], role) {
				t.Errorf("%s: role %q is unknown or twice", r.Action, role)
			}
		}
		kind, name, _ := strings.Cut(string(r.Action), ":")
		if !slices.Contains([]string{"route", "command", "stream"}, kind) || name == "" {
			t.Errorf("%q is no kind of action", r.Action)
		}
	}
}

func TestDefaultIsNo(t *testing.T) {
	for _, r := range append(slices.Clone(Roles), "", "root", "Admin") {
		for _, a := range []Action{"", "command:SellUnit", "route:GET /api/v1/everything", "stream:", "command:dispatchunit"} {
			if Allowed(r, a) {
				t.Errorf("%q may do %q", r, a)
			}
		}
	}
	for _, rule := range Table {
		if Allowed("", rule.Action) || Allowed("root", rule.Action) {
			t.Errorf("an unknown role may do %q", rule.Action)
		}
	}
}

func TestWhatThePublicMay(t *testing.T) {
	var got []Action
	for _, r := range Table {
		if Allowed(RolePublic, r.Action) {
			got = append(got, r.Action)
		}
	}
	want := []Action{
		"route:GET /{$}", "route:GET /assets/", "route:GET /enter", "route:GET /healthz", "route:GET /readyz",
		"route:GET /api/v1/session", "route:POST /api/v1/session", "route:DELETE /api/v1/session",
		"route:POST /api/v1/session/enter", "route:GET /api/v1/public/postures", "route:GET /api/v1/public/bulletins", "stream:public",
	}
	if !slices.Equal(got, want) {
		t.Errorf("the public may do\n%v, want\n%v", got, want)
	}
}

func TestWhoMayDoWhat(t *testing.T) {
	for _, c := range []struct {
		action Action
		may    []Role
	}{
		{"command:DispatchUnit", []Role{RoleDispatcher, RoleSupervisor}},
		{"command:DeclarePosture", []Role{RoleSupervisor}},
		{"command:Configure", []Role{RoleAdmin}},
		{"command:Tick", []Role{RoleMachine}},
		{"command:StrikeNote", []Role{RoleSupervisor}},
		{"command:ReceiveContact", []Role{RoleCallTaker, RoleDispatcher, RoleSupervisor, RoleResponder, RoleMachine}},
		{"command:HoldContact", []Role{RoleCallTaker, RoleDispatcher, RoleSupervisor}},
	} {
		for _, r := range Roles {
			if want := slices.Contains(c.may, r); Allowed(r, c.action) != want {
				t.Errorf("%s may do %s: %v", r, c.action, !want)
			}
		}
	}
	// Those who watch change nothing about a call.
	for _, command := range commands {
		for _, r := range []Role{RoleAnalyst, RoleAuditor, RolePublic} {
			if Allowed(r, Action("command:"+command)) {
				t.Errorf("%s may %s", r, command)
			}
		}
	}
}

func TestSightAgreesWithTheTable(t *testing.T) {
	for _, r := range append(slices.Clone(Roles), "", "root") {
		sight := SightOf(r)
		for _, s := range []Sight{SightMasked, SightFull} {
			if Allowed(r, Action("stream:"+s.String())) != (s == sight) {
				t.Errorf("%q sees %v, the table says otherwise", r, sight)
			}
		}
	}
}

func TestMustChangeComesFirst(t *testing.T) {
	p := Principal{Name: "ann", Role: RoleSupervisor, Roles: []Role{RoleSupervisor}}
	if !p.May("command:DispatchUnit") || p.Sight() != SightFull {
		t.Fatal("a supervisor may not dispatch")
	}
	p.MustChange = true
	if p.Sight() != SightPublic {
		t.Error("a one-time password shows the board")
	}
	for _, r := range Table {
		if want := slices.Contains(untilChanged, r.Action); p.May(r.Action) != want {
			t.Errorf("with a one-time password may %s: %v", r.Action, !want)
		}
	}
	if missing := Missing(untilChanged); missing != nil {
		t.Errorf("not in the table: %v", missing)
	}
	if (Principal{}).May("route:GET /healthz") {
		t.Error("the zero principal may do something")
	}
}
