import { describe, expect, it } from 'vitest';
import type { Hazard, HazardLevel } from '../wire/types';
import { hazardsAt, metres, readBy, readWith } from './hazards';

const hazard = (id: string, level: HazardLevel, lon: number, radius_m = 50): Hazard => ({ id, level, level_name: level === 3 ? 'danger' : 'notice', position: { lon, lat: 47.613 }, radius_m, by: 'x', at: '', review_by: '', unreviewed: false, reviews: 0 });

describe('hazards', () => {
  it('are those around the place, the most dangerous first', () => {
    const all = [hazard('h1', 1, -122.32), hazard('h2', 3, -122.3201), hazard('h3', 3, -122.33)];
    expect(hazardsAt(all, { lon: -122.32, lat: 47.613 }).map((h) => h.id)).toEqual(['h2', 'h1']);
    expect(hazardsAt(all, undefined)).toEqual([]);
  });
  it('measures in metres', () => expect(Math.round(metres({ lon: -122.32, lat: 47.613 }, { lon: -122.31, lat: 47.613 }))).toBe(750));
  it('counts as read what is shown; a danger takes its own key', () => {
    const shown = [hazard('h2', 3, 0), hazard('h1', 2, 0)];
    expect(readWith(shown, false)).toEqual(['h1']);
    expect(readWith(shown, true)).toEqual(['h2', 'h1']);
  });
  it('says who has read it', () => {
    const h = { id: 'h1', level: 3 as const, level_name: 'danger' as const, unreviewed: false, acks: [{ by: 'd', at: 't', where: 'dispatch' as const, unit: 'P1' }, { by: 'p', at: 'u', where: 'phone' as const, unit: 'P1' }] };
    expect(readBy(h, (t) => t)).toBe('Read by d at dispatch for P1 t, P1 on the phone u');
    expect(readBy({ ...h, acks: [] }, (t) => t)).toBe('Nobody has read it');
  });
});
