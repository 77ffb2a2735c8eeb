package notify

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/mail"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"time"
)

// The limits of a configuration.
const (
	TargetsMax = 50
	RulesMax   = 200
)

// Config says who is told of what. Secrets are in files of their own.
type Config struct {
	Seed    uint64   `json:"seed,omitempty"` // of the jitter between tries
	Targets []Target `json:"targets"`
	Rules   []Rule   `json:"rules"`
}

// Target is somebody who is told.
type Target struct {
	Name  string `json:"name"`
	Kind  string `json:"kind"`            // webhook, ntfy, smtp
	Place bool   `json:"place,omitempty"` // may have the place of a call: the pagers of units

	URL        string `json:"url,omitempty"`         // webhook; ntfy: with the topic
	SecretFile string `json:"secret_file,omitempty"` // webhook: whsec_ and base64, or base64; ntfy: an access token; smtp: the password

	Host string   `json:"host,omitempty"` // smtp
	Port int      `json:"port,omitempty"`
	TLS  string   `json:"tls,omitempty"` // tls, starttls (when left out), none
	User string   `json:"user,omitempty"`
	From string   `json:"from,omitempty"`
	To   []string `json:"to,omitempty"`

	TimeoutMs    int `json:"timeout_ms,omitempty"`    // of one try; 5,000
	Attempts     int `json:"attempts,omitempty"`      // before it is given up; 8
	RetryMs      int `json:"retry_ms,omitempty"`      // after the first failure, doubled after each; 1,000
	RetryMaxMs   int `json:"retry_max_ms,omitempty"`  // 300,000
	BreakAfter   int `json:"break_after,omitempty"`   // failures in a row; 5
	BreakMs      int `json:"break_ms,omitempty"`      // without a try; 30,000
	StaleMinutes int `json:"stale_minutes,omitempty"` // a message that old is given up, not sent late; 30

	secret []byte
}

// Rule says which events a target is told of. An empty list is no condition.
type Rule struct {
	On       []string `json:"on"` // of Kinds
	Services []string `json:"services,omitempty"`
	Units    []string `json:"units,omitempty"`
	Levels   []string `json:"levels,omitempty"` // of alarms: life_safety, warning, notice
	Causes   []string `json:"causes,omitempty"` // of alarms
	Desks    []string `json:"desks,omitempty"`  // of alarms
	To       []string `json:"to"`               // targets by name
}

var nameLike = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,39}$`)

// Load reads a configuration and its secrets.
func Load(path string) (Config, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return Config{}, fmt.Errorf("read the notifier's configuration: %w", err)
	}
	var c Config
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&c); err != nil {
		return Config{}, fmt.Errorf("the notifier's configuration %s: %w", path, err)
	}
	for n := range c.Targets {
		if file := c.Targets[n].SecretFile; file != "" {
			secret, err := os.ReadFile(file)
			if err != nil {
				return Config{}, fmt.Errorf("target %s: read its secret: %w", c.Targets[n].Name, err)
			}
			c.Targets[n].secret = bytes.TrimSpace(secret)
		}
	}
	if err := c.check(); err != nil {
		return Config{}, fmt.Errorf("the notifier's configuration %s: %w", path, err)
	}
	return c, nil
}

// check refuses what could not work, naming the cure, and fills in what was left out.
func (c *Config) check() error {
	if len(c.Targets) > TargetsMax || len(c.Rules) > RulesMax {
		return fmt.Errorf("at most %d targets and %d rules", TargetsMax, RulesMax)
	}
	var names []string
	for n := range c.Targets {
		t := &c.Targets[n]
		if !nameLike.MatchString(t.Name) || slices.Contains(names, t.Name) {
			return fmt.Errorf("target %q: a name of its own, of small letters, digits, _ and -", t.Name)
		}
		names = append(names, t.Name)
		if err := t.check(); err != nil {
			return fmt.Errorf("target %s: %w", t.Name, err)
		}
	}
	for n, r := range c.Rules {
		if len(r.On) == 0 || len(r.To) == 0 {
			return fmt.Errorf("rule %d: on what, and to whom?", n+1)
		}
		for _, on := range r.On {
			if !slices.Contains(Kinds, on) {
				return fmt.Errorf("rule %d: %q is none of %s", n+1, on, strings.Join(Kinds, ", "))
			}
		}
		for _, to := range r.To {
			if !slices.Contains(names, to) {
				return fmt.Errorf("rule %d: there is no target %q", n+1, to)
			}
		}
	}
	return nil
}

func (t *Target) check() error {
	for _, v := range []struct {
		what                   string
		of                     *int
		otherwise, least, most int
	}{
		{"timeout_ms", &t.TimeoutMs, 5_000, 1, 60_000}, {"attempts", &t.Attempts, 8, 1, 50}, {"retry_ms", &t.RetryMs, 1_000, 1, 600_000},
		{"retry_max_ms", &t.RetryMaxMs, 300_000, 1, 3_600_000}, {"break_after", &t.BreakAfter, 5, 1, 100}, {"break_ms", &t.BreakMs, 30_000, 1, 3_600_000},
		{"stale_minutes", &t.StaleMinutes, 30, 1, 7 * 24 * 60},
	} {
		if *v.of == 0 {
			*v.of = v.otherwise
		}
		if *v.of < v.least || *v.of > v.most {
			return fmt.Errorf("%s is between %d and %d", v.what, v.least, v.most)
		}
	}
	switch t.Kind {
	case "webhook":
		if len(t.secret) == 0 {
			return errors.New("secret_file is needed: the receiver checks the signature with it")
		}
		if _, err := webhookKey(t.secret); err != nil {
			return err
		}
		return checkURL(t.URL)
	case "ntfy":
		return checkURL(t.URL)
	case "smtp":
		if t.TLS == "" {
			t.TLS = "starttls"
		}
		if t.Host == "" || t.Port < 1 || t.Port > 65535 || !slices.Contains([]string{"tls", "starttls", "none"}, t.TLS) || len(t.To) == 0 {
			return errors.New("host, port, to, and tls (tls, starttls or none) are needed")
		}
		for _, address := range append([]string{t.From}, t.To...) {
			if _, err := mail.ParseAddress(address); err != nil {
				return fmt.Errorf("%q is no mail address", address)
			}
		}
		return nil
	}
	return fmt.Errorf("kind %q: webhook, ntfy or smtp", t.Kind)
}

func checkURL(text string) error {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return errors.New("url: an http or https address")
	}
	if host := u.Hostname(); u.Scheme == "http" && host != "localhost" && host != "127.0.0.1" && host != "::1" {
		return errors.New("url: https, since what is sent crosses a network")
	}
	return nil
}

// webhookKey is the key of a Standard Webhooks secret.
func webhookKey(secret []byte) ([]byte, error) {
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(string(secret), "whsec_"))
	if err != nil || len(key) < 16 {
		return nil, errors.New("the secret is whsec_ and at least 16 bytes in base64")
	}
	return key, nil
}

func ms(n int) time.Duration { return time.Duration(n) * time.Millisecond }
