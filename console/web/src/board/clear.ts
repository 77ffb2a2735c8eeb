/** Calls to be cleared together: which of the marked ones the rules would refuse, seen before they are proposed. */
import type { Contact, Incident } from '../wire/types';
import { isPending } from './order';

export interface ToClear { incident: Incident; contact?: Contact; /** why it cannot be among them */ why?: string }

export function toClear(marked: Iterable<string>, incident: (id: string) => Incident | undefined, waiting: (i: Incident) => Contact[]): ToClear[] {
  const rows: ToClear[] = [];
  for (const id of marked) {
    const i = incident(id);
    if (!i) continue;
    const all = waiting(i);
    const why = i.life_safety ? 'life safety: never cleared with others'
      : !isPending(i) ? 'it waits no more'
      : all.length !== 1 ? 'it has other contacts: close it by itself' : undefined;
    rows.push({ incident: i, contact: all[0], why });
  }
  return rows.sort((a, b) => a.incident.number - b.incident.number);
}

/** The person in "role:name": nobody is a second person by changing roles. */
export const nameOf = (by: string): string => by.slice(by.indexOf(':') + 1);
