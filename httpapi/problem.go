package httpapi

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/everycall/everycall/auth"
	"github.com/everycall/everycall/dispatch"
	"github.com/everycall/everycall/engine"
)

// Problem is an error answer (RFC 9457) with a stable code for programs.
type Problem struct {
	Type   string        `json:"type" example:"about:blank"`
	Title  string        `json:"title" example:"Conflict"`
	Status int           `json:"status" example:"409"`
	Code   string        `json:"code" example:"unit_busy"`
	Detail string        `json:"detail" example:"3E2 is on incident 2041: stack it, or take it off first"`
	Errors []FieldDetail `json:"errors,omitempty"`
}

// FieldDetail names the field at fault and the cure.
type FieldDetail struct {
	Location string `json:"location"`
	Message  string `json:"message"`
}

// Error makes a Problem an error.
func (p *Problem) Error() string { return p.Code + ": " + p.Detail }

// GetStatus is the HTTP status, for huma.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType is that of RFC 9457, for huma.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

func problem(status int, code, detail, field string) *Problem {
	p := &Problem{Type: "about:blank", Title: http.StatusText(status), Status: status, Code: code, Detail: detail}
	if field != "" {
		p.Errors = []FieldDetail{{Location: field, Message: detail}}
	}
	return p
}

// codes of what huma itself refuses, by status.
var codes = map[int]string{
	http.StatusBadRequest: "malformed", http.StatusUnauthorized: "signed_out", http.StatusForbidden: "not_allowed", http.StatusNotFound: "not_found",
	http.StatusMethodNotAllowed: "method_not_allowed", http.StatusNotAcceptable: "not_acceptable", http.StatusRequestEntityTooLarge: "body_too_large",
	http.StatusUnsupportedMediaType: "media_type_unsupported", http.StatusUnprocessableEntity: "invalid_field", http.StatusRequestTimeout: "timeout",
}

func init() {
	// The decoder takes a field's name in any case, so the check must not: a second
	// spelling would bring in a value that was never looked at.
	huma.ValidateStrictCasing = true
	huma.NewError = func(status int, message string, errs ...error) huma.StatusError {
		code := codes[status]
		if code == "" {
			code = "internal"
		}
		p := &Problem{Type: "about:blank", Title: http.StatusText(status), Status: status, Code: code, Detail: message}
		for _, err := range errs {
			var d *huma.ErrorDetail
			if errors.As(err, &d) {
				p.Errors = append(p.Errors, FieldDetail{Location: d.Location, Message: d.Message})
			} else if err != nil {
				p.Errors = append(p.Errors, FieldDetail{Message: err.Error()})
			}
		}
		if len(errs) == 0 && status == http.StatusBadRequest {
			p.Errors = []FieldDetail{{Location: "body", Message: message}} // what huma refuses before it looks at fields
		}
		if len(p.Errors) > 0 {
			p.Detail = strings.TrimSpace(p.Errors[0].Location + ": " + p.Errors[0].Message)
		}
		return p
	}
}

func writeProblem(w http.ResponseWriter, p *Problem) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p) // the reader may have gone
}

// statusOf maps the rules' refusals to HTTP: what is not known 404, what is typed
// wrongly 422, what is for named people 403, everything else is a state that the room is in: 409.
func statusOf(code dispatch.Code) int {
	switch code {
	case dispatch.ContactUnknown, dispatch.IncidentUnknown, dispatch.UnitUnknown, dispatch.NoteUnknown, dispatch.StationUnknown, dispatch.PostureUnknown,
		dispatch.PromiseUnknown, dispatch.ZoneUnknown, dispatch.AccessUnknown, dispatch.ClaimUnknown, dispatch.AlarmUnknown, dispatch.BulkUnknown, dispatch.BulletinUnknown,
		dispatch.GateUnknown, dispatch.ClearanceUnknown, dispatch.AgreementUnknown, dispatch.LiaisonUnknown, dispatch.PlanUnknown, dispatch.HazardUnknown, dispatch.AidUnknown,
		dispatch.LinkUnknown, dispatch.MajorUnknown, dispatch.BoloUnknown, dispatch.RotationUnknown, dispatch.ProviderUnknown, dispatch.TowUnknown, dispatch.CaseNumberUnknown, dispatch.HandoverUnknown:
		return http.StatusNotFound
	case dispatch.NotAReader, dispatch.NotOfferedToYou, dispatch.NotYourDesk:
		return http.StatusForbidden
	case dispatch.FieldMissing, dispatch.TextTooLong, dispatch.TextUnprintable, dispatch.ValueUnknown, dispatch.PlaceInvalid, dispatch.TimeInvalid,
		dispatch.ConfigInvalid, dispatch.DeskUnknown, dispatch.PostureTooLong, dispatch.ConsentMissing, dispatch.NobodyAsked, dispatch.ProtocolUnknown,
		dispatch.CaseSeriesUnknown, dispatch.SearchForPerson:
		return http.StatusUnprocessableEntity
	}
	return http.StatusConflict
}

// refusal turns an error of the engine into a problem.
func refusal(err error) *Problem {
	var no *dispatch.Rejection
	switch {
	case errors.As(err, &no):
		return problem(statusOf(no.Code), string(no.Code), no.Text, no.Field)
	case errors.Is(err, engine.ErrOtherBody):
		return problem(http.StatusConflict, "idempotency_key_reused", "this Idempotency-Key was used for another request: send a new key", "Idempotency-Key")
	case errors.Is(err, engine.ErrBusy):
		return problem(http.StatusServiceUnavailable, "busy", "the queue is full: send the same request again with the same Idempotency-Key", "")
	case errors.Is(err, engine.ErrFuture):
		return problem(http.StatusUnprocessableEntity, "time_invalid", "that has not happened yet", "query.as_of")
	case errors.Is(err, engine.ErrPastBusy):
		return problem(http.StatusServiceUnavailable, "busy", "others are looking into the past: ask again in a moment", "")
	case errors.Is(err, engine.ErrStopped):
		return problem(http.StatusServiceUnavailable, "not_recording", "nothing can be recorded at the moment: use the paper kit; reading still works", "")
	case errors.Is(err, engine.ErrNotRecorded):
		return problem(http.StatusServiceUnavailable, "not_recorded", "the journal failed and this was not recorded: send the same request again", "")
	case errors.Is(err, engine.ErrUnknown):
		return problem(http.StatusServiceUnavailable, "outcome_unknown", "the journal did not say whether this was recorded: send the same request again with the same Idempotency-Key, it will be done once", "")
	case errors.Is(err, engine.ErrInvalid):
		return problem(http.StatusUnprocessableEntity, "invalid_field", err.Error(), "")
	case errors.Is(err, engine.ErrRulesFailed):
		return problem(http.StatusInternalServerError, "rules_failed", "the rules failed on this command; nothing of it was recorded; the others go on", "")
	case errors.Is(err, auth.ErrBusy):
		return problem(http.StatusServiceUnavailable, "busy", "too many sign in at once: try again in a moment", "")
	case errors.Is(err, auth.ErrRefused):
		return problem(http.StatusUnauthorized, "refused", "wrong name or password", "")
	}
	return problem(http.StatusInternalServerError, "internal", "something failed here; nothing half-done was kept", "")
}
