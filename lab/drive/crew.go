package drive

import (
	"fmt"
	"slices"
	"strings"

	"github.com/everycall/everycall/advisor"
	"github.com/everycall/everycall/city"
	"github.com/everycall/everycall/dispatch"
	"github.com/everycall/everycall/geo"
	"github.com/everycall/everycall/triage"
)

// How crews work. All invented; the times on scene lie about the 37–52 minutes a
// unit that Seattle's figures give for police.
const (
	turnoutLeast   = 30 * dispatch.Second
	turnoutMost    = 90 * dispatch.Second
	hospitalLeast  = 12 * dispatch.Minute
	hospitalMost   = 25 * dispatch.Minute
	blindTravel    = 6 * dispatch.Minute // to a call whose place nobody knows
	transportShare = 45                  // percent of medic and aid runs that end at a hospital
	patrolReach    = geo.Millimetres(1_200_000)
	homeReach      = geo.Millimetres(60_000)
	strollHops     = 14
	pauseLeast     = 20 * dispatch.Second
	pauseMost      = 3 * dispatch.Minute
	clearedFor     = 60 * dispatch.Minute
)

// onScene is the mean time on scene.
func onScene(of dispatch.Service, p triage.Priority) dispatch.Millis {
	switch of {
	case city.Police:
		return [6]dispatch.Millis{40, 42, 44, 40, 35, 35}[min(p, 5)] * dispatch.Minute
	case city.EMS:
		return 24 * dispatch.Minute
	}
	return 28 * dispatch.Minute
}

// dispositions are how a call may end, by service. Invented, neutral.
var dispositions = map[dispatch.Service][]string{
	city.Police: {"assistance rendered", "report written", "no police action needed", "unable to locate", "report written"},
	city.Fire:   {"handled on scene", "investigated, nothing found", "system reset"},
	city.EMS:    {"treated on scene", "assessed, no transport"},
}

// crew is what the drive knows of one unit beyond the room's state. It can be
// made again at any time: then the vehicle starts from where it was last seen.
type crew struct {
	home     home
	at       geo.Point
	way      *way                // nil: standing
	incident dispatch.IncidentID // what the way leads to, if it leads to a call
	until    dispatch.Instant    // standing about until then, on patrol
	shown    geo.Point           // as last reported
	visible  bool                // reported at least once
}

// wish is a way that a crew wants; it is found outside the room's lock.
type wish struct {
	c        *crew
	goal     geo.Point
	incident dispatch.IncidentID
	stroll   bool
}

// crews plays every crew for one step: what it says, and where it wants to go.
func (d *Driver) crews(st *dispatch.State, now dispatch.Instant) (acts []act, wishes []wish) {
	leaving := map[dispatch.IncidentID]int{}
	for _, id := range d.order {
		u, c := st.Units[id], d.units[id]
		if u == nil || u.Retired {
			continue
		}
		if c.way != nil {
			c.at = c.way.at(now)
		}
		i := st.Incidents[u.Incident]
		if i == nil {
			if c.incident != "" { // taken off it
				c.way, c.incident = nil, ""
			}
			if u.Status == dispatch.StatusAvailable {
				wishes = d.idle(c, now, wishes)
			}
			continue
		}
		if d.handsOff(id) && u.Source != dispatch.SourceSystem && u.Source != dispatch.SourceDevice {
			continue // a person speaks for this crew
		}
		acts, wishes = d.work(st, u, i, c, now, leaving, acts, wishes)
	}
	return acts, wishes
}

// work plays a crew that has a call.
func (d *Driver) work(st *dispatch.State, u *dispatch.Unit, i *dispatch.Incident, c *crew, now dispatch.Instant, leaving map[dispatch.IncidentID]int, acts []act, wishes []wish) ([]act, []wish) {
	unit, incident := string(u.ID), string(i.ID)
	d.place(st, u, i, c)
	done := false
	switch u.Status {
	case dispatch.StatusDispatched:
		if now.Since(u.Since) >= d.dice.between(turnoutLeast, turnoutMost, "turnout", unit, incident) {
			acts = append(acts, d.says(u, dispatch.StatusEnRoute))
			wishes = d.wishFor(st, u, i, c, now, wishes)
		}
	case dispatch.StatusEnRoute:
		switch arrive, known := d.arrival(st, i, c, u, now); {
		case !known:
			wishes = d.wishFor(st, u, i, c, now, wishes)
		case now >= arrive && outside(u, i):
			acts = append(acts, d.says(u, dispatch.StatusStaged))
		case now >= arrive:
			acts = append(acts, d.says(u, dispatch.StatusOnScene))
		}
	case dispatch.StatusStaged:
		switch {
		case !outside(u, i):
			acts = append(acts, d.says(u, dispatch.StatusEnRoute))
		case now.Since(u.Since) >= d.dice.between(stagedLeast, stagedMost, "cleared", unit, incident):
			acts = append(acts, d.clears(st, u.Service, i, now)...)
		}
	case dispatch.StatusOnScene:
		if now.Since(u.Since) < d.dice.around(onScene(u.Service, i.Priority()), "scene", unit, incident) {
			break
		}
		if d.transports(u, i) {
			acts = append(acts, d.says(u, dispatch.StatusTransporting))
			c.way = nil
			wishes = append(wishes, wish{c: c, goal: d.hospital, incident: i.ID})
			break
		}
		done = true
	case dispatch.StatusTransporting:
		if c.way == nil || c.way.goal() != d.hospital {
			wishes = append(wishes, wish{c: c, goal: d.hospital, incident: i.ID})
		} else if now >= c.way.end() {
			acts = append(acts, d.says(u, dispatch.StatusAtHospital))
		}
	case dispatch.StatusAtHospital:
		done = now.Since(u.Since) >= d.dice.between(hospitalLeast, hospitalMost, "hospital", unit, incident)
	}
	if !done {
		return append(acts, d.stillThere(st, u, i, now)...), wishes
	}
	leaving[i.ID]++
	if leaving[i.ID] == i.Active() && own(i) {
		return append(acts, d.closes(u, i)), wishes
	}
	return append(acts, d.says(u, dispatch.StatusAvailable)), wishes
}

// askedAhead is how long before its desk would be alarmed a crew is asked after.
const askedAhead = 2 * dispatch.Minute

// stillThere plays the crew's answer on the radio when its desk asks after it:
// the same status again, which moves the call's due time on.
func (d *Driver) stillThere(st *dispatch.State, u *dispatch.Unit, i *dispatch.Incident, now dispatch.Instant) []act {
	lead := st.Lead(i)
	if u.Status != dispatch.StatusOnScene || lead == nil || lead.Outcome.Due.Since(now) > askedAhead {
		return nil
	}
	return []act{{by: ByCrews, id: fmt.Sprintf("still-%s-%d", u.ID, lead.Outcome.Due), command: dispatch.SetUnitStatus{Unit: u.ID, Status: u.Status, Source: dispatch.SourceRadio}}}
}

// place puts a vehicle that the drive has just met again where it must be.
func (d *Driver) place(st *dispatch.State, u *dispatch.Unit, i *dispatch.Incident, c *crew) {
	if c.incident == i.ID {
		return
	}
	switch lead := st.Lead(i); {
	case u.Status == dispatch.StatusOnScene && lead != nil && lead.Person.Point != nil:
		c.at, c.way, c.incident = *lead.Person.Point, nil, i.ID
	case u.Status == dispatch.StatusAtHospital:
		c.at, c.way, c.incident = d.hospital, nil, i.ID
	}
}

// wishFor asks for the way to a call, unless the vehicle is on it.
func (d *Driver) wishFor(st *dispatch.State, u *dispatch.Unit, i *dispatch.Incident, c *crew, now dispatch.Instant, wishes []wish) []wish {
	goal := goalOf(st, u, i, now)
	if goal == nil || (c.way != nil && c.incident == i.ID && c.way.goal() == *goal) {
		return wishes
	}
	return append(wishes, wish{c: c, goal: *goal, incident: i.ID})
}

// goalOf is where a unit drives for a call: its place, or the rendezvous of its gate.
func goalOf(st *dispatch.State, u *dispatch.Unit, i *dispatch.Incident, now dispatch.Instant) *geo.Point {
	goal, meets := st.Target(u.Service, i, now)
	if meets && !outside(u, i) { // somebody sent it in all the same
		goal = st.Lead(i).Person.Point
	}
	return goal
}

// outside reports whether a unit waits at the rendezvous of its call.
func outside(u *dispatch.Unit, i *dispatch.Incident) bool {
	for k := range i.Assignments {
		if a := &i.Assignments[k]; a.Unit == u.ID && a.EndedAt == 0 && !a.Stacked {
			return a.Outside
		}
	}
	return false
}

// clears plays the word that a service may go in, by the invented supervisor.
func (d *Driver) clears(st *dispatch.State, of dispatch.Service, i *dispatch.Incident, now dispatch.Instant) []act {
	if w, closed := st.HowToEnter(of, i, now); !closed || w.In {
		return nil
	}
	return []act{{by: BySupervisor, id: fmt.Sprintf("clear-%s-%s-%d", i.ID, of, now), ordered: true,
		command: dispatch.GiveClearance{Incident: i.ID, Services: []dispatch.Service{of}, GivenBy: "incident commander (invented)", Until: now.Add(clearedFor)}}}
}

// arrival is when the vehicle is there; known is false while it has no way to
// where the call is now.
func (d *Driver) arrival(st *dispatch.State, i *dispatch.Incident, c *crew, u *dispatch.Unit, now dispatch.Instant) (at dispatch.Instant, known bool) {
	goal := goalOf(st, u, i, now)
	if goal == nil {
		return u.Since.Add(blindTravel), true
	}
	if c.way == nil || c.incident != i.ID || c.way.goal() != *goal {
		return 0, false
	}
	return c.way.end(), true
}

// transports reports whether this unit takes the patient along: the medic where
// one is on the call, else the first one of the ambulance service.
func (d *Driver) transports(u *dispatch.Unit, i *dispatch.Incident) bool {
	if u.Service != city.EMS || !slices.Contains(u.Capabilities, "aid") || d.hospital == (geo.Point{}) {
		return false
	}
	for k := range i.Assignments { // one unit transports
		a := &i.Assignments[k]
		if a.Unit != u.ID && slices.ContainsFunc(a.Milestones, func(m dispatch.Milestone) bool { return m.Status == dispatch.StatusTransporting }) {
			return false
		}
	}
	return d.dice.below(100, "transport", string(i.ID)) < transportShare
}

// says is a crew's status by its own device.
func (d *Driver) says(u *dispatch.Unit, status dispatch.Status) act {
	return act{by: ByCrews, id: fmt.Sprintf("crew-%s-%s-%d", u.ID, status, u.Since), command: dispatch.SetUnitStatus{Unit: u.ID, Status: status, Source: dispatch.SourceDevice}}
}

// closes ends a call with its last unit.
func (d *Driver) closes(u *dispatch.Unit, i *dispatch.Incident) act {
	endings := dispositions[i.Service]
	ending := "handled"
	if len(endings) > 0 {
		ending = endings[d.dice.below(uint64(len(endings)), "ending", string(i.ID))]
	}
	if u.Status == dispatch.StatusAtHospital {
		ending = "taken to hospital"
	}
	return act{by: ByCrews, id: fmt.Sprintf("close-%s-%s-%d", i.ID, u.ID, u.Since), ordered: true,
		command: dispatch.CloseIncident{Incident: i.ID, Disposition: ending, Authority: string(u.ID) + " (simulated)"}}
}

// idle plays a crew without a call: back home, and about the beat.
func (d *Driver) idle(c *crew, now dispatch.Instant, wishes []wish) []wish {
	if c.way != nil && now < c.way.end() {
		return wishes
	}
	if c.way != nil {
		c.way = nil
		c.until = now.Add(d.dice.between(pauseLeast, pauseMost, "pause", string(c.home.unit.ID), fmt.Sprint(now)))
	}
	reach := homeReach
	if c.home.patrol {
		reach = patrolReach
	}
	switch {
	case geo.Distance(c.at, c.home.point) > reach:
		return append(wishes, wish{c: c, goal: c.home.point})
	case c.home.patrol && now >= c.until && !d.hurried:
		return append(wishes, wish{c: c, stroll: true})
	}
	return wishes
}

// grant finds the ways that crews asked for.
func (d *Driver) grant(wishes []wish, now dispatch.Instant) {
	for _, w := range wishes {
		w.c.incident = w.incident
		if !w.stroll {
			w.c.way = d.streets.to(advisor.VehicleOf(w.c.home.unit.Service, w.c.home.unit.Kind), w.c.at, w.goal, now)
			continue
		}
		name := string(w.c.home.unit.ID)
		w.c.way = d.streets.stroll(w.c.at, now, strollHops, func(n int) uint64 { return d.dice.roll("stroll", name, fmt.Sprint(now, n)) })
	}
}

// hospitalOf is where patients are taken: the pack's station that is a hospital,
// else the first station of all.
func hospitalOf(pack *city.Pack) geo.Point {
	for _, s := range pack.Stations {
		if strings.Contains(s.Name, "Medical Center") {
			return s.Point
		}
	}
	if len(pack.Stations) > 0 {
		return pack.Stations[0].Point
	}
	return geo.Point{}
}
