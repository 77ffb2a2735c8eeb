package drive

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/everycall/everycall/advisor"
	"github.com/everycall/everycall/city"
	"github.com/everycall/everycall/dispatch"
	"github.com/everycall/everycall/engine"
	"github.com/everycall/everycall/geo"
)

// Rhythm of a live drive, in wall time.
const (
	StepEvery     = 500 * time.Millisecond
	positionEvery = time.Second // at most so often for each unit
)

// submitMax bounds the commands that wait for the same sync.
const submitMax = 64

// FastForwardStep is a step that is quick and loses little: a unit's times are
// at most so late.
const FastForwardStep = 10 * dispatch.Second

// Seed is the one with which the demo is played.
const Seed = 2020

// Options are what a driver may be given.
type Options struct {
	Seed uint64
	Log  *slog.Logger     // nil: silent
	Wall func() time.Time // nil: time.Now; for HandsOff and the rhythm of positions
	// Road is the streets as the room knows them; the driver keeps it up to date. nil:
	// straight lines are estimated, and closures are not seen.
	Road *advisor.Road
}

// Driver plays the city. Make it with New after Setup.
type Driver struct {
	room      Room
	log       *slog.Logger
	wall      func() time.Time
	dice      dice
	demand    *demand
	streets   streets
	estimator Estimator
	hospital  geo.Point
	units     map[dispatch.UnitID]*crew
	order     []dispatch.UnitID // the units in the pack's order
	published time.Time
	hurried   bool // in a fast-forward: nobody watches
}

// Estimator says how long a way takes a unit, and by which model.
type Estimator interface {
	Way(unit *dispatch.Unit, from, to geo.Point, lights bool) advisor.Way
}

// act is one command that the drive wants done. Ordered ones are submitted one
// after another, since the rules number what they make.
type act struct {
	by, id  string
	command dispatch.Command
	ordered bool
}

// New makes a driver for a room that Setup was called on. Units that are under
// way go on from where they were last seen, else from home.
func New(room Room, pack *city.Pack, opt Options) (*Driver, error) {
	_, midnight, err := Start(pack)
	if err != nil {
		return nil, err
	}
	d := &Driver{room: room, log: opt.Log, wall: opt.Wall, dice: dice(opt.Seed), streets: streets{graph: pack.Roads, road: opt.Road},
		hospital: hospitalOf(pack), units: map[dispatch.UnitID]*crew{}}
	if d.log == nil {
		d.log = slog.New(slog.DiscardHandler)
	}
	d.estimator = advisor.StraightLine{}
	if opt.Road != nil {
		d.estimator = opt.Road
	}
	if d.wall == nil {
		d.wall = time.Now
	}
	if d.demand, err = newDemand(pack, midnight, d.dice); err != nil {
		return nil, err
	}
	for _, h := range homes(pack) {
		c := &crew{home: h, at: h.point}
		if at, known := room.Where(h.unit.ID); known {
			c.at = at
		}
		d.units[h.unit.ID] = c
		d.order = append(d.order, h.unit.ID)
	}
	return d, nil
}

// Run plays live until ctx ends, which is no error, or the engine stops.
func (d *Driver) Run(ctx context.Context) error {
	ticker := time.NewTicker(StepEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
		if err := d.Step(ctx, d.room.Now()); err != nil {
			if ctx.Err() != nil {
				return nil
			}
			return err
		}
	}
}

// Step plays what happens up to now: callers, crews, the dispatcher, the
// supervisor. The error is the engine's having stopped, or ctx's end.
func (d *Driver) Step(ctx context.Context, now dispatch.Instant) error {
	submit := func(acts []act) error { return d.submit(ctx, acts) }
	if err := submit(d.demand.until(now)); err != nil {
		return err
	}
	var acts []act
	var wishes []wish
	if d.streets.road != nil {
		if _, err := d.streets.road.Know(d.room.Look, now); err != nil {
			return err
		}
	}
	d.room.Look(func(st *dispatch.State) { acts, wishes = d.crews(st, now) })
	d.grant(wishes, now)
	if err := submit(acts); err != nil {
		return err
	}
	if err := d.dispatcher(now, submit); err != nil {
		return err
	}
	d.room.Look(func(st *dispatch.State) { acts = d.supervise(st, now) })
	if err := submit(acts); err != nil {
		return err
	}
	if !d.hurried && d.wall().Sub(d.published) >= positionEvery {
		d.publish(now)
	}
	return nil
}

// StandingClock is a clock that is moved on by hand.
type StandingClock interface {
	Set(at dispatch.Instant)
}

// FastForward plays from one time to another, in steps of virtual time, moving
// the room's clock on and sending its ticks. Positions are reported at the end.
func (d *Driver) FastForward(ctx context.Context, clock StandingClock, from, to dispatch.Instant, step dispatch.Millis) error {
	if step <= 0 {
		return fmt.Errorf("fast-forward in steps of %d ms: they must be longer", step)
	}
	d.hurried = true
	defer func() {
		d.hurried = false
		d.publish(to)
	}()
	tick := []act{{by: ByClock, command: dispatch.Tick{}}}
	for now := from; ; now = min(now.Add(step), to) {
		clock.Set(now)
		if err := d.submit(ctx, tick); err != nil {
			return err
		}
		if err := d.Step(ctx, now); err != nil {
			return err
		}
		if now >= to {
			return nil
		}
	}
}

// submit sends the acts: ordered ones alone, in between up to submitMax at once,
// so that they share a sync. It waits for all.
func (d *Driver) submit(ctx context.Context, acts []act) error {
	for len(acts) > 0 {
		n := 1
		for !acts[0].ordered && n < len(acts) && n < submitMax && !acts[n].ordered {
			n++
		}
		if err := d.together(ctx, acts[:n]); err != nil {
			return err
		}
		acts = acts[n:]
	}
	return nil
}

// together submits some acts at once; the goroutines end before it returns.
func (d *Driver) together(ctx context.Context, acts []act) error {
	if len(acts) == 1 {
		return d.one(ctx, acts[0])
	}
	errs := make([]error, len(acts))
	var wait sync.WaitGroup
	for n := range acts {
		wait.Go(func() { errs[n] = d.one(ctx, acts[n]) })
	}
	wait.Wait()
	return errors.Join(errs...)
}

// one submits one act. The rules' saying no, a full queue and a journal that
// failed are passed over: the next step decides on what is so then.
func (d *Driver) one(ctx context.Context, a act) error {
	_, err := d.room.Submit(ctx, engine.Submission{By: a.by, ID: a.id, Command: a.command})
	switch {
	case err == nil:
		return nil
	case refused(err):
		d.log.Debug("the rules said no", "command", a.command.CommandName(), "id", a.id, "err", err)
		return nil
	case ctx.Err() != nil || errors.Is(err, engine.ErrStopped):
		return fmt.Errorf("drive: %w", err)
	}
	d.log.Warn("a command of the drive was not recorded", "command", a.command.CommandName(), "id", a.id, "err", err)
	return nil
}

// handsOff reports whether a person acted on the unit a short time ago.
func (d *Driver) handsOff(unit dispatch.UnitID) bool {
	at := d.room.LastTouch(unit)
	return !at.IsZero() && d.wall().Sub(at) < HandsOff
}

// publish reports the vehicles that have moved since they were last reported.
func (d *Driver) publish(now dispatch.Instant) {
	d.published = d.wall()
	for _, id := range d.order {
		c := d.units[id]
		if c.way != nil {
			c.at = c.way.at(now)
		}
		if !c.visible || c.at != c.shown {
			d.room.Move(id, c.at, now, PositionSource)
			c.shown, c.visible = c.at, true
		}
	}
}
