import { describe, expect, it } from 'vitest';
import { MOVES, readNeeds, readUnits } from './sending';

describe('sending', () => {
  it('reads needs and refuses what is none', () => {
    expect(readNeeds('2 pump, 1 ladder')).toEqual([{ count: 2, capability: 'pump' }, { count: 1, capability: 'ladder' }]);
    for (const bad of ['', 'pump', '0 pump', '2', '300 pump', '2 pump,']) expect(readNeeds(bad)).toBeUndefined();
  });
  it('reads units of another agency', () => {
    expect(readUnits('sh1 fire engine pump,rescue 4\nSH2 ems ambulance')).toEqual([{ id: 'SH1', service: 'fire', kind: 'engine', capabilities: ['pump', 'rescue'], crew: 4 }, { id: 'SH2', service: 'ems', kind: 'ambulance', capabilities: undefined, crew: undefined }]);
    expect(readUnits('SH1 fire')).toBeUndefined();
  });
  it('offers nothing where it is over', () => { expect(MOVES.returned.concat(MOVES.refused, MOVES.withdrawn)).toEqual([]); });
});
