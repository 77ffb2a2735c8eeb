package dispatch

import (
	"fmt"
	"slices"
	"strings"

	"github.com/everycall/everycall/geo"
)

// hazardCommand reads the verbs about hazards, and about a fact that is there already.
func (r *room) hazardCommand(w *words) Command {
	now := r.meta.At
	switch reason := w.word("reason"); w.verb {
	case "hazard":
		c := RecordHazard{Place: w.subject(0), Level: HazardLevel(w.number("level")), Text: w.word("text"), Radius: geo.Millimetres(w.number("radius")) * 1000,
			ReviewBy: w.until("review", now), Claim: ClaimID(w.word("claim"))}
		if p := w.point("point"); p != nil {
			c.Point = *p
		}
		return c
	case "review-hazard":
		return ReviewHazard{Hazard: HazardID(w.subject(0)), ReviewBy: w.until("review", now), Reason: reason}
	case "withdraw-hazard":
		return WithdrawHazard{Hazard: HazardID(w.subject(0)), Reason: reason}
	case "ack-hazards":
		return AcknowledgeHazards{Incident: IncidentID(w.subject(0)), Hazards: hazardIDs(w.subjects[1:]), Where: AckWhere(w.word("where")), Unit: UnitID(w.word("unit"))}
	case "confirm":
		return ConfirmAccess{Access: AccessID(w.subject(0)), Source: w.word("source"), Confidence: w.word("confidence"), State: AccessState(w.word("state"))}
	case "notify":
		return NotifyAccess{Access: AccessID(w.subject(0)), Service: Service(w.subject(1))}
	case "missed":
		return ReportAccessMissed{Access: AccessID(w.subject(0)), PackHash: w.word("pack")}
	}
	return nil
}

// more adds to an access fact what is said of obstacles and vehicles.
func (w *words) more(f AccessFact) AccessFact {
	f.Obstacle, f.Classes, f.Delay = Obstacle(w.word("obstacle")), w.list("classes"), w.span("delay")
	for _, of := range w.list("admits") {
		f.Admits = append(f.Admits, Service(of))
	}
	return f
}

func hazardIDs(texts []string) []HazardID {
	var ids []HazardID
	for _, text := range texts {
		ids = append(ids, HazardID(text))
	}
	return ids
}

// describeHazards goes on with hazards and with facts that are there already.
func describeHazards(s *State, e Event) string {
	switch e := e.(type) {
	case *HazardRecorded:
		h := s.Hazards[e.ID]
		return fmt.Sprintf("hazard %s, %s, %d m around %s: %s; review by %s%s%s", e.ID, e.Level, e.Radius/1000, h.Place, h.Text, clock(e.ReviewBy),
			ifWord(e.Claim != "", ", rests on "+string(e.Claim)), ifWord(len(e.Inside) > 0, fmt.Sprintf("; inside: %v", e.Inside)))
	case *HazardsFound:
		return fmt.Sprintf("%s lies in %s", e.Incident, orWord(listOf(e.Hazards), "no hazard any longer"))
	case *HazardReviewed:
		return fmt.Sprintf("hazard %s is still so: %s; review by %s", e.Hazard, e.Private.Text, clock(e.ReviewBy))
	case *HazardUnreviewed:
		return fmt.Sprintf("hazard %s is unreviewed, and stays", e.Hazard)
	case *HazardWithdrawn:
		return fmt.Sprintf("hazard %s is withdrawn: %s", e.Hazard, e.Private.Text)
	case *HazardsAcknowledged:
		return fmt.Sprintf("%s: %s read at %s%s", e.Incident, listOf(e.Hazards), e.Where, ifWord(e.Unit != "", " for "+string(e.Unit)))
	case *AccessConfirmed:
		return fmt.Sprintf("way %s is %s, %s by %s, unknown after %s%s", e.Access, e.State, e.Confidence, e.Source, clock(s.Access[e.Access].ObservedAt.Add(s.Access[e.Access].HalfLife)),
			ifWord(len(e.Contradicts) > 0, ", contradicts "+listOf(e.Contradicts)))
	case *AccessNotified:
		return fmt.Sprintf("%s knows of way %s", e.Service, e.Access)
	case *AccessMissed:
		return fmt.Sprintf("way %s matches no street of pack %s", e.Access, e.PackHash)
	case *AccessStale:
		return fmt.Sprintf("way %s is unknown: nobody has seen it since", e.Access)
	}
	return describeClaim(s, e)
}

// wayMore is what a recorded fact says besides the usual.
func wayMore(f *AccessFact) string {
	return ifWord(f.Obstacle != "", ", "+string(f.Obstacle)) + ifWord(len(f.Admits) > 0, fmt.Sprintf(" that admits %v", f.Admits)) +
		ifWord(f.Direction != "both", ", "+f.Direction) + ifWord(len(f.Classes) > 0, ", for "+strings.Join(f.Classes, ", ")) +
		ifWord(len(f.Contradicts) > 0, ", contradicts "+listOf(f.Contradicts))
}

// showHazards prints hazards, who has read them, and what is known of checkpoints.
func (r *room) showHazards(part string) []string {
	s := r.state
	var lines []string
	switch part {
	case "hazards":
		for _, id := range sortedKeys(s.Hazards) {
			h := s.Hazards[id]
			lines = append(lines, fmt.Sprintf("%s %s at %s by %s: %s; review by %s%s%s", id, h.Level, h.Place, h.By, h.Text, clock(h.ReviewBy), ifWord(h.Unreviewed, " (unreviewed)"), ifWord(h.Claim != "", ", rests on "+string(h.Claim))))
		}
	case "read":
		for _, id := range sortedKeys(s.Incidents) {
			for _, here := range s.Incidents[id].Hazards {
				line := fmt.Sprintf("%s %s %s%s", id, here.Hazard, s.Hazards[here.Hazard].Level, ifWord(s.Hazards[here.Hazard].Unreviewed, " (unreviewed)"))
				for _, a := range here.Acks {
					line += fmt.Sprintf("; %s %s by %s%s", clock(a.At), a.Where, a.By, ifWord(a.Unit != "", " for "+string(a.Unit)))
				}
				lines = append(lines, line+ifWord(len(here.Acks) == 0, ": nobody"))
			}
		}
	case "facts":
		for _, id := range slices.SortedFunc(slices.Values(sortedKeys(s.Access)), byNumber) {
			f := s.Access[id]
			line := fmt.Sprintf("%s %s now %s, seen %s by %s%s", id, orWord(string(f.Obstacle), f.Kind), f.Current(r.meta.At), clock(f.ObservedAt), f.Source, ifWord(f.Stale, ", stale"))
			line += ifWord(f.Confirmations > 0, fmt.Sprintf(", confirmed %d times", f.Confirmations)) + ifWord(len(s.Conflicts(f)) > 0, ", against "+listOf(s.Conflicts(f)))
			lines = append(lines, line+ifWord(len(s.Untold(f)) > 0, fmt.Sprintf(", not told: %v", s.Untold(f)))+ifWord(f.Missed != "", ", on no street"))
		}
	default:
		return r.showRationing(part)
	}
	if len(lines) == 0 {
		lines = []string{"none"}
	}
	return lines
}
