package dispatch

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/everycall/everycall/geo"
	"github.com/everycall/everycall/triage"
)

// words is one line of a scenario: a verb, its subjects, and fields.
type words struct {
	verb     string
	subjects []string
	fields   map[string][]string
	used     map[string]bool
	err      error // the first thing that could not be read
}

// parseWords splits a line at spaces; "quotes" keep them, with Go's escapes; a
// value text*N repeats text N times.
func parseWords(line string) (*words, error) {
	w := &words{fields: map[string][]string{}, used: map[string]bool{}}
	for rest := line; ; {
		rest = strings.TrimLeft(rest, " ")
		if rest == "" {
			break
		}
		key := ""
		if at := strings.IndexAny(rest, "= \""); at > 0 && rest[at] == '=' {
			key, rest = rest[:at], rest[at+1:]
		}
		var value string
		if strings.HasPrefix(rest, `"`) {
			quoted, err := strconv.QuotedPrefix(rest)
			if err != nil {
				return nil, fmt.Errorf("a quotation mark is missing: %s", rest)
			}
			value, _ = strconv.Unquote(quoted)
			rest = rest[len(quoted):]
		} else {
			value, rest, _ = strings.Cut(rest, " ")
		}
		if text, times, is := strings.Cut(value, "*"); is {
			if n, err := strconv.Atoi(times); err == nil {
				value = strings.Repeat(text, n)
			}
		}
		switch {
		case key != "":
			w.fields[key] = append(w.fields[key], value)
		case w.verb == "":
			w.verb = value
		default:
			w.subjects = append(w.subjects, value)
		}
	}
	return w, nil
}

func (w *words) subject(n int) string {
	if n >= len(w.subjects) {
		w.fail(fmt.Errorf("%s needs %d words", w.verb, n+1))
		return ""
	}
	return w.subjects[n]
}

// word is a field's value, empty where it is not given.
func (w *words) word(key string) string {
	w.used[key] = true
	if all := w.fields[key]; len(all) > 0 {
		return all[len(all)-1]
	}
	return ""
}

func (w *words) all(key string) []string {
	w.used[key] = true
	return w.fields[key]
}

func (w *words) list(key string) []string {
	if text := w.word(key); text != "" {
		return strings.Split(text, ",")
	}
	return nil
}

func (w *words) yes(key string) bool { return w.word(key) == "yes" }

func (w *words) fail(err error) {
	if w.err == nil && err != nil {
		w.err = err
	}
}

func (w *words) number(key string) int {
	text := w.word(key)
	if text == "" {
		return 0
	}
	n, err := strconv.Atoi(text)
	w.fail(err)
	return n
}

func (w *words) span(key string) Millis {
	d, err := span(w.word(key))
	w.fail(err)
	return d
}

// until is a field that is a time, or a span from now.
func (w *words) until(key string, now Instant) Instant {
	text := w.word(key)
	if text == "" {
		return 0
	}
	if strings.Contains(text, ":") {
		at, err := instant(text)
		w.fail(err)
		return at
	}
	d, err := span(text)
	w.fail(err)
	return now.Add(d)
}

func (w *words) point(key string) *geo.Point {
	text := w.word(key)
	if text == "" {
		return nil
	}
	p, err := point(text)
	w.fail(err)
	return &p
}

func (w *words) points(key string) []geo.Point {
	var all []geo.Point
	for _, text := range strings.Fields(w.word(key)) {
		p, err := point(text)
		w.fail(err)
		all = append(all, p)
	}
	return all
}

func (w *words) promise() PromiseTold {
	told := PromiseTold{Told: w.word("told"), Channel: w.word("channel")}
	if told.Told == "" {
		told.Told = "somebody will ring back"
	}
	if told.Channel == "" {
		told.Channel = "on_call"
	}
	return told
}

// line plays one line.
func (r *room) line(line string) error {
	w, err := parseWords(line)
	if err != nil {
		return err
	}
	switch w.verb {
	case "at":
		if at := w.subject(0); w.err == nil {
			r.meta.At, w.err = instant(at)
		}
		if len(w.subjects) >= 3 && w.subjects[1] == "by" {
			r.meta.By = w.subjects[2]
		}
	case "wait":
		until, err := instant(w.subject(0))
		if w.fail(err); w.err == nil {
			r.wait(until)
		}
	case "tick":
		if len(w.subjects) > 0 {
			r.meta.At, w.err = instant(w.subjects[0])
		}
		r.do(Tick{})
	case "show":
		r.show(w.subjects)
	case "gesture":
		r.gesture(w)
	case "room":
		config := roomStandard()
		switch strings.Join(w.subjects, " ") {
		case "alternate":
			config = roomAlternate()
		case "night":
			config = roomNight()
		case "sending":
			config = roomSending(w.word("fault"))
		case "incidents":
			config = roomIncidents(w.word("fault"))
		case "broken":
			config = roomBroken(w.word("fault"))
		case "templates":
			config = roomTemplates(w.word("fault"))
		}
		if of := w.word("default"); of != "" {
			config.DefaultService = Service(of)
		}
		config.Version = uint64(w.number("version"))
		if gone := w.word("without"); gone != "" {
			config.Desks = slices.DeleteFunc(config.Desks, func(d Desk) bool { return string(d.ID) == gone })
			config.Services = slices.DeleteFunc(config.Services, func(s Service) bool { return string(s) == gone })
			config.Types = slices.DeleteFunc(config.Types, func(t triage.Type) bool { return t.Service == gone })
		}
		if w.word("triggers") == "none" {
			config.Triggers = nil
		}
		r.do(Configure{Config: config})
	default:
		c := r.command(w)
		if c == nil {
			c = r.placeCommand(w)
		}
		if c == nil {
			c = r.hazardCommand(w)
		}
		if c == nil {
			c = r.claimCommand(w)
		}
		if c == nil {
			c = r.sendingCommand(w)
		}
		if c == nil {
			c = r.incidentCommand(w)
		}
		if c == nil {
			return fmt.Errorf("no such verb: %s", w.verb)
		}
		if w.err == nil {
			r.do(c)
		}
	}
	for key := range w.fields {
		if !w.used[key] {
			w.fail(fmt.Errorf("%s has no field %s", w.verb, key))
		}
	}
	return w.err
}

// command reads the verbs about calls and units.
func (r *room) command(w *words) Command {
	contact := func() ContactID { return ContactID(w.subject(0)) }
	switch reason := w.word("reason"); w.verb {
	case "contact":
		return ReceiveContact{ID: contact(), Channel: w.subject(1), Type: w.word("type"), Priority: triage.Priority(w.number("priority")),
			Language: w.word("language"), Safe: SafeToCall(w.word("safe")), Beat: w.word("beat"), Join: IncidentID(w.word("join")), Hazards: hazardIDs(w.list("read")),
			Person: Private{Number: w.word("number"), Place: w.word("place"), Point: w.point("point"), Text: w.word("text")}}
	case "triage":
		return TriageContact{Contact: contact(), Type: w.subject(1), Priority: triage.Priority(w.number("priority")), Reason: reason}
	case "locate":
		return LocateContact{Contact: contact(), Place: Private{Place: w.word("place"), Point: w.point("point")}, Beat: w.word("beat")}
	case "join":
		return JoinContact{Contact: contact(), Incident: IncidentID(w.subject(1)), Reason: reason}
	case "hold":
		hold := HoldContact{Contact: contact(), Reason: reason, Posture: PostureID(w.word("posture")), ReviewIn: w.span("review")}
		if within := w.span("promise"); within != 0 {
			told := w.promise()
			told.Within = within
			hold.Told = &told
		}
		return hold
	case "resume":
		return ResumeContact{Contact: contact(), Reason: reason}
	case "stage":
		return StageContact{Contact: contact(), Plan: w.word("plan")}
	case "stage-again":
		return StageAgain{Contact: contact(), Plan: w.word("plan")}
	case "divert":
		return DivertContact{Contact: contact(), Desk: DeskID(w.subject(1)), Reason: reason, Words: w.word("words")}
	case "appoint":
		return AppointContact{Contact: contact(), At: w.until("for", r.meta.At), Desk: DeskID(w.word("desk")), Reason: reason, Words: w.word("words")}
	case "decline":
		return DeclineContact{Contact: contact(), Reason: reason, Authority: w.word("authority"), Words: w.word("words")}
	case "transfer":
		return TransferContact{Contact: contact(), To: w.subject(1), Reason: reason}
	case "abandon":
		return AbandonContact{Contact: contact(), Reason: reason}
	case "unanswered":
		return MarkUnanswered{Contact: contact(), Reason: reason}
	case "ring":
		ring := RingBack{Contact: contact(), Reached: Reached(w.subject(1)), Words: w.word("words")}
		if within := w.span("promise"); within != 0 {
			told := w.promise()
			told.Within = within
			ring.Told = &told
		}
		return ring
	case "give-back":
		return RefuseDiverted{Contact: contact(), Reason: reason}
	case "shut-desk":
		return ShutDesk{Desk: DeskID(w.subject(0)), Reason: reason}
	case "open-desk":
		return OpenDesk{Desk: DeskID(w.subject(0)), Reason: reason}
	case "clear":
		c := ClearTogether{Outcome: OutcomeKind(w.subject(0)), Reason: reason, Words: w.word("words"), Alone: w.word("alone") != ""}
		for _, id := range w.subjects[1:] {
			c.Contacts = append(c.Contacts, ContactID(id))
		}
		return c
	case "confirm-clearing":
		return ConfirmClearing{Bulk: BulkID(w.subject(0))}
	case "reject-clearing":
		return RejectClearing{Bulk: BulkID(w.subject(0)), Reason: reason}
	case "promise", "update":
		told := w.promise()
		told.Within = w.span("within")
		if w.verb == "update" {
			return UpdatePromise{Promise: PromiseID(w.subject(0)), PromiseTold: told}
		}
		return MakePromise{Contact: contact(), PromiseTold: told}
	case "keep":
		return KeepPromise{Promise: PromiseID(w.subject(0)), How: w.word("how")}
	case "dispatch":
		d := DispatchUnit{Unit: UnitID(w.subject(0)), Incident: IncidentID(w.subject(1)), Travel: w.span("travel"), Override: w.word("override"), Outside: w.yes("outside"), Hazards: hazardIDs(w.list("read"))}
		if d.Travel != 0 {
			d.Model = "straight_line"
		}
		return d
	case "stack":
		return StackUnit{Unit: UnitID(w.subject(0)), Incident: IncidentID(w.subject(1)), Reason: reason, Hazards: hazardIDs(w.list("read"))}
	case "unassign":
		return UnassignUnit{Unit: UnitID(w.subject(0)), Incident: IncidentID(w.subject(1)), Reason: reason}
	case "close":
		return CloseIncident{Incident: IncidentID(w.subject(0)), Disposition: w.word("as"), Authority: w.word("authority")}
	case "reopen":
		return ReopenIncident{Incident: IncidentID(w.subject(0)), Reason: reason}
	case "reprioritise":
		p, err := strconv.Atoi(w.subject(1))
		w.fail(err)
		return Reprioritise{Incident: IncidentID(w.subject(0)), Priority: triage.Priority(p), Reason: reason}
	case "note":
		return AddNote{Incident: IncidentID(w.subject(0)), Text: w.word("text")}
	case "strike":
		return StrikeNote{Incident: IncidentID(w.subject(0)), Note: NoteID(w.subject(1)), Reason: reason}
	case "unit":
		status := StatusAvailable
		if w.word("status") != "" {
			status = Status(w.word("status"))
		}
		return AddUnit{ID: UnitID(w.subject(0)), Service: Service(w.subject(1)), Kind: w.subject(2), Station: StationID(w.word("station")),
			Beat: w.word("beat"), Capabilities: w.list("can"), Crew: uint8(w.number("crew")), Status: status}
	case "retire":
		return RetireUnit{Unit: UnitID(w.subject(0)), Reason: reason}
	case "crew":
		return SignOnCrew{Unit: UnitID(w.subject(0)), Crew: uint8(w.number("n")), Skills: w.list("skills")}
	case "status":
		source := SourceRadio
		if w.word("source") != "" {
			source = Source(w.word("source"))
		}
		return SetUnitStatus{Unit: UnitID(w.subject(0)), Status: Status(w.subject(1)), Source: source, At: w.until("time", r.meta.At)}
	case "ack":
		return AckAlarm{Alarm: AlarmID(w.subject(0))}
	case "jump":
		d, err := span(w.subject(0))
		w.fail(err)
		return NoticeClockJump{By: d}
	case "confirm-clock":
		return ConfirmClock{}
	}
	return nil
}

// placeCommand reads the verbs about postures, stations, zones, ways and claims.
func (r *room) placeCommand(w *words) Command {
	now := r.meta.At
	switch reason := w.word("reason"); w.verb {
	case "station":
		c := AddStation{ID: StationID(w.subject(0)), Service: Service(w.subject(1)), Name: w.word("name")}
		if p := w.point("point"); p != nil {
			c.Point = *p
		}
		return c
	case "lose-station":
		return LoseStation{Station: StationID(w.subject(0)), How: StationLoss(w.word("how")), Authority: w.word("authority"), Reason: reason}
	case "reopen-station":
		return ReopenStation{Station: StationID(w.subject(0)), Reason: reason, WithoutPlan: w.word("without-plan")}
	case "posture":
		return r.posture(w)
	case "amend":
		return r.amend(w)
	case "preset":
		return DeclarePreset{Preset: w.subject(0), Authority: w.word("authority"), Reason: reason, NoneStated: w.word("none-stated"), Replaces: PostureID(w.word("replaces"))}
	case "renew":
		return RenewPosture{Posture: PostureID(w.subject(0)), ReviewBy: w.until("review", now), Until: w.until("until", now), Reason: reason}
	case "end-posture":
		return EndPosture{Posture: PostureID(w.subject(0)), Reason: reason}
	case "zone":
		return DeclareZone{Name: w.subject(0), Within: ZoneID(w.word("within")), Replaces: ZoneID(w.word("replaces")), Outline: w.points("outline"), Rules: w.entryRules(), Parts: w.parts(),
			Gates: w.gates(), Until: w.until("until", now), Authority: w.word("authority"), Reason: reason}
	case "end-zone":
		return EndZone{Zone: ZoneID(w.subject(0)), Reason: reason, WithoutPlan: w.word("without-plan")}
	case "access":
		f := AccessFact{Kind: w.subject(0), State: AccessState(w.subject(1)), Geometry: w.points("where"), Direction: "both", Source: w.word("source"),
			Confidence: w.word("confidence"), HalfLife: w.span("half-life"), ObservedAt: w.until("seen", now), Note: w.word("note")}
		if d := w.word("direction"); d != "" {
			f.Direction = d
		}
		f.Claim = ClaimID(w.word("claim"))
		return RecordAccess{Fact: w.more(f)}
	case "withdraw":
		return WithdrawAccess{Access: AccessID(w.subject(0)), Reason: reason}
	}
	return r.entryCommand(w)
}

// posture reads one: rules are "PRIORITIES|TYPES|all ACTION [SPAN|DESK] [WORDS]".
func (r *room) posture(w *words) Command {
	p := DeclarePosture{Service: Service(w.subject(0)), Area: Area{Kind: AreaKind(w.subject(1))}, Title: w.word("title"), Authority: w.word("authority"),
		Reason: w.word("reason"), NoneStated: w.word("none-stated"), Script: w.word("script"), Replaces: PostureID(w.word("replaces")),
		ReviewBy: r.meta.At.Add(4 * Hour), Until: r.meta.At.Add(12 * Hour)}
	p.Area.Beats, p.Area.Zone, p.Area.Outline = w.list("beats"), ZoneID(w.word("zone")), w.points("outline")
	if p.Title == "" {
		p.Title = "Priority calls only"
	}
	if p.Authority == "" {
		p.Authority = "watch commander"
	}
	if p.Script == "" {
		p.Script = "we will come as soon as we can"
	}
	if at := w.until("review", r.meta.At); at != 0 {
		p.ReviewBy = at
	}
	if at := w.until("until", r.meta.At); at != 0 {
		p.Until = at
	}
	for _, text := range w.all("rule") {
		p.Rules = append(p.Rules, r.rules(w, text)...)
	}
	for _, text := range w.all("reserve") {
		kept, err := reserve(text)
		w.fail(err)
		p.Reserve = append(p.Reserve, kept)
	}
	return p
}

// amend changes what is given and leaves the rest as it is.
func (r *room) amend(w *words) Command {
	a := AmendPosture{Posture: PostureID(w.subject(0)), Why: w.word("why")}
	if p := r.state.Postures[a.Posture]; p != nil {
		a.Title, a.Rules, a.Reserve, a.Authority, a.Reason, a.NoneStated, a.Script = p.Title, p.Rules, p.Reserve, p.Authority, p.Reason, p.NoneStated, p.Script
	}
	c := r.posture(&words{verb: "posture", subjects: []string{"police", "city"}, fields: w.fields, used: w.used}).(DeclarePosture)
	if len(c.Rules) > 0 {
		a.Rules = c.Rules
	}
	if len(c.Reserve) > 0 {
		a.Reserve = c.Reserve
	}
	if c.Reason != "" {
		a.Reason = c.Reason
	}
	for _, field := range []struct {
		name string
		of   *string
	}{{"title", &a.Title}, {"authority", &a.Authority}, {"script", &a.Script}, {"none-stated", &a.NoneStated}} {
		if text := w.word(field.name); text != "" {
			*field.of = text
		}
	}
	return a
}

// reserve reads "PRIORITY keeps UNITS [band UNITS]".
func reserve(text string) (Reserve, error) {
	var k triage.Priority
	var n, band int
	if got, err := fmt.Sscanf(text, "%d keeps %d band %d", &k, &n, &band); err != nil && got < 2 {
		return Reserve{}, fmt.Errorf("reserve %q: PRIORITY keeps UNITS [band UNITS]", text)
	}
	return Reserve{Priority: k, Units: n, Band: band}, nil
}

func (r *room) rules(w *words, text string) []PostureRule {
	parts := strings.SplitN(text, " ", 4)
	if len(parts) < 2 {
		w.fail(fmt.Errorf("rule %q: WHICH ACTION [LIMIT or DESK] [WORDS]", text))
		return nil
	}
	rule := PostureRule{Action: Action(parts[1])}
	if len(parts) > 2 {
		switch rule.Action {
		case ActionHold:
			d, err := span(parts[2])
			w.fail(err)
			rule.Limit = d
		case ActionDivert, ActionAppoint:
			rule.Desk = DeskID(parts[2])
		default:
			rule.Words = strings.Join(parts[2:], " ")
		}
	}
	if rule.Words == "" && len(parts) > 3 {
		rule.Words = parts[3]
	}
	if parts[0] == "all" {
		return []PostureRule{rule}
	}
	var all []PostureRule
	for _, which := range strings.Split(parts[0], ",") {
		one := rule
		if n, err := strconv.Atoi(which); err == nil {
			one.Priority = triage.Priority(n)
		} else {
			one.Types = []string{which}
		}
		all = append(all, one)
	}
	return all
}
