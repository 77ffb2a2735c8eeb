/** The layers of what moves and changes, over the ground: zones and facts under the words, symbols over them. */
import type { ExpressionSpecification, FilterSpecification, Map as GLMap } from 'maplibre-gl';
import type { Theme } from '../board/desk.svelte';
import { HEATS } from '../board/zones';
import { accessIcon, hatch, hazardIcon, heatPattern, signIcon, stationIcon } from './icons';
import { HAZARD_LEVELS, STATES } from './facts';
import { INK, WORDS_FROM } from './style';

export const SOURCES = ['zones', 'access', 'hazards', 'stations', 'incidents', 'units', 'sketch'] as const;
export type Source = (typeof SOURCES)[number];

/** Dashes in units of the line's width, before their round ends: dashed, dash and dot, solid, dotted, solid and thin. */
const DASH: Record<string, number[]> = { blocked: [1.4, 2.2], restricted: [3.2, 2, 0.01, 2], delayed: [1, 0], unknown: [0.01, 2], open: [1, 0] };

/** Line widths in pixels: of open ways, of the rest; half as much from afar and more from near by. */
const width = (open: number, rest: number): ExpressionSpecification => ['interpolate', ['linear'], ['zoom'], 11, ['match', ['get', 'state'], 'open', open / 2, rest / 2], 14, ['match', ['get', 'state'], 'open', open, rest], 17, ['match', ['get', 'state'], 'open', open * 1.5, rest * 1.5]];

/** Signs are smaller from afar. */
const SIGN_SIZE: ExpressionSpecification = ['interpolate', ['linear'], ['zoom'], 11, 0.6, 14, 1];
const words = (size: number): { 'text-font': string[]; 'text-size': number } => ({ 'text-font': ['EC'], 'text-size': size });
const is = (mark: string): FilterSpecification => ['==', ['get', 'mark'], mark];

export function addImages(m: GLMap, theme: Theme, services: Iterable<string>): void {
  const px = { pixelRatio: 2 };
  for (const s of services) for (const lost of [false, true]) m.addImage(`${lost ? 'lost' : 'stn'}:${s}`, stationIcon(s, lost, theme), px);
  for (const s of STATES) m.addImage(`a:${s}`, accessIcon(s, theme), px);
  m.addImage('gate', signIcon('G', theme), px);
  m.addImage('meet', signIcon('RV', theme), px);
  for (const l of HAZARD_LEVELS) m.addImage(`h:${l}`, hazardIcon(l, theme), px);
  for (const h of HEATS) m.addImage(`heat:${h}`, heatPattern(h, theme), px);
  m.addImage('hatch', hatch(theme), px);
}

/** Adds the layers; the sources are there already. */
export function addLayers(m: GLMap, theme: Theme): void {
  const c = INK[theme];
  const label = (color: string): { 'text-color': string; 'text-halo-color': string; 'text-halo-width': number } => ({ 'text-color': color, 'text-halo-color': c.halo, 'text-halo-width': 1.4 });
  const heat: ExpressionSpecification = ['match', ['get', 'heat'], 'hot', c.hot, 'warm', c.warm, c.cold];
  m.addLayer({ id: 'zone-fill', type: 'fill', source: 'zones', filter: ['all', ['==', ['geometry-type'], 'Polygon'], ['!', ['has', 'heat']]], paint: { 'fill-pattern': 'hatch' } }, WORDS_FROM);
  m.addLayer({ id: 'heat-fill', type: 'fill', source: 'zones', filter: ['all', ['==', ['geometry-type'], 'Polygon'], ['has', 'heat']], paint: { 'fill-pattern': ['concat', 'heat:', ['get', 'heat']] } }, WORDS_FROM);
  m.addLayer({ id: 'heat-line', type: 'line', source: 'zones', filter: ['all', ['==', ['geometry-type'], 'Polygon'], ['has', 'heat']], paint: { 'line-color': heat, 'line-width': 2 } }, WORDS_FROM);
  m.addLayer({ id: 'zone-line', type: 'line', source: 'zones', filter: ['all', ['==', ['geometry-type'], 'Polygon'], ['!', ['has', 'heat']]], paint: { 'line-color': c.zone, 'line-width': 2.5, 'line-dasharray': [3, 1.5] } }, WORDS_FROM);
  m.addLayer({ id: 'access-area', type: 'fill', source: 'access', filter: ['==', ['geometry-type'], 'Polygon'], paint: { 'fill-color': ['match', ['get', 'state'], 'blocked', c.blocked, 'restricted', c.restricted, 'delayed', c.delayed, 'open', c.open, c.unknown], 'fill-opacity': 0.14 } }, WORDS_FROM);
  m.addLayer({ id: 'access-under', type: 'line', source: 'access', filter: ['!=', ['geometry-type'], 'Point'], layout: { 'line-cap': 'round', 'line-join': 'round' }, paint: { 'line-color': c.halo, 'line-width': width(4, 7) } }, WORDS_FROM);
  m.addLayer({ id: 'access-line', type: 'line', source: 'access', filter: ['!=', ['geometry-type'], 'Point'], layout: { 'line-cap': 'round', 'line-join': 'round' }, paint: { 'line-color': ['match', ['get', 'state'], 'blocked', c.blocked, 'restricted', c.restricted, 'delayed', c.delayed, 'open', c.open, c.unknown], 'line-width': width(2, 4), 'line-dasharray': ['match', ['get', 'state'], 'blocked', ['literal', DASH.blocked!], 'restricted', ['literal', DASH.restricted!], 'delayed', ['literal', DASH.delayed!], 'open', ['literal', DASH.open!], ['literal', DASH.unknown!]] } }, WORDS_FROM);
  m.addLayer({ id: 'station', type: 'symbol', source: 'stations', filter: ['any', ['==', ['get', 'lost'], 1], ['>=', ['zoom'], 12]], layout: { 'icon-image': ['get', 'icon'], 'icon-allow-overlap': true, 'text-field': ['step', ['zoom'], '', 11, ['case', ['==', ['get', 'lost'], 1], ['get', 'name'], ''], 13, ['get', 'name']], 'text-font': ['EC'], 'text-size': 10.5, 'text-offset': [0, 0.9], 'text-anchor': 'top', 'text-optional': true }, paint: label(c.station) });
  m.addLayer({ id: 'incident', type: 'circle', source: 'incidents', paint: { 'circle-radius': ['interpolate', ['linear'], ['zoom'], 10, ['match', ['get', 'p'], 1, 6, 2, 4.5, 3, 3.5, 2.5], 13, ['match', ['get', 'p'], 1, 9, 2, 7.5, 3, 6, 4.5]], 'circle-color': c.ring[0], 'circle-opacity': ['case', ['all', ['==', ['get', 'p'], 1], ['==', ['get', 'wait'], 1]], 0.45, 0], 'circle-stroke-width': ['case', ['==', ['get', 'wait'], 1], 2.5, 1.3], 'circle-stroke-color': ['match', ['get', 'p'], 1, c.ring[0], 2, c.ring[1], 3, c.ring[2], c.ring[3]] } });
  m.addLayer({ id: 'selected', type: 'circle', source: 'incidents', filter: ['==', ['get', 'sel'], 1], paint: { 'circle-radius': 14, 'circle-color': c.sel, 'circle-opacity': 0.15, 'circle-stroke-width': 3, 'circle-stroke-color': c.sel } });
  m.addLayer({ id: 'zone-name', type: 'symbol', source: 'zones', minzoom: 12, filter: is('name'), layout: { 'text-field': ['get', 'name'], 'text-font': ['EC'], 'text-size': 12, 'text-anchor': 'bottom-left', 'text-offset': [0.1, -0.3], 'text-max-width': 14, 'text-justify': 'left', 'text-allow-overlap': true }, paint: label(c.zone) });
  m.addLayer({ id: 'access-mark', type: 'symbol', source: 'access', minzoom: 12.5, filter: ['==', ['geometry-type'], 'Point'], layout: { 'icon-image': ['concat', 'a:', ['get', 'state']], 'icon-allow-overlap': true, 'icon-size': ['interpolate', ['linear'], ['zoom'], 12.5, 0.6, 14, 1], 'text-field': ['step', ['zoom'], '', 15, ['get', 'text']], 'text-font': ['EC'], 'text-size': 10.5, 'text-offset': [0, 1], 'text-anchor': 'top', 'text-optional': true }, paint: label(c.unit) });
  m.addLayer({ id: 'heat-name', type: 'symbol', source: 'zones', minzoom: 12.5, filter: is('heat'), layout: { 'text-field': ['get', 'name'], ...words(13), 'text-letter-spacing': 0.08, 'text-allow-overlap': true }, paint: { ...label(c.zone), 'text-color': heat, 'text-halo-width': 3 } });
  m.addLayer({ id: 'hazard', type: 'symbol', source: 'hazards', minzoom: 11, layout: { 'icon-image': ['concat', 'h:', ['get', 'level']], 'icon-allow-overlap': true, 'icon-size': SIGN_SIZE, 'text-field': ['step', ['zoom'], '', 14, ['get', 'name']], ...words(10.5), 'text-offset': [0, 0.9], 'text-anchor': 'top', 'text-optional': true }, paint: label(c.unit) });
  for (const source of ['zones', 'sketch'] as const) {
    const sign = { 'icon-image': ['get', 'mark'] as ExpressionSpecification, 'icon-allow-overlap': true, 'icon-size': SIGN_SIZE, 'text-field': ['step', ['zoom'], '', 14, ['get', 'name']] as ExpressionSpecification, ...words(11), 'text-offset': [0, 0.9] as [number, number], 'text-anchor': 'top' as const, 'text-optional': true };
    m.addLayer({ id: source === 'zones' ? 'gate' : 'sketch-gate', type: 'symbol', source, minzoom: source === 'zones' ? 12.5 : 0, filter: ['in', ['get', 'mark'], ['literal', ['gate', 'meet']]], layout: sign, paint: label(c.zone) });
  }
  m.addLayer({ id: 'incident-number', type: 'symbol', source: 'incidents', minzoom: 13.5, layout: { 'text-field': ['get', 'n'], 'text-font': ['EC'], 'text-size': 11, 'text-offset': [0, -1.3], 'text-anchor': 'bottom', 'text-optional': true }, paint: label(c.unit) });
  m.addLayer({ id: 'unit', type: 'symbol', source: 'units', layout: { 'icon-image': ['get', 'icon'], 'icon-allow-overlap': true, 'icon-ignore-placement': true, 'icon-size': ['interpolate', ['linear'], ['zoom'], 10, 0.5, 13, 1], 'symbol-sort-key': ['get', 'free'], 'text-field': ['step', ['zoom'], '', 13, ['get', 'id']], 'text-font': ['EC'], 'text-size': 11, 'text-offset': [0, 1], 'text-anchor': 'top', 'text-optional': true }, paint: label(c.unit) });
  m.addLayer({ id: 'sketch-heat', type: 'fill', source: 'sketch', filter: ['all', ['==', ['geometry-type'], 'Polygon'], ['has', 'heat']], paint: { 'fill-pattern': ['concat', 'heat:', ['get', 'heat']] } });
  m.addLayer({ id: 'sketch-line', type: 'line', source: 'sketch', filter: ['!=', ['geometry-type'], 'Point'], layout: { 'line-join': 'round' }, paint: { 'line-color': c.sel, 'line-width': 2.5 } });
  m.addLayer({ id: 'sketch-corner', type: 'circle', source: 'sketch', filter: is('corner'), paint: { 'circle-radius': ['match', ['get', 'first'], 1, 6, 4], 'circle-color': ['match', ['get', 'first'], 1, c.halo, c.sel], 'circle-stroke-width': 2, 'circle-stroke-color': c.sel } });
  m.addLayer({ id: 'sketch-name', type: 'symbol', source: 'sketch', filter: is('heat'), layout: { 'text-field': ['get', 'name'], ...words(13), 'text-letter-spacing': 0.08, 'text-allow-overlap': true }, paint: { ...label(c.sel), 'text-color': heat, 'text-halo-width': 3 } });
}
