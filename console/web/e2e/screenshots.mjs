// The pictures in docs/, taken from the running demo: make screenshots.
import { mkdirSync } from 'node:fs';
import { browser, demo, folder, open, wait } from './harness.mjs';

const out = new URL('../../../docs/', import.meta.url).pathname;
mkdirSync(out, { recursive: true });
const b = await browser(), place = folder();
const d = await demo(place.dir);
try {
  for (const [name, options, keys] of [
    ['board-night', { colorScheme: 'dark' }, ['F3', 'Home']],
    ['board-day', { colorScheme: 'light' }, ['F3', 'Home']],
    ['sweep', { colorScheme: 'dark' }, ['F8']],
    ['call', { colorScheme: 'dark' }, ['F6']],
  ]) {
    const at = await open(b, d.origin + '/', d.origin, { viewport: { width: 1600, height: 900 }, ...options });
    await at.page.evaluate(() => fetch('/api/v1/session/enter', { method: 'POST', headers: { 'Content-Type': 'application/json', 'X-Everycall': '1' }, body: '{"role":"supervisor"}' }));
    await at.page.reload();
    await at.page.waitForSelector('#pending-list [role=row]', { timeout: 20000 });
    await wait(6000);
    for (const k of keys) { await at.page.keyboard.press(k); await wait(700); }
    await wait(1500);
    await at.page.screenshot({ path: `${out}${name}.png` });
    await at.context.close();
  }
} finally {
  await d.kill('SIGINT');
  await b.close();
  place.remove();
}
