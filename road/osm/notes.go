package osm

import (
	"cmp"
	"slices"
	"strings"
)

// Count is a line of a report: how many of what.
type Count struct {
	What  string `json:"what"`
	Count int    `json:"count"`
}

// tally counts by name; the names are few or cut off.
type tally map[string]int

func (t tally) list() []Count {
	out := make([]Count, 0, len(t))
	for what, n := range t {
		out = append(out, Count{what, n})
	}
	slices.SortFunc(out, func(a, b Count) int { return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.What, b.What)) })
	return out
}

// valuesMax bounds how many different values of tags a report tells apart, and
// valueMax how much of one it shows.
const (
	valuesMax = 400
	valueMax  = 40
)

// notes gathers what the rules did not understand. A value counts once for a thing,
// however often the rules look at it.
type notes struct {
	values      tally    // "maxspeed=fast"
	here        []string // of this thing
	conditional int      // ways with rules at times
}

func newNotes() *notes { return &notes{values: tally{}} }

// thing starts the next thing.
func (n *notes) thing() { n.here = n.here[:0] }

func (n *notes) unknown(key, value string) {
	if len(value) > valueMax {
		value = value[:valueMax] + "…"
	}
	text := key + "=" + clean(value)
	if slices.Contains(n.here, text) {
		return
	}
	n.here = append(n.here, text)
	if _, seen := n.values[text]; !seen && len(n.values) >= valuesMax {
		text = "others"
	}
	n.values[text]++
}

// clean makes a text of the file fit to be shown and kept: valid, on one line, its own
// copy.
func clean(text string) string {
	return strings.Join(strings.FieldsFunc(strings.ToValidUTF8(text, ""), func(r rune) bool {
		return r <= ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 || r == 0x2028 || r == 0x2029 || r == 0xfeff
	}), " ")
}
