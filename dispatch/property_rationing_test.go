package dispatch

import (
	"fmt"
	"slices"
	"strings"

	"github.com/everycall/everycall/geo"
	"github.com/everycall/everycall/triage"
	"pgregory.net/rapid"
)

// paperCutoffs is what a person with a pencil knows of every cutoff: how many must
// be free, and whether it is shut. It counts by itself, after every single event.
type paperCutoffs map[PostureID][]Reserve

// follow counts after one event, and holds the state against it.
func (m paperCutoffs) follow(s *State, e Event) error {
	switch e := e.(type) {
	case *PostureDeclared:
		m[e.Posture.ID] = opened(e.Posture.Reserve, nil)
	case *PostureAmended:
		m[e.Posture] = opened(e.Reserve, m[e.Posture])
	case *PostureEnded:
		delete(m, e.Posture)
	}
	for id, all := range m {
		p := s.Postures[id]
		if len(p.Reserve) != len(all) {
			return fmt.Errorf("posture %s has %d cutoffs, on paper %d", id, len(p.Reserve), len(all))
		}
		for n := range all {
			r := &all[n]
			switch free := freeOnPaper(s, p); {
			case r.Band == 0:
			case free <= r.Units:
				r.Shut = true
			case free > r.Units+r.Band:
				r.Shut = false
			}
			if p.Reserve[n] != *r {
				return fmt.Errorf("posture %s, cutoff %d: %+v, on paper %+v", id, n, p.Reserve[n], *r)
			}
		}
	}
	return nil
}

func opened(named, had []Reserve) []Reserve {
	all := slices.Clone(named)
	for n := range all {
		all[n].Shut = false
		for _, old := range had {
			if old.Shut && old.Priority == all[n].Priority && old.Units == all[n].Units && old.Band == all[n].Band {
				all[n].Shut = true
			}
		}
	}
	return all
}

func freeOnPaper(s *State, p *Posture) int {
	n := 0
	for _, u := range s.Units {
		inArea := p.Area.Kind != AreaBeats || slices.Contains(p.Area.Beats, u.Beat)
		if u.Service == p.Service && u.Status == StatusAvailable && u.Incident == "" && !u.Retired && u.Lent == "" && inArea {
			n++
		}
	}
	return n
}

// breach says why a dispatch that is about to evolve breaches a cutoff.
func (m paperCutoffs) breach(s *State, e Event) error {
	sent, is := e.(*UnitDispatched)
	if !is {
		return nil
	}
	i, u := s.Incidents[sent.Incident], s.Units[sent.Unit]
	if i.LifeSafety {
		return nil
	}
	for id, all := range m {
		p := s.Postures[id]
		if p.Service != u.Service || !coversOnPaper(p, i) {
			continue
		}
		free := freeOnPaper(s, p)
		if u.Status != StatusAvailable && (p.Area.Kind != AreaBeats || slices.Contains(p.Area.Beats, u.Beat)) {
			free++ // it is asked what it does next
		}
		for _, r := range all {
			kept := r.Units
			if r.Shut {
				kept += r.Band
			}
			if kept > 0 && i.Priority() >= r.Priority && free <= kept { // who keeps none back has said nothing
				return fmt.Errorf("%s was sent to %s of priority %d with %d free, where %s sends it only while more than %d are", u.ID, i.ID, i.Priority(), free, id, kept)
			}
		}
	}
	return nil
}

func coversOnPaper(p *Posture, i *Incident) bool {
	switch p.Area.Kind {
	case AreaBeats:
		return slices.Contains(p.Area.Beats, i.Beat)
	case AreaZone:
		return p.Area.Zone == i.Zone
	case AreaDrawn:
		return slices.Contains(i.Drawn, p.ID)
	}
	return true
}

// ruleOnPaper is RuleFor, written down once more: every posture in force, the most
// specific area that says anything, and of two of those the newest.
func ruleOnPaper(s *State, i *Incident) (Action, PostureID) {
	if i.LifeSafety {
		return ActionAnswer, ""
	}
	kinds := "city beats zone drawn"
	var best *Posture
	action := ActionAnswer
	for _, p := range s.Postures {
		if p.EndedAt != 0 || p.Service != i.Service || !coversOnPaper(p, i) {
			continue
		}
		at := slices.IndexFunc(p.Rules, func(r PostureRule) bool {
			return (r.Priority == 0 || r.Priority == i.Priority()) && (len(r.Types) == 0 || slices.Contains(r.Types, i.Type))
		})
		if at < 0 {
			continue
		}
		if best != nil {
			a, b := strings.Index(kinds, string(p.Area.Kind)), strings.Index(kinds, string(best.Area.Kind))
			if a < b || (a == b && (p.From < best.From || (p.From == best.From && numberOf(p.ID) < numberOf(best.ID)))) {
				continue
			}
		}
		best, action = p, p.Rules[at].Action
	}
	if best == nil {
		return ActionAnswer, ""
	}
	return action, best.ID
}

func numberOf(id PostureID) (n int) {
	_, _ = fmt.Sscanf(string(id), "post%d", &n)
	return n
}

// drawRationing makes a command about postures, presets, desks, call-backs and
// clearings.
func (w *world) drawRationing(contact ContactID, incident IncidentID, reason string) Command {
	t := w.t
	posture := PostureID(fmt.Sprintf("post%d", max(1, int(w.live.Counters.Posture)-rapid.IntRange(0, 3).Draw(t, "posture"))))
	bulk := BulkID(fmt.Sprintf("b%d", max(1, int(w.live.Counters.Bulk)-rapid.IntRange(0, 1).Draw(t, "bulk"))))
	desk := rapid.SampledFrom([]DeskID{"community", "crisis", "telephone", "online", "appointments", "reports"}).Draw(t, "desk")
	switch rapid.IntRange(0, 16).Draw(t, "rationing") {
	case 0, 1:
		d := DeclarePosture{Service: "police", Area: w.drawArea(), Title: "Ration", Rules: w.drawRules(), Reserve: w.drawReserves(), Authority: "commander",
			Reason: reason, Script: "later", ReviewBy: w.meta.At.Add(Hour), Until: w.meta.At.Add(3 * Hour)}
		if rapid.Bool().Draw(t, "replaces") {
			d.Replaces = posture
		}
		return d
	case 2:
		return AmendPosture{Posture: posture, Title: "Amended", Rules: w.drawRules(), Reserve: w.drawReserves(), Authority: "commander", Reason: "because", Script: "later", Why: reason}
	case 3:
		return EndPosture{Posture: posture, Reason: reason}
	case 4:
		d := DeclarePreset{Preset: rapid.SampledFrom([]string{"priority", "thefts"}).Draw(t, "preset"), Authority: "commander", Reason: reason}
		if rapid.Bool().Draw(t, "replaces") {
			d.Replaces = posture
		}
		return d
	case 5:
		return RenewPosture{Posture: posture, Reason: reason, ReviewBy: w.meta.At.Add(2 * Hour), Until: w.meta.At.Add(4 * Hour)}
	case 6, 7:
		ring := RingBack{Contact: contact, Reached: rapid.SampledFrom([]Reached{ReachedYes, ReachedNo, ReachedUnsafe}).Draw(t, "reached"), Words: reason}
		if rapid.Bool().Draw(t, "told") {
			ring.Told = &PromiseTold{Told: "soon", Channel: "on_call", Within: Hour}
		}
		return ring
	case 8:
		for n := range 8 { // one that a desk has, if there is one
			if c := w.model.contacts[ContactID(fmt.Sprint("c", n))]; c != nil && (c.kind == OutcomeDiverted || c.kind == OutcomeAppointed) {
				return RefuseDiverted{Contact: ContactID(fmt.Sprint("c", n)), Reason: reason}
			}
		}
		return RefuseDiverted{Contact: contact, Reason: reason}
	case 9:
		return DivertContact{Contact: contact, Desk: desk, Reason: reason, Words: "a desk rings you"}
	case 10:
		return rapid.SampledFrom([]Command{ShutDesk{Desk: desk, Reason: reason}, OpenDesk{Desk: desk, Reason: reason}, MarkUnanswered{Contact: contact, Reason: reason}}).Draw(t, "desk work")
	case 11, 12:
		c := ClearTogether{Outcome: rapid.SampledFrom([]OutcomeKind{OutcomeDeclined, OutcomeAbandoned, OutcomeResolved}).Draw(t, "as"), Reason: reason, Words: "no", Alone: rapid.Bool().Draw(t, "alone")}
		any := rapid.IntRange(0, 9).Draw(t, "any") == 0 // most lists may be cleared
		for n := range 8 {
			if id := ContactID(fmt.Sprint("c", n)); rapid.Bool().Draw(t, "listed") && (any || w.model.unclearable(id) == "") {
				c.Contacts = append(c.Contacts, id)
			}
		}
		return c
	case 13:
		return ConfirmClearing{Bulk: bulk}
	case 14:
		return rapid.SampledFrom([]Command{RejectClearing{Bulk: bulk, Reason: reason}, Reprioritise{Incident: incident, Priority: triage.Priority(rapid.IntRange(1, 5).Draw(t, "priority")), Reason: reason}}).Draw(t, "small rationing")
	}
	if zone := ZoneID(fmt.Sprintf("z%d", max(1, w.live.Counters.Zone))); rapid.IntRange(0, 2).Draw(t, "zoned") == 0 {
		if z := w.live.Zones[zone]; z != nil && z.EndedAt == 0 && rapid.Bool().Draw(t, "ends") {
			return EndZone{Zone: zone, Reason: reason}
		}
		return DeclareZone{Name: "zone", Outline: w.drawSquare(), Authority: "commander", Reason: reason, Rules: []ZoneRule{{Service: "police", Entry: rapid.SampledFrom([]Entry{EntryFree, EntryNone, EntryStageOutside}).Draw(t, "entry")}}}
	}
	return LocateContact{Contact: contact, Beat: rapid.SampledFrom([]string{"E1", "C1"}).Draw(t, "beat"), Place: Private{Place: "somewhere", Point: w.drawPoint()}}
}

func (w *world) drawArea() Area {
	switch rapid.IntRange(0, 4).Draw(w.t, "area") {
	case 0:
		return Area{Kind: AreaCity}
	case 1:
		return Area{Kind: AreaBeats, Beats: []string{"E1"}}
	case 2:
		return Area{Kind: AreaBeats, Beats: []string{"E1", "C1"}}
	case 3:
		return Area{Kind: AreaZone, Zone: ZoneID(fmt.Sprintf("z%d", max(1, w.live.Counters.Zone)))}
	}
	return Area{Kind: AreaDrawn, Outline: w.drawSquare()}
}

func (w *world) drawSquare() geo.Ring {
	west, south := int32(rapid.IntRange(0, 3).Draw(w.t, "west")), int32(rapid.IntRange(0, 3).Draw(w.t, "south"))
	return geo.Ring{{Lon: west, Lat: south}, {Lon: west + 2, Lat: south}, {Lon: west + 2, Lat: south + 2}, {Lon: west, Lat: south + 2}}
}

// drawPoint is a point of a small grid, so that many lie on an outline.
func (w *world) drawPoint() *geo.Point {
	if rapid.IntRange(0, 3).Draw(w.t, "pointless") == 0 {
		return nil
	}
	return &geo.Point{Lon: int32(rapid.IntRange(0, 5).Draw(w.t, "lon")), Lat: int32(rapid.IntRange(0, 5).Draw(w.t, "lat"))}
}

func (w *world) drawRules() []PostureRule {
	var all []PostureRule
	for range rapid.IntRange(0, 2).Draw(w.t, "rules") {
		r := PostureRule{Action: rapid.SampledFrom([]Action{ActionHold, ActionHold, ActionHold, ActionAnswer, ActionDivert, ActionDecline}).Draw(w.t, "action"), Limit: Hour, Desk: "reports", Words: "not now"}
		if r.Priority = triage.Priority(rapid.IntRange(0, 5).Draw(w.t, "for priority")); rapid.Bool().Draw(w.t, "typed") {
			r.Types = []string{rapid.SampledFrom([]string{"NOISE", "THEFT", "PARKING"}).Draw(w.t, "for type")}
		}
		all = append(all, r)
	}
	return all
}

func (w *world) drawReserves() []Reserve {
	var all []Reserve
	for range rapid.IntRange(0, 2).Draw(w.t, "reserves") {
		all = append(all, Reserve{Priority: triage.Priority(rapid.IntRange(2, 5).Draw(w.t, "from")), Units: rapid.IntRange(0, 3).Draw(w.t, "kept"), Band: rapid.IntRange(0, 2).Draw(w.t, "band"), Shut: rapid.Bool().Draw(w.t, "said shut")})
	}
	return all
}

// inside answers with two comparisons a side whether a point lies in a drawn square.
func inside(a Area, p *geo.Point) bool {
	low, high := a.Outline[0], a.Outline[2]
	return p != nil && p.Lon >= low.Lon && p.Lon <= high.Lon && p.Lat >= low.Lat && p.Lat <= high.Lat
}

// drawnFor lists the drawn postures in force that a point lies in.
func drawnFor(s *State, p *geo.Point) map[PostureID]bool {
	found := map[PostureID]bool{}
	for id, posture := range s.Postures {
		if posture.EndedAt == 0 && posture.Area.Kind == AreaDrawn && inside(posture.Area, p) {
			found[id] = true
		}
	}
	return found
}

// explain holds Why, RankOf and CallsDue against the state that they explain.
func (w *world) explain() {
	s := w.live
	for id, c := range s.Contacts {
		i := s.Incidents[c.Incident]
		chain := s.Why(c, w.meta.At)
		if first := chain[0]; first.Rule != "state" || !strings.HasPrefix(first.Text, string(c.Outcome.Kind)) || first.Posture != c.Outcome.Posture || first.Version != c.Outcome.PostureVersion || !first.Counts {
			w.t.Fatalf("%s is %+v; why begins with %+v", id, c.Outcome, first)
		}
		action, by := ruleOnPaper(s, i)
		if rule, p := s.RuleFor(i); rule.Action != action || (p == nil) != (by == "") || (p != nil && p.ID != by) {
			w.t.Fatalf("%s: the rule is %+v by %v; on paper %s by %q", id, rule, p, action, by)
		}
		var deciding PostureID
		for _, b := range chain {
			if b.Rule == "posture" && b.Counts {
				if deciding != "" {
					w.t.Fatalf("%s: two postures decide: %s and %s", id, deciding, b.Posture)
				}
				deciding = b.Posture
			}
		}
		if !c.Outcome.Kind.Final() && !c.LifeSafety && deciding != by {
			w.t.Fatalf("%s: why says that %q decides, on paper %q", id, deciding, by)
		}
		if r := s.RankOf(i, w.meta.At); r.Class > i.Priority() || (r.Class < 2 && i.Priority() >= 2) || r.Waited < 0 {
			w.t.Fatalf("%s of priority %d ranks %+v", i.ID, i.Priority(), r)
		}
	}
	last := Instant(0)
	for _, d := range s.CallsDue(w.meta.At) {
		if c := s.Contacts[d.Contact]; d.Due < last || d.Due > w.meta.At || d.Why == "" || (c.Outcome.Kind.Final() && len(c.Promises) == 0) {
			w.t.Fatalf("calls due: %+v after %d", d, last)
		}
		last = d.Due
	}
}
