package command

import (
	"slices"
	"strconv"
	"strings"

	"github.com/everycall/everycall/dispatch"
)

// level is ALARM and LOWER: the next alarm level, or the one named.
func level(raise bool) func(*line) Reading {
	return func(l *line) Reading {
		if bad, is := l.stray(false, true, false, l.verb+" call level ; reason"); is {
			return bad
		}
		to := 0
		if n := len(l.numbers); n > 0 && l.numbers[n-1] <= dispatch.MaxCardLevels && (n == 2 || l.room.call(l.numbers[0]) == nil) {
			to = int(l.numbers[n-1])
			l.numbers = l.numbers[:n-1]
		}
		i, no := l.theCall("The alarm level of which call?", false)
		if i == nil {
			return no
		}
		back, now := "LOWER ", strconv.Itoa(i.Level())
		say := l.room.name(i) + ": alarm level up from " + now
		if !raise {
			say, back = l.room.name(i)+": alarm level down from "+now, "ALARM "
		}
		if to > 0 {
			say = l.room.name(i) + ": alarm level " + now + " → " + strconv.Itoa(to)
		}
		if l.text == "" {
			return more(say + ". Type ; and the reason")
		}
		var c dispatch.Command = dispatch.RaiseAlarm{Incident: i.ID, Level: to, Reason: l.text}
		if !raise {
			c = dispatch.LowerAlarm{Incident: i.ID, Level: to, Reason: l.text}
		}
		return ready(say+quoted(l.text), c).show("", i).undo(back + strconv.FormatUint(i.Number, 10) + " " + now + " ; changed by mistake")
	}
}

// service is SVC: one more service works on a call, leads it, or has done its part.
func service(l *line) Reading {
	const form = "SVC call service LEAD|DONE code ; reason"
	if bad, is := l.stray(false, true, true, form); is {
		return bad
	}
	i, no := l.theCall("Which service for which call?", false)
	if i == nil {
		return no
	}
	var codes []Code
	for _, s := range l.room.State.Config.Services {
		codes = append(codes, Code{Code: string(s)})
	}
	if len(l.rest) == 0 {
		return more("Which service for " + l.room.name(i) + ": " + listed(codes))
	}
	hit, no := choose(l.rest[0], "service", codes)
	if hit == nil {
		return no
	}
	of, rest := dispatch.Service(hit.Code), l.rest[1:]
	say := l.room.name(i) + ": " + hit.Code
	switch {
	case len(rest) > 0 && rest[0] == "DONE":
		if len(rest) != 2 {
			return more(say + " has done its part: with which code? " + listed(l.room.Dispositions))
		}
		code, no := choose(rest[1], "closing code", l.room.Dispositions)
		if code == nil {
			return no
		}
		return ready(say+" has done its part: "+code.Name, dispatch.CloseService{Incident: i.ID, Service: of, Disposition: code.Code, Authority: l.room.By}).show("", i)
	case len(rest) > 1 || len(rest) == 1 && rest[0] != "LEAD":
		return wrong("Not known here: " + strings.Join(rest, " ") + ". The form is " + form)
	case l.text == "":
		return more(say + ": type ; and the reason")
	case len(rest) == 1:
		return ready(say+" leads"+quoted(l.text), dispatch.LeadService{Incident: i.ID, Service: of, Reason: l.text}).show("", i)
	}
	return ready(say+" too"+quoted(l.text), dispatch.AddService{Incident: i.ID, Service: of, Reason: l.text}).show("", i)
}

// exchange is XCH: two units change places.
func exchange(l *line) Reading {
	if bad, is := l.stray(true, false, false, "XCH unit unit ; reason"); is {
		return bad
	}
	if len(l.units) != 2 {
		return more("Exchange which two units?")
	}
	a, b := l.units[0], l.units[1]
	if a.Incident == "" {
		a, b = b, a
	}
	of := l.room.State.Incidents[a.Incident]
	if of == nil {
		return wrong(string(a.ID) + " and " + string(b.ID) + " are both without a call.")
	}
	say := string(b.ID) + " for " + string(a.ID) + " on " + l.room.name(of)
	if other := l.room.State.Incidents[b.Incident]; other != nil {
		say += ", and " + string(a.ID) + " on " + l.room.name(other)
	}
	if l.text == "" {
		return more(say + ": type ; and the reason")
	}
	return ready(say+quoted(l.text), dispatch.ExchangeUnits{Unit: a.ID, With: b.ID, Reason: l.text, Hazards: l.hazards(of)}).show("", of).
		undo("XCH " + string(b.ID) + " " + string(a.ID) + " ; exchanged by mistake")
}

// preempt is PMT: a unit is taken from its call for a more urgent one.
func preempt(l *line) Reading {
	outside := slices.Contains(l.rest, "RV")
	l.rest = slices.DeleteFunc(l.rest, func(w string) bool { return w == "RV" })
	if bad, is := l.stray(true, true, false, "PMT unit call RV ; reason"); is {
		return bad
	}
	if len(l.units) != 1 {
		return more("Take which one unit, for which call?")
	}
	u := l.units[0]
	from := l.room.State.Incidents[u.Incident]
	if from == nil {
		return wrong(string(u.ID) + " has no call: D sends it.")
	}
	to, no := l.theCall("Take "+string(u.ID)+" for which call?", false)
	if to == nil {
		return no
	}
	say := string(u.ID) + " from " + l.room.name(from) + " to " + l.room.name(to) + l.marked()
	if l.text == "" {
		return more(say + ": type ; and the reason")
	}
	return ready(say+quoted(l.text), dispatch.PreemptUnit{Unit: u.ID, For: to.ID, Reason: l.text, Outside: outside, Hazards: l.hazards(to)}).show("", to)
}

// hazards are those that have been read: of another call than the one in hand nobody has
// seen any.
func (l *line) hazards(of *dispatch.Incident) []dispatch.HazardID {
	if of.ID == l.room.Selected {
		return l.room.Read
	}
	return nil
}
