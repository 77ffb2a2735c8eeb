package dispatch

import "slices"

// The indexes over the state that answer what every command asks: which postures
// are in force, how many units are free where a posture counts them, how many calls
// wait for a service, how many a desk has, and which calls a posture holds. They are made by Evolve and anew by
// Reindex; Check counts them again.

// enter puts a posture into the index of those in force.
func (s *State) enter(p *Posture) {
	all := s.inForce[p.Service]
	at, _ := slices.BinarySearchFunc(all, p, func(q, p *Posture) int {
		if before(q, p) {
			return -1
		}
		return 1
	})
	s.inForce[p.Service] = slices.Insert(slices.Clip(all), at, p) // a new array: a reader may hold the old one
	if p.Area.Kind == AreaBeats {
		s.freeAt[p.ID] = s.countFreeIn(p)
	}
}

// leave takes a posture that has ended out of it.
func (s *State) leave(p *Posture) {
	s.inForce[p.Service] = without(s.inForce[p.Service], p)
	delete(s.freeAt, p.ID)
}

// countFreeIn counts what freeIn keeps.
func (s *State) countFreeIn(p *Posture) int {
	n := 0
	for _, u := range s.Units { // counts: the order cannot show
		if u.Service == p.Service && u.Free() && (p.Area.Kind != AreaBeats || contains(p.Area.Beats, u.Beat)) {
			n++
		}
	}
	return n
}

// postureCount is how many postures are in force.
func (s *State) postureCount() int {
	n := 0
	for _, all := range s.inForce { // counts: the order cannot show
		n += len(all)
	}
	return n
}

// count keeps the calls that wait for a service, those that a desk has and those that
// a posture holds right after a contact, its incident or its outcome changed.
func (s *State) count(c *Contact) {
	var waits Service
	var desk DeskID
	switch c.Outcome.Kind {
	case OutcomeWaiting:
		if i := s.Incidents[c.Incident]; i != nil {
			waits = i.Service
		}
	case OutcomeDiverted, OutcomeAppointed:
		desk = c.Outcome.Desk
	}
	s.countAs(c, waits, desk, c.Outcome.heldByPosture())
}

// heldByPosture reports whether a posture's end lets the call wait again.
func (o Outcome) heldByPosture() bool { return o.Kind == OutcomeHeld && o.Posture != "" }

func (s *State) countAs(c *Contact, waits Service, desk DeskID, held bool) {
	if waits != c.waits {
		if c.waits != "" {
			s.pending[c.waits]--
		}
		if waits != "" {
			s.pending[waits]++
		}
		c.waits = waits
	}
	if desk != c.desk {
		if c.desk != "" {
			s.load[c.desk]--
		}
		if desk != "" {
			s.load[desk]++
		}
		c.desk = desk
	}
	switch {
	case held && c.held == 0:
		s.held = append(s.held, c)
		c.held = len(s.held)
	case !held && c.held != 0: // the last one takes its place
		last := s.held[len(s.held)-1]
		s.held[c.held-1], last.held = last, c.held
		s.held[len(s.held)-1] = nil
		s.held, c.held = s.held[:len(s.held)-1], 0
	}
}
