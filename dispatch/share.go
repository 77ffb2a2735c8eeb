package dispatch

import (
	"slices"
	"strconv"
	"strings"

	"github.com/everycall/everycall/triage"
)

// Share is one service's part of an incident that several work on: what it needs, whose
// it is, and when it was done. An incident of one service has none.
type Share struct {
	Service     Service       `json:"service"`
	Agency      string        `json:"agency,omitempty"` // whose units they are; empty: the jurisdiction's own
	Lead        bool          `json:"lead,omitempty"`   // it leads: exactly one does
	Needs       []triage.Need `json:"needs,omitempty"`  // empty: what the run card or the type says of it, else one unit
	Since       Instant       `json:"since"`
	By          string        `json:"by,omitempty"`
	Reason      string        `json:"reason,omitempty"`
	Contact     ContactID     `json:"contact,omitempty"` // whose key seals the reason
	Due         Instant       `json:"due,omitempty"`     // when somebody is alarmed that nobody of it was sent; 0: somebody was, or it is done
	DoneAt      Instant       `json:"done_at,omitempty"`
	Disposition string        `json:"disposition,omitempty"`
	Authority   string        `json:"authority,omitempty"`
}

// AddService has one more service work on an incident, with needs of its own, or has one
// that was done work on it again.
type AddService struct {
	Incident IncidentID
	Service  Service
	Agency   string
	Lead     bool
	Needs    []triage.Need
	Reason   string
}

// LeadService says which of the services leads.
type LeadService struct {
	Incident IncidentID
	Service  Service
	Reason   string
}

// CloseService ends one service's part. The incident closes with the last one.
type CloseService struct {
	Incident    IncidentID
	Service     Service
	Disposition string
	Authority   string
}

// ServiceAdded: one more service works on it.
type ServiceAdded struct {
	Incident IncidentID    `json:"incident"`
	Contact  ContactID     `json:"contact"`
	Service  Service       `json:"service"`
	Agency   string        `json:"agency,omitempty"`
	Lead     bool          `json:"lead,omitempty"`
	Needs    []triage.Need `json:"needs,omitempty"`
	Private  Private       `json:"-"` // Text: the reason
}

// ServiceLeads: it leads from now on.
type ServiceLeads struct {
	Incident IncidentID `json:"incident"`
	Contact  ContactID  `json:"contact"`
	Service  Service    `json:"service"`
	Private  Private    `json:"-"` // Text: the reason
}

// ServiceClosed: it has done its part.
type ServiceClosed struct {
	Incident    IncidentID `json:"incident"`
	Service     Service    `json:"service"`
	Disposition string     `json:"disposition"`
	Authority   string     `json:"authority"`
}

// ServiceOverdue: nobody of it was sent in time; asked again when Due has passed.
type ServiceOverdue struct {
	Incident IncidentID `json:"incident"`
	Service  Service    `json:"service"`
	Due      Instant    `json:"due"`
}

func (AddService) CommandName() string   { return "AddService" }
func (LeadService) CommandName() string  { return "LeadService" }
func (CloseService) CommandName() string { return "CloseService" }

func (*ServiceAdded) EventName() string   { return "ServiceAdded" }
func (*ServiceLeads) EventName() string   { return "ServiceLeads" }
func (*ServiceClosed) EventName() string  { return "ServiceClosed" }
func (*ServiceOverdue) EventName() string { return "ServiceOverdue" }

func (e *ServiceAdded) Subject() string  { return string(e.Contact) }
func (e *ServiceAdded) Secret() *Private { return &e.Private }
func (e *ServiceLeads) Subject() string  { return string(e.Contact) }
func (e *ServiceLeads) Secret() *Private { return &e.Private }

// Share is a service's part of the incident, or nil.
func (i *Incident) Share(of Service) *Share {
	for k := range i.Shares {
		if i.Shares[k].Service == of {
			return &i.Shares[k]
		}
	}
	return nil
}

// ShareState is what a service is doing on an incident: "done", "waiting" while nobody
// of it was sent, else the furthest status of its units.
func (s *State) ShareState(i *Incident, sh *Share) string {
	if sh.DoneAt != 0 {
		return "done"
	}
	order := []Status{StatusDispatched, StatusEnRoute, StatusStaged, StatusAtHospital, StatusTransporting, StatusOnScene}
	furthest := -1
	for k := range i.Assignments {
		if a := &i.Assignments[k]; a.EndedAt == 0 && !a.Stacked && s.Units[a.Unit].Service == sh.Service {
			furthest = max(furthest, slices.Index(order, s.Units[a.Unit].Status))
		}
	}
	if furthest < 0 {
		return "waiting"
	}
	return string(order[furthest])
}

func (c AddService) decide(s *State, _ Meta, out []Event) ([]Event, *Rejection) {
	i, no := s.openIncident(c.Incident)
	if no != nil {
		return nil, no
	}
	if !contains(s.Config.Services, c.Service) {
		return nil, reject(ValueUnknown, "service %q is not the agency's", c.Service).at("service")
	}
	sh := i.Share(c.Service)
	if sh != nil && sh.DoneAt == 0 || len(i.Shares) == 0 && i.Service == c.Service {
		return nil, reject(ServiceIsThere, "%s works on incident %d already", c.Service, i.Number).at("service")
	}
	if sh == nil && len(i.Shares) >= MaxShares {
		return nil, reject(LimitReached, "incident %d has %d services: at most MaxShares", i.Number, len(i.Shares)).at("service")
	}
	if no := checkText("agency", c.Agency, MaxLineBytes, false); no != nil {
		return nil, no
	}
	if no := checkNeeds(s.Config, c.Needs); no != nil {
		return nil, no
	}
	for n := range c.Needs { // they are this service's
		if of := c.Needs[n].Service; of != "" && of != string(c.Service) {
			return nil, reject(ValueUnknown, "%s cannot need a unit of %s: add that service by itself", c.Service, of).at("needs")
		}
	}
	if no := checkLine("reason", c.Reason); no != nil {
		return nil, no
	}
	needs := slices.Clone(c.Needs)
	for n := range needs {
		needs[n].Service = string(c.Service)
	}
	return append(out, &ServiceAdded{Incident: i.ID, Contact: s.lead(i), Service: c.Service, Agency: c.Agency, Lead: c.Lead, Needs: needs, Private: said(c.Reason)}), nil
}

// share finds a service's part that is not done.
func (s *State) share(id IncidentID, of Service) (*Incident, *Share, *Rejection) {
	i, no := s.openIncident(id)
	if no != nil {
		return nil, nil, no
	}
	sh := i.Share(of)
	if sh == nil || sh.DoneAt != 0 {
		return nil, nil, reject(ServiceNotThere, "%s does not work on incident %d as a service of its own, or is done: add it", of, i.Number).at("service")
	}
	return i, sh, nil
}

func (c LeadService) decide(s *State, _ Meta, out []Event) ([]Event, *Rejection) {
	i, sh, no := s.share(c.Incident, c.Service)
	if no != nil {
		return nil, no
	}
	if sh.Lead {
		return nil, reject(ServiceIsThere, "%s leads incident %d already", c.Service, i.Number).at("service")
	}
	if no := checkLine("reason", c.Reason); no != nil {
		return nil, no
	}
	return append(out, &ServiceLeads{Incident: i.ID, Contact: s.lead(i), Service: c.Service, Private: said(c.Reason)}), nil
}

func (c CloseService) decide(s *State, m Meta, out []Event) ([]Event, *Rejection) {
	i, _, no := s.share(c.Incident, c.Service)
	if no != nil {
		return nil, no
	}
	if no := checkLines("disposition", c.Disposition, "authority", c.Authority); no != nil {
		return nil, no
	}
	closed := &ServiceClosed{Incident: i.ID, Service: c.Service, Disposition: c.Disposition, Authority: c.Authority}
	if !slices.ContainsFunc(i.Shares, func(other Share) bool { return other.Service != c.Service && other.DoneAt == 0 }) {
		out = append(out, closed)
		return CloseIncident{Incident: i.ID, Disposition: c.Disposition, Authority: c.Authority}.decide(s, m, out)
	}
	left, went := 0, false
	for k := range i.Assignments {
		a := &i.Assignments[k]
		switch {
		case a.EndedAt != 0:
		case s.Units[a.Unit].Service != c.Service:
			if !a.Stacked {
				left++
			}
		default:
			out = append(out, &UnitUnassigned{Unit: a.Unit, Incident: i.ID, Contact: s.lead(i), Private: said(string(c.Service) + " is done: " + c.Disposition)})
			if !a.Stacked {
				went = true
				out = s.release(a.Unit, i.ID, m, out)
			}
		}
	}
	out = append(out, closed)
	if !went || left > 0 {
		return out, nil
	}
	o := s.waiting(i.Service, i.Priority(), m.At)
	o.Next = "send " + strings.Join(s.openServices(i, c.Service), " and ") + ", or close it"
	o.Reason = string(c.Service) + " is done: " + c.Disposition
	return append(out, outcomeOf(s.Lead(i), o)), nil
}

// openServices are the services that are not done, without one.
func (s *State) openServices(i *Incident, but Service) []string {
	var open []string
	for k := range i.Shares {
		if sh := &i.Shares[k]; sh.DoneAt == 0 && sh.Service != but {
			open = append(open, string(sh.Service))
		}
	}
	return open
}

// sharedNeeds are what a shared incident needs: what its card or type says, without what
// is asked of a service that is done, and what each further service needs by itself.
func (s *State) sharedNeeds(i *Incident, needs []triage.Need) []triage.Need {
	var all []triage.Need
	for _, n := range needs {
		of := i.Service
		if n.Service != "" {
			of = Service(n.Service)
		}
		if sh := i.Share(of); sh == nil || sh.DoneAt == 0 {
			all = append(all, n)
		}
	}
	for k := range i.Shares {
		sh := &i.Shares[k]
		switch {
		case sh.DoneAt != 0:
		case len(sh.Needs) > 0:
			for _, n := range sh.Needs {
				all = addNeed(all, n)
			}
		case sh.Service == i.Service && len(needs) > 0: // the card or the type has said it
		case slices.ContainsFunc(needs, func(n triage.Need) bool { return n.Service == string(sh.Service) }):
		default:
			all = append(all, triage.Need{Count: 1, Service: string(sh.Service)})
		}
	}
	return all
}

// shareDue alarms that nobody of a service was sent: its desk first, then the supervisor.
func (s *State) shareDue(id string, m Meta, alarms uint64, out []Event) []Event {
	incident, of, _ := strings.Cut(id, "/")
	i, about := s.Incidents[IncidentID(incident)], "service:"+id
	desk := s.deskFor(Service(of))
	if slices.ContainsFunc(s.alarmsOf[i.ID], func(a AlarmID) bool { return s.Alarms[a].About == about }) {
		desk = s.supervisorOf(desk)
	}
	level := LevelWarning
	if i.LifeSafety {
		level = LevelLifeSafety
	}
	return append(out, &ServiceOverdue{Incident: i.ID, Service: Service(of), Due: m.At.Add(EscalateAfter)},
		&AlarmRaised{ID: s.nextAlarm(alarms), Cause: CauseShare, Level: level, Desk: desk, Incident: i.ID, About: about,
			Text: "nobody of " + of + " was sent to call " + strconv.FormatUint(i.Number, 10) + ": send somebody, ask another agency, or close its part"})
}

func shareRef(i *Incident, sh *Share) dueRef {
	return dueRef{dueShare, string(i.ID) + "/" + string(sh.Service)}
}

// shareDues keeps when somebody is alarmed for each service, right after a unit came or
// went or a part began or ended. It follows from the state alone.
func (s *State) shareDues(i *Incident, at Instant) {
	for k := range i.Shares {
		sh := &i.Shares[k]
		waits := i.Open() && s.ShareState(i, sh) == "waiting"
		switch {
		case waits && sh.Due == 0:
			sh.Due = at.Add(s.waitLimit(i.Priority()))
		case !waits && sh.Due != 0:
			sh.Due = 0
			s.dropAlarmsAbout(CauseShare, "service:"+string(i.ID)+"/"+string(sh.Service))
		default:
			continue
		}
		s.due.set(shareRef(i, sh), sh.Due)
	}
}

// shareAgain has the incident's own service work on it: it was opened again, or is
// another service's since somebody said what it is.
func (s *State) shareAgain(i *Incident, at Instant) {
	if len(i.Shares) == 0 {
		return
	}
	if sh := i.Share(i.Service); sh == nil {
		i.Shares = append(slices.Clip(i.Shares), Share{Service: i.Service, Since: at})
	} else {
		sh.DoneAt, sh.Disposition, sh.Authority = 0, "", ""
	}
	s.shareDues(i, at)
}

// shareEnd ends every part with its incident.
func (s *State) shareEnd(i *Incident, at Instant) {
	for k := range i.Shares {
		if sh := &i.Shares[k]; sh.DoneAt == 0 {
			sh.DoneAt, sh.Disposition, sh.Authority = at, i.Disposition, i.Authority
		}
	}
	s.shareDues(i, at)
	s.dropLevelAlarms(i)
}

func (e *ServiceAdded) evolve(s *State, st Stamped) {
	i := s.Incidents[e.Incident]
	if len(i.Shares) == 0 {
		i.Shares = []Share{{Service: i.Service, Lead: true, Since: i.OpenedAt}}
	}
	sh := i.Share(e.Service)
	if sh == nil {
		i.Shares = append(slices.Clip(i.Shares), Share{Service: e.Service})
		sh = &i.Shares[len(i.Shares)-1]
	}
	*sh = Share{Service: e.Service, Lead: sh.Lead, Agency: e.Agency, Needs: e.Needs, Since: st.At, By: st.By, Reason: e.Private.Text, Contact: e.Contact}
	if e.Lead {
		i.ledBy(e.Service)
	}
	s.shareDues(i, st.At)
	s.touched.incident(e.Incident)
}

func (e *ServiceLeads) evolve(s *State, _ Stamped) {
	s.Incidents[e.Incident].ledBy(e.Service)
	s.touched.incident(e.Incident)
}

func (i *Incident) ledBy(of Service) {
	for k := range i.Shares {
		i.Shares[k].Lead = i.Shares[k].Service == of
	}
}

func (e *ServiceClosed) evolve(s *State, st Stamped) {
	i := s.Incidents[e.Incident]
	sh := i.Share(e.Service)
	sh.DoneAt, sh.Disposition, sh.Authority = st.At, e.Disposition, e.Authority
	if open := s.openServices(i, e.Service); sh.Lead && len(open) > 0 { // who is done leads nobody
		i.ledBy(Service(open[0]))
	}
	s.shareDues(i, st.At)
	s.touched.incident(e.Incident)
}

func (e *ServiceOverdue) evolve(s *State, _ Stamped) {
	i := s.Incidents[e.Incident]
	sh := i.Share(e.Service)
	sh.Due = e.Due
	s.due.set(shareRef(i, sh), sh.Due)
	s.touched.incident(e.Incident)
}

// checkShares: one service leads, each that waits is due, and an incident is open while
// one of its services is.
func (s *State) checkShares(i *Incident) string {
	if len(i.Shares) == 0 {
		return ""
	}
	leads := 0
	for k := range i.Shares {
		sh := &i.Shares[k]
		if sh.Lead {
			leads++
		}
		if waits := i.Open() && s.ShareState(i, sh) == "waiting"; waits != (sh.Due != 0) || s.due.find(shareRef(i, sh)) != sh.Due {
			return "service " + string(sh.Service) + " is " + s.ShareState(i, sh) + " and due at " + strconv.FormatInt(int64(sh.Due), 10)
		}
		if !i.Open() && sh.DoneAt == 0 {
			return "it is closed and service " + string(sh.Service) + " is not done"
		}
	}
	if leads != 1 {
		return strconv.Itoa(leads) + " services lead it"
	}
	return ""
}
