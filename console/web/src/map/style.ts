import type { StyleSpecification } from 'maplibre-gl';
import type { Theme } from '../board/desk.svelte';

/** Colours of the ground and of everything drawn over it, by theme. */
export const INK = {
  night: { ground: '#0d1116', city: '#12171e', park: '#13211b', street: '#232c36', arterial: '#3b4855', label: '#93a1af', halo: '#0b0e12', beat: '#4a6d97', name: '#7d95b3', station: '#c2ccd6', zone: '#ffb950', blocked: '#ff7a73', delayed: '#f0dd92', unknown: '#99a7b5', unit: '#e6edf3', ring: ['#ff7a73', '#ffb950', '#f0dd92', '#99a7b5'], sel: '#79bcff' },
  day: { ground: '#e2e4e3', city: '#f3f2ee', park: '#d8e8d2', street: '#ffffff', arterial: '#f4dda0', label: '#46515c', halo: '#ffffff', beat: '#5a7ba6', name: '#41608a', station: '#2a333d', zone: '#8a5200', blocked: '#b3151a', delayed: '#6b5a00', unknown: '#5b6670', unit: '#10151b', ring: ['#b3151a', '#a86400', '#6b5a00', '#5b6670'], sel: '#0a58a6' },
} as const;

export interface FontUrls { latin: string; latinExt: string; cyrillic: string }

type Expr = (string | number | Expr)[];
const width = (a: number, b: number, c: number): Expr => ['interpolate', ['exponential', 1.5], ['zoom'], 10, a, 14, b, 17, c];

/** The ground: land, roads, beats and their names from our own tiles and our own woff2. No sprite, no glyph server. */
export function groundStyle(theme: Theme, fonts: FontUrls): StyleSpecification {
  const c = INK[theme];
  const text = (color: string, halo = 1.3): Record<string, unknown> => ({ 'text-color': color, 'text-halo-color': c.halo, 'text-halo-width': halo });
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
      { id: 'street', type: 'line', source: 'base', 'source-layer': 'roads', minzoom: 12, filter: ['!=', ['get', 'class'], 'arterial'], layout: { 'line-cap': 'round', 'line-join': 'round' }, paint: { 'line-color': c.street, 'line-width': width(0.3, 1.6, 9) } },
      { id: 'arterial', type: 'line', source: 'base', 'source-layer': 'roads', filter: ['==', ['get', 'class'], 'arterial'], layout: { 'line-cap': 'round', 'line-join': 'round' }, paint: { 'line-color': c.arterial, 'line-width': width(0.8, 3, 13) } },
      { id: 'beat', type: 'line', source: 'base', 'source-layer': 'beats', paint: { 'line-color': c.beat, 'line-width': 1, 'line-dasharray': [4, 3], 'line-opacity': 0.75 } },
      { id: 'road-name', type: 'symbol', source: 'base', 'source-layer': 'roads', minzoom: 13, layout: { 'symbol-placement': 'line', 'text-field': ['get', 'name'], 'text-font': ['EC'], 'text-size': ['interpolate', ['linear'], ['zoom'], 13, 10, 17, 13], 'text-padding': 8, 'symbol-spacing': 280, 'text-max-angle': 35 }, paint: text(c.label) },
      { id: 'beat-name', type: 'symbol', source: 'base', 'source-layer': 'places', minzoom: 11, filter: ['==', ['get', 'kind'], 'beat'], layout: { 'text-field': ['get', 'name'], 'text-font': ['EC'], 'text-size': 11, 'text-letter-spacing': 0.1 }, paint: text(c.name, 1) },
      { id: 'hood-name', type: 'symbol', source: 'base', 'source-layer': 'places', maxzoom: 14.5, filter: ['==', ['get', 'kind'], 'neighbourhood'], layout: { 'text-field': ['get', 'name'], 'text-font': ['EC'], 'text-size': 11, 'text-transform': 'uppercase', 'text-letter-spacing': 0.12, 'text-max-width': 7 }, paint: text(c.name, 1) },
    ],
  };
  return style as unknown as StyleSpecification;
}
