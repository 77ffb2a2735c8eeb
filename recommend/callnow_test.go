package recommend

import (
	"testing"

	"github.com/everycall/everycall/dispatch"
	diff "github.com/google/go-cmp/cmp"
)

func TestSweepCallsBack(t *testing.T) {
	r := newRoom(t)
	told := &dispatch.PromiseTold{Told: "within ten minutes", Channel: "on_call", Within: 10 * dispatch.Minute}
	for _, id := range []string{"kept", "broken", "held", "unsafe"} {
		c := dispatch.ReceiveContact{ID: dispatch.ContactID(id), Channel: "phone", Type: "p3", Person: dispatch.Private{Place: "x"}}
		if id == "unsafe" {
			c.Safe = dispatch.SafeNo
		}
		r.do(c)
	}
	r.do(dispatch.HoldContact{Contact: "broken", Reason: "r", Told: told, ReviewIn: dispatch.Hour})
	r.do(dispatch.HoldContact{Contact: "held", Reason: "r", ReviewIn: 11 * dispatch.Minute})
	r.now += dispatch.Instant(8 * dispatch.Minute)
	r.do(dispatch.HoldContact{Contact: "kept", Reason: "r", Told: told, ReviewIn: dispatch.Hour})
	r.do(dispatch.HoldContact{Contact: "unsafe", Reason: "r", Told: &dispatch.PromiseTold{Told: "t", Channel: "on_call", Within: 7 * dispatch.Minute}, ReviewIn: dispatch.Hour})
	r.now += dispatch.Instant(5 * dispatch.Minute)
	r.do(dispatch.Tick{})
	want := []CallNow{
		{"broken", "p1", "a promise was broken 3 min ago and nothing was said since"},
		{"held", "", "the hold is past its time"},
		{"unsafe", "p3", "a promise is due in 2 min; the number is not safe: the supervisor decides"},
		{"kept", "p2", "a promise is due in 5 min"},
	}
	if differ := diff.Diff(want, Sweep(r.s, table{}.travel).CallNow); differ != "" {
		t.Error(differ)
	}
	r.do(dispatch.UpdatePromise{Promise: "p1", PromiseTold: dispatch.PromiseTold{Told: "again", Channel: "phone", Within: dispatch.Hour}})
	if got := Sweep(r.s, table{}.travel).CallNow; len(got) != 3 {
		t.Errorf("a caller who was told anew need not be called: %v", got)
	}
}
