/** Where an alarm leads when somebody wants to look. */
import type { Alarm } from '../wire/types';
import type { Panel } from './desk.svelte';

const ABOUT: [RegExp, Panel][] = [[/^plan:/, 'stations'], [/^(agreement|liaison):/, 'liaison'], [/^(access|hazard):/, 'ways'], [/^(claim|bulletin):/, 'claims']];

/** The panel that an alarm is about; undefined for one about a call, or about nothing that can be shown. */
export function panelOf(a: Alarm): Panel | undefined {
  if (a.preset || a.posture) return 'postures';
  if (a.clearing) return 'clear';
  if (a.incident) return undefined;
  if (a.cause === 'station_lost') return 'stations';
  return ABOUT.find(([is]) => is.test(a.about ?? ''))?.[1];
}
