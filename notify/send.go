package notify

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"

	"github.com/everycall/everycall/notify/outbox"
)

// Sender sends one message; it returns when ctx ends, at the latest. A failure that no
// further try can help is a refusal.
type Sender interface {
	Send(ctx context.Context, m outbox.Message) error
}

// refusal: the target took the message in and said no.
type refusal struct{ words string }

func (r *refusal) Error() string { return r.words }

// senderOf makes the sender of a target.
func senderOf(t *Target) (Sender, error) {
	switch t.Kind {
	case "webhook":
		key, err := webhookKey(t.secret)
		return &webhook{t: t, key: key, client: client()}, err
	case "ntfy":
		return &ntfy{t: t, client: client()}, nil
	case "smtp":
		return &smtp{t: t}, nil
	}
	return nil, fmt.Errorf("kind %q: webhook, ntfy or smtp", t.Kind)
}

// client follows no redirect: a target is who was configured. Every try has its own
// deadline.
func client() *http.Client {
	return &http.Client{
		Transport:     &http.Transport{MaxIdleConnsPerHost: 1, MaxConnsPerHost: 2, IdleConnTimeout: time.Minute, ForceAttemptHTTP2: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// post sends a request and reads the answer as far as it needs to be.
func post(c *http.Client, req *http.Request) error {
	res, err := c.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	_, _ = io.CopyN(io.Discard, res.Body, 64<<10) // so that the connection can be used again
	switch {
	case res.StatusCode < 300:
		return nil
	case res.StatusCode == http.StatusRequestTimeout, res.StatusCode == http.StatusTooManyRequests, res.StatusCode >= 500:
		return &status{res.StatusCode}
	}
	return &refusal{"it answers " + strconv.Itoa(res.StatusCode)}
}

type status struct{ code int }

func (s *status) Error() string { return "it answers " + strconv.Itoa(s.code) }

// webhook posts JSON, signed as Standard Webhooks 1.0 says: HMAC-SHA256 over the id, the
// time in seconds and the body. The id is the same in every try, so that a receiver
// knows a message again.
type webhook struct {
	t      *Target
	key    []byte
	client *http.Client
}

func (w *webhook) Send(ctx context.Context, m outbox.Message) error {
	body := m.Body
	if m.Place != "" {
		var err error
		if body, err = withPlace(body, m.Place); err != nil {
			return &refusal{"its body cannot be read"}
		}
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, w.t.URL, bytes.NewReader(body))
	if err != nil {
		return err
	}
	id, at := "msg_"+strconv.FormatInt(m.ID, 10)+"_"+strconv.FormatUint(m.Seq, 10), strconv.FormatInt(time.Now().Unix(), 10)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "Everycall")
	req.Header.Set("webhook-id", id)
	req.Header.Set("webhook-timestamp", at)
	req.Header.Set("webhook-signature", sign(w.key, id, at, body))
	return post(w.client, req)
}

func sign(key []byte, id, at string, body []byte) string {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(id + "." + at + "."))
	mac.Write(body)
	return "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// withPlace puts the place into the data of a body.
func withPlace(body []byte, place string) ([]byte, error) {
	var e struct {
		Type      string         `json:"type"`
		Timestamp string         `json:"timestamp"`
		Data      map[string]any `json:"data"`
	}
	if err := json.Unmarshal(body, &e); err != nil {
		return nil, err
	}
	e.Data["place"] = place
	return json.Marshal(e)
}

// ntfy publishes to a topic.
type ntfy struct {
	t      *Target
	client *http.Client
}

func (n *ntfy) Send(ctx context.Context, m outbox.Message) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, n.t.URL, strings.NewReader(words(m)))
	if err != nil {
		return err
	}
	req.Header.Set("Title", m.Title)
	if m.Kind == "alarm.raised" || m.Kind == "unit.dispatched" {
		req.Header.Set("Priority", "high")
	}
	if len(n.t.secret) > 0 {
		req.Header.Set("Authorization", "Bearer "+string(n.t.secret))
	}
	return post(n.client, req)
}

// words are the line that a person reads.
func words(m outbox.Message) string {
	if m.Place == "" {
		return m.Text
	}
	return m.Text + ", at " + m.Place
}

// smtp sends a mail.
type smtp struct{ t *Target }

func (s *smtp) Send(ctx context.Context, m outbox.Message) error {
	policy, implicit := gomail.TLSMandatory, false
	switch s.t.TLS {
	case "tls":
		implicit = true
	case "none":
		policy = gomail.NoTLS
	}
	options := []gomail.Option{gomail.WithTLSPortPolicy(policy), gomail.WithTimeout(ms(s.t.TimeoutMs)), gomail.WithPort(s.t.Port)}
	if implicit {
		options = append(options, gomail.WithSSL())
	}
	if s.t.User != "" {
		options = append(options, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover), gomail.WithUsername(s.t.User), gomail.WithPassword(string(s.t.secret)))
	}
	c, err := gomail.NewClient(s.t.Host, options...)
	if err != nil {
		return err
	}
	mail := gomail.NewMsg()
	if err := errors.Join(mail.From(s.t.From), mail.To(s.t.To...)); err != nil {
		return &refusal{"an address is not valid"}
	}
	mail.Subject(m.Title)
	mail.SetMessageIDWithValue("everycall-" + strconv.FormatInt(m.ID, 10) + "-" + strconv.FormatUint(m.Seq, 10) + "@" + s.t.Host)
	mail.SetBodyString(gomail.TypeTextPlain, words(m)+"\n")
	err = c.DialAndSendWithContext(ctx, mail)
	var refused *gomail.SendError
	if errors.As(err, &refused) && !refused.IsTemp() && refused.Reason != gomail.ErrConnCheck {
		return &refusal{"the mail server refuses it"}
	}
	return err
}

// wordsOf says what went wrong without an address, a secret or a part of the message.
func wordsOf(err error, timeout time.Duration) string {
	var s *status
	var r *refusal
	var timedOut net.Error
	switch {
	case errors.As(err, &s):
		return s.Error()
	case errors.As(err, &r):
		return r.Error()
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timedOut) && timedOut.Timeout():
		return "no answer within " + strconv.FormatInt(timeout.Milliseconds(), 10) + " ms"
	}
	var op *net.OpError
	var dns *net.DNSError
	switch {
	case errors.As(err, &dns):
		return "its name is not known"
	case errors.As(err, &op):
		return "no connection"
	}
	return "it cannot be reached"
}
