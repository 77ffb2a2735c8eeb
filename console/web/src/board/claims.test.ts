import { describe, expect, it } from 'vitest';
import type { Bulletin, Claim } from '../wire/types';
import { inOrder, publicWords, readersOf, sides } from './claims';

const bulletin = (more: Partial<Bulletin>): Bulletin => ({ id: 'bu1', claims: [], beats: [], desk: 'd', issued_at: '2020-06-14T17:00:00Z', by: 'x', questions: [], ...more });
const time = (at?: string): string => at?.slice(11, 16) ?? '';

describe('claims', () => {
  it('are in the order of their numbers', () => expect(inOrder([{ id: 'cl10' }, { id: 'cl2' }]).map((c) => c.id)).toEqual(['cl2', 'cl10']));
  it('have two sides, whichever came first', () => {
    const c = { corroborates: ['cl1'], corroborated_by: ['cl4'], contradicts: [], contradicted_by: ['cl3'] } as unknown as Claim;
    expect(sides(c)).toEqual({ by: ['cl1', 'cl4'], against: ['cl3'] });
  });
  it('readers are typed with commas; names may hold spaces', () => expect(readersOf(' supervisor:guest supervisor, dispatcher:bo , ')).toEqual(['supervisor:guest supervisor', 'dispatcher:bo']));
  it('says when the public may read a bulletin', () => {
    const now = Date.parse('2020-06-15T18:00:00Z');
    expect(publicWords(bulletin({ public_at: '2020-06-15T17:00:00Z' }), now, time)).toBe('public since 17:00');
    expect(publicWords(bulletin({ public_at: '2020-06-15T19:00:00Z' }), now, time)).toContain('public from 19:00');
    expect(publicWords(bulletin({}), now, time)).toContain('not shown');
    expect(publicWords(bulletin({ withdrawn_at: '2020-06-15T17:30:00Z', withdrawn_by: 'y', reason: 'wrong' }), now, time)).toBe('withdrawn 17:30 by y: wrong');
  });
});
