//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd)

package sqlite

import (
	"fmt"
	"os"
	"runtime"
)

// lease refuses: without a lock that the kernel drops when a process dies, two
// processes could write one folder.
func lease(string) (*os.File, error) {
	return nil, fmt.Errorf("the embedded store does not support %s: run it on Linux, macOS or a BSD", runtime.GOOS)
}
