package notify

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/everycall/everycall/dispatch"
	"github.com/everycall/everycall/engine"
	"github.com/everycall/everycall/notify/outbox"
)

// Kinds are what targets may be told of.
var Kinds = []string{"unit.dispatched", "unit.released", "alarm.raised", "level.changed", "service.added", "call.preempted", "aid.changed"}

// notice is what an event says to the world outside: nothing that is sealed.
type notice struct {
	Kind     string `json:"-"`
	Title    string `json:"-"`
	Text     string `json:"text"`
	Incident string `json:"incident,omitempty"`
	Number   uint64 `json:"number,omitempty"`
	Type     string `json:"type,omitempty"`
	Priority int    `json:"priority,omitempty"`
	Beat     string `json:"beat,omitempty"`
	Service  string `json:"service,omitempty"`
	Unit     string `json:"unit,omitempty"`
	Level    string `json:"level,omitempty"`
	Cause    string `json:"cause,omitempty"`
	Desk     string `json:"desk,omitempty"`

	about string // of an alarm: what it is about
}

// envelope is the payload that Standard Webhooks recommends.
type envelope struct {
	Type      string `json:"type"`
	Timestamp string `json:"timestamp"`
	Data      notice `json:"data"`
}

// noticeOf says what an event says, as the room knows its incident now; false where it
// says nothing to anybody outside.
func noticeOf(s *dispatch.State, event dispatch.Event) (notice, bool) {
	switch e := event.(type) {
	case *dispatch.UnitDispatched:
		n := about(s, "unit.dispatched", e.Incident)
		n.of(s, e.Unit)
		n.Title = string(e.Unit) + " dispatched"
		n.Text = string(e.Unit) + " to " + n.call()
		if e.Outside {
			n.Text += ", to the rendezvous: it may not go in"
		}
		return n, true
	case *dispatch.UnitUnassigned:
		n := about(s, "unit.released", e.Incident)
		n.of(s, e.Unit)
		n.Title, n.Text = string(e.Unit)+" released", string(e.Unit)+" is off "+n.call()
		return n, true
	case *dispatch.AlarmRaised:
		n := about(s, "alarm.raised", e.Incident)
		n.Level, n.Cause, n.Desk, n.about = string(e.Level), string(e.Cause), string(e.Desk), e.About
		n.Title, n.Text = "Alarm: "+strings.ReplaceAll(string(e.Cause), "_", " "), e.Text
		return n, true
	case *dispatch.AlarmLevelChanged:
		n := about(s, "level.changed", e.Incident)
		n.Title, n.Text = "Alarm level "+strconv.Itoa(e.Level), n.call()+" is at alarm level "+strconv.Itoa(e.Level)+" of "+e.Card
		return n, true
	case *dispatch.ServiceAdded:
		n := about(s, "service.added", e.Incident)
		n.Service = string(e.Service)
		n.Title, n.Text = n.Service+" asked for", n.Service+" is asked to "+n.call()
		return n, true
	case *dispatch.CallPreempted:
		n := about(s, "call.preempted", e.Incident)
		n.of(s, e.Unit)
		n.Title, n.Text = string(e.Unit)+" taken", string(e.Unit)+" was taken from "+n.call()+" for a more urgent one"
		return n, true
	case *dispatch.AidBegan:
		return aid(s, &e.Aid, e.Aid.State), true
	case *dispatch.AidMoved:
		if a := s.Aids[e.Aid]; a != nil {
			return aid(s, a, e.State), true
		}
	}
	return notice{}, false
}

func about(s *dispatch.State, kind string, id dispatch.IncidentID) notice {
	n := notice{Kind: kind, Incident: string(id)}
	if i := s.Incidents[id]; i != nil {
		n.Number, n.Type, n.Priority, n.Beat, n.Service = i.Number, i.Type, int(i.Priority()), i.Beat, string(i.Service)
	}
	return n
}

// of puts in a unit and, since it is the unit's service that is told, its service.
func (n *notice) of(s *dispatch.State, unit dispatch.UnitID) {
	n.Unit = string(unit)
	if u := s.Units[unit]; u != nil {
		n.Service = string(u.Service)
	}
}

// call names the call: number, type, priority, beat.
func (n *notice) call() string {
	text := "call " + strconv.FormatUint(n.Number, 10)
	if n.Type != "" {
		text += ", " + n.Type
	}
	text += ", priority " + strconv.Itoa(n.Priority)
	if n.Beat != "" {
		text += ", beat " + n.Beat
	}
	return text
}

func aid(s *dispatch.State, a *dispatch.Aid, state dispatch.AidState) notice {
	n := about(s, "aid.changed", a.Incident)
	var needs []string
	for _, need := range a.Needs {
		needs = append(needs, strconv.Itoa(int(need.Count))+" "+need.What())
	}
	n.Title = "Mutual aid " + string(state)
	n.Text = fmt.Sprintf("mutual aid %s with %s (%s) is %s: %s", a.ID, a.Agency, strings.ReplaceAll(string(a.Direction), "_", " "), state, strings.Join(needs, ", "))
	return n
}

// wants reports whether a rule is for a notice.
func (r Rule) wants(n notice) bool {
	has := func(list []string, value string) bool { return len(list) == 0 || slices.Contains(list, value) }
	return slices.Contains(r.On, n.Kind) && has(r.Services, n.Service) && has(r.Units, n.Unit) && has(r.Levels, n.Level) && has(r.Causes, n.Cause) && has(r.Desks, n.Desk)
}

// compose makes the messages of one event: one a target, whatever the number of rules.
// A target is not told that it cannot be reached itself. now is the machine's time, from
// which on they may be sent.
func compose(c *Config, s *dispatch.State, r engine.Recorded, now int64) []outbox.Message {
	n, says := noticeOf(s, r.Event)
	if !says {
		return nil
	}
	var messages []outbox.Message
	for k := range c.Targets {
		t := &c.Targets[k]
		if n.about == "target:"+t.Name || !slices.ContainsFunc(c.Rules, func(rule Rule) bool { return slices.Contains(rule.To, t.Name) && rule.wants(n) }) {
			continue
		}
		body, err := json.Marshal(envelope{Type: n.Kind, Timestamp: time.UnixMilli(int64(r.At)).UTC().Format(time.RFC3339Nano), Data: n})
		if err != nil {
			panic(err) // strings and numbers
		}
		m := outbox.Message{Target: t.Name, Seq: r.Seq, Kind: n.Kind, Title: n.Title, Text: n.Text, Body: body, At: int64(r.At), Next: now}
		if t.Place {
			m.Subject, m.Place = placeOf(s, dispatch.IncidentID(n.Incident))
		}
		messages = append(messages, m)
	}
	return messages
}

// placeOf is where an incident is and whose erasure clears that; nothing where the call
// is confidential: only its readers see it.
func placeOf(s *dispatch.State, id dispatch.IncidentID) (subject, place string) {
	i := s.Incidents[id]
	if i == nil {
		return "", ""
	}
	lead := s.Lead(i)
	if lead == nil || s.Confidential[lead.ID] != nil {
		return "", ""
	}
	return string(lead.ID), lead.Person.Place
}
