package dispatch

import (
	"slices"
	"strconv"
	"strings"

	"github.com/everycall/everycall/triage"
)

// Preset is a posture that waits to be declared: everything but when, by whose
// authority and, unless it has one, why.
type Preset struct {
	ID      string        `json:"id"`
	Title   string        `json:"title"`
	Service Service       `json:"service"`
	Area    Area          `json:"area"`
	Rules   []PostureRule `json:"rules,omitempty"`
	Reserve []Reserve     `json:"reserve,omitempty"`
	Review  Millis        `json:"review"` // from its declaration
	Until   Millis        `json:"until"`
	Script  string        `json:"script"`
	Reason  string        `json:"reason,omitempty"` // the usual one
}

// TriggerKind is what a trigger looks at.
type TriggerKind string

// What triggers look at: the free units of the preset's service, and the calls of
// it that wait for somebody.
const (
	TriggerFree    TriggerKind = "free_at_most"
	TriggerPending TriggerKind = "pending_at_least"
)

// Trigger proposes a preset when its condition has held for so long, or declares it
// where an authority has said so beforehand.
type Trigger struct {
	ID        string      `json:"id"`
	Preset    string      `json:"preset"`
	When      TriggerKind `json:"when"`
	N         int         `json:"n"`
	For       Millis      `json:"for"`
	Declare   bool        `json:"declare,omitempty"`
	Authority string      `json:"authority,omitempty"` // who has said so; needed where Declare is
}

// TriggerState is a trigger whose condition holds.
type TriggerState struct {
	Since Instant `json:"since"`
	Fired bool    `json:"fired,omitempty"`
}

// DeclarePreset declares a preset in one gesture.
type DeclarePreset struct {
	Preset     string
	Authority  string
	Reason     string // empty: the preset's own
	NoneStated string
	Replaces   PostureID
}

// TriggerMet: a trigger's condition holds.
type TriggerMet struct {
	Trigger string `json:"trigger"`
}

// TriggerCleared: it holds no longer.
type TriggerCleared struct {
	Trigger string `json:"trigger"`
}

// TriggerFired: it has held for so long; the preset was proposed or declared.
type TriggerFired struct {
	Trigger string `json:"trigger"`
	Preset  string `json:"preset"`
}

func (DeclarePreset) CommandName() string { return "DeclarePreset" }
func (*TriggerMet) EventName() string     { return "TriggerMet" }
func (*TriggerCleared) EventName() string { return "TriggerCleared" }
func (*TriggerFired) EventName() string   { return "TriggerFired" }

// Preset returns a preset by its id.
func (s *State) Preset(id string) (Preset, bool) {
	for _, p := range s.Config.Presets {
		if p.ID == id {
			return p, true
		}
	}
	return Preset{}, false
}

func (c DeclarePreset) decide(s *State, m Meta, out []Event) ([]Event, *Rejection) {
	p, known := s.Preset(c.Preset)
	if !known {
		return nil, reject(PostureUnknown, "preset %q is not in the agency's list", c.Preset).at("preset")
	}
	return c.of(p, m).decide(s, m, out)
}

func (c DeclarePreset) of(p Preset, m Meta) DeclarePosture {
	d := DeclarePosture{Service: p.Service, Area: p.Area, Title: p.Title, Rules: p.Rules, Reserve: append([]Reserve(nil), p.Reserve...), ReviewBy: m.At.Add(p.Review), Until: m.At.Add(p.Until),
		Authority: c.Authority, Reason: c.Reason, NoneStated: c.NoneStated, Script: p.Script, Replaces: c.Replaces, preset: p.ID}
	if strings.TrimSpace(d.Reason) == "" && strings.TrimSpace(d.NoneStated) == "" {
		d.Reason = p.Reason
	}
	return d
}

// checkPresets checks a configuration's presets and triggers against it.
func checkPresets(g Config) *Rejection {
	if len(g.Presets) > MaxPresets || len(g.Triggers) > MaxTriggers {
		return reject(ConfigInvalid, "at most %d presets and %d triggers", MaxPresets, MaxTriggers).at("presets")
	}
	// They are checked as they would be declared, by a state with these data.
	s := NewState()
	s.Config = g
	s.types, _ = triage.NewTable(g.Types) // checked before
	known := map[string]bool{}
	for _, p := range g.Presets {
		if checkLine("presets", p.ID) != nil || known[p.ID] {
			return reject(ConfigInvalid, "preset %q: an id of its own", p.ID).at("presets")
		}
		known[p.ID] = true
		if p.Area.Kind == AreaZone {
			return reject(ConfigInvalid, "preset %s: a zone is named when it is there", p.ID).at("presets")
		}
		d := DeclarePreset{Authority: "any", NoneStated: "any"}.of(p, Meta{At: 1})
		if no := d.checkFields(s, Meta{At: 1}); no != nil {
			return reject(ConfigInvalid, "preset %s: %s", p.ID, no.Text).at("presets")
		}
	}
	seen := map[string]bool{}
	for _, t := range g.Triggers {
		switch {
		case checkLine("triggers", t.ID) != nil || seen[t.ID]:
			return reject(ConfigInvalid, "trigger %q: an id of its own", t.ID).at("triggers")
		case !known[t.Preset]:
			return reject(ConfigInvalid, "trigger %s: preset %q is not listed", t.ID, t.Preset).at("triggers")
		case t.When != TriggerFree && t.When != TriggerPending:
			return reject(ConfigInvalid, "trigger %s: free_at_most or pending_at_least", t.ID).at("triggers")
		case t.N < 0 || t.For < 0 || t.For > TriggerForMax:
			return reject(ConfigInvalid, "trigger %s: a number, and at most an hour", t.ID).at("triggers")
		case t.Declare && checkLine("authority", t.Authority) != nil || len(t.Authority) > MaxLineBytes:
			return reject(ConfigInvalid, "trigger %s: who has said that it declares by itself?", t.ID).at("triggers")
		}
		seen[t.ID] = true
	}
	return nil
}

// holds answers whether a trigger's condition holds, with the figure that it saw.
func (s *State) holds(t Trigger, of Service) (bool, int) {
	if t.When == TriggerFree {
		n := s.free[of]
		return n <= t.N, n
	}
	n := s.Pending(of)
	return n >= t.N, n
}

// Pending counts the calls of a service that wait for somebody to be sent.
func (s *State) Pending(of Service) int { return s.pending[of] }

// triggersDue looks at every trigger. A preset that is in force is not proposed.
func (s *State) triggersDue(m Meta, alarms uint64, out []Event) []Event {
	for _, t := range s.Config.Triggers {
		preset, known := s.Preset(t.Preset)
		if !known {
			continue
		}
		held, n := s.holds(t, preset.Service)
		state := s.Triggers[t.ID]
		switch {
		case !held && state != nil:
			out = append(out, &TriggerCleared{Trigger: t.ID})
		case held && state == nil:
			out = append(out, &TriggerMet{Trigger: t.ID})
		}
		if !held || (state == nil && t.For > 0) || (state != nil && (state.Fired || m.At.Since(state.Since) < t.For)) || s.presetInForce(t.Preset) || declares(out, t) {
			continue
		}
		before := len(out)
		out = s.fire(t, preset, n, m, alarms, out)
		for _, e := range out[before:] {
			if _, is := e.(*AlarmRaised); is {
				alarms++
			}
		}
	}
	return out
}

func (s *State) presetInForce(preset string) bool {
	for _, all := range s.inForce { // any: the order cannot show
		if slices.ContainsFunc(all, func(p *Posture) bool { return p.Preset == preset }) {
			return true
		}
	}
	return false
}

// fire declares a trigger's preset, or proposes it. One that declares but may not,
// since another posture says otherwise, proposes and says why.
func (s *State) fire(t Trigger, p Preset, n int, m Meta, alarms uint64, out []Event) []Event {
	saw := strconv.Itoa(n) + " free"
	if t.When == TriggerPending {
		saw = strconv.Itoa(n) + " waiting"
	}
	out = append(out, &TriggerFired{Trigger: t.ID, Preset: p.ID})
	text := "trigger " + t.ID + " (" + saw + ") proposes " + p.Title
	if t.Declare {
		declared := DeclarePreset{Preset: p.ID, Authority: t.Authority, Reason: p.Reason}.of(p, m)
		if strings.TrimSpace(declared.Reason) == "" {
			declared.Reason = "trigger " + t.ID + ": " + saw
		}
		events, no := declared.decide(s, m, nil)
		if no == nil {
			return append(out, events...)
		}
		text += "; it could not be declared: " + no.Text
	}
	return append(out, &AlarmRaised{ID: s.nextAlarm(alarms), Cause: CauseProposed, Level: LevelWarning, Desk: s.supervisorOf(s.deskFor(p.Service)), Preset: p.ID, Text: text})
}

// declares reports whether a trigger has to wait for the next Tick: only one posture
// is declared in a Tick, and what is declared already is not proposed.
func declares(events []Event, t Trigger) bool {
	for _, e := range events {
		if d, is := e.(*PostureDeclared); is && (t.Declare || d.Posture.Preset == t.Preset) {
			return true
		}
	}
	return false
}

func (e *TriggerMet) evolve(s *State, st Stamped) {
	s.Triggers[e.Trigger] = &TriggerState{Since: st.At}
}

func (e *TriggerCleared) evolve(s *State, _ Stamped) {
	delete(s.Triggers, e.Trigger)
	for _, t := range s.Config.Triggers {
		if t.ID == e.Trigger {
			s.withdraw(t.Preset)
		}
	}
}

// withdraw takes a preset's proposal back when no trigger that has fired stands for it.
func (s *State) withdraw(preset string) {
	for _, t := range s.Config.Triggers {
		if state := s.Triggers[t.ID]; t.Preset == preset && state != nil && state.Fired {
			return
		}
	}
	s.dropAlarmsOf(func(a *Alarm) bool { return a.Cause == CauseProposed && a.Preset == preset })
}

func (e *TriggerFired) evolve(s *State, _ Stamped) {
	if t := s.Triggers[e.Trigger]; t != nil {
		t.Fired = true
	}
}
