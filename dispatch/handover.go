package dispatch

import "strconv"

// Seat is who has a desk now. The desk owns the calls; whoever has it answers for them.
type Seat struct {
	Desk  DeskID  `json:"desk"`
	By    string  `json:"by"` // a principal
	Since Instant `json:"since"`
}

// HandoverID names an offer.
type HandoverID string

// Handover is a desk offered to somebody by name. It passes only when that person says yes.
type Handover struct {
	ID     HandoverID `json:"id"`
	Desk   DeskID     `json:"desk"`
	From   string     `json:"from,omitempty"` // who has it; empty: nobody
	To     string     `json:"to"`             // a name, whatever role that person works in
	Note   string     `json:"note,omitempty"`
	By     string     `json:"by"`
	At     Instant    `json:"at"`
	Remind Instant    `json:"remind"`
	Absent string     `json:"absent,omitempty"` // why it is offered for somebody else
}

// OfferHandover offers one's desk to somebody by name.
type OfferHandover struct {
	Desk DeskID
	To   string
	Note string
}

// OfferHandoverFor offers the desk of somebody who cannot, as a supervisor.
type OfferHandoverFor struct {
	Desk   DeskID
	To     string
	Note   string
	Reason string
}

// AcceptHandover takes a desk over. Only who was named can.
type AcceptHandover struct {
	Handover HandoverID
}

// DeclineHandover says no. The desk stays where it is.
type DeclineHandover struct {
	Handover HandoverID
	Reason   string
}

// WithdrawHandover takes the offer back.
type WithdrawHandover struct {
	Handover HandoverID
	Reason   string
}

// HandoverOffered: a desk is offered to somebody.
type HandoverOffered struct {
	ID      HandoverID `json:"id"`
	Desk    DeskID     `json:"desk"`
	From    string     `json:"from,omitempty"`
	To      string     `json:"to"`
	Remind  Instant    `json:"remind"`
	Private Private    `json:"-"` // Text: what there is to say; Name: why it is offered for somebody else
}

// HandoverAccepted: the desk is theirs, with so many calls, promises and alarms.
type HandoverAccepted struct {
	Handover HandoverID `json:"handover"`
	Calls    int        `json:"calls"`
	Promises int        `json:"promises"`
	Alarms   int        `json:"alarms"`
}

// HandoverDeclined: it stays where it is.
type HandoverDeclined struct {
	Handover HandoverID `json:"handover"`
	Private  Private    `json:"-"` // Text: why
}

// HandoverWithdrawn: it is not offered any more.
type HandoverWithdrawn struct {
	Handover HandoverID `json:"handover"`
	Private  Private    `json:"-"` // Text: why
}

// HandoverReminded: nobody has answered. Next then.
type HandoverReminded struct {
	Handover HandoverID `json:"handover"`
	Next     Instant    `json:"next"`
}

func (OfferHandover) CommandName() string    { return "OfferHandover" }
func (OfferHandoverFor) CommandName() string { return "OfferHandoverFor" }
func (AcceptHandover) CommandName() string   { return "AcceptHandover" }
func (DeclineHandover) CommandName() string  { return "DeclineHandover" }
func (WithdrawHandover) CommandName() string { return "WithdrawHandover" }

func (*HandoverOffered) EventName() string   { return "HandoverOffered" }
func (*HandoverAccepted) EventName() string  { return "HandoverAccepted" }
func (*HandoverDeclined) EventName() string  { return "HandoverDeclined" }
func (*HandoverWithdrawn) EventName() string { return "HandoverWithdrawn" }
func (*HandoverReminded) EventName() string  { return "HandoverReminded" }

func (e *HandoverOffered) Subject() string    { return "handover:" + string(e.ID) }
func (e *HandoverOffered) Secret() *Private   { return &e.Private }
func (e *HandoverDeclined) Subject() string   { return "handover:" + string(e.Handover) }
func (e *HandoverDeclined) Secret() *Private  { return &e.Private }
func (e *HandoverWithdrawn) Subject() string  { return "handover:" + string(e.Handover) }
func (e *HandoverWithdrawn) Secret() *Private { return &e.Private }

// offerOf is the offer of a desk that stands, or nil.
func (s *State) offerOf(desk DeskID) *Handover {
	for _, h := range s.Handovers { // at most one: the order cannot show
		if h.Desk == desk {
			return h
		}
	}
	return nil
}

func (c OfferHandover) decide(s *State, m Meta, out []Event) ([]Event, *Rejection) {
	if seat := s.Seats[c.Desk]; seat != nil && !samePerson(seat.By, m.By) {
		return nil, reject(NotYourDesk, "%s has the desk since then: that person offers it, or a supervisor for them", seat.By).at("desk")
	}
	return offer(s, m, OfferHandoverFor{Desk: c.Desk, To: c.To, Note: c.Note}, out)
}

func (c OfferHandoverFor) decide(s *State, m Meta, out []Event) ([]Event, *Rejection) {
	if no := checkLine("reason", c.Reason); no != nil {
		return nil, no
	}
	return offer(s, m, c, out)
}

func offer(s *State, m Meta, c OfferHandoverFor, out []Event) ([]Event, *Rejection) {
	if _, known := s.Desk(c.Desk); !known {
		return nil, reject(DeskUnknown, "desk %q is not known", c.Desk).at("desk")
	}
	if no := checkLine("to", c.To); no != nil {
		return nil, no
	}
	if no := checkText("note", c.Note, MaxTextBytes, true); no != nil {
		return nil, no
	}
	from := ""
	if seat := s.Seats[c.Desk]; seat != nil {
		from = seat.By
		if nameOf(seat.By) == c.To {
			return nil, reject(NotYourDesk, "%s has the desk already: name somebody else", c.To).at("to")
		}
	}
	if h := s.offerOf(c.Desk); h != nil {
		return nil, reject(HandoverOpen, "the desk is offered to %s already: that person answers, or it is withdrawn", h.To).at("desk")
	}
	return append(out, &HandoverOffered{ID: HandoverID(numbered("ho", s.Counters.Handover+1)), Desk: c.Desk, From: from, To: c.To, Remind: m.At.Add(HandoverTerm),
		Private: Private{Text: c.Note, Name: c.Reason}}), nil
}

func (s *State) handover(id HandoverID) (*Handover, *Rejection) {
	h := s.Handovers[id]
	if h == nil {
		return nil, reject(HandoverUnknown, "handover %q is not known here: it was answered or withdrawn", id).at("handover")
	}
	return h, nil
}

// offeredTo finds an offer to who asks, by name.
func (s *State) offeredTo(id HandoverID, by string) (*Handover, *Rejection) {
	h, no := s.handover(id)
	if no == nil && nameOf(by) != h.To {
		no = reject(NotOfferedToYou, "the desk is offered to %s: only that person answers", h.To).at("handover")
	}
	return h, no
}

func (c AcceptHandover) decide(s *State, m Meta, out []Event) ([]Event, *Rejection) {
	h, no := s.offeredTo(c.Handover, m.By)
	if no != nil {
		return nil, no
	}
	accepted := &HandoverAccepted{Handover: h.ID}
	for _, c := range s.Contacts { // counts: the order cannot show
		if c.Outcome.Owner != h.Desk || c.Outcome.Kind.Final() {
			continue
		}
		accepted.Promises += len(s.unkept(c))
		if c.Outcome.Kind != OutcomeDuplicate {
			accepted.Calls++
		}
	}
	for _, a := range s.Alarms { // counts: the order cannot show
		if a.Desk == h.Desk && a.AckedBy == "" {
			accepted.Alarms++
		}
	}
	return append(out, accepted), nil
}

func (c DeclineHandover) decide(s *State, m Meta, out []Event) ([]Event, *Rejection) {
	h, no := s.offeredTo(c.Handover, m.By)
	if no != nil {
		return nil, no
	}
	if no := checkLine("reason", c.Reason); no != nil {
		return nil, no
	}
	return append(out, &HandoverDeclined{Handover: h.ID, Private: said(c.Reason)}), nil
}

func (c WithdrawHandover) decide(s *State, m Meta, out []Event) ([]Event, *Rejection) {
	h, no := s.handover(c.Handover)
	if no != nil {
		return nil, no
	}
	if !samePerson(h.By, m.By) {
		return nil, reject(NotYourDesk, "%s offered it: that person takes it back, or %s says no", h.By, h.To).at("handover")
	}
	if no := checkLine("reason", c.Reason); no != nil {
		return nil, no
	}
	return append(out, &HandoverWithdrawn{Handover: h.ID, Private: said(c.Reason)}), nil
}

// Owned is what a desk answers for.
type Owned struct {
	Calls    []ContactID // open, duplicates left out
	Held     []ContactID // of them, those that were put off
	Promises []PromiseID // open or broken, to its callers
	Alarms   []AlarmID   // that nobody has acknowledged
}

// Owns lists what a desk answers for, in order.
func (s *State) Owns(desk DeskID) Owned {
	var o Owned
	for _, id := range contactsInOrder(s) {
		c := s.Contacts[id]
		if c.Outcome.Owner != desk || c.Outcome.Kind.Final() {
			continue
		}
		o.Promises = append(o.Promises, s.unkept(c)...)
		if c.Outcome.Kind == OutcomeDuplicate {
			continue
		}
		o.Calls = append(o.Calls, id)
		if c.Outcome.Kind.putOff() {
			o.Held = append(o.Held, id)
		}
	}
	for _, id := range sortedKeys(s.Alarms) {
		if a := s.Alarms[id]; a.Desk == desk && a.AckedBy == "" {
			o.Alarms = append(o.Alarms, id)
		}
	}
	return o
}

// unkept lists what a caller was promised and what is open or broken of it.
func (s *State) unkept(c *Contact) []PromiseID {
	var left []PromiseID
	for _, p := range c.Promises {
		if st := s.Promises[p].State; st == PromiseOpen || st == PromiseBroken {
			left = append(left, p)
		}
	}
	return left
}

func (s *State) handoverDue(h *Handover, m Meta, alarms uint64, out []Event) []Event {
	return append(out, &HandoverReminded{Handover: h.ID, Next: m.At.Add(HandoverTerm)},
		&AlarmRaised{ID: s.nextAlarm(alarms), Cause: CauseHandover, Level: LevelNotice, Desk: s.supervisorOf(h.Desk), About: "handover:" + string(h.ID),
			Text: "desk " + string(h.Desk) + " was offered " + strconv.FormatInt(int64(m.At.Since(h.At)/Minute), 10) + " minutes ago and nobody has taken it over: it stays where it is"})
}

func (e *HandoverOffered) evolve(s *State, st Stamped) {
	s.Counters.Handover++
	s.Handovers[e.ID] = &Handover{ID: e.ID, Desk: e.Desk, From: e.From, To: e.To, Note: e.Private.Text, Absent: e.Private.Name, By: st.By, At: st.At, Remind: e.Remind}
	s.due.set(dueRef{dueHandover, string(e.ID)}, e.Remind)
	s.touched.config()
}

func (e *HandoverAccepted) evolve(s *State, st Stamped) {
	desk := s.Handovers[e.Handover].Desk
	s.Seats[desk] = &Seat{Desk: desk, By: st.By, Since: st.At}
	s.settleHandover(e.Handover)
}

func (e *HandoverDeclined) evolve(s *State, _ Stamped)  { s.settleHandover(e.Handover) }
func (e *HandoverWithdrawn) evolve(s *State, _ Stamped) { s.settleHandover(e.Handover) }

func (e *HandoverReminded) evolve(s *State, _ Stamped) {
	h := *s.Handovers[e.Handover]
	h.Remind = e.Next
	s.Handovers[e.Handover] = &h
	s.due.set(dueRef{dueHandover, string(e.Handover)}, e.Next)
}

func (s *State) settleHandover(id HandoverID) {
	delete(s.Handovers, id)
	s.due.set(dueRef{dueHandover, string(id)}, 0)
	s.dropAlarmsAbout(CauseHandover, "handover:"+string(id))
	s.touched.config()
}
