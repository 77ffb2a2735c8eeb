/** The single letters and digits of lists and cards, in one place (WCAG 2.1.4: desk.keys turns them off). */
import { board } from './board.svelte';
import { desk, type Panel } from './desk.svelte';
import { FORMS } from './forms';
import { openIncident } from './open-incident.svelte';

export const PANEL_KEYS: Record<string, Panel> = { n: 'call', b: 'ring', p: 'postures', k: 'desks', l: 'clear', y: 'ways', m: 'claims', i: 'stations', r: 'liaison', e: 'zones', f: 'aid', 0: 'shift' };
const FORM_KEYS = new Map(FORMS.filter((f) => f.key).map((f) => [f.key!, f.form]));

const plain = (e: KeyboardEvent): boolean => desk.keys && !e.defaultPrevented && !e.ctrlKey && !e.altKey && !e.metaKey && !(e.target instanceof HTMLElement && e.target.closest('input, textarea, select'));

/** The letter or digit that was pressed as a shortcut, or undefined while it is text, switched off or taken. */
export function shortcut(e: KeyboardEvent): string | undefined {
  return plain(e) && e.key.length === 1 ? e.key.toLowerCase() : undefined;
}

/** What a key does to the call in hand, wherever that call has the focus. */
export function callKey(e: KeyboardEvent): void {
  const k = shortcut(e);
  if (!k) return;
  const panel = PANEL_KEYS[k], form = FORM_KEYS.get(k);
  if (panel) desk.go(panel);
  else if (!desk.incident) return;
  else if (/^[1-9]$/.test(k)) void desk.lineDone.then(() => openIncident.accept(Number(k)));
  else if (k === 'x') desk.mark(desk.incident);
  else if (k === 'z') openIncident.dangerRead = !openIncident.dangerRead;
  else if (k === 'q' && board.incident(desk.incident)?.entry) desk.clear();
  else if (k === '+') desk.raise();
  else if (form) desk.open(form);
  else return;
  e.preventDefault();
}
