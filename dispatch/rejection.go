package dispatch

import "fmt"

// Code names one reason for which the rules say no. Every code has a scenario
// under scenarios/ in which it is given; a test holds that.
type Code string

// The reasons. Each states a fact, not an order.
const (
	ClockBehind        Code = "clock_behind"
	NobodyAsked        Code = "nobody_asked"
	FieldMissing       Code = "field_missing"
	TextTooLong        Code = "text_too_long"
	TextUnprintable    Code = "text_unprintable"
	LimitReached       Code = "limit_reached"
	ValueUnknown       Code = "value_unknown"
	PlaceInvalid       Code = "place_invalid"
	TimeInvalid        Code = "time_invalid"
	NameTaken          Code = "name_taken"
	ConfigInvalid      Code = "config_invalid"
	ConfigChanged      Code = "config_changed" // by somebody else, since it was read
	ConfigInUse        Code = "config_in_use"  // what it leaves out has open calls or units
	ContactUnknown     Code = "contact_unknown"
	ContactTaken       Code = "contact_taken"
	ContactFinal       Code = "contact_final"
	IncidentUnknown    Code = "incident_unknown"
	IncidentIsClosed   Code = "incident_closed"
	IncidentIsOpen     Code = "incident_open"
	UnitsWorking       Code = "units_working"
	LifeSafetyFloor    Code = "life_safety_floor"
	NotLifeSafety      Code = "not_life_safety"
	OutcomeWrong       Code = "outcome_wrong"
	UnitUnknown        Code = "unit_unknown"
	UnitBusy           Code = "unit_busy"
	UnitNotInService   Code = "unit_not_in_service"
	UnitNotAssigned    Code = "unit_not_assigned"
	UnitAssigned       Code = "unit_assigned"
	ReserveKept        Code = "reserve_kept"
	ZoneClosed         Code = "zone_closed"
	NoteUnknown        Code = "note_unknown"
	NoteIsStruck       Code = "note_struck"
	StationUnknown     Code = "station_unknown"
	StationIsLost      Code = "station_lost"
	StationIsOpen      Code = "station_open"
	DeskUnknown        Code = "desk_unknown"
	PostureUnknown     Code = "posture_unknown"
	PostureIsEnded     Code = "posture_ended"
	PostureContradicts Code = "posture_contradicts"
	PostureTooLong     Code = "posture_too_long"
	PostureNotHolding  Code = "posture_not_holding"
	PromiseUnknown     Code = "promise_unknown"
	PromiseIsSettled   Code = "promise_settled"
	NumberUnsafe       Code = "number_unsafe"
	ZoneUnknown        Code = "zone_unknown"
	ZoneIsEnded        Code = "zone_ended"
	ZoneHasChanged     Code = "zone_changed"
	ZoneContradicts    Code = "zone_contradicts"
	ZoneHasExceptions  Code = "zone_has_exceptions"
	GateDiffers        Code = "gate_differs"
	GateUnknown        Code = "gate_unknown"
	NoZoneThere        Code = "no_zone_there"
	ClearanceUnknown   Code = "clearance_unknown"
	ClearanceIsOver    Code = "clearance_over"
	AgreementUnknown   Code = "agreement_unknown"
	AgreementIsOver    Code = "agreement_over"
	LiaisonUnknown     Code = "liaison_unknown"
	ProtocolUnknown    Code = "protocol_unknown"
	MovementNotAllowed Code = "movement_not_allowed"
	UnitIsThere        Code = "unit_is_there"
	PlanMissing        Code = "plan_missing"
	PlanUnfinished     Code = "plan_unfinished"
	PlanUnknown        Code = "plan_unknown"
	PlanIsOver         Code = "plan_over"
	StepIsDone         Code = "step_done"
	StepIsDropped      Code = "step_dropped"
	StepIsLast         Code = "step_last"
	AccessUnknown      Code = "access_unknown"
	NothingToTell      Code = "nothing_to_tell"
	HazardUnknown      Code = "hazard_unknown"

	HazardUnacknowledged    Code = "hazard_unacknowledged"
	ClaimUnknown            Code = "claim_unknown"
	ClaimIsSealed           Code = "claim_sealed"
	ClaimOnHold             Code = "claim_on_hold"
	ClaimNotOnHold          Code = "claim_not_on_hold"
	BulletinUnknown         Code = "bulletin_unknown"
	BulletinIsWithdrawn     Code = "bulletin_withdrawn"
	BulletinIsReleased      Code = "bulletin_released"
	BulletinSingleSource    Code = "bulletin_single_source"
	BulletinContradicted    Code = "bulletin_contradicted"
	BulletinNamesOperations Code = "bulletin_names_operations"
	ContactIsConfidential   Code = "contact_confidential"
	ContactNotConfidential  Code = "contact_not_confidential"
	NotAReader              Code = "not_a_reader"
	ConsentMissing          Code = "consent_missing"
	AlarmUnknown            Code = "alarm_unknown"
	AlarmAcknowledged       Code = "alarm_acknowledged"
	ClockNotFrozen          Code = "clock_not_frozen"
	DeskRefuses             Code = "desk_refuses"
	BulkUnknown             Code = "clearing_unknown"
	IncidentLinked          Code = "incident_linked"
	LinkUnknown             Code = "link_unknown"
	MergeContradicts        Code = "merge_contradicts"
	NothingToSplit          Code = "nothing_to_split"
	MajorInForce            Code = "major_in_force"
	MajorUnknown            Code = "major_unknown"
	BoloUnknown             Code = "bolo_unknown"
	BoloIsOver              Code = "bolo_over"
	BoloNotForUnit          Code = "bolo_not_for_unit"
	RotationUnknown         Code = "rotation_unknown"
	ProviderUnknown         Code = "provider_unknown"
	ProviderIsSuspended     Code = "provider_suspended"
	ProviderNotInTurn       Code = "provider_not_in_turn"
	TowUnknown              Code = "tow_unknown"
	TowIsOver               Code = "tow_over"
	TowUnderWay             Code = "tow_under_way"
	CaseSeriesUnknown       Code = "case_series_unknown"
	CaseNumberExists        Code = "case_number_exists"
	CaseNumberUnknown       Code = "case_number_unknown"
	HandoverUnknown         Code = "handover_unknown"
	HandoverOpen            Code = "handover_open"
	NotYourDesk             Code = "not_your_desk"
	NotOfferedToYou         Code = "not_offered_to_you"
	SearchForPerson         Code = "search_for_person"
	SecondPerson            Code = "second_person"

	RunCardMissing   Code = "run_card_missing"
	AlarmLevelWrong  Code = "alarm_level_wrong"
	ServiceIsThere   Code = "service_there"
	ServiceNotThere  Code = "service_not_there"
	ExchangeLacks    Code = "exchange_lacks"
	PreemptNotLower  Code = "preempt_not_lower"
	PreemptUntriaged Code = "preempt_untriaged"
	UnitLent         Code = "unit_lent"
	AidUnknown       Code = "aid_unknown"
	AidStateWrong    Code = "aid_state_wrong"
)

// Rejection is the rules saying no: one code, one plain sentence, and the field
// at fault where there is one.
type Rejection struct {
	Code  Code
	Text  string
	Field string
}

// Error makes a Rejection usable where an error is wanted.
func (r *Rejection) Error() string { return string(r.Code) + ": " + r.Text }

func (r *Rejection) at(field string) *Rejection { r.Field = field; return r }

func reject(code Code, format string, args ...any) *Rejection {
	return &Rejection{Code: code, Text: fmt.Sprintf(format, args...)}
}
