package main

import (
	"fmt"
	"net/http"
	"runtime"
	"strings"

	"github.com/everycall/everycall/dispatch"
	"github.com/everycall/everycall/engine"
	"github.com/everycall/everycall/httpapi"
)

// metrics shows the writer's counters and the board's sizes in the Prometheus
// text format 0.0.4. It is written by hand because the client library with its
// dependencies costs a tenth of the time in which a newcomer must have the demo
// (docs/decisions/0005).
func metrics(e *engine.Engine, room *httpapi.Room) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		var out strings.Builder
		show := func(kind, name, help string, value uint64) {
			fmt.Fprintf(&out, "# HELP everycall_%s %s\n# TYPE everycall_%s %s\neverycall_%s %d\n", name, help, name, kind, name, value)
		}
		m := &e.Metrics
		show("counter", "commands_total", "Commands decided.", m.Commands.Load())
		show("counter", "commands_refused_total", "Commands that the rules or the engine refused.", m.Refused.Load())
		show("counter", "commands_repeated_total", "Commands that had been recorded before.", m.Repeated.Load())
		show("counter", "commands_busy_total", "Commands refused because the queue was full.", m.Busy.Load())
		show("counter", "events_total", "Events made durable.", m.Events.Load())
		show("counter", "syncs_total", "Appends to the journal.", m.Syncs.Load())
		show("counter", "reloads_total", "Times the state was loaded again after a failure.", m.Reloads.Load())
		show("counter", "panics_total", "Panics caught in the rules.", m.Panics.Load())
		show("counter", "snapshot_failures_total", "Snapshots that could not be saved.", m.SnapshotFailures.Load())
		show("gauge", "commands_waiting", "Commands in the queue.", uint64(max(0, m.Waiting.Load())))
		show("gauge", "sequence", "The newest durable event.", e.Seq())
		var incidents, contacts, alarms int
		room.Look(func(s *dispatch.State) {
			incidents, contacts, alarms = len(s.Incidents), len(s.Contacts), len(s.Alarms)
		})
		show("gauge", "incidents", "Incidents in the live state.", uint64(incidents))
		show("gauge", "contacts", "Contacts in the live state.", uint64(contacts))
		show("gauge", "alarms", "Alarms that stand.", uint64(alarms))
		var memory runtime.MemStats
		runtime.ReadMemStats(&memory)
		show("gauge", "heap_bytes", "Bytes of live heap.", memory.HeapAlloc)
		show("gauge", "goroutines", "Goroutines.", uint64(runtime.NumGoroutine()))
		w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
		_, _ = w.Write([]byte(out.String())) // the reader may have gone
	})
}
