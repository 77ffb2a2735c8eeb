package recommend

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/everycall/everycall/dispatch"
	"github.com/everycall/everycall/triage"
)

// OthersShown is how many units that do not fit an answer lists, the best first.
const OthersShown = 40

// Way is a unit's way to one incident.
type Way struct {
	Travel      dispatch.Millis
	DistanceMM  int64           // millimetres
	PositionAge dispatch.Millis // of where it starts
	Known       bool            // false where no position is known, or no way leads there: then the rest means nothing
	Note        string          // what there is to say of it in plain words; why it is not known
}

// Travel estimates a unit's way to one incident.
type Travel func(dispatch.UnitID) Way

// Advice is what Rank answers.
type Advice struct {
	Units []Choice // all that fit, then the best OthersShown of the others
	Plan  Plan

	Response dispatch.Response // what it is to get, by which run card and level, and has
}

// Choice is one unit with the reasons for and against sending it.
type Choice struct {
	Unit        dispatch.UnitID
	Kind        string
	Travel      dispatch.Millis // meaningless unless Known
	DistanceMM  int64           // millimetres; meaningless unless Known
	PositionAge dispatch.Millis // meaningless unless Known
	Known       bool            // a position is known, and a way
	Rank        int             // 1 is the best
	Fits        bool            // could be sent now and brings what is needed
	Free        bool            // could be sent somewhere now
	Reasons     []string        // plain words; never empty

	grade int // how far from fitting; the first key of the order
	unit  *dispatch.Unit
	note  string // of the way
}

// Plan is a set of units that meets an incident's needs as far as possible: the
// closest fitting unit for each need in turn. A unit that works on the incident
// already counts.
type Plan struct {
	Needs   []triage.Need
	Chosen  []dispatch.UnitID
	Missing []triage.Need // what nobody can bring now
}

// Grades of a choice, the best first.
const (
	fits         = iota
	refused      // right and free; a rule says no
	busy         // right; works on something else
	incapable    // of the service, without what is needed
	outOfService // nobody to send
	otherService
	onIt // works on this incident already
)

// Rank orders the units for an incident and says why each is where it is. The
// order: units that fit, the nearest first and those of unknown position last;
// then the others, by how little keeps them from fitting. Equal ones stand in
// the order of their call signs.
func Rank(s *dispatch.State, i *dispatch.Incident, travel Travel) Advice {
	response := s.ResponseTo(i)
	needs := response.Needs
	rules := newObstacles(s, i)
	units := unitsInOrder(s)
	all := make([]Choice, 0, len(units))
	for _, u := range units {
		c := Choice{Unit: u.ID, Kind: u.Kind, Free: u.Free(), unit: u}
		if w := travel(u.ID); w.Known {
			c.Travel, c.DistanceMM, c.PositionAge, c.Known, c.note = w.Travel, w.DistanceMM, w.PositionAge, true, w.Note
		} else if c.note = w.Note; c.note == "" {
			c.note = "position unknown"
		}
		rules.judge(&c, needs)
		all = append(all, c)
	}
	slices.SortStableFunc(all, func(a, b Choice) int {
		if by := cmp.Compare(a.grade, b.grade); by != 0 {
			return by
		}
		if a.Known != b.Known {
			if a.Known {
				return -1
			}
			return 1
		}
		return cmp.Compare(a.Travel, b.Travel)
	})
	fitting := 0
	for n := range all {
		all[n].Rank = n + 1
		if all[n].Fits {
			fitting++
		}
	}
	plan := rules.plan(all[:fitting], needs)
	return Advice{Units: all[:min(len(all), fitting+OthersShown)], Plan: plan, Response: response}
}

// Fill makes the plan from some of Rank's choices, in their order: for a caller
// that has reasons of its own to leave units out.
func Fill(s *dispatch.State, i *dispatch.Incident, choices []Choice) Plan {
	fitting := make([]Choice, 0, len(choices))
	for _, c := range choices {
		if c.Fits {
			fitting = append(fitting, c)
		}
	}
	return newObstacles(s, i).plan(fitting, needsOf(s, i))
}

// obstacles are the rules that stand between a service's units and one
// incident, asked once for each service.
type obstacles struct {
	s         *dispatch.State
	i         *dispatch.Incident
	byService map[dispatch.Service]obstacle
}

type obstacle struct {
	zone  *dispatch.Rejection
	spare int
	kept  *dispatch.Posture
}

func newObstacles(s *dispatch.State, i *dispatch.Incident) obstacles {
	o := obstacles{s: s, i: i, byService: map[dispatch.Service]obstacle{}}
	for _, of := range s.Config.Services {
		spare, by := s.SpareFor(of, i)
		o.byService[of] = obstacle{zone: s.EntryRefused(of, i), spare: spare, kept: by}
	}
	return o
}

// judge grades one unit and words the reasons, the weightiest first.
func (o obstacles) judge(c *Choice, needs []triage.Need) {
	u := c.unit
	what, right := brings(u, o.i, needs)
	grade := func(g int, text string) {
		c.grade = max(c.grade, g)
		c.Reasons = append(c.Reasons, text)
	}
	if u.Incident == o.i.ID {
		grade(onIt, "works on this call already")
	}
	switch {
	case right && len(needs) > 0:
		if of, is := strings.CutPrefix(what, "unit of "); is {
			what = "is " + of
		} else {
			what = "has " + what
		}
		c.Reasons = append(c.Reasons, what)
	case right:
		c.Reasons = append(c.Reasons, "is "+string(u.Service))
	case u.Service != o.i.Service && o.i.Share(u.Service) == nil:
		grade(otherService, "wrong service: is "+string(u.Service)+", the call is for "+string(o.i.Service))
	default:
		grade(incapable, lacking(u, needs, what))
	}
	if limit := o.s.Config.DutyLimit(u.Service); limit > 0 {
		if on, known := u.OnDuty(o.s.Now); known && on >= limit {
			grade(refused, "crew has been on duty for "+hours(on)+": the limit is "+hours(limit))
		}
	}
	if u.Lent != "" {
		grade(outOfService, "on loan to "+o.s.Aids[u.Lent].Agency)
	}
	if u.Owner != "" {
		c.Reasons = append(c.Reasons, "lent by "+u.Owner)
	}
	switch {
	case u.Status == dispatch.StatusOutOfService || u.Status == dispatch.StatusOffDuty:
		grade(outOfService, words(u.Status))
	case u.Incident != "" && u.Incident != o.i.ID:
		grade(busy, "busy on call "+o.number(u.Incident)+" ("+words(u.Status)+")")
	case u.Incident == "" && !u.Free():
		grade(busy, words(u.Status))
	}
	rule := o.byService[u.Service]
	if rule.zone != nil {
		grade(refused, rule.zone.Text)
	}
	if c.Free && rule.kept != nil && rule.spare == 0 {
		grade(refused, "kept in reserve by posture "+string(rule.kept.ID)+" ("+rule.kept.Title+")")
	}
	if c.note != "" {
		c.Reasons = append(c.Reasons, c.note)
	}
	if c.PositionAge > PositionOld {
		c.Reasons = append(c.Reasons, "position is "+strconv.FormatInt(int64(c.PositionAge/dispatch.Minute), 10)+" min old")
	}
	c.Fits = c.grade == fits
}

func (o obstacles) number(id dispatch.IncidentID) string {
	if i := o.s.Incidents[id]; i != nil {
		return strconv.FormatUint(i.Number, 10)
	}
	return string(id)
}

// lacking says why a unit is none of the needs: a crew that is too small, where that is
// all, else what it does not have.
func lacking(u *dispatch.Unit, needs []triage.Need, what string) string {
	for _, n := range needs {
		small := n
		small.Crew = 0
		if n.Crew > u.Crew && u.Meets(small) {
			if u.Crew == 0 {
				return "nobody has signed on: " + strconv.Itoa(int(n.Crew)) + " are needed"
			}
			return "crew of " + strconv.Itoa(int(u.Crew)) + " is too small: " + strconv.Itoa(int(n.Crew)) + " are needed"
		}
	}
	return "lacks " + what
}

func hours(d dispatch.Millis) string {
	return strconv.FormatInt(int64(d/dispatch.Hour), 10) + " h"
}

// words spells a status as a person says it.
func words(of dispatch.Status) string {
	switch of {
	case dispatch.StatusOnScene:
		return "on scene"
	case dispatch.StatusEnRoute:
		return "en route"
	case dispatch.StatusAtHospital:
		return "at hospital"
	case dispatch.StatusOutOfService:
		return "out of service"
	case dispatch.StatusOffDuty:
		return "off duty"
	}
	return string(of)
}

// plan fills the needs in their order with the closest fitting units, no more of
// a service than its reserves spare.
func (o obstacles) plan(fitting []Choice, needs []triage.Need) Plan {
	p := Plan{Needs: needs}
	if len(needs) == 0 {
		p.Needs = []triage.Need{{Service: string(o.i.Service), Count: 1}}
	}
	taken, sent := map[dispatch.UnitID]bool{}, map[dispatch.Service]int{}
	for _, n := range p.Needs {
		open := int(n.Count)
		for k := range o.i.Assignments {
			a := &o.i.Assignments[k]
			if u := o.s.Units[a.Unit]; open > 0 && a.EndedAt == 0 && !a.Stacked && !taken[a.Unit] && u != nil && u.Meets(n) {
				taken[a.Unit] = true
				open--
			}
		}
		for k := range fitting {
			u := fitting[k].unit
			if open > 0 && !taken[u.ID] && u.Meets(n) && sent[u.Service] < o.byService[u.Service].spare {
				taken[u.ID] = true
				sent[u.Service]++
				p.Chosen = append(p.Chosen, u.ID)
				open--
			}
		}
		if open > 0 {
			n.Count = uint8(open)
			p.Missing = append(p.Missing, n)
		}
	}
	return p
}
