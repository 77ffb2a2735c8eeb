package command

import (
	"slices"
	"strconv"
	"strings"

	"github.com/everycall/everycall/dispatch"
)

// twoCalls reads two open calls in order, or the one in hand and the one typed.
func (l *line) twoCalls(verb, form string) (one, other *dispatch.Incident, no Reading) {
	if bad, is := l.stray(false, true, false, form); is {
		return nil, nil, bad
	}
	var calls []*dispatch.Incident
	for _, n := range l.numbers {
		i := l.room.open(n)
		if i == nil {
			return nil, nil, wrong("Not an open call: " + strconv.FormatUint(n, 10))
		}
		calls = append(calls, i)
	}
	if len(calls) == 1 && l.room.selected() != nil {
		calls = slices.Insert(calls, 0, l.room.selected())
	}
	switch {
	case len(calls) > 2:
		return nil, nil, wrong(verb + " takes two calls.")
	case len(calls) < 2:
		return nil, nil, more(verb + " which call and which?")
	case calls[0] == calls[1]:
		return nil, nil, wrong("These are one call.")
	}
	return calls[0], calls[1], Reading{}
}

// pair is a verb about two calls and a reason.
func pair(verb, between, form string, make func(l *line, one, other *dispatch.Incident) dispatch.Command) func(*line) Reading {
	return func(l *line) Reading {
		one, other, no := l.twoCalls(verb, form)
		if one == nil {
			return no
		}
		say := verb + " " + l.room.name(one) + between + l.room.name(other)
		if l.text == "" {
			return more(say + ": type ; and the reason")
		}
		return ready(say+quoted(l.text), make(l, one, other)).show("", other)
	}
}

func link(l *line) Reading {
	r := pair("Link", " and ", "LINK call call ; reason", func(l *line, one, other *dispatch.Incident) dispatch.Command {
		return dispatch.LinkIncidents{Incident: one.ID, Other: other.ID, Reason: l.text}
	})(l)
	if c, is := first(r).(dispatch.LinkIncidents); is {
		return r.undo("UNLINK " + l.number(c.Incident) + " " + l.number(c.Other) + " ; linked by mistake")
	}
	return r
}

func first(r Reading) dispatch.Command {
	if len(r.Do) == 0 {
		return nil
	}
	return r.Do[0]
}

func (l *line) number(id dispatch.IncidentID) string {
	return strconv.FormatUint(l.room.State.Incidents[id].Number, 10)
}

// major is MAJOR: an incident is a major one, with a commander by role, or no longer.
func major(l *line) Reading {
	ends := slices.Contains(l.rest, "END")
	l.rest = slices.DeleteFunc(l.rest, func(w string) bool { return w == "END" })
	if bad, is := l.stray(false, true, false, "MAJOR call ; commander / channel / reason, or MAJOR call END ; reason"); is {
		return bad
	}
	i, no := l.theCall("Which call is a major incident?", false)
	if i == nil {
		return no
	}
	if ends {
		if l.text == "" {
			return more(l.room.name(i) + " is no longer a major incident: type ; and the reason")
		}
		return ready(l.room.name(i)+" is no longer a major incident"+quoted(l.text), dispatch.EndMajor{Incident: i.ID, Authority: l.room.By, Reason: l.text}).show("", i)
	}
	parts := strings.Split(l.text, " / ")
	if len(parts) != 3 {
		return more(l.room.name(i) + " is a major incident: type ; commander / channel / reason")
	}
	commander, channel, reason := strings.TrimSpace(parts[0]), strings.TrimSpace(parts[1]), strings.TrimSpace(parts[2])
	return ready(l.room.name(i)+" is a major incident, commanded by "+commander+" on "+channel+", because "+reason,
		dispatch.DeclareMajor{Incident: i.ID, Authority: l.room.By, Reason: reason, Commander: commander, Channel: channel, ReviewBy: l.room.Now.Add(reviewAfter)}).
		show("", i).undo("MAJOR " + strconv.FormatUint(i.Number, 10) + " END ; declared by mistake")
}

// tow is TOW: the next provider of a list is called.
func tow(l *line) Reading {
	if bad, is := l.stray(false, true, true, "TOW call list ; reason"); is {
		return bad
	}
	i, no := l.theCall("A provider for which call?", false)
	if i == nil {
		return no
	}
	var codes []Code
	for _, r := range l.room.State.Config.Rotations {
		codes = append(codes, Code{r.ID, r.Class})
	}
	if len(codes) == 0 {
		return wrong("No rotations are configured.")
	}
	if len(l.rest) != 1 {
		return more("From which list, for " + l.room.name(i) + "? " + named(codes))
	}
	hit, no := choose(l.rest[0], "list", codes)
	if hit == nil {
		return no
	}
	return ready("Call the next of "+hit.Name+" for "+l.room.name(i)+l.marked(), dispatch.CallProvider{Incident: i.ID, List: hit.Code, Reason: l.text}).show("", i)
}
