// Package osm makes a road network and a gazetteer's material from an OpenStreetMap
// extract. It decides once, at import, what the tags mean for the vehicles of a
// service, and counts whatever it leaves out, by reason; nothing is dropped in silence.
//
// Read goes over the file three times (relations, ways, nodes), so that it keeps only
// what it needs; the same file gives the same result to the byte. A Result belongs to
// the caller.
//
// # What becomes of a way
//
//	highway                         class      motor      foot    bicycle
//	motorway(_link)                 motorway   yes        no      no
//	trunk(_link)                    highway    yes        yes     yes
//	primary, secondary(_link)       arterial   yes        yes     yes
//	tertiary(_link)                 collector  yes        yes     yes
//	unclassified, residential,
//	living_street, road             street     yes        yes     yes
//	service                         service    yes        yes     yes
//	busway                          service    yes        no      no
//	track                           track      yes        yes     yes
//	pedestrian                      footpath   to a place yes     no
//	path                            footpath   no         yes     yes
//	cycleway                        footpath   no         yes     yes
//	footway, steps, bridleway       footpath   no         yes     no
//
// "Motor" are patrol cars, engines and ambulances: the vehicles of a service on a call.
// "To a place" is road.Edge.Local: not for passing through. motorroad=yes shuts out
// feet and bicycles. Left out: areas, what is planned, being built, abandoned or
// razed, raceways, guided busways, corridors, lifts, platforms, escape lanes, bays,
// ferries, and ways that nobody may use.
//
// # Who may use it
//
// For each direction the first key with a value that is known decides:
//
//	motor    motorcar, motor_vehicle, vehicle, access (each first with :forward or :backward)
//	foot     foot, access
//	bicycle  bicycle, vehicle, access
//
//	value                                           motor       foot, bicycle
//	yes, permissive, designated, official, public,
//	unknown, discouraged                            yes         yes
//	destination, delivery, customers, residents     to a place  to a place
//	private, permit, agricultural, forestry,
//	military, emergency, employees                  to a place  no
//	no                                              no          no
//	use_sidepath, dismount                          no          no
//
// Of several values with semicolons the most generous holds. What binds the public
// binds a service less:
//
//   - emergency=yes, designated, official, permissive, destination, only, private
//     opens a way to motor vehicles whatever else is said, for passing too;
//     emergency=no shuts it. service=emergency_access is emergency=yes.
//   - bus=yes or psv=yes opens what only buses may use: lanes kept for others are not
//     kept from a service on a call.
//   - a pedestrian street may be entered to get to a place on it; once a tag says no,
//     only with emergency.
//   - hgv=no does not bind an engine. maxheight below 3.7 m, maxweight below 18 t, and
//     width or maxwidth below 2.6 m do.
//
// # Directions
//
// oneway=yes, -1; junction=roundabout or circular and highway=motorway imply yes.
// alternating (lights, one lane) is both ways; reversible changes by the clock, and as
// nobody here knows the clock, no vehicle may use it. One-way binds motor vehicles, on
// a call too, and bicycles unless oneway:bicycle=no or cycleway=opposite…; not feet
// unless oneway:foot=yes.
//
// # Speed
//
// maxspeed in km/h, mph or knots, a country's codes ("DE:urban"), or maxspeed:type,
// source:maxspeed and zone:maxspeed where there is none; of two directions the lower.
// none, signals and variable are not known.
//
// # Barriers
//
//	barrier                                           who may not pass unless a tag says so
//	bollard, block, chain, log, planter,
//	jersey_barrier, cycle_barrier, … and yes           motor
//	bus_trap, sump_buster                              patrol, ambulance
//	stile, kissing_gate, turnstile, …                  motor, bicycle
//	wall, fence, hedge, ditch, guard_rail, …           everybody
//	gate, lift_gate, swing_gate, … and unknown ones    nobody
//
// The keys above say otherwise, private meaning that a service has the key;
// locked=yes shuts it to all but emergency=yes. Too low or narrow for an engine shuts
// it to engines.
//
// # Turns
//
// Restrictions over a node bind motor vehicles and bicycles, but for what except= and
// restriction:<mode> say; only_… forbids all others at the node, turning back too.
// Left out and counted: those at times, for lorries or buses alone, over a way, and
// those whose ways or node are not there or do not meet.
package osm
