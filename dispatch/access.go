package dispatch

import (
	"slices"

	"github.com/everycall/everycall/geo"
)

// AccessState is what is known of a way.
type AccessState string

// The states of a way. A fact that is older than its half-life is unknown.
const (
	AccessOpen       AccessState = "open"
	AccessDelayed    AccessState = "delayed"
	AccessRestricted AccessState = "restricted"
	AccessBlocked    AccessState = "blocked"
	AccessIsUnknown  AccessState = "unknown"
)

// Confidences are how well a fact about a way is known.
var Confidences = []string{"seen", "reported", "rumoured"}

// Obstacle is what stands in the way.
type Obstacle string

// The obstacles. A checkpoint lets through whom it admits; a checkpoint or a
// barricade is announced to every service (Washington 2004: checkpoints that nobody
// had announced stopped fire engines).
const (
	ObstacleNone       Obstacle = ""
	ObstacleCheckpoint Obstacle = "checkpoint"
	ObstacleBarricade  Obstacle = "barricade"
	ObstacleClosure    Obstacle = "closure"
)

// announced reports whether services are told of it by somebody, each by name.
func (o Obstacle) announced() bool { return o == ObstacleCheckpoint || o == ObstacleBarricade }

// AccessFact is what somebody saw of a way, and when. Two facts that contradict
// each other are both kept.
type AccessFact struct {
	ID         AccessID    `json:"id"`
	Kind       string      `json:"kind"` // "point", "line", "area"
	Geometry   []geo.Point `json:"geometry"`
	Direction  string      `json:"direction"`         // "both", "forward", "backward" along the geometry
	Classes    []string    `json:"classes,omitempty"` // vehicle classes; empty: all
	State      AccessState `json:"state"`             // for those whom a checkpoint does not admit
	Delay      Millis      `json:"delay,omitempty"`   // of a delayed way; of a checkpoint, for those whom it admits
	Source     string      `json:"source"`
	Confidence string      `json:"confidence"` // one of Confidences
	ObservedAt Instant     `json:"observed_at"`
	HalfLife   Millis      `json:"half_life"`
	Note       string      `json:"note,omitempty"`
	PackHash   string      `json:"pack_hash,omitempty"`
	Claim      ClaimID     `json:"claim,omitempty"` // what it rests on, where somebody made it of a claim

	Obstacle Obstacle  `json:"obstacle,omitempty"`
	Admits   []Service `json:"admits,omitempty"` // whom a checkpoint lets through

	// What the rules keep of it; a RecordAccess has none of it.
	Stale         bool       `json:"stale,omitempty"`         // its half-life has passed, by event
	Contradicts   []AccessID `json:"contradicts,omitempty"`   // as it was found when this was said
	By            string     `json:"by,omitempty"`            // who entered the newest sighting
	Confirmations int        `json:"confirmations,omitempty"` // in all
	Sightings     []Sighting `json:"sightings,omitempty"`     // the earlier ones, at most MaxSightings, the newest last
	Told          []Told     `json:"told,omitempty"`          // which services know of it
	Missed        string     `json:"missed,omitempty"`        // the pack in which it matches no street
}

// Sighting is one time at which a way was seen.
type Sighting struct {
	At         Instant     `json:"at"`
	By         string      `json:"by"`
	Source     string      `json:"source"`
	Confidence string      `json:"confidence"`
	State      AccessState `json:"state"`
}

// Told is a service that was told of a checkpoint or barricade.
type Told struct {
	Service Service `json:"service"`
	By      string  `json:"by"`
	At      Instant `json:"at"`
}

// Current is the state as it may be relied on now: after one half-life it is
// unknown.
func (f *AccessFact) Current(now Instant) AccessState {
	if now.Since(f.ObservedAt) > f.HalfLife {
		return AccessIsUnknown
	}
	return f.State
}

// nextDue is the first instant at which Current is unknown.
func (f *AccessFact) nextDue() Instant {
	if f.Stale {
		return 0
	}
	return f.ObservedAt.Add(f.HalfLife + 1)
}

// Untold lists the services that nobody has told of a checkpoint or barricade that
// stands there.
func (s *State) Untold(f *AccessFact) []Service {
	if !f.Obstacle.announced() || f.State == AccessOpen {
		return nil
	}
	var left []Service
	for _, of := range s.Config.Services {
		if !slices.ContainsFunc(f.Told, func(t Told) bool { return t.Service == of }) {
			left = append(left, of)
		}
	}
	return left
}

// RecordAccess records what somebody saw of a way.
type RecordAccess struct {
	Fact AccessFact // ID is given by the rules
}

// ConfirmAccess says that a way was seen again: still so, or, by somebody who has
// seen it, otherwise.
type ConfirmAccess struct {
	Access     AccessID
	Source     string
	Confidence string
	State      AccessState // empty: still so
}

// NotifyAccess says that a service was told of a checkpoint or barricade.
type NotifyAccess struct {
	Access  AccessID
	Service Service
}

// ReportAccessMissed says that a fact matches no street of a pack. The room's own
// machine sends it.
type ReportAccessMissed struct {
	Access   AccessID
	PackHash string
}

// WithdrawAccess takes a fact back.
type WithdrawAccess struct {
	Access AccessID
	Reason string
}

// AccessRecorded: somebody saw this.
type AccessRecorded struct {
	Fact AccessFact `json:"fact"`
}

// AccessConfirmed: somebody saw it again.
type AccessConfirmed struct {
	Access      AccessID    `json:"access"`
	Source      string      `json:"source"`
	Confidence  string      `json:"confidence"`
	State       AccessState `json:"state"` // as it is from now on
	Contradicts []AccessID  `json:"contradicts,omitempty"`
}

// AccessNotified: a service knows of it.
type AccessNotified struct {
	Access  AccessID `json:"access"`
	Service Service  `json:"service"`
}

// AccessMissed: it matches no street of this pack, and so closes none.
type AccessMissed struct {
	Access   AccessID `json:"access"`
	PackHash string   `json:"pack_hash"`
}

// AccessStale: its half-life has passed; what it said is unknown from now on.
type AccessStale struct {
	Access AccessID `json:"access"`
}

// AccessWithdrawn: it was taken back.
type AccessWithdrawn struct {
	Access AccessID `json:"access"`
	Reason string   `json:"reason"`
}

func (RecordAccess) CommandName() string       { return "RecordAccess" }
func (ConfirmAccess) CommandName() string      { return "ConfirmAccess" }
func (NotifyAccess) CommandName() string       { return "NotifyAccess" }
func (ReportAccessMissed) CommandName() string { return "ReportAccessMissed" }
func (WithdrawAccess) CommandName() string     { return "WithdrawAccess" }

func (*AccessRecorded) EventName() string  { return "AccessRecorded" }
func (*AccessConfirmed) EventName() string { return "AccessConfirmed" }
func (*AccessNotified) EventName() string  { return "AccessNotified" }
func (*AccessMissed) EventName() string    { return "AccessMissed" }
func (*AccessStale) EventName() string     { return "AccessStale" }
func (*AccessWithdrawn) EventName() string { return "AccessWithdrawn" }

func (c RecordAccess) decide(s *State, m Meta, out []Event) ([]Event, *Rejection) {
	f := c.Fact
	if len(s.Access) >= MaxAccessFacts {
		return nil, reject(LimitReached, "%d access facts: at most MaxAccessFacts", len(s.Access))
	}
	if no := f.check(s); no != nil {
		return nil, no
	}
	if f.ObservedAt == 0 {
		f.ObservedAt = m.At
	}
	if f.ObservedAt.Since(m.At) > OccurredAtAhead || m.At.Since(f.ObservedAt) > AccessHalfLifeMax {
		return nil, reject(TimeInvalid, "it was seen within the last 30 days").at("observed_at")
	}
	if f.HalfLife < Minute || f.HalfLife > AccessHalfLifeMax {
		return nil, reject(TimeInvalid, "a half-life is between a minute and 30 days").at("half_life_ms")
	}
	if no := s.claimToCite(f.Claim); no != nil {
		return nil, no
	}
	f.ID = AccessID(numbered("x", s.Counters.Access+1))
	f.Stale, f.Confirmations, f.Sightings, f.Told, f.Missed = false, 0, nil, nil, ""
	f.Contradicts = s.contradictedBy(&f, m.At)
	out = append(out, &AccessRecorded{Fact: f})
	return s.alarmAccess(&f, f.Contradicts, s.Untold(&f), out), nil
}

// check looks at what does not depend on the time.
func (f *AccessFact) check(s *State) *Rejection {
	if no := checkSource(f.Source, f.Confidence); no != nil {
		return no
	}
	if no := checkText("note", f.Note, MaxLineBytes, false); no != nil {
		return no
	}
	if no := checkText("pack_hash", f.PackHash, MaxLineBytes, false); no != nil {
		return no
	}
	if no := checkWords("classes", f.Classes); no != nil {
		return no
	}
	shortest, known := map[string]int{"point": 1, "line": 2, "area": 3}[f.Kind]
	if !known || len(f.Geometry) < shortest || len(f.Geometry) > MaxAccessPoints {
		return reject(PlaceInvalid, "a point has 1 position, a line 2 or more, an area 3 or more, at most %d", MaxAccessPoints).at("geometry")
	}
	for _, p := range f.Geometry {
		if !p.Valid() {
			return reject(PlaceInvalid, "a position is not on the planet").at("geometry")
		}
	}
	if no := checkAccessState(f.State); no != nil {
		return no
	}
	if !contains([]string{"both", "forward", "backward"}, f.Direction) {
		return reject(ValueUnknown, "direction %q: both, forward or backward", f.Direction).at("direction")
	}
	if f.Delay < 0 || f.Delay > Day {
		return reject(TimeInvalid, "a delay is between 0 and 24 h").at("delay_ms")
	}
	switch f.Obstacle {
	case ObstacleNone, ObstacleCheckpoint, ObstacleBarricade, ObstacleClosure:
	default:
		return reject(ValueUnknown, "obstacle %q: checkpoint, barricade or closure, or none", f.Obstacle).at("obstacle")
	}
	if len(f.Admits) > 0 && f.Obstacle != ObstacleCheckpoint {
		return reject(ValueUnknown, "only a checkpoint admits some and not others: record it as one").at("admits")
	}
	for n, of := range f.Admits {
		if !contains(s.Config.Services, of) || contains(f.Admits[:n], of) {
			return reject(ValueUnknown, "service %q: each of the agency's once", of).at("admits")
		}
	}
	return nil
}

func checkSource(source, confidence string) *Rejection {
	if no := checkLines("source", source, "confidence", confidence); no != nil {
		return no
	}
	if !contains(Confidences, confidence) {
		return reject(ValueUnknown, "confidence %q: seen, reported or rumoured", confidence).at("confidence")
	}
	return nil
}

func checkAccessState(state AccessState) *Rejection {
	switch state {
	case AccessOpen, AccessDelayed, AccessRestricted, AccessBlocked, AccessIsUnknown:
		return nil
	}
	return reject(ValueUnknown, "state %q: open, delayed, restricted, blocked or unknown", state).at("state")
}

// accessFact finds a fact that was not withdrawn.
func (s *State) accessFact(id AccessID) (*AccessFact, *Rejection) {
	if f := s.Access[id]; f != nil {
		return f, nil
	}
	return nil, reject(AccessUnknown, "access fact %q is not known here", id).at("access")
}

func (c ConfirmAccess) decide(s *State, m Meta, out []Event) ([]Event, *Rejection) {
	f, no := s.accessFact(c.Access)
	if no != nil {
		return nil, no
	}
	if no := checkSource(c.Source, c.Confidence); no != nil {
		return nil, no
	}
	as := *f
	if c.State != "" {
		as.State = c.State
	}
	if no := checkAccessState(as.State); no != nil {
		return nil, no
	}
	if as.State != f.State && c.Confidence != "seen" {
		return nil, reject(ValueUnknown, "only who has seen it changes what %s says: record a fact of its own, and both are kept", f.ID).at("confidence")
	}
	as.ObservedAt, as.Stale = m.At, false
	confirmed := &AccessConfirmed{Access: f.ID, Source: c.Source, Confidence: c.Confidence, State: as.State, Contradicts: s.contradictedBy(&as, m.At)}
	before, untold := s.Conflicts(f), s.Untold(f)
	fresh := slices.DeleteFunc(slices.Clone(confirmed.Contradicts), func(id AccessID) bool { return contains(before, id) })
	tell := slices.DeleteFunc(s.Untold(&as), func(of Service) bool { return contains(untold, of) })
	return s.alarmAccess(&as, fresh, tell, append(out, confirmed)), nil
}

func (c NotifyAccess) decide(s *State, _ Meta, out []Event) ([]Event, *Rejection) {
	f, no := s.accessFact(c.Access)
	if no != nil {
		return nil, no
	}
	if !contains(s.Config.Services, c.Service) {
		return nil, reject(ValueUnknown, "service %q is not the agency's", c.Service).at("service")
	}
	if !contains(s.Untold(f), c.Service) {
		return nil, reject(NothingToTell, "%s has been told of %s, or there is nothing to tell", c.Service, f.ID).at("service")
	}
	return append(out, &AccessNotified{Access: f.ID, Service: c.Service}), nil
}

func (c ReportAccessMissed) decide(s *State, _ Meta, out []Event) ([]Event, *Rejection) {
	f, no := s.accessFact(c.Access)
	if no != nil {
		return nil, no
	}
	if no := checkLine("pack_hash", c.PackHash); no != nil {
		return nil, no
	}
	if f.Missed == c.PackHash {
		return out, nil
	}
	return append(out, &AccessMissed{Access: f.ID, PackHash: c.PackHash},
		&AlarmRaised{ID: s.nextAlarm(0), Cause: CauseMissed, Level: LevelWarning, Desk: s.deskFor(s.Config.DefaultService), About: "access:" + string(f.ID),
			Text: "way " + string(f.ID) + " matches no street and closes none: draw it anew, or withdraw it"}), nil
}

func (c WithdrawAccess) decide(s *State, _ Meta, out []Event) ([]Event, *Rejection) {
	if _, no := s.accessFact(c.Access); no != nil {
		return nil, no
	}
	if no := checkLine("reason", c.Reason); no != nil {
		return nil, no
	}
	return append(out, &AccessWithdrawn{Access: c.Access, Reason: c.Reason}), nil
}

// alarmAccess asks for what a fact that was just said leaves to do.
func (s *State) alarmAccess(f *AccessFact, contradicts []AccessID, untold []Service, out []Event) []Event {
	nth := uint64(0)
	if len(contradicts) > 0 {
		out = append(out, &AlarmRaised{ID: s.nextAlarm(nth), Cause: CauseConflict, Level: LevelNotice, Desk: s.deskFor(s.Config.DefaultService), About: "access:" + string(f.ID),
			Text: "way " + string(f.ID) + " is said to be " + string(f.State) + ", " + listOf(contradicts) + " otherwise: ask who is there, and withdraw what is wrong"})
		nth++
	}
	for _, of := range untold {
		out = append(out, &AlarmRaised{ID: s.nextAlarm(nth), Cause: CauseUnannounced, Level: LevelWarning, Desk: s.deskFor(of), About: "access:" + string(f.ID) + "/" + string(of),
			Text: string(f.Obstacle) + " " + string(f.ID) + " was not announced to " + string(of) + ": tell them, and say so here"})
		nth++
	}
	return out
}

func (e *AccessRecorded) evolve(s *State, st Stamped) {
	s.Counters.Access++
	f := e.Fact
	f.By = st.By
	s.Access[f.ID] = &f
	s.claimBecame(f.Claim, "access:"+string(f.ID))
	s.due.set(dueRef{dueAccess, string(f.ID)}, f.nextDue())
	s.touched.access(f.ID)
	s.touchAccess(f.Contradicts)
}

func (e *AccessConfirmed) evolve(s *State, st Stamped) {
	f := s.Access[e.Access]
	s.touchAccess(s.Conflicts(f))
	seen := append(slices.Clone(f.Sightings), Sighting{At: f.ObservedAt, By: f.By, Source: f.Source, Confidence: f.Confidence, State: f.State})
	f.Sightings = seen[max(0, len(seen)-MaxSightings):]
	f.Confirmations++
	f.State, f.Source, f.Confidence, f.ObservedAt, f.Stale, f.By = e.State, e.Source, e.Confidence, st.At, false, st.By
	for _, other := range s.Access { // each for itself: the order cannot show
		if contains(other.Contradicts, f.ID) {
			other.Contradicts = without(other.Contradicts, f.ID)
		}
	}
	f.Contradicts = e.Contradicts
	s.due.set(dueRef{dueAccess, string(f.ID)}, f.nextDue())
	s.touched.access(f.ID)
	s.touchAccess(f.Contradicts)
	s.settleConflicts()
	if f.State == AccessOpen {
		s.dropAlarmsOf(func(a *Alarm) bool { return a.Cause == CauseUnannounced && accessOf(a) == f.ID })
	}
}

func (e *AccessNotified) evolve(s *State, st Stamped) {
	f := s.Access[e.Access]
	f.Told = append(slices.Clip(f.Told), Told{Service: e.Service, By: st.By, At: st.At})
	s.dropAlarmsAbout(CauseUnannounced, "access:"+string(f.ID)+"/"+string(e.Service))
	s.touched.access(f.ID)
}

func (e *AccessMissed) evolve(s *State, _ Stamped) {
	s.Access[e.Access].Missed = e.PackHash
	s.touched.access(e.Access)
}

func (e *AccessStale) evolve(s *State, _ Stamped) {
	f := s.Access[e.Access]
	s.touchAccess(s.Conflicts(f))
	f.Stale = true
	s.due.set(dueRef{dueAccess, string(f.ID)}, 0)
	s.settleConflicts()
	s.touched.access(f.ID)
}

func (e *AccessWithdrawn) evolve(s *State, _ Stamped) {
	s.touchAccess(s.Conflicts(s.Access[e.Access]))
	delete(s.Access, e.Access)
	s.due.set(dueRef{dueAccess, string(e.Access)}, 0)
	s.dropAlarmsOf(func(a *Alarm) bool { return accessOf(a) == e.Access })
	s.settleConflicts()
	s.touched.access(e.Access)
}
