import type { Alarm, Incident, Unit } from '../wire/types';

const ms = (t: string | undefined): number => (t ? Date.parse(t) : 0);
const by = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** "3B2" before "12A1", "E2" before "E10": runs of digits compare as numbers. */
export function byCallSign(a: string, b: string): number {
  const pa = a.match(/\d+|\D+/g) ?? [];
  const pb = b.match(/\d+|\D+/g) ?? [];
  for (let i = 0; i < Math.min(pa.length, pb.length); i++) {
    const x = pa[i]!, y = pb[i]!;
    if (x === y) continue;
    const nx = Number(x), ny = Number(y);
    return Number.isNaN(nx) || Number.isNaN(ny) ? by(x, y) : nx - ny || by(x, y);
  }
  return pa.length - pb.length;
}

export const isPending = (i: Incident): boolean => i.state !== 'active' && i.state !== 'closed';
export const isActive = (i: Incident): boolean => i.state === 'active';

/** Priority, then the longest wait; the number settles ties, so rows never swap without cause. */
export function byUrgency(a: Incident, b: Incident): number {
  return a.priority - b.priority || ms(a.opened_at) - ms(b.opened_at) || a.number - b.number;
}

/** Age alone never lifts a call above this priority. */
const AGE_TOP = 2;

/**
 * The priority raised by age, at `now`: one class for each full wait limit. The row's own rank is as of its last change,
 * so the better of the two counts.
 */
export function rankOf(i: Incident, limitMs: number | undefined, now: number): number {
  const known = Math.min(i.priority, i.rank ?? i.priority);
  if (i.priority <= AGE_TOP || !limitMs) return known;
  const steps = Math.max(0, Math.floor((now - ms(i.opened_at)) / limitMs));
  return Math.min(known, i.priority - Math.min(steps, i.priority - AGE_TOP));
}

/** Pending calls as they should be looked at: rank, then the longest wait. */
export function inRankOrder(rows: Incident[], limitMs: (priority: number) => number | undefined, now: number): Incident[] {
  const rank = new Map(rows.map((i) => [i, rankOf(i, limitMs(i.priority), now)]));
  return [...rows].sort((a, b) => rank.get(a)! - rank.get(b)! || ms(a.opened_at) - ms(b.opened_at) || a.number - b.number);
}

/** Fraction of the wait target used, at `now`; undefined when no target is known. More than 1 is overdue. */
export function waited(i: Incident, targetMs: number | undefined, now: number): number | undefined {
  const start = ms(i.opened_at);
  const end = i.due ? ms(i.due) : targetMs ? start + targetMs : 0;
  if (!end) return undefined;
  if (end <= start) return now > end ? 2 : 1;
  return Math.max(0, (now - start) / (end - start));
}

/** Overdue belongs to pending calls only: somebody who is being helped is no longer waiting. */
export function isOverdue(i: Incident, targetMs: number | undefined, now: number): boolean {
  return isPending(i) && (waited(i, targetMs, now) ?? 0) > 1;
}

const STATUS_ORDER = ['available', 'dispatched', 'enroute', 'staged', 'on_scene', 'transporting', 'at_hospital', 'out_of_service', 'off_duty'];

export function unitsInOrder(units: Unit[], how: 'sign' | 'status'): Unit[] {
  const rows = [...units];
  if (how === 'sign') return rows.sort((a, b) => byCallSign(a.id, b.id));
  return rows.sort((a, b) => STATUS_ORDER.indexOf(a.status) - STATUS_ORDER.indexOf(b.status) || byCallSign(a.id, b.id));
}

const CAUSES: Record<string, string> = {
  overdue: 'Overdue', promise_broken: 'Promise broken', posture_review: 'Posture not reviewed', posture_ended: 'Posture ended', posture_proposed: 'Posture proposed',
  staged: 'Staged, life safety', repeat_caller: 'Rings again', station_lost: 'Station lost', zone_ended: 'Zone ended', clock_jumped: 'Clock', bulk_clearing: 'Calls to be cleared',
};
/** An alarm's cause in words. */
export const causeName = (cause: string): string => CAUSES[cause] ?? cause.charAt(0).toUpperCase() + cause.slice(1).replaceAll('_', ' ');

export interface AlarmGroup { cause: string; level: Alarm['level']; count: number; oldest: Alarm; alarms: Alarm[] }

const LEVELS: Alarm['level'][] = ['life_safety', 'warning', 'notice'];

/** Unacknowledged alarms, one line per cause: the most severe first, then the oldest. A flood stays one line. */
export function groupAlarms(alarms: Iterable<Alarm>): AlarmGroup[] {
  const groups = new Map<string, AlarmGroup>();
  for (const a of alarms) {
    if (a.acked_by) continue;
    const key = `${a.level} ${a.cause}`;
    const n = Math.max(1, a.count);
    const g = groups.get(key);
    if (!g) groups.set(key, { cause: a.cause, level: a.level, count: n, oldest: a, alarms: [a] });
    else {
      g.count += n;
      g.alarms.push(a);
      if (ms(a.raised_at) < ms(g.oldest.raised_at)) g.oldest = a;
    }
  }
  return [...groups.values()].sort((a, b) => LEVELS.indexOf(a.level) - LEVELS.indexOf(b.level) || ms(a.oldest.raised_at) - ms(b.oldest.raised_at) || by(a.cause, b.cause));
}

const EARTH_M = 6371008.8;
/** Great-circle distance in metres: good to a few per mille, used only to hint at duplicates. */
export function metresBetween(a: { lon: number; lat: number }, b: { lon: number; lat: number }): number {
  const rad = Math.PI / 180;
  const dLat = (b.lat - a.lat) * rad, dLon = (b.lon - a.lon) * rad;
  const h = Math.sin(dLat / 2) ** 2 + Math.cos(a.lat * rad) * Math.cos(b.lat * rad) * Math.sin(dLon / 2) ** 2;
  return 2 * EARTH_M * Math.asin(Math.min(1, Math.sqrt(h)));
}

const plain = (s: string): string => s.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, ' ').trim();

export interface Duplicate { incident: Incident; why: string }

/** Open incidents that the call being taken may be about: same words for the place, or within `withinM` of the pin. Never decides, only hints. */
export function possibleDuplicates(incidents: Iterable<Incident>, place: string, pin: { lon: number; lat: number } | undefined, withinM = 150): Duplicate[] {
  const wanted = plain(place);
  const found: { d: Duplicate; rank: number }[] = [];
  for (const i of incidents) {
    if (i.state === 'closed') continue;
    if (pin && i.position) {
      const m = metresBetween(pin, i.position);
      if (m <= withinM) { found.push({ d: { incident: i, why: `${Math.round(m)} m away` }, rank: m }); continue; }
    }
    if (wanted.length >= 4) {
      const have = plain(i.place);
      if (have === wanted) found.push({ d: { incident: i, why: 'same place' }, rank: 0 });
      else if (have.startsWith(wanted)) found.push({ d: { incident: i, why: 'place begins the same' }, rank: withinM });
    }
  }
  return found.sort((a, b) => a.rank - b.rank || byUrgency(a.d.incident, b.d.incident)).slice(0, 5).map((f) => f.d);
}

/** A place for a narrow column: what tells one block from another must not be what is cut off. */
export function shortPlace(place: string): string {
  return place.replace(/^(\d+) block of /i, '$1 blk ');
}
