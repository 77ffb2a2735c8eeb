package dispatch

import (
	"fmt"
	"strings"

	"github.com/everycall/everycall/triage"
)

// roomSending is the standard room with run cards, a duty limit and a clock without a
// zone, with one fault where a scenario names it.
func roomSending(fault string) Config {
	c := roomStandard()
	need := func(count uint8, capability, kind string, of Service, crew uint8) triage.Need {
		return triage.Need{Count: count, Capability: capability, Kind: kind, Service: string(of), Crew: crew}
	}
	first := CardLevel{Note: "one engine to the fire, one to its water; a ladder to search", Needs: []triage.Need{need(2, "pump", "", "", 3), need(1, "", "ladder", "", 0), need(1, "als", "", "ems", 0)}}
	c.Types = append(c.Types, triage.Type{Code: "FIRE-SHIP", Name: "Fire on a ship", Service: "fire", Priority: 1, LifeSafety: true})
	c.Offsets = []ZoneOffset{{From: scenarioStart, Minutes: 0}}
	c.DutyLimits = []DutyLimit{{Service: "ems", Limit: 12 * Hour}}
	c.RunCards = []RunCard{
		{ID: "FIRE", Title: "Any fire", Types: []string{"FIRE*"}, Levels: []CardLevel{{Note: "somebody has to look", Needs: []triage.Need{need(1, "pump", "", "", 0)}}}},
		{ID: "STRUCTURE-FIRE", Title: "Fire in a building", Types: []string{"FIRE"}, Levels: []CardLevel{first,
			{Note: "relief, and a second street", Needs: []triage.Need{need(2, "pump", "", "", 3), need(1, "", "chief", "fire", 0)}}}},
		{ID: "FIRE-DOWNTOWN", Title: "Fire in a tall building", Types: []string{"FIRE"}, Beats: []string{"C1", "C2"}, Levels: []CardLevel{{Note: "stairs take people", Needs: []triage.Need{need(4, "pump", "", "", 0)}}}},
		{ID: "FIRE-DOWNTOWN-NIGHT", Title: "The same while few are about", Types: []string{"FIRE"}, Beats: []string{"C1"}, Hours: []Hours{{Days: "0123456", From: 22 * 60, To: 6 * 60}},
			Levels: []CardLevel{{Note: "nobody is in the offices", Needs: []triage.Need{need(3, "pump", "", "", 0)}}}},
		{ID: "FIRE-ZONE", Title: "Fire in a closed zone", Types: []string{"FIRE"}, InZone: AnyZone, Levels: []CardLevel{{Note: "nobody goes in alone", Needs: []triage.Need{need(2, "pump", "", "", 0), need(1, "", "patrol", "police", 0)}}}},
	}
	card := &c.RunCards[2]
	switch fault {
	case "rivals":
		card.Beats = nil
	case "level":
		card.Levels = nil
	case "note":
		card.Levels[0].Note = ""
	case "need":
		card.Levels[0].Needs[0] = triage.Need{Count: 1}
	case "twice":
		card.ID = "FIRE"
	case "hours":
		c.Offsets = nil
	case "types":
		card.Types = nil
	case "place":
		card.InZone = AnyZone
	case "duty":
		c.DutyLimits[0].Limit = 1
	case "offsets":
		c.Offsets = append(c.Offsets, ZoneOffset{From: scenarioStart})
	}
	return c
}

// needs reads "2 pump, 1 kind=ladder": a count, and a capability, kind=, service= or crew=.
func (w *words) needs() []triage.Need {
	var all []triage.Need
	for _, text := range strings.FieldsFunc(w.word("needs"), func(r rune) bool { return r == ',' }) {
		var n triage.Need
		for k, word := range strings.Fields(text) {
			switch key, value, has := strings.Cut(word, "="); {
			case k == 0:
				_, err := fmt.Sscan(word, &n.Count)
				w.fail(err)
			case !has:
				n.Capability = word
			case key == "kind":
				n.Kind = value
			case key == "service":
				n.Service = value
			default:
				_, err := fmt.Sscan(value, &n.Crew)
				w.fail(err)
			}
		}
		all = append(all, n)
	}
	return all
}

// sendingCommand reads the verbs about alarm levels, shared incidents, exchange, mutual
// aid and the notifier.
func (r *room) sendingCommand(w *words) Command {
	incident, unit, aid := func() IncidentID { return IncidentID(w.subject(0)) }, func() UnitID { return UnitID(w.subject(0)) }, func() AidID { return AidID(w.subject(0)) }
	now, model := r.meta.At, ""
	if w.word("travel") != "" || w.word("with-travel") != "" {
		model = "road"
	}
	direction := AidDirection(w.word("direction"))
	if direction == "" {
		direction = AidToUs
	}
	switch reason := w.word("reason"); w.verb {
	case "raise":
		return RaiseAlarm{Incident: incident(), Level: w.number("level"), Reason: reason}
	case "lower":
		return LowerAlarm{Incident: incident(), Level: w.number("level"), Reason: reason}
	case "add-service":
		return AddService{Incident: incident(), Service: Service(w.subject(1)), Agency: w.word("agency"), Lead: w.yes("lead"), Needs: w.needs(), Reason: reason}
	case "lead-service":
		return LeadService{Incident: incident(), Service: Service(w.subject(1)), Reason: reason}
	case "close-service":
		return CloseService{Incident: incident(), Service: Service(w.subject(1)), Disposition: w.word("as"), Authority: w.word("authority")}
	case "exchange":
		return ExchangeUnits{Unit: unit(), With: UnitID(w.subject(1)), Reason: reason, Travel: w.span("travel"), WithTravel: w.span("with-travel"), Model: model, Hazards: hazardIDs(w.list("read"))}
	case "preempt":
		return PreemptUnit{Unit: unit(), For: IncidentID(w.subject(1)), Reason: reason, Travel: w.span("travel"), Model: model, Hazards: hazardIDs(w.list("read"))}
	case "ask-aid":
		return AskAid{Direction: direction, Agency: w.subject(0), Needs: w.needs(), Incident: IncidentID(w.word("incident")), Reason: reason, Terms: w.word("terms"), Within: w.span("within")}
	case "offer-aid":
		c := OfferAid{Direction: direction, Needs: w.needs(), ETA: w.until("eta", now), Terms: w.word("terms"), Words: w.word("words")}
		if c.Agency = w.word("agency"); c.Agency == "" {
			c.Aid = aid()
		}
		return c
	case "accept-aid":
		return AcceptAid{Aid: aid(), Words: w.word("words")}
	case "refuse-aid":
		return RefuseAid{Aid: aid(), Reason: reason}
	case "withdraw-aid":
		return WithdrawAid{Aid: aid(), Reason: reason}
	case "send-aid":
		return w.sendAid(SendAid{Aid: aid(), ETA: w.until("eta", now), Until: w.until("until", now)})
	case "arrive-aid":
		return ArriveAid{Aid: aid()}
	case "extend-aid":
		return ExtendAid{Aid: aid(), Until: w.until("until", now), Reason: reason}
	case "return-aid":
		return ReturnAid{Aid: aid(), Words: w.word("words")}
	case "target":
		return ReportTarget{Target: w.subject(0), Failing: w.word("fails") != "", Words: w.word("fails"), Dead: w.number("dead")}
	}
	return nil
}

// sendAid reads units as "X1 fire engine pump,rescue 4": call sign, service, kind, what
// it can do, and its crew.
func (w *words) sendAid(c SendAid) Command {
	for _, text := range w.all("theirs") {
		f := append(strings.Fields(text), "", "", "", "", "0")
		u := AidUnit{ID: UnitID(f[0]), Service: Service(f[1]), Kind: f[2]}
		if f[3] != "" {
			u.Capabilities = strings.Split(f[3], ",")
		}
		if f[4] != "" {
			_, err := fmt.Sscan(f[4], &u.Crew)
			w.fail(err)
		}
		c.Theirs = append(c.Theirs, u)
	}
	for _, id := range w.list("ours") {
		c.Ours = append(c.Ours, UnitID(id))
	}
	return c
}

// describeSending goes on with how units are sent.
func describeSending(_ *State, e Event) string {
	switch e := e.(type) {
	case *AlarmLevelChanged:
		return fmt.Sprintf("%s is at alarm level %d of run card %s: %s", e.Incident, e.Level, e.Card, e.Private.Text)
	case *ServiceAdded:
		return fmt.Sprintf("%s works on %s%s%s%s: %s", e.Service, e.Incident, ifWord(e.Agency != "", " with "+e.Agency), ifWord(e.Lead, ", and leads"), ifWord(len(e.Needs) > 0, ", needs "+wanted(e.Needs)), e.Private.Text)
	case *ServiceLeads:
		return fmt.Sprintf("%s leads %s: %s", e.Service, e.Incident, e.Private.Text)
	case *ServiceClosed:
		return fmt.Sprintf("%s is done on %s: %s, on the authority of %s", e.Service, e.Incident, e.Disposition, e.Authority)
	case *ServiceOverdue:
		return fmt.Sprintf("nobody of %s was sent to %s; asked again at %s", e.Service, e.Incident, clock(e.Due))
	case *CallPreempted:
		return fmt.Sprintf("%s loses %s to %s%s", e.Incident, e.Unit, e.For, ifWord(e.Waits, ", and waits: its caller is to be rung"))
	case *AidBegan:
		a := e.Aid
		return fmt.Sprintf("mutual aid %s %s %s is %s: %s%s; due %s: %s", a.ID, a.Direction, a.Agency, a.State, wanted(a.Needs), ifWord(a.Incident != "", " for "+string(a.Incident)), clock(a.Due), a.Reason)
	case *AidMoved:
		return fmt.Sprintf("mutual aid %s is %s%s%s%s; due %s%s", e.Aid, e.State, ifWord(e.ETA != 0, ", arrives "+clock(e.ETA)), ifWord(e.Until != 0, ", until "+clock(e.Until)),
			ifWord(e.Terms != "", ", terms: "+e.Terms), clock(e.Due), ifWord(e.Words != "", ": "+e.Words))
	case *AidReminded:
		return fmt.Sprintf("mutual aid %s is asked after again at %s", e.Aid, clock(e.Due))
	case *AidArchived:
		return fmt.Sprintf("mutual aid %s has left the room", e.Aid)
	case *TargetFailed:
		return fmt.Sprintf("target %s fails: %s%s", e.Target, e.Words, ifWord(e.Dead > 0, fmt.Sprintf(", %d given up", e.Dead)))
	case *TargetRecovered:
		return fmt.Sprintf("target %s is reached again", e.Target)
	}
	return ""
}

func (r *room) showResponse(id IncidentID) []string {
	response := r.state.ResponseTo(r.state.Incidents[id])
	lines := []string{response.Words()}
	if c := response.Choice; c.Card != nil {
		lines = append(lines, "chosen for "+c.Why+ifWord(len(c.Over) > 0, "; less specific: "+strings.Join(c.Over, ", ")))
	}
	for n, note := range response.Notes {
		lines = append(lines, fmt.Sprintf("level %d: %s", n+1, note))
	}
	return lines
}

func (r *room) showSending(part string) []string {
	s := r.state
	var lines []string
	switch part {
	case "levels":
		for _, id := range sortedKeys(s.Incidents) {
			for _, l := range s.Incidents[id].Levels {
				lines = append(lines, fmt.Sprintf("%s %s level %d of %s by %s: %s", id, clock(l.At), l.Level, l.Card, l.By, l.Reason))
			}
		}
	case "services":
		for _, id := range sortedKeys(s.Incidents) {
			i := s.Incidents[id]
			for k := range i.Shares {
				sh := &i.Shares[k]
				lines = append(lines, fmt.Sprintf("%s %s%s%s: %s%s%s", id, sh.Service, ifWord(sh.Agency != "", " ("+sh.Agency+")"), ifWord(sh.Lead, ", leads"), s.ShareState(i, sh),
					ifWord(sh.Due != 0, ", somebody is asked at "+clock(sh.Due)), ifWord(sh.DoneAt != 0, ", "+sh.Disposition)))
			}
		}
	case "aids":
		for _, id := range sortedKeys(s.Aids) {
			a := s.Aids[id]
			lines = append(lines, fmt.Sprintf("%s %s %s: %s %v, due %s", id, a.Direction, a.Agency, a.State, a.Units, clock(a.Due)))
			for _, step := range a.Steps {
				lines = append(lines, fmt.Sprintf("  %s %s by %s%s", clock(step.At), step.State, step.By, ifWord(step.Words != "", ": "+step.Words)))
			}
		}
	case "loans":
		for _, id := range sortedKeys(s.Units) {
			switch u := s.Units[id]; {
			case u.Lent != "":
				lines = append(lines, fmt.Sprintf("%s is lent to %s by %s, free %t", id, s.Aids[u.Lent].Agency, u.Lent, u.Free()))
			case u.Owner != "" && !u.Retired:
				lines = append(lines, fmt.Sprintf("%s is %s's until %s, %s, free %t", id, u.Owner, clock(u.LoanEnds), u.Status, u.Free()))
			}
		}
	case "targets":
		for _, name := range sortedKeys(s.Targets) {
			lines = append(lines, fmt.Sprintf("%s fails since %s: %s, %d given up", name, clock(s.Targets[name].Since), s.Targets[name].Words, s.Targets[name].Dead))
		}
	case "clocks":
		day, minute := s.Config.Local(r.meta.At)
		lines = append(lines, fmt.Sprintf("weekday %d, %02d:%02d", day, minute/60, minute%60))
	}
	return lines
}
