package stats

// balance is a sum that a reader of a report can do: the parts make the total.
// Its total is the index of a cell, or unstated when the sum is not itself a
// cell but is shown.
type balance struct {
	parts []int
	total int
}

// unstated marks a sum that is shown elsewhere and is never withheld here.
const unstated = -1

// withhold marks the cells that are not to be shown: those from 1 to atLeast-1
// (primary), and as few others as it takes that no marked one follows by
// subtraction (complementary): in every balance with a marked cell at least two
// are marked, and where the total is shown the marked parts together reach
// atLeast, so that their sum says little about each. Cells that are marked
// already stay marked.
//
// This is what one subtraction can find. Systems of several, and what is known from
// elsewhere, are beyond it; so is a margin that a different report shows where the
// row that it sums has nothing else to withhold.
//
// The smallest cell goes first; empty ones only when there is no other, the total
// last. Every round marks one more cell, so it ends.
func withhold(counts []int, balances []balance, atLeast int, marked []bool) {
	for n, count := range counts {
		if count > 0 && count < atLeast {
			marked[n] = true
		}
	}
	for again := true; again; {
		again = false
		for _, b := range balances {
			if n := b.next(counts, atLeast, marked); n >= 0 {
				marked[n] = true
				again = true
			}
		}
	}
}

// next returns the cell that a balance still needs withheld, or -1.
func (b balance) next(counts []int, atLeast int, marked []bool) int {
	hidden, sum, smallest, empty := 0, 0, -1, -1
	for _, n := range b.parts {
		switch {
		case marked[n]:
			hidden++
			sum += counts[n]
		case counts[n] == 0:
			if empty < 0 {
				empty = n
			}
		case smallest < 0 || counts[n] < counts[smallest]:
			smallest = n
		}
	}
	totalHidden := b.total != unstated && marked[b.total]
	switch {
	case totalHidden && hidden >= 1, !totalHidden && hidden == 0:
		return -1
	case !totalHidden && hidden >= 2 && sum >= atLeast:
		return -1
	case smallest >= 0:
		return smallest
	case (totalHidden || sum >= atLeast) && hidden < 2 && empty >= 0:
		return empty
	case b.total != unstated && !totalHidden:
		return b.total
	}
	return -1
}
