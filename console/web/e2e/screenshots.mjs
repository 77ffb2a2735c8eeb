// The pictures in docs/, taken from the running demo: make screenshots.
import { mkdirSync } from 'node:fs';
import { browser, demo, folder, open, wait } from './harness.mjs';

const out = new URL('../../../docs/', import.meta.url).pathname;
mkdirSync(out, { recursive: true });
const b = await browser(), place = folder();
const d = await demo(place.dir);

/** a plan that is under way for the station that is lost, and an agreement that lasts two hours */
async function beforehand() {
  const { now, stations, zones, liaisons } = (await d.api('GET', '/board')).body;
  const inHours = (n) => new Date(Date.parse(now) + n * 3600000).toISOString();
  const lost = stations.find((s) => s.state !== 'open'), zone = zones[0], liaison = liaisons[0];
  const { items: [list] } = (await d.api('GET', '/plans/templates')).body;
  const steps = list.steps.map((s) => ({ text: s.text, owner: s.owner, due: inHours(s.after_ms / 3600000) }));
  for (const [path, body] of [
    ['/plans', { for: `station:${lost.id}`, title: `Back into ${lost.name}`, authority: 'duty commander', review_by: inHours(24), steps }],
    ['/plans/pl1/steps/1/done', { note: 'two doors to mend' }],
    [`/liaisons/${liaison.id}/attempts`, { result: 'no_answer' }],
    [`/liaisons/${liaison.id}/attempts`, { result: 'reached', note: 'will ask the others about a lane' }],
    ['/agreements', { liaison: liaison.id, zone: zone.id, terms: 'invented for this picture: one lane stays free for engines', services: ['fire', 'ems'], gates: [zone.gates[0].id], until: inHours(2), agreed_by: 'fire liaison officer', witnessed_by: 'head of the street department' }],
  ]) {
    const made = await d.api('POST', path, body);
    if (made.status >= 300) throw new Error(`${path}: ${JSON.stringify(made.body)}`);
  }
}

try {
  for (const [name, options, keys, given] of [
    ['board-night', { colorScheme: 'dark' }, ['F3', 'Home']],
    ['board-day', { colorScheme: 'light' }, ['F3', 'Home']],
    ['sweep', { colorScheme: 'dark' }, ['F8']],
    ['call', { colorScheme: 'dark' }, ['F6']],
    ['stations', { colorScheme: 'dark' }, ['F3', 'i'], beforehand],
    ['liaison', { colorScheme: 'light' }, ['F3', 'r']],
  ]) {
    if (process.argv[2] && !process.argv.slice(2).includes(name)) continue; // some of them by name
    await given?.();
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
