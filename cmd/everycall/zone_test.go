package main

import (
	"strings"
	"testing"
)

// A gate's place has a comma of its own.
func TestAZoneIsDeclaredWithItsGates(t *testing.T) {
	h := typed(t, map[string]string{"/api/v1/zones": `{}`}, "zone", "declare", "--name", "Park", "--outline", "47.61,-122.32 47.61,-122.31 47.62,-122.31", "--rule", "fire=gates_only", "--gate", "South gate@47.61,-122.315",
		"--gate", "North gate@47.62,-122.315", "--authority", "fire marshal", "--reason", "one lane is kept free, for engines")
	if h.err != nil || len(h.asked) != 1 || !strings.Contains(h.asked[0], `"gates":[{"name":"South gate","lon":-122.315,"lat":47.61},{"name":"North gate","lon":-122.315,"lat":47.62}]`) {
		t.Errorf("%+v", h)
	}
}
