package command

import (
	"slices"
	"strings"

	"github.com/everycall/everycall/dispatch"
)

// LineMax is the longest line that is read, in bytes.
const LineMax = 4000

// MadeID stands in Reading.Undo for the id of what the line will have made, which nobody
// knows before: the first that the answer to the line names.
const MadeID = "{id}"

// Tone says what a reading is.
type Tone string

// The tones of a reading.
const (
	Idle  Tone = "idle"  // an empty line
	More  Tone = "more"  // something is missing, or help was asked for
	Wrong Tone = "wrong" // it cannot mean anything here
	Ready Tone = "ready" // Enter does what Say says
)

// Code is a short word with its name.
type Code struct{ Code, Name string }

// Room is what a line is read against: a state that nobody changes meanwhile, and what
// the person who types has before them.
type Room struct {
	State        *dispatch.State
	Now          dispatch.Instant
	Clock        func(hour, minute int) dispatch.Instant // the next time that the room's clocks show this
	Selected     dispatch.IncidentID                     // the card in hand; "": none
	Read         []dispatch.HazardID                     // hazards that the card in hand showed, and that were read
	By           string                                  // who answers for a decision: "K. Lee, dispatcher"
	Statuses     []Code                                  // two-letter code and name, in the order of dispatch.Statuses
	Dispositions []Code
}

// Show is what the console opens for a line.
type Show struct {
	Panel    string // "": none
	Incident dispatch.IncidentID
}

// Reading is what a line means.
type Reading struct {
	Tone Tone
	Say  string             // the meaning spoken back, or what is missing
	Do   []dispatch.Command // in this order; each may still be refused
	Show Show
	Undo string // the line that takes it back; "": there is none
}

// verb is one word that a line can be about.
type verb struct {
	names []string // the first is the one that help shows
	form  string
	what  string
	read  func(*line) Reading
}

// Help is one verb as the manual and the console show it.
type Help struct{ Verb, Form, What string }

// Verbs lists every verb, in the order of the manual, then the statuses.
func Verbs(r *Room) []Help {
	var all []Help
	for _, v := range verbs {
		all = append(all, Help{v.names[0], v.form, v.what})
	}
	for _, s := range r.Statuses {
		all = append(all, Help{s.Code, s.Code + " unit…", s.Name})
	}
	return all
}

// Read says what a line means. It changes nothing.
func Read(text string, r *Room) Reading {
	if len(text) > LineMax {
		return wrong("A line has at most 4000 bytes.")
	}
	l := split(text, r)
	if l.verb == "" {
		switch {
		case len(l.words) == 0:
			return Reading{Tone: Idle}
		case len(l.units) > 0 && len(l.rest) == 0 && len(l.numbers) == 0:
			return more(strings.Join(l.unitNames(), " + ") + ": which status or verb? ER OS AV D…")
		case len(l.units) == 0 && len(l.rest) == 0 && len(l.numbers) == 1:
			return about(l, "Select", Show{})
		}
		return l.unknownVerb()
	}
	if l.verb == "?" {
		return help(l)
	}
	if v := find(l.verb); v != nil {
		return v.read(l)
	}
	return setStatus(l)
}

func find(word string) *verb {
	for k := range verbs {
		if slices.Contains(verbs[k].names, word) {
			return &verbs[k]
		}
	}
	return nil
}

// isVerb reports whether a word is a verb or the code of a status.
func (r *Room) isVerb(word string) bool {
	return word == "?" || find(word) != nil || r.status(word) != ""
}

func (r *Room) status(word string) dispatch.Status {
	if word == "OOS" { // as many rooms say it
		word = "OO"
	}
	for k, s := range r.Statuses {
		if s.Code == word && k < len(dispatch.Statuses) {
			return dispatch.Statuses[k]
		}
	}
	return ""
}

func help(l *line) Reading {
	if len(l.rest) > 0 {
		for _, h := range Verbs(l.room) {
			if h.Verb == l.rest[0] || find(l.rest[0]) != nil && find(l.rest[0]).names[0] == h.Verb {
				return more(h.Form + "   " + h.What)
			}
		}
		return l.unknownVerb()
	}
	var names []string
	for _, h := range Verbs(l.room) {
		names = append(names, h.Verb)
	}
	return more(strings.Join(names, " ") + `   ("? VERB" shows its form)`)
}

// unknownVerb answers a line without a verb: with those that begin so.
func (l *line) unknownVerb() Reading {
	word := ""
	if len(l.rest) > 0 {
		word = l.rest[0]
	}
	var near []string
	for _, h := range Verbs(l.room) {
		if word != "" && strings.HasPrefix(h.Verb, word) {
			near = append(near, h.Verb+" "+h.What)
		}
	}
	switch {
	case len(near) > 0:
		return more(strings.Join(near, "   "))
	case word == "":
		return wrong("What is to be done with them? ? lists the verbs.")
	}
	return wrong("“" + word + "” is not a command, a unit or an open call. ? lists the verbs.")
}

func wrong(say string) Reading { return Reading{Tone: Wrong, Say: say} }
func more(say string) Reading  { return Reading{Tone: More, Say: say} }

func ready(say string, do ...dispatch.Command) Reading {
	return Reading{Tone: Ready, Say: say, Do: do}
}

func (r Reading) undo(line string) Reading {
	r.Undo = line
	return r
}

func (r Reading) show(panel string, i *dispatch.Incident) Reading {
	r.Show.Panel = panel
	if i != nil {
		r.Show.Incident = i.ID
	}
	return r
}
