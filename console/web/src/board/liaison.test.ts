import { describe, expect, it } from 'vitest';
import type { Agreement, Incident, Liaison, Unit } from '../wire/types';
import { affected, endingSoon, inOrder, liaisonsInOrder, sinceReached, stateAt } from './liaison';

const NOW = Date.parse('2020-06-14T20:00:00Z');
const agreement = (id: string, more: Partial<Agreement> = {}): Agreement => ({ id, liaison: 'l1', zone: 'z1', services: ['ems'], gates: [], state: 'in_force', from: '2020-06-14T19:00:00Z', until: '2020-06-14T22:00:00Z', agreed_by: 'a', witnessed_by: 'b', by: 'c', invented: false, ...more });
const unit = (id: string, more: Partial<Unit> = {}): Unit => ({ id, service: 'ems', kind: 'medic', status: 'on_scene', status_since: '', free: false, incident: 'i1', ...more });
const call = (units: string[], more: Partial<Incident> = {}): Incident => ({ id: 'i1', state: 'active', entry: { zones: ['z1'], gate: 'g1' }, assignments: units.map((u) => ({ unit: u, status: '', since: '', assigned_at: '' })), ...more }) as Incident;

describe('agreements', () => {
  it('stand as the clock says', () => {
    expect(stateAt(agreement('a'), NOW)).toBe('in_force');
    expect(stateAt(agreement('a', { from: '2020-06-14T20:00:01Z' }), NOW)).toBe('ahead');
    expect(stateAt(agreement('a', { until: '2020-06-14T20:00:00Z' }), NOW)).toBe('over');
    expect(stateAt(agreement('a', { ended_at: '2020-06-14T19:30:00Z' }), NOW)).toBe('over');
  });
  it('come in force first, the soonest end before others, what is over last', () => {
    const all = [agreement('over', { ended_at: 'x' }), agreement('ahead', { from: '2020-06-14T21:00:00Z' }), agreement('long'), agreement('short', { until: '2020-06-14T20:20:00Z' })];
    expect(inOrder(all, NOW).map((a) => a.id)).toEqual(['short', 'long', 'ahead', 'over']);
    expect(endingSoon(all, NOW).map((a) => a.id)).toEqual(['short']);
  });
  it('name who is inside by them and who is on the way in', () => {
    const units = [unit('M1'), unit('M2', { status: 'enroute' }), unit('E1', { service: 'fire' }), unit('M3', { status: 'staged' })];
    const i = call(['M1', 'M2', 'E1', 'M3']);
    i.assignments[3]!.outside = true;
    expect(affected(agreement('a'), [i], units)).toEqual({ inside: ['M1'], coming: ['M2'] });
    expect(affected(agreement('a', { gates: ['g2'] }), [i], units)).toEqual({ inside: [], coming: [] });
    expect(affected(agreement('a', { zone: 'z2' }), [i], units).inside).toEqual([]);
    expect(affected(agreement('a'), [{ ...i, state: 'closed' }], units).inside).toEqual([]);
  });
});

describe('liaisons', () => {
  const l = (id: string, results: string[], tries = results.length): Liaison => ({ id, role: 'r', expires_at: '', attempts: results.map((result) => ({ at: '', by: '', result })), tries, invented: false }) as Liaison;
  it('are in the order of their numbers', () => expect(liaisonsInOrder([l('l10', []), l('l2', [])]).map((x) => x.id)).toEqual(['l2', 'l10']));
  it('count the tries since they were reached, those that are kept no more too', () => {
    expect(sinceReached(l('l1', ['reached', 'no_answer', 'refused']))).toBe(2);
    expect(sinceReached(l('l1', ['no_answer'], 60))).toBe(60);
  });
});
