//go:build !unix

package dispatch

// cpuSeconds is not known here.
func cpuSeconds() float64 { return 0 }
