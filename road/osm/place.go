package osm

import (
	"cmp"
	"slices"
	"strings"

	"github.com/everycall/everycall/city"
	"github.com/everycall/everycall/road/osm/pbf"
)

// Limits of texts. OpenStreetMap's own is 255 characters.
const (
	nameMax   = 255 // bytes of a name; a longer one is left out
	numberMax = 32  // bytes of a house number
)

// placeKeys make a named thing a place, in the order in which they give its kind.
var placeKeys = []string{
	"emergency", "amenity", "healthcare", "aeroway", "railway", "public_transport", "shop", "tourism", "leisure", "office", "craft", "club",
	"historic", "man_made", "military", "natural", "landuse", "place", "boundary", "bridge", "tunnel", "building",
}

// notPlaces are kinds of named things that nobody is sent to: lines that are named
// for what they are part of.
var notPlaces = map[string]bool{
	"railway=rail": true, "railway=abandoned": true, "railway=light_rail": true, "railway=tram": true, "railway=subway": true, "railway=disused": true, "railway=razed": true,
	"boundary=administrative": true, "boundary=postal_code": true, "boundary=census": true, "boundary=political": true, "bridge=yes": true, "tunnel=yes": true, "natural=tree": true, "natural=coastline": true,
}

// aliasKeys are the other names of a thing.
var aliasKeys = []string{"alt_name", "old_name", "short_name", "loc_name", "official_name", "ref"}

// nameOf is a name that is kept, or "".
func nameOf(t pbf.Tags, key string) string {
	name := t.Get(key)
	if name == "" || len(name) > nameMax {
		return ""
	}
	return clean(name)
}

// aliasesOf are a thing's other names, but for the one given.
func aliasesOf(t pbf.Tags, name string) (out []string) {
	for _, key := range aliasKeys {
		for one := range strings.SplitSeq(nameOf(t, key), ";") {
			one = strings.TrimSpace(one)
			if one != "" && one != name && !slices.Contains(out, one) && len(out) < city.AliasesMax {
				out = append(out, one)
			}
		}
	}
	return out
}

// placeOf reads a named thing that is no road; false if it is none.
func placeOf(t pbf.Tags) (city.Place, bool) {
	name := nameOf(t, "name")
	kind := ""
	if name != "" {
		for _, key := range placeKeys {
			value := t.Get(key)
			if value == "" || value == "no" || notPlaces[key+"="+value] {
				continue
			}
			if value == "yes" {
				value = key
			}
			kind = value
			break
		}
	}
	switch t.Get("highway") {
	case "bus_stop":
		kind = "bus stop"
	case "motorway_junction":
		kind = "motorway junction"
		if ref := nameOf(t, "ref"); ref != "" && name == "" {
			name = "Exit " + ref
		}
	}
	if name == "" || kind == "" || len(kind) > nameMax {
		return city.Place{}, false
	}
	return city.Place{Name: name, Kind: strings.ReplaceAll(clean(kind), "_", " "), Aliases: aliasesOf(t, name)}, true
}

// Why addresses are left out; the report's words.
const (
	addressStreetless   = "no addr:street"
	addressInterpolated = "a row of numbers without houses"
	addressLong         = "number or street too long"
	addressNowhere      = "its nodes are not in the file"
	beyond              = "beyond the limit"
)

// addressOf reads the house numbers of a thing. ok is false for a thing without any.
func addressOf(t pbf.Tags) (street string, numbers []string, why string, ok bool) {
	if t.Get("addr:interpolation") != "" {
		return "", nil, addressInterpolated, true
	}
	number := t.Get("addr:housenumber")
	if number == "" {
		return "", nil, "", false
	}
	if t.Get("addr:street") == "" {
		return "", nil, addressStreetless, true
	}
	if street = nameOf(t, "addr:street"); street == "" || len(number) > nameMax {
		return "", nil, addressLong, true
	}
	for one := range strings.FieldsFuncSeq(number, func(r rune) bool { return r == ';' || r == ',' }) {
		if one = clean(one); one != "" && len(one) <= numberMax {
			numbers = append(numbers, one)
		}
	}
	if len(numbers) == 0 {
		return "", nil, addressLong, true
	}
	return street, numbers, "", true
}

func sortPlaces(places []city.Place) {
	slices.SortFunc(places, func(a, b city.Place) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Kind, b.Kind), a.Point.Compare(b.Point), slices.Compare(a.Aliases, b.Aliases))
	})
}

// sortAddresses sorts by street and along it as its numbers go, and takes out what is
// there twice.
func sortAddresses(addresses []city.Address) []city.Address {
	slices.SortFunc(addresses, func(a, b city.Address) int {
		return cmp.Or(cmp.Compare(a.Street, b.Street), cmp.Compare(leading(a.Number), leading(b.Number)), cmp.Compare(a.Number, b.Number), a.Point.Compare(b.Point))
	})
	return slices.Compact(addresses)
}

// leading is the number that a house number begins with.
func leading(number string) (v int) {
	for i := 0; i < len(number) && i < 9 && number[i] >= '0' && number[i] <= '9'; i++ {
		v = v*10 + int(number[i]-'0')
	}
	return v
}
