package gazetteer

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// class is what a word does in a street's name.
type class uint8

const (
	core class = iota // what the street is called: "pine", "12"
	way               // street, avenue, …
	side              // north, nw, …
	mark              // what joins two streets: "/", "and", "at"
)

// word is a word of a query or a name in the one spelling that all its spellings
// share: "Avenue", "Ave" and "AV" are "av"; "Twelfth" and "12th" are "12".
type word struct {
	text    string
	class   class
	ordinal bool // "12th", "twelfth": never a house number
	late    bool // follows a comma: more likely a city than a street
	joined  bool // no space before it in the query: "12/", "#4"
}

// wordRunesMax bounds one word; what is longer is cut, alike in names and queries.
const wordRunesMax = 32

// spellings maps what people write to the one spelling of its class.
var spellings = map[class]map[string]string{
	way: {
		"street": "st", "str": "st", "saint": "st", "avenue": "av", "ave": "av", "aven": "av", "avn": "av",
		"boulevard": "bv", "blvd": "bv", "boul": "bv", "bl": "bv", "way": "wy", "parkway": "py", "pkwy": "py", "pky": "py",
		"place": "pl", "road": "rd", "drive": "dr", "drv": "dr", "court": "ct", "crt": "ct", "lane": "ln",
		"terrace": "tr", "ter": "tr", "terr": "tr", "trail": "tl", "trl": "tl", "circle": "cir", "circ": "cir", "crescent": "cr",
		"cres": "cr", "cs": "cr", "alley": "al", "aly": "al", "bridge": "br", "brg": "br", "tunnel": "tn", "tunl": "tn",
		"viaduct": "vi", "overpass": "op", "square": "sq", "highway": "hwy", "hy": "hwy", "hiway": "hwy",
		"freeway": "fwy", "expressway": "expy", "turnpike": "tpke", "plaza": "plz", "loop": "lp", "ramp": "rp",
		"extension": "et", "ext": "et", "railroad": "rr", "roadway": "rdwy", "crossing": "xing",
	},
	side: {
		"north": "n", "no": "n", "south": "s", "so": "s", "east": "e", "west": "w",
		"northeast": "ne", "northwest": "nw", "southeast": "se", "southwest": "sw",
		"northbound": "nb", "southbound": "sb", "eastbound": "eb", "westbound": "wb",
	},
	mark: {"/": "/", "&": "/", "@": "/", "+": "/", "and": "/", "at": "/", "x": "/"},
	core: {"mount": "mt", "fort": "ft", "mlk": kingWord, "mlking": kingWord, "junior": "jr"},
}

// kingWord is how the commonest name of all is indexed, however it is written.
const kingWord = "mlking"

// known is spellings turned round: every spelling, and the one spelling itself.
var known = func() map[string]word {
	all := map[string]word{}
	for c, list := range spellings {
		for typed, text := range list {
			all[typed] = word{text: text, class: c}
			if c != mark && c != core {
				all[text] = word{text: text, class: c}
			}
		}
	}
	return all
}()

var (
	units = []string{"", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth",
		"eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth", "nineteenth"}
	tens     = []string{"", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"}
	ordinals = func() map[string]int {
		all := map[string]int{}
		for i, w := range units {
			if i > 0 {
				all[w] = i
			}
		}
		for i := 2; i < len(tens); i++ {
			all[strings.TrimSuffix(tens[i], "y")+"ieth"] = 10 * i
			for j := 1; j <= 9; j++ {
				all[tens[i]+units[j]] = 10*i + j
			}
		}
		return all
	}()
)

// readWords splits text into words: letters in lower case without accents,
// digits, and the marks that join streets. Whatever else is a space.
func readWords(text string) []word {
	var out []word
	var run []rune
	late, space := false, true
	flush := func() {
		if len(run) > 0 && len(out) < QueryWordsMax+NameWordsMax {
			w := plainWord(string(run[:min(len(run), wordRunesMax)]))
			w.late, w.joined = late, !space
			out = append(out, w)
			space = false
		}
		run = run[:0]
	}
	for i, r := range text {
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			run = foldRune(run, r)
		case unicode.Is(unicode.Mn, r) || r == '\'' || r == '’' || r == 'ʼ' || r == '`':
			// part of a word that is written without it as often
		case r == '/' || r == '&' || r == '@' || r == '+' || r == '#':
			flush()
			out = append(out, word{text: string(r), class: mark, late: late, joined: !space})
			if r != '#' {
				out[len(out)-1].text = "/"
			}
			space = false
		case r == '-' && len(run) > 0 && i+1 < len(text) && text[i+1] != ' ':
			flush()
		default:
			flush()
			space = true
			late = late || r == ',' && len(out) > 0
		}
	}
	flush()
	return joinWords(out)
}

// foldRune appends r in lower case without its accent.
func foldRune(run []rune, r rune) []rune {
	r = unicode.ToLower(r)
	if r < utf8.RuneSelf {
		return append(run, r)
	}
	switch {
	case strings.ContainsRune("àáâãåāăą", r):
		return append(run, 'a')
	case strings.ContainsRune("çćĉċč", r):
		return append(run, 'c')
	case strings.ContainsRune("èéêëēĕėęě", r):
		return append(run, 'e')
	case strings.ContainsRune("ìíîïĩīĭįı", r):
		return append(run, 'i')
	case strings.ContainsRune("ñńņň", r):
		return append(run, 'n')
	case strings.ContainsRune("òóôõøōŏő", r):
		return append(run, 'o')
	case strings.ContainsRune("ùúûũūŭůűų", r):
		return append(run, 'u')
	case strings.ContainsRune("śŝşš", r):
		return append(run, 's')
	case strings.ContainsRune("źżž", r):
		return append(run, 'z')
	case strings.ContainsRune("ýÿ", r):
		return append(run, 'y')
	}
	switch r {
	case 'ä', 'æ':
		return append(run, 'a', 'e')
	case 'ö', 'œ':
		return append(run, 'o', 'e')
	case 'ü':
		return append(run, 'u', 'e')
	case 'ß':
		return append(run, 's', 's')
	case 'ł':
		return append(run, 'l')
	}
	return append(run, r)
}

// plainWord gives a run of letters and digits its one spelling.
func plainWord(run string) word {
	if w, ok := known[run]; ok {
		return w
	}
	if n, ok := ordinals[run]; ok {
		return word{text: strconv.Itoa(n), ordinal: true}
	}
	digits := leadingDigits(run)
	if digits > 0 && digits <= 6 {
		switch run[digits:] {
		case "st", "nd", "rd", "th":
			return word{text: trimZeros(run[:digits]), ordinal: true}
		case "":
			return word{text: trimZeros(run)}
		}
	}
	// A German street with its word attached and shortened: "hauptstr."
	if stem, ok := strings.CutSuffix(run, "str"); ok && len(stem) > 2 && digits == 0 {
		return word{text: stem + "strasse"}
	}
	return word{text: run}
}

func leadingDigits(s string) int {
	n := 0
	for n < len(s) && '0' <= s[n] && s[n] <= '9' {
		n++
	}
	return n
}

func trimZeros(digits string) string {
	if trimmed := strings.TrimLeft(digits, "0"); trimmed != "" {
		return trimmed
	}
	return "0"
}

func (w word) number() bool {
	return w.class == core && leadingDigits(w.text) == len(w.text) && w.text != ""
}

// joinWords makes one word of those that are written apart as often as together.
func joinWords(in []word) []word {
	out := in[:0]
	for i := 0; i < len(in); i++ {
		w := in[i]
		if i+1 < len(in) {
			next := in[i+1]
			if joined, ok := joinTwo(w, next); ok {
				joined.late, joined.joined = w.late, w.joined
				w = joined
				i++
			}
		}
		if n := len(out); w.text == "king" && n >= 2 && isInitial(out[n-2].text, "martin") && isInitial(out[n-1].text, "luther") {
			out[n-2] = word{text: kingWord, late: w.late}
			out = out[:n-1]
			continue
		}
		if w.text == kingWord && len(out) > 0 && (out[len(out)-1].text == "dr" || out[len(out)-1].text == "rev") {
			out = out[:len(out)-1]
		}
		if w.text == "jr" && len(out) > 0 && out[len(out)-1].text == kingWord {
			continue
		}
		out = append(out, w)
	}
	return out
}

func isInitial(w, full string) bool { return w == full || w == full[:1] }

func joinTwo(a, b word) (word, bool) {
	switch {
	case a.class == side && b.class == side && (a.text == "n" || a.text == "s") && (b.text == "e" || b.text == "w"):
		return word{text: a.text + b.text, class: side}, true
	case b.number() && !b.ordinal && (a.text == "i" || a.text == "interstate"):
		return word{text: "i" + b.text}, true
	case b.number() && !b.ordinal && (a.text == "sr" || a.text == "us"):
		return word{text: a.text + b.text}, true
	case a.text == "state" && (b.text == "route" || b.text == "rt"):
		return word{text: "sr"}, true
	case a.text == "ml" && b.text == "king":
		return word{text: kingWord}, true
	case a.text == "mc" && b.class == core && !b.number():
		return word{text: "mc" + b.text}, true
	case b.ordinal:
		for t := 2; t < len(tens); t++ {
			if n, err := strconv.Atoi(b.text); a.text == tens[t] && err == nil && n < 10 {
				return word{text: strconv.Itoa(10*t + n), ordinal: true}, true
			}
		}
	}
	return word{}, false
}

// nameWords are the words of a name as they are indexed: without marks and, in
// longer names, without little words. If none is left to call it by, all are.
func nameWords(text string) []word {
	all := readWords(text)
	out := all[:0]
	for _, w := range all {
		if w.class != mark && w.text != "the" && w.text != "of" {
			out = append(out, w)
		}
	}
	if len(out) == 0 {
		out = readWords(text)
	}
	out = out[:min(len(out), NameWordsMax)]
	cores := 0
	for _, w := range out {
		if w.class == core {
			cores++
		}
	}
	if cores == 0 && len(out) > 0 {
		out[calledBy(out)].class = core
	}
	return out
}

// calledBy is the word that calls a street whose words are all directions and
// kinds: "E Terrace St", "E North St", "North St", "Avenue S".
func calledBy(words []word) int {
	n := len(words)
	if n > 1 && words[n-1].class == way {
		n--
	}
	if n > 1 && words[0].class == side {
		return 1
	}
	return 0
}

// numberMax is the greatest house number.
const numberMax = 999_999

// houseNumber reads "1519", "1519A", "1622 1/2".
func houseNumber(text string) (int, bool) {
	text = strings.TrimSpace(text)
	n := leadingDigits(text)
	if n == 0 || n > 6 || len(text) > 12 {
		return 0, false
	}
	number, err := strconv.Atoi(text[:n])
	return number, err == nil
}

// houseText is a house number as two of them are compared.
func houseText(text string) string {
	return strings.ToLower(strings.Join(strings.Fields(text), ""))
}
