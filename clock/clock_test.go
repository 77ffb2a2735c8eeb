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

func TestAJumpIsWhatTheMonotonicClockDidNotSee(t *testing.T) {
	for _, c := range []struct{ wall, monotonic, want time.Duration }{
		{time.Second, time.Second, 0},
		{time.Second + JumpMin, time.Second, 0},                                              // at the limit
		{time.Second + JumpMin + time.Millisecond, time.Second, JumpMin + time.Millisecond},  // one past it
		{time.Second - JumpMin - time.Millisecond, time.Second, -JumpMin - time.Millisecond}, // and back
		{time.Hour, time.Hour, 0},                                                            // a machine that slept
		{-time.Hour, time.Second, -time.Hour - time.Second},
	} {
		if got := jumped(c.wall, c.monotonic); got != c.want {
			t.Errorf("wall %s, monotonic %s: %s, want %s", c.wall, c.monotonic, got, c.want)
		}
	}
}
