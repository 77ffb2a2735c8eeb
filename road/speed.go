package road

// SpeedMax is the highest speed of the interim router, in millimetres a second.
const SpeedMax = 12_500

// speed is what the interim router assumes for a responding vehicle: 8 m/s (18 mph) on
// streets, 12.5 m/s (28 mph) on arterials, junctions included. Invented values.
func (c Class) speed() int64 {
	if c >= Arterial {
		return SpeedMax
	}
	return 8_000
}

// TravelMs is the time to drive the edge, in milliseconds, rounded up.
func (e Edge) TravelMs() int64 {
	speed := e.Class.speed()
	return (int64(e.Length)*1000 + speed - 1) / speed
}
