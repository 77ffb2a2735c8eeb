/** Zones as somebody types, draws or loads them, and what is said of them. Pure. */
import type { Agreement, Clearance, Entry, Gate, Heat, Incident, LonLat, Zone, ZoneBody, ZonePart, ZoneRule } from '../wire/types';
import type { ZoneFormat } from './times';

export const ENTRIES: readonly [Entry, string][] = [['free', 'Free'], ['gates_only', 'By the gates only'], ['escort', 'With an escort'], ['stage_outside', 'Stages outside'], ['life_safety_only', 'For life safety only'], ['none', 'Does not enter']];
export const HEATS: readonly Heat[] = ['hot', 'warm', 'cold'];

const FILE_MAX_CHARS = 2_000_000; // far more than 2000 points and 50 parts need

/** What cannot be read: of which field, and in words that say where. */
export class Unreadable extends Error {
  readonly field: string;
  constructor(field: string, words: string) { super(words); this.field = field; }
}

const degrees = (n: number): string => String(Number(n.toFixed(7)));
/** "47.61, -122.32", as it is typed. */
export const pointText = (p: { lon: number; lat: number }): string => `${degrees(p.lat)}, ${degrees(p.lon)}`;
/** One point a line. */
export const ringText = (ring: LonLat[]): string => ring.map(([lon, lat]) => pointText({ lon, lat })).join('\n');

/** Reads "47.61, -122.32". */
export function readPoint(text: string, field: string, what: string): LonLat {
  const m = /^\s*([-+]?\d+(?:\.\d+)?)\s*[,;\s]\s*([-+]?\d+(?:\.\d+)?)\s*$/.exec(text);
  const lat = Number(m?.[1]), lon = Number(m?.[2]);
  if (!m || Math.abs(lat) > 90 || Math.abs(lon) > 180) throw new Unreadable(field, `${what} is not "lat, lon" in degrees, as in 47.6150, -122.3190: ${text.trim() || 'nothing is given'}`);
  return [lon, lat];
}

const same = (a: LonLat | undefined, b: LonLat | undefined): boolean => !!a && !!b && a[0] === b[0] && a[1] === b[1];
/** A ring that GeoJSON closes, opened. */
const opened = (ring: LonLat[]): LonLat[] => (ring.length > 3 && same(ring[0], ring.at(-1)) ? ring.slice(0, -1) : ring);

/** Reads one "lat, lon" a line; a last point that repeats the first is left out. */
export function readRing(text: string, field = 'outline'): LonLat[] {
  const ring = opened(text.split('\n').flatMap((l, n) => (l.trim() ? [readPoint(l, field, `Line ${n + 1}`)] : [])));
  if (ring.length < 3) throw new Unreadable(field, `An outline has at least 3 points, one "lat, lon" a line; here are ${ring.length}.`);
  return ring;
}

/** The points that can be read so far, for the drawing. */
export function pointsOf(text: string): LonLat[] {
  return text.split('\n').flatMap((l) => { try { return [readPoint(l, '', '')]; } catch { return []; } });
}
export const withPoint = (text: string, p: { lon: number; lat: number }): string => `${text.trim() ? `${text.trimEnd()}\n` : ''}${pointText(p)}`;
export const withoutLast = (text: string): string => text.trimEnd().split('\n').slice(0, -1).join('\n');

export interface GateDraft {
  /** the gate that is known already; it keeps its id */
  id?: string;
  name: string;
  street: string;
  grid: string;
  /** "lat, lon" */
  place: string;
  meetName: string;
  meetStreet: string;
  /** "lat, lon"; empty: people wait at the gate */
  meetPlace: string;
  admits: string[];
  /** as it was: street and grid that belong to a point go with it when it moves */
  was?: Gate;
}
export interface PartDraft { heat: Heat; text: string }
export interface RuleDraft { entry: Entry | ''; escort: string }

/** What somebody has typed, drawn or loaded so far. */
export interface ZoneDraft {
  name: string;
  outline: string;
  rules: Record<string, RuleDraft>;
  parts: PartDraft[];
  gates: GateDraft[];
  /** wall clock of the jurisdiction, YYYY-MM-DDTHH:MM; empty: until somebody ends it */
  until: string;
  authority: string;
  reason: string;
  /** why it is amended */
  why: string;
  /** "", "within:z1" or "replaces:z1" */
  beside: string;
}

export const emptyGate = (): GateDraft => ({ name: '', street: '', grid: '', place: '', meetName: '', meetStreet: '', meetPlace: '', admits: [] });

/** The rendezvous of a gate, where it is not the gate itself. */
export function ownMeet(g: Gate): Gate['rendezvous'] {
  const m = g.rendezvous;
  return m && (m.lon !== g.lon || m.lat !== g.lat || m.name !== g.name) ? m : undefined;
}

export function gateDraft(g: Gate): GateDraft {
  const meet = ownMeet(g);
  return { id: g.id, name: g.name, street: g.street ?? '', grid: g.grid ?? '', place: pointText(g), meetName: meet?.name ?? '', meetStreet: meet?.street ?? '', meetPlace: meet ? pointText(meet) : '', admits: [...(g.admits ?? [])], was: g };
}

/** A draft that begins as a zone is, or empty. */
export function zoneDraft(services: string[], z?: Zone, clock?: ZoneFormat): ZoneDraft {
  const rule = (service: string): RuleDraft => { const r = z?.rules.find((x) => x.service === service); return { entry: r?.entry ?? '', escort: r?.escort_by ?? '' }; };
  return {
    name: z?.name ?? '', outline: z ? ringText(z.outline) : '', rules: Object.fromEntries(services.map((s) => [s, rule(s)])), parts: (z?.parts ?? []).map((p) => ({ heat: p.heat, text: ringText(p.outline) })),
    gates: (z?.gates ?? []).map(gateDraft), until: z?.until && clock ? clock.local(Date.parse(z.until)) : '', authority: z?.authority ?? '', reason: z?.reason ?? '', why: '', beside: '',
  };
}

/** A gate as the server takes it: what it did not get, it makes from the point. */
export function gateBody(d: GateDraft, n: number): ZoneBody['gates'][number] {
  const field = `gates[${n}]`, what = d.name.trim() || `Gate ${n + 1}`, w = d.was, m = w && ownMeet(w);
  if (!d.name.trim()) throw new Unreadable(field, `Gate ${n + 1} has no name: all services say the same one.`);
  const [lon, lat] = readPoint(d.place, field, `The place of ${what}`);
  const out: ZoneBody['gates'][number] = { name: d.name.trim(), lon, lat };
  const stays = !!w && pointText(w) === pointText({ lon, lat });
  const kept = (now: string, was: string | undefined, same: boolean): string | undefined => (now.trim() && (same || now.trim() !== was) ? now.trim() : undefined);
  if (d.id) out.id = d.id;
  out.street = kept(d.street, w?.street, stays);
  out.grid = kept(d.grid, w?.grid, stays);
  if (d.admits.length) out.admits = [...d.admits];
  if (d.meetPlace.trim()) {
    const [mlon, mlat] = readPoint(d.meetPlace, field, `The rendezvous of ${what}`), there = !!m && pointText(m) === pointText({ lon: mlon, lat: mlat });
    out.rendezvous = { name: d.meetName.trim() || `Rendezvous, ${what}`, lon: mlon, lat: mlat, street: kept(d.meetStreet, m?.street, there), grid: there ? m.grid : undefined };
  } else if (d.meetName.trim()) throw new Unreadable(field, `The rendezvous of ${what} has a name and no place: give both or neither.`);
  return out;
}

/** Rules of a form: one for each service of which something is said. */
export function rulesOf(chosen: Record<string, RuleDraft>): ZoneRule[] {
  return Object.entries(chosen).flatMap(([service, r]) => {
    if (!r.entry) return [];
    if (r.entry === 'escort' && !r.escort) throw new Unreadable('rules', 'An escort needs the service that goes along.');
    return [{ service, entry: r.entry, ...(r.entry === 'escort' ? { escort_by: r.escort } : {}) }];
  });
}

export type NewZone = ZoneBody & { within?: string; replaces?: string };
/** What the server is asked for. Throws Unreadable, which names the field. */
export function zoneBody(d: ZoneDraft, clock: ZoneFormat, was?: Zone): NewZone {
  const until = !d.until ? undefined : was?.until && clock.local(Date.parse(was.until)) === d.until ? was.until : new Date(clock.read(d.until)).toISOString();
  const [how, id] = d.beside.split(':');
  return {
    name: d.name.trim(), outline: readRing(d.outline), rules: rulesOf(d.rules), parts: d.parts.map((p, n) => ({ heat: p.heat, outline: readRing(p.text, `parts[${n}]`) })), gates: d.gates.map(gateBody),
    until, authority: d.authority.trim(), reason: d.reason.trim(), ...(how && id ? { [how as 'within' | 'replaces']: id } : {}),
  };
}

export interface FromFile { outline: LonLat[]; name?: string; gates: GateDraft[]; parts: PartDraft[] }

const is = (x: unknown): x is Record<string, unknown> => typeof x === 'object' && x !== null && !Array.isArray(x);
const str = (x: unknown): string => (typeof x === 'string' ? x : '');
const UNFIT = (words: string): Unreadable => new Unreadable('outline', words);

function position(x: unknown, what: string): LonLat {
  const [lon, lat] = (Array.isArray(x) ? x : []) as unknown[];
  if (typeof lon !== 'number' || typeof lat !== 'number' || Math.abs(lon) > 180 || Math.abs(lat) > 90) throw UNFIT(`${what} has a position that is not [longitude, latitude] in degrees.`);
  return [lon, lat];
}
function ringOf(g: Record<string, unknown>, what: string): LonLat[] {
  const rings = g.coordinates;
  if (!Array.isArray(rings) || rings.length !== 1 || !Array.isArray(rings[0])) throw UNFIT(`${what} is not one ring: an outline has no holes.`);
  const ring = opened(rings[0].map((p) => position(p, what)));
  if (ring.length < 3) throw UNFIT(`${what} has ${ring.length} points: an outline has at least 3.`);
  return ring;
}

/**
 * Reads GeoJSON as the command line does: one Polygon, or features of which one Polygon is the zone and the others say in
 * properties.kind that they are hot, warm or cold; Points are gates, or a rendezvous that names its gate in properties.gate.
 */
export function readGeoJSON(text: string): FromFile {
  if (text.length > FILE_MAX_CHARS) throw UNFIT('The file is larger than 2 MB: an outline has at most 2000 points.');
  let root: unknown;
  try { root = JSON.parse(text); } catch { throw UNFIT('The file is not JSON.'); }
  if (!is(root) || !['FeatureCollection', 'Feature', 'Polygon'].includes(str(root.type))) throw UNFIT('The file is no zone: it wants a Polygon, a Feature or a FeatureCollection.');
  const features: unknown[] = root.type === 'FeatureCollection' ? (Array.isArray(root.features) ? root.features : []) : [root.type === 'Feature' ? root : { geometry: root }];
  const gates: GateDraft[] = [], parts: PartDraft[] = [], meets: { gate: string; name: string; street: string; at: LonLat }[] = [];
  let outline: LonLat[] | undefined, name: string | undefined;
  features.forEach((f, n) => {
    const g = is(f) ? f.geometry : undefined, p = is(f) && is(f.properties) ? f.properties : {}, what = `Feature ${n + 1}`, kind = str(p.kind);
    if (!is(g)) throw UNFIT(`${what} has no geometry.`);
    if (g.type === 'Polygon') {
      const ring = ringOf(g, what);
      if (HEATS.includes(kind as Heat)) parts.push({ heat: kind as Heat, text: ringText(ring) });
      else if (kind && kind !== 'zone') throw UNFIT(`${what}: a polygon is the zone, hot, warm or cold, not "${kind}".`);
      else if (outline) throw UNFIT(`${what} is a second outline: give the others a kind.`);
      else { outline = ring; name = str(p.name) || undefined; }
    } else if (g.type === 'Point') {
      const at = position(g.coordinates, what), place = pointText({ lon: at[0], lat: at[1] });
      if (kind === 'rendezvous') meets.push({ gate: str(p.gate), name: str(p.name), street: str(p.street), at });
      else if (kind && kind !== 'gate') throw UNFIT(`${what}: a point is a gate or a rendezvous, not "${kind}".`);
      else gates.push({ ...emptyGate(), id: str(p.id) || undefined, name: str(p.name), street: str(p.street), grid: str(p.grid), place, admits: Array.isArray(p.admits) ? p.admits.map(str) : [] });
    } else throw UNFIT(`${what} is a ${str(g.type) || 'nothing'}: a zone is made of Polygons and Points.`);
  });
  if (!outline) throw UNFIT('No polygon in the file is the outline of the zone.');
  for (const m of meets) {
    const gate = gates.find((g) => g.name === m.gate);
    if (!gate) throw UNFIT(`Rendezvous "${m.name}" names gate "${m.gate}", which is not in the file.`);
    Object.assign(gate, { meetName: m.name, meetStreet: m.street, meetPlace: pointText({ lon: m.at[0], lat: m.at[1] }) });
  }
  return { outline, name, gates, parts };
}

/** What is drawn of a draft, as far as it can be read. */
export interface Sketch { outline: LonLat[]; parts: ZonePart[]; gates: { name: string; at: LonLat }[]; meets: { name: string; at: LonLat }[] }
export function sketchOf(d: ZoneDraft): Sketch {
  const one = (text: string, name: string): { name: string; at: LonLat }[] => { const at = pointsOf(text)[0]; return at ? [{ name, at }] : []; };
  return {
    outline: pointsOf(d.outline), parts: d.parts.map((p) => ({ heat: p.heat, outline: pointsOf(p.text) })),
    gates: d.gates.flatMap((g, n) => one(g.place, g.name || `Gate ${n + 1}`)), meets: d.gates.flatMap((g) => one(g.meetPlace, g.meetName)),
  };
}

/** The field that a refusal is about: "body.gates[2].name" is "gates[2]". */
export const fieldOf = (location: string): string => /^[^.[]*(\[\d+\])?/.exec(location.replace(/^(body|query|path)\./, ''))![0];

/** What a word is worth at `now` (epoch ms): a time that has passed counts before the stream says so. */
export const isOver = (c: Clearance, now: number): boolean => !!c.ended_at || c.state === 'over' || (!!c.until && Date.parse(c.until) <= now);
/** The clearances that a call's way in speaks of. */
export const clearancesFor = (i: Incident, all: Clearance[], now: number): Clearance[] => all.filter((c) => i.entry?.zones.includes(c.zone) && !isOver(c, now));

/** Changes when how one gets in to a call may have: its plan, the versions of its zones, and the words that open them. */
export function entryKey(i: Incident | undefined, zones: Zone[], clearances: Clearance[], agreements: Agreement[]): string {
  if (!i) return '';
  const own = i.entry?.zones ?? [];
  return JSON.stringify([i.zone, i.entry, zones.filter((z) => own.includes(z.id)).map((z) => [z.id, z.version]), clearances.filter((c) => own.includes(c.zone)).map((c) => [c.id, c.state, c.services, c.until, c.ended_at]),
    agreements.filter((a) => own.includes(a.zone)).map((a) => [a.id, a.state, a.until])]);
}
