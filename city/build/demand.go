package build

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/everycall/everycall/city"
	"github.com/everycall/everycall/geo"
)

// The demo's day.
const (
	policePerDay = 718 // a published average of dispatched police calls a day
	fireDay      = "2017-06-11"
	jitterMs     = 2 * 60 * 1000
	movedMin     = geo.Millimetres(500_000) // a moved call is at least this far from its true block
	packSeed     = "everycall seattle demand 1"
)

// demandFrom is the first Sunday taken. From July 2015 the records code calls
// about people in crisis, which the summer of 2020 needs; they start a Sunday
// later because 12 July holds three times its neighbours' rows.
var demandFrom = time.Date(2015, time.July, 19, 0, 0, 0, 0, time.UTC)

// policeRow is one recorded police response.
type policeRow struct {
	day                time.Time
	minute             int // of the day, at scene
	initial, clearance string
	place              string
	at                 geo.Point
	key                uint64 // its place in the draw
}

// policeDemand overlays the Sundays of 2015 from demandFrom on until they hold
// policePerDay calls, and draws so many of them by a fixed seed.
func (s *seattle) policeDemand() error {
	rows, err := s.policeSundays()
	if err != nil {
		return err
	}
	byDay := map[time.Time]int{}
	var days []time.Time
	for _, r := range rows {
		if byDay[r.day] == 0 {
			days = append(days, r.day)
		}
		byDay[r.day]++
	}
	slices.SortFunc(days, time.Time.Compare)
	chosen := map[time.Time]bool{}
	for _, day := range days {
		if s.report.PoliceOverlaid >= policePerDay {
			break
		}
		chosen[day] = true
		s.report.PoliceOverlaid += byDay[day]
		s.report.Sundays = append(s.report.Sundays, day.Format("2 January 2006"))
	}
	rows = slices.DeleteFunc(rows, func(r policeRow) bool { return !chosen[r.day] })
	slices.SortStableFunc(rows, func(a, b policeRow) int { return cmp.Compare(a.key, b.key) })
	rows = rows[:min(len(rows), policePerDay)]
	s.report.PoliceKept = len(rows)
	for _, r := range rows {
		if err := s.addPolice(r); err != nil {
			return err
		}
	}
	return nil
}

func (s *seattle) policeSundays() ([]policeRow, error) {
	t, err := readTable(s.path("spd_911_incident_response_2015.csv.gz"), "Event.Clearance.Description", "Hundred.Block.Location",
		"Longitude", "Latitude", "Initial.Type.Description", "At.Scene.Time")
	if err != nil {
		return nil, err
	}
	var rows []policeRow
	for i, row := range t.rows {
		initial := t.get(row, "Initial.Type.Description")
		if strings.Contains(initial, "ONVIEW") {
			continue // an officer's own stop: nobody called
		}
		when, err := time.Parse("1/2/06 15:04", t.get(row, "At.Scene.Time"))
		if err != nil {
			return nil, fmt.Errorf("%s, row %d: %w", t.path, i+2, err)
		}
		if when.Weekday() != time.Sunday || when.Before(demandFrom) {
			continue
		}
		at, located, err := t.point(row, "Longitude", "Latitude")
		if err != nil {
			return nil, err
		}
		if !located || s.pack.BeatAt(at) == "" {
			continue // a call outside the city
		}
		rows = append(rows, policeRow{
			day: when.Truncate(24 * time.Hour), minute: when.Hour()*60 + when.Minute(), initial: initial,
			clearance: t.get(row, "Event.Clearance.Description"), place: t.get(row, "Hundred.Block.Location"), at: at,
			key: seeded(packSeed, t.get(row, "At.Scene.Time"), initial, t.get(row, "Hundred.Block.Location"), strconv.Itoa(i)).next(),
		})
	}
	return rows, nil
}

// delayMinutes is the invented time from the call to the minute at scene, by
// priority: least and most.
var delayMinutes = [5][2]int64{1: {4, 10}, 2: {7, 30}, 3: {15, 75}, 4: {20, 120}}

func (s *seattle) addPolice(r policeRow) error {
	typeCode, known := code(policeRules, r.initial, "unknown")
	if !known && !slices.Contains(s.report.UnmappedTypes, r.initial) {
		s.report.UnmappedTypes = append(s.report.UnmappedTypes, r.initial)
	}
	kind := typeOf(s.pack.CallTypes, typeCode)
	chance := seeded(packSeed, "details", strconv.FormatUint(r.key, 16))
	bounds := delayMinutes[kind.Priority]
	received := int64(r.minute)*60_000 - chance.between(bounds[0]*60_000, bounds[1]*60_000) + chance.between(-jitterMs, jitterMs)
	call := city.Call{
		OffsetMs: (received + city.DayMs) % city.DayMs, Type: typeCode, Service: kind.Service,
		Point: r.at, UnitsWanted: kind.UnitsWanted,
	}
	word, sensitive := Sensitive(r.initial, r.clearance)
	if sensitive || kind.Moved {
		s.move(&call, chance)
		if word != "" && !slices.Contains(s.report.MovedWords, word) {
			s.report.MovedWords = append(s.report.MovedWords, word)
		}
	} else {
		call.Place = s.placeText(r.place, r.at)
	}
	return s.addCall(call)
}

// move puts a call at a random hundred-block of the city, far from its own.
func (s *seattle) move(call *city.Call, chance *dice) {
	blocks := s.pack.HundredBlocks
	for {
		b := blocks[chance.below(int64(len(blocks)))]
		if geo.Distance(b.Point, call.Point) < movedMin {
			continue
		}
		call.Point, call.Place, call.Moved = b.Point, city.BlockText(b.Block, s.streets.names[b.Street]), true
		s.report.Moved++
		return
	}
}

// placeText writes a recorded place as the pack does. What reads like a house
// number, or like nothing, is replaced by the pack's own label of the point.
func (s *seattle) placeText(recorded string, at geo.Point) string {
	if where, ok := readSpot(recorded); ok {
		return where.text()
	}
	return cmp.Or(s.pack.Label(at), "Seattle")
}

func typeOf(types []city.CallType, code string) city.CallType {
	i, ok := slices.BinarySearchFunc(types, code, func(t city.CallType, c string) int { return strings.Compare(t.Code, c) })
	if !ok {
		panic("call type " + code + " is in a rule but not in the table")
	}
	return types[i]
}

// addCall gives a call its beat (none outside the city) and checks it.
func (s *seattle) addCall(call city.Call) error {
	call.Beat = s.pack.BeatAt(call.Point)
	if call.OffsetMs < 0 || call.OffsetMs >= city.DayMs || call.Place == "" {
		return fmt.Errorf("call %+v has no place or time", call)
	}
	s.pack.Calls = append(s.pack.Calls, call)
	return nil
}

// fireDemand takes one Sunday of the fire department as recorded.
func (s *seattle) fireDemand() error {
	t, err := readTable(s.path("sfd_incidents_2017_hundred_block.csv"), "timestamp_local", "type", "units", "location", "lon", "lat", "incident_number")
	if err != nil {
		return err
	}
	day, err := time.Parse(time.DateOnly, fireDay)
	if err != nil {
		return err
	}
	s.report.FireDay = day.Format("2 January 2006")
	known := map[string]bool{}
	for _, a := range s.pack.Apparatus {
		known[a.CallSign] = true
	}
	for i, row := range t.rows {
		stamp := t.get(row, "timestamp_local")
		if !strings.HasPrefix(stamp, fireDay) {
			continue
		}
		when, err := time.Parse("2006-01-02T15:04:05", stamp)
		if err != nil {
			return fmt.Errorf("%s, row %d: %w", t.path, i+2, err)
		}
		recorded := t.get(row, "type")
		typeCode, ok := code(fireRules, recorded, "fire-response")
		if !ok && !slices.Contains(s.report.UnmappedTypes, recorded) {
			s.report.UnmappedTypes = append(s.report.UnmappedTypes, recorded)
		}
		units := strings.Fields(t.get(row, "units"))
		slices.Sort(units)
		units = slices.Compact(units)
		for _, u := range units {
			if !known[u] && !slices.Contains(s.report.UnknownUnits, u) {
				s.report.UnknownUnits = append(s.report.UnknownUnits, u)
			}
		}
		chance := seeded(packSeed, "fire", t.get(row, "incident_number"))
		sinceMidnight := when.Sub(when.Truncate(24 * time.Hour)).Milliseconds()
		call := city.Call{
			OffsetMs: (sinceMidnight + chance.between(-jitterMs, jitterMs) + city.DayMs) % city.DayMs,
			Type:     typeCode, Service: typeOf(s.pack.CallTypes, typeCode).Service, Units: units, UnitsWanted: max(len(units), 1),
		}
		at, located, err := t.point(row, "lon", "lat")
		if err != nil {
			return err
		}
		s.placeFire(&call, t.get(row, "location"), at, located)
		if err := s.addCall(call); err != nil {
			return err
		}
		s.report.FireCalls++
	}
	slices.Sort(s.report.UnknownUnits)
	return nil
}

// placeFire locates a fire call: by the source, else by the gazetteer, else at
// the station of the first listed unit.
func (s *seattle) placeFire(call *city.Call, recorded string, at geo.Point, located bool) {
	where, named := readSpot(recorded)
	switch {
	case located:
		call.Point = at
		s.report.FireLocated++
	case named:
		found, near, ok := s.locate(where)
		if ok {
			call.Point, call.Approximate = found, !near
			s.report.FireMatched++
			break
		}
		fallthrough
	default:
		call.Approximate = true
		call.Point = s.firstStation(call.Units)
		s.report.FireStandIn++
	}
	call.Place = s.placeText(recorded, call.Point)
}

func (s *seattle) firstStation(units []string) geo.Point {
	for _, u := range units {
		for _, a := range s.pack.Apparatus {
			if a.CallSign == u {
				station, _ := s.pack.Station(a.Station)
				return station.Point
			}
		}
	}
	station, _ := s.pack.Station("HQ")
	return station.Point
}

func (s *seattle) sortCalls() {
	slices.SortStableFunc(s.pack.Calls, func(a, b city.Call) int {
		return cmp.Or(cmp.Compare(a.OffsetMs, b.OffsetMs), cmp.Compare(a.Type, b.Type), a.Point.Compare(b.Point))
	})
}
