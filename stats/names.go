package stats

// sym stands for a word; 0 is the empty one. Words repeat, records should not.
type sym uint32

// names gives every distinct word a number, in the order of first use.
type names struct {
	of  map[string]sym
	all []string
}

func newNames() names { return names{of: map[string]sym{"": 0}, all: []string{""}} }

func (n *names) sym(word string) sym {
	s, known := n.of[word]
	if !known {
		s = sym(len(n.all))
		n.of[word] = s
		n.all = append(n.all, word)
	}
	return s
}

// find is sym for a reader: an unknown word is not added.
func (n *names) find(word string) (sym, bool) {
	s, known := n.of[word]
	return s, known
}

func (n *names) word(s sym) string { return n.all[s] }
