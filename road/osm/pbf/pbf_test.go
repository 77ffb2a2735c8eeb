package pbf_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/everycall/everycall/road/osm/pbf"
	"github.com/everycall/everycall/road/osm/pbf/pbftest"
)

// told writes down what a file holds, a line for each thing.
func told(data []byte) ([]string, error) {
	f, err := pbf.Open(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, err
	}
	var out []string
	say := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	err = f.Scan(pbf.Visitor{
		Node:     func(n pbf.Node) { say("node %d %d %d %v", n.ID, n.Lon, n.Lat, n.Tags) },
		Way:      func(w *pbf.Way) { say("way %d %v %v", w.ID, w.Refs, w.Tags) },
		Relation: func(r *pbf.Relation) { say("relation %d %v %v", r.ID, r.Members, r.Tags) },
	})
	return out, err
}

func sample() *pbftest.File {
	f := pbftest.New()
	f.Nodes(pbf.Node{ID: 10, Lon: -122_318_000_000, Lat: 47_615_000_000}, pbf.Node{ID: 7, Lon: 8_700_000_100, Lat: -49_400_000_000, Tags: pbf.Tags{"barrier", "gate", "name", "Tor"}})
	f.PlainNodes(pbf.Node{ID: -3, Lon: 1_000, Lat: -2_000, Tags: pbf.Tags{"a", "b", "c", "d"}})
	f.Ways(pbf.Way{ID: 5, Refs: []int64{10, 7, -3}, Tags: pbf.Tags{"highway", "primary"}}, pbf.Way{ID: 6})
	f.Relations(pbf.Relation{ID: 8, Tags: pbf.Tags{"type", "restriction"}, Members: []pbf.Member{{Type: pbf.WayMember, ID: 5, Role: "from"}, {Type: pbf.NodeMember, ID: 7, Role: "via"}}})
	return f
}

func TestReadsWhatIsThere(t *testing.T) {
	got, err := told(sample().Bytes)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"node 10 -122318000000 47615000000 []",
		"node 7 8700000100 -49400000000 [barrier gate name Tor]",
		"node -3 1000 -2000 [a b c d]",
		"way 5 [10 7 -3] [highway primary]",
		"way 6 [] []",
		"relation 8 [{1 5 from} {0 7 via}] [type restriction]",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestLaterScansSkipAndFindTheSame(t *testing.T) {
	data := sample().Bytes
	f, err := pbf.Open(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	ways, nodes, blocks := 0, 0, 0
	for range 2 {
		if err := f.Scan(pbf.Visitor{Way: func(*pbf.Way) { ways++ }, Block: func(int64) { blocks++ }}); err != nil {
			t.Fatal(err)
		}
		if err := f.Scan(pbf.Visitor{Node: func(pbf.Node) { nodes++ }}); err != nil {
			t.Fatal(err)
		}
	}
	if ways != 4 || nodes != 6 || blocks != 8 {
		t.Errorf("%d ways, %d nodes, %d blocks", ways, nodes, blocks)
	}
}

// The form has no mark at its end, so a file cut between two blobs is a shorter file;
// cut anywhere else it is refused, with the place.
func TestACutFileIsRefused(t *testing.T) {
	whole := sample()
	all, _ := told(whole.Bytes)
	for cut := range whole.Bytes {
		got, err := told(whole.Bytes[:cut])
		if slices.Contains(whole.Ends, cut) {
			if err != nil || len(got) >= len(all) {
				t.Errorf("cut between blobs at %d: %d things, %v", cut, len(got), err)
			}
			continue
		}
		var where *pbf.Error
		if !errors.As(err, &where) || where.Offset > int64(cut) {
			t.Errorf("cut at %d: %v", cut, err)
		}
	}
}

func TestRefusals(t *testing.T) {
	demands := func(what string) []byte {
		f := &pbftest.File{}
		f.Blob("OSMHeader", append([]byte{4<<3 | 2, byte(len(what))}, what...), true)
		return f.Bytes
	}
	with := func(kind string, raw []byte) []byte {
		f := pbftest.New()
		f.Blob(kind, raw, true)
		return f.Bytes
	}
	frame := func(body ...byte) []byte {
		f := pbftest.New()
		f.Frame("OSMData", body)
		return f.Bytes
	}
	for _, c := range []struct {
		name string
		data []byte
		want string
	}{
		{"empty", nil, "empty"},
		{"text", []byte("<?xml version='1.0'?><osm>"), "not an OpenStreetMap PBF file"},
		{"no header first", func() []byte { f := &pbftest.File{}; f.Blob("OSMData", nil, true); return f.Bytes }(), "not an OpenStreetMap PBF file"},
		{"history", demands("HistoricalInformation"), "osmium time-filter"},
		{"unknown demand", demands("Future"), `"Future"`},
		{"two headers", with("OSMHeader", nil), "second header"},
		{"zstd", frame(7<<3|2, 1, 0), "zstd"},
		{"no content", frame(2<<3, 5), "damaged"},
		{"bomb", frame(append([]byte{2 << 3, 1, 3<<3 | 2}, packed(make([]byte, 1<<20))...)...), "does not unpack to its 1 bytes"},
		{"too large", frame(2<<3, 0xff, 0xff, 0xff, 0x7f, 3<<3|2, 0), "at most"},
		{"not zlib", frame(2<<3, 1, 3<<3|2, 3, 1, 2, 3), "unpack"},
		{"text beyond the table", with("OSMData", []byte{2<<3 | 2, 10, 3<<3 | 2, 8, 1 << 3, 5, 2<<3 | 2, 1, 9, 3<<3 | 2, 1, 9}), "text 9 of 0"},
		{"grain", with("OSMData", []byte{17<<3&0x7f | 0x80, 1, 0}), "damaged"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := told(c.data)
			var where *pbf.Error
			if !errors.As(err, &where) || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "at byte ") {
				t.Errorf("%v, want %q", err, c.want)
			}
		})
	}
}

// packed is a zlib stream with its length before it.
func packed(raw []byte) []byte {
	f := &pbftest.File{}
	f.Blob("", raw, true)
	at := bytes.Index(f.Bytes, []byte{0x78, 0x9c})
	body := f.Bytes[at:]
	return append([]byte{byte(len(body)&0x7f | 0x80), byte(len(body) >> 7)}, body...)
}

func TestUnknownBlobsAreSkipped(t *testing.T) {
	f := pbftest.New()
	f.Blob("Whatever", []byte{1, 2, 3}, false)
	f.Ways(pbf.Way{ID: 1})
	if got, err := told(f.Bytes); err != nil || len(got) != 1 {
		t.Errorf("%v, %v", got, err)
	}
}

func TestSenselessCoordinatesStayOffThePlanet(t *testing.T) {
	f := pbftest.New()
	f.Nodes(pbf.Node{ID: 1, Lon: 1 << 60, Lat: -1 << 60})
	got, err := told(f.Bytes)
	if err != nil || !strings.HasPrefix(got[0], fmt.Sprintf("node 1 %d %d", pbf.OffPlanet, pbf.OffPlanet)) {
		t.Errorf("%v, %v", got, err)
	}
}

func FuzzRead(f *testing.F) {
	f.Add(sample().Bytes)
	plain := pbftest.New() // unpacked: the fuzzer can reach what is inside
	plain.PlainNodes(pbf.Node{ID: 1, Tags: pbf.Tags{"k", "v"}})
	plain.Blob("OSMData", []byte{2<<3 | 2, 8, 3<<3 | 2, 6, 1 << 3, 5, 8<<3 | 2, 2, 2, 4}, false)
	f.Add(plain.Bytes)
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 1<<16 {
			return
		}
		_, err := told(data)
		var where *pbf.Error
		if err != nil && (!errors.As(err, &where) || where.Offset > int64(len(data))) {
			t.Fatal(err)
		}
	})
}

// FuzzBlock reaches the inside of a block without the fuzzer having to make frames.
func FuzzBlock(f *testing.F) {
	f.Add([]byte{2<<3 | 2, 8, 3<<3 | 2, 6, 1 << 3, 5, 8<<3 | 2, 2, 2, 4})
	f.Add([]byte{1<<3 | 2, 5, 1<<3 | 2, 0, 1<<3 | 2, 1, 'a', 2<<3 | 2, 14, 2<<3 | 2, 12, 1<<3 | 2, 1, 2, 8<<3 | 2, 1, 2, 9<<3 | 2, 1, 2, 10<<3 | 2, 0})
	f.Fuzz(func(t *testing.T, raw []byte) {
		if len(raw) > 1<<16 {
			return
		}
		file := pbftest.New()
		file.Blob("OSMData", raw, false)
		_, _ = told(file.Bytes) // an error or not, never a panic
	})
}
