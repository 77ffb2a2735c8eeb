package stats

import (
	"math"

	"github.com/everycall/everycall/dispatch"
)

// Z returns the normal quantile of a two-sided interval: 1.96 for 0.95.
func Z(confidence float64) float64 { return math.Sqrt2 * math.Erfinv(confidence) }

// Wilson returns the score interval of a share (Wilson 1927), without continuity
// correction: R's prop.test(correct = FALSE). Of no cases nothing is known: 0, 1.
func Wilson(with, of int, z float64) (low, high float64) {
	if of == 0 {
		return 0, 1
	}
	n := float64(of)
	p := float64(with) / n
	centre := (p + z*z/(2*n)) / (1 + z*z/n)
	half := z / (1 + z*z/n) * math.Sqrt(p*(1-p)/n+z*z/(4*n*n))
	return max(centre-half, 0), min(centre+half, 1)
}

// Quantile is a percentile of waits with a distribution-free interval.
type Quantile struct {
	Value     dispatch.Millis
	Low, High dispatch.Millis
	HasLow    bool // false: too few waits for a bound below
	HasHigh   bool
}

// QuantileOf returns the smallest of the sorted waits that at least the share q
// of them do not exceed (type 1 of Hyndman & Fan 1996), and the order statistics
// between which the true one lies with at least the confidence (David & Nagaraja
// 2003, 7.1: the number of waits below it is binomial). ok is false without a wait.
func QuantileOf(sorted []dispatch.Millis, q, confidence float64) (out Quantile, ok bool) {
	n := len(sorted)
	if n == 0 {
		return Quantile{}, false
	}
	rank := int(math.Ceil(q*float64(n) - 1e-9))
	out.Value = sorted[min(max(rank, 1), n)-1]
	tail := (1 - confidence) / 2
	if low := binomialQuantile(tail, n, q); low >= 1 {
		out.Low, out.HasLow = sorted[low-1], true
	}
	if high := binomialQuantile(1-tail, n, q) + 1; high <= n {
		out.High, out.HasHigh = sorted[high-1], true
	}
	return out, true
}

// binomialQuantile returns the smallest k with P(B <= k) >= p for B of n tries.
func binomialQuantile(p float64, n int, share float64) int {
	mean := float64(n) * share
	spread := math.Sqrt(mean * (1 - share))
	guess := mean + math.Sqrt2*math.Erfinv(2*p-1)*spread
	k := min(max(int(math.Floor(guess)), 0), n)
	for k > 0 && binomialCDF(k-1, n, share) >= p {
		k--
	}
	for k < n && binomialCDF(k, n, share) < p {
		k++
	}
	return k
}

// binomialCDF returns P(B <= k): the regularised incomplete beta function of the
// other share at n-k and k+1.
func binomialCDF(k, n int, share float64) float64 {
	if k < 0 {
		return 0
	}
	if k >= n {
		return 1
	}
	return betaShare(1-share, float64(n-k), float64(k+1))
}

// betaShare is the regularised incomplete beta function I_x(a, b), by its
// continued fraction (NIST DLMF 8.17.22) with the modified Lentz method, on the
// side where that converges fast.
func betaShare(x, a, b float64) float64 {
	if x <= 0 {
		return 0
	}
	if x >= 1 {
		return 1
	}
	if x > (a+1)/(a+b+2) {
		return 1 - betaShare(1-x, b, a)
	}
	whole, _ := math.Lgamma(a + b)
	left, _ := math.Lgamma(a)
	right, _ := math.Lgamma(b)
	front := math.Exp(whole-left-right+a*math.Log(x)+b*math.Log1p(-x)) / a
	const tiny, enough, most = 1e-300, 1e-15, 100_000
	fraction, c, d := 1.0, 1.0, 0.0
	for n := 1; n <= most; n++ {
		m := float64(n / 2)
		term := m * (b - m) * x / ((a + 2*m - 1) * (a + 2*m))
		if n%2 == 1 {
			term = -(a + m) * (a + b + m) * x / ((a + 2*m) * (a + 2*m + 1))
		}
		d = 1 / away(1+term*d, tiny)
		c = away(1+term/c, tiny)
		fraction *= c * d
		if math.Abs(1-c*d) < enough {
			break
		}
	}
	return min(max(front/fraction, 0), 1)
}

// away keeps a divisor off zero.
func away(v, tiny float64) float64 {
	if math.Abs(v) < tiny {
		return tiny
	}
	return v
}
