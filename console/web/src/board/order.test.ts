import { expect, it } from 'vitest';
import type { Alarm, Incident, Unit } from '../wire/types';
import { byCallSign, byUrgency, groupAlarms, isOverdue, metresBetween, possibleDuplicates, unitsInOrder, waited } from './order';

const T0 = Date.parse('2020-06-14T19:00:00-07:00');
const at = (min: number): string => new Date(T0 + min * 60_000).toISOString();
const inc = (number: number, priority: number, openedMin: number, more: Partial<Incident> = {}): Incident => ({
  id: `i${number}`, number, type: 'T', type_name: 'Type', service: 'police', priority, initial_priority: priority, highest_priority: priority, life_safety: false,
  place: `Place ${number}`, state: 'waiting', opened_at: at(openedMin), assignments: [], contacts: [], calls: 1, ...more,
});

it('orders by priority, then the longest wait, then number', () => {
  const rows = [inc(5, 2, 3), inc(1, 3, 0), inc(4, 2, 1), inc(2, 1, 9), inc(3, 2, 1)];
  expect(rows.sort(byUrgency).map((r) => r.number)).toEqual([2, 3, 4, 5, 1]);
});

it('orders call signs as people count', () => expect(['E10', 'E2', '12A1', '3B2', '3B10', 'A5'].sort(byCallSign)).toEqual(['3B2', '3B10', '12A1', 'A5', 'E2', 'E10']));

it('orders units by status and by sign without touching the input', () => {
  const u = (id: string, status: string): Unit => ({ id, service: 'fire', kind: 'engine', status, status_since: at(0), free: status === 'available' });
  const rows = [u('E10', 'on_scene'), u('E2', 'on_scene'), u('E1', 'available')];
  expect(unitsInOrder(rows, 'status').map((r) => r.id)).toEqual(['E1', 'E2', 'E10']);
  expect(unitsInOrder(rows, 'sign').map((r) => r.id)).toEqual(['E1', 'E2', 'E10']);
  expect(rows[0]!.id).toBe('E10');
});

it('measures waiting against the due time, else the target, and only while pending', () => {
  expect(waited(inc(1, 1, 0), 10 * 60_000, T0 + 5 * 60_000)).toBe(0.5);
  expect(waited(inc(1, 1, 0, { due: at(20) }), 10 * 60_000, T0 + 5 * 60_000)).toBe(0.25);
  expect(waited(inc(1, 1, 0), undefined, T0)).toBeUndefined();
  expect(isOverdue(inc(1, 1, 0, { due: at(1) }), undefined, T0 + 120_000)).toBe(true);
  expect(isOverdue(inc(1, 1, 0, { due: at(1), state: 'active' }), undefined, T0 + 120_000)).toBe(false);
});

it('folds a flood of alarms into one line per cause, the worst first', () => {
  const alarm = (id: string, cause: string, level: Alarm['level'], min: number, more: Partial<Alarm> = {}): Alarm => ({ id, cause, level, text: id, raised_at: at(min), count: 1, ...more });
  const g = groupAlarms([alarm('a', 'late', 'warning', 5), alarm('b', 'late', 'warning', 2, { count: 3 }), alarm('c', 'button', 'life_safety', 9), alarm('d', 'late', 'warning', 1, { acked_by: 'K' })]);
  expect(g.map((x) => [x.cause, x.count, x.oldest.id, x.alarms.length])).toEqual([['button', 1, 'c', 1], ['late', 4, 'b', 2]]);
});

it('measures metres', () => {
  expect(metresBetween({ lon: -122.32, lat: 47.61 }, { lon: -122.32, lat: 47.61 })).toBe(0);
  expect(metresBetween({ lon: 0, lat: 0 }, { lon: 0, lat: 1 })).toBeCloseTo(111_195, -2);
});

it('hints at duplicates by words and by 150 m, never at closed calls', () => {
  const open = [
    inc(1, 3, 0, { place: 'Broadway / Pine St', position: { lon: -122.3208, lat: 47.6152 } }),
    inc(2, 1, 0, { place: 'Elsewhere', position: { lon: -122.3208, lat: 47.6163 } }),
    inc(3, 1, 0, { place: 'Far', position: { lon: -122.3208, lat: 47.6166 } }),
    inc(4, 1, 0, { place: 'broadway & pine st', state: 'closed' }),
  ];
  const ids = (place: string, pin?: { lon: number; lat: number }): number[] => possibleDuplicates(open, place, pin).map((d) => d.incident.number);
  expect(ids('BROADWAY, PINE  st')).toEqual([1]);
  expect(ids('bro')).toEqual([]);
  expect(ids('', { lon: -122.3208, lat: 47.6152 })).toEqual([1, 2]);
});
