package gazetteer

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"github.com/everycall/everycall/geo"
)

func degrees(lat, lon float64) geo.Point {
	return geo.Point{Lon: int32(math.Round(lon * 1e7)), Lat: int32(math.Round(lat * 1e7))}
}

// TestNotations: every usual way to write a place on Capitol Hill is that place.
func TestNotations(t *testing.T) {
	x := seattleIndex(t)
	want := degrees(47.615, -122.318055)
	for _, query := range []string{
		"47.615, -122.318055", "47.615 -122.318055", "47.615,-122.318055", "(47.615, -122.318055)", "47.615;-122.318055",
		"-122.318055, 47.615", "47.615N 122.318055W", "N47.615 W122.318055", "47.615° N, 122.318055° W", "122.318055 W 47.615 N",
		"lat 47.615 lon -122.318055", "latitude: 47.615, longitude: -122.318055", "47.615 north 122.318055 west",
		`47°36'54"N 122°19'05"W`, `47°36′54″N, 122°19′05″W`, `N47°36'54" W122°19'05"`, `47° 36' 54" -122° 19' 05"`,
		`47°36'54''N 122°19'05''W`, "47 36 54 N 122 19 05 W", "N 47 36 54, W 122 19 05", "47d36m54s N 122d19m05s W",
		"47 deg 36 min 54 sec north 122 deg 19 min 5 sec west", "47º36’54”N 122º19’5”W",
		"47°36.9'N 122°19.0833'W", "N 47 36.900 W 122 19.0833", "47 36.9, -122 19.0833",
		"geo:47.615,-122.318055", "GEO:47.615,-122.318055;u=35", "geo:47.615,-122.318055,12",
		"+47.615 −122.318055",
		// The sign left out, the place in the index's city: taken as meant.
		"47.615, 122.318055", "122.318055 47.615",
	} {
		found := x.Search(query, nil, 3)
		if len(found) == 0 || found[0].Kind != KindCoordinates {
			t.Errorf("%q: found %v", query, found)
			continue
		}
		if d := geo.Distance(found[0].Point, want); d > 20_000 {
			t.Errorf("%q: %v, %d m off", query, found[0].Point, d/1000)
		}
	}
	for _, query := range []string{
		"11 12", "11, 12", "1500 12", "47", "47.6", "91.5, 181.5", "47°61'N 122°19'W", "47 36 54 122", "NaN, NaN", "1e5, 2e5",
		"47.615N 122.3N", "geo:", "geo:1", "47..6, 122", "12 Av / 13 Av", "47.615 -122.318 5",
	} {
		for _, m := range x.Search(query, nil, 5) {
			if m.Kind == KindCoordinates {
				t.Errorf("%q read as the coordinates %v", query, m.Point)
			}
		}
	}
	if m := x.Search("47.6, -122.3", nil, 1)[0]; m.Within < 5_000_000 || m.Within > 6_000_000 {
		t.Errorf("one decimal is good to %d m", m.Within/1000)
	}
	if m := x.Search("-33.8568, 151.2153", nil, 1)[0]; m.Point != degrees(-33.8568, 151.2153) || !m.Exact {
		t.Errorf("Sydney as it is written: %+v", m)
	}
	if list := x.Search("47.615, 122.318", nil, 4); len(list) != 2 || list[0].Exact || !list[1].Exact || list[1].Point.Lon < 0 {
		t.Errorf("an amended sign is a guess, and what is written comes second: %+v", list)
	}
}

// TestUSNG compares with published places: GeographicLib's GeoConvert (33.3 N
// 44.4 E; 0, 0; 12.3456 N 78.9012 E), proj4js's tests (Vienna, Greenland) and the
// example of FGDC-STD-011-2001 and its encyclopedia article (Honolulu, 10 m).
func TestUSNG(t *testing.T) {
	for _, c := range []struct {
		grid     string
		lat, lon float64
		within   float64 // metres
		back     bool    // the place is published to the metre, with its grid
	}{
		{"38S MB 44140 84706", 33.3, 44.4, 1, true},
		{"31N AA 66021 00000", 0, 0, 1, true},
		{"44P KU 71775 65663", 12.3456, 78.9012, 1, true},
		{"33U XP 05004 44997", 48.24949, 16.4145, 2, false},
		{"24XWT783908", 83.6277742673141, -32.664336398663515, 75, false},
		{"4Q FJ 1234 5678", 21 + 18.0/60 + 34.0/3600, -157 - 55.0/60 - 0.7/3600, 15, false},
	} {
		p, _, ok := parseUSNG(c.grid)
		want := degrees(c.lat, c.lon)
		if d := float64(geo.Distance(p, want)) / 1000; !ok || d > c.within {
			t.Errorf("%s is %v, %.1f m off, %v", c.grid, p, d, ok)
		}
		// 2e-7° inside, for a published place may lie on the very edge of its square.
		if got := USNG(geo.Point{Lon: want.Lon + 2, Lat: want.Lat + 2}); c.back && got != c.grid {
			t.Errorf("%v is %s, want %s", want, got, c.grid)
		}
	}
	for _, bad := range []string{"", "61SUJ2348306479", "0SUJ23480647", "18IUJ23480647", "18SUJ234806470", "18SAJ23480647", "18SUJ23", "18S", "1519A Pine", "99ZZZ99999999"} {
		if p, _, ok := parseUSNG(bad); ok {
			t.Errorf("%q read as %v", bad, p)
		}
	}
}

func TestUSNGRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := geo.Point{
			Lon: rapid.Int32Range(-geo.LonMax, geo.LonMax-1).Draw(t, "lon"),
			Lat: rapid.Int32Range(-799_900_000, 839_900_000).Draw(t, "lat"),
		}
		grid := USNG(p)
		back, within, ok := parseUSNG(grid)
		if d := geo.Distance(p, back); !ok || d > within+2 {
			t.Fatalf("%v is %s is %v (%v), %d mm away", p, grid, back, ok, d)
		}
	})
	if USNG(geo.Point{Lat: 850_000_000}) != "" || USNG(geo.Point{Lat: -810_000_000}) != "" {
		t.Error("a grid beyond its ends")
	}
}

// TestPlusCodes takes its cases from the test data of the specification.
func TestPlusCodes(t *testing.T) {
	for _, c := range []struct {
		code                     string
		south, west, north, east float64
	}{
		{"7FG49Q00+", 20.35, 2.75, 20.4, 2.8},
		{"7FG49QCJ+2V", 20.37, 2.782125, 20.370125, 2.78225},
		{"7FG49QCJ+2VX", 20.3701, 2.78221875, 20.370125, 2.78225},
		{"7FG49QCJ+2VXGJ", 20.370113, 2.782234375, 20.370114, 2.78223632813},
		{"4VCPPQGP+Q9", -41.273125, 174.785875, -41.273, 174.786},
		{"62G20000+", 0, -180, 1, -179},
		{"22222222+22", -90, -180, -89.999875, -179.999875},
		{"CFX3X2X2+X2", 89.999875, 1, 90, 1.000125},
		{"84000000+", 30, -140, 50, -120},
		{"849VGJQF+VX7QR3J", 37.53966912, -122.3750698242, 37.53966916, -122.3750697021},
	} {
		p, _, ok := parsePlusCode(c.code, geo.Point{})
		want := degrees((c.south+c.north)/2, (c.west+c.east)/2)
		if !ok || geo.Distance(p, want) > 30 {
			t.Errorf("%s is %v, want %v, %v", c.code, p, want, ok)
		}
	}
	for _, c := range []struct {
		full, short string
		lat, lon    float64
	}{
		{"9C3W9QCJ+2VX", "CJ+2VX", 51.3708675, -1.217765625},
		{"9C3W9QCJ+2VX", "9QCJ+2VX", 51.3852125, -1.217765625},
		{"9C3W9QCJ+2VX", "9qcj+2vx Reading", 51.3701125, -1.202665625},
		{"8FRCXGRF+PM", "XGRF+PM", 47.00, 8.55},
		{"CFX22222+22", "2222+22", 89.6, 0},
		{"2CXXXXXX+XX", "XXXXXX+XX", -81, 0},
	} {
		want, _, _ := parsePlusCode(c.full, geo.Point{})
		if p, _, ok := parsePlusCode(c.short, degrees(c.lat, c.lon)); !ok || p != want {
			t.Errorf("%s near %v,%v is %v, want %v, %v", c.short, c.lat, c.lon, p, want, ok)
		}
	}
	for _, bad := range []string{"", "+", "11+pine", "11th+pine", "7FG49QCJ2V", "7FG49QCJ+2", "7F0+", "7FG49AQ+2V", "0G00+"} {
		if p, _, ok := parsePlusCode(bad, geo.Point{}); ok {
			t.Errorf("%q read as %v", bad, p)
		}
	}
}
