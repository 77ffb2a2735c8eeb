package drive

import "github.com/everycall/everycall/dispatch"

// dice throws for what it is asked about: the same seed and the same words give
// the same number, in whatever order they are asked.
type dice uint64

// roll mixes the words into 64 bits (FNV-1a, then a splitmix64 finish).
func (d dice) roll(words ...string) uint64 {
	h := uint64(14695981039346656037) ^ uint64(d)
	for _, w := range words {
		for n := range len(w) {
			h = (h ^ uint64(w[n])) * 1099511628211
		}
		h = (h ^ 0xff) * 1099511628211
	}
	h = (h ^ h>>30) * 0xbf58476d1ce4e5b9
	h = (h ^ h>>27) * 0x94d049bb133111eb
	return h ^ h>>31
}

// below throws a number from 0 to n-1.
func (d dice) below(n uint64, words ...string) uint64 { return d.roll(words...) % n }

// between throws a length of time from low to high.
func (d dice) between(low, high dispatch.Millis, words ...string) dispatch.Millis {
	return low + dispatch.Millis(d.below(uint64(high-low)+1, words...))
}

// spread are the middles of sixteen equally likely parts of a lognormal
// distribution with mean 1 and sigma 0.5, per mille.
var spread = [16]dispatch.Millis{348, 456, 533, 598, 660, 723, 783, 848, 919, 995, 1077, 1179, 1303, 1462, 1707, 2237}

// around throws a length of time with this mean, skewed to the right, as times
// on scene are.
func (d dice) around(mean dispatch.Millis, words ...string) dispatch.Millis {
	return mean * spread[d.below(16, words...)] / 1000
}
