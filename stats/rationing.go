package stats

import (
	"cmp"
	"slices"

	"github.com/everycall/everycall/dispatch"
)

// FreeUnits is how often units of a service were free, as shares of the time.
type FreeUnits struct {
	Service   string      `json:"service"`
	ObservedH float64     `json:"observed_h"` // since its first unit joined
	MeanN     float64     `json:"mean_free_n"`
	AtLeast   []FreeShare `json:"at_least"`
	NoneH     float64     `json:"none_free_h"`
	NoneN     int         `json:"none_free_spells_n"`
	LongestH  float64     `json:"none_free_longest_h"`
}

// FreeShare is the share of the time in which at least so many were free.
type FreeShare struct {
	Units int     `json:"units_n"`
	Share float64 `json:"share_of_time"`
}

// freeUnits sums the step functions over the period.
func (l *Ledger) freeUnits(q Query) []FreeUnits {
	out := []FreeUnits{}
	for _, service := range l.services {
		if q.Service != "" && q.Service != service {
			continue
		}
		out = append(out, l.free[service].sum(string(service), q, l.end(q)))
	}
	slices.SortFunc(out, func(a, b FreeUnits) int { return cmp.Compare(a.Service, b.Service) })
	return out
}

func (s *steps) sum(service string, q Query, to dispatch.Instant) FreeUnits {
	out := FreeUnits{Service: service, AtLeast: make([]FreeShare, len(q.FreeAtLeast))}
	with := make([]dispatch.Millis, len(q.FreeAtLeast))
	var observed, none, longest, spell dispatch.Millis
	weighted := 0.0
	for n, p := range s.points {
		from, until := max(p.at, q.From), to
		if n+1 < len(s.points) {
			until = min(s.points[n+1].at, to)
		}
		if until <= from {
			continue
		}
		d := until.Since(from)
		observed += d
		weighted += float64(p.free) * float64(d)
		for k, least := range q.FreeAtLeast {
			if int(p.free) >= least {
				with[k] += d
			}
		}
		if p.free > 0 {
			spell = 0
			continue
		}
		if spell == 0 {
			out.NoneN++
		}
		spell += d
		none += d
		longest = max(longest, spell)
	}
	out.ObservedH, out.NoneH, out.LongestH = hours(observed), hours(none), hours(longest)
	for k, least := range q.FreeAtLeast {
		out.AtLeast[k].Units = least
		if observed > 0 {
			out.AtLeast[k].Share = share(float64(with[k]) / float64(observed))
		}
	}
	if observed > 0 {
		out.MeanN = rounded(weighted/float64(observed), 3)
	}
	return out
}

// Postures are the hours of rationing.
type Postures struct {
	Services []PostureService `json:"services"`
	Postures []PostureHours   `json:"postures"` // those in force in the period
}

// PostureService sums those of a service; overlapping ones count once.
type PostureService struct {
	Service     string  `json:"service"`
	Declared    int     `json:"in_force_n"`
	InForceH    float64 `json:"in_force_h"`
	UnreviewedH float64 `json:"unreviewed_h"`
	NoReasonH   float64 `json:"no_reason_h"`
}

// PostureHours are one posture's, within the period.
type PostureHours struct {
	ID           string  `json:"posture"`
	Service      string  `json:"service"`
	Area         string  `json:"area_kind"`
	FromMS       int64   `json:"from_ms"`
	EndedMS      *int64  `json:"ended_ms"` // null: in force
	InForceH     float64 `json:"in_force_h"`
	UnreviewedH  float64 `json:"unreviewed_h"`
	Reviews      int     `json:"reviews_n"`
	Amendments   int     `json:"amendments_n"`
	ReasonStated bool    `json:"reason_stated"`
	Invented     bool    `json:"invented,omitempty"`
}

// postureHours sums the postures over the period.
func (l *Ledger) postureHours(q Query) Postures {
	out := Postures{Services: []PostureService{}, Postures: []PostureHours{}}
	to := l.end(q)
	type sums struct {
		n                             int
		inForce, unreviewed, noReason []span
	}
	of := map[dispatch.Service]*sums{}
	var services []dispatch.Service
	for n := range l.postures {
		p := &l.postures[n]
		inForce := cut([]span{{p.from, p.ended}}, q.From, to)
		if q.Service != "" && p.service != q.Service || len(inForce) == 0 {
			continue
		}
		unreviewed := cut(p.unreviewed, q.From, to)
		one := PostureHours{ID: string(p.id), Service: string(p.service), Area: string(p.area), FromMS: int64(p.from), InForceH: hours(length(inForce)),
			UnreviewedH: hours(length(unreviewed)), Reviews: p.reviews, Amendments: p.amended, ReasonStated: p.reason, Invented: p.invented}
		if p.ended != Missing {
			one.EndedMS = pointer(int64(p.ended))
		}
		out.Postures = append(out.Postures, one)
		s := of[p.service]
		if s == nil {
			s = &sums{}
			of[p.service] = s
			services = append(services, p.service)
		}
		s.n++
		s.inForce = append(s.inForce, inForce...)
		s.unreviewed = append(s.unreviewed, unreviewed...)
		if !p.reason {
			s.noReason = append(s.noReason, inForce...)
		}
	}
	slices.Sort(services)
	for _, service := range services {
		s := of[service]
		out.Services = append(out.Services, PostureService{string(service), s.n, hours(length(merged(s.inForce))), hours(length(merged(s.unreviewed))), hours(length(merged(s.noReason)))})
	}
	return out
}

// cut returns what of the spans lies within a period; an open end lasts to its end.
func cut(spans []span, from, to dispatch.Instant) []span {
	var out []span
	for _, s := range spans {
		if s.to == Missing {
			s.to = to
		}
		if s.from, s.to = max(s.from, from), min(s.to, to); s.from < s.to {
			out = append(out, s)
		}
	}
	return out
}

// merged returns the spans without their overlaps.
func merged(spans []span) []span {
	slices.SortFunc(spans, func(a, b span) int { return cmp.Compare(a.from, b.from) })
	var out []span
	for _, s := range spans {
		if n := len(out); n > 0 && s.from <= out[n-1].to {
			out[n-1].to = max(out[n-1].to, s.to)
			continue
		}
		out = append(out, s)
	}
	return out
}

func length(spans []span) dispatch.Millis {
	sum := dispatch.Millis(0)
	for _, s := range spans {
		sum += s.to.Since(s.from)
	}
	return sum
}
