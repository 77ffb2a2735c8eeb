package drive

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/everycall/everycall/city"
	"github.com/everycall/everycall/dispatch"
	"github.com/everycall/everycall/geo"
)

// demandGap is how far back a step looks for calls after the drive stood still:
// what lies before that nobody rang about.
const demandGap = 2 * dispatch.Minute

// Calls in the zone are too few in the records to show what staging is, so that
// an invented one comes every zoneEvery, give or take zoneJitter.
const (
	zoneEvery  = 16 * dispatch.Minute
	zoneJitter = 6 * dispatch.Minute
)

// demand says which calls come in. The pack's day is played over and over; a
// call's id is made of the date and its row, so that no call comes twice.
type demand struct {
	pack     *city.Pack
	dice     dice
	midnight dispatch.Instant // of the first day
	zone     *time.Location
	done     dispatch.Instant // calls up to here have been received
	places   []geo.Point      // street places in the zone
	kinds    []city.CallType  // what may be wrong there
}

func newDemand(pack *city.Pack, midnight dispatch.Instant, d dice) (*demand, error) {
	zone, err := time.LoadLocation(pack.Zone)
	if err != nil {
		return nil, fmt.Errorf("time zone of the pack of %s: %w", pack.Name, err)
	}
	m := &demand{pack: pack, dice: d, midnight: midnight, zone: zone}
	for _, x := range pack.Intersections {
		for _, z := range pack.Overlay.Zones {
			if z.Outline.Contains(x.Point) && !slices.Contains(m.places, x.Point) {
				m.places = append(m.places, x.Point)
			}
		}
	}
	for _, t := range pack.CallTypes {
		if t.LifeSafety && !t.Moved && len(t.Capabilities) == 1 && t.UnitsWanted <= 3 {
			m.kinds = append(m.kinds, t)
		}
	}
	return m, nil
}

// until gives the calls after the last time up to now, oldest first.
func (m *demand) until(now dispatch.Instant) []act {
	from := max(m.done, now.Add(-demandGap))
	m.done = max(m.done, now)
	if now <= from {
		return nil
	}
	var acts []act
	for day := m.day(from); day <= m.day(now); day++ {
		for row, c := range m.pack.Calls {
			if at := m.midnight.Add(dispatch.Millis(day)*dispatch.Day + dispatch.Millis(c.OffsetMs)); at > from && at <= now {
				acts = append(acts, m.receive(m.id(day, row), c, []string{"received_at", "priority"}))
			}
		}
	}
	if len(m.places) == 0 || len(m.kinds) == 0 {
		return acts
	}
	for slot := from.Since(m.midnight) / zoneEvery; slot <= now.Since(m.midnight)/zoneEvery; slot++ {
		id := fmt.Sprintf("%szone-%d", ContactPrefix, slot)
		if at := m.midnight.Add(slot*zoneEvery + m.dice.between(0, zoneJitter, "when", id)); at > from && at <= now {
			place := m.places[m.dice.below(uint64(len(m.places)), "place", id)]
			kind := m.kinds[m.dice.below(uint64(len(m.kinds)), "kind", id)]
			c := city.Call{Type: kind.Code, Service: kind.Service, Point: place, Place: m.pack.Label(place), Beat: m.pack.BeatAt(place)}
			acts = append(acts, m.receive(id, c, []string{"received_at", "priority", "type", "place"}))
		}
	}
	return acts
}

func (m *demand) day(at dispatch.Instant) int64 {
	return int64(max(at.Since(m.midnight), 0) / dispatch.Day)
}

func (m *demand) id(day int64, row int) string {
	noon := time.UnixMilli(int64(m.midnight.Add(dispatch.Millis(day)*dispatch.Day + dispatch.Day/2))).In(m.zone)
	return fmt.Sprintf("%s%s-%04d", ContactPrefix, noon.Format("20060102"), row)
}

func (m *demand) receive(id string, c city.Call, invented []string) act {
	at := c.Point
	kind, _ := m.pack.Type(c.Type)
	return act{by: ByCallers, id: id, ordered: true, command: dispatch.ReceiveContact{ID: dispatch.ContactID(id), Channel: "phone", Language: "en", Type: c.Type, Beat: c.Beat,
		Person: dispatch.Private{Place: c.Place, Point: &at, Text: kind.Name}, Invented: invented}}
}

// own reports whether every contact of an incident was made by the drive.
func own(i *dispatch.Incident) bool {
	for _, id := range i.Contacts {
		if !strings.HasPrefix(string(id), ContactPrefix) {
			return false
		}
	}
	return true
}
