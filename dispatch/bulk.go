package dispatch

import (
	"slices"
	"strconv"
	"strings"
)

// Bulk is a clearing of several calls at once: with a reason, every call listed,
// and a second person, before it or, for somebody who works alone, after it.
type Bulk struct {
	ID       BulkID      `json:"id"`
	Contacts []ContactID `json:"contacts"`
	Outcome  OutcomeKind `json:"outcome"` // declined, abandoned or resolved
	Reason   string      `json:"reason,omitempty"`
	By       string      `json:"by"`
	At       Instant     `json:"at"`
	Due      Instant     `json:"due"`
	Cleared  bool        `json:"cleared,omitempty"` // done alone; it is to be reviewed
}

// ClearTogether ends several calls at once. It is proposed for a second person to
// confirm; who works alone clears at once, and is reviewed within BulkReviewTerm.
// A call that is life-safety, that units work on, or that leads no incident is
// refused, and with it the whole list.
type ClearTogether struct {
	Contacts []ContactID
	Outcome  OutcomeKind
	Reason   string
	Words    string // said to the callers; needed for declined
	Alone    bool
}

// ConfirmClearing is the second person's word, before or after.
type ConfirmClearing struct {
	Bulk BulkID
}

// RejectClearing takes a proposal back, or says of what was cleared alone that it
// was wrong; the calls of that can be reopened one by one.
type RejectClearing struct {
	Bulk   BulkID
	Reason string
}

// ClearingProposed: somebody wants to end these calls, or, alone, has done so.
// The reason is sealed with the first of them.
type ClearingProposed struct {
	Bulk    Bulk    `json:"bulk"` // without its reason
	Private Private `json:"-"`    // Text: the reason
}

// ClearingConfirmed: a second person agrees.
type ClearingConfirmed struct {
	Bulk BulkID `json:"bulk"`
}

// ClearingRejected: a second person does not.
type ClearingRejected struct {
	Bulk    BulkID    `json:"bulk"`
	Contact ContactID `json:"contact"` // the first of them: whose key seals the private part
	Private Private   `json:"-"`       // Text: the reason
}

// ClearingReminded: nobody has said a word; somebody is alarmed again at Due.
type ClearingReminded struct {
	Bulk BulkID  `json:"bulk"`
	Due  Instant `json:"due"`
}

func (ClearTogether) CommandName() string   { return "ClearTogether" }
func (ConfirmClearing) CommandName() string { return "ConfirmClearing" }
func (RejectClearing) CommandName() string  { return "RejectClearing" }

func (*ClearingProposed) EventName() string  { return "ClearingProposed" }
func (*ClearingConfirmed) EventName() string { return "ClearingConfirmed" }
func (*ClearingRejected) EventName() string  { return "ClearingRejected" }
func (*ClearingReminded) EventName() string  { return "ClearingReminded" }

func (e *ClearingProposed) Subject() string  { return string(e.Bulk.Contacts[0]) }
func (e *ClearingProposed) Secret() *Private { return &e.Private }
func (e *ClearingRejected) Subject() string  { return string(e.Contact) }
func (e *ClearingRejected) Secret() *Private { return &e.Private }

func (c ClearTogether) decide(s *State, m Meta, out []Event) ([]Event, *Rejection) {
	if len(c.Contacts) < 2 || len(c.Contacts) > MaxBulk {
		return nil, reject(LimitReached, "%d calls: 2 to MaxBulk are cleared together", len(c.Contacts)).at("contacts")
	}
	if len(s.Bulks) >= MaxBulks {
		return nil, reject(LimitReached, "%d clearings wait for a second person: at most MaxBulks", len(s.Bulks))
	}
	if no := checkLine("reason", c.Reason); no != nil {
		return nil, no
	}
	if no := checkText("words", c.Words, MaxLineBytes, false); no != nil {
		return nil, no
	}
	switch c.Outcome {
	case OutcomeDeclined:
		if no := checkLine("words", c.Words); no != nil {
			return nil, no
		}
	case OutcomeAbandoned, OutcomeResolved:
	default:
		return nil, reject(ValueUnknown, "outcome %q: declined, abandoned or resolved", c.Outcome).at("outcome")
	}
	list := slices.Clone(c.Contacts)
	slices.Sort(list)
	if len(slices.Compact(slices.Clone(list))) != len(list) {
		return nil, reject(ValueUnknown, "a call is listed twice").at("contacts")
	}
	for _, id := range list {
		if no := s.clearable(id); no != nil {
			return nil, no.at("contacts")
		}
	}
	reason := c.Reason
	if c.Words != "" {
		reason += " (said: " + c.Words + ")"
	}
	b := Bulk{ID: BulkID("b" + strconv.FormatUint(s.Counters.Bulk+1, 10)), Contacts: list, Outcome: c.Outcome, Reason: reason, By: m.By, At: m.At, Due: m.At.Add(BulkProposalTerm)}
	if c.Alone {
		b.Cleared, b.Due = true, m.At.Add(BulkReviewTerm)
	}
	proposed := b
	proposed.Reason = ""
	out = append(out, &ClearingProposed{Bulk: proposed, Private: said(reason)})
	if !c.Alone {
		return append(out, &AlarmRaised{ID: s.nextAlarm(0), Cause: CauseBulk, Level: LevelNotice, Desk: s.supervisorOf(s.deskFor(s.Incidents[s.Contacts[list[0]].Incident].Service)), Bulk: b.ID,
			Text: m.By + " wants to clear " + strconv.Itoa(len(list)) + " calls as " + string(c.Outcome) + ": a second person confirms or rejects"}), nil
	}
	return s.clear(b, m, out), nil
}

// clearable answers why a call cannot be among several that are ended at once.
func (s *State) clearable(id ContactID) *Rejection {
	contact, incident, no := s.undecided(id)
	if no != nil {
		return no
	}
	if no := onFloor(contact, incident, "cleared with others"); no != nil {
		return no
	}
	if no := majorStands(incident); no != nil {
		return no
	}
	if s.openContacts(incident) != 1 {
		return reject(OutcomeWrong, "incident %d has other contacts: close it by itself", incident.Number)
	}
	return nil
}

// clear ends those of a list that can still be ended. The others have changed since
// and stay as they are.
func (s *State) clear(b Bulk, m Meta, out []Event) []Event {
	plans := s.planner(m, nil)
	for _, id := range b.Contacts {
		if s.clearable(id) != nil {
			continue
		}
		c := s.Contacts[id]
		i := s.Incidents[c.Incident]
		o := Outcome{Kind: b.Outcome, Since: m.At, Reason: b.Reason, Authority: b.By}
		if b.By != m.By {
			o.Authority = b.By + " and " + m.By
		}
		if rule, p := s.RuleFor(i); p != nil && rule.Action == ActionDecline && b.Outcome == OutcomeDeclined {
			o.Posture, o.PostureVersion = p.ID, p.Version
		}
		out, _ = plans.finish(c, i, o, out) // it refuses nothing that is clearable
	}
	return out
}

func (s *State) bulk(id BulkID, by string) (*Bulk, *Rejection) {
	b := s.Bulks[id]
	if b == nil {
		return nil, reject(BulkUnknown, "clearing %q is not known here: it was confirmed or rejected", id).at("bulk")
	}
	if samePerson(b.By, by) {
		return nil, reject(SecondPerson, "%s proposed it: a second person says yes or no", by)
	}
	return b, nil
}

// samePerson compares principals by name: somebody in another role, as in
// "supervisor:ann" and "dispatcher:ann", is no second person.
func samePerson(a, b string) bool { return nameOf(a) == nameOf(b) }

func nameOf(principal string) string {
	if _, name, roled := strings.Cut(principal, ":"); roled {
		return name
	}
	return principal
}

func (c ConfirmClearing) decide(s *State, m Meta, out []Event) ([]Event, *Rejection) {
	b, no := s.bulk(c.Bulk, m.By)
	if no != nil {
		return nil, no
	}
	out = append(out, &ClearingConfirmed{Bulk: b.ID})
	if b.Cleared {
		return out, nil
	}
	return s.clear(*b, m, out), nil
}

func (c RejectClearing) decide(s *State, m Meta, out []Event) ([]Event, *Rejection) {
	b := s.Bulks[c.Bulk]
	if b == nil {
		return nil, reject(BulkUnknown, "clearing %q is not known here: it was confirmed or rejected", c.Bulk).at("bulk")
	}
	if b.Cleared { // whoever proposed may take a proposal back, and review nothing of their own
		if _, no := s.bulk(c.Bulk, m.By); no != nil {
			return nil, no
		}
	}
	if no := checkLine("reason", c.Reason); no != nil {
		return nil, no
	}
	return append(out, &ClearingRejected{Bulk: c.Bulk, Contact: b.Contacts[0], Private: said(c.Reason)}), nil
}

func (s *State) bulkDue(b *Bulk, m Meta, alarms uint64, out []Event) []Event {
	text := strconv.Itoa(len(b.Contacts)) + " calls that " + b.By + " wants cleared wait for a second person"
	if b.Cleared {
		text = strconv.Itoa(len(b.Contacts)) + " calls were cleared by " + b.By + " alone: review it"
	}
	out = append(out, &ClearingReminded{Bulk: b.ID, Due: m.At.Add(BulkProposalTerm)})
	return append(out, &AlarmRaised{ID: s.nextAlarm(alarms), Cause: CauseBulk, Level: LevelWarning, Desk: s.supervisorOf(s.deskFor(s.Config.DefaultService)), Bulk: b.ID, Text: text})
}

func (e *ClearingProposed) evolve(s *State, _ Stamped) {
	s.Counters.Bulk++
	b := e.Bulk
	b.Reason = e.Private.Text
	s.Bulks[b.ID] = &b
	s.due.set(dueRef{dueBulk, string(b.ID)}, b.Due)
}

func (e *ClearingConfirmed) evolve(s *State, _ Stamped) { s.settleBulk(e.Bulk) }
func (e *ClearingRejected) evolve(s *State, _ Stamped)  { s.settleBulk(e.Bulk) }

// inReview is when it is reviewed that an incident was cleared with others by somebody
// alone; 0 where that is done, or was not so. Until then it can be reopened.
func (s *State) inReview(i *Incident) Instant {
	at := Instant(0)
	for _, b := range s.Bulks { // the latest: the order cannot show
		if !b.Cleared {
			continue
		}
		for _, id := range i.Contacts {
			if _, listed := slices.BinarySearch(b.Contacts, id); listed {
				at = max(at, b.Due)
			}
		}
	}
	return at
}

// archiveAnew sets anew when the incidents of a list leave the live state.
func (s *State) archiveAnew(b *Bulk) {
	for _, id := range b.Contacts {
		if c := s.Contacts[id]; c != nil {
			i := s.Incidents[c.Incident]
			s.due.set(dueRef{dueArchive, string(i.ID)}, s.archiveAt(i))
		}
	}
}

func (s *State) settleBulk(id BulkID) {
	b := s.Bulks[id]
	delete(s.Bulks, id)
	s.archiveAnew(b)
	s.due.set(dueRef{dueBulk, string(id)}, 0)
	s.dropAlarmsOf(func(a *Alarm) bool { return a.Bulk == id })
}

func (e *ClearingReminded) evolve(s *State, _ Stamped) {
	b := *s.Bulks[e.Bulk]
	b.Due = e.Due
	s.Bulks[e.Bulk] = &b
	s.archiveAnew(&b)
	s.due.set(dueRef{dueBulk, string(e.Bulk)}, e.Due)
	s.dropAlarmsOf(func(a *Alarm) bool { return a.Bulk == e.Bulk })
}
