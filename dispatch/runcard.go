package dispatch

import (
	"slices"
	"strconv"
	"strings"

	"github.com/everycall/everycall/triage"
)

// RunCard is what an agency sends to some calls, level by level. Of the cards that are
// for a call the most specific counts: first by its type, then by its place, then by
// its time.
type RunCard struct {
	ID       string      `json:"id"`
	Title    string      `json:"title"`
	Types    []string    `json:"types"`           // codes, or the start of codes with an asterisk: "FIRE*"; "*": all
	Beats    []string    `json:"beats,omitempty"` // empty: everywhere
	InZone   string      `json:"in_zone,omitempty"`
	Hours    []Hours     `json:"hours,omitempty"` // when the call was opened, in the jurisdiction's time; empty: always
	Levels   []CardLevel `json:"levels"`          // each adds to those before it
	Invented bool        `json:"invented,omitempty"`
}

// CardLevel is what one alarm level adds, and why.
type CardLevel struct {
	Needs []triage.Need `json:"needs"`
	Note  string        `json:"note"`
}

// AnyZone as a card's InZone means every declared zone.
const AnyZone = "any"

// ZoneOffset says how far the jurisdiction's time is ahead of UTC from a moment on. The
// rules know no time zones: a table of a few years comes with the configuration.
type ZoneOffset struct {
	From    Instant `json:"from"`
	Minutes int     `json:"minutes"`
}

// DutyLimit is how long a crew of a service works before it is no longer recommended.
type DutyLimit struct {
	Service Service `json:"service"`
	Limit   Millis  `json:"limit"`
}

// Meets reports whether the unit is one of those that a need asks for.
func (u *Unit) Meets(n triage.Need) bool {
	return (n.Capability == "" || contains(u.Capabilities, n.Capability)) && (n.Kind == "" || u.Kind == n.Kind) &&
		(n.Service == "" || string(u.Service) == n.Service) && u.Crew >= n.Crew
}

// OnDuty is how long the unit's crew has been signed on; false where nobody has said.
func (u *Unit) OnDuty(now Instant) (Millis, bool) {
	if u.CrewSince == 0 || u.Crew == 0 {
		return 0, false
	}
	return max(now.Since(u.CrewSince), 0), true
}

// DutyLimit is how long a crew of a service works; 0: as long as it likes.
func (c *Config) DutyLimit(of Service) Millis {
	for _, d := range c.DutyLimits {
		if d.Service == of {
			return d.Limit
		}
	}
	return 0
}

// Local is the weekday (0 is Sunday) and the minute of the day in the jurisdiction's
// time, by the configured offsets; UTC before the first of them.
func (c *Config) Local(at Instant) (weekday, minute int) {
	for _, o := range slices.Backward(c.Offsets) {
		if o.From <= at {
			at = at.Add(Millis(o.Minutes) * Minute)
			break
		}
	}
	day, rest := Millis(at)/Day, Millis(at)%Day
	if rest < 0 {
		day, rest = day-1, rest+Day
	}
	return int((day%7 + 11) % 7), int(rest / Minute) // 1970-01-01 was a Thursday
}

// CardChoice is the run card that counts for a call, and why.
type CardChoice struct {
	Card *RunCard // nil: none is for it
	Why  string   // "type FIRE, beat E1, at its hours"
	Over []string // the less specific cards that are for it too
}

// fit is how specific a card is for a call; nil where it is not for it.
type fit struct {
	kind, place, time int
}

func (a fit) compare(b fit) int {
	return slices.Compare([]int{a.kind, a.place, a.time}, []int{b.kind, b.place, b.time})
}

// CardFor chooses the run card for an incident: by what it is now, where it lies, and
// when it was opened.
func (s *State) CardFor(i *Incident) CardChoice {
	var choice CardChoice
	var best fit
	if len(s.Config.RunCards) == 0 {
		return choice
	}
	weekday, minute := s.Config.Local(i.OpenedAt)
	zone := ""
	if z := s.Zones[i.Zone]; z != nil {
		zone = z.Name
	}
	for n := range s.Config.RunCards {
		c := &s.Config.RunCards[n]
		f, why, is := c.fits(i, zone, weekday, minute)
		switch {
		case !is:
		case choice.Card == nil || f.compare(best) > 0:
			if choice.Card != nil {
				choice.Over = append(choice.Over, choice.Card.ID)
			}
			choice.Card, choice.Why, best = c, why, f
		default:
			choice.Over = append(choice.Over, c.ID)
		}
	}
	return choice
}

func (c *RunCard) fits(i *Incident, zone string, weekday, minute int) (f fit, why string, is bool) {
	for _, t := range c.Types {
		start, open := strings.CutSuffix(t, "*")
		switch {
		case !open && t == i.Type:
			f.kind, why = 1<<10, "type "+t
		case open && i.Type != "" && strings.HasPrefix(i.Type, start) && f.kind < 1+len(start):
			f.kind, why = 1+len(start), "types "+t
		}
	}
	if f.kind == 0 {
		return f, "", false
	}
	switch {
	case c.InZone != "":
		if zone == "" || c.InZone != AnyZone && c.InZone != zone {
			return f, "", false
		}
		f.place, why = 2, why+", zone "+zone
		if c.InZone != AnyZone {
			f.place = 3
		}
	case len(c.Beats) > 0:
		if !contains(c.Beats, i.Beat) {
			return f, "", false
		}
		f.place, why = 1, why+", beat "+i.Beat
	}
	if len(c.Hours) > 0 {
		if !during(c.Hours, weekday, minute) {
			return f, "", false
		}
		f.time, why = 1, why+", at its hours"
	}
	return f, why, true
}

// during reports whether a minute of the week lies in one of the times.
func during(hours []Hours, weekday, minute int) bool {
	return slices.ContainsFunc(hours, func(h Hours) bool {
		on := func(day int) bool { return strings.Contains(h.Days, strconv.Itoa(day)) }
		if h.To > h.From {
			return on(weekday) && minute >= h.From && minute < h.To
		}
		return on(weekday) && minute >= h.From || on((weekday+6)%7) && minute < h.To // over midnight
	})
}

// Response is what an incident is to get: by its run card and level, or by its type, and
// for each further service what it needs.
type Response struct {
	Choice CardChoice
	Level  int
	Notes  []string // of its levels, the first level's first
	Needs  []triage.Need
	Have   []int // of each need, how many of the units on it count for it
}

// ResponseTo answers what an incident is to get and has. A unit counts for one need only.
func (s *State) ResponseTo(i *Incident) Response {
	r := Response{Choice: s.CardFor(i), Level: i.Level()}
	if c := r.Choice.Card; c != nil {
		r.Level = min(r.Level, len(c.Levels)) // the card may have changed since
		for _, l := range c.Levels[:r.Level] {
			r.Notes = append(r.Notes, l.Note)
			for _, n := range l.Needs {
				r.Needs = addNeed(r.Needs, n)
			}
		}
	} else {
		kind, _ := s.Type(i.Type)
		r.Needs = kind.Needs
	}
	if len(i.Shares) > 0 {
		r.Needs = s.sharedNeeds(i, r.Needs)
	}
	r.Have = make([]int, len(r.Needs))
	counted := map[UnitID]bool{}
	for n := range r.Needs {
		for k := range i.Assignments {
			a := &i.Assignments[k]
			if u := s.Units[a.Unit]; r.Have[n] < int(r.Needs[n].Count) && a.EndedAt == 0 && !a.Stacked && u != nil && !counted[a.Unit] && u.Meets(r.Needs[n]) {
				counted[a.Unit] = true
				r.Have[n]++
			}
		}
	}
	return r
}

// Words say it in one line: "run card STRUCTURE-FIRE level 2: engine ×4 (have 2)".
func (r Response) Words() string {
	text := "by its type: "
	if c := r.Choice.Card; c != nil {
		text = "run card " + c.ID + " level " + strconv.Itoa(r.Level) + ": "
	}
	if len(r.Needs) == 0 {
		return text + "one unit"
	}
	for k, n := range r.Needs {
		if k > 0 {
			text += ", "
		}
		text += n.What() + " ×" + strconv.Itoa(int(n.Count)) + " (have " + strconv.Itoa(r.Have[k]) + ")"
	}
	return text
}

// addNeed adds to a need of the same sort, or a new one.
func addNeed(needs []triage.Need, more triage.Need) []triage.Need {
	for k := range needs {
		if same := needs[k]; same.Capability == more.Capability && same.Kind == more.Kind && same.Service == more.Service && same.Crew == more.Crew {
			needs[k].Count = uint8(min(int(needs[k].Count)+int(more.Count), 255))
			return needs
		}
	}
	return append(needs, more)
}

// checkRunCards checks a configuration's run cards, its offsets and its duty limits. Two
// cards that are equally specific and may both be for one call are refused: nobody
// could say which counts.
func checkRunCards(g Config) *Rejection {
	if len(g.RunCards) > MaxRunCards || len(g.Offsets) > MaxZoneOffsets {
		return reject(ConfigInvalid, "at most %d run cards and %d offsets", MaxRunCards, MaxZoneOffsets).at("run_cards")
	}
	for n, o := range g.Offsets {
		if o.Minutes < -14*60 || o.Minutes > 14*60 || n > 0 && o.From <= g.Offsets[n-1].From {
			return reject(ConfigInvalid, "offset %d: within 14 h of UTC, the oldest first", n+1).at("offsets")
		}
	}
	limited := map[Service]bool{}
	for _, d := range g.DutyLimits {
		if limited[d.Service] || !contains(g.Services, d.Service) || d.Limit < Hour || d.Limit > 2*Day {
			return reject(ConfigInvalid, "duty limit of %q: 1 to 48 h, for each service of the agency at most once", d.Service).at("duty_limits")
		}
		limited[d.Service] = true
	}
	for n := range g.RunCards {
		c := &g.RunCards[n]
		if no := c.check(g); no != nil {
			return no
		}
		for k := range n {
			other := &g.RunCards[k]
			if other.ID == c.ID {
				return reject(ConfigInvalid, "run card %s is listed twice", c.ID).at("run_cards")
			}
			if t := c.rivals(other); t != "" {
				return reject(ConfigInvalid, "run cards %s and %s are both for %s and equally specific: give one of them a narrower type, place or time", other.ID, c.ID, t).at("run_cards")
			}
		}
	}
	return nil
}

func (c *RunCard) check(g Config) *Rejection {
	if checkLines("run_cards", c.ID, "run_cards", c.Title) != nil || len(c.Types) == 0 || len(c.Types) > MaxCardNeeds || checkWords("run_cards", c.Types) != nil {
		return reject(ConfigInvalid, "run card %q: an id, a title, and the types that it is for", c.ID).at("run_cards")
	}
	if checkWords("run_cards", c.Beats) != nil || checkText("run_cards", c.InZone, MaxLineBytes, false) != nil || c.InZone != "" && len(c.Beats) > 0 {
		return reject(ConfigInvalid, "run card %s: beats, or a zone, or neither", c.ID).at("run_cards")
	}
	if len(c.Hours) > 0 && len(g.Offsets) == 0 {
		return reject(ConfigInvalid, "run card %s has hours, and the offsets of the zone are not given", c.ID).at("offsets")
	}
	for _, h := range c.Hours {
		if !h.valid() {
			return reject(ConfigInvalid, "run card %s: hours have days of 0123456 and minutes of a day", c.ID).at("run_cards")
		}
	}
	if len(c.Levels) == 0 || len(c.Levels) > MaxCardLevels {
		return reject(ConfigInvalid, "run card %s has 1 to %d levels", c.ID, MaxCardLevels).at("run_cards")
	}
	for n, l := range c.Levels {
		if len(l.Needs) == 0 || len(l.Needs) > MaxCardNeeds || checkLine("run_cards", l.Note) != nil {
			return reject(ConfigInvalid, "run card %s level %d: 1 to %d needs, and a note that says why", c.ID, n+1, MaxCardNeeds).at("run_cards")
		}
		if no := checkNeeds(g, l.Needs); no != nil {
			return reject(ConfigInvalid, "run card %s level %d: %s", c.ID, n+1, no.Text).at("run_cards")
		}
	}
	return nil
}

// checkNeeds refuses a need for nothing, and one of a service that is not the agency's.
func checkNeeds(g Config, needs []triage.Need) *Rejection {
	if len(needs) > MaxCardNeeds {
		return reject(LimitReached, "%d needs: at most MaxCardNeeds", len(needs)).at("needs")
	}
	for _, n := range needs {
		if !n.Valid() || n.Service != "" && !contains(g.Services, Service(n.Service)) {
			return reject(ValueUnknown, "a need has a count, and a capability, a kind or a service of the agency").at("needs")
		}
		for _, text := range []string{n.Capability, n.Kind} {
			if no := checkText("needs", text, MaxLineBytes, false); no != nil {
				return no
			}
		}
	}
	return nil
}

// rivals names a type for which both may count and neither is more specific.
func (c *RunCard) rivals(o *RunCard) string {
	switch {
	case c.InZone != o.InZone, (len(c.Beats) > 0) != (len(o.Beats) > 0), (len(c.Hours) > 0) != (len(o.Hours) > 0):
		return ""
	case len(c.Beats) > 0 && !slices.ContainsFunc(c.Beats, func(b string) bool { return contains(o.Beats, b) }):
		return ""
	case len(c.Hours) > 0 && !meet(c.Hours, o.Hours):
		return ""
	}
	for _, t := range c.Types {
		if contains(o.Types, t) {
			return t
		}
	}
	return ""
}

// meet reports whether two lists of times have a minute in common; it is enough to look
// at where each begins.
func meet(a, b []Hours) bool {
	begins := func(of, in []Hours) bool {
		return slices.ContainsFunc(of, func(h Hours) bool {
			return slices.ContainsFunc([]byte(h.Days), func(day byte) bool { return during(in, int(day-'0'), h.From) })
		})
	}
	return begins(a, b) || begins(b, a)
}
