// A made-up street grid as vector tiles, so that the map's style can be seen without the server.
import { AVES, BOX, STREETS } from './fixtures.mjs';

const EXTENT = 4096;
function varint(n) { const out = []; n = n >>> 0; while (n > 127) { out.push((n & 127) | 128); n >>>= 7; } out.push(n); return out; }
const field = (no, bytes) => [...varint((no << 3) | 2), ...varint(bytes.length), ...bytes];
const num = (no, v) => [...varint(no << 3), ...varint(v)];
const text = (s) => [...Buffer.from(s)];
const zig = (n) => (n << 1) ^ (n >> 31);

function layer(name, features) {
  const keys = [], values = [], body = [];
  const idx = (a, v) => { let i = a.indexOf(v); if (i < 0) i = a.push(v) - 1; return i; };
  for (const f of features) {
    const tags = Object.entries(f.props).flatMap(([k, v]) => [...varint(idx(keys, k)), ...varint(idx(values, v))]);
    const geom = [];
    let x = 0, y = 0;
    f.points.forEach(([px, py], i) => {
      if (i === 0) geom.push(...varint((1 << 3) | 1)); else if (i === 1) geom.push(...varint(((f.points.length - 1) << 3) | 2));
      geom.push(...varint(zig(px - x)), ...varint(zig(py - y)));
      x = px; y = py;
    });
    if (f.type === 3) geom.push(...varint((1 << 3) | 7));
    body.push(...field(2, [...field(2, tags), ...num(3, f.type), ...field(4, geom)]));
  }
  return field(3, [...num(15, 2), ...field(1, text(name)), ...body, ...keys.flatMap((k) => field(3, text(k))), ...values.flatMap((v) => field(4, field(1, text(v)))), ...num(5, EXTENT)]);
}

export function tile(z, tx, ty) {
  const n = 2 ** z;
  const px = (lon) => Math.round((((lon + 180) / 360) * n - tx) * EXTENT);
  const py = (lat) => { const r = (lat * Math.PI) / 180; return Math.round((((1 - Math.asinh(Math.tan(r)) / Math.PI) / 2) * n - ty) * EXTENT); };
  const at = (lon, lat) => [px(lon), py(lat)];
  const near = (pts) => pts.some(([x, y]) => x > -EXTENT && x < 2 * EXTENT && y > -EXTENT && y < 2 * EXTENT) || z < 12;
  const roads = [], beats = [], places = [];
  const W = 66, H = 110;
  for (let i = 0; i <= W; i++) { const lon = BOX.w + ((BOX.e - BOX.w) * i) / W; const pts = []; for (let k = 0; k <= 40; k++) pts.push(at(lon, BOX.s + ((BOX.n - BOX.s) * k) / 40)); if (i % 6 === 0 || z >= 12) roads.push({ type: 2, points: pts, props: { name: i % 6 ? `${i + 1}th Ave` : AVES[(i / 6) % AVES.length], class: i % 6 ? 'street' : 'arterial' } }); }
  for (let i = 0; i <= H; i++) { const lat = BOX.s + ((BOX.n - BOX.s) * i) / H; const pts = []; for (let k = 0; k <= 20; k++) pts.push(at(BOX.w + ((BOX.e - BOX.w) * k) / 20, lat)); if (i % 8 === 0 || z >= 12) roads.push({ type: 2, points: pts, props: { name: i % 8 ? `N ${i}th St` : STREETS[(i / 8) % STREETS.length], class: i % 8 ? 'street' : 'arterial' } }); }
  for (const f of [0.25, 0.5, 0.75]) { const lat = BOX.s + (BOX.n - BOX.s) * f, lon = BOX.w + (BOX.e - BOX.w) * f; beats.push({ type: 2, points: [at(BOX.w, lat), at(BOX.e, lat)], props: { name: 'b' } }, { type: 2, points: [at(lon, BOX.s), at(lon, BOX.n)], props: { name: 'b' } }); }
  ['D1', 'E2', 'N3', 'K1', 'C2', 'R1'].forEach((b, i) => places.push({ type: 1, points: [at(BOX.w + 0.02 + 0.045 * (i % 3), BOX.s + 0.04 + 0.1 * Math.floor(i / 3))], props: { kind: 'beat', name: b } }));
  [['Capitol Hill', -122.319, 47.625], ['Ballard', -122.384, 47.668], ['Rainier Valley', -122.285, 47.55]].forEach(([name, lon, lat]) => places.push({ type: 1, points: [at(lon, lat)], props: { kind: 'neighbourhood', name } }));
  const land = [
    { type: 3, points: [at(BOX.w, BOX.s), at(BOX.w, BOX.n), at(BOX.e, BOX.n), at(BOX.e, BOX.s)], props: { kind: 'city', name: 'City' } },
    { type: 3, points: [at(-122.322, 47.628), at(-122.322, 47.635), at(-122.313, 47.635), at(-122.313, 47.628)], props: { kind: 'park', name: 'Park' } },
    { type: 3, points: [at(-122.35, 47.67), at(-122.35, 47.69), at(-122.32, 47.69), at(-122.32, 47.67)], props: { kind: 'park', name: 'Park' } },
  ];
  return Buffer.from([...layer('land', land), ...layer('roads', roads.filter((r) => near(r.points))), ...layer('beats', beats), ...layer('places', places)]);
}
