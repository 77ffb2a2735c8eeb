package gazetteer

import (
	"cmp"
	"math/bits"
	"slices"

	"github.com/everycall/everycall/geo"
)

// What the difference between a phrase and a name costs, beside its words' own.
const (
	costOrder     = 1 // the same words in another order, or anything else amiss
	costNoSide    = 1 // "pine st" for "E Pine St"
	costNoWay     = 1 // "pine" for "Pine St"
	costNoCore    = 3 // "washington" for "Lake Washington"
	costNoWord    = 1 // of a place, once: "harborview" for "Harborview Medical Center"
	costMended    = 1 // "broad way" for "Broadway"
	costOtherSide = 4 // a direction that the name has not
	costOtherWay  = 3 // a kind of street that the name has not
	costStrange   = 6 // a word that the name has not
	costTrailing  = 2 // … after a comma

	costFound     = 3     // a phrase that costs no more is well understood
	scoresMax     = 4_000 // names compared with one phrase
	candidatesMax = 48    // names kept for one phrase
	phraseMax     = 10    // words of one phrase; those beyond are strange to every name
)

// nameTable finds streets and places by phrases.
type nameTable struct {
	words    vocabulary
	entries  []entry
	parts    []part
	postings []uint32 // entries, by word; only for words that a name is called by
	first    []uint32 // per word, into postings; one more at the end
}

// entry is one name of a street or place.
type entry struct {
	ref   uint32 // street or place
	place bool
	count uint8
	parts uint32    // the first
	point geo.Point // about where it is, to break ties
}

// part is a word of a name.
type part struct {
	word  uint32
	class class
}

// candidate is a name that a phrase may mean.
type candidate struct {
	ref     uint32
	place   bool
	cost    int
	guessed bool // the words were not all there as they are written
	strange int  // words of the phrase that the name has not
	other   bool // … and the first to call something is one of them
	entry   uint32
}

func newNameTable(streets []string, one []uint32, places []Place) nameTable {
	type named struct {
		ref   uint32
		place bool
		words []word
	}
	var all []named
	var texts []string
	add := func(ref int, place bool, text string) {
		words := nameWords(text)
		if len(words) == 0 {
			return
		}
		all = append(all, named{uint32(ref), place, words})
		for _, w := range words {
			texts = append(texts, w.text)
		}
	}
	for i, s := range streets {
		add(int(one[i]), false, s)
	}
	for i, p := range places {
		add(i, true, p.Name)
		for _, alias := range p.Aliases {
			add(i, true, alias)
		}
	}
	t := nameTable{words: newVocabulary(texts)}
	type posting struct{ word, entry uint32 }
	var posts []posting
	for _, n := range all {
		id := uint32(len(t.entries))
		e := entry{ref: n.ref, place: n.place, count: uint8(len(n.words)), parts: uint32(len(t.parts))}
		for _, w := range n.words {
			number, _ := t.words.find(w.text)
			if n.place {
				w.class = core
			}
			t.parts = append(t.parts, part{number, w.class})
			if w.class == core {
				posts = append(posts, posting{number, id})
			}
		}
		t.entries = append(t.entries, e)
	}
	slices.SortFunc(posts, func(a, b posting) int { return cmp.Or(cmp.Compare(a.word, b.word), cmp.Compare(a.entry, b.entry)) })
	posts = slices.Compact(posts)
	t.postings = make([]uint32, len(posts))
	t.first = make([]uint32, len(t.words.words)+1)
	for i, p := range posts {
		t.postings[i] = p.entry
		t.first[p.word+1] = uint32(i + 1)
	}
	for i := 1; i < len(t.first); i++ {
		t.first[i] = max(t.first[i], t.first[i-1])
	}
	return t
}

func (t *nameTable) named(word uint32) []uint32 { return t.postings[t.first[word]:t.first[word+1]] }

// asked is a word of a phrase with what it may mean.
type asked struct {
	word
	hits   []hit
	weight int // names that it could be part of
}

// memory keeps what the words of one query may mean, for its readings ask for the
// same words again and again.
type memory map[remembered][]hit

type remembered struct {
	word word
	open bool
}

func (m memory) hits(v *vocabulary, w word, open bool) []hit {
	w.late, w.joined = false, false
	key := remembered{w, open}
	found, ok := m[key]
	if !ok {
		found = v.hits(w, open)
		m[key] = found
	}
	return found
}

// look finds the names that a phrase may mean, best first, those that cost the
// same by nearness. Its last word is half typed if open. keep says which of
// streets and places are wanted.
func (t *nameTable) look(m memory, phrase []word, open bool, near geo.Point, keep func(place bool) bool) []candidate {
	phrase = phrase[:min(len(phrase), phraseMax)]
	out := t.compare(m, nil, phrase, 0, open, keep)
	if !slices.ContainsFunc(out, func(c candidate) bool { return c.cost <= costFound }) {
		if mended, cost := t.mend(phrase); cost > 0 {
			out = t.compare(m, out, mended, cost, open, keep)
		}
	}
	return t.best(out, near)
}

// compare adds the names that have something in common with a phrase which cost
// so much to mend.
func (t *nameTable) compare(m memory, out []candidate, phrase []word, mended int, open bool, keep func(place bool) bool) []candidate {
	q := make([]asked, len(phrase))
	var order []int // words to look under, rarest first
	for i, w := range phrase {
		q[i] = asked{word: w}
		if w.class != core {
			if id, ok := t.words.find(w.text); ok {
				q[i].hits = []hit{{id, 0}}
			}
		} else {
			q[i].hits = m.hits(&t.words, w, open && i == len(phrase)-1)
		}
		for _, h := range q[i].hits {
			q[i].weight += len(t.named(h.word))
		}
		if q[i].weight > 0 {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(q[a].class, q[b].class), cmp.Compare(q[a].weight, q[b].weight))
	})
	budget, whole := scoresMax, false
	for n, i := range order {
		if n > 0 && (whole || q[i].class != core && q[order[0]].class == core) {
			break
		}
		for _, h := range q[i].hits {
			for _, e := range t.named(h.word) {
				if budget--; budget < 0 {
					break
				}
				if c, ok := t.score(q, e); ok && keep(c.place) {
					if mended > 0 {
						c.cost, c.guessed = c.cost+mended, true
					}
					out = append(out, c)
					whole = whole || c.strange == 0
				}
			}
		}
	}
	return out
}

// best keeps the cheapest name of each street and place.
func (t *nameTable) best(all []candidate, near geo.Point) []candidate {
	slices.SortFunc(all, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(a.cost, b.cost), cmp.Compare(a.entry, b.entry))
	})
	if len(all) > candidatesMax {
		// Only those that cost as little as the last one kept need the distance.
		last := all[candidatesMax-1].cost
		from, to := 0, len(all)
		for from < len(all) && all[from].cost < last {
			from++
		}
		for to > 0 && all[to-1].cost > last {
			to--
		}
		tied := all[from:to]
		away := make(map[uint32]geo.Millimetres, len(tied))
		for _, c := range tied {
			away[c.entry] = geo.Distance(near, t.entries[c.entry].point)
		}
		slices.SortFunc(tied, func(a, b candidate) int {
			return cmp.Or(cmp.Compare(away[a.entry], away[b.entry]), cmp.Compare(a.entry, b.entry))
		})
	}
	out := all[:0]
	for _, c := range all {
		if len(out) == candidatesMax {
			break
		}
		if !slices.ContainsFunc(out, func(o candidate) bool { return o.ref == c.ref && o.place == c.place }) {
			out = append(out, c)
		}
	}
	return out
}

// score compares a phrase with a name; false if they have too little in common.
func (t *nameTable) score(q []asked, id uint32) (candidate, bool) {
	e := t.entries[id]
	parts := t.parts[e.parts : e.parts+uint32(e.count)]
	c := candidate{ref: e.ref, place: e.place, entry: id}
	var used uint32
	cost, common, inOrder, short := 0, 0, len(q) == len(parts), false
	first := slices.IndexFunc(q, func(a asked) bool { return a.class == core })
	for i := range q {
		at, price := meets(&q[i], parts, used)
		if at >= 0 {
			used |= 1 << at
			cost += price
			inOrder = inOrder && at == i
			if parts[at].class == core && (q[i].class == core || first < 0) {
				common++
			}
			continue
		}
		c.other = c.other || i == first
		switch {
		case q[i].class == side:
			cost += costOtherSide
		case q[i].class == way:
			cost += costOtherWay
		case q[i].late:
			cost += costTrailing
			c.strange++
		default:
			cost += costStrange
			c.strange++
		}
	}
	for j, p := range parts {
		if used&(1<<j) != 0 {
			continue
		}
		switch {
		case e.place:
			short = true
		case p.class == side:
			cost += costNoSide
		case p.class == way:
			cost += costNoWay
		default:
			cost += costNoCore
		}
	}
	if short {
		cost += costNoWord
	}
	if common == 0 || c.other && c.strange > common+bits.OnesCount32(used) {
		return candidate{}, false
	}
	c.guessed = cost > 0
	if cost > 0 || !inOrder {
		cost += costOrder
	}
	c.cost = cost
	return c, true
}

// meets finds the free part of a name that a word means best.
func meets(w *asked, parts []part, used uint32) (at, price int) {
	at = -1
	for j, p := range parts {
		if used&(1<<j) != 0 {
			continue
		}
		i, ok := slices.BinarySearchFunc(w.hits, p.word, func(h hit, word uint32) int { return cmp.Compare(h.word, word) })
		if ok && (at < 0 || w.hits[i].cost < price) {
			at, price = j, w.hits[i].cost
		}
	}
	return at, price
}

// mend mends what no single word shows: two words that the names write as one
// ("broad way"), and misspelt kinds and directions ("aveneu", "noth"). It says
// what that costs.
func (t *nameTable) mend(phrase []word) (out []word, cost int) {
	out = make([]word, 0, len(phrase))
	for i := 0; i < len(phrase); i++ {
		w := phrase[i]
		if _, known := t.words.find(w.text); w.class == core && !known && !w.number() {
			if form, ok := misspeltForm(w.text); ok {
				form.late = w.late
				out = append(out, form)
				cost += costTypo
				continue
			}
		}
		if i+1 < len(phrase) && !w.number() && !phrase[i+1].number() && phrase[i+1].class != side {
			for _, joined := range [2]string{w.text + phrase[i+1].text, longForm(w) + longForm(phrase[i+1])} {
				if _, ok := t.words.find(joined); ok && len(joined) > 4 {
					w = word{text: joined, late: w.late}
					i++
					cost += costMended
					break
				}
			}
		}
		out = append(out, w)
	}
	return out, cost
}

// longForms is how a kind or direction is written in full.
var longForms = func() map[string]string {
	out := map[string]string{}
	for _, c := range []class{way, side} {
		for typed, text := range spellings[c] {
			if len(typed) > len(out[text]) && typed != "saint" || len(typed) == len(out[text]) && typed < out[text] {
				out[text] = typed
			}
		}
	}
	return out
}()

func longForm(w word) string {
	if long, ok := longForms[w.text]; ok && w.class != core {
		return long
	}
	return w.text
}

// formsLong are the kinds and directions long enough to be misspelt, sorted.
var formsLong = func() []string {
	var out []string
	for _, c := range []class{way, side} {
		for typed := range spellings[c] {
			if len(typed) >= 5 {
				out = append(out, typed)
			}
		}
	}
	slices.Sort(out)
	return out
}()

func misspeltForm(text string) (word, bool) {
	var typed, other [wordRunesMax * 2]rune
	n := runesInto(&typed, text)
	if n < 4 {
		return word{}, false
	}
	for _, form := range formsLong {
		m := runesInto(&other, form)
		if n-m <= 1 && m-n <= 1 && distance(typed[:n], other[:m], 1) == 1 {
			return known[form], true
		}
	}
	return word{}, false
}
