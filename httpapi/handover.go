package httpapi

import (
	"bytes"
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"html/template"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/everycall/everycall/dispatch"
)

// HandoverPage is what one desk owns, on one page.
type HandoverPage struct {
	Jurisdiction string       `json:"jurisdiction"`
	Desk         Named        `json:"desk"`
	At           string       `json:"at"`
	Seat         *SeatRow     `json:"seat,omitempty" doc:"who has the desk; none: nobody"`
	Offer        *OfferRow    `json:"offer,omitempty" doc:"to whom it is offered; it passes when that person accepts"`
	Postures     []PageLine   `json:"postures" doc:"in force, for everybody"`
	Majors       []PageLine   `json:"majors" doc:"major incidents in force"`
	Calls        []PageLine   `json:"calls" doc:"the desk's open calls, the first due first"`
	Held         []PageLine   `json:"held" doc:"of them, those that were put off"`
	Promises     []PageLine   `json:"promises" doc:"open or broken, to the desk's callers"`
	Alarms       []PageLine   `json:"alarms" doc:"the desk's, that nobody has acknowledged"`
	Zones        []PageLine   `json:"zones"`
	Closures     []PageLine   `json:"closures" doc:"ways that are not open"`
	Stations     []PageLine   `json:"stations" doc:"lost or evacuated"`
	Bolos        []PageLine   `json:"bolos"`
	Claims       []PageLine   `json:"claims" doc:"not sealed, and contradicted or resting on one source"`
	Tows         []PageLine   `json:"tows" doc:"providers under way"`
	Desks        []Named      `json:"desks" doc:"that there are"`
	Counts       HandoverSums `json:"counts"`
}

// HandoverSums is how much there is.
type HandoverSums struct {
	Calls    int `json:"calls"`
	Promises int `json:"promises"`
	Alarms   int `json:"alarms"`
}

// PageLine is one line of the page.
type PageLine struct {
	ID   string `json:"id"`
	What string `json:"what"`
	Text string `json:"text,omitempty"`
	Due  string `json:"due,omitempty"`
}

// SeatRow is who has a desk.
type SeatRow struct {
	By    string `json:"by"`
	Since string `json:"since"`
}

// OfferRow is a desk offered to somebody.
type OfferRow struct {
	ID     string `json:"id"`
	From   string `json:"from,omitempty"`
	To     string `json:"to"`
	By     string `json:"by"`
	At     string `json:"at"`
	Note   string `json:"note,omitempty"`
	Absent string `json:"absent,omitempty" doc:"why it is offered for somebody else"`
}

type handoverIn struct {
	Desk string `query:"desk" maxLength:"400" doc:"none: the first one"`
}

type handoverOfferIn struct {
	Body struct {
		Desk   string `json:"desk" minLength:"1" maxLength:"400"`
		To     string `json:"to" minLength:"1" maxLength:"400" doc:"a person's name, as that person signs in"`
		Note   string `json:"note,omitempty" maxLength:"8000"`
		Absent string `json:"absent,omitempty" maxLength:"400" doc:"a supervisor, for somebody who cannot: why"`
	}
}

func (s *Server) handoverRoutes() {
	route(s, http.MethodGet, "/api/v1/handover", "getHandover", "handover", "What one desk owns: postures, holds, promises, closures, zones, lost stations, major incidents, BOLOs, alarms, claims", func(ctx context.Context, in *handoverIn) (*body[HandoverPage], error) {
		page, bad := s.handoverPage(ctx, dispatch.DeskID(in.Desk))
		if bad != nil {
			return nil, bad
		}
		return &body[HandoverPage]{page}, nil
	})
	route(s, http.MethodPost, "/api/v1/handovers", "offerHandover", "handover", "Offer a desk to somebody by name; it passes when that person accepts", func(ctx context.Context, in *handoverOfferIn) (*body[Done], error) {
		b := in.Body
		if b.Absent != "" {
			return s.do(ctx, dispatch.OfferHandoverFor{Desk: dispatch.DeskID(b.Desk), To: b.To, Note: b.Note, Reason: b.Absent})
		}
		return s.do(ctx, dispatch.OfferHandover{Desk: dispatch.DeskID(b.Desk), To: b.To, Note: b.Note})
	})
	route(s, http.MethodPost, "/api/v1/handovers/{id}/accept", "acceptHandover", "handover", "Take the desk over; only who was named can", func(ctx context.Context, in *confirmIn) (*body[Done], error) {
		return s.do(ctx, dispatch.AcceptHandover{Handover: dispatch.HandoverID(in.ID)})
	})
	route(s, http.MethodPost, "/api/v1/handovers/{id}/decline", "declineHandover", "handover", "Say no, with a reason; the desk stays where it is", func(ctx context.Context, in *reasonIn) (*body[Done], error) {
		return s.do(ctx, dispatch.DeclineHandover{Handover: dispatch.HandoverID(in.ID), Reason: in.Body.Reason})
	})
	route(s, http.MethodPost, "/api/v1/handovers/{id}/withdraw", "withdrawHandover", "handover", "Take the offer back, with a reason", func(ctx context.Context, in *reasonIn) (*body[Done], error) {
		return s.do(ctx, dispatch.WithdrawHandover{Handover: dispatch.HandoverID(in.ID), Reason: in.Body.Reason})
	})
	s.plain("GET /handover", s.handoverPrint)
}

func (s *Server) handoverPage(ctx context.Context, desk dispatch.DeskID) (HandoverPage, *Problem) {
	s.room.mu.RLock()
	defer s.room.mu.RUnlock()
	r := s.rowsOf(identity(ctx))
	if desk == "" && len(r.s.Config.Desks) > 0 {
		desk = r.s.Config.Desks[0].ID
	}
	d, known := r.s.Desk(desk)
	if !known {
		return HandoverPage{}, problem(http.StatusNotFound, string(dispatch.DeskUnknown), "there is no desk with this id", "query.desk")
	}
	page := HandoverPage{Jurisdiction: r.s.Config.Name, Desk: Named{ID: string(d.ID), Name: d.Name}, At: r.time(r.now), Desks: []Named{}}
	for _, other := range r.s.Config.Desks {
		page.Desks = append(page.Desks, Named{ID: string(other.ID), Name: other.Name})
	}
	if seat := r.s.Seats[desk]; seat != nil {
		page.Seat = &SeatRow{By: seat.By, Since: r.time(seat.Since)}
	}
	for _, id := range sorted(r.s.Handovers) {
		if h := r.s.Handovers[id]; h.Desk == desk {
			page.Offer = &OfferRow{ID: string(h.ID), From: h.From, To: h.To, By: h.By, At: r.time(h.At), Note: h.Note, Absent: h.Absent}
		}
	}
	r.ownLines(&page, r.s.Owns(desk))
	r.roomLines(&page)
	return page, nil
}

// ownLines are what the desk itself answers for.
func (r rows) ownLines(page *HandoverPage, owns dispatch.Owned) {
	page.Calls, page.Held, page.Promises, page.Alarms = []PageLine{}, []PageLine{}, []PageLine{}, []PageLine{}
	byDue := slices.Clone(owns.Calls)
	slices.SortStableFunc(byDue, func(a, b dispatch.ContactID) int {
		return int(min(1, max(-1, r.s.Contacts[a].Outcome.Due-r.s.Contacts[b].Outcome.Due)))
	})
	for _, id := range byDue {
		c := r.s.Contacts[id]
		i := r.incident(r.s.Incidents[c.Incident])
		line := PageLine{ID: i.ID, What: "call " + numberText(i.Number) + " P" + numberText(uint64(i.Priority)) + " " + i.TypeName + orDash(", ", i.Place), Text: i.State + ": " + i.NextAction + orDash(" (", i.HoldReason) + closing(i.HoldReason), Due: i.Due}
		page.Calls = append(page.Calls, line)
		if slices.Contains(owns.Held, id) {
			page.Held = append(page.Held, line)
		}
	}
	for _, id := range owns.Promises {
		p := r.promise(r.s.Promises[id])
		page.Promises = append(page.Promises, PageLine{ID: p.ID, What: "to the caller of call " + numberText(r.s.Incidents[r.s.Contacts[r.s.Promises[id].Contact].Incident].Number), Text: p.State + orDash(": ", p.Told), Due: p.Due})
	}
	slices.SortStableFunc(page.Promises, func(a, b PageLine) int { return strings.Compare(a.Due, b.Due) }) // of one zone: the first due first
	for _, id := range owns.Alarms {
		a := r.alarm(r.s.Alarms[id])
		page.Alarms = append(page.Alarms, PageLine{ID: a.ID, What: a.Level + ", " + a.Cause, Text: a.Text, Due: a.RaisedAt})
	}
	page.Counts = HandoverSums{Calls: len(page.Calls), Promises: len(page.Promises), Alarms: len(page.Alarms)}
}

// orDash puts a sign before a text, and nothing where there is none.
func orDash(before, text string) string {
	if text == "" {
		return ""
	}
	return before + text
}

func closing(text string) string {
	if text == "" {
		return ""
	}
	return ")"
}

// roomLines are what every desk lives with.
func (r rows) roomLines(page *HandoverPage) {
	page.Postures, page.Majors, page.Zones, page.Closures = []PageLine{}, []PageLine{}, []PageLine{}, []PageLine{}
	page.Stations, page.Bolos, page.Claims, page.Tows = []PageLine{}, []PageLine{}, []PageLine{}, []PageLine{}
	for _, id := range sorted(r.s.Postures) {
		if p := r.s.Postures[id]; p.EndedAt == 0 {
			page.Postures = append(page.Postures, PageLine{ID: string(id), What: p.Title + " (" + string(p.Service) + ", " + string(p.Area.Kind) + ")", Text: p.Authority + ": " + p.ReasonShown(), Due: r.time(p.ReviewBy)})
		}
	}
	for _, id := range sorted(r.s.Incidents) {
		if i := r.s.Incidents[id]; i.Major.InForce() {
			m := r.linked(i).Major
			page.Majors = append(page.Majors, PageLine{ID: string(id), What: "call " + numberText(i.Number) + ", " + m.Commander + " on " + m.Channel, Text: m.Authority + orDash(": ", m.Reason), Due: m.ReviewBy})
		}
	}
	for _, id := range sorted(r.s.Zones) {
		if z := r.s.Zones[id]; z.EndedAt == 0 {
			page.Zones = append(page.Zones, PageLine{ID: string(id), What: z.Name, Text: z.Authority + ": " + z.Reason, Due: r.time(z.Until)})
		}
	}
	for _, id := range sorted(r.s.Access) {
		if f := r.access(r.s.Access[id]); f.Current != string(dispatch.AccessOpen) {
			page.Closures = append(page.Closures, PageLine{ID: f.ID, What: f.State + orDash(", ", f.Obstacle), Text: f.Source + ", " + f.Confidence + orDash(": ", f.Note), Due: f.ObservedAt})
		}
	}
	for _, id := range sorted(r.s.Stations) {
		if st := r.s.Stations[id]; st.Lost {
			page.Stations = append(page.Stations, PageLine{ID: string(id), What: st.Name, Text: st.Authority + ": " + st.Reason, Due: r.time(st.Since)})
		}
	}
	for _, id := range sorted(r.s.Bolos) {
		if b := r.bolo(r.s.Bolos[id]); r.s.Bolos[id].InForce() {
			what := "BOLO " + numberText(b.Number) + " " + b.Kind
			if b.ClaimsOnly {
				what += ", rests on claims only"
			}
			page.Bolos = append(page.Bolos, PageLine{ID: b.ID, What: what, Text: b.Description, Due: b.ExpiresAt})
		}
	}
	for _, id := range sorted(r.s.Claims) {
		if c := r.s.Claims[id]; !c.Sealed() && (c.Disputed() || c.Grade == "single_source" || c.Grade == "anecdotal") {
			row := r.claim(c)
			page.Claims = append(page.Claims, PageLine{ID: row.ID, What: row.Role + ", " + row.Grade, Text: row.Statement, Due: row.At})
		}
	}
	for _, id := range sorted(r.s.Tows) {
		if t := r.tow(r.s.Tows[id]); !r.s.Tows[id].Over() {
			page.Tows = append(page.Tows, PageLine{ID: t.ID, What: t.Name + " for call " + numberText(r.s.Incidents[r.s.Tows[id].Incident].Number), Text: t.State, Due: t.ETA})
		}
	}
}

// The page to print: no script, one style, nothing from elsewhere.
//
//go:embed handover.css
var handoverStyle string

var handoverHTML = template.Must(template.New("handover").Funcs(template.FuncMap{"when": onPaper}).Parse(`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Handover: {{.Page.Desk.Name}}, {{when .Page.At}}</title><meta name="viewport" content="width=device-width, initial-scale=1"><style>{{.Style}}</style></head>
<body><main>
<h1>Handover: {{.Page.Desk.Name}}</h1>
<p>{{.Page.Jurisdiction}} · as of <time datetime="{{.Page.At}}">{{when .Page.At}}</time> · {{.Page.Counts.Calls}} calls, {{.Page.Counts.Promises}} promises, {{.Page.Counts.Alarms}} alarms</p>
<p>{{with .Page.Seat}}{{.By}} has the desk since {{when .Since}}.{{else}}Nobody has the desk.{{end}}
{{with .Page.Offer}}It is offered to {{.To}} by {{.By}} at {{when .At}} and passes when that person accepts.{{if .Absent}} Offered for somebody who cannot: {{.Absent}}.{{end}}{{end}}</p>
{{with .Page.Offer}}{{if .Note}}<blockquote>{{.Note}}</blockquote>{{end}}{{end}}
<nav aria-label="Desks">{{range .Page.Desks}}<a href="/handover?desk={{.ID}}">{{.Name}}</a> {{end}}</nav>
{{range .Sections}}<section><h2>{{.Title}} <span>({{len .Lines}})</span></h2>
{{if .Lines}}<table><thead><tr><th scope="col">Id</th><th scope="col">What</th><th scope="col">How it stands</th><th scope="col">{{.Due}}</th></tr></thead><tbody>
{{range .Lines}}<tr><td>{{.ID}}</td><td>{{.What}}</td><td>{{.Text}}</td><td>{{when .Due}}</td></tr>
{{end}}</tbody></table>{{else}}<p>None.</p>{{end}}</section>
{{end}}<section class="sign"><h2>Taken over</h2><p>Name ____________________ Time ____________________</p><p>Ownership passes in the room's record when the one who is named accepts there, not on this paper.</p></section>
</main></body></html>
`))

// onPaper writes a time as people read it on paper.
func onPaper(text string) string {
	at, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		return text
	}
	return at.Format("2 Jan 15:04")
}

type handoverSection struct {
	Title, Due string
	Lines      []PageLine
}

func (s *Server) handoverPrint(w http.ResponseWriter, req *http.Request) {
	page, bad := s.handoverPage(req.Context(), dispatch.DeskID(req.URL.Query().Get("desk")))
	if bad != nil {
		writeProblem(w, bad)
		return
	}
	sections := []handoverSection{{"Postures in force", "Review by", page.Postures}, {"Major incidents", "Review by", page.Majors}, {"Holds due", "Due", page.Held}, {"Promises due", "Due", page.Promises},
		{"Alarms nobody has acknowledged", "Since", page.Alarms}, {"Open calls of this desk", "Due", page.Calls}, {"Zones", "Until", page.Zones}, {"Closures", "Seen", page.Closures},
		{"Lost stations", "Since", page.Stations}, {"BOLOs", "Expires", page.Bolos}, {"Providers under way", "There by", page.Tows}, {"Claims in work", "Since", page.Claims}}
	var out bytes.Buffer
	err := handoverHTML.Execute(&out, map[string]any{"Page": page, "Sections": sections, "Style": template.CSS(handoverStyle)})
	if err != nil {
		s.opt.Log.Error("handover page", "err", err)
		writeProblem(w, problem(http.StatusInternalServerError, "internal", "the page could not be made: GET /api/v1/handover has the same", ""))
		return
	}
	sum := sha256.Sum256([]byte(handoverStyle))
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'sha256-"+base64.StdEncoding.EncodeToString(sum[:])+"'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	_, _ = w.Write(out.Bytes())
}
