/** The console's only way to the server: same-origin JSON, a CSRF header and an idempotency key on every mutation. */

import type { PlaceFound } from './types';

export interface ProblemBody { type?: string; title?: string; status?: number; code?: string; detail?: string; errors?: { location?: string; message: string; value?: unknown }[] }

/** A refusal or failure in words that can be shown beside the button that caused it. */
export class Problem extends Error {
  readonly status: number;
  readonly code: string;
  /** the problem's type; "demo" on a sign-in refusal offers the demo's roles */
  readonly type: string;
  readonly fields: { location: string; message: string }[];
  constructor(status: number, body: ProblemBody) {
    super(body.detail || body.title || `The server answered ${status}.`);
    this.name = 'Problem';
    this.status = status;
    this.type = body.type ?? '';
    this.code = body.code || (status ? `http_${status}` : 'unreachable');
    this.fields = (body.errors ?? []).map((e) => ({ location: e.location ?? '', message: e.message }));
  }
}

export function asProblem(e: unknown): Problem {
  return e instanceof Problem ? e : new Problem(0, { detail: e instanceof Error ? e.message : String(e), code: 'unexpected' });
}

const ROOT = '/api/v1';

/** 128 random bits in hex. Not crypto.randomUUID: that is missing on plain http, where consoles must also work. */
export function commandId(): string {
  const b = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(b, (x) => x.toString(16).padStart(2, '0')).join('');
}

type Listener = () => void;
let signedOut: Listener = () => {};
export function onSignedOut(f: Listener): void { signedOut = f; }

async function send<T>(method: string, path: string, body?: unknown): Promise<T> {
  const headers: Record<string, string> = { Accept: 'application/json' };
  const init: RequestInit = { method, headers, credentials: 'same-origin', cache: 'no-store' };
  if (method !== 'GET') {
    headers['X-Everycall'] = '1';
    headers['Idempotency-Key'] = commandId();
    if (body !== undefined) {
      headers['Content-Type'] = 'application/json';
      init.body = JSON.stringify(body);
    }
  }
  let reply: Response;
  try {
    reply = await fetch(ROOT + path, init);
  } catch {
    try {
      // The same key again: if the first one arrived, the server answers it from memory instead of doing it twice.
      reply = await fetch(ROOT + path, init);
    } catch {
      throw new Problem(0, { detail: 'The server cannot be reached. Nothing on this screen was changed; try again.', code: 'unreachable' });
    }
  }
  const text = await reply.text();
  let parsed: unknown;
  try { parsed = text ? JSON.parse(text) : undefined; } catch { parsed = undefined; }
  if (!reply.ok) {
    if (reply.status === 401 && !path.startsWith('/session')) signedOut();
    throw new Problem(reply.status, (parsed as ProblemBody) ?? { detail: text.slice(0, 200) });
  }
  return parsed as T;
}

const seg = encodeURIComponent;
/** Joins path parts, each escaped. */
export function at(...parts: string[]): string { return '/' + parts.map(seg).join('/'); }

export const get = <T>(path: string): Promise<T> => send<T>('GET', path);
export const post = <T>(path: string, body: unknown = {}): Promise<T> => send<T>('POST', path, body);
export const del = <T>(path: string): Promise<T> => send<T>('DELETE', path);

/** What the words for a place may mean, the likeliest first; what is near a point before what is far. */
export const findPlaces = async (q: string, near?: { lon: number; lat: number }): Promise<PlaceFound[]> =>
  (await get<{ items: PlaceFound[] }>(`/places?q=${encodeURIComponent(q)}&limit=7${near ? `&lon=${near.lon}&lat=${near.lat}` : ''}`)).items;
