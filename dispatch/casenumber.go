package dispatch

import (
	"slices"
	"strconv"
	"strings"
)

// CaseSeries is an agency's series of case numbers, as data: SPD-2020-000123.
type CaseSeries struct {
	Agency    string `json:"agency"` // whose: "SPD"
	Prefix    string `json:"prefix"`
	Year      int    `json:"year"`      // digits of the year: 2 or 4
	Digits    int    `json:"digits"`    // of the sequence, at least: 123 is 000123 with 6
	Separator string `json:"separator"` // between the parts; empty: none
}

// CaseCount is how far an agency's series has come in the newest year.
type CaseCount struct {
	Year int    `json:"year"`
	Last uint64 `json:"last"`
}

// CaseNumber is a number that an agency's files use for an incident.
type CaseNumber struct {
	Agency   string    `json:"agency"`
	Number   string    `json:"number"`
	At       Instant   `json:"at"`
	By       string    `json:"by"`
	VoidedAt Instant   `json:"voided_at,omitempty"`
	VoidedBy string    `json:"voided_by,omitempty"`
	Why      string    `json:"why,omitempty"` // it was voided
	Contact  ContactID `json:"contact"`       // whose key seals why
}

// GiveCaseNumber gives an incident the next number of an agency. The year is the
// jurisdiction's own, as the clock on its wall shows it.
type GiveCaseNumber struct {
	Incident IncidentID
	Agency   string
	Year     int
}

// VoidCaseNumber says that a number stands for nothing. It is never given again.
type VoidCaseNumber struct {
	Incident IncidentID
	Number   string
	Reason   string
}

// CaseNumberGiven: the incident has this number.
type CaseNumberGiven struct {
	Incident IncidentID `json:"incident"`
	Agency   string     `json:"agency"`
	Year     int        `json:"year"`
	Sequence uint64     `json:"sequence"`
	Number   string     `json:"number"`
}

// CaseNumberVoided: the number stands for nothing.
type CaseNumberVoided struct {
	Incident IncidentID `json:"incident"`
	Number   string     `json:"number"`
	Contact  ContactID  `json:"contact"`
	Private  Private    `json:"-"` // Text: why
}

func (GiveCaseNumber) CommandName() string { return "GiveCaseNumber" }
func (VoidCaseNumber) CommandName() string { return "VoidCaseNumber" }

func (*CaseNumberGiven) EventName() string  { return "CaseNumberGiven" }
func (*CaseNumberVoided) EventName() string { return "CaseNumberVoided" }

func (e *CaseNumberVoided) Subject() string  { return string(e.Contact) }
func (e *CaseNumberVoided) Secret() *Private { return &e.Private }

func checkCaseSeries(g Config) *Rejection {
	if len(g.CaseNumbers) > MaxCaseSeries {
		return reject(ConfigInvalid, "%d series of case numbers: at most MaxCaseSeries", len(g.CaseNumbers)).at("case_numbers")
	}
	for n, c := range g.CaseNumbers {
		same := func(o CaseSeries) bool { return o.Agency == c.Agency || o.Prefix == c.Prefix }
		if checkLine("agency", c.Agency) != nil || slices.ContainsFunc(g.CaseNumbers[:n], same) {
			return reject(ConfigInvalid, "case numbers of %q: each agency has one series, with a prefix of its own", c.Agency).at("case_numbers")
		}
		plain := func(text string, most int) bool {
			return len(text) <= most && checkText("prefix", text, most, false) == nil && !strings.ContainsAny(text, " 0123456789")
		}
		if c.Year != 2 && c.Year != 4 || c.Digits < 1 || c.Digits > 9 || !plain(c.Prefix, 10) || !plain(c.Separator, 1) {
			return reject(ConfigInvalid, "case numbers of %s: a prefix of at most 10 letters, a year of 2 or 4 digits, a sequence of 1 to 9, a separator of one sign or none", c.Agency).at("case_numbers")
		}
	}
	return nil
}

// caseSeries finds an agency's series.
func (s *State) caseSeries(agency string) (CaseSeries, bool) {
	for _, c := range s.Config.CaseNumbers {
		if c.Agency == agency {
			return c, true
		}
	}
	return CaseSeries{}, false
}

// text writes a number of a series.
func (c CaseSeries) text(year int, sequence uint64) string {
	y, n := strconv.Itoa(year), strconv.FormatUint(sequence, 10)
	return c.Prefix + c.Separator + y[len(y)-c.Year:] + c.Separator + strings.Repeat("0", max(0, c.Digits-len(n))) + n
}

// yearOf is the year of an instant in UTC (Howard Hinnant, "chrono-compatible low-level
// date algorithms": civil_from_days).
func yearOf(at Instant) int {
	days := int64(at)/int64(Day) + 719_468
	era := days / 146_097
	doe := days - era*146_097
	yoe := (doe - doe/1460 + doe/36_524 - doe/146_096) / 365
	doy := doe - (365*yoe + yoe/4 - yoe/100)
	year := yoe + era*400
	if (5*doy+2)/153 >= 10 { // January and February belong to the next one
		year++
	}
	return int(year)
}

func (c GiveCaseNumber) decide(s *State, m Meta, out []Event) ([]Event, *Rejection) {
	i, no := s.onBoard(c.Incident)
	if no != nil {
		return nil, no
	}
	if into := i.MergedInto(); into != "" {
		return nil, reject(IncidentUnknown, "incident %d was merged into %s: give that one a number", i.Number, into).at("incident")
	}
	series, known := s.caseSeries(c.Agency)
	if !known {
		return nil, reject(CaseSeriesUnknown, "agency %q has no series of case numbers", c.Agency).at("agency")
	}
	if n := i.caseOf(c.Agency); n != nil {
		return nil, reject(CaseNumberExists, "incident %d is %s: void it first, with a reason", i.Number, n.Number).at("agency")
	}
	if len(i.Cases) >= MaxCases {
		return nil, reject(LimitReached, "incident %d has had %d case numbers: at most MaxCases", i.Number, len(i.Cases))
	}
	if c.Year < yearOf(m.At.Add(-Day)) || c.Year > yearOf(m.At.Add(Day)) {
		return nil, reject(TimeInvalid, "the year is %d, not %d", yearOf(m.At), c.Year).at("year")
	}
	count := CaseCount{}
	if had := s.Cases[c.Agency]; had != nil {
		count = *had
	}
	if c.Year < count.Year {
		return nil, reject(TimeInvalid, "the series of %s has come to %d: a number of %d cannot be given any more", c.Agency, count.Year, c.Year).at("year")
	}
	sequence := count.Last + 1
	if c.Year > count.Year {
		sequence = 1
	}
	return append(out, &CaseNumberGiven{Incident: i.ID, Agency: c.Agency, Year: c.Year, Sequence: sequence, Number: series.text(c.Year, sequence)}), nil
}

func (c VoidCaseNumber) decide(s *State, _ Meta, out []Event) ([]Event, *Rejection) {
	i, no := s.onBoard(c.Incident)
	if no != nil {
		return nil, no
	}
	if no := checkLine("reason", c.Reason); no != nil {
		return nil, no
	}
	for k := range i.Cases {
		n := &i.Cases[k]
		if n.Number != c.Number {
			continue
		}
		if n.VoidedAt != 0 {
			return nil, reject(CaseNumberUnknown, "case number %s was voided by %s", n.Number, n.VoidedBy).at("number")
		}
		voice := s.lead(i)
		return append(out, &CaseNumberVoided{Incident: i.ID, Number: c.Number, Contact: voice, Private: said(c.Reason)}), nil
	}
	return nil, reject(CaseNumberUnknown, "incident %d has no case number %q", i.Number, c.Number).at("number")
}

// caseOf is the number that stands for an incident in an agency's files, or nil.
func (i *Incident) caseOf(agency string) *CaseNumber {
	for k := range i.Cases {
		if n := &i.Cases[k]; n.Agency == agency && n.VoidedAt == 0 {
			return n
		}
	}
	return nil
}

// sameCases refuses to make one of two incidents that one agency has two numbers for.
func sameCases(from, into *Incident) *Rejection {
	for k := range from.Cases {
		if n := &from.Cases[k]; n.VoidedAt == 0 && into.caseOf(n.Agency) != nil {
			return reject(MergeContradicts, "incident %d is %s and incident %d is %s: void one of them first", from.Number, n.Number, into.Number, into.caseOf(n.Agency).Number)
		}
	}
	return nil
}

func (e *CaseNumberGiven) evolve(s *State, st Stamped) {
	i := s.Incidents[e.Incident]
	s.Cases[e.Agency] = &CaseCount{Year: e.Year, Last: e.Sequence}
	i.Cases = append(slices.Clone(i.Cases), CaseNumber{Agency: e.Agency, Number: e.Number, At: st.At, By: st.By})
	s.touched.incident(e.Incident)
}

func (e *CaseNumberVoided) evolve(s *State, st Stamped) {
	i := s.Incidents[e.Incident]
	i.Cases = slices.Clone(i.Cases)
	for k := range i.Cases {
		if n := &i.Cases[k]; n.Number == e.Number {
			n.VoidedAt, n.VoidedBy, n.Why, n.Contact = st.At, st.By, e.Private.Text, e.Contact
		}
	}
	s.touched.incident(e.Incident)
}
