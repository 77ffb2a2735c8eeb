package advisor

import (
	"testing"

	"github.com/everycall/everycall/geo"
)

func TestTravelByTheLine(t *testing.T) {
	from, to := geo.Point{Lon: -1223168570, Lat: 476152630}, geo.Point{Lon: -1223168570, Lat: 476242630} // 0.009° of latitude: about a kilometre
	lights, line := StraightLine{}.Travel(from, to, true)
	ordinary, _ := StraightLine{}.Travel(from, to, false)
	if line < 995_000 || line > 1_006_000 {
		t.Fatalf("the line is %d mm", line)
	}
	if lights < 99_000 || lights > 103_000 { // 1.35 km at 13.4 m/s
		t.Fatalf("with lights %d ms", lights)
	}
	if ordinary <= lights {
		t.Fatalf("without lights %d ms, with lights %d ms", ordinary, lights)
	}
	if at, _ := (StraightLine{}).Travel(from, from, true); at != shortestAnswerMs {
		t.Fatalf("on the spot: %d ms", at)
	}
}
