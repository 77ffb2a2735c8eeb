package httpapi

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/everycall/everycall/dispatch"
	"github.com/everycall/everycall/geo"
	"github.com/everycall/everycall/triage"
)

// walled is a room with a zone, a call inside and a car.
func walled(t *testing.T) *desk {
	d := newDesk(t)
	d.give(dispatch.Configure{Config: dispatch.Config{Name: "Test City", Zone: "America/Los_Angeles", Services: []dispatch.Service{"police", "ems"}, DefaultService: "police", UntriagedPriority: 2,
		Desks:         []dispatch.Desk{{ID: "police-desk", Name: "Police desk", Service: "police", Supervisor: "supervisor"}, {ID: "supervisor", Name: "Supervisor"}},
		Types:         []triage.Type{{Code: "THEFT", Name: "Theft", Service: "police", Priority: 3}},
		Protocols:     []dispatch.Protocol{{ID: "WAIT", Title: "Wait inside", Author: "director", Version: "2", Words: "stay where you are"}},
		PlanTemplates: []dispatch.PlanTemplate{{ID: "station", For: "station", Title: "Back in", Steps: []dispatch.TemplateStep{{Text: "walk through", Owner: "police-desk", After: 2 * dispatch.Hour}}}}}})
	d.ask("POST", "/api/v1/zones", blocks("stage_outside")).want(t, http.StatusOK, "")
	d.ask("POST", "/api/v1/contacts", map[string]any{"channel": "phone", "type": "THEFT", "location": map[string]any{"text": "1500 block of 11 Av", "lon": -122.319, "lat": 47.615}}).want(t, http.StatusCreated, "")
	return d
}

func blocks(police string) map[string]any {
	return map[string]any{"name": "The blocks", "outline": [][2]float64{{-122.322, 47.612}, {-122.316, 47.612}, {-122.316, 47.619}, {-122.322, 47.619}, {-122.322, 47.612}}, "authority": "commander", "reason": "barricades",
		"rules": []map[string]any{{"service": "police", "entry": police}, {"service": "ems", "entry": "escort", "escort_by": "police"}},
		"gates": []map[string]any{{"name": "South gate", "street": "11th Ave at Pike St", "lon": -122.319, "lat": 47.612, "rendezvous": map[string]any{"name": "South meeting point", "lon": -122.319, "lat": 47.611}}}}
}

func TestTheWayInIsOneForAllServices(t *testing.T) {
	d := walled(t)
	entry := d.ask("GET", "/api/v1/incidents/i1/entry", nil).want(t, http.StatusOK, "")
	for _, words := range []string{"11th Ave at Pike St (10T", "wait at South meeting point (10T", "go in with police by South gate", "Wait inside"} {
		if !strings.Contains(entry.text, words) {
			t.Errorf("%q is not said: %s", words, entry.text)
		}
	}
	d.ask("POST", "/api/v1/zones", blocks("free")).want(t, http.StatusConflict, "zone_contradicts")
	other := blocks("free")
	other["replaces"] = "z9"
	d.ask("POST", "/api/v1/zones", other).want(t, http.StatusNotFound, "zone_unknown")
	d.ask("POST", "/api/v1/incidents/i1/entry", map[string]any{"gate": "g9", "why": "nearer"}).want(t, http.StatusNotFound, "gate_unknown")

	until := d.engine.Now().Add(dispatch.Hour)
	ask := map[string]any{"incident": "i1", "services": []string{"police"}, "required_by": "sergeant"}
	d.ask("POST", "/api/v1/clearances/ask", ask).want(t, http.StatusOK, "")
	d.ask("POST", "/api/v1/clearances", map[string]any{"clearance": "ec1", "given_by": "sergeant", "until": when(until)}).want(t, http.StatusOK, "")
	if got := d.ask("GET", "/api/v1/incidents/i1/entry", nil); !strings.Contains(got.text, `"basis":"clearance:ec1"`) || !strings.Contains(got.text, "ask whether it is for ems here too") {
		t.Errorf("a clearance: %s", got.text)
	}
	d.ask("DELETE", "/api/v1/clearances/ec1?reason=shots", nil).want(t, http.StatusOK, "")
	d.ask("DELETE", "/api/v1/clearances/ec1?reason=shots", nil).want(t, http.StatusConflict, "clearance_over")

	amended := blocks("gates_only")
	amended["why"] = "the gate is open for cars"
	amended["gates"].([]map[string]any)[0]["id"] = "g1"
	amended["version"] = 1
	d.ask("POST", "/api/v1/zones/z1/amend", amended).want(t, http.StatusOK, "")
	d.ask("POST", "/api/v1/zones/z1/amend", amended).want(t, http.StatusConflict, "zone_changed")
	d.ask("GET", "/api/v1/cover?service=navy", nil).want(t, http.StatusUnprocessableEntity, "value_unknown")
	if got := d.ask("GET", "/api/v1/zones", nil); !strings.Contains(got.text, `"version":2`) || !strings.Contains(got.text, `"why":"the gate is open for cars"`) {
		t.Errorf("the zone's history: %s", got.text)
	}
	d.ask("DELETE", "/api/v1/zones/z1?reason=over", nil).want(t, http.StatusOK, "")
	if got := d.ask("GET", "/api/v1/incidents/i1/entry", nil); !strings.Contains(got.text, `"simply":true`) {
		t.Errorf("without a zone: %s", got.text)
	}
}

func TestAnAgreementNeedsSomebodyWhoConsented(t *testing.T) {
	d := walled(t)
	liaison := map[string]any{"role": "spokesperson", "channel": "telephone 7", "zone": "z1", "consent": false, "expires_at": when(d.engine.Now().Add(dispatch.Day))}
	d.ask("POST", "/api/v1/liaisons", liaison).want(t, http.StatusUnprocessableEntity, "consent_missing")
	liaison["consent"] = true
	d.ask("POST", "/api/v1/liaisons", liaison).want(t, http.StatusOK, "")
	d.ask("POST", "/api/v1/liaisons/l1/attempts", map[string]any{"result": "no_answer"}).want(t, http.StatusOK, "")
	before := d.engine.Now()
	if got := d.ask("GET", "/api/v1/events?limit=1000", nil); !strings.Contains(got.text, "telephone 7") {
		t.Errorf("while they consent it is there: %s", got.text)
	}
	agreement := map[string]any{"liaison": "l1", "zone": "z1", "terms": "one lane stays free", "services": []string{"police"}, "until": when(d.engine.Now().Add(dispatch.Hour)), "agreed_by": "officer", "witnessed_by": "official"}
	d.ask("POST", "/api/v1/agreements", agreement).want(t, http.StatusOK, "")
	board := d.ask("GET", "/api/v1/board", nil).want(t, http.StatusOK, "")
	for _, words := range []string{`"state":"in_force"`, "one lane stays free", `"result":"no_answer"`} {
		if !strings.Contains(board.text, words) {
			t.Errorf("%s is not on the board: %s", words, board.text)
		}
	}
	if got := d.ask("GET", "/api/v1/incidents/i1/entry", nil); !strings.Contains(got.text, `"basis":"agreement:ag1"`) {
		t.Errorf("an agreement: %s", got.text)
	}
	d.ask("DELETE", "/api/v1/agreements/ag1?reason=broken", nil).want(t, http.StatusOK, "")
	d.ask("POST", "/api/v1/liaisons/l1/renew", map[string]any{"expires_at": when(d.engine.Now().Add(9 * dispatch.Day))}).want(t, http.StatusUnprocessableEntity, "invalid_field")
	d.ask("POST", "/api/v1/liaisons/l1/renew", map[string]any{"consent": false, "expires_at": when(d.engine.Now().Add(9 * dispatch.Day))}).want(t, http.StatusUnprocessableEntity, "consent_missing")
	d.ask("POST", "/api/v1/liaisons/l1/renew", map[string]any{"consent": true, "expires_at": when(d.engine.Now().Add(9 * dispatch.Day))}).want(t, http.StatusOK, "")
	d.server.room.Look(func(st *dispatch.State) {
		if l := st.Liaisons["l1"]; l.Channel != "telephone 7" || l.ExpiresAt != d.engine.Now().Add(9*dispatch.Day) {
			t.Errorf("renewed: %+v", l)
		}
	})
	d.ask("DELETE", "/api/v1/liaisons/l1?reason=withdrawn", nil).want(t, http.StatusOK, "")
	d.ask("POST", "/api/v1/agreements", agreement).want(t, http.StatusNotFound, "liaison_unknown")
	// How to reach them is read nowhere any more: neither in the journal nor in the past.
	for _, path := range []string{"/api/v1/events?limit=1000", "/api/v1/board?as_of=" + when(before), "/api/v1/board"} {
		if got := d.ask("GET", path, nil).want(t, http.StatusOK, ""); strings.Contains(got.text, "telephone 7") {
			t.Errorf("%s shows how to reach somebody who took the consent back: %s", path, got.text)
		}
	}
}

func TestAdviceFollowsAProtocol(t *testing.T) {
	d := walled(t)
	contact := ""
	d.server.room.Look(func(st *dispatch.State) { contact = string(st.Incidents["i1"].Contacts[0]) })
	d.ask("POST", "/api/v1/contacts/"+contact+"/advise", map[string]any{"protocol": "WAIT", "movement": true, "words": "come out"}).want(t, http.StatusConflict, "movement_not_allowed")
	d.ask("POST", "/api/v1/contacts/"+contact+"/advise", map[string]any{"protocol": "WAIT", "words": "stay where you are"}).want(t, http.StatusOK, "")
	if got := d.ask("GET", "/api/v1/incidents/i1/entry", nil); !strings.Contains(got.text, `"author":"director","version":"2"`) {
		t.Errorf("what was advised: %s", got.text)
	}
}

// when is an instant as a person's program sends it.
func when(at dispatch.Instant) string {
	return time.UnixMilli(int64(at)).UTC().Format(time.RFC3339Nano)
}

func TestAStationIsReopenedByAPlan(t *testing.T) {
	d := walled(t)
	d.give(dispatch.AddStation{ID: "EP", Name: "East", Service: "police", Point: geo.Point{Lon: -1223170000, Lat: 476150000}})
	d.give(dispatch.AddStation{ID: "NP", Name: "North", Service: "police", Point: geo.Point{Lon: -1223170000, Lat: 476700000}})
	d.give(dispatch.RehomeUnit{Unit: "3E1", Station: "EP", Reason: "its home"})
	d.ask("POST", "/api/v1/stations/EP/lose", map[string]any{"how": "evacuated", "reason": "left"}).want(t, http.StatusUnprocessableEntity, "invalid_field")
	d.ask("POST", "/api/v1/stations/EP/lose", map[string]any{"how": "evacuated", "authority": "assistant commander", "reason": "left"}).want(t, http.StatusOK, "")
	if got := d.ask("GET", "/api/v1/units", nil); !strings.Contains(got.text, `"station":"NP","lost_home":"EP"`) {
		t.Errorf("its unit lives elsewhere: %s", got.text)
	}
	d.ask("POST", "/api/v1/units/3E1/move-up", map[string]any{"station": "EP", "reason": "cover"}).want(t, http.StatusConflict, "station_lost")
	d.ask("POST", "/api/v1/stations/EP/reopen", map[string]any{"reason": "open"}).want(t, http.StatusConflict, "plan_missing")
	plan := map[string]any{"for": "station:EP", "title": "Back", "authority": "commander", "review_by": when(d.engine.Now().Add(dispatch.Day)),
		"steps": []map[string]any{{"text": "walk through", "owner": "police-desk", "due": when(d.engine.Now().Add(dispatch.Hour))}}}
	d.ask("POST", "/api/v1/plans", plan).want(t, http.StatusOK, "")
	d.ask("POST", "/api/v1/stations/EP/reopen", map[string]any{"reason": "open"}).want(t, http.StatusConflict, "plan_unfinished")
	if got := d.ask("GET", "/api/v1/plans/templates", nil).want(t, http.StatusOK, ""); !strings.Contains(got.text, `"steps":[{"text":"walk through","owner":"police-desk","after_ms":7200000}]`) {
		t.Errorf("the lists of steps: %s", got.text)
	}
	more := map[string]any{"text": "change the locks", "owner": "police-desk", "due": when(d.engine.Now().Add(dispatch.Hour))}
	d.ask("POST", "/api/v1/plans/pl9/steps", more).want(t, http.StatusNotFound, "plan_unknown")
	d.ask("POST", "/api/v1/plans/pl1/steps", more).want(t, http.StatusOK, "")
	d.ask("DELETE", "/api/v1/plans/pl1/steps/2", nil).want(t, http.StatusUnprocessableEntity, "invalid_field")
	d.ask("DELETE", "/api/v1/plans/pl1/steps/2?reason=the+landlord+does+it", nil).want(t, http.StatusOK, "")
	d.ask("POST", "/api/v1/plans/pl1/steps/2/done", map[string]any{}).want(t, http.StatusConflict, "step_dropped")
	d.ask("DELETE", "/api/v1/plans/pl1/steps/1?reason=no+need", nil).want(t, http.StatusConflict, "step_last")
	d.ask("POST", "/api/v1/plans/pl1/steps/1/done", map[string]any{"note": "all well"}).want(t, http.StatusOK, "")
	d.ask("POST", "/api/v1/stations/EP/reopen", map[string]any{"reason": "open"}).want(t, http.StatusOK, "")
	d.server.room.Move("3E1", geo.Point{Lon: -1223170000, Lat: 476700000}, d.engine.Now(), "device")
	if got := d.ask("GET", "/api/v1/cover?service=police&minutes=1", nil).want(t, http.StatusOK, ""); !strings.Contains(got.text, `"bare":1`) || !strings.Contains(got.text, `"id":"EP","name":"East","lost":false,"unit":"3E1"`) {
		t.Errorf("the cover: %s", got.text)
	}
	if got := d.ask("GET", "/api/v1/plans", nil); !strings.Contains(got.text, `"end_reason":"carried out"`) || !strings.Contains(got.text, `"note":"all well"`) {
		t.Errorf("the plan: %s", got.text)
	}
}
