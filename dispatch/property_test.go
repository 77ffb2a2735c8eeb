package dispatch

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/everycall/everycall/geo"
	"pgregory.net/rapid"
)

// TestPropertyRulesAgainstModel plays random commands, valid and not, against the rules
// and against a model that knows only what each contact's outcome is and where
// each unit works. Replay one failure with the seed that rapid prints.
func TestPropertyRulesAgainstModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(t)
		for range rapid.IntRange(1, 120).Draw(t, "commands") {
			w.step()
		}
		w.replay()
	})
}

// world is a state, its twin read back from an encoding now and then, the
// events so far, and the model.
type world struct {
	t          *rapid.T
	live, twin *State
	meta       Meta
	events     []Stamped
	cutoffs    paperCutoffs
	model      model
}

func newWorld(t *rapid.T) *world {
	w := &world{t: t, live: NewState(), twin: NewState(), meta: Meta{At: scenarioStart, By: "tester"},
		cutoffs: paperCutoffs{}, model: model{contacts: map[ContactID]*modelContact{}, incidents: map[IncidentID]*modelIncident{}, units: map[UnitID]*modelUnit{}, bulks: map[BulkID]modelBulk{}}}
	w.model.live = w.live
	w.run(Configure{Config: withCards(roomAlternate())})
	for n := range 4 {
		u := AddUnit{ID: UnitID(fmt.Sprintf("U%d", n)), Service: "police", Kind: "patrol", Beat: []string{"E1", "C1"}[n%2], Status: StatusAvailable}
		w.run(u)
		w.model.units[u.ID] = &modelUnit{status: StatusAvailable}
	}
	return w
}

// run decides on both states, holds the laws that hold for every command, and
// evolves both.
func (w *world) run(c Command) *Rejection {
	before := encodedIn(w.t, w.live)
	events, no := Decide(w.live, w.meta, c, nil)
	if after := encodedIn(w.t, w.live); after != before {
		w.t.Fatalf("%s changed the state while deciding:\n%s", c.CommandName(), firstDifference(before, after))
	}
	twinEvents, twinNo := Decide(w.twin, w.meta, c, nil)
	if !reflect.DeepEqual(events, twinEvents) || !reflect.DeepEqual(no, twinNo) {
		w.t.Fatalf("%s: a state that was read back decides otherwise:\n%v %v\n%v %v", c.CommandName(), names(events), no, names(twinEvents), twinNo)
	}
	if no != nil {
		if len(events) > 0 {
			w.t.Fatalf("%s was refused (%s) and gave events", c.CommandName(), no)
		}
		return no
	}
	w.live.ForgetTouched()
	for _, e := range events {
		st := Stamped{At: w.meta.At, By: w.meta.By, Event: e}
		if err := w.cutoffs.breach(w.live, e); err != nil {
			w.t.Fatalf("%+v: %s", c, err)
		}
		Evolve(w.live, st)
		Evolve(w.twin, st)
		if err := w.cutoffs.follow(w.live, e); err != nil {
			w.t.Fatalf("after %s of %+v: %s", e.EventName(), c, err)
		}
		w.events = append(w.events, st)
		if err := Check(w.live); err != nil {
			w.t.Fatalf("after %s of %+v: %s", e.EventName(), c, err)
		}
	}
	if err := CheckTouched(w.live); err != nil {
		w.t.Fatalf("after %+v: %s", c, err)
	}
	if err := orphan(w.live); err != nil {
		w.t.Fatalf("after %+v: %s", c, err)
	}
	return nil
}

func names(events []Event) []string {
	var all []string
	for _, e := range events {
		all = append(all, fmt.Sprintf("%s%+v", e.EventName(), e))
	}
	return all
}

// replay: the fold of the events is the live state, and so is its encoding read back.
func (w *world) replay() {
	again := NewState()
	for _, e := range w.events {
		Evolve(again, e)
	}
	live := encodedIn(w.t, w.live)
	for name, s := range map[string]*State{"replay": again, "twin": w.twin} {
		if got := encodedIn(w.t, s); got != live {
			w.t.Fatalf("the %s differs from the live state:\n%s", name, firstDifference(live, got))
		}
		if err := sameIndexes(w.live, s); err != nil {
			w.t.Fatalf("the %s differs from the live state: %s", name, err)
		}
	}
}

// step draws one command, plays it, tells the model, and compares.
func (w *world) step() {
	if step := rapid.SampledFrom([]Millis{0, 0, 0, 0, 0, 0, Second, Second, Second, Second, Second, Minute, Minute, 7 * Minute, 7 * Minute, Hour, Hour, 2 * Hour, 13 * Hour, 25 * Hour}).Draw(w.t, "later"); step > 0 {
		w.meta.At = w.meta.At.Add(step)
	}
	w.meta.By = rapid.SampledFrom([]string{"tester", "tester", "second"}).Draw(w.t, "by")
	c := w.draw()
	if _, is := c.(restart); is {
		w.twin = readBackIn(w.t, w.live)
		return
	}
	held := map[ContactID]PostureID{}
	for id, contact := range w.live.Contacts {
		if contact.Outcome.Kind == OutcomeHeld {
			held[id] = contact.Outcome.Posture
		}
	}
	unread := w.unread(c)
	no := w.run(c)
	if unread != "" && no == nil {
		w.t.Fatalf("%+v was not refused: %s", c, unread)
	}
	if why := w.model.mustRefuse(c, w.meta.By); why != "" && no == nil {
		w.t.Fatalf("%+v was not refused: %s", c, why)
	}
	if no == nil {
		w.model.apply(c, w)
		w.model.endings(w.live, held)
		w.model.draw(c, w.live)
	}
	w.model.compare(w)
	w.published()
	w.explain()
}

// restart stands for reading the twin back from its encoding.
type restart struct{ Tick }

// draw makes a command of ids from small pools, so that most name something.
func (w *world) draw() Command {
	t, newest := w.t, int(w.live.Counters.Incident)+1 // not known yet
	contact := ContactID(rapid.SampledFrom([]string{"c0", "c1", "c2", "c3", "c4", "c5", "c6", "c7"}).Draw(t, "contact"))
	incident := IncidentID(fmt.Sprintf("i%d", rapid.IntRange(max(1, newest-5), newest).Draw(t, "incident")))
	unit := UnitID(rapid.SampledFrom([]string{"U0", "U1", "U2", "U3", "U9"}).Draw(t, "unit"))
	kind := rapid.SampledFrom([]string{"", "ASSAULT", "BURGLARY", "THEFT", "NOISE", "PARKING", "FALL", "CARDIAC"}).Draw(t, "type")
	reason := rapid.SampledFrom([]string{"because", "because", "because", ""}).Draw(t, "reason")
	told := PromiseTold{Told: "soon", Channel: "on_call", Within: rapid.SampledFrom([]Millis{0, 20 * Minute, 2 * Day}).Draw(t, "within")}
	switch rapid.IntRange(0, 61).Draw(t, "verb") {
	case 0, 1, 2, 3:
		receive := ReceiveContact{ID: contact, Channel: "phone", Type: kind, Beat: rapid.SampledFrom([]string{"", "E1", "C1"}).Draw(t, "beat"), Safe: rapid.SampledFrom([]SafeToCall{"", SafeYes, SafeNo}).Draw(t, "safe"), Person: Private{Number: rapid.SampledFrom([]string{"", "555-0100", "555-0101"}).Draw(t, "number")}}
		if rapid.Bool().Draw(t, "placed") {
			receive.Person.Place, receive.Person.Point = "100 block of Main St", w.drawPoint()
		}
		if rapid.IntRange(0, 3).Draw(t, "joins") == 0 {
			receive.Join = incident
		}
		return receive
	case 4, 5:
		return TriageContact{Contact: contact, Type: kind}
	case 6:
		return JoinContact{Contact: contact, Incident: incident}
	case 7, 8:
		hold := HoldContact{Contact: contact, Reason: reason}
		if told.Within > 0 {
			hold.Told = &told
		}
		return hold
	case 9:
		return ResumeContact{Contact: contact, Reason: reason}
	case 10:
		if c := w.live.Contacts[contact]; c != nil && c.Outcome.Kind == OutcomeStaged {
			return StageAgain{Contact: contact, Plan: reason}
		}
		return StageContact{Contact: contact, Plan: reason}
	case 11:
		return DivertContact{Contact: contact, Desk: "reports", Reason: reason}
	case 12:
		return AppointContact{Contact: contact, At: w.meta.At.Add(told.Within), Reason: reason}
	case 13:
		return DeclineContact{Contact: contact, Reason: reason, Authority: "sergeant", Words: "no"}
	case 14:
		return AbandonContact{Contact: contact, Reason: reason}
	case 15, 16, 17, 18:
		return DispatchUnit{Unit: unit, Incident: incident, Travel: told.Within / 100, Hazards: w.drawRead()}
	case 19, 20:
		return StackUnit{Unit: unit, Incident: incident, Reason: reason}
	case 21:
		return UnassignUnit{Unit: unit, Incident: incident, Reason: reason}
	case 22, 23, 24:
		return SetUnitStatus{Unit: unit, Status: rapid.SampledFrom(Statuses).Draw(t, "status"), Source: SourceRadio}
	case 25:
		return CloseIncident{Incident: incident, Disposition: "done", Authority: reason}
	case 26:
		return ReopenIncident{Incident: incident, Reason: reason}
	case 27:
		return rapid.SampledFrom([]Command{MakePromise{Contact: contact, PromiseTold: told}, NoticeClockJump{By: Hour}, ConfirmClock{},
			KeepPromise{Promise: PromiseID(fmt.Sprintf("p%d", max(1, w.live.Counters.Promise))), How: "rang"},
			AckAlarm{Alarm: AlarmID(fmt.Sprintf("a%d", max(1, w.live.Counters.Alarm)))}}).Draw(t, "small")
	case 28:
		return DeclarePosture{Service: "police", Area: Area{Kind: AreaCity}, Title: "Hold", Rules: []PostureRule{{Priority: 4, Action: ActionHold, Limit: Hour}}, Authority: "commander",
			Reason: reason, Script: "later", ReviewBy: w.meta.At.Add(Hour), Until: w.meta.At.Add(3 * Hour)}
	case 29:
		return EndPosture{Posture: PostureID(fmt.Sprintf("post%d", max(1, w.live.Counters.Posture))), Reason: reason}
	case 30:
		return restart{}
	case 31, 32:
		return Tick{}
	case 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44:
		return w.drawRationing(contact, incident, reason)
	case 45, 46, 47, 48, 49, 50, 51, 52:
		return w.drawHazards(incident, unit, reason)
	case 53, 54, 55:
		return w.drawClaims(contact, reason)
	case 56, 57, 58, 59, 60, 61:
		return w.drawSending(incident, unit, reason)
	}
	return Tick{}
}

func encodedIn(t *rapid.T, s *State) string { return mustEncode(s, t.Fatalf) }

func readBackIn(t *rapid.T, s *State) *State { return mustReadBack(s, t.Fatalf) }

// model is what a person would write on paper: the outcome of each contact, and
// where each unit is. It knows nothing of events.
type model struct {
	contacts  map[ContactID]*modelContact
	incidents map[IncidentID]*modelIncident
	units     map[UnitID]*modelUnit
	bulks     map[BulkID]modelBulk
	wrong     string
	live      *State
}

type modelBulk struct {
	list []ContactID
	kind OutcomeKind
	by   string
	done bool
}

type modelContact struct {
	kind       OutcomeKind
	lifeSafety bool
	incident   IncidentID
	point      *geo.Point
}

type modelIncident struct {
	drawn      map[PostureID]bool
	led        *modelContact // who led it after the last command
	closed     bool
	lifeSafety bool
	contacts   []ContactID
}

type modelUnit struct {
	status   Status
	incident IncidentID
	stack    []IncidentID
	lent     bool
}

func (m *model) lead(i *modelIncident) *modelContact {
	for _, id := range i.contacts {
		if c := m.contacts[id]; !c.kind.Final() {
			return c
		}
	}
	return nil
}

func (m *model) working(on IncidentID) int {
	n := 0
	for _, u := range m.units {
		if u.incident == on {
			n++
		}
	}
	return n
}

// mustRefuse says why a command may not be accepted, or nothing.
func (m *model) mustRefuse(c Command, by string) string {
	putOff := func(id ContactID) string {
		c := m.contacts[id]
		switch {
		case c == nil:
			return "nobody knows the contact"
		case c.kind.Final():
			return "the contact is final"
		case c.lifeSafety || m.incidents[c.incident].lifeSafety:
			return "it is life-safety"
		case m.working(c.incident) > 0:
			return "units are working on it"
		}
		return ""
	}
	switch c := c.(type) {
	case ReceiveContact:
		if m.contacts[c.ID] != nil {
			return "the id is taken"
		}
	case HoldContact:
		return putOff(c.Contact)
	case DivertContact:
		return putOff(c.Contact)
	case AppointContact:
		return putOff(c.Contact)
	case DeclineContact:
		return putOff(c.Contact)
	case DispatchUnit:
		u, i := m.units[c.Unit], m.incidents[c.Incident]
		switch {
		case u == nil || u.status == StatusOffDuty || u.status == StatusOutOfService:
			return "there is no such unit in service"
		case u.incident != "":
			return "the unit is working"
		case i == nil || i.closed:
			return "there is no such open incident"
		}
	case ReadConfidential:
		if conf := m.live.Confidential[c.Contact]; conf == nil || !contains(conf.Readers, by) {
			return "who asks is no reader"
		}
	case RefuseDiverted:
		if known := m.contacts[c.Contact]; known == nil || (known.kind != OutcomeDiverted && known.kind != OutcomeAppointed) {
			return "no desk has it"
		}
	case ClearTogether:
		for _, id := range c.Contacts {
			if why := m.unclearable(id); why != "" {
				return why
			}
		}
	case ConfirmClearing:
		if b, known := m.bulks[c.Bulk]; !known || b.by == by {
			return "nobody confirms their own clearing"
		}
	case RejectClearing:
		if b, known := m.bulks[c.Bulk]; !known || (b.done && b.by == by) {
			return "nobody reviews their own clearing"
		}
	case CloseIncident:
		if i := m.incidents[c.Incident]; c.Authority == "" || i == nil || i.closed {
			return "nobody may close that"
		}
	}
	return m.mustNotSend(c)
}

// apply does what an accepted command means.
func (m *model) apply(c Command, w *world) {
	set := func(id ContactID, kind OutcomeKind) { m.contacts[id].kind = kind }
	switch c := c.(type) {
	case ReceiveContact:
		kind, known := w.live.Type(c.Type)
		m.contacts[c.ID] = &modelContact{kind: OutcomeWaiting, lifeSafety: !known || kind.LifeSafety || c.Person.Place == "", point: c.Person.Point}
		if c.Join != "" {
			m.join(c.ID, c.Join)
			return
		}
		m.contacts[c.ID].incident = w.live.Contacts[c.ID].Incident
		m.incidents[m.contacts[c.ID].incident] = &modelIncident{lifeSafety: m.contacts[c.ID].lifeSafety, contacts: []ContactID{c.ID}, drawn: drawnFor(w.live, c.Person.Point)}
	case JoinContact:
		m.join(c.Contact, c.Incident)
	case TriageContact:
		m.triage(c.Contact, c.Type, w)
	case HoldContact:
		set(c.Contact, OutcomeHeld)
	case ResumeContact:
		set(c.Contact, OutcomeWaiting)
	case StageContact:
		set(c.Contact, OutcomeStaged)
	case StageAgain:
		set(c.Contact, OutcomeStaged)
	case MarkUnanswered:
		set(c.Contact, OutcomeUnanswered)
	case RingBack:
		if m.contacts[c.Contact].kind == OutcomeUnanswered && c.Reached == ReachedYes {
			set(c.Contact, OutcomeWaiting)
		}
	case RefuseDiverted:
		set(c.Contact, OutcomeWaiting)
		if got := w.live.Contacts[c.Contact]; got.Outcome.Since != got.ReceivedAt {
			w.t.Fatalf("%s was given back and lost its age: %+v", c.Contact, got.Outcome)
		}
	case ClearTogether:
		m.bulks[BulkID(fmt.Sprintf("b%d", w.live.Counters.Bulk))] = modelBulk{list: c.Contacts, kind: c.Outcome, by: w.meta.By, done: c.Alone}
		if c.Alone {
			m.clear(c.Contacts, c.Outcome)
		}
	case ConfirmClearing:
		if b := m.bulks[c.Bulk]; !b.done {
			m.clear(b.list, b.kind)
		}
		delete(m.bulks, c.Bulk)
	case RejectClearing:
		delete(m.bulks, c.Bulk)
	case DivertContact:
		set(c.Contact, OutcomeDiverted)
	case AppointContact:
		set(c.Contact, OutcomeAppointed)
	case DeclineContact:
		m.leave(c.Contact, OutcomeDeclined)
	case AbandonContact:
		m.leave(c.Contact, OutcomeAbandoned)
	case DispatchUnit:
		m.send(c.Unit, c.Incident)
	case StackUnit:
		m.units[c.Unit].stack = append(m.units[c.Unit].stack, c.Incident)
	case UnassignUnit:
		if u := m.units[c.Unit]; u.incident == c.Incident {
			m.free(u, c.Unit, StatusAvailable)
			m.alone(c.Incident)
		} else {
			u.stack = without(u.stack, c.Incident)
		}
	case SetUnitStatus:
		m.status(c, w)
	case CloseIncident:
		m.close(c.Incident)
	case ReopenIncident:
		i := m.incidents[c.Incident]
		i.closed = false
		set(i.contacts[0], OutcomeWaiting)
	}
	m.applySending(c)
}

// unclearable says why a contact may not be cleared with others.
func (m *model) unclearable(id ContactID) string {
	c := m.contacts[id]
	switch {
	case c == nil || c.kind.Final():
		return "nobody waits for that"
	case c.lifeSafety || m.incidents[c.incident].lifeSafety:
		return "it is life-safety"
	case m.working(c.incident) > 0:
		return "units are working on it"
	}
	for _, other := range m.incidents[c.incident].contacts {
		if other != id && !m.contacts[other].kind.Final() {
			return "the incident has other contacts"
		}
	}
	return ""
}

func (m *model) clear(list []ContactID, kind OutcomeKind) {
	for _, id := range list {
		if m.unclearable(id) == "" {
			m.leave(id, kind)
		}
	}
}

// draw keeps which drawn areas an incident lies in, by geometry at the time when
// either came or moved.
func (m *model) draw(c Command, s *State) {
	switch c := c.(type) {
	case LocateContact:
		contact := m.contacts[c.Contact]
		contact.point = c.Place.Point
		if i := m.incidents[contact.incident]; m.lead(i) == contact {
			i.drawn = drawnFor(s, contact.point)
		}
	case ReopenIncident:
		i := m.incidents[c.Incident]
		if p := m.contacts[i.contacts[0]].point; p != nil {
			i.drawn = drawnFor(s, p)
		}
	case DeclarePosture:
		id := PostureID(fmt.Sprintf("post%d", s.Counters.Posture))
		for _, i := range m.incidents {
			if c.Area.Kind == AreaDrawn && !i.closed && inside(c.Area, m.lead(i).point) {
				i.drawn[id] = true
			}
		}
	}
	for _, i := range m.incidents { // an incident lies where its leading contact does
		if lead := m.lead(i); lead != nil && lead != i.led {
			if i.led != nil && lead.point != nil && (i.led.point == nil || *i.led.point != *lead.point) {
				i.drawn = drawnFor(s, lead.point)
			}
			i.led = lead
		}
	}
	for iid, i := range m.incidents {
		for id, p := range s.Postures {
			if p.EndedAt == 0 && p.Area.Kind == AreaDrawn && i.drawn[id] != contains(s.Incidents[iid].Drawn, id) {
				m.wrong = fmt.Sprintf("%s lies in the area of %s: %t on paper", iid, id, i.drawn[id])
			}
		}
	}
}

func (m *model) join(id ContactID, into IncidentID) {
	c := m.contacts[id]
	if from := m.incidents[c.incident]; from != nil {
		led := m.lead(from) == c
		from.contacts = without(from.contacts, id)
		if next := m.lead(from); next == nil {
			m.unstack(c.incident)
			from.closed = true
		} else if led {
			next.kind = c.kind
		}
	}
	i := m.incidents[into]
	i.lifeSafety = i.lifeSafety || c.lifeSafety
	if lead := m.lead(i); c.lifeSafety && lead.kind.putOff() {
		lead.kind = OutcomeWaiting
	}
	i.contacts = append(i.contacts, id)
	c.incident, c.kind = into, OutcomeDuplicate
}

func (m *model) triage(id ContactID, code string, w *world) {
	c := m.contacts[id]
	kind, _ := w.live.Type(code)
	c.lifeSafety = kind.LifeSafety
	i := m.incidents[c.incident]
	i.lifeSafety = false
	for _, other := range i.contacts {
		if o := m.contacts[other]; o.lifeSafety && (other == id || !o.kind.Final()) {
			i.lifeSafety = true
		}
	}
	if lead := m.lead(i); i.lifeSafety && lead.kind.putOff() {
		lead.kind = OutcomeWaiting
	}
}

func (m *model) leave(id ContactID, kind OutcomeKind) {
	c := m.contacts[id]
	i := m.incidents[c.incident]
	was, led := c.kind, m.lead(i) == c
	c.kind = kind
	if next := m.lead(i); next == nil {
		m.unstack(c.incident)
		i.closed = true
	} else if led {
		next.kind = was
	}
}

func (m *model) send(unit UnitID, to IncidentID) {
	u := m.units[unit]
	u.incident, u.status, u.stack = to, StatusDispatched, without(u.stack, to)
	m.lead(m.incidents[to]).kind = OutcomeDispatched
}

// free takes a unit off its incident and sends it to what waits behind it.
func (m *model) free(u *modelUnit, id UnitID, status Status) {
	left := u.incident
	u.incident, u.status = "", status
	if status != StatusAvailable {
		u.stack = nil
		return
	}
	for _, next := range u.stack {
		if m.live.Units[id].Incident != next && m.kept(next) {
			continue // breach and follow watch the cutoffs themselves
		}
		if next != left && !m.incidents[next].closed {
			m.send(id, next)
			return
		}
	}
}

// kept reports whether any cutoff or zone in force could speak of an incident.
func (m *model) kept(id IncidentID) bool {
	i := m.live.Incidents[id]
	if z := m.live.Zones[i.Zone]; z != nil && z.EndedAt == 0 {
		return true
	}
	for _, p := range m.live.Postures {
		if p.EndedAt == 0 && !i.LifeSafety && coversOnPaper(p, i) && slices.ContainsFunc(p.Reserve, func(r Reserve) bool { return i.Priority() >= r.Priority }) {
			return true
		}
	}
	return false
}

func (m *model) alone(on IncidentID) {
	if m.working(on) == 0 {
		m.lead(m.incidents[on]).kind = OutcomeWaiting
	}
}

func (m *model) status(c SetUnitStatus, w *world) {
	u := m.units[c.Unit]
	on := u.incident
	switch {
	case on == "":
		u.status = c.Status
		if c.Status == StatusOffDuty || c.Status == StatusOutOfService {
			u.stack = nil
		}
	case c.Status.Committed():
		u.status = c.Status
		if c.Status == StatusOnScene {
			m.lead(m.incidents[on]).kind = OutcomeDispatched
		}
	default:
		m.free(u, c.Unit, c.Status)
		m.alone(on)
	}
}

func (m *model) unstack(id IncidentID) {
	for _, u := range m.units {
		u.stack = without(u.stack, id)
	}
}

func (m *model) close(id IncidentID) {
	i := m.incidents[id]
	i.closed = true
	m.unstack(id)
	for _, unit := range sortedKeys(m.units) {
		if u := m.units[unit]; u.incident == id {
			m.free(u, unit, StatusAvailable)
		}
	}
	for _, c := range i.contacts {
		if !m.contacts[c].kind.Final() {
			m.contacts[c].kind = OutcomeResolved
		}
	}
}

// endings: what was held under a posture that has ended waits; what has gone to
// the archive had been closed.
func (m *model) endings(s *State, held map[ContactID]PostureID) {
	for id, under := range held {
		c := m.contacts[id]
		if under == "" || c.kind != OutcomeHeld || s.Contacts[id] == nil {
			continue
		}
		ended := s.Postures[under]
		action, _ := ruleOnPaper(s, s.Incidents[c.incident])
		if (ended.EndedAt != 0 && !strings.HasPrefix(ended.EndReason, "replaced by")) || action != ActionHold {
			c.kind = OutcomeWaiting
		}
	}
	for id, i := range m.incidents {
		if s.Incidents[id] == nil && i.closed {
			for _, c := range i.contacts {
				delete(m.contacts, c)
			}
			delete(m.incidents, id)
		}
	}
}

// compare holds the state against the paper.
func (m *model) compare(w *world) {
	s := w.live
	if m.wrong != "" {
		w.t.Fatal(m.wrong)
	}
	if len(s.Contacts) != len(m.contacts) || len(s.Incidents) != len(m.incidents) {
		w.t.Fatalf("%d contacts and %d incidents; on paper %d and %d", len(s.Contacts), len(s.Incidents), len(m.contacts), len(m.incidents))
	}
	for id, c := range m.contacts {
		got := s.Contacts[id]
		if got.Outcome.Kind != c.kind || got.LifeSafety != c.lifeSafety || got.Incident != c.incident {
			w.t.Fatalf("%s is %s, life-safety %t, on %s; on paper %+v", id, got.Outcome.Kind, got.LifeSafety, got.Incident, *c)
		}
		if _, known := s.Desk(got.Outcome.Owner); known == c.kind.Final() {
			w.t.Fatalf("%s is %s and owned by %q", id, c.kind, got.Outcome.Owner)
		}
		if c.kind.putOff() && (c.lifeSafety || m.incidents[c.incident].lifeSafety) {
			w.t.Fatalf("%s is life-safety and %s", id, c.kind)
		}
	}
	for id, i := range m.incidents {
		if got := s.Incidents[id]; got.Open() == i.closed || got.LifeSafety != i.lifeSafety || !slices.Equal(got.Contacts, i.contacts) {
			w.t.Fatalf("%s is open %t, life-safety %t, contacts %v; on paper %+v", id, got.Open(), got.LifeSafety, got.Contacts, *i)
		}
	}
	free := 0
	for id, u := range m.units {
		if got := s.Units[id]; got.Incident != u.incident || got.Status != u.status || !slices.Equal(got.Stack, u.stack) {
			w.t.Fatalf("%s is %s on %s, then %v; on paper %+v", id, got.Status, got.Incident, got.Stack, *u)
		}
		if u.status == StatusAvailable && u.incident == "" && !u.lent {
			free++
		}
	}
	if s.FreeUnits("police") != free {
		w.t.Fatalf("%d units are free; on paper %d", s.FreeUnits("police"), free)
	}
}

// TestPropertyDueQueueAgainstSortedSlice: the heap says what a sorted list says.
func TestPropertyDueQueueAgainstSortedSlice(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var q dueQueue
		list := map[dueRef]Instant{}
		for range rapid.IntRange(0, 200).Draw(t, "sets") {
			ref := dueRef{dueKind(rapid.IntRange(0, int(dueKinds)-1).Draw(t, "kind")), fmt.Sprint(rapid.IntRange(0, 30).Draw(t, "id"))}
			due := Instant(rapid.IntRange(0, 40).Draw(t, "due"))
			q.set(ref, due)
			if delete(list, ref); due != 0 {
				list[ref] = due
			}
			if got := q.find(ref); got != due {
				t.Fatalf("%v is due at %d: found at %d", ref, due, got)
			}
			now, limit := Instant(rapid.IntRange(0, 45).Draw(t, "now")), rapid.IntRange(0, 50).Draw(t, "limit")
			var want []dueItem
			for r, d := range list {
				if d <= now {
					want = append(want, dueItem{d, r})
				}
			}
			slices.SortFunc(want, func(a, b dueItem) int {
				switch {
				case a.due != b.due:
					return int(a.due - b.due)
				case a.ref.kind != b.ref.kind:
					return int(a.ref.kind) - int(b.ref.kind)
				case a.ref.id < b.ref.id:
					return -1
				}
				return 1
			})
			if got := q.until(now, limit); !slices.Equal(got, want[:min(limit, len(want))]) {
				t.Fatalf("until %d, at most %d: %v, want %v", now, limit, got, want)
			}
		}
		if len(q.heap) != len(list) {
			t.Fatalf("%d in the heap, %d in the list", len(q.heap), len(list))
		}
	})
}
