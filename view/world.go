// Package view holds what a room looks at, folded from durable events: the board
// (the same state that the rules have, evolved by the same Evolve, but only by
// events that are safe on disk), the newest changes for the stream, and the
// timeline of each incident in plain words.
//
// It is pure and has no lock: its owner applies events and lets others look.
package view

import (
	"cmp"
	"slices"

	"github.com/everycall/everycall/dispatch"
)

// ChangesMax is how many changes are kept for streams to resume from memory.
const ChangesMax = 20_000

// LinesMax bounds the timelines kept in memory, all incidents together.
const LinesMax = 400_000

// World is the board and its recent past.
type World struct {
	State *dispatch.State
	Seq   uint64

	changes []Change // consecutive, the newest last
	lines   map[dispatch.IncidentID][]Line
	first   map[dispatch.IncidentID]bool // timelines that are whole, from the opening on
	count   int
}

// Change is one event and the things that it changed or removed.
type Change struct {
	Seq     uint64
	At      dispatch.Instant
	By      string
	Kind    string
	Text    string
	Subject dispatch.ContactID // whose words Text may hold; empty: nobody's
	Bare    string             // Text without those words; empty without Subject
	Touched dispatch.Touched
}

// Line is one entry of a timeline.
type Line struct {
	Seq     uint64
	At      dispatch.Instant
	By      string
	Kind    string
	Text    string
	Subject dispatch.ContactID // as in Change
	Bare    string
	Note    dispatch.NoteID // set on the line of a note
}

// New makes the world from a state that it then owns.
func New(s *dispatch.State, seq uint64) *World {
	s.ForgetTouched()
	return &World{State: s, Seq: seq, lines: map[dispatch.IncidentID][]Line{}, first: map[dispatch.IncidentID]bool{}}
}

// Apply evolves the board by one event and remembers what it changed.
func (w *World) Apply(seq uint64, by string, at dispatch.Instant, event dispatch.Event) {
	about := Incidents(w.State, event)
	dispatch.Evolve(w.State, dispatch.Stamped{At: at, By: by, Event: event})
	w.Seq = seq
	if len(about) == 0 {
		about = Incidents(w.State, event)
	}
	line := LineOf(w.State, seq, at, by, event)
	w.changes = append(w.changes, Change{Seq: seq, At: at, By: by, Kind: line.Kind, Text: line.Text, Subject: line.Subject, Bare: line.Bare, Touched: collect(w.State.Touched())})
	w.State.ForgetTouched()
	if len(w.changes) > 2*ChangesMax {
		w.changes = append([]Change(nil), w.changes[len(w.changes)-ChangesMax:]...)
	}
	if opened, is := event.(*dispatch.IncidentOpened); is {
		w.first[opened.ID] = true
		if received := w.lastReceived(opened.Contact); received != nil {
			w.add(opened.ID, *received)
		}
	}
	for _, id := range about {
		w.add(id, line)
	}
	if archived, is := event.(*dispatch.IncidentArchived); is {
		w.count -= len(w.lines[archived.Incident])
		delete(w.lines, archived.Incident)
		delete(w.first, archived.Incident)
	}
}

// LineOf makes a timeline's line from an event.
func LineOf(s *dispatch.State, seq uint64, at dispatch.Instant, by string, event dispatch.Event) Line {
	line := Line{Seq: seq, At: at, By: by, Kind: event.EventName(), Text: Describe(s, event), Subject: Subject(event)}
	if line.Subject != "" {
		line.Bare = Describe(s, WithoutSecret(event))
	}
	switch e := event.(type) {
	case *dispatch.NoteAdded:
		line.Note = e.ID
	case *dispatch.NoteWasStruck:
		line.Note = e.Note
	}
	return line
}

// lastReceived finds the change in which a contact came, just before it opened
// its incident.
func (w *World) lastReceived(id dispatch.ContactID) *Line {
	for n := len(w.changes) - 2; n >= 0 && n >= len(w.changes)-4; n-- {
		c := w.changes[n]
		if c.Kind == "ContactReceived" && slices.Contains(c.Touched.Contacts, id) {
			return &Line{Seq: c.Seq, At: c.At, By: c.By, Kind: c.Kind, Text: c.Text, Subject: c.Subject, Bare: c.Bare}
		}
	}
	return nil
}

func (w *World) add(id dispatch.IncidentID, line Line) {
	if w.count < LinesMax {
		w.lines[id] = append(w.lines[id], line)
		w.count++
	} else {
		w.first[id] = false // no longer whole in memory: the journal has it
	}
}

// Timeline returns an incident's lines, and whether they are all there are. When
// they are not, the journal has the others.
func (w *World) Timeline(id dispatch.IncidentID) (lines []Line, whole bool) {
	return w.lines[id], w.first[id]
}

// KeepTimeline stores a timeline that was read from the journal, up to a
// sequence number; lines that came later are already here.
func (w *World) KeepTimeline(id dispatch.IncidentID, older []Line) {
	merged := older
	for _, line := range w.lines[id] {
		if len(older) == 0 || line.Seq > older[len(older)-1].Seq {
			merged = append(merged, line)
		}
	}
	w.count += len(merged) - len(w.lines[id])
	w.lines[id], w.first[id] = merged, true
}

// Changes returns the changes after a sequence number, at most limit, and
// whether memory reaches back that far.
func (w *World) Changes(after uint64, limit int) (found []Change, ok bool) {
	if after >= w.Seq {
		return nil, true
	}
	if len(w.changes) == 0 || w.changes[0].Seq > after+1 {
		return nil, false
	}
	from := int(after + 1 - w.changes[0].Seq)
	return w.changes[from:min(len(w.changes), from+limit)], true
}

// collect copies what was touched, each once.
func collect(t *dispatch.Touched) dispatch.Touched {
	return dispatch.Touched{
		Units: once(t.Units), Incidents: once(t.Incidents), Contacts: once(t.Contacts), Postures: once(t.Postures),
		Promises: once(t.Promises), Zones: once(t.Zones), Access: once(t.Access), Stations: once(t.Stations),
		Claims: once(t.Claims), Liaisons: once(t.Liaisons), Bulletins: once(t.Bulletins), Alarms: once(t.Alarms), Hazards: once(t.Hazards),
		Clearances: once(t.Clearances), Agreements: once(t.Agreements), Plans: once(t.Plans), Aids: once(t.Aids), Bolos: once(t.Bolos), Tows: once(t.Tows), Config: t.Config,
	}
}

func once[K cmp.Ordered](ids []K) []K {
	if len(ids) == 0 {
		return nil
	}
	ids = slices.Clone(ids)
	slices.Sort(ids)
	return slices.Compact(ids)
}

// Named returns what an event names by itself, for a reader that resumes from
// before what memory holds: the rows are current, so that it ends where the
// others are.
func Named(s *dispatch.State, event dispatch.Event) dispatch.Touched {
	t := dispatch.Touched{Incidents: Incidents(s, event)}
	switch e := event.(type) {
	case *dispatch.ContactReceived:
		t.Contacts = append(t.Contacts, e.ID)
	case *dispatch.OutcomeChanged:
		t.Contacts = append(t.Contacts, e.Contact)
	case *dispatch.ContactTriaged:
		t.Contacts = append(t.Contacts, e.Contact)
	case *dispatch.ContactLocated:
		t.Contacts = append(t.Contacts, e.Contact)
	case *dispatch.ContactJoined:
		t.Contacts = append(t.Contacts, e.Contact)
	case *dispatch.CallerRung:
		t.Contacts = append(t.Contacts, e.Contact)
	case *dispatch.PostureAmended:
		t.Postures = append(t.Postures, e.Posture)
	case *dispatch.PromiseMade:
		t.Promises, t.Contacts = append(t.Promises, e.ID), append(t.Contacts, e.Contact)
	case *dispatch.PromiseSettled:
		t.Promises, t.Contacts = append(t.Promises, e.Promise), append(t.Contacts, e.Contact)
	case *dispatch.UnitDispatched:
		t.Units = append(t.Units, e.Unit)
	case *dispatch.UnitStacked:
		t.Units = append(t.Units, e.Unit)
	case *dispatch.UnitUnassigned:
		t.Units = append(t.Units, e.Unit)
	case *dispatch.UnitStatusChanged:
		t.Units = append(t.Units, e.Unit)
	case *dispatch.UnitAdded:
		t.Units = append(t.Units, e.Unit.ID)
	case *dispatch.UnitRetired:
		t.Units = append(t.Units, e.Unit)
	case *dispatch.CrewSignedOn:
		t.Units = append(t.Units, e.Unit)
	case *dispatch.PostureDeclared:
		t.Postures = append(t.Postures, e.Posture.ID)
	case *dispatch.PostureRenewed:
		t.Postures = append(t.Postures, e.Posture)
	case *dispatch.PostureUnreviewed:
		t.Postures = append(t.Postures, e.Posture)
	case *dispatch.PostureEnded:
		t.Postures = append(t.Postures, e.Posture)
	case *dispatch.ZoneDeclared:
		t.Zones = append(t.Zones, e.Zone.ID)
	case *dispatch.ZoneWasEnded:
		t.Zones = append(t.Zones, e.Zone)
	case *dispatch.StationAdded:
		t.Stations = append(t.Stations, e.Station.ID)
	case *dispatch.StationLost:
		t.Stations = append(t.Stations, e.Station)
	case *dispatch.StationReopened:
		t.Stations = append(t.Stations, e.Station)
	case *dispatch.AccessRecorded:
		t.Access = append(t.Access, e.Fact.ID)
	case *dispatch.AccessWithdrawn:
		t.Access = append(t.Access, e.Access)
	case *dispatch.AccessConfirmed:
		t.Access = append(append(t.Access, e.Access), e.Contradicts...)
	case *dispatch.AccessNotified:
		t.Access = append(t.Access, e.Access)
	case *dispatch.AccessMissed:
		t.Access = append(t.Access, e.Access)
	case *dispatch.AccessStale:
		t.Access = append(t.Access, e.Access)
	case *dispatch.HazardRecorded:
		t.Hazards, t.Incidents = append(t.Hazards, e.ID), e.Inside
	case *dispatch.HazardReviewed:
		t.Hazards = append(t.Hazards, e.Hazard)
	case *dispatch.HazardUnreviewed:
		t.Hazards = append(t.Hazards, e.Hazard)
	case *dispatch.HazardWithdrawn:
		t.Hazards = append(t.Hazards, e.Hazard)
	case *dispatch.ClaimRecorded:
		t.Claims = append(append(append(t.Claims, e.ID), e.Corroborates...), e.Contradicts...) // they show it from their end
	case *dispatch.ClaimWasSealed:
		t.Claims = append(t.Claims, e.Claim)
	case *dispatch.ClaimGraded:
		t.Claims = append(t.Claims, e.Claim)
	case *dispatch.ClaimHeld:
		t.Claims = append(t.Claims, e.Claim)
	case *dispatch.ClaimReleased:
		t.Claims = append(t.Claims, e.Claim)
	case *dispatch.ClaimArchived:
		t.Claims = append(t.Claims, e.Claim)
	case *dispatch.BulletinIssued:
		t.Bulletins = append(t.Bulletins, e.ID)
	case *dispatch.BulletinQuestioned:
		t.Bulletins = append(t.Bulletins, e.Bulletin)
	case *dispatch.BulletinReleased:
		t.Bulletins = append(t.Bulletins, e.Bulletin)
	case *dispatch.BulletinWithdrawn:
		t.Bulletins = append(t.Bulletins, e.Bulletin)
	case *dispatch.BulletinArchived:
		t.Bulletins = append(t.Bulletins, e.Bulletin)
	case *dispatch.ContactMadeConfidential:
		t.Contacts, t.Promises = append(t.Contacts, e.Contact), promisesTo(s, e.Contact)
	case *dispatch.ConfidentialRead:
		t.Contacts = append(t.Contacts, e.Contact)
	case *dispatch.ReadersChanged:
		t.Contacts = append(t.Contacts, e.Contact)
	case *dispatch.LiaisonRecorded:
		t.Liaisons = append(t.Liaisons, e.Liaison.ID)
	case *dispatch.LiaisonExpired:
		t.Liaisons = append(t.Liaisons, e.Liaison)
	case *dispatch.AlarmRaised:
		t.Alarms = append(t.Alarms, e.ID)
	case *dispatch.AlarmAcked:
		t.Alarms = append(t.Alarms, e.Alarm)
	}
	nameEntry(&t, event)
	nameSending(&t, event)
	nameIncidents(&t, event)
	t.Alarms = append(t.Alarms, alarmsAbout(s, t.Contacts)...)
	return t
}

// nameEntry goes on with ways in.
func nameEntry(t *dispatch.Touched, event dispatch.Event) {
	switch e := event.(type) {
	case *dispatch.ZoneAmended:
		t.Zones = append(t.Zones, e.Zone.ID)
	case *dispatch.ZoneArchived:
		t.Zones = append(t.Zones, e.Zone)
	case *dispatch.LiaisonTried:
		t.Liaisons = append(t.Liaisons, e.Liaison)
	case *dispatch.CallerAdvised:
		t.Contacts = append(t.Contacts, e.Contact)
	case *dispatch.ClearanceAsked:
		t.Clearances = append(t.Clearances, e.Clearance.ID)
	case *dispatch.ClearanceGiven:
		t.Clearances, t.Units = append(t.Clearances, e.Clearance.ID), append(t.Units, e.Go...)
	case *dispatch.ClearanceEnded:
		t.Clearances, t.Units = append(t.Clearances, e.Clearance), append(t.Units, e.Back...)
	case *dispatch.AgreementRecorded:
		t.Agreements, t.Units = append(t.Agreements, e.Agreement.ID), append(t.Units, e.Go...)
	case *dispatch.AgreementBegan:
		t.Agreements, t.Units = append(t.Agreements, e.Agreement), append(t.Units, e.Go...)
	case *dispatch.AgreementEnded:
		t.Agreements, t.Units = append(t.Agreements, e.Agreement), append(t.Units, e.Back...)
	case *dispatch.UnitRehomed:
		t.Units = append(t.Units, e.Unit)
	case *dispatch.UnitMovedUp:
		t.Units = append(t.Units, e.Unit)
	case *dispatch.PlanMade:
		t.Plans = append(t.Plans, e.Plan.ID)
	case *dispatch.StepDone:
		t.Plans = append(t.Plans, e.Plan)
	case *dispatch.PlanStepAdded:
		t.Plans = append(t.Plans, e.Plan)
	case *dispatch.PlanStepDropped:
		t.Plans = append(t.Plans, e.Plan)
	case *dispatch.PlanReviewed:
		t.Plans = append(t.Plans, e.Plan)
	case *dispatch.PlanReminded:
		t.Plans = append(t.Plans, e.Plan)
	case *dispatch.PlanEnded:
		t.Plans = append(t.Plans, e.Plan)
	case *dispatch.PlanArchived:
		t.Plans = append(t.Plans, e.Plan)
	case *dispatch.GrantArchived:
		if e.Clearance != "" {
			t.Clearances = append(t.Clearances, e.Clearance)
		} else {
			t.Agreements = append(t.Agreements, e.Agreement)
		}
	}
}

func promisesTo(s *dispatch.State, id dispatch.ContactID) []dispatch.PromiseID {
	if c := s.Contacts[id]; c != nil {
		return c.Promises
	}
	return nil
}

// alarmsAbout lists the alarms that stand for some contacts.
func alarmsAbout(s *dispatch.State, about []dispatch.ContactID) []dispatch.AlarmID {
	var found []dispatch.AlarmID
	for id, a := range s.Alarms { // sorted below
		if slices.Contains(about, a.Contact) {
			found = append(found, id)
		}
	}
	slices.Sort(found)
	return found
}
