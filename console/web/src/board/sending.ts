/** How more is sent than one unit: alarm levels, services, exchange, mutual aid; each gesture one command. */
import { at, del, get, post } from '../wire/api';
import type { Aid, NotifierReply, SentNeed } from '../wire/types';

export const changeLevel = (incident: string, up: boolean, reason: string): Promise<unknown> => post(up ? at('incidents', incident, 'alarm-level') : at('incidents', incident, 'alarm-level', 'lower'), { reason });
export const addService = (incident: string, service: string, agency: string, reason: string): Promise<unknown> => post(at('incidents', incident, 'services'), { service, agency: agency || undefined, reason });
export const leadService = (incident: string, service: string, reason: string): Promise<unknown> => post(at('incidents', incident, 'services', service, 'lead'), { reason });
export const closeService = (incident: string, service: string, disposition: string, authority: string): Promise<unknown> => post(at('incidents', incident, 'services', service, 'close'), { disposition, authority });
export const exchange = (unit: string, other: string, reason: string, hazards: string[]): Promise<unknown> => post(at('units', unit, 'exchange'), { with: other, reason, hazards });
export const preempt = (unit: string, incident: string, reason: string, hazards: string[]): Promise<unknown> => post(at('units', unit, 'preempt'), { for: incident, reason, hazards });
export const askAid = (body: { direction: Aid['direction']; agency: string; needs: SentNeed[]; incident?: string; reason: string; terms?: string }): Promise<unknown> => post('/aids', body);
export type AidMove = 'offer' | 'accept' | 'refuse' | 'withdraw' | 'send' | 'arrive' | 'extend' | 'return';
export const moveAid = (id: string, move: AidMove, body: Record<string, unknown> = {}): Promise<unknown> => post(at('aids', id, move), body);
export const notifier = (): Promise<NotifierReply> => get('/notifier');
export const sendAgain = (id: number): Promise<unknown> => post(at('notifier', 'dead', String(id), 'again'));
export const dropMessage = (id: number, reason: string): Promise<unknown> => del(`${at('notifier', 'dead', String(id))}?reason=${encodeURIComponent(reason)}`);

/** What may be said next of mutual aid, by its state. */
export const MOVES: Record<Aid['state'], AidMove[]> = {
  asked: ['offer', 'accept', 'refuse', 'withdraw'], offered: ['accept', 'refuse', 'withdraw'], accepted: ['send', 'withdraw'], sent: ['arrive', 'extend', 'return'], arrived: ['extend', 'return'],
  refused: [], returned: [], withdrawn: [],
};
export const MOVE_NAMES: Record<AidMove, string> = { offer: 'Offered', accept: 'Accept', refuse: 'Refuse', withdraw: 'Withdraw', send: 'On its way', arrive: 'There', extend: 'Extend', return: 'Returned' };

/** Reads "2 pump, 1 ladder" as counts of capabilities; undefined where it cannot be read. */
export function readNeeds(text: string): SentNeed[] | undefined {
  const all: SentNeed[] = [];
  for (const part of text.split(',')) {
    const m = /^\s*(\d{1,3})\s+(\S.*?)\s*$/.exec(part);
    if (!m || Number(m[1]) < 1 || Number(m[1]) > 255) return undefined;
    all.push({ count: Number(m[1]), capability: m[2]! });
  }
  return all;
}

/** Reads units of another agency, "SH1 fire engine pump,rescue 4", one a line. */
export function readUnits(text: string): { id: string; service: string; kind: string; capabilities?: string[]; crew?: number }[] | undefined {
  const all = [];
  for (const line of text.split('\n').map((l) => l.trim()).filter(Boolean)) {
    const [id, service, kind, can, crew] = line.split(/\s+/);
    if (!id || !service || !kind) return undefined;
    all.push({ id: id.toUpperCase(), service, kind, capabilities: can && can !== '-' ? can.split(',') : undefined, crew: crew ? Number(crew) || undefined : undefined });
  }
  return all.length ? all : undefined;
}
