package clock

import (
	"context"
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/everycall/everycall/dispatch"
	"github.com/everycall/everycall/engine"
)

func TestWithinOpeningTimes(t *testing.T) {
	zone, err := time.LoadLocation("America/Los_Angeles")
	if err != nil {
		t.Fatal(err)
	}
	office := []dispatch.Hours{{Days: "12345", From: 8 * 60, To: 17 * 60}}
	night := []dispatch.Hours{{Days: "6", From: 22 * 60, To: 6 * 60}} // Saturday into Sunday
	always := []dispatch.Hours{{Days: "0123456", From: 0, To: 0}}
	for _, c := range []struct {
		name  string
		hours []dispatch.Hours
		at    string
		open  bool
	}{
		{"a working day", office, "2020-06-15 08:00", true},
		{"just before", office, "2020-06-15 07:59", false},
		{"at the end", office, "2020-06-15 17:00", false},
		{"a Sunday", office, "2020-06-14 12:00", false},
		{"Saturday night", night, "2020-06-13 23:00", true},
		{"the morning after", night, "2020-06-14 05:59", true},
		{"no longer", night, "2020-06-14 06:00", false},
		{"Sunday night", night, "2020-06-14 23:00", false},
		{"all day", always, "2020-06-14 23:59", true},
		{"in the hour that comes twice", office, "2020-11-01 01:30", false},
	} {
		at, err := time.ParseInLocation("2006-01-02 15:04", c.at, zone)
		if err != nil {
			t.Fatal(err)
		}
		if within(at, c.hours) != c.open {
			t.Errorf("%s (%s): open %t, want %t", c.name, c.at, !c.open, c.open)
		}
	}
}

// deskRoom is a jurisdiction of one desk without an engine.
type deskRoom struct {
	s   *dispatch.State
	now dispatch.Instant
}

func (r *deskRoom) Look(see func(*dispatch.State)) { see(r.s) }
func (r *deskRoom) Now() dispatch.Instant          { return r.now }
func (r *deskRoom) Submit(_ context.Context, s engine.Submission) (engine.Receipt, error) {
	events, no := dispatch.Decide(r.s, dispatch.Meta{At: r.now, By: s.By, ID: "k"}, s.Command, nil)
	if no != nil {
		return engine.Receipt{}, no
	}
	for _, e := range events {
		dispatch.Evolve(r.s, dispatch.Stamped{At: r.now, By: s.By, Event: e})
	}
	return engine.Receipt{Events: events}, nil
}

func TestAPersonsWordStandsUntilTheNextOpeningTime(t *testing.T) {
	r := &deskRoom{s: dispatch.NewState(), now: dispatch.Instant(time.Date(2020, 6, 15, 7, 0, 0, 0, time.UTC).UnixMilli())}
	give := func(by string, c dispatch.Command) {
		t.Helper()
		if _, err := r.Submit(t.Context(), engine.Submission{By: by, Command: c}); err != nil {
			t.Fatal(err)
		}
	}
	give("admin", dispatch.Configure{Config: dispatch.Config{Name: "a", Zone: "UTC", Services: []dispatch.Service{"police"}, DefaultService: "police", UntriagedPriority: 2,
		Desks: []dispatch.Desk{{ID: "reports", Name: "Reports", Accepts: &dispatch.DeskRule{Kind: "telephone_report", Hours: []dispatch.Hours{{Days: "12345", From: 8 * 60, To: 17 * 60}}}}}}})
	last := map[dispatch.DeskID]bool{}
	step := func(to dispatch.Instant) {
		t.Helper()
		r.now = to
		for _, s := range changes(r, last) {
			give(s.By, s.Command)
		}
	}
	shut := func() bool { _, is := r.s.DeskIsShut("reports"); return is }
	day := r.now
	step(day)
	if !shut() {
		t.Fatal("open before its time")
	}
	step(day.Add(dispatch.Hour))
	if shut() {
		t.Fatal("shut in its time")
	}
	give("supervisor", dispatch.ShutDesk{Desk: "reports", Reason: "nobody is there"})
	step(day.Add(2 * dispatch.Hour))
	if !shut() {
		t.Fatal("a person's word did not stand")
	}
	step(day.Add(11 * dispatch.Hour))
	step(day.Add(26 * dispatch.Hour))
	if shut() {
		t.Fatal("not opened the next morning")
	}
}
