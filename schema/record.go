package schema

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
)

// Records are written and read by hand: there are millions of them, their layout
// is fixed, and a library that looks at types while it runs takes several times
// as long. It is the encoding that the library would make of the same array
// (RFC 8949, core deterministic: shortest heads), which a test holds.

const (
	majorUnsigned = 0 << 5
	majorNegative = 1 << 5
	majorBytes    = 2 << 5
	majorText     = 3 << 5
	majorArray    = 4 << 5
	majorMap      = 5 << 5
	majorTag      = 6 << 5
	null          = 0xf6
	recordFields  = 13
	maxDepth      = 32 // of nested items
)

func appendHead(to []byte, major byte, n uint64) []byte {
	switch {
	case n < 24:
		return append(to, major|byte(n))
	case n <= math.MaxUint8:
		return append(to, major|24, byte(n))
	case n <= math.MaxUint16:
		return binary.BigEndian.AppendUint16(append(to, major|25), uint16(n))
	case n <= math.MaxUint32:
		return binary.BigEndian.AppendUint32(append(to, major|26), uint32(n))
	}
	return binary.BigEndian.AppendUint64(append(to, major|27), n)
}

func appendInt(to []byte, n int64) []byte {
	if n < 0 {
		return appendHead(to, majorNegative, uint64(-1-n))
	}
	return appendHead(to, majorUnsigned, uint64(n))
}

func appendText(to []byte, s string) []byte {
	return append(appendHead(to, majorText, uint64(len(s))), s...)
}

func appendBytes(to, b []byte) []byte {
	if b == nil {
		return append(to, null)
	}
	return append(appendHead(to, majorBytes, uint64(len(b))), b...)
}

// Append appends the encoded record.
func (r *Record) Append(to []byte) []byte {
	to = append(to, majorArray|recordFields)
	to = appendHead(to, majorUnsigned, uint64(r.Format))
	to = appendHead(to, majorUnsigned, uint64(r.Kind))
	to = appendHead(to, majorUnsigned, uint64(r.Version))
	to = appendInt(to, r.At)
	to = appendText(to, r.By)
	to = appendText(to, r.Command)
	to = appendHead(to, majorUnsigned, uint64(r.Nth))
	to = appendHead(to, majorUnsigned, uint64(r.Of))
	to = appendBytes(to, r.Hash)
	to = appendText(to, r.Subject)
	if len(r.Clear) == 0 {
		to = append(to, null)
	}
	to = append(to, r.Clear...)
	to = appendBytes(to, r.Sealed)
	return appendBytes(to, r.Commit)
}

// Unmarshal decodes a record. It refuses a format that it does not know: a
// newer program wrote it. Clear, Sealed and Commit are windows on body.
func (r *Record) Unmarshal(body []byte) error {
	if len(body) > 0 && body[0] != majorArray|recordFields {
		return fmt.Errorf("record is no array of %d: a newer version wrote it, use that one, or it is damaged", recordFields)
	}
	d := decoder{rest: body[min(1, len(body)):]}
	r.Format = uint8(d.unsigned(math.MaxUint8))
	if d.err == nil && r.Format != Format {
		return fmt.Errorf("record has format %d, this program reads %d: a newer version wrote it; use that one", r.Format, Format)
	}
	r.Kind = uint16(d.unsigned(math.MaxUint16))
	r.Version = uint8(d.unsigned(math.MaxUint8))
	r.At = d.integer()
	r.By = string(d.bytes(majorText))
	r.Command = string(d.bytes(majorText))
	r.Nth = uint16(d.unsigned(math.MaxUint16))
	r.Of = uint16(d.unsigned(math.MaxUint16))
	r.Hash = bytes.Clone(d.window())
	r.Subject = string(d.bytes(majorText))
	r.Clear = d.item()
	r.Sealed = d.window()
	r.Commit = d.window()
	if d.err == nil && len(d.rest) > 0 {
		d.err = errTooLong
	}
	if d.err != nil {
		return fmt.Errorf("decode record: %w", d.err)
	}
	return nil
}

var (
	errCutShort = errors.New("it is cut short")
	errTooLong  = errors.New("it has more bytes than it should")
	errTooDeep  = errors.New("its items are nested too deep")
	errWrong    = errors.New("a field has the wrong type or is too large")
)

// decoder takes fields from the front. After the first error it answers zeroes.
type decoder struct {
	rest []byte
	err  error
}

func (d *decoder) fail(err error) {
	if d.err == nil {
		d.err = err
	}
	d.rest = nil
}

// head takes a head and answers its major type and number.
func (d *decoder) head() (major byte, n uint64) {
	if len(d.rest) == 0 {
		d.fail(errCutShort)
		return 0, 0
	}
	first := d.rest[0]
	d.rest = d.rest[1:]
	major, n = first&0xe0, uint64(first&0x1f)
	if n < 24 {
		return major, n
	}
	size := 1 << (n - 24)
	if n > 27 {
		d.fail(errWrong)
		return 0, 0
	}
	if len(d.rest) < size {
		d.fail(errCutShort)
		return 0, 0
	}
	n = 0
	for _, b := range d.rest[:size] {
		n = n<<8 | uint64(b)
	}
	d.rest = d.rest[size:]
	return major, n
}

func (d *decoder) unsigned(most uint64) uint64 {
	major, n := d.head()
	if major != majorUnsigned || n > most {
		d.fail(errWrong)
		return 0
	}
	return n
}

func (d *decoder) integer() int64 {
	major, n := d.head()
	if n > math.MaxInt64 || major > majorNegative {
		d.fail(errWrong)
		return 0
	}
	if major == majorNegative {
		return -1 - int64(n)
	}
	return int64(n)
}

// bytes takes a text or a byte string: a window on the body.
func (d *decoder) bytes(want byte) []byte {
	major, n := d.head()
	switch {
	case d.err != nil:
	case major != want:
		d.fail(errWrong)
	case n > uint64(len(d.rest)):
		d.fail(errCutShort)
	default:
		b := d.rest[:n:n]
		d.rest = d.rest[n:]
		return b
	}
	return nil
}

// window takes a byte string or null: a window on the body.
func (d *decoder) window() []byte {
	if len(d.rest) > 0 && d.rest[0] == null {
		d.rest = d.rest[1:]
		return nil
	}
	return d.bytes(majorBytes)
}

// item takes one whole item of any kind: a window on the body.
func (d *decoder) item() []byte {
	all := d.rest
	d.skip(maxDepth)
	if d.err != nil {
		return nil
	}
	return all[: len(all)-len(d.rest) : len(all)-len(d.rest)]
}

func (d *decoder) skip(depth int) {
	major, n := d.head()
	switch {
	case d.err != nil:
	case depth == 0:
		d.fail(errTooDeep)
	case major == majorBytes || major == majorText:
		if n > uint64(len(d.rest)) {
			d.fail(errCutShort)
			return
		}
		d.rest = d.rest[n:]
	case major == majorArray || major == majorMap || major == majorTag:
		if n > uint64(len(d.rest)) && major != majorTag { // every item has a byte at the least
			d.fail(errCutShort)
			return
		}
		switch major {
		case majorMap:
			n *= 2
		case majorTag:
			n = 1
		}
		for ; n > 0 && d.err == nil; n-- {
			d.skip(depth - 1)
		}
	}
}
