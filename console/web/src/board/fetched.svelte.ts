import { asProblem, Problem } from '../wire/api';
import type { TableName } from '../wire/types';
import { board } from './board.svelte';

const SETTLE_MS = 1500; // changes come in bursts; one fetch answers them all

/** A list that is not part of the stream: fetched when somebody looks, and again when the tables that it is made of change. */
export class Fetched<T> {
  value = $state.raw<T | undefined>(undefined);
  problem = $state.raw<Problem | undefined>(undefined);
  private readonly read: () => Promise<T>;
  private readonly from: TableName[];
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(read: () => Promise<T>, from: TableName[]) { this.read = read; this.from = from; }

  async load(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    try { this.value = await this.read(); this.problem = undefined; } catch (e) { this.problem = asProblem(e); }
  }

  /** Keeps it current while a component is there: use as `$effect(() => list.keep(10_000))`. */
  keep(everyMs: number): () => void {
    void this.load();
    const stop = board.watch((touched) => { if (this.from.some((t) => touched.has(t))) this.timer ??= setTimeout(() => void this.load(), SETTLE_MS); });
    const again = setInterval(() => void this.load(), everyMs);
    return () => { stop(); clearInterval(again); clearTimeout(this.timer); this.timer = undefined; };
  }
}
