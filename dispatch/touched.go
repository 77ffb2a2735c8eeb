package dispatch

// Touched lists what the events since the last TakeTouched changed or removed,
// in order, possibly more than once.
type Touched struct {
	Units      []UnitID
	Incidents  []IncidentID
	Contacts   []ContactID
	Postures   []PostureID
	Promises   []PromiseID
	Zones      []ZoneID
	Access     []AccessID
	Stations   []StationID
	Claims     []ClaimID
	Liaisons   []LiaisonID
	Hazards    []HazardID
	Bulletins  []BulletinID
	Alarms     []AlarmID
	Clearances []ClearanceID
	Agreements []AgreementID
	Plans      []PlanID
	Aids       []AidID
	Bolos      []BoloID
	Tows       []TowID
	Config     bool
}

// touched is what State keeps of it; TakeTouched empties it.
type touched struct{ Touched }

// Touched returns what changed since the last ForgetTouched. It stays valid
// until then.
func (s *State) Touched() *Touched { return &s.touched.Touched }

// ForgetTouched starts a new list in the same memory.
func (s *State) ForgetTouched() {
	t := &s.touched.Touched
	t.Units, t.Incidents, t.Contacts, t.Postures, t.Promises = t.Units[:0], t.Incidents[:0], t.Contacts[:0], t.Postures[:0], t.Promises[:0]
	t.Zones, t.Access, t.Stations, t.Claims, t.Liaisons, t.Alarms = t.Zones[:0], t.Access[:0], t.Stations[:0], t.Claims[:0], t.Liaisons[:0], t.Alarms[:0]
	t.Clearances, t.Agreements, t.Plans = t.Clearances[:0], t.Agreements[:0], t.Plans[:0]
	t.Hazards, t.Aids = t.Hazards[:0], t.Aids[:0]
	t.Bulletins, t.Config = t.Bulletins[:0], false
	t.Bolos, t.Tows = t.Bolos[:0], t.Tows[:0]
}

func (t *touched) unit(id UnitID)           { t.Units = append(t.Units, id) }
func (t *touched) incident(id IncidentID)   { t.Incidents = append(t.Incidents, id) }
func (t *touched) contact(id ContactID)     { t.Contacts = append(t.Contacts, id) }
func (t *touched) posture(id PostureID)     { t.Postures = append(t.Postures, id) }
func (t *touched) promise(id PromiseID)     { t.Promises = append(t.Promises, id) }
func (t *touched) zone(id ZoneID)           { t.Zones = append(t.Zones, id) }
func (t *touched) access(id AccessID)       { t.Access = append(t.Access, id) }
func (t *touched) station(id StationID)     { t.Stations = append(t.Stations, id) }
func (t *touched) claim(id ClaimID)         { t.Claims = append(t.Claims, id) }
func (t *touched) liaison(id LiaisonID)     { t.Liaisons = append(t.Liaisons, id) }
func (t *touched) hazard(id HazardID)       { t.Hazards = append(t.Hazards, id) }
func (t *touched) bulletin(id BulletinID)   { t.Bulletins = append(t.Bulletins, id) }
func (t *touched) alarm(id AlarmID)         { t.Alarms = append(t.Alarms, id) }
func (t *touched) clearance(id ClearanceID) { t.Clearances = append(t.Clearances, id) }
func (t *touched) agreement(id AgreementID) { t.Agreements = append(t.Agreements, id) }
func (t *touched) plan(id PlanID)           { t.Plans = append(t.Plans, id) }
func (t *touched) aid(id AidID)             { t.Aids = append(t.Aids, id) }
func (t *touched) bolo(id BoloID)           { t.Bolos = append(t.Bolos, id) }
func (t *touched) tow(id TowID)             { t.Tows = append(t.Tows, id) }
func (t *touched) config()                  { t.Config = true }
