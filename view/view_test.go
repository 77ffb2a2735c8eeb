package view_test

import (
	"testing"

	"github.com/everycall/everycall/dispatch"
	"github.com/everycall/everycall/schema"
	"github.com/everycall/everycall/view"
)

// TestEveryEventIsDescribed: no kind of event comes out as its bare name.
func TestEveryEventIsDescribed(t *testing.T) {
	const emptyMap = 0xa0 // CBOR
	s := dispatch.NewState()
	left := schema.Names()
	for code := uint16(1); code < 1000 && len(left) > 0; code++ {
		event, err := (&schema.Record{Kind: code, Version: 1, Clear: []byte{emptyMap}}).Event()
		if err != nil { // a number that nothing took
			continue
		}
		name := left[0]
		if event.EventName() != name {
			t.Fatalf("%s: %s", name, event.EventName())
		}
		left = left[1:]
		if text := view.Describe(s, event); text == name || text == "" {
			t.Errorf("%s has no words of its own", name)
		}
	}
	if len(left) > 0 {
		t.Errorf("not read: %v", left)
	}
}
