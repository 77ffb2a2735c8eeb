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

func (DeclareZone) CommandName() string { return "DeclareZone" }
func (EndZone) CommandName() string     { return "EndZone" }

func (*ZoneDeclared) EventName() string { return "ZoneDeclared" }
func (*ZoneWasEnded) EventName() string { return "ZoneEnded" }

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
