package httpapi

import (
	"context"
	"net/http"

	"github.com/everycall/everycall/auth"
	"github.com/everycall/everycall/dispatch"
)

// What a confidential contact says is left out where rows are made, and nowhere else:
// rows.hidden names the contacts, whatever moment the rows are of.

// hiddenText stands where words are left out.
const hiddenText = "(confidential)"

// mayPlace reports whether the reader may see where a contact is: anybody who sees all,
// unless it is confidential. Then only a dispatcher may, and only of a life-safety
// call, so that a unit can be sent at once.
func (r rows) mayPlace(c *dispatch.Contact) bool {
	if r.hidden[c.ID] == nil {
		return true
	}
	i := r.s.Incidents[c.Incident]
	return (r.role == auth.RoleDispatcher || r.role == auth.RoleSupervisor) && (c.LifeSafety || (i != nil && i.LifeSafety))
}

// aboutHidden reports whether what is said of an incident is said of a confidential
// contact: its leading one. One that was joined away tells nothing any more.
func (r rows) aboutHidden(i *dispatch.Incident) bool {
	lead := r.s.Lead(i)
	return (lead != nil && r.hidden[lead.ID] != nil) || (lead == nil && len(r.hidden) > 0)
}

// said is the text of a line, or what may be shown of it.
func (r rows) said(subject dispatch.ContactID, text, bare string) string {
	if subject != "" && r.hidden[subject] != nil {
		return bare
	}
	return text
}

// Looked is what a named reader sees.
type Looked struct {
	Seq uint64 `json:"seq" doc:"the event that records this look"`
	Contact
	Reason    string    `json:"reason" doc:"why it is confidential"`
	NotesText []NoteRow `json:"notes_text"`
}

type confidentialIn struct {
	ID   string `path:"id" maxLength:"200"`
	Body struct {
		Readers      []string `json:"readers" minItems:"1" maxItems:"20" doc:"principals as they stand in the journal: role:name"`
		Reason       string   `json:"reason" minLength:"1" maxLength:"400"`
		ReceiptAsked bool     `json:"receipt_asked,omitempty" doc:"the caller asked for a receipt; without it nothing is sent by itself"`
	}
}

type readersIn struct {
	ID   string `path:"id" maxLength:"200"`
	Body struct {
		Readers []string `json:"readers" minItems:"1" maxItems:"20" doc:"principals as they stand in the journal: role:name"`
		Reason  string   `json:"reason" minLength:"1" maxLength:"400"`
	}
}

type lookIn struct {
	ID   string `path:"id" maxLength:"200"`
	Body struct {
		Reason string `json:"reason" minLength:"1" maxLength:"400" doc:"sealed with the contact"`
	}
}

func (s *Server) confidentialRoutes() {
	route(s, http.MethodPost, "/api/v1/contacts/{id}/confidential", "markConfidential", "contacts", "Show its name, number, exact place and words to named readers alone", func(ctx context.Context, in *confidentialIn) (*body[Done], error) {
		return s.do(ctx, dispatch.MarkConfidential{Contact: dispatch.ContactID(in.ID), Readers: in.Body.Readers, Reason: in.Body.Reason, ReceiptAsked: in.Body.ReceiptAsked})
	})
	route(s, http.MethodPost, "/api/v1/contacts/{id}/readers", "changeReaders", "contacts", "Name other readers: a reader or a supervisor may", func(ctx context.Context, in *readersIn) (*body[Done], error) {
		c := dispatch.ChangeReaders{Contact: dispatch.ContactID(in.ID), Readers: in.Body.Readers, Reason: in.Body.Reason}
		if identity(ctx).May("command:AppointReaders") {
			return s.do(ctx, dispatch.AppointReaders(c))
		}
		return s.do(ctx, c)
	})
	route(s, http.MethodPost, "/api/v1/contacts/{id}/look", "lookAtContact", "contacts", "One look by a named reader, which is recorded", s.look)
}

// look records a look first and shows the contact then, as it was last where it is in
// the archive.
func (s *Server) look(ctx context.Context, in *lookIn) (*body[Looked], error) {
	id := dispatch.ContactID(in.ID)
	receipt, err := s.submit(ctx, dispatch.ReadConfidential{Contact: id, Reason: in.Body.Reason})
	if err != nil {
		return nil, err
	}
	out := &body[Looked]{Looked{Seq: receipt.Seq, NotesText: []NoteRow{}}}
	s.room.mu.RLock()
	r := s.rowsOf(identity(ctx))
	conf := r.hidden[id]
	live := r.s.Contacts[id] != nil
	if conf != nil && !conf.MayRead(By(identity(ctx))) { // a repeated request, and no reader any more
		live, conf = false, nil
	}
	if live && conf != nil {
		r.showAll(id, conf, &out.Body)
	}
	s.room.mu.RUnlock()
	switch {
	case conf == nil:
		return nil, problem(http.StatusForbidden, string(dispatch.NotAReader), "you are no longer among its readers", "path.id")
	case live:
		return out, nil
	}
	events, err := s.engine.ContactHistory(ctx, id)
	if err != nil {
		return nil, pastProblem(err)
	}
	for n := len(events) - 1; n >= 0; n-- {
		if aboutReading(events[n]) {
			continue
		}
		past, err := s.rowsAfter(ctx, events[n])
		if err != nil {
			return nil, pastProblem(err)
		}
		if past.s.Contacts[id] != nil {
			past.showAll(id, conf, &out.Body)
			return out, nil
		}
	}
	return nil, problem(http.StatusNotFound, string(dispatch.ContactUnknown), "it is not in the archive", "path.id")
}

// showAll fills in what a reader sees of one contact.
func (r rows) showAll(id dispatch.ContactID, conf *dispatch.Confidential, out *Looked) {
	bare := r
	bare.hidden, bare.sight = nil, auth.SightFull
	c := r.s.Contacts[id]
	out.Contact, out.Reason = bare.contact(c), conf.Reason
	out.Contact.Confidential = r.confidential(conf)
	for n, l := range conf.Looks {
		out.Contact.Confidential.Looks[n].Reason = l.Reason
	}
	i := r.s.Incidents[c.Incident]
	if i == nil {
		return
	}
	for _, n := range i.Notes {
		if n.Contact == id {
			out.NotesText = append(out.NotesText, NoteRow{ID: string(n.ID), At: r.time(n.At), By: n.By, Text: n.Text, StruckAt: r.time(n.StruckAt), StruckBy: n.StruckBy, Why: n.Why})
		}
	}
}
