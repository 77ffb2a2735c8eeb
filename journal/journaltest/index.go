package journaltest

import (
	"slices"
	"strings"
	"testing"

	"github.com/everycall/everycall/journal"
)

// RunIndex holds an implementation of journal.Index against its promises. x is
// empty.
func RunIndex(t *testing.T, x journal.Index) {
	reach := func(want uint64, mark string) {
		t.Helper()
		if seq, got, err := x.Reach(bg); err != nil || seq != want || string(got) != mark {
			t.Fatalf("Reach = %d %q, %v; want %d %q", seq, got, err, want, mark)
		}
	}
	find := func(name string, after uint64, limit int, want ...uint64) {
		t.Helper()
		if got, err := x.Find(bg, name, after, limit); err != nil || !slices.Equal(got, want) {
			t.Fatalf("Find %q after %d, at most %d: %v, %v; want %v", name, after, limit, got, err, want)
		}
	}
	add := func(after, to uint64, mark string, mentions ...journal.Mention) {
		t.Helper()
		if err := x.Add(bg, after, to, []byte(mark), mentions); err != nil {
			t.Fatalf("Add %d–%d: %v", after, to, err)
		}
		reach(to, mark)
	}
	for range 2 {
		reach(0, "")
		find("a", 0, 9)
		add(0, 5, "five", journal.Mention{Name: "a", Seq: 1}, journal.Mention{Name: "b", Seq: 3}, journal.Mention{Name: "a", Seq: 5}, journal.Mention{Name: "a", Seq: 5})
		add(5, 6, "six")
		add(6, 900, "", journal.Mention{Name: "a", Seq: 7}, journal.Mention{Name: "a b'\"%", Seq: 8}, journal.Mention{Name: "A", Seq: 9})
		for _, c := range []struct{ after, to uint64 }{{0, 5}, {5, 901}, {900, 900}, {900, 3}, {901, 902}} {
			refused(t, x.Add(bg, c.after, c.to, nil, []journal.Mention{{Name: "a", Seq: 2}}), journal.ErrGap, "Add at a wrong place")
		}
		long := strings.Repeat("n", journal.MaxName)
		refused(t, x.Add(bg, 900, 902, nil, []journal.Mention{{Name: "a", Seq: 901}, {Name: long + "n", Seq: 902}}), journal.ErrTooLarge, "a name one byte too long")
		reach(900, "")
		find("a", 0, 9, 1, 5, 7)
		find("a", 0, 2, 1, 5)
		find("a", 1, 9, 5, 7)
		find("a", 4, 1, 5)
		find("a", 7, 9)
		find("a", 0, 0)
		find("b", 0, 9, 3)
		find("a b'\"%", 0, 9, 8)
		find("A", 0, 9, 9)
		find("", 0, 9)
		add(900, 902, "x", journal.Mention{Name: long, Seq: 902})
		find(long, 0, 9, 902)
		if err := x.Clear(bg); err != nil {
			t.Fatal(err)
		}
	}
}
