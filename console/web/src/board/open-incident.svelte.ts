/** The incident in hand: its full record and the recommendation for it, fetched when it is selected and when it changes. */
import { asProblem, Problem } from '../wire/api';
import type { IncidentDetail, Recommendation } from '../wire/types';
import { Act } from './act.svelte';
import { assign, incidentDetail, recommendation, type Sending } from './actions';
import { board } from './board.svelte';
import { desk } from './desk.svelte';
import { readWith } from './hazards';
import { entryKey } from './zones';

const SETTLE_MS = 350; // several changes of one call in a burst become one fetch

class OpenIncident {
  id = $state.raw<string | undefined>(undefined);
  detail = $state.raw<IncidentDetail | undefined>(undefined);
  problem = $state.raw<Problem | undefined>(undefined);
  advice = $state.raw<Recommendation | undefined>(undefined);
  adviceProblem = $state.raw<Problem | undefined>(undefined);
  adviceAt = $state.raw(0);
  adviceBusy = $state(false);
  /** the unit being sent, for its row's busy mark and refusal */
  sending = $state.raw<string | undefined>(undefined);
  /** a danger was read for the next unit; the one after it asks anew */
  dangerRead = $state(false);
  readonly act = new Act();
  private timer = 0;
  /** how one got in when the recommendation was asked for: who can be sent depends on it */
  private entry = '';
  private entryTimer = 0;

  constructor() {
    board.watch((touched, _m, changed) => {
      if (!this.id) return;
      if (touched.has('zones') || touched.has('clearances') || touched.has('agreements') || changed.has(this.id)) this.followEntry();
      if (!changed.has(this.id)) return;
      clearTimeout(this.timer);
      this.timer = window.setTimeout(() => void this.fetchDetail(), SETTLE_MS);
    });
  }

  /** A zone, a gate or a clearance that changed makes another recommendation: it is asked for at once, not when this one is old. */
  private followEntry(): void {
    const now = entryKey(board.incident(this.id), board.zones, board.clearances, board.agreements);
    if (now === this.entry) return;
    this.entry = now;
    clearTimeout(this.entryTimer);
    this.entryTimer = window.setTimeout(() => void this.fetchAdvice(), SETTLE_MS);
  }

  show(id: string | undefined): void {
    if (id === this.id) return;
    this.id = id;
    this.dangerRead = false;
    this.detail = undefined;
    this.advice = undefined;
    this.problem = this.adviceProblem = undefined;
    this.act.clear();
    this.sending = undefined;
    clearTimeout(this.entryTimer);
    if (!id) return;
    this.entry = entryKey(board.incident(id), board.zones, board.clearances, board.agreements);
    void this.fetchDetail();
    void this.fetchAdvice();
  }

  private async fetchDetail(): Promise<void> {
    const id = this.id;
    if (!id) return;
    try {
      const d = await incidentDetail(id);
      if (this.id === id) { this.detail = d; this.problem = undefined; }
    } catch (e) { if (this.id === id) this.problem = asProblem(e); }
  }

  async fetchAdvice(): Promise<void> {
    const id = this.id;
    if (!id || board.incident(id)?.state === 'closed') return;
    this.adviceBusy = true;
    try {
      const a = await recommendation(id);
      if (this.id === id) { this.advice = { ...a, units: [...(a.units ?? [])].sort((x, y) => x.rank - y.rank) }; this.adviceAt = board.now; this.adviceProblem = undefined; }
    } catch (e) { if (this.id === id) this.adviceProblem = asProblem(e); }
    if (this.id === id) this.adviceBusy = false;
  }

  /** Sends the unit of a rank, counted from 1. */
  async accept(rank: number): Promise<boolean> {
    const row = this.advice?.units[rank - 1];
    if (!row) { desk.say(this.advice ? `There is no recommendation number ${rank}.` : 'The recommendation is not here yet.', true); return false; }
    return this.send(row.unit);
  }

  async send(unit: string, opts: Sending = {}): Promise<boolean> {
    const id = this.id;
    const i = board.incident(id);
    if (!id || !i || this.act.busy) return false;
    this.sending = unit;
    const ok = await this.act.run(() => assign(id, unit, { ...opts, hazards: readWith(i.hazards ?? [], this.dangerRead) }), `${unit} ${opts.stacked ? 'stacked behind' : 'dispatched to'} ${i.number}.`);
    if (ok) this.dangerRead = false;
    if (ok && this.id === id) { this.sending = undefined; void this.fetchAdvice(); }
    return ok;
  }
}

export const openIncident = new OpenIncident();

/** Selects an incident everywhere at once. */
export function selectIncident(id: string | undefined): void {
  desk.select(id);
  openIncident.show(id);
}
