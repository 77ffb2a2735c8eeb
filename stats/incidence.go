package stats

import (
	"cmp"
	"math"
	"slices"

	"github.com/everycall/everycall/dispatch"
)

// Observation is one wait: how long it had lasted when it ended, and by which of
// the competing causes, numbered from 1; cause 0 is censored: it goes on. At a
// tie what ended comes before what was censored.
type Observation struct {
	Wait  dispatch.Millis
	Cause int
}

// Incidence is the Aalen–Johansen estimate of the cumulative incidence of
// competing causes from one starting state (Aalen & Johansen 1978), at the times
// at which something ended. Its variance is the delta-method estimator of Gaynor
// et al. (1993), which R's survival::survfit gives too; without censoring it is
// F(1-F)/n. The points of two neighbouring indexes are apart in time.
type Incidence struct {
	Wait      []dispatch.Millis
	Waiting   []float64   // share still waiting just after; with the incidences it sums to 1
	Estimate  [][]float64 // by cause (the first is cause 1), then by time
	Variance  [][]float64 // likewise
	AtRisk    []int
	N         int
	Events    []int // by cause
	Censored  int
	FollowUp  dispatch.Millis // the longest wait seen
	Remaining float64         // share still waiting at the end
}

// AalenJohansen estimates the cumulative incidence of as many causes. The order
// of the observations does not matter; a wait below zero counts as zero. Without
// an observation the result has no points.
func AalenJohansen(all []Observation, causes int) Incidence {
	sorted := slices.Clone(all)
	for n := range sorted {
		sorted[n].Wait = max(sorted[n].Wait, 0)
	}
	slices.SortFunc(sorted, func(a, b Observation) int { return cmp.Compare(a.Wait, b.Wait) })
	out := Incidence{N: len(all), Events: make([]int, causes), Estimate: make([][]float64, causes), Variance: make([][]float64, causes)}
	a := newAalen(causes)
	a.run(len(sorted), func(n int) (dispatch.Millis, int) { return sorted[n].Wait, sorted[n].Cause }, nil, func(at dispatch.Millis) {
		out.Wait = append(out.Wait, at)
		out.Waiting = append(out.Waiting, a.waiting)
		out.AtRisk = append(out.AtRisk, a.atRisk)
		for k := range causes {
			out.Estimate[k] = append(out.Estimate[k], a.cause[k].estimate)
			out.Variance[k] = append(out.Variance[k], a.variance(k))
		}
	})
	copy(out.Events, a.events)
	out.Censored, out.FollowUp, out.Remaining = a.censored, a.last, a.waiting
	return out
}

// aalen goes through sorted waits once. The variance of Gaynor et al. at t,
//
//	Σ (F(t)-F(s))² d/(Y(Y-d)) + Σ S(s-)² dₖ(Y-dₖ)/Y³ - 2 Σ (F(t)-F(s)) S(s-) dₖ/Y²,
//
// is kept as sums that do not depend on t, so that it costs nothing to move on.
type aalen struct {
	waiting  float64 // S: share still waiting
	a0       float64 // Σ d/(Y(Y-d))
	cause    []aalenCause
	ended    []int // at the current time, by cause
	events   []int
	censored int
	atRisk   int // at the current time
	last     dispatch.Millis
}

type aalenCause struct {
	estimate float64 // F
	a1, a2   float64 // Σ F d/(Y(Y-d)), Σ F² d/(Y(Y-d))
	b        float64 // Σ S² dₖ(Y-dₖ)/Y³
	c0, c1   float64 // Σ S dₖ/Y², Σ F S dₖ/Y²
}

func newAalen(causes int) *aalen {
	return &aalen{waiting: 1, cause: make([]aalenCause, causes), ended: make([]int, causes), events: make([]int, causes)}
}

// run goes through n waits in rising order. It calls before and after around each
// time at which something ended; either may be nil.
func (a *aalen) run(n int, wait func(int) (dispatch.Millis, int), before, after func(dispatch.Millis)) {
	for i := 0; i < n; {
		now, _ := wait(i)
		clear(a.ended)
		all, risk := 0, n-i
		for i < n {
			t, cause := wait(i)
			if t != now {
				break
			}
			if cause == 0 {
				a.censored++
			} else {
				a.ended[cause-1]++
				a.events[cause-1]++
				all++
			}
			i++
		}
		a.last = now
		if all == 0 {
			continue
		}
		if before != nil {
			before(now)
		}
		a.step(risk, all)
		if after != nil {
			after(now)
		}
	}
}

func (a *aalen) step(risk, all int) {
	y, d := float64(risk), float64(all)
	a.atRisk = risk
	hazard := 0.0
	if risk > all {
		hazard = d / (y * (y - d))
		a.a0 += hazard
	} // else nobody is left: F moves no more, and the term is zero for ever
	for k := range a.cause {
		c := &a.cause[k]
		if ended := float64(a.ended[k]); ended > 0 {
			c.estimate += a.waiting * ended / y
			c.b += a.waiting * a.waiting * ended * (y - ended) / (y * y * y)
			part := a.waiting * ended / (y * y)
			c.c0 += part
			c.c1 += c.estimate * part
		}
		c.a1 += c.estimate * hazard
		c.a2 += c.estimate * c.estimate * hazard
	}
	a.waiting *= (y - d) / y
}

func (a *aalen) variance(k int) float64 {
	c := &a.cause[k]
	f := c.estimate
	return max(f*f*a.a0-2*f*c.a1+c.a2+c.b-2*(f*c.c0-c.c1), 0)
}

// LogLog returns the confidence interval of a share on the log(-log) scale, as
// R's conf.type "log-log" does: it stays between 0 and 1. z is the normal
// quantile: 1.96 for 95 %. At 0 and 1 and with no variance there is none.
func LogLog(estimate, variance, z float64) (low, high float64, ok bool) {
	if estimate <= 0 || estimate >= 1 || variance <= 0 {
		return 0, 0, false
	}
	log := math.Log(estimate)
	half := z * math.Sqrt(variance) / (estimate * log)
	return math.Pow(estimate, math.Exp(-half)), math.Pow(estimate, math.Exp(half)), true
}
