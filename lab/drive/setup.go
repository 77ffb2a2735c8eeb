package drive

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/everycall/everycall/city"
	"github.com/everycall/everycall/dispatch"
	"github.com/everycall/everycall/engine"
	"github.com/everycall/everycall/geo"
	"github.com/everycall/everycall/triage"
)

// Services and desks of the demo.
const (
	community  dispatch.Service = "community"
	supervisor dispatch.DeskID  = "supervisor"
)

// How long the overlay's facts hold. All invented.
const (
	postureReview   = 6 * dispatch.Hour
	postureUntil    = 12 * dispatch.Hour
	postureHold     = dispatch.Hour
	reserveUnits    = 3 // kept free for priority 1
	accessHalfLife  = 30 * dispatch.Day
	liaisonConsents = 60 * dispatch.Day
)

// Start is when the demo of a pack begins: the overlay's start, and the local
// midnight before it.
func Start(pack *city.Pack) (start, midnight dispatch.Instant, err error) {
	zone, err := time.LoadLocation(pack.Zone)
	if err != nil {
		return 0, 0, fmt.Errorf("time zone of the pack of %s: %w", pack.Name, err)
	}
	at, err := time.Parse(time.RFC3339, pack.Overlay.Start)
	if err != nil {
		return 0, 0, fmt.Errorf("start of the pack of %s: %w", pack.Name, err)
	}
	local := at.In(zone)
	day := time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, zone)
	return dispatch.Instant(at.UnixMilli()), dispatch.Instant(day.UnixMilli()), nil
}

// A Worder gives a point the street text and the grid that everybody says it by; ""
// where it knows none.
type Worder func(geo.Point) (street, grid string)

// Setup makes a room out of a pack: its configuration, stations, units, and the
// overlay as commands by role, its gates in words where there is a Worder. It may be
// called again on a room that has all or some of it: what is there is left as it is.
func Setup(ctx context.Context, room Room, pack *city.Pack, words Worder) error {
	s := newSetup(ctx, room, pack)
	s.words = words
	s.equip()
	s.overlay()
	return s.err
}

// Equip is Setup without the overlay: the configuration, stations and units that
// a pack offers to a room in earnest, for its people to change.
func Equip(ctx context.Context, room Room, pack *city.Pack) error {
	s := newSetup(ctx, room, pack)
	s.equip()
	return s.err
}

// newSetup looks what the room has already.
func newSetup(ctx context.Context, room Room, pack *city.Pack) *setup {
	s := &setup{ctx: ctx, room: room, pack: pack}
	room.Look(func(st *dispatch.State) {
		s.have = st.Counters
		s.configured = st.Config.Name != ""
		s.units, s.stations, s.lost = map[dispatch.UnitID]bool{}, map[dispatch.StationID]bool{}, map[dispatch.StationID]bool{}
		for id := range st.Units {
			s.units[id] = true
		}
		for id, station := range st.Stations {
			s.stations[id], s.lost[id] = true, station.Lost
		}
	})
	return s
}

func (s *setup) equip() {
	if !s.configured {
		s.submit("configure", dispatch.Configure{Config: Configuration(s.pack)})
	}
	s.addStations()
	s.addUnits()
}

// setup is one Setup under way; the first error ends it.
type setup struct {
	ctx        context.Context
	room       Room
	pack       *city.Pack
	words      Worder
	have       dispatch.Counters
	configured bool
	units      map[dispatch.UnitID]bool
	stations   map[dispatch.StationID]bool
	lost       map[dispatch.StationID]bool
	err        error
}

// submit sends one command under a fixed id, so that a set-up that was broken
// off and is done again does nothing twice.
func (s *setup) submit(id string, c dispatch.Command) []dispatch.Event {
	if s.err != nil {
		return nil
	}
	receipt, err := s.room.Submit(s.ctx, engine.Submission{By: BySetup, ID: "setup-" + id, Command: c})
	if err != nil {
		s.err = fmt.Errorf("set up the demo, %s: %w", id, err)
	}
	return receipt.Events
}

// Configuration is a pack's configuration of a room. Desks and limits are
// invented; the hold limits follow those that Los Angeles County publishes (10,
// 20 and 60 minutes).
func Configuration(pack *city.Pack) dispatch.Config {
	services := []dispatch.Service{city.Police, city.Fire, city.EMS, community}
	c := dispatch.Config{Name: pack.Name, Zone: pack.Zone, Services: services, DefaultService: city.Police, UntriagedPriority: 2,
		WaitLimits: [6]dispatch.Millis{0, dispatch.Minute, 5 * dispatch.Minute, 20 * dispatch.Minute, 60 * dispatch.Minute, 60 * dispatch.Minute},
		HoldLimits: [6]dispatch.Millis{0, 10 * dispatch.Minute, 10 * dispatch.Minute, 20 * dispatch.Minute, 60 * dispatch.Minute, 60 * dispatch.Minute}}
	for _, of := range services {
		name := strings.ToUpper(string(of[:1])) + string(of[1:])
		if of == city.EMS {
			name = "EMS"
		}
		c.Desks = append(c.Desks, dispatch.Desk{ID: dispatch.DeskID(of + "-desk"), Name: name + " desk", Service: of, Supervisor: supervisor})
	}
	c.Desks = append(c.Desks, alternateDesks()...)
	c.Desks = append(c.Desks, dispatch.Desk{ID: supervisor, Name: "Supervisor"})
	c.Presets, c.Triggers = presets()
	c.Protocols, c.PlanTemplates = protocols(), planTemplates()
	c.Areas, c.Offsets = precincts(pack), offsets(pack.Zone)
	c.Rotations, c.CaseNumbers = rotations(), caseNumbers()
	for _, t := range pack.CallTypes {
		c.Types = append(c.Types, triage.Type{Code: t.Code, Name: t.Name, Service: t.Service, Priority: triage.Priority(t.Priority), LifeSafety: t.LifeSafety, Needs: needs(t)})
	}
	for _, card := range runCards() { // of the pack's types
		if slices.ContainsFunc(c.Types, func(t triage.Type) bool { return t.Code == card.Types[0] }) {
			c.RunCards = append(c.RunCards, card)
		}
	}
	return c
}

// precincts are the areas that are known by a name: each with its beats.
func precincts(pack *city.Pack) []dispatch.NamedArea {
	beats := map[string][]string{}
	for _, u := range pack.PoliceUnits {
		if u.Precinct != "" && !slices.Contains(beats[u.Precinct], u.Beat) {
			beats[u.Precinct] = append(beats[u.Precinct], u.Beat)
		}
	}
	var all []dispatch.NamedArea
	for _, name := range slices.Sorted(maps.Keys(beats)) {
		slices.Sort(beats[name])
		all = append(all, dispatch.NamedArea{ID: strings.ToUpper(strings.ReplaceAll(name, " ", "-")), Name: name + " precinct", Beats: beats[name]})
	}
	return all
}

// needs counts a type's capabilities; units beyond those listed have the first.
func needs(t city.CallType) []triage.Need {
	var all []triage.Need
	add := func(capability string, count int) {
		for n := range all {
			if all[n].Capability == capability {
				all[n].Count += uint8(count)
				return
			}
		}
		all = append(all, triage.Need{Capability: capability, Count: uint8(count)})
	}
	for _, capability := range t.Capabilities {
		add(capability, 1)
	}
	if more := t.UnitsWanted - len(t.Capabilities); more > 0 && len(t.Capabilities) > 0 {
		add(t.Capabilities[0], more)
	}
	return all
}

func (s *setup) addStations() {
	var fresh []named
	for _, st := range s.pack.Stations {
		if !s.stations[dispatch.StationID(st.ID)] {
			fresh = append(fresh, named{"station-" + st.ID, dispatch.AddStation{ID: dispatch.StationID(st.ID), Name: st.Name, Service: dispatch.Service(st.Service), Point: st.Point}})
		}
	}
	s.together(fresh)
}

// named is a command under its fixed id.
type named struct {
	id      string
	command dispatch.Command
}

// together submits commands that do not depend on each other, submitMax at once,
// so that they share a sync. The goroutines end before it returns.
func (s *setup) together(all []named) {
	for chunk := range slices.Chunk(all, submitMax) {
		if s.err != nil {
			return
		}
		errs := make([]error, len(chunk))
		var wait sync.WaitGroup
		for n, one := range chunk {
			wait.Go(func() {
				if _, err := s.room.Submit(s.ctx, engine.Submission{By: BySetup, ID: "setup-" + one.id, Command: one.command}); err != nil {
					errs[n] = fmt.Errorf("set up the demo, %s: %w", one.id, err)
				}
			})
		}
		wait.Wait()
		s.err = errors.Join(errs...)
	}
}

// home is where a unit stands when it has nothing to do.
type home struct {
	unit   dispatch.AddUnit
	point  geo.Point
	patrol bool // drifts about its beat
}

// homes lists the units of a pack, in its order: the patrol cars, every
// apparatus, and the invented community responders. Every third patrol car is
// out of service: how thin the watch was is invented.
func homes(pack *city.Pack) []home {
	var all []home
	for n, u := range pack.PoliceUnits {
		status := dispatch.StatusAvailable
		if n%3 == 2 {
			status = dispatch.StatusOutOfService
		}
		all = append(all, home{patrol: true, point: u.Start, unit: dispatch.AddUnit{ID: dispatch.UnitID(u.CallSign), Service: city.Police, Kind: "patrol",
			Station: dispatch.StationID(u.Station), Beat: u.Beat, Capabilities: []string{"police"}, Crew: uint8(u.Crew), Status: status}})
	}
	for _, a := range pack.Apparatus {
		station, ok := pack.Station(a.Station)
		if !ok {
			continue
		}
		status := dispatch.StatusOutOfService
		if a.Staffed {
			status = dispatch.StatusAvailable
		}
		all = append(all, home{point: station.Point, unit: dispatch.AddUnit{ID: dispatch.UnitID(a.CallSign), Service: dispatch.Service(a.Service), Kind: a.Kind,
			Station: dispatch.StationID(a.Station), Capabilities: a.Capabilities, Crew: uint8(a.Crew), Status: status}})
	}
	for n, c := range communityUnits {
		if len(pack.PoliceUnits) == 0 {
			break
		}
		at := pack.PoliceUnits[n*len(pack.PoliceUnits)/len(communityUnits)]
		all = append(all, home{point: at.Start, unit: dispatch.AddUnit{ID: c.id, Service: community, Kind: c.kind, Beat: at.Beat,
			Capabilities: c.capabilities, Crew: 2, Status: dispatch.StatusAvailable}})
	}
	return all
}

// communityUnits are invented, and their kind says so on the screen.
var communityUnits = []struct {
	id           dispatch.UnitID
	kind         string
	capabilities []string
}{
	{"CR1", "crisis team (invented)", []string{"crisis"}},
	{"CR2", "crisis team (invented)", []string{"crisis"}},
	{"CSO1", "community officers (invented)", []string{"community"}},
	{"CSO2", "community officers (invented)", []string{"community"}},
}

func (s *setup) addUnits() {
	all := homes(s.pack)
	var fresh []named
	for _, h := range all {
		if !s.units[h.unit.ID] {
			fresh = append(fresh, named{"unit-" + string(h.unit.ID), h.unit})
		}
	}
	s.together(fresh)
	for _, h := range all {
		if _, known := s.room.Where(h.unit.ID); !known && s.err == nil {
			s.room.Move(h.unit.ID, h.point, s.room.Now(), PositionSource)
		}
	}
}

// overlay declares what was particular. Each kind is left out once as many were
// recorded as the overlay has: a person may have ended or withdrawn some since.
func (s *setup) overlay() {
	o := s.pack.Overlay
	for n, lost := range o.Lost {
		s.lose(n, lost)
	}
	barriers := uint64(0)
	for n, z := range o.Zones {
		if s.have.Zone < uint64(len(o.Zones)) {
			s.zone(n, z)
		}
		for _, b := range z.Barriers {
			if s.have.Access <= barriers {
				s.barrier(barriers, b)
			}
			barriers++
		}
	}
	for n, p := range o.Posture {
		if s.have.Posture < uint64(len(o.Posture)) {
			s.posture(n, p)
		}
	}
	for n, l := range o.Liaison {
		if s.have.Liaison < uint64(len(o.Liaison)) {
			s.submit(fmt.Sprint("liaison-", n), dispatch.RecordLiaison{Role: l.Role, Channel: l.Channel, Note: l.Note, Consent: true,
				ExpiresAt: s.room.Now().Add(liaisonConsents), Invented: l.Invented})
		}
	}
	if s.have.Claim < uint64(len(o.Claims)) {
		s.claims(o.Claims)
	}
}

func (s *setup) lose(n int, lost city.LostStation) {
	if s.have.Zone > 0 || s.lost[dispatch.StationID(lost.Station)] {
		return // the zones come after: this was done before, and a person may have reopened it
	}
	s.submit(fmt.Sprint("lost-", n), dispatch.LoseStation{Station: dispatch.StationID(lost.Station), How: dispatch.StationIsEvacuated, Authority: "not established by the review that the report cites", Reason: lost.Reason + " (" + lost.Source + ")"})
}

func (s *setup) zone(n int, z city.ZoneOverlay) {
	if len(z.Outline) == 0 || len(z.Outline[0]) == 0 {
		return
	}
	outline := z.Outline[0][0]
	if len(outline) > 3 && outline[0] == outline[len(outline)-1] {
		outline = outline[:len(outline)-1]
	}
	c := dispatch.DeclareZone{Name: z.Name, Outline: outline, Authority: "not named in the report (invented: duty supervisor)", Reason: "streets closed by barriers; " + z.Source,
		Rules: []dispatch.ZoneRule{{Service: city.Police, Entry: dispatch.EntryLifeSafetyOnly}, {Service: city.Fire, Entry: dispatch.EntryStageOutside},
			{Service: city.EMS, Entry: dispatch.EntryStageOutside}, {Service: community, Entry: dispatch.EntryGatesOnly}}}
	for k, g := range z.Gates {
		name := g.Name
		if g.Invented {
			name += " (invented)"
		}
		gate := dispatch.Gate{ID: dispatch.GateID(fmt.Sprint("g", k+1)), Name: name, Point: g.Point}
		if s.words != nil {
			gate.Street, gate.Grid = s.words(g.Point)
		}
		c.Gates = append(c.Gates, gate)
	}
	c.Reason = cut(c.Reason)
	s.submit(fmt.Sprint("zone-", n), c)
}

// barrier records a closed stretch as blocked and a barrier at a place as
// restricted: people and small vehicles may have passed it.
func (s *setup) barrier(n uint64, b city.Barrier) {
	f := dispatch.AccessFact{Kind: "point", Geometry: b.Line, Direction: "both", State: dispatch.AccessRestricted, Source: cut(b.Source), Confidence: "reported",
		HalfLife: accessHalfLife, Note: cut(b.Name)}
	if len(b.Line) > 1 {
		f.Kind, f.State = "line", dispatch.AccessBlocked
	}
	if day, err := time.Parse(time.DateOnly, b.From); err == nil {
		f.ObservedAt = dispatch.Instant(day.UnixMilli())
	}
	if hash := s.pack.Hash(); hash != [32]byte{} {
		f.PackHash = fmt.Sprintf("%x", hash[:8])
	}
	s.submit(fmt.Sprint("barrier-", n), dispatch.RecordAccess{Fact: f})
}

func (s *setup) posture(n int, p city.PostureOverlay) {
	now := s.room.Now()
	c := dispatch.DeclarePosture{Service: dispatch.Service(p.Service), Area: dispatch.Area{Kind: dispatch.AreaCity}, Title: p.Title,
		Reserve:  []dispatch.Reserve{{Priority: 2, Units: reserveUnits}},
		ReviewBy: now.Add(postureReview), Until: now.Add(postureUntil), Authority: "not named in the report (invented: duty supervisor)", Script: p.CallerScript,
		Invented: []string{"rules", "reserve", "review_by", "until", "authority", "script"}}
	for priority := triage.Priority(p.AnswerTo) + 1; priority <= triage.PriorityLowest; priority++ {
		c.Rules = append(c.Rules, dispatch.PostureRule{Priority: priority, Action: dispatch.ActionHold, Limit: postureHold, Words: p.CallerScript})
	}
	if p.ReasonState == city.ReasonNoneStated {
		c.NoneStated = p.Source
	} else {
		c.Reason = p.Reason
	}
	s.submit(fmt.Sprint("posture-", n), c)
}

// claims records statements as they were made; a contradiction can only name
// what is recorded already.
func (s *setup) claims(all []city.ClaimOverlay) {
	known := map[string]dispatch.ClaimID{}
	for n, claim := range all {
		c := dispatch.RecordClaim{Role: claim.Role, Kind: "spokesperson", Statement: claim.Statement, Grade: "anecdotal", FirstHand: claim.FirstHand}
		if claim.FirstHand {
			c.Grade = "single_source"
		}
		for _, other := range claim.Contradicts {
			if id, ok := known[other]; ok {
				c.Contradicts = append(c.Contradicts, id)
			}
		}
		for _, e := range s.submit(fmt.Sprint("claim-", n), c) {
			if recorded, is := e.(*dispatch.ClaimRecorded); is {
				known[claim.ID] = recorded.ID
			}
		}
	}
}

// cut keeps a text within the limit of a line.
func cut(text string) string {
	if len(text) > dispatch.MaxLineBytes {
		return strings.ToValidUTF8(text[:dispatch.MaxLineBytes], "")
	}
	return text
}

// refused reports whether the rules said no, which is normal.
func refused(err error) bool {
	var no *dispatch.Rejection
	return errors.As(err, &no)
}

// protocols are invented: no agency's medical protocol ships.
func protocols() []dispatch.Protocol {
	return []dispatch.Protocol{
		{ID: "WAIT", Title: "Stay where you are", Author: "invented medical director", Version: "demo 1", Words: "Stay where you are if it is safe. Help waits at {gate}; we ring back.", Invented: true},
		{ID: "MEET", Title: "Bring the patient to help", Author: "invented medical director", Version: "demo 1", Movement: true, Words: "If it is safe, and only then, bring the patient to {gate}.", Invented: true},
	}
}

// planTemplates are lists of steps that a plan may begin with: invented.
func planTemplates() []dispatch.PlanTemplate {
	const hour = 60 * dispatch.Minute
	police, fire := dispatch.DeskID(city.Police+"-desk"), dispatch.DeskID(city.Fire+"-desk")
	return []dispatch.PlanTemplate{
		{ID: "station", For: "station", Title: "Back into the station", Steps: []dispatch.TemplateStep{
			{Text: "Walk through with the fire service: structure, alarms, exits", Owner: fire, After: 2 * hour}, {Text: "Power, radio and telephones tested", Owner: police, After: 3 * hour},
			{Text: "Doors, locks and property room checked against the list", Owner: police, After: 4 * hour}, {Text: "Units and neighbours told when it opens", Owner: supervisor, After: 6 * hour}}},
		{ID: "zone", For: "zone", Title: "Open the zone", Steps: []dispatch.TemplateStep{
			{Text: "Agree the hour with the liaison and every service", Owner: supervisor, After: 2 * hour}, {Text: "Drive every gate once with an engine", Owner: fire, After: 4 * hour},
			{Text: "Withdraw the closures and barricades on the map", Owner: police, After: 5 * hour}, {Text: "Tell the callers who wait, and the public", Owner: supervisor, After: 6 * hour}}},
	}
}
