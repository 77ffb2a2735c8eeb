/** The lists beside the stream, one copy of each for the whole page. */
import { get } from '../wire/api';
import type { CallBack, Clearing, Desk, PlanTemplate, PosturePreset, Zone } from '../wire/types';
import { Fetched } from './fetched.svelte';

const AHEAD_MIN = 10;
const PAGE = 200;

export const callBacks = new Fetched<{ items: CallBack[] | null; next?: string }>(() => get(`/call-backs?minutes=${AHEAD_MIN}&limit=${PAGE}`), ['contacts', 'promises']);
export const clearings = new Fetched<Clearing[] | null>(() => get('/clearings'), ['alarms', 'contacts']);
export const desks = new Fetched<Desk[] | null>(() => get('/desks'), ['contacts']);
export const presets = new Fetched<PosturePreset[] | null>(() => get('/postures/presets'), ['postures']);
export const planTemplates = new Fetched<{ items: PlanTemplate[] | null }>(() => get('/plans/templates'), []);
/** those that ended within a day too: the stream has those in force */
export const allZones = new Fetched<{ items: Zone[] }>(() => get('/zones'), ['zones']);
