package httpapi

import (
	"net/http"
	"strings"
	"testing"

	"github.com/everycall/everycall/dispatch"
)

// TestALineIsReadBackAndCarriedOut walks one line through the door: read back, refused
// while something is missing, carried out once, taken back by its own line.
func TestALineIsReadBackAndCarriedOut(t *testing.T) {
	d := walled(t)
	d.give(dispatch.AddUnit{ID: "3B2", Service: "police", Kind: "car", Crew: 2, Status: dispatch.StatusAvailable})
	d.give(dispatch.AddUnit{ID: "3B3", Service: "police", Kind: "car", Crew: 2, Status: dispatch.StatusAvailable})
	line := func(text string) map[string]any { return map[string]any{"line": text} }

	read := d.ask("POST", "/api/v1/command/read", line("d 3b2 3b3 1")).want(t, http.StatusOK, "")
	if !strings.Contains(read.text, `"tone":"ready"`) || !strings.Contains(read.text, `"does":2`) || !strings.Contains(read.text, "Dispatch 3B2 + 3B3 → 1 Theft, 1500 block of 11 Av") || !strings.Contains(read.text, `"undo":"OFF 3B2 3B3 1 ; sent by mistake"`) {
		t.Errorf("read back: %s", read.text)
	}
	if got := d.ask("GET", "/api/v1/units", nil); strings.Contains(got.text, `"incident":"i1"`) {
		t.Errorf("reading did something: %s", got.text)
	}
	d.ask("POST", "/api/v1/command", line("D 3B2")).want(t, http.StatusUnprocessableEntity, "line_not_ready")
	d.ask("POST", "/api/v1/command", line("D 9Z9 1")).want(t, http.StatusUnprocessableEntity, "line_not_ready")
	d.ask("POST", "/api/v1/command", line("; only words")).want(t, http.StatusUnprocessableEntity, "line_not_ready")
	d.ask("POST", "/api/v1/command", map[string]any{"line": "D 3B2 1", "say": "Dispatch 3B2 → 7 Noise"}).want(t, http.StatusConflict, "reading_changed")
	d.ask("POST", "/api/v1/command", line("D 3B2 3B3 1")).want(t, http.StatusConflict, "zone_closed")
	done := d.ask("POST", "/api/v1/command", line("D 3B2 3B3 1 RV")).want(t, http.StatusOK, "")
	if strings.Count(done.text, `"UnitDispatched"`) != 2 {
		t.Errorf("two units: %s", done.text)
	}
	// One is stopped by the rules: the answer says how far it came.
	d.ask("POST", "/api/v1/command", line("OFF 3B3 ; not needed")).want(t, http.StatusOK, "")
	d.ask("POST", "/api/v1/units/3B2/status", map[string]any{"status": "on_scene", "source": "radio"}).want(t, http.StatusOK, "")
	half := d.ask("POST", "/api/v1/command", line("D 3B3 3B2 1 rv")).want(t, http.StatusConflict, "unit_assigned")
	if !strings.Contains(half.text, "1 of 2 done; then: ") {
		t.Errorf("how far it came: %s", half.text)
	}
	// Rationing by its local time, and the whole chain of why.
	d.ask("POST", "/api/v1/command", line("POSTURE city P12 0400 ; few units")).want(t, http.StatusOK, "")
	if got := d.ask("GET", "/api/v1/postures", nil); !strings.Contains(got.text, "04:00:00.000-07:00") {
		t.Errorf("four o'clock there: %s", got.text)
	}
	why := d.ask("POST", "/api/v1/command/read", line("WHY 1")).want(t, http.StatusOK, "")
	if !strings.Contains(why.text, `"panel":"why"`) || !strings.Contains(why.text, "few units") {
		t.Errorf("why: %s", why.text)
	}
}

// TestALineSentTwiceIsOne: the same key gives the same answer, though the line means
// something else by then.
func TestALineSentTwiceIsOne(t *testing.T) {
	d := walled(t)
	first := d.ask("POST", "/api/v1/command", map[string]any{"line": "NOTE 1 ; blue door"}, "Idempotency-Key", "one").want(t, http.StatusOK, "")
	shut := d.ask("POST", "/api/v1/command", map[string]any{"line": "C 1 HANDLED"}, "Idempotency-Key", "two").want(t, http.StatusOK, "")
	if again := d.ask("POST", "/api/v1/command", map[string]any{"line": "C 1 HANDLED"}, "Idempotency-Key", "two").want(t, http.StatusOK, ""); again.text != shut.text {
		t.Errorf("%s\n%s", shut.text, again.text)
	}
	d.ask("POST", "/api/v1/command", map[string]any{"line": "REOPEN 1 ; x"}, "Idempotency-Key", "two").want(t, http.StatusConflict, "idempotency_key_reused")
	if again := d.ask("POST", "/api/v1/command", map[string]any{"line": "NOTE 1 ; blue door"}, "Idempotency-Key", "one").want(t, http.StatusOK, ""); again.text != first.text {
		t.Errorf("%s\n%s", first.text, again.text)
	}
}
