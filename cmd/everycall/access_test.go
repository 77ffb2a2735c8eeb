package main

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

// heard is what a server was asked by the command line, and what the command printed.
type heard struct {
	asked  []string // method, path and body
	stdout string
	err    error
}

// typed runs a command line against a server that answers each path's text.
func typed(t *testing.T, answers map[string]string, line ...string) heard {
	t.Helper()
	var h heard
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		h.asked = append(h.asked, strings.TrimSpace(r.Method+" "+r.URL.RequestURI()+" "+string(body)))
		answer, known := answers[r.URL.Path]
		if !known {
			w.WriteHeader(http.StatusNotFound)
			answer = `{"status":404,"code":"access_unknown","detail":"access fact \"x9\" is not known here"}`
		}
		_, _ = w.Write([]byte(answer))
	}))
	defer web.Close()
	var c cli
	parser, err := kong.New(&c, kong.Exit(func(int) { t.Fatal("it ended") }))
	if err != nil {
		t.Fatal(err)
	}
	ctx, err := parser.Parse(append(line, "--at", web.URL, "--token", "secret"))
	if err != nil {
		return heard{err: err}
	}
	out := os.Stdout
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	os.Stdout = write
	h.err = ctx.Run()
	os.Stdout = out
	_ = write.Close()
	text, err := io.ReadAll(read)
	if err != nil {
		t.Fatal(err)
	}
	h.stdout = string(text)
	return h
}

func TestAccessIsRecordedByCoordinates(t *testing.T) {
	yes := map[string]string{"/api/v1/access": `{"ids":["x1"]}`}
	h := typed(t, yes, "access", "record", "--line", "47.6135,-122.3190 47.6170,-122.3190", "--direction", "forward", "--class", "engine", "--class", "ambulance", "--source", "engine officer", "--half-life", "90m", "--note", "hoses")
	want := `POST /api/v1/access {"kind":"line","geometry":[[-122.319,47.6135],[-122.319,47.617]],"direction":"forward","classes":["engine","ambulance"],"state":"blocked","source":"engine officer","confidence":"seen","half_life_ms":5400000,"note":"hoses"}`
	if h.err != nil || !slices.Equal(h.asked, []string{want}) || h.stdout != "recorded: x1, line blocked\n" {
		t.Errorf("%+v", h)
	}
	h = typed(t, yes, "access", "record", "--point", "47.6150,-122.3190", "--obstacle", "checkpoint", "--admits", "ems", "--delay", "3m", "--source", "sergeant")
	if h.err != nil || len(h.asked) != 1 || !strings.Contains(h.asked[0], `"delay_ms":180000`) || !strings.Contains(h.asked[0], `"obstacle":"checkpoint","admits":["ems"]`) {
		t.Errorf("%+v", h)
	}
	for name, c := range map[string]struct {
		line []string
		want string
	}{
		"nowhere":          {nil, "one of --point"},
		"two places":       {[]string{"--point", "47,-122", "--area", "47,-122 47,-121 46,-121"}, "one of --point"},
		"half a line":      {[]string{"--line", "47,-122"}, "2 to 500 places, not 1"},
		"a point of two":   {[]string{"--point", "47,-122 48,-122"}, "1 to 1 places, not 2"},
		"no place":         {[]string{"--point", "here"}, "no place"},
		"no such state":    {[]string{"--point", "47,-122", "--state", "closed"}, "--state must be one of"},
		"no such file":     {[]string{"--geojson", "nothing.geojson"}, "nothing.geojson"},
		"no such obstacle": {[]string{"--point", "47,-122", "--obstacle", "moat"}, "--obstacle must be one of"},
	} {
		if h := typed(t, yes, append([]string{"access", "record", "--source", "x"}, c.line...)...); h.err == nil || !strings.Contains(h.err.Error(), c.want) || len(h.asked) > 0 {
			t.Errorf("%s: %+v, want %q", name, h, c.want)
		}
	}
	if h := typed(t, yes, "access", "record", "--point", "47,-122"); h.err == nil || !strings.Contains(h.err.Error(), "--source") {
		t.Errorf("without a source: %+v", h)
	}
}

func TestAccessIsRecordedFromAFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "closures.geojson")
	text := `{"type":"FeatureCollection","features":[
		{"type":"Feature","properties":{"state":"open","direction":"backward","note":"one lane"},"geometry":{"type":"LineString","coordinates":[[-122.3,47.6],[-122.3,47.7]]}},
		{"type":"Feature","properties":{},"geometry":{"type":"Polygon","coordinates":[[[-122.3,47.6],[-122.2,47.6],[-122.2,47.7],[-122.3,47.6]]]}}]}`
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	h := typed(t, map[string]string{"/api/v1/access": `{"ids":["x1"]}`}, "access", "record", "--geojson", path, "--source", "street department", "--confidence", "reported")
	if h.err != nil || len(h.asked) != 2 {
		t.Fatalf("%+v", h)
	}
	for n, want := range []string{`"direction":"backward","state":"open"`, `"kind":"area"`} {
		if !strings.Contains(h.asked[n], want) {
			t.Errorf("%s: want %s", h.asked[n], want)
		}
	}
	h = typed(t, nil, "access", "record", "--geojson", path, "--source", "street department")
	if h.err == nil || !strings.Contains(h.err.Error(), "fact 1 of 2") || len(h.asked) != 1 {
		t.Errorf("a refused one: %+v", h)
	}
}

func TestAccessIsListedConfirmedAndWithdrawn(t *testing.T) {
	list := `{"items":[{"id":"x1","kind":"line","direction":"forward","classes":["engine"],"state":"blocked","current":"unknown","source":"engine officer","confidence":"seen","age_ms":7320000,"half_life_ms":7200000,"note":"hoses","obstacle":"barricade","conflicts":["x2"],"untold":["ems"],"on_no_street":true}]}`
	answers := map[string]string{"/api/v1/access": list, "/api/v1/access/x1/confirm": `{}`, "/api/v1/access/x1": `{}`}
	h := typed(t, answers, "access", "list")
	want := "x1 line: unknown, was blocked, forward for engine, seen by engine officer 2h2m0s ago, worth 2h0m0s\n  obstacle barricade\n  note hoses\n  contradicted by x2\n  not announced to ems\n  on no street: it closes nothing; draw it anew\n"
	if h.err != nil || h.stdout != want {
		t.Errorf("%+v", h)
	}
	if h := typed(t, answers, "access", "list", "--json"); h.err != nil || !json.Valid([]byte(h.stdout)) {
		t.Errorf("%+v", h)
	}
	if h := typed(t, answers, "access", "confirm", "x1", "--state", "open", "--source", "engine officer"); h.err != nil || !slices.Equal(h.asked, []string{`POST /api/v1/access/x1/confirm {"confidence":"seen","source":"engine officer","state":"open"}`}) || h.stdout != "confirmed: x1, open\n" {
		t.Errorf("%+v", h)
	}
	if h := typed(t, answers, "access", "withdraw", "x1", "--reason", "another street"); h.err != nil || !slices.Equal(h.asked, []string{"DELETE /api/v1/access/x1?reason=another+street"}) {
		t.Errorf("%+v", h)
	}
	if h := typed(t, answers, "access", "withdraw", "x9", "--reason", "another street"); h.err == nil || !strings.Contains(h.err.Error(), "not known here (access_unknown)") {
		t.Errorf("%+v", h)
	}
}
