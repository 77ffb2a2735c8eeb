package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/everycall/everycall/city"
	"github.com/everycall/everycall/road/osm/pbf"
	"github.com/everycall/everycall/road/osm/pbf/pbftest"
)

func TestAnImportWritesAPackOrNothing(t *testing.T) {
	dir := t.TempDir()
	file := func(name string, content []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	town := pbftest.New()
	town.Nodes(pbf.Node{ID: 1, Lon: 10_000_000_000, Lat: 50_000_000_000}, pbf.Node{ID: 2, Lon: 10_001_000_000, Lat: 50_000_000_000})
	town.Ways(pbf.Way{ID: 3, Refs: []int64{1, 2}, Tags: pbf.Tags{"highway", "residential", "name", "Main Street"}})
	whole := file("town.osm.pbf", town.Bytes)
	cut := file("cut.osm.pbf", town.Bytes[:len(town.Bytes)-1])
	nodes := file("nodes.csv", []byte("id,lon,lat\na,10,50\nb,10.001,50\n"))
	edges := file("edges.csv", []byte("from,to,length_m\na,b,72\n"))
	wrong := file("wrong.csv", []byte("from,to,length_m\na,z,72\n"))
	out := filepath.Join(dir, "x.pack")
	flags := packFlags{Out: out, Zone: "Europe/Berlin"}

	if err := (importOSMCmd{File: whole, packFlags: flags}).Run(); err != nil {
		t.Fatal(err)
	}
	first, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	if p, err := city.Read(bytes.NewReader(first)); err != nil || p.Name != "town" || p.Zone != "Europe/Berlin" || p.Street(1) != "Main Street" {
		t.Fatalf("%v", err)
	}
	for _, c := range []struct {
		run  func() error
		want string
	}{
		{importOSMCmd{File: cut, packFlags: flags}.Run, "at byte "},
		{importOSMCmd{File: nodes, packFlags: flags}.Run, "not an OpenStreetMap PBF file"},
		{importOSMCmd{File: whole, packFlags: packFlags{Out: out, Zone: "Mars"}}.Run, "--zone"},
		{importCityCmd{Nodes: nodes, Edges: wrong, packFlags: flags}.Run, "edges: line 2"},
	} {
		if err := c.run(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v, want %s", err, c.want)
		}
	}
	if now, err := os.ReadFile(out); err != nil || !bytes.Equal(now, first) {
		t.Errorf("an import that failed changed the pack: %v", err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, ".pack-*")); len(left) > 0 {
		t.Errorf("%v were left", left)
	}
	flags.Name = "Town"
	if err := (importCityCmd{Nodes: nodes, Edges: edges, packFlags: flags}).Run(); err != nil {
		t.Fatal(err)
	}
	if now, err := os.ReadFile(out); err != nil || bytes.Equal(now, first) {
		t.Errorf("the second pack was not written: %v", err)
	}
}
