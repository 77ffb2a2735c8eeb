import type { StyleSpecification } from 'maplibre-gl';
import type { Theme } from '../board/desk.svelte';

/** Colours of the ground and of everything drawn over it, by theme. */
export const INK = {
  night: {
    ground: '#0d1116', city: '#12171e', park: '#13211b',
    edge: '#090c10', motorway: '#5c5340', highway: '#554c3c', arterial: '#43505d', collector: '#35414d', street: '#2a343f', service: '#212a33', path: '#3c4f47', arrow: '#93a1af',
    label: '#a3b0bd', halo: '#0b0e12', beat: '#4a6d97', name: '#7d95b3', station: '#c2ccd6', zone: '#ffb950', hot: '#ff7a73', warm: '#ffcf4d', cold: '#6fb5ff', notice: '#99a7b5', caution: '#ffb950', danger: '#ff7a73',
    blocked: '#ff7a73', restricted: '#bfa8ff', delayed: '#ffcf4d', unknown: '#99a7b5', open: '#7fd492',
    unit: '#e6edf3', ring: ['#ff7a73', '#ffb950', '#f0dd92', '#99a7b5'], sel: '#79bcff',
  },
  day: {
    ground: '#e2e4e3', city: '#f3f2ee', park: '#d8e8d2',
    edge: '#c9c8c2', motorway: '#eab46a', highway: '#f0c77f', arterial: '#f6e0a4', collector: '#fbf1d0', street: '#ffffff', service: '#fbfaf7', path: '#7d9478', arrow: '#5b6670',
    label: '#414b55', halo: '#ffffff', beat: '#5a7ba6', name: '#41608a', station: '#2a333d', zone: '#8a5200', hot: '#b3151a', warm: '#7a5c00', cold: '#0a53b0', notice: '#4b5763', caution: '#8a5200', danger: '#b3151a',
    blocked: '#b3151a', restricted: '#5531b0', delayed: '#a86a00', unknown: '#5b6670', open: '#0f7a30',
    unit: '#10151b', ring: ['#b3151a', '#a86400', '#6b5a00', '#5b6670'], sel: '#0a58a6',
  },
} as const;

export interface FontUrls { latin: string; latinExt: string; cyrillic: string }

type Expr = (string | number | boolean | string[] | Expr)[];
const CLASS: Expr = ['get', 'class'];
const PATHS = ['footpath', 'track'];

/** Line widths in pixels at zoom 10, 14 and 17; those of feet are in PATH_WIDTH. */
const WIDTH: Record<string, [number, number, number]> = {
  motorway: [1.5, 4.6, 17], highway: [1.2, 4, 15], arterial: [0.8, 3, 13], collector: [0.5, 2.3, 11], street: [0.3, 1.6, 9], service: [0.2, 0.8, 5],
};
const PATH_WIDTH: Expr = ['interpolate', ['linear'], ['zoom'], 15, 0.9, 17, 1.8];

/** Widths by class and zoom, each `more` pixels wider at zoom 17 and less below. */
function widths(more = 0): Expr {
  const at = (k: 0 | 1 | 2): Expr => {
    const extra = more * (k === 2 ? 1 : k === 1 ? 0.6 : 0);
    const { street, ...others } = WIDTH;
    return ['match', CLASS, ...Object.entries(others).flatMap(([name, w]) => [name, w[k] + extra]), street![k] + extra];
  };
  return ['interpolate', ['exponential', 1.5], ['zoom'], 10, at(0), 14, at(1), 17, at(2)];
}

/** From which zoom a street of each class shows its name. */
const NAMED_FROM: Expr = ['match', CLASS, ['motorway', 'highway', 'arterial'], 12.5, 'collector', 13.5, 'street', 14, 16];

/** The ground: land, roads, beats and their names from our own tiles and our own woff2. No sprite, no glyph server. */
export function groundStyle(theme: Theme, fonts: FontUrls): StyleSpecification {
  const c = INK[theme];
  const text = (color: string, halo = 1.3): Record<string, unknown> => ({ 'text-color': color, 'text-halo-color': c.halo, 'text-halo-width': halo });
  const roads = { type: 'line', source: 'base', 'source-layer': 'roads' };
  const round = { 'line-cap': 'round', 'line-join': 'round' };
  const driven: Expr = ['!', ['in', CLASS, ['literal', PATHS]]];
  const colour: Expr = ['case', ['==', ['get', 'local'], 1], c.service, ['match', CLASS, 'motorway', c.motorway, 'highway', c.highway, 'arterial', c.arterial, 'collector', c.collector, 'service', c.service, c.street]];
  const style = {
    version: 8,
    'font-faces': {
      EC: [
        { url: fonts.latin, 'unicode-range': ['U+0000-00FF', 'U+0131', 'U+0152-0153', 'U+2000-206F', 'U+2212', 'U+25A0-25FF'] },
        { url: fonts.latinExt, 'unicode-range': ['U+0100-02BA', 'U+1E00-1EFF'] },
        { url: fonts.cyrillic, 'unicode-range': ['U+0400-045F', 'U+0490-0491'] },
      ],
    },
    sources: { base: { type: 'vector', tiles: [`${location.origin}/tiles/{z}/{x}/{y}.mvt`], minzoom: 9, maxzoom: 15, attribution: '© OpenStreetMap contributors' } },
    layers: [
      { id: 'ground', type: 'background', paint: { 'background-color': c.ground } },
      { id: 'city', type: 'fill', source: 'base', 'source-layer': 'land', filter: ['==', ['get', 'kind'], 'city'], paint: { 'fill-color': c.city } },
      { id: 'park', type: 'fill', source: 'base', 'source-layer': 'land', filter: ['==', ['get', 'kind'], 'park'], paint: { 'fill-color': c.park } },
      { id: 'path', ...roads, minzoom: 15, filter: ['!', driven], paint: { 'line-color': c.path, 'line-width': PATH_WIDTH, 'line-dasharray': ['match', CLASS, 'track', ['literal', [4, 2]], ['literal', [2, 1.6]]] } },
      { id: 'road-edge', ...roads, minzoom: 13, filter: driven, layout: round, paint: { 'line-color': c.edge, 'line-width': widths(2) } },
      { id: 'road', ...roads, filter: driven, layout: round, paint: { 'line-color': colour, 'line-width': widths() } },
      { id: 'beat', type: 'line', source: 'base', 'source-layer': 'beats', paint: { 'line-color': c.beat, 'line-width': 1, 'line-dasharray': [4, 3], 'line-opacity': 0.75 } },
      { id: 'oneway', type: 'symbol', source: 'base', 'source-layer': 'roads', minzoom: 15, filter: ['==', ['get', 'oneway'], 1], layout: { 'symbol-placement': 'line', 'symbol-spacing': 110, 'icon-image': 'oneway', 'icon-size': ['interpolate', ['linear'], ['zoom'], 15, 0.7, 17, 1], 'icon-padding': 1 } },
      { id: 'road-name', type: 'symbol', source: 'base', 'source-layer': 'roads', minzoom: 12, filter: ['>=', ['zoom'], NAMED_FROM], layout: { 'symbol-placement': 'line', 'text-field': ['get', 'name'], 'text-font': ['EC'], 'text-size': ['interpolate', ['linear'], ['zoom'], 13, 10, 17, 13], 'text-padding': 8, 'symbol-spacing': 280, 'text-max-angle': 35 }, paint: text(c.label) },
      { id: 'beat-name', type: 'symbol', source: 'base', 'source-layer': 'places', minzoom: 11, filter: ['==', ['get', 'kind'], 'beat'], layout: { 'text-field': ['get', 'name'], 'text-font': ['EC'], 'text-size': 11, 'text-letter-spacing': 0.1 }, paint: text(c.name, 1) },
      { id: 'hood-name', type: 'symbol', source: 'base', 'source-layer': 'places', maxzoom: 14.5, filter: ['==', ['get', 'kind'], 'neighbourhood'], layout: { 'text-field': ['get', 'name'], 'text-font': ['EC'], 'text-size': 11, 'text-transform': 'uppercase', 'text-letter-spacing': 0.12, 'text-max-width': 7 }, paint: text(c.name, 1) },
    ],
  };
  return style as unknown as StyleSpecification;
}

/** The ground's first layer of words: what must not hide a street's name lies below it. */
export const WORDS_FROM = 'oneway';
