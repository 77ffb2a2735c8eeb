package tile

import "encoding/binary"

// The encoder writes the protocol buffer of the Mapbox Vector Tile
// specification 2.1 by hand: https://github.com/mapbox/vector-tile-spec/tree/master/2.1
//
// Field numbers (section 4 and its vector_tile.proto).
const (
	tileLayer       = 3
	layerName       = 1
	layerFeature    = 2
	layerKey        = 3
	layerValue      = 4
	layerExtent     = 5
	layerVersion    = 15
	featureTags     = 2
	featureType     = 3
	featureGeometry = 4
	valueString     = 1
	valueUint       = 5
)

// Geometry commands (section 4.3.1).
const (
	moveTo    = 1
	lineTo    = 2
	closePath = 7
)

// featureKind is the GeomType of a feature.
type featureKind uint64

const (
	pointFeature   featureKind = 1
	lineFeature    featureKind = 2
	polygonFeature featureKind = 3
)

// tag is a key with its value: the text, or the number where the text is empty.
type tag struct {
	key, text string
	number    uint64
}

// value is the tag's Value message.
func (t tag) value() string {
	if t.text == "" {
		return string(appendNumber(nil, valueUint, t.number))
	}
	return string(appendBytes(nil, valueString, []byte(t.text)))
}

// feature is one shape with its tags. Rings are not closed by a repeated point.
type feature struct {
	kind  featureKind
	tags  []tag
	parts [][]point
}

// layer is a named list of features; one without features is not written.
type layer struct {
	name     string
	features []feature
}

// add takes a feature unless nothing of it is in the tile.
func (l *layer) add(f feature) {
	if len(f.parts) > 0 {
		l.features = append(l.features, f)
	}
}

// encode writes the layers; no features at all give no bytes.
func encode(layers []layer) []byte {
	var out []byte
	for _, l := range layers {
		if len(l.features) > 0 {
			out = appendBytes(out, tileLayer, l.encode())
		}
	}
	return out
}

func (l layer) encode() []byte {
	out := appendBytes(nil, layerName, []byte(l.name))
	keys, values := index{}, index{}
	for _, f := range l.features {
		var tags []byte
		for _, t := range f.tags {
			tags = binary.AppendUvarint(tags, keys.of(t.key))
			tags = binary.AppendUvarint(tags, values.of(t.value()))
		}
		var body []byte
		if len(tags) > 0 {
			body = appendBytes(body, featureTags, tags)
		}
		body = appendNumber(body, featureType, uint64(f.kind))
		body = appendBytes(body, featureGeometry, f.geometry())
		out = appendBytes(out, layerFeature, body)
	}
	for _, k := range keys.list {
		out = appendBytes(out, layerKey, []byte(k))
	}
	for _, v := range values.list {
		out = appendBytes(out, layerValue, []byte(v))
	}
	out = appendNumber(out, layerExtent, extent)
	return appendNumber(out, layerVersion, 2)
}

// geometry writes the drawing commands; the cursor runs on from part to part.
func (f feature) geometry() []byte {
	var out []byte
	var cursor point
	command := func(id, count int) { out = binary.AppendUvarint(out, uint64(id)|uint64(count)<<3) }
	step := func(p point) {
		out = binary.AppendVarint(out, int64(p.x-cursor.x)) // zigzag, as the format wants it
		out = binary.AppendVarint(out, int64(p.y-cursor.y))
		cursor = p
	}
	if f.kind == pointFeature {
		count := 0
		for _, part := range f.parts {
			count += len(part)
		}
		command(moveTo, count)
		for _, part := range f.parts {
			for _, p := range part {
				step(p)
			}
		}
		return out
	}
	for _, part := range f.parts {
		command(moveTo, 1)
		step(part[0])
		command(lineTo, len(part)-1)
		for _, p := range part[1:] {
			step(p)
		}
		if f.kind == polygonFeature {
			command(closePath, 1)
		}
	}
	return out
}

// index numbers strings in the order of their first use.
type index struct {
	list []string
	at   map[string]uint64
}

func (x *index) of(s string) uint64 {
	if i, ok := x.at[s]; ok {
		return i
	}
	if x.at == nil {
		x.at = map[string]uint64{}
	}
	i := uint64(len(x.list))
	x.at[s] = i
	x.list = append(x.list, s)
	return i
}

func appendBytes(out []byte, field int, body []byte) []byte {
	out = binary.AppendUvarint(out, uint64(field)<<3|2)
	out = binary.AppendUvarint(out, uint64(len(body)))
	return append(out, body...)
}

func appendNumber(out []byte, field int, v uint64) []byte {
	out = binary.AppendUvarint(out, uint64(field)<<3)
	return binary.AppendUvarint(out, v)
}
