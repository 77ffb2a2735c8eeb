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
	for n, name := range schema.Names() {
		event, err := (&schema.Record{Kind: uint16(n + 1), Version: 1, Clear: []byte{emptyMap}}).Event()
		if err != nil || event.EventName() != name {
			t.Fatalf("%s: %v", name, err)
		}
		if text := view.Describe(s, event); text == name || text == "" {
			t.Errorf("%s has no words of its own", name)
		}
	}
}
