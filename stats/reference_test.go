package stats

import (
	"encoding/json"
	"math"
	"os"
	"slices"
	"testing"

	"github.com/everycall/everycall/dispatch"
)

// reference holds the values that testdata/reference.R got from R.
type reference struct {
	Provenance map[string]string
	Incidence  []struct {
		Name         string
		Causes       int
		Time, Status []int64
		At           []int64
		Waiting      []float64
		Curves       []struct{ Estimate, SE, Lower, Upper, Cmprsk []*float64 }
	}
	Wilson []struct {
		With, Of  int
		Low, High float64
	}
	Binomial []struct {
		N                        int
		Share, CDF               float64
		Low, High, Low99, High99 int
	}
	Quantile struct {
		Waits  []int64
		Values []struct {
			Share float64
			Value int64
		}
	}
}

func readReference(t *testing.T) reference {
	t.Helper()
	text, err := os.ReadFile("testdata/reference.json")
	if err != nil {
		t.Fatal(err)
	}
	var r reference
	if err := json.Unmarshal(text, &r); err != nil {
		t.Fatal(err)
	}
	if r.Provenance["survival"] == "" || len(r.Incidence) == 0 {
		t.Fatal("the reference says nothing of where it is from")
	}
	return r
}

const exact = 1e-9

func near(a, b, within float64) bool { return math.Abs(a-b) <= within*max(1, math.Abs(b)) }

// TestIncidenceAsInR: estimates, standard errors and intervals equal those of
// survival::survfit; the estimates also those of cmprsk::cuminc.
func TestIncidenceAsInR(t *testing.T) {
	for _, c := range readReference(t).Incidence {
		t.Run(c.Name, func(t *testing.T) {
			var all []Observation
			for n := range c.Time {
				all = append(all, Observation{dispatch.Millis(c.Time[n]), int(c.Status[n])})
			}
			got := AalenJohansen(all, c.Causes)
			if !slices.EqualFunc(got.Wait, c.At, func(a dispatch.Millis, b int64) bool { return int64(a) == b }) {
				t.Fatalf("times %v, R has %v", got.Wait, c.At)
			}
			for n := range c.At {
				if !near(got.Waiting[n], c.Waiting[n], exact) {
					t.Errorf("waiting at %d: %v, R has %v", c.At[n], got.Waiting[n], c.Waiting[n])
				}
				for k, r := range c.Curves {
					f, v := got.Estimate[k][n], got.Variance[k][n]
					if !near(f, *r.Estimate[n], exact) || !near(f, *r.Cmprsk[n], exact) || !near(math.Sqrt(v), *r.SE[n], exact) {
						t.Errorf("cause %d at %d: %v ± %v, R has %v ± %v, cmprsk %v", k+1, c.At[n], f, math.Sqrt(v), *r.Estimate[n], *r.SE[n], *r.Cmprsk[n])
					}
					low, high, ok := LogLog(f, v, Z(0.95))
					if r.Lower[n] == nil || *r.SE[n] < 1e-12 {
						continue
					}
					if !ok || !near(low, *r.Lower[n], exact) || !near(high, *r.Upper[n], exact) {
						t.Errorf("cause %d at %d: interval %v–%v (%v), R has %v–%v", k+1, c.At[n], low, high, ok, *r.Lower[n], *r.Upper[n])
					}
				}
			}
		})
	}
}

func TestWilsonAsInR(t *testing.T) {
	for _, c := range readReference(t).Wilson {
		low, high := Wilson(c.With, c.Of, Z(0.95))
		if !near(low, c.Low, exact) || !near(high, c.High, exact) {
			t.Errorf("%d of %d: %v–%v, R has %v–%v", c.With, c.Of, low, high, c.Low, c.High)
		}
	}
	if low, high := Wilson(0, 0, Z(0.95)); low != 0 || high != 1 {
		t.Errorf("of nothing: %v–%v", low, high)
	}
}

func TestBinomialAsInR(t *testing.T) {
	for _, c := range readReference(t).Binomial {
		for _, one := range []struct {
			p    float64
			want int
		}{{.025, c.Low}, {.975, c.High}, {.005, c.Low99}, {.995, c.High99}} {
			if got := binomialQuantile(one.p, c.N, c.Share); got != one.want {
				t.Errorf("quantile %v of %d at %v: %d, R has %d", one.p, c.N, c.Share, got, one.want)
			}
		}
		if got := binomialCDF(int(math.Floor(float64(c.N)*c.Share)), c.N, c.Share); !near(got, c.CDF, exact) {
			t.Errorf("distribution of %d at %v: %v, R has %v", c.N, c.Share, got, c.CDF)
		}
	}
}

func TestQuantileAsInR(t *testing.T) {
	r := readReference(t).Quantile
	var waits []dispatch.Millis
	for _, w := range r.Waits {
		waits = append(waits, dispatch.Millis(w))
	}
	slices.Sort(waits)
	for _, c := range r.Values {
		if got, _ := QuantileOf(waits, c.Share, 0.95); int64(got.Value) != c.Value {
			t.Errorf("%v: %d, R has %d", c.Share, got.Value, c.Value)
		}
	}
}
