/** Whom one can talk to, what came of it, and what was agreed: the order on the screen, and the commands. */
import { at, del, post } from '../wire/api';
import type { Agreement, AttemptResult, Incident, Liaison, NewAgreement, NewLiaison, Unit } from '../wire/types';

/** What comes of a try; its digit is its place. */
export const RESULTS: [AttemptResult, string][] = [['reached', 'Reached'], ['no_answer', 'No answer'], ['message_left', 'Message left'], ['refused', 'Refused'], ['channel_dead', 'Channel dead']];
export const resultName = (r: string): string => RESULTS.find(([id]) => id === r)?.[1] ?? r;

const SOON_MS = 30 * 60_000;
export const AGREEMENT_HOURS_MAX = 7 * 24;

/** How an agreement stands at a moment; its end comes by the clock, a second before the server has said so. */
export function stateAt(a: Agreement, now: number): Agreement['state'] {
  if (a.ended_at || now >= Date.parse(a.until)) return 'over';
  return now < Date.parse(a.from) ? 'ahead' : 'in_force';
}

const PLACE = { in_force: 0, ahead: 1, over: 2 };

/** Agreements in force first, those that end soonest before others; what is over last. */
export function inOrder(all: Agreement[], now: number): Agreement[] {
  const key = (a: Agreement): number => Date.parse(a.until);
  return [...all].sort((a, b) => PLACE[stateAt(a, now)] - PLACE[stateAt(b, now)] || (stateAt(a, now) === 'over' ? key(b) - key(a) : key(a) - key(b)));
}

export const endingSoon = (all: Agreement[], now: number): Agreement[] => all.filter((a) => stateAt(a, now) === 'in_force' && Date.parse(a.until) - now <= SOON_MS);

/** The units of its services at calls that its gates lead to: who is inside, and who is on the way in. */
export function affected(a: Agreement, incidents: Incident[], units: Unit[]): { inside: string[]; coming: string[] } {
  const of = new Map(units.map((u) => [u.id, u]));
  const out = { inside: [] as string[], coming: [] as string[] };
  for (const i of incidents) {
    if (i.state === 'closed' || !i.entry?.zones.includes(a.zone) || (a.gates.length && !a.gates.includes(i.entry.gate ?? ''))) continue;
    for (const w of i.assignments) {
      const u = of.get(w.unit);
      if (!u || w.ended_at || w.stacked || w.outside || u.incident !== i.id || !a.services.includes(u.service)) continue;
      if (u.status === 'on_scene' || u.status === 'transporting') out.inside.push(u.id);
      else if (u.status === 'dispatched' || u.status === 'enroute' || u.status === 'staged') out.coming.push(u.id);
    }
  }
  return out;
}

/** Liaisons in the order of their numbers: l2 before l10. */
export const liaisonsInOrder = (all: Liaison[]): Liaison[] => [...all].sort((a, b) => Number(a.id.slice(1)) - Number(b.id.slice(1)));

/** How often somebody was tried since they were last reached. */
export function sinceReached(l: Liaison): number {
  const last = l.attempts.findLastIndex((a) => a.result === 'reached');
  return last < 0 ? l.tries : l.attempts.length - 1 - last;
}

export const recordLiaison = (l: NewLiaison): Promise<unknown> => post('/liaisons', l);
export const renewLiaison = (id: string, expires_at: string): Promise<unknown> => post(at('liaisons', id, 'renew'), { consent: true, expires_at });
export const tryLiaison = (id: string, result: AttemptResult, note: string, channel: string): Promise<unknown> => post(at('liaisons', id, 'attempts'), { result, note: note || undefined, channel: channel || undefined });
export const endLiaison = (id: string, reason: string): Promise<unknown> => del(`${at('liaisons', id)}?reason=${encodeURIComponent(reason)}`);
export const recordAgreement = (a: NewAgreement): Promise<unknown> => post('/agreements', a);
export const endAgreement = (id: string, reason: string): Promise<unknown> => del(`${at('agreements', id)}?reason=${encodeURIComponent(reason)}`);
