// One EventSource per browser, however many console windows: over HTTP/1.1 a seventh connection would hang the seventh window.
import { StreamSource, type FeedMessage } from './source';

export type ToBus = { open: string; after: number } | { bye: true };

const TAIL = 500; // changes kept for a window that joins behind the stream

const ports = new Set<MessagePort>();
let source: StreamSource | undefined;
let tail: { seq: number; message: FeedMessage }[] = [];
let tailFrom = 0; // every change after this sequence is in the tail
let isOpen = false;

function publish(m: FeedMessage): void {
  if (m.kind === 'state') isOpen = m.open;
  if (m.kind === 'resync') { tail = []; tailFrom = 0; }
  if (m.kind === 'change' && m.seq) {
    tail.push({ seq: m.seq, message: m });
    if (tail.length > TAIL) tailFrom = tail.shift()!.seq;
  }
  for (const p of ports) p.postMessage(m);
}

function join(port: MessagePort, url: string, after: number): void {
  ports.add(port);
  if (!source) {
    tail = [];
    tailFrom = after;
    source = new StreamSource(url, after, publish);
    return;
  }
  port.postMessage({ kind: 'state', open: isOpen } satisfies FeedMessage);
  if (after < tailFrom) port.postMessage({ kind: 'resync', data: '{"reason":"joined behind the stream"}' } satisfies FeedMessage);
  else for (const t of tail) if (t.seq > after) port.postMessage(t.message);
}

function leave(port: MessagePort): void {
  ports.delete(port);
  if (ports.size) return;
  source?.close();
  source = undefined;
}

(self as unknown as { onconnect: (e: MessageEvent) => void }).onconnect = (e) => {
  const port = e.ports[0]!;
  port.onmessage = (m: MessageEvent<ToBus>) => ('bye' in m.data ? leave(port) : join(port, m.data.open, m.data.after));
};
