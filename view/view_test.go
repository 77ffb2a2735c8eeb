package view_test

import (
	"testing"

	"github.com/everycall/everycall/dispatch"
	"github.com/everycall/everycall/schema"
	"github.com/everycall/everycall/view"
)

// TestEveryEventIsDescribed: no kind of event comes out as its bare name.
func TestEveryEventIsDescribed(t *testing.T) {
	s := dispatch.NewState()
	for _, name := range schema.Names() {
		event := schema.New(name)
		if text := view.Describe(s, event); text == name || text == "" {
			t.Errorf("%s has no words of its own", name)
		}
	}
}
