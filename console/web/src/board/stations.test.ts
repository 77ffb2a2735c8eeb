import { describe, expect, it } from 'vitest';
import type { Plan, PlanStep, PlanTemplate, Station, Unit } from '../wire/types';
import { byHome, draftOf, gone, livedAt, movedUp, movesKey, open, planFor, progress, stepsOf, stepState, templatesFor } from './stations';

const NOW = Date.parse('2020-06-14T20:00:00Z');
const station = (id: string, more: Partial<Station> = {}): Station => ({ id, name: `Station ${id}`, service: 'fire', lon: 0, lat: 0, state: 'open', ...more });
const unit = (id: string, more: Partial<Unit> = {}): Unit => ({ id, service: 'fire', kind: 'engine', status: 'available', status_since: '', free: true, ...more });
const step = (more: Partial<PlanStep> = {}): PlanStep => ({ text: 'look', owner: 'sup', due: '2020-06-14T21:00:00Z', ...more });
const plan = (more: Partial<Plan> = {}): Plan => ({ id: 'pl1', for: 'station:EP', title: 'Back', authority: 'a', by: 'b', made_at: '', steps: [], review_by: '2020-06-15T20:00:00Z', reviews: 0, ...more });

describe('stations', () => {
  it('that are gone come by their loss, open ones as people count', () => {
    const all = [station('10'), station('A', { state: 'lost', since: '2020-06-14T18:00:00Z' }), station('2'), station('B', { state: 'evacuated', since: '2020-06-14T19:00:00Z' })];
    expect(gone(all).map((s) => s.id)).toEqual(['B', 'A']);
    expect(open(all).map((s) => s.id)).toEqual(['2', '10']);
  });
  it('know who lived there, and who stands elsewhere', () => {
    const units = [unit('E10', { lost_home: 'EP' }), unit('E2', { lost_home: 'EP' }), unit('E3', { post: 'NP' })];
    expect(livedAt('EP', units).map((u) => u.id)).toEqual(['E2', 'E10']);
    expect(byHome([unit('E1', { station: 'NP' }), unit('E2'), unit('E4', { station: 'NP' })]).map(([home, us]) => [home, us.map((u) => u.id)])).toEqual([['NP', ['E1', 'E4']], ['', ['E2']]]);
    expect(movedUp(units).map((u) => u.id)).toEqual(['E3']);
  });
});

describe('plans', () => {
  it('are found by what they are for, while they are not over', () => {
    expect(planFor('station:EP', [plan({ ended_at: 'x' }), plan({ id: 'pl2' })])?.id).toBe('pl2');
    expect(planFor('zone:EP', [plan()])).toBeUndefined();
  });
  it('have steps that are done, dropped, late or open', () => {
    expect(stepState(step({ done_at: 'x', due: '2020-06-14T19:00:00Z' }), NOW)).toBe('done');
    expect(stepState(step({ dropped_at: 'x', due: '2020-06-14T19:00:00Z' }), NOW)).toBe('dropped');
    expect(stepState(step({ due: '2020-06-14T20:00:00Z' }), NOW)).toBe('late');
    expect(stepState(step(), NOW)).toBe('open');
  });
  it('say how far they are, without what was dropped', () => {
    expect(progress(plan({ steps: [step({ done_at: 'x' }), step({ dropped_at: 'x' }), step({ due: '2020-06-14T19:00:00Z' }), step()] }), NOW)).toBe('1 of 3 done, 1 late');
  });
  it('begin with a configured list of their kind; empty lines are left out', () => {
    const list: PlanTemplate = { id: 's', for: 'station', title: 'Back', steps: [{ text: 'walk through', owner: 'fire-desk', after_ms: 7_200_000 }, { text: 'locks', owner: 'sup', after_ms: 60_000 }] };
    expect(templatesFor('station:EP', [list, { ...list, id: 'z', for: 'zone' }]).map((t) => t.id)).toEqual(['s']);
    expect(draftOf(list)).toEqual([{ text: 'walk through', owner: 'fire-desk', hours: 2 }, { text: 'locks', owner: 'sup', hours: 0.5 }]);
    expect(stepsOf([...draftOf(list), { text: '  ', owner: 'sup', hours: 1 }], NOW).map((s) => s.due)).toEqual(['2020-06-14T22:00:00.000Z', '2020-06-14T20:30:00.000Z']);
  });
});

it('proposals are the same while they move the same units to the same stations', () =>
  expect(movesKey([{ unit: 'E2', station: '10', travel_ms: 1, why: 'x' }])).toBe(movesKey([{ unit: 'E2', station: '10', travel_ms: 9, why: 'y' }])));
