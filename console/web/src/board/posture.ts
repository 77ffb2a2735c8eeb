/** What the postures in force say of a call: for the eye and for prefilled words only. The server decides. */
import type { Alarm, Area, Incident, Posture, PostureRule } from '../wire/types';

const FROM_WIDE_TO_NARROW: Area['kind'][] = ['city', 'beats', 'zone', 'drawn'];

function inside(outline: [number, number][], p: { lon: number; lat: number }): boolean {
  let within = false;
  for (let i = 0, j = outline.length - 1; i < outline.length; j = i++) {
    const [x, y] = outline[i]!, [u, v] = outline[j]!;
    if (y > p.lat !== v > p.lat && p.lon < ((u - x) * (p.lat - y)) / (v - y) + x) within = !within;
  }
  return within;
}

export function covers(area: Area, i: Incident): boolean {
  switch (area.kind) {
    case 'city': return true;
    case 'beats': return area.beats?.includes(i.beat ?? '') ?? false;
    case 'zone': return !!i.zone && i.zone === area.zone;
    case 'drawn': return !!i.position && inside(area.outline ?? [], i.position);
  }
}

export interface Ruling { posture: Posture; rule: PostureRule }

/** The rule for a call: the narrowest area that says anything about it wins, the newest among equals. Life-safety has none. */
export function rulingFor(postures: Posture[], i: Incident): Ruling | undefined {
  if (i.life_safety) return undefined;
  const speak = postures.filter((p) => !p.ended_at && p.service === i.service && covers(p.area, i));
  speak.sort((a, b) => FROM_WIDE_TO_NARROW.indexOf(b.area.kind) - FROM_WIDE_TO_NARROW.indexOf(a.area.kind) || Date.parse(b.from) - Date.parse(a.from));
  for (const posture of speak) {
    const rule = posture.rules?.find((r) => (!r.priority || r.priority === i.priority) && (!r.types?.length || r.types.includes(i.type)));
    if (rule) return { posture, rule };
  }
  return undefined;
}

/** The words for the caller that a ruling carries. */
export const wordsOf = (r: Ruling | undefined): string => r?.rule.words || r?.posture.script || '';

/** The posture in force that a refusal "posture_contradicts" names: its id is the first word. */
export function namedIn(text: string, inForce: Posture[]): Posture | undefined {
  const words = new Set(text.split(/[^\w-]+/));
  return inForce.find((p) => words.has(p.id));
}

export const noReason = (p: Posture): boolean => p.reason_state === 'none_stated' || !p.reason;
export const reviewIsPast = (p: Posture, now: number): boolean => p.unreviewed || Date.parse(p.review_by) < now;

/** Presets that a trigger proposes and nobody has answered yet, the oldest first, one alarm for each preset. */
export function proposed(alarms: Alarm[]): Alarm[] {
  const open = alarms.filter((a) => a.cause === 'posture_proposed' && a.preset && !a.acked_by).sort((a, b) => Date.parse(a.raised_at) - Date.parse(b.raised_at));
  return open.filter((a, n) => open.findIndex((b) => b.preset === a.preset) === n);
}
