package dispatch

import (
	"cmp"
	"slices"
)

// dueKind says what a due time belongs to. The order is the order in which one
// Tick handles things due at the same instant.
type dueKind uint8

const (
	dueContact dueKind = iota
	duePromise
	duePosture
	dueZone
	dueLiaison
	dueClaim
	dueArchive
	dueBulk
	dueClearance
	dueAgreement
	duePlan
	dueAccess
	dueHazard
	dueBulletin
	dueShare
	dueAid
	dueMajor
	dueBolo
	dueTow
	dueHandover
	dueKinds // how many kinds there are
)

type dueRef struct {
	kind dueKind
	id   string
}

type dueItem struct {
	due Instant
	ref dueRef
}

// duePlace is where a thing stands in the heap.
type duePlace struct {
	ref dueRef
	at  int
}

type dueEntry struct {
	due   Instant
	place *duePlace
}

// dueQueue is a binary heap of due times in which each thing stands at most
// once and can be moved. It is an index: no part of a snapshot. The zero
// dueQueue is empty.
type dueQueue struct {
	heap   []dueEntry
	places [dueKinds]map[string]*duePlace
}

// set moves ref to a new due time, or takes it out at 0.
func (q *dueQueue) set(ref dueRef, due Instant) {
	place := q.places[ref.kind][ref.id]
	switch {
	case due == 0 && place == nil:
	case due == 0:
		i, last := place.at, len(q.heap)-1
		q.swap(i, last)
		q.heap[last] = dueEntry{}
		q.heap = q.heap[:last]
		delete(q.places[ref.kind], ref.id)
		if i < last {
			q.down(i)
			q.up(i)
		}
	case place != nil:
		q.heap[place.at].due = due
		q.down(place.at)
		q.up(place.at)
	default:
		if q.places[ref.kind] == nil {
			q.places[ref.kind] = map[string]*duePlace{}
		}
		place = &duePlace{ref: ref, at: len(q.heap)}
		q.places[ref.kind][ref.id] = place
		q.heap = append(q.heap, dueEntry{due, place})
		q.up(place.at)
	}
}

// find returns the due time of ref, or 0.
func (q *dueQueue) find(ref dueRef) Instant {
	if place := q.places[ref.kind][ref.id]; place != nil {
		return q.heap[place.at].due
	}
	return 0
}

// until returns what is due at or before now, oldest first, at most limit.
func (q *dueQueue) until(now Instant, limit int) []dueItem {
	if len(q.heap) == 0 || q.heap[0].due > now {
		return nil
	}
	var found []dueItem
	var walk func(i int)
	walk = func(i int) {
		if i >= len(q.heap) || q.heap[i].due > now {
			return
		}
		found = append(found, dueItem{q.heap[i].due, q.heap[i].place.ref})
		walk(2*i + 1)
		walk(2*i + 2)
	}
	walk(0)
	slices.SortFunc(found, func(a, b dueItem) int {
		return cmp.Or(cmp.Compare(a.due, b.due), cmp.Compare(a.ref.kind, b.ref.kind), cmp.Compare(a.ref.id, b.ref.id))
	})
	return found[:min(limit, len(found))]
}

func (q *dueQueue) swap(i, j int) {
	q.heap[i], q.heap[j] = q.heap[j], q.heap[i]
	q.heap[i].place.at = i
	q.heap[j].place.at = j
}

func (q *dueQueue) up(i int) {
	for i > 0 {
		parent := (i - 1) / 2
		if q.heap[parent].due <= q.heap[i].due {
			return
		}
		q.swap(i, parent)
		i = parent
	}
}

func (q *dueQueue) down(i int) {
	for {
		child := 2*i + 1
		if child >= len(q.heap) {
			return
		}
		if child+1 < len(q.heap) && q.heap[child+1].due < q.heap[child].due {
			child++
		}
		if q.heap[i].due <= q.heap[child].due {
			return
		}
		q.swap(i, child)
		i = child
	}
}

// sortedKeys returns the keys of a map in order: the only way in which the
// rules walk a map whose order could show.
func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K {
	keys := make([]K, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// contactsInOrder returns the contacts by their number.
func contactsInOrder(s *State) []ContactID {
	ids := make([]ContactID, 0, len(s.Contacts))
	for id := range s.Contacts {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, func(a, b ContactID) int {
		return cmp.Or(cmp.Compare(s.Contacts[a].Number, s.Contacts[b].Number), cmp.Compare(a, b))
	})
	return ids
}
