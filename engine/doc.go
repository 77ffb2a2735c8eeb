// Package engine is the one writer of a jurisdiction: it stamps a command, lets
// the rules decide, evolves, checks, appends the batch to the journal, syncs, and
// only then tells anybody.
//
//	Submit ──► queue ──► writer: decide, encode, seal, evolve, check ──► appender: Append (sync), followers, readers, replies
//
// # Ownership
//
// The state, the vault's sealing side and the memory of commands belong to the
// writer goroutine alone. The appender goroutine has at most one batch under way;
// meanwhile the writer decides the next, which grows until its turn comes (group
// commit: many waiting commands, one sync). Followers run in the appender before
// the replies go out, so that whoever got a reply finds it on the board. Two more
// goroutines work beside them, from the journal alone: one makes snapshots, one
// fills the index if there is one. Close stops all, and they are gone when it
// returns. An erasure runs in its caller and gives the writer a new state between
// two batches.
//
// # Crash and failure
//
// Nothing is told before the append is durable, refusals neither, since they may
// rest on what is not durable yet. So a crash loses only what nobody was told.
//
//   - An append of unknown outcome: everything decided since is thrown away, the
//     writer leads again, which settles the outcome, loads the state from snapshot
//     and tail, and answers each waiting command by looking whether it is there.
//   - An append that was refused (a limit, a key that exists): the same, and then
//     the commands of the batch are decided again, each in a batch of its own.
//   - Fenced: somebody else leads. The writer stops and does not fight.
//   - A panic in Decide refuses that command. A panic in Evolve or a failed Check
//     rebuilds the state from the journal and the batch's earlier events, and
//     refuses that command. When even that panics the writer stops.
//
// A stopped writer still reads: Read, ReadJournal and More go on.
//
// # Equality
//
// The live state, a replay from the first event, and a snapshot with its tail are
// the same to the byte (schema.State). Where a person's key was erased, their words
// are empty in all three from the moment on at which Erase answers.
//
// # The past
//
// StateAt and StateAfter make the state of a past moment beside the writer, from
// the nearest snapshot before it; old snapshots are thinned for that and not dropped
// (journal.Thin). ContactHistory and IncidentHistory read what is archived, by an
// index of names and sequence numbers that a goroutine of the engine fills. The
// past is shown under today's seals.
package engine
