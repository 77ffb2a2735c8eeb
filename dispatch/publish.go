package dispatch

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
)

// What the public may read of bulletins: after a delay, or at once where a supervisor
// says so, and never what names a gate, a rendezvous, a unit or a reserve.

// longestName is how many words the name of a unit or gate may have to be found.
const longestName = 8

// OperationalNames are the words that no public text may hold: the call signs of units,
// the names and grids of gates, and what speaks of reserves and rendezvous.
type OperationalNames map[string]bool

// OperationalNames collects them from the state.
func (s *State) OperationalNames() OperationalNames {
	names := OperationalNames{"reserve": true, "reserves": true, "rendezvous": true, "cutoff": true, "cutoffs": true}
	add := func(name string) {
		if words := strings.Join(wordsOf(name), ""); words != "" {
			names[words] = true
		}
	}
	for id := range s.Units { // a set: the order cannot show
		add(string(id))
	}
	for _, z := range s.Zones { // a set: the order cannot show
		for _, g := range z.Gates {
			add(string(g.ID))
			add(g.Name)
			add(g.Grid)
			add(g.Rendezvous.Name)
			add(g.Rendezvous.Grid)
		}
	}
	return names
}

// In returns the first of the names that a text holds as whole words, however they are
// parted ("3E2", "3-E-2", "3 e 2"); empty: none.
func (n OperationalNames) In(text string) string {
	words := wordsOf(text)
	for from := range words {
		run := ""
		for _, w := range words[from:min(len(words), from+longestName)] {
			run += w
			if n[run] {
				return run
			}
		}
	}
	return ""
}

// wordsOf parts a text into words of letters and digits in lower case.
func wordsOf(text string) []string {
	return strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

// PublicBulletins lists, the newest first, what the public may read now. One that was
// withdrawn after the public could read it stays in the list, to be shown as such.
func (s *State) PublicBulletins(now Instant) []*Bulletin {
	names := s.OperationalNames()
	var all []*Bulletin
	for _, b := range s.Bulletins { // sorted below
		at := b.PublicAt()
		if at == 0 || at > now || (!b.InForce() && b.WithdrawnAt < at) || b.Text == "" || names.In(b.Text) != "" {
			continue
		}
		all = append(all, b)
	}
	slices.SortFunc(all, func(a, b *Bulletin) int { return cmp.Or(cmp.Compare(b.IssuedAt, a.IssuedAt), cmp.Compare(a.ID, b.ID)) })
	return all
}
