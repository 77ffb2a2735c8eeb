package dispatch

import (
	"slices"
	"strings"

	"github.com/everycall/everycall/geo"
)

// AreaKind is how a posture's area is given.
type AreaKind string

// The kinds of area, from the least to the most specific: of two postures that
// both speak of a call the one with the more specific area counts.
const (
	AreaCity  AreaKind = "city"
	AreaBeats AreaKind = "beats"
	AreaZone  AreaKind = "zone"
	AreaDrawn AreaKind = "drawn"
)

// Area is where a posture applies.
type Area struct {
	Kind    AreaKind `json:"kind"`
	Beats   []string `json:"beats,omitempty"`
	Zone    ZoneID   `json:"zone,omitempty"`
	Outline geo.Ring `json:"outline,omitempty"` // of a drawn one
}

// NamedArea is a part of the city that people call by a name: a precinct, a battalion.
type NamedArea struct {
	ID    string   `json:"id"` // one word, in capitals: what is typed
	Name  string   `json:"name"`
	Beats []string `json:"beats"`
}

// checkAreas refuses a named area without a word of its own, a name and beats.
func checkAreas(g Config) *Rejection {
	if len(g.Areas) > MaxNamedAreas {
		return reject(ConfigInvalid, "%d named areas: at most MaxNamedAreas", len(g.Areas)).at("areas")
	}
	known := map[string]bool{"CITY": true}
	for _, a := range g.Areas {
		switch {
		case checkLines("areas", a.ID, "areas", a.Name) != nil || strings.ToUpper(a.ID) != a.ID || strings.ContainsAny(a.ID, " ,;"):
			return reject(ConfigInvalid, "area %q: one word in capitals, and a name", a.ID).at("areas")
		case known[a.ID]:
			return reject(ConfigInvalid, "area %s is listed twice, or is the city", a.ID).at("areas")
		case len(a.Beats) == 0 || checkWords("areas", a.Beats) != nil:
			return reject(ConfigInvalid, "area %s: its beats, 1 to 50", a.ID).at("areas")
		}
		known[a.ID] = true
	}
	return nil
}

func (a Area) specificity() int {
	return slices.Index([]AreaKind{AreaCity, AreaBeats, AreaZone, AreaDrawn}, a.Kind)
}

// covers reports whether a posture's area holds an incident. Which drawn areas an
// incident lies in is decided when either comes or moves, since exact places may be
// erased later.
func (p *Posture) covers(i *Incident) bool {
	switch p.Area.Kind {
	case AreaZone:
		return i.Zone == p.Area.Zone
	case AreaBeats:
		return contains(p.Area.Beats, i.Beat)
	case AreaDrawn:
		return contains(i.Drawn, p.ID)
	}
	return true
}

func (a Area) overlaps(b Area) bool {
	if a.Kind != b.Kind {
		return false // one is more specific: it wins, nothing contradicts
	}
	switch a.Kind {
	case AreaZone:
		return a.Zone == b.Zone
	case AreaBeats:
		return slices.ContainsFunc(a.Beats, func(beat string) bool { return contains(b.Beats, beat) })
	case AreaDrawn:
		return ringsMeet(a.Outline, b.Outline)
	}
	return true
}

// ringsMeet reports whether two outlines have a point in common.
func ringsMeet(a, b geo.Ring) bool {
	if !a.Box().Intersects(b.Box()) {
		return false
	}
	if a.Contains(b[0]) || b.Contains(a[0]) {
		return true
	}
	near := edgesIn(b, a.Box())
	for i := range a {
		from, to := a[i], a[(i+1)%len(a)]
		edge := geo.BoxOf(from, to)
		for _, j := range near {
			if c, d := b[j], b[(j+1)%len(b)]; edge.Intersects(geo.BoxOf(c, d)) && geo.Crosses(from, to, c, d) {
				return true
			}
		}
	}
	return false
}

// edgesIn lists the edges of an outline that come near a box.
func edgesIn(r geo.Ring, box geo.Box) []int {
	var near []int
	for i := range r {
		if box.Intersects(geo.BoxOf(r[i], r[(i+1)%len(r)])) {
			near = append(near, i)
		}
	}
	return near
}

// drawnAt returns the postures in force whose drawn area holds a point.
func (s *State) drawnAt(p *geo.Point) []PostureID {
	var found []PostureID
	if p == nil {
		return nil
	}
	for _, all := range s.inForce { // sorted below
		for _, posture := range all {
			if posture.Area.Kind == AreaDrawn && posture.Area.Outline.Contains(*p) {
				found = append(found, posture.ID)
			}
		}
	}
	slices.Sort(found)
	return found
}

// insideDrawn lists the open incidents in a drawn area.
func (s *State) insideDrawn(a Area) []IncidentID {
	if a.Kind != AreaDrawn {
		return nil
	}
	return s.openWithin(a.Outline)
}

// openWithin lists the open incidents whose leading contact lies in an outline.
func (s *State) openWithin(outline geo.Ring) []IncidentID {
	var within []IncidentID
	box := outline.Box()
	for id, c := range s.Contacts { // sorted below
		p := c.Person.Point
		if p == nil || !box.Contains(*p) || !outline.Contains(*p) {
			continue
		}
		if i := s.Incidents[c.Incident]; i != nil && i.Open() && s.lead(i) == id {
			within = append(within, i.ID)
		}
	}
	slices.Sort(within)
	return within
}

func (a Area) check(s *State) *Rejection {
	switch a.Kind {
	case AreaCity:
		return nil
	case AreaBeats:
		if len(a.Beats) == 0 || len(a.Beats) > 500 {
			return reject(FieldMissing, "an area of beats lists 1 to 500 of them").at("area")
		}
		for _, b := range a.Beats {
			if no := checkText("area", b, MaxBeatBytes, false); no != nil {
				return no
			}
		}
		return nil
	case AreaZone:
		if z := s.Zones[a.Zone]; z == nil || z.EndedAt != 0 {
			return reject(ZoneUnknown, "zone %q is not in force", a.Zone).at("area")
		}
		return nil
	case AreaDrawn:
		if len(a.Outline) < 3 || len(a.Outline) > MaxDrawnPoints {
			return reject(PlaceInvalid, "an outline has 3 to %d points", MaxDrawnPoints).at("area")
		}
		for _, p := range a.Outline {
			if !p.Valid() {
				return reject(PlaceInvalid, "a point of the outline is not on the planet").at("area")
			}
		}
		return nil
	}
	return reject(ValueUnknown, "an area is city, beats, zone or drawn").at("area")
}
