package httpapi

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/everycall/everycall/auth"
	"github.com/everycall/everycall/dispatch"
)

// TestADryRunSaysWhichCallsItConcerns: nothing changes, open calls are named, and what
// would be refused is refused in the same words.
func TestADryRunSaysWhichCallsItConcerns(t *testing.T) {
	d := walled(t).as(auth.RoleAdmin)
	var c dispatch.Config
	read := d.ask("GET", "/api/v1/configuration", nil).want(t, http.StatusOK, "")
	if err := json.Unmarshal([]byte(read.text), &c); err != nil || c.Version == 0 {
		t.Fatalf("%v: version %d", err, c.Version)
	}
	version := c.Version
	c.Types[0].Priority = 2
	c.Desks[0].Name = "Police"
	c.Areas = []dispatch.NamedArea{{ID: "EAST", Name: "East", Beats: []string{"E1"}}}
	trial := d.ask("POST", "/api/v1/configuration/dry-run", c).want(t, http.StatusOK, "")
	for _, words := range []string{`"list":"types","id":"THEFT","change":"changed","incidents":["i1"]`, "concerns call 1, which keeps what it has", `"list":"desks","id":"police-desk","change":"changed","incidents":["i1"]`,
		`"list":"areas","id":"EAST","change":"added","incidents":[]`} {
		if !strings.Contains(trial.text, words) {
			t.Errorf("%s is not said: %s", words, trial.text)
		}
	}
	if strings.Contains(trial.text, "refused") || strings.Contains(trial.text, "protocols") {
		t.Errorf("more than was changed: %s", trial.text)
	}
	if again := d.ask("GET", "/api/v1/configuration", nil); again.text != read.text {
		t.Errorf("the dry run changed it: %s", again.text)
	}
	bad := c
	bad.Desks = bad.Desks[1:]
	bad.Types, bad.PlanTemplates = nil, nil
	if got := d.ask("POST", "/api/v1/configuration/dry-run", bad).want(t, http.StatusOK, ""); !strings.Contains(got.text, `"code":"config_in_use"`) || !strings.Contains(got.text, `"id":"THEFT","change":"removed","incidents":["i1"]`) {
		t.Errorf("a desk that owns a call: %s", got.text)
	}
	d.ask("POST", "/api/v1/configuration", bad).want(t, http.StatusConflict, "config_in_use")
	d.ask("POST", "/api/v1/configuration", c).want(t, http.StatusOK, "")
	c.Version = version
	d.ask("POST", "/api/v1/configuration", c).want(t, http.StatusConflict, "config_changed")
}
