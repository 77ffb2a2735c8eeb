package gazetteer

import (
	"math/bits"
	"slices"
	"strings"
)

// What a word's spelling may cost; an exact one costs nothing.
const (
	costPrefix  = 2 // half typed
	costTypo    = 3 // one error
	costTwoTypo = 5
	hitsMax     = 512 // words that one typed word may mean
)

// vocabulary is every word of every name, sorted. A misspelt word is sought
// among those of nearly its length that have nearly its letters: a comparison of
// two 64-bit sets each, so that tens of thousands cost some tens of
// microseconds.
type vocabulary struct {
	words    []string
	letters  []uint64 // by length, like byLength
	byLength []uint32 // word numbers by length in runes, then alphabetically
	start    [wordRunesMax*2 + 2]int
}

// hit is a word that a typed one may mean.
type hit struct {
	word uint32
	cost int
}

func newVocabulary(words []string) vocabulary {
	slices.Sort(words)
	v := vocabulary{words: slices.Clip(slices.Compact(words))}
	v.byLength = make([]uint32, len(v.words))
	lengths := make([]int, len(v.words))
	for i, w := range v.words {
		lengths[i] = min(len([]rune(w)), len(v.start)-2)
		v.byLength[i] = uint32(i)
	}
	slices.SortStableFunc(v.byLength, func(a, b uint32) int { return lengths[a] - lengths[b] })
	v.letters = make([]uint64, len(v.words))
	for i, w := range v.byLength {
		v.letters[i] = letterSet(v.words[w])
		v.start[lengths[w]+1] = i + 1
	}
	for i := 1; i < len(v.start); i++ {
		v.start[i] = max(v.start[i], v.start[i-1])
	}
	return v
}

// letterSet has a bit for each letter and digit, others sharing the rest.
func letterSet(w string) uint64 {
	var set uint64
	for _, r := range w {
		set |= 1 << (uint32(r) & 63)
	}
	return set
}

func (v *vocabulary) find(text string) (uint32, bool) {
	i, ok := slices.BinarySearch(v.words, text)
	return uint32(i), ok
}

// typosAllowed is how many errors a word of so many letters may have. Numbers
// have none: 12 is not 13.
func typosAllowed(w word, runes int) int {
	switch {
	case leadingDigits(w.text) > 0 || runes < 4:
		return 0
	case runes < 8:
		return 1
	}
	return 2
}

// hits lists what a typed word may mean, by word. It is the last one typed if
// open: then it may be the beginning of a longer one.
func (v *vocabulary) hits(w word, open bool) []hit {
	var out []hit
	if i, ok := v.find(w.text); ok {
		out = append(out, hit{i, 0})
	}
	exact := len(out) > 0
	if !(exact && w.number()) && (open || len(w.text) >= 4 && !exact && !w.number()) {
		for i, _ := v.find(w.text); int(i) < len(v.words) && strings.HasPrefix(v.words[i], w.text) && len(out) < hitsMax; i++ {
			if v.words[i] == w.text || w.ordinal && leadingDigits(v.words[i]) > 0 {
				continue
			}
			out = append(out, hit{i, costPrefix})
		}
	}
	if !exact {
		out = v.misspelt(out, w)
	}
	slices.SortFunc(out, func(a, b hit) int {
		if a.word != b.word {
			return int(a.word) - int(b.word)
		}
		return a.cost - b.cost
	})
	return slices.CompactFunc(out, func(a, b hit) bool { return a.word == b.word })
}

func (v *vocabulary) misspelt(out []hit, w word) []hit {
	var typed, other [wordRunesMax * 2]rune
	n := runesInto(&typed, w.text)
	allowed := typosAllowed(w, n)
	if allowed == 0 {
		return out
	}
	set := letterSet(w.text)
	for i := v.start[max(n-allowed, 1)]; i < v.start[min(n+allowed, len(v.start)-2)+1] && len(out) < hitsMax; i++ {
		if bits.OnesCount64(set&^v.letters[i]) > allowed || bits.OnesCount64(v.letters[i]&^set) > allowed {
			continue
		}
		text := v.words[v.byLength[i]]
		m := runesInto(&other, text)
		if d := distance(typed[:n], other[:m], allowed); d > 0 && d <= allowed && leadingDigits(text) == 0 {
			out = append(out, hit{v.byLength[i], map[int]int{1: costTypo, 2: costTwoTypo}[d]})
		}
	}
	return out
}

func runesInto(buffer *[wordRunesMax * 2]rune, text string) int {
	n := 0
	for _, r := range text {
		if n == len(buffer) {
			break
		}
		buffer[n] = r
		n++
	}
	return n
}

// distance is Damerau's and Levenshtein's, in the form where nothing between two
// exchanged letters changes (optimal string alignment), or more than limit. Only
// the band about the diagonal is computed: outside it the distance is greater.
func distance(a, b []rune, limit int) int {
	if len(a)-len(b) > limit || len(b)-len(a) > limit {
		return limit + 1
	}
	var rows [3][wordRunesMax*2 + 2]int8
	for j := range len(b) + 1 {
		rows[0][j] = int8(j)
	}
	far := int8(limit + 1)
	last := far // the least of the row above
	for i := 1; i <= len(a); i++ {
		row, above, twice := &rows[i%3], &rows[(i+2)%3], &rows[(i+1)%3]
		from, to := max(i-limit, 1), min(i+limit, len(b))
		row[from-1] = far
		if from == 1 {
			row[0] = int8(i)
		}
		least := row[from-1]
		for j := from; j <= to; j++ {
			d := above[j-1]
			if a[i-1] != b[j-1] {
				d++
			}
			d = min(d, above[j]+1, row[j-1]+1)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d = min(d, twice[j-2]+1)
			}
			row[j] = min(d, far)
			least = min(least, row[j])
		}
		row[to+1] = far // the next row reads one beyond
		if least == far && last == far && i > 1 {
			return limit + 1
		}
		last = least
	}
	return int(rows[len(a)%3][len(b)])
}
