package dispatch

import (
	"fmt"
	"slices"

	"github.com/everycall/everycall/triage"
)

// orphan is what no command may leave behind: a call that cites as holding it a
// posture that is not in force, or that does not hold it as it is now.
func orphan(s *State) error {
	for _, id := range contactsInOrder(s) {
		c := s.Contacts[id]
		o := c.Outcome
		if o.Kind != OutcomeHeld || o.Posture == "" {
			continue
		}
		p := s.Postures[o.Posture]
		if p == nil || p.EndedAt != 0 {
			return fmt.Errorf("contact %s is held under %s, which is not in force", id, o.Posture)
		}
		if rule, by := s.RuleFor(s.Incidents[c.Incident]); by == nil || by.ID != o.Posture || rule.Action != ActionHold {
			return fmt.Errorf("contact %s is held under %s, which does not hold it", id, o.Posture)
		}
		if o.PostureVersion < 1 || o.PostureVersion > p.Version {
			return fmt.Errorf("contact %s is held under version %d of %s, which has %d", id, o.PostureVersion, o.Posture, p.Version)
		}
	}
	return nil
}

// gesture counts the commands since the last one: each is one gesture, and takes one
// key at the least.
func (r *room) gesture(w *words) {
	if name := w.subject(0); name != "begin" {
		keys := w.number("keys")
		fmt.Fprintf(&r.out, "%s: %d commands, where the floor is %d keys\n", name, r.commands, keys)
		if r.commands == 0 || r.commands > keys {
			w.fail(fmt.Errorf("%s took %d commands: the floor is %d keys", name, r.commands, keys))
		}
	}
	r.commands = 0
}

// showAbout prints what is asked of one call, or up to some time.
func (r *room) showAbout(part, of string) []string {
	s := r.state
	var lines []string
	if part == "calls-due" {
		within, err := span(of)
		if err != nil {
			r.t.Fatal(err)
		}
		for _, d := range s.CallsDue(r.meta.At.Add(within)) {
			lines = append(lines, fmt.Sprintf("%s %s: %s%s", clock(d.Due), d.Contact, d.Why, ifWord(d.Unsafe, " (not safe to ring)")))
		}
		if len(lines) == 0 {
			lines = []string{"nobody"}
		}
		return lines
	}
	c := s.Contacts[ContactID(of)]
	if c == nil {
		r.t.Fatalf("show why %s: no such contact", of)
	}
	for _, b := range s.Why(c, r.meta.At) {
		line := b.Rule + ": " + b.Text
		if b.Posture != "" {
			line += fmt.Sprintf(" [%s version %d]", b.Posture, b.Version)
		}
		lines = append(lines, line+ifWord(b.At != 0, ", "+clock(b.At))+ifWord(!b.Counts, " (does not decide)"))
	}
	return lines
}

func (r *room) showRationing(part string) []string {
	s := r.state
	var lines []string
	switch part {
	case "desks":
		for _, d := range s.Config.Desks {
			if d.Accepts == nil {
				continue
			}
			line := fmt.Sprintf("%s (%s): %d calls", d.ID, d.Accepts.Kind, s.DeskLoad(d.ID))
			if d.Accepts.Capacity > 0 {
				line += fmt.Sprintf(" of %d", d.Accepts.Capacity)
			}
			if shut, is := s.DeskIsShut(d.ID); is {
				line += fmt.Sprintf(", shut since %s by %s: %s", clock(shut.Since), shut.By, shut.Reason)
			}
			lines = append(lines, line)
		}
	case "clearings":
		for _, id := range sortedKeys(s.Bulks) {
			b := s.Bulks[id]
			lines = append(lines, fmt.Sprintf("%s by %s %s, %s by %s: %v as %s: %s", id, b.By, orWord(ifWord(b.Cleared, "alone"), "proposed"), orWord(ifWord(b.Cleared, "review"), "second person"), clock(b.Due), b.Contacts, b.Outcome, b.Reason))
		}
	case "rank":
		var open []*Incident
		for _, id := range sortedKeys(s.Incidents) {
			if i := s.Incidents[id]; i.Open() && i.Active() == 0 {
				open = append(open, i)
			}
		}
		slices.SortStableFunc(open, func(a, b *Incident) int {
			switch x, y := s.RankOf(a, r.meta.At), s.RankOf(b, r.meta.At); {
			case x.Before(y):
				return -1
			case y.Before(x):
				return 1
			}
			return 0
		})
		for _, i := range open {
			rank := s.RankOf(i, r.meta.At)
			lines = append(lines, fmt.Sprintf("%s class %d%s, waited %d min", i.ID, rank.Class, ifWord(rank.Raised > 0, fmt.Sprintf(", raised by %d", rank.Raised)), rank.Waited/Minute))
		}
	case "cutoffs":
		for _, id := range sortedKeys(s.Postures) {
			p := s.Postures[id]
			if p.EndedAt != 0 {
				continue
			}
			for _, k := range p.Reserve {
				lines = append(lines, fmt.Sprintf("%s keeps %d from priority %d, band %d: %s, %d free", id, k.Units, k.Priority, k.Band, orWord(ifWord(s.freeIn(p) <= k.needs(), "shut"), "open"), s.freeIn(p)))
			}
		}
	case "triggers":
		for _, t := range s.Config.Triggers {
			state := "does not hold"
			if of := s.Triggers[t.ID]; of != nil {
				state = "holds since " + clock(of.Since) + ifWord(of.Fired, ", has fired")
			}
			lines = append(lines, fmt.Sprintf("%s (%s %d for %d min, %s %s): %s", t.ID, t.When, t.N, t.For/Minute, orWord(ifWord(t.Declare, "declares"), "proposes"), t.Preset, state))
		}
	case "drawn":
		for _, id := range sortedKeys(s.Incidents) {
			if i := s.Incidents[id]; len(i.Drawn) > 0 {
				lines = append(lines, fmt.Sprintf("%s lies in the area of %v", id, i.Drawn))
			}
		}
	case "rung":
		for _, id := range contactsInOrder(s) {
			for _, b := range s.Contacts[id].CallBacks {
				lines = append(lines, fmt.Sprintf("%s %s by %s: %s%s", clock(b.At), id, b.By, b.Reached, ifWord(b.Words != "", ": "+b.Words)))
			}
		}
	default:
		r.t.Fatalf("show %s: nothing of that name", part)
	}
	if len(lines) == 0 {
		lines = []string{"none"}
	}
	return lines
}

// roomAlternate is the standard room with desks that calls are given to, presets,
// and triggers: a composite too.
func roomAlternate() Config {
	c := roomStandard()
	c.Desks = append(c.Desks,
		Desk{ID: "community", Name: "Community team", Supervisor: "sup", Accepts: &DeskRule{Kind: "community", Types: []string{"WELFARE", "NOISE"}, From: 3, Capacity: 2}},
		Desk{ID: "crisis", Name: "Crisis team", Supervisor: "sup", Accepts: &DeskRule{Kind: "crisis", Types: []string{"WELFARE"}, Capacity: 1}},
		Desk{ID: "telephone", Name: "Telephone reports", Supervisor: "sup", Accepts: &DeskRule{Kind: "telephone_report", Types: []string{"THEFT", "PARKING"}, From: 3,
			Hours: []Hours{{Days: "12345", From: 7 * 60, To: 22 * 60}}}},
		Desk{ID: "online", Name: "Online reports", Supervisor: "sup", Accepts: &DeskRule{Kind: "online_report", Types: []string{"THEFT"}, From: 3}},
		Desk{ID: "appointments", Name: "Appointments", Supervisor: "sup", Accepts: &DeskRule{Kind: "appointment", From: 4, Capacity: 1}})
	c.Presets = []Preset{
		{ID: "priority", Title: "Priority calls only", Service: "police", Area: Area{Kind: AreaCity}, Review: 2 * Hour, Until: 4 * Hour, Script: "nobody can come now; we ring within the hour", Reason: "few cars are free",
			Rules: []PostureRule{{Types: []string{"NOISE", "PARKING"}, Action: ActionHold, Limit: Hour}}, Reserve: []Reserve{{Priority: 3, Units: 1, Band: 1}}},
		{ID: "thefts", Title: "Thefts by telephone", Service: "police", Area: Area{Kind: AreaCity}, Review: Hour, Until: 3 * Hour, Script: "a colleague takes your report on the telephone",
			Rules: []PostureRule{{Types: []string{"THEFT"}, Action: ActionDivert, Desk: "telephone", Words: "you are rung for a report within two hours"}}},
	}
	c.Triggers = []Trigger{
		{ID: "few", Preset: "priority", When: TriggerFree, N: 0, For: 2 * Minute},
		{ID: "many", Preset: "thefts", When: TriggerPending, N: 4, For: Minute, Declare: true, Authority: "the chief's standing order 7"},
	}
	return c
}

// roomNight is the standard room with one preset: what the bad night needs.
func roomNight() Config {
	c := roomStandard()
	p := Preset{ID: "priority", Title: "Priority calls only", Service: "police", Area: Area{Kind: AreaCity}, Review: 2 * Hour, Until: 3 * Hour,
		Script: "nobody can come now; we ring within the hour", Reserve: []Reserve{{Priority: 3, Units: 2}}}
	for k := triage.Priority(3); k <= 5; k++ {
		p.Rules = append(p.Rules, PostureRule{Priority: k, Action: ActionHold, Limit: Hour})
	}
	c.Presets = []Preset{p}
	return c
}

// roomBroken is roomAlternate with one fault, named in a scenario.
func roomBroken(fault string) Config {
	c := roomAlternate()
	preset, trigger := &c.Presets[0], &c.Triggers[1]
	switch fault {
	case "preset-zone":
		preset.Area = Area{Kind: AreaZone, Zone: "z1"}
	case "preset-twice":
		preset.ID = "thefts"
	case "preset-rule":
		preset.Rules[0].Limit = 0
	case "trigger-preset":
		trigger.Preset = "nothing"
	case "trigger-kind":
		trigger.When = "moon_full"
	case "trigger-authority":
		trigger.Authority = ""
	case "trigger-long":
		trigger.For = TriggerForMax + 1
	case "desk-hours":
		c.Desks[7].Accepts.Hours[0].Days = "67"
	case "desk-type":
		c.Desks[7].Accepts.Types[0] = "MOON"
	case "desk-kind":
		c.Desks[7].Accepts.Kind = ""
	}
	return c
}
