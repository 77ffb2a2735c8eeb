package httpapi

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"github.com/everycall/everycall/dispatch"
	"github.com/everycall/everycall/engine"
	"github.com/everycall/everycall/view"
)

// What has left the live state is read from the journal: the index says where it is
// spoken of, and the state just before its archiving is what it was.

// archived answers an incident that is in the archive, as it was when it went there.
func (s *Server) archived(ctx context.Context, id dispatch.IncidentID) (*body[IncidentDetail], error) {
	events, err := s.engine.IncidentHistory(ctx, id)
	if err != nil {
		return nil, pastProblem(err)
	}
	went := slices.IndexFunc(events, func(r engine.Recorded) bool {
		e, is := r.Event.(*dispatch.IncidentArchived)
		return is && e.Incident == id
	})
	if went < 0 {
		return nil, problem(http.StatusNotFound, string(dispatch.IncidentUnknown), "there never was an incident with this id", "path.id")
	}
	r, err := s.rowsBefore(ctx, events[went])
	if err != nil {
		return nil, pastProblem(err)
	}
	i := r.s.Incidents[id]
	if i == nil {
		return nil, problem(http.StatusNotFound, string(dispatch.IncidentUnknown), "it is not in the archive", "path.id")
	}
	var lines []view.Line
	for _, e := range events {
		lines = append(lines, view.LineOf(r.s, e.Seq, e.At, e.By, e.Event))
	}
	return &body[IncidentDetail]{r.detail(i, lines)}, nil
}

// archivedContact is archived for a contact.
func (s *Server) archivedContact(ctx context.Context, id dispatch.ContactID) (*body[Contact], error) {
	events, err := s.engine.ContactHistory(ctx, id)
	if err != nil {
		return nil, pastProblem(err)
	}
	if len(events) == 0 {
		return nil, problem(http.StatusNotFound, string(dispatch.ContactUnknown), "there never was a contact with this id", "path.id")
	}
	events = slices.DeleteFunc(events, aboutReading)
	// The last word about a contact, besides who read it, comes before its archiving.
	r, err := s.rowsAfter(ctx, events[len(events)-1])
	if err != nil {
		return nil, pastProblem(err)
	}
	c := r.s.Contacts[id]
	if c == nil {
		return nil, problem(http.StatusNotFound, string(dispatch.ContactUnknown), "it is not in the archive", "path.id")
	}
	return &body[Contact]{r.contact(c)}, nil
}

// aboutReading reports whether an event says who may look at a contact, or has: such
// events go on after its archiving.
func aboutReading(r engine.Recorded) bool {
	switch r.Event.(type) {
	case *dispatch.ConfidentialRead, *dispatch.ReadersChanged:
		return true
	}
	return false
}

func (s *Server) rowsBefore(ctx context.Context, e engine.Recorded) (rows, error) {
	st, err := s.engine.StateAfter(ctx, e.Seq-1)
	return s.rowsPast(ctx, st, e.At), err
}

func (s *Server) rowsAfter(ctx context.Context, e engine.Recorded) (rows, error) {
	st, err := s.engine.StateAfter(ctx, e.Seq)
	return s.rowsPast(ctx, st, e.At), err
}

// pastProblem says why the past cannot be read now.
func pastProblem(err error) error {
	switch {
	case errors.Is(err, engine.ErrNoIndex):
		return problem(http.StatusNotFound, string(dispatch.IncidentUnknown), "there is nothing live with this id, and this room keeps no index of its archive", "path.id")
	case errors.Is(err, engine.ErrIndexing):
		return problem(http.StatusServiceUnavailable, "indexing", "the archive is being indexed: ask again later", "")
	case errors.Is(err, engine.ErrHistoryTooLong):
		return problem(http.StatusConflict, string(dispatch.LimitReached), "too much has been recorded about it for one answer: read /events", "path.id")
	}
	return refusal(err)
}
