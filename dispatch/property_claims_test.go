package dispatch

import (
	"fmt"
	"strings"

	"pgregory.net/rapid"
)

// drawClaims draws what is said, told and hidden.
func (w *world) drawClaims(contact ContactID, reason string) Command {
	t := w.t
	claim := func(label string) ClaimID {
		return ClaimID(fmt.Sprintf("cl%d", rapid.IntRange(max(1, int(w.live.Counters.Claim)-3), int(w.live.Counters.Claim)+1).Draw(t, label)))
	}
	bulletin := BulletinID(fmt.Sprintf("bu%d", rapid.IntRange(max(1, int(w.live.Counters.Bulletin)-2), int(w.live.Counters.Bulletin)+1).Draw(t, "bulletin")))
	grade := rapid.SampledFrom(Grades).Draw(t, "grade")
	readers := rapid.SampledFrom([][]string{nil, {"tester"}, {"second"}, {"tester", "second"}}).Draw(t, "readers")
	switch rapid.IntRange(0, 12).Draw(t, "of claims") {
	case 0, 1, 2:
		c := RecordClaim{Role: rapid.SampledFrom([]string{"resident", "shop"}).Draw(t, "role"), Kind: rapid.SampledFrom(SourceKinds).Draw(t, "kind"), Statement: "quiet", Grade: grade}
		switch rapid.IntRange(0, 2).Draw(t, "links") {
		case 0:
			c.Corroborates = []ClaimID{claim("corroborates")}
		case 1:
			c.Contradicts = []ClaimID{claim("contradicts")}
		}
		return c
	case 3:
		return GradeClaim{Claim: claim("graded"), Grade: grade, Why: reason}
	case 4:
		return HoldClaim{Claim: claim("held"), Authority: "court", Reason: reason}
	case 5:
		return ReleaseClaim{Claim: claim("released"), Reason: reason}
	case 6, 7:
		c := IssueBulletin{Text: rapid.SampledFrom([]string{"the bridge is shut", "U1 waits at the bridge"}).Draw(t, "text")}
		if rapid.Bool().Draw(t, "cites") {
			c.Claims = []ClaimID{claim("cited")}
		}
		if rapid.IntRange(0, 2).Draw(t, "overrides") == 0 {
			c.Override = &Override{By: "chief", Why: "because"}
		}
		return c
	case 8:
		return ReleaseBulletin{Bulletin: bulletin}
	case 9:
		return WithdrawBulletin{Bulletin: bulletin, Reason: reason}
	case 10:
		return MarkConfidential{Contact: contact, Readers: readers, Reason: reason}
	case 11:
		return ReadConfidential{Contact: contact, Reason: reason}
	}
	return ChangeReaders{Contact: contact, Readers: readers, Reason: reason}
}

// published holds the laws of what is said and told: nothing is public before its delay
// unless a supervisor released it, and never what names a unit; no bulletin in force
// rests on what does not carry it unless somebody answers for it or it is in question;
// only named readers have looked; links show from both ends.
func (w *world) published() {
	s, now := w.live, w.meta.At
	for _, b := range s.PublicBulletins(now) {
		if b.ReleasedAt == 0 && now.Since(b.IssuedAt) < PublicDelay {
			w.t.Fatalf("bulletin %s is public after %d ms and nobody released it", b.ID, now.Since(b.IssuedAt))
		}
		if strings.Contains(b.Text, "U1") {
			w.t.Fatalf("bulletin %s names a unit and is public", b.ID)
		}
	}
	for id, b := range s.Bulletins {
		if b.InForce() && b.Override == nil && len(b.Questions) == 0 && s.carries(b.Claims) != nil {
			w.t.Fatalf("bulletin %s stands unquestioned on %v, which does not carry it", id, b.Claims)
		}
		for _, c := range b.Claims {
			if b.InForce() && s.Claims[c] == nil {
				w.t.Fatalf("claim %s has left the state while bulletin %s cites it", c, id)
			}
		}
	}
	for id, c := range s.Claims {
		for _, other := range c.Contradicts {
			if o := s.Claims[other]; o != nil && !contains(o.ContradictedBy, id) {
				w.t.Fatalf("claim %s contradicts %s, which does not show it", id, other)
			}
		}
		if c.Sealed() && (c.Statement != "" || c.Hold != nil) {
			w.t.Fatalf("claim %s is sealed and can be read, or is on hold", id)
		}
	}
}
