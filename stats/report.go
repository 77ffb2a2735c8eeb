package stats

import (
	"math"

	"github.com/everycall/everycall/dispatch"
)

// Report is the answer to a Query. Counts end in _n, seconds in _s, hours in _h,
// instants in _ms (UTC milliseconds). A number that is null was withheld, or there
// was too little to compute it from; what is withheld says so.
type Report struct {
	Recorded    Recorded     `json:"recorded"`
	Asked       Asked        `json:"asked"`
	Definitions []Definition `json:"definitions"`
	Cohort      Cohort       `json:"cohort"`
	All         Group        `json:"all"`
	Groupings   []Grouping   `json:"groupings"`
	FreeUnits   []FreeUnits  `json:"free_units"`
	Backlog     Backlog      `json:"backlog"`
	Postures    Postures     `json:"postures"`
}

// Recorded says what the figures rest on.
type Recorded struct {
	Seq        uint64 `json:"seq"`
	NewestMS   int64  `json:"newest_ms"`   // calls open then are censored
	EventsN    uint64 `json:"events_n"`    // folded
	OrphansN   uint64 `json:"orphans_n"`   // events about what began before the fold did
	MisplacedN uint64 `json:"misplaced_n"` // times entered for an assignment that had ended: used for nothing
}

// Asked is the query as it was understood.
type Asked struct {
	FromMS           int64     `json:"from_ms"`
	ToMS             int64     `json:"to_ms"` // 0: no end
	Service          string    `json:"service"`
	Count            string    `json:"count"`
	OnView           bool      `json:"on_view"`
	WithholdBelow    int       `json:"withhold_below"`
	Confidence       float64   `json:"confidence"`
	UnservedAfterS   []float64 `json:"unserved_after_s"` // by highest priority, from 1
	NoAttendance     []string  `json:"no_attendance_types"`
	BacklogFrom      int       `json:"backlog_from_priority"`
	BacklogAt        int       `json:"backlog_at_n"`
	NeighbourhoodsOf int       `json:"neighbourhoods_n"`
}

// Cohort is how the calls asked about came to be the calls counted. A count that
// is small, or would tell one that is withheld elsewhere in the report, is null.
type Cohort struct {
	N                *int       `json:"n"`
	JoinedN          *int       `json:"joined_n"`   // left out: part of another call
	OnViewN          *int       `json:"on_view_n"`  // left out unless asked for
	OpenN            *int       `json:"open_n"`     // not closed yet, whether or not somebody has come
	ReopenedN        *int       `json:"reopened_n"` // their first closing stopped no clock
	RepeatN          *int       `json:"repeat_n"`
	LifeSafetyN      *int       `json:"life_safety_n"`
	InventedN        *int       `json:"invented_n"` // with values that a simulation made up
	CitingPostureN   *int       `json:"citing_posture_n"`
	BeforeClockN     int        `json:"before_clock_n"`     // waits whose end was recorded before their start: counted as 0
	ArrivalInferredN int        `json:"arrival_inferred_n"` // a unit was transporting, its arrival was not recorded: counted as reached, missing from the waits
	ArrivalSources   []SourceN  `json:"arrival_sources"`
	Priorities       []Priority `json:"priorities"`
}

// SourceN counts the arrival times of one source.
type SourceN struct {
	Source string `json:"source"`
	N      *int   `json:"n"`
}

// Priority counts the calls that began with one priority and have another now.
type Priority struct {
	Initial  int  `json:"initial"`
	Final    int  `json:"final"`
	N        *int `json:"n"`
	Withheld bool `json:"withheld,omitempty"`
}

// Grouping is one way of dividing the cohort.
type Grouping struct {
	By       string  `json:"by"`
	Groups   []Group `json:"groups"`
	Shown    int     `json:"shown_groups"`
	Withheld int     `json:"withheld_groups"` // small ones, and those that would tell them
}

// Group is some calls and their figures; without figures it is withheld.
type Group struct {
	Key      []string `json:"key"` // one label a dimension; none: all calls
	Withheld bool     `json:"withheld,omitempty"`
	Figures  *Figures `json:"figures,omitempty"`
}

// Figures are what a group of calls is judged by, side by side.
type Figures struct {
	N         int        `json:"n"`
	Units     Units      `json:"units"`
	Outcomes  Outcomes   `json:"outcomes"`
	Unserved  Unserved   `json:"unserved"`
	Intervals []Interval `json:"intervals"`
	FoundFree Share      `json:"found_a_unit_free"`
	Promises  Promises   `json:"promises"`
}

// Units is what a group of calls took.
type Units struct {
	PerCall    float64 `json:"per_call"`    // different units dispatched, calls without any in the mean
	CommittedH float64 `json:"committed_h"` // unit hours of assignments that have ended
}

// Outcomes are the cumulative incidences of how a wait ends. Everything but what
// is still open has ended; only that is censored.
type Outcomes struct {
	AtS       []float64   `json:"at_s"`              // no further than the longest wait seen
	Waiting   []float64   `json:"waiting,omitempty"` // share still waiting; left out when an outcome is withheld
	Outcomes  []Outcome   `json:"outcomes"`
	CensoredN *int        `json:"censored_n"`
	ReachedBy []ReachedBy `json:"reached_by"`
}

// Outcome is one way in which a wait ends.
type Outcome struct {
	Name     string     `json:"name"`
	N        *int       `json:"n"`
	Withheld bool       `json:"withheld,omitempty"`
	Estimate []float64  `json:"estimate,omitempty"`
	SE       []float64  `json:"se,omitempty"`
	Low      []*float64 `json:"low,omitempty"`
	High     []*float64 `json:"high,omitempty"`
}

// ReachedBy is the time by which somebody had come to a share of all calls, the
// never reached among them; null when that share has not been reached.
type ReachedBy struct {
	Percent float64  `json:"percent"`
	AtS     *float64 `json:"at_s"`
}

// Unserved are the calls whose plan required attendance and to which nobody came
// within the stated limit.
type Unserved struct {
	Withheld  bool         `json:"withheld,omitempty"`
	RequiredN *int         `json:"required_n"`
	ServedN   *int         `json:"served_n"`
	UnservedN *int         `json:"unserved_n"`
	UnknownN  *int         `json:"unknown_n"` // open, and not at their limit yet
	Share     *float64     `json:"share"`     // estimated from all, the unknown censored
	Low       *float64     `json:"low"`
	High      *float64     `json:"high"`
	By        []UnservedBy `json:"by,omitempty"`
}

// UnservedBy says what became of the unserved: an outcome's name, "open", or
// "arrived_late".
type UnservedBy struct {
	What string `json:"what"`
	N    int    `json:"n"`
}

// Interval is one measured length of time; its Definition says which clock.
type Interval struct {
	Name        string       `json:"name"`
	Withheld    bool         `json:"withheld,omitempty"`
	N           *int         `json:"n"`
	MissingN    *int         `json:"missing_n"`
	MeanS       *float64     `json:"mean_s"`
	Percentiles []Percentile `json:"percentiles,omitempty"`
	Targets     []Within     `json:"targets,omitempty"`
}

// Percentile is one with its distribution-free interval.
type Percentile struct {
	Percent float64  `json:"percent"`
	AtS     float64  `json:"at_s"`
	LowS    *float64 `json:"low_s"` // null: too few for a bound
	HighS   *float64 `json:"high_s"`
}

// Within is the share of the known intervals within a limit.
type Within struct {
	Standard      string  `json:"standard"`
	LimitS        float64 `json:"limit_s"`
	TargetPercent float64 `json:"target_percent"`
	Share         float64 `json:"share"`
	Low           float64 `json:"low"`
	High          float64 `json:"high"`
	ShareOfAll    float64 `json:"share_of_all"` // a missing one counted as over the limit
}

// Share is a share with its Wilson interval.
type Share struct {
	Withheld bool     `json:"withheld,omitempty"`
	N        *int     `json:"n"`
	MissingN *int     `json:"missing_n"`
	Share    *float64 `json:"share"`
	Low      *float64 `json:"low"`
	High     *float64 `json:"high"`
}

// Promises to the callers of a group, and what became of them.
type Promises struct {
	Withheld       bool     `json:"withheld,omitempty"`
	MadeN          *int     `json:"made_n"`
	KeptN          *int     `json:"kept_n"`
	BrokenN        *int     `json:"broken_n"`
	UpdatedN       *int     `json:"updated_n"`
	NotToldN       *int     `json:"not_told_unsafe_n"`
	OpenN          *int     `json:"open_n"`
	PastDueN       *int     `json:"open_past_due_n"`
	GivenMeanS     *float64 `json:"given_mean_s"` // from being told to due
	KeptAfterMeanS *float64 `json:"kept_after_mean_s"`
	KeptShare      *float64 `json:"kept_share"` // of those kept or broken
	Low            *float64 `json:"kept_low"`
	High           *float64 `json:"kept_high"`
}

// Report computes every figure of a query from what the ledger holds. The error
// says what in the query cannot be done; the world cannot make one.
func (l *Ledger) Report(asked Query) (Report, error) {
	q, err := asked.filled()
	if err != nil {
		return Report{}, err
	}
	c := l.gather(q)
	sheets := []sheet{{grouping: c.everything()}}
	for _, by := range q.GroupBy {
		g, err := c.group(by)
		if err != nil {
			return Report{}, err
		}
		sheets = append(sheets, sheet{grouping: g})
	}
	c.count(sheets)
	mask := hide(sheets, q.WithholdBelow)
	groups := c.figures(sheets, mask)
	out := Report{Recorded: l.recorded(), Asked: q.asked(), Definitions: definitions(q), Cohort: c.summary(sheets, mask), All: groups[0][0],
		Groupings: []Grouping{}, FreeUnits: l.freeUnits(q), Backlog: l.backlog(q), Postures: l.postureHours(q)}
	for n := 1; n < len(sheets); n++ {
		g := Grouping{By: sheets[n].by, Groups: groups[n]}
		for _, one := range g.Groups {
			if one.Withheld {
				g.Withheld++
			} else {
				g.Shown++
			}
		}
		out.Groupings = append(out.Groupings, g)
	}
	return out, nil
}

func (l *Ledger) recorded() Recorded {
	return Recorded{Seq: l.seq, NewestMS: int64(max(l.newest, 0)), EventsN: l.events, OrphansN: l.orphans, MisplacedN: l.misplaced}
}

func (q *Query) asked() Asked {
	a := Asked{FromMS: int64(q.From), ToMS: int64(q.To), Service: string(q.Service), Count: q.Count, OnView: q.OnView, WithholdBelow: q.WithholdBelow,
		Confidence: q.Confidence, NoAttendance: append([]string{}, q.NoAttendance...), BacklogFrom: int(q.BacklogFrom), BacklogAt: q.BacklogAt,
		NeighbourhoodsOf: len(q.Neighbourhoods)}
	for _, limit := range q.UnservedAfter[1:] {
		a.UnservedAfterS = append(a.UnservedAfterS, seconds(limit))
	}
	return a
}

// end is the end of the period as far as it has been recorded.
func (l *Ledger) end(q Query) dispatch.Instant {
	if q.To == 0 {
		return l.newest
	}
	return min(q.To, l.newest)
}

// seconds are exact to the millisecond.
func seconds(d dispatch.Millis) float64 { return float64(d) / float64(dispatch.Second) }

func hours(d dispatch.Millis) float64 { return rounded(float64(d)/float64(dispatch.Hour), 4) }

// rounded keeps so many decimals: more would only claim more.
func rounded(v float64, decimals int) float64 {
	scale := math.Pow10(decimals)
	return math.Round(v*scale) / scale
}

// shareDecimals is how exactly shares are given.
const shareDecimals = 6

func share(v float64) float64 { return rounded(v, shareDecimals) }

func pointer[T any](v T) *T { return &v }
