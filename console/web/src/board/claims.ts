/** What is said, what is told, and reports that only named people read. */
import { at, post } from '../wire/api';
import type { Bulletin, Claim, Grade, Looked, NewClaim, SourceKind } from '../wire/types';

export const GRADES: [Grade, string][] = [['confirmed', 'Confirmed'], ['likely', 'Likely'], ['single_source', 'Single source'], ['anecdotal', 'Anecdotal'], ['denied', 'Denied']];
export const KINDS: [SourceKind, string][] = [['official', 'Official'], ['responder', 'Responder'], ['resident', 'Resident'], ['business', 'Business'], ['spokesperson', 'Spokesperson'], ['media', 'Media'], ['anonymous', 'Anonymous'], ['sensor', 'Sensor']];
export const gradeName = (g: string): string => GRADES.find(([id]) => id === g)?.[1] ?? g;
export const kindName = (k: string): string => KINDS.find(([id]) => id === k)?.[1] ?? k;

export const recordClaim = (c: NewClaim): Promise<unknown> => post('/claims', c);
export const gradeClaim = (id: string, grade: Grade, why: string): Promise<unknown> => post(at('claims', id, 'grade'), { grade, why });
export const holdClaim = (id: string, authority: string, reason: string): Promise<unknown> => post(at('claims', id, 'hold'), { authority, reason });
export const releaseClaim = (id: string, reason: string): Promise<unknown> => post(at('claims', id, 'release'), { reason });
export const issueBulletin = (text: string, claims: string[], override?: { by: string; why: string }): Promise<unknown> => post('/bulletins', { text, claims, override });
export const releaseBulletin = (id: string): Promise<unknown> => post(at('bulletins', id, 'release'));
export const withdrawBulletin = (id: string, reason: string): Promise<unknown> => post(at('bulletins', id, 'withdraw'), { reason });
export const markConfidential = (contact: string, readers: string[], reason: string, receipt_asked: boolean): Promise<unknown> => post(at('contacts', contact, 'confidential'), { readers, reason, receipt_asked });
export const changeReaders = (contact: string, readers: string[], reason: string): Promise<unknown> => post(at('contacts', contact, 'readers'), { readers, reason });
export const lookAt = (contact: string, reason: string): Promise<Looked> => post(at('contacts', contact, 'look'), { reason });

/** Claims in the order in which they were recorded: cl2 before cl10. */
export const inOrder = <T extends { id: string }>(rows: T[]): T[] => [...rows].sort((a, b) => Number(a.id.replace(/\D/g, '')) - Number(b.id.replace(/\D/g, '')));

/** Readers as they are typed, with commas between them: names may hold spaces. */
export const readersOf = (text: string): string[] => text.split(',').map((r) => r.trim()).filter(Boolean);

/** The refusals that somebody may answer for by name. */
export const OVERRIDABLE = new Set(['bulletin_single_source', 'bulletin_contradicted']);

/** When the public may read it, in words. */
export function publicWords(b: Bulletin, now: number, time: (at?: string) => string): string {
  if (b.withdrawn_at) return `withdrawn ${time(b.withdrawn_at)} by ${b.withdrawn_by}${b.reason ? `: ${b.reason}` : ''}`;
  if (!b.public_at) return 'in question before it was public: not shown to the public';
  return Date.parse(b.public_at) <= now ? `public since ${time(b.public_at)}${b.released_by ? `, released by ${b.released_by}` : ''}` : `public from ${time(b.public_at)}, unless it names operations`;
}

/** What speaks for a claim and against it, whichever of the two was recorded first. */
export const sides = (c: Claim): { by: string[]; against: string[] } => ({ by: [...c.corroborates, ...c.corroborated_by], against: [...c.contradicts, ...c.contradicted_by] });
