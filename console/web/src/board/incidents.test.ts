import { expect, test } from 'vitest';
import type { Bolo, Incident, Tow } from '../wire/types';
import { byCallNumber, linkWord, restsOn, underWay } from './incidents';

const bolo = (more: Partial<Bolo>): Bolo => ({ id: 'bo1', number: 1, kind: 'vehicle', services: [], beats: [], claims: [], claims_only: false, questions: [], authority: 'x', desk: 'd', issued_at: '', by: 'x', review_by: '', expires_at: '', acks: [], untold: [], ...more });

test('a BOLO that rests on claims only says so', () => {
  expect(restsOn(bolo({ claims: ['cl1', 'cl2'], claims_only: true }))).toBe('Rests on claims only: cl1, cl2');
  expect(restsOn(bolo({ call: 7 }))).toBe('Rests on call 7');
  expect(restsOn(bolo({ call: 7, claims: ['cl1'] }))).toBe('Rests on call 7 and cl1');
});

test('a call is named by its number, a link in words, a tow by whether it is expected', () => {
  const calls = [{ id: 'i1', number: 1 }, { id: 'i2', number: 12 }] as Incident[];
  expect(byCallNumber(calls, ' 12 ')?.id).toBe('i2');
  expect(byCallNumber(calls, '2')).toBeUndefined();
  expect(linkWord('merged_from')).toBe('took in');
  expect(['called', 'accepted', 'arrived', 'refused'].map((state) => underWay({ state } as Tow))).toEqual([true, true, false, false]);
});
