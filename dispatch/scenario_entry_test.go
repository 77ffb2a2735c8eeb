package dispatch

import (
	"fmt"
	"slices"
	"strings"

	"github.com/everycall/everycall/geo"
)

// entryRules are fields like police=none; police=escort:ems names who goes along.
func (w *words) entryRules() []ZoneRule {
	var rules []ZoneRule
	for _, of := range []Service{"police", "fire", "ems", "community", "navy"} {
		if entry, by, _ := strings.Cut(w.word(string(of)), ":"); entry != "" {
			rules = append(rules, ZoneRule{Service: of, Entry: Entry(entry), EscortBy: Service(by)})
		}
	}
	return rules
}

func (w *words) parts() []ZonePart {
	var parts []ZonePart
	for _, heat := range []string{"hot", "warm", "cold"} {
		if outline := w.points(heat); outline != nil {
			parts = append(parts, ZonePart{Heat: Heat(heat), Outline: outline})
		}
	}
	return parts
}

// gates are points, named g1, g2 … in order; or gate="ID|NAME|STREET|POINT|MEET-NAME|MEET-POINT|SERVICES"
// fields, of which all after the point may be left out.
func (w *words) gates() []Gate {
	var gates []Gate
	for n, p := range w.points("gates") {
		gates = append(gates, Gate{ID: GateID(fmt.Sprintf("g%d", n+1)), Name: fmt.Sprintf("gate %d", n+1), Point: p})
	}
	for _, text := range w.all("gate") {
		part := append(strings.Split(text, "|"), make([]string, 7)...)
		g := Gate{ID: GateID(part[0]), Name: part[1], Street: part[2]}
		g.Point = w.pointIn(part[3])
		if part[4] != "" {
			g.Rendezvous = Rendezvous{Name: part[4], Point: w.pointIn(part[5])}
		}
		if part[6] != "" {
			g.Admits = services(part[6])
		}
		gates = append(gates, g)
	}
	return gates
}

func (w *words) pointIn(text string) geo.Point {
	p, err := point(text)
	w.fail(err)
	return p
}

func services(text string) []Service {
	var all []Service
	for _, of := range strings.Split(text, ",") {
		all = append(all, Service(of))
	}
	return all
}

func (w *words) services(key string) []Service {
	if text := w.word(key); text != "" {
		return services(text)
	}
	return nil
}

// entryCommand reads the verbs about ways in: plans, clearances, liaison, agreements.
func (r *room) entryCommand(w *words) Command {
	now, reason := r.meta.At, w.word("reason")
	switch w.verb {
	case "amend-zone":
		return r.amendZone(w, reason)
	case "plan-entry":
		return PlanEntry{Incident: IncidentID(w.subject(0)), Gate: GateID(w.subject(1)), Why: w.word("why"), Apart: w.yes("apart")}
	case "ask-clearance":
		return AskClearance{Zone: ZoneID(w.word("zone")), Gate: GateID(w.word("gate")), Incident: IncidentID(w.word("incident")), Services: w.services("for"), RequiredBy: w.word("required-by")}
	case "clear-entry":
		c := GiveClearance{Zone: ZoneID(w.word("zone")), Gate: GateID(w.word("gate")), Incident: IncidentID(w.word("incident")), Services: w.services("for"), GivenBy: w.word("given-by"), Until: w.until("until", now)}
		if len(w.subjects) > 0 {
			c.Clearance = ClearanceID(w.subject(0))
		}
		return c
	case "withdraw-clearance":
		return WithdrawClearance{Clearance: ClearanceID(w.subject(0)), Reason: reason}
	case "add-step", "drop-step", "renew-liaison":
		return r.planCommand(w, reason)
	case "liaison":
		return RecordLiaison{Role: w.subject(0), Channel: w.word("channel"), Zone: ZoneID(w.word("zone")), Note: w.word("note"), Consent: w.yes("consent"), ExpiresAt: w.until("expires", now)}
	case "try":
		return TryLiaison{Liaison: LiaisonID(w.subject(0)), Channel: w.word("channel"), Result: w.subject(1), Note: w.word("note")}
	case "end-liaison":
		return EndLiaison{Liaison: LiaisonID(w.subject(0)), Reason: reason}
	case "agree":
		a := RecordAgreement{Liaison: LiaisonID(w.subject(0)), Zone: ZoneID(w.word("zone")), Terms: w.word("terms"), Services: w.services("for"), From: w.until("from", now), Until: w.until("until", now),
			AgreedBy: w.word("agreed-by"), WitnessedBy: w.word("witnessed-by")}
		for _, g := range w.list("at") {
			a.Gates = append(a.Gates, GateID(g))
		}
		return a
	case "end-agreement":
		return EndAgreement{Agreement: AgreementID(w.subject(0)), Reason: reason}
	case "rehome":
		return RehomeUnit{Unit: UnitID(w.subject(0)), Station: StationID(w.subject(1)), Reason: reason}
	case "move-up":
		m := MoveUp{Unit: UnitID(w.subject(0)), Reason: reason}
		if len(w.subjects) > 1 {
			m.Station = StationID(w.subject(1))
		}
		return m
	case "plan":
		p := MakePlan{For: w.subject(0), Title: w.word("title"), Authority: w.word("authority"), ReviewBy: w.until("review", now)}
		for _, text := range w.all("step") {
			part := append(strings.Split(text, "|"), "", "")
			d, err := span(part[2])
			w.fail(err)
			p.Steps = append(p.Steps, PlanStep{Text: part[0], Owner: DeskID(part[1]), Due: now.Add(d)})
		}
		return p
	case "done":
		return DoStep{Plan: PlanID(w.subject(0)), Step: w.number("step"), Note: w.word("note")}
	case "review-plan":
		return ReviewPlan{Plan: PlanID(w.subject(0)), ReviewBy: w.until("review", now), Reason: reason}
	case "abandon-plan":
		return AbandonPlan{Plan: PlanID(w.subject(0)), Reason: reason}
	case "advise":
		return AdviseCaller{Contact: ContactID(w.subject(0)), Protocol: w.subject(1), Movement: w.yes("movement"), Words: w.word("words")}
	}
	return nil
}

// amendZone changes what is given and leaves the rest as it is.
func (r *room) amendZone(w *words, reason string) Command {
	a := AmendZone{Zone: ZoneID(w.subject(0)), Version: w.number("version"), Why: w.word("why")}
	if z := r.state.Zones[a.Zone]; z != nil {
		a.Name, a.Outline, a.Rules, a.Parts, a.Gates, a.Until, a.Authority, a.Reason = z.Name, z.Outline, slices.Clone(z.Rules), z.Parts, z.Gates, z.Until, z.Authority, z.Reason
	}
	for _, rule := range w.entryRules() {
		if n := slices.IndexFunc(a.Rules, func(old ZoneRule) bool { return old.Service == rule.Service }); n >= 0 {
			a.Rules[n] = rule
		} else {
			a.Rules = append(a.Rules, rule)
		}
	}
	if outline := w.points("outline"); outline != nil {
		a.Outline = outline
	}
	if parts := w.parts(); parts != nil {
		a.Parts = parts
	}
	if gates := w.gates(); gates != nil {
		a.Gates = gates
	}
	if until := w.until("until", r.meta.At); until != 0 {
		a.Until = until
	}
	if by := w.word("authority"); by != "" {
		a.Authority = by
	}
	if reason != "" {
		a.Reason = reason
	}
	return a
}

// describeEntry writes one plain line for an event about ways in.
func describeEntry(s *State, e Event) string {
	units := func(what string, units []UnitID) string {
		return ifWord(len(units) > 0, fmt.Sprintf("; %s: %v", what, units))
	}
	switch e := e.(type) {
	case *ZoneAmended:
		return fmt.Sprintf("zone %s is version %d, %s: %s", e.Zone.ID, e.Zone.Version, rulesLine(e.Zone.Rules), e.Why)
	case *EntryPlanned:
		if e.Plan == nil {
			return fmt.Sprintf("%s needs no plan: one can simply go%s", e.Incident, units("may go in", e.Go))
		}
		return fmt.Sprintf("%s: in by %s, zones %v%s%s%s%s%s", e.Incident, orWord(string(e.Plan.Gate), "no known gate"), e.Plan.Zones, ifWord(e.Plan.Heat != "", ", "+string(e.Plan.Heat)),
			ifWord(e.Plan.With != "", ", as "+string(e.Plan.With)), ifWord(e.Plan.By != "", ", chosen by "+e.Plan.By+": "+e.Plan.Why), units("may go in", e.Go), units("stop outside", e.Back))
	case *ZoneArchived:
		return fmt.Sprintf("zone %s has left the board", e.Zone)
	case *GrantArchived:
		return fmt.Sprintf("%s%s has left the board", e.Clearance, e.Agreement)
	case *ClearanceAsked:
		c := e.Clearance
		return fmt.Sprintf("clearance %s is asked for: %v at %s of %s, required by %s", c.ID, c.Services, orWord(string(c.Gate), "any gate"), c.Zone, c.RequiredBy)
	case *ClearanceGiven:
		c := e.Clearance
		return fmt.Sprintf("clearance %s by %s: %v at %s of %s until %s%s", c.ID, c.GivenBy, c.Services, orWord(string(c.Gate), "any gate"), c.Zone, clock(c.Until), units("may go in", e.Go))
	case *ClearanceEnded:
		return fmt.Sprintf("clearance %s is over: %s%s", e.Clearance, e.Reason, units("stop outside", e.Back))
	case *LiaisonRecorded:
		return fmt.Sprintf("liaison %s: %s by %s until %s", e.Liaison.ID, e.Liaison.Role, e.Private.Number, clock(e.Liaison.ExpiresAt))
	case *LiaisonTried:
		return fmt.Sprintf("%s is tried by %s: %s%s", e.Liaison, e.Private.Number, e.Attempt.Result, ifWord(e.Private.Text != "", ": "+e.Private.Text))
	case *AgreementRecorded:
		a := e.Agreement
		return fmt.Sprintf("agreement %s with %s on %s: %v at %s, %s to %s, agreed by %s, witnessed by %s: %s%s", a.ID, a.Liaison, a.Zone, a.Services, orWord(strings.Trim(fmt.Sprint(a.Gates), "[]"), "all gates"),
			clock(a.From), clock(a.Until), a.AgreedBy, a.WitnessedBy, e.Private.Text, units("may go in", e.Go))
	case *AgreementBegan:
		return fmt.Sprintf("agreement %s is in force%s", e.Agreement, units("may go in", e.Go))
	case *AgreementEnded:
		return fmt.Sprintf("agreement %s is over: %s%s", e.Agreement, e.Reason, units("stop outside", e.Back))
	case *UnitRehomed:
		return fmt.Sprintf("%s lives at %s now, was %s%s: %s", e.Unit, orWord(string(e.To), "no station"), orWord(string(e.From), "nowhere"), ifWord(e.Lost != "", ", goes back to "+string(e.Lost)), e.Reason)
	case *UnitMovedUp:
		return fmt.Sprintf("%s stands at %s: %s", e.Unit, orWord(string(e.Post), "home"), e.Reason)
	case *PlanMade:
		return fmt.Sprintf("plan %s for %s, by %s: %s; %d steps, review by %s", e.Plan.ID, e.Plan.For, e.Plan.Authority, e.Plan.Title, len(e.Plan.Steps), clock(e.Plan.ReviewBy))
	case *StepDone:
		return fmt.Sprintf("plan %s: step %d is done%s", e.Plan, e.Step, ifWord(e.Note != "", ": "+e.Note))
	case *PlanStepAdded, *PlanStepDropped:
		return describePlanStep(e)
	case *PlanReviewed:
		return fmt.Sprintf("plan %s is reviewed, next by %s: %s", e.Plan, clock(e.ReviewBy), e.Reason)
	case *PlanReminded:
		return fmt.Sprintf("plan %s: %s is late, again at %s", e.Plan, map[bool]string{true: "the review", false: fmt.Sprintf("step %d", e.Step)}[e.Step == 0], clock(e.Next))
	case *PlanEnded:
		return fmt.Sprintf("plan %s is over: %s", e.Plan, e.Reason)
	case *PlanArchived:
		return fmt.Sprintf("plan %s has left the board", e.Plan)
	case *CallerAdvised:
		a := e.Advice
		return fmt.Sprintf("%s is advised by %s (%s, version %s)%s: %s", e.Contact, a.Title, a.Author, a.Version, ifWord(a.Movement, ", to move to "+string(a.Gate)), e.Private.Text)
	}
	return ""
}

// showEntry prints how each service gets in.
func (r *room) showEntry(id IncidentID) []string {
	i := r.state.Incidents[id]
	var lines []string
	for _, of := range r.state.Config.Services {
		w, closed := r.state.HowToEnter(of, i, r.meta.At)
		if !closed {
			lines = append(lines, fmt.Sprintf("%s: one can simply go", of))
			continue
		}
		lines = append(lines, fmt.Sprintf("%s: %s (%s, by %s)%s%s%s", of, w.Do, w.Entry, w.Basis, ifWord(len(w.Staged) > 0, fmt.Sprintf("; outside %v", w.Staged)), ifWord(len(w.Inside) > 0, fmt.Sprintf("; inside %v", w.Inside)),
			ifWord(len(w.Changes) > 0, "; changes with: "+strings.Join(w.Changes, "; "))))
	}
	return lines
}

func (r *room) showGrants(part string) []string {
	s, now := r.state, r.meta.At
	var lines []string
	over := func(ended Instant, why string, in bool) string {
		return ifWord(ended != 0, "over: "+why) + ifWord(ended == 0 && in, "in force") + ifWord(ended == 0 && !in, "not in force")
	}
	switch part {
	case "plans":
		for _, id := range sortedKeys(s.Plans) {
			p := s.Plans[id]
			line := fmt.Sprintf("%s for %s: %s", id, p.For, p.Title)
			for n, step := range p.Steps {
				line += fmt.Sprintf("; %d %s (%s, %s)", n+1, step.Text, step.Owner, stepLine(&step))
			}
			lines = append(lines, line+ifWord(p.EndedAt != 0, "; over: "+p.EndReason))
		}
	case "homes":
		for _, id := range sortedKeys(s.Units) {
			u := s.Units[id]
			lines = append(lines, fmt.Sprintf("%s lives at %s%s%s", id, orWord(string(u.Station), "no station"), ifWord(u.LostHome != "", ", of "+string(u.LostHome)), ifWord(u.Post != "", ", stands at "+string(u.Post))))
		}
	case "clearances":
		for _, id := range sortedKeys(s.Clearances) {
			c := s.Clearances[id]
			lines = append(lines, fmt.Sprintf("%s %v at %s of %s by %s: %s", id, c.Services, orWord(string(c.Gate), "any gate"), c.Zone, orWord(c.GivenBy, "nobody yet"), over(c.EndedAt, c.EndReason, c.InForce(now))))
		}
	case "agreements":
		for _, id := range sortedKeys(s.Agreements) {
			a := s.Agreements[id]
			lines = append(lines, fmt.Sprintf("%s with %s on %s for %v: %s: %s", id, a.Liaison, a.Zone, a.Services, a.Terms, over(a.EndedAt, a.EndReason, a.InForce(now))))
		}
	case "liaisons":
		for _, id := range sortedKeys(s.Liaisons) {
			l := s.Liaisons[id]
			line := fmt.Sprintf("%s %s by %s until %s", id, l.Role, l.Channel, clock(l.ExpiresAt))
			for _, a := range l.Attempts {
				line += fmt.Sprintf("; %s %s %s", clock(a.At), a.Channel, a.Result)
			}
			lines = append(lines, line)
		}
	}
	return lines
}

func rulesLine(rules []ZoneRule) string {
	var parts []string
	for _, r := range rules {
		parts = append(parts, string(r.Service)+" "+string(r.Entry)+ifWord(r.EscortBy != "", " by "+string(r.EscortBy)))
	}
	return "(" + strings.Join(parts, ", ") + ")"
}
