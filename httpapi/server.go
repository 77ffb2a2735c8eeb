package httpapi

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"reflect"
	"runtime/debug"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/everycall/everycall/auth"
	"github.com/everycall/everycall/dispatch"
	"github.com/everycall/everycall/engine"
	"github.com/everycall/everycall/geo"
)

// BodyMax is the largest request body, in bytes.
const BodyMax = 256 << 10

// keyMax is the longest Idempotency-Key, in bytes.
const keyMax = 150

// SessionCookie is the name of the session's cookie.
const SessionCookie = "everycall"

// Options are what a server is made of.
type Options struct {
	Engine    *engine.Engine
	Room      *Room
	Auth      *auth.Service
	Estimator Estimator
	Log       *slog.Logger
	Console   http.Handler // the embedded pages
	Tile      func(z, x, y int) (gzipped []byte, ok bool)
	BeatAt    func(geo.Point) string
	Beats     []Beat // none: cover is counted by stations alone
	Places    Finder // nil: no pack
	Router    Router // nil: no pack
	PackHash  string // of the pack that access facts are matched on
	Notices   []Notice
	Speed     int  // of the clock: 1 in earnest
	Demo      bool // offers "enter as…" on loopback
	Secure    bool // cookies only over TLS
	// Token, if set, is a bearer token beside the stored ones, for TokenRole.
	Token     string
	TokenRole auth.Role
	Metrics   http.Handler
	// Forecaster plays what a posture would do. nil: none is built in, and the answer
	// says so; declaring never waits for it.
	Forecaster Forecaster
	Notifier   Notifier // nil: nobody outside is told
}

// Server answers requests. Make it with New.
type Server struct {
	opt     Options
	engine  *engine.Engine
	room    *Room
	api     huma.API
	mux     *http.ServeMux
	streams atomic.Int64
	closing chan struct{}
	once    sync.Once
	past    past          // calls of the last days, by place
	routes  []auth.Action // of everything registered, for the permission test
}

// New registers every route.
func New(opt Options) *Server {
	if opt.Log == nil {
		opt.Log = slog.New(slog.DiscardHandler)
	}
	if opt.Speed == 0 {
		opt.Speed = 1
	}
	s := &Server{opt: opt, engine: opt.Engine, room: opt.Room, mux: http.NewServeMux(), closing: make(chan struct{})}
	config := huma.DefaultConfig("Everycall", "1")
	config.Info.Description = "Computer-aided dispatch for the days when a city cannot answer every call. Times are RFC 3339 with offset; errors are problem+json (RFC 9457) with a stable code; every POST accepts an Idempotency-Key."
	config.OpenAPIPath, config.DocsPath, config.SchemasPath = "/api/v1/openapi", "", "/api/v1/schemas"
	config.CreateHooks = nil // no $schema links in answers
	config.Components.Schemas = huma.NewMapRegistry("#/components/schemas/", schemaName)
	config.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"token":   {Type: "http", Scheme: "bearer"},
		"session": {Type: "apiKey", In: "cookie", Name: SessionCookie},
	}
	config.Security = []map[string][]string{{"token": {}}, {"session": {}}}
	s.api = humago.New(s.mux, config)
	s.api.UseMiddleware(s.gate)
	s.sessionRoutes()
	s.readRoutes()
	s.contactRoutes()
	s.incidentRoutes()
	s.lineRoutes()
	s.configurationRoutes()
	s.linkedRoutes()
	s.boloRoutes()
	s.rotationRoutes()
	s.handoverRoutes()
	s.searchRoutes()
	s.unitRoutes()
	s.postureRoutes()
	s.rationingRoutes()
	s.sweepRoutes()
	s.sendingRoutes()
	s.placeRoutes()
	s.accessRoutes()
	s.hazardRoutes()
	s.claimRoutes()
	s.confidentialRoutes()
	s.figureRoutes()
	s.peopleRoutes()
	s.plainRoutes()
	return s
}

// schemaName tells the rules' own types, which a configuration is made of, and those
// of the figures from the rows of the same name.
func schemaName(t reflect.Type, hint string) string {
	name := huma.DefaultSchemaNamer(t, hint)
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	if strings.HasSuffix(t.PkgPath(), "/stats") {
		return "Figures" + name
	}
	if strings.HasSuffix(t.PkgPath(), "/dispatch") || strings.HasSuffix(t.PkgPath(), "/triage") || strings.HasSuffix(t.PkgPath(), "/geo") {
		return "Rules" + name
	}
	return name
}

// Actions lists every route that is registered, as the permission table names it.
func (s *Server) Actions() []auth.Action { return s.routes }

// Close ends the streams.
func (s *Server) Close() { s.once.Do(func() { close(s.closing) }) }

// plainRoutes are those that are no JSON.
func (s *Server) plainRoutes() {
	s.plain("GET /api/v1/stream", s.stream)
	s.plain("GET /tiles/{z}/{x}/{y}", s.tile)
	s.plain("GET /enter", s.enter)
	s.plain("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { writeText(w, http.StatusOK, "ok\n") })
	s.plain("GET /readyz", func(w http.ResponseWriter, _ *http.Request) {
		if s.engine.Stopped() {
			writeText(w, http.StatusServiceUnavailable, "not recording: reading only\n")
			return
		}
		writeText(w, http.StatusOK, "ready\n")
	})
	if s.opt.Metrics != nil {
		s.plain("GET /metrics", s.opt.Metrics.ServeHTTP)
	}
	if s.opt.Console != nil {
		s.routes = append(s.routes, "route:GET /{$}", "route:GET /assets/")
		s.mux.Handle("GET /", s.opt.Console)
	}
	streamed := &huma.Operation{OperationID: "stream", Method: http.MethodGet, Path: "/api/v1/stream", Tags: []string{"board"},
		Summary:     "Changes as server-sent events",
		Description: "Events `change` carry the journal sequence as id; resume with Last-Event-ID or ?after=. `positions` and `clock` have no id. `resync` asks for the whole board.",
		Parameters:  []*huma.Param{{Name: "after", In: "query", Schema: &huma.Schema{Type: "integer", Minimum: new(float64)}}},
		Responses:   map[string]*huma.Response{"200": {Description: "text/event-stream", Content: map[string]*huma.MediaType{"text/event-stream": {Schema: &huma.Schema{Type: "string"}}}}}}
	s.api.OpenAPI().AddOperation(streamed)
}

func writeText(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, text)
}

// plain registers a route that is not huma's, behind the same gate.
func (s *Server) plain(pattern string, h http.HandlerFunc) {
	action := auth.Action("route:" + pattern)
	s.routes = append(s.routes, action)
	s.mux.HandleFunc(pattern, func(w http.ResponseWriter, req *http.Request) {
		if p := s.allowed(req.Context(), action, req.Method, req.Header.Get("X-Everycall")); p != nil {
			writeProblem(w, p)
			return
		}
		h(w, req)
	})
}

// route registers a JSON route.
func route[I, O any](s *Server, method, path, id, tag, summary string, h func(context.Context, *I) (*O, error)) {
	s.routes = append(s.routes, auth.Action("route:"+method+" "+path))
	op := huma.Operation{OperationID: id, Method: method, Path: path, Summary: summary, Tags: []string{tag}, MaxBodyBytes: BodyMax,
		Errors: []int{http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusConflict, http.StatusUnprocessableEntity}}
	if method == http.MethodPost && strings.HasSuffix(path, "/contacts") {
		op.DefaultStatus = http.StatusCreated
	}
	if strings.HasSuffix(path, "/position") {
		op.DefaultStatus = http.StatusAccepted
	}
	huma.Register(s.api, op, h)
}

type contextKey int

const (
	identityKey contextKey = iota
	requestKey
)

// request is what the outer door knows of a request.
type request struct {
	key    string // the Idempotency-Key
	hash   []byte // of method, path and body
	cookie bool   // signed in by cookie: changes need the X-Everycall header
	text   string // the session or token as sent
}

func identity(ctx context.Context) auth.Principal {
	if p, ok := ctx.Value(identityKey).(auth.Principal); ok {
		return p
	}
	return auth.Public
}

func requestOf(ctx context.Context) request {
	r, _ := ctx.Value(requestKey).(request)
	return r
}

// ServeHTTP is the outer door: it finds out who asks, reads the body once within
// its limit, and hands on.
func (s *Server) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	defer func() {
		switch p := recover(); p {
		case nil:
		case http.ErrAbortHandler:
			panic(p)
		default: // one request is lost, the room goes on
			s.opt.Log.Error("panic in a request", "path", req.URL.Path, "panic", p, "stack", string(debug.Stack()))
			writeProblem(w, problem(http.StatusInternalServerError, "internal", "something failed here; look whether your change was recorded before you send it again", ""))
		}
	}()
	r := request{key: req.Header.Get("Idempotency-Key")}
	if len(r.key) > keyMax || strings.ContainsFunc(r.key, func(c rune) bool { return c < ' ' || c > '~' }) {
		writeProblem(w, problem(http.StatusUnprocessableEntity, "invalid_field", "an Idempotency-Key has at most 150 printable ASCII characters", "Idempotency-Key"))
		return
	}
	// A body that nobody asked for is read too: left in the connection, it would
	// hold the answer back for as long as its sender likes.
	looks := req.Method == http.MethodGet || req.Method == http.MethodHead
	if req.Body != nil && (!looks || req.Body != http.NoBody) {
		control := http.NewResponseController(w)
		_ = control.SetReadDeadline(time.Now().Add(bodyTimeout)) // a test's recorder has none
		body, err := io.ReadAll(http.MaxBytesReader(w, req.Body, BodyMax))
		var tooLarge *http.MaxBytesError
		if err != nil { // the deadline stays: nothing more is awaited from this connection
			w.Header().Set("Connection", "close")
		} else {
			_ = control.SetReadDeadline(time.Time{})
		}
		if errors.As(err, &tooLarge) {
			writeProblem(w, problem(http.StatusRequestEntityTooLarge, "body_too_large", "a request body has at most 256 KiB", "body"))
			return
		}
		if err != nil {
			writeProblem(w, problem(http.StatusBadRequest, "malformed", "the body broke off, or took longer than "+bodyTimeout.String()+": send it again", "body"))
			return
		}
		if coding := req.Header.Get("Content-Encoding"); len(body) > 0 && coding != "" && coding != "identity" {
			writeProblem(w, problem(http.StatusUnsupportedMediaType, "media_type_unsupported", "a body is sent as it is, without a Content-Encoding", "Content-Encoding"))
			return
		}
		sum := sha256.New()
		_, _ = io.WriteString(sum, req.Method+" "+req.URL.RequestURI()+"\n")
		sum.Write(body)
		r.hash = sum.Sum(nil)[:16]
		req.Body = io.NopCloser(bytes.NewReader(body))
	}
	who, err := s.whoIs(req, &r)
	if err != nil {
		s.opt.Log.Error("who is it", "err", err)
		writeProblem(w, problem(http.StatusServiceUnavailable, "accounts_unavailable", "accounts cannot be read at the moment", ""))
		return
	}
	ctx := context.WithValue(req.Context(), identityKey, who)
	ctx = context.WithValue(ctx, requestKey, r)
	h := w.Header()
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	if strings.HasPrefix(req.URL.Path, "/api/") {
		h.Set("Cache-Control", "no-store")
		if handler, pattern := s.mux.Handler(req); handler == nil || pattern == "" || !strings.Contains(pattern, "/api/") {
			s.noRoute(w, req)
			return
		}
		if name, is := strings.CutPrefix(req.URL.Path, "/api/v1/schemas/"); is && s.api.OpenAPI().Components.Schemas.Map()[strings.TrimSuffix(name, ".json")] == nil {
			writeProblem(w, problem(http.StatusNotFound, "not_found", "there is no such schema: see /api/v1/openapi.json", ""))
			return
		}
	}
	s.mux.ServeHTTP(w, req.WithContext(ctx))
}

// noRoute answers for an API path that is not there, or not by this method.
func (s *Server) noRoute(w http.ResponseWriter, req *http.Request) {
	var takes []string
	for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodDelete} {
		other := req.Clone(req.Context())
		other.Method = method
		if _, pattern := s.mux.Handler(other); strings.Contains(pattern, "/api/") {
			takes = append(takes, method)
		}
	}
	if allow := strings.Join(takes, ", "); allow != "" {
		w.Header().Set("Allow", allow)
		writeProblem(w, problem(http.StatusMethodNotAllowed, "method_not_allowed", "this path takes "+allow, ""))
		return
	}
	writeProblem(w, problem(http.StatusNotFound, "not_found", "there is no such path: see /api/v1/openapi.json", ""))
}

// whoIs finds the principal by bearer token or session cookie. Bad credentials
// are the public.
func (s *Server) whoIs(req *http.Request, r *request) (auth.Principal, error) {
	if scheme, text, is := strings.Cut(req.Header.Get("Authorization"), " "); is && strings.EqualFold(scheme, "Bearer") {
		r.text = text
		if s.opt.Token != "" && subtle.ConstantTimeCompare([]byte(text), []byte(s.opt.Token)) == 1 {
			return auth.Principal{Name: "token", Role: s.opt.TokenRole, Roles: []auth.Role{s.opt.TokenRole}, TokenID: "own"}, nil
		}
		who, err := s.opt.Auth.Bearer(req.Context(), text)
		if errors.Is(err, auth.ErrRefused) {
			return auth.Public, nil
		}
		return who, err
	}
	cookie, err := req.Cookie(SessionCookie)
	if err != nil {
		return auth.Public, nil
	}
	r.cookie, r.text = true, cookie.Value
	who, err := s.opt.Auth.Resume(req.Context(), cookie.Value)
	if errors.Is(err, auth.ErrRefused) {
		r.cookie = false
		return auth.Public, nil
	}
	return who, err
}

// stillAllowed looks again whether a long stream's reader may read on.
func (s *Server) stillAllowed(req *http.Request) bool {
	var r request
	who, err := s.whoIs(req, &r)
	return err == nil && who.Role == identity(req.Context()).Role && who.May("route:GET /api/v1/stream")
}

// gate is the permission table at huma's routes.
func (s *Server) gate(ctx huma.Context, next func(huma.Context)) {
	op := ctx.Operation()
	if p := s.allowed(ctx.Context(), auth.Action("route:"+op.Method+" "+op.Path), op.Method, ctx.Header("X-Everycall")); p != nil {
		ctx.SetHeader("Content-Type", "application/problem+json")
		ctx.SetStatus(p.Status)
		_ = s.api.Marshal(ctx.BodyWriter(), "application/json", p)
		return
	}
	next(ctx)
}

func (s *Server) allowed(ctx context.Context, action auth.Action, method, marker string) *Problem {
	who := identity(ctx)
	if !who.May(action) {
		if who.Role == auth.RolePublic {
			return problem(http.StatusUnauthorized, "signed_out", "sign in, or send a bearer token", "")
		}
		if who.MustChange {
			return problem(http.StatusForbidden, "password_must_change", "choose a new password first: POST /api/v1/session/password", "")
		}
		return problem(http.StatusForbidden, "not_allowed", "the role "+string(who.Role)+" may not do this", "")
	}
	if method != http.MethodGet && method != http.MethodHead && requestOf(ctx).cookie && marker == "" {
		return problem(http.StatusForbidden, "header_missing", "a change from a browser session needs the header X-Everycall: 1", "X-Everycall")
	}
	return nil
}

// submit gives one command to the engine, if the role may.
func (s *Server) submit(ctx context.Context, c dispatch.Command) (engine.Receipt, error) {
	who, r := identity(ctx), requestOf(ctx)
	if !who.May(auth.Action("command:" + c.CommandName())) {
		return engine.Receipt{}, problem(http.StatusForbidden, "not_allowed", "the role "+string(who.Role)+" may not give the command "+c.CommandName(), "")
	}
	id := ""
	if r.key != "" {
		id = "key:" + r.key
	}
	receipt, err := s.engine.Submit(ctx, engine.Submission{By: By(who), ID: id, Hash: r.hash, Command: c})
	if err != nil {
		return receipt, refusal(err)
	}
	return receipt, nil
}

// By is how a principal is written down in the journal.
func By(who auth.Principal) string { return string(who.Role) + ":" + who.Name }

// What a slow client can hold. The body's limit is set on each request, since a
// limit on the whole connection would end the streams.
const (
	ReadHeaderTimeout = 5 * time.Second
	IdleTimeout       = 2 * time.Minute
)

// bodyTimeout is how long a body may take; a test shortens it.
var bodyTimeout = 20 * time.Second
