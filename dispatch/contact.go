package dispatch

import (
	"strconv"
	"strings"

	"github.com/everycall/everycall/triage"
)

// ReceiveContact takes one contact. It opens an incident of its own, or joins
// the open one that the call-taker named. A call of unknown type or place
// counts as life-safety until a person triages it.
type ReceiveContact struct {
	ID       ContactID // made where the contact is taken
	Channel  string    // "phone", "text", "web", "alarm", "walk_in", "radio", "on_view"
	Person   Private
	Language string
	Safe     SafeToCall
	Type     string          // empty: not known yet
	Priority triage.Priority // 0: the type's own, or the untriaged one
	Beat     string          // derived from the place where it was taken
	Join     IncidentID      // empty: opens its own
	Hazards  []HazardID      // those that the call-taker was shown and has read
	Invented []string        // fields whose values a simulation made up
}

// Channels lists the ways in which a contact can come.
var Channels = []string{"phone", "text", "web", "alarm", "walk_in", "radio", "on_view"}

// TriageContact says what a contact is: its type, and with it priority, service
// and floor. For the leading contact the incident follows.
type TriageContact struct {
	Contact  ContactID
	Type     string
	Priority triage.Priority // 0: the type's own
	Reason   string
}

// LocateContact says where it is.
type LocateContact struct {
	Contact ContactID
	Place   Private // Place and Point are used
	Beat    string
}

// JoinContact says that a contact is about an incident that is known already.
type JoinContact struct {
	Contact  ContactID
	Incident IncidentID
	Reason   string
}

// ContactReceived: a contact was taken; it waits.
type ContactReceived struct {
	ID         ContactID       `json:"id"`
	Number     uint64          `json:"number"`
	Channel    string          `json:"channel"`
	Language   string          `json:"language,omitempty"`
	Safe       SafeToCall      `json:"safe"`
	Type       string          `json:"type,omitempty"`
	Priority   triage.Priority `json:"priority"`
	LifeSafety bool            `json:"life_safety,omitempty"`
	Beat       string          `json:"beat,omitempty"`
	Repeat     int             `json:"repeat,omitempty"`
	Invented   []string        `json:"invented,omitempty"`
	Outcome    Outcome         `json:"outcome"`
	Person     Private         `json:"-"`
}

// ContactTriaged: its type, priority or floor was said by a person.
type ContactTriaged struct {
	Contact    ContactID       `json:"contact"`
	Type       string          `json:"type"`
	Priority   triage.Priority `json:"priority"`
	LifeSafety bool            `json:"life_safety,omitempty"`
	Private    Private         `json:"-"` // Text: why
}

// ContactLocated: its place was said.
type ContactLocated struct {
	Contact ContactID `json:"contact"`
	Beat    string    `json:"beat,omitempty"`
	Place   Private   `json:"-"`
}

// ContactJoined: it is about this incident too.
type ContactJoined struct {
	Contact  ContactID  `json:"contact"`
	Incident IncidentID `json:"incident"`
}

// OutcomeChanged: what has become of the contact so far. The reason is sealed
// with the contact.
type OutcomeChanged struct {
	Contact ContactID `json:"contact"`
	Outcome Outcome   `json:"outcome"`
	Private Private   `json:"-"` // Text: the reason
}

func (ReceiveContact) CommandName() string { return "ReceiveContact" }
func (TriageContact) CommandName() string  { return "TriageContact" }
func (LocateContact) CommandName() string  { return "LocateContact" }
func (JoinContact) CommandName() string    { return "JoinContact" }

func (*ContactReceived) EventName() string { return "ContactReceived" }
func (*ContactTriaged) EventName() string  { return "ContactTriaged" }
func (*ContactLocated) EventName() string  { return "ContactLocated" }
func (*ContactJoined) EventName() string   { return "ContactJoined" }
func (*OutcomeChanged) EventName() string  { return "OutcomeChanged" }

func (e *ContactReceived) Subject() string  { return string(e.ID) }
func (e *ContactReceived) Secret() *Private { return &e.Person }
func (e *ContactTriaged) Subject() string   { return string(e.Contact) }
func (e *ContactTriaged) Secret() *Private  { return &e.Private }
func (e *ContactLocated) Subject() string   { return string(e.Contact) }
func (e *ContactLocated) Secret() *Private  { return &e.Place }
func (e *OutcomeChanged) Subject() string   { return string(e.Contact) }
func (e *OutcomeChanged) Secret() *Private  { return &e.Private }

func (c ReceiveContact) decide(s *State, m Meta, out []Event) ([]Event, *Rejection) {
	if c.ID == "" {
		return nil, reject(FieldMissing, "a contact needs an id, made where it is taken").at("id")
	}
	if _, taken := s.Contacts[c.ID]; taken {
		return nil, reject(ContactTaken, "contact %s was taken already", c.ID).at("id")
	}
	if len(s.Contacts) >= MaxOpenContacts {
		return nil, reject(LimitReached, "%d contacts are open: at most MaxOpenContacts; close incidents, and take this one on paper", len(s.Contacts))
	}
	if no := c.checkFields(s); no != nil {
		return nil, no
	}
	kind, known := s.types.Find(c.Type)
	received := &ContactReceived{ID: c.ID, Number: s.Counters.Contact + 1, Channel: c.Channel, Language: c.Language, Safe: c.Safe,
		Type: c.Type, Priority: c.Priority, Beat: c.Beat, Person: c.Person, Invented: c.Invented}
	if received.Safe == "" {
		received.Safe = SafeUnknown
	}
	noPlace := strings.TrimSpace(c.Person.Place) == "" && c.Person.Point == nil
	received.LifeSafety = !known || kind.LifeSafety || noPlace
	service := s.Config.DefaultService
	if known {
		service = Service(kind.Service)
	}
	if received.Priority == 0 {
		received.Priority = s.Config.UntriagedPriority
		if known {
			received.Priority = kind.Priority
		}
	}
	earlier := s.earlierFrom(c.Person.Number, m.At)
	received.Repeat = len(earlier)
	received.Outcome = s.waiting(service, received.Priority, m.At)
	if !known || noPlace {
		received.Outcome.Next = "ask what and where, then triage it"
	}
	out = append(out, received)
	if c.Join != "" {
		out, no := c.join(s, m, received, out)
		if no != nil {
			return nil, no
		}
		out = s.readAtCall(s.Incidents[c.Join], c.Hazards, out)
		return s.alarmRepeat(received, c.Join, earlier, out), nil
	}
	incident := &IncidentOpened{ID: IncidentID(numbered("i", s.Counters.Incident+1)), Number: s.Counters.Incident + 1,
		Contact: c.ID, Service: service, Type: c.Type, Priority: received.Priority, LifeSafety: received.LifeSafety, Beat: c.Beat}
	if c.Person.Point != nil {
		incident.Zone, incident.Drawn = s.zoneAt(*c.Person.Point), s.drawnAt(c.Person.Point)
	}
	from := len(out)
	out = append(out, incident)
	if incident.Zone != "" {
		p := s.planner(m, nil)
		out = p.plan(incident.ID, nil, c.Person.Point, p.zonesAt(c.Person.Point), out)
	}
	out = s.alarmRepeat(received, incident.ID, earlier, out)
	return s.arrive(nil, incident.ID, service, c.Person.Point, c.Hazards, from, out), nil
}

func (c ReceiveContact) join(s *State, m Meta, received *ContactReceived, out []Event) ([]Event, *Rejection) {
	incident, no := s.openIncident(c.Join)
	if no != nil {
		return nil, no.at("incident")
	}
	if len(incident.Contacts) >= MaxContactsJoint {
		return nil, reject(LimitReached, "incident %s has %d contacts: at most MaxContactsJoint", incident.ID, len(incident.Contacts))
	}
	out = s.liftToFloor(incident, received.LifeSafety, received.Priority, m, out)
	out = append(out, &ContactJoined{Contact: c.ID, Incident: c.Join})
	if received.Priority < incident.Priority() {
		out = append(out, &IncidentReprioritised{Incident: c.Join, Priority: received.Priority, Contact: c.ID, Private: said("a contact that joined is more urgent")})
	}
	return s.planner(m, nil).asLifeSafety(incident, incident.LifeSafety || received.LifeSafety, out), nil
}

func (c ReceiveContact) checkFields(s *State) *Rejection {
	for _, f := range []struct {
		name, text string
		max        int
		lines      bool
	}{
		{"id", string(c.ID), MaxContactIDBytes, false}, {"caller.name", c.Person.Name, MaxLineBytes, false},
		{"caller.number", c.Person.Number, 40, false}, {"location.text", c.Person.Place, MaxLineBytes, false},
		{"narrative", c.Person.Text, MaxTextBytes, true}, {"language", c.Language, 40, false}, {"beat", c.Beat, MaxBeatBytes, false},
	} {
		if no := checkText(f.name, f.text, f.max, f.lines); no != nil {
			return no
		}
	}
	if strings.Contains(string(c.ID), ":") { // contacts have keys of their own, and other things' begin so
		return reject(ValueUnknown, "contact id %q: an id holds no colon", c.ID).at("id")
	}
	if !contains(Channels, c.Channel) {
		return reject(ValueUnknown, "channel %q is not known: one of phone, text, web, alarm, walk_in, radio, on_view", c.Channel).at("channel")
	}
	if c.Person.Point != nil && !c.Person.Point.Valid() {
		return reject(PlaceInvalid, "the point is not on the planet").at("location")
	}
	if c.Type != "" {
		if _, ok := s.types.Find(c.Type); !ok {
			return reject(ValueUnknown, "call type %q is not in the agency's list", c.Type).at("type")
		}
	}
	if c.Priority != 0 && !c.Priority.Valid() {
		return reject(ValueUnknown, "priority %d is not between 1 and 5", c.Priority).at("priority")
	}
	switch c.Safe {
	case "", SafeUnknown, SafeYes, SafeNo:
		return nil
	}
	return reject(ValueUnknown, "safe_to_call %q: unknown, safe or unsafe", c.Safe).at("caller.safe_to_call")
}

// waiting is the outcome of a contact that nobody has decided on yet.
func (s *State) waiting(of Service, p triage.Priority, at Instant) Outcome {
	return Outcome{Kind: OutcomeWaiting, Since: at, Owner: s.deskFor(of), Due: at.Add(s.waitLimit(p)), Next: "send somebody, or say why not"}
}

func (s *State) waitLimit(p triage.Priority) Millis {
	if p.Valid() && s.Config.WaitLimits[p] > 0 {
		return s.Config.WaitLimits[p]
	}
	return 10 * Minute
}

func (s *State) holdLimit(p triage.Priority) Millis {
	if p.Valid() && s.Config.HoldLimits[p] > 0 {
		return s.Config.HoldLimits[p]
	}
	switch p { // Los Angeles County
	case 1:
		return 10 * Minute
	case 2:
		return 20 * Minute
	}
	return Hour
}

// earlierFrom returns the contacts of the last RepeatWindow from this number.
func (s *State) earlierFrom(number string, now Instant) []ContactID {
	if number == "" {
		return nil
	}
	var earlier []ContactID
	for _, id := range s.byNumber[number] {
		if c := s.Contacts[id]; c != nil && now.Since(c.ReceivedAt) <= RepeatWindow {
			earlier = append(earlier, id)
		}
	}
	return earlier
}

// alarmRepeat tells the supervisor about the third call and each after it.
// Counting alone raises no priority.
func (s *State) alarmRepeat(c *ContactReceived, on IncidentID, earlier []ContactID, out []Event) []Event {
	if len(earlier)+1 < RepeatAlertAt {
		return out
	}
	broken := 0
	for _, id := range earlier {
		for _, p := range s.Contacts[id].Promises {
			if s.Promises[p] != nil && s.Promises[p].State == PromiseBroken {
				broken++
			}
		}
	}
	text := "call " + strconv.Itoa(len(earlier)+1) + " from one number, promises broken " + strconv.Itoa(broken) + ": ask what has changed"
	return append(out, &AlarmRaised{ID: s.nextAlarm(raised(out)), Cause: CauseRepeat, Level: LevelWarning,
		Desk: s.supervisorOf(c.Outcome.Owner), Contact: c.ID, Incident: on, Text: text})
}

func (c TriageContact) decide(s *State, m Meta, out []Event) ([]Event, *Rejection) {
	contact, no := s.openContact(c.Contact)
	if no != nil {
		return nil, no
	}
	kind, known := s.types.Find(c.Type)
	if !known {
		return nil, reject(ValueUnknown, "call type %q is not in the agency's list", c.Type).at("type")
	}
	if no := checkText("reason", c.Reason, MaxLineBytes, false); no != nil {
		return nil, no
	}
	if c.Priority != 0 && !c.Priority.Valid() {
		return nil, reject(ValueUnknown, "priority %d is not between 1 and 5", c.Priority).at("priority")
	}
	p := c.Priority
	if p == 0 {
		p = kind.Priority
	}
	incident := s.Incidents[contact.Incident]
	if p != incident.Priority() && len(incident.Priorities) >= MaxPriorities {
		return nil, reject(LimitReached, "incident %d has had %d priorities: at most MaxPriorities", incident.Number, len(incident.Priorities)).at("priority")
	}
	floor := kind.LifeSafety || s.floorBesides(incident, c.Contact)
	triaged := &ContactTriaged{Contact: c.Contact, Type: c.Type, Priority: p, LifeSafety: kind.LifeSafety, Private: said(c.Reason)}
	if s.lead(incident) != c.Contact { // it follows: the incident learns only of what is more urgent
		out = append(s.liftToFloor(incident, floor, p, m, out), triaged)
		if floor != incident.LifeSafety {
			out = append(out, &IncidentRetyped{Incident: incident.ID, Type: incident.Type, Service: incident.Service, LifeSafety: floor})
		}
		if p < incident.Priority() {
			out = append(out, &IncidentReprioritised{Incident: incident.ID, Priority: p, Contact: c.Contact, Private: said("a contact that follows is more urgent: " + kind.Code)})
		}
		return s.planner(m, nil).asLifeSafety(incident, floor, out), nil
	}
	if contact.Outcome.Kind == OutcomeWaiting || (floor && contact.Outcome.Kind.putOff()) {
		w := s.waiting(Service(kind.Service), p, contact.Outcome.Since)
		w.Due = max(w.Due, m.At.Add(Minute))
		out = append(out, &OutcomeChanged{Contact: c.Contact, Outcome: w})
	} else {
		as := incident.withPriority(PriorityChange{Priority: p, At: m.At})
		as.Type, as.Service, as.LifeSafety = c.Type, Service(kind.Service), floor
		out = s.replan(incident, as, m, out)
	}
	out = append(out, triaged, &IncidentRetyped{Incident: incident.ID, Type: c.Type, Service: Service(kind.Service), LifeSafety: floor})
	if p != incident.Priority() {
		out = append(out, &IncidentReprioritised{Incident: incident.ID, Priority: p, Contact: c.Contact, Private: said("triaged as " + kind.Code)})
	}
	return s.planner(m, nil).asLifeSafety(incident, floor, out), nil
}

// floorBesides reports whether another open contact of the incident is on the floor.
func (s *State) floorBesides(i *Incident, but ContactID) bool {
	for _, id := range i.Contacts {
		if c := s.Contacts[id]; id != but && c.LifeSafety && !c.Outcome.Kind.Final() {
			return true
		}
	}
	return false
}

func (c LocateContact) decide(s *State, m Meta, out []Event) ([]Event, *Rejection) {
	contact, no := s.openContact(c.Contact)
	if no != nil {
		return nil, no
	}
	if no := checkText("location.text", c.Place.Place, MaxLineBytes, false); no != nil {
		return nil, no
	}
	if no := checkText("beat", c.Beat, MaxBeatBytes, false); no != nil {
		return nil, no
	}
	if c.Place.Place == "" && c.Place.Point == nil {
		return nil, reject(FieldMissing, "a place is a text, a point or both").at("location")
	}
	if c.Place.Point != nil && !c.Place.Point.Valid() {
		return nil, reject(PlaceInvalid, "the point is not on the planet").at("location")
	}
	from := len(out)
	out = append(out, &ContactLocated{Contact: c.Contact, Beat: c.Beat, Place: Private{Place: c.Place.Place, Point: c.Place.Point}})
	if incident := s.Incidents[contact.Incident]; s.lead(incident) == c.Contact {
		moved := &IncidentMoved{Incident: incident.ID, Beat: c.Beat}
		if c.Place.Point != nil {
			moved.Zone, moved.Drawn = s.zoneAt(*c.Place.Point), s.drawnAt(c.Place.Point)
		}
		as := *incident
		as.Beat, as.Zone, as.Drawn = moved.Beat, moved.Zone, moved.Drawn
		out = s.replan(incident, as, m, append(out, moved))
		p := s.planner(m, nil)
		out = p.plan(incident.ID, incident, c.Place.Point, p.zonesAt(c.Place.Point), out)
		out = s.arrive(incident, incident.ID, incident.Service, c.Place.Point, nil, from, out)
	}
	return out, nil
}

func (c JoinContact) decide(s *State, m Meta, out []Event) ([]Event, *Rejection) {
	contact, no := s.openContact(c.Contact)
	if no != nil {
		return nil, no
	}
	into, no := s.openIncident(c.Incident)
	if no != nil {
		return nil, no.at("incident")
	}
	from := s.Incidents[contact.Incident]
	if from.ID == into.ID {
		return nil, reject(OutcomeWrong, "contact %d is on incident %d already", contact.Number, into.Number)
	}
	if len(into.Contacts) >= MaxContactsJoint {
		return nil, reject(LimitReached, "incident %s has %d contacts: at most MaxContactsJoint", into.ID, len(into.Contacts))
	}
	if no := checkText("reason", c.Reason, MaxLineBytes, false); no != nil {
		return nil, no
	}
	out = s.liftToFloor(into, contact.LifeSafety, contact.Priority, m, out)
	p := s.planner(m, nil)
	if s.openContacts(from) == 1 {
		if no := majorStands(from); no != nil {
			return nil, no
		}
		if from.Active() > 0 {
			return nil, reject(UnitsWorking, "units are working on incident %d: unassign them first", from.Number)
		}
		out = s.clearStacks(from, "joined into another", out)
		out = p.close(from.ID, append(out, &IncidentClosed{Incident: from.ID, Disposition: "duplicate", Authority: m.By}))
	} else if s.lead(from) == c.Contact {
		out = s.promote(from, c.Contact, m.At, out)
	}
	out = append(out, &ContactJoined{Contact: c.Contact, Incident: c.Incident})
	if contact.Priority < into.Priority() {
		out = append(out, &IncidentReprioritised{Incident: c.Incident, Priority: contact.Priority, Contact: contact.ID, Private: said("a contact that joined is more urgent")})
	}
	if from.Open() && s.openContacts(from) > 1 && s.lead(from) == c.Contact {
		out = p.leads(from, s.nextLead(from, c.Contact), out)
	}
	return p.asLifeSafety(into, into.LifeSafety || contact.LifeSafety, out), nil
}

// liftToFloor puts the leading contact back to waiting when its incident has
// become life-safety while it was held, diverted or appointed; else a more
// urgent priority brings its due time forward.
func (s *State) liftToFloor(i *Incident, lifeSafety bool, p triage.Priority, m Meta, out []Event) []Event {
	lead := s.Lead(i)
	if !lifeSafety || !lead.Outcome.Kind.putOff() {
		if p >= i.Priority() {
			return out
		}
		return s.replan(i, i.withPriority(PriorityChange{Priority: p, At: m.At}), m, out)
	}
	o := s.waiting(i.Service, min(p, i.Priority()), m.At)
	o.Reason = "it is life-safety now: it is no longer put off"
	return append(out, outcomeOf(lead, o))
}

func (e *ContactReceived) evolve(s *State, st Stamped) {
	s.Counters.Contact = e.Number
	c := &Contact{ID: e.ID, Number: e.Number, Channel: e.Channel, ReceivedAt: st.At, Language: e.Language, Person: e.Person, Safe: e.Safe,
		Type: e.Type, Priority: e.Priority, LifeSafety: e.LifeSafety, Beat: e.Beat, Outcome: e.Outcome, Repeat: e.Repeat, Invented: e.Invented}
	s.Contacts[e.ID] = c
	s.remember(c)
	s.due.set(dueRef{dueContact, string(e.ID)}, c.Outcome.Due)
	s.touched.contact(e.ID)
}

func (e *ContactTriaged) evolve(s *State, _ Stamped) {
	c := s.Contacts[e.Contact]
	c.Type, c.Priority, c.LifeSafety = e.Type, e.Priority, e.LifeSafety
	s.touched.contact(e.Contact)
}

func (e *ContactLocated) evolve(s *State, _ Stamped) {
	c := s.Contacts[e.Contact]
	c.Person.Place, c.Person.Point, c.Beat = e.Place.Place, e.Place.Point, e.Beat
	s.touched.contact(e.Contact)
	s.touched.incident(c.Incident)
}

func (e *ContactJoined) evolve(s *State, st Stamped) {
	c, into := s.Contacts[e.Contact], s.Incidents[e.Incident]
	if from := s.Incidents[c.Incident]; from != nil {
		from.Contacts = without(from.Contacts, e.Contact)
		s.due.set(dueRef{dueArchive, string(from.ID)}, s.archiveAt(from)) // its promises went with it
		if len(from.Contacts) == 0 {
			s.follows(from, into)
		}
		s.touched.incident(from.ID)
	}
	lead := s.Contacts[s.lead(into)]
	c.Incident = e.Incident
	into.Contacts = append(into.Contacts, e.Contact)
	into.LifeSafety = into.LifeSafety || c.LifeSafety
	o := Outcome{Kind: OutcomeDuplicate, Since: st.At, Next: "follows its incident"}
	o.Owner, o.Due = lead.Outcome.Owner, lead.Outcome.Due
	s.setOutcome(c, o)
	s.touched.incident(e.Incident)
}

func (e *OutcomeChanged) evolve(s *State, _ Stamped) {
	c := s.Contacts[e.Contact]
	o := e.Outcome
	o.Reason = e.Private.Text
	s.setOutcome(c, o)
	if i := s.Incidents[c.Incident]; i != nil {
		s.touched.incident(i.ID)
		if len(i.Contacts) > 1 && s.lead(i) == c.ID {
			s.follow(i, o)
		}
	}
}

// setOutcome replaces the outcome, its place in the due queue, and the alarm
// that the former one may have raised.
func (s *State) setOutcome(c *Contact, o Outcome) {
	if c.Outcome.Kind == OutcomeStaged && o.Kind != OutcomeStaged {
		s.dropAlarmsOf(func(a *Alarm) bool { return a.Cause == CauseStaged && a.Contact == c.ID })
	}
	c.Outcome = o
	if c.alarm != "" {
		s.dropAlarm(c.alarm)
		c.alarm = ""
	}
	s.count(c)
	s.due.set(dueRef{dueContact, string(c.ID)}, o.alarmAt())
	s.touched.contact(c.ID)
}

// alarmAt is when somebody is alarmed about it; 0 for a final outcome, and for a
// duplicate, since the due time of its leading contact alarms for both.
func (o *Outcome) alarmAt() Instant {
	if o.Kind == OutcomeDuplicate {
		return 0
	}
	return o.Due
}

// follow keeps the owner and due time of duplicates equal to their lead's.
func (s *State) follow(i *Incident, lead Outcome) {
	for _, id := range i.Contacts {
		if c := s.Contacts[id]; c.Outcome.Kind == OutcomeDuplicate && lead.Due != 0 {
			c.Outcome.Owner, c.Outcome.Due = lead.Owner, lead.Due
			s.touched.contact(id)
		}
	}
}

// remember indexes a contact by its call-back number.
func (s *State) remember(c *Contact) {
	if c.Person.Number != "" {
		s.byNumber[c.Person.Number] = append(s.byNumber[c.Person.Number], c.ID)
	}
}

func (s *State) forget(c *Contact) {
	if all := s.byNumber[c.Person.Number]; len(all) == 1 && all[0] == c.ID {
		delete(s.byNumber, c.Person.Number)
		return
	}
	if rest := without(s.byNumber[c.Person.Number], c.ID); len(rest) > 0 {
		s.byNumber[c.Person.Number] = rest
	} else {
		delete(s.byNumber, c.Person.Number)
	}
}

// openContact finds a contact whose outcome is not final.
func (s *State) openContact(id ContactID) (*Contact, *Rejection) {
	c := s.Contacts[id]
	if c == nil {
		return nil, reject(ContactUnknown, "contact %q is not known here", id).at("contact")
	}
	if c.Outcome.Kind.Final() {
		return nil, reject(ContactFinal, "contact %d is %s since then: reopen its incident first", c.Number, c.Outcome.Kind).at("contact")
	}
	return c, nil
}

func contains[T comparable](all []T, one T) bool {
	for _, x := range all {
		if x == one {
			return true
		}
	}
	return false
}

// without returns the list in which one is left out, in a new array, since the
// old one may have been shown to a reader.
func without[T comparable](all []T, one T) []T {
	rest := make([]T, 0, len(all))
	for _, x := range all {
		if x != one {
			rest = append(rest, x)
		}
	}
	return rest
}
