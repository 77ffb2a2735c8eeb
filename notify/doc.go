// Package notify tells the world outside what happens in the room: pagers, other
// agencies' systems, a duty officer's telephone, by webhook, ntfy or mail.
//
// It reads the journal as any reader does, without the keys: no command waits for it,
// and a target that hangs delays nobody but itself. What has been read is kept in an
// outbox together with how far it was read, so that a message is neither lost nor made
// twice; each target has one sender, which tries with a timeout, waits longer after each
// failure, stops trying for a while when nothing arrives, and gives up in the end. What
// was given up is kept, shown and alarmed in the room.
//
// A message says what is not sealed. Only a target that is marked as allowed to have it
// gets the place of a call, which an erasure clears from the outbox as well.
//
// Without a configuration there is no notifier and nothing is sent anywhere.
package notify
