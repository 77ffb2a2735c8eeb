package drive

import (
	"testing"
	"time"

	"github.com/everycall/everycall/dispatch"
)

// TestOffsets: the rules' local time is the zone's, on both sides of a change.
func TestOffsets(t *testing.T) {
	c := dispatch.Config{Offsets: offsets("America/Los_Angeles")}
	zone, err := time.LoadLocation("America/Los_Angeles")
	if err != nil {
		t.Fatal(err)
	}
	for at := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC); at.Year() < 2022; at = at.Add(7 * time.Hour) {
		day, minute := c.Local(dispatch.Instant(at.UnixMilli()))
		if local := at.In(zone); day != int(local.Weekday()) || minute != local.Hour()*60+local.Minute() {
			t.Fatalf("%s: weekday %d, minute %d", local, day, minute)
		}
	}
}
