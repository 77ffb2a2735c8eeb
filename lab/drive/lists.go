package drive

import "github.com/everycall/everycall/dispatch"

// rotations are the demo's providers who take turns: invented, with telephone numbers
// from the range that is kept for fiction.
func rotations() []dispatch.Rotation {
	return []dispatch.Rotation{
		{ID: "tow-light", Title: "Light tow (invented)", Class: "tow_light", Providers: []dispatch.Provider{
			{ID: "alder", Name: "Alder Towing", Number: "206-555-0150"}, {ID: "birch", Name: "Birch Towing", Number: "206-555-0151"}, {ID: "cedar", Name: "Cedar Towing", Number: "206-555-0152"}}},
		{ID: "tow-heavy", Title: "Heavy tow (invented)", Class: "tow_heavy", Providers: []dispatch.Provider{
			{ID: "cedar", Name: "Cedar Towing", Number: "206-555-0152"}, {ID: "dogwood", Name: "Dogwood Recovery", Number: "206-555-0153"}}},
		{ID: "board-up", Title: "Board-up (invented)", Class: "board_up", Providers: []dispatch.Provider{
			{ID: "elm", Name: "Elm Glass", Number: "206-555-0154"}, {ID: "fir", Name: "Fir Carpentry", Number: "206-555-0155"}}},
		{ID: "locksmith", Title: "Locksmith (invented)", Class: "locksmith", Providers: []dispatch.Provider{{ID: "hazel", Name: "Hazel Locks", Number: "206-555-0156"}}},
	}
}

// caseNumbers are the demo's series, in formats that resemble usual ones: invented.
func caseNumbers() []dispatch.CaseSeries {
	return []dispatch.CaseSeries{
		{Agency: "Police (invented)", Prefix: "PD", Year: 4, Digits: 6, Separator: "-"},
		{Agency: "Fire (invented)", Prefix: "F", Year: 2, Digits: 7},
	}
}
