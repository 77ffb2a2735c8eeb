package geo

import "math/bits"

// Box is a closed rectangle of longitude and latitude. The zero Box holds only
// the point 0,0; BoxOf of nothing is empty and holds no point.
type Box struct {
	Min Point `cbor:"1,keyasint"` // west, south
	Max Point `cbor:"2,keyasint"` // east, north
}

// BoxOf is the smallest box around the points; of none, an empty box.
func BoxOf(points ...Point) Box {
	b := Box{Min: Point{LonMax, LatMax}, Max: Point{-LonMax, -LatMax}}
	for _, p := range points {
		b = b.Extend(p)
	}
	return b
}

// Empty reports whether no point is inside b.
func (b Box) Empty() bool { return b.Min.Lon > b.Max.Lon || b.Min.Lat > b.Max.Lat }

// Contains reports whether p is inside or on the edge of b.
func (b Box) Contains(p Point) bool {
	return b.Min.Lon <= p.Lon && p.Lon <= b.Max.Lon && b.Min.Lat <= p.Lat && p.Lat <= b.Max.Lat
}

// Extend is the smallest box around b and p.
func (b Box) Extend(p Point) Box {
	return Box{
		Min: Point{min(b.Min.Lon, p.Lon), min(b.Min.Lat, p.Lat)},
		Max: Point{max(b.Max.Lon, p.Lon), max(b.Max.Lat, p.Lat)},
	}
}

// Union is the smallest box around b and c; an empty box adds nothing.
func (b Box) Union(c Box) Box {
	if c.Empty() {
		return b
	}
	return b.Extend(c.Min).Extend(c.Max)
}

// Intersects reports whether b and c share a point.
func (b Box) Intersects(c Box) bool {
	return !b.Empty() && !c.Empty() &&
		b.Min.Lon <= c.Max.Lon && c.Min.Lon <= b.Max.Lon &&
		b.Min.Lat <= c.Max.Lat && c.Min.Lat <= b.Max.Lat
}

// Center is the middle of b.
func (b Box) Center() Point {
	return Point{middle(b.Min.Lon, b.Max.Lon), middle(b.Min.Lat, b.Max.Lat)}
}

// Ring is a closed line; the last point joins the first, whether or not the
// first is repeated at the end. Either winding is allowed.
type Ring []Point

// Polygon is an outer ring, then its holes.
type Polygon []Ring

// MultiPolygon is a shape of several parts; it holds what any part holds.
type MultiPolygon []Polygon

// Box is the smallest box around the ring.
func (r Ring) Box() Box { return BoxOf(r...) }

// Box is the smallest box around the polygon; empty for no rings.
func (p Polygon) Box() Box {
	if len(p) == 0 {
		return BoxOf()
	}
	return p[0].Box()
}

// Box is the smallest box around all parts.
func (m MultiPolygon) Box() Box {
	b := BoxOf()
	for _, p := range m {
		b = b.Union(p.Box())
	}
	return b
}

// side is where a point lies with respect to a ring.
type side int

const (
	outside side = iota
	boundary
	inside
)

// locate finds p's side of r by counting the edges that a ray to the east
// crosses (even–odd rule), exactly.
func (r Ring) locate(p Point) side {
	if len(r) == 0 {
		return outside
	}
	odd := false
	last := r[len(r)-1]
	for _, next := range r {
		a, b := last, next
		last = next
		if (a.Lat > p.Lat && b.Lat > p.Lat) || (a.Lat < p.Lat && b.Lat < p.Lat) {
			continue // most of them
		}
		if onSegment(p, a, b) {
			return boundary
		}
		if (a.Lat > p.Lat) == (b.Lat > p.Lat) {
			continue
		}
		if a.Lat > b.Lat {
			a, b = b, a
		}
		if orient(a, b, p) > 0 { // p is west of the upward edge
			odd = !odd
		}
	}
	if odd {
		return inside
	}
	return outside
}

// Contains reports whether p is inside r or on its boundary.
func (r Ring) Contains(p Point) bool { return r.locate(p) != outside }

// Contains reports whether p is inside the outer ring and not strictly inside a
// hole. Every boundary, also a hole's, counts as inside. The test is exact.
func (p Polygon) Contains(at Point) bool {
	if len(p) == 0 || !p[0].Contains(at) {
		return false
	}
	for _, hole := range p[1:] {
		if hole.locate(at) == inside {
			return false
		}
	}
	return true
}

// Contains reports whether any part holds at.
func (m MultiPolygon) Contains(at Point) bool {
	for _, p := range m {
		if p.Contains(at) {
			return true
		}
	}
	return false
}

// Crosses reports whether the segments a–b and c–d share at least one point;
// touching ends and overlapping lines count. The test is exact.
func Crosses(a, b, c, d Point) bool {
	o1, o2 := orient(a, b, c), orient(a, b, d)
	o3, o4 := orient(c, d, a), orient(c, d, b)
	if o1*o2 < 0 && o3*o4 < 0 {
		return true
	}
	return onSegment(c, a, b) || onSegment(d, a, b) || onSegment(a, c, d) || onSegment(b, c, d)
}

// onSegment reports whether p lies exactly on a–b.
func onSegment(p, a, b Point) bool {
	return min(a.Lon, b.Lon) <= p.Lon && p.Lon <= max(a.Lon, b.Lon) &&
		min(a.Lat, b.Lat) <= p.Lat && p.Lat <= max(a.Lat, b.Lat) &&
		orient(a, b, p) == 0
}

// orient is +1 if c lies to the left of the line from a to b, −1 to the right,
// 0 on it; exact for every pair of int32 coordinates.
func orient(a, b, c Point) int {
	abx, aby := int64(b.Lon)-int64(a.Lon), int64(b.Lat)-int64(a.Lat)
	acx, acy := int64(c.Lon)-int64(a.Lon), int64(c.Lat)-int64(a.Lat)
	const small = 1 << 31
	if max(abs(abx), abs(aby), abs(acx), abs(acy)) < small {
		return sign(abx*acy - aby*acx)
	}
	leftSign, leftHi, leftLo := product(abx, acy)
	rightSign, rightHi, rightLo := product(aby, acx)
	if leftSign != rightSign {
		return sign(int64(leftSign - rightSign))
	}
	switch {
	case leftHi != rightHi:
		if leftHi > rightHi {
			return leftSign
		}
		return -leftSign
	case leftLo != rightLo:
		if leftLo > rightLo {
			return leftSign
		}
		return -leftSign
	}
	return 0
}

// product is u·v as a sign and a 128-bit magnitude.
func product(u, v int64) (s int, hi, lo uint64) {
	hi, lo = bits.Mul64(uint64(abs(u)), uint64(abs(v)))
	return sign(u) * sign(v), hi, lo
}

func sign(v int64) int {
	switch {
	case v > 0:
		return 1
	case v < 0:
		return -1
	}
	return 0
}
