/** The wire shapes of rationing: desks, call-backs, why, clearings, the sweep. */

/** An owner of calls. One with a kind takes calls that are given to it; the others send units. */
export interface Desk {
  id: string;
  name: string;
  service: string;
  kind?: string;
  /** that it takes; empty: every type */
  types?: string[] | null;
  /** it takes this priority and those less urgent */
  from_priority?: number;
  capacity?: number;
  load?: number;
  open?: boolean;
  since?: string;
  reason?: string;
  queue?: string[] | null;
}

export interface CallBack { contact: string; incident: string; due: string; overdue: boolean; why: string; unsafe: boolean; owner: string }
export type Reached = 'reached' | 'not_reached' | 'unsafe';

/** One link of the chain that explains a call's state; the ones that count decide. */
export interface Because { rule: string; text: string; at?: string; posture?: string; version?: number; counts?: boolean }
export interface WhyReply { contact: string; chain: Because[] | null }

/** Several calls that somebody wants to end, or, alone, has ended, and on which a second person has not spoken yet. */
export interface Clearing { id: string; contacts: string[]; outcome: ClearingOutcome; reason: string; by: string; at: string; due: string; cleared: boolean }
export type ClearingOutcome = 'declined' | 'abandoned' | 'resolved';

/** soon_free: the unit finishes first; pre_empt: it leaves the call it `preempts`. Without a kind the unit is free. */
export interface SweepLine {
  incident: string;
  unit: string;
  travel_ms: number;
  why: string;
  /** to be read before it is accepted */
  hazards?: string[];
  kind?: 'free' | 'soon_free' | 'pre_empt';
  preempts?: string;
  /** until a unit that is soon free is */
  wait_ms?: number;
  /** false: its position is not known, and travel_ms means nothing */
  travel_known?: boolean;
  /** the line of this incident is to be accepted first */
  after?: string;
  /** the best alternative */
  otherwise?: string;
}

export interface SweepReply {
  seq: number;
  lines: SweepLine[] | null;
  waiting: { incident: string; why: string; until?: string }[] | null;
  call_now: { contact: string; promise?: string; why: string }[] | null;
  short?: { incident: string; capability: string; count: number; why: string }[] | null;
  /** calls that lose a unit, with whom to tell */
  displaced?: { incident: string; contact: string; unit: string; for: string; why: string }[] | null;
  /** beats that are left bare, by service */
  coverage?: { service: string; free: number; sent: number; bare?: string[] | null }[] | null;
}
