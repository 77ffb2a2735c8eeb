package main

import (
	"fmt"
	"os"
	"strings"
	"sync"
	"time"
)

// When and how a progress bar is drawn.
const (
	progressAfter = 2 * time.Second
	progressEvery = 200 * time.Millisecond
	progressWidth = 30
)

// progressBar shows at a terminal how far something is that takes longer than
// progressAfter. Elsewhere it shows nothing.
type progressBar struct {
	mu          sync.Mutex // over what follows
	step        string
	done, total int64

	end      chan struct{} // nil where nothing is shown
	ended    chan struct{}
	stopOnce sync.Once
}

// startProgress draws on standard error until stop is called.
func startProgress() *progressBar {
	b := &progressBar{}
	if at, err := os.Stderr.Stat(); err != nil || at.Mode()&os.ModeCharDevice == 0 {
		return b
	}
	b.end, b.ended = make(chan struct{}), make(chan struct{})
	go b.draw(time.Now())
	return b
}

// show sets what is drawn next; a total of 0 is not known.
func (b *progressBar) show(step string, done, total int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.step, b.done, b.total = step, done, total
}

// stop wipes the bar away.
func (b *progressBar) stop() {
	if b.end == nil {
		return
	}
	b.stopOnce.Do(func() {
		close(b.end)
		<-b.ended
	})
}

func (b *progressBar) draw(start time.Time) {
	defer close(b.ended)
	tick := time.NewTicker(progressEvery)
	defer tick.Stop()
	drawn := false
	for {
		select {
		case <-b.end:
			if drawn {
				fmt.Fprint(os.Stderr, "\r\x1b[K")
			}
			return
		case now := <-tick.C:
			if took := now.Sub(start); took >= progressAfter {
				drawn = true
				fmt.Fprint(os.Stderr, "\r\x1b[K"+b.line(took))
			}
		}
	}
}

func (b *progressBar) line(took time.Duration) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.total <= 0 {
		return fmt.Sprintf("%-10s %.0f s", b.step, took.Seconds())
	}
	full := int(min(b.done, b.total) * progressWidth / b.total)
	return fmt.Sprintf("%-10s [%s%s] %3d %%", b.step, strings.Repeat("=", full), strings.Repeat(" ", progressWidth-full), b.done*100/b.total)
}
