package drive

import (
	"time"

	"github.com/everycall/everycall/city"
	"github.com/everycall/everycall/dispatch"
	"github.com/everycall/everycall/triage"
)

// The offsets that a configuration is given: those of the demo's days and of the years
// after.
const (
	offsetsFrom = 2019
	offsetsTo   = 2040
)

// runCards are examples of ours, invented: what a second and a third alarm add to a fire
// in a building, and what two services bring to a rescue.
func runCards() []dispatch.RunCard {
	need := func(n uint8, capability string) triage.Need {
		return triage.Need{Capability: capability, Count: n}
	}
	return []dispatch.RunCard{
		{ID: "BUILDING-FIRE", Title: "Fire in a building", Types: []string{"fire-building"}, Invented: true, Levels: []dispatch.CardLevel{
			{Note: "attack and water, search and roof, care, command", Needs: []triage.Need{need(2, "engine"), need(2, "ladder"), need(1, "medic"), need(1, "aid"), need(1, "chief")}},
			{Note: "relief for those inside, a second side", Needs: []triage.Need{need(2, "engine"), need(1, "ladder"), need(1, "chief")}},
			{Note: "the houses beside it, care for the crews", Needs: []triage.Need{need(3, "engine"), need(1, "ladder"), need(1, "medic")}}}},
		{ID: "RESCUE", Title: "Rescue", Types: []string{"rescue"}, Invented: true, Levels: []dispatch.CardLevel{
			{Note: "who cuts, who holds, who cares", Needs: []triage.Need{need(1, "rescue"), need(1, "engine"), need(1, "ladder"), need(1, "medic"), need(1, "chief")}},
			{Note: "many hurt", Needs: []triage.Need{need(1, "rescue"), need(2, "medic"), {Count: 2, Kind: "patrol", Service: city.Police}}}}},
	}
}

// offsets tells the rules how far a zone is ahead of UTC over some years; they know no
// time zones themselves.
func offsets(zone string) []dispatch.ZoneOffset {
	at, err := time.LoadLocation(zone)
	if err != nil {
		return nil // the room's own time is UTC then too
	}
	var all []dispatch.ZoneOffset
	t := time.Date(offsetsFrom, 1, 1, 0, 0, 0, 0, at)
	for len(all) < dispatch.MaxZoneOffsets && t.Year() < offsetsTo {
		_, seconds := t.Zone()
		all = append(all, dispatch.ZoneOffset{From: dispatch.Instant(t.UnixMilli()), Minutes: seconds / 60})
		_, end := t.ZoneBounds()
		if end.IsZero() {
			break
		}
		t = end
	}
	return all
}
