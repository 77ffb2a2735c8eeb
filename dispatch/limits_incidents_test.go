package dispatch

import (
	"fmt"
	"strings"
	"testing"
)

// TestLimitsOfIncidents: at each limit the rules say yes, one past it they say no.
func TestLimitsOfIncidents(t *testing.T) {
	noise := func(n int) Command {
		return ReceiveContact{ID: ContactID(fmt.Sprint("c", n)), Channel: "phone", Type: "NOISE", Beat: "E1", Person: Private{Place: "100 block of Main St"}}
	}
	incident := func(n int) IncidentID { return IncidentID(fmt.Sprint("i", n+1)) }
	many := func(n int) (all []Command) {
		for k := range n {
			all = append(all, noise(k))
		}
		return all
	}
	major := func(id IncidentID) Command {
		return DeclareMajor{Incident: id, Authority: "chief", Reason: "large", Commander: "Battalion 5", Channel: "TAC 4", ReviewBy: scenarioStart.Add(MajorReviewMax)}
	}
	declared := append(many(MaxChildren+2), major("i1"))
	lists := roomIncidents("")
	lists.Rotations[0].Beats = nil
	for _, limit := range []struct {
		name  string
		at    int
		given []Command
		nth   func(n int) Command
		also  func(n int) Command
	}{
		{name: "MaxLinks", at: MaxLinks, given: many(MaxLinks + 2), nth: func(n int) Command { return LinkIncidents{Incident: "i1", Other: incident(n + 1), Reason: "like"} }},
		{name: "MaxMajors", at: MaxMajors, given: many(MaxMajors + 1), nth: func(n int) Command { return major(incident(n)) }},
		{name: "MaxChildren", at: MaxChildren, given: declared, nth: func(n int) Command { return AddToMajor{Incident: incident(n + 1), Major: "i1", Reason: "there"} }},
		{name: "MaxObjectives", at: MaxObjectives, given: []Command{noise(0), major("i1")}, nth: func(int) Command { return AddObjective{Incident: "i1", Text: "all out"} }},
		{name: "MaxBolos", at: MaxBolos, given: many(1), nth: func(int) Command {
			return IssueBolo{Kind: "vehicle", Description: "a van", Incident: "i1", Authority: "watch commander", ReviewBy: scenarioStart.Add(BoloMax), ExpiresAt: scenarioStart.Add(BoloMax)}
		}},
		{name: "MaxCases", at: MaxCases, given: many(1), nth: func(int) Command { return GiveCaseNumber{Incident: "i1", Agency: "police", Year: 2020} },
			also: func(n int) Command {
				return VoidCaseNumber{Incident: "i1", Number: fmt.Sprintf("CCP-2020-%06d", n+1), Reason: "mistake"}
			}},
		{name: "MaxTowsEach", at: MaxTowsEach, given: many(1), nth: func(int) Command { return CallProvider{Incident: "i1", List: "light-east"} },
			also: func(n int) Command { return CancelTow{Tow: TowID(fmt.Sprint("tw", n+1)), Reason: "not needed"} }},
		{name: "MaxTows", at: MaxTows, given: many(MaxTows + 1), nth: func(n int) Command { return CallProvider{Incident: incident(n), List: "light-east"} }},
	} {
		t.Run(limit.name, func(t *testing.T) {
			s := stateWith(t)
			must(t, s, Configure{Config: lists})
			for _, c := range limit.given {
				must(t, s, c)
			}
			for n := range limit.at {
				must(t, s, limit.nth(n))
				if limit.also != nil {
					must(t, s, limit.also(n))
				}
			}
			mustNot(t, s, limit.nth(limit.at), LimitReached)
		})
	}
}

// TestSizesOfIncidents: as TestLimitsOfIncidents for what is large by itself.
func TestSizesOfIncidents(t *testing.T) {
	s := stateWith(t)
	must(t, s, Configure{Config: roomIncidents("")})
	must(t, s, ReceiveContact{ID: "c", Channel: "phone", Type: "NOISE", Beat: "E1", Person: Private{Place: "100 block of Main St"}})
	must(t, s, CallProvider{Incident: "i1", List: "light-east"})
	for _, size := range []struct {
		name string
		at   int
		of   func(n int) Command
		code Code
	}{
		{"MaxRotations", MaxRotations, func(n int) Command {
			g := roomIncidents("")
			g.Rotations = nil
			for k := range n {
				g.Rotations = append(g.Rotations, Rotation{ID: fmt.Sprint("r", k), Title: "Tow", Class: "tow", Providers: []Provider{{"able", "Able", "555-0150"}}})
			}
			return Configure{Config: g}
		}, ConfigInvalid},
		{"MaxProviders", MaxProviders, func(n int) Command {
			g := roomIncidents("")
			for len(g.Rotations[0].Providers) < n {
				g.Rotations[0].Providers = append(g.Rotations[0].Providers, Provider{fmt.Sprint("p", len(g.Rotations[0].Providers)), "Tow", "555-0150"})
			}
			return Configure{Config: g}
		}, ConfigInvalid},
		{"MaxCaseSeries", MaxCaseSeries, func(n int) Command {
			g := roomIncidents("")
			for k := len(g.CaseNumbers); k < n; k++ {
				g.CaseNumbers = append(g.CaseNumbers, CaseSeries{Agency: fmt.Sprint("a", k), Prefix: "A" + strings.Repeat("B", k%8) + string(rune('C'+k/8)), Year: 4, Digits: 6})
			}
			return Configure{Config: g}
		}, ConfigInvalid},
		{"MaxSearchWords", MaxSearchWords, func(n int) Command {
			words := ""
			for k := range n {
				words += " w" + string(rune('a'+k))
			}
			return RecordSearch{Words: words, From: scenarioStart.Add(-Day), Until: scenarioStart, Why: "again"}
		}, LimitReached},
		{"SearchSpanMax", int(SearchSpanMax), func(n int) Command {
			return RecordSearch{Words: "van", From: scenarioStart.Add(-Millis(n)), Until: scenarioStart, Why: "again"}
		}, TimeInvalid},
		{"TowETAMax", int(TowETAMax), func(n int) Command {
			return AnswerTow{Tow: "tw1", Answer: TowAccepted, ETA: scenarioStart.Add(Millis(n))}
		}, TimeInvalid},
		{"SuspensionMax", int(SuspensionMax), func(n int) Command {
			return SuspendProvider{Provider: "able", Until: scenarioStart.Add(Millis(n)), Reason: "no insurance"}
		}, TimeInvalid},
	} {
		t.Run(size.name, func(t *testing.T) {
			mustNot(t, s, size.of(size.at+1), size.code)
			must(t, s, size.of(size.at))
		})
	}
}
