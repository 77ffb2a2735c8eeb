package httpapi

import (
	"net/http"
	"strings"
	"testing"

	"github.com/everycall/everycall/auth"
	"github.com/everycall/everycall/dispatch"
	"github.com/everycall/everycall/journal/memory"
)

// withRotations gives the room of the tests a rotation and case numbers.
func withRotations(d *desk) {
	var g dispatch.Config
	d.server.room.Look(func(s *dispatch.State) { g = s.Config })
	g.Rotations = []dispatch.Rotation{{ID: "light", Title: "Light tow", Class: "tow_light", Providers: []dispatch.Provider{{ID: "able", Name: "Able Towing", Number: "555-0150"}, {ID: "baker", Name: "Baker Towing", Number: "555-0151"}}}}
	g.CaseNumbers = []dispatch.CaseSeries{{Agency: "police", Prefix: "TC", Year: 4, Digits: 6, Separator: "-"}}
	d.give(dispatch.Configure{Config: g})
}

func call(d *desk, place string) (contact, incident string) {
	d.t.Helper()
	got := d.ask("POST", "/api/v1/contacts", map[string]any{"channel": "phone", "type": "NOISE", "location": map[string]any{"text": place}}).want(d.t, http.StatusCreated, "")
	return got.body["id"].(string), got.body["incident"].(string)
}

func TestIncidentsAreLinkedMergedSplitAndMajor(t *testing.T) {
	d := newDesk(t)
	withRotations(d)
	_, one := call(d, "100 block of Main St")
	contact, other := call(d, "corner of Main and Oak")
	_, third := call(d, "900 block of Far St")
	at := "/api/v1/incidents/"
	d.ask("POST", at+one+"/links", map[string]any{"other": third, "reason": "the same band"}).want(t, http.StatusOK, "")
	d.ask("POST", at+third+"/links", map[string]any{"other": one, "reason": "again"}).want(t, http.StatusConflict, "incident_linked")
	if row := d.ask("GET", at+third, nil).want(t, http.StatusOK, ""); !strings.Contains(row.text, `"kind":"related"`) || !strings.Contains(row.text, "the same band") {
		t.Fatalf("%s", row.text)
	}
	if masked := d.as(auth.RoleAnalyst).ask("GET", at+third, nil); strings.Contains(masked.text, "the same band") {
		t.Fatalf("an analyst reads why: %s", masked.text)
	}
	d.ask("DELETE", at+third+"/links/"+one+"?reason=another+band", nil).want(t, http.StatusOK, "")
	number := d.ask("POST", at+other+"/case-numbers", map[string]any{"agency": "police"}).want(t, http.StatusOK, "").body["ids"].([]any)[0]
	if number != "TC-2020-000001" {
		t.Fatalf("the case number is %v", number)
	}
	d.ask("POST", at+other+"/case-numbers", map[string]any{"agency": "police"}).want(t, http.StatusConflict, "case_number_exists")
	d.ask("POST", at+other+"/notes", map[string]any{"text": "a blue van"}).want(t, http.StatusOK, "")
	d.ask("POST", at+other+"/assignments", map[string]any{"unit": "3E2"}).want(t, http.StatusOK, "")
	d.ask("POST", at+other+"/merge", map[string]any{"into": one, "reason": "one crash"}).want(t, http.StatusOK, "")
	row := d.ask("GET", at+one, nil).want(t, http.StatusOK, "")
	for _, want := range []string{"a blue van", "TC-2020-000001", `"unit":"3E2"`, `"kind":"merged_from"`} {
		if !strings.Contains(row.text, want) {
			t.Errorf("%s did not come along: %s", want, row.text)
		}
	}
	if was := d.ask("GET", at+other, nil); was.body["disposition"] != "merged" || !strings.Contains(was.text, `"kind":"merged_into"`) {
		t.Errorf("the other one does not cite it: %s", was.text)
	}
	fresh := d.ask("POST", at+one+"/split", map[string]any{"contacts": []any{contact}, "units": []any{"3E2"}, "reason": "two crashes after all"}).want(t, http.StatusOK, "").body["ids"].([]any)[0].(string)
	if row := d.ask("GET", at+fresh, nil); row.body["state"] != "active" || !strings.Contains(row.text, `"kind":"split_from"`) {
		t.Errorf("%s", row.text)
	}
	d.ask("POST", at+one+"/split", map[string]any{"contacts": []any{"nobody"}, "reason": "x"}).want(t, http.StatusNotFound, "contact_unknown")

	major := map[string]any{"authority": "deputy chief", "reason": "four alarms", "commander": "Battalion 5", "channel": "TAC 4", "review_minutes": 120}
	d.as(auth.RoleDispatcher).ask("POST", at+one+"/major", major).want(t, http.StatusForbidden, "not_allowed")
	d.ask("POST", at+one+"/major", major).want(t, http.StatusOK, "")
	d.ask("POST", at+third+"/parent", map[string]any{"major": one, "reason": "in the same street"}).want(t, http.StatusOK, "")
	d.ask("POST", at+one+"/objectives", map[string]any{"text": "nobody left inside"}).want(t, http.StatusOK, "")
	d.ask("POST", at+one+"/objectives/1/met", map[string]any{"how": "searched"}).want(t, http.StatusOK, "")
	d.ask("POST", at+one+"/close", map[string]any{"disposition": "handled", "authority": "x"}).want(t, http.StatusConflict, "major_in_force")
	if child := d.ask("GET", at+third, nil); child.body["parent"] != one {
		t.Errorf("the child does not show it: %s", child.text)
	}
	d.ask("DELETE", at+third+"/parent?reason=elsewhere", nil).want(t, http.StatusOK, "")
	d.ask("POST", at+one+"/major/review", map[string]any{"review_minutes": 60, "reason": "still"}).want(t, http.StatusOK, "")
	d.ask("POST", at+one+"/major/end", map[string]any{"authority": "deputy chief", "reason": "out"}).want(t, http.StatusOK, "")
	d.ask("POST", at+one+"/case-numbers/TC-2020-000001/void", map[string]any{"reason": "mistake"}).want(t, http.StatusOK, "")
	d.ask("POST", at+one+"/case-numbers/TC-2020-000001/void", map[string]any{"reason": "mistake"}).want(t, http.StatusNotFound, "case_number_unknown")
}

func TestABoloIsAcknowledgedAndFound(t *testing.T) {
	d := newDesk(t)
	_, incident := call(d, "100 block of Main St")
	bolo := map[string]any{"kind": "vehicle", "description": "white van, no plates", "place": "Main St", "authority": "watch commander", "review_minutes": 60, "expires_minutes": 4320, "services": []any{"police"}}
	d.ask("POST", "/api/v1/bolos", bolo).want(t, http.StatusUnprocessableEntity, "field_missing")
	bolo["incident"] = incident
	id := d.ask("POST", "/api/v1/bolos", bolo).want(t, http.StatusOK, "").body["ids"].([]any)[0].(string)
	d.as(auth.RoleCallTaker).ask("POST", "/api/v1/bolos", bolo).want(t, http.StatusForbidden, "not_allowed")
	bolo["expires_minutes"] = 4321
	d.ask("POST", "/api/v1/bolos", bolo).want(t, http.StatusUnprocessableEntity, "")
	d.as(auth.RoleResponder).ask("POST", "/api/v1/bolos/"+id+"/ack", map[string]any{"unit": "3E1"}).want(t, http.StatusOK, "")
	d.ask("POST", "/api/v1/bolos/"+id+"/ack", map[string]any{"unit": "3E1"}).want(t, http.StatusConflict, "bolo_not_for_unit")
	for query, want := range map[string]int{"number=1": 1, "number=2": 0, "place=main": 1, "place=oak": 0, "from=2020-06-14T16:00:00-07:00": 1, "from=2020-06-14T18:00:00-07:00": 0} {
		if got := d.ask("GET", "/api/v1/bolos?"+query, nil).want(t, http.StatusOK, ""); len(got.body["items"].([]any)) != want {
			t.Errorf("%s: %s", query, got.text)
		}
	}
	if row := d.ask("GET", "/api/v1/board", nil); !strings.Contains(row.text, "white van, no plates") || !strings.Contains(row.text, `"untold":["3E2","3E3"]`) {
		t.Errorf("the board shows it otherwise: %s", row.text)
	}
	if masked := d.as(auth.RoleAnalyst).ask("GET", "/api/v1/bolos", nil); strings.Contains(masked.text, "van") || strings.Contains(masked.text, "Main") {
		t.Errorf("an analyst reads what is looked for: %s", masked.text)
	}
	d.ask("POST", "/api/v1/bolos/"+id+"/review", map[string]any{"review_minutes": 60, "expires_minutes": 120, "reason": "still out"}).want(t, http.StatusOK, "")
	d.ask("POST", "/api/v1/bolos/"+id+"/cancel", map[string]any{"reason": "found"}).want(t, http.StatusOK, "")
	d.ask("POST", "/api/v1/bolos/"+id+"/cancel", map[string]any{"reason": "found"}).want(t, http.StatusConflict, "bolo_over")
}

func TestProvidersTakeTurns(t *testing.T) {
	d := newDesk(t)
	withRotations(d)
	_, incident := call(d, "100 block of Main St")
	tows := "/api/v1/incidents/" + incident + "/tows"
	d.ask("POST", tows, map[string]any{"list": "light", "provider": "baker"}).want(t, http.StatusConflict, "provider_not_in_turn")
	first := d.ask("POST", tows, map[string]any{"list": "light"}).want(t, http.StatusOK, "").body["ids"].([]any)[0].(string)
	d.ask("POST", "/api/v1/tows/"+first+"/answer", map[string]any{"answer": "refused", "reason": "no truck"}).want(t, http.StatusOK, "")
	second := d.ask("POST", tows, map[string]any{"list": "light"}).want(t, http.StatusOK, "").body["ids"].([]any)[0].(string)
	d.ask("POST", "/api/v1/tows/"+second+"/answer", map[string]any{"answer": "accepted"}).want(t, http.StatusUnprocessableEntity, "time_invalid")
	d.ask("POST", "/api/v1/tows/"+second+"/answer", map[string]any{"answer": "accepted", "eta_minutes": 20}).want(t, http.StatusOK, "")
	d.ask("POST", "/api/v1/tows/"+second+"/arrived", nil).want(t, http.StatusOK, "")
	d.ask("POST", "/api/v1/tows/"+second+"/cancel", map[string]any{"reason": "x"}).want(t, http.StatusConflict, "tow_over")
	d.ask("POST", "/api/v1/providers/able/suspend", map[string]any{"hours": 24, "reason": "no insurance"}).want(t, http.StatusOK, "")
	list := d.ask("GET", "/api/v1/rotations?beat=E1", nil).want(t, http.StatusOK, "")
	row := list.body["items"].([]any)[0].(map[string]any)
	if row["next"] != "baker" || !strings.Contains(list.text, "no insurance") || !strings.Contains(list.text, `"what":"refused","call":1,"why":"no truck"`) {
		t.Errorf("whose turn it is, and why, is not said: %s", list.text)
	}
	d.ask("POST", "/api/v1/providers/able/reinstate", map[string]any{"reason": "the paper has come"}).want(t, http.StatusOK, "")
	if board := d.ask("GET", "/api/v1/board", nil); !strings.Contains(board.text, `"name":"Baker Towing","state":"arrived"`) {
		t.Errorf("the board does not show it: %s", board.text)
	}
}

func TestADeskPassesByName(t *testing.T) {
	d := newDesk(t)
	call(d, `100 block of <b>Main</b> St`)
	d.ask("POST", "/api/v1/handovers", map[string]any{"desk": "parks", "to": "bob"}).want(t, http.StatusUnprocessableEntity, "desk_unknown")
	d.ask("POST", "/api/v1/handovers", map[string]any{"desk": "police-desk", "to": "bob", "note": "one call waits"}).want(t, http.StatusOK, "")
	d.ask("POST", "/api/v1/handovers/ho1/accept", nil).want(t, http.StatusForbidden, "not_offered_to_you")
	d.ask("POST", "/api/v1/handovers/ho1/withdraw", map[string]any{"reason": "not yet"}).want(t, http.StatusOK, "")
	d.ask("POST", "/api/v1/handovers", map[string]any{"desk": "police-desk", "to": "token"}).want(t, http.StatusOK, "")
	d.ask("POST", "/api/v1/handovers/ho2/accept", nil).want(t, http.StatusOK, "")
	d.ask("POST", "/api/v1/handovers", map[string]any{"desk": "police-desk", "to": "cat", "note": "all quiet"}).want(t, http.StatusOK, "")
	page := d.ask("GET", "/api/v1/handover?desk=police-desk", nil).want(t, http.StatusOK, "")
	if page.body["seat"].(map[string]any)["by"] != "supervisor:token" || page.body["offer"].(map[string]any)["to"] != "cat" || len(page.body["calls"].([]any)) != 1 {
		t.Fatalf("%s", page.text)
	}
	d.ask("GET", "/api/v1/handover?desk=parks", nil).want(t, http.StatusNotFound, "desk_unknown")
	printed := d.ask("GET", "/handover?desk=police-desk", nil)
	policy := printed.header.Get("Content-Security-Policy")
	if printed.status != http.StatusOK || !strings.Contains(printed.text, "all quiet") || strings.Contains(printed.text, "<b>Main") || strings.Contains(printed.text, "<script") || !strings.Contains(policy, "default-src 'none'") {
		t.Fatalf("%d %s\n%s", printed.status, policy, printed.text)
	}
	if masked := d.as(auth.RoleAnalyst).ask("GET", "/handover", nil); masked.status != http.StatusForbidden {
		t.Fatalf("an analyst reads it: %d", masked.status)
	}
	d.ask("POST", "/api/v1/handovers/ho3/decline", map[string]any{"reason": "x"}).want(t, http.StatusForbidden, "not_offered_to_you")
}

// TestPastCallsAreFoundButNobodyIs: by number, place, time and words, live and archived;
// never by name or telephone number, and each search by words is on the record.
func TestPastCallsAreFoundButNobodyIs(t *testing.T) {
	clock := &moving{}
	clock.now.Store(int64(at))
	d := openAt(t, memory.New(), Options{}, clock)
	d.setup()
	ring := func(name, text string) string {
		return d.ask("POST", "/api/v1/contacts", map[string]any{"channel": "phone", "type": "NOISE", "location": map[string]any{"text": "1500 block of 12 Av"},
			"caller": map[string]any{"name": name, "number": "206-555-0104"}, "narrative": text}).want(t, http.StatusCreated, "").body["incident"].(string)
	}
	old := ring("Quentin Example", "Quentin says a blue van, call him at 206 555 0104")
	d.ask("POST", "/api/v1/incidents/"+old+"/notes", map[string]any{"text": "it left to the north"}).want(t, http.StatusOK, "")
	d.ask("POST", "/api/v1/incidents/"+old+"/close", map[string]any{"disposition": "handled", "authority": "3E2"}).want(t, http.StatusOK, "")
	clock.now.Add(int64(2 * dispatch.Day))
	d.give(dispatch.Tick{})
	fresh := ring("", "loud again")
	found := func(query string) int {
		t.Helper()
		return len(d.ask("GET", "/api/v1/search?"+query, nil).want(t, http.StatusOK, "").body["items"].([]any))
	}
	for query, want := range map[string]int{"number=1": 1, "number=9": 0, "place=12+av": 2, "place=pine": 0, "from=2020-06-15T00:00:00-07:00": 1, "until=2020-06-15T00:00:00-07:00": 1, "place=1500&number=1": 1} {
		if got := found(query); got != want {
			t.Errorf("%s: %d, want %d", query, got, want)
		}
	}
	d.ask("GET", "/api/v1/search", nil).want(t, http.StatusUnprocessableEntity, "field_missing")
	d.ask("GET", "/api/v1/search?place=206-555-0104", nil).want(t, http.StatusUnprocessableEntity, "search_for_person")
	before := d.ask("GET", "/api/v1/incidents/"+fresh+"/before", nil).want(t, http.StatusOK, "")
	if before.body["count"] != 1.0 || before.body["days"] != 90.0 {
		t.Errorf("here before: %s", before.text)
	}
	words := func(text string) answer {
		return d.ask("POST", "/api/v1/search/words", map[string]any{"words": text, "from": "2020-06-14T00:00:00-07:00", "until": "2020-06-16T12:00:00-07:00", "why": "the van again"})
	}
	for text, want := range map[string]int{"blue van north": 1, "blue van south": 0, "quentin": 0, "example": 0, "0104": 0, "loud": 0} {
		if got := words(text).want(t, http.StatusOK, ""); len(got.body["items"].([]any)) != want {
			t.Errorf("%q: %s", text, got.text)
		}
	}
	words("206 555 0104").want(t, http.StatusUnprocessableEntity, "search_for_person")
	d.as(auth.RoleCallTaker).ask("POST", "/api/v1/search/words", map[string]any{"words": "van", "from": "2020-06-14T00:00:00-07:00", "until": "2020-06-15T00:00:00-07:00", "why": "x"}).want(t, http.StatusForbidden, "not_allowed")
	if events := d.as(auth.RoleAuditor).ask("GET", "/api/v1/events?limit=1000", nil); strings.Count(events.text, `"SearchMade"`) != 6 || !strings.Contains(events.text, "blue van north") {
		t.Errorf("the searches are not on the record: %s", events.text)
	}
	if err := d.engine.Erase(t.Context(), "c-none"); err != nil { // anything erased: what is in memory is made anew
		t.Fatal(err)
	}
	if got := found("place=12+av"); got != 2 {
		t.Errorf("after an erasure: %d", got)
	}
}
