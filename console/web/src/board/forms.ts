/** The forms of a call's card, with their keys, and when each makes sense. */
import type { Contact, Incident } from '../wire/types';

export type Form = 'hold' | 'divert' | 'appoint' | 'decline' | 'stage' | 'resume' | 'give_back' | 'transfer' | 'join' | 'note' | 'priority' | 'close' | 'reopen' | 'why';

export const FORMS: { form: Form; key?: string; name: string }[] = [
  { form: 'hold', key: 'h', name: 'Hold' },
  { form: 'stage', key: 's', name: 'Stage' },
  { form: 'divert', key: 'v', name: 'Divert' },
  { form: 'appoint', key: 'a', name: 'Appoint' },
  { form: 'decline', key: 'd', name: 'Decline' },
  { form: 'resume', key: 'u', name: 'Resume' },
  { form: 'give_back', key: 'g', name: 'Give back' },
  { form: 'join', key: 'j', name: 'Join' },
  { form: 'transfer', name: 'Transfer' },
  { form: 'note', key: 't', name: 'Note' },
  { form: 'priority', name: 'Priority' },
  { form: 'close', key: 'c', name: 'Close' },
  { form: 'reopen', key: 'o', name: 'Reopen' },
  { form: 'why', key: 'w', name: 'Why' },
];

const PUT_OFF = new Set(['held', 'staged', 'diverted', 'appointed', 'unanswered']);
const GIVEN = new Set(['diverted', 'appointed']);

/** Whether a form makes sense for a call whose contacts can be decided about; the rules have the last word. */
export function possible(form: Form, i: Incident, waiting: Contact[]): boolean {
  const undecided = waiting.length > 0 && i.state !== 'closed' && i.state !== 'active';
  switch (form) {
    case 'hold': case 'transfer': return undecided;
    case 'divert': case 'appoint': case 'decline': return undecided && !i.life_safety;
    case 'stage': return waiting.length > 0 && i.state !== 'closed' && i.life_safety;
    case 'resume': return undecided && PUT_OFF.has(waiting[0]!.outcome.kind);
    case 'give_back': return undecided && waiting.some((c) => GIVEN.has(c.outcome.kind));
    case 'join': case 'why': return waiting.length > 0;
    case 'priority': case 'close': return i.state !== 'closed';
    case 'reopen': return i.state === 'closed';
    case 'note': return true;
  }
}
