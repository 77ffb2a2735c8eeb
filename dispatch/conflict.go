package dispatch

import (
	"slices"
	"strings"

	"github.com/everycall/everycall/geo"
)

// Facts about ways that contradict each other. Both are kept, and both show it, until
// one is withdrawn, seen otherwise, or too old to count.

// conflictReach is how far apart two facts may lie that are about the same place, in
// millimetres on the ground.
const conflictReach geo.Millimetres = 15_000

// decided reports whether a fact says that one may pass or that one may not. A
// restricted way, which is for who must go there, says neither.
func (f *AccessFact) decided(now Instant) bool {
	state := f.Current(now)
	return state == AccessOpen || state == AccessDelayed || state == AccessBlocked
}

// passes reports whether a service may pass by what a fact says: a checkpoint lets
// through whom it admits.
func (f *AccessFact) passes(of Service) bool {
	return f.State != AccessBlocked || contains(f.Admits, of)
}

// contradictedBy lists the facts, in order, that another contradicts: about the same
// place, a class and a direction in common, and of one service one says that it may
// pass and the other that it may not.
func (s *State) contradictedBy(f *AccessFact, now Instant) []AccessID {
	if !f.decided(now) {
		return nil
	}
	var found []AccessID
	box := reachOf(f.Geometry...)
	for id, other := range s.Access { // sorted below
		if id != f.ID && other.decided(now) && s.differ(f, other) && commonClass(f.Classes, other.Classes) &&
			box.Intersects(geo.BoxOf(other.Geometry...)) && sameWay(f, other) {
			found = append(found, id)
		}
	}
	slices.SortFunc(found, byNumber)
	return found
}

// byNumber sorts x9 before x10.
func byNumber[T ~string](a, b T) int {
	if len(a) != len(b) {
		return len(a) - len(b)
	}
	return strings.Compare(string(a), string(b))
}

func (s *State) differ(a, b *AccessFact) bool {
	if len(a.Admits)+len(b.Admits) == 0 {
		return a.passes("") != b.passes("")
	}
	return slices.ContainsFunc(s.Config.Services, func(of Service) bool { return a.passes(of) != b.passes(of) })
}

func commonClass(a, b []string) bool {
	return len(a) == 0 || len(b) == 0 || slices.ContainsFunc(a, func(class string) bool { return contains(b, class) })
}

// reachOf is the box of a geometry, wider by more than conflictReach on each side: a
// degree of latitude is never less than 110 km, and one of longitude at least an eighth
// of that below 82° of latitude.
func reachOf(geometry ...geo.Point) geo.Box {
	box := geo.BoxOf(geometry...)
	box.Min.Lat, box.Max.Lat = box.Min.Lat-1_400, box.Max.Lat+1_400
	box.Min.Lon, box.Max.Lon = box.Min.Lon-11_000, box.Max.Lon+11_000
	return box
}

// sameWay reports whether two facts are about the same place in a common direction.
func sameWay(a, b *AccessFact) bool {
	if a.Kind == "line" && b.Kind == "line" {
		return linesAlong(a, b)
	}
	return near(a, b) || near(b, a)
}

// near reports whether b comes within conflictReach of a.
func near(a, b *AccessFact) bool {
	if a.Kind == "area" && geo.Ring(a.Geometry).Contains(b.Geometry[0]) {
		return true
	}
	return eachPair(a, b, func(a0, a1, b0, b1 geo.Point) bool {
		return geo.DistanceToSegment(b0, a0, a1) <= conflictReach || geo.DistanceToSegment(b1, a0, a1) <= conflictReach || geo.Crosses(a0, a1, b0, b1)
	})
}

// eachPair reports whether something is true of a segment of a and one of b that come
// near each other.
func eachPair(a, b *AccessFact, is func(a0, a1, b0, b1 geo.Point) bool) bool {
	whole := geo.BoxOf(b.Geometry...)
	for i := range sides(a) {
		a0, a1 := a.Geometry[i], a.Geometry[(i+1)%len(a.Geometry)]
		box := reachOf(a0, a1)
		if !box.Intersects(whole) {
			continue
		}
		for j := range sides(b) {
			if b0, b1 := b.Geometry[j], b.Geometry[(j+1)%len(b.Geometry)]; box.Intersects(geo.BoxOf(b0, b1)) && is(a0, a1, b0, b1) {
				return true
			}
		}
	}
	return false
}

// sides is how many segments a geometry has; a point is one of no length.
func sides(f *AccessFact) int {
	if f.Kind == "line" {
		return len(f.Geometry) - 1
	}
	return len(f.Geometry)
}

// linesAlong reports whether two lines go along the same street for some way in a
// direction that both are about. A line that only crosses another is another street.
func linesAlong(a, b *AccessFact) bool {
	return eachPair(a, b, func(a0, a1, b0, b1 geo.Point) bool { return segmentsAlong(a, b, a0, a1, b0, b1) })
}

// alongAtLeast is how far two lines go along each other that are about one street.
const alongAtLeast geo.Millimetres = 2_000

func segmentsAlong(a, b *AccessFact, a0, a1, b0, b1 geo.Point) bool {
	x0, y0 := geo.Offset(a0, a1)
	x1, y1 := geo.Offset(b0, b1)
	dot, cross := int64(x0*x1+y0*y1), int64(x0*y1-y0*x1)
	if max(cross, -cross) > max(dot, -dot)*466/1000 { // more than 25°
		return false
	}
	if a.Direction != "both" && b.Direction != "both" && (dot > 0) != (a.Direction == b.Direction) {
		return false
	}
	begin, beginDen, _ := geo.Project(b0, a0, a1)
	end, endDen, _ := geo.Project(b1, a0, a1)
	whole := geo.Distance(a0, a1)
	one, other := part(whole, begin, beginDen), part(whole, end, endDen)
	if one > other {
		one, other = other, one
	}
	middle := geo.Along(a0, a1, int64(one+other), max(2*int64(whole), 1))
	return other-one >= min(alongAtLeast, whole/2) && geo.DistanceToSegment(middle, b0, b1) <= conflictReach
}

// part is whole·num/den for 0 ≤ num ≤ den, rounded down, whatever den's size.
func part(whole geo.Millimetres, num, den int64) geo.Millimetres {
	for den > 1<<31 {
		num, den = num>>1, den>>1
	}
	return geo.Millimetres(int64(whole) * num / max(den, 1))
}

// Conflicts lists the facts, in order, that contradict a fact or are contradicted by
// it, and are not too old to count. It is the same list from either side.
func (s *State) Conflicts(f *AccessFact) []AccessID {
	if f.Stale {
		return nil
	}
	var found []AccessID
	for _, id := range f.Contradicts {
		if other := s.Access[id]; other != nil && !other.Stale {
			found = append(found, id)
		}
	}
	for id, other := range s.Access { // sorted below
		if !other.Stale && contains(other.Contradicts, f.ID) && !contains(found, id) {
			found = append(found, id)
		}
	}
	slices.SortFunc(found, byNumber)
	return found
}

// settleConflicts takes away the alarms about conflicts that are none any longer.
func (s *State) settleConflicts() {
	s.dropAlarmsOf(func(a *Alarm) bool {
		if a.Cause != CauseConflict {
			return false
		}
		f := s.Access[accessOf(a)]
		return f == nil || len(s.Conflicts(f)) == 0
	})
}

// accessOf is the fact that an alarm is about, if any.
func accessOf(a *Alarm) AccessID {
	id, is := strings.CutPrefix(a.About, "access:")
	if !is {
		return ""
	}
	id, _, _ = strings.Cut(id, "/")
	return AccessID(id)
}

func (s *State) touchAccess(ids []AccessID) {
	for _, id := range ids {
		s.touched.access(id)
	}
}

// listOf writes names one after the other.
func listOf[T ~string](ids []T) string {
	text := ""
	for n, id := range ids {
		if n > 0 {
			text += ", "
		}
		text += string(id)
	}
	return text
}
