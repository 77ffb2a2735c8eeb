//go:build unix

package dispatch

import "syscall"

// cpuSeconds is the processor time that this process has used, its collector's
// included: what a busy machine cannot inflate as it does the wall clock.
func cpuSeconds() float64 {
	var used syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &used) != nil {
		return 0
	}
	return float64(used.Utime.Sec+used.Stime.Sec) + float64(used.Utime.Usec+used.Stime.Usec)/1e6
}
