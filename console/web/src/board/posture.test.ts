import { expect, it } from 'vitest';
import type { Alarm, Area, Incident, Posture, PostureRule } from '../wire/types';
import { namedIn, noReason, proposed, reviewIsPast, rulingFor, wordsOf } from './posture';
import { reserveWords, rulesWords } from './rules';

const T0 = Date.parse('2020-06-14T19:00:00-07:00');
const at = (min: number): string => new Date(T0 + min * 60_000).toISOString();
const call = (more: Partial<Incident> = {}): Incident => ({
  id: 'i1', number: 1, type: 'theft', type_name: 'Theft', service: 'police', priority: 4, initial_priority: 4, highest_priority: 4, life_safety: false,
  place: '', beat: 'E2', state: 'waiting', opened_at: at(0), assignments: [], contacts: [], calls: 1, ...more,
});
const posture = (id: string, area: Area, rules: PostureRule[], more: Partial<Posture> = {}): Posture => ({
  id, version: 1, service: 'police', area, title: id, rules, from: at(0), review_by: at(60), authority: 'a', reason: 'r', reason_state: 'stated', incomplete: false, unreviewed: false, script: 'script', ...more,
});
const hold: PostureRule = { priority: 4, action: 'hold', limit_ms: 3_600_000 };
const SQUARE: [number, number][] = [[-122.33, 47.6], [-122.3, 47.6], [-122.3, 47.63], [-122.33, 47.63]];

it('lets the narrowest area that says anything win, the newest among equals', () => {
  const all = [posture('city', { kind: 'city' }, [hold]), posture('beat', { kind: 'beats', beats: ['E2'] }, [{ types: ['theft'], action: 'divert', desk: 'd' }]), posture('silent', { kind: 'zone', zone: 'z' }, [{ priority: 1, action: 'answer' }])];
  expect(rulingFor(all, call({ zone: 'z' }))?.posture.id).toBe('beat');
  expect(rulingFor(all, call({ beat: 'K1' }))?.posture.id).toBe('city');
  expect(rulingFor([...all, posture('newer', { kind: 'city' }, [hold], { from: at(5) })], call({ beat: 'K1' }))?.posture.id).toBe('newer');
  expect(rulingFor([posture('drawn', { kind: 'drawn', outline: SQUARE }, [hold])], call({ position: { lon: -122.31, lat: 47.61 } }))?.posture.id).toBe('drawn');
  expect(rulingFor([posture('drawn', { kind: 'drawn', outline: SQUARE }, [hold])], call({ position: { lon: -122.2, lat: 47.61 } }))).toBeUndefined();
});

it('says nothing of life-safety, of other services, of what has ended', () => {
  const p = posture('city', { kind: 'city' }, [hold]);
  expect(rulingFor([p], call({ life_safety: true }))).toBeUndefined();
  expect(rulingFor([p], call({ service: 'fire' }))).toBeUndefined();
  expect(rulingFor([{ ...p, ended_at: at(1) }], call())).toBeUndefined();
  expect(rulingFor([p], call({ priority: 2 }))).toBeUndefined();
});

it('takes the words of the rule, else the script', () => {
  const p = posture('city', { kind: 'city' }, [{ ...hold, words: 'rule' }]);
  expect(wordsOf(rulingFor([p], call()))).toBe('rule');
  expect(wordsOf(rulingFor([posture('city', { kind: 'city' }, [hold])], call()))).toBe('script');
  expect(wordsOf(undefined)).toBe('');
});

it('finds the posture that a refusal names, and no other', () => {
  const all = [posture('post1', { kind: 'city' }, []), posture('post12', { kind: 'city' }, [])];
  expect(namedIn('post12 ("Priority calls only") is in force and says otherwise', all)?.id).toBe('post12');
  expect(namedIn('post3 says otherwise', all)).toBeUndefined();
});

it('flags no reason, and a review that is past', () => {
  expect(noReason(posture('a', { kind: 'city' }, [], { reason: 'none stated (a report)', reason_state: 'none_stated' }))).toBe(true);
  expect(noReason(posture('a', { kind: 'city' }, []))).toBe(false);
  expect(reviewIsPast(posture('a', { kind: 'city' }, []), T0 + 61 * 60_000)).toBe(true);
  expect(reviewIsPast(posture('a', { kind: 'city' }, []), T0 + 60 * 60_000)).toBe(false);
});

it('proposes each preset once, the oldest alarm of it, until somebody answers', () => {
  const alarm = (id: string, preset: string | undefined, min: number, more: Partial<Alarm> = {}): Alarm => ({ id, cause: 'posture_proposed', level: 'notice', text: '', raised_at: at(min), count: 1, preset, ...more });
  expect(proposed([alarm('b', 'p', 5), alarm('a', 'p', 1), alarm('c', 'q', 3), alarm('d', 'r', 0, { acked_by: 'x' }), alarm('e', undefined, 0)]).map((a) => a.id)).toEqual(['a', 'c']);
});

it('says rules and reserves in words, priorities that have the same together', () => {
  const three = [3, 4, 5].map((priority): PostureRule => ({ priority, action: 'hold', limit_ms: 3_600_000 }));
  expect(rulesWords(three, (d) => d)).toEqual(['P3 P4 P5 hold up to 60 min']);
  expect(rulesWords([{ types: ['theft'], action: 'divert', desk: 'tel' }, { action: 'answer' }], () => 'Telephone')).toEqual(['theft divert to Telephone', 'all answer']);
  expect(reserveWords({ priority: 3, units: 4, band: 2 })).toBe('P3 and below: sent only while more than 4 units are free, again at 7');
  expect(reserveWords({ priority: 5, units: 1 })).toBe('P5: sent only while more than 1 unit is free');
});
