package httpapi

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/everycall/everycall/advisor"
	"github.com/everycall/everycall/auth"
	"github.com/everycall/everycall/dispatch"
	"github.com/everycall/everycall/engine"
	"github.com/everycall/everycall/geo"
	"github.com/everycall/everycall/journal"
	"github.com/everycall/everycall/journal/memory"
	"github.com/everycall/everycall/store/sqlite"
	"github.com/everycall/everycall/triage"
)

// at is the time at which every test of this package plays.
const at dispatch.Instant = 1_592_179_200_000 // 14 June 2020 17:00 in Seattle

type standing struct{}

func (standing) Now() dispatch.Instant { return at }

type desk struct {
	t      *testing.T
	server *Server
	engine *engine.Engine
	url    string
	token  string
	web    *httptest.Server
}

const testToken = "token-of-the-tests"

// open makes a room with one police unit, E25 and a type of each kind.
func open(t *testing.T, j journal.Journal, opt Options) *desk {
	t.Helper()
	return openAt(t, j, opt, standing{})
}

func openAt(t *testing.T, j journal.Journal, opt Options, clock engine.Clock) *desk {
	t.Helper()
	room := NewRoom()
	e, err := engine.Open(context.Background(), engine.Options{Journal: j, Clock: clock, Followers: []engine.Follower{room.Follow}, CheckAll: true, Index: memory.NewIndex(), Renew: room.Bootstrap}, room.Bootstrap)
	if err != nil {
		t.Fatal(err)
	}
	opt.Engine, opt.Room, opt.Auth, opt.Estimator = e, room, auth.New(accounts(t)), advisor.StraightLine{}
	if opt.Token == "" {
		opt.Token, opt.TokenRole = testToken, auth.RoleSupervisor
	}
	s := New(opt)
	web := httptest.NewServer(s)
	t.Cleanup(func() { s.Close(); web.Close(); e.Close() })
	return &desk{t: t, server: s, engine: e, url: web.URL, token: opt.Token, web: web}
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	d := open(t, memory.New(), Options{})
	d.setup()
	return d
}

func (d *desk) setup() {
	d.give(dispatch.Configure{Config: dispatch.Config{Name: "Test City", Zone: "America/Los_Angeles", Services: []dispatch.Service{"police", "fire"},
		Desks:          []dispatch.Desk{{ID: "police-desk", Name: "Police desk", Service: "police", Supervisor: "supervisor"}, {ID: "supervisor", Name: "Supervisor"}},
		Types:          []triage.Type{{Code: "NOISE", Name: "Noise", Service: "police", Priority: 4}, {Code: "ASSAULT", Name: "Assault", Service: "police", Priority: 1, LifeSafety: true}},
		DefaultService: "police", UntriagedPriority: 2}})
	for _, id := range []dispatch.UnitID{"3E1", "3E2", "3E3"} {
		d.give(dispatch.AddUnit{ID: id, Service: "police", Kind: "patrol", Status: dispatch.StatusAvailable, Capabilities: []string{"police"}})
	}
}

func (d *desk) give(c dispatch.Command) engine.Receipt {
	d.t.Helper()
	r, err := d.engine.Submit(context.Background(), engine.Submission{By: "test:setup", Command: c})
	if err != nil {
		d.t.Fatalf("%s: %v", c.CommandName(), err)
	}
	return r
}

// accounts is a store of accounts in a folder of the test's own.
func accounts(t *testing.T) auth.Store {
	t.Helper()
	store, err := sqlite.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() }) // the folder goes too
	return store.Accounts()
}

type answer struct {
	status int
	header http.Header
	text   string
	body   map[string]any
}

// ask sends a request; body is sent as it is when it is a string, else as JSON.
func (d *desk) ask(method, path string, body any, header ...string) answer {
	d.t.Helper()
	var reader io.Reader
	switch b := body.(type) {
	case nil:
	case string:
		reader = strings.NewReader(b)
	default:
		text, err := json.Marshal(b)
		if err != nil {
			d.t.Fatal(err)
		}
		reader = bytes.NewReader(text)
	}
	req, err := http.NewRequest(method, d.url+path, reader)
	if err != nil {
		d.t.Fatal(err)
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if d.token != "" {
		req.Header.Set("Authorization", "Bearer "+d.token)
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	res, err := d.web.Client().Do(req)
	if err != nil {
		d.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		d.t.Fatal(err)
	}
	a := answer{status: res.StatusCode, header: res.Header, text: string(text)}
	_ = json.Unmarshal(text, &a.body) // an answer that is no JSON stays text
	return a
}

func (a answer) want(t *testing.T, status int, code string) answer {
	t.Helper()
	if a.status != status || (code != "" && a.body["code"] != code) {
		t.Fatalf("status %d, code %v; want %d %s: %s", a.status, a.body["code"], status, code, a.text)
	}
	if status >= 400 {
		if got := a.header.Get("Content-Type"); got != "application/problem+json" {
			t.Fatalf("an error answered as %q: %s", got, a.text)
		}
		if a.body["detail"] == "" || a.body["detail"] == nil {
			t.Fatalf("an error without a word to the reader: %s", a.text)
		}
	}
	return a
}

func noise() map[string]any {
	return map[string]any{"channel": "phone", "type": "NOISE", "caller": map[string]any{"name": "A caller", "number": "+1 206 555 0100"},
		"location": map[string]any{"text": "1500 block of 12 Av", "lon": -122.3168, "lat": 47.6152}, "narrative": "loud music"}
}

func TestACallThroughTheDoor(t *testing.T) {
	d := newDesk(t)
	got := d.ask("POST", "/api/v1/contacts", noise()).want(t, 201, "")
	if got.body["durability"] != "durable" || got.body["number"] != 1.0 || got.body["say"] == "" {
		t.Fatalf("%s", got.text)
	}
	id, incident := got.body["id"].(string), got.body["incident"].(string)
	if c := d.ask("GET", "/api/v1/contacts/"+id, nil).want(t, 200, ""); c.body["place"] != "1500 block of 12 Av" {
		t.Fatal(c.text)
	}
	d.ask("POST", "/api/v1/units/3E2/position", map[string]any{"lon": -122.32, "lat": 47.61}).want(t, 202, "")
	advice := d.ask("GET", "/api/v1/incidents/"+incident+"/recommendation", nil).want(t, 200, "")
	first := advice.body["units"].([]any)[0].(map[string]any)
	if advice.body["model"] != "straight_line" || first["unit"] != "3E2" || first["travel_ms"].(float64) <= 0 {
		t.Fatalf("%s", advice.text)
	}
	d.ask("POST", "/api/v1/incidents/"+incident+"/assignments", map[string]any{"unit": "3E2"}).want(t, 200, "")
	d.ask("POST", "/api/v1/incidents/"+incident+"/assignments", map[string]any{"unit": "3E2"}).want(t, 409, "unit_assigned")
	d.ask("POST", "/api/v1/units/3E2/status", map[string]any{"status": "on_scene", "source": "radio"}).want(t, 200, "")
	note := d.ask("POST", "/api/v1/incidents/"+incident+"/notes", map[string]any{"text": "the music is off"}).want(t, 200, "")
	noteID := note.body["ids"].([]any)[0].(string)
	d.ask("POST", "/api/v1/incidents/"+incident+"/notes/"+noteID+"/strike", map[string]any{"reason": "wrong house"}).want(t, 200, "")
	d.ask("DELETE", "/api/v1/incidents/"+incident+"/assignments/3E1?reason=x", nil).want(t, 409, "unit_not_assigned")
	d.ask("DELETE", "/api/v1/incidents/"+incident+"/assignments/3E2", nil).want(t, 422, "invalid_field")
	detail := d.ask("GET", "/api/v1/incidents/"+incident, nil).want(t, 200, "")
	if detail.body["state"] != "active" || len(detail.body["timeline"].([]any)) < 6 || !strings.Contains(detail.text, "wrong house") {
		t.Fatalf("%s", detail.text)
	}
	d.ask("POST", "/api/v1/incidents/"+incident+"/close", map[string]any{"disposition": "handled", "authority": "3E2"}).want(t, 200, "")
	if c := d.ask("GET", "/api/v1/contacts/"+id, nil); c.body["outcome"].(map[string]any)["kind"] != "resolved" {
		t.Fatal(c.text)
	}
	d.ask("POST", "/api/v1/incidents/"+incident+"/close", map[string]any{"disposition": "handled", "authority": "3E2"}).want(t, 409, "incident_closed")
}

func TestTheSameRequestTwiceIsOne(t *testing.T) {
	d := newDesk(t)
	first := d.ask("POST", "/api/v1/contacts", noise(), "Idempotency-Key", "k1").want(t, 201, "")
	again := d.ask("POST", "/api/v1/contacts", noise(), "Idempotency-Key", "k1").want(t, 201, "")
	if first.text != again.text {
		t.Fatalf("two answers:\n%s\n%s", first.text, again.text)
	}
	other := noise()
	other["narrative"] = "something else"
	d.ask("POST", "/api/v1/contacts", other, "Idempotency-Key", "k1").want(t, 409, "idempotency_key_reused")
	if b := d.ask("GET", "/api/v1/board", nil); len(b.body["contacts"].([]any)) != 1 {
		t.Fatalf("%d contacts", len(b.body["contacts"].([]any)))
	}
	d.ask("POST", "/api/v1/contacts", noise(), "Idempotency-Key", strings.Repeat("k", 151)).want(t, 422, "invalid_field")
}

func TestBadInputIsNamed(t *testing.T) {
	d := newDesk(t)
	with := func(change func(map[string]any)) map[string]any {
		b := noise()
		change(b)
		return b
	}
	for name, c := range map[string]struct {
		method, path string
		body         any
		status       int
		says         string
	}{
		"malformed":          {"POST", "/api/v1/contacts", `{"channel":`, 400, ""},
		"not an object":      {"POST", "/api/v1/contacts", `[1]`, 422, ""},
		"unknown field":      {"POST", "/api/v1/contacts", with(func(b map[string]any) { b["colour"] = "red" }), 422, "colour"},
		"unknown channel":    {"POST", "/api/v1/contacts", with(func(b map[string]any) { b["channel"] = "pigeon" }), 422, "channel"},
		"no channel":         {"POST", "/api/v1/contacts", with(func(b map[string]any) { delete(b, "channel") }), 422, "channel"},
		"off the planet":     {"POST", "/api/v1/contacts", with(func(b map[string]any) { b["location"] = map[string]any{"lon": 181, "lat": 10} }), 422, "lon"},
		"half a point":       {"POST", "/api/v1/contacts", with(func(b map[string]any) { b["location"] = map[string]any{"lon": 18} }), 422, "location"},
		"control character":  {"POST", "/api/v1/contacts", with(func(b map[string]any) { b["narrative"] = "a\u0000b" }), 422, "narrative"},
		"bidi override":      {"POST", "/api/v1/contacts", with(func(b map[string]any) { b["narrative"] = "a\u202eb" }), 422, "narrative"},
		"ten megabytes":      {"POST", "/api/v1/contacts", strings.Repeat("x", 10<<20), 413, ""},
		"unknown type":       {"POST", "/api/v1/contacts", with(func(b map[string]any) { b["type"] = "UFO" }), 422, "type"},
		"unknown contact":    {"GET", "/api/v1/contacts/nobody", nil, 404, ""},
		"unknown incident":   {"POST", "/api/v1/incidents/i99/notes", map[string]any{"text": "x"}, 404, ""},
		"unknown unit":       {"POST", "/api/v1/units/9Z9/status", map[string]any{"status": "available", "source": "radio"}, 404, ""},
		"position of nobody": {"POST", "/api/v1/units/9Z9/position", map[string]any{"lon": 1, "lat": 1}, 404, ""},
		"unknown status":     {"POST", "/api/v1/units/3E1/status", map[string]any{"status": "asleep", "source": "radio"}, 422, "status"},
		"a time that is not": {"POST", "/api/v1/units/3E1/status", map[string]any{"status": "available", "source": "radio", "at": "yesterday"}, 422, "at"},
		"no such path":       {"GET", "/api/v1/nothing", nil, 404, ""},
		"no such method":     {"DELETE", "/api/v1/contacts", nil, 405, ""},
		"a page too large":   {"GET", "/api/v1/contacts?limit=100000", nil, 422, "limit"},
		"posture no reason": {"POST", "/api/v1/postures", map[string]any{"service": "police", "area": map[string]any{"kind": "city"}, "title": "t", "authority": "a", "script": "s",
			"rules": []any{map[string]any{"priority": 4, "action": "hold", "limit_ms": 600000}}, "review_by": "2020-06-14T18:00:00-07:00", "until": "2020-06-14T20:00:00-07:00"}, 422, "reason"},
	} {
		t.Run(name, func(t *testing.T) {
			a := d.ask(c.method, c.path, c.body)
			a.want(t, c.status, "")
			if !strings.Contains(a.text, c.says) {
				t.Fatalf("%q is not named: %s", c.says, a.text)
			}
		})
	}
	if b := d.ask("GET", "/api/v1/board", nil); len(b.body["contacts"].([]any)) != 0 {
		t.Fatal("something was half-done")
	}
}

func TestEveryRouteAndCommandIsInTheTable(t *testing.T) {
	d := newDesk(t)
	actions := append(d.server.Actions(), "route:GET /metrics", "stream:full", "stream:masked", "stream:public")
	commands := 0
	files, err := filepath.Glob("../dispatch/*.go")
	if err != nil {
		t.Fatal(err)
	}
	name := regexp.MustCompile(`CommandName\(\) string +\{ return "(\w+)" \}`)
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range name.FindAllStringSubmatch(string(text), -1) {
			actions = append(actions, auth.Action("command:"+found[1]))
			commands++
		}
	}
	if commands < 40 {
		t.Fatalf("only %d commands were found in dispatch", commands)
	}
	if missing := auth.Missing(actions); len(missing) > 0 {
		t.Fatalf("not in the permission table: %v", missing)
	}
}

func TestNobodyGetsIn(t *testing.T) {
	d := newDesk(t)
	d.token = ""
	open := map[string]bool{"route:GET /healthz": true, "route:GET /readyz": true, "route:GET /enter": true, "route:GET /api/v1/public/postures": true, "route:GET /api/v1/public/bulletins": true,
		"route:GET /api/v1/session": true, "route:POST /api/v1/session": true, "route:DELETE /api/v1/session": true, "route:POST /api/v1/session/enter": true,
		"route:GET /{$}": true, "route:GET /assets/": true}
	closed := 0
	for _, action := range d.server.Actions() {
		method, path, _ := strings.Cut(strings.TrimPrefix(string(action), "route:"), " ")
		if open[string(action)] {
			continue
		}
		closed++
		path = strings.NewReplacer("{id}", "i1", "{unit}", "3E1", "{note}", "n1", "{z}", "10", "{x}", "1", "{y}", "1.mvt").Replace(path)
		if a := d.ask(method, path, nil); a.status != 401 {
			t.Errorf("%s answered %d to nobody: %s", action, a.status, a.text)
		}
	}
	if closed < 30 {
		t.Fatalf("only %d routes were tried", closed)
	}
	d.ask("GET", "/api/v1/session", nil).want(t, 401, "signed_out")
	d.token = "a wrong token"
	d.ask("GET", "/api/v1/board", nil).want(t, 401, "signed_out")
	d.token = ""
	d.ask("POST", "/api/v1/session/enter", map[string]any{"role": "dispatcher"}).want(t, 403, "not_allowed") // no demo
}

func TestTheDemoCanBeEnteredAndChangesNeedTheHeader(t *testing.T) {
	d := open(t, memory.New(), Options{Demo: true})
	d.setup()
	d.token = ""
	in := d.ask("POST", "/api/v1/session/enter", map[string]any{"role": "call-taker"}).want(t, 200, "")
	cookie := strings.Split(in.header.Get("Set-Cookie"), ";")[0]
	if !strings.Contains(in.header.Get("Set-Cookie"), "HttpOnly") || !strings.Contains(in.header.Get("Set-Cookie"), "SameSite=Strict") {
		t.Fatal(in.header.Get("Set-Cookie"))
	}
	d.ask("POST", "/api/v1/contacts", noise(), "Cookie", cookie).want(t, 403, "header_missing")
	got := d.ask("POST", "/api/v1/contacts", noise(), "Cookie", cookie, "X-Everycall", "1").want(t, 201, "")
	d.ask("POST", "/api/v1/incidents/"+got.body["incident"].(string)+"/assignments", map[string]any{"unit": "3E1"}, "Cookie", cookie, "X-Everycall", "1").want(t, 403, "not_allowed")
	d.ask("DELETE", "/api/v1/session", nil, "Cookie", cookie, "X-Everycall", "1")
	d.ask("GET", "/api/v1/board", nil, "Cookie", cookie).want(t, 401, "signed_out")
}

func TestThePublicSeesFourThings(t *testing.T) {
	d := newDesk(t)
	d.give(dispatch.DeclarePosture{Service: "police", Area: dispatch.Area{Kind: "city"}, Title: "secret title", Rules: []dispatch.PostureRule{{Priority: 4, Action: dispatch.ActionHold, Limit: dispatch.Hour}},
		Reserve: []dispatch.Reserve{{Priority: 3, Units: 2}}, ReviewBy: at.Add(dispatch.Hour), Until: at.Add(2 * dispatch.Hour), Authority: "secret authority", NoneStated: "a news report", Script: "secret script"})
	d.token = ""
	got := d.ask("GET", "/api/v1/public/postures", nil).want(t, 200, "")
	if strings.Contains(got.text, "secret") || strings.Contains(got.text, "reserve") || strings.Contains(got.text, "rules") {
		t.Fatalf("more than service, area, reason and review time: %s", got.text)
	}
	if !strings.Contains(got.text, "none stated (a news report)") || !strings.Contains(got.text, "review_by") {
		t.Fatal(got.text)
	}
}

func TestMaskedReadersSeeNobody(t *testing.T) {
	d := open(t, memory.New(), Options{Token: "analyst", TokenRole: auth.RoleAnalyst})
	d.setup()
	d.give(dispatch.ReceiveContact{ID: "c-1", Channel: "phone", Type: "NOISE", Person: dispatch.Private{Name: "MARKER", Number: "MARKER", Place: "MARKER", Text: "MARKER"}})
	d.give(dispatch.AddNote{Incident: "i1", Text: "MARKER"})
	d.give(dispatch.HoldContact{Contact: "c-1", Reason: "MARKER"})
	for _, path := range []string{"/api/v1/board", "/api/v1/contacts", "/api/v1/contacts/c-1", "/api/v1/incidents/i1", "/api/v1/incidents", "/api/v1/events"} {
		if a := d.ask("GET", path, nil).want(t, 200, ""); strings.Contains(a.text, "MARKER") {
			t.Errorf("%s shows an analyst who called: %s", path, a.text)
		}
	}
	for _, c := range d.stream("0", 5) {
		if strings.Contains(c.data, "MARKER") {
			t.Errorf("the stream shows an analyst who called: %s", c.data)
		}
	}
}

type message struct{ id, event, data string }

// stream reads n change events after a sequence number.
func (d *desk) stream(after string, n int) []message {
	d.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, "GET", d.url+"/api/v1/stream", nil)
	if err != nil {
		d.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+d.token)
	req.Header.Set("Last-Event-ID", after)
	res, err := d.web.Client().Do(req)
	if err != nil {
		d.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	var out []message
	var m message
	text := make([]byte, 0, 1<<16)
	buffer := make([]byte, 4096)
	for len(out) < n {
		k, err := res.Body.Read(buffer)
		if err != nil {
			d.t.Fatalf("stream after %s broke off after %d of %d: %v", after, len(out), n, err)
		}
		text = append(text, buffer[:k]...)
		for {
			line, rest, whole := bytes.Cut(text, []byte("\n"))
			if !whole {
				break
			}
			text = rest
			switch l := string(line); {
			case l == "":
				if m.event == "change" {
					out = append(out, m)
				}
				m = message{}
			case strings.HasPrefix(l, "id: "):
				m.id = l[4:]
			case strings.HasPrefix(l, "event: "):
				m.event = l[7:]
			case strings.HasPrefix(l, "data: "):
				m.data = l[6:]
			}
		}
	}
	return out
}

func TestTheStreamResumesWithoutAGap(t *testing.T) {
	j := memory.New()
	d := open(t, j, Options{})
	d.setup()
	from := d.engine.Seq()
	for n := range 5 {
		d.give(dispatch.ReceiveContact{ID: dispatch.ContactID(fmt.Sprintf("c-%d", n)), Channel: "phone", Type: "NOISE", Person: dispatch.Private{Place: "a place"}})
	}
	got := d.stream(fmt.Sprint(from), 10)
	for n, m := range got {
		if m.id != fmt.Sprint(from+1+uint64(n)) {
			t.Fatalf("event %d has id %s after %d", n, m.id, from)
		}
	}
	if !strings.Contains(got[1].data, `"incidents":[{"id":"i1"`) {
		t.Fatalf("no row came with the incident: %s", got[1].data)
	}
	d.server.Close()
	d.engine.Close() // and again over the same journal: what memory no longer has comes from there
	again := open(t, j, Options{})
	rest := again.stream(fmt.Sprint(from+4), 6)
	if rest[0].id != fmt.Sprint(from+5) || !strings.Contains(rest[1].data+rest[0].data, `"incidents":[{"id":"i3"`) {
		t.Fatalf("after a restart: %v", rest)
	}
}

func TestTheOpenAPIIsTrue(t *testing.T) {
	d := newDesk(t)
	doc := d.ask("GET", "/api/v1/openapi.json", nil)
	if doc.status != 200 || !strings.HasPrefix(fmt.Sprint(doc.body["openapi"]), "3.1") {
		t.Fatalf("%d %v", doc.status, doc.body["openapi"])
	}
	paths := doc.body["paths"].(map[string]any)
	for _, action := range d.server.Actions() {
		method, path, _ := strings.Cut(strings.TrimPrefix(string(action), "route:"), " ")
		if !strings.HasPrefix(path, "/api/v1/") {
			continue
		}
		operations, _ := paths[path].(map[string]any)
		if operations[strings.ToLower(method)] == nil {
			t.Errorf("%s %s is not described", method, path)
		}
	}
}

func TestPositionsAreNotJournalled(t *testing.T) {
	d := newDesk(t)
	before := d.engine.Seq()
	for n := range 20 {
		d.ask("POST", "/api/v1/units/3E1/position", map[string]any{"lon": -122.3 - float64(n)/1000, "lat": 47.6}).want(t, 202, "")
	}
	if d.engine.Seq() != before {
		t.Fatal("a position was journalled")
	}
	p, known := d.server.room.Where("3E1")
	if want := (geo.Point{Lon: -1223190000, Lat: 476000000}); !known || p.Point != want {
		t.Fatalf("%v", p)
	}
}

func TestTheFirstAdministratorMakesTheOthers(t *testing.T) {
	d := newDesk(t)
	d.token = ""
	oneTime, err := d.server.opt.Auth.EnsureAdministrator(context.Background())
	if err != nil || oneTime == "" {
		t.Fatalf("%q %v", oneTime, err)
	}
	signIn := func(name, password string) string {
		t.Helper()
		in := d.ask("POST", "/api/v1/session", map[string]any{"name": name, "password": password}).want(t, 200, "")
		return strings.Split(in.header.Get("Set-Cookie"), ";")[0]
	}
	d.ask("POST", "/api/v1/session", map[string]any{"name": auth.FirstAdministrator, "password": "wrong"}).want(t, 401, "refused")
	cookie := signIn(auth.FirstAdministrator, oneTime)
	with := []string{"Cookie", cookie, "X-Everycall", "1"}
	d.ask("POST", "/api/v1/people", map[string]any{"name": "k.osei", "roles": []string{"dispatcher"}}, with...).want(t, 403, "password_must_change")
	const chosen = "a long sentence nobody guesses"
	if a := d.ask("POST", "/api/v1/session/password", map[string]any{"old": oneTime, "new": chosen}, with...); a.status >= 300 {
		t.Fatal(a.text)
	}
	with[1] = signIn(auth.FirstAdministrator, chosen)
	made := d.ask("POST", "/api/v1/people", map[string]any{"name": "k.osei", "roles": []string{"dispatcher"}}, with...).want(t, 200, "")
	d.ask("POST", "/api/v1/people", map[string]any{"name": "k.osei", "roles": []string{"dispatcher"}}, with...).want(t, 409, "name_taken")
	d.ask("POST", "/api/v1/people", map[string]any{"name": "x", "roles": []string{"king"}}, with...).want(t, 422, "invalid_field")
	d.ask("POST", "/api/v1/contacts", noise(), with...).want(t, 403, "not_allowed") // an administrator takes no calls
	own := signIn("k.osei", made.body["secret"].(string))
	d.ask("GET", "/api/v1/board", nil, "Cookie", own).want(t, 403, "password_must_change")
	d.ask("POST", "/api/v1/people/k.osei/disable", nil, with...)
	d.ask("GET", "/api/v1/session", nil, "Cookie", own).want(t, 401, "signed_out")
	token := d.ask("POST", "/api/v1/tokens", map[string]any{"label": "vehicle feed", "role": "machine", "days": 30}, with...).want(t, 200, "")
	d.token = token.body["secret"].(string)
	d.ask("POST", "/api/v1/units/3E1/position", map[string]any{"lon": -122.3, "lat": 47.6}).want(t, 202, "")
	d.ask("GET", "/api/v1/events", nil).want(t, 200, "")
	d.token = ""
	if a := d.ask("DELETE", "/api/v1/tokens/"+token.body["id"].(string), nil, with...); a.status >= 300 {
		t.Fatal(a.text)
	}
	d.token = token.body["secret"].(string)
	d.ask("GET", "/api/v1/events", nil).want(t, 401, "signed_out")
}
