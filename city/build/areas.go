package build

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/everycall/everycall/city"
	"github.com/everycall/everycall/geo"
)

// areas reads every named shape and simplifies it.
func (s *seattle) areas() error {
	for _, source := range []struct {
		file      string
		name      func(feature) string
		tolerance geo.Millimetres
		into      *[]city.Area
	}{
		{"spd-beats.geojson", func(f feature) string { return f.text("name") }, areaTolerance, &s.pack.Beats},
		{"spd-precincts.geojson", func(f feature) string { return f.text("name") }, areaTolerance, &s.pack.Precincts},
		{"spd-mcpp-areas.geojson", func(f feature) string { return neighbourhood(f.text("NAME")) }, areaTolerance, &s.pack.Neighbourhoods},
		{"seattle-parks-osm.geojson", func(f feature) string { return f.text("name") }, parkTolerance, &s.pack.Parks},
		{"city-limits.geojson", func(feature) string { return s.pack.Name }, areaTolerance, &s.pack.Limits},
	} {
		features, err := readFeatures(s.path(source.file))
		if err != nil {
			return err
		}
		for i, f := range features {
			whole, err := f.shape()
			if err != nil {
				return fmt.Errorf("%s, feature %d: %w", source.file, i, err)
			}
			shape := quantised(whole.Simplify(source.tolerance))
			if len(shape) == 0 {
				continue // smaller than the tolerance
			}
			name := source.name(f)
			if city.MentionsHouseNumber(name) {
				name = ""
			}
			*source.into = append(*source.into, city.Area{Name: name, Shape: shape})
		}
		slices.SortStableFunc(*source.into, func(a, b city.Area) int {
			return cmp.Or(cmp.Compare(a.Name, b.Name), a.Shape.Box().Min.Compare(b.Shape.Box().Min))
		})
	}
	// The city's outline comes as many features without a name: one shape.
	var outline geo.MultiPolygon
	for _, part := range s.pack.Limits {
		outline = append(outline, part.Shape...)
	}
	s.pack.Limits = []city.Area{{Name: s.pack.Name, Shape: outline}}
	s.pack.Finish()
	return nil
}

func quantised(shape geo.MultiPolygon) geo.MultiPolygon {
	for _, polygon := range shape {
		for _, ring := range polygon {
			for i := range ring {
				ring[i] = city.Quantise(ring[i])
			}
		}
	}
	return shape
}

// neighbourhood writes a recorded area name as a map does.
func neighbourhood(recorded string) string {
	words := strings.Fields(strings.ReplaceAll(recorded, "COMMERICAL", "COMMERCIAL"))
	for i, w := range words {
		parts := strings.Split(w, "/")
		for j, part := range parts {
			if len(part) > 0 && part != "SW" && part != "SLU" {
				parts[j] = part[:1] + strings.ToLower(part[1:])
			}
		}
		words[i] = strings.Join(parts, "/")
	}
	return strings.Join(words, " ")
}
