/** The live feed of one page: messages are queued and handed over once per animation frame (by a timer while hidden). */
import type { Change, ClockTick, Positions } from '../wire/types';
import { StreamSource, type FeedMessage } from './source';

export interface Batch { changes: Change[]; positions: Positions[]; clock?: ClockTick; resync: boolean }
export interface FeedHandlers { batch(b: Batch): void; line(open: boolean): void }
export interface Feed { close(): void }

const HIDDEN_MS = 250;
const VISIBLE_LIMIT_MS = 1_000; // a frame that never comes (covered window) must not hold the board back

class Queue {
  private b: Batch = { changes: [], positions: [], resync: false };
  private armed = false;
  private timer = 0;
  private readonly h: FeedHandlers;
  constructor(h: FeedHandlers) { this.h = h; }

  take = (m: FeedMessage): void => {
    if (m.kind === 'state') { this.h.line(m.open); return; }
    if (m.kind === 'change') this.b.changes.push(JSON.parse(m.data) as Change);
    else if (m.kind === 'positions') this.b.positions.push(JSON.parse(m.data) as Positions);
    else if (m.kind === 'clock') this.b.clock = JSON.parse(m.data) as ClockTick;
    else this.b.resync = true;
    if (this.armed) return;
    this.armed = true;
    if (!document.hidden) requestAnimationFrame(this.flush);
    this.timer = window.setTimeout(this.flush, document.hidden ? HIDDEN_MS : VISIBLE_LIMIT_MS);
  };

  private flush = (): void => {
    if (!this.armed) return;
    this.armed = false;
    clearTimeout(this.timer);
    const b = this.b;
    this.b = { changes: [], positions: [], resync: false };
    this.h.batch(b);
  };
}

/** @param who separates the shared streams of different sign-ins in one browser */
export function openFeed(after: number, who: string, handlers: FeedHandlers): Feed {
  const queue = new Queue(handlers);
  const url = new URL('/api/v1/stream', location.href).href;
  if (typeof SharedWorker === 'undefined') {
    const direct = new StreamSource(url, after, queue.take);
    return { close: () => direct.close() };
  }
  const worker = new SharedWorker(new URL('./bus.worker.ts', import.meta.url), { type: 'module', name: `everycall ${who}` });
  worker.port.onmessage = (e: MessageEvent<FeedMessage>) => queue.take(e.data);
  worker.port.start();
  worker.port.postMessage({ open: url, after });
  const bye = (): void => worker.port.postMessage({ bye: true });
  addEventListener('pagehide', bye);
  return { close: () => { removeEventListener('pagehide', bye); bye(); worker.port.close(); } };
}
