package dispatch

import (
	"strconv"

	"github.com/everycall/everycall/triage"
)

// Because is one link of the chain that explains a call's state. Texts hold no
// clock times, which are the reader's zone's business: At is in UTC milliseconds.
type Because struct {
	Rule    string    `json:"rule"` // "state", "floor", "posture", "cutoff", "zone", "units", "desk", "promise", "rank", "decision"
	Text    string    `json:"text"`
	At      Instant   `json:"at,omitempty"`
	Posture PostureID `json:"posture,omitempty"`
	Version int       `json:"version,omitempty"`
	Counts  bool      `json:"counts,omitempty"` // this link decides; the others are shown because they do not
}

// Rank is how urgent an open incident is among those that wait.
type Rank struct {
	Class  triage.Priority `json:"class"`  // its priority, raised by age
	Raised int             `json:"raised"` // by how many classes
	Waited Millis          `json:"waited"` // since its leading contact was received
}

// Before orders two ranks: the class, then who has waited longer.
func (r Rank) Before(q Rank) bool {
	if r.Class != q.Class {
		return r.Class < q.Class
	}
	return r.Waited > q.Waited
}

// RankOf ranks an incident: each full wait limit of its priority that it has waited
// raises it by one class, and age alone never above priority 2: what is raised by
// age stands behind what is urgent in itself.
func (s *State) RankOf(i *Incident, now Instant) Rank {
	lead := s.Lead(i)
	r := Rank{Class: i.Priority()}
	if lead == nil {
		return r
	}
	r.Waited = max(now.Since(lead.ReceivedAt), 0)
	if limit := s.waitLimit(r.Class); r.Class > 2 {
		r.Raised = int(min(r.Waited/limit, Millis(r.Class-2)))
		r.Class -= triage.Priority(r.Raised)
	}
	return r
}

// Why explains the state of a contact by the chain of rules that lead to it, the
// most important first.
func (s *State) Why(c *Contact, now Instant) []Because {
	i := s.Incidents[c.Incident]
	o := &c.Outcome
	state := Because{Rule: "state", Text: string(o.Kind), At: o.Since, Posture: o.Posture, Version: o.PostureVersion, Counts: true}
	if !o.Kind.Final() {
		state.Text += ": " + string(o.Owner) + " has it next: " + o.Next
	}
	chain := []Because{state}
	if o.Reason != "" || o.Authority != "" {
		text := o.Reason
		if o.Authority != "" {
			text += " (decided by " + o.Authority + ")"
		}
		chain = append(chain, Because{Rule: "decision", Text: text, At: o.Since, Posture: o.Posture, Version: o.PostureVersion, Counts: true})
	}
	if i == nil || o.Kind.Final() {
		return chain
	}
	if lead := s.Lead(i); lead != nil && lead.ID != c.ID {
		chain = append(chain, Because{Rule: "state", Text: "it follows incident " + strconv.FormatUint(i.Number, 10) + ", which contact " + strconv.FormatUint(lead.Number, 10) + " leads", Counts: true})
	}
	if i.LifeSafety || c.LifeSafety {
		chain = append(chain, Because{Rule: "floor", Text: "life-safety: no posture, cutoff or zone rule holds, diverts or declines it; who cannot be reached is staged and decided on again every five minutes", Counts: true})
	} else {
		chain = s.whyPostures(i, o, chain)
	}
	if w, closed := s.HowToEnter(i.Service, i, now); closed {
		z := s.Zones[w.Zone]
		chain = append(chain, Because{Rule: "zone", Text: "it lies in zone " + z.Name + ", whose rule for " + string(i.Service) + " is " + string(w.Rule) + " (" + z.Reason + ", by " + z.Authority + "): " + w.Do,
			At: z.From, Counts: !w.In && !i.LifeSafety})
	}
	if i.Active() == 0 {
		free := s.free[i.Service]
		chain = append(chain, Because{Rule: "units", Text: strconv.Itoa(free) + " units of " + string(i.Service) + " are free", Counts: free == 0 && o.Kind == OutcomeWaiting})
		r := s.RankOf(i, now)
		text := "priority " + strconv.Itoa(int(i.Priority()))
		if r.Raised > 0 {
			text += ", raised by age to " + strconv.Itoa(int(r.Class))
		}
		chain = append(chain, Because{Rule: "rank", Text: text + "; it has waited " + strconv.FormatInt(int64(r.Waited/Minute), 10) + " minutes", At: c.ReceivedAt})
	}
	if o.Desk != "" {
		if shut, is := s.DeskIsShut(o.Desk); is {
			chain = append(chain, Because{Rule: "desk", Text: string(o.Desk) + " is shut: " + shut.Reason, At: shut.Since})
		}
	}
	for _, id := range c.Promises {
		if p := s.Promises[id]; p.State == PromiseOpen || p.State == PromiseBroken {
			chain = append(chain, Because{Rule: "promise", Text: "promised by " + p.By + ", " + string(p.State) + ": " + p.Told, At: p.Due})
		}
	}
	return chain
}

// whyPostures says of every posture that speaks of an incident's area what it says
// and whether it counts.
func (s *State) whyPostures(i *Incident, o *Outcome, chain []Because) []Because {
	_, deciding := s.RuleFor(i)
	for _, p := range s.postures(i.Service, i) {
		link := Because{Rule: "posture", At: p.From, Posture: p.ID, Version: p.Version, Text: p.Title + " (" + string(p.Area.Kind) + ", by " + p.Authority + ") says nothing about such calls"}
		for _, r := range p.Rules {
			if r.applies(i.Priority(), i.Type) {
				link.Text = p.Title + " (" + string(p.Area.Kind) + ", by " + p.Authority + "): " + string(r.Action) + "; reason: " + p.ReasonShown()
				if link.Counts = p == deciding; !link.Counts {
					link.Text += "; another one counts, which is more specific, or as specific and newer"
				}
				break
			}
		}
		if p.Unreviewed {
			link.Text += "; past its review"
		}
		chain = append(chain, link)
		if kept := p.reserveFor(i.Priority()); kept > 0 {
			free := s.freeIn(p)
			chain = append(chain, Because{Rule: "cutoff", Posture: p.ID, Version: p.Version, Counts: free <= kept && o.Kind != OutcomeDispatched,
				Text: "priority " + strconv.Itoa(int(i.Priority())) + " is sent only while more than " + strconv.Itoa(kept) + " units are free: " + strconv.Itoa(free) + " are"})
		}
	}
	return chain
}
