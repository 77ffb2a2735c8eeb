package dispatch

import (
	"maps"
	"slices"

	"github.com/everycall/everycall/triage"
)

// Configure gives the agency's data: services, desks, call types, limits. A
// changed configuration is a new one; the calls that are open keep what they have.
type Configure struct {
	Config Config
}

// Configured: the agency's data are these.
type Configured struct {
	Config Config `json:"config"`
}

func (Configure) CommandName() string { return "Configure" }
func (*Configured) EventName() string { return "Configured" }

func (c Configure) decide(s *State, _ Meta, out []Event) ([]Event, *Rejection) {
	g := c.Config
	if no := checkLines("name", g.Name, "zone", g.Zone); no != nil {
		return nil, no
	}
	if len(g.Services) == 0 || !contains(g.Services, g.DefaultService) {
		return nil, reject(ConfigInvalid, "it lists its services, and the default one is among them").at("services")
	}
	if len(g.Desks) == 0 || len(g.Desks) > MaxDesks {
		return nil, reject(ConfigInvalid, "it has 1 to %d desks", MaxDesks).at("desks")
	}
	known := map[DeskID]bool{}
	for _, d := range g.Desks {
		if known[d.ID] || checkLines("desks", string(d.ID), "desks", d.Name) != nil {
			return nil, reject(ConfigInvalid, "desk %q: an id of its own and a name", d.ID).at("desks")
		}
		known[d.ID] = true
	}
	for _, d := range g.Desks {
		if d.Supervisor != "" && !known[d.Supervisor] {
			return nil, reject(ConfigInvalid, "desk %s is supervised by %q, which is not listed", d.ID, d.Supervisor).at("desks")
		}
	}
	if _, err := triage.NewTable(g.Types); err != nil {
		return nil, reject(ConfigInvalid, "%s", err).at("types")
	}
	for _, t := range g.Types {
		if !contains(g.Services, Service(t.Service)) {
			return nil, reject(ConfigInvalid, "call type %s is for %q, which is not a service of the agency", t.Code, t.Service).at("types")
		}
	}
	types, _ := triage.NewTable(g.Types)
	for _, d := range g.Desks {
		if no := d.check(types); no != nil {
			return nil, no
		}
	}
	if no := checkProtocols(g); no != nil {
		return nil, no
	}
	if no := checkPlanTemplates(g); no != nil {
		return nil, no
	}
	said := map[Service]bool{}
	for _, w := range g.UnknownWays {
		if said[w.Service] || !contains(g.Services, w.Service) || w.Policy != "allow" && w.Policy != "avoid" {
			return nil, reject(ConfigInvalid, "unknown ways for %q: %q; allow or avoid, for each service of the agency at most once", w.Service, w.Policy).at("unknown_ways")
		}
		said[w.Service] = true
	}
	if no := checkAreas(g); no != nil {
		return nil, no
	}
	if no := checkRunCards(g); no != nil {
		return nil, no
	}
	if no := checkPresets(g); no != nil {
		return nil, no
	}
	if no := checkRotations(g); no != nil {
		return nil, no
	}
	if no := checkCaseSeries(g); no != nil {
		return nil, no
	}
	if !g.UntriagedPriority.Valid() {
		return nil, reject(ConfigInvalid, "the priority of an untriaged call is between 1 and 5").at("untriaged_priority")
	}
	for p := triage.PriorityHighest; p <= triage.PriorityLowest; p++ {
		if g.WaitLimits[p] < 0 || g.WaitLimits[p] > Day || g.HoldLimits[p] < 0 || g.HoldLimits[p] > Day {
			return nil, reject(ConfigInvalid, "limits are between 0 and 24 h").at("wait_limits")
		}
	}
	if no := s.configFits(g); no != nil {
		return nil, no
	}
	g.Version = s.Config.Version + 1
	return append(out, &Configured{Config: g}), nil
}

// configFits refuses a configuration that was made from an older one, and one without a
// desk that owns open calls, or a service that has units or open calls: nobody would be
// told of them.
func (s *State) configFits(g Config) *Rejection {
	if g.Version != 0 && g.Version != s.Config.Version {
		return reject(ConfigChanged, "version %d was changed since you read it: this is version %d now; look again", g.Version, s.Config.Version).at("version")
	}
	desks := map[DeskID]bool{}
	for _, d := range g.Desks {
		desks[d.ID] = true
	}
	for _, id := range slices.Sorted(maps.Keys(s.Contacts)) {
		if o := &s.Contacts[id].Outcome; !o.Kind.Final() && o.Owner != "" && !desks[o.Owner] {
			return reject(ConfigInUse, "desk %s owns contact %d: give its calls to another desk first", o.Owner, s.Contacts[id].Number).at("desks")
		}
	}
	for _, id := range slices.Sorted(maps.Keys(s.Units)) {
		if u := s.Units[id]; !u.Retired && !contains(g.Services, u.Service) {
			return reject(ConfigInUse, "service %s has the unit %s: retire its units first", u.Service, id).at("services")
		}
	}
	for _, id := range slices.Sorted(maps.Keys(s.Incidents)) {
		if i := s.Incidents[id]; i.Open() && !contains(g.Services, i.Service) {
			return reject(ConfigInUse, "service %s has call %d: close its calls first", i.Service, i.Number).at("services")
		}
	}
	return nil
}

func (e *Configured) evolve(s *State, _ Stamped) {
	was := s.Config.Triggers
	s.Config = e.Config
	for _, t := range was { // what a trigger saw is of no use to another one
		if s.Triggers[t.ID] != nil && !contains(e.Config.Triggers, t) {
			delete(s.Triggers, t.ID)
			s.withdraw(t.Preset)
		}
	}
	for id := range s.Desks { // each by itself: the order cannot show
		if _, known := s.Desk(id); !known {
			delete(s.Desks, id)
		}
	}
	s.types, _ = triage.NewTable(e.Config.Types) // was checked by Configure
	s.newTurns()
	s.touched.config()
}
