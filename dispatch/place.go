package dispatch

import (
	"slices"
	"strconv"

	"github.com/everycall/everycall/geo"
)

// Entry is a zone's rule for one service.
type Entry string

// The entry rules, from the most to the least open.
const (
	EntryFree           Entry = "free"
	EntryGatesOnly      Entry = "gates_only"
	EntryEscort         Entry = "escort"
	EntryStageOutside   Entry = "stage_outside"
	EntryLifeSafetyOnly Entry = "life_safety_only"
	EntryNone           Entry = "none"
)

// ZoneRule says how one service enters.
type ZoneRule struct {
	Service Service `json:"service"`
	Entry   Entry   `json:"entry"`
}

// Gate is a way in, with one name for all services.
type Gate struct {
	ID    string    `json:"id"`
	Name  string    `json:"name"`
	Point geo.Point `json:"point"`
}

// Zone is a place that one cannot simply enter.
type Zone struct {
	ID        ZoneID     `json:"id"`
	Name      string     `json:"name"`
	Outline   geo.Ring   `json:"outline"`
	Rules     []ZoneRule `json:"rules"`
	Gates     []Gate     `json:"gates,omitempty"`
	From      Instant    `json:"from"`
	Until     Instant    `json:"until,omitempty"` // 0: until somebody ends it
	Authority string     `json:"authority"`
	Reason    string     `json:"reason"`
	EndedAt   Instant    `json:"ended_at,omitempty"`
	EndReason string     `json:"end_reason,omitempty"`
}

func (z *Zone) nextDue() Instant {
	if z.EndedAt != 0 {
		return 0
	}
	return z.Until
}

// RuleFor returns the entry rule for a service; free where none is given.
func (z *Zone) RuleFor(of Service) Entry {
	for _, r := range z.Rules {
		if r.Service == of {
			return r.Entry
		}
	}
	return EntryFree
}

// AccessState is what is known of a way.
type AccessState string

// The states of a way. A fact that is older than its half-life is unknown.
const (
	AccessOpen       AccessState = "open"
	AccessDelayed    AccessState = "delayed"
	AccessRestricted AccessState = "restricted"
	AccessBlocked    AccessState = "blocked"
	AccessIsUnknown  AccessState = "unknown"
)

// Confidences are how well a fact about a way is known.
var Confidences = []string{"seen", "reported", "rumoured"}

// AccessFact is what somebody saw of a way, and when. Two facts that contradict
// each other are both kept.
type AccessFact struct {
	ID         AccessID    `json:"id"`
	Kind       string      `json:"kind"` // "point", "line", "area"
	Geometry   []geo.Point `json:"geometry"`
	Direction  string      `json:"direction"`         // "both", "forward", "backward" along the geometry
	Classes    []string    `json:"classes,omitempty"` // vehicle classes; empty: all
	State      AccessState `json:"state"`
	Delay      Millis      `json:"delay,omitempty"`
	Source     string      `json:"source"`
	Confidence string      `json:"confidence"` // one of Confidences
	ObservedAt Instant     `json:"observed_at"`
	HalfLife   Millis      `json:"half_life"`
	Note       string      `json:"note,omitempty"`
	PackHash   string      `json:"pack_hash,omitempty"`
	Claim      ClaimID     `json:"claim,omitempty"` // what it rests on, where somebody made it of a claim
}

// Current is the state as it may be relied on now: after one half-life it is
// unknown.
func (f *AccessFact) Current(now Instant) AccessState {
	if now.Since(f.ObservedAt) > f.HalfLife {
		return AccessIsUnknown
	}
	return f.State
}

// DeclareZone says that a place cannot simply be entered.
type DeclareZone struct {
	Name      string
	Outline   geo.Ring
	Rules     []ZoneRule
	Gates     []Gate
	Until     Instant
	Authority string
	Reason    string
}

// EndZone opens it.
type EndZone struct {
	Zone   ZoneID
	Reason string
}

// RecordAccess records what somebody saw of a way.
type RecordAccess struct {
	Fact AccessFact // ID is given by the rules
}

// WithdrawAccess takes a fact back.
type WithdrawAccess struct {
	Access AccessID
	Reason string
}

// ZoneDeclared: the place cannot simply be entered.
type ZoneDeclared struct {
	Zone   Zone         `json:"zone"`
	Inside []IncidentID `json:"inside,omitempty"` // open incidents that lie in it; decided then, since exact places may be erased later
}

// ZoneWasEnded: it can.
type ZoneWasEnded struct {
	Zone   ZoneID `json:"zone"`
	Reason string `json:"reason"`
}

// AccessRecorded: somebody saw this.
type AccessRecorded struct {
	Fact AccessFact `json:"fact"`
}

// AccessWithdrawn: it was taken back.
type AccessWithdrawn struct {
	Access AccessID `json:"access"`
	Reason string   `json:"reason"`
}

func (DeclareZone) CommandName() string    { return "DeclareZone" }
func (EndZone) CommandName() string        { return "EndZone" }
func (RecordAccess) CommandName() string   { return "RecordAccess" }
func (WithdrawAccess) CommandName() string { return "WithdrawAccess" }

func (*ZoneDeclared) EventName() string    { return "ZoneDeclared" }
func (*ZoneWasEnded) EventName() string    { return "ZoneEnded" }
func (*AccessRecorded) EventName() string  { return "AccessRecorded" }
func (*AccessWithdrawn) EventName() string { return "AccessWithdrawn" }

// zoneAt returns the zone in force that holds a point; the newest of several.
func (s *State) zoneAt(p geo.Point) ZoneID { return s.zoneBesides(p, "") }

func (s *State) zoneBesides(p geo.Point, but ZoneID) ZoneID {
	var found *Zone
	for _, z := range s.Zones { // the newest wins, so the order cannot show
		if z.EndedAt == 0 && z.ID != but && (geo.Polygon{z.Outline}).Contains(p) && (found == nil || z.From > found.From || (z.From == found.From && z.ID > found.ID)) {
			found = z
		}
	}
	if found == nil {
		return ""
	}
	return found.ID
}

func (c DeclareZone) decide(s *State, m Meta, out []Event) ([]Event, *Rejection) {
	if no := checkLines("name", c.Name, "authority", c.Authority, "reason", c.Reason); no != nil {
		return nil, no
	}
	inForce := 0
	for _, z := range s.Zones { // counts: the order cannot show
		if z.EndedAt == 0 {
			inForce++
		}
	}
	if inForce >= MaxZones {
		return nil, reject(LimitReached, "%d zones are in force: at most MaxZones", inForce)
	}
	if len(c.Outline) < 3 || len(c.Outline) > MaxZonePoints {
		return nil, reject(PlaceInvalid, "an outline has 3 to %d points", MaxZonePoints).at("outline")
	}
	for _, p := range c.Outline {
		if !p.Valid() {
			return nil, reject(PlaceInvalid, "a point of the outline is not on the planet").at("outline")
		}
	}
	seen := map[Service]bool{}
	for _, r := range c.Rules {
		switch r.Entry {
		case EntryFree, EntryGatesOnly, EntryEscort, EntryStageOutside, EntryLifeSafetyOnly, EntryNone:
		default:
			return nil, reject(ValueUnknown, "entry %q is not known", r.Entry).at("rules")
		}
		if !contains(s.Config.Services, r.Service) || seen[r.Service] {
			return nil, reject(ValueUnknown, "service %q: each of the agency's once", r.Service).at("rules")
		}
		seen[r.Service] = true
	}
	if len(c.Gates) > 50 {
		return nil, reject(LimitReached, "%d gates: at most 50", len(c.Gates)).at("gates")
	}
	for _, g := range c.Gates {
		if no := checkLines("gates", g.ID, "gates", g.Name); no != nil {
			return nil, no
		}
		if !g.Point.Valid() {
			return nil, reject(PlaceInvalid, "gate %s is not on the planet", g.ID).at("gates")
		}
	}
	if c.Until != 0 && c.Until <= m.At {
		return nil, reject(TimeInvalid, "it ends in the future").at("until")
	}
	declared := &ZoneDeclared{Zone: Zone{ID: ZoneID("z" + strconv.FormatUint(s.Counters.Zone+1, 10)), Name: c.Name, Outline: c.Outline, Rules: c.Rules,
		Gates: c.Gates, From: m.At, Until: c.Until, Authority: c.Authority, Reason: c.Reason}}
	declared.Inside = s.openWithin(c.Outline)
	out = append(out, declared)
	for _, id := range declared.Inside {
		i := s.Incidents[id]
		out = s.replan(i, i.inZone(declared.Zone.ID), m, out)
	}
	return out, nil
}

// endZone ends it. An incident that lies in another zone too lies in that one
// from then on: the end of a zone opens nothing that another one closes.
func (s *State) endZone(id ZoneID, reason string, m Meta, out []Event) []Event {
	out = append(out, &ZoneWasEnded{Zone: id, Reason: reason})
	var inside []IncidentID
	for iid, i := range s.Incidents { // sorted below
		if i.Open() && i.Zone == id {
			inside = append(inside, iid)
		}
	}
	slices.Sort(inside)
	for _, iid := range inside {
		i := s.Incidents[iid]
		if p := s.Lead(i).Person.Point; p != nil {
			if other := s.zoneBesides(*p, id); other != "" {
				out = append(out, &IncidentMoved{Incident: iid, Beat: i.Beat, Zone: other, Drawn: i.Drawn})
				out = s.replan(i, i.inZone(other), m, out)
			}
		}
	}
	return out
}

// inZone is an incident as it will be in a zone.
func (i *Incident) inZone(z ZoneID) Incident {
	as := *i
	as.Zone = z
	return as
}

func (c EndZone) decide(s *State, m Meta, out []Event) ([]Event, *Rejection) {
	z := s.Zones[c.Zone]
	if z == nil {
		return nil, reject(ZoneUnknown, "zone %q is not known here", c.Zone).at("zone")
	}
	if z.EndedAt != 0 {
		return nil, reject(ZoneIsEnded, "zone %q has ended (%s)", z.Name, z.EndReason).at("zone")
	}
	if no := checkLine("reason", c.Reason); no != nil {
		return nil, no
	}
	return s.endZone(c.Zone, c.Reason, m, out), nil
}

func (c RecordAccess) decide(s *State, m Meta, out []Event) ([]Event, *Rejection) {
	f := c.Fact
	if len(s.Access) >= MaxAccessFacts {
		return nil, reject(LimitReached, "%d access facts: at most MaxAccessFacts", len(s.Access))
	}
	if no := checkLines("source", f.Source, "confidence", f.Confidence); no != nil {
		return nil, no
	}
	if !contains(Confidences, f.Confidence) {
		return nil, reject(ValueUnknown, "confidence %q: seen, reported or rumoured", f.Confidence).at("confidence")
	}
	if no := checkText("note", f.Note, MaxLineBytes, false); no != nil {
		return nil, no
	}
	if no := checkText("pack_hash", f.PackHash, MaxLineBytes, false); no != nil {
		return nil, no
	}
	if no := checkWords("classes", f.Classes); no != nil {
		return nil, no
	}
	shortest, known := map[string]int{"point": 1, "line": 2, "area": 3}[f.Kind]
	if !known || len(f.Geometry) < shortest || len(f.Geometry) > MaxZonePoints {
		return nil, reject(PlaceInvalid, "a point has 1 position, a line 2 or more, an area 3 or more").at("geometry")
	}
	for _, p := range f.Geometry {
		if !p.Valid() {
			return nil, reject(PlaceInvalid, "a position is not on the planet").at("geometry")
		}
	}
	switch f.State {
	case AccessOpen, AccessDelayed, AccessRestricted, AccessBlocked, AccessIsUnknown:
	default:
		return nil, reject(ValueUnknown, "state %q: open, delayed, restricted, blocked or unknown", f.State).at("state")
	}
	if !contains([]string{"both", "forward", "backward"}, f.Direction) {
		return nil, reject(ValueUnknown, "direction %q: both, forward or backward", f.Direction).at("direction")
	}
	if f.ObservedAt == 0 {
		f.ObservedAt = m.At
	}
	if f.ObservedAt.Since(m.At) > OccurredAtAhead || m.At.Since(f.ObservedAt) > AccessHalfLifeMax {
		return nil, reject(TimeInvalid, "it was seen within the last 30 days").at("observed_at")
	}
	if f.HalfLife < Minute || f.HalfLife > AccessHalfLifeMax {
		return nil, reject(TimeInvalid, "a half-life is between a minute and 30 days").at("half_life_ms")
	}
	if no := s.claimToCite(f.Claim); no != nil {
		return nil, no
	}
	f.ID = AccessID("x" + strconv.FormatUint(s.Counters.Access+1, 10))
	return append(out, &AccessRecorded{Fact: f}), nil
}

func (c WithdrawAccess) decide(s *State, _ Meta, out []Event) ([]Event, *Rejection) {
	if s.Access[c.Access] == nil {
		return nil, reject(AccessUnknown, "access fact %q is not known here", c.Access).at("access")
	}
	if no := checkLine("reason", c.Reason); no != nil {
		return nil, no
	}
	return append(out, &AccessWithdrawn{Access: c.Access, Reason: c.Reason}), nil
}

func (e *ZoneDeclared) evolve(s *State, _ Stamped) {
	s.Counters.Zone++
	z := e.Zone
	s.Zones[z.ID] = &z
	s.due.set(dueRef{dueZone, string(z.ID)}, z.nextDue())
	for _, id := range e.Inside {
		s.Incidents[id].Zone = z.ID
		s.touched.incident(id)
	}
	s.touched.zone(z.ID)
}

func (e *ZoneWasEnded) evolve(s *State, st Stamped) {
	z := s.Zones[e.Zone]
	z.EndedAt, z.EndReason = st.At, e.Reason
	s.due.set(dueRef{dueZone, string(z.ID)}, 0)
	s.touched.zone(z.ID)
}

func (e *AccessRecorded) evolve(s *State, _ Stamped) {
	s.Counters.Access++
	f := e.Fact
	s.Access[f.ID] = &f
	s.claimBecame(f.Claim, "access:"+string(f.ID))
	s.touched.access(f.ID)
}

func (e *AccessWithdrawn) evolve(s *State, _ Stamped) {
	delete(s.Access, e.Access)
	s.touched.access(e.Access)
}
