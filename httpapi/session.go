package httpapi

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/everycall/everycall/auth"
)

// SessionRow says who is signed in.
type SessionRow struct {
	Name       string   `json:"name"`
	Role       string   `json:"role"`
	Roles      []string `json:"roles"`
	Demo       bool     `json:"demo"`
	MustChange bool     `json:"must_change_password"`
}

type sessionOut struct {
	SetCookie http.Cookie `header:"Set-Cookie"`
	Body      SessionRow
}

type signInIn struct {
	Remote
	Body struct {
		Name     string `json:"name" minLength:"1" maxLength:"64"`
		Password string `json:"password" minLength:"1" maxLength:"1024"`
	}
}

type enterIn struct {
	Remote
	Body struct {
		Role string `json:"role" enum:"call-taker,dispatcher,supervisor,responder,analyst,auditor"`
	}
}

type passwordIn struct {
	Remote
	Body struct {
		Old string `json:"old" minLength:"1" maxLength:"1024"`
		New string `json:"new" minLength:"1" maxLength:"1024"`
	}
}

type roleIn struct {
	Body struct {
		Role string `json:"role"`
	}
}

func (s *Server) sessionRoutes() {
	route(s, http.MethodGet, "/api/v1/session", "getSession", "session", "Who am I", func(ctx context.Context, _ *struct{}) (*struct{ Body SessionRow }, error) {
		who := identity(ctx)
		if who.Role == auth.RolePublic {
			p := problem(http.StatusUnauthorized, "signed_out", "nobody is signed in here", "")
			if s.opt.Demo {
				p.Type = "demo" // the page then offers "enter as…"
			}
			return nil, p
		}
		return &struct{ Body SessionRow }{s.sessionRow(who)}, nil
	})
	route(s, http.MethodPost, "/api/v1/session", "signIn", "session", "Sign in", func(ctx context.Context, in *signInIn) (*sessionOut, error) {
		text, who, err := s.opt.Auth.SignIn(ctx, in.Body.Name, in.Body.Password, in.Address)
		if err != nil {
			return nil, signInProblem(err)
		}
		return s.opened(text, who), nil
	})
	route(s, http.MethodDelete, "/api/v1/session", "signOut", "session", "Sign out", func(ctx context.Context, _ *struct{}) (*struct {
		SetCookie http.Cookie `header:"Set-Cookie"`
	}, error) {
		if r := requestOf(ctx); r.cookie {
			if err := s.opt.Auth.SignOut(ctx, r.text); err != nil && !errors.Is(err, auth.ErrRefused) {
				return nil, refusal(err)
			}
		}
		return &struct {
			SetCookie http.Cookie `header:"Set-Cookie"`
		}{s.cookie("", -1)}, nil
	})
	route(s, http.MethodPost, "/api/v1/session/enter", "enterDemo", "session", "Enter the demo in a role (loopback only)", func(ctx context.Context, in *enterIn) (*sessionOut, error) {
		if !s.opt.Demo || !loopback(in.Address) || !loopbackHost(in.Host) {
			return nil, problem(http.StatusForbidden, "not_allowed", "only the demo, and only on this machine, can be entered without an account", "")
		}
		text, who, err := s.opt.Auth.Enter(ctx, auth.Role(in.Body.Role))
		if err != nil {
			return nil, refusal(err)
		}
		return s.opened(text, who), nil
	})
	route(s, http.MethodPost, "/api/v1/session/password", "changePassword", "session", "Choose a new password", func(ctx context.Context, in *passwordIn) (*struct{}, error) {
		r := requestOf(ctx)
		if !r.cookie {
			return nil, problem(http.StatusForbidden, "not_allowed", "a password is changed from a signed-in session", "")
		}
		err := s.opt.Auth.ChangePassword(ctx, r.text, in.Body.Old, in.Body.New, in.Address)
		if errors.Is(err, auth.ErrPassword) {
			return nil, problem(http.StatusUnprocessableEntity, "invalid_field", words(err), "body.new")
		}
		if err != nil {
			return nil, signInProblem(err)
		}
		return &struct{}{}, nil
	})
	route(s, http.MethodPost, "/api/v1/session/role", "switchRole", "session", "Act in another of my roles", func(ctx context.Context, in *roleIn) (*struct{ Body SessionRow }, error) {
		who, err := s.opt.Auth.SwitchRole(ctx, requestOf(ctx).text, auth.Role(in.Body.Role))
		if errors.Is(err, auth.ErrRole) || errors.Is(err, auth.ErrRefused) {
			return nil, problem(http.StatusForbidden, "not_allowed", "this role is not yours", "body.role")
		}
		if err != nil {
			return nil, refusal(err)
		}
		return &struct{ Body SessionRow }{s.sessionRow(who)}, nil
	})
}

func (s *Server) sessionRow(who auth.Principal) SessionRow {
	return SessionRow{Name: who.Name, Role: string(who.Role), Roles: texts(who.Roles), Demo: s.opt.Demo, MustChange: who.MustChange}
}

func (s *Server) opened(text string, who auth.Principal) *sessionOut {
	return &sessionOut{SetCookie: s.cookie(text, int(auth.SessionAbsolute.Seconds())), Body: s.sessionRow(who)}
}

func (s *Server) cookie(value string, maxAge int) http.Cookie {
	return http.Cookie{Name: SessionCookie, Value: value, Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode, Secure: s.opt.Secure, MaxAge: maxAge}
}

// enter redeems a one-use code, as the demo prints it, and goes to the console.
func (s *Server) enter(w http.ResponseWriter, req *http.Request) {
	if req.Method == http.MethodHead { // looking is not using
		w.Header().Set("Allow", http.MethodGet)
		writeProblem(w, problem(http.StatusMethodNotAllowed, "method_not_allowed", "a code is used by GET", ""))
		return
	}
	text, _, err := s.opt.Auth.RedeemCode(req.Context(), req.URL.Query().Get("code"))
	if err != nil {
		http.Redirect(w, req, "/?used", http.StatusSeeOther) // the console then offers to sign in
		return
	}
	cookie := s.cookie(text, int(auth.SessionAbsolute.Seconds()))
	http.SetCookie(w, &cookie)
	http.Redirect(w, req, "/", http.StatusSeeOther)
}

// signInProblem turns what stands in the way of a password into a problem.
func signInProblem(err error) error {
	var slow *auth.ThrottledError
	if errors.As(err, &slow) {
		wait := strconv.Itoa(int((slow.Wait + time.Second - 1) / time.Second))
		return huma.ErrorWithHeaders(problem(http.StatusTooManyRequests, "throttled", "too many failed sign-ins: wait "+wait+" s and try again", ""), http.Header{"Retry-After": {wait}})
	}
	return refusal(err)
}

// words are an error of auth without the package's name.
func words(err error) string { return strings.TrimPrefix(err.Error(), "auth: ") }

// loopbackHost tells whether the request was addressed to this machine by a name
// that is its own. A page of a foreign name that resolves to it is not at home here,
// nor is one behind a proxy.
func loopbackHost(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	return host == "localhost" || loopback(strings.Trim(host, "[]"))
}

func loopback(address string) bool {
	ip := net.ParseIP(address)
	return ip != nil && ip.IsLoopback()
}

func (s *Server) tile(w http.ResponseWriter, req *http.Request) {
	z, okZ := strconv.Atoi(req.PathValue("z"))
	x, okX := strconv.Atoi(req.PathValue("x"))
	name, is := strings.CutSuffix(req.PathValue("y"), ".mvt")
	y, okY := strconv.Atoi(name)
	if s.opt.Tile == nil || !is || okZ != nil || okX != nil || okY != nil {
		writeProblem(w, problem(http.StatusNotFound, "not_found", "a tile is /tiles/{z}/{x}/{y}.mvt", ""))
		return
	}
	body, ok := s.opt.Tile(z, x, y)
	if !ok {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "application/vnd.mapbox-vector-tile")
	h.Set("Content-Encoding", "gzip")
	h.Set("Cache-Control", "private, max-age=3600")
	_, _ = w.Write(body) // the reader may have gone
}
