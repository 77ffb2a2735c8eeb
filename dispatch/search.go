package dispatch

import "strings"

// RecordSearch writes down that somebody searched past incidents by words. The rules
// refuse what looks for a person; what is found, and by whom it may be read, is the
// reader's. Searches by place, number and time look for no words and are not recorded.
type RecordSearch struct {
	Words string
	From  Instant
	Until Instant
	Why   string
}

// SearchMade: somebody searched past incidents for these words.
type SearchMade struct {
	ID      string  `json:"id"`
	From    Instant `json:"from"`
	Until   Instant `json:"until"`
	Private Private `json:"-"` // Text: the words; Place: why
}

func (RecordSearch) CommandName() string { return "RecordSearch" }
func (*SearchMade) EventName() string    { return "SearchMade" }

func (e *SearchMade) Subject() string  { return "search:" + e.ID }
func (e *SearchMade) Secret() *Private { return &e.Private }

func (c RecordSearch) decide(s *State, m Meta, out []Event) ([]Event, *Rejection) {
	if no := checkLines("words", c.Words, "why", c.Why); no != nil {
		return nil, no
	}
	words := SearchWords(c.Words)
	if len(words) == 0 || len(words) > MaxSearchWords {
		return nil, reject(LimitReached, "%d words: 1 to MaxSearchWords, each of two letters or more", len(words)).at("words")
	}
	if HoldsNumber(c.Words) {
		return nil, reject(SearchForPerson, "past incidents are not searched for a telephone number: name a place, a time or what happened").at("words")
	}
	if c.From <= 0 || c.Until <= c.From || c.Until > m.At || c.Until.Since(c.From) > SearchSpanMax {
		return nil, reject(TimeInvalid, "words are searched in a past span of at most 31 days").at("from")
	}
	return append(out, &SearchMade{ID: numbered("se", s.Counters.Search+1), From: c.From, Until: c.Until, Private: Private{Text: c.Words, Place: c.Why}}), nil
}

func (e *SearchMade) evolve(s *State, _ Stamped) { s.Counters.Search++ }

// SearchWords parts a text into the words that a search compares.
func SearchWords(text string) []string {
	var words []string
	for _, w := range wordsOf(text) {
		if len(w) > 1 && !contains(words, w) {
			words = append(words, w)
		}
	}
	return words
}

// HoldsNumber reports whether a text holds what may be a telephone number: seven digits
// or more, however they are parted.
func HoldsNumber(text string) bool {
	digits := 0
	for _, r := range text {
		switch {
		case r >= '0' && r <= '9':
			if digits++; digits >= 7 {
				return true
			}
		case strings.ContainsRune(" -.()/+", r):
		default:
			digits = 0
		}
	}
	return false
}

// withoutNumbers leaves out of a text what may be a telephone number.
func withoutNumbers(text string) string {
	var b, run strings.Builder
	flush := func() {
		if !HoldsNumber(run.String()) {
			b.WriteString(run.String())
		}
		run.Reset()
	}
	for _, r := range text {
		if r >= '0' && r <= '9' || strings.ContainsRune(" -.()/+", r) {
			run.WriteRune(r)
			continue
		}
		flush()
		b.WriteRune(r)
	}
	flush()
	return b.String()
}

// WordsFound reports whether texts about an incident hold all words of a search. The
// names of its callers, and telephone numbers, are left out of them.
func WordsFound(words, texts, names []string) bool {
	var without []string
	for _, name := range names {
		without = append(without, wordsOf(name)...)
	}
	found := map[string]bool{}
	for _, text := range texts {
		for _, w := range wordsOf(withoutNumbers(text)) {
			if !contains(without, w) {
				found[w] = true
			}
		}
	}
	for _, w := range words {
		if !found[w] {
			return false
		}
	}
	return true
}
