package httpapi

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/everycall/everycall/auth"
	"github.com/everycall/everycall/dispatch"
	"github.com/everycall/everycall/engine"
	"github.com/everycall/everycall/journal/memory"
	"github.com/everycall/everycall/triage"
)

// rationed is a room with presets, a trigger and desks that calls are given to.
func rationed(t *testing.T) *desk {
	d := newDesk(t)
	hold := []dispatch.PostureRule{{Priority: 4, Action: dispatch.ActionHold, Limit: dispatch.Hour}}
	d.give(dispatch.Configure{Config: dispatch.Config{Name: "Test City", Zone: "America/Los_Angeles", Services: []dispatch.Service{"police", "fire"}, DefaultService: "police", UntriagedPriority: 2,
		Desks: []dispatch.Desk{{ID: "police-desk", Name: "Police desk", Service: "police", Supervisor: "supervisor"},
			{ID: "reports", Name: "Telephone reports", Supervisor: "supervisor", Accepts: &dispatch.DeskRule{Kind: "telephone_report", From: 3, Capacity: 1}},
			{ID: "supervisor", Name: "Supervisor"}},
		Types:   []triage.Type{{Code: "NOISE", Name: "Noise", Service: "police", Priority: 4}, {Code: "ASSAULT", Name: "Assault", Service: "police", Priority: 1, LifeSafety: true}},
		Presets: []dispatch.Preset{{ID: "priority", Title: "Priority calls only", Service: "police", Area: dispatch.Area{Kind: dispatch.AreaCity}, Rules: hold, Review: 4 * dispatch.Hour, Until: 12 * dispatch.Hour, Script: "later", Reason: "few cars"}}}})
	return d
}

func (d *desk) call(number string) (contact string) {
	d.t.Helper()
	a := d.ask("POST", "/api/v1/contacts", map[string]any{"channel": "phone", "type": "NOISE", "caller": map[string]any{"number": number, "safe_to_call": "safe"}, "location": map[string]any{"text": "500 block of Pine St"}}).want(d.t, http.StatusCreated, "")
	return a.body["id"].(string)
}

func TestAPresetIsDeclaredHoldsAndIsExplained(t *testing.T) {
	d := rationed(t)
	d.ask("POST", "/api/v1/presets/none", map[string]any{"authority": "watch commander"}).want(t, http.StatusNotFound, "posture_unknown")
	d.ask("POST", "/api/v1/presets/priority", map[string]any{"authority": "watch commander"}).want(t, http.StatusOK, "")
	id := d.call("555-0100")
	d.ask("POST", "/api/v1/contacts/"+id+"/hold", map[string]any{"promise_minutes": 30}).want(t, http.StatusOK, "")
	why := d.ask("GET", "/api/v1/contacts/"+id+"/why", nil).want(t, http.StatusOK, "")
	if !strings.Contains(why.text, "few cars") || !strings.Contains(why.text, `"posture":"post1","version":1,"counts":true`) {
		t.Fatalf("why: %s", why.text)
	}
	amended := map[string]any{"title": "Priority calls only", "authority": "chief", "reason": "fewer still", "script": "later", "why": "noise is answered again",
		"rules": []any{map[string]any{"priority": 5, "action": "hold", "limit_ms": 3_600_000}}, "reserve": []any{map[string]any{"priority": 4, "units": 1, "band": 1}}}
	d.ask("POST", "/api/v1/postures/post1/amend", amended).want(t, http.StatusOK, "")
	if got := d.ask("GET", "/api/v1/contacts/"+id, nil); !strings.Contains(got.text, "recovery, place 1 of 1") {
		t.Fatalf("a call that is held no longer: %s", got.text)
	}
	if got := d.ask("GET", "/api/v1/postures", nil); !strings.Contains(got.text, `"version":2`) || !strings.Contains(got.text, `"band":1`) {
		t.Fatalf("%s", got.text)
	}
}

func TestCallersAreRungFromAQueue(t *testing.T) {
	d := rationed(t)
	id := d.call("555-0100")
	d.ask("POST", "/api/v1/contacts/"+id+"/hold", map[string]any{"reason": "no car", "promise_minutes": 5}).want(t, http.StatusOK, "")
	if got := d.ask("GET", "/api/v1/call-backs?minutes=1", nil); strings.Contains(got.text, id) {
		t.Fatalf("not due yet: %s", got.text)
	}
	if got := d.ask("GET", "/api/v1/call-backs?minutes=10", nil); !strings.Contains(got.text, id) {
		t.Fatalf("due: %s", got.text)
	}
	d.ask("POST", "/api/v1/contacts/"+id+"/ring", map[string]any{"words": "x"}).want(t, http.StatusUnprocessableEntity, "value_unknown")
	d.ask("POST", "/api/v1/contacts/"+id+"/ring", map[string]any{"reached": "reached", "words": "quieter now", "promise_minutes": 40}).want(t, http.StatusOK, "")
	if got := d.ask("GET", "/api/v1/call-backs?minutes=10", nil); strings.Contains(got.text, id) {
		t.Fatalf("rung, and still in the queue: %s", got.text)
	}
	board := d.ask("GET", "/api/v1/board", nil)
	if !strings.Contains(board.text, `"call_backs":1`) || !strings.Contains(board.text, `"state":"kept"`) {
		t.Fatalf("%s", board.text)
	}
}

func TestADeskTakesWhatItCanAndGivesBack(t *testing.T) {
	d := rationed(t)
	first, second := d.call("555-0100"), d.call("555-0101")
	divert := map[string]any{"desk": "reports", "reason": "a report is enough", "words": "the report desk takes it"}
	d.ask("POST", "/api/v1/contacts/"+first+"/divert", map[string]any{"desk": "reports", "reason": "a report is enough"}).want(t, http.StatusUnprocessableEntity, "field_missing")
	d.ask("POST", "/api/v1/contacts/"+first+"/divert", divert).want(t, http.StatusOK, "")
	d.ask("POST", "/api/v1/contacts/"+second+"/divert", divert).want(t, http.StatusConflict, "desk_refuses")
	if got := d.ask("GET", "/api/v1/desks", nil); !strings.Contains(got.text, `"load":1`) || !strings.Contains(got.text, first) {
		t.Fatalf("%s", got.text)
	}
	d.ask("POST", "/api/v1/contacts/"+first+"/give-back", map[string]any{"reason": "it is violent now"}).want(t, http.StatusOK, "")
	d.ask("POST", "/api/v1/desks/reports/shut", map[string]any{"reason": "nobody is there"}).want(t, http.StatusOK, "")
	d.ask("POST", "/api/v1/contacts/"+second+"/divert", divert).want(t, http.StatusConflict, "desk_refuses")
	d.ask("POST", "/api/v1/desks/reports/open", map[string]any{"reason": "back"}).want(t, http.StatusOK, "")
	d.ask("POST", "/api/v1/contacts/"+second+"/divert", divert).want(t, http.StatusOK, "")
}

func TestClearingTogetherNeedsASecondPerson(t *testing.T) {
	d := rationed(t)
	list := []any{d.call("555-0100"), d.call("555-0101")}
	proposed := d.ask("POST", "/api/v1/clearings", map[string]any{"contacts": list, "outcome": "abandoned", "reason": "the crowd has gone"}).want(t, http.StatusOK, "")
	id := proposed.body["ids"].([]any)[0].(string)
	d.ask("POST", "/api/v1/clearings/"+id+"/confirm", map[string]any{}).want(t, http.StatusConflict, "second_person")
	if _, err := d.engine.Submit(t.Context(), engine.Submission{By: "dispatcher:ann", Command: dispatch.ConfirmClearing{Bulk: dispatch.BulkID(id)}}); err != nil {
		t.Fatal(err)
	}
	if got := d.ask("GET", "/api/v1/clearings", nil).want(t, http.StatusOK, ""); strings.TrimSpace(got.text) != "[]" {
		t.Fatalf("still there: %q", got.text)
	}
	if got := d.ask("GET", "/api/v1/contacts?outcome=abandoned", nil); !strings.Contains(got.text, list[0].(string)) || !strings.Contains(got.text, "dispatcher:ann") {
		t.Fatalf("%s", got.text)
	}
}

func TestFiguresCountEverybodyAndThePastStays(t *testing.T) {
	d := rationed(t)
	for range 12 {
		d.call("555-0100")
	}
	got := d.ask("GET", "/api/v1/figures?by=priority_highest&by=language", nil).want(t, http.StatusOK, "")
	if cohort := got.body["cohort"].(map[string]any); cohort["n"] != 12.0 || len(got.body["groupings"].([]any)) != 2 {
		t.Fatalf("%.400s", got.text)
	}
	d.ask("GET", "/api/v1/figures?by=nonsense", nil).want(t, http.StatusUnprocessableEntity, "invalid_field")
	d.ask("GET", "/api/v1/figures?as_of=2020-06-14T18:00:00-07:00", nil).want(t, http.StatusUnprocessableEntity, "time_invalid")
	past := d.ask("GET", "/api/v1/figures?as_of=2020-06-14T16:59:00-07:00", nil).want(t, http.StatusOK, "")
	if n := past.body["recorded"].(map[string]any)["events_n"]; n != 0.0 {
		t.Fatalf("before anything had happened: %v events", n)
	}
	before := d.ask("GET", "/api/v1/board?as_of=2020-06-14T16:59:00-07:00", nil).want(t, http.StatusOK, "")
	now := d.ask("GET", "/api/v1/board?as_of=2020-06-14T17:00:00-07:00", nil).want(t, http.StatusOK, "")
	if len(before.body["contacts"].([]any)) != 0 || len(now.body["contacts"].([]any)) != 12 || now.body["as_of"] == nil {
		t.Fatalf("%.300s", now.text)
	}
	d.ask("GET", "/api/v1/board?as_of=2020-06-15T17:00:00-07:00", nil).want(t, http.StatusUnprocessableEntity, "time_invalid")
}

// oracle forecasts how many calls are open.
type oracle struct{}

func (oracle) Forecast(_ context.Context, s *dispatch.State, minutes int) (Forecast, error) {
	return Forecast{Available: true, Minutes: minutes, Waits: []ForecastWait{{Priority: 4, MedianS: float64(len(s.Contacts))}}}, nil
}

func TestAForecastFollowsAndNeverBlocks(t *testing.T) {
	d := rationed(t)
	if got := d.ask("GET", "/api/v1/forecast", nil).want(t, http.StatusOK, ""); got.body["available"] != false || got.body["why"] == "" {
		t.Fatalf("%s", got.text)
	}
	d.ask("POST", "/api/v1/presets/priority", map[string]any{"authority": "watch commander"}).want(t, http.StatusOK, "")
	d.call("555-0100")
	d.server.opt.Forecaster = oracle{}
	if got := d.ask("GET", "/api/v1/forecast?minutes=60", nil).want(t, http.StatusOK, ""); got.body["minutes"] != 60.0 || !strings.Contains(got.text, `"median_s":1`) {
		t.Fatalf("%s", got.text)
	}
}

func TestASupervisorDecidesAgainOnWhatIsStaged(t *testing.T) {
	d := open(t, memory.New(), Options{Token: "a-dispatchers-token", TokenRole: auth.RoleDispatcher})
	d.setup()
	id := d.ask("POST", "/api/v1/contacts", map[string]any{"channel": "phone", "type": "ASSAULT", "location": map[string]any{"text": "500 block of Pine St"}}).want(t, http.StatusCreated, "").body["id"].(string)
	plan := map[string]any{"plan": "two cars at the north corner"}
	first := d.ask("POST", "/api/v1/contacts/"+id+"/stage", plan, "Idempotency-Key", "k").want(t, http.StatusOK, "")
	d.ask("POST", "/api/v1/contacts/"+id+"/stage", plan).want(t, http.StatusConflict, "outcome_wrong")
	if again := d.ask("POST", "/api/v1/contacts/"+id+"/stage", plan, "Idempotency-Key", "k"); again.text != first.text {
		t.Fatalf("two answers:\n%s\n%s", first.text, again.text)
	}
	if _, err := d.engine.Submit(t.Context(), engine.Submission{By: "supervisor:bea", Command: dispatch.StageAgain{Contact: dispatch.ContactID(id), Plan: "three cars"}}); err != nil {
		t.Fatal(err)
	}
}
