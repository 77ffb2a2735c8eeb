import { expect, it } from 'vitest';
import { dispatches, inRoom, isCrew } from './roles';

it('knows who does what', () => {
  const all = ['call-taker', 'dispatcher', 'supervisor', 'responder', 'analyst', 'auditor', 'admin'];
  expect(all.filter(inRoom)).toEqual(['call-taker', 'dispatcher', 'supervisor']);
  expect(all.filter(dispatches)).toEqual(['dispatcher', 'supervisor']);
  expect(all.filter(isCrew)).toEqual(['dispatcher', 'supervisor', 'responder']);
});
