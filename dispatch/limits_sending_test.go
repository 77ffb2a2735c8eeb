package dispatch

import (
	"fmt"
	"slices"
	"testing"

	"github.com/everycall/everycall/triage"
)

// TestSendingLimits: how units are sent, at each limit and one past it.
func TestSendingLimits(t *testing.T) {
	noise := ReceiveContact{ID: "c", Channel: "phone", Type: "NOISE", Person: Private{Place: "100 block of Main St"}}
	need := []triage.Need{{Count: 1, Kind: "engine"}}
	ask := AskAid{Direction: AidToUs, Agency: "Kent", Needs: need, Reason: "cover"}
	services := roomStandard()
	for n := range MaxShares {
		services.Services = append(services.Services, Service(fmt.Sprint("s", n)))
	}
	cards := roomStandard()
	cards.RunCards = []RunCard{{ID: "N", Title: "Noise", Types: []string{"NOISE"}, Levels: []CardLevel{{Needs: need, Note: "x"}, {Needs: need, Note: "x"}}}}
	for _, limit := range []struct {
		name  string
		at    int
		given []Command
		nth   func(n int) Command
	}{
		{"MaxLevelChanges", MaxLevelChanges, []Command{Configure{Config: cards}, noise}, func(n int) Command {
			if n%2 == 0 {
				return RaiseAlarm{Incident: "i1", Reason: "more"}
			}
			return LowerAlarm{Incident: "i1", Reason: "less"}
		}},
		{"MaxShares", MaxShares - 1, []Command{Configure{Config: services}, noise}, func(n int) Command {
			return AddService{Incident: "i1", Service: Service(fmt.Sprint("s", n)), Reason: "needed"}
		}},
		{"MaxAids", MaxAids, nil, func(int) Command { return ask }},
		{"MaxAidSteps", MaxAidSteps - 3, []Command{ask, AcceptAid{Aid: "m1"}, SendAid{Aid: "m1", ETA: scenarioStart, Until: scenarioStart.Add(Hour), Theirs: []AidUnit{{ID: "K", Service: "fire", Kind: "engine"}}}},
			func(n int) Command {
				return ExtendAid{Aid: "m1", Until: scenarioStart.Add(Hour + Millis(n+1)), Reason: "longer"}
			}},
		{"MaxTargets", MaxTargets, nil, func(n int) Command {
			return ReportTarget{Target: fmt.Sprint("t", n), Failing: true, Words: "slow"}
		}},
	} {
		t.Run(limit.name, func(t *testing.T) {
			s := stateWith(t, limit.given...)
			for n := range limit.at {
				must(t, s, limit.nth(n))
			}
			mustNot(t, s, limit.nth(limit.at), LimitReached)
			if err := Check(s); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// TestSendingSizes: what one command about sending may carry.
func TestSendingSizes(t *testing.T) {
	card := RunCard{ID: "N", Title: "Noise", Types: []string{"NOISE"}, Levels: []CardLevel{{Needs: []triage.Need{{Count: 1, Kind: "engine"}}, Note: "x"}}}
	with := func(change func(c *Config)) Command {
		c := roomStandard()
		c.RunCards = []RunCard{card}
		change(&c)
		return Configure{Config: c}
	}
	sent := stateWith(t, AskAid{Direction: AidToUs, Agency: "Kent", Needs: card.Levels[0].Needs, Reason: "cover"}, AcceptAid{Aid: "m1"})
	for _, size := range []struct {
		name string
		at   int
		of   func(n int) Command
		code Code
	}{
		{"MaxRunCards", MaxRunCards, func(n int) Command {
			return with(func(c *Config) {
				c.RunCards = nil
				for k := range n {
					one := card
					one.ID, one.Types = fmt.Sprint("r", k), []string{fmt.Sprint("T", k)}
					c.RunCards = append(c.RunCards, one)
				}
			})
		}, ConfigInvalid},
		{"MaxCardLevels", MaxCardLevels, func(n int) Command {
			return with(func(c *Config) { c.RunCards[0].Levels = slices.Repeat(card.Levels, n) })
		}, ConfigInvalid},
		{"MaxCardNeeds", MaxCardNeeds, func(n int) Command {
			return with(func(c *Config) {
				c.RunCards[0].Levels = []CardLevel{{Needs: slices.Repeat(card.Levels[0].Needs, n), Note: "x"}}
			})
		}, ConfigInvalid},
		{"MaxZoneOffsets", MaxZoneOffsets, func(n int) Command {
			return with(func(c *Config) {
				for k := range n {
					c.Offsets = append(c.Offsets, ZoneOffset{From: Instant(k)})
				}
			})
		}, ConfigInvalid},
		{"MaxAidUnits", MaxAidUnits, func(n int) Command {
			c := SendAid{Aid: "m1", ETA: scenarioStart, Until: scenarioStart.Add(Hour)}
			for k := range n {
				c.Theirs = append(c.Theirs, AidUnit{ID: UnitID(fmt.Sprint("K", k)), Service: "fire", Kind: "engine"})
			}
			return c
		}, LimitReached},
	} {
		t.Run(size.name, func(t *testing.T) {
			mustNot(t, sent, size.of(size.at+1), size.code)
			if _, no := Decide(sent, Meta{At: sent.Now, By: "tester"}, size.of(size.at), nil); no != nil {
				t.Fatalf("at the limit: %s", no)
			}
		})
	}
}
