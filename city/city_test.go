package city

import (
	"bytes"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/everycall/everycall/geo"
	"github.com/everycall/everycall/road"
	"pgregory.net/rapid"
)

var seattleOnce = sync.OnceValues(Seattle)

func seattle(t testing.TB) *Pack {
	p, err := seattleOnce()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// small is a pack of one street, for tests of the file form.
func small(t testing.TB) *Pack {
	points := []geo.Point{{Lon: -1223200000, Lat: 476100000}, {Lon: -1223180000, Lat: 476100000}, {Lon: -1223180000, Lat: 476110000}}
	g, err := road.New(road.Network{
		Points: points, Names: []string{"", "12 Av"},
		Edges: []road.Edge{{From: 0, To: 1, Name: 1, Class: road.Arterial, Forward: road.Everybody, Backward: road.Everybody},
			{From: 1, To: 2, Length: 123_400, Class: road.Service, Forward: road.Motor, Backward: road.Foot, Local: road.Patrol, Limit: 40, Travel: 12_345}},
		Bans:     []road.Ban{{From: 0, To: 1, Via: 1, For: road.Motor}},
		Barriers: []road.Barrier{{Node: 1, For: road.Engine}},
	})
	if err != nil {
		t.Fatal(err)
	}
	p := &Pack{
		Name: "Small", Zone: "America/Los_Angeles", Roads: g,
		Beats:         []Area{{Name: "E2", Shape: geo.MultiPolygon{{geo.Ring{points[0], points[1], points[2]}}}}},
		Stations:      []Station{{ID: "1", Name: "Fire Station 1", Service: Fire, Point: points[1]}},
		Intersections: []Intersection{{StreetA: 1, Point: points[1]}},
		HundredBlocks: []HundredBlock{{Block: 1500, Street: 1, Point: points[0]}},
		CallTypes:     []CallType{{Code: "noise", Service: Police, Priority: 4, Capabilities: []string{"police"}, UnitsWanted: 1}},
		Calls:         []Call{{OffsetMs: 1000, Type: "noise", Service: Police, Point: points[0]}, {OffsetMs: 5000, Type: "noise", Service: Police, Point: points[2]}},
	}
	p.Finish()
	return p
}

func TestReadGivesWhatWasWritten(t *testing.T) {
	p := small(t)
	var file bytes.Buffer
	if err := Write(&file, p); err != nil {
		t.Fatal(err)
	}
	got, err := Read(bytes.NewReader(file.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	if got.Hash() != p.Hash() || got.Hash() == [32]byte{} {
		t.Error("the hash changed")
	}
	for i, e := range p.Roads.Edges() {
		g := got.Roads.Edges()[i]
		if g.From != e.From || g.To != e.To || g.Name != e.Name || g.Class != e.Class || g.Length-e.Length < -lengthUnit || g.Length-e.Length > lengthUnit {
			t.Errorf("edge %+v became %+v", e, g)
		}
	}
	if !reflect.DeepEqual(got.Calls, p.Calls) || !reflect.DeepEqual(got.Stations, p.Stations) || !reflect.DeepEqual(got.HundredBlocks, p.HundredBlocks) ||
		!reflect.DeepEqual(got.Intersections, p.Intersections) || !reflect.DeepEqual(got.Beats, p.Beats) {
		t.Error("the content changed")
	}
	if ty, ok := got.Type("noise"); !ok || ty.Priority != 4 {
		t.Error("the types cannot be found")
	}
}

func TestReadRefusesDamage(t *testing.T) {
	var file bytes.Buffer
	if err := Write(&file, small(t)); err != nil {
		t.Fatal(err)
	}
	whole := file.Bytes()
	for cut := range whole {
		if _, err := Read(bytes.NewReader(whole[:cut])); err == nil {
			t.Fatalf("a pack cut at %d of %d bytes was read", cut, len(whole))
		}
	}
	if _, err := Read(bytes.NewReader(append(bytes.Clone(whole), 0))); err == nil {
		t.Error("a pack with a byte more was read")
	}
	if _, err := Read(strings.NewReader("EVERYCALL CITY 2\n")); err == nil {
		t.Error("another version was read")
	}
	rapid.Check(t, func(t *rapid.T) { // a flipped bit may give another pack, never a panic
		bad := bytes.Clone(whole)
		bad[rapid.IntRange(0, len(bad)-1).Draw(t, "at")] ^= 1 << rapid.IntRange(0, 7).Draw(t, "bit")
		if p, err := Read(bytes.NewReader(bad)); err == nil && p.Roads == nil {
			t.Fatal("a pack without roads was read")
		}
	})
}

func FuzzRead(f *testing.F) {
	var file bytes.Buffer
	if err := Write(&file, small(f)); err != nil {
		f.Fatal(err)
	}
	f.Add(file.Bytes())
	var placed bytes.Buffer
	if err := Write(&placed, withPlaces(f)); err != nil {
		f.Fatal(err)
	}
	f.Add(placed.Bytes())
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 1<<16 {
			return
		}
		p, err := Read(bytes.NewReader(data))
		if err == nil {
			p.BeatAt(geo.Point{Lon: -1223190000, Lat: 476101000})
			p.Label(geo.Point{Lon: -1223190000, Lat: 476101000})
		}
	})
}

func TestSeattle(t *testing.T) {
	start := time.Now()
	p, err := Seattle()
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("read in %v: %+v", time.Since(start), p.Statistics())
	s := p.Statistics()
	if s.Nodes != 96_142 || s.Edges != 111_570 || s.MainlandNodes != 95_991 {
		t.Errorf("roads: %+v", s)
	}
	if s.Beats != 51 || s.PoliceUnits != 51 || s.Apparatus != 119 || len(p.Precincts) != 5 || len(p.Neighbourhoods) != 61 || len(p.Limits) != 1 {
		t.Errorf("things: %+v", s)
	}
	if s.PoliceCalls != 718 || s.FireCalls+s.EMSCalls < 250 {
		t.Errorf("demand: %+v", s)
	}
	if len(p.CallTypes) > 90 || p.Zone != "America/Los_Angeles" {
		t.Errorf("%d call types, zone %q", len(p.CallTypes), p.Zone)
	}
}

func TestSeattleHoldsTogether(t *testing.T) {
	p := seattle(t)
	signs, stations := map[string]bool{}, map[string]bool{}
	for _, s := range p.Stations {
		if stations[s.ID] || !s.Point.Valid() || s.Name == "" || s.Source == "" {
			t.Errorf("station %+v", s)
		}
		stations[s.ID] = true
	}
	for _, a := range p.Apparatus {
		if signs[a.CallSign] || a.CallSign == "" || !stations[a.Station] || a.Kind == "" || len(a.Capabilities) == 0 || a.Crew < 1 {
			t.Errorf("apparatus %+v", a)
		}
		signs[a.CallSign] = true
	}
	beats := map[string]bool{}
	for _, b := range p.Beats {
		beats[b.Name] = true
	}
	for _, u := range p.PoliceUnits {
		if signs[u.CallSign] || !beats[u.Beat] || !stations[u.Station] || p.BeatAt(u.Start) != u.Beat || u.CallSign != "3"+u.Beat {
			t.Errorf("police unit %+v", u)
		}
		signs[u.CallSign] = true
	}
	last := int64(0)
	for _, c := range p.Calls {
		kind, ok := p.Type(c.Type)
		if !ok || kind.Service != c.Service || c.Place == "" || c.UnitsWanted < 1 || c.OffsetMs < last || c.OffsetMs >= DayMs {
			t.Errorf("call %+v", c)
		}
		if c.Service == Police && c.Beat == "" {
			t.Errorf("police call without a beat: %+v", c)
		}
		last = c.OffsetMs
	}
	for _, k := range p.CallTypes {
		if k.Priority < 1 || k.Priority > 4 || len(k.Capabilities) == 0 || k.UnitsWanted < len(k.Capabilities) || k.Name == "" {
			t.Errorf("call type %+v", k)
		}
	}
	kinds := map[string]bool{}
	for _, n := range p.Attribution {
		kinds[n.Kind] = true
	}
	for _, k := range []string{NoticeReal, NoticePairing, NoticeInvented, NoticeLicence} {
		if !kinds[k] {
			t.Errorf("no notice of kind %q", k)
		}
	}
}

func TestSeattleOverlay(t *testing.T) {
	o := seattle(t).Overlay
	if len(o.Zones) != 1 || len(o.Zones[0].Barriers) != 2 || len(o.Claims) != 2 || len(o.Liaison) != 1 || len(o.Posture) != 1 {
		t.Fatalf("overlay: %+v", o)
	}
	if o.Posture[0].ReasonState != ReasonNoneStated || !strings.HasPrefix(o.Posture[0].Reason, "none stated") || o.Posture[0].Source == "" {
		t.Errorf("posture: %+v", o.Posture[0])
	}
	station, ok := seattle(t).Station(o.Lost[0].Station)
	if !ok || station.Name != "East Precinct" || !o.Zones[0].Outline.Contains(station.Point) {
		t.Errorf("the lost station %+v is not in the zone", station)
	}
	if o.Claims[0].Contradicts[0] != o.Claims[1].ID || o.Claims[1].Contradicts[0] != o.Claims[0].ID || o.Claims[0].FirstHand {
		t.Errorf("claims: %+v", o.Claims)
	}
	for _, g := range o.Zones[0].Gates {
		if !g.Invented || !g.Point.Valid() {
			t.Errorf("gate %+v", g)
		}
	}
}

// everyString visits every string reachable from v, unexported fields included.
func everyString(v reflect.Value, visit func(string)) {
	switch v.Kind() {
	case reflect.String:
		visit(v.String())
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			everyString(v.Index(i), visit)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			everyString(v.Field(i), visit)
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			everyString(key, visit)
			everyString(v.MapIndex(key), visit)
		}
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			everyString(v.Elem(), visit)
		}
	}
}

func TestNoHouseNumberInThePack(t *testing.T) {
	seen := 0
	everyString(reflect.ValueOf(seattle(t)), func(s string) {
		seen++
		if MentionsHouseNumber(s) {
			t.Errorf("reads like a house number: %q", s)
		}
	})
	if seen < 5_000 {
		t.Errorf("only %d strings looked at", seen)
	}
}

func TestMentionsHouseNumber(t *testing.T) {
	for text, want := range map[string]bool{
		"12 Av": false, "NE 45 St": false, "1500 block of 12 Av": false, "10 Av / E Pine St": false, "0 block of W Dravus St": false,
		"2 Av ET S": false, "5 Av N / Mercer St": false, "M L King Jr Wy S": false, "Fire Station 25": false, "11 June 2020": false,
		"1519 12 Av": true, "301 2nd Avenue South": true, "1622 1/2 N 45 St": true, "1622 1 / 2 N 45 ST": true, "4004 NE 55th Street": true,
		"10049 College Wy N": true, "near 810 Virginia St": true, "12b Example Ln": true,
	} {
		if got := MentionsHouseNumber(text); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}

func TestMovedTypesAreAlwaysMoved(t *testing.T) {
	p := seattle(t)
	moved := 0
	for _, c := range p.Calls {
		if kind, _ := p.Type(c.Type); kind.Moved && !c.Moved {
			t.Errorf("a call of type %s stands at its own block", c.Type)
		}
		if c.Moved {
			moved++
		}
	}
	for _, code := range []string{"crisis", "child", "sexual", "missing", "missing-endangered"} {
		if kind, ok := p.Type(code); !ok || !kind.Moved {
			t.Errorf("type %s is not one that is moved", code)
		}
	}
	if moved == 0 {
		t.Error("no call was moved at all")
	}
}

func TestLookups(t *testing.T) {
	p := seattle(t)
	corner := geo.Point{Lon: -1223168570, Lat: 476152630} // 12 Av and E Pine St
	if street := p.NearestStreet(corner); street != "12 Av" && street != "E Pine St" {
		t.Errorf("at 12 Av and E Pine St: %q", street)
	}
	if label := p.Label(corner); !strings.Contains(label, "block of") {
		t.Errorf("label %q", label)
	}
	if beat := p.BeatAt(corner); beat != "E2" && beat != "E3" && beat != "E1" {
		t.Errorf("beat %q", beat)
	}
	if p.PrecinctAt(corner) != "E" {
		t.Errorf("precinct %q", p.PrecinctAt(corner))
	}
	far := geo.Point{Lon: -1223168570, Lat: 486152630}
	if p.BeatAt(far) != "" || p.NearestStreet(far) != "" || p.Label(far) != "" {
		t.Error("a place in another country has a beat or a street")
	}
}

func TestBlocksAreOnTheirStreet(t *testing.T) {
	p := seattle(t)
	right := 0
	for _, b := range p.HundredBlocks {
		if place, ok := p.Roads.NearestEdge(b.Point); ok && p.Roads.Edges()[place.Edge].Name == b.Street {
			right++
		}
	}
	share := right * 1000 / len(p.HundredBlocks)
	t.Logf("%d per mille of the hundred-blocks lie nearest to a piece of their own street", share)
	if share < 900 {
		t.Errorf("only %d per mille", share)
	}
}

func TestEveryStationIsReached(t *testing.T) {
	p := seattle(t)
	var w road.Workspace
	from, _, _ := p.Roads.Nearest(geo.Point{Lon: -1223168570, Lat: 476152630})
	for _, s := range p.Stations {
		to, off, ok := p.Roads.Nearest(s.Point)
		if !ok || off > 300_000 {
			t.Errorf("%s is %d mm from a street", s.Name, off)
			continue
		}
		path, ok := p.Roads.ShortestPath(&w, from, to)
		if !ok || path.TravelMs > 45*60_000 || path.Length < geo.Distance(p.Roads.Point(from), p.Roads.Point(to))*99/100 {
			t.Errorf("to %s: %v, %d ms, %d mm", s.Name, ok, path.TravelMs, path.Length)
		}
	}
}

func TestLoopedDay(t *testing.T) {
	p := small(t)
	day := NewLoopedDay(p, 2000)
	for _, want := range []int64{5000, DayMs + 1000, DayMs + 5000, 2*DayMs + 1000} {
		if c, ok := day.Next(); !ok || c.OffsetMs != want {
			t.Errorf("call at %d, %v; want %d", c.OffsetMs, ok, want)
		}
	}
	if c, _ := NewLoopedDay(p, 3*DayMs+6000).Next(); c.OffsetMs != 4*DayMs+1000 {
		t.Errorf("after the last call of day 3: %d", c.OffsetMs)
	}
	var r DemandReader = NewLoopedDay(&Pack{}, 0)
	if _, ok := r.Next(); ok {
		t.Error("an empty day has a call")
	}
}

func BenchmarkReadSeattle(b *testing.B) {
	for b.Loop() {
		if _, err := Seattle(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkShortestPathSeattle(b *testing.B) {
	p := seattle(b)
	var w road.Workspace
	var settled, n int
	for b.Loop() {
		from := road.Node((n*7919 + 13) % p.Roads.NodeCount())
		to := road.Node((n*104_729 + 977) % p.Roads.NodeCount())
		p.Roads.ShortestPath(&w, from, to)
		settled += w.Settled
		n++
	}
	b.ReportMetric(float64(settled)/float64(n), "settled/op")
}
