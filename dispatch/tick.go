package dispatch

import (
	"slices"
	"strconv"
)

// Tick lets time pass: the engine sends one every second or so. What has become
// due alarms its owner, and again its supervisor; nothing is dropped in silence
// and nothing lapses without a word.
type Tick struct{}

// NoticeClockJump records that the machine's clock moved by itself. Until
// somebody confirms the time, nothing becomes due.
type NoticeClockJump struct {
	By Millis // how far; negative: back
}

// ConfirmClock says that the time is right as it is now.
type ConfirmClock struct{}

// ClockJumped: the clock moved by more than the engine allows.
type ClockJumped struct {
	By Millis  `json:"by"`
	ID AlarmID `json:"id"`
}

// ClockConfirmed: somebody looked at a clock.
type ClockConfirmed struct{}

func (Tick) CommandName() string            { return "Tick" }
func (NoticeClockJump) CommandName() string { return "NoticeClockJump" }
func (ConfirmClock) CommandName() string    { return "ConfirmClock" }

func (*ClockJumped) EventName() string    { return "ClockJumped" }
func (*ClockConfirmed) EventName() string { return "ClockConfirmed" }

func (Tick) decide(s *State, m Meta, out []Event) ([]Event, *Rejection) {
	if s.Frozen {
		return out, nil
	}
	alarms := uint64(0)
	var ended []PostureID     // in this Tick: their held calls have a new due time
	var closed []ZoneID       // in this Tick: what was granted for them ended with them
	var archived []IncidentID // in this Tick: what was called for them went with them
	for _, item := range s.due.until(m.At, MaxDuePerTick) {
		before := len(out)
		switch item.ref.kind {
		case dueContact:
			c := s.Contacts[ContactID(item.ref.id)]
			if c.Outcome.Kind == OutcomeHeld && contains(ended, c.Outcome.Posture) {
				continue
			}
			out = s.contactDue(c, m, alarms, out)
		case duePromise:
			out = s.promiseDue(s.Promises[PromiseID(item.ref.id)], alarms, out)
		case duePosture:
			p := s.Postures[PostureID(item.ref.id)]
			if m.At >= p.Until {
				ended = append(ended, p.ID)
			}
			out = s.postureDue(p, m, alarms, out)
		case dueZone:
			switch z := s.Zones[ZoneID(item.ref.id)]; {
			case z.EndedAt != 0:
				out = append(out, &ZoneArchived{Zone: z.ID})
			case closed == nil: // all of them at once, since plans depend on which are left
				closed = s.zonesOver(m.At)
				out = s.zonesDue(closed, m, out)
			}
		case dueClearance:
			if c := s.Clearances[ClearanceID(item.ref.id)]; !contains(closed, c.Zone) {
				out = s.clearanceDue(c, m, out)
			}
		case duePlan:
			out = s.planDue(s.Plans[PlanID(item.ref.id)], m, out)
		case dueAgreement:
			if a := s.Agreements[AgreementID(item.ref.id)]; !contains(closed, a.Zone) {
				out = s.agreementDue(a, m, out)
			}
		case dueLiaison:
			out = append(out, &LiaisonExpired{Liaison: LiaisonID(item.ref.id)})
		case dueClaim:
			out = s.claimIsDue(s.Claims[ClaimID(item.ref.id)], alarms, out)
		case dueArchive:
			i := s.Incidents[IncidentID(item.ref.id)]
			if s.inReview(i) != 0 {
				continue // it is reminded of in this Tick, and moved on with it
			}
			out = append(out, &IncidentArchived{Incident: i.ID})
			archived = append(archived, i.ID)
		case dueBulletin:
			out = append(out, &BulletinArchived{Bulletin: BulletinID(item.ref.id)})
		case dueBulk:
			out = s.bulkDue(s.Bulks[BulkID(item.ref.id)], m, alarms, out)
		case dueAccess:
			out = append(out, &AccessStale{Access: AccessID(item.ref.id)})
		case dueShare:
			out = s.shareDue(item.ref.id, m, alarms, out)
		case dueAid:
			out = s.aidDue(s.Aids[AidID(item.ref.id)], m, alarms, out)
		case dueHazard:
			out = s.hazardDue(s.Hazards[HazardID(item.ref.id)], alarms, out)
		case dueTow:
			if t := s.Tows[TowID(item.ref.id)]; !contains(archived, t.Incident) {
				out = s.towDue(t, m, alarms, out)
			}
		default:
			out = s.incidentsDue(item.ref, m, alarms, out)
		}
		for _, e := range out[before:] {
			if _, is := e.(*AlarmRaised); is {
				alarms++
			}
		}
	}
	return s.triggersDue(m, alarms, out), nil
}

// contactDue alarms the owner at the first time and the supervisor from the
// second on, or at once where the owner's desk is shut. A staged life-safety call reaches everybody.
func (s *State) contactDue(c *Contact, m Meta, alarms uint64, out []Event) []Event {
	level, desk := LevelWarning, c.Outcome.Owner
	if _, shut := s.DeskIsShut(desk); shut || c.alarm != "" {
		desk = s.supervisorOf(desk)
	}
	if c.LifeSafety && !s.somebodyThere(s.Incidents[c.Incident]) {
		level = LevelLifeSafety // once a unit is there, asking after it is an ordinary duty
	}
	next := EscalateAfter
	if c.Outcome.Kind == OutcomeStaged {
		next = StagedReview
	}
	return append(out, &AlarmRaised{ID: s.nextAlarm(alarms), Cause: CauseOverdue, Level: level, Desk: desk, Contact: c.ID, Incident: c.Incident,
		Text: "call " + strconv.FormatUint(s.Incidents[c.Incident].Number, 10) + " " + string(c.Outcome.Kind) + ": " + c.Outcome.Next, NextDue: m.At.Add(next)})
}

// somebodyThere reports whether a unit has arrived.
func (s *State) somebodyThere(i *Incident) bool {
	for k := range i.Assignments {
		a := &i.Assignments[k]
		if a.EndedAt != 0 || a.Stacked {
			continue
		}
		switch s.Units[a.Unit].Status {
		case StatusOnScene, StatusTransporting, StatusAtHospital:
			return true
		}
	}
	return false
}

func (s *State) promiseDue(p *Promise, alarms uint64, out []Event) []Event {
	c := s.Contacts[p.Contact]
	if c.Safe == SafeNo { // nobody could ring: what was said then was not said to whoever may hold the phone
		i := s.Incidents[c.Incident]
		out = append(out, &PromiseSettled{Promise: p.ID, Contact: p.Contact, State: PromiseNotTold, Private: said("the number is not safe")})
		return append(out, &AlarmRaised{ID: s.nextAlarm(alarms), Cause: CausePromise, Level: LevelWarning, Desk: s.supervisorOf(s.deskFor(i.Service)), Contact: c.ID,
			Incident: c.Incident, Promise: p.ID, Text: "a promise to the caller of call " + strconv.FormatUint(i.Number, 10) + " is due: " + NextUnsafe})
	}
	out = append(out, &PromiseSettled{Promise: p.ID, Contact: p.Contact, State: PromiseBroken})
	return append(out, &AlarmRaised{ID: s.nextAlarm(alarms), Cause: CausePromise, Level: LevelWarning, Desk: s.deskFor(s.Incidents[c.Incident].Service), Contact: c.ID,
		Incident: c.Incident, Promise: p.ID, Text: "a promise to the caller of call " + strconv.FormatUint(s.Incidents[c.Incident].Number, 10) + " was broken: call back, say so, promise anew"})
}

func (s *State) postureDue(p *Posture, m Meta, alarms uint64, out []Event) []Event {
	desk := s.supervisorOf(s.deskFor(p.Service))
	if m.At >= p.Until {
		out = s.endPosture(p.ID, "its time was over", m, out)
		return append(out, &AlarmRaised{ID: s.nextAlarm(alarms), Cause: CauseEnded, Level: LevelWarning, Desk: desk, Posture: p.ID,
			Text: p.Title + " has ended at its limit: its held calls are being worked down; declare anew if it must go on"})
	}
	out = append(out, &PostureUnreviewed{Posture: p.ID})
	return append(out, &AlarmRaised{ID: s.nextAlarm(alarms), Cause: CauseReview, Level: LevelWarning, Desk: desk, Posture: p.ID,
		Text: p.Title + " is past its review: it stays in force, unreviewed; renew it or end it"})
}

// zonesOver lists the zones in force whose time is over.
func (s *State) zonesOver(now Instant) []ZoneID {
	var over []ZoneID
	for id, z := range s.Zones { // sorted below
		if z.EndedAt == 0 && z.Until != 0 && z.Until <= now {
			over = append(over, id)
		}
	}
	slices.SortFunc(over, byNumber[ZoneID])
	return over
}

func (s *State) zonesDue(over []ZoneID, m Meta, out []Event) []Event {
	out = s.endZones(over, "its time was over", m, out)
	for _, id := range over {
		out = append(out, &AlarmRaised{ID: s.nextAlarm(raised(out)), Cause: CauseZone, Level: LevelNotice, Desk: s.supervisorOf(s.deskFor(s.Config.DefaultService)),
			Text: "zone " + s.Zones[id].Name + " has ended at its limit: declare it anew if it still holds"})
	}
	return out
}

func (c NoticeClockJump) decide(s *State, _ Meta, out []Event) ([]Event, *Rejection) {
	return append(out, &ClockJumped{By: c.By, ID: s.nextAlarm(0)}), nil
}

func (ConfirmClock) decide(s *State, _ Meta, out []Event) ([]Event, *Rejection) {
	if !s.Frozen {
		return nil, reject(ClockNotFrozen, "the clock is trusted already")
	}
	return append(out, &ClockConfirmed{}), nil
}

func (e *ClockJumped) evolve(s *State, st Stamped) {
	s.Frozen = true
	s.Counters.Alarm++
	s.Alarms[e.ID] = &Alarm{ID: e.ID, Cause: CauseClock, Level: LevelWarning, Desk: s.supervisorOf(s.deskFor(s.Config.DefaultService)), RaisedAt: st.At, Times: 1,
		Text: "the clock jumped by " + strconv.FormatInt(int64(e.By/Second), 10) + " s: look at another clock and confirm; until then nothing becomes due"}
	s.touched.alarm(e.ID)
}

func (e *ClockConfirmed) evolve(s *State, _ Stamped) {
	s.Frozen = false
	s.dropAlarmsOf(func(a *Alarm) bool { return a.Cause == CauseClock })
}
