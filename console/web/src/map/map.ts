/**
 * The map: loaded only when it is wanted, redrawn only as often as this machine can bear. Without a GPU one repaint
 * costs 150–250 ms, so moves are collected and sent at 2 Hz, or at 0.5 Hz where repaints are slow, and never within
 * half a second of a key press.
 */
import { AttributionControl, Map as GLMap, Popup, ScaleControl, setWorkerUrl, type GeoJSONSource } from 'maplibre-gl';
import 'maplibre-gl/dist/maplibre-gl.css';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url';
import latin from '@fontsource-variable/inter/files/inter-latin-wght-normal.woff2?url';
import latinExt from '@fontsource-variable/inter/files/inter-latin-ext-wght-normal.woff2?url';
import cyrillic from '@fontsource-variable/inter/files/inter-cyrillic-wght-normal.woff2?url';
import type { Theme } from '../board/desk.svelte';
import type { ZoneFormat } from '../board/times';
import type { Sketch } from '../board/zones';
import type { Access, Hazard, Incident, LonLat, Station, TableName, Unit, Zone } from '../wire/types';
import { accessFeatures, factWords, hazardFeatures, HEAT_WORDS, hazardWords, sketchFeatures, zoneFeatures, zoneWords, type Words } from './facts';
import { onewayIcon, unitIcon, unitIconName } from './icons';
import { addImages, addLayers, SOURCES, type Source } from './layers';
import { groundStyle } from './style';

const absolute = (u: string): string => new URL(u, location.href).href;
setWorkerUrl(absolute(workerUrl)); // a bundle has no other way to find the worker: without this the map never loads, silently

export interface MapData {
  units(): Unit[];
  incidents(): Incident[];
  zones(): Zone[];
  access(): Access[];
  hazards(): Hazard[];
  /** what is being drawn */
  sketch(): Sketch | undefined;
  stations(): Station[];
  selected(): string | undefined;
  /** the server's clock, epoch ms */
  now(): number;
  clock(): ZoneFormat;
  serviceName(id: string): string;
}
export interface MapEvents { pickUnit(id: string): void; pickIncident(id: string): void; pickPlace(p: { lon: number; lat: number }): void; picking(): boolean; /** where a click closes what is drawn */ first(): LonLat | undefined; close(): void; fail(words: string): void }

const FAST_MS = 500;
const SLOW_MS = 2_000;
const SLOW_FRAME_MS = 50;
const TYPING_MS = 500;
const LANDSCAPE_ZOOM = 1;
const MINUTE_MS = 60_000;
const CLOSES_PX = 10;
const fc = (features: GeoJSON.Feature[]): GeoJSON.FeatureCollection => ({ type: 'FeatureCollection', features });
const point = (lon: number, lat: number, properties: GeoJSON.GeoJsonProperties): GeoJSON.Feature => ({ type: 'Feature', geometry: { type: 'Point', coordinates: [lon, lat] }, properties });

export class BoardMap {
  private readonly map: GLMap;
  private readonly data: MapData;
  private readonly events: MapEvents;
  private theme: Theme;
  private dirty = new Set<TableName | Source>();
  private ready = false;
  private sent = 0;
  private cadence = FAST_MS;
  private calm = 0;
  private typed = 0;
  private minute = 0;
  private readonly tip = new Popup({ closeButton: false, closeOnClick: false, offset: 10, maxWidth: '300px', className: 'map-note' });
  private pinned: Popup | undefined;
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
    this.map.setMissingStyleImageResolver((id) => {
      if (this.map.hasImage(id)) return;
      if (id.startsWith('u:')) this.map.addImage(id, unitIcon(id, this.theme), { pixelRatio: 2 });
      else if (id === 'oneway') this.map.addImage(id, onewayIcon(this.theme), { pixelRatio: 2 });
    });
    this.map.on('error', (e) => { if (/webgl/i.test(String(e.error?.message))) events.fail('This browser gives the map no WebGL. Everything else works without it.'); });
    this.map.on('click', (e) => this.click(e.point, e.lngLat));
    this.map.on('mousemove', (e) => this.hover(e.point, e.lngLat));
    this.map.on('mouseout', () => this.tip.remove());
    addEventListener('keydown', this.onKey, true);
    this.timer = setInterval(() => this.push(), FAST_MS);
  }

  private fonts() { return { latin: absolute(latin), latinExt: absolute(latinExt), cyrillic: absolute(cyrillic) }; }
  private onKey = (e: KeyboardEvent): void => {
    this.typed = performance.now();
    if (e.key === 'Escape') this.pinned?.remove();
  };

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
  /** Goes to a fact or a zone, because somebody asked for it. */
  visit(at: [number, number][]): void {
    const lon = at.map((p) => p[0]), lat = at.map((p) => p[1]);
    if (at.length) this.map.fitBounds([[Math.min(...lon), Math.min(...lat)], [Math.max(...lon), Math.max(...lat)]], { padding: 60, maxZoom: 16, animate: false });
  }
  resize(): void { this.map.resize(); }

  /** Shows what is being drawn as it is now: a click is seen at once. */
  redraw(): void { if (this.ready) (this.map.getSource('sketch') as GeoJSONSource | undefined)?.setData(fc(this.features('sketch'))); }

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
  private stationFeatures(): GeoJSON.Feature[] {
    return this.data.stations().map((s) => point(s.lon, s.lat, { name: s.state === 'lost' ? `${s.name} (lost)` : s.name, icon: `${s.state === 'lost' ? 'lost' : 'stn'}:${s.service}`, lost: s.state === 'lost' ? 1 : 0 }));
  }

  private features(source: Source): GeoJSON.Feature[] {
    switch (source) {
      case 'units': return this.unitFeatures();
      case 'incidents': return this.incidentFeatures();
      case 'zones': return zoneFeatures(this.data.zones());
      case 'access': return accessFeatures(this.data.access(), this.data.now());
      case 'hazards': return hazardFeatures(this.data.hazards());
      case 'sketch': return sketchFeatures(this.data.sketch());
      case 'stations': return this.stationFeatures();
    }
  }

  /** Adds our layers after every (re)load of the ground style. */
  private dress(): void {
    addImages(this.map, this.theme, new Set(this.data.stations().map((s) => s.service)));
    for (const id of SOURCES) this.map.addSource(id, { type: 'geojson', data: fc(this.features(id)) });
    addLayers(this.map, this.theme);
    this.ready = true;
    this.dirty.clear();
  }

  private push(): void {
    const t = performance.now(), minute = Math.floor(this.data.now() / MINUTE_MS);
    if (minute !== this.minute && this.data.access().length) this.dirty.add('access'); // facts age
    this.minute = minute;
    if (!this.ready || !this.dirty.size || document.hidden || t - this.sent < this.cadence - 20 || t - this.typed < TYPING_MS) return;
    this.sent = t;
    const d = this.dirty;
    this.dirty = new Set();
    for (const id of SOURCES) if (d.has(id)) (this.map.getSource(id) as GeoJSONSource | undefined)?.setData(fc(this.features(id)));
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

  /** What lies under the pointer: a unit or a call before a fact, a gate or a zone. */
  private under(p: { x: number; y: number }): { layer: string; id: string; properties: Record<string, unknown> } | undefined {
    if (!this.ready) return undefined;
    const box: [[number, number], [number, number]] = [[p.x - 6, p.y - 6], [p.x + 6, p.y + 6]];
    for (const layers of [['unit', 'incident'], ['gate', 'hazard', 'access-mark'], ['access-line', 'zone-name', 'heat-name', 'heat-line', 'zone-line']]) {
      const f = this.map.queryRenderedFeatures(box, { layers })[0];
      if (f) return { layer: f.layer.id, id: String(f.properties.id), properties: f.properties };
    }
    return undefined;
  }

  /** The words for a fact, a hazard, a gate, a part or a zone; none for the rest. */
  private words(properties: Record<string, unknown>): Words | undefined {
    const fact = this.data.access().find((a) => a.id === properties.fact);
    if (fact) return factWords(fact, this.data.now(), this.data.clock());
    const hazard = this.data.hazards().find((h) => h.id === properties.hazard);
    if (hazard) return hazardWords(hazard, this.data.clock());
    const zone = this.data.zones().find((z) => z.id === properties.zone);
    if (!zone) return undefined;
    const words = zoneWords(zone, this.data.serviceName, this.data.clock());
    const heat = properties.heat as keyof typeof HEAT_WORDS | undefined;
    if (heat) return { title: `${heat.toUpperCase()} part of ${words.title}`, lines: [HEAT_WORDS[heat]] };
    const gate = zone.gates?.find((g) => g.id === properties.gate);
    if (!gate) return words;
    const at = properties.mark === 'meet' ? gate.rendezvous : gate;
    return { title: String(properties.name), lines: [properties.mark === 'meet' ? `Where people wait for ${gate.name}` : `A way into ${words.title}`, ...[at?.street, at?.grid].filter((t): t is string => !!t), ...(properties.mark === 'meet' ? [] : words.lines)] };
  }
  private note(words: Words): HTMLElement {
    const box = document.createElement('div'), title = document.createElement('strong');
    title.textContent = words.title;
    box.append(title, ...words.lines.map((line) => Object.assign(document.createElement('p'), { textContent: line })));
    return box;
  }

  private hover(p: { x: number; y: number }, at: { lng: number; lat: number }): void {
    const picking = this.events.picking(), hit = picking ? undefined : this.under(p), words = hit && this.words(hit.properties);
    this.map.getCanvas().style.cursor = picking ? 'crosshair' : hit ? 'pointer' : '';
    if (!words || this.pinned?.isOpen()) this.tip.remove();
    else this.tip.setLngLat(at).setDOMContent(this.note(words)).addTo(this.map);
  }
  private click(p: { x: number; y: number }, at: { lng: number; lat: number }): void {
    if (this.events.picking()) {
      const first = this.events.first(), there = first && this.map.project(first);
      if (there && Math.hypot(there.x - p.x, there.y - p.y) <= CLOSES_PX) this.events.close();
      else this.events.pickPlace({ lon: at.lng, lat: at.lat });
      return;
    }
    const hit = this.under(p), words = hit && this.words(hit.properties);
    if (words) {
      this.tip.remove();
      this.pinned = new Popup({ offset: 10, maxWidth: '300px', className: 'map-note', focusAfterOpen: false }).setLngLat(at).setDOMContent(this.note(words)).addTo(this.map);
    } else if (hit?.layer === 'unit') this.events.pickUnit(hit.id);
    else if (hit) this.events.pickIncident(hit.id);
  }

  destroy(): void {
    clearInterval(this.timer);
    removeEventListener('keydown', this.onKey, true);
    this.map.remove();
  }
}
