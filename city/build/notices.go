package build

import (
	"fmt"
	"strings"

	"github.com/everycall/everycall/city"
)

// notices says in plain words what the pack is made of.
func notices(r Report) []city.Notice {
	return []city.Notice{
		{Kind: city.NoticeReal, Text: "Streets: OpenStreetMap, lined up with known intersections. Beats, precincts, neighbourhoods, city limits, fire stations and vehicles: City of Seattle. Police calls: records of the Seattle Police Department of 2015. Fire and ambulance calls: records of the Seattle Fire Department of June 2017."},
		{Kind: city.NoticeReal, Text: "The zone's outline, its barriers and the lost East Precinct are of June 2020; the outline follows the bounds that a court gave, one corner interpolated. The claims and the posture are as one news report of 11 June 2020 told them, by role only."},
		{Kind: city.NoticePairing, Text: fmt.Sprintf("The calls are not of June 2020. The police calls of %d Sundays of 2015 (%s) are laid over each other until they make the %d calls of a published average day, and paired with the fire and ambulance calls of %s. Putting them beside the zone of 2020 is ours.", len(r.Sundays), strings.Join(r.Sundays, ", "), r.PoliceKept, r.FireDay)},
		{Kind: city.NoticePairing, Text: "The police records are an uneven part of the year (the first Sundays are taken that code calls about people in crisis) and hold only calls that an officer reached: good for where, what and when in the day, not for how many. Stops that officers made on their own are left out."},
		{Kind: city.NoticeInvented, Text: "Invented: every type code, priority, life-safety flag and needed unit; which units are on duty, their crews and where they start; travel speeds; gates; the liaison; what the posture still answers, its review time and words."},
		{Kind: city.NoticeInvented, Text: "Derived: when a police call came in (the minute at scene less an invented delay, moved by up to two minutes, as are fire calls); which street a piece of road belongs to and whether it is an arterial; the places of four police precincts (their hundred-block)."},
		{Kind: city.NoticeInvented, Text: "Calls about a crisis, a missing person, a child or a sexual matter are at random blocks, never their own. No call has a house number."},
		{Kind: city.NoticeLicence, Text: "Roads and parks © OpenStreetMap contributors, Open Database License (ODbL) 1.0, https://www.openstreetmap.org/copyright. The pack is a derivative database under the same licence."},
		{Kind: city.NoticeLicence, Text: "Police and fire records, boundaries, stations: City of Seattle open data, public domain."},
	}
}
