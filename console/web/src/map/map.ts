/**
 * The map: loaded only when it is wanted, redrawn only as often as this machine can bear. Without a GPU one repaint
 * costs 150–250 ms, so moves are collected and sent at 2 Hz, or at 0.5 Hz where repaints are slow, and never within
 * half a second of a key press.
 */
import { AttributionControl, Map as GLMap, ScaleControl, setWorkerUrl, type GeoJSONSource } from 'maplibre-gl';
import 'maplibre-gl/dist/maplibre-gl.css';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url';
import latin from '@fontsource-variable/inter/files/inter-latin-wght-normal.woff2?url';
import latinExt from '@fontsource-variable/inter/files/inter-latin-ext-wght-normal.woff2?url';
import cyrillic from '@fontsource-variable/inter/files/inter-cyrillic-wght-normal.woff2?url';
import type { Theme } from '../board/desk.svelte';
import type { Access, Incident, Station, TableName, Unit, Zone } from '../wire/types';
import { accessIcon, gateIcon, hatch, stationIcon, unitIcon, unitIconName } from './icons';
import { groundStyle, INK } from './style';

const absolute = (u: string): string => new URL(u, location.href).href;
setWorkerUrl(absolute(workerUrl)); // a bundle has no other way to find the worker: without this the map never loads, silently

export interface MapData {
  units(): Unit[];
  incidents(): Incident[];
  zones(): Zone[];
  access(): Access[];
  stations(): Station[];
  selected(): string | undefined;
}
export interface MapEvents { pickUnit(id: string): void; pickIncident(id: string): void; pickPlace(p: { lon: number; lat: number }): void; picking(): boolean; fail(words: string): void }

const FAST_MS = 500;
const SLOW_MS = 2_000;
const SLOW_FRAME_MS = 50;
const TYPING_MS = 500;
const LANDSCAPE_ZOOM = 1;
const fc = (features: GeoJSON.Feature[]): GeoJSON.FeatureCollection => ({ type: 'FeatureCollection', features });
const point = (lon: number, lat: number, properties: GeoJSON.GeoJsonProperties): GeoJSON.Feature => ({ type: 'Feature', geometry: { type: 'Point', coordinates: [lon, lat] }, properties });
const closed = (ring: [number, number][]): [number, number][] => {
  const a = ring[0], z = ring.at(-1);
  return a && z && (a[0] !== z[0] || a[1] !== z[1]) ? [...ring, a] : ring;
};

export class BoardMap {
  private readonly map: GLMap;
  private readonly data: MapData;
  private readonly events: MapEvents;
  private theme: Theme;
  private dirty = new Set<TableName>();
  private ready = false;
  private sent = 0;
  private cadence = FAST_MS;
  private calm = 0;
  private typed = 0;
  private readonly timer: ReturnType<typeof setInterval>;

  constructor(el: HTMLElement, theme: Theme, data: MapData, events: MapEvents) {
    this.data = data;
    this.events = events;
    this.theme = theme;
    const bounds = this.bounds();
    this.map = new GLMap({
      container: el, style: groundStyle(theme, this.fonts()), attributionControl: false, fadeDuration: 0, validateStyle: false,
      pitchWithRotate: false, dragRotate: false, maxPitch: 0, minZoom: 9, maxZoom: 18,
      canvasContextAttributes: { antialias: false },
      ...(bounds ? { bounds, fitBoundsOptions: { padding: 30 } } : { center: [0, 0] as [number, number], zoom: 9 }),
    });
    this.map.touchZoomRotate.disableRotation();
    if (bounds && el.clientWidth > el.clientHeight) this.map.setZoom(this.map.getZoom() + LANDSCAPE_ZOOM); // a tall city in a wide box: begin closer, "Whole city" is one button away
    this.map.addControl(new AttributionControl({ compact: false }));
    this.map.addControl(new ScaleControl({}), 'bottom-left');
    this.map.getCanvas().setAttribute('aria-label', 'Map. Everything on it is also in the lists.');
    this.map.on('style.load', () => this.dress());
    this.map.setMissingStyleImageResolver((id) => { if (id.startsWith('u:') && !this.map.hasImage(id)) this.map.addImage(id, unitIcon(id, this.theme), { pixelRatio: 2 }); });
    this.map.on('error', (e) => { if (/webgl/i.test(String(e.error?.message))) events.fail('This browser gives the map no WebGL. Everything else works without it.'); });
    this.map.on('click', (e) => this.click(e.point, e.lngLat));
    this.map.on('mousemove', (e) => { this.map.getCanvas().style.cursor = events.picking() ? 'crosshair' : this.under(e.point) ? 'pointer' : ''; });
    addEventListener('keydown', this.onKey, true);
    this.timer = setInterval(() => this.push(), FAST_MS);
  }

  private fonts() { return { latin: absolute(latin), latinExt: absolute(latinExt), cyrillic: absolute(cyrillic) }; }
  private onKey = (): void => { this.typed = performance.now(); };

  private bounds(): [[number, number], [number, number]] | undefined {
    const at = [...this.data.stations().map((s) => [s.lon, s.lat]), ...this.data.units().flatMap((u) => (u.position ? [[u.position.lon, u.position.lat]] : []))] as [number, number][];
    if (!at.length) return undefined;
    const lon = at.map((p) => p[0]), lat = at.map((p) => p[1]);
    return [[Math.min(...lon), Math.min(...lat)], [Math.max(...lon), Math.max(...lat)]];
  }
  /** Brings the whole jurisdiction into view. */
  fit(): void { const b = this.bounds(); if (b) this.map.fitBounds(b, { padding: 30, animate: false }); }
  /** Goes to a place only when it is out of sight: the map never wanders by itself. */
  show(p: { lon: number; lat: number }): void { if (!this.map.getBounds().contains([p.lon, p.lat])) this.map.jumpTo({ center: [p.lon, p.lat] }); }
  resize(): void { this.map.resize(); }

  /** Marks tables as changed; they are drawn at the next beat of the cadence. */
  touch(tables: Iterable<TableName>): void { for (const t of tables) this.dirty.add(t); }

  setTheme(theme: Theme): void {
    if (theme === this.theme) return;
    this.theme = theme;
    this.ready = false;
    this.map.setStyle(groundStyle(theme, this.fonts()), { diff: false });
  }

  private unitFeatures(): GeoJSON.Feature[] {
    return this.data.units().flatMap((u) => (u.position && u.status !== 'off_duty' ? [point(u.position.lon, u.position.lat, { id: u.id, icon: unitIconName(u), free: u.free ? 1 : 0 })] : []));
  }
  private incidentFeatures(): GeoJSON.Feature[] {
    const sel = this.data.selected();
    return this.data.incidents().flatMap((i) => (i.position && i.state !== 'closed' ? [point(i.position.lon, i.position.lat, { id: i.id, n: String(i.number), p: Math.min(4, i.priority), sel: i.id === sel ? 1 : 0, wait: i.state === 'active' ? 0 : 1 })] : []));
  }
  private zoneFeatures(): GeoJSON.Feature[] {
    return this.data.zones().filter((z) => !z.ended_at).flatMap((z): GeoJSON.Feature[] => [
      { type: 'Feature', geometry: { type: 'Polygon', coordinates: [closed(z.outline)] }, properties: { name: z.name } },
      ...(z.gates ?? []).map((g) => point(g.lon, g.lat, { gate: g.name })),
    ]);
  }
  private accessFeatures(): GeoJSON.Feature[] {
    return this.data.access().flatMap((a): GeoJSON.Feature[] => {
      const state = a.current || a.state, first = a.geometry[0];
      if (!first || state === 'open') return [];
      const properties = { state, note: a.note ?? '' };
      if (a.kind === 'point') return [point(first[0], first[1], properties)];
      if (a.kind === 'line') return [{ type: 'Feature', geometry: { type: 'LineString', coordinates: a.geometry }, properties }];
      return [{ type: 'Feature', geometry: { type: 'LineString', coordinates: closed(a.geometry) }, properties }];
    });
  }
  private stationFeatures(): GeoJSON.Feature[] {
    return this.data.stations().map((s) => point(s.lon, s.lat, { name: s.state === 'lost' ? `${s.name} (lost)` : s.name, icon: `${s.state === 'lost' ? 'lost' : 'stn'}:${s.service}`, lost: s.state === 'lost' ? 1 : 0 }));
  }

  /** Adds our layers after every (re)load of the ground style. */
  private dress(): void {
    const m = this.map, c = INK[this.theme], px = { pixelRatio: 2 };
    for (const s of new Set(this.data.stations().map((x) => x.service))) for (const lost of [false, true]) m.addImage(`${lost ? 'lost' : 'stn'}:${s}`, stationIcon(s, lost, this.theme), px);
    for (const s of ['blocked', 'restricted', 'delayed', 'unknown']) m.addImage(`a:${s}`, accessIcon(s, this.theme), px);
    m.addImage('gate', gateIcon(this.theme), px);
    m.addImage('hatch', hatch(this.theme), px);
    const add = (id: string, features: GeoJSON.Feature[]): void => { m.addSource(id, { type: 'geojson', data: fc(features) }); };
    add('zones', this.zoneFeatures());
    add('access', this.accessFeatures());
    add('stations', this.stationFeatures());
    add('incidents', this.incidentFeatures());
    add('units', this.unitFeatures());
    const label = (color: string): { 'text-color': string; 'text-halo-color': string; 'text-halo-width': number } => ({ 'text-color': color, 'text-halo-color': c.halo, 'text-halo-width': 1.4 });
    m.addLayer({ id: 'zone-fill', type: 'fill', source: 'zones', filter: ['==', ['geometry-type'], 'Polygon'], paint: { 'fill-pattern': 'hatch' } });
    m.addLayer({ id: 'zone-line', type: 'line', source: 'zones', filter: ['==', ['geometry-type'], 'Polygon'], paint: { 'line-color': c.zone, 'line-width': 2.5, 'line-dasharray': [3, 1.5] } });
    m.addLayer({ id: 'access-line', type: 'line', source: 'access', filter: ['==', ['geometry-type'], 'LineString'], layout: { 'line-cap': 'round' }, paint: { 'line-color': ['match', ['get', 'state'], 'blocked', c.blocked, 'unknown', c.unknown, c.delayed], 'line-width': 4, 'line-dasharray': ['match', ['get', 'state'], 'blocked', ['literal', [1, 0]], 'unknown', ['literal', [0.5, 2]], ['literal', [2, 1.5]]] } });
    m.addLayer({ id: 'station', type: 'symbol', source: 'stations', filter: ['any', ['==', ['get', 'lost'], 1], ['>=', ['zoom'], 12]], layout: { 'icon-image': ['get', 'icon'], 'icon-allow-overlap': true, 'text-field': ['step', ['zoom'], ['case', ['==', ['get', 'lost'], 1], ['get', 'name'], ''], 13, ['get', 'name']], 'text-font': ['EC'], 'text-size': 10.5, 'text-offset': [0, 0.9], 'text-anchor': 'top', 'text-optional': true }, paint: label(c.station) });
    m.addLayer({ id: 'incident', type: 'circle', source: 'incidents', paint: { 'circle-radius': ['interpolate', ['linear'], ['zoom'], 10, ['match', ['get', 'p'], 1, 6, 2, 4.5, 3, 3.5, 2.5], 13, ['match', ['get', 'p'], 1, 9, 2, 7.5, 3, 6, 4.5]], 'circle-color': c.ring[0], 'circle-opacity': ['case', ['all', ['==', ['get', 'p'], 1], ['==', ['get', 'wait'], 1]], 0.45, 0], 'circle-stroke-width': ['case', ['==', ['get', 'wait'], 1], 2.5, 1.3], 'circle-stroke-color': ['match', ['get', 'p'], 1, c.ring[0], 2, c.ring[1], 3, c.ring[2], c.ring[3]] } });
    m.addLayer({ id: 'selected', type: 'circle', source: 'incidents', filter: ['==', ['get', 'sel'], 1], paint: { 'circle-radius': 14, 'circle-color': c.sel, 'circle-opacity': 0.15, 'circle-stroke-width': 3, 'circle-stroke-color': c.sel } });
    m.addLayer({ id: 'access-point', type: 'symbol', source: 'access', filter: ['==', ['geometry-type'], 'Point'], layout: { 'icon-image': ['concat', 'a:', ['get', 'state']], 'icon-allow-overlap': true } });
    m.addLayer({ id: 'gate', type: 'symbol', source: 'zones', filter: ['==', ['geometry-type'], 'Point'], layout: { 'icon-image': 'gate', 'icon-allow-overlap': true, 'text-field': ['step', ['zoom'], '', 14, ['get', 'gate']], 'text-font': ['EC'], 'text-size': 10.5, 'text-offset': [0, 0.8], 'text-anchor': 'top', 'text-optional': true }, paint: label(c.zone) });
    m.addLayer({ id: 'incident-number', type: 'symbol', source: 'incidents', minzoom: 13.5, layout: { 'text-field': ['get', 'n'], 'text-font': ['EC'], 'text-size': 11, 'text-offset': [0, -1.3], 'text-anchor': 'bottom', 'text-optional': true }, paint: label(c.unit) });
    m.addLayer({ id: 'unit', type: 'symbol', source: 'units', layout: { 'icon-image': ['get', 'icon'], 'icon-allow-overlap': true, 'icon-ignore-placement': true, 'icon-size': ['interpolate', ['linear'], ['zoom'], 10, 0.5, 13, 1], 'symbol-sort-key': ['get', 'free'], 'text-field': ['step', ['zoom'], '', 13, ['get', 'id']], 'text-font': ['EC'], 'text-size': 11, 'text-offset': [0, 1], 'text-anchor': 'top', 'text-optional': true }, paint: label(c.unit) });
    this.ready = true;
    this.dirty.clear();
  }

  private push(): void {
    const t = performance.now();
    if (!this.ready || !this.dirty.size || document.hidden || t - this.sent < this.cadence - 20 || t - this.typed < TYPING_MS) return;
    this.sent = t;
    const set = (id: string, features: () => GeoJSON.Feature[]): void => { (this.map.getSource(id) as GeoJSONSource | undefined)?.setData(fc(features())); };
    const d = this.dirty;
    this.dirty = new Set();
    if (d.has('units')) set('units', () => this.unitFeatures());
    if (d.has('incidents')) set('incidents', () => this.incidentFeatures());
    if (d.has('zones')) set('zones', () => this.zoneFeatures());
    if (d.has('access')) set('access', () => this.accessFeatures());
    if (d.has('stations')) set('stations', () => this.stationFeatures());
    this.measure();
  }

  /** The longest frame in the wake of an update decides how often the next ones may come. */
  private measure(): void {
    let last = performance.now(), worst = 0, left = 12;
    const step = (now: number): void => {
      worst = Math.max(worst, now - last);
      last = now;
      if (--left > 0) { requestAnimationFrame(step); return; }
      if (worst > SLOW_FRAME_MS) { this.cadence = SLOW_MS; this.calm = 0; }
      else if (++this.calm >= 10) this.cadence = FAST_MS;
    };
    requestAnimationFrame((now) => { last = now; requestAnimationFrame(step); });
  }

  private under(p: { x: number; y: number }): { layer: string; id: string } | undefined {
    if (!this.ready) return undefined;
    const box: [[number, number], [number, number]] = [[p.x - 6, p.y - 6], [p.x + 6, p.y + 6]];
    const f = this.map.queryRenderedFeatures(box, { layers: ['unit', 'incident'] })[0];
    return f ? { layer: f.layer.id, id: String(f.properties.id) } : undefined;
  }
  private click(p: { x: number; y: number }, at: { lng: number; lat: number }): void {
    if (this.events.picking()) { this.events.pickPlace({ lon: at.lng, lat: at.lat }); return; }
    const hit = this.under(p);
    if (hit?.layer === 'unit') this.events.pickUnit(hit.id);
    else if (hit) this.events.pickIncident(hit.id);
  }

  destroy(): void {
    clearInterval(this.timer);
    removeEventListener('keydown', this.onKey, true);
    this.map.remove();
  }
}
