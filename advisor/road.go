package advisor

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/everycall/everycall/dispatch"
	"github.com/everycall/everycall/engine"
	"github.com/everycall/everycall/geo"
	"github.com/everycall/everycall/road"
)

// Way is how a unit comes to a place, by some model.
type Way struct {
	Travel dispatch.Millis
	Line   geo.Millimetres // as the crow flies
	Model  string
	Known  bool   // false: no way leads there
	Note   string // what there is to say of it; "" is usual
}

// Road estimates ways over the city's streets as the room knows them at the moment:
// with its access facts and the walls and gates of its zones.
type Road struct {
	router *road.Router
	wake   chan struct{}

	mu     sync.Mutex // guards what is asked with; nobody holds it while streets change
	asker  *road.Asker
	stands map[spot]*road.Stand
	goals  map[spot]*road.Goal

	knowing sync.Mutex // guards what the router was told
	facts   map[string]road.Fact
	missed  []string // match no street, and nobody was told yet

	banding sync.Mutex // guards the part of the day
	band    string
	zone    *time.Location
	named   string // the zone's name
}

// Principal is who reports what the streets do not match.
const Principal = "machine:streets"

// spot is a place for a vehicle class.
type spot struct {
	at   geo.Point
	kind road.Kind
}

// The invented figures of the model.
const (
	offStreetSpeed = 3_000   // mm/s between a place and its street
	offStreetMax   = 500_000 // mm from a street; beyond it the straight line counts
	spotsMax       = 4096    // remembered places
)

// NewRoad makes the streets ready, with the traffic of a time in the jurisdiction's
// zone. It takes about a second for a large city.
func NewRoad(g *road.Graph, order []uint32, at time.Time) (*Road, error) {
	streets, err := road.Prepare(g, order)
	if err != nil {
		return nil, err
	}
	band := bandAt(at)
	r := &Road{router: road.NewRouter(streets, band), band: band.Name, wake: make(chan struct{}, 1), stands: map[spot]*road.Stand{}, goals: map[spot]*road.Goal{}, facts: map[string]road.Fact{}}
	r.asker = r.router.NewAsker()
	return r, nil
}

// Model names it in answers and in the journal.
func (*Road) Model() string { return "road" }

// Note says in plain words what to make of its times.
func (*Road) Note() string {
	return "Street model: ways over the city's streets, with the closures and zones that the room knows. Speeds and the time that turns take are assumptions, and how much traffic slows them at which hour, too."
}

// VehicleOf is the vehicle class of a unit of a service.
func VehicleOf(of dispatch.Service, kind string) road.Kind {
	switch kind = strings.ToLower(kind); {
	case strings.Contains(kind, "foot"):
		return road.KindFoot
	case strings.Contains(kind, "bicycle"), strings.Contains(kind, "bike"):
		return road.KindBicycle
	case of == "ems", strings.Contains(kind, "medic"), strings.Contains(kind, "aid"), strings.Contains(kind, "ambulance"):
		return road.KindAmbulance
	case of == "fire":
		return road.KindEngine
	}
	return road.KindPatrol
}

// Way estimates how a unit comes from one place to another. Lights says that it drives
// with lights and sirens.
func (r *Road) Way(u *dispatch.Unit, from, to geo.Point, lights bool) Way {
	k := VehicleOf(u.Service, u.Kind)
	v := r.router.View()
	defer v.Release()
	r.mu.Lock()
	defer r.mu.Unlock()
	stand, goal := r.stand(v, spot{from, k}), r.goal(v, spot{to, k})
	if stand == nil || goal == nil {
		way := StraightLine{}.Way(u, from, to, lights)
		way.Note = "no street is near: straight line"
		return way
	}
	way := Way{Line: geo.Distance(from, to), Model: r.Model()}
	reach := r.asker.Between(v, stand, goal)
	if !reach.OK {
		way.Note = "no street leads there: closed"
		return way
	}
	ms := reach.Ms
	if !lights {
		ms = k.Ordinary(ms)
	}
	off := stand.Stop().Off + goal.Stop().Off
	way.Travel, way.Known = max(dispatch.Millis(ms+int64(off)*1000/offStreetSpeed), shortestAnswerMs), true
	if reach.Reluctant > 0 {
		way.Note = "only over streets that are restricted"
	}
	return way
}

// stand and goal remember labels by place; nil where no street is near.
func (r *Road) stand(v *road.View, at spot) *road.Stand {
	if s := r.stands[at]; s != nil {
		s.Renew(v)
		return s
	}
	stop, ok := v.Stop(at.kind, at.at, road.Snap{})
	if !ok || stop.Off > offStreetMax {
		return nil
	}
	if len(r.stands) >= spotsMax {
		clear(r.stands)
	}
	s := v.Stand(stop)
	r.stands[at] = s
	return s
}

func (r *Road) goal(v *road.View, at spot) *road.Goal {
	g := r.goals[at]
	if g != nil && g.Epoch() == v.Epoch {
		return g
	}
	if g != nil {
		g = v.Goal(g.Stop())
	} else {
		stop, ok := v.Stop(at.kind, at.at, road.Snap{})
		if !ok || stop.Off > offStreetMax {
			return nil
		}
		g = v.Goal(stop)
	}
	if len(r.goals) >= spotsMax {
		clear(r.goals)
	}
	r.goals[at] = g
	return g
}

// Route is the way through some places, a gate for one, with what it avoids or is
// blocked by: false when no street is near one of them.
func (r *Road) Route(k road.Kind, places ...geo.Point) (road.Route, bool) {
	return r.ask(k, places, r.asker.Via)
}

// Drive is Route between two places without what it avoids or is blocked by: quicker.
func (r *Road) Drive(k road.Kind, from, to geo.Point) (road.Route, bool) {
	return r.ask(k, []geo.Point{from, to}, func(v *road.View, stops ...*road.Stop) road.Route { return r.asker.Drive(v, stops[0], stops[1]) })
}

func (r *Road) ask(k road.Kind, places []geo.Point, how func(*road.View, ...*road.Stop) road.Route) (road.Route, bool) {
	v := r.router.View()
	defer v.Release()
	stops := make([]*road.Stop, len(places))
	for i, p := range places {
		stop, near := v.Stop(k, p, road.Snap{})
		if !near || stop.Off > offStreetMax {
			return road.Route{}, false
		}
		stops[i] = &stop
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return how(v, stops...), true
}

// Within lists the street pieces that a vehicle class can come to from a place within
// some time, as lines: an isochrone. False when no street is near.
func (r *Road) Within(k road.Kind, from geo.Point, most dispatch.Millis) ([][2]geo.Point, bool) {
	v := r.router.View()
	defer v.Release()
	stop, near := v.Stop(k, from, road.Snap{})
	if !near || stop.Off > offStreetMax {
		return nil, false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	g := v.Streets()
	var out [][2]geo.Point
	for _, p := range r.asker.Within(v, &stop, uint32(min(max(most, 0), dispatch.Day))) {
		e := &g.Edges()[p.Edge]
		one, other := g.Point(e.From), g.Point(e.To)
		out = append(out, [2]geo.Point{geo.Along(one, other, int64(p.From), int64(e.Length)), geo.Along(one, other, int64(p.To), int64(e.Length))})
	}
	return out, true
}

// Know takes over the access facts and zones of a state. It is quick when nothing has
// changed, and looks at the state only as long as it reads them. It returns those that
// are new and match no street: the router keeps them, and they close nothing.
func (r *Road) Know(look func(func(*dispatch.State)), now dispatch.Instant) (missed []string, err error) {
	r.knowing.Lock()
	defer r.knowing.Unlock()
	next := map[string]road.Fact{}
	look(func(s *dispatch.State) {
		for _, f := range factsOf(s, now) {
			next[f.ID] = f
		}
	})
	var add []road.Fact
	var remove []string
	for id, f := range next {
		if old, known := r.facts[id]; !known || !same(old, f) {
			add = append(add, f)
		}
	}
	for id := range r.facts {
		if _, still := next[id]; !still {
			remove = append(remove, id)
		}
	}
	if len(add)+len(remove) == 0 {
		return nil, nil
	}
	slices.SortFunc(add, func(a, b road.Fact) int { return cmp.Compare(a.ID, b.ID) })
	slices.Sort(remove)
	if _, missed, err = r.router.Update(add, remove); err != nil {
		return nil, fmt.Errorf("streets that open and close: %w", err)
	}
	r.facts = next
	r.missed = append(r.missed, missed...)
	return missed, nil
}

// untold hands out the facts that match no street, each once, whoever made them known.
func (r *Road) untold() []string {
	r.knowing.Lock()
	defer r.knowing.Unlock()
	missed := r.missed
	r.missed = nil
	return missed
}

func same(a, b road.Fact) bool {
	return a.Shape == b.Shape && a.For == b.For && a.State == b.State && a.DelayMs == b.DelayMs && a.OneWay == b.OneWay && a.Admits == b.Admits && a.Wary == b.Wary && slices.Equal(a.Geometry, b.Geometry) && slices.Equal(a.Gates, b.Gates)
}

// Follow wakes Run when a batch of events is about streets.
func (r *Road) Follow(events []engine.Recorded) {
	for _, e := range events {
		switch e.Event.(type) {
		case *dispatch.AccessRecorded, *dispatch.AccessConfirmed, *dispatch.AccessStale, *dispatch.AccessWithdrawn, *dispatch.ZoneDeclared, *dispatch.ZoneAmended, *dispatch.ZoneWasEnded,
			*dispatch.ClearanceGiven, *dispatch.ClearanceEnded, *dispatch.AgreementRecorded, *dispatch.AgreementBegan, *dispatch.AgreementEnded, *dispatch.Configured:
			select {
			case r.wake <- struct{}{}:
			default: // it is awake already
			}
			return
		}
	}
}

// Run keeps up with the room until ctx ends: at once when something is recorded, and
// every second for what grows old. The weights of another part of the day are made
// beside that. Missed is told which access facts match no street, at the start too, when
// all are matched anew on the pack that there is now; failed, what else could not be
// taken over.
func (r *Road) Run(ctx context.Context, look func(func(*dispatch.State)), now func() dispatch.Instant, missed func(dispatch.AccessID), failed func(error)) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	var bands sync.WaitGroup
	defer bands.Wait()
	for {
		if _, err := r.Know(look, now()); err != nil {
			failed(err)
		}
		var zone string
		var ways []dispatch.AccessID
		look(func(s *dispatch.State) {
			zone = s.Config.Zone
			for _, id := range r.untold() {
				if s.Access[dispatch.AccessID(id)] != nil {
					ways = append(ways, dispatch.AccessID(id))
				} else if s.Zones[dispatch.ZoneID(id)] != nil {
					failed(fmt.Errorf("zone %s matches no street: it closes nothing", id))
				}
			}
		})
		for _, id := range ways {
			missed(id)
		}
		bands.Go(func() { r.keepBand(zone, now()) })
		select {
		case <-ctx.Done():
			return
		case <-r.wake:
		case <-tick.C:
		}
	}
}
