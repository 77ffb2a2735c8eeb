package tile

import (
	"bytes"
	"compress/gzip"
	"container/list"
	"sync"
)

// Bounds of a Set's cache: whichever is reached first. All of Seattle from zoom
// 9 to 15 fits.
const (
	cacheTiles = 2048
	cacheBytes = 16 << 20
)

type key struct{ z, x, y int }

type entry struct {
	key key
	gz  []byte
}

// cache keeps the tiles asked for last. order's front is the newest; both fields
// are guarded by mu.
type cache struct {
	mu                 sync.Mutex
	order              *list.List
	byKey              map[key]*list.Element
	bytes              int
	tilesMax, bytesMax int
}

func newCache(tiles, size int) *cache {
	return &cache{order: list.New(), byKey: map[key]*list.Element{}, tilesMax: tiles, bytesMax: size}
}

func (c *cache) get(k key) ([]byte, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.byKey[k]
	if !ok {
		return nil, false
	}
	c.order.MoveToFront(e)
	return e.Value.(entry).gz, true
}

// put adds a tile; an empty one counts too, so that emptiness is not computed
// again and again.
func (c *cache) put(k key, gz []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, ok := c.byKey[k]; ok {
		return // two asked at once; both made the same tile
	}
	c.byKey[k] = c.order.PushFront(entry{k, gz})
	c.bytes += len(gz)
	for c.order.Len() > c.tilesMax || c.bytes > c.bytesMax && c.order.Len() > 1 {
		oldest := c.order.Remove(c.order.Back()).(entry)
		delete(c.byKey, oldest.key)
		c.bytes -= len(oldest.gz)
	}
}

// writers holds gzip writers, whose tables are large, for reuse.
var writers = sync.Pool{New: func() any { return gzip.NewWriter(nil) }}

func compress(raw []byte) []byte {
	var out bytes.Buffer
	w := writers.Get().(*gzip.Writer)
	defer writers.Put(w)
	w.Reset(&out)
	// A bytes.Buffer does not fail, so neither do these.
	_, _ = w.Write(raw)
	_ = w.Close()
	return out.Bytes()
}
