/** Hazards: which are shown, which count as read with a gesture, and the commands about them and about ways. */
import { at, del, post } from '../wire/api';
import type { AckWhere, Hazard, HazardLevel, IncidentHazard } from '../wire/types';

const EARTH_M = 6_371_000;

/** Metres between two places, flat: good to the metre within a city. */
export function metres(a: { lon: number; lat: number }, b: { lon: number; lat: number }): number {
  const rad = Math.PI / 180, x = (b.lon - a.lon) * rad * Math.cos(((a.lat + b.lat) / 2) * rad), y = (b.lat - a.lat) * rad;
  return Math.hypot(x, y) * EARTH_M;
}

/** The hazards that a place lies in, the most dangerous first. */
export function hazardsAt(all: Hazard[], p: { lon: number; lat: number } | undefined): Hazard[] {
  if (!p) return [];
  return all.filter((h) => h.position && metres(h.position, p) <= h.radius_m).sort((a, b) => b.level - a.level || (a.id < b.id ? -1 : 1));
}

/** What is read by being on the screen when the key is pressed; a danger takes a key of its own. */
export function readWith(shown: { id: string; level: HazardLevel }[], dangerRead: boolean): string[] {
  return shown.filter((h) => h.level < 3 || dangerRead).map((h) => h.id);
}

export const hasDanger = (shown: { level: HazardLevel }[]): boolean => shown.some((h) => h.level === 3);

/** Who has read it, in words. */
export function readBy(h: IncidentHazard, clock: (t: string) => string): string {
  const last = new Map<string, string>();
  for (const a of h.acks) last.set(a.where + (a.unit ?? ''), `${a.where === 'phone' ? `${a.unit} on the phone` : `${a.by} at ${a.where}${a.unit ? ` for ${a.unit}` : ''}`} ${clock(a.at)}`);
  return last.size ? `Read by ${[...last.values()].join(', ')}` : 'Nobody has read it';
}

export interface NewHazard { location: { text: string; lon: number; lat: number }; radius_m?: number; level: HazardLevel; text: string; review_by: string }
export const recordHazard = (h: NewHazard): Promise<unknown> => post('/hazards', h);
export const reviewHazard = (id: string, review_by: string, reason: string): Promise<unknown> => post(at('hazards', id, 'review'), { review_by, reason });
export const withdrawHazard = (id: string, reason: string): Promise<unknown> => del(`${at('hazards', id)}?reason=${encodeURIComponent(reason)}`);
export const ackHazards = (incident: string, hazards: string[], where: AckWhere, unit?: string): Promise<unknown> => post(at('incidents', incident, 'hazards', 'ack'), { hazards, where, unit });

export interface NewWay { kind: 'point' | 'line' | 'area'; geometry: [number, number][]; direction: string; classes?: string[]; state: string; source: string; confidence: string; half_life_ms: number; note?: string; obstacle?: string; admits?: string[]; delay_ms?: number }
export const recordWay = (w: NewWay): Promise<unknown> => post('/access', w);
/** Seen again: still so, or what it is now. */
export const confirmWay = (id: string, state?: string): Promise<unknown> => post(at('access', id, 'confirm'), { state });
export const notifyWay = (id: string, service: string): Promise<unknown> => post(at('access', id, 'notify'), { service });
export const withdrawWay = (id: string, reason: string): Promise<unknown> => del(`${at('access', id)}?reason=${encodeURIComponent(reason)}`);
