package dispatch

import "strconv"

// TargetState is a target of the notifier that cannot be reached.
type TargetState struct {
	Since Instant `json:"since"`
	Dead  int     `json:"dead,omitempty"` // messages that were given up
	Words string  `json:"words"`          // what is wrong, never from a message
}

// ReportTarget says whether the notifier reaches one of its targets. Only the notifier
// says so.
type ReportTarget struct {
	Target  string
	Failing bool
	Dead    int
	Words   string
}

// TargetFailed: what is sent there does not arrive.
type TargetFailed struct {
	Target string `json:"target"`
	Dead   int    `json:"dead,omitempty"`
	Words  string `json:"words"`
}

// TargetRecovered: it does again, and nothing that was given up is left.
type TargetRecovered struct {
	Target string `json:"target"`
}

func (ReportTarget) CommandName() string   { return "ReportTarget" }
func (*TargetFailed) EventName() string    { return "TargetFailed" }
func (*TargetRecovered) EventName() string { return "TargetRecovered" }

func (c ReportTarget) decide(s *State, _ Meta, out []Event) ([]Event, *Rejection) {
	if no := checkLine("target", c.Target); no != nil {
		return nil, no
	}
	was := s.Targets[c.Target]
	if !c.Failing {
		if was == nil {
			return nil, reject(NothingToTell, "%s is reached, as before", c.Target).at("target")
		}
		return append(out, &TargetRecovered{Target: c.Target}), nil
	}
	if no := checkLine("words", c.Words); no != nil {
		return nil, no
	}
	if was != nil && was.Dead == c.Dead && was.Words == c.Words {
		return nil, reject(NothingToTell, "%s fails, as before", c.Target).at("target")
	}
	if was == nil && len(s.Targets) >= MaxTargets {
		return nil, reject(LimitReached, "%d targets fail: at most MaxTargets", len(s.Targets)).at("target")
	}
	text := "messages to " + c.Target + " do not arrive: " + c.Words + "; tell them by radio or telephone"
	if c.Dead > 0 {
		text += "; " + strconv.Itoa(c.Dead) + " were given up"
	}
	return append(out, &TargetFailed{Target: c.Target, Dead: c.Dead, Words: c.Words},
		&AlarmRaised{ID: s.nextAlarm(0), Cause: CauseNotify, Level: LevelWarning, Desk: s.supervisorOf(s.deskFor(s.Config.DefaultService)), About: "target:" + c.Target, Text: text}), nil
}

func (e *TargetFailed) evolve(s *State, st Stamped) {
	t := s.Targets[e.Target]
	if t == nil {
		t = &TargetState{Since: st.At}
		s.Targets[e.Target] = t
	}
	t.Dead, t.Words = e.Dead, e.Words
}

func (e *TargetRecovered) evolve(s *State, _ Stamped) {
	delete(s.Targets, e.Target)
	s.dropAlarmsAbout(CauseNotify, "target:"+e.Target)
}
