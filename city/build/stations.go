package build

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/everycall/everycall/city"
)

// kind is what a call sign's letters say about a vehicle.
type kind struct {
	name         string
	service      string
	capabilities []string
	crew         int
	staffed      bool // answers calls at the start
}

// kinds are tried in order; the first whose pattern matches the call sign wins.
// Crews and who is staffed are invented; kinds are read from the letters.
var kinds = []struct {
	pattern *regexp.Regexp
	kind    kind
}{
	{regexp.MustCompile(`^E\d+$`), kind{"engine", city.Fire, []string{"engine", "aid"}, 4, true}},
	{regexp.MustCompile(`^L\d+$`), kind{"ladder", city.Fire, []string{"ladder", "aid"}, 4, true}},
	{regexp.MustCompile(`^M4[45]$`), kind{"medic_supervisor", city.EMS, []string{"chief", "medic"}, 1, true}},
	{regexp.MustCompile(`^M\d+$`), kind{"medic", city.EMS, []string{"medic", "aid"}, 2, true}},
	{regexp.MustCompile(`^M/A\d+$`), kind{"medic", city.EMS, []string{"medic", "aid"}, 2, true}},
	{regexp.MustCompile(`^A\d+$`), kind{"aid", city.EMS, []string{"aid"}, 2, true}},
	{regexp.MustCompile(`^B\d$`), kind{"chief", city.Fire, []string{"chief"}, 1, true}},
	{regexp.MustCompile(`^B\d\d$`), kind{"chief", city.Fire, []string{"chief"}, 1, false}},
	{regexp.MustCompile(`^DEP\d+$`), kind{"chief", city.Fire, []string{"chief"}, 1, true}},
	{regexp.MustCompile(`^R\d`), kind{"rescue", city.Fire, []string{"rescue"}, 4, true}},
	{regexp.MustCompile(`^HAZ\d`), kind{"hazmat", city.Fire, []string{"hazmat"}, 4, true}},
	{regexp.MustCompile(`^(FB\d|Fireboat )`), kind{"fireboat", city.Fire, []string{"marine"}, 3, false}},
	{regexp.MustCompile(`^(Rescue Boat|PT)`), kind{"boat", city.Fire, []string{"marine"}, 2, false}},
	{regexp.MustCompile(`^MARINE`), kind{"marine", city.Fire, []string{"marine"}, 3, true}},
	{regexp.MustCompile(`^MAR\d`), kind{"marshal", city.Fire, []string{"investigator"}, 1, true}},
	{regexp.MustCompile(`^AIR`), kind{"air", city.Fire, []string{"air"}, 1, true}},
	{regexp.MustCompile(`^SQ`), kind{"squad", city.Fire, []string{"squad"}, 2, false}},
	{regexp.MustCompile(`^HOSE`), kind{"hose", city.Fire, []string{"hose"}, 2, false}},
	{regexp.MustCompile(`^(MCI|MMST|DECON|MVU)`), kind{"mass_casualty", city.EMS, []string{"mass_casualty"}, 2, false}},
	{regexp.MustCompile(`^(SAFT|REHAB)`), kind{"safety", city.Fire, []string{"safety"}, 1, true}},
	{regexp.MustCompile(`^(STAF|PIO|HEALTH)`), kind{"staff", city.Fire, []string{"staff"}, 1, false}},
	{regexp.MustCompile(`^(COMVAN|MAB|P\d|USAR|VAULT)`), kind{"special", city.Fire, []string{"special"}, 2, false}},
}

// precincts are the police stations. Only the East Precinct's place is in the
// zone's file; the other buildings are known by their public hundred-block.
var precincts = []struct {
	area, name, block string
}{
	{"E", "East Precinct", ""},
	{"N", "North Precinct", "10000 BLOCK OF COLLEGE WY N"},
	{"S", "South Precinct", "3000 BLOCK OF S MYRTLE ST"},
	{"SW", "Southwest Precinct", "2300 BLOCK OF SW WEBSTER ST"},
	{"W", "West Precinct", "800 BLOCK OF VIRGINIA ST"},
}

// eveningWatch is the watch that the demo's patrol units are of.
const eveningWatch = 3

func (s *seattle) stations() error {
	places, err := readTable(s.path("stations-geocoded.csv"), "station", "lon", "lat")
	if err != nil {
		return err
	}
	for _, row := range places.rows {
		at, ok, err := places.point(row, "lon", "lat")
		if err != nil {
			return err
		}
		if !ok {
			return fmt.Errorf("%s: station %v has no place", places.path, row)
		}
		id := places.get(row, "station")
		name := "Fire Station " + id
		switch id {
		case "HQ":
			name = "Fire Headquarters"
		case "HMC":
			name = "Harborview Medical Center"
		case "FMO":
			name = "Fire Marshal's Office"
		}
		s.pack.Stations = append(s.pack.Stations, city.Station{ID: id, Name: name, Service: city.Fire, Point: at, Source: "geocoded from the station's public address"})
	}
	if err := s.policeStations(); err != nil {
		return err
	}
	if err := s.apparatus(); err != nil {
		return err
	}
	return s.policeUnits()
}

func (s *seattle) policeStations() error {
	features, err := readFeatures(s.path("chop_zone_2020.geojson"))
	if err != nil {
		return err
	}
	for _, p := range precincts {
		station := city.Station{ID: "police-" + p.area, Name: p.name, Service: city.Police, Approximate: true}
		if p.block == "" {
			for _, f := range features {
				if strings.HasSuffix(f.text("name"), "East Precinct") {
					line, err := f.line()
					if err != nil || len(line) == 0 {
						return fmt.Errorf("place of the %s: %v", p.name, err)
					}
					station.Point, station.Source = line[0], "the intersection at the building, as the zone's file gives it"
				}
			}
		} else if where, ok := readSpot(p.block); ok {
			if at, near, _ := s.locate(where); near {
				station.Point, station.Source = at, "the building's public hundred-block, by the gazetteer"
			}
		}
		if station.Source == "" {
			i := slices.IndexFunc(s.pack.Precincts, func(a city.Area) bool { return a.Name == p.area })
			if i < 0 {
				return fmt.Errorf("no precinct %q", p.area)
			}
			at, _ := s.pack.Precincts[i].Shape.InteriorPoint()
			station.Point, station.Source = city.Quantise(at), "a point inside the precinct: the building's place is not in the data"
		}
		s.pack.Stations = append(s.pack.Stations, station)
	}
	return nil
}

// apparatus reads the vehicles. The file has one row without a name: it is no
// vehicle and is left out.
func (s *seattle) apparatus() error {
	t, err := readTable(s.path("apparatus-locations.csv"), "apparatus", "station", "apparatus_note")
	if err != nil {
		return err
	}
	for _, row := range t.rows {
		callSign, note := t.get(row, "apparatus"), t.get(row, "apparatus_note")
		if callSign == "" {
			continue
		}
		station := t.get(row, "station")
		if _, ok := s.pack.Station(station); !ok {
			return fmt.Errorf("%s: %s is at station %q, which is not listed", t.path, callSign, station)
		}
		i := slices.IndexFunc(kinds, func(k struct {
			pattern *regexp.Regexp
			kind    kind
		}) bool {
			return k.pattern.MatchString(callSign)
		})
		if i < 0 {
			return fmt.Errorf("%s: no kind is known for %q", t.path, callSign)
		}
		k := kinds[i].kind
		reserve := strings.Contains(strings.ToLower(note), "reserve") || strings.Contains(note, "not staffed") || strings.Contains(note, "part-time") || strings.Contains(note, "Wildland")
		if strings.Contains(note, "EMS") && k.name == "chief" {
			k.service, k.capabilities = city.EMS, []string{"chief", "medic"}
		}
		s.pack.Apparatus = append(s.pack.Apparatus, city.Apparatus{
			CallSign: callSign, Station: station, Service: k.service, Kind: k.name, Capabilities: k.capabilities,
			Crew: k.crew, Staffed: k.staffed && !reserve, Note: note,
		})
	}
	slices.SortStableFunc(s.pack.Apparatus, func(a, b city.Apparatus) int { return cmp.Compare(a.CallSign, b.CallSign) })
	return nil
}

func (s *seattle) policeUnits() error {
	taken := map[string]bool{}
	for _, a := range s.pack.Apparatus {
		taken[a.CallSign] = true
	}
	for i := range s.pack.Beats {
		beat := &s.pack.Beats[i]
		at, ok := beat.Shape.InteriorPoint()
		if !ok {
			return fmt.Errorf("beat %s has no inside", beat.Name)
		}
		// A patrol car stands on a street of its beat where one is near.
		if place, found := s.pack.Roads.NearestEdge(at); found && beat.Contains(place.At) {
			at = place.At
		}
		precinct := s.pack.PrecinctAt(at)
		unit := city.PoliceUnit{
			CallSign: fmt.Sprintf("%d%s", eveningWatch, beat.Name), Watch: eveningWatch, Beat: beat.Name,
			Precinct: precinct, Station: "police-" + precinct, Start: city.Quantise(at), Crew: 1,
		}
		if _, known := s.pack.Station(unit.Station); !known || taken[unit.CallSign] {
			return fmt.Errorf("police unit %s of precinct %q: no such station, or the call sign is taken", unit.CallSign, precinct)
		}
		taken[unit.CallSign] = true
		s.pack.PoliceUnits = append(s.pack.PoliceUnits, unit)
	}
	return nil
}
