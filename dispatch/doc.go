// Package dispatch is the rules of a dispatch room and nothing else.
//
//	events, rejection := Decide(state, meta, command)   // may refuse, changes nothing
//	Evolve(state, event)                                // may not refuse
//	err := Check(state)                                 // what must hold after every event
//
// The same three functions run the live room, the replay of a journal and the
// simulator. The package has no clock, no dice, no goroutine, no I/O and no
// float: the time, the ids made elsewhere, the travel times and who asked
// arrive in the Meta and the command, so a replay is exact to the byte.
//
// The invariant that the whole product exists for: every contact has exactly
// one current outcome, and every outcome that is not final names an owner (a
// desk), a due time and a next action. When the due time passes, Tick alarms
// somebody and sets the next due time. Nothing ends without an authority.
//
// State is owned by whoever calls Evolve; nothing here locks. Read one story a
// file: contact.go, hold.go, promise.go, callback.go, posture.go, area.go, cutoff.go,
// recovery.go, preset.go, desk.go, bulk.go, why.go, assign.go, unit.go, incident.go,
// note.go, place.go, claim.go, claimhistory.go, bulletin.go, publish.go, confidential.go,
// link.go, merge.go, major.go, casenumber.go, bolo.go, rotation.go, handover.go, search.go,
// alarm.go, tick.go; index.go keeps what is counted.
package dispatch
