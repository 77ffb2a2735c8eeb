package main

import (
	"encoding/json"
	"fmt"
	"os"

	"github.com/everycall/everycall/road/bench"
)

type roadCmd struct {
	Bench roadBenchCmd `cmd:"" help:"Check the router against Dijkstra's algorithm on a city, and measure it."`
}

type roadBenchCmd struct {
	Pack     string `required:"" help:"A pack file, or seattle for the one inside."`
	Units    int    `default:"200" help:"How many units are asked for one place."`
	Closures int    `default:"20" help:"How many street pieces close at once."`
	Seed     uint64 `default:"1" help:"Of all that is drawn at random."`
	JSON     bool   `name:"json" help:"Print one JSON object: one member a row, and how many answers were wrong."`
}

// Help is shown by --help.
func (roadBenchCmd) Help() string {
	return "Exit status 1 when an answer is wrong.\n\nExample:\n  everycall road bench --pack seattle --units 200 --closures 20 --json"
}

func (c roadBenchCmd) Run() error {
	if c.Units < 1 || c.Units > 10_000 || c.Closures < 0 || c.Closures > 1000 {
		return fmt.Errorf("--units is 1 to 10000 and --closures 0 to 1000")
	}
	pack, err := loadPack(c.Pack)
	if err != nil {
		return err
	}
	report, err := bench.Run(pack.Roads, bench.Options{Units: c.Units, Closures: c.Closures, Seed: c.Seed, Progress: func(what string) {
		fmt.Fprintln(os.Stderr, pack.Name+": "+what)
	}})
	if err != nil {
		return err
	}
	if err := c.print(pack.Name, report); err != nil {
		return err
	}
	if report.Wrong > 0 {
		return fmt.Errorf("%d of %d answers differ from Dijkstra's", report.Wrong, report.Checked)
	}
	return nil
}

func (c roadBenchCmd) print(name string, r bench.Report) error {
	if c.JSON {
		return json.NewEncoder(os.Stdout).Encode(struct {
			Pack string `json:"pack"`
			bench.Report
		}{name, r})
	}
	fmt.Printf("%s: %d junctions, %d links; hierarchy of %d nodes, %d arcs, depth %d\n", name, r.Junctions, r.Links, r.Nodes, r.Arcs, r.Depth)
	fmt.Printf("%d answers checked, %d wrong\n\n%-20s %12s %12s  %s\n", r.Checked, r.Wrong, "", "p50 µs", "p99 µs", "")
	for _, row := range []struct {
		name string
		bench.Row
	}{{"one_to_one", r.OneToOne}, {"many_to_one_cold", r.ManyToOneCold}, {"many_to_one_label", r.ManyToOneLabel}, {"close_20", r.Close20}, {"customize", r.Customize},
		{"one_to_all", r.OneToAll}, {"label_query", r.LabelQuery.Row}, {"route", r.Route}, {"snap", r.Snap}, {"dijkstra both ways", r.DijkstraBothWays}, {"dijkstra to all", r.DijkstraOneToAll}} {
		fmt.Printf("%-20s %12.2f %12.2f  %s\n", row.name, row.P50, row.P99, row.Of)
	}
	fmt.Printf("\nmemory %.0f MiB (%s)\nbuild %.1f s: order %.1f, hierarchy %.1f, weights %.1f\none_to_one is %.0f times faster than Dijkstra both ways, and makes %.2f pieces of memory\n",
		r.Memory.MiB, r.Memory.Of, r.Build.Seconds, r.Build.OrderSeconds, r.Build.PrepareSeconds, r.Build.WeightsSeconds, r.Faster, r.AllocsPerOneToOne)
	return nil
}
