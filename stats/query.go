package stats

import (
	"fmt"
	"slices"
	"strings"

	"github.com/everycall/everycall/dispatch"
	"github.com/everycall/everycall/triage"
)

// What a Query counts.
const (
	CountCalls    = "calls"    // incidents: the default
	CountContacts = "contacts" // every caller, duplicates too, each with a clock of its own
)

// The dimensions that a Query may group by, alone or two with "*" between them:
// "area*priority_highest".
const (
	ByPriorityInitial    = "priority_initial"
	ByPriorityAtDispatch = "priority_at_dispatch"
	ByPriorityHighest    = "priority_highest"
	ByPriorityFinal      = "priority_final"
	ByArea               = "area" // a neighbourhood group, or the beat without any
	ByBeat               = "beat"
	ByLanguage           = "language"
	ByService            = "service"
	ByType               = "type"
	ByZone               = "zone"
	ByChannel            = "channel"
	ByHour               = "hour"    // of the day; needs Query.HourOf
	ByPosture            = "posture" // the last one that an outcome cited
	ByLifeSafety         = "life_safety"
	ByRepeat             = "repeat"
)

// Limits of a query and of its answer.
const (
	MaxGroupings   = 10
	MaxGroups      = 5_000 // in one grouping
	MaxCurvePoints = 500
	MaxPercentiles = 20
	MaxTargets     = 100
	MaxSpellsShown = 1_000 // backlog spells listed; all are counted
)

// The intervals that are measured. Each has a Definition.
const (
	IntervalAnswer        = "answer"
	IntervalDispatchDelay = "dispatch_delay"
	IntervalTurnout       = "turnout"
	IntervalTravel        = "travel"
	IntervalSentToScene   = "dispatch_to_scene"
	IntervalResponse      = "response"
	IntervalHighest       = "response_since_highest_priority"
)

// Target is a limit that a share of the calls is to be answered within.
type Target struct {
	Interval string          `json:"interval"`
	Standard string          `json:"standard"`
	Within   dispatch.Millis `json:"within_ms"`
	Percent  float64         `json:"target_percent"` // 0: none is stated
}

// Query asks for a Report. The zero Query asks for every call to every service
// over all time, in one group.
type Query struct {
	From dispatch.Instant // calls received from then on
	To   dispatch.Instant // and before; 0: all. They are followed up to the ledger's newest instant.

	Service dispatch.Service // "": all
	Count   string           // CountCalls, CountContacts; "": CountCalls
	OnView  bool             // count those that a unit came upon by itself too; their wait means nothing

	GroupBy        []string            // dimensions, each one grouping of the report
	Neighbourhoods map[string][]string // the name of a group to its beats; others are "other"
	WithholdBelow  int                 // 0: 10; 1: nothing is withheld

	Confidence  float64           // of the intervals; 0: 0.95
	Percentiles []float64         // 0: 50, 90, 95
	CurveAt     []dispatch.Millis // where the incidences are given; none: 1 min … 24 h
	Targets     []Target          // nil: Standards()

	// UnservedAfter is the stated limit by priority (the highest that the call had);
	// 0: UnservedAfterDefault. NoAttendance lists the types whose plan sends nobody.
	UnservedAfter [6]dispatch.Millis
	NoAttendance  []string

	FreeAtLeast []int // P(at least so many units are free); none: 1, 10

	BacklogFrom triage.Priority // pending calls of this priority and less urgent; 0: 3
	BacklogAt   int             // a spell begins at so many; 0: 10

	// HourOf gives the local hour of the day, 0 to 23, of an instant; only ByHour needs it.
	HourOf func(dispatch.Instant) int `json:"-"`
}

// What a Query takes where it says nothing.
const (
	WithholdBelowDefault = 10
	UnservedAfterDefault = dispatch.Hour
	backlogFromDefault   = 3
	backlogAtDefault     = 10
)

// Standards returns the published limits that rooms are judged by.
func Standards() []Target {
	return []Target{
		{IntervalAnswer, "NENA-STA-020.1-2020", 15 * dispatch.Second, 90},
		{IntervalAnswer, "NENA-STA-020.1-2020", 20 * dispatch.Second, 95},
		{IntervalAnswer, "NFPA 1225 (2022)", 10 * dispatch.Second, 90},
		{IntervalDispatchDelay, "NFPA 1225 (2022)", 60 * dispatch.Second, 90},
		{IntervalDispatchDelay, "NFPA 1221 (2016)", 64 * dispatch.Second, 90},
		{IntervalDispatchDelay, "NFPA 1221 (2016)", 106 * dispatch.Second, 95},
	}
}

// filled is the query with what it says nothing of.
func (q Query) filled() (Query, error) {
	if q.To != 0 && q.To <= q.From {
		return q, fmt.Errorf("period: to (%d) must be later than from (%d)", q.To, q.From)
	}
	if q.Count == "" {
		q.Count = CountCalls
	}
	if q.Count != CountCalls && q.Count != CountContacts {
		return q, fmt.Errorf("count %q: %s or %s", q.Count, CountCalls, CountContacts)
	}
	if q.WithholdBelow <= 0 {
		q.WithholdBelow = WithholdBelowDefault
	}
	if q.Confidence == 0 {
		q.Confidence = 0.95
	}
	if !(q.Confidence > 0 && q.Confidence < 1) {
		return q, fmt.Errorf("confidence %v: between 0 and 1", q.Confidence)
	}
	if err := q.fillLists(); err != nil {
		return q, err
	}
	for p := range q.UnservedAfter {
		if q.UnservedAfter[p] <= 0 {
			q.UnservedAfter[p] = UnservedAfterDefault
		}
	}
	if q.BacklogFrom == 0 {
		q.BacklogFrom = backlogFromDefault
	}
	if q.BacklogAt <= 0 {
		q.BacklogAt = backlogAtDefault
	}
	if len(q.GroupBy) > MaxGroupings {
		return q, fmt.Errorf("%d groupings: at most MaxGroupings (%d)", len(q.GroupBy), MaxGroupings)
	}
	for _, by := range q.GroupBy {
		if err := q.checkGrouping(by); err != nil {
			return q, err
		}
	}
	return q, nil
}

func (q *Query) fillLists() error {
	if len(q.Percentiles) == 0 {
		q.Percentiles = []float64{50, 90, 95}
	}
	q.Percentiles = slices.Clone(q.Percentiles)
	slices.Sort(q.Percentiles)
	for _, p := range q.Percentiles {
		if !(p > 0 && p < 100) || len(q.Percentiles) > MaxPercentiles {
			return fmt.Errorf("percentile %v: between 0 and 100, at most MaxPercentiles (%d) of them", p, MaxPercentiles)
		}
	}
	if len(q.CurveAt) == 0 {
		for _, m := range []dispatch.Millis{1, 2, 3, 5, 7, 10, 15, 20, 30, 45, 60, 90, 120, 180, 240, 360, 480, 720, 1440} {
			q.CurveAt = append(q.CurveAt, m*dispatch.Minute)
		}
	}
	if len(q.CurveAt) > MaxCurvePoints {
		return fmt.Errorf("%d points of the curves: at most MaxCurvePoints (%d)", len(q.CurveAt), MaxCurvePoints)
	}
	q.CurveAt = slices.Clone(q.CurveAt)
	slices.Sort(q.CurveAt)
	if q.CurveAt[0] < 0 {
		return fmt.Errorf("a point of the curves at %d ms: not before the clock starts", q.CurveAt[0])
	}
	if q.Targets == nil {
		q.Targets = Standards()
	}
	if len(q.Targets) > MaxTargets {
		return fmt.Errorf("%d targets: at most MaxTargets (%d)", len(q.Targets), MaxTargets)
	}
	for _, t := range q.Targets {
		if intervalNumber(t.Interval) < 0 || t.Within <= 0 {
			return fmt.Errorf("target %q within %d ms: an interval of the definitions, and a limit above 0", t.Interval, t.Within)
		}
	}
	if len(q.FreeAtLeast) == 0 {
		q.FreeAtLeast = []int{1, 10}
	}
	return nil
}

func (q *Query) checkGrouping(by string) error {
	parts := strings.Split(by, "*")
	if len(parts) > 2 || (len(parts) == 2 && parts[0] == parts[1]) {
		return fmt.Errorf("grouping %q: one dimension, or two different ones with * between them", by)
	}
	for _, d := range parts {
		if !slices.Contains(dimensions, d) {
			return fmt.Errorf("grouping %q: %q is none of %s", by, d, strings.Join(dimensions, ", "))
		}
		if d == ByHour && q.HourOf == nil {
			return fmt.Errorf("grouping %q: the local hour needs Query.HourOf", by)
		}
	}
	return nil
}

// dimensions lists what one may group by.
var dimensions = []string{ByPriorityInitial, ByPriorityAtDispatch, ByPriorityHighest, ByPriorityFinal, ByArea, ByBeat, ByLanguage,
	ByService, ByType, ByZone, ByChannel, ByHour, ByPosture, ByLifeSafety, ByRepeat}
