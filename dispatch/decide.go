package dispatch

import "strings"

// Meta is what the engine stamps on a command: when, by whom, under which id.
type Meta struct {
	At Instant // never before State.Now
	By string  // the principal, as auth names it: who is answerable
	ID string  // the command id: the same gesture sent twice is one command
}

// Command is one gesture. The commands are the exported types of this package
// that have a CommandName.
type Command interface {
	// CommandName is the imperative name of GLOSSARY.md: "DispatchUnit".
	CommandName() string
	decide(s *State, m Meta, out []Event) ([]Event, *Rejection)
}

// Event is one thing that has happened.
type Event interface {
	// EventName is the past-tense name of GLOSSARY.md: "UnitDispatched".
	EventName() string
	evolve(s *State, e Stamped)
}

// Sealed is an Event with something to say about people.
type Sealed interface {
	Event
	// Subject names the key that the private part is sealed under.
	Subject() string
	// Secret points at the private part, which the clear encoding leaves out.
	Secret() *Private
}

// Begins reports whether an event brings the subject of its private part into being. What
// is said of a subject that no event has begun is taken for one that was erased, and is
// not kept.
func Begins(e Event) bool {
	switch e.(type) {
	case *ContactReceived, *ClaimRecorded, *BulletinIssued, *LiaisonRecorded, *AgreementRecorded, *HazardRecorded, *BoloIssued, *HandoverOffered, *SearchMade:
		return true
	}
	return false
}

// Stamped is an event as it happened: with its time and who is answerable.
type Stamped struct {
	At    Instant
	By    string
	Event Event
}

// Decide answers what a command does: events, or a rejection and no event. It
// changes nothing. The events are appended to out, which may be nil; a caller
// that decides often passes the same buffer again.
func Decide(s *State, m Meta, c Command, out []Event) ([]Event, *Rejection) {
	if m.At < s.Now {
		return out, reject(ClockBehind, "the stamp is %d ms before the newest event", int64(s.Now.Since(m.At)))
	}
	if m.By == "" {
		return out, reject(NobodyAsked, "a command needs somebody who is answerable for it")
	}
	events, no := c.decide(s, m, out)
	if no != nil {
		return out, no
	}
	return events, nil
}

// Evolve changes the state by one event. It may not refuse.
func Evolve(s *State, e Stamped) {
	if e.At > s.Now {
		s.Now = e.At
	}
	e.Event.evolve(s, e)
}

// checkText refuses text that is too long or holds control characters. Line
// breaks and tabs are allowed where lines is true.
func checkText(field, text string, maxBytes int, lines bool) *Rejection {
	if len(text) > maxBytes {
		return reject(TextTooLong, "%s has %d bytes: at most %d", field, len(text), maxBytes).at(field)
	}
	for _, r := range text {
		if r >= ' ' && r < 0x7f {
			continue
		}
		if (r < ' ' && !(lines && (r == '\n' || r == '\t'))) || r == 0x7f || r == 0xfffd || (r >= 0x80 && r < 0xa0) || r == 0x202e || r == 0x2066 {
			return reject(TextUnprintable, "%s holds a control character (U+%04X): type it again without", field, r).at(field)
		}
	}
	return nil
}

// checkLine refuses a one-line text that is empty, too long or unprintable.
func checkLine(field, text string) *Rejection {
	if strings.TrimSpace(text) == "" {
		return reject(FieldMissing, "%s is needed", field).at(field)
	}
	return checkText(field, text, MaxLineBytes, false)
}

// checkLines is checkLine for several fields: name, value, name, value, …
func checkLines(pairs ...string) *Rejection {
	for i := 0; i+1 < len(pairs); i += 2 {
		if no := checkLine(pairs[i], pairs[i+1]); no != nil {
			return no
		}
	}
	return nil
}
