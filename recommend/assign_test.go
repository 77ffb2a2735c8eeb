package recommend

import (
	"testing"

	"pgregory.net/rapid"
)

// TestMatrixIsExact compares the assignment alone with every other, up to 6 × 6:
// kept sets that are nested, and those that have nothing in common.
func TestMatrixIsExact(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		columns := rapid.IntRange(0, 6).Draw(rt, "columns")
		m := matrix{columns: columns}
		for range rapid.IntRange(0, 6).Draw(rt, "rows") {
			row := make([]int64, columns)
			for n := range row {
				if row[n] = rapid.Int64Range(-2, 12).Draw(rt, "cost"); row[n] < 0 {
					row[n] = impossible
				}
			}
			m.rows = append(m.rows, row)
		}
		// Sets: the first few columns, all of them, and the columns after the first few.
		split := rapid.IntRange(0, columns).Draw(rt, "split")
		inner, all, rest := make([]bool, columns), make([]bool, columns), make([]bool, columns)
		for c := range columns {
			inner[c], all[c], rest[c] = c < split, true, c >= split
		}
		a := rapid.IntRange(0, split).Draw(rt, "kept inside")
		outer, most := all, columns-a
		if rapid.Bool().Draw(rt, "apart") {
			outer, most = rest, columns-split
		}
		b := rapid.IntRange(0, most).Draw(rt, "kept outside")
		m.kept = []kept{{a, inner}, {b, outer}}
		allowed := func(used int) bool { // Hall's condition, both sets at once
			freeInside, freeOutside := 0, 0
			for c := range columns {
				if used&(1<<c) == 0 {
					if inner[c] {
						freeInside++
					} else {
						freeOutside++
					}
				}
			}
			if split > 0 && outer[0] {
				return freeInside >= a && freeInside+freeOutside >= a+b
			}
			return freeInside >= a && freeOutside >= b
		}
		var count, used int
		var sum int64
		for n, c := range m.assign() {
			if c < 0 {
				continue
			}
			if used&(1<<c) != 0 || m.rows[n][c] >= impossible {
				rt.Fatalf("column %d taken twice or impossible", c)
			}
			used |= 1 << c
			count++
			sum += m.rows[n][c]
		}
		if !allowed(used) {
			rt.Fatal("a kept column was taken")
		}
		bestCount, bestSum := 0, int64(0)
		var try func(n, used, count int, sum int64)
		try = func(n, used, count int, sum int64) {
			if n == len(m.rows) {
				if allowed(used) && (count > bestCount || (count == bestCount && sum < bestSum)) {
					bestCount, bestSum = count, sum
				}
				return
			}
			try(n+1, used, count, sum)
			for c := range columns {
				if used&(1<<c) == 0 && m.rows[n][c] < impossible {
					try(n+1, used|1<<c, count+1, sum+m.rows[n][c])
				}
			}
		}
		try(0, 0, 0, 0)
		if count != bestCount || sum != bestSum {
			rt.Fatalf("got %d rows for %d, best %d for %d", count, sum, bestCount, bestSum)
		}
	})
}
