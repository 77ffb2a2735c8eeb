package build

import (
	"fmt"
	"io"

	"github.com/everycall/everycall/city"
	"github.com/everycall/everycall/road"
	"github.com/everycall/everycall/road/osm"
)

// osmNotice must be shown wherever a pack from OpenStreetMap is.
const osmNotice = "© OpenStreetMap contributors. Streets, names and addresses are available under the Open Database License (ODbL) 1.0: https://opendatacommons.org/licenses/odbl/1-0/ and https://www.openstreetmap.org/copyright. A pack made from them is a derivative database under the same licence."

// OSMReport is the report of an import from OpenStreetMap.
type OSMReport struct {
	osm.Report
	Connections Connections `json:"connections"`
}

// String is the report for a person.
func (r OSMReport) String() string { return r.Report.String() + r.Connections.String() }

// OSM makes a pack of an OpenStreetMap extract of so many bytes: streets and a
// gazetteer, no beats, stations or demand. progress may be nil.
func OSM(in io.ReaderAt, size int64, place Place, progress osm.Progress) (*city.Pack, OSMReport, error) {
	got, err := osm.Read(in, size, progress)
	if err != nil {
		return nil, OSMReport{}, err
	}
	pack, connections, err := place.pack(got.Network)
	if err != nil {
		return nil, OSMReport{}, err
	}
	pack.Places, pack.Addresses = got.Places, got.Addresses
	pack.Attribution = append(pack.Attribution, city.Notice{Kind: city.NoticeLicence, Text: osmNotice})
	return pack, OSMReport{got.Report, connections}, nil
}

// Place is what a pack of streets alone is told about its city.
type Place struct {
	Name string
	Zone string // IANA time zone
}

func (p Place) pack(n road.Network) (*city.Pack, Connections, error) {
	roads, err := road.New(n)
	if err != nil {
		return nil, Connections{}, fmt.Errorf("make the road network: %w", err)
	}
	pack := &city.Pack{Name: p.Name, Zone: p.Zone, Roads: roads, Limits: []city.Area{{Name: p.Name, Shape: mainlandBox(roads)}}}
	pack.Finish()
	return pack, connect(roads), nil
}
