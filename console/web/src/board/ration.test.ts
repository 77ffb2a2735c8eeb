import { expect, it } from 'vitest';
import type { CallBack, Contact, Desk, Incident } from '../wire/types';
import { nameOf, toClear } from './clear';
import { desksFor, whyNot } from './desks';
import { FORMS, possible } from './forms';
import { causeName, inRankOrder, rankOf } from './order';
import { askFirst, byNumber, historyOf, historyOfNumber, historyWords, languageName, queueAt } from './ring';
import { ZoneFormat } from './times';

const T0 = Date.parse('2020-06-14T19:00:00-07:00');
const MIN = 60_000;
const at = (min: number): string => new Date(T0 + min * MIN).toISOString();
const call = (number: number, priority: number, openedMin: number, more: Partial<Incident> = {}): Incident => ({
  id: `i${number}`, number, type: 'theft', type_name: 'Theft', service: 'police', priority, initial_priority: priority, highest_priority: priority, life_safety: false,
  place: '', state: 'waiting', opened_at: at(openedMin), assignments: [], contacts: [], calls: 1, ...more,
});
const contact = (id: string, number: string | undefined, more: Partial<Contact> = {}): Contact => ({ id, number: 1, durability: 'durable', channel: 'phone', received_at: at(0), outcome: { kind: 'waiting', since: at(0) }, caller: number === undefined ? undefined : { number }, ...more });

it('raises by a class for each full limit, never above priority 2, and never lowers', () => {
  const limit = 20 * MIN;
  expect([0, 19, 20, 39, 40, 400].map((m) => rankOf(call(1, 4, 0), limit, T0 + m * MIN))).toEqual([4, 4, 3, 3, 2, 2]);
  expect(rankOf(call(1, 2, 0), limit, T0 + 400 * MIN)).toBe(2);
  expect(rankOf(call(1, 1, 0), limit, T0 + 400 * MIN)).toBe(1);
  expect(rankOf(call(1, 4, 0, { rank: 2 }), limit, T0)).toBe(2);
  expect(rankOf(call(1, 3, 0), undefined, T0 + 400 * MIN)).toBe(3);
});

it('orders by rank, then by the longest wait, and leaves the input alone', () => {
  const rows = [call(1, 3, 30), call(2, 4, 0), call(3, 2, 39), call(4, 1, 39)];
  expect(inRankOrder(rows, () => 20 * MIN, T0 + 40 * MIN).map((i) => i.number)).toEqual([4, 2, 3, 1]);
  expect(rows[0]!.number).toBe(1);
});

it('has words for every alarm, also for one that it does not know', () => {
  expect(causeName('posture_proposed')).toBe('Posture proposed');
  expect(causeName('bulk_clearing')).toBe('Calls to be cleared');
  expect(causeName('something_new')).toBe('Something new');
});

it('counts calls and broken promises of one number, however it is written', () => {
  const all = [contact('a', '206-555-0101', { promises_broken: 2 }), contact('b', '(206) 555 0101', { repeat: 1, promises_broken: 1 }), contact('c', '2065550101', { repeat: 4 }), contact('d', '206-555-0102'), contact('e', '42'), contact('f', undefined)];
  const index = byNumber(all);
  expect(historyOf(all[0]!, index)).toEqual({ calls: 5, broken: 3 });
  expect(historyWords(historyOf(all[2]!, index))).toBe('call 5, promises broken 3');
  expect(historyOf(all[4]!, index)).toEqual({ calls: 1, broken: 0 });
  expect(askFirst(historyOf(all[3]!, index))).toBe(false);
  expect(historyOfNumber('206 555 0102', index)).toEqual({ calls: 2, broken: 0 });
  expect(historyOfNumber('206', index)).toBeUndefined();
});

it('parts the queue at now', () => {
  const due = (id: string, min: number): CallBack => ({ contact: id, incident: '', due: at(min), overdue: false, why: '', unsafe: false, owner: '' });
  const q = queueAt([due('a', -1), due('b', 0), due('c', 5)], T0);
  expect([q.overdue.map((b) => b.contact), q.next.map((b) => b.contact)]).toEqual([['a'], ['b', 'c']]);
});

it('names languages, and leaves what it does not know as it is', () => expect([languageName('es'), languageName('asl'), languageName(undefined), languageName('??')]).toEqual(['Spanish', 'Sign (video)', '', '??']));

const desk = (id: string, more: Partial<Desk> = {}): Desk => ({ id, name: id, service: '', kind: 'telephone_report', open: true, load: 0, ...more });
it('says why a desk does not take a call, at each limit and one past it', () => {
  expect(whyNot(desk('a', { capacity: 2, load: 1 }), call(1, 4, 0))).toBeUndefined();
  expect(whyNot(desk('a', { capacity: 2, load: 2 }), call(1, 4, 0))).toBe('full: 2 of 2');
  expect(whyNot(desk('a', { from_priority: 4 }), call(1, 4, 0))).toBeUndefined();
  expect(whyNot(desk('a', { from_priority: 4 }), call(1, 3, 0))).toContain('takes P4');
  expect(whyNot(desk('a', { types: ['noise'] }), call(1, 4, 0))).toBe('does not take theft');
  expect(whyNot(desk('a', { open: false, reason: 'night' }), call(1, 4, 0))).toBe('shut: night');
});
it('offers the desk that the posture names first, those that refuse last, those that send units never', () => {
  const all = [desk('full', { capacity: 1, load: 1 }), desk('a'), desk('named'), desk('cars', { kind: '' })];
  expect(desksFor(all, call(1, 4, 0), 'named').map((r) => r.desk.id)).toEqual(['named', 'a', 'full']);
});

it('lists what is marked and why some of it cannot be cleared with others', () => {
  const rows = new Map([call(1, 4, 0), call(2, 4, 0, { life_safety: true }), call(3, 4, 0, { state: 'active' }), call(4, 4, 0)].map((i) => [i.id, i]));
  const found = toClear(['i4', 'i1', 'i2', 'i3', 'gone'], (id) => rows.get(id), (i) => (i.number === 4 ? [contact('x', undefined), contact('y', undefined)] : [contact(`c${i.number}`, undefined)]));
  expect(found.map((r) => [r.incident.number, !r.why])).toEqual([[1, true], [2, false], [3, false], [4, false]]);
});

it('knows the person behind a role', () => expect([nameOf('supervisor:ann'), nameOf('ann')]).toEqual(['ann', 'ann']));

it('offers what fits a call and nothing else', () => {
  const forms = (i: Incident, ...kinds: string[]): string[] => FORMS.filter((f) => possible(f.form, i, kinds.map((kind) => contact(kind, undefined, { outcome: { kind, since: '' } })))).map((f) => f.form);
  expect(forms(call(1, 4, 0), 'waiting')).toEqual(['hold', 'divert', 'appoint', 'decline', 'join', 'transfer', 'note', 'priority', 'close', 'why']);
  expect(forms(call(1, 1, 0, { life_safety: true }), 'waiting')).not.toContain('decline');
  expect(forms(call(1, 4, 0, { state: 'diverted' }), 'diverted')).toEqual(expect.arrayContaining(['give_back', 'resume']));
  expect(forms(call(1, 4, 0, { state: 'closed' }))).toEqual(['note', 'reopen']);
  const keys = FORMS.flatMap((f) => f.key ?? []);
  expect(new Set(keys).size).toBe(keys.length);
});

it('finds the instant of a time of the day in the zone, over a change of offset too', () => {
  const z = new ZoneFormat('America/Los_Angeles');
  expect(z.instant(T0, 0, '20:30')).toBe(Date.parse('2020-06-14T20:30:00-07:00'));
  expect(z.instant(T0, 1, '08:00')).toBe(Date.parse('2020-06-15T08:00:00-07:00'));
  expect(z.instant(Date.parse('2020-10-31T12:00:00-07:00'), 1, '12:00')).toBe(Date.parse('2020-11-01T12:00:00-08:00'));
  expect(z.instant(Date.parse('2020-03-07T12:00:00-08:00'), 1, '12:00')).toBe(Date.parse('2020-03-08T12:00:00-07:00'));
});
