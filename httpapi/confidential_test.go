package httpapi

import (
	"fmt"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/everycall/everycall/advisor"
	"github.com/everycall/everycall/auth"
	"github.com/everycall/everycall/dispatch"
	"github.com/everycall/everycall/geo"
	"github.com/everycall/everycall/journal/memory"
)

// watch is a clock that a test sets.
type watch struct{ now atomic.Int64 }

func (w *watch) Now() dispatch.Instant { return dispatch.Instant(w.now.Load()) }

func (w *watch) pass(d dispatch.Millis) { w.now.Add(int64(d)) }

// as opens another door to the same room, for another role.
func (d *desk) as(role auth.Role) *desk {
	d.t.Helper()
	s := New(Options{Engine: d.engine, Room: d.server.room, Auth: d.server.opt.Auth, Estimator: advisor.StraightLine{}, Token: "token-of-" + string(role), TokenRole: role})
	web := httptest.NewServer(s)
	d.t.Cleanup(func() { s.Close(); web.Close() })
	return &desk{t: d.t, server: s, engine: d.engine, url: web.URL, token: "token-of-" + string(role), web: web}
}

// secrets are what must never be shown; the second is the point in degrees.
var secrets = []string{"MARKER", "122.3133337"}

// tells reports the first secret that a text holds.
func tells(text string) string {
	for _, s := range secrets {
		if strings.Contains(text, s) {
			return s
		}
	}
	return ""
}

// reads answers whatever every GET route tells about an incident and a contact now.
func (d *desk) reads(incident, contact string) map[string]string {
	d.t.Helper()
	ids := strings.NewReplacer("{z}", "10", "{x}", "1", "{y}", "1.mvt")
	told := map[string]string{}
	for _, action := range d.server.Actions() {
		path, is := strings.CutPrefix(string(action), "route:GET ")
		if !is || path == "/api/v1/stream" || strings.HasPrefix(path, "/enter") {
			continue
		}
		for _, id := range []string{incident, contact} {
			p := ids.Replace(strings.ReplaceAll(path, "{id}", id))
			told[p] = d.ask("GET", p, nil).text
			for _, more := range []string{"?limit=1000", "?unit=3E3", "?minutes=1000", "?by=language", "?as_of=2020-06-14T17:00:30-07:00", "?as_of=2020-06-14T17:02:30-07:00"} {
				told[p+more] = d.ask("GET", p+more, nil).text
			}
		}
	}
	for _, i := range d.server.room.world.State.Incidents {
		if string(i.ID) != incident {
			continue
		}
		for _, verb := range []string{"S", "WHY", "STRIKE", "NOTE", "H", "DIV", "C", "RES", "MAJOR", "D 3E3"} {
			line := verb + " " + strconv.FormatUint(i.Number, 10)
			told["read "+line] = d.ask("POST", "/api/v1/command/read", map[string]any{"line": line}).text
		}
	}
	return told
}

// confide records a call with a secret in every field that may hold one, and marks it.
// The commands before the mark are given in the first minute, those after it later.
func confide(d *desk, w *watch, id dispatch.ContactID, kind string, unit dispatch.UnitID) dispatch.IncidentID {
	point := geo.Point{Lon: -1223133337, Lat: 476150000}
	d.give(dispatch.ReceiveContact{ID: id, Channel: "phone", Type: kind, Person: dispatch.Private{Name: "MARKER", Number: "MARKER", Place: "MARKER", Text: "MARKER", Point: &point}})
	i := d.server.room.world.State.Contacts[id].Incident
	both := func() {
		d.give(dispatch.TriageContact{Contact: id, Type: kind, Reason: "MARKER"})
		d.give(dispatch.LocateContact{Contact: id, Place: dispatch.Private{Place: "MARKER", Point: &point}})
		d.give(dispatch.AddNote{Incident: i, Text: "MARKER"})
		d.give(dispatch.Reprioritise{Incident: i, Priority: 3, Reason: "MARKER"})
		d.give(dispatch.MakePromise{Contact: id, PromiseTold: dispatch.PromiseTold{Told: "MARKER", Channel: "on_call", Within: 2 * dispatch.Minute}})
		d.give(dispatch.RingBack{Contact: id, Reached: dispatch.ReachedNo, Words: "MARKER"})
		d.give(dispatch.DispatchUnit{Unit: unit, Incident: i})
		d.give(dispatch.UnassignUnit{Unit: unit, Incident: i, Reason: "MARKER"})
		d.give(dispatch.LinkIncidents{Incident: i, Other: "i1", Reason: "MARKER"})
		d.give(dispatch.UnlinkIncidents{Incident: i, Other: "i1", Reason: "MARKER"})
		if d.server.room.world.State.Confidential[id] != nil { // before it, the words belong to the call they were said at
			d.give(dispatch.LinkIncidents{Incident: "i1", Other: i, Reason: "MARKER"})
		} else {
			d.give(dispatch.LinkIncidents{Incident: i, Other: "i1", Reason: "MARKER"})
		}
		d.give(dispatch.DeclareMajor{Incident: i, Authority: "commander", Reason: "MARKER", Commander: "commander", Channel: "fireground 3", ReviewBy: d.engine.Now().Add(dispatch.Hour)})
		d.give(dispatch.AddObjective{Incident: i, Text: "MARKER"})
		d.give(dispatch.MeetObjective{Incident: i, Objective: 1, How: "MARKER"})
		d.give(dispatch.EndMajor{Incident: i, Authority: "commander", Reason: "MARKER"})
		d.give(dispatch.UnlinkIncidents{Incident: i, Other: "i1", Reason: "MARKER"})
		d.give(dispatch.ClearTogether{Contacts: []dispatch.ContactID{"c-other", id}, Outcome: dispatch.OutcomeResolved, Reason: "MARKER"})
		if kind == "ASSAULT" {
			d.give(dispatch.StageContact{Contact: id, Plan: "MARKER"})
		} else {
			d.give(dispatch.HoldContact{Contact: id, Reason: "MARKER"})
		}
	}
	both()
	w.pass(dispatch.Minute)
	notes := d.server.room.world.State.Incidents[i].Notes
	d.give(dispatch.MarkConfidential{Contact: id, Readers: []string{"supervisor:token"}, Reason: "MARKER"})
	d.give(dispatch.StrikeNote{Incident: i, Note: notes[0].ID, Reason: "MARKER"})
	both()
	return i
}

// TestAConfidentialContactIsToldToNobody walks every route and the stream as every role,
// with a marker in whatever may hold a secret: before its archiving and after, now and
// as of a time before it was marked.
func TestAConfidentialContactIsToldToNobody(t *testing.T) {
	w := &watch{}
	w.now.Store(int64(at))
	d := openAt(t, memory.New(), Options{}, w)
	d.setup()
	d.give(dispatch.ReceiveContact{ID: "c-other", Channel: "phone", Type: "NOISE", Person: dispatch.Private{Place: "500 block of Pine St"}})
	incident := string(confide(d, w, "c-1", "NOISE", "3E1"))
	d.ask("POST", "/api/v1/units/3E3/position", map[string]any{"lon": -122.33, "lat": 47.61}).want(t, 202, "")
	desks := map[auth.Role]*desk{}
	for _, role := range auth.Roles {
		if role != auth.RolePublic {
			desks[role] = d.as(role)
		}
	}
	public := d.as(auth.RoleResponder)
	public.token = ""
	desks[auth.RolePublic] = public
	look := map[string]any{"reason": "MARKER"}
	nobodyTells := func(when string) {
		t.Helper()
		for role, door := range desks {
			answered := 0
			for path, text := range door.reads(incident, "c-1") {
				if s := tells(text); s != "" {
					t.Errorf("%s, %s: %s tells %s: %s", when, role, path, s, text)
				}
				if strings.Contains(text, "c-1") {
					answered++
				}
			}
			if role == auth.RoleSupervisor && answered < 5 {
				t.Errorf("%s: only %d answers speak of the contact at all", when, answered)
			}
			if role == auth.RolePublic {
				continue
			}
			for _, c := range door.stream("0", int(d.engine.Seq())) {
				if s := tells(c.data); s != "" {
					t.Errorf("%s, %s: the stream tells %s: %s", when, role, s, c.data)
				}
			}
		}
	}
	nobodyTells("live")
	for role, door := range desks {
		if role != auth.RoleSupervisor {
			if a := door.ask("POST", "/api/v1/contacts/c-1/look", look); a.status != 403 && a.status != 401 || tells(a.text) != "" {
				t.Errorf("%s looked: %d %s", role, a.status, a.text)
			}
		}
	}
	seen := desks[auth.RoleSupervisor].ask("POST", "/api/v1/contacts/c-1/look", look, "Idempotency-Key", "look").want(t, 200, "")
	if strings.Count(seen.text, "MARKER") < 6 || tells(strings.ReplaceAll(seen.text, "MARKER", "")) == "" {
		t.Fatalf("a named reader is not shown it: %s", seen.text)
	}
	if row := desks[auth.RoleDispatcher].ask("GET", "/api/v1/contacts/c-1", nil).want(t, 200, ""); !strings.Contains(row.text, `"by":"supervisor:token"`) || row.body["type"] != "NOISE" {
		t.Fatalf("the look is not on the contact, or its type is gone: %s", row.text)
	}
	desks[auth.RoleDispatcher].ask("POST", "/api/v1/contacts/c-1/readers", map[string]any{"readers": []any{"dispatcher:token"}, "reason": "mine"}).want(t, 403, "not_a_reader")
	desks[auth.RoleSupervisor].ask("POST", "/api/v1/contacts/c-1/readers", map[string]any{"readers": []any{"dispatcher:token"}, "reason": "MARKER"}).want(t, 200, "")
	if a := desks[auth.RoleSupervisor].ask("POST", "/api/v1/contacts/c-1/look", look, "Idempotency-Key", "look"); a.status == 200 || tells(a.text) != "" {
		t.Fatalf("a reader no more, and the same request shows it again: %s", a.text)
	}

	d.give(dispatch.CloseIncident{Incident: dispatch.IncidentID(incident), Disposition: "handled", Authority: "sergeant"})
	w.pass(2 * dispatch.Day)
	d.give(dispatch.Tick{})
	if d.server.room.world.State.Contacts["c-1"] != nil {
		t.Fatal("it was not archived")
	}
	nobodyTells("archived")
	seen = desks[auth.RoleDispatcher].ask("POST", "/api/v1/contacts/c-1/look", look).want(t, 200, "")
	if strings.Count(seen.text, "MARKER") < 6 {
		t.Fatalf("a named reader is not shown it from the archive: %s", seen.text)
	}
	nobodyTells("archived and looked at")
}

// TestAConfidentialLifeSafetyCallKeepsItsPlace: for dispatchers, and only the place.
func TestAConfidentialLifeSafetyCallKeepsItsPlace(t *testing.T) {
	w := &watch{}
	w.now.Store(int64(at))
	d := openAt(t, memory.New(), Options{}, w)
	d.setup()
	d.give(dispatch.ReceiveContact{ID: "c-other", Channel: "phone", Type: "NOISE", Person: dispatch.Private{Place: "500 block of Pine St"}})
	d.give(dispatch.ReceiveContact{ID: "c-1", Channel: "phone", Type: "ASSAULT", Person: dispatch.Private{Name: "MARKER", Number: "MARKER", Place: "700 block of Pike St", Text: "MARKER"}})
	d.give(dispatch.MarkConfidential{Contact: "c-1", Readers: []string{"supervisor:somebody"}, Reason: "MARKER"})
	for _, role := range auth.Roles {
		if role == auth.RolePublic {
			continue
		}
		row := d.as(role).ask("GET", "/api/v1/board", nil).want(t, 200, "")
		places := strings.Contains(row.text, "700 block of Pike St")
		if want := slices.Contains([]auth.Role{auth.RoleDispatcher, auth.RoleSupervisor}, role); places != want || strings.Contains(row.text, "MARKER") {
			t.Errorf("%s sees the place: %t, want %t, and nothing else: %s", role, places, want, row.text)
		}
	}
	d.ask("POST", "/api/v1/incidents/i2/assignments", map[string]any{"unit": "3E1"}).want(t, 200, "")
}

func TestBulletinsThroughTheDoor(t *testing.T) {
	w := &watch{}
	w.now.Store(int64(at))
	d := openAt(t, memory.New(), Options{}, w)
	d.setup()
	first := d.ask("POST", "/api/v1/claims", map[string]any{"role": "police spokesperson", "kind": "spokesperson", "statement": "STATEMENT of fees", "grade": "anecdotal"}).want(t, 200, "")
	id := first.body["ids"].([]any)[0].(string)
	d.ask("POST", "/api/v1/claims", map[string]any{"role": "x", "kind": "rumour", "statement": "y", "grade": "anecdotal"}).want(t, 422, "invalid_field")
	tell := map[string]any{"text": "Fees are claimed near the park", "claims": []any{id}}
	d.ask("POST", "/api/v1/bulletins", tell).want(t, 409, "bulletin_single_source")
	d.ask("POST", "/api/v1/claims", map[string]any{"role": "spokesman for the zone", "kind": "spokesperson", "statement": "STATEMENT of denial", "grade": "single_source", "first_hand": true, "contradicts": []any{id}}).want(t, 200, "")
	d.ask("POST", "/api/v1/bulletins", tell).want(t, 409, "bulletin_contradicted")
	tell["override"] = map[string]any{"by": "the chief", "why": "both sides are named"}
	d.ask("POST", "/api/v1/bulletins", tell).want(t, 200, "")
	d.ask("POST", "/api/v1/bulletins", map[string]any{"text": "Unit 3E1 waits there"}).want(t, 200, "")
	d.ask("POST", "/api/v1/bulletins/bu2/release", nil).want(t, 409, "bulletin_names_operations")
	nobody := d.as(auth.RoleResponder)
	nobody.token = ""
	public := func() string { return nobody.ask("GET", "/api/v1/public/bulletins", nil).want(t, 200, "").text }
	if text := public(); strings.Contains(text, "bu1") || strings.Contains(text, "bu2") {
		t.Fatalf("public before its time: %s", text)
	}
	d.ask("POST", "/api/v1/claims/"+id+"/grade", map[string]any{"grade": "likely", "why": "heard from the shop"}).want(t, 200, "")
	d.ask("POST", "/api/v1/claims/"+id+"/hold", map[string]any{"authority": "city attorney", "reason": "a case"}).want(t, 200, "")
	d.ask("POST", "/api/v1/bulletins/bu1/release", nil).want(t, 200, "")
	w.pass(25 * dispatch.Hour)
	if text := public(); !strings.Contains(text, "Fees are claimed") || strings.Contains(text, "STATEMENT") || strings.Contains(text, "3E1") || strings.Contains(text, "chief") || strings.Contains(text, "cl1") {
		t.Fatalf("public: %s", text)
	}
	d.ask("POST", "/api/v1/bulletins/bu1/withdraw", map[string]any{"reason": "SECRET"}).want(t, 200, "")
	if text := public(); strings.Contains(text, "Fees") || strings.Contains(text, "SECRET") || !strings.Contains(text, "withdrawn_at") {
		t.Fatalf("withdrawn: %s", text)
	}
	access := map[string]any{"kind": "point", "geometry": [][2]float64{{-122.31, 47.61}}, "state": "blocked", "source": "officer", "confidence": "reported", "half_life_ms": 3600000, "claim": id}
	d.ask("POST", "/api/v1/access", access).want(t, 200, "")
	if claims := d.ask("GET", "/api/v1/claims", nil).want(t, 200, ""); !strings.Contains(claims.text, `"became":["access:x1"]`) || !strings.Contains(claims.text, "heard from the shop") {
		t.Fatal(claims.text)
	}
	d.ask("POST", "/api/v1/claims/"+id+"/release", map[string]any{"reason": "over"}).want(t, 200, "")
	if text := d.as(auth.RoleAnalyst).ask("GET", "/api/v1/claims", nil).want(t, 200, "").text; strings.Contains(text, "STATEMENT") || strings.Contains(text, "heard from") {
		t.Fatalf("an analyst reads what is sealed: %s", text)
	}
	for n := range 3 {
		d.ask("GET", fmt.Sprintf("/api/v1/bulletins?limit=%d", n+1), nil).want(t, 200, "")
	}
}
