package dispatch

import "github.com/everycall/everycall/geo"

// AddStation brings a station into the room.
type AddStation struct {
	ID      StationID
	Name    string
	Service Service
	Point   geo.Point
}

// LoseStation says that a station cannot be used, and why.
type LoseStation struct {
	Station StationID
	Reason  string
}

// ReopenStation says that it can be used again.
type ReopenStation struct {
	Station StationID
	Reason  string
}

// StationAdded: the room has this station.
type StationAdded struct {
	Station Station `json:"station"`
}

// StationLost: it cannot be used.
type StationLost struct {
	Station StationID `json:"station"`
	Reason  string    `json:"reason"`
}

// StationReopened: it can.
type StationReopened struct {
	Station StationID `json:"station"`
	Reason  string    `json:"reason"`
}

func (AddStation) CommandName() string    { return "AddStation" }
func (LoseStation) CommandName() string   { return "LoseStation" }
func (ReopenStation) CommandName() string { return "ReopenStation" }

func (*StationAdded) EventName() string    { return "StationAdded" }
func (*StationLost) EventName() string     { return "StationLost" }
func (*StationReopened) EventName() string { return "StationReopened" }

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
	return append(out, &StationAdded{Station: Station{ID: c.ID, Name: c.Name, Service: c.Service, Point: c.Point}}), nil
}

func (c LoseStation) decide(s *State, m Meta, out []Event) ([]Event, *Rejection) {
	st := s.Stations[c.Station]
	if st == nil {
		return nil, reject(StationUnknown, "station %q is not known here", c.Station).at("station")
	}
	if st.Lost {
		return nil, reject(StationIsLost, "%s is lost already (%s)", st.Name, st.Reason).at("station")
	}
	if no := checkLine("reason", c.Reason); no != nil {
		return nil, no
	}
	out = append(out, &StationLost{Station: c.Station, Reason: c.Reason})
	return append(out, &AlarmRaised{ID: s.nextAlarm(0), Cause: CauseStation, Level: LevelWarning, Desk: s.supervisorOf(s.deskFor(st.Service)), Station: c.Station,
		Text: st.Name + " is lost: " + c.Reason + "; its units need a home"}), nil
}

func (c ReopenStation) decide(s *State, _ Meta, out []Event) ([]Event, *Rejection) {
	st := s.Stations[c.Station]
	if st == nil {
		return nil, reject(StationUnknown, "station %q is not known here", c.Station).at("station")
	}
	if !st.Lost {
		return nil, reject(StationIsOpen, "%s is open", st.Name).at("station")
	}
	if no := checkLine("reason", c.Reason); no != nil {
		return nil, no
	}
	return append(out, &StationReopened{Station: c.Station, Reason: c.Reason}), nil
}

func (e *StationAdded) evolve(s *State, _ Stamped) {
	st := e.Station
	s.Stations[st.ID] = &st
	s.touched.station(st.ID)
}

func (e *StationLost) evolve(s *State, at Stamped) {
	st := s.Stations[e.Station]
	st.Lost, st.Since, st.Reason = true, at.At, e.Reason
	s.touched.station(e.Station)
}

func (e *StationReopened) evolve(s *State, at Stamped) {
	st := s.Stations[e.Station]
	st.Lost, st.Since, st.Reason = false, at.At, e.Reason
	s.dropAlarmsOf(func(a *Alarm) bool { return a.Station == e.Station })
	s.touched.station(e.Station)
}
