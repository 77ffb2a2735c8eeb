package dispatch

import "github.com/everycall/everycall/triage"

// Reserve is a priority cutoff: a call of this priority or a lower one is sent only
// while more than Units are free (Schaack & Larson, "An N-server cutoff priority
// queue", Operations Research 34, 1986). Once it has shut it opens again only when
// more than Units+Band are free, so that a room that hovers at the line does not
// answer two like calls in two ways within a minute.
type Reserve struct {
	Priority triage.Priority `json:"priority"`
	Units    int             `json:"units"`
	Band     int             `json:"band,omitempty"`
	Shut     bool            `json:"shut,omitempty"` // kept by the rules, while Band is not 0
}

// needs is how many units must be free for one to be sent: more than that.
func (r *Reserve) needs() int {
	if r.Shut {
		return r.Units + r.Band
	}
	return r.Units
}

func (r Reserve) check() *Rejection {
	if !r.Priority.Valid() || r.Units < 0 || r.Band < 0 || r.Units > MaxUnits || r.Band > MaxUnits {
		return reject(ValueUnknown, "a reserve has a priority from 1 to 5, a number of units and a band").at("reserve")
	}
	return nil
}

// reserveFor returns how many units must stay free, so that a call of priority k
// is sent only while more are.
func (p *Posture) reserveFor(k triage.Priority) int {
	kept := 0
	for n := range p.Reserve {
		if r := &p.Reserve[n]; k >= r.Priority {
			kept = max(kept, r.needs())
		}
	}
	return kept
}

// freeIn is how many free units a posture counts: those of its service, and where
// its area is beats those of the beats. In a zone and in a drawn area the whole
// service counts: they are entered from outside.
func (s *State) freeIn(p *Posture) int {
	if p.Area.Kind == AreaBeats {
		return s.freeAt[p.ID]
	}
	return s.free[p.Service]
}

// moveCutoffs counts a unit that became free (+1) or is free no longer (-1), and
// shuts and opens the cutoffs of its service. It follows from the state alone, so a
// replay does the same.
func (s *State) moveCutoffs(u *Unit, by int) {
	s.free[u.Service] += by
	for _, p := range s.inForce[u.Service] {
		if p.Area.Kind == AreaBeats {
			if !contains(p.Area.Beats, u.Beat) {
				continue
			}
			s.freeAt[p.ID] += by
		}
		s.moveCutoff(p)
	}
}

func (s *State) moveCutoff(p *Posture) {
	free := s.freeIn(p)
	for n := range p.Reserve {
		r := &p.Reserve[n]
		if r.Band == 0 {
			continue
		}
		shut := free <= r.needs()
		if shut != r.Shut {
			p.Reserve = append([]Reserve(nil), p.Reserve...) // a reader may hold the old ones
			p.Reserve[n].Shut = shut
			s.touched.posture(p.ID)
		}
	}
}

// cutoffsAs gives the cutoffs that a command names the state that they have: what a
// posture had shut stays shut while its line is the same, so that a word amended
// answers no call in another way. Nobody says from outside what is shut.
func cutoffsAs(named, had []Reserve) []Reserve {
	var all []Reserve
	for _, r := range named {
		r.Shut = false
		for _, old := range had {
			if old.Priority == r.Priority && old.Units == r.Units && old.Band == r.Band {
				r.Shut = old.Shut
			}
		}
		all = append(all, r)
	}
	return all
}
