/** What a typed command does, once it is read. */
import type { CallRef, Command } from '../command/words';
import { Problem } from '../wire/api';
import type { Contact } from '../wire/types';
import * as act from './actions';
import { board } from './board.svelte';
import { desk } from './desk.svelte';
import { readWith } from './hazards';
import { openIncident, selectIncident } from './open-incident.svelte';

/** The contact that speaks for a call: the longest wait among those that can be decided about. */
function lead(call: CallRef, which: (c: Contact) => boolean = () => true): string {
  const i = board.incident(call.id);
  const c = i && act.openContacts(i).find(which);
  if (!c) throw new Problem(0, { code: 'no_open_contact', detail: `Call ${call.number} has nobody of whom this could be decided.` });
  return c.id;
}
const given = (c: Contact): boolean => c.outcome.kind === 'diverted' || c.outcome.kind === 'appointed';
const putOff = (c: Contact): boolean => c.outcome.kind !== 'waiting' && c.outcome.kind !== 'dispatched';

const spoken = (c: act.Spoken): act.Spoken => ({ words: c.words, reason: c.reason });

/** A time of the day that has passed is meant for tomorrow. */
function nextTime(hhmm: string): string {
  const today = board.zone.instant(board.now, 0, hhmm);
  return new Date(today > board.now ? today : board.zone.instant(board.now, 1, hhmm)).toISOString();
}

export async function perform(c: Command): Promise<void> {
  switch (c.do) {
    case 'dispatch': {
      // What the card in hand shows has been read; of another call nobody has seen the hazards, and the server says so.
      const shown = desk.incident === c.call.id ? (board.incident(c.call.id)?.hazards ?? []) : [];
      try {
        for (const u of c.units) { await act.assign(c.call.id, u, { stacked: c.stacked || undefined, override_reason: c.reason, hazards: readWith(shown, openIncident.dangerRead) }); openIncident.dangerRead = false; }
      } finally { selectIncident(c.call.id); }
      break;
    }
    case 'status': for (const u of c.units) await act.setStatus(u, c.status); break;
    case 'hold': await act.hold(lead(c.call), { reason: c.reason, promise_minutes: c.minutes, told: c.minutes ? act.promiseWords(c.minutes) : undefined }); break;
    case 'divert': await act.divert(lead(c.call), c.desk, spoken(c)); break;
    case 'appoint': await act.appoint(lead(c.call), nextTime(c.at), c.desk, spoken(c)); break;
    case 'decline': await act.decline(lead(c.call), act.authority(), spoken(c)); break;
    case 'resume': await act.resume(lead(c.call, putOff), c.reason); break;
    case 'give_back': await act.giveBack(lead(c.call, given), c.reason); break;
    case 'reopen': await act.reopen(c.call.id, c.reason); selectIncident(c.call.id); break;
    case 'transfer': await act.transfer(lead(c.call), c.to, c.reason); break;
    case 'join': await act.joinCall(lead(c.call), c.into.id, c.reason); selectIncident(c.into.id); break;
    case 'ring': await act.ring(lead(c.call), c.reached, c.words, c.minutes); break;
    case 'close': await act.closeIncident(c.call.id, c.disposition, act.authority()); break;
    case 'select': selectIncident(c.call.id); break;
    case 'why': selectIncident(c.call.id); requestAnimationFrame(() => desk.open('why')); break;
    case 'note': await act.addNote(c.call.id, c.text); break;
    case 'preset': await act.declarePreset(c.preset, { authority: act.authority(), reason: c.reason }); break;
    case 'open': desk.go(c.panel); break;
  }
}
