package city

import (
	"bytes"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/everycall/everycall/geo"
	"pgregory.net/rapid"
)

// withPlaces is the small pack with what only an imported city has.
func withPlaces(t testing.TB) *Pack {
	p := small(t)
	p.Places = []Place{
		{Name: "12 Av", Kind: KindStreet, Aliases: []string{"Twelfth"}, Point: geo.Point{Lon: -1223200000, Lat: 476100000}},
		{Name: "Größe", Kind: "bakery", Point: geo.Point{Lon: -1223180010, Lat: 476100010}},
	}
	p.Addresses = []Address{
		{Street: 1, Number: "1519", Point: geo.Point{Lon: -1223190000, Lat: 476100000}},
		{Street: 1, Number: "1519 1/2", Point: geo.Point{Lon: -1223190000, Lat: 476100000}},
	}
	return p
}

func TestPlacesAndAddressesAreReadBack(t *testing.T) {
	p := withPlaces(t)
	var file bytes.Buffer
	if err := Write(&file, p); err != nil {
		t.Fatal(err)
	}
	whole := bytes.Clone(file.Bytes())
	got, err := Read(&file)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got.Places, p.Places) || !reflect.DeepEqual(got.Addresses, p.Addresses) || got.Hash() != p.Hash() || got.Hash() == small(t).Hash() {
		t.Errorf("%+v %+v", got.Places, got.Addresses)
	}
	for cut := range whole {
		if _, err := Read(bytes.NewReader(whole[:cut])); err == nil {
			t.Fatalf("a pack cut at %d of %d bytes was read", cut, len(whole))
		}
	}
	rapid.Check(t, func(t *rapid.T) { // a flipped bit may give another pack, never a panic
		bad := bytes.Clone(whole)
		bad[rapid.IntRange(0, len(bad)-1).Draw(t, "at")] ^= 1 << rapid.IntRange(0, 7).Draw(t, "bit")
		if p, err := Read(bytes.NewReader(bad)); err == nil {
			for _, a := range p.Addresses {
				if int(a.Street) >= len(p.Roads.Names()) {
					t.Fatalf("address %+v", a)
				}
			}
		}
	})
}

func TestAPackWithoutPlacesHasNoSectionForThem(t *testing.T) {
	var without, with bytes.Buffer
	if err := Write(&without, small(t)); err != nil {
		t.Fatal(err)
	}
	if err := Write(&with, withPlaces(t)); err != nil {
		t.Fatal(err)
	}
	if without.Bytes()[len(magic)] != sectionsMin || with.Bytes()[len(magic)] != sectionsMin+1 {
		t.Error("the sections are not counted right")
	}
}

// No house number may ship, and what a pack calls places are of a map's own choice.
func TestSeattleHasNoAddresses(t *testing.T) {
	if p := seattle(t); len(p.Places)+len(p.Addresses) != 0 {
		t.Errorf("%d places and %d addresses are in the pack that ships", len(p.Places), len(p.Addresses))
	}
}

func TestLimitsOfPlaces(t *testing.T) {
	aliases := slices.Repeat([]string{"a"}, AliasesMax)
	for _, c := range []struct {
		aliases int
		ok      bool
	}{{AliasesMax, true}, {AliasesMax + 1, false}} {
		p := withPlaces(t)
		p.Places[0].Aliases = slices.Repeat(aliases[:1], c.aliases)
		var file bytes.Buffer
		if err := Write(&file, p); err != nil {
			t.Fatal(err)
		}
		if _, err := Read(&file); (err == nil) != c.ok {
			t.Errorf("%d aliases: %v", c.aliases, err)
		}
	}
}

func TestWriteRefusesWhatReadWould(t *testing.T) {
	p := withPlaces(t)
	p.Places[0].Name = strings.Repeat("x", sectionMax+1)
	var file bytes.Buffer
	if err := Write(&file, p); err == nil || !strings.Contains(err.Error(), "places") || file.Len() != 0 {
		t.Errorf("%d bytes were written, %v", file.Len(), err)
	}
}

func TestZOrderKeepsNeighboursTogether(t *testing.T) {
	a, b := geo.Point{Lon: -1, Lat: -1}, geo.Point{Lon: 0, Lat: 0}
	if ZOrder(a) >= ZOrder(b) || ZOrder(geo.Point{Lon: geo.LonMax, Lat: geo.LatMax}) <= ZOrder(b) {
		t.Error("west and south do not come first")
	}
	rapid.Check(t, func(t *rapid.T) {
		x := rapid.Int32Range(-1_000_000, 1_000_000).Draw(t, "x") * 2
		y := rapid.Int32Range(-1_000_000, 1_000_000).Draw(t, "y") * 2
		first := ZOrder(geo.Point{Lon: x, Lat: y})
		for i, p := range []geo.Point{{Lon: x, Lat: y}, {Lon: x + 1, Lat: y}, {Lon: x, Lat: y + 1}, {Lon: x + 1, Lat: y + 1}} {
			if ZOrder(p) != first+uint64(i) {
				t.Fatalf("%v is %d", p, ZOrder(p)-first)
			}
		}
	})
}
