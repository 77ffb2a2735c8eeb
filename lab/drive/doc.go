// Package drive plays a whole city in the demo: the people who call, the crews
// that respond, an automatic dispatcher and its supervisor. Everything it does
// is an ordinary command, submitted as a principal of its own; the rules treat
// it like anybody else, and a person may take over any part at any moment. A
// refusal is therefore normal: it is logged at debug level and forgotten.
//
// A Driver belongs to one goroutine: Run, or a test or the fast-forward that
// calls Step itself. It keeps nothing that cannot be made again: what matters is
// in the room's state, and a Driver made after a restart goes on from there (its
// vehicles start from their last known place, else from home). Its dice are a
// function of its seed and of what they are thrown for, so equal steps give
// equal boards.
//
// Two promises to the people in the room. The dispatcher never decides about an
// incident that any person's contact is part of. And a unit that a person acted
// on is left alone for HandsOff of wall time: the dispatcher does not send it,
// and the crew does not speak for it, unless it is only doing what it was last
// sent to do.
//
// Invented, and labelled so where it is shown: receive times and priorities of
// the calls, which units are in service, the community responders, the calls in
// the zone that start with "demo-zone-", times on scene, the supervisor.
package drive

import (
	"context"
	"time"

	"github.com/everycall/everycall/dispatch"
	"github.com/everycall/everycall/engine"
	"github.com/everycall/everycall/geo"
)

// Who the commands come from.
const (
	BySetup      = "demo:setup"
	ByCallers    = "drive:callers"
	ByCrews      = "drive:crews"
	ByDispatcher = "drive:dispatcher"
	BySupervisor = "drive:supervisor (invented)"
	ByClock      = "drive:clock" // the ticks of a fast-forward
)

// ContactPrefix begins the id of every contact that the drive made.
const ContactPrefix = "demo-"

// HandsOff is how long, in wall time, a unit is left alone after a person acted on it.
const HandsOff = 15 * time.Minute

// PositionSource is the source of the positions that the drive reports.
const PositionSource = "simulated"

// Room is what the drive needs of a room. Its methods are called from the
// driver's goroutine, Submit from several at once.
type Room interface {
	Submit(ctx context.Context, s engine.Submission) (engine.Receipt, error)
	// Look shows a state that has at least everything whose Submit has returned.
	// It must not be kept or changed.
	Look(see func(*dispatch.State))
	// Now is the jurisdiction's time.
	Now() dispatch.Instant
	// Move reports where a unit is.
	Move(unit dispatch.UnitID, at geo.Point, when dispatch.Instant, source string)
	// Where is a unit's last reported place.
	Where(unit dispatch.UnitID) (geo.Point, bool)
	// LastTouch is when a person last acted on a unit, in wall time; zero: never.
	LastTouch(unit dispatch.UnitID) time.Time
}
