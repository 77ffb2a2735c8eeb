package pbf

import "encoding/binary"

// The wire types of protocol buffers that a field may have.
const (
	wireVarint = 0
	wire64     = 1
	wireBytes  = 2
	wire32     = 5
)

// message takes a protocol buffer apart, field by field.
type message struct {
	rest  []byte
	bad   bool
	field int
	wire  int
	value uint64 // of a varint
	bytes []byte // of a text, message or packed row
}

// next reads a field; false at the end or when the rest makes no sense.
func (m *message) next() bool {
	m.value, m.bytes = 0, nil
	if len(m.rest) == 0 || m.bad {
		return false
	}
	key := m.varint()
	m.wire = int(key & 7)
	if m.bad || key>>3 == 0 || key>>3 > 1<<29 {
		m.bad = true
		return false
	}
	m.field = int(key >> 3)
	switch m.wire {
	case wireVarint:
		m.value = m.varint()
	case wireBytes:
		m.bytes = m.take(m.varint())
	case wire64:
		m.take(8)
	case wire32:
		m.take(4)
	default:
		m.bad = true
	}
	return !m.bad
}

func (m *message) varint() uint64 {
	v, n := binary.Uvarint(m.rest)
	if n <= 0 {
		m.bad, m.rest = true, nil
		return 0
	}
	m.rest = m.rest[n:]
	return v
}

func (m *message) take(n uint64) []byte {
	if n > uint64(len(m.rest)) {
		m.bad, m.rest = true, nil
		return nil
	}
	out := m.rest[:n:n]
	m.rest = m.rest[n:]
	return out
}

// row is a repeated number: packed in one piece as everybody writes it, or in pieces
// and one by one as the rules of protocol buffers allow.
type row struct {
	rest []byte
	own  bool // rest is a copy that may grow
}

// add takes one field of the row.
func (r *row) add(m *message) {
	if m.wire == wireBytes && len(r.rest) == 0 {
		r.rest, r.own = m.bytes, false
		return
	}
	if !r.own {
		r.rest, r.own = append([]byte(nil), r.rest...), true
	}
	if m.wire == wireBytes {
		r.rest = append(r.rest, m.bytes...)
	} else {
		r.rest = binary.AppendUvarint(r.rest, m.value)
	}
}

// next takes a number off; false at the end or at damage.
func (r *row) next() (uint64, bool) {
	v, n := binary.Uvarint(r.rest)
	if n <= 0 {
		return 0, false
	}
	r.rest = r.rest[n:]
	return v, true
}

func (r *row) signed() (int64, bool) {
	v, ok := r.next()
	return zigzag(v), ok
}

// left reports whether numbers, or what should be one, are left.
func (r *row) left() bool { return len(r.rest) > 0 }

func zigzag(v uint64) int64 { return int64(v>>1) ^ -int64(v&1) }
