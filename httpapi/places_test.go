package httpapi

import (
	"net/http"
	"testing"
	"time"

	"github.com/everycall/everycall/advisor"
	"github.com/everycall/everycall/dispatch"
	"github.com/everycall/everycall/gazetteer"
	"github.com/everycall/everycall/geo"
	"github.com/everycall/everycall/journal/memory"
	"github.com/everycall/everycall/road"
)

// twoBlocks are two streets that cross, with a name each, and the ways over them.
func twoBlocks(t *testing.T) (*gazetteer.Index, *advisor.Road) {
	t.Helper()
	at := func(x, y int32) geo.Point {
		return geo.Point{Lon: -1_223_180_000 + x*10_000, Lat: 476_150_000 + y*10_000}
	}
	names := []string{"", "11 Av", "E Pine St"}
	n := road.Network{Names: names, Points: []geo.Point{at(0, 0), at(1, 0), at(2, 0), at(1, 1)}}
	for _, e := range [][3]uint32{{0, 1, 2}, {1, 2, 2}, {1, 3, 1}} {
		n.Edges = append(n.Edges, road.Edge{From: road.Node(e[0]), To: road.Node(e[1]), Name: e[2], Class: road.Street, Forward: road.Everybody, Backward: road.Everybody})
	}
	g, err := road.New(n)
	if err != nil {
		t.Fatal(err)
	}
	ways, err := advisor.NewRoad(g, g.Order(), time.Unix(0, 0))
	if err != nil {
		t.Fatal(err)
	}
	index := gazetteer.New(gazetteer.Source{Streets: names, Crossings: []gazetteer.Crossing{{A: 1, B: 2, Point: at(1, 0)}},
		Pieces: []gazetteer.Piece{{Street: 2, A: at(0, 0), B: at(1, 0)}, {Street: 2, A: at(1, 0), B: at(2, 0)}, {Street: 1, A: at(1, 0), B: at(1, 1)}}})
	return index, ways
}

func TestPlacesAndRoutes(t *testing.T) {
	index, ways := twoBlocks(t)
	d := open(t, memory.New(), Options{Places: index, Router: ways})
	found := d.ask("GET", "/api/v1/places?q=pine+and+11th", nil).want(t, http.StatusOK, "")
	if found.body["items"].([]any)[0].(map[string]any)["kind"] != "intersection" {
		t.Errorf("%s", found.text)
	}
	d.ask("GET", "/api/v1/places/nearest?lon=-122.317&lat=47.615", nil).want(t, http.StatusOK, "")
	d.ask("GET", "/api/v1/places/nearest?lon=10&lat=10", nil).want(t, http.StatusNotFound, "nothing_near")
	const ends = "from_lon=-122.3180&from_lat=47.6150&to_lon=-122.3170&to_lat=47.6158"
	free := d.ask("GET", "/api/v1/route?vehicle=engine&"+ends, nil).want(t, http.StatusOK, "")
	if legs := free.body["legs"].([]any); free.body["reachable"] != true || len(legs) != 2 || legs[1].(map[string]any)["turn"] != "left" {
		t.Errorf("%s", free.text)
	}
	d.ask("GET", "/api/v1/route?vehicle=engine&via_lon=-122.3165&via_lat=47.6150&"+ends, nil).want(t, http.StatusOK, "")
	if all := d.ask("GET", "/api/v1/reach?lon=-122.3180&lat=47.6150&minutes=10", nil).want(t, http.StatusOK, "").body["coordinates"].([]any); len(all) < 3 {
		t.Errorf("within ten minutes: %v", all)
	}
	d.ask("GET", "/api/v1/reach?lon=1&lat=1", nil).want(t, http.StatusUnprocessableEntity, "off_network")
	s := dispatch.NewState()
	s.Access["x1"] = &dispatch.AccessFact{ID: "x1", Kind: "point", Geometry: []geo.Point{{Lon: -1_223_170_000, Lat: 476_154_000}}, Direction: "both", State: dispatch.AccessBlocked, HalfLife: dispatch.Hour}
	if _, err := ways.Know(func(see func(*dispatch.State)) { see(s) }, 0); err != nil {
		t.Fatal(err)
	}
	shut := d.ask("GET", "/api/v1/route?vehicle=engine&"+ends, nil).want(t, http.StatusOK, "").body
	if by := shut["blocked_by"].([]any); shut["reachable"] != false || len(by) != 1 || by[0] != "x1" {
		t.Errorf("%v", shut)
	}
	d.ask("GET", "/api/v1/route?vehicle=zeppelin&"+ends, nil).want(t, http.StatusUnprocessableEntity, "")
	d.ask("GET", "/api/v1/route?from_lon=0&from_lat=0&to_lon=1&to_lat=1", nil).want(t, http.StatusUnprocessableEntity, "off_network")
	d.ask("GET", "/api/v1/incidents/i1/route?unit=3E2", nil).want(t, http.StatusNotFound, "place_unknown")
}

func TestWithoutAPackNothingIsGuessed(t *testing.T) {
	d := newDesk(t)
	d.ask("GET", "/api/v1/places?q=11th", nil).want(t, http.StatusNotFound, "no_pack")
	d.ask("GET", "/api/v1/places/nearest?lon=1&lat=1", nil).want(t, http.StatusNotFound, "no_pack")
	d.ask("GET", "/api/v1/route?from_lon=0&from_lat=0&to_lon=1&to_lat=1", nil).want(t, http.StatusNotFound, "no_pack")
}

func TestAccessIsRecordedAndTakenBack(t *testing.T) {
	d := newDesk(t)
	fact := map[string]any{"kind": "line", "geometry": [][2]float64{{-122.318, 47.615}, {-122.317, 47.615}}, "state": "blocked", "source": "engine crew", "confidence": "seen", "half_life_ms": 3_600_000}
	d.ask("POST", "/api/v1/access", fact).want(t, http.StatusOK, "")
	rows := d.ask("GET", "/api/v1/board", nil).body["access"].([]any)
	if len(rows) != 1 || rows[0].(map[string]any)["state"] != "blocked" || rows[0].(map[string]any)["direction"] != "both" {
		t.Fatalf("%v", rows)
	}
	id := rows[0].(map[string]any)["id"].(string)
	fact["kind"] = "area"
	d.ask("POST", "/api/v1/access", fact).want(t, http.StatusUnprocessableEntity, "")
	fact["kind"], fact["geometry"] = "point", [][2]float64{{999, 0}}
	d.ask("POST", "/api/v1/access", fact).want(t, http.StatusUnprocessableEntity, "place_invalid")
	d.ask("DELETE", "/api/v1/access/"+id, nil).want(t, http.StatusUnprocessableEntity, "")
	d.ask("DELETE", "/api/v1/access/"+id+"?reason=gone", nil).want(t, http.StatusOK, "")
	if rows := d.ask("GET", "/api/v1/board", nil).body["access"].([]any); len(rows) != 0 {
		t.Errorf("%v", rows)
	}
}
