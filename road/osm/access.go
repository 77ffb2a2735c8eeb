package osm

import (
	"strings"

	"github.com/everycall/everycall/road/osm/pbf"
)

// Keys from the most specific; see the package's comment.
var (
	motorKeys = []string{"motorcar", "motor_vehicle", "vehicle", "access"}
	footKeys  = []string{"foot", "access"}
	bikeKeys  = []string{"bicycle", "vehicle", "access"}
)

var accessValues = map[string]verdict{
	"yes": free, "permissive": free, "designated": free, "official": free, "public": free, "unknown": free, "discouraged": free,
	"destination": local, "delivery": local, "customers": local, "residents": local,
	"private": private, "permit": private, "agricultural": private, "forestry": private, "military": private, "emergency": private, "employees": private,
	"no": never, "use_sidepath": never, "dismount": never,
}

// emergencyValues are of the key emergency on a way or barrier. Others say what stands
// there, not who may pass.
var emergencyValues = map[string]verdict{
	"yes": free, "designated": free, "official": free, "permissive": free, "destination": free, "only": free, "private": free,
	"no": never,
}

// accessOf reads one access value.
func accessOf(key, value string, notes *notes) verdict {
	best := unsaid
	for one := range strings.SplitSeq(value, ";") {
		v, known := accessValues[strings.TrimSpace(one)]
		if !known {
			notes.unknown(key, value)
		}
		best = max(best, v)
	}
	return best
}

// said is what the first key with a value that is known says, unsaid without one.
// suffix is ":forward", ":backward" or "", tried before the key itself.
func said(t pbf.Tags, keys []string, suffix string, notes *notes) verdict {
	for _, key := range keys {
		for _, full := range [2]string{key + suffix, key} {
			if value := t.Get(full); value != "" {
				if v := accessOf(key, value, notes); v != unsaid {
					return v
				}
			}
		}
	}
	return unsaid
}

// motorRight is what tags say of a service's vehicles: rules that bind the public bind
// them less.
func motorRight(t pbf.Tags, suffix string, usual verdict, notes *notes) verdict {
	v := said(t, motorKeys, suffix, notes)
	if v == never && (reserved(t.Get("bus")) || reserved(t.Get("psv"))) {
		v = free
	}
	if v == unsaid {
		v = usual
	}
	if e := emergencyValues[t.Get("emergency")]; e != unsaid {
		v = e
	} else if t.Get("service") == "emergency_access" {
		v = free
	}
	return v
}

func reserved(value string) bool { return value == "yes" || value == "designated" }

// rights are what a way's tags say by mode, forward and backward.
type rights struct{ motor, foot, onBike [2]verdict }

func rightsOf(t pbf.Tags, k kind, notes *notes) (r rights) {
	if t.Get("motorroad") == "yes" {
		k.foot, k.onBike = never, never
	}
	if t.Get("impassable") == "yes" || t.Get("smoothness") == "impassable" {
		k.motor = never
	}
	for i, suffix := range [2]string{":forward", ":backward"} {
		r.motor[i] = motorRight(t, suffix, k.motor, notes)
		if r.foot[i] = said(t, footKeys, suffix, notes); r.foot[i] == unsaid {
			r.foot[i] = k.foot
		}
		if r.onBike[i] = said(t, bikeKeys, suffix, notes); r.onBike[i] == unsaid {
			r.onBike[i] = k.onBike
		}
		// access=yes on a motorway or a footway is said of those that it is for.
		if t.Get("foot") == "" && t.Get("foot"+suffix) == "" && k.foot == never {
			r.foot[i] = never
		}
		if t.Get("bicycle") == "" && t.Get("bicycle"+suffix) == "" && t.Get("vehicle") == "" && k.onBike == never {
			r.onBike[i] = never
		}
		if k.motor == never && r.motor[i] > never && !motorSaid(t, suffix) {
			r.motor[i] = never
		}
	}
	for i := 0; i+1 < len(t); i += 2 {
		if strings.HasSuffix(t[i], ":conditional") {
			notes.conditional++
			break
		}
	}
	return r
}

// motorSaid reports whether tags speak of motor vehicles themselves.
func motorSaid(t pbf.Tags, suffix string) bool {
	for _, key := range []string{"motorcar", "motor_vehicle", "vehicle"} {
		if t.Get(key) != "" || t.Get(key+suffix) != "" {
			return true
		}
	}
	return emergencyValues[t.Get("emergency")] != unsaid || t.Get("service") == "emergency_access"
}

// direction is which way one may go: there is along the way's nodes.
type direction struct {
	there, back         bool // motor vehicles
	bikeThere, bikeBack bool
	footThere, footBack bool
	reversible          bool
}

func directionOf(t pbf.Tags, highway string, notes *notes) direction {
	d := direction{there: true, back: true, footThere: true, footBack: true}
	value := t.Get("oneway")
	if value == "" && (highway == "motorway" || t.Get("junction") == "roundabout" || t.Get("junction") == "circular") {
		value = "yes"
	}
	switch value {
	case "yes", "true", "1":
		d.back = false
	case "-1", "reverse":
		d.there = false
	case "reversible":
		d.there, d.back, d.reversible = false, false, true
	case "", "no", "false", "0", "alternating":
	default:
		notes.unknown("oneway", value)
	}
	d.bikeThere, d.bikeBack = d.there, d.back
	switch t.Get("oneway:bicycle") {
	case "no":
		d.bikeThere, d.bikeBack = true, true
	case "yes":
		d.bikeThere, d.bikeBack = true, false
	case "-1":
		d.bikeThere, d.bikeBack = false, true
	case "":
		for _, key := range []string{"cycleway", "cycleway:left", "cycleway:right", "cycleway:both"} {
			if strings.HasPrefix(t.Get(key), "opposite") {
				d.bikeThere, d.bikeBack = true, true
			}
		}
	}
	switch t.Get("oneway:foot") {
	case "yes":
		d.footBack = false
	case "-1":
		d.footThere = false
	}
	return d
}
