/** Callers who are to be rung, and what is known of how often they have rung us. */
import type { CallBack, Contact } from '../wire/types';

export interface History { calls: number; broken: number }

const digits = (n: string | undefined): string => (n ?? '').replace(/\D/g, '');
const NUMBER_DIGITS_MIN = 7; // fewer may be an extension, shared by many

/** Contacts by call-back number; those without a usable one are left out. */
export function byNumber(contacts: Iterable<Contact>): Map<string, Contact[]> {
  const found = new Map<string, Contact[]>();
  for (const c of contacts) {
    const n = digits(c.caller?.number);
    if (n.length >= NUMBER_DIGITS_MIN) found.set(n, [...(found.get(n) ?? []), c]);
  }
  return found;
}

/** Every contact of this person that the board knows; without a usable number only this one. */
export const callersOf = (c: Contact, others: Map<string, Contact[]>): Contact[] => others.get(digits(c.caller?.number)) ?? [c];

/** How many calls this person has made and how many promises to them were broken. Counting raises no priority; it is said. */
export function historyOf(c: Contact, others: Map<string, Contact[]>): History {
  const all = callersOf(c, others);
  return { calls: Math.max(all.length, ...all.map((x) => (x.repeat ?? 0) + 1)), broken: all.reduce((n, x) => n + (x.promises_broken ?? 0), 0) };
}

/** The same for a number that is being typed, before the call is taken: the call to come counts. */
export function historyOfNumber(number: string, others: Map<string, Contact[]>): History | undefined {
  const all = others.get(digits(number));
  if (!all?.length) return undefined;
  const h = historyOf(all[0]!, others);
  return { calls: h.calls + 1, broken: h.broken };
}

export const historyWords = (h: History): string => `call ${h.calls}, promises broken ${h.broken}`;
/** From the second call on, "what has changed?" comes first. */
export const askFirst = (h: History | undefined): boolean => (h?.calls ?? 1) > 1;

/** The queue in two parts at `now`: what is past its time, and what comes. */
export function queueAt(items: CallBack[], now: number): { overdue: CallBack[]; next: CallBack[] } {
  const late = (b: CallBack): boolean => Date.parse(b.due) < now;
  return { overdue: items.filter(late), next: items.filter((b) => !late(b)) };
}

const NAMES = typeof Intl.DisplayNames === 'function' ? new Intl.DisplayNames(['en'], { type: 'language', fallback: 'none' }) : undefined;
/** A language in words: "es" → "Spanish". */
export function languageName(code: string | undefined): string {
  if (!code) return '';
  if (code === 'asl') return 'Sign (video)';
  try { return NAMES?.of(code) ?? code; } catch { return code; }
}
