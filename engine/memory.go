package engine

import (
	"crypto/sha256"

	"github.com/everycall/everycall/dispatch"
)

// memory is what the writer remembers of commands, so that the same command
// sent again gets the same answer. Refusals are not remembered. What find answers
// depends on the commands that were added and on the time asked for, never on
// when forget ran: so a memory that was replayed equals the living one.
//
// It holds a quarter of a million commands and no pointers to them: the garbage
// collector passes it by. It grows piece by piece: nobody waits for a copy of it.
type memory struct {
	pieces  [][]remembered // each full but the last; the oldest first; times never go back
	first   int            // of pieces[0]: those before it are forgotten
	size    int
	dropped uint64 // how many came before the oldest
	where   map[digest]uint64
}

// piece is how many commands lie together.
const piece = 4096

// digest is the first half of a SHA-256.
type digest [sha256.Size / 2]byte

// command is whose command it is, and its id. Ids are per principal.
type command struct{ by, id string }

func (c command) digest() digest {
	return digestOf(append(append(append(make([]byte, 0, 128), c.by...), 0), c.id...)) // neither holds a control character
}

func digestOf(b []byte) digest {
	sum := sha256.Sum256(b)
	return digest(sum[:len(digest{})])
}

// mark is what is remembered of a command besides where its events lie.
type mark struct{ key, hash digest }

func markOf(c command, hash []byte) mark { return mark{c.digest(), digestOf(hash)} }

// remembered is one command and where its events lie.
type remembered struct {
	_     struct{} `cbor:",toarray"`
	Key   digest
	Hash  digest // of the request body's hash
	First uint64
	Count uint32
	At    dispatch.Instant
}

func remember(m mark, first uint64, count int, at dispatch.Instant) remembered {
	return remembered{Key: m.key, Hash: m.hash, First: first, Count: uint32(count), At: at}
}

// newMemory holds these entries, the oldest first.
func newMemory(entries []remembered) memory {
	m := memory{where: make(map[digest]uint64, len(entries))}
	for _, r := range entries {
		m.add(r)
	}
	return m
}

// all lists the entries, the oldest first.
func (m *memory) all() []remembered {
	list := make([]remembered, 0, m.size)
	for i, p := range m.pieces {
		if i == 0 {
			p = p[m.first:]
		}
		list = append(list, p...)
	}
	return list
}

func (m *memory) at(n int) *remembered {
	n += m.first
	return &m.pieces[n/piece][n%piece]
}

// find answers for commands not older than RememberFor.
func (m *memory) find(key digest, now dispatch.Instant) (remembered, bool) {
	at, known := m.where[key]
	if !known {
		return remembered{}, false
	}
	r := m.at(int(at - m.dropped))
	return *r, now.Since(r.At) <= RememberFor
}

func (m *memory) add(r remembered) {
	m.where[r.Key] = m.dropped + uint64(m.size)
	if last := len(m.pieces) - 1; last < 0 || len(m.pieces[last]) == piece {
		m.pieces = append(m.pieces, make([]remembered, 0, piece))
	}
	last := &m.pieces[len(m.pieces)-1]
	*last = append(*last, r)
	m.size++
}

// forget drops what is older than RememberFor, and the oldest beyond RememberMax.
// It reports how many were dropped too early.
func (m *memory) forget(now dispatch.Instant) (early uint64) {
	for m.size > 0 {
		r := m.at(0)
		old := now.Since(r.At) > RememberFor
		if !old && m.size <= RememberMax {
			break
		}
		if !old {
			early++
		}
		if m.where[r.Key] == m.dropped { // else it came again since
			delete(m.where, r.Key)
		}
		m.dropped++
		m.size--
		if m.first++; m.first == piece {
			m.pieces, m.first = m.pieces[1:], 0
		}
	}
	return early
}
