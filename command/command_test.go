package command

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"github.com/everycall/everycall/dispatch"
	"github.com/everycall/everycall/geo"
	"github.com/everycall/everycall/triage"
)

// at is when the night of these tests begins: 14 June 2020, 21:00 in a place whose clocks
// show UTC.
const at dispatch.Instant = 1592168400000

var statuses = []Code{{"AV", "Available"}, {"DP", "Dispatched"}, {"ER", "En route"}, {"ST", "Staged"}, {"OS", "On scene"},
	{"TR", "Transporting"}, {"AH", "At hospital"}, {"OO", "Out of service"}, {"OD", "Off duty"}}

var endings = []Code{{"handled", "Handled"}, {"report_taken", "Report taken"}, {"false_alarm", "False alarm"}}

// night is a room with a few units and calls, on which lines are read and carried out.
type night struct {
	t     testing.TB
	state *dispatch.State
	now   dispatch.Instant
	room  Room
	other map[string]dispatch.Command // what somebody else does after a line
}

func newNight(t testing.TB) *night {
	n := &night{t: t, state: dispatch.NewState(), now: at}
	n.must(dispatch.Configure{Config: dispatch.Config{Name: "Room", Zone: "UTC", Services: []dispatch.Service{"police", "ems"}, DefaultService: "police", UntriagedPriority: 2,
		Desks: []dispatch.Desk{{ID: "police-desk", Name: "Police desk", Service: "police", Supervisor: "sup"}, {ID: "ems-desk", Name: "EMS desk", Service: "ems", Supervisor: "sup"}, {ID: "sup", Name: "Supervisor"},
			{ID: "telephone-reports", Name: "Telephone reports", Service: "police", Accepts: &dispatch.DeskRule{Kind: "telephone", From: 3, Capacity: 10}},
			{ID: "online-reports", Name: "Online reports", Service: "police", Accepts: &dispatch.DeskRule{Kind: "online", From: 3, Capacity: 10}}},
		Types: []triage.Type{{Code: "DIST", Name: "Disturbance", Service: "police", Priority: 3}, {Code: "NOISE", Name: "Noise", Service: "police", Priority: 4}, {Code: "BREATH", Name: "Breathing problem", Service: "ems", Priority: 1, LifeSafety: true}},
		Areas: []dispatch.NamedArea{{ID: "EAST", Name: "East precinct", Beats: []string{"E1", "E2"}}},
		Presets: []dispatch.Preset{{ID: "priority-calls-only", Title: "Priority calls only", Service: "police", Area: dispatch.Area{Kind: dispatch.AreaCity}, Review: dispatch.Hour, Until: 4 * dispatch.Hour, Script: "later", Reason: "few units",
			Rules: []dispatch.PostureRule{{Priority: 4, Action: dispatch.ActionHold, Limit: dispatch.Hour}}}}}})
	n.must(dispatch.AddStation{ID: "ST10", Name: "Station 10", Service: "ems", Point: geo.Point{Lat: 476000000, Lon: -1223000000}})
	for _, u := range []struct {
		id dispatch.UnitID
		of dispatch.Service
	}{{"3B2", "police"}, {"3B3", "police"}, {"3C1", "police"}, {"101", "police"}, {"M16", "ems"}} {
		n.must(dispatch.AddUnit{ID: u.id, Service: u.of, Kind: "car", Status: dispatch.StatusAvailable, Crew: 2})
	}
	n.call("a", "DIST", "1500 block Pine St")
	n.call("b", "NOISE", "Pike St")
	n.call("c", "BREATH", "12th Ave")
	theirs := dispatch.DeclarePosture{Service: "ems", Area: dispatch.Area{Kind: dispatch.AreaCity}, Title: "theirs", Rules: []dispatch.PostureRule{{Priority: 5, Action: dispatch.ActionHold, Limit: dispatch.Hour}},
		ReviewBy: at.Add(dispatch.Hour), Until: at.Add(dispatch.Hour), Authority: "chief", Reason: "few", Script: "later"}
	n.other = map[string]dispatch.Command{"NOTE 1 ; blue door": dispatch.AddNote{Incident: "i1", Text: "theirs"}, "POSTURE EAST P12 0400 ; few units": theirs, "PRE 1": theirs}
	n.room = Room{State: n.state, Now: n.now, Statuses: statuses, Dispositions: endings, By: "K. Lee, dispatcher",
		Clock: func(h, m int) dispatch.Instant {
			next := at - at%dispatch.Instant(dispatch.Day) + dispatch.Instant(dispatch.Millis(h)*dispatch.Hour+dispatch.Millis(m)*dispatch.Minute)
			if next <= n.now {
				next = next.Add(dispatch.Day)
			}
			return next
		}}
	return n
}

func (n *night) call(id, kind, place string) {
	n.must(dispatch.ReceiveContact{ID: dispatch.ContactID(id), Channel: "phone", Type: kind, Safe: dispatch.SafeYes, Person: dispatch.Private{Place: place, Number: "+1206555010" + id}, Beat: "E1"})
}

func (n *night) must(c dispatch.Command) {
	n.t.Helper()
	if _, no := n.do(c); no != nil {
		n.t.Fatalf("%s: %s: %s", c.CommandName(), no.Code, no.Text)
	}
}

func (n *night) do(c dispatch.Command) ([]dispatch.Event, *dispatch.Rejection) {
	n.now = n.now.Add(dispatch.Second)
	m := dispatch.Meta{At: n.now, By: "dispatcher:lee", ID: fmt.Sprint(n.now)}
	events, no := dispatch.Decide(n.state, m, c, nil)
	if no != nil {
		return nil, no
	}
	for _, e := range events {
		dispatch.Evolve(n.state, dispatch.Stamped{At: m.At, By: m.By, Event: e})
	}
	if err := dispatch.Check(n.state); err != nil {
		n.t.Fatalf("after %s: %v", c.CommandName(), err)
	}
	return events, nil
}

// TestLines plays the files of testdata: each line is read, spoken back and carried out.
// "read" only reads; "select" takes a card in hand; "tab" completes.
func TestLines(t *testing.T) {
	datadriven.Walk(t, "testdata", func(t *testing.T, path string) {
		n := newNight(t)
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			var out strings.Builder
			for text := range strings.SplitSeq(d.Input, "\n") {
				n.room.Now = n.now
				switch d.Cmd {
				case "select":
					n.room.Selected = ""
					for id, i := range n.state.Incidents {
						if fmt.Sprint(i.Number) == text {
							n.room.Selected = id
						}
					}
				case "tab":
					fmt.Fprintf(&out, "%q\n", Complete(text, &n.room))
				case "read":
					r := Read(text, &n.room)
					fmt.Fprintf(&out, "%s: %s\n", r.Tone, r.Say)
				case "type":
					n.carryOut(&out, Read(text, &n.room))
				default:
					t.Fatalf("%s is not known here", d.Cmd)
				}
			}
			return out.String()
		})
	})
}

func (n *night) carryOut(out *strings.Builder, r Reading) {
	fmt.Fprintf(out, "%s: %s\n", r.Tone, r.Say)
	for _, c := range r.Do {
		events, no := n.do(c)
		if no != nil {
			fmt.Fprintf(out, "  %s refused: %s\n", c.CommandName(), no.Code)
			return
		}
		var names []string
		for _, e := range events {
			names = append(names, e.EventName())
		}
		fmt.Fprintf(out, "  %s: %s\n", c.CommandName(), strings.Join(names, " "))
	}
	if r.Show != (Show{}) {
		fmt.Fprintf(out, "  shows %s\n", strings.TrimSpace(r.Show.Panel+" "+string(r.Show.Incident)))
	}
	if r.Undo != "" {
		fmt.Fprintf(out, "  taken back by: %s\n", r.Undo)
	}
}

// TestEveryUndoIsALine: what takes a line back is itself a line that this room understands
// once the first is done.
func TestEveryUndoIsALine(t *testing.T) {
	for _, text := range []string{"D 3B2 1", "STACK M16 1 ; after that", "OS 3B3", "OS M16", "AV M16", "H 1 20 ; busy", "DIV 1 tel ; they ring you / no car", "APT 1 23:00 ; at eleven / no car", "C 2 handled", "PRI 2 P2 ; worse",
		"NOTE 1 ; blue door", "POSTURE EAST P12 0400 ; few units", "PRE 1", "SHUT TELEPHONE ; ill", "MV 3B2 ST10"} {
		t.Run(text, func(t *testing.T) {
			n := newNight(t)
			n.must(dispatch.DispatchUnit{Unit: "M16", Incident: "i3"})
			n.room.Now = n.now
			r := Read(text, &n.room)
			made := ""
			for _, c := range r.Do {
				events, no := n.do(c)
				if no != nil {
					t.Fatalf("%s: %s", c.CommandName(), no.Text)
				}
				made = madeBy(events)
			}
			if strings.Contains(r.Undo, MadeID) != (made != "") {
				t.Fatalf("%q, and it made %q", r.Undo, made)
			}
			if other := n.other[text]; other != nil { // somebody else, meanwhile
				n.must(other)
			}
			r.Undo = strings.ReplaceAll(r.Undo, MadeID, made)
			if r.Tone != Ready || r.Undo == "" {
				t.Fatalf("%s: %s; taken back by %q", r.Tone, r.Say, r.Undo)
			}
			n.room.Now = n.now
			back := Read(r.Undo, &n.room)
			if back.Tone != Ready || len(back.Do) == 0 {
				t.Fatalf("%q: %s: %s", r.Undo, back.Tone, back.Say)
			}
			for _, c := range back.Do {
				n.must(c)
			}
			for _, i := range n.state.Incidents {
				for _, note := range i.Notes {
					if (note.Text == "theirs") == (note.StruckAt != 0) {
						t.Errorf("note %q struck at %d", note.Text, note.StruckAt)
					}
				}
			}
			for _, p := range n.state.Postures {
				if (p.Title == "theirs") == (p.EndedAt != 0) {
					t.Errorf("posture %q ended at %d", p.Title, p.EndedAt)
				}
			}
		})
	}
}

// madeBy is the id of the posture or note that events made.
func madeBy(events []dispatch.Event) string {
	for _, e := range events {
		switch e := e.(type) {
		case *dispatch.PostureDeclared:
			return string(e.Posture.ID)
		case *dispatch.NoteAdded:
			return string(e.ID)
		}
	}
	return ""
}

// TestWordsInAnyOrder: where a verb takes units and a call, every order means the same.
func TestWordsInAnyOrder(t *testing.T) {
	n := newNight(t)
	want := fmt.Sprint(Read("D 3B2 3C1 1", &n.room).Do)
	words := []string{"D", "3b2", "3C1", "#1"}
	for _, p := range permutations(len(words)) {
		var line []string
		for _, k := range p {
			line = append(line, words[k])
		}
		r := Read(strings.Join(line, " "), &n.room)
		got := slices.Clone(r.Do)
		slices.SortFunc(got, func(a, b dispatch.Command) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
		if r.Tone != Ready || fmt.Sprint(got) != want {
			t.Errorf("%v: %s: %s %v", line, r.Tone, r.Say, got)
		}
	}
}

func permutations(n int) [][]int {
	if n == 0 {
		return [][]int{nil}
	}
	var all [][]int
	for _, p := range permutations(n - 1) {
		for k := 0; k <= len(p); k++ {
			all = append(all, slices.Insert(slices.Clone(p), k, n-1))
		}
	}
	return all
}

// TestVerbsAreOnce: no word means two things, and every verb says its form.
func TestVerbsAreOnce(t *testing.T) {
	seen := map[string]bool{}
	for _, s := range statuses {
		seen[s.Code] = true
	}
	for _, v := range verbs {
		for _, name := range v.names {
			if seen[name] {
				t.Errorf("%s is there twice", name)
			}
			seen[name] = true
		}
		if v.form == "" || v.what == "" || v.read == nil {
			t.Errorf("%s is not complete", v.names[0])
		}
	}
}

func FuzzRead(f *testing.F) {
	for _, s := range []string{"D 3B2 1", "3b2 er", "H 1 P20 ; x", "POSTURE EAST P12 0400 ; r", "APT 1 24:00", "@101 AV", "; ;", "? D", "RING #2 NO", "é 1 \t,", "PRI 1 5;x"} {
		f.Add(s, uint8(0))
	}
	n := newNight(f)
	f.Fuzz(func(t *testing.T, text string, in uint8) {
		n.room.Selected = dispatch.IncidentID([]string{"", "i1", "i2", "i9"}[in%4])
		r := Read(text, &n.room)
		if (r.Tone == Ready) != (len(r.Do) > 0 || r.Show != (Show{})) && r.Tone == Ready {
			t.Errorf("%q is ready and does nothing: %q", text, r.Say)
		}
		if r.Tone != Idle && r.Say == "" {
			t.Errorf("%q: %s and no word", text, r.Tone)
		}
		if r.Tone != Ready && (len(r.Do) > 0 || r.Undo != "") {
			t.Errorf("%q: %s, with commands", text, r.Tone)
		}
		done := Complete(text, &n.room)
		if !strings.HasPrefix(done, text[:min(len(text), strings.LastIndexAny(text, " ,\t")+1)]) {
			t.Errorf("%q became %q", text, done)
		}
		for _, c := range r.Do { // the rules have the last word, and never panic
			_, _ = dispatch.Decide(n.state, dispatch.Meta{At: n.now, By: "x", ID: "x"}, c, nil)
		}
	})
}

// TestTheManualListsEveryVerb: docs/command-line.md has each form as it is.
func TestTheManualListsEveryVerb(t *testing.T) {
	manual, err := os.ReadFile("../docs/command-line.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range verbs {
		if row := "| " + v.what + " | `" + strings.ReplaceAll(v.form, "|", `\|`) + "` |"; !strings.Contains(string(manual), row) {
			t.Errorf("not in docs/command-line.md: %s", row)
		}
	}
}
