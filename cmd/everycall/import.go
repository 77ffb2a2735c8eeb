package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/everycall/everycall/city"
	"github.com/everycall/everycall/city/build"
)

type importCmd struct {
	OSM     importOSMCmd     `cmd:"" name:"osm" help:"Make a pack of an OpenStreetMap extract (.osm.pbf)."`
	City    importCityCmd    `cmd:"" help:"Make a pack of two CSV tables: nodes and edges."`
	Seattle importSeattleCmd `cmd:"" help:"Make the pack that is built in, from Seattle's open data."`
}

// packFlags are what every pack of streets alone is told.
type packFlags struct {
	Out  string `required:"" placeholder:"X.pack" help:"The pack to write."`
	Name string `help:"The city's name; else the file's."`
	Zone string `default:"UTC" help:"The city's time zone, for example America/Los_Angeles."`
	JSON bool   `name:"json" help:"Print the report as JSON."`
}

func (p packFlags) place(file string) (build.Place, error) {
	if _, err := time.LoadLocation(p.Zone); err != nil || p.Zone == "Local" {
		return build.Place{}, fmt.Errorf("--zone %q is no time zone: want one as in America/Los_Angeles", p.Zone)
	}
	base, _, _ := strings.Cut(filepath.Base(file), ".")
	return build.Place{Name: cmp.Or(p.Name, base), Zone: p.Zone}, nil
}

// finish writes the pack and prints the report.
func (p packFlags) finish(pack *city.Pack, report fmt.Stringer, bar *progressBar) error {
	bar.show("the pack", 0, 0)
	if err := writePack(p.Out, pack); err != nil {
		return err
	}
	bar.stop()
	if !p.JSON {
		fmt.Print(report)
		return nil
	}
	out := json.NewEncoder(os.Stdout)
	out.SetIndent("", "  ")
	out.SetEscapeHTML(false)
	return out.Encode(report)
}

type importOSMCmd struct {
	File string `arg:"" type:"existingfile" help:"The extract, for example from download.geofabrik.de."`
	packFlags
}

// Help is shown by --help.
func (importOSMCmd) Help() string {
	return "Streets, turn restrictions, barriers, names, places and addresses are taken; the report says what is left out, and why.\n\n" +
		"Example:\n  everycall import osm portland.osm.pbf --out portland.pack --name Portland --zone America/Los_Angeles"
}

func (c importOSMCmd) Run() error {
	place, err := c.place(c.File)
	if err != nil {
		return err
	}
	f, err := os.Open(c.File)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }() // it was only read
	info, err := f.Stat()
	if err != nil {
		return err
	}
	bar := startProgress()
	defer bar.stop()
	pack, report, err := build.OSM(f, info.Size(), place, bar.show)
	if err != nil {
		return fmt.Errorf("%s: %w", c.File, err)
	}
	return c.finish(pack, report, bar)
}

type importCityCmd struct {
	Nodes string `required:"" type:"existingfile" placeholder:"N.csv" help:"Columns id, lon, lat."`
	Edges string `required:"" type:"existingfile" placeholder:"E.csv" help:"Columns from, to, length_m; as you have them travel_ms, oneway, name, class, maxspeed_kmh."`
	packFlags
}

// Help is shown by --help.
func (importCityCmd) Help() string {
	return "Example:\n  everycall import city --nodes nodes.csv --edges edges.csv --out tacoma.pack --name Tacoma --zone America/Los_Angeles"
}

func (c importCityCmd) Run() error {
	place, err := c.place(c.Nodes)
	if err != nil {
		return err
	}
	nodes, err := os.Open(c.Nodes)
	if err != nil {
		return err
	}
	defer func() { _ = nodes.Close() }() // it was only read
	edges, err := os.Open(c.Edges)
	if err != nil {
		return err
	}
	defer func() { _ = edges.Close() }() // it was only read
	bar := startProgress()
	defer bar.stop()
	bar.show("tables", 0, 0)
	pack, report, err := build.Tables(nodes, edges, place)
	if err != nil {
		return fmt.Errorf("%s and %s: %w", c.Nodes, c.Edges, err)
	}
	return c.finish(pack, report, bar)
}

type importSeattleCmd struct {
	From string `required:"" type:"existingdir" help:"The folder with the raw data."`
	Out  string `required:"" help:"The pack to write, for example city/packs/seattle.pack."`
}

// Help is shown by --help.
func (importSeattleCmd) Help() string {
	return "Example:\n  everycall import seattle --from data/seattle --out city/packs/seattle.pack"
}

func (c importSeattleCmd) Run() error {
	pack, report, err := build.Seattle(c.From)
	if err != nil {
		return err
	}
	if err := writePack(c.Out, pack); err != nil {
		return err
	}
	fmt.Print(report)
	return nil
}

// writePack writes beside and renames: a pack is there whole or not at all.
func writePack(path string, pack *city.Pack) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".pack-*")
	if err != nil {
		return fmt.Errorf("write the pack: %w", err)
	}
	defer func() {
		_ = f.Close()           // a second time after all went well
		_ = os.Remove(f.Name()) // gone after the rename
	}()
	if err := city.Write(f, pack); err != nil {
		return fmt.Errorf("write the pack: %w", err)
	}
	if err := f.Close(); err != nil {
		return fmt.Errorf("write the pack: %w", err)
	}
	if err := os.Chmod(f.Name(), 0o644); err != nil {
		return fmt.Errorf("write the pack: %w", err)
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return fmt.Errorf("write the pack: %w", err)
	}
	return nil
}
