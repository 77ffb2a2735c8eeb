package httpapi

import (
	"sync"
	"time"

	"github.com/everycall/everycall/dispatch"
	"github.com/everycall/everycall/engine"
	"github.com/everycall/everycall/geo"
	"github.com/everycall/everycall/view"
)

// Room is what the pages and the streams look at: the world of released events,
// and the positions, which are never journalled. It is the lock around both.
type Room struct {
	mu    sync.RWMutex
	world *view.World
	zone  *time.Location

	moves     sync.RWMutex
	positions map[dispatch.UnitID]Position
	move      uint64 // counts fixes, so that a stream can ask what is new

	touches sync.Mutex
	touched map[dispatch.UnitID]time.Time // wall time of a person's last act on a unit
}

// Position is where a unit was last seen. After a restart it is unknown until
// the next fix.
type Position struct {
	Point  geo.Point
	At     dispatch.Instant
	Source string
	move   uint64
}

// NewRoom makes an empty room; Bootstrap fills it when the engine opens.
func NewRoom() *Room {
	return &Room{world: view.New(dispatch.NewState(), 0), zone: time.UTC, positions: map[dispatch.UnitID]Position{}, touched: map[dispatch.UnitID]time.Time{}}
}

// Bootstrap takes over the state that the engine recovered.
func (r *Room) Bootstrap(s *dispatch.State, seq uint64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.world = view.New(s, seq)
	r.setZone()
}

// Follow applies released events; the engine calls it before any reply.
func (r *Room) Follow(events []engine.Recorded) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, e := range events {
		if e.Seq <= r.world.Seq {
			continue
		}
		r.world.Apply(e.Seq, e.By, e.At, e.Event)
		if _, is := e.Event.(*dispatch.Configured); is {
			r.setZone()
		}
	}
}

func (r *Room) setZone() {
	if zone, err := time.LoadLocation(r.world.State.Config.Zone); err == nil && r.world.State.Config.Zone != "" {
		r.zone = zone
	}
}

// Look lets somebody read the board while nothing changes it.
func (r *Room) Look(see func(*dispatch.State)) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	see(r.world.State)
}

// Move records where a unit is. Newer fixes replace older ones; an older one is
// dropped.
func (r *Room) Move(unit dispatch.UnitID, at geo.Point, when dispatch.Instant, source string) {
	r.moves.Lock()
	defer r.moves.Unlock()
	if old, known := r.positions[unit]; known && old.At > when {
		return
	}
	r.move++
	r.positions[unit] = Position{Point: at, At: when, Source: source, move: r.move}
}

// Where tells a unit's last position.
func (r *Room) Where(unit dispatch.UnitID) (Position, bool) {
	r.moves.RLock()
	defer r.moves.RUnlock()
	p, ok := r.positions[unit]
	return p, ok
}

// moved lists the units with a newer fix than the one counted so far.
func (r *Room) moved(since uint64) (ids []dispatch.UnitID, at []Position, now uint64) {
	r.moves.RLock()
	defer r.moves.RUnlock()
	for id, p := range r.positions {
		if p.move > since {
			ids, at = append(ids, id), append(at, p)
		}
	}
	return ids, at, r.move
}

// Touch remembers that a person acted on a unit, so that simulated responders
// leave it alone for a while.
func (r *Room) Touch(unit dispatch.UnitID) {
	r.touches.Lock()
	defer r.touches.Unlock()
	r.touched[unit] = time.Now()
}

// LastTouch tells when a person last acted on a unit; zero: never.
func (r *Room) LastTouch(unit dispatch.UnitID) time.Time {
	r.touches.Lock()
	defer r.touches.Unlock()
	return r.touched[unit]
}
