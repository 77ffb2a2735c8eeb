// Package schema writes events down and reads them again, for ever: an event
// that was once released to a journal can be read by every later version.
//
// One event becomes one Record: a header, the clear part (CBOR, RFC 8949, core
// deterministic encoding, fields by name) and the private part, which whoever
// holds the keys seals. Each kind of event has a number that is never given to
// another, and a version; a change that old readers or writers would mistake
// takes a new version and an upcaster. The goldens under testdata hold one
// record of every kind and version and must never change.
package schema

import (
	"bytes"
	"fmt"

	"github.com/fxamacker/cbor/v2"

	"github.com/everycall/everycall/dispatch"
)

// Format is the version of the record's own layout.
const Format = 1

// Record is one event as it lies in the journal. An event about nobody has no
// Subject; where the private part is empty so is Sealed; both it and Commit are
// empty for what was said about somebody already erased.
type Record struct {
	_       struct{} `cbor:",toarray"`
	Format  uint8
	Kind    uint16
	Version uint8
	At      int64  // milliseconds since 1970 UTC
	By      string // who is answerable
	Command string // the command id that it came from
	Nth     uint16 // its place among the events of the command
	Of      uint16 // how many events the command made; 0 after the first
	Hash    []byte // of the command's body, on the first event of a command
	Subject string // whose key sealed the private part
	Clear   cbor.RawMessage
	Sealed  []byte
	Commit  []byte // salted commitment to the clear and the private part
}

// kind is one kind of event: its number for ever, its name and its version now.
type kind struct {
	code    uint16
	version uint8
	make    func() dispatch.Event
}

// kinds gives every event its number. A number is never used again; a new event
// takes the next one.
var kinds = []kind{
	{1, 1, func() dispatch.Event { return &dispatch.Configured{} }},
	{2, 1, func() dispatch.Event { return &dispatch.ContactReceived{} }},
	{3, 1, func() dispatch.Event { return &dispatch.ContactTriaged{} }},
	{4, 1, func() dispatch.Event { return &dispatch.ContactLocated{} }},
	{5, 1, func() dispatch.Event { return &dispatch.ContactJoined{} }},
	{6, 1, func() dispatch.Event { return &dispatch.OutcomeChanged{} }},
	{7, 1, func() dispatch.Event { return &dispatch.IncidentOpened{} }},
	{8, 1, func() dispatch.Event { return &dispatch.IncidentRetyped{} }},
	{9, 1, func() dispatch.Event { return &dispatch.IncidentMoved{} }},
	{10, 1, func() dispatch.Event { return &dispatch.IncidentReprioritised{} }},
	{11, 1, func() dispatch.Event { return &dispatch.IncidentClosed{} }},
	{12, 1, func() dispatch.Event { return &dispatch.IncidentReopened{} }},
	{13, 1, func() dispatch.Event { return &dispatch.IncidentArchived{} }},
	{14, 1, func() dispatch.Event { return &dispatch.UnitDispatched{} }},
	{15, 1, func() dispatch.Event { return &dispatch.UnitStacked{} }},
	{16, 1, func() dispatch.Event { return &dispatch.UnitUnassigned{} }},
	{17, 1, func() dispatch.Event { return &dispatch.UnitAdded{} }},
	{18, 1, func() dispatch.Event { return &dispatch.UnitRetired{} }},
	{19, 1, func() dispatch.Event { return &dispatch.CrewSignedOn{} }},
	{20, 1, func() dispatch.Event { return &dispatch.UnitStatusChanged{} }},
	{21, 1, func() dispatch.Event { return &dispatch.NoteAdded{} }},
	{22, 1, func() dispatch.Event { return &dispatch.NoteWasStruck{} }},
	{23, 1, func() dispatch.Event { return &dispatch.PromiseMade{} }},
	{24, 1, func() dispatch.Event { return &dispatch.PromiseSettled{} }},
	{25, 1, func() dispatch.Event { return &dispatch.PostureDeclared{} }},
	{26, 1, func() dispatch.Event { return &dispatch.PostureRenewed{} }},
	{27, 1, func() dispatch.Event { return &dispatch.PostureUnreviewed{} }},
	{28, 1, func() dispatch.Event { return &dispatch.PostureEnded{} }},
	{29, 1, func() dispatch.Event { return &dispatch.StationAdded{} }},
	{30, 1, func() dispatch.Event { return &dispatch.StationLost{} }},
	{31, 1, func() dispatch.Event { return &dispatch.StationReopened{} }},
	{32, 1, func() dispatch.Event { return &dispatch.ZoneDeclared{} }},
	{33, 1, func() dispatch.Event { return &dispatch.ZoneWasEnded{} }},
	{34, 1, func() dispatch.Event { return &dispatch.AccessRecorded{} }},
	{35, 1, func() dispatch.Event { return &dispatch.AccessWithdrawn{} }},
	{36, 1, func() dispatch.Event { return &dispatch.ClaimRecorded{} }},
	{37, 1, func() dispatch.Event { return &dispatch.ClaimWasSealed{} }},
	{38, 1, func() dispatch.Event { return &dispatch.LiaisonRecorded{} }},
	{39, 1, func() dispatch.Event { return &dispatch.LiaisonExpired{} }},
	{40, 1, func() dispatch.Event { return &dispatch.AlarmRaised{} }},
	{41, 1, func() dispatch.Event { return &dispatch.AlarmAcked{} }},
	{42, 1, func() dispatch.Event { return &dispatch.ClockJumped{} }},
	{43, 1, func() dispatch.Event { return &dispatch.ClockConfirmed{} }},
	{44, 1, func() dispatch.Event { return &dispatch.PostureAmended{} }},
	{45, 1, func() dispatch.Event { return &dispatch.CallerRung{} }},
	{46, 1, func() dispatch.Event { return &dispatch.DeskShut{} }},
	{47, 1, func() dispatch.Event { return &dispatch.DeskOpened{} }},
	{48, 1, func() dispatch.Event { return &dispatch.TriggerMet{} }},
	{49, 1, func() dispatch.Event { return &dispatch.TriggerCleared{} }},
	{50, 1, func() dispatch.Event { return &dispatch.TriggerFired{} }},
	{51, 1, func() dispatch.Event { return &dispatch.ClearingProposed{} }},
	{52, 1, func() dispatch.Event { return &dispatch.ClearingConfirmed{} }},
	{53, 1, func() dispatch.Event { return &dispatch.ClearingRejected{} }},
	{54, 1, func() dispatch.Event { return &dispatch.ClearingReminded{} }},
	{55, 1, func() dispatch.Event { return &dispatch.ZoneAmended{} }},
	{56, 1, func() dispatch.Event { return &dispatch.ZoneArchived{} }},
	{57, 1, func() dispatch.Event { return &dispatch.EntryPlanned{} }},
	{58, 1, func() dispatch.Event { return &dispatch.ClearanceAsked{} }},
	{59, 1, func() dispatch.Event { return &dispatch.ClearanceGiven{} }},
	{60, 1, func() dispatch.Event { return &dispatch.ClearanceEnded{} }},
	{61, 1, func() dispatch.Event { return &dispatch.AgreementRecorded{} }},
	{62, 1, func() dispatch.Event { return &dispatch.AgreementBegan{} }},
	{63, 1, func() dispatch.Event { return &dispatch.AgreementEnded{} }},
	{64, 1, func() dispatch.Event { return &dispatch.GrantArchived{} }},
	{65, 1, func() dispatch.Event { return &dispatch.LiaisonTried{} }},
	{66, 1, func() dispatch.Event { return &dispatch.CallerAdvised{} }},
	{67, 1, func() dispatch.Event { return &dispatch.HazardRecorded{} }},
	{68, 1, func() dispatch.Event { return &dispatch.HazardsFound{} }},
	{69, 1, func() dispatch.Event { return &dispatch.HazardReviewed{} }},
	{70, 1, func() dispatch.Event { return &dispatch.HazardUnreviewed{} }},
	{71, 1, func() dispatch.Event { return &dispatch.HazardWithdrawn{} }},
	{72, 1, func() dispatch.Event { return &dispatch.HazardsAcknowledged{} }},
	{73, 1, func() dispatch.Event { return &dispatch.AccessConfirmed{} }},
	{74, 1, func() dispatch.Event { return &dispatch.AccessNotified{} }},
	{75, 1, func() dispatch.Event { return &dispatch.AccessMissed{} }},
	{76, 1, func() dispatch.Event { return &dispatch.AccessStale{} }},
	{77, 1, func() dispatch.Event { return &dispatch.UnitRehomed{} }},
	{78, 1, func() dispatch.Event { return &dispatch.UnitMovedUp{} }},
	{79, 1, func() dispatch.Event { return &dispatch.PlanMade{} }},
	{80, 1, func() dispatch.Event { return &dispatch.StepDone{} }},
	{81, 1, func() dispatch.Event { return &dispatch.PlanReviewed{} }},
	{82, 1, func() dispatch.Event { return &dispatch.PlanReminded{} }},
	{83, 1, func() dispatch.Event { return &dispatch.PlanEnded{} }},
	{84, 1, func() dispatch.Event { return &dispatch.PlanArchived{} }},
	{85, 1, func() dispatch.Event { return &dispatch.ClaimGraded{} }},
	{86, 1, func() dispatch.Event { return &dispatch.ClaimHeld{} }},
	{87, 1, func() dispatch.Event { return &dispatch.ClaimReleased{} }},
	{88, 1, func() dispatch.Event { return &dispatch.ClaimArchived{} }},
	{89, 1, func() dispatch.Event { return &dispatch.BulletinIssued{} }},
	{90, 1, func() dispatch.Event { return &dispatch.BulletinQuestioned{} }},
	{91, 1, func() dispatch.Event { return &dispatch.BulletinReleased{} }},
	{92, 1, func() dispatch.Event { return &dispatch.BulletinWithdrawn{} }},
	{93, 1, func() dispatch.Event { return &dispatch.BulletinArchived{} }},
	{94, 1, func() dispatch.Event { return &dispatch.ContactMadeConfidential{} }},
	{95, 1, func() dispatch.Event { return &dispatch.ConfidentialRead{} }},
	{96, 1, func() dispatch.Event { return &dispatch.ReadersChanged{} }},
	{97, 1, func() dispatch.Event { return &dispatch.PlanStepAdded{} }},
	{98, 1, func() dispatch.Event { return &dispatch.PlanStepDropped{} }},
	{99, 1, func() dispatch.Event { return &dispatch.AlarmLevelChanged{} }},
	{100, 1, func() dispatch.Event { return &dispatch.ServiceAdded{} }},
	{101, 1, func() dispatch.Event { return &dispatch.ServiceLeads{} }},
	{102, 1, func() dispatch.Event { return &dispatch.ServiceClosed{} }},
	{103, 1, func() dispatch.Event { return &dispatch.ServiceOverdue{} }},
	{104, 1, func() dispatch.Event { return &dispatch.CallPreempted{} }},
	{105, 1, func() dispatch.Event { return &dispatch.AidBegan{} }},
	{106, 1, func() dispatch.Event { return &dispatch.AidMoved{} }},
	{107, 1, func() dispatch.Event { return &dispatch.AidReminded{} }},
	{108, 1, func() dispatch.Event { return &dispatch.AidArchived{} }},
	{109, 1, func() dispatch.Event { return &dispatch.TargetFailed{} }},
	{110, 1, func() dispatch.Event { return &dispatch.TargetRecovered{} }},
	{111, 1, func() dispatch.Event { return &dispatch.IncidentsLinked{} }},
	{112, 1, func() dispatch.Event { return &dispatch.IncidentsUnlinked{} }},
	{113, 1, func() dispatch.Event { return &dispatch.UnitReassigned{} }},
	{114, 1, func() dispatch.Event { return &dispatch.IncidentsMerged{} }},
	{115, 1, func() dispatch.Event { return &dispatch.IncidentSplit{} }},
	{116, 1, func() dispatch.Event { return &dispatch.MajorDeclared{} }},
	{117, 1, func() dispatch.Event { return &dispatch.MajorReviewed{} }},
	{118, 1, func() dispatch.Event { return &dispatch.MajorReminded{} }},
	{119, 1, func() dispatch.Event { return &dispatch.MajorEnded{} }},
	{120, 1, func() dispatch.Event { return &dispatch.MajorChildAdded{} }},
	{121, 1, func() dispatch.Event { return &dispatch.MajorChildTaken{} }},
	{122, 1, func() dispatch.Event { return &dispatch.ObjectiveAdded{} }},
	{123, 1, func() dispatch.Event { return &dispatch.ObjectiveMet{} }},
	{124, 1, func() dispatch.Event { return &dispatch.BoloIssued{} }},
	{125, 1, func() dispatch.Event { return &dispatch.BoloReviewed{} }},
	{126, 1, func() dispatch.Event { return &dispatch.BoloReminded{} }},
	{127, 1, func() dispatch.Event { return &dispatch.BoloQuestioned{} }},
	{128, 1, func() dispatch.Event { return &dispatch.BoloAcknowledged{} }},
	{129, 1, func() dispatch.Event { return &dispatch.BoloCancelled{} }},
	{130, 1, func() dispatch.Event { return &dispatch.BoloExpired{} }},
	{131, 1, func() dispatch.Event { return &dispatch.BoloArchived{} }},
	{132, 1, func() dispatch.Event { return &dispatch.ProviderCalled{} }},
	{133, 1, func() dispatch.Event { return &dispatch.ProviderAnswered{} }},
	{134, 1, func() dispatch.Event { return &dispatch.ProviderArrived{} }},
	{135, 1, func() dispatch.Event { return &dispatch.TowWasCancelled{} }},
	{136, 1, func() dispatch.Event { return &dispatch.TowOverdue{} }},
	{137, 1, func() dispatch.Event { return &dispatch.ProviderSuspended{} }},
	{138, 1, func() dispatch.Event { return &dispatch.ProviderReinstated{} }},
	{139, 1, func() dispatch.Event { return &dispatch.CaseNumberGiven{} }},
	{140, 1, func() dispatch.Event { return &dispatch.CaseNumberVoided{} }},
	{141, 1, func() dispatch.Event { return &dispatch.HandoverOffered{} }},
	{142, 1, func() dispatch.Event { return &dispatch.HandoverAccepted{} }},
	{143, 1, func() dispatch.Event { return &dispatch.HandoverDeclined{} }},
	{144, 1, func() dispatch.Event { return &dispatch.HandoverWithdrawn{} }},
	{145, 1, func() dispatch.Event { return &dispatch.HandoverReminded{} }},
	{146, 1, func() dispatch.Event { return &dispatch.SearchMade{} }},
}

var (
	byName = map[string]kind{}
	byCode = map[uint16]kind{}

	encMode, decMode = modes()
)

func init() {
	for _, k := range kinds {
		byName[k.make().EventName()] = k
		byCode[k.code] = k
	}
}

func modes() (cbor.UserBufferEncMode, cbor.DecMode) {
	enc, err := cbor.CoreDetEncOptions().UserBufferEncMode()
	if err != nil {
		panic(err) // constant options
	}
	dec, err := cbor.DecOptions{MaxArrayElements: 1 << 20, MaxMapPairs: 1 << 20, MaxNestedLevels: 32,
		// Whatever was written must be readable: a text that is no UTF-8 is kept as it is.
		UTF8: cbor.UTF8DecodeInvalid}.DecMode()
	if err != nil {
		panic(err)
	}
	return enc, dec
}

// Names lists every kind of event in the order of its number.
func Names() []string {
	names := make([]string, len(kinds))
	for i, k := range kinds {
		names[i] = k.make().EventName()
	}
	return names
}

// Clear encodes the part of an event that is not sealed, with its number and
// version. The private part is no field of it.
func Clear(e dispatch.Event) (code uint16, version uint8, clear []byte, err error) {
	var to bytes.Buffer
	return ClearTo(&to, e)
}

// ClearTo is Clear into a buffer, on which clear is a window.
func ClearTo(to *bytes.Buffer, e dispatch.Event) (code uint16, version uint8, clear []byte, err error) {
	k, known := byName[e.EventName()]
	if !known {
		return 0, 0, nil, fmt.Errorf("event %s has no number in schema", e.EventName())
	}
	start := to.Len()
	err = encMode.MarshalToBuffer(e, to)
	return k.code, k.version, to.Bytes()[start:], err
}

// Private encodes what an event says about people; nil where it says nothing.
func Private(p *dispatch.Private) ([]byte, error) {
	var to bytes.Buffer
	return PrivateTo(&to, p)
}

// PrivateTo is Private into a buffer, on which the answer is a window.
func PrivateTo(to *bytes.Buffer, p *dispatch.Private) ([]byte, error) {
	if *p == (dispatch.Private{}) {
		return nil, nil
	}
	start := to.Len()
	err := encMode.MarshalToBuffer(p, to)
	return to.Bytes()[start:], err
}

// OpenPrivate decodes what Private encoded.
func OpenPrivate(plain []byte, into *dispatch.Private) error {
	return decMode.Unmarshal(plain, into)
}

// Event decodes the clear part of a record.
func (r *Record) Event() (dispatch.Event, error) {
	k, known := byCode[r.Kind]
	if !known || r.Version == 0 || r.Version > k.version {
		return nil, fmt.Errorf("event kind %d version %d: a newer version wrote it; use that one", r.Kind, r.Version)
	}
	e := k.make()
	if err := decMode.Unmarshal(r.Clear, e); err != nil {
		return nil, fmt.Errorf("decode event kind %d: %w", r.Kind, err)
	}
	return e, nil
}

// State encodes the whole state for a snapshot, the same state always to the
// same bytes.
func State(s *dispatch.State) ([]byte, error) { return encMode.Marshal(s) }

// OpenState decodes what State encoded and makes the indexes.
func OpenState(body []byte) (*dispatch.State, error) {
	s := dispatch.NewState()
	if err := decMode.Unmarshal(body, s); err != nil {
		return nil, fmt.Errorf("decode state: %w", err)
	}
	s.Reindex()
	return s, nil
}

// Encode and Decode are the same encoding for whatever else a snapshot holds.
// Encode appends to a buffer, which the caller makes large enough.
func Encode(to *bytes.Buffer, v any) error { return encMode.MarshalToBuffer(v, to) }

// Decode decodes what Encode encoded.
func Decode(body []byte, v any) error { return decMode.Unmarshal(body, v) }
