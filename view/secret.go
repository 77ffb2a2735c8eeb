package view

import (
	"strings"

	"github.com/everycall/everycall/dispatch"
)

// WithoutSecret returns an event without its private part: a copy, where there is any.
func WithoutSecret(event dispatch.Event) dispatch.Event {
	switch e := event.(type) {
	case *dispatch.AgreementRecorded:
		bare := *e
		bare.Private = dispatch.Private{}
		return &bare
	case *dispatch.CallerAdvised:
		bare := *e
		bare.Private = dispatch.Private{}
		return &bare
	case *dispatch.LiaisonRecorded:
		bare := *e
		bare.Private = dispatch.Private{}
		return &bare
	case *dispatch.LiaisonTried:
		bare := *e
		bare.Private = dispatch.Private{}
		return &bare
	case *dispatch.HazardRecorded:
		bare := *e
		bare.Private = dispatch.Private{}
		return &bare
	case *dispatch.HazardReviewed:
		bare := *e
		bare.Private = dispatch.Private{}
		return &bare
	case *dispatch.HazardWithdrawn:
		bare := *e
		bare.Private = dispatch.Private{}
		return &bare
	case *dispatch.UnitDispatched:
		bare := *e
		bare.Private = dispatch.Private{}
		return &bare
	case *dispatch.UnitStacked:
		bare := *e
		bare.Private = dispatch.Private{}
		return &bare
	case *dispatch.UnitUnassigned:
		bare := *e
		bare.Private = dispatch.Private{}
		return &bare
	case *dispatch.ClearingProposed:
		bare := *e
		bare.Private = dispatch.Private{}
		return &bare
	case *dispatch.ClearingRejected:
		bare := *e
		bare.Private = dispatch.Private{}
		return &bare
	case *dispatch.BulletinIssued:
		bare := *e
		bare.Private = dispatch.Private{}
		return &bare
	case *dispatch.BulletinWithdrawn:
		bare := *e
		bare.Private = dispatch.Private{}
		return &bare
	case *dispatch.CallerRung:
		bare := *e
		bare.Private = dispatch.Private{}
		return &bare
	case *dispatch.ClaimRecorded:
		bare := *e
		bare.Private = dispatch.Private{}
		return &bare
	case *dispatch.ClaimGraded:
		bare := *e
		bare.Private = dispatch.Private{}
		return &bare
	case *dispatch.ClaimHeld:
		bare := *e
		bare.Private = dispatch.Private{}
		return &bare
	case *dispatch.ClaimReleased:
		bare := *e
		bare.Private = dispatch.Private{}
		return &bare
	case *dispatch.ContactMadeConfidential:
		bare := *e
		bare.Private = dispatch.Private{}
		return &bare
	case *dispatch.ConfidentialRead:
		bare := *e
		bare.Private = dispatch.Private{}
		return &bare
	case *dispatch.ReadersChanged:
		bare := *e
		bare.Private = dispatch.Private{}
		return &bare
	case *dispatch.ContactReceived:
		bare := *e
		bare.Person = dispatch.Private{}
		return &bare
	case *dispatch.ContactTriaged:
		bare := *e
		bare.Private = dispatch.Private{}
		return &bare
	case *dispatch.ContactLocated:
		bare := *e
		bare.Place = dispatch.Private{}
		return &bare
	case *dispatch.OutcomeChanged:
		bare := *e
		bare.Private = dispatch.Private{}
		return &bare
	case *dispatch.IncidentReprioritised:
		bare := *e
		bare.Private = dispatch.Private{}
		return &bare
	case *dispatch.IncidentReopened:
		bare := *e
		bare.Private = dispatch.Private{}
		return &bare
	case *dispatch.NoteAdded:
		bare := *e
		bare.Private = dispatch.Private{}
		return &bare
	case *dispatch.NoteWasStruck:
		bare := *e
		bare.Private = dispatch.Private{}
		return &bare
	case *dispatch.PromiseMade:
		bare := *e
		bare.Private = dispatch.Private{}
		return &bare
	case *dispatch.PromiseSettled:
		bare := *e
		bare.Private = dispatch.Private{}
		return &bare
	}
	return bareIncidents(bareSending(event))
}

// Hidden reports whether an event's words are not to be read today: about a contact that
// is confidential, a claim that is sealed, or a liaison whose consent has run out.
func Hidden(today *dispatch.State, event dispatch.Event) bool {
	if c, is := event.(*dispatch.ClearingProposed); is { // one reason for all
		for _, id := range c.Bulk.Contacts {
			if today.Confidential[id] != nil {
				return true
			}
		}
	}
	sealed, is := event.(dispatch.Sealed)
	if !is {
		return false
	}
	subject := sealed.Subject()
	if id, about := strings.CutPrefix(subject, "claim:"); about {
		c := today.Claims[dispatch.ClaimID(id)]
		return c == nil || c.Sealed()
	}
	if id, about := strings.CutPrefix(subject, "liaison:"); about {
		return today.Liaisons[dispatch.LiaisonID(id)] == nil
	}
	return today.Confidential[dispatch.ContactID(subject)] != nil
}

// Subject is the contact under whose key an event's words are sealed; empty where there
// are none, or they are about no contact.
func Subject(event dispatch.Event) dispatch.ContactID {
	sealed, is := event.(dispatch.Sealed)
	if !is || *sealed.Secret() == (dispatch.Private{}) {
		return ""
	}
	return dispatch.ContactID(sealed.Subject())
}
