package httpapi

import (
	"context"
	"net/http"
	"slices"

	"github.com/everycall/everycall/dispatch"
	"github.com/everycall/everycall/geo"
	"github.com/everycall/everycall/recommend"
)

// Beat is a beat by name and a place in its middle.
type Beat struct {
	Name  string
	Point geo.Point
}

// Cover is how the places of a service are covered, and what would help.
type Cover struct {
	Service string      `json:"service"`
	LimitMs int64       `json:"limit_ms"`
	Model   string      `json:"model"`
	Bare    int         `json:"bare" doc:"places that no free unit comes to within the limit"`
	Places  []CoverRow  `json:"places" doc:"the bare ones first, lost stations before others"`
	Moves   []CoverMove `json:"moves" doc:"proposed; accepted by POST /units/{id}/move-up"`
}

// CoverRow is one station or beat.
type CoverRow struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Lost     bool   `json:"lost"`
	Unit     string `json:"unit,omitempty" doc:"the free unit that would be there first"`
	TravelMs int64  `json:"travel_ms,omitempty"`
	Bare     bool   `json:"bare"`
}

// CoverMove is a proposal: a free unit stands at another station.
type CoverMove struct {
	Unit     string `json:"unit"`
	Station  string `json:"station"`
	TravelMs int64  `json:"travel_ms"`
	Why      string `json:"why"`
}

type coverIn struct {
	Service string `query:"service" required:"true" maxLength:"40"`
	Minutes int    `query:"minutes" minimum:"1" maximum:"120" default:"8" doc:"how soon somebody should be there"`
	Moves   int    `query:"moves" minimum:"0" maximum:"5" default:"3" doc:"at most so many proposals"`
}

func (s *Server) coverRoutes() {
	route(s, http.MethodGet, "/api/v1/cover", "cover", "stations", "Which stations and beats no free unit comes to in time, and who could move up", s.cover)
}

// cover copies what it needs while it holds the room, and asks for ways afterwards:
// nobody waits for it.
func (s *Server) cover(_ context.Context, in *coverIn) (*body[Cover], error) {
	of := dispatch.Service(in.Service)
	at := map[dispatch.UnitID]geo.Point{}
	part := dispatch.State{Units: map[dispatch.UnitID]*dispatch.Unit{}}
	var spots []recommend.Spot
	known := false
	s.room.Look(func(st *dispatch.State) {
		known = slices.Contains(st.Config.Services, of)
		for id, u := range st.Units { // each by itself: the order cannot show
			if where, seen := s.room.Where(id); seen && u.Service == of && u.Free() {
				unit := *u
				part.Units[id], at[id] = &unit, where.Point
			}
		}
		for _, id := range sorted(st.Stations) {
			if p := st.Stations[id]; p.Service == of {
				spots = append(spots, recommend.Spot{ID: string(id), Name: p.Name, Point: p.Point, Station: id, Lost: p.Lost})
			}
		}
		if of == st.Config.DefaultService {
			for _, b := range s.opt.Beats {
				spots = append(spots, recommend.Spot{ID: "beat " + b.Name, Name: "Beat " + b.Name, Point: b.Point})
			}
		}
	})
	if !known {
		return nil, problem(http.StatusUnprocessableEntity, string(dispatch.ValueUnknown), "service \""+in.Service+"\" is not the agency's: the board lists its services", "query.service")
	}
	q := recommend.CoverAsk{Service: of, Limit: dispatch.Millis(in.Minutes) * dispatch.Minute,
		Where: func(u dispatch.UnitID) (geo.Point, bool) { p, seen := at[u]; return p, seen },
		Way: func(u dispatch.UnitID, from, to geo.Point) (dispatch.Millis, bool) {
			w := s.opt.Estimator.Way(part.Units[u], from, to, true)
			return w.Travel, w.Known
		}}
	out := Cover{Service: in.Service, LimitMs: int64(q.Limit), Model: s.opt.Estimator.Model(), Places: []CoverRow{}, Moves: []CoverMove{}}
	for _, c := range recommend.Cover(&part, spots, q) {
		row := CoverRow{ID: c.Spot.ID, Name: c.Spot.Name, Lost: c.Spot.Lost, Unit: string(c.Unit), Bare: c.Bare}
		if c.Unit != "" {
			row.TravelMs = int64(c.Travel)
		}
		if c.Bare {
			out.Bare++
		}
		out.Places = append(out.Places, row)
	}
	for _, m := range recommend.MoveUps(&part, spots, q, in.Moves) {
		out.Moves = append(out.Moves, CoverMove{Unit: string(m.Unit), Station: string(m.Station), TravelMs: int64(m.Travel), Why: m.Why})
	}
	return &body[Cover]{out}, nil
}
