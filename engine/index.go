package engine

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"reflect"
	"slices"
	"time"

	"github.com/everycall/everycall/dispatch"
	"github.com/everycall/everycall/journal"
	"github.com/everycall/everycall/schema"
)

const (
	indexStep  = 2000                   // events taken in at a time
	indexPause = 500 * time.Millisecond // between two steps when little is new: so few commits
	indexRetry = 10 * time.Second       // after a failure
)

// indexer fills the index from the journal. What it writes depends on the events
// alone, so a missing index is simply filled again from the first one.
type indexer struct {
	stop context.CancelFunc // nil without an index
	done chan struct{}
}

func (e *Engine) startIndexing() {
	if e.opt.Index == nil {
		return
	}
	ctx, stop := context.WithCancel(context.Background())
	e.index = indexer{stop: stop, done: make(chan struct{})}
	go func() { // stopIndexing ends it
		defer close(e.index.done)
		for ctx.Err() == nil {
			e.keepIndex(ctx)
		}
	}()
}

func (e *Engine) stopIndexing() {
	if e.index.stop != nil {
		e.index.stop()
		<-e.index.done
	}
}

// keepIndex is one round: it waits for something new and takes it in.
func (e *Engine) keepIndex(ctx context.Context) {
	pause := indexPause
	reach, err := e.indexReach(ctx)
	if err == nil {
		select {
		case <-e.More(reach):
		case <-ctx.Done():
			return
		}
		if reach, err = e.extendIndex(ctx, reach); err == nil && e.Seq()-reach >= indexStep {
			return
		}
	}
	if err != nil && ctx.Err() == nil {
		pause = indexRetry
		e.Metrics.IndexFailures.Add(1)
		e.opt.Log.Warn("the index of events could not be kept up", "err", err)
	}
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// indexReach is how far the index goes. One that was made from another journal, as
// after a backup was restored, is cleared.
func (e *Engine) indexReach(ctx context.Context) (uint64, error) {
	reach, ours, err := e.indexed(ctx)
	if err != nil || ours {
		return reach, err
	}
	e.opt.Log.Warn("the index belongs to another journal: it is made anew", "reach", reach)
	return 0, e.opt.Index.Clear(ctx)
}

// indexed is how far the index goes, and whether it was made from this journal.
func (e *Engine) indexed(ctx context.Context) (reach uint64, ours bool, err error) {
	reach, mark, err := e.opt.Index.Reach(ctx)
	if err != nil || reach == 0 || reach > e.Seq() {
		return reach, reach == 0, err
	}
	err = e.opt.Journal.Read(ctx, reach-1, 1, func(entry journal.Entry) error {
		ours = bytes.Equal(indexMark(entry.Body), mark)
		return nil
	})
	return reach, ours, err
}

func indexMark(body []byte) []byte {
	sum := sha256.Sum256(body)
	return sum[:16]
}

// extendIndex takes in the next released events, and answers how far it goes then.
func (e *Engine) extendIndex(ctx context.Context, reach uint64) (uint64, error) {
	to := min(e.Seq(), reach+indexStep)
	if to <= reach {
		return reach, nil
	}
	var mentions []journal.Mention
	var mark []byte
	err := e.opt.Journal.Read(ctx, reach, int(to-reach), func(entry journal.Entry) error {
		names, err := entryNames(entry)
		for _, name := range names {
			mentions = append(mentions, journal.Mention{Name: name, Seq: entry.Seq})
		}
		if entry.Seq == to {
			mark = indexMark(entry.Body)
		}
		return err
	})
	if err != nil {
		return reach, fmt.Errorf("read events after %d: %w", reach, err)
	}
	if err := e.opt.Index.Add(ctx, reach, to, mark, mentions); err != nil {
		return reach, err
	}
	e.Metrics.Indexed.Add(to - reach)
	return to, nil
}

// entryNames are the names of what an entry is about.
func entryNames(entry journal.Entry) ([]string, error) {
	var r schema.Record
	if err := r.Unmarshal(entry.Body); err != nil {
		return nil, fmt.Errorf("event %d: %w", entry.Seq, err)
	}
	event, err := r.Event()
	if err != nil {
		return nil, fmt.Errorf("event %d: %w", entry.Seq, err)
	}
	return eventNames(event), nil
}

func contactName(id dispatch.ContactID) string   { return "c:" + string(id) }
func incidentName(id dispatch.IncidentID) string { return "i:" + string(id) }
func unitName(id dispatch.UnitID) string         { return "u:" + string(id) }

// eventNames are the names of the contacts, incidents and units that an event
// holds in a field, however deep: a new kind of event needs nothing here.
func eventNames(event dispatch.Event) []string {
	var names []string
	collectNames(reflect.ValueOf(event), &names)
	slices.Sort(names)
	return slices.Compact(names)
}

func collectNames(v reflect.Value, names *[]string) {
	switch v.Kind() {
	case reflect.String:
		if v.Len() == 0 {
			return
		}
		switch id := v.Interface().(type) {
		case dispatch.ContactID:
			*names = append(*names, contactName(id))
		case dispatch.IncidentID:
			*names = append(*names, incidentName(id))
		case dispatch.UnitID:
			*names = append(*names, unitName(id))
		}
	case reflect.Pointer:
		if !v.IsNil() {
			collectNames(v.Elem(), names)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				collectNames(v.Field(i), names)
			}
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			collectNames(v.Index(i), names)
		}
	}
}
