package dispatch

import (
	"slices"
	"strings"
)

// Cause groups alarms: one line a cause, with a count and the oldest.
type Cause string

// The causes of an alarm.
const (
	CauseOverdue    Cause = "overdue"        // a contact's due time passed
	CausePromise    Cause = "promise_broken" // a caller was told otherwise
	CauseReview     Cause = "posture_review" // nobody reviewed a posture in time
	CauseEnded      Cause = "posture_ended"  // a posture ended at its limit
	CauseStaged     Cause = "staged"         // a life-safety call cannot be reached
	CauseRepeat     Cause = "repeat_caller"  // the same number for the third time
	CauseStation    Cause = "station_lost"   // units without a home
	CauseZone       Cause = "zone_ended"     // a zone's time has passed
	CauseEntry      Cause = "entry"          // a call lies where nobody knows a way in
	CauseClearance  Cause = "clearance"      // somebody waits for a word, or the word is out
	CauseGrantEnded Cause = "grant_ended"    // an agreement or a clearance is over
	CausePlan       Cause = "plan"           // a step or a review is past its time
	CauseClock      Cause = "clock_jumped"   // the clock cannot be trusted

	CauseProposed Cause = "posture_proposed"    // a trigger proposes a posture
	CauseBulletin Cause = "bulletin_questioned" // a claim that a bulletin rests on is not what it was
	CauseBulk     Cause = "bulk_clearing"       // calls cleared together want a second person

	CauseHazard       Cause = "hazard"             // nobody has read a hazard at a call, or told the unit that goes there
	CauseHazardReview Cause = "hazard_review"      // nobody said in time whether a hazard is still there
	CauseConflict     Cause = "access_conflict"    // facts about a way contradict each other
	CauseUnannounced  Cause = "access_unannounced" // a service was not told of a checkpoint or barricade
	CauseMissed       Cause = "access_missed"      // a fact about a way matches no street

	CauseLevel  Cause = "alarm_level"        // an incident needs more than it has
	CauseShare  Cause = "service_unanswered" // nobody of a service was sent to an incident that it shares
	CauseAid    Cause = "mutual_aid"         // another agency has not answered, sent, or brought back
	CauseNotify Cause = "notifier"           // a target cannot be reached

	CauseMajor    Cause = "major_incident" // nobody reviewed a major incident in time
	CauseBolo     Cause = "bolo"           // one is past its review, in question, or has expired
	CauseTow      Cause = "tow"            // a provider has not answered, or has not come
	CauseHandover Cause = "handover"       // a desk was offered and nobody has taken it
)

// Level is who must hear an alarm: only life-safety reaches everybody.
type Level string

// The levels.
const (
	LevelLifeSafety Level = "life_safety"
	LevelWarning    Level = "warning"
	LevelNotice     Level = "notice"
)

// Alarm asks a desk to do something. Without anything to do it is no alarm.
type Alarm struct {
	ID       AlarmID    `json:"id"`
	Cause    Cause      `json:"cause"`
	Level    Level      `json:"level"`
	Desk     DeskID     `json:"desk"`
	Text     string     `json:"text"`
	RaisedAt Instant    `json:"raised_at"`
	Contact  ContactID  `json:"contact,omitempty"`
	Incident IncidentID `json:"incident,omitempty"`
	Posture  PostureID  `json:"posture,omitempty"`
	Station  StationID  `json:"station,omitempty"`
	Promise  PromiseID  `json:"promise,omitempty"`
	Preset   string     `json:"preset,omitempty"`
	Bulk     BulkID     `json:"bulk,omitempty"`
	About    string     `json:"about,omitempty"` // of anything else, as "kind:id": "zone:z1"
	Times    int        `json:"times"`           // raised that often for the same thing
	AckedBy  string     `json:"acked_by,omitempty"`
	AckedAt  Instant    `json:"acked_at,omitempty"`
}

// AckAlarm says: I have seen it and I am doing something.
type AckAlarm struct {
	Alarm AlarmID
}

// AlarmRaised: a desk has something to do. NextDue moves the contact's due time
// on, so that an alarm that helps nothing is raised again.
type AlarmRaised struct {
	ID       AlarmID    `json:"id"`
	Cause    Cause      `json:"cause"`
	Level    Level      `json:"level"`
	Desk     DeskID     `json:"desk"`
	Text     string     `json:"text"` // never from a sealed field
	Contact  ContactID  `json:"contact,omitempty"`
	Incident IncidentID `json:"incident,omitempty"`
	Posture  PostureID  `json:"posture,omitempty"`
	Station  StationID  `json:"station,omitempty"`
	Promise  PromiseID  `json:"promise,omitempty"`
	Preset   string     `json:"preset,omitempty"`
	Bulk     BulkID     `json:"bulk,omitempty"`
	About    string     `json:"about,omitempty"`
	NextDue  Instant    `json:"next_due,omitempty"`
}

// AlarmAcked: somebody is on it.
type AlarmAcked struct {
	Alarm AlarmID `json:"alarm"`
}

func (AckAlarm) CommandName() string   { return "AckAlarm" }
func (*AlarmRaised) EventName() string { return "AlarmRaised" }
func (*AlarmAcked) EventName() string  { return "AlarmAcked" }

// nextAlarm makes the id of the nth further alarm raised in one command.
func (s *State) nextAlarm(nth uint64) AlarmID {
	return AlarmID(numbered("a", s.Counters.Alarm+1+nth))
}

func (c AckAlarm) decide(s *State, _ Meta, out []Event) ([]Event, *Rejection) {
	a := s.Alarms[c.Alarm]
	if a == nil {
		return nil, reject(AlarmUnknown, "alarm %q is not known here: what it asked for may be done", c.Alarm).at("alarm")
	}
	if a.AckedBy != "" {
		return nil, reject(AlarmAcknowledged, "%s is on it", a.AckedBy).at("alarm")
	}
	return append(out, &AlarmAcked{Alarm: c.Alarm}), nil
}

func (e *AlarmRaised) evolve(s *State, st Stamped) {
	s.Counters.Alarm++
	c := s.Contacts[e.Contact]
	if e.NextDue != 0 {
		c.Outcome.Due = e.NextDue
		s.due.set(dueRef{dueContact, string(c.ID)}, e.NextDue)
		if i := s.Incidents[c.Incident]; i != nil && len(i.Contacts) > 1 {
			s.follow(i, c.Outcome)
		}
		s.touched.contact(c.ID)
	}
	if c != nil && e.Cause == CauseOverdue {
		if a := s.Alarms[c.alarm]; a != nil { // again for the same thing: one alarm, counted, and nobody is on it
			a.Times++
			a.Desk, a.Level, a.AckedBy, a.AckedAt = e.Desk, e.Level, "", 0
			s.touched.alarm(a.ID)
			return
		}
		c.alarm = e.ID
	}
	if a := s.repeatAlarm(e); a != nil { // one line an incident, counted, with the oldest time
		a.Times++
		a.Contact, a.Text, a.Desk, a.Level, a.AckedBy, a.AckedAt = e.Contact, e.Text, e.Desk, e.Level, "", 0
		s.touched.alarm(a.ID)
		return
	}
	if e.Cause == CauseStaged {
		s.dropAlarmsOf(func(a *Alarm) bool { return a.Cause == CauseStaged && a.Contact == e.Contact })
	}
	a := &Alarm{ID: e.ID, Cause: e.Cause, Level: e.Level, Desk: e.Desk, Text: e.Text, RaisedAt: st.At, Contact: e.Contact,
		Incident: e.Incident, Posture: e.Posture, Station: e.Station, Promise: e.Promise, Preset: e.Preset, Bulk: e.Bulk, About: e.About, Times: 1}
	s.Alarms[e.ID] = a
	s.indexAlarm(a)
	s.touched.alarm(e.ID)
}

func (e *AlarmAcked) evolve(s *State, st Stamped) {
	a := s.Alarms[e.Alarm]
	if !a.stands() {
		s.dropAlarm(e.Alarm)
		return
	}
	a.AckedBy, a.AckedAt = st.By, st.At
	s.touched.alarm(e.Alarm)
}

// stands reports whether it stays until what it asks for is done; else it is enough
// that somebody has seen it.
func (a *Alarm) stands() bool {
	switch a.Cause {
	case CauseOverdue, CauseStaged, CauseReview, CauseStation, CauseClock, CauseBulk:
		return true
	case CauseEntry: // until a gate is named
		return strings.HasPrefix(a.About, "zone:")
	case CauseClearance: // until it is given
		return strings.HasPrefix(a.About, "clearance:")
	case CauseGrantEnded:
		return false
	}
	return a.About != ""
}

// repeatAlarm is the alarm that stands already for the same reason: callers who ring
// again about the same incident, or the same thing that an alarm is about.
func (s *State) repeatAlarm(e *AlarmRaised) *Alarm {
	if e.About != "" {
		for _, a := range s.Alarms { // at most one: the order cannot show
			if a.Cause == e.Cause && a.About == e.About {
				return a
			}
		}
		return nil
	}
	if e.Cause != CauseRepeat {
		return nil
	}
	for _, id := range s.alarmsOf[e.Incident] {
		if a := s.Alarms[id]; a.Cause == CauseRepeat {
			return a
		}
	}
	return nil
}

func (s *State) indexAlarm(a *Alarm) {
	if a.Incident != "" {
		s.alarmsOf[a.Incident] = append(s.alarmsOf[a.Incident], a.ID)
	}
}

func (s *State) dropAlarm(id AlarmID) {
	a := s.Alarms[id]
	if a == nil {
		return
	}
	delete(s.Alarms, id)
	if a.Incident != "" {
		if rest := without(s.alarmsOf[a.Incident], id); len(rest) > 0 {
			s.alarmsOf[a.Incident] = rest
		} else {
			delete(s.alarmsOf, a.Incident)
		}
	}
	s.touched.alarm(id)
}

// dropAlarmsAbout takes away the alarms of one cause about one thing.
func (s *State) dropAlarmsAbout(cause Cause, about string) {
	s.dropAlarmsOf(func(a *Alarm) bool { return a.Cause == cause && a.About == about })
}

// dropAlarmsOf takes away the alarms whose reason is gone.
func (s *State) dropAlarmsOf(gone func(*Alarm) bool) {
	var ids []AlarmID
	for id, a := range s.Alarms { // sorted below
		if gone(a) {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	for _, id := range ids {
		s.dropAlarm(id)
	}
}
