import { expect, it } from 'vitest';
import type { Clearance, Gate, Incident, Zone } from '../wire/types';
import { ZoneFormat } from './times';
import { clearancesFor, entryKey, fieldOf, gateBody, gateDraft, pointsOf, readGeoJSON, readRing, rulesOf, sketchOf, Unreadable, withoutLast, withPoint, zoneBody, zoneDraft } from './zones';

const clock = new ZoneFormat('America/Los_Angeles');

it('reads one "lat, lon" a line, and says which line it cannot read', () => {
  expect(readRing('47.612, -122.322\n\n47.612 -122.316\n47.619; -122.316\n47.612,-122.322')).toEqual([[-122.322, 47.612], [-122.316, 47.612], [-122.316, 47.619]]);
  expect(() => readRing('47.612, -122.322\n11th and Pike\n47.619, -122.316')).toThrow('Line 2 is not "lat, lon"');
  expect(() => readRing('-122.322, 47.612')).toThrow(Unreadable);
  expect(() => readRing('47.6, -122.3\n47.7, -122.3')).toThrow('at least 3 points, one "lat, lon" a line; here are 2');
  expect(pointsOf('47.6, -122.3\n47.')).toEqual([[-122.3, 47.6]]);
});

it('draws point after point, and takes the last one back', () => {
  const two = withPoint(withPoint('', { lon: -122.32, lat: 47.61 }), { lon: -122.3100000001, lat: 47.61 });
  expect(two).toBe('47.61, -122.32\n47.61, -122.31');
  expect(withoutLast(two)).toBe('47.61, -122.32');
  expect(withoutLast(withoutLast(two))).toBe('');
});

const square = (o = 0): object => ({ type: 'Polygon', coordinates: [[[o, 0], [o + 1, 0], [o + 1, 1], [o, 0]]] });
const feature = (geometry: object, properties: object = {}): object => ({ type: 'Feature', geometry, properties });
const collection = (...features: object[]): string => JSON.stringify({ type: 'FeatureCollection', features });
const spot = (lon: number): object => ({ type: 'Point', coordinates: [lon, 0] });

it('reads an outline, parts, gates and rendezvous points from GeoJSON', () => {
  expect(readGeoJSON(JSON.stringify(square())).outline).toHaveLength(3);
  expect(readGeoJSON(JSON.stringify(feature(square(), { name: 'One' }))).name).toBe('One');
  const all = readGeoJSON(collection(feature(square(), { name: 'The blocks' }), feature(spot(0.5), { name: 'South', street: '11th at Pike', admits: ['fire'] }), feature(square(0.1), { kind: 'hot' }), feature(spot(0.6), { kind: 'rendezvous', gate: 'South', name: 'Lot' })));
  expect(all.name).toBe('The blocks');
  expect(all.gates).toMatchObject([{ name: 'South', street: '11th at Pike', place: '0, 0.5', admits: ['fire'], meetName: 'Lot', meetPlace: '0, 0.6' }]);
  expect(all.parts).toMatchObject([{ heat: 'hot' }]);
});
it.each([
  ['not JSON', 'x', 'not JSON'],
  ['a second outline', collection(feature(square()), feature(square(2))), 'Feature 2 is a second outline'],
  ['only a part', collection(feature(square(), { kind: 'warm' })), 'No polygon in the file'],
  ['a line', collection(feature({ type: 'LineString', coordinates: [] })), 'Feature 1 is a LineString'],
  ['holes', JSON.stringify({ type: 'Polygon', coordinates: [[], []] }), 'no holes'],
  ['a point off the planet', JSON.stringify({ type: 'Polygon', coordinates: [[[0, 0], [0, 91], [1, 1]]] }), 'not [longitude, latitude]'],
  ['a rendezvous of no gate', collection(feature(square()), feature(spot(0), { kind: 'rendezvous', gate: 'North', name: 'Lot' })), 'names gate "North"'],
  ['a list', '[]', 'no zone'],
])('refuses a file with %s', (_, text, words) => expect(() => readGeoJSON(text)).toThrow(words));

const gate: Gate = { id: 'g1', name: 'South', street: '11th at Pike', grid: '10T', lon: -122.318, lat: 47.612, admits: ['fire'], rendezvous: { name: 'Lot', street: 'Pike', grid: '10S', lon: -122.318, lat: 47.611 } };
it('keeps what belongs to a gate that stays, and lets go of it when the gate moves', () => {
  expect(gateBody(gateDraft(gate), 0)).toEqual(gate);
  expect(gateBody({ ...gateDraft(gate), place: '47.613, -122.318', meetName: '', meetPlace: '' }, 0)).toEqual({ id: 'g1', name: 'South', lon: -122.318, lat: 47.613, admits: ['fire'] });
  expect(gateBody({ ...gateDraft(gate), place: '47.613, -122.318', street: '11th at Pine' }, 0).street).toBe('11th at Pine');
  expect(gateBody(gateDraft({ ...gate, rendezvous: { ...gate, name: 'South' } }), 0).rendezvous).toBeUndefined();
  expect(() => gateBody({ ...gateDraft(gate), meetPlace: '' }, 2)).toThrow('a name and no place');
});

const zone: Zone = { id: 'z1', name: 'The blocks', outline: [[-122.32, 47.61], [-122.31, 47.61], [-122.31, 47.62]], rules: [{ service: 'police', entry: 'escort', escort_by: 'fire' }, { service: 'fire', entry: 'none' }], parts: [{ heat: 'hot', outline: [[-122.318, 47.611], [-122.316, 47.611], [-122.316, 47.612]] }], gates: [gate], from: '2020-06-14T20:00:00Z', until: '2020-06-15T06:30:15Z', authority: 'Duty', reason: 'barricades', version: 2 };

it('gives an unchanged zone back as it was, with its second of the end', () => {
  const draft = zoneDraft(['police', 'fire', 'ems'], zone, clock);
  expect(draft.until).toBe('2020-06-14T23:30');
  const { name, outline, rules, parts, until, authority, reason } = zone;
  expect(zoneBody(draft, clock, zone)).toEqual({ name, outline, rules, parts, gates: [gate], until, authority, reason });
  expect(zoneBody({ ...draft, until: '2020-06-14T23:45' }, clock, zone).until).toBe('2020-06-15T06:45:00.000Z');
  expect(zoneBody({ ...draft, until: '', beside: 'within:z7' }, clock)).toMatchObject({ until: undefined, within: 'z7' });
});

it('says nothing of a service that is left open, and which service an escort needs', () => {
  expect(rulesOf({ police: { entry: 'escort', escort: 'fire' }, fire: { entry: 'none', escort: 'police' }, ems: { entry: '', escort: '' } })).toEqual(zone.rules);
  expect(() => rulesOf({ police: { entry: 'escort', escort: '' } })).toThrow('the service that goes along');
});

it('sketches what can be read of a draft', () => {
  const draft = { ...zoneDraft(['police'], zone, clock), outline: '47.61, -122.32\n47.6' };
  expect(sketchOf(draft)).toMatchObject({ outline: [[-122.32, 47.61]], parts: [{ heat: 'hot' }], gates: [{ name: 'South', at: [-122.318, 47.612] }], meets: [{ name: 'Lot' }] });
});

it.each([['body.gates[2].name', 'gates[2]'], ['body.rules', 'rules'], ['query.reason', 'reason'], ['parts[0]', 'parts[0]']])('finds the field of %s', (at, want) => expect(fieldOf(at)).toBe(want));

it('knows a clearance to be over before the stream says so, and whose way in it opens', () => {
  const at = (h: number): number => Date.parse(`2020-06-14T${h}:00:00Z`);
  const call = { id: 'i1', zone: 'z1', entry: { zones: ['z1'], gate: 'g1' } } as Incident;
  const c: Clearance = { id: 'ec1', zone: 'z1', services: ['police'], state: 'given', until: '2020-06-14T12:00:00Z' };
  expect(clearancesFor(call, [c, { ...c, zone: 'z2' }, { ...c, state: 'over' }], at(10))).toEqual([c]);
  expect(clearancesFor(call, [c], at(12))).toEqual([]);
  const before = entryKey(call, [zone], [], []);
  expect(entryKey(call, [zone], [c], [])).not.toBe(before);
  expect(entryKey(call, [{ ...zone, version: 3 }], [], [])).not.toBe(before);
  expect(entryKey({ ...call, entry: undefined }, [zone], [], [])).not.toBe(before);
  expect(entryKey(call, [zone, { ...zone, id: 'z9' }], [{ ...c, zone: 'z9' }], [])).toBe(before);
});
