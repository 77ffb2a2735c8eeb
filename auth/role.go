package auth

import "slices"

// Role is what somebody works as. A session acts in one role at a time.
type Role string

// The roles. RolePublic is whoever has not signed in; nobody is given it.
// RoleMachine is for feeds and devices with a token.
const (
	RoleCallTaker  Role = "call-taker"
	RoleDispatcher Role = "dispatcher"
	RoleSupervisor Role = "supervisor"
	RoleResponder  Role = "responder"
	RoleAnalyst    Role = "analyst"
	RoleAuditor    Role = "auditor"
	RoleAdmin      Role = "admin"
	RoleMachine    Role = "machine"
	RolePublic     Role = "public"
)

// Roles are all roles.
var Roles = []Role{
	RoleCallTaker, RoleDispatcher, RoleSupervisor, RoleResponder, RoleAnalyst, RoleAuditor,
	RoleAdmin, RoleMachine, RolePublic,
}

// Valid reports whether r is one of Roles.
func (r Role) Valid() bool { return slices.Contains(Roles, r) }

// assignable reports whether a person or token can have the role.
func (r Role) assignable() bool { return r.Valid() && r != RolePublic }

// Sight is how much a board or a stream shows.
type Sight uint8

// The sights, from least to most.
const (
	SightPublic Sight = iota // a posture's service, area, reason and review time; nothing else
	SightMasked              // no caller's name or number, no exact place, no narrative
	SightFull                // everything that is not sealed away
)

func (s Sight) String() string {
	switch s {
	case SightFull:
		return "full"
	case SightMasked:
		return "masked"
	default:
		return "public"
	}
}

// SightOf is what a role sees. Those who answer calls and go to them see all, and
// so does the auditor, who must be able to check it; those who count or keep the
// machine running do so without knowing who called.
func SightOf(r Role) Sight {
	switch r {
	case RoleCallTaker, RoleDispatcher, RoleSupervisor, RoleResponder, RoleAuditor:
		return SightFull
	case RoleAnalyst, RoleAdmin, RoleMachine:
		return SightMasked
	default:
		return SightPublic
	}
}
