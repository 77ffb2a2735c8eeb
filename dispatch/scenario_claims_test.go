package dispatch

import (
	"fmt"
	"strings"
)

// claimCommand reads the verbs about claims, bulletins and confidential reports.
func (r *room) claimCommand(w *words) Command {
	claims := func(field string) (ids []ClaimID) {
		for _, id := range w.list(field) {
			ids = append(ids, ClaimID(id))
		}
		return ids
	}
	claim, contact := func() ClaimID { return ClaimID(w.subject(0)) }, func() ContactID { return ContactID(w.subject(0)) }
	switch reason := w.word("reason"); w.verb {
	case "claim":
		kind := SourceKind(w.word("kind"))
		if kind == "" {
			kind = "resident"
		}
		return RecordClaim{Role: w.subject(0), Kind: kind, Statement: w.word("says"), Grade: w.word("grade"), FirstHand: w.yes("first-hand"),
			Corroborates: claims("corroborates"), Contradicts: claims("contradicts")}
	case "grade":
		return GradeClaim{Claim: claim(), Grade: w.subject(1), Why: w.word("why")}
	case "hold-claim":
		return HoldClaim{Claim: claim(), Authority: w.word("authority"), Reason: reason}
	case "release-claim":
		return ReleaseClaim{Claim: claim(), Reason: reason}
	case "bulletin":
		c := IssueBulletin{Text: w.subject(0), Claims: claims("claims"), Service: Service(w.word("service")), Beats: w.list("beats")}
		if by := w.word("override-by"); by != "" {
			c.Override = &Override{By: by, Why: w.word("override-why")}
		}
		return c
	case "release-bulletin":
		return ReleaseBulletin{Bulletin: BulletinID(w.subject(0))}
	case "withdraw-bulletin":
		return WithdrawBulletin{Bulletin: BulletinID(w.subject(0)), Reason: reason}
	case "confidential":
		return MarkConfidential{Contact: contact(), Readers: w.list("readers"), Reason: reason, ReceiptAsked: w.yes("receipt")}
	case "look":
		return ReadConfidential{Contact: contact(), Reason: reason}
	case "readers":
		return ChangeReaders{Contact: contact(), Readers: w.list("readers"), Reason: reason}
	case "appoint-readers":
		return AppointReaders{Contact: contact(), Readers: w.list("readers"), Reason: reason}
	}
	return nil
}

// describeClaim goes on with claims, bulletins and confidential reports.
func describeClaim(s *State, e Event) string {
	switch e := e.(type) {
	case *ClaimRecorded:
		return fmt.Sprintf("claim %s by %s (%s), %s%s%s: %s", e.ID, e.Role, e.Kind, e.Grade, ifWord(len(e.Corroborates) > 0, fmt.Sprintf(", corroborates %v", e.Corroborates)),
			ifWord(len(e.Contradicts) > 0, fmt.Sprintf(", contradicts %v", e.Contradicts)), e.Private.Text)
	case *ClaimWasSealed:
		return fmt.Sprintf("claim %s is sealed", e.Claim)
	case *ClaimGraded:
		return fmt.Sprintf("claim %s is graded %s: %s", e.Claim, e.Grade, e.Private.Text)
	case *ClaimHeld:
		return fmt.Sprintf("claim %s is on legal hold by %s: %s", e.Claim, e.Authority, e.Private.Text)
	case *ClaimReleased:
		return fmt.Sprintf("claim %s is off its legal hold: %s", e.Claim, e.Private.Text)
	case *ClaimArchived:
		return fmt.Sprintf("claim %s has left the room; the journal keeps its history", e.Claim)
	case *BulletinIssued:
		text := fmt.Sprintf("bulletin %s, %s: %s", e.ID, orWord(ifWord(len(e.Claims) > 0, fmt.Sprintf("rests on %v", e.Claims)), "the room's own word"), e.Private.Text)
		if e.Override != nil {
			text += fmt.Sprintf("; %s answers for it: %s", e.Override.By, e.Override.Why)
		}
		return text
	case *BulletinQuestioned:
		return fmt.Sprintf("bulletin %s is in question: %s", e.Bulletin, e.Why)
	case *BulletinReleased:
		return fmt.Sprintf("bulletin %s is public from now on", e.Bulletin)
	case *BulletinWithdrawn:
		return fmt.Sprintf("bulletin %s is withdrawn: %s", e.Bulletin, e.Private.Text)
	case *BulletinArchived:
		return fmt.Sprintf("bulletin %s has left the room", e.Bulletin)
	case *ContactMadeConfidential:
		return fmt.Sprintf("%s is confidential: %s may look%s", e.Contact, strings.Join(e.Readers, " and "), ifWord(e.ReceiptAsked, "; a receipt was asked for"))
	case *ConfidentialRead:
		return fmt.Sprintf("%s is looked at", e.Contact)
	case *ReadersChanged:
		return fmt.Sprintf("%s: %s may look from now on", e.Contact, strings.Join(e.Readers, " and "))
	}
	return describeIncidents(s, e)
}

func (r *room) showClaims(part string) (lines []string) {
	s := r.state
	switch part {
	case "claims":
		for _, id := range sortedKeys(s.Claims) {
			c := s.Claims[id]
			line := fmt.Sprintf("%s %s (%s), %s, %s", id, c.Role, c.Kind, orWord(ifWord(c.FirstHand, "first-hand"), "relayed"), c.Grade)
			for n, ids := range [][]ClaimID{c.Corroborates, c.CorroboratedBy, c.Contradicts, c.ContradictedBy} {
				if len(ids) > 0 {
					line += ", " + []string{"corroborates", "corroborated by", "contradicts", "contradicted by"}[n] + " " + listed(ids)
				}
			}
			if c.Hold != nil {
				line += ", on hold by " + c.Hold.Authority
			}
			line += ifWord(len(c.Became) > 0, ", became "+strings.Join(c.Became, ", "))
			lines = append(lines, line+": "+orWord(c.Statement, "(sealed)"))
			for _, g := range c.Grades[1:] {
				lines = append(lines, fmt.Sprintf("%s was graded %s at %s by %s: %s", id, g.Grade, clock(g.At), g.By, orWord(g.Why, "(sealed)")))
			}
		}
	case "bulletins":
		for _, id := range sortedKeys(s.Bulletins) {
			b := s.Bulletins[id]
			line := fmt.Sprintf("%s by %s for %s, %s", id, b.By, b.Desk, orWord(ifWord(len(b.Claims) > 0, "rests on "+listed(b.Claims)), "the room's own word"))
			for _, q := range b.Questions {
				line += ", in question since " + clock(q.At) + ": " + q.Why
			}
			line += ifWord(b.ReleasedAt != 0, ", released by "+b.ReleasedBy) + ifWord(!b.InForce(), ", withdrawn by "+b.WithdrawnBy+": "+b.Reason)
			lines = append(lines, line+": "+b.Text)
		}
	case "public":
		for _, b := range s.PublicBulletins(r.meta.At) {
			lines = append(lines, orWord(ifWord(!b.InForce(), "(withdrawn at "+clock(b.WithdrawnAt)+")"), b.Text))
		}
	case "confidential":
		for _, id := range sortedKeys(s.Confidential) {
			c := s.Confidential[id]
			line := fmt.Sprintf("%s: %s may look%s", id, strings.Join(c.Readers, " and "), orWord(ifWord(c.ReceiptAsked, "; a receipt was asked for"), "; nothing is sent by itself"))
			for _, l := range c.Looks {
				line += fmt.Sprintf("; %s looked at %s", l.By, clock(l.At))
			}
			lines = append(lines, line)
		}
	}
	return lines
}
