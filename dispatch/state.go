package dispatch

import (
	"github.com/everycall/everycall/geo"
	"github.com/everycall/everycall/triage"
)

// State is everything the rules know. The exported fields are the state; they
// are what a snapshot holds. The unexported ones are indexes over them, made by
// Evolve and by Reindex after a snapshot was read.
type State struct {
	Config     Config                     `json:"config"`
	Counters   Counters                   `json:"counters"`
	Now        Instant                    `json:"now"`              // the newest stamp seen; stamps never go back
	Frozen     bool                       `json:"frozen,omitempty"` // a clock jump that nobody has confirmed: due times wait
	Stations   map[StationID]*Station     `json:"stations"`
	Units      map[UnitID]*Unit           `json:"units"`
	Contacts   map[ContactID]*Contact     `json:"contacts"`
	Incidents  map[IncidentID]*Incident   `json:"incidents"`
	Postures   map[PostureID]*Posture     `json:"postures"`
	Promises   map[PromiseID]*Promise     `json:"promises"`
	Zones      map[ZoneID]*Zone           `json:"zones"`
	Access     map[AccessID]*AccessFact   `json:"access"`
	Claims     map[ClaimID]*Claim         `json:"claims"`
	Liaisons   map[LiaisonID]*Liaison     `json:"liaisons"`
	Alarms     map[AlarmID]*Alarm         `json:"alarms"`
	Desks      map[DeskID]*DeskState      `json:"desks,omitempty"`    // what has been said of a desk; without it is open
	Triggers   map[string]*TriggerState   `json:"triggers,omitempty"` // those whose condition holds
	Bulks      map[BulkID]*Bulk           `json:"bulks,omitempty"`    // proposed, or not reviewed yet
	Clearances map[ClearanceID]*Clearance `json:"clearances,omitempty"`
	Agreements map[AgreementID]*Agreement `json:"agreements,omitempty"`
	Plans      map[PlanID]*Plan           `json:"plans,omitempty"`
	Hazards    map[HazardID]*Hazard       `json:"hazards,omitempty"`
	Aids       map[AidID]*Aid             `json:"aids,omitempty"`
	Targets    map[string]*TargetState    `json:"targets,omitempty"` // of the notifier: those that fail

	Bulletins    map[BulletinID]*Bulletin    `json:"bulletins,omitempty"`
	Confidential map[ContactID]*Confidential `json:"confidential,omitempty"` // of archived contacts too

	Bolos     map[BoloID]*Bolo         `json:"bolos,omitempty"`
	Turns     map[string]*Turns        `json:"turns,omitempty"`     // of each rotation, by its id
	Suspended map[string]*Suspension   `json:"suspended,omitempty"` // providers
	Tows      map[TowID]*Tow           `json:"tows,omitempty"`      // of incidents on the board
	Cases     map[string]*CaseCount    `json:"cases,omitempty"`     // how far each agency's series has come
	Seats     map[DeskID]*Seat         `json:"seats,omitempty"`     // who has a desk
	Handovers map[HandoverID]*Handover `json:"handovers,omitempty"` // offered and not answered

	types    triage.Table
	due      dueQueue
	free     map[Service]int          // units that could be sent now
	freeAt   map[PostureID]int        // those that a posture over beats counts
	inForce  map[Service][]*Posture   // the most specific area first, the newest first among equals
	pending  map[Service]int          // calls that wait for somebody to be sent
	held     []*Contact               // calls that a posture holds, in no order
	load     map[DeskID]int           // calls that were given to a desk
	alarmsOf map[IncidentID][]AlarmID // the alarms that name an incident
	byNumber map[string][]ContactID   // open contacts and those of the last RepeatWindow, by call-back number
	touched  touched
}

// Counters make the ids and the human numbers. They only grow.
type Counters struct {
	Contact   uint64 `json:"contact,omitempty"`
	Incident  uint64 `json:"incident,omitempty"`
	Posture   uint64 `json:"posture,omitempty"`
	Promise   uint64 `json:"promise,omitempty"`
	Note      uint64 `json:"note,omitempty"`
	Alarm     uint64 `json:"alarm,omitempty"`
	Zone      uint64 `json:"zone,omitempty"`
	Access    uint64 `json:"access,omitempty"`
	Claim     uint64 `json:"claim,omitempty"`
	Liaison   uint64 `json:"liaison,omitempty"`
	Bulk      uint64 `json:"bulk,omitempty"`
	Gate      uint64 `json:"gate,omitempty"`
	Clearance uint64 `json:"clearance,omitempty"`
	Agreement uint64 `json:"agreement,omitempty"`
	Plan      uint64 `json:"plan,omitempty"`
	Hazard    uint64 `json:"hazard,omitempty"`
	Bulletin  uint64 `json:"bulletin,omitempty"`
	Aid       uint64 `json:"aid,omitempty"`
	Bolo      uint64 `json:"bolo,omitempty"`
	Tow       uint64 `json:"tow,omitempty"`
	Handover  uint64 `json:"handover,omitempty"`
	Search    uint64 `json:"search,omitempty"`
}

// Private is what an event says about people: names, numbers, exact places and
// free text. The schema seals it under its subject's own key, so that erasing
// the key leaves the event and its proof standing. Evolve copies it and never
// decides by it: after an erasure it is empty and the replay is still exact in
// everything else.
type Private struct {
	Name   string     `json:"name,omitempty"`
	Number string     `json:"number,omitempty"`
	Place  string     `json:"place,omitempty"`
	Text   string     `json:"text,omitempty"`
	Point  *geo.Point `json:"point,omitempty"` // nil: no point is known
}

// said makes the private part of an event out of a reason in free text.
func said(reason string) Private { return Private{Text: reason} }

// Outcome is the one thing that a contact currently has.
type Outcome struct {
	Kind      OutcomeKind `json:"kind"`
	Since     Instant     `json:"since"`
	Owner     DeskID      `json:"owner,omitempty"`     // who has it next; empty only when final
	Due       Instant     `json:"due,omitempty"`       // when somebody is alarmed; 0 only when final
	Next      string      `json:"next,omitempty"`      // what the owner does then, in plain words
	Reason    string      `json:"reason,omitempty"`    // sealed with the contact
	Authority string      `json:"authority,omitempty"` // who decided; never empty when final
	Posture   PostureID   `json:"posture,omitempty"`   // the posture that it cites

	PostureVersion int    `json:"posture_version,omitempty"` // as it was when it was cited
	Desk           DeskID `json:"desk,omitempty"`            // where a diverted or transferred one went
}

// Contact is one person or alarm reaching in once, by any channel.
type Contact struct {
	ID         ContactID       `json:"id"`
	Number     uint64          `json:"number"`
	Channel    string          `json:"channel"`
	ReceivedAt Instant         `json:"received_at"`
	Language   string          `json:"language,omitempty"`
	Person     Private         `json:"person"`
	Safe       SafeToCall      `json:"safe"`
	Type       string          `json:"type,omitempty"`
	Priority   triage.Priority `json:"priority"`
	LifeSafety bool            `json:"life_safety,omitempty"`
	Beat       string          `json:"beat,omitempty"`
	Incident   IncidentID      `json:"incident"`
	Outcome    Outcome         `json:"outcome"`
	Promises   []PromiseID     `json:"promises,omitempty"`
	CallBacks  []CallBack      `json:"call_backs,omitempty"`
	Advised    []Advised       `json:"advised,omitempty"`   // what they were told to do meanwhile
	Preempted  Instant         `json:"preempted,omitempty"` // when its unit was taken for a more urgent call; 0: never
	Repeat     int             `json:"repeat,omitempty"`    // calls from this number before this one
	Invented   []string        `json:"invented,omitempty"`

	alarm AlarmID // the alarm about its due time, derived
	waits Service // the service that it is counted as waiting for, derived
	desk  DeskID  // the desk that it is counted at, derived
	held  int     // its place, from 1, among those that a posture holds, derived
}

// Incident is the thing in the world; it has at least one contact.
type Incident struct {
	ID          IncidentID       `json:"id"`
	Number      uint64           `json:"number"`
	Service     Service          `json:"service"`
	Type        string           `json:"type,omitempty"`
	LifeSafety  bool             `json:"life_safety,omitempty"`
	Priorities  []PriorityChange `json:"priorities"` // append-only; the first is the initial one
	OpenedAt    Instant          `json:"opened_at"`
	Beat        string           `json:"beat,omitempty"`
	Zone        ZoneID           `json:"zone,omitempty"`  // the zone it lies in, if any
	Drawn       []PostureID      `json:"drawn,omitempty"` // the postures whose drawn area it lies in
	Entry       *EntryPlan       `json:"entry,omitempty"` // how one gets in; nil: one can simply go
	Contacts    []ContactID      `json:"contacts"`        // the first one leads
	Assignments []Assignment     `json:"assignments,omitempty"`
	Notes       []Note           `json:"notes,omitempty"`
	Hazards     []HazardHere     `json:"hazards,omitempty"` // those it lies in, the most dangerous first
	ClosedAt    Instant          `json:"closed_at,omitempty"`
	Disposition string           `json:"disposition,omitempty"`
	Authority   string           `json:"authority,omitempty"`
	Reopened    int              `json:"reopened,omitempty"`
	Levels      []LevelChange    `json:"levels,omitempty"` // of alarm, append-only; none: the first
	Shares      []Share          `json:"shares,omitempty"` // one a service, once there is more than one
	Links       []IncidentLink   `json:"links,omitempty"`
	Cases       []CaseNumber     `json:"cases,omitempty"`  // voided ones included
	Major       *Major           `json:"major,omitempty"`  // nil: it never was one
	Parent      IncidentID       `json:"parent,omitempty"` // the major incident that it belongs to
}

// Priority returns the current priority.
func (i *Incident) Priority() triage.Priority { return i.Priorities[len(i.Priorities)-1].Priority }

// Highest returns the most urgent priority that it ever had (New Orleans:
// figures use this one, so that a downgrade improves nothing).
func (i *Incident) Highest() triage.Priority {
	highest := i.Priorities[0].Priority
	for _, p := range i.Priorities {
		highest = min(highest, p.Priority)
	}
	return highest
}

// Open reports whether the incident is not closed.
func (i *Incident) Open() bool { return i.ClosedAt == 0 }

// Active counts the units that are working on it, stacked ones left out.
func (i *Incident) Active() int {
	n := 0
	for k := range i.Assignments {
		if i.Assignments[k].EndedAt == 0 && !i.Assignments[k].Stacked {
			n++
		}
	}
	return n
}

// active returns the assignment that the unit works under, or nil.
func (i *Incident) active(unit UnitID) *Assignment {
	for k := range i.Assignments {
		if a := &i.Assignments[k]; a.Unit == unit && a.EndedAt == 0 && !a.Stacked {
			return a
		}
	}
	return nil
}

// PriorityChange is one entry of an incident's priority history.
type PriorityChange struct {
	Priority triage.Priority `json:"priority"`
	At       Instant         `json:"at"`
	By       string          `json:"by"`
	Reason   string          `json:"reason,omitempty"`
	Contact  ContactID       `json:"contact,omitempty"` // whose key seals the reason
}

// Assignment is one unit's work on one incident.
type Assignment struct {
	Unit       UnitID      `json:"unit"`
	AssignedAt Instant     `json:"assigned_at"`
	By         string      `json:"by"`
	Travel     Millis      `json:"travel,omitempty"` // as estimated at dispatch; 0 = not given
	Model      string      `json:"model,omitempty"`  // what estimated it
	Stacked    bool        `json:"stacked,omitempty"`
	Outside    bool        `json:"outside,omitempty"`  // it waits at the rendezvous: it may not go in
	Insisted   bool        `json:"insisted,omitempty"` // it was sent in against the rule: no change of the rule stops it
	Milestones []Milestone `json:"milestones,omitempty"`
	EndedAt    Instant     `json:"ended_at,omitempty"`
	EndReason  string      `json:"end_reason,omitempty"`
}

// Milestone is one status with the time at which it happened, the time at which
// it was entered, and how it is known. Missing ones stay missing.
type Milestone struct {
	Status  Status  `json:"status"`
	At      Instant `json:"at"`
	Entered Instant `json:"entered"`
	Source  Source  `json:"source"`
}

// Note is one entry of the narrative: never changed, never deleted, only struck.
type Note struct {
	ID       NoteID    `json:"id"`
	At       Instant   `json:"at"`
	By       string    `json:"by"`
	Text     string    `json:"text"`
	Contact  ContactID `json:"contact,omitempty"` // whose key seals it
	StruckAt Instant   `json:"struck_at,omitempty"`
	StruckBy string    `json:"struck_by,omitempty"`
	Why      string    `json:"why,omitempty"`
	On       uint64    `json:"on,omitempty"` // the incident's number that it was written on, where that was merged into this one
}

// Unit is a resource with one call sign and one service.
type Unit struct {
	ID           UnitID       `json:"id"`
	Service      Service      `json:"service"`
	Kind         string       `json:"kind"`
	Station      StationID    `json:"station,omitempty"`
	LostHome     StationID    `json:"lost_home,omitempty"` // the home that it goes back to once that is open
	Post         StationID    `json:"post,omitempty"`      // the station where it stands to cover what is bare
	Beat         string       `json:"beat,omitempty"`
	Capabilities []string     `json:"capabilities,omitempty"`
	Crew         uint8        `json:"crew,omitempty"` // how many; who they are is kept in accounts
	Skills       []string     `json:"skills,omitempty"`
	Status       Status       `json:"status"`
	Since        Instant      `json:"since"`
	Source       Source       `json:"source"`
	Incident     IncidentID   `json:"incident,omitempty"` // its one active assignment
	Stack        []IncidentID `json:"stack,omitempty"`    // waiting behind it, in order
	Retired      bool         `json:"retired,omitempty"`
	CrewSince    Instant      `json:"crew_since,omitempty"` // when its crew signed on; 0: not known
	Owner        string       `json:"owner,omitempty"`      // the agency that has lent it to us
	LoanEnds     Instant      `json:"loan_ends,omitempty"`
	Aid          AidID        `json:"aid,omitempty"`  // the mutual aid that it came by
	Lent         AidID        `json:"lent,omitempty"` // the mutual aid that it was given away by: it is not in the pool
}

// Free reports whether the unit could be sent now.
func (u *Unit) Free() bool {
	return u.Status == StatusAvailable && u.Incident == "" && !u.Retired && u.Lent == ""
}

// Station is where units live. A lost one is not a place to send anybody.
type Station struct {
	ID        StationID   `json:"id"`
	Name      string      `json:"name"`
	Service   Service     `json:"service"`
	Point     geo.Point   `json:"point"`
	Lost      bool        `json:"lost,omitempty"`
	Since     Instant     `json:"since,omitempty"`
	Reason    string      `json:"reason,omitempty"`
	How       StationLoss `json:"how,omitempty"`
	Authority string      `json:"authority,omitempty"` // who decided
}

// Desk is an owner: a role that somebody sits at, not an absent person.
type Desk struct {
	ID         DeskID  `json:"id"`
	Name       string  `json:"name"`
	Service    Service `json:"service,omitempty"` // empty: serves all
	Supervisor DeskID  `json:"supervisor,omitempty"`

	// Accepts makes it a desk that calls are diverted to: a community or crisis
	// team, telephone or online reports, appointments. nil: it takes what it is given.
	Accepts *DeskRule `json:"accepts,omitempty"`
}

// Config is an agency's versioned data.
type Config struct {
	// Version counts the configurations, from 1. Sent back, it says which one was changed;
	// without it a configuration replaces whatever is there.
	Version           uint64          `json:"version,omitempty"`
	Name              string          `json:"name"`
	Zone              string          `json:"zone"` // IANA time zone
	Services          []Service       `json:"services"`
	Desks             []Desk          `json:"desks"`
	Types             []triage.Type   `json:"types"`
	DefaultService    Service         `json:"default_service"`
	UntriagedPriority triage.Priority `json:"untriaged_priority"` // of a call of unknown type
	WaitLimits        [6]Millis       `json:"wait_limits"`        // by priority; index 0 unused
	HoldLimits        [6]Millis       `json:"hold_limits"`
	Presets           []Preset        `json:"presets,omitempty"`
	Triggers          []Trigger       `json:"triggers,omitempty"`
	Protocols         []Protocol      `json:"protocols,omitempty"`
	PlanTemplates     []PlanTemplate  `json:"plan_templates,omitempty"`

	UnknownWays []UnknownWays `json:"unknown_ways,omitempty"` // of services; without one they are allowed
	Areas       []NamedArea   `json:"areas,omitempty"`        // that a posture can be declared for by name

	RunCards   []RunCard    `json:"run_cards,omitempty"`
	Offsets    []ZoneOffset `json:"offsets,omitempty"`     // of Zone from UTC, the oldest first; run cards with hours need them
	DutyLimits []DutyLimit  `json:"duty_limits,omitempty"` // of services; without one there is none

	Rotations   []Rotation   `json:"rotations,omitempty"`
	CaseNumbers []CaseSeries `json:"case_numbers,omitempty"`
}

// UnknownWays says what a way of which nobody knows whether it is open means for a
// service.
type UnknownWays struct {
	Service Service `json:"service"`
	Policy  string  `json:"policy"` // "allow"; "avoid": only where there is no other way
}

// AvoidsUnknown reports whether a service takes an unknown way only where there is no
// other.
func (c *Config) AvoidsUnknown(of Service) bool {
	return contains(c.UnknownWays, UnknownWays{of, "avoid"})
}

// NewState returns the state before the first event.
func NewState() *State {
	s := &State{
		Stations: map[StationID]*Station{}, Units: map[UnitID]*Unit{}, Contacts: map[ContactID]*Contact{},
		Incidents: map[IncidentID]*Incident{}, Postures: map[PostureID]*Posture{}, Promises: map[PromiseID]*Promise{},
		Zones: map[ZoneID]*Zone{}, Access: map[AccessID]*AccessFact{}, Claims: map[ClaimID]*Claim{},
		Liaisons: map[LiaisonID]*Liaison{}, Alarms: map[AlarmID]*Alarm{},
		Desks: map[DeskID]*DeskState{}, Triggers: map[string]*TriggerState{}, Bulks: map[BulkID]*Bulk{},
		Clearances: map[ClearanceID]*Clearance{}, Agreements: map[AgreementID]*Agreement{}, Plans: map[PlanID]*Plan{},
		Hazards:   map[HazardID]*Hazard{},
		Aids:      map[AidID]*Aid{},
		Targets:   map[string]*TargetState{},
		Bulletins: map[BulletinID]*Bulletin{}, Confidential: map[ContactID]*Confidential{},
		Bolos: map[BoloID]*Bolo{}, Turns: map[string]*Turns{}, Suspended: map[string]*Suspension{}, Tows: map[TowID]*Tow{},
		Cases: map[string]*CaseCount{}, Seats: map[DeskID]*Seat{}, Handovers: map[HandoverID]*Handover{},
	}
	s.Reindex()
	return s
}

// Reindex makes the indexes anew from the exported fields; a state read from a
// snapshot needs it once before anything else.
func (s *State) Reindex() {
	s.makeMaps()
	s.types, _ = triage.NewTable(s.Config.Types) // was checked by Configure
	s.due = dueQueue{}
	s.free, s.freeAt, s.inForce = map[Service]int{}, map[PostureID]int{}, map[Service][]*Posture{}
	s.pending, s.load, s.held = map[Service]int{}, map[DeskID]int{}, nil
	s.byNumber = map[string][]ContactID{}
	s.alarmsOf = map[IncidentID][]AlarmID{}
	for _, id := range sortedKeys(s.Units) {
		if u := s.Units[id]; u.Free() {
			s.free[u.Service]++
		}
	}
	for _, id := range contactsInOrder(s) {
		c := s.Contacts[id]
		c.alarm, c.waits, c.desk, c.held = "", "", "", 0
		s.count(c)
		s.remember(c)
		s.due.set(dueRef{dueContact, string(id)}, c.Outcome.alarmAt())
	}
	for _, id := range sortedKeys(s.Alarms) {
		a := s.Alarms[id]
		s.indexAlarm(a)
		if a.Cause == CauseOverdue {
			if c := s.Contacts[a.Contact]; c != nil {
				c.alarm = id
			}
		}
	}
	for _, p := range s.Promises { // the heap's order cannot show
		s.due.set(dueRef{duePromise, string(p.ID)}, p.nextDue())
	}
	for _, p := range s.Postures { // the heap's order cannot show, and the index is sorted
		s.due.set(dueRef{duePosture, string(p.ID)}, p.nextDue())
		if p.EndedAt == 0 {
			s.enter(p)
		}
	}
	for _, i := range s.Incidents { // the heap's order cannot show
		s.due.set(dueRef{dueArchive, string(i.ID)}, s.archiveAt(i))
	}
	for _, c := range s.Claims { // the heap's order cannot show
		s.due.set(dueRef{dueClaim, string(c.ID)}, s.claimDue(c))
	}
	for _, l := range s.Liaisons { // the heap's order cannot show
		s.due.set(dueRef{dueLiaison, string(l.ID)}, l.ExpiresAt)
	}
	for _, b := range s.Bulletins { // the heap's order cannot show
		s.due.set(dueRef{dueBulletin, string(b.ID)}, b.nextDue())
	}
	for _, b := range s.Bulks { // the heap's order cannot show
		s.due.set(dueRef{dueBulk, string(b.ID)}, b.Due)
	}
	for _, c := range s.Clearances { // the heap's order cannot show
		s.due.set(dueRef{dueClearance, string(c.ID)}, c.nextDue())
	}
	for _, p := range s.Plans { // the heap's order cannot show
		s.due.set(dueRef{duePlan, string(p.ID)}, p.nextDue())
	}
	for _, a := range s.Agreements { // the heap's order cannot show
		s.due.set(dueRef{dueAgreement, string(a.ID)}, a.nextDue())
	}
	for _, f := range s.Access { // the heap's order cannot show
		s.due.set(dueRef{dueAccess, string(f.ID)}, f.nextDue())
	}
	for _, h := range s.Hazards { // the heap's order cannot show
		s.due.set(dueRef{dueHazard, string(h.ID)}, h.nextDue())
	}
	for _, i := range s.Incidents { // the heap's order cannot show
		for k := range i.Shares {
			s.due.set(shareRef(i, &i.Shares[k]), i.Shares[k].Due)
		}
	}
	for _, a := range s.Aids { // the heap's order cannot show
		s.due.set(dueRef{dueAid, string(a.ID)}, a.Due)
	}
	s.reindexIncidents()
	for _, z := range s.Zones { // the heap's order cannot show
		s.due.set(dueRef{dueZone, string(z.ID)}, z.nextDue())
	}
}

// makeMaps gives an empty map to every nil one, as an empty snapshot leaves them.
func (s *State) makeMaps() {
	fresh := func(made bool, make func()) {
		if !made {
			make()
		}
	}
	fresh(s.Stations != nil, func() { s.Stations = map[StationID]*Station{} })
	fresh(s.Units != nil, func() { s.Units = map[UnitID]*Unit{} })
	fresh(s.Contacts != nil, func() { s.Contacts = map[ContactID]*Contact{} })
	fresh(s.Incidents != nil, func() { s.Incidents = map[IncidentID]*Incident{} })
	fresh(s.Postures != nil, func() { s.Postures = map[PostureID]*Posture{} })
	fresh(s.Promises != nil, func() { s.Promises = map[PromiseID]*Promise{} })
	fresh(s.Clearances != nil, func() { s.Clearances = map[ClearanceID]*Clearance{} })
	fresh(s.Plans != nil, func() { s.Plans = map[PlanID]*Plan{} })
	fresh(s.Agreements != nil, func() { s.Agreements = map[AgreementID]*Agreement{} })
	fresh(s.Zones != nil, func() { s.Zones = map[ZoneID]*Zone{} })
	fresh(s.Access != nil, func() { s.Access = map[AccessID]*AccessFact{} })
	fresh(s.Claims != nil, func() { s.Claims = map[ClaimID]*Claim{} })
	fresh(s.Liaisons != nil, func() { s.Liaisons = map[LiaisonID]*Liaison{} })
	fresh(s.Alarms != nil, func() { s.Alarms = map[AlarmID]*Alarm{} })
	fresh(s.Desks != nil, func() { s.Desks = map[DeskID]*DeskState{} })
	fresh(s.Triggers != nil, func() { s.Triggers = map[string]*TriggerState{} })
	fresh(s.Bulks != nil, func() { s.Bulks = map[BulkID]*Bulk{} })
	fresh(s.Aids != nil, func() { s.Aids = map[AidID]*Aid{} })
	fresh(s.Targets != nil, func() { s.Targets = map[string]*TargetState{} })
	fresh(s.Hazards != nil, func() { s.Hazards = map[HazardID]*Hazard{} })
	fresh(s.Bulletins != nil, func() { s.Bulletins = map[BulletinID]*Bulletin{} })
	fresh(s.Confidential != nil, func() { s.Confidential = map[ContactID]*Confidential{} })
	fresh(s.Bolos != nil, func() { s.Bolos = map[BoloID]*Bolo{} })
	fresh(s.Turns != nil, func() { s.Turns = map[string]*Turns{} })
	fresh(s.Suspended != nil, func() { s.Suspended = map[string]*Suspension{} })
	fresh(s.Tows != nil, func() { s.Tows = map[TowID]*Tow{} })
	fresh(s.Cases != nil, func() { s.Cases = map[string]*CaseCount{} })
	fresh(s.Seats != nil, func() { s.Seats = map[DeskID]*Seat{} })
	fresh(s.Handovers != nil, func() { s.Handovers = map[HandoverID]*Handover{} })
}

// FreeUnits returns how many units of a service could be sent now.
func (s *State) FreeUnits(of Service) int { return s.free[of] }

// Type returns a call type by its code.
func (s *State) Type(code string) (triage.Type, bool) { return s.types.Find(code) }

// Desk returns a desk by its id.
func (s *State) Desk(id DeskID) (Desk, bool) {
	for _, d := range s.Config.Desks {
		if d.ID == id {
			return d, true
		}
	}
	return Desk{}, false
}

// deskFor returns the desk that owns the calls of a service: the first one
// listed for it, else the first of all.
func (s *State) deskFor(of Service) DeskID {
	for i := range s.Config.Desks {
		if s.Config.Desks[i].Service == of && s.Config.Desks[i].Supervisor != "" {
			return s.Config.Desks[i].ID
		}
	}
	if len(s.Config.Desks) > 0 {
		return s.Config.Desks[0].ID
	}
	return DeskRoom
}

// supervisorOf returns the desk above, or the desk itself at the top.
func (s *State) supervisorOf(id DeskID) DeskID {
	if d, ok := s.Desk(id); ok && d.Supervisor != "" {
		return d.Supervisor
	}
	return id
}

// DeskRoom owns what no configured desk owns.
const DeskRoom DeskID = "room"
