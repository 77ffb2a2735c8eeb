package drive

import (
	"github.com/everycall/everycall/city"
	"github.com/everycall/everycall/dispatch"
	"github.com/everycall/everycall/triage"
)

// What a new room is offered besides units: desks that take calls without sending
// anybody, and postures that wait. All of it is an example of ours, to be made the
// agency's own.

// alternateDesks are the ways to be helped without a car: the kinds that the field
// knows (Sherman, Texas: appointments and telephone reports; Seattle 2023: crisis
// responders).
func alternateDesks() []dispatch.Desk {
	day := []dispatch.Hours{{Days: "0123456", From: 7 * 60, To: 23 * 60}}
	desk := func(id, name, kind string, from triage.Priority, capacity int, hours []dispatch.Hours) dispatch.Desk {
		return dispatch.Desk{ID: dispatch.DeskID(id), Name: name, Supervisor: supervisor, Accepts: &dispatch.DeskRule{Kind: kind, From: from, Capacity: capacity, Hours: hours}}
	}
	return []dispatch.Desk{
		desk("telephone-reports", "Telephone reports", "telephone_report", 3, 20, day),
		desk("online-reports", "Online reports", "online_report", 4, 0, nil),
		desk("crisis-team", "Crisis team", "crisis", 2, 4, day),
		desk("appointments", "Appointments", "appointment", 3, 40, []dispatch.Hours{{Days: "12345", From: 8 * 60, To: 17 * 60}}),
	}
}

// presets are postures that wait to be declared: words are ours, limits after those
// that Los Angeles County publishes (10, 20 and 60 minutes); and what proposes them.
func presets() ([]dispatch.Preset, []dispatch.Trigger) {
	hold := func(p triage.Priority, minutes dispatch.Millis) dispatch.PostureRule {
		return dispatch.PostureRule{Priority: p, Action: dispatch.ActionHold, Limit: minutes * dispatch.Minute}
	}
	all := dispatch.Area{Kind: dispatch.AreaCity}
	return []dispatch.Preset{
			{ID: "priority-calls-only", Title: "Priority calls only", Service: city.Police, Area: all, Rules: []dispatch.PostureRule{hold(3, 60), hold(4, 60), hold(5, 60)},
				Reserve: []dispatch.Reserve{{Priority: 3, Units: 4, Band: 2}}, Review: 4 * dispatch.Hour, Until: 12 * dispatch.Hour,
				Script: "We are sending officers only to the most urgent calls at the moment.", Reason: "more urgent calls than free units"},
			{ID: "keep-a-reserve", Title: "Two units kept for the most urgent", Service: city.Police, Area: all, Rules: []dispatch.PostureRule{{Priority: 1, Action: dispatch.ActionAnswer}},
				Reserve: []dispatch.Reserve{{Priority: 2, Units: 2, Band: 1}}, Review: 2 * dispatch.Hour, Until: 8 * dispatch.Hour,
				Script: "Officers are busy; we answer the most urgent calls first.", Reason: "nearly every unit is committed"},
			{ID: "reports-by-telephone", Title: "Reports by telephone", Service: city.Police, Area: all,
				Rules: []dispatch.PostureRule{{Priority: 4, Action: dispatch.ActionDivert, Desk: "telephone-reports", Words: "Nobody is in danger there, so the report desk takes it by telephone instead of a car."},
					{Priority: 5, Action: dispatch.ActionDivert, Desk: "online-reports", Words: "Please give the report online; it is recorded like any other."}},
				Review: 4 * dispatch.Hour, Until: 12 * dispatch.Hour, Script: "Reports are taken without a visit at the moment.", Reason: "every car is needed where somebody may be hurt"},
			{ID: "ambulance-delay", Title: "Low-urgency ambulance calls wait", Service: city.EMS, Area: all, Rules: []dispatch.PostureRule{hold(3, 20), hold(4, 60)},
				Review: 2 * dispatch.Hour, Until: 8 * dispatch.Hour, Script: "All ambulances are with patients in danger; yours will come later than usual.", Reason: "all ambulances are with patients in danger"},
		}, []dispatch.Trigger{
			{ID: "few-police-free", Preset: "keep-a-reserve", When: dispatch.TriggerFree, N: 2, For: 2 * dispatch.Minute},
			{ID: "many-police-calls", Preset: "priority-calls-only", When: dispatch.TriggerPending, N: 40, For: 5 * dispatch.Minute},
			{ID: "few-ambulances-free", Preset: "ambulance-delay", When: dispatch.TriggerFree, N: 1, For: 2 * dispatch.Minute},
		}
}
