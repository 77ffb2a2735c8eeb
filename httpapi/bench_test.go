package httpapi

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/everycall/everycall/advisor"
	"github.com/everycall/everycall/auth"
	"github.com/everycall/everycall/dispatch"
	"github.com/everycall/everycall/engine"
	"github.com/everycall/everycall/store/sqlite"
	"github.com/everycall/everycall/triage"
)

// BenchmarkCommandsUnderPositions measures durable commands through the door,
// one after the other, first alone and then while 500 units send a position
// every second; the ratio of the two medians is to stay at or below 2.
func BenchmarkCommandsUnderPositions(b *testing.B) {
	const units = 500
	store, err := sqlite.Open(b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	room := NewRoom()
	e, err := engine.Open(context.Background(), engine.Options{Journal: store.Journal(), Clock: standing{}, Followers: []engine.Follower{room.Follow}}, room.Bootstrap)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		e.Close()
		_ = store.Close() // the folder goes too
	})
	give := func(c dispatch.Command) {
		if _, err := e.Submit(context.Background(), engine.Submission{By: "bench:setup", Command: c}); err != nil {
			b.Fatal(err)
		}
	}
	give(dispatch.Configure{Config: dispatch.Config{Name: "Bench", Zone: "UTC", Services: []dispatch.Service{"police"}, Desks: []dispatch.Desk{{ID: "desk", Name: "Desk"}},
		Types: []triage.Type{{Code: "NOISE", Name: "Noise", Service: "police", Priority: 4}}, DefaultService: "police", UntriagedPriority: 2}})
	for n := range units {
		give(dispatch.AddUnit{ID: dispatch.UnitID(fmt.Sprintf("U%d", n)), Service: "police", Kind: "patrol", Status: dispatch.StatusAvailable})
	}
	s := New(Options{Engine: e, Room: room, Auth: auth.New(store.Accounts()), Estimator: advisor.StraightLine{}, Token: testToken, TokenRole: auth.RoleSupervisor})
	post := func(path, body string) int {
		req := httptest.NewRequest(http.MethodPost, path, strings.NewReader(body))
		req.Header.Set("Authorization", "Bearer "+testToken)
		req.Header.Set("Content-Type", "application/json")
		answer := httptest.NewRecorder()
		s.ServeHTTP(answer, req)
		return answer.Code
	}
	measure := func(count int) (p50, p99 time.Duration) {
		took := make([]time.Duration, count)
		for n := range took {
			start := time.Now()
			if code := post("/api/v1/contacts", `{"channel":"phone","type":"NOISE","location":{"text":"1500 block of 12 Av"}}`); code != http.StatusCreated {
				b.Fatalf("status %d", code)
			}
			took[n] = time.Since(start)
		}
		slices.Sort(took)
		return took[count/2], took[count*99/100]
	}
	const count = 1500
	for b.Loop() {
		alone50, alone99 := measure(count)
		ctx, cancel := context.WithCancel(context.Background())
		sent := make(chan int)
		go func() { // ends with ctx; 500 a second, spread evenly
			ticker := time.NewTicker(time.Second / 100)
			defer ticker.Stop()
			n := 0
			for {
				select {
				case <-ctx.Done():
					sent <- n
					return
				case <-ticker.C:
					for range units / 100 {
						post(fmt.Sprintf("/api/v1/units/U%d/position", n%units), fmt.Sprintf(`{"lon":-122.3,"lat":%f}`, 47.5+float64(n%1000)/10000))
						n++
					}
				}
			}
		}()
		time.Sleep(200 * time.Millisecond)
		with50, with99 := measure(count)
		cancel()
		if <-sent == 0 {
			b.Fatal("no position was sent")
		}
		b.ReportMetric(float64(alone50.Microseconds()), "µs-p50-alone")
		b.ReportMetric(float64(with50.Microseconds()), "µs-p50-with-positions")
		b.ReportMetric(float64(alone99.Microseconds()), "µs-p99-alone")
		b.ReportMetric(float64(with99.Microseconds()), "µs-p99-with-positions")
		b.ReportMetric(float64(with50)/float64(alone50), "ratio-p50")
	}
}
