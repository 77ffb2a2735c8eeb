package dispatch

import "strconv"

// Instant is a point in time: milliseconds since 1970-01-01 UTC. Zero is "no
// time known".
type Instant int64

// Millis is a length of time in milliseconds.
type Millis int64

// Lengths of time.
const (
	Second Millis = 1000
	Minute        = 60 * Second
	Hour          = 60 * Minute
	Day           = 24 * Hour
)

// Add returns the instant d later.
func (t Instant) Add(d Millis) Instant { return t + Instant(d) }

// Since returns how much later t is than u.
func (t Instant) Since(u Instant) Millis { return Millis(t - u) }

// The names of things. A ContactID is made where the contact is taken and never
// changes; the others are made by the rules from counters in the state, so that
// a replay makes the same ones.
type (
	ContactID  string
	IncidentID string
	UnitID     string // the call sign: unique in the jurisdiction
	StationID  string
	DeskID     string
	PostureID  string
	PromiseID  string
	NoteID     string
	AlarmID    string
	ZoneID     string
	AccessID   string
	ClaimID    string
	LiaisonID  string
	HazardID   string
	AidID      string
	BulkID     string
	BulletinID string
	BoloID     string
	Service    string // "police", "fire", "ems", "community", …
)

// numbered makes a name from a counter, in one allocation.
func numbered(prefix string, n uint64) string {
	var buffer [24]byte
	return string(strconv.AppendUint(append(buffer[:0], prefix...), n, 10))
}

// OutcomeKind is what has become of a contact so far: always exactly one.
type OutcomeKind string

// The outcomes. Final are declined, transferred, abandoned and resolved, and
// diverted once its desk has closed it (then it is resolved).
const (
	OutcomeWaiting     OutcomeKind = "waiting"
	OutcomeDispatched  OutcomeKind = "dispatched"
	OutcomeHeld        OutcomeKind = "held"
	OutcomeDiverted    OutcomeKind = "diverted"
	OutcomeAppointed   OutcomeKind = "appointed"
	OutcomeStaged      OutcomeKind = "staged"
	OutcomeDeclined    OutcomeKind = "declined"
	OutcomeTransferred OutcomeKind = "transferred"
	OutcomeDuplicate   OutcomeKind = "duplicate"
	OutcomeAbandoned   OutcomeKind = "abandoned"
	OutcomeUnanswered  OutcomeKind = "unanswered"
	OutcomeResolved    OutcomeKind = "resolved"
)

// Final reports whether nobody has anything left to do.
func (k OutcomeKind) Final() bool {
	switch k {
	case OutcomeDeclined, OutcomeTransferred, OutcomeAbandoned, OutcomeResolved:
		return true
	}
	return false
}

// putOff reports whether the answer was put off: what no life-safety call may be.
func (k OutcomeKind) putOff() bool {
	return k == OutcomeHeld || k == OutcomeDiverted || k == OutcomeAppointed
}

// Status is what a unit is doing. Any status may follow any other.
type Status string

// The statuses, with the two-letter codes that the console shows.
const (
	StatusAvailable    Status = "available"      // AV
	StatusDispatched   Status = "dispatched"     // DP
	StatusEnRoute      Status = "enroute"        // ER
	StatusStaged       Status = "staged"         // ST
	StatusOnScene      Status = "on_scene"       // OS
	StatusTransporting Status = "transporting"   // TR
	StatusAtHospital   Status = "at_hospital"    // AH
	StatusOutOfService Status = "out_of_service" // OO
	StatusOffDuty      Status = "off_duty"       // OD
)

// Statuses lists every status in the order of a call.
var Statuses = []Status{StatusAvailable, StatusDispatched, StatusEnRoute, StatusStaged, StatusOnScene,
	StatusTransporting, StatusAtHospital, StatusOutOfService, StatusOffDuty}

// Valid reports whether s is one of Statuses.
func (s Status) Valid() bool {
	for _, known := range Statuses {
		if s == known {
			return true
		}
	}
	return false
}

// Committed reports whether a unit with this status is working on something.
func (s Status) Committed() bool {
	switch s {
	case StatusDispatched, StatusEnRoute, StatusStaged, StatusOnScene, StatusTransporting, StatusAtHospital:
		return true
	}
	return false
}

// Source says how a time or a status is known (Chicago 2021–23: a time without
// its source cannot be audited).
type Source string

// The sources of a milestone time.
const (
	SourceRadio    Source = "radio"
	SourceDevice   Source = "device"   // the unit's own device
	SourceInferred Source = "inferred" // from its position
	SourceEntered  Source = "entered"  // written down later
	SourceSystem   Source = "system"   // an act recorded here as it was done
	SourceUnknown  Source = "unknown"
)

// Valid reports whether s is a known source.
func (s Source) Valid() bool {
	switch s {
	case SourceRadio, SourceDevice, SourceInferred, SourceEntered, SourceSystem, SourceUnknown:
		return true
	}
	return false
}

// Action is what a posture does with a call.
type Action string

// What a posture's rule may do.
const (
	ActionAnswer  Action = "answer"
	ActionHold    Action = "hold"
	ActionDivert  Action = "divert"
	ActionAppoint Action = "appoint"
	ActionDecline Action = "decline"
)

// SafeToCall answers "is this number safe?": somebody else may hold the phone.
type SafeToCall string

// Unknown safety means that no message goes out by itself.
const (
	SafeUnknown SafeToCall = "unknown"
	SafeYes     SafeToCall = "safe"
	SafeNo      SafeToCall = "unsafe"
)
