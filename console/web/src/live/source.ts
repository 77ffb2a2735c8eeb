/** One EventSource with its own reconnecting, used by the shared worker and, where there is none, by the page itself. */

export type FeedMessage =
  | { kind: 'change' | 'positions' | 'clock' | 'resync'; data: string; seq?: number }
  | { kind: 'state'; open: boolean };

const SILENCE_MS = 12_000; // the server sends a clock every 5 s, so this long without a word means the line is dead
const RETRY_MIN_MS = 500;
const RETRY_MAX_MS = 8_000;

export class StreamSource {
  private es: EventSource | undefined;
  private last = 0;
  private heard = 0;
  private retry = RETRY_MIN_MS;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly watchdog: ReturnType<typeof setInterval>;
  private readonly url: string;
  private readonly emit: (m: FeedMessage) => void;

  /** @param after the last sequence that the caller already has */
  constructor(url: string, after: number, emit: (m: FeedMessage) => void) {
    this.url = url;
    this.emit = emit;
    this.last = after;
    this.watchdog = setInterval(() => { if (this.es && Date.now() - this.heard > SILENCE_MS) this.again(); }, 2_000);
    this.open();
  }

  get seq(): number { return this.last; }

  private open(): void {
    const es = new EventSource(`${this.url}?after=${this.last}`);
    this.es = es;
    this.heard = Date.now();
    es.onopen = () => { this.retry = RETRY_MIN_MS; this.heard = Date.now(); this.emit({ kind: 'state', open: true }); };
    es.onerror = () => this.again();
    es.addEventListener('change', (e) => this.pass('change', e as MessageEvent<string>));
    for (const kind of ['positions', 'clock', 'resync'] as const) es.addEventListener(kind, (e) => this.pass(kind, e as MessageEvent<string>));
  }

  private pass(kind: 'change' | 'positions' | 'clock' | 'resync', e: MessageEvent<string>): void {
    this.heard = Date.now();
    if (kind !== 'change') { this.emit({ kind, data: e.data }); return; }
    this.last = Number(e.lastEventId) || this.last;
    this.emit({ kind, data: e.data, seq: this.last });
  }

  /** Not the browser's own retry: it gives up for good on a refused connection, and would resend an old `after`. */
  private again(): void {
    this.es?.close();
    this.es = undefined;
    this.emit({ kind: 'state', open: false });
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.open(), this.retry);
    this.retry = Math.min(RETRY_MAX_MS, this.retry * 2);
  }

  close(): void {
    clearInterval(this.watchdog);
    clearTimeout(this.timer);
    this.es?.close();
    this.es = undefined;
  }
}
