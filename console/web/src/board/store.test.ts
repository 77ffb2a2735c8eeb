import { expect, it } from 'vitest';
import type { BoardReply, Change, Unit } from '../wire/types';
import { applyChange, applyPositions, emptyTables, loadTables } from './store';

const unit = (id: string, status = 'available', position?: Unit['position']): Unit => ({ id, service: 'fire', kind: 'engine', status, status_since: '', free: status === 'available', position });
const change = (more: Partial<Change>): Change => ({ seq: 1, at: '', kind: 'x', ...more });
const board = (more: Partial<BoardReply>): BoardReply => ({ seq: 1, now: '', clock: { speed: 1, demo: false, frozen: false }, jurisdiction: { name: '', zone: 'UTC' }, me: { name: '', role: '' }, ...more });

it('loads a board whose lists may be null or missing', () => {
  const t = loadTables(board({ units: [unit('E1')], incidents: null }));
  expect(t.units.size).toBe(1);
  expect(t.incidents.size).toBe(0);
});

it('upserts whole rows by id and names the touched tables', () => {
  const t = loadTables(board({ units: [unit('E1'), unit('E2')] }));
  const touched = applyChange(t, change({ units: [unit('E2', 'enroute'), unit('E3')], incidents: [] }));
  expect([...touched]).toEqual(['units']);
  expect([...t.units.keys()]).toEqual(['E1', 'E2', 'E3']);
  expect(t.units.get('E2')!.status).toBe('enroute');
});

it('is harmless when repeated', () => {
  const c = change({ units: [unit('E1', 'enroute')], gone: { alarms: ['a1'] } });
  const a = emptyTables(), b = emptyTables();
  applyChange(a, c);
  applyChange(b, c); applyChange(b, c);
  expect(a).toEqual(b);
});

it('takes away what is gone, and says nothing of what never was', () => {
  const t = loadTables(board({ alarms: [{ id: 'a1', cause: 'c', level: 'notice', text: '', raised_at: '', count: 1 }] }));
  expect([...applyChange(t, change({ gone: { alarms: ['a1', 'a2'], contacts: null } }))]).toEqual(['alarms']);
  expect(t.alarms.size).toBe(0);
});

it('keeps a later position than the one in an event, and takes a newer one', () => {
  const t = loadTables(board({ units: [unit('E1', 'enroute', { lon: 1, lat: 1, at: '2020-06-14T10:00:00Z' })] }));
  applyPositions(t, { at: '2020-06-14T10:00:05Z', units: [['E1', 2, 2], ['ghost', 9, 9]] });
  applyChange(t, change({ units: [unit('E1', 'on_scene', { lon: 1, lat: 1, at: '2020-06-14T10:00:00Z' })] }));
  expect(t.units.get('E1')).toMatchObject({ status: 'on_scene', position: { lon: 2 } });
  applyChange(t, change({ units: [unit('E1', 'on_scene', { lon: 3, lat: 3, at: '2020-06-14T10:00:09Z' })] }));
  expect(t.units.get('E1')!.position!.lon).toBe(3);
});

it('positions move known units only', () => expect(applyPositions(loadTables(board({ units: [unit('E1')] })), { at: '', units: [['E1', 1, 2], ['E9', 1, 2]] })).toEqual(['E1']));
