package build

import (
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/everycall/everycall/city"
	"github.com/everycall/everycall/geo"
)

// sourceMax bounds one input file after decompression.
const sourceMax = 256 << 20

func readSource(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	var in io.Reader = file
	if strings.HasSuffix(path, ".gz") {
		if in, err = gzip.NewReader(file); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
	}
	data, err := io.ReadAll(io.LimitReader(in, sourceMax+1))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if len(data) > sourceMax {
		return nil, fmt.Errorf("%s: larger than %d bytes", path, sourceMax)
	}
	return data, nil
}

// table is a CSV file with its header resolved.
type table struct {
	path   string
	column map[string]int
	rows   [][]string
}

func readTable(path string, columns ...string) (table, error) {
	data, err := readSource(path)
	if err != nil {
		return table{}, err
	}
	all, err := csv.NewReader(bytes.NewReader(data)).ReadAll()
	if err != nil {
		return table{}, fmt.Errorf("%s: %w", path, err)
	}
	if len(all) == 0 {
		return table{}, fmt.Errorf("%s: empty", path)
	}
	t := table{path: path, column: map[string]int{}, rows: all[1:]}
	for i, name := range all[0] {
		t.column[name] = i
	}
	for _, name := range columns {
		if _, ok := t.column[name]; !ok {
			return table{}, fmt.Errorf("%s: no column %q", path, name)
		}
	}
	return t, nil
}

func (t table) get(row []string, column string) string { return row[t.column[column]] }

// point reads a row's lon and lat; ok is false where they are empty.
func (t table) point(row []string, lon, lat string) (p geo.Point, ok bool, err error) {
	x, y := t.get(row, lon), t.get(row, lat)
	if x == "" && y == "" {
		return geo.Point{}, false, nil
	}
	if p, err = geo.ParsePoint(x, y); err != nil {
		return p, false, fmt.Errorf("%s: %w", t.path, err)
	}
	return city.Quantise(p), true, nil
}

// feature is a GeoJSON feature with its coordinates as written.
type feature struct {
	Properties map[string]any `json:"properties"`
	Geometry   struct {
		Type        string          `json:"type"`
		Coordinates json.RawMessage `json:"coordinates"`
	} `json:"geometry"`
}

func (f feature) text(property string) string {
	s, _ := f.Properties[property].(string)
	return s
}

func readFeatures(path string) ([]feature, error) {
	data, err := readSource(path)
	if err != nil {
		return nil, err
	}
	var collection struct {
		Features []feature `json:"features"`
	}
	if err := json.Unmarshal(data, &collection); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return collection.Features, nil
}

// position is one GeoJSON position, read without floats.
type position geo.Point

func (p *position) UnmarshalJSON(data []byte) error {
	var pair []json.Number
	if err := json.Unmarshal(data, &pair); err != nil {
		return err
	}
	if len(pair) < 2 {
		return fmt.Errorf("position %s has no longitude and latitude", data)
	}
	at, err := geo.ParsePoint(pair[0].String(), pair[1].String())
	*p = position(city.Quantise(at))
	return err
}

// shape reads a feature's polygons.
func (f feature) shape() (geo.MultiPolygon, error) {
	var polygons [][][]position
	switch f.Geometry.Type {
	case "MultiPolygon":
		if err := json.Unmarshal(f.Geometry.Coordinates, &polygons); err != nil {
			return nil, err
		}
	case "Polygon":
		var one [][]position
		if err := json.Unmarshal(f.Geometry.Coordinates, &one); err != nil {
			return nil, err
		}
		polygons = [][][]position{one}
	default:
		return nil, fmt.Errorf("geometry %q is not an area", f.Geometry.Type)
	}
	var out geo.MultiPolygon
	for _, rings := range polygons {
		var polygon geo.Polygon
		for _, ring := range rings {
			polygon = append(polygon, points(ring))
		}
		out = append(out, polygon)
	}
	return out, nil
}

// line reads a feature's points: a Point gives one, a LineString all.
func (f feature) line() ([]geo.Point, error) {
	if f.Geometry.Type == "Point" {
		var at position
		err := json.Unmarshal(f.Geometry.Coordinates, &at)
		return []geo.Point{geo.Point(at)}, err
	}
	var line []position
	err := json.Unmarshal(f.Geometry.Coordinates, &line)
	return points(line), err
}

func points(in []position) []geo.Point {
	out := make([]geo.Point, len(in))
	for i, p := range in {
		out[i] = geo.Point(p)
	}
	return out
}

// dice is SplitMix64: the build's only chance, always seeded by what it decides.
type dice uint64

// seeded starts dice from the parts of a decision (FNV-1a).
func seeded(parts ...string) *dice {
	h := uint64(14695981039346656037)
	for _, part := range parts {
		for i := 0; i < len(part); i++ {
			h = (h ^ uint64(part[i])) * 1099511628211
		}
		h = (h ^ 0xff) * 1099511628211
	}
	d := dice(h)
	return &d
}

func (d *dice) next() uint64 {
	*d += 0x9e3779b97f4a7c15
	z := uint64(*d)
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// below gives 0 … n−1, n > 0.
func (d *dice) below(n int64) int64 { return int64(d.next() % uint64(n)) }

// between gives low … high.
func (d *dice) between(low, high int64) int64 { return low + d.below(high-low+1) }
