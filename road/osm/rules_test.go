package osm

import (
	"fmt"
	"strings"
	"testing"

	"github.com/everycall/everycall/road"
	"github.com/everycall/everycall/road/osm/pbf"
)

// tags reads "highway=primary oneway=yes"; an underscore in a value may stand for a
// blank where %20 does.
func tags(text string) pbf.Tags {
	var out pbf.Tags
	for _, pair := range strings.Fields(text) {
		k, v, _ := strings.Cut(pair, "=")
		out = append(out, k, strings.ReplaceAll(v, "%20", " "))
	}
	return out
}

// letters spells a set of vehicles: Patrol, Engine, Ambulance, Foot, Bicycle.
func letters(v road.Vehicles) string {
	out := ""
	for i, l := range "PEAFB" {
		if v&(1<<i) != 0 {
			out += string(l)
		}
	}
	if out == "" {
		return "-"
	}
	return out
}

func told(s street, why string) string {
	if why != "" {
		return why
	}
	out := fmt.Sprintf("%s %s %s", s.class, letters(s.forward), letters(s.backward))
	if s.local != 0 {
		out += " to a place: " + letters(s.local)
	}
	return out
}

func TestWays(t *testing.T) {
	for _, c := range []struct{ tags, want string }{
		// Classes and who may use them.
		{"highway=motorway", "motorway PEA -"},
		{"highway=motorway oneway=no", "motorway PEA PEA"},
		{"highway=motorway_link", "motorway PEA PEA"},
		{"highway=trunk", "highway PEAFB PEAFB"},
		{"highway=trunk_link", "highway PEAFB PEAFB"},
		{"highway=trunk motorroad=yes", "highway PEA PEA"},
		{"highway=primary", "arterial PEAFB PEAFB"},
		{"highway=primary_link", "arterial PEAFB PEAFB"},
		{"highway=secondary", "arterial PEAFB PEAFB"},
		{"highway=secondary_link", "arterial PEAFB PEAFB"},
		{"highway=tertiary", "collector PEAFB PEAFB"},
		{"highway=tertiary_link", "collector PEAFB PEAFB"},
		{"highway=unclassified", "street PEAFB PEAFB"},
		{"highway=residential", "street PEAFB PEAFB"},
		{"highway=living_street", "street PEAFB PEAFB"},
		{"highway=road", "street PEAFB PEAFB"},
		{"highway=service service=alley", "service PEAFB PEAFB"},
		{"highway=busway", "service PEA PEA"},
		{"highway=track", "track PEAFB PEAFB"},
		{"highway=pedestrian", "footpath PEAF PEAF to a place: PEA"},
		{"highway=path", "footpath FB FB"},
		{"highway=cycleway", "footpath FB FB"},
		{"highway=footway", "footpath F F"},
		{"highway=steps", "footpath F F"},
		{"highway=bridleway", "footpath F F"},

		// Left out, by reason.
		{"highway=construction construction=primary", "being built"},
		{"highway=proposed", "planned"},
		{"highway=planned", "planned"},
		{"highway=abandoned", "abandoned or razed"},
		{"highway=razed", "abandoned or razed"},
		{"highway=disused", "abandoned or razed"},
		{"highway=residential abandoned=yes", "abandoned or razed"},
		{"highway=raceway", "raceway"},
		{"highway=bus_guideway", "guided busway"},
		{"highway=corridor", "inside a building"},
		{"highway=elevator", "inside a building"},
		{"highway=platform", "platform or stop"},
		{"highway=escape", "escape lane"},
		{"highway=emergency_bay", "bay or rest area"},
		{"highway=pedestrian area=yes", "area"},
		{"highway=sidewalk", "highway value not known"},
		{"route=ferry", "ferry"},
		{"highway=residential access=no", "nobody may use it"},
		{"highway=residential oneway=reversible foot=no", "reversible: the direction changes by the clock"},

		// Rights: the more specific key decides, then the more generous value.
		{"highway=residential access=destination", "street PEAFB PEAFB to a place: PEAFB"},
		{"highway=residential access=delivery", "street PEAFB PEAFB to a place: PEAFB"},
		{"highway=residential access=customers", "street PEAFB PEAFB to a place: PEAFB"},
		{"highway=residential motor_vehicle=destination", "street PEAFB PEAFB to a place: PEA"},
		{"highway=residential vehicle=destination", "street PEAFB PEAFB to a place: PEAB"},
		{"highway=residential access=private", "street PEA PEA to a place: PEA"},
		{"highway=residential access=permit", "street PEA PEA to a place: PEA"},
		{"highway=residential access=military", "street PEA PEA to a place: PEA"},
		{"highway=service access=private foot=yes", "service PEAF PEAF to a place: PEA"},
		{"highway=track motor_vehicle=agricultural", "track PEAFB PEAFB to a place: PEA"},
		{"highway=track vehicle=forestry", "track PEAF PEAF to a place: PEA"},
		{"highway=track motor_vehicle=agricultural;yes", "track PEAFB PEAFB"},
		{"highway=residential access=permissive", "street PEAFB PEAFB"},
		{"highway=residential access=no motorcar=yes", "street PEA PEA"},
		{"highway=residential access=no motor_vehicle=private", "street PEA PEA to a place: PEA"},
		{"highway=residential motor_vehicle=no", "street FB FB"},
		{"highway=residential motorcar=no motor_vehicle=yes", "street FB FB"},
		{"highway=residential vehicle=no", "street F F"},
		{"highway=residential vehicle=no bicycle=yes", "street FB FB"},
		{"highway=residential bicycle=use_sidepath", "street PEAF PEAF"},
		{"highway=footway bicycle=dismount", "footpath F F"},
		{"highway=footway bicycle=designated", "footpath FB FB"},
		{"highway=residential foot=no", "street PEAB PEAB"},
		{"highway=residential foot=private", "street PEAB PEAB"},
		{"highway=residential access=sometimes", "street PEAFB PEAFB"},
		{"highway=residential motor_vehicle:backward=no", "street PEAFB FB"},
		{"highway=residential motor_vehicle:forward=no vehicle=yes", "street FB PEAFB"},
		{"highway=residential access:backward=no", "street PEAFB -"},
		{"highway=residential vehicle:backward=destination", "street PEAFB PEAFB"},
		{"highway=motorway access=yes", "motorway PEA -"},
		{"highway=footway access=yes", "footpath F F"},
		{"highway=path access=private", "nobody may use it"},

		// A service on a call is bound by less.
		{"highway=service access=no emergency=yes", "service PEA PEA"},
		{"highway=service access=private emergency=designated", "service PEA PEA"},
		{"highway=service access=no service=emergency_access", "service PEA PEA"},
		{"highway=footway emergency=yes", "footpath PEAF PEAF"},
		{"highway=residential emergency=no", "street FB FB"},
		{"highway=residential motor_vehicle=no emergency=fire_hydrant", "street FB FB"},
		{"highway=pedestrian motor_vehicle=no", "footpath F F"},
		{"highway=pedestrian access=no foot=yes", "footpath F F"},
		{"highway=pedestrian motor_vehicle=no emergency=yes", "footpath PEAF PEAF"},
		{"highway=pedestrian motor_vehicle=delivery", "footpath PEAF PEAF to a place: PEA"},
		{"highway=pedestrian motor_vehicle=yes", "footpath PEAF PEAF"},
		{"highway=pedestrian width=2.5", "footpath PAF PAF to a place: PA"},
		{"highway=service access=no bus=yes", "service PEA PEA"},
		{"highway=residential motor_vehicle=no psv=designated", "street PEAFB PEAFB"},
		{"highway=path motor_vehicle=yes", "footpath PEAFB PEAFB"},

		// What an engine is bound by, and what not.
		{"highway=residential hgv=no", "street PEAFB PEAFB"},
		{"highway=residential maxheight=3.6", "street PAFB PAFB"},
		{"highway=residential maxheight=3.7", "street PEAFB PEAFB"},
		{"highway=residential maxheight=12'1\"", "street PAFB PAFB"},
		{"highway=residential maxheight=12'6\"", "street PEAFB PEAFB"},
		{"highway=residential maxheight:physical=3.5%20m", "street PAFB PAFB"},
		{"highway=residential maxheight=default", "street PEAFB PEAFB"},
		{"highway=residential maxweight=7.5", "street PAFB PAFB"},
		{"highway=residential maxweight=18", "street PEAFB PEAFB"},
		{"highway=residential maxweight=30000%20lbs", "street PAFB PAFB"},
		{"highway=residential maxwidth=2.5", "street PAFB PAFB"},
		{"highway=residential width=2.6", "street PEAFB PEAFB"},

		// Impassable.
		{"highway=track smoothness=impassable", "track FB FB"},
		{"highway=track impassable=yes", "track FB FB"},

		// Directions.
		{"highway=residential oneway=yes", "street PEAFB F"},
		{"highway=residential oneway=true", "street PEAFB F"},
		{"highway=residential oneway=1", "street PEAFB F"},
		{"highway=residential oneway=-1", "street F PEAFB"},
		{"highway=residential oneway=no", "street PEAFB PEAFB"},
		{"highway=residential oneway=alternating", "street PEAFB PEAFB"},
		{"highway=residential oneway=reversible", "street F F"},
		{"highway=residential oneway=perhaps", "street PEAFB PEAFB"},
		{"highway=tertiary junction=roundabout", "collector PEAFB F"},
		{"highway=tertiary junction=circular", "collector PEAFB F"},
		{"highway=tertiary junction=roundabout oneway=no", "collector PEAFB PEAFB"},
		{"highway=tertiary junction=roundabout oneway=-1", "collector F PEAFB"},
		{"highway=residential oneway=yes oneway:bicycle=no", "street PEAFB FB"},
		{"highway=residential oneway=yes oneway:bicycle=-1", "street PEAF FB"},
		{"highway=residential oneway:bicycle=yes", "street PEAFB PEAF"},
		{"highway=residential oneway=yes cycleway=opposite", "street PEAFB FB"},
		{"highway=residential oneway=yes cycleway=opposite_lane", "street PEAFB FB"},
		{"highway=residential oneway=yes cycleway:left=opposite_track", "street PEAFB FB"},
		{"highway=residential oneway=yes cycleway=lane", "street PEAFB F"},
		{"highway=footway oneway=yes", "footpath F F"},
		{"highway=steps oneway:foot=yes", "footpath F -"},
		{"highway=steps oneway:foot=-1", "footpath - F"},
		{"highway=cycleway oneway=yes", "footpath FB F"},
		{"highway=service oneway=yes emergency=yes", "service PEAFB F"},
	} {
		if got := told(streetOf(tags(c.tags), newNotes())); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.tags, got, c.want)
		}
	}
}

func TestLimits(t *testing.T) {
	for _, c := range []struct {
		tags string
		want uint8
	}{
		{"", 0}, {"maxspeed=50", 50}, {"maxspeed=25%20mph", 40}, {"maxspeed=25mph", 40}, {"maxspeed=70%20mph", 113}, {"maxspeed=30%20km/h", 30},
		{"maxspeed=10%20knots", 19}, {"maxspeed=none", 0}, {"maxspeed=signals", 0}, {"maxspeed=variable", 0}, {"maxspeed=walk", 5},
		{"maxspeed=DE:urban", 50}, {"maxspeed=DE:rural", 100}, {"maxspeed=DE:motorway", 0}, {"maxspeed=DE:walk", 5}, {"maxspeed=DE:living_street", 7},
		{"maxspeed=DE:zone30", 30}, {"maxspeed=DE:zone:30", 30}, {"maxspeed=GB:nsl_single", 97}, {"maxspeed=US:urban", 0}, {"maxspeed=XX:anything", 0},
		{"maxspeed=50;30", 30}, {"maxspeed=32.5", 33}, {"maxspeed=fast", 0}, {"maxspeed=-5", 0}, {"maxspeed=0", 0}, {"maxspeed=500", 0}, {"maxspeed=999999999999", 0},
		{"maxspeed:forward=60 maxspeed:backward=40", 40}, {"maxspeed:backward=40", 40}, {"maxspeed=80 maxspeed:forward=60", 60},
		{"maxspeed:type=DE:urban", 50}, {"source:maxspeed=DE:rural", 100}, {"zone:maxspeed=DE:30", 30}, {"maxspeed=none source:maxspeed=DE:urban", 0},
		{"maxspeed:type=sign", 0}, {"maxspeed:conditional=30%20@%20(22:00-06:00)", 0},
	} {
		if got := limitOf(tags(c.tags), newNotes()); got != c.want {
			t.Errorf("%s: %d, want %d", c.tags, got, c.want)
		}
	}
}

func TestMeasures(t *testing.T) {
	for _, c := range []struct {
		text string
		mm   int64
	}{
		{"3.5", 3500}, {"3,5 m", 3500}, {"3.5m", 3500}, {"350 cm", 3500}, {`11'6"`, 3504}, {"11'", 3352}, {"12 ft", 3657}, {"12 ft 6 in", 3809}, {"15.5 feet", 4724}, {`100"`, 2540},
		{"", -1}, {"tall", -1}, {".", -1}, {"3.5 elephants", -1}, {"1.2.3", -1}, {`6"4'`, -1}, {"99999999999999999999", -1},
	} {
		got, ok := length(c.text)
		if !ok {
			got = -1
		}
		if got != c.mm {
			t.Errorf("length %q: %d, want %d", c.text, got, c.mm)
		}
	}
	for _, c := range []struct {
		text string
		kg   int64
	}{{"7.5", 7500}, {"7.5 t", 7500}, {"7500 kg", 7500}, {"10 st", 9070}, {"8000 lbs", 3628}, {"2 lt", 2032}, {"heavy", -1}, {"3 m", -1}} {
		got, ok := weight(c.text)
		if !ok {
			got = -1
		}
		if got != c.kg {
			t.Errorf("weight %q: %d, want %d", c.text, got, c.kg)
		}
	}
}

func TestBarriers(t *testing.T) {
	for _, c := range []struct{ tags, want string }{
		{"barrier=bollard", "PEA"},
		{"barrier=block", "PEA"},
		{"barrier=chain", "PEA"},
		{"barrier=yes", "PEA"},
		{"barrier=cycle_barrier", "PEA"},
		{"barrier=bollard motor_vehicle=yes", "-"},
		{"barrier=bollard access=yes", "-"},
		{"barrier=bollard motor_vehicle=private", "-"},
		{"barrier=bollard emergency=yes", "-"},
		{"barrier=bollard bicycle=no", "PEAB"},
		{"barrier=bus_trap", "PA"},
		{"barrier=stile", "PEAB"},
		{"barrier=kissing_gate", "PEAB"},
		{"barrier=kissing_gate bicycle=yes", "PEA"},
		{"barrier=turnstile", "PEAB"},
		{"barrier=wall", "PEAFB"},
		{"barrier=gate", "-"},
		{"barrier=gate access=private", "FB"},
		{"barrier=gate access=private foot=yes", "B"},
		{"barrier=gate access=destination", "-"},
		{"barrier=gate access=no", "PEAFB"},
		{"barrier=gate access=no emergency=yes", "FB"},
		{"barrier=gate locked=yes", "PEAFB"},
		{"barrier=gate locked=yes access=private", "PEAFB"},
		{"barrier=gate locked=yes emergency=yes", "FB"},
		{"barrier=gate locked=no", "-"},
		{"barrier=gate emergency=no", "PEA"},
		{"barrier=lift_gate motor_vehicle=no", "PEA"},
		{"barrier=lift_gate access=no bus=yes", "FB"},
		{"barrier=swing_gate", "-"},
		{"barrier=gate maxwidth=2.3", "E"},
		{"barrier=height_restrictor maxheight=2.1", "E"},
		{"barrier=height_restrictor", "-"},
		{"barrier=cattle_grid", "-"},
		{"barrier=toll_booth", "-"},
		{"barrier=kerb", "-"},
		{"barrier=dragon", "-"},
	} {
		if got := letters(stops(tags(c.tags), newNotes())); got != c.want {
			t.Errorf("%s: stops %s, want %s", c.tags, got, c.want)
		}
	}
}

func TestRestrictionTags(t *testing.T) {
	via := []pbf.Member{{Type: pbf.WayMember, ID: 1, Role: "from"}, {Type: pbf.NodeMember, ID: 2, Role: "via"}, {Type: pbf.WayMember, ID: 3, Role: "to"}}
	for _, c := range []struct {
		tags    string
		members []pbf.Member
		want    string
	}{
		{"restriction=no_left_turn", via, "PEAB"},
		{"restriction=no_right_turn", via, "PEAB"},
		{"restriction=no_straight_on", via, "PEAB"},
		{"restriction=no_u_turn", via, "PEAB u-turn"},
		{"restriction=only_straight_on", via, "PEAB only"},
		{"restriction=no_left_turn except=bicycle", via, "PEA"},
		{"restriction=no_left_turn except=psv", via, "PEAB"},
		{"restriction=no_left_turn except=psv;bicycle", via, "PEA"},
		{"restriction=no_left_turn except=motorcar", via, "B"},
		{"restriction=no_left_turn except=emergency", via, "B"},
		{"restriction=no_left_turn except=emergency;bicycle", via, banOthers},
		{"restriction:motorcar=no_left_turn", via, "PEA"},
		{"restriction:bicycle=no_left_turn", via, "B"},
		{"restriction:hgv=no_left_turn", via, banOthers},
		{"restriction:bus=no_left_turn restriction:motor_vehicle=no_left_turn", via, "PEA"},
		{"type=restriction:motorcar restriction=no_left_turn", via, "PEA"},
		{"type=restriction:hgv restriction=no_left_turn", via, banOthers},
		{"restriction:conditional=no_left_turn%20@%20(07:00-09:00)", via, banTimes},
		{"restriction=no_left_turn day_on=Monday", via, banTimes},
		{"restriction=no_left_turn hour_on=07:00", via, banTimes},
		{"restriction=no_singing", via, banKind},
		{"note=nothing", via, banKind},
		{"restriction=no_left_turn", via[:2], banMembers},
		{"restriction=no_left_turn", []pbf.Member{via[0], via[2]}, banMembers},
		{"restriction=no_left_turn", []pbf.Member{via[0], {Type: pbf.WayMember, ID: 9, Role: "via"}, via[2]}, banViaWay},
		{"restriction=no_entry", append([]pbf.Member{{Type: pbf.WayMember, ID: 8, Role: "from"}}, via...), "PEAB"},
		{"restriction=only_left_turn", append([]pbf.Member{{Type: pbf.WayMember, ID: 8, Role: "to"}}, via...), banMembers},
	} {
		text := c.tags
		if !strings.Contains(text, "type=restriction") {
			text = "type=restriction " + text
		}
		got, why := restrictionOf(&pbf.Relation{Tags: tags(text), Members: c.members}, newNotes())
		say := letters(got.bound)
		if got.only {
			say += " only"
		}
		if got.uTurn {
			say += " u-turn"
		}
		if why != "" {
			say = why
		}
		if say != c.want {
			t.Errorf("%s: %s, want %s", c.tags, say, c.want)
		}
	}
}

func TestPlacesAndAddresses(t *testing.T) {
	for _, c := range []struct{ tags, want string }{
		{"name=Harborview amenity=hospital alt_name=HMC;The%20View short_name=HV ref=7", "hospital Harborview [HMC The View HV 7]"},
		{"name=Station%2010 amenity=fire_station", "fire station Station 10 []"},
		{"name=Tower building=yes old_name=Tower", "building Tower []"},
		{"name=Ballard place=suburb loc_name=Snoose", "suburb Ballard [Snoose]"},
		{"name=Main highway=bus_stop", "bus stop Main []"},
		{"highway=motorway_junction ref=164A", "motorway junction Exit 164A [164A]"},
		{"name=Nothing", ""},
		{"amenity=bench", ""},
		{"name=Line railway=rail", ""},
		{"name=City boundary=administrative", ""},
		{"name=" + strings.Repeat("x", 256) + " amenity=school", ""},
	} {
		got := ""
		if p, ok := placeOf(tags(c.tags)); ok {
			got = fmt.Sprintf("%s %s %v", p.Kind, p.Name, p.Aliases)
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", c.tags, got, c.want)
		}
	}
	for _, c := range []struct{ tags, want string }{
		{"addr:housenumber=12 addr:street=Main%20Street", "Main Street [12]"},
		{"addr:housenumber=12;14,16 addr:street=Main", "Main [12 14 16]"},
		{"addr:housenumber=12-16 addr:street=Main", "Main [12-16]"},
		{"addr:housenumber=12", addressStreetless},
		{"addr:interpolation=even", addressInterpolated},
		{"addr:housenumber=" + strings.Repeat("1", 33) + " addr:street=Main", addressLong},
		{"addr:housenumber=1 addr:street=" + strings.Repeat("x", 256), addressLong},
		{"addr:street=Main", "none"},
	} {
		street, numbers, why, ok := addressOf(tags(c.tags))
		got := fmt.Sprintf("%s %v", street, numbers)
		if why != "" {
			got = why
		} else if !ok {
			got = "none"
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", c.tags, got, c.want)
		}
	}
}

func TestCleanTextIsOneValidLine(t *testing.T) {
	for in, want := range map[string]string{"a\nb": "a b", " a \t b ": "a b", "a\xffb": "ab", "\x00": "", "Größe": "Größe", "a\u2028b": "a b"} {
		if got := clean(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestNotesAreBounded(t *testing.T) {
	n := newNotes()
	for i := range 10 * valuesMax {
		n.thing()
		n.unknown("maxspeed", fmt.Sprint("fast", i))
		n.unknown("maxspeed", fmt.Sprint("fast", i)) // of the same thing: counts once
	}
	if len(n.values) > valuesMax+1 || n.values["others"] != 9*valuesMax {
		t.Errorf("%d values, %d others", len(n.values), n.values["others"])
	}
}
