package gazetteer

import (
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/everycall/everycall/geo"
)

// angle is one of two coordinates as it was written.
type angle struct {
	degrees float64
	half    float64 // of the last digit, in degrees
	axis    byte    // 'N' for a latitude, 'E' for a longitude, 0 if it does not say
	signed  bool    // the sign or the hemisphere is written
	plain   bool    // a bare number
	places  int     // digits after the point
}

// coordinateWords are the words around coordinates: d, m, s for degree, minute,
// second; H and a hemisphere's letter; L and N for latitude, E for longitude.
var coordinateWords = map[string]string{
	"d": "d", "deg": "d", "degs": "d", "degree": "d", "degrees": "d",
	"m": "m", "min": "m", "mins": "m", "minute": "m", "minutes": "m",
	"sec": "s", "secs": "s", "second": "s", "seconds": "s",
	"n": "HN", "north": "HN", "s": "HS", "south": "HS", "e": "HE", "east": "HE", "w": "HW", "west": "HW",
	"lat": "LN", "latitude": "LN", "lon": "LE", "long": "LE", "lng": "LE", "longitude": "LE",
}

// coordinateToken is a number, a comma or one of coordinateWords.
type coordinateToken struct {
	kind   byte // '0' for a number
	letter byte
	value  float64
	places int
	sign   byte // '-', '+' or 0
}

// parseCoordinates reads two coordinates in the usual notations: decimal
// degrees, degrees and decimal minutes, degrees, minutes and seconds, with signs,
// hemispheres or neither, and geo: URIs (RFC 5870). The first is the latitude
// unless the text says otherwise or that cannot be.
func parseCoordinates(text string) (first, second angle, ok bool) {
	text = strings.TrimSpace(text)
	uri := false
	if len(text) > 4 && strings.EqualFold(text[:4], "geo:") {
		text, _, _ = strings.Cut(text[4:], ";")
		if parts := strings.Split(text, ","); len(parts) == 3 { // an altitude
			text = parts[0] + "," + parts[1]
		}
		uri = true
	}
	tokens, ok := coordinateTokens(text)
	if !ok {
		return angle{}, angle{}, false
	}
	one, two, ok := halves(tokens)
	if !ok {
		return angle{}, angle{}, false
	}
	first, ok = readAngle(one)
	if !ok {
		return angle{}, angle{}, false
	}
	second, ok = readAngle(two)
	if !ok || first.axis != 0 && first.axis == second.axis {
		return angle{}, angle{}, false
	}
	// Two bare numbers are coordinates only if they look it: "11 12" is not.
	if !uri && first.plain && second.plain {
		if first.places == 0 || second.places == 0 || first.places+second.places < 3 && !first.signed && !second.signed {
			return angle{}, angle{}, false
		}
	}
	if first.axis == 0 && second.axis != 0 {
		first.axis = 'N' + 'E' - second.axis
	}
	if second.axis == 0 && first.axis != 0 {
		second.axis = 'N' + 'E' - first.axis
	}
	if uri {
		first.axis, second.axis = 'N', 'E'
		first.signed, second.signed = true, true
	}
	return first, second, true
}

func coordinateTokens(text string) ([]coordinateToken, bool) {
	var out []coordinateToken
	sign := byte(0)
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		if len(out) > 24 {
			return nil, false
		}
		switch {
		case '0' <= r && r <= '9' || r == '.':
			j := i
			for j < len(text) && ('0' <= text[j] && text[j] <= '9' || text[j] == '.') {
				j++
			}
			value, err := strconv.ParseFloat(text[i:j], 64)
			if err != nil || j-i > 20 {
				return nil, false
			}
			places := 0
			if point := strings.IndexByte(text[i:j], '.'); point >= 0 {
				places = j - i - point - 1
			}
			out = append(out, coordinateToken{kind: '0', value: value, places: places, sign: sign})
			sign, size = 0, j-i
		case r == '-' || r == '−' || r == '+':
			sign = '-'
			if r == '+' {
				sign = '+'
			}
		case r == ' ' || r == '\t' || r == '(' || r == ')' || r == ':' || r == '=':
		case r == ',' || r == ';' || r == '/':
			out = append(out, coordinateToken{kind: ','})
		case r == '°' || r == 'º' || r == '˚':
			out = append(out, coordinateToken{kind: 'd'})
		case r == '"' || r == '″' || r == '”' || r == '“':
			out = append(out, coordinateToken{kind: 's'})
		case r == '\'' || r == '′' || r == '’' || r == '‘' || r == '`' || r == '´':
			if n := len(out); n > 0 && out[n-1].kind == 'm' { // two of them
				out[n-1].kind = 's'
			} else {
				out = append(out, coordinateToken{kind: 'm'})
			}
		default:
			j := i
			for j < len(text) && (text[j]|0x20 >= 'a' && text[j]|0x20 <= 'z') {
				j++
			}
			kind, known := coordinateWords[strings.ToLower(text[i:j])]
			if !known {
				return nil, false
			}
			// "54s" is a second only where a minute came before; else the south.
			if n := len(out); text[i:j] == "s" && n >= 2 && out[n-1].kind == '0' && out[n-2].kind == 'm' {
				kind = "s"
			}
			t := coordinateToken{kind: kind[0]}
			if len(kind) > 1 {
				t.letter = kind[1]
			}
			out = append(out, t)
			size = j - i
		}
		i += max(size, 1)
	}
	return out, true
}

// halves splits what was written between the two coordinates.
func halves(tokens []coordinateToken) (one, two []coordinateToken, ok bool) {
	at, commas, letters, numbers, degrees := 0, 0, 0, 0, 0
	for i, t := range tokens {
		switch t.kind {
		case ',':
			commas++
			at = i
		case 'H', 'L':
			letters++
		case '0':
			numbers++
		case 'd':
			degrees++
		}
	}
	switch {
	case numbers < 2 || numbers > 6 || commas > 1:
		return nil, nil, false
	case commas == 1:
		return tokens[:at], tokens[at+1:], true
	case letters > 0:
		seen := 0
		for i, t := range tokens {
			if t.kind != 'H' && t.kind != 'L' {
				continue
			}
			seen++
			if tokens[0].kind == t.kind && tokens[0].letter != 0 { // letters lead
				if seen > 1 && i > 0 && (t.kind == 'L' || tokens[0].kind == 'H') {
					return tokens[:i], tokens[i:], true
				}
				continue
			}
			return tokens[:i+1], tokens[i+1:], true // they trail
		}
		return nil, nil, false
	case degrees == 2:
		seen := false
		for i := range tokens {
			if tokens[i].kind == 'd' {
				if seen {
					return tokens[:i-1], tokens[i-1:], true
				}
				seen = true
			}
		}
	case numbers == 2 && len(tokens) == 2:
		return tokens[:1], tokens[1:], true
	}
	return nil, nil, false
}

func readAngle(tokens []coordinateToken) (angle, bool) {
	var a angle
	parts := 0
	unit := 1.0
	negative := false
	fraction := false
	for i, t := range tokens {
		switch t.kind {
		case '0':
			if parts == 3 || fraction || parts > 0 && (t.value >= 60 || t.sign != 0) {
				return angle{}, false
			}
			if parts == 0 && t.sign != 0 {
				if a.signed { // a hemisphere before it
					return angle{}, false
				}
				negative, a.signed = t.sign == '-', true
			}
			a.degrees += t.value * unit
			a.half = unit * math.Pow10(-t.places) / 2
			a.places = t.places
			fraction = t.places > 0
			unit /= 60
			parts++
		case 'd', 'm', 's':
			if i == 0 || tokens[i-1].kind != '0' || parts != strings.IndexByte("dms", t.kind)+1 {
				return angle{}, false
			}
		case 'L':
			if a.axis != 0 || i != 0 {
				return angle{}, false
			}
			a.axis = t.letter
		case 'H':
			if a.signed || a.axis != 0 && a.axis != axisOf(t.letter) {
				return angle{}, false
			}
			a.axis = axisOf(t.letter)
			if t.letter == 'S' || t.letter == 'W' {
				negative = true
			}
			a.signed = true
		default:
			return angle{}, false
		}
	}
	a.plain = parts == 1 && len(tokens) == 1
	if negative {
		a.degrees = -a.degrees
	}
	return a, parts > 0 && math.Abs(a.degrees) <= 180
}

func axisOf(hemisphere byte) byte {
	if hemisphere == 'N' || hemisphere == 'S' {
		return 'N'
	}
	return 'E'
}

// outside is how far beyond everything known coordinates are still taken as they
// are written: about a degree.
const outside = 10_000_000

// coordinates reads a query as coordinates, a grid reference or a plus code.
func (x *Index) coordinates(query string, near *geo.Point) []Match {
	reference := x.centre
	if near != nil {
		reference = *near
	}
	query = strings.TrimSpace(query)
	if p, within, ok := parsePlusCode(query, reference); ok {
		return []Match{{Label: strings.ToUpper(strings.TrimRight(strings.Fields(query)[0], ",")), Kind: KindPlusCode, Point: p, Within: within, Exact: true}}
	}
	grid := query
	for _, prefix := range []string{"usng", "mgrs"} {
		if len(grid) > 5 && strings.EqualFold(grid[:4], prefix) {
			grid = strings.TrimLeft(grid[4:], " :")
		}
	}
	if p, within, ok := parseUSNG(grid); ok {
		return []Match{{Label: strings.ToUpper(grid), Kind: KindGrid, Point: p, Within: within, Exact: true}}
	}
	first, second, ok := parseCoordinates(query)
	if !ok {
		return nil
	}
	return x.readings(first, second)
}

// readings are the places that two coordinates may mean: as they are written
// and, only where that is far from everything known, with a sign or the order
// amended that the writer left open.
func (x *Index) readings(first, second angle) []Match {
	wide := geo.Box{
		Min: geo.Point{Lon: max(x.extent.Min.Lon, -geo.LonMax+outside) - outside, Lat: max(x.extent.Min.Lat, -geo.LatMax+outside) - outside},
		Max: geo.Point{Lon: min(x.extent.Max.Lon, geo.LonMax-outside) + outside, Lat: min(x.extent.Max.Lat, geo.LatMax-outside) + outside},
	}
	known := !x.extent.Empty()
	var out []Match
	add := func(lat, lon angle, amended bool) {
		p, err := geo.FromDegrees(int64(math.Round(lon.degrees*1e7)), int64(math.Round(lat.degrees*1e7)))
		if err != nil || amended && (!known || !wide.Contains(p)) {
			return
		}
		m := Match{Label: p.String(), Kind: KindCoordinates, Point: p, Exact: !amended}
		m.Within = max(geo.Millimetres(max(lat.half, lon.half)*northUnit*1e10), 1)
		if amended {
			m.cost = -1 // before what is written, which is nowhere near
		}
		out = append(out, m)
	}
	lat, lon := first, second
	if first.axis == 'E' || first.axis == 0 && math.Abs(first.degrees) > 90 {
		lat, lon = second, first
	}
	add(lat, lon, false)
	if len(out) > 0 && (!known || wide.Contains(out[0].Point)) {
		return out
	}
	swappable := first.axis == 0
	for _, swap := range []bool{false, true} {
		if swap && !swappable {
			break
		}
		if swap {
			lat, lon = lon, lat
		}
		for flips := range 4 {
			la, lo := lat, lon
			if flips&1 != 0 {
				lo.degrees = -lo.degrees
			}
			if flips&2 != 0 {
				la.degrees = -la.degrees
			}
			if flips == 0 && !swap || flips&1 != 0 && lon.signed || flips&2 != 0 && lat.signed {
				continue
			}
			add(la, lo, true)
		}
	}
	return out
}
