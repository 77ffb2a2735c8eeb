package httpapi

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/everycall/everycall/auth"
	"github.com/everycall/everycall/dispatch"
	"github.com/everycall/everycall/engine"
	"github.com/everycall/everycall/geo"
	"github.com/everycall/everycall/triage"
)

// Location is where it is: a text, a point, or both.
type Location struct {
	Text string   `json:"text,omitempty" maxLength:"400" example:"1500 block of 12 Av"`
	Lon  *float64 `json:"lon,omitempty" minimum:"-180" maximum:"180"`
	Lat  *float64 `json:"lat,omitempty" minimum:"-90" maximum:"90"`
}

// point turns degrees into fixed point; nil when there is none.
func (l Location) point() (*geo.Point, *Problem) {
	if l.Lon == nil && l.Lat == nil {
		return nil, nil
	}
	if l.Lon == nil || l.Lat == nil {
		return nil, problem(http.StatusUnprocessableEntity, "invalid_field", "a point has lon and lat", "body.location")
	}
	p, bad := fixed(*l.Lon, *l.Lat)
	if bad != nil {
		return nil, bad
	}
	return &p, nil
}

func fixed(lon, lat float64) (geo.Point, *Problem) {
	p, err := geo.FromDegrees(int64(math.Round(lon*1e7)), int64(math.Round(lat*1e7)))
	if err != nil {
		return p, problem(http.StatusUnprocessableEntity, "place_invalid", err.Error(), "body.location")
	}
	return p, nil
}

type contactIn struct {
	Body struct {
		Channel string `json:"channel" enum:"phone,text,web,alarm,walk_in,radio,on_view"`
		Caller  struct {
			Name       string `json:"name,omitempty" maxLength:"400"`
			Number     string `json:"number,omitempty" maxLength:"40"`
			SafeToCall string `json:"safe_to_call,omitempty" enum:"unknown,safe,unsafe"`
		} `json:"caller,omitempty" required:"false"`
		Location  Location `json:"location,omitempty" required:"false"`
		Narrative string   `json:"narrative,omitempty" maxLength:"8000"`
		Type      string   `json:"type,omitempty" maxLength:"40"`
		Priority  int      `json:"priority,omitempty" minimum:"1" maximum:"5"`
		Language  string   `json:"language,omitempty" maxLength:"40"`
		Incident  string   `json:"incident,omitempty" maxLength:"40" doc:"join this open incident"`
		Hazards   []string `json:"hazards,omitempty" maxItems:"50" doc:"ids of the hazards there that you were shown and have read: acknowledged at the call"`
	}
}

// Received is the answer to a contact that is durable.
type Received struct {
	ID         string  `json:"id"`
	Number     uint64  `json:"number"`
	Durability string  `json:"durability"`
	Seq        uint64  `json:"seq"`
	Outcome    Outcome `json:"outcome"`
	Incident   string  `json:"incident"`
	CallNumber uint64  `json:"call_number"`
	Priority   int     `json:"priority"`
	LifeSafety bool    `json:"life_safety"`
	Repeat     int     `json:"repeat"`
	Say        string  `json:"say" doc:"what to tell the caller now"`
}

// Done is the answer to a command that is durable.
type Done struct {
	Seq    uint64   `json:"seq"`
	At     string   `json:"at"`
	Events []string `json:"events" doc:"the kinds of event that it recorded"`
	IDs    []string `json:"ids" doc:"the ids that it made"`
}

func (s *Server) contactRoutes() {
	route(s, http.MethodPost, "/api/v1/contacts", "takeContact", "contacts", "Take a contact", s.takeContact)
	decide := func(action, id, summary string, h func(context.Context, dispatch.ContactID, *decisionIn) (dispatch.Command, error)) {
		route(s, http.MethodPost, "/api/v1/contacts/{id}/"+action, id, "contacts", summary, func(ctx context.Context, in *decisionIn) (*body[Done], error) {
			c, err := h(ctx, dispatch.ContactID(in.ID), in)
			if err != nil {
				return nil, err
			}
			return s.do(ctx, c)
		})
	}
	decide("hold", "holdContact", "Hold, with a reason (or the posture's) and what the caller was told", func(_ context.Context, id dispatch.ContactID, in *decisionIn) (dispatch.Command, error) {
		b := in.Body
		return dispatch.HoldContact{Contact: id, Reason: b.Reason, Posture: dispatch.PostureID(b.Posture), ReviewIn: milliseconds(b.ReviewMinutes),
			Told: told(b.PromiseMinutes, b.Told, orText(b.Channel, "on_call"))}, nil
	})
	decide("resume", "resumeContact", "Wait again", func(_ context.Context, id dispatch.ContactID, in *decisionIn) (dispatch.Command, error) {
		return dispatch.ResumeContact{Contact: id, Reason: in.Body.Reason}, nil
	})
	decide("stage", "stageContact", "Stage a life-safety contact with a plan; on one that is staged a supervisor decides again", func(ctx context.Context, id dispatch.ContactID, in *decisionIn) (dispatch.Command, error) {
		plan := in.Body.Plan
		if in.Body.Gate != "" {
			plan += " (gate " + in.Body.Gate + ")"
		}
		var staged bool
		s.room.Look(func(st *dispatch.State) {
			c := st.Contacts[id]
			staged = c != nil && c.Outcome.Kind == dispatch.OutcomeStaged
		})
		if staged && identity(ctx).May("command:StageAgain") { // for others the rules say who may
			return dispatch.StageAgain{Contact: id, Plan: plan}, nil
		}
		return dispatch.StageContact{Contact: id, Plan: plan}, nil
	})
	decide("decline", "declineContact", "Decline, by an authority, with the words said", func(_ context.Context, id dispatch.ContactID, in *decisionIn) (dispatch.Command, error) {
		return dispatch.DeclineContact{Contact: id, Reason: in.Body.Reason, Authority: in.Body.Authority, Words: in.Body.Words}, nil
	})
	decide("divert", "divertContact", "Divert to a desk that takes such calls; reason and words default from the posture", func(_ context.Context, id dispatch.ContactID, in *decisionIn) (dispatch.Command, error) {
		return dispatch.DivertContact{Contact: id, Desk: dispatch.DeskID(in.Body.Desk), Reason: in.Body.Reason, Words: in.Body.Words}, nil
	})
	decide("abandon", "abandonContact", "The caller has gone", func(_ context.Context, id dispatch.ContactID, in *decisionIn) (dispatch.Command, error) {
		return dispatch.AbandonContact{Contact: id, Reason: in.Body.Reason}, nil
	})
	decide("transfer", "transferContact", "Hand over to another agency", func(_ context.Context, id dispatch.ContactID, in *decisionIn) (dispatch.Command, error) {
		return dispatch.TransferContact{Contact: id, To: in.Body.To, Reason: in.Body.Reason}, nil
	})
	decide("unanswered", "markUnanswered", "Nobody answered it", func(_ context.Context, id dispatch.ContactID, in *decisionIn) (dispatch.Command, error) {
		return dispatch.MarkUnanswered{Contact: id, Reason: in.Body.Reason}, nil
	})
	decide("appoint", "appointContact", "Agree on a time", func(_ context.Context, id dispatch.ContactID, in *decisionIn) (dispatch.Command, error) {
		at, bad := instant("body.at", in.Body.At)
		if bad != nil {
			return nil, bad
		}
		return dispatch.AppointContact{Contact: id, At: at, Desk: dispatch.DeskID(in.Body.Desk), Reason: in.Body.Reason, Words: in.Body.Words}, nil
	})
	decide("give-back", "giveBackContact", "The desk cannot do it: it waits again, with its age", func(_ context.Context, id dispatch.ContactID, in *decisionIn) (dispatch.Command, error) {
		return dispatch.RefuseDiverted{Contact: id, Reason: in.Body.Reason}, nil
	})
	decide("ring", "ringContact", "The caller was rung back: reached, not_reached, or unsafe; what has changed; what was promised", func(_ context.Context, id dispatch.ContactID, in *decisionIn) (dispatch.Command, error) {
		b := in.Body
		return dispatch.RingBack{Contact: id, Reached: dispatch.Reached(b.Reached), Words: b.Words, Told: told(b.PromiseMinutes, b.Told, orText(b.Channel, "phone"))}, nil
	})
	decide("join", "joinContact", "It is about an incident that is known", func(_ context.Context, id dispatch.ContactID, in *decisionIn) (dispatch.Command, error) {
		return dispatch.JoinContact{Contact: id, Incident: dispatch.IncidentID(in.Body.Incident), Reason: in.Body.Reason}, nil
	})
	decide("triage", "triageContact", "Say what it is", func(_ context.Context, id dispatch.ContactID, in *decisionIn) (dispatch.Command, error) {
		return dispatch.TriageContact{Contact: id, Type: in.Body.Type, Priority: triage.Priority(in.Body.Priority), Reason: in.Body.Reason}, nil
	})
	decide("locate", "locateContact", "Say where it is", func(_ context.Context, id dispatch.ContactID, in *decisionIn) (dispatch.Command, error) {
		at, bad := in.Body.Location.point()
		if bad != nil {
			return nil, bad
		}
		return dispatch.LocateContact{Contact: id, Place: dispatch.Private{Place: in.Body.Location.Text, Point: at}, Beat: s.beatAt(at)}, nil
	})
	decide("promise", "promiseContact", "Record what the caller was told", func(_ context.Context, id dispatch.ContactID, in *decisionIn) (dispatch.Command, error) {
		return dispatch.MakePromise{Contact: id, PromiseTold: dispatch.PromiseTold{Told: in.Body.Told, Channel: orText(in.Body.Channel, "on_call"), Within: milliseconds(in.Body.Minutes)}}, nil
	})
	promise := func(action, id, summary string, h func(dispatch.PromiseID, *promiseIn) dispatch.Command) {
		route(s, http.MethodPost, "/api/v1/promises/{id}/"+action, id, "promises", summary, func(ctx context.Context, in *promiseIn) (*body[Done], error) {
			return s.do(ctx, h(dispatch.PromiseID(in.ID), in))
		})
	}
	promise("keep", "keepPromise", "It was done", func(id dispatch.PromiseID, in *promiseIn) dispatch.Command {
		return dispatch.KeepPromise{Promise: id, How: in.Body.How}
	})
	promise("update", "updatePromise", "The caller was told something new", func(id dispatch.PromiseID, in *promiseIn) dispatch.Command {
		return dispatch.UpdatePromise{Promise: id, PromiseTold: dispatch.PromiseTold{Told: in.Body.Told, Channel: orText(in.Body.Channel, "phone"), Within: milliseconds(in.Body.Minutes)}}
	})
}

// decisionIn is a decision about a contact; each action uses the fields that its
// summary names and refuses when one that it needs is empty.
type decisionIn struct {
	ID   string `path:"id" maxLength:"200"`
	Body struct {
		Reason         string   `json:"reason,omitempty" maxLength:"400"`
		Posture        string   `json:"posture,omitempty" maxLength:"40"`
		ReviewMinutes  int      `json:"review_minutes,omitempty" minimum:"1" maximum:"1440"`
		PromiseMinutes int      `json:"promise_minutes,omitempty" minimum:"1" maximum:"10080"`
		Minutes        int      `json:"minutes,omitempty" minimum:"1" maximum:"10080"`
		Told           string   `json:"told,omitempty" maxLength:"400"`
		Channel        string   `json:"channel,omitempty" maxLength:"40"`
		Plan           string   `json:"plan,omitempty" maxLength:"400"`
		Gate           string   `json:"gate,omitempty" maxLength:"40"`
		Authority      string   `json:"authority,omitempty" maxLength:"400"`
		Words          string   `json:"words,omitempty" maxLength:"400"`
		Reached        string   `json:"reached,omitempty" enum:"reached,not_reached,unsafe"`
		Desk           string   `json:"desk,omitempty" maxLength:"40"`
		To             string   `json:"to,omitempty" maxLength:"400"`
		At             string   `json:"at,omitempty" maxLength:"40"`
		Incident       string   `json:"incident,omitempty" maxLength:"40"`
		Type           string   `json:"type,omitempty" maxLength:"40"`
		Priority       int      `json:"priority,omitempty" minimum:"1" maximum:"5"`
		Location       Location `json:"location,omitempty" required:"false"`
	}
}

type promiseIn struct {
	ID   string `path:"id" maxLength:"40"`
	Body struct {
		How     string `json:"how,omitempty" maxLength:"400"`
		Told    string `json:"told,omitempty" maxLength:"400"`
		Channel string `json:"channel,omitempty" maxLength:"40"`
		Minutes int    `json:"minutes,omitempty" minimum:"1" maximum:"10080"`
	}
}

// told is what a caller was promised; nil without a time.
func told(minutes int, words, channel string) *dispatch.PromiseTold {
	if minutes == 0 {
		return nil
	}
	return &dispatch.PromiseTold{Told: orText(words, "we will come or call back within "+strconv.Itoa(minutes)+" minutes"), Channel: channel, Within: milliseconds(minutes)}
}

func orText(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

// instant reads an RFC 3339 time.
func instant(field, text string) (dispatch.Instant, *Problem) {
	if text == "" {
		return 0, nil
	}
	at, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		return 0, problem(http.StatusUnprocessableEntity, "invalid_field", "a time is RFC 3339 with offset: 2020-06-14T17:00:00-07:00", field)
	}
	return dispatch.Instant(at.UnixMilli()), nil
}

func (s *Server) beatAt(p *geo.Point) string {
	if p == nil || s.opt.BeatAt == nil {
		return ""
	}
	return s.opt.BeatAt(*p)
}

// newContactID names a contact where it is taken. Its first six bytes are the
// machine's time in milliseconds: ids of the same hour lie together in the store,
// and an append touches few pages. The other ten nobody can guess.
func newContactID() dispatch.ContactID {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails (crypto/rand)
	now := uint64(time.Now().UnixMilli())
	for i := range 6 {
		b[i] = byte(now >> (40 - 8*i))
	}
	return dispatch.ContactID("c-" + hex.EncodeToString(b[:]))
}

func (s *Server) takeContact(ctx context.Context, in *contactIn) (*body[Received], error) {
	b := in.Body
	at, bad := b.Location.point()
	if bad != nil {
		return nil, bad
	}
	receipt, err := s.submit(ctx, dispatch.ReceiveContact{ID: newContactID(), Channel: b.Channel, Language: b.Language, Safe: dispatch.SafeToCall(b.Caller.SafeToCall),
		Type: b.Type, Priority: triage.Priority(b.Priority), Beat: s.beatAt(at), Join: dispatch.IncidentID(b.Incident), Hazards: hazardIDs(b.Hazards),
		Person: dispatch.Private{Name: b.Caller.Name, Number: b.Caller.Number, Place: b.Location.Text, Text: b.Narrative, Point: at}})
	if err != nil {
		return nil, err
	}
	return &body[Received]{s.received(receipt)}, nil
}

// received makes the answer from the events alone, so that a repeated request
// gets the same one.
func (s *Server) received(receipt engine.Receipt) Received {
	out := Received{Durability: "durable", Seq: receipt.Seq}
	s.room.mu.RLock()
	defer s.room.mu.RUnlock()
	r := s.rowsFor(auth.SightFull) // whoever took the call knows what was said
	var incident dispatch.Incident
	for _, event := range receipt.Events {
		switch e := event.(type) {
		case *dispatch.ContactReceived:
			out.ID, out.Number, out.Priority, out.LifeSafety, out.Repeat = string(e.ID), e.Number, int(e.Priority), e.LifeSafety, e.Repeat
			out.Outcome = r.outcome(e.ID, e.Outcome)
			incident.LifeSafety = e.LifeSafety
		case *dispatch.IncidentOpened:
			out.Incident, out.CallNumber = string(e.ID), e.Number
			incident.Service, incident.Type, incident.Beat, incident.Zone = e.Service, e.Type, e.Beat, e.Zone
			incident.Priorities = []dispatch.PriorityChange{{Priority: e.Priority}}
			out.Say = say(r.s, &incident, receipt.At)
		case *dispatch.ContactJoined:
			out.Incident = string(e.Incident)
			if i := r.s.Incidents[e.Incident]; i != nil {
				out.CallNumber = i.Number
			}
			out.Outcome.Kind, out.Outcome.NextAction = string(dispatch.OutcomeDuplicate), "follows its incident"
			out.Say = "We know of this already; your call is recorded with it. Tell us at once if anything changes."
		}
	}
	return out
}

// say is what the caller is to be told: the truth under the posture in force.
func say(s *dispatch.State, i *dispatch.Incident, at dispatch.Instant) string {
	if i.LifeSafety {
		return "We are sending somebody. Stay on the line if you can do so safely."
	}
	rule, posture := s.RuleFor(i)
	if posture == nil || posture.From > at {
		return "Your call is recorded; somebody will be sent as soon as a unit is free. Call again if anything changes."
	}
	switch rule.Action {
	case dispatch.ActionHold:
		return posture.Script + " We will come or call you back within " + strconv.FormatInt(int64(rule.Limit/dispatch.Minute), 10) + " minutes. The reason: " + posture.ReasonShown() + "."
	case dispatch.ActionAnswer:
		return "Your call is recorded; somebody will be sent as soon as a unit is free. Call again if anything changes."
	}
	return orText(rule.Words, posture.Script)
}

// do submits a command and answers with what it recorded.
func (s *Server) do(ctx context.Context, c dispatch.Command) (*body[Done], error) {
	receipt, err := s.submit(ctx, c)
	if err != nil {
		return nil, err
	}
	return &body[Done]{s.done(receipt)}, nil
}

func (s *Server) done(receipt engine.Receipt) Done {
	out := Done{Seq: receipt.Seq, At: stamp(receipt.At, s.room.location()), Events: []string{}, IDs: []string{}}
	for _, event := range receipt.Events {
		out.Events = append(out.Events, event.EventName())
		switch e := event.(type) {
		case *dispatch.NoteAdded:
			out.IDs = append(out.IDs, string(e.ID))
		case *dispatch.PromiseMade:
			out.IDs = append(out.IDs, string(e.ID))
		case *dispatch.AccessRecorded:
			out.IDs = append(out.IDs, string(e.Fact.ID))
		case *dispatch.HazardRecorded:
			out.IDs = append(out.IDs, string(e.ID))
		case *dispatch.PostureDeclared:
			out.IDs = append(out.IDs, string(e.Posture.ID))
		case *dispatch.ClaimRecorded:
			out.IDs = append(out.IDs, string(e.ID))
		case *dispatch.IncidentSplit:
			out.IDs = append(out.IDs, string(e.Into))
		case *dispatch.CaseNumberGiven:
			out.IDs = append(out.IDs, e.Number)
		case *dispatch.BoloIssued:
			out.IDs = append(out.IDs, string(e.ID))
		case *dispatch.ProviderCalled:
			out.IDs = append(out.IDs, string(e.Tow))
		case *dispatch.HandoverOffered:
			out.IDs = append(out.IDs, string(e.ID))
		case *dispatch.BulletinIssued:
			out.IDs = append(out.IDs, string(e.ID))
		case *dispatch.ZoneDeclared:
			out.IDs = append(out.IDs, string(e.Zone.ID))
		case *dispatch.ClearanceAsked:
			out.IDs = append(out.IDs, string(e.Clearance.ID))
		case *dispatch.ClearanceGiven:
			out.IDs = append(out.IDs, string(e.Clearance.ID))
		case *dispatch.LiaisonRecorded:
			out.IDs = append(out.IDs, string(e.Liaison.ID))
		case *dispatch.AgreementRecorded:
			out.IDs = append(out.IDs, string(e.Agreement.ID))
		case *dispatch.PlanMade:
			out.IDs = append(out.IDs, string(e.Plan.ID))
		case *dispatch.ClearingProposed:
			out.IDs = append(out.IDs, string(e.Bulk.ID))
		}
	}
	return out
}
