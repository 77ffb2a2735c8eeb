//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package sqlite

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"
)

// lease takes the folder for this process until the file is closed. The kernel
// lets go of it when the process dies, however it dies. The file stays; only the
// lock on it counts.
func lease(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		held := errors.Is(err, syscall.EWOULDBLOCK)
		if held {
			holder, _ := io.ReadAll(io.LimitReader(f, 64))
			err = fmt.Errorf("%w (%s): stop that one, or name another folder with --data", ErrInUse, strings.TrimSpace(string(holder)))
		} else {
			err = fmt.Errorf("lock %s: %w: the file system must support flock", path, err)
		}
		return nil, errors.Join(err, f.Close())
	}
	// Who holds it is for people to read; failing to write it harms nothing.
	if f.Truncate(0) == nil {
		_, _ = f.WriteAt(fmt.Appendf(nil, "process %d\n", os.Getpid()), 0)
	}
	return f, nil
}
