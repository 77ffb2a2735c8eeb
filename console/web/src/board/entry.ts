import { at, del, get, post } from '../wire/api';
import type { Service, WaysIn, ZoneBody } from '../wire/types';
import type { NewZone } from './zones';

export const waysIn = (incident: string): Promise<WaysIn> => get(at('incidents', incident, 'entry'));
export const changeGate = (incident: string, gate: string, why: string): Promise<unknown> => post(at('incidents', incident, 'entry'), { gate, why });
export const askClearance = (incident: string, services: Service[], required_by: string): Promise<unknown> => post('/clearances/ask', { incident, services, required_by });
export const withdrawClearance = (id: string, reason: string): Promise<unknown> => del(`${at('clearances', id)}?reason=${encodeURIComponent(reason)}`);
export const advise = (contact: string, protocol: string, movement: boolean, words: string): Promise<unknown> => post(at('contacts', contact, 'advise'), { protocol, movement, words });

/** Gives a clearance for so many minutes of the room's clock. */
export const giveClearance = (what: { incident: string } | { clearance: string }, services: Service[], given_by: string, now: number, minutes: number): Promise<unknown> =>
  post('/clearances', { ...what, services, given_by, until: new Date(now + minutes * 60_000).toISOString() });

/** By what right, in words: "rule", "clearance ec1", "heat hot". */
export const right = (basis: string): string => basis.replace(':', ' ');

export const declareZone = (zone: NewZone): Promise<unknown> => post('/zones', zone);
/** Everything is given as it shall be; refused where the zone is no longer of the version that the draft was made of. */
export const amendZone = (id: string, zone: ZoneBody & { why: string; version?: number }): Promise<unknown> => post(at('zones', id, 'amend'), zone);
export const endZone = (id: string, reason: string, without_plan: string): Promise<unknown> => del(`${at('zones', id)}?reason=${encodeURIComponent(reason)}${without_plan ? `&without_plan=${encodeURIComponent(without_plan)}` : ''}`);
