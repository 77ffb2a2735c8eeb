package clock

import (
	"context"
	"strings"
	"time"

	"github.com/everycall/everycall/dispatch"
	"github.com/everycall/everycall/engine"
)

// hoursEvery is how often opening times are looked at; a scaled clock gains more
// in between.
const hoursEvery = 5 * time.Second

// Room is what Hours needs of a jurisdiction.
type Room interface {
	Submit(ctx context.Context, s engine.Submission) (engine.Receipt, error)
	Look(see func(*dispatch.State))
	Now() dispatch.Instant
}

// Hours opens and shuts the desks that have opening times, in the jurisdiction's
// own time zone, until ctx ends. It acts when a time begins or ends, and at its
// start where nobody has said anything of a desk; what a person said in between
// stands until then.
func Hours(ctx context.Context, room Room) {
	ticker := time.NewTicker(hoursEvery)
	defer ticker.Stop()
	last := map[dispatch.DeskID]bool{}
	for {
		for _, s := range changes(room, last) {
			_, _ = room.Submit(ctx, s) // refused where somebody has just said the same
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// changes are the commands that the opening times ask for now. last is whether each
// desk was to be open when it was looked at before.
func changes(room Room, last map[dispatch.DeskID]bool) (due []engine.Submission) {
	now := room.Now()
	room.Look(func(s *dispatch.State) {
		zone, err := time.LoadLocation(s.Config.Zone)
		if err != nil {
			zone = time.UTC
		}
		at := time.UnixMilli(int64(now)).In(zone)
		for _, d := range s.Config.Desks {
			if d.Accepts == nil || len(d.Accepts.Hours) == 0 {
				continue
			}
			open := within(at, d.Accepts.Hours)
			was, looked := last[d.ID]
			last[d.ID] = open
			said := s.Desks[d.ID]
			byPerson := said != nil && said.By != Principal
			if (looked && was == open) || (!looked && byPerson) {
				continue
			}
			_, shut := s.DeskIsShut(d.ID)
			switch {
			case open && shut:
				due = append(due, engine.Submission{By: Principal, Command: dispatch.OpenDesk{Desk: d.ID, Reason: "its opening time"}})
			case !open && !shut:
				due = append(due, engine.Submission{By: Principal, Command: dispatch.ShutDesk{Desk: d.ID, Reason: "outside its opening times"}})
			}
		}
	})
	return due
}

// within reports whether a time lies in one of the opening times.
func within(at time.Time, hours []dispatch.Hours) bool {
	minute := at.Hour()*60 + at.Minute()
	for _, h := range hours {
		on := func(day time.Weekday) bool { return strings.ContainsRune(h.Days, rune('0'+int(day))) }
		switch {
		case h.To > h.From:
			if on(at.Weekday()) && minute >= h.From && minute < h.To {
				return true
			}
		case on(at.Weekday()) && minute >= h.From, on((at.Weekday()+6)%7) && minute < h.To: // over midnight
			return true
		}
	}
	return false
}
