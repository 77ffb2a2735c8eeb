package client

import (
	"encoding/json"
	"fmt"
)

// Access is a fact about a way as the API takes it.
type Access struct {
	Kind       string       `json:"kind"` // point, line or area
	Geometry   [][2]float64 `json:"geometry"`
	Direction  string       `json:"direction,omitempty"`
	Classes    []string     `json:"classes,omitempty"`
	State      string       `json:"state"`
	DelayMs    int64        `json:"delay_ms,omitempty"`
	Source     string       `json:"source"`
	Confidence string       `json:"confidence"`
	HalfLifeMs int64        `json:"half_life_ms"`
	Note       string       `json:"note,omitempty"`
	Obstacle   string       `json:"obstacle,omitempty"`
	Admits     []string     `json:"admits,omitempty"`
}

type way struct {
	Type       string `json:"type"`
	Features   []way  `json:"features"`
	Properties struct {
		State     string `json:"state"`
		Direction string `json:"direction"`
		Note      string `json:"note"`
	} `json:"properties"`
	Geometry *geometry `json:"geometry"`
}

// ReadWays takes facts about ways from GeoJSON (RFC 7946): each Point, LineString or
// Polygon is one, as like says but for its properties state, direction and note. What it
// does not understand is an error.
func ReadWays(text []byte, like Access) ([]Access, error) {
	var top way
	if err := json.Unmarshal(text, &top); err != nil {
		return nil, fmt.Errorf("it is no GeoJSON: %w", err)
	}
	all := []way{top}
	switch top.Type {
	case "FeatureCollection":
		all = top.Features
	case "Feature":
	default:
		var g geometry
		if err := json.Unmarshal(text, &g); err != nil {
			return nil, fmt.Errorf("it is no GeoJSON: %w", err)
		}
		all[0].Geometry = &g
	}
	var out []Access
	for n, f := range all {
		a, err := f.fact(like)
		if err != nil {
			return nil, fmt.Errorf("feature %d: %w", n+1, err)
		}
		out = append(out, a)
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("it has no feature")
	}
	return out, nil
}

func (f way) fact(like Access) (Access, error) {
	if f.Geometry == nil {
		return Access{}, fmt.Errorf("it has no geometry")
	}
	var err error
	switch f.Geometry.Type {
	case "Point":
		var at [2]float64
		at, err = point(f.Geometry.Coordinates)
		like.Kind, like.Geometry = "point", [][2]float64{at}
	case "LineString":
		like.Kind = "line"
		like.Geometry, err = positions(f.Geometry.Coordinates)
	case "Polygon":
		var rings []json.RawMessage
		if json.Unmarshal(f.Geometry.Coordinates, &rings) != nil || len(rings) != 1 {
			return Access{}, fmt.Errorf("an area is one ring, without holes: it has %d", len(rings))
		}
		like.Kind = "area"
		like.Geometry, err = positions(rings[0])
	default:
		return Access{}, fmt.Errorf("a %q is no way: want a Point, a LineString or a Polygon", f.Geometry.Type)
	}
	if err != nil {
		return Access{}, err
	}
	for _, own := range []struct {
		to *string
		is string
	}{{&like.State, f.Properties.State}, {&like.Direction, f.Properties.Direction}, {&like.Note, f.Properties.Note}} {
		if own.is != "" {
			*own.to = own.is
		}
	}
	return like, nil
}

func positions(raw json.RawMessage) ([][2]float64, error) {
	var all []json.RawMessage
	if err := json.Unmarshal(raw, &all); err != nil {
		return nil, fmt.Errorf("its coordinates are no list of positions: %w", err)
	}
	var out [][2]float64
	for _, one := range all {
		at, err := point(one)
		if err != nil {
			return nil, err
		}
		out = append(out, at)
	}
	return out, nil
}
