package main

import (
	"net/http"
	"sync/atomic"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/everycall/everycall/dispatch"
	"github.com/everycall/everycall/engine"
	"github.com/everycall/everycall/httpapi"
)

// metrics shows the writer's counters and the board's sizes to Prometheus.
func metrics(e *engine.Engine, room *httpapi.Room) http.Handler {
	r := prometheus.NewRegistry()
	r.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	counter := func(name, help string, of *atomic.Uint64) {
		r.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{Namespace: "everycall", Name: name, Help: help}, func() float64 { return float64(of.Load()) }))
	}
	m := &e.Metrics
	counter("commands_total", "Commands decided.", &m.Commands)
	counter("commands_refused_total", "Commands that the rules or the engine refused.", &m.Refused)
	counter("commands_repeated_total", "Commands that had been recorded before.", &m.Repeated)
	counter("commands_busy_total", "Commands refused because the queue was full.", &m.Busy)
	counter("events_total", "Events made durable.", &m.Events)
	counter("syncs_total", "Appends to the journal.", &m.Syncs)
	counter("reloads_total", "Times the state was loaded again after a failure.", &m.Reloads)
	counter("panics_total", "Panics caught in the rules.", &m.Panics)
	counter("snapshot_failures_total", "Snapshots that could not be saved.", &m.SnapshotFailures)
	gauge := func(name, help string, value func() float64) {
		r.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Namespace: "everycall", Name: name, Help: help}, value))
	}
	gauge("commands_waiting", "Commands in the queue.", func() float64 { return float64(m.Waiting.Load()) })
	gauge("sequence", "The newest durable event.", func() float64 { return float64(e.Seq()) })
	board := func(name, help string, count func(*dispatch.State) int) {
		gauge(name, help, func() (n float64) {
			room.Look(func(s *dispatch.State) { n = float64(count(s)) })
			return n
		})
	}
	board("incidents", "Incidents in the live state.", func(s *dispatch.State) int { return len(s.Incidents) })
	board("contacts", "Contacts in the live state.", func(s *dispatch.State) int { return len(s.Contacts) })
	board("alarms", "Alarms that stand.", func(s *dispatch.State) int { return len(s.Alarms) })
	return promhttp.HandlerFor(r, promhttp.HandlerOpts{})
}
