/** The wire shapes of stations, plans, cover, liaison and agreements. */
import type { Service } from './types';

export interface Station {
  id: string;
  name: string;
  service: Service;
  lon: number;
  lat: number;
  state: 'open' | 'lost' | 'evacuated';
  since?: string;
  reason?: string;
  /** who decided */
  authority?: string;
}

/** One thing that somebody does before a station or a zone opens again. */
export interface PlanStep {
  text: string;
  owner: string;
  due: string;
  done_at?: string;
  done_by?: string;
  /** of who did it, or why it was dropped */
  note?: string;
  dropped_at?: string;
  dropped_by?: string;
}

export interface Plan {
  id: string;
  /** station:ID or zone:ID */
  for: string;
  title: string;
  authority: string;
  by: string;
  made_at: string;
  steps: PlanStep[];
  review_by: string;
  reviews: number;
  ended_at?: string;
  end_reason?: string;
}

export interface NewPlan { for: string; title: string; authority: string; steps: { text: string; owner: string; due: string }[]; review_by: string }

/** A configured list of steps that a plan may begin with. */
export interface PlanTemplate { id: string; for: 'station' | 'zone'; title: string; steps: { text: string; owner: string; after_ms: number }[] }

/** How the places of a service are covered, the bare ones first, and who could stand elsewhere. */
export interface Cover {
  service: Service;
  limit_ms: number;
  model: string;
  bare: number;
  places: { id: string; name: string; lost: boolean; unit?: string; travel_ms?: number; bare: boolean }[];
  moves: CoverMove[];
}
export interface CoverMove { unit: string; station: string; travel_ms: number; why: string }

export type AttemptResult = 'reached' | 'no_answer' | 'message_left' | 'refused' | 'channel_dead';

/** Somebody to talk to, by role. Channel and notes are left out for those who may not read what is sealed. */
export interface Liaison {
  id: string;
  role: string;
  channel?: string;
  zone?: string;
  note?: string;
  expires_at: string;
  /** the newest last */
  attempts: { at: string; by: string; channel?: string; result: AttemptResult; note?: string }[];
  /** all of them */
  tries: number;
  invented: boolean;
}

export interface NewLiaison { role: string; channel: string; zone?: string; note?: string; consent: boolean; expires_at: string }

/** What was agreed about a zone: in force it opens gates, at its end it closes them. */
export interface Agreement {
  id: string;
  liaison: string;
  zone: string;
  terms?: string;
  services: Service[];
  /** none: all of the zone's */
  gates: string[];
  state: 'ahead' | 'in_force' | 'over';
  from: string;
  until: string;
  agreed_by: string;
  witnessed_by: string;
  by: string;
  ended_at?: string;
  end_reason?: string;
  invented: boolean;
}

export interface NewAgreement { liaison: string; zone: string; terms: string; services: Service[]; gates: string[]; from?: string; until: string; agreed_by: string; witnessed_by: string }
