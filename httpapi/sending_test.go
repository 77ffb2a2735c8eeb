package httpapi

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/everycall/everycall/dispatch"
	"github.com/everycall/everycall/journal/memory"
	"github.com/everycall/everycall/notify"
	"github.com/everycall/everycall/notify/outbox"
	"github.com/everycall/everycall/triage"
)

// sendingDesk has a run card of two levels, and ambulances.
func sendingDesk(t *testing.T, opt Options) *desk {
	d := open(t, memory.New(), opt)
	patrols := func(n uint8, note string) dispatch.CardLevel {
		return dispatch.CardLevel{Note: note, Needs: []triage.Need{{Count: n, Kind: "patrol"}}}
	}
	d.setup()
	var c dispatch.Config
	d.server.room.Look(func(s *dispatch.State) { c = s.Config })
	c.RunCards = []dispatch.RunCard{{ID: "ASSAULT", Title: "Assault", Types: []string{"ASSAULT"}, Levels: []dispatch.CardLevel{patrols(1, "one looks"), patrols(2, "they are many")}}}
	d.give(dispatch.Configure{Config: c})
	d.give(dispatch.AddUnit{ID: "E10", Service: "fire", Kind: "engine", Status: dispatch.StatusAvailable})
	return d
}

func TestSending(t *testing.T) {
	d := sendingDesk(t, Options{})
	because := map[string]any{"reason": "marker-reason"}
	assault := noise()
	assault["type"] = "ASSAULT"
	one := d.ask("POST", "/api/v1/contacts", noise()).want(t, http.StatusCreated, "").body["incident"].(string)
	two := d.ask("POST", "/api/v1/contacts", assault).want(t, http.StatusCreated, "").body["incident"].(string)
	path := "/api/v1/incidents/" + two

	d.ask("POST", "/api/v1/incidents/"+one+"/alarm-level", because).want(t, http.StatusConflict, "run_card_missing")
	d.ask("POST", path+"/alarm-level", map[string]any{"reason": "x", "level": 3}).want(t, http.StatusConflict, "alarm_level_wrong")
	d.ask("POST", path+"/alarm-level", because).want(t, http.StatusOK, "")
	response := d.ask("GET", path+"/recommendation", nil).want(t, http.StatusOK, "").body["response"].(map[string]any)
	if response["words"] != "run card ASSAULT level 2: patrol ×3 (have 0)" || response["levels"] != 2.0 {
		t.Errorf("%v", response)
	}
	d.ask("POST", path+"/alarm-level/lower", because).want(t, http.StatusOK, "")

	d.ask("POST", path+"/services", map[string]any{"service": "fire", "agency": "Kent Fire", "reason": "marker-reason", "lead": true}).want(t, http.StatusOK, "")
	d.ask("POST", path+"/services", map[string]any{"service": "fire", "reason": "again"}).want(t, http.StatusConflict, "service_there")
	d.ask("POST", path+"/services/police/lead", because).want(t, http.StatusOK, "")
	services := d.ask("GET", path, nil).want(t, http.StatusOK, "").body["services"].([]any)
	if len(services) != 2 || services[1].(map[string]any)["state"] != "waiting" || services[0].(map[string]any)["lead"] != true || services[1].(map[string]any)["reason"] != "marker-reason" {
		t.Errorf("%v", services)
	}
	d.ask("POST", path+"/services/fire/close", map[string]any{"disposition": "not needed", "authority": "chief"}).want(t, http.StatusOK, "")
	d.ask("POST", path+"/services/fire/close", map[string]any{"disposition": "not needed", "authority": "chief"}).want(t, http.StatusConflict, "service_not_there")

	d.ask("POST", "/api/v1/incidents/"+one+"/assignments", map[string]any{"unit": "3E1"}).want(t, http.StatusOK, "")
	d.ask("POST", "/api/v1/units/3E1/exchange", map[string]any{"with": "E10", "reason": "nearer"}).want(t, http.StatusConflict, "exchange_lacks")
	d.ask("POST", "/api/v1/units/3E1/exchange", map[string]any{"with": "3E2", "reason": "nearer"}).want(t, http.StatusOK, "")
	d.ask("POST", "/api/v1/units/3E2/preempt", map[string]any{"for": one, "reason": "x"}).want(t, http.StatusConflict, "unit_assigned")
	d.ask("POST", "/api/v1/units/3E2/preempt", map[string]any{"for": two, "reason": "life before noise"}).want(t, http.StatusOK, "")
	due := d.ask("GET", "/api/v1/call-backs", nil).want(t, http.StatusOK, "").body["items"].([]any)
	if len(due) != 1 || due[0].(map[string]any)["why"] != "its unit was taken for a more urgent call: say that it takes longer" {
		t.Errorf("%v", due)
	}
	if row := d.ask("GET", "/api/v1/incidents/"+one, nil).body; row["state"] != "waiting" {
		t.Errorf("%v", row["state"])
	}
}

func TestMutualAid(t *testing.T) {
	d := sendingDesk(t, Options{})
	in := func(h int) string {
		return time.UnixMilli(int64(at.Add(dispatch.Millis(h) * dispatch.Hour))).UTC().Format(time.RFC3339)
	}
	ask := map[string]any{"agency": "Kent Fire", "needs": []map[string]any{{"count": 1, "kind": "engine"}}, "reason": "cover"}
	d.ask("POST", "/api/v1/aids", ask).want(t, http.StatusOK, "")
	d.ask("POST", "/api/v1/aids/m1/send", map[string]any{"eta": in(1), "until": in(5)}).want(t, http.StatusConflict, "aid_state_wrong")
	d.ask("POST", "/api/v1/aids/m9/accept", map[string]any{}).want(t, http.StatusNotFound, "aid_unknown")
	d.ask("POST", "/api/v1/aids/m1/refuse", map[string]any{}).want(t, http.StatusUnprocessableEntity, "field_missing")
	d.ask("POST", "/api/v1/aids/m1/offer", map[string]any{"eta": in(1), "terms": "none", "words": "one can come"}).want(t, http.StatusOK, "")
	d.ask("POST", "/api/v1/aids/m1/accept", map[string]any{}).want(t, http.StatusOK, "")
	d.ask("POST", "/api/v1/aids/m1/send", map[string]any{"eta": in(1), "until": in(5), "theirs": []map[string]any{{"id": "K1", "service": "fire", "kind": "engine"}}}).want(t, http.StatusOK, "")
	d.ask("POST", "/api/v1/aids/m1/arrive", map[string]any{}).want(t, http.StatusOK, "")
	d.ask("POST", "/api/v1/aids/m1/extend", map[string]any{"until": in(8), "words": "longer"}).want(t, http.StatusOK, "")
	board := d.ask("GET", "/api/v1/board", nil).body
	for _, u := range board["units"].([]any) {
		if row := u.(map[string]any); row["id"] == "K1" && (row["owner"] != "Kent Fire" || row["loan_ends"] == nil || row["free"] != true) {
			t.Errorf("%v", row)
		}
	}
	if aid := board["aids"].([]any)[0].(map[string]any); aid["state"] != "arrived" || len(aid["steps"].([]any)) != 6 {
		t.Errorf("%v", aid)
	}
	d.ask("POST", "/api/v1/aids/m1/return", map[string]any{}).want(t, http.StatusOK, "")
	ask["direction"] = "from_us"
	d.ask("POST", "/api/v1/aids", ask).want(t, http.StatusOK, "")
	d.ask("POST", "/api/v1/aids/m2/accept", map[string]any{}).want(t, http.StatusOK, "")
	d.ask("POST", "/api/v1/aids/m2/send", map[string]any{"eta": in(1), "until": in(5), "ours": []string{"E10"}}).want(t, http.StatusOK, "")
	assault := noise()
	assault["type"] = "ASSAULT"
	i := d.ask("POST", "/api/v1/contacts", assault).want(t, http.StatusCreated, "").body["incident"].(string)
	d.ask("POST", "/api/v1/incidents/"+i+"/assignments", map[string]any{"unit": "E10"}).want(t, http.StatusConflict, "unit_lent")
	offer := map[string]any{"agency": "Kent Fire", "needs": ask["needs"], "words": "if you need it"}
	d.ask("POST", "/api/v1/aids/offers", offer).want(t, http.StatusOK, "")
	if items := d.ask("GET", "/api/v1/aids", nil).body["items"].([]any); len(items) != 3 {
		t.Errorf("%v", items)
	}
}

// pigeons is a notifier that has given one message up.
type pigeons struct{ dead []outbox.Message }

func (p *pigeons) Health(context.Context) ([]notify.TargetHealth, error) {
	return []notify.TargetHealth{{Name: "pagers", Kind: "ntfy", State: "open", Pending: 2, Dead: len(p.dead), Why: "no connection"}}, nil
}
func (p *pigeons) Dead(context.Context, int) ([]outbox.Message, error) { return p.dead, nil }
func (p *pigeons) Again(_ context.Context, id int64) error             { return p.Drop(context.Background(), id) }
func (p *pigeons) Drop(_ context.Context, id int64) error {
	if len(p.dead) == 0 || p.dead[0].ID != id {
		return outbox.ErrNotThere
	}
	p.dead = nil
	return nil
}

func TestNotifierHealth(t *testing.T) {
	if row := newDesk(t).ask("GET", "/api/v1/notifier", nil).want(t, http.StatusOK, "").body; row["enabled"] != false {
		t.Errorf("nothing is sent anywhere unless somebody says so: %v", row)
	}
	d := sendingDesk(t, Options{Notifier: &pigeons{dead: []outbox.Message{{ID: 7, Target: "pagers", Text: "E10 to call 1", Place: "marker-place", Why: "no connection"}}}})
	row := d.ask("GET", "/api/v1/notifier", nil).want(t, http.StatusOK, "").body
	dead := row["dead"].([]any)[0].(map[string]any)
	if row["targets"].([]any)[0].(map[string]any)["state"] != "open" || dead["text"] != "E10 to call 1" || dead["place"] != nil {
		t.Errorf("%v", row)
	}
	d.ask("POST", "/api/v1/notifier/dead/8/again", nil).want(t, http.StatusNotFound, "message_unknown")
	d.ask("POST", "/api/v1/notifier/dead/7/again", nil).want(t, http.StatusOK, "")
	d.ask("DELETE", "/api/v1/notifier/dead/7?reason=by+radio", nil).want(t, http.StatusNotFound, "message_unknown")
}
