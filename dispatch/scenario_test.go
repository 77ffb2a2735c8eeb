package dispatch

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"
	"github.com/everycall/everycall/geo"
	"github.com/everycall/everycall/triage"
)

const scenarioDir = "../scenarios"

// TestScenarios plays every file under scenarios/. Check runs on the whole state
// after every event; at the end of a file the events are folded again and the
// state is read back from its encoding, and both must equal the live one.
func TestScenarios(t *testing.T) {
	for _, path := range scenarioFiles(t) {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txt"), func(t *testing.T) {
			r := newRoom(t)
			datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
				r.t, r.out = t, strings.Builder{}
				for n, line := range strings.Split(d.Input, "\n") {
					if line = strings.TrimSpace(line); line == "" || strings.HasPrefix(line, "#") {
						continue
					}
					if err := r.line(line); err != nil {
						t.Fatalf("%s, line %d of the block: %s\n  %s", d.Pos, n+1, err, line)
					}
				}
				return r.out.String()
			})
			r.checkLaws()
		})
	}
}

// TestEveryRejectionHasAScenario: a reason to say no that no scenario gives is
// one that nobody has looked at. The expected output is what TestScenarios
// verified, so reading the files is enough.
func TestEveryRejectionHasAScenario(t *testing.T) {
	var all strings.Builder
	for _, path := range scenarioFiles(t) {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		all.Write(text)
	}
	file, err := parser.ParseFile(token.NewFileSet(), "rejection.go", nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, decl := range file.Decls {
		gen, ok := decl.(*ast.GenDecl)
		if !ok || gen.Tok != token.CONST {
			continue
		}
		for _, spec := range gen.Specs {
			value := spec.(*ast.ValueSpec)
			if kind, ok := value.Type.(*ast.Ident); !ok || kind.Name != "Code" {
				continue
			}
			code, err := strconv.Unquote(value.Values[0].(*ast.BasicLit).Value)
			if err != nil {
				t.Fatal(err)
			}
			seen++
			if !strings.Contains(all.String(), "refused: "+code+": ") {
				t.Errorf("%s (%q) is given in no scenario", value.Names[0].Name, code)
			}
		}
	}
	if seen < 50 {
		t.Errorf("found %d codes in rejection.go: the test no longer reads it right", seen)
	}
}

func scenarioFiles(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(scenarioDir, "*.txt"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no scenario under %s (%v)", scenarioDir, err)
	}
	return files
}

// room plays one scenario.
type room struct {
	t      *testing.T
	state  *State
	meta   Meta
	events []Stamped
	begun  map[string]bool // subjects
	out    strings.Builder

	commands int // since the last gesture
}

func newRoom(t *testing.T) *room {
	return &room{t: t, begun: map[string]bool{}, state: NewState(), meta: Meta{At: scenarioStart, By: "room"}}
}

// scenarioStart is midnight of a scenario's first day; its clock has no zone.
const scenarioStart Instant = 1_592_092_800_000

// do decides, evolves, checks after every event and prints.
func (r *room) do(c Command) {
	if _, is := c.(Tick); !is {
		r.commands++
	}
	events, no := Decide(r.state, r.meta, c, nil)
	if no != nil {
		if len(events) > 0 {
			r.t.Fatalf("%s was refused (%s) and gave %d events", c.CommandName(), no, len(events))
		}
		fmt.Fprintf(&r.out, "refused: %s\n", no)
		return
	}
	r.state.ForgetTouched()
	for _, e := range events {
		st := Stamped{At: r.meta.At, By: r.meta.By, Event: e}
		line := describe(r.state, e)
		Evolve(r.state, st)
		r.events = append(r.events, st)
		if sealed, is := e.(Sealed); is {
			if Begins(e) {
				r.begun[sealed.Subject()] = true
			}
			if !r.begun[sealed.Subject()] && *sealed.Secret() != (Private{}) {
				r.t.Fatalf("%s is sealed under %s, which no event has begun: the engine would not keep its words", e.EventName(), sealed.Subject())
			}
		}
		if line == "" {
			line = describeAfter(r.state, e)
		}
		line = strings.ReplaceAll(strings.ReplaceAll(line, "\n", `\n`), strings.Repeat("x", MaxLineBytes), "x*400")
		fmt.Fprintf(&r.out, "%s %s\n", clock(r.meta.At), line)
		if err := Check(r.state); err != nil {
			r.t.Fatalf("after %s of %s: %s", e.EventName(), c.CommandName(), err)
		}
	}
	if err := CheckTouched(r.state); err != nil {
		r.t.Fatalf("after %s: %s", c.CommandName(), err)
	}
	if err := orphan(r.state); err != nil {
		r.t.Fatalf("after %s: %s", c.CommandName(), err)
	}
}

// wait lets time pass as the engine does, one Tick a second.
func (r *room) wait(until Instant) {
	for r.meta.At < until {
		r.meta.At = r.meta.At.Add(Second)
		if items := r.state.due.until(r.meta.At, 1); len(items) > 0 || len(r.state.Config.Triggers) > 0 {
			r.do(Tick{})
		}
	}
}

// checkLaws: live = replay = read back.
func (r *room) checkLaws() {
	live := encoded(r.t, r.state)
	again := NewState()
	for _, e := range r.events {
		Evolve(again, e)
	}
	if got := encoded(r.t, again); got != live {
		r.t.Fatalf("the replay differs from the live state:\n%s", firstDifference(live, got))
	}
	if err := sameIndexes(r.state, readBack(r.t, r.state)); err != nil {
		r.t.Fatalf("a state read back differs from the live one: %s", err)
	}
}

func encoded(t testing.TB, s *State) string { return mustEncode(s, t.Fatalf) }

func readBack(t testing.TB, s *State) *State { return mustReadBack(s, t.Fatalf) }

func mustEncode(s *State, fatalf func(string, ...any)) string {
	b, err := json.Marshal(s)
	if err != nil {
		fatalf("encode: %s", err)
	}
	return string(b)
}

func mustReadBack(s *State, fatalf func(string, ...any)) *State {
	again := &State{}
	if err := json.Unmarshal([]byte(mustEncode(s, fatalf)), again); err != nil {
		fatalf("read back: %s", err)
	}
	again.Reindex()
	return again
}

// sameIndexes compares what no encoding shows: due times, free units, numbers
// and the alarm of each contact.
func sameIndexes(a, b *State) error {
	dueA, dueB := a.due.until(1<<62, 1<<30), b.due.until(1<<62, 1<<30)
	if !slices.Equal(dueA, dueB) {
		return fmt.Errorf("due times %v and %v", dueA, dueB)
	}
	for _, of := range a.Config.Services {
		if a.free[of] != b.free[of] {
			return fmt.Errorf("free units of %s: %d and %d", of, a.free[of], b.free[of])
		}
	}
	if x, y := fmt.Sprint(a.byNumber), fmt.Sprint(b.byNumber); x != y {
		return fmt.Errorf("numbers %s and %s", x, y)
	}
	for _, id := range sortedKeys(a.Contacts) {
		if a.Contacts[id].alarm != b.Contacts[id].alarm {
			return fmt.Errorf("alarm of contact %s: %q and %q", id, a.Contacts[id].alarm, b.Contacts[id].alarm)
		}
	}
	return nil
}

func firstDifference(a, b string) string {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	from := max(0, n-120)
	return "…" + a[from:min(len(a), n+120)] + "\n…" + b[from:min(len(b), n+120)]
}

// instant reads "17:00", "17:00:00" or "d2 17:00:00" on the scenario's clock.
func instant(text string) (Instant, error) {
	day := 1
	if rest, is := strings.CutPrefix(text, "d"); is {
		n, hour, ok := strings.Cut(rest, " ")
		d, err := strconv.Atoi(n)
		if !ok || err != nil || d < 1 {
			return 0, fmt.Errorf("%q: a time is HH:MM, HH:MM:SS or \"dN HH:MM:SS\"", text)
		}
		day, text = d, hour
	}
	at := scenarioStart.Add(Millis(day-1) * Day)
	parts := strings.Split(text, ":")
	if len(parts) < 2 || len(parts) > 3 {
		return 0, fmt.Errorf("%q: a time is HH:MM, HH:MM:SS or \"dN HH:MM:SS\"", text)
	}
	unit := Hour
	for _, p := range parts {
		n, err := strconv.Atoi(p)
		if err != nil {
			return 0, fmt.Errorf("%q: %s is no number", text, p)
		}
		at = at.Add(Millis(n) * unit)
		unit /= 60
	}
	return at, nil
}

// clock writes an instant as instant reads it.
func clock(at Instant) string {
	if at == 0 {
		return "--:--:--"
	}
	since := at.Since(scenarioStart)
	text := fmt.Sprintf("%02d:%02d:%02d", since%Day/Hour, since%Hour/Minute, since%Minute/Second)
	if day := since / Day; day > 0 {
		return fmt.Sprintf("d%d %s", day+1, text)
	}
	return text
}

// span reads "90s", "20m", "2h" or "3d"; a minus sign may lead.
func span(text string) (Millis, error) {
	if text == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(text[:len(text)-1], 10, 64)
	unit := map[byte]Millis{'s': Second, 'm': Minute, 'h': Hour, 'd': Day}[text[len(text)-1]]
	if err != nil || unit == 0 {
		return 0, fmt.Errorf("%q: a length of time is a number with s, m, h or d", text)
	}
	return Millis(n) * unit, nil
}

// point reads "47.6150,-122.3190": latitude, longitude.
func point(text string) (geo.Point, error) {
	lat, lon, ok := strings.Cut(text, ",")
	north, errLat := geo.ParseDegrees(lat)
	east, errLon := geo.ParseDegrees(lon)
	if !ok || errLat != nil || errLon != nil {
		return geo.Point{}, fmt.Errorf("%q: a point is latitude,longitude", text)
	}
	return geo.Point{Lon: east, Lat: north}, nil
}

// roomStandard is the agency that most scenarios use: a composite.
func roomStandard() Config {
	return Config{
		Name: "Composite City", Zone: "America/Los_Angeles",
		Services: []Service{"police", "fire", "ems", "community"}, DefaultService: "police", UntriagedPriority: 2,
		Desks: []Desk{
			{ID: "police", Name: "Police dispatch", Service: "police", Supervisor: "sup"},
			{ID: "fire", Name: "Fire dispatch", Service: "fire", Supervisor: "sup"},
			{ID: "ems", Name: "Medical dispatch", Service: "ems", Supervisor: "sup"},
			{ID: "reports", Name: "Telephone reports", Supervisor: "sup"},
			{ID: "sup", Name: "Supervisor"},
		},
		Types: []triage.Type{
			{Code: "ASSAULT", Name: "Assault, in progress", Service: "police", Priority: 1, LifeSafety: true},
			{Code: "BURGLARY", Name: "Burglary", Service: "police", Priority: 2},
			{Code: "CARDIAC", Name: "Cardiac arrest", Service: "ems", Priority: 1, LifeSafety: true, Needs: []triage.Need{{Capability: "als", Count: 1}}},
			{Code: "FALL", Name: "Fall, no danger", Service: "ems", Priority: 3},
			{Code: "FIRE", Name: "Fire in a building", Service: "fire", Priority: 1, LifeSafety: true},
			{Code: "NOISE", Name: "Noise", Service: "police", Priority: 4},
			{Code: "PARKING", Name: "Parking", Service: "police", Priority: 5},
			{Code: "SHOTS", Name: "Shots heard", Service: "police", Priority: 1, LifeSafety: true},
			{Code: "THEFT", Name: "Theft", Service: "police", Priority: 3},
			{Code: "WELFARE", Name: "Welfare check", Service: "community", Priority: 3},
		},
		Protocols: []Protocol{
			{ID: "BLEED", Title: "Severe bleeding", Author: "medical director", Version: "4.2", Words: "press hard on the wound and do not stop"},
			{ID: "MOVE", Title: "Bring the patient to help", Author: "medical director", Version: "1.0", Types: []string{"SHOTS"}, Movement: true, Words: "if it is safe, bring them to {gate}"},
		},
		WaitLimits: [6]Millis{0, 3 * Minute, 10 * Minute, 20 * Minute, Hour, 2 * Hour},
		HoldLimits: [6]Millis{0, 10 * Minute, 20 * Minute, Hour, 2 * Hour, 4 * Hour}, // Los Angeles County: 10, 20, 60
	}
}
