// Package client asks a running Everycall over its HTTP API, for the command line. It
// owns the address, the token and how a refusal reads; it knows no command and no event.
// Every command carries an idempotency key, so that sending it again is safe.
package client

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Client speaks to one server as the holder of one token.
type Client struct {
	base, token string
	http        http.Client
}

// timeout is how long one request may take: no call without one.
const timeout = 30 * time.Second

// answerMax is how many bytes of an answer are read.
const answerMax = 64 << 20

// New makes a client for an address like http://127.0.0.1:8911. The token is sent only
// over TLS or to this machine, unless insecure is set.
func New(address, token string, insecure bool) (*Client, error) {
	u, err := url.Parse(strings.TrimRight(address, "/"))
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return nil, fmt.Errorf("--at %q is no address: want one as in http://127.0.0.1:8911", address)
	}
	if token == "" {
		return nil, errors.New("a token is needed: --token, or EVERYCALL_TOKEN in the environment")
	}
	if host := u.Hostname(); u.Scheme == "http" && !insecure && host != "127.0.0.1" && host != "::1" && host != "localhost" {
		return nil, fmt.Errorf("--at %s is not this machine and has no TLS: the token would cross the network in the clear; use https, or --insecure", address)
	}
	return &Client{base: u.String(), token: token, http: http.Client{Timeout: timeout}}, nil
}

// Refusal is what the server answers instead of doing it: a sentence, and the field at
// fault where there is one.
type Refusal struct {
	Status int    `json:"status"`
	Code   string `json:"code"`
	Detail string `json:"detail"`
}

func (r *Refusal) Error() string {
	if r.Detail == "" {
		return fmt.Sprintf("the server answered %d %s", r.Status, http.StatusText(r.Status))
	}
	return r.Detail + " (" + r.Code + ")"
}

// Ask sends a request and decodes the answer into out, unless that is nil. What the
// server refuses is a *Refusal.
func (c *Client) Ask(ctx context.Context, method, path string, in, out any) error {
	var body io.Reader
	if in != nil {
		text, err := json.Marshal(in)
		if err != nil {
			return fmt.Errorf("encode the request: %w", err)
		}
		body = bytes.NewReader(text)
	}
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, body)
	if err != nil {
		return fmt.Errorf("make the request: %w", err)
	}
	req.Header.Set("Authorization", "Bearer "+c.token)
	if in != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if method != http.MethodGet {
		req.Header.Set("Idempotency-Key", rand.Text())
	}
	answer, err := c.http.Do(req)
	if err != nil {
		return fmt.Errorf("ask the server: %w", err)
	}
	defer func() { _ = answer.Body.Close() }() // it was read
	text, err := io.ReadAll(io.LimitReader(answer.Body, answerMax))
	if err != nil {
		return fmt.Errorf("read the answer: %w", err)
	}
	if answer.StatusCode >= http.StatusBadRequest {
		no := &Refusal{}
		if json.Unmarshal(text, no) != nil {
			no = &Refusal{}
		}
		no.Status = answer.StatusCode
		return no
	}
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(text, out); err != nil {
		return fmt.Errorf("the answer is not what was asked for: %w", err)
	}
	return nil
}
