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
	found := 0
	for code := range 1000 {
		event, err := (&schema.Record{Kind: uint16(code), Version: 1, Clear: []byte{emptyMap}}).Event()
		if err != nil { // a number that nothing took
			continue
		}
		found++
		name := event.EventName()
		if sealed, is := event.(dispatch.Sealed); is {
			*sealed.Secret() = dispatch.Private{Text: "MARKER"}
			bare, is := view.WithoutSecret(event).(dispatch.Sealed)
			if !is || *bare.Secret() != (dispatch.Private{}) || sealed.Secret().Text != "MARKER" {
				t.Errorf("%s: its secret is not taken out of a copy", name)
			}
		}
		if text := view.Describe(s, event); text == name || text == "" {
			t.Errorf("%s has no words of its own", name)
		}
	}
	if found != len(schema.Names()) {
		t.Errorf("%d kinds of event were looked at, there are %d", found, len(schema.Names()))
	}
}
