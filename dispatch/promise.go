package dispatch

import "strconv"

// PromiseState is what has become of what a caller was told.
type PromiseState string

// A promise is open until a person keeps or updates it, or its time passes.
const (
	PromiseOpen    PromiseState = "open"
	PromiseKept    PromiseState = "kept"
	PromiseBroken  PromiseState = "broken"
	PromiseUpdated PromiseState = "updated"
	PromiseNotTold PromiseState = "not_told_unsafe"
)

// Promise is what a caller was told: by whom, through which channel, and within
// which time (Los Angeles County: past the limit the caller is told, and that is
// recorded with its time).
type Promise struct {
	ID      PromiseID    `json:"id"`
	Contact ContactID    `json:"contact"`
	Told    string       `json:"told"`
	By      string       `json:"by"`
	Channel string       `json:"channel"`
	From    Instant      `json:"from"`
	Due     Instant      `json:"due"`
	State   PromiseState `json:"state"`
	Settled Instant      `json:"settled,omitempty"`
	How     string       `json:"how,omitempty"`
}

func (p *Promise) nextDue() Instant {
	if p.State == PromiseOpen {
		return p.Due
	}
	return 0
}

// PromiseTold is what was said to the caller, and within which time.
type PromiseTold struct {
	Told    string
	Channel string
	Within  Millis
}

// MakePromise records what a caller was told.
type MakePromise struct {
	Contact ContactID
	PromiseTold
}

// KeepPromise records that it was done, and how.
type KeepPromise struct {
	Promise PromiseID
	How     string
}

// UpdatePromise records that the caller was told something new instead.
type UpdatePromise struct {
	Promise PromiseID
	PromiseTold
}

// PromiseMade: the caller was told this. The words are sealed with the contact.
type PromiseMade struct {
	ID      PromiseID    `json:"id"`
	Contact ContactID    `json:"contact"`
	Channel string       `json:"channel"`
	Due     Instant      `json:"due"`
	State   PromiseState `json:"state"`
	Private Private      `json:"-"` // Text: the words
}

// PromiseSettled: it was kept, broken or updated.
type PromiseSettled struct {
	Promise PromiseID    `json:"promise"`
	Contact ContactID    `json:"contact"`
	State   PromiseState `json:"state"`
	Private Private      `json:"-"` // Text: how
}

func (MakePromise) CommandName() string   { return "MakePromise" }
func (KeepPromise) CommandName() string   { return "KeepPromise" }
func (UpdatePromise) CommandName() string { return "UpdatePromise" }

func (*PromiseMade) EventName() string    { return "PromiseMade" }
func (*PromiseSettled) EventName() string { return "PromiseSettled" }

func (e *PromiseMade) Subject() string     { return string(e.Contact) }
func (e *PromiseMade) Secret() *Private    { return &e.Private }
func (e *PromiseSettled) Subject() string  { return string(e.Contact) }
func (e *PromiseSettled) Secret() *Private { return &e.Private }

// promise makes the event for something told; nth counts promises made earlier
// in the same command.
func (s *State) promise(c *Contact, told PromiseTold, m Meta, nth uint64) (*PromiseMade, *Rejection) {
	if no := checkLine("told", told.Told); no != nil {
		return nil, no
	}
	if no := checkLine("channel", told.Channel); no != nil {
		return nil, no
	}
	if told.Within < Minute || told.Within > PromiseMax {
		return nil, reject(TimeInvalid, "a promise is due in one minute at the least and one week at the most").at("minutes")
	}
	if len(c.Promises) >= MaxPromises {
		return nil, reject(LimitReached, "contact %d has %d promises: at most MaxPromises", c.Number, len(c.Promises))
	}
	if c.Safe == SafeNo && told.Channel != "on_call" {
		return nil, reject(NumberUnsafe, "the number of contact %d is not safe: nothing goes out to it; say it on this call, or let the supervisor decide", c.Number).at("channel")
	}
	return &PromiseMade{ID: PromiseID("p" + strconv.FormatUint(s.Counters.Promise+1+nth, 10)), Contact: c.ID, Channel: s.toldBy(c, told.Channel),
		Due: m.At.Add(told.Within), State: PromiseOpen, Private: Private{Text: told.Told}}, nil
}

func (s *State) openPromise(id PromiseID) (*Promise, *Rejection) {
	p := s.Promises[id]
	if p == nil {
		return nil, reject(PromiseUnknown, "promise %q is not known here", id).at("promise")
	}
	if p.State != PromiseOpen && p.State != PromiseBroken {
		return nil, reject(PromiseIsSettled, "promise %s is %s since then", id, p.State).at("promise")
	}
	return p, nil
}

func (c MakePromise) decide(s *State, m Meta, out []Event) ([]Event, *Rejection) {
	contact, no := s.openContact(c.Contact)
	if no != nil {
		return nil, no
	}
	made, no := s.promise(contact, c.PromiseTold, m, 0)
	if no != nil {
		return nil, no
	}
	return append(out, made), nil
}

func (c KeepPromise) decide(s *State, _ Meta, out []Event) ([]Event, *Rejection) {
	p, no := s.openPromise(c.Promise)
	if no != nil {
		return nil, no
	}
	if p.State == PromiseBroken {
		return nil, reject(PromiseIsSettled, "promise %s was broken: tell the caller something new instead", p.ID).at("promise")
	}
	if no := checkLine("how", c.How); no != nil {
		return nil, no
	}
	return append(out, &PromiseSettled{Promise: p.ID, Contact: p.Contact, State: PromiseKept, Private: Private{Text: c.How}}), nil
}

func (c UpdatePromise) decide(s *State, m Meta, out []Event) ([]Event, *Rejection) {
	p, no := s.openPromise(c.Promise)
	if no != nil {
		return nil, no
	}
	contact, no := s.openContact(p.Contact)
	if no != nil {
		return nil, no
	}
	made, no := s.promise(contact, c.PromiseTold, m, 0)
	if no != nil {
		return nil, no
	}
	if p.State == PromiseOpen {
		out = append(out, &PromiseSettled{Promise: p.ID, Contact: p.Contact, State: PromiseUpdated, Private: Private{Text: "told anew"}})
	}
	return append(out, made), nil
}

func (e *PromiseMade) evolve(s *State, st Stamped) {
	s.Counters.Promise++
	p := &Promise{ID: e.ID, Contact: e.Contact, Told: e.Private.Text, By: st.By, Channel: e.Channel, From: st.At, Due: e.Due, State: e.State}
	s.Promises[e.ID] = p
	c := s.Contacts[e.Contact]
	c.Promises = append(c.Promises, e.ID)
	s.callerWasTold(c)
	s.due.set(dueRef{duePromise, string(e.ID)}, p.nextDue())
	s.touched.promise(e.ID)
	s.touched.contact(e.Contact)
}

func (e *PromiseSettled) evolve(s *State, st Stamped) {
	p := s.Promises[e.Promise]
	p.State, p.Settled, p.How = e.State, st.At, e.Private.Text
	s.due.set(dueRef{duePromise, string(e.Promise)}, 0)
	if i := s.Incidents[s.Contacts[e.Contact].Incident]; i != nil && !i.Open() { // it may have waited for this
		s.due.set(dueRef{dueArchive, string(i.ID)}, s.archiveAt(i))
	}
	s.touched.promise(e.Promise)
	s.touched.contact(e.Contact)
}
