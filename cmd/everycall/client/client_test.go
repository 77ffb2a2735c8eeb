package client

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestATokenIsNotSentInTheClear(t *testing.T) {
	for address, want := range map[string]string{
		"http://127.0.0.1:8911": "", "http://localhost:1": "", "https://cad.example": "", "http://cad.example": "in the clear", "cad.example": "no address", "ftp://x": "no address",
	} {
		_, err := New(address, "secret", false)
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", address, err, want)
		}
	}
	if _, err := New("http://cad.example", "secret", true); err != nil {
		t.Error(err)
	}
	if _, err := New("http://127.0.0.1", "", false); err == nil {
		t.Error("without a token")
	}
}

func TestARefusalReadsAsItsSentence(t *testing.T) {
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.Header.Get("Authorization") != "Bearer secret":
			t.Errorf("no token: %v", r.Header)
		case r.Method == http.MethodPost && r.Header.Get("Idempotency-Key") == "":
			t.Error("a command without a key")
		case r.URL.Path == "/no":
			w.WriteHeader(http.StatusConflict)
			_, _ = w.Write([]byte(`{"status":409,"code":"zone_contradicts","detail":"zone \"A\" says none"}`))
			return
		case r.URL.Path == "/broken":
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		_, _ = w.Write([]byte(`{"id":"z1"}`))
	}))
	defer web.Close()
	c, err := New(web.URL, "secret", false)
	if err != nil {
		t.Fatal(err)
	}
	var out struct{ ID string }
	if err := c.Ask(context.Background(), http.MethodPost, "/yes", map[string]string{}, &out); err != nil || out.ID != "z1" {
		t.Errorf("%v %+v", err, out)
	}
	var no *Refusal
	if err := c.Ask(context.Background(), http.MethodGet, "/no", nil, nil); !errors.As(err, &no) || no.Code != "zone_contradicts" || !strings.Contains(err.Error(), `zone "A" says none`) {
		t.Errorf("%v", err)
	}
	if err := c.Ask(context.Background(), http.MethodGet, "/broken", nil, nil); err == nil || !strings.Contains(err.Error(), "502") {
		t.Errorf("%v", err)
	}
}

const square = `[[[-122.3,47.6],[-122.2,47.6,12],[-122.2,47.7],[-122.3,47.6]]]`

func TestGeoJSON(t *testing.T) {
	collection := `{"type":"FeatureCollection","features":[
		{"type":"Feature","properties":{"name":"The blocks"},"geometry":{"type":"Polygon","coordinates":` + square + `}},
		{"type":"Feature","properties":{"kind":"hot"},"geometry":{"type":"Polygon","coordinates":` + square + `}},
		{"type":"Feature","properties":{"kind":"rendezvous","gate":"South gate","name":"Meeting point"},"geometry":{"type":"Point","coordinates":[-122.31,47.59]}},
		{"type":"Feature","properties":{"kind":"gate","name":"South gate","street":"11th and Pike","admits":["fire"]},"geometry":{"type":"Point","coordinates":[-122.3,47.6]}}]}`
	var z Zone
	if err := ReadGeoJSON([]byte(collection), &z); err != nil {
		t.Fatal(err)
	}
	text, _ := json.Marshal(z)
	if want := `{"name":"The blocks","outline":[[-122.3,47.6],[-122.2,47.6],[-122.2,47.7],[-122.3,47.6]],"parts":[{"heat":"hot","outline":[[-122.3,47.6],[-122.2,47.6],[-122.2,47.7],[-122.3,47.6]]}],"gates":[{"name":"South gate","street":"11th and Pike","lon":-122.3,"lat":47.6,"rendezvous":{"name":"Meeting point","lon":-122.31,"lat":47.59},"admits":["fire"]}],"authority":"","reason":""}`; string(text) != want {
		t.Errorf("%s", text)
	}
	for name, c := range map[string][2]string{
		"no JSON":          {`{`, "no GeoJSON"},
		"a line":           {`{"type":"LineString"}`, "is no zone"},
		"no polygon":       {`{"type":"FeatureCollection","features":[]}`, "no polygon"},
		"two outlines":     {`{"type":"FeatureCollection","features":[{"geometry":{"type":"Polygon","coordinates":` + square + `}},{"geometry":{"type":"Polygon","coordinates":` + square + `}}]}`, "a second polygon"},
		"a hole":           {`{"type":"Polygon","coordinates":[[[1,2],[2,3],[3,4]],[[1,2],[2,3],[3,4]]]}`, "without holes"},
		"a lone number":    {`{"type":"Polygon","coordinates":[[[1]]]}`, "a position is"},
		"no such kind":     {`{"type":"Feature","properties":{"kind":"moat"},"geometry":{"type":"Polygon","coordinates":` + square + `}}`, "not \"moat\""},
		"a point's kind":   {`{"type":"Feature","properties":{"kind":"hot"},"geometry":{"type":"Point","coordinates":[1,2]}}`, "a gate or a rendezvous"},
		"no such gate":     {`{"type":"FeatureCollection","features":[{"geometry":{"type":"Polygon","coordinates":` + square + `}},{"properties":{"kind":"rendezvous","gate":"North"},"geometry":{"type":"Point","coordinates":[1,2]}}]}`, "not there"},
		"without geometry": {`{"type":"Feature","properties":{}}`, "no geometry"},
	} {
		if err := ReadGeoJSON([]byte(c[0]), &Zone{}); err == nil || !strings.Contains(err.Error(), c[1]) {
			t.Errorf("%s: %v, want %q", name, err, c[1])
		}
	}
}

func FuzzReadGeoJSON(f *testing.F) {
	f.Add([]byte(`{"type":"Polygon","coordinates":` + square + `}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		var z Zone
		if err := ReadGeoJSON(text, &z); err == nil && len(z.Outline) == 0 {
			t.Error("read, and no outline")
		}
	})
}
