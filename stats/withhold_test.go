package stats

import (
	"fmt"
	"slices"
	"testing"

	"github.com/everycall/everycall/dispatch"
	"pgregory.net/rapid"
)

func TestWithholdByHand(t *testing.T) {
	for _, c := range []struct {
		name   string
		counts []int // the total last
		want   string
	}{
		{"nothing small", []int{10, 20, 30, 60}, "...."},
		{"one small: the next smallest goes with it", []int{4, 20, 30, 54}, "xx.."},
		{"two small that reach the limit", []int{4, 6, 30, 40}, "xx.."},
		{"two small that do not", []int{1, 1, 30, 40, 72}, "xxx.."},
		{"an empty one is shown", []int{0, 20, 30, 50}, "...."},
		{"one small, nothing but an empty one else", []int{4, 0, 4}, "x.x"},
		{"everything small", []int{2, 3, 5}, "xxx"},
	} {
		last := len(c.counts) - 1
		mask := make([]bool, len(c.counts))
		withhold(c.counts, []balance{{indexes(0, last), last}}, 10, mask)
		got := ""
		for _, m := range mask {
			if m {
				got += "x"
			} else {
				got += "."
			}
		}
		if got != c.want {
			t.Errorf("%s: %v is shown as %s, want %s", c.name, c.counts, got, c.want)
		}
	}
}

// TestWithheldIsNotFound: in no balance is exactly one cell withheld, small ones
// are, and withheld parts whose sum can be had say little about each.
func TestWithheldIsNotFound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows, columns := rapid.IntRange(1, 6).Draw(t, "rows"), rapid.IntRange(1, 6).Draw(t, "columns")
		atLeast := rapid.IntRange(2, 12).Draw(t, "at least")
		// a table with its margins and its total as cells
		w := columns + 1
		counts := make([]int, (rows+1)*w)
		for r := range rows {
			for c := range columns {
				n := rapid.IntRange(0, 25).Draw(t, "cell")
				counts[r*w+c] = n
				counts[r*w+columns] += n
				counts[rows*w+c] += n
				counts[rows*w+columns] += n
			}
		}
		var balances []balance
		for r := range rows + 1 {
			balances = append(balances, balance{indexes(r*w, columns), r*w + columns})
		}
		for c := range columns + 1 {
			var column []int
			for r := range rows {
				column = append(column, r*w+c)
			}
			balances = append(balances, balance{column, rows*w + c})
		}
		mask := make([]bool, len(counts))
		withhold(counts, balances, atLeast, mask)
		for n, k := range counts {
			if k > 0 && k < atLeast && !mask[n] {
				t.Fatalf("%d is shown", k)
			}
		}
		for _, b := range balances {
			hidden, sum := 0, 0
			for _, n := range b.parts {
				if mask[n] {
					hidden++
					sum += counts[n]
				}
			}
			if mask[b.total] {
				hidden++
			} else if hidden > 0 && sum < atLeast {
				t.Fatalf("the withheld parts sum to %d: %v %v", sum, counts, mask)
			}
			if hidden == 1 {
				t.Fatalf("one cell alone is withheld: %v %v", counts, mask)
			}
		}
	})
}

// many makes calls that need no rules: so many of each language, one beat in two.
func many(languages map[string]int) *Ledger {
	l := New()
	seq := uint64(0)
	add := func(e dispatch.Event, at dispatch.Instant) {
		seq++
		l.Add(seq, dispatch.Stamped{At: at, By: "test", Event: e})
	}
	var names []string
	for name := range languages {
		names = append(names, name)
	}
	slices.Sort(names)
	n := 0
	for _, name := range names {
		for range languages[name] {
			n++
			at := midnight.Add(dispatch.Millis(n) * minute)
			contact, incident := dispatch.ContactID(fmt.Sprint("c", n)), dispatch.IncidentID(fmt.Sprint("i", n))
			add(&dispatch.ContactReceived{ID: contact, Language: name, Priority: 3, Outcome: dispatch.Outcome{Kind: dispatch.OutcomeWaiting}}, at)
			add(&dispatch.IncidentOpened{ID: incident, Number: uint64(n), Contact: contact, Service: "police", Priority: 3, Beat: fmt.Sprint("B", n%2)}, at)
			if n%3 == 0 {
				add(&dispatch.IncidentClosed{Incident: incident}, at.Add(hour))
				add(&dispatch.OutcomeChanged{Contact: contact, Outcome: dispatch.Outcome{Kind: dispatch.OutcomeDeclined}}, at.Add(hour))
			}
		}
	}
	return l
}

func TestSmallGroupsAreWithheld(t *testing.T) {
	l := many(map[string]int{"en": 300, "es": 40, "so": 3})
	got := report(t, l, Query{GroupBy: []string{ByLanguage, ByBeat + "*" + ByLanguage}})
	var shown []string
	for _, g := range got.Groupings[0].Groups {
		if !g.Withheld {
			shown = append(shown, g.Key[0])
		}
		if g.Withheld != (g.Figures == nil) {
			t.Errorf("%v: withheld %v, figures %v", g.Key, g.Withheld, g.Figures)
		}
	}
	if !slices.Equal(shown, []string{"en"}) || got.Groupings[0].Withheld != 2 { // so is small, es would tell it
		t.Errorf("shown: %v", shown)
	}
	if got.All.Figures == nil || got.All.Figures.N != 343 {
		t.Error("the total is not small")
	}
	for _, g := range got.Groupings[1].Groups {
		if g.Key[1] != "en" && !g.Withheld {
			t.Errorf("%v is shown", g.Key)
		}
	}
	if small := report(t, many(map[string]int{"en": 4, "es": 5}), Query{GroupBy: []string{ByLanguage}}); small.All.Figures != nil || small.Cohort.N != nil {
		t.Error("nine calls are shown")
	}
	if all := report(t, l, Query{GroupBy: []string{ByLanguage}, WithholdBelow: 1}); all.Groupings[0].Withheld != 0 {
		t.Error("withheld although nothing was to be")
	}
}

// TestNoGroupIsFoundFromMargins: with both dimensions and their product in one
// report, no line of the product has one group withheld alone beside a shown margin.
func TestNoGroupIsFoundFromMargins(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		languages := map[string]int{}
		for _, name := range []string{"en", "es", "so", "zh"} {
			languages[name] = rapid.IntRange(0, 60).Draw(t, name)
		}
		got, err := many(languages).Report(Query{GroupBy: []string{ByLanguage, ByBeat, ByBeat + "*" + ByLanguage}})
		if err != nil {
			t.Fatal(err)
		}
		for dim, margin := range [][]Group{got.Groupings[1].Groups, got.Groupings[0].Groups} {
			for _, m := range margin {
				hidden, sum := 0, 0
				if m.Withheld {
					hidden++
				} else {
					sum = m.Figures.N
				}
				for _, g := range got.Groupings[2].Groups {
					if g.Key[dim] != m.Key[0] {
						continue
					}
					if g.Withheld {
						hidden++
					} else {
						sum -= g.Figures.N
					}
				}
				if hidden == 1 || (hidden > 1 && !m.Withheld && sum < WithholdBelowDefault) {
					t.Fatalf("%v of %v: %d withheld, %d left", m.Key, languages, hidden, sum)
				}
			}
		}
	})
}

// TestSmallOutcomesAreWithheld: four declined calls are not told, nor found as what
// is left of all; and with them goes the share that waits.
func TestSmallOutcomesAreWithheld(t *testing.T) {
	got := report(t, many(map[string]int{"en": 13}), Query{}) // 4 declined, 9 open
	o := got.All.Figures.Outcomes
	if d := o.Outcomes[causeDeclined-1]; !d.Withheld || d.N != nil || d.Estimate != nil || o.Waiting != nil || o.CensoredN != nil {
		t.Errorf("%+v", o)
	}
}
