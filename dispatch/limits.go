package dispatch

import "github.com/everycall/everycall/geo"

// Every queue and every text has a limit with a name; at the limit it works,
// one past it is refused with LimitReached or TextTooLong and nothing changes.
const (
	MaxOpenContacts   = 20_000 // contacts in the live state
	MaxUnits          = 5_000
	MaxStations       = 1_000
	MaxDesks          = 200
	MaxPostures       = 100 // in force at once
	MaxPostureRules   = 60
	MaxZones          = 500 // in force at once
	MaxZonePoints     = 2_000
	MaxZoneParts      = 50
	MaxZoneChanges    = 200
	MaxGates          = 50  // of one zone
	MaxClearances     = 500 // not over yet
	MaxAgreements     = 200 // not over yet
	MaxPlans          = 200 // not carried out yet
	MaxPlanSteps      = 50
	MaxPlanTemplates  = 50
	MaxAttempts       = 50 // to reach a liaison, that are kept
	MaxProtocols      = 200
	MaxAdvice         = 50  // to one caller
	MaxDrawnPoints    = 500 // of a posture's area
	MaxAccessFacts    = 20_000
	MaxAccessPoints   = 500 // of one fact
	MaxSightings      = 20  // of one fact, earlier ones; older ones are in the journal
	MaxHazards        = 5_000
	MaxHazardAcks     = 400    // of one hazard at one incident; older ones are in the journal
	MaxClaims         = 5_000  // not sealed yet
	MaxClaimLinks     = 50     // claims that one names, or is named by
	MaxGrades         = 100    // of one claim
	MaxBecame         = 50     // things that rest on one claim
	MaxBulletins      = 200    // in force
	MaxBulletinClaims = 20     // cited by one bulletin
	MaxQuestions      = 50     // of one bulletin
	MaxConfidential   = 10_000 // confidential contacts, archived ones included: they stay hidden
	MaxReaders        = 20     // of one confidential contact
	MaxLooks          = 100    // kept in the state; the journal has all
	MaxLiaisons       = 1_000
	MaxNotes          = 5_000 // on one incident
	MaxAssignments    = 200   // on one incident, ended ones included
	MaxStacked        = 10    // behind one unit's active assignment
	MaxContactsJoint  = 2_000 // on one incident
	MaxPriorities     = 200   // of one incident
	MaxMilestones     = 200   // on one assignment
	MaxPromises       = 50    // of one contact
	MaxCallBacks      = 100   // of one contact
	MaxPresets        = 100
	MaxNamedAreas     = 100
	MaxTriggers       = 100
	MaxBulk           = 500   // contacts cleared together
	MaxBulks          = 200   // proposed or not reviewed yet
	MaxDuePerTick     = 2_000 // due things that one Tick handles; the next one goes on
	MaxTextBytes      = 8_000 // a narrative, a note
	MaxBulletinBytes  = 1_000
	MaxLineBytes      = 400 // a reason, a name, a place

	MaxRunCards     = 500
	MaxCardLevels   = 10 // of one run card
	MaxCardNeeds    = 30 // of one level, or of one service's share
	MaxZoneOffsets  = 200
	MaxLevelChanges = 50  // of one incident
	MaxShares       = 8   // services of one incident
	MaxAids         = 200 // mutual aid that is not over
	MaxAidUnits     = 20  // of one mutual aid
	MaxAidSteps     = 50  // of one mutual aid
	MaxTargets      = 50  // of the notifier that fail

	MaxHazardsTogether = 50 // that overlap: no place lies in more

	MaxLinks       = 50  // of one incident
	MaxCases       = 20  // case numbers of one incident, voided ones included
	MaxCaseSeries  = 50  // agencies with case numbers
	MaxMajors      = 50  // in force
	MaxChildren    = 200 // of one major incident
	MaxObjectives  = 100 // of one major incident
	MaxBolos       = 200 // in force
	MaxRotations   = 200
	MaxProviders   = 100   // on one list
	MaxTows        = 1_000 // under way
	MaxTowsEach    = 100   // called for one incident
	MaxTurns       = 200   // of one list, that are kept
	MaxSearchWords = 10

	MaxBeatBytes      = 40
	MaxContactIDBytes = 200 // a journal keeps a key under it
)

// Times that the rules use unless the configuration has its own.
const (
	ReviewByMax          = 12 * Hour   // a posture is reviewed at the latest then
	PostureUntilMax      = 24 * Hour   // a posture ends at the latest then
	StagedReview         = 5 * Minute  // a staged life-safety contact is re-decided
	EscalateAfter        = 5 * Minute  // from the owner to the supervisor, and again
	ArrivalGrace         = 5 * Minute  // past the expected arrival before somebody is alarmed
	OnSceneReview        = 60 * Minute // a unit on scene that long is asked after
	RecoverySpacing      = 2 * Minute  // between held calls when a posture ends
	ArchiveAfter         = 24 * Hour   // a closed incident leaves the live state
	RepeatWindow         = 24 * Hour   // a call from the same number belongs to the earlier one
	ClaimSealAfter       = 30 * Day    // a claim is sealed unless on legal hold
	ClaimArchiveAfter    = 24 * Hour   // a sealed claim that no bulletin cites leaves the state
	BulletinArchiveAfter = 24 * Hour   // so does a bulletin that was withdrawn
	PublicDelay          = 24 * Hour   // before the public may read what is not released
	AccessHalfLifeMax    = 30 * Day    // a fact about a street is unknown by then
	OccurredAtPastMax    = 7 * Day     // a status entered later
	OccurredAtAhead      = 1 * Minute  // clocks of devices differ
	PromiseMax           = 7 * 24 * Hour
	CallBackAgain        = 10 * Minute // after nobody picked up
	BulkProposalTerm     = 1 * Hour    // a proposal that nobody confirms alarms then
	BulkReviewTerm       = 24 * Hour   // what one person cleared alone is reviewed by then
	TriggerForMax        = 1 * Hour
	ClearanceWait        = 10 * Minute // for an answer
	ClearanceMax         = 12 * Hour
	AgreementMax         = 7 * Day
	PlanMax              = 90 * Day // a step is due by then
	PlanReviewMax        = 7 * Day
	PlanRemindEvery      = 1 * Hour    // until it is done
	HazardReviewMax      = 365 * Day   // a hazard is reviewed by then
	AidAnswerTerm        = 10 * Minute // for another agency to answer, and for us
	AidSendTerm          = 15 * Minute // from acceptance until it is on its way
	AidRemindEvery       = 10 * Minute
	AidMax               = 30 * Day  // a loan ends by then
	AidArchiveAfter      = 24 * Hour // what is over leaves the state
	MajorReviewMax       = 12 * Hour // a major incident is reviewed by then
	BoloMax              = 72 * Hour // a BOLO expires by then
	BoloArchiveAfter     = 24 * Hour // it leaves the state that long after its end
	TowAnswerTerm        = 10 * Minute
	TowETAMax            = 12 * Hour
	SuspensionMax        = 365 * Day
	HandoverTerm         = 1 * Hour // to answer an offer
	SearchSpanMax        = 31 * Day // that words are searched in
)

// Reaches of a hazard on the ground, in millimetres.
const (
	HazardRadius    geo.Millimetres = 50_000 // unless it says otherwise
	HazardRadiusMin geo.Millimetres = 10_000
	HazardRadiusMax geo.Millimetres = 2_000_000
)

// MaxOutlineSpan is how wide and how high an outline is at most, in 1e-7°: 5°. One that
// goes over the date line would go round the planet the other way.
const MaxOutlineSpan = 50_000_000

// RepeatAlertAt is the call from one number that alerts the supervisor.
const RepeatAlertAt = 3
