// Package pbftest writes small OpenStreetMap PBF files for tests. It writes only what
// package pbf reads, by the same description, and is part of no release.
package pbftest

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"

	"github.com/everycall/everycall/road/osm/pbf"
)

// File gathers blobs. Its methods panic at nothing: what cannot be is written all the
// same, for tests of damage.
type File struct {
	Bytes []byte
	Ends  []int // the length of the file after each blob, the header's first
}

// New starts a file that demands the usual of its reader.
func New() *File {
	f := &File{}
	var header []byte
	header = field(header, 4, []byte("OsmSchema-V0.6"))
	header = field(header, 4, []byte("DenseNodes"))
	f.Blob("OSMHeader", header, true)
	return f
}

// Blob adds a blob of any content.
func (f *File) Blob(kind string, raw []byte, packed bool) {
	var body []byte
	if packed {
		var z bytes.Buffer
		w := zlib.NewWriter(&z)
		_, _ = w.Write(raw) // a buffer takes everything
		_ = w.Close()
		body = number(body, 2, uint64(len(raw)))
		body = field(body, 3, z.Bytes())
	} else {
		body = field(body, 1, raw)
	}
	f.Frame(kind, body)
}

// Frame adds a blob as it stands in the file.
func (f *File) Frame(kind string, body []byte) {
	head := number(field(nil, 1, []byte(kind)), 3, uint64(len(body)))
	f.Bytes = binary.BigEndian.AppendUint32(f.Bytes, uint32(len(head)))
	f.Bytes = append(append(f.Bytes, head...), body...)
	f.Ends = append(f.Ends, len(f.Bytes))
}

// table numbers texts; 0 is the empty one, which ends a dense node's tags.
type table struct {
	texts []string
	index map[string]uint64
}

func newTable() *table { return &table{texts: []string{""}, index: map[string]uint64{"": 0}} }

func (t *table) of(text string) uint64 {
	i, ok := t.index[text]
	if !ok {
		i = uint64(len(t.texts))
		t.texts, t.index[text] = append(t.texts, text), i
	}
	return i
}

func (t *table) block(group []byte) []byte {
	var texts []byte
	for _, s := range t.texts {
		texts = field(texts, 1, []byte(s))
	}
	return field(field(nil, 1, texts), 2, group)
}

func (t *table) tags(out []byte, tags pbf.Tags) []byte {
	var keys, values []byte
	for i := 0; i+1 < len(tags); i += 2 {
		keys = binary.AppendUvarint(keys, t.of(tags[i]))
		values = binary.AppendUvarint(values, t.of(tags[i+1]))
	}
	if len(keys) == 0 {
		return out
	}
	return field(field(out, 2, keys), 3, values)
}

// unit is 1e-9 degree in a coordinate's unit, the form's usual one.
const unit = 100

// Nodes adds a blob of dense nodes.
func (f *File) Nodes(nodes ...pbf.Node) {
	t := newTable()
	var ids, lons, lats, tags []byte
	var last pbf.Node
	tagged := false
	for _, n := range nodes {
		ids = binary.AppendVarint(ids, n.ID-last.ID)
		lons = binary.AppendVarint(lons, n.Lon/unit-last.Lon/unit)
		lats = binary.AppendVarint(lats, n.Lat/unit-last.Lat/unit)
		for i := 0; i+1 < len(n.Tags); i += 2 {
			tags = binary.AppendUvarint(tags, t.of(n.Tags[i]))
			tags = binary.AppendUvarint(tags, t.of(n.Tags[i+1]))
			tagged = true
		}
		tags = append(tags, 0)
		last = n
	}
	dense := field(field(field(nil, 1, ids), 8, lats), 9, lons)
	if tagged {
		dense = field(dense, 10, tags)
	}
	f.Blob("OSMData", t.block(field(nil, 2, dense)), true)
}

// PlainNodes adds an unpacked blob of nodes one by one, with tags not packed.
func (f *File) PlainNodes(nodes ...pbf.Node) {
	t := newTable()
	var group []byte
	for _, n := range nodes {
		one := number(nil, 1, zigzag(n.ID))
		for i := 0; i+1 < len(n.Tags); i += 2 {
			one = number(one, 2, t.of(n.Tags[i]))
			one = number(one, 3, t.of(n.Tags[i+1]))
		}
		one = number(number(one, 8, zigzag(n.Lat/unit)), 9, zigzag(n.Lon/unit))
		group = field(group, 1, one)
	}
	f.Blob("OSMData", t.block(group), false)
}

// Ways adds a blob of ways.
func (f *File) Ways(ways ...pbf.Way) {
	t := newTable()
	var group []byte
	for _, w := range ways {
		one := t.tags(number(nil, 1, uint64(w.ID)), w.Tags)
		var refs []byte
		last := int64(0)
		for _, ref := range w.Refs {
			refs, last = binary.AppendVarint(refs, ref-last), ref
		}
		group = field(group, 3, field(one, 8, refs))
	}
	f.Blob("OSMData", t.block(group), true)
}

// Relations adds a blob of relations.
func (f *File) Relations(relations ...pbf.Relation) {
	t := newTable()
	var group []byte
	for _, r := range relations {
		one := t.tags(number(nil, 1, uint64(r.ID)), r.Tags)
		var roles, ids, types []byte
		last := int64(0)
		for _, m := range r.Members {
			roles = binary.AppendUvarint(roles, t.of(m.Role))
			ids, last = binary.AppendVarint(ids, m.ID-last), m.ID
			types = binary.AppendUvarint(types, uint64(m.Type))
		}
		group = field(group, 4, field(field(field(one, 8, roles), 9, ids), 10, types))
	}
	f.Blob("OSMData", t.block(group), true)
}

func field(out []byte, number int, content []byte) []byte {
	out = binary.AppendUvarint(out, uint64(number)<<3|2)
	return append(binary.AppendUvarint(out, uint64(len(content))), content...)
}

func number(out []byte, number int, value uint64) []byte {
	return binary.AppendUvarint(binary.AppendUvarint(out, uint64(number)<<3), value)
}

func zigzag(v int64) uint64 { return uint64(v<<1) ^ uint64(v>>63) }
