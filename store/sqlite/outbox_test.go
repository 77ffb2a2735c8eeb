package sqlite

import (
	"context"
	"testing"

	"github.com/everycall/everycall/notify/outbox/outboxtest"
)

// TestOutbox: an erasure of the journal clears what waits in the outbox too.
func TestOutbox(t *testing.T) {
	outboxtest.Run(t, func(t *testing.T) outboxtest.Erasable {
		s, err := Open(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = s.Close() })
		return outboxtest.Erasable{Outbox: s.Outbox(), Erase: func(ctx context.Context, subject string) error {
			if err := s.write(func(w *writer) error {
				_, err := w.appendSecret.ExecContext(ctx, 1, subject, []byte{1, 2, 3, 4})
				return err
			}); err != nil {
				return err
			}
			return s.Journal().Erase(ctx, subject)
		}}
	})
}
