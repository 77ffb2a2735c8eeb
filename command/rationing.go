package command

import (
	"slices"
	"strconv"
	"strings"

	"github.com/everycall/everycall/dispatch"
)

// PromiseMaxMinutes is the longest promise that the line takes: a day.
const PromiseMaxMinutes = 24 * 60

// callAndMinutes reads a call and minutes, both numbers, in this order; "P20" is minutes
// wherever it stands. One number alone is a call if one is open under it, else minutes for
// the call in hand.
func (l *line) callAndMinutes(ask string) (i *dispatch.Incident, minutes int, given bool, no Reading) {
	left := slices.Clone(l.numbers)
	for k, w := range l.rest {
		if n, is := numberOf(strings.TrimPrefix(w, "P")); is && w[0] == 'P' && !given {
			minutes, given = int(n), true
			l.rest = slices.Delete(l.rest, k, k+1)
			break
		}
	}
	if len(left) > 0 && l.room.open(left[0]) != nil {
		i, left = l.room.open(left[0]), left[1:]
	} else if len(left) > 1 {
		return nil, 0, false, wrong("Not an open call: " + joined(left[:1]))
	}
	if len(left) > 0 && !given {
		minutes, given, left = int(left[0]), true, left[1:]
	}
	if len(left) > 0 {
		return nil, 0, false, wrong("Not known here: " + joined(left))
	}
	if i == nil {
		i = l.room.selected()
	}
	if i == nil || !i.Open() {
		if given {
			return nil, 0, false, wrong(strconv.Itoa(minutes) + " is not an open call, and none is selected.")
		}
		return nil, 0, false, more(ask)
	}
	if given && (minutes < 1 || minutes > PromiseMaxMinutes) {
		return nil, 0, false, wrong("A promise is 1 to " + strconv.Itoa(PromiseMaxMinutes) + " minutes, not " + strconv.Itoa(minutes) + ".")
	}
	return i, minutes, given, Reading{}
}

// promised is what a caller is told with a time.
func promised(minutes int, given bool, channel string) *dispatch.PromiseTold {
	if !given {
		return nil
	}
	return &dispatch.PromiseTold{Told: "A call-back within " + strconv.Itoa(minutes) + " minutes", Channel: channel, Within: dispatch.Millis(minutes) * dispatch.Minute}
}

// hold is H.
func hold(l *line) Reading {
	i, minutes, given, no := l.callAndMinutes("Hold which call, for how many minutes?")
	if i == nil {
		return no
	}
	if bad, is := l.stray(false, true, false, "H call minutes ; reason"); is {
		return bad
	}
	c, no := l.contact(i, anyone)
	if c == nil {
		return no
	}
	say := "Hold " + l.room.name(i) + ", no promise (add minutes to promise a call-back)"
	if given {
		say = "Hold " + l.room.name(i) + ", promise within " + strconv.Itoa(minutes) + " min"
	}
	if l.text != "" {
		say += quoted(l.text)
	}
	return ready(say, dispatch.HoldContact{Contact: c.ID, Reason: l.text, Told: promised(minutes, given, "on_call")}).
		undo("RES " + strconv.FormatUint(i.Number, 10) + " ; held by mistake")
}

// ring is RING: who was rung back, and what was said.
func ring(l *line) Reading {
	reached := dispatch.ReachedYes
	if k := slices.IndexFunc(l.rest, func(w string) bool { return w == "NO" || w == "UNSAFE" }); k >= 0 {
		reached = dispatch.ReachedNo
		if l.rest[k] == "UNSAFE" {
			reached = dispatch.ReachedUnsafe
		}
		l.rest = slices.Delete(l.rest, k, k+1)
	}
	i, minutes, given, no := l.callAndMinutes("Ring back which call?")
	if i == nil {
		return no
	}
	if bad, is := l.stray(false, true, false, "RING call minutes|NO|UNSAFE ; what has changed"); is {
		return bad
	}
	c, no := l.contact(i, anyone)
	if c == nil {
		return no
	}
	out := ready("", dispatch.RingBack{Contact: c.ID, Reached: reached, Words: l.text, Told: promised(minutes, given, "phone")})
	switch {
	case reached != dispatch.ReachedYes && given:
		return wrong("Who was not reached was promised nothing.")
	case reached == dispatch.ReachedNo:
		out.Say = l.room.name(i) + ": not reached" + quoted(l.text)
	case reached == dispatch.ReachedUnsafe:
		out.Say = l.room.name(i) + ": not told, unsafe" + quoted(l.text)
	default:
		out.Say = l.room.name(i) + " reached, nothing promised"
		if given {
			out.Say = l.room.name(i) + " reached, promise within " + strconv.Itoa(minutes) + " min"
		}
		if l.text != "" {
			out.Say += ", changed" + quoted(l.text)
		}
	}
	return out
}

// desks lists those that take calls instead of a unit.
func (r *Room) desks() []Code {
	var all []Code
	for _, d := range r.State.Config.Desks {
		if d.Accepts != nil {
			all = append(all, Code{string(d.ID), d.Name})
		}
	}
	return all
}

// said is how words and reason of a decision are spoken back.
func (l *line) said() (words, reason, say string) {
	words, reason = l.halves()
	if words == "" {
		return words, reason, ", with the posture’s words"
	}
	say = quoted(words)
	if reason != "" {
		say += ", because " + reason
	}
	return words, reason, say
}

// divert is DIV.
func divert(l *line) Reading {
	if bad, is := l.stray(false, true, true, "DIV call desk ; words / reason"); is {
		return bad
	}
	i, no := l.theCall("Divert which call, to which desk?", false)
	if i == nil {
		return no
	}
	if len(l.rest) != 1 {
		return more("Divert " + l.room.name(i) + " to one of: " + listed(l.room.desks()))
	}
	hit, no := choose(l.rest[0], "desk", l.room.desks())
	if hit == nil {
		return no
	}
	c, no := l.contact(i, anyone)
	if c == nil {
		return no
	}
	words, reason, say := l.said()
	return ready("Divert "+l.room.name(i)+" to "+hit.Name+l.marked()+say, dispatch.DivertContact{Contact: c.ID, Desk: dispatch.DeskID(hit.Code), Words: words, Reason: reason}).
		undo("BACK " + strconv.FormatUint(i.Number, 10) + " ; diverted by mistake")
}

// clockTime takes the first word that is a time of day, "0400" or "4:00", out of the line.
func (l *line) clockTime() (at dispatch.Instant, text string) {
	for _, w := range l.words {
		h, m, colon := strings.Cut(w, ":")
		if !colon && len(w) == 4 && strings.Trim(w, "0123456789") == "" && l.room.open(atoi(w)) == nil {
			h, m = w[:2], w[2:]
		} else if !colon {
			continue
		}
		if h == "" || len(h) > 2 || len(m) != 2 || strings.Trim(h+m, "0123456789") != "" || atoi(h) > 23 || atoi(m) > 59 {
			continue
		}
		if n, is := numberOf(w); is {
			l.numbers = slices.DeleteFunc(l.numbers, func(x uint64) bool { return x == n })
		}
		l.rest = slices.DeleteFunc(l.rest, func(x string) bool { return x == w })
		text = h + ":" + m
		if len(h) == 1 {
			text = "0" + text
		}
		return l.room.Clock(int(atoi(h)), int(atoi(m))), text
	}
	return 0, ""
}

func atoi(digits string) uint64 {
	n, _ := strconv.ParseUint(digits, 10, 32) // the callers have seen that they are digits
	return n
}

// appoint is APT.
func appoint(l *line) Reading {
	at, text := l.clockTime()
	if bad, is := l.stray(false, true, true, "APT call HH:MM desk ; words / reason"); is {
		return bad
	}
	i, no := l.theCall("Appoint which call, at what time?", false)
	switch {
	case i == nil:
		return no
	case at == 0 && len(l.rest) > 0 && strings.Contains(l.rest[0], ":"):
		return wrong("A time is 00:00 to 23:59, not " + l.rest[0] + ".")
	case at == 0:
		return more("Appoint " + l.room.name(i) + " at: HH:MM, and a desk if it is not its own")
	case len(l.rest) > 1:
		return wrong("One desk, not " + strings.Join(l.rest, " ") + ".")
	}
	desk := &Code{}
	say := "Appoint " + l.room.name(i) + " at " + text
	if len(l.rest) == 1 {
		if desk, no = choose(l.rest[0], "desk", l.room.desks()); desk == nil {
			return no
		}
		say += ", " + desk.Name
	}
	c, no := l.contact(i, anyone)
	if c == nil {
		return no
	}
	words, reason, with := l.said()
	return ready(say+l.marked()+with, dispatch.AppointContact{Contact: c.ID, At: at, Desk: dispatch.DeskID(desk.Code), Words: words, Reason: reason}).
		undo("BACK " + strconv.FormatUint(i.Number, 10) + " ; appointed by mistake")
}

// decline is DEC.
func decline(l *line) Reading {
	if bad, is := l.stray(false, true, false, "DEC call ; words / reason"); is {
		return bad
	}
	i, no := l.theCall("Decline which call?", false)
	if i == nil {
		return no
	}
	c, no := l.contact(i, anyone)
	if c == nil {
		return no
	}
	words, reason, say := l.said()
	return ready("Decline "+l.room.name(i)+l.marked()+say, dispatch.DeclineContact{Contact: c.ID, Words: words, Reason: reason, Authority: l.room.By})
}

// because reads a call and a reason, for verbs that need nothing else.
func because(what, form string, fits func(*dispatch.Contact) bool, make func(dispatch.ContactID, string) dispatch.Command) func(*line) Reading {
	return func(l *line) Reading {
		if bad, is := l.stray(false, true, false, form); is {
			return bad
		}
		i, no := l.theCall(what+" which call?", false)
		if i == nil {
			return no
		}
		if l.text == "" {
			return more(what + " " + l.room.name(i) + ": type ; and the reason")
		}
		c, no := l.contact(i, fits)
		if c == nil {
			return no
		}
		return ready(what+" "+l.room.name(i)+l.marked()+quoted(l.text), make(c.ID, l.text)).show("", i)
	}
}

func putOff(c *dispatch.Contact) bool {
	return c.Outcome.Kind != dispatch.OutcomeWaiting && c.Outcome.Kind != dispatch.OutcomeDispatched
}

func given(c *dispatch.Contact) bool {
	return c.Outcome.Kind == dispatch.OutcomeDiverted || c.Outcome.Kind == dispatch.OutcomeAppointed
}

// transfer is XFER.
func transfer(l *line) Reading {
	if bad, is := l.stray(false, true, false, "XFER call ; agency / reason"); is {
		return bad
	}
	i, no := l.theCall("Transfer which call?", false)
	if i == nil {
		return no
	}
	to, reason := l.halves()
	if to == "" || reason == "" {
		return more("Transfer " + l.room.name(i) + ": type ; agency / reason")
	}
	c, no := l.contact(i, anyone)
	if c == nil {
		return no
	}
	return ready("Transfer "+l.room.name(i)+" to "+to+quoted(reason), dispatch.TransferContact{Contact: c.ID, To: to, Reason: reason})
}

// join is JOIN: the first call to the second, or the one in hand to the one typed.
func join(l *line) Reading {
	one, other, no := l.twoCalls("Join", "JOIN call call ; reason")
	if one == nil {
		return no
	}
	say := "Join " + l.room.name(one) + " to " + l.room.name(other)
	if l.text == "" {
		return more(say + ": type ; and how it is known")
	}
	c, no := l.contact(one, anyone)
	if c == nil {
		return no
	}
	return ready(say+quoted(l.text), dispatch.JoinContact{Contact: c.ID, Incident: other.ID, Reason: l.text}).show("", other)
}

// deskState is SHUT and OPEN.
func deskState(shut bool) func(*line) Reading {
	return func(l *line) Reading {
		if bad, is := l.stray(false, false, true, l.verb+" desk ; reason"); is {
			return bad
		}
		if len(l.rest) != 1 {
			return more(l.verb + " which desk: " + listed(l.room.desks()))
		}
		hit, no := choose(l.rest[0], "desk", l.room.desks())
		if hit == nil {
			return no
		}
		if l.text == "" {
			return more(hit.Name + ": type ; and the reason")
		}
		if shut {
			return ready(hit.Name+" takes nothing more"+quoted(l.text), dispatch.ShutDesk{Desk: dispatch.DeskID(hit.Code), Reason: l.text}).undo("OPEN " + strings.ToUpper(hit.Code) + " ; shut by mistake")
		}
		return ready(hit.Name+" takes calls again"+quoted(l.text), dispatch.OpenDesk{Desk: dispatch.DeskID(hit.Code), Reason: l.text}).undo("SHUT " + strings.ToUpper(hit.Code) + " ; opened by mistake")
	}
}
