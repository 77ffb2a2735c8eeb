package httpapi

import (
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/everycall/everycall/dispatch"
	"github.com/everycall/everycall/journal/memory"
)

// moving is a clock that a test moves.
type moving struct{ now atomic.Int64 }

func (m *moving) Now() dispatch.Instant { return dispatch.Instant(m.now.Load()) }

func TestACallClosedADayAgoIsInTheArchive(t *testing.T) {
	clock := &moving{}
	clock.now.Store(int64(at))
	d := openAt(t, memory.New(), Options{}, clock)
	d.setup()
	got := d.ask("POST", "/api/v1/contacts", noise()).want(t, http.StatusCreated, "")
	contact, incident := got.body["id"].(string), got.body["incident"].(string)
	d.ask("POST", "/api/v1/incidents/"+incident+"/notes", map[string]any{"text": "the music is off"}).want(t, http.StatusOK, "")
	d.ask("POST", "/api/v1/incidents/"+incident+"/close", map[string]any{"disposition": "handled", "authority": "3E2"}).want(t, http.StatusOK, "")
	clock.now.Add(int64(dispatch.ArchiveAfter) + 1000)
	d.give(dispatch.Tick{})
	if board := d.ask("GET", "/api/v1/board", nil); len(board.body["incidents"].([]any)) != 0 {
		t.Fatal("it is still on the board")
	}
	detail := d.ask("GET", "/api/v1/incidents/"+incident, nil).want(t, http.StatusOK, "")
	if detail.body["disposition"] != "handled" || !strings.Contains(detail.text, "the music is off") || len(detail.body["timeline"].([]any)) < 4 {
		t.Fatalf("%s", detail.text)
	}
	if c := d.ask("GET", "/api/v1/contacts/"+contact, nil).want(t, http.StatusOK, ""); c.body["outcome"].(map[string]any)["kind"] != "resolved" || c.body["place"] != "1500 block of 12 Av" {
		t.Fatalf("%s", c.text)
	}
	d.ask("GET", "/api/v1/incidents/i999", nil).want(t, http.StatusNotFound, "incident_unknown")
	d.ask("GET", "/api/v1/contacts/c-nobody", nil).want(t, http.StatusNotFound, "contact_unknown")
	d.token = "" // and nobody else may
	d.ask("GET", "/api/v1/incidents/"+incident, nil).want(t, http.StatusUnauthorized, "")
}

func TestALineOfTheSweepIsAccepted(t *testing.T) {
	d := newDesk(t)
	d.ask("POST", "/api/v1/units/3E2/position", map[string]any{"lon": -122.32, "lat": 47.61}).want(t, http.StatusAccepted, "")
	incident := d.ask("POST", "/api/v1/contacts", noise()).want(t, http.StatusCreated, "").body["incident"].(string)
	sweep := d.ask("GET", "/api/v1/sweep", nil).want(t, http.StatusOK, "")
	line := sweep.body["lines"].([]any)[0].(map[string]any)
	if line["incident"] != incident || line["unit"] != "3E2" || line["kind"] != "free" || line["why"] == "" {
		t.Fatalf("%s", sweep.text)
	}
	accept := map[string]any{"incident": incident, "unit": "3E2", "kind": "free"}
	first := d.ask("POST", "/api/v1/sweep/lines", accept, "Idempotency-Key", "s1").want(t, http.StatusOK, "")
	if again := d.ask("POST", "/api/v1/sweep/lines", accept, "Idempotency-Key", "s1").want(t, http.StatusOK, ""); again.text != first.text {
		t.Fatalf("two answers:\n%s\n%s", first.text, again.text)
	}
	d.ask("POST", "/api/v1/sweep/lines", accept).want(t, http.StatusConflict, "proposal_changed")
	// Somebody in danger may have a unit that is on its way to something less urgent.
	for _, unit := range []string{"3E1", "3E3"} {
		d.ask("POST", "/api/v1/units/"+unit+"/status", map[string]any{"status": "out_of_service", "source": "radio"}).want(t, http.StatusOK, "")
	}
	danger := d.ask("POST", "/api/v1/contacts", map[string]any{"channel": "phone", "type": "ASSAULT", "location": map[string]any{"text": "a place", "lon": -122.321, "lat": 47.611}}).want(t, http.StatusCreated, "").body["incident"].(string)
	sweep = d.ask("GET", "/api/v1/sweep", nil)
	line = sweep.body["lines"].([]any)[0].(map[string]any)
	if line["kind"] != "pre_empt" || line["preempts"] != incident || line["incident"] != danger || len(sweep.body["displaced"].([]any)) != 1 {
		t.Fatalf("%s", sweep.text)
	}
	d.ask("POST", "/api/v1/sweep/lines", map[string]any{"incident": danger, "unit": "3E2", "kind": "pre_empt"}, "Idempotency-Key", "s2").want(t, http.StatusOK, "")
	if u := d.ask("GET", "/api/v1/incidents/"+incident, nil); u.body["state"] != "waiting" {
		t.Fatalf("the call that lost its unit: %s", u.text)
	}
}
