package stats

import (
	"encoding/json"
	"testing"

	"github.com/everycall/everycall/dispatch"
	"github.com/everycall/everycall/triage"
)

// room plays commands against the real rules and folds what they answer.
type room struct {
	t      testing.TB
	state  *dispatch.State
	at     dispatch.Instant
	events []dispatch.Stamped
	ledger *Ledger
}

// midnight of the first day of a scenario.
const midnight dispatch.Instant = 1_592_092_800_000

const (
	second = dispatch.Second
	minute = dispatch.Minute
	hour   = dispatch.Hour
)

func newRoom(t testing.TB) *room {
	r := &room{t: t, state: dispatch.NewState(), at: midnight, ledger: New()}
	r.do(dispatch.Configure{Config: dispatch.Config{
		Name: "Composite City", Zone: "America/Los_Angeles", Services: []dispatch.Service{"police", "ems"}, DefaultService: "police", UntriagedPriority: 2,
		Desks: []dispatch.Desk{{ID: "police", Name: "Police dispatch", Service: "police", Supervisor: "sup"}, {ID: "ems", Name: "Medical dispatch", Service: "ems", Supervisor: "sup"},
			{ID: "reports", Name: "Telephone reports", Supervisor: "sup"}, {ID: "sup", Name: "Supervisor"}},
		Types: []triage.Type{
			{Code: "ASSAULT", Name: "Assault, in progress", Service: "police", Priority: 1, LifeSafety: true},
			{Code: "BURGLARY", Name: "Burglary", Service: "police", Priority: 2},
			{Code: "CARDIAC", Name: "Cardiac arrest", Service: "ems", Priority: 1, LifeSafety: true},
			{Code: "NOISE", Name: "Noise", Service: "police", Priority: 4},
			{Code: "REPORT", Name: "Report by telephone", Service: "police", Priority: 5},
			{Code: "THEFT", Name: "Theft", Service: "police", Priority: 3},
		},
		WaitLimits: [6]dispatch.Millis{0, 3 * minute, 10 * minute, 20 * minute, hour, 2 * hour},
		HoldLimits: [6]dispatch.Millis{0, 10 * minute, 20 * minute, hour, 2 * hour, 4 * hour},
	}})
	return r
}

// try decides, evolves, checks and folds; false when the rules say no.
func (r *room) try(c dispatch.Command) bool {
	r.t.Helper()
	events, no := dispatch.Decide(r.state, dispatch.Meta{At: r.at, By: "room"}, c, nil)
	if no != nil {
		return false
	}
	r.state.ForgetTouched()
	for _, e := range events {
		st := dispatch.Stamped{At: r.at, By: "room", Event: e}
		dispatch.Evolve(r.state, st)
		r.events = append(r.events, st)
		r.ledger.Add(uint64(len(r.events)), st)
	}
	return true
}

func (r *room) do(c dispatch.Command) {
	r.t.Helper()
	if !r.try(c) {
		_, no := dispatch.Decide(r.state, dispatch.Meta{At: r.at, By: "room"}, c, nil)
		r.t.Fatalf("%s was refused: %s", c.CommandName(), no)
	}
}

func (r *room) wait(d dispatch.Millis) { r.at = r.at.Add(d); r.ledger.Advance(r.at) }

func (r *room) call(id, kind string, more ...func(*dispatch.ReceiveContact)) {
	r.t.Helper()
	c := dispatch.ReceiveContact{ID: dispatch.ContactID(id), Channel: "phone", Type: kind, Beat: "E1", Language: "en",
		Person: dispatch.Private{Place: "500 block of Pine St", Name: "somebody", Number: "555-01" + id, Text: "what happened"}}
	for _, change := range more {
		change(&c)
	}
	r.do(c)
}

func (r *room) unit(id string, of dispatch.Service) {
	r.t.Helper()
	r.do(dispatch.AddUnit{ID: dispatch.UnitID(id), Service: of, Kind: "car", Status: dispatch.StatusAvailable})
}

func (r *room) status(unit string, s dispatch.Status) {
	r.t.Helper()
	r.do(dispatch.SetUnitStatus{Unit: dispatch.UnitID(unit), Status: s, Source: dispatch.SourceDevice})
}

func (r *room) send(unit, incident string) {
	r.t.Helper()
	r.do(dispatch.DispatchUnit{Unit: dispatch.UnitID(unit), Incident: dispatch.IncidentID(incident)})
}

func (r *room) close(incident, as string) {
	r.t.Helper()
	r.do(dispatch.CloseIncident{Incident: dispatch.IncidentID(incident), Disposition: as, Authority: "sergeant"})
}

// report shows everything: rooms of a test are small.
func (r *room) report(q Query) Report {
	r.t.Helper()
	if q.WithholdBelow == 0 {
		q.WithholdBelow = 1
	}
	return report(r.t, r.ledger, q)
}

func report(t testing.TB, l *Ledger, q Query) Report {
	t.Helper()
	out, err := l.Report(q)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := json.Marshal(out); err != nil {
		t.Fatalf("the report cannot be encoded: %s", err)
	}
	return out
}

func (f *Figures) interval(name string) Interval { return f.Intervals[intervalNumber(name)] }

func (f *Figures) outcome(of cause) Outcome { return f.Outcomes.Outcomes[of-1] }

func text(t testing.TB, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
