package advisor

import (
	"time"

	"github.com/everycall/everycall/dispatch"
	"github.com/everycall/everycall/road"
)

// The parts of a working day with their traffic. Invented: plausible for an American
// city; no record that we have tells them.
var (
	night = road.FreeFlow()
	day   = traffic("day", 110, 110)
	rush  = traffic("rush hour", 120, 140)
)

// traffic slows streets up to collectors, and those above, to so many percent of the
// time that they take when they are empty.
func traffic(name string, streets, arterials uint16) road.Band {
	b := road.FreeFlow()
	b.Name = name
	for c := range b.Percent {
		switch c := road.Class(c); {
		case c >= road.Arterial:
			b.Percent[c] = arterials
		case c >= road.Street:
			b.Percent[c] = streets
		}
	}
	return b
}

// bandAt is the part of the day at a local time.
func bandAt(t time.Time) road.Band {
	weekend := t.Weekday() == time.Saturday || t.Weekday() == time.Sunday
	switch hour := t.Hour(); {
	case hour < 6 || hour >= 21:
		return night
	case !weekend && (hour >= 7 && hour < 9 || hour >= 15 && hour < 18):
		return rush
	}
	return day
}

// keepBand changes to the part of the day that it is in the jurisdiction's zone.
func (r *Road) keepBand(name string, now dispatch.Instant) {
	if !r.banding.TryLock() { // somebody is at it
		return
	}
	defer r.banding.Unlock()
	if r.zone == nil || r.named != name {
		zone, err := time.LoadLocation(name)
		if err != nil || name == "" { // what was is better than a wrong hour's
			return
		}
		r.zone, r.named = zone, name
	}
	if b := bandAt(time.UnixMilli(int64(now)).In(r.zone)); b.Name != r.band {
		r.band = b.Name
		r.router.SetBand(b)
	}
}
