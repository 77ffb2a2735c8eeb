package geo

import "slices"

// Simplify drops points of an open line that lie within tolerance of the line
// kept (Douglas–Peucker). The ends stay. The result is new.
func Simplify(line []Point, tolerance Millimetres) []Point {
	if len(line) <= 2 {
		return slices.Clone(line)
	}
	keep := make([]bool, len(line))
	keep[0], keep[len(line)-1] = true, true
	type span struct{ from, to int }
	for open := []span{{0, len(line) - 1}}; len(open) > 0; {
		s := open[len(open)-1]
		open = open[:len(open)-1]
		farthest, at := tolerance, -1
		for i := s.from + 1; i < s.to; i++ {
			if d := DistanceToSegment(line[i], line[s.from], line[s.to]); d > farthest {
				farthest, at = d, i
			}
		}
		if at >= 0 {
			keep[at] = true
			open = append(open, span{s.from, at}, span{at, s.to})
		}
	}
	out := make([]Point, 0, len(line))
	for i, p := range line {
		if keep[i] {
			out = append(out, p)
		}
	}
	return out
}

// Simplify drops points of the ring that lie within tolerance of the ring kept.
// A repeated closing point is removed. A ring that would keep fewer than three
// points becomes nil.
func (r Ring) Simplify(tolerance Millimetres) Ring {
	if len(r) > 1 && r[0] == r[len(r)-1] {
		r = r[:len(r)-1]
	}
	if len(r) < 3 {
		return nil
	}
	// Split at the first point and the one farthest from it, so that both
	// halves are open lines with distinct ends.
	half, farthest := 0, Millimetres(-1)
	for i := range r {
		if d := Distance(r[0], r[i]); d > farthest {
			half, farthest = i, d
		}
	}
	if half == 0 {
		return nil
	}
	first := Simplify(r[:half+1], tolerance)
	second := Simplify(append(slices.Clone(r[half:]), r[0]), tolerance)
	out := append(first, second[1:len(second)-1]...)
	if len(out) < 3 {
		return nil
	}
	return Ring(out)
}

// Simplify simplifies every ring; parts whose outer ring vanishes and holes
// that vanish are dropped.
func (m MultiPolygon) Simplify(tolerance Millimetres) MultiPolygon {
	var out MultiPolygon
	for _, polygon := range m {
		var kept Polygon
		for i, ring := range polygon {
			simple := ring.Simplify(tolerance)
			if simple == nil {
				if i == 0 {
					break
				}
				continue
			}
			kept = append(kept, simple)
		}
		if len(kept) > 0 {
			out = append(out, kept)
		}
	}
	return out
}

// interiorLines is how many parallels InteriorPoint tries.
const interiorLines = 15

// InteriorPoint gives a place inside m for a label or a stand-in position: the
// middle of the longest stretch inside m among a fixed number of parallels. It
// reports false for a shape too thin to hold one.
func (m MultiPolygon) InteriorPoint() (Point, bool) {
	box := m.Box()
	if box.Empty() {
		return Point{}, false
	}
	var best Point
	longest := int64(-1)
	height := int64(box.Max.Lat) - int64(box.Min.Lat)
	for line := int64(1); line <= interiorLines; line++ {
		lat := int32(int64(box.Min.Lat) + height*line/(interiorLines+1))
		cuts := m.cuts(lat)
		for i := 0; i+1 < len(cuts); i++ {
			p := Point{Lon: middle(cuts[i], cuts[i+1]), Lat: lat}
			if width := int64(cuts[i+1]) - int64(cuts[i]); width > longest && m.Contains(p) {
				best, longest = p, width
			}
		}
	}
	return best, longest >= 0
}

// cuts gives the longitudes, ascending, at which m's rings cross a parallel.
func (m MultiPolygon) cuts(lat int32) []int32 {
	var out []int32
	for _, polygon := range m {
		for _, ring := range polygon {
			for i := range ring {
				a, b := ring[i], ring[(i+1)%len(ring)]
				if (a.Lat > lat) == (b.Lat > lat) {
					continue
				}
				if a.Lat > b.Lat {
					a, b = b, a
				}
				num, den := int64(lat)-int64(a.Lat), int64(b.Lat)-int64(a.Lat)
				out = append(out, a.Lon+int32(mulDiv(int64(b.Lon)-int64(a.Lon), num, den)))
			}
		}
	}
	slices.Sort(out)
	return out
}
