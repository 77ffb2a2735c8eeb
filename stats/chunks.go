package stats

// chunks is a list that grows without moving what it holds: adding to a year of
// records costs no more than adding to a day of them, and a pointer into it stays.
type chunks[T any] struct {
	all [][]T
	n   int
}

const chunkLen = 4096

func (c *chunks[T]) add(v T) {
	if c.n%chunkLen == 0 {
		c.all = append(c.all, make([]T, 0, chunkLen))
	}
	last := &c.all[c.n/chunkLen]
	*last = append(*last, v)
	c.n++
}

func (c *chunks[T]) at(n int32) *T { return &c.all[n/chunkLen][n%chunkLen] }
