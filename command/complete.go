package command

import (
	"slices"
	"strings"
)

// Complete is what Tab makes of a line: its last word completed to the first verb, code or
// call sign that fits. It is the same line where nothing does.
func Complete(text string, r *Room) string {
	if strings.Contains(text, ";") || len(text) > LineMax || text == "" || strings.HasSuffix(text, " ") {
		return text
	}
	cut := strings.LastIndexAny(text, " ,\t") + 1
	lead, last := text[:cut], strings.ToUpper(text[cut:])
	before := split(lead, r)
	candidates := r.completions(before)
	for _, c := range candidates {
		if strings.HasPrefix(strings.ToUpper(c), last) {
			return lead + c + " "
		}
	}
	return text
}

// completions are the words that may come next, in the order in which they are tried.
func (r *Room) completions(before *line) []string {
	var out []string
	if before.verb == "" {
		for _, h := range Verbs(r) {
			out = append(out, h.Verb)
		}
		return append(out, r.signs()...)
	}
	codes := []Code{}
	name := before.verb
	if v := find(name); v != nil {
		name = v.names[0]
	}
	switch name {
	case "C":
		codes = r.Dispositions
	case "DIV", "APT", "SHUT", "OPEN":
		codes = r.desks()
	case "PRE":
		for _, p := range r.State.Config.Presets {
			codes = append(codes, Code{p.ID, p.Title})
		}
	case "TYPE":
		for _, t := range r.State.Config.Types {
			codes = append(codes, Code{t.Code, t.Name})
		}
	case "POSTURE":
		codes, _ = r.areas()
		for _, s := range r.State.Config.Services {
			codes = append(codes, Code{Code: string(s)})
		}
	case "END", "RENEW":
		for id, p := range r.State.Postures { // sorted below
			if p.EndedAt == 0 {
				codes = append(codes, Code{Code: string(id)})
			}
		}
		slices.SortFunc(codes, func(a, b Code) int { return strings.Compare(a.Code, b.Code) })
	default:
		return r.signs()
	}
	for _, c := range codes {
		out = append(out, strings.ToUpper(c.Code))
	}
	return out
}

// signs lists the call signs: the free units first.
func (r *Room) signs() []string {
	var free, busy []string
	for id, u := range r.State.Units { // sorted below
		switch {
		case u.Retired:
		case u.Free():
			free = append(free, string(id))
		default:
			busy = append(busy, string(id))
		}
	}
	slices.Sort(free)
	slices.Sort(busy)
	return append(free, busy...)
}
