package dispatch

import (
	"slices"
	"strconv"
	"strings"
)

// Major makes an incident a major one: who commands it, on which channel, which other
// incidents belong to it, and what is to be reached (ICS 201, objectives).
type Major struct {
	DeclaredAt Instant      `json:"declared_at"`
	By         string       `json:"by"`
	Authority  string       `json:"authority"`
	Reason     string       `json:"reason,omitempty"`
	Contact    ContactID    `json:"contact"`   // whose key seals the reasons
	Commander  string       `json:"commander"` // a role, never a name
	Channel    string       `json:"channel"`   // of its own
	ReviewBy   Instant      `json:"review_by"`
	Remind     Instant      `json:"remind,omitempty"` // a supervisor is alarmed then; 0: ended
	Reviews    int          `json:"reviews,omitempty"`
	Children   []IncidentID `json:"children,omitempty"`
	Objectives []Objective  `json:"objectives,omitempty"`
	EndedAt    Instant      `json:"ended_at,omitempty"`
	EndedBy    string       `json:"ended_by,omitempty"` // on whose authority
	EndReason  string       `json:"end_reason,omitempty"`
}

// Objective is one thing to be reached. It is never changed; it is met, or given up.
type Objective struct {
	Text    string    `json:"text"`
	Contact ContactID `json:"contact"` // whose key seals it
	At      Instant   `json:"at"`
	By      string    `json:"by"`
	MetAt   Instant   `json:"met_at,omitempty"`
	MetBy   string    `json:"met_by,omitempty"`
	How     string    `json:"how,omitempty"`
}

// DeclareMajor makes an incident a major one.
type DeclareMajor struct {
	Incident  IncidentID
	Authority string
	Reason    string
	Commander string
	Channel   string
	ReviewBy  Instant
}

// ReviewMajor says that it still is one, and who commands it now.
type ReviewMajor struct {
	Incident  IncidentID
	Commander string // empty: as before
	Channel   string // empty: as before
	ReviewBy  Instant
	Reason    string
}

// AddToMajor makes an incident a child of a major one.
type AddToMajor struct {
	Incident IncidentID // the child
	Major    IncidentID
	Reason   string
}

// TakeFromMajor says that it does not belong to it.
type TakeFromMajor struct {
	Incident IncidentID // the child
	Reason   string
}

// AddObjective adds a line to its objectives.
type AddObjective struct {
	Incident IncidentID
	Text     string
}

// MeetObjective says that one is reached, or needs no reaching, and how.
type MeetObjective struct {
	Incident  IncidentID
	Objective int // from 1
	How       string
}

// EndMajor makes it an ordinary incident again. It stays open, and so do its children.
type EndMajor struct {
	Incident  IncidentID
	Authority string
	Reason    string
}

// MajorDeclared: it is a major incident.
type MajorDeclared struct {
	Incident  IncidentID `json:"incident"`
	Authority string     `json:"authority"`
	Commander string     `json:"commander"`
	Channel   string     `json:"channel"`
	ReviewBy  Instant    `json:"review_by"`
	Contact   ContactID  `json:"contact"`
	Private   Private    `json:"-"` // Text: the reason
}

// MajorReviewed: somebody looked at it.
type MajorReviewed struct {
	Incident  IncidentID `json:"incident"`
	Commander string     `json:"commander"`
	Channel   string     `json:"channel"`
	ReviewBy  Instant    `json:"review_by"`
	Contact   ContactID  `json:"contact"`
	Private   Private    `json:"-"` // Text: the reason
}

// MajorReminded: nobody has reviewed it in time; it stays one. Next then.
type MajorReminded struct {
	Incident IncidentID `json:"incident"`
	Next     Instant    `json:"next"`
}

// MajorEnded: it is an ordinary incident again.
type MajorEnded struct {
	Incident  IncidentID `json:"incident"`
	Authority string     `json:"authority"`
	Contact   ContactID  `json:"contact"`
	Private   Private    `json:"-"` // Text: the reason
}

// MajorChildAdded: an incident belongs to a major one.
type MajorChildAdded struct {
	Incident IncidentID `json:"incident"`
	Major    IncidentID `json:"major"`
	Contact  ContactID  `json:"contact"`
	Private  Private    `json:"-"` // Text: the reason
}

// MajorChildTaken: it does not belong to it.
type MajorChildTaken struct {
	Incident IncidentID `json:"incident"`
	Major    IncidentID `json:"major"`
	Contact  ContactID  `json:"contact"`
	Private  Private    `json:"-"` // Text: the reason
}

// ObjectiveAdded: this is to be reached.
type ObjectiveAdded struct {
	Incident IncidentID `json:"incident"`
	Contact  ContactID  `json:"contact"`
	Private  Private    `json:"-"` // Text: the objective
}

// ObjectiveMet: it is.
type ObjectiveMet struct {
	Incident  IncidentID `json:"incident"`
	Objective int        `json:"objective"`
	Contact   ContactID  `json:"contact"`
	Private   Private    `json:"-"` // Text: how
}

func (DeclareMajor) CommandName() string  { return "DeclareMajor" }
func (ReviewMajor) CommandName() string   { return "ReviewMajor" }
func (AddToMajor) CommandName() string    { return "AddToMajor" }
func (TakeFromMajor) CommandName() string { return "TakeFromMajor" }
func (AddObjective) CommandName() string  { return "AddObjective" }
func (MeetObjective) CommandName() string { return "MeetObjective" }
func (EndMajor) CommandName() string      { return "EndMajor" }

func (*MajorDeclared) EventName() string   { return "MajorDeclared" }
func (*MajorReviewed) EventName() string   { return "MajorReviewed" }
func (*MajorReminded) EventName() string   { return "MajorReminded" }
func (*MajorEnded) EventName() string      { return "MajorEnded" }
func (*MajorChildAdded) EventName() string { return "MajorChildAdded" }
func (*MajorChildTaken) EventName() string { return "MajorChildTaken" }
func (*ObjectiveAdded) EventName() string  { return "ObjectiveAdded" }
func (*ObjectiveMet) EventName() string    { return "ObjectiveMet" }

func (e *MajorDeclared) Subject() string    { return string(e.Contact) }
func (e *MajorDeclared) Secret() *Private   { return &e.Private }
func (e *MajorReviewed) Subject() string    { return string(e.Contact) }
func (e *MajorReviewed) Secret() *Private   { return &e.Private }
func (e *MajorEnded) Subject() string       { return string(e.Contact) }
func (e *MajorEnded) Secret() *Private      { return &e.Private }
func (e *MajorChildAdded) Subject() string  { return string(e.Contact) }
func (e *MajorChildAdded) Secret() *Private { return &e.Private }
func (e *MajorChildTaken) Subject() string  { return string(e.Contact) }
func (e *MajorChildTaken) Secret() *Private { return &e.Private }
func (e *ObjectiveAdded) Subject() string   { return string(e.Contact) }
func (e *ObjectiveAdded) Secret() *Private  { return &e.Private }
func (e *ObjectiveMet) Subject() string     { return string(e.Contact) }
func (e *ObjectiveMet) Secret() *Private    { return &e.Private }

// InForce reports whether it has not ended.
func (m *Major) InForce() bool { return m != nil && m.EndedAt == 0 }

func (i *Incident) majorInForce() bool { return i.Major.InForce() }

// MajorOf is the major incident in force that an incident belongs to, or nil.
func (s *State) MajorOf(i *Incident) *Incident {
	if parent := s.Incidents[i.Parent]; parent != nil && parent.majorInForce() {
		return parent
	}
	return nil
}

// majorStands refuses to close a major incident.
func majorStands(i *Incident) *Rejection {
	if i.majorInForce() {
		return reject(MajorInForce, "incident %d is a major incident: end that first, with a reason", i.Number).at("incident")
	}
	return nil
}

// major finds a major incident in force.
func (s *State) major(id IncidentID) (*Incident, *Rejection) {
	i, no := s.openIncident(id)
	if no != nil {
		return nil, no
	}
	if !i.majorInForce() {
		return nil, reject(MajorUnknown, "incident %d is no major incident: declare it first", i.Number).at("incident")
	}
	return i, nil
}

func checkMajorReview(by, now Instant) *Rejection {
	if by <= now || by.Since(now) > MajorReviewMax {
		return reject(TimeInvalid, "a major incident is reviewed within 12 hours").at("review_by")
	}
	return nil
}

func (c DeclareMajor) decide(s *State, m Meta, out []Event) ([]Event, *Rejection) {
	i, no := s.openIncident(c.Incident)
	if no != nil {
		return nil, no
	}
	if i.majorInForce() {
		return nil, reject(MajorInForce, "incident %d is a major incident already, declared by %s", i.Number, i.Major.Authority).at("incident")
	}
	if parent := s.MajorOf(i); parent != nil {
		return nil, reject(MajorInForce, "incident %d belongs to major incident %d: take it out first", i.Number, parent.Number).at("incident")
	}
	if no := checkLines("authority", c.Authority, "reason", c.Reason, "commander", c.Commander, "channel", c.Channel); no != nil {
		return nil, no
	}
	if no := checkMajorReview(c.ReviewBy, m.At); no != nil {
		return nil, no
	}
	if n := s.majors(); n >= MaxMajors {
		return nil, reject(LimitReached, "%d major incidents are in force: at most MaxMajors", n)
	}
	return append(out, &MajorDeclared{Incident: i.ID, Authority: c.Authority, Commander: c.Commander, Channel: c.Channel, ReviewBy: c.ReviewBy, Contact: s.lead(i), Private: said(c.Reason)}), nil
}

func (s *State) majors() int {
	n := 0
	for _, i := range s.Incidents { // counts: the order cannot show
		if i.majorInForce() {
			n++
		}
	}
	return n
}

func (c ReviewMajor) decide(s *State, m Meta, out []Event) ([]Event, *Rejection) {
	i, no := s.major(c.Incident)
	if no != nil {
		return nil, no
	}
	if c.Commander == "" {
		c.Commander = i.Major.Commander
	}
	if c.Channel == "" {
		c.Channel = i.Major.Channel
	}
	if no := checkLines("reason", c.Reason, "commander", c.Commander, "channel", c.Channel); no != nil {
		return nil, no
	}
	if no := checkMajorReview(c.ReviewBy, m.At); no != nil {
		return nil, no
	}
	return append(out, &MajorReviewed{Incident: i.ID, Commander: c.Commander, Channel: c.Channel, ReviewBy: c.ReviewBy, Contact: s.lead(i), Private: said(c.Reason)}), nil
}

func (c AddToMajor) decide(s *State, _ Meta, out []Event) ([]Event, *Rejection) {
	i, no := s.openIncident(c.Incident)
	if no != nil {
		return nil, no
	}
	parent, no := s.major(c.Major)
	if no != nil {
		return nil, no.at("major")
	}
	if no := checkLine("reason", c.Reason); no != nil {
		return nil, no
	}
	if i == parent {
		return nil, reject(ValueUnknown, "incident %d does not belong to itself: name another one", i.Number).at("incident")
	}
	if i.majorInForce() {
		return nil, reject(MajorInForce, "incident %d is a major incident itself: end that first", i.Number).at("incident")
	}
	if other := s.MajorOf(i); other != nil {
		return nil, reject(MajorInForce, "incident %d belongs to major incident %d already", i.Number, other.Number).at("incident")
	}
	if len(parent.Major.Children) >= MaxChildren {
		return nil, reject(LimitReached, "major incident %d has %d others: at most MaxChildren", parent.Number, len(parent.Major.Children))
	}
	return append(out, &MajorChildAdded{Incident: i.ID, Major: parent.ID, Contact: s.lead(i), Private: said(c.Reason)}), nil
}

func (c TakeFromMajor) decide(s *State, _ Meta, out []Event) ([]Event, *Rejection) {
	i, no := s.openIncident(c.Incident)
	if no != nil {
		return nil, no
	}
	parent := s.MajorOf(i)
	if parent == nil {
		return nil, reject(MajorUnknown, "incident %d belongs to no major incident", i.Number).at("incident")
	}
	if no := checkLine("reason", c.Reason); no != nil {
		return nil, no
	}
	return append(out, &MajorChildTaken{Incident: i.ID, Major: parent.ID, Contact: s.lead(i), Private: said(c.Reason)}), nil
}

func (c AddObjective) decide(s *State, _ Meta, out []Event) ([]Event, *Rejection) {
	i, no := s.major(c.Incident)
	if no != nil {
		return nil, no
	}
	if strings.TrimSpace(c.Text) == "" {
		return nil, reject(FieldMissing, "text is needed").at("text")
	}
	if no := checkText("text", c.Text, MaxLineBytes, false); no != nil {
		return nil, no
	}
	if len(i.Major.Objectives) >= MaxObjectives {
		return nil, reject(LimitReached, "incident %d has %d objectives: at most MaxObjectives", i.Number, len(i.Major.Objectives))
	}
	return append(out, &ObjectiveAdded{Incident: i.ID, Contact: s.lead(i), Private: said(c.Text)}), nil
}

func (c MeetObjective) decide(s *State, _ Meta, out []Event) ([]Event, *Rejection) {
	i, no := s.major(c.Incident)
	if no != nil {
		return nil, no
	}
	if c.Objective < 1 || c.Objective > len(i.Major.Objectives) {
		return nil, reject(ValueUnknown, "incident %d has %d objectives, and no number %d", i.Number, len(i.Major.Objectives), c.Objective).at("objective")
	}
	if o := &i.Major.Objectives[c.Objective-1]; o.MetAt != 0 {
		return nil, reject(StepIsDone, "objective %d was met, as %s said", c.Objective, o.MetBy).at("objective")
	}
	if no := checkLine("how", c.How); no != nil {
		return nil, no
	}
	return append(out, &ObjectiveMet{Incident: i.ID, Objective: c.Objective, Contact: s.lead(i), Private: said(c.How)}), nil
}

func (c EndMajor) decide(s *State, _ Meta, out []Event) ([]Event, *Rejection) {
	i, no := s.major(c.Incident)
	if no != nil {
		return nil, no
	}
	if no := checkLines("authority", c.Authority, "reason", c.Reason); no != nil {
		return nil, no
	}
	return append(out, &MajorEnded{Incident: i.ID, Authority: c.Authority, Contact: s.lead(i), Private: said(c.Reason)}), nil
}

// majorDue: nobody has reviewed it in time. It stays a major incident.
func (s *State) majorDue(i *Incident, m Meta, alarms uint64, out []Event) []Event {
	return append(out, &MajorReminded{Incident: i.ID, Next: m.At.Add(PlanRemindEvery)},
		&AlarmRaised{ID: s.nextAlarm(alarms), Cause: CauseMajor, Level: LevelWarning, Desk: s.supervisorOf(s.deskFor(i.Service)), Incident: i.ID, About: "major:" + string(i.ID),
			Text: "major incident " + strconv.FormatUint(i.Number, 10) + " is past its review: it stays one; review it or end it"})
}

// majorMoves puts a changed major incident where the old one was: a reader may hold that.
func (s *State) majorMoves(i *Incident, change func(*Major)) {
	m := *i.Major
	change(&m)
	i.Major = &m
	s.due.set(dueRef{dueMajor, string(i.ID)}, m.Remind)
	s.touched.incident(i.ID)
	for _, child := range m.Children {
		s.touched.incident(child)
	}
}

func (e *MajorDeclared) evolve(s *State, st Stamped) {
	i := s.Incidents[e.Incident]
	i.Major = &Major{DeclaredAt: st.At, By: st.By, Authority: e.Authority, Reason: e.Private.Text, Contact: e.Contact, Commander: e.Commander, Channel: e.Channel, ReviewBy: e.ReviewBy}
	s.majorMoves(i, func(m *Major) { m.Remind = e.ReviewBy })
}

func (e *MajorReviewed) evolve(s *State, _ Stamped) {
	s.majorMoves(s.Incidents[e.Incident], func(m *Major) {
		m.Commander, m.Channel, m.ReviewBy, m.Remind, m.Reviews = e.Commander, e.Channel, e.ReviewBy, e.ReviewBy, m.Reviews+1
	})
	s.dropAlarmsAbout(CauseMajor, "major:"+string(e.Incident))
}

func (e *MajorReminded) evolve(s *State, _ Stamped) {
	s.majorMoves(s.Incidents[e.Incident], func(m *Major) { m.Remind = e.Next })
}

func (e *MajorEnded) evolve(s *State, st Stamped) {
	s.majorMoves(s.Incidents[e.Incident], func(m *Major) {
		m.EndedAt, m.EndedBy, m.EndReason, m.Remind = st.At, e.Authority, e.Private.Text, 0
	})
	s.dropAlarmsAbout(CauseMajor, "major:"+string(e.Incident))
}

func (e *MajorChildAdded) evolve(s *State, _ Stamped) {
	s.Incidents[e.Incident].Parent = e.Major
	s.majorMoves(s.Incidents[e.Major], func(m *Major) { m.Children = append(slices.Clone(m.Children), e.Incident) })
}

func (e *MajorChildTaken) evolve(s *State, _ Stamped) {
	s.Incidents[e.Incident].Parent = ""
	s.majorMoves(s.Incidents[e.Major], func(m *Major) { m.Children = without(m.Children, e.Incident) })
	s.touched.incident(e.Incident)
}

func (e *ObjectiveAdded) evolve(s *State, st Stamped) {
	s.majorMoves(s.Incidents[e.Incident], func(m *Major) {
		m.Objectives = append(slices.Clone(m.Objectives), Objective{Text: e.Private.Text, Contact: e.Contact, At: st.At, By: st.By})
	})
}

func (e *ObjectiveMet) evolve(s *State, st Stamped) {
	s.majorMoves(s.Incidents[e.Incident], func(m *Major) {
		m.Objectives = slices.Clone(m.Objectives)
		o := &m.Objectives[e.Objective-1]
		o.MetAt, o.MetBy, o.How = st.At, st.By, e.Private.Text
	})
}

// leaveMajor takes an incident that goes to the archive out of what it belonged to, and
// lets those that belonged to it go.
func (s *State) leaveMajor(i *Incident) {
	if parent := s.Incidents[i.Parent]; parent != nil && parent.Major != nil && parent != i {
		s.majorMoves(parent, func(m *Major) { m.Children = without(m.Children, i.ID) })
	}
	if i.Major == nil {
		return
	}
	for _, id := range i.Major.Children {
		if child := s.Incidents[id]; child != nil && child.Parent == i.ID {
			child.Parent = ""
			s.touched.incident(id)
		}
	}
	s.due.set(dueRef{dueMajor, string(i.ID)}, 0)
}
