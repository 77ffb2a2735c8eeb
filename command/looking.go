package command

import (
	"strings"

	"github.com/everycall/everycall/dispatch"
)

// The verbs, in the order of the manual.
var verbs []verb

func init() { // help reads the list that it stands in
	verbs = []verb{
		{[]string{"D", "DISP"}, "D unit… call RV ; why, where a zone's rule says no", "Dispatch; RV: to the rendezvous", send},
		{[]string{"STACK"}, "STACK unit call ; reason", "Stack behind what it is doing", send},
		{[]string{"OFF"}, "OFF unit… call ; reason", "Take off a call", takeOff},
		{[]string{"XCH"}, "XCH unit unit ; reason", "Exchange two units", exchange},
		{[]string{"PMT"}, "PMT unit call RV ; reason", "Take from a less urgent call", preempt},
		{[]string{"ALARM"}, "ALARM call level ; reason", "Raise the alarm level", level(true)},
		{[]string{"LOWER"}, "LOWER call level ; reason", "Lower the alarm level", level(false)},
		{[]string{"SVC"}, "SVC call service LEAD|DONE code ; reason", "One more service, its lead, its end", service},
		{[]string{"MV"}, "MV unit station|HOME ; reason", "Move up, or send home", moveUp},
		{[]string{"H", "HOLD"}, "H call minutes ; reason", "Hold, with a promise", hold},
		{[]string{"RING"}, "RING call minutes|NO|UNSAFE ; what has changed", "Ring back", ring},
		{[]string{"DIV"}, "DIV call desk ; words / reason", "Divert", divert},
		{[]string{"APT"}, "APT call HH:MM desk ; words / reason", "Appoint", appoint},
		{[]string{"DEC"}, "DEC call ; words / reason", "Decline", decline},
		{[]string{"STAGE"}, "STAGE call ; plan", "Stage, with a plan", because("Stage", "STAGE call ; plan", anyone, func(c dispatch.ContactID, text string) dispatch.Command {
			return dispatch.StageContact{Contact: c, Plan: text}
		})},
		{[]string{"RES"}, "RES call ; reason", "Resume: let it wait again", because("Let wait again", "RES call ; reason", putOff, func(c dispatch.ContactID, text string) dispatch.Command {
			return dispatch.ResumeContact{Contact: c, Reason: text}
		})},
		{[]string{"BACK"}, "BACK call ; reason", "Give back, from a desk", because("Give back", "BACK call ; reason", given, func(c dispatch.ContactID, text string) dispatch.Command {
			return dispatch.RefuseDiverted{Contact: c, Reason: text}
		})},
		{[]string{"XFER"}, "XFER call ; agency / reason", "Transfer", transfer},
		{[]string{"JOIN"}, "JOIN call call ; reason", "Join", join},
		{[]string{"LINK"}, "LINK call call ; reason", "Link: related", link},
		{[]string{"UNLINK"}, "UNLINK call call ; reason", "Take a link back", pair("Unlink", " and ", "UNLINK call call ; reason", func(l *line, one, other *dispatch.Incident) dispatch.Command {
			return dispatch.UnlinkIncidents{Incident: one.ID, Other: other.ID, Reason: l.text}
		})},
		{[]string{"MERGE"}, "MERGE call call ; reason", "Merge the first, with its units, into the second", pair("Merge", " into ", "MERGE call call ; reason", func(l *line, one, other *dispatch.Incident) dispatch.Command {
			return dispatch.MergeIncidents{From: one.ID, Into: other.ID, Reason: l.text, Hazards: l.hazards(other)}
		})},
		{[]string{"MAJOR"}, "MAJOR call END ; commander / channel / reason", "Major incident; END: no longer", major},
		{[]string{"TOW"}, "TOW call list ; why one is skipped", "Call the next of a rotation", tow},
		{[]string{"ABN"}, "ABN call ; reason", "Caller has gone", because("Caller has gone:", "ABN call ; reason", anyone, func(c dispatch.ContactID, text string) dispatch.Command {
			return dispatch.AbandonContact{Contact: c, Reason: text}
		})},
		{[]string{"C", "CLOSE"}, "C call code", "Close", closeCall},
		{[]string{"REOPEN"}, "REOPEN call ; reason", "Reopen", reopen},
		{[]string{"PRI"}, "PRI call P1…P5 ; reason", "Priority", rank},
		{[]string{"TYPE"}, "TYPE call code ; reason", "Type", retype},
		{[]string{"NOTE"}, "NOTE call ; words", "Add a note", note},
		{[]string{"STRIKE"}, "STRIKE call note ; reason", "Strike a note, the last one where none is named", strike},
		{[]string{"POSTURE"}, "POSTURE service area P12 HHMM ; reason", "Answer only these priorities", declare},
		{[]string{"PRE"}, "PRE preset ; reason", "Declare a preset", preset},
		{[]string{"RENEW"}, "RENEW posture HHMM ; reason", "Posture goes on", renew},
		{[]string{"END"}, "END posture ; reason", "End a posture", end},
		{[]string{"SHUT"}, "SHUT desk ; reason", "Desk takes nothing more", deskState(true)},
		{[]string{"OPEN"}, "OPEN desk ; reason", "Desk takes calls again", deskState(false)},
		{[]string{"WHY"}, "WHY call", "Why it is as it is", why},
		{[]string{"S"}, "S call", "Select", func(l *line) Reading { return about(l, "Select", Show{}) }},
		{[]string{"N", "NEW"}, "N", "New call", panel("call")},
		{[]string{"SWEEP"}, "SWEEP", "Sweep", panel("sweep")},
		{[]string{"DUE"}, "DUE", "Who is to be rung back", panel("ring")},
		{[]string{"DESKS"}, "DESKS", "Desks", panel("desks")},
		{[]string{"CLR"}, "CLR", "Clear the marked calls together", panel("clear")},
		{[]string{"WAYS"}, "WAYS", "Ways and hazards", panel("ways")},
		{[]string{"CLAIMS"}, "CLAIMS", "Claims and bulletins", panel("claims")},
		{[]string{"ZONES"}, "ZONES", "Zones and gates", panel("zones")},
		{[]string{"COVER", "STATIONS"}, "COVER", "Stations and cover", panel("stations")},
		{[]string{"SHIFT", "HANDOVER"}, "SHIFT", "Handover, BOLOs, past calls", panel("shift")},
		{[]string{"AID"}, "AID", "Mutual aid", panel("aid")},
		{[]string{"LIAISON"}, "LIAISON", "Liaison and agreements", panel("liaison")},
		{[]string{"?"}, "? verb", "This list, or the form of one", help},
	}
}

// panel opens a panel of the console.
func panel(name string) func(*line) Reading {
	return func(l *line) Reading {
		if len(l.words) > 1 || l.text != "" {
			return wrong(l.verb + " takes nothing after it.")
		}
		return ready(find(l.verb).what).show(name, nil)
	}
}

// about shows a call, open or closed.
func about(l *line, what string, show Show) Reading {
	if bad, is := l.stray(false, true, false, "S call"); is {
		return bad
	}
	i, no := l.theCall(what+" which call?", true)
	if i == nil {
		return no
	}
	out := ready(what + " " + l.room.name(i))
	out.Show = Show{Panel: show.Panel, Incident: i.ID}
	return out
}

// why says what counts for a call's state, and opens the whole chain.
func why(l *line) Reading {
	out := about(l, "Why", Show{Panel: "why"})
	i := l.room.State.Incidents[out.Show.Incident]
	if i == nil {
		return out
	}
	c := l.room.State.Lead(i)
	if c == nil || l.room.State.Confidential[c.ID] != nil {
		return out
	}
	var chain []string
	for _, b := range l.room.State.Why(c, l.room.Now) {
		if b.Counts {
			chain = append(chain, b.Text)
		}
	}
	out.Say += ": " + strings.Join(chain, "; ")
	return out
}
