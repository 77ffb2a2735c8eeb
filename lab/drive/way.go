package drive

import (
	"sort"

	"github.com/everycall/everycall/advisor"
	"github.com/everycall/everycall/dispatch"
	"github.com/everycall/everycall/geo"
	"github.com/everycall/everycall/road"
)

// Speeds off the network and on patrol, in millimetres a second. Invented.
const (
	yardSpeed   = 8_000 // between a place and the street it lies at
	patrolSpeed = 6_000
)

// way is a vehicle on its way: a line and when it passes each point of it.
type way struct {
	line   []geo.Point
	passed []dispatch.Millis // since start; never falls
	start  dispatch.Instant
}

// newWay drives a line in a time, evenly over its length.
func newWay(line []geo.Point, start dispatch.Instant, takes dispatch.Millis) *way {
	w := &way{line: line, passed: make([]dispatch.Millis, len(line)), start: start}
	whole := max(geo.Length(line), 1)
	var gone geo.Millimetres
	for n := 1; n < len(line); n++ {
		gone += geo.Distance(line[n-1], line[n])
		w.passed[n] = dispatch.Millis(int64(gone) * int64(takes) / int64(whole))
	}
	return w
}

// end is when it arrives.
func (w *way) end() dispatch.Instant { return w.start.Add(w.passed[len(w.passed)-1]) }

// goal is where it ends.
func (w *way) goal() geo.Point { return w.line[len(w.line)-1] }

// at is where the vehicle is.
func (w *way) at(now dispatch.Instant) geo.Point {
	gone := now.Since(w.start)
	next := sort.Search(len(w.passed), func(n int) bool { return w.passed[n] > gone })
	switch {
	case next == 0:
		return w.line[0]
	case next == len(w.line):
		return w.goal()
	}
	from, to := w.passed[next-1], w.passed[next]
	return geo.Along(w.line[next-1], w.line[next], int64(gone-from), int64(to-from))
}

// streets finds ways on a pack's roads. It belongs to the driver's goroutine.
type streets struct {
	graph *road.Graph
	work  road.Workspace
	road  *advisor.Road // nil: every street is open
}

// to makes the quickest way between two places: to the street, along the
// streets, and off again. Where closures leave none it goes as if all were open, up to
// them and on foot: somebody sent it. Where no street leads there at all it is the
// straight line.
func (s *streets) to(kind road.Kind, from, goal geo.Point, start dispatch.Instant) *way {
	line := []geo.Point{from}
	var takes dispatch.Millis
	if s.road != nil {
		if r, ok := s.road.Drive(kind, from, goal); ok && r.OK {
			takes = dispatch.Millis(r.Ms) + timeAt(r.From.Off+r.To.Off, yardSpeed)
			line = append(line, r.Line...)
		}
	}
	if s.graph != nil && len(line) == 1 {
		a, near, found := s.graph.Nearest(from)
		b, far, also := s.graph.Nearest(goal)
		if found && also {
			if path, ok := s.graph.ShortestPath(&s.work, a, b); ok {
				for _, n := range path.Nodes {
					line = append(line, s.graph.Point(n))
				}
				takes = dispatch.Millis(path.TravelMs) + timeAt(near+far, yardSpeed)
			}
		}
	}
	if len(line) == 1 {
		takes = timeAt(geo.Distance(from, goal), yardSpeed)
	}
	return newWay(append(line, goal), start, takes)
}

// stroll makes a slow way over some street pieces in no particular direction,
// without turning round where the street goes on.
func (s *streets) stroll(from geo.Point, start dispatch.Instant, hops int, throw func(n int) uint64) *way {
	line := []geo.Point{from}
	if s.graph != nil {
		at, _, found := s.graph.Nearest(from)
		last := -1
		for n := 0; found && n < hops; n++ {
			line = append(line, s.graph.Point(at))
			around := s.graph.EdgesAt(at)
			if len(around) == 0 {
				break
			}
			pick := int(throw(n) % uint64(len(around)))
			if around[pick] == last {
				pick = (pick + 1) % len(around)
			}
			last = around[pick]
			edge := s.graph.Edges()[last]
			if at = edge.To; edge.To == edge.From || line[len(line)-1] == s.graph.Point(edge.To) {
				at = edge.From
			}
		}
	}
	if len(line) == 1 {
		return nil
	}
	return newWay(line, start, timeAt(geo.Length(line), patrolSpeed))
}

func timeAt(length geo.Millimetres, speed int64) dispatch.Millis {
	return dispatch.Millis(int64(length) * 1000 / speed)
}
