package dispatch

import (
	"cmp"
	"maps"
	"slices"
	"strconv"

	"github.com/everycall/everycall/geo"
)

// GateID names a gate: one name for all services, and for all zones that have it.
type GateID string

// Gate is a way in, with one wording for all services (Seattle, 20 June 2020: police and
// medics stood at different corners, and bystanders were told different places).
type Gate struct {
	ID         GateID     `json:"id"`
	Name       string     `json:"name"`
	Street     string     `json:"street,omitempty"` // "11th Ave at Pine St"
	Grid       string     `json:"grid,omitempty"`   // USNG, for who has no street names
	Point      geo.Point  `json:"point"`
	Rendezvous Rendezvous `json:"rendezvous,omitzero"`
	Admits     []Service  `json:"admits,omitempty"` // none: every service that the rule lets through gates
}

// Rendezvous is where who waits to go in by a gate waits; the zero one is the gate.
type Rendezvous struct {
	Name   string    `json:"name,omitempty"`
	Street string    `json:"street,omitempty"`
	Grid   string    `json:"grid,omitempty"`
	Point  geo.Point `json:"point,omitzero"`
}

// Meet is where to wait for this gate.
func (g *Gate) Meet() Rendezvous {
	if g.Rendezvous == (Rendezvous{}) {
		return Rendezvous{Name: g.Name, Street: g.Street, Grid: g.Grid, Point: g.Point}
	}
	return g.Rendezvous
}

func (g *Gate) admits(of Service) bool { return len(g.Admits) == 0 || contains(g.Admits, of) }

// same reports whether two gates are worded alike.
func (g *Gate) same(o *Gate) bool {
	return g.Name == o.Name && g.Street == o.Street && g.Grid == o.Grid && g.Point == o.Point && g.Rendezvous == o.Rendezvous && slices.Equal(g.Admits, o.Admits)
}

// Gate finds a gate of a zone.
func (z *Zone) Gate(id GateID) *Gate {
	for n := range z.Gates {
		if z.Gates[n].ID == id {
			return &z.Gates[n]
		}
	}
	return nil
}

// named gives an ID to the gates that have none.
func (s *State) named(gates []Gate) []Gate {
	next := s.Counters.Gate
	gates = slices.Clone(gates)
	for n := range gates {
		if gates[n].ID == "" {
			next++
			gates[n].ID = GateID(numbered("g", next))
		}
	}
	return gates
}

// knowsGates refuses a gate whose id nobody gave: ids are the room's, and one that was
// made up would stand in the way of a gate to come. The next ones in order are given.
func (s *State) knowsGates(gates []Gate) *Rejection {
	next := s.Counters.Gate
	for n := range gates {
		id := gates[n].ID
		known := id == "" || id == GateID(numbered("g", next+1))
		if known {
			next++
		}
		known = known || slices.ContainsFunc(gates[:n], func(g Gate) bool { return g.ID == id })
		for _, z := range s.Zones { // any of them: the order cannot show
			known = known || z.Gate(id) != nil
		}
		if !known {
			return reject(GateUnknown, "gate %q is not known here: leave its id out, it gets one", id).at("gates")
		}
	}
	return nil
}

// countGates moves the counter past the gates that a zone has.
func (s *State) countGates(gates []Gate) {
	for n := range gates {
		if id := GateID(numbered("g", s.Counters.Gate+1)); gates[n].ID == id {
			s.Counters.Gate++
		}
	}
}

// gateApart is how far two gates are apart at least: nearer ones are one.
const gateApart geo.Millimetres = 20_000

// checkGates verifies a zone's gates: one name for one place, whoever speaks of it.
func (s *State) checkGates(z *Zone, besides ZoneID) *Rejection {
	if len(z.Gates) > MaxGates {
		return reject(LimitReached, "%d gates: at most MaxGates", len(z.Gates)).at("gates")
	}
	for n := range z.Gates {
		g := &z.Gates[n]
		if no := checkLines("gates", string(g.ID), "gates", g.Name); no != nil {
			return no
		}
		for _, text := range []string{g.Street, g.Grid, g.Rendezvous.Name, g.Rendezvous.Street, g.Rendezvous.Grid} {
			if no := checkText("gates", text, MaxLineBytes, false); no != nil {
				return no
			}
		}
		if !g.Point.Valid() || !g.Rendezvous.Point.Valid() {
			return reject(PlaceInvalid, "gate %s is not on the planet", g.ID).at("gates")
		}
		if g.Rendezvous != (Rendezvous{}) && (g.Rendezvous.Point == (geo.Point{}) || g.Rendezvous.Name == "") {
			return reject(FieldMissing, "the rendezvous of gate %s has a name and a point", g.ID).at("gates")
		}
		for _, of := range g.Admits {
			if !contains(s.Config.Services, of) {
				return reject(ValueUnknown, "gate %s admits %q, which is no service of the agency", g.ID, of).at("gates")
			}
		}
		for k := range n {
			if no := oneGate(g, &z.Gates[k], true); no != nil {
				return no
			}
		}
	}
	for _, id := range sortedKeys(s.Zones) {
		other := s.Zones[id]
		if other.EndedAt != 0 || id == z.ID || id == besides {
			continue
		}
		for n := range z.Gates {
			for k := range other.Gates {
				if no := oneGate(&z.Gates[n], &other.Gates[k], false); no != nil {
					return no
				}
			}
		}
	}
	return nil
}

// oneGate refuses two names for one place and two wordings for one name.
func oneGate(g, other *Gate, sameZone bool) *Rejection {
	switch {
	case g.ID == other.ID && (sameZone || !g.same(other)):
		return reject(GateDiffers, "%s is known as %q already: one gate has one wording for all", g.ID, other.Name).at("gates")
	case g.ID != other.ID && geo.Distance(g.Point, other.Point) < gateApart:
		return reject(GateDiffers, "gate %s (%q) stands within 20 m of there: use its name", other.ID, other.Name).at("gates")
	}
	return nil
}

// EntryPlan is how one gets in to an incident that lies in a zone: one gate for all
// services. What each service does there follows from the rules, agreements and
// clearances of the moment: HowToEnter.
type EntryPlan struct {
	Zones []ZoneID   `json:"zones"`           // that hold it, exceptions first
	Heat  Heat       `json:"heat,omitempty"`  // of the part that it lies in
	Gate  GateID     `json:"gate,omitempty"`  // "": no gate is known
	Owner ZoneID     `json:"owner,omitempty"` // the zone that has the gate
	With  IncidentID `json:"with,omitempty"`  // whose gate it shares
	By    string     `json:"by,omitempty"`    // who chose the gate; "": the rules, the nearest
	Why   string     `json:"why,omitempty"`   // chosen by a person
	At    Instant    `json:"at"`              // made then
	Apart bool       `json:"apart,omitempty"` // a person chose another gate than its neighbours have
}

func (p *EntryPlan) same(q *EntryPlan) bool {
	if p == nil || q == nil {
		return p == q
	}
	return slices.Equal(p.Zones, q.Zones) && p.Heat == q.Heat && p.Gate == q.Gate && p.Owner == q.Owner && p.With == q.With && p.By == q.By && p.Why == q.Why && p.Apart == q.Apart
}

// PlanEntry chooses another gate for an incident, and for those near it that share its
// gate.
type PlanEntry struct {
	Incident IncidentID
	Gate     GateID
	Why      string
	Apart    bool // for this incident only: its neighbours keep theirs
}

// EntryPlanned: this is how one gets in. Without a plan one can simply go.
// Go lists the units that wait outside and may go in now, Back those on their way that
// may not.
type EntryPlanned struct {
	Incident IncidentID `json:"incident"`
	Plan     *EntryPlan `json:"plan"`
	Go       []UnitID   `json:"go,omitempty"`
	Back     []UnitID   `json:"back,omitempty"`
}

func (PlanEntry) CommandName() string   { return "PlanEntry" }
func (*EntryPlanned) EventName() string { return "EntryPlanned" }

func (e *EntryPlanned) evolve(s *State, _ Stamped) {
	s.Incidents[e.Incident].Entry = e.Plan
	s.dropAlarmsAbout(CauseEntry, "incident:"+string(e.Incident))
	s.goIn(e.Go)
	s.stayOut(e.Back)
	s.touched.incident(e.Incident)
}

// shareGate is how near incidents share one gate.
const shareGate geo.Millimetres = 300_000

// planner makes entry plans during one command, with the zones as they will be.
type planner struct {
	s     *State
	m     Meta
	zone  *Zone    // declared or amended by this command; nil: none
	but   []ZoneID // ended by this command
	plans map[IncidentID]*EntryPlan
	told  map[IncidentID]bool // who goes in or stops there was said in this command
	then  *State              // with the zones as they will be, when it is wanted

	places  map[IncidentID]*geo.Point   // of those that this command moves
	heirs   map[IncidentID]IncidentID   // who has the gate of one that is gone, for who shared it
	sharing map[IncidentID][]IncidentID // who may share whose gate; nil: not looked at yet
	bands   map[int32][]placed          // open incidents by their latitude, the oldest first; nil: not looked at yet
}

// placed is an incident and where it was when the command came.
type placed struct {
	i  *Incident
	at geo.Point
}

// band is how far a degree of latitude is parted, in 1e-7°: never less than shareGate.
const band = 30_000

func (s *State) planner(m Meta, zone *Zone, but ...ZoneID) *planner {
	return &planner{s: s, m: m, zone: zone, but: but, plans: map[IncidentID]*EntryPlan{}, told: map[IncidentID]bool{}, places: map[IncidentID]*geo.Point{}, heirs: map[IncidentID]IncidentID{}}
}

// zonesAt is State.zonesAt with the zones as they will be.
func (p *planner) zonesAt(at *geo.Point) []*Zone {
	zones := p.s.zonesAt(at, p.but...)
	if p.zone == nil || at == nil {
		return zones
	}
	zones = slices.DeleteFunc(zones, func(z *Zone) bool { return z.ID == p.zone.ID })
	if !p.zone.Outline.Contains(*at) {
		return zones
	}
	for n, z := range zones { // in the order of State.zonesAt: before what it is an exception in, and before what is as deep and older
		if p.s.inside(p.zone, z) || cmp.Or(cmp.Compare(p.s.depth(z), p.s.depth(p.zone)), cmp.Compare(z.From, p.zone.From), byNumber(z.ID, p.zone.ID)) < 0 {
			return slices.Insert(zones, n, p.zone)
		}
	}
	return append(zones, p.zone)
}

// around lists the open incidents in an outline and those that a zone holds now, by
// their number.
func (p *planner) around(outline geo.Ring, zones ...ZoneID) []IncidentID {
	var ids []IncidentID
	if outline != nil {
		ids = p.s.openWithin(outline)
	}
	for id, i := range p.s.Incidents { // sorted below
		in := func(zone ZoneID) bool { return i.Zone == zone || i.Entry != nil && contains(i.Entry.Zones, zone) }
		if i.Open() && slices.ContainsFunc(zones, in) && !contains(ids, id) {
			ids = append(ids, id)
		}
	}
	slices.SortFunc(ids, byNumber[IncidentID])
	return ids
}

// move looks at an incident again after its zones have changed. there says that the
// event of the command itself puts it there.
func (p *planner) move(i *Incident, there bool, out []Event) []Event {
	at := p.s.Lead(i).Person.Point
	zones := p.zonesAt(at)
	if at == nil { // an erased place, or none: what was decided stands, without what has ended
		zones = p.known(i)
	}
	first := ZoneID("")
	if len(zones) > 0 {
		first = zones[0].ID
	}
	if first != i.Zone {
		if !there && !(first == "" && contains(p.but, i.Zone)) { // an ended zone is no zone: that needs no word
			out = append(out, &IncidentMoved{Incident: i.ID, Beat: i.Beat, Zone: first, Drawn: i.Drawn})
		}
		if first != "" {
			out = p.s.replan(i, i.inZone(first), p.m, out)
		}
	}
	return p.plan(i.ID, i, at, zones, out)
}

// known are the zones that an incident was decided to lie in, as they will be.
func (p *planner) known(i *Incident) []*Zone {
	var zones []*Zone
	ids := []ZoneID{i.Zone}
	if i.Entry != nil {
		ids = i.Entry.Zones
	}
	for _, id := range ids {
		z := p.s.Zones[id]
		if p.zone != nil && p.zone.ID == id {
			z = p.zone
		}
		if z != nil && z.EndedAt == 0 && !contains(p.but, id) {
			zones = append(zones, z)
		}
	}
	return zones
}

// plan says how one gets in. i is the incident, nil when this command opens it.
func (p *planner) plan(id IncidentID, i *Incident, at *geo.Point, zones []*Zone, out []Event) []Event {
	var was, now *EntryPlan
	if i != nil {
		was = p.planOf(id)
	}
	if i != nil && !samePoint(p.s.Lead(i).placedAt(), at) {
		p.places[id] = at
	}
	if slices.ContainsFunc(zones, (*Zone).closes) {
		now = &EntryPlan{At: p.m.At}
		for _, z := range zones {
			now.Zones = append(now.Zones, z.ID)
			if at != nil {
				if h := z.heatAt(*at); hotter(h, now.Heat) {
					now.Heat = h
				}
			}
		}
		if at == nil && was != nil {
			now.Heat = was.Heat
		}
		p.choose(id, was, now, at, zones)
	}
	out = p.planned(id, i, now, !now.same(was), out)
	if now != nil && now.Gate == "" && (was == nil || was.Gate != "") {
		zone := zones[0]
		out = append(out, &AlarmRaised{ID: p.s.nextAlarm(raised(out)), Cause: CauseEntry, Level: LevelWarning, Desk: p.s.supervisorOf(p.s.deskFor(p.s.Config.DefaultService)),
			Incident: id, About: "zone:" + string(zone.ID), Text: "zone " + zone.Name + " has no gate, and a call lies in it: name one"})
	}
	return out
}

// planned makes the event where the plan is another, or where the same one lets other
// units in since a rule is another, and says aloud who must stop.
func (p *planner) planned(id IncidentID, i *Incident, plan *EntryPlan, changed bool, out []Event) []Event {
	e := &EntryPlanned{Incident: id, Plan: plan}
	if changed {
		p.plans[id] = plan
		if plan != nil && plan.With != "" && p.sharing != nil {
			p.sharing[plan.With] = append(p.sharing[plan.With], id)
		}
	}
	if i == nil {
		if changed {
			out = append(out, e)
		}
		return out
	}
	as := *i
	as.Entry = plan
	after := p.after()
	for k := range i.Assignments {
		a := &i.Assignments[k]
		u := p.s.Units[a.Unit]
		if a.EndedAt != 0 || a.Stacked || u == nil || u.Status == StatusOnScene || u.Status == StatusTransporting || u.Status == StatusAtHospital {
			continue
		}
		is, closes := after.HowToEnter(u.Service, &as, p.m.At)
		switch may := !closes || is.In; {
		case may && a.Outside:
			e.Go = append(e.Go, u.ID)
		case !may && !a.Outside && !a.Insisted:
			e.Back = append(e.Back, u.ID)
		}
	}
	if !changed && (p.told[id] || len(e.Go)+len(e.Back) == 0) {
		return out
	}
	p.told[id] = true
	out = append(out, e)
	if len(e.Back) > 0 {
		out = append(out, &AlarmRaised{ID: p.s.nextAlarm(raised(out)), Cause: CauseEntry, Level: LevelLifeSafety, Desk: p.s.deskFor(i.Service), Incident: id, About: "incident:" + string(id),
			Text: "the way in to call " + strconv.FormatUint(i.Number, 10) + " is not open as it was: " + inList(e.Back) + " stop at the rendezvous"})
	}
	return p.follow(id, out)
}

// asLifeSafety says who may go in, or must stop, since a call is life-safety from now on,
// or no longer.
func (p *planner) asLifeSafety(i *Incident, is bool, out []Event) []Event {
	if i.Entry == nil || i.LifeSafety == is {
		return out
	}
	as := *i
	as.LifeSafety = is
	delete(p.told, i.ID)
	return p.planned(i.ID, &as, p.planOf(i.ID), false, out)
}

// close passes the gate of an incident that closes on to who shares it.
func (p *planner) close(id IncidentID, out []Event) []Event {
	p.plans[id] = nil
	return p.follow(id, out)
}

// leads goes on after another contact leads an incident: it lies where that one is, in
// its zone and its hazards. One whose place nobody knows leaves it where it was.
func (p *planner) leads(i *Incident, c *Contact, out []Event) []Event {
	if c == nil || c.Person.Point == nil || samePoint(p.s.Lead(i).placedAt(), c.Person.Point) {
		return out
	}
	zones := p.zonesAt(c.Person.Point)
	moved := &IncidentMoved{Incident: i.ID, Beat: cmp.Or(c.Beat, i.Beat), Drawn: p.s.drawnAt(c.Person.Point)}
	if len(zones) > 0 {
		moved.Zone = zones[0].ID
	}
	as := *i
	as.Beat, as.Zone, as.Drawn = moved.Beat, moved.Zone, moved.Drawn
	out = p.s.replanLead(c, p.s.taken(i, p.m.At), i, as, p.m, append(out, moved))
	out = p.plan(i.ID, i, c.Person.Point, zones, out)
	return p.s.arrive(i, i.ID, i.Service, c.Person.Point, nil, 0, out)
}

// shared lists who may share whose gate.
func (p *planner) shared(with IncidentID) []IncidentID {
	if p.sharing == nil {
		p.sharing = map[IncidentID][]IncidentID{}
		for id, i := range p.s.Incidents { // sorted where it is read
			if plan := p.planOf(id); i.Open() && plan != nil && plan.With != "" {
				p.sharing[plan.With] = append(p.sharing[plan.With], id)
			}
		}
	}
	return p.sharing[with]
}

// follow looks again at the incidents that share the gate of one whose plan is another.
func (p *planner) follow(id IncidentID, out []Event) []Event {
	var ids []IncidentID
	for _, other := range p.shared(id) {
		if plan := p.planOf(other); plan != nil && plan.With == id && p.s.Incidents[other] != nil && !contains(ids, other) {
			ids = append(ids, other)
		}
	}
	slices.SortFunc(ids, byNumber[IncidentID])
	for _, other := range ids {
		i := p.s.Incidents[other]
		at := p.s.Lead(i).Person.Point
		zones := p.zonesAt(at)
		if at == nil {
			zones = p.known(i)
		}
		out = p.plan(other, i, at, zones, out)
	}
	return out
}

// planOf is an incident's plan as it will be.
func (p *planner) planOf(id IncidentID) *EntryPlan {
	if plan, changed := p.plans[id]; changed {
		return plan
	}
	if i := p.s.Incidents[id]; i != nil && i.Open() {
		return i.Entry
	}
	return nil
}

// holds reports whether a plan's gate is still the one of the incident that it shares
// it with.
func (p *planner) holds(plan *EntryPlan) bool {
	if plan.With == "" {
		return true
	}
	root := p.planOf(plan.With)
	return root != nil && root.Gate == plan.Gate && root.With == "" && !root.Apart
}

// orphaned reports whether the incident whose gate a plan shares is closed, lies in no
// zone any more, or goes in apart. Its gate stays that of those who shared it.
func (p *planner) orphaned(plan *EntryPlan) bool {
	if plan.With == "" {
		return false
	}
	root := p.planOf(plan.With)
	return root == nil || root.Apart
}

// heir is whose gate an incident shares that shared that of one that is gone: that of
// the first one that did; "" for that one itself.
func (p *planner) heir(id IncidentID, was *EntryPlan) IncidentID {
	heir := p.heirs[was.With]
	if plan := p.planOf(heir); plan != nil && plan.With == "" && plan.Gate == was.Gate && !plan.Apart {
		return heir
	}
	p.heirs[was.With] = id
	return ""
}

// after is the state with the zones as they will be.
func (p *planner) after() *State {
	if p.then == nil {
		then := *p.s
		then.Zones = maps.Clone(p.s.Zones)
		for _, id := range p.but {
			delete(then.Zones, id)
		}
		if p.zone != nil {
			then.Zones[p.zone.ID] = p.zone
		}
		p.then = &then
	}
	return p.then
}

// choose finds the gate: the one that a person chose, then the one that a neighbour
// has, then the nearest of those that admit every service, then the nearest.
func (p *planner) choose(id IncidentID, was, now *EntryPlan, at *geo.Point, zones []*Zone) {
	owner := func(g GateID) *Zone {
		for _, z := range zones {
			if z.Gate(g) != nil {
				return z
			}
		}
		return nil
	}
	if orphan := was != nil && p.orphaned(was); was != nil && was.Gate != "" && (orphan || (was.By != "" || at == nil) && p.holds(was)) {
		if z := owner(was.Gate); z != nil {
			with := was.With
			if orphan {
				with = p.heir(id, was)
			}
			now.Gate, now.Owner, now.With, now.By, now.Why, now.Apart = was.Gate, z.ID, with, was.By, was.Why, was.Apart
			return
		}
	}
	if at == nil {
		return
	}
	if mate, plan := p.neighbour(id, *at, func(g GateID) bool { return owner(g) != nil }); plan != nil {
		now.Gate, now.Owner, now.With, now.By, now.Why = plan.Gate, owner(plan.Gate).ID, mate, plan.By, plan.Why
		return
	}
	for _, z := range zones {
		var best *Gate
		for n := range z.Gates {
			g := &z.Gates[n]
			if best == nil || cmp.Or(cmp.Compare(min(1, len(g.Admits)), min(1, len(best.Admits))), cmp.Compare(geo.Distance(g.Point, *at), geo.Distance(best.Point, *at))) < 0 {
				best = g
			}
		}
		if best != nil {
			now.Gate, now.Owner = best.ID, z.ID
			return
		}
	}
}

// neighbour is whose gate an incident at a place shares: that of the oldest open one
// near it with a gate that its zones have, or of the one that shares it with.
func (p *planner) neighbour(id IncidentID, at geo.Point, has func(GateID) bool) (IncidentID, *EntryPlan) {
	if p.bands == nil {
		p.bands = map[int32][]placed{}
		for _, i := range p.s.Incidents { // sorted below
			if point := p.s.Lead(i).placedAt(); i.Open() && point != nil {
				p.bands[point.Lat/band] = append(p.bands[point.Lat/band], placed{i, *point})
			}
		}
		for _, all := range p.bands { // each by itself: the order cannot show
			slices.SortFunc(all, func(a, b placed) int { return cmp.Compare(a.i.Number, b.i.Number) })
		}
	}
	var best *Incident
	var found *EntryPlan
	consider := func(i *Incident, where geo.Point) bool {
		if i.ID == id || best != nil && best.Number < i.Number || geo.Distance(where, at) > shareGate {
			return false
		}
		plan := p.planOf(i.ID)
		if plan == nil || plan.Gate == "" || plan.With == id || plan.Apart || !p.holds(plan) || !has(plan.Gate) {
			return false
		}
		best, found = i, plan
		return true
	}
	for n := at.Lat/band - 1; n <= at.Lat/band+1; n++ {
		for _, o := range p.bands[n] {
			if _, moved := p.places[o.i.ID]; !moved && consider(o.i, o.at) {
				break
			}
		}
	}
	for other, where := range p.places { // the oldest wins: the order cannot show
		if i := p.s.Incidents[other]; i != nil && where != nil {
			consider(i, *where)
		}
	}
	if best == nil {
		return "", nil
	}
	if found.With != "" {
		return found.With, found
	}
	return best.ID, found
}

func samePoint(a, b *geo.Point) bool { return a == b || a != nil && b != nil && *a == *b }

// placedAt is where a contact is; nil: nobody knows.
func (c *Contact) placedAt() *geo.Point {
	if c == nil {
		return nil
	}
	return c.Person.Point
}

func (c PlanEntry) decide(s *State, m Meta, out []Event) ([]Event, *Rejection) {
	i, no := s.openIncident(c.Incident)
	if no != nil {
		return nil, no
	}
	if i.Entry == nil {
		return nil, reject(NoZoneThere, "incident %d lies in no zone that closes anything: one can simply go", i.Number).at("incident")
	}
	if no := checkLine("why", c.Why); no != nil {
		return nil, no
	}
	owner := ZoneID("")
	for _, id := range i.Entry.Zones {
		if z := s.Zones[id]; owner == "" && z != nil && z.Gate(c.Gate) != nil {
			owner = id
		}
	}
	if owner == "" {
		return nil, reject(GateUnknown, "no zone that holds incident %d has a gate %q", i.Number, c.Gate).at("gate")
	}
	group := []IncidentID{i.ID}
	if !c.Apart {
		root := i.ID
		if i.Entry.With != "" {
			root = i.Entry.With
		}
		group = nil
		for _, id := range sortedKeys(s.Incidents) {
			if o := s.Incidents[id]; o.Open() && o.Entry != nil && contains(o.Entry.Zones, owner) && (id == root || id == i.ID || o.Entry.With == root) {
				group = append(group, id)
			}
		}
	}
	slices.SortFunc(group, byNumber[IncidentID])
	p := s.planner(m, nil)
	plans := map[IncidentID]*EntryPlan{}
	for _, id := range group {
		was := s.Incidents[id].Entry
		plan := *was
		plan.Gate, plan.Owner, plan.By, plan.Why, plan.At, plan.Apart = c.Gate, owner, m.By, c.Why, m.At, c.Apart
		if c.Apart {
			plan.With = ""
		}
		p.plans[id], p.told[id] = &plan, true // each is said below, once
		if !plan.same(was) {
			plans[id] = &plan
		}
	}
	for _, id := range group {
		if plan := plans[id]; plan != nil {
			out = p.planned(id, s.Incidents[id], plan, true, out)
		}
	}
	return out, nil
}

// inZone is an incident as it will be in a zone.
func (i *Incident) inZone(z ZoneID) Incident {
	as := *i
	as.Zone = z
	return as
}
