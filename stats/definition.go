package stats

import (
	"fmt"
	"slices"
)

// Definition says what a figure is: whose standard or paper it follows, when its
// clock starts and when it stops. No figure goes without.
type Definition struct {
	Name     string `json:"name"`
	Follows  string `json:"follows"`
	Starts   string `json:"clock_starts"`
	Stops    string `json:"clock_stops"`
	Method   string `json:"method"`
	Interval string `json:"confidence_interval"`
}

const intervals = 7

// intervalNames are the intervals in the order of a report.
var intervalNames = [intervals]string{IntervalAnswer, IntervalDispatchDelay, IntervalTurnout, IntervalTravel, IntervalSentToScene, IntervalResponse, IntervalHighest}

func intervalNumber(name string) int { return slices.Index(intervalNames[:], name) }

// definitions are those of the figures of a report.
func definitions(q Query) []Definition {
	const (
		received = "the contact was received (with several: the first of the call)"
		order    = "order statistics, binomial (David & Nagaraja 2003, 7.1); shares: Wilson (1927)"
		known    = "smallest wait that the share does not exceed (Hyndman & Fan 1996, type 1), of the calls with both times; those without are missing_n"
	)
	level := fmt.Sprintf("%g %%: ", q.Confidence*100)
	return []Definition{
		{IntervalAnswer, "NENA-STA-020.1-2020; NFPA 1225 (2022)", "the call rang", "the call was answered", "missing for every call: the journal begins when a contact was received", ""},
		{IntervalDispatchDelay, "NFPA 1225 (2022) and NFPA 1221 (2016): processing; analysts: queue time", received, "the first unit was dispatched", known, level + order},
		{IntervalTurnout, "NFPA 1710: turnout, of the call", "the first unit was dispatched", "the first unit said en route", known, level + order},
		{IntervalTravel, "NFPA 1710: travel, of the unit that arrived first", "that unit said en route", "that unit was on scene", known, level + order},
		{IntervalSentToScene, "NFPA 1710: turnout and travel, of the unit that arrived first", "that unit was dispatched", "that unit was on scene", known, level + order},
		{IntervalResponse, "analysts: response, received to first on scene", received, "the first unit was on scene", known, level + order},
		{IntervalHighest, "as response, from the call's highest priority (a later upgrade does not inherit the wait before it)", "the call first had its highest priority", "the first unit was on scene", known, level + order},
		{"outcomes", "Aalen & Johansen (1978)", received, "the first unit was on scene, else the call ended: declined, abandoned, transferred, closed by the desk it was diverted to, or resolved unattended (cancelled among them)",
			"cumulative incidence; only calls still open are censored; a closing that was undone stops no clock", level + "log(-log), variance of Gaynor et al. (1993), as R survival::survfit"},
		{"reached_by", "Aalen & Johansen (1978)", received, "the first unit was on scene", "time at which the incidence of first_arrived reaches the share: of all calls, the never reached among them", ""},
		{"unserved", "Everycall: the plan required attendance and none came within the stated limit", received, "the first unit was on scene, or the limit of the call's highest priority",
			"1 - incidence of first_arrived at the limit, on the time scale wait / limit; open calls before their limit are censored", level + "log(-log), as outcomes"},
		{"found_a_unit_free", "P(a unit is free), as the calls found it", "", "", "share of the calls at whose opening at least one unit of their service was free", level + "Wilson (1927)"},
		{"free_units", "P(a unit is free), over time; Seattle's plan of 2011 kept 10", "", "", "share of the time in which at least so many units were free; no reserve is kept from priority 1", ""},
		{"promises", "Everycall: the promise ledger; Los Angeles County: the caller is told past the limit", "the caller was told", "kept, broken (its time passed), or updated", "of the callers of these calls; kept_share of those kept or broken", level + "Wilson (1927)"},
		{"backlog", "Milwaukee: 10 or more low-priority calls pending in a district", "the count of pending calls reached the threshold", "it fell below", "pending: waiting, held, staged or unanswered; by the priority of that moment and the last known area", ""},
		{"postures", "Everycall: rationing declared", "the posture was declared", "it ended", "hours in force; unreviewed: past the time by which it was to be reviewed", ""},
	}
}
