package gazetteer

import (
	"cmp"
	"math"
	"slices"

	"github.com/everycall/everycall/geo"
)

// line is a straight part of a street with the house numbers at its ends, as
// number estimates them; both are NaN where nothing is known.
type line struct {
	a, b       geo.Point
	fromN, toN float32
	strangers  bool // the numbers rest on parallel streets alone
}

// Gaps in a street's geometry that are closed by straight lines between its
// known points.
const (
	gapNear  = geo.Millimetres(40_000)    // a known point this near to a piece needs none
	gapMax   = geo.Millimetres(500_000)   // of a street with pieces
	gapAlone = geo.Millimetres(2_000_000) // of a street without
)

// measure finds the extent and the middle of everything, by counting rows.
func (x *Index) measure() {
	x.extent = geo.BoxOf()
	var lon, lat, n int64
	add := func(p geo.Point) {
		x.extent = x.extent.Extend(p)
		lon, lat, n = lon+int64(p.Lon), lat+int64(p.Lat), n+1
	}
	for _, b := range x.blocks {
		add(b.Point)
	}
	for _, c := range x.crossings {
		add(c.Point)
	}
	for _, h := range x.houses {
		add(h.point)
	}
	for _, p := range x.places {
		add(p.Point)
	}
	if n > 0 {
		x.centre = geo.Point{Lon: int32(lon / n), Lat: int32(lat / n)}
	}
}

// frame maps points to metres about a centre, for short distances.
type frame struct {
	origin geo.Point
	east   float64 // metres in 1e-7 degrees of longitude
}

// northUnit is 1e-7 degrees of latitude in metres, as in package geo.
const northUnit = 0.011119508

func frameAt(p geo.Point) frame {
	return frame{p, northUnit * math.Cos(float64(p.Lat)*math.Pi/180e7)}
}

func (f frame) metres(p geo.Point) (x, y float64) {
	return (float64(p.Lon) - float64(f.origin.Lon)) * f.east, (float64(p.Lat) - float64(f.origin.Lat)) * northUnit
}

// layLines takes the pieces and closes their gaps.
func (x *Index) layLines(pieces []Piece) {
	type owned struct {
		street uint32
		line
	}
	unknown := float32(math.NaN())
	var all []owned
	for _, p := range pieces {
		if street, named := x.street(p.Street); named && p.A.Valid() && p.B.Valid() {
			all = append(all, owned{street, line{a: p.A, b: p.B, fromN: unknown, toN: unknown}})
			x.extent = x.extent.Extend(p.A).Extend(p.B)
		}
	}
	slices.SortStableFunc(all, func(a, b owned) int { return cmp.Compare(a.street, b.street) })
	of := spans(len(x.streets), all, func(o owned) uint32 { return o.street })
	x.linesOf = make([]span, len(x.streets))
	for s := range x.streets {
		from := uint32(len(x.lines))
		for _, o := range all[of[s].from:of[s].to] {
			x.lines = append(x.lines, o.line)
		}
		own := slices.Clone(x.lines[from:])
		for _, l := range x.gaps(uint32(s), own) {
			x.lines = append(x.lines, line{a: l[0], b: l[1], fromN: unknown, toN: unknown})
		}
		x.linesOf[s] = span{from, uint32(len(x.lines))}
	}
	x.lines = slices.Clip(x.lines)
	if len(x.blocks)+len(x.houses)+len(x.crossings)+len(x.places) == 0 && len(x.lines) > 0 {
		x.centre = x.extent.Center()
	}
	for i := range x.names.entries {
		e := &x.names.entries[i]
		if e.place {
			e.point = x.places[e.ref].Point
		} else if p, _, ok := x.onStreet(e.ref, nil); ok {
			e.point = p
		}
	}
}

// knownPoints are the places that a street certainly passes.
func (x *Index) knownPoints(street uint32) []geo.Point {
	var out []geo.Point
	for _, b := range x.blocksAt(street) {
		out = append(out, b.Point)
	}
	for _, c := range x.crossingsAt(street) {
		out = append(out, c.Point)
	}
	return out
}

// gaps joins a street's known points, in order along it, where it has no piece.
func (x *Index) gaps(street uint32, own []line) [][2]geo.Point {
	points := x.knownPoints(street)
	if len(points) < 2 {
		return nil
	}
	f := frameAt(points[0])
	dx, dy := mainAxis(f, points)
	slices.SortFunc(points, func(a, b geo.Point) int {
		ax, ay := f.metres(a)
		bx, by := f.metres(b)
		return cmp.Or(cmp.Compare(ax*dx+ay*dy, bx*dx+by*dy), a.Compare(b))
	})
	points = slices.Compact(points)
	reach := gapMax
	if len(own) == 0 {
		reach = gapAlone
	}
	var out [][2]geo.Point
	for i := 1; i < len(points); i++ {
		a, b := points[i-1], points[i]
		if geo.Distance(a, b) > reach {
			continue
		}
		covered := true
		for _, p := range [3]geo.Point{a, geo.Along(a, b, 1, 2), b} {
			covered = covered && nearLines(own, p, gapNear)
		}
		if !covered {
			out = append(out, [2]geo.Point{a, b})
		}
	}
	return out
}

func nearLines(lines []line, p geo.Point, reach geo.Millimetres) bool {
	// 1e-7° of latitude is 11 mm: boxes first, they are cheap.
	margin := int32(reach / 8)
	for i := range lines {
		l := &lines[i]
		if p.Lat < min(l.a.Lat, l.b.Lat)-margin || p.Lat > max(l.a.Lat, l.b.Lat)+margin {
			continue
		}
		if geo.DistanceToSegment(p, l.a, l.b) <= reach {
			return true
		}
	}
	return false
}

// mainAxis is the direction in which points spread most, of length 1.
func mainAxis(f frame, points []geo.Point) (dx, dy float64) {
	var mx, my float64
	for _, p := range points {
		px, py := f.metres(p)
		mx, my = mx+px, my+py
	}
	n := float64(len(points))
	mx, my = mx/n, my/n
	var xx, xy, yy float64
	for _, p := range points {
		px, py := f.metres(p)
		xx += (px - mx) * (px - mx)
		xy += (px - mx) * (py - my)
		yy += (py - my) * (py - my)
	}
	angle := math.Atan2(2*xy, xx-yy) / 2
	return math.Cos(angle), math.Sin(angle)
}

// onStreet is a point of a street — the one nearest to near, else to its middle —
// and how far the street reaches from there; false if nothing is known of it.
func (x *Index) onStreet(street uint32, near *geo.Point) (geo.Point, geo.Millimetres, bool) {
	lines := x.linesAt(street)
	if len(lines) == 0 {
		points := x.knownPoints(street)
		for _, h := range x.housesAt(street) {
			points = append(points, h.point)
		}
		lines = make([]line, len(points))
		for i, p := range points {
			lines[i] = line{a: p, b: p}
		}
	}
	if len(lines) == 0 {
		return geo.Point{}, 0, false
	}
	box := geo.BoxOf()
	for i := range lines {
		box = box.Extend(lines[i].a).Extend(lines[i].b)
	}
	to := box.Center()
	if near != nil {
		to = *near
	}
	p, _ := nearestOn(lines, to)
	return p, max(geo.Distance(p, box.Min), geo.Distance(p, box.Max), WithinBlock), true
}

// nearestOn is the place on lines nearest to p; there is at least one line.
func nearestOn(lines []line, p geo.Point) (geo.Point, geo.Millimetres) {
	best, nearest := lines[0].a, geo.Millimetres(math.MaxInt64)
	for i := range lines {
		if at, d := geo.NearestOnSegment(p, lines[i].a, lines[i].b); d < nearest {
			best, nearest = at, d
		}
	}
	return best, nearest
}
