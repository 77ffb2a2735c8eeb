package stats

import (
	"strings"

	"github.com/everycall/everycall/dispatch"
)

// posture is when rationing was in force, and when nobody had reviewed it.
type posture struct {
	id         dispatch.PostureID
	service    dispatch.Service
	area       dispatch.AreaKind
	from       dispatch.Instant
	reviewBy   dispatch.Instant
	ended      dispatch.Instant
	unreviewed []span // the last one may be open: its end is Missing
	reviews    int
	amended    int
	reason     bool // one was stated
	invented   bool
}

// span is a stretch of time, the end left out; an end that is Missing is still to come.
type span struct{ from, to dispatch.Instant }

func (p *posture) overdue() *span {
	if n := len(p.unreviewed); n > 0 && p.unreviewed[n-1].to == Missing {
		return &p.unreviewed[n-1]
	}
	return nil
}

func (l *Ledger) postureDeclared(e *dispatch.PostureDeclared) bool {
	p := &e.Posture
	l.live.postures[p.ID] = int32(len(l.postures))
	l.postures = append(l.postures, posture{id: p.ID, service: p.Service, area: p.Area.Kind, from: p.From, reviewBy: p.ReviewBy,
		ended: Missing, reason: strings.TrimSpace(p.Reason) != "", invented: len(p.Invented) > 0})
	return true
}

func (l *Ledger) posture(id dispatch.PostureID) *posture {
	n, known := l.live.postures[id]
	if !known {
		return nil
	}
	return &l.postures[n]
}

func (l *Ledger) postureAmended(e *dispatch.PostureAmended) bool {
	p := l.posture(e.Posture)
	if p == nil {
		return false
	}
	p.amended++
	p.reason = strings.TrimSpace(e.Reason) != ""
	return true
}

func (l *Ledger) postureRenewed(e *dispatch.PostureRenewed, at dispatch.Instant) bool {
	p := l.posture(e.Posture)
	if p == nil {
		return false
	}
	p.reviews++
	p.reviewBy = e.ReviewBy
	if s := p.overdue(); s != nil {
		s.to = at
	}
	return true
}

// postureUnreviewed: it has gone unreviewed since its review was due, even when
// the room noticed later.
func (l *Ledger) postureUnreviewed(e *dispatch.PostureUnreviewed, at dispatch.Instant) bool {
	p := l.posture(e.Posture)
	if p == nil {
		return false
	}
	if p.overdue() == nil {
		p.unreviewed = append(p.unreviewed, span{min(at, p.reviewBy), Missing})
	}
	return true
}

func (l *Ledger) postureEnded(e *dispatch.PostureEnded, at dispatch.Instant) bool {
	p := l.posture(e.Posture)
	if p == nil {
		return false
	}
	p.ended = at
	if s := p.overdue(); s != nil {
		s.to = at
	}
	delete(l.live.postures, e.Posture)
	return true
}
