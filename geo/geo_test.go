package geo

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// haversine is the yardstick: great-circle length in millimetres on the sphere
// of the package's radius.
func haversine(a, b Point) float64 {
	const rad = math.Pi / 180 / unitsPerDegree
	la, lb := float64(a.Lat)*rad, float64(b.Lat)*rad
	dLat, dLon := lb-la, float64(int64(b.Lon)-int64(a.Lon))*rad
	h := math.Pow(math.Sin(dLat/2), 2) + math.Cos(la)*math.Cos(lb)*math.Pow(math.Sin(dLon/2), 2)
	return 2 * 6_371_008_800 * math.Asin(math.Min(1, math.Sqrt(h)))
}

func anyPoint(t *rapid.T, name string) Point {
	return Point{
		Lon: rapid.Int32Range(-LonMax, LonMax).Draw(t, name+".lon"),
		Lat: rapid.Int32Range(-LatMax, LatMax).Draw(t, name+".lat"),
	}
}

// nearPoint draws a point within reach (1e-7° of latitude) of a.
func nearPoint(t *rapid.T, name string, a Point, reach, latMax int32) Point {
	stretch := int64(1<<cosineShift) * int64(reach) / max(cosine(a.Lat), 1<<20)
	lon := int64(a.Lon) + rapid.Int64Range(-stretch, stretch).Draw(t, name+".dlon")
	lat := int64(a.Lat) + int64(rapid.Int32Range(-reach, reach).Draw(t, name+".dlat"))
	return Point{
		Lon: int32(min(max(lon, -int64(LonMax)), int64(LonMax))),
		Lat: int32(min(max(lat, -int64(latMax)), int64(latMax))),
	}
}

func TestCosineWithinStatedError(t *testing.T) {
	for lat := int32(0); lat <= LatMax-17_321; lat += 17_321 {
		want := math.Cos(float64(lat) * math.Pi / 180 / unitsPerDegree)
		got := float64(cosine(lat)) / (1 << cosineShift)
		if math.Abs(got-want) > 1.3e-7 || cosine(lat) != cosine(-lat) {
			t.Fatalf("cosine(%d) = %.9f, want %.9f", lat, got, want)
		}
	}
}

func TestDistanceAgainstHaversine(t *testing.T) {
	for _, tier := range []struct {
		name    string
		reach   int32 // 1e-7°, per axis
		latMax  int32
		allowed float64 // fraction
	}{
		{"city", 3_000_000, 70 * unitsPerDegree, 0.0001},
		{"region", 30_000_000, 60 * unitsPerDegree, 0.005},
	} {
		t.Run(tier.name, rapid.MakeCheck(func(t *rapid.T) {
			a := Point{
				Lon: rapid.Int32Range(-170*unitsPerDegree, 170*unitsPerDegree).Draw(t, "lon"),
				Lat: rapid.Int32Range(-tier.latMax, tier.latMax).Draw(t, "lat"),
			}
			b := nearPoint(t, "b", a, tier.reach, tier.latMax)
			want, got := haversine(a, b), float64(Distance(a, b))
			if math.Abs(got-want) > math.Max(3, want*tier.allowed) {
				t.Fatalf("%v to %v: %.0f mm, haversine %.0f mm", a, b, got, want)
			}
		}))
	}
}

func TestDistanceLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := anyPoint(t, "a"), anyPoint(t, "b")
		if Distance(a, a) != 0 {
			t.Fatal("a place is not at itself")
		}
		if d, e := Distance(a, b), Distance(b, a); d != e || d < 0 {
			t.Fatalf("there %d, back %d", d, e)
		}
	})
	west, east := Point{Lon: -LonMax + 10}, Point{Lon: LonMax - 10}
	if d := Distance(west, east); d > 300 {
		t.Fatalf("across the antimeridian: %d mm", d)
	}
}

func TestDistanceToSegmentLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := Point{
			Lon: rapid.Int32Range(-170*unitsPerDegree, 170*unitsPerDegree).Draw(t, "lon"),
			Lat: rapid.Int32Range(-60*unitsPerDegree, 60*unitsPerDegree).Draw(t, "lat"),
		}
		a := nearPoint(t, "a", p, 1_000_000, 61*unitsPerDegree)
		b := nearPoint(t, "b", p, 1_000_000, 61*unitsPerDegree)
		d := DistanceToSegment(p, a, b)
		slack := 60 + Distance(p, a)/1000 + Distance(p, b)/1000
		if d > min(Distance(p, a), Distance(p, b))+slack {
			t.Fatalf("the segment is farther (%d) than its nearer end", d)
		}
		on, same := NearestOnSegment(p, a, b)
		if same != d {
			t.Fatalf("two distances: %d and %d", d, same)
		}
		if gap := Distance(p, on) - d; gap > slack || gap < -slack {
			t.Fatalf("nearest place is %d away, distance says %d", Distance(p, on), d)
		}
		if e := DistanceToSegment(p, b, a); e-d > 2 || d-e > 2 {
			t.Fatalf("turned round: %d and %d", d, e)
		}
	})
}

func TestAlong(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := anyPoint(t, "a"), anyPoint(t, "b")
		den := rapid.Int64Range(1, math.MaxInt64).Draw(t, "den")
		num := rapid.Int64Range(-5, den).Draw(t, "num")
		if Along(a, b, 0, den) != a || Along(a, b, den, den) != b || Along(a, b, 1, 0) != a {
			t.Fatal("the ends moved")
		}
		if p := Along(a, b, num, den); !p.Valid() {
			t.Fatalf("off the planet: %v", p)
		}
	})
	if p := Along(Point{}, Point{Lon: 100, Lat: -50}, 1, 2); p != (Point{Lon: 50, Lat: -25}) {
		t.Fatalf("halfway is %v", p)
	}
}

func TestFromDegreesRefusesOffThePlanet(t *testing.T) {
	for _, bad := range [][2]int64{{int64(LonMax) + 1, 0}, {-int64(LonMax) - 1, 0}, {0, int64(LatMax) + 1}, {0, -int64(LatMax) - 1}, {math.MaxInt64, math.MinInt64}} {
		if _, err := FromDegrees(bad[0], bad[1]); err == nil {
			t.Errorf("accepted %v", bad)
		}
	}
	if p, err := FromDegrees(int64(LonMax), -int64(LatMax)); err != nil || !p.Valid() {
		t.Errorf("refused the corner: %v %v", p, err)
	}
	if (Point{Lon: math.MinInt32}).Valid() || (Point{Lat: LatMax + 1}).Valid() {
		t.Error("Valid accepts what FromDegrees refuses")
	}
	if _, err := ParsePoint("-122.3206", "97"); err == nil {
		t.Error("accepted latitude 97")
	}
}

func TestParseDegrees(t *testing.T) {
	for in, want := range map[string]int32{
		"-122.3206": -1223206000, "47.6153": 476153000, "0": 0, "-0": 0, "+1.": 10_000_000, ".5": 5_000_000,
		"0.00000005": 1, "0.00000004999": 0, "-0.00000005": -1, "179.99999999": LonMax, "180": LonMax,
		"47.67582272804454": 476758227,
	} {
		if got, err := ParseDegrees(in); err != nil || got != want {
			t.Errorf("ParseDegrees(%q) = %d, %v; want %d", in, got, err, want)
		}
	}
	for _, in := range []string{"", "-", ".", "1e2", "NaN", " 1", "1 ", "1.2.3", "180.00000005", "181", "-99999999999999999999999", "0x1", "--1",
		"0.00000000000000000000000000000000000000000000000000000000000000001"} {
		if got, err := ParseDegrees(in); err == nil {
			t.Errorf("ParseDegrees(%q) = %d, want a refusal", in, got)
		}
	}
}

func TestDegreesRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := rapid.Int32Range(-LonMax, LonMax).Draw(t, "v")
		if got, err := ParseDegrees(FormatDegrees(v)); err != nil || got != v {
			t.Fatalf("%d printed as %q read as %d, %v", v, FormatDegrees(v), got, err)
		}
	})
	if s := (Point{Lon: -1223206000, Lat: 476153000}).String(); s != "47.6153000,-122.3206000" {
		t.Error(s)
	}
	if s := FormatDegrees(-5); s != "-0.0000005" {
		t.Error(s)
	}
}

func FuzzParseDegrees(f *testing.F) {
	f.Add("-122.3206")
	f.Add("1e9")
	f.Fuzz(func(t *testing.T, s string) {
		v, err := ParseDegrees(s)
		if err != nil {
			return
		}
		if again, err := ParseDegrees(FormatDegrees(v)); err != nil || again != v {
			t.Fatalf("%q read as %d, printed and read as %d, %v", s, v, again, err)
		}
	})
}

// square is the ring of a square with its lower left corner at x, y.
func square(x, y, side int32) Ring {
	return Ring{{x, y}, {x + side, y}, {x + side, y + side}, {x, y + side}, {x, y}}
}

func TestContains(t *testing.T) {
	shape := MultiPolygon{{square(0, 0, 100), square(40, 40, 20)}, {square(200, 0, 10)}}
	for _, c := range []struct {
		p    Point
		want bool
		why  string
	}{
		{Point{10, 10}, true, "inside"}, {Point{0, 0}, true, "corner"}, {Point{100, 50}, true, "edge"},
		{Point{50, 50}, false, "hole"}, {Point{40, 50}, true, "edge of the hole"}, {Point{60, 60}, true, "corner of the hole"},
		{Point{101, 50}, false, "east of it"}, {Point{-1, 0}, false, "in line with an edge"}, {Point{205, 5}, true, "second part"},
	} {
		if got := shape.Contains(c.p); got != c.want {
			t.Errorf("%s %v: %v", c.why, c.p, got)
		}
	}
	if (Polygon{}).Contains(Point{}) || (Ring{}).Contains(Point{}) || (MultiPolygon)(nil).Contains(Point{}) {
		t.Error("nothing contains something")
	}
	world := Ring{{-LonMax, -LatMax}, {LonMax, -LatMax}, {LonMax, LatMax}, {-LonMax, LatMax}}
	if !world.Contains(Point{Lon: 1, Lat: 2}) || !world.Contains(Point{Lon: LonMax, Lat: LatMax}) {
		t.Error("the world lost a place")
	}
}

func TestContainsLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		small := rapid.Int32Range(-50, 50)
		ring := make(Ring, rapid.IntRange(3, 8).Draw(t, "corners"))
		for i := range ring {
			ring[i] = Point{small.Draw(t, "x"), small.Draw(t, "y")}
		}
		p := Point{small.Draw(t, "px"), small.Draw(t, "py")}
		in := ring.Contains(p)
		turned := append(append(Ring{}, ring[2:]...), ring[:2]...)
		var backward Ring
		for i := len(ring) - 1; i >= 0; i-- {
			backward = append(backward, ring[i])
		}
		if turned.Contains(p) != in || backward.Contains(p) != in || append(ring, ring[0]).Contains(p) != in {
			t.Fatal("the answer depends on where the ring starts, how it turns or whether it is closed")
		}
		if in && !ring.Box().Contains(p) {
			t.Fatal("inside the ring, outside its box")
		}
		for _, corner := range ring {
			if !ring.Contains(corner) {
				t.Fatal("a corner is outside")
			}
		}
	})
}

func TestCrosses(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b, c, d := anyPoint(t, "a"), anyPoint(t, "b"), anyPoint(t, "c"), anyPoint(t, "d")
		got := Crosses(a, b, c, d)
		if Crosses(b, a, c, d) != got || Crosses(c, d, a, b) != got || Crosses(a, b, d, c) != got {
			t.Fatal("the order of the ends matters")
		}
		if !Crosses(a, b, b, c) || !Crosses(a, a, a, c) {
			t.Fatal("segments that share an end do not meet")
		}
	})
	if !Crosses(Point{0, 0}, Point{10, 10}, Point{0, 10}, Point{10, 0}) ||
		Crosses(Point{0, 0}, Point{10, 0}, Point{0, 1}, Point{10, 1}) ||
		Crosses(Point{0, 0}, Point{1, 1}, Point{2, 2}, Point{3, 3}) ||
		!Crosses(Point{0, 0}, Point{2, 2}, Point{1, 1}, Point{3, 3}) ||
		!Crosses(Point{0, 0}, Point{4, 0}, Point{2, 0}, Point{2, 5}) {
		t.Error("wrong on a plain case")
	}
	if !Crosses(Point{-LonMax, -LatMax}, Point{LonMax, LatMax}, Point{-LonMax, LatMax}, Point{LonMax, -LatMax}) {
		t.Error("the planet's diagonals do not cross")
	}
}

func TestSimplifyStaysWithinTolerance(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		line := []Point{{Lon: -1223000000, Lat: 476000000}}
		for range rapid.IntRange(0, 40).Draw(t, "points") {
			line = append(line, nearPoint(t, "p", line[len(line)-1], 5_000, LatMax))
		}
		const tolerance = 8_000
		simple := Simplify(line, tolerance)
		if simple[0] != line[0] || simple[len(simple)-1] != line[len(line)-1] {
			t.Fatal("an end moved")
		}
		for _, p := range line {
			nearest := Millimetres(math.MaxInt64)
			for i := range simple[1:] {
				nearest = min(nearest, DistanceToSegment(p, simple[i], simple[i+1]))
			}
			if len(simple) > 1 && nearest > tolerance+50 {
				t.Fatalf("%v is %d mm from the simple line", p, nearest)
			}
		}
	})
}

func TestRingSimplifyAndInteriorPoint(t *testing.T) {
	big := square(0, 0, 100_000)
	withMiddle := Ring{{0, 0}, {50_000, 1}, {100_000, 0}, {100_000, 100_000}, {0, 100_000}, {0, 0}}
	if got := withMiddle.Simplify(1000); len(got) != 4 {
		t.Errorf("kept %v", got)
	}
	if got := (Ring{{0, 0}, {1, 0}, {0, 1}}).Simplify(1000); got != nil {
		t.Errorf("a ring smaller than the tolerance became %v", got)
	}
	u := MultiPolygon{{Ring{{0, 0}, {100, 0}, {100, 100}, {80, 100}, {80, 20}, {20, 20}, {20, 100}, {0, 100}}}}
	for _, m := range []MultiPolygon{{{big, square(20_000, 20_000, 60_000)}}, u} {
		p, ok := m.InteriorPoint()
		if !ok || !m.Contains(p) {
			t.Errorf("interior point %v, %v", p, ok)
		}
	}
	if _, ok := (MultiPolygon{}).InteriorPoint(); ok {
		t.Error("nothing has an inside")
	}
}

func TestBox(t *testing.T) {
	empty := BoxOf()
	if !empty.Empty() || empty.Contains(Point{}) || empty.Intersects(BoxOf(Point{})) {
		t.Error("the empty box holds something")
	}
	b := BoxOf(Point{0, 0}, Point{10, 20})
	if b.Center() != (Point{5, 10}) || !b.Contains(Point{10, 20}) || b.Contains(Point{11, 0}) || b.Union(empty) != b {
		t.Error("box arithmetic")
	}
	if !b.Intersects(BoxOf(Point{10, 20}, Point{30, 30})) || b.Intersects(BoxOf(Point{11, 0}, Point{30, 30})) {
		t.Error("box intersection")
	}
}

func BenchmarkDistance(b *testing.B) {
	p, q := Point{-1223206000, 476153000}, Point{-1222756000, 476538000}
	for b.Loop() {
		Distance(p, q)
	}
}
