// Package stats turns the journal's events into the figures that a dispatch
// room is judged by: who was reached, how long everybody waited, who was never
// reached at all, and what rationing did.
//
//	ledger := stats.New()
//	ledger.Add(seq, stamped)             // a pure fold, integers only
//	ledger.Advance(now)                  // time passes without an event
//	report, err := ledger.Report(query)  // floats only here, rounded at the edge
//
// The ledger is owned by whoever calls Add; nothing here locks. Report and Calls
// only read: any number of them may run at once, none beside Add. The package has
// no clock, no dice, no goroutine and no I/O. Its results are never fed back to
// the rules: floats stay on this side of the wall.
//
// # As of an instant
//
// A figure "as of T" is computed from what had been recorded by T: fold the
// events stamped up to T into a new Ledger, Advance it to T, and ask it. A call
// that is open at the ledger's newest instant is censored there. Nothing else is
// censored: a call that ended without anybody coming has an outcome of its own
// and stays in the denominator (never-answered calls are not dropped).
//
// # What is counted
//
// A call is an incident; its clock starts when the first of its contacts was
// received. An incident that was joined into another is not a second call. With
// CountContacts every contact counts by itself, with its own clock and language.
// A time that was never recorded is missing and is said to be: it is told apart
// from zero, and never back-filled. Only unsealed parts of the events are read:
// type, priority, outcome, times, beat, zone, language.
//
// # Small counts
//
// A group, an outcome or a figure with fewer than Query.WithholdBelow calls in
// it is withheld, and with it as many others as it takes that none is found by a
// subtraction inside one report. Two reports of periods that differ by little
// can still be subtracted from each other: publish fixed periods only.
//
// # Invariants
//
// At every instant the cumulative incidences and the share still waiting add up
// to one; each incidence never falls; the order in which calls are listed changes
// nothing. Estimates and intervals are compared with R's survival and cmprsk in
// testdata.
package stats
