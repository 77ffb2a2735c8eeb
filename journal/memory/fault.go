package memory

import (
	"fmt"
	"math/rand/v2"
)

// Fault is what an append meets.
type Fault uint8

// The faults. After a Fail… the handle lives on and must be led again; after a
// Crash… it is dead and Reopen shows what the disk kept.
const (
	None       Fault = iota
	FailAbsent       // ErrUnknown, and the batch is not there
	FailKept         // ErrUnknown, although the batch is durable
	CrashLost        // power lost before a byte was written: the batch is not there
	CrashTorn        // power lost in the middle: recovery drops the whole batch
	CrashKept        // power lost between the sync and the answer: the batch is durable
	// Lie is a disk that says "synced" and is not: nil, yet the batch, and all
	// after it, are gone after Reopen. It breaks the contract on purpose: the
	// control with which a fault suite shows that it would notice.
	Lie
	faults // how many there are
)

var faultNames = [faults]string{"none", "fail-absent", "fail-kept", "crash-lost", "crash-torn", "crash-kept", "lie"}

func (f Fault) String() string {
	if f < faults {
		return faultNames[f]
	}
	return fmt.Sprintf("fault(%d)", uint8(f))
}

// Crashes reports whether the handle is dead after the fault.
func (f Fault) Crashes() bool { return f == CrashLost || f == CrashTorn || f == CrashKept }

// Plan chooses the fault of the n-th append that passed the journal's checks,
// counted from 0 over all handles of a disk. It is called under the disk's lock
// and must not call the journal.
type Plan func(n uint64) Fault

// At is the plan that has these faults and no others. The map must not change.
func At(plan map[uint64]Fault) Plan { return func(n uint64) Fault { return plan[n] } }

// Seeded is a plan in which about perMille of a thousand appends meet a fault,
// each of the five honest ones as often. It depends on seed and n only, so that
// runs can be repeated and appends may be replayed in any order.
func Seeded(seed uint64, perMille int) Plan {
	return func(n uint64) Fault {
		dice := rand.New(rand.NewPCG(seed, n))
		if dice.IntN(1000) >= perMille {
			return None
		}
		return FailAbsent + Fault(dice.IntN(int(Lie-FailAbsent)))
	}
}
