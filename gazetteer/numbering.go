package gazetteer

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"github.com/everycall/everycall/geo"
)

// How house numbers are laid along streets: at every piece of every street a
// straight line is fitted through the numbers known around it (weighted least
// squares, reweighted against outliers), as a function of the way along the
// piece. The street's own numbers count most; those of streets that run the same
// way with the same directional ("NE", "S", none) count by nearness, for in a
// city laid out in squares parallel streets begin a hundred on one line. So a
// hundred whose neighbours on the street are far is still found by its
// neighbours across it.
const (
	fitReach   = 650.0 // metres to a known number that counts
	fitScale   = 120.0 // metres at which it counts half, along the street …
	fitAcross  = 250.0 // … and across
	fitBeside  = 60.0  // metres from its street's line at which a number is still on it
	fitOwn     = 10.0  // how much more a street's own number counts
	fitTurn    = 0.64  // cosine of twice the greatest angle between streets: 25°
	fitOutlier = 35.0  // numbers from the line at which a known one counts half
	fitRounds  = 4
	fitLeast   = 40.0 // metres that the numbers must spread along the street
)

// anchor is a known number.
type anchor struct {
	x, y   float64
	number float64
	street uint32
	group  uint32
	// ux, uy is the direction of the street there, as twice its angle, so that
	// both ways along it are one; 0,0 if unknown.
	ux, uy float64
}

// fitting holds what New needs to number lines; it is dropped afterwards.
type fitting struct {
	frame  frame
	cells  map[[2]int32][]anchor // squares of fitReach
	groups []uint32              // per street: 1 + the number of its directional; 0 is none
}

// number estimates the house numbers at the ends of every line.
func (x *Index) number() {
	if len(x.blocks)+len(x.houses) == 0 {
		return
	}
	fit := &fitting{frame: frameAt(x.centre), cells: map[[2]int32][]anchor{}, groups: x.sides()}
	for s := range x.streets {
		for _, a := range x.anchors(fit, uint32(s)) {
			c := cellOf(a.x, a.y)
			fit.cells[c] = append(fit.cells[c], a)
		}
	}
	for s := range x.streets {
		own := x.linesAt(uint32(s))
		for i := range own {
			fit.number(uint32(s), &own[i])
		}
	}
}

func cellOf(x, y float64) [2]int32 {
	return [2]int32{int32(math.Floor(x / fitReach)), int32(math.Floor(y / fitReach))}
}

// sides numbers the streets' directionals.
func (x *Index) sides() []uint32 {
	out, seen := make([]uint32, len(x.streets)), map[string]uint32{}
	for s, name := range x.streets {
		var sides []string
		for _, w := range nameWords(name) {
			if w.class == side {
				sides = append(sides, w.text)
			}
		}
		key := strings.Join(sides, " ")
		if seen[key] == 0 {
			seen[key] = uint32(len(seen) + 1)
		}
		out[s] = seen[key]
	}
	return out
}

// anchors are the known numbers of a street with its direction at each.
func (x *Index) anchors(fit *fitting, street uint32) []anchor {
	var out []anchor
	add := func(number int, p geo.Point) {
		a := anchor{number: float64(number), street: street, group: fit.groups[street]}
		a.x, a.y = fit.frame.metres(p)
		out = append(out, a)
	}
	for _, b := range x.blocksAt(street) {
		add(b.Number+50, b.Point)
	}
	for _, h := range x.housesAt(street) {
		add(int(h.number), h.point)
	}
	type segment struct{ ax, ay, bx, by float64 }
	own := make([]segment, 0, len(x.linesAt(street)))
	for _, l := range x.linesAt(street) {
		var g segment
		g.ax, g.ay = fit.frame.metres(l.a)
		g.bx, g.by = fit.frame.metres(l.b)
		own = append(own, g)
	}
	for i := range out {
		a := &out[i]
		nearest := fitBeside
		for _, g := range own {
			if min(g.ay, g.by)-nearest > a.y || max(g.ay, g.by)+nearest < a.y {
				continue
			}
			d, length := toSegment(a.x, a.y, g.ax, g.ay, g.bx, g.by)
			if d < nearest && length > 1 {
				nearest = d
				a.ux, a.uy = twice(g.bx-g.ax, g.by-g.ay)
			}
		}
	}
	return out
}

func toSegment(px, py, ax, ay, bx, by float64) (distance, length float64) {
	dx, dy := bx-ax, by-ay
	length = math.Hypot(dx, dy)
	t := 0.0
	if length > 0 {
		t = min(max(((px-ax)*dx+(py-ay)*dy)/(length*length), 0), 1)
	}
	return math.Hypot(px-ax-t*dx, py-ay-t*dy), length
}

// twice is the direction of a vector with its angle doubled.
func twice(dx, dy float64) (ux, uy float64) {
	n := dx*dx + dy*dy
	if n == 0 {
		return 0, 0
	}
	return (dx*dx - dy*dy) / n, 2 * dx * dy / n
}

// sample is a known number as one line sees it.
type sample struct{ along, number, weight float64 }

// number fits the numbers around one line and reads them off at its ends.
func (f *fitting) number(street uint32, l *line) {
	ax, ay := f.frame.metres(l.a)
	bx, by := f.frame.metres(l.b)
	length := math.Hypot(bx-ax, by-ay)
	if length < 0.01 {
		return
	}
	dx, dy := (bx-ax)/length, (by-ay)/length
	ux, uy := twice(dx, dy)
	mx, my := (ax+bx)/2, (ay+by)/2
	samples := make([]sample, 0, 64)
	own := false
	middle := cellOf(mx, my)
	for cx := middle[0] - 1; cx <= middle[0]+1; cx++ {
		for cy := middle[1] - 1; cy <= middle[1]+1; cy++ {
			for _, k := range f.cells[[2]int32{cx, cy}] {
				along, across := (k.x-mx)*dx+(k.y-my)*dy, (k.y-my)*dx-(k.x-mx)*dy
				if math.Abs(along) > fitReach || math.Abs(across) > fitReach {
					continue
				}
				weight := 1 / (1 + along*along/(fitScale*fitScale) + across*across/(fitAcross*fitAcross))
				weight *= weight
				switch {
				case k.street == street:
					weight *= fitOwn
					own = true
				case k.group != f.groups[street] || k.ux*ux+k.uy*uy < fitTurn:
					continue
				}
				samples = append(samples, sample{along, k.number, weight})
			}
		}
	}
	at, slope, ok := fitLine(samples)
	if !ok {
		return
	}
	l.fromN, l.toN = float32(at-slope*length/2), float32(at+slope*length/2)
	l.strangers = !own
}

// fitLine is the number at 0 and its growth for a metre; false if the samples do
// not say.
func fitLine(samples []sample) (at, slope float64, ok bool) {
	if len(samples) < 2 {
		return 0, 0, false
	}
	low, high := math.Inf(1), math.Inf(-1)
	for _, s := range samples {
		low, high = min(low, s.along), max(high, s.along)
	}
	if high-low < fitLeast {
		return 0, 0, false
	}
	for round := range fitRounds {
		var w, wx, wy, wxx, wxy float64
		for _, s := range samples {
			k := s.weight
			if round > 0 {
				r := (s.number - at - slope*s.along) / fitOutlier
				k /= 1 + r*r
			}
			w += k
			wx += k * s.along
			wy += k * s.number
			wxx += k * s.along * s.along
			wxy += k * s.along * s.number
		}
		det := w*wxx - wx*wx
		if det <= w*w*fitLeast*fitLeast/16 {
			return 0, 0, false
		}
		slope = (w*wxy - wx*wy) / det
		at = (wy - slope*wx) / w
	}
	return at, slope, true
}

// estimate is a place for a house number on a street.
type estimate struct {
	point geo.Point
	// gap is how unlikely the place is: the numbers between the one sought and
	// the nearest that the line there has, and what else speaks against it.
	gap float64
}

// Reaches of estimates.
const (
	gapOfNumbers = 100.0                    // a line may end so many numbers before the one sought
	gapSure      = 15.0                     // an estimate with more is a guess
	gapStrangers = 10.0                     // is added where no number is the street's own
	gapAside     = 20_000                   // … and 1 for every so many millimetres from between known numbers
	apart        = geo.Millimetres(400_000) // estimates farther apart are two places
	closeNumbers = 1000                     // known numbers so far apart still enclose one
	closeGround  = geo.Millimetres(500_000) // … and so far on the ground, and 3 m more for each number
	sideMax      = geo.Millimetres(110_000) // a street bends no farther from the line between two known numbers
	estimatesMax = 4
)

// within is how far off the estimate may be.
func (e estimate) within() geo.Millimetres {
	if e.gap < gapSure {
		return WithinInterpolated
	}
	return WithinGuessed
}

// place finds where on a street a number is, best first: more than one place
// only where a street of one name runs in several parts or towns, those about as
// likely by nearness.
func (x *Index) place(street uint32, number float64, near geo.Point) []estimate {
	between, enclosed := x.between(street, number)
	out := x.byLines(street, number)
	if enclosed {
		for i := range out {
			out[i].gap += float64(geo.Distance(out[i].point, between.point)) / gapAside
		}
		out = append(out, between)
	}
	slices.SortFunc(out, func(a, b estimate) int { return cmp.Or(cmp.Compare(a.gap, b.gap), a.point.Compare(b.point)) })
	kept := make([]estimate, 0, estimatesMax)
	for _, e := range out {
		if len(kept) == estimatesMax || e.gap > out[0].gap+gapOfNumbers {
			break
		}
		if !slices.ContainsFunc(kept, func(k estimate) bool { return geo.Distance(k.point, e.point) < apart }) {
			kept = append(kept, e)
		}
	}
	slices.SortStableFunc(kept, func(a, b estimate) int {
		if sure := cmp.Compare(a.within(), b.within()); sure != 0 {
			return sure
		}
		if enclosed && (a == between || b == between) {
			return cmp.Compare(a.gap, b.gap)
		}
		return cmp.Compare(geo.Distance(near, a.point), geo.Distance(near, b.point))
	})
	return kept
}

// byLines are the places that the fitted numbers of the street's lines give.
func (x *Index) byLines(street uint32, number float64) []estimate {
	var out []estimate
	own := x.linesAt(street)
	for i := range own {
		l := &own[i]
		if l.fromN != l.fromN { // NaN: no number is known here
			continue
		}
		low, high := float64(min(l.fromN, l.toN)), float64(max(l.fromN, l.toN))
		gap := max(low-number, number-high, 0)
		if gap > gapOfNumbers {
			continue
		}
		at := l.a
		if l.fromN != l.toN {
			t := min(max((number-float64(l.fromN))/float64(l.toN-l.fromN), 0), 1)
			at = geo.Along(l.a, l.b, int64(t*1e6), 1e6)
		}
		if l.strangers {
			gap += gapStrangers
		}
		out = append(out, estimate{at, gap})
	}
	return out
}

// between is the place on the street between the known numbers on either side of
// one, by proportion; false if there are not two, close enough to say anything.
func (x *Index) between(street uint32, number float64) (estimate, bool) {
	low, high := -1.0, math.Inf(1)
	var lowAt, highAt geo.Point
	known := func(n float64, p geo.Point) {
		if n <= number && n > low {
			low, lowAt = n, p
		}
		if n >= number && n < high {
			high, highAt = n, p
		}
	}
	for _, b := range x.blocksAt(street) {
		known(float64(b.Number+50), b.Point)
	}
	for _, h := range x.housesAt(street) {
		known(float64(h.number), h.point)
	}
	if low < 0 || high-low > closeNumbers {
		return estimate{}, false
	}
	if geo.Distance(lowAt, highAt) > closeGround+geo.Millimetres(high-low)*3_000 {
		return estimate{}, false
	}
	at := lowAt
	if high > low {
		at = geo.Along(lowAt, highAt, int64((number-low)*1000), int64((high-low)*1000))
	}
	if lines := x.linesAt(street); len(lines) > 0 {
		if on, d := nearestOn(lines, at); d < sideMax {
			at = on
		}
	}
	return estimate{point: at}, true
}
