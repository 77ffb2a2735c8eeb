/** What this person has in hand: selection, open panel, theme and other choices of this window. Nothing from the server lives here. */
export type Panel = 'incident' | 'call' | 'sweep' | 'postures' | 'notices';
export type Theme = 'night' | 'day';

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
  /** said politely to a screen reader and shown beside the command line */
  said = $state('');
  saidBad = $state(false);
  /** asks the detail card to open one of its forms */
  ask = $state<{ form: 'hold' | 'close' | 'note'; n: number } | undefined>(undefined);
  private asked = 0;

  save(): void {
    document.documentElement.dataset.theme = this.theme;
    try { localStorage.setItem(KEY, JSON.stringify({ theme: this.theme, map: this.map, keys: this.keys } satisfies Kept)); } catch { /* a locked-down browser: the choice lasts for this page only */ }
  }
  say(text: string, bad = false): void { this.said = text; this.saidBad = bad; }
  select(id: string | undefined): void { this.incident = id; this.panel = 'incident'; }
  open(form: 'hold' | 'close' | 'note'): void { this.panel = 'incident'; this.ask = { form, n: ++this.asked }; }
}

export const desk = new Desk();

/** Moves the focus to the element with this id once it is on the page. */
export function focusOn(id: string): void {
  requestAnimationFrame(() => document.getElementById(id)?.focus());
}
