package engine

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/everycall/everycall/dispatch"
	"github.com/everycall/everycall/journal"
	"github.com/everycall/everycall/vault"
)

const (
	HistoryMax = 10_000 // events of one history
	HistoryLag = 5000   // events that the index may be behind: they are looked through one by one
)

var (
	// ErrNoIndex: the engine was opened without an Index.
	ErrNoIndex = errors.New("engine: there is no index of events")
	// ErrIndexing: the index is still being made, as after it was missing. Ask later.
	ErrIndexing = errors.New("engine: the index of events is still being made: ask again later")
	// ErrHistoryTooLong: more than HistoryMax events are about this.
	ErrHistoryTooLong = errors.New("engine: too many events are about this one thing")
)

// ContactHistory is every event about a contact, in order, whether it is still in
// the live state or was archived long ago; none for one that never was. What was
// erased since is empty. ErrNoIndex, ErrIndexing, ErrHistoryTooLong.
func (e *Engine) ContactHistory(ctx context.Context, id dispatch.ContactID) ([]Recorded, error) {
	h, err := e.newHistory(ctx)
	if err != nil {
		return nil, err
	}
	if err := h.add(contactName(id), 0, h.last, nil); err != nil {
		return nil, err
	}
	return h.events()
}

// IncidentHistory is every event about an incident and, for as long as they
// belonged to it, about its contacts and the status of its units; else as
// ContactHistory.
func (e *Engine) IncidentHistory(ctx context.Context, id dispatch.IncidentID) ([]Recorded, error) {
	h, err := e.newHistory(ctx)
	if err != nil {
		return nil, err
	}
	if err := h.add(incidentName(id), 0, h.last, nil); err != nil {
		return nil, err
	}
	own, err := h.events()
	if err != nil {
		return nil, err
	}
	for n, r := range own {
		switch event := r.Event.(type) {
		case *dispatch.IncidentOpened:
			err = h.addContact(event.Contact, id)
		case *dispatch.ContactJoined:
			if event.Incident == id {
				err = h.addContact(event.Contact, id)
			}
		case *dispatch.UnitDispatched:
			err = h.add(unitName(event.Unit), r.Seq, unitLeft(own[n+1:], event.Unit, id, h.last), isStatus)
		case *dispatch.UnitReassigned:
			if event.Incident == id {
				err = h.add(unitName(event.Unit), r.Seq, unitLeft(own[n+1:], event.Unit, id, h.last), isStatus)
			}
		}
		if err != nil {
			return nil, err
		}
	}
	return h.events()
}

// unitLeft is when a unit that was sent left the incident again, by the events that
// came behind; last when it did not.
func unitLeft(behind []Recorded, unit dispatch.UnitID, incident dispatch.IncidentID, last uint64) uint64 {
	for _, r := range behind {
		switch event := r.Event.(type) {
		case *dispatch.UnitUnassigned:
			if event.Unit == unit {
				return r.Seq
			}
		case *dispatch.UnitReassigned:
			if event.Unit == unit && event.From == incident {
				return r.Seq
			}
		case *dispatch.IncidentArchived:
			return r.Seq
		}
	}
	return last
}

func isStatus(r Recorded) bool {
	_, is := r.Event.(*dispatch.UnitStatusChanged)
	return is
}

// history gathers the events about something.
type history struct {
	e    *Engine
	ctx  context.Context
	last uint64                          // the newest event it looks at
	lag  map[string][]uint64             // what the index has not taken in yet
	read map[uint64]Recorded             // that were read
	want map[uint64]struct{}             // that belong to it
	v    *vault.Vault                    // opens them
	seen map[dispatch.ContactID]struct{} // whose events were added
}

// newHistory sees how far the index reaches, and looks through the events behind.
func (e *Engine) newHistory(ctx context.Context) (*history, error) {
	if e.opt.Index == nil {
		return nil, ErrNoIndex
	}
	last := e.Seq()
	reach, ours, err := e.indexed(ctx)
	if err != nil {
		return nil, err
	}
	if !ours || last > reach+HistoryLag {
		return nil, fmt.Errorf("%w (%d of %d)", ErrIndexing, reach, last)
	}
	h := &history{e: e, ctx: ctx, last: last, lag: map[string][]uint64{}, read: map[uint64]Recorded{}, want: map[uint64]struct{}{},
		v: vault.New(e.opt.Journal, nil), seen: map[dispatch.ContactID]struct{}{}}
	if last <= reach {
		return h, nil
	}
	err = e.opt.Journal.Read(ctx, reach, int(last-reach), func(entry journal.Entry) error {
		names, err := entryNames(entry)
		for _, name := range names {
			h.lag[name] = append(h.lag[name], entry.Seq)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read events after %d: %w", reach, err)
	}
	return h, nil
}

// find lists the events about a name, after one and up to another. Where the index
// has gone on meanwhile it may know some of those that were looked through.
func (h *history) find(name string, after, to uint64) ([]uint64, error) {
	seqs, err := h.e.opt.Index.Find(h.ctx, name, after, HistoryMax+1)
	if err != nil {
		return nil, err
	}
	seqs = append(seqs, h.lag[name]...)
	seqs = slices.DeleteFunc(seqs, func(seq uint64) bool { return seq <= after || seq > to })
	slices.Sort(seqs)
	if seqs = slices.Compact(seqs); len(seqs) > HistoryMax {
		return nil, ErrHistoryTooLong
	}
	return seqs, nil
}

// add takes in the events about a name that are wanted; nil: all are.
func (h *history) add(name string, after, to uint64, wanted func(Recorded) bool) error {
	seqs, err := h.find(name, after, to)
	if err != nil {
		return err
	}
	if err := h.load(seqs); err != nil {
		return err
	}
	for _, seq := range seqs {
		if wanted == nil || wanted(h.read[seq]) {
			h.want[seq] = struct{}{}
		}
	}
	if len(h.want) > HistoryMax {
		return ErrHistoryTooLong
	}
	return nil
}

// addContact takes in the events about a contact until it joined another incident.
func (h *history) addContact(id dispatch.ContactID, incident dispatch.IncidentID) error {
	if _, again := h.seen[id]; again {
		return nil
	}
	h.seen[id] = struct{}{}
	here, gone := false, false
	return h.add(contactName(id), 0, h.last, func(r Recorded) bool {
		was := gone
		switch event := r.Event.(type) {
		case *dispatch.IncidentOpened: // another one: it was split from this
			gone = here && event.ID != incident
			here = here || event.ID == incident
		case *dispatch.ContactJoined:
			gone = here && event.Incident != incident
			here = here || event.Incident == incident
		}
		return !was || !gone
	})
}

// load reads events that were not read yet, as many at a time as lie together.
func (h *history) load(seqs []uint64) error {
	for len(seqs) > 0 {
		n := 1
		for n < len(seqs) && seqs[n] == seqs[0]+uint64(n) {
			n++
		}
		first := seqs[0]
		seqs = seqs[n:]
		if _, known := h.read[first]; known && n == 1 {
			continue
		}
		err := h.e.opt.Journal.Read(h.ctx, first-1, n, func(entry journal.Entry) error {
			_, recorded, err := open(h.ctx, h.v, entry)
			h.read[entry.Seq] = recorded
			return err
		})
		if err != nil {
			return fmt.Errorf("read event %d: %w", first, err)
		}
	}
	return nil
}

// events lists what was gathered, in order.
func (h *history) events() ([]Recorded, error) {
	seqs := make([]uint64, 0, len(h.want))
	for seq := range h.want {
		seqs = append(seqs, seq)
	}
	slices.Sort(seqs)
	out := make([]Recorded, len(seqs))
	for n, seq := range seqs {
		out[n] = h.read[seq]
	}
	return out, h.ctx.Err()
}
