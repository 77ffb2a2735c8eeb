package httpapi

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/everycall/everycall/auth"
	"github.com/everycall/everycall/dispatch"
	"github.com/everycall/everycall/journal/memory"
)

// raw sends bytes as they are and reads one answer's first line.
func (d *desk) raw(text string, within time.Duration) string {
	d.t.Helper()
	conn, err := net.Dial("tcp", d.web.Listener.Addr().String())
	if err != nil {
		d.t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	if _, err := fmt.Fprint(conn, text); err != nil {
		d.t.Fatal(err)
	}
	_ = conn.SetReadDeadline(time.Now().Add(within)) // a TCP connection has deadlines
	line, err := bufio.NewReader(conn).ReadString('\n')
	if err != nil {
		d.t.Fatalf("no answer within %s: %v", within, err)
	}
	return strings.TrimSpace(line)
}

func TestAnotherSpellingOfAFieldIsUnknown(t *testing.T) {
	d := newDesk(t)
	for _, text := range []string{`{"lon":-122.3,"lat":47.6,"source":"device","SOURCE":"a very long source that is far beyond its forty bytes"}`,
		`{"Lon":-122.3,"lat":47.6}`} {
		if a := d.ask("POST", "/api/v1/units/3E1/position", text).want(t, 422, "invalid_field"); !strings.Contains(a.text, "unexpected property") {
			t.Fatal(a.text)
		}
	}
}

func TestAnIdempotencyKeyIsPlain(t *testing.T) {
	d := newDesk(t)
	for _, key := range []string{"\xff\xfe", "a\tb", "schl\u00fcssel"} {
		d.ask("POST", "/api/v1/contacts", noise(), "Idempotency-Key", key).want(t, 422, "invalid_field")
	}
}

func TestPositionsAreChecked(t *testing.T) {
	d := newDesk(t)
	with := func(key string, value any) map[string]any {
		return map[string]any{"lon": -122.3, "lat": 47.6, key: value}
	}
	d.ask("POST", "/api/v1/units/3E1/position", with("source", "a\u0000\u202eb")).want(t, 422, "invalid_field")
	d.ask("POST", "/api/v1/units/3E1/position", with("at", "0001-01-01T00:00:00Z")).want(t, 422, "time_invalid")
	d.ask("POST", "/api/v1/units/3E1/position", with("source", "device 7:a")).want(t, 202, "")
}

func TestMethodsAndCodings(t *testing.T) {
	d := newDesk(t)
	if a := d.ask("PUT", "/api/v1/contacts", nil).want(t, 405, "method_not_allowed"); a.header.Get("Allow") != "GET, POST" {
		t.Fatalf("Allow: %s", a.header.Get("Allow"))
	}
	d.ask("POST", "/api/v1/contacts", noise(), "Content-Encoding", "gzip").want(t, 415, "media_type_unsupported")
	if a := d.ask("POST", "/api/v1/contacts", nil).want(t, 400, "malformed"); !strings.Contains(a.text, `"location":"body"`) {
		t.Fatal(a.text)
	}
	d.ask("GET", "/api/v1/session", nil, "Authorization", "bearer "+d.token).want(t, 200, "")
	d.ask("GET", "/api/v1/schemas/Nothing.json", nil).want(t, 404, "not_found")
	d.ask("GET", "/api/v1/schemas/Contact.json", nil).want(t, 200, "")
	if a := d.ask("HEAD", "/api/v1/stream", nil); a.status != 200 { // and it ends
		t.Fatal(a.status)
	}
}

func TestABodyThatNeverComesHoldsNothing(t *testing.T) {
	d := newDesk(t)
	head := func(method, path string, length int) string {
		return fmt.Sprintf("%s %s HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n", method, path, d.token, length)
	}
	old := bodyTimeout
	bodyTimeout = 100 * time.Millisecond
	defer func() { bodyTimeout = old }()
	for _, method := range []string{"GET", "POST"} {
		if line := d.raw(head(method, "/api/v1/contacts", 100), 5*time.Second); !strings.Contains(line, "400") {
			t.Errorf("%s: %s", method, line)
		}
	}
}

func TestLookingAtACodeDoesNotUseIt(t *testing.T) {
	d := open(t, memory.New(), Options{Demo: true})
	d.token = ""
	code, err := d.server.opt.Auth.IssueCode(t.Context(), "visitor", auth.RoleSupervisor, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	if a := d.ask("HEAD", "/enter?code="+code, nil); a.status != 405 || a.header.Get("Set-Cookie") != "" {
		t.Fatalf("%d %v", a.status, a.header)
	}
	d.web.Client().CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	if a := d.ask("GET", "/enter?code="+code, nil); a.header.Get("Set-Cookie") == "" {
		t.Fatalf("%d %v", a.status, a.header)
	}
}

func TestAForeignNameDoesNotEnterTheDemo(t *testing.T) {
	d := open(t, memory.New(), Options{Demo: true})
	body := `{"role":"supervisor"}`
	enter := func(host string) string {
		return d.raw(fmt.Sprintf("POST /api/v1/session/enter HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", host, len(body), body), 5*time.Second)
	}
	for host, status := range map[string]string{"rebound.example:8911": "403", "127.0.0.1.example": "403", "127.0.0.1:8911": "200", "localhost": "200", "[::1]:8911": "200"} {
		if line := enter(host); !strings.Contains(line, status) {
			t.Errorf("host %s: %s, want %s", host, line, status)
		}
	}
}

// A list goes on behind a row that has left it between two pages.
func TestAListThatChangesLosesNothing(t *testing.T) {
	d := newDesk(t)
	for n := range 6 {
		d.give(dispatch.ReceiveContact{ID: dispatch.ContactID(fmt.Sprintf("c-%d", n)), Channel: "phone", Type: "NOISE", Person: dispatch.Private{Place: fmt.Sprintf("place %d", n)}})
	}
	for list, leave := range map[string]func(){
		"/api/v1/contacts?outcome=waiting": func() { d.give(dispatch.HoldContact{Contact: "c-1", Reason: "no car"}) },
		"/api/v1/incidents?state=waiting":  func() { d.give(dispatch.HoldContact{Contact: "c-2", Reason: "no car"}) },
	} {
		first := d.ask("GET", list+"&limit=2", nil).want(t, 200, "")
		next, _ := first.body["next"].(string)
		if len(first.body["items"].([]any)) != 2 || next == "" {
			t.Fatal(first.text)
		}
		leave() // one of which the last row may be
		rest := d.ask("GET", list+"&after="+next, nil).want(t, 200, "")
		if got := len(rest.body["items"].([]any)); got < 3 {
			t.Errorf("%s: %d rows behind the first page: %s", list, got, rest.text)
		}
		d.ask("GET", list+"&after=nobody", nil).want(t, 422, "invalid_field")
	}
	units := d.ask("GET", "/api/v1/units?after=3E1x", nil).want(t, 200, "")
	if len(units.body["items"].([]any)) != 2 {
		t.Fatal(units.text)
	}
}

func TestMaskedReadersSeeNoReasons(t *testing.T) {
	d := open(t, memory.New(), Options{Token: "analyst", TokenRole: auth.RoleAnalyst})
	d.setup()
	d.give(dispatch.ReceiveContact{ID: "c-1", Channel: "phone", Type: "NOISE", Person: dispatch.Private{Place: "a place"}})
	d.give(dispatch.Reprioritise{Incident: "i1", Priority: 2, Reason: "MARKER"})
	d.give(dispatch.DispatchUnit{Unit: "3E1", Incident: "i1"})
	d.give(dispatch.UnassignUnit{Unit: "3E1", Incident: "i1", Reason: "MARKER"})
	d.give(dispatch.HoldContact{Contact: "c-1", Reason: "MARKER"})
	d.give(dispatch.RecordClaim{Role: "a resident", Kind: "resident", Statement: "MARKER", Grade: "anecdotal"})
	for _, path := range []string{"/api/v1/board", "/api/v1/contacts/c-1/why", "/api/v1/incidents/i1", "/api/v1/incidents", "/api/v1/events"} {
		if a := d.ask("GET", path, nil).want(t, 200, ""); strings.Contains(a.text, "MARKER") {
			t.Errorf("%s shows an analyst a sealed text: %s", path, a.text)
		}
	}
	for _, c := range d.stream("0", int(d.engine.Seq())) {
		if strings.Contains(c.data, "MARKER") {
			t.Errorf("the stream shows an analyst a sealed text: %s", c.data)
		}
	}
}

func TestAStackedAssignmentHasATime(t *testing.T) {
	d := newDesk(t)
	for n := range 2 {
		d.give(dispatch.ReceiveContact{ID: dispatch.ContactID(fmt.Sprintf("c-%d", n)), Channel: "phone", Type: "NOISE", Person: dispatch.Private{Place: fmt.Sprintf("place %d", n)}})
	}
	d.give(dispatch.DispatchUnit{Unit: "3E1", Incident: "i1"})
	d.give(dispatch.StackUnit{Unit: "3E1", Incident: "i2", Reason: "next"})
	a := d.ask("GET", "/api/v1/incidents/i2", nil).want(t, 200, "")
	if since := a.body["assignments"].([]any)[0].(map[string]any)["since"].(string); since == "" {
		t.Fatal(a.text)
	}
}

func TestOnlyKnownUnitsAreRemembered(t *testing.T) {
	d := newDesk(t)
	d.ask("POST", "/api/v1/units/9Z9/status", map[string]any{"status": "available", "source": "radio"}).want(t, 404, "unit_unknown")
	d.ask("POST", "/api/v1/units/3E1/status", map[string]any{"status": "available", "source": "radio"})
	if !d.server.room.LastTouch("9Z9").IsZero() || d.server.room.LastTouch("3E1").IsZero() {
		t.Fatal("touched wrongly")
	}
}

func TestTooManyWrongPasswordsSayHowLong(t *testing.T) {
	d := newDesk(t)
	d.token = ""
	for range 30 {
		a := d.ask("POST", "/api/v1/session", map[string]any{"name": "x", "password": "y"})
		if a.status != 429 {
			continue
		}
		a.want(t, 429, "throttled")
		if a.header.Get("Retry-After") == "" || strings.Contains(a.text, "auth:") {
			t.Fatalf("%v %s", a.header, a.text)
		}
		return
	}
	t.Fatal("never throttled")
}
