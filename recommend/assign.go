package recommend

import "math"

// impossible marks a cell that may not be used.
const impossible = math.MaxInt64 / 4

// unserved is the price of leaving a row without a column: above the costs of
// all lines of a plan together (see costBits), below impossible.
const unserved = int64(1) << 60

// matrix is an assignment problem: rows want one column each. A kept row must
// have one and has it before all others: it is a unit that a reserve keeps.
type matrix struct {
	columns int
	rows    [][]int64 // cost of each cell, impossible for none; never negative
	kept    [][]int64
}

// assign returns for each row its column, or -1. As many rows as possible have
// one, and among all such assignments the sum of costs is the least: shortest
// augmenting paths with prices (Kuhn 1955; Jonker & Volgenant 1987), one row
// after another, with one more column of unlimited room that costs unserved.
func (m matrix) assign() []int {
	all := append(append(make([][]int64, 0, len(m.kept)+len(m.rows)), m.kept...), m.rows...)
	nobody := m.columns // the column of unlimited room
	rowOf := make([]int, m.columns)
	for c := range rowOf {
		rowOf[c] = -1
	}
	rowPrice, columnPrice := make([]int64, len(all)), make([]int64, m.columns)
	least, via, seen := make([]int64, m.columns+1), make([]int, m.columns+1), make([]bool, m.columns+1)
	for start := range all {
		for c := range least {
			least[c], via[c], seen[c] = impossible, -1, false
		}
		row, last := start, -1 // last: the column by which row was reached
		base := int64(0)       // length of the path up to row
		var scanned []int
		found := false
		for !found {
			if row >= len(m.kept) {
				if d := base + unserved - rowPrice[row]; d < least[nobody] {
					least[nobody], via[nobody] = d, last
				}
			}
			costs := all[row]
			next, shortest := nobody, least[nobody]
			for c := range m.columns {
				if seen[c] {
					continue
				}
				if costs[c] < impossible {
					if d := base + costs[c] - rowPrice[row] - columnPrice[c]; d < least[c] {
						least[c], via[c] = d, last
					}
				}
				if least[c] < shortest {
					next, shortest = c, least[c]
				}
			}
			if shortest >= impossible {
				break
			}
			last, base = next, shortest
			seen[next] = true
			if found = next == nobody || rowOf[next] < 0; !found {
				scanned = append(scanned, next)
				row = rowOf[next]
			}
		}
		if !found { // a kept row for which no unit is left
			continue
		}
		for _, c := range scanned {
			rowPrice[rowOf[c]] += base - least[c]
			columnPrice[c] -= base - least[c]
		}
		rowPrice[start] += base
		for c := last; c >= 0; {
			from := via[c]   // the column whose row moves to c; -1: the new row
			if c != nobody { // else the row of from goes without
				rowOf[c] = start
				if from >= 0 {
					rowOf[c] = rowOf[from]
				}
			}
			c = from
		}
	}
	assigned := make([]int, len(m.rows))
	for n := range assigned {
		assigned[n] = -1
	}
	for c, row := range rowOf {
		if row >= len(m.kept) {
			assigned[row-len(m.kept)] = c
		}
	}
	return assigned
}
