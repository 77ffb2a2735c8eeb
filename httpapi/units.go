package httpapi

import (
	"context"
	"net/http"

	"github.com/everycall/everycall/dispatch"
)

type statusIn struct {
	ID   string `path:"id" maxLength:"40"`
	Body struct {
		Status string `json:"status" enum:"available,dispatched,enroute,staged,on_scene,transporting,at_hospital,out_of_service,off_duty"`
		At     string `json:"at,omitempty" maxLength:"40" doc:"when it happened, if not now (RFC 3339)"`
		Source string `json:"source" enum:"radio,device,inferred,entered,unknown"`
	}
}

type positionIn struct {
	ID   string `path:"id" maxLength:"40"`
	Body struct {
		Lon    float64 `json:"lon" minimum:"-180" maximum:"180"`
		Lat    float64 `json:"lat" minimum:"-90" maximum:"90"`
		At     string  `json:"at,omitempty" maxLength:"40"`
		Source string  `json:"source,omitempty" maxLength:"40" pattern:"^[A-Za-z0-9 _.:-]*$" patternDescription:"letters, digits, space and _.:-"`
	}
}

// PositionTaken is the answer to a position: taken, and not durable.
type PositionTaken struct {
	Durable bool `json:"durable"`
}

type ackIn struct {
	ID   string    `path:"id" maxLength:"40"`
	Body *struct{} `required:"false"`
}

func (s *Server) unitRoutes() {
	route(s, http.MethodPost, "/api/v1/units/{id}/status", "setUnitStatus", "units", "Any status, in any order", func(ctx context.Context, in *statusIn) (*body[Done], error) {
		at, bad := instant("body.at", in.Body.At)
		if bad != nil {
			return nil, bad
		}
		s.touch(ctx, in.ID)
		return s.do(ctx, dispatch.SetUnitStatus{Unit: dispatch.UnitID(in.ID), Status: dispatch.Status(in.Body.Status), At: at, Source: dispatch.Source(in.Body.Source)})
	})
	route(s, http.MethodPost, "/api/v1/units/{id}/position", "setUnitPosition", "units", "Where it is: taken, coalesced, never journalled", func(ctx context.Context, in *positionIn) (*body[PositionTaken], error) {
		known := false
		s.room.Look(func(st *dispatch.State) {
			u := st.Units[dispatch.UnitID(in.ID)]
			known = u != nil && !u.Retired
		})
		if !known {
			return nil, problem(http.StatusNotFound, string(dispatch.UnitUnknown), "there is no unit with this call sign", "path.id")
		}
		p, bad := fixed(in.Body.Lon, in.Body.Lat)
		if bad != nil {
			return nil, bad
		}
		at, bad := instant("body.at", in.Body.At)
		if bad != nil {
			return nil, bad
		}
		now := s.engine.Now()
		if at == 0 {
			at = now
		}
		if at > now.Add(dispatch.OccurredAtAhead) {
			return nil, problem(http.StatusUnprocessableEntity, "time_invalid", "the fix lies in the future: at most a minute ahead", "body.at")
		}
		if now.Since(at) > dispatch.OccurredAtPastMax {
			return nil, problem(http.StatusUnprocessableEntity, "time_invalid", "the fix is older than a week: send newer ones", "body.at")
		}
		s.room.Move(dispatch.UnitID(in.ID), p, at, orText(in.Body.Source, "device"))
		return &body[PositionTaken]{}, nil
	})
	route(s, http.MethodPost, "/api/v1/alarms/{id}/ack", "ackAlarm", "alarms", "I am on it", func(ctx context.Context, in *ackIn) (*body[Done], error) {
		return s.do(ctx, dispatch.AckAlarm{Alarm: dispatch.AlarmID(in.ID)})
	})
}
