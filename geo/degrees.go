package geo

import (
	"fmt"
	"strconv"
)

// degreesTextMax bounds the text of one coordinate, in bytes.
const degreesTextMax = 64

// ParseDegrees reads decimal degrees such as "-122.3206" into 1e-7 degrees
// without going through a float: an optional sign, digits, and optionally a
// point with digits. Decimals after the seventh round half away from zero.
// Exponents, spaces, "NaN" and values beyond ±180 are refused; whether a
// latitude is within ±90 is for FromDegrees or ParsePoint to say.
func ParseDegrees(s string) (int32, error) {
	if len(s) > degreesTextMax {
		return 0, fmt.Errorf("degrees: text of %d bytes is longer than %d", len(s), degreesTextMax)
	}
	rest, negative := s, false
	if rest != "" && (rest[0] == '-' || rest[0] == '+') {
		negative, rest = rest[0] == '-', rest[1:]
	}
	var units int64
	var digits, decimals int
	var point, roundUp bool
	for i := 0; i < len(rest); i++ {
		c := rest[i]
		if c == '.' && !point {
			point = true
			continue
		}
		if c < '0' || c > '9' {
			return 0, fmt.Errorf("degrees: %q is not a decimal number", s)
		}
		digits++
		if point {
			decimals++
		}
		switch {
		case decimals <= 7:
			units = units*10 + int64(c-'0')
		case decimals == 8:
			roundUp = c >= '5'
		}
		if units > int64(LonMax) {
			return 0, fmt.Errorf("degrees: %q is beyond ±180", s)
		}
	}
	if digits == 0 {
		return 0, fmt.Errorf("degrees: %q has no digits", s)
	}
	for ; decimals < 7; decimals++ {
		units *= 10
	}
	if roundUp {
		units++
	}
	if units > int64(LonMax) {
		return 0, fmt.Errorf("degrees: %q is beyond ±180", s)
	}
	if negative {
		units = -units
	}
	return int32(units), nil
}

// FormatDegrees prints 1e-7 degrees with seven decimals. ParseDegrees reads it
// back to the same value.
func FormatDegrees(units int32) string { return formatUnits(int64(units)) }

func formatUnits(units int64) string {
	b := make([]byte, 0, 24)
	magnitude := uint64(units)
	if units < 0 {
		b = append(b, '-')
		magnitude = -magnitude
	}
	b = strconv.AppendUint(b, magnitude/unitsPerDegree, 10)
	b = append(b, '.')
	start := len(b)
	b = strconv.AppendUint(b, unitsPerDegree+magnitude%unitsPerDegree, 10)
	b[start] = '.'
	return string(append(b[:start-1], b[start:]...))
}
