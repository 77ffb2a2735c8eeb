package dispatch

import (
	"slices"
	"strconv"
	"strings"

	"github.com/everycall/everycall/geo"
)

// Way is how one service gets in to an incident at some moment: what the zone's rule,
// the agreements and the clearances in force say together, and what to do.
type Way struct {
	Service Service
	Zone    ZoneID
	Rule    Entry // as declared
	Entry   Entry // as it counts now: opened by a grant, closed by a hot part
	Heat    Heat
	Basis   string // "rule", "heat:hot", "gate:g1", "agreement:ag1" or "clearance:ec1": what lets them in, or does not
	Until   Instant
	Escort  Service // who goes along, where one must
	Gate    *Gate   // nil: none is known
	Meet    *Rendezvous
	In      bool     // they may go in now
	Do      string   // in plain words
	Changes []string // what would change it
	Staged  []UnitID // of the service, at the rendezvous or on their way there
	Inside  []UnitID // of the service, gone in
}

// HowToEnter says how a service gets in to an incident; false where one can simply go.
func (s *State) HowToEnter(of Service, i *Incident, now Instant) (Way, bool) {
	if i.Entry == nil {
		return Way{}, false
	}
	w := Way{Service: of, Heat: i.Entry.Heat, Rule: EntryFree, Basis: "rule"}
	for _, id := range i.Entry.Zones {
		z := s.Zones[id]
		if z == nil || z.EndedAt != 0 {
			continue
		}
		if w.Zone == "" {
			w.Zone = id
		}
		if id == i.Entry.Owner && i.Entry.Gate != "" {
			if w.Gate = z.Gate(i.Entry.Gate); w.Gate != nil {
				meet := w.Gate.Meet()
				w.Meet = &meet
			}
		}
	}
	if w.Zone == "" {
		return Way{}, false
	}
	rule, zone := s.ruleOf(of, i.Entry.Zones)
	if rule != nil {
		w.Rule, w.Escort, w.Zone = rule.Entry, rule.EscortBy, zone
	}
	w.Entry = w.Rule
	if w.Entry == EntryFree && s.closedAround(of, i.Entry.Zones) {
		w.Entry = EntryGatesOnly
	}
	if w.Gate != nil && !w.Gate.admits(of) && (w.Entry == EntryGatesOnly || w.Entry == EntryLifeSafetyOnly) {
		w.Entry, w.Basis = EntryStageOutside, "gate:"+string(w.Gate.ID)
	}
	if a := s.agreementFor(of, i, now); a != nil && stricter(w.Entry, EntryGatesOnly) != EntryGatesOnly {
		w.Entry, w.Basis, w.Until = EntryGatesOnly, "agreement:"+string(a.ID), a.Until
	}
	switch i.Entry.Heat {
	case HeatHot:
		w.hold(EntryStageOutside, i.LifeSafety)
	case HeatWarm:
		w.hold(EntryEscort, i.LifeSafety)
	}
	if c := s.clearanceFor(of, i, now); c != nil && stricter(w.Entry, EntryGatesOnly) != EntryGatesOnly {
		w.Entry, w.Basis, w.Until = EntryGatesOnly, "clearance:"+string(c.ID), c.Until
	}
	switch w.Entry {
	case EntryFree, EntryGatesOnly:
		w.In = true
	case EntryLifeSafetyOnly:
		w.In = i.LifeSafety
	}
	s.placeUnits(&w, i)
	s.say(&w, i, now)
	return w, true
}

// hold makes the rule at least as strict, for the danger of the place. A rule that lets in
// whoever saves a life does not let them into that.
func (w *Way) hold(least Entry, lifeSafety bool) {
	strict := stricter(w.Entry, least)
	if w.Entry == EntryLifeSafetyOnly && lifeSafety {
		strict = least
	}
	if strict != w.Entry {
		w.Entry, w.Basis, w.Until = strict, "heat:"+string(w.Heat), 0
	}
}

// closedAround reports whether a wider zone closes the way to a free exception.
func (s *State) closedAround(of Service, zones []ZoneID) bool {
	return slices.ContainsFunc(zones, func(id ZoneID) bool {
		z := s.Zones[id]
		return z != nil && z.EndedAt == 0 && z.RuleFor(of) != EntryFree
	})
}

// ruleOf is the first rule that zones have for a service, and whose it is.
func (s *State) ruleOf(of Service, zones []ZoneID) (*ZoneRule, ZoneID) {
	for _, id := range zones {
		if z := s.Zones[id]; z != nil && z.EndedAt == 0 {
			if r := z.rule(of); r != nil {
				return r, id
			}
		}
	}
	return nil, ""
}

func (s *State) placeUnits(w *Way, i *Incident) {
	for k := range i.Assignments {
		a := &i.Assignments[k]
		u := s.Units[a.Unit]
		switch {
		case a.EndedAt != 0 || a.Stacked || u == nil || u.Service != w.Service:
		case a.Outside:
			w.Staged = append(w.Staged, u.ID)
		case u.Status == StatusOnScene || u.Status == StatusTransporting:
			w.Inside = append(w.Inside, u.ID)
		}
	}
}

// say puts it in plain words. Nobody is ever told just that there is no way.
func (s *State) say(w *Way, i *Incident, now Instant) {
	by, meet := " by a gate", "outside"
	if w.Gate != nil {
		by = " by " + w.Gate.Words()
		meet = "at " + w.Meet.Words()
	}
	switch {
	case w.Entry == EntryFree:
		w.Do = "go in"
	case w.In && w.Basis == "rule" && w.Entry == EntryLifeSafetyOnly:
		w.Do = "go in" + by + ": life is in danger"
	case w.In:
		w.Do = "go in" + by
	case w.Entry == EntryEscort && w.Escort != "":
		w.Do = "wait " + meet + "; go in with " + string(w.Escort) + by
	case w.Entry == EntryEscort:
		w.Do = "wait " + meet + "; go in with an escort" + by
	case i.LifeSafety:
		w.Do = "stage " + meet + "; ask for a clearance now"
	case w.Entry == EntryStageOutside:
		w.Do = "wait " + meet + " for a clearance"
	default:
		w.Do = "do not go in; stage " + meet + ", or hold the call and say so"
	}
	if w.Gate == nil && w.Entry != EntryFree {
		w.Do += "; no gate is named yet: ask for one"
	}
	if !w.In {
		w.Changes = append(w.Changes, "a clearance for "+string(w.Service))
		if w.Gate != nil && !w.Gate.admits(w.Service) {
			w.Changes = append(w.Changes, "another gate: this one is not for "+string(w.Service))
		}
		for _, c := range s.clearancesAt(i, true, now) { // said to another service already: nobody waits for a word that is out
			what := "is for " + joinServices(c.Services)
			if other := s.Incidents[c.Incident]; other != nil && other != i {
				what += " on incident " + strconv.FormatUint(other.Number, 10)
			}
			w.Changes = append(w.Changes, "clearance "+string(c.ID)+" of "+c.GivenBy+" "+what+": ask whether it is for "+string(w.Service)+" here too")
		}
		if next := s.agreementAhead(w.Service, i, now); next != nil {
			w.Changes = append(w.Changes, "agreement "+string(next.ID)+" begins")
		}
	}
	if w.Until != 0 {
		w.Changes = append(w.Changes, strings.Replace(w.Basis, ":", " ", 1)+" ends")
	}
	for _, id := range i.Entry.Zones {
		if z := s.Zones[id]; z != nil && z.EndedAt == 0 && z.Until != 0 {
			w.Changes = append(w.Changes, "zone "+z.Name+" ends")
		}
	}
}

// GateLets reports whether a zone's gate lets a service in at some moment: by the rule
// of the zone or of an exception within it, by an agreement or by a clearance.
func (s *State) GateLets(z *Zone, g *Gate, of Service, now Instant) bool {
	for _, other := range s.Zones { // any of them: the order cannot show
		if other == z || other.EndedAt == 0 && s.inside(other, z) {
			switch r := other.rule(of); {
			case r == nil && other == z, r != nil && (r.Entry == EntryFree || r.Entry == EntryGatesOnly || r.Entry == EntryEscort || r.Entry == EntryLifeSafetyOnly):
				if g.admits(of) {
					return true
				}
			}
		}
	}
	for _, a := range s.Agreements { // any of them: the order cannot show
		if a.InForce(now) && a.Zone == z.ID && contains(a.Services, of) && (len(a.Gates) == 0 || contains(a.Gates, g.ID)) {
			return true
		}
	}
	for _, c := range s.Clearances { // any of them: the order cannot show
		if c.InForce(now) && c.Zone == z.ID && contains(c.Services, of) && (c.Gate == "" || c.Gate == g.ID) {
			return true
		}
	}
	return false
}

// Words are a gate's one wording.
func (g *Gate) Words() string { return wording(g.Name, g.Street, g.Grid) }

// Words are a rendezvous' one wording.
func (r Rendezvous) Words() string { return wording(r.Name, r.Street, r.Grid) }

func wording(name, street, grid string) string {
	if street != "" && !strings.Contains(name, street) {
		name += ", " + street
	}
	if grid != "" {
		name += " (" + grid + ")"
	}
	return name
}

func joinServices(all []Service) string {
	var b strings.Builder
	for n, of := range all {
		if n > 0 {
			b.WriteString(", ")
		}
		b.WriteString(string(of))
	}
	return b.String()
}

// EntryRefused answers why a service is not let in to an incident; nil when it is.
func (s *State) EntryRefused(of Service, i *Incident) *Rejection {
	return s.entry(of, i, DispatchUnit{}, s.Now)
}

// entry refuses to send a unit in where it may not go, unless somebody says why, or it
// is sent to the rendezvous. Life-safety always passes: it is staged with the plan.
func (s *State) entry(of Service, i *Incident, c DispatchUnit, now Instant) *Rejection {
	w, closed := s.HowToEnter(of, i, now)
	if !closed || w.In || i.LifeSafety || c.Override != "" || c.Outside || w.Entry == EntryEscort {
		return nil
	}
	return reject(ZoneClosed, "zone %q: %s for %s: %s; or say why it is sent all the same", s.Zones[w.Zone].Name, w.Entry, of, w.Do).at("override_reason")
}

// outside reports whether a unit that is sent waits at the rendezvous.
func (s *State) outside(of Service, i *Incident, c DispatchUnit, now Instant) bool {
	w, closed := s.HowToEnter(of, i, now)
	return closed && !w.In && c.Override == ""
}

// wentIn says aloud that a unit that should wait outside says that it is on scene. It is
// believed, whatever the rule.
func (s *State) wentIn(u *Unit, i *Incident, status Status, m Meta, out []Event) []Event {
	if status != StatusOnScene || !i.active(u.ID).Outside {
		return out
	}
	w, closed := s.HowToEnter(u.Service, i, m.At)
	if !closed || w.In {
		return out
	}
	return append(out, &AlarmRaised{ID: s.nextAlarm(raised(out)), Cause: CauseEntry, Level: LevelWarning, Desk: s.supervisorOf(s.deskFor(u.Service)), Incident: i.ID, About: "unit:" + string(u.ID),
		Text: string(u.ID) + " says on scene at call " + strconv.FormatUint(i.Number, 10) + ", where " + string(u.Service) + " may not go in now: ask whether it is inside or at the rendezvous"})
}

// Target is where a unit of a service is sent for an incident: its place, or the
// rendezvous where it may not go in. Nil: no place is known.
func (s *State) Target(of Service, i *Incident, now Instant) (at *geo.Point, outside bool) {
	if lead := s.Lead(i); lead != nil {
		at = lead.Person.Point
	}
	if w, closed := s.HowToEnter(of, i, now); closed && !w.In && w.Meet != nil {
		return &w.Meet.Point, true
	}
	return at, false
}

// insideZone lists the units of some services that work on incidents in a zone: those
// that are there, and those on their way in by the rule.
func (s *State) insideZone(zone ZoneID, services []Service) (there, coming []UnitID) {
	for _, id := range sortedKeys(s.Units) {
		u := s.Units[id]
		i := s.Incidents[u.Incident]
		if i == nil || i.Entry == nil || !contains(i.Entry.Zones, zone) || !contains(services, u.Service) {
			continue
		}
		a := i.active(id)
		if a == nil || a.Outside {
			continue
		}
		switch u.Status {
		case StatusOnScene, StatusTransporting:
			there = append(there, id)
		case StatusDispatched, StatusEnRoute, StatusStaged:
			if !a.Insisted {
				coming = append(coming, id)
			}
		}
	}
	return there, coming
}

// inWords lists units for an alarm.
func inWords(there, back []UnitID) string {
	var parts []string
	for _, part := range []struct {
		units []UnitID
		is    string
	}{{there, "inside"}, {back, "on the way in, stopped at the rendezvous"}} {
		if len(part.units) == 0 {
			continue
		}
		text := string(part.units[0])
		for n, u := range part.units[1:] {
			if n == 5 {
				text += " and " + strconv.Itoa(len(part.units)-6) + " more"
				break
			}
			text += ", " + string(u)
		}
		parts = append(parts, text+" "+part.is)
	}
	return strings.Join(parts, "; ")
}
