package dispatch

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// TestPropertyIncidents plays random merges, splits, joins, links, major incidents, tows
// and case numbers among ordinary commands. After every event the state is checked; at
// the end live = replay = read back. Three laws besides: each contact is on exactly one
// incident, case numbers have no gap and none comes twice, and whose turn it is follows
// from the record alone.
func TestPropertyIncidents(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(t)
		w.run(Configure{Config: roomIncidents("")})
		for range rapid.IntRange(1, 80).Draw(t, "commands") {
			w.meta.At = w.meta.At.Add(rapid.SampledFrom([]Millis{0, 0, Second, Minute, 13 * Minute, Hour, 25 * Hour}).Draw(t, "later"))
			if c := w.drawIncidents(); c != nil {
				w.run(c)
			} else {
				w.twin = readBackIn(t, w.live)
			}
			w.onOneIncident()
		}
		w.casesWithoutGap()
		w.turnsFollow()
		w.replay()
	})
}

func (w *world) drawIncidents() Command {
	t := w.t
	newest := int(w.live.Counters.Incident) + 1
	incident := func(label string) IncidentID {
		return IncidentID(fmt.Sprintf("i%d", rapid.IntRange(max(1, newest-4), newest).Draw(t, label)))
	}
	contact := func(label string) ContactID {
		return ContactID(fmt.Sprint("c", rapid.IntRange(0, 7).Draw(t, label)))
	}
	unit := UnitID(fmt.Sprint("U", rapid.IntRange(0, 3).Draw(t, "unit")))
	tow := TowID(fmt.Sprint("tw", rapid.IntRange(max(1, int(w.live.Counters.Tow)-1), int(w.live.Counters.Tow)+1).Draw(t, "tow")))
	one, reason := incident("incident"), rapid.SampledFrom([]string{"because", "because", ""}).Draw(t, "reason")
	switch rapid.IntRange(0, 33).Draw(t, "verb") {
	case 0, 1, 2, 3:
		return ReceiveContact{ID: contact("contact"), Channel: "phone", Type: rapid.SampledFrom([]string{"", "ASSAULT", "THEFT", "NOISE", "PARKING"}).Draw(t, "type"), Beat: "E1", Person: Private{Place: "100 block of Main St", Point: w.drawPoint()}}
	case 4, 5, 6, 7:
		return DispatchUnit{Unit: unit, Incident: one}
	case 8:
		return StackUnit{Unit: unit, Incident: one, Reason: "next"}
	case 9:
		return SetUnitStatus{Unit: unit, Status: rapid.SampledFrom(Statuses).Draw(t, "status"), Source: SourceRadio}
	case 10:
		return HoldContact{Contact: contact("held"), Reason: reason}
	case 11:
		return CloseIncident{Incident: one, Disposition: "done", Authority: "tester"}
	case 12:
		return ReopenIncident{Incident: one, Reason: reason}
	case 13:
		return JoinContact{Contact: contact("joins"), Incident: one}
	case 14, 15, 16, 17:
		return MergeIncidents{From: one, Into: incident("into"), Reason: reason}
	case 18, 19, 20:
		c := SplitIncident{Incident: one, Reason: reason, Contacts: []ContactID{contact("leaves")}}
		if i := w.live.Incidents[one]; i != nil && len(i.Contacts) > 0 {
			c.Contacts = []ContactID{rapid.SampledFrom(i.Contacts).Draw(t, "leading")}
			if rapid.Bool().Draw(t, "with units") {
				c.Units = w.live.liveUnits(i)
			}
		}
		return c
	case 21:
		return rapid.SampledFrom([]Command{LinkIncidents{Incident: one, Other: incident("other"), Reason: reason}, UnlinkIncidents{Incident: one, Other: incident("former"), Reason: reason}}).Draw(t, "link")
	case 22:
		return DeclareMajor{Incident: one, Authority: "chief", Reason: reason, Commander: "Battalion 5", Channel: "TAC 4", ReviewBy: w.meta.At.Add(Hour)}
	case 23:
		return AddToMajor{Incident: one, Major: incident("major"), Reason: reason}
	case 24:
		return rapid.SampledFrom([]Command{EndMajor{Incident: one, Authority: "chief", Reason: reason}, TakeFromMajor{Incident: one, Reason: reason}, AddObjective{Incident: one, Text: "all out"},
			MeetObjective{Incident: one, Objective: 1, How: reason}, ReviewMajor{Incident: one, ReviewBy: w.meta.At.Add(Hour), Reason: reason}}).Draw(t, "of the major")
	case 25, 26:
		return CallProvider{Incident: one, List: "light-east", Provider: rapid.SampledFrom([]string{"", "", "able", "baker", "charlie"}).Draw(t, "provider"), Reason: reason}
	case 27:
		return rapid.SampledFrom([]Command{AnswerTow{Tow: tow, Answer: TowAccepted, ETA: w.meta.At.Add(Hour)}, AnswerTow{Tow: tow, Answer: TowRefused, Reason: "no truck"}, AnswerTow{Tow: tow, Answer: TowNoAnswer}, ArriveTow{Tow: tow}, CancelTow{Tow: tow, Reason: reason}}).Draw(t, "of the tow")
	case 28:
		return rapid.SampledFrom([]Command{SuspendProvider{Provider: "able", Until: w.meta.At.Add(2 * Hour), Reason: reason}, ReinstateProvider{Provider: "able", Reason: reason}}).Draw(t, "suspends")
	case 29, 30:
		return GiveCaseNumber{Incident: one, Agency: rapid.SampledFrom([]string{"police", "fire"}).Draw(t, "agency"), Year: 2020}
	case 31:
		return VoidCaseNumber{Incident: one, Number: fmt.Sprintf("CCP-2020-%06d", rapid.IntRange(1, 4).Draw(t, "void")), Reason: reason}
	case 32:
		return nil
	}
	return Tick{}
}

// onOneIncident: each contact is in the list of its own incident, once, and in no other.
func (w *world) onOneIncident() {
	seen := map[ContactID]IncidentID{}
	for _, id := range sortedKeys(w.live.Incidents) {
		for _, c := range w.live.Incidents[id].Contacts {
			if other, twice := seen[c]; twice {
				w.t.Fatalf("contact %s is on %s and %s", c, other, id)
			}
			seen[c] = id
		}
	}
	for id, c := range w.live.Contacts {
		if seen[id] != c.Incident {
			w.t.Fatalf("contact %s says that it is on %q and is on %q", id, c.Incident, seen[id])
		}
	}
}

// casesWithoutGap: the numbers that were given are 1, 2, 3, … of each agency.
func (w *world) casesWithoutGap() {
	last := map[string]uint64{}
	for _, st := range w.events {
		if e, is := st.Event.(*CaseNumberGiven); is {
			if e.Sequence != last[e.Agency]+1 {
				w.t.Fatalf("%s follows %d", e.Number, last[e.Agency])
			}
			last[e.Agency] = e.Sequence
		}
	}
}

// turnsFollow: whoever reads the record with a pencil comes to the same order.
func (w *world) turnsFollow() {
	order, tows := []string{"able", "baker", "charlie"}, map[TowID]string{}
	for _, st := range w.events {
		switch e := st.Event.(type) {
		case *ProviderCalled:
			for n, p := range order {
				if p == e.Provider {
					break
				}
				if !slices.Contains(e.Skipped, p) && !slices.Contains(e.Passed, p) {
					w.t.Fatalf("%s was called before %s, who stood %d. and was neither skipped nor suspended", e.Provider, p, n+1)
				}
			}
			if len(e.Skipped) > 0 && e.Private.Text == "" {
				w.t.Fatalf("%v were skipped for no reason", e.Skipped)
			}
			tows[e.Tow] = e.Provider
			order = append(without(order, e.Provider), e.Provider)
		case *TowWasCancelled:
			order = append([]string{tows[e.Tow]}, without(order, tows[e.Tow])...)
		}
	}
	if got := w.live.Turns["light-east"].Order; !slices.Equal(got, order) {
		w.t.Fatalf("the order is %v, and by the record %v", got, order)
	}
}
