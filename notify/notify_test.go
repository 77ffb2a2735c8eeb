package notify

import (
	"bufio"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/everycall/everycall/dispatch"
	"github.com/everycall/everycall/engine"
	"github.com/everycall/everycall/journal/memory"
	"github.com/everycall/everycall/notify/outbox"
	"github.com/everycall/everycall/notify/outbox/outboxtest"
	"github.com/everycall/everycall/triage"
)

const marker = "Xavier Marker, 300 block of Pike St"

var secret = []byte("whsec_" + base64.StdEncoding.EncodeToString([]byte("0123456789abcdef0123456789abcdef")))

// desk is a room with its durable state, and what is told outside.
type desk struct {
	t      *testing.T
	engine *engine.Engine
	mu     sync.Mutex
	state  *dispatch.State
	box    outbox.Outbox
}

type standing struct{ at atomic.Int64 }

func (s *standing) Now() dispatch.Instant { return dispatch.Instant(s.at.Load()) }

func newDesk(t *testing.T) (*desk, *standing) {
	t.Helper()
	d, now := &desk{t: t, box: outboxtest.New()}, &standing{}
	now.at.Store(1_592_092_800_000)
	e, err := engine.Open(t.Context(), engine.Options{Journal: memory.New(), Clock: now, Followers: []engine.Follower{d.follow}},
		func(s *dispatch.State, _ uint64) { d.state = s })
	if err != nil {
		t.Fatal(err)
	}
	d.engine = e
	d.do(dispatch.Configure{Config: dispatch.Config{Name: "Test City", Zone: "America/Los_Angeles", Services: []dispatch.Service{"police", "fire"}, DefaultService: "fire", UntriagedPriority: 2,
		Desks: []dispatch.Desk{{ID: "fire", Name: "Fire", Service: "fire", Supervisor: "sup"}, {ID: "sup", Name: "Supervisor"}},
		Types: []triage.Type{{Code: "FIRE", Name: "Fire", Service: "fire", Priority: 1, LifeSafety: true}}}})
	d.do(dispatch.AddUnit{ID: "E10", Service: "fire", Kind: "engine", Status: dispatch.StatusAvailable})
	return d, now
}

func (d *desk) follow(events []engine.Recorded) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, r := range events {
		dispatch.Evolve(d.state, dispatch.Stamped{At: r.At, By: r.By, Event: r.Event})
	}
}

func (d *desk) look(see func(*dispatch.State)) {
	d.mu.Lock()
	defer d.mu.Unlock()
	see(d.state)
}

func (d *desk) do(c dispatch.Command) {
	d.t.Helper()
	if _, err := d.engine.Submit(d.t.Context(), engine.Submission{By: "tester", Command: c}); err != nil {
		d.t.Fatal(err)
	}
}

func (d *desk) call(id string) dispatch.IncidentID {
	d.do(dispatch.ReceiveContact{ID: dispatch.ContactID(id), Channel: "phone", Type: "FIRE", Beat: "E1", Person: dispatch.Private{Name: marker, Number: marker, Place: marker, Text: marker}})
	var i dispatch.IncidentID
	d.look(func(s *dispatch.State) { i = s.Contacts[dispatch.ContactID(id)].Incident })
	return i
}

// start runs a notifier until the test ends.
func (d *desk) start(c Config) *Notifier {
	d.t.Helper()
	n, err := New(c, d.engine, d.look, d.box, slog.New(slog.NewTextHandler(io.Discard, nil)))
	if err != nil {
		d.t.Fatal(err)
	}
	if _, err := n.step(d.t.Context()); err != nil { // what happened before is not told
		d.t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { n.Run(ctx); close(done) }() // ends with ctx
	d.t.Cleanup(func() { stop(); <-done; d.engine.Close() })
	return n
}

func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	for range 500 {
		if is() {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatal(what)
}

type got struct {
	header http.Header
	body   string
}

// receiver answers with the codes given, the last one again and again.
func receiver(t *testing.T, codes ...int) (url string, all func() []got) {
	var mu sync.Mutex
	var seen []got
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		mu.Lock()
		defer mu.Unlock()
		w.WriteHeader(codes[min(len(seen), len(codes)-1)])
		seen = append(seen, got{r.Header, string(body)})
	}))
	t.Cleanup(web.Close)
	return web.URL, func() []got {
		mu.Lock()
		defer mu.Unlock()
		return append([]got(nil), seen...)
	}
}

func quick(name, kind, url string) Target {
	return Target{Name: name, Kind: kind, URL: url, secret: secret, TimeoutMs: 300, Attempts: 3, RetryMs: 10, RetryMaxMs: 20, BreakAfter: 2, BreakMs: 50}
}

// TestToldOutside: a dispatch reaches a pager with its place and a webhook without, signed
// so that the receiver can tell; nothing that is sealed goes out but that.
func TestToldOutside(t *testing.T) {
	d, _ := newDesk(t)
	hook, hooked := receiver(t, 200)
	page, paged := receiver(t, 200)
	mailed, mails := mailServer(t)
	pagers := quick("pagers", "ntfy", page)
	pagers.Place = true
	d.start(Config{Targets: []Target{quick("agency", "webhook", hook), pagers,
		{Name: "duty", Kind: "smtp", Host: "127.0.0.1", Port: mailed, TLS: "none", From: "room@example.org", To: []string{"duty@example.org"}}},
		Rules: []Rule{{On: []string{"unit.dispatched"}, To: []string{"agency", "pagers", "duty"}}, {On: []string{"unit.dispatched"}, Services: []string{"police"}, To: []string{"agency"}}}})
	i := d.call("c1")
	d.do(dispatch.DispatchUnit{Unit: "E10", Incident: i, Override: ""})
	eventually(t, "nobody was told", func() bool { return len(hooked()) == 1 && len(paged()) == 1 && len(mails()) == 1 })
	h, p := hooked()[0], paged()[0]
	id, at := h.header.Get("webhook-id"), h.header.Get("webhook-timestamp")
	key, _ := webhookKey(secret)
	if !strings.HasPrefix(id, "msg_") || h.header.Get("webhook-signature") != sign(key, id, at, []byte(h.body)) {
		t.Errorf("the signature is not right: %v", h.header)
	}
	var e envelope
	if err := json.Unmarshal([]byte(h.body), &e); err != nil || e.Type != "unit.dispatched" || e.Data.Unit != "E10" || e.Data.Number != 1 {
		t.Errorf("%s %v", h.body, err)
	}
	if e.Data.Text != "E10 to call 1, FIRE, priority 1, beat E1" {
		t.Error(e.Data.Text)
	}
	if strings.Contains(h.body+fmt.Sprint(h.header)+mails()[0], "Marker") {
		t.Errorf("what is sealed went out: %s", h.body)
	}
	if p.body != e.Data.Text+", at "+marker || p.header.Get("Priority") != "high" {
		t.Errorf("%q %v", p.body, p.header)
	}
	if m := mails()[0]; !strings.Contains(m, "Subject: E10 dispatched") || !strings.Contains(m, "E10 to call 1") {
		t.Error(m)
	}
	eventually(t, "something is left", func() bool { c, _ := d.box.Counts(t.Context()); return len(c) == 0 })
}

// TestConfidentialGoesNowhere: a pager that may have places does not get that of a
// confidential call.
func TestConfidentialGoesNowhere(t *testing.T) {
	d, _ := newDesk(t)
	page, paged := receiver(t, 200)
	pagers := quick("pagers", "ntfy", page)
	pagers.Place = true
	d.start(Config{Targets: []Target{pagers}, Rules: []Rule{{On: Kinds, To: []string{"pagers"}}}})
	i := d.call("c1")
	d.do(dispatch.MarkConfidential{Contact: "c1", Readers: []string{"tester"}, Reason: "afraid"})
	d.do(dispatch.DispatchUnit{Unit: "E10", Incident: i})
	eventually(t, "nobody was told", func() bool { return len(paged()) > 0 })
	if strings.Contains(fmt.Sprint(paged()), "Marker") {
		t.Errorf("%+v", paged())
	}
}

// TestGivesUpAndSaysSo: failures are tried again and given up; the room is told, can try
// again, and is told when all is well.
func TestGivesUpAndSaysSo(t *testing.T) {
	d, _ := newDesk(t)
	hook, hooked := receiver(t, 503, 503, 503, 200)
	n := d.start(Config{Targets: []Target{quick("agency", "webhook", hook)}, Rules: []Rule{{On: []string{"unit.dispatched", "alarm.raised"}, To: []string{"agency"}}}})
	d.do(dispatch.DispatchUnit{Unit: "E10", Incident: d.call("c1")})
	alarmed := func() (text string) {
		d.look(func(s *dispatch.State) {
			for _, a := range s.Alarms {
				if a.Cause == dispatch.CauseNotify {
					text = a.Text
				}
			}
		})
		return text
	}
	eventually(t, "nobody was alarmed that it was given up", func() bool { return strings.Contains(alarmed(), "1 were given up") })
	dead, err := n.Dead(t.Context(), 10)
	if err != nil || len(dead) != 1 || dead[0].Why != "it answers 503" || len(hooked()) != 3 {
		t.Fatalf("%+v %v, %d tries", dead, err, len(hooked()))
	}
	if all, err := n.Health(t.Context()); err != nil || all[0].Dead != 1 || all[0].State == "ok" || all[0].Why != "it answers 503" {
		t.Errorf("%+v %v", all, err)
	}
	if err := n.Again(t.Context(), dead[0].ID); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the alarm stays", func() bool { return alarmed() == "" })
	all := hooked()
	if len(all) != 4 || all[3].header.Get("webhook-id") != all[0].header.Get("webhook-id") {
		t.Error("the same message has the same id in every try; and nobody is told that they cannot be reached")
	}
}

// TestStaleIsNotSent: a page that is half an hour old misleads.
func TestStaleIsNotSent(t *testing.T) {
	d, now := newDesk(t)
	hook, hooked := receiver(t, 200)
	i := d.call("c1")
	n := d.start(Config{Targets: []Target{quick("agency", "webhook", hook)}, Rules: []Rule{{On: []string{"unit.dispatched"}, To: []string{"agency"}}}})
	if err := d.box.Keep(t.Context(), d.engine.Seq(), []outbox.Message{{Target: "agency", Kind: "unit.dispatched", Body: []byte("{}"), At: int64(now.Now().Add(-31 * dispatch.Minute))}}); err != nil {
		t.Fatal(err)
	}
	d.do(dispatch.DispatchUnit{Unit: "E10", Incident: i})
	eventually(t, "the new one was not sent", func() bool { return len(hooked()) == 1 })
	if dead, _ := n.Dead(t.Context(), 1); len(dead) != 1 || dead[0].Why != "too old to be sent" {
		t.Errorf("%+v", dead)
	}
}

// stuck is an outbox that hangs.
type stuck struct {
	outbox.Outbox
	entered chan struct{}
	release chan struct{}
	once    sync.Once
}

func (s *stuck) Keep(ctx context.Context, cursor uint64, m []outbox.Message) error {
	if len(m) > 0 {
		s.once.Do(func() { close(s.entered) })
		<-s.release
	}
	return s.Outbox.Keep(ctx, cursor, m)
}

// TestNoCommandWaits: while every part of the notifier hangs (a server that never answers,
// and then the outbox itself), 1,000 commands are answered. The engine has no follower of
// the notifier's and the notifier only reads, so there is nothing that a command could
// wait for; here it is seen.
func TestNoCommandWaits(t *testing.T) {
	for _, hangs := range []string{"server", "outbox"} {
		t.Run(hangs, func(t *testing.T) {
			d, _ := newDesk(t)
			release, asked := make(chan struct{}), make(chan struct{}, 10)
			web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				asked <- struct{}{}
				<-release
			}))
			t.Cleanup(web.Close)
			held := &stuck{Outbox: d.box, entered: make(chan struct{}), release: release}
			if hangs == "outbox" {
				d.box = held
			}
			never := quick("never", "webhook", web.URL)
			never.TimeoutMs = 60_000
			d.start(Config{Targets: []Target{never}, Rules: []Rule{{On: Kinds, To: []string{"never"}}}})
			t.Cleanup(func() { close(release) }) // first of all
			i := d.call("c1")
			d.do(dispatch.DispatchUnit{Unit: "E10", Incident: i})
			if hangs == "server" {
				<-asked // it is being tried, and will not be answered
			} else {
				<-held.entered
			}
			for n := range 500 {
				d.do(dispatch.UnassignUnit{Unit: "E10", Incident: i, Reason: fmt.Sprint("again ", n)})
				d.do(dispatch.DispatchUnit{Unit: "E10", Incident: i})
				if n%90 == 89 { // an incident takes so many
					d.do(dispatch.CloseIncident{Incident: i, Disposition: "done", Authority: "chief"})
					i = d.call(fmt.Sprint("c", n))
					d.do(dispatch.DispatchUnit{Unit: "E10", Incident: i})
				}
			}
			if len(asked) > 0 {
				t.Error("a second try was made while the first had no answer")
			}
		})
	}
}

// TestBackoffIsSeeded: the waits double, stay within the limit, and are the same for the
// same seed.
func TestBackoffIsSeeded(t *testing.T) {
	waits := func(seed uint64) (all []time.Duration) {
		target := Target{Name: "a", Kind: "ntfy", URL: "https://example.org/t"}
		d, _ := newDesk(t)
		defer d.engine.Close()
		n, err := New(Config{Seed: seed, Targets: []Target{target}}, d.engine, d.look, d.box, slog.Default())
		if err != nil {
			t.Fatal(err)
		}
		for k := range 30 {
			all = append(all, n.lines[0].backoff(k))
		}
		return all
	}
	one, two := waits(1), waits(1)
	for k, w := range one {
		whole := min(time.Second<<min(k, 20), 300*time.Second)
		if w != two[k] || w < whole/2 || w > whole {
			t.Errorf("after %d failures %s and %s, of %s", k, w, two[k], whole)
		}
	}
	if fmt.Sprint(waits(2)) == fmt.Sprint(one) {
		t.Error("another seed throws the same dice")
	}
}

// TestConfigIsChecked: what could not work is refused at the start, with a reason.
func TestConfigIsChecked(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	key := write("key", string(secret)+"\n")
	good := fmt.Sprintf(`{"targets":[{"name":"agency","kind":"webhook","url":"https://example.org/in","secret_file":%q}],"rules":[{"on":["unit.dispatched"],"to":["agency"]}]}`, key)
	if c, err := Load(write("good", good)); err != nil || c.Targets[0].TimeoutMs != 5000 {
		t.Fatal(c, err)
	}
	for change, want := range map[string]string{
		`"kind":"webhook"|"kind":"pigeon"`:                       "webhook, ntfy or smtp",
		`https://example|http://example`:                         "crosses a network",
		`unit.dispatched|unit.lost`:                              "is none of",
		`"to":["agency"]|"to":["nobody"]`:                        "no target",
		`"name":"agency"|"name":"The Agency"`:                    "small letters",
		`"rules"|"rulez"`:                                        "unknown field",
		`"kind":"webhook"|"kind":"smtp"`:                         "host, port",
		`"kind":"webhook"|"timeout_ms":1000000,"kind":"webhook"`: "timeout_ms is between",
		fmt.Sprintf("%q|%q", key, write("short", "whsec_YQ==")):  "16 bytes",
	} {
		from, to, _ := strings.Cut(change, "|")
		if _, err := Load(write("bad", strings.Replace(good, from, to, 1))); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", change, err, want)
		}
	}
}

// mailServer takes mails in plain, as far as a test needs.
func mailServer(t *testing.T) (port int, mails func() []string) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	var all []string
	go func() { // ends with the listener
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			go func() { // ends with the connection
				defer c.Close()
				in, data, body := bufio.NewScanner(c), false, ""
				fmt.Fprint(c, "220 test\r\n")
				for in.Scan() {
					line := in.Text()
					switch {
					case data && line == ".":
						mu.Lock()
						all = append(all, body)
						mu.Unlock()
						data = false
						fmt.Fprint(c, "250 taken\r\n")
					case data:
						body += line + "\n"
					case strings.HasPrefix(line, "DATA"):
						data = true
						fmt.Fprint(c, "354 go on\r\n")
					case strings.HasPrefix(line, "EHLO"):
						fmt.Fprint(c, "250-test\r\n250 8BITMIME\r\n")
					case strings.HasPrefix(line, "QUIT"):
						fmt.Fprint(c, "221 bye\r\n")
						return
					default:
						fmt.Fprint(c, "250 ok\r\n")
					}
				}
			}()
		}
	}()
	t.Cleanup(func() { _ = listener.Close() })
	return listener.Addr().(*net.TCPAddr).Port, func() []string {
		mu.Lock()
		defer mu.Unlock()
		return append([]string(nil), all...)
	}
}

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("net/http.(*persistConn).readLoop"), goleak.IgnoreAnyFunction("net/http.(*persistConn).writeLoop"))
}
