// Package console serves the dispatcher's screen: static files, built from console/web by Vite, committed in
// console/dist and embedded here, so that the binary needs neither Node nor a network.
//
// Owner: the embedded files are fixed at build time; the handler owns only the compressed copies that it makes of
// them, each at most once, on first request.
//
// Invariant: a page from here asks nothing of any other origin. The Content-Security-Policy says so, and the built
// files match their source: dist/SOURCE.sha256 names both, and the test recomputes them without Node.
package console

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"
)

//go:embed all:dist
var dist embed.FS

const (
	root      = "dist"
	stampFile = "SOURCE.sha256"

	// contentSecurityPolicy lets the page reach its own origin and nothing else. data: and blob: images are the map's
	// own icons; there is no inline script and no inline style.
	contentSecurityPolicy = "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self'; " +
		"img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; manifest-src 'self'; " +
		"base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

	cacheImmutable  = "public, max-age=31536000, immutable"
	cacheRevalidate = "no-cache"
)

// contentTypes is written out because minimal systems have no MIME table.
var contentTypes = map[string]string{
	".css":   "text/css; charset=utf-8",
	".html":  "text/html; charset=utf-8",
	".js":    "text/javascript; charset=utf-8",
	".json":  "application/json",
	".mjs":   "text/javascript; charset=utf-8",
	".png":   "image/png",
	".svg":   "image/svg+xml",
	".woff2": "font/woff2",
}

// compressible are the types that gzip makes smaller; woff2 and png are compressed already.
var compressible = map[string]bool{".css": true, ".html": true, ".js": true, ".json": true, ".mjs": true, ".svg": true}

// asset is one embedded file. Everything but zipped is fixed when the handler is made.
type asset struct {
	body        []byte
	contentType string
	cache       string
	etag        string // of the identity encoding
	zips        bool
	zipped      func() []byte // made on first use: compressing all of them at start would cost half a second
}

// Handler serves the console at / and its files beneath. It answers GET and HEAD, 405 to other methods and 404 to
// what is not there; it never lists a folder. It panics if the embedded files cannot be read, which cannot happen in
// a binary that was built.
func Handler() http.Handler {
	assets, err := load(dist)
	if err != nil {
		panic("console: embedded files: " + err.Error())
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { serve(w, r, assets) })
}

// load reads every file under dist into assets keyed by request path.
func load(files fs.FS) (map[string]*asset, error) {
	assets := make(map[string]*asset)
	err := fs.WalkDir(files, root, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || entry.Name() == stampFile {
			return err
		}
		body, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		assets[strings.TrimPrefix(name, root)] = newAsset(name, body)
		return nil
	})
	if index, ok := assets["/index.html"]; ok {
		assets["/"] = index
	}
	return assets, err
}

func newAsset(name string, body []byte) *asset {
	ext := path.Ext(name)
	contentType, known := contentTypes[ext]
	if !known {
		contentType = "application/octet-stream"
	}
	cache := cacheRevalidate
	if strings.HasPrefix(name, root+"/assets/") { // Vite puts a content hash into these names, and only these
		cache = cacheImmutable
	}
	sum := sha256.Sum256(body)
	return &asset{
		body:        body,
		contentType: contentType,
		cache:       cache,
		etag:        `"` + hex.EncodeToString(sum[:12]) + `"`,
		zips:        compressible[ext],
		zipped:      sync.OnceValue(func() []byte { return compress(body) }),
	}
}

func compress(body []byte) []byte {
	var out bytes.Buffer
	zip, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		panic(err) // only for a level that does not exist
	}
	_, _ = zip.Write(body) // a bytes.Buffer does not fail
	_ = zip.Close()
	return out.Bytes()
}

func serve(w http.ResponseWriter, r *http.Request, assets map[string]*asset) {
	header := w.Header()
	header.Set("Content-Security-Policy", contentSecurityPolicy)
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Referrer-Policy", "no-referrer")
	header.Set("Cross-Origin-Opener-Policy", "same-origin")
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		header.Set("Allow", "GET, HEAD")
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
		return
	}
	file, ok := assets[r.URL.Path]
	if !ok {
		http.Error(w, "not found", http.StatusNotFound)
		return
	}
	body, etag := file.body, file.etag
	header.Set("Cache-Control", file.cache)
	if file.zips {
		header.Set("Vary", "Accept-Encoding")
		if acceptsGzip(r.Header.Get("Accept-Encoding")) {
			body = file.zipped()
			etag = strings.TrimSuffix(etag, `"`) + `-gz"`
			header.Set("Content-Encoding", "gzip")
		}
	}
	header.Set("ETag", etag)
	if matches(r.Header.Get("If-None-Match"), etag) {
		header.Del("Content-Encoding")
		w.WriteHeader(http.StatusNotModified)
		return
	}
	header.Set("Content-Type", file.contentType)
	header.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(http.StatusOK)
	if r.Method == http.MethodGet {
		_, _ = w.Write(body) // the client may have gone: nobody is left to tell
	}
}

// acceptsGzip reads an Accept-Encoding header (RFC 9110, 12.5.3): gzip named with a weight above zero.
func acceptsGzip(header string) bool {
	for part := range strings.SplitSeq(header, ",") {
		coding, params, _ := strings.Cut(strings.TrimSpace(part), ";")
		if !strings.EqualFold(strings.TrimSpace(coding), "gzip") {
			continue
		}
		weight, found := strings.CutPrefix(strings.ReplaceAll(params, " ", ""), "q=")
		if !found {
			return true
		}
		q, err := strconv.ParseFloat(weight, 64)
		return err == nil && q > 0
	}
	return false
}

// matches reads an If-None-Match header (RFC 9110, 13.1.2) with the weak comparison that it asks for.
func matches(header, etag string) bool {
	for part := range strings.SplitSeq(header, ",") {
		candidate := strings.TrimPrefix(strings.TrimSpace(part), "W/")
		if candidate == etag || candidate == "*" {
			return true
		}
	}
	return false
}
