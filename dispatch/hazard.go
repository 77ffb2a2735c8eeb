package dispatch

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/everycall/everycall/geo"
)

// A hazard is a danger at a place. Nobody is sent there without having it
// acknowledged (Tallahassee 2014: a hazard field that nobody had to click; a deputy
// died). It asks at the call, again when a unit is sent, and is read to the unit.

// HazardLevel is how dangerous a place is.
type HazardLevel uint8

// The levels. One of danger is acknowledged anew for every unit that is sent.
const (
	HazardNotice  HazardLevel = 1
	HazardCaution HazardLevel = 2
	HazardDanger  HazardLevel = 3
)

func (l HazardLevel) String() string {
	if l < HazardNotice || l > HazardDanger {
		return "level " + strconv.Itoa(int(l))
	}
	return [...]string{"notice", "caution", "danger"}[l-1]
}

// Hazard is what is known of a danger around a point. Its place, point and words are
// sealed under its own key. It stays until somebody withdraws it: past its review it
// is unreviewed, and counts as before.
type Hazard struct {
	ID         HazardID        `json:"id"`
	Point      *geo.Point      `json:"point,omitempty"` // nil: erased
	Radius     geo.Millimetres `json:"radius"`
	Place      string          `json:"place"` // in words: a hundred-block, never a person
	Level      HazardLevel     `json:"level"`
	Text       string          `json:"text"`
	By         string          `json:"by"`
	At         Instant         `json:"at"`
	ReviewBy   Instant         `json:"review_by"`
	Unreviewed bool            `json:"unreviewed,omitempty"`
	Reviews    int             `json:"reviews,omitempty"`
	ReviewedBy string          `json:"reviewed_by,omitempty"`
	ReviewedAt Instant         `json:"reviewed_at,omitempty"`
	Claim      ClaimID         `json:"claim,omitempty"` // what it rests on, if anything was claimed
}

func (h *Hazard) nextDue() Instant {
	if h.Unreviewed {
		return 0
	}
	return h.ReviewBy
}

// AckWhere is where a hazard was acknowledged.
type AckWhere string

// The places.
const (
	AckCall     AckWhere = "call"     // by who takes the call
	AckDispatch AckWhere = "dispatch" // by who sends a unit
	AckPhone    AckWhere = "phone"    // by the unit, on its own device or in words
)

// HazardHere is a hazard that an incident lies in, with who has read it.
type HazardHere struct {
	Hazard HazardID    `json:"hazard"`
	Acks   []HazardAck `json:"acks,omitempty"` // at most MaxHazardAcks, the newest last
}

// HazardAck says that somebody has read it.
type HazardAck struct {
	By    string   `json:"by"`
	At    Instant  `json:"at"`
	Where AckWhere `json:"where"`
	Unit  UnitID   `json:"unit,omitempty"`
}

// RecordHazard writes down a danger at a place.
type RecordHazard struct {
	Point    geo.Point
	Radius   geo.Millimetres // 0: HazardRadius
	Place    string
	Level    HazardLevel
	Text     string
	ReviewBy Instant
	Claim    ClaimID
}

// ReviewHazard says that it is still so.
type ReviewHazard struct {
	Hazard   HazardID
	ReviewBy Instant
	Reason   string
}

// WithdrawHazard says that it is no longer so, or never was.
type WithdrawHazard struct {
	Hazard HazardID
	Reason string
}

// AcknowledgeHazards says that somebody has read the hazards at an incident.
type AcknowledgeHazards struct {
	Incident IncidentID
	Hazards  []HazardID
	Where    AckWhere
	Unit     UnitID // for whom at dispatch; who on the phone
}

// HazardRecorded: there is a danger at a place.
type HazardRecorded struct {
	ID       HazardID        `json:"id"`
	Radius   geo.Millimetres `json:"radius"`
	Level    HazardLevel     `json:"level"`
	ReviewBy Instant         `json:"review_by"`
	Claim    ClaimID         `json:"claim,omitempty"`
	Inside   []IncidentID    `json:"inside,omitempty"` // open incidents that lie in it; decided then, since exact places may be erased later
	Private  Private         `json:"-"`                // Place, Point, Text
}

// HazardsFound: the incident lies in these, and in no others; decided when it comes or
// moves, since exact places may be erased later.
type HazardsFound struct {
	Incident IncidentID `json:"incident"`
	Hazards  []HazardID `json:"hazards,omitempty"`
}

// HazardReviewed: it is still so.
type HazardReviewed struct {
	Hazard   HazardID `json:"hazard"`
	ReviewBy Instant  `json:"review_by"`
	Private  Private  `json:"-"` // Text: the reason
}

// HazardUnreviewed: nobody said in time whether it is still so. It stays.
type HazardUnreviewed struct {
	Hazard HazardID `json:"hazard"`
}

// HazardWithdrawn: it is no longer so.
type HazardWithdrawn struct {
	Hazard  HazardID `json:"hazard"`
	Private Private  `json:"-"` // Text: the reason
}

// HazardsAcknowledged: somebody has read them.
type HazardsAcknowledged struct {
	Incident IncidentID `json:"incident"`
	Hazards  []HazardID `json:"hazards"`
	Where    AckWhere   `json:"where"`
	Unit     UnitID     `json:"unit,omitempty"`
}

func (RecordHazard) CommandName() string       { return "RecordHazard" }
func (ReviewHazard) CommandName() string       { return "ReviewHazard" }
func (WithdrawHazard) CommandName() string     { return "WithdrawHazard" }
func (AcknowledgeHazards) CommandName() string { return "AcknowledgeHazards" }

func (*HazardRecorded) EventName() string      { return "HazardRecorded" }
func (*HazardsFound) EventName() string        { return "HazardsFound" }
func (*HazardReviewed) EventName() string      { return "HazardReviewed" }
func (*HazardUnreviewed) EventName() string    { return "HazardUnreviewed" }
func (*HazardWithdrawn) EventName() string     { return "HazardWithdrawn" }
func (*HazardsAcknowledged) EventName() string { return "HazardsAcknowledged" }

func (e *HazardRecorded) Subject() string   { return "hazard:" + string(e.ID) }
func (e *HazardRecorded) Secret() *Private  { return &e.Private }
func (e *HazardReviewed) Subject() string   { return "hazard:" + string(e.Hazard) }
func (e *HazardReviewed) Secret() *Private  { return &e.Private }
func (e *HazardWithdrawn) Subject() string  { return "hazard:" + string(e.Hazard) }
func (e *HazardWithdrawn) Secret() *Private { return &e.Private }

func (c RecordHazard) decide(s *State, m Meta, out []Event) ([]Event, *Rejection) {
	if c.Radius == 0 {
		c.Radius = HazardRadius
	}
	if no := c.check(s, m); no != nil {
		return nil, no
	}
	if len(s.Hazards) >= MaxHazards {
		return nil, reject(LimitReached, "%d hazards: at most MaxHazards", len(s.Hazards))
	}
	together := 1
	for _, h := range s.Hazards { // counts: the order cannot show
		if h.Point != nil && geo.Distance(*h.Point, c.Point) <= h.Radius+c.Radius {
			together++
		}
	}
	if together > MaxHazardsTogether {
		return nil, reject(LimitReached, "%d hazards overlap there: at most MaxHazardsTogether; withdraw what is over", together-1).at("location")
	}
	recorded := &HazardRecorded{ID: HazardID(numbered("h", s.Counters.Hazard+1)), Radius: c.Radius, Level: c.Level, ReviewBy: c.ReviewBy, Claim: c.Claim,
		Inside: s.openAround(c.Point, c.Radius), Private: Private{Place: c.Place, Text: c.Text, Point: &c.Point}}
	out = append(out, recorded)
	if c.Level < HazardCaution {
		return out, nil
	}
	for n, id := range recorded.Inside {
		out = append(out, s.alarmAtCall(s.Incidents[id], id, s.Incidents[id].Service, uint64(n)))
	}
	return out, nil
}

func (c RecordHazard) check(s *State, m Meta) *Rejection {
	if !c.Point.Valid() {
		return reject(PlaceInvalid, "the point is not on the planet").at("location")
	}
	if c.Radius < HazardRadiusMin || c.Radius > HazardRadiusMax {
		return reject(PlaceInvalid, "a hazard reaches between 10 m and 2 km").at("radius_m")
	}
	if no := checkLine("place", c.Place); no != nil {
		return no
	}
	if no := checkLine("text", c.Text); no != nil {
		return no
	}
	if c.Level < HazardNotice || c.Level > HazardDanger {
		return reject(ValueUnknown, "level %d: 1 notice, 2 caution or 3 danger", c.Level).at("level")
	}
	if no := checkReview(c.ReviewBy, m.At); no != nil {
		return no
	}
	return s.claimToCite(c.Claim)
}

func checkReview(by, now Instant) *Rejection {
	if by <= now || by.Since(now) > HazardReviewMax {
		return reject(TimeInvalid, "a hazard is reviewed within a year").at("review_by")
	}
	return nil
}

func (s *State) hazard(id HazardID) (*Hazard, *Rejection) {
	if h := s.Hazards[id]; h != nil {
		return h, nil
	}
	return nil, reject(HazardUnknown, "hazard %q is not known here, or was withdrawn", id).at("hazard")
}

func (c ReviewHazard) decide(s *State, m Meta, out []Event) ([]Event, *Rejection) {
	if _, no := s.hazard(c.Hazard); no != nil {
		return nil, no
	}
	if no := checkReview(c.ReviewBy, m.At); no != nil {
		return nil, no
	}
	if no := checkLine("reason", c.Reason); no != nil {
		return nil, no
	}
	return append(out, &HazardReviewed{Hazard: c.Hazard, ReviewBy: c.ReviewBy, Private: said(c.Reason)}), nil
}

func (c WithdrawHazard) decide(s *State, _ Meta, out []Event) ([]Event, *Rejection) {
	if _, no := s.hazard(c.Hazard); no != nil {
		return nil, no
	}
	if no := checkLine("reason", c.Reason); no != nil {
		return nil, no
	}
	return append(out, &HazardWithdrawn{Hazard: c.Hazard, Private: said(c.Reason)}), nil
}

func (c AcknowledgeHazards) decide(s *State, _ Meta, out []Event) ([]Event, *Rejection) {
	i, no := s.openIncident(c.Incident)
	if no != nil {
		return nil, no
	}
	if len(c.Hazards) == 0 || len(c.Hazards) > MaxHazardsTogether {
		return nil, reject(FieldMissing, "which hazards were read: 1 to %d", MaxHazardsTogether).at("hazards")
	}
	if no := c.checkWhere(s, i); no != nil {
		return nil, no
	}
	var read []HazardID
	for _, id := range c.Hazards {
		here := i.hazardHere(id)
		if here == nil {
			return nil, reject(HazardUnknown, "hazard %q is not one of incident %d", id, i.Number).at("hazards")
		}
		if !here.read(i, c.Where, c.Unit) && !contains(read, id) {
			read = append(read, id)
		}
	}
	if len(read) == 0 { // two people press at once: both are right
		return out, nil
	}
	return append(out, &HazardsAcknowledged{Incident: i.ID, Hazards: read, Where: c.Where, Unit: c.Unit}), nil
}

func (c AcknowledgeHazards) checkWhere(s *State, i *Incident) *Rejection {
	switch c.Where {
	case AckCall:
		if c.Unit != "" {
			return reject(ValueUnknown, "at the call it is acknowledged for nobody in particular").at("unit")
		}
		return nil
	case AckDispatch:
		if c.Unit != "" && (s.Units[c.Unit] == nil || s.Units[c.Unit].Retired) {
			return reject(UnitUnknown, "unit %q is not known here", c.Unit).at("unit")
		}
		return nil
	case AckPhone:
		for k := range i.Assignments {
			if a := &i.Assignments[k]; a.Unit == c.Unit && a.EndedAt == 0 {
				return nil
			}
		}
		return reject(UnitNotAssigned, "%q is not on incident %d", c.Unit, i.Number).at("unit")
	}
	return reject(ValueUnknown, "where %q: call, dispatch or phone", c.Where).at("where")
}

// openAround lists the open incidents whose leading contact lies around a point.
func (s *State) openAround(p geo.Point, radius geo.Millimetres) []IncidentID {
	var within []IncidentID
	for id, c := range s.Contacts { // sorted below
		if at := c.Person.Point; at == nil || geo.Distance(*at, p) > radius {
			continue
		}
		if i := s.Incidents[c.Incident]; i != nil && i.Open() && s.lead(i) == id {
			within = append(within, i.ID)
		}
	}
	slices.SortFunc(within, byNumber)
	return within
}

// HazardsAt lists the hazards around a point, the most dangerous first.
func (s *State) HazardsAt(p *geo.Point) []HazardID {
	if p == nil || len(s.Hazards) == 0 {
		return nil
	}
	var found []HazardID
	for id, h := range s.Hazards { // sorted below
		if h.Point != nil && geo.Distance(*h.Point, *p) <= h.Radius {
			found = append(found, id)
		}
	}
	s.sortHazards(found)
	return found
}

func (s *State) sortHazards(ids []HazardID) {
	slices.SortFunc(ids, func(a, b HazardID) int {
		return cmp.Or(cmp.Compare(s.Hazards[b].Level, s.Hazards[a].Level), byNumber(a, b))
	})
}

// alarmAtCall asks the desk of a call to read the hazards there. Its words come from
// no sealed field.
func (s *State) alarmAtCall(i *Incident, id IncidentID, of Service, nth uint64) *AlarmRaised {
	number := s.Counters.Incident + 1
	if i != nil {
		number = i.Number
	}
	return &AlarmRaised{ID: s.nextAlarm(nth), Cause: CauseHazard, Level: LevelWarning, Desk: s.deskFor(of), Incident: id, About: "hazards:" + string(id),
		Text: "call " + strconv.FormatUint(number, 10) + " lies in a hazard: read it, tell who goes, and acknowledge"}
}

// arrive goes on after an incident has come, moved or opened again: which hazards it
// lies in, which of them its call-taker has read at once, and an alarm for the rest.
// The events of the command begin at from; i is nil for an incident that is new.
func (s *State) arrive(i *Incident, id IncidentID, of Service, p *geo.Point, read []HazardID, from int, out []Event) []Event {
	hazards := s.HazardsAt(p)
	if i == nil && len(hazards) > 0 || i != nil && !slices.EqualFunc(hazards, i.Hazards, func(h HazardID, here HazardHere) bool { return h == here.Hazard }) {
		out = append(out, &HazardsFound{Incident: id, Hazards: hazards})
	}
	alarm := false
	var now []HazardID
	for _, h := range hazards {
		switch here := i.hazardHere(h); {
		case here != nil && here.read(i, AckCall, ""):
		case contains(read, h):
			now = append(now, h)
		case s.Hazards[h].Level >= HazardCaution:
			alarm = true
		}
	}
	if len(now) > 0 {
		out = append(out, &HazardsAcknowledged{Incident: id, Hazards: now, Where: AckCall})
	}
	if alarm {
		out = append(out, s.alarmAtCall(i, id, of, raised(out[from:])))
	}
	return out
}

// readAtCall acknowledges what the taker of a call that joins an incident has read.
func (s *State) readAtCall(i *Incident, read []HazardID, out []Event) []Event {
	var now []HazardID
	for k := range i.Hazards {
		if here := &i.Hazards[k]; contains(read, here.Hazard) && !here.read(i, AckCall, "") {
			now = append(now, here.Hazard)
		}
	}
	if len(now) == 0 {
		return out
	}
	return append(out, &HazardsAcknowledged{Incident: i.ID, Hazards: now, Where: AckCall})
}

// raised counts the alarms that some events raise.
func raised(events []Event) (n uint64) {
	for _, e := range events {
		if _, is := e.(*AlarmRaised); is {
			n++
		}
	}
	return n
}

func (i *Incident) hazardHere(id HazardID) *HazardHere {
	if i == nil {
		return nil
	}
	for k := range i.Hazards {
		if i.Hazards[k].Hazard == id {
			return &i.Hazards[k]
		}
	}
	return nil
}

// read reports whether it was acknowledged there; for a unit that was on the incident
// before, since it left.
func (here *HazardHere) read(i *Incident, where AckWhere, unit UnitID) bool {
	return slices.ContainsFunc(here.Acks, func(a HazardAck) bool {
		return a.Where == where && a.Unit == unit && (unit == "" || a.At >= i.left(unit))
	})
}

// left is when a unit was last taken off an incident; 0 if never.
func (i *Incident) left(unit UnitID) Instant {
	var last Instant
	for k := range i.Assignments {
		if a := &i.Assignments[k]; a.Unit == unit && !a.Stacked {
			last = max(last, a.EndedAt)
		}
	}
	return last
}

// UnreadAtCall lists the hazards of an incident that its call's desk has still to read.
func (s *State) UnreadAtCall(i *Incident) []HazardID {
	var left []HazardID
	for k := range i.Hazards {
		if here := &i.Hazards[k]; s.Hazards[here.Hazard].Level >= HazardCaution && !here.read(i, AckCall, "") {
			left = append(left, here.Hazard)
		}
	}
	return left
}

// ToAcknowledge lists the hazards that must be acknowledged before a unit is sent to
// an incident: each of them once at dispatch, and those of danger for this unit.
func (s *State) ToAcknowledge(i *Incident, unit UnitID) []HazardID {
	var left []HazardID
	for k := range i.Hazards {
		here := &i.Hazards[k]
		done := slices.ContainsFunc(here.Acks, func(a HazardAck) bool { return a.Where == AckDispatch })
		if s.Hazards[here.Hazard].Level == HazardDanger {
			done = here.read(i, AckDispatch, unit)
		}
		if !done {
			left = append(left, here.Hazard)
		}
	}
	return left
}

// acknowledge refuses to send a unit where a hazard was not acknowledged, and records
// what was in the same gesture.
func (s *State) acknowledge(i *Incident, unit UnitID, read []HazardID, out []Event) ([]Event, *Rejection) {
	now := s.toRead(i, unit, read)
	if left := slices.DeleteFunc(s.ToAcknowledge(i, unit), func(id HazardID) bool { return contains(now, id) }); len(left) > 0 {
		text := ""
		for n, id := range left {
			text += ifComma(n) + string(id) + " (" + s.Hazards[id].Level.String() + ")"
		}
		return nil, reject(HazardUnacknowledged, "incident %d lies in hazards that nobody has acknowledged for %s: %s; read them and send their ids with the unit", i.Number, unit, text).at("hazards")
	}
	if len(now) > 0 {
		out = append(out, &HazardsAcknowledged{Incident: i.ID, Hazards: now, Where: AckDispatch, Unit: unit})
	}
	return out, nil
}

// toRead lists those of the hazards to acknowledge that were read.
func (s *State) toRead(i *Incident, unit UnitID, read []HazardID) []HazardID {
	return slices.DeleteFunc(s.ToAcknowledge(i, unit), func(id HazardID) bool { return !contains(read, id) })
}

func ifComma(n int) string {
	if n == 0 {
		return ""
	}
	return ", "
}

// alarmFromStack asks a desk to tell a unit of the hazards at the incident that it
// goes on to by itself. Nobody is at a screen then: to refuse would leave the unit
// idle and the caller waiting, and to say nothing would be Tallahassee again.
func (s *State) alarmFromStack(i *Incident, unit UnitID, out []Event) []Event {
	if len(s.ToAcknowledge(i, unit)) == 0 {
		return out
	}
	return append(out, &AlarmRaised{ID: s.nextAlarm(raised(out)), Cause: CauseHazard, Level: LevelWarning, Desk: s.deskFor(i.Service), Incident: i.ID, About: hazardsFor(i.ID, unit),
		Text: string(unit) + " goes on to call " + strconv.FormatUint(i.Number, 10) + " from its stack, and nobody has acknowledged the hazards there: tell it now"})
}

func hazardsFor(i IncidentID, unit UnitID) string { return "hazards:" + string(i) + "/" + string(unit) }

// hazardDue: nobody said in time whether it is still so.
func (s *State) hazardDue(h *Hazard, alarms uint64, out []Event) []Event {
	return append(out, &HazardUnreviewed{Hazard: h.ID}, &AlarmRaised{ID: s.nextAlarm(alarms), Cause: CauseHazardReview, Level: LevelNotice,
		Desk: s.supervisorOf(s.deskFor(s.Config.DefaultService)), About: "hazard:" + string(h.ID),
		Text: "hazard " + string(h.ID) + " (" + h.Level.String() + ") is past its review: it stays, unreviewed; say that it is still so, or withdraw it"})
}

// lieIn makes the hazards that an incident lies in those that were decided. What was
// acknowledged of one in which it stays, stays.
func (s *State) lieIn(i *Incident, hazards []HazardID) {
	if len(hazards)+len(i.Hazards) == 0 {
		return
	}
	here := make([]HazardHere, 0, len(hazards))
	for _, id := range hazards {
		if old := i.hazardHere(id); old != nil {
			here = append(here, *old)
		} else {
			here = append(here, HazardHere{Hazard: id})
		}
	}
	i.Hazards = here
	if len(here) == 0 {
		i.Hazards = nil
	}
	s.settleHazards(i)
}

// settleHazards takes away the alarms that ask for what was done, or is no longer to
// be done.
func (s *State) settleHazards(i *Incident) {
	call := len(s.UnreadAtCall(i)) > 0
	for _, id := range slices.Clone(s.alarmsOf[i.ID]) {
		a := s.Alarms[id]
		if a.Cause != CauseHazard {
			continue
		}
		if asksAtCall := a.About == "hazards:"+string(i.ID); !i.Open() || asksAtCall && !call || !asksAtCall && s.toldOfAll(i, a) {
			s.dropAlarm(id)
		}
	}
}

// toldOfAll reports whether the unit that an alarm is about has gone, or the hazards
// were acknowledged for it or by it.
func (s *State) toldOfAll(i *Incident, a *Alarm) bool {
	for k := range i.Assignments {
		of := &i.Assignments[k]
		if of.EndedAt != 0 || of.Stacked || hazardsFor(i.ID, of.Unit) != a.About {
			continue
		}
		return !slices.ContainsFunc(s.ToAcknowledge(i, of.Unit), func(id HazardID) bool { return !i.hazardHere(id).read(i, AckPhone, of.Unit) })
	}
	return true
}

func (e *HazardRecorded) evolve(s *State, st Stamped) {
	s.Counters.Hazard++
	h := &Hazard{ID: e.ID, Point: e.Private.Point, Radius: e.Radius, Place: e.Private.Place, Level: e.Level, Text: e.Private.Text, By: st.By, At: st.At, ReviewBy: e.ReviewBy, Claim: e.Claim}
	s.Hazards[e.ID] = h
	s.claimBecame(e.Claim, "hazard:"+string(e.ID))
	s.due.set(dueRef{dueHazard, string(e.ID)}, h.nextDue())
	for _, id := range e.Inside {
		i := s.Incidents[id]
		ids := make([]HazardID, 0, len(i.Hazards)+1)
		for k := range i.Hazards {
			ids = append(ids, i.Hazards[k].Hazard)
		}
		ids = append(ids, e.ID)
		s.sortHazards(ids)
		s.lieIn(i, ids)
		s.touched.incident(id)
	}
	s.touched.hazard(e.ID)
}

func (e *HazardsFound) evolve(s *State, _ Stamped) {
	s.lieIn(s.Incidents[e.Incident], e.Hazards)
	s.touched.incident(e.Incident)
}

func (e *HazardReviewed) evolve(s *State, st Stamped) {
	h := s.Hazards[e.Hazard]
	h.ReviewBy, h.Unreviewed, h.ReviewedBy, h.ReviewedAt = e.ReviewBy, false, st.By, st.At
	h.Reviews++
	s.due.set(dueRef{dueHazard, string(e.Hazard)}, h.nextDue())
	s.dropAlarmsAbout(CauseHazardReview, "hazard:"+string(e.Hazard))
	s.touchHazard(e.Hazard)
}

func (e *HazardUnreviewed) evolve(s *State, _ Stamped) {
	s.Hazards[e.Hazard].Unreviewed = true
	s.due.set(dueRef{dueHazard, string(e.Hazard)}, 0)
	s.touchHazard(e.Hazard)
}

func (e *HazardWithdrawn) evolve(s *State, _ Stamped) {
	for _, id := range s.touchHazard(e.Hazard) {
		i := s.Incidents[id]
		i.Hazards = slices.DeleteFunc(slices.Clone(i.Hazards), func(here HazardHere) bool { return here.Hazard == e.Hazard })
		if len(i.Hazards) == 0 {
			i.Hazards = nil
		}
		s.settleHazards(i)
	}
	delete(s.Hazards, e.Hazard)
	s.due.set(dueRef{dueHazard, string(e.Hazard)}, 0)
	s.dropAlarmsAbout(CauseHazardReview, "hazard:"+string(e.Hazard))
}

func (e *HazardsAcknowledged) evolve(s *State, st Stamped) {
	i := s.Incidents[e.Incident]
	i.Hazards = slices.Clone(i.Hazards)
	for _, id := range e.Hazards {
		here := i.hazardHere(id)
		acks := append(slices.Clone(here.Acks), HazardAck{By: st.By, At: st.At, Where: e.Where, Unit: e.Unit})
		here.Acks = acks[max(0, len(acks)-MaxHazardAcks):]
	}
	s.settleHazards(i)
	s.touched.incident(e.Incident)
}

// touchHazard lists the incidents that lie in a hazard, in order.
func (s *State) touchHazard(id HazardID) []IncidentID {
	var in []IncidentID
	for iid, i := range s.Incidents { // sorted below
		if i.hazardHere(id) != nil {
			in = append(in, iid)
		}
	}
	slices.Sort(in)
	for _, iid := range in {
		s.touched.incident(iid)
	}
	s.touched.hazard(id)
	return in
}
