// Package geo holds the fixed-point geometry that every room shares: points in
// 1e-7 degree, boxes, rings, polygons, distances in whole millimetres.
//
// It is part of the pure ring: integers only, no clock, no I/O, no goroutine;
// the same input gives the same answer on every machine. It imports only the
// standard library and owns no state.
//
// Exactness: containment and crossing tests are exact in the plane of longitude
// and latitude (128-bit products where 64 are not enough). Lengths are
// approximate; see Distance for the bound. Shapes that span the antimeridian are
// not supported by boxes, rings and crossing tests; Distance and Along take the
// shorter way round.
package geo

import "fmt"

// unitsPerDegree is the number of coordinate units in one degree.
const unitsPerDegree = 10_000_000

// Limits of a place on the planet, in 1e-7 degrees.
const (
	LonMax int32 = 180 * unitsPerDegree
	LatMax int32 = 90 * unitsPerDegree
)

// Point is a place in WGS 84 longitude and latitude, both in 1e-7 degrees
// (about 11 mm of latitude). The zero Point is a real place in the Atlantic, so
// "no place known" must be said by other means.
type Point struct {
	Lon int32 `cbor:"1,keyasint"`
	Lat int32 `cbor:"2,keyasint"`
}

// Millimetres is a length on the ground.
type Millimetres int64

// Valid reports whether p lies on the planet: |lon| ≤ 180°, |lat| ≤ 90°.
func (p Point) Valid() bool {
	return -LonMax <= p.Lon && p.Lon <= LonMax && -LatMax <= p.Lat && p.Lat <= LatMax
}

// String prints latitude then longitude in degrees, seven decimals, the order in
// which people read places to each other: "47.6153000,-122.3206000".
func (p Point) String() string {
	return FormatDegrees(p.Lat) + "," + FormatDegrees(p.Lon)
}

// Compare orders points by longitude, then latitude: −1, 0 or 1.
func (p Point) Compare(q Point) int {
	switch {
	case p.Lon < q.Lon:
		return -1
	case p.Lon > q.Lon:
		return 1
	case p.Lat < q.Lat:
		return -1
	case p.Lat > q.Lat:
		return 1
	}
	return 0
}

// OffPlanetError says that a coordinate lies outside the planet's range.
type OffPlanetError struct {
	LonE7, LatE7 int64 // as given, in 1e-7 degrees
}

func (e *OffPlanetError) Error() string {
	return fmt.Sprintf("point off the planet: longitude %s, latitude %s (allowed: ±180, ±90)",
		formatUnits(e.LonE7), formatUnits(e.LatE7))
}

// FromDegrees makes a Point of longitude and latitude in 1e-7 degrees and
// refuses, with an *OffPlanetError, what is not on the planet.
func FromDegrees(lonE7, latE7 int64) (Point, error) {
	if lonE7 < -int64(LonMax) || lonE7 > int64(LonMax) || latE7 < -int64(LatMax) || latE7 > int64(LatMax) {
		return Point{}, &OffPlanetError{LonE7: lonE7, LatE7: latE7}
	}
	return Point{Lon: int32(lonE7), Lat: int32(latE7)}, nil
}

// ParsePoint reads longitude and latitude as decimal degrees; see ParseDegrees.
func ParsePoint(lon, lat string) (Point, error) {
	x, err := ParseDegrees(lon)
	if err != nil {
		return Point{}, fmt.Errorf("longitude: %w", err)
	}
	y, err := ParseDegrees(lat)
	if err != nil {
		return Point{}, fmt.Errorf("latitude: %w", err)
	}
	return FromDegrees(int64(x), int64(y))
}
