package tile

import "math"

// frame is one tile's window onto the world.
type frame struct {
	zoom   int
	origin world
	scale  float64 // tile units per world unit
	box    bounds  // with its buffer, in world coordinates
}

func newFrame(z, x, y int) frame {
	tiles := float64(int(1) << z)
	margin := buffer / float64(extent)
	return frame{
		zoom: z, origin: world{float64(x) / tiles, float64(y) / tiles}, scale: extent * tiles,
		box: bounds{(float64(x) - margin) / tiles, (float64(y) - margin) / tiles, (float64(x) + 1 + margin) / tiles, (float64(y) + 1 + margin) / tiles},
	}
}

// point is a place in tile units; y grows to the south.
type point struct{ x, y int32 }

func (f frame) round(p world) point {
	return point{int32(math.Round((p.x - f.origin.x) * f.scale)), int32(math.Round((p.y - f.origin.y) * f.scale))}
}

// tolerance is how far, in tile units, a simplified line may leave the true one:
// about half a pixel of a 512-pixel tile, nothing at the deepest zoom.
func (f frame) tolerance() float64 {
	if f.zoom >= ZoomMax {
		return 0
	}
	return 4
}

// line clips a line to the frame and appends what is left, as one part for each
// stretch inside.
func (f frame) line(parts [][]point, points []world) [][]point {
	var part []world
	flush := func() {
		if out := f.rounded(part); len(out) > 1 {
			parts = append(parts, out)
		}
		part = part[:0]
	}
	for i := 1; i < len(points); i++ {
		a, b, ok := f.segment(points[i-1], points[i])
		if !ok {
			flush()
			continue
		}
		if len(part) == 0 || part[len(part)-1] != a {
			flush()
			part = append(part, a)
		}
		part = append(part, b)
	}
	flush()
	return parts
}

// segment clips a–b to the frame (Liang–Barsky).
func (f frame) segment(a, b world) (world, world, bool) {
	from, to := 0.0, 1.0
	dx, dy := b.x-a.x, b.y-a.y
	for _, edge := range [4][2]float64{
		{-dx, a.x - f.box.minX}, {dx, f.box.maxX - a.x}, {-dy, a.y - f.box.minY}, {dy, f.box.maxY - a.y},
	} {
		p, q := edge[0], edge[1]
		switch {
		case p == 0:
			if q < 0 {
				return a, b, false
			}
		case p < 0:
			from = max(from, q/p)
		default:
			to = min(to, q/p)
		}
	}
	if from > to {
		return a, b, false
	}
	clipped := a
	if from > 0 {
		clipped = world{a.x + from*dx, a.y + from*dy}
	}
	if to < 1 {
		b = world{a.x + to*dx, a.y + to*dy}
	}
	return clipped, b, true
}

// rounded simplifies a line, rounds it to tile units and drops repeated points.
func (f frame) rounded(points []world) []point {
	if len(points) == 0 {
		return nil
	}
	out := make([]point, 0, len(points))
	for _, p := range points {
		q := f.round(p)
		if len(out) == 0 || out[len(out)-1] != q {
			out = append(out, q)
		}
	}
	return simplify(out, f.tolerance())
}

// polygon clips each ring to the frame and gives them wound as the format wants
// it: the outer ring with positive area (clockwise on the screen), holes with
// negative. It gives nothing if the outer ring vanishes.
func (f frame) polygon(rings [][]world) [][]point {
	var parts [][]point
	for i, ring := range rings {
		part := f.ring(ring)
		if part == nil {
			if i == 0 {
				return nil
			}
			continue
		}
		if (doubleArea(part) > 0) != (i == 0) {
			for a, b := 0, len(part)-1; a < b; a, b = a+1, b-1 {
				part[a], part[b] = part[b], part[a]
			}
		}
		parts = append(parts, part)
	}
	return parts
}

// ring clips one ring (Sutherland–Hodgman), rounds and simplifies it; nil if it
// has no area left.
func (f frame) ring(ring []world) []point {
	for side := range 4 {
		ring = f.half(ring, side)
	}
	if len(ring) < 3 {
		return nil
	}
	out := f.rounded(append(ring, ring[0]))
	if len(out) > 1 && out[0] == out[len(out)-1] {
		out = out[:len(out)-1]
	}
	if len(out) < 3 || doubleArea(out) == 0 {
		return nil
	}
	return out
}

// half keeps what of a ring is within one side of the frame.
func (f frame) half(ring []world, side int) []world {
	depth := func(p world) float64 { // how far inside
		switch side {
		case 0:
			return p.x - f.box.minX
		case 1:
			return f.box.maxX - p.x
		case 2:
			return p.y - f.box.minY
		default:
			return f.box.maxY - p.y
		}
	}
	out := make([]world, 0, len(ring)+4)
	for i, b := range ring {
		a := ring[(i+len(ring)-1)%len(ring)]
		da, db := depth(a), depth(b)
		if (da >= 0) != (db >= 0) {
			t := da / (da - db)
			out = append(out, world{a.x + t*(b.x-a.x), a.y + t*(b.y-a.y)})
		}
		if db >= 0 {
			out = append(out, b)
		}
	}
	return out
}

// doubleArea is twice a ring's signed area by the surveyor's formula, in the
// tile's axes (y to the south): positive is clockwise on the screen.
func doubleArea(ring []point) int64 {
	var sum int64
	for i, a := range ring {
		b := ring[(i+1)%len(ring)]
		sum += int64(a.x)*int64(b.y) - int64(b.x)*int64(a.y)
	}
	return sum
}

// simplify drops points within tolerance of the line kept (Douglas–Peucker).
// The ends stay.
func simplify(points []point, tolerance float64) []point {
	if tolerance <= 0 || len(points) < 3 {
		return points
	}
	keep := make([]bool, len(points))
	keep[0], keep[len(points)-1] = true, true
	type span struct{ from, to int }
	for open := []span{{0, len(points) - 1}}; len(open) > 0; {
		s := open[len(open)-1]
		open = open[:len(open)-1]
		farthest, at := tolerance, -1
		for i := s.from + 1; i < s.to; i++ {
			if d := distance(points[i], points[s.from], points[s.to]); d > farthest {
				farthest, at = d, i
			}
		}
		if at >= 0 {
			keep[at] = true
			open = append(open, span{s.from, at}, span{at, s.to})
		}
	}
	out := points[:0]
	for i, p := range points {
		if keep[i] {
			out = append(out, p)
		}
	}
	return out
}

// distance is from p to the segment a–b, in tile units.
func distance(p, a, b point) float64 {
	px, py := float64(p.x-a.x), float64(p.y-a.y)
	dx, dy := float64(b.x-a.x), float64(b.y-a.y)
	if length := dx*dx + dy*dy; length > 0 {
		t := min(max((px*dx+py*dy)/length, 0), 1)
		px, py = px-t*dx, py-t*dy
	}
	return math.Hypot(px, py)
}
