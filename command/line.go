package command

import (
	"slices"
	"strconv"
	"strings"

	"github.com/everycall/everycall/dispatch"
)

// line is a line in its parts.
type line struct {
	room    *Room
	verb    string
	words   []string // everything before the semicolon, in upper case
	units   []*dispatch.Unit
	numbers []uint64 // every number, in the order typed
	rest    []string // other words
	text    string   // after the semicolon
	both    string   // a number that is a unit and a call too
}

// split sorts the words of a line. The verb is the first word that is one and no call sign;
// where a call sign is spelt like a verb, the word counts as the verb where it stands first.
func split(text string, r *Room) *line {
	head, tail, _ := strings.Cut(text, ";")
	l := &line{room: r, text: strings.TrimSpace(tail)}
	l.words = strings.FieldsFunc(strings.ToUpper(head), func(c rune) bool { return c == ' ' || c == ',' || c == '\t' })
	for k, w := range l.words {
		unit := r.unit(strings.TrimPrefix(w, "@"))
		if l.verb == "" && r.isVerb(w) && (unit == nil || k == 0) {
			l.verb = w
			continue
		}
		n, number := numberOf(w)
		switch {
		case strings.HasPrefix(w, "@") && unit == nil:
			l.rest = append(l.rest, w)
		case unit != nil && number && w[0] != '#' && r.call(n) != nil && w[0] != '@':
			l.both = w
		case unit != nil && w[0] != '#':
			if !slices.Contains(l.units, unit) {
				l.units = append(l.units, unit)
			}
		case number:
			l.numbers = append(l.numbers, n)
		default:
			l.rest = append(l.rest, w)
		}
	}
	return l
}

// numberOf reads "2041" and "#2041".
func numberOf(w string) (uint64, bool) {
	digits := strings.TrimPrefix(w, "#")
	if digits == "" || len(digits) > 9 || strings.Trim(digits, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.ParseUint(digits, 10, 64)
	return n, err == nil
}

// unit finds a unit by its call sign, in whatever case it is typed.
func (r *Room) unit(sign string) *dispatch.Unit {
	if u := r.State.Units[dispatch.UnitID(sign)]; u != nil && !u.Retired {
		return u
	}
	for _, u := range r.State.Units { // call signs are unique; the least one where case alone tells them apart
		if !u.Retired && strings.EqualFold(string(u.ID), sign) {
			return r.least(sign)
		}
	}
	return nil
}

func (r *Room) least(sign string) *dispatch.Unit {
	var first *dispatch.Unit
	for _, u := range r.State.Units { // the least id: the order cannot show
		if !u.Retired && strings.EqualFold(string(u.ID), sign) && (first == nil || u.ID < first.ID) {
			first = u
		}
	}
	return first
}

// call finds an incident by its number, open or closed.
func (r *Room) call(n uint64) *dispatch.Incident {
	for _, i := range r.State.Incidents { // numbers are unique: the order cannot show
		if i.Number == n {
			return i
		}
	}
	return nil
}

func (r *Room) open(n uint64) *dispatch.Incident {
	if i := r.call(n); i != nil && i.Open() {
		return i
	}
	return nil
}

func (r *Room) selected() *dispatch.Incident { return r.State.Incidents[r.Selected] }

// name is how a call is spoken back: its number, its type, and its place where that may
// be said.
func (r *Room) name(i *dispatch.Incident) string {
	text := strconv.FormatUint(i.Number, 10)
	for _, t := range r.State.Config.Types {
		if t.Code == i.Type {
			text += " " + t.Name
		}
	}
	if c := r.State.Lead(i); c != nil && r.State.Confidential[c.ID] == nil && c.Person.Place != "" {
		text += ", " + c.Person.Place
	}
	return text
}

func (l *line) unitNames() []string {
	var names []string
	for _, u := range l.units {
		names = append(names, string(u.ID))
	}
	return names
}

// stray refuses what a verb has no use for.
func (l *line) stray(units, numbers, rest bool, form string) (Reading, bool) {
	var bad []string
	if l.both != "" {
		return wrong(l.both + " is a unit and a call: #" + l.both + " means the call, @" + l.both + " the unit."), true
	}
	if !units {
		bad = append(bad, l.unitNames()...)
	}
	if !numbers {
		for _, n := range l.numbers {
			bad = append(bad, strconv.FormatUint(n, 10))
		}
	}
	if !rest {
		bad = append(bad, l.rest...)
	}
	if len(bad) == 0 {
		return Reading{}, false
	}
	return wrong("Not known here: " + strings.Join(bad, ", ") + ". The form is " + form), true
}

// theCall is the one call of a line: typed, or the one in hand.
func (l *line) theCall(ask string, closed bool) (*dispatch.Incident, Reading) {
	if len(l.numbers) > 1 {
		return nil, wrong("One call, not " + joined(l.numbers) + ".")
	}
	i := l.room.selected()
	if len(l.numbers) == 1 {
		i = l.room.call(l.numbers[0])
		if i == nil {
			return nil, wrong("Not a call: " + joined(l.numbers))
		}
	}
	switch {
	case i == nil:
		return nil, more(ask)
	case !closed && !i.Open():
		return nil, wrong(l.room.name(i) + " is closed (" + i.Disposition + "). REOPEN opens it.")
	}
	return i, Reading{}
}

// marked says where a call was not typed but taken from the card in hand.
func (l *line) marked() string {
	if len(l.numbers) == 0 {
		return " (selected)"
	}
	return ""
}

func joined(numbers []uint64) string {
	var all []string
	for _, n := range numbers {
		all = append(all, strconv.FormatUint(n, 10))
	}
	return strings.Join(all, ", ")
}

// contact is the contact that speaks for a call among those that fit.
func (l *line) contact(i *dispatch.Incident, fits func(*dispatch.Contact) bool) (*dispatch.Contact, Reading) {
	for _, id := range i.Contacts {
		if c := l.room.State.Contacts[id]; c != nil && !c.Outcome.Kind.Final() && c.Outcome.Kind != dispatch.OutcomeDuplicate && fits(c) {
			return c, Reading{}
		}
	}
	return nil, wrong("Nobody of call " + strconv.FormatUint(i.Number, 10) + " is waiting for that.")
}

func anyone(*dispatch.Contact) bool { return true }

// halves reads "words / reason".
func (l *line) halves() (words, reason string) {
	words, reason, _ = strings.Cut(l.text, " / ")
	return strings.TrimSpace(words), strings.TrimSpace(reason)
}

func quoted(text string) string {
	if text == "" {
		return ""
	}
	return ": “" + text + "”"
}

// pick finds the one code that is meant: exactly, or by what begins only one of them or
// begins a word of only one.
func pick(word string, codes []Code, least int) (hit *Code, near []Code) {
	for k, c := range codes {
		up := strings.ToUpper(c.Code)
		if up == word {
			return &codes[k], nil
		}
		begins := strings.HasPrefix(up, word)
		for _, part := range strings.FieldsFunc(up, func(r rune) bool { return r == '_' || r == '-' || r == ' ' }) {
			begins = begins || strings.HasPrefix(part, word)
		}
		if begins {
			near = append(near, c)
		}
	}
	if len(near) == 1 && len(word) >= least {
		return &near[0], near
	}
	return nil, near
}

func listed(codes []Code) string {
	var all []string
	for _, c := range codes {
		all = append(all, strings.ToUpper(c.Code))
	}
	return strings.Join(all, " ")
}

func named(codes []Code) string {
	var all []string
	for _, c := range codes {
		all = append(all, strings.ToUpper(c.Code)+" "+c.Name)
	}
	return strings.Join(all, "   ")
}

// choose answers for a word that is to be one of several codes.
func choose(word, what string, codes []Code) (*Code, Reading) {
	hit, near := pick(word, codes, 3)
	switch {
	case hit != nil:
		return hit, Reading{}
	case len(near) > 0:
		return nil, more(named(near))
	}
	return nil, wrong("“" + word + "” is not a " + what + ": " + listed(codes))
}
