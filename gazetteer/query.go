package gazetteer

import (
	"strconv"
	"strings"
)

// A query is read in several ways at once, for "11 pine" may be a house, a
// crossing or neither; search.go tries them all and keeps what exists.

// reading is one way to read a query.
type reading struct {
	number  int    // the house number or hundred; −1 without
	house   string // the number as typed: "1519A"; "" for a hundred
	first   []word // the street, or a name
	second  []word // the other street of a crossing
	open    bool   // the last word may be half typed
	cost    int    // what the reading itself takes for granted
	guessed bool
}

const (
	costSuffixNumber = 2 // "Hauptstraße 12": the number after the street
	costNoMark       = 1 // "11th pine": two streets with nothing between
	costLeftOut      = 2 // of a crossing: other words before or after it
	costCity         = 1 // the city's name left out where it may be part of a name
)

// leading are words before a place that say nothing.
var leading = map[string]bool{"corner": true, "intersection": true, "of": true, "near": true, "the": true, "address": true, "location": true, "on": true, "in": true, "to": true, "front": true}

// unitWords come before the number of a flat or floor, unitAfter after it.
var (
	unitWords = map[string]bool{"apt": true, "apartment": true, "unit": true, "ste": true, "suite": true, "rm": true, "room": true,
		"fl": true, "floor": true, "bldg": true, "building": true, "spc": true, "space": true, "lot": true, "#": true, "no": true, "number": true}
	unitAfter = map[string]bool{"fl": true, "floor": true}
)

// states are the two letters of those of the United States that are not also a
// direction or a kind of street.
var states = func() map[string]bool {
	out := map[string]bool{}
	for _, s := range strings.Fields("ak ar az ca co dc de fl ga hi ia id il in ks ky la ma md me mi mn mo ms mt nc nd nh nj nm nv ny oh ok or pa ri sc sd tn tx ut va vt wa wi wv wy") {
		if w, known := known[s]; !known || w.class == core {
			out[s] = true
		}
	}
	return out
}()

// read lists the ways to read a query, the likeliest first.
func (x *Index) read(query string) []reading {
	words := readWords(query)
	words = words[:min(len(words), QueryWordsMax)]
	open := !strings.HasSuffix(query, " ")
	for len(words) > 1 && (leading[words[0].text] && words[0].class == core || words[0].class == mark) {
		words = words[1:]
	}
	for len(words) > 0 && words[len(words)-1].class == mark {
		words = words[:len(words)-1]
		open = false
	}
	words = dropUnit(words)
	whole := len(words)
	words, city := x.dropTown(words)
	open = open && len(words) == whole
	var out []reading
	for n, part := range [2][]word{words, city} {
		if len(part) == 0 {
			continue
		}
		for _, r := range readForms(part, open && n == 0) {
			r.cost += n * costCity
			out = append(out, r)
		}
	}
	return out
}

// dropUnit leaves out flats, rooms and floors, which no map here knows.
func dropUnit(words []word) []word {
	out := make([]word, 0, len(words))
	for i := 0; i < len(words); i++ {
		w := words[i]
		if i >= 2 && unitWords[w.text] && (w.class == core || w.text == "#") {
			if n := len(out) - 1; unitAfter[w.text] && out[n].ordinal && n >= 2 {
				out = out[:n] // "4th floor"
				continue
			}
			last := i+1 == len(words)
			if last || len(words[i+1].text) <= 5 && words[i+1].class != way {
				i++ // "apt 3b"
				continue
			}
		}
		if w.text == "#" {
			continue
		}
		out = append(out, w)
	}
	return out
}

// dropTown leaves out what follows an address: a zip code, the state, words that
// the source says to ignore. Where those may be part of a name — nothing marks
// them off — the shorter form comes second as another.
func (x *Index) dropTown(words []word) (all, shorter []word) {
	marked := false
	n := len(words)
	if n >= 4 && words[n-1].number() && len(words[n-1].text) == 4 && words[n-2].number() && len(words[n-2].text) == 5 {
		n-- // 98122-1234
	}
	if n >= 3 && words[n-1].number() && !words[n-1].ordinal && len(words[n-1].text) == 5 && words[n-2].class != mark {
		n--
		marked = true
	} else {
		n = len(words)
	}
	cut := n
	for cut > 2 && (x.ignored[words[cut-1].text] || states[words[cut-1].text]) && words[cut-1].class != mark && words[cut-2].class != mark {
		cut--
	}
	if cut == n {
		return words[:n], nil
	}
	if marked || words[cut].late {
		return words[:cut], nil
	}
	return words[:n], words[:cut]
}

// readForms lists the forms that words can have.
func readForms(words []word, open bool) []reading {
	var out []reading
	if r, ok := readBlock(words); ok {
		r.open = open
		return []reading{r}
	}
	if r, ok := readAddress(words); ok {
		r.open = open
		out = append(out, r)
	}
	out = append(out, readCrossings(words, open)...)
	plain := withoutMarks(words)
	if len(plain) > 0 {
		out = append(out, reading{number: -1, first: plain, open: open})
	}
	if n := len(plain); n >= 2 && plain[n-1].number() && !plain[n-1].ordinal && !plain[0].number() && len(plain) == len(words) {
		if number, ok := houseNumber(plain[n-1].text); ok {
			out = append(out, reading{number: number, house: plain[n-1].text, first: plain[:n-1], cost: costSuffixNumber, guessed: true})
		}
	}
	return out
}

func withoutMarks(words []word) []word {
	out := make([]word, 0, len(words))
	for _, w := range words {
		if w.class != mark && w.text != "of" && w.text != "the" {
			out = append(out, w)
		}
	}
	return out
}

// readBlock reads "1500 block of 11 Av", "15XX Pine", "XX BLOCK OF W LEE ST",
// "1500 blk 11 av".
func readBlock(words []word) (reading, bool) {
	number, next := -1, 1
	w := words[0]
	digits := leadingDigits(w.text)
	hundreds := strings.HasSuffix(w.text, "xx") && digits == len(w.text)-2 && digits <= 4
	switch {
	case hundreds && digits == 0:
		number = 0
	case hundreds:
		number, _ = strconv.Atoi(w.text[:digits])
		number *= 100
	case w.number() && !w.ordinal && digits <= 6:
		number, _ = strconv.Atoi(w.text)
	default:
		return reading{}, false
	}
	block := hundreds
	if next < len(words) && words[next].text == "hundred" {
		number *= 100
		next++
		block = true
	}
	if next < len(words) && (words[next].text == "block" || words[next].text == "blk") {
		next++
		block = true
	}
	for next < len(words) && (words[next].text == "of" || words[next].text == "on" || words[next].class == mark) && block {
		next++
	}
	if !block || next >= len(words) || number > numberMax {
		return reading{}, false
	}
	return reading{number: number / 100 * 100, first: withoutMarks(words[next:])}, true
}

// readAddress reads "1519 12th ave", "1519A Pine", "1622 1/2 N 45 St",
// "1519-1521 Pine".
func readAddress(words []word) (reading, bool) {
	w := words[0]
	digits := leadingDigits(w.text)
	if digits == 0 || digits > 6 || len(w.text) > digits+1 || w.ordinal || w.class != core || len(words) < 2 {
		return reading{}, false
	}
	number, err := strconv.Atoi(w.text[:digits])
	if err != nil {
		return reading{}, false
	}
	house, rest := w.text, words[1:]
	switch {
	case len(rest) > 3 && rest[0].text == "1" && rest[1].text == "/" && rest[2].text == "2":
		house += " 1/2"
		rest = rest[3:]
	case rest[0].joined && rest[0].number() && len(rest) > 1:
		rest = rest[1:]
	}
	for _, r := range rest {
		if r.class == mark {
			return reading{}, false
		}
	}
	// "12 av" is a street; "7 north st" may be a house on one.
	if len(rest) < 2 && rest[0].class != core {
		return reading{}, false
	}
	return reading{number: number, house: strings.ToUpper(house), first: rest}, true
}

// readCrossings reads each two neighbours among what the marks divide.
func readCrossings(words []word, open bool) []reading {
	var parts [][]word
	from := 0
	for i := range len(words) + 1 {
		if i == len(words) || words[i].class == mark {
			if i > from {
				parts = append(parts, words[from:i])
			}
			from = i + 1
		}
	}
	var out []reading
	for i := 1; i < len(parts) && i < 5; i++ {
		out = append(out, reading{number: -1, first: parts[i-1], second: parts[i], open: open && i == len(parts)-1,
			cost: costLeftOut * (len(parts) - 2), guessed: len(parts) > 2})
	}
	return out
}

// readUnmarked reads words with nothing between them as two streets, in every
// way that gives both a name.
func readUnmarked(words []word, open bool) []reading {
	if len(words) < 2 || len(words) > 7 {
		return nil
	}
	var out []reading
	for i := 1; i < len(words); i++ {
		if words[i].class != core && i == len(words)-1 || !callsSomething(words[:i]) || !callsSomething(words[i:]) {
			continue
		}
		out = append(out, reading{number: -1, first: words[:i], second: words[i:], open: open, cost: costNoMark, guessed: true})
	}
	return out
}

func callsSomething(words []word) bool {
	for _, w := range words {
		if w.class == core {
			return true
		}
	}
	return false
}
