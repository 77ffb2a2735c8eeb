package gazetteer

import (
	"strings"

	"github.com/everycall/everycall/geo"
)

// Plus codes are read by our own few lines, after the Open Location Code
// specification (github.com/google/open-location-code, "Specification"): ten
// digits of base 20 in pairs, latitude first, then digits that split the cell in
// 5 rows and 4 columns.
const plusDigits = "23456789CFGHJMPQRVWX"

// plusUnit is how many parts of a degree the reader counts in: 5⁵ · 8000 of
// latitude and 4⁵ · 8000 of longitude are exact for fifteen digits.
const (
	plusLatUnit = 8000 * 3125
	plusLonUnit = 8000 * 1024
)

// plusCell is the cell of a code in the units above, from the south-west corner
// of the planet.
type plusCell struct{ lat, lon, height, width int64 }

// parsePlusCode reads a full or short code; whatever follows it is the town, and
// not read. A short code is the nearest to the reference.
func parsePlusCode(text string, reference geo.Point) (geo.Point, geo.Millimetres, bool) {
	fields := strings.Fields(strings.ToUpper(text))
	if len(fields) == 0 {
		return geo.Point{}, 0, false
	}
	before, after, ok := strings.Cut(strings.TrimRight(fields[0], ","), "+")
	if !ok || len(before) < 2 || len(before) > 8 || len(before)%2 != 0 || len(after) == 1 || len(after) > 32 {
		return geo.Point{}, 0, false
	}
	missing := 8 - len(before)
	if missing > 0 {
		if len(after) < 2 || strings.Contains(before, "0") {
			return geo.Point{}, 0, false
		}
		before = plusEncode(reference)[:missing] + before
	}
	c, ok := plusDecode(before, after)
	if !ok {
		return geo.Point{}, 0, false
	}
	if missing > 0 {
		c.nearest(reference, missing)
	}
	p, within := c.middle()
	return p, within, p.Valid()
}

func plusDecode(before, after string) (plusCell, bool) {
	if padding := strings.IndexByte(before, '0'); padding >= 0 {
		if padding == 0 || padding%2 != 0 || after != "" || strings.Trim(before[padding:], "0") != "" {
			return plusCell{}, false
		}
		before = before[:padding]
	}
	digits := before + after[:min(len(after), 7)]
	c := plusCell{height: 400 * plusLatUnit, width: 400 * plusLonUnit}
	for i := range len(digits) {
		d := int64(strings.IndexByte(plusDigits, digits[i]))
		switch {
		case d < 0:
			return plusCell{}, false
		case i >= 10:
			c.height, c.width = c.height/5, c.width/4
			c.lat += d / 4 * c.height
			c.lon += d % 4 * c.width
		case i%2 == 0:
			c.height /= 20
			c.lat += d * c.height
		default:
			c.width /= 20
			c.lon += d * c.width
		}
	}
	return c, c.lat < 180*plusLatUnit && c.lon < 360*plusLonUnit
}

// nearest moves the cell of a recovered short code by the size of what was
// missing, if that is nearer to the reference.
func (c *plusCell) nearest(reference geo.Point, missing int) {
	stepLat, stepLon := int64(20*plusLatUnit), int64(20*plusLonUnit)
	for range missing/2 - 1 {
		stepLat, stepLon = stepLat/20, stepLon/20
	}
	lat := (int64(reference.Lat) + int64(geo.LatMax)) * plusLatUnit / 1e7
	lon := (int64(reference.Lon) + int64(geo.LonMax)) * plusLonUnit / 1e7
	switch d := c.lat + c.height/2 - lat; {
	case d > stepLat/2 && c.lat-stepLat >= 0:
		c.lat -= stepLat
	case d < -stepLat/2 && c.lat+stepLat < 180*plusLatUnit:
		c.lat += stepLat
	}
	switch d := c.lon + c.width/2 - lon; {
	case d > stepLon/2:
		c.lon -= stepLon
	case d < -stepLon/2:
		c.lon += stepLon
	}
	c.lon = (c.lon + 360*plusLonUnit) % (360 * plusLonUnit)
}

func (c plusCell) middle() (geo.Point, geo.Millimetres) {
	lat := (2*c.lat+c.height)*1e7/(2*plusLatUnit) - int64(geo.LatMax)
	lon := (2*c.lon+c.width)*1e7/(2*plusLonUnit) - int64(geo.LonMax)
	p := geo.Point{Lon: int32(lon), Lat: int32(lat)}
	corner := geo.Point{Lon: int32(lon - c.width*1e7/(2*plusLonUnit)), Lat: int32(lat - c.height*1e7/(2*plusLatUnit))}
	return p, max(geo.Distance(p, corner), 1)
}

// plusEncode is the first eight digits of a point's code.
func plusEncode(p geo.Point) string {
	lat := min(int64(p.Lat)+int64(geo.LatMax), 2*int64(geo.LatMax)-1)
	lon := (int64(p.Lon) + int64(geo.LonMax)) % (2 * int64(geo.LonMax))
	out := make([]byte, 0, 8)
	for size := int64(200_000_000); size >= 25_000; size /= 20 {
		out = append(out, plusDigits[lat/size], plusDigits[lon/size])
		lat, lon = lat%size, lon%size
	}
	return string(out)
}
