package road

import "github.com/everycall/everycall/geo"

// Band is a part of the day with its traffic: how long streets of each class take, in
// percent of what they take when they are empty.
type Band struct {
	Name    string
	Percent [Classes]uint16
}

// FreeFlow is the band without traffic.
func FreeFlow() Band {
	b := Band{Name: "free flow"}
	for c := range b.Percent {
		b.Percent[c] = 100
	}
	return b
}

// Kind is one vehicle class by number: the bit of Vehicles that it is.
type Kind uint8

// The vehicle classes by number.
const (
	KindPatrol Kind = iota
	KindEngine
	KindAmbulance
	KindFoot
	KindBicycle
)

var kindNames = [VehicleKinds]string{"patrol", "engine", "ambulance", "foot", "bicycle"}

func (k Kind) String() string { return kindNames[k] }

// ParseKind reads what String writes.
func ParseKind(name string) (Kind, bool) {
	for k, n := range kindNames {
		if n == name {
			return Kind(k), true
		}
	}
	return 0, false
}

func (k Kind) bit() Vehicles { return 1 << k }

// profile is how a vehicle class moves. All figures are invented: plausible for an
// American city, for vehicles that respond with lights and sirens.
type profile struct {
	speed    [Classes]uint32 // km/h where no limit is known, no traffic
	fastest  uint32          // km/h
	overPct  uint32          // of the posted limit, in percent
	right    uint32          // ms for a turn to the right
	left     uint32          // and to the left
	sharp    uint32          // and almost back
	turn     uint32          // and back along the same street
	traffic  bool            // slowed by it
	ordinary uint32          // percent of the time that it takes without lights and sirens
}

// The profiles by kind. Local streets and arterials of the city without tags, 8 and
// 12.5 m/s, are an assumption that no source confirms.
var profiles = [VehicleKinds]profile{
	KindPatrol:    {speed: [Classes]uint32{6, 15, 15, 30, 38, 46, 80, 105}, fastest: 150, overPct: 115, right: 2000, left: 3000, sharp: 5000, turn: 15_000, traffic: true, ordinary: 130},
	KindEngine:    {speed: [Classes]uint32{6, 12, 12, 28, 36, 44, 72, 90}, fastest: 105, overPct: 100, right: 3000, left: 4000, sharp: 8000, turn: 45_000, traffic: true, ordinary: 130},
	KindAmbulance: {speed: [Classes]uint32{6, 15, 15, 29, 38, 46, 78, 100}, fastest: 130, overPct: 110, right: 2500, left: 3500, sharp: 6000, turn: 20_000, traffic: true, ordinary: 130},
	KindFoot:      {speed: [Classes]uint32{5, 5, 5, 5, 5, 5, 5, 5}, fastest: 5, overPct: 100, ordinary: 100},
	KindBicycle:   {speed: [Classes]uint32{12, 12, 15, 18, 18, 18, 18, 18}, fastest: 18, overPct: 100, right: 500, left: 1500, sharp: 2000, turn: 4000, ordinary: 100},
}

// Ordinary is how long a way takes without lights and sirens that takes so long with
// them. The same way is the quickest for both.
func (k Kind) Ordinary(ms int64) int64 { return ms * int64(profiles[k].ordinary) / 100 }

// kmhMs turns millimetres at km/h into milliseconds, rounded up.
func kmhMs(length int64, kmh uint32) int64 {
	return (length*36 + int64(kmh)*10 - 1) / (int64(kmh) * 10)
}

// edgeMsMax is the most that one edge counts, some four and a half hours: a weight must
// hold the sums of a way.
const edgeMsMax = 1 << 24

// EdgeMs is how long a vehicle takes along an edge in a band, in milliseconds: one to
// edgeMsMax.
func (k Kind) EdgeMs(e *Edge, b *Band) uint32 {
	p := &profiles[k]
	speed := p.speed[e.Class]
	if e.Limit > 0 && p.traffic {
		speed = max(5, min(uint32(e.Limit)*p.overPct/100, p.fastest))
	}
	ms := kmhMs(int64(e.Length), speed)
	if e.Travel > 0 && p.traffic {
		ms = int64(e.Travel)
	}
	if p.traffic {
		ms = ms * int64(b.Percent[e.Class]) / 100
	}
	return uint32(min(max(ms, 1), edgeMsMax))
}

// manner is how one goes on at a junction.
type manner uint8

const (
	straightOn manner = iota
	rightTurn
	leftTurn
	sharpTurn
	aroundTurn // back along the same street
)

// TurnMs is what a turn costs in milliseconds from a over at to b; around says that it
// is back along the same street.
func (k Kind) TurnMs(a, at, b geo.Point, around bool) uint32 {
	if around {
		return k.turnMs(aroundTurn)
	}
	return k.turnMs(mannerOf(a, at, b))
}

func (k Kind) turnMs(m manner) uint32 {
	p := &profiles[k]
	return [...]uint32{0, p.right, p.left, p.sharp, p.turn}[m]
}
