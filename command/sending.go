package command

import (
	"slices"
	"strconv"
	"strings"

	"github.com/everycall/everycall/dispatch"
	"github.com/everycall/everycall/triage"
)

// send is D and STACK: units to a call.
func send(l *line) Reading {
	stacked := l.verb == "STACK" || slices.Contains(l.rest, "STACK") || slices.Contains(l.rest, "+")
	outside := slices.Contains(l.rest, "RV")
	l.rest = slices.DeleteFunc(l.rest, func(w string) bool { return w == "STACK" || w == "+" || w == "RV" })
	if bad, is := l.stray(true, true, false, "D unit… call"); is {
		return bad
	}
	verb := "Dispatch"
	if stacked {
		verb = "Stack"
	}
	if len(l.units) == 0 {
		to := ""
		if i, _ := l.theCall("", false); i != nil {
			to = " to " + l.room.name(i)
		}
		return more(verb + " which unit" + to + "?")
	}
	who := strings.Join(l.unitNames(), " + ")
	i, no := l.theCall(verb+" "+who+" to which call?", false)
	if i == nil {
		return no
	}
	say := verb + " " + who + " → " + l.room.name(i) + l.marked()
	switch {
	case outside && stacked:
		return wrong("STACK or RV, not both: a stacked unit is told where to wait when its turn comes.")
	case outside && i.Entry == nil:
		return wrong(l.room.name(i) + " has no rendezvous: one can simply go there.")
	case outside:
		say += ", to wait at the rendezvous"
	}
	say += quoted(l.text)
	read := l.hazards(i)
	out := ready(say).show("", i).undo("OFF " + strings.Join(l.unitNames(), " ") + " " + strconv.FormatUint(i.Number, 10) + " ; sent by mistake")
	for _, u := range l.units {
		if stacked {
			reason := l.text
			if reason == "" {
				reason = "next for this unit"
			}
			out.Do = append(out.Do, dispatch.StackUnit{Unit: u.ID, Incident: i.ID, Reason: reason, Hazards: read})
		} else {
			out.Do = append(out.Do, dispatch.DispatchUnit{Unit: u.ID, Incident: i.ID, Override: l.text, Outside: outside, Hazards: read})
		}
	}
	return out
}

// takeOff is OFF: units off their call.
func takeOff(l *line) Reading {
	if bad, is := l.stray(true, true, false, "OFF unit… call ; reason"); is {
		return bad
	}
	if len(l.units) == 0 {
		return more("Take which unit off?")
	}
	if len(l.numbers) > 1 {
		return wrong("One call, not " + joined(l.numbers) + ".")
	}
	out := ready("")
	var parts []string
	for _, u := range l.units {
		of := l.room.State.Incidents[u.Incident]
		if len(l.numbers) == 1 {
			of = l.room.open(l.numbers[0])
		}
		if of == nil || !slices.ContainsFunc(of.Assignments, func(a dispatch.Assignment) bool { return a.Unit == u.ID && a.EndedAt == 0 }) {
			return wrong(string(u.ID) + " is not on " + either(joined(l.numbers), "a call") + ".")
		}
		parts = append(parts, string(u.ID)+" off "+l.room.name(of))
		out.Do = append(out.Do, dispatch.UnassignUnit{Unit: u.ID, Incident: of.ID, Reason: l.text})
		out.Undo = "D " + strings.Join(l.unitNames(), " ") + " " + strconv.FormatUint(of.Number, 10)
		out.Show.Incident = of.ID
	}
	out.Say = strings.Join(parts, ", ")
	if l.text == "" {
		return more(out.Say + ": type ; and the reason")
	}
	out.Say += quoted(l.text)
	return out
}

// setStatus is every status: units, in any order.
func setStatus(l *line) Reading {
	status := l.room.status(l.verb)
	name := l.verb
	for _, s := range l.room.Statuses {
		if l.room.status(s.Code) == status {
			name = s.Name
		}
	}
	if bad, is := l.stray(true, false, false, l.verb+" unit…"); is {
		return bad
	}
	if len(l.units) == 0 {
		return more(name + ": which unit?")
	}
	out := ready(strings.Join(l.unitNames(), " + ") + ": " + strings.ToLower(name))
	for _, u := range l.units {
		out.Do = append(out.Do, dispatch.SetUnitStatus{Unit: u.ID, Status: status, Source: dispatch.SourceRadio})
	}
	return out.undo(l.room.backTo(l.units, status))
}

// backTo is the line that gives units back what they did before; "" where one line cannot.
func (r *Room) backTo(units []*dispatch.Unit, now dispatch.Status) string {
	was, names := units[0].Status, []string{}
	for _, u := range units {
		if u.Status != was || u.Incident != units[0].Incident {
			return ""
		}
		names = append(names, string(u.ID))
	}
	on := r.State.Incidents[units[0].Incident]
	k := slices.Index(dispatch.Statuses, was)
	switch {
	case was == now || k < 0 || k >= len(r.Statuses):
		return ""
	case on != nil && !now.Committed(): // it ends their work there
		return "D " + strings.Join(names, " ") + " " + strconv.FormatUint(on.Number, 10)
	}
	return r.Statuses[k].Code + " " + strings.Join(names, " ")
}

// moveUp is MV: a unit to a station that is not its home, or HOME.
func moveUp(l *line) Reading {
	if bad, is := l.stray(true, false, true, "MV unit station|HOME ; reason"); is {
		return bad
	}
	if len(l.units) != 1 || len(l.rest) != 1 {
		return more("Move which unit to which station? HOME sends it home.")
	}
	u := l.units[0]
	to, name := dispatch.StationID(""), "home"
	if l.rest[0] != "HOME" {
		var codes []Code
		for id, st := range l.room.State.Stations { // sorted below
			codes = append(codes, Code{string(id), st.Name})
		}
		slices.SortFunc(codes, func(a, b Code) int { return strings.Compare(a.Code, b.Code) })
		hit, no := choose(l.rest[0], "station", codes)
		if hit == nil {
			return no
		}
		to, name = dispatch.StationID(hit.Code), "to "+hit.Name
	}
	reason := either(l.text, "cover")
	out := ready(string(u.ID)+" "+name+quoted(reason), dispatch.MoveUp{Unit: u.ID, Station: to, Reason: reason})
	switch {
	case u.Post == to:
	case u.Post != "":
		out.Undo = "MV " + string(u.ID) + " " + strings.ToUpper(string(u.Post)) + " ; moved by mistake"
	default:
		out.Undo = "MV " + string(u.ID) + " HOME ; moved by mistake"
	}
	return out
}

// closeCall is C.
func closeCall(l *line) Reading {
	if bad, is := l.stray(false, true, true, "C call code"); is {
		return bad
	}
	i, no := l.theCall("Close which call, with which code?", false)
	if i == nil {
		return no
	}
	if len(l.rest) == 0 {
		return more("Close " + l.room.name(i) + " as: " + listed(l.room.Dispositions))
	}
	if len(l.rest) > 1 {
		return wrong("One code, not " + strings.Join(l.rest, " ") + ".")
	}
	hit, no := choose(l.rest[0], "closing code", l.room.Dispositions)
	if hit == nil {
		return no
	}
	return ready("Close "+l.room.name(i)+": "+hit.Name+l.marked(), dispatch.CloseIncident{Incident: i.ID, Disposition: hit.Code, Authority: l.room.By}).
		undo("REOPEN " + strconv.FormatUint(i.Number, 10) + " ; closed by mistake")
}

// reopen is REOPEN.
func reopen(l *line) Reading {
	if bad, is := l.stray(false, true, false, "REOPEN call ; reason"); is {
		return bad
	}
	i, no := l.theCall("Reopen which call?", true)
	switch {
	case i == nil:
		return no
	case i.Open():
		return wrong(l.room.name(i) + " is open.")
	case l.text == "":
		return more("Reopen " + l.room.name(i) + ": type ; and the reason")
	}
	return ready("Reopen "+l.room.name(i)+quoted(l.text), dispatch.ReopenIncident{Incident: i.ID, Reason: l.text}).show("", i)
}

// rank is PRI: another priority, for a reason.
func rank(l *line) Reading {
	if bad, is := l.stray(false, true, true, "PRI call 1…5 ; reason"); is {
		return bad
	}
	var to triage.Priority
	switch {
	case len(l.rest) == 1 && len(l.rest[0]) == 2 && l.rest[0][0] == 'P' && l.rest[0][1] >= '1' && l.rest[0][1] <= '5':
		to = triage.Priority(l.rest[0][1] - '0')
	case len(l.rest) > 0:
		return wrong("A priority is 1 to 5, or P1 to P5, not " + strings.Join(l.rest, " ") + ".")
	case len(l.numbers) > 0 && l.numbers[len(l.numbers)-1] <= 5 && (len(l.numbers) == 2 || l.room.selected() != nil):
		to = triage.Priority(l.numbers[len(l.numbers)-1])
		l.numbers = l.numbers[:len(l.numbers)-1]
	}
	i, no := l.theCall("Which call, and which priority, 1 to 5?", false)
	switch {
	case i == nil:
		return no
	case !to.Valid():
		return more(l.room.name(i) + " has priority " + digit(i.Priority()) + ". Which now, P1 to P5?")
	case l.text == "":
		return more(l.room.name(i) + " to priority " + digit(to) + ": type ; and the reason")
	}
	return ready(l.room.name(i)+": priority "+digit(i.Priority())+" → "+digit(to)+quoted(l.text), dispatch.Reprioritise{Incident: i.ID, Priority: to, Reason: l.text}).
		undo("PRI " + strconv.FormatUint(i.Number, 10) + " P" + digit(i.Priority()) + " ; changed by mistake")
}

// retype is TYPE: what a call is about.
func retype(l *line) Reading {
	if bad, is := l.stray(false, true, true, "TYPE call code ; reason"); is {
		return bad
	}
	i, no := l.theCall("Which call is of which type?", false)
	if i == nil {
		return no
	}
	if len(l.rest) != 1 {
		return more(l.room.name(i) + ": type its code, or what begins only one")
	}
	var codes []Code
	for _, t := range l.room.State.Config.Types {
		codes = append(codes, Code{t.Code, t.Name})
	}
	hit, near := pick(l.rest[0], codes, 2)
	if hit == nil && len(near) > 0 && len(near) <= 8 {
		return more(named(near))
	}
	if hit == nil {
		return wrong("“" + l.rest[0] + "” begins " + strconv.Itoa(len(near)) + " codes.")
	}
	c, no := l.contact(i, anyone)
	if c == nil {
		return no
	}
	return ready(l.room.name(i)+" is: "+hit.Name+quoted(l.text), dispatch.TriageContact{Contact: c.ID, Type: hit.Code, Reason: either(l.text, "said on the command line")})
}

// note is NOTE.
func note(l *line) Reading {
	if bad, is := l.stray(false, true, false, "NOTE call ; words"); is {
		return bad
	}
	i, no := l.theCall("Note on which call?", true)
	if i == nil {
		return no
	}
	if l.text == "" {
		return more("Note on " + l.room.name(i) + ": type ; and the words")
	}
	return ready("Note on "+l.room.name(i)+quoted(l.text), dispatch.AddNote{Incident: i.ID, Text: l.text}).undo("STRIKE " + strconv.FormatUint(i.Number, 10) + " " + MadeID + " ; written by mistake")
}

// strike is STRIKE: a note by its id, or the newest one that stands.
func strike(l *line) Reading {
	if bad, is := l.stray(false, true, true, "STRIKE call note ; reason"); is {
		return bad
	}
	i, no := l.theCall("Strike a note of which call?", true)
	if i == nil {
		return no
	}
	if len(l.rest) > 1 {
		return wrong("One note, not " + strings.Join(l.rest, " ") + ".")
	}
	for _, n := range slices.Backward(i.Notes) {
		if len(l.rest) == 0 && n.StruckAt != 0 || len(l.rest) == 1 && !strings.EqualFold(string(n.ID), l.rest[0]) {
			continue
		}
		say := "Strike note " + string(n.ID) + " of " + l.room.name(i)
		if l.room.State.Confidential[n.Contact] == nil {
			say += quoted(n.Text)
		}
		if l.text == "" {
			return more(say + "   Type ; and the reason")
		}
		return ready(say+" because "+l.text, dispatch.StrikeNote{Incident: i.ID, Note: n.ID, Reason: l.text})
	}
	if len(l.rest) == 1 {
		return wrong(l.room.name(i) + " has no note " + l.rest[0] + ".")
	}
	return wrong(l.room.name(i) + " has no note that stands.")
}

func digit(p triage.Priority) string { return strconv.Itoa(int(p)) }

func either(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}
