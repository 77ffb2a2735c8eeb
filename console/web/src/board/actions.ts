/** Every gesture of the console as one command to the server. Refusals come back as Problem. */
import { at, del, get, post } from '../wire/api';
import type { ClearingOutcome, Contact, ContactReply, Incident, IncidentDetail, PostureAmendment, PresetDeclaration, Reached, Recommendation, SweepLine, SweepReply, WhyReply } from '../wire/types';
import { board } from './board.svelte';
import { rulingFor, type Ruling } from './posture';

/** Ids of the hazards that were shown and read go with the gesture: it costs none of its own. */
export interface Sending { stacked?: boolean; override_reason?: string; hazards?: string[] }

export interface NewContact {
  channel: string;
  caller: { name?: string; number?: string; safe_to_call?: string };
  location: { text?: string; lon?: number; lat?: number };
  narrative: string;
  type?: string;
  language?: string;
  incident?: string;
  /** ids of the hazards that were shown and read */
  hazards?: string[];
}

export const assign = (incident: string, unit: string, opts: Sending = {}): Promise<unknown> => post(at('incidents', incident, 'assignments'), { unit, ...opts });
export const unassign = (incident: string, unit: string, reason: string): Promise<unknown> => del(`${at('incidents', incident, 'assignments', unit)}?reason=${encodeURIComponent(reason)}`);
export const setStatus = (unit: string, status: string): Promise<unknown> => post(at('units', unit, 'status'), { status, source: 'radio' });
export const addNote = (incident: string, text: string): Promise<unknown> => post(at('incidents', incident, 'notes'), { text });
export const strikeNote = (incident: string, note: string, reason: string): Promise<unknown> => post(at('incidents', incident, 'notes', note, 'strike'), { reason });
export const closeIncident = (incident: string, disposition: string, authority: string): Promise<unknown> => post(at('incidents', incident, 'close'), { disposition, authority });
export const reprioritise = (incident: string, priority: number, reason: string): Promise<unknown> => post(at('incidents', incident, 'reprioritise'), { priority, reason });
export const hold = (contact: string, body: { reason?: string; promise_minutes?: number; told?: string }): Promise<unknown> => post(at('contacts', contact, 'hold'), body);
export const resume = (contact: string, reason: string): Promise<unknown> => post(at('contacts', contact, 'resume'), { reason });
export const stage = (contact: string, plan: string, gate?: string): Promise<unknown> => post(at('contacts', contact, 'stage'), gate ? { plan, gate } : { plan });
export const keepPromise = (promise: string, how: string): Promise<unknown> => post(at('promises', promise, 'keep'), { how });
export const takeCall = (c: NewContact): Promise<ContactReply> => post('/contacts', c);
export const ackAlarm = (alarm: string): Promise<unknown> => post(at('alarms', alarm, 'ack'));
export const declarePreset = (preset: string, body: PresetDeclaration): Promise<unknown> => post(at('presets', preset), body);
export const amendPosture = (id: string, body: PostureAmendment): Promise<unknown> => post(at('postures', id, 'amend'), body);
export const renewPosture = (id: string, review_by: string, reason: string): Promise<unknown> => post(at('postures', id, 'renew'), { review_by, reason });
export const endPosture = (id: string, reason: string): Promise<unknown> => post(at('postures', id, 'end'), { reason });
export const incidentDetail = (id: string): Promise<IncidentDetail> => get(at('incidents', id));
export const recommendation = (id: string): Promise<Recommendation> => get(at('incidents', id, 'recommendation'));
/** Accepts one line of the sweep, if it is still what is best. */
export const acceptLine = (l: SweepLine, hazards: string[] = []): Promise<unknown> => post('/sweep/lines', { incident: l.incident, unit: l.unit, kind: l.kind ?? 'free', hazards });
export const sweep = (): Promise<SweepReply> => get('/sweep');
export const why = (contact: string): Promise<WhyReply> => get(at('contacts', contact, 'why'));

/** Reason and words may be left out where a posture in force says the same; the server then takes its own. */
export interface Spoken { reason?: string; words?: string }
export const divert = (contact: string, desk: string, s: Spoken): Promise<unknown> => post(at('contacts', contact, 'divert'), { desk, ...s });
export const appoint = (contact: string, when: string, desk: string | undefined, s: Spoken): Promise<unknown> => post(at('contacts', contact, 'appoint'), { at: when, desk, ...s });
export const decline = (contact: string, by: string, s: Spoken): Promise<unknown> => post(at('contacts', contact, 'decline'), { authority: by, ...s });
export const giveBack = (contact: string, reason: string): Promise<unknown> => post(at('contacts', contact, 'give-back'), { reason });
export const transfer = (contact: string, to: string, reason: string): Promise<unknown> => post(at('contacts', contact, 'transfer'), { to, reason });
export const joinCall = (contact: string, incident: string, reason: string): Promise<unknown> => post(at('contacts', contact, 'join'), { incident, reason });
export const reopen = (incident: string, reason: string): Promise<unknown> => post(at('incidents', incident, 'reopen'), { reason });
export const ring = (contact: string, reached: Reached, words?: string, promise_minutes?: number): Promise<unknown> =>
  post(at('contacts', contact, 'ring'), { reached, words: words || undefined, promise_minutes: promise_minutes || undefined, told: promise_minutes ? promiseWords(promise_minutes) : undefined });
export const setDesk = (desk: string, open: boolean, reason: string): Promise<unknown> => post(at('desks', desk, open ? 'open' : 'shut'), { reason });
export const clearTogether = (contacts: string[], outcome: ClearingOutcome, reason: string, words: string, alone: boolean): Promise<unknown> => post('/clearings', { contacts, outcome, reason, words: words || undefined, alone: alone || undefined });
export const confirmClearing = (id: string): Promise<unknown> => post(at('clearings', id, 'confirm'));
export const rejectClearing = (id: string, reason: string): Promise<unknown> => post(at('clearings', id, 'reject'), { reason });

/** What is said to a caller who is promised a call-back. */
export const promiseWords = (minutes: number): string => `A call-back within ${minutes} minutes`;

const FINAL = new Set(['declined', 'transferred', 'abandoned', 'resolved']);
export const isFinal = (c: Contact): boolean => FINAL.has(c.outcome.kind);

/** The contacts of an incident that can be decided about, the longest wait first; one that only follows the incident cannot. */
export function openContacts(i: Incident): Contact[] {
  return i.contacts.map((id) => board.contact(id)).filter((c): c is Contact => !!c && !isFinal(c) && c.outcome.kind !== 'duplicate').sort((a, b) => Date.parse(a.received_at) - Date.parse(b.received_at));
}

/** The rule that the postures in force have for this call, for prefilled words. */
export const ruling = (i: Incident): Ruling | undefined => rulingFor(board.postureInForce, i);

/** Who answers for a decision taken at this desk. */
export const authority = (): string => `${board.me.name}, ${board.me.role}`;
