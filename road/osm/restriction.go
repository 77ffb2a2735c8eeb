package osm

import (
	"strings"

	"github.com/everycall/everycall/road"
	"github.com/everycall/everycall/road/osm/pbf"
)

// Why restrictions are left out; the report's words.
const (
	banTimes     = "at certain times only"
	banViaWay    = "over a way"
	banOthers    = "binds none of our vehicles"
	banKind      = "kind not known"
	banMembers   = "without exactly one node between its ways"
	banAbsent    = "a way or the node is not in the file"
	banLeftOut   = "a way is not a road that is kept"
	banApart     = "its ways do not meet at the node"
	banAmbiguous = "its way is not split at the node"
	banIdle      = "the turn is not possible anyway"
)

// restriction is a turn restriction as its relation says it.
type restriction struct {
	only     bool
	uTurn    bool
	from, to []int64 // ways
	via      int64   // node
	bound    road.Vehicles
}

// onWheels are whom a restriction binds unless it says otherwise.
const onWheels = road.Motor | road.Bicycle

// bound says whom the modes of restriction:<mode> and except= mean.
var bound = map[string]road.Vehicles{
	"motorcar": road.Motor, "motor_vehicle": road.Motor, "emergency": road.Motor, "vehicle": onWheels, "bicycle": road.Bicycle, "foot": road.Foot,
}

// membersMax bounds the ways of one restriction.
const membersMax = 64

// isRestriction reports whether a relation is one; others have no say in turns.
func isRestriction(t pbf.Tags) bool {
	return t.Get("type") == "restriction" || strings.HasPrefix(t.Get("type"), "restriction:")
}

// restrictionOf reads a relation; why says why it is left out, "" if it is not.
func restrictionOf(r *pbf.Relation, notes *notes) (out restriction, why string) {
	value, why := turnOf(r.Tags, &out)
	if why != "" {
		return out, why
	}
	for except := range strings.SplitSeq(r.Tags.Get("except"), ";") {
		out.bound &^= bound[strings.TrimSpace(except)]
	}
	if out.bound == 0 {
		return out, banOthers
	}
	switch value {
	case "no_left_turn", "no_right_turn", "no_straight_on", "no_entry", "no_exit":
	case "no_u_turn":
		out.uTurn = true
	case "only_left_turn", "only_right_turn", "only_straight_on", "only_u_turn":
		out.only = true
	default:
		notes.unknown("restriction", value)
		return out, banKind
	}
	vias := 0
	for _, m := range r.Members {
		switch {
		case m.Role == "from" && m.Type == pbf.WayMember:
			out.from = append(out.from, m.ID)
		case m.Role == "to" && m.Type == pbf.WayMember:
			out.to = append(out.to, m.ID)
		case m.Role == "via" && m.Type == pbf.NodeMember:
			out.via = m.ID
			vias++
		case m.Role == "via":
			return out, banViaWay
		}
	}
	// Several ways may be forbidden to come from or to go to, but not to be bound to.
	if vias != 1 || len(out.from) == 0 || len(out.to) == 0 || out.only && len(out.to) > 1 || len(out.from) > 1 && len(out.to) > 1 || len(out.from)+len(out.to) > membersMax {
		return out, banMembers
	}
	return out, ""
}

// turnOf finds which turn it is about and whom it binds.
func turnOf(t pbf.Tags, out *restriction) (value, why string) {
	if t.Get("day_on") != "" || t.Get("hour_on") != "" {
		return "", banTimes
	}
	if value = t.Get("restriction"); value != "" {
		out.bound = onWheels
		if mode, is := strings.CutPrefix(t.Get("type"), "restriction:"); is {
			out.bound = bound[mode]
		}
		return value, ""
	}
	others := false
	for i := 0; i+1 < len(t); i += 2 {
		mode, is := strings.CutPrefix(t[i], "restriction:")
		switch {
		case !is:
		case strings.HasSuffix(mode, "conditional"):
			why = banTimes
		case bound[mode] == 0:
			others = true
		case value == "" || value == t[i+1]:
			value = t[i+1]
			out.bound |= bound[mode]
		}
	}
	switch {
	case value != "":
		return value, ""
	case why == "" && others:
		why = banOthers
	case why == "":
		why = banKind
	}
	return "", why
}

// spotted is what the restrictions need to know of the network.
type spotted struct {
	edges []road.Edge
	at    map[road.Node][]uint32 // the edges at the nodes of restrictions
	way   []uint32               // per edge: the way that it is of
}

// enters and leaves say who may come to a node and go from it by an edge.
func enters(e *road.Edge, at road.Node) (who road.Vehicles) {
	if e.To == at {
		who = e.Forward
	}
	if e.From == at {
		who |= e.Backward
	}
	return who
}

func leaves(e *road.Edge, at road.Node) (who road.Vehicles) {
	if e.From == at {
		who = e.Forward
	}
	if e.To == at {
		who |= e.Backward
	}
	return who
}

// edgesOf gives the edges of a way at a node by which somebody of these may come or,
// for move leaves, go.
func (s *spotted) edgesOf(way uint32, via road.Node, who road.Vehicles, move func(*road.Edge, road.Node) road.Vehicles) (out []uint32, met bool) {
	for _, e := range s.at[via] {
		if s.way[e] != way {
			continue
		}
		met = true
		if move(&s.edges[e], via)&who != 0 {
			out = append(out, e)
		}
	}
	return out, met
}

// bans turns one pair of ways of a restriction into bans.
func (s *spotted) bans(r *restriction, from, to uint32, via road.Node) (out []road.Ban, why string) {
	froms, metFrom := s.edgesOf(from, via, r.bound, enters)
	tos, metTo := s.edgesOf(to, via, r.bound, leaves)
	switch {
	case !metFrom || !metTo:
		return nil, banApart
	case len(froms) == 0 || len(tos) == 0:
		return nil, banIdle
	}
	add := func(from, to uint32, who road.Vehicles) {
		if who &= enters(&s.edges[from], via) & leaves(&s.edges[to], via); who != 0 {
			out = append(out, road.Ban{From: from, To: to, Via: via, For: who})
		}
	}
	if from == to && r.uTurn {
		for _, e := range froms { // turning back, from either side
			add(e, e, r.bound)
		}
		return done(out)
	}
	if len(froms) > 1 || len(tos) > 1 {
		return nil, banAmbiguous
	}
	if !r.only {
		add(froms[0], tos[0], r.bound)
		return done(out)
	}
	who := r.bound & leaves(&s.edges[tos[0]], via) // who may not take the one way is not bound to it
	for _, e := range s.at[via] {
		if e != tos[0] {
			add(froms[0], e, who)
		}
	}
	return done(out)
}

func done(out []road.Ban) ([]road.Ban, string) {
	if len(out) == 0 {
		return nil, banIdle
	}
	return out, ""
}
