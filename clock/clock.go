// Package clock tells the jurisdiction's time: the machine's own clock in
// earnest, a scaled one in the demo. It watches the machine's clock for jumps,
// which are recorded and freeze what is due until somebody confirms.
package clock

import (
	"context"
	"sync"
	"time"

	"github.com/everycall/everycall/dispatch"
	"github.com/everycall/everycall/engine"
)

// JumpMin is how far the machine's clock must move by itself to be noticed.
const JumpMin = 5 * time.Second

// Principal is who the ticks come from.
const Principal = "machine:clock"

// Wall is the machine's clock.
type Wall struct{}

// Now is the time in milliseconds since 1970 UTC.
func (Wall) Now() dispatch.Instant { return dispatch.Instant(time.Now().UnixMilli()) }

// Scaled is a clock that starts at an instant and runs faster than the
// machine's; it stands still until Start and while the program is down. It may
// be moved on by hand, as the fast-forward does.
type Scaled struct {
	mu    sync.Mutex
	base  dispatch.Instant
	since time.Time // zero: standing
	speed int64
}

// NewScaled makes a standing clock.
func NewScaled(speed int) *Scaled { return &Scaled{speed: int64(speed)} }

// Now is the time.
func (c *Scaled) Now() dispatch.Instant {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.since.IsZero() {
		return c.base
	}
	return c.base.Add(dispatch.Millis(time.Since(c.since).Milliseconds() * c.speed))
}

// Set moves a standing clock. It never goes back.
func (c *Scaled) Set(at dispatch.Instant) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.base = max(c.base, at)
}

// Start lets it run.
func (c *Scaled) Start() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.since = time.Now()
}

// Ticker sends the engine a Tick every so often, until ctx ends. With watch it
// looks whether the machine's clock has jumped against its monotonic one.
func Ticker(ctx context.Context, e *engine.Engine, every time.Duration, watch bool) {
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	last := time.Now()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		now := time.Now()
		if jump := jumped(now.Round(0).Sub(last.Round(0)), now.Sub(last)); watch && jump != 0 {
			_, _ = e.Submit(ctx, engine.Submission{By: Principal, Command: dispatch.NoticeClockJump{By: dispatch.Millis(jump.Milliseconds())}}) // the journal's own failure is told elsewhere
		}
		last = now
		_, _ = e.Submit(ctx, engine.Submission{By: Principal, Command: dispatch.Tick{}}) // what is due now is due at the next tick too
	}
}

// jumped is how far the wall clock moved beyond the monotonic time that passed,
// as far as it is worth noticing; 0 for less than JumpMin.
func jumped(wall, monotonic time.Duration) time.Duration {
	if jump := wall - monotonic; jump > JumpMin || jump < -JumpMin {
		return jump
	}
	return 0
}
