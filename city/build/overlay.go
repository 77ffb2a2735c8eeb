package build

import (
	"fmt"
	"strings"

	"github.com/everycall/everycall/city"
)

const (
	newsReport = "news report, 11 June 2020"
	courtPaper = "bounds as a federal court gave them (W.D. Wash., 13 January 2023); corners from intersections in the city's 2015 police records, the north-east corner interpolated"
)

// overlay reads the zone of June 2020 and adds what one news report told.
func (s *seattle) overlay() error {
	features, err := readFeatures(s.path("chop_zone_2020.geojson"))
	if err != nil {
		return err
	}
	zone := city.ZoneOverlay{
		Name: "Declared zone, Capitol Hill", From: "2020-06-08", Source: courtPaper,
		Gates: []city.Gate{
			{Name: "Gate at 12 Av / E Denny Wy", Invented: true},
			{Name: "Gate at 11 Av / E Pike St", Invented: true},
		},
	}
	for i := range zone.Gates {
		where, ok := readSpot(strings.TrimPrefix(zone.Gates[i].Name, "Gate at "))
		at, _, found := s.locate(where)
		if !ok || !found {
			return fmt.Errorf("%s: no such intersection", zone.Gates[i].Name)
		}
		zone.Gates[i].Point = at
	}
	for _, f := range features {
		name := f.text("name")
		if f.Geometry.Type == "Polygon" {
			if zone.Outline, err = f.shape(); err != nil {
				return err
			}
			continue
		}
		line, err := f.line()
		if err != nil {
			return err
		}
		// The file's other features are the precinct (a station) and one
		// violent event, which is nobody's barrier and does not ship.
		switch {
		case strings.HasPrefix(name, "barrier"):
			zone.Barriers = append(zone.Barriers, city.Barrier{
				Name: "Barrier at 10 Av / E Pine St: tents and fences, from 16 June concrete", Line: line, From: zone.From, Source: "zone file, from public accounts"})
		case strings.Contains(name, "closed"):
			zone.Barriers = append(zone.Barriers, city.Barrier{
				Name: "E Pine St closed between 10 Av and 11 Av", Line: line, From: zone.From, Source: "zone file, from public accounts"})
		}
	}
	if len(zone.Outline) != 1 || len(zone.Barriers) != 2 {
		return fmt.Errorf("zone file: %d outlines and %d barriers, want 1 and 2", len(zone.Outline), len(zone.Barriers))
	}
	s.pack.Overlay = city.Overlay{
		Title: "Seattle, June 2020",
		Start: "2020-06-14T17:00:00-07:00",
		Zones: []city.ZoneOverlay{zone},
		Lost: []city.LostStation{{
			Station: "police-E", From: "2020-06-08", Reason: "police left the building; the blocks around it were declared a zone", Source: newsReport}},
		Posture: []city.PostureOverlay{{
			Title: "Priority calls only", Service: city.Police, Area: "city", AnswerTo: 2,
			Authority: "Police department, as reported", Reason: "none stated (" + newsReport + ")", ReasonState: city.ReasonNoneStated,
			Source:       newsReport,
			CallerScript: "Officers are answering only the most urgent calls at this time. Your report is recorded. If anybody is in danger, say so now or call again at once.",
			Invented:     []string{"AnswerTo", "CallerScript", "review time", "until"},
		}},
		Liaison: []city.LiaisonOverlay{{
			Role: "a person acting as a contact for the zone", Channel: "telephone", Note: "invented for the demo; no real person is meant", Invented: true}},
		Claims: []city.ClaimOverlay{
			{ID: "fees", Role: "police spokesperson", FirstHand: false, Contradicts: []string{"denial"}, Source: newsReport,
				Statement: "Has heard anecdotally that residents and businesses are asked for fees at checkpoints of the zone."},
			{ID: "denial", Role: "spokesman for the zone", FirstHand: true, Contradicts: []string{"fees"}, Source: newsReport,
				Statement: "Denies intimidation and extortion and calls the zone peaceful."},
		},
	}
	return nil
}
