package recommend

import "math"

// impossible marks a cell that may not be used.
const impossible = math.MaxInt64 / 4

// unserved is the price of leaving a row without a column: above the costs of
// all lines of a plan together (see costBits), below impossible.
const unserved = int64(1) << 60

// matrix is an assignment problem: each row wants one column, and some columns
// are kept from all of them.
type matrix struct {
	columns int
	rows    [][]int64 // cost of each cell, impossible for none; never negative
	kept    []kept
}

// kept takes some columns of a set before any row has one: the units that a
// cutoff keeps. Which of the set they are is left to the solution. Of two sets
// one holds the other or they have no column in common, and there are enough
// columns for all.
type kept struct {
	count int
	of    []bool // by column
}

// assign returns for each row its column, or -1. As many rows as possible have
// one, and among all such assignments the sum of costs is the least: shortest
// augmenting paths with prices (Kuhn 1955; Jonker & Volgenant 1987), one row
// after another, with one more column of unlimited room that costs unserved. A
// kept set is one more row that has several columns at no cost; it is the arc of
// a flow whose capacity is what the cutoff leaves.
func (m matrix) assign() []int {
	nobody := m.columns // the column of unlimited room
	rowOf := m.keep()   // the row of each column, len(m.rows)+k for the kept set k, or -1
	rowPrice, columnPrice := make([]int64, len(m.rows)+len(m.kept)), make([]int64, m.columns)
	least, via, seen := make([]int64, m.columns+1), make([]int, m.columns+1), make([]bool, m.columns+1)
	scanned, moved := make([]int, 0, m.columns), make([]bool, len(m.kept))
	for start := range m.rows {
		for c := range least {
			least[c], via[c], seen[c] = impossible, -1, false
		}
		scanned = scanned[:0]
		row, last := start, -1 // last: the column by which row was reached
		base := int64(0)       // length of the path up to row
		for {
			next, shortest := nobody, least[nobody]
			if row < len(m.rows) {
				if d := base + unserved - rowPrice[row]; d < least[nobody] {
					least[nobody], via[nobody], shortest = d, last, d
				}
				costs := m.rows[row]
				offset := base - rowPrice[row]
				for c, cost := range costs {
					if seen[c] {
						continue
					}
					if cost < impossible {
						if d := offset + cost - columnPrice[c]; d < least[c] {
							least[c], via[c] = d, last
						}
					}
					if least[c] < shortest {
						next, shortest = c, least[c]
					}
				}
			} else {
				of := m.kept[row-len(m.rows)].of
				offset := base - rowPrice[row]
				for c := range m.columns {
					switch {
					case seen[c]:
						continue
					case rowOf[c] == row: // at the same distance, and it leads nowhere else
						least[c], seen[c] = base, true
						scanned = append(scanned, c)
						continue
					case of[c]:
						if d := offset - columnPrice[c]; d < least[c] {
							least[c], via[c] = d, last
						}
					}
					if least[c] < shortest {
						next, shortest = c, least[c]
					}
				}
			}
			last, base = next, shortest
			seen[next] = true
			if next == nobody || rowOf[next] < 0 {
				break
			}
			scanned = append(scanned, next)
			row = rowOf[next]
		}
		clear(moved)
		for _, c := range scanned {
			by := base - least[c]
			columnPrice[c] -= by
			if k := rowOf[c] - len(m.rows); k < 0 {
				rowPrice[rowOf[c]] += by
			} else if !moved[k] { // once for all its columns
				moved[k] = true
				rowPrice[rowOf[c]] += by
			}
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
		if row >= 0 && row < len(m.rows) {
			assigned[row] = c
		}
	}
	return assigned
}

// keep gives each kept set its columns to begin with: the first ones.
func (m matrix) keep() []int {
	rowOf := make([]int, m.columns)
	for c := range rowOf {
		rowOf[c] = -1
	}
	for k, set := range m.kept {
		left := set.count
		for c := 0; c < m.columns && left > 0; c++ {
			if set.of[c] && rowOf[c] < 0 {
				rowOf[c] = len(m.rows) + k
				left--
			}
		}
	}
	return rowOf
}
