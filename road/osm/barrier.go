package osm

import (
	"github.com/everycall/everycall/road"
	"github.com/everycall/everycall/road/osm/pbf"
)

// Whom a barrier stops unless a tag says otherwise.
const (
	notMotor   = road.Motor
	notCars    = road.Patrol | road.Ambulance
	onlyFeet   = road.Motor | road.Bicycle
	notAnybody = road.Everybody
	stopsNone  = road.Vehicles(0)
)

var barriers = map[string]road.Vehicles{
	"bollard": notMotor, "block": notMotor, "jersey_barrier": notMotor, "log": notMotor, "planter": notMotor, "debris": notMotor, "rope": notMotor,
	"chain": notMotor, "cycle_barrier": notMotor, "motorcycle_barrier": notMotor, "barrier_board": notMotor, "tree": notMotor, "rock": notMotor, "stone": notMotor, "yes": notMotor,
	"bus_trap": notCars, "sump_buster": notCars, "car_trap": notCars,
	"stile": onlyFeet, "kissing_gate": onlyFeet, "turnstile": onlyFeet, "full-height_turnstile": onlyFeet, "horse_stile": onlyFeet, "wicket_gate": onlyFeet,
	"wall": notAnybody, "fence": notAnybody, "hedge": notAnybody, "ditch": notAnybody, "guard_rail": notAnybody, "retaining_wall": notAnybody, "city_wall": notAnybody,
	"gate": stopsNone, "lift_gate": stopsNone, "swing_gate": stopsNone, "sliding_gate": stopsNone, "sliding_beam": stopsNone, "hampshire_gate": stopsNone, "bump_gate": stopsNone,
	"entrance": stopsNone, "cattle_grid": stopsNone, "toll_booth": stopsNone, "border_control": stopsNone, "kerb": stopsNone, "sally_port": stopsNone,
	"checkpoint": stopsNone, "height_restrictor": stopsNone, "coupure": stopsNone, "spikes": stopsNone, "no": stopsNone,
}

// stops is whom a barrier with these tags lets not pass.
func stops(t pbf.Tags, notes *notes) road.Vehicles {
	kind := t.Get("barrier")
	usual, known := barriers[kind]
	if !known {
		notes.unknown("barrier", kind)
	}
	usually := func(who road.Vehicles) verdict {
		if usual&who == who {
			return never
		}
		return free
	}
	var out road.Vehicles
	for _, who := range [...]road.Vehicles{road.Patrol, road.Engine, road.Ambulance} {
		if motorRight(t, "", usually(who), notes) == never {
			out |= who
		}
	}
	for _, mode := range [...]struct {
		who  road.Vehicles
		keys []string
	}{{road.Foot, footKeys}, {road.Bicycle, bikeKeys}} {
		v := said(t, mode.keys, "", notes)
		if v == unsaid {
			v = usually(mode.who)
		}
		if v < local {
			out |= mode.who
		}
	}
	if t.Get("locked") == "yes" {
		out = road.Everybody
		if emergencyValues[t.Get("emergency")] == free {
			out &^= road.Motor
		}
	}
	if tooSmall(t, notes) {
		out |= road.Engine
	}
	return out
}
