package dispatch

import (
	"cmp"
	"slices"

	"github.com/everycall/everycall/geo"
)

// Entry is a zone's rule for one service.
type Entry string

// The entry rules.
const (
	EntryFree           Entry = "free"             // go in anywhere
	EntryGatesOnly      Entry = "gates_only"       // go in by a gate
	EntryEscort         Entry = "escort"           // wait at the rendezvous for whoever goes along
	EntryStageOutside   Entry = "stage_outside"    // wait at the rendezvous for a clearance
	EntryLifeSafetyOnly Entry = "life_safety_only" // by a gate, to save lives; for all else outside
	EntryNone           Entry = "none"             // not in; life-safety calls are staged at the rendezvous
)

// entries are the rules from the most to the least open.
var entries = []Entry{EntryFree, EntryGatesOnly, EntryEscort, EntryStageOutside, EntryLifeSafetyOnly, EntryNone}

// stricter is the less open of two rules.
func stricter(a, b Entry) Entry {
	if slices.Index(entries, a) >= slices.Index(entries, b) {
		return a
	}
	return b
}

// ZoneRule says how one service enters, and which other one goes along with it.
type ZoneRule struct {
	Service  Service `json:"service"`
	Entry    Entry   `json:"entry"`
	EscortBy Service `json:"escort_by,omitempty"` // of the rule escort
}

// Heat is how dangerous a part of a zone is (NFPA 3000: hot, warm and cold zones).
type Heat string

// The parts of a zone. In a hot one nobody goes without a clearance, in a warm one
// nobody without an escort or a clearance; in a cold one the zone's rule counts.
const (
	HeatHot  Heat = "hot"
	HeatWarm Heat = "warm"
	HeatCold Heat = "cold"
)

// ZonePart is a part of a zone that is more or less dangerous than the rest.
type ZonePart struct {
	Heat    Heat     `json:"heat"`
	Outline geo.Ring `json:"outline"`
}

// Zone is a place that one cannot simply enter.
type Zone struct {
	ID        ZoneID       `json:"id"`
	Name      string       `json:"name"`
	Within    ZoneID       `json:"within,omitempty"` // the wider zone that it is an exception in
	Outline   geo.Ring     `json:"outline"`
	Rules     []ZoneRule   `json:"rules"`
	Parts     []ZonePart   `json:"parts,omitempty"`
	Gates     []Gate       `json:"gates,omitempty"`
	From      Instant      `json:"from"`
	Until     Instant      `json:"until,omitempty"` // 0: until somebody ends it
	Authority string       `json:"authority"`
	Reason    string       `json:"reason"`
	By        string       `json:"by,omitempty"` // who declared it here
	Version   int          `json:"version"`      // 1 at first
	History   []ZoneChange `json:"history,omitempty"`
	EndedAt   Instant      `json:"ended_at,omitempty"`
	EndReason string       `json:"end_reason,omitempty"`
}

// ZoneChange is what a zone was until somebody changed it.
type ZoneChange struct {
	At        Instant    `json:"at"` // until then
	By        string     `json:"by"` // who changed it
	Why       string     `json:"why"`
	Authority string     `json:"authority"` // as it was
	Reason    string     `json:"reason"`
	Rules     []ZoneRule `json:"rules"`
}

func (z *Zone) nextDue() Instant {
	if z.EndedAt != 0 {
		return z.EndedAt.Add(ArchiveAfter)
	}
	return z.Until
}

// rule is what the zone says of a service; nil where it says nothing.
func (z *Zone) rule(of Service) *ZoneRule {
	for n := range z.Rules {
		if z.Rules[n].Service == of {
			return &z.Rules[n]
		}
	}
	return nil
}

// RuleFor returns the entry rule for a service; free where none is given.
func (z *Zone) RuleFor(of Service) Entry {
	if r := z.rule(of); r != nil {
		return r.Entry
	}
	return EntryFree
}

// closes reports whether anybody cannot simply enter.
func (z *Zone) closes() bool {
	return len(z.Parts) > 0 || slices.ContainsFunc(z.Rules, func(r ZoneRule) bool { return r.Entry != EntryFree })
}

// heatAt is how dangerous a point of the zone is: the hottest part that holds it
// counts, and "" means that none does.
func (z *Zone) heatAt(p geo.Point) Heat {
	var at Heat
	for _, part := range z.Parts {
		if hotter(part.Heat, at) && part.Outline.Contains(p) {
			at = part.Heat
		}
	}
	return at
}

func hotter(a, b Heat) bool {
	order := []Heat{"", HeatCold, HeatWarm, HeatHot}
	return slices.Index(order, a) > slices.Index(order, b)
}

// DeclareZone says that a place cannot simply be entered.
type DeclareZone struct {
	Name      string
	Within    ZoneID // the zone in force that it is an exception in
	Replaces  ZoneID // the zone in force whose place it takes
	Outline   geo.Ring
	Rules     []ZoneRule
	Parts     []ZonePart
	Gates     []Gate // without an ID: it gets one
	Until     Instant
	Authority string
	Reason    string
}

// AmendZone changes a zone in force; everything is given as it shall be.
type AmendZone struct {
	Zone      ZoneID
	Version   int // that it was read as; 0: whatever it is now
	Name      string
	Outline   geo.Ring
	Rules     []ZoneRule
	Parts     []ZonePart
	Gates     []Gate
	Until     Instant
	Authority string
	Reason    string
	Why       string
}

// EndZone opens it.
type EndZone struct {
	Zone        ZoneID
	Reason      string
	WithoutPlan string // why, where it has a plan whose steps are not done
}

// ZoneDeclared: the place cannot simply be entered.
type ZoneDeclared struct {
	Zone   Zone         `json:"zone"`
	Inside []IncidentID `json:"inside,omitempty"` // open incidents that lie in it first of all; decided then, since exact places may be erased later
}

// ZoneAmended: it is as given from now on.
type ZoneAmended struct {
	Zone Zone   `json:"zone"` // without its history
	Why  string `json:"why"`
}

// ZoneWasEnded: it can be entered.
type ZoneWasEnded struct {
	Zone   ZoneID `json:"zone"`
	Reason string `json:"reason"`
}

// ZoneArchived: it left the live state, a day after it ended.
type ZoneArchived struct {
	Zone ZoneID `json:"zone"`
}

func (DeclareZone) CommandName() string { return "DeclareZone" }
func (AmendZone) CommandName() string   { return "AmendZone" }
func (EndZone) CommandName() string     { return "EndZone" }

func (*ZoneDeclared) EventName() string { return "ZoneDeclared" }
func (*ZoneAmended) EventName() string  { return "ZoneAmended" }
func (*ZoneWasEnded) EventName() string { return "ZoneEnded" }
func (*ZoneArchived) EventName() string { return "ZoneArchived" }

// zonesAt lists the zones in force that hold a point: an exception before what it is
// an exception in, and else the newest first.
func (s *State) zonesAt(p *geo.Point, but ...ZoneID) []*Zone {
	var found []*Zone
	if p == nil {
		return nil
	}
	for _, z := range s.Zones { // sorted below
		if z.EndedAt == 0 && !contains(but, z.ID) && z.Outline.Contains(*p) {
			found = append(found, z)
		}
	}
	slices.SortFunc(found, func(a, b *Zone) int {
		return cmp.Or(cmp.Compare(s.depth(b), s.depth(a)), cmp.Compare(b.From, a.From), byNumber(b.ID, a.ID))
	})
	return found
}

// depth is how many zones it is an exception in, one in another.
func (s *State) depth(z *Zone) int {
	n := 0
	for z = s.Zones[z.Within]; z != nil && z.EndedAt == 0 && n < MaxZones; z = s.Zones[z.Within] {
		n++
	}
	return n
}

// zoneAt returns the zone in force that holds a point first of all.
func (s *State) zoneAt(p geo.Point) ZoneID {
	if zones := s.zonesAt(&p); len(zones) > 0 {
		return zones[0].ID
	}
	return ""
}

// checkZone verifies what a declared and an amended zone have in common. besides is the
// zone whose place it takes.
func (s *State) checkZone(z *Zone, besides ZoneID, m Meta) *Rejection {
	if no := checkLines("name", z.Name, "authority", z.Authority, "reason", z.Reason); no != nil {
		return no
	}
	if no := checkOutline("outline", z.Outline, MaxZonePoints); no != nil {
		return no
	}
	seen := map[Service]bool{}
	for _, r := range z.Rules {
		if !contains(entries, r.Entry) {
			return reject(ValueUnknown, "entry %q is not known", r.Entry).at("rules")
		}
		if !contains(s.Config.Services, r.Service) || seen[r.Service] {
			return reject(ValueUnknown, "service %q: each of the agency's once", r.Service).at("rules")
		}
		if r.EscortBy != "" && (!contains(s.Config.Services, r.EscortBy) || r.Entry != EntryEscort) {
			return reject(ValueUnknown, "%q goes along with %s: a service of the agency, and the rule escort", r.EscortBy, r.Service).at("rules")
		}
		seen[r.Service] = true
	}
	if len(z.Parts) > MaxZoneParts {
		return reject(LimitReached, "%d parts: at most MaxZoneParts", len(z.Parts)).at("parts")
	}
	for _, part := range z.Parts {
		if !contains([]Heat{HeatHot, HeatWarm, HeatCold}, part.Heat) {
			return reject(ValueUnknown, "a part is hot, warm or cold, not %q", part.Heat).at("parts")
		}
		if no := checkOutline("parts", part.Outline, MaxZonePoints); no != nil {
			return no
		}
	}
	if z.Until != 0 && z.Until <= m.At {
		return reject(TimeInvalid, "its end is not ahead: say a later time, or none").at("until")
	}
	if outer := s.Zones[z.Within]; z.Within != "" && (outer == nil || outer.EndedAt != 0) {
		return reject(ZoneUnknown, "zone %q is not in force", z.Within).at("within")
	} else if outer != nil && !ringHolds(outer.Outline, z.Outline) {
		return reject(PlaceInvalid, "it does not lie wholly in zone %q", outer.Name).at("within")
	}
	if no := s.contradicts(z, besides); no != nil {
		return no
	}
	return s.checkGates(z, besides)
}

func checkOutline(field string, r geo.Ring, most int) *Rejection {
	if len(r) < 3 || len(r) > most {
		return reject(PlaceInvalid, "an outline has 3 to %d points", most).at(field)
	}
	for _, p := range r {
		if !p.Valid() {
			return reject(PlaceInvalid, "a point of the outline is not on the planet").at(field)
		}
	}
	box := r.Box()
	if int64(box.Max.Lon)-int64(box.Min.Lon) > MaxOutlineSpan || int64(box.Max.Lat)-int64(box.Min.Lat) > MaxOutlineSpan {
		return reject(PlaceInvalid, "an outline is at most 5 degrees wide and high; draw one over the date line as two").at(field)
	}
	corners := slices.Compact(slices.Clone(r))
	if len(corners) > 1 && corners[0] == corners[len(corners)-1] {
		corners = corners[:len(corners)-1]
	}
	if flat(corners) {
		return reject(PlaceInvalid, "the outline encloses nothing: its points lie on one line").at(field)
	}
	if m, n := crossing(corners); m != n {
		return reject(PlaceInvalid, "the outline crosses or touches itself, at the sides from its corners %d and %d: draw it anew", m+1, n+1).at(field)
	}
	return nil
}

// flat reports whether all corners lie on one line.
func flat(r geo.Ring) bool {
	on := func(p, a, b geo.Point) bool { return geo.Crosses(p, p, a, b) }
	far := slices.IndexFunc(r, func(p geo.Point) bool { return p != r[0] })
	return far < 0 || !slices.ContainsFunc(r, func(p geo.Point) bool { return !on(p, r[0], r[far]) && !on(r[0], p, r[far]) && !on(r[far], r[0], p) })
}

// crossing is the first two sides of an outline, neither next to the other, that have a
// point in common; the same twice for none.
func crossing(r geo.Ring) (int, int) {
	type side struct {
		n   int
		box geo.Box
	}
	sides := make([]side, len(r))
	for n := range r {
		sides[n] = side{n, geo.BoxOf(r[n], r[(n+1)%len(r)])}
	}
	slices.SortFunc(sides, func(a, b side) int {
		return cmp.Or(cmp.Compare(a.box.Min.Lat, b.box.Min.Lat), cmp.Compare(a.n, b.n))
	})
	for k, a := range sides {
		for _, b := range sides[k+1:] {
			if b.box.Min.Lat > a.box.Max.Lat {
				break
			}
			apart := (a.n - b.n + len(r)) % len(r)
			if apart > 1 && apart < len(r)-1 && a.box.Intersects(b.box) && geo.Crosses(r[a.n], r[(a.n+1)%len(r)], r[b.n], r[(b.n+1)%len(r)]) {
				return min(a.n, b.n), max(a.n, b.n)
			}
		}
	}
	return 0, 0
}

// partsInside refuses a part that nobody can be in.
func (z *Zone) partsInside() *Rejection {
	for _, part := range z.Parts {
		if !ringsMeet(part.Outline, z.Outline) {
			return reject(PlaceInvalid, "a %s part lies wholly outside the zone", part.Heat).at("parts")
		}
	}
	return nil
}

// contradicts refuses a second rule for a service where another zone in force has one
// that differs (Seattle, June 2020: a memo and a statement said otherwise for the same
// streets). An exception within a wider zone is more specific, and counts there.
func (s *State) contradicts(z *Zone, besides ZoneID) *Rejection {
	for _, id := range sortedKeys(s.Zones) {
		other := s.Zones[id]
		if other.EndedAt != 0 || id == z.ID || id == besides || s.inside(z, other) || s.inside(other, z) || !ringsMeet(z.Outline, other.Outline) {
			continue
		}
		for _, r := range z.Rules {
			if o := other.rule(r.Service); o != nil && *o != r {
				return reject(ZoneContradicts, "zone %q says %s for %s on some of these streets since %s's word: replace it, or declare this one within it", other.Name, o.Entry, r.Service, other.Authority).at("rules")
			}
		}
	}
	return nil
}

// inside reports whether one zone is an exception in another, over others if need be.
func (s *State) inside(inner, outer *Zone) bool {
	for n := 0; inner != nil && inner.Within != "" && n < MaxZones; n++ {
		if inner.Within == outer.ID {
			return true
		}
		inner = s.Zones[inner.Within]
	}
	return false
}

// ringHolds reports whether an outline lies wholly in another; they may touch.
func ringHolds(outer, inner geo.Ring) bool {
	for _, p := range inner {
		if !outer.Contains(p) {
			return false
		}
	}
	for n := range inner { // a notch of the outer one may reach in between two points
		if !outer.Contains(geo.Along(inner[n], inner[(n+1)%len(inner)], 1, 2)) {
			return false
		}
	}
	return !slices.ContainsFunc(outer, func(p geo.Point) bool { return inner.Contains(p) && !onRing(inner, p) })
}

// onRing reports whether a point lies on an outline, within a millimetre's rounding.
func onRing(r geo.Ring, p geo.Point) bool {
	for n := range r {
		if geo.DistanceToSegment(p, r[n], r[(n+1)%len(r)]) <= 20 {
			return true
		}
	}
	return false
}

func (c DeclareZone) decide(s *State, m Meta, out []Event) ([]Event, *Rejection) {
	inForce := 0
	for _, z := range s.Zones { // counts: the order cannot show
		if z.EndedAt == 0 {
			inForce++
		}
	}
	if inForce >= MaxZones {
		return nil, reject(LimitReached, "%d zones are in force: at most MaxZones", inForce)
	}
	if old := s.Zones[c.Replaces]; c.Replaces != "" {
		if old == nil || old.EndedAt != 0 || c.Within == c.Replaces {
			return nil, reject(ZoneUnknown, "zone %q is not in force, or this one is to lie within it", c.Replaces).at("replaces")
		}
		for _, z := range s.Zones { // any of them: the order cannot show
			if z.EndedAt == 0 && z.Within == c.Replaces {
				return nil, reject(ZoneHasExceptions, "zone %q has exceptions within it: end them first, or amend it", old.Name).at("replaces")
			}
		}
	}
	if no := s.knowsGates(c.Gates); no != nil {
		return nil, no
	}
	z := Zone{ID: ZoneID(numbered("z", s.Counters.Zone+1)), Name: c.Name, Within: c.Within, Outline: c.Outline, Rules: c.Rules, Parts: c.Parts,
		Gates: s.named(c.Gates), From: m.At, Until: c.Until, Authority: c.Authority, Reason: c.Reason, By: m.By, Version: 1}
	if no := s.checkZone(&z, c.Replaces, m); no != nil {
		return nil, no
	}
	if no := z.partsInside(); no != nil {
		return nil, no
	}
	var replaced []ZoneID
	if c.Replaces != "" {
		replaced = append(replaced, c.Replaces)
		out = s.endGrants(c.Replaces, "zone "+z.Name+" takes its place", out)
		out = append(out, &ZoneWasEnded{Zone: c.Replaces, Reason: "replaced by " + z.Name})
		out = s.completePlan("zone:"+string(c.Replaces), "the zone was replaced", out)
	}
	declared := &ZoneDeclared{Zone: z}
	out = append(out, declared)
	p := s.planner(m, &z, replaced...)
	for _, id := range s.openWithin(c.Outline) {
		if zones := p.zonesAt(s.Lead(s.Incidents[id]).Person.Point); zones[0].ID == z.ID {
			declared.Inside = append(declared.Inside, id)
		}
	}
	for _, id := range p.around(c.Outline, replaced...) {
		out = p.move(s.Incidents[id], contains(declared.Inside, id), out)
	}
	return out, nil
}

func (c AmendZone) decide(s *State, m Meta, out []Event) ([]Event, *Rejection) {
	old := s.Zones[c.Zone]
	if old == nil {
		return nil, reject(ZoneUnknown, "zone %q is not known here", c.Zone).at("zone")
	}
	if old.EndedAt != 0 {
		return nil, reject(ZoneIsEnded, "zone %q has ended (%s)", old.Name, old.EndReason).at("zone")
	}
	if c.Version != 0 && c.Version != old.Version {
		return nil, reject(ZoneHasChanged, "zone %q is at version %d, not %d: read it again, and change that", old.Name, old.Version, c.Version).at("version")
	}
	if no := checkLine("why", c.Why); no != nil {
		return nil, no
	}
	if len(old.History) >= MaxZoneChanges {
		return nil, reject(LimitReached, "zone %q was changed %d times: at most MaxZoneChanges; replace it", old.Name, len(old.History))
	}
	if no := s.knowsGates(c.Gates); no != nil {
		return nil, no
	}
	z := Zone{ID: old.ID, Name: c.Name, Within: old.Within, Outline: c.Outline, Rules: c.Rules, Parts: c.Parts, Gates: s.named(c.Gates), From: old.From, Until: c.Until,
		Authority: c.Authority, Reason: c.Reason, By: old.By, Version: old.Version + 1}
	if no := s.checkZone(&z, "", m); no != nil {
		return nil, no
	}
	for _, other := range s.Zones { // any of them: the order cannot show
		if other.EndedAt == 0 && other.Within == z.ID && !ringHolds(z.Outline, other.Outline) {
			return nil, reject(ZoneHasExceptions, "an exception within zone %q would lie outside it: end that first", old.Name).at("outline")
		}
	}
	if no := z.partsInside(); no != nil {
		return nil, no
	}
	out = append(out, &ZoneAmended{Zone: z, Why: c.Why})
	p := s.planner(m, &z)
	for _, id := range p.around(z.Outline, z.ID) {
		out = p.move(s.Incidents[id], false, out)
	}
	return out, nil
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
	if no := checkText("without_plan", c.WithoutPlan, MaxLineBytes, false); no != nil {
		return nil, no
	}
	if no := s.planDone("zone:"+string(c.Zone), c.WithoutPlan); no != nil {
		return nil, no
	}
	return s.endZones([]ZoneID{c.Zone}, c.Reason, m, out), nil
}

// endZones ends some, and what was agreed or cleared for them. An incident that lies in
// another zone too lies in that one from then on: the end of a zone opens nothing that
// another one closes.
func (s *State) endZones(ids []ZoneID, reason string, m Meta, out []Event) []Event {
	for _, id := range ids {
		out = s.endGrants(id, "the zone ended: "+reason, out)
		out = append(out, &ZoneWasEnded{Zone: id, Reason: reason})
		out = s.completePlan("zone:"+string(id), "", out)
	}
	p := s.planner(m, nil, ids...)
	around := p.around(nil, ids...)
	for _, iid := range around {
		out = p.move(s.Incidents[iid], false, out)
	}
	return p.leftInside(ids, around, out)
}

func (e *ZoneDeclared) evolve(s *State, _ Stamped) {
	s.Counters.Zone++
	z := e.Zone
	s.Zones[z.ID] = &z
	s.countGates(z.Gates)
	s.due.set(dueRef{dueZone, string(z.ID)}, z.nextDue())
	for _, id := range e.Inside {
		s.Incidents[id].Zone = z.ID
		s.touched.incident(id)
	}
	s.touched.zone(z.ID)
}

func (e *ZoneAmended) evolve(s *State, st Stamped) {
	old := s.Zones[e.Zone.ID]
	z := e.Zone
	z.History = append(slices.Clone(old.History), ZoneChange{At: st.At, By: st.By, Why: e.Why, Authority: old.Authority, Reason: old.Reason, Rules: old.Rules})
	s.Zones[z.ID] = &z
	s.countGates(z.Gates)
	if len(z.Gates) > 0 {
		s.dropAlarmsAbout(CauseEntry, "zone:"+string(z.ID))
	}
	s.due.set(dueRef{dueZone, string(z.ID)}, z.nextDue())
	s.touched.zone(z.ID)
}

func (e *ZoneWasEnded) evolve(s *State, st Stamped) {
	z := s.Zones[e.Zone]
	z.EndedAt, z.EndReason = st.At, e.Reason
	s.dropAlarmsAbout(CauseEntry, "zone:"+string(z.ID))
	s.due.set(dueRef{dueZone, string(z.ID)}, z.nextDue())
	for _, other := range s.Zones { // each by itself: the order cannot show
		if other.Within == z.ID {
			other.Within = z.Within
			s.touched.zone(other.ID)
		}
	}
	s.touched.zone(z.ID)
}

func (e *ZoneArchived) evolve(s *State, _ Stamped) {
	delete(s.Zones, e.Zone)
	s.due.set(dueRef{dueZone, string(e.Zone)}, 0)
	s.touched.zone(e.Zone)
}
