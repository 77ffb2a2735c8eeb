/** Stations, their plans and cover: which are shown first, how a step stands, and the commands about them. */
import { at, del, get, post } from '../wire/api';
import type { Cover, CoverMove, NewPlan, Plan, PlanStep, PlanTemplate, Station, Unit } from '../wire/types';

const HOUR = 3_600_000;

export const isGone = (s: Station): boolean => s.state !== 'open';

/** The stations that are gone, the newest loss first. */
export const gone = (all: Station[]): Station[] => all.filter(isGone).sort((a, b) => (b.since ?? '').localeCompare(a.since ?? '') || (a.id < b.id ? -1 : 1));

/** The open ones, by service and name as people count: Station 2 before Station 10. */
export const open = (all: Station[]): Station[] => all.filter((s) => !isGone(s)).sort((a, b) => a.service.localeCompare(b.service) || a.name.localeCompare(b.name, 'en', { numeric: true }));

const bySign = (a: Unit, b: Unit): number => a.id.localeCompare(b.id, 'en', { numeric: true });

/** The units that go back to a station once it is open. */
export const livedAt = (station: string, units: Unit[]): Unit[] => units.filter((u) => u.lost_home === station).sort(bySign);

/** Units by where they live; "" for those without a home. */
export function byHome(units: Unit[]): [string, Unit[]][] {
  const homes = new Map<string, Unit[]>();
  for (const u of units) homes.set(u.station ?? '', [...(homes.get(u.station ?? '') ?? []), u]);
  return [...homes];
}

/** The units that stand at a station that is not their home. */
export const movedUp = (units: Unit[]): Unit[] => units.filter((u) => u.post).sort(bySign);

/** The plan that is not over for a station or zone. */
export const planFor = (about: string, plans: Plan[]): Plan | undefined => plans.find((p) => p.for === about && !p.ended_at);

export type StepState = 'done' | 'dropped' | 'late' | 'open';
export function stepState(s: PlanStep, now: number): StepState {
  if (s.done_at) return 'done';
  if (s.dropped_at) return 'dropped';
  return Date.parse(s.due) <= now ? 'late' : 'open';
}
export const isLeft = (s: PlanStep): boolean => !s.done_at && !s.dropped_at;

/** How far a plan is, in words. */
export function progress(p: Plan, now: number): string {
  const counts = p.steps.filter((s) => !s.dropped_at), done = counts.filter((s) => s.done_at).length, late = counts.filter((s) => stepState(s, now) === 'late').length;
  return `${done} of ${counts.length} done${late ? `, ${late} late` : ''}`;
}

/** A step as somebody writes it: due in so many hours. */
export interface StepDraft { text: string; owner: string; hours: number }

export const draftOf = (t: PlanTemplate): StepDraft[] => t.steps.map((s) => ({ text: s.text, owner: s.owner, hours: Math.max(0.5, Math.round((s.after_ms / HOUR) * 2) / 2) }));
export const templatesFor = (about: string, all: PlanTemplate[]): PlanTemplate[] => all.filter((t) => about.startsWith(`${t.for}:`));
export const inHours = (now: number, hours: number): string => new Date(now + hours * HOUR).toISOString();
export const stepsOf = (drafts: StepDraft[], now: number): NewPlan['steps'] => drafts.filter((d) => d.text.trim()).map((d) => ({ text: d.text.trim(), owner: d.owner, due: inHours(now, d.hours) }));

/** What a list of proposals says, to see whether it is still the one that was on the screen. */
export const movesKey = (moves: CoverMove[]): string => moves.map((m) => `${m.unit}>${m.station}`).join(' ');

export const loseStation = (id: string, how: 'lost' | 'evacuated', authority: string, reason: string): Promise<unknown> => post(at('stations', id, 'lose'), { how, authority, reason });
export const reopenStation = (id: string, reason: string, without_plan?: string): Promise<unknown> => post(at('stations', id, 'reopen'), { reason, without_plan });
export const endZone = (id: string, reason: string, without_plan?: string): Promise<unknown> => del(`${at('zones', id)}?reason=${encodeURIComponent(reason)}${without_plan ? `&without_plan=${encodeURIComponent(without_plan)}` : ''}`);
/** No station: back home. */
export const moveUp = (unit: string, station: string | undefined, reason: string): Promise<unknown> => post(at('units', unit, 'move-up'), { station, reason });
export const readCover = (service: string, minutes: number): Promise<Cover> => get(`/cover?service=${encodeURIComponent(service)}&minutes=${minutes}`);

export const makePlan = (p: NewPlan): Promise<unknown> => post('/plans', p);
export const doStep = (plan: string, step: number, note: string): Promise<unknown> => post(at('plans', plan, 'steps', String(step), 'done'), { note: note || undefined });
export const addStep = (plan: string, text: string, owner: string, due: string): Promise<unknown> => post(at('plans', plan, 'steps'), { text, owner, due });
export const dropStep = (plan: string, step: number, reason: string): Promise<unknown> => del(`${at('plans', plan, 'steps', String(step))}?reason=${encodeURIComponent(reason)}`);
export const reviewPlan = (plan: string, review_by: string, reason: string): Promise<unknown> => post(at('plans', plan, 'review'), { review_by, reason });
export const abandonPlan = (plan: string, reason: string): Promise<unknown> => del(`${at('plans', plan)}?reason=${encodeURIComponent(reason)}`);
