package clock

import (
	"testing"
	"time"
)

func TestScaledStandsRunsAndNeverGoesBack(t *testing.T) {
	c := NewScaled(10)
	c.Set(1_000_000)
	if c.Now() != 1_000_000 {
		t.Fatal("a standing clock moved")
	}
	c.Set(900_000)
	if c.Now() != 1_000_000 {
		t.Fatal("it went back")
	}
	c.Start()
	began := time.Now()
	first := c.Now()
	time.Sleep(20 * time.Millisecond)
	second := c.Now()
	passed := time.Since(began).Milliseconds()
	if moved := int64(second - first); moved < 150 || moved > passed*10+10 {
		t.Fatalf("at ten times it moved %d ms while at most %d passed", moved, passed)
	}
}

func TestJumpIsWhatTheMonotonicClockDidNotSee(t *testing.T) {
	from := time.Now()
	to := from.Add(time.Second)
	if j := Jump(from, to); j != 0 {
		t.Fatalf("an ordinary second is a jump of %s", j)
	}
	// A reading without its monotonic part is what a moved wall clock looks like.
	if j := Jump(from.Round(0), from.Round(0).Add(time.Hour)); j != 0 {
		t.Fatalf("without a monotonic reading nothing can be told: %s", j)
	}
}
