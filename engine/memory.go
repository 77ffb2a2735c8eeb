package engine

import "github.com/everycall/everycall/dispatch"

// memory is what the writer remembers of commands, so that the same command
// sent again gets the same answer. Refusals are not remembered. What find answers
// depends on the commands that were added and on the time asked for, never on
// when forget ran: so a memory that was replayed equals the living one.
type memory struct {
	entries []remembered // the oldest first; their times never go back
	dropped uint64       // how many came before entries[0]
	where   map[command]uint64
}

// command is whose command it is, and its id. Ids are per principal.
type command struct{ by, id string }

// remembered is one command and where its events lie.
type remembered struct {
	_     struct{} `cbor:",toarray"`
	By    string
	ID    string
	Hash  []byte
	First uint64
	Count int
	At    dispatch.Instant
}

// newMemory holds these entries, the oldest first.
func newMemory(entries []remembered) memory {
	m := memory{entries: entries, where: make(map[command]uint64, len(entries))}
	for i, r := range entries {
		m.where[command{r.By, r.ID}] = uint64(i)
	}
	return m
}

// find answers for commands not older than RememberFor.
func (m *memory) find(by, id string, now dispatch.Instant) (remembered, bool) {
	at, known := m.where[command{by, id}]
	if !known {
		return remembered{}, false
	}
	r := m.entries[at-m.dropped]
	return r, now.Since(r.At) <= RememberFor
}

func (m *memory) add(r remembered) {
	m.where[command{r.By, r.ID}] = m.dropped + uint64(len(m.entries))
	m.entries = append(m.entries, r)
}

// forget drops what is older than RememberFor, and the oldest beyond RememberMax.
// It reports how many were dropped too early.
func (m *memory) forget(now dispatch.Instant) (early uint64) {
	drop := 0
	for ; drop < len(m.entries); drop++ {
		r := &m.entries[drop]
		old := now.Since(r.At) > RememberFor
		if !old && len(m.entries)-drop <= RememberMax {
			break
		}
		if !old {
			early++
		}
		k := command{r.By, r.ID}
		if m.where[k] == m.dropped+uint64(drop) { // else it came again since
			delete(m.where, k)
		}
	}
	m.entries = m.entries[drop:]
	m.dropped += uint64(drop)
	return early
}
