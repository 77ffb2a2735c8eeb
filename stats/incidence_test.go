package stats

import (
	"math"
	"testing"

	"github.com/everycall/everycall/dispatch"
	"pgregory.net/rapid"
)

// TestIncidenceByHand: five waits, solved on paper.
//
//	t  at risk  what           S before  F1              F2    S after
//	1  5        cause 1        1         1/5             0     4/5
//	2  4        cause 2        4/5       1/5             1/5   3/5
//	3  3        censored       3/5       1/5             1/5   3/5
//	4  2        cause 1        3/5       1/5+3/10 = 1/2  1/5   3/10
//	5  1        censored       3/10      1/2             1/5   3/10
func TestIncidenceByHand(t *testing.T) {
	got := AalenJohansen([]Observation{{4, 1}, {1, 1}, {3, 0}, {5, 0}, {2, 2}}, 2)
	want := struct{ f1, f2, s []float64 }{[]float64{.2, .2, .5}, []float64{0, .2, .2}, []float64{.8, .6, .3}}
	for n := range got.Wait {
		if !near(got.Estimate[0][n], want.f1[n], 1e-15) || !near(got.Estimate[1][n], want.f2[n], 1e-15) || !near(got.Waiting[n], want.s[n], 1e-15) {
			t.Errorf("at %d: %v, %v, %v", got.Wait[n], got.Estimate[0][n], got.Estimate[1][n], got.Waiting[n])
		}
	}
	if len(got.Wait) != 3 || got.N != 5 || got.Censored != 2 || got.Events[0] != 2 || got.Events[1] != 1 || got.FollowUp != 5 || got.AtRisk[2] != 2 {
		t.Errorf("%+v", got)
	}
}

func TestIncidenceOfNobody(t *testing.T) {
	if got := AalenJohansen(nil, 2); len(got.Wait) != 0 || got.Remaining != 1 {
		t.Errorf("%+v", got)
	}
	if got := AalenJohansen([]Observation{{5, 0}}, 1); len(got.Wait) != 0 || got.Censored != 1 || got.FollowUp != 5 {
		t.Errorf("%+v", got)
	}
}

const drawnCauses = 3

func drawWaits(t *rapid.T, leastCause int) []Observation {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Observation {
		return Observation{dispatch.Millis(rapid.Int64Range(0, 40).Draw(t, "wait")), rapid.IntRange(leastCause, drawnCauses).Draw(t, "cause")}
	}), 1, 60).Draw(t, "waits")
}

// TestIncidenceLaws: the shares sum to one, no incidence falls, and the variance is
// the sum that it is defined as.
func TestIncidenceLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := drawWaits(t, 0)
		got := AalenJohansen(all, drawnCauses)
		for n := range got.Wait {
			sum := got.Waiting[n]
			for k := range drawnCauses {
				sum += got.Estimate[k][n]
				if n > 0 && got.Estimate[k][n] < got.Estimate[k][n-1] {
					t.Fatalf("cause %d falls at %d", k+1, got.Wait[n])
				}
				if v := gaynor(all, k+1, got.Wait[n]); math.Abs(v-got.Variance[k][n]) > 1e-12 {
					t.Fatalf("variance of %d at %d: %v, by definition %v", k+1, got.Wait[n], got.Variance[k][n], v)
				}
			}
			if math.Abs(sum-1) > 1e-12 {
				t.Fatalf("at %d the shares sum to %v", got.Wait[n], sum)
			}
		}
	})
}

// gaynor is the variance as it is written, in as many steps as it takes.
func gaynor(all []Observation, cause int, until dispatch.Millis) float64 {
	type at struct{ before, f, y, d, k float64 }
	var steps []at
	s, f := 1.0, 0.0
	for t := dispatch.Millis(0); t <= until; t++ {
		var y, d, k float64
		for _, o := range all {
			if o.Wait >= t {
				y++
			}
			if o.Wait == t && o.Cause != 0 {
				d++
				if o.Cause == cause {
					k++
				}
			}
		}
		if d == 0 {
			continue
		}
		f += s * k / y
		steps = append(steps, at{s, f, y, d, k})
		s *= 1 - d/y
	}
	sum := 0.0
	for _, p := range steps {
		rest := f - p.f
		if rest != 0 {
			sum += rest * rest * p.d / (p.y * (p.y - p.d))
		}
		sum += p.before*p.before*p.k*(p.y-p.k)/(p.y*p.y*p.y) - 2*rest*p.before*p.k/(p.y*p.y)
	}
	return sum
}

func TestIncidenceOfEverybodyEndedIsTheShare(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := drawWaits(t, 1)
		got := AalenJohansen(all, drawnCauses)
		for k := range drawnCauses {
			for n, w := range got.Wait {
				count := 0.0
				for _, o := range all {
					if o.Cause == k+1 && o.Wait <= w {
						count++
					}
				}
				f := count / float64(len(all))
				if math.Abs(got.Estimate[k][n]-f) > 1e-12 || math.Abs(got.Variance[k][n]-f*(1-f)/float64(len(all))) > 1e-12 {
					t.Fatalf("cause %d at %d: %v ± %v², the share is %v", k+1, w, got.Estimate[k][n], got.Variance[k][n], f)
				}
			}
		}
	})
}

func TestIncidenceKnowsNoOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := drawWaits(t, 0)
		a, b := AalenJohansen(all, drawnCauses), AalenJohansen(rapid.Permutation(all).Draw(t, "shuffled"), drawnCauses)
		for n := range a.Wait {
			for k := range drawnCauses {
				if a.Estimate[k][n] != b.Estimate[k][n] || a.Variance[k][n] != b.Variance[k][n] {
					t.Fatalf("cause %d at %d: %v and %v", k+1, a.Wait[n], a.Estimate[k][n], b.Estimate[k][n])
				}
			}
		}
	})
}

// TestOneMoreOpenCall never raises the share that has ended, and moves nothing
// when it was censored before anything ended.
func TestOneMoreOpenCall(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := drawWaits(t, 0)
		open := Observation{dispatch.Millis(rapid.Int64Range(0, 50).Draw(t, "open")), 0}
		a := AalenJohansen(all, drawnCauses)
		b := AalenJohansen(append([]Observation{open}, all...), drawnCauses)
		for n := range a.Wait {
			if b.Waiting[n] < a.Waiting[n]-1e-12 {
				t.Fatalf("at %d: %v waited, with one more open call %v", a.Wait[n], a.Waiting[n], b.Waiting[n])
			}
			if open.Wait < a.Wait[0] && math.Abs(b.Waiting[n]-a.Waiting[n]) > 1e-12 {
				t.Fatalf("censored at %d, it moved the share at %d", open.Wait, a.Wait[n])
			}
		}
	})
}

func TestLogLogStaysInside(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f, v := rapid.Float64Range(1e-6, 1-1e-6).Draw(t, "estimate"), rapid.Float64Range(1e-9, 0.25).Draw(t, "variance")
		low, high, ok := LogLog(f, v, Z(0.95))
		if !ok || low < 0 || low > f || high < f || high > 1 {
			t.Fatalf("%v ± %v²: %v–%v", f, v, low, high)
		}
	})
	if _, _, ok := LogLog(0, 0.1, 2); ok {
		t.Error("an interval at 0")
	}
}

// TestPercentileByHand: of ten waits the median lies between the 2nd and the 9th
// with 97.9 % (and between the 3rd and 8th with only 89.1 %): the textbook case.
func TestPercentileByHand(t *testing.T) {
	var waits []dispatch.Millis
	for n := 1; n <= 10; n++ {
		waits = append(waits, dispatch.Millis(n))
	}
	if got, _ := QuantileOf(waits, .5, .95); got != (Quantile{5, 2, 9, true, true}) {
		t.Errorf("median %+v", got)
	}
	if got, _ := QuantileOf(waits, .9, .95); got.Value != 9 || got.Low != 7 || got.HasHigh {
		t.Errorf("90th %+v: ten waits give no bound above", got)
	}
	if got, ok := QuantileOf(waits[:1], .5, .95); !ok || got.Value != 1 || got.HasLow || got.HasHigh {
		t.Errorf("one wait %+v", got)
	}
	if _, ok := QuantileOf(nil, .5, .95); ok {
		t.Error("a percentile of nothing")
	}
}

// TestPercentileInterval: it holds the value, and its binomial coverage is enough.
func TestPercentileInterval(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 3000).Draw(t, "n")
		q := rapid.Float64Range(0.01, 0.99).Draw(t, "share")
		waits := make([]dispatch.Millis, n)
		for k := range waits {
			waits[k] = dispatch.Millis(k + 1)
		}
		got, _ := QuantileOf(waits, q, .95)
		low, high := 0, n+1
		if got.HasLow {
			low = int(got.Low)
		}
		if got.HasHigh {
			high = int(got.High)
		}
		coverage := binomialCDF(high-1, n, q) - binomialCDF(low-1, n, q)
		if low > int(got.Value) || high < int(got.Value) || coverage < .95-1e-9 {
			t.Fatalf("%d–%d around %d covers %v", low, high, got.Value, coverage)
		}
	})
}
