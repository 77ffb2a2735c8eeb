package city

import (
	"bytes"
	"compress/flate"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/everycall/everycall/geo"
	"github.com/fxamacker/cbor/v2"
)

// A pack file is the magic, a count of sections, and for each a name, its length
// before and after compression (unsigned varints) and its DEFLATE stream.
// Sections come in a fixed order, the last only where there is something in it; a
// reader of this version refuses any other. Roads and shapes are delta-coded varints in units of 1e-6 degree, the
// precision of the sources; the rest is CBOR.
const (
	magic      = "EVERYCALL CITY 2\n"
	packMax    = 128 << 20 // bytes of a pack file
	sectionMax = 64 << 20  // bytes of a section before compression
	roadsMax   = 256 << 20 // the same of the section of roads
	quantum    = 10        // coordinate units (1e-7°) in one stored unit
)

var sectionNames = [...]string{"things", "areas", "roads", "gazetteer", "demand", "places"}

// sectionsMin are in every pack.
const sectionsMin = 5

func sectionLimit(name string) uint64 {
	if name == "roads" {
		return roadsMax
	}
	return sectionMax
}

// things is everything small.
type things struct {
	Name, Zone  string
	Stations    []Station
	Apparatus   []Apparatus
	PoliceUnits []PoliceUnit
	CallTypes   []CallType
	Overlay     Overlay
	Attribution []Notice
}

// Write writes p. The same pack gives the same sections and hash; the same bytes
// too as long as the Go release compresses alike. It sets p's hash. A pack too large
// for Read is an error, and nothing is written. The roads are ordered for routing if
// they are not yet.
func Write(w io.Writer, p *Pack) error {
	if p.Order == nil {
		p.Order = p.Roads.Order()
	}
	encode, err := cbor.CoreDetEncOptions().EncMode()
	if err != nil {
		return fmt.Errorf("city pack: %w", err)
	}
	small, err := encode.Marshal(things{p.Name, p.Zone, p.Stations, p.Apparatus, p.PoliceUnits, p.CallTypes, p.Overlay, p.Attribution})
	if err != nil {
		return fmt.Errorf("city pack: %w", err)
	}
	calls, err := encode.Marshal(p.Calls)
	if err != nil {
		return fmt.Errorf("city pack: %w", err)
	}
	sections := [][]byte{small, encodeAreas(p), encodeRoads(p.Roads, p.Order), encodeGazetteer(p), calls}
	if len(p.Places)+len(p.Addresses) > 0 {
		sections = append(sections, encodePlaces(p))
	}
	out := binary.AppendUvarint([]byte(magic), uint64(len(sections)))
	for i, raw := range sections {
		if limit := sectionLimit(sectionNames[i]); uint64(len(raw)) > limit {
			return fmt.Errorf("write city pack: section %q of %d bytes, at most %d are read: take a smaller piece of the map", sectionNames[i], len(raw), limit)
		}
		var packed bytes.Buffer
		deflate, err := flate.NewWriter(&packed, flate.BestCompression)
		if err != nil {
			return fmt.Errorf("city pack: %w", err)
		}
		if _, err := deflate.Write(raw); err != nil {
			return fmt.Errorf("city pack: %w", err)
		}
		if err := deflate.Close(); err != nil {
			return fmt.Errorf("city pack: %w", err)
		}
		out = binary.AppendUvarint(out, uint64(len(sectionNames[i])))
		out = append(out, sectionNames[i]...)
		out = binary.AppendUvarint(out, uint64(len(raw)))
		out = binary.AppendUvarint(out, uint64(packed.Len()))
		out = append(out, packed.Bytes()...)
	}
	if len(out) > packMax {
		return fmt.Errorf("write city pack: %d bytes, at most %d are read: take a smaller piece of the map", len(out), packMax)
	}
	p.hash = hashSections(sections)
	if _, err := w.Write(out); err != nil {
		return fmt.Errorf("write city pack: %w", err)
	}
	return nil
}

func hashSections(sections [][]byte) (sum [32]byte) {
	h := sha256.New()
	for i, raw := range sections {
		h.Write(binary.AppendUvarint([]byte(sectionNames[i]), uint64(len(raw))))
		h.Write(raw)
	}
	h.Sum(sum[:0])
	return sum
}

// Read reads a pack that Write wrote. It trusts nothing: a damaged or hostile
// file gives an error, never a panic, and takes bounded memory.
func Read(r io.Reader) (*Pack, error) {
	file, err := io.ReadAll(io.LimitReader(r, packMax+1))
	if err != nil {
		return nil, fmt.Errorf("read city pack: %w", err)
	}
	if len(file) > packMax {
		return nil, fmt.Errorf("read city pack: more than %d bytes", packMax)
	}
	p, err := decode(file)
	if err != nil {
		return nil, fmt.Errorf("read city pack: %w", err)
	}
	return p, nil
}

func decode(file []byte) (*Pack, error) {
	if !bytes.HasPrefix(file, []byte(magic)) {
		return nil, errors.New("not a city pack of this version")
	}
	in := &reader{rest: file[len(magic):]}
	n := in.unsigned()
	if n < sectionsMin || n > uint64(len(sectionNames)) {
		return nil, fmt.Errorf("%d sections, want %d to %d", n, sectionsMin, len(sectionNames))
	}
	sections := make([][]byte, n)
	for i, want := range sectionNames[:n] {
		if name := string(in.take(in.unsigned())); name != want {
			return nil, fmt.Errorf("section %q, want %q", name, want)
		}
		size := in.unsigned()
		packed := in.take(in.unsigned())
		if in.bad || size > sectionLimit(want) {
			return nil, fmt.Errorf("section %q is cut short or too large", want)
		}
		raw, err := io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(packed)), int64(size)+1))
		if err != nil {
			return nil, fmt.Errorf("section %q: %w", want, err)
		}
		if uint64(len(raw)) != size {
			return nil, fmt.Errorf("section %q does not unpack to its %d bytes", want, size)
		}
		sections[i] = raw
	}
	if len(in.rest) > 0 {
		return nil, errors.New("bytes after the last section")
	}
	var small things
	if err := cbor.Unmarshal(sections[0], &small); err != nil {
		return nil, fmt.Errorf("section %q: %w", sectionNames[0], err)
	}
	p := &Pack{
		Name: small.Name, Zone: small.Zone, Stations: small.Stations, Apparatus: small.Apparatus,
		PoliceUnits: small.PoliceUnits, CallTypes: small.CallTypes, Overlay: small.Overlay,
		Attribution: small.Attribution, hash: hashSections(sections),
	}
	if err := decodeAreas(sections[1], p); err != nil {
		return nil, err
	}
	var err error
	if p.Roads, p.Order, err = decodeRoads(sections[2]); err != nil {
		return nil, err
	}
	if err := decodeGazetteer(sections[3], p); err != nil {
		return nil, err
	}
	if err := cbor.Unmarshal(sections[4], &p.Calls); err != nil {
		return nil, fmt.Errorf("section %q: %w", sectionNames[4], err)
	}
	if n > sectionsMin {
		if err := decodePlaces(sections[sectionsMin], p); err != nil {
			return nil, err
		}
	}
	p.Finish()
	return p, nil
}

// writer appends the pack's primitive values.
type writer struct {
	out      []byte
	lon, lat int64 // the last point written, in stored units
}

func (w *writer) unsigned(v uint64) { w.out = binary.AppendUvarint(w.out, v) }
func (w *writer) signed(v int64)    { w.out = binary.AppendVarint(w.out, v) }

func (w *writer) text(s string) {
	w.unsigned(uint64(len(s)))
	w.out = append(w.out, s...)
}

// point writes p's difference from the point before. p must be a multiple of the
// quantum, as Quantise makes it.
func (w *writer) point(p geo.Point) {
	lon, lat := int64(p.Lon)/quantum, int64(p.Lat)/quantum
	w.signed(lon - w.lon)
	w.signed(lat - w.lat)
	w.lon, w.lat = lon, lat
}

// reader takes the values off again. After a first bad value everything is zero
// and bad stays set.
type reader struct {
	rest     []byte
	lon, lat int64
	bad      bool
}

func (r *reader) unsigned() uint64 {
	v, n := binary.Uvarint(r.rest)
	if n <= 0 {
		r.bad, r.rest = true, nil
		return 0
	}
	r.rest = r.rest[n:]
	return v
}

func (r *reader) signed() int64 {
	v, n := binary.Varint(r.rest)
	if n <= 0 {
		r.bad, r.rest = true, nil
		return 0
	}
	r.rest = r.rest[n:]
	return v
}

func (r *reader) take(n uint64) []byte {
	if n > uint64(len(r.rest)) {
		r.bad, r.rest = true, nil
		return nil
	}
	out := r.rest[:n]
	r.rest = r.rest[n:]
	return out
}

func (r *reader) text() string { return string(r.take(r.unsigned())) }

// count reads a number of items that take at least one byte each, so that it can
// be believed when memory is set aside.
func (r *reader) count() int {
	n := r.unsigned()
	if n > uint64(len(r.rest)) {
		r.bad, r.rest = true, nil
		return 0
	}
	return int(n)
}

// countTo is count where a number above the limit is damage.
func (r *reader) countTo(limit int) int {
	n := r.count()
	if n > limit {
		r.bad, r.rest = true, nil
		return 0
	}
	return n
}

// small and index read a value of one byte and of four; a greater one is damage.
func (r *reader) small() uint8  { return uint8(r.below(1 << 8)) }
func (r *reader) index() uint32 { return uint32(r.below(1 << 32)) }

func (r *reader) below(limit uint64) uint64 {
	v := r.unsigned()
	if v >= limit {
		r.bad, r.rest = true, nil
		return 0
	}
	return v
}

func (r *reader) point() geo.Point {
	const limit = int64(geo.LonMax) / quantum
	r.lon += r.signed()
	r.lat += r.signed()
	if r.lon < -limit || r.lon > limit || r.lat < -limit/2 || r.lat > limit/2 {
		r.bad, r.rest, r.lon, r.lat = true, nil, 0, 0
	}
	return geo.Point{Lon: int32(r.lon * quantum), Lat: int32(r.lat * quantum)}
}

func (r *reader) done(section string) error {
	if r.bad || len(r.rest) > 0 {
		return fmt.Errorf("section %q is damaged", section)
	}
	return nil
}

// Quantise rounds p to the precision that a pack stores: 1e-6 degree.
func Quantise(p geo.Point) geo.Point {
	round := func(v int32) int32 {
		half := int32(quantum / 2)
		if v < 0 {
			half = -half
		}
		return (v + half) / quantum * quantum
	}
	return geo.Point{Lon: round(p.Lon), Lat: round(p.Lat)}
}

// ZOrder interleaves the bits of a place's coordinates: points sorted by it that are
// neighbours in the order are neighbours in the city, which keeps packs small and
// memory close.
func ZOrder(p geo.Point) uint64 {
	spread := func(v uint32) uint64 {
		x := uint64(v)
		x = (x | x<<16) & 0x0000ffff0000ffff
		x = (x | x<<8) & 0x00ff00ff00ff00ff
		x = (x | x<<4) & 0x0f0f0f0f0f0f0f0f
		x = (x | x<<2) & 0x3333333333333333
		return (x | x<<1) & 0x5555555555555555
	}
	return spread(uint32(p.Lon)^1<<31) | spread(uint32(p.Lat)^1<<31)<<1
}

func (p *Pack) areaGroups() []*[]Area {
	return []*[]Area{&p.Beats, &p.Precincts, &p.Neighbourhoods, &p.Parks, &p.Limits}
}

func encodeAreas(p *Pack) []byte {
	var w writer
	for _, group := range p.areaGroups() {
		w.unsigned(uint64(len(*group)))
		for _, area := range *group {
			w.text(area.Name)
			w.unsigned(uint64(len(area.Shape)))
			for _, polygon := range area.Shape {
				w.unsigned(uint64(len(polygon)))
				for _, ring := range polygon {
					w.unsigned(uint64(len(ring)))
					for _, at := range ring {
						w.point(at)
					}
				}
			}
		}
	}
	return w.out
}

func decodeAreas(raw []byte, p *Pack) error {
	r := &reader{rest: raw}
	for _, group := range p.areaGroups() {
		areas := make([]Area, r.count())
		for i := range areas {
			areas[i].Name = r.text()
			areas[i].Shape = make(geo.MultiPolygon, r.count())
			for j := range areas[i].Shape {
				polygon := make(geo.Polygon, r.count())
				for k := range polygon {
					ring := make(geo.Ring, r.count())
					for l := range ring {
						ring[l] = r.point()
					}
					polygon[k] = ring
				}
				areas[i].Shape[j] = polygon
			}
		}
		*group = areas
	}
	return r.done("areas")
}

func encodeGazetteer(p *Pack) []byte {
	var w writer
	w.unsigned(uint64(len(p.Intersections)))
	for _, x := range p.Intersections {
		w.unsigned(uint64(x.StreetA))
		w.unsigned(uint64(x.StreetB))
		w.point(x.Point)
	}
	w.unsigned(uint64(len(p.HundredBlocks)))
	for _, b := range p.HundredBlocks {
		w.unsigned(uint64(b.Street))
		w.unsigned(uint64(b.Block))
		w.point(b.Point)
	}
	return w.out
}

func decodeGazetteer(raw []byte, p *Pack) error {
	r := &reader{rest: raw}
	streets := uint64(len(p.Roads.Names()))
	street := func() uint32 {
		v := r.unsigned()
		if v >= streets {
			r.bad, r.rest = true, nil
			return 0
		}
		return uint32(v)
	}
	p.Intersections = make([]Intersection, r.count())
	for i := range p.Intersections {
		p.Intersections[i] = Intersection{StreetA: street(), StreetB: street(), Point: r.point()}
	}
	p.HundredBlocks = make([]HundredBlock, r.count())
	for i := range p.HundredBlocks {
		p.HundredBlocks[i] = HundredBlock{Street: street(), Block: int(r.unsigned() & 0xfffff), Point: r.point()}
	}
	return r.done("gazetteer")
}
