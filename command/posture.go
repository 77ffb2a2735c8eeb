package command

import (
	"slices"
	"strconv"
	"strings"

	"github.com/everycall/everycall/dispatch"
	"github.com/everycall/everycall/triage"
)

// reviewAfter is when a posture that is declared on the line is looked at again, unless it
// ends before.
const reviewAfter = 4 * dispatch.Hour

// preset is PRE: a preset by its digit or by what begins its name.
func preset(l *line) Reading {
	if bad, is := l.stray(false, true, true, "PRE preset ; reason"); is {
		return bad
	}
	presets := l.room.State.Config.Presets
	var codes []Code
	var all []string
	for k, p := range presets {
		codes = append(codes, Code{p.ID, p.Title})
		all = append(all, strconv.Itoa(k+1)+" "+p.Title)
	}
	var hit *Code
	switch {
	case len(presets) == 0:
		return more("No presets are configured.")
	case len(l.numbers) == 1 && len(l.rest) == 0:
		if n := l.numbers[0]; n >= 1 && n <= uint64(len(codes)) {
			hit = &codes[n-1]
		}
	case len(l.rest) == 1 && len(l.numbers) == 0:
		hit, _ = pick(l.rest[0], codes, 3)
	case len(l.rest) == 0 && len(l.numbers) == 0:
		return more("Declare: " + strings.Join(all, "   "))
	}
	if hit == nil {
		return wrong("That is not one preset: " + strings.Join(all, "   "))
	}
	say := "Declare " + hit.Name + ", for its usual reason"
	if l.text != "" {
		say = "Declare " + hit.Name + quoted(l.text)
	}
	return ready(say, dispatch.DeclarePreset{Preset: hit.Code, Authority: l.room.By, Reason: l.text}).undo(endIt)
}

// endIt ends the posture that the line declared.
const endIt = "END " + MadeID + " ; declared by mistake"

// areas are the names that a posture's area can be given by.
func (r *Room) areas() (codes []Code, of map[string]dispatch.Area) {
	of = map[string]dispatch.Area{}
	codes = []Code{{"CITY", "the whole city"}}
	of["CITY"] = dispatch.Area{Kind: dispatch.AreaCity}
	for _, a := range r.State.Config.Areas {
		codes = append(codes, Code{a.ID, a.Name})
		of[a.ID] = dispatch.Area{Kind: dispatch.AreaBeats, Beats: a.Beats}
	}
	var zones []Code
	for id, z := range r.State.Zones { // sorted below
		if z.EndedAt == 0 {
			zones = append(zones, Code{string(id), z.Name})
			of[string(id)] = dispatch.Area{Kind: dispatch.AreaZone, Zone: id}
		}
	}
	slices.SortFunc(zones, func(a, b Code) int { return strings.Compare(a.Code, b.Code) })
	return append(codes, zones...), of
}

// declare is POSTURE: only these priorities are answered in an area until a time. The
// others are held, each with the agency's limit for it.
func declare(l *line) Reading {
	const form = "POSTURE service area P12 HHMM ; reason"
	until, text := l.clockTime()
	if bad, is := l.stray(false, false, true, form); is {
		return bad
	}
	c := dispatch.DeclarePosture{Service: l.room.State.Config.DefaultService, Until: until, Authority: l.room.By, Reason: l.text}
	codes, of := l.room.areas()
	var answered []triage.Priority
	var area *Code
	for k := 0; k < len(l.rest); k++ {
		w := l.rest[k]
		switch {
		case w == "INSTEAD" && k+1 < len(l.rest):
			k++
			p := l.room.posture(l.rest[k])
			if p == nil {
				return wrong(l.rest[k] + " is not a posture in force.")
			}
			c.Replaces = p.ID
		case priorities(w) != nil && answered == nil:
			answered = priorities(w)
		case slices.ContainsFunc(l.room.State.Config.Services, func(s dispatch.Service) bool { return strings.EqualFold(string(s), w) }):
			c.Service = dispatch.Service(strings.ToLower(w))
		case area == nil:
			hit, no := choose(w, "area", codes)
			if hit == nil {
				return no
			}
			area = hit
		default:
			return wrong("Not known here: " + w + ". The form is " + form)
		}
	}
	switch {
	case area == nil:
		return more("Where? " + named(codes))
	case answered == nil:
		return more(area.Name + ": which priorities are still answered? P1, P12, P123")
	case until == 0:
		return more(area.Name + ": until when? HHMM")
	case l.text == "":
		return more(area.Name + " until " + text + ": type ; and the reason")
	}
	c.Area = of[area.Code]
	c.ReviewBy = min(until, l.room.Now.Add(reviewAfter))
	var held []string
	for p := triage.PriorityHighest; p <= triage.PriorityLowest; p++ {
		if slices.Contains(answered, p) {
			continue
		}
		limit := l.room.State.Config.HoldLimits[p]
		if limit == 0 {
			limit = dispatch.Hour
		}
		c.Rules = append(c.Rules, dispatch.PostureRule{Priority: p, Action: dispatch.ActionHold, Limit: limit})
		held = append(held, digit(p))
	}
	var kept []string
	for _, p := range answered {
		kept = append(kept, digit(p))
	}
	c.Title = "Priority " + strings.Join(kept, ", ") + " only, " + area.Name
	c.Script = "We can send somebody only to the most urgent calls until " + text + "."
	say := string(c.Service) + ", " + area.Name + ": only priority " + strings.Join(kept, ", ") + " until " + text + "; " + strings.Join(held, ", ") + " held, never life-safety" + quoted(l.text)
	if c.Replaces != "" {
		say += ", instead of " + string(c.Replaces)
	}
	return ready(say, c).show("postures", nil).undo(endIt)
}

// priorities reads "P12": 1 and 2.
func priorities(w string) []triage.Priority {
	if len(w) < 2 || len(w) > 5 || w[0] != 'P' || strings.Trim(w[1:], "12345") != "" {
		return nil
	}
	var out []triage.Priority
	for _, d := range w[1:] {
		p := triage.Priority(d - '0')
		if slices.Contains(out, p) {
			return nil
		}
		out = append(out, p)
	}
	slices.Sort(out)
	return out
}

func (r *Room) posture(word string) *dispatch.Posture {
	p := r.State.Postures[dispatch.PostureID(strings.ToLower(word))]
	if p == nil || p.EndedAt != 0 {
		return nil
	}
	return p
}

// standing finds the posture that END and RENEW are about.
func (l *line) standing() (*dispatch.Posture, Reading) {
	var codes []Code
	for id, p := range l.room.State.Postures { // sorted below
		if p.EndedAt == 0 {
			codes = append(codes, Code{string(id), p.Title})
		}
	}
	slices.SortFunc(codes, func(a, b Code) int { return strings.Compare(a.Code, b.Code) })
	if len(l.rest) != 1 {
		return nil, more(l.verb + " which posture? " + named(codes))
	}
	if p := l.room.posture(l.rest[0]); p != nil {
		return p, Reading{}
	}
	return nil, wrong("“" + l.rest[0] + "” is not in force: " + named(codes))
}

// end is END.
func end(l *line) Reading {
	if bad, is := l.stray(false, false, true, "END posture ; reason"); is {
		return bad
	}
	p, no := l.standing()
	if p == nil {
		return no
	}
	if l.text == "" {
		return more("End “" + p.Title + "”: type ; and the reason")
	}
	return ready("End “"+p.Title+"”; the calls that it holds are worked down"+quoted(l.text), dispatch.EndPosture{Posture: p.ID, Reason: l.text})
}

// renew is RENEW: it was looked at and goes on.
func renew(l *line) Reading {
	at, text := l.clockTime()
	if bad, is := l.stray(false, false, true, "RENEW posture HHMM ; reason"); is {
		return bad
	}
	p, no := l.standing()
	switch {
	case p == nil:
		return no
	case at == 0:
		return more("“" + p.Title + "”: review it again when? HHMM")
	case l.text == "":
		return more("“" + p.Title + "” goes on, next review " + text + ": type ; and the reason")
	}
	return ready("“"+p.Title+"” goes on, next review "+text+quoted(l.text), dispatch.RenewPosture{Posture: p.ID, ReviewBy: at, Until: max(p.Until, at), Reason: l.text})
}
