package engine

import (
	"testing"

	"github.com/everycall/everycall/dispatch"
	disk "github.com/everycall/everycall/journal/memory"
)

// TestALiaisonIsRenewedAfterARestart: the second event of the same subject finds the key
// of the first, so that how to reach them is read with both, and goes with the consent.
func TestALiaisonIsRenewedAfterARestart(t *testing.T) {
	j, clock := disk.New(), &testClock{simStart}
	e := configured(t, Options{Journal: j, Clock: clock})
	must(t, e, "liaison", dispatch.RecordLiaison{Role: "organiser", Channel: "radio 4", Consent: true, ExpiresAt: simStart.Add(dispatch.Day)})
	must(t, e, "try", dispatch.TryLiaison{Liaison: "l1", Result: "no_answer", Note: "at noon"})
	e.Close()
	e = start(t, Options{Journal: j, Clock: clock})
	r := must(t, e, "renew", dispatch.RecordLiaison{Renews: "l1", Note: "has the keys", Consent: true, ExpiresAt: simStart.Add(9 * dispatch.Day)})
	e.Close()
	e = start(t, Options{Journal: j, Clock: clock})
	s, err := e.StateAfter(bg, r.Seq)
	if err != nil {
		t.Fatal(err)
	}
	l := s.Liaisons["l1"]
	if l == nil || l.Channel != "radio 4" || l.Note != "has the keys" || l.ExpiresAt != simStart.Add(9*dispatch.Day) || len(l.Attempts) != 1 || l.Attempts[0].Note != "at noon" || s.Counters.Liaison != 1 {
		t.Fatalf("%+v", l)
	}
}
