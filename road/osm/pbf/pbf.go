// Package pbf reads OpenStreetMap's binary files (.osm.pbf).
//
// The form is described at https://wiki.openstreetmap.org/wiki/PBF_Format: a row of
// blobs, each with its length before it; a blob is a protocol buffer, mostly
// compressed with zlib; the first says what a reader must understand, the others hold
// nodes, ways and relations. Raw and zlib blobs are read, dense and plain nodes. Not
// read: who changed something and when, and files with history. Why it is not a
// library that reads them is told in docs/decisions.
//
// A File belongs to one goroutine. It holds one blob at a time, so memory is bounded
// by the form's own limits whatever the file says. A damaged or hostile file gives an
// *Error with the place of the blob, never a panic. The form has no mark at its end: a
// file cut short exactly between two blobs looks whole, which is for the user to
// notice by what is missing.
package pbf

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Limits. The first two are the form's own.
const (
	HeaderMax  = 64 << 10 // bytes before a blob
	BlobMax    = 32 << 20 // bytes of a blob, packed and unpacked
	BlobsMax   = 1 << 20  // of a file
	MembersMax = 1 << 20  // nodes of a way, members of a relation; OpenStreetMap's own limits are 2,000 and 32,000
	TagsMax    = 1 << 14  // of one thing; OpenStreetMap's own limit is 5,000
)

// Error says where in the file something is wrong: the first byte of the blob, or of
// the length before it.
type Error struct {
	Offset int64
	Err    error
}

func (e *Error) Error() string { return fmt.Sprintf("at byte %d: %v", e.Offset, e.Err) }

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

var (
	errCut     = errors.New("the file is cut short")
	errDamaged = errors.New("the block is damaged")
)

// Tags are the keys and values of a thing, one after the other. They live only as long
// as the call that hands them out: whoever keeps one clones it.
type Tags []string

// Get is the value of a key, "" without one.
func (t Tags) Get(key string) string {
	for i := 0; i+1 < len(t); i += 2 {
		if t[i] == key {
			return t[i+1]
		}
	}
	return ""
}

// Node is a place. Lon and Lat are in 1e-9 degree as the file gives them; they may be
// off the planet, by not more than OffPlanet.
type Node struct {
	ID       int64
	Lon, Lat int64
	Tags     Tags
}

// OffPlanet is what a coordinate beyond all sense is set to.
const OffPlanet = int64(1) << 40

// Way is a line. Refs, its nodes, live as long as Tags do.
type Way struct {
	ID   int64
	Refs []int64
	Tags Tags
}

// MemberType says what a relation's member is.
type MemberType uint8

// The types of members, as the form numbers them.
const (
	NodeMember MemberType = iota
	WayMember
	RelationMember
)

// Member is a part of a relation.
type Member struct {
	Type MemberType
	ID   int64
	Role string
}

// Relation is a group of things. Members live as long as Tags do.
type Relation struct {
	ID      int64
	Members []Member
	Tags    Tags
}

// Visitor is told what a file holds, in its order. A nil function says that such
// things are not wanted. Block, if there is one, is called after each blob with the
// bytes of the file that are done.
type Visitor struct {
	Node     func(Node)
	Way      func(*Way)
	Relation func(*Relation)
	Block    func(done int64)
}

type kinds uint8

const (
	nodeKind kinds = 1 << iota
	wayKind
	relationKind
	anyKind = nodeKind | wayKind | relationKind
)

func (v *Visitor) wants() (k kinds) {
	if v.Node != nil {
		k |= nodeKind
	}
	if v.Way != nil {
		k |= wayKind
	}
	if v.Relation != nil {
		k |= relationKind
	}
	return k
}

type blob struct {
	offset int64 // of its first byte
	size   int64
	has    kinds // may hold these
}

// File is a file whose blobs have been found.
type File struct {
	in      io.ReaderAt
	size    int64
	blobs   []blob
	packed  []byte
	raw     bytes.Buffer
	inflate io.ReadCloser
	block   block
}

// Open finds the blobs of a file of so many bytes and reads what its first one
// demands of a reader.
func Open(in io.ReaderAt, size int64) (*File, error) {
	f := &File{in: in, size: size}
	for at, first := int64(0), true; at < size; first = false {
		kind, b, err := f.frame(at)
		if err != nil {
			return nil, &Error{at, err}
		}
		if first != (kind == "OSMHeader") {
			if first {
				return nil, &Error{at, errors.New("not an OpenStreetMap PBF file")}
			}
			return nil, &Error{at, errors.New("a second header")}
		}
		if first {
			if err := f.header(b); err != nil {
				return nil, &Error{b.offset, err}
			}
		}
		if kind == "OSMData" { // others are to be skipped, says the form
			if len(f.blobs) == BlobsMax {
				return nil, &Error{at, fmt.Errorf("more than %d blobs", BlobsMax)}
			}
			f.blobs = append(f.blobs, b)
		}
		at = b.offset + b.size
	}
	if size == 0 {
		return nil, &Error{0, errors.New("the file is empty")}
	}
	return f, nil
}

// frame reads what stands before a blob.
func (f *File) frame(at int64) (kind string, b blob, err error) {
	var length [4]byte
	if f.size-at < int64(len(length)) {
		return "", b, errCut
	}
	if _, err := f.in.ReadAt(length[:], at); err != nil {
		return "", b, reading(err)
	}
	n := int64(binary.BigEndian.Uint32(length[:]))
	if n > HeaderMax {
		return "", b, fmt.Errorf("a blob's header of %d bytes, at most %d are allowed: not an OpenStreetMap PBF file, or damaged", n, HeaderMax)
	}
	at += int64(len(length))
	if f.size-at < n {
		return "", b, errCut
	}
	head := make([]byte, n)
	if _, err := f.in.ReadAt(head, at); err != nil {
		return "", b, reading(err)
	}
	size := int64(-1)
	m := message{rest: head}
	for m.next() {
		switch m.field {
		case 1:
			kind = string(m.bytes)
		case 3:
			size = int64(m.value)
		}
	}
	if m.bad || size < 0 || size > BlobMax || kind == "" {
		return "", b, errors.New("a blob's header is damaged")
	}
	b = blob{offset: at + n, size: size, has: anyKind}
	if f.size-b.offset < size {
		return "", b, errCut
	}
	return kind, b, nil
}

func reading(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return errCut
	}
	return err
}

// unpack reads a blob's content; it is good until the next call.
func (f *File) unpack(b blob) ([]byte, error) {
	if int64(cap(f.packed)) < b.size {
		f.packed = make([]byte, b.size)
	}
	f.packed = f.packed[:b.size]
	if b.size > 0 {
		if _, err := f.in.ReadAt(f.packed, b.offset); err != nil {
			return nil, reading(err)
		}
	}
	var raw, packed []byte
	var isRaw, isPacked bool
	size := uint64(0)
	m := message{rest: f.packed}
	for m.next() {
		switch m.field {
		case 1:
			raw, isRaw = m.bytes, m.wire == wireBytes
		case 2:
			size = m.value
		case 3:
			packed, isPacked = m.bytes, m.wire == wireBytes
		case 4, 5, 6, 7:
			return nil, fmt.Errorf("compressed with %s, which is not read here; write it with zlib first: osmium cat FILE -o NEW.osm.pbf", []string{"lzma", "bzip2", "lz4", "zstd"}[m.field-4])
		}
	}
	switch {
	case m.bad || !isRaw && !isPacked:
		return nil, errors.New("the blob is damaged")
	case isRaw:
		return raw, nil
	case size > BlobMax:
		return nil, fmt.Errorf("a block of %d bytes, at most %d are allowed", size, BlobMax)
	}
	var err error
	if f.inflate == nil {
		f.inflate, err = zlib.NewReader(bytes.NewReader(packed))
	} else {
		err = f.inflate.(zlib.Resetter).Reset(bytes.NewReader(packed), nil)
	}
	if err == nil {
		f.raw.Reset()
		_, err = io.Copy(&f.raw, io.LimitReader(f.inflate, int64(size)+1))
	}
	if err != nil {
		return nil, fmt.Errorf("unpack the block: %w", err)
	}
	if uint64(f.raw.Len()) != size {
		return nil, fmt.Errorf("the block does not unpack to its %d bytes", size)
	}
	return f.raw.Bytes(), nil
}

// header refuses a file that demands what this reader does not know.
func (f *File) header(b blob) error {
	raw, err := f.unpack(b)
	if err != nil {
		return err
	}
	m := message{rest: raw}
	for m.next() {
		if m.field != 4 { // required_features
			continue
		}
		switch what := string(m.bytes); what {
		case "OsmSchema-V0.6", "DenseNodes":
		case "HistoricalInformation":
			return errors.New("the file has history; cut a moment out of it first: osmium time-filter FILE -o NEW.osm.pbf")
		default:
			return fmt.Errorf("the file demands %q of a reader, which is not known here", strings.ToValidUTF8(what, "?"))
		}
	}
	if m.bad {
		return errors.New("the header is damaged")
	}
	return nil
}

// Scan visits what the file holds. Blobs that an earlier scan found to hold nothing
// that is wanted are skipped.
func (f *File) Scan(v Visitor) error {
	wants := v.wants()
	for i := range f.blobs {
		b := &f.blobs[i]
		if b.has&wants != 0 {
			raw, err := f.unpack(*b)
			if err == nil {
				b.has, err = f.block.read(raw, &v)
			}
			if err != nil {
				return &Error{b.offset, err}
			}
		}
		if v.Block != nil {
			v.Block(b.offset + b.size)
		}
	}
	return nil
}
