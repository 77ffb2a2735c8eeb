package dispatch

import "strconv"

// LevelChange is one entry of an incident's alarm levels.
type LevelChange struct {
	Level   int       `json:"level"`
	At      Instant   `json:"at"`
	By      string    `json:"by"`
	Card    string    `json:"card"` // the run card that it was raised by
	Reason  string    `json:"reason,omitempty"`
	Contact ContactID `json:"contact,omitempty"` // whose key seals the reason
}

// RaiseAlarm calls for the next levels of an incident's run card.
type RaiseAlarm struct {
	Incident IncidentID
	Level    int // 0: the next one
	Reason   string
}

// LowerAlarm takes a level back; who was sent stays until somebody takes them off.
type LowerAlarm struct {
	Incident IncidentID
	Level    int // 0: the one below
	Reason   string
}

// AlarmLevelChanged: the incident is at another alarm level.
type AlarmLevelChanged struct {
	Incident IncidentID `json:"incident"`
	Contact  ContactID  `json:"contact"`
	Level    int        `json:"level"`
	Card     string     `json:"card"`
	Private  Private    `json:"-"` // Text: the reason
}

func (RaiseAlarm) CommandName() string        { return "RaiseAlarm" }
func (LowerAlarm) CommandName() string        { return "LowerAlarm" }
func (*AlarmLevelChanged) EventName() string  { return "AlarmLevelChanged" }
func (e *AlarmLevelChanged) Subject() string  { return string(e.Contact) }
func (e *AlarmLevelChanged) Secret() *Private { return &e.Private }

// Level is the incident's alarm level; the first unless somebody said otherwise.
func (i *Incident) Level() int {
	if n := len(i.Levels); n > 0 {
		return i.Levels[n-1].Level
	}
	return 1
}

func (c RaiseAlarm) decide(s *State, m Meta, out []Event) ([]Event, *Rejection) {
	i, card, no := s.leveled(c.Incident, c.Reason)
	if no != nil {
		return nil, no
	}
	level := c.Level
	if level == 0 {
		level = i.Level() + 1
	}
	if level <= i.Level() || level > len(card.Levels) {
		return nil, reject(AlarmLevelWrong, "incident %d is at alarm level %d, and run card %s has %d: name a higher one that it has", i.Number, i.Level(), card.ID, len(card.Levels)).at("level")
	}
	out = append(out, &AlarmLevelChanged{Incident: i.ID, Contact: s.lead(i), Level: level, Card: card.ID, Private: said(c.Reason)})
	raised := i.at(LevelChange{Level: level, At: m.At})
	return append(out, &AlarmRaised{ID: s.nextAlarm(0), Cause: CauseLevel, Level: LevelWarning, Desk: s.deskFor(i.Service), Incident: i.ID,
		Text: "call " + strconv.FormatUint(i.Number, 10) + " asks for more: " + s.ResponseTo(raised).Words()}), nil
}

func (c LowerAlarm) decide(s *State, _ Meta, out []Event) ([]Event, *Rejection) {
	i, card, no := s.leveled(c.Incident, c.Reason)
	if no != nil {
		return nil, no
	}
	level := c.Level
	if level == 0 {
		level = i.Level() - 1
	}
	if level >= i.Level() || level < 1 {
		return nil, reject(AlarmLevelWrong, "incident %d is at alarm level %d: name a lower one, at least 1", i.Number, i.Level()).at("level")
	}
	return append(out, &AlarmLevelChanged{Incident: i.ID, Contact: s.lead(i), Level: level, Card: card.ID, Private: said(c.Reason)}), nil
}

// leveled finds an open incident and the run card whose levels it has.
func (s *State) leveled(id IncidentID, reason string) (*Incident, *RunCard, *Rejection) {
	i, no := s.openIncident(id)
	if no != nil {
		return nil, nil, no
	}
	card := s.CardFor(i).Card
	if card == nil {
		return nil, nil, reject(RunCardMissing, "no run card is for incident %d: say what it is, or send units one by one", i.Number).at("incident")
	}
	if no := checkLine("reason", reason); no != nil {
		return nil, nil, no
	}
	if len(i.Levels) >= MaxLevelChanges {
		return nil, nil, reject(LimitReached, "incident %d has changed its alarm level %d times: at most MaxLevelChanges", i.Number, len(i.Levels)).at("level")
	}
	return i, card, nil
}

// at is the incident as it will be at a level.
func (i *Incident) at(l LevelChange) *Incident {
	raised := *i
	raised.Levels = append(append([]LevelChange(nil), i.Levels...), l)
	return &raised
}

func (e *AlarmLevelChanged) evolve(s *State, st Stamped) {
	i := s.Incidents[e.Incident]
	if e.Level < i.Level() {
		s.dropLevelAlarms(i)
	}
	i.Levels = append(i.Levels, LevelChange{Level: e.Level, At: st.At, By: st.By, Card: e.Card, Reason: e.Private.Text, Contact: e.Contact})
	s.touched.incident(e.Incident)
}

// dropLevelAlarms takes back what asks for more units.
func (s *State) dropLevelAlarms(i *Incident) {
	for _, id := range append([]AlarmID(nil), s.alarmsOf[i.ID]...) {
		if s.Alarms[id].Cause == CauseLevel {
			s.dropAlarm(id)
		}
	}
}
