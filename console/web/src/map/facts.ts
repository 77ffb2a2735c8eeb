/**
 * What the map says of ways and zones: in words for the legend, the list and the pop-ups, and as shapes for the layers.
 * Pure. A fact is worth its word for one half-life after it was seen; then it is not known any more, as on the server,
 * but without waiting for the server to say so.
 */
import { countdown, span, type ZoneFormat } from '../board/times';
import { ownMeet, type Sketch } from '../board/zones';
import type { Access, Entry, Hazard, Heat, LonLat, Zone, ZoneRule } from '../wire/types';

/** from the worst to the best */
export const STATES = ['blocked', 'restricted', 'delayed', 'unknown', 'open'] as const;
export type State = (typeof STATES)[number];

export const STATE_WORDS: Record<State, string> = { blocked: 'Blocked', restricted: 'Restricted', delayed: 'Delayed', unknown: 'Not known any more', open: 'Open' };
const ENTRY_WORDS: Record<Entry, string> = { free: 'enters freely', gates_only: 'by the gates only', escort: 'with an escort', stage_outside: 'stages outside', life_safety_only: 'for life safety only', none: 'does not enter' };

/** How a service enters, after its name: "with an escort of fire". */
export const entryWords = (r: ZoneRule, serviceName: (id: string) => string): string => (r.entry === 'escort' && r.escort_by ? `with an escort of ${serviceName(r.escort_by).toLowerCase()}` : (ENTRY_WORDS[r.entry] ?? r.entry));
export const HEAT_WORDS: Record<Heat, string> = { hot: 'Nobody goes in without a clearance', warm: 'Nobody goes in without an escort or a clearance', cold: 'Entered by the rule of the zone' };
export const HAZARD_LEVELS = ['notice', 'caution', 'danger'] as const;

const known = (s: string): State => ((STATES as readonly string[]).includes(s) ? (s as State) : 'unknown');
const sentence = (s: string): string => s.charAt(0).toUpperCase() + s.slice(1);

/** What may be relied on at `now` (epoch ms, the server's clock). */
export function believed(a: Access, now: number): State {
  const seen = Date.parse(a.observed_at ?? '');
  if (a.half_life_ms && now - seen > a.half_life_ms) return 'unknown';
  return known(a.current === 'unknown' ? 'unknown' : a.state);
}

/** "12 min", "1 h 05", "7 d 02 h" */
function age(ms: number): string {
  const past = Math.max(0, ms);
  return past < 2 * 86_400_000 ? countdown(past) : span(past);
}

export interface Words { title: string; lines: string[] }

/** A fact in words: what, where it is from and how old it is. */
export function factWords(a: Access, now: number, zone: ZoneFormat): Words {
  const state = believed(a, now), lines: string[] = [];
  if (state === 'unknown' && a.state !== 'unknown') lines.push(`${STATE_WORDS[known(a.state)]} when last seen; too long ago to rely on`);
  const seen = Date.parse(a.observed_at ?? '');
  lines.push(Number.isFinite(seen) ? `Seen ${age(now - seen)} ago, ${zone.date(seen)} ${zone.time(seen)}` : 'When it was seen is not recorded');
  lines.push(`Source: ${a.source || 'not recorded'}`);
  if (a.direction === 'forward' || a.direction === 'backward') lines.push('In one direction only');
  if (a.classes?.length) lines.push(`For ${a.classes.join(', ')} only`);
  return { title: a.note ? `${STATE_WORDS[state]}: ${a.note}` : STATE_WORDS[state], lines };
}

export function zoneWords(z: Zone, serviceName: (id: string) => string, zone: ZoneFormat): Words {
  return {
    title: z.name,
    lines: [
      ...z.rules.map((r) => `${serviceName(r.service)} ${entryWords(r, serviceName)}`),
      `Since ${zone.date(z.from)} ${zone.time(z.from)}${z.until ? `, until ${zone.date(z.until)} ${zone.time(z.until)}` : ''}`,
      ...(z.authority ? [`Authority: ${z.authority}`] : []),
      ...(z.reason ? [sentence(z.reason)] : []),
    ],
  };
}

/** A ring that ends where it begins. */
function closed(ring: LonLat[]): LonLat[] {
  const a = ring[0], z = ring.at(-1);
  return a && z && (a[0] !== z[0] || a[1] !== z[1]) ? [...ring, a] : ring;
}

/** Half-way along a line; degrees of longitude are shortened to those of latitude. */
export function middle(line: LonLat[]): LonLat {
  const first = line[0]!, narrow = Math.cos((first[1] * Math.PI) / 180);
  const length = (a: LonLat, b: LonLat): number => Math.hypot((b[0] - a[0]) * narrow, b[1] - a[1]);
  let left = line.slice(1).reduce((sum, p, i) => sum + length(line[i]!, p), 0) / 2;
  for (let i = 1; i < line.length; i++) {
    const a = line[i - 1]!, b = line[i]!, d = length(a, b);
    if (d > 0 && left <= d) return [a[0] + ((b[0] - a[0]) * left) / d, a[1] + ((b[1] - a[1]) * left) / d];
    left -= d;
  }
  return first;
}

/** The centre of a ring's area; of one without area, half-way along it. */
export function centre(ring: LonLat[]): LonLat {
  const around = closed(ring), [ox, oy] = around[0]!;
  let area = 0, x = 0, y = 0;
  for (let i = 1; i < around.length; i++) {
    const ax = around[i - 1]![0] - ox, ay = around[i - 1]![1] - oy, bx = around[i]![0] - ox, by = around[i]![1] - oy, cross = ax * by - bx * ay;
    area += cross; x += (ax + bx) * cross; y += (ay + by) * cross;
  }
  return Math.abs(area) < 1e-14 ? middle(around) : [ox + x / (3 * area), oy + y / (3 * area)];
}

/** Where a fact's mark stands. */
export function markOf(a: Access): LonLat | undefined {
  const first = a.geometry[0];
  if (!first || a.kind === 'point') return first;
  return a.kind === 'line' ? middle(a.geometry) : centre(a.geometry);
}

const SHORT = 32;
const shape = (geometry: GeoJSON.Geometry, properties: GeoJSON.GeoJsonProperties): GeoJSON.Feature => ({ type: 'Feature', geometry, properties });

/** Each fact as its shape, if it is more than a point, and a mark; the better states first, so that the worse lie over them. */
export function accessFeatures(facts: Access[], now: number): GeoJSON.Feature[] {
  return facts.flatMap((a) => {
    const at = markOf(a);
    return at ? [{ a, at, state: believed(a, now) }] : [];
  }).sort((x, y) => STATES.indexOf(y.state) - STATES.indexOf(x.state)).flatMap(({ a, at, state }) => {
    const note = a.note && a.note.length > SHORT ? `${a.note.slice(0, SHORT - 1).trimEnd()}…` : a.note;
    const properties = { fact: a.id, state, text: note ? `${STATE_WORDS[state]}\n${note}` : STATE_WORDS[state] };
    const mark = shape({ type: 'Point', coordinates: at }, properties);
    if (a.kind === 'line') return [shape({ type: 'LineString', coordinates: a.geometry }, properties), mark];
    return a.kind === 'area' ? [shape({ type: 'Polygon', coordinates: [closed(a.geometry)] }, properties), mark] : [mark];
  });
}

/** The corners, gates and rendezvous points of a zone: what the map goes to when it is asked for. */
export const zoneBounds = (z: Zone): LonLat[] => [...z.outline, ...(z.gates ?? []).flatMap((g) => [g, g.rendezvous ?? g]).map((p): LonLat => [p.lon, p.lat])];

/**
 * Each zone in force as its outline, its parts, a name at its north-western corner, where no gate is likely, its gates and
 * where people wait. What a point is stands in `mark`.
 */
export function zoneFeatures(zones: Zone[]): GeoJSON.Feature[] {
  return zones.filter((z) => !z.ended_at && z.outline.length > 2).flatMap((z) => {
    const west = Math.min(...z.outline.map((p) => p[0])), north = Math.max(...z.outline.map((p) => p[1]));
    return [
      shape({ type: 'Polygon', coordinates: [closed(z.outline)] }, { zone: z.id }),
      ...(z.parts ?? []).filter((p) => p.outline.length > 2).flatMap((p) => heatFeatures(p.heat, p.outline, { zone: z.id })),
      shape({ type: 'Point', coordinates: [west, north] }, { zone: z.id, mark: 'name', name: z.name }),
      ...(z.gates ?? []).flatMap((g) => {
        const meet = ownMeet(g), gate = shape({ type: 'Point', coordinates: [g.lon, g.lat] }, { zone: z.id, gate: g.id, mark: 'gate', name: g.name });
        return meet ? [shape({ type: 'Point', coordinates: [meet.lon, meet.lat] }, { zone: z.id, gate: g.id, mark: 'meet', name: meet.name }), gate] : [gate];
      }),
    ];
  });
}

/** A hot, warm or cold part: its outline, and its heat in words in the middle. */
function heatFeatures(heat: Heat, outline: LonLat[], properties: GeoJSON.GeoJsonProperties): GeoJSON.Feature[] {
  return [shape({ type: 'Polygon', coordinates: [closed(outline)] }, { ...properties, heat }), shape({ type: 'Point', coordinates: centre(outline) }, { ...properties, heat, mark: 'heat', name: heat.toUpperCase() })];
}

/** What is being drawn: lines until they enclose something, every corner, and the gates as they will be. */
export function sketchFeatures(s: Sketch | undefined): GeoJSON.Feature[] {
  if (!s) return [];
  const ring = (points: LonLat[], heat?: Heat): GeoJSON.Feature[] => {
    if (!points.length) return [];
    const area = points.length > 2 ? (heat ? heatFeatures(heat, points, {}) : [shape({ type: 'Polygon', coordinates: [closed(points)] }, {})]) : points.length === 2 ? [shape({ type: 'LineString', coordinates: points }, {})] : [];
    return [...area, ...points.map((at, n) => shape({ type: 'Point', coordinates: at }, { mark: 'corner', first: n === 0 ? 1 : 0 }))];
  };
  const mark = (kind: string) => (p: { name: string; at: LonLat }): GeoJSON.Feature => shape({ type: 'Point', coordinates: p.at }, { mark: kind, name: p.name });
  return [...ring(s.outline), ...s.parts.flatMap((p) => ring(p.outline, p.heat)), ...s.meets.map(mark('meet')), ...s.gates.map(mark('gate'))];
}

export function hazardWords(h: Hazard, zone: ZoneFormat): Words {
  return {
    title: `${sentence(h.level_name)}: ${h.text || 'not shown to your role'}`,
    lines: [...(h.unreviewed ? ['Unreviewed: nobody has looked at it again in time'] : []), ...(h.place ? [h.place] : []), `Within ${h.radius_m} m`, `By ${h.by}, ${zone.date(h.at)} ${zone.time(h.at)}; review by ${zone.date(h.review_by)} ${zone.time(h.review_by)}`],
  };
}

/** The most dangerous last, so that they lie over the others. */
export function hazardFeatures(hazards: Hazard[]): GeoJSON.Feature[] {
  return [...hazards].sort((a, b) => a.level - b.level).flatMap((h) => (h.position ? [shape({ type: 'Point', coordinates: [h.position.lon, h.position.lat] }, { hazard: h.id, level: h.level_name, name: `${sentence(h.level_name)}${h.unreviewed ? ', unreviewed' : ''}` })] : []));
}
