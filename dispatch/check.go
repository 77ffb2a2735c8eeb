package dispatch

import (
	"errors"
	"fmt"
)

// Check verifies the whole state: what must hold after every event. The first
// thing that does not hold is the error. It costs time in proportion to the
// state; CheckTouched looks only at what changed.
func Check(s *State) error {
	for _, id := range sortedKeys(s.Contacts) {
		if err := s.checkContact(s.Contacts[id]); err != nil {
			return err
		}
	}
	for _, id := range sortedKeys(s.Incidents) {
		if err := s.checkIncident(s.Incidents[id]); err != nil {
			return err
		}
	}
	for _, id := range sortedKeys(s.Units) {
		if err := s.checkUnit(s.Units[id]); err != nil {
			return err
		}
	}
	for _, id := range sortedKeys(s.Promises) {
		if s.Contacts[s.Promises[id].Contact] == nil {
			return fmt.Errorf("promise %s: its contact %s is gone", id, s.Promises[id].Contact)
		}
	}
	if err := s.checkIndexes(); err != nil {
		return err
	}
	if err := s.checkZones(); err != nil {
		return err
	}
	if err := s.checkAccess(); err != nil {
		return err
	}
	if wrong := s.checkAids(); wrong != "" {
		return errors.New(wrong)
	}
	return s.checkPostures()
}

// checkAccess: every fact and hazard that can grow old is due, and facts contradict
// each other from either side.
func (s *State) checkAccess() error {
	for _, id := range sortedKeys(s.Access) {
		f := s.Access[id]
		if s.due.find(dueRef{dueAccess, string(id)}) != f.nextDue() {
			return fmt.Errorf("access fact %s grows old and nothing will say so", id)
		}
		for _, other := range s.Conflicts(f) {
			if !contains(s.Conflicts(s.Access[other]), id) {
				return fmt.Errorf("access fact %s contradicts %s, which does not know", id, other)
			}
		}
	}
	for _, id := range sortedKeys(s.Hazards) {
		if h := s.Hazards[id]; s.due.find(dueRef{dueHazard, string(id)}) != h.nextDue() {
			return fmt.Errorf("hazard %s is to be reviewed and nothing will say so", id)
		}
	}
	return nil
}

// CheckTouched verifies what changed since the last ForgetTouched.
func CheckTouched(s *State) error {
	for _, id := range s.touched.Contacts {
		if c := s.Contacts[id]; c != nil {
			if err := s.checkContact(c); err != nil {
				return err
			}
		}
	}
	for _, id := range s.touched.Incidents {
		if i := s.Incidents[id]; i != nil {
			if err := s.checkIncident(i); err != nil {
				return err
			}
		}
	}
	for _, id := range s.touched.Units {
		if err := s.checkUnit(s.Units[id]); err != nil {
			return err
		}
	}
	for _, id := range s.touched.Postures {
		if p := s.Postures[id]; p.EndedAt == 0 {
			if err := s.checkPosture(p, s.inForce[p.Service]); err != nil {
				return err
			}
		}
	}
	return nil
}

// checkContact: exactly one outcome, with owner, due time and next action, or an
// authority; the floor holds.
func (s *State) checkContact(c *Contact) error {
	o := &c.Outcome
	if c.LifeSafety && o.Kind == OutcomeDeclined {
		return fmt.Errorf("contact %s is life-safety and was declined", c.ID)
	}
	if o.Kind.Final() {
		if o.Authority == "" {
			return fmt.Errorf("contact %s is %s by nobody's authority", c.ID, o.Kind)
		}
		return nil
	}
	if o.Kind == "" || o.Owner == "" || o.Due == 0 || o.Next == "" {
		return fmt.Errorf("contact %s: outcome %q needs an owner (%q), a due time (%d) and a next action (%q)", c.ID, o.Kind, o.Owner, o.Due, o.Next)
	}
	if i := s.Incidents[c.Incident]; o.Kind.putOff() && (c.LifeSafety || (i != nil && i.LifeSafety)) {
		return fmt.Errorf("contact %s is life-safety and %s", c.ID, o.Kind)
	}
	if o.Kind != OutcomeDuplicate {
		if s.due.find(dueRef{dueContact, string(c.ID)}) != o.Due {
			return fmt.Errorf("contact %s is due at %d and nothing will alarm then", c.ID, o.Due)
		}
	}
	return nil
}

// checkIncident: an open one has an open contact; its active assignments and
// the units agree.
func (s *State) checkIncident(i *Incident) error {
	if wrong := s.checkShares(i); wrong != "" {
		return fmt.Errorf("incident %s: %s", i.ID, wrong)
	}
	if !i.Open() {
		if i.Authority == "" || i.Active() > 0 {
			return fmt.Errorf("incident %s is closed by %q with %d units working", i.ID, i.Authority, i.Active())
		}
		return nil
	}
	for k := range i.Hazards {
		if s.Hazards[i.Hazards[k].Hazard] == nil {
			return fmt.Errorf("incident %s lies in hazard %s, which is gone", i.ID, i.Hazards[k].Hazard)
		}
	}
	if s.openContacts(i) == 0 {
		return fmt.Errorf("incident %s is open and has no open contact", i.ID)
	}
	for k := range i.Assignments {
		a := &i.Assignments[k]
		if a.EndedAt != 0 {
			continue
		}
		u := s.Units[a.Unit]
		if u == nil || (!a.Stacked && u.Incident != i.ID) || (a.Stacked && !contains(u.Stack, i.ID)) {
			return fmt.Errorf("incident %s: %s does not know that it works on it", i.ID, a.Unit)
		}
	}
	return nil
}

// checkUnit: at most one active incident, which knows the unit.
func (s *State) checkUnit(u *Unit) error {
	if u.Incident != "" {
		if err := s.checkAssigned(u, u.Incident, false); err != nil {
			return err
		}
	}
	for _, id := range u.Stack {
		if err := s.checkAssigned(u, id, true); err != nil {
			return err
		}
	}
	return nil
}

func (s *State) checkAssigned(u *Unit, id IncidentID, stacked bool) error {
	i := s.Incidents[id]
	if i == nil {
		return fmt.Errorf("unit %s works on %s, which is gone", u.ID, id)
	}
	found := 0
	for k := range i.Assignments {
		if a := &i.Assignments[k]; a.Unit == u.ID && a.EndedAt == 0 && a.Stacked == stacked {
			found++
		}
	}
	if found != 1 {
		return fmt.Errorf("unit %s on incident %s: %d assignments", u.ID, id, found)
	}
	return nil
}

func (s *State) checkPostures() error {
	for _, of := range s.Config.Services {
		all := s.inForce[of]
		for n, p := range all {
			if err := s.checkPosture(p, all[n+1:]); err != nil {
				return err
			}
		}
	}
	return nil
}

// checkPosture: none of these that are in force says otherwise than it for the same
// calls, and what its cutoffs have shut follows from the units that are free.
func (s *State) checkPosture(p *Posture, others []*Posture) error {
	for _, q := range others {
		if q != p && contradict(p.Rules, q.Rules) && p.Area.overlaps(q.Area) {
			return fmt.Errorf("postures %s and %s are in force and contradict each other", p.ID, q.ID)
		}
	}
	return s.checkCutoffs(p)
}

// checkCutoffs: shut at the line and below it, open above the band, and without a
// band nothing is remembered.
func (s *State) checkCutoffs(p *Posture) error {
	free := s.freeIn(p)
	for _, r := range p.Reserve {
		if shut := r.Band > 0 && free <= r.Units; (shut && !r.Shut) || (r.Shut && (r.Band == 0 || free > r.Units+r.Band)) {
			return fmt.Errorf("posture %s keeps %d units with a band of %d from priority %d: shut %t with %d free", p.ID, r.Units, r.Band, r.Priority, r.Shut, free)
		}
	}
	return nil
}

// checkIndexes counts again what is kept.
func (s *State) checkIndexes() error {
	free, pending, load, inForce, held := map[Service]int{}, map[Service]int{}, map[DeskID]int{}, 0, 0
	for _, u := range s.Units { // counts: the order cannot show
		if u.Free() {
			free[u.Service]++
		}
	}
	for _, c := range s.Contacts { // counts: the order cannot show
		switch c.Outcome.Kind {
		case OutcomeWaiting:
			if i := s.Incidents[c.Incident]; i != nil {
				pending[i.Service]++
			}
		case OutcomeDiverted, OutcomeAppointed:
			load[c.Outcome.Desk]++
		}
		if c.Outcome.heldByPosture() {
			if held++; c.held == 0 || c.held > len(s.held) || s.held[c.held-1] != c {
				return fmt.Errorf("contact %s is held and not kept as such", c.ID)
			}
		}
	}
	if len(s.held) != held {
		return fmt.Errorf("%d calls are held by postures, kept %d", held, len(s.held))
	}
	for _, p := range s.Postures { // counts: the order cannot show
		if p.EndedAt == 0 {
			inForce++
		}
	}
	if n := s.postureCount(); n != inForce {
		return fmt.Errorf("%d postures are in force, kept %d", inForce, n)
	}
	for _, of := range s.Config.Services {
		if s.free[of] != free[of] || s.pending[of] != pending[of] {
			return fmt.Errorf("%s: %d units free and %d calls waiting, kept %d and %d", of, free[of], pending[of], s.free[of], s.pending[of])
		}
		for _, p := range s.inForce[of] {
			if n := s.countFreeIn(p); s.Postures[p.ID] != p || s.freeIn(p) != n {
				return fmt.Errorf("posture %s counts %d free units, kept %d", p.ID, n, s.freeIn(p))
			}
		}
	}
	for _, d := range s.Config.Desks {
		if s.load[d.ID] != load[d.ID] {
			return fmt.Errorf("desk %s has %d calls, kept %d", d.ID, load[d.ID], s.load[d.ID])
		}
	}
	return nil
}

// checkZones: no two zones in force say otherwise for one service on the same streets.
func (s *State) checkZones() error {
	for _, id := range sortedKeys(s.Zones) {
		if z := s.Zones[id]; z.EndedAt == 0 {
			if no := s.contradicts(z, ""); no != nil {
				return fmt.Errorf("zone %s: %s", id, no.Text)
			}
		}
	}
	return nil
}
