package httpapi

import (
	"time"

	"github.com/everycall/everycall/auth"
	"github.com/everycall/everycall/dispatch"
	"github.com/everycall/everycall/geo"
)

// The rows are what the board, the stream and the single reads show: one shape
// for each thing, so that live and fetched can never differ.

// LonLat is a position in degrees (WGS 84).
type LonLat struct {
	Lon float64 `json:"lon" minimum:"-180" maximum:"180"`
	Lat float64 `json:"lat" minimum:"-90" maximum:"90"`
}

// Unit is a unit on the board.
type Unit struct {
	ID           string     `json:"id"`
	Service      string     `json:"service"`
	Kind         string     `json:"kind"`
	Station      string     `json:"station,omitempty"`
	LostHome     string     `json:"lost_home,omitempty" doc:"the home that it goes back to once that is open"`
	Post         string     `json:"post,omitempty" doc:"the station where it stands to cover what is bare"`
	Beat         string     `json:"beat,omitempty"`
	Status       string     `json:"status"`
	StatusSince  string     `json:"status_since"`
	StatusSource string     `json:"status_source"`
	Incident     string     `json:"incident,omitempty"`
	Stacked      []string   `json:"stacked"`
	Position     *PositionV `json:"position,omitempty"`
	Capabilities []string   `json:"capabilities"`
	Crew         int        `json:"crew"`
	Free         bool       `json:"free"`
	Owner        string     `json:"owner,omitempty" doc:"the agency that has lent it to us"`
	LoanEnds     string     `json:"loan_ends,omitempty"`
	LentTo       string     `json:"lent_to,omitempty" doc:"the agency that has it: it is not in the pool"`
}

// PositionV is where a unit was last seen.
type PositionV struct {
	LonLat
	At     string `json:"at"`
	Source string `json:"source"`
}

// Incident is a call on the board.
type Incident struct {
	ID              string           `json:"id"`
	Number          uint64           `json:"number"`
	Type            string           `json:"type"`
	TypeName        string           `json:"type_name"`
	Service         string           `json:"service"`
	Priority        int              `json:"priority"`
	InitialPriority int              `json:"initial_priority"`
	HighestPriority int              `json:"highest_priority"`
	LifeSafety      bool             `json:"life_safety"`
	Place           string           `json:"place"`
	Position        *LonLat          `json:"position,omitempty"`
	Beat            string           `json:"beat"`
	Zone            string           `json:"zone,omitempty"`
	Entry           *EntryPlan       `json:"entry,omitempty" doc:"how one gets in; none: one can simply go"`
	State           string           `json:"state"`
	OpenedAt        string           `json:"opened_at"`
	Due             string           `json:"due,omitempty"`
	NextAction      string           `json:"next_action"`
	Owner           string           `json:"owner"`
	Assignments     []Assignment     `json:"assignments"`
	Contacts        []string         `json:"contacts"`
	Calls           int              `json:"calls"`
	Posture         string           `json:"posture,omitempty"`
	HoldReason      string           `json:"hold_reason,omitempty"`
	Disposition     string           `json:"disposition,omitempty"`
	ClosedAt        string           `json:"closed_at,omitempty"`
	Invented        []string         `json:"invented"`
	Notes           int              `json:"notes"`
	Confidential    bool             `json:"confidential,omitempty" doc:"its leading contact is: place, notes and reasons are left out"`
	Rank            int              `json:"rank" doc:"its priority, raised by age while it waits"`
	Hazards         []IncidentHazard `json:"hazards" doc:"those it lies in, the most dangerous first"`
	AlarmLevel      int              `json:"alarm_level" doc:"of its run card; 1 unless it was raised"`
	Services        []Share          `json:"services" doc:"those that share it; none: one service alone"`
	Linked
}

// Assignment is one unit's work on a call.
type Assignment struct {
	Unit       string      `json:"unit"`
	Status     string      `json:"status"`
	Since      string      `json:"since"`
	AssignedAt string      `json:"assigned_at"`
	Stacked    bool        `json:"stacked"`
	Outside    bool        `json:"outside,omitempty" doc:"it waits at the rendezvous: it may not go in"`
	TravelMs   int64       `json:"travel_ms,omitempty"`
	Model      string      `json:"model,omitempty"`
	EndedAt    string      `json:"ended_at,omitempty"`
	EndReason  string      `json:"end_reason,omitempty"`
	Milestones []Milestone `json:"milestones"`
}

// Milestone is a status with its time and how that is known.
type Milestone struct {
	Status    string `json:"status"`
	At        string `json:"at"`
	EnteredAt string `json:"entered_at"`
	Source    string `json:"source"`
}

// Outcome is what has become of a contact so far.
type Outcome struct {
	Kind       string `json:"kind"`
	Since      string `json:"since"`
	Owner      string `json:"owner"`
	Due        string `json:"due,omitempty"`
	NextAction string `json:"next_action"`
	Reason     string `json:"reason"`
	Authority  string `json:"authority"`
	Posture    string `json:"posture,omitempty"`

	PostureVersion int    `json:"posture_version,omitempty"`
	Desk           string `json:"desk,omitempty"`
}

// Caller is who reached in; left out for those who may not see it.
type Caller struct {
	Name       string `json:"name,omitempty"`
	Number     string `json:"number,omitempty"`
	SafeToCall string `json:"safe_to_call"`
}

// Contact is one reaching in.
type Contact struct {
	ID         string   `json:"id"`
	Number     uint64   `json:"number"`
	Durability string   `json:"durability"`
	Channel    string   `json:"channel"`
	ReceivedAt string   `json:"received_at"`
	Incident   string   `json:"incident"`
	Type       string   `json:"type"`
	Priority   int      `json:"priority"`
	LifeSafety bool     `json:"life_safety"`
	Language   string   `json:"language"`
	Repeat     int      `json:"repeat"`
	Outcome    Outcome  `json:"outcome"`
	Caller     *Caller  `json:"caller,omitempty"`
	Place      string   `json:"place"`
	Narrative  string   `json:"narrative,omitempty"`
	Position   *LonLat  `json:"position,omitempty"`
	Promises   []string `json:"promises"`
	CallBacks  int      `json:"call_backs" doc:"how often it was rung back"`
	LastRung   string   `json:"last_rung,omitempty"`
	Broken     int      `json:"promises_broken"`

	Confidential *ConfidentialRow `json:"confidential,omitempty" doc:"name, number, exact place and words are left out: a named reader looks with POST /contacts/{id}/look"`
}

// PostureRule says what is done with some calls.
type PostureRule struct {
	Priority int      `json:"priority,omitempty" minimum:"1" maximum:"5"`
	Types    []string `json:"types,omitempty"`
	Action   string   `json:"action" enum:"answer,hold,divert,appoint,decline"`
	LimitMs  int64    `json:"limit_ms,omitempty"`
	Desk     string   `json:"desk,omitempty"`
	Words    string   `json:"words,omitempty"`
}

// Reserve keeps units free for more urgent calls.
type Reserve struct {
	Priority int  `json:"priority" minimum:"1" maximum:"5" doc:"this one and those less urgent"`
	Units    int  `json:"units" minimum:"0" doc:"they are sent only while more than so many are free"`
	Band     int  `json:"band,omitempty" minimum:"0" doc:"once shut, it opens only when so many more are free"`
	Shut     bool `json:"shut,omitempty" readOnly:"true"`
}

// Area is where a posture applies.
type Area struct {
	Kind    string       `json:"kind" enum:"city,beats,zone,drawn"`
	Beats   []string     `json:"beats,omitempty" maxItems:"500"`
	Zone    string       `json:"zone,omitempty" maxLength:"40"`
	Outline [][2]float64 `json:"outline,omitempty" maxItems:"2000" doc:"of a drawn one: [lon, lat], …"`
}

// Posture is rationing in force, or that was.
type Posture struct {
	ID          string        `json:"id"`
	Version     int           `json:"version"`
	Service     string        `json:"service"`
	Area        Area          `json:"area"`
	Title       string        `json:"title,omitempty"`
	Rules       []PostureRule `json:"rules,omitempty"`
	Reserve     []Reserve     `json:"reserve,omitempty"`
	From        string        `json:"from,omitempty"`
	ReviewBy    string        `json:"review_by"`
	Until       string        `json:"until,omitempty"`
	Authority   string        `json:"authority,omitempty"`
	Reason      string        `json:"reason"`
	ReasonState string        `json:"reason_state"`
	Incomplete  bool          `json:"incomplete"`
	Unreviewed  bool          `json:"unreviewed"`
	Script      string        `json:"script,omitempty"`
	EndedAt     string        `json:"ended_at,omitempty"`
	Invented    []string      `json:"invented"`
	Reviews     int           `json:"reviews"`
	Preset      string        `json:"preset,omitempty"`
	Held        int           `json:"held" doc:"calls held under it now"`
}

// Access is what somebody saw of a way.
type Access struct {
	ID         string       `json:"id"`
	Kind       string       `json:"kind"`
	Geometry   [][2]float64 `json:"geometry"`
	Direction  string       `json:"direction"`
	Classes    []string     `json:"classes"`
	State      string       `json:"state"`
	Current    string       `json:"current"`
	Source     string       `json:"source"`
	Confidence string       `json:"confidence"`
	ObservedAt string       `json:"observed_at"`
	HalfLifeMs int64        `json:"half_life_ms"`
	Note       string       `json:"note,omitempty"`

	Obstacle      string     `json:"obstacle,omitempty"`
	Admits        []string   `json:"admits"`
	DelayMs       int64      `json:"delay_ms,omitempty"`
	By            string     `json:"by"`
	AgeMs         int64      `json:"age_ms" doc:"since it was seen"`
	Stale         bool       `json:"stale" doc:"older than its half-life: unknown"`
	Confirmations int        `json:"confirmations"`
	Sightings     []Sighting `json:"sightings" doc:"the earlier ones"`
	Conflicts     []string   `json:"conflicts" doc:"facts about the same way that say otherwise"`
	Told          []Told     `json:"told" doc:"services that know of a checkpoint or barricade"`
	Untold        []string   `json:"untold" doc:"services that nobody has told"`
	Claim         string     `json:"claim,omitempty" doc:"what it rests on"`
	OnNoStreet    bool       `json:"on_no_street" doc:"it matches no street and closes none"`
}

// Sighting is one time at which a way was seen.
type Sighting struct {
	At         string `json:"at"`
	By         string `json:"by"`
	Source     string `json:"source"`
	Confidence string `json:"confidence"`
	State      string `json:"state"`
}

// Told is a service that was told of something, when and by whom.
type Told struct {
	Service string `json:"service"`
	By      string `json:"by"`
	At      string `json:"at"`
}

// Station is where units live.
type Station struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	Service string `json:"service"`
	LonLat
	State     string `json:"state" enum:"open,lost,evacuated"`
	Since     string `json:"since,omitempty"`
	Reason    string `json:"reason,omitempty"`
	Authority string `json:"authority,omitempty" doc:"who decided"`
}

// Claim is a statement by a source, never an event.
type Claim struct {
	ID             string     `json:"id"`
	Role           string     `json:"role"`
	Kind           string     `json:"kind" enum:"official,responder,resident,business,spokesperson,media,anonymous,sensor"`
	Statement      string     `json:"statement"`
	Grade          string     `json:"grade" enum:"confirmed,likely,single_source,anecdotal,denied"`
	Grades         []GradeRow `json:"grades" doc:"its history, the first grade first"`
	FirstHand      bool       `json:"first_hand" doc:"else relayed"`
	Corroborates   []string   `json:"corroborates"`
	CorroboratedBy []string   `json:"corroborated_by"`
	Contradicts    []string   `json:"contradicts"`
	ContradictedBy []string   `json:"contradicted_by"`
	Became         []string   `json:"became" doc:"what somebody made of it in their own name, as kind:id"`
	At             string     `json:"at"`
	SealAt         string     `json:"seal_at,omitempty" doc:"left out while it is on legal hold"`
	Sealed         bool       `json:"sealed"`
	Hold           *HoldRow   `json:"hold,omitempty"`
	Invented       bool       `json:"invented"`
}

// Alarm asks a desk to do something.
type Alarm struct {
	ID       string `json:"id"`
	Cause    string `json:"cause"`
	Level    string `json:"level"`
	Desk     string `json:"desk"`
	Text     string `json:"text"`
	RaisedAt string `json:"raised_at"`
	Incident string `json:"incident,omitempty"`
	Contact  string `json:"contact,omitempty"`
	Posture  string `json:"posture,omitempty"`
	Preset   string `json:"preset,omitempty"`
	About    string `json:"about,omitempty" doc:"what else it is about, as kind:id"`
	Clearing string `json:"clearing,omitempty"`
	Count    int    `json:"count"`
	AckedBy  string `json:"acked_by,omitempty"`
}

// Promise is what a caller was told.
type Promise struct {
	ID         string `json:"id"`
	Contact    string `json:"contact"`
	Told       string `json:"told"`
	By         string `json:"by"`
	Channel    string `json:"channel"`
	From       string `json:"from"`
	Due        string `json:"due"`
	State      string `json:"state"`
	SafeToCall string `json:"safe_to_call"`
}

// rows makes rows for one reader; it is used under the room's lock.
type rows struct {
	s      *dispatch.State
	now    dispatch.Instant
	zone   *time.Location
	sight  auth.Sight
	room   *Room
	role   auth.Role                                     // empty: nobody in particular
	hidden map[dispatch.ContactID]*dispatch.Confidential // as it is today, whatever time s is of

	consents map[dispatch.LiaisonID]bool // who may be shown in a state of the past; nil: s is of today
}

func stamp(at dispatch.Instant, zone *time.Location) string {
	if at == 0 {
		return ""
	}
	return time.UnixMilli(int64(at)).In(zone).Format("2006-01-02T15:04:05.000Z07:00")
}

func (r rows) time(at dispatch.Instant) string { return stamp(at, r.zone) }

func degrees(p geo.Point) LonLat {
	return LonLat{Lon: float64(p.Lon) / 1e7, Lat: float64(p.Lat) / 1e7}
}

func pairs(points []geo.Point) [][2]float64 {
	out := make([][2]float64, len(points))
	for i, p := range points {
		d := degrees(p)
		out[i] = [2]float64{d.Lon, d.Lat}
	}
	return out
}

func texts[T ~string](in []T) []string {
	out := make([]string, len(in))
	for i, x := range in {
		out[i] = string(x)
	}
	return out
}

func (r rows) unit(u *dispatch.Unit) Unit {
	row := Unit{ID: string(u.ID), Service: string(u.Service), Kind: u.Kind, Station: string(u.Station), LostHome: string(u.LostHome), Post: string(u.Post), Beat: u.Beat, Status: string(u.Status),
		StatusSince: r.time(u.Since), StatusSource: string(u.Source), Incident: string(u.Incident), Stacked: texts(u.Stack),
		Capabilities: texts(u.Capabilities), Crew: int(u.Crew), Free: u.Free()}
	row.Owner, row.LoanEnds = u.Owner, r.time(u.LoanEnds)
	if a := r.s.Aids[u.Lent]; a != nil {
		row.LentTo = a.Agency
	}
	if p, known := r.room.Where(u.ID); known {
		row.Position = &PositionV{LonLat: degrees(p.Point), At: r.time(p.At), Source: p.Source}
	}
	return row
}

func (r rows) incident(i *dispatch.Incident) Incident {
	kind, _ := r.s.Type(i.Type)
	row := Incident{ID: string(i.ID), Number: i.Number, Type: i.Type, TypeName: kind.Name, Service: string(i.Service), Priority: int(i.Priority()),
		InitialPriority: int(i.Priorities[0].Priority), HighestPriority: int(i.Highest()), LifeSafety: i.LifeSafety, Beat: i.Beat, Zone: string(i.Zone), Entry: entryPlan(i.Entry),
		OpenedAt: r.time(i.OpenedAt), Contacts: texts(i.Contacts), Calls: len(i.Contacts), Disposition: i.Disposition, ClosedAt: r.time(i.ClosedAt),
		Notes: len(i.Notes), Hazards: r.hazardsOf(i), AlarmLevel: i.Level(), Services: r.shares(i), Assignments: []Assignment{}, Invented: []string{}, Rank: int(i.Priority()), Linked: r.linked(i)}
	if row.TypeName == "" {
		row.TypeName = "not triaged"
	}
	for k := range i.Assignments {
		row.Assignments = append(row.Assignments, r.assignment(i, &i.Assignments[k]))
	}
	row.State = stateOf(r.s, i)
	lead := r.s.Lead(i)
	if lead == nil {
		return row
	}
	row.Due, row.NextAction, row.Owner, row.Posture = r.time(lead.Outcome.Due), lead.Outcome.Next, string(lead.Outcome.Owner), string(lead.Outcome.Posture)
	row.Invented = texts(lead.Invented)
	if i.Open() && i.Active() == 0 {
		row.Rank = int(r.s.RankOf(i, r.now).Class)
	}
	if p := r.s.Postures[lead.Outcome.Posture]; p != nil && lead.Outcome.Kind == dispatch.OutcomeHeld && p.Incomplete() {
		row.HoldReason = "reason of the posture: " + p.ReasonShown()
	}
	row.Confidential = r.hidden[lead.ID] != nil
	if r.sight == auth.SightFull && r.mayPlace(lead) {
		row.Place = lead.Person.Place
		if lead.Person.Point != nil {
			at := degrees(*lead.Person.Point)
			row.Position = &at
		}
	}
	if r.sight == auth.SightFull && !row.Confidential {
		if lead.Outcome.Kind != dispatch.OutcomeWaiting && lead.Outcome.Kind != dispatch.OutcomeDispatched && row.HoldReason == "" {
			row.HoldReason = lead.Outcome.Reason
		}
	}
	return row
}

// stateOf is the incident's state in one word: closed, active, or what its
// leading contact has.
func stateOf(s *dispatch.State, i *dispatch.Incident) string {
	switch {
	case !i.Open():
		return "closed"
	case i.Active() > 0:
		return "active"
	}
	if lead := s.Lead(i); lead != nil && lead.Outcome.Kind != dispatch.OutcomeDispatched {
		return string(lead.Outcome.Kind)
	}
	return string(dispatch.OutcomeWaiting)
}

func (r rows) assignment(i *dispatch.Incident, a *dispatch.Assignment) Assignment {
	row := Assignment{Unit: string(a.Unit), Since: r.time(a.AssignedAt), AssignedAt: r.time(a.AssignedAt), Stacked: a.Stacked, Outside: a.Outside, TravelMs: int64(a.Travel), Model: a.Model,
		EndedAt: r.time(a.EndedAt), Milestones: []Milestone{}}
	if r.sight == auth.SightFull && !r.aboutHidden(i) {
		row.EndReason = a.EndReason
	}
	for _, m := range a.Milestones {
		row.Milestones = append(row.Milestones, Milestone{Status: string(m.Status), At: r.time(m.At), EnteredAt: r.time(m.Entered), Source: string(m.Source)})
		row.Status, row.Since = string(m.Status), r.time(m.At)
	}
	return row
}

func (r rows) outcome(of dispatch.ContactID, o dispatch.Outcome) Outcome {
	row := Outcome{Kind: string(o.Kind), Since: r.time(o.Since), Owner: string(o.Owner), Due: r.time(o.Due), NextAction: o.Next, Authority: o.Authority, Posture: string(o.Posture),
		PostureVersion: o.PostureVersion, Desk: string(o.Desk)}
	if r.sight == auth.SightFull && r.hidden[of] == nil {
		row.Reason = o.Reason
	}
	return row
}

func (r rows) contact(c *dispatch.Contact) Contact {
	row := Contact{ID: string(c.ID), Number: c.Number, Durability: "durable", Channel: c.Channel, ReceivedAt: r.time(c.ReceivedAt), Incident: string(c.Incident),
		Type: c.Type, Priority: int(c.Priority), LifeSafety: c.LifeSafety, Language: c.Language, Repeat: c.Repeat, Outcome: r.outcome(c.ID, c.Outcome), Promises: texts(c.Promises), CallBacks: len(c.CallBacks)}
	if conf := r.hidden[c.ID]; conf != nil {
		row.Confidential = r.confidential(conf)
	}
	if n := len(c.CallBacks); n > 0 {
		row.LastRung = r.time(c.CallBacks[n-1].At)
	}
	for _, id := range c.Promises {
		if p := r.s.Promises[id]; p != nil && p.State == dispatch.PromiseBroken {
			row.Broken++
		}
	}
	if r.sight != auth.SightFull {
		return row
	}
	row.Caller = &Caller{SafeToCall: string(c.Safe)}
	if r.hidden[c.ID] == nil {
		row.Caller.Name, row.Caller.Number, row.Narrative = c.Person.Name, c.Person.Number, c.Person.Text
	}
	if !r.mayPlace(c) {
		return row
	}
	row.Place = c.Person.Place
	if c.Person.Point != nil {
		at := degrees(*c.Person.Point)
		row.Position = &at
	}
	return row
}

// posture shows the public only what may be public in real time.
func (r rows) posture(p *dispatch.Posture) Posture {
	row := Posture{ID: string(p.ID), Version: p.Version, Service: string(p.Service), Area: areaRow(p.Area), Reviews: p.Reviews,
		ReviewBy: r.time(p.ReviewBy), Reason: p.ReasonShown(), ReasonState: "stated", Incomplete: p.Incomplete(), Unreviewed: p.Unreviewed, Invented: []string{}}
	if p.Incomplete() {
		row.ReasonState = "none_stated"
	}
	if r.sight == auth.SightPublic {
		return row
	}
	row.Title, row.From, row.Until, row.Authority, row.Script, row.EndedAt = p.Title, r.time(p.From), r.time(p.Until), p.Authority, p.Script, r.time(p.EndedAt)
	row.Invented, row.Preset = texts(p.Invented), p.Preset
	row.Rules, row.Reserve = ruleRows(p.Rules), reserveRows(p.Reserve)
	for _, c := range r.s.Contacts { // counts: the order cannot show
		if c.Outcome.Kind == dispatch.OutcomeHeld && c.Outcome.Posture == p.ID {
			row.Held++
		}
	}
	return row
}

func (r rows) access(f *dispatch.AccessFact) Access {
	row := Access{ID: string(f.ID), Kind: f.Kind, Geometry: pairs(f.Geometry), Direction: f.Direction, Classes: texts(f.Classes), State: string(f.State),
		Current: string(f.Current(r.now)), Source: f.Source, Confidence: f.Confidence, ObservedAt: r.time(f.ObservedAt), HalfLifeMs: int64(f.HalfLife), Note: f.Note,
		Obstacle: string(f.Obstacle), Admits: texts(f.Admits), DelayMs: int64(f.Delay), By: f.By, AgeMs: int64(max(0, r.now.Since(f.ObservedAt))), Stale: f.Stale,
		Confirmations: f.Confirmations, Sightings: []Sighting{}, Conflicts: texts(r.s.Conflicts(f)), Told: []Told{}, Untold: texts(r.s.Untold(f)), Claim: string(f.Claim), OnNoStreet: f.Missed != ""}
	for _, seen := range f.Sightings {
		row.Sightings = append(row.Sightings, Sighting{At: r.time(seen.At), By: seen.By, Source: seen.Source, Confidence: seen.Confidence, State: string(seen.State)})
	}
	for _, told := range f.Told {
		row.Told = append(row.Told, Told{Service: string(told.Service), By: told.By, At: r.time(told.At)})
	}
	return row
}

func (r rows) station(s *dispatch.Station) Station {
	row := Station{ID: string(s.ID), Name: s.Name, Service: string(s.Service), LonLat: degrees(s.Point), State: "open", Since: r.time(s.Since), Reason: s.Reason}
	if s.Lost {
		row.State, row.Authority = orText(string(s.How), string(dispatch.StationIsGone)), s.Authority
	}
	return row
}

func (r rows) alarm(a *dispatch.Alarm) Alarm {
	return Alarm{ID: string(a.ID), Cause: string(a.Cause), Level: string(a.Level), Desk: string(a.Desk), Text: a.Text, RaisedAt: r.time(a.RaisedAt),
		Incident: string(a.Incident), Contact: string(a.Contact), Posture: string(a.Posture), Preset: a.Preset, About: a.About, Clearing: string(a.Bulk), Count: a.Times, AckedBy: a.AckedBy}
}

func (r rows) promise(p *dispatch.Promise) Promise {
	row := Promise{ID: string(p.ID), Contact: string(p.Contact), By: p.By, Channel: p.Channel, From: r.time(p.From), Due: r.time(p.Due), State: string(p.State)}
	if c := r.s.Contacts[p.Contact]; c != nil {
		row.SafeToCall = string(c.Safe)
	}
	if r.sight == auth.SightFull && r.hidden[p.Contact] == nil {
		row.Told = p.Told
	}
	return row
}
