import { expect, it } from 'vitest';
import { ZoneFormat } from '../board/times';
import type { Access, Hazard, Zone } from '../wire/types';
import { accessFeatures, believed, centre, entryWords, factWords, hazardFeatures, markOf, middle, sketchFeatures, zoneFeatures, zoneWords } from './facts';

const NOW = Date.parse('2020-06-15T02:00:00Z');
const MINUTE = 60_000;
const ago = (minutes: number): string => new Date(NOW - minutes * MINUTE).toISOString();
const fact = (change: Partial<Access> = {}): Access => ({ id: 'x1', kind: 'point', geometry: [[-122.32, 47.61]], state: 'blocked', current: 'blocked', source: 'E25', observed_at: ago(12), half_life_ms: 120 * MINUTE, ...change });
const zone = new ZoneFormat('America/Los_Angeles');

it.each([
  ['within its half-life', fact(), 'blocked'],
  ['at its half-life', fact({ observed_at: ago(120) }), 'blocked'],
  ['past it, though the row says otherwise', fact({ observed_at: ago(121) }), 'unknown'],
  ['past it and open', fact({ state: 'open', current: 'open', observed_at: ago(121) }), 'unknown'],
  ['the server says unknown', fact({ current: 'unknown' }), 'unknown'],
  ['without a half-life', fact({ half_life_ms: 0, observed_at: ago(9999) }), 'blocked'],
  ['of a state that this page does not know', fact({ state: 'flooded', current: 'flooded' }), 'unknown'],
])('a fact %s', (_, a, want) => expect(believed(a, NOW)).toBe(want));

it('says what, how old and from whom', () => {
  expect(factWords(fact({ note: 'Concrete', direction: 'forward', classes: ['engine'] }), NOW, zone)).toEqual({
    title: 'Blocked: Concrete', lines: ['Seen 12 min ago, Sun, 14 Jun 2020 18:48', 'Source: E25', 'In one direction only', 'For engine only'],
  });
  expect(factWords(fact({ observed_at: ago(7 * 1440 + 120), direction: 'both', source: '' }), NOW, zone)).toEqual({
    title: 'Not known any more', lines: ['Blocked when last seen; too long ago to rely on', 'Seen 7 d 02 h ago, Sun, 7 Jun 2020 17:00', 'Source: not recorded'],
  });
});

it('marks a line half-way, an area in its centre, an outline that is only a line on it', () => {
  expect(middle([[0, 0], [1, 0], [4, 0]])).toEqual([2, 0]);
  expect(middle([[3, 3], [3, 3]])).toEqual([3, 3]);
  expect(centre([[0, 0], [2, 0], [2, 2], [0, 2]])).toEqual([1, 1]);
  expect(centre([[0, 0], [2, 0]])[1]).toBe(0);
  expect(markOf(fact({ geometry: [] }))).toBeUndefined();
});

it('draws the worse state over the better, each kind as its shape and a mark', () => {
  const line: Access = fact({ id: 'l', kind: 'line', geometry: [[0, 0], [2, 0]], note: 'E Pine St closed between 10 Av and 11 Av' });
  const area: Access = fact({ id: 'a', kind: 'area', geometry: [[0, 0], [1, 0], [1, 1]], state: 'open', current: 'open' });
  const drawn = accessFeatures([line, fact(), area, fact({ id: 'none', geometry: [] })], NOW);
  expect(drawn.map((f) => [f.properties?.fact, f.geometry.type, f.properties?.state])).toEqual([
    ['a', 'Polygon', 'open'], ['a', 'Point', 'open'], ['l', 'LineString', 'blocked'], ['l', 'Point', 'blocked'], ['x1', 'Point', 'blocked'],
  ]);
  expect(drawn[2]?.properties?.text).toBe('Blocked\nE Pine St closed between 10 Av…');
  expect((drawn[0]?.geometry as GeoJSON.Polygon).coordinates[0]).toHaveLength(4);
});

it('draws zones in force with their name and gates, and says who may enter', () => {
  const z: Zone = { id: 'z1', name: 'Zone', outline: [[0, 0], [2, 0], [2, 1], [0, 1]], rules: [{ service: 'fire', entry: 'stage_outside' }], from: ago(60), authority: 'Duty', reason: 'streets closed', gates: [{ id: 'g1', name: 'Gate', lon: 1, lat: 1 }] };
  expect(zoneFeatures([z, { ...z, id: 'z2', ended_at: ago(1) }]).map((f) => [f.geometry.type, f.properties?.name])).toEqual([['Polygon', undefined], ['Point', 'Zone'], ['Point', 'Gate']]);
  expect(zoneWords(z, () => 'Fire', zone)).toEqual({ title: 'Zone', lines: ['Fire stages outside', 'Since Sun, 14 Jun 2020 18:00', 'Authority: Duty', 'Streets closed'] });
});

it('draws parts with their heat in words, and a rendezvous where it is not the gate', () => {
  const gate = { id: 'g1', name: 'Gate', lon: 1, lat: 1 };
  const z: Zone = { id: 'z1', name: 'Zone', outline: [[0, 0], [2, 0], [2, 2], [0, 2]], rules: [], from: ago(60), parts: [{ heat: 'hot', outline: [[0, 0], [1, 0], [1, 1], [0, 1]] }], gates: [{ ...gate, rendezvous: { name: 'Lot', lon: 3, lat: 1 } }, { ...gate, id: 'g2', rendezvous: { name: 'Gate', lon: 1, lat: 1 } }] };
  expect(zoneFeatures([z]).map((f) => [f.geometry.type, f.properties?.mark, f.properties?.name])).toEqual([['Polygon', undefined, undefined], ['Polygon', undefined, undefined], ['Point', 'heat', 'HOT'], ['Point', 'name', 'Zone'], ['Point', 'meet', 'Lot'], ['Point', 'gate', 'Gate'], ['Point', 'gate', 'Gate']]);
  expect(entryWords({ service: 'ems', entry: 'escort', escort_by: 'police' }, (s) => s.toUpperCase())).toBe('with an escort of police');
});

it('draws what is sketched so far: corners, a line, then an area', () => {
  const kinds = (outline: [number, number][]): string[] => sketchFeatures({ outline, parts: [], gates: [], meets: [] }).map((f) => f.geometry.type);
  expect(sketchFeatures(undefined)).toEqual([]);
  expect(kinds([[0, 0]])).toEqual(['Point']);
  expect(kinds([[0, 0], [1, 0]])).toEqual(['LineString', 'Point', 'Point']);
  expect(kinds([[0, 0], [1, 0], [1, 1]])).toEqual(['Polygon', 'Point', 'Point', 'Point']);
});

it('draws hazards with their level, the most dangerous on top; one whose place is not shown is not drawn', () => {
  const h: Hazard = { id: 'h1', position: { lon: 0, lat: 0 }, radius_m: 50, level: 3, level_name: 'danger', by: 'x', at: ago(5), review_by: ago(-5), unreviewed: true, reviews: 0 };
  expect(hazardFeatures([h, { ...h, id: 'h2', level: 1, level_name: 'notice', unreviewed: false }, { ...h, id: 'h3', position: undefined }]).map((f) => f.properties)).toEqual([{ hazard: 'h2', level: 'notice', name: 'Notice' }, { hazard: 'h1', level: 'danger', name: 'Danger, unreviewed' }]);
});
