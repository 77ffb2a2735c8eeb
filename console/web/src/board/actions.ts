/** Every gesture of the console as one command to the server. Refusals come back as Problem. */
import { at, del, get, post } from '../wire/api';
import type { Contact, ContactReply, Incident, IncidentDetail, Posture, PostureDeclaration, PosturePreset, Recommendation, SweepReply } from '../wire/types';
import { board } from './board.svelte';

export interface NewContact {
  channel: string;
  caller: { name?: string; number?: string; safe_to_call?: string };
  location: { text?: string; lon?: number; lat?: number };
  narrative: string;
  type?: string;
  language?: string;
  incident?: string;
}

export const assign = (incident: string, unit: string, opts: { stacked?: boolean; override_reason?: string } = {}): Promise<unknown> => post(at('incidents', incident, 'assignments'), { unit, ...opts });
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
export const declarePosture = (p: PostureDeclaration): Promise<unknown> => post('/postures', p);
export const renewPosture = (id: string, review_by: string, reason: string): Promise<unknown> => post(at('postures', id, 'renew'), { review_by, reason });
export const endPosture = (id: string, reason: string): Promise<unknown> => post(at('postures', id, 'end'), { reason });
export const incidentDetail = (id: string): Promise<IncidentDetail> => get(at('incidents', id));
export const recommendation = (id: string): Promise<Recommendation> => get(at('incidents', id, 'recommendation'));
export const sweep = (): Promise<SweepReply> => get('/sweep');
export const posturePresets = (): Promise<PosturePreset[]> => get('/postures/presets');

const FINAL = new Set(['declined', 'transferred', 'abandoned', 'resolved']);
export const isFinal = (c: Contact): boolean => FINAL.has(c.outcome.kind);

/** The contacts of an incident that can be decided about, the longest wait first; one that only follows the incident cannot. */
export function openContacts(i: Incident): Contact[] {
  return i.contacts.map((id) => board.contact(id)).filter((c): c is Contact => !!c && !isFinal(c) && c.outcome.kind !== 'duplicate').sort((a, b) => Date.parse(a.received_at) - Date.parse(b.received_at));
}

/** The posture that probably holds this incident, for the eye only: the server decides which one a hold cites. */
export function likelyPosture(i: Incident): Posture | undefined {
  return board.postureInForce.find((p) => p.service === i.service && (p.area.kind !== 'beats' || p.area.beats?.includes(i.beat ?? '')) && p.rules?.some((r) => r.action === 'hold' && (r.types?.includes(i.type) || r.priority === i.priority)));
}

/** Who answers for a decision taken at this desk. */
export const authority = (): string => `${board.me.name}, ${board.me.role}`;
