package recommend

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/everycall/everycall/dispatch"
)

// cutoff is one posture's reserve as it speaks of one call: a unit of the service
// is sent to it only while more than kept are free, counted in the service or in
// some beats. It follows dispatch.SpareFor, which answers for one unit at a time;
// a test holds the two together.
type cutoff struct {
	of      int // the service, by its place in the configuration
	posture *dispatch.Posture
	beats   []string // where units are counted; nil: in the whole service
	kept    int      // now: with the band while it is shut
	stated  int      // without the band
}

// counts reports whether a unit is one of those that the cutoff counts.
func (c cutoff) counts(u *dispatch.Unit) bool {
	return u.Service == c.posture.Service && (c.beats == nil || slices.Contains(c.beats, u.Beat))
}

// cutoffs are the reserves that bind a call, in a fixed order. None binds
// life-safety, nor what counts as such.
func (w *sweep) cutoffs(i *dispatch.Incident) []cutoff {
	if i.LifeSafety {
		return nil
	}
	var found []cutoff
	for _, p := range w.reserving {
		of := slices.Index(w.s.Config.Services, p.Service)
		if of < 0 || !covers(p, i) {
			continue
		}
		c, band := cutoff{of: of, posture: p}, 0
		for _, r := range p.Reserve {
			if i.Priority() < r.Priority {
				continue
			}
			c.stated, band = max(c.stated, r.Units), max(band, r.Band)
			if r.Shut {
				r.Units += r.Band
			}
			c.kept = max(c.kept, r.Units)
		}
		if p.Area.Kind == dispatch.AreaBeats {
			c.beats = p.Area.Beats
		}
		if c.kept > 0 || band > 0 { // one with a band that keeps nothing shuts when nobody is free
			found = append(found, c)
		}
	}
	return found
}

// reserving lists the postures in force that keep units, by their id.
func reserving(s *dispatch.State) []*dispatch.Posture {
	var found []*dispatch.Posture
	for _, p := range s.Postures { // sorted below
		if p.EndedAt == 0 && len(p.Reserve) > 0 {
			found = append(found, p)
		}
	}
	slices.SortFunc(found, func(a, b *dispatch.Posture) int { return cmp.Compare(a.ID, b.ID) })
	return found
}

func covers(p *dispatch.Posture, i *dispatch.Incident) bool {
	switch p.Area.Kind {
	case dispatch.AreaBeats:
		return slices.Contains(p.Area.Beats, i.Beat)
	case dispatch.AreaZone:
		return i.Zone == p.Area.Zone
	case dispatch.AreaDrawn:
		return slices.Contains(i.Drawn, p.ID)
	}
	return true
}

// left is how many units may still be sent under a cutoff once the lines so far
// are accepted; below 0 where more urgent calls have gone past it.
func (w *sweep) left(c cutoff) int {
	free := 0
	for n := range w.fleet {
		if f := &w.fleet[n]; f.means == Free && !f.taken && c.counts(f.unit) {
			free++
		}
	}
	return free - c.kept
}

// gate is what the cutoffs of one service leave to one group of calls.
type gate struct {
	by    *dispatch.Posture // the tightest; nil: nothing is kept
	left  int               // in the whole service
	home  []string          // the beats in which units are counted apart
	there int               // left in those beats
}

// unbound is more than there are units.
const unbound = dispatch.MaxUnits + 1

// gates turns cutoffs into one gate for each service. Several sets of beats are
// taken together under the tightest: no more is sent than each alone allows.
func (w *sweep) gates(cutoffs []cutoff) []gate {
	gates := make([]gate, len(w.s.Config.Services))
	for n := range gates {
		gates[n].left, gates[n].there = unbound, unbound
	}
	for _, c := range cutoffs {
		g, left := &gates[c.of], w.left(c)
		if g.by == nil || left < min(g.left, g.there) {
			g.by = c.posture
		}
		if c.beats == nil {
			g.left = min(g.left, left)
			continue
		}
		g.there = min(g.there, left)
		g.home = append(g.home[:len(g.home):len(g.home)], c.beats...)
	}
	return gates
}

// homed reports whether a unit is counted in the gate's beats.
func (g *gate) homed(u *dispatch.Unit) bool { return slices.Contains(g.home, u.Beat) }

// shut reports whether no unit may be sent. A unit that is not free now leaves as
// many free as before; it is sent, too, only while more are free than are kept.
func (g *gate) shut() bool { return min(g.left, g.there) <= 0 }

// keep turns the gates into kept sets over some columns: at most left of the free
// ones may be sent, at most there of those in the beats. wanted is how many rows
// there are; a gate that lets all of them through keeps nothing.
func (w *sweep) keep(gates []gate, columns []int, wanted int) []kept {
	var sets []kept
	for of := range gates {
		g := &gates[of]
		already := 0
		set := func(most int, in func(*dispatch.Unit) bool) {
			if most >= wanted {
				return
			}
			k, count := make([]bool, len(columns)), 0
			for n, c := range columns {
				if f := &w.fleet[c]; f.of == of && f.means == Free && in(f.unit) {
					k[n] = true
					count++
				}
			}
			if keep := count - max(most, 0) - already; keep > 0 {
				sets = append(sets, kept{count: keep, of: k})
				already += keep
			}
		}
		set(g.there, g.homed)
		set(g.left, func(*dispatch.Unit) bool { return true })
	}
	return sets
}

// groupKey names the cutoffs that bind a call, the most units kept first: calls
// of one priority under the same ones are served together, those under the
// tightest before others. It does not follow from who is free.
func groupKey(cutoffs []cutoff) string {
	most, key := 0, ""
	for _, c := range cutoffs {
		most = max(most, c.stated)
		key += " " + string(c.posture.ID)
	}
	return strconv.Itoa(10*dispatch.MaxUnits-most) + key // all of one length
}
