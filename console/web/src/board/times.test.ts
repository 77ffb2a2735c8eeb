import { expect, it } from 'vitest';
import { countdown, minutes, ServerClock, span, ZoneFormat } from './times';

it.each([[0, '00:00'], [75_000, '01:15'], [3_599_999, '59:59'], [3_723_000, '1:02:03'], [-4_000, '−00:04'], [48 * 3_600_000, '2 d 00 h'], [48 * 3_600_000 - 1, '47:59:59']])('span %i = %s', (ms, s) => expect(span(ms)).toBe(s));
it.each([[12 * 60_000, '12 min'], [65 * 60_000, '1 h 05'], [-4 * 60_000, 'overdue 4 min']])('countdown %i = %s', (ms, s) => expect(countdown(ms)).toBe(s));
it('rounds travel to the second', () => expect(minutes(247_600)).toBe('4:08'));

it('shows the jurisdiction’s zone, whatever this machine’s', () => {
  const z = new ZoneFormat('America/Los_Angeles');
  expect(z.clock('2020-06-15T02:07:09Z')).toBe('19:07:09');
  expect(z.time('2020-06-15T02:07:09Z')).toBe('19:07');
  expect(z.date('2020-06-15T02:07:09Z')).toBe('Sun, 14 Jun 2020');
  expect(z.clock('2020-06-14T07:00:00Z')).toBe('00:00:00');
  expect(z.clock(undefined)).toBe('—');
  expect(z.clock('nonsense')).toBe('—');
});
it('falls back to UTC and says so', () => expect(new ZoneFormat('Nowhere/At_All').label).toBe('UTC'));

it('runs the server’s clock at its speed, jumps with a correction and stands when frozen', () => {
  const c = new ServerClock();
  c.sync(1_000_000, 500, 10, false);
  expect(c.at(1_500)).toBe(1_010_000);
  c.sync(1_020_000, 1_500, 1, false);
  expect(c.at(2_500)).toBe(1_021_000);
  c.sync(1_030_000, 3_000, 10, true);
  expect(c.at(9_000)).toBe(1_030_000);
});
