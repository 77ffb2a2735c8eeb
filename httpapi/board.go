package httpapi

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"github.com/everycall/everycall/auth"
	"github.com/everycall/everycall/dispatch"
)

// Board is everything that a console needs, in one answer.
type Board struct {
	Seq          uint64        `json:"seq"`
	Now          string        `json:"now"`
	AsOf         string        `json:"as_of,omitempty" doc:"set when it is a board of the past"`
	Clock        ClockRow      `json:"clock"`
	Jurisdiction Jurisdiction  `json:"jurisdiction"`
	Notices      []Notice      `json:"notices"`
	Me           Me            `json:"me"`
	Units        []Unit        `json:"units"`
	Incidents    []Incident    `json:"incidents"`
	Contacts     []Contact     `json:"contacts"`
	Postures     []Posture     `json:"postures"`
	Zones        []Zone        `json:"zones"`
	Access       []Access      `json:"access"`
	Stations     []Station     `json:"stations"`
	Claims       []Claim       `json:"claims"`
	Bulletins    []Bulletin    `json:"bulletins"`
	Bolos        []Bolo        `json:"bolos"`
	Tows         []Tow         `json:"tows"`
	CaseAgencies []string      `json:"case_agencies" doc:"that give case numbers"`
	Liaisons     []Liaison     `json:"liaisons"`
	Aids         []Aid         `json:"aids"`
	Clearances   []Clearance   `json:"clearances"`
	Agreements   []Agreement   `json:"agreements"`
	Plans        []Plan        `json:"plans"`
	Hazards      []Hazard      `json:"hazards"`
	Alarms       []Alarm       `json:"alarms"`
	Promises     []Promise     `json:"promises"`
	Types        []CallType    `json:"types"`
	Desks        []Desk        `json:"desks"`
	Services     []Named       `json:"services"`
	Dispositions []Disposition `json:"dispositions"`
	Statuses     []StatusName  `json:"statuses"`
}

// ClockRow says how the jurisdiction's time runs.
type ClockRow struct {
	Speed  int  `json:"speed"`
	Demo   bool `json:"demo"`
	Frozen bool `json:"frozen"`
}

// Jurisdiction is whose board it is.
type Jurisdiction struct {
	Name string `json:"name"`
	Zone string `json:"zone"`
}

// Notice is a sentence that whoever shows the board must show.
type Notice struct {
	Kind string `json:"kind"`
	Text string `json:"text"`
}

// Me is who is looking.
type Me struct {
	Name string `json:"name"`
	Role string `json:"role"`
}

// CallType is one type of the agency's list.
type CallType struct {
	Code         string   `json:"code"`
	Name         string   `json:"name"`
	Service      string   `json:"service"`
	Priority     int      `json:"priority"`
	LifeSafety   bool     `json:"life_safety"`
	Capabilities []string `json:"capabilities"`
	TargetMs     int64    `json:"target_ms"`
}

// Named is an id with its name.
type Named struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// Disposition is a way in which a call ends.
type Disposition struct {
	Code string `json:"code"`
	Name string `json:"name"`
}

// StatusName is a unit's status with its two-letter code.
type StatusName struct {
	Code  string `json:"code"`
	Short string `json:"short"`
	Name  string `json:"name"`
}

// dispositions are how calls usually end; an agency may use other words.
var dispositions = []Disposition{
	{"handled", "Handled"}, {"report_taken", "Report taken"}, {"assistance_rendered", "Assistance rendered"},
	{"transported", "Patient transported"}, {"no_action", "No action needed"}, {"unable_to_locate", "Unable to locate"},
	{"false_alarm", "False alarm"}, {"cancelled", "Cancelled"}, {"duplicate", "Duplicate"},
}

var statusNames = []StatusName{
	{"available", "AV", "Available"}, {"dispatched", "DP", "Dispatched"}, {"enroute", "ER", "En route"}, {"staged", "ST", "Staged"},
	{"on_scene", "OS", "On scene"}, {"transporting", "TR", "Transporting"}, {"at_hospital", "AH", "At hospital"},
	{"out_of_service", "OO", "Out of service"}, {"off_duty", "OD", "Off duty"},
}

var serviceNames = map[dispatch.Service]string{"police": "Police", "fire": "Fire", "ems": "Ambulance", "community": "Community"}

func sorted[K cmp.Ordered, V any](m map[K]V) []K {
	keys := make([]K, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// list makes one row for each thing that may be shown, in the order of the ids.
func list[K cmp.Ordered, V any, R any](m map[K]V, row func(V) R, show func(V) bool) []R {
	out := make([]R, 0, len(m))
	for _, id := range sorted(m) {
		if show == nil || show(m[id]) {
			out = append(out, row(m[id]))
		}
	}
	return out
}

// rowsFor gives the row maker for one reader. The room's lock is held.
func (s *Server) rowsFor(who auth.Sight) rows {
	return rows{s: s.room.world.State, now: s.engine.Now(), zone: s.room.zone, sight: who, room: s.room, hidden: s.room.world.State.Confidential}
}

// rowsOf is rowsFor for somebody who has signed in.
func (s *Server) rowsOf(who auth.Principal) rows {
	r := s.rowsFor(who.Sight())
	r.role = who.Role
	return r
}

// rowsPast gives the row maker for a state of the past: who is asking, what is
// confidential, and who consents to be talked to, are as they are today.
func (s *Server) rowsPast(ctx context.Context, st *dispatch.State, when dispatch.Instant) rows {
	r := rows{s: st, now: when, zone: s.room.location(), sight: identity(ctx).Sight(), room: NewRoom(), role: identity(ctx).Role}
	s.room.Look(func(today *dispatch.State) {
		r.hidden = maps.Clone(today.Confidential)
		r.consents = make(map[dispatch.LiaisonID]bool, len(today.Liaisons))
		for id := range today.Liaisons { // a set: the order cannot show
			r.consents[id] = true
		}
	})
	return r
}

func (s *Server) board(ctx context.Context) Board {
	s.room.mu.RLock()
	defer s.room.mu.RUnlock()
	return s.boardOf(identity(ctx), s.rowsOf(identity(ctx)), s.room.world.Seq)
}

// boardAt is the board as it was: without positions, which are never recorded, and
// under today's roles and seals.
func (s *Server) boardAt(ctx context.Context, when dispatch.Instant) (Board, error) {
	st, seq, err := s.engine.StateAt(ctx, when)
	if err != nil {
		return Board{}, err
	}
	r := s.rowsPast(ctx, st, when)
	b := s.boardOf(identity(ctx), r, seq)
	b.AsOf = r.time(when)
	return b, nil
}

func (s *Server) boardOf(me auth.Principal, r rows, seq uint64) Board {
	st, sight := r.s, r.sight
	b := Board{Seq: seq, Now: r.time(r.now), Clock: ClockRow{Speed: s.opt.Speed, Demo: s.opt.Demo, Frozen: st.Frozen},
		Jurisdiction: Jurisdiction{Name: st.Config.Name, Zone: st.Config.Zone}, Notices: s.opt.Notices, Me: Me{Name: me.Name, Role: string(me.Role)},
		Dispositions: dispositions, Statuses: statusNames, CaseAgencies: []string{}, Types: []CallType{}, Desks: []Desk{}, Services: []Named{}}
	if b.Notices == nil {
		b.Notices = []Notice{}
	}
	b.Postures = list(st.Postures, r.posture, func(p *dispatch.Posture) bool { return p.EndedAt == 0 })
	if sight == auth.SightPublic {
		return b
	}
	b.Units = list(st.Units, r.unit, func(u *dispatch.Unit) bool { return !u.Retired })
	b.Incidents = list(st.Incidents, r.incident, nil)
	b.Contacts = list(st.Contacts, r.contact, nil)
	b.Zones = list(st.Zones, r.zoneRow, func(z *dispatch.Zone) bool { return z.EndedAt == 0 })
	b.Access = list(st.Access, r.access, nil)
	b.Stations = list(st.Stations, r.station, nil)
	b.Claims = list(st.Claims, r.claim, nil)
	b.Bulletins = list(st.Bulletins, r.bulletin, nil)
	b.Aids = list(st.Aids, r.aid, nil)
	b.Bolos, b.Tows = list(st.Bolos, r.bolo, nil), list(st.Tows, r.tow, nil)
	for _, c := range st.Config.CaseNumbers {
		b.CaseAgencies = append(b.CaseAgencies, c.Agency)
	}
	b.Liaisons = list(st.Liaisons, r.liaison, func(l *dispatch.Liaison) bool { return r.consents == nil || r.consents[l.ID] })
	b.Clearances = list(st.Clearances, r.clearance, nil)
	b.Plans = list(st.Plans, r.plan, nil)
	b.Agreements = list(st.Agreements, r.agreement, nil)
	b.Hazards = list(st.Hazards, r.hazard, nil)
	b.Alarms = list(st.Alarms, r.alarm, nil)
	b.Promises = list(st.Promises, r.promise, nil)
	for _, t := range st.Config.Types {
		row := CallType{Code: t.Code, Name: t.Name, Service: t.Service, Priority: int(t.Priority), LifeSafety: t.LifeSafety, Capabilities: []string{}, TargetMs: int64(st.Config.WaitLimits[t.Priority])}
		for _, n := range t.Needs {
			row.Capabilities = append(row.Capabilities, n.Capability)
		}
		b.Types = append(b.Types, row)
	}
	for _, d := range st.Config.Desks {
		b.Desks = append(b.Desks, r.desk(d))
	}
	for _, of := range st.Config.Services {
		name := serviceNames[of]
		if name == "" {
			name = string(of)
		}
		b.Services = append(b.Services, Named{ID: string(of), Name: name})
	}
	return b
}
