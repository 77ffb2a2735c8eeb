package triage

import (
	"fmt"
	"strings"
	"testing"
)

func TestNewTable(t *testing.T) {
	good := Type{Code: "THEFT", Name: "Theft", Service: "police", Priority: 3}
	with := func(change func(*Type)) []Type {
		ty := good
		change(&ty)
		return []Type{ty}
	}
	for _, c := range []struct {
		name  string
		types []Type
		want  string // in the error; empty: none
	}{
		{"none at all", nil, ""},
		{"one", []Type{good}, ""},
		{"the most urgent", with(func(ty *Type) { ty.Priority = PriorityHighest }), ""},
		{"the least urgent", with(func(ty *Type) { ty.Priority = PriorityLowest }), ""},
		{"a need", with(func(ty *Type) { ty.Needs = []Need{{Capability: "als", Count: 1}} }), ""},
		{"no code", with(func(ty *Type) { ty.Code = "" }), "needs a code"},
		{"no service", with(func(ty *Type) { ty.Service = "" }), "a service"},
		{"priority 0", with(func(ty *Type) { ty.Priority = 0 }), "priority 0"},
		{"priority 6", with(func(ty *Type) { ty.Priority = 6 }), "priority 6"},
		{"twice", []Type{good, good}, "listed twice"},
		{"a need for nothing", with(func(ty *Type) { ty.Needs = []Need{{Capability: "", Count: 1}} }), "capability"},
		{"a need of none", with(func(ty *Type) { ty.Needs = []Need{{Capability: "als", Count: 0}} }), "at least 1"},
		{"at MaxTypes", many(MaxTypes), ""},
		{"one past MaxTypes", many(MaxTypes + 1), "at most"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := NewTable(c.types)
			switch {
			case c.want == "" && err != nil:
				t.Fatal(err)
			case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
				t.Fatalf("%v: want %q in it", err, c.want)
			}
		})
	}
}

func many(n int) []Type {
	all := make([]Type, n)
	for k := range all {
		all[k] = Type{Code: fmt.Sprint("T", k), Service: "police", Priority: 3}
	}
	return all
}

func TestTableFindsAndLists(t *testing.T) {
	given := []Type{{Code: "NOISE", Service: "police", Priority: 4}, {Code: "ASSAULT", Service: "police", Priority: 1, LifeSafety: true}, {Code: "FALL", Service: "ems", Priority: 3}}
	table, err := NewTable(given)
	if err != nil {
		t.Fatal(err)
	}
	given[0].Priority = 1 // the table keeps its own
	if ty, ok := table.Find("NOISE"); !ok || ty.Priority != 4 {
		t.Errorf("NOISE: %+v %t", ty, ok)
	}
	if _, ok := table.Find("noise"); ok {
		t.Error("codes are found as they are written, not otherwise")
	}
	if _, ok := (Table{}).Find(""); ok {
		t.Error("an empty table knows nothing")
	}
	var codes []string
	for _, ty := range table.All() {
		codes = append(codes, ty.Code)
	}
	if got := strings.Join(codes, " "); got != "ASSAULT FALL NOISE" {
		t.Errorf("in order: %s", got)
	}
}

func TestPriorityValid(t *testing.T) {
	for p, want := range map[Priority]bool{0: false, 1: true, 5: true, 6: false, 255: false} {
		if p.Valid() != want {
			t.Errorf("priority %d valid: %t", p, !want)
		}
	}
}
