// Package build makes city packs: Seattle's, from the open data that the
// repository's data notes list; any city's streets and gazetteer from an
// OpenStreetMap extract; and streets from two CSV tables.
//
// It runs once, by `everycall import`, never in a control room. The same input
// gives the same pack: every sample is drawn by a fixed seed, every tie is broken by
// order, and nothing is read but what it is given.
package build

import (
	"fmt"
	"path/filepath"

	"github.com/everycall/everycall/city"
	"github.com/everycall/everycall/geo"
)

// Tolerances of simplified shapes.
const (
	areaTolerance = geo.Millimetres(8_000)
	parkTolerance = geo.Millimetres(6_000)
)

// Report says what a build found, matched and left out.
type Report struct {
	Sundays          []string // dates of 2015 whose calls were overlaid
	PoliceOverlaid   int      // calls found on them
	PoliceKept       int
	FireDay          string
	FireCalls        int
	FireLocated      int // with a point in the source
	FireMatched      int // by the gazetteer
	FireStandIn      int // at the first unit's station or beyond
	Moved            int
	MovedWords       []string // what marked a call as not to be shown at its block
	CityKm           int      // street length inside the city limits; the shares below are of it
	NamedShare       int      // per mille of street length with a name
	DirectShare      int      // … named by a block or an intersection on it, not by continuation
	ArterialShare    int      // per mille of street length
	GazetteerRefused int      // rows whose "street" was a house number, a ramp or not a name
	UnknownUnits     []string // recorded call signs that are not in the pack
	UnmappedTypes    []string // recorded types that fell to a general code
}

// seattle collects a build.
type seattle struct {
	dir     string
	pack    *city.Pack
	report  Report
	streets streetTable
}

func (s *seattle) path(name string) string { return filepath.Join(s.dir, name) }

// Seattle builds the pack from the directory of Seattle's files.
func Seattle(dir string) (*city.Pack, Report, error) {
	s := &seattle{dir: dir, pack: &city.Pack{Name: "Seattle", Zone: "America/Los_Angeles", CallTypes: callTypes()}, streets: newStreetTable()}
	for _, step := range []struct {
		what string
		run  func() error
	}{
		{"areas", s.areas},
		{"gazetteer", s.gazetteer},
		{"roads", s.roads},
		{"stations and units", s.stations},
		{"overlay", s.overlay},
		{"police demand", s.policeDemand},
		{"fire demand", s.fireDemand},
	} {
		if err := step.run(); err != nil {
			return nil, s.report, fmt.Errorf("build Seattle's pack, %s: %w", step.what, err)
		}
	}
	s.pack.Attribution = notices(s.report)
	s.sortCalls()
	s.pack.Finish()
	return s.pack, s.report, nil
}
