package dispatch

import (
	"cmp"
	"strconv"

	"github.com/everycall/everycall/geo"
)

// StationLoss is how a station is gone.
type StationLoss string

// Lost: nobody knows when it can be used again. Evacuated: its people left on an order.
const (
	StationIsGone      StationLoss = "lost"
	StationIsEvacuated StationLoss = "evacuated"
)

// AddStation brings a station into the room.
type AddStation struct {
	ID      StationID
	Name    string
	Service Service
	Point   geo.Point
}

// LoseStation says that a station cannot be used, who decided, and why (Seattle, June
// 2020: a review could not establish who decided the evacuation).
type LoseStation struct {
	Station   StationID
	How       StationLoss // lost when empty
	Authority string
	Reason    string
}

// ReopenStation says that it can be used again. Its plan is done, or somebody says why
// there is none.
type ReopenStation struct {
	Station     StationID
	Reason      string
	WithoutPlan string
}

// RehomeUnit gives a unit another home.
type RehomeUnit struct {
	Unit    UnitID
	Station StationID
	Reason  string
}

// MoveUp has a unit stand at a station that is not its home, to cover what is bare.
type MoveUp struct {
	Unit    UnitID
	Station StationID // "": back home
	Reason  string
}

// StationAdded: the room has this station.
type StationAdded struct {
	Station Station `json:"station"`
}

// StationLost: it cannot be used.
type StationLost struct {
	Station   StationID   `json:"station"`
	How       StationLoss `json:"how"`
	Authority string      `json:"authority"`
	Reason    string      `json:"reason"`
}

// StationReopened: it can.
type StationReopened struct {
	Station     StationID `json:"station"`
	Reason      string    `json:"reason"`
	WithoutPlan string    `json:"without_plan,omitempty"` // why there was none
}

// UnitRehomed: it lives elsewhere from now on.
type UnitRehomed struct {
	Unit   UnitID    `json:"unit"`
	From   StationID `json:"from,omitempty"`
	To     StationID `json:"to,omitempty"`   // "": it has no home
	Lost   StationID `json:"lost,omitempty"` // the home that it goes back to once that is open
	Reason string    `json:"reason"`
}

// UnitMovedUp: it stands at a station that is not its home, or no longer does.
type UnitMovedUp struct {
	Unit   UnitID    `json:"unit"`
	Post   StationID `json:"post,omitempty"` // "": back home
	Reason string    `json:"reason"`
}

func (AddStation) CommandName() string    { return "AddStation" }
func (LoseStation) CommandName() string   { return "LoseStation" }
func (ReopenStation) CommandName() string { return "ReopenStation" }
func (RehomeUnit) CommandName() string    { return "RehomeUnit" }
func (MoveUp) CommandName() string        { return "MoveUp" }

func (*StationAdded) EventName() string    { return "StationAdded" }
func (*StationLost) EventName() string     { return "StationLost" }
func (*StationReopened) EventName() string { return "StationReopened" }
func (*UnitRehomed) EventName() string     { return "UnitRehomed" }
func (*UnitMovedUp) EventName() string     { return "UnitMovedUp" }

func (c AddStation) decide(s *State, _ Meta, out []Event) ([]Event, *Rejection) {
	if no := checkLines("id", string(c.ID), "name", c.Name); no != nil {
		return nil, no
	}
	if s.Stations[c.ID] != nil {
		return nil, reject(NameTaken, "station %s is known already", c.ID).at("id")
	}
	if len(s.Stations) >= MaxStations {
		return nil, reject(LimitReached, "%d stations: at most MaxStations", len(s.Stations))
	}
	if !contains(s.Config.Services, c.Service) {
		return nil, reject(ValueUnknown, "service %q is not the agency's", c.Service).at("service")
	}
	if !c.Point.Valid() {
		return nil, reject(PlaceInvalid, "the point is not on the planet").at("location")
	}
	st := Station{ID: c.ID, Name: c.Name, Service: c.Service, Point: c.Point}
	return s.houseHomeless(&st, append(out, &StationAdded{Station: st})), nil
}

// houseHomeless gives units that no open station was left for a home at one that opens;
// they go back to their own when that does.
func (s *State) houseHomeless(st *Station, out []Event) []Event {
	for _, id := range sortedKeys(s.Units) {
		u := s.Units[id]
		if lost := s.Stations[u.LostHome]; !u.Retired && u.Station == "" && lost != nil && lost.ID != st.ID && lost.Service == st.Service {
			out = append(out, &UnitRehomed{Unit: id, To: st.ID, Lost: u.LostHome, Reason: st.Name + " is open"})
		}
	}
	return out
}

func (s *State) station(id StationID) (*Station, *Rejection) {
	st := s.Stations[id]
	if st == nil {
		return nil, reject(StationUnknown, "station %q is not known here", id).at("station")
	}
	return st, nil
}

func (c LoseStation) decide(s *State, _ Meta, out []Event) ([]Event, *Rejection) {
	st, no := s.station(c.Station)
	if no != nil {
		return nil, no
	}
	if st.Lost {
		return nil, reject(StationIsLost, "%s is %s already (%s)", st.Name, cmp.Or(st.How, StationIsGone), st.Reason).at("station")
	}
	how := cmp.Or(c.How, StationIsGone)
	if how != StationIsGone && how != StationIsEvacuated {
		return nil, reject(ValueUnknown, "a station is lost or evacuated, not %q", how).at("how")
	}
	if no := checkLines("authority", c.Authority, "reason", c.Reason); no != nil {
		return nil, no
	}
	out = append(out, &StationLost{Station: c.Station, How: how, Authority: c.Authority, Reason: c.Reason})
	moved, homeless := 0, 0
	for _, id := range sortedKeys(s.Units) {
		u := s.Units[id]
		if u.Retired {
			continue
		}
		if u.Post == c.Station {
			out = append(out, &UnitMovedUp{Unit: id, Reason: st.Name + " is " + string(how)})
		}
		if u.Station != c.Station {
			continue
		}
		to := s.nearestOpen(st)
		if to == "" {
			homeless++
		}
		moved++
		out = append(out, &UnitRehomed{Unit: id, From: c.Station, To: to, Lost: cmp.Or(u.LostHome, c.Station), Reason: st.Name + " is " + string(how)})
	}
	text := st.Name + " is " + string(how) + ": " + c.Reason + "; "
	switch {
	case moved == 0:
		text += "no unit lives there"
	case homeless > 0:
		text += strconv.Itoa(homeless) + " of its units have no home: no station of " + string(st.Service) + " is open"
	default:
		text += strconv.Itoa(moved) + " units live at the next open station"
	}
	return append(out, &AlarmRaised{ID: s.nextAlarm(0), Cause: CauseStation, Level: LevelWarning, Desk: s.supervisorOf(s.deskFor(st.Service)), Station: c.Station, Text: text}), nil
}

// nearestOpen is the open station of the same service that is nearest to one.
func (s *State) nearestOpen(lost *Station) StationID {
	var best *Station
	for _, st := range s.Stations { // the nearest wins, and of equals the first by name: the order cannot show
		if st.ID == lost.ID || st.Lost || st.Service != lost.Service {
			continue
		}
		if best == nil {
			best = st
			continue
		}
		if d := cmp.Compare(geo.Distance(st.Point, lost.Point), geo.Distance(best.Point, lost.Point)); d < 0 || d == 0 && st.ID < best.ID {
			best = st
		}
	}
	if best == nil {
		return ""
	}
	return best.ID
}

func (c ReopenStation) decide(s *State, _ Meta, out []Event) ([]Event, *Rejection) {
	st, no := s.station(c.Station)
	if no != nil {
		return nil, no
	}
	if !st.Lost {
		return nil, reject(StationIsOpen, "%s is open", st.Name).at("station")
	}
	if no := checkLine("reason", c.Reason); no != nil {
		return nil, no
	}
	if no := checkText("without_plan", c.WithoutPlan, MaxLineBytes, false); no != nil {
		return nil, no
	}
	about := "station:" + string(c.Station)
	if s.openPlan(about) == nil && c.WithoutPlan == "" {
		return nil, reject(PlanMissing, "reopening %s has no plan: make one, or say why there is none", st.Name).at("without_plan")
	}
	if no := s.planDone(about, c.WithoutPlan); no != nil {
		return nil, no
	}
	out = append(out, &StationReopened{Station: c.Station, Reason: c.Reason, WithoutPlan: c.WithoutPlan})
	out = s.completePlan(about, c.WithoutPlan, out)
	for _, id := range sortedKeys(s.Units) {
		if u := s.Units[id]; !u.Retired && u.LostHome == c.Station {
			out = append(out, &UnitRehomed{Unit: id, From: u.Station, To: c.Station, Reason: st.Name + " is open again"})
		}
	}
	return s.houseHomeless(st, out), nil
}

func (c RehomeUnit) decide(s *State, _ Meta, out []Event) ([]Event, *Rejection) {
	u := s.Units[c.Unit]
	if u == nil || u.Retired {
		return nil, reject(UnitUnknown, "unit %q is not known here", c.Unit).at("unit")
	}
	st, no := s.openStation(c.Station)
	if no != nil {
		return nil, no
	}
	if no := checkLine("reason", c.Reason); no != nil {
		return nil, no
	}
	if u.Station == st.ID && u.LostHome == "" {
		return nil, reject(UnitIsThere, "%s lives at %s already", u.ID, st.Name).at("station")
	}
	return append(out, &UnitRehomed{Unit: u.ID, From: u.Station, To: st.ID, Reason: c.Reason}), nil
}

func (s *State) openStation(id StationID) (*Station, *Rejection) {
	st, no := s.station(id)
	if no != nil {
		return nil, no
	}
	if st.Lost {
		return nil, reject(StationIsLost, "%s is %s (%s)", st.Name, cmp.Or(st.How, StationIsGone), st.Reason).at("station")
	}
	return st, nil
}

func (c MoveUp) decide(s *State, _ Meta, out []Event) ([]Event, *Rejection) {
	u := s.Units[c.Unit]
	if u == nil || u.Retired {
		return nil, reject(UnitUnknown, "unit %q is not known here", c.Unit).at("unit")
	}
	if no := checkLine("reason", c.Reason); no != nil {
		return nil, no
	}
	if c.Station != "" {
		if _, no := s.openStation(c.Station); no != nil {
			return nil, no
		}
		if !u.Free() {
			return nil, reject(UnitBusy, "%s is %s: only a free unit moves up", u.ID, u.Status).at("unit")
		}
	}
	if u.Post == c.Station || c.Station == u.Station && u.Post == "" {
		return nil, reject(UnitIsThere, "%s stands there already", u.ID).at("station")
	}
	if c.Station == u.Station {
		c.Station = "" // it goes home
	}
	return append(out, &UnitMovedUp{Unit: u.ID, Post: c.Station, Reason: c.Reason}), nil
}

func (e *StationAdded) evolve(s *State, _ Stamped) {
	st := e.Station
	s.Stations[st.ID] = &st
	s.touched.station(st.ID)
}

func (e *StationLost) evolve(s *State, at Stamped) {
	st := s.Stations[e.Station]
	st.Lost, st.Since, st.Reason, st.How, st.Authority = true, at.At, e.Reason, e.How, e.Authority
	s.touched.station(e.Station)
}

func (e *StationReopened) evolve(s *State, at Stamped) {
	st := s.Stations[e.Station]
	st.Lost, st.Since, st.Reason, st.How, st.Authority = false, at.At, e.Reason, "", ""
	s.dropAlarmsOf(func(a *Alarm) bool { return a.Station == e.Station })
	s.touched.station(e.Station)
}

func (e *UnitRehomed) evolve(s *State, _ Stamped) {
	u := s.Units[e.Unit]
	u.Station, u.LostHome = e.To, e.Lost
	if u.Post == u.Station {
		u.Post = ""
	}
	s.touched.unit(e.Unit)
}

func (e *UnitMovedUp) evolve(s *State, _ Stamped) {
	s.Units[e.Unit].Post = e.Post
	s.touched.unit(e.Unit)
}
