import { expect, it } from 'vitest';
import type { Alarm } from '../wire/types';
import { panelOf } from './leads';

const alarm = (more: Partial<Alarm>): Alarm => ({ id: 'a1', cause: 'x', level: 'notice', text: '', raised_at: '', count: 1, ...more });

it.each([[{ preset: 'p' }, 'postures'], [{ clearing: 'b1' }, 'clear'], [{ cause: 'station_lost' }, 'stations'], [{ about: 'plan:pl1/2' }, 'stations'], [{ about: 'agreement:ag1' }, 'liaison'], [{ about: 'access:x1/ems' }, 'ways'], [{ about: 'bulletin:bu1' }, 'claims'],
  [{ incident: 'i1', about: 'clearance:ec1' }, undefined], [{}, undefined]] as [Partial<Alarm>, string | undefined][])('an alarm %j leads to %s', (more, to) => expect(panelOf(alarm(more))).toBe(to));
