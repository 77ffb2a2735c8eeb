package httpapi

import (
	"github.com/everycall/everycall/auth"
	"github.com/everycall/everycall/dispatch"
)

// GradeRow is one entry of a claim's grade history.
type GradeRow struct {
	Grade string `json:"grade"`
	At    string `json:"at"`
	By    string `json:"by"`
	Why   string `json:"why,omitempty"`
}

// HoldRow is a legal hold: the claim is not sealed while it lasts.
type HoldRow struct {
	Authority string `json:"authority"`
	Reason    string `json:"reason,omitempty"`
	At        string `json:"at"`
	By        string `json:"by"`
}

// Bulletin is what the room tells many people.
type Bulletin struct {
	ID          string        `json:"id"`
	Text        string        `json:"text,omitempty"`
	Claims      []string      `json:"claims" doc:"empty: the room's own word"`
	Service     string        `json:"service,omitempty"`
	Beats       []string      `json:"beats"`
	Desk        string        `json:"desk" doc:"its author, who is asked to correct or withdraw it"`
	Override    *OverrideRow  `json:"override,omitempty"`
	IssuedAt    string        `json:"issued_at"`
	By          string        `json:"by"`
	PublicAt    string        `json:"public_at,omitempty" doc:"left out while it is in question, and where it named a gate, rendezvous, unit or reserve when it was issued"`
	Released    string        `json:"released_by,omitempty"`
	Questions   []QuestionRow `json:"questions"`
	WithdrawnAt string        `json:"withdrawn_at,omitempty"`
	WithdrawnBy string        `json:"withdrawn_by,omitempty"`
	Reason      string        `json:"reason,omitempty" doc:"why it was withdrawn"`
}

// OverrideRow is who answers for a bulletin that its claims do not carry.
type OverrideRow struct {
	By  string `json:"by" minLength:"1" maxLength:"400"`
	Why string `json:"why" minLength:"1" maxLength:"400"`
}

// QuestionRow is what puts a bulletin in question.
type QuestionRow struct {
	Claim string `json:"claim"`
	Why   string `json:"why"`
	At    string `json:"at"`
}

// PublicBulletin is all that the public reads of one.
type PublicBulletin struct {
	ID          string   `json:"id"`
	Text        string   `json:"text,omitempty" doc:"left out once it is withdrawn"`
	Service     string   `json:"service,omitempty"`
	Beats       []string `json:"beats"`
	IssuedAt    string   `json:"issued_at"`
	WithdrawnAt string   `json:"withdrawn_at,omitempty"`
}

// ConfidentialRow says that a contact is confidential, who may look at it and who has.
type ConfidentialRow struct {
	Readers      []string  `json:"readers"`
	At           string    `json:"at"`
	By           string    `json:"by"`
	ReceiptAsked bool      `json:"receipt_asked"`
	Looks        []LookRow `json:"looks"`
}

// LookRow is one look. Its reason is shown to a reader who looks.
type LookRow struct {
	By     string `json:"by"`
	At     string `json:"at"`
	Reason string `json:"reason,omitempty"`
}

// claim shows what a source says. The words are sealed in the journal, so they are for
// those alone who see all.
func (r rows) claim(c *dispatch.Claim) Claim {
	row := Claim{ID: string(c.ID), Role: c.Role, Kind: string(c.Kind), Grade: c.Grade, Grades: []GradeRow{}, FirstHand: c.FirstHand, Corroborates: texts(c.Corroborates),
		CorroboratedBy: texts(c.CorroboratedBy), Contradicts: texts(c.Contradicts), ContradictedBy: texts(c.ContradictedBy), Became: texts(c.Became),
		At: r.time(c.At), Sealed: c.Sealed(), Invented: c.Invented}
	full := r.sight == auth.SightFull
	if full {
		row.Statement = c.Statement
	}
	for _, g := range c.Grades {
		grade := GradeRow{Grade: g.Grade, At: r.time(g.At), By: g.By}
		if full {
			grade.Why = g.Why
		}
		row.Grades = append(row.Grades, grade)
	}
	if c.Hold == nil {
		row.SealAt = r.time(c.At.Add(dispatch.ClaimSealAfter))
		return row
	}
	row.Hold = &HoldRow{Authority: c.Hold.Authority, At: r.time(c.Hold.At), By: c.Hold.By}
	if full {
		row.Hold.Reason = c.Hold.Reason
	}
	return row
}

func (r rows) bulletin(b *dispatch.Bulletin) Bulletin {
	row := Bulletin{ID: string(b.ID), Claims: texts(b.Claims), Service: string(b.Service), Beats: texts(b.Beats), Desk: string(b.Desk), IssuedAt: r.time(b.IssuedAt), By: b.By,
		PublicAt: r.time(b.PublicAt()), Released: b.ReleasedBy, Questions: []QuestionRow{}, WithdrawnAt: r.time(b.WithdrawnAt), WithdrawnBy: b.WithdrawnBy}
	if o := b.Override; o != nil {
		row.Override = &OverrideRow{By: o.By, Why: o.Why}
	}
	for _, q := range b.Questions {
		row.Questions = append(row.Questions, QuestionRow{Claim: string(q.Claim), Why: q.Why, At: r.time(q.At)})
	}
	if r.sight == auth.SightFull {
		row.Text, row.Reason = b.Text, b.Reason
	}
	return row
}

func (r rows) publicBulletin(b *dispatch.Bulletin) PublicBulletin {
	row := PublicBulletin{ID: string(b.ID), Service: string(b.Service), Beats: texts(b.Beats), IssuedAt: r.time(b.IssuedAt), WithdrawnAt: r.time(b.WithdrawnAt)}
	if b.InForce() {
		row.Text = b.Text
	}
	return row
}

// confidential is what everybody in the room sees of it; the reasons are sealed.
func (r rows) confidential(c *dispatch.Confidential) *ConfidentialRow {
	row := &ConfidentialRow{Readers: texts(c.Readers), At: r.time(c.At), By: c.By, ReceiptAsked: c.ReceiptAsked, Looks: []LookRow{}}
	for _, l := range c.Looks {
		row.Looks = append(row.Looks, LookRow{By: l.By, At: r.time(l.At)})
	}
	return row
}
