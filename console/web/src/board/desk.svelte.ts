/** What this person has in hand: selection, open panel, theme and other choices of this window. Nothing from the server lives here. */
import { SvelteSet } from 'svelte/reactivity';
import type { Form } from './forms';

export type Panel = 'incident' | 'call' | 'sweep' | 'ring' | 'postures' | 'desks' | 'clear' | 'ways' | 'zones' | 'claims' | 'stations' | 'liaison' | 'aid' | 'shift' | 'notices';
export type Theme = 'night' | 'day';

const SAID_MS = 20_000; // what was said is news for so long
const KEY = 'everycall.console';
interface Kept { theme?: Theme; map?: boolean; keys?: boolean }

function kept(): Kept {
  try { return JSON.parse(localStorage.getItem(KEY) ?? '{}') as Kept; } catch { return {}; }
}

class Desk {
  incident = $state<string | undefined>(undefined);
  unit = $state<string | undefined>(undefined);
  panel = $state<Panel>('incident');
  theme = $state<Theme>(kept().theme ?? (matchMedia('(prefers-color-scheme: light)').matches ? 'day' : 'night'));
  map = $state(kept().map ?? true);
  /** single-key shortcuts on lists and cards (WCAG 2.1.4: they can be turned off) */
  keys = $state(kept().keys ?? true);
  /** the place picked on the map for the call being taken */
  picking = $state(false);
  picked = $state<{ lon: number; lat: number } | undefined>(undefined);
  /** who wants the place that is picked next; nobody: the call being taken */
  pickFor = $state.raw<((p: { lon: number; lat: number }) => void) | undefined>(undefined);
  /** said politely to a screen reader and shown beside the command line */
  said = $state('');
  saidBad = $state(false);
  /** asks the detail card to open one of its forms */
  ask = $state<{ form: Form; n: number } | undefined>(undefined);
  /** counts how often a key asked for the clearance form of the call in hand */
  askedEntry = $state(0);
  /** a place that the map is to show */
  looked = $state.raw<{ at: [number, number][] } | undefined>(undefined);
  /** the panel that a key or button opened last: it takes the focus */
  went = $state<{ panel: Panel; n: number } | undefined>(undefined);
  /** pending calls marked to be cleared together */
  readonly marked = new SvelteSet<string>();
  /** the contact who is being rung back */
  ringing = $state<string | undefined>(undefined);
  /** the preset that an alarm proposes and somebody wants to look at */
  preset = $state<string | undefined>(undefined);
  /** resolves when the line that is being carried out is done; not state: nothing shows it */
  lineDone: Promise<void> = Promise.resolve();
  private asked = 0;
  private saying: ReturnType<typeof setTimeout> | undefined;

  save(): void {
    document.documentElement.dataset.theme = this.theme;
    try { localStorage.setItem(KEY, JSON.stringify({ theme: this.theme, map: this.map, keys: this.keys } satisfies Kept)); } catch { /* a locked-down browser: the choice lasts for this page only */ }
  }
  say(text: string, bad = false): void {
    this.said = text;
    this.saidBad = bad;
    clearTimeout(this.saying);
    this.saying = setTimeout(() => { this.said = ''; }, SAID_MS);
  }
  /** a place was clicked on the map */
  pick(p: { lon: number; lat: number }): void {
    if (this.pickFor) this.pickFor(p);
    else this.picked = p;
    this.pickFor = undefined;
    this.picking = false;
  }
  select(id: string | undefined): void { this.incident = id; this.panel = 'incident'; }
  open(form: Form): void { this.panel = 'incident'; this.ask = { form, n: ++this.asked }; }
  clear(): void { this.panel = 'incident'; this.askedEntry++; }
  look(at: [number, number][]): void { this.map = true; this.looked = { at }; }
  /** asks the card in hand why its alarm level is raised */
  level = $state<{ n: number } | undefined>(undefined);
  raise(): void { this.level = { n: ++this.asked }; }
  go(panel: Panel): void { this.panel = panel; this.went = { panel, n: ++this.asked }; }
  mark(id: string): void { if (!this.marked.delete(id)) this.marked.add(id); }
}

export const desk = new Desk();

/** Moves the focus to the element with this id once it is on the page. */
export function focusOn(id: string): void {
  requestAnimationFrame(() => document.getElementById(id)?.focus());
}
