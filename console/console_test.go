package console

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"
)

func get(t *testing.T, h http.Handler, method, target string, headers map[string]string) *http.Response {
	t.Helper()
	r := httptest.NewRequest(method, target, nil)
	for k, v := range headers {
		r.Header.Set(k, v)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func body(t *testing.T, r *http.Response) []byte {
	t.Helper()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestIndex(t *testing.T) {
	h := Handler()
	r := get(t, h, "GET", "/", nil)
	page := string(body(t, r))
	if r.StatusCode != 200 || !strings.Contains(page, `<div id="app">`) {
		t.Fatalf("status %d, page %.80q", r.StatusCode, page)
	}
	for name, want := range map[string]string{
		"Content-Type":            "text/html; charset=utf-8",
		"Cache-Control":           "no-cache",
		"X-Content-Type-Options":  "nosniff",
		"Referrer-Policy":         "no-referrer",
		"Content-Security-Policy": contentSecurityPolicy,
	} {
		if got := r.Header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	again := get(t, h, "GET", "/", map[string]string{"If-None-Match": r.Header.Get("ETag")})
	if again.StatusCode != http.StatusNotModified || len(body(t, again)) != 0 {
		t.Errorf("with its ETag: status %d", again.StatusCode)
	}
}

// TestPageAsksOnlyItsOwnOrigin: no absolute address is loaded by the page, and every file that it names is served.
func TestPageAsksOnlyItsOwnOrigin(t *testing.T) {
	h := Handler()
	page := string(body(t, get(t, h, "GET", "/", nil)))
	refs := regexp.MustCompile(`(?:src|href)="([^"]*)"`).FindAllStringSubmatch(page, -1)
	if len(refs) == 0 {
		t.Fatal("the page names no file")
	}
	for _, ref := range refs {
		name, relative := strings.CutPrefix(ref[1], "./")
		if !relative {
			t.Errorf("%q is not relative to the page", ref[1])
			continue
		}
		r := get(t, h, "GET", "/"+name, nil)
		if r.StatusCode != 200 {
			t.Errorf("%s: status %d", name, r.StatusCode)
		}
		if got := r.Header.Get("Cache-Control"); got != cacheImmutable {
			t.Errorf("%s: Cache-Control %q", name, got)
		}
	}
	if strings.Contains(page, "<style") || strings.Contains(page, "style=") || regexp.MustCompile(`<script[^>]*>[^<]`).MatchString(page) {
		t.Error("the page has an inline style or script, which its own policy forbids")
	}
}

func TestGzip(t *testing.T) {
	h := Handler()
	plain := get(t, h, "GET", "/index.html", nil)
	zipped := get(t, h, "GET", "/index.html", map[string]string{"Accept-Encoding": "br, gzip"})
	if zipped.Header.Get("Content-Encoding") != "gzip" || zipped.Header.Get("Vary") != "Accept-Encoding" {
		t.Fatalf("headers: %v", zipped.Header)
	}
	if plain.Header.Get("ETag") == zipped.Header.Get("ETag") {
		t.Error("two encodings share one ETag")
	}
	zr, err := gzip.NewReader(zipped.Body)
	if err != nil {
		t.Fatal(err)
	}
	unzipped, err := io.ReadAll(zr)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(unzipped, body(t, plain)) {
		t.Error("the encodings differ in content")
	}
}

func TestAcceptsGzip(t *testing.T) {
	for header, want := range map[string]bool{
		"": false, "gzip": true, "GZIP": true, "br": false, "br, gzip;q=0.5": true, "gzip;q=0": false, "gzip; q=0.0": false,
		"xgzip": false, "gzip;q=nonsense": false, "deflate , gzip": true,
	} {
		if got := acceptsGzip(header); got != want {
			t.Errorf("%q: %v, want %v", header, got, want)
		}
	}
}

func TestRefusals(t *testing.T) {
	h := Handler()
	for _, c := range []struct {
		method, target string
		status         int
	}{
		{"POST", "/", 405}, {"GET", "/nothing", 404}, {"GET", "/assets/", 404}, {"GET", "/assets", 404},
		{"GET", "/" + stampFile, 404}, {"GET", "/../console.go", 404}, {"HEAD", "/", 200},
	} {
		r := get(t, h, c.method, c.target, nil)
		if r.StatusCode != c.status {
			t.Errorf("%s %s: %d, want %d", c.method, c.target, r.StatusCode, c.status)
		}
		if r.Header.Get("Content-Security-Policy") == "" {
			t.Errorf("%s %s: no policy", c.method, c.target)
		}
		if c.method == "HEAD" && len(body(t, r)) != 0 {
			t.Error("HEAD has a body")
		}
	}
}

func TestEveryFileHasAType(t *testing.T) {
	assets, err := load(dist)
	if err != nil {
		t.Fatal(err)
	}
	for name, a := range assets {
		if a.contentType == "application/octet-stream" {
			t.Errorf("%s: no content type for its ending", name)
		}
	}
}

// TestTogether: the compressed copy is made once however many ask at the same time (run with -race).
func TestTogether(t *testing.T) {
	h := Handler()
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			r := httptest.NewRequest("GET", "/", nil)
			r.Header.Set("Accept-Encoding", "gzip")
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			if w.Code != 200 {
				t.Errorf("status %d", w.Code)
			}
		})
	}
	wg.Wait()
}
