/** Linked, merged and major incidents, case numbers, tows, BOLOs, the desk that passes, and past calls. */
import { at, del, get, post } from '../wire/api';
import type { Bolo, Done, FoundCalls, HandoverPage, HereBefore, Incident, RotationRow, Tow } from '../wire/types';

const of = (id: string, ...more: string[]): string => at('incidents', id, ...more);

export const linkIncidents = (id: string, other: string, reason: string): Promise<Done> => post(of(id, 'links'), { other, reason });
export const unlinkIncidents = (id: string, other: string, reason: string): Promise<Done> => del(`${of(id, 'links', other)}?reason=${encodeURIComponent(reason)}`);
export const mergeIncidents = (id: string, into: string, reason: string, hazards: string[]): Promise<Done> => post(of(id, 'merge'), { into, reason, hazards });
export const splitIncident = (id: string, contacts: string[], units: string[], reason: string, hazards: string[]): Promise<Done> => post(of(id, 'split'), { contacts, units, reason, hazards });
export const giveCaseNumber = (id: string, agency: string): Promise<Done> => post(of(id, 'case-numbers'), { agency });
export const voidCaseNumber = (id: string, number: string, reason: string): Promise<Done> => post(of(id, 'case-numbers', number, 'void'), { reason });

export interface MajorDraft { authority: string; reason: string; commander: string; channel: string; review_minutes: number }
export const declareMajor = (id: string, m: MajorDraft): Promise<Done> => post(of(id, 'major'), m);
export const reviewMajor = (id: string, reason: string): Promise<Done> => post(of(id, 'major', 'review'), { reason, review_minutes: 120 });
export const endMajor = (id: string, authority: string, reason: string): Promise<Done> => post(of(id, 'major', 'end'), { authority, reason });
export const addToMajor = (id: string, major: string, reason: string): Promise<Done> => post(of(id, 'parent'), { major, reason });
export const takeFromMajor = (id: string, reason: string): Promise<Done> => del(`${of(id, 'parent')}?reason=${encodeURIComponent(reason)}`);
export const addObjective = (id: string, text: string): Promise<Done> => post(of(id, 'objectives'), { text });
export const meetObjective = (id: string, n: number, how: string): Promise<Done> => post(of(id, 'objectives', String(n), 'met'), { how });

export const rotations = async (beat?: string): Promise<RotationRow[]> => (await get<{ items: RotationRow[] }>(`/rotations?beat=${encodeURIComponent(beat ?? '')}`)).items;
export const callProvider = (id: string, list: string, provider: string, reason: string): Promise<Done> => post(of(id, 'tows'), { list, provider: provider || undefined, reason: reason || undefined });
export const answerTow = (id: string, answer: 'accepted' | 'refused' | 'no_answer', more: { eta_minutes?: number; reason?: string } = {}): Promise<Done> => post(at('tows', id, 'answer'), { answer, ...more });
export const towArrived = (id: string): Promise<Done> => post(at('tows', id, 'arrived'));
export const cancelTow = (id: string, reason: string): Promise<Done> => post(at('tows', id, 'cancel'), { reason });

export interface BoloDraft { kind: string; description: string; place?: string; services?: string[]; incident?: string; claims?: string[]; authority: string; review_minutes: number; expires_minutes: number; override?: { by: string; why: string } }
export const issueBolo = (b: BoloDraft): Promise<Done> => post('/bolos', b);
export const reviewBolo = (id: string, reason: string): Promise<Done> => post(at('bolos', id, 'review'), { reason, review_minutes: 480, expires_minutes: 1440 });
export const ackBolo = (id: string, unit: string): Promise<Done> => post(at('bolos', id, 'ack'), { unit });
export const cancelBolo = (id: string, reason: string): Promise<Done> => post(at('bolos', id, 'cancel'), { reason });

export const handover = (desk: string): Promise<HandoverPage> => get(`/handover?desk=${encodeURIComponent(desk)}`);
export const offerHandover = (desk: string, to: string, note: string, absent: string): Promise<Done> => post('/handovers', { desk, to, note: note || undefined, absent: absent || undefined });
export const acceptHandover = (id: string): Promise<Done> => post(at('handovers', id, 'accept'));
export const declineHandover = (id: string, reason: string): Promise<Done> => post(at('handovers', id, 'decline'), { reason });
export const withdrawHandover = (id: string, reason: string): Promise<Done> => post(at('handovers', id, 'withdraw'), { reason });

export const hereBefore = (id: string): Promise<HereBefore> => get(of(id, 'before'));
export const searchCalls = (q: { number: string; place: string; from: string; until: string }): Promise<FoundCalls> => get(`/search?${new URLSearchParams(Object.entries(q).filter(([, v]) => v))}`);
export const searchWords = (words: string, from: string, until: string, why: string): Promise<FoundCalls> => post('/search/words', { words, from, until, why });

export const BOLO_KINDS: [string, string][] = [['vehicle', 'Vehicle'], ['person', 'Person'], ['missing_person', 'Missing person'], ['property', 'Property'], ['danger', 'Danger']];
const LINK_WORDS: Record<string, string> = { related: 'related to', merged_into: 'merged into', merged_from: 'took in', split_into: 'split off', split_from: 'split from' };
export const linkWord = (kind: string): string => LINK_WORDS[kind] ?? kind;

/** What a BOLO rests on, in words: one that rests on claims only says so. */
export function restsOn(b: Bolo): string {
  const claims = b.claims.join(', ');
  if (b.claims_only) return `Rests on claims only: ${claims}`;
  return `Rests on call ${b.call}${claims ? ` and ${claims}` : ''}`;
}

/** Tows are under way until they arrive, are refused, or are called off. */
export const underWay = (t: Tow): boolean => t.state === 'called' || t.state === 'accepted';

/** The call that a person names by its number, as they read it aloud. */
export const byCallNumber = (incidents: Incident[], text: string): Incident | undefined => incidents.find((i) => String(i.number) === text.trim());
