package build

import (
	"slices"
	"strings"

	"github.com/everycall/everycall/city"
)

// callTypes is the demo's table of call types, by code. All of it is invented:
// the records carry descriptions only.
func callTypes() []city.CallType {
	police := func(code, name string, priority, units int, lifeSafety bool) city.CallType {
		return city.CallType{Code: code, Name: name, Service: city.Police, Priority: priority, LifeSafety: lifeSafety,
			Capabilities: []string{"police"}, UnitsWanted: units}
	}
	moved := func(t city.CallType) city.CallType { t.Moved = true; return t }
	other := func(service, code, name string, priority int, lifeSafety bool, capabilities ...string) city.CallType {
		return city.CallType{Code: code, Name: name, Service: service, Priority: priority, LifeSafety: lifeSafety,
			Capabilities: capabilities, UnitsWanted: len(capabilities)}
	}
	types := []city.CallType{
		police("assault-now", "Assault in progress", 1, 3, true),
		police("assault", "Assault, earlier", 2, 1, false),
		police("shooting", "Person shot or shot at", 1, 4, true),
		police("shots", "Shots heard", 1, 3, true),
		police("robbery-now", "Robbery in progress", 1, 3, true),
		police("robbery", "Robbery, earlier", 2, 1, false),
		police("weapon", "Person with a weapon", 1, 3, true),
		police("fight-weapon", "Fight with weapons", 1, 3, true),
		police("fight", "Fight", 2, 2, false),
		police("fight-words", "Quarrel", 3, 1, false),
		police("threats", "Threats", 3, 1, false),
		police("harassment", "Harassment", 4, 1, false),
		police("burglary-now", "Burglary in progress", 1, 3, true),
		police("burglary", "Burglary, earlier", 3, 1, false),
		police("prowler", "Prowler", 2, 2, false),
		police("disturbance", "Disturbance", 2, 2, false),
		police("noise", "Noise", 4, 1, false),
		police("nuisance", "Nuisance or mischief", 4, 1, false),
		police("suspicious", "Suspicious person, vehicle or thing", 3, 1, false),
		police("trespass", "Trespass", 3, 1, false),
		police("theft", "Theft", 4, 1, false),
		police("shoplifting", "Shoplifting", 3, 1, false),
		police("auto-theft", "Vehicle theft or recovery", 3, 1, false),
		police("auto-theft-now", "Vehicle theft in progress", 2, 2, false),
		police("property", "Property damaged, lost or found", 4, 1, false),
		police("fraud", "Fraud", 4, 1, false),
		police("narcotics", "Narcotics", 3, 1, false),
		police("liquor", "Liquor violation", 4, 1, false),
		police("collision-injury", "Collision with injuries", 1, 2, true),
		police("collision-unknown", "Collision, injuries unknown", 1, 1, true),
		police("collision-blocking", "Collision blocking the road", 2, 1, false),
		police("collision-left", "Collision, driver left", 3, 1, false),
		police("collision-report", "Collision, report only", 4, 1, false),
		police("traffic", "Traffic or parking", 4, 1, false),
		police("traffic-hazard", "Road blocked or signal out", 3, 1, false),
		police("driving-impaired", "Impaired or raging driver", 2, 1, false),
		police("hazard-now", "Imminent danger to people", 1, 2, true),
		police("hazard", "Possible danger to people", 2, 1, false),
		police("utility", "Wires, water, trees or power", 3, 1, false),
		police("alarm-panic", "Panic or hold-up alarm", 1, 2, true),
		police("alarm", "Burglar alarm", 3, 2, false),
		police("alarm-vehicle", "Vehicle alarm", 4, 1, false),
		police("open-door", "Open building", 3, 1, false),
		police("animal-now", "Dangerous animal or bite", 2, 1, false),
		police("animal", "Animal complaint", 4, 1, false),
		police("water-emergency", "Emergency on the water", 1, 2, true),
		police("harbor", "Harbour complaint", 4, 1, false),
		police("demonstration", "Demonstration", 3, 2, false),
		police("eluding", "Person fleeing police", 2, 2, false),
		police("unknown", "Unknown trouble", 2, 2, true),
		police("bias", "Bias incident", 2, 1, false),
		police("person-down", "Person down, sick or hurt", 1, 1, true),
		police("telephone-report", "Report by telephone", 4, 1, false),
		moved(police("crisis", "Person in crisis", 2, 2, false)),
		moved(police("detox", "Detox transport", 3, 1, false)),
		moved(police("death", "Death reported", 2, 1, false)),
		moved(police("missing", "Missing or found person", 3, 1, false)),
		moved(police("missing-endangered", "Missing child or endangered person", 1, 2, true)),
		moved(police("child", "Offence against a child", 1, 2, true)),
		moved(police("sexual", "Sexual matter", 2, 1, false)),

		other(city.EMS, "aid", "Aid response", 2, true, "aid"),
		other(city.EMS, "aid-yellow", "Aid response, not urgent", 3, true, "aid"),
		other(city.EMS, "medic", "Medic response", 1, true, "medic", "aid"),
		other(city.EMS, "medic-major", "Medic response, many hands", 1, true, "medic", "aid", "aid", "chief"),
		other(city.EMS, "medical-alarm", "Automatic medical alarm", 2, true, "aid"),
		other(city.EMS, "vehicle-injury", "Motor vehicle incident", 1, true, "aid", "aid"),
		other(city.EMS, "assault-injury", "Assault with weapon, injured", 1, true, "medic", "aid", "aid", "chief"),
		other(city.EMS, "mass-casualty", "Many injured", 1, true, "medic", "medic", "aid", "aid", "chief"),
		other(city.EMS, "transfer", "Transfer to a private ambulance", 4, false, "aid"),
		other(city.Fire, "fire-building", "Fire in a building", 1, true, "engine", "engine", "ladder", "ladder", "medic", "aid", "chief"),
		other(city.Fire, "fire-response", "Fire response", 2, false, "engine"),
		other(city.Fire, "fire-alarm", "Automatic fire alarm", 2, false, "engine", "ladder"),
		other(city.Fire, "fire-outside", "Small fire outside", 3, false, "engine"),
		other(city.Fire, "fire-vehicle", "Vehicle fire", 2, false, "engine"),
		other(city.Fire, "cooking", "Food on the stove", 2, false, "engine", "ladder"),
		other(city.Fire, "rescue-elevator", "People in a stuck lift", 3, false, "ladder"),
		other(city.Fire, "rescue-lock", "Locked in or out", 3, false, "ladder"),
		other(city.Fire, "rescue", "Rescue, heavy, rope or vehicle", 1, true, "rescue", "engine", "ladder", "medic", "chief"),
		other(city.Fire, "rescue-water", "Rescue on the water", 1, true, "engine", "medic", "marine", "chief"),
		other(city.Fire, "hazmat", "Hazardous material", 1, true, "hazmat", "engine", "ladder", "chief"),
		other(city.Fire, "gas", "Gas, odour or carbon monoxide", 2, true, "engine", "ladder"),
		other(city.Fire, "electrical", "Electrical problem or wires down", 2, false, "engine"),
		other(city.Fire, "water-leak", "Water leak", 4, false, "ladder"),
		other(city.Fire, "spill", "Fuel spill", 3, false, "engine"),
		other(city.Fire, "investigate", "Investigate or advise", 3, false, "engine"),
	}
	slices.SortFunc(types, func(a, b city.CallType) int { return strings.Compare(a.Code, b.Code) })
	return types
}

// rule maps recorded descriptions that begin with a prefix, or hold a word, to a
// code. The first rule that fits wins.
type rule struct {
	prefix, word, code string
}

func (r rule) fits(text string) bool {
	return strings.HasPrefix(text, r.prefix) && strings.Contains(text, r.word)
}

var policeRules = []rule{
	{"CHILD", "", "child"}, {"TRU - LURING", "", "child"}, {"MISSING - CHILD", "", "missing-endangered"},
	{"MISSING - (ALZ", "", "missing-endangered"}, {"MISSING", "", "missing"}, {"FOUND - PERSON", "", "missing"}, {"AWOL", "", "missing"},
	{"LEWD", "", "sexual"}, {"SEX", "", "sexual"}, {"TRU - SEX", "", "sexual"}, {"TRU - LEWD", "", "sexual"}, {"VICE", "", "sexual"},
	{"CRISIS", "", "crisis"}, {"DETOX", "", "detox"}, {"DOA", "", "death"}, {"GAMBLING", "", "nuisance"},
	{"TRU", "", "telephone-report"}, {"SECONDARY", "", "telephone-report"},
	{"ASLT", "PERSON SHOT", "shooting"}, {"ASLT - IP", "", "assault-now"}, {"ASLT", "", "assault"},
	{"SHOTS", "", "shots"}, {"ROBBERY - IP", "", "robbery-now"}, {"CARJACKING - IP", "", "robbery-now"}, {"PURSE SNATCH - IP", "", "robbery-now"},
	{"ROBBERY", "", "robbery"}, {"CARJACKING", "", "robbery"}, {"PURSE", "", "robbery"},
	{"WEAPN", "", "weapon"}, {"FIGHT", "WITH WEAPONS", "fight-weapon"}, {"FIGHT - VERBAL", "", "fight-words"}, {"FIGHT", "", "fight"},
	{"THREATS", "", "threats"}, {"HARAS", "", "harassment"}, {"PHONE", "", "harassment"},
	{"BURG - IP", "", "burglary-now"}, {"BURG", "", "burglary"}, {"PROWLER", "", "prowler"},
	{"DISTURBANCE", "", "disturbance"}, {"NOISE", "", "noise"}, {"PANHANDLING", "", "nuisance"}, {"NUISANCE", "", "nuisance"},
	{"FIREWORKS", "", "nuisance"}, {"LITTERING", "", "nuisance"}, {"ILLEGAL DUMPING", "", "nuisance"}, {"PARKS", "", "nuisance"}, {"SLEEPER", "", "nuisance"},
	{"BURN", "", "hazard"}, {"SUSPICIOUS", "", "suspicious"}, {"TRESPASS", "", "trespass"},
	{"AUTO THEFT-IP", "", "auto-theft-now"}, {"AUTO", "PLATES", "property"}, {"AUTO", "", "auto-theft"},
	{"SHOPLIFT", "", "shoplifting"}, {"THEFT", "", "theft"}, {"PROPERTY", "", "property"}, {"FRAUD", "", "fraud"},
	{"NARCOTICS", "", "narcotics"}, {"LIQUOR", "", "liquor"},
	{"MOTOR VEHICLE COLLISION", "WITH INJURIES", "collision-injury"}, {"MOTOR VEHICLE COLLISION", "UNKNOWN", "collision-unknown"},
	{"MOTOR VEHICLE COLLISION", "HIT AND RUN", "collision-left"}, {"MOTOR VEHICLE COLLISION", "REPORT ONLY", "collision-report"},
	{"MOTOR VEHICLE COLLISION", "", "collision-blocking"},
	{"DUI", "", "driving-impaired"}, {"TRAFFIC - ROAD RAGE", "", "driving-impaired"}, {"TRAFFIC - B", "", "traffic-hazard"},
	{"TRAFFIC", "", "traffic"}, {"PARKING", "", "traffic"}, {"PEDESTRIAN", "", "traffic"}, {"ABANDONED", "", "traffic"},
	{"TRAF", "ELUDING", "eluding"}, {"FOOT", "", "eluding"},
	{"HAZ - IMM", "", "hazard-now"}, {"HAZ", "", "hazard"}, {"HZMAT", "", "hazard"},
	{"WIRES", "", "utility"}, {"WATER", "", "utility"}, {"TREES", "", "utility"}, {"POWER", "", "utility"},
	{"ALARM", "PANIC", "alarm-panic"}, {"ALARM", "HOLD-UP", "alarm-panic"}, {"ALARM", "DURESS", "alarm-panic"},
	{"ALARM - AUDIBLE AUTO", "", "alarm-vehicle"}, {"ALARM", "", "alarm"}, {"OPEN", "", "open-door"},
	{"ANIMAL", "BITE", "animal-now"}, {"ANIMAL", "DANGEROUS", "animal-now"}, {"ANIMAL", "", "animal"},
	{"HARBOR - WATER EM", "", "water-emergency"}, {"HARBOR", "", "harbor"}, {"DEMONSTRATIONS", "", "demonstration"},
	{"BIAS", "", "bias"}, {"DOWN", "", "person-down"}, {"OVERDOSE", "", "person-down"}, {"SICK", "", "person-down"}, {"INJURED", "", "person-down"},
	{"UNKNOWN", "", "unknown"},
}

var fireRules = []rule{
	{"Aid Response Yellow", "", "aid-yellow"}, {"Aid Response", "", "aid"}, {"Medic Response", "per Rule", "medic-major"},
	{"Multiple Medic", "", "medic-major"}, {"Medic Response", "", "medic"}, {"Single Medic", "", "medic"}, {"Mutual Aid, Medic", "", "medic"},
	{"Automatic Medical", "", "medical-alarm"}, {"MVI", "", "vehicle-injury"}, {"Assault", "", "assault-injury"},
	{"Multiple Casualty", "", "mass-casualty"}, {"Trans to AMR", "", "transfer"}, {"Hang-Up, Aid", "", "aid"}, {"Help the Fire", "", "medic-major"},
	{"Fire in", "", "fire-building"}, {"Marine Fire", "", "fire-building"},
	{"Auto", "", "fire-alarm"}, {"AFA", "", "fire-alarm"}, {"Alarm Bell", "", "fire-alarm"},
	{"Car Fire", "", "fire-vehicle"}, {"Food", "", "cooking"},
	{"Brush", "", "fire-outside"}, {"Bark", "", "fire-outside"}, {"Rubbish", "", "fire-outside"}, {"Dumpster", "", "fire-outside"}, {"Illegal Burn", "", "fire-outside"},
	{"Rescue Elevator", "", "rescue-elevator"}, {"Rescue Lock", "", "rescue-lock"}, {"Rescue", "", "rescue"},
	{"Water Rescue", "", "rescue-water"}, {"Marine", "", "rescue-water"}, {"Vessel", "", "rescue-water"},
	{"HazMat", "", "hazmat"}, {"Hazardous", "", "hazmat"}, {"HAZADV", "", "hazmat"}, {"Explosion", "", "hazmat"},
	{"Natural Gas", "", "gas"}, {"Unk Odor", "", "gas"}, {"Activated CO", "", "gas"}, {"Furnace", "", "gas"},
	{"Electrical", "", "electrical"}, {"Wires", "", "electrical"}, {"Vault", "", "electrical"},
	{"Water Job", "", "water-leak"}, {"Fuel Spill", "", "spill"}, {"Spill", "", "spill"},
	{"Investigate", "", "investigate"}, {"Advised", "", "investigate"}, {"LINK", "", "investigate"},
	{"1RED", "", "fire-response"}, {"3RED", "", "fire-response"}, {"4RED", "", "fire-response"}, {"Fire Response", "", "fire-response"},
	{"Fast Back Up", "", "fire-response"}, {"Hang-Up, Fire", "", "fire-response"},
}

// code maps a recorded description; ok is false where only the fallback fits.
func code(rules []rule, recorded, fallback string) (string, bool) {
	for _, r := range rules {
		if r.fits(recorded) {
			return r.code, true
		}
	}
	return fallback, false
}

// sensitiveWords mark, in what was first said or how the call was closed, a
// matter whose true block must not ship: crisis, child, sexual, and, on the safe
// side, missing persons, detox, deaths, overdoses and youths.
var sensitiveWords = []string{
	"CRISIS", "MENTAL", "SUICID", "DETOX", "DOA", "DEAD BODY", "OVERDOSE", "MISSING - ", "MISSING PERSON", "FOUND - PERSON", "FOUND PERSON",
	"LOST PERSON", "AWOL", "CHILD", "JUVENILE", "MINOR", "LURING", "LEWD", "SEX", "PROSTITUT", "PORNOGRAPH", "VICE - ", "VICE, ", "RAPE", "OBSCENE", "DOMESTIC", "BIAS",
}

// Sensitive reports whether any of the recorded descriptions names a matter
// whose true block must not ship, and by which word.
func Sensitive(recorded ...string) (word string, yes bool) {
	for _, text := range recorded {
		for _, w := range sensitiveWords {
			if strings.Contains(text, w) {
				return w, true
			}
		}
	}
	return "", false
}
