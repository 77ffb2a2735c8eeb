package dispatch

import (
	"strconv"

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

// AccessFact is what somebody saw of a way, and when. Two facts that contradict
// each other are both kept.
type AccessFact struct {
	ID         AccessID    `json:"id"`
	Kind       string      `json:"kind"` // "point", "line", "area"
	Geometry   []geo.Point `json:"geometry"`
	Direction  string      `json:"direction"`         // "both", "forward", "backward" along the geometry
	Classes    []string    `json:"classes,omitempty"` // vehicle classes; empty: all
	State      AccessState `json:"state"`
	Delay      Millis      `json:"delay,omitempty"`
	Source     string      `json:"source"`
	Confidence string      `json:"confidence"` // one of Confidences
	ObservedAt Instant     `json:"observed_at"`
	HalfLife   Millis      `json:"half_life"`
	Note       string      `json:"note,omitempty"`
	PackHash   string      `json:"pack_hash,omitempty"`
}

// Current is the state as it may be relied on now: after one half-life it is
// unknown.
func (f *AccessFact) Current(now Instant) AccessState {
	if now.Since(f.ObservedAt) > f.HalfLife {
		return AccessIsUnknown
	}
	return f.State
}

// RecordAccess records what somebody saw of a way.
type RecordAccess struct {
	Fact AccessFact // ID is given by the rules
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

// AccessWithdrawn: it was taken back.
type AccessWithdrawn struct {
	Access AccessID `json:"access"`
	Reason string   `json:"reason"`
}

func (RecordAccess) CommandName() string   { return "RecordAccess" }
func (WithdrawAccess) CommandName() string { return "WithdrawAccess" }

func (*AccessRecorded) EventName() string  { return "AccessRecorded" }
func (*AccessWithdrawn) EventName() string { return "AccessWithdrawn" }

func (c RecordAccess) decide(s *State, m Meta, out []Event) ([]Event, *Rejection) {
	f := c.Fact
	if len(s.Access) >= MaxAccessFacts {
		return nil, reject(LimitReached, "%d access facts: at most MaxAccessFacts", len(s.Access))
	}
	if no := checkLines("source", f.Source, "confidence", f.Confidence); no != nil {
		return nil, no
	}
	if !contains(Confidences, f.Confidence) {
		return nil, reject(ValueUnknown, "confidence %q: seen, reported or rumoured", f.Confidence).at("confidence")
	}
	if no := checkText("note", f.Note, MaxLineBytes, false); no != nil {
		return nil, no
	}
	if no := checkText("pack_hash", f.PackHash, MaxLineBytes, false); no != nil {
		return nil, no
	}
	if no := checkWords("classes", f.Classes); no != nil {
		return nil, no
	}
	shortest, known := map[string]int{"point": 1, "line": 2, "area": 3}[f.Kind]
	if !known || len(f.Geometry) < shortest || len(f.Geometry) > MaxZonePoints {
		return nil, reject(PlaceInvalid, "a point has 1 position, a line 2 or more, an area 3 or more").at("geometry")
	}
	for _, p := range f.Geometry {
		if !p.Valid() {
			return nil, reject(PlaceInvalid, "a position is not on the planet").at("geometry")
		}
	}
	switch f.State {
	case AccessOpen, AccessDelayed, AccessRestricted, AccessBlocked, AccessIsUnknown:
	default:
		return nil, reject(ValueUnknown, "state %q: open, delayed, restricted, blocked or unknown", f.State).at("state")
	}
	if !contains([]string{"both", "forward", "backward"}, f.Direction) {
		return nil, reject(ValueUnknown, "direction %q: both, forward or backward", f.Direction).at("direction")
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
	f.ID = AccessID("x" + strconv.FormatUint(s.Counters.Access+1, 10))
	return append(out, &AccessRecorded{Fact: f}), nil
}

func (c WithdrawAccess) decide(s *State, _ Meta, out []Event) ([]Event, *Rejection) {
	if s.Access[c.Access] == nil {
		return nil, reject(AccessUnknown, "access fact %q is not known here", c.Access).at("access")
	}
	if no := checkLine("reason", c.Reason); no != nil {
		return nil, no
	}
	return append(out, &AccessWithdrawn{Access: c.Access, Reason: c.Reason}), nil
}

func (e *AccessRecorded) evolve(s *State, _ Stamped) {
	s.Counters.Access++
	f := e.Fact
	s.Access[f.ID] = &f
	s.touched.access(f.ID)
}

func (e *AccessWithdrawn) evolve(s *State, _ Stamped) {
	delete(s.Access, e.Access)
	s.touched.access(e.Access)
}
