// Package engine is the one writer of a jurisdiction: it stamps a command, lets
// the rules decide, evolves, checks, appends the batch to the journal, syncs, and
// only then tells anybody.
//
//	Submit ──► queue ──► writer: decide, evolve, check, encode, seal ──► appender: Append (sync) ──► followers, replies
//
// # Ownership
//
// The state, the vault and the memory of commands belong to the writer goroutine
// alone. The appender goroutine owns the journal's lead and the released tail.
// One batch may be under way in the appender while the writer decides the next
// (group commit: many waiting commands, one sync). Followers run in the appender
// before the replies go out, so that whoever got a reply finds it on the board.
//
// # Crash and failure
//
// Nothing is told before the append is durable, so a crash loses only what
// nobody was told. When an append fails or its outcome is unknown, everything
// decided since then is thrown away: the writer leads again, loads the state from
// snapshot and tail, and answers each waiting command by looking whether it was
// recorded after all. A panic in Decide refuses that command; a panic in Evolve
// or a failed Check rebuilds the state from the journal, decides the batch's
// other commands again and refuses that one; when even that panics the writer
// stops and reading goes on.
package engine
