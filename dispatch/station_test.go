package dispatch

import "testing"

// TestHomelessUnitsFindAHome: units that no open station was left for live at the next
// one that opens, and go back to their own when that does.
func TestHomelessUnitsFindAHome(t *testing.T) {
	r := newCommanded(t)
	for n, id := range []StationID{"EP", "WP"} {
		r.do(AddStation{ID: id, Name: string(id), Service: "police", Point: east(int32(n)*1000, 0)})
	}
	r.do(AddUnit{ID: "U1", Service: "police", Kind: "patrol", Station: "EP", Status: StatusAvailable})
	lose := func(id StationID) { r.do(LoseStation{Station: id, Authority: "a", Reason: "b"}) }
	open := func(id StationID) { r.do(ReopenStation{Station: id, Reason: "b", WithoutPlan: "quiet"}) }
	at := func(want StationID) {
		t.Helper()
		if got := r.s.Units["U1"].Station; got != want {
			t.Fatalf("U1 lives at %q, want %q", got, want)
		}
	}
	lose("EP")
	at("WP")
	lose("WP")
	at("")
	open("WP")
	at("WP")
	open("EP")
	at("EP")
	lose("EP")
	lose("WP")
	r.do(AddStation{ID: "SP", Name: "SP", Service: "police", Point: east(3000, 0)})
	at("SP")
	r.do(AddUnit{ID: "U2", Service: "police", Kind: "patrol", Station: "EP", Status: StatusAvailable})
	if u := r.s.Units["U2"]; u.Station != "SP" || u.LostHome != "EP" {
		t.Fatalf("U2 joined at a lost station: it lives at %q, and its lost home is %q", u.Station, u.LostHome)
	}
}
