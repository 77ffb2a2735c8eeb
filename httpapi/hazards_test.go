package httpapi

import (
	"net/http"
	"testing"
	"time"

	"github.com/everycall/everycall/auth"
	"github.com/everycall/everycall/dispatch"
)

func hazardAt(level int, lon float64) map[string]any {
	return map[string]any{"location": map[string]any{"text": "500 block of Elm St", "lon": lon, "lat": 47.613}, "level": level, "text": "said to shoot at uniforms",
		"review_by": time.UnixMilli(int64(at.Add(dispatch.Day))).UTC().Format(time.RFC3339)}
}

func TestHazardsAreReadBeforeAnybodyIsSent(t *testing.T) {
	d := newDesk(t)
	d.ask("POST", "/api/v1/hazards", hazardAt(3, -122.32)).want(t, http.StatusOK, "")
	d.ask("POST", "/api/v1/hazards", hazardAt(1, -122.33)).want(t, http.StatusOK, "")
	near := d.ask("GET", "/api/v1/hazards?near=-122.3201,47.613", nil).want(t, http.StatusOK, "").body["items"].([]any)
	if len(near) != 1 || near[0].(map[string]any)["level_name"] != "danger" || near[0].(map[string]any)["distance_m"] == nil {
		t.Fatalf("%v", near)
	}
	if all := d.ask("GET", "/api/v1/hazards", nil).body["items"].([]any); len(all) != 2 {
		t.Errorf("%v", all)
	}
	d.ask("GET", "/api/v1/hazards?near=there", nil).want(t, http.StatusUnprocessableEntity, "invalid_field")
	call := noise()
	call["location"] = map[string]any{"text": "500 block of Elm St", "lon": -122.32, "lat": 47.613}
	incident := d.ask("POST", "/api/v1/contacts", call).want(t, http.StatusCreated, "").body["incident"].(string)
	path := "/api/v1/incidents/" + incident
	d.ask("POST", path+"/assignments", map[string]any{"unit": "3E1"}).want(t, http.StatusConflict, "hazard_unacknowledged")
	d.ask("POST", path+"/hazards/ack", map[string]any{"hazards": []string{"h2"}, "where": "call"}).want(t, http.StatusNotFound, "hazard_unknown")
	d.ask("POST", path+"/hazards/ack", map[string]any{"hazards": []string{"h1"}, "where": "call"}).want(t, http.StatusOK, "")
	d.ask("POST", path+"/assignments", map[string]any{"unit": "3E1", "hazards": []string{"h1"}}).want(t, http.StatusOK, "")
	d.ask("POST", path+"/hazards/ack", map[string]any{"hazards": []string{"h1"}, "where": "phone", "unit": "3E1"}).want(t, http.StatusOK, "")
	row := d.ask("GET", path, nil).want(t, http.StatusOK, "").body
	if inner, is := row["incident"].(map[string]any); is {
		row = inner
	}
	acks := row["hazards"].([]any)[0].(map[string]any)["acks"].([]any)
	if len(acks) != 3 || acks[1].(map[string]any)["where"] != "dispatch" || acks[2].(map[string]any)["unit"] != "3E1" {
		t.Errorf("%v", acks)
	}
	review := map[string]any{"review_by": time.UnixMilli(int64(at.Add(9 * dispatch.Day))).UTC().Format(time.RFC3339), "reason": "asked there"}
	d.ask("POST", "/api/v1/hazards/h1/review", review).want(t, http.StatusOK, "")
	d.ask("DELETE", "/api/v1/hazards/h1?reason=gone", nil).want(t, http.StatusOK, "")
	d.ask("DELETE", "/api/v1/hazards/h1?reason=gone", nil).want(t, http.StatusNotFound, "hazard_unknown")
	seen := hazardAt(2, -122.32)
	d.ask("POST", "/api/v1/hazards", seen).want(t, http.StatusOK, "")
	call["hazards"] = []string{"h3"}
	d.ask("POST", "/api/v1/contacts", call).want(t, http.StatusCreated, "")
	for _, alarm := range d.ask("GET", "/api/v1/board", nil).body["alarms"].([]any) {
		if a := alarm.(map[string]any); a["cause"] == "hazard" && a["incident"] != incident {
			t.Errorf("what the call-taker had read alarms: %v", a)
		}
	}
	seen["location"] = map[string]any{"text": "500 block of Elm St"}
	d.ask("POST", "/api/v1/hazards", seen).want(t, http.StatusUnprocessableEntity, "field_missing")
}

func TestAFactIsConfirmedContradictedAndAnnounced(t *testing.T) {
	d := newDesk(t)
	fact := map[string]any{"kind": "line", "geometry": [][2]float64{{-122.318, 47.615}, {-122.317, 47.615}}, "state": "blocked", "source": "engine crew", "confidence": "seen", "half_life_ms": 3_600_000,
		"obstacle": "checkpoint", "admits": []string{"fire"}, "delay_ms": 60_000}
	d.ask("POST", "/api/v1/access", fact).want(t, http.StatusOK, "")
	d.ask("POST", "/api/v1/access", map[string]any{"kind": "line", "geometry": fact["geometry"], "state": "open", "source": "caller", "confidence": "reported", "half_life_ms": 3_600_000}).want(t, http.StatusOK, "")
	row := func(n int) map[string]any {
		return d.ask("GET", "/api/v1/access", nil).want(t, http.StatusOK, "").body["items"].([]any)[n].(map[string]any)
	}
	for n, other := range []string{"x2", "x1"} {
		if against := row(n)["conflicts"].([]any); len(against) != 1 || against[0] != other {
			t.Errorf("%v", row(n))
		}
	}
	untold := len(row(0)["untold"].([]any))
	d.ask("POST", "/api/v1/access/x1/notify", map[string]any{"service": "police"}).want(t, http.StatusOK, "")
	d.ask("POST", "/api/v1/access/x1/notify", map[string]any{"service": "police"}).want(t, http.StatusConflict, "nothing_to_tell")
	if left := len(row(0)["untold"].([]any)); left != untold-1 {
		t.Errorf("%d services to be told, were %d", left, untold)
	}
	d.ask("POST", "/api/v1/access/x1/confirm", map[string]any{}).want(t, http.StatusOK, "")
	d.ask("POST", "/api/v1/access/x1/confirm", map[string]any{"state": "open", "confidence": "rumoured"}).want(t, http.StatusUnprocessableEntity, "value_unknown")
	d.ask("POST", "/api/v1/access/x1/confirm", map[string]any{"state": "open"}).want(t, http.StatusOK, "")
	if got := row(0); got["confirmations"] != 2.0 || got["current"] != "open" || len(got["sightings"].([]any)) != 2 || len(got["conflicts"].([]any)) != 0 || len(got["untold"].([]any)) != 0 {
		t.Errorf("%v", got)
	}
}

// TestHazardsAreMasked: who may not read what is sealed sees that there is a hazard,
// and neither where nor what.
func TestHazardsAreMasked(t *testing.T) {
	d := newDesk(t)
	d.ask("POST", "/api/v1/hazards", hazardAt(3, -122.32)).want(t, http.StatusOK, "")
	d.server.room.mu.RLock()
	defer d.server.room.mu.RUnlock()
	row := d.server.rowsFor(auth.SightMasked).hazard(d.server.room.world.State.Hazards["h1"])
	if row.Level != 3 || row.Place != "" || row.Text != "" || row.Position != nil {
		t.Errorf("%+v", row)
	}
}

// TestASweepsLineIsReadBeforeItIsAccepted: nothing of it happens before.
func TestASweepsLineIsReadBeforeItIsAccepted(t *testing.T) {
	d := newDesk(t)
	d.ask("POST", "/api/v1/hazards", hazardAt(3, -122.32)).want(t, http.StatusOK, "")
	call := noise()
	call["location"] = map[string]any{"text": "500 block of Elm St", "lon": -122.32, "lat": 47.613}
	d.ask("POST", "/api/v1/contacts", call).want(t, http.StatusCreated, "")
	line := d.ask("GET", "/api/v1/sweep", nil).want(t, http.StatusOK, "").body["lines"].([]any)[0].(map[string]any)
	if hazards := line["hazards"].([]any); len(hazards) != 1 || hazards[0] != "h1" {
		t.Fatalf("%v", line)
	}
	accept := map[string]any{"incident": line["incident"], "unit": line["unit"], "kind": line["kind"]}
	d.ask("POST", "/api/v1/sweep/lines", accept).want(t, http.StatusConflict, "hazard_unacknowledged")
	accept["hazards"] = line["hazards"]
	d.ask("POST", "/api/v1/sweep/lines", accept).want(t, http.StatusOK, "")
}

// TestAnErasedHazardStillAsks: its place and words are gone, and where it was found
// somebody must still read that there is one.
func TestAnErasedHazardStillAsks(t *testing.T) {
	d := newDesk(t)
	d.ask("POST", "/api/v1/hazards", hazardAt(3, -122.32)).want(t, http.StatusOK, "")
	call := noise()
	call["location"] = map[string]any{"text": "500 block of Elm St", "lon": -122.32, "lat": 47.613}
	incident := d.ask("POST", "/api/v1/contacts", call).want(t, http.StatusCreated, "").body["incident"].(string)
	if err := d.engine.Erase(t.Context(), "hazard:h1"); err != nil {
		t.Fatal(err)
	}
	row := d.ask("GET", "/api/v1/hazards", nil).body["items"].([]any)[0].(map[string]any)
	if row["text"] != nil || row["place"] != nil || row["position"] != nil {
		t.Errorf("%v", row)
	}
	d.ask("POST", "/api/v1/incidents/"+incident+"/assignments", map[string]any{"unit": "3E1"}).want(t, http.StatusConflict, "hazard_unacknowledged")
	d.ask("POST", "/api/v1/incidents/"+incident+"/assignments", map[string]any{"unit": "3E1", "hazards": []string{"h1"}}).want(t, http.StatusOK, "")
}
