package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/everycall/everycall/cmd/everycall/client"
)

type accessCmd struct {
	List     accessListCmd     `cmd:"" help:"What is known of ways: which are blocked, how old that is, contradicted by what."`
	Record   accessRecordCmd   `cmd:"" help:"What somebody saw of a way; routes obey it at once."`
	Confirm  accessConfirmCmd  `cmd:"" help:"Seen again: still so, or what it is now."`
	Withdraw accessWithdrawCmd `cmd:"" help:"Take a fact back."`
}

type accessListCmd struct {
	server
	JSON bool `name:"json" help:"Print them as JSON, as the API answers."`
}

// Help is shown by --help.
func (accessListCmd) Help() string {
	return "Example:\n  EVERYCALL_TOKEN=… everycall access list\n\nExit status: 0 done, 1 not done."
}

func (c accessListCmd) Run() error {
	var raw json.RawMessage
	if err := c.ask(http.MethodGet, "/api/v1/access", nil, &raw); err != nil {
		return err
	}
	if c.JSON {
		fmt.Println(string(raw))
		return nil
	}
	var page struct {
		Items []struct {
			client.Access
			ID         string   `json:"id"`
			Current    string   `json:"current"`
			AgeMs      int64    `json:"age_ms"`
			Conflicts  []string `json:"conflicts"`
			Untold     []string `json:"untold"`
			OnNoStreet bool     `json:"on_no_street"`
		} `json:"items"`
	}
	if err := json.Unmarshal(raw, &page); err != nil {
		return fmt.Errorf("the answer is not what was asked for: %w", err)
	}
	for _, a := range page.Items {
		now := a.Current
		if now != a.State {
			now += ", was " + a.State
		}
		fmt.Printf("%s %s: %s, %s for %s, %s by %s %s ago, worth %s\n", a.ID, a.Kind, now, cmp.Or(a.Direction, "both"), cmp.Or(strings.Join(a.Classes, " "), "all vehicles"),
			a.Confidence, a.Source, span(a.AgeMs), span(a.HalfLifeMs))
		for _, more := range []struct{ what, is string }{{"obstacle", a.Obstacle}, {"note", a.Note}, {"contradicted by", strings.Join(a.Conflicts, " ")}, {"not announced to", strings.Join(a.Untold, " ")}} {
			if more.is != "" {
				fmt.Printf("  %s %s\n", more.what, more.is)
			}
		}
		if a.OnNoStreet {
			fmt.Println("  on no street: it closes nothing; draw it anew")
		}
	}
	return nil
}

func span(ms int64) string {
	return (time.Duration(ms) * time.Millisecond).Truncate(time.Minute).String()
}

type accessRecordCmd struct {
	server
	GeoJSON    string        `name:"geojson" type:"existingfile" help:"A file: each Point, LineString or Polygon is a fact; its properties state, direction and note count before the flags."`
	Point      string        `help:"Or one place as \"lat,lon\"."`
	Line       string        `help:"Or a line along streets as \"lat,lon lat,lon …\"."`
	Area       string        `help:"Or an area as \"lat,lon lat,lon lat,lon …\"."`
	Direction  string        `enum:"both,forward,backward" default:"both" help:"Of a line: both, forward (as it is written) or backward."`
	Class      []string      `help:"A vehicle class that it is for: patrol, engine, ambulance, foot, bicycle. May be given again; none: all."`
	State      string        `enum:"open,delayed,restricted,blocked,unknown" default:"blocked" help:"open, delayed, restricted, blocked or unknown."`
	Delay      time.Duration `help:"How much longer it takes, as in 5m: of a delayed way, or of a checkpoint for those whom it admits."`
	Source     string        `required:"" help:"Who saw it, by role."`
	Confidence string        `enum:"seen,reported,rumoured" default:"seen" help:"seen, reported or rumoured."`
	HalfLife   time.Duration `default:"2h" help:"After so long it is unknown, as in 90m."`
	Obstacle   string        `enum:"checkpoint,barricade,closure,none" default:"none" help:"What stands there: checkpoint, barricade, closure or none."`
	Admits     []string      `help:"A service that a checkpoint lets through. May be given again."`
	Note       string        `help:"One line more."`
}

// Help is shown by --help.
func (accessRecordCmd) Help() string {
	return "Examples:\n  everycall access record --line \"47.6135,-122.3190 47.6170,-122.3190\" --state blocked --direction forward --class engine --source \"engine officer\" --half-life 2h\n  everycall access record --point 47.6150,-122.3190 --obstacle checkpoint --admits ems --delay 3m --source \"patrol sergeant\"\n  everycall access record --geojson closures.geojson --source \"street department\" --confidence reported --half-life 12h\n\nExit status: 0 all recorded, 1 not all: those before the one at fault stand."
}

// facts are what the flags say.
func (c accessRecordCmd) facts() ([]client.Access, error) {
	like := client.Access{Direction: c.Direction, Classes: c.Class, State: c.State, DelayMs: c.Delay.Milliseconds(), Source: c.Source, Confidence: c.Confidence, HalfLifeMs: c.HalfLife.Milliseconds(),
		Note: c.Note, Admits: c.Admits}
	if c.Obstacle != "none" {
		like.Obstacle = c.Obstacle
	}
	given := 0
	for _, text := range []string{c.GeoJSON, c.Point, c.Line, c.Area} {
		if text != "" {
			given++
		}
	}
	if given != 1 {
		return nil, errors.New("a fact lies somewhere: one of --point, --line, --area and --geojson")
	}
	if c.GeoJSON != "" {
		text, err := os.ReadFile(c.GeoJSON)
		if err != nil {
			return nil, fmt.Errorf("read the file: %w", err)
		}
		all, err := client.ReadWays(text, like)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", c.GeoJSON, err)
		}
		return all, nil
	}
	for _, shape := range []struct {
		kind, text    string
		least, atMost int
	}{{"point", c.Point, 1, 1}, {"line", c.Line, 2, pointsMax}, {"area", c.Area, 3, pointsMax}} {
		if shape.text == "" {
			continue
		}
		like.Kind = shape.kind
		for _, text := range strings.Fields(shape.text) {
			at, err := latLon(text)
			if err != nil {
				return nil, fmt.Errorf("--%s: %w", shape.kind, err)
			}
			like.Geometry = append(like.Geometry, at)
		}
		if n := len(like.Geometry); n < shape.least || n > shape.atMost {
			return nil, fmt.Errorf("--%s has %d to %d places, not %d", shape.kind, shape.least, shape.atMost, n)
		}
	}
	return []client.Access{like}, nil
}

// pointsMax is how many places a line or an area has at most.
const pointsMax = 500

func (c accessRecordCmd) Run() error {
	facts, err := c.facts()
	if err != nil {
		return err
	}
	for n, fact := range facts {
		var done struct {
			IDs []string `json:"ids"`
		}
		if err := c.ask(http.MethodPost, "/api/v1/access", fact, &done); err != nil {
			return fmt.Errorf("fact %d of %d: %w", n+1, len(facts), err)
		}
		fmt.Printf("recorded: %s, %s %s\n", strings.Join(done.IDs, " "), fact.Kind, fact.State)
	}
	return nil
}

type accessConfirmCmd struct {
	server
	ID         string `arg:"" help:"The fact, as in x1."`
	Source     string `help:"Who saw it, by role; the token's name when left out."`
	Confidence string `enum:"seen,reported,rumoured" default:"seen" help:"seen, reported or rumoured."`
	State      string `help:"What it is now: open, delayed, restricted, blocked or unknown; still so when left out."`
}

// Help is shown by --help.
func (accessConfirmCmd) Help() string {
	return "Examples:\n  everycall access confirm x1\n  everycall access confirm x1 --state open --source \"engine officer\"\n\nExit status: 0 confirmed, 1 not."
}

func (c accessConfirmCmd) Run() error {
	body := map[string]string{"confidence": c.Confidence}
	for key, text := range map[string]string{"source": c.Source, "state": c.State} {
		if text != "" {
			body[key] = text
		}
	}
	if err := c.ask(http.MethodPost, "/api/v1/access/"+url.PathEscape(c.ID)+"/confirm", body, nil); err != nil {
		return err
	}
	fmt.Printf("confirmed: %s, %s\n", c.ID, cmp.Or(c.State, "still so"))
	return nil
}

type accessWithdrawCmd struct {
	server
	ID     string `arg:"" help:"The fact, as in x1."`
	Reason string `required:"" help:"Why."`
}

// Help is shown by --help.
func (accessWithdrawCmd) Help() string {
	return "Example:\n  everycall access withdraw x1 --reason \"it was another street\"\n\nExit status: 0 withdrawn, 1 not."
}

func (c accessWithdrawCmd) Run() error {
	if err := c.ask(http.MethodDelete, "/api/v1/access/"+url.PathEscape(c.ID)+"?reason="+url.QueryEscape(c.Reason), nil, nil); err != nil {
		return err
	}
	fmt.Printf("withdrawn: %s\n", c.ID)
	return nil
}
