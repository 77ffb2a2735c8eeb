package osm

import (
	"strconv"
	"strings"

	"github.com/everycall/everycall/road/osm/pbf"
)

// What an engine needs.
const (
	engineHeight = 3_700  // mm
	engineWeight = 18_000 // kg
	engineWidth  = 2_600  // mm
)

// limitOf is the posted limit in km/h, 0 if it is not known.
func limitOf(t pbf.Tags, notes *notes) uint8 {
	limit := uint8(0)
	for _, key := range []string{"maxspeed", "maxspeed:forward", "maxspeed:backward"} {
		value := t.Get(key)
		if value == "" {
			continue
		}
		v, known := speed(value)
		if !known {
			notes.unknown("maxspeed", value)
		}
		if v != 0 && (limit == 0 || v < limit) {
			limit = v
		}
	}
	if limit != 0 || t.Get("maxspeed") != "" {
		return limit
	}
	for _, key := range []string{"maxspeed:type", "source:maxspeed", "zone:maxspeed"} {
		if v := implied(t.Get(key)); v != 0 {
			return v
		}
	}
	return 0
}

// speed reads a maxspeed; 0 and known for one that says that there is none to know.
func speed(value string) (limit uint8, known bool) {
	for one := range strings.SplitSeq(value, ";") {
		v, ok := oneSpeed(strings.TrimSpace(one))
		known = known || ok
		if v != 0 && (limit == 0 || v < limit) {
			limit = v
		}
	}
	return limit, known
}

func oneSpeed(value string) (uint8, bool) {
	switch value {
	case "none", "signals", "variable", "unposted", "default", "implicit":
		return 0, true
	case "walk":
		return 5, true
	}
	if v := implied(value); v != 0 {
		return v, true
	}
	if _, _, code := strings.Cut(value, ":"); code {
		return 0, true // of a country whose rule is not in the table
	}
	milli, unit, ok := quantity(value)
	switch unit {
	case "", "km/h", "kmh", "kph":
	case "mph":
		milli = milli * 1_609_344 / 1_000_000
	case "knots", "kn":
		milli = milli * 1852 / 1000
	default:
		ok = false
	}
	if v := (milli + 500) / 1000; ok && v >= 1 && v <= 200 {
		return uint8(v), true
	}
	return 0, false
}

// codes are limits that a country sets where no sign stands, in km/h: "urban" and the
// like of each country that is not as usual. Source: the tables at
// https://wiki.openstreetmap.org/wiki/Speed_limits.
var codes = map[string]uint8{
	"urban": 50, "US:urban": 0, "GB:urban": 48, "UK:urban": 48, "RU:urban": 60, "JP:urban": 40,
	"GB:nsl_restricted": 48, "UK:nsl_restricted": 48, "GB:nsl_single": 97, "UK:nsl_single": 97, "GB:nsl_dual": 113, "UK:nsl_dual": 113,
	"GB:motorway": 113, "UK:motorway": 113,
	"AT:rural": 100, "CH:rural": 80, "CZ:rural": 90, "DE:rural": 100, "DK:rural": 80, "ES:rural": 90, "FI:rural": 80, "FR:rural": 80,
	"HU:rural": 90, "IT:rural": 90, "NL:rural": 80, "NO:rural": 80, "PL:rural": 90, "RO:rural": 90, "RU:rural": 90, "SE:rural": 70, "SK:rural": 90, "UA:rural": 90,
	"AT:motorway": 130, "CH:motorway": 120, "CZ:motorway": 130, "DK:motorway": 130, "ES:motorway": 120, "FR:motorway": 130,
	"HU:motorway": 130, "IT:motorway": 130, "NL:motorway": 100, "PL:motorway": 140, "RO:motorway": 130, "SE:motorway": 110, "SK:motorway": 130,
	"living_street": 20, "DE:living_street": 7, "AT:living_street": 5, "bicycle_road": 30, "walk": 5,
}

// implied reads "DE:urban", "FR:zone30", "DE:30".
func implied(value string) uint8 {
	country, code, ok := strings.Cut(value, ":")
	if !ok || len(country) != 2 {
		return 0
	}
	if v, known := codes[value]; known {
		return v
	}
	if v, known := codes[code]; known {
		return v
	}
	number := strings.TrimPrefix(strings.TrimPrefix(code, "zone"), ":")
	if v, err := strconv.ParseUint(number, 10, 8); err == nil && v <= 130 {
		return uint8(v)
	}
	return 0
}

// quantity reads a number with at most three decimals that count, and what follows.
func quantity(text string) (milli int64, unit string, ok bool) {
	end := 0
	for end < len(text) && (text[end] >= '0' && text[end] <= '9' || text[end] == '.' || text[end] == ',') {
		end++
	}
	whole, part, _ := strings.Cut(strings.Replace(text[:end], ",", ".", 1), ".")
	if len(whole) > 9 || whole == "" && part == "" {
		return 0, "", false
	}
	v, err := strconv.ParseInt("0"+whole+(part + "000")[:3], 10, 64)
	return v, strings.TrimSpace(text[end:]), err == nil && !strings.Contains(part, ",") && !strings.Contains(part, ".")
}

// length reads metres, feet and inches, in millimetres: "3.5", "3.5 m", 12'6", "12 ft".
func length(text string) (int64, bool) {
	milli, unit, ok := quantity(text)
	switch {
	case !ok:
		return 0, false
	case unit == "" || unit == "m":
		return milli, true
	case unit == "cm":
		return milli / 100, true
	case unit == `"` || unit == "in":
		return milli * 254 / 10_000, true
	}
	rest, isFeet := strings.CutPrefix(unit, "'")
	if !isFeet {
		if rest, isFeet = strings.CutPrefix(unit, "ft"); !isFeet {
			if rest, isFeet = strings.CutPrefix(unit, "feet"); !isFeet {
				return 0, false
			}
		}
	}
	feet := milli * 3048 / 10_000
	if rest = strings.TrimSpace(rest); rest == "" {
		return feet, true
	}
	inches, unit, ok := quantity(rest)
	if !ok || unit != `"` && unit != "in" && unit != "''" && unit != "" {
		return 0, false
	}
	return feet + inches*254/10_000, true
}

// weight reads tonnes and their cousins, in kilograms.
func weight(text string) (int64, bool) {
	milli, unit, ok := quantity(text)
	switch unit {
	case "", "t":
		return milli, ok
	case "kg":
		return milli / 1000, ok
	case "st", "short tons", "tons":
		return milli * 907 / 1000, ok
	case "lt", "long tons":
		return milli * 1016 / 1000, ok
	case "lb", "lbs":
		return milli * 4536 / 10_000_000, ok
	}
	return 0, false
}

// tooSmall reports whether an engine does not fit or is too heavy.
func tooSmall(t pbf.Tags, notes *notes) bool {
	for _, c := range [...]struct {
		keys []string
		read func(string) (int64, bool)
		min  int64
	}{
		{[]string{"maxheight", "maxheight:physical"}, length, engineHeight},
		{[]string{"maxwidth", "maxwidth:physical", "width"}, length, engineWidth},
		{[]string{"maxweight"}, weight, engineWeight},
	} {
		for _, key := range c.keys {
			value := t.Get(key)
			switch value {
			case "", "none", "default", "below_default", "unsigned", "no_sign", "no_indications":
				continue
			}
			v, ok := c.read(value)
			if !ok {
				notes.unknown(key, value)
			} else if v < c.min {
				return true
			}
		}
	}
	return false
}
