package httpapi

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/everycall/everycall/auth"
)

// PersonRow is an account as administrators and auditors see it.
type PersonRow struct {
	Name       string   `json:"name"`
	Roles      []string `json:"roles"`
	MustChange bool     `json:"must_change_password"`
	Disabled   bool     `json:"disabled"`
	Created    string   `json:"created"`
}

// OneTime is a one-time password or a token's secret: shown once, here.
type OneTime struct {
	Name   string `json:"name,omitempty"`
	ID     string `json:"id,omitempty"`
	Secret string `json:"secret"`
}

// TokenRow is a bearer token without its secret.
type TokenRow struct {
	ID      string `json:"id"`
	Label   string `json:"label"`
	Owner   string `json:"owner"`
	Role    string `json:"role"`
	Created string `json:"created"`
	Expires string `json:"expires"`
	Revoked string `json:"revoked,omitempty"`
}

type personIn struct {
	Body struct {
		Name  string   `json:"name" minLength:"1" maxLength:"64"`
		Roles []string `json:"roles" minItems:"1" maxItems:"8"`
	}
}

type namedIn struct {
	Name string    `path:"name" maxLength:"64"`
	Body *struct{} `required:"false"`
}

type rolesIn struct {
	Name string `path:"name" maxLength:"64"`
	Body struct {
		Roles []string `json:"roles" minItems:"1" maxItems:"8"`
	}
}

type tokenIn struct {
	Body struct {
		Label string `json:"label" minLength:"1" maxLength:"200"`
		Role  string `json:"role" minLength:"1" maxLength:"40"`
		Days  int    `json:"days" minimum:"1" maximum:"366"`
	}
}

func wall(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

func rolesOf(texts []string) []auth.Role {
	roles := make([]auth.Role, len(texts))
	for n, text := range texts {
		roles[n] = auth.Role(text)
	}
	return roles
}

// accountProblem turns an error of auth into a problem that names the field.
func accountProblem(err error) error {
	switch {
	case errors.Is(err, auth.ErrNotFound):
		return problem(http.StatusNotFound, "person_unknown", "there is no such account", "path.name")
	case errors.Is(err, auth.ErrExists):
		return problem(http.StatusConflict, "name_taken", "the name is taken", "body.name")
	case errors.Is(err, auth.ErrName):
		return problem(http.StatusUnprocessableEntity, "invalid_field", words(err), "body.name")
	case errors.Is(err, auth.ErrRole):
		return problem(http.StatusUnprocessableEntity, "invalid_field", words(err), "body.roles")
	case errors.Is(err, auth.ErrLife):
		return problem(http.StatusUnprocessableEntity, "invalid_field", words(err), "body.days")
	}
	return refusal(err)
}

func (s *Server) peopleRoutes() {
	route(s, http.MethodGet, "/api/v1/people", "listPeople", "people", "Accounts", func(ctx context.Context, _ *struct{}) (*body[Page[PersonRow]], error) {
		people, err := s.opt.Auth.People(ctx)
		if err != nil {
			return nil, accountProblem(err)
		}
		out := Page[PersonRow]{Items: []PersonRow{}}
		for _, p := range people {
			out.Items = append(out.Items, PersonRow{Name: p.Name, Roles: texts(p.Roles), MustChange: p.MustChange, Disabled: p.Disabled, Created: wall(p.Created)})
		}
		return &body[Page[PersonRow]]{out}, nil
	})
	route(s, http.MethodPost, "/api/v1/people", "addPerson", "people", "Make an account; answers its one-time password", func(ctx context.Context, in *personIn) (*body[OneTime], error) {
		secret, err := s.opt.Auth.AddPerson(ctx, in.Body.Name, rolesOf(in.Body.Roles))
		if err != nil {
			return nil, accountProblem(err)
		}
		return &body[OneTime]{OneTime{Name: in.Body.Name, Secret: secret}}, nil
	})
	route(s, http.MethodPost, "/api/v1/people/{name}/roles", "setRoles", "people", "Give other roles; ends the account's sessions", func(ctx context.Context, in *rolesIn) (*struct{}, error) {
		if err := s.opt.Auth.SetRoles(ctx, in.Name, rolesOf(in.Body.Roles)); err != nil {
			return nil, accountProblem(err)
		}
		return &struct{}{}, nil
	})
	route(s, http.MethodPost, "/api/v1/people/{name}/password", "resetPassword", "people", "A new one-time password", func(ctx context.Context, in *namedIn) (*body[OneTime], error) {
		secret, err := s.opt.Auth.ResetPassword(ctx, in.Name)
		if err != nil {
			return nil, accountProblem(err)
		}
		return &body[OneTime]{OneTime{Name: in.Name, Secret: secret}}, nil
	})
	route(s, http.MethodPost, "/api/v1/people/{name}/disable", "disablePerson", "people", "Close an account; ends its sessions and tokens", func(ctx context.Context, in *namedIn) (*struct{}, error) {
		if err := s.opt.Auth.Disable(ctx, in.Name); err != nil {
			return nil, accountProblem(err)
		}
		return &struct{}{}, nil
	})
	route(s, http.MethodGet, "/api/v1/tokens", "listTokens", "people", "Bearer tokens, without their secrets", func(ctx context.Context, _ *struct{}) (*body[Page[TokenRow]], error) {
		tokens, err := s.opt.Auth.Tokens(ctx)
		if err != nil {
			return nil, accountProblem(err)
		}
		out := Page[TokenRow]{Items: []TokenRow{}}
		for _, t := range tokens {
			out.Items = append(out.Items, TokenRow{ID: t.ID, Label: t.Label, Owner: t.Owner, Role: string(t.Role), Created: wall(t.Created), Expires: wall(t.Expires), Revoked: wall(t.Revoked)})
		}
		return &body[Page[TokenRow]]{out}, nil
	})
	route(s, http.MethodPost, "/api/v1/tokens", "issueToken", "people", "A bearer token of mine for a program; answers its secret once", func(ctx context.Context, in *tokenIn) (*body[OneTime], error) {
		secret, t, err := s.opt.Auth.IssueToken(ctx, in.Body.Label, identity(ctx).Name, auth.Role(in.Body.Role), time.Duration(in.Body.Days)*24*time.Hour)
		switch {
		case errors.Is(err, auth.ErrName):
			return nil, problem(http.StatusUnprocessableEntity, "invalid_field", words(err), "body.label")
		case errors.Is(err, auth.ErrRole):
			return nil, problem(http.StatusUnprocessableEntity, "invalid_field", words(err), "body.role")
		case err != nil:
			return nil, accountProblem(err)
		}
		return &body[OneTime]{OneTime{ID: t.ID, Secret: secret}}, nil
	})
	route(s, http.MethodDelete, "/api/v1/tokens/{id}", "revokeToken", "people", "Revoke a token", func(ctx context.Context, in *idIn) (*struct{}, error) {
		if err := s.opt.Auth.RevokeToken(ctx, in.ID); err != nil {
			return nil, accountProblem(err)
		}
		return &struct{}{}, nil
	})
}
