// Package outbox says what the notifier needs of whoever keeps its messages until they
// have arrived: a message is kept in the same step in which the journal was read up to its
// event, so that none is lost and none is made twice. The suite is in outboxtest.
package outbox

import (
	"context"
	"errors"
)

// MaxPending bounds the messages that wait; one more is refused with ErrFull, and the
// events stay unread in the journal until there is room.
const MaxPending = 10_000

// ErrFull: as many messages wait as may.
var ErrFull = errors.New("outbox: as many messages wait as may: see what keeps them from arriving")

// ErrNotThere: no such message waits or was given up.
var ErrNotThere = errors.New("outbox: no such message")

// Message is one message to one target. Times are milliseconds since 1970 UTC.
type Message struct {
	ID       int64  // given by the outbox, in the order of keeping
	Target   string // by its name in the configuration
	Seq      uint64 // of the event that it tells of
	Kind     string // "unit.dispatched", "alarm.raised", …
	Subject  string // whose erasure clears Place; empty: nobody's
	Title    string // a few words
	Text     string // one line, nothing of it sealed
	Body     []byte // the same as JSON, for programs
	Place    string // where, only for targets that may have it; the one thing that is sealed elsewhere
	At       int64  // of the event
	Next     int64  // not before then
	Attempts int
	Dead     bool   // given up
	Why      string // what went wrong last
}

// Count is how a target's messages stand.
type Count struct {
	Target  string
	Pending int
	Dead    int
	Oldest  int64 // of those pending: when its event was; 0: none
}

// Outbox keeps messages. It may be used from several goroutines.
type Outbox interface {
	// Cursor is the number of the newest event of which all messages are kept; false
	// where nothing was ever kept.
	Cursor(ctx context.Context) (seq uint64, known bool, err error)
	// Keep keeps messages and moves the cursor on, both or neither. A message whose
	// subject was erased meanwhile is kept without its place.
	Keep(ctx context.Context, cursor uint64, messages []Message) error
	// Due are a target's messages that wait and may be sent, the oldest first.
	Due(ctx context.Context, target string, now int64, limit int) ([]Message, error)
	// Sent forgets a message that has arrived.
	Sent(ctx context.Context, id int64) error
	// Failed keeps a message for later, or, with dead, among those given up.
	Failed(ctx context.Context, id int64, attempts int, next int64, why string, dead bool) error
	// Dead are those given up, the newest first.
	Dead(ctx context.Context, limit int) ([]Message, error)
	// Again has one that was given up wait once more, Drop forgets it; ErrNotThere where
	// there is none.
	Again(ctx context.Context, id, now int64) error
	Drop(ctx context.Context, id int64) error
	// Counts are the targets that have messages, by name.
	Counts(ctx context.Context) ([]Count, error)
	// NextDue is when a target's next message may be sent; 0: none waits.
	NextDue(ctx context.Context, target string) (int64, error)
}
