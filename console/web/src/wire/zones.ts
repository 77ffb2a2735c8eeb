/** Zones, ways in, and the words that open them, as /api/v1 documents them. */
import type { Service } from './types';

export type LonLat = [lon: number, lat: number];
export type Entry = 'free' | 'gates_only' | 'escort' | 'stage_outside' | 'life_safety_only' | 'none';
export type Heat = 'hot' | 'warm' | 'cold';

export interface ZoneRule { service: Service; entry: Entry; escort_by?: Service }
export interface ZonePart { heat: Heat; outline: LonLat[] }
export interface Rendezvous { name: string; street?: string; grid?: string; lon: number; lat: number }

/** A way in, with one wording for all services. */
export interface Gate {
  id: string;
  name: string;
  street?: string;
  grid?: string;
  lon: number;
  lat: number;
  /** the gate itself, where none of its own was named */
  rendezvous?: Rendezvous;
  /** services; none: all that the rule lets through gates */
  admits?: Service[];
  words?: string;
}

/** What a zone was until somebody changed it. */
export interface ZoneChange { at: string; by: string; why: string; authority: string; reason: string; rules: ZoneRule[] }

export interface Zone {
  id: string;
  name: string;
  /** the wider zone that it is an exception in */
  within?: string;
  outline: LonLat[];
  rules: ZoneRule[];
  parts?: ZonePart[];
  gates?: Gate[];
  from: string;
  until?: string;
  authority?: string;
  reason?: string;
  by?: string;
  version?: number;
  history?: ZoneChange[];
  ended_at?: string;
  end_reason?: string;
}

/** A zone as somebody says it; a gate without an id gets one. */
export interface ZoneBody {
  name: string;
  outline: LonLat[];
  rules: ZoneRule[];
  parts: ZonePart[];
  gates: (Omit<Gate, 'id' | 'words'> & { id?: string })[];
  until?: string;
  authority: string;
  reason: string;
}

/** The short of how one gets in to an incident; none: one can simply go. */
export interface EntryPlan { zones: string[]; heat?: Heat; gate?: string; with?: string; by?: string; why?: string }

/** How one service gets in at the moment. */
export interface EntryWay {
  service: Service;
  /** as declared */
  rule: Entry;
  /** as it counts now */
  entry: Entry;
  /** rule, heat:hot, gate:g1, agreement:ag1 or clearance:ec1 */
  basis: string;
  until?: string;
  escort?: string;
  in: boolean;
  do: string;
  changes: string[];
  outside: string[];
  inside: string[];
}

export interface Clearance {
  id: string;
  zone: string;
  gate?: string;
  incident?: string;
  services: Service[];
  state: 'asked' | 'given' | 'over';
  required_by?: string;
  asked_at?: string;
  asked_by?: string;
  given_by?: string;
  given_at?: string;
  until?: string;
  ended_at?: string;
  end_reason?: string;
}

export interface Protocol { id: string; title: string; author: string; version: string; movement: boolean; words: string; invented: boolean }

/** How one gets in to an incident: one gate and one rendezvous for all services. */
export interface WaysIn {
  incident: string;
  simply: boolean;
  gate?: Gate;
  rendezvous?: Rendezvous;
  gates: Gate[];
  services: EntryWay[];
  protocols: Protocol[];
  advised: { contact: string; at: string; by: string; protocol: string; author: string; version: string; movement: boolean; words?: string }[];
}
