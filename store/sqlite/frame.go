package sqlite

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"

	"github.com/everycall/everycall/journal"
)

// A batch's body column: a CRC32C, little-endian, over all else, then for each
// entry its length as a uvarint and its bytes. The sum also covers the row's first
// and count, so that a row cannot pass for another.

const sumBytes = 4

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func frameSum(first, count uint64, entries []byte) uint32 {
	var head [16]byte
	binary.LittleEndian.PutUint64(head[:8], first)
	binary.LittleEndian.PutUint64(head[8:], count)
	return crc32.Update(crc32.Checksum(head[:], castagnoli), castagnoli, entries)
}

// appendFrame appends the batch's body column to buf.
func appendFrame(buf []byte, b journal.Batch) []byte {
	start := len(buf)
	buf = append(buf, 0, 0, 0, 0)
	for _, body := range b.Bodies {
		buf = binary.AppendUvarint(buf, uint64(len(body)))
		buf = append(buf, body...)
	}
	sum := frameSum(b.First, uint64(len(b.Bodies)), buf[start+sumBytes:])
	binary.LittleEndian.PutUint32(buf[start:], sum)
	return buf
}

// checkFrame reports ErrCorrupt unless the frame is what was written for first and
// count.
func checkFrame(first, count uint64, frame []byte) error {
	if len(frame) < sumBytes || binary.LittleEndian.Uint32(frame) != frameSum(first, count, frame[sumBytes:]) {
		return fmt.Errorf("%w: the checksum of the batch at %d fails", journal.ErrCorrupt, first)
	}
	return nil
}

// yieldFrame yields the entries of a checked frame whose Seq is after the given
// one, at most limit of them (0 = all), and says how many it yielded.
func yieldFrame(first, count uint64, frame []byte, after uint64, limit int, yield func(journal.Entry) error) (int, error) {
	rest, yielded := frame[sumBytes:], 0
	for seq := first; seq < first+count; seq++ {
		size, n := binary.Uvarint(rest)
		if n <= 0 || size > uint64(len(rest)-n) {
			return yielded, fmt.Errorf("%w: the batch at %d ends inside entry %d", journal.ErrCorrupt, first, seq)
		}
		body := rest[n : n+int(size) : n+int(size)]
		rest = rest[n+int(size):]
		if seq <= after {
			continue
		}
		if err := yield(journal.Entry{Seq: seq, Body: body}); err != nil {
			return yielded, err
		}
		if yielded++; yielded == limit {
			return yielded, nil
		}
	}
	if len(rest) != 0 {
		return yielded, fmt.Errorf("%w: the batch at %d has %d bytes too many", journal.ErrCorrupt, first, len(rest))
	}
	return yielded, nil
}
