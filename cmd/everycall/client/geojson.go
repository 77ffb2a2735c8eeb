package client

import (
	"encoding/json"
	"fmt"
	"slices"
)

// Zone is a zone as the API takes it.
type Zone struct {
	Name      string       `json:"name"`
	Within    string       `json:"within,omitempty"`
	Replaces  string       `json:"replaces,omitempty"`
	Outline   [][2]float64 `json:"outline"`
	Rules     []ZoneRule   `json:"rules,omitempty"`
	Parts     []ZonePart   `json:"parts,omitempty"`
	Gates     []Gate       `json:"gates,omitempty"`
	Until     string       `json:"until,omitempty"`
	Authority string       `json:"authority"`
	Reason    string       `json:"reason"`
	Version   int          `json:"version,omitempty"` // of an amendment: that it was read as
	Why       string       `json:"why,omitempty"`
}

// ZoneRule says how one service enters.
type ZoneRule struct {
	Service  string `json:"service"`
	Entry    string `json:"entry"`
	EscortBy string `json:"escort_by,omitempty"`
}

// ZonePart is a hot, warm or cold part.
type ZonePart struct {
	Heat    string       `json:"heat"`
	Outline [][2]float64 `json:"outline"`
}

// Gate is a way in; its ID is kept where one is given.
type Gate struct {
	ID         string      `json:"id,omitempty"`
	Name       string      `json:"name"`
	Street     string      `json:"street,omitempty"`
	Grid       string      `json:"grid,omitempty"`
	Lon        float64     `json:"lon"`
	Lat        float64     `json:"lat"`
	Rendezvous *Rendezvous `json:"rendezvous,omitempty"`
	Admits     []string    `json:"admits,omitempty"`
}

// Rendezvous is where who waits to go in waits.
type Rendezvous struct {
	Name   string  `json:"name"`
	Street string  `json:"street,omitempty"`
	Lon    float64 `json:"lon"`
	Lat    float64 `json:"lat"`
}

type feature struct {
	Type       string    `json:"type"`
	Features   []feature `json:"features"`
	Properties struct {
		Kind   string   `json:"kind"` // "zone", "hot", "warm", "cold", "gate", "rendezvous"; "" by geometry
		ID     string   `json:"id"`
		Name   string   `json:"name"`
		Street string   `json:"street"`
		Grid   string   `json:"grid"`
		Gate   string   `json:"gate"` // of a rendezvous: its gate's name
		Admits []string `json:"admits"`
	} `json:"properties"`
	Geometry *geometry `json:"geometry"`
}

type geometry struct {
	Type        string          `json:"type"`
	Coordinates json.RawMessage `json:"coordinates"`
}

// ReadGeoJSON takes an outline, parts, gates and rendezvous points from GeoJSON
// (RFC 7946): a Polygon, or features of which one polygon is the zone and the others
// say in properties.kind what they are. What it does not understand is an error.
func ReadGeoJSON(text []byte, into *Zone) error {
	var top feature
	if err := json.Unmarshal(text, &top); err != nil {
		return fmt.Errorf("it is no GeoJSON: %w", err)
	}
	all := top.Features
	switch top.Type {
	case "FeatureCollection":
	case "Feature":
		all = []feature{top}
	case "Polygon":
		var g geometry
		if err := json.Unmarshal(text, &g); err != nil {
			return fmt.Errorf("it is no GeoJSON: %w", err)
		}
		all = []feature{{Geometry: &g}}
	default:
		return fmt.Errorf("a %q is no zone: want a Polygon, a Feature or a FeatureCollection", top.Type)
	}
	meets := map[string]*Rendezvous{}
	for n, f := range all {
		if err := into.take(f, meets); err != nil {
			return fmt.Errorf("feature %d: %w", n+1, err)
		}
	}
	if into.Outline == nil {
		return fmt.Errorf("no polygon is the zone's outline")
	}
	for gate, meet := range meets {
		n := slices.IndexFunc(into.Gates, func(g Gate) bool { return g.Name == gate })
		if n < 0 {
			return fmt.Errorf("rendezvous %q names gate %q, which is not there", meet.Name, gate)
		}
		into.Gates[n].Rendezvous = meet
	}
	return nil
}

func (z *Zone) take(f feature, meets map[string]*Rendezvous) error {
	if f.Geometry == nil {
		return fmt.Errorf("it has no geometry")
	}
	p := f.Properties
	if f.Geometry.Type == "Point" {
		at, err := point(f.Geometry.Coordinates)
		if err != nil {
			return err
		}
		switch p.Kind {
		case "", "gate":
			z.Gates = append(z.Gates, Gate{ID: p.ID, Name: p.Name, Street: p.Street, Grid: p.Grid, Lon: at[0], Lat: at[1], Admits: p.Admits})
		case "rendezvous":
			meets[p.Gate] = &Rendezvous{Name: p.Name, Street: p.Street, Lon: at[0], Lat: at[1]}
		default:
			return fmt.Errorf("a point is a gate or a rendezvous, not %q", p.Kind)
		}
		return nil
	}
	if f.Geometry.Type != "Polygon" {
		return fmt.Errorf("a %q is neither a Polygon nor a Point", f.Geometry.Type)
	}
	var rings [][]json.RawMessage
	if err := json.Unmarshal(f.Geometry.Coordinates, &rings); err != nil {
		return fmt.Errorf("its coordinates are no polygon: %w", err)
	}
	if len(rings) != 1 {
		return fmt.Errorf("an outline is one ring, without holes: it has %d", len(rings))
	}
	var outline [][2]float64
	for _, raw := range rings[0] {
		at, err := point(raw)
		if err != nil {
			return err
		}
		outline = append(outline, at)
	}
	switch p.Kind {
	case "", "zone":
		if z.Outline != nil {
			return fmt.Errorf("a second polygon is the zone's outline: give the others a kind")
		}
		if z.Outline = outline; z.Name == "" {
			z.Name = p.Name
		}
	case "hot", "warm", "cold":
		z.Parts = append(z.Parts, ZonePart{Heat: p.Kind, Outline: outline})
	default:
		return fmt.Errorf("a polygon is the zone, hot, warm or cold, not %q", p.Kind)
	}
	return nil
}

// point reads [lon, lat] or [lon, lat, altitude].
func point(raw json.RawMessage) ([2]float64, error) {
	var numbers []float64
	if err := json.Unmarshal(raw, &numbers); err != nil || len(numbers) < 2 || len(numbers) > 3 {
		return [2]float64{}, fmt.Errorf("a position is [longitude, latitude]")
	}
	return [2]float64{numbers[0], numbers[1]}, nil
}
