package client

import (
	"strings"
	"testing"
)

func TestReadWays(t *testing.T) {
	like := Access{State: "blocked", Direction: "both", Source: "x"}
	got, err := ReadWays([]byte(`{"type":"Point","coordinates":[-122.3,47.6,12]}`), like)
	if err != nil || len(got) != 1 || got[0].Kind != "point" || got[0].Geometry[0] != [2]float64{-122.3, 47.6} || got[0].State != "blocked" {
		t.Errorf("%+v %v", got, err)
	}
	for name, c := range map[string][2]string{
		"no JSON":          {`{`, "no GeoJSON"},
		"no shape":         {`{"type":"FeatureCollection","features":[]}`, "no feature"},
		"several at once":  {`{"type":"MultiPoint","coordinates":[[1,2]]}`, "is no way"},
		"a hole":           {`{"type":"Polygon","coordinates":[[[1,2],[2,3],[3,4]],[[1,2],[2,3],[3,4]]]}`, "without holes"},
		"no ring":          {`{"type":"Polygon","coordinates":[5]}`, "no list of positions"},
		"a lone number":    {`{"type":"LineString","coordinates":[[1]]}`, "a position is"},
		"without geometry": {`{"type":"Feature","properties":{}}`, "no geometry"},
	} {
		if _, err := ReadWays([]byte(c[0]), like); err == nil || !strings.Contains(err.Error(), c[1]) {
			t.Errorf("%s: %v, want %q", name, err, c[1])
		}
	}
}

func FuzzReadWays(f *testing.F) {
	f.Add([]byte(`{"type":"LineString","coordinates":[[1,2],[2,3]]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		ways, err := ReadWays(text, Access{State: "blocked"})
		if err != nil {
			return
		}
		if len(ways) == 0 {
			t.Error("read, and no way")
		}
		for _, w := range ways {
			if w.Kind == "" || w.State == "" {
				t.Errorf("%+v", w)
			}
		}
	})
}
