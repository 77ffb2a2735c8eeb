package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"

	"github.com/everycall/everycall/cmd/everycall/client"
)

type zoneCmd struct {
	List    zoneListCmd    `cmd:"" help:"Zones in force, and those that ended within a day."`
	Declare zoneDeclareCmd `cmd:"" help:"A place that cannot simply be entered."`
	Amend   zoneAmendCmd   `cmd:"" help:"Change a zone: what is given replaces what it had."`
	End     zoneEndCmd     `cmd:"" help:"It can be entered again."`
}

// server is where a running Everycall is asked, and as whom.
type server struct {
	At       string `default:"http://127.0.0.1:8911" env:"EVERYCALL_AT" help:"The server's address."`
	Token    string `env:"EVERYCALL_TOKEN" help:"An API token; better in the environment than on the command line."`
	Insecure bool   `help:"Send the token without TLS beyond this machine."`
}

func (s server) ask(method, path string, in, out any) error {
	c, err := client.New(s.At, s.Token, s.Insecure)
	if err != nil {
		return err
	}
	return c.Ask(context.Background(), method, path, in, out)
}

// zoneFlags are what a zone is made of.
type zoneFlags struct {
	GeoJSON string   `name:"geojson" type:"existingfile" help:"A file with the outline, parts, gates and rendezvous points."`
	Outline string   `help:"Or the outline as \"lat,lon lat,lon lat,lon …\"."`
	Rule    []string `sep:"none" help:"SERVICE=ENTRY: free, gates_only, escort[:BY], stage_outside, life_safety_only or none. May be given again."`
	Gate    []string `sep:"none" help:"NAME@LAT,LON: one more gate. May be given again."`
	Until   string   `help:"When it ends (RFC 3339); none: when somebody ends it."`
}

func (f zoneFlags) into(z *client.Zone) error {
	if f.GeoJSON != "" {
		text, err := os.ReadFile(f.GeoJSON)
		if err != nil {
			return fmt.Errorf("read the file: %w", err)
		}
		was := z.Outline
		z.Outline = nil
		if err := client.ReadGeoJSON(text, z); err != nil {
			z.Outline = was
			return fmt.Errorf("%s: %w", f.GeoJSON, err)
		}
	}
	if f.Outline != "" {
		z.Outline = nil
		for _, text := range strings.Fields(f.Outline) {
			at, err := latLon(text)
			if err != nil {
				return fmt.Errorf("--outline: %w", err)
			}
			z.Outline = append(z.Outline, at)
		}
	}
	for _, text := range f.Rule {
		service, entry, is := strings.Cut(text, "=")
		entry, by, _ := strings.Cut(entry, ":")
		if !is || service == "" || entry == "" {
			return fmt.Errorf("--rule %q: want SERVICE=ENTRY, as in police=gates_only", text)
		}
		rule := client.ZoneRule{Service: service, Entry: entry, EscortBy: by}
		known := false
		for n := range z.Rules {
			if z.Rules[n].Service == service {
				z.Rules[n], known = rule, true
			}
		}
		if !known {
			z.Rules = append(z.Rules, rule)
		}
	}
	for _, text := range f.Gate {
		name, where, is := strings.Cut(text, "@")
		at, err := latLon(where)
		if !is || name == "" || err != nil {
			return fmt.Errorf("--gate %q: want NAME@LAT,LON, as in \"South gate@47.612,-122.319\"", text)
		}
		z.Gates = append(z.Gates, client.Gate{Name: name, Lon: at[0], Lat: at[1]})
	}
	z.Until = cmp.Or(f.Until, z.Until)
	return nil
}

// latLon reads "47.6,-122.3" as [longitude, latitude].
func latLon(text string) ([2]float64, error) {
	first, second, is := strings.Cut(text, ",")
	lat, err := strconv.ParseFloat(first, 64)
	lon, also := strconv.ParseFloat(second, 64)
	if !is || err != nil || also != nil {
		return [2]float64{}, fmt.Errorf("%q is no place: want LAT,LON in degrees", text)
	}
	return [2]float64{lon, lat}, nil
}

type zoneListCmd struct {
	server
	JSON bool `name:"json" help:"Print them as JSON, as the API answers."`
}

// Help is shown by --help.
func (zoneListCmd) Help() string {
	return "Example:\n  EVERYCALL_TOKEN=… everycall zone list\n\nExit status: 0 done, 1 not done."
}

// zoneRow is a zone as the API answers it.
type zoneRow struct {
	ID      string `json:"id"`
	Version int    `json:"version"`
	EndedAt string `json:"ended_at"`
	client.Zone
}

func (c zoneListCmd) zones() ([]zoneRow, json.RawMessage, error) {
	var raw json.RawMessage
	if err := c.ask(http.MethodGet, "/api/v1/zones", nil, &raw); err != nil {
		return nil, nil, err
	}
	var page struct {
		Items []zoneRow `json:"items"`
	}
	if err := json.Unmarshal(raw, &page); err != nil {
		return nil, nil, fmt.Errorf("the answer is not what was asked for: %w", err)
	}
	return page.Items, raw, nil
}

func (c zoneListCmd) Run() error {
	zones, raw, err := c.zones()
	if err != nil {
		return err
	}
	if c.JSON {
		fmt.Println(string(raw))
		return nil
	}
	for _, z := range zones {
		var rules, gates []string
		for _, r := range z.Rules {
			rules = append(rules, r.Service+"="+r.Entry)
		}
		for _, g := range z.Gates {
			gates = append(gates, g.ID+" "+g.Name)
		}
		state := "in force"
		if z.EndedAt != "" {
			state = "ended " + z.EndedAt
		} else if z.Until != "" {
			state += " until " + z.Until
		}
		fmt.Printf("%s %q version %d, %s\n  rules %s; gates %s\n  by %s: %s\n", z.ID, z.Name, z.Version, state, cmp.Or(strings.Join(rules, " "), "none"), cmp.Or(strings.Join(gates, ", "), "none"), z.Authority, z.Reason)
	}
	return nil
}

type zoneDeclareCmd struct {
	server
	zoneFlags
	Name      string `help:"Its name; from the file when left out."`
	Within    string `help:"The zone in force that it is an exception in."`
	Replaces  string `help:"The zone in force whose place it takes."`
	Authority string `required:"" help:"Who decided, by role."`
	Reason    string `required:"" help:"Why."`
}

// Help is shown by --help.
func (zoneDeclareCmd) Help() string {
	return "Example:\n  everycall zone declare --geojson blocks.geojson --rule police=stage_outside --rule ems=escort:police --authority \"duty commander\" --reason \"barricades at several corners\"\n  everycall zone declare --name Park --outline \"47.61,-122.32 47.61,-122.31 47.62,-122.31\" --rule fire=gates_only --gate \"South gate@47.61,-122.315\" --authority \"fire marshal\" --reason \"one lane is kept free\"\n\nIn the file one Polygon is the zone; others say in properties.kind that they are hot, warm or cold; Points are gates, or a rendezvous with the name of its gate in properties.gate.\nExit status: 0 declared, 1 not."
}

func (c zoneDeclareCmd) Run() error {
	z := client.Zone{Name: c.Name, Within: c.Within, Replaces: c.Replaces, Authority: c.Authority, Reason: c.Reason}
	if err := c.into(&z); err != nil {
		return err
	}
	if z.Outline == nil {
		return errors.New("a zone has an outline: --geojson or --outline")
	}
	if err := c.ask(http.MethodPost, "/api/v1/zones", z, nil); err != nil {
		return err
	}
	fmt.Printf("declared: %s\n", z.Name)
	return nil
}

type zoneAmendCmd struct {
	server
	zoneFlags
	ID        string `arg:"" help:"The zone, as in z1."`
	Name      string `help:"A new name."`
	Authority string `help:"Who decided, by role; as before when left out."`
	Reason    string `help:"As before when left out."`
	Why       string `required:"" help:"Why it is changed."`
}

// Help is shown by --help.
func (zoneAmendCmd) Help() string {
	return "Example:\n  everycall zone amend z1 --rule police=gates_only --why \"the south gate is open for cars\"\n\nRules are changed one by one; gates are added; a file's parts and gates replace what was there.\nExit status: 0 changed, 1 not."
}

func (c zoneAmendCmd) Run() error {
	zones, _, err := zoneListCmd{server: c.server}.zones()
	if err != nil {
		return err
	}
	for _, z := range zones {
		if z.ID != c.ID {
			continue
		}
		if c.GeoJSON != "" {
			z.Parts, z.Gates = nil, nil
		}
		z.Name, z.Authority, z.Reason, z.Why, z.Within = cmp.Or(c.Name, z.Name), cmp.Or(c.Authority, z.Authority), cmp.Or(c.Reason, z.Reason), c.Why, ""
		z.Zone.Version = z.Version
		if err := c.into(&z.Zone); err != nil {
			return err
		}
		if err := c.ask(http.MethodPost, "/api/v1/zones/"+url.PathEscape(c.ID)+"/amend", z.Zone, nil); err != nil {
			return err
		}
		fmt.Printf("changed: %s\n", c.ID)
		return nil
	}
	return fmt.Errorf("zone %q is not known there", c.ID)
}

type zoneEndCmd struct {
	server
	ID     string `arg:"" help:"The zone, as in z1."`
	Reason string `required:"" help:"Why."`
}

// Help is shown by --help.
func (zoneEndCmd) Help() string {
	return "Example:\n  everycall zone end z1 --reason \"the barricades are gone\"\n\nExit status: 0 ended, 1 not."
}

func (c zoneEndCmd) Run() error {
	if err := c.ask(http.MethodDelete, "/api/v1/zones/"+url.PathEscape(c.ID)+"?reason="+url.QueryEscape(c.Reason), nil, nil); err != nil {
		return err
	}
	fmt.Printf("ended: %s\n", c.ID)
	return nil
}
