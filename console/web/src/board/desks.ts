/** Desks that take calls instead of a car, by the rules as this page knows them: to offer, never to decide. */
import type { Desk, Incident } from '../wire/types';

/** Why a desk does not take a call now; undefined when it does. */
export function whyNot(d: Desk, i: Incident): string | undefined {
  if (d.open === false) return `shut: ${d.reason ?? 'no reason given'}`;
  if (d.types?.length && !d.types.includes(i.type)) return `does not take ${i.type_name.toLowerCase()}`;
  if (d.from_priority && i.priority < d.from_priority) return `takes P${d.from_priority} and below, this is P${i.priority}`;
  if (d.capacity && (d.load ?? 0) >= d.capacity) return `full: ${d.load} of ${d.capacity}`;
  return undefined;
}

/** Desks for a call: first the one that the posture names, then those that take it, then the others with why not. Desks that send units are left out. */
export function desksFor(desks: Desk[], i: Incident, named?: string): { desk: Desk; why?: string }[] {
  const rows = desks.filter((d) => d.kind).map((desk) => ({ desk, why: whyNot(desk, i) }));
  const place = (r: { desk: Desk; why?: string }): number => (r.why ? 2 : r.desk.id === named ? 0 : 1);
  return rows.map((r, n) => ({ r, n })).sort((a, b) => place(a.r) - place(b.r) || a.n - b.n).map((x) => x.r);
}

export const kindName = (kind: string | undefined): string => (kind ? kind.replaceAll('_', ' ') : 'sends units');
