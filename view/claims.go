package view

import (
	"fmt"
	"strings"

	"github.com/everycall/everycall/dispatch"
)

// describeClaim goes on with claims, bulletins and confidential reports.
func describeClaim(event dispatch.Event) string {
	switch e := event.(type) {
	case *dispatch.ClaimRecorded:
		return fmt.Sprintf("claim %s by %s (%s), %s", e.ID, e.Role, e.Kind, e.Grade)
	case *dispatch.ClaimWasSealed:
		return fmt.Sprintf("claim %s sealed", e.Claim)
	case *dispatch.ClaimGraded:
		return fmt.Sprintf("claim %s graded %s", e.Claim, e.Grade)
	case *dispatch.ClaimHeld:
		return fmt.Sprintf("claim %s on legal hold by %s", e.Claim, e.Authority)
	case *dispatch.ClaimReleased:
		return fmt.Sprintf("claim %s off its legal hold", e.Claim)
	case *dispatch.ClaimArchived:
		return fmt.Sprintf("claim %s has left the room", e.Claim)
	case *dispatch.BulletinIssued:
		text := fmt.Sprintf("bulletin %s issued, on the room's own word", e.ID)
		if len(e.Claims) > 0 {
			text = fmt.Sprintf("bulletin %s issued, resting on %s", e.ID, strings.Trim(fmt.Sprint(e.Claims), "[]"))
		}
		if e.Override != nil {
			text += fmt.Sprintf("; %s answers for it: %s", e.Override.By, e.Override.Why)
		}
		return text
	case *dispatch.BulletinQuestioned:
		return fmt.Sprintf("bulletin %s in question: %s", e.Bulletin, e.Why)
	case *dispatch.BulletinReleased:
		return fmt.Sprintf("bulletin %s released to the public", e.Bulletin)
	case *dispatch.BulletinWithdrawn:
		return fmt.Sprintf("bulletin %s withdrawn", e.Bulletin)
	case *dispatch.BulletinArchived:
		return fmt.Sprintf("bulletin %s has left the room", e.Bulletin)
	case *dispatch.ContactMadeConfidential:
		return "made confidential; " + strings.Join(e.Readers, ", ") + " may look"
	case *dispatch.ConfidentialRead:
		return "looked at by a named reader"
	case *dispatch.ReadersChanged:
		return "its readers changed; " + strings.Join(e.Readers, ", ") + " may look"
	}
	return event.EventName()
}
