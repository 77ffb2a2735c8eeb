package journal

import (
	"cmp"
	"math/bits"
	"slices"
)

// How many snapshots are kept. A snapshot's cost is its bytes; what it saves is
// the replay from the one before it, whenever somebody asks for a moment between
// it and the next.
const (
	SnapshotsKept   = 24        // at most
	SnapshotsBytes  = 512 << 20 // bytes of all their bodies together, the newest two apart
	snapshotsAlways = 2         // the newest ones, should one of them be damaged
)

// Stored is one snapshot that a journal has.
type Stored struct {
	Seq   uint64
	Bytes int64 // of its body
}

// Thin says which snapshots a journal drops after it has saved one. The newest two
// always stay. Of the others goes, while there are too many, the one whose absence
// is felt least: where the way from its older neighbour to its newer one is the
// shortest for its age. So what stays lies the denser the newer it is: whoever asks
// for a moment replays a part of that moment's age, at worst two thirds of it when
// 3000 snapshots have been taken one behind the other, a third after 200. The order
// of have does not matter; drop is in the order in which they are chosen.
func Thin(have []Stored) (drop []uint64) {
	left := slices.Clone(have)
	slices.SortFunc(left, func(a, b Stored) int { return cmp.Compare(b.Seq, a.Seq) })
	total := int64(0)
	for _, s := range left[min(len(left), snapshotsAlways):] {
		total += s.Bytes
	}
	for len(left) > snapshotsAlways && (len(left) > SnapshotsKept || total > SnapshotsBytes) {
		least := snapshotsAlways
		for i := least + 1; i < len(left); i++ {
			if missedLess(left, i, least) {
				least = i
			}
		}
		drop = append(drop, left[least].Seq)
		total -= left[least].Bytes
		left = slices.Delete(left, least, least+1)
	}
	return drop
}

// missedLess reports whether snapshot i is missed less than j: gap over age, held
// against each other without dividing.
func missedLess(newestFirst []Stored, i, j int) bool {
	gap := func(n int) uint64 {
		older := uint64(0) // the empty state
		if n+1 < len(newestFirst) {
			older = newestFirst[n+1].Seq
		}
		return newestFirst[n-1].Seq - older
	}
	age := func(n int) uint64 { return newestFirst[0].Seq - newestFirst[n].Seq }
	hi1, lo1 := bits.Mul64(gap(i), age(j))
	hi2, lo2 := bits.Mul64(gap(j), age(i))
	return hi1 < hi2 || hi1 == hi2 && lo1 < lo2
}
