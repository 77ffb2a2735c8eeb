package gazetteer

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/everycall/everycall/geo"
)

// hurried types a text as somebody under pressure does: often in lower case,
// half of the time with an error, now and then without its end or with words
// left out.
func hurried(dice *rand.Rand, text string) string {
	if dice.IntN(2) == 0 {
		text = strings.ToLower(text)
	}
	b := []byte(text)
	if dice.IntN(2) == 0 && len(b) > 5 {
		switch i := 1 + dice.IntN(len(b)-2); dice.IntN(4) {
		case 0:
			b[i], b[i-1] = b[i-1], b[i]
		case 1:
			b = slices.Delete(b, i, i+1)
		case 2:
			b = slices.Insert(b, i, byte('a'+dice.IntN(26)))
		default:
			b[i] = byte('a' + dice.IntN(26))
		}
	}
	words := strings.Fields(string(b))
	if dice.IntN(6) == 0 && len(words) > 2 {
		i := dice.IntN(len(words))
		words = slices.Delete(words, i, i+1)
	}
	text = strings.Join(words, " ")
	if dice.IntN(6) == 0 && len(text) > 6 {
		text = text[:len(text)-1-dice.IntN(3)]
	}
	return text
}

// hurriedQueries asks for random rows of a source.
func hurriedQueries(src Source, count int) []string {
	dice := rand.New(rand.NewPCG(911, 1))
	out := make([]string, 0, count)
	for len(out) < count {
		text := ""
		switch dice.IntN(5) {
		case 0:
			if len(src.Blocks) == 0 {
				continue
			}
			b := src.Blocks[dice.IntN(len(src.Blocks))]
			text = blockLabel(b.Number, src.Streets[b.Street])
		case 1:
			if len(src.Blocks) == 0 {
				continue
			}
			b := src.Blocks[dice.IntN(len(src.Blocks))]
			text = fmt.Sprint(b.Number+dice.IntN(100), " ", src.Streets[b.Street])
		case 2:
			c := src.Crossings[dice.IntN(len(src.Crossings))]
			text = src.Streets[c.A] + []string{" / ", " & ", " and ", " at ", " "}[dice.IntN(5)] + src.Streets[c.B]
		case 3:
			text = src.Streets[dice.IntN(len(src.Streets))]
		default:
			if len(src.Places) == 0 {
				continue
			}
			text = src.Places[dice.IntN(len(src.Places))].Name
		}
		out = append(out, hurried(dice, text))
	}
	return out
}

// state is an invented extract of the size of a small state's: 75,000 junctions
// and 60,000 street names of a hundred towns.
func state() Source {
	dice := rand.New(rand.NewPCG(7, 7))
	syllables := strings.Fields("an bel cor dan el for gar hol in jen kel lan mar nor ol pen quin ros san ter ul van wil xen yor zel ber mont field wood ton ham ville ridge brook dale stone ford")
	word := func() string {
		var b strings.Builder
		for range 2 + dice.IntN(3) {
			b.WriteString(syllables[dice.IntN(len(syllables))])
		}
		return b.String()
	}
	kinds := strings.Fields("Street Avenue Road Drive Lane Court Way Place Boulevard")
	sides := []string{"", "", "", "", "North ", "East ", "South ", "West "}
	src := Source{Streets: []string{""}}
	for len(src.Streets) <= 60_000 {
		name := word()
		if dice.IntN(4) == 0 {
			name += " " + word()
		}
		src.Streets = append(src.Streets, sides[dice.IntN(len(sides))]+strings.ToUpper(name[:1])+name[1:]+" "+kinds[dice.IntN(len(kinds))])
	}
	at := func(i int) geo.Point {
		return geo.Point{Lon: -757_000_000 + int32(i%274)*20_000, Lat: 385_000_000 + int32(i/274)*20_000}
	}
	street := func(i int) uint32 { return uint32(1 + i*60_000/75_000) }
	for i := range 75_000 {
		a, b := street(i), street((i+274)%75_000)
		if a != b {
			src.Crossings = append(src.Crossings, Crossing{a, b, at(i)})
		}
		src.Pieces = append(src.Pieces, Piece{a, at(i), at(i + 1)}, Piece{b, at(i), at(i + 274)})
	}
	return src
}

// percentiles times each query once, after the index has been warmed by others.
func percentiles(x *Index, queries []string, near *geo.Point) (p50, p99, worst time.Duration, slowest string) {
	times := make([]time.Duration, len(queries))
	for i, q := range queries {
		start := time.Now()
		x.Search(q, near, 8)
		times[i] = time.Since(start)
		if times[i] > worst {
			worst, slowest = times[i], q
		}
	}
	slices.Sort(times)
	return times[len(times)/2], times[len(times)*99/100], worst, slowest
}

func benchmarkHurried(b *testing.B, x *Index, src Source) {
	queries := hurriedQueries(src, 3000)
	near := x.centre
	percentiles(x, queries[:200], &near)
	runtime.GC()
	p50, p99, worst, slowest := percentiles(x, queries, &near)
	b.Logf("slowest: %q, %v", slowest, worst)
	i := 0
	for b.Loop() {
		x.Search(queries[i%len(queries)], &near, 8)
		i++
	}
	b.ReportMetric(float64(p50.Microseconds()), "µs-p50")
	b.ReportMetric(float64(p99.Microseconds()), "µs-p99")
}

// BenchmarkSeattle asks Seattle's index for its own rows as they are typed in a
// hurry. The budget is 2 ms for 99 in 100.
func BenchmarkSeattle(b *testing.B) { benchmarkHurried(b, seattleIndex(b), seattleSource(b)) }

// BenchmarkState does so for a state. The budget is 5 ms.
func BenchmarkState(b *testing.B) {
	src := state()
	benchmarkHurried(b, New(src), src)
}

// BenchmarkMemory reports what an index holds and how long New takes.
func BenchmarkMemory(b *testing.B) {
	for _, c := range []struct {
		name string
		src  Source
	}{{"Seattle", seattleSource(b)}, {"State", state()}} {
		b.Run(c.name, func(b *testing.B) {
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			x := New(c.src)
			runtime.GC()
			runtime.ReadMemStats(&after)
			for b.Loop() {
				x = New(c.src)
			}
			b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/(1<<20), "MiB-held")
			runtime.KeepAlive(x)
		})
	}
}
