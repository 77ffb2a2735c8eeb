/** Icons drawn on a canvas. A unit's shape is its service, hollow means not free to move; a letter says the kind. */
import type { HazardLevelName, Heat, Unit } from '../wire/types';
import { HAZARD_LEVELS, type State } from './facts';
import { INK } from './style';
import type { Theme } from '../board/desk.svelte';

const PX = 2;
const STATUS: Record<Theme, Record<string, string>> = {
  night: { available: '#7fd492', dispatched: '#bfa8ff', enroute: '#6fb5ff', staged: '#52cccc', on_scene: '#eef2f5', transporting: '#52cccc', at_hospital: '#d2ab86' },
  day: { available: '#0f7a30', dispatched: '#5531b0', enroute: '#0a53b0', staged: '#005b5b', on_scene: '#20272f', transporting: '#006f6f', at_hospital: '#70400f' },
};
const HOLLOW = new Set(['dispatched', 'staged', 'at_hospital', 'out_of_service', 'off_duty']);
const DASHED = new Set(['staged', 'out_of_service', 'off_duty']);

function canvas(w: number, h = w): CanvasRenderingContext2D {
  const c = document.createElement('canvas');
  c.width = w * PX;
  c.height = h * PX;
  const g = c.getContext('2d', { willReadFrequently: true })!;
  g.scale(PX, PX);
  return g;
}
const pixels = (g: CanvasRenderingContext2D): ImageData => g.getImageData(0, 0, g.canvas.width, g.canvas.height);

const LETTER: Record<string, string> = { patrol: 'P', engine: 'E', ladder: 'L', medic: 'M', aid: 'A', chief: 'B', battalion: 'B', rescue: 'R', community: 'C', crisis: 'C', telephone: 'T' };

export const unitIconName = (u: Unit): string => `u:${u.service}:${LETTER[u.kind] ?? u.kind.slice(0, 1).toUpperCase()}:${u.status}`;

/** Draws the icon with a name made by unitIconName. */
export function unitIcon(name: string, theme: Theme): ImageData {
  const [, service, letter, status] = name.split(':') as [string, string, string, string];
  const ink = STATUS[theme][status] ?? INK[theme].unknown;
  const paper = theme === 'night' ? '#0b0e12' : '#ffffff';
  const g = canvas(22);
  g.beginPath();
  if (service === 'fire') g.rect(3, 5, 16, 12);
  else if (service === 'ems') g.arc(11, 11, 8, 0, 7);
  else if (service === 'community') { g.moveTo(11, 2.5); g.lineTo(20, 18); g.lineTo(2, 18); g.closePath(); }
  else { g.moveTo(11, 1.5); g.lineTo(20.5, 11); g.lineTo(11, 20.5); g.lineTo(1.5, 11); g.closePath(); }
  const hollow = HOLLOW.has(status);
  g.lineWidth = 4; g.strokeStyle = paper; g.stroke();
  g.fillStyle = hollow ? paper : ink; g.fill();
  g.lineWidth = 1.8; g.strokeStyle = ink;
  if (DASHED.has(status)) g.setLineDash([2.5, 2]);
  g.stroke();
  g.fillStyle = hollow ? ink : paper;
  g.font = '700 9.5px "Inter Variable", sans-serif'; g.textAlign = 'center'; g.textBaseline = 'middle';
  g.fillText(letter, 11, service === 'community' ? 13.5 : 11.5);
  return pixels(g);
}

export function stationIcon(service: string, lost: boolean, theme: Theme): ImageData {
  const c = INK[theme];
  const g = canvas(18);
  g.fillStyle = c.halo; g.strokeStyle = lost ? c.blocked : c.station; g.lineWidth = 1.6;
  g.beginPath(); g.moveTo(3, 8); g.lineTo(9, 3); g.lineTo(15, 8); g.lineTo(15, 15); g.lineTo(3, 15); g.closePath();
  g.fill(); if (lost) g.setLineDash([2, 2]); g.stroke(); g.setLineDash([]);
  if (lost) { g.lineWidth = 2.4; g.beginPath(); g.moveTo(3, 3); g.lineTo(15, 15); g.moveTo(15, 3); g.lineTo(3, 15); g.stroke(); }
  else { g.fillStyle = c.station; g.font = '700 7.5px "Inter Variable", sans-serif'; g.textAlign = 'center'; g.textBaseline = 'middle'; g.fillText(service.slice(0, 1).toUpperCase(), 9, 11.5); }
  return pixels(g);
}

/** What is known of a way: a bar across a disc when blocked, two when restricted, a clock's hands when delayed, a tick when open, a question when nobody knows any more. */
export function accessIcon(state: State, theme: Theme): ImageData {
  const c = INK[theme], ink = c[state];
  const g = canvas(18);
  g.fillStyle = c.halo; g.strokeStyle = ink; g.lineWidth = 1.8;
  g.beginPath(); g.arc(9, 9, 7, 0, 7); g.fill(); if (state === 'unknown') g.setLineDash([2, 2]); g.stroke(); g.setLineDash([]);
  g.fillStyle = ink; g.lineCap = 'round'; g.lineJoin = 'round';
  const stroke = (...points: [number, number][]): void => { g.beginPath(); for (const p of points) g.lineTo(...p); g.stroke(); };
  if (state === 'blocked') g.fillRect(4, 7.3, 10, 3.4);
  else if (state === 'restricted') { g.fillRect(5, 6, 8, 2); g.fillRect(5, 10, 8, 2); }
  else if (state === 'delayed') stroke([9, 5], [9, 9.3], [12, 11]);
  else if (state === 'open') stroke([5.8, 9.3], [8.1, 11.6], [12.4, 6.6]);
  else { g.font = '800 10px "Inter Variable", sans-serif'; g.textAlign = 'center'; g.textBaseline = 'middle'; g.fillText('?', 9, 9.5); }
  return pixels(g);
}

/** An arrow to the right, laid along one-way streets. */
export function onewayIcon(theme: Theme): ImageData {
  const g = canvas(16, 10);
  g.lineCap = 'round'; g.lineJoin = 'round';
  for (const [ink, width] of [[INK[theme].halo, 3.4], [INK[theme].arrow, 1.5]] as const) {
    g.strokeStyle = ink; g.lineWidth = width;
    g.beginPath(); g.moveTo(2.5, 5); g.lineTo(13, 5); g.moveTo(9.8, 2); g.lineTo(13, 5); g.lineTo(9.8, 8); g.stroke();
  }
  return pixels(g);
}

/** Letters in a frame: G, a gate, in a square; RV, where people wait, in a lozenge. */
export function signIcon(letters: 'G' | 'RV', theme: Theme): ImageData {
  const c = INK[theme], square = letters === 'G';
  const g = canvas(square ? 18 : 26, 18);
  g.lineJoin = 'round';
  g.beginPath();
  if (square) g.rect(2, 2, 14, 14);
  else for (const [x, y] of [[2, 9], [6, 2.5], [20, 2.5], [24, 9], [20, 15.5], [6, 15.5]] as const) g.lineTo(x, y);
  g.closePath();
  g.lineWidth = 4; g.strokeStyle = c.halo; g.stroke();
  g.fillStyle = square ? c.zone : c.halo; g.fill();
  g.lineWidth = 1.8; g.strokeStyle = c.zone; g.stroke();
  g.fillStyle = square ? c.halo : c.zone; g.font = '800 11px "Inter Variable", sans-serif'; g.textAlign = 'center'; g.textBaseline = 'middle';
  g.fillText(letters, square ? 9 : 13, 9.6);
  return pixels(g);
}

/** A hazard: a triangle with its level, 1 to 3; a danger is filled. */
export function hazardIcon(level: HazardLevelName, theme: Theme): ImageData {
  const c = INK[theme], ink = c[level], full = level === 'danger';
  const g = canvas(20);
  g.lineJoin = 'round';
  g.beginPath(); g.moveTo(10, 2.5); g.lineTo(18, 17); g.lineTo(2, 17); g.closePath();
  g.lineWidth = 4; g.strokeStyle = c.halo; g.stroke();
  g.fillStyle = full ? ink : c.halo; g.fill();
  g.lineWidth = 1.8; g.strokeStyle = ink; g.stroke();
  g.fillStyle = full ? c.halo : ink; g.font = '800 10px "Inter Variable", sans-serif'; g.textAlign = 'center'; g.textBaseline = 'middle';
  g.fillText(String(HAZARD_LEVELS.indexOf(level) + 1), 10, 12.6);
  return pixels(g);
}

/** What fills a part of a zone: lines both ways when hot, level lines when warm, dots when cold. */
export function heatPattern(heat: Heat, theme: Theme): ImageData {
  const g = canvas(10);
  g.strokeStyle = g.fillStyle = INK[theme][heat]; g.globalAlpha = theme === 'night' ? 0.6 : 0.55; g.lineWidth = 1.3;
  g.beginPath();
  if (heat === 'hot') for (const o of [-10, 0, 10]) { g.moveTo(o, 10); g.lineTo(o + 10, 0); g.moveTo(o, 0); g.lineTo(o + 10, 10); }
  else if (heat === 'warm') for (const y of [2.5, 7.5]) { g.moveTo(0, y); g.lineTo(10, y); }
  g.stroke();
  if (heat === 'cold') for (const [x, y] of [[2.5, 2.5], [7.5, 7.5]] as const) { g.beginPath(); g.arc(x, y, 1.2, 0, 7); g.fill(); }
  return pixels(g);
}

/** Diagonal hatching for zones: a pattern, so that a zone is not told by colour alone. */
export function hatch(theme: Theme): ImageData {
  const g = canvas(12);
  g.strokeStyle = INK[theme].zone; g.globalAlpha = theme === 'night' ? 0.34 : 0.3; g.lineWidth = 1.4;
  g.beginPath();
  for (const o of [-12, 0, 12]) { g.moveTo(o, 12); g.lineTo(o + 12, 0); }
  g.stroke();
  return pixels(g);
}
