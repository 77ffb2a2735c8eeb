package build

import (
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/everycall/everycall/city"
	"github.com/everycall/everycall/geo"
)

var rewrite = flag.Bool("rewrite", false, "write city/packs/seattle.pack anew from the shared data")

// root is the repository's root: the nearest folder above with a go.mod.
func root(t testing.TB) string {
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		up := filepath.Dir(dir)
		if up == dir {
			t.Fatal("no go.mod above the test")
		}
		dir = up
	}
}

// sources is the folder of Seattle's raw files, which a clone need not have.
func sources(t testing.TB) string {
	dir := filepath.Join(root(t), "..", "shared", "data", "seattle")
	if _, err := os.Stat(dir); err != nil {
		t.Skip("the city's raw files are not here; the embedded pack is tested by package city")
	}
	return dir
}

var once sync.Once
var built struct {
	pack   *city.Pack
	report Report
	err    error
}

// fresh builds the pack once for all tests.
func fresh(t testing.TB) (*city.Pack, Report) {
	dir := sources(t)
	once.Do(func() { built.pack, built.report, built.err = Seattle(dir) })
	if built.err != nil {
		t.Fatal(built.err)
	}
	return built.pack, built.report
}

func TestSeattleIsTheEmbeddedPack(t *testing.T) {
	pack, report := fresh(t)
	var first, second bytes.Buffer
	if err := city.Write(&first, pack); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d bytes; %+v; %+v", first.Len(), report, pack.Statistics())
	if *rewrite {
		if err := os.WriteFile(filepath.Join(root(t), "city", "packs", "seattle.pack"), first.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	embedded, err := city.Seattle()
	if err != nil {
		t.Fatal(err)
	}
	if embedded.Hash() != pack.Hash() {
		t.Error("the embedded pack is not what its sources give: run go test ./city/build -rewrite and explain the difference")
	}
	if err := city.Write(&second, embedded); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(first.Bytes(), second.Bytes()) {
		t.Error("written, read and written again, the pack changed")
	}
	if first.Len() > 4<<20 {
		t.Errorf("%d bytes, want at most 4 MiB", first.Len())
	}
}

func TestDemandIsTheDayThatIsPromised(t *testing.T) {
	pack, report := fresh(t)
	s := pack.Statistics()
	if s.PoliceCalls != policePerDay || s.FireCalls+s.EMSCalls < 250 || s.FireCalls+s.EMSCalls > 300 {
		t.Errorf("%d police, %d fire and %d ambulance calls", s.PoliceCalls, s.FireCalls, s.EMSCalls)
	}
	crisis := 0
	for _, c := range pack.Calls {
		if c.Type == "crisis" {
			crisis++
		}
	}
	if crisis == 0 {
		t.Error("no call about a person in crisis in the whole day")
	}
	if len(report.UnmappedTypes) > 0 {
		t.Errorf("types that only the fallback fits: %q", report.UnmappedTypes)
	}
	if report.NamedShare < 600 {
		t.Errorf("only %d per mille of the streets have a name", report.NamedShare)
	}
}

// TestEveryRecordedTypeIsMapped looks at all of 2015 and June 2017, not only at
// the chosen Sundays.
func TestEveryRecordedTypeIsMapped(t *testing.T) {
	dir := sources(t)
	for _, c := range []struct {
		file, column string
		rules        []rule
	}{
		{"spd_911_incident_response_2015.csv.gz", "Initial.Type.Description", policeRules},
		{"sfd_incidents_2017_hundred_block.csv", "type", fireRules},
	} {
		table, err := readTable(filepath.Join(dir, c.file), c.column)
		if err != nil {
			t.Fatal(err)
		}
		types := callTypes()
		missed := map[string]bool{}
		for _, row := range table.rows {
			text := table.get(row, c.column)
			code, ok := code(c.rules, text, "unknown")
			if !ok && !strings.Contains(text, "ONVIEW") {
				missed[text] = true
			}
			typeOf(types, code) // panics for a code that the table lacks
		}
		if len(missed) > 0 {
			t.Errorf("%s: no rule for %v", c.file, missed)
		}
	}
	for _, r := range append(append([]rule{}, policeRules...), fireRules...) {
		typeOf(callTypes(), r.code)
	}
}

// TestSensitiveCallsAreNotAtTheirBlock checks the floor against the raw file by
// its own reading of it: a block that had only calls about a crisis, a child or
// a sexual matter on the chosen days has no call in the pack, except one that a
// moved call's draw put there.
func TestSensitiveCallsAreNotAtTheirBlock(t *testing.T) {
	pack, report := fresh(t)
	if report.Moved == 0 {
		t.Fatal("no call was moved: the test sees nothing")
	}
	moved := 0
	for _, c := range pack.Calls {
		kind, ok := pack.Type(c.Type)
		if !ok {
			t.Fatalf("call of unknown type %q", c.Type)
		}
		if kind.Moved && !c.Moved {
			t.Errorf("a call of type %s is at its own block", c.Type)
		}
		if c.Moved {
			moved++
		}
	}
	if moved != report.Moved {
		t.Errorf("%d calls are marked as moved, the report says %d", moved, report.Moved)
	}

	// From the raw file: every block that had a sensitive call on a chosen day,
	// and no other call. Such a block may appear only by a moved call's draw.
	file, err := os.Open(filepath.Join(sources(t), "spd_911_incident_response_2015.csv.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	unzipped, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	rows := csv.NewReader(unzipped)
	chosen := map[string]bool{"7/19/15": true, "7/26/15": true, "8/2/15": true}
	if len(report.Sundays) != len(chosen) {
		t.Fatalf("the build chose %v", report.Sundays)
	}
	onlySensitive, plain := map[geo.Point]bool{}, map[geo.Point]bool{}
	for {
		row, err := rows.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		day, _, _ := strings.Cut(row[10], " ")
		if !chosen[day] {
			continue
		}
		at, err := geo.ParsePoint(row[5], row[6])
		if err != nil {
			t.Fatal(err)
		}
		text := row[1] + row[2] + row[7]
		secret := false
		for _, w := range []string{"CRISIS", "CHILD", "SEX", "LEWD", "MENTAL", "PROSTITUTION", "JUVENILE", "LURING", "PORNOGRAPHY"} {
			secret = secret || strings.Contains(text, w)
		}
		if secret {
			onlySensitive[city.Quantise(at)] = true
		} else {
			plain[city.Quantise(at)] = true
		}
	}
	if len(onlySensitive) < 10 {
		t.Fatalf("only %d sensitive places found in the raw file", len(onlySensitive))
	}
	for _, c := range pack.Calls {
		if c.Service == city.Police && !c.Moved && onlySensitive[c.Point] && !plain[c.Point] {
			t.Errorf("a %s call stands at a block that had only sensitive calls", c.Type)
		}
	}
}

func TestStreetNames(t *testing.T) {
	for in, want := range map[string]string{
		"12 AV": "12 Av", "E PINE ST": "E Pine St", "7th Av Sw": "7 Av SW", "Ridgemont Way N": "Ridgemont Wy N", "2 AV ET S": "2 Av ET S",
		"1ST AV ": "1 Av", "I5 NB": "I5 NB", "2 PL S": "2 Pl S", "NE 45TH ST": "NE 45 St",
		"1622 1": "", "2 N 45 ST": "", "2 1 AV S": "", "1 AV S ON RP": "", "161 EXIT TO SWIFT AV S": "", "EB": "", "": "", "1519 12 AV": "",
	} {
		got, ok := streetName(in)
		if got != want && ok || ok != (want != "") {
			t.Errorf("%q became %q, %v; want %q", in, got, ok, want)
		}
	}
	for in, want := range map[string]string{
		"5XX BLOCK OF PINE ST": "500 block of Pine St", "XX BLOCK OF ALOHA ST": "0 block of Aloha St", "100XX BLOCK OF COLLEGE WY N": "10000 block of College Wy N",
		"8100 block of 7th Av Sw": "8100 block of 7 Av SW", "10 AV / E PINE ST": "10 Av / E Pine St", "1622 1 / 2 N 45 ST": "1600 block of N 45 St",
		"1519 block of 12 AV": "1500 block of 12 Av", "Sb I5 At Pike": "",
	} {
		got, ok := readSpot(in)
		if ok != (want != "") || ok && got.text() != want {
			t.Errorf("%q became %q, %v; want %q", in, got.text(), ok, want)
		}
	}
}

func TestMissingOrDamagedSources(t *testing.T) {
	if _, _, err := Seattle(t.TempDir()); err == nil {
		t.Error("built a city from nothing")
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "spd-beats.geojson"), []byte(`{"features":[{"geometry":{"type":"Polygon","coordinates":[[[999,0],[1,1],[0,1]]]}}]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, err := Seattle(dir); err == nil || !strings.Contains(err.Error(), "spd-beats") {
		t.Errorf("a beat off the planet: %v", err)
	}
}
