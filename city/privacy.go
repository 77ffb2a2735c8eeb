package city

import (
	"regexp"
	"strings"
)

// suffixes are the words that end or follow a street's name in a pack's texts.
const suffixes = `Av|Ave|Avenue|St|Street|Pl|Place|Wy|Way|Dr|Drive|Rd|Road|Bv|Blvd|Boulevard|Ct|Court|Ln|Lane|Cr|Circle|Py|Pkwy|Parkway|Tl|Trail|Ter|Terrace|Br|Tr|Al|Alley|Sq|Square`

var (
	blockOf     = regexp.MustCompile(`(?i)\b\d+ block of `)
	houseNumber = regexp.MustCompile(`(?i)(?:^|[^\w.])\d+[a-z]?(?:\s+1\s*/\s*2)?\s+(?:(?:n|s|e|w|ne|nw|se|sw)\s+)?\S+(?:\s+\S+)*?\s+(?:` + suffixes + `)\b`)
	half        = regexp.MustCompile(`\d\s+1\s*/\s*2\b`)
	ownName     = regexp.MustCompile(`(?i)(?:^|[^\w.])\d+[a-z]{0,2}\s+(?:` + suffixes + `)\b`)
)

// MentionsHouseNumber reports whether a text reads like an address with a house
// number: a number, a street's name and a street word, as in "301 Example Av S"
// or "1622 1/2 N Example St". "12 Av" and "NE 45 St" are names of streets, and
// "1500 block of 12 Av" is a hundred-block: neither counts. It is meant for the
// texts of packs and errs on the side of yes.
func MentionsHouseNumber(text string) bool {
	if half.MatchString(text) {
		return true
	}
	for _, part := range strings.Split(text, " / ") {
		part = blockOf.ReplaceAllString(part, "")
		part = ownName.ReplaceAllString(part, " Numbered St")
		if houseNumber.MatchString(part) {
			return true
		}
	}
	return false
}
