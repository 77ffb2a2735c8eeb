package auth

import "slices"

// Action is something that can be allowed: "route:METHOD /pattern" as registered
// with the router, "command:Name" for a command of package dispatch, or
// "stream:full|masked|public" for what a board or stream shows.
type Action string

// Rule lets roles do one thing.
type Rule struct {
	Action Action
	Roles  []Role
}

// Who may do what, as groups that the table names.
var (
	anyone   = Roles
	signedIn = []Role{RoleCallTaker, RoleDispatcher, RoleSupervisor, RoleResponder, RoleAnalyst, RoleAuditor, RoleAdmin, RoleMachine}
	// people read the board's details; machines and administrators do not.
	people      = []Role{RoleCallTaker, RoleDispatcher, RoleSupervisor, RoleResponder, RoleAnalyst, RoleAuditor}
	room        = []Role{RoleCallTaker, RoleDispatcher, RoleSupervisor}
	roomField   = []Role{RoleCallTaker, RoleDispatcher, RoleSupervisor, RoleResponder}
	intake      = []Role{RoleCallTaker, RoleDispatcher, RoleSupervisor, RoleResponder, RoleMachine}
	telephony   = []Role{RoleCallTaker, RoleDispatcher, RoleSupervisor, RoleMachine}
	dispatchers = []Role{RoleDispatcher, RoleSupervisor}
	unitsField  = []Role{RoleDispatcher, RoleSupervisor, RoleResponder, RoleMachine}
	crews       = []Role{RoleDispatcher, RoleSupervisor, RoleResponder}
	supervisors = []Role{RoleSupervisor}
	fleet       = []Role{RoleSupervisor, RoleAdmin}
	admins      = []Role{RoleAdmin}
	records     = []Role{RoleDispatcher, RoleSupervisor, RoleAnalyst, RoleAuditor, RoleMachine}
	oversight   = []Role{RoleSupervisor, RoleAuditor, RoleAdmin}
)

// Table is the one permission table. A route that carries a command needs both
// rules: the route's, checked at the door, and the command's, checked where it is
// submitted, whatever door it came through. The engine's own ticks come from
// RoleMachine.
var Table = []Rule{
	// Signing in and out, and what the public may have.
	{"route:GET /{$}", anyone},
	{"route:GET /assets/", anyone},
	{"route:GET /enter", anyone},
	{"route:GET /healthz", anyone},
	{"route:GET /readyz", anyone},
	{"route:GET /metrics", []Role{RoleSupervisor, RoleAuditor, RoleAdmin, RoleMachine}},
	{"route:GET /api/v1/session", anyone},
	{"route:POST /api/v1/session", anyone},
	{"route:DELETE /api/v1/session", anyone},
	{"route:POST /api/v1/session/enter", anyone}, // demo and loopback only: the handler checks both
	{"route:POST /api/v1/session/password", signedIn},
	{"route:POST /api/v1/session/role", signedIn},
	{"route:GET /api/v1/public/postures", anyone},
	{"route:GET /api/v1/public/bulletins", anyone},
	{"stream:public", anyone},

	// Looking.
	{"stream:masked", []Role{RoleAnalyst, RoleAdmin, RoleMachine}},
	{"stream:full", []Role{RoleCallTaker, RoleDispatcher, RoleSupervisor, RoleResponder, RoleAuditor}},
	{"route:GET /api/v1/board", signedIn},
	{"route:GET /api/v1/stream", signedIn},
	{"route:GET /api/v1/events", records},
	{"route:GET /api/v1/contacts", people},
	{"route:GET /api/v1/contacts/{id}", people},
	{"route:GET /api/v1/contacts/{id}/why", people},
	{"route:GET /api/v1/incidents", people},
	{"route:GET /api/v1/incidents/{id}", people},
	{"route:GET /api/v1/incidents/{id}/recommendation", dispatchers},
	{"route:GET /api/v1/sweep", dispatchers},
	{"route:POST /api/v1/command/read", room},
	{"route:POST /api/v1/command", room},
	{"route:POST /api/v1/incidents/{id}/alarm-level", dispatchers},
	{"route:POST /api/v1/incidents/{id}/alarm-level/lower", dispatchers},
	{"route:POST /api/v1/incidents/{id}/services", dispatchers},
	{"route:POST /api/v1/incidents/{id}/services/{service}/lead", dispatchers},
	{"route:POST /api/v1/incidents/{id}/services/{service}/close", dispatchers},
	{"route:POST /api/v1/units/{id}/exchange", dispatchers},
	{"route:POST /api/v1/units/{id}/preempt", dispatchers},
	{"route:GET /api/v1/run-cards", people},
	{"route:GET /api/v1/aids", people},
	{"route:POST /api/v1/aids", dispatchers},
	{"route:POST /api/v1/aids/offers", dispatchers},
	{"route:POST /api/v1/aids/{id}/{step}", dispatchers}, // the command says who may accept, send and extend
	{"route:GET /api/v1/notifier", []Role{RoleDispatcher, RoleSupervisor, RoleAuditor, RoleAdmin}},
	{"route:POST /api/v1/notifier/dead/{id}/again", dispatchers},
	{"route:DELETE /api/v1/notifier/dead/{id}", supervisors},
	{"route:GET /api/v1/places", people},
	{"route:GET /api/v1/places/nearest", people},
	{"route:POST /api/v1/access", intake},
	{"route:GET /api/v1/zones", people},
	{"route:GET /api/v1/stations", people},
	{"route:GET /api/v1/cover", dispatchers},
	{"route:POST /api/v1/stations/{id}/lose", supervisors},
	{"route:POST /api/v1/stations/{id}/reopen", supervisors},
	{"route:POST /api/v1/units/{id}/rehome", supervisors},
	{"route:POST /api/v1/units/{id}/move-up", dispatchers},
	{"route:GET /api/v1/plans", people},
	{"route:POST /api/v1/plans", supervisors},
	{"route:GET /api/v1/plans/templates", people},
	{"route:POST /api/v1/plans/{id}/steps/{step}/done", room},
	{"route:POST /api/v1/plans/{id}/steps", supervisors},
	{"route:DELETE /api/v1/plans/{id}/steps/{step}", supervisors},
	{"command:AddPlanStep", supervisors},
	{"command:DropPlanStep", supervisors},
	{"route:POST /api/v1/plans/{id}/review", supervisors},
	{"route:DELETE /api/v1/plans/{id}", supervisors},
	{"command:RehomeUnit", supervisors},
	{"command:MoveUp", dispatchers},
	{"command:MakePlan", supervisors},
	{"command:DoStep", room},
	{"command:ReviewPlan", supervisors},
	{"command:AbandonPlan", supervisors},
	{"route:POST /api/v1/zones", supervisors},
	{"route:POST /api/v1/zones/{id}/amend", supervisors},
	{"route:DELETE /api/v1/zones/{id}", supervisors},
	{"route:GET /api/v1/incidents/{id}/entry", people},
	{"route:POST /api/v1/incidents/{id}/entry", crews},
	{"route:POST /api/v1/clearances/ask", crews},
	{"route:POST /api/v1/clearances", crews},
	{"route:DELETE /api/v1/clearances/{id}", crews},
	{"route:POST /api/v1/agreements", supervisors},
	{"route:DELETE /api/v1/agreements/{id}", supervisors},
	{"route:POST /api/v1/liaisons", dispatchers},
	{"route:POST /api/v1/liaisons/{id}/renew", dispatchers},
	{"route:POST /api/v1/liaisons/{id}/attempts", crews},
	{"route:DELETE /api/v1/liaisons/{id}", dispatchers},
	{"route:POST /api/v1/contacts/{id}/advise", room},
	{"command:PlanEntry", crews},
	{"command:AskClearance", crews},
	{"command:GiveClearance", crews},
	{"command:WithdrawClearance", crews},
	{"command:RecordAgreement", supervisors},
	{"command:EndAgreement", supervisors},
	{"command:TryLiaison", crews},
	{"command:EndLiaison", dispatchers},
	{"command:AdviseCaller", room},
	{"command:AmendZone", supervisors},
	{"route:GET /api/v1/access", people},
	{"route:POST /api/v1/access/{id}/confirm", intake},
	{"route:POST /api/v1/access/{id}/notify", room},
	{"route:GET /api/v1/hazards", people},
	{"route:POST /api/v1/hazards", room},
	{"route:POST /api/v1/hazards/{id}/review", supervisors},
	{"route:DELETE /api/v1/hazards/{id}", supervisors},
	{"route:POST /api/v1/incidents/{id}/hazards/ack", roomField},
	{"route:DELETE /api/v1/access/{id}", unitsField},
	{"route:GET /api/v1/route", people},
	{"route:GET /api/v1/reach", people},
	{"route:GET /api/v1/incidents/{id}/route", people},
	{"route:POST /api/v1/sweep/lines", dispatchers},
	{"route:GET /api/v1/units", signedIn},
	{"route:GET /api/v1/forecast", room},
	{"route:GET /api/v1/figures", []Role{RoleDispatcher, RoleSupervisor, RoleAnalyst, RoleAuditor}},
	{"route:GET /api/v1/postures", signedIn},
	{"route:GET /api/v1/postures/presets", room},
	{"route:GET /api/v1/call-backs", people},
	{"route:GET /tiles/{z}/{x}/{y}", signedIn},

	// Contacts.
	{"route:POST /api/v1/contacts", intake},
	{"route:POST /api/v1/contacts/{id}/hold", room},
	{"route:POST /api/v1/contacts/{id}/resume", room},
	{"route:POST /api/v1/contacts/{id}/stage", dispatchers},
	{"route:POST /api/v1/contacts/{id}/decline", dispatchers},
	{"route:POST /api/v1/contacts/{id}/divert", room},
	{"route:POST /api/v1/contacts/{id}/abandon", telephony},
	{"route:POST /api/v1/contacts/{id}/promise", room},
	{"route:POST /api/v1/contacts/{id}/transfer", room},
	{"route:POST /api/v1/contacts/{id}/appoint", room},
	{"route:POST /api/v1/contacts/{id}/join", room},
	{"route:POST /api/v1/contacts/{id}/triage", room},
	{"route:POST /api/v1/contacts/{id}/locate", room},
	{"route:POST /api/v1/contacts/{id}/unanswered", telephony},
	{"route:POST /api/v1/contacts/{id}/ring", room},
	{"route:POST /api/v1/contacts/{id}/give-back", room},
	{"command:RingBack", room},
	{"command:RefuseDiverted", room},
	{"command:ReceiveContact", intake},
	{"command:JoinContact", room},
	{"command:TriageContact", room},
	{"command:LocateContact", room},
	{"command:HoldContact", room},
	{"command:ResumeContact", room},
	{"command:StageContact", dispatchers},
	{"command:StageAgain", supervisors},
	{"command:DivertContact", room},
	{"command:AppointContact", room},
	{"command:DeclineContact", dispatchers},
	{"command:TransferContact", room},
	{"command:AbandonContact", telephony},
	{"command:MarkUnanswered", telephony},

	// Promises.
	{"route:POST /api/v1/promises/{id}/keep", room},
	{"route:POST /api/v1/promises/{id}/update", room},
	{"command:MakePromise", room},
	{"command:KeepPromise", room},
	{"command:UpdatePromise", room},

	// Incidents and assignments.
	{"route:POST /api/v1/incidents/{id}/assignments", dispatchers},
	{"route:DELETE /api/v1/incidents/{id}/assignments/{unit}", dispatchers},
	{"route:POST /api/v1/incidents/{id}/notes", intake},
	{"route:POST /api/v1/incidents/{id}/notes/{note}/strike", supervisors},
	{"route:POST /api/v1/incidents/{id}/close", dispatchers},
	{"route:POST /api/v1/incidents/{id}/reprioritise", dispatchers},
	{"route:POST /api/v1/incidents/{id}/reopen", dispatchers},
	{"command:DispatchUnit", dispatchers},
	{"command:StackUnit", dispatchers},
	{"command:UnassignUnit", dispatchers},
	{"command:Reprioritise", dispatchers},
	{"command:RaiseAlarm", dispatchers},
	{"command:LowerAlarm", dispatchers},
	{"command:AddService", dispatchers},
	{"command:LeadService", dispatchers},
	{"command:CloseService", dispatchers},
	{"command:ExchangeUnits", dispatchers},
	{"command:PreemptUnit", dispatchers},
	{"command:AskAid", dispatchers},
	{"command:OfferAid", dispatchers},
	{"command:AcceptAid", supervisors},
	{"command:RefuseAid", dispatchers},
	{"command:WithdrawAid", dispatchers},
	{"command:SendAid", supervisors},
	{"command:ArriveAid", dispatchers},
	{"command:ExtendAid", supervisors},
	{"command:ReturnAid", dispatchers},
	{"command:ReportTarget", []Role{RoleMachine}}, // the room's own notifier
	{"command:AddNote", intake},
	{"command:StrikeNote", supervisors},
	{"command:CloseIncident", dispatchers},
	{"command:ReopenIncident", dispatchers},

	// Linked, merged, split and major incidents; case numbers.
	{"route:POST /api/v1/incidents/{id}/links", room},
	{"route:DELETE /api/v1/incidents/{id}/links/{other}", room},
	{"route:POST /api/v1/incidents/{id}/merge", dispatchers},
	{"route:POST /api/v1/incidents/{id}/split", dispatchers},
	{"route:POST /api/v1/incidents/{id}/major", supervisors},
	{"route:POST /api/v1/incidents/{id}/major/review", supervisors},
	{"route:POST /api/v1/incidents/{id}/major/end", supervisors},
	{"route:POST /api/v1/incidents/{id}/parent", dispatchers},
	{"route:DELETE /api/v1/incidents/{id}/parent", dispatchers},
	{"route:POST /api/v1/incidents/{id}/objectives", crews},
	{"route:POST /api/v1/incidents/{id}/objectives/{objective}/met", crews},
	{"route:POST /api/v1/incidents/{id}/case-numbers", roomField},
	{"route:POST /api/v1/incidents/{id}/case-numbers/{number}/void", supervisors},
	{"command:LinkIncidents", room},
	{"command:UnlinkIncidents", room},
	{"command:MergeIncidents", dispatchers},
	{"command:SplitIncident", dispatchers},
	{"command:DeclareMajor", supervisors},
	{"command:ReviewMajor", supervisors},
	{"command:EndMajor", supervisors},
	{"command:AddToMajor", dispatchers},
	{"command:TakeFromMajor", dispatchers},
	{"command:AddObjective", crews},
	{"command:MeetObjective", crews},
	{"command:GiveCaseNumber", roomField},
	{"command:VoidCaseNumber", supervisors},

	// BOLOs, providers who take turns, desks that pass, past incidents by words.
	{"route:GET /api/v1/bolos", people},
	{"route:POST /api/v1/bolos", dispatchers},
	{"route:POST /api/v1/bolos/{id}/review", dispatchers},
	{"route:POST /api/v1/bolos/{id}/ack", crews},
	{"route:POST /api/v1/bolos/{id}/cancel", dispatchers},
	{"route:GET /api/v1/rotations", people},
	{"route:POST /api/v1/incidents/{id}/tows", room},
	{"route:POST /api/v1/tows/{id}/answer", room},
	{"route:POST /api/v1/tows/{id}/arrived", roomField},
	{"route:POST /api/v1/tows/{id}/cancel", room},
	{"route:POST /api/v1/providers/{id}/suspend", supervisors},
	{"route:POST /api/v1/providers/{id}/reinstate", supervisors},
	{"route:GET /api/v1/handover", room},
	{"route:GET /handover", room},
	{"route:POST /api/v1/handovers", room},
	{"route:POST /api/v1/handovers/{id}/accept", room},
	{"route:POST /api/v1/handovers/{id}/decline", room},
	{"route:POST /api/v1/handovers/{id}/withdraw", room},
	{"route:GET /api/v1/search", []Role{RoleCallTaker, RoleDispatcher, RoleSupervisor, RoleResponder, RoleAuditor}},
	{"route:POST /api/v1/search/words", []Role{RoleDispatcher, RoleSupervisor, RoleAuditor}},
	{"route:GET /api/v1/incidents/{id}/before", []Role{RoleCallTaker, RoleDispatcher, RoleSupervisor, RoleResponder, RoleAuditor}},
	{"command:IssueBolo", dispatchers},
	{"command:ReviewBolo", dispatchers},
	{"command:AcknowledgeBolo", crews},
	{"command:CancelBolo", dispatchers},
	{"command:CallProvider", room},
	{"command:AnswerTow", room},
	{"command:ArriveTow", roomField},
	{"command:CancelTow", room},
	{"command:SuspendProvider", supervisors},
	{"command:ReinstateProvider", supervisors},
	{"command:OfferHandover", room},
	{"command:OfferHandoverFor", supervisors},
	{"command:AcceptHandover", room},
	{"command:DeclineHandover", room},
	{"command:WithdrawHandover", room},
	{"command:RecordSearch", []Role{RoleDispatcher, RoleSupervisor, RoleAuditor}},

	// Units, crews, stations.
	{"route:POST /api/v1/units/{id}/status", unitsField},
	{"route:POST /api/v1/units/{id}/position", unitsField},
	{"command:SetUnitStatus", unitsField},
	{"command:SignOnCrew", crews},
	{"command:AddUnit", fleet},
	{"command:RetireUnit", fleet},
	{"command:AddStation", fleet},
	{"command:LoseStation", supervisors},
	{"command:ReopenStation", supervisors},

	// Postures and zones: a supervisor's, by name.
	{"route:POST /api/v1/postures", supervisors},
	{"route:POST /api/v1/postures/{id}/amend", supervisors},
	{"route:POST /api/v1/presets/{id}", supervisors},
	{"route:POST /api/v1/postures/{id}/renew", supervisors},
	{"route:POST /api/v1/postures/{id}/end", supervisors},
	{"command:DeclarePosture", supervisors},
	{"command:DeclarePreset", supervisors},
	{"command:AmendPosture", supervisors},
	{"command:RenewPosture", supervisors},
	{"command:EndPosture", supervisors},
	{"command:DeclareZone", supervisors},
	{"command:EndZone", supervisors},

	// Desks that calls are given to, and calls cleared together.
	{"route:GET /api/v1/desks", people},
	{"route:POST /api/v1/desks/{id}/shut", supervisors},
	{"route:POST /api/v1/desks/{id}/open", supervisors},
	{"command:ShutDesk", []Role{RoleSupervisor, RoleMachine}}, // the clock keeps opening times
	{"command:OpenDesk", []Role{RoleSupervisor, RoleMachine}},
	{"route:GET /api/v1/clearings", people},
	{"route:POST /api/v1/clearings", dispatchers},
	{"route:POST /api/v1/clearings/{id}/confirm", dispatchers},
	{"route:POST /api/v1/clearings/{id}/reject", dispatchers},
	{"command:ClearTogether", dispatchers},
	{"command:ConfirmClearing", dispatchers},
	{"command:RejectClearing", dispatchers},

	// What is known and who said so.
	{"command:RecordAccess", intake},
	{"command:WithdrawAccess", unitsField},
	{"command:ConfirmAccess", intake},
	{"command:NotifyAccess", room},
	{"command:ReportAccessMissed", []Role{RoleMachine}}, // the room's own streets
	{"command:RecordHazard", room},
	{"command:ReviewHazard", supervisors},
	{"command:WithdrawHazard", supervisors},
	{"command:AcknowledgeHazards", roomField},
	{"command:RecordClaim", roomField},
	{"command:GradeClaim", room},
	{"route:GET /api/v1/claims", people},
	{"route:POST /api/v1/claims", roomField},
	{"route:POST /api/v1/claims/{id}/grade", room},
	{"route:POST /api/v1/claims/{id}/hold", supervisors},
	{"route:POST /api/v1/claims/{id}/release", supervisors},
	{"route:GET /api/v1/bulletins", people},
	{"route:POST /api/v1/bulletins", room},
	{"route:POST /api/v1/bulletins/{id}/release", supervisors},
	{"route:POST /api/v1/bulletins/{id}/withdraw", room},
	{"command:HoldClaim", supervisors},
	{"command:ReleaseClaim", supervisors},
	{"command:IssueBulletin", room},
	{"command:ReleaseBulletin", supervisors},
	{"command:WithdrawBulletin", room},

	// Confidential reports: the rules hold a look against the readers by name.
	{"route:POST /api/v1/contacts/{id}/confidential", room},
	{"route:POST /api/v1/contacts/{id}/readers", roomField},
	{"route:POST /api/v1/contacts/{id}/look", roomField},
	{"command:MarkConfidential", room},
	{"command:ReadConfidential", roomField},
	{"command:ChangeReaders", roomField},
	{"command:AppointReaders", supervisors},
	{"command:RecordLiaison", dispatchers},

	// Alarms, clock, configuration.
	{"route:POST /api/v1/alarms/{id}/ack", room},
	{"command:AckAlarm", room},
	{"command:ConfirmClock", fleet},
	{"route:GET /api/v1/configuration", []Role{RoleSupervisor, RoleAnalyst, RoleAuditor, RoleAdmin}},
	{"route:POST /api/v1/configuration", admins},
	{"route:POST /api/v1/configuration/dry-run", fleet},
	{"command:Configure", admins},
	{"command:Tick", []Role{RoleMachine}},
	{"command:NoticeClockJump", []Role{RoleMachine}},

	// Accounts and the machine itself.
	{"route:GET /api/v1/people", oversight},
	{"route:POST /api/v1/people", admins},
	{"route:POST /api/v1/people/{name}/roles", admins},
	{"route:POST /api/v1/people/{name}/password", admins},
	{"route:POST /api/v1/people/{name}/disable", admins},
	{"route:GET /api/v1/tokens", oversight},
	{"route:POST /api/v1/tokens", admins},
	{"route:DELETE /api/v1/tokens/{id}", admins},
}

// rules is Table by action, made once.
var rules = func() map[Action][]Role {
	m := make(map[Action][]Role, len(Table))
	for _, r := range Table {
		m[r.Action] = r.Roles
	}
	return m
}()

// Allowed reports whether the table lets the role do it. What the table does not
// name is denied.
func Allowed(r Role, a Action) bool { return slices.Contains(rules[a], r) }

// Missing is which of the actions the table does not name, in their order: for the
// test that holds the table against the routes and commands there are.
func Missing(actions []Action) []Action {
	var missing []Action
	for _, a := range actions {
		if _, named := rules[a]; !named {
			missing = append(missing, a)
		}
	}
	return missing
}
