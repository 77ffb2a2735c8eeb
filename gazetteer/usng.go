package gazetteer

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/everycall/everycall/geo"
)

// The United States National Grid (FGDC-STD-011-2001) and, beyond it, the
// Military Grid Reference System (NGA.STND.0037) between 80° S and 84° N: a zone
// and band, a square of 100 km, and easting and northing in it. The projection
// is UTM on WGS 84 by Krüger's series to the fourth order (C. F. F. Karney,
// "Transverse Mercator with an accuracy of a few nanometers", J. Geodesy 85,
// 2011, equations 7 to 27), good to less than a millimetre within a zone.
const (
	gridBands   = "CDEFGHJKLMNPQRSTUVWX" // of 8° from 80° S; X of 12°
	gridColumns = "ABCDEFGHJKLMNPQRSTUVWXYZ"
	gridRows    = "ABCDEFGHJKLMNPQRSTUV"

	earthRadius     = 6378137.0
	earthFlattening = 1 / 298.257223563
	utmScale        = 0.9996
	utmEast         = 500_000.0
	utmSouth        = 10_000_000.0
)

// krueger are the coefficients of the series.
type krueger struct {
	radius      float64 // of the rectifying sphere
	eccentric   float64
	alpha, beta [5]float64 // from 1
}

var series = func() krueger {
	n := earthFlattening / (2 - earthFlattening)
	n2, n3, n4 := n*n, n*n*n, n*n*n*n
	return krueger{
		radius:    earthRadius / (1 + n) * (1 + n2/4 + n4/64),
		eccentric: math.Sqrt(earthFlattening * (2 - earthFlattening)),
		alpha: [5]float64{1: n/2 - n2*2/3 + n3*5/16 + n4*41/180, 2: n2*13/48 - n3*3/5 + n4*557/1440,
			3: n3*61/240 - n4*103/140, 4: n4 * 49561 / 161280},
		beta: [5]float64{1: n/2 - n2*2/3 + n3*37/96 - n4/360, 2: n2/48 + n3/15 - n4*437/1440,
			3: n3*17/480 - n4*37/840, 4: n4 * 4397 / 161280},
	}
}()

// utm projects degrees to metres in a zone; south is north of the equator less
// than nothing.
func utm(lat, lon float64, zone int) (east, north float64) {
	phi, lambda := lat*math.Pi/180, (lon-float64(zone*6-183))*math.Pi/180
	s := math.Sin(phi)
	t := math.Sinh(math.Atanh(s) - series.eccentric*math.Atanh(series.eccentric*s))
	xi0, eta0 := math.Atan2(t, math.Cos(lambda)), math.Asinh(math.Sin(lambda)/math.Hypot(t, math.Cos(lambda)))
	xi, eta := xi0, eta0
	for j := 1; j <= 4; j++ {
		k := 2 * float64(j)
		xi += series.alpha[j] * math.Sin(k*xi0) * math.Cosh(k*eta0)
		eta += series.alpha[j] * math.Cos(k*xi0) * math.Sinh(k*eta0)
	}
	return utmEast + utmScale*series.radius*eta, utmScale * series.radius * xi
}

// fromUTM is utm turned round.
func fromUTM(east, north float64, zone int) (lat, lon float64) {
	xi, eta := north/(utmScale*series.radius), (east-utmEast)/(utmScale*series.radius)
	xi0, eta0 := xi, eta
	for j := 1; j <= 4; j++ {
		k := 2 * float64(j)
		xi0 -= series.beta[j] * math.Sin(k*xi) * math.Cosh(k*eta)
		eta0 -= series.beta[j] * math.Cos(k*xi) * math.Sinh(k*eta)
	}
	conformal := math.Atanh(math.Sin(xi0) / math.Cosh(eta0))
	s := math.Tanh(conformal)
	for range 6 { // each round gains two to three digits
		s = math.Tanh(conformal + series.eccentric*math.Atanh(series.eccentric*s))
	}
	lambda := math.Atan2(math.Sinh(eta0), math.Cos(xi0))
	return math.Asin(s) * 180 / math.Pi, lambda*180/math.Pi + float64(zone*6-183)
}

// gridZone is the zone of a place, with the exceptions for Norway and Svalbard.
func gridZone(lat, lon float64) int {
	zone := min(int((lon+180)/6)+1, 60)
	switch {
	case 56 <= lat && lat < 64 && 3 <= lon && lon < 12:
		zone = 32
	case 72 <= lat && 0 <= lon && lon < 42:
		zone = []int{31, 31, 31, 33, 33, 33, 33, 35, 35, 35, 35, 37, 37, 37}[int(lon/3)]
	}
	return zone
}

// USNG writes a place in the national grid with five digits each way: the metre
// that holds it, "10T ET 51257 73853"; "" beyond 80° S and 84° N.
func USNG(p geo.Point) string {
	lat, lon := float64(p.Lat)/1e7, float64(p.Lon)/1e7
	if lat < -80 || lat > 84 || !p.Valid() {
		return ""
	}
	zone := gridZone(lat, lon)
	east, north := utm(lat, lon, zone)
	if north < 0 {
		north += utmSouth
	}
	e, n := int(math.Floor(east)), int(math.Floor(north))
	column := gridColumns[(zone-1)%3*8+e/100_000-1]
	row := gridRows[(n/100_000+(zone+1)%2*5)%20]
	band := gridBands[min(int(lat+80)/8, 19)]
	return fmt.Sprintf("%d%c %c%c %05d %05d", zone, band, column, row, e%100_000, n%100_000)
}

// parseUSNG reads a grid reference with a zone and two to five digits each way,
// with or without spaces, and gives the middle of its square and half its
// diagonal.
func parseUSNG(text string) (geo.Point, geo.Millimetres, bool) {
	ref := strings.ToUpper(strings.Join(strings.Fields(text), ""))
	digits := leadingDigits(ref)
	if digits < 1 || digits > 2 || len(ref) < digits+7 {
		return geo.Point{}, 0, false
	}
	zone, _ := strconv.Atoi(ref[:digits])
	band := strings.IndexByte(gridBands, ref[digits])
	column := strings.IndexByte(gridColumns, ref[digits+1])
	row := strings.IndexByte(gridRows, ref[digits+2])
	tail := ref[digits+3:]
	each := len(tail) / 2
	if zone < 1 || zone > 60 || band < 0 || column/8 != (zone-1)%3 || column < 0 || row < 0 ||
		each < 2 || each > 5 || len(tail)%2 != 0 || leadingDigits(tail) != len(tail) {
		return geo.Point{}, 0, false
	}
	size := math.Pow10(5 - each)
	e, _ := strconv.Atoi(tail[:each])
	n, _ := strconv.Atoi(tail[each:])
	east := float64(column%8+1)*100_000 + (float64(e)+0.5)*size
	inCycle := float64((row+20-(zone+1)%2*5)%20)*100_000 + (float64(n)+0.5)*size
	// Rows repeat every 2,000 km; the band says which. Its letter is taken with a
	// margin of half a degree, for a square's row may begin before the band.
	south := float64(band*8 - 80)
	height := 8.0
	if band == 19 {
		height = 12
	}
	for cycle := -5; cycle <= 4; cycle++ {
		lat, lon := fromUTM(east, inCycle+float64(cycle)*2_000_000, zone)
		if lat < south-0.5 || lat > south+height+0.5 {
			continue
		}
		lon = math.Remainder(lon, 360) // the middle of a square on the date line
		p, err := geo.FromDegrees(int64(math.Round(lon*1e7)), int64(math.Round(lat*1e7)))
		return p, geo.Millimetres(size * 1000 * math.Sqrt2 / 2), err == nil
	}
	return geo.Point{}, 0, false
}
